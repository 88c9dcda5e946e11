//! Events of `services` as read models and verifiers see them.

use super::{abi::IServices::IServicesEvents, state::ADDRESS};
use crate::dispatch::exactly;
use alloy_sol_types::SolEventInterface as _;
use ding_primitives::Log;

pub use super::abi::IServices::{
    ClockSet, ContractAdded, ContractRemoved, ServiceDeclared, ServiceDeregistered, ServiceRecorded,
    ServiceRestored, ServiceSuspended,
};

/// An event of `services`. They hold everything that storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A service was declared.
    Declared(ServiceDeclared),
    /// A clock was set, computed anew, or stopped.
    ClockSet(ClockSet),
    /// An address belongs to a service.
    ContractAdded(ContractAdded),
    /// An address belongs to no service any more.
    ContractRemoved(ContractRemoved),
    /// A service was recorded.
    Recorded(ServiceRecorded),
    /// A service is suspended.
    Suspended(ServiceSuspended),
    /// A suspension is lifted.
    Restored(ServiceRestored),
    /// A service is struck off.
    Deregistered(ServiceDeregistered),
}

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    use IServicesEvents as E;
    match E::decode_raw_log(&log.topics, &log.data).ok()? {
        E::ServiceDeclared(event) => exactly(event, log).map(Event::Declared),
        E::ClockSet(event) => exactly(event, log).map(Event::ClockSet),
        E::ContractAdded(event) => exactly(event, log).map(Event::ContractAdded),
        E::ContractRemoved(event) => exactly(event, log).map(Event::ContractRemoved),
        E::ServiceRecorded(event) => exactly(event, log).map(Event::Recorded),
        E::ServiceSuspended(event) => exactly(event, log).map(Event::Suspended),
        E::ServiceRestored(event) => exactly(event, log).map(Event::Restored),
        E::ServiceDeregistered(event) => exactly(event, log).map(Event::Deregistered),
    }
}
