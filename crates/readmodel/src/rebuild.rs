//! Deriving every row again, from the first block to the head.

use crate::{
    source::{self, Load, SourceError},
    writer::{WriteError, Writer},
};
use ding_primitives::{Height, ports::Archive};

/// Why rows were not derived again. What was written is a good beginning: starting the read model
/// goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RebuildError {
    /// A projector is writing.
    #[error("the read model is running; stop the node before rebuilding it")]
    Running,
    /// The archive has no such block, or failed.
    #[error("{0}")]
    Archive(String),
    /// The file or disk.
    #[error("{0}; check free space, or delete the read model file and try again")]
    Write(String),
}

impl From<SourceError> for RebuildError {
    fn from(error: SourceError) -> Self {
        Self::Archive(error.to_string())
    }
}

impl From<WriteError> for RebuildError {
    fn from(error: WriteError) -> Self {
        Self::Write(error.to_string())
    }
}

impl From<rusqlite::Error> for RebuildError {
    fn from(error: rusqlite::Error) -> Self {
        WriteError::from(error).into()
    }
}

/// Drops every row and derives all again. `progress` hears of the last block written and the
/// head, which may move meanwhile. Answers the last block.
pub(crate) fn rebuild(
    writer: &mut Writer,
    archive: &dyn Archive,
    progress: &mut dyn FnMut(Height, Height),
) -> Result<Height, RebuildError> {
    writer.clear()?;
    let (_running, mut stop) = futures::channel::oneshot::channel();
    let mut load = Load::default();
    let mut next = 0;
    let mut head = archive.head();
    while next <= head.get() {
        let (blocks, after) = source::read(archive, next..=head.get(), &mut stop)?;
        blocks.into_iter().for_each(|block| load.push(block));
        next = after;
        head = archive.head();
        if load.is_full() || next > head.get() {
            writer.write(load.blocks())?;
            load.clear();
            progress(Height::new(next.saturating_sub(1)), head);
        }
    }
    writer.settle()?;
    Ok(Height::new(writer.next().saturating_sub(1)))
}
