//! `supervision`: what the supervised modules did, and what is to be done next.
//!
//! One view, because the queue and the search go across all of them: `filing`, `pilot`, `orders`,
//! `members` (organisations and votes), `identity` (standings, without what an account is bound to),
//! `calendar`, `once`. Each has a file here that turns its events into rows; `duties` and `names` keep
//! the queue and the search beside them, `history` which events tell of what. Genesis emits no events:
//! its rows come from the genesis file ([`Genesis`]).
//!
//! Rows never depend on another view's rows, so that each view can be derived again alone: contents
//! of events are joined from `logs` when somebody asks. Rows never depend on a deadline either: the
//! queue computes last days when asked, by the tables of working days in effect then.

mod calendar;
pub(crate) mod duties;
mod filing;
mod genesis;
pub(crate) mod history;
mod identity;
mod members;
pub(crate) mod names;
mod once;
mod orders;
pub(crate) mod pilot;

pub(crate) use genesis::Genesis;

use super::{Batch, Cursor, View};
use ding_modules::{calendar as days, filing as filings, identity as standings, once as register};
use ding_primitives::{Log, is_module_address, ports::FinalizedBlock};
use rusqlite::{Connection, Params, Row};

/// The view.
pub(crate) struct Supervision;

/// Where the event being projected stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// Number of the event on its chain.
    pub(crate) ordinal: u64,
    /// Number of its transaction on its chain.
    pub(crate) tx: u64,
    /// Place among the transaction's events.
    pub(crate) place: u64,
    /// Height of its block.
    pub(crate) height: u64,
    /// Time of its block.
    pub(crate) timestamp_ms: u64,
}

/// What a projection writes with.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// The transaction that all rows of a batch are written in.
    pub(crate) sql: &'a Connection,
    /// The genesis file.
    pub(crate) genesis: &'a Genesis,
}

impl Rows<'_> {
    /// Runs a statement; answers how many rows it changed.
    fn run(&self, statement: &str, params: impl Params) -> rusqlite::Result<usize> {
        self.sql.prepare_cached(statement)?.execute(params)
    }

    /// The first row of an answer, if there is one.
    fn find<T>(
        &self,
        question: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        use rusqlite::OptionalExtension as _;
        self.sql.prepare_cached(question)?.query_row(params, read).optional()
    }

    /// Every row of an answer.
    fn all<T>(
        &self,
        question: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        self.sql.prepare_cached(question)?.query_map(params, read)?.collect()
    }
}

/// A number for SQLite, which keeps 64 bits with a sign.
pub(crate) const fn int(number: u64) -> i64 {
    number.cast_signed()
}

impl View for Supervision {
    fn name(&self) -> &'static str {
        "supervision"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn genesis(&self, sql: &Connection, genesis: &Genesis) -> rusqlite::Result<()> {
        genesis.write(&Rows { sql, genesis })
    }

    fn project(&self, batch: &mut Batch<'_>, block: &FinalizedBlock, at: &Cursor) -> rusqlite::Result<()> {
        let rows = Rows { sql: batch.sql, genesis: batch.genesis };
        let (height, timestamp_ms) = (block.header.height.get(), block.header.timestamp_ms);
        let mut ordinal = at.logs;
        for (tx, receipt) in (at.transactions..).zip(&block.receipts) {
            for (place, log) in (0..).zip(&receipt.logs) {
                if is_module_address(&log.address) {
                    event(&rows, log, &At { ordinal, tx, place, height, timestamp_ms })?;
                }
                ordinal = ordinal.wrapping_add(1);
            }
        }
        Ok(())
    }
}

/// Projects one event of a module; those of other modules mean nothing here.
fn event(rows: &Rows<'_>, log: &Log, at: &At) -> rusqlite::Result<()> {
    use ding_modules::{members as votes, orders as directions, pilot as pilots};
    macro_rules! project {
        ($($module:ident => $into:ident),* $(,)?) => {
            match log.address {
                $(address if address == $module::state::ADDRESS => match $module::events::decode(log) {
                    Some(event) => $into::project(rows, &event, at),
                    None => Ok(()),
                },)*
                _ => Ok(()),
            }
        };
    }
    project! {
        filings => filing,
        pilots => pilot,
        directions => orders,
        votes => members,
        standings => identity,
        days => calendar,
        register => once,
    }
}
