//! Sends what was signed, and notes when each transaction was sent and when its receipt was there.
//!
//! Each account belongs to one lane, each lane is one connection to one endpoint with one request
//! on its way at a time, so an account's transactions leave in the order of their nonces. Closed
//! loop: each account has a window of transactions on their way, and the next one goes when a
//! receipt came. Open loop: transactions go at their times, whether or not anything comes back,
//! and their latency counts from that time, so that a stalled endpoint is not spared.
//!
//! A watcher asks one endpoint for the next block until there is one. A transaction counts as
//! answered when the receipt of the block's last transaction of ours is there: that one question
//! for each block replaces one for each transaction.

use super::{
    client::{Answer, Client, ClientError, Endpoint, parse},
    load::Signed,
    process,
};
use alloy_primitives::{B256, hex, map::B256Map};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    io::Write as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::sleep};

/// A refused transaction that may be taken later is sent again this often.
const TRIES_MAX: u8 = 50;
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// The open loop looks this often at what is due.
const TICK: Duration = Duration::from_millis(1);
/// Processes are looked at this often.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(200);
/// A run ends when nothing came back for this long after the last transaction was sent.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the load is offered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pace {
    /// This many transactions of each account on their way.
    Closed { window: usize },
    /// This many transactions in each second.
    Open { rate: f64 },
}

/// How to drive.
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) pace: Pace,
    pub(super) accounts: usize,
    pub(super) connections: usize,
    pub(super) batch: usize,
    /// No transaction is sent after this time.
    pub(super) seconds: f64,
    pub(super) poll: Duration,
    pub(super) pids: Vec<u32>,
}

/// A block that holds transactions of the load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) number: u64,
    /// Microseconds after the start.
    pub(super) at_us: u64,
    /// Transactions of the load.
    pub(super) ours: usize,
}

/// CPU time of every watched process at one moment; the first is the generator.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) at_us: u64,
    pub(super) cpu_us: Vec<Option<u64>>,
}

/// Everything that was noted.
pub(super) struct Log {
    /// When each transaction was sent (or due, in the open loop) and answered, microseconds after
    /// the start; `u64::MAX` for never.
    pub(super) times: Vec<(u64, u64)>,
    pub(super) blocks: Vec<Block>,
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) samples: Vec<Sample>,
    pub(super) elapsed: Duration,
}

struct Lane {
    queue: Mutex<VecDeque<u32>>,
    wake: Notify,
}

struct Run {
    course: Course,
    signed: Vec<Signed>,
    begin: Instant,
    sent_us: Vec<AtomicU64>,
    seen_us: Vec<AtomicU64>,
    tries: Vec<AtomicU32>,
    /// Whether a transaction is no longer on its way: answered, or lost.
    done: Vec<AtomicBool>,
    lanes: Vec<Lane>,
    /// Per account, the round of its next transaction; `u32::MAX` once one of them was lost.
    rounds: Vec<AtomicU32>,
    outstanding: AtomicUsize,
    /// How many are done.
    finished: AtomicUsize,
    /// Nothing new is sent.
    stopped: AtomicBool,
    over: AtomicBool,
    errors: Mutex<BTreeMap<String, u64>>,
}

