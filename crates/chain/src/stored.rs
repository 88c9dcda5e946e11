//! The archive of a stopped member, for tools that read it.

use crate::{
    engine::{StartError, archive_config},
    types::{Block, Digest},
};
use commonware_runtime::{Clock, Metrics, Spawner, Storage, buffer::paged::CacheRef};
use commonware_storage::{
    archive::{Archive as _, Identifier, prunable},
    translator::EightCap,
};
use ding_primitives::{
    Height, Spec,
    ports::{Archive, FinalizedBlock, Pending, ReadError},
    transaction::recover,
};
use ding_state::archive::{Extent, Receipts};
use std::sync::Arc;

/// What a disk lost of blocks that ran here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// A block that others follow.
    #[error("block {height} is missing from the archive, which has receipts up to block {last}: {REMEDY}")]
    Block {
        /// Its height.
        height: Height,
        /// Receipts go on to this block.
        last: Height,
    },
    /// Receipts that others follow.
    #[error(
        "the receipts of block {height} are missing from the archive, which has them up to block {last}: {REMEDY}"
    )]
    Receipts {
        /// Height of their block.
        height: Height,
        /// They go on to this block.
        last: Height,
    },
}

const REMEDY: &str = "the disk lost it; delete chains/ in the member's folder and start it, and it fetches the chain from the others";

impl Lost {
    /// Holds what an archive has of blocks against its receipts. A block is durable before it runs, and
    /// blocks run one after the other.
    pub(crate) fn check(blocks: Extent, receipts: Extent) -> Result<(), Self> {
        let last = receipts.last;
        if blocks.whole < last {
            return Err(Self::Block { height: blocks.whole.next(), last });
        }
        if receipts.whole < last {
            return Err(Self::Receipts { height: receipts.whole.next(), last });
        }
        Ok(())
    }
}

/// Final blocks on disk.
pub struct Stored<E: commonware_storage::Context + Spawner> {
    context: E,
    inner: Arc<Inner<E>>,
}

struct Inner<E: commonware_storage::Context + Spawner> {
    spec: Arc<Spec>,
    blocks: prunable::Archive<EightCap, E, Digest, Block>,
    receipts: Receipts<E>,
    head: Height,
}

impl<E: Clock + Spawner + Storage + Metrics> Stored<E> {
    /// Opens the archive of the chain kept under `prefix`. Nobody else may have it open.
    ///
    /// # Errors
    ///
    /// If the files cannot be opened or are damaged.
    pub async fn open(
        context: E,
        spec: Arc<Spec>,
        prefix: &str,
        cache: &CacheRef,
    ) -> Result<Self, StartError> {
        let blocks: prunable::Archive<EightCap, E, Digest, Block> =
            prunable::Archive::init(context.child("blocks"), archive_config(prefix, "blocks", cache))
                .await
                .map_err(|error| StartError::Archive("blocks", error))?;
        let receipts = Receipts::open(context.child("receipts"), prefix, cache).await?;
        let extent = Extent::of(blocks.ranges());
        Lost::check(extent, receipts.extent().await?)?;
        // A block may be archived a moment before its receipts are; it is executed again at start.
        let mut head = extent.whole;
        while head > Height::GENESIS && receipts.at(head).await?.is_none() {
            head = head.previous().unwrap_or_default();
        }
        Ok(Self { context, inner: Arc::new(Inner { spec, blocks, receipts, head }) })
    }
}

impl<E: Clock + Spawner + Storage + Metrics> Archive for Stored<E> {
    fn head(&self) -> Height {
        self.inner.head
    }

    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        let inner = self.inner.clone();
        let handle = self.context.child("read").spawn(move |_| async move { inner.block_at(height).await });
        Box::pin(async move { handle.await.unwrap_or(Err(ReadError::Cancelled)) })
    }
}

impl<E: Clock + Spawner + Storage + Metrics> Inner<E> {
    async fn block_at(&self, height: Height) -> Result<Option<Arc<FinalizedBlock>>, ReadError> {
        let failed = |error: &dyn core::fmt::Display| ReadError::Failed(format!("block {height}: {error}"));
        if height == Height::GENESIS {
            let genesis = crate::genesis::block::<E>(&self.spec).map_err(|e| failed(&e))?;
            return Ok(Some(Arc::new(FinalizedBlock {
                header: genesis.header().clone(),
                transactions: Vec::new(),
                receipts: Vec::new(),
                size: genesis.size(),
            })));
        }
        if height > self.head {
            return Ok(None);
        }
        let Some(block) = self.blocks.get(Identifier::Index(height.get())).await.map_err(|e| failed(&e))?
        else {
            return Ok(None);
        };
        let Some(receipts) = self.receipts.at(height).await.map_err(|e| failed(&e))? else { return Ok(None) };
        let transactions = block
            .transactions()
            .iter()
            .map(|transaction| recover(transaction.clone(), self.spec.chain_id).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| failed(&e))?;
        Ok(Some(Arc::new(FinalizedBlock {
            header: block.header().clone(),
            transactions,
            receipts,
            size: block.size(),
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_below_the_last_receipts_is_named_and_what_was_fetched_ahead_is_none() {
        let extent = |ranges: &[(u64, u64)]| Extent::of(ranges.iter().copied());
        let check = |blocks, receipts| Lost::check(extent(blocks), extent(receipts));
        let at = Height::new;
        assert_eq!(check(&[], &[]), Ok(()), "nothing ran yet");
        assert_eq!(check(&[(0, 9)], &[(1, 9)]), Ok(()));
        assert_eq!(check(&[(1, 9)], &[(1, 8)]), Ok(()), "the last block runs again");
        assert_eq!(check(&[(1, 9), (12, 40)], &[(1, 9)]), Ok(()), "blocks come in any order");
        let lost = Err(Lost::Block { height: at(7), last: at(9) });
        assert_eq!(check(&[(1, 6), (8, 9)], &[(1, 9)]), lost);
        assert_eq!(check(&[(1, 6)], &[(1, 9)]), lost);
        assert_eq!(check(&[(2, 9)], &[(1, 9)]), Err(Lost::Block { height: at(1), last: at(9) }));
        assert_eq!(check(&[(1, 9)], &[(1, 3), (6, 9)]), Err(Lost::Receipts { height: at(4), last: at(9) }));
    }
}
