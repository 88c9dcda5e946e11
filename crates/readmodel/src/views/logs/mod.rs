//! `logs`: every event, found by address and topics within a range of blocks.
//!
//! Logs are looked up in groups of 32 neighbours. Each group is entered once under every address,
//! topic and pair (address, first topic) that it contains. A question turns each of its conditions
//! into a bitmap of groups, segment by segment, ands them, and compares the logs of what is left.

mod search;

pub use search::{LogFilter, LogRow};
pub(crate) use search::{SearchError, search};

use super::{Batch, Cursor, View};
use crate::postings::{Postings, mix};
use ding_primitives::{Address, B256, ports::FinalizedBlock};

/// The view.
pub(crate) struct Logs;

/// From term to group.
pub(crate) static BY_TERM: Postings = Postings {
    slot: 2,
    insert: "INSERT OR IGNORE INTO logs_by_term (key) VALUES (?1)",
    select: "SELECT key FROM logs_by_term WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC",
    place_bits: 11,
    fingerprint_bits: 30,
};

/// Logs of one group, as a power of two.
const GROUP_BITS: u32 = 5;

/// Topics a log can have.
const TOPICS_MAX: usize = 4;

/// The emitter of a log, as a term.
fn address_term(address: &Address) -> u64 {
    mix(0, address.as_slice())
}

/// A topic in its position (from 0), as a term.
fn topic_term(position: usize, topic: &B256) -> u64 {
    mix(1 + position as u64, topic.as_slice())
}

/// The emitter together with the first topic, as a term.
fn pair_term(address: &Address, topic: &B256) -> u64 {
    let mut both = [0; 52];
    both[..20].copy_from_slice(address.as_slice());
    both[20..].copy_from_slice(topic.as_slice());
    mix(1 + TOPICS_MAX as u64, &both)
}

impl View for Logs {
    fn name(&self) -> &'static str {
        "logs"
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
            "INSERT INTO logs (ordinal, tx, address, topics, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let logs = (at.transactions..)
            .zip(&block.receipts)
            .flat_map(|(transaction, receipt)| receipt.logs.iter().map(move |log| (transaction, log)));
        let mut topics = Vec::with_capacity(TOPICS_MAX * 32);
        let mut shared: Option<(u64, Address, Option<B256>)> = None;
        for (ordinal, (transaction, log)) in (at.logs..).zip(logs) {
            topics.clear();
            log.topics.iter().for_each(|topic| topics.extend_from_slice(topic.as_slice()));
            insert.raw_bind_parameter(1, ordinal.cast_signed())?;
            insert.raw_bind_parameter(2, transaction.cast_signed())?;
            insert.raw_bind_parameter(3, log.address.as_slice())?;
            insert.raw_bind_parameter(4, &topics[..])?;
            insert.raw_bind_parameter(5, &log.data[..])?;
            insert.raw_execute()?;
            let group = ordinal >> GROUP_BITS;
            let source = (group, log.address, log.topics.first().copied());
            // The same source as the log before, in the same group: already entered.
            if shared != Some(source) {
                batch.post(&BY_TERM, address_term(&log.address), group);
                if let Some(topic) = log.topics.first() {
                    batch.post(&BY_TERM, topic_term(0, topic), group);
                    batch.post(&BY_TERM, pair_term(&log.address, topic), group);
                }
                shared = Some(source);
            }
            for (position, topic) in log.topics.iter().enumerate().skip(1) {
                batch.post(&BY_TERM, topic_term(position, topic), group);
            }
        }
        Ok(())
    }
}
