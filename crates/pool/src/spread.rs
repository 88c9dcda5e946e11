//! When to offer which transaction to the other members.
//!
//! A transaction that entered here is offered at once and then, while it waits, after 3, 6, 12, 24
//! and every 48 seconds (the first is [`limits::GOSSIP_REPEAT_MS`], each next twice as long). One
//! that a peer told of starts at the end of that row, and starts the wait again whenever a peer
//! tells of it: as long as anybody spreads it, this member stays silent.
//!
//! Each step of the row is a queue in the order of its times, since all waits in it are equal. An
//! entry counts only if its number is the one its transaction remembers: leaving the pool or being
//! scheduled anew makes older entries meaningless, and they are dropped when they are met.

use crate::{admit::Origin, book::Book, queue::Waiting};
use ding_primitives::{B256, Recovered, Transaction, block, limits};
use std::collections::VecDeque;

/// Offers at growing distances, then the last distance for ever.
const STEPS: usize = 6;
#[derive(Clone, Copy, Debug)]
struct Entry {
    due_ms: u64,
    hash: B256,
    number: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Spread {
    steps: [VecDeque<Entry>; STEPS],
    numbers: u64,
}

/// Entries beyond which those that mean nothing are swept out.
pub(crate) const fn offers_max(waiting: usize) -> usize {
    waiting.saturating_mul(2).saturating_add(limits::POOL_OFFERS_SLACK)
}

/// How long an entry of `step` waits.
const fn pause_ms(step: usize) -> u64 {
    if step == 0 { 0 } else { limits::GOSSIP_REPEAT_MS << (step - 1) }
}

impl Spread {
    /// Schedules a transaction that was just admitted; returns the entry's number.
    pub(crate) fn schedule(&mut self, hash: B256, origin: Origin, now_ms: u64) -> u64 {
        let step = match origin {
            Origin::Local => 0,
            Origin::Peer => STEPS - 1,
        };
        self.enter(hash, step, now_ms)
    }

    fn enter(&mut self, hash: B256, step: usize, now_ms: u64) -> u64 {
        self.numbers += 1;
        if let Some(queue) = self.steps.get_mut(step) {
            let due_ms = now_ms.saturating_add(pause_ms(step));
            queue.push_back(Entry { due_ms, hash, number: self.numbers });
        }
        self.numbers
    }

    /// Sweeps out entries of transactions that left, when there are too many.
    pub(crate) fn trim(&mut self, waiting: usize, counts: impl Fn(&B256, u64) -> bool) {
        let entries: usize = self.steps.iter().map(VecDeque::len).sum();
        // LIMIT: entries stay within a small multiple of what waits, even if nobody asks for offers.
        if entries > offers_max(waiting) {
            for queue in &mut self.steps {
                queue.retain(|entry| counts(&entry.hash, entry.number));
            }
        }
    }

    /// Entries, those that mean nothing included.
    pub(crate) fn len(&self) -> usize {
        self.steps.iter().map(VecDeque::len).sum()
    }
}

impl Book {
    /// The user submits here what a peer told of before. False if this member answers for it
    /// already.
    pub(crate) fn answer_for(&mut self, transaction: &Recovered, now_ms: u64) -> bool {
        let Some(waiting) = waiting_mut(self, transaction) else { return false };
        if waiting.local {
            return false;
        }
        waiting.local = true;
        let hash = waiting.hash();
        // Somebody just spread it: the first repetition is soon enough.
        let number = self.spread.enter(hash, 1, now_ms);
        if let Some(waiting) = waiting_mut(self, transaction) {
            waiting.offer = number;
        }
        self.trim_offers();
        true
    }

    /// Sweeps out entries of transactions that left or were scheduled anew, when there are too many.
    pub(crate) fn trim_offers(&mut self) {
        let (by_hash, senders) = (&self.by_hash, &self.senders);
        self.spread.trim(by_hash.len(), |hash, number| {
            let waiting = by_hash.get(hash).and_then(|found| {
                let queue = senders.get(&found.sender())?;
                queue.get(queue.position(found.nonce()).ok()?)
            });
            waiting.is_some_and(|waiting| waiting.offer == number)
        });
    }

    /// A peer told of a transaction that waits already.
    pub(crate) fn heard(&mut self, transaction: &Recovered, now_ms: u64) {
        if let Some(waiting) = waiting_mut(self, transaction) {
            waiting.heard_ms = now_ms;
        }
    }

    /// Takes up to `bytes` of what is due to be offered, the newest of this member's doors first.
    pub(crate) fn outgoing(&mut self, bytes: usize, now_ms: u64) -> Vec<Transaction> {
        let mut room = bytes;
        let mut offers = Vec::new();
        for step in 0..STEPS {
            let pause_ms = pause_ms(step);
            // What is scheduled anew while this runs is not due before the next call.
            let mut entries = self.spread.steps.get(step).map_or(0, VecDeque::len);
            while entries > 0 && offers.len() < limits::GOSSIP_TRANSACTIONS_MAX {
                entries -= 1;
                let Some(queue) = self.spread.steps.get_mut(step) else { break };
                let Some(entry) = queue.front().copied() else { break };
                // A clock that was set back must not silence this member.
                let due = entry.due_ms <= now_ms || entry.due_ms - pause_ms > now_ms;
                if !due {
                    break;
                }
                let transaction = self.by_hash.get(&entry.hash).cloned();
                let waiting = transaction.as_deref().and_then(|found| waiting_mut(self, found));
                let Some(waiting) = waiting.filter(|waiting| waiting.offer == entry.number) else {
                    self.spread.steps.get_mut(step).map(VecDeque::pop_front);
                    continue;
                };
                let heard_ms = waiting.heard_ms;
                let silent =
                    !waiting.local && heard_ms <= now_ms && heard_ms.saturating_add(pause_ms) > now_ms;
                let mut next = step;
                if !silent {
                    let offered = waiting.transaction.transaction();
                    let Some(rest) = room.checked_sub(block::body_bytes(offered)) else { return offers };
                    room = rest;
                    offers.push(offered.clone());
                    next = (step + 1).min(STEPS - 1);
                }
                self.spread.steps.get_mut(step).map(VecDeque::pop_front);
                let number = self.spread.enter(entry.hash, next, now_ms);
                if let Some(waiting) = transaction.as_deref().and_then(|found| waiting_mut(self, found)) {
                    waiting.offer = number;
                }
            }
        }
        offers
    }
}

fn waiting_mut<'a>(book: &'a mut Book, transaction: &Recovered) -> Option<&'a mut Waiting> {
    book.senders.get_mut(&transaction.sender())?.at_nonce_mut(transaction.nonce())
}
