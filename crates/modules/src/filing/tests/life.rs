//! From the form to the number.

use super::*;

#[test]
fn a_service_is_filed_proposed_and_recorded_by_two_people_under_a_number_of_its_own() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let service = stage.call(FIRM, fileCall { provider, form: form(), attachments: attachments() }).unwrap();
    assert_eq!(stage.status(service), S::Submitted);
    stage.go(2026, 2, 24);
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let number = stage.call(CHIEF, propose).unwrap();
    assert_eq!(number.len(), 20);
    assert_eq!((&number[..8], &number[16..19]), ("11010826", "001"), "{number}");
    let parsed = FilingNumber::parse(&number).unwrap();
    assert_eq!(parsed.check(), Ok(()));
    assert_eq!(
        stage.read(proposalCall { service }),
        proposalReturn { number: number.clone(), account: CHIEF, confirmed: false }
    );
    assert!(!stage.read(isRecordedCall { number: number.clone() }));
    stage.second_hand(DEPUTY, &[service]).unwrap();
    let record = stage.service(service);
    assert_eq!(record.number, number);
    assert_eq!(
        (record.status, record.flags, record.recordedOn),
        (S::Recorded.number(), 8, on(2026, 2, 24).get())
    );
    assert_eq!(stage.read(serviceOfNumberCall { number: parsed.in_full() }), service);
    assert!(stage.read(isRecordedCall { number }));
    assert!(stage.read(proposalCall { service }).number.is_empty());
    assert!(stage.clocks(service).is_empty());
    let key = service_key(1337, service);
    let known = stage.scene.within(|ctx| crate::services::find(ctx, key)).unwrap().unwrap();
    assert_eq!(known.number, Some(parsed));
    stage.check();
}

#[test]
fn a_second_service_of_a_provider_gets_the_next_sequence() {
    let mut stage = Stage::on(2026, 2, 10);
    let (first, second) = (stage.recorded(), stage.recorded());
    let numbers = [first, second].map(|id| stage.service(id).number);
    assert_eq!(numbers[0][..16], numbers[1][..16]);
    assert_eq!([&numbers[0][16..19], &numbers[1][16..19]], ["001", "002"]);
    stage.check();
}

#[test]
fn the_person_who_proposed_a_number_does_not_record_it() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    assert_eq!(stage.second_hand(DEPUTY, &[service]), revert(NotProposed { service }));
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let number = stage.call(CHIEF, propose.clone()).unwrap();
    assert_eq!(stage.second_hand(CHIEF, &[service]), revert(SameHand { account: CHIEF }));
    assert_eq!(stage.status(service), S::Submitted);
    // Proposed again by the other person, the number stays and the hands change places.
    assert_eq!(stage.call(DEPUTY, propose).unwrap(), number);
    assert_eq!(stage.second_hand(DEPUTY, &[service]), revert(SameHand { account: DEPUTY }));
    stage.second_hand(CHIEF, &[service]).unwrap();
    assert_eq!(stage.status(service), S::Recorded);
    stage.check();
}

#[test]
fn a_service_is_recorded_only_under_the_number_that_the_second_hand_saw() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    let (seen, other) = ("11010826000000010016", "11010519864491550014");
    let propose = |number: &str| proposeRecordCall { service, number: number.into(), confirmed: false };
    stage.call(CHIEF, propose(seen)).unwrap();
    let record = |numbers: &[&str]| recordCall {
        services: vec![service],
        numbers: numbers.iter().map(|number| (*number).into()).collect(),
    };
    // The first hand proposes anew while the second one signs.
    stage.call(CHIEF, propose(other)).unwrap();
    let swapped = OtherNumber { service, proposed: other.into(), given: seen.into() };
    assert_eq!(stage.call(DEPUTY, record(&[seen])), revert(swapped));
    let none = ListSize { field: "numbers".into(), count: 0, max: 1 };
    assert_eq!(stage.call(DEPUTY, record(&[])), revert(none));
    assert!(stage.call(DEPUTY, record(&["no number"])).is_err());
    assert_eq!(stage.status(service), S::Submitted);
    stage.call(DEPUTY, record(&["京网信备11010519864491550014号"])).unwrap();
    assert_eq!(stage.service(service).number, other);
    stage.check();
}

