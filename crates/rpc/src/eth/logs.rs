//! Logs of final blocks.
//!
//! The read model answers for the blocks it has rows of; the few newest ones that it has not yet,
//! and short recent ranges, are read block by block. So an answer is always complete up to the
//! block asked for.

use crate::{
    Rpc,
    dispatch::yield_now,
    error::RpcError,
    eth::criteria::{Blocks, Criteria},
    json::{Hex, LogJson, log_json},
    params::Params,
};
use ding_chain::reader::BlockId;
use ding_primitives::{Address, B256, Bytes, Height, Log, codes, limits, ports::FinalizedBlock};
use ding_readmodel::LogRow;
use serde::{Serialize, Serializer};

/// A range as short as this, and as recent, is read from memory rather than by SQL.
const SHORT: u64 = 16;

/// A log that was asked for. Owns its bytes only by reference count.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
    height: Height,
    block_hash: B256,
    timestamp_s: u64,
    transaction_hash: B256,
    transaction_index: u64,
    log_index: u64,
}

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        LogJson {
            address: self.address,
            topics: &self.topics,
            data: &self.data,
            block_number: self.height.into(),
            block_hash: self.block_hash,
            block_timestamp: Hex(self.timestamp_s),
            transaction_hash: self.transaction_hash,
            transaction_index: Hex(self.transaction_index),
            log_index: Hex(self.log_index),
            removed: false,
        }
        .serialize(serializer)
    }
}

/// The matching logs of one block, with their numbers in it.
pub(crate) fn of_block<'f, 'b>(
    filter: &'f Criteria,
    block: &'b FinalizedBlock,
) -> impl Iterator<Item = (usize, usize, &'b Log)> + use<'f, 'b> {
    let all = block.receipts.iter().enumerate();
    let logs = all.flat_map(|(transaction, receipt)| receipt.logs.iter().map(move |log| (transaction, log)));
    logs.enumerate()
        .filter(|(_, (_, log))| filter.matches(log))
        .map(|(number, (transaction, log))| (transaction, number, log))
}

pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Vec<Found>, RpcError> {
    let filter: Criteria = params.one("filter")?;
    select_all(rpc, &filter.check()?).await
}

/// The logs a filter asks for, in the blocks it names.
pub(crate) async fn select_all(rpc: &Rpc, filter: &Criteria) -> Result<Vec<Found>, RpcError> {
    let latest = rpc.reader().head().header.height;
    if let Blocks::Exactly(hash) = filter.blocks {
        let block = rpc.block(BlockId::Hash(hash)).await?;
        let block = block.ok_or_else(|| RpcError::unknown_block(&format!("block {hash}"), latest))?;
        let mut answer = Answer::default();
        answer.scan(filter, &block)?;
        return Ok(answer.logs);
    }
    match filter.range(latest)? {
        Some((from, to)) => select(rpc, filter, from, to).await,
        None => Ok(Vec::new()),
    }
}

/// The logs a filter asks for in the final blocks `from` to `to`.
pub(crate) async fn select(rpc: &Rpc, filter: &Criteria, from: u64, to: u64) -> Result<Vec<Found>, RpcError> {
    let mut answer = Answer::default();
    let latest = rpc.reader().head().header.height.get();
    let in_memory = to - from < SHORT && latest - from.min(latest) < limits::RECENT_BLOCKS_MAX as u64 / 2;
    let mut next = from;
    if !in_memory {
        let rows_to = rpc.query().map(|query| query.height().get());
        if let Some(rows_to) = rows_to.filter(|rows_to| *rows_to >= from) {
            let last = rows_to.min(to);
            let question = filter.question(from, last);
            let rows = rpc.ask(move |query| query.logs(&question, limits::RPC_LOGS_MAX)).await?;
            for row in rows.unwrap_or_default() {
                answer.push(row.into())?;
            }
            next = last + 1;
        }
    }
    let left = (to + 1).saturating_sub(next);
    if left > limits::RPC_LOG_BLOCKS_MAX {
        return Err(too_far(rpc, left));
    }
    for number in next..=to {
        let block = rpc.reader().block(BlockId::Height(Height::new(number))).await?;
        let block = block.ok_or_else(|| {
            RpcError::new(
                codes::RESOURCE_NOT_FOUND,
                format!("block {number} is not kept here; ask for later blocks or another member"),
            )
        })?;
        answer.scan(filter, &block)?;
        yield_now().await;
    }
    Ok(answer.logs)
}

fn too_far(rpc: &Rpc, blocks: u64) -> RpcError {
    let max = limits::RPC_LOG_BLOCKS_MAX;
    if rpc.query().is_none() {
        return RpcError::new(
            codes::LIMIT_EXCEEDED,
            format!(
                "this member runs without a read model and looks through at most {max} blocks at once, not {blocks}; ask for fewer"
            ),
        );
    }
    RpcError::new(
        codes::RESOURCE_UNAVAILABLE,
        format!(
            "the read model is {blocks} blocks behind the range asked for and catches up; try again later, or ask for at most {max} of the newest blocks"
        ),
    )
}

/// Logs gathered so far, bounded by number and bytes.
#[derive(Default)]
struct Answer {
    logs: Vec<Found>,
    bytes: usize,
}

impl Answer {
    fn push(&mut self, log: Found) -> Result<(), RpcError> {
        if self.logs.len() >= limits::RPC_LOGS_MAX {
            return Err(RpcError::new(
                codes::LIMIT_EXCEEDED,
                format!(
                    "query returned more than {} results; ask for fewer blocks, addresses or topics at once",
                    limits::RPC_LOGS_MAX
                ),
            ));
        }
        // Two digits a byte in the answer.
        self.bytes = self.bytes.saturating_add(log.data.len().saturating_mul(2));
        if self.bytes > limits::RPC_RESPONSE_BYTES_MAX {
            return Err(RpcError::answer_too_large());
        }
        self.logs.push(log);
        Ok(())
    }

    fn scan(&mut self, filter: &Criteria, block: &FinalizedBlock) -> Result<(), RpcError> {
        for (transaction, number, log) in of_block(filter, block) {
            self.push(Found::in_block(block, transaction, number, log))?;
        }
        Ok(())
    }
}

impl Found {
    fn in_block(block: &FinalizedBlock, transaction: usize, number: usize, log: &Log) -> Self {
        let json = log_json(block, transaction, number, log);
        Self {
            address: log.address,
            topics: log.topics.clone(),
            data: log.data.clone(),
            height: block.header.height,
            block_hash: json.block_hash,
            timestamp_s: block.header.timestamp_s(),
            transaction_hash: json.transaction_hash,
            transaction_index: transaction as u64,
            log_index: number as u64,
        }
    }
}

impl From<LogRow> for Found {
    fn from(row: LogRow) -> Self {
        Self {
            address: row.address,
            topics: row.topics,
            data: row.data,
            height: row.height,
            block_hash: row.block_hash,
            timestamp_s: row.timestamp_ms / 1000,
            transaction_hash: row.transaction_hash,
            transaction_index: row.transaction_index as u64,
            log_index: row.log_index as u64,
        }
    }
}
