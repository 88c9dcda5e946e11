#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod disorder;

use super::{abi::IServices::*, *};
use crate::{
    decode_revert, evidence,
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, digest, revert},
    once,
    registry::MODULES,
};
use alloy_sol_types::{SolCall as _, SolError as _};
use ding_primitives::{address, keccak256};

/// A contract.
const SHOP: Address = address!("00000000000000000000000000000000c0ffee01");
/// A second account of the national administration.
const COLLEAGUE: Address = address!("00000000000000000000000000000000000000c2");
/// The administration of Zhejiang.
const PROVINCE: Address = address!("00000000000000000000000000000000000000c3");
const MALL: Address = address!("00000000000000000000000000000000c0ffee02");
/// A number of Beijing that checks, and one of Zhejiang.
const BEIJING: &str = "11010826000000010016";
const ZHEJIANG: &str = "33010626000000020014";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A chain at 2026-02-10, noon in Beijing, supervised by the account `REGISTRAR`.
fn scene() -> Scene<'static> {
    Scene::new(&Services)
        .organisation("Administration", &[Role::Supervisor], &[REGISTRAR, COLLEAGUE])
        .organisation("Office", &[Role::Notary], &[NOTARY])
        .with_organisation(members::OrganisationEntry {
            name: "Administration of Zhejiang".into(),
            roles: vec![Role::Provincial],
            accounts: vec![PROVINCE],
            division: Some(33),
            ..members::OrganisationEntry::default()
        })
        .at_time(day("2026-02-10").start_ms() + 12 * 3_600_000)
        .at_height(7)
}

fn live(id: u8, contracts: &[Address]) -> declareCall {
    declareCall {
        id: digest(id),
        provider: STRANGER,
        division: 11,
        goLive: day("2026-02-10").get(),
        contracts: contracts.to_vec(),
    }
}

fn record_call(id: u8, number: &str) -> recordCall {
    recordCall { id: digest(id), number: number.into() }
}

/// What a call of an address meets, in the next block.
fn met(scene: &mut Scene<'_>, callee: Address) -> Option<(String, u8)> {
    let stopped = scene.read(OTHER, verdictCall { contractAddress: callee });
    stopped.stopped.then_some((stopped.number, stopped.status))
}

/// Runs as a module below would.
fn below<R>(scene: &mut Scene<'_>, run: impl FnOnce(&mut Ctx<'_>) -> Result<R, Stop>) -> Result<R, Stop> {
    let address = address!("00000000000000000000000000000000000d0009");
    scene.undoing(|host| {
        let mut ctx = Ctx::for_hook(host, "below", MODULES.len(), address);
        run(&mut ctx)
    })
}

fn until_lifted(reference: u64) -> Suspension {
    Suspension { reference, from_height: 0, until_ms: 0 }
}

#[test]
fn a_service_that_is_not_filed_within_ten_working_days_is_stopped_at_24_00() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    // Spring festival lies between: 2026-03-02, not 02-24 (worked deadline of the domain reference).
    let due = dueDayReturn { runs: true, day: day("2026-03-02").get(), provisional: false, overdue: false };
    assert_eq!(scene.read(OTHER, dueDayCall { id: digest(1) }), due);
    scene.next_block_at(day("2026-03-02").end_ms() - 1);
    assert_eq!(met(&mut scene, SHOP), None);
    scene.later(1);
    assert_eq!(met(&mut scene, SHOP), Some((String::new(), 1)));
    assert!(scene.read(OTHER, dueDayCall { id: digest(1) }).overdue);
    assert_eq!(met(&mut scene, MALL), None, "what belongs to no service is never stopped");
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    assert_eq!(met(&mut scene, SHOP), None);
    assert_eq!(scene.read(OTHER, armedCall {}), 0);
    scene.check_all();
}

#[test]
fn a_service_declared_late_has_the_full_time_from_that_day_on() {
    let mut scene = scene();
    let old = declareCall { goLive: day("2025-03-03").get(), ..live(1, &[SHOP]) };
    scene.call(REGISTRAR, old).unwrap();
    assert_eq!(scene.read(OTHER, dueDayCall { id: digest(1) }).day, day("2026-03-02").get());
    let far = day("2026-02-10").get() + limits::SERVICE_GO_LIVE_DAYS_MAX;
    let late = declareCall { goLive: far + 1, ..live(2, &[]) };
    assert_eq!(scene.call(REGISTRAR, late), revert(GoLiveDay { goLive: far + 1, latest: far }));
    scene.check_all();
}

