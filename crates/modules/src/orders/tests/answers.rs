//! Answers, disclosures, looks and appeals.

use super::*;
use crate::{
    filing::{self, abi::IFiling},
    members::{self, abi::IMembers},
};

#[test]
fn the_provider_answers_by_its_day_and_late_answers_are_accepted_and_flagged() {
    let mut scene = scene();
    let number = order(&mut scene, inquire(1));
    // Ten working days over spring festival: the worked deadline of the domain reference.
    let shown = scene.read(OTHER, orderCall { number });
    assert_eq!((shown.dueDay, shown.provisional, shown.overdue), (day("2026-03-02").get(), false, false));
    scene.next_block_at(day("2026-03-02").end_ms() - 1);
    assert_eq!(scene.call(PROVIDER, answerCall { number, digest: digest(1) }), Ok(false));
    scene.later(1);
    scene
        .call(OFFICER, settleCall { number, accepted: false, digest: digest(1), finding: digest(2) })
        .unwrap();
    assert!(scene.read(OTHER, orderCall { number }).overdue);
    assert_eq!(scene.call(PROVIDER, answerCall { number, digest: digest(3) }), Ok(true));
    let settle = |digest| settleCall { number, accepted: true, digest, finding: B256::ZERO };
    let replaced = AnswerReplaced { number, answer: digest(3), digest: digest(1) };
    assert_eq!(err(scene.call(OFFICER, settle(digest(1)))), stops(replaced));
    scene.call(OFFICER, settle(digest(3))).unwrap();
    assert_eq!(status(&mut scene, number), Status::Settled);
    assert_eq!(scene.read(OTHER, orderCall { number }).answer, digest(3));
    scene.check_all();
}

#[test]
fn only_the_target_answers() {
    let mut scene = scene();
    let number = order(&mut scene, Draft { workingDays: 5, ..against_service(Action::Rectify, 2) });
    for account in [PROVIDER, OFFICER, NOTARY, PERSON] {
        let refused = NotTheTarget { number, account };
        assert_eq!(scene.call(account, answerCall { number, digest: digest(1) }), revert(refused));
    }
    let zero = answerCall { number, digest: B256::ZERO };
    assert_eq!(scene.call(FIRM, zero), revert(DigestRequired {}));
    assert_eq!(scene.call(COLLEAGUE, answerCall { number, digest: digest(1) }), Ok(false));
    let number = order(&mut scene, Draft { workingDays: 5, ..against_account(Action::Rectify, PERSON) });
    assert_eq!(scene.call(PHONE, answerCall { number, digest: digest(1) }), Ok(false), "the same person");
    let refused = NotTheTarget { number, account: NEIGHBOUR };
    assert_eq!(scene.call(NEIGHBOUR, answerCall { number, digest: digest(1) }), revert(refused));
    scene.check_all();
}

/// A service that the administration entered in the filing register; its provider has no account yet.
fn imported(scene: &mut Scene<'_>) -> u64 {
    let subject = IFiling::Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: "91110000MA00000077".into(),
        name: "海港链科技有限公司".into(),
        subject: B256::ZERO,
        person: digest(0x11),
        details: digest(0x12),
    };
    let form = IFiling::Form {
        name: "提单存证".into(),
        category: 2,
        form: 2,
        field: "物流".into(),
        site: String::new(),
        icp: String::new(),
        description: "Deposits of bills of lading.".into(),
        server: "北京市海淀区".into(),
        serverDivision: 110_108,
        consensus: "simplex".into(),
        crossBorder: String::new(),
        goLive: day("2019-03-30").get(),
        places: vec![],
    };
    let number = String::from("11010519864491550014");
    let import = IFiling::importFilingCall {
        subject,
        account: Address::ZERO,
        form,
        number: number.clone(),
        confirmed: false,
    };
    let service = scene.call_of(filing::state::ADDRESS, OFFICER, import).unwrap().service;
    let record = IFiling::recordCall { services: vec![service], numbers: vec![number] };
    scene.call_of(filing::state::ADDRESS, SECOND, record).unwrap();
    service
}

