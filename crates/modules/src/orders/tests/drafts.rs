//! What may be drafted, by whom, and who approves.

use super::*;

#[test]
fn an_order_takes_two_different_people() {
    let mut scene = scene();
    let number = draft(&mut scene, OFFICER, against_service(Action::Suspend, 1));
    let same = |account| stops(SamePerson { number, account, other: OFFICER });
    assert_eq!(err(scene.call(OFFICER, approveCall { number })), same(OFFICER));
    assert_eq!(err(scene.call(OFFICER, declineCall { number, reasons: digest(1) })), same(OFFICER));
    assert!(scene.call(SECOND, approveCall { number }).is_ok());
    scene.check_all();
}

#[test]
fn two_accounts_of_one_subject_are_one_person() {
    let mut scene = scene();
    for account in [OFFICER, SECOND, THIRD] {
        let subject = digest(if account == THIRD { 0x72 } else { 0x71 });
        if account == SECOND {
            let further = IIdentity::addAccountCall { root: OFFICER, account };
            scene.call_of(identity::state::ADDRESS, AUTHORITY, further).unwrap();
            continue;
        }
        let bind = IIdentity::bindCall {
            account,
            kind: 1,
            subject,
            level: 2,
            expiryMs: 0,
            code: B256::ZERO,
            nameDigest: B256::ZERO,
        };
        scene.call_of(identity::state::ADDRESS, AUTHORITY, bind).unwrap();
    }
    let number = draft(&mut scene, OFFICER, against_service(Action::Suspend, 1));
    let same = SamePerson { number, account: SECOND, other: OFFICER };
    assert_eq!(scene.call(SECOND, approveCall { number }), revert(same));
    assert!(scene.call(THIRD, approveCall { number }).is_ok());
    scene.check_all();
}

#[test]
fn a_provincial_administration_orders_services_of_its_division_only() {
    let mut scene = scene();
    let own = draft(&mut scene, PROVINCE, against_service(Action::Suspend, 2));
    let beyond = |division| OutOfDivision { organisation: 2, own: 33, division };
    let what = against_service(Action::Suspend, 1);
    assert_eq!(scene.call(PROVINCE, draftCall { what }), revert(beyond(11)));
    for action in [Action::Freeze, Action::Disclose] {
        let what = Draft { action: action.number(), ..disclose() };
        let what = if action == Action::Freeze { against_account(action, PERSON) } else { what };
        assert_eq!(scene.call(PROVINCE, draftCall { what }), revert(beyond(0)));
    }
    let national = draft(&mut scene, OFFICER, against_service(Action::Suspend, 1));
    assert_eq!(scene.call(PROVINCE, approveCall { number: national }), revert(beyond(11)));
    assert!(scene.call(PROVINCE_SECOND, approveCall { number: own }).is_ok());
    scene.check_all();
}

#[test]
fn others_neither_draft_nor_approve() {
    let mut scene = scene();
    let number = draft(&mut scene, OFFICER, inquire(1));
    for (account, organisation) in [(STRANGER, 0), (NOTARY, 5), (AUTHORITY, 3)] {
        let refused = || RoleRequired { account, organisation, role: 1 };
        assert_eq!(scene.call(account, draftCall { what: inquire(1) }), revert(refused()));
        assert_eq!(scene.call(account, approveCall { number }), revert(refused()));
        assert_eq!(err(scene.call(account, declineCall { number, reasons: digest(1) })), stops(refused()));
    }
    scene.check_all();
}

#[test]
fn an_administration_does_not_lift_what_another_ordered_unless_it_is_the_national_one() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 2);
    let national = order(&mut scene, what.clone());
    let back = lifting(what.clone(), Action::Restore, national);
    let refused = NotTheAuthority { number: national, authority: 1, organisation: 2 };
    assert_eq!(scene.call(PROVINCE, draftCall { what: back }), revert(refused));
    let own = draft(&mut scene, PROVINCE, what.clone());
    scene.call(SECOND, approveCall { number: own }).unwrap();
    let back = draft(&mut scene, OFFICER, lifting(what, Action::Restore, own));
    scene.call(PROVINCE, approveCall { number: back }).unwrap();
    assert_eq!(status(&mut scene, own), Status::Lifted);
    scene.check_all();
}