#[test]
fn a_suspension_stops_every_address_of_the_service_from_its_block_until_it_is_lifted() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP, MALL, evidence::state::ADDRESS])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    below(&mut scene, |ctx| suspend(ctx, digest(1), Suspension { from_height: 9, ..until_lifted(5) }))
        .unwrap();
    let stopped = Some((BEIJING.to_string(), 3));
    for (height, want) in [(7, &None), (8, &None), (9, &stopped), (10, &stopped)] {
        assert_eq!(scene.block().height.get(), height);
        for callee in [SHOP, MALL, evidence::state::ADDRESS] {
            assert_eq!(&met(&mut scene, callee), want, "{height}");
        }
        scene.next_block();
    }
    below(&mut scene, |ctx| restore(ctx, digest(1), 5, 0)).unwrap();
    assert_eq!(met(&mut scene, SHOP), stopped);
    scene.next_block();
    assert_eq!(met(&mut scene, SHOP), None);
    assert_eq!(scene.read(OTHER, serviceCall { id: digest(1) }).status, 2);
    scene.check_all();
}

#[test]
fn a_suspension_with_an_end_ends_by_itself() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    let until_ms = scene.block().timestamp_ms + 10_000;
    below(&mut scene, |ctx| suspend(ctx, digest(1), Suspension { until_ms, ..until_lifted(5) })).unwrap();
    scene.later(9_999);
    assert!(met(&mut scene, SHOP).is_some());
    scene.later(1);
    assert_eq!(met(&mut scene, SHOP), None);
    assert_eq!(below(&mut scene, |ctx| restore(ctx, digest(1), 5, 0)), revert(no_hold(5)));
    assert_eq!(scene.read(OTHER, armedCall {}), 1, "it is looked at until somebody tidies up");
    scene.call(STRANGER, refreshCall { id: digest(1) }).unwrap();
    assert_eq!(scene.read(OTHER, armedCall {}), 0);
    scene.check_all();
}

fn no_hold(referenceId: u64) -> NoSuchHold {
    NoSuchHold { id: digest(1), by: address!("00000000000000000000000000000000000d0009"), referenceId }
}

#[test]
fn a_service_runs_again_only_when_no_suspension_is_left() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    for reference in [5, 6] {
        below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(reference))).unwrap();
    }
    let again = HoldExists { id: digest(1), by: no_hold(5).by, referenceId: 5 };
    assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(5))), revert(again));
    scene.next_block();
    below(&mut scene, |ctx| restore(ctx, digest(1), 5, 0)).unwrap();
    assert_eq!(below(&mut scene, |ctx| restore(ctx, digest(1), 5, 0)), revert(no_hold(5)));
    scene.next_block();
    assert!(met(&mut scene, SHOP).is_some());
    assert_eq!(scene.read(OTHER, holdsCall { id: digest(1) }).len(), 1);
    below(&mut scene, |ctx| restore(ctx, digest(1), 6, 0)).unwrap();
    scene.next_block();
    assert_eq!(met(&mut scene, SHOP), None);
    // Lifted before it began: it never stops anything.
    let later = Suspension { from_height: scene.block().height.get() + 5, ..until_lifted(7) };
    below(&mut scene, |ctx| suspend(ctx, digest(1), later)).unwrap();
    below(&mut scene, |ctx| restore(ctx, digest(1), 7, 0)).unwrap();
    for _ in 0..7 {
        scene.next_block();
        assert_eq!(met(&mut scene, SHOP), None);
    }
    scene.check_all();
}

#[test]
fn suspensions_of_one_service_are_bounded_and_those_over_make_room() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    let max = u64::from(limits::SERVICE_HOLDS_MAX);
    let until_ms = scene.block().timestamp_ms + 1_000;
    for reference in 1..=max {
        let short =
            Suspension { until_ms: if reference == 3 { until_ms } else { 0 }, ..until_lifted(reference) };
        below(&mut scene, |ctx| suspend(ctx, digest(1), short)).unwrap();
    }
    let full = TooManyHolds { id: digest(1), holds: max, max };
    assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(99))), revert(full));
    scene.next_block();
    below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(99))).unwrap();
    assert_eq!(scene.read(OTHER, holdsCall { id: digest(1) }).len(), 8);
    scene.check_all();
}

#[test]
fn changes_take_effect_in_the_next_block_at_the_earliest() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    let nowMs = scene.block().timestamp_ms;
    for from_height in [1, 7, 1 << 40] {
        let refused = EffectiveHeight { fromHeight: from_height, earliest: 8, latest: (1 << 40) - 1 };
        let early = Suspension { from_height, ..until_lifted(5) };
        assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(1), early)), revert(refused.clone()));
        assert_eq!(below(&mut scene, |ctx| deregister(ctx, digest(1), from_height)), revert(refused));
    }
    for until_ms in [1, nowMs, 1 << 48] {
        let refused = SuspensionTime { untilMs: until_ms, nowMs, latestMs: (1 << 48) - 1 };
        let past = Suspension { until_ms, ..until_lifted(5) };
        assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(1), past)), revert(refused));
    }
    scene.check_all();
}

