//! Behaviours, one sentence each; `model` compares long random lives with a naive pool.

mod model;
mod scene;

use self::scene::{Scene, Tx, account};
use super::*;
use futures::FutureExt as _;

const SECOND: u64 = 1_000;

#[test]
fn one_senders_transactions_leave_in_the_order_of_their_nonces_whatever_the_order_they_came_in() {
    let mut scene = Scene::new();
    for nonce in [2, 0, 3, 1] {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    assert_eq!(scene.choose(10), [(0, 0), (0, 1), (0, 2), (0, 3)]);
}

#[test]
fn senders_take_turns_and_the_oldest_begins() {
    let mut scene = Scene::new();
    for (sender, nonce) in [(1, 0), (1, 1), (1, 2), (0, 0), (2, 0), (0, 1)] {
        scene.submit(Tx::new(sender, nonce)).unwrap();
    }
    assert_eq!(scene.choose(10), [(1, 0), (0, 0), (2, 0), (1, 1), (0, 1), (1, 2)]);
    assert_eq!(scene.choose(2), [(1, 0), (0, 0)]);
}

#[test]
fn nothing_starves_behind_a_sender_with_a_long_row() {
    let mut scene = Scene::new();
    for nonce in 0..30 {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    for sender in 1..4 {
        scene.submit(Tx::new(sender, 0)).unwrap();
    }
    scene.finalize_chosen(2);
    assert_eq!(scene.choose(3), [(0, 1), (2, 0), (3, 0)], "sender 1 had its turn in the first block");
}

#[test]
fn a_missing_nonce_holds_back_what_follows_until_it_comes() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0)).unwrap();
    scene.submit(Tx::new(0, 2)).unwrap();
    assert_eq!(scene.choose(10), [(0, 0)]);
    assert_eq!((scene.pool.status().pending, scene.pool.status().queued), (1, 1));
    assert_eq!(scene.pool.next_nonce(scene::address(0)), Some(1));
    scene.submit(Tx::new(0, 1)).unwrap();
    assert_eq!(scene.choose(10), [(0, 0), (0, 1), (0, 2)]);
    assert_eq!(scene.pool.next_nonce(scene::address(0)), Some(3));
}

#[test]
fn what_stands_in_a_block_that_is_not_final_is_not_offered_again() {
    let mut scene = Scene::new();
    for nonce in 0..4 {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    scene.submit(Tx::new(1, 0)).unwrap();
    scene.next.insert(scene::address(0), 2);
    assert_eq!(scene.choose(10), [(0, 2), (1, 0), (0, 3)]);
    assert_eq!(scene.pool.ready(&scene.next, 100), 3);
    assert_eq!(scene.pool.ready(&scene.next, 2), 2, "counted no further than asked");
}

#[test]
fn a_block_of_another_member_can_fill_a_gap_before_it_is_final() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 5)).unwrap();
    assert_eq!(scene.choose(10), []);
    scene.next.insert(scene::address(0), 5);
    assert_eq!(scene.choose(10), [(0, 5)]);
    assert_eq!(scene.pool.ready(&scene.next, 100), 1);
}

#[test]
fn a_block_stays_within_its_budget_and_what_does_not_fit_does_not_block_others() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0).gas(900_000)).unwrap();
    scene.submit(Tx::new(1, 0).gas(300_000)).unwrap();
    scene.submit(Tx::new(1, 1).gas(50_000)).unwrap();
    scene.submit(Tx::new(2, 0).gas(60_000)).unwrap();
    let budget = |gas| Budget { transactions: 10, bytes: 10_000, gas };
    assert_eq!(scene.choose_within(budget(1_000_000)), [(0, 0), (2, 0)]);
    assert_eq!(scene.choose_within(budget(1_240_000)), [(0, 0), (1, 0)], "both others need more than 40,000");
    let bytes = scene.get(2, 0).size() + 1;
    let one = Budget { transactions: 10, bytes, gas: u64::MAX };
    assert_eq!(scene.choose_within(one).len(), 1);
    assert_eq!(scene.choose_within(Budget { bytes: bytes - 1, ..one }).len(), 0);
}

