use super::*;

#[test]
fn a_value_names_its_source_and_is_read_back() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let call = reportCall { source: digest(3), value: -45, ..value(id, "2026-01-13", 0, 10) };
    assert_eq!(scene.call(HOSPITAL, call), Ok(1));
    let want = api::Entry {
        day: day("2026-01-13"),
        value: -45,
        refersTo: 0,
        correction: false,
        chainId: FAR_CHAIN,
        sourceHeight: 10,
        source: digest(3),
        account: HOSPITAL,
        height: scene.block().height.get(),
        timestampMs: scene.block().timestamp_ms,
    };
    assert_eq!(scene.read(OTHER, entryOfCall { id, indicator: 0, entry: 1 }), want);
    let found = scene.read(OTHER, entryOfDayCall { id, indicator: 0, day: day("2026-01-13") });
    assert_eq!((found.entry, found.record), (1, want));
    assert_eq!(scene.read(OTHER, entryOfDayCall { id, indicator: 0, day: 1 }).entry, 0);
    for account in [PROVINCE, MINISTRY, CHIEF, BANK] {
        let call = value(id, "2026-01-13", 1, 10);
        let organisation = [PROVINCE, MINISTRY, CHIEF].iter().position(|own| *own == account);
        let organisation = organisation.map_or(0, |place| [2, 3, 1][place]);
        assert_eq!(scene.call(account, call), not_entitled(account, organisation, id, Step::Report));
    }
    scene.check();
}

#[test]
fn a_future_day_and_one_before_the_start_are_refused() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let future = FutureDay { day: day("2026-01-14"), today: day("2026-01-13") };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 10)), revert(future));
    let early = DayBeforeStart { day: day("2026-01-12"), startDay: day("2026-01-13") };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-12", 1, 10)), revert(early));
    let early = DayBeforeStart { day: day("2026-01-12"), startDay: day("2026-01-13") };
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-12", 1, 10, 0)), revert(early));
    // Midnight in Beijing, 16:00 UTC: the day has begun.
    scene.next_block_at("2026-01-14".parse::<Day>().unwrap().start_ms());
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 10)), Ok(1));
    scene.check();
}

#[test]
fn a_day_closes_with_its_first_value_or_at_the_end_of_the_next() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 10)).unwrap();
    let closed = DayClosed { day: day("2026-01-13"), entry: 1, lastDay: day("2026-01-14") };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-13", 2, 10)), revert(closed));
    go(&mut scene, "2026-01-15");
    scene.call(HOSPITAL, value(id, "2026-01-14", 2, 11)).unwrap();
    go(&mut scene, "2026-01-17");
    let closed = DayClosed { day: day("2026-01-15"), entry: 0, lastDay: day("2026-01-16") };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-15", 3, 12)), revert(closed));
    // What was never reported comes as a correction that refers to nothing.
    let open = DayOpen { day: day("2026-01-16"), lastDay: day("2026-01-17") };
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-16", 3, 12, 0)), revert(open));
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-15", 3, 12, 0)), Ok(3));
    scene.check();
}

#[test]
fn a_correction_is_a_new_entry_and_the_old_one_stays() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 10)).unwrap();
    let before = scene.read(OTHER, entryOfCall { id, indicator: 0, entry: 1 });
    let slots: Vec<_> = scene.host_mut().slots().collect();
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-13", 2, 9, 1)), Ok(2));
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-13", 3, 9, 2)), Ok(3));
    assert_eq!(scene.read(OTHER, entryOfCall { id, indicator: 0, entry: 1 }), before);
    let found = scene.read(OTHER, entryOfDayCall { id, indicator: 0, day: day("2026-01-13") });
    assert_eq!((found.entry, found.record.refersTo, found.record.value), (3, 2, 3));
    assert!(found.record.correction);
    let old = NotTheLastEntry { day: day("2026-01-13"), given: 1, last: 3 };
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-13", 4, 9, 1)), revert(old));
    // No slot of an entry changed: only the goal's counters, its latest height and the day's last entry did.
    let changed = {
        let after: Vec<_> = scene.host_mut().slots().collect();
        slots.iter().filter(|slot| !after.contains(slot)).count()
    };
    assert_eq!(changed, 3);
    scene.check();
}