#[test]
fn a_service_struck_off_stays_so_and_leaves_number_and_addresses_to_others() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP, MALL])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    let add = addContractsCall { id: digest(2), contracts: vec![SHOP] };
    scene.call(REGISTRAR, live(2, &[])).unwrap();
    let taken = ContractTaken { contractAddress: SHOP, id: digest(1) };
    assert_eq!(scene.call(REGISTRAR, add.clone()), revert(taken));
    below(&mut scene, |ctx| deregister(ctx, digest(1), 0)).unwrap();
    assert_eq!(met(&mut scene, SHOP), None);
    scene.next_block();
    assert_eq!(met(&mut scene, SHOP), Some((BEIJING.into(), 4)));
    let ended = || ServiceEnded { id: digest(1), fromHeight: 8 };
    assert_eq!(scene.call(REGISTRAR, record_call(1, ZHEJIANG)), revert(ended()));
    assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(1))), revert(ended()));
    assert_eq!(below(&mut scene, |ctx| deregister(ctx, digest(1), 0)), revert(ended()));
    assert_eq!(scene.call(REGISTRAR, live(1, &[])), revert(ServiceExists { id: digest(1), status: 4 }));
    scene.call(REGISTRAR, add).unwrap();
    scene.call(REGISTRAR, record_call(2, BEIJING)).unwrap();
    assert_eq!(met(&mut scene, SHOP), None);
    assert_eq!(met(&mut scene, MALL), Some((BEIJING.into(), 4)));
    assert_eq!(scene.read(OTHER, serviceOfNumberCall { number: BEIJING.into() }), digest(2));
    assert_eq!(scene.read(OTHER, serviceOfCall { contractAddress: SHOP }), digest(2));
    scene.check_all();
}

#[test]
fn striking_off_by_vote_takes_two_accounts() {
    use members::abi::IMembers::{proposeCall, voteCall};
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    let call = deregisterCall { id: digest(1) };
    let input = call.abi_encode();
    assert_eq!(Services.describe(&input), Some(format!("strike service {} off", digest(1))));
    assert!(scene.call(COLLEAGUE, call.clone()).is_err(), "nobody decided it");
    let other = refreshCall { id: digest(1) }.abi_encode().into();
    let other = proposeCall { target: ADDRESS, input: other, notBeforeMs: 0, title: "refresh".into() };
    let refused = scene.call_of(members::state::ADDRESS, REGISTRAR, other).unwrap_err();
    assert!(refused.to_string().contains("vote"), "{refused}");
    let proposal = proposeCall { target: ADDRESS, input: input.into(), notBeforeMs: 0, title: "end".into() };
    let id = scene.call_of(members::state::ADDRESS, REGISTRAR, proposal).unwrap();
    scene.call_of(members::state::ADDRESS, REGISTRAR, voteCall { id, approve: true }).unwrap();
    let alone = SecondPersonNeeded { proposal: id, account: REGISTRAR };
    assert_eq!(scene.call(REGISTRAR, call.clone()).err(), revert::<()>(alone).err());
    scene.call(COLLEAGUE, call).unwrap();
    scene.next_block();
    assert_eq!(met(&mut scene, SHOP), Some((String::new(), 4)));
    scene.check_all();
}

#[test]
fn nobody_votes_on_striking_off_what_cannot_be_struck_off() {
    use members::abi::IMembers::proposeCall;
    let mut scene = scene();
    let kept = Declaration {
        id: digest(1),
        provider: STRANGER,
        division: 11,
        go_live: day("2026-02-10"),
        clock: None,
        contracts: &[],
    };
    below(&mut scene, |ctx| declare(ctx, &kept)).unwrap();
    scene.call(REGISTRAR, live(2, &[])).unwrap();
    below(&mut scene, |ctx| deregister(ctx, digest(2), 9)).unwrap();
    for (id, want) in [
        (1, revert(KeptByModule { id: digest(1) })),
        (2, revert(ServiceEnded { id: digest(2), fromHeight: 9 })),
        (3, revert(NoSuchService { id: digest(3) })),
    ] {
        let input = deregisterCall { id: digest(id) }.abi_encode().into();
        let propose = proposeCall { target: ADDRESS, input, notBeforeMs: 0, title: "end".into() };
        assert_eq!(scene.call_of(members::state::ADDRESS, REGISTRAR, propose), want);
    }
    scene.check_all();
}

