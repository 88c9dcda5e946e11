//! Events of modules as JSON, by the modules' own ABIs: a field for each parameter, under its name.
//!
//! Days are ISO dates (`null` for day 0), heights and milliseconds hexadecimal, other numbers are JSON
//! numbers as long as they are exact there. Terms of the step machine are named.

use super::shape;
use crate::json::Hex;
use alloy_dyn_abi::{DynSolEvent, DynSolValue, Specifier as _};
use alloy_json_abi::{Event, EventParam, Param};
use ding_modules::{calendar::Day, filing, orders, registry};
use ding_primitives::{Address, B256, Bytes, Log};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::OnceLock};

/// An event and how to read it.
struct Known {
    module: &'static str,
    event: Event,
    shape: DynSolEvent,
}

/// Parameters that are days.
const DAYS: [&str; 20] = [
    "day",
    "dueDay",
    "today",
    "changedOn",
    "goLive",
    "plannedDay",
    "latestNotice",
    "endDay",
    "lastDay",
    "listedOn",
    "issuedOn",
    "due",
    "dueBefore",
    "commentLastDay",
    "clockStart",
    "effectiveDay",
    "startDay",
    "recordedOn",
    "fromDay",
    "publishedDay",
];

/// Largest integer that every reader of JSON takes exactly (RFC 8259 section 6).
const EXACT_MAX: u64 = (1 << 53) - 1;

/// Events of all modules, by emitter and first topic.
fn known(log: &Log) -> Option<&'static Known> {
    static EVENTS: OnceLock<BTreeMap<(Address, B256), Known>> = OnceLock::new();
    let events = EVENTS.get_or_init(|| {
        let of = |module: &'static &dyn ding_modules::Module| {
            let abi = (module.interface().abi)();
            let events: Vec<Event> = abi.events.into_values().flatten().collect();
            let known = |event: Event| {
                let shape = event.resolve().ok()?;
                Some(((module.address(), event.selector()), Known { module: module.name(), event, shape }))
            };
            events.into_iter().filter_map(known).collect::<Vec<_>>()
        };
        registry::MODULES.iter().flat_map(of).collect()
    });
    events.get(&(log.address, *log.topics.first()?))
}

/// What an event is called; `null` for one that no module of this program emits.
pub(super) fn name(log: &Log) -> Value {
    known(log).map_or(Value::Null, |known| known.event.name.clone().into())
}

/// The parameters of an event.
pub(super) fn fields(log: &Log) -> Value {
    let Some(known) = known(log) else { return Value::Null };
    let Ok(decoded) = known.shape.decode_log_parts(log.topics.iter().copied(), &log.data) else {
        return Value::Null;
    };
    let (mut indexed, mut body) = (decoded.indexed.iter(), decoded.body.iter());
    let mut fields = Map::new();
    for input in &known.event.inputs {
        let EventParam { name, indexed: is_indexed, components, .. } = input;
        let next = if *is_indexed { indexed.next() } else { body.next() };
        let Some(found) = next else { continue };
        let value = match found {
            DynSolValue::Uint(number, 8) => {
                let number = u8::try_from(*number).unwrap_or(u8::MAX);
                named(known.module, &known.event.name, name, number).unwrap_or(number.into())
            }
            found => value(name, found, components),
        };
        fields.insert(name.trim_end_matches('_').to_owned(), value);
    }
    Value::Object(fields)
}

/// A term of a vocabulary, where a parameter is one.
fn named(module: &str, event: &str, field: &str, number: u8) -> Option<Value> {
    use filing::{Actor, Step, Track, terms};
    Some(match (module, event, field) {
        ("filing", "Stepped", "track") => shape::term(number, Track::from_number, Track::name),
        ("filing", "Stepped", "step") => shape::term(number, Step::from_number, Step::name),
        ("filing", "Stepped", "from" | "to") => shape::filing_state(number),
        ("filing", "Stepped", "actor") => shape::term(number, Actor::from_number, Actor::name),
        ("filing", "Stepped" | "PeriodSet", "clock") => {
            shape::term(number, terms::Clock::from_number, terms::Clock::name)
        }
        ("filing", "Measured", "measure") => {
            shape::term(number, terms::Measure::from_number, terms::Measure::name)
        }
        ("filing", "Measured", "breach") => shape::term(number, terms::Duty::from_number, terms::Duty::name),
        ("filing", "Measured", "ground") => {
            shape::term(number, terms::Ground::from_number, terms::Ground::name)
        }
        _ => return None,
    })
}

