//! What a step led to: numbers that were given, states that were reached, clocks that run.

use crate::{
    cmd::desk::{Desk, Receipt, Told},
    failure::Failure,
    text::plural,
};
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::clocksOfCall,
        events::{self, Event},
        state::ADDRESS,
        terms::Clock,
    },
    ids::FilingNumber,
    members::{self, events::Event as Decided},
};
use serde_json::{Value, json};

/// Services whose clocks are told of.
const CLOCKS_OF_MAX: usize = 1;

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
    match event {
        Event::Stepped(event) => {
            if let Some(taken) = events::taken(event) {
                if taken.service != 0 {
                    add(told, "services", taken.service);
                }
                let (name, text) =
                    (format!("{} state", taken.track), format!("{} (was {})", taken.to, taken.from));
                // Of many services that all made the same step it is said once.
                if taken.from != taken.to && !told.rows.contains(&(name.clone(), text.clone())) {
                    told.put(&name, text, taken.to.name());
                }
            }
        }
        Event::ProviderRegistered(event) => told.put("provider", event.provider, event.provider),
        Event::ProviderChanged(event) => {
            told.put("provider", event.provider, event.provider);
            late(told, event.late);
        }
        Event::AccountSet(event) => told.put("account", event.account, event.account.to_string()),
        Event::Declared(event) => told.put("service", event.service, event.service),
        Event::Submitted(event) => late(told, event.late),
        Event::RecordProposed(event) => {
            told.put("number proposed", full(&event.number), event.number.clone());
            if event.confirmed {
                told.put("doubtful number", "confirmed", true);
            }
        }
        Event::Recorded(event) => add(told, "numbers", full(&event.number)),
        Event::Published(event) => {
            told.put(
                "batch",
                format!("{}, {}", event.batch, plural(event.services.len(), "service")),
                event.batch,
            );
        }
        Event::Objected(event) => told.put("objection", event.objection, event.objection),
        Event::ChangeReported(event) => late(told, event.late),
        Event::InspectionAnswered(event) => late(told, event.late),
        Event::RectifiedReported(event) => late(told, event.late),
        Event::TerminationNotified(event) => {
            let day = Day::new(event.plannedDay).to_string();
            told.put("last day", &day, day.clone());
        }
        Event::CampaignOpened(event) => told.put("campaign", event.campaign, event.campaign),
        Event::Measured(event) => told.put("penalty", event.penalty, event.penalty),
        Event::AssessmentReported(event) => {
            told.put("assessment", event.assessment, event.assessment);
            late(told, event.late);
        }
        _ => {}
    }
}

fn late(told: &mut Told, late: bool) {
    if late {
        told.put("late", "yes; taken and flagged", true);
    }
}

/// A number as it is printed.
fn full(number: &str) -> String {
    FilingNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.in_full())
}

/// Adds to a list; the rows show its first and last.
fn add(told: &mut Told, name: &str, value: impl Into<Value>) {
    let value = value.into();
    let list = told.fields.entry(name).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut()
        && !list.contains(&value)
    {
        list.push(value);
    }
}

/// Rows of the lists, and the clocks of the service if it is one.
///
/// # Errors
///
/// The member does not answer.
pub(super) async fn clocks(desk: &Desk, told: &mut Told) -> Result<(), Failure> {
    for name in ["services", "numbers"] {
        let Some(list) = told.fields.get(name).and_then(Value::as_array) else { continue };
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let text = match (list.first(), list.last()) {
            // One service is called by its number in any case.
            (Some(_), Some(_)) if list.len() == 1 && told.rows.iter().any(|(row, _)| row == "service") => {
                continue;
            }
            (Some(first), Some(last)) if list.len() > 1 => {
                format!("{} to {}, {} of them", word(first), word(last), list.len())
            }
            (Some(only), _) => word(only),
            _ => continue,
        };
        let name = if list.len() == 1 { name.trim_end_matches('s') } else { name };
        told.rows.push((name.to_owned(), text));
    }
    let services: Vec<u64> = told
        .fields
        .get("services")
        .and_then(Value::as_array)
        .map(|list| list.iter().filter_map(Value::as_u64).collect())
        .unwrap_or_default();
    if services.len() > CLOCKS_OF_MAX {
        return Ok(());
    }
    for service in services {
        let running = desk.ask(ADDRESS, &clocksOfCall { service }).await?;
        let mut list = Vec::new();
        for clock in running {
            let name = Clock::from_number(clock.clock).map_or("clock", Clock::name);
            let day = Day::new(clock.dueDay);
            let marks = [(clock.provisional, ", provisional"), (clock.overdue, ", overdue")];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
            // The time for objections runs by itself, whatever step was taken.
            if clock.clock != Clock::Object.number() || told.fields.contains_key("batch") {
                told.rows.push((name.to_owned(), format!("until the end of {day}{marks}")));
            }
            list.push(json!({
                "clock": name, "dueDay": day.to_string(), "provisional": clock.provisional, "overdue": clock.overdue,
            }));
        }
        told.fields.insert("clocks".into(), list.into());
    }
    Ok(())
}
