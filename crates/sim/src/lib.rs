//! The whole ledger in one deterministic process.
//!
//! Members run the code of production over a simulated network and disk, under a seed: the same
//! seed gives the same run, to the last bit of the auditor's hash. Read in this order:
//! [`network`] (keys and genesis), [`member`] (one member and what is seen of it), [`workload`]
//! (what clients do), [`checks`] (what must hold).

pub mod checks;
pub mod member;
pub mod network;
pub mod workload;
