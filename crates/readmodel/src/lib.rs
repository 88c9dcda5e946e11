//! SQL rows derived from final blocks, and the questions they answer.
//!
//! Read in this order: `views` (the tables), `postings` (their look-up tables), `writer` (blocks
//! in, rows out), `projector` (the thread that follows the chain), `rebuild`, `digest` (whether two have
//! the same rows), `query`, `supervised` (questions about filings, pilots, orders, votes, and the queue).
//!
//! What holds:
//! - R1 Rows come from the genesis file and final blocks, and from nothing else; dropped and derived
//!   again they are the same (A8).
//! - R2 Consensus never waits: leaving a block takes a short lock. What the bounded queue cannot
//!   hold is read from the archive later.
//! - R3 All rows of a block are written in one transaction with the place where the next one
//!   goes on; a crash loses at most the latest blocks, which are derived again.
//! - R4 Nothing that happens to the file reaches the chain: trouble ends in [`Status`].
//! - R5 A file that is not a read model of this chain is never written to.

#[cfg(test)]
#[path = "../tests/support/chain.rs"]
mod chain;
mod digest;
mod file;
mod inbox;
mod layout;
mod postings;
mod projector;
mod query;
mod rebuild;
mod source;
mod supervised;
mod views;
mod writer;

pub use digest::{Digest, TableDigest};
pub use file::{Config, OpenError};
pub use inbox::{State, Status};
pub use layout::{Layout, layout};
pub use query::{Query, QueryError};
pub use rebuild::RebuildError;
pub use supervised::*;
pub use views::{
    blocks::BlockRow,
    evidence::{AttestationRow, DepositRow, Place},
    logs::{LogFilter, LogRow},
    transactions::TransactionRow,
};

use ding_primitives::{
    Height,
    ports::{Archive, FinalizedBlock, FinalizedSink},
};
use inbox::Inbox;
use projector::Projector;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
};
use writer::Writer;

/// The read model of one chain: one file, one writer, any number of [`Query`].
///
/// As a [`FinalizedSink`] it takes blocks from consensus. Dropping it stops the projector.
pub struct ReadModel {
    inbox: Arc<Inbox>,
    query: Query,
    role: Mutex<Role>,
}

/// Who has the writer.
enum Role {
    /// Nobody: ready to start or to rebuild.
    Ready(Box<Writer>),
    /// The projector's thread.
    Running { stop: futures::channel::oneshot::Sender<()>, thread: JoinHandle<Writer> },
    /// Between two of them, or lost with a thread that panicked.
    Gone,
}

/// Why the projector did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// It runs, or did not end well.
    #[error("the read model was started before")]
    Started,
    /// The system gave no thread.
    #[error("no thread for the read model: {0}")]
    Thread(#[from] io::Error),
}

impl core::fmt::Debug for ReadModel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReadModel").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl ReadModel {
    /// Opens the file at `path`, or makes it. Views that another release wrote are emptied; they
    /// are derived again once it is started.
    ///
    /// # Errors
    ///
    /// Names what is wrong with the file or folder; nothing foreign is changed.
    pub fn open(path: impl AsRef<Path>, config: Config) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let writer = Writer::open(path, &config)?;
        let inbox = Arc::new(Inbox::new(writer.next()));
        let query = Query::new(PathBuf::from(path), config.genesis_hash, inbox.clone());
        Ok(Self { inbox, query, role: Mutex::new(Role::Ready(Box::new(writer))) })
    }

    /// Deletes a read model file, damaged or not, with what SQLite keeps beside it. The next
    /// [`Self::open`] makes a new one.
    ///
    /// # Errors
    ///
    /// If the file is something else, in use, or cannot be deleted.
    pub fn remove(path: impl AsRef<Path>) -> Result<(), OpenError> {
        file::remove(path.as_ref())
    }

    /// Starts the projector: it catches up with `archive` by itself and then follows the blocks
    /// that arrive here.
    ///
    /// # Errors
    ///
    /// If it runs already, or the system gives no thread.
    pub fn start(&self, archive: Arc<dyn Archive>) -> Result<(), StartError> {
        let mut role = lock(&self.role);
        let writer = match std::mem::replace(&mut *role, Role::Gone) {
            Role::Ready(writer) => writer,
            other => {
                *role = other;
                return Err(StartError::Started);
            }
        };
        let (stop, stopped) = futures::channel::oneshot::channel();
        self.inbox.restart();
        let projector = Projector::new(*writer, archive, self.inbox.clone(), stopped);
        let thread = std::thread::Builder::new().name("readmodel".into()).spawn(move || projector.run())?;
        *role = Role::Running { stop, thread };
        Ok(())
    }

    /// Writes what is in hand, stops the projector and waits for it. It can be started again.
    pub fn stop(&self) {
        let mut role = lock(&self.role);
        *role = match std::mem::replace(&mut *role, Role::Gone) {
            Role::Running { stop, thread } => {
                self.inbox.stop();
                drop(stop);
                match thread.join() {
                    Ok(writer) => Role::Ready(Box::new(writer)),
                    Err(_) => {
                        self.inbox
                            .set_state(State::Failed("the projector panicked; restart the node".into()));
                        Role::Gone
                    }
                }
            }
            other => other,
        };
    }

    /// Drops every row and derives all again, in the caller's thread. `progress` hears of the last
    /// block written and of the head.
    ///
    /// # Errors
    ///
    /// If the projector runs, the archive lacks a block, or the file cannot be written.
    pub fn rebuild(
        &self,
        archive: &dyn Archive,
        progress: &mut dyn FnMut(Height, Height),
    ) -> Result<Height, RebuildError> {
        match &mut *lock(&self.role) {
            Role::Ready(writer) => {
                let done = rebuild::rebuild(writer, archive, progress);
                self.inbox.set_next(writer.next());
                done
            }
            Role::Running { .. } | Role::Gone => Err(RebuildError::Running),
        }
    }

    /// Writes the rows of consecutive blocks in the caller's thread, without a projector: for a
    /// simulator, in which everything happens in one thread and in one order.
    ///
    /// # Errors
    ///
    /// If the projector runs, the blocks do not follow the rows, or the file cannot be written.
    pub fn project(&self, blocks: &[Arc<FinalizedBlock>]) -> Result<(), RebuildError> {
        match &mut *lock(&self.role) {
            Role::Ready(writer) => {
                let done = writer.write(blocks);
                self.inbox.set_next(writer.next());
                Ok(done?)
            }
            Role::Running { .. } | Role::Gone => Err(RebuildError::Running),
        }
    }

    /// What every table holds: for a comparison with another member's. Reads all rows in the caller's
    /// thread.
    ///
    /// # Errors
    ///
    /// If the projector runs, or the file cannot be read.
    pub fn digest(&self) -> Result<Digest, RebuildError> {
        match &*lock(&self.role) {
            Role::Ready(writer) => Ok(digest::digest(writer)?),
            Role::Running { .. } | Role::Gone => Err(RebuildError::Running),
        }
    }

    /// A handle to ask questions.
    pub fn query(&self) -> Query {
        self.query.clone()
    }

    /// How it is doing.
    pub fn status(&self) -> Status {
        self.inbox.status()
    }
}

impl FinalizedSink for ReadModel {
    fn finalized(&self, block: &Arc<FinalizedBlock>) {
        self.inbox.push(block);
    }
}

impl Drop for ReadModel {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Locks; what a panicked thread left behind is still whole, since nothing here is left half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
