//! The one connection that writes: blocks in, rows out, all views in one transaction.

use crate::{
    file::{self, Config, Lock, OpenError, Trouble},
    views::{Batch, Cursor, VIEWS, View, capacity, supervision::Genesis},
};
use ding_primitives::{
    B256, Height,
    planted::{self, Planted},
    ports::FinalizedBlock,
};
use rusqlite::{Connection, OptionalExtension as _};
use std::{path::Path, sync::Arc};

/// Why blocks were not written. Nothing of them is in the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// A block does not follow what is there.
    #[error("block {height} does not follow the rows of view {view}, which end at block {last}")]
    DoesNotFollow { view: &'static str, height: Height, last: Height },
    /// The look-up tables have no room for more.
    #[error("the read model holds its last transaction or log; {0} do not fit the look-up tables")]
    Full(u64),
    /// The file or disk.
    #[error("writing rows failed: {0}")]
    Sql(#[from] rusqlite::Error),
}

impl WriteError {
    /// Whether trying again later can help.
    pub(crate) fn trouble(&self) -> Trouble {
        match self {
            Self::Sql(error) => Trouble::of(error),
            Self::DoesNotFollow { .. } => Trouble::Passing,
            Self::Full(_) => Trouble::Damage,
        }
    }
}

/// Writes rows. There is at most one for a file.
pub(crate) struct Writer {
    sql: Connection,
    genesis: Genesis,
    cursors: [Cursor; VIEWS.len()],
    _lock: Lock,
}

impl Writer {
    /// Opens the file, and empties the views that another release wrote.
    pub(crate) fn open(path: &Path, config: &Config) -> Result<Self, OpenError> {
        let genesis =
            Genesis::of(&config.spec).map_err(|reason| OpenError::Genesis { path: path.into(), reason })?;
        let (sql, lock) = file::open(path, config)?;
        let mut writer = Self { sql, genesis, cursors: Default::default(), _lock: lock };
        writer.load().map_err(|source| match Trouble::of(&source) {
            Trouble::Passing => OpenError::Sql { path: path.into(), source },
            Trouble::Damage => OpenError::Damaged { path: path.into(), source },
        })?;
        Ok(writer)
    }

    fn load(&mut self) -> rusqlite::Result<()> {
        let cursors = self.in_transaction(|sql| {
            let mut cursors = [Cursor::default(); VIEWS.len()];
            for (view, cursor) in VIEWS.iter().zip(&mut cursors) {
                *cursor = match stored(sql, *view)? {
                    Some(cursor) => cursor,
                    None => empty(sql, *view, &self.genesis)?,
                };
            }
            Ok::<_, rusqlite::Error>(cursors)
        })?;
        self.cursors = cursors;
        Ok(())
    }

    /// The height that the next block must have for the view that is furthest behind.
    pub(crate) fn next(&self) -> u64 {
        self.cursors.iter().map(|cursor| cursor.next).min().unwrap_or(0)
    }

    /// Heights and hashes at which views end.
    pub(crate) fn ends(&self) -> impl Iterator<Item = (Height, B256)> {
        self.cursors.iter().filter_map(|cursor| cursor.height().map(|height| (height, cursor.hash)))
    }

    /// Adds the rows of consecutive blocks: all of them or none.
    pub(crate) fn write(&mut self, blocks: &[Arc<FinalizedBlock>]) -> Result<(), WriteError> {
        let mut cursors = self.cursors;
        self.in_transaction(|sql| {
            let mut batch = Batch::new(sql, &self.genesis);
            for block in blocks {
                for (view, cursor) in VIEWS.iter().zip(&mut cursors) {
                    if block.header.height.get() < cursor.next {
                        continue;
                    }
                    if !cursor.fits(block) {
                        let last = cursor.height().unwrap_or_default();
                        let (view, height) = (view.name(), block.header.height);
                        return Err(WriteError::DoesNotFollow { view, height, last });
                    }
                    let after = cursor.after(block);
                    let highest = after.transactions.max(after.logs).max(after.next);
                    if highest >= capacity() {
                        return Err(WriteError::Full(highest));
                    }
                    let skipped = planted::is(Planted::SkipRows) && block.header.height.get() % 8 == 0
                        || planted::is(Planted::SkipSupervision) && view.name() == "supervision";
                    if !skipped {
                        view.project(&mut batch, block, cursor)?;
                    }
                    *cursor = after;
                }
            }
            batch.finish()?;
            let mut update = sql.prepare_cached(
                "UPDATE views SET next = ?2, hash = ?3, transactions = ?4, logs = ?5 WHERE name = ?1",
            )?;
            for (view, cursor) in VIEWS.iter().zip(&cursors) {
                update.execute((
                    view.name(),
                    cursor.next.cast_signed(),
                    cursor.hash.as_slice(),
                    cursor.transactions.cast_signed(),
                    cursor.logs.cast_signed(),
                ))?;
            }
            Ok(())
        })?;
        self.cursors = cursors;
        Ok(())
    }

    /// Drops every row.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<()> {
        let genesis = &self.genesis;
        self.in_transaction(|sql| VIEWS.iter().try_for_each(|view| empty(sql, *view, genesis).map(drop)))?;
        self.cursors = Default::default();
        Ok(())
    }

    /// Moves the write-ahead log into the file and gives back what it took.
    pub(crate) fn settle(&self) -> rusqlite::Result<()> {
        self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Bounds the file, as a full disk does.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: i64) {
        self.sql.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    }

    pub(crate) fn in_transaction<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.sql.prepare_cached("BEGIN IMMEDIATE")?.raw_execute()?;
        let done = work(&self.sql);
        let done = match done {
            Ok(value) => self.sql.prepare_cached("COMMIT")?.raw_execute().map(|_| value).map_err(E::from),
            Err(error) => Err(error),
        };
        // A failed commit leaves the transaction open; a full disk may have ended it already.
        if done.is_err() && !self.sql.is_autocommit() {
            self.sql.execute_batch("ROLLBACK")?;
        }
        done
    }
}