#[test]
fn the_clock_to_file_runs_ten_working_days_from_the_day_of_service() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let service = stage.call(FIRM, draftCall { provider, form: form() }).unwrap();
    assert_eq!(stage.status(service), S::Draft);
    // The Spring Festival lies between: 2026-03-02, not 02-24.
    assert_eq!(stage.clocks(service), [(Clock::File, on(2026, 3, 2), false, false)]);
    stage.go(2026, 3, 2);
    stage.call(FIRM, submitCall { service, attachments: attachments() }).unwrap();
    assert_eq!(stage.service(service).flags, 8, "on its last day it is not late");
    stage.check();
}

#[test]
fn a_late_filing_is_taken_and_flagged() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let service = stage.call(FIRM, draftCall { provider, form: form() }).unwrap();
    stage.go(2026, 3, 3);
    assert_eq!(stage.clocks(service), [(Clock::File, on(2026, 3, 2), false, true)]);
    stage.call(FIRM, submitCall { service, attachments: attachments() }).unwrap();
    let Some(events::Event::Submitted(event)) = stage
        .scene
        .logs()
        .iter()
        .find_map(|log| events::decode(log).filter(|event| matches!(event, events::Event::Submitted(_))))
    else {
        panic!("no event")
    };
    assert!(event.late && event.dueDay == on(2026, 3, 2).get());
    assert_eq!(stage.service(service).flags, 1 | 8);
    stage.record(service, "");
    assert_eq!(stage.service(service).flags, 1 | 8);
    stage.check();
}

#[test]
fn a_service_that_goes_live_unfiled_is_stopped_when_its_time_is_over_and_goes_on_when_it_is_filed() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let contract = FIRM.create(3);
    let form = Form { places: vec![own_place(FIRM, 3)], ..form() };
    let service = stage.call(FIRM, draftCall { provider, form }).unwrap();
    let stopped = |stage: &mut Stage| {
        let block = stage.scene.block();
        let (height, now) = (block.height.get(), block.timestamp_ms);
        let slots: std::collections::BTreeMap<_, _> = stage.scene.host_mut().slots().collect();
        let read = |module, slot| Ok::<_, ()>(slots.get(&(module, slot)).copied().unwrap_or_default());
        crate::services::guard::verdict(read, contract, height, now).unwrap().is_some()
    };
    stage.go(2026, 3, 2);
    assert!(!stopped(&mut stage));
    stage.go(2026, 3, 3);
    assert!(stopped(&mut stage));
    stage.call(FIRM, submitCall { service, attachments: attachments() }).unwrap();
    assert!(!stopped(&mut stage), "a filing under review does not stop it");
    let back = returnFilingCall { service, codes: vec![3], reasons: text(), answerDays: 5 };
    stage.call(CHIEF, back).unwrap();
    stage.go(2026, 3, 10);
    assert!(!stopped(&mut stage));
    stage.go(2026, 3, 11);
    assert!(stopped(&mut stage));
    stage.check();
}

#[test]
fn the_administration_decides_in_twenty_working_days_from_receipt() {
    let mut stage = Stage::on(2026, 1, 30);
    let service = stage.filed();
    assert_eq!(stage.clocks(service), [(Clock::Decide, on(2026, 3, 5), false, false)]);
    stage.call(BEIJING, forwardCall { service, opinion: text() }).unwrap();
    assert_eq!(stage.clocks(service), [(Clock::Decide, on(2026, 3, 5), false, false)], "it goes on");
    stage.go(2026, 3, 6);
    assert_eq!(stage.clocks(service), [(Clock::Decide, on(2026, 3, 5), false, true)]);
    stage.record(service, "");
    stage.check();
}

#[test]
fn a_deadline_in_a_year_without_a_table_is_provisional() {
    let mut stage = Stage::on(2026, 12, 28);
    let service = stage.filed();
    let [(clock, _, provisional, _)] = stage.clocks(service)[..] else { panic!("one clock") };
    assert_eq!((clock, provisional), (Clock::Decide, true));
    stage.check();
}

#[test]
fn a_service_older_than_the_provisions_has_the_time_of_article_23() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let draft = |go_live: Day| draftCall { provider, form: Form { goLive: go_live.get(), ..form() } };
    let old = stage.call(FIRM, draft(on(2018, 5, 1))).unwrap();
    let clock = stage.read(clocksOfCall { service: old }).remove(0);
    assert_eq!((clock.clock, clock.start, clock.workingDays), (2, on(2019, 2, 15).get(), 20));
    let first_day = stage.call(FIRM, draft(on(2019, 2, 15))).unwrap();
    let clock = stage.read(clocksOfCall { service: first_day }).remove(0);
    assert_eq!((clock.clock, clock.start, clock.workingDays), (1, on(2019, 2, 15).get(), 10));
    stage.check();
}

