//! Stories about `orders`. What may be drafted and by whom: [`drafts`]; answers, disclosures and
//! appeals: [`answers`]; storage against history: [`history`]; here what orders do.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod answers;
mod disorder;
mod drafts;
mod history;

use super::{abi::IOrders::*, *};
use crate::{
    calendar::Day,
    identity::{self, abi::IIdentity},
    members::{self, OrganisationEntry, Role, abi::IMembers},
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, digest, revert},
    services::{self, abi::IServices},
};
use ding_primitives::{B256, MemberKey, address};

/// Accounts of the national administration: one drafts, one approves, one decides.
const OFFICER: Address = REGISTRAR;
const SECOND: Address = address!("00000000000000000000000000000000000000c2");
const THIRD: Address = address!("00000000000000000000000000000000000000c3");
/// The administration of Zhejiang.
const PROVINCE: Address = address!("00000000000000000000000000000000000000c4");
const PROVINCE_SECOND: Address = address!("00000000000000000000000000000000000000c5");
/// An identity authority.
const AUTHORITY: Address = address!("00000000000000000000000000000000000000d1");
/// The provider of service 1 (Beijing) and of service 2 (Zhejiang); a colleague of the first.
const PROVIDER: Address = STRANGER;
const FIRM: Address = address!("00000000000000000000000000000000000000e1");
const COLLEAGUE: Address = address!("00000000000000000000000000000000000000e2");
/// Bound accounts of one person, and of another.
const PERSON: Address = OTHER;
const PHONE: Address = address!("00000000000000000000000000000000000000f1");
const NEIGHBOUR: Address = address!("00000000000000000000000000000000000000f2");
/// A contract of service 1.
const SHOP: Address = address!("00000000000000000000000000000000c0ffee01");

const BEIJING: &str = "11010826000000010016";
const ZHEJIANG: &str = "33010626000000020014";
const HOUR: u64 = 3_600_000;
const BASIS: &str = "Order No. 3 of the CAC, art. 15";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A chain at noon of 2026-02-10 in Beijing: administrations, an authority with two persons bound,
/// two recorded services.
fn scene() -> Scene<'static> {
    let firm = |name: &str, roles: &[Role], accounts: &[Address]| OrganisationEntry {
        name: name.into(),
        roles: roles.to_vec(),
        accounts: accounts.to_vec(),
        ..OrganisationEntry::default()
    };
    let mut scene = Scene::new(&Orders)
        .with_organisation(firm("Administration", &[Role::Supervisor], &[OFFICER, SECOND, THIRD]))
        .with_organisation(OrganisationEntry {
            division: Some(33),
            ..firm("Zhejiang", &[Role::Provincial], &[PROVINCE, PROVINCE_SECOND])
        })
        .with_organisation(firm("Identity Office", &[], &[AUTHORITY]))
        .with_organisation(firm("Firm", &[], &[FIRM, COLLEAGUE]))
        .with_organisation(OrganisationEntry {
            validators: (1..=4).map(|n| MemberKey(B256::repeat_byte(n))).collect(),
            ..firm("Notary", &[Role::Notary], &[NOTARY])
        })
        .with_section("identity", serde_json::json!({"authorities": [{"organisation": "Identity Office"}]}))
        .at_time(day("2026-02-10").start_ms() + 12 * HOUR)
        .at_height(7);
    for (account, subject) in [(PERSON, 1), (NEIGHBOUR, 2)] {
        let bind = IIdentity::bindCall {
            account,
            kind: 1,
            subject: digest(subject),
            level: 2,
            expiryMs: 0,
            code: B256::ZERO,
            nameDigest: B256::ZERO,
        };
        scene.call_of(identity::state::ADDRESS, AUTHORITY, bind).unwrap();
    }
    let further = IIdentity::addAccountCall { root: PERSON, account: PHONE };
    scene.call_of(identity::state::ADDRESS, AUTHORITY, further).unwrap();
    for (id, provider, division, number, contracts) in
        [(1, PROVIDER, 11, BEIJING, vec![SHOP]), (2, FIRM, 33, ZHEJIANG, vec![])]
    {
        let goLive = day("2026-02-10").get();
        let declare = IServices::declareCall { id: digest(id), provider, division, goLive, contracts };
        scene.call_of(services::state::ADDRESS, OFFICER, declare).unwrap();
        let record = IServices::recordCall { id: digest(id), number: number.into() };
        scene.call_of(services::state::ADDRESS, OFFICER, record).unwrap();
    }
    scene
}

