//! What happens to a world, drawn from its seed: stretches of trouble, each healed, with quiet
//! between them, and clients that work through all of it.
//!
//! Which plan a seed draws changes with the drawing. A plan that is written out (its [`text`]) does
//! not: that is what is kept of a run that failed.

mod text;

use ding_seat::{
    byzantine::Kind,
    dice::Dice,
    disk::{Crash, Trouble},
    wire::Mess,
};
use std::collections::BTreeSet;

/// Members of every world.
pub const MEMBERS: usize = 4;
/// So many clocks are far off at once, fewer than a quorum's.
const FAR_MAX: usize = 2;
/// Members that may be bad: f of n = 3f + 1.
pub const BAD: usize = 1;
/// A new block is final this long after everything healed, at the latest.
pub const BLOCK_AFTER_HEAL_MS: u64 = 10_000;
/// All sound members are at one height this long after everything healed, at the latest.
pub const MEET_AFTER_HEAL_MS: u64 = 60_000;
/// Somebody pays this long after everything healed for the last time.
pub const PAY_AFTER_HEAL_MS: u64 = 20_000;
/// A payment is final this long after it was first sent, at the latest.
pub const PAID_WITHIN_MS: u64 = 30_000;
const _: () = assert!(PAY_AFTER_HEAL_MS + PAID_WITHIN_MS <= MEET_AFTER_HEAL_MS, "while the world still runs");

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A member loses power.
    Crash(usize, Crash),
    /// A member is started, if it is down.
    Start(usize),
    /// All links are like this.
    Weather(Weather),
    /// Nothing gets from one member to another.
    Cut(usize, usize),
    /// Messages of a member go twice, or late.
    Mess(usize, Mess),
    /// A member's disk is like this.
    Disk(usize, Trouble),
    /// A member that is down has bits of its disk flipped.
    Rot(usize, u64),
    /// A member's clock is this much ahead (milliseconds), and gains this much (millionths).
    Clock(usize, i64, i64),
    /// A member turns bad.
    Evil(usize, Kind),
    /// Links to and from a member are like this, whatever the others are like.
    Slow(usize, Weather),
    /// Clients send this many transactions within this time, milliseconds.
    Burst(u64, u64),
    /// Somebody pays through each member's door, and the payment has to become final.
    Pay,
    /// Everything heals, and whoever is down is started.
    Heal,
}

/// How links are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// Mean delay, milliseconds.
    pub latency_ms: u64,
    /// Standard deviation of it.
    pub jitter_ms: u64,
    /// Messages of a thousand that are lost.
    pub loss: u64,
}

impl Weather {
    /// Good links between towns.
    pub const FAIR: Self = Self { latency_ms: 10, jitter_ms: 3, loss: 0 };
}

impl Action {
    /// Whether it is trouble, and not part of the frame.
    pub const fn is_trouble(&self) -> bool {
        !matches!(self, Self::Heal | Self::Burst(..) | Self::Pay)
    }
}

/// Everything that happens under a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// When the world ends, milliseconds.
    pub length_ms: u64,
    /// What happens when, in order.
    pub actions: Vec<(u64, Action)>,
    /// The member that may turn bad or have a rotten disk.
    pub bad: usize,
}

/// Faults that a stretch of trouble is mixed from.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Weather,
    Mess,
    Cut,
    Split,
    Crash,
    CrashAll,
    DiskErrors,
    DiskFull,
    DiskSlow,
    Slow,
    Clock,
    ClockFar,
    Bad,
}

/// Each as often as it is here.
const FAULTS: [Fault; 26] = [
    Fault::Weather,
    Fault::Weather,
    Fault::Weather,
    Fault::Mess,
    Fault::Mess,
    Fault::Mess,
    Fault::Cut,
    Fault::Cut,
    Fault::Split,
    Fault::Split,
    Fault::Crash,
    Fault::Crash,
    Fault::Crash,
    Fault::Crash,
    Fault::CrashAll,
    Fault::DiskErrors,
    Fault::DiskErrors,
    Fault::DiskFull,
    Fault::DiskSlow,
    Fault::Slow,
    Fault::Clock,
    Fault::ClockFar,
    Fault::ClockFar,
    Fault::Bad,
    Fault::Bad,
    Fault::Bad,
];

