//! What anyone can check without us: pure verification of what a chain finalized.
//!
//! From the chain's 96-byte public key alone a reader gets, step by step, to a fact:
//!
//! 1. [`certificate`]: the chain's members finalized the block with this hash.
//! 2. [`package`]: headers lead, parent by parent, from that block back to the one in question.
//! 3. [`tree`]: the header commits to this receipt or transaction.
//! 4. [`state`]: the header commits to this account or slot, or to its absence.
//!
//! [`keys`] says under which keys and in which bytes the state is stored. Nothing here reads a
//! clock, a disk or the network, and every decoded length is bounded.

pub mod certificate;
pub mod keys;
#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
pub mod package;
pub mod state;
pub mod tree;

pub use certificate::{Certificate, ChainKey};
pub use package::{Package, Proven, Reason, Statement, Verified};
