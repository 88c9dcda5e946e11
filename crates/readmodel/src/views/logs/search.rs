//! The search behind `eth_getLogs`.

use super::{BY_TERM, GROUP_BITS, TOPICS_MAX, address_term, pair_term, topic_term};
use crate::views::{address, b256, blocks, number, transactions};
use ding_primitives::{Address, B256, Bytes, Height, limits};
use rusqlite::{Connection, Row};

/// Which logs are wanted, with the meaning of `eth_getLogs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// First block.
    pub from: Height,
    /// Last block, included. Not above what the read model has: see [`crate::Query::wait_for`].
    pub to: Height,
    /// Emitters, any of them; empty: whoever. At most [`limits::RPC_FILTER_TERMS_MAX`].
    pub addresses: Vec<Address>,
    /// For each position the topics that may stand there; an empty list (`null` in JSON): any
    /// topic. A log with fewer topics than positions does not match. At most four positions of at
    /// most [`limits::RPC_FILTER_TERMS_MAX`] topics.
    pub topics: Vec<Vec<B256>>,
}

/// A log with everything that its JSON needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Who emitted it.
    pub address: Address,
    /// At most four topics.
    pub topics: Vec<B256>,
    /// ABI-encoded rest.
    pub data: Bytes,
    /// Its block.
    pub height: Height,
    /// Hash of its block.
    pub block_hash: B256,
    /// Time of its block, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Hash of its transaction.
    pub transaction_hash: B256,
    /// Place of its transaction in the block, from 0.
    pub transaction_index: usize,
    /// Its place among the logs of the block, from 0.
    pub log_index: usize,
}

/// Why a search gave no answer.
#[derive(Debug)]
pub(crate) enum SearchError {
    /// More logs match than were allowed.
    TooMany,
    /// The logs that match are larger than one answer may be.
    TooLarge,
    /// Time is up.
    TooSlow,
    /// The file.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for SearchError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// Whether there is still time; asked now and then.
type InTime<'a> = &'a dyn Fn() -> bool;

const SEGMENT_WORDS: usize = 1 << (BY_TERM.place_bits - 6);
/// Rows and look-ups between two glances at the clock.
const GLANCE: usize = 64;
/// Pairs (address, first topic) beyond which both are looked up on their own.
const PAIRS_MAX: usize = 64;

/// A set of groups of one segment.
#[derive(Clone, Copy)]
struct Groups([u64; SEGMENT_WORDS]);

impl Groups {
    const NONE: Self = Self([0; SEGMENT_WORDS]);

    fn insert(&mut self, place: u64) {
        if let Some(word) = usize::try_from(place >> 6).ok().and_then(|word| self.0.get_mut(word)) {
            *word |= 1 << (place & 63);
        }
    }

    fn has(&self, place: u64) -> bool {
        let word = usize::try_from(place >> 6).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word & (1 << (place & 63)) != 0)
    }

    fn and(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine &= theirs);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// A filter made ready: sorted for comparing, and as lists of terms of which one must be present.
struct Plan {
    addresses: Vec<Address>,
    topics: Vec<Vec<B256>>,
    conditions: Vec<Vec<u64>>,
}

impl Plan {
    fn new(filter: &LogFilter) -> Self {
        let mut addresses = filter.addresses.clone();
        addresses.sort_unstable();
        addresses.dedup();
        let mut topics = filter.topics.clone();
        for position in &mut topics {
            position.sort_unstable();
            position.dedup();
        }
        // The most telling conditions first: an empty set ends the look-up of a segment.
        let mut conditions = Vec::new();
        for (position, wanted) in topics.iter().enumerate().skip(1) {
            conditions.push(wanted.iter().map(|topic| topic_term(position, topic)).collect());
        }
        let first = topics.first().map_or(&[][..], Vec::as_slice);
        let pairs = addresses.len().saturating_mul(first.len());
        if (1..=PAIRS_MAX).contains(&pairs) {
            let pairs =
                addresses.iter().flat_map(|address| first.iter().map(|topic| pair_term(address, topic)));
            conditions.push(pairs.collect());
        } else {
            conditions.push(addresses.iter().map(address_term).collect());
            conditions.push(first.iter().map(|topic| topic_term(0, topic)).collect());
        }
        conditions.retain(|terms: &Vec<u64>| !terms.is_empty());
        Self { addresses, topics, conditions }
    }

