//! What is done with a pilot, as storage words: goals, entries, comments, orders.

use super::words::{account, address, n, signed, to_signed};
use crate::storage::{Stored, pack, unpack};
use ding_primitives::{Address, B256, U256};

/// A goal. First word: Keccak-256 of the name. Second word: unit, left-aligned UTF-8. Third word, low
/// bits first: baseline (64) | target (64) | due (32) | decimals (8) | revisions (16) | entries (32).
/// Fourth word: last day (32) | its source height (64) | its chain (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indicator {
    /// Keccak-256 of the name.
    pub name: B256,
    /// Unit of measure.
    pub unit: B256,
    /// Digits behind the point.
    pub decimals: u8,
    /// Value at the beginning.
    pub baseline: i64,
    /// Value to reach.
    pub target: i64,
    /// Day by which to reach it.
    pub due: u32,
    /// Changes of target or day.
    pub revisions: u16,
    /// Entries ever made.
    pub entries: u32,
    /// Latest day with an entry.
    pub last_day: u32,
    /// Source height of that day's first entry.
    pub last_height: u64,
    /// Chain of that height.
    pub last_chain: u64,
}

/// A value of an indicator. First word, low bits first: value (64) | source height (64) | chain (64) |
/// day (32) | entry it corrects (32). Second word: account (160) | time in ms (48) | height (40) | kind
/// (8; 1 report, 2 correction). Third word: digest of the working.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The value.
    pub value: i64,
    /// Height at which it can be recomputed.
    pub source_height: u64,
    /// Chain of that height.
    pub chain_id: u64,
    /// Day that it is of.
    pub day: u32,
    /// Entry that it corrects; 0 for none.
    pub refers_to: u32,
    /// Who entered it.
    pub account: Address,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// In which block.
    pub height: u64,
    /// Whether it is a correction.
    pub correction: bool,
    /// Digest of the working, or zero.
    pub source: B256,
}

/// A comment of the public. First word, low bits first: account (160) | kind (8) | outcome (8) | day
/// (32). Second word: Keccak-256 of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comment {
    /// Who commented.
    pub account: Address,
    /// Number of the kind.
    pub kind: u8,
    /// Number of the outcome; 0 without answer.
    pub outcome: u8,
    /// On which day.
    pub day: u32,
    /// Keccak-256 of the text.
    pub text: B256,
}

/// An adjustment order. First word, low bits first: account (160) | day from which its clock runs
/// (32) | working days (16) | day of the reply (32) | late (1) | settled (1). Second word: Keccak-256 of
/// the order. Third word: Keccak-256 of the reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjustment {
    /// Who ordered it.
    pub account: Address,
    /// Day from which the clock of the reply runs.
    pub ordered: u32,
    /// Length of that clock.
    pub working_days: u16,
    /// Day of the reply; 0 without one.
    pub replied: u32,
    /// Whether the reply came after the clock had run out.
    pub late: bool,
    /// Whether the reply was accepted.
    pub settled: bool,
    /// Keccak-256 of the order's text.
    pub order: B256,
    /// Keccak-256 of the reply's text.
    pub reply: B256,
}

/// An evaluation. First word, low bits first: account (160) | verdict (8) | day (32). Second word:
/// digest of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Who evaluated.
    pub account: Address,
    /// Number of the verdict.
    pub verdict: u8,
    /// On which day.
    pub day: u32,
    /// Digest of the report.
    pub report: B256,
}

/// A proposal to remove a pilot. First word, low bits first: account (160) | reason (8) | day (32).
/// Second word: Keccak-256 of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Who proposed it.
    pub account: Address,
    /// Number of the reason.
    pub reason: u8,
    /// On which day.
    pub day: u32,
    /// Keccak-256 of the text.
    pub text: B256,
}

impl Stored for Indicator {
    type Words = [U256; 4];

    fn to_words(&self) -> [U256; 4] {
        let goal = pack(&[
            (signed(self.baseline), 64),
            (signed(self.target), 64),
            (n(self.due), 32),
            (n(self.decimals), 8),
            (n(self.revisions), 16),
            (n(self.entries), 32),
        ]);
        let last = pack(&[(n(self.last_day), 32), (n(self.last_height), 64), (n(self.last_chain), 64)]);
        [self.name.into(), self.unit.into(), goal, last]
    }