fn plain(action: Action, kind: TargetKind, target: B256) -> Draft {
    Draft {
        action: action.number(),
        targetKind: kind.number(),
        target,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: digest(0x55),
        basis: BASIS.into(),
    }
}

fn against_service(action: Action, id: u8) -> Draft {
    plain(action, TargetKind::Service, digest(id))
}

fn against_account(action: Action, account: Address) -> Draft {
    plain(action, TargetKind::Account, account.into_word())
}

fn inquire(id: u8) -> Draft {
    Draft { workingDays: 10, ..against_service(Action::Inquire, id) }
}

fn disclose() -> Draft {
    let scope = Field::Name.bit() | Field::Document.bit();
    Draft { workingDays: 3, scope, caseNumber: digest(0x66), ..against_account(Action::Disclose, PERSON) }
}

fn lifting(what: Draft, action: Action, refersTo: u64) -> Draft {
    Draft { refersTo, ..plain(action, TargetKind::from_number(what.targetKind).unwrap(), what.target) }
}

fn draft(scene: &mut Scene<'_>, officer: Address, what: Draft) -> u64 {
    scene.call(officer, draftCall { what }).unwrap()
}

/// Drafted by one officer and approved by another.
fn order(scene: &mut Scene<'_>, what: Draft) -> u64 {
    let number = draft(scene, OFFICER, what);
    scene.call(SECOND, approveCall { number }).unwrap();
    number
}

fn status(scene: &mut Scene<'_>, number: u64) -> Status {
    let status = scene.read(OTHER, orderCall { number }).status;
    Status::from_number(status).unwrap()
}

fn err<R>(result: Result<R, Stop>) -> Option<Stop> {
    result.err()
}

fn stops(error: impl alloy_sol_types::SolError) -> Option<Stop> {
    Some(Stop::revert(error))
}

/// Number and status with which a call of the service's contract is refused.
fn met(scene: &mut Scene<'_>) -> Option<(String, u8)> {
    let call = IServices::verdictCall { contractAddress: SHOP };
    let stopped = scene.call_of(services::state::ADDRESS, OTHER, call).unwrap();
    stopped.stopped.then_some((stopped.number, stopped.status))
}

fn frozen_until(scene: &mut Scene<'_>, account: Address) -> u64 {
    let call = IIdentity::standingOfCall { account };
    scene.call_of(identity::state::ADDRESS, OTHER, call).unwrap().frozenUntilMs
}

#[test]
fn a_suspension_stops_the_service_from_the_next_block_until_another_order_restores_it() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 1);
    let number = draft(&mut scene, OFFICER, what.clone());
    assert_eq!(number, 2_026_000_001);
    scene.next_block();
    assert_eq!((met(&mut scene), status(&mut scene, number)), (None, Status::Drafted));
    assert_eq!(scene.call(SECOND, approveCall { number }), Ok(9));
    assert_eq!(met(&mut scene), None);
    scene.next_block();
    assert_eq!(met(&mut scene), Some((BEIJING.into(), 3)));
    let back = order(&mut scene, lifting(what, Action::Restore, number));
    scene.next_block();
    assert_eq!(met(&mut scene), None);
    assert_eq!((status(&mut scene, number), status(&mut scene, back)), (Status::Lifted, Status::Settled));
    scene.check_all();
}

#[test]
fn a_suspension_begins_and_ends_when_it_says() {
    let mut scene = scene();
    let untilMs = scene.block().timestamp_ms + 6_000;
    let what = Draft { fromHeight: 10, untilMs, ..against_service(Action::Suspend, 1) };
    let number = order(&mut scene, what);
    for (height, stopped) in [(7, false), (8, false), (9, false), (10, true), (12, true), (13, false)] {
        while scene.block().height.get() < height {
            scene.next_block();
        }
        assert_eq!(met(&mut scene).is_some(), stopped, "{height}");
    }
    assert_eq!(status(&mut scene, number), Status::Expired);
    let late = lifting(against_service(Action::Suspend, 1), Action::Restore, number);
    let refused = NotToLift { number, action: 1, status: Status::Expired.number() };
    assert_eq!(scene.call(OFFICER, draftCall { what: late }), revert(refused));
    scene.check_all();
}

