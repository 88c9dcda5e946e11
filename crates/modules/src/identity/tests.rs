//! Stories about `identity`. Authorities: [`authorities`]; admission: [`admission`]; any order of steps:
//! [`disorder`]; here bindings and their accounts.

mod admission;
mod authorities;
mod disorder;

use super::{abi::IIdentity::*, standing::NEVER_MS, *};
use crate::{
    decode_revert,
    members::{self, OrganisationEntry, Role},
    mocks::{OTHER, STRANGER, Scene, digest, revert},
};
use alloy_sol_types::{SolCall as _, SolError as _};
use ding_primitives::{B256, MemberKey, limits};
use std::collections::BTreeSet;

/// Accounts of the organisations 1 to 4: two identity authorities, a supervisor, a member of the
/// consortium without a role. All run a validator.
const AUTHORITY: Address = Address::repeat_byte(0xa1);
const SECOND: Address = Address::repeat_byte(0xa2);
const SUPERVISOR: Address = Address::repeat_byte(0xa3);
const MEMBER: Address = Address::repeat_byte(0xa4);

/// Accounts of people.
const ROOT: Address = Address::repeat_byte(0xc1);
const PHONE: Address = Address::repeat_byte(0xc2);
const TABLET: Address = Address::repeat_byte(0xc3);
const FRESH: Address = Address::repeat_byte(0xc4);

const DAY_MS: u64 = 24 * 3_600_000;
const REQUEST: u8 = 1;

/// A bound chain: organisations 1 and 2 are authorities 1 and 2 from genesis.
fn scene() -> Scene<'static> {
    let organisations =
        [(AUTHORITY, None), (SECOND, None), (SUPERVISOR, Some(Role::Supervisor)), (MEMBER, None)];
    let scene =
        organisations.into_iter().zip(1u8..).fold(Scene::new(&Identity), |scene, ((account, role), n)| {
            scene.with_organisation(OrganisationEntry {
                name: format!("Organisation {n}"),
                roles: role.into_iter().collect(),
                accounts: vec![account],
                validators: vec![MemberKey(B256::repeat_byte(n))],
                ..OrganisationEntry::default()
            })
        });
    let section = serde_json::json!({"admission": "bound", "authorities": [
        {"organisation": "Organisation 1", "name": "Harbour Identity Office"},
        {"organisation": "Organisation 2"},
    ]});
    scene.with_section("identity", section)
}

fn person(account: Address, subject: u8) -> bindCall {
    bindCall {
        account,
        kind: 1,
        subject: digest(subject),
        level: 2,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    }
}

fn organisation(account: Address, code: &str) -> bindCall {
    bindCall {
        kind: 2,
        subject: B256::ZERO,
        code: B256::right_padding_from(code.as_bytes()),
        nameDigest: digest(9),
        ..person(account, 1)
    }
}

/// Binding 1: ROOT, with PHONE under it, by authority 1.
fn bound() -> Scene<'static> {
    let mut scene = scene();
    assert_eq!(scene.call(AUTHORITY, person(ROOT, 1)), Ok(1));
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: PHONE }).unwrap();
    scene
}

fn standing(scene: &mut Scene<'_>, account: Address) -> AccountStanding {
    scene.read(STRANGER, standingOfCall { account })
}

fn level(scene: &mut Scene<'_>, account: Address) -> u8 {
    scene.read(STRANGER, levelOfCall { account })
}

#[test]
fn a_bound_person_has_standing_and_nothing_else_is_told_about_it() {
    let mut scene = scene();
    let time = scene.block().timestamp_ms;
    assert_eq!(level(&mut scene, ROOT), 0);
    assert_eq!(scene.call(AUTHORITY, person(ROOT, 1)), Ok(1));
    let want = AccountStanding {
        status: 1,
        kind: 1,
        level: 2,
        expiryMs: 0,
        frozenUntilMs: 0,
        inForce: true,
        binding: 1,
        root: ROOT,
        successor: Address::ZERO,
    };
    assert_eq!(standing(&mut scene, ROOT), want);
    let found = scene.read(STRANGER, bindingCall { id: 1 });
    let binding = IIdentity::Binding {
        root: ROOT,
        authority: 1,
        responsible: 1,
        kind: 1,
        level: 2,
        status: 1,
        accounts: 1,
        subject: digest(1),
        nameDigest: B256::ZERO,
        expiryMs: 0,
        height: 1,
        timestampMs: time,
    };
    assert_eq!(found, binding);
    assert_eq!(scene.read(STRANGER, liveBindingCall { authority: 1, subject: digest(1) }), 1);
    for (least, bound) in [(1, true), (2, true), (3, false)] {
        assert_eq!(scene.read(STRANGER, isBoundCall { account: ROOT, minLevel: least }), bound);
    }
    let shown = scene.read(STRANGER, subjectOfCall { account: ROOT });
    assert_eq!((shown.kind, shown.subject, shown.responsible), (1, digest(1), 1));
    scene.check();
}