#[test]
fn a_number_stands_for_one_service_of_its_province() {
    let mut scene = scene();
    for id in [1, 2] {
        scene.call(REGISTRAR, live(id, &[])).unwrap();
    }
    let differs = DivisionDiffers { id: digest(1), division: 11, ofNumber: 33 };
    assert_eq!(scene.call(REGISTRAR, record_call(1, ZHEJIANG)), revert(differs));
    scene.call(REGISTRAR, record_call(1, "京网信备１１０１０８２６０００００００１００１６号")).unwrap();
    let shown = scene.read(OTHER, serviceCall { id: digest(1) });
    assert_eq!((shown.number.as_str(), shown.status, shown.dueMs), (BEIJING, 2, 0));
    let taken = NumberTaken { number: BEIJING.into(), id: digest(1) };
    assert_eq!(scene.call(REGISTRAR, record_call(2, BEIJING)), revert(taken));
    let twice = AlreadyRecorded { id: digest(1), number: BEIJING.into() };
    assert_eq!(scene.call(REGISTRAR, record_call(1, BEIJING)), revert(twice));
    for text in ["", "1101082600000001001", "1101082600000001001Y", "99010826000000010016"] {
        assert_eq!(
            scene.call(REGISTRAR, record_call(2, text)),
            revert(NotAFilingNumber { text: text.into() })
        );
    }
    let entry = scene.on(&once::Once).read(
        OTHER,
        once::abi::IOnce::entryOfCall {
            owner: ADDRESS,
            register: life::NUMBERS,
            key: FilingNumber::parse(BEIJING).unwrap().to_word(),
        },
    );
    assert_eq!((entry.state, entry.holder, entry.content), (2, STRANGER, digest(1)));
    assert_eq!(life::NUMBERS, keccak256("ding.services.number"));
    scene.check_all();
}

#[test]
fn only_supervisors_declare_record_and_say_what_belongs_to_a_service() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[])).unwrap();
    for (account, organisation) in [(STRANGER, 0), (NOTARY, 2)] {
        let refused = || RoleRequired { account, organisation, role: 1 };
        let list = || vec![SHOP];
        assert_eq!(scene.call(account, live(2, &[SHOP])), revert(refused()));
        assert_eq!(scene.call(account, record_call(1, BEIJING)), revert(refused()));
        let add = addContractsCall { id: digest(1), contracts: list() };
        assert_eq!(scene.call(account, add).err(), revert::<()>(refused()).err());
        let remove = removeContractsCall { id: digest(1), contracts: list() };
        assert_eq!(scene.call(account, remove).err(), revert::<()>(refused()).err());
    }
    scene.check_all();
}

#[test]
fn a_provincial_administration_acts_in_its_own_division() {
    let mut scene = scene();
    let own = declareCall { division: 33, ..live(1, &[SHOP]) };
    scene.call(PROVINCE, own).unwrap();
    scene.call(PROVINCE, record_call(1, ZHEJIANG)).unwrap();
    let beyond = || OutOfDivision { organisation: 3, own: 33, division: 11 };
    assert_eq!(scene.call(PROVINCE, live(2, &[MALL])), revert(beyond()));
    scene.call(REGISTRAR, live(2, &[MALL])).unwrap();
    assert_eq!(scene.call(PROVINCE, record_call(2, BEIJING)), revert(beyond()));
    let unknown = Declaration {
        id: digest(4),
        provider: STRANGER,
        division: 0,
        go_live: day("2026-02-10"),
        clock: None,
        contracts: &[],
    };
    below(&mut scene, |ctx| declare(ctx, &unknown)).unwrap();
    let beyond = OutOfDivision { organisation: 3, own: 33, division: 0 };
    assert_eq!(scene.call(PROVINCE, record_call(4, ZHEJIANG)), revert(beyond));
    scene.check_all();
}

#[test]
fn what_a_module_declared_no_supervisor_records_past_it() {
    let mut scene = scene();
    let own = Declaration {
        id: digest(1),
        provider: STRANGER,
        division: 11,
        go_live: day("2026-02-10"),
        clock: None,
        contracts: &[SHOP],
    };
    below(&mut scene, |ctx| declare(ctx, &own)).unwrap();
    let kept = || KeptByModule { id: digest(1) };
    assert_eq!(scene.call(REGISTRAR, record_call(1, BEIJING)), revert(kept()));
    let add = addContractsCall { id: digest(1), contracts: vec![MALL] };
    assert_eq!(scene.call(REGISTRAR, add), revert(kept()));
    let remove = removeContractsCall { id: digest(1), contracts: vec![SHOP] };
    assert_eq!(scene.call(REGISTRAR, remove), revert(kept()));
    let number = FilingNumber::parse(BEIJING).unwrap();
    below(&mut scene, |ctx| record(ctx, digest(1), &number)).unwrap();
    scene.check_all();
}

