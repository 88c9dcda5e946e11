//! `ding-sim`: one world under a seed, or a hunt through many.

#[cfg(feature = "planted")]
mod planted;

use ding_seat::{events::say, machine::quiet_panics};
use ding_sim::{
    hunt::{self, Case},
    plan::Plan,
};
use std::{
    io::Write as _,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};
use tracing_subscriber::{EnvFilter, Layer as _};

const USAGE: &str = "\
ding-sim: the whole ledger in one deterministic process

  ding-sim --seed N [--sim-minutes 10] [--until MS] [--without 3,7]
      one world, one line an event; the last line has the verdict and the hash. What members log
      themselves goes to stderr if DING_LOG has a filter: DING_LOG=debug, DING_LOG=ding_chain=trace
  ding-sim --seed N --print
      only its plan, written out
  ding-sim --plan TEXT
      the same for a plan that is written out, as a hunt prints it and `regressions.txt` has them
  ding-sim --seeds A..B [--minutes M] [--sim-minutes 10] [--jobs CORES] [--log FILE]
      hunts through seeds until one fails (or for M minutes of real time), then says which and
      shortens it
  ding-sim --planted all|NUMBER [--seeds A..B]      (built with --features planted)
      plants known faults one at a time and hunts until each is found
";

#[derive(Default)]
struct Arguments {
    seed: Option<u64>,
    seeds: Option<(u64, u64)>,
    sim_minutes: Option<u64>,
    minutes: Option<u64>,
    until: Option<u64>,
    without: Vec<usize>,
    jobs: Option<usize>,
    log: Option<String>,
    planted: Option<String>,
    plan: Option<Plan>,
    print: bool,
    worker: bool,
}

impl Arguments {
    fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            let number =
                |value: String| value.parse::<u64>().map_err(|error| format!("{word} {value}: {error}"));
            match word.as_str() {
                "--seed" => parsed.seed = Some(number(value()?)?),
                "--seeds" => {
                    let value = value()?;
                    let (from, to) = value.split_once("..").ok_or("--seeds wants A..B")?;
                    parsed.seeds = Some((number(from.into())?, number(to.into())?));
                }
                "--sim-minutes" => parsed.sim_minutes = Some(number(value()?)?),
                "--minutes" => parsed.minutes = Some(number(value()?)?),
                "--until" => parsed.until = Some(number(value()?)?),
                "--without" => {
                    let numbers: Result<Vec<usize>, _> = value()?.split(',').map(str::parse).collect();
                    parsed.without = numbers.map_err(|error| format!("--without: {error}"))?;
                }
                "--jobs" => parsed.jobs = usize::try_from(number(value()?)?).ok(),
                "--log" => parsed.log = Some(value()?),
                "--plan" => {
                    let plan: Plan = value()?.parse()?;
                    parsed.seed = Some(plan.seed);
                    parsed.plan = Some(plan);
                }
                "--planted" => parsed.planted = Some(value()?),
                "--print" => parsed.print = true,
                "--worker" => parsed.worker = true,
                "--help" | "-h" => return Err(USAGE.into()),
                other => return Err(format!("{other} is not known here\n\n{USAGE}")),
            }
        }
        Ok(parsed)
    }

    fn case(&self) -> Result<Case, String> {
        let planted = match &self.planted {
            Some(number) => number.parse().map_err(|error| format!("--planted {number}: {error}"))?,
            None => 0,
        };
        Ok(Case {
            seed: self.seed.unwrap_or(1),
            minutes: self.sim_minutes.unwrap_or(10),
            until_ms: self.until,
            without: self.without.clone(),
            planted,
            written: self.plan.clone(),
        })
    }
}

/// The commit this was built from, as far as git here can tell.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    match git(&["rev-parse", "--short=12", "HEAD"]) {
        None => "unknown".into(),
        Some(commit) => {
            let changed = git(&["status", "--porcelain", "--untracked-files=no", "--", "../.."]);
            let changed = changed.is_some_and(|changed| !changed.is_empty());
            if changed { format!("{commit} and changes") } else { commit }
        }
    }
}