#[test]
fn a_person_whose_salt_is_destroyed_is_nobody_that_anyone_could_find_and_the_ledger_still_verifies() {
    let mut scene = scene();
    let (salt, number) = ([0x5a; 16], *b"990000199001010017");
    let subject = commitment::commit(&salt, &number);
    assert_eq!(scene.call(AUTHORITY, bindCall { subject, ..person(ROOT, 1) }), Ok(1));
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: PHONE }).unwrap();
    assert!(commitment::opens(&subject, &salt, &number), "while the authority keeps its record");
    scene.call(AUTHORITY, revokeCall { account: ROOT, reason: REQUEST }).unwrap();
    // The record is gone. Whoever tries every number still lacks the salt.
    for guess in [&[][..], &[0; 16], subject.as_slice(), AUTHORITY.as_slice()] {
        assert!(!commitment::opens(&subject, guess, &number));
    }
    // Neither salt nor number, nor a digest of the number alone, was ever on the ledger.
    let alone = commitment::commit(&[], &number);
    let written: Vec<u8> = scene.host_mut().slots().flat_map(|(_, word)| word.to_be_bytes::<32>()).collect();
    let told = scene.history().iter().flat_map(|log| log.data.to_vec()).collect::<Vec<u8>>();
    for secret in [&salt[..], &number, alone.as_slice()] {
        for place in [&written, &told] {
            assert!(!place.windows(secret.len()).any(|bytes| bytes == secret));
        }
    }
    assert_eq!(scene.read(STRANGER, bindingCall { id: 1 }).subject, subject);
    assert_eq!(scene.read(STRANGER, subjectOfCall { account: PHONE }).subject, subject);
    scene.check();
    // The subject comes back as somebody new, under another salt.
    let anew = commitment::commit(&[0xa5; 16], &number);
    assert_eq!(scene.call(AUTHORITY, bindCall { subject: anew, ..person(FRESH, 1) }), Ok(2));
    scene.check();
}

#[test]
fn an_organisation_is_known_by_its_code_which_must_check() {
    let mut scene = scene();
    let good = organisation(ROOT, "91110000MA00000077");
    assert_eq!(scene.call(AUTHORITY, good.clone()), Ok(1));
    let shown = scene.read(STRANGER, subjectOfCall { account: ROOT });
    assert_eq!((shown.kind, shown.subject, shown.nameDigest), (2, good.code, digest(9)));
    for code in ["91110000MA00000078", "91110000ma00000077", "91110000MA0000007", "", "91110000MA000000771"] {
        let bad = organisation(PHONE, code);
        assert_eq!(scene.call(AUTHORITY, bad.clone()), revert(CodeNotAccepted { kind: 2, code: bad.code }));
    }
    let mut behind = good.code;
    behind.0[31] = 1;
    let hidden = bindCall { account: PHONE, code: behind, ..good };
    assert_eq!(scene.call(AUTHORITY, hidden), revert(CodeNotAccepted { kind: 2, code: behind }));
    let again = scene.call(AUTHORITY, bindCall { account: PHONE, ..good });
    assert_eq!(again, revert(SubjectBound { subject: good.code, authority: 1, binding: 1, root: ROOT }));
    scene.check();
}

#[test]
fn what_cannot_be_bound_is_refused_by_name() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    let max = now + limits::IDENTITY_EXPIRY_MS_MAX;
    let good = || person(ROOT, 1);
    assert_eq!(scene.call(AUTHORITY, bindCall { kind: 3, ..good() }), revert(UnknownSubjectKind { kind: 3 }));
    for level in [0, 5] {
        assert_eq!(scene.call(AUTHORITY, bindCall { level, ..good() }), revert(UnknownLevel { level }));
    }
    let nobody = SubjectNotAccepted { kind: 1, subject: B256::ZERO };
    assert_eq!(scene.call(AUTHORITY, bindCall { subject: B256::ZERO, ..good() }), revert(nobody));
    let coded = CodeNotAccepted { kind: 1, code: digest(1) };
    assert_eq!(scene.call(AUTHORITY, bindCall { code: digest(1), ..good() }), revert(coded));
    let both = bindCall { subject: digest(1), ..organisation(ROOT, "91110000MA00000077") };
    assert_eq!(scene.call(AUTHORITY, both), revert(SubjectNotAccepted { kind: 2, subject: digest(1) }));
    for account in [Address::ZERO, state::ADDRESS] {
        assert_eq!(
            scene.call(AUTHORITY, bindCall { account, ..good() }),
            revert(AccountNotAccepted { account })
        );
    }
    for time_ms in [1, now, max + 1, u64::MAX] {
        let refused = TimeNotAccepted { timeMs: time_ms, nowMs: now, maxMs: max };
        assert_eq!(scene.call(AUTHORITY, bindCall { expiryMs: time_ms, ..good() }), revert(refused));
    }
    for (account, organisation) in [(STRANGER, 0), (SUPERVISOR, 3), (MEMBER, 4)] {
        assert_eq!(scene.call(account, good()), revert(NotAnAuthority { account, organisation }));
    }
    assert_eq!(scene.call(AUTHORITY, bindCall { expiryMs: max, ..good() }), Ok(1));
    scene.check();
}