#[test]
fn each_action_has_its_target_and_its_parts() {
    let mut scene = scene();
    let until = scene.block().timestamp_ms + HOUR;
    type Bend = fn(Draft, u64) -> Draft;
    let parts: [(&str, Bend); 6] = [
        ("fromHeight", |what, _| Draft { fromHeight: 1_000, ..what }),
        ("untilMs", |what, until| Draft { untilMs: until, ..what }),
        ("workingDays", |what, _| Draft { workingDays: 5, ..what }),
        ("refersTo", |what, _| Draft { refersTo: 1, ..what }),
        ("scope", |what, _| Draft { scope: 1, ..what }),
        ("caseNumber", |what, _| Draft { caseNumber: digest(1), ..what }),
    ];
    // For each action: which parts it needs and which it may have besides, in the order of `parts`.
    let drawn: [(Action, TargetKind, [char; 6]); 8] = [
        (Action::Suspend, TargetKind::Service, ['o', 'o', '-', '-', '-', 'o']),
        (Action::Restore, TargetKind::Service, ['o', '-', '-', '!', '-', 'o']),
        (Action::Freeze, TargetKind::Account, ['-', 'o', '-', '-', '-', 'o']),
        (Action::Release, TargetKind::Account, ['-', '-', '-', '!', '-', 'o']),
        (Action::Inquire, TargetKind::Service, ['-', '-', '!', '-', '-', 'o']),
        (Action::Rectify, TargetKind::Service, ['-', '-', '!', '-', '-', 'o']),
        (Action::Disclose, TargetKind::Account, ['-', 'o', '!', '-', '!', '!']),
        (Action::Lift, TargetKind::Account, ['-', '-', '-', '!', '-', 'o']),
    ];
    for (action, kind, marks) in drawn {
        let target = if kind == TargetKind::Service { digest(1) } else { PERSON.into_word() };
        let number = action.number();
        let needed = |what: Draft, leave: usize| {
            let bends = parts.iter().zip(marks).enumerate();
            bends
                .filter(|(at, (_, mark))| *mark == '!' && *at != leave)
                .fold(what, |what, (_, ((_, bend), _))| bend(what, until))
        };
        for (at, ((part, bend), mark)) in parts.iter().zip(marks).enumerate() {
            let whole = needed(plain(action, kind, target), usize::MAX);
            match mark {
                '!' => {
                    let what = needed(plain(action, kind, target), at);
                    let refused = PartRequired { action: number, part: (*part).into() };
                    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(refused), "{action} {part}");
                }
                '-' => {
                    let refused = PartNotTaken { action: number, part: (*part).into() };
                    let what = bend(whole, until);
                    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(refused), "{action} {part}");
                }
                _ => {
                    let answer = scene.call(OFFICER, draftCall { what: bend(whole, until) });
                    let nothing_to_lift = stops(NoSuchOrder { number: 1 });
                    assert!(answer.is_ok() || err(answer) == nothing_to_lift, "{action} {part}");
                }
            }
        }
        let other = if kind == TargetKind::Service { TargetKind::Account } else { TargetKind::Service };
        if !action.takes(other) {
            let what = needed(plain(action, other, target), usize::MAX);
            let refused = WrongTarget { action: number, targetKind: other.number(), target };
            assert_eq!(scene.call(OFFICER, draftCall { what }), revert(refused));
        }
    }
    scene.check_all();
}

#[test]
fn numbers_out_of_range_are_named() {
    let mut scene = scene();
    let nowMs = scene.block().timestamp_ms;
    let unknown = Draft { action: 9, ..inquire(1) };
    assert_eq!(scene.call(OFFICER, draftCall { what: unknown }), revert(UnknownAction { action: 9 }));
    let max = ding_primitives::limits::ORDER_WORKING_DAYS_MAX;
    let long = Draft { workingDays: max + 1, ..inquire(1) };
    assert_eq!(
        scene.call(OFFICER, draftCall { what: long }),
        revert(WorkingDays { workingDays: max + 1, max })
    );
    let bytes = ding_primitives::limits::ORDER_BASIS_BYTES_MAX;
    for basis in [String::new(), "  ".into(), "x".repeat(bytes + 1)] {
        let (length, max) = (basis.len() as u64, bytes as u64);
        let what = Draft { basis, ..inquire(1) };
        assert_eq!(scene.call(OFFICER, draftCall { what }), revert(BasisLength { length, max }));
    }
    for untilMs in [1, nowMs, 1 << 48] {
        let what = Draft { untilMs, ..against_service(Action::Suspend, 1) };
        assert_eq!(scene.call(OFFICER, draftCall { what }), revert(OrderEnd { untilMs, nowMs }));
    }
    let what = Draft { scope: 0x81, ..disclose() };
    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(UnknownFields { scope: 0x81, known: 0x7f }));
    let what = inquire(9);
    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(NoSuchService { id: digest(9) }));
    let what = Draft { target: digest(1), ..disclose() };
    let wrong = WrongTarget { action: 7, targetKind: 2, target: digest(1) };
    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(wrong));
    let what = Draft { target: FIRM.into_word(), ..disclose() };
    assert_eq!(scene.call(OFFICER, draftCall { what }), revert(NotBound { account: FIRM }));
    scene.check_all();
}

