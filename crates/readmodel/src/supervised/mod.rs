//! Questions to the view `supervision`, one file for what belongs together.
//!
//! Lists are cut into pages: an answer says where the next page starts. Everything in one answer is of
//! one height. Terms of the modules' vocabularies are their numbers, days count from 1970-01-01 in
//! Beijing; whoever shows them names them.

#[macro_use]
mod record;
mod consortium;
mod filings;
mod orders;
mod pilots;
mod queue;
mod search;
mod select;

pub use self::{
    consortium::{
        AuthorityRow, OnceFilter, OnceRow, OrganisationRow, ParameterRow, Proposal, ProposalRow,
        StandingFilter, StandingRow, TableRow, VoteRow,
    },
    filings::{Batch, BatchRow, Filing, FilingFilter, ItemRow, Listing, ProviderRow, ServiceKey, ServiceRow},
    orders::{Order, OrderFilter, OrderRow, TallyRow},
    pilots::{CommentRow, EntityRow, EntryRow, IndicatorRow, Pilot, PilotFilter, PilotRow},
    queue::{DutyRow, QueueCursor, QueueFilter},
    search::Hit,
};
pub use crate::views::supervision::{
    duties::{Party, Source},
    history::Thing,
};

use crate::{
    query::{Ask, QueryError},
    views::{b256, evidence::Place, number, transactions},
};
use ding_primitives::{Address, B256, Height, Log};
use record::Column;
use rusqlite::types::Value;

/// A page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page<C = u64> {
    /// Where it starts: what the page before ended with; `None` for the first one.
    pub after: Option<C>,
    /// Rows of it, at most.
    pub limit: usize,
}

/// Rows of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T, C = u64> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page starts; `None` if this is the last one.
    pub next: Option<C>,
    /// The block that the rows are of.
    pub height: Height,
}

/// An object and the block that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    /// The object.
    pub value: T,
    /// The block that it is of.
    pub height: Height,
}

/// An event in the history of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// Number of the event on its chain: where the next page starts.
    pub ordinal: u64,
    /// Where it stands.
    pub place: Place,
    /// The event.
    pub log: Log,
}

/// The last block that the rows are of.
fn height(ask: &Ask<'_>) -> Result<Height, QueryError> {
    Ok(Height::new(ask.extent(&["supervision"])?.next.saturating_sub(1)))
}

/// Cuts a page off rows of which one more than wanted was asked for.
fn cut<T, C>(mut rows: Vec<T>, limit: usize, height: Height, cursor: impl Fn(&T) -> C) -> Listed<T, C> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(cursor) } else { None };
    Listed { rows, next, height }
}

const HISTORY: &str = "SELECT h.ordinal, h.height, h.timestamp_ms, t.hash, h.tx - b.first_transaction, h.place, \
     l.address, l.topics, l.data FROM supervision_history h JOIN logs l ON l.ordinal = h.ordinal \
     JOIN transactions t ON t.ordinal = h.tx JOIN blocks b ON b.height = h.height \
     WHERE h.thing = ?1 AND h.id = ?2 AND h.ordinal < ?3 ORDER BY h.ordinal DESC LIMIT ?4";

/// What happened to a thing, newest first.
fn history(ask: &Ask<'_>, thing: Thing, id: u64, page: Page) -> Result<Listed<HistoryRow>, QueryError> {
    let height =
        Height::new(ask.extent(&["supervision", "logs", "transactions", "blocks"])?.next.saturating_sub(1));
    let before = page.after.unwrap_or(i64::MAX as u64).min(i64::MAX as u64);
    let limit = crate::query::page(page.limit);
    let mut select = ask.sql.prepare_cached(HISTORY)?;
    let mut rows = select.query((thing as u8, id.cast_signed(), before.cast_signed(), limit as i64 + 1))?;
    let (mut found, mut bytes) = (Vec::new(), 0usize);
    while let Some(row) = rows.next()? {
        let log = event(row, 6)?;
        bytes = bytes.saturating_add(log.data.len());
        if bytes > ding_primitives::limits::READMODEL_ANSWER_BYTES_MAX && !found.is_empty() {
            // What is left comes with the next page.
            return Ok(cut_here(found, height));
        }
        found.push(HistoryRow {
            ordinal: number(row, 0)?,
            place: Place {
                height: Height::new(number(row, 1)?),
                timestamp_ms: number(row, 2)?,
                transaction_hash: b256(row, 3)?,
                transaction: transactions::place(number(row, 4)?, 0),
                log: transactions::place(number(row, 5)?, 0),
            },
            log,
        });
    }
    Ok(cut(found, limit, height, |row| row.ordinal))
}

fn cut_here(rows: Vec<HistoryRow>, height: Height) -> Listed<HistoryRow> {
    let next = rows.last().map(|row| row.ordinal);
    Listed { rows, next, height }
}

/// The event with this ordinal.
fn log(ask: &Ask<'_>, ordinal: u64) -> Result<Option<Log>, QueryError> {
    use rusqlite::OptionalExtension as _;
    ask.extent(&["logs"])?;
    let mut select = ask.sql.prepare_cached("SELECT address, topics, data FROM logs WHERE ordinal = ?1")?;
    Ok(select.query_row([ordinal.cast_signed()], |row| event(row, 0)).optional()?)
}

fn event(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Log> {
    let topics: Vec<u8> = row.get(column + 1)?;
    Ok(Log {
        address: Address::read(row, column)?,
        topics: topics.chunks_exact(32).map(B256::from_slice).collect(),
        data: row.get::<_, Vec<u8>>(column + 2)?.into(),
    })
}

/// A number as SQLite takes it.
fn int(number: u64) -> Value {
    Value::Integer(crate::views::blocks::signed(number))
}