#[test]
fn an_account_and_a_subject_are_bound_once() {
    let mut scene = bound();
    let again = SubjectBound { subject: digest(1), authority: 1, binding: 1, root: ROOT };
    assert_eq!(scene.call(AUTHORITY, person(FRESH, 1)), revert(again));
    for account in [ROOT, PHONE] {
        let taken = AlreadyBound { account, binding: 1, status: 1 };
        assert_eq!(scene.call(SECOND, person(account, 2)), revert(taken));
    }
    // Another authority knows the person by another commitment; even by the same it is its own.
    assert_eq!(scene.call(SECOND, person(FRESH, 1)), Ok(2));
    scene.check();
}

#[test]
fn accounts_come_under_a_root_until_it_is_full() {
    let mut scene = bound();
    for n in 2..u8::try_from(limits::IDENTITY_ACCOUNTS_MAX).unwrap() {
        scene.call(AUTHORITY, addAccountCall { root: ROOT, account: Address::repeat_byte(n) }).unwrap();
    }
    let full = TooManyAccounts { binding: 1, max: limits::IDENTITY_ACCOUNTS_MAX };
    assert_eq!(scene.call(AUTHORITY, addAccountCall { root: ROOT, account: FRESH }), revert(full.clone()));
    assert_eq!(scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }), revert(full));
    let accounts = scene.read(STRANGER, accountsOfCall { id: 1 });
    assert_eq!((accounts.len(), accounts[0], accounts[1]), (16, ROOT, PHONE));
    let under_phone = NotTheRoot { account: PHONE, root: ROOT };
    assert_eq!(scene.call(AUTHORITY, addAccountCall { root: PHONE, account: FRESH }), revert(under_phone));
    scene.call(ROOT, revokeCall { account: PHONE, reason: REQUEST }).unwrap();
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: FRESH }).unwrap();
    scene.check();
}

#[test]
fn a_suspended_root_suspends_what_is_under_it_and_keeps_each_accounts_own_status() {
    let mut scene = bound();
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: TABLET }).unwrap();
    scene.call(AUTHORITY, suspendCall { account: TABLET, reason: 3 }).unwrap();
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE), level(&mut scene, TABLET)), (2, 2, 0));
    scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 6 }).unwrap();
    for account in [ROOT, PHONE, TABLET] {
        let found = standing(&mut scene, account);
        assert_eq!((found.status, found.inForce), (2, false));
    }
    let twice = WrongStatus { account: ROOT, status: 2 };
    assert_eq!(scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 6 }), revert(twice));
    scene.check();
    scene.call(AUTHORITY, restoreCall { account: ROOT, reason: 9 }).unwrap();
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE), level(&mut scene, TABLET)), (2, 2, 0));
    let active = WrongStatus { account: PHONE, status: 1 };
    assert_eq!(scene.call(AUTHORITY, restoreCall { account: PHONE, reason: 9 }), revert(active));
    scene.call(AUTHORITY, restoreCall { account: TABLET, reason: 9 }).unwrap();
    assert_eq!(level(&mut scene, TABLET), 2);
    scene.check();
}

#[test]
fn a_revoked_binding_is_over_and_its_subject_may_be_bound_anew() {
    let mut scene = bound();
    scene.call(AUTHORITY, revokeCall { account: ROOT, reason: 4 }).unwrap();
    for account in [ROOT, PHONE] {
        assert_eq!(standing(&mut scene, account).status, 3);
        let retired = AccountRetired { account, binding: 1, status: 3 };
        assert_eq!(scene.call(AUTHORITY, person(account, 1)), revert(retired));
        let over = WrongStatus { account, status: 3 };
        assert_eq!(scene.call(AUTHORITY, suspendCall { account, reason: 1 }), revert(over.clone()));
        assert_eq!(scene.call(AUTHORITY, restoreCall { account, reason: 1 }), revert(over.clone()));
        assert_eq!(scene.call(AUTHORITY, revokeCall { account, reason: 1 }), revert(over.clone()));
        let rotate = rotateCall { account, successor: FRESH, reason: 1 };
        assert_eq!(scene.call(AUTHORITY, rotate), revert(over));
    }
    let over = WrongStatus { account: ROOT, status: 3 };
    assert_eq!(scene.call(AUTHORITY, renewCall { binding: 1, level: 4, expiryMs: 0 }), revert(over.clone()));
    assert_eq!(scene.call(AUTHORITY, addAccountCall { root: ROOT, account: FRESH }), revert(over));
    assert_eq!(scene.read(STRANGER, authorityCall { id: 1 }).live, 0);
    assert_eq!(scene.call(AUTHORITY, person(FRESH, 1)), Ok(2));
    assert_eq!(scene.read(STRANGER, liveBindingCall { authority: 1, subject: digest(1) }), 2);
    scene.check();
}