fn value(name: &str, found: &DynSolValue, components: &[Param]) -> Value {
    match found {
        DynSolValue::Bool(bit) => (*bit).into(),
        DynSolValue::Uint(number, 8) if name == "action" => {
            let number = u8::try_from(*number).unwrap_or(u8::MAX);
            shape::term(number, orders::Action::from_number, orders::Action::name)
        }
        DynSolValue::Uint(number, bits) => match u64::try_from(*number) {
            Ok(number) => whole(name, number, *bits),
            Err(_) => number.to_string().into(),
        },
        DynSolValue::Int(number, _) => match i64::try_from(*number) {
            Ok(number) if number.unsigned_abs() <= EXACT_MAX => number.into(),
            _ => number.to_string().into(),
        },
        DynSolValue::FixedBytes(word, 32) => json!(word),
        DynSolValue::FixedBytes(word, size) => {
            json!(Bytes::copy_from_slice(word.get(..*size).unwrap_or_default()))
        }
        DynSolValue::Address(account) => json!(account),
        DynSolValue::Bytes(bytes) => json!(Bytes::copy_from_slice(bytes)),
        DynSolValue::String(text) => text.clone().into(),
        DynSolValue::Array(items) | DynSolValue::FixedArray(items) => {
            items.iter().map(|item| value(name, item, components)).collect()
        }
        DynSolValue::Tuple(items) => components
            .iter()
            .zip(items)
            .map(|(part, item)| {
                (part.name.trim_end_matches('_').to_owned(), value(&part.name, item, &part.components))
            })
            .collect::<Map<_, _>>()
            .into(),
        DynSolValue::Function(_) => Value::Null,
    }
}

fn whole(name: &str, number: u64, bits: usize) -> Value {
    if bits == 32 && DAYS.contains(&name) {
        return u32::try_from(number).map_or(Value::Null, |number| shape::day(Day::new(number)));
    }
    let is_quantity = name.ends_with("Ms") || name.to_ascii_lowercase().ends_with("height");
    if is_quantity {
        return json!(Hex(number));
    }
    if number <= EXACT_MAX { number.into() } else { number.to_string().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_modules::filing::abi::IFiling::{Returned, Stepped};

    fn emitted(event: &impl alloy_sol_types::SolEvent) -> Log {
        let data = event.encode_log_data();
        Log { address: filing::state::ADDRESS, topics: data.topics().to_vec(), data: data.data.clone() }
    }

    #[test]
    fn every_event_of_every_module_can_be_read_by_its_abi() {
        for module in registry::MODULES {
            for event in (module.interface().abi)().events.into_values().flatten() {
                let topics = vec![event.selector()];
                let log = Log { address: module.address(), topics, data: Bytes::new() };
                assert_eq!(name(&log), json!(event.name), "{}", module.name());
            }
        }
    }

    #[test]
    fn fields_have_their_names_terms_theirs_and_days_are_dates() {
        let log =
            emitted(&Returned { service: 7, codes: vec![1, 6], reasons: "附件 \u{1} \"缺\"".into() });
        assert_eq!(name(&log), "Returned");
        assert_eq!(fields(&log), json!({"service": 7, "codes": [1, 6], "reasons": "附件 \u{1} \"缺\""}));
        let step = Stepped {
            service: 7,
            track: 1,
            step: 5,
            item: 0,
            from: 2,
            to: 4,
            actor: 2,
            account: Address::ZERO,
            organisation: 3,
            day: 20_500,
            clock: 4,
            clockStart: 0,
            clockDays: 5,
        };
        let shown = fields(&emitted(&step));
        assert_eq!((&shown["track"], &shown["step"]), (&json!("filing"), &json!("return")));
        assert_eq!((&shown["from"], &shown["to"]), (&json!("submitted"), &json!("returned")));
        assert_eq!((&shown["day"], &shown["clockStart"]), (&json!("2026-02-16"), &Value::Null));
        assert_eq!((&shown["actor"], &shown["clock"]), (&json!("provincial"), &json!("supplement")));
    }

    #[test]
    fn an_event_that_is_cut_short_or_of_somebody_else_shows_nothing() {
        let mut log = emitted(&Returned { service: 7, codes: vec![], reasons: "x".into() });
        log.data = log.data.slice(..40);
        assert_eq!(fields(&log), Value::Null);
        log.address = Address::ZERO;
        assert_eq!((name(&log), fields(&log)), (Value::Null, Value::Null));
    }
}
