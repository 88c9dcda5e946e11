//! The whole ledger in one deterministic process.
//!
//! Four members run the code of production (chain, pool, execution, state, read model, RPC) on
//! machines that fail, over a network that fails, under a seed: the same seed gives the same run, to
//! the last bit of its hash. The seats they sit on are `ding-seat`; this is everything around them.
//! Read in this order: [`plan`] (what a seed means), [`cast`] (who is who), [`workload`], [`supervised`] and
//! [`clients`] (what is asked of members), [`judge`], [`alarm`] and [`finish`] (what must hold), [`world`] (all of it together), [`hunt`]
//! (many of them).

pub mod alarm;
pub mod cast;
pub mod clients;
pub mod finish;
pub mod hunt;
pub mod judge;
pub mod plan;
pub mod supervised;
pub mod workload;
pub mod world;