#[test]
fn the_provider_of_a_filed_service_speaks_with_the_account_that_it_has_now() {
    let mut scene = scene();
    let (first, second) = (Address::repeat_byte(0xa1), Address::repeat_byte(0xa2));
    let service = imported(&mut scene);
    let target = filing::service_key(1337, service);
    let ask = plain(Action::Inquire, TargetKind::Service, target);
    let number = order(&mut scene, Draft { workingDays: 10, ..ask });
    let answer = answerCall { number, digest: digest(1) };
    let refused = |account| revert(NotTheTarget { number, account });
    assert_eq!(scene.call(first, answer.clone()), refused(first));
    let hand_over = |account| IFiling::setAccountCall { provider: 1, account, reason: "registered".into() };
    scene.call_of(filing::state::ADDRESS, OFFICER, hand_over(first)).unwrap();
    assert_eq!(scene.call(first, answer.clone()), Ok(false));
    scene.call_of(filing::state::ADDRESS, first, hand_over(second)).unwrap();
    assert_eq!(scene.call(first, answer), refused(first));
    let grounds = appealCall { number, grounds: digest(1) };
    assert_eq!(err(scene.call(first, grounds.clone())), stops(NotTheTarget { number, account: first }));
    scene.call(second, grounds).unwrap();
    scene.check_all();
}

#[test]
fn nobody_speaks_for_a_bound_account_by_calling_it_its_own() {
    let mut scene = scene();
    let claim = IMembers::addAccountCall { id: 4, account: NEIGHBOUR };
    scene.call_of(members::state::ADDRESS, FIRM, claim).unwrap();
    let number = order(&mut scene, Draft { workingDays: 5, ..against_account(Action::Rectify, NEIGHBOUR) });
    let answer = answerCall { number, digest: digest(1) };
    assert_eq!(scene.call(FIRM, answer.clone()), revert(NotTheTarget { number, account: FIRM }));
    let grounds = appealCall { number, grounds: digest(1) };
    assert_eq!(err(scene.call(FIRM, grounds)), stops(NotTheTarget { number, account: FIRM }));
    assert_eq!(scene.call(NEIGHBOUR, answer), Ok(false));
    scene.check_all();
}

#[test]
fn the_national_administration_settles_what_one_began_that_supervises_nothing_any_more() {
    let mut scene = scene();
    let begun = draft(&mut scene, PROVINCE, inquire(2));
    scene.call(PROVINCE_SECOND, approveCall { number: begun }).unwrap();
    scene.call(FIRM, answerCall { number: begun, digest: digest(1) }).unwrap();
    let settle = settleCall { number: begun, accepted: true, digest: digest(1), finding: B256::ZERO };
    let other = NotTheAuthority { number: begun, authority: 2, organisation: 1 };
    assert_eq!(err(scene.call(OFFICER, settle.clone())), stops(other));
    let waiting = draft(&mut scene, PROVINCE, against_service(Action::Suspend, 2));
    retire_the_province(&mut scene);
    // A draft of somebody who supervises nothing any more lacks its first hand.
    let left = RoleRequired { account: PROVINCE, organisation: 2, role: 1 };
    assert_eq!(err(scene.call(SECOND, approveCall { number: waiting })), stops(left));
    scene.call(SECOND, declineCall { number: waiting, reasons: digest(1) }).unwrap();
    let left = RoleRequired { account: PROVINCE, organisation: 2, role: 1 };
    assert_eq!(err(scene.call(PROVINCE, settle.clone())), stops(left));
    scene.call(OFFICER, settle).unwrap();
    assert_eq!(status(&mut scene, begun), Status::Settled);
    scene.check_all();
}

/// The organisation of Zhejiang loses its role.
fn retire_the_province(scene: &mut Scene<'_>) {
    let call = IMembers::setRolesCall { id: 2, roles: 0, division: 0 };
    scene.approve(members::state::ADDRESS, &[NOTARY], &call);
    scene.call_of(members::state::ADDRESS, NOTARY, call).unwrap();
}

