mod course;
mod duties;
mod filings;
mod listing;
mod parameters;
mod people;
mod recommending;
mod values;

use super::{
    abi::IPilot::{self as api, *},
    *,
};
use crate::{
    calendar::Day,
    decode_revert,
    members::{OrganisationEntry, Role},
    mocks::{OTHER, STRANGER, Scene, digest, revert},
};
use alloy_sol_types::{SolCall as _, SolError as _, SolInterface as _};
use ding_primitives::{B256, address};

/// Two accounts of the national administration, organisation 1.
const CHIEF: Address = address!("0000000000000000000000000000000000000011");
const DEPUTY: Address = address!("0000000000000000000000000000000000000012");
/// The administration of division 33, organisation 2.
const PROVINCE: Address = address!("0000000000000000000000000000000000000021");
/// A competent department, organisation 3.
const MINISTRY: Address = address!("0000000000000000000000000000000000000031");
/// The administration of division 11, organisation 4.
const CAPITAL: Address = address!("0000000000000000000000000000000000000041");
/// A hospital, which carries pilots, and its code.
const HOSPITAL: Address = address!("0000000000000000000000000000000000000051");
const HOSPITAL_CODE: &str = "12330100MB0000027B";
/// A bank, which carries pilots, and its code.
const BANK: Address = address!("0000000000000000000000000000000000000061");
const BANK_CODE: &str = "91110000MA00000077";

/// Numbers of organisations.
const NATIONAL: u32 = 1;
const MINISTRY_ID: u32 = 3;

/// The chain of the scene.
const OWN_CHAIN: u64 = 1337;
/// Another chain.
const FAR_CHAIN: u64 = 7_001;

fn day(text: &str) -> u32 {
    text.parse::<Day>().unwrap().get()
}

fn code(text: &str) -> B256 {
    B256::right_padding_from(text.as_bytes())
}

fn noon(text: &str) -> u64 {
    text.parse::<Day>().unwrap().start_ms() + 12 * 3_600_000
}

/// A chain on 5 January 2026 with its administrations, a hospital and a bank.
fn scene() -> Scene<'static> {
    scene_on("2026-01-05")
}

fn scene_on(today: &str) -> Scene<'static> {
    let with = |name: &str, role, division, accounts: &[Address]| OrganisationEntry {
        name: name.into(),
        roles: vec![role],
        division,
        accounts: accounts.to_vec(),
        ..OrganisationEntry::default()
    };
    let mut scene = Scene::new(&Pilot)
        .with_organisation(with("National Administration", Role::Supervisor, None, &[CHIEF, DEPUTY]))
        .with_organisation(with("Province 33", Role::Provincial, Some(33), &[PROVINCE]))
        .with_organisation(with("Ministry", Role::Competent, None, &[MINISTRY]))
        .with_organisation(with("Capital", Role::Provincial, Some(11), &[CAPITAL]))
        .at_time(noon(today))
        .at_height(1_000);
    for (by, code, name, division, account) in [
        (PROVINCE, HOSPITAL_CODE, "Third Hospital", 33, HOSPITAL),
        (CAPITAL, BANK_CODE, "Harbour Bank", 11, BANK),
    ] {
        let call = registerEntityCall { code: code.into(), name: name.into(), division, account };
        scene.call(by, call).unwrap();
    }
    scene
}

/// Goes to noon of a day.
fn go(scene: &mut Scene<'_>, to: &str) {
    scene.next_block_at(noon(to));
}

/// A special pilot of the hospital in the field of health.
fn health() -> Proposal {
    Proposal {
        kind: Kind::Special.number(),
        entity: code(HOSPITAL_CODE),
        field: Field::Health.number(),
        zone: 0,
        division: 33,
        endDay: day("2027-12-31"),
        title: "Sharing of examination results".into(),
        material: digest(0x77),
    }
}

/// A comprehensive pilot of the hospital for Hangzhou.
fn hangzhou() -> Proposal {
    Proposal {
        kind: Kind::Comprehensive.number(),
        field: 0,
        zone: Zone::Hangzhou.number(),
        title: "Hangzhou".into(),
        ..health()
    }
}

fn recommend(scene: &mut Scene<'_>, proposal: Proposal, alongside: &[u32]) -> Result<u32, Stop> {
    scene.call(PROVINCE, recommendCall { proposal, alongside: alongside.to_vec() })
}

fn goal(id: u32) -> addIndicatorCall {
    addIndicatorCall {
        id,
        name: "办件平均时长".into(),
        unit: "小时".into(),
        decimals: 1,
        baseline: 480,
        target: 40,
        due: day("2027-06-30"),
    }
}