    fn from_words([name, unit, goal, last]: &[U256; 4]) -> Option<Self> {
        let [baseline, target, due, decimals, revisions, entries] = unpack(*goal, [64, 64, 32, 8, 16, 32])?;
        let [last_day, last_height, last_chain] = unpack(*last, [32, 64, 64])?;
        Some(Self {
            name: (*name).into(),
            unit: (*unit).into(),
            decimals: decimals.to(),
            baseline: to_signed(baseline),
            target: to_signed(target),
            due: due.to(),
            revisions: revisions.to(),
            entries: entries.to(),
            last_day: last_day.to(),
            last_height: last_height.to(),
            last_chain: last_chain.to(),
        })
    }
}

impl Stored for Entry {
    type Words = [U256; 3];

    fn to_words(&self) -> [U256; 3] {
        let first = pack(&[
            (signed(self.value), 64),
            (n(self.source_height), 64),
            (n(self.chain_id), 64),
            (n(self.day), 32),
            (n(self.refers_to), 32),
        ]);
        let second = pack(&[
            account(self.account),
            (n(self.timestamp_ms), 48),
            (n(self.height), 40),
            (n(if self.correction { 2u8 } else { 1 }), 8),
        ]);
        [first, second, self.source.into()]
    }

    fn from_words([first, second, source]: &[U256; 3]) -> Option<Self> {
        let [value, source_height, chain_id, day, refers_to] = unpack(*first, [64, 64, 64, 32, 32])?;
        let [account, time, height, kind] = unpack(*second, [160, 48, 40, 8])?;
        let correction = match kind.to::<u8>() {
            0 if first.is_zero() && second.is_zero() => false,
            1 => false,
            2 => true,
            _ => return None,
        };
        Some(Self {
            value: to_signed(value),
            source_height: source_height.to(),
            chain_id: chain_id.to(),
            day: day.to(),
            refers_to: refers_to.to(),
            account: address(account),
            timestamp_ms: time.to(),
            height: height.to(),
            correction,
            source: (*source).into(),
        })
    }
}

impl Stored for Comment {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let first =
            pack(&[account(self.account), (n(self.kind), 8), (n(self.outcome), 8), (n(self.day), 32)]);
        [first, self.text.into()]
    }

    fn from_words([first, text]: &[U256; 2]) -> Option<Self> {
        let [account, kind, outcome, day] = unpack(*first, [160, 8, 8, 32])?;
        Some(Self {
            account: address(account),
            kind: kind.to(),
            outcome: outcome.to(),
            day: day.to(),
            text: (*text).into(),
        })
    }
}

impl Stored for Adjustment {
    type Words = [U256; 3];

    fn to_words(&self) -> [U256; 3] {
        let first = pack(&[
            account(self.account),
            (n(self.ordered), 32),
            (n(self.working_days), 16),
            (n(self.replied), 32),
            (n(self.late), 1),
            (n(self.settled), 1),
        ]);
        [first, self.order.into(), self.reply.into()]
    }

    fn from_words([first, order, reply]: &[U256; 3]) -> Option<Self> {
        let [account, ordered, working_days, replied, late, settled] =
            unpack(*first, [160, 32, 16, 32, 1, 1])?;
        Some(Self {
            account: address(account),
            ordered: ordered.to(),
            working_days: working_days.to(),
            replied: replied.to(),
            late: !late.is_zero(),
            settled: !settled.is_zero(),
            order: (*order).into(),
            reply: (*reply).into(),
        })
    }
}

impl Stored for Evaluation {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        [pack(&[account(self.account), (n(self.verdict), 8), (n(self.day), 32)]), self.report.into()]
    }

    fn from_words([first, report]: &[U256; 2]) -> Option<Self> {
        let [account, verdict, day] = unpack(*first, [160, 8, 32])?;
        Some(Self {
            account: address(account),
            verdict: verdict.to(),
            day: day.to(),
            report: (*report).into(),
        })
    }
}

impl Stored for Removal {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        [pack(&[account(self.account), (n(self.reason), 8), (n(self.day), 32)]), self.text.into()]
    }

    fn from_words([first, text]: &[U256; 2]) -> Option<Self> {
        let [account, reason, day] = unpack(*first, [160, 8, 32])?;
        Some(Self { account: address(account), reason: reason.to(), day: day.to(), text: (*text).into() })
    }
}
