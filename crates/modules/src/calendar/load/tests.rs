use super::*;
use crate::{
    calendar::{
        Calendar, Deadline,
        abi::ICalendar::{deadlineCall, tableCall, tableYearsCall},
        after, events, is_working_day,
    },
    members::{
        Role,
        abi::IMembers::{NotApproved, proposeCall},
        state::ADDRESS as MEMBERS,
    },
    mocks::{NOTARY, STRANGER, Scene, digest, revert},
};
use ding_primitives::B256;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A chain with one supervisor, at noon of a day.
fn scene(now: &str) -> Scene<'static> {
    Scene::new(&Calendar)
        .organisation("Administration", &[Role::Supervisor], &[NOTARY])
        .at_time(day(now).start_ms() + 12 * 3_600_000)
}

fn table(year: u16, holidays: &[u16], effective: &str) -> loadTableCall {
    loadTableCall {
        year,
        holidays: holidays.to_vec(),
        makeupDays: vec![],
        effectiveDay: day(effective).get(),
        source: digest(9),
    }
}

fn approve(scene: &mut Scene<'_>, call: &loadTableCall) {
    scene.approve(crate::calendar::state::ADDRESS, &[NOTARY], call);
}

fn decide(scene: &mut Scene<'_>, call: &loadTableCall) -> u32 {
    approve(scene, call);
    let version = scene.call(NOTARY, call.clone()).unwrap();
    scene.check();
    version
}

fn go(scene: &mut Scene<'_>, to: &str) {
    scene.next_block_at(day(to).start_ms());
}

fn deadline(scene: &mut Scene<'_>, start: &str, working_days: u16) -> Deadline {
    scene.within(|ctx| after(ctx, day(start), working_days)).unwrap()
}

fn works(scene: &mut Scene<'_>, date: &str) -> Option<bool> {
    scene.within(|ctx| is_working_day(ctx, day(date))).unwrap()
}

fn versions(scene: &mut Scene<'_>, year: u16) -> (u32, u32) {
    let found = scene.read(STRANGER, tableCall { year });
    (found.current.version, found.next.version)
}

#[test]
fn a_provisional_deadline_is_computed_anew_when_the_table_arrives() {
    let mut scene = scene("2026-12-28");
    let provisional = Deadline { day: day("2027-01-04"), provisional: true };
    assert_eq!(deadline(&mut scene, "2026-12-24", 7), provisional);
    // 1 to 3 January are holidays, and so is Monday the 4th.
    assert_eq!(decide(&mut scene, &table(2027, &[1, 2, 3, 4], "2026-12-28")), 1);
    let settled = Deadline { day: day("2027-01-06"), provisional: false };
    assert_eq!(deadline(&mut scene, "2026-12-24", 7), settled);
    assert_eq!(scene.read(STRANGER, tableYearsCall {}), [2025, 2026, 2027]);
}

#[test]
fn a_table_is_used_from_the_day_of_its_effect_on() {
    let mut scene = scene("2026-12-01");
    decide(&mut scene, &table(2027, &[4], "2026-12-20"));
    assert_eq!((works(&mut scene, "2027-01-04"), versions(&mut scene, 2027)), (None, (1, 0)));
    assert!(deadline(&mut scene, "2026-12-31", 1).provisional);
    go(&mut scene, "2026-12-20");
    assert_eq!(works(&mut scene, "2027-01-04"), Some(false));
    assert_eq!(
        deadline(&mut scene, "2026-12-31", 2),
        Deadline { day: day("2027-01-05"), provisional: false }
    );
}

#[test]
fn a_correction_moves_what_is_open_from_the_day_of_its_effect_on() {
    let mut scene = scene("2026-06-01");
    let before = deadline(&mut scene, "2026-06-17", 3);
    assert_eq!(before, Deadline { day: day("2026-06-23"), provisional: false });
    // 2026 with 19 to 22 June off: days 170 to 173.
    assert_eq!(decide(&mut scene, &table(2026, &[170, 171, 172, 173], "2026-06-10")), 2);
    assert_eq!(versions(&mut scene, 2026), (1, 2));
    assert_eq!(deadline(&mut scene, "2026-06-17", 3), before);
    go(&mut scene, "2026-06-10");
    assert_eq!(versions(&mut scene, 2026), (2, 0));
    assert_eq!(deadline(&mut scene, "2026-06-17", 3).day, day("2026-06-24"));
    // And once more, at once: the day of effect is over, so it is today.
    go(&mut scene, "2026-06-12");
    assert_eq!(decide(&mut scene, &table(2026, &[170], "2026-01-01")), 3);
    assert_eq!(scene.read(STRANGER, tableCall { year: 2026 }).current.effectiveDay, day("2026-06-12").get());
    assert_eq!(deadline(&mut scene, "2026-06-17", 3).day, day("2026-06-23"));
    assert_eq!(versions(&mut scene, 2026), (3, 0));
    scene.check();
}