/// What a lock holds even if a task panicked while it held it: these are counters and queues.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drives the load to its end.
pub(super) async fn drive(course: Course, signed: Vec<Signed>) -> Result<Log, ClientError> {
    let count = signed.len();
    let lanes = course.connections.max(1);
    let mut watcher = Client::new(course.endpoints.first().cloned().ok_or(ClientError::Status(0))?);
    let head: String = watcher.call("eth_blockNumber", json!([])).await?;
    let head = number(&head)?;
    let run = Arc::new(Run {
        signed,
        begin: Instant::now(),
        sent_us: (0..count).map(|_| AtomicU64::new(u64::MAX)).collect(),
        seen_us: (0..count).map(|_| AtomicU64::new(u64::MAX)).collect(),
        tries: (0..count).map(|_| AtomicU32::new(0)).collect(),
        done: (0..count).map(|_| AtomicBool::new(false)).collect(),
        lanes: (0..lanes).map(|_| Lane { queue: Mutex::default(), wake: Notify::new() }).collect(),
        rounds: (0..course.accounts).map(|_| AtomicU32::new(0)).collect(),
        outstanding: AtomicUsize::new(0),
        finished: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
        over: AtomicBool::new(false),
        errors: Mutex::default(),
        course,
    });
    let mut tasks: Vec<_> = (0..lanes).map(|lane| tokio::spawn(run.clone().send(lane))).collect();
    let sampler = tokio::spawn(run.clone().sample());
    let blocks = tokio::spawn(run.clone().watch(watcher, head + 1));
    match run.course.pace {
        Pace::Closed { window } => run.clone().closed(window).await,
        Pace::Open { rate } => run.clone().open(rate).await,
    }
    run.wait_for_the_rest().await;
    run.over.store(true, Relaxed);
    let elapsed = run.begin.elapsed();
    for lane in &run.lanes {
        lane.wake.notify_one();
    }
    let broken = |error: tokio::task::JoinError| ClientError::Malformed(error.to_string());
    let blocks = blocks.await.map_err(broken)?;
    let samples = sampler.await.map_err(broken)?;
    for task in tasks.drain(..) {
        task.await.map_err(broken)?;
    }
    let times =
        run.sent_us.iter().zip(&run.seen_us).map(|(sent, seen)| (sent.load(Relaxed), seen.load(Relaxed)));
    let errors = held(&run.errors).clone();
    Ok(Log { times: times.collect(), blocks, errors, samples, elapsed })
}

/// Reads a quantity of the Ethereum JSON-RPC.
pub(super) fn number(text: &str) -> Result<u64, ClientError> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    u64::from_str_radix(digits, 16).map_err(|_| ClientError::Malformed(format!("{text:?} is no quantity")))
}

