//! Storage against history, and the sentences of errors.

use super::*;
use crate::{decode_revert, storage::Stored as _};
use alloy_sol_types::SolError as _;
use ding_primitives::Log;

#[test]
fn an_order_and_an_appeal_come_back_from_their_words() {
    let order = state::Order {
        issuer: OFFICER,
        status: Status::Answered,
        action: Action::Disclose,
        kind: TargetKind::Account,
        appealed: terms::Appealed::Open,
        authority: u32::MAX,
        working_days: u16::MAX,
        second: SECOND,
        from_height: (1 << 40) - 1,
        delivered: u32::MAX,
        drafted_ms: (1 << 48) - 1,
        decided_ms: (1 << 48) - 2,
        until_ms: (1 << 48) - 3,
        refers_to: u64::MAX,
        scope: u32::MAX,
        target: digest(1),
        matter: digest(2),
        answer: digest(3),
        subject: digest(4),
    };
    assert_eq!(state::Order::from_words(&order.to_words()), Some(order));
    let mut bent = order.to_words();
    bent[0] |= U256::from(Status::Expired.number()) << 160;
    assert_eq!(state::Order::from_words(&bent), None, "expiry is never stored");
    let tally = state::Tally { drafted: 1, granted: u32::MAX, ..state::Tally::default() };
    assert_eq!(state::Tally::from_words(&tally.to_words()), Some(tally));
    let freezes = state::Freezes([1, u64::MAX, 0, 4]);
    assert_eq!(state::Freezes::from_words(&freezes.to_words()), Some(freezes));
}

#[test]
fn foreign_and_bent_logs_are_no_events() {
    let mut scene = scene();
    draft(&mut scene, OFFICER, inquire(1));
    let [log] = scene.logs() else { panic!("one log") };
    assert!(events::decode(log).is_some());
    let bent = |bend: fn(&mut Log)| {
        let mut copy = log.clone();
        bend(&mut copy);
        events::decode(&copy)
    };
    assert_eq!(bent(|log| log.address = STRANGER), None);
    assert_eq!(bent(|log| log.topics.truncate(3)), None);
    assert_eq!(bent(|log| log.topics[3].0[0] = 1), None);
    assert_eq!(bent(|log| log.data = [log.data.as_ref(), &[0]].concat().into()), None);
}

/// The place of the nth event of a kind in the history.
fn place(scene: &Scene<'_>, is: impl Fn(&events::Event) -> bool) -> usize {
    scene.history().iter().position(|log| events::decode(log).is_some_and(|event| is(&event))).unwrap()
}

fn replace(scene: &mut Scene<'_>, at: usize, event: &impl alloy_sol_types::SolEvent) {
    let topics = event.encode_topics().into_iter().map(|word| word.0).collect();
    scene.history_mut()[at] = Log { address: ADDRESS, topics, data: event.encode_data().into() };
}

#[test]
fn storage_and_histories_that_do_not_fit_are_found() {
    use events::Event as E;
    type Tamper = fn(&mut Scene<'static>, u64);
    let cases: [(Tamper, &str); 12] = [
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::AppealDecided(_)));
                let Some(E::AppealDecided(event)) = events::decode(&s.history()[at]) else { panic!() };
                replace(s, at, &AppealDecided { account: NEIGHBOUR, ..event });
            },
            "R1",
        ),
        // An account that is frozen and no order says so.
        (
            |s, _| s.within(|ctx| identity::set_frozen(ctx, PHONE, identity::standing::NEVER_MS)).unwrap(),
            "R5",
        ),
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::Looked(_)));
                let Some(E::Looked(event)) = events::decode(&s.history()[at]) else { panic!() };
                let timestampMs = event.timestampMs + HOUR;
                replace(s, at, &IdentityLooked { timestampMs, ..event });
            },
            "R6",
        ),
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::Approved(_)));
                let Some(E::Approved(event)) = events::decode(&s.history()[at]) else { panic!() };
                replace(s, at, &OrderApproved { approver: OFFICER, ..event });
            },
            "R1",
        ),
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::AppealDecided(_)));
                let Some(E::AppealDecided(event)) = events::decode(&s.history()[at]) else { panic!() };
                replace(s, at, &AppealDecided { account: SECOND, ..event });
            },
            "R1",
        ),
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::Approved(_)));
                s.history_mut().remove(at);
            },
            "R2",
        ),
        (|s, number| s.host_mut().put(ADDRESS, ORDERS.slot_of(number) + U256::from(4), U256::from(1)), "R3"),
        (|s, number| s.host_mut().put(ADDRESS, APPEALS.slot_of(number) + U256::from(2), U256::from(1)), "R3"),
        (|s, _| s.host_mut().put(ADDRESS, DRAFTED.slot_of(2026), U256::from(1)), "R4"),
        (|s, _| s.host_mut().put(ADDRESS, TALLIES.slot_of_both(2026, 3), U256::from(1)), "R4"),
        (|s, _| s.host_mut().put(ADDRESS, state::FREEZES.slot_of(NEIGHBOUR), U256::ZERO), "R5"),
        (
            |s, _| {
                let at = place(s, |e| matches!(e, E::Looked(_)));
                let Some(E::Looked(event)) = events::decode(&s.history()[at]) else { panic!() };
                replace(s, at, &IdentityLooked { fields: Field::Mobile.bit(), ..event });
            },
            "R6",
        ),
    ];
    for (tamper, invariant) in cases {
        let mut scene = scene();
        let number = order(&mut scene, against_account(Action::Freeze, NEIGHBOUR));
        scene.call(NEIGHBOUR, appealCall { number, grounds: digest(1) }).unwrap();
        scene.call(THIRD, decideAppealCall { number, revoke: false, reasons: digest(2) }).unwrap();
        let untilMs = scene.block().timestamp_ms + HOUR;
        let disclosure = order(&mut scene, Draft { untilMs, ..disclose() });
        let deliver = deliverCall { number: disclosure, fields: 1, digest: digest(4) };
        scene.call(AUTHORITY, deliver).unwrap();
        scene.call(OFFICER, lookCall { number: disclosure, fields: 1, matches: true }).unwrap();
        scene.check();
        tamper(&mut scene, number);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}

