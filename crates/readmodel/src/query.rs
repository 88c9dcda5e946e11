//! Questions to the rows. Read-only, bounded in rows, bytes and time.
//!
//! Every question runs in one read transaction, so that an answer is of one height. Methods block:
//! asynchronous callers run them where blocking is allowed.

use crate::views::{
    blocks::BlockRow,
    evidence::{AttestationRow, DepositRow},
    logs::{LogFilter, LogRow, SearchError},
    transactions::TransactionRow,
};
use crate::{
    file,
    inbox::Inbox,
    lock,
    views::{blocks, evidence, logs, transactions},
    writer,
};
use ding_primitives::{Address, B256, Height, Holding, limits};
use rusqlite::{Connection, ffi::ErrorCode};
use std::{
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Why a question got no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// More rows than allowed.
    #[error("more than {limit} logs match; ask for fewer blocks, or name addresses and topics")]
    TooMany {
        /// Rows allowed.
        limit: usize,
    },
    /// The answer would be too large.
    #[error(
        "the logs that match have more than {max} bytes; ask for fewer blocks, or name addresses and topics"
    )]
    TooLarge {
        /// Bytes allowed.
        max: usize,
    },
    /// The question took too long.
    #[error("the question took longer than {max_ms} ms; ask for fewer blocks, or name addresses and topics")]
    TooSlow {
        /// Time allowed.
        max_ms: u64,
    },
    /// Others are asking.
    #[error("all {readers} readers of the read model were busy for {waited_ms} ms; try again later")]
    Busy {
        /// Questions answered at the same time.
        readers: usize,
        /// Time waited.
        waited_ms: u64,
    },
    /// The rows are not there yet.
    #[error("the read model has rows up to block {height}, the question goes to {wanted}; try again later")]
    Behind {
        /// Last block with rows.
        height: Height,
        /// Block asked for.
        wanted: Height,
    },
    /// The question makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// Some rows are being derived again.
    #[error("the rows are being derived again; try again later")]
    Rebuilding,
    /// The file or disk.
    #[error(
        "the read model failed: {0}; the operator finds the state of the read model in the node's status"
    )]
    Failed(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for QueryError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::TooSlow { max_ms: limits::READMODEL_QUERY_MS_MAX },
            _ if matches!(error, rusqlite::Error::QueryReturnedNoRows) => Self::Rebuilding,
            _ => Self::Failed(error),
        }
    }
}

/// Asks the read model. Cheap to clone; at most [`limits::READMODEL_READERS_MAX`] questions are
/// answered at the same time.
#[derive(Clone, Debug)]
pub struct Query(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    genesis_hash: B256,
    inbox: Arc<Inbox>,
    readers: Mutex<Readers>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Readers {
    free: Vec<Reader>,
    open: usize,
}

/// A connection and the time until which its question may run.
#[derive(Debug)]
struct Reader {
    sql: Connection,
    clock: Clock,
}

/// Milliseconds since `start` at which time is up, shared with SQLite's progress handler.
#[derive(Clone, Debug)]
struct Clock {
    start: Instant,
    until_ms: Arc<AtomicU64>,
}

impl Clock {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn restart(&self) {
        let until = self.now_ms().saturating_add(limits::READMODEL_QUERY_MS_MAX);
        self.until_ms.store(until, Ordering::Relaxed);
    }

    fn in_time(&self) -> bool {
        self.now_ms() < self.until_ms.load(Ordering::Relaxed)
    }
}

/// Virtual machine instructions of SQLite between two glances at the clock.
const GLANCE_INSTRUCTIONS: i32 = 10_000;

impl Reader {
    fn open(path: &std::path::Path) -> Result<Self, rusqlite::Error> {
        let mut sql = file::connect_reader(path)?;
        let clock = Clock { start: Instant::now(), until_ms: Arc::default() };
        let handler = clock.clone();
        sql.progress_handler(GLANCE_INSTRUCTIONS, Some(move || !handler.in_time()))?;
        Ok(Self { sql, clock })
    }

    fn ask<T>(&self, question: impl FnOnce(&Ask<'_>) -> Result<T, QueryError>) -> Result<T, QueryError> {
        self.clock.restart();
        self.sql.prepare_cached("BEGIN")?.raw_execute()?;
        let answer = question(&Ask { sql: &self.sql, clock: &self.clock });
        // Ending a read transaction is never cut off.
        self.clock.restart();
        self.sql.prepare_cached("COMMIT")?.raw_execute()?;
        answer
    }
}

/// One question being answered.
pub(crate) struct Ask<'a> {
    pub(crate) sql: &'a Connection,
    clock: &'a Clock,
}

/// How far the views of a question are.
pub(crate) struct Extent {
    pub(crate) next: u64,
    transactions: u64,
    logs: u64,
}

impl Ask<'_> {
    pub(crate) fn check(&self) -> Result<(), QueryError> {
        if self.clock.in_time() {
            return Ok(());
        }
        Err(QueryError::TooSlow { max_ms: limits::READMODEL_QUERY_MS_MAX })
    }

    /// What all of these views have rows of.
    pub(crate) fn extent(&self, views: &[&str]) -> Result<Extent, QueryError> {
        let mut select =
            self.sql.prepare_cached("SELECT next, hash, transactions, logs FROM views WHERE name = ?1")?;
        let mut extent = Extent { next: u64::MAX, transactions: u64::MAX, logs: u64::MAX };
        for view in views {
            let cursor = select.query_row([view], |row| writer::cursor(row, 0))?;
            extent.next = extent.next.min(cursor.next);
            extent.transactions = extent.transactions.min(cursor.transactions);
            extent.logs = extent.logs.min(cursor.logs);
        }
        Ok(extent)
    }
}

