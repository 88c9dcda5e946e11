#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

use super::{abi::IOnce::*, *};
use crate::{
    decode_revert,
    mocks::{NOTARY, OTHER, STRANGER, Scene, digest, revert},
};
use alloy_sol_types::{SolCall as _, SolError as _};

/// A contract or module that keeps a register.
const OWNER: Address = STRANGER;
const HOUR: u64 = 3_600_000;

fn want(scene: &Scene<'_>, key: u8, content: u8, holder: Address) -> reserveCall {
    let untilMs = scene.block().timestamp_ms + HOUR;
    reserveCall { register: digest(0xaa), key: digest(key), content: digest(content), holder, untilMs }
}

fn sure(key: u8, content: u8, holder: Address, forEver: bool) -> confirmCall {
    confirmCall { register: digest(0xaa), key: digest(key), content: digest(content), holder, forEver }
}

fn free(key: u8, holder: Address) -> releaseCall {
    releaseCall { register: digest(0xaa), key: digest(key), holder }
}

fn hand(key: u8, from: Address, to: Address) -> transferCall {
    transferCall { register: digest(0xaa), key: digest(key), from, to }
}

fn ask(owner: Address, key: u8) -> entryOfCall {
    entryOfCall { owner, register: digest(0xaa), key: digest(key) }
}

fn not_held(key: u8) -> NotHeld {
    NotHeld { register: digest(0xaa), key: digest(key) }
}

fn scene() -> Scene<'static> {
    Scene::new(&Once).at_height(7)
}

#[test]
fn of_two_parties_that_race_one_wins_and_the_other_learns_who() {
    let mut scene = scene();
    let (mine, theirs) = (want(&scene, 1, 9, NOTARY), want(&scene, 1, 9, OTHER));
    let untilMs = mine.untilMs;
    assert!(scene.call(OWNER, mine).unwrap().fresh);
    let lost = HeldByOther { register: digest(0xaa), key: digest(1), holder: NOTARY, state: 1, untilMs };
    assert_eq!(scene.call(OWNER, theirs.clone()), revert(lost));
    scene.next_block();
    scene.call(OWNER, sure(1, 9, NOTARY, false)).unwrap();
    let lost = HeldByOther { register: digest(0xaa), key: digest(1), holder: NOTARY, state: 2, untilMs: 0 };
    assert_eq!(scene.call(OWNER, theirs), revert(lost.clone()));
    assert_eq!(scene.call(OWNER, sure(1, 9, OTHER, false)), revert(lost));
    scene.check();
}

#[test]
fn the_same_question_gets_the_same_answer_and_changes_nothing() {
    let mut scene = scene();
    let first = want(&scene, 1, 9, NOTARY);
    let answer = scene.call(OWNER, first.clone()).unwrap();
    scene.later(60_000);
    let again = scene.call(OWNER, reserveCall { untilMs: first.untilMs + HOUR, ..first }).unwrap();
    assert_eq!((again.fresh, &again.entry), (false, &answer.entry));
    assert_eq!((again.entry.height, again.entry.untilMs, scene.logs().len()), (7, first.untilMs, 0));
    let last = scene.call(OWNER, sure(1, 9, NOTARY, false)).unwrap();
    assert!(last.fresh);
    scene.next_block();
    for entry in [
        scene.call(OWNER, sure(1, 9, NOTARY, false)).map(|a| (a.fresh, a.entry)).unwrap(),
        scene.call(OWNER, first).map(|a| (a.fresh, a.entry)).unwrap(),
    ] {
        assert_eq!(entry, (false, last.entry.clone()));
        assert!(scene.logs().is_empty());
    }
    scene.check();
}

#[test]
fn other_content_under_a_held_key_is_refused_with_both() {
    let mut scene = scene();
    scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
    let refused = OtherContent {
        register: digest(0xaa),
        key: digest(1),
        holder: NOTARY,
        recorded: digest(9),
        given: digest(8),
    };
    assert_eq!(scene.call(OWNER, want(&scene, 1, 8, NOTARY)), revert(refused.clone()));
    assert_eq!(scene.call(OWNER, sure(1, 8, NOTARY, true)), revert(refused));
    scene.check();
}

