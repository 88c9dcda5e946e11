//! Batches and objections.

use super::*;
use ding_primitives::keccak256;

fn objection(service: u64) -> objectCall {
    objectCall { service, evidence: digest(0x0b), statement: text() }
}

#[test]
fn a_batch_is_published_with_the_digest_of_its_numbers() {
    let mut stage = Stage::on(2026, 2, 10);
    let services: Vec<u64> = (0..3).map(|_| stage.recorded()).collect();
    stage.publish(1, services.clone()).unwrap();
    let mut list = Vec::new();
    for id in &services {
        let service = stage.service(*id);
        assert_eq!(service.batch, 1);
        list.extend_from_slice(FilingNumber::parse(&service.number).unwrap().to_word().as_slice());
    }
    let want = BatchRecord {
        day: on(2026, 2, 10).get(),
        count: 3,
        workingDays: 10,
        list: keccak256(list),
        document: digest(0xdd),
    };
    assert_eq!(stage.read(batchCall { number: 1 }), want);
    assert_eq!(stage.read(batchCall { number: 2 }).count, 0);
    stage.check();
}

#[test]
fn batches_are_numbered_in_order_and_take_a_service_once() {
    let mut stage = Stage::on(2026, 2, 10);
    let (first, second) = (stage.recorded(), stage.recorded());
    assert_eq!(stage.publish(2, vec![first]), revert(BatchOutOfOrder { batch: 2, next: 1 }));
    let again = AlreadyPublished { service: first, batch: 1 };
    assert_eq!(stage.publish(1, vec![first, first]), revert(again.clone()));
    stage.publish(1, vec![first]).unwrap();
    assert_eq!(stage.publish(2, vec![second, first]), revert(again));
    let none = ListSize { field: "services".into(), count: 0, max: 512 };
    assert_eq!(stage.publish(2, vec![]), revert(none));
    let unrecorded = stage.filed();
    let wrong = WrongState { service: unrecorded, track: 1, state: 2, step: 14 };
    assert_eq!(stage.publish(2, vec![unrecorded]), revert(wrong));
    stage.publish(2, vec![second]).unwrap();
    stage.check();
}

#[test]
fn only_imported_services_are_published_with_an_earlier_day() {
    let mut stage = Stage::on(2026, 2, 10);
    let import = importFilingCall {
        subject: other_firm(),
        account: Address::ZERO,
        form: form(),
        number: "44030524273626860016".into(),
        confirmed: false,
    };
    let imported = stage.call(CHIEF, import).unwrap().service;
    stage.second_hand(DEPUTY, &[imported]).unwrap();
    let own = stage.recorded();
    let publish = |batch, services: &[u64], day: Day| publishBatchCall {
        batch,
        services: services.to_vec(),
        day: day.get(),
        document: digest(1),
    };
    let (earlier, today) = (on(2019, 3, 30), on(2026, 2, 10));
    let refused = NotImported { service: own, day: earlier.get(), today: today.get() };
    assert_eq!(stage.call(CHIEF, publish(1, &[imported, own], earlier)), revert(refused));
    stage.call(CHIEF, publish(1, &[imported], earlier)).unwrap();
    let bad =
        |day: Day, min: Day| BadDay { field: "day".into(), day: day.get(), min: min.get(), max: today.get() };
    let (before, tomorrow) = (on(2019, 3, 29), on(2026, 2, 11));
    assert_eq!(stage.call(CHIEF, publish(2, &[own], before)), revert(bad(before, earlier)));
    assert_eq!(stage.call(CHIEF, publish(2, &[own], tomorrow)), revert(bad(tomorrow, earlier)));
    stage.call(CHIEF, publish(2, &[own], today)).unwrap();
    stage.check();
}

#[test]
fn objections_are_heard_for_ten_working_days() {
    let mut stage = Stage::on(2025, 9, 26);
    let service = stage.published(1);
    assert_eq!(stage.clocks(service), [(Clock::Object, on(2025, 10, 16), false, false)]);
    stage.go(2025, 10, 16);
    let item = stage.call(CITIZEN, objection(service)).unwrap();
    assert_eq!(stage.read(objectionCall { id: item }).service, service);
    stage.go(2025, 10, 17);
    let late = ObjectionLate { service, dueDay: on(2025, 10, 16).get(), today: on(2025, 10, 17).get() };
    assert_eq!(stage.call(RIVAL, objection(service)), revert(late));
    stage.check();
}

#[test]
fn an_account_has_one_open_objection_to_a_service_and_may_object_again_after_its_decision() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.published(1);
    let first = stage.call(CITIZEN, objection(service)).unwrap();
    let open = ObjectionOpen { service, objection: first };
    assert_eq!(stage.call(CITIZEN, objection(service)), revert(open));
    stage.call(RIVAL, objection(service)).unwrap();
    let decide =
        |objection, upheld| decideObjectionCall { objection, upheld, report: digest(5), reasons: text() };
    let refused = NotAllowed { step: 52, account: BEIJING, organisation: 2 };
    assert_eq!(stage.call(BEIJING, decide(first, false)), revert(refused));
    stage.call(CHIEF, decide(first, false)).unwrap();
    let again = WrongState { service, track: 5, state: S::Dismissed.number(), step: 51 };
    assert_eq!(stage.call(DEPUTY, decide(first, true)), revert(again));
    stage.call(CITIZEN, objection(service)).unwrap();
    assert_eq!(stage.call(CHIEF, decide(9, true)), revert(NoSuchItem { track: 5, item: 9, count: 3 }));
    stage.check();
}

#[test]
fn nobody_decides_on_an_own_objection() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.published(1);
    let item = stage.call(CHIEF, objection(service)).unwrap();
    let decide = decideObjectionCall { objection: item, upheld: true, report: digest(5), reasons: text() };
    assert_eq!(stage.call(CHIEF, decide.clone()), revert(SameHand { account: CHIEF }));
    stage.call(DEPUTY, decide).unwrap();
    stage.check();
}

#[test]
fn what_is_not_published_cannot_be_objected_to() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    assert_eq!(stage.call(CITIZEN, objection(service)), revert(NotPublished { service }));
    let filed = stage.filed();
    assert_eq!(
        stage.call(CITIZEN, objection(filed)).err(),
        Some(Stop::revert(NotPublished { service: filed }))
    );
    stage.check();
}

#[test]
fn an_upheld_objection_strikes_a_service_off_and_a_dismissed_one_does_not() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.published(1);
    let item = stage.call(CITIZEN, objection(service)).unwrap();
    let strike = |objection| deregisterCall { service, objection, reasons: text() };
    assert_eq!(stage.call(CHIEF, strike(item)), revert(NotUpheld { service, objection: item }));
    let decide = decideObjectionCall { objection: item, upheld: true, report: digest(5), reasons: text() };
    stage.call(CHIEF, decide).unwrap();
    let other = stage.recorded();
    let elsewhere = deregisterCall { service: other, objection: item, reasons: text() };
    assert_eq!(stage.call(CHIEF, elsewhere), revert(NotUpheld { service: other, objection: item }));
    stage.call(CHIEF, strike(item)).unwrap();
    assert_eq!(stage.status(service), S::Deregistered);
    stage.check();
}

#[test]
fn three_hundred_and_nine_services_are_published_at_once() {
    let mut stage = Stage::on(2026, 2, 10);
    let services: Vec<u64> = (0..309).map(|_| stage.recorded()).collect();
    stage.publish(1, services).unwrap();
    let gas = stage.scene.gas_used();
    assert!(gas < 8_000_000, "{gas}");
    stage.check();
}
