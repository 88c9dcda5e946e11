//! All queues and the indexes over them; one lock guards one book.
//!
//! Invariants (checked by `Book::check` in tests after every operation):
//! - B1 `by_hash` holds exactly the transactions that stand in a queue.
//! - B2 `heads` holds the arrival of the first transaction of every queue that can run.
//! - B3 `tails` holds the rank of the last transaction of every queue that is not empty.
//! - B4 `pending` is the sum of the runs, `bytes` the sum of the envelopes' sizes.
//! - B5 an empty queue is remembered only for its nonce, and `PoolLimits::idle_senders` of them.
//!
//! The two hash maps are only looked up, never walked in an order that anyone could see.

use crate::{
    PoolLimits,
    admit::Origin,
    fate::{Fate, Fates},
    queue::{Queue, Rank, Waiting},
    spread::{Spread, offers_max},
};
use alloy_primitives::map::{AddressMap, B256Map};
use ding_primitives::{Address, B256, Holding, Recovered, ports::FinalizedBlock};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) limits: PoolLimits,
    pub(crate) senders: AddressMap<Queue>,
    pub(crate) by_hash: B256Map<Arc<Recovered>>,
    /// Senders that can run something, by the arrival of their first transaction.
    pub(crate) heads: BTreeMap<u64, Address>,
    /// Each sender's last transaction, the furthest from running at the end.
    pub(crate) tails: BTreeSet<(Rank, Address)>,
    pub(crate) pending: usize,
    pub(crate) bytes: usize,
    pub(crate) spread: Spread,
    pub(crate) fates: Fates,
    /// Senders whose queues became empty, with the number of that moment.
    idle: VecDeque<(Address, u64)>,
    /// Admissions so far.
    arrivals: u64,
    /// Times a queue became empty so far.
    emptied: u64,
    /// No waiting transaction was admitted before this time.
    oldest_ms: u64,
}

impl Book {
    pub(crate) fn new(limits: PoolLimits) -> Self {
        Self {
            limits,
            senders: AddressMap::default(),
            by_hash: B256Map::default(),
            heads: BTreeMap::new(),
            tails: BTreeSet::new(),
            pending: 0,
            bytes: 0,
            spread: Spread::default(),
            fates: Fates::new(limits.fates),
            idle: VecDeque::new(),
            arrivals: 0,
            emptied: 0,
            oldest_ms: u64::MAX,
        }
    }

    pub(crate) fn contains(&self, hash: &B256) -> bool {
        self.by_hash.contains_key(hash)
    }

    /// Nonce of the account as far as this pool knows, if it knows the account.
    pub(crate) fn nonce(&self, sender: &Address) -> Option<u64> {
        self.senders.get(sender).map(Queue::nonce)
    }

    pub(crate) fn waiting(&self, sender: &Address, nonce: u64) -> Option<&Waiting> {
        let queue = self.senders.get(sender)?;
        queue.get(queue.position(nonce).ok()?)
    }

    /// Admissions so far: a number that grows with every change worth looking at.
    pub(crate) const fn version(&self) -> u64 {
        self.arrivals
    }

    /// Changes one queue and keeps B2 to B5.
    pub(crate) fn edit<R>(&mut self, sender: Address, change: impl FnOnce(&mut Queue) -> R) -> R {
        let queue = self.senders.entry(sender).or_default();
        let (head, tail, run, was_empty) =
            (queue.first_arrival(), queue.last_rank(), queue.run(), queue.is_empty());
        let nonce = queue.nonce();
        let result = change(queue);
        let (new_head, new_tail) = (queue.first_arrival(), queue.last_rank());
        self.pending = self.pending + queue.run() - run;
        let idle = queue.is_empty() && (!was_empty || nonce != queue.nonce());
        if idle {
            self.emptied += 1;
            queue.emptied = self.emptied;
        }
        if head != new_head {
            if let Some(arrival) = head {
                self.heads.remove(&arrival);
            }
            if let Some(arrival) = new_head {
                self.heads.insert(arrival, sender);
            }
        }
        if tail != new_tail {
            if let Some(rank) = tail {
                self.tails.remove(&(rank, sender));
            }
            if let Some(rank) = new_tail {
                self.tails.insert((rank, sender));
            }
        }
        if idle {
            self.remember_idle(sender);
        }
        result
    }