#[test]
fn only_the_issuing_administration_settles() {
    let mut scene = scene();
    let number = order(&mut scene, inquire(2));
    let settle = settleCall { number, accepted: true, digest: digest(1), finding: B256::ZERO };
    let early = WrongOrderStatus { number, status: 2, step: 5 };
    assert_eq!(err(scene.call(OFFICER, settle.clone())), stops(early));
    scene.call(FIRM, answerCall { number, digest: digest(1) }).unwrap();
    let refused = NotTheAuthority { number, authority: 1, organisation: 2 };
    assert_eq!(err(scene.call(PROVINCE, settle.clone())), stops(refused));
    let stranger = RoleRequired { account: FIRM, organisation: 4, role: 1 };
    assert_eq!(err(scene.call(FIRM, settle.clone())), stops(stranger));
    scene.call(THIRD, settle).unwrap();
    scene.check_all();
}

#[test]
fn a_disclosure_names_the_commitment_is_delivered_by_the_authority_and_every_look_is_on_record() {
    let mut scene = scene();
    let number = order(&mut scene, disclose());
    let (name, document, mobile) = (Field::Name.bit(), Field::Document.bit(), Field::Mobile.bit());
    assert_eq!(scene.read(OTHER, orderCall { number }).subject, digest(1));
    let deliver = |fields| deliverCall { number, fields, digest: digest(0x44) };
    let look = |fields| lookCall { number, fields, matches: true };
    assert_eq!(err(scene.call(OFFICER, look(name))), stops(BeyondScope { number, allowed: 0, asked: name }));
    for account in [FIRM, OFFICER, PERSON] {
        let refused = NotTheIdentityAuthority { number, account };
        assert_eq!(scene.call(account, deliver(name)), revert(refused));
    }
    let beyond = |allowed, asked| stops(BeyondScope { number, allowed, asked });
    assert_eq!(err(scene.call(AUTHORITY, deliver(name | mobile))), beyond(name | document, name | mobile));
    assert_eq!(err(scene.call(AUTHORITY, deliver(0))), beyond(name | document, 0));
    assert_eq!(scene.call(AUTHORITY, deliver(name)), Ok(false));
    assert_eq!(err(scene.call(OFFICER, look(document))), beyond(name, document));
    scene.call(SECOND, look(name)).unwrap();
    let looked: Vec<_> = scene.logs().iter().filter_map(events::decode).collect();
    assert!(
        matches!(&looked[..], [events::Event::Looked(e)] if e.account == SECOND && e.fields == name && e.matches)
    );
    let stranger = RoleRequired { account: PERSON, organisation: 0, role: 1 };
    assert_eq!(err(scene.call(PERSON, look(name))), stops(stranger));
    assert_eq!(scene.call(AUTHORITY, deliver(document)), Ok(false));
    scene
        .call(OFFICER, settleCall { number, accepted: true, digest: digest(0x44), finding: B256::ZERO })
        .unwrap();
    scene.call(OFFICER, look(name | document)).unwrap();
    scene.check_all();
}

#[test]
fn nothing_is_delivered_or_looked_at_before_approval_or_after_the_end() {
    let mut scene = scene();
    let untilMs = scene.block().timestamp_ms + HOUR;
    let number = draft(&mut scene, OFFICER, Draft { untilMs, ..disclose() });
    let deliver = deliverCall { number, fields: 1, digest: digest(0x44) };
    let look = lookCall { number, fields: 1, matches: true };
    let wrong = |status: Status, step: terms::Step| {
        stops(WrongOrderStatus { number, status: status.number(), step: step.number() })
    };
    use terms::Step::{Answer, Look};
    assert_eq!(err(scene.call(AUTHORITY, deliver.clone())), wrong(Status::Drafted, Answer));
    assert_eq!(err(scene.call(OFFICER, look.clone())), wrong(Status::Drafted, Look));
    scene.call(SECOND, approveCall { number }).unwrap();
    scene.call(AUTHORITY, deliver.clone()).unwrap();
    scene.later(HOUR);
    assert_eq!(err(scene.call(AUTHORITY, deliver)), wrong(Status::Expired, Answer));
    assert_eq!(err(scene.call(OFFICER, look)), wrong(Status::Expired, Look));
    scene.check_all();
}

