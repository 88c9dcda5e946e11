//! Events of `evidence` as read models and verifiers see them.

use super::{abi::IEvidence::IEvidenceEvents, state::ADDRESS};
use alloy_sol_types::{SolEvent, SolEventInterface as _};
use ding_primitives::Log;

pub use super::abi::IEvidence::{Attested, Deposited, DepositedAgain, OperationRepeated};

/// An event of `evidence`. They hold everything that storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A digest was deposited for the first time.
    Deposited(Deposited),
    /// A digest was deposited again.
    DepositedAgain(DepositedAgain),
    /// A deposit was sent again under its operation number; nothing changed.
    OperationRepeated(OperationRepeated),
    /// An organisation attested.
    Attested(Attested),
}

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    match IEvidenceEvents::decode_raw_log(&log.topics, &log.data).ok()? {
        IEvidenceEvents::Deposited(event) => exact(event, log).map(Event::Deposited),
        IEvidenceEvents::DepositedAgain(event) => exact(event, log).map(Event::DepositedAgain),
        IEvidenceEvents::OperationRepeated(event) => exact(event, log).map(Event::OperationRepeated),
        IEvidenceEvents::Attested(event) => exact(event, log).map(Event::Attested),
    }
}

fn exact<E: SolEvent>(event: E, log: &Log) -> Option<E> {
    let topics = event.encode_topics();
    let same = topics.iter().map(|word| &word.0).eq(&log.topics) && event.encode_data() == log.data.as_ref();
    same.then_some(event)
}