    /// Keeps the nonce of a sender with nothing waiting, and forgets the one idle longest.
    fn remember_idle(&mut self, sender: Address) {
        self.idle.push_back((sender, self.emptied));
        while self.idle.len() > self.limits.idle_senders {
            let Some((oldest, emptied)) = self.idle.pop_front() else { return };
            if self.senders.get(&oldest).is_some_and(|queue| queue.is_empty() && queue.emptied == emptied) {
                self.senders.remove(&oldest);
            }
        }
    }

    /// Puts an admitted transaction in its place; one with the same nonce leaves.
    pub(crate) fn put(&mut self, transaction: &Arc<Recovered>, nonce: u64, now_ms: u64, origin: Origin) {
        let (sender, hash) = (transaction.sender(), transaction.hash());
        let mut waiting = Waiting::new(transaction.clone(), self.arrivals, now_ms);
        self.arrivals += 1;
        waiting.local = origin == Origin::Local;
        waiting.offer = self.spread.schedule(hash, origin, now_ms);
        let old = self.edit(sender, |queue| {
            queue.settle(nonce, drop);
            if let Some(old) = queue.at_nonce_mut(waiting.nonce) {
                waiting.arrival = old.arrival;
            }
            queue.put(waiting)
        });
        if let Some(old) = old {
            self.leave(&old, Fate::Replaced(hash));
        }
        self.bytes += transaction.size();
        self.by_hash.insert(hash, transaction.clone());
        self.oldest_ms = self.oldest_ms.min(now_ms);
        self.fates.forget(&hash);
        self.trim_offers();
    }

    /// Takes one transaction out for the reason given.
    pub(crate) fn remove(&mut self, sender: Address, nonce: u64, fate: Fate) {
        if let Some(removed) = self.edit(sender, |queue| queue.remove(nonce)) {
            self.leave(&removed, fate);
        }
    }

    /// Loses a transaction without a word (a planted fault).
    pub(crate) fn lose(&mut self, transaction: &Recovered) {
        let (sender, nonce) = (transaction.sender(), transaction.nonce());
        if let Some(lost) = self.edit(sender, |queue| queue.remove(nonce))
            && self.by_hash.remove(&lost.hash()).is_some()
        {
            self.bytes -= lost.transaction.size();
        }
    }

    /// Books a transaction out that was taken from its queue.
    fn leave(&mut self, waiting: &Waiting, fate: Fate) {
        let hash = waiting.hash();
        if self.by_hash.remove(&hash).is_some() {
            self.bytes -= waiting.transaction.size();
            tracing::debug!(%hash, ?fate, "transaction left the pool");
            self.fates.tell(hash, fate);
        }
    }

    /// The account is at `nonce` now: what waits below it can never run any more.
    pub(crate) fn settle(&mut self, sender: Address, nonce: u64) {
        if self.nonce(&sender).is_none_or(|known| known >= nonce) {
            return;
        }
        let mut overtaken = Vec::new();
        self.edit(sender, |queue| queue.settle(nonce, |waiting| overtaken.push(waiting)));
        for waiting in &overtaken {
            self.leave(waiting, Fate::Overtaken);
        }
    }

    /// A block is final: its transactions leave, with those it made impossible or that waited too
    /// long by its clock.
    pub(crate) fn finalized(&mut self, block: &FinalizedBlock) {
        let mut nonces = Vec::with_capacity(block.transactions.len());
        for transaction in &block.transactions {
            if self.by_hash.remove(&transaction.hash()).is_some() {
                self.bytes -= transaction.size();
                self.fates.included += 1;
            }
            nonces.push((transaction.sender(), transaction.nonce().saturating_add(1)));
        }
        nonces.sort_unstable();
        for (index, (sender, nonce)) in nonces.iter().enumerate() {
            if nonces.get(index + 1).is_some_and(|(next, _)| next == sender) {
                continue;
            }
            // Also for senders with nothing here: their transactions may still be on their way.
            let mut left = Vec::new();
            self.edit(*sender, |queue| queue.settle(*nonce, |waiting| left.push(waiting)));
            // Those of the block are out of `by_hash` already.
            for waiting in &left {
                self.leave(waiting, Fate::Overtaken);
            }
        }
        self.expire(block.header.timestamp_ms);
    }