/// The `replaces` of the last table loaded.
fn replaced(scene: &Scene<'_>) -> u32 {
    scene.history().iter().rev().find_map(events::decode).unwrap().replaces
}

#[test]
fn a_newer_table_takes_the_place_of_those_that_wait() {
    let mut scene = scene("2026-06-01");
    decide(&mut scene, &table(2026, &[200], "2026-06-10"));
    decide(&mut scene, &table(2026, &[201], "2026-06-20"));
    assert_eq!((versions(&mut scene, 2026), replaced(&scene)), ((1, 3), 2));
    decide(&mut scene, &table(2026, &[202], "2026-06-01"));
    assert_eq!((versions(&mut scene, 2026), replaced(&scene)), ((4, 0), 3));
    go(&mut scene, "2026-06-21");
    assert_eq!(works(&mut scene, "2026-07-21"), Some(false));
    assert_eq!(works(&mut scene, "2026-07-20"), Some(true));

    // A year whose first table waits.
    decide(&mut scene, &table(2027, &[1], "2026-08-01"));
    decide(&mut scene, &table(2027, &[1, 4], "2026-09-01"));
    assert_eq!((versions(&mut scene, 2027), replaced(&scene)), ((1, 2), 0));
    decide(&mut scene, &table(2027, &[1, 4, 5], "2026-07-15"));
    assert_eq!((versions(&mut scene, 2027), replaced(&scene)), ((3, 0), 1));
    assert_eq!(works(&mut scene, "2027-01-05"), None);
    go(&mut scene, "2026-07-15");
    assert_eq!(works(&mut scene, "2027-01-05"), Some(false));
    // What waited begins, and is corrected in turn.
    decide(&mut scene, &table(2027, &[1, 6], "2026-08-01"));
    go(&mut scene, "2026-08-02");
    assert_eq!(versions(&mut scene, 2027), (4, 0));
    decide(&mut scene, &table(2027, &[1, 7], "2026-09-02"));
    assert_eq!((versions(&mut scene, 2027), replaced(&scene)), ((4, 5), 0));
    assert_eq!(works(&mut scene, "2027-01-06"), Some(false));
    go(&mut scene, "2026-09-02");
    assert_eq!((works(&mut scene, "2027-01-06"), works(&mut scene, "2027-01-07")), (Some(true), Some(false)));
    scene.check();
}

#[test]
fn the_event_holds_the_lists_and_the_notice() {
    let mut scene = scene("2026-12-01");
    let call = loadTableCall { makeupDays: vec![2], ..table(2027, &[1, 4], "2026-12-05") };
    decide(&mut scene, &call);
    let event = scene.logs().iter().find_map(events::decode).unwrap();
    let want = TableLoaded {
        year: 2027,
        version: 1,
        effectiveDay: day("2026-12-05").get(),
        workingDays: 260,
        holidays: vec![1, 4],
        makeupDays: vec![2],
        source: digest(9),
        replaces: 0,
        proposal: 1,
    };
    assert_eq!(event, want);
    // 261 Mondays to Fridays, two of them off, one Saturday made up.
    assert_eq!(WorkingDays::of(2027, &[], &[]).unwrap().count(), 261);
}

