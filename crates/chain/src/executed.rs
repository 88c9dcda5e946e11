//! What is remembered of blocks between running and finalizing them.

use ding_primitives::{
    Address, B256, Height, Receipt, Recovered,
    planted::{self, Planted},
};
use std::{collections::BTreeMap, sync::Arc};

/// A block that ran here and may become final.
#[derive(Clone, Debug)]
pub(crate) struct Executed {
    /// Hash of its parent.
    pub(crate) parent: B256,
    /// Its time, milliseconds since 1970.
    pub(crate) timestamp_ms: u64,
    /// Its transactions with their senders.
    pub(crate) transactions: Vec<Arc<Recovered>>,
    /// Their receipts.
    pub(crate) receipts: Vec<Receipt>,
}

/// Blocks above the final one that ran here, by height and hash. What falls to or below the final
/// height is forgotten, so its size is that of the unfinished part of the chain.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    blocks: BTreeMap<(Height, B256), Executed>,
}

impl Unfinished {
    /// Remembers a block that ran.
    pub(crate) fn insert(&mut self, height: Height, hash: B256, executed: Executed) {
        self.blocks.insert((height, hash), executed);
    }

    /// A remembered block.
    pub(crate) fn get(&self, height: Height, hash: B256) -> Option<&Executed> {
        self.blocks.get(&(height, hash))
    }

    /// A remembered block of unknown height.
    pub(crate) fn find(&self, hash: B256) -> Option<(Height, &Executed)> {
        self.blocks.iter().find(|((_, h), _)| *h == hash).map(|((height, _), executed)| (*height, executed))
    }

    /// Forgets everything up to a height that is final, and returns the final block.
    pub(crate) fn finalize(&mut self, height: Height, hash: B256) -> Option<Executed> {
        let executed = self.blocks.remove(&(height, hash));
        if planted::is(Planted::KeepUnfinished) {
            return executed;
        }
        self.blocks = self.blocks.split_off(&(height.next(), B256::ZERO));
        executed
    }

    /// The nonces that follow the transactions of the blocks from `tip` down to, not including,
    /// the final height.
    pub(crate) fn next_nonces(&self, mut height: Height, mut tip: B256) -> BTreeMap<Address, u64> {
        let mut next = BTreeMap::new();
        while let Some(executed) = self.get(height, tip) {
            for transaction in &executed.transactions {
                let after = transaction.nonce().saturating_add(1);
                let known: &mut u64 = next.entry(transaction.sender()).or_insert(after);
                *known = (*known).max(after);
            }
            let Some(below) = height.previous() else { break };
            (height, tip) = (below, executed.parent);
        }
        next
    }
}