#[test]
fn a_root_revokes_its_own_accounts_and_nobody_elses() {
    let mut scene = bound();
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: TABLET }).unwrap();
    scene.call(AUTHORITY, person(FRESH, 2)).unwrap();
    let revoke = |account| revokeCall { account, reason: REQUEST };
    for (caller, account) in [(PHONE, TABLET), (FRESH, PHONE), (ROOT, ROOT), (PHONE, ROOT)] {
        let refused = NotAnAuthority { account: caller, organisation: 0 };
        assert_eq!(scene.call(caller, revoke(account)), revert(refused));
    }
    scene.call(ROOT, revoke(PHONE)).unwrap();
    assert_eq!(standing(&mut scene, PHONE).status, 3);
    // The last account moved into the place that was left.
    assert_eq!(scene.read(STRANGER, accountsOfCall { id: 1 }), [ROOT, TABLET]);
    scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 6 }).unwrap();
    let not_now = NotInForce { account: ROOT, status: 2 };
    assert_eq!(scene.call(ROOT, revoke(TABLET)), revert(not_now));
    scene.check();
}

#[test]
fn standing_ends_with_its_expiry_and_comes_back_when_renewed() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    scene.call(AUTHORITY, bindCall { expiryMs: now + DAY_MS, ..person(ROOT, 1) }).unwrap();
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: PHONE }).unwrap();
    scene.next_block_at(now + DAY_MS - 1);
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE)), (2, 2));
    scene.next_block_at(now + DAY_MS);
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE)), (0, 0));
    let expired = NotInForce { account: ROOT, status: 1 };
    assert_eq!(scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }), revert(expired));
    scene.call(AUTHORITY, renewCall { binding: 1, level: 4, expiryMs: now + 3 * DAY_MS }).unwrap();
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE)), (4, 4));
    let none = NoSuchBinding { binding: 2, count: 1 };
    assert_eq!(scene.call(AUTHORITY, renewCall { binding: 2, level: 4, expiryMs: 0 }), revert(none));
    scene.check();
}

#[test]
fn a_replaced_key_keeps_its_history_and_leaves_its_place_to_the_successor() {
    let mut scene = bound();
    scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 2 }).unwrap();
    scene.call(AUTHORITY, rotateCall { account: ROOT, successor: FRESH, reason: 2 }).unwrap();
    let (old, new) = (standing(&mut scene, ROOT), standing(&mut scene, FRESH));
    assert_eq!((old.status, old.successor, old.binding, old.root), (4, FRESH, 1, FRESH));
    // A suspension goes with the place.
    assert_eq!((new.status, new.binding, new.root), (2, 1, FRESH));
    scene.call(AUTHORITY, restoreCall { account: FRESH, reason: 9 }).unwrap();
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, FRESH), level(&mut scene, PHONE)), (0, 2, 2));
    scene.call(AUTHORITY, rotateCall { account: PHONE, successor: TABLET, reason: 3 }).unwrap();
    assert_eq!(scene.read(STRANGER, accountsOfCall { id: 1 }), [FRESH, TABLET]);
    let retired = AccountRetired { account: PHONE, binding: 1, status: 4 };
    assert_eq!(scene.call(AUTHORITY, addAccountCall { root: FRESH, account: PHONE }), revert(retired));
    let same = SameAccount { account: TABLET };
    let itself = rotateCall { account: TABLET, successor: TABLET, reason: 3 };
    assert_eq!(scene.call(AUTHORITY, itself), revert(same));
    // Who acted with the old key is still told.
    assert_eq!(scene.read(STRANGER, subjectOfCall { account: ROOT }).subject, digest(1));
    assert!(scene.read(STRANGER, isSameSubjectCall { first: ROOT, second: TABLET }));
    scene.check();
}

#[test]
fn an_invited_account_joins_or_succeeds_when_it_accepts() {
    let mut scene = bound();
    let until = scene.block().timestamp_ms + limits::IDENTITY_INVITATION_MS;
    assert_eq!(scene.call(ROOT, inviteCall { account: TABLET, purpose: 1 }), Ok(until));
    assert_eq!(standing(&mut scene, TABLET).status, 5);
    assert_eq!(level(&mut scene, TABLET), 0);
    scene.check();
    assert_eq!(scene.call(TABLET, acceptCall { inviter: ROOT }), Ok(1));
    assert_eq!(level(&mut scene, TABLET), 2);
    // An account under the root invites its own successor, and nobody else.
    let not_root = NotTheRoot { account: PHONE, root: ROOT };
    assert_eq!(scene.call(PHONE, inviteCall { account: FRESH, purpose: 1 }), revert(not_root));
    scene.call(PHONE, inviteCall { account: FRESH, purpose: 2 }).unwrap();
    assert_eq!(scene.call(FRESH, acceptCall { inviter: PHONE }), Ok(1));
    assert_eq!(scene.read(STRANGER, accountsOfCall { id: 1 }), [ROOT, FRESH, TABLET]);
    assert_eq!(standing(&mut scene, PHONE).successor, FRESH);
    let used = scene.read(STRANGER, invitationCall { account: FRESH, inviter: PHONE });
    assert_eq!((used.purpose, used.untilMs, used.binding), (0, 0, 0));
    scene.check();
}