#[test]
fn a_repeated_submission_is_already_known() {
    let mut scene = Scene::new();
    assert_eq!(scene.submit(Tx::new(0, 0)), Ok(Admitted::New));
    let error = scene.submit(Tx::new(0, 0)).unwrap_err();
    assert_eq!(error.to_string(), "already known");
}

#[test]
fn a_transaction_that_a_peer_told_of_first_is_welcome_at_this_members_doors_once() {
    let mut scene = Scene::new();
    scene.tell(Tx::new(0, 0));
    assert_eq!(scene.submit(Tx::new(0, 0)), Ok(Admitted::Known));
    assert_eq!(scene.submit(Tx::new(0, 0)), Err(Refused::AlreadyKnown));
    assert_eq!(scene.pool.status().pending, 1);
}

#[test]
fn a_higher_offer_takes_the_place_and_a_slightly_higher_one_is_underpriced() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0).price(100)).unwrap();
    scene.submit(Tx::new(1, 0)).unwrap();
    let old = scene.get(0, 0).hash();
    let error = scene.submit(Tx::new(0, 0).price(109)).unwrap_err();
    assert!(error.to_string().starts_with("replacement transaction underpriced"), "{error}");
    assert!(error.to_string().contains("109") && error.to_string().contains("110"), "{error}");
    assert_eq!(scene.submit(Tx::new(0, 0).price(110)), Ok(Admitted::Replaced(old)));
    assert_eq!(scene.pool.find(&old), None);
    assert_eq!(scene.choose(10), [(0, 0), (1, 0)], "the replacement keeps the place");
    assert_eq!(scene.pool.fate(&old), Some(Fate::Replaced(scene.get(0, 0).hash())));
}

#[test]
fn free_transactions_do_not_replace_each_other_for_free() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0).price(0)).unwrap();
    assert!(matches!(scene.submit(Tx::new(0, 0).price(0).gas(50_000)), Err(Refused::Underpriced { .. })));
    assert!(matches!(scene.submit(Tx::new(0, 0).price(1)), Ok(Admitted::Replaced(_))));
}

#[test]
fn what_can_never_run_is_refused_by_name() {
    let mut scene = Scene::new();
    scene.nonces.insert(0, 3);
    let low = scene.submit(Tx::new(0, 2)).unwrap_err();
    assert!(low.to_string().starts_with("nonce too low"), "{low}");
    let poor =
        scene.pool.submit(Tx::new(0, 3).value(2).sign(), Account { nonce: 3, ..account(1) }, 0).unwrap_err();
    assert!(poor.to_string().starts_with("insufficient funds"), "{poor}");
    let gas = scene.submit(Tx::new(0, 3).gas(20_999)).unwrap_err();
    assert!(gas.to_string().starts_with("intrinsic gas too low"), "{gas}");
    let greedy = scene.submit(Tx::new(0, 3).gas(limits::TRANSACTION_GAS_MAX + 1)).unwrap_err();
    assert!(!greedy.is_temporary(), "{greedy}");
    assert_eq!(scene.pool.status(), Status::default());
}

#[test]
fn personal_data_comes_in_neither_from_the_doors_nor_from_peers() {
    let mut scene = Scene::new();
    for text in ["身份证 990000199001010017", "tel 13812345678", "card 6222021234567890128"] {
        let refused = scene.submit(Tx::new(0, 0).text(text)).unwrap_err().to_string();
        assert!(refused.starts_with("personal data: byte "), "{refused}");
        let number = text.rsplit(' ').next().unwrap();
        assert!(!refused.contains(number), "{refused}");
        scene.tell(Tx::new(0, 0).text(text));
    }
    assert_eq!(scene.pool.status(), Status::default());
    scene.submit(Tx::new(0, 0).text("order 990000199001010018")).unwrap();
}