impl Run {
    fn now_us(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Puts the next transaction of an account in its lane, if there is one.
    fn push_next(&self, account: usize) {
        let Some(rounds) = self.rounds.get(account) else { return };
        let round = rounds.load(Relaxed);
        let index = (round as usize).saturating_mul(self.course.accounts).saturating_add(account);
        if round == u32::MAX || index >= self.signed.len() || self.stopped.load(Relaxed) {
            return;
        }
        if rounds.compare_exchange(round, round + 1, Relaxed, Relaxed).is_ok() {
            self.push(index);
        }
    }

    fn push(&self, index: usize) {
        let account = index % self.course.accounts;
        let (Some(lane), Ok(index)) = (self.lanes.get(account % self.lanes.len()), u32::try_from(index))
        else {
            return;
        };
        self.outstanding.fetch_add(1, Relaxed);
        held(&lane.queue).push_back(index);
        lane.wake.notify_one();
    }

    async fn closed(self: Arc<Self>, window: usize) {
        for _ in 0..window {
            (0..self.course.accounts).for_each(|account| self.push_next(account));
        }
        let end = self.begin + Duration::from_secs_f64(self.course.seconds);
        let (mut finished, mut since) = (0, Instant::now());
        // An endpoint that died answers nothing more, however long one waits.
        while Instant::now() < end && self.outstanding.load(Relaxed) > 0 && since.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5)).await;
            let now = self.finished.load(Relaxed);
            if now != finished {
                (finished, since) = (now, Instant::now());
            }
        }
        self.stopped.store(true, Relaxed);
        // What is still queued here was never sent.
        for lane in &self.lanes {
            let unsent = core::mem::take(&mut *held(&lane.queue)).len();
            self.outstanding.fetch_sub(unsent, Relaxed);
        }
    }

    async fn open(self: Arc<Self>, rate: f64) {
        for index in 0..self.signed.len() {
            let due = Duration::from_secs_f64(index as f64 / rate);
            while self.begin.elapsed() < due {
                sleep(TICK).await;
            }
            let lost = self
                .rounds
                .get(index % self.course.accounts)
                .is_some_and(|round| round.load(Relaxed) == u32::MAX);
            if lost {
                self.count("not sent: an earlier transaction of the account was lost");
                continue;
            }
            if let Some(sent) = self.sent_us.get(index) {
                sent.store(u64::try_from(due.as_micros()).unwrap_or(u64::MAX), Relaxed);
            }
            self.push(index);
        }
        self.stopped.store(true, Relaxed);
    }

    /// Waits until everything sent was answered, or nothing was for too long.
    async fn wait_for_the_rest(&self) {
        let mut left = self.outstanding.load(Relaxed);
        let mut since = Instant::now();
        while left > 0 && since.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5)).await;
            let now = self.outstanding.load(Relaxed);
            if now != left {
                (left, since) = (now, Instant::now());
            }
        }
    }

    fn count(&self, error: &str) {
        // Numbers and hashes differ from one refusal to the next, what happened does not.
        let mut text = String::with_capacity(error.len());
        for part in error.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let is_number = word.starts_with(|c: char| c.is_ascii_digit());
            text.push_str(if is_number { "…" } else { word });
            text.push_str(part.get(word.len()..).unwrap_or_default());
        }
        *held(&self.errors).entry(text).or_default() += 1;
    }

    /// One lane: takes what waits, up to a batch, sends it, looks at the answers.
    async fn send(self: Arc<Self>, lane: usize) {
        let endpoint = self.course.endpoints.get(lane % self.course.endpoints.len().max(1));
        let (Some(endpoint), Some(lane)) = (endpoint, self.lanes.get(lane)) else { return };
        let mut client = Client::new(endpoint.clone());
        while !self.over.load(Relaxed) {
            let batch: Vec<u32> = {
                let mut queue = held(&lane.queue);
                let take = queue.len().min(self.course.batch.max(1));
                queue.drain(..take).collect()
            };
            if batch.is_empty() {
                lane.wake.notified().await;
                continue;
            }
            let body = self.body(&batch);
            let now = self.now_us();
            for index in &batch {
                if let Some(sent) = self.sent_us.get(*index as usize) {
                    sent.fetch_min(now, Relaxed);
                }
            }
            let again = match client.post(body.into()).await.and_then(|answer| self.answers(&batch, &answer))
            {
                Ok(again) => again,
                Err(error) => {
                    self.count(&error.to_string());
                    batch.into_iter().filter(|index| self.may_try_again(*index as usize)).collect()
                }
            };
            if !again.is_empty() {
                sleep(RETRY_PAUSE).await;
                let mut queue = held(&lane.queue);
                again.into_iter().rev().for_each(|index| queue.push_front(index));
            }
        }
    }

    fn body(&self, batch: &[u32]) -> Vec<u8> {
        let bytes: usize = batch
            .iter()
            .filter_map(|index| self.signed.get(*index as usize))
            .map(|s| 2 * s.raw.len() + 96)
            .sum();
        let mut body = Vec::with_capacity(bytes + 2);
        let one = batch.len() == 1;
        if !one {
            body.push(b'[');
        }
        for (place, index) in batch.iter().enumerate() {
            let Some(signed) = self.signed.get(*index as usize) else { continue };
            if place > 0 {
                body.push(b',');
            }
            // Writing to memory does not fail.
            let _ = write!(
                body,
                r#"{{"jsonrpc":"2.0","id":{index},"method":"eth_sendRawTransaction","params":["0x"#
            );
            body.extend_from_slice(hex::encode(&signed.raw).as_bytes());
            body.extend_from_slice(br#""]}"#);
        }
        if !one {
            body.push(b']');
        }
        body
    }

    /// Looks at the answers to a batch; returns what is to be sent again.
    fn answers(&self, batch: &[u32], body: &[u8]) -> Result<Vec<u32>, ClientError> {
        let answers: Vec<Answer<IgnoredAny>> =
            if body.first() == Some(&b'[') { parse(body)? } else { vec![parse(body)?] };
        let mut again = Vec::new();
        for answer in answers {
            let Some(error) = answer.error else { continue };
            let Some(index) = batch.iter().find(|index| u64::from(**index) == answer.id) else {
                // An error of the whole request carries no number of ours.
                return Err(error.into());
            };
            // What was sent again after a broken connection may have arrived, or be in a block.
            let tried = self.tries.get(*index as usize).is_some_and(|tries| tries.load(Relaxed) > 0);
            let known = ["already known", "already imported"].iter().any(|word| error.message.contains(word));
            if known || (tried && error.message.contains("nonce too low")) {
                continue;
            }
            self.count(&error.message);
            let later = ["full", "limit exceeded", "too many requests", "try again"];
            let message = error.message.to_lowercase();
            if !later.iter().any(|word| message.contains(word)) {
                self.lose(*index as usize);
            } else if self.may_try_again(*index as usize) {
                again.push(*index);
            }
        }
        Ok(again)
    }

    fn may_try_again(&self, index: usize) -> bool {
        let tries = self.tries.get(index).map_or(u32::MAX, |tries| tries.fetch_add(1, Relaxed));
        let again = tries < u32::from(TRIES_MAX);
        if !again {
            self.lose(index);
        }
        again
    }

    /// A transaction was refused for good: those of its account behind it can never run.
    fn lose(&self, index: usize) {
        if let Some(round) = self.rounds.get(index % self.course.accounts) {
            round.store(u32::MAX, Relaxed);
        }
        self.finish(index);
    }

    fn finish(&self, index: usize) {
        if self.done.get(index).is_some_and(|done| !done.swap(true, Relaxed)) {
            self.outstanding.fetch_sub(1, Relaxed);
            self.finished.fetch_add(1, Relaxed);
        }
    }

    /// Notes every block from `next` on until the run is over.
    async fn watch(self: Arc<Self>, mut client: Client, mut next: u64) -> Vec<Block> {
        #[derive(Deserialize)]
        struct Found {
            transactions: Vec<B256>,
        }
        let count = self.signed.len().try_into().unwrap_or(u32::MAX);
        let by_hash: B256Map<u32> = self.signed.iter().map(|signed| signed.hash).zip(0..count).collect();
        let mut blocks = Vec::new();
        while !self.over.load(Relaxed) {
            let asked = client.call("eth_getBlockByNumber", json!([format!("0x{next:x}"), false])).await;
            let found: Found = match asked {
                Ok(Some(found)) => found,
                Ok(None) => {
                    sleep(self.course.poll).await;
                    continue;
                }
                // Some endpoints name a block that is not there yet as an error.
                Err(error) => {
                    self.count(&format!("watching: {error}"));
                    sleep(self.course.poll.max(RETRY_PAUSE)).await;
                    continue;
                }
            };
            let ours: Vec<usize> = found
                .transactions
                .iter()
                .filter_map(|hash| by_hash.get(hash))
                .map(|index| *index as usize)
                .collect();
            if let Some(last) = ours.last().and_then(|last| self.signed.get(*last)) {
                self.wait_for_receipt(&mut client, last.hash).await;
            }
            let at_us = self.now_us();
            for index in &ours {
                // The next one first, so that what is on its way is never nothing in between.
                if matches!(self.course.pace, Pace::Closed { .. }) {
                    self.push_next(index % self.course.accounts);
                }
                if let Some(seen) = self.seen_us.get(*index) {
                    seen.fetch_min(at_us, Relaxed);
                }
                self.finish(*index);
            }
            if !ours.is_empty() {
                blocks.push(Block { number: next, at_us, ours: ours.len() });
            }
            next += 1;
        }
        blocks
    }

    async fn wait_for_receipt(&self, client: &mut Client, hash: B256) {
        while !self.over.load(Relaxed) {
            match client.call::<Value>("eth_getTransactionReceipt", json!([hash])).await {
                Ok(Value::Null) => sleep(TICK).await,
                Ok(_) => return,
                Err(error) => {
                    self.count(&format!("watching: {error}"));
                    sleep(RETRY_PAUSE).await;
                }
            }
        }
    }

    /// Looks at the processes at regular times.
    async fn sample(self: Arc<Self>) -> Vec<Sample> {
        let pids: Vec<u32> =
            [std::process::id()].into_iter().chain(self.course.pids.iter().copied()).collect();
        let mut samples = Vec::new();
        loop {
            let over = self.over.load(Relaxed);
            let cpu_us = pids.iter().map(|pid| process::cpu_us(*pid)).collect();
            samples.push(Sample { at_us: self.now_us(), cpu_us });
            if over {
                return samples;
            }
            sleep(SAMPLE_INTERVAL).await;
        }
    }
}
