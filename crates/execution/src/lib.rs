//! One block, one transaction: what blocks do to the state, and nothing that decides which block.
//!
//! Read in this order: [`admission`] (rules a transaction meets before it runs; the pool and the
//! block share them), [`block`] (begin hooks, transactions, end hooks → [`block::Outcome`]),
//! `transaction` (one transaction, in phases), `evm` (revm assembled, modules as precompiles),
//! [`guard`] (who may send, which services run), `host` (what a module may touch, metered), `overlay` (reads through
//! [`ding_primitives::ports::ReadState`], collects [`ding_primitives::Changes`]), `genesis` (what
//! stands before the first transaction), [`simulate`] (call, estimate and access list against a
//! final state), [`hints`] (what a transaction will read), [`fiber`] (runs all of this over a
//! store that is asynchronous).
//!
//! Synchronous and pure: the same state, environment and transactions give the same outcome on
//! every member. Hash-ordered maps serve look-ups only; what leaves is ordered.
//!
//! This is the only crate that names revm.

pub mod admission;
pub mod block;
mod codes;
mod evm;
pub mod fiber;
mod genesis;
pub mod guard;
pub mod hints;
mod host;
#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
mod overlay;
#[cfg(test)]
mod scene;
pub mod simulate;
mod transaction;

pub use block::{BlockError, Env, Mode, Outcome, execute, execute_until};
pub use codes::{forget as forget_code, holding as code_holding};
