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
use ding_state::archive::Receipts;
use std::sync::Arc;

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
        // A block may be archived a moment before its receipts are; it is executed again at start.
        let mut head = Height::new(blocks.ranges().next().map_or(0, |(_, end)| end));
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
