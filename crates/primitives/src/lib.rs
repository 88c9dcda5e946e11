//! Words of the ledger, and nothing that does anything with them.
//!
//! Read in this order: [`ids`], [`transaction`], [`block`], [`receipt`], [`changes`], [`ports`]
//! (the three seams between floors), [`limits`] and [`holding`] (what memory is bounded by, and how
//! much of it is in use), [`spec`] (the genesis file), [`namespace`], [`codes`].
//!
//! Everything here is pure: no clock, entropy, input/output or hash-ordered map.

pub mod block;
pub mod changes;
mod codec;
pub mod codes;
pub mod holding;
pub mod ids;
pub mod limits;
pub mod namespace;
#[doc(hidden)]
pub mod planted;
pub mod ports;
pub mod receipt;
pub mod spec;
pub mod transaction;

pub use alloy_primitives::{Address, B256, Bytes, U256, address, b256, keccak256};
pub use block::{Body, DatabaseCommitment, Header, Roots, Sealed};
pub use changes::{Account, Changes};
pub use holding::Holding;
pub use ids::{Height, MemberKey, is_module_address};
pub use receipt::{Log, Receipt};
pub use spec::Spec;
pub use transaction::{Recovered, Transaction};
