//! Rows of a read model, held against the blocks that they come from.

use super::Judge;
use alloy_sol_types::SolEvent as _;
use ding_modules::{
    evidence::{self, abi::IEvidence},
    filing::{self, abi::IFiling},
    identity::{self, abi::IIdentity},
    members::{self, abi::IMembers},
    once::{self, abi::IOnce},
    orders::{self, abi::IOrders},
    pilot::{self, abi::IPilot},
};
use ding_primitives::{Address, B256, Height, Log, ports::FinalizedBlock};
use ding_readmodel::{BlockRow, Digest, LogFilter, LogRow, Query, QueryError, TransactionRow};
use ding_seat::Witness as _;
use std::{collections::BTreeSet, sync::Arc};

/// Rows of one answer.
const PAGE: usize = 500;
/// Blocks whose logs are asked for at once.
const LOG_BLOCKS: u64 = 100;

/// A table with a row for each thing that events of a kind name.
struct Rule {
    table: &'static str,
    module: Address,
    events: &'static [B256],
    /// Topics that name the thing; none: each event is one.
    topics: &'static [usize],
}

const RULES: [Rule; 16] = [
    Rule::new(
        "evidence",
        evidence::state::ADDRESS,
        &[IEvidence::Deposited::SIGNATURE_HASH, IEvidence::DepositedAgain::SIGNATURE_HASH],
        &[],
    ),
    Rule::new("evidence_attestations", evidence::state::ADDRESS, &[IEvidence::Attested::SIGNATURE_HASH], &[]),
    Rule::new("supervision_orders", orders::state::ADDRESS, &[IOrders::OrderDrafted::SIGNATURE_HASH], &[1]),
    Rule::new("supervision_proposals", members::state::ADDRESS, &[IMembers::Proposed::SIGNATURE_HASH], &[1]),
    Rule::new("supervision_votes", members::state::ADDRESS, &[IMembers::Voted::SIGNATURE_HASH], &[1, 2]),
    Rule::new("supervision_once", once::state::ADDRESS, &[IOnce::Reserved::SIGNATURE_HASH], &[1, 2, 3]),
    Rule::new("supervision_bindings", identity::state::ADDRESS, &[IIdentity::Bound::SIGNATURE_HASH], &[1]),
    Rule::new(
        "supervision_providers",
        filing::state::ADDRESS,
        &[IFiling::ProviderRegistered::SIGNATURE_HASH],
        &[1],
    ),
    Rule::new("supervision_services", filing::state::ADDRESS, &[IFiling::Stepped::SIGNATURE_HASH], &[1]),
    Rule::new("supervision_batches", filing::state::ADDRESS, &[IFiling::Published::SIGNATURE_HASH], &[1]),
    Rule::new(
        "supervision_entities",
        pilot::state::ADDRESS,
        &[IPilot::EntityRegistered::SIGNATURE_HASH],
        &[1],
    ),
    Rule::new("supervision_pilots", pilot::state::ADDRESS, &[IPilot::Recommended::SIGNATURE_HASH], &[1]),
    Rule::new(
        "supervision_indicators",
        pilot::state::ADDRESS,
        &[IPilot::IndicatorAdded::SIGNATURE_HASH],
        &[1, 2],
    ),
    Rule::new("supervision_comments", pilot::state::ADDRESS, &[IPilot::Commented::SIGNATURE_HASH], &[1, 2]),
    Rule::new(
        "supervision_entries",
        pilot::state::ADDRESS,
        &[IPilot::Reported::SIGNATURE_HASH, IPilot::Corrected::SIGNATURE_HASH],
        &[],
    ),
    Rule::new("logs", Address::ZERO, &[], &[]),
];

impl Rule {
    const fn new(
        table: &'static str,
        module: Address,
        events: &'static [B256],
        topics: &'static [usize],
    ) -> Self {
        Self { table, module, events, topics }
    }

    fn takes(&self, log: &Log) -> bool {
        self.events.is_empty()
            || (log.address == self.module && log.topics.first().is_some_and(|t| self.events.contains(t)))
    }

    /// The rows that these logs make.
    fn rows<'a>(&self, logs: impl Iterator<Item = &'a Log>) -> u64 {
        let mine = logs.filter(|log| self.takes(log));
        if self.topics.is_empty() {
            return mine.count() as u64;
        }
        let things: BTreeSet<Vec<B256>> = mine
            .map(|log| self.topics.iter().filter_map(|topic| log.topics.get(*topic).copied()).collect())
            // No thing has the number 0: it stands for none.
            .filter(|thing: &Vec<B256>| !(self.topics.len() == 1 && thing.iter().all(B256::is_zero)))
            .collect();
        things.len() as u64
    }
}

impl Judge {
    /// What members whose rows end at the same block hold: the same, and as many as the blocks say.
    pub fn same_rows(&self, digests: &[(usize, Digest)]) {
        let Some((first, whole)) = digests.first() else { return };
        for (index, digest) in digests {
            if digest.height != whole.height {
                self.blame(Some(*index), format!("rows up to {}, head at {}", digest.height, whole.height));
            } else if let Some(table) = digest.differs(whole) {
                let (height, first) = (whole.height, first + 1);
                self.blame(
                    Some(*index),
                    format!("other rows in {table} up to block {height} than member-{first}"),
                );
            }
        }
        if let Err(why) = self.count_rows(whole) {
            self.blame(Some(*first), format!("rows up to block {}: {why}", whole.height));
        }
    }

