//! Why transactions left without having been in a block, so that nobody has to guess.

use alloy_primitives::map::B256Map;
use ding_primitives::{B256, limits};
use std::collections::VecDeque;

/// Why an admitted transaction no longer waits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fate {
    /// Its sender replaced it.
    #[error("replaced by {0}, which offers more")]
    Replaced(B256),
    /// The pool was full and this one was furthest from running.
    #[error("evicted: the pool was full and every other transaction came before it; send it again")]
    Evicted,
    /// It waited too long.
    #[error("expired: it found no block within {hours} hours; send it again", hours = limits::POOL_LIFETIME_MS / 3_600_000)]
    Expired,
    /// A final block holds another transaction of the same sender and nonce.
    #[error("overtaken: a final block holds another transaction of this sender with the same nonce")]
    Overtaken,
    /// A proposer could not run it.
    #[error("dropped by a proposer: {0}")]
    Unfit(String),
}

/// How many transactions left, by reason, since the node started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// In a final block.
    pub included: u64,
    /// Replaced by their senders.
    pub replaced: u64,
    /// Evicted from a full pool.
    pub evicted: u64,
    /// Waited too long.
    pub expired: u64,
    /// Another transaction took their nonce.
    pub overtaken: u64,
    /// Dropped by a proposer.
    pub unfit: u64,
}

/// The latest fates by hash, and the number of each.
#[derive(Debug, Default)]
pub(crate) struct Fates {
    latest: B256Map<Fate>,
    order: VecDeque<B256>,
    counters: Counters,
    pub(crate) included: u64,
}

impl Fates {
    pub(crate) fn tell(&mut self, hash: B256, fate: Fate) {
        let counter = match &fate {
            Fate::Replaced(_) => &mut self.counters.replaced,
            Fate::Evicted => &mut self.counters.evicted,
            Fate::Expired => &mut self.counters.expired,
            Fate::Overtaken => &mut self.counters.overtaken,
            Fate::Unfit(_) => &mut self.counters.unfit,
        };
        *counter += 1;
        self.latest.insert(hash, fate);
        self.order.push_back(hash);
        if self.order.len() > limits::POOL_FATES_MAX {
            let oldest = self.order.pop_front();
            oldest.map(|hash| self.latest.remove(&hash));
        }
    }

    /// The transaction waits again.
    pub(crate) fn forget(&mut self, hash: &B256) {
        if !self.latest.is_empty() {
            self.latest.remove(hash);
        }
    }

    pub(crate) fn of(&self, hash: &B256) -> Option<Fate> {
        self.latest.get(hash).cloned()
    }

    pub(crate) const fn counters(&self) -> Counters {
        Counters { included: self.included, ..self.counters }
    }
}