fn record(scene: &mut Scene<'_>, kind: terms::DocumentKind, zones: u16, specials: u16) -> u32 {
    let call = recordDocumentCall {
        kind: kind.number(),
        issuedOn: Day::from_ms(scene.block().timestamp_ms).get(),
        departments: 17,
        zones,
        specials,
        digest: digest(kind.number()),
        number: "中网办秘字〔2026〕1号".into(),
        title: format!("{kind} of pilots"),
    };
    scene.call(CHIEF, call).unwrap()
}

fn text() -> String {
    "considered".into()
}

/// Runs a proposal up to public comment, from 5 January 2026 on.
fn published(scene: &mut Scene<'_>, proposal: Proposal, alongside: &[u32]) -> u32 {
    let id = recommend(scene, proposal, alongside).unwrap();
    let due = scene.read(OTHER, pilotOfCall { id }).course.endDay.min(day("2027-06-30"));
    scene.call(PROVINCE, addIndicatorCall { due, ..goal(id) }).unwrap();
    scene.call(CHIEF, reviewCall { id, competent: MINISTRY_ID, opinion: text() }).unwrap();
    let document = record(scene, terms::DocumentKind::Shortlist, 15, 164);
    scene.call(CHIEF, publishCall { id, document }).unwrap();
    id
}

/// Runs a proposal up to the list, on 13 January 2026.
fn listed(scene: &mut Scene<'_>, proposal: Proposal) -> u32 {
    let id = published(scene, proposal, &[]);
    go(scene, "2026-01-13");
    let document = record(scene, terms::DocumentKind::List, 15, 164);
    scene.call(DEPUTY, listCall { id, document, alongside: vec![] }).unwrap();
    id
}

fn description(id: u32, chain: u64) -> describeCall {
    describeCall {
        id,
        chainId: chain,
        software: "ding".into(),
        version: "0.4.0".into(),
        nodes: vec![digest(1), digest(2)],
        peers: vec![2, 3],
    }
}

/// Runs the health pilot up to its start, on 13 January 2026.
fn running(scene: &mut Scene<'_>, chain: u64) -> u32 {
    let id = listed(scene, health());
    scene.call(HOSPITAL, description(id, chain)).unwrap();
    scene.call(HOSPITAL, startCall { id }).unwrap();
    id
}

fn value(id: u32, on: &str, value: i64, height: u64) -> reportCall {
    reportCall { id, indicator: 0, day: day(on), value, sourceHeight: height, source: B256::ZERO }
}

fn correction(id: u32, on: &str, value: i64, height: u64, refers: u32) -> correctCall {
    correctCall {
        id,
        indicator: 0,
        day: day(on),
        value,
        sourceHeight: height,
        source: digest(9),
        refersTo: refers,
        reason: "counted anew".into(),
    }
}

/// Runs the health pilot up to its own assessment.
fn assessed(scene: &mut Scene<'_>) -> u32 {
    let id = running(scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 45, 10)).unwrap();
    let kind = terms::Assessment::Final.number();
    scene.call(HOSPITAL, assessCall { id, kind, report: digest(5), text: text() }).unwrap();
    id
}

fn state_of(scene: &mut Scene<'_>, id: u32) -> State {
    State::from_number(scene.read(OTHER, pilotOfCall { id }).pilot.state).unwrap()
}

fn clocks_of(scene: &mut Scene<'_>, id: u32) -> Vec<(Clock, String, bool)> {
    let clocks = scene.read(OTHER, clocksOfCall { id });
    let shown =
        |c: &ClockRecord| (Clock::from_number(c.clock).unwrap(), Day::new(c.lastDay).to_string(), c.passed);
    clocks.iter().map(shown).collect()
}

fn not_entitled<R>(account: Address, organisation: u32, id: u32, step: Step) -> Result<R, Stop> {
    revert(NotEntitled { account, organisation, id, step: step.number() })
}

fn wrong_state<R>(id: u32, state: State, step: Step) -> Result<R, Stop> {
    revert(WrongState { id, state: state.number(), step: step.number() })
}

#[test]
fn no_name_of_the_interface_speaks_of_what_something_sells_for() {
    let abi = serde_json::to_value((Pilot.interface().abi)()).unwrap();
    let mut names = Vec::new();
    let mut rest = vec![&abi];
    while let Some(value) = rest.pop() {
        match value {
            serde_json::Value::Object(fields) => {
                names.extend(fields.get("name").and_then(|name| name.as_str()).map(String::from));
                rest.extend(fields.values());
            }
            serde_json::Value::Array(items) => rest.extend(items),
            _ => {}
        }
    }
    assert!(names.len() > 500, "{} names were found", names.len());
    for name in names {
        // Words of a name in camel case.
        let mut words = String::new();
        for sign in name.chars() {
            words.extend(sign.is_ascii_uppercase().then_some(' '));
            words.push(sign);
        }
        assert_eq!(terms::forbidden_word(&words), None, "{name}");
        let lower = name.to_lowercase();
        for stem in ["token", "price", "yield", "coin", "profit", "return_rate", "marketvalue"] {
            assert!(!lower.contains(stem), "{name}");
        }
    }
}

