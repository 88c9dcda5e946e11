//! A recorded service changes, and ends.

use super::*;

fn changed(service: u64, changed_on: Day, reason: &str) -> reportChangeCall {
    reportChangeCall { service, changedOn: changed_on.get(), form: new_form(), reason: reason.into() }
}

fn new_form() -> Form {
    Form {
        name: "提单存证二".into(), server: "深圳市南山区".into(), serverDivision: 440_305, ..form()
    }
}

/// Whether the last report of a change was late.
fn late(stage: &Stage) -> Option<bool> {
    stage.scene.logs().iter().find_map(|log| match events::decode(log)? {
        events::Event::ChangeReported(event) => Some(event.late),
        _ => None,
    })
}

#[test]
fn a_change_is_told_within_five_working_days_and_a_later_one_is_taken_and_flagged() {
    // Told on the fifth working day, a Saturday on which people work.
    let mut stage = Stage::on(2026, 9, 1);
    let (in_time, too_late) = (stage.recorded(), stage.recorded());
    stage.go(2026, 10, 10);
    stage.call(FIRM, changed(in_time, on(2026, 9, 28), "")).unwrap();
    assert_eq!(late(&stage), Some(false));
    stage.go(2026, 10, 11);
    stage.call(FIRM, changed(too_late, on(2026, 9, 28), "the office was closed")).unwrap();
    assert_eq!(late(&stage), Some(true));
    stage.check();
}

#[test]
fn a_change_before_a_holiday_has_until_the_sixth_of_may() {
    let mut stage = Stage::on(2025, 4, 25);
    let service = stage.recorded();
    stage.go(2025, 5, 6);
    stage.call(FIRM, changed(service, on(2025, 4, 25), "")).unwrap();
    assert_eq!(late(&stage), Some(false));
    let mut stage = Stage::on(2025, 4, 25);
    let service = stage.recorded();
    stage.go(2025, 5, 7);
    stage.call(FIRM, changed(service, on(2025, 4, 25), "")).unwrap();
    assert_eq!(late(&stage), Some(true));
    stage.check();
}

#[test]
fn a_change_in_the_future_or_of_nothing_is_refused() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let (tomorrow, today) = (on(2026, 3, 3), on(2026, 3, 2));
    let future = BadDay {
        field: "changedOn".into(),
        day: tomorrow.get(),
        min: clocks::GO_LIVE_MIN.get(),
        max: today.get(),
    };
    assert_eq!(stage.call(FIRM, changed(service, tomorrow, "")), revert(future));
    let same = Form { goLive: today.get(), ..form() };
    let nothing = reportChangeCall { service, changedOn: today.get(), form: same, reason: String::new() };
    assert_eq!(stage.call(FIRM, nothing), revert(NothingChanged { service }));
    let filed = stage.filed();
    let wrong = WrongServiceStatus { service: filed, status: 2, step: 20 };
    assert_eq!(stage.call(FIRM, changed(filed, today, "")), revert(wrong));
    stage.check();
}

#[test]
fn an_accepted_change_is_the_record_and_a_returned_one_is_not() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let before = stage.service(service);
    stage.call(FIRM, changed(service, on(2026, 3, 2), "")).unwrap();
    assert_eq!(stage.service(service).change, S::ChangePending.number());
    let [(clock, _, _, _)] = stage.clocks(service)[..] else { panic!("one clock") };
    assert_eq!(clock, Clock::DecideChange);
    let second = WrongState { service, track: 2, state: 11, step: 20 };
    assert_eq!(stage.call(FIRM, changed(service, on(2026, 3, 1), "")), revert(second));
    let back = returnChangeCall { service, codes: vec![7], reasons: text() };
    stage.call(BEIJING, back).unwrap();
    assert_eq!(stage.service(service), before);
    stage.call(FIRM, changed(service, on(2026, 3, 2), "")).unwrap();
    let Err(Stop::Revert(data)) = stage.call(CHIEF, acceptChangeCall { service, form: form() }) else {
        panic!("another form was accepted")
    };
    assert!(decode_revert(&data).unwrap().contains("as reported"));
    stage.call(CHIEF, acceptChangeCall { service, form: new_form() }).unwrap();
    let after = stage.service(service);
    assert_eq!((after.change, after.serverDivision), (0, 440_305));
    assert_ne!(after.content, before.content);
    assert_eq!(after.number, before.number, "the number stays");
    stage.check();
}