#[test]
fn two_suspensions_of_one_service_are_lifted_one_by_one() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 1);
    let numbers = [order(&mut scene, what.clone()), order(&mut scene, what.clone())];
    scene.next_block();
    for (number, stopped) in numbers.into_iter().zip([true, false]) {
        order(&mut scene, lifting(what.clone(), Action::Restore, number));
        scene.next_block();
        assert_eq!(met(&mut scene).is_some(), stopped);
    }
    scene.check_all();
}

#[test]
fn a_suspension_of_a_service_struck_off_can_still_be_lifted() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 1);
    let number = order(&mut scene, what.clone());
    scene.within(|ctx| services::deregister(ctx, digest(1), 0)).unwrap();
    scene.next_block();
    order(&mut scene, lifting(what, Action::Restore, number));
    assert_eq!(status(&mut scene, number), Status::Lifted);
    scene.next_block();
    assert_eq!(met(&mut scene), Some((BEIJING.into(), 4)));
    scene.check_all();
}

#[test]
fn an_account_is_frozen_until_the_last_of_its_orders_ends() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    let what = against_account(Action::Freeze, NEIGHBOUR);
    let short = order(&mut scene, Draft { untilMs: now + HOUR, ..what.clone() });
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), now + HOUR);
    let open = order(&mut scene, what.clone());
    let long = order(&mut scene, Draft { untilMs: now + 9 * HOUR, ..what.clone() });
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), identity::standing::NEVER_MS);
    assert_eq!(scene.read(OTHER, freezesOfCall { account: NEIGHBOUR }), [short, open, long]);
    scene.check_all();
    scene.on(&Orders).later(2 * HOUR);
    order(&mut scene, lifting(what.clone(), Action::Release, open));
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), now + 9 * HOUR);
    assert_eq!(scene.read(OTHER, freezesOfCall { account: NEIGHBOUR }), [long]);
    order(&mut scene, lifting(what, Action::Release, long));
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), 0);
    assert_eq!(status(&mut scene, short), Status::Expired);
    scene.check_all();
}

#[test]
fn an_account_is_frozen_by_four_orders_at_most_and_one_that_ended_makes_room() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    let what = against_account(Action::Freeze, NEIGHBOUR);
    order(&mut scene, Draft { untilMs: now + HOUR, ..what.clone() });
    for _ in 0..3 {
        order(&mut scene, what.clone());
    }
    let number = draft(&mut scene, OFFICER, what);
    let full = TooManyFreezes { account: NEIGHBOUR, max: 4 };
    assert_eq!(scene.call(SECOND, approveCall { number }), revert(full));
    scene.later(HOUR);
    assert!(scene.call(SECOND, approveCall { number }).is_ok());
    scene.check_all();
}

#[test]
fn accounts_of_supervisors_are_not_frozen() {
    let mut scene = scene();
    for (account, organisation) in [(THIRD, 1), (PROVINCE, 2)] {
        let what = against_account(Action::Freeze, account);
        let refused = ProtectedAccount { account, organisation };
        assert_eq!(scene.call(OFFICER, draftCall { what }), revert(refused));
    }
    order(&mut scene, against_account(Action::Freeze, FIRM));
    scene.check_all();
}

#[test]
fn a_frozen_account_answers_and_appeals_and_does_nothing_else() {
    let answer = answerCall { number: 1, digest: digest(1) }.abi_encode();
    let appeal = appealCall { number: 1, grounds: digest(1) }.abi_encode();
    for (to, input, open) in [
        (ADDRESS, &answer[..], true),
        (ADDRESS, &appeal, true),
        (ADDRESS, &approveCall { number: 1 }.abi_encode(), false),
        (ADDRESS, &answer[..3], false),
        (ADDRESS, &[], false),
        (services::state::ADDRESS, &answer, false),
    ] {
        assert_eq!(is_open_to_frozen(to, input), open);
    }
}

#[test]
fn every_order_is_told_to_its_target_by_a_topic() {
    let mut scene = scene();
    let before = scene.history().len();
    let freeze = against_account(Action::Freeze, NEIGHBOUR);
    let number = order(&mut scene, freeze.clone());
    scene.call(NEIGHBOUR, appealCall { number, grounds: digest(1) }).unwrap();
    scene.call(THIRD, decideAppealCall { number, revoke: false, reasons: digest(2) }).unwrap();
    order(&mut scene, lifting(freeze, Action::Release, number));
    let told: Vec<_> = scene.history()[before..].iter().filter(|log| log.address == ADDRESS).collect();
    assert_eq!(told.len(), 7, "two drafts, two approvals, an appeal, its decision, the lifting");
    assert!(told.iter().all(|log| log.topics[2] == NEIGHBOUR.into_word() && events::decode(log).is_some()));
    scene.check_all();
}