#[test]
fn steps_of_disclosures_and_of_requests_are_kept_apart() {
    let mut scene = scene();
    let request = order(&mut scene, inquire(1));
    let disclosure = order(&mut scene, disclose());
    let wrong = |number, action: Action| stops(WrongAction { number, action: action.number() });
    let deliver = deliverCall { number: request, fields: 1, digest: digest(1) };
    assert_eq!(err(scene.call(AUTHORITY, deliver)), wrong(request, Action::Inquire));
    let look = lookCall { number: request, fields: 1, matches: true };
    assert_eq!(err(scene.call(OFFICER, look)), wrong(request, Action::Inquire));
    let answer = answerCall { number: disclosure, digest: digest(1) };
    assert_eq!(err(scene.call(PERSON, answer)), wrong(disclosure, Action::Disclose));
    scene.check_all();
}

#[test]
fn an_appeal_is_decided_by_a_supervisor_who_had_no_hand_in_the_order() {
    let mut scene = scene();
    let number = order(&mut scene, against_service(Action::Suspend, 1));
    scene.next_block();
    let appeal = |n| appealCall { number, grounds: digest(n) };
    let refused = NotTheTarget { number, account: NEIGHBOUR };
    assert_eq!(err(scene.call(NEIGHBOUR, appeal(1))), stops(refused));
    let none = NoOpenAppeal { number, appeal: 0 };
    let decide = |revoke| decideAppealCall { number, revoke, reasons: digest(8) };
    assert_eq!(err(scene.call(THIRD, decide(true))), stops(none));
    scene.call(PROVIDER, appeal(1)).unwrap();
    assert_eq!(err(scene.call(PROVIDER, appeal(2))), stops(AppealedBefore { number, appeal: 1 }));
    for account in [OFFICER, SECOND] {
        let same = SamePerson { number, account, other: account };
        assert_eq!(err(scene.call(account, decide(false))), stops(same));
    }
    let provincial = RoleRequired { account: PROVINCE, organisation: 2, role: 1 };
    assert_eq!(err(scene.call(PROVINCE, decide(true))), stops(provincial));
    assert_eq!(met(&mut scene), Some((BEIJING.into(), 3)));
    scene.call(THIRD, decide(true)).unwrap();
    scene.next_block();
    assert_eq!((met(&mut scene), status(&mut scene, number)), (None, Status::Revoked));
    assert_eq!(err(scene.call(THIRD, decide(false))), stops(NoOpenAppeal { number, appeal: 3 }));
    let shown = scene.read(OTHER, appealOfCall { number });
    assert_eq!((shown.state, shown.appellant, shown.decider), (3, PROVIDER, THIRD));
    assert_eq!((shown.grounds, shown.reasons), (digest(1), digest(8)));
    scene.check_all();
}

#[test]
fn an_appeal_without_success_leaves_the_order_in_force_and_is_the_last() {
    let mut scene = scene();
    let number = order(&mut scene, against_account(Action::Freeze, NEIGHBOUR));
    scene.call(NEIGHBOUR, appealCall { number, grounds: digest(1) }).unwrap();
    scene.call(THIRD, decideAppealCall { number, revoke: false, reasons: digest(2) }).unwrap();
    assert_eq!(status(&mut scene, number), Status::InForce);
    assert_eq!(frozen_until(&mut scene, NEIGHBOUR), identity::standing::NEVER_MS);
    let again = appealCall { number, grounds: digest(3) };
    assert_eq!(err(scene.call(NEIGHBOUR, again)), stops(AppealedBefore { number, appeal: 2 }));
    scene.check_all();
}