    /// How much it holds. Looks at each sender.
    pub(crate) fn holdings(&self) -> [Holding; 9] {
        let PoolLimits { transactions, bytes, sender_transactions, idle_senders, fates, .. } = self.limits;
        let queues = || self.senders.values();
        let waiting: usize = queues().map(Queue::len).sum();
        let longest = queues().map(Queue::len).max().unwrap_or_default();
        let idle = queues().filter(|queue| queue.is_empty()).count();
        [
            Holding::new("transactions in the pool", self.by_hash.len().max(waiting), transactions),
            Holding::new("bytes of transactions in the pool", self.bytes, bytes),
            Holding::new("transactions of one sender in the pool", longest, sender_transactions),
            Holding::new("idle senders in the pool", idle, idle_senders),
            Holding::new("turns of idle senders in the pool", self.idle.len(), idle_senders),
            Holding::new("heads of queues in the pool", self.heads.len(), transactions),
            Holding::new("tails of queues in the pool", self.tails.len(), transactions),
            Holding::new("offers of transactions to peers", self.spread.len(), offers_max(transactions)),
            Holding::new("fates of transactions", self.fates.len(), fates),
        ]
    }

    /// Drops what waited longer than a lifetime.
    fn expire(&mut self, now_ms: u64) {
        let born_min = now_ms.saturating_sub(self.limits.lifetime_ms);
        if self.oldest_ms >= born_min {
            return;
        }
        let mut expired = Vec::new();
        let mut oldest_ms = u64::MAX;
        for (sender, queue) in &self.senders {
            for waiting in queue.iter() {
                if waiting.since_ms < born_min {
                    expired.push((*sender, waiting.nonce));
                } else {
                    oldest_ms = oldest_ms.min(waiting.since_ms);
                }
            }
        }
        // In an order of its own: the map's order is nobody's.
        expired.sort_unstable();
        for (sender, nonce) in expired {
            self.remove(sender, nonce, Fate::Expired);
        }
        self.oldest_ms = oldest_ms;
    }
}

#[cfg(test)]
impl Book {
    /// Checks B1 to B5 and the queues' own invariants.
    pub(crate) fn check(&self) {
        let (mut count, mut pending, mut bytes, mut empty) = (0, 0, 0, 0);
        for (sender, queue) in &self.senders {
            let nonces: Vec<u64> = queue.iter().map(|waiting| waiting.nonce).collect();
            assert!(nonces.windows(2).all(|pair| pair[0] < pair[1]), "Q1 {nonces:?}");
            assert!(nonces.first().is_none_or(|first| *first >= queue.nonce()), "Q1 {nonces:?}");
            let run = nonces.iter().zip(queue.nonce()..).take_while(|(have, want)| *have == want).count();
            assert_eq!(queue.run(), run, "Q2");
            for waiting in queue.iter() {
                assert_eq!(waiting.transaction.sender(), *sender);
                assert_eq!(self.by_hash.get(&waiting.hash()), Some(&waiting.transaction), "B1");
                bytes += waiting.transaction.size();
            }
            let head = queue.iter().next().filter(|first| first.nonce == queue.nonce());
            if let Some(head) = head {
                assert_eq!(self.heads.get(&head.arrival), Some(sender), "B2");
            }
            if let Some(last) = queue.last_rank() {
                assert!(self.tails.contains(&(last, *sender)), "B3");
            }
            count += nonces.len();
            pending += run;
            empty += usize::from(nonces.is_empty());
        }
        assert_eq!(self.by_hash.len(), count, "B1");
        assert_eq!(self.heads.len(), self.senders.values().filter(|queue| queue.run() > 0).count(), "B2");
        assert_eq!(self.tails.len(), self.senders.len() - empty, "B3");
        assert_eq!((self.pending, self.bytes), (pending, bytes), "B4");
        assert!(empty <= self.limits.idle_senders, "B5 {empty}");
        for holding in self.holdings() {
            assert!(holding.is_within(), "{holding}");
        }
    }
}