/// The cursor in the file, if this release can go on from it.
fn stored(sql: &Connection, view: &dyn View) -> rusqlite::Result<Option<Cursor>> {
    let row = sql
        .query_row(
            "SELECT version, next, hash, transactions, logs FROM views WHERE name = ?1",
            [view.name()],
            |row| Ok((row.get::<_, u32>(0)?, cursor(row, 1)?)),
        )
        .optional()?;
    Ok(match row {
        Some((version, cursor)) if version == view.version() => Some(cursor),
        Some((version, _)) => {
            let (view, want) = (view.name(), view.version());
            tracing::warn!(view, found = version, want, "readmodel.open: other version, derived again");
            None
        }
        None => None,
    })
}

/// Reads a cursor from four columns.
pub(crate) fn cursor(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Cursor> {
    use crate::views::{b256, number};
    Ok(Cursor {
        next: number(row, column)?,
        hash: b256(row, column + 1)?,
        transactions: number(row, column + 2)?,
        logs: number(row, column + 3)?,
    })
}

fn empty(sql: &Connection, view: &dyn View, genesis: &Genesis) -> rusqlite::Result<Cursor> {
    let own = |table: &str| {
        table.strip_prefix(view.name()).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    file::drop_tables(sql, own)?;
    sql.execute_batch(view.schema())?;
    view.genesis(sql, genesis)?;
    let start = Cursor::default();
    sql.execute(
        "INSERT OR REPLACE INTO views (name, version, next, hash, transactions, logs) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            view.name(),
            view.version(),
            start.next.cast_signed(),
            start.hash.as_slice(),
            start.transactions.cast_signed(),
            start.logs.cast_signed(),
        ),
    )?;
    Ok(start)
}
