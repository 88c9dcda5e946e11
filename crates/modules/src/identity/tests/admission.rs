//! What admission refuses, by name, and what the genesis file says about it.

use super::*;
use crate::{
    identity::standing::{Refusal as R, Standing, admit, is_acceptance, refusal},
    mocks,
    storage::Stored as _,
};
use core::convert::Infallible;

const NOW: u64 = 1_000;

fn active() -> Standing {
    Standing { status: Status::Active, kind: 1, level: 2, authority: 1, ..Standing::default() }
}

/// Refusals of a standing on a bound and on an open chain.
#[track_caller]
fn check_refusals(standing: Standing, bound: Option<R>, open: Option<R>) {
    let [word] = standing.to_words();
    assert_eq!((refusal(word, NOW, true), refusal(word, NOW, false)), (bound, open), "{standing:?}");
    assert_eq!(Standing::from_words(&[word]), Some(standing));
}

#[test]
fn each_way_of_having_no_standing_is_refused_by_its_own_name() {
    let with = |status| Standing { status, ..active() };
    let under = |root_status| Standing { root_status, ..active() };
    check_refusals(active(), None, None);
    check_refusals(Standing::default(), Some(R::NotBound), None);
    check_refusals(with(Status::Suspended), Some(R::Suspended), None);
    check_refusals(with(Status::Revoked), Some(R::Revoked), None);
    check_refusals(with(Status::Replaced), Some(R::Replaced), None);
    check_refusals(under(Status::Active), None, None);
    check_refusals(under(Status::Suspended), Some(R::Suspended), None);
    check_refusals(under(Status::Revoked), Some(R::Revoked), None);
    let both = Standing { status: Status::Suspended, root_status: Status::Revoked, ..active() };
    check_refusals(both, Some(R::Revoked), None);
    let left = Standing { status: Status::Replaced, root_status: Status::Suspended, ..active() };
    check_refusals(left, Some(R::Replaced), None);
    let invited = |until_ms| Standing { status: Status::Invited, expiry_ms: until_ms, ..Standing::default() };
    check_refusals(invited(NOW + 1), Some(R::Invited { until_ms: NOW + 1 }), None);
    check_refusals(invited(NOW), Some(R::NotBound), None);
}

#[test]
fn expiry_and_freeze_hold_to_the_millisecond() {
    let until = |expiry_ms| Standing { expiry_ms, ..active() };
    check_refusals(until(NOW + 1), None, None);
    check_refusals(until(NOW), Some(R::Expired { expiry_ms: NOW }), None);
    let frozen = |own, root| Standing { frozen_until_ms: own, root_frozen_until_ms: root, ..active() };
    check_refusals(frozen(NOW, NOW), None, None);
    for (own, root) in [(NOW + 1, 0), (0, NOW + 1), (NOW + 1, 5)] {
        let held = Some(R::Frozen { until_ms: NOW + 1 });
        check_refusals(frozen(own, root), held, held);
    }
    // A freeze is told before anything else, and holds without a binding and on open chains.
    let nobody = Standing { frozen_until_ms: NEVER_MS, ..Standing::default() };
    let held = Some(R::Frozen { until_ms: NEVER_MS });
    check_refusals(nobody, held, held);
    let revoked = Standing { status: Status::Revoked, ..nobody };
    check_refusals(revoked, held, held);
}

#[test]
fn a_word_that_was_never_written_is_refused_everywhere() {
    for word in [U256::from(9), U256::from(0x0900), U256::ONE << 255 | U256::from(9)] {
        for bound in [true, false] {
            assert_eq!(refusal(word, NOW, bound), Some(R::Unreadable));
        }
    }
}

/// Whether a transaction with this standing is admitted, and how often `members` was asked.
fn admitted(
    standing: Standing,
    bound: bool,
    to: Option<Address>,
    input: &[u8],
    organisation: u32,
) -> (bool, u32) {
    let [word] = standing.to_words();
    let mut asked = 0;
    let answer = admit(word, NOW, bound, to, input, || {
        asked += 1;
        Ok::<_, Infallible>(U256::from(organisation))
    });
    (answer.unwrap().is_none(), asked)
}

#[test]
fn accounts_of_members_need_no_binding_and_are_asked_for_only_where_it_matters() {
    let nobody = Standing::default();
    let with = |status| Standing { status, ..active() };
    let expired = Standing { expiry_ms: NOW, ..active() };
    let invited = Standing { status: Status::Invited, expiry_ms: NOW + 1, ..Standing::default() };
    let under_suspended = Standing { root_status: Status::Suspended, ..active() };
    let frozen = Standing { frozen_until_ms: NOW + 1, ..active() };
    let anywhere = Some(STRANGER);
    for (standing, bound, organisation, want) in [
        (active(), true, 0, (true, 0)),
        (nobody, true, 0, (false, 1)),
        (nobody, true, 4, (true, 1)),
        (expired, true, 0, (false, 1)),
        (expired, true, 4, (true, 1)),
        (invited, true, 4, (true, 1)),
        // What an authority decided about a binding holds for them as for everybody.
        (with(Status::Suspended), true, 4, (false, 0)),
        (with(Status::Revoked), true, 4, (false, 0)),
        (with(Status::Replaced), true, 4, (false, 0)),
        (under_suspended, true, 4, (false, 0)),
        (with(Status::Suspended), false, 4, (true, 0)),
        (frozen, true, 4, (false, 0)),
        (frozen, false, 4, (false, 0)),
        (nobody, false, 0, (true, 0)),
    ] {
        assert_eq!(admitted(standing, bound, anywhere, &[], organisation), want, "{standing:?}");
    }
}

