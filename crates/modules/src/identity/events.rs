//! Events of `identity` as read models and verifiers see them.

use super::{abi::IIdentity::IIdentityEvents, state::ADDRESS};
use alloy_sol_types::{SolEvent, SolEventInterface as _};
use ding_primitives::Log;

pub use super::abi::IIdentity::{
    AccountAdded, AuthorityAppointed, AuthorityDismissed, Bound, FrozenSet, InvitationWithdrawn, Invited,
    Renewed, Restored, Revoked, Rotated, Suspended,
};

/// An event of `identity`, by name.
pub type Event = IIdentityEvents;

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    let event = IIdentityEvents::decode_raw_log(&log.topics, &log.data).ok()?;
    let exact = match &event {
        Event::AuthorityAppointed(event) => is_exact(event, log),
        Event::AuthorityDismissed(event) => is_exact(event, log),
        Event::Bound(event) => is_exact(event, log),
        Event::Renewed(event) => is_exact(event, log),
        Event::AccountAdded(event) => is_exact(event, log),
        Event::Rotated(event) => is_exact(event, log),
        Event::Suspended(event) => is_exact(event, log),
        Event::Restored(event) => is_exact(event, log),
        Event::Revoked(event) => is_exact(event, log),
        Event::Invited(event) => is_exact(event, log),
        Event::InvitationWithdrawn(event) => is_exact(event, log),
        Event::FrozenSet(event) => is_exact(event, log),
    };
    exact.then_some(event)
}

fn is_exact<E: SolEvent>(event: &E, log: &Log) -> bool {
    let topics = event.encode_topics();
    topics.iter().map(|word| &word.0).eq(&log.topics) && event.encode_data() == log.data.as_ref()
}
