//! What goes into the next block.
//!
//! Senders take turns. In the first round each sender offers the first transaction it can run, in
//! the second round its next, and so on; within a round the one that arrived first goes first. So
//! a sender with thousands waiting gets no more of a full block than one with a few, and nobody
//! starves: what cannot be first today moves forward, because later arrivals stand behind it.
//!
//! The cost is that of what is chosen plus one look-up for each sender in `next`, not that of all
//! that waits.

use crate::{
    book::Book,
    queue::{Queue, Waiting},
};
use ding_primitives::{Address, Recovered, ports::Budget};
use std::{collections::BTreeMap, sync::Arc};

/// No transaction uses less gas (EIP-2).
const TRANSACTION_GAS_MIN: u64 = 21_000;
/// No signed envelope is shorter.
const TRANSACTION_BYTES_MIN: usize = 64;
/// Transactions that may be passed over because they do not fit what is left of a block, before
/// the block counts as full.
const MISSES_MAX: usize = 64;

/// A sender that takes part, and the transaction it offers in this round.
#[derive(Clone, Copy)]
struct Turn<'a> {
    queue: &'a Queue,
    position: usize,
    waiting: &'a Waiting,
}

impl<'a> Turn<'a> {
    fn new(queue: &'a Queue, position: usize) -> Option<Self> {
        Some(Self { queue, position, waiting: queue.get(position)? })
    }

    /// The first transaction of `queue` from `nonce` on, if it can run.
    fn first(queue: &'a Queue, nonce: u64) -> Option<Self> {
        let (position, run) = queue.run_from(nonce);
        if run == 0 { None } else { Self::new(queue, position) }
    }

    /// The sender's next transaction, if no nonce is missing before it.
    fn next(self) -> Option<Self> {
        let next = Self::new(self.queue, self.position + 1)?;
        (Some(next.waiting.nonce) == self.waiting.nonce.checked_add(1)).then_some(next)
    }
}

/// The block being filled.
struct Basket {
    left: Budget,
    misses: usize,
    chosen: Vec<Arc<Recovered>>,
}

impl Basket {
    /// Takes the transaction if it fits.
    fn offer(&mut self, waiting: &Waiting) -> bool {
        if self.is_full() {
            return false;
        }
        if waiting.gas > self.left.gas || waiting.bytes > self.left.bytes {
            self.misses += 1;
            return false;
        }
        self.left.transactions -= 1;
        self.left.gas -= waiting.gas;
        self.left.bytes -= waiting.bytes;
        self.chosen.push(waiting.transaction.clone());
        true
    }

    const fn is_full(&self) -> bool {
        self.left.transactions == 0
            || self.left.gas < TRANSACTION_GAS_MIN
            || self.left.bytes < TRANSACTION_BYTES_MIN
            || self.misses >= MISSES_MAX
    }
}

impl Book {
    /// See [`ding_primitives::ports::TransactionSource::choose`].
    pub(crate) fn choose(&self, budget: Budget, next: &BTreeMap<Address, u64>) -> Vec<Arc<Recovered>> {
        let mut basket = Basket { left: budget, misses: 0, chosen: Vec::new() };
        let mut turns: Vec<Turn<'_>> = Vec::new();
        let in_flight = self.in_flight(next);
        let mut in_flight = in_flight.iter().copied().peekable();
        let mut others = self.heads.iter().filter(|(_, sender)| !next.contains_key(*sender)).peekable();
        while !basket.is_full() {
            let other = others.peek().map(|(arrival, _)| **arrival);
            let first = match (in_flight.peek().map(|turn| turn.waiting.arrival), other) {
                (None, None) => break,
                (Some(one), Some(two)) if one < two => in_flight.next(),
                (Some(_), None) => in_flight.next(),
                (_, Some(_)) => others.next().and_then(|(_, sender)| Turn::new(self.senders.get(sender)?, 0)),
            };
            turns.extend(first.filter(|turn| basket.offer(turn.waiting)));
        }
        while !turns.is_empty() && !basket.is_full() {
            turns = turns.into_iter().filter_map(Turn::next).collect();
            turns.sort_unstable_by_key(|turn| turn.waiting.arrival);
            turns.retain(|turn| basket.offer(turn.waiting));
        }
        basket.chosen
    }

    /// First turns of the senders that have transactions in blocks which are not final, by arrival.
    fn in_flight(&self, next: &BTreeMap<Address, u64>) -> Vec<Turn<'_>> {
        let mut turns: Vec<_> = next
            .iter()
            .filter_map(|(sender, nonce)| Turn::first(self.senders.get(sender)?, *nonce))
            .collect();
        turns.sort_unstable_by_key(|turn| turn.waiting.arrival);
        turns
    }

    /// See [`ding_primitives::ports::TransactionSource::ready`]. One look-up for each sender in
    /// `next`.
    pub(crate) fn ready(&self, next: &BTreeMap<Address, u64>, enough: usize) -> usize {
        let (mut settled, mut beyond) = (0, 0);
        for (sender, nonce) in next {
            if let Some(queue) = self.senders.get(sender) {
                settled += queue.run();
                beyond += queue.run_from(*nonce).1;
            }
        }
        (self.pending - settled + beyond).min(enough)
    }
}
