//! Authorities: appointed and dismissed by vote, and who answers for bindings afterwards.

use super::*;
use crate::members::{
    self,
    abi::IMembers::{NotProposed, proposeCall, voteCall},
};
use alloy_sol_types::SolCall;
use ding_primitives::keccak256;

const VOTERS: [Address; 4] = [AUTHORITY, SECOND, SUPERVISOR, MEMBER];

/// Proposes a call, has it approved, and carries it out.
fn decide<C: SolCall + Clone>(scene: &mut Scene<'_>, call: C) -> Result<C::Return, Stop> {
    let propose = proposeCall {
        target: state::ADDRESS,
        input: call.abi_encode().into(),
        notBeforeMs: 0,
        title: "vote".into(),
    };
    let id = scene.call_of(members::state::ADDRESS, MEMBER, propose)?;
    for voter in VOTERS.into_iter().take(3) {
        scene.call_of(members::state::ADDRESS, voter, voteCall { id, approve: true })?;
    }
    scene.call(MEMBER, call)
}

fn dismiss(authority: u32, successor: u32) -> dismissCall {
    dismissCall { authority, successor, reason: 6 }
}

fn appoint(organisation: u32, from_ms: u64) -> appointCall {
    appointCall { organisation, name: "江南身份认证中心".into(), fromMs: from_ms }
}

#[test]
fn the_authorities_of_genesis_are_there_from_the_first_block() {
    let mut scene = scene();
    let first = scene.read(STRANGER, authorityCall { id: 1 });
    assert_eq!(
        (first.organisation, first.name.as_str(), first.fromMs, first.live),
        (1, "Harbour Identity Office", 0, 0)
    );
    assert_eq!(scene.read(STRANGER, authorityCall { id: 2 }).name, "Organisation 2");
    assert_eq!(scene.read(STRANGER, authorityOfCall { organisation: 2 }), 2);
    let counts = scene.read(STRANGER, countsCall {});
    assert_eq!((counts.authorities, counts.bindings, counts.bound), (2, 0, true));
    let none = NoSuchAuthority { authority: 3, count: 2 };
    assert_eq!(scene.call(STRANGER, authorityCall { id: 3 }), revert(none));
    scene.check();
}

#[test]
fn an_authority_is_appointed_by_vote_and_begins_when_it_may() {
    let mut scene = scene();
    let from = scene.block().timestamp_ms + DAY_MS;
    let call = appoint(4, from);
    let alone = NotProposed { target: state::ADDRESS, digest: keccak256(call.abi_encode()) };
    assert_eq!(scene.call(MEMBER, call.clone()), revert(alone));
    assert_eq!(decide(&mut scene, call), Ok(3));
    let early = AuthorityNotYet { authority: 3, fromMs: from, nowMs: scene.block().timestamp_ms };
    assert_eq!(scene.call(MEMBER, person(ROOT, 1)), revert(early));
    scene.next_block_at(from);
    assert_eq!(scene.call(MEMBER, person(ROOT, 1)), Ok(1));
    assert_eq!(scene.read(STRANGER, authorityCall { id: 3 }).name, "江南身份认证中心");
    let twice = AlreadyAuthority { organisation: 4, authority: 3 };
    assert_eq!(decide(&mut scene, appoint(4, 0)), revert(twice));
    assert_eq!(decide(&mut scene, appoint(5, 0)), revert(NoSuchOrganisation { id: 5, count: 4 }));
    scene.check();
}

#[test]
fn what_could_never_be_carried_out_is_refused_when_it_is_proposed() {
    let mut scene = scene();
    let long = appointCall { name: "x".repeat(65), ..appoint(4, 0) };
    assert_eq!(decide(&mut scene, long), revert(NameNotAccepted { characters: 65, max: 64 }));
    let hidden = appointCall { name: "a\u{202e}b".into(), ..appoint(4, 0) };
    assert_eq!(decide(&mut scene, hidden), revert(NameNotAccepted { characters: 3, max: 64 }));
    let late = TimeNotAccepted { timeMs: u64::MAX, nowMs: 0, maxMs: NEVER_MS };
    assert_eq!(decide(&mut scene, appoint(4, u64::MAX)), revert(late));
    let itself = SuccessorNotAccepted { authority: 1, successor: 1 };
    assert_eq!(decide(&mut scene, dismiss(1, 1)), revert(itself));
    let reason = dismissCall { reason: 0, ..dismiss(1, 0) };
    assert_eq!(decide(&mut scene, reason), revert(UnknownReason { reason: 0 }));
    let bind = person(ROOT, 1);
    let refused = Identity.check_proposal(&bind.abi_encode());
    assert_eq!(refused, revert(UnknownFunction { selector: FixedBytes(bindCall::SELECTOR) }));
    assert_eq!(Identity.check_proposal(&appoint(4, 0).abi_encode()), Ok(()));
}

#[test]
fn proposals_say_what_they_would_change() {
    let text = |input: Vec<u8>| Identity.describe(&input);
    assert_eq!(
        text(appoint(4, 0).abi_encode()).unwrap(),
        "appoint organisation 4 as identity authority \"江南身份认证中心\", at once"
    );
    assert!(
        text(appoint(4, 77).abi_encode()).unwrap().ends_with("from 1970-01-01 08:00:00.077 Beijing time")
    );
    assert!(text(dismiss(1, 2).abi_encode()).unwrap().contains("(reason: breach); authority 2 answers"));
    assert!(text(dismiss(1, 0).abi_encode()).unwrap().contains("nobody takes over"));
    assert_eq!(text(person(ROOT, 1).abi_encode()), None);
}

