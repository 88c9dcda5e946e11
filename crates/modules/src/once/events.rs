//! Events of `once` as read models and verifiers see them.

use super::{abi::IOnce::IOnceEvents, state::ADDRESS};
use crate::dispatch::exactly;
use alloy_sol_types::SolEventInterface as _;
use ding_primitives::Log;

pub use super::abi::IOnce::{Confirmed, Lapsed, Released, Reserved, Transferred};

/// An event of `once`. They hold everything that storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A free key was reserved.
    Reserved(Reserved),
    /// A reservation was over when the key was taken again.
    Lapsed(Lapsed),
    /// A reservation was confirmed.
    Confirmed(Confirmed),
    /// A key was freed.
    Released(Released),
    /// A key was passed on.
    Transferred(Transferred),
}

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    match IOnceEvents::decode_raw_log(&log.topics, &log.data).ok()? {
        IOnceEvents::Reserved(event) => exactly(event, log).map(Event::Reserved),
        IOnceEvents::Lapsed(event) => exactly(event, log).map(Event::Lapsed),
        IOnceEvents::Confirmed(event) => exactly(event, log).map(Event::Confirmed),
        IOnceEvents::Released(event) => exactly(event, log).map(Event::Released),
        IOnceEvents::Transferred(event) => exactly(event, log).map(Event::Transferred),
    }
}
