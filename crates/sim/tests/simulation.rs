//! The simulator in the small: one world twice, every seed that ever failed, and thirty more.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use ding_seat::{disk::Crash, machine::quiet_panics};
use ding_sim::{
    plan::{Action, Plan, Weather},
    world,
};
use std::process::Command;

/// Seeds of a run of this test, and simulated minutes of each.
const FRESH: u64 = 30;
const MINUTES: u64 = 3;

fn busy(seed: u64) -> Plan {
    let mut actions = vec![(0, Action::Weather(Weather::FAIR))];
    actions.extend((0..10).map(|n| (1_500 + 2_000 * n, Action::Burst(30, 2_000))));
    actions.push((4_000, Action::Crash(0, Crash::Torn)));
    actions.push((8_000, Action::Start(0)));
    actions.push((9_000, Action::Heal));
    actions.sort_by_key(|(at, _)| *at);
    Plan { seed, length_ms: 75_000, actions, bad: 3 }
}

#[test]
fn a_hundred_blocks_with_a_crash_and_a_restart_end_in_one_chain_and_repeat_exactly() {
    quiet_panics();
    let first = world::run(&busy(1), false);
    assert_eq!(first.blame, None, "{}", first.lines.join("\n"));
    assert!(first.height >= 100, "{} blocks", first.height);
    assert!(first.transactions >= 200, "{} transactions", first.transactions);
    assert_eq!(first.starts, 5, "one member was started again");
    let again = world::run(&busy(1), false);
    assert_eq!(again.lines, first.lines);
    assert_eq!(again.hash, first.hash, "the same seed gives the same run");
    assert_ne!(world::run(&busy(2), false).hash, first.hash, "another seed gives another run");
}

/// Half of the members refuse blocks of one leader as too early. Whoever voted and whoever did not
/// must come to the same view of a block that a quorum voted for.
#[test]
fn clocks_that_differ_by_more_than_a_vote_tolerates_do_not_stop_the_chain() {
    quiet_panics();
    for (seed, ahead) in [(3, [-87, -268, -306, 293]), (4, [-400, -400, 400, 400]), (5, [2_000, 0, 0, 0])] {
        let mut actions = vec![(0, Action::Weather(Weather::FAIR))];
        let clocks = ahead.into_iter().enumerate();
        actions.extend(clocks.map(|(member, ms)| (2_000, Action::Clock(member, ms, 0))));
        actions.extend((0..20).map(|n| (2_500 + 1_000 * n, Action::Burst(5, 800))));
        let plan = Plan { seed, length_ms: 30_000, actions, bad: 3 };
        let outcome = world::run(&plan, false);
        assert_eq!(outcome.blame, None, "{}", outcome.lines.join("\n"));
        assert!(outcome.height >= 8, "{} blocks with clocks {ahead:?}", outcome.height);
    }
}

/// It begins at the genesis with keys that have voted before.
#[test]
fn a_member_on_a_new_disk_catches_up_and_is_not_shut_out() {
    quiet_panics();
    for member in 0..4 {
        let mut actions = vec![(0, Action::Weather(Weather::FAIR))];
        actions.extend((0..12).map(|n| (1_500 + 2_000 * n, Action::Burst(10, 1_500))));
        actions.push((8_000, Action::Crash(member, Crash::Lost)));
        actions.push((8_001, Action::Rot(member, 2_000)));
        actions.push((8_002, Action::Start(member)));
        actions.push((12_000, Action::Heal));
        actions.sort_by_key(|(at, _)| *at);
        let outcome = world::run(&Plan { seed: 9, length_ms: 80_000, actions, bad: (member + 1) % 4 }, false);
        let lines = outcome.lines.join("\n");
        assert_eq!(outcome.blame, None, "{lines}");
        assert!(lines.contains("gets a new disk"), "{lines}");
    }
}

fn simulate(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_ding-sim")).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(text) } else { Err(text) }
}

#[test]
fn a_seed_from_the_command_line_gives_the_same_hash_twice() {
    let hash = || {
        let said = simulate(&["--seed", "11", "--sim-minutes", "2"]).unwrap();
        let (_, hash) = said.rsplit_once(" hash ").unwrap();
        hash.split_once(' ').unwrap().0.to_owned()
    };
    assert_eq!(hash(), hash());
}

/// `sim/regressions.txt` holds the arguments of each run that ever failed, and what it was.
#[test]
fn no_seed_that_ever_failed_fails_again() {
    let mut failed = Vec::new();
    for line in include_str!("../regressions.txt").lines() {
        let (arguments, what) = match line.split_once(" -- ") {
            Some(parts) if !line.starts_with('#') => parts,
            _ => continue,
        };
        let arguments: Vec<&str> = arguments.split(' ').collect();
        if let Err(said) = simulate(&arguments) {
            failed.push(format!("{line} ({what}): {}", said.lines().last().unwrap_or_default()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Other seeds with each version, the same for everyone who tests it.
#[test]
fn thirty_seeds_pass() {
    let version = env!("CARGO_PKG_VERSION").bytes().fold(0_u64, |sum, byte| sum * 31 + u64::from(byte));
    let from = 1_000_000 + version % 1_000_000;
    let range = format!("{from}..{}", from + FRESH);
    let minutes = MINUTES.to_string();
    simulate(&["--seeds", &range, "--sim-minutes", &minutes]).unwrap();
}
