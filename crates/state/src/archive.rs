//! Receipts by height. Blocks and certificates are kept by the engine's own archive.

use commonware_runtime::{Spawner, buffer::paged::CacheRef};
use commonware_storage::{
    Context,
    archive::{Archive as _, Error, Identifier, prunable},
    translator::EightCap,
};
use commonware_utils::{NZU64, NZUsize, sequence::FixedBytes, sync::AsyncMutex};
use ding_primitives::{
    B256, Height, Receipt, limits,
    planted::{self, Planted},
};

type Codec = (commonware_codec::RangeCfg<usize>, ());
type Inner<E> = prunable::Archive<EightCap, E, FixedBytes<32>, Vec<Receipt>>;

/// Receipts of final blocks. Written by the engine, read by everyone.
pub struct Receipts<E: Context + Spawner>(AsyncMutex<Option<Inner<E>>>);

impl<E: Context + Spawner> core::fmt::Debug for Receipts<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Receipts").finish_non_exhaustive()
    }
}

/// Why receipts could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk failed or holds something that was never written.
    #[error("archive of receipts: {0}")]
    Store(#[from] Error),
    /// An earlier write failed; only a restart can tell what is on disk.
    #[error("archive of receipts was lost by an earlier failure; restart the member")]
    Lost,
}

/// Which heights an archive has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Everything from block 1 up to this is there.
    pub whole: Height,
    /// The last that is there at all.
    pub last: Height,
}

impl Extent {
    /// Of the ranges that an archive has, first and last of each, in order.
    pub fn of(ranges: impl Iterator<Item = (u64, u64)>) -> Self {
        ranges.fold(Self::default(), |before, (first, last)| {
            let goes_on = first <= before.whole.get() + 1;
            let last = Height::new(last);
            Self { whole: if goes_on { last } else { before.whole }, last }
        })
    }
}

impl<E: Context + Spawner> Receipts<E> {
    /// Opens the archive of the chain named `prefix`.
    ///
    /// # Errors
    ///
    /// If the disk fails or the files are damaged.
    pub async fn open(context: E, prefix: &str, cache: &CacheRef) -> Result<Self, ArchiveError> {
        let codec_config: Codec = ((0..=limits::RECEIPTS_PER_BLOCK_MAX).into(), ());
        let config = prunable::Config {
            translator: EightCap,
            metadata_partition: format!("{prefix}-receipts-meta"),
            key_partition: format!("{prefix}-receipts-key"),
            key_page_cache: cache.clone(),
            value_partition: format!("{prefix}-receipts-value"),
            compression: None,
            codec_config,
            items_per_section: NZU64!(4096),
            key_write_buffer: NZUsize!(1 << 16),
            value_write_buffer: NZUsize!(1 << 18),
            replay_buffer: NZUsize!(1 << 18),
        };
        Ok(Self(AsyncMutex::new(Some(Inner::init(context, config).await?))))
    }

    /// Keeps the receipts of a block; they are durable when this returns. Repeating it is harmless.
    ///
    /// # Errors
    ///
    /// If the disk fails; the archive is unusable afterwards.
    pub async fn keep(
        &self,
        height: Height,
        block: B256,
        receipts: &Vec<Receipt>,
    ) -> Result<(), ArchiveError> {
        let mut slot = self.0.lock().await;
        let archive = slot.take().ok_or(ArchiveError::Lost)?;
        let archive = if planted::is(Planted::ForgetToSync) {
            archive.put(height.get(), FixedBytes::new(block.0), receipts).await?
        } else {
            archive.put_sync(height.get(), FixedBytes::new(block.0), receipts).await?
        };
        *slot = Some(archive);
        Ok(())
    }

    /// Of which blocks receipts are kept.
    ///
    /// # Errors
    ///
    /// If an earlier write failed.
    pub async fn extent(&self) -> Result<Extent, ArchiveError> {
        let slot = self.0.lock().await;
        Ok(Extent::of(slot.as_ref().ok_or(ArchiveError::Lost)?.ranges()))
    }

    /// The receipts of the block at `height`, if they were kept.
    ///
    /// # Errors
    ///
    /// If the disk fails or the record is damaged.
    pub async fn at(&self, height: Height) -> Result<Option<Vec<Receipt>>, ArchiveError> {
        let slot = self.0.lock().await;
        let archive = slot.as_ref().ok_or(ArchiveError::Lost)?;
        match archive.get(Identifier::Index(height.get())).await {
            Err(_) if planted::is(Planted::ErrorIsEmpty) => Ok(Some(Vec::new())),
            read => Ok(read?),
        }
    }
}
