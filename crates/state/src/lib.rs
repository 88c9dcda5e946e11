//! The state of a chain in the authenticated store.
//!
//! Read in this order: [`store`] (the three databases and what a header says of them), [`branch`]
//! (what a block reads and writes before it is final), [`proof`] (what a stranger can check),
//! [`archive`] (receipts by height).
//!
//! Everything is asynchronous over the runtime `E`; time, entropy and disk come only through it.

pub mod archive;
pub mod branch;
pub mod proof;
pub mod store;

pub use branch::{Branch, Executed};
pub use store::{Databases, Readers};
