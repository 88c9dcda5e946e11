//! The hunt: many seeds on all cores, stopped by the first that fails; then the shortest beginning
//! of it that still fails, with as little trouble as possible.
//!
//! Each core has a process of its own, so that a seed runs alone as it would by itself: nothing of
//! one world reaches another.

use crate::{
    plan::{MEET_AFTER_HEAL_MS, Plan},
    world::{self, Outcome},
};
use ding_seat::events::say;
use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write as _},
    ops::Range,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

/// A seed that takes more time of a processor than this hangs. What other programs take on a busy
/// machine does not count.
const HANGS_AFTER: Duration = Duration::from_secs(900);
/// The same in real time, where the system does not tell, or a seed waits for nothing.
const STANDS_AFTER: Duration = Duration::from_secs(2 * 60 * 60);

/// One run: a seed, or a piece of one, or a plan that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The seed.
    pub seed: u64,
    /// Length of the whole plan, minutes of simulated time.
    pub minutes: u64,
    /// Only what happens before, milliseconds.
    pub until_ms: Option<u64>,
    /// Actions of the plan that are left out, by number.
    pub without: Vec<usize>,
    /// The planted fault, 0 for none.
    pub planted: u8,
    /// The plan, if it is not the one that the seed draws.
    pub written: Option<Plan>,
}

impl Case {
    /// A whole seed.
    pub const fn whole(seed: u64, minutes: u64) -> Self {
        Self { seed, minutes, until_ms: None, without: Vec::new(), planted: 0, written: None }
    }

    /// Its plan.
    pub fn plan(&self) -> Plan {
        self.uncut().cut(self.until_ms, &self.without)
    }

    fn uncut(&self) -> Plan {
        let drawn = || Plan::draw(self.seed, self.minutes * 60_000);
        self.written.clone().unwrap_or_else(drawn)
    }

    /// Runs it here.
    pub fn run(&self, aloud: bool) -> Outcome {
        #[cfg(feature = "planted")]
        ding_primitives::planted::plant(self.planted);
        world::run(&self.plan(), aloud)
    }

    /// The arguments that run it.
    pub fn arguments(&self) -> Vec<String> {
        let mut list = Vec::new();
        let mut add = |name: &str, value: String| list.extend([name.to_owned(), value]);
        match &self.written {
            Some(plan) => add("--plan", plan.to_string()),
            None => {
                add("--seed", self.seed.to_string());
                add("--sim-minutes", self.minutes.to_string());
            }
        }
        if let Some(until_ms) = self.until_ms {
            add("--until", until_ms.to_string());
        }
        if !self.without.is_empty() {
            let numbers: Vec<String> = self.without.iter().map(ToString::to_string).collect();
            add("--without", numbers.join(","));
        }
        if self.planted != 0 {
            add("--planted", self.planted.to_string());
        }
        list
    }

    /// One line for a worker.
    fn line(&self) -> String {
        self.arguments().join(" ")
    }
}

/// What a run said in its last line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What did not hold.
    pub blame: Option<String>,
    /// Simulated time, milliseconds.
    pub simulated_ms: u64,
    /// The whole line.
    pub line: String,
}

/// The last line of a run.
pub fn last_line(case: &Case, outcome: &Outcome, took: Duration) -> String {
    let speed = outcome.simulated_ms as f64 / took.as_millis().max(1) as f64;
    let verdict = match &outcome.blame {
        None => "ok".to_owned(),
        Some(blame) => format!("FAILED {}", blame.replace('\n', " ")),
    };
    format!(
        "seed {} hash {} block {} transactions {} failed {} starts {} simulated {} ms in {} ms ({speed:.0}x) verdict {verdict}",
        case.seed,
        outcome.hash,
        outcome.height,
        outcome.transactions,
        outcome.failed,
        outcome.starts,
        outcome.simulated_ms,
        took.as_millis(),
    )
}

fn read_verdict(line: &str) -> Option<Verdict> {
    let (head, verdict) = line.split_once(" verdict ")?;
    let simulated_ms = head.split_once("simulated ")?.1.split_once(' ')?.0.parse().ok()?;
    let blame = verdict.strip_prefix("FAILED ").map(ToOwned::to_owned);
    Some(Verdict { blame, simulated_ms, line: line.to_owned() })
}

/// A process that runs one case after the other.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    case: Option<(Case, Instant)>,
    /// Processor time of earlier cases.
    before: Duration,
}

