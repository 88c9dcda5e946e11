//! Values on the way out: days, times, terms, and what rows of several answers share.

use super::event;
use crate::json::Hex;
use ding_modules::{
    calendar::{Day, Deadline},
    filing, orders, pilot,
};
use ding_primitives::{Address, B256};
use ding_readmodel::{DutyRow, HistoryRow, Listed, Party, Source};
use serde_json::{Value, json};

/// A day, `null` for none.
pub(super) fn day(day: Day) -> Value {
    if day.get() == 0 { Value::Null } else { day.to_string().into() }
}

/// A time in milliseconds, `null` for none.
pub(super) fn ms(ms: u64) -> Value {
    if ms == 0 { Value::Null } else { json!(Hex(ms)) }
}

/// A text, `null` if it is empty.
pub(super) fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

/// A number that means none if it is 0.
pub(super) fn some(number: impl Into<u64>) -> Value {
    match number.into() {
        0 => Value::Null,
        number => number.into(),
    }
}

/// An account, `null` for the zero address.
pub(super) fn account(account: &Address) -> Value {
    if account.is_zero() { Value::Null } else { json!(account) }
}

/// A word, `null` for zero.
pub(super) fn word(word: &B256) -> Value {
    if word.is_zero() { Value::Null } else { json!(word) }
}

/// ASCII from the left of a word.
pub(super) fn ascii(word: &B256) -> String {
    word.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

/// A term by name; one that this program does not know by number; `null` for 0.
pub(super) fn term<T>(
    number: u8,
    known: impl Fn(u8) -> Option<T>,
    name: impl Fn(T) -> &'static str,
) -> Value {
    match (known(number), number) {
        (Some(term), _) => name(term).into(),
        (None, 0) => Value::Null,
        (None, number) => number.into(),
    }
}

/// State on a track of a filing; `null` for none.
pub(super) fn filing_state(number: u8) -> Value {
    if number == 0 { Value::Null } else { term(number, filing::State::from_number, filing::State::name) }
}

/// Last day of a clock.
pub(super) fn deadline(deadline: Option<Deadline>) -> (Value, bool) {
    deadline.map_or((Value::Null, false), |deadline| (day(deadline.day), deadline.provisional))
}

/// What a duty is about.
pub(super) const fn kind(source: Source) -> &'static str {
    match source {
        Source::Filing => "filing",
        Source::Order => "order",
        Source::Pilot => "pilot",
        Source::Proposal => "proposal",
    }
}

/// A step of a filing that is a duty: one with two outcomes is called after the decision, not after one
/// of them.
fn filing_step(number: u8) -> Value {
    use filing::Step;
    [
        (Step::Uphold, "decide-objection"),
        (Step::AcceptRectified, "decide-rectified"),
        (Step::PassAssessment, "decide-assessment"),
    ]
    .into_iter()
    .find(|(step, _)| step.number() == number)
    .map_or_else(|| term(number, Step::from_number, Step::name), |(_, name)| name.into())
}

/// Something that somebody must do.
pub(super) fn duty(row: &DutyRow) -> Value {
    let (due, due_provisional) = deadline(row.due);
    let (not_before, begin_provisional) = deadline(row.not_before);
    let kind = kind(row.source);
    let (step, clock, track) = match row.source {
        Source::Filing => (
            filing_step(row.step),
            term(row.clock, filing::terms::Clock::from_number, filing::terms::Clock::name),
            term(row.slot, filing::Track::from_number, filing::Track::name),
        ),
        Source::Order => (
            order_step(row.step),
            match row.clock {
                1 => "answer".into(),
                2 => "decide-appeal".into(),
                _ => Value::Null,
            },
            Value::Null,
        ),
        Source::Pilot => (
            term(row.step, pilot::machine::Step::from_number, pilot::machine::Step::name),
            term(row.clock, pilot::terms::Clock::from_number, pilot::terms::Clock::name),
            Value::Null,
        ),
        Source::Proposal => {
            let step = if row.step == 1 { "vote" } else { "carry-out" };
            (step.into(), if row.clock == 0 { Value::Null } else { step.into() }, Value::Null)
        }
    };
    json!({
        "kind": kind,
        "id": row.thing,
        "number": text(&row.number),
        "name": row.name,
        "track": track,
        "item": if row.source == Source::Filing && row.slot > 4 { some(row.item) } else { Value::Null },
        "step": step,
        "by": row.parties.iter().map(|party: &Party| party.name()).collect::<Vec<_>>(),
        "organisation": some(row.organisation),
        "division": some(row.division),
        "sinceMs": ms(row.since_ms),
        "untilMs": ms(row.until_ms),
        "clock": clock,
        "start": if row.clock == 0 { Value::Null } else { day(row.start) },
        "workingDays": row.working_days,
        "due": due,
        "notBefore": not_before,
        "provisional": due_provisional || begin_provisional,
        "overdue": row.overdue,
    })
}

/// A step of an order that is a duty.
fn order_step(number: u8) -> Value {
    use orders::terms::Step;
    [
        (Step::Approve, "approve"),
        (Step::Answer, "answer"),
        (Step::Accept, "settle"),
        (Step::Revoke, "decide-appeal"),
    ]
    .into_iter()
    .find(|(step, _)| step.number() == number)
    .map_or(number.into(), |(_, name)| name.into())
}

/// A page of what happened, newest first, with the cursor of the next page.
pub(super) fn history(rows: &Listed<HistoryRow>) -> Value {
    let row = |row: &HistoryRow| {
        json!({
            "height": Hex::from(row.place.height),
            "timestampMs": Hex(row.place.timestamp_ms),
            "day": Day::from_ms(row.place.timestamp_ms).to_string(),
            "transactionHash": row.place.transaction_hash,
            "transactionIndex": Hex::from(row.place.transaction),
            "event": event::name(&row.log),
            "fields": event::fields(&row.log),
        })
    };
    json!({"items": rows.rows.iter().map(row).collect::<Vec<_>>(), "next": rows.next.map(Hex)})
}
