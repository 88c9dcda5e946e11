//! Events of `orders` as read models and verifiers see them.

use super::{abi::IOrders::IOrdersEvents, state::ADDRESS};
use crate::dispatch::exactly;
use alloy_sol_types::SolEventInterface as _;
use ding_primitives::Log;

pub use super::abi::IOrders::{
    AppealDecided, AppealFiled, IdentityDelivered, IdentityLooked, OrderAnswered, OrderApproved,
    OrderDeclined, OrderDrafted, OrderLifted, OrderSettled, OrderWithdrawn,
};

/// An event of `orders`. They hold everything that storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An order was drafted.
    Drafted(Box<OrderDrafted>),
    /// An order was approved.
    Approved(OrderApproved),
    /// A draft was turned down.
    Declined(OrderDeclined),
    /// A draft was taken back.
    Withdrawn(OrderWithdrawn),
    /// An order was answered.
    Answered(OrderAnswered),
    /// An answer was accepted, or not.
    Settled(OrderSettled),
    /// An order was lifted by another.
    Lifted(OrderLifted),
    /// An identity authority handed data over.
    Delivered(IdentityDelivered),
    /// Somebody looked at disclosed data.
    Looked(IdentityLooked),
    /// An appeal was filed.
    AppealFiled(AppealFiled),
    /// An appeal was decided.
    AppealDecided(AppealDecided),
}

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    use IOrdersEvents as E;
    match E::decode_raw_log(&log.topics, &log.data).ok()? {
        E::OrderDrafted(event) => exactly(event, log).map(Box::new).map(Event::Drafted),
        E::OrderApproved(event) => exactly(event, log).map(Event::Approved),
        E::OrderDeclined(event) => exactly(event, log).map(Event::Declined),
        E::OrderWithdrawn(event) => exactly(event, log).map(Event::Withdrawn),
        E::OrderAnswered(event) => exactly(event, log).map(Event::Answered),
        E::OrderSettled(event) => exactly(event, log).map(Event::Settled),
        E::OrderLifted(event) => exactly(event, log).map(Event::Lifted),
        E::IdentityDelivered(event) => exactly(event, log).map(Event::Delivered),
        E::IdentityLooked(event) => exactly(event, log).map(Event::Looked),
        E::AppealFiled(event) => exactly(event, log).map(Event::AppealFiled),
        E::AppealDecided(event) => exactly(event, log).map(Event::AppealDecided),
    }
}