#[test]
fn what_the_ledger_runs_on_is_no_service() {
    let mut scene = scene();
    let [once, services] = [once::state::ADDRESS, ADDRESS];
    let stray = address!("00000000000000000000000000000000000dfff0");
    let precompile = Address::with_last_byte(4);
    for address in [once, services, members::state::ADDRESS, stray, precompile, Address::ZERO] {
        let refused = NotAService { contractAddress: address };
        assert_eq!(scene.call(REGISTRAR, live(1, &[SHOP, address])), revert(refused));
    }
    scene.call(REGISTRAR, live(1, &[evidence::state::ADDRESS])).unwrap();
    scene.check_all();
}

#[test]
fn addresses_are_taken_out_only_of_a_service_that_nothing_stops() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    scene.call(REGISTRAR, live(2, &[MALL])).unwrap();
    let out = |id: u8, contract| removeContractsCall { id: digest(id), contracts: vec![contract] };
    let foreign = ContractNotOfService { contractAddress: MALL, id: digest(1), belongsTo: digest(2) };
    assert_eq!(scene.call(REGISTRAR, out(1, MALL)).err(), revert::<()>(foreign).err());
    below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(5))).unwrap();
    let stopped = |status| revert::<()>(StillStopped { id: digest(1), status }).err();
    assert_eq!(scene.call(REGISTRAR, out(1, SHOP)).err(), stopped(1), "declared, and suspended soon");
    scene.next_block();
    assert_eq!(scene.call(REGISTRAR, out(1, SHOP)).err(), stopped(3));
    below(&mut scene, |ctx| restore(ctx, digest(1), 5, 0)).unwrap();
    scene.next_block();
    scene.call(REGISTRAR, out(1, SHOP)).unwrap();
    assert_eq!(scene.read(OTHER, serviceOfCall { contractAddress: SHOP }), B256::ZERO);
    scene.next_block_at(day("2026-03-03").start_ms());
    let overdue = StillStopped { id: digest(2), status: 1 };
    assert_eq!(scene.call(REGISTRAR, out(2, MALL)).err(), revert::<()>(overdue).err());
    scene.check_all();
}

#[test]
fn addresses_of_a_service_are_bounded_in_a_call_and_altogether() {
    let mut scene = scene();
    let (one, all) = (limits::SERVICE_CONTRACTS_CALL_MAX, limits::SERVICE_CONTRACTS_MAX);
    let contract = |n: u16| Address::from_word(keccak256(n.to_be_bytes()));
    let list = |from: u16, count: u16| (from..from + count).map(contract).collect::<Vec<_>>();
    let many = TooManyContracts { contracts: u64::from(one) + 1, max: one.into() };
    assert_eq!(scene.call(REGISTRAR, live(1, &list(0, one + 1))), revert(many));
    scene.call(REGISTRAR, live(1, &[])).unwrap();
    let none = addContractsCall { id: digest(1), contracts: Vec::new() };
    let empty = TooManyContracts { contracts: 0, max: one.into() };
    assert_eq!(scene.call(REGISTRAR, none).err(), revert::<()>(empty).err());
    for part in 0..all / one {
        let contracts = list(part * one, one);
        scene.call(REGISTRAR, addContractsCall { id: digest(1), contracts }).unwrap();
    }
    let known = addContractsCall { id: digest(1), contracts: list(0, one) };
    scene.call(REGISTRAR, known).unwrap();
    assert!(scene.logs().is_empty(), "what belongs to it already changes nothing");
    let more = addContractsCall { id: digest(1), contracts: vec![SHOP] };
    let full = TooManyContracts { contracts: u64::from(all) + 1, max: all.into() };
    assert_eq!(scene.call(REGISTRAR, more).err(), revert::<()>(full).err());
    assert_eq!(scene.read(OTHER, serviceCall { id: digest(1) }).contracts, all);
    scene.check_all();
}