#[test]
fn two_accounts_count_as_one_hand_if_they_were_bound_to_one_subject_by_then() {
    let bind = |scene: &mut Scene<'_>| {
        for account in [OFFICER, SECOND] {
            let call = match account {
                OFFICER => IIdentity::bindCall {
                    account,
                    kind: 1,
                    subject: digest(0x71),
                    level: 2,
                    expiryMs: 0,
                    code: B256::ZERO,
                    nameDigest: B256::ZERO,
                }
                .abi_encode(),
                _ => IIdentity::addAccountCall { root: OFFICER, account }.abi_encode(),
            };
            let input: &[u8] = &call;
            let call = crate::Call { module: identity::state::ADDRESS, ..scene.direct(AUTHORITY, input) };
            scene.send(call).unwrap();
        }
    };
    // Bound after the order: two people as far as anybody knew.
    let mut scene = self::scene();
    order(&mut scene, against_service(Action::Suspend, 1));
    bind(&mut scene);
    scene.check_all();
    // Bound before it: the module refuses, and the check finds what was not refused.
    let mut scene = self::scene();
    bind(&mut scene);
    scene.next_block();
    let number = draft(&mut scene, OFFICER, against_service(Action::Suspend, 1));
    scene.call(THIRD, approveCall { number }).unwrap();
    scene.check_all();
    let at = place(&scene, |e| matches!(e, events::Event::Approved(_)));
    let Some(events::Event::Approved(event)) = events::decode(&scene.history()[at]) else { panic!() };
    replace(&mut scene, at, &OrderApproved { approver: SECOND, ..event });
    assert_eq!(scene.violation().unwrap_err().invariant, "R1");
}

#[test]
fn every_error_has_a_sentence() {
    let (number, account) = (2_026_000_001, FIRM);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (NoSuchOrder { number }.abi_encode(), "no order 2026000001"),
        (UnknownAction { action: 9 }.abi_encode(), "1 suspend"),
        (WrongTarget { action: 1, targetKind: 2, target: digest(1) }.abi_encode(), "to suspend"),
        (
            PartRequired { action: 7, part: "scope".into() }.abi_encode(),
            "disclose needs the fields that are to be disclosed (scope)",
        ),
        (PartNotTaken { action: 1, part: "scope".into() }.abi_encode(), "takes no scope"),
        (BasisLength { length: 0, max: 9 }.abi_encode(), "1 to 9 bytes"),
        (WorkingDays { workingDays: 900, max: 250 }.abi_encode(), "at most 250"),
        (OrderEnd { untilMs: 5, nowMs: 6 }.abi_encode(), "it is 1970-01-01 08:00:00.006"),
        (UnknownFields { scope: 129, known: 127 }.abi_encode(), "mobile"),
        (IServices::NoSuchService { id: digest(1) }.abi_encode(), "no service"),
        (NotBound { account }.abi_encode(), "bind"),
        (ProtectedAccount { account, organisation: 1 }.abi_encode(), "supervisor"),
        (TooManyFreezes { account, max: 4 }.abi_encode(), "by 4 orders"),
        (TooManyOrders { year: 2026, max: 9 }.abi_encode(), "in 2026"),
        (NotToLift { number, action: 1, status: 7 }.abi_encode(), "is lifted"),
        (NotTheAuthority { number, authority: 1, organisation: 2 }.abi_encode(), "organisation 2"),
        (SamePerson { number, account, other: account }.abi_encode(), "somebody else"),
        (NotTheIssuer { number, issuer: account }.abi_encode(), "decline it"),
        (WrongOrderStatus { number, status: 1, step: 10 }.abi_encode(), "is drafted; the step \"appeal\""),
        (DraftTooOld { number, draftedMs: 1, lifetimeMs: 2_000 }.abi_encode(), "within 2 seconds"),
        (NotTheTarget { number, account }.abi_encode(), "not the target"),
        (WrongAction { number, action: 5 }.abi_encode(), "to inquire"),
        (DigestRequired {}.abi_encode(), "all zero"),
        (AnswerReplaced { number, answer: digest(1), digest: digest(2) }.abi_encode(), "read that one"),
        (NotTheIdentityAuthority { number, account }.abi_encode(), "identity authority"),
        (BeyondScope { number, allowed: 1, asked: 4 }.abi_encode(), "fields mobile"),
        (AppealedBefore { number, appeal: 2 }.abi_encode(), "upheld"),
        (AppealTooLate { number, lastDay: 20_000, today: 20_001 }.abi_encode(), "2024-10-04"),
        (NoOpenAppeal { number, appeal: 0 }.abi_encode(), "none"),
        (OutOfDivision { organisation: 2, own: 33, division: 11 }.abi_encode(), "division 11"),
        (RoleRequired { account, organisation: 0, role: 1 }.abi_encode(), "supervisor"),
    ];
    let declared = (Orders.interface().abi)().errors.len();
    assert_eq!(cases.len(), declared);
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}
