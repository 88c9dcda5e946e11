//! `--planted`: a property that finds nothing planted is not a property.

use crate::{Arguments, jobs};
use ding_primitives::planted::Planted;
use ding_seat::events::say;
use ding_sim::hunt;
use std::time::Instant;

/// Seeds within which each fault has to be found.
const SEEDS: u64 = 100;
/// Simulated minutes of each.
const MINUTES: u64 = 4;

/// Plants faults one at a time and hunts until each is found.
pub(crate) fn find(arguments: &Arguments, which: &str) -> Result<bool, String> {
    let chosen: Vec<Planted> = Planted::ALL
        .into_iter()
        .filter(|fault| which == "all" || which.parse() == Ok(*fault as u8))
        .collect();
    if chosen.is_empty() {
        return Err(format!("--planted {which}: all, or 1 to {}", Planted::ALL.len()));
    }
    let (from, to) = arguments.seeds.unwrap_or((1, 1 + SEEDS));
    let minutes = arguments.sim_minutes.unwrap_or(MINUTES);
    say(format!("each fault has {} seeds of {minutes} simulated minutes to be found in", to - from));
    let mut missed = 0;
    for fault in chosen {
        let begin = Instant::now();
        let (mut tried, mut found) = (0_u64, None);
        hunt::run_all(hunt::seeds(from..to, minutes, fault as u8, None), jobs(arguments), |case, verdict| {
            tried += 1;
            if let Some(blame) = &verdict.blame {
                found = Some((case.seed, blame.clone()));
            }
            found.is_none()
        })
        .map_err(|error| error.to_string())?;
        let (number, took) = (fault as u8, begin.elapsed().as_secs());
        match found {
            Some((seed, blame)) => {
                say(format!(
                    "{number:>2} {fault:<16?} found after {tried:>2} seeds ({took} s), seed {seed}: {blame}"
                ));
            }
            None => {
                missed += 1;
                say(format!("{number:>2} {fault:<16?} NOT FOUND in {tried} seeds ({took} s)"));
            }
        }
    }
    Ok(missed == 0)
}