#[test]
fn a_clock_stops_while_a_filing_is_under_review_and_a_new_table_moves_its_end() {
    let mut scene = scene();
    // 2027 has no table yet: Monday to Friday are counted.
    let (start, working_days) = (day("2026-12-28"), 10);
    let go_live = start;
    let clock = Some(Clock { start, working_days });
    let own =
        Declaration { id: digest(1), provider: STRANGER, division: 0, go_live, clock, contracts: &[SHOP] };
    below(&mut scene, |ctx| declare(ctx, &own)).unwrap();
    let due = scene.read(OTHER, dueDayCall { id: digest(1) });
    assert_eq!((due.day, due.provisional), (day("2027-01-11").get(), true));
    assert_eq!(scene.read(OTHER, armedCall {}), 1);
    below(&mut scene, |ctx| set_clock(ctx, digest(1), None)).unwrap();
    assert_eq!(scene.read(OTHER, armedCall {}), 0);
    assert!(!scene.read(OTHER, dueDayCall { id: digest(1) }).runs);
    below(&mut scene, |ctx| set_clock(ctx, digest(1), clock)).unwrap();
    let before = scene.read(OTHER, serviceCall { id: digest(1) }).dueMs;
    // Jan 1 becomes a holiday by the table of 2027.
    let (year, slot) = (2027u32, calendar::state::TABLES.slot_of(2027));
    let table = calendar::state::Table {
        version: 1,
        effective: day("2026-01-01"),
        days: calendar::table::WorkingDays::of(year, &[1], &[]).unwrap(),
        next: None,
    };
    use crate::storage::Stored as _;
    for (place, word) in table.to_words().into_iter().enumerate() {
        scene.host_mut().put(calendar::state::ADDRESS, slot + U256::from(place), word);
    }
    scene.call(OTHER, refreshCall { id: digest(1) }).unwrap();
    let after = scene.read(OTHER, serviceCall { id: digest(1) }).dueMs;
    assert_eq!((before, after), (day("2027-01-11").end_ms(), day("2027-01-12").end_ms()));
    scene.check();
}

/// Puts a table of working days on the ledger, in effect from a day on.
fn put_table(scene: &mut Scene<'_>, year: u32, effective: Day, holidays: &[u16]) {
    use crate::storage::Stored as _;
    let days = calendar::table::WorkingDays::of(year, holidays, &[]).unwrap();
    let table = calendar::state::Table { version: 1, effective, days, next: None };
    let slot = calendar::state::TABLES.slot_of(year);
    for (place, word) in table.to_words().into_iter().enumerate() {
        scene.host_mut().put(calendar::state::ADDRESS, slot + U256::from(place), word);
    }
}

#[test]
fn a_provisional_end_stops_nothing_and_the_table_that_arrives_gives_the_day() {
    let mut scene = scene();
    let (start, working_days) = (day("2026-12-28"), 10);
    let clock = Some(Clock { start, working_days });
    let own = Declaration {
        id: digest(1),
        provider: STRANGER,
        division: 0,
        go_live: start,
        clock,
        contracts: &[SHOP],
    };
    below(&mut scene, |ctx| declare(ctx, &own)).unwrap();
    let due = dueDayReturn { runs: true, day: day("2027-01-11").get(), provisional: true, overdue: false };
    assert_eq!(scene.read(OTHER, dueDayCall { id: digest(1) }), due);
    scene.call(REGISTRAR, declareCall { goLive: start.get(), ..live(2, &[MALL]) }).unwrap();
    scene.next_block_at(day("2027-01-12").start_ms());
    assert_eq!(met(&mut scene, SHOP), None, "no table tells that the time is over");
    assert!(!scene.read(OTHER, dueDayCall { id: digest(1) }).overdue);
    let out = removeContractsCall { id: digest(2), contracts: vec![MALL] };
    scene.call(REGISTRAR, out).unwrap();
    // The table comes, with three days of rest that nobody knew of, and nobody asks for a refresh.
    put_table(&mut scene, 2027, day("2027-01-12"), &[1, 4, 5]);
    let due = dueDayReturn { runs: true, day: day("2027-01-14").get(), provisional: false, overdue: false };
    assert_eq!(scene.read(OTHER, dueDayCall { id: digest(1) }), due);
    assert_eq!(met(&mut scene, SHOP), None);
    scene.next_block_at(day("2027-01-14").end_ms() - 1);
    assert_eq!(met(&mut scene, SHOP), None);
    scene.later(1);
    assert_eq!(met(&mut scene, SHOP), Some((String::new(), 1)));
    assert!(scene.read(OTHER, dueDayCall { id: digest(1) }).overdue);
    scene.check();
}

#[test]
fn a_correction_of_the_table_gives_a_service_the_time_that_it_adds() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    // From 2 March on the table says that 3 March is a day of rest, the 62nd of the year.
    let spring: Vec<u16> = (46..=54).chain([61, 62]).collect();
    put_table(&mut scene, 2026, day("2026-03-02"), &spring);
    scene.next_block_at(day("2026-03-03").start_ms());
    let due = scene.read(OTHER, dueDayCall { id: digest(1) });
    assert!(!due.overdue && Day::new(due.day) > day("2026-03-03"));
    assert_eq!(met(&mut scene, SHOP), None);
    scene.next_block_at(Day::new(due.day).end_ms());
    assert_eq!(met(&mut scene, SHOP), Some((String::new(), 1)));
    scene.check();
}

