//! What only this ledger has: its identity, its certificates, its proofs, and what its supervised part
//! keeps: filings, pilots, orders, votes, standings, working days, and the queue.

pub(crate) mod certificate;
pub(crate) mod chain;
pub(crate) mod proof;
pub(crate) mod supervised;