impl Worker {
    fn start(number: usize, said: &mpsc::Sender<(usize, Option<String>)>) -> std::io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let missing = || std::io::Error::other("a worker without pipes");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let said = said.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if said.send((number, Some(line))).is_err() {
                    return;
                }
            }
            let _ = said.send((number, None));
        });
        Ok(Self { child, stdin, case: None, before: Duration::ZERO })
    }

    fn give(&mut self, case: Case) -> std::io::Result<()> {
        writeln!(self.stdin, "{}", case.line())?;
        self.stdin.flush()?;
        self.before = self.busy().unwrap_or_default();
        self.case = Some((case, Instant::now()));
        Ok(())
    }

    /// Processor time that the process took so far, from proc(5): fields 14 and 15 of `stat`, in
    /// hundredths of a second.
    fn busy(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name, field 2, may hold blanks and brackets; after its last bracket comes field 3.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Duration::from_millis(ticks(14)?.saturating_add(ticks(15)?).saturating_mul(10)))
    }

    fn hangs(&self) -> bool {
        let Some((_, begin)) = &self.case else { return false };
        let busy = self.busy().unwrap_or_else(|| self.before + begin.elapsed());
        busy.saturating_sub(self.before) > HANGS_AFTER || begin.elapsed() > STANDS_AFTER
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a worker process does: a case for each line, a verdict for each case.
pub fn work(parse: impl Fn(Vec<String>) -> Result<Case, String>) -> std::io::Result<()> {
    for line in std::io::stdin().lock().lines() {
        let words = line?.split(' ').map(ToOwned::to_owned).collect();
        let case = parse(words).map_err(std::io::Error::other)?;
        let begin = Instant::now();
        let outcome = case.run(false);
        say(last_line(&case, &outcome, begin.elapsed()));
    }
    Ok(())
}

/// Runs cases on `jobs` processes. `heard` is told of each verdict and says whether to go on.
///
/// # Errors
///
/// If processes cannot be started.
pub fn run_all(
    cases: impl IntoIterator<Item = Case>,
    jobs: usize,
    mut heard: impl FnMut(&Case, &Verdict) -> bool,
) -> std::io::Result<()> {
    let (said, hear) = mpsc::channel();
    let mut cases = cases.into_iter();
    let mut workers = Vec::new();
    for number in 0..jobs.max(1) {
        let mut worker = Worker::start(number, &said)?;
        if let Some(case) = cases.next() {
            worker.give(case)?;
        }
        workers.push(worker);
    }
    while workers.iter().any(|worker| worker.case.is_some()) {
        let message = hear.recv_timeout(Duration::from_secs(5));
        let hangs = workers.iter().position(Worker::hangs);
        let (number, line) = match (message, hangs) {
            (Ok(message), _) => message,
            (Err(_), Some(number)) => (number, None),
            (Err(_), None) => continue,
        };
        let Some(worker) = workers.get_mut(number) else { continue };
        let Some((case, begin)) = worker.case.take() else { continue };
        let verdict = line.as_deref().and_then(read_verdict).unwrap_or_else(|| {
            let what = if line.is_none() { "the simulator itself ended or hangs" } else { "no verdict" };
            let line = format!("seed {} after {:?}: {what}", case.seed, begin.elapsed());
            Verdict { blame: Some(what.into()), simulated_ms: 0, line }
        });
        if !heard(&case, &verdict) {
            return Ok(());
        }
        if line.is_none() {
            *worker = Worker::start(number, &said)?;
        }
        if let Some(case) = cases.next() {
            worker.give(case)?;
        }
    }
    Ok(())
}

/// Runs one case in a process of its own.
fn try_case(case: &Case) -> std::io::Result<Verdict> {
    let mut found = None;
    run_all([case.clone()], 1, |_, verdict| {
        found = Some(verdict.clone());
        false
    })?;
    found.ok_or_else(|| std::io::Error::other("a worker said nothing"))
}

/// The shortest beginning of a failing seed that still fails, without the trouble that it does not
/// need. Gives up looking for less after `patience`.
///
/// # Errors
///
/// If processes cannot be started.
pub fn shrink(case: &Case, verdict: &Verdict, patience: Duration) -> std::io::Result<(Case, Verdict)> {
    let until = Instant::now() + patience;
    let mut best = (case.clone(), verdict.clone());
    // What happens after the failure has no part in it.
    let (mut low, mut high) = (0, verdict.simulated_ms);
    while high.saturating_sub(low) > 2_000 && Instant::now() < until {
        let middle = (low + high) / 2;
        let shorter = Case { until_ms: Some(middle), ..best.0.clone() };
        let verdict = try_case(&shorter)?;
        if verdict.blame.is_some() {
            high = middle;
            best = (shorter, verdict);
        } else {
            low = middle;
        }
    }
    let last = best.1.simulated_ms + MEET_AFTER_HEAL_MS;
    let mut actions: VecDeque<usize> = case
        .uncut()
        .actions
        .iter()
        .enumerate()
        .filter(|(_, (at, action))| *at < best.0.until_ms.unwrap_or(last) && action.is_trouble() && *at > 0)
        .map(|(number, _)| number)
        .collect();
    while let Some(number) = actions.pop_back().filter(|_| Instant::now() < until) {
        let mut less = best.0.clone();
        less.without.push(number);
        let verdict = try_case(&less)?;
        if verdict.blame.is_some() {
            best = (less, verdict);
        }
    }
    Ok(best)
}

/// Cases for a range of seeds, until time is up.
pub fn seeds(
    range: Range<u64>,
    minutes: u64,
    planted: u8,
    until: Option<Instant>,
) -> impl Iterator<Item = Case> {
    range
        .take_while(move |_| until.is_none_or(|until| Instant::now() < until))
        .map(move |seed| Case { planted, ..Case::whole(seed, minutes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_seed_and_its_plan_written_out_are_the_same_run() {
        let piece = Case { until_ms: Some(90_000), without: vec![3, 7], ..Case::whole(5, 10) };
        let written = Case { written: Some(piece.plan()), ..Case::whole(5, 10) };
        assert_eq!(written.plan(), piece.plan());
        let arguments = written.arguments();
        assert_eq!(arguments.len(), 2);
        assert_eq!(arguments[1].parse(), Ok(piece.plan()));
    }
}
