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
    /// At most this many are remembered.
    max: usize,
    /// With the number of the moment it was told. Looked up by key only.
    latest: B256Map<(u64, Fate)>,
    /// Entries whose number is not that of `latest` mean nothing: the transaction came and left again.
    order: VecDeque<(B256, u64)>,
    told: u64,
    counters: Counters,
    pub(crate) included: u64,
}

impl Fates {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, ..Self::default() }
    }

    /// Entries, those that mean nothing included.
    pub(crate) fn len(&self) -> usize {
        self.latest.len().max(self.order.len())
    }

    pub(crate) fn tell(&mut self, hash: B256, fate: Fate) {
        let counter = match &fate {
            Fate::Replaced(_) => &mut self.counters.replaced,
            Fate::Evicted => &mut self.counters.evicted,
            Fate::Expired => &mut self.counters.expired,
            Fate::Overtaken => &mut self.counters.overtaken,
            Fate::Unfit(_) => &mut self.counters.unfit,
        };
        *counter += 1;
        self.told += 1;
        self.latest.insert(hash, (self.told, fate));
        self.order.push_back((hash, self.told));
        if self.order.len() > self.max
            && let Some((oldest, number)) = self.order.pop_front()
            && self.latest.get(&oldest).is_some_and(|(latest, _)| *latest == number)
        {
            self.latest.remove(&oldest);
        }
    }

    /// The transaction waits again.
    pub(crate) fn forget(&mut self, hash: &B256) {
        if !self.latest.is_empty() {
            self.latest.remove(hash);
        }
    }

    pub(crate) fn of(&self, hash: &B256) -> Option<Fate> {
        self.latest.get(hash).map(|(_, fate)| fate.clone())
    }

    pub(crate) const fn counters(&self) -> Counters {
        Counters { included: self.included, ..self.counters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_fates_are_kept_and_no_more_of_them() {
        let mut fates = Fates::new(3);
        for number in 1..=20u8 {
            fates.tell(B256::repeat_byte(number), Fate::Evicted);
            assert!(fates.len() <= 3, "{} fates", fates.len());
        }
        let kept: Vec<u8> = (1..=20).filter(|n| fates.of(&B256::repeat_byte(*n)).is_some()).collect();
        assert_eq!(kept, [18, 19, 20]);
        assert_eq!(fates.counters().evicted, 20, "all are counted");
    }

    #[test]
    fn a_transaction_that_left_twice_keeps_its_second_fate_as_long_as_any_other() {
        let mut fates = Fates::new(3);
        let [twice, other] = [1, 2].map(B256::repeat_byte);
        fates.tell(twice, Fate::Evicted);
        fates.forget(&twice);
        fates.tell(other, Fate::Evicted);
        fates.tell(twice, Fate::Expired);
        fates.tell(B256::repeat_byte(3), Fate::Evicted);
        assert_eq!(fates.of(&twice), Some(Fate::Expired), "its first fate leaves, not this one");
        assert!(fates.len() <= 3);
    }
}
