//! Events of `filing` as read models and verifiers see them.

use super::{
    abi::IFiling::IFilingEvents,
    state::ADDRESS,
    steps::{Actor, State, Step, Track},
    terms::Clock,
};
use crate::{calendar::Day, dispatch::exactly};
use alloy_sol_types::SolEventInterface as _;
use ding_primitives::{Address, Log};

pub use super::abi::IFiling::IFilingEvents as Event;

/// A step as [`Event::Stepped`] tells it, in words of the state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The service; 0 for campaigns.
    pub service: u64,
    /// What was moved.
    pub track: Track,
    /// Number of the item; 0 on tracks of a service.
    pub item: u64,
    /// The step.
    pub step: Step,
    /// Before.
    pub from: State,
    /// After.
    pub to: State,
    /// In which part the account acted.
    pub actor: Actor,
    /// The account.
    pub account: Address,
    /// The organisation it acted for.
    pub organisation: u32,
    /// The day.
    pub day: Day,
    /// The clock that runs on this track from here; `None`: none does.
    pub clock: Option<Clock>,
    /// Day on which it started; not counted.
    pub start: Day,
    /// Working days; 0: the start itself is the day.
    pub days: u16,
}

/// The step that an event tells of; `None` if it names an unknown term.
pub fn taken(event: &super::abi::IFiling::Stepped) -> Option<Taken> {
    Some(Taken {
        service: event.service,
        track: Track::from_number(event.track)?,
        item: event.item,
        step: Step::from_number(event.step)?,
        from: State::from_number(event.from)?,
        to: State::from_number(event.to)?,
        actor: Actor::from_number(event.actor)?,
        account: event.account,
        organisation: event.organisation,
        day: Day::new(event.day),
        clock: match event.clock {
            0 => None,
            number => Some(Clock::from_number(number)?),
        },
        start: Day::new(event.clockStart),
        days: event.clockDays,
    })
}

/// The event that a log holds; `None` if it is no event of this module, or not encoded exactly as
/// the module encodes it.
pub fn decode(log: &Log) -> Option<Event> {
    if log.address != ADDRESS {
        return None;
    }
    let event = IFilingEvents::decode_raw_log(&log.topics, &log.data).ok()?;
    Some(match event {
        Event::Stepped(e) => Event::Stepped(exactly(e, log)?),
        Event::ProviderRegistered(e) => Event::ProviderRegistered(exactly(e, log)?),
        Event::ProviderChanged(e) => Event::ProviderChanged(exactly(e, log)?),
        Event::AccountSet(e) => Event::AccountSet(exactly(e, log)?),
        Event::Declared(e) => Event::Declared(exactly(e, log)?),
        Event::Submitted(e) => Event::Submitted(exactly(e, log)?),
        Event::Withdrawn(e) => Event::Withdrawn(exactly(e, log)?),
        Event::Returned(e) => Event::Returned(exactly(e, log)?),
        Event::Forwarded(e) => Event::Forwarded(exactly(e, log)?),
        Event::RecordProposed(e) => Event::RecordProposed(exactly(e, log)?),
        Event::Recorded(e) => Event::Recorded(exactly(e, log)?),
        Event::Published(e) => Event::Published(exactly(e, log)?),
        Event::Objected(e) => Event::Objected(exactly(e, log)?),
        Event::ObjectionDecided(e) => Event::ObjectionDecided(exactly(e, log)?),
        Event::ChangeReported(e) => Event::ChangeReported(exactly(e, log)?),
        Event::ChangeAccepted(e) => Event::ChangeAccepted(exactly(e, log)?),
        Event::ChangeReturned(e) => Event::ChangeReturned(exactly(e, log)?),
        Event::TerminationNotified(e) => Event::TerminationNotified(exactly(e, log)?),
        Event::TerminationCancelled(e) => Event::TerminationCancelled(exactly(e, log)?),
        Event::Deregistered(e) => Event::Deregistered(exactly(e, log)?),
        Event::CampaignOpened(e) => Event::CampaignOpened(exactly(e, log)?),
        Event::Inspected(e) => Event::Inspected(exactly(e, log)?),
        Event::InspectionAnswered(e) => Event::InspectionAnswered(exactly(e, log)?),
        Event::InspectionPassed(e) => Event::InspectionPassed(exactly(e, log)?),
        Event::Measured(e) => Event::Measured(exactly(e, log)?),
        Event::RectifiedReported(e) => Event::RectifiedReported(exactly(e, log)?),
        Event::RectifiedDecided(e) => Event::RectifiedDecided(exactly(e, log)?),
        Event::Restored(e) => Event::Restored(exactly(e, log)?),
        Event::FineImposed(e) => Event::FineImposed(exactly(e, log)?),
        Event::FineDropped(e) => Event::FineDropped(exactly(e, log)?),
        Event::FineSettled(e) => Event::FineSettled(exactly(e, log)?),
        Event::AssessmentReported(e) => Event::AssessmentReported(exactly(e, log)?),
        Event::AssessmentDecided(e) => Event::AssessmentDecided(exactly(e, log)?),
        Event::ArticleSet(e) => Event::ArticleSet(exactly(e, log)?),
        Event::PeriodSet(e) => Event::PeriodSet(exactly(e, log)?),
    })
}