#[test]
fn every_error_is_explained_in_a_sentence_with_something_to_do() {
    let abi = (Pilot.interface().abi)();
    let mut count = 0;
    for error in abi.errors() {
        // A plausible argument for each type, numbers that differ.
        let arguments: Vec<u8> = encode_samples(&error.inputs);
        let data = [&error.selector()[..], &arguments].concat();
        assert!(IPilotErrors::abi_decode_validate(&data).is_ok(), "{}", error.name);
        let sentence = decode_revert(&data).unwrap_or_else(|| panic!("{} has no sentence", error.name));
        assert!(sentence.len() > 20 && !sentence.contains("{}"), "{}: {sentence}", error.name);
        count += 1;
    }
    assert!(count > 60, "{count} errors");
}

/// ABI encoding of sample arguments: small numbers, a short text for strings.
fn encode_samples(inputs: &[alloy_json_abi::Param]) -> Vec<u8> {
    let (mut head, mut tail) = (Vec::new(), Vec::new());
    for (index, input) in (3u64..).zip(inputs) {
        let word = if input.ty == "string" {
            let offset = U256::from(inputs.len() * 32 + tail.len());
            tail.extend(U256::from(5).to_be_bytes::<32>());
            tail.extend(B256::right_padding_from(b"words").0);
            offset
        } else {
            U256::from(index)
        };
        head.extend(word.to_be_bytes::<32>());
    }
    [head, tail].concat()
}

#[test]
fn the_slot_of_a_pilot_proves_where_it_stands() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let slots: Vec<_> = scene.host_mut().slots().collect();
    let word = |slot: U256| {
        slots.iter().find(|((address, own), _)| (*address, *own) == (state::ADDRESS, slot)).map(|(_, w)| *w)
    };
    let found = word(state::pilot_slot(id)).unwrap();
    assert_eq!((found.byte(0), found.byte(1)), (Kind::Special.number(), State::Recommended.number()));
    assert_eq!(word(state::pilot_slot(id + 1)), None);
}

#[test]
fn likely_reads_of_a_report_are_slots_that_it_reads() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let call = value(id, "2026-01-13", 45, 10);
    let likely = crate::likely_reads(state::ADDRESS, HOSPITAL, &call.abi_encode());
    assert!(likely.len() >= 8);
    let touched: Vec<_> = scene.host_mut().slots().map(|(place, _)| place).collect();
    let known = likely.iter().filter(|place| touched.contains(place)).count();
    // Parameters and the day's last entry are not written yet; the rest is there.
    assert!(known >= likely.len() - 3, "{known} of {} exist", likely.len());
    let entity = (state::ADDRESS, state::ENTITY_OF.slot_of(HOSPITAL));
    assert!(likely.contains(&entity) && touched.contains(&entity));
}

#[test]
fn reporting_a_value_costs_less_than_a_hundred_and_seventy_thousand_gas() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 45, 10)).unwrap();
    assert!(scene.gas_used() < 170_000, "{}", scene.gas_used());
}

#[test]
fn decode_takes_only_events_of_this_module_encoded_as_it_does() {
    let mut scene = scene();
    recommend(&mut scene, health(), &[]).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let mut log = log.clone();
    assert!(matches!(events::decode(&log), Some(events::Event::Recommended(_))));
    log.address = OTHER;
    assert_eq!(events::decode(&log), None);
    log.address = state::ADDRESS;
    log.data = [&log.data[..], &[0; 32]].concat().into();
    assert_eq!(events::decode(&log), None);
}

#[test]
fn sentences_name_days_by_their_date_and_say_when_there_is_nothing_to_name() {
    let range = |what: &str, value, min, max| OutOfRange { what: what.into(), value, min, max }.abi_encode();
    for (data, want) in [
        (
            range("last day of the pilot", 18_414, 20_781, 21_876),
            "2020-06-01 is given, 2026-11-24 to 2029-11-23",
        ),
        (
            range("last day of the pilot, which a refusal leaves", 20_781, 0, 0),
            "2026-11-24 is given, none is",
        ),
        (range("days of comment", 0, 1, 60), "0 is given, 1 to 60 is"),
        (NoSuchPilot { id: 5, count: 0 }.abi_encode(), "there are none yet"),
        (NoSuchPilot { id: 5, count: 1 }.abi_encode(), "there is one, number 1"),
        (NoSuchDocument { document: 5, count: 4 }.abi_encode(), "numbered 1 to 4"),
    ] {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}