#[test]
fn an_invited_account_may_accept_and_nothing_else() {
    let invited = Standing { status: Status::Invited, expiry_ms: NOW + 1, ..Standing::default() };
    let accept = acceptCall { inviter: ROOT }.abi_encode();
    let other = levelOfCall { account: ROOT }.abi_encode();
    let here = Some(state::ADDRESS);
    assert!(admitted(invited, true, here, &accept, 0).0);
    assert!(!admitted(invited, true, here, &other, 0).0);
    assert!(!admitted(invited, true, Some(STRANGER), &accept, 0).0);
    assert!(!admitted(invited, true, None, &accept, 0).0);
    let over = Standing { expiry_ms: NOW, ..invited };
    assert!(!admitted(over, true, here, &accept, 0).0);
    let frozen = Standing { frozen_until_ms: NOW + 1, ..invited };
    assert!(!admitted(frozen, true, here, &accept, 0).0);
    assert!(!admitted(Standing::default(), true, here, &accept, 0).0);
    assert!(is_acceptance(here, &accept) && !is_acceptance(here, &accept[..3]));
}

#[test]
fn refusals_have_a_stable_name_and_say_what_to_do() {
    let cases = [
        (R::NotBound, "account_not_bound", "identity authority"),
        (R::Invited { until_ms: 7 }, "account_invited", "until 1970-01-01 08:00:00.007 Beijing time"),
        (R::Suspended, "account_suspended", "ask the identity authority"),
        (R::Revoked, "account_revoked", "bind a new one"),
        (R::Replaced, "account_replaced", "send with the successor"),
        (R::Expired { expiry_ms: 7 }, "account_expired", "at 1970-01-01"),
        (R::Frozen { until_ms: 7 }, "account_frozen", "until 1970-01-01"),
        (R::Frozen { until_ms: NEVER_MS }, "account_frozen", "supervisor; orders.freezesOf"),
        (R::Unreadable, "account_unreadable", "ding check"),
    ];
    for (refusal, name, want) in cases {
        assert_eq!(refusal.name(), name);
        assert!(refusal.to_string().contains(want), "{refusal}");
    }
}

fn with_section(section: serde_json::Value) -> Spec {
    let mut spec = mocks::spec();
    let members = serde_json::json!({"organisations": [
        {"name": "Office", "accounts": [AUTHORITY]},
        {"name": "Empty"},
    ]});
    spec.modules.insert("members".into(), members);
    spec.modules.insert("identity".into(), section);
    spec
}

#[test]
fn a_chain_is_bound_only_if_its_genesis_file_says_so() {
    assert!(!genesis::bound(&mocks::spec()));
    for (section, want) in [
        (serde_json::json!({}), false),
        (serde_json::json!({"admission": "open"}), false),
        (serde_json::json!({"admission": "bound"}), true),
        (serde_json::json!({"admission": "bound", "authorities": [{"organisation": "Office"}]}), true),
    ] {
        let spec = with_section(section);
        assert_eq!(crate::check_genesis(&spec).map_err(|error| error.to_string()), Ok(()));
        assert_eq!(genesis::bound(&spec), want);
    }
    let mut scene = Scene::new(&Identity);
    assert!(!scene.read(STRANGER, countsCall {}).bound);
    scene.check();
}

#[test]
fn every_broken_entry_of_the_section_is_named() {
    let office = serde_json::json!({"organisation": "Office"});
    for (section, want) in [
        (serde_json::json!({"admission": "closed"}), "closed"),
        (serde_json::json!({"colour": 1}), "colour"),
        (serde_json::json!({"authorities": [{"organisation": "Nobody"}]}), "\"Nobody\": no organisation"),
        (serde_json::json!({"authorities": [{"organisation": "Empty"}]}), "no account"),
        (serde_json::json!({"authorities": [office, office]}), "named twice"),
        (serde_json::json!({"authorities": [{"organisation": "Office", "name": " x"}]}), "space"),
        (serde_json::json!({"authorities": vec![office; 65]}), "65 authorities"),
        (serde_json::json!(7), "invalid type"),
    ] {
        let error = crate::check_genesis(&with_section(section)).unwrap_err().to_string();
        assert!(error.contains("modules.identity") && error.contains(want), "{error}");
    }
    let mut spec = mocks::spec();
    spec.modules.insert("identity".into(), serde_json::json!({"admission": "bound"}));
    let error = crate::check_genesis(&spec).unwrap_err().to_string();
    assert!(error.contains("nobody could ever act"), "{error}");
}