#[test]
fn a_returned_filing_comes_back_and_the_clock_starts_anew() {
    let mut stage = Stage::on(2026, 1, 30);
    let service = stage.filed();
    let codes = vec![Reason::Material.number(), Reason::Description.number()];
    let back = returnFilingCall { service, codes, reasons: text(), answerDays: 10 };
    stage.call(BEIJING, back).unwrap();
    assert_eq!(stage.status(service), S::Returned);
    assert_eq!(stage.clocks(service), [(Clock::Supplement, on(2026, 2, 13), false, false)]);
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let wrong = WrongState { service, track: 1, state: S::Returned.number(), step: 13 };
    assert_eq!(stage.call(CHIEF, propose), revert(wrong));
    stage.go(2026, 2, 10);
    let new = Form { description: "Deposits of bills of lading, in full.".into(), ..form() };
    let before = stage.service(service).content;
    stage.call(FIRM, resubmitCall { service, form: new, attachments: attachments() }).unwrap();
    assert_eq!(stage.status(service), S::Submitted);
    assert_ne!(stage.service(service).content, before);
    let [(clock, due, _, _)] = stage.clocks(service)[..] else { panic!("one clock") };
    assert_eq!(clock, Clock::Decide);
    assert!(due > on(2026, 3, 5), "{due}");
    stage.record(service, "");
    let again = resubmitCall { service, form: form(), attachments: attachments() };
    let wrong = WrongState { service, track: 1, state: S::Recorded.number(), step: 6 };
    assert_eq!(stage.call(FIRM, again), revert(wrong));
    stage.check();
}

#[test]
fn a_return_names_known_reasons_once_each_and_says_why() {
    let mut stage = Stage::on(2026, 1, 30);
    let service = stage.filed();
    let back = |codes: &[u8], reasons: &str, days| returnFilingCall {
        service,
        codes: codes.to_vec(),
        reasons: reasons.into(),
        answerDays: days,
    };
    let cases = [
        (back(&[], "why", 5), Stop::revert(ListSize { field: "codes".into(), count: 0, max: 16 })),
        (back(&[77], "why", 5), Stop::revert(UnknownTerm { vocabulary: "reason".into(), number: 77 })),
        (back(&[1, 1], "why", 5), Stop::revert(NotExpected { field: "code 1 twice".into() })),
        (back(&[1], "", 5), Stop::revert(Missing { field: "reasons".into() })),
        (back(&[1], "why", 0), Stop::revert(PeriodRange { workingDays: 0, min: 1, max: 250 })),
        (back(&[1], "why", 251), Stop::revert(PeriodRange { workingDays: 251, min: 1, max: 250 })),
    ];
    for (call, want) in cases {
        assert_eq!(stage.call(CHIEF, call).err(), Some(want));
    }
    assert_eq!(stage.status(service), S::Submitted);
    stage.check();
}

#[test]
fn a_withdrawn_filing_stays_withdrawn_and_frees_the_number_proposed_for_it() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    let given = "11010826000000010016";
    let propose = |service| proposeRecordCall { service, number: given.into(), confirmed: false };
    stage.call(CHIEF, propose(service)).unwrap();
    let other = stage.filed();
    assert!(stage.call(CHIEF, propose(other)).is_err(), "a proposed number is reserved");
    stage.call(FIRM, withdrawCall { service, reason: text() }).unwrap();
    assert_eq!(stage.status(service), S::Withdrawn);
    assert!(stage.clocks(service).is_empty());
    let again = stage.call(FIRM, submitCall { service, attachments: attachments() });
    assert_eq!(again, revert(WrongState { service, track: 1, state: 9, step: 2 }));
    stage.record(other, given);
    assert_eq!(stage.service(other).number, given);
    stage.check();
}

#[test]
fn a_record_needs_every_attachment_and_that_of_the_site_where_there_is_one() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let no_icp: Vec<_> = attachments().into_iter().filter(|attachment| attachment.kind != 5).collect();
    let file = |form| fileCall { provider, form, attachments: no_icp.clone() };
    let propose = |service| proposeRecordCall { service, number: String::new(), confirmed: false };
    let with_site = stage.call(FIRM, file(form())).unwrap();
    let missing = MaterialsMissing { service: with_site, missing: Material::Icp.bit() };
    assert_eq!(stage.call(CHIEF, propose(with_site)), revert(missing));
    let app = Form { form: 2, site: "Bills".into(), icp: String::new(), ..form() };
    let without_site = stage.call(FIRM, file(app)).unwrap();
    stage.call(CHIEF, propose(without_site)).unwrap();
    let nothing = fileCall { provider, form: form(), attachments: vec![] };
    let bare = stage.call(FIRM, nothing).unwrap();
    let missing = MaterialsMissing { service: bare, missing: Material::required(true) };
    assert_eq!(stage.call(CHIEF, propose(bare)), revert(missing));
    stage.check();
}

