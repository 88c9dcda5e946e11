use super::{abi::ICalendar::*, *};
use crate::{
    decode_revert,
    mocks::{self, STRANGER, Scene, revert},
    registry,
};
use alloy_sol_types::SolError as _;
use std::collections::{BTreeMap, BTreeSet};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A scene at noon of a day, with the tables that genesis gives.
fn scene(now: &str) -> Scene<'static> {
    Scene::new(&Calendar).at_time(day(now).start_ms() + 12 * 3_600_000)
}

/// A scene whose genesis file has this section.
fn scene_of(section: &Section, now: &str) -> Scene<'static> {
    Scene::new(&Calendar)
        .with_section("calendar", serde_json::to_value(section).unwrap())
        .at_time(day(now).start_ms())
}

fn deadline_of(scene: &mut Scene<'_>, start: &str, working_days: u16) -> (String, bool) {
    let call = deadlineCall { start: day(start).get(), workingDays: working_days };
    let found = scene.read(STRANGER, call);
    (Day::new(found.day).to_string(), found.provisional)
}

fn notice_of(scene: &mut Scene<'_>, planned: &str, working_days: u16) -> (String, bool) {
    let call = noticeDayCall { planned: day(planned).get(), workingDays: working_days };
    let found = scene.read(STRANGER, call);
    (Day::new(found.day).to_string(), found.provisional)
}

#[test]
fn the_announced_years_have_248_working_days_each() {
    let mut scene = scene("2026-01-01");
    assert_eq!(scene.read(STRANGER, tableYearsCall {}), [2025, 2026]);
    for year in [2025, 2026] {
        let found = scene.read(STRANGER, tableCall { year });
        assert_eq!((found.current.version, found.current.workingDays, found.next.version), (1, 248, 0));
        let bits = found.current.bits[0].count_ones() + found.current.bits[1].count_ones();
        assert_eq!(bits, 248);
    }
    assert_eq!(scene.read(STRANGER, tableCall { year: 2027 }).current.version, 0);
    scene.check();
}

#[test]
fn the_worked_deadlines_come_out_exactly() {
    let mut scene = scene("2026-01-15");
    for (start, working_days, end) in [
        ("2026-02-10", 10, "2026-03-02"),
        ("2026-09-28", 5, "2026-10-10"),
        ("2026-01-30", 20, "2026-03-05"),
        ("2025-04-25", 5, "2025-05-06"),
        ("2025-09-26", 10, "2025-10-16"),
    ] {
        assert_eq!(deadline_of(&mut scene, start, working_days), (end.into(), false), "{start}");
    }
    assert_eq!(notice_of(&mut scene, "2026-06-30", 30), ("2026-05-18".into(), false));
    // 2026-10-10 is the make-up Saturday on which the second period ends.
    let call = isWorkingDayCall { day: day("2026-10-10").get() };
    assert_eq!(scene.read(STRANGER, call), isWorkingDayReturn { known: true, working: true });
    assert_eq!(day("2026-10-10").weekday(), 6);
}

#[test]
fn a_notice_on_the_latest_day_is_in_time_and_a_day_later_is_not() {
    let mut scene = scene("2026-01-15");
    let between = |scene: &mut Scene<'_>, from: &str| {
        let call = workingDaysBetweenCall { from: day(from).get(), to: day("2026-06-30").get() };
        scene.read(STRANGER, call).workingDays
    };
    // The planned day itself is a working day and does not count.
    assert_eq!(between(&mut scene, "2026-05-18"), 30);
    assert_eq!(between(&mut scene, "2026-05-19"), 29);
}