#[test]
fn a_source_height_of_zero_or_of_a_block_that_is_not_finished_is_refused() {
    let mut scene = scene();
    let id = running(&mut scene, OWN_CHAIN);
    let height = scene.block().height.get();
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-13", 1, 0)), revert(NoSourceHeight {}));
    for source in [height, height + 1, u64::MAX] {
        let future = FutureHeight { sourceHeight: source, height };
        assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-13", 1, source)), revert(future));
    }
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-13", 1, height - 1)), Ok(1));
    let none = correction(id, "2026-01-13", 1, 0, 1);
    assert_eq!(scene.call(HOSPITAL, none), revert(NoSourceHeight {}));
    scene.check();
}

#[test]
fn a_later_day_has_no_lower_source_height() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 500)).unwrap();
    go(&mut scene, "2026-01-14");
    let back = HeightGoesBack {
        day: day("2026-01-14"),
        sourceHeight: 499,
        lastDay: day("2026-01-13"),
        lastHeight: 500,
    };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 499)), revert(back));
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 500)), Ok(2));
    scene.check();
}

#[test]
fn a_wrong_height_of_the_latest_day_is_corrected_and_stands_in_no_later_days_way() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, u64::MAX)).unwrap();
    scene.call(HOSPITAL, correction(id, "2026-01-13", 1, 500, 1)).unwrap();
    go(&mut scene, "2026-01-14");
    let back = HeightGoesBack {
        day: day("2026-01-14"),
        sourceHeight: 499,
        lastDay: day("2026-01-13"),
        lastHeight: 500,
    };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 499)), revert(back));
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 501)), Ok(3));
    // A correction of an earlier day moves nothing.
    scene.call(HOSPITAL, correction(id, "2026-01-13", 1, 400, 2)).unwrap();
    go(&mut scene, "2026-01-15");
    assert!(scene.call(HOSPITAL, value(id, "2026-01-15", 1, 450)).is_err());
    scene.check();
}

#[test]
fn a_running_pilot_changes_its_chain_only_under_an_order_and_heights_begin_anew() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 500)).unwrap();
    let fixed = ChainFixed { id, chainId: FAR_CHAIN };
    assert_eq!(scene.call(HOSPITAL, description(id, 8)), revert(fixed));
    scene.call(HOSPITAL, describeCall { version: "0.5.0".into(), ..description(id, FAR_CHAIN) }).unwrap();
    scene.call(MINISTRY, orderAdjustmentCall { id, workingDays: 5, text: text() }).unwrap();
    scene.call(HOSPITAL, description(id, 8)).unwrap();
    go(&mut scene, "2026-01-14");
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 3)), Ok(2));
    assert_eq!(scene.read(OTHER, entryOfCall { id, indicator: 0, entry: 2 }).chainId, 8);
    assert_eq!(scene.read(OTHER, entryOfCall { id, indicator: 0, entry: 1 }).chainId, FAR_CHAIN);
    scene.check();
}

#[test]
fn values_of_unknown_indicators_and_of_pilots_that_do_not_run_are_refused() {
    let mut scene = scene();
    let id = listed(&mut scene, health());
    let call = value(id, "2026-01-13", 1, 10);
    assert_eq!(scene.call(HOSPITAL, call.clone()), wrong_state(id, State::Listed, Step::Report));
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    scene.call(HOSPITAL, startCall { id }).unwrap();
    let missing = NoSuchIndicator { id, indicator: 1, count: 1 };
    assert_eq!(scene.call(HOSPITAL, reportCall { indicator: 1, ..call }), revert(missing));
    scene.check();
}

#[test]
fn a_longer_time_to_report_opens_no_day_that_was_closed() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    go(&mut scene, "2026-01-20");
    let closed = || DayClosed { day: day("2026-01-14"), entry: 0, lastDay: day("2026-01-15") };
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 10)), revert(closed()));
    let longer =
        setParametersCall { commentDays: 7, reportDays: 9, durationDays: 1_096, assessmentMonths: 6 };
    scene.approve(state::ADDRESS, &[CHIEF, DEPUTY], &longer);
    scene.call(CHIEF, longer).unwrap();
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-01-14", 1, 10)), revert(closed()), "it is corrected");
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-14", 1, 10, 0)), Ok(1));
    scene.check();
}