#[test]
fn a_reservation_falls_free_in_the_millisecond_in_which_it_ends() {
    let mut scene = scene();
    let first = want(&scene, 1, 9, NOTARY);
    scene.call(OWNER, first.clone()).unwrap();
    scene.later(HOUR - 1);
    assert_eq!(scene.read(OTHER, ask(OWNER, 1)).holder, NOTARY);
    assert!(scene.call(OWNER, want(&scene, 1, 8, OTHER)).is_err());
    scene.later(1);
    assert_eq!(scene.block().timestamp_ms, first.untilMs);
    assert_eq!(scene.read(OTHER, ask(OWNER, 1)).state, 0);
    assert_eq!(scene.call(OWNER, sure(1, 9, NOTARY, false)), revert(not_held(1)));
    assert_eq!(scene.call(OWNER, free(1, NOTARY)), revert(not_held(1)));
    assert!(scene.call(OWNER, want(&scene, 1, 8, OTHER)).unwrap().fresh);
    let kinds: Vec<_> = scene.logs().iter().filter_map(events::decode).collect();
    assert!(matches!(&kinds[..], [events::Event::Lapsed(lapsed), events::Event::Reserved(taken)]
            if lapsed.holder == NOTARY && taken.holder == OTHER));
    scene.check();
}

#[test]
fn a_reservation_ends_in_the_future_and_not_too_far_away() {
    let mut scene = scene();
    let nowMs = scene.block().timestamp_ms;
    let longestMs = limits::ONCE_RESERVATION_MS_MAX;
    for untilMs in [0, nowMs, nowMs + longestMs + 1, u64::MAX] {
        let call = reserveCall { untilMs, ..want(&scene, 1, 9, NOTARY) };
        assert_eq!(scene.call(OWNER, call), revert(ReservationTime { untilMs, nowMs, longestMs }));
    }
    let call = reserveCall { untilMs: nowMs + longestMs, ..want(&scene, 1, 9, NOTARY) };
    assert!(scene.call(OWNER, call).is_ok());
    scene.check();
}

#[test]
fn what_is_confirmed_stays_until_it_is_released_or_for_ever() {
    let mut scene = scene();
    for (key, for_ever) in [(1, false), (2, true)] {
        scene.call(OWNER, want(&scene, key, 9, NOTARY)).unwrap();
        scene.call(OWNER, sure(key, 9, NOTARY, for_ever)).unwrap();
    }
    scene.later(limits::ONCE_RESERVATION_MS_MAX * 3);
    assert_eq!(scene.read(OTHER, ask(OWNER, 1)).state, 2);
    assert_eq!(scene.read(OTHER, ask(OWNER, 2)).state, 3);
    let manner = |key, forEver| OtherManner { register: digest(0xaa), key: digest(key), forEver };
    assert_eq!(scene.call(OWNER, sure(1, 9, NOTARY, true)), revert(manner(1, false)));
    assert_eq!(scene.call(OWNER, sure(2, 9, NOTARY, false)), revert(manner(2, true)));
    let kept = KeptForEver { register: digest(0xaa), key: digest(2), holder: NOTARY };
    assert_eq!(scene.call(OWNER, free(2, NOTARY)), revert(kept));
    scene.call(OWNER, free(1, NOTARY)).unwrap();
    assert_eq!(scene.call(OWNER, free(1, NOTARY)), revert(not_held(1)));
    let slots = scene.host_mut().slots().filter(|((address, _), _)| *address == ADDRESS).count();
    assert_eq!(slots, 2, "of two entries one is left, in two slots");
    assert!(scene.call(OWNER, want(&scene, 1, 7, OTHER)).unwrap().fresh);
    scene.check();
}