/// What a supervisor would load for a year, made up, and the same as dates.
struct Made {
    entry: TableEntry,
    off: BTreeSet<Day>,
    extra: BTreeSet<Day>,
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn made(year: u32, seed: &mut u64) -> Made {
    let (mut off, mut extra, mut holidays) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut date = Day::from_civil(year, 1, 1).unwrap();
    while date.year() == year {
        let roll = next(seed) % 40;
        let last = date.plus(u32::try_from(next(seed) % 9).unwrap()).unwrap();
        if roll == 0 && last.year() == year {
            holidays.push(format!("{date}..{last}"));
            off.extend((date.get()..=last.get()).map(Day::new));
            date = last;
        } else if roll < 4 && date.is_weekend() {
            extra.insert(date);
        }
        date = date.plus(1).unwrap();
    }
    let makeup = extra.iter().map(Day::to_string).collect();
    Made { entry: TableEntry { year, holidays, makeup }, off, extra }
}

/// The oracle: a working day by the lists themselves, counted one by one.
fn works(years: &BTreeMap<u32, Made>, date: Day) -> bool {
    let made = &years[&date.year()];
    made.extra.contains(&date) || ((1..=5).contains(&date.weekday()) && !made.off.contains(&date))
}

#[test]
fn ten_made_up_years_agree_with_a_day_by_day_oracle() {
    let mut seed = 20_261_122;
    let years: BTreeMap<u32, Made> = (2030..2040).map(|year| (year, made(year, &mut seed))).collect();
    let section = Section { tables: years.values().map(|made| made.entry.clone()).collect() };
    let mut scene = scene_of(&section, "2030-01-01");
    let first = day("2030-01-01");
    let all: Vec<Day> = (first.get()..day("2040-01-01").get()).map(Day::new).collect();
    let working: Vec<Day> = all.iter().copied().filter(|date| works(&years, *date)).collect();
    for date in &all {
        let found = scene.read(STRANGER, isWorkingDayCall { day: date.get() });
        assert_eq!((found.known, found.working), (true, works(&years, *date)), "{date}");
    }
    let mut asked = 0;
    for start in all.iter().step_by(11) {
        let working_days = u16::try_from(next(&mut seed) % 120).unwrap();
        let place = working.partition_point(|date| date <= start);
        if let Some(want) = working.get(place + usize::from(working_days) - 1).filter(|_| working_days > 0) {
            assert_eq!(deadline_of(&mut scene, &start.to_string(), working_days), (want.to_string(), false));
            asked += 1;
        }
        let earlier = working.partition_point(|date| date < start);
        if let Some(want) = earlier.checked_sub(working_days.into()).filter(|_| working_days > 0) {
            let want = working[want].to_string();
            assert_eq!(notice_of(&mut scene, &start.to_string(), working_days), (want, false), "{start}");
            asked += 1;
        }
        let to = start.plus(u32::from(working_days)).unwrap();
        if to < day("2040-01-01") {
            let call = workingDaysBetweenCall { from: start.get(), to: to.get() };
            let want = working.iter().filter(|date| **date > *start && **date <= to).count();
            assert_eq!(usize::try_from(scene.read(STRANGER, call).workingDays).unwrap(), want);
        }
    }
    assert!(asked > 500, "{asked} periods");
    scene.check();
}

#[test]
fn a_period_into_a_year_without_a_table_is_provisional() {
    let mut scene = scene("2026-12-01");
    assert_eq!(deadline_of(&mut scene, "2026-12-24", 5), ("2026-12-31".into(), false));
    assert_eq!(deadline_of(&mut scene, "2026-12-24", 6), ("2027-01-01".into(), true));
    assert_eq!(notice_of(&mut scene, "2027-01-04", 1), ("2027-01-01".into(), true));
    assert_eq!(notice_of(&mut scene, "2025-01-01", 1), ("2024-12-31".into(), true));
    for (date, known, working) in
        [("2027-01-01", false, true), ("2027-01-02", false, false), ("2026-12-26", true, false)]
    {
        let found = scene.read(STRANGER, isWorkingDayCall { day: day(date).get() });
        assert_eq!((found.known, found.working), (known, working), "{date}");
    }
}

#[test]
fn periods_in_days_and_months_end_after_a_rest() {
    let mut scene = scene("2026-01-15");
    for (start, days, end) in [
        // The National Day holiday of 2026 ends on 7 October.
        ("2026-09-25", 7, "2026-10-08"),
        // A Saturday on which people work is no rest.
        ("2026-10-05", 5, "2026-10-10"),
        ("2026-03-01", 6, "2026-03-09"),
        ("2026-03-02", 4, "2026-03-06"),
    ] {
        let call = deadlineInDaysCall { start: day(start).get(), calendarDays: days };
        assert_eq!(Day::new(scene.read(STRANGER, call).day), day(end), "{start} + {days}");
    }
    for (start, months, end) in
        [("2025-11-30", 3, "2026-02-28"), ("2026-01-31", 1, "2026-02-28"), ("2025-12-01", 4, "2026-04-01")]
    {
        let call = deadlineInMonthsCall { start: day(start).get(), months };
        assert_eq!(Day::new(scene.read(STRANGER, call).day), day(end), "{start} + {months} months");
    }
    // 2026-10-01 is a holiday until the 7th.
    let call = deadlineInMonthsCall { start: day("2026-07-01").get(), months: 3 };
    let found = scene.read(STRANGER, call);
    assert_eq!((Day::new(found.day), found.provisional), (day("2026-10-08"), false));
}

#[test]
fn dates_and_days_lead_to_each_other() {
    let mut scene = scene("2026-02-10");
    assert_eq!(Day::new(scene.read(STRANGER, todayCall {})), day("2026-02-10"));
    let number = scene.read(STRANGER, dayOfCall { year: 2026, month: 2, dayOfMonth: 28 });
    let want = dateOfReturn { year: 2026, month: 2, dayOfMonth: 28, weekday: 6 };
    assert_eq!(scene.read(STRANGER, dateOfCall { day: number }), want);
    let wrong = dayOfCall { year: 2026, month: 2, dayOfMonth: 29 };
    let refused = NoSuchDate { year: 2026, month: 2, dayOfMonth: 29 };
    assert_eq!(scene.call(STRANGER, wrong), revert(refused));
}

#[test]
fn a_deadline_passes_at_midnight_in_beijing() {
    let deadline = Deadline { day: day("2026-03-02"), provisional: false };
    for (before_end, passed) in [(1, false), (0, true)] {
        let mut scene = Scene::new(&Calendar).at_time(deadline.day.end_ms() - before_end);
        assert_eq!(scene.within(|ctx| deadline.passed(ctx)), passed);
    }
}

#[test]
fn periods_beyond_the_bound_are_refused_with_both_numbers() {
    let mut scene = scene("2026-01-15");
    let max = limits::PERIOD_DAYS_MAX;
    let start = day("2026-01-15").get();
    let call = deadlineInDaysCall { start, calendarDays: max + 1 };
    let Err(Stop::Revert(data)) = scene.call(STRANGER, call) else { panic!("it is refused") };
    let sentence = decode_revert(&data).unwrap();
    assert!(sentence.contains(&(max + 1).to_string()) && sentence.contains(&max.to_string()), "{sentence}");
    let refused = |length| revert(PeriodTooLong { length, max });
    let call = deadlineCall { start, workingDays: u16::MAX };
    assert_eq!(scene.call(STRANGER, call), refused(u16::MAX.into()).map(|()| unreachable!()));
    let call = workingDaysBetweenCall { from: 0, to: u32::MAX };
    assert_eq!(scene.call(STRANGER, call), refused(u32::MAX).map(|()| unreachable!()));
    // The longest period fits a transaction by far, and ends of the number line stop no node.
    let call = deadlineCall { start, workingDays: u16::try_from(max).unwrap() };
    assert!(scene.call(STRANGER, call).unwrap().provisional);
    assert!(scene.gas_used() < 200_000, "{}", scene.gas_used());
    assert!(scene.call(STRANGER, deadlineCall { start: u32::MAX, workingDays: 1 }).is_err());
    assert!(scene.call(STRANGER, noticeDayCall { planned: 0, workingDays: 1 }).is_err());
    assert!(scene.call(STRANGER, deadlineInMonthsCall { start: u32::MAX, months: 1 }).is_err());
}

#[test]
fn a_table_that_contradicts_itself_is_refused_by_name() {
    for (text, want) in [
        (r#"{"year": 2027, "holidays": ["2027-01-01", "2027-01-01"]}"#, "day 1 follows day 1"),
        (r#"{"year": 2027, "holidays": ["2027-01-03", "2027-01-01..2027-01-02"]}"#, "day 1 follows day 3"),
        (r#"{"year": 2027, "holidays": ["2027-01-02"], "makeup": ["2027-01-02"]}"#, "day 2 is a holiday and"),
        (r#"{"year": 2027, "holidays": [], "makeup": ["2027-01-04"]}"#, "day 4 is a Monday"),
        (r#"{"year": 2027, "holidays": ["2027-02-29"]}"#, "is no day"),
        (r#"{"year": 2027, "holidays": ["2028-01-01"]}"#, "inside 2027"),
        (r#"{"year": 2027, "holidays": ["2027-01-03..2027-01-01"]}"#, "no stretch"),
        (r#"{"year": 1999, "holidays": []}"#, "year 1999"),
        (r#"{"year": 2256, "holidays": []}"#, "year 2256"),
        (r#"{"year": 2027, "holidays": []}, {"year": 2027, "holidays": []}"#, "two tables of 2027"),
        (r#"{"year": 2027}"#, "holidays"),
    ] {
        let mut spec = mocks::spec();
        let section = serde_json::from_str(&format!(r#"{{"tables": [{text}]}}"#)).unwrap();
        spec.modules.insert("calendar".into(), section);
        let error = registry::check_genesis(&spec).unwrap_err().to_string();
        assert!(error.contains("modules.calendar") && error.contains(want), "{error}");
    }
}

#[test]
fn the_genesis_file_may_add_years_and_correct_those_that_come_with_it() {
    let entry =
        |year: u32, holiday: &str| TableEntry { year, holidays: vec![holiday.into()], makeup: vec![] };
    let section = Section { tables: vec![entry(2026, "2026-01-01"), entry(2027, "2027-01-01..2027-01-03")] };
    let mut scene = scene_of(&section, "2026-12-01");
    assert_eq!(scene.read(STRANGER, tableYearsCall {}), [2025, 2026, 2027]);
    assert_eq!(scene.read(STRANGER, tableCall { year: 2026 }).current.workingDays, 260);
    assert_eq!(deadline_of(&mut scene, "2026-12-31", 1), ("2027-01-04".into(), false));
    scene.check();
}

#[test]
fn tampered_storage_is_found() {
    type Tamper = fn(&mut Scene<'_>);
    let cases: [(Tamper, &str); 4] = [
        (|s| s.host_mut().put(state::ADDRESS, YEARS.slot(), U256::ONE << 25), "K1"),
        (|s| s.host_mut().put(state::ADDRESS, TABLES.slot_of(2027), U256::ONE), "K1"),
        (|s| s.host_mut().put(state::ADDRESS, TABLES.slot_of(2026) + U256::ONE, U256::ONE << 173), "K2"),
        (|s| s.host_mut().put(state::ADDRESS, TABLES.slot_of(2026), U256::from(2)), "K3"),
    ];
    for (tamper, invariant) in cases {
        let mut scene = scene("2026-01-01");
        scene.check();
        tamper(&mut scene);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}

#[test]
fn every_error_has_a_sentence() {
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (YearOutOfRange { year: 1969, min: 2000, max: 2200 }.abi_encode(), "1969"),
        (NoSuchDay { year: 2026, day: 366, last: 365 }.abi_encode(), "366"),
        (NotAscending { previous: 9, day: 8 }.abi_encode(), "9"),
        (BothLists { day: 7 }.abi_encode(), "7"),
        (MakeupOnWorkingDay { day: 12, weekday: 1 }.abi_encode(), "12"),
        (EffectiveTooLate { effectiveDay: 20_000, lastDay: 19_999 }.abi_encode(), "2024-10-04"),
        (ZeroSource {}.abi_encode(), "SHA-256"),
        (PeriodTooLong { length: 901, max: 900 }.abi_encode(), "at most 900"),
        (NoSuchDate { year: 2026, month: 2, dayOfMonth: 30 }.abi_encode(), "no date 2026-02-30"),
    ];
    assert_eq!(cases.len(), (Calendar.interface().abi)().errors.len());
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want) && text.contains(' '), "{text}");
    }
}