#[test]
fn a_nonce_may_be_ahead_only_so_far() {
    let mut scene = Scene::new();
    scene.nonces.insert(0, 7);
    scene.submit(Tx::new(0, 7 + limits::POOL_NONCE_AHEAD_MAX)).unwrap();
    let error = scene.submit(Tx::new(0, 8 + limits::POOL_NONCE_AHEAD_MAX)).unwrap_err();
    assert_eq!(error, Refused::NonceTooHigh { got: 8 + limits::POOL_NONCE_AHEAD_MAX, want: 7 });
    assert!(error.to_string().starts_with("nonce too high") && error.is_temporary());
}

#[test]
fn a_final_block_takes_its_transactions_out_and_those_it_made_impossible() {
    let mut scene = Scene::new();
    for nonce in 0..3 {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    let mine = scene.get(0, 1).hash();
    // Another member proposed another transaction with nonce 1.
    let other = Tx::new(0, 1).price(50).sign();
    scene.finalize(vec![scene.get(0, 0), other]);
    assert_eq!(scene.choose(10), [(0, 2)]);
    assert_eq!(scene.pool.fate(&mine), Some(Fate::Overtaken));
    let counters = scene.pool.counters();
    assert_eq!((counters.included, counters.overtaken), (1, 1));
}

#[test]
fn a_caller_that_read_the_account_before_the_last_block_cannot_bring_back_what_it_holds() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0)).unwrap();
    let included = scene.get(0, 0);
    scene.finalize(vec![included.clone()]);
    let stale = Account { nonce: 0, ..account(0) };
    let error = scene.pool.submit(included, stale, 0).unwrap_err();
    assert!(error.to_string().starts_with("nonce too low"), "{error}");
    // Nor for a sender whose transaction this member never saw before it was final.
    let foreign = Tx::new(1, 0).sign();
    scene.finalize(vec![foreign.clone()]);
    assert!(scene.pool.submit(foreign, stale, 0).is_err());
}

#[test]
fn nonces_of_idle_senders_are_forgotten_oldest_first_when_there_are_too_many() {
    let mut scene = Scene::with(PoolLimits { idle_senders: 2, ..PoolLimits::default() });
    for sender in 0..3 {
        scene.finalize(vec![Tx::new(sender, 0).sign()]);
    }
    let stale = Account { nonce: 0, ..account(0) };
    assert_eq!(scene.pool.submit(Tx::new(0, 0).sign(), stale, 0), Ok(Admitted::New));
    assert!(scene.pool.submit(Tx::new(2, 0).sign(), stale, 0).is_err());
}

#[test]
fn what_waited_longer_than_a_lifetime_leaves_with_the_next_block() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0)).unwrap();
    let old = scene.get(0, 0).hash();
    scene.now_ms += 1;
    scene.submit(Tx::new(0, 1)).unwrap();
    scene.now_ms += limits::POOL_LIFETIME_MS;
    scene.finalize(vec![]);
    assert_eq!(scene.pool.fate(&old), Some(Fate::Expired));
    assert_eq!(scene.pool.status(), Status { pending: 0, queued: 1, bytes: scene.get(0, 1).size() });
}

#[test]
fn a_transaction_that_no_proposer_can_run_leaves_by_name() {
    let mut scene = Scene::new();
    scene.submit(Tx::new(0, 0)).unwrap();
    scene.submit(Tx::new(0, 1)).unwrap();
    let hash = scene.get(0, 0).hash();
    scene.pool.unfit(&hash, "insufficient funds");
    assert_eq!(scene.pool.fate(&hash).unwrap().to_string(), "dropped by a proposer: insufficient funds");
    assert_eq!(scene.choose(10), []);
    scene.submit(Tx::new(0, 0)).unwrap();
    assert_eq!(scene.choose(10), [(0, 0), (0, 1)]);
    assert_eq!(scene.pool.fate(&hash), None, "it waits again");
}

