//! The thread that turns final blocks into rows.
//!
//! It takes blocks from the inbox and reads what the inbox could not hold from the archive. Idle,
//! it writes each block at once; under load it writes a few times a second, because each write
//! has a fixed cost, unless someone waits for the rows.
//!
//! Before it starts, and after every trouble, it compares the end of the rows with the chain. Rows
//! that end above the chain's head, or at another block than the chain has there, are dropped and
//! derived again.

use crate::{
    file::Trouble,
    inbox::{Inbox, State, Wake},
    source::{self, Load, SourceError, Stop},
    writer::{WriteError, Writer},
};
use ding_primitives::{limits, ports::Archive};
use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

/// The thread's own state.
pub(crate) struct Projector {
    writer: Writer,
    archive: Arc<dyn Archive>,
    inbox: Arc<Inbox>,
    stop: Stop,
    load: Load,
    /// When rows were last written, and of how many transactions.
    last: (Instant, usize),
    pause_ms: u64,
}

/// Why following ended.
enum Halt {
    Stop,
    Later(String),
    Never(String),
}

impl From<SourceError> for Halt {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Stopped => Self::Stop,
            SourceError::Missing { .. } | SourceError::Failed { .. } => Self::Later(error.to_string()),
        }
    }
}

impl From<WriteError> for Halt {
    fn from(error: WriteError) -> Self {
        match error.trouble() {
            Trouble::Passing => Self::Later(format!("{error}; it goes on by itself once this is put right")),
            Trouble::Damage => Self::Never(format!(
                "{error}; stop the node and run `ding readmodel rebuild`, which derives the rows again"
            )),
        }
    }
}

impl Projector {
    pub(crate) fn new(writer: Writer, archive: Arc<dyn Archive>, inbox: Arc<Inbox>, stop: Stop) -> Self {
        let last = (Instant::now(), 0);
        Self {
            writer,
            archive,
            inbox,
            stop,
            load: Load::default(),
            last,
            pause_ms: limits::READMODEL_RETRY_MS,
        }
    }

    /// Works until it is told to stop or cannot go on; gives the writer back.
    pub(crate) fn run(mut self) -> Writer {
        loop {
            let Err(halt) = self.follow();
            // Blocks in hand are read again from the archive.
            self.load.clear();
            self.inbox.set_open(false);
            match halt {
                Halt::Stop => break,
                Halt::Later(why) => {
                    if self.inbox.set_state(State::Stalled(why.clone())) {
                        tracing::warn!(why, "readmodel.project: stalled, will try again");
                    }
                    let pause = Duration::from_millis(self.pause_ms);
                    self.pause_ms = self.pause_ms.saturating_mul(2).min(limits::READMODEL_RETRY_MS_MAX);
                    if !self.inbox.pause(pause) {
                        break;
                    }
                }
                Halt::Never(why) => {
                    tracing::error!(why, "readmodel.project: failed; the node goes on without it");
                    self.inbox.set_state(State::Failed(why));
                    return self.writer;
                }
            }
        }
        self.inbox.set_state(State::Stopped);
        self.writer
    }

    fn follow(&mut self) -> Result<Infallible, Halt> {
        self.align()?;
        self.inbox.set_open(true);
        let mut next = self.writer.next();
        loop {
            match self.inbox.wait(next, self.load.first(), self.due()) {
                Wake::Stop => {
                    self.write()?;
                    return Err(Halt::Stop);
                }
                Wake::Block(block) => {
                    next = block.header.height.next().get();
                    self.load.push(block);
                }
                Wake::Gap(through) => {
                    let (blocks, after) = source::read(&*self.archive, next..=through, &mut self.stop)?;
                    blocks.into_iter().for_each(|block| self.load.push(block));
                    next = after;
                }
                Wake::Due => {
                    self.write()?;
                    self.inbox.note_head(self.archive.head());
                }
            }
            if self.load.is_full() {
                self.write()?;
            }
        }
    }

    /// Makes sure that the rows are a beginning of this chain.
    fn align(&mut self) -> Result<(), Halt> {
        let head = self.archive.head();
        self.inbox.note_head(head);
        let mut ends: Vec<_> = self.writer.ends().collect();
        ends.dedup();
        for (height, hash) in ends {
            let why = if height > head {
                format!("rows end at block {height}, above the chain's head {head}")
            } else {
                let (blocks, _) = source::read(&*self.archive, height.get()..=height.get(), &mut self.stop)?;
                match blocks.first() {
                    Some(block) if block.header.hash() != hash => {
                        format!(
                            "rows end at block {height} {hash}, the chain has {} there",
                            block.header.hash()
                        )
                    }
                    _ => continue,
                }
            };
            tracing::warn!(why, "readmodel.project: rows are of another history; all are derived again");
            self.writer.clear().map_err(WriteError::from)?;
            break;
        }
        self.inbox.set_next(self.writer.next());
        Ok(())
    }

    /// When what is in hand should be written.
    fn due(&self) -> Instant {
        let (at, transactions) = self.last;
        let busy = self.load.transactions().max(transactions) >= limits::READMODEL_PACE_TRANSACTIONS;
        match self.load.first() {
            None => Instant::now() + Duration::from_millis(limits::READMODEL_IDLE_MS),
            Some(_) if busy => at + Duration::from_millis(limits::READMODEL_PACE_MS),
            Some(_) => Instant::now(),
        }
    }

    fn write(&mut self) -> Result<(), Halt> {
        if self.load.first().is_some() {
            self.writer.write(self.load.blocks())?;
            self.last = (Instant::now(), self.load.transactions());
            self.load.clear();
            self.pause_ms = limits::READMODEL_RETRY_MS;
            self.inbox.set_next(self.writer.next());
        } else {
            self.last = (Instant::now(), 0);
        }
        if self.inbox.set_state(State::Following) {
            tracing::info!(next = self.writer.next(), "readmodel.project: following");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