#[test]
fn a_service_that_is_struck_off_from_the_next_block_on_gets_no_number_any_more() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[])).unwrap();
    below(&mut scene, |ctx| deregister(ctx, digest(1), 0)).unwrap();
    let ended = || ServiceEnded { id: digest(1), fromHeight: 8 };
    assert_eq!(scene.call(REGISTRAR, record_call(1, BEIJING)), revert(ended()));
    let add = addContractsCall { id: digest(1), contracts: vec![SHOP] };
    assert_eq!(scene.call(REGISTRAR, add), revert(ended()));
    assert_eq!(below(&mut scene, |ctx| deregister(ctx, digest(1), 20)), revert(ended()));
    scene.check_all();
}

#[test]
fn a_history_that_records_what_was_struck_off_or_strikes_it_off_twice_is_found() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    below(&mut scene, |ctx| deregister(ctx, digest(1), 0)).unwrap();
    scene.check();
    let history = scene.history().clone();
    let ended = history.last().unwrap().clone();
    scene.history_mut().push(ended);
    assert_eq!(scene.violation().unwrap_err().invariant, "S3");
    // The record after the end.
    *scene.history_mut() = history;
    let recorded = |log: &Log| matches!(events::decode(log), Some(events::Event::Recorded(_)));
    let place = scene.history().iter().position(recorded).unwrap();
    let log = scene.history_mut().remove(place);
    scene.history_mut().push(log);
    assert_eq!(scene.violation().unwrap_err().invariant, "S3");
}

#[test]
fn while_no_service_could_refuse_one_slot_is_read_and_otherwise_three() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
    scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
    let asked = |scene: &mut Scene<'_>, callee| {
        let words: std::collections::BTreeMap<(Address, U256), U256> = scene.host_mut().slots().collect();
        let mut reads = Vec::new();
        let read = |module: Address, slot: U256| {
            assert_eq!(module, ADDRESS);
            reads.push(slot);
            Ok::<_, core::convert::Infallible>(words.get(&(module, slot)).copied().unwrap_or_default())
        };
        let answer = guard::verdict(read, callee, 9, scene.block().timestamp_ms).unwrap();
        (answer.map(|stopped| stopped.status), reads)
    };
    assert_eq!(asked(&mut scene, SHOP), (None, vec![GUARD.slot()]));
    scene.call(REGISTRAR, live(2, &[MALL])).unwrap();
    let [first, second] = guard::likely_reads(SHOP);
    assert_eq!(asked(&mut scene, SHOP), (None, vec![first, second, SERVICES.slot_of(digest(1))]));
    assert_eq!(asked(&mut scene, OTHER), (None, guard::likely_reads(OTHER).to_vec()));
    below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(5))).unwrap();
    let (status, reads) = asked(&mut scene, SHOP);
    assert_eq!((status, reads.len()), (Some(Status::Suspended), 5), "the suspension and the number too");
}