#[test]
fn nobody_comes_under_a_binding_without_an_open_invitation() {
    let mut scene = bound();
    let now = scene.block().timestamp_ms;
    let until = now + limits::IDENTITY_INVITATION_MS;
    let accept = acceptCall { inviter: ROOT };
    let never = NotInvited { account: FRESH, inviter: ROOT, untilMs: 0, nowMs: now };
    assert_eq!(scene.call(FRESH, accept.clone()), revert(never.clone()));
    assert_eq!(scene.call(ROOT, withdrawInvitationCall { account: FRESH }), revert(never.clone()));
    scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    scene.call(ROOT, withdrawInvitationCall { account: FRESH }).unwrap();
    assert_eq!(scene.call(FRESH, accept.clone()), revert(never));
    scene.check();
    scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    let theirs = NotInvited { account: FRESH, inviter: PHONE, untilMs: 0, nowMs: now };
    assert_eq!(scene.call(FRESH, acceptCall { inviter: PHONE }), revert(theirs));
    scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 6 }).unwrap();
    assert_eq!(scene.call(FRESH, accept.clone()), revert(NotInForce { account: ROOT, status: 2 }));
    scene.call(AUTHORITY, restoreCall { account: ROOT, reason: 9 }).unwrap();
    scene.next_block_at(until);
    let over = NotInvited { account: FRESH, inviter: ROOT, untilMs: until, nowMs: until };
    assert_eq!(scene.call(FRESH, accept), revert(over));
    let taken = AlreadyBound { account: PHONE, binding: 1, status: 1 };
    assert_eq!(scene.call(ROOT, inviteCall { account: PHONE, purpose: 1 }), revert(taken));
    assert_eq!(
        scene.call(ROOT, inviteCall { account: ROOT, purpose: 2 }),
        revert(SameAccount { account: ROOT })
    );
    assert_eq!(
        scene.call(ROOT, inviteCall { account: FRESH, purpose: 3 }),
        revert(UnknownPurpose { purpose: 3 })
    );
    assert_eq!(
        scene.call(STRANGER, inviteCall { account: FRESH, purpose: 1 }),
        revert(NotBound { account: STRANGER })
    );
    scene.check();
}

#[test]
fn invitations_that_were_not_the_one_accepted_stay_and_raise_no_alarm() {
    // Root and account invite the same newcomer, who follows the account.
    let mut scene = bound();
    scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    scene.call(PHONE, inviteCall { account: FRESH, purpose: 2 }).unwrap();
    scene.call(FRESH, acceptCall { inviter: PHONE }).unwrap();
    scene.check();
    assert_eq!(scene.read(STRANGER, invitationCall { account: FRESH, inviter: ROOT }).purpose, 1);
    scene.call(ROOT, withdrawInvitationCall { account: FRESH }).unwrap();
    scene.check();
    // The authority is faster than who was invited.
    let mut scene = bound();
    scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: FRESH }).unwrap();
    scene.check();
    scene.call(ROOT, withdrawInvitationCall { account: FRESH }).unwrap();
    scene.check();
}

#[test]
fn one_invitation_does_not_stand_in_the_way_of_another() {
    let mut scene = bound();
    scene.call(SECOND, person(OTHER, 2)).unwrap();
    scene.call(OTHER, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    scene.call(ROOT, inviteCall { account: FRESH, purpose: 1 }).unwrap();
    assert_eq!(scene.call(FRESH, acceptCall { inviter: ROOT }), Ok(1));
    let taken = AlreadyBound { account: FRESH, binding: 1, status: 1 };
    assert_eq!(scene.call(FRESH, acceptCall { inviter: OTHER }), revert(taken));
    scene.check();
}

#[test]
fn a_frozen_root_freezes_what_is_under_it_until_the_time_or_the_release() {
    let mut scene = bound();
    let now = scene.block().timestamp_ms;
    let freeze = |scene: &mut Scene<'_>, account, until| scene.within(|ctx| set_frozen(ctx, account, until));
    freeze(&mut scene, PHONE, now + 2 * DAY_MS).unwrap();
    freeze(&mut scene, ROOT, now + DAY_MS).unwrap();
    assert_eq!(standing(&mut scene, ROOT).frozenUntilMs, now + DAY_MS);
    assert_eq!((level(&mut scene, ROOT), level(&mut scene, PHONE)), (0, 0));
    // Who comes under a frozen root later is frozen with it.
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: TABLET }).unwrap();
    assert_eq!(level(&mut scene, TABLET), 0);
    scene.check();
    freeze(&mut scene, ROOT, 0).unwrap();
    assert_eq!((level(&mut scene, TABLET), level(&mut scene, ROOT), level(&mut scene, PHONE)), (2, 2, 0));
    scene.next_block_at(now + 2 * DAY_MS);
    assert_eq!(level(&mut scene, PHONE), 2);
    scene.check();
    freeze(&mut scene, PHONE, u64::MAX).unwrap();
    assert_eq!(standing(&mut scene, PHONE).frozenUntilMs, NEVER_MS);
    scene.check();
}

