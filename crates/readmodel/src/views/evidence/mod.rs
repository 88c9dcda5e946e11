//! `evidence`: who presented which file first, later deposits, and what organisations found.
//!
//! The rows come from the events of the module of the same name, and hold what those hold, with
//! the place of the event, from which a proof can be asked for.

use super::{Batch, Cursor, View, address, b256, blocks, number, transactions};
use crate::postings::{Postings, Visit, mix};
use ding_modules::evidence::events::{self, Attested, Deposited, DepositedAgain, Event};
use ding_primitives::{Address, B256, Height, ports::FinalizedBlock};
use rusqlite::{Connection, OptionalExtension as _, Row};

/// The view.
pub(crate) struct Evidence;

/// From digest or depositor to ordinal.
pub(crate) static BY_TERM: Postings = Postings {
    slot: 3,
    insert: "INSERT OR IGNORE INTO evidence_by_term (key) VALUES (?1)",
    select: "SELECT key FROM evidence_by_term WHERE key BETWEEN ?1 AND ?2 ORDER BY key DESC",
    place_bits: 16,
    fingerprint_bits: 26,
};

/// What a key of the look-up table stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
enum Term {
    /// First deposit, by SHA-256 or root.
    First,
    /// First deposit, by SM3.
    FirstSm3,
    /// Later deposits, by SHA-256 or root.
    Again,
    /// Deposits, by depositor.
    Depositor,
    /// Attestations, by SHA-256 or root.
    Attested,
}

impl Term {
    fn of(self, value: &[u8]) -> u64 {
        mix(self as u64, value)
    }
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its block.
    pub height: Height,
    /// Time of the block, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Hash of its transaction.
    pub transaction_hash: B256,
    /// Place of the transaction in the block, from 0.
    pub transaction: usize,
    /// Place of the event among the transaction's, from 0.
    pub log: usize,
}

/// One deposit of a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRow {
    /// Number of the event on its chain: where the next page starts.
    pub ordinal: u64,
    /// Whether it is the first of its digest.
    pub first: bool,
    /// SHA-256 of the file, or root of a batch.
    pub digest: B256,
    /// SM3 of the file.
    pub sm3: Option<B256>,
    /// Who presented it.
    pub depositor: Address,
    /// The depositor's own number of the deposit.
    pub operation: Option<B256>,
    /// Kind of the files.
    pub kind: u8,
    /// Number of files: 1, or more for a batch.
    pub count: u32,
    /// Digest of the report on how the file came about.
    pub provenance: Option<B256>,
    /// What the depositor refers to.
    pub reference: Option<B256>,
    /// Where its event stands.
    pub place: Place,
}

/// What an organisation found about a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestationRow {
    /// Number of the event on its chain: where the next page starts.
    pub ordinal: u64,
    /// The digest.
    pub digest: B256,
    /// Number of the organisation.
    pub organisation: u32,
    /// The account that acted for it.
    pub account: Address,
    /// What it found.
    pub opinion: u8,
    /// Digest of its report.
    pub report: B256,
    /// Where its event stands.
    pub place: Place,
}

/// Where the event being projected stands.
struct At {
    ordinal: u64,
    tx: u64,
    place: u64,
}

impl View for Evidence {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        include_str!("schema.sql")
    }

    fn project(&self, batch: &mut Batch<'_>, block: &FinalizedBlock, at: &Cursor) -> rusqlite::Result<()> {
        let logs = (at.transactions..)
            .zip(&block.receipts)
            .flat_map(|(tx, receipt)| (0..).zip(&receipt.logs).map(move |(place, log)| (tx, place, log)));
        for (ordinal, (tx, place, log)) in (at.logs..).zip(logs) {
            let at = At { ordinal, tx, place };
            match events::decode(log) {
                None | Some(Event::OperationRepeated(_)) => {}
                Some(Event::Deposited(event)) => deposited(batch, &event, false, &at)?,
                Some(Event::DepositedAgain(event)) => deposited(batch, &without_first(event), true, &at)?,
                Some(Event::Attested(event)) => attested(batch, &event, &at)?,
            }
        }
        Ok(())
    }
}

