//! One member of a ledger on a simulated computer.
//!
//! The real chain, pool, execution, state, read model and RPC, as the simulator (`ding-sim`) seats
//! them around its table: with a [`disk`] that fails, a clock that is wrong and a power switch
//! ([`machine`]), and a way out on which messages fare badly ([`wire`]) or are changed by whoever is
//! up to no good ([`byzantine`]). All chance is [`dice`] from a seed; [`events`] writes down what
//! happens, one line an event.
//!
//! A crate of its own because it is slow to compile and seldom changes.

pub mod byzantine;
pub mod dice;
pub mod disk;
pub mod events;
pub mod machine;
pub mod member;
pub mod network;
pub mod wire;

use ding_primitives::ports::FinalizedBlock;
use std::sync::Arc;

/// Whoever watches a member.
pub trait Witness: Send + Sync + 'static {
    /// A member says a block is final.
    fn hears(&self, member: usize, block: &Arc<FinalizedBlock>);
    /// Something does not hold.
    fn blame(&self, member: Option<usize>, what: String);
}