#[test]
fn only_the_holder_releases_and_passes_on() {
    let mut scene = scene();
    scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
    scene.call(OWNER, sure(1, 9, NOTARY, false)).unwrap();
    let held = HeldByOther { register: digest(0xaa), key: digest(1), holder: NOTARY, state: 2, untilMs: 0 };
    assert_eq!(scene.call(OWNER, free(1, OTHER)), revert(held.clone()));
    assert_eq!(scene.call(OWNER, hand(1, OTHER, STRANGER)), revert(held));
    assert_eq!(scene.call(OWNER, hand(1, NOTARY, Address::ZERO)), revert(ZeroHolder {}));
    scene.call(OWNER, hand(1, NOTARY, OTHER)).unwrap();
    assert_eq!(scene.read(NOTARY, ask(OWNER, 1)).holder, OTHER);
    scene.call(OWNER, free(1, OTHER)).unwrap();
    assert_eq!(scene.call(OWNER, hand(1, OTHER, NOTARY)), revert(not_held(1)));
    scene.check();
}

#[test]
fn registers_of_different_owners_have_nothing_to_do_with_each_other() {
    let mut scene = scene();
    scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
    assert!(scene.call(OTHER, want(&scene, 1, 8, OTHER)).unwrap().fresh);
    assert_eq!(scene.call(NOTARY, free(1, NOTARY)), revert(not_held(1)));
    let other = reserveCall { register: digest(0xab), ..want(&scene, 1, 7, OTHER) };
    assert!(scene.call(OWNER, other).unwrap().fresh);
    assert_eq!(scene.read(NOTARY, ask(OWNER, 1)).holder, NOTARY);
    assert_eq!(scene.read(NOTARY, ask(OTHER, 1)).holder, OTHER);
    scene.check();
}

#[test]
fn a_claim_names_key_content_and_holder() {
    let mut scene = scene();
    let whole = want(&scene, 1, 9, NOTARY);
    let zero = B256::ZERO;
    assert_eq!(scene.call(OWNER, reserveCall { key: zero, ..whole }), revert(ZeroKey {}));
    assert_eq!(scene.call(OWNER, reserveCall { content: zero, ..whole }), revert(ZeroContent {}));
    assert_eq!(scene.call(OWNER, reserveCall { holder: Address::ZERO, ..whole }), revert(ZeroHolder {}));
    assert_eq!(scene.call(OWNER, sure(1, 9, NOTARY, false)), revert(not_held(1)));
    scene.check();
}

#[test]
fn one_slot_tells_who_holds_a_key() {
    let mut scene = scene();
    let call = want(&scene, 1, 9, NOTARY);
    let until = call.untilMs;
    let guessed = crate::likely_reads(ADDRESS, OWNER, &call.abi_encode());
    scene.call(OWNER, call).unwrap();
    let slot = entry_slot(OWNER, digest(0xaa), digest(1));
    let slots: Vec<_> = scene.host_mut().slots().filter(|((address, _), _)| *address == ADDRESS).collect();
    let mut places: Vec<_> = slots.iter().map(|(place, _)| *place).collect();
    places.sort_unstable_by_key(|(_, at)| at.wrapping_sub(slot));
    assert_eq!(places, guessed);
    let (_, word) = slots.into_iter().find(|((_, at), _)| *at == slot).unwrap();
    let text = format!("{word:064x}");
    assert_eq!(&text[24..], format!("{NOTARY:x}").trim_start_matches("0x"));
    assert_eq!(u64::from_str_radix(&text[12..24], 16), Ok(until));
    assert_eq!((&text[2..12], &text[..2]), ("0000000007", "01"));
}

#[test]
fn gas_of_a_reservation_is_that_of_two_slots_and_a_log() {
    let mut scene = scene();
    scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
    // Two cold slots, one of them read before it is written, a log of four topics and four words.
    let storage = 2 * 2_100 + 2 * 20_000;
    let log = 375 + 4 * 375 + 8 * 4 * 32;
    let computation = scene.gas_used() - storage - log;
    assert!((300..1_000).contains(&computation), "{computation}");
}

