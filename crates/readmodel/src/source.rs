//! Blocks on their way to the writer: read from the archive, collected until a batch is full.

use ding_primitives::{
    Height, limits,
    ports::{Archive, FinalizedBlock, ReadError},
};
use futures::future::{Either, join_all, select};
use std::{ops::RangeInclusive, sync::Arc};

/// Why the archive gave no block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceError {
    /// It keeps no such block.
    #[error(
        "the archive of this member keeps no block {missing} (its last one is {head}), so rows cannot be derived; \
         copy the read model of a member that has them, or run without one"
    )]
    Missing { missing: u64, head: Height },
    /// It failed.
    #[error("reading block {height} from the archive failed: {source}")]
    Failed { height: u64, source: ReadError },
    /// Nobody wants the answer any more.
    #[error("stopped")]
    Stopped,
}

/// Resolves when reading should be given up.
pub(crate) type Stop = futures::channel::oneshot::Receiver<()>;

/// Reads up to [`limits::READMODEL_READ_AHEAD`] blocks from the start of `heights`; answers them
/// with the height that comes after them. Block 0 may be missing.
pub(crate) fn read(
    archive: &dyn Archive,
    heights: RangeInclusive<u64>,
    stop: &mut Stop,
) -> Result<(Vec<Arc<FinalizedBlock>>, u64), SourceError> {
    let (first, last) = heights.into_inner();
    let last = last.min(first.saturating_add(limits::READMODEL_READ_AHEAD - 1));
    let answers = join_all((first..=last).map(|height| archive.block_at(Height::new(height))));
    let answers = match futures::executor::block_on(select(answers, stop)) {
        Either::Left((answers, _)) => answers,
        Either::Right(_) => return Err(SourceError::Stopped),
    };
    let mut blocks = Vec::with_capacity(answers.len());
    for (height, answer) in (first..).zip(answers) {
        match answer {
            Ok(Some(block)) => blocks.push(block),
            Ok(None) if height == 0 => {}
            Ok(None) => return Err(SourceError::Missing { missing: height, head: archive.head() }),
            Err(source) => return Err(SourceError::Failed { height, source }),
        }
    }
    Ok((blocks, last.saturating_add(1)))
}

/// Blocks that will be written together.
#[derive(Debug, Default)]
pub(crate) struct Load {
    blocks: Vec<Arc<FinalizedBlock>>,
    transactions: usize,
    bytes: usize,
}

impl Load {
    pub(crate) fn push(&mut self, block: Arc<FinalizedBlock>) {
        let logs = block.receipts.iter().flat_map(|receipt| &receipt.logs);
        self.bytes += block.size + logs.map(|log| log.data.len() + 32 * log.topics.len()).sum::<usize>();
        self.transactions += block.transactions.len();
        self.blocks.push(block);
    }

    /// Whether it is time to write.
    pub(crate) fn is_full(&self) -> bool {
        self.blocks.len() >= limits::READMODEL_BATCH_BLOCKS_MAX
            || self.transactions >= limits::READMODEL_BATCH_TRANSACTIONS_MAX
            || self.bytes >= limits::READMODEL_BATCH_BYTES_MAX
    }

    /// The blocks, oldest first.
    pub(crate) fn blocks(&self) -> &[Arc<FinalizedBlock>] {
        &self.blocks
    }

    /// Height of the first block.
    pub(crate) fn first(&self) -> Option<u64> {
        self.blocks.first().map(|block| block.header.height.get())
    }

    /// Number of transactions.
    pub(crate) const fn transactions(&self) -> usize {
        self.transactions
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
