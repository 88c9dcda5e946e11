//! From what was noted to numbers, a table and JSON.
//!
//! Numbers are of the middle of the run: between the first block after a fifth of it and the last
//! block before four fifths. Counting from block to block leaves no block half counted.

use super::{
    Options,
    drive::{Block, Log, Sample},
    load::Kind,
    process,
};
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// Milliseconds from sending (open loop: from when it was due) to the receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Half are faster.
    pub p50: f64,
    /// 95 of 100 are faster.
    pub p95: f64,
    /// 99 of 100 are faster.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

/// What one process used.
#[derive(Clone, Debug, Serialize)]
pub struct Usage {
    /// Process id.
    pub pid: u32,
    /// Its name.
    pub name: String,
    /// CPU time, user and system, for each answered transaction, in microseconds.
    pub cpu_us_per_transaction: Option<f64>,
    /// Cores busy on average.
    pub cores: Option<f64>,
    /// Most memory it ever held, bytes.
    pub peak_memory_bytes: Option<u64>,
}

/// Receipts looked at after the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Receipts {
    /// Looked at.
    pub checked: u64,
    /// With status 0: the transaction was reverted.
    pub failed: u64,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What each transaction did.
    pub kind: Kind,
    /// `closed` (saturation) or `open` (a given rate).
    pub pace: &'static str,
    /// Transactions per second asked for, in the open loop.
    pub rate: Option<f64>,
    /// Whom the load was sent to; the first was watched.
    pub endpoints: Vec<String>,
    /// What the first endpoint says of itself.
    pub client_version: String,
    /// Its chain.
    pub chain_id: u64,
    /// Sending accounts.
    pub accounts: usize,
    /// Transactions of one account on their way, in the closed loop.
    pub window: Option<usize>,
    /// Connections.
    pub connections: usize,
    /// Most transactions of one request.
    pub batch: usize,
    /// Transactions sent.
    pub sent: u64,
    /// Transactions with a receipt.
    pub answered: u64,
    /// Seconds from the first sent to the end.
    pub seconds: f64,
    /// Transactions per second over the middle of the run.
    pub sustained_per_second: f64,
    /// Transactions per second from the first sent to the last answered.
    pub overall_per_second: f64,
    /// Latency over the middle of the run.
    pub latency_ms: Latency,
    /// Blocks that held transactions of the load, in the middle of the run.
    pub blocks: u64,
    /// Transactions of the load in each of them.
    pub transactions_per_block: f64,
    /// Receipts looked at after the run.
    pub receipts: Receipts,
    /// Refusals and failures, by text with numbers left out.
    pub errors: BTreeMap<String, u64>,
    /// Local processes that serve the endpoints.
    pub processes: Vec<Usage>,
    /// This tool.
    pub generator: Usage,
}

/// Facts about a run that are not in its log.
pub(super) struct Facts {
    pub(super) client_version: String,
    pub(super) chain_id: u64,
    pub(super) pids: Vec<u32>,
    pub(super) receipts: Receipts,
}

/// The part of a run that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Middle {
    from_us: u64,
    to_us: u64,
    blocks: usize,
    transactions: usize,
}

impl Middle {
    /// Between block and block inside the middle three fifths; the whole run if it is too short.
    fn of(blocks: &[Block], first_us: u64) -> Self {
        let last_us = blocks.last().map_or(first_us, |block| block.at_us);
        let fifth = last_us.saturating_sub(first_us) / 5;
        let (low, high) = (first_us + fifth, last_us - fifth);
        let inside = |block: &&Block| (low..=high).contains(&block.at_us);
        let from = blocks.iter().find(inside);
        let to = blocks.iter().rev().find(inside);
        match (from, to) {
            (Some(from), Some(to)) if to.at_us > from.at_us && to.number > from.number + 1 => {
                Self::between(blocks, from.at_us, to.at_us)
            }
            _ => Self::between(blocks, first_us, last_us),
        }
    }

    fn between(blocks: &[Block], from_us: u64, to_us: u64) -> Self {
        let inside = blocks.iter().filter(|block| block.at_us > from_us && block.at_us <= to_us);
        let transactions = inside.clone().map(|block| block.ours).sum();
        Self { from_us, to_us, blocks: inside.count(), transactions }
    }