#[test]
fn an_accepted_change_moves_the_contracts_of_the_service() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(FIRM, firm());
    let (old, new) = (own_place(FIRM, 1), own_place(FIRM, 2));
    let file = fileCall { provider, form: Form { places: vec![old], ..form() }, attachments: attachments() };
    let service = stage.call(FIRM, file).unwrap();
    stage.record(service, "");
    let form = Form { places: vec![new], ..new_form() };
    let report = reportChangeCall {
        service,
        changedOn: on(2026, 3, 2).get(),
        form: form.clone(),
        reason: String::new(),
    };
    stage.call(FIRM, report).unwrap();
    let of = |stage: &mut Stage, nonce| {
        stage.scene.within(|ctx| crate::services::of_address(ctx, FIRM.create(nonce))).unwrap()
    };
    let key = Some(service_key(1337, service));
    assert_eq!((of(&mut stage, 1), of(&mut stage, 2)), (key, None), "reported, not accepted");
    stage.call(CHIEF, acceptChangeCall { service, form }).unwrap();
    assert_eq!((of(&mut stage, 1), of(&mut stage, 2)), (None, key));
    assert_eq!(stage.read(placesOfCall { service }).places, [FIRM.create(2)]);
    stage.check();
}

fn end(service: u64, planned: Day) -> notifyTerminationCall {
    notifyTerminationCall { service, plannedDay: planned.get(), arrangements: digest(7), text: text() }
}

#[test]
fn the_end_is_announced_thirty_working_days_before() {
    let planned = on(2026, 6, 30);
    let mut stage = Stage::on(2026, 5, 19);
    let service = stage.recorded();
    let late = TerminationTooSoon {
        plannedDay: planned.get(),
        latestNotice: on(2026, 5, 18).get(),
        today: on(2026, 5, 19).get(),
    };
    assert_eq!(stage.call(FIRM, end(service, planned)), revert(late));
    stage.check();
    let mut stage = Stage::on(2026, 5, 18);
    let service = stage.recorded();
    stage.call(FIRM, end(service, planned)).unwrap();
    assert_eq!(stage.clocks(service), [(Clock::Terminate, planned, false, false)]);
    stage.check();
}

#[test]
fn a_service_is_struck_off_after_its_planned_last_day_and_frees_its_number_but_keeps_its_place() {
    let mut stage = Stage::on(2026, 5, 18);
    let service = stage.recorded();
    let strike = deregisterCall { service, objection: 0, reasons: text() };
    let unannounced = NotYet { service, day: 0, today: on(2026, 5, 18).get() };
    assert_eq!(stage.call(CHIEF, strike.clone()), revert(unannounced));
    stage.call(FIRM, end(service, on(2026, 6, 30))).unwrap();
    stage.go(2026, 6, 30);
    let early = NotYet { service, day: on(2026, 6, 30).get(), today: on(2026, 6, 30).get() };
    assert_eq!(stage.call(CHIEF, strike.clone()), revert(early));
    stage.go(2026, 7, 1);
    assert!(stage.call(FIRM, strike.clone()).is_err(), "not by the provider");
    stage.call(BEIJING, strike.clone()).unwrap();
    let record = stage.service(service);
    assert_eq!(record.status, S::Deregistered.number());
    assert!(!stage.read(isRecordedCall { number: record.number.clone() }));
    assert_eq!(stage.read(serviceOfNumberCall { number: record.number.clone() }), service);
    let key = FilingNumber::parse(&record.number).unwrap().to_word();
    let held = stage.scene.within(|ctx| crate::once::held(ctx, state::ADDRESS, numbers::REGISTER, key));
    assert_eq!(held.unwrap(), None);
    assert_eq!(
        stage.call(CHIEF, strike),
        revert(WrongState { service, track: 1, state: S::Deregistered.number(), step: 12 })
    );
    // The number is not given to another service.
    let other = stage.filed();
    let propose = proposeRecordCall { service: other, number: record.number.clone(), confirmed: false };
    assert_eq!(stage.call(CHIEF, propose), revert(NumberTaken { number: record.number, service }));
    stage.check();
}

#[test]
fn an_announced_end_can_be_taken_back() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    stage.call(FIRM, end(service, on(2026, 6, 30))).unwrap();
    let again = WrongState { service, track: 4, state: S::Notified.number(), step: 40 };
    assert_eq!(stage.call(FIRM, end(service, on(2026, 7, 30))), revert(again));
    stage.call(FIRM, cancelTerminationCall { service, reason: text() }).unwrap();
    assert!(stage.clocks(service).is_empty());
    stage.go(2026, 7, 1);
    let strike = deregisterCall { service, objection: 0, reasons: text() };
    let unannounced = NotYet { service, day: 0, today: on(2026, 7, 1).get() };
    assert_eq!(stage.call(CHIEF, strike), revert(unannounced));
    stage.check();
}