    fn matches(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        if !self.addresses.is_empty() && self.addresses.binary_search(&address(row, 2)?).is_err() {
            return Ok(false);
        }
        let topics = row.get_ref(3)?.as_blob()?;
        if topics.len() < self.topics.len() * 32 {
            return Ok(false);
        }
        let mut positions = topics.chunks_exact(32).zip(&self.topics);
        Ok(positions.all(|(topic, wanted)| {
            wanted.is_empty() || wanted.binary_search_by(|probe| probe.as_slice().cmp(topic)).is_ok()
        }))
    }
}

/// The logs that match, by height and place in the block. More than `limit`: none.
pub(crate) fn search(
    sql: &Connection,
    filter: &LogFilter,
    limit: usize,
    in_time: InTime<'_>,
) -> Result<Vec<LogRow>, SearchError> {
    let Some((first, end)) = blocks::log_range(sql, filter.from, filter.to)? else { return Ok(Vec::new()) };
    if first >= end || filter.topics.len() > TOPICS_MAX {
        return Ok(Vec::new());
    }
    let plan = Plan::new(filter);
    let mut found = Found::new(sql, limit, in_time);
    if plan.conditions.is_empty() {
        found.scan(&plan, first, end)?;
        return Ok(found.rows);
    }
    let (first_group, last_group) = (first >> GROUP_BITS, (end - 1) >> GROUP_BITS);
    for segment in BY_TERM.segment(first_group)..=BY_TERM.segment(last_group) {
        let groups = candidates(sql, &plan, segment, in_time)?;
        let start = BY_TERM.segment_start(segment);
        let mut place = 0;
        while place < BY_TERM.segment_len() {
            if !groups.has(place) {
                place += 1;
                continue;
            }
            let run = place;
            while place < BY_TERM.segment_len() && groups.has(place) {
                place += 1;
            }
            let (run_start, run_end) = ((start + run) << GROUP_BITS, (start + place) << GROUP_BITS);
            found.scan(&plan, run_start.max(first), run_end.min(end))?;
        }
    }
    Ok(found.rows)
}

/// Groups of a segment that may hold a match.
fn candidates(
    sql: &Connection,
    plan: &Plan,
    segment: u64,
    in_time: InTime<'_>,
) -> Result<Groups, SearchError> {
    let mut select = sql.prepare_cached(BY_TERM.select)?;
    let mut all: Option<Groups> = None;
    for terms in &plan.conditions {
        let mut any = Groups::NONE;
        for some in terms.chunks(GLANCE) {
            for term in some {
                let mut keys = select.query(BY_TERM.range(*term, segment))?;
                while let Some(row) = keys.next()? {
                    any.insert(BY_TERM.ordinal(row.get(0)?) & (BY_TERM.segment_len() - 1));
                }
            }
            if !in_time() {
                return Err(SearchError::TooSlow);
            }
        }
        let all = all.get_or_insert(any);
        all.and(&any);
        if all.is_empty() {
            break;
        }
    }
    Ok(all.unwrap_or(Groups::NONE))
}

/// Logs found so far.
struct Found<'a> {
    sql: &'a Connection,
    in_time: InTime<'a>,
    limit: usize,
    bytes: usize,
    seen: usize,
    rows: Vec<LogRow>,
    /// Ordinal, height and hash of the transaction of the log before.
    transaction: Option<(u64, Height, B256)>,
    /// The block of the log before.
    block: Option<(Height, blocks::Facts)>,
}

impl<'a> Found<'a> {
    const fn new(sql: &'a Connection, limit: usize, in_time: InTime<'a>) -> Self {
        Self { sql, in_time, limit, bytes: 0, seen: 0, rows: Vec::new(), transaction: None, block: None }
    }

    /// Compares the logs with ordinals `first..end` and keeps those that match.
    fn scan(&mut self, plan: &Plan, first: u64, end: u64) -> Result<(), SearchError> {
        let mut select = self.sql.prepare_cached(
            "SELECT ordinal, tx, address, topics, data FROM logs WHERE ordinal >= ?1 AND ordinal < ?2 \
             ORDER BY ordinal",
        )?;
        let mut rows = select.query((blocks::signed(first), blocks::signed(end)))?;
        while let Some(row) = rows.next()? {
            self.seen += 1;
            if self.seen.is_multiple_of(GLANCE) && !(self.in_time)() {
                return Err(SearchError::TooSlow);
            }
            if plan.matches(row)? {
                self.keep(row)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, row: &Row<'_>) -> Result<(), SearchError> {
        if self.rows.len() >= self.limit {
            return Err(SearchError::TooMany);
        }
        let (topics, data) =
            (row.get_ref(3)?.as_blob().map_err(kind)?, row.get_ref(4)?.as_blob().map_err(kind)?);
        self.bytes = self.bytes.saturating_add(topics.len()).saturating_add(data.len());
        if self.bytes > limits::READMODEL_ANSWER_BYTES_MAX {
            return Err(SearchError::TooLarge);
        }
        let (ordinal, transaction) = (number(row, 0)?, number(row, 1)?);
        let (height, transaction_hash) = self.transaction(transaction)?;
        let block = self.block(height)?;
        self.rows.push(LogRow {
            address: address(row, 2)?,
            topics: topics.chunks_exact(32).map(B256::from_slice).collect(),
            data: Bytes::copy_from_slice(data),
            height,
            block_hash: block.hash,
            timestamp_ms: block.timestamp_ms,
            transaction_hash,
            transaction_index: transactions::place(transaction, block.first_transaction),
            log_index: transactions::place(ordinal, block.first_log),
        });
        Ok(())
    }

    fn transaction(&mut self, ordinal: u64) -> rusqlite::Result<(Height, B256)> {
        match self.transaction {
            Some((last, height, hash)) if last == ordinal => Ok((height, hash)),
            _ => {
                let (height, hash) = self
                    .sql
                    .prepare_cached("SELECT height, hash FROM transactions WHERE ordinal = ?1")?
                    .query_row([blocks::signed(ordinal)], |row| {
                        Ok((Height::new(number(row, 0)?), b256(row, 1)?))
                    })?;
                self.transaction = Some((ordinal, height, hash));
                Ok((height, hash))
            }
        }
    }

    fn block(&mut self, height: Height) -> rusqlite::Result<blocks::Facts> {
        match self.block {
            Some((last, facts)) if last == height => Ok(facts),
            _ => {
                let facts = blocks::facts(self.sql, height)?;
                self.block = Some((height, facts));
                Ok(facts)
            }
        }
    }
}

fn kind(error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    error.into()
}
