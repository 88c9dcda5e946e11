//! The waiting transactions of one sender, by nonce.
//!
//! Invariants:
//! - Q1 nonces rise strictly, and none is below the account's.
//! - Q2 [`Queue::run`] is the length of the longest prefix without a gap that begins at the
//!   account's nonce: what can run now.

use ding_primitives::{B256, Recovered, block};
use std::{collections::VecDeque, sync::Arc};

/// A transaction in its place.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) transaction: Arc<Recovered>,
    /// Number of the admission that took this place. A replacement keeps the place.
    pub(crate) arrival: u64,
    pub(crate) nonce: u64,
    pub(crate) gas: u64,
    /// Bytes in a block's body.
    pub(crate) bytes: usize,
    /// When it was admitted.
    pub(crate) since_ms: u64,
    /// Whether it entered at this member's doors.
    pub(crate) local: bool,
    /// When a peer last told of it; 0 if none did again.
    pub(crate) heard_ms: u64,
    /// Number of its entry in the schedule of offers to peers; older entries mean nothing.
    pub(crate) offer: u64,
}

impl Waiting {
    pub(crate) fn new(transaction: Arc<Recovered>, arrival: u64, since_ms: u64) -> Self {
        Self {
            arrival,
            nonce: transaction.nonce(),
            gas: transaction.gas_limit(),
            bytes: block::body_bytes(transaction.transaction()),
            since_ms,
            local: false,
            heard_ms: 0,
            offer: 0,
            transaction,
        }
    }

    pub(crate) fn hash(&self) -> B256 {
        self.transaction.hash()
    }
}

/// How far a transaction is from running: the greater, the sooner it is evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// Whether a nonce before it is missing.
    pub(crate) gapped: bool,
    /// Nonces between the account's and its own.
    pub(crate) distance: u64,
    /// Later arrivals rank higher.
    pub(crate) arrival: u64,
}

/// One sender.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    nonce: u64,
    run: usize,
    waiting: VecDeque<Waiting>,
    /// Number of the moment the queue last became empty.
    pub(crate) emptied: u64,
}

impl Queue {
    /// An empty queue of an account at `nonce`.
    pub(crate) fn at(nonce: u64) -> Self {
        Self { nonce, ..Self::default() }
    }

    /// Nonce of the account, as far as this pool knows.
    pub(crate) const fn nonce(&self) -> u64 {
        self.nonce
    }

    /// Transactions that can run now, one after the other.
    pub(crate) const fn run(&self) -> usize {
        self.run
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter()
    }

    pub(crate) fn get(&self, position: usize) -> Option<&Waiting> {
        self.waiting.get(position)
    }

    /// Where `nonce` stands, or where it would be inserted.
    pub(crate) fn position(&self, nonce: u64) -> Result<usize, usize> {
        // Inside the run (Q2) the place follows from the nonce.
        let ahead = usize::try_from(nonce.saturating_sub(self.nonce)).unwrap_or(usize::MAX);
        if nonce >= self.nonce && ahead < self.run {
            return Ok(ahead);
        }
        match self.waiting.back() {
            Some(last) if last.nonce < nonce => Err(self.waiting.len()),
            _ => self.waiting.binary_search_by_key(&nonce, |waiting| waiting.nonce),
        }
    }

    pub(crate) fn at_nonce_mut(&mut self, nonce: u64) -> Option<&mut Waiting> {
        let position = self.position(nonce).ok()?;
        self.waiting.get_mut(position)
    }

    /// Position and number of transactions that can run one after the other from `nonce` on.
    pub(crate) fn run_from(&self, nonce: u64) -> (usize, usize) {
        let nonce = nonce.max(self.nonce);
        let Ok(position) = self.position(nonce) else { return (0, 0) };
        if position < self.run {
            return (position, self.run - position);
        }
        (position, self.consecutive(position, nonce))
    }

    /// How many transactions from `position` on have the nonces `nonce`, `nonce + 1`, …
    fn consecutive(&self, position: usize, nonce: u64) -> usize {
        let from = self.waiting.range(position.min(self.waiting.len())..);
        from.zip(nonce..).take_while(|(waiting, nonce)| waiting.nonce == *nonce).count()
    }

    /// Length of the run if there were a transaction with `nonce`, too.
    pub(crate) fn run_with(&self, nonce: u64) -> u64 {
        let run = self.run as u64;
        if nonce != self.nonce.saturating_add(run) {
            return run;
        }
        let beyond = self.consecutive(self.run, nonce.saturating_add(1));
        run.saturating_add(1).saturating_add(beyond as u64)
    }

    /// Rank of a transaction with `nonce`, present or not.
    pub(crate) fn rank(&self, nonce: u64, arrival: u64) -> Rank {
        let distance = nonce.saturating_sub(self.nonce);
        Rank { gapped: distance > self.run as u64, distance, arrival }
    }

    /// Rank of the transaction at `position`; the last one's is the highest of the queue.
    pub(crate) fn rank_at(&self, position: usize) -> Option<Rank> {
        let waiting = self.waiting.get(position)?;
        let distance = waiting.nonce.saturating_sub(self.nonce);
        Some(Rank { gapped: position >= self.run, distance, arrival: waiting.arrival })
    }

    pub(crate) fn last_rank(&self) -> Option<Rank> {
        self.rank_at(self.waiting.len().checked_sub(1)?)
    }

    /// Arrival of the transaction that can run first.
    pub(crate) fn first_arrival(&self) -> Option<u64> {
        if self.run == 0 { None } else { self.waiting.front().map(|waiting| waiting.arrival) }
    }

    /// Puts a transaction where its nonce belongs; returns the one that stood there.
    pub(crate) fn put(&mut self, waiting: Waiting) -> Option<Waiting> {
        match self.position(waiting.nonce) {
            Ok(position) => self.waiting.get_mut(position).map(|old| core::mem::replace(old, waiting)),
            Err(position) => {
                self.waiting.insert(position, waiting);
                self.extend();
                None
            }
        }
    }

    /// Takes out the transaction with `nonce`; those behind it wait for another.
    pub(crate) fn remove(&mut self, nonce: u64) -> Option<Waiting> {
        let position = self.position(nonce).ok()?;
        let removed = self.waiting.remove(position);
        self.run = self.run.min(position);
        removed
    }

    /// The account's nonce is now at least `nonce`: hands out what can never run any more.
    pub(crate) fn settle(&mut self, nonce: u64, mut leaving: impl FnMut(Waiting)) {
        if nonce <= self.nonce {
            return;
        }
        self.nonce = nonce;
        let mut left = 0;
        while self.waiting.front().is_some_and(|first| first.nonce < nonce) {
            self.waiting.pop_front().into_iter().for_each(&mut leaving);
            left += 1;
        }
        // What remains of the run still begins at the account's nonce, unless the account overtook it.
        self.run = self.run.saturating_sub(left);
        self.extend();
        // LIMIT: a queue that held thousands gives its memory back.
        if self.waiting.is_empty() && self.waiting.capacity() > 64 {
            self.waiting = VecDeque::new();
        }
    }

    fn extend(&mut self) {
        let nonce = self.nonce.saturating_add(self.run as u64);
        self.run += self.consecutive(self.run, nonce);
    }
}