#[test]
fn an_account_is_not_replaced_while_it_or_its_root_is_frozen() {
    let mut scene = bound();
    let now = scene.block().timestamp_ms;
    let rotate = |account, successor| rotateCall { account, successor, reason: 2 };
    scene.within(|ctx| set_frozen(ctx, ROOT, now + DAY_MS)).unwrap();
    for account in [ROOT, PHONE] {
        let refused = AccountFrozen { account, untilMs: now + DAY_MS };
        assert_eq!(scene.call(AUTHORITY, rotate(account, FRESH)), revert(refused));
    }
    // A key that was lost is made harmless meanwhile, and replaced when the freeze is over.
    scene.call(AUTHORITY, suspendCall { account: PHONE, reason: 2 }).unwrap();
    scene.within(|ctx| set_frozen(ctx, PHONE, now + 2 * DAY_MS)).unwrap();
    scene.next_block_at(now + DAY_MS);
    scene.call(AUTHORITY, rotate(ROOT, FRESH)).unwrap();
    let refused = AccountFrozen { account: PHONE, untilMs: now + 2 * DAY_MS };
    assert_eq!(scene.call(AUTHORITY, rotate(PHONE, TABLET)), revert(refused));
    scene.check();
    scene.within(|ctx| set_frozen(ctx, PHONE, 0)).unwrap();
    // A successor that is frozen by itself stays so, and holds what comes under it.
    scene.within(|ctx| set_frozen(ctx, OTHER, NEVER_MS)).unwrap();
    scene.call(AUTHORITY, rotate(FRESH, OTHER)).unwrap();
    assert_eq!(standing(&mut scene, PHONE).frozenUntilMs, NEVER_MS);
    scene.check();
    scene.within(|ctx| set_frozen(ctx, OTHER, 0)).unwrap();
    scene.call(AUTHORITY, rotate(PHONE, TABLET)).unwrap();
    assert_eq!((level(&mut scene, OTHER), standing(&mut scene, TABLET).status), (2, 2));
    scene.check();
}

#[test]
fn who_came_to_act_for_a_supervisor_is_frozen_no_longer_than_before() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    let freeze = |scene: &mut Scene<'_>, until| scene.within(|ctx| set_frozen(ctx, STRANGER, until));
    freeze(&mut scene, now + 2 * DAY_MS).unwrap();
    let join = members::abi::IMembers::addAccountCall { id: 3, account: STRANGER };
    scene.call_of(members::state::ADDRESS, SUPERVISOR, join).unwrap();
    let refused = SupervisorNotFrozen { account: STRANGER, organisation: 3 };
    assert_eq!(freeze(&mut scene, now + 2 * DAY_MS + 1), revert(refused));
    assert_eq!(freeze(&mut scene, now + DAY_MS), Ok(()));
    assert_eq!(standing(&mut scene, STRANGER).frozenUntilMs, now + DAY_MS);
    scene.check();
}

#[test]
fn accounts_of_one_subject_count_as_one_person_from_the_time_at_which_both_were_bound() {
    let mut scene = scene();
    let first = scene.block().timestamp_ms;
    scene.call(AUTHORITY, person(ROOT, 1)).unwrap();
    scene.later(DAY_MS);
    scene.call(AUTHORITY, addAccountCall { root: ROOT, account: PHONE }).unwrap();
    scene.later(DAY_MS);
    scene.call(SECOND, person(FRESH, 1)).unwrap();
    scene.later(DAY_MS);
    scene.call(AUTHORITY, rotateCall { account: PHONE, successor: TABLET, reason: 2 }).unwrap();
    for (one, other, from) in [
        (ROOT, ROOT, 0),
        (ROOT, PHONE, first + DAY_MS + 1),
        (FRESH, ROOT, first + 2 * DAY_MS + 1),
        (TABLET, ROOT, first + 3 * DAY_MS + 1),
        (TABLET, PHONE, first + 3 * DAY_MS + 1),
    ] {
        let mut were = |time| scene.within(|ctx| were_same_subject(ctx, one, other, time)).unwrap();
        assert!(were(from) && were(from + DAY_MS), "{one} {other}");
        assert!(from == 0 || !were(from - 1), "{one} {other}");
    }
    assert_eq!(scene.within(|ctx| were_same_subject(ctx, ROOT, STRANGER, u64::MAX)), Ok(false));
    scene.check();
}