#[test]
fn every_error_has_a_sentence() {
    let (register, key) = (digest(0xaa), digest(1));
    let cases: [(Vec<u8>, &str); 10] = [
        (ZeroKey {}.abi_encode(), "key is all zero"),
        (ZeroContent {}.abi_encode(), "content is all zero"),
        (ZeroHolder {}.abi_encode(), "zero address"),
        (ReservationTime { untilMs: 5, nowMs: 6, longestMs: 7 }.abi_encode(), "at most 7 milliseconds ahead"),
        (
            HeldByOther { register, key, holder: NOTARY, state: 1, untilMs: 77 }.abi_encode(),
            "reserved by 0x00000000000000000000000000000000000000A1 until 1970-01-01 08:00:00.077",
        ),
        (
            OtherContent { register, key, holder: NOTARY, recorded: digest(2), given: digest(3) }
                .abi_encode(),
            "keeps its content",
        ),
        (
            OtherContent {
                register,
                key: B256::right_padding_from(b"11010826000000010016"),
                holder: crate::filing::state::ADDRESS,
                recorded: digest(2),
                given: digest(3),
            }
            .abi_encode(),
            "11010826000000010016 is taken already, by the module filing",
        ),
        (NotHeld { register, key }.abi_encode(), "is free"),
        (OtherManner { register, key, forEver: true }.abi_encode(), "already confirmed for ever"),
        (KeptForEver { register, key, holder: NOTARY }.abi_encode(), "cannot be released"),
    ];
    assert_eq!(cases.len() - 1, (Once.interface().abi)().errors.len(), "one of them twice");
    for (data, want) in cases {
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn foreign_and_bent_logs_are_no_events() {
    let mut scene = scene();
    scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    assert!(events::decode(log).is_some());
    let bent = |bend: fn(&mut Log)| {
        let mut copy = log.clone();
        bend(&mut copy);
        events::decode(&copy)
    };
    assert_eq!(bent(|log| log.address = STRANGER), None);
    assert_eq!(bent(|log| log.topics.truncate(3)), None);
    assert_eq!(bent(|log| log.topics[1].0[0] = 1), None);
    assert_eq!(bent(|log| log.data = [log.data.as_ref(), &[0]].concat().into()), None);
}

#[test]
fn storage_that_departs_from_the_events_is_found() {
    type Tamper = fn(&mut Scene<'static>);
    let cases: [(Tamper, &str); 6] = [
        (|s| s.host_mut().put(ADDRESS, entry_slot(OWNER, digest(0xaa), digest(1)), U256::ZERO), "O2"),
        (
            |s| s.host_mut().put(ADDRESS, entry_slot(OWNER, digest(0xaa), digest(3)), U256::from(5)),
            "storage is readable",
        ),
        (
            |s| {
                let first = s.history()[0].clone();
                s.history_mut().push(first);
            },
            "O1",
        ),
        (|s| drop(s.history_mut().remove(0)), "O4"),
        (
            |s| {
                let freed = Released { owner: OWNER, register: digest(0xaa), key: digest(2), holder: OTHER };
                push(s, &freed);
            },
            "O3",
        ),
        (
            |s| {
                let (from, to) = (STRANGER, NOTARY);
                push(s, &Transferred { owner: OWNER, register: digest(0xaa), key: digest(2), from, to });
            },
            "O1",
        ),
    ];
    for (tamper, invariant) in cases {
        let mut scene = scene();
        scene.call(OWNER, want(&scene, 1, 9, NOTARY)).unwrap();
        scene.call(OWNER, sure(1, 9, NOTARY, false)).unwrap();
        scene.call(OWNER, want(&scene, 2, 9, OTHER)).unwrap();
        scene.call(OWNER, sure(2, 9, OTHER, true)).unwrap();
        scene.call(OWNER, want(&scene, 3, 9, OTHER)).unwrap();
        scene.call(OWNER, free(3, OTHER)).unwrap();
        scene.check();
        tamper(&mut scene);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}

fn push(scene: &mut Scene<'_>, event: &impl alloy_sol_types::SolEvent) {
    let topics = event.encode_topics().into_iter().map(|word| word.0).collect();
    scene.history_mut().push(Log { address: ADDRESS, topics, data: event.encode_data().into() });
}
