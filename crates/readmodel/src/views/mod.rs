//! The tables, one folder each: `schema.sql` says what is kept, `mod.rs` fills it and reads it.
//!
//! A view owns the tables whose names start with its own. Its rows are a function of the genesis
//! file and the final blocks from the first one on, and of nothing else, however the blocks were batched (A8), so
//! that it can be dropped and derived again. A change of its tables is a new version: the file of
//! an older release is derived again, that view alone.

pub(crate) mod blocks;
pub(crate) mod evidence;
pub(crate) mod logs;
pub(crate) mod supervision;
pub(crate) mod transactions;

use crate::postings::Postings;
use ding_primitives::{Address, B256, Height, ports::FinalizedBlock};
use rusqlite::Connection;
use supervision::Genesis;

/// Rows derived from blocks.
pub(crate) trait View: Sync {
    /// Start of the names of its tables.
    fn name(&self) -> &'static str;
    /// Layout and meaning of its rows. Another number in the file: the rows are derived again.
    fn version(&self) -> u32;
    /// Creates its tables.
    fn schema(&self) -> &'static str;
    /// Adds the rows that hold before the first block, which has no events.
    fn genesis(&self, _sql: &Connection, _genesis: &Genesis) -> rusqlite::Result<()> {
        Ok(())
    }
    /// Adds the rows of one block.
    fn project(&self, batch: &mut Batch<'_>, block: &FinalizedBlock, at: &Cursor) -> rusqlite::Result<()>;
}

/// Every view. The order is that of their rows in `views`.
pub(crate) static VIEWS: [&dyn View; 5] = [
    &blocks::Blocks,
    &transactions::Transactions,
    &logs::Logs,
    &evidence::Evidence,
    &supervision::Supervision,
];

/// Every look-up table; its place here is its `slot`.
static INDEXES: [&Postings; 4] =
    [&blocks::BY_HASH, &transactions::BY_HASH, &logs::BY_TERM, &evidence::BY_TERM];

/// How far a view is, and what the ordinals of the next block are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Height of the next block; 0 if there is none yet.
    pub(crate) next: u64,
    /// Hash of the last block; zero if there is none yet.
    pub(crate) hash: B256,
    /// Transactions so far: the ordinal of the next one.
    pub(crate) transactions: u64,
    /// Logs so far: the ordinal of the next one.
    pub(crate) logs: u64,
}

impl Cursor {
    /// Whether `block` is the next one. The first block is number 0, or 1 where the archive keeps
    /// no block 0.
    pub(crate) fn fits(&self, block: &FinalizedBlock) -> bool {
        let height = block.header.height.get();
        if self.next == 0 { height <= 1 } else { height == self.next && block.header.parent == self.hash }
    }

    /// The cursor after `block`.
    pub(crate) fn after(&self, block: &FinalizedBlock) -> Self {
        let logs: u64 = block.receipts.iter().map(|receipt| receipt.logs.len() as u64).sum();
        Self {
            next: block.header.height.next().get(),
            hash: block.header.hash(),
            transactions: self.transactions.saturating_add(block.transactions.len() as u64),
            logs: self.logs.saturating_add(logs),
        }
    }

    /// The last block.
    pub(crate) const fn height(&self) -> Option<Height> {
        match self.next.checked_sub(1) {
            Some(height) => Some(Height::new(height)),
            None => None,
        }
    }
}

/// Blocks being written: rows go to the tables at once, keys of look-up tables at the end, sorted,
/// so that neighbours land on one page together.
pub(crate) struct Batch<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) genesis: &'a Genesis,
    keys: [Vec<i64>; INDEXES.len()],
}

impl<'a> Batch<'a> {
    pub(crate) fn new(sql: &'a Connection, genesis: &'a Genesis) -> Self {
        Self { sql, genesis, keys: Default::default() }
    }

    /// Adds `ordinal` under the value that hashes to `hash`.
    pub(crate) fn post(&mut self, index: &'static Postings, hash: u64, ordinal: u64) {
        if let Some(keys) = self.keys.get_mut(index.slot) {
            keys.push(index.key(hash, ordinal));
        }
    }

    /// Writes the collected keys.
    pub(crate) fn finish(self) -> rusqlite::Result<()> {
        for (index, mut keys) in INDEXES.iter().zip(self.keys) {
            keys.sort_unstable();
            keys.dedup();
            let mut insert = self.sql.prepare_cached(index.insert)?;
            for key in keys {
                insert.raw_bind_parameter(1, key)?;
                insert.raw_execute()?;
            }
        }
        Ok(())
    }
}

/// The first ordinal that some look-up table cannot hold.
pub(crate) fn capacity() -> u64 {
    INDEXES.iter().map(|index| index.capacity()).min().unwrap_or(0)
}

/// Reads a column of 32 bytes.
pub(crate) fn b256(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<B256> {
    row.get::<_, [u8; 32]>(column).map(B256::new)
}

/// Reads a column of 20 bytes.
pub(crate) fn address(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Address> {
    row.get::<_, [u8; 20]>(column).map(Address::new)
}

/// Reads a number. SQLite keeps 64 bits with a sign; the bits are what counts.
pub(crate) fn number(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_up_table_collects_its_keys_in_its_own_place() {
        for (place, index) in INDEXES.iter().enumerate() {
            assert_eq!(index.slot, place, "{}", index.insert);
        }
    }
}
