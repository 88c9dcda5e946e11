//! Storage, events, sentences, and what the checks find.

use super::*;
use crate::{
    filing::state::{self as st, Service},
    storage::Stored,
};
use ding_primitives::{U256, keccak256};
use std::collections::BTreeSet;

#[test]
fn the_register_of_numbers_is_named_by_the_digest_of_its_name() {
    assert_eq!(numbers::REGISTER, keccak256("ding.filing.number"));
}

#[test]
fn a_service_is_packed_as_solidity_packs_it() {
    let service = Service {
        status: S::Recorded,
        change: S::ChangePending,
        provider: 0x0102_0304,
        clock: Some(Clock::Correct),
        go_live: 0xaabb_ccdd,
        form: 7,
        number: st::Number::repeat_byte(0x31),
        recorded_on: 9,
        content: digest(5),
        ..Service::default()
    };
    let words = service.to_words();
    assert_eq!(Service::from_words(&words), Some(service));
    let text = format!("{:064x}", words[0]);
    assert_eq!(&text[62..], "05");
    assert_eq!(&text[60..62], "0b");
    assert_eq!(&text[48..56], "01020304");
    assert!(text.contains("aabbccdd"));
    assert_eq!(&format!("{:064x}", words[1])[24..], "31".repeat(20));
    let mut unknown = words;
    unknown[0] = U256::from(200);
    assert_eq!(Service::from_words(&unknown), None, "there is no state 200");
}

#[test]
fn foreign_and_bent_logs_are_no_events() {
    let mut stage = Stage::on(2026, 2, 10);
    stage.filed();
    let own: Vec<Log> =
        stage.scene.history().iter().filter(|log| log.address == st::ADDRESS).cloned().collect();
    assert!(own.len() >= 5);
    for log in own {
        assert!(events::decode(&log).is_some());
        let foreign = Log { address: FIRM, ..log.clone() };
        assert_eq!(events::decode(&foreign), None);
        let longer = Log { data: [log.data.as_ref(), &[0; 32]].concat().into(), ..log.clone() };
        assert_eq!(events::decode(&longer), None);
        let shorter = Log { topics: log.topics[..1].to_vec(), ..log };
        assert_eq!(events::decode(&shorter), None);
    }
}

#[test]
fn a_step_tells_the_clock_that_runs_from_it() {
    let mut stage = Stage::on(2026, 1, 30);
    let service = stage.filed();
    let taken = stage.scene.logs().iter().find_map(|log| match events::decode(log)? {
        events::Event::Stepped(event) => events::taken(&event).filter(|taken| taken.step == Step::Submit),
        _ => None,
    });
    let taken = taken.unwrap();
    assert_eq!((taken.service, taken.from, taken.to), (service, S::Draft, S::Submitted));
    assert_eq!((taken.actor, taken.account, taken.organisation), (Actor::Provider, FIRM, 4));
    assert_eq!((taken.clock, taken.start, taken.days), (Some(Clock::Decide), on(2026, 1, 30), 20));
}

#[test]
fn gas_of_filing_and_recording_leaves_room_for_imports() {
    let mut stage = Stage::on(2026, 2, 10);
    stage.filed();
    let filing = stage.scene.gas_used();
    assert!(filing < 600_000, "{filing}");
    let import = |subject, number: &str| importFilingCall {
        subject,
        account: Address::ZERO,
        form: form(),
        number: number.into(),
        confirmed: false,
    };
    let imported = stage.call(CHIEF, import(other_firm(), "44030524273626860016")).unwrap().service;
    let import = stage.scene.gas_used();
    assert!(import < 900_000, "{import}");
    stage.second_hand(DEPUTY, &[imported]).unwrap();
    let record = stage.scene.gas_used();
    assert!(record < 400_000, "{record}");
}

#[test]
fn likely_reads_are_among_what_a_step_reads() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let guessed = crate::likely_reads(st::ADDRESS, CHIEF, &propose.abi_encode());
    assert_eq!(guessed.len(), 3);
    stage.call(CHIEF, propose).unwrap();
    let slots: BTreeSet<_> = stage.scene.host_mut().slots().map(|(place, _)| place).collect();
    assert!(guessed.iter().all(|place| slots.contains(place)));
}