/// A later deposit without what it says of the first, which has a row of its own.
fn without_first(event: DepositedAgain) -> Deposited {
    let DepositedAgain { digest, depositor, operation, sm3, kind, count, provenance, .. } = event;
    let DepositedAgain { referenceId, height, timestampMs, .. } = event;
    Deposited { digest, depositor, operation, sm3, kind, count, provenance, referenceId, height, timestampMs }
}

fn deposited(batch: &mut Batch<'_>, event: &Deposited, again: bool, at: &At) -> rusqlite::Result<()> {
    let mut insert = batch.sql.prepare_cached(
        "INSERT INTO evidence (ordinal, again, digest, sm3, depositor, operation, kind, count, provenance, \
         reference, height, timestamp_ms, tx, place) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    insert.execute((
        at.ordinal.cast_signed(),
        again,
        event.digest.as_slice(),
        word(&event.sm3),
        event.depositor.as_slice(),
        word(&event.operation),
        event.kind,
        event.count,
        word(&event.provenance),
        word(&event.referenceId),
        event.height.cast_signed(),
        event.timestampMs.cast_signed(),
        at.tx.cast_signed(),
        at.place.cast_signed(),
    ))?;
    let term = if again { Term::Again } else { Term::First };
    batch.post(&BY_TERM, term.of(event.digest.as_slice()), at.ordinal);
    batch.post(&BY_TERM, Term::Depositor.of(event.depositor.as_slice()), at.ordinal);
    // The ledger records the SM3 digest of the first deposit only.
    if !again && !event.sm3.is_zero() {
        batch.post(&BY_TERM, Term::FirstSm3.of(event.sm3.as_slice()), at.ordinal);
    }
    Ok(())
}

fn attested(batch: &mut Batch<'_>, event: &Attested, at: &At) -> rusqlite::Result<()> {
    let mut insert = batch.sql.prepare_cached(
        "INSERT INTO evidence_attestations (ordinal, digest, organisation, account, opinion, report, height, \
         timestamp_ms, tx, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    insert.execute((
        at.ordinal.cast_signed(),
        event.digest.as_slice(),
        event.organisation,
        event.account.as_slice(),
        event.opinion,
        event.report.as_slice(),
        event.height.cast_signed(),
        event.timestampMs.cast_signed(),
        at.tx.cast_signed(),
        at.place.cast_signed(),
    ))?;
    batch.post(&BY_TERM, Term::Attested.of(event.digest.as_slice()), at.ordinal);
    Ok(())
}

fn word(word: &B256) -> Option<&[u8]> {
    (!word.is_zero()).then_some(word.as_slice())
}

const DEPOSIT: &str = "SELECT e.ordinal, e.again, e.digest, e.sm3, e.depositor, e.operation, e.kind, e.count, \
     e.provenance, e.reference, e.height, e.timestamp_ms, t.hash, e.tx - b.first_transaction, e.place \
     FROM evidence e JOIN transactions t ON t.ordinal = e.tx JOIN blocks b ON b.height = e.height \
     WHERE e.ordinal = ?1";

const LATEST: &str = "SELECT ordinal FROM evidence WHERE ordinal < ?1 ORDER BY ordinal DESC LIMIT ?2";

const ATTESTATION: &str = "SELECT e.ordinal, e.digest, e.organisation, e.account, e.opinion, e.report, \
     e.height, e.timestamp_ms, t.hash, e.tx - b.first_transaction, e.place \
     FROM evidence_attestations e JOIN transactions t ON t.ordinal = e.tx JOIN blocks b ON b.height = e.height \
     WHERE e.ordinal = ?1";

/// The first deposit of a file, by its SHA-256 (or the root of a batch) or its SM3 digest.
pub(crate) fn first<E: From<rusqlite::Error>>(
    sql: &Connection,
    digest: &B256,
    end: u64,
    check: impl Fn() -> Result<(), E>,
) -> Result<Option<DepositRow>, E> {
    let sha256 = walk(sql, Term::First, digest.as_slice(), end, 1, &check, |row: &DepositRow| {
        row.first && row.digest == *digest
    })?;
    if let Some(row) = sha256.into_iter().next() {
        return Ok(Some(row));
    }
    let sm3 = walk(sql, Term::FirstSm3, digest.as_slice(), end, 1, &check, |row: &DepositRow| {
        row.first && row.sm3 == Some(*digest)
    })?;
    Ok(sm3.into_iter().next())
}