#[test]
fn tables_that_contradict_themselves_are_refused_with_their_numbers() {
    let mut scene = scene("2026-12-01");
    let lists = |holidays: &[u16], makeup: &[u16]| loadTableCall {
        makeupDays: makeup.to_vec(),
        ..table(2027, holidays, "2026-12-05")
    };
    let mut refused = |call: loadTableCall, want: Stop| {
        assert_eq!(scene.call(NOTARY, call.clone()), Err(want.clone()));
        let (target, input) = (crate::calendar::state::ADDRESS, call.abi_encode().into());
        let proposal = proposeCall { target, input, notBeforeMs: 0, title: "table".into() };
        assert_eq!(scene.call_of(MEMBERS, NOTARY, proposal), Err(want.clone()));
        let Stop::Revert(data) = want else { panic!("a revert") };
        assert!(crate::decode_revert(&data).is_some());
    };
    refused(lists(&[0], &[]), Stop::revert(NoSuchDay { year: 2027, day: 0, last: 365 }));
    refused(lists(&[366], &[]), Stop::revert(NoSuchDay { year: 2027, day: 366, last: 365 }));
    refused(lists(&[4, 4], &[]), Stop::revert(NotAscending { previous: 4, day: 4 }));
    refused(lists(&[5, 4], &[]), Stop::revert(NotAscending { previous: 5, day: 4 }));
    refused(lists(&[], &[9, 3]), Stop::revert(NotAscending { previous: 9, day: 3 }));
    refused(lists(&[1, 2], &[2]), Stop::revert(BothLists { day: 2 }));
    refused(lists(&[], &[4]), Stop::revert(MakeupOnWorkingDay { day: 4, weekday: 1 }));
    refused(lists(&[1], &[1]), Stop::revert(BothLists { day: 1 }));
    let last = day("2027-12-31").get();
    let late = loadTableCall { effectiveDay: last + 1, ..lists(&[1], &[]) };
    refused(late, Stop::revert(EffectiveTooLate { effectiveDay: last + 1, lastDay: last }));
    refused(loadTableCall { source: B256::ZERO, ..lists(&[1], &[]) }, Stop::revert(ZeroSource {}));
    for year in [1_999, 2_256, u16::MAX] {
        let error = YearOutOfRange { year, min: 2_000, max: 2_255 };
        refused(loadTableCall { year, ..lists(&[1], &[]) }, Stop::revert(error));
    }
    // Day 366 exists in a leap year, and a table may take effect on its last day.
    let leap = loadTableCall { effectiveDay: day("2028-12-31").get(), ..table(2028, &[366], "2026-12-05") };
    assert_eq!(decide(&mut scene, &leap), 1);
}

#[test]
fn a_table_is_loaded_once_and_only_as_decided() {
    let mut scene = scene("2026-12-01");
    let decided = table(2027, &[1], "2026-12-05");
    approve(&mut scene, &decided);
    assert!(scene.call(NOTARY, table(2027, &[4], "2026-12-05")).is_err());
    assert!(scene.call(STRANGER, decided.clone()).is_err());
    assert_eq!(scene.call(NOTARY, decided.clone()), Ok(1));
    assert_eq!(scene.call(NOTARY, decided), revert(NotApproved { id: 1, status: 5 }));
    scene.check();
}

#[test]
fn periods_that_began_are_asked_about_at_a_bounded_price() {
    let mut scene = scene("2026-01-15");
    scene.call(STRANGER, deadlineCall { start: day("2026-02-10").get(), workingDays: 20 }).unwrap();
    assert!(scene.gas_used() < 8_000, "{} gas", scene.gas_used());
}

#[test]
fn a_table_without_a_day_of_its_own_is_in_effect_when_it_is_loaded() {
    let mut scene = scene("2026-12-11");
    let start = day("2026-12-31").get();
    let deadline = |scene: &mut Scene<'_>| scene.read(STRANGER, deadlineCall { start, workingDays: 1 });
    assert!(deadline(&mut scene).provisional);
    let call = loadTableCall { effectiveDay: 0, ..table(2027, &[1, 2, 3], "2027-01-01") };
    let told = describe(&call.abi_encode()).unwrap();
    assert!(told.contains("in effect from the day of loading on"), "{told}");
    approve(&mut scene, &call);
    scene.call(NOTARY, call).unwrap();
    let found = scene.read(STRANGER, tableCall { year: 2027 }).current;
    assert_eq!(Day::new(found.effectiveDay), day("2026-12-11"));
    let settled = deadline(&mut scene);
    assert_eq!((Day::new(settled.day), settled.provisional), (day("2027-01-04"), false));
    scene.check();
}