#[test]
fn a_provider_with_services_leaves_its_province_only_by_the_national_administration() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(FIRM, firm());
    let change = |division| changeProviderCall {
        provider,
        subject: Subject { division, ..firm() },
        changedOn: on(2026, 3, 2).get(),
        reason: text(),
    };
    // Before it has services nobody supervises it yet.
    stage.call(FIRM, change(440_305)).unwrap();
    stage.call(FIRM, change(110_108)).unwrap();
    let service = stage.recorded();
    let refused = OtherProvince { provider, division: 110_108, given: 440_305 };
    for account in [FIRM, BEIJING, GUANGDONG, CITIZEN] {
        assert_eq!(stage.call(account, change(440_305)), revert(refused.clone()), "{account}");
    }
    stage.call(FIRM, change(110_101)).unwrap();
    assert!(stage.call(CHIEF, change(110_108)).is_err(), "a change within the province is the provider's");
    stage.call(CHIEF, change(440_305)).unwrap();
    let warn = |account: Address, stage: &mut Stage| {
        let warn =
            warnCall { service, article: 19, breach: 13, workingDays: 5, notice: digest(1), text: text() };
        stage.call(account, warn)
    };
    let outside = OutsideDivision { organisation: 2, own: 11, division: 440_305 };
    assert_eq!(warn(BEIJING, &mut stage), revert(outside));
    warn(GUANGDONG, &mut stage).unwrap();
    stage.check();
}

#[test]
fn a_provider_tells_its_own_changes_and_keeps_its_code() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(FIRM, firm());
    let change = |subject, day: Day| changeProviderCall {
        provider,
        subject,
        changedOn: day.get(),
        reason: String::new(),
    };
    let new = Subject { person: digest(0x77), kinds: 3, ..firm() };
    stage.call(FIRM, change(new.clone(), on(2026, 2, 1))).unwrap();
    let Some(events::Event::ProviderChanged(event)) = events::decode(&stage.scene.logs()[0]) else {
        panic!("no event")
    };
    assert!(event.late);
    let record = stage.read(providerCall { id: provider });
    assert_eq!((record.person, record.kinds), (digest(0x77), 3));
    assert!(stage.call(CITIZEN, change(new, on(2026, 3, 2))).is_err());
    let other = change(other_firm(), on(2026, 3, 2));
    let Err(Stop::Revert(data)) = stage.call(FIRM, other) else { panic!("another code was taken") };
    assert!(decode_revert(&data).unwrap().contains(OTHER_CODE));
    let nature = NotExpected { field: "nature".into() };
    assert_eq!(stage.call(FIRM, change(individual(), on(2026, 3, 2))), revert(nature));
    stage.check();
}

/// The provider's move to another division, entered by the national administration.
fn moved(provider: u32, division: u32, today: Day) -> changeProviderCall {
    let subject = Subject { division, ..firm() };
    changeProviderCall { provider, subject, changedOn: today.get(), reason: text() }
}

#[test]
fn a_filing_under_review_is_recorded_in_the_province_to_which_its_provider_moved() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.filed();
    let provider = stage.service(service).provider;
    // What was proposed before the move is one of the province that the provider left.
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    let before = stage.call(CHIEF, propose).unwrap();
    assert!(before.starts_with("110108"));
    stage.call(CHIEF, moved(provider, 440_305, on(2026, 3, 2))).unwrap();
    let Err(Stop::Revert(data)) = stage.second_hand(DEPUTY, &[service]) else { panic!("recorded") };
    assert!(decode_revert(&data).unwrap().contains("the provider is in province 44"));
    stage.record(service, "");
    assert!(stage.service(service).number.starts_with("440305"));
    let key = service_key(1337, service);
    let known = stage.scene.within(|ctx| crate::services::find(ctx, key)).unwrap().unwrap();
    assert_eq!(known.head.division, 44);
    stage.check();
}

#[test]
fn a_service_whose_provider_moved_is_under_the_orders_of_its_new_province() {
    use crate::orders::{Action, TargetKind, abi::IOrders, state::ADDRESS as ORDERS};
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let provider = stage.service(service).provider;
    stage.call(CHIEF, moved(provider, 440_305, on(2026, 3, 2))).unwrap();
    let what = IOrders::Draft {
        action: Action::Suspend.number(),
        targetKind: TargetKind::Service.number(),
        target: service_key(1337, service),
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: text(),
    };
    let draft = |stage: &mut Stage, account| {
        stage.scene.call_of(ORDERS, account, IOrders::draftCall { what: what.clone() })
    };
    let left = crate::services::abi::IServices::OutOfDivision { organisation: 2, own: 11, division: 44 };
    assert_eq!(draft(&mut stage, BEIJING), revert(left));
    draft(&mut stage, GUANGDONG).unwrap();
    stage.check();
}

#[test]
fn a_late_change_without_a_reason_is_taken_and_flagged() {
    let mut stage = Stage::on(2026, 9, 28);
    let service = stage.recorded();
    stage.go(2026, 10, 11);
    stage.call(FIRM, changed(service, on(2026, 9, 28), "")).unwrap();
    assert_eq!(late(&stage), Some(true));
    assert_eq!(stage.service(service).change, S::ChangePending.number());
    stage.check();
}