impl Plan {
    /// Draws the plan of a seed.
    pub fn draw(seed: u64, length_ms: u64) -> Self {
        let dice = Dice::new(seed).fork("plan");
        let mut draw = Draw {
            dice: dice.fork("actions"),
            actions: Vec::new(),
            bad: dice.fork("bad").index(MEMBERS),
            // Either evil or rotten: a world has one culprit and one way.
            rotten: dice.fork("rotten").chance(400),
            far: BTreeSet::new(),
        };
        draw.push(0, Action::Weather(Weather::FAIR));
        let first = draw.dice.between(1_500, 4_000);
        draw.burst(first, 2_000);
        let mut at = first + draw.dice.between(2_000, 10_000);
        let end = length_ms.saturating_sub(MEET_AFTER_HEAL_MS + 5_000);
        while at + 6_000 < end {
            let long = draw.dice.chance(100);
            let most = if long { 150_000 } else { 40_000 };
            let span = draw.dice.between(4_000, most).min(end - at - 1_000);
            draw.stretch(at, span);
            draw.push(at + span, Action::Heal);
            let quiet = draw.dice.between(12_000, 66_000);
            if draw.dice.chance(500) {
                let after = draw.dice.between(100, 9_000);
                draw.burst(at + span + after, 3_000);
            }
            at += span + quiet;
        }
        draw.push(end, Action::Heal);
        draw.burst(end + 12_000, 2_000);
        draw.push(end + PAY_AFTER_HEAL_MS, Action::Pay);
        let Draw { mut actions, bad, .. } = draw;
        actions.sort_by_key(|(at, _)| *at);
        Self { seed, length_ms, actions, bad }
    }

    /// Only what happens before `until_ms`, then everything heals; and without some of the actions.
    pub fn cut(mut self, until_ms: Option<u64>, without: &[usize]) -> Self {
        let mut index = 0;
        self.actions.retain(|_| {
            index += 1;
            !without.contains(&(index - 1))
        });
        if let Some(until_ms) = until_ms.filter(|until_ms| *until_ms < self.length_ms) {
            self.actions.retain(|(at, _)| *at < until_ms);
            self.actions.push((until_ms, Action::Heal));
            self.actions.push((until_ms + PAY_AFTER_HEAL_MS, Action::Pay));
            self.length_ms = until_ms + MEET_AFTER_HEAL_MS + 5_000;
        }
        self
    }
}

struct Draw {
    dice: Dice,
    actions: Vec<(u64, Action)>,
    bad: usize,
    rotten: bool,
    /// Members whose clocks are far off until everything heals.
    far: BTreeSet<usize>,
}

impl Draw {
    fn push(&mut self, at: u64, action: Action) {
        self.actions.push((at, action));
    }

    fn burst(&mut self, at: u64, span: u64) {
        let count = self.dice.between(8, 50);
        self.push(at, Action::Burst(count, span));
    }

    fn member(&mut self) -> usize {
        self.dice.index(MEMBERS)
    }

    /// A time within a stretch.
    fn within(&mut self, at: u64, span: u64) -> u64 {
        at + self.dice.below(span * 3 / 4 + 1)
    }

    fn stretch(&mut self, at: u64, span: u64) {
        let faults = self.dice.between(1, 4);
        self.far.clear();
        for _ in 0..faults {
            let fault = *self.dice.pick(&FAULTS);
            self.fault(fault, at, span);
        }
        let when = self.within(at, span);
        self.burst(when, 4_000);
        if self.dice.chance(300) {
            let when = self.within(at, span);
            self.burst(when, 1_000);
        }
    }