    fn count_rows(&self, digest: &Digest) -> Result<(), String> {
        let blocks = self.blocks_until(digest.height.get());
        let transactions = blocks.iter().map(|block| block.transactions.len() as u64).sum();
        let counted = [("blocks", blocks.len() as u64), ("transactions", transactions)];
        let receipts = || blocks.iter().flat_map(|block| &block.receipts);
        let ruled = RULES.iter().map(|rule| (rule.table, rule.rows(receipts().flat_map(|r| &r.logs))));
        for (table, want) in counted.into_iter().chain(ruled) {
            let rows = digest.rows(table);
            if rows != want {
                return Err(format!("{table} has {rows}, the blocks make {want}"));
            }
        }
        Ok(())
    }

    /// Holds the rows of blocks, transactions and logs in the last `count` blocks up to a height against
    /// the chain, value by value.
    ///
    /// # Errors
    ///
    /// The first row that differs, or why there is no answer.
    pub fn check_rows(&self, query: &Query, height: u64, count: u64) -> Result<(), String> {
        let first = height.saturating_sub(count).saturating_add(1).max(1);
        let blocks = self.blocks_until(height);
        let of = |height: Height| {
            let place = usize::try_from(height.get()).ok()?.checked_sub(1)?;
            blocks.get(place)
        };
        let failed = |error: QueryError| error.to_string();
        let mut before = Some(Height::new(height + 1));
        let mut next = height;
        while next >= first {
            let page = query.blocks(before, PAGE).map_err(failed)?;
            if page.is_empty() {
                return Err(format!("no row of block {next}"));
            }
            for row in page.iter().take_while(|row| row.height.get() >= first) {
                if row.height.get() != next || !of(row.height).is_some_and(|block| is_row_of(row, block)) {
                    return Err(format!("block {next} is {row:?}"));
                }
                next -= 1;
            }
            before = page.last().map(|row| row.height);
        }
        self.check_transactions(query, &blocks, first)?;
        for from in (first..=height).step_by(usize::try_from(LOG_BLOCKS).unwrap_or(1)) {
            let to = (from + LOG_BLOCKS - 1).min(height);
            let filter = LogFilter {
                from: Height::new(from),
                to: Height::new(to),
                addresses: Vec::new(),
                topics: Vec::new(),
            };
            let rows = query.logs(&filter, 10_000).map_err(failed)?;
            let mut rows = rows.iter();
            for block in (from..=to).filter_map(|height| of(Height::new(height))) {
                let receipts = block.receipts.iter().enumerate();
                let logs =
                    receipts.flat_map(|(index, receipt)| receipt.logs.iter().map(move |log| (index, log)));
                for (place, (index, log)) in logs.enumerate() {
                    let want = log_row(block, index, place, log);
                    let row = rows.next();
                    if row != want.as_ref() {
                        return Err(format!("a log is {row:?}, want {want:?}"));
                    }
                }
            }
            if let Some(more) = rows.next() {
                return Err(format!("a log that no receipt has: {more:?}"));
            }
        }
        Ok(())
    }

    fn check_transactions(
        &self,
        query: &Query,
        blocks: &[Arc<FinalizedBlock>],
        first: u64,
    ) -> Result<(), String> {
        let counts = blocks.iter().map(|block| block.transactions.len() as u64);
        let mut next: u64 = counts.sum();
        let mut before = Some(next);
        let mut page = Vec::<TransactionRow>::new();
        let wanted = blocks.iter().rev().take_while(|block| block.header.height.get() >= first);
        for block in wanted {
            for (index, transaction) in block.transactions.iter().enumerate().rev() {
                if page.is_empty() {
                    page = query.transactions(before, PAGE).map_err(|error| error.to_string())?;
                    before = page.last().map(|row| row.ordinal);
                    page.reverse();
                }
                next -= 1;
                let row = page.pop();
                let receipt = block.receipts.get(index);
                let want = receipt.map(|receipt| TransactionRow {
                    ordinal: next,
                    height: block.header.height,
                    index,
                    hash: transaction.hash(),
                    timestamp_ms: block.header.timestamp_ms,
                    sender: transaction.sender(),
                    recipient: transaction.to().to().copied(),
                    created: receipt.created,
                    selector: transaction
                        .to()
                        .to()
                        .and_then(|_| transaction.input().get(..4)?.try_into().ok()),
                    success: receipt.success,
                    gas_used: receipt.gas_used,
                });
                if row != want {
                    return Err(format!("a transaction is {row:?}, want {want:?}"));
                }
            }
        }
        Ok(())
    }
}

fn is_row_of(row: &BlockRow, block: &FinalizedBlock) -> bool {
    let header = &block.header;
    let logs: usize = block.receipts.iter().map(|receipt| receipt.logs.len()).sum();
    *row == BlockRow {
        height: header.height,
        hash: header.hash(),
        timestamp_ms: header.timestamp_ms,
        leader: header.leader,
        gas_used: header.gas_used,
        size: block.size as u64,
        transactions: block.transactions.len() as u64,
        logs: logs as u64,
    }
}

fn log_row(block: &FinalizedBlock, transaction: usize, place: usize, log: &Log) -> Option<LogRow> {
    Some(LogRow {
        address: log.address,
        topics: log.topics.clone(),
        data: log.data.clone(),
        height: block.header.height,
        block_hash: block.header.hash(),
        timestamp_ms: block.header.timestamp_ms,
        transaction_hash: block.transactions.get(transaction)?.hash(),
        transaction_index: transaction,
        log_index: place,
    })
}