#[test]
fn anybody_can_be_frozen_except_supervisors_and_what_signs_nothing() {
    let mut scene = scene();
    let now = scene.block().timestamp_ms;
    let freeze = |scene: &mut Scene<'_>, account, until| scene.within(|ctx| set_frozen(ctx, account, until));
    for account in [STRANGER, MEMBER, AUTHORITY] {
        assert_eq!(freeze(&mut scene, account, now + 1), Ok(()));
        assert!(standing(&mut scene, account).frozenUntilMs > now);
        assert_eq!(freeze(&mut scene, account, 0), Ok(()));
    }
    let refused = SupervisorNotFrozen { account: SUPERVISOR, organisation: 3 };
    assert_eq!(freeze(&mut scene, SUPERVISOR, now + 1), revert(refused));
    assert_eq!(freeze(&mut scene, SUPERVISOR, 0), Ok(()));
    let past = TimeNotAccepted { timeMs: now, nowMs: now, maxMs: NEVER_MS };
    assert_eq!(freeze(&mut scene, STRANGER, now), revert(past));
    let module = AccountNotAccepted { account: state::ADDRESS };
    assert_eq!(freeze(&mut scene, state::ADDRESS, now + 1), revert(module));
    // A freeze outlives being bound.
    freeze(&mut scene, FRESH, now + DAY_MS).unwrap();
    scene.call(AUTHORITY, person(FRESH, 1)).unwrap();
    assert_eq!(level(&mut scene, FRESH), 0);
    scene.check();
}

#[test]
fn who_left_a_frozen_binding_can_be_released_alone() {
    let mut scene = bound();
    scene.within(|ctx| set_frozen(ctx, ROOT, NEVER_MS)).unwrap();
    scene.call(AUTHORITY, revokeCall { account: PHONE, reason: REQUEST }).unwrap();
    scene.within(|ctx| set_frozen(ctx, ROOT, 0)).unwrap();
    assert_eq!(standing(&mut scene, PHONE).frozenUntilMs, NEVER_MS);
    scene.check();
    scene.within(|ctx| set_frozen(ctx, PHONE, 0)).unwrap();
    assert_eq!(standing(&mut scene, PHONE).frozenUntilMs, 0);
    scene.check();
}

#[test]
fn two_accounts_of_one_subject_are_one_person() {
    let mut scene = bound();
    scene.call(SECOND, person(OTHER, 1)).unwrap();
    scene.call(SECOND, person(FRESH, 2)).unwrap();
    for (first, second, same) in [
        (ROOT, ROOT, true),
        (STRANGER, STRANGER, true),
        (ROOT, PHONE, true),
        (ROOT, OTHER, true),
        (ROOT, FRESH, false),
        (ROOT, STRANGER, false),
        (STRANGER, MEMBER, false),
    ] {
        assert_eq!(scene.read(MEMBER, isSameSubjectCall { first, second }), same, "{first} {second}");
        assert_eq!(scene.read(MEMBER, isSameSubjectCall { first: second, second: first }), same);
    }
}

#[test]
fn gas_of_a_binding_is_that_of_its_slots_and_log() {
    let mut scene = scene();
    scene.call(AUTHORITY, person(FRESH, 7)).unwrap();
    scene.next_block();
    scene.call(AUTHORITY, person(ROOT, 1)).unwrap();
    // New words: three of the binding (a person has no name digest), account, standing, live binding;
    // changed ones: counts and the authority. Two more are read: the caller's organisation and what it is.
    let storage = 6 * 20_000 + 6 * 2_100 + 2 * (2_100 + 2_900) + 2 * 2_100 + 6 * 100;
    let used = scene.gas_used();
    assert!((storage..storage + 6_000).contains(&used), "{used} of {storage}");
    scene.call(AUTHORITY, suspendCall { account: ROOT, reason: 6 }).unwrap();
    assert!(scene.gas_used() < 40_000, "{}", scene.gas_used());
    scene.ask(STRANGER, &levelOfCall { account: ROOT }.abi_encode()).unwrap();
    assert!(scene.gas_used() < 3_000, "{}", scene.gas_used());
}

#[test]
fn the_standing_of_an_account_is_one_word_at_the_slot_that_admission_reads() {
    let mut scene = scene();
    let expiry = scene.block().timestamp_ms + DAY_MS;
    scene.call(AUTHORITY, bindCall { expiryMs: expiry, level: 4, ..person(ROOT, 1) }).unwrap();
    let slot = standing::slot(ROOT);
    let (_, word) = scene.host_mut().slots().find(|((_, own), _)| *own == slot).unwrap();
    // uint8 status | uint8 | uint8 kind | uint8 level | uint48 expiry | …, from the low end.
    let text = format!("{word:064x}");
    assert_eq!(&text[56..], "04010001");
    assert_eq!(u64::from_str_radix(&text[44..56], 16), Ok(expiry));
    assert_eq!(u64::from_str_radix(&text[..12], 16), Ok(scene.block().timestamp_ms), "since");
    assert_eq!(&text[12..20], "00000001", "the authority");
}