#[test]
fn an_authority_with_live_bindings_is_dismissed_only_with_a_successor() {
    let mut scene = bound();
    let propose = proposeCall {
        target: state::ADDRESS,
        input: dismiss(1, 0).abi_encode().into(),
        notBeforeMs: 0,
        title: "vote".into(),
    };
    // Told before anybody votes, and again when it is carried out.
    let live = || BindingsLive { authority: 1, live: 1 };
    assert_eq!(scene.call_of(members::state::ADDRESS, MEMBER, propose), revert(live()));
    scene.call(AUTHORITY, revokeCall { account: ROOT, reason: 1 }).unwrap();
    scene.approve(state::ADDRESS, &VOTERS[..3], &dismiss(1, 0));
    scene.call(AUTHORITY, person(FRESH, 2)).unwrap();
    assert_eq!(scene.call(MEMBER, dismiss(1, 0)), revert(live()));
    // The decision stands, the call was undone; with a successor it is another call.
    scene.call(AUTHORITY, revokeCall { account: FRESH, reason: 1 }).unwrap();
    scene.call(MEMBER, dismiss(1, 0)).unwrap();
    let gone = NotAnAuthority { account: AUTHORITY, organisation: 1 };
    assert_eq!(scene.call(AUTHORITY, person(TABLET, 1)), revert(gone));
    let again = AlreadyDismissed { authority: 1, endedMs: scene.block().timestamp_ms };
    assert_eq!(decide(&mut scene, dismiss(1, 2)), revert(again));
    scene.check();
}

#[test]
fn the_successor_answers_for_the_bindings_and_the_subjects_stay_bound() {
    let mut scene = bound();
    decide(&mut scene, dismiss(1, 2)).unwrap();
    assert_eq!(scene.read(STRANGER, authorityCall { id: 1 }).successor, 2);
    assert_eq!(scene.read(STRANGER, authorityCall { id: 2 }).live, 1);
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE)), (2, 2));
    let shown = scene.read(STRANGER, bindingCall { id: 1 });
    assert_eq!((shown.authority, shown.responsible), (1, 2));
    let taken = SubjectBound { subject: digest(1), authority: 1, binding: 1, root: ROOT };
    assert_eq!(scene.call(SECOND, person(FRESH, 1)), revert(taken));
    scene.check();
    // And the successor's successor.
    decide(&mut scene, appoint(4, 0)).unwrap();
    let other = NotResponsible { binding: 1, responsible: 2, authority: 3 };
    assert_eq!(scene.call(MEMBER, suspendCall { account: ROOT, reason: 6 }), revert(other));
    decide(&mut scene, dismiss(2, 3)).unwrap();
    scene.call(MEMBER, suspendCall { account: ROOT, reason: 6 }).unwrap();
    let taken = SubjectBound { subject: digest(1), authority: 1, binding: 1, root: ROOT };
    assert_eq!(scene.call(MEMBER, person(FRESH, 1)), revert(taken));
    scene.check();
    scene.call(MEMBER, revokeCall { account: ROOT, reason: 6 }).unwrap();
    assert_eq!(scene.read(STRANGER, authorityCall { id: 3 }).live, 0);
    assert_eq!(scene.call(MEMBER, person(FRESH, 1)), Ok(2));
    scene.check();
}

#[test]
fn only_an_authority_that_is_one_now_takes_over() {
    let mut scene = bound();
    let from = scene.block().timestamp_ms + DAY_MS;
    decide(&mut scene, appoint(4, from)).unwrap();
    let early = SuccessorNotAccepted { authority: 1, successor: 3 };
    assert_eq!(decide(&mut scene, dismiss(1, 3)), revert(early));
    assert_eq!(decide(&mut scene, dismiss(1, 9)), revert(NoSuchAuthority { authority: 9, count: 3 }));
    decide(&mut scene, dismiss(2, 0)).unwrap();
    let dismissed = SuccessorNotAccepted { authority: 1, successor: 2 };
    assert_eq!(decide(&mut scene, dismiss(1, 2)), revert(dismissed));
    // An organisation that was dismissed may be appointed anew, under a new number.
    assert_eq!(decide(&mut scene, appoint(2, 0)), Ok(4));
    assert_eq!(scene.read(STRANGER, authorityOfCall { organisation: 2 }), 4);
    scene.check();
}

#[test]
fn only_the_authority_of_an_account_discloses_whom_it_acts_for() {
    let mut scene = bound();
    // `within` runs with the module itself as caller, which is nobody's account.
    let asked = scene.within(|ctx| require_authority_of(ctx, ROOT));
    assert_eq!(asked, revert(NotAnAuthority { account: state::ADDRESS, organisation: 0 }));
    assert_eq!(scene.within(|ctx| require_authority_of(ctx, FRESH)), revert(NotBound { account: FRESH }));
    let subject = scene.within(|ctx| subject_of(ctx, PHONE)).unwrap().unwrap();
    assert_eq!((subject.binding, subject.kind, subject.subject, subject.responsible), (1, 1, digest(1), 1));
    assert_eq!(scene.within(|ctx| subject_of(ctx, FRESH)), Ok(None));
    assert_eq!(scene.within(|ctx| level_of(ctx, PHONE)), Ok(Some(Level::Document)));
}