/// What was built: the commit, and the features that this build has.
fn build() -> String {
    let features = [("memo", cfg!(feature = "memo")), ("planted", cfg!(feature = "planted"))];
    let features: Vec<&str> = features.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
    let features = if features.is_empty() { "none".into() } else { features.join(",") };
    format!("commit {} features {features}", commit())
}

fn main() -> ExitCode {
    quiet_panics();
    let run = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| {
        if arguments.worker {
            let parse = |words| Arguments::parse(words).and_then(|arguments| arguments.case());
            return hunt::work(parse).map(|()| true).map_err(|error| error.to_string());
        }
        match (&arguments.planted, arguments.seeds, arguments.seed) {
            #[cfg(feature = "planted")]
            (Some(which), _, None) => planted::find(&arguments, which),
            #[cfg(not(feature = "planted"))]
            (Some(_), ..) => Err("planted faults need a build with --features planted".into()),
            (_, Some(range), None) => hunt(&arguments, range),
            (_, None, Some(_)) => one(&arguments),
            _ => Err(USAGE.into()),
        }
    });
    match run {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn one(arguments: &Arguments) -> Result<bool, String> {
    let case = arguments.case()?;
    if arguments.print {
        say(case.plan().to_string());
        return Ok(true);
    }
    if let Ok(filter) = std::env::var("DING_LOG") {
        let filter = filter.parse::<EnvFilter>().map_err(|error| format!("DING_LOG {filter}: {error}"))?;
        let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        ding_sim::alarm::listen(Some(Box::new(log.without_time().with_ansi(false).with_filter(filter))));
    }
    say(format!("seed {} {}", case.seed, build()));
    let begin = Instant::now();
    let outcome = case.run(true);
    say(hunt::last_line(&case, &outcome, begin.elapsed()));
    Ok(outcome.blame.is_none())
}

fn jobs(arguments: &Arguments) -> usize {
    arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn hunt(arguments: &Arguments, (from, to): (u64, u64)) -> Result<bool, String> {
    let text = |error: std::io::Error| error.to_string();
    let (minutes, jobs) = (arguments.sim_minutes.unwrap_or(10), jobs(arguments));
    let mut log = match &arguments.log {
        Some(path) => Some(std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(text)?),
        None => None,
    };
    let mut note = |line: String| {
        say(&line);
        if let Some(log) = &mut log {
            let _ = writeln!(log, "{line}");
        }
    };
    note(format!("seeds {from}..{to}, {minutes} simulated minutes each, {jobs} at once, {}", build()));
    let begin = Instant::now();
    let until = arguments.minutes.map(|minutes| begin + Duration::from_secs(minutes * 60));
    let (mut passed, mut simulated_ms) = (0_u64, 0_u64);
    let mut failed = None;
    hunt::run_all(hunt::seeds(from..to, minutes, 0, until), jobs, |case, verdict| {
        note(verdict.line.clone());
        simulated_ms += verdict.simulated_ms;
        if verdict.blame.is_some() {
            failed = Some((case.clone(), verdict.clone()));
            return false;
        }
        passed += 1;
        true
    })
    .map_err(text)?;
    let took = begin.elapsed().as_secs();
    let hours = simulated_ms / 3_600_000;
    note(format!("{passed} seeds passed, {hours} simulated hours, in {took} s"));
    let Some((case, verdict)) = failed else { return Ok(true) };
    note(format!("seed {} FAILED: {}", case.seed, verdict.blame.clone().unwrap_or_default()));
    let (shortest, verdict) = hunt::shrink(&case, &verdict, Duration::from_secs(600)).map_err(text)?;
    note(format!("shortest that fails: ding-sim {}", shortest.arguments().join(" ")));
    note(verdict.line);
    note(format!("a line for regressions.txt: {} -- what it was", shortest.plan()));
    Ok(false)
}