    const fn seconds(&self) -> f64 {
        (self.to_us - self.from_us) as f64 / 1e6
    }

    fn holds(&self, at_us: u64) -> bool {
        at_us > self.from_us && at_us <= self.to_us
    }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn latency(mut micros: Vec<u64>) -> Latency {
    micros.sort_unstable();
    let at = |percent: usize| {
        let place = (micros.len() * percent).div_ceil(100).saturating_sub(1);
        micros.get(place).map_or(0.0, |micros| *micros as f64 / 1e3)
    };
    Latency { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
}

/// CPU time of process `number` at a time between samples.
fn cpu_at(samples: &[Sample], number: usize, at_us: u64) -> Option<f64> {
    let point = |sample: &Sample| Some((sample.at_us as f64, (*sample.cpu_us.get(number)?)? as f64));
    let after = samples.iter().position(|sample| sample.at_us >= at_us);
    let (before, after) = match after {
        Some(0) => return point(samples.first()?).map(|(_, cpu)| cpu),
        Some(after) => (point(samples.get(after - 1)?)?, point(samples.get(after)?)?),
        None => return point(samples.last()?).map(|(_, cpu)| cpu),
    };
    let share = ratio(at_us as f64 - before.0, after.0 - before.0);
    Some(before.1 + share * (after.1 - before.1))
}

fn usage(log: &Log, middle: &Middle, number: usize, pid: u32) -> Usage {
    let at = |at_us| cpu_at(&log.samples, number, at_us);
    let used = at(middle.to_us).zip(at(middle.from_us)).map(|(to, from)| to - from);
    Usage {
        pid,
        name: process::name(pid),
        cpu_us_per_transaction: used.map(|used| ratio(used, middle.transactions as f64)),
        cores: used.map(|used| ratio(used / 1e6, middle.seconds())),
        peak_memory_bytes: process::peak_memory(pid),
    }
}

impl Report {
    pub(super) fn new(options: &Options, log: &Log, facts: Facts) -> Self {
        let sent = log.times.iter().filter(|(sent, _)| *sent != u64::MAX);
        let first_us = sent.clone().map(|(sent, _)| *sent).min().unwrap_or_default();
        let answered = log.times.iter().filter(|(_, seen)| *seen != u64::MAX);
        let last_us = answered.clone().map(|(_, seen)| *seen).max().unwrap_or(first_us);
        let middle = Middle::of(&log.blocks, first_us);
        let inside = answered.clone().filter(|(_, seen)| middle.holds(*seen));
        let all = answered.count() as u64;
        Self {
            kind: options.kind,
            pace: if options.rate.is_some() { "open" } else { "closed" },
            rate: options.rate,
            endpoints: options.rpc.iter().map(ToString::to_string).collect(),
            client_version: facts.client_version,
            chain_id: facts.chain_id,
            accounts: options.accounts,
            window: options.rate.is_none().then_some(options.window),
            connections: options.connections(),
            batch: options.batch(),
            sent: sent.count() as u64,
            answered: all,
            seconds: log.elapsed.as_secs_f64(),
            sustained_per_second: ratio(middle.transactions as f64, middle.seconds()),
            overall_per_second: ratio(all as f64, last_us.saturating_sub(first_us) as f64 / 1e6),
            latency_ms: latency(inside.map(|(sent, seen)| seen.saturating_sub(*sent)).collect()),
            blocks: middle.blocks as u64,
            transactions_per_block: ratio(middle.transactions as f64, middle.blocks as f64),
            receipts: facts.receipts,
            errors: log.errors.clone(),
            processes: (1..)
                .zip(&facts.pids)
                .map(|(number, pid)| usage(log, &middle, number, *pid))
                .collect(),
            generator: usage(log, &middle, 0, std::process::id()),
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.cpu_us_per_transaction.map_or_else(|| "?".into(), |micros| format!("{micros:.1}"));
        let cores = self.cores.map_or_else(|| "?".into(), |cores| format!("{cores:.2}"));
        let memory = self.peak_memory_bytes.map_or_else(|| "?".into(), |bytes| (bytes >> 20).to_string());
        write!(f, "{micros:>8} µs/tx   {cores:>5} cores   {memory:>6} MiB peak")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Latency { p50, p95, p99, max } = self.latency_ms;
        let pace = match (self.rate, self.window) {
            (Some(rate), _) => format!("open loop, {rate} per second"),
            (None, window) => {
                format!("saturation, {} on their way for each account", window.unwrap_or_default())
            }
        };
        let mut row = |name: &str, value: String| writeln!(f, "{name:<14} {value}");
        row(
            "endpoint",
            format!("{} ({}, chain {})", self.endpoints.join(" "), self.client_version, self.chain_id),
        )?;
        row("load", format!("{}, {pace}, {} accounts", self.kind, self.accounts))?;
        row("requests", format!("{} connections, up to {} transactions each", self.connections, self.batch))?;
        row("sent", format!("{:>10}   answered {}   in {:.1} s", self.sent, self.answered, self.seconds))?;
        row(
            "sustained",
            format!("{:>10.0} tx/s   overall {:.0} tx/s", self.sustained_per_second, self.overall_per_second),
        )?;
        row("latency", format!("{p50:>10.1} ms p50   {p95:.1} ms p95   {p99:.1} ms p99   {max:.1} ms max"))?;
        row("blocks", format!("{:>10}   {:.0} transactions each", self.blocks, self.transactions_per_block))?;
        let Receipts { checked, failed } = self.receipts;
        row("receipts", format!("{checked:>10} checked   {failed} failed"))?;
        for usage in &self.processes {
            row(&format!("{} {}", usage.name, usage.pid), usage.to_string())?;
        }
        row("generator", self.generator.to_string())?;
        if self.errors.is_empty() {
            row("errors", format!("{:>10}", 0))?;
        }
        for (text, count) in &self.errors {
            row("error", format!("{count:>10} × {text}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten blocks in each second, `ours` transactions in each.
    fn steady(blocks: u64, ours: usize) -> Vec<Block> {
        (1..=blocks).map(|number| Block { number, at_us: number * 100_000, ours }).collect()
    }

    #[test]
    fn a_slow_start_and_a_thin_end_do_not_touch_the_sustained_rate() {
        let mut blocks = steady(100, 500);
        blocks[..15].iter_mut().for_each(|block| block.ours = 1);
        blocks[90..].iter_mut().for_each(|block| block.ours = 1);
        let middle = Middle::of(&blocks, 0);
        assert_eq!(ratio(middle.transactions as f64, middle.seconds()), 5_000.0);
        assert_eq!((middle.from_us, middle.to_us, middle.blocks), (2_000_000, 8_000_000, 60));
    }

    #[test]
    fn a_run_of_few_blocks_is_counted_whole() {
        let middle = Middle::of(&steady(2, 10), 0);
        assert_eq!((middle.transactions, middle.seconds()), (20, 0.2));
        let none = Middle::of(&[], 7);
        assert_eq!((none.transactions, ratio(0.0, none.seconds())), (0, 0.0));
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let got = latency((1..=200).rev().map(|millis| millis * 1_000).collect());
        assert_eq!(got, Latency { p50: 100.0, p95: 190.0, p99: 198.0, max: 200.0 });
        assert_eq!(latency(vec![5_000]), Latency { p50: 5.0, p95: 5.0, p99: 5.0, max: 5.0 });
        assert_eq!(latency(vec![]), Latency::default());
    }

    #[test]
    fn cpu_time_between_samples_is_interpolated() {
        let samples = [(0, Some(10)), (100, Some(30)), (200, None)];
        let samples = samples.map(|(at_us, cpu)| Sample { at_us, cpu_us: vec![cpu] });
        assert_eq!(cpu_at(&samples, 0, 0), Some(10.0));
        assert_eq!(cpu_at(&samples, 0, 50), Some(20.0));
        assert_eq!(cpu_at(&samples, 0, 150), None, "the process ended");
        assert_eq!(cpu_at(&samples, 1, 50), None);
    }
}