/// Later deposits of a digest before ordinal `before`, newest first.
pub(crate) fn repeats<E: From<rusqlite::Error>>(
    sql: &Connection,
    digest: &B256,
    before: u64,
    limit: usize,
    check: impl Fn() -> Result<(), E>,
) -> Result<Vec<DepositRow>, E> {
    walk(sql, Term::Again, digest.as_slice(), before, limit, &check, |row: &DepositRow| row.digest == *digest)
}

/// Deposits of one depositor before ordinal `before`, newest first.
pub(crate) fn by_depositor<E: From<rusqlite::Error>>(
    sql: &Connection,
    depositor: &Address,
    before: u64,
    limit: usize,
    check: impl Fn() -> Result<(), E>,
) -> Result<Vec<DepositRow>, E> {
    walk(sql, Term::Depositor, depositor.as_slice(), before, limit, &check, |row: &DepositRow| {
        row.depositor == *depositor
    })
}

/// Attestations of a digest before ordinal `before`, newest first.
pub(crate) fn attestations<E: From<rusqlite::Error>>(
    sql: &Connection,
    digest: &B256,
    before: u64,
    limit: usize,
    check: impl Fn() -> Result<(), E>,
) -> Result<Vec<AttestationRow>, E> {
    walk(sql, Term::Attested, digest.as_slice(), before, limit, &check, |row: &AttestationRow| {
        row.digest == *digest
    })
}

/// Deposits before ordinal `before`, newest first.
pub(crate) fn latest(sql: &Connection, before: u64, limit: usize) -> rusqlite::Result<Vec<DepositRow>> {
    let mut select = sql.prepare_cached(LATEST)?;
    let ordinals = select.query_map((blocks::signed(before), limit as i64), |row| number(row, 0))?;
    let mut row_of = sql.prepare_cached(DEPOSIT)?;
    ordinals.map(|ordinal| row_of.query_row([ordinal?.cast_signed()], DepositRow::read)).collect()
}

/// Rows that the look-up table leads to.
trait Read: Sized {
    /// Selects one by its ordinal.
    const SELECT: &'static str;
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl Read for DepositRow {
    const SELECT: &'static str = DEPOSIT;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            ordinal: number(row, 0)?,
            first: !row.get::<_, bool>(1)?,
            digest: b256(row, 2)?,
            sm3: optional(row, 3)?,
            depositor: address(row, 4)?,
            operation: optional(row, 5)?,
            kind: row.get(6)?,
            count: row.get(7)?,
            provenance: optional(row, 8)?,
            reference: optional(row, 9)?,
            place: place(row, 10)?,
        })
    }
}

impl Read for AttestationRow {
    const SELECT: &'static str = ATTESTATION;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            ordinal: number(row, 0)?,
            digest: b256(row, 1)?,
            organisation: row.get(2)?,
            account: address(row, 3)?,
            opinion: row.get(4)?,
            report: b256(row, 5)?,
            place: place(row, 6)?,
        })
    }
}

fn optional(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<B256>> {
    Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(B256::new))
}

fn place(row: &Row<'_>, column: usize) -> rusqlite::Result<Place> {
    Ok(Place {
        height: Height::new(number(row, column)?),
        timestamp_ms: number(row, column + 1)?,
        transaction_hash: b256(row, column + 2)?,
        transaction: transactions::place(number(row, column + 3)?, 0),
        log: transactions::place(number(row, column + 4)?, 0),
    })
}

fn walk<T: Read, E: From<rusqlite::Error>>(
    sql: &Connection,
    term: Term,
    value: &[u8],
    before: u64,
    limit: usize,
    check: &impl Fn() -> Result<(), E>,
    wanted: impl Fn(&T) -> bool,
) -> Result<Vec<T>, E> {
    let mut found = Vec::new();
    let mut row_of = sql.prepare_cached(T::SELECT)?;
    BY_TERM.newest_first::<E>(sql, term.of(value), before, |ordinal| {
        check()?;
        // A collision may lead to a row of the other table, or to none.
        let row = row_of.query_row([ordinal.cast_signed()], T::read).optional()?;
        found.extend(row.filter(|row| wanted(row)));
        Ok(if found.len() < limit { Visit::Continue } else { Visit::Stop })
    })?;
    Ok(found)
}