#[test]
fn a_freeze_revoked_on_appeal_is_lifted() {
    let mut scene = scene();
    let number = order(&mut scene, against_account(Action::Freeze, NEIGHBOUR));
    scene.call(NEIGHBOUR, appealCall { number, grounds: digest(1) }).unwrap();
    scene.call(THIRD, decideAppealCall { number, revoke: true, reasons: digest(2) }).unwrap();
    assert_eq!((frozen_until(&mut scene, NEIGHBOUR), status(&mut scene, number)), (0, Status::Revoked));
    scene.check_all();
}

#[test]
fn an_appeal_decided_after_the_order_was_lifted_is_on_record_and_changes_nothing() {
    let mut scene = scene();
    let what = inquire(1);
    let number = order(&mut scene, what.clone());
    scene.call(PROVIDER, appealCall { number, grounds: digest(1) }).unwrap();
    order(&mut scene, lifting(what, Action::Lift, number));
    scene.call(THIRD, decideAppealCall { number, revoke: true, reasons: digest(2) }).unwrap();
    assert_eq!(status(&mut scene, number), Status::Lifted);
    assert_eq!(scene.read(OTHER, appealOfCall { number }).state, 3);
    scene.check_all();
}

#[test]
fn an_appeal_comes_within_sixty_days_and_against_what_was_approved() {
    let mut scene = scene();
    let drafted = draft(&mut scene, OFFICER, against_service(Action::Suspend, 1));
    let early = WrongOrderStatus { number: drafted, status: 1, step: 10 };
    let appeal = |number| appealCall { number, grounds: digest(1) };
    assert_eq!(err(scene.call(PROVIDER, appeal(drafted))), stops(early));
    let numbers = [drafted, order(&mut scene, against_service(Action::Suspend, 1))];
    scene.call(SECOND, approveCall { number: drafted }).unwrap();
    // 60 days after 2026-02-10 is 2026-04-11, a Saturday: the period ends on the Monday after it.
    let last = day("2026-04-13");
    scene.next_block_at(last.end_ms() - 1);
    scene.call(PROVIDER, appeal(numbers[0])).unwrap();
    scene.later(1);
    let late = AppealTooLate { number: numbers[1], lastDay: last.get(), today: last.get() + 1 };
    assert_eq!(err(scene.call(PROVIDER, appeal(numbers[1]))), stops(late));
    scene.check_all();
}

#[test]
fn nobody_looks_after_the_end_of_a_disclosure_that_was_accepted() {
    let mut scene = scene();
    let untilMs = scene.block().timestamp_ms + HOUR;
    let number = order(&mut scene, Draft { untilMs, ..disclose() });
    let fields = Field::Name.bit();
    let look = lookCall { number, fields, matches: true };
    scene.call(AUTHORITY, deliverCall { number, fields, digest: digest(0x44) }).unwrap();
    let settle = settleCall { number, accepted: true, digest: digest(0x44), finding: B256::ZERO };
    scene.call(OFFICER, settle).unwrap();
    scene.later(HOUR - 1);
    scene.call(OFFICER, look.clone()).unwrap();
    scene.later(1);
    let over = WrongOrderStatus { number, status: Status::Expired.number(), step: 9 };
    assert_eq!(err(scene.call(OFFICER, look)), stops(over));
    assert_eq!(status(&mut scene, number), Status::Settled);
    scene.check_all();
}

#[test]
fn nobody_decides_on_an_own_appeal() {
    let mut scene = scene();
    let what = Draft { workingDays: 5, ..against_account(Action::Rectify, THIRD) };
    let number = order(&mut scene, what);
    let fourth = address!("00000000000000000000000000000000000000c6");
    let join = IMembers::addAccountCall { id: 1, account: fourth };
    scene.call_of(members::state::ADDRESS, OFFICER, join).unwrap();
    scene.call(THIRD, appealCall { number, grounds: digest(1) }).unwrap();
    let decide = decideAppealCall { number, revoke: true, reasons: digest(2) };
    let same = SamePerson { number, account: THIRD, other: THIRD };
    assert_eq!(err(scene.call(THIRD, decide.clone())), stops(same));
    scene.call(fourth, decide).unwrap();
    assert_eq!(status(&mut scene, number), Status::Revoked);
    scene.check_all();
}