#[test]
fn the_yearly_report_counts_by_action_and_year_of_beijing() {
    let mut scene = scene();
    let what = inquire(1);
    let number = order(&mut scene, what.clone());
    let dropped = draft(&mut scene, OFFICER, what.clone());
    scene.call(OFFICER, withdrawCall { number: dropped }).unwrap();
    scene.call(PROVIDER, answerCall { number, digest: digest(1) }).unwrap();
    // 2027 begins in Beijing eight hours before it does in UTC.
    scene.next_block_at(day("2027-01-01").start_ms());
    scene.call(PROVIDER, answerCall { number, digest: digest(2) }).unwrap();
    order(&mut scene, lifting(what, Action::Lift, number));
    let none = Tally {
        drafted: 0,
        approved: 0,
        dropped: 0,
        lifted: 0,
        answered: 0,
        late: 0,
        appealed: 0,
        granted: 0,
    };
    let tally = |scene: &mut Scene<'_>, year, action: Action| {
        scene.read(OTHER, tallyCall { year, action: action.number() })
    };
    let first = Tally { drafted: 2, approved: 1, dropped: 1, answered: 1, ..none };
    assert_eq!(tally(&mut scene, 2026, Action::Inquire), first);
    assert_eq!(tally(&mut scene, 2027, Action::Inquire), Tally { lifted: 1, answered: 1, late: 1, ..none });
    assert_eq!(tally(&mut scene, 2027, Action::Lift), Tally { drafted: 1, approved: 1, ..none });
    assert_eq!(tally(&mut scene, 2026, Action::Suspend), none);
    assert_eq!(scene.read(OTHER, ordersOfCall { year: 2026 }), 2);
    assert_eq!(scene.read(OTHER, ordersOfCall { year: 2027 }), 1);
    scene.check_all();
}

#[test]
fn likely_reads_cover_the_words_of_an_order() {
    let mut scene = scene();
    let number = draft(&mut scene, OFFICER, disclose());
    scene.call(SECOND, approveCall { number }).unwrap();
    let guessed = crate::likely_reads(ADDRESS, SECOND, &approveCall { number }.abi_encode());
    let written: Vec<_> = scene.host_mut().slots().map(|(place, _)| place).collect();
    assert_eq!(guessed.len(), 7);
    let there = guessed.iter().filter(|place| written.contains(place)).count();
    assert_eq!(there, 6, "all but the answer, which is not there yet");
}

#[test]
fn an_account_frozen_by_an_order_is_replaced_when_the_order_is_lifted() {
    let mut scene = scene();
    let successor = address!("00000000000000000000000000000000000000f3");
    let what = against_account(Action::Freeze, NEIGHBOUR);
    let number = order(&mut scene, what.clone());
    let rotate = IIdentity::rotateCall { account: NEIGHBOUR, successor, reason: 2 };
    let frozen = IIdentity::AccountFrozen { account: NEIGHBOUR, untilMs: identity::standing::NEVER_MS };
    let refused = scene.call_of(identity::state::ADDRESS, AUTHORITY, rotate.clone());
    assert_eq!(refused.err(), stops(frozen));
    scene.check_all();
    order(&mut scene, lifting(what, Action::Release, number));
    scene.call_of(identity::state::ADDRESS, AUTHORITY, rotate).unwrap();
    assert_eq!(frozen_until(&mut scene, successor), 0);
    scene.check_all();
}

#[test]
fn who_came_to_act_for_a_supervisor_stays_frozen_until_the_last_order_ends() {
    let mut scene = scene();
    let until = scene.block().timestamp_ms + HOUR;
    let what = against_account(Action::Freeze, NEIGHBOUR);
    let open = order(&mut scene, what.clone());
    let short = order(&mut scene, Draft { untilMs: until, ..what.clone() });
    let join = IMembers::addAccountCall { id: 1, account: NEIGHBOUR };
    scene.call_of(members::state::ADDRESS, OFFICER, join).unwrap();
    order(&mut scene, lifting(what.clone(), Action::Release, open));
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), until);
    scene.check_all();
    let leave = IMembers::removeAccountCall { id: 1, account: NEIGHBOUR };
    scene.call_of(members::state::ADDRESS, OFFICER, leave).unwrap();
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), until, "as before");
    scene.check_all();
    order(&mut scene, lifting(what, Action::Release, short));
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), 0);
    scene.check_all();
}