    fn fault(&mut self, fault: Fault, at: u64, span: u64) {
        let when = self.within(at, span);
        let member = self.member();
        match fault {
            Fault::Weather => {
                let weather = Weather {
                    latency_ms: self.dice.between(1, 250),
                    jitter_ms: self.dice.between(0, 120),
                    loss: if self.dice.chance(600) { self.dice.between(5, 350) } else { 0 },
                };
                self.push(when, Action::Weather(weather));
            }
            Fault::Mess => {
                for member in 0..MEMBERS {
                    if self.dice.chance(600) {
                        let (twice, late) = (self.dice.between(0, 300), self.dice.between(0, 400));
                        let mess = Mess { twice, late, late_ms: self.dice.between(5, 1_500) };
                        self.push(when, Action::Mess(member, mess));
                    }
                }
            }
            Fault::Cut => {
                let to = (member + 1 + self.dice.index(MEMBERS - 1)) % MEMBERS;
                self.push(when, Action::Cut(member, to));
                if self.dice.chance(300) {
                    self.push(when, Action::Cut(to, member));
                }
            }
            Fault::Split => {
                // One against three, or two against two; whole, or in one direction only.
                let side: Vec<bool> = (0..MEMBERS).map(|_| self.dice.chance(450)).collect();
                let one_way = self.dice.chance(250);
                for from in 0..MEMBERS {
                    for to in 0..MEMBERS {
                        let (a, b) = (side.get(from), side.get(to));
                        if a != b && (!one_way || a == Some(&true)) {
                            self.push(when, Action::Cut(from, to));
                        }
                    }
                }
            }
            Fault::Crash => self.crash(member, when, at + span),
            Fault::CrashAll => {
                for member in 0..MEMBERS {
                    let apart = self.dice.below(300);
                    self.crash(member, when + apart, at + span);
                }
            }
            Fault::DiskErrors => {
                let mut rate = |most| if self.dice.chance(500) { self.dice.between(1, most) } else { 0 };
                let trouble = Trouble {
                    read_errors: rate(60),
                    write_errors: rate(60),
                    sync_errors: rate(60),
                    ..Trouble::default()
                };
                self.push(when, Action::Disk(member, trouble));
                if self.dice.chance(400) {
                    // What failed is gone with the power.
                    let later = when + self.dice.between(500, 8_000);
                    self.crash(member, later.min(at + span - 1), at + span);
                }
            }
            Fault::DiskFull => {
                self.push(when, Action::Disk(member, Trouble { full: true, ..Trouble::default() }));
            }
            Fault::DiskSlow => {
                let (sync_ms, read_ms) = (self.dice.between(5, 200), self.dice.between(0, 20));
                self.push(when, Action::Disk(member, Trouble { sync_ms, read_ms, ..Trouble::default() }));
            }
            Fault::Slow => {
                let weather = Weather {
                    latency_ms: self.dice.between(100, 800),
                    jitter_ms: self.dice.between(0, 100),
                    loss: if self.dice.chance(400) { self.dice.between(5, 200) } else { 0 },
                };
                self.push(when, Action::Slow(member, weather));
            }
            Fault::Clock => {
                for member in 0..MEMBERS {
                    let ahead = self.signed(350);
                    let drift = self.signed(1_000);
                    self.push(when, Action::Clock(member, ahead, drift));
                }
            }
            Fault::ClockFar => {
                let most = *self.dice.pick(&[2_000, 60_000, 3_600_000]);
                let by = self.dice.between(most / 2, most).cast_signed();
                let ahead = if self.dice.chance(700) { by } else { -by };
                let member = self.far_off(member);
                self.push(when, Action::Clock(member, ahead, 0));
            }
            Fault::Bad if self.rotten => {
                let bad = self.bad;
                if self.dice.chance(500) {
                    let flips = self.dice.between(1, 40);
                    self.push(when, Action::Disk(bad, Trouble { flips, ..Trouble::default() }));
                    if self.dice.chance(500) {
                        self.crash(bad, when + 1, at + span);
                    }
                } else {
                    let crash = self.how();
                    let bits = self.dice.between(1, 4);
                    self.push(when, Action::Crash(bad, crash));
                    self.push(when + 1, Action::Rot(bad, bits));
                    self.push(when + 2, Action::Start(bad));
                }
            }
            Fault::Bad => {
                let kind = *self.dice.pick(&Kind::ALL);
                self.push(when, Action::Evil(self.bad, kind));
            }
        }
    }

    /// The member, or another one whose clock is far off already: what a quorum shows is the time.
    fn far_off(&mut self, member: usize) -> usize {
        let full = self.far.len() == FAR_MAX && !self.far.contains(&member);
        let member = self.far.first().copied().filter(|_| full).unwrap_or(member);
        self.far.insert(member);
        member
    }

    fn how(&mut self) -> Crash {
        *self.dice.pick(&[Crash::Lost, Crash::Kept, Crash::Prefix, Crash::Torn])
    }

    fn crash(&mut self, member: usize, when: u64, end: u64) {
        let crash = self.how();
        self.push(when, Action::Crash(member, crash));
        if self.dice.chance(700) {
            let back = when + self.dice.between(50, 8_000);
            if back < end {
                self.push(back, Action::Start(member));
            }
        }
    }

    fn signed(&mut self, most: u64) -> i64 {
        let value = self.dice.between(0, most).cast_signed();
        if self.dice.chance(500) { -value } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_always_the_same_and_ends_with_everything_healed() {
        for seed in 0..200 {
            let plan = Plan::draw(seed, 600_000);
            assert_eq!(plan, Plan::draw(seed, 600_000));
            assert!(plan.actions.is_sorted_by_key(|(at, _)| *at));
            let healed = plan.actions.iter().rposition(|(_, action)| *action == Action::Heal).unwrap();
            assert!(plan.actions[healed..].iter().all(|(_, action)| !action.is_trouble()));
        }
    }

    #[test]
    fn a_quorum_shows_the_time() {
        let mut most = 0;
        for seed in 1_500..1_600 {
            let mut far = BTreeSet::new();
            for (_, action) in Plan::draw(seed, 600_000).actions {
                match action {
                    Action::Heal => far.clear(),
                    Action::Clock(member, ahead, 0) if ahead.abs() >= 1_000 => {
                        far.insert(member);
                        most = most.max(far.len());
                    }
                    _ => {}
                }
            }
        }
        assert_eq!(most, FAR_MAX);
    }
}
