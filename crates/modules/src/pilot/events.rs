//! Events of `pilot` as read models and verifiers see them.

use super::{abi::IPilot::IPilotEvents, state::ADDRESS};
use crate::dispatch::exactly;
use alloy_sol_types::SolEventInterface as _;
use ding_primitives::Log;

pub use super::abi::IPilot::{
    Accepted, AdjustmentOrdered, AdjustmentReplied, Answered, Assessed, Commented, CompetentAssigned,
    Corrected, Declined, Described, DocumentRecorded, Entered, EntityChanged, EntityRegistered, Evaluated,
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
    Some(match E::decode_raw_log(&log.topics, &log.data).ok()? {
        E::DocumentRecorded(event) => E::DocumentRecorded(exactly(event, log)?),
        E::EntityRegistered(event) => E::EntityRegistered(exactly(event, log)?),
        E::EntityChanged(event) => E::EntityChanged(exactly(event, log)?),
        E::Recommended(event) => E::Recommended(exactly(event, log)?),
        E::IndicatorAdded(event) => E::IndicatorAdded(exactly(event, log)?),
        E::IndicatorChanged(event) => E::IndicatorChanged(exactly(event, log)?),
        E::Described(event) => E::Described(exactly(event, log)?),
        E::FilingNamed(event) => E::FilingNamed(exactly(event, log)?),
        E::FilingDropped(event) => E::FilingDropped(exactly(event, log)?),
        E::Reviewed(event) => E::Reviewed(exactly(event, log)?),
        E::CompetentAssigned(event) => E::CompetentAssigned(exactly(event, log)?),
        E::Published(event) => E::Published(exactly(event, log)?),
        E::Commented(event) => E::Commented(exactly(event, log)?),
        E::Answered(event) => E::Answered(exactly(event, log)?),
        E::Listed(event) => E::Listed(exactly(event, log)?),
        E::Entered(event) => E::Entered(exactly(event, log)?),
        E::Declined(event) => E::Declined(exactly(event, log)?),
        E::Withdrawn(event) => E::Withdrawn(exactly(event, log)?),
        E::Started(event) => E::Started(exactly(event, log)?),
        E::Reported(event) => E::Reported(exactly(event, log)?),
        E::Corrected(event) => E::Corrected(exactly(event, log)?),
        E::AdjustmentOrdered(event) => E::AdjustmentOrdered(exactly(event, log)?),
        E::AdjustmentReplied(event) => E::AdjustmentReplied(exactly(event, log)?),
        E::ReplyRefused(event) => E::ReplyRefused(exactly(event, log)?),
        E::ReplyAccepted(event) => E::ReplyAccepted(exactly(event, log)?),
        E::Assessed(event) => E::Assessed(exactly(event, log)?),
        E::Evaluated(event) => E::Evaluated(exactly(event, log)?),
        E::Accepted(event) => E::Accepted(exactly(event, log)?),
        E::RemovalProposed(event) => E::RemovalProposed(exactly(event, log)?),
        E::RemovalDropped(event) => E::RemovalDropped(exactly(event, log)?),
        E::Removed(event) => E::Removed(exactly(event, log)?),
        E::ParametersSet(event) => E::ParametersSet(exactly(event, log)?),
    })
}
