//! The latest final blocks, whole and in memory, for the doors.

use ding_primitives::{B256, Height, limits, ports::FinalizedBlock};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Final blocks kept in memory, bounded by number and bytes; the newest is always kept.
#[derive(Debug)]
pub(crate) struct Recent {
    blocks: BTreeMap<Height, Arc<FinalizedBlock>>,
    /// Looked up by key only.
    by_hash: HashMap<B256, Height>,
    /// Looked up by key only.
    transactions: HashMap<B256, (Height, usize)>,
    bytes: usize,
}

impl Recent {
    /// Starts with one block.
    pub(crate) fn new(block: Arc<FinalizedBlock>) -> Self {
        let mut recent =
            Self { blocks: BTreeMap::new(), by_hash: HashMap::new(), transactions: HashMap::new(), bytes: 0 };
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
            && (self.blocks.len() > limits::RECENT_BLOCKS_MAX || self.bytes > limits::RECENT_BYTES_MAX)
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
}