#[test]
fn a_draft_is_withdrawn_by_its_issuer_or_declined_by_another() {
    let mut scene = scene();
    let first = draft(&mut scene, OFFICER, inquire(1));
    let refused = NotTheIssuer { number: first, issuer: OFFICER };
    assert_eq!(err(scene.call(SECOND, withdrawCall { number: first })), stops(refused));
    scene.call(OFFICER, withdrawCall { number: first }).unwrap();
    let second = draft(&mut scene, OFFICER, inquire(1));
    scene.call(SECOND, declineCall { number: second, reasons: digest(3) }).unwrap();
    for (number, end) in [(first, Status::Withdrawn), (second, Status::Declined)] {
        assert_eq!(status(&mut scene, number), end);
        let over = |step| stops(WrongOrderStatus { number, status: end.number(), step });
        assert_eq!(err(scene.call(SECOND, approveCall { number })), over(1));
        assert_eq!(err(scene.call(OFFICER, withdrawCall { number })), over(2));
        assert_eq!(err(scene.call(PROVIDER, answerCall { number, digest: digest(1) })), over(4));
    }
    scene.check_all();
}

#[test]
fn a_draft_grows_too_old() {
    let mut scene = scene();
    let number = draft(&mut scene, OFFICER, inquire(1));
    let draftedMs = scene.block().timestamp_ms;
    let lifetimeMs = ding_primitives::limits::ORDER_DRAFT_MS_MAX;
    scene.later(lifetimeMs + 1);
    let old = DraftTooOld { number, draftedMs, lifetimeMs };
    assert_eq!(scene.call(SECOND, approveCall { number }), revert(old));
    let untilMs = scene.block().timestamp_ms + 1_000;
    let soon = Draft { untilMs, ..against_service(Action::Suspend, 1) };
    let number = draft(&mut scene, OFFICER, soon);
    scene.later(1_000);
    let nowMs = scene.block().timestamp_ms;
    assert_eq!(scene.call(SECOND, approveCall { number }), revert(OrderEnd { untilMs, nowMs }));
    scene.check_all();
}

#[test]
fn an_order_is_lifted_once_and_by_the_fitting_action() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 1);
    let number = order(&mut scene, what.clone());
    let other = Draft { target: digest(2), ..lifting(what.clone(), Action::Restore, number) };
    let not = |status: Status| stops(NotToLift { number, action: 1, status: status.number() });
    assert_eq!(err(scene.call(OFFICER, draftCall { what: other })), not(Status::InForce));
    let wrong = lifting(what.clone(), Action::Lift, number);
    assert_eq!(err(scene.call(OFFICER, draftCall { what: wrong })), not(Status::InForce));
    let none = lifting(what.clone(), Action::Restore, 7);
    assert_eq!(scene.call(OFFICER, draftCall { what: none }), revert(NoSuchOrder { number: 7 }));
    let back = lifting(what, Action::Restore, number);
    let twice = [draft(&mut scene, OFFICER, back.clone()), draft(&mut scene, OFFICER, back)];
    scene.call(SECOND, approveCall { number: twice[0] }).unwrap();
    assert_eq!(err(scene.call(SECOND, approveCall { number: twice[1] })), not(Status::Lifted));
    scene.check_all();
}

#[test]
fn an_administration_that_is_national_no_more_lifts_nothing_that_another_ordered() {
    let mut scene = scene();
    let what = against_service(Action::Suspend, 2);
    let own = draft(&mut scene, PROVINCE, what.clone());
    scene.call(SECOND, approveCall { number: own }).unwrap();
    let back = draft(&mut scene, OFFICER, lifting(what, Action::Restore, own));
    // Organisation 5 supervises from now on, organisation 1 only in the division of the service.
    let further = IMembers::addAccountCall { id: 5, account: PHONE };
    scene.call_of(members::state::ADDRESS, NOTARY, further).unwrap();
    for (id, role, division) in [(5, Role::Supervisor, 0), (1, Role::Provincial, 33)] {
        let call = IMembers::setRolesCall { id, roles: role.bit(), division };
        scene.approve(members::state::ADDRESS, &[NOTARY], &call);
        scene.call_of(members::state::ADDRESS, NOTARY, call).unwrap();
    }
    let refused = NotTheAuthority { number: own, authority: 2, organisation: 1 };
    assert_eq!(err(scene.call(PROVINCE, approveCall { number: back })), stops(refused));
    assert_eq!(status(&mut scene, own), Status::InForce);
    scene.check_all();
}