#[test]
fn only_the_provider_its_organisation_and_the_administrations_take_their_steps() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let draft = |provider| draftCall { provider, form: form() };
    assert_eq!(stage.call(CITIZEN, draft(provider)), revert(NotTheProvider { provider, account: CITIZEN }));
    assert_eq!(stage.call(FIRM, draft(9)), revert(NoSuchProvider { provider: 9, count: 1 }));
    let service = stage.call(BRANCH, draft(provider)).unwrap();
    stage.call(BRANCH, submitCall { service, attachments: attachments() }).unwrap();
    let propose = || proposeRecordCall { service, number: String::new(), confirmed: false };
    let refused = |account, organisation| NotAllowed { step: 13, account, organisation };
    assert_eq!(stage.call(FIRM, propose()), revert(refused(FIRM, 4)));
    assert_eq!(stage.call(CITIZEN, propose()), revert(refused(CITIZEN, 0)));
    assert_eq!(stage.call(BEIJING, propose()), revert(refused(BEIJING, 2)));
    let forward = || forwardCall { service, opinion: String::new() };
    let outside = OutsideDivision { organisation: 3, own: 44, division: 110_108 };
    assert_eq!(stage.call(GUANGDONG, forward()), revert(outside));
    assert_eq!(stage.call(CHIEF, forward()), revert(NotAllowed { step: 7, account: CHIEF, organisation: 1 }));
    stage.call(BEIJING, forward()).unwrap();
    let missing = NoSuchService { service: 5, count: 1 };
    assert_eq!(stage.second_hand(CHIEF, &[5]), revert(missing));
    stage.check();
}

#[test]
fn nobody_decides_on_filings_of_its_own() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(CHIEF, other_firm());
    let file = fileCall { provider, form: form(), attachments: attachments() };
    let service = stage.call(CHIEF, file).unwrap();
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let refused = NotAllowed { step: 13, account: DEPUTY, organisation: 1 };
    assert_eq!(stage.call(DEPUTY, propose), revert(refused));
    stage.check();
}

#[test]
fn an_imported_filing_is_recorded_by_a_second_hand_without_attachments() {
    let mut stage = Stage::on(2026, 2, 10);
    let import = |subject, number: &str| importFilingCall {
        subject,
        account: Address::ZERO,
        form: Form { goLive: on(2019, 2, 1).get(), ..form() },
        number: number.into(),
        confirmed: false,
    };
    let first = stage.call(CHIEF, import(firm(), "京网信备11010519864491550014号")).unwrap();
    let second = stage.call(CHIEF, import(firm(), "1101081971596078003x")).unwrap();
    assert_eq!(first.provider, second.provider, "the same code is the same provider");
    let other = stage.call(CHIEF, import(other_firm(), "44030524273626860016")).unwrap();
    let services = vec![first.service, second.service, other.service];
    assert_eq!(stage.second_hand(CHIEF, &services), revert(SameHand { account: CHIEF }));
    stage.second_hand(DEPUTY, &services).unwrap();
    assert_eq!(stage.service(second.service).number, "1101081971596078003X");
    assert!(services.iter().all(|id| stage.service(*id).flags & 2 != 0));
    // The firm appears later and is put in charge of what was entered for it.
    let taken = registerProviderCall { subject: firm() };
    assert_eq!(stage.call(FIRM, taken), revert(AlreadyRegistered { provider: first.provider }));
    let set = setAccountCall { provider: first.provider, account: FIRM, reason: text() };
    assert!(stage.call(FIRM, set.clone()).is_err());
    stage.call(CHIEF, set).unwrap();
    assert_eq!(stage.read(providerOfCall { account: FIRM }), first.provider);
    let end = notifyTerminationCall {
        service: first.service,
        plannedDay: on(2026, 6, 30).get(),
        arrangements: digest(1),
        text: text(),
    };
    stage.call(FIRM, end).unwrap();
    // Its next number goes on where the imported ones ended.
    let next = stage.recorded();
    let record = stage.read(providerCall { id: first.provider });
    assert_eq!((record.subjectNumber, record.sequence), (86_449_155, 2));
    assert_eq!(&stage.service(next).number[8..19], "86449155002");
    stage.check();
}

