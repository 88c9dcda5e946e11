//! `blocks`: a row for each final block, found by height and by hash.

use super::{Batch, Cursor, View, b256, number};
use crate::postings::{Postings, Visit, head};
use ding_primitives::{B256, Height, MemberKey, ports::FinalizedBlock};
use rusqlite::{Connection, OptionalExtension as _, Row};

/// The view.
pub(crate) struct Blocks;

/// From block hash to height.
pub(crate) static BY_HASH: Postings = Postings {
    slot: 0,
    insert: "INSERT OR IGNORE INTO blocks_by_hash (key) VALUES (?1)",
    select: "SELECT key FROM blocks_by_hash WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC",
    place_bits: 16,
    fingerprint_bits: 26,
};

/// A final block as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockRow {
    /// Number of the block.
    pub height: Height,
    /// Hash of its header.
    pub hash: B256,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Who proposed it.
    pub leader: MemberKey,
    /// Gas its transactions used.
    pub gas_used: u64,
    /// Bytes of the encoded block.
    pub size: u64,
    /// Number of transactions.
    pub transactions: u64,
    /// Number of logs.
    pub logs: u64,
}

impl View for Blocks {
    fn name(&self) -> &'static str {
        "blocks"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn project(&self, batch: &mut Batch<'_>, block: &FinalizedBlock, at: &Cursor) -> rusqlite::Result<()> {
        let header = &block.header;
        let after = at.after(block);
        let mut insert = batch.sql.prepare_cached(
            "INSERT INTO blocks (height, hash, timestamp_ms, leader, gas_used, size, \
             first_transaction, transactions, first_log, logs) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        insert.execute((
            header.height.get().cast_signed(),
            header.hash().as_slice(),
            header.timestamp_ms.cast_signed(),
            header.leader.0.as_slice(),
            header.gas_used.cast_signed(),
            (block.size as u64).cast_signed(),
            at.transactions.cast_signed(),
            after.transactions.wrapping_sub(at.transactions).cast_signed(),
            at.logs.cast_signed(),
            after.logs.wrapping_sub(at.logs).cast_signed(),
        ))?;
        batch.post(&BY_HASH, head(&header.hash()), header.height.get());
        Ok(())
    }
}

/// The height of the block with this hash, among those before `next`.
pub(crate) fn by_hash(sql: &Connection, hash: &B256, next: u64) -> rusqlite::Result<Option<Height>> {
    let mut hash_of = sql.prepare_cached("SELECT hash FROM blocks WHERE height = ?1")?;
    let mut found = None;
    BY_HASH.newest_first(sql, head(hash), next, |height| {
        let stored = hash_of.query_row([height.cast_signed()], |row| b256(row, 0)).optional()?;
        if stored.as_ref() == Some(hash) {
            found = Some(Height::new(height));
            return Ok::<_, rusqlite::Error>(Visit::Stop);
        }
        Ok(Visit::Continue)
    })?;
    Ok(found)
}

/// Up to `limit` blocks below `before`, newest first.
pub(crate) fn below(sql: &Connection, before: Height, limit: usize) -> rusqlite::Result<Vec<BlockRow>> {
    let mut select = sql.prepare_cached(
        "SELECT height, hash, timestamp_ms, leader, gas_used, size, transactions, logs FROM blocks \
         WHERE height < ?1 ORDER BY height DESC LIMIT ?2",
    )?;
    select.query_map((signed(before.get()), limit as i64), block_row)?.collect()
}

/// Numbers cannot be compared by their bits beyond this; no chain gets there.
pub(crate) const fn signed(number: u64) -> i64 {
    if number > i64::MAX as u64 { i64::MAX } else { number.cast_signed() }
}

fn block_row(row: &Row<'_>) -> rusqlite::Result<BlockRow> {
    Ok(BlockRow {
        height: Height::new(number(row, 0)?),
        hash: b256(row, 1)?,
        timestamp_ms: number(row, 2)?,
        leader: MemberKey(b256(row, 3)?),
        gas_used: number(row, 4)?,
        size: number(row, 5)?,
        transactions: number(row, 6)?,
        logs: number(row, 7)?,
    })
}

/// What the rows of other views need of their block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// Hash of the header.
    pub(crate) hash: B256,
    /// Milliseconds since 1970.
    pub(crate) timestamp_ms: u64,
    /// Ordinal of the first transaction.
    pub(crate) first_transaction: u64,
    /// Ordinal of the first log.
    pub(crate) first_log: u64,
}

/// What is known of the block at `height`.
pub(crate) fn facts(sql: &Connection, height: Height) -> rusqlite::Result<Facts> {
    sql.prepare_cached(
        "SELECT hash, timestamp_ms, first_transaction, first_log FROM blocks WHERE height = ?1",
    )?
    .query_row([signed(height.get())], |row| {
        Ok(Facts {
            hash: b256(row, 0)?,
            timestamp_ms: number(row, 1)?,
            first_transaction: number(row, 2)?,
            first_log: number(row, 3)?,
        })
    })
}

/// The ordinals of the logs in the blocks `from..=to`: the first one, and the first one after.
pub(crate) fn log_range(sql: &Connection, from: Height, to: Height) -> rusqlite::Result<Option<(u64, u64)>> {
    let first = sql
        .prepare_cached("SELECT first_log FROM blocks WHERE height >= ?1 ORDER BY height LIMIT 1")?
        .query_row([signed(from.get())], |row| number(row, 0))
        .optional()?;
    let end = sql
        .prepare_cached(
            "SELECT first_log + logs FROM blocks WHERE height <= ?1 ORDER BY height DESC LIMIT 1",
        )?
        .query_row([signed(to.get())], |row| number(row, 0))
        .optional()?;
    Ok(first.zip(end))
}
