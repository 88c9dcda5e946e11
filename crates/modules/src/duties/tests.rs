use super::*;
use crate::{
    calendar::{Calendar, abi::ICalendar, events, state},
    members::{Role, abi::IMembers, state::ADDRESS as MEMBERS},
    mocks::{NOTARY, Scene, spec},
};
use alloy_sol_types::SolCall as _;

const CHIEF: ding_primitives::Address = NOTARY;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A ledger and the tables that its events give.
fn scene() -> (Scene<'static>, Tables) {
    let scene = Scene::new(&Calendar)
        .organisation("National Administration", &[Role::Supervisor], &[CHIEF])
        .at_time(day("2026-03-02").start_ms() + 3_600_000);
    (scene, Tables::of(&spec()).unwrap())
}

/// Loads a table by decision, and tells the other side.
fn load(scene: &mut Scene<'_>, tables: &mut Tables, year: u16, holidays: &[u16], effective: &str) {
    let call = ICalendar::loadTableCall {
        year,
        holidays: holidays.to_vec(),
        makeupDays: vec![],
        effectiveDay: day(effective).get(),
        source: crate::mocks::digest(1),
    };
    let propose = IMembers::proposeCall {
        target: state::ADDRESS,
        input: call.abi_encode().into(),
        notBeforeMs: 0,
        title: "A table".into(),
    };
    scene.call_of(MEMBERS, CHIEF, propose).unwrap();
    let number = scene.read(CHIEF, ICalendar::tableYearsCall {}).len();
    let id = scene.call_of(MEMBERS, CHIEF, IMembers::proposalCountCall {}).unwrap();
    scene.call_of(MEMBERS, CHIEF, IMembers::voteCall { id, approve: true }).unwrap();
    scene.call(CHIEF, call).unwrap();
    let loaded: Vec<_> = scene.logs().iter().filter_map(events::decode).collect();
    assert!(number >= 2 && loaded.len() == 1);
    loaded.iter().for_each(|event| tables.load(event));
}

/// Both sides, for every starting day of two years and clocks of every kind.
fn compare(scene: &mut Scene<'_>, tables: &Tables) -> usize {
    let today = Day::from_ms(scene.block().timestamp_ms);
    let mut provisional = 0;
    let lengths = [0, 1, 5, 10, 20, 30].map(Length::WorkingDays).into_iter();
    let lengths: Vec<Length> = lengths
        .chain([0, 1, 7, 30].map(Length::Days))
        .chain([1, 6, 12].map(Length::Months))
        .chain([Length::Fixed])
        .collect();
    for start in (day("2025-12-01").get()..day("2027-12-31").get()).step_by(3).map(Day::new) {
        for length in &lengths {
            let ledger = scene.within(|ctx| length.last_day(ctx, start)).unwrap();
            assert_eq!(tables.last_day(today, start, *length), Some(ledger), "{start} {length:?}");
            provisional += usize::from(ledger.provisional);
        }
    }
    provisional
}

#[test]
fn the_same_last_days_come_out_with_and_without_the_ledger() {
    let (mut scene, mut tables) = scene();
    let before = compare(&mut scene, &tables);
    assert!(before > 1_000, "2027 has no table: {before} are provisional");
    // A table of 2027 for later, one that takes its place, and a correction of 2026 at once.
    load(&mut scene, &mut tables, 2027, &[1, 4, 5], "2026-06-01");
    assert_eq!(compare(&mut scene, &tables), before, "it waits");
    load(&mut scene, &mut tables, 2027, &[1, 6, 7], "2026-09-01");
    load(&mut scene, &mut tables, 2026, &[1, 2, 61], "2026-03-02");
    assert_eq!(compare(&mut scene, &tables), before);
    scene.next_block_at(day("2026-07-01").start_ms());
    compare(&mut scene, &tables);
    scene.next_block_at(day("2026-09-01").start_ms());
    let after = compare(&mut scene, &tables);
    assert!(after < before / 2, "{after} of {before} run beyond 2027");
    load(&mut scene, &mut tables, 2027, &[1], "2026-10-01");
    compare(&mut scene, &tables);
    scene.next_block_at(day("2026-10-01").start_ms());
    compare(&mut scene, &tables);
}

#[test]
fn the_worked_deadlines_come_out_without_a_ledger() {
    let tables = Tables::of(&spec()).unwrap();
    for (start, days, end) in [
        ("2026-02-10", 10, "2026-03-02"),
        ("2026-09-28", 5, "2026-10-10"),
        ("2026-01-30", 20, "2026-03-05"),
        ("2025-04-25", 5, "2025-05-06"),
        ("2025-09-26", 10, "2025-10-16"),
    ] {
        let found = tables.last_day(day("2026-11-01"), day(start), Length::WorkingDays(days)).unwrap();
        assert_eq!((found.day, found.provisional), (day(end), false), "{start}");
    }
    assert_eq!(tables.last_day(day("2026-11-01"), day("2026-11-01"), Length::WorkingDays(u16::MAX)), None);
    assert_eq!(tables.last_day(day("2026-11-01"), Day::new(u32::MAX), Length::Days(1)), None);
}