#[test]
fn an_imported_number_with_a_wrong_check_digit_is_held_until_it_is_confirmed() {
    let mut stage = Stage::on(2026, 2, 10);
    let number = "11010819960526160012";
    let import = |confirmed| importFilingCall {
        subject: firm(),
        account: FIRM,
        form: form(),
        number: number.into(),
        confirmed,
    };
    let Err(Stop::Revert(data)) = stage.call(CHIEF, import(false)) else { panic!("no revert") };
    assert!(decode_revert(&data).unwrap().contains("confirm"));
    let service = stage.call(CHIEF, import(true)).unwrap().service;
    stage.second_hand(DEPUTY, &[service]).unwrap();
    let record = stage.service(service);
    assert_eq!((record.number.as_str(), record.flags & 4), (number, 4));
    stage.check();
}

#[test]
fn a_number_is_given_once_for_ever() {
    let mut stage = Stage::on(2026, 2, 10);
    let (first, second) = (stage.filed(), stage.filed());
    let number = "11010826000000010016";
    stage.record(first, number);
    let propose = |service| proposeRecordCall { service, number: number.into(), confirmed: false };
    let taken = NumberTaken { number: number.into(), service: first };
    assert_eq!(stage.call(CHIEF, propose(second)), revert(taken));
    let key = FilingNumber::parse(number).unwrap().to_word();
    let held = stage
        .scene
        .within(|ctx| crate::once::held(ctx, state::ADDRESS, numbers::REGISTER, key))
        .unwrap()
        .unwrap();
    assert_eq!(held.content, service_key(1337, first));
    stage.check();
}

#[test]
fn a_reservation_that_lapsed_is_taken_again_by_the_second_hand_if_the_number_is_still_free() {
    let mut stage = Stage::on(2026, 2, 10);
    let (first, second) = (stage.filed(), stage.filed());
    let number = "11010826000000010016";
    let propose = |service| proposeRecordCall { service, number: number.into(), confirmed: false };
    stage.call(CHIEF, propose(first)).unwrap();
    stage.go(2026, 4, 1);
    stage.call(CHIEF, propose(second)).unwrap();
    // Now the first proposal has lost its number.
    assert!(stage.second_hand(DEPUTY, &[first]).is_err());
    stage.go(2026, 6, 1);
    stage.second_hand(DEPUTY, &[second]).unwrap();
    assert_eq!(stage.service(second).number, number);
    stage.check();
}

#[test]
fn a_contract_is_bound_at_once_if_the_provider_created_it_and_at_the_record_otherwise() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let (own, factory) = (own_place(BRANCH, 7), address!("00000000000000000000000000000000000caffe"));
    let elsewhere = Place { chainId: 7, place: digest(9), creator: Address::ZERO, nonce: 0 };
    let places = vec![own, place(factory), elsewhere];
    let file = fileCall { provider, form: Form { places, ..form() }, attachments: attachments() };
    // The creator vouches for its contract itself: that somebody calls it a colleague is no proof.
    let stranger = NotTheCreator { place: BRANCH.create(7), creator: BRANCH, nonce: 7 };
    assert_eq!(stage.call(FIRM, file.clone()), revert(stranger));
    let service = stage.call(BRANCH, file).unwrap();
    let (of_own, of_factory) = (BRANCH.create(7), factory);
    let listed = stage.read(placesOfCall { service });
    assert_eq!((listed.places, listed.bound), (vec![of_own, of_factory], vec![true, false]));
    let of = |stage: &mut Stage, address| {
        stage.scene.within(|ctx| crate::services::of_address(ctx, address)).unwrap()
    };
    let key = Some(service_key(1337, service));
    assert_eq!((of(&mut stage, of_own), of(&mut stage, of_factory)), (key, None));
    stage.record(service, "");
    assert_eq!(of(&mut stage, of_factory), key);
    assert_eq!(stage.read(placesOfCall { service }).bound, [true, true]);
    stage.check();
}

#[test]
fn nobody_claims_a_contract_that_another_created() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let stolen = own_place(RIVAL, 1);
    let lie = Place { creator: FIRM, nonce: 1, ..stolen };
    for (place, creator) in [(stolen, RIVAL), (lie, FIRM)] {
        let draft = draftCall { provider, form: Form { places: vec![place], ..form() } };
        let refused = NotTheCreator { place: RIVAL.create(1), creator, nonce: 1 };
        assert_eq!(stage.call(FIRM, draft), revert(refused));
    }
    stage.check();
}
