//! Transactions that a block brought before gossip did, with their senders.
//!
//! The same transaction comes again: with the next leader's block, by gossip, when its block is
//! loaded. Finding the sender each time would cost a signature each time.

use crate::bounds::ChainLimits;
use ding_primitives::{B256, Holding, Recovered};
use std::{collections::HashMap, sync::Arc};

/// Transactions of unfinished blocks whose senders were found here. Each leaves when it is final;
/// what never becomes final must not stay for ever, so a full memory begins anew: losing an entry
/// costs one signature.
#[derive(Debug)]
pub(crate) struct Met {
    limits: ChainLimits,
    /// Looked up by key only.
    transactions: HashMap<B256, Arc<Recovered>>,
    bytes: usize,
}

impl Met {
    pub(crate) fn new(limits: ChainLimits) -> Self {
        Self { limits, transactions: HashMap::new(), bytes: 0 }
    }

    /// Remembers a transaction.
    pub(crate) fn keep(&mut self, transaction: Arc<Recovered>) {
        let size = transaction.size();
        self.forget(&transaction.hash());
        if self.transactions.len() >= self.limits.met_transactions
            || self.bytes.saturating_add(size) > self.limits.met_bytes
        {
            self.transactions.clear();
            self.bytes = 0;
        }
        if self.limits.met_transactions > 0 && size <= self.limits.met_bytes {
            self.transactions.insert(transaction.hash(), transaction);
            self.bytes += size;
        }
    }

    /// A remembered transaction.
    pub(crate) fn get(&self, hash: &B256) -> Option<Arc<Recovered>> {
        self.transactions.get(hash).cloned()
    }

    /// Forgets a transaction, which is final.
    pub(crate) fn forget(&mut self, hash: &B256) {
        if let Some(transaction) = self.transactions.remove(hash) {
            self.bytes = self.bytes.saturating_sub(transaction.size());
        }
    }

    /// How much it holds.
    pub(crate) fn holdings(&self) -> [Holding; 2] {
        [
            Holding::new("transactions met in blocks", self.transactions.len(), self.limits.met_transactions),
            Holding::new("bytes of transactions met in blocks", self.bytes, self.limits.met_bytes),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executed::tests::transaction;

    fn limits(transactions: usize, bytes: usize) -> ChainLimits {
        ChainLimits { met_transactions: transactions, met_bytes: bytes, ..ChainLimits::default() }
    }

    fn within(met: &Met) -> bool {
        met.holdings().iter().all(Holding::is_within)
    }

    #[test]
    fn a_memory_of_transactions_that_never_become_final_stays_within_its_number() {
        let mut met = Met::new(limits(3, usize::MAX));
        for nonce in 0..20 {
            let new = transaction(nonce);
            met.keep(new.clone());
            assert_eq!(met.get(&new.hash()), Some(new), "the newest is there");
            assert!(within(&met), "{:?}", met.holdings());
        }
    }

    #[test]
    fn a_memory_of_transactions_that_never_become_final_stays_within_its_bytes() {
        let size = transaction(0).size();
        let mut met = Met::new(limits(usize::MAX, 2 * size + size / 2));
        for nonce in 0..20 {
            met.keep(transaction(nonce));
            assert!(within(&met), "{:?}", met.holdings());
        }
        assert!(met.get(&transaction(19).hash()).is_some());
    }

    #[test]
    fn what_is_kept_twice_counts_once_and_what_is_final_leaves() {
        let mut met = Met::new(limits(3, usize::MAX));
        met.keep(transaction(1));
        met.keep(transaction(1));
        met.keep(transaction(2));
        assert_eq!(met.holdings().map(|h| h.held), [2, transaction(1).size() + transaction(2).size()]);
        met.forget(&transaction(1).hash());
        met.forget(&transaction(1).hash());
        met.forget(&transaction(2).hash());
        assert_eq!(met.holdings().map(|h| h.held), [0, 0]);
    }
}
