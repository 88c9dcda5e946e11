//! Events of `members` as read models and verifiers see them.

use super::{abi::IMembers::IMembersEvents, state::ADDRESS};
use alloy_sol_types::{SolEvent, SolEventInterface as _};
use ding_primitives::Log;

pub use super::abi::IMembers::{
    AccountAdded, AccountRemoved, Decided, Executed, OrganisationAdded, ParameterSet, Proposed, RolesSet,
    Voted, Withdrawn,
};

/// An event of `members`, by name.
pub type Event = IMembersEvents;

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    let event = IMembersEvents::decode_raw_log(&log.topics, &log.data).ok()?;
    let exact = match &event {
        Event::Proposed(event) => is_exact(event, log),
        Event::Voted(event) => is_exact(event, log),
        Event::Decided(event) => is_exact(event, log),
        Event::Withdrawn(event) => is_exact(event, log),
        Event::Executed(event) => is_exact(event, log),
        Event::OrganisationAdded(event) => is_exact(event, log),
        Event::RolesSet(event) => is_exact(event, log),
        Event::AccountAdded(event) => is_exact(event, log),
        Event::AccountRemoved(event) => is_exact(event, log),
        Event::ParameterSet(event) => is_exact(event, log),
    };
    exact.then_some(event)
}

fn is_exact<E: SolEvent>(event: &E, log: &Log) -> bool {
    let topics = event.encode_topics();
    topics.iter().map(|word| &word.0).eq(&log.topics) && event.encode_data() == log.data.as_ref()
}