const EVIDENCE: &[&str] = &["blocks", "transactions", "evidence"];

impl Query {
    pub(crate) fn new(path: PathBuf, genesis_hash: B256, inbox: Arc<Inbox>) -> Self {
        Self(Arc::new(Shared {
            path,
            genesis_hash,
            inbox,
            readers: Mutex::default(),
            returned: Condvar::new(),
        }))
    }

    /// The last block whose rows are all there; the genesis block if there are none yet.
    pub fn height(&self) -> Height {
        self.0.inbox.status().height.unwrap_or(Height::GENESIS)
    }

    /// How much the read model holds in memory of each thing that grows, and how much it may.
    pub fn holdings(&self) -> Vec<Holding> {
        let open = lock(&self.0.readers).open;
        let readers = Holding::new("connections to the read model", open, limits::READMODEL_READERS_MAX);
        vec![self.0.inbox.holding(), readers]
    }

    /// Waits until the rows of `height` are there. `false`: not within `timeout`, or not while the
    /// read model is stalled. Whoever waits makes the projector write at once.
    pub fn wait_for(&self, height: Height, timeout: Duration) -> bool {
        height == Height::GENESIS || self.0.inbox.wait_for(height, timeout)
    }

    /// Where a transaction stands: its block and its place there, from 0.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn transaction(&self, hash: &B256) -> Result<Option<(Height, usize)>, QueryError> {
        self.ask(|ask| {
            let end = ask.extent(&["transactions"])?.transactions;
            Ok(transactions::by_hash(ask.sql, hash, end)?)
        })
    }

    /// The height of a block.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn block_by_hash(&self, hash: &B256) -> Result<Option<Height>, QueryError> {
        if *hash == self.0.genesis_hash {
            return Ok(Some(Height::GENESIS));
        }
        self.ask(|ask| {
            let next = ask.extent(&["blocks"])?.next;
            Ok(blocks::by_hash(ask.sql, hash, next)?)
        })
    }

    /// Up to `limit` blocks below `before`, or the latest ones, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn blocks(&self, before: Option<Height>, limit: usize) -> Result<Vec<BlockRow>, QueryError> {
        self.ask(|ask| Ok(blocks::below(ask.sql, before.unwrap_or(Height::new(u64::MAX)), page(limit))?))
    }

    /// Up to `limit` transactions before the one with ordinal `before`, or the latest ones, newest
    /// first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn transactions(&self, before: Option<u64>, limit: usize) -> Result<Vec<TransactionRow>, QueryError> {
        self.ask(|ask| {
            let end = ask.extent(&["blocks", "transactions"])?.transactions;
            Ok(transactions::below(ask.sql, before.unwrap_or(end).min(end), page(limit))?)
        })
    }

    /// The logs that match, by height and place in the block.
    ///
    /// # Errors
    ///
    /// [`QueryError::TooMany`] beyond `limit` (at most [`limits::RPC_LOGS_MAX`]),
    /// [`QueryError::Behind`] if the rows do not reach `filter.to` yet, and others.
    pub fn logs(&self, filter: &LogFilter, limit: usize) -> Result<Vec<LogRow>, QueryError> {
        check_filter(filter)?;
        if filter.to == Height::GENESIS {
            return Ok(Vec::new());
        }
        let limit = limit.min(limits::RPC_LOGS_MAX);
        self.ask(|ask| {
            let next = ask.extent(&["blocks", "transactions", "logs"])?.next;
            if filter.to.get() >= next {
                let height = Height::new(next.saturating_sub(1));
                return Err(QueryError::Behind { height, wanted: filter.to });
            }
            logs::search(ask.sql, filter, limit, &|| ask.clock.in_time()).map_err(|error| match error {
                SearchError::TooMany => QueryError::TooMany { limit },
                SearchError::TooLarge => QueryError::TooLarge { max: limits::READMODEL_ANSWER_BYTES_MAX },
                SearchError::TooSlow => QueryError::TooSlow { max_ms: limits::READMODEL_QUERY_MS_MAX },
                SearchError::Sql(error) => error.into(),
            })
        })
    }

    /// The first deposit of a file, by its SHA-256 digest, the root of a batch, or its SM3 digest.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn evidence(&self, digest: &B256) -> Result<Option<DepositRow>, QueryError> {
        self.ask(|ask| evidence::first(ask.sql, digest, ask.extent(EVIDENCE)?.logs, || ask.check()))
    }

    /// Up to `limit` later deposits of a SHA-256 digest or root, before the one with ordinal
    /// `before`, or the latest ones, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn evidence_repeats(
        &self,
        digest: &B256,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<DepositRow>, QueryError> {
        self.list(before, limit, |ask, before, limit| {
            evidence::repeats(ask.sql, digest, before, limit, || ask.check())
        })
    }

    /// Up to `limit` deposits, first and later ones, of one depositor, before the one with ordinal
    /// `before`, or the latest ones, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn evidence_by_depositor(
        &self,
        depositor: &Address,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<DepositRow>, QueryError> {
        self.list(before, limit, |ask, before, limit| {
            evidence::by_depositor(ask.sql, depositor, before, limit, || ask.check())
        })
    }

    /// Up to `limit` deposits, first and later ones, before the one with ordinal `before`, or the
    /// latest ones, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn evidence_latest(&self, before: Option<u64>, limit: usize) -> Result<Vec<DepositRow>, QueryError> {
        self.list(before, limit, |ask, before, limit| Ok(evidence::latest(ask.sql, before, limit)?))
    }

    /// Up to `limit` attestations of a SHA-256 digest or root, before the one with ordinal
    /// `before`, or the latest ones, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn evidence_attestations(
        &self,
        digest: &B256,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AttestationRow>, QueryError> {
        self.list(before, limit, |ask, before, limit| {
            evidence::attestations(ask.sql, digest, before, limit, || ask.check())
        })
    }

    fn list<T>(
        &self,
        before: Option<u64>,
        limit: usize,
        rows: impl FnOnce(&Ask<'_>, u64, usize) -> Result<Vec<T>, QueryError>,
    ) -> Result<Vec<T>, QueryError> {
        self.ask(|ask| {
            let end = ask.extent(EVIDENCE)?.logs;
            rows(ask, before.unwrap_or(end).min(end), page(limit))
        })
    }

    pub(crate) fn ask<T>(
        &self,
        question: impl FnOnce(&Ask<'_>) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let reader = self.take()?;
        let answer = reader.ask(question);
        let broken = matches!(answer, Err(QueryError::Failed(_))) || !reader.sql.is_autocommit();
        let mut readers = lock(&self.0.readers);
        if broken {
            readers.open -= 1;
        } else {
            readers.free.push(reader);
        }
        drop(readers);
        self.0.returned.notify_one();
        answer
    }

    /// A reader that nobody uses, or a new one while there may be more.
    fn take(&self) -> Result<Reader, QueryError> {
        let wait = Duration::from_millis(limits::READMODEL_READER_WAIT_MS);
        let until = Instant::now() + wait;
        let mut readers = lock(&self.0.readers);
        loop {
            if let Some(reader) = readers.free.pop() {
                return Ok(reader);
            }
            if readers.open < limits::READMODEL_READERS_MAX {
                readers.open += 1;
                drop(readers);
                return Reader::open(&self.0.path).map_err(|error| {
                    lock(&self.0.readers).open -= 1;
                    self.0.returned.notify_one();
                    QueryError::Failed(error)
                });
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let (readers, waited_ms) = (limits::READMODEL_READERS_MAX, limits::READMODEL_READER_WAIT_MS);
                return Err(QueryError::Busy { readers, waited_ms });
            }
            readers = self
                .0
                .returned
                .wait_timeout(readers, left)
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .0;
        }
    }
}

/// Rows of one page.
pub(crate) fn page(limit: usize) -> usize {
    limit.min(limits::READMODEL_PAGE_MAX)
}

fn check_filter(filter: &LogFilter) -> Result<(), QueryError> {
    let LogFilter { from, to, addresses, topics } = filter;
    if from > to {
        return Err(QueryError::Invalid(format!("block {from} is after block {to}; swap them")));
    }
    if topics.len() > 4 {
        return Err(QueryError::Invalid(format!(
            "{} positions of topics; a log has at most 4",
            topics.len()
        )));
    }
    let terms = topics.iter().map(Vec::len).chain([addresses.len()]).max().unwrap_or(0);
    if terms > limits::RPC_FILTER_TERMS_MAX {
        let max = limits::RPC_FILTER_TERMS_MAX;
        return Err(QueryError::Invalid(format!(
            "{terms} addresses or topics in one place; at most {max} are allowed"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, ReadModel};

    fn config() -> Config {
        Config { genesis_hash: B256::ZERO, spec: crate::chain::spec() }
    }

    fn question(sql: &Connection, text: &str) -> rusqlite::Result<i64> {
        sql.query_row(text, [], |row| row.get(0))
    }

    const ENDLESS: &str =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n WHERE i < 0";

    #[test]
    fn a_question_without_end_is_cut_off_and_its_reader_answers_again() {
        let folder = std::env::temp_dir().join(format!("ding-readmodel-slow-{}", std::process::id()));
        let model = ReadModel::open(folder.join("file"), config()).unwrap();
        let query = model.query();
        let begin = Instant::now();
        let cut = query.ask(|ask| {
            ask.clock.until_ms.store(ask.clock.now_ms() + 50, Ordering::Relaxed);
            Ok(question(ask.sql, ENDLESS)?)
        });
        assert!(matches!(cut, Err(QueryError::TooSlow { .. })), "{cut:?}");
        assert!(begin.elapsed() < Duration::from_secs(5));
        let late = query.ask(|ask| {
            ask.clock.until_ms.store(0, Ordering::Relaxed);
            ask.check()
        });
        assert!(matches!(late, Err(QueryError::TooSlow { .. })), "{late:?}");
        assert_eq!(query.ask(|ask| Ok(question(ask.sql, "SELECT 7")?)).unwrap(), 7);
        assert_eq!(lock(&query.0.readers).open, 1, "one reader served all three");
        drop(model);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn when_all_readers_are_taken_the_next_question_waits_and_is_told_so() {
        let folder = std::env::temp_dir().join(format!("ding-readmodel-busy-{}", std::process::id()));
        let model = ReadModel::open(folder.join("file"), config()).unwrap();
        let query = model.query();
        let taken: Vec<_> = (0..limits::READMODEL_READERS_MAX).map(|_| query.take().unwrap()).collect();
        let busy = query.blocks(None, 1);
        assert!(matches!(busy, Err(QueryError::Busy { .. })), "{busy:?}");
        lock(&query.0.readers).free.extend(taken);
        assert!(query.blocks(None, 1).unwrap().is_empty());
        drop(model);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = std::env::temp_dir().join(format!("ding-readmodel-write-{}", std::process::id()));
        let model = ReadModel::open(folder.join("file"), config()).unwrap();
        let refused = model.query().ask(|ask| Ok(ask.sql.execute_batch("DELETE FROM views")?));
        assert!(matches!(refused, Err(QueryError::Failed(_))), "{refused:?}");
        drop(model);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
