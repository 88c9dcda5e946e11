//! Events of `calendar` as read models and verifiers see them.

use super::state::ADDRESS;
use alloy_sol_types::SolEvent as _;
use ding_primitives::Log;

pub use super::abi::ICalendar::TableLoaded;

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<TableLoaded> {
    if log.address != ADDRESS {
        return None;
    }
    let event: TableLoaded = crate::dispatch::decode_event(log)?;
    let same = event.encode_topics().iter().map(|word| &word.0).eq(&log.topics)
        && event.encode_data() == log.data.as_ref();
    same.then_some(event)
}
