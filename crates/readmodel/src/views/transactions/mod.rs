//! `transactions`: a row for each final transaction, found by hash, and the latest ones.

use super::{Batch, Cursor, View, address, b256, blocks, number};
use crate::postings::{Postings, Visit, head};
use ding_primitives::{Address, B256, Height, ports::FinalizedBlock};
use rusqlite::{Connection, OptionalExtension as _};

/// The view.
pub(crate) struct Transactions;

/// From transaction hash to ordinal.
pub(crate) static BY_HASH: Postings = Postings {
    slot: 1,
    insert: "INSERT OR IGNORE INTO transactions_by_hash (key) VALUES (?1)",
    select: "SELECT key FROM transactions_by_hash WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC",
    place_bits: 16,
    fingerprint_bits: 26,
};

/// A final transaction as a list shows it. The whole of it is in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRow {
    /// Number of the transaction on its chain, from 0: where the next page starts.
    pub ordinal: u64,
    /// Its block.
    pub height: Height,
    /// Its place in the block, from 0.
    pub index: usize,
    /// Its hash.
    pub hash: B256,
    /// Time of its block, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Who signed.
    pub sender: Address,
    /// Whom it calls; `None` if it creates a contract.
    pub recipient: Option<Address>,
    /// The contract it created.
    pub created: Option<Address>,
    /// First four bytes of the call data, if there are that many: the function called.
    pub selector: Option<[u8; 4]>,
    /// Whether its changes were kept.
    pub success: bool,
    /// Gas it used.
    pub gas_used: u64,
}

impl View for Transactions {
    fn name(&self) -> &'static str {
        "transactions"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn project(&self, batch: &mut Batch<'_>, block: &FinalizedBlock, at: &Cursor) -> rusqlite::Result<()> {
        let sql = batch.sql;
        let mut insert = sql.prepare_cached(
            "INSERT INTO transactions (ordinal, height, hash, sender, recipient, created, selector, success, \
             gas_used) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let rows = block.transactions.iter().zip(&block.receipts);
        for (ordinal, (transaction, receipt)) in (at.transactions..).zip(rows) {
            let hash = transaction.hash();
            let selector = if transaction.to().is_call() { transaction.input().get(..4) } else { None };
            insert.raw_bind_parameter(1, ordinal.cast_signed())?;
            insert.raw_bind_parameter(2, block.header.height.get().cast_signed())?;
            insert.raw_bind_parameter(3, hash.as_slice())?;
            insert.raw_bind_parameter(4, transaction.sender().as_slice())?;
            insert.raw_bind_parameter(5, transaction.to().to().map(|to| to.as_slice()))?;
            insert.raw_bind_parameter(6, receipt.created.as_ref().map(|created| created.as_slice()))?;
            insert.raw_bind_parameter(7, selector)?;
            insert.raw_bind_parameter(8, receipt.success)?;
            insert.raw_bind_parameter(9, receipt.gas_used.cast_signed())?;
            insert.raw_execute()?;
            batch.post(&BY_HASH, head(&hash), ordinal);
        }
        Ok(())
    }
}

/// Where the transaction with this hash stands, among those before ordinal `end`.
pub(crate) fn by_hash(sql: &Connection, hash: &B256, end: u64) -> rusqlite::Result<Option<(Height, usize)>> {
    let mut row_of = sql.prepare_cached("SELECT hash, height FROM transactions WHERE ordinal = ?1")?;
    let mut found = None;
    BY_HASH.newest_first(sql, head(hash), end, |ordinal| {
        let row = row_of
            .query_row([ordinal.cast_signed()], |row| Ok((b256(row, 0)?, Height::new(number(row, 1)?))))
            .optional()?;
        if let Some((stored, height)) = row.filter(|(stored, _)| stored == hash) {
            debug_assert_eq!(stored, *hash);
            found = Some((ordinal, height));
            return Ok::<_, rusqlite::Error>(Visit::Stop);
        }
        Ok(Visit::Continue)
    })?;
    let Some((ordinal, height)) = found else { return Ok(None) };
    let first = blocks::facts(sql, height)?.first_transaction;
    Ok(Some((height, place(ordinal, first))))
}

/// Up to `limit` transactions below the ordinal `before`, newest first.
pub(crate) fn below(sql: &Connection, before: u64, limit: usize) -> rusqlite::Result<Vec<TransactionRow>> {
    let mut select = sql.prepare_cached(
        "SELECT t.ordinal, t.height, t.hash, t.sender, t.recipient, t.created, t.selector, t.success, \
         t.gas_used, b.timestamp_ms, b.first_transaction \
         FROM transactions t JOIN blocks b ON b.height = t.height \
         WHERE t.ordinal < ?1 ORDER BY t.ordinal DESC LIMIT ?2",
    )?;
    let rows = select.query_map((blocks::signed(before), limit as i64), |row| {
        let ordinal = number(row, 0)?;
        Ok(TransactionRow {
            ordinal,
            height: Height::new(number(row, 1)?),
            index: place(ordinal, number(row, 10)?),
            hash: b256(row, 2)?,
            timestamp_ms: number(row, 9)?,
            sender: address(row, 3)?,
            recipient: row.get::<_, Option<[u8; 20]>>(4)?.map(Address::new),
            created: row.get::<_, Option<[u8; 20]>>(5)?.map(Address::new),
            selector: row.get(6)?,
            success: row.get(7)?,
            gas_used: number(row, 8)?,
        })
    })?;
    rows.collect()
}

/// The place of an ordinal behind the first of its block.
pub(crate) fn place(ordinal: u64, first: u64) -> usize {
    usize::try_from(ordinal.saturating_sub(first)).unwrap_or(usize::MAX)
}