#[test]
fn every_error_has_a_sentence_of_its_own() {
    let (field, number) = (String::from("name"), String::from("1"));
    let reason = || String::from("because");
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (NoSuchProvider { provider: 3, count: 2 }.abi_encode(), "no provider 3"),
        (NoSuchService { service: 3, count: 2 }.abi_encode(), "no service 3"),
        (NoSuchItem { track: 5, item: 3, count: 2 }.abi_encode(), "no objection 3"),
        (NotTheProvider { provider: 3, account: FIRM }.abi_encode(), "provider 3"),
        (NotAllowed { step: 8, account: FIRM, organisation: 4 }.abi_encode(), "step record"),
        (OutsideDivision { organisation: 3, own: 44, division: 110_108 }.abi_encode(), "division 44"),
        (WrongState { service: 1, track: 1, state: 5, step: 8 }.abi_encode(), "filing stands at recorded"),
        (
            WrongServiceStatus { service: 1, status: 2, step: 20 }.abi_encode(),
            "while its filing is submitted",
        ),
        (SameHand { account: FIRM }.abi_encode(), "second person"),
        (UnknownTerm { vocabulary: "form".into(), number: 9 }.abi_encode(), "no form with number 9"),
        (Missing { field: field.clone() }.abi_encode(), "name is empty"),
        (NotExpected { field: field.clone() }.abi_encode(), "leave it empty"),
        (TextTooLong { field: field.clone(), bytes_: 9, max: 8 }.abi_encode(), "length 9"),
        (NotNormalised { field: field.clone() }.abi_encode(), "normalise"),
        (ListSize { field: field.clone(), count: 9, max: 8 }.abi_encode(), "9 entries"),
        (BadDay { field, day: 20_000, min: 1, max: 2 }.abi_encode(), "2024-10-04"),
        (PeriodRange { workingDays: 0, min: 1, max: 250 }.abi_encode(), "1 to 250"),
        (WrongIdType { nature: 1, idType: 2 }.abi_encode(), "document 2"),
        (BadCode { uscc: "X".into(), reason: reason() }.abi_encode(), "X is no unified"),
        (OtherCode { account: FIRM, bound: digest(0x41), given: digest(0x42) }.abi_encode(), "0x4141"),
        (OtherNature { account: FIRM, boundKind: 1, nature: 1 }.abi_encode(), "subject of kind 1"),
        (AlreadyRegistered { provider: 3 }.abi_encode(), "provider 3"),
        (AccountInCharge { account: FIRM, provider: 3 }.abi_encode(), "in charge of provider 3"),
        (OrganisationOnly { kinds: 2 }.abi_encode(), "0b10"),
        (CategoryNotForKind { category: 3, kinds: 1 }.abi_encode(), "category 3"),
        (UnknownDivision { division: 990_000 }.abi_encode(), "990000"),
        (TooManyServices { provider: 3, max: 999 }.abi_encode(), "999"),
        (ApprovalWording { phrase: "官方认证".into() }.abi_encode(), "官方认证"),
        (BadPlace { place: digest(1) }.abi_encode(), "listed twice"),
        (NotTheCreator { place: FIRM, creator: RIVAL, nonce: 7 }.abi_encode(), "nonce 7"),
        (BadAttachment { kind: 1, format: 9, size: 5, max: 7 }.abi_encode(), "format 9"),
        (MaterialsMissing { service: 1, missing: Material::Icp.bit() }.abi_encode(), "lacks icp-filing"),
        (BadNumber { number: number.clone(), reason: reason() }.abi_encode(), "no filing number"),
        (CheckDigit { number: number.clone(), want: "X".into() }.abi_encode(), "should be X"),
        (NumberTaken { number, service: 5 }.abi_encode(), "service 5"),
        (NoFreeNumber { provider: 3 }.abi_encode(), "by hand"),
        (NotProposed { service: 5 }.abi_encode(), "service 5"),
        (OtherNumber { service: 5, proposed: "2".into(), given: "1".into() }.abi_encode(), "is 2, not 1"),
        (OtherProvince { provider: 3, division: 110_108, given: 440_305 }.abi_encode(), "move to 440305"),
        (BatchOutOfOrder { batch: 3, next: 2 }.abi_encode(), "next is 2"),
        (AlreadyPublished { service: 5, batch: 2 }.abi_encode(), "batch 2"),
        (NotImported { service: 5, day: 1, today: 2 }.abi_encode(), "1970-01-02"),
        (NotPublished { service: 5 }.abi_encode(), "not published"),
        (ObjectionLate { service: 5, dueDay: 1, today: 2 }.abi_encode(), "ended on 1970-01-02"),
        (ObjectionOpen { service: 5, objection: 6 }.abi_encode(), "objection 6"),
        (NothingChanged { service: 5 }.abi_encode(), "already"),
        (OtherChange { service: 5, reported: digest(1), given: digest(2) }.abi_encode(), "as reported"),
        (TerminationTooSoon { plannedDay: 9, latestNotice: 1, today: 2 }.abi_encode(), "by 1970-01-02"),
        (NotYet { service: 5, day: 1, today: 1 }.abi_encode(), "1970-01-02 must be over"),
        (NotYet { service: 5, day: 0, today: 1 }.abi_encode(), "not announced"),
        (NotUpheld { service: 5, objection: 6 }.abi_encode(), "not upheld"),
        (CampaignClosed { campaign: 4 }.abi_encode(), "campaign 4"),
        (CampaignOpen { campaign: 4, open: 3 }.abi_encode(), "3 open"),
        (PeriodRange { workingDays: 999, min: 1, max: 250 }.abi_encode(), "999"),
        (NoSuchArticle { article: 18 }.abi_encode(), "article 18"),
        (BreachNotInArticle { article: 19, breach: 10 }.abi_encode(), "duty 10"),
        (MeasureNotProvided { article: 22, measure: 3 }.abi_encode(), "suspension"),
        (
            FineOutOfRange { article: 19, amountFen: 1, minFen: 2, maxFen: 3 }.abi_encode(),
            "0.02 yuan to 0.03 yuan",
        ),
        (NothingRefused { service: 5 }.abi_encode(), "service 5"),
        (StillRectifying { service: 5 }.abi_encode(), "corrected"),
        (HeightPassed { fromHeight: 3, height: 4 }.abi_encode(), "height 3"),
        (BadArticle { article: 19, reason: reason() }.abi_encode(), "contradict"),
    ];
    let mut selectors = BTreeSet::new();
    for (data, want) in &cases {
        let text = decode_revert(data).unwrap();
        assert!(text.contains(want), "{text}");
        selectors.insert(data[..4].to_vec());
    }
    let all = IFiling::abi::contract().errors.values().map(Vec::len).sum::<usize>();
    assert_eq!(selectors.len(), all);
}

