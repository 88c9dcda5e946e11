//! Who leaves when the pool is full.
//!
//! The rule: the transaction that is furthest from running leaves first. Those behind a missing
//! nonce are further than all others; then counts how many nonces lie between the account's and
//! the transaction's; of equals, the latest arrival is further. A newcomer that is itself furthest
//! is refused. So an account that sends thousands pays with its own last ones, nobody who waits
//! for the next round is pushed out by somebody's hundredth, and what is first in line never leaves
//! for a newcomer.
//!
//! Only the last transaction of a sender can be furthest, so that nobody's row is torn apart.

use crate::{
    admit::Refused,
    book::Book,
    fate::Fate,
    queue::{Queue, Rank},
};
use ding_primitives::{
    Address, Recovered,
    planted::{self, Planted},
};
use std::collections::BinaryHeap;

/// What has to leave before a newcomer fits.
#[derive(Clone, Copy)]
struct Excess {
    transactions: usize,
    bytes: usize,
}

impl Excess {
    const fn is_none(self) -> bool {
        self.transactions == 0 && self.bytes == 0
    }

    fn less(self, size: usize) -> Self {
        Self { transactions: self.transactions.saturating_sub(1), bytes: self.bytes.saturating_sub(size) }
    }
}

/// A newcomer, and its sender's queue as it would be with it.
struct Newcomer<'a> {
    sender: Address,
    rank: Rank,
    queue: &'a Queue,
    /// Length of the run with the newcomer, which may close a gap.
    run: u64,
}

impl Newcomer<'_> {
    /// Rank of what stands at `position` of its sender's queue.
    fn neighbour(&self, position: usize) -> Option<Rank> {
        let rank = self.queue.rank_at(position)?;
        Some(Rank { gapped: rank.distance >= self.run, ..rank })
    }
}

impl Book {
    /// Makes room for a newcomer of an account at `nonce`, or refuses it and changes nothing.
    pub(crate) fn make_room(&mut self, newcomer: &Recovered, nonce: u64) -> Result<(), Refused> {
        let sender = newcomer.sender();
        let stranger = Queue::at(nonce);
        let queue = self.senders.get(&sender).unwrap_or(&stranger);
        let old = queue.position(newcomer.nonce()).ok().and_then(|position| queue.get(position));
        let old_size = old.map_or(0, |old| old.transaction.size());
        let more = usize::from(old.is_none());
        let room = if planted::is(Planted::PoolOverfull) { 16 } else { 0 };
        let excess = Excess {
            transactions: (self.by_hash.len() + more).saturating_sub(self.limits.transactions + room),
            bytes: (self.bytes + newcomer.size() - old_size).saturating_sub(self.limits.bytes),
        };
        let crowded = queue.len() + more > self.limits.sender_transactions;
        if excess.is_none() && !crowded {
            return Ok(());
        }
        let rank = queue.rank(newcomer.nonce(), old.map_or(u64::MAX, |old| old.arrival));
        let newcomer = Newcomer { sender, rank, queue, run: queue.run_with(newcomer.nonce()) };
        for (sender, nonce) in self.furthest(&newcomer, excess, crowded)? {
            self.remove(sender, nonce, Fate::Evicted);
        }
        Ok(())
    }

    /// Finds what has to leave, furthest first, all of it further than the newcomer.
    fn furthest(
        &self,
        newcomer: &Newcomer<'_>,
        mut excess: Excess,
        crowded: bool,
    ) -> Result<Vec<(Address, u64)>, Refused> {
        let full = || Refused::Full { transactions: self.by_hash.len(), bytes: self.bytes };
        let own = newcomer.queue;
        let mut leaving: Vec<(Address, u64)> = Vec::new();
        // Last ones of queues that are not looked up in `tails`: the newcomer's own, and those whose
        // last is leaving.
        let mut uncovered: BinaryHeap<(Rank, Address, usize)> = BinaryHeap::new();
        let mut own_last = own.len().checked_sub(1);
        if crowded {
            let last =
                own_last.filter(|last| newcomer.neighbour(*last).is_some_and(|rank| rank > newcomer.rank));
            let last = last.ok_or(Refused::SenderFull { waiting: own.len() })?;
            if let Some(waiting) = own.get(last) {
                leaving.push((newcomer.sender, waiting.nonce));
                excess = excess.less(waiting.transaction.size());
            }
            own_last = last.checked_sub(1);
        }
        let rank_of = |queue: &Queue, sender: Address, position: usize| {
            if sender == newcomer.sender { newcomer.neighbour(position) } else { queue.rank_at(position) }
        };
        if let Some((rank, last)) = own_last.and_then(|last| Some((newcomer.neighbour(last)?, last))) {
            uncovered.push((rank, newcomer.sender, last));
        }
        let tails = self.tails.iter().rev().map(|(rank, sender)| (*rank, *sender));
        let mut tails = tails.filter(|(_, sender)| *sender != newcomer.sender).peekable();
        while !excess.is_none() {
            let tail = tails.peek().copied();
            if uncovered.peek().map(|(rank, sender, _)| (*rank, *sender)) < tail {
                tails.next();
                if let Some((rank, sender)) = tail {
                    let last = self.senders.get(&sender).map_or(0, |queue| queue.len().saturating_sub(1));
                    uncovered.push((rank, sender, last));
                }
            }
            let (rank, sender, position) = uncovered.pop().ok_or_else(full)?;
            if rank <= newcomer.rank {
                return Err(full());
            }
            let Some(queue) = self.senders.get(&sender) else { continue };
            let Some(waiting) = queue.get(position) else { continue };
            leaving.push((sender, waiting.nonce));
            excess = excess.less(waiting.transaction.size());
            if let Some(before) = position.checked_sub(1)
                && let Some(rank) = rank_of(queue, sender, before)
            {
                uncovered.push((rank, sender, before));
            }
        }
        Ok(leaving)
    }
}
