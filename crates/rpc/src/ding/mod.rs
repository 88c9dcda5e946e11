//! What only this ledger has: its identity, its certificates, its proofs.

pub(crate) mod certificate;
pub(crate) mod chain;
pub(crate) mod proof;