#[test]
fn a_full_pool_gives_up_the_longest_rows_end_and_refuses_who_is_furthest() {
    let mut scene = Scene::with(PoolLimits { transactions: 4, ..PoolLimits::default() });
    for (sender, nonce) in [(0, 0), (0, 1), (0, 2), (1, 0)] {
        scene.submit(Tx::new(sender, nonce)).unwrap();
    }
    let end = scene.get(0, 2).hash();
    assert_eq!(scene.submit(Tx::new(2, 0)), Ok(Admitted::New));
    assert_eq!(scene.pool.fate(&end), Some(Fate::Evicted));
    let error = scene.submit(Tx::new(0, 2)).unwrap_err();
    assert!(error.to_string().starts_with("txpool is full") && error.is_temporary(), "{error}");
    scene.submit(Tx::new(3, 0)).unwrap();
    assert_eq!(scene.submit(Tx::new(4, 0)), Err(scene.full()), "nobody waits behind it");
    assert_eq!(scene.choose(10), [(0, 0), (1, 0), (2, 0), (3, 0)]);
}

#[test]
fn what_waits_behind_a_gap_makes_room_for_what_can_run() {
    let mut scene = Scene::with(PoolLimits { transactions: 2, ..PoolLimits::default() });
    scene.submit(Tx::new(0, 1)).unwrap();
    scene.submit(Tx::new(1, 0)).unwrap();
    assert_eq!(scene.submit(Tx::new(2, 1)), Err(scene.full()));
    assert_eq!(scene.submit(Tx::new(1, 1)), Ok(Admitted::New));
    assert_eq!(scene.choose(10), [(1, 0), (1, 1)]);
}

