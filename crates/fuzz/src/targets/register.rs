//! The once-only register against a small model of what it promises: who holds which key.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

use crate::feed::Feed;
use alloy_sol_types::{SolCall, SolError};
use ding_modules::{
    Stop,
    mocks::{NOTARY, OTHER, STRANGER, Scene, digest},
    once::{Once, abi::IOnce::*},
};
use ding_primitives::{Address, B256, limits};
use std::collections::BTreeMap;

const OWNERS: [Address; 2] = [NOTARY, STRANGER];
const HOLDERS: [Address; 4] = [OTHER, STRANGER, NOTARY, Address::ZERO];
/// Moves of one input.
const MOVES_MAX: usize = 32;

/// What a key stands for; a reservation whose time is over is none.
#[derive(Clone, Copy, Debug)]
struct Held {
    holder: Address,
    content: B256,
    /// 0 once it is confirmed.
    until_ms: u64,
    for_ever: bool,
    height: u64,
}

impl Held {
    const fn state(&self) -> u8 {
        match (self.until_ms, self.for_ever) {
            (0, true) => 3,
            (0, false) => 2,
            _ => 1,
        }
    }

    const fn shown(&self) -> Entry {
        Entry {
            state: self.state(),
            holder: self.holder,
            untilMs: self.until_ms,
            height: self.height,
            content: self.content,
        }
    }
}

type Refusal = Vec<u8>;

#[derive(Default)]
struct Model {
    keys: BTreeMap<(Address, B256, B256), Held>,
    height: u64,
    now_ms: u64,
}

fn refuse<T>(error: impl SolError) -> Result<T, Refusal> {
    Err(error.abi_encode())
}

impl Model {
    fn held(&self, place: (Address, B256, B256)) -> Option<Held> {
        self.keys.get(&place).copied().filter(|held| held.until_ms == 0 || self.now_ms < held.until_ms)
    }

    fn require(&self, place: (Address, B256, B256), holder: Address) -> Result<Held, Refusal> {
        let (_, register, key) = place;
        let Some(held) = self.held(place) else { return refuse(NotHeld { register, key }) };
        Self::require_holder(place, &held, holder)?;
        Ok(held)
    }

    fn require_holder(place: (Address, B256, B256), held: &Held, holder: Address) -> Result<(), Refusal> {
        if held.holder == holder {
            return Ok(());
        }
        let (_, register, key) = place;
        let (state, untilMs) = (held.state(), held.until_ms);
        refuse(HeldByOther { register, key, holder: held.holder, state, untilMs })
    }

    fn require_content(place: (Address, B256, B256), held: &Held, given: B256) -> Result<(), Refusal> {
        if held.content == given {
            return Ok(());
        }
        let (_, register, key) = place;
        refuse(OtherContent { register, key, holder: held.holder, recorded: held.content, given })
    }

    fn whole(key: B256, content: B256, holder: Address) -> Result<(), Refusal> {
        match (key.is_zero(), content.is_zero(), holder.is_zero()) {
            (true, ..) => refuse(ZeroKey {}),
            (_, true, _) => refuse(ZeroContent {}),
            (.., true) => refuse(ZeroHolder {}),
            _ => Ok(()),
        }
    }

    fn reserve(&mut self, owner: Address, call: &reserveCall) -> Result<Vec<u8>, Refusal> {
        let reserveCall { register, key, content, holder, untilMs } = *call;
        Self::whole(key, content, holder)?;
        let place = (owner, register, key);
        let answer = |fresh, held: Held| {
            Ok(reserveCall::abi_encode_returns(&reserveReturn { fresh, entry: held.shown() }))
        };
        if let Some(held) = self.held(place) {
            Self::require_holder(place, &held, holder)?;
            Self::require_content(place, &held, content)?;
            return answer(false, held);
        }
        let (nowMs, longestMs) = (self.now_ms, limits::ONCE_RESERVATION_MS_MAX);
        if untilMs <= nowMs || untilMs - nowMs > longestMs {
            return refuse(ReservationTime { untilMs, nowMs, longestMs });
        }
        let held = Held { holder, content, until_ms: untilMs, for_ever: false, height: self.height };
        self.keys.insert(place, held);
        answer(true, held)
    }

    fn confirm(&mut self, owner: Address, call: &confirmCall) -> Result<Vec<u8>, Refusal> {
        let confirmCall { register, key, content, holder, forEver } = *call;
        Self::whole(key, content, holder)?;
        let place = (owner, register, key);
        let held = self.require(place, holder)?;
        Self::require_content(place, &held, content)?;
        let answer = |fresh, held: Held| {
            Ok(confirmCall::abi_encode_returns(&confirmReturn { fresh, entry: held.shown() }))
        };
        if held.until_ms == 0 {
            if held.for_ever == forEver {
                return answer(false, held);
            }
            return refuse(OtherManner { register, key, forEver: held.for_ever });
        }
        let held = Held { until_ms: 0, for_ever: forEver, height: self.height, ..held };
        self.keys.insert(place, held);
        answer(true, held)
    }