#[test]
fn every_error_has_a_sentence() {
    let (account, coded) = (ROOT, B256::right_padding_from(b"91110000MA00000077"));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (NotAnAuthority { account, organisation: 0 }.abi_encode(), "no organisation"),
        (NotAnAuthority { account, organisation: 4 }.abi_encode(), "organisation 4"),
        (
            AuthorityNotYet { authority: 1, fromMs: 5, nowMs: 4 }.abi_encode(),
            "begins at 1970-01-01 08:00:00.005 Beijing time",
        ),
        (AlreadyAuthority { organisation: 3, authority: 2 }.abi_encode(), "authority 2 already"),
        (NoSuchAuthority { authority: 9, count: 2 }.abi_encode(), "1 to 2"),
        (AlreadyDismissed { authority: 9, endedMs: 7 }.abi_encode(), "at 1970-01-01"),
        (TooManyAuthorities { max: 64 }.abi_encode(), "64"),
        (BindingsLive { authority: 1, live: 12 }.abi_encode(), "12 live"),
        (SuccessorNotAccepted { authority: 1, successor: 1 }.abi_encode(), "name another"),
        (NameNotAccepted { characters: 65, max: 64 }.abi_encode(), "65 characters"),
        (
            TimeNotAccepted { timeMs: 1_577_894_400_000, nowMs: 2, maxMs: 3 }.abi_encode(),
            "2020-01-02 00:00:00 Beijing time is not accepted",
        ),
        (UnknownSubjectKind { kind: 7 }.abi_encode(), "2 organisation"),
        (UnknownLevel { level: 7 }.abi_encode(), "4 in-person"),
        (UnknownReason { reason: 77 }.abi_encode(), "9 cause-removed"),
        (UnknownPurpose { purpose: 7 }.abi_encode(), "2 succeed"),
        (SubjectNotAccepted { kind: 1, subject: B256::ZERO }.abi_encode(), "person"),
        (SubjectNotAccepted { kind: 2, subject: digest(1) }.abi_encode(), "organisation"),
        (CodeNotAccepted { kind: 1, code: digest(1) }.abi_encode(), "person"),
        (
            CodeNotAccepted { kind: 2, code: B256::right_padding_from(b"91110000MA00000078") }.abi_encode(),
            "91110000MA00000078 is no",
        ),
        (AccountNotAccepted { account }.abi_encode(), "sign nothing"),
        (AlreadyBound { account, binding: 3, status: 2 }.abi_encode(), "suspended"),
        (AccountRetired { account, binding: 3, status: 4 }.abi_encode(), "replaced"),
        (SubjectBound { subject: digest(1), authority: 1, binding: 3, root: ROOT }.abi_encode(), "binding 3"),
        (
            SubjectBound { subject: coded, authority: 1, binding: 3, root: ROOT }.abi_encode(),
            "the subject 91110000MA00000077 has",
        ),
        (NotBound { account }.abi_encode(), "under no binding"),
        (NoSuchBinding { binding: 5, count: 4 }.abi_encode(), "1 to 4"),
        (NoSuchBinding { binding: 5, count: 0 }.abi_encode(), "none yet"),
        (NotResponsible { binding: 5, responsible: 2, authority: 1 }.abi_encode(), "authority 2 answers"),
        (WrongStatus { account, status: 3 }.abi_encode(), "revoked"),
        (AccountFrozen { account, untilMs: 5 }.abi_encode(), "suspend it"),
        (AccountFrozen { account, untilMs: NEVER_MS }.abi_encode(), "without end"),
        (NotInForce { account, status: 1 }.abi_encode(), "no standing"),
        (NotTheRoot { account, root: PHONE }.abi_encode(), "not the root"),
        (TooManyAccounts { binding: 1, max: 16 }.abi_encode(), "16 accounts"),
        (SameAccount { account }.abi_encode(), "both sides"),
        (NotInvited { account, inviter: PHONE, untilMs: 0, nowMs: 4 }.abi_encode(), "no invitation"),
        (NotInvited { account, inviter: PHONE, untilMs: 3, nowMs: 4 }.abi_encode(), "7 days"),
        (SupervisorNotFrozen { account, organisation: 3 }.abi_encode(), "organisation 3"),
        (NoSuchOrganisation { id: 9, count: 4 }.abi_encode(), "1 to 4"),
    ];
    let told: BTreeSet<_> = cases.iter().map(|(data, _)| data[..4].to_vec()).collect();
    assert_eq!(told.len(), (Identity.interface().abi)().errors.len());
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn numbers_and_names_of_terms_belong_together() {
    fn check<T: Copy + PartialEq + core::fmt::Debug>(
        all: &[T],
        number: fn(T) -> u8,
        from_number: fn(u8) -> Option<T>,
        name: fn(T) -> &'static str,
        from_name: fn(&str) -> Option<T>,
    ) {
        for term in all {
            assert_eq!((from_number(number(*term)), from_name(name(*term))), (Some(*term), Some(*term)));
        }
        assert_eq!((from_number(200), from_name("king")), (None, None));
    }
    check(Kind::ALL, Kind::number, Kind::from_number, Kind::name, Kind::from_name);
    check(Level::ALL, Level::number, Level::from_number, Level::name, Level::from_name);
    check(Status::ALL, Status::number, Status::from_number, Status::name, Status::from_name);
    check(Reason::ALL, Reason::number, Reason::from_number, Reason::name, Reason::from_name);
    check(Purpose::ALL, Purpose::number, Purpose::from_number, Purpose::name, Purpose::from_name);
}