#[test]
fn a_large_newcomer_evicts_only_what_is_enough_and_nothing_when_it_is_refused() {
    let small = Tx::new(0, 0).sign().size();
    let mut scene = Scene::with(PoolLimits { bytes: 10 * small, ..PoolLimits::default() });
    for nonce in 0..9 {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    scene.submit(Tx::new(1, 0)).unwrap();
    assert_eq!(scene.submit(Tx::new(2, 0).data(3 * small)), Ok(Admitted::New));
    let after = scene.pool.status();
    assert!(after.bytes <= 10 * small && after.pending >= 6, "{after:?}");
    assert_eq!(scene.submit(Tx::new(3, 0).data(20 * small)), Err(scene.full()));
    assert_eq!(scene.pool.status(), after);
}

#[test]
fn one_sender_may_have_only_so_many_waiting() {
    let mut scene = Scene::with(PoolLimits { sender_transactions: 3, ..PoolLimits::default() });
    for nonce in [0, 1, 3] {
        scene.submit(Tx::new(0, nonce)).unwrap();
    }
    assert_eq!(scene.submit(Tx::new(0, 4)), Err(Refused::SenderFull { waiting: 3 }));
    scene.submit(Tx::new(0, 2)).unwrap();
    assert_eq!(scene.choose(10), [(0, 0), (0, 1), (0, 2)], "nonce 3 made room for nonce 2");
    scene.submit(Tx::new(1, 0)).unwrap();
}

#[test]
fn what_entered_here_is_offered_at_once_and_then_at_growing_distances_while_it_waits() {
    let mut scene = Scene::new();
    scene.now_ms = 10 * SECOND;
    scene.submit(Tx::new(0, 0)).unwrap();
    scene.submit(Tx::new(1, 0)).unwrap();
    assert_eq!(scene.offers(), [(0, 0), (1, 0)]);
    scene.finalize(vec![scene.get(1, 0)]);
    let mut times = Vec::new();
    for now_ms in (10..160).map(|second| second * SECOND) {
        scene.now_ms = now_ms;
        match scene.offers()[..] {
            [] => {}
            [(0, 0)] => times.push(now_ms / SECOND - 10),
            ref other => panic!("{other:?}"),
        }
    }
    assert_eq!(times, [3, 9, 21, 45, 93, 141]);
}

#[test]
fn what_a_peer_told_of_is_offered_only_when_all_others_fell_silent() {
    let mut scene = Scene::new();
    scene.tell(Tx::new(0, 0));
    let mut times = Vec::new();
    for second in 0..150 {
        scene.now_ms = second * SECOND;
        if second == 40 {
            scene.tell(Tx::new(0, 0));
        }
        if !scene.offers().is_empty() {
            times.push(second);
        }
    }
    assert_eq!(times, [96, 144], "silent at 48, since a peer spoke at 40");
}

#[test]
fn offers_stay_within_the_bytes_asked_for_and_the_rest_comes_next() {
    let mut scene = Scene::new();
    for sender in 0..3 {
        scene.submit(Tx::new(sender, 0)).unwrap();
    }
    let one = scene.get(0, 0).size() + 1;
    assert_eq!(scene.pool.outgoing(2 * one, 0).len(), 2);
    assert_eq!(scene.pool.outgoing(2 * one, 0).len(), 1);
    assert_eq!(scene.pool.outgoing(2 * one, 0).len(), 0);
}

#[test]
fn a_clock_set_back_does_not_silence_the_member() {
    let mut scene = Scene::new();
    scene.now_ms = 1_000_000 * SECOND;
    scene.submit(Tx::new(0, 0)).unwrap();
    assert_eq!(scene.offers().len(), 1);
    scene.now_ms = 10 * SECOND;
    assert_eq!(scene.offers().len(), 1);
    assert_eq!(scene.offers().len(), 0);
}

#[test]
fn the_schedule_of_offers_stays_small_when_nobody_asks_for_offers() {
    let mut scene = Scene::new();
    for nonce in 0..6_000 {
        scene.submit(Tx::new(0, nonce)).unwrap();
        scene.finalize_chosen(1);
    }
    assert!(scene.pool.shared.book.lock().spread.len() < 2_000);
}

#[test]
fn a_waiter_learns_of_each_admission_and_of_none_twice() {
    let mut scene = Scene::new();
    let (one, two) = (scene.pool.clone(), scene.pool.clone());
    assert!(one.changed().now_or_never().is_none());
    scene.submit(Tx::new(0, 0)).unwrap();
    assert!(one.changed().now_or_never().is_some(), "admitted before the call");
    assert!(one.changed().now_or_never().is_none());
    assert!(two.changed().now_or_never().is_some(), "each clone sees for itself");
    let mut waiting = Box::pin(one.changed());
    assert!(waiting.as_mut().now_or_never().is_none());
    scene.submit(Tx::new(0, 1)).unwrap();
    drop(waiting);
    assert!(one.changed().now_or_never().is_some(), "a cancelled call forgets nothing");
    let mut waiting = Box::pin(one.changed());
    assert!(waiting.as_mut().now_or_never().is_none());
    assert!(scene.submit(Tx::new(0, 1)).is_err());
    assert!(waiting.as_mut().now_or_never().is_none(), "a refusal is nothing new");
    scene.tell(Tx::new(0, 2));
    assert!(waiting.as_mut().now_or_never().is_some());
}

#[test]
fn the_content_is_listed_by_sender() {
    let mut scene = Scene::new();
    for (sender, nonce) in [(1, 0), (0, 0), (0, 2)] {
        scene.submit(Tx::new(sender, nonce)).unwrap();
    }
    let all: Vec<Content> = scene.pool.content().collect();
    assert!(all.is_sorted_by_key(|content| content.sender));
    assert_eq!(all.iter().map(|content| content.pending.len()).sum::<usize>(), 2);
    let first = scene.pool.content_of(scene::address(0));
    assert_eq!((first.pending, first.queued), (vec![scene.get(0, 0)], vec![scene.get(0, 2)]));
}