    fn release(&mut self, owner: Address, call: &releaseCall) -> Result<Vec<u8>, Refusal> {
        let releaseCall { register, key, holder } = *call;
        let place = (owner, register, key);
        if self.require(place, holder)?.state() == 3 {
            return refuse(KeptForEver { register, key, holder });
        }
        self.keys.remove(&place);
        Ok(Vec::new())
    }

    fn transfer(&mut self, owner: Address, call: &transferCall) -> Result<Vec<u8>, Refusal> {
        let transferCall { register, key, from, to } = *call;
        if to.is_zero() {
            return refuse(ZeroHolder {});
        }
        let place = (owner, register, key);
        let held = self.require(place, from)?;
        self.keys.insert(place, Held { holder: to, ..held });
        Ok(Vec::new())
    }
}

/// Zero now and then.
fn some(feed: &mut Feed<'_>, of: u8) -> B256 {
    match feed.byte() % (of + 1) {
        0 => B256::ZERO,
        number => digest(number),
    }
}

pub(super) fn run(input: &[u8]) {
    let mut feed = Feed::new(input);
    let mut scene = Scene::new(&Once);
    let mut model = Model::default();
    for _ in 0..MOVES_MAX {
        if feed.is_empty() {
            break;
        }
        let kind = feed.byte();
        if kind >= 200 {
            scene.later(u64::from(feed.byte()) * 100);
        }
        (model.height, model.now_ms) = (scene.block().height.get(), scene.block().timestamp_ms);
        let owner = feed.pick(&OWNERS).unwrap_or_default();
        let (register, key) = (digest(0x40 + feed.byte() % 2), some(&mut feed, 3));
        let content = some(&mut feed, 2);
        let [holder, to] = [0, 1].map(|_| feed.pick(&HOLDERS).unwrap_or_default());
        let now_ms = model.now_ms;
        let (input, want) = match kind % 6 {
            0 | 1 => {
                let untilMs = match feed.byte() {
                    0 => now_ms,
                    1 => now_ms + limits::ONCE_RESERVATION_MS_MAX,
                    2 => now_ms + limits::ONCE_RESERVATION_MS_MAX + 1,
                    3 => u64::MAX,
                    short => now_ms + u64::from(short) * 40,
                };
                let call = reserveCall { register, key, content, holder, untilMs };
                (call.abi_encode(), model.reserve(owner, &call))
            }
            2 => {
                let call = confirmCall { register, key, content, holder, forEver: feed.byte() % 4 == 0 };
                (call.abi_encode(), model.confirm(owner, &call))
            }
            3 => {
                let call = releaseCall { register, key, holder };
                (call.abi_encode(), model.release(owner, &call))
            }
            4 => {
                let call = transferCall { register, key, from: holder, to };
                (call.abi_encode(), model.transfer(owner, &call))
            }
            _ => {
                let call = entryOfCall { owner, register, key };
                let free =
                    Entry { state: 0, holder: Address::ZERO, untilMs: 0, height: 0, content: B256::ZERO };
                let entry = model.held((owner, register, key)).map_or(free, |held| held.shown());
                (call.abi_encode(), Ok(entryOfCall::abi_encode_returns(&entry)))
            }
        };
        let got = match scene.send(scene.direct(owner, &input)) {
            Ok(output) => Ok(output.to_vec()),
            Err(Stop::Revert(data)) => Err(data.to_vec()),
            Err(other) => panic!("{other}"),
        };
        let hex = |bytes: Vec<u8>| hex::encode(bytes);
        assert_eq!(got.map(hex).map_err(hex), want.map(hex).map_err(hex));
    }
    scene.check();
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    // Kind, owner, register, key, content, holder, receiver, and one more for some.
    let reserve = |holder: u8, content: u8| vec![0, 0, 0, 1, content, holder, 1, 20];
    let confirm = |holder: u8, for_ever: u8| vec![2, 0, 0, 1, 1, holder, 1, for_ever];
    let (release, pass_on, look) =
        (vec![3, 0, 0, 1, 1, 0, 1], vec![4, 0, 0, 1, 1, 0, 1], vec![5, 0, 0, 1, 1, 0, 1]);
    let late = vec![204, 9, 0, 0, 1, 1, 0, 1, 20];
    vec![
        [reserve(0, 1), reserve(0, 1), reserve(1, 1), reserve(0, 2), look.clone()].concat(),
        [reserve(0, 1), confirm(0, 1), confirm(0, 0), release.clone(), look.clone()].concat(),
        [reserve(0, 1), confirm(0, 0), release.clone(), pass_on.clone(), look.clone()].concat(),
        [reserve(0, 1), late, reserve(1, 1), release, pass_on, look].concat(),
    ]
}
