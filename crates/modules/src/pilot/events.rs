//! Events of `pilot` as read models and verifiers see them.

use super::{abi::IPilot::IPilotEvents, state::ADDRESS};
use alloy_sol_types::{SolEvent, SolEventInterface as _};
use ding_primitives::Log;

pub use super::abi::IPilot::{
    Accepted, AdjustmentOrdered, AdjustmentReplied, Answered, Assessed, Commented, CompetentAssigned,
    Corrected, Declined, Described, DocumentRecorded, EntityChanged, EntityRegistered, Evaluated,
    FilingDropped, FilingNamed, IndicatorAdded, IndicatorChanged, Listed, ParametersSet, Published,
    Recommended, RemovalDropped, RemovalProposed, Removed, ReplyAccepted, ReplyRefused, Reported, Reviewed,
    Started, Withdrawn,
};

/// An event of `pilot`. They hold everything that storage holds, and the texts besides.
pub type Event = IPilotEvents;

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    use IPilotEvents as E;
    if log.address != ADDRESS {
        return None;
    }
    let event = E::decode_raw_log(&log.topics, &log.data).ok()?;
    let exact = match &event {
        E::DocumentRecorded(event) => is_exact(event, log),
        E::EntityRegistered(event) => is_exact(event, log),
        E::EntityChanged(event) => is_exact(event, log),
        E::Recommended(event) => is_exact(event, log),
        E::IndicatorAdded(event) => is_exact(event, log),
        E::IndicatorChanged(event) => is_exact(event, log),
        E::Described(event) => is_exact(event, log),
        E::FilingNamed(event) => is_exact(event, log),
        E::FilingDropped(event) => is_exact(event, log),
        E::Reviewed(event) => is_exact(event, log),
        E::CompetentAssigned(event) => is_exact(event, log),
        E::Published(event) => is_exact(event, log),
        E::Commented(event) => is_exact(event, log),
        E::Answered(event) => is_exact(event, log),
        E::Listed(event) => is_exact(event, log),
        E::Declined(event) => is_exact(event, log),
        E::Withdrawn(event) => is_exact(event, log),
        E::Started(event) => is_exact(event, log),
        E::Reported(event) => is_exact(event, log),
        E::Corrected(event) => is_exact(event, log),
        E::AdjustmentOrdered(event) => is_exact(event, log),
        E::AdjustmentReplied(event) => is_exact(event, log),
        E::ReplyRefused(event) => is_exact(event, log),
        E::ReplyAccepted(event) => is_exact(event, log),
        E::Assessed(event) => is_exact(event, log),
        E::Evaluated(event) => is_exact(event, log),
        E::Accepted(event) => is_exact(event, log),
        E::RemovalProposed(event) => is_exact(event, log),
        E::RemovalDropped(event) => is_exact(event, log),
        E::Removed(event) => is_exact(event, log),
        E::ParametersSet(event) => is_exact(event, log),
    };
    exact.then_some(event)
}

fn is_exact(event: &impl SolEvent, log: &Log) -> bool {
    let topics = event.encode_topics();
    topics.iter().map(|word| &word.0).eq(&log.topics) && event.encode_data() == log.data.as_ref()
}