#[test]
fn the_refusal_names_the_number_and_says_what_to_do() {
    let number = FilingNumber::parse(BEIJING).ok();
    for (status, number, want) in [
        (Status::Suspended, number, "11010826000000010016 is suspended"),
        (Status::Deregistered, number, "struck off"),
        (Status::Declared, None, "without a number was not filed in time"),
    ] {
        let data = Stopped { service: digest(1), number, status }.revert_data();
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn functions_ask_for_a_service_that_exists() {
    let mut scene = scene();
    let none = || NoSuchService { id: digest(9) };
    assert_eq!(scene.call(REGISTRAR, record_call(9, BEIJING)), revert(none()));
    assert_eq!(scene.call(OTHER, refreshCall { id: digest(9) }), revert(none()));
    assert_eq!(below(&mut scene, |ctx| suspend(ctx, digest(9), until_lifted(1))), revert(none()));
    assert_eq!(below(&mut scene, |ctx| set_clock(ctx, digest(9), None)), revert(none()));
    let zero = declareCall { id: B256::ZERO, ..live(1, &[]) };
    assert_eq!(scene.call(REGISTRAR, zero), revert(ZeroService {}));
    let nobody = declareCall { provider: Address::ZERO, ..live(1, &[]) };
    assert_eq!(scene.call(REGISTRAR, nobody), revert(ZeroProvider {}));
    for division in [0, 10, 99] {
        let nowhere = declareCall { division, ..live(1, &[]) };
        assert_eq!(scene.call(REGISTRAR, nowhere), revert(UnknownDivision { division }));
    }
    let shown = scene.read(OTHER, serviceCall { id: digest(9) });
    assert_eq!((shown.status, shown.provider), (0, Address::ZERO));
    scene.check_all();
}

#[test]
fn likely_reads_cover_what_a_record_reads() {
    let mut scene = scene();
    scene.call(REGISTRAR, live(1, &[])).unwrap();
    let guessed = crate::likely_reads(ADDRESS, REGISTRAR, &record_call(1, BEIJING).abi_encode());
    let slot = SERVICES.slot_of(digest(1));
    assert_eq!(guessed, [0u64, 1, 2].map(|word| (ADDRESS, slot + U256::from(word))));
}

#[test]
fn every_error_has_a_sentence() {
    let id = digest(1);
    let cases: [(Vec<u8>, &str); 27] = [
        (ZeroService {}.abi_encode(), "id of a service"),
        (KeptByModule { id: digest(1) }.abi_encode(), "kept by a module"),
        (ZeroProvider {}.abi_encode(), "provider"),
        (NoSuchService { id }.abi_encode(), "declare it first"),
        (ServiceExists { id, status: 2 }.abi_encode(), "is recorded"),
        (ServiceEnded { id, fromHeight: 8 }.abi_encode(), "from block 8 on"),
        (AlreadyRecorded { id, number: BEIJING.into() }.abi_encode(), BEIJING),
        (NotAFilingNumber { text: "x".into() }.abi_encode(), "no filing number"),
        (NumberTaken { number: BEIJING.into(), id }.abi_encode(), "belongs to service"),
        (UnknownDivision { division: 10 }.abi_encode(), "division 10"),
        (DivisionDiffers { id, division: 11, ofNumber: 33 }.abi_encode(), "province 33"),
        (
            OutOfDivision { organisation: 3, own: 33, division: 11 }.abi_encode(),
            "one of division 11; ask the national",
        ),
        (OutOfDivision { organisation: 3, own: 33, division: 0 }.abi_encode(), "this belongs to none"),
        (GoLiveDay { goLive: 20_490, latest: 20_489 }.abi_encode(), "2026-02-05 is the last day"),
        (ContractTaken { contractAddress: SHOP, id }.abi_encode(), "take it out there"),
        (ContractNotOfService { contractAddress: SHOP, id, belongsTo: id }.abi_encode(), "does not belong"),
        (NotAService { contractAddress: SHOP }.abi_encode(), "leave it out"),
        (TooManyContracts { contracts: 65, max: 64 }.abi_encode(), "at most 64"),
        (EffectiveHeight { fromHeight: 7, earliest: 8, latest: 9 }.abi_encode(), "from block 8 to 9"),
        (
            SuspensionTime { untilMs: 7, nowMs: 1_770_696_000_000, latestMs: 9 }.abi_encode(),
            "it is 2026-02-10 12:00 (Beijing time) now",
        ),
        (HoldExists { id, by: SHOP, referenceId: 5 }.abi_encode(), "number 5"),
        (NoSuchHold { id, by: SHOP, referenceId: 5 }.abi_encode(), "left to lift"),
        (TooManyHolds { id, holds: 8, max: 8 }.abi_encode(), "at most 8"),
        (SecondPersonNeeded { proposal: 4, account: OTHER }.abi_encode(), "proposal 4 itself"),
        (StillStopped { id, status: 3 }.abi_encode(), "is suspended"),
        (ServiceStopped { number: String::new(), status: 1 }.abi_encode(), "not filed in time"),
        (RoleRequired { account: OTHER, organisation: 0, role: 1 }.abi_encode(), "supervisor"),
    ];
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn storage_that_departs_from_the_events_is_found() {
    type Tamper = fn(&mut Scene<'static>);
    let cases: [(Tamper, &str); 7] = [
        (|s| s.host_mut().put(ADDRESS, SERVICE_OF.slot_of(SHOP), U256::ZERO), "S1"),
        (
            |s| {
                s.history_mut()
                    .retain(|log| !matches!(events::decode(log), Some(events::Event::ContractAdded(_))))
            },
            "S1",
        ),
        (
            |s| {
                let slot = once::state::entry_slot(
                    ADDRESS,
                    life::NUMBERS,
                    FilingNumber::parse(BEIJING).unwrap().to_word(),
                );
                s.host_mut().put(once::state::ADDRESS, slot, U256::ZERO);
            },
            "S2",
        ),
        (|s| s.host_mut().put(ADDRESS, SERVICES.slot_of(digest(1)), U256::from(1)), "S1"),
        (|s| s.host_mut().put(ADDRESS, SERVICES.slot_of(digest(1)) + U256::from(2), U256::from(1)), "S3"),
        (|s| s.host_mut().put(ADDRESS, GUARD.slot(), U256::from(7)), "S4"),
        (|s| s.host_mut().put(ADDRESS, HOLDS.slot_of_both(digest(1), 0), U256::from(9)), "S5"),
    ];
    for (tamper, invariant) in cases {
        let mut scene = scene();
        scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
        scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
        below(&mut scene, |ctx| suspend(ctx, digest(1), until_lifted(5))).unwrap();
        scene.check();
        tamper(&mut scene);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}