#[test]
fn storage_that_departs_from_the_events_is_found() {
    type Tamper = fn(&mut Scene<'static>);
    fn put(scene: &mut Scene<'static>, slot: U256, change: impl Fn(U256) -> U256) {
        let word = scene.host_mut().slots().find(|(place, _)| *place == (st::ADDRESS, slot));
        let word = word.map(|(_, word)| word).unwrap_or_default();
        scene.host_mut().put(st::ADDRESS, slot, change(word));
    }
    fn drop_last(scene: &mut Scene<'static>, step: Step) {
        let at = scene.history().iter().rposition(
            |log| matches!(events::decode(log), Some(events::Event::Stepped(e)) if e.step == step.number()),
        );
        scene.history_mut().remove(at.unwrap());
    }
    let cases: [(Tamper, &str); 9] = [
        (|s| put(s, st::COUNTS.slot(), |word| word + U256::ONE), "F4"),
        (|s| put(s, st::SERVICES.slot_of(1), |word| word + U256::ONE), "F4"),
        (|s| put(s, st::SERVICES.slot_of(2), |word| word + (U256::ONE << 104)), "F6"),
        (
            |s| {
                let number = "11010826000000010016";
                let word = FilingNumber::parse(number).unwrap().to_word();
                put(s, st::SERVICE_OF_NUMBER.slot_of(word), |_| U256::from(2));
            },
            "F1",
        ),
        (|s| drop_last(s, Step::Record), "F5"),
        (|s| drop_last(s, Step::Warn), "F6"),
        (|s| put(s, st::BATCHES.slot_of(1), |word| word + U256::ONE), "F7"),
        (|s| put(s, st::PROVIDERS.slot_of(1), |word| word + (U256::ONE << 208)), "F4"),
        (|s| put(s, st::PENALTIES.slot_of(1) + U256::ONE, |word| word + (U256::ONE << 200)), "F8"),
    ];
    for (index, (tamper, invariant)) in cases.into_iter().enumerate() {
        let mut stage = Stage::on(2026, 2, 10);
        let service = stage.filed();
        stage.record(service, "11010826000000010016");
        stage.publish(1, vec![service]).unwrap();
        stage.filed();
        stage.call(CHIEF, fine(service, 19, 17, 2, 5_000)).unwrap();
        let warn =
            warnCall { service, article: 19, breach: 13, workingDays: 5, notice: digest(1), text: text() };
        stage.call(CHIEF, warn).unwrap();
        stage.scene.check();
        tamper(&mut stage.scene);
        let found = stage.scene.violation().map_err(|violation| violation.invariant);
        assert_eq!(found, Err(invariant), "case {index}");
    }
}

#[test]
fn a_history_with_other_hands_than_those_that_acted_is_found() {
    use alloy_sol_types::SolEvent;
    /// Puts an event in the place of the last one of its kind.
    fn forge<E: SolEvent>(scene: &mut Scene<'static>, change: impl Fn(E) -> E) {
        let history = scene.history_mut();
        let log =
            history.iter_mut().rev().find(|log| log.topics.first() == Some(&E::SIGNATURE_HASH)).unwrap();
        let event = E::decode_raw_log(log.topics.iter().copied(), &log.data).unwrap();
        let forged = change(event);
        (log.topics, log.data) =
            (forged.encode_topics().iter().map(|topic| topic.0).collect(), forged.encode_data().into());
    }
    type Tamper = fn(&mut Scene<'static>);
    let cases: [Tamper; 6] = [
        |s| forge(s, |e: RecordProposed| RecordProposed { account: DEPUTY, ..e }),
        |s| forge(s, |e: RecordProposed| RecordProposed { account: BEIJING, ..e }),
        |s| forge(s, |e: Recorded| Recorded { first: BEIJING, ..e }),
        |s| forge(s, |e: Recorded| Recorded { second: BEIJING, ..e }),
        |s| forge(s, |e: FineImposed| FineImposed { first: BEIJING, ..e }),
        |s| forge(s, |e: FineImposed| FineImposed { second: BEIJING, ..e }),
    ];
    for (index, tamper) in cases.into_iter().enumerate() {
        let mut stage = Stage::on(2026, 2, 10);
        let service = stage.recorded();
        let penalty = stage.call(CHIEF, fine(service, 19, 17, 2, 5_000)).unwrap();
        stage.call(DEPUTY, imposeFineCall { penalty }).unwrap();
        stage.scene.check();
        tamper(&mut stage.scene);
        let found = stage.scene.violation().map_err(|violation| violation.invariant);
        assert_eq!(found, Err("F5"), "case {index}");
    }
}

#[test]
fn sentences_say_amounts_in_yuan_and_when_there_is_nothing_to_name() {
    let fine = |fen| FineOutOfRange { article: 19, amountFen: fen, minFen: 500_000, maxFen: 3_000_000 };
    for (data, want) in [
        (
            fine(3_000_150).abi_encode(),
            "a fine of 30001.50 yuan is outside the range of article 19: 5000 yuan to",
        ),
        (NoSuchService { service: 1, count: 0 }.abi_encode(), "there is no service 1; there are none yet"),
        (NoSuchProvider { provider: 2, count: 1 }.abi_encode(), "there is one, number 1"),
        (NotAllowed { step: 9, account: CITIZEN, organisation: 0 }.abi_encode(), "(of no organisation)"),
        (NotAllowed { step: 9, account: CHIEF, organisation: 1 }.abi_encode(), "(of organisation 1)"),
    ] {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}
