//! Any order of steps by anybody, the invariants after each, and storage that departs from the events.

use super::*;

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn small(&mut self, bound: u8) -> u8 {
        u8::try_from(self.below(bound.into())).unwrap()
    }

    fn account(&mut self) -> Address {
        Address::repeat_byte(0x10 + self.small(24))
    }
}

/// One step of somebody; whether it was taken.
fn step(scene: &mut Scene<'_>, disorder: &mut Disorder) -> bool {
    let (account, other) = (disorder.account(), disorder.account());
    let authority = [AUTHORITY, SECOND][usize::from(disorder.small(2))];
    let now = scene.block().timestamp_ms;
    let reason = 1 + disorder.small(9);
    let caller = if disorder.below(4) == 0 { other } else { authority };
    match disorder.below(12) {
        0 | 1 => {
            let expiry = if disorder.below(2) == 0 { 0 } else { now + 1 + disorder.below(60_000) };
            let call = bindCall {
                expiryMs: expiry,
                level: 1 + disorder.small(4),
                ..person(account, 1 + disorder.small(8))
            };
            scene.call(caller, call).is_ok()
        }
        2 => scene.call(caller, addAccountCall { root: other, account }).is_ok(),
        3 => scene.call(caller, rotateCall { account, successor: other, reason }).is_ok(),
        4 => scene.call(caller, suspendCall { account, reason }).is_ok(),
        5 => scene.call(caller, restoreCall { account, reason }).is_ok(),
        6 => scene.call(caller, revokeCall { account, reason }).is_ok(),
        7 => {
            let call = renewCall {
                binding: 1 + disorder.below(12),
                level: 1 + disorder.small(4),
                expiryMs: now + 50_000,
            };
            scene.call(caller, call).is_ok()
        }
        8 => scene.call(other, inviteCall { account, purpose: 1 + disorder.small(2) }).is_ok(),
        9 => scene.call(account, acceptCall { inviter: other }).is_ok(),
        10 => scene.call(other, withdrawInvitationCall { account }).is_ok(),
        _ => {
            let until = [0, now + 1 + disorder.below(60_000), NEVER_MS][usize::from(disorder.small(3))];
            scene.within(|ctx| set_frozen(ctx, account, until)).is_ok()
        }
    }
}

#[test]
fn no_order_of_steps_breaks_an_invariant() {
    for seed in 0..60 {
        let (mut scene, mut disorder) = (scene(), Disorder(seed));
        let mut taken = 0;
        for turn in 0..400 {
            taken += usize::from(step(&mut scene, &mut disorder));
            if turn % 5 == 0 {
                scene.next_block();
            }
            if turn % 20 == 0 {
                scene.check();
            }
        }
        scene.check();
        assert!(taken > 30, "seed {seed}: {taken} steps");
    }
}

#[test]
fn an_account_that_was_retired_never_has_standing_again() {
    let (mut scene, mut disorder) = (scene(), Disorder(77));
    let mut retired = std::collections::BTreeSet::new();
    for _ in 0..1_500 {
        step(&mut scene, &mut disorder);
        for n in 0..24 {
            let account = Address::repeat_byte(0x10 + n);
            let found = standing(&mut scene, account);
            if matches!(found.status, 3 | 4) {
                retired.insert(account);
            }
            assert!(!(found.inForce && retired.contains(&account)), "{account} came back");
        }
    }
    assert!(retired.len() > 5, "{}", retired.len());
}

#[test]
fn storage_that_departs_from_the_events_is_found() {
    type Tamper = fn(&mut Scene<'static>);
    let put = |scene: &mut Scene<'static>, slot: U256, word: u64| {
        scene.host_mut().put(state::ADDRESS, slot, U256::from(word));
    };
    let cases: [(Tamper, &str); 10] = [
        (|s| drop(s.history_mut().pop()), "I2"),
        (|s| drop(s.history_mut().remove(0)), "I5"),
        (
            |s| {
                let first = s.history()[0].clone();
                s.history_mut().push(first);
            },
            "I5",
        ),
        (|s| s.history_mut()[0].topics.truncate(1), "I5"),
        (
            |s| {
                let added = s.history()[1].clone();
                s.history_mut().push(added);
            },
            "I6",
        ),
        (|s| s.host_mut().put(state::ADDRESS, ACCOUNTS.slot_of(PHONE), U256::from(1)), "I1"),
        (|s| s.host_mut().put(state::ADDRESS, state::PLACES.slot_of_both(1, 1), U256::from(5)), "I1"),
        (|s| s.host_mut().put(state::ADDRESS, state::LIVE.slot_of_both(1, digest(1)), U256::from(2)), "I3"),
        (|s| s.host_mut().put(state::ADDRESS, state::AUTHORITIES.slot_of(1), U256::from(1)), "I4"),
        (|s| s.host_mut().put(state::ADDRESS, COUNTS.slot(), U256::from(1)), "I5"),
    ];
    for (tamper, invariant) in cases {
        let mut scene = bound();
        scene.call(AUTHORITY, suspendCall { account: PHONE, reason: 6 }).unwrap();
        scene.check();
        tamper(&mut scene);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
    let mut scene = bound();
    put(&mut scene, STANDINGS.slot_of(ROOT), 1);
    assert_eq!(scene.violation().unwrap_err().invariant, "I2");
}
