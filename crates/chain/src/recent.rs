//! The latest final blocks, whole and in memory, for the doors.

use crate::bounds::ChainLimits;
use ding_primitives::{B256, Height, Holding, ports::FinalizedBlock};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Final blocks kept in memory, bounded by number and bytes; the newest is always kept.
#[derive(Debug)]
pub(crate) struct Recent {
    limits: ChainLimits,
    blocks: BTreeMap<Height, Arc<FinalizedBlock>>,
    /// Looked up by key only.
    by_hash: HashMap<B256, Height>,
    /// Looked up by key only.
    transactions: HashMap<B256, (Height, usize)>,
    bytes: usize,
}

impl Recent {
    /// Starts with one block.
    pub(crate) fn new(block: Arc<FinalizedBlock>, limits: ChainLimits) -> Self {
        let mut recent = Self {
            limits,
            blocks: BTreeMap::new(),
            by_hash: HashMap::new(),
            transactions: HashMap::new(),
            bytes: 0,
        };
        recent.push(block);
        recent
    }

    /// Adds the next final block and forgets the oldest ones above the bounds.
    pub(crate) fn push(&mut self, block: Arc<FinalizedBlock>) {
        let height = block.header.height;
        self.by_hash.insert(block.header.hash(), height);
        for (index, transaction) in block.transactions.iter().enumerate() {
            self.transactions.insert(transaction.hash(), (height, index));
        }
        self.bytes = self.bytes.saturating_add(block.size);
        self.blocks.insert(height, block);
        while self.blocks.len() > 1
            && (self.blocks.len() > self.limits.recent_blocks || self.bytes > self.limits.recent_bytes)
        {
            let Some((_, old)) = self.blocks.pop_first() else { break };
            self.bytes = self.bytes.saturating_sub(old.size);
            self.by_hash.remove(&old.header.hash());
            for transaction in &old.transactions {
                self.transactions.remove(&transaction.hash());
            }
        }
    }

    /// Height of the oldest block here.
    pub(crate) fn first(&self) -> Option<Height> {
        self.blocks.first_key_value().map(|(height, _)| *height)
    }

    /// The latest final block.
    pub(crate) fn head(&self) -> Option<&Arc<FinalizedBlock>> {
        self.blocks.last_key_value().map(|(_, block)| block)
    }

    /// A block by height.
    pub(crate) fn at(&self, height: Height) -> Option<&Arc<FinalizedBlock>> {
        self.blocks.get(&height)
    }

    /// A block by hash.
    pub(crate) fn by_hash(&self, hash: &B256) -> Option<&Arc<FinalizedBlock>> {
        self.by_hash.get(hash).and_then(|height| self.blocks.get(height))
    }

    /// Where a transaction stands.
    pub(crate) fn transaction(&self, hash: &B256) -> Option<(Height, usize)> {
        self.transactions.get(hash).copied()
    }

    /// Blocks from the newest down.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Arc<FinalizedBlock>> {
        self.blocks.values().rev()
    }

    /// How much it holds.
    pub(crate) fn holdings(&self) -> [Holding; 3] {
        let ChainLimits { recent_blocks, recent_bytes, .. } = self.limits;
        // The newest alone may be larger than the bound of all.
        let newest = self.head().map_or(0, |block| block.size);
        let blocks = self.blocks.len().max(self.by_hash.len());
        // The index holds what the blocks hold.
        let indexed = self.blocks.values().map(|block| block.transactions.len()).sum();
        [
            Holding::new("recent blocks", blocks, recent_blocks.max(1)),
            Holding::new(
                "bytes of recent blocks before the newest",
                self.bytes.saturating_sub(newest),
                recent_bytes,
            ),
            Holding::new("transactions of recent blocks by hash", self.transactions.len(), indexed),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::{DatabaseCommitment, Header, MemberKey, Roots, Sealed};

    fn block(height: u64, size: usize) -> Arc<FinalizedBlock> {
        let none = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 0 };
        let header = Header {
            epoch: 0,
            view: height,
            parent_view: height.saturating_sub(1),
            leader: MemberKey(B256::ZERO),
            parent: B256::ZERO,
            height: Height::new(height),
            timestamp_ms: height,
            transactions_root: B256::ZERO,
            receipts_root: B256::ZERO,
            roots: Roots { accounts: none, modules: none, contracts: none },
            gas_used: 0,
            gas_limit: 1,
            transaction_count: 0,
        };
        Arc::new(FinalizedBlock {
            header: Sealed::new(header),
            transactions: Vec::new(),
            receipts: Vec::new(),
            size,
        })
    }

    fn recent(blocks: usize, bytes: usize) -> Recent {
        let limits = ChainLimits { recent_blocks: blocks, recent_bytes: bytes, ..ChainLimits::default() };
        Recent::new(block(0, 1), limits)
    }

    fn within(recent: &Recent) -> bool {
        recent.holdings().iter().all(Holding::is_within)
    }

    #[test]
    fn recent_blocks_stay_within_their_number_and_their_bytes() {
        let (mut few, mut small) = (recent(3, usize::MAX), recent(usize::MAX, 25));
        for height in 1..=20 {
            few.push(block(height, 10));
            small.push(block(height, 10));
            assert!(within(&few) && within(&small), "{:?} {:?}", few.holdings(), small.holdings());
        }
        assert_eq!((few.first(), small.first()), (Some(Height::new(18)), Some(Height::new(19))));
        assert_eq!((few.by_hash.len(), small.by_hash.len()), (3, 2));
    }

    #[test]
    fn the_newest_block_stays_however_large_it_is() {
        let mut recent = recent(3, 25);
        recent.push(block(1, 1_000));
        assert_eq!(recent.head().map(|block| block.header.height), Some(Height::new(1)));
        assert!(within(&recent) && recent.at(Height::new(0)).is_none());
    }
}
