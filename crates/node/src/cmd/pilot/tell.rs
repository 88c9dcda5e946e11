//! What a step led to: numbers that were given, where the pilot stands, clocks that run.

use crate::{
    cmd::desk::{Desk, Receipt, Told},
    failure::Failure,
};
use ding_modules::{
    calendar::Day,
    members::{self, events::Event as Decided},
    pilot::{
        State,
        abi::IPilot::{clocksOfCall, pilotOfCall},
        events::{self, Event},
        state::ADDRESS,
        terms::Clock,
    },
};
use serde_json::{Value, json};

/// Reads the events of a receipt.
pub(super) fn receipt(told: &mut Told, receipt: &Receipt) {
    for log in receipt.logs() {
        if let Some(event) = events::decode(&log) {
            tell(told, &event);
        } else if let Some(Decided::Proposed(event)) = members::events::decode(&log) {
            told.put("proposal", format!("{}; the supervisors vote with `ding vote`", event.id), event.id);
        }
    }
}

fn tell(told: &mut Told, event: &Event) {
    use Event as E;
    let id = match event {
        E::DocumentRecorded(event) => return told.put("document", event.document, event.document),
        E::EntityRegistered(event) => return told.put("account", event.account, event.account.to_string()),
        E::EntityChanged(event) => return told.put("account", event.account, event.account.to_string()),
        E::ParametersSet(_) => return,
        E::Recommended(event) => event.id,
        E::IndicatorAdded(event) => {
            told.put("indicator", event.indicator, event.indicator);
            event.id
        }
        E::IndicatorChanged(event) => event.id,
        E::Described(event) => event.id,
        E::FilingNamed(event) => event.id,
        E::FilingDropped(event) => event.id,
        E::Reviewed(event) => event.id,
        E::CompetentAssigned(event) => event.id,
        E::Published(event) => event.id,
        E::Commented(event) => {
            told.put("comment", event.number, event.number);
            event.id
        }
        E::Answered(event) => event.id,
        E::Listed(event) => event.id,
        E::Entered(event) => event.id,
        E::Declined(event) => event.id,
        E::Withdrawn(event) => event.id,
        E::Started(event) => event.id,
        E::Reported(event) => {
            told.put("entry", event.entry, event.entry);
            event.id
        }
        E::Corrected(event) => {
            told.put("entry", event.entry, event.entry);
            event.id
        }
        E::AdjustmentOrdered(event) => {
            told.put("order", event.number, event.number);
            event.id
        }
        E::AdjustmentReplied(event) => {
            late(told, event.late);
            event.id
        }
        E::ReplyRefused(event) => event.id,
        E::ReplyAccepted(event) => event.id,
        E::Assessed(event) => {
            late(told, event.late);
            event.id
        }
        E::Evaluated(event) => event.id,
        E::Accepted(event) => event.id,
        E::RemovalProposed(event) => event.id,
        E::RemovalDropped(event) => event.id,
        E::Removed(event) => event.id,
    };
    if !told.fields.contains_key("pilot") {
        told.put("pilot", id, id);
    }
}

fn late(told: &mut Told, late: bool) {
    if late {
        told.put("late", "yes; taken and flagged", true);
    }
}

/// Where the pilot stands now, and the clocks that run.
///
/// # Errors
///
/// The member does not answer.
pub(super) async fn clocks(desk: &Desk, told: &mut Told) -> Result<(), Failure> {
    let id = told.fields.get("pilot").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
    let Some(id) = id else { return Ok(()) };
    let found = desk.ask(ADDRESS, &pilotOfCall { id }).await?;
    let state = State::from_number(found.pilot.state).map_or("unknown", State::name);
    told.put("state", state, state);
    let mut list = Vec::new();
    for clock in desk.ask(ADDRESS, &clocksOfCall { id }).await? {
        let name = Clock::from_number(clock.clock).map_or("clock", Clock::name);
        let day = Day::new(clock.lastDay);
        let marks = [(clock.provisional, ", provisional"), (clock.passed, ", over")];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        told.rows.push((name.to_owned(), format!("until the end of {day}{marks}")));
        list.push(json!({
            "clock": name, "lastDay": day.to_string(), "provisional": clock.provisional, "passed": clock.passed,
        }));
    }
    told.fields.insert("clocks".into(), list.into());
    Ok(())
}
