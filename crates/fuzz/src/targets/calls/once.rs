//! The once-only register once more: who holds which key.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

use super::{Address, Answer, B256, Feed, NOBODY, Now, Refusal, Via, digest, log, refuse, wallet};
use alloy_sol_types::SolCall;
use ding_modules::once::{
    abi::IOnce::{IOnceCalls as C, *},
    state::ADDRESS,
};
use ding_primitives::limits;
use std::collections::BTreeMap;

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

#[derive(Clone, Default)]
pub(super) struct Model {
    keys: BTreeMap<(Address, B256, B256), Held>,
    height: u64,
    now_ms: u64,
}

/// Whoever may call.
fn owner(number: u8) -> Address {
    match number % 7 {
        4 => Via::Call.contract().unwrap_or_default(),
        5 => Via::CallTwice.contract().unwrap_or_default(),
        6 => Via::CallAndForget.contract().unwrap_or_default(),
        number => wallet(number.into()),
    }
}

/// Holders are anybody.
fn holder(number: u8) -> Address {
    match number % 4 {
        3 => Address::ZERO,
        2 => NOBODY,
        number => wallet(number.into()),
    }
}

impl super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;

    fn new() -> Self {
        Self::default()
    }

    fn reads(call: &C) -> bool {
        matches!(call, C::entryOf(_))
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        (self.height, self.now_ms) = (now.height, now.timestamp_ms);
        match call {
            C::reserve(call) => self.reserve(caller, call),
            C::confirm(call) => self.confirm(caller, call),
            C::release(call) => self.release(caller, call),
            C::transfer(call) => self.transfer(caller, call),
            C::entryOf(entryOfCall { owner, register, key }) => {
                let free =
                    Entry { state: 0, holder: Address::ZERO, untilMs: 0, height: 0, content: B256::ZERO };
                let entry = self.held((*owner, *register, *key)).map_or(free, |held| held.shown());
                Ok((entryOfCall::abi_encode_returns(&entry), Vec::new()))
            }
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let (register, key) = (digest(1 + feed.byte() % 2), digest(feed.byte() % 3));
        let content = digest(feed.byte() % 3);
        let [holder, to] = [feed.byte(), feed.byte()].map(holder);
        match kind {
            0 | 1 => {
                let longest = now.timestamp_ms + limits::ONCE_RESERVATION_MS_MAX;
                let untilMs = match feed.byte() {
                    0 => now.timestamp_ms,
                    1 => longest,
                    2 => longest + 1,
                    3 => u64::MAX,
                    short => now.timestamp_ms + u64::from(short) * 40,
                };
                C::reserve(reserveCall { register, key, content, holder, untilMs })
            }
            2 => {
                let forEver = feed.byte().is_multiple_of(4);
                C::confirm(confirmCall { register, key, content, holder, forEver })
            }
            3 => C::release(releaseCall { register, key, holder }),
            _ => C::transfer(transferCall { register, key, from: holder, to }),
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let (register, key) = (digest(1 + feed.byte() % 2), digest(feed.byte() % 3));
        C::entryOf(entryOfCall { owner: owner(feed.byte()), register, key })
    }

    /// Often exactly to the end of a reservation, or a moment before it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, early) = (feed.byte(), u64::from(feed.byte() % 2));
        let ends: Vec<u64> = self.keys.values().map(|held| held.until_ms).filter(|end| *end > 0).collect();
        match ends.get(usize::from(byte)) {
            Some(end) => end.saturating_sub(early),
            None => now.timestamp_ms + u64::from(byte) * 100,
        }
    }
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

    fn reserve(&mut self, owner: Address, call: &reserveCall) -> Answer {
        let reserveCall { register, key, content, holder, untilMs } = *call;
        Self::whole(key, content, holder)?;
        let place = (owner, register, key);
        let answer = |fresh, held: Held| {
            reserveCall::abi_encode_returns(&reserveReturn { fresh, entry: held.shown() })
        };
        if let Some(held) = self.held(place) {
            Self::require_holder(place, &held, holder)?;
            Self::require_content(place, &held, content)?;
            return Ok((answer(false, held), Vec::new()));
        }
        let (nowMs, longestMs) = (self.now_ms, limits::ONCE_RESERVATION_MS_MAX);
        if untilMs <= nowMs || untilMs - nowMs > longestMs {
            return refuse(ReservationTime { untilMs, nowMs, longestMs });
        }
        let height = self.height;
        let held = Held { holder, content, until_ms: untilMs, for_ever: false, height };
        let lapsed = self.keys.insert(place, held).map(|old| {
            let Held { holder, until_ms, .. } = old;
            log(ADDRESS, &Lapsed { owner, register, key, holder, untilMs: until_ms, nowMs })
        });
        let reserved = log(ADDRESS, &Reserved { owner, register, key, content, holder, untilMs, height });
        Ok((answer(true, held), lapsed.into_iter().chain([reserved]).collect()))
    }

    fn confirm(&mut self, owner: Address, call: &confirmCall) -> Answer {
        let confirmCall { register, key, content, holder, forEver } = *call;
        Self::whole(key, content, holder)?;
        let place = (owner, register, key);
        let held = self.require(place, holder)?;
        Self::require_content(place, &held, content)?;
        let answer = |fresh, held: Held| {
            confirmCall::abi_encode_returns(&confirmReturn { fresh, entry: held.shown() })
        };
        if held.until_ms == 0 {
            if held.for_ever == forEver {
                return Ok((answer(false, held), Vec::new()));
            }
            return refuse(OtherManner { register, key, forEver: held.for_ever });
        }
        let height = self.height;
        let held = Held { until_ms: 0, for_ever: forEver, height, ..held };
        self.keys.insert(place, held);
        let confirmed = Confirmed { owner, register, key, content, holder, forEver, height };
        Ok((answer(true, held), vec![log(ADDRESS, &confirmed)]))
    }

    fn release(&mut self, owner: Address, call: &releaseCall) -> Answer {
        let releaseCall { register, key, holder } = *call;
        let place = (owner, register, key);
        if self.require(place, holder)?.state() == 3 {
            return refuse(KeptForEver { register, key, holder });
        }
        self.keys.remove(&place);
        Ok((Vec::new(), vec![log(ADDRESS, &Released { owner, register, key, holder })]))
    }

    fn transfer(&mut self, owner: Address, call: &transferCall) -> Answer {
        let transferCall { register, key, from, to } = *call;
        if to.is_zero() {
            return refuse(ZeroHolder {});
        }
        let place = (owner, register, key);
        let held = self.require(place, from)?;
        self.keys.insert(place, Held { holder: to, ..held });
        Ok((Vec::new(), vec![log(ADDRESS, &Transferred { owner, register, key, from, to })]))
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    // Kind, who, way, register, key, content, holder, receiver, and one more for some.
    let reserve = |way: u8, holder: u8, content: u8| vec![0, 0, way, 0, 1, content, holder, 1, 250];
    let confirm = |way: u8, holder: u8, for_ever: u8| vec![2, 0, way, 0, 1, 1, holder, 1, for_ever];
    let release = |way: u8| vec![3, 0, way, 0, 1, 1, 0, 1];
    let pass_on = |way: u8| vec![4, 0, way, 0, 1, 1, 0, 1];
    let look = |owner: u8| vec![6, 0, 1, owner];
    let asked = |mut call: Vec<u8>| {
        call[0] += 7;
        call
    };
    // To the moment before the end of the first reservation, and to its end.
    let [before, end] = [vec![5, 0, 1], vec![5, 0, 0]];
    let life = |way: u8, owner: u8, for_ever: u8| {
        [
            asked(reserve(way, 0, 1)),
            reserve(way, 0, 1),
            reserve(way, 0, 1),
            reserve(way, 1, 1),
            reserve(way, 0, 2),
            look(owner),
            confirm(way, 0, for_ever),
            asked(confirm(way, 0, for_ever)),
            confirm(way, 0, 1 - for_ever),
            asked(release(way)),
            release(way),
            pass_on(way),
            look(owner),
        ]
        .concat()
    };
    let over = |way: u8, owner: u8| {
        let late = [before.clone(), look(owner), asked(confirm(way, 0, 1)), end.clone(), look(owner)];
        let again = [asked(confirm(way, 0, 1)), reserve(way, 1, 1), look(owner), asked(pass_on(way))];
        [vec![reserve(way, 0, 1), vec![5, 9, 0]], late.to_vec(), again.to_vec()].concat().concat()
    };
    // Each way; the owner is the first wallet, or the contract that calls.
    let mut seeds = vec![life(0, 0, 0), life(0, 0, 1), over(0, 0), over(1, 4), life(8, 5, 1), life(9, 6, 0)];
    seeds.extend((1..8).map(|way| life(way, 4, 1)));
    seeds.push([reserve(0, 0, 1), pass_on(0), look(0), release(0), pass_on(0)].concat());
    seeds
}
