//! What became of a transaction. A receipt exists only once its block is final.
//!
//! Recent blocks answer from memory; older ones are found by the read model.

use crate::{
    Rpc,
    error::RpcError,
    json::{Hex, ReceiptJson, TransactionJson},
    params::{Block, Params},
};
use ding_chain::reader::BlockId;
use ding_primitives::{
    B256, Bytes, Height, Recovered, codes, limits,
    planted::{self, Planted},
    ports::FinalizedBlock,
};
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// A transaction in its final block.
pub(crate) struct Found {
    pub(crate) block: Arc<FinalizedBlock>,
    pub(crate) index: usize,
}

impl Found {
    fn transaction(&self) -> Option<&Arc<Recovered>> {
        self.block.transactions.get(self.index)
    }
}

/// The final block of a transaction, if it has one.
pub(crate) async fn find(rpc: &Rpc, hash: B256) -> Result<Option<Found>, RpcError> {
    if let Some(place) = rpc.reader().transaction(&hash) {
        return load(rpc, hash, place).await;
    }
    let rows_to = rpc.query().map(|query| query.height());
    if let Some(place) = rpc.ask(move |query| query.transaction(&hash)).await?.flatten() {
        return load(rpc, hash, place).await;
    }
    match rows_to {
        Some(rows_to) => search(rpc, hash, rows_to).await,
        None => Ok(None),
    }
}

/// Looks through blocks that are neither in memory nor in rows yet: after a start the read model
/// may be behind, and what was final stays final.
async fn search(rpc: &Rpc, hash: B256, rows_to: Height) -> Result<Option<Found>, RpcError> {
    let recent = rpc.reader().recent_from().get();
    let missing = recent.saturating_sub(rows_to.get() + 1);
    if missing > limits::RPC_SEARCH_BLOCKS_MAX {
        return Err(RpcError::new(
            codes::RESOURCE_UNAVAILABLE,
            format!(
                "{hash} is not known yet: the read model is {missing} blocks behind and catches up; try again later"
            ),
        ));
    }
    for height in (rows_to.get() + 1..recent).rev() {
        let Some(block) = rpc.reader().block(BlockId::Height(Height::new(height))).await? else { continue };
        if let Some(index) = block.transactions.iter().position(|transaction| transaction.hash() == hash) {
            return Ok(Some(Found { block, index }));
        }
    }
    Ok(None)
}

async fn load(rpc: &Rpc, hash: B256, (height, index): (Height, usize)) -> Result<Option<Found>, RpcError> {
    let Some(block) = rpc.reader().block(BlockId::Height(height)).await? else { return Ok(None) };
    let beside = planted::is(Planted::ReceiptBeside) && block.transactions.len() > 1;
    if beside {
        let index = if index == 0 { 1 } else { index - 1 };
        return Ok(Some(Found { block, index }));
    }
    let found = Found { block, index };
    let stands = found.transaction().is_some_and(|transaction| transaction.hash() == hash);
    Ok(stands.then_some(found))
}

/// A transaction in its block or in the pool.
enum Anywhere {
    Final(Found),
    Waiting(Arc<Recovered>),
}

async fn find_anywhere(rpc: &Rpc, hash: B256) -> Result<Option<Anywhere>, RpcError> {
    if let Some(place) = rpc.reader().transaction(&hash) {
        return Ok(load(rpc, hash, place).await?.map(Anywhere::Final));
    }
    if let Some(waiting) = rpc.pool().find(&hash) {
        return Ok(Some(Anywhere::Waiting(waiting)));
    }
    // It may have become final between the two looks; `find` looks once more.
    Ok(find(rpc, hash).await?.map(Anywhere::Final))
}

pub(crate) async fn transaction(rpc: &Rpc, params: Params<'_>) -> Result<Option<TransactionJson>, RpcError> {
    let hash = params.one("transaction hash")?;
    Ok(match find_anywhere(rpc, hash).await? {
        Some(Anywhere::Final(found)) => found
            .transaction()
            .map(|transaction| TransactionJson::final_in(&found.block.header, transaction, found.index)),
        Some(Anywhere::Waiting(transaction)) => Some(TransactionJson::waiting(transaction)),
        None => None,
    })
}

pub(crate) async fn raw_transaction(rpc: &Rpc, params: Params<'_>) -> Result<Option<Bytes>, RpcError> {
    let hash = params.one("transaction hash")?;
    Ok(match find_anywhere(rpc, hash).await? {
        Some(Anywhere::Final(found)) => {
            found.transaction().map(|transaction| transaction.transaction().raw().clone())
        }
        Some(Anywhere::Waiting(transaction)) => Some(transaction.transaction().raw().clone()),
        None => None,
    })
}

pub(crate) async fn receipt(rpc: &Rpc, params: Params<'_>) -> Result<Option<ReceiptJson>, RpcError> {
    let hash = params.one("transaction hash")?;
    Ok(find(rpc, hash).await?.and_then(|found| ReceiptJson::new(found.block, found.index)))
}

/// All receipts of one block.
pub(crate) struct BlockReceipts(Arc<FinalizedBlock>);

impl Serialize for BlockReceipts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ReceiptJson::all(&self.0))
    }
}

pub(crate) async fn of_block(rpc: &Rpc, params: Params<'_>) -> Result<Option<BlockReceipts>, RpcError> {
    let block: Block = params.one("block")?;
    Ok(super::block::find(rpc, block).await?.map(BlockReceipts))
}

/// Where a transaction is on its way, for people who wait for one.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Status {
    /// In a final block.
    Final { block_number: Hex, block_hash: B256, transaction_index: Hex, success: bool },
    /// In the pool.
    Waiting { nonce: Hex, account_nonce: Hex },
    /// It left the pool without a block.
    Dropped { reason: String },
    /// Never seen, or long ago.
    Unknown,
}

pub(crate) async fn status(rpc: &Rpc, params: Params<'_>) -> Result<Status, RpcError> {
    let hash: B256 = params.one("transaction hash")?;
    Ok(match find_anywhere(rpc, hash).await? {
        Some(Anywhere::Final(Found { block, index })) => Status::Final {
            block_number: block.header.height.into(),
            block_hash: block.header.hash(),
            transaction_index: index.into(),
            success: block.receipts.get(index).is_some_and(|receipt| receipt.success),
        },
        Some(Anywhere::Waiting(transaction)) => Status::Waiting {
            nonce: Hex(transaction.nonce()),
            account_nonce: Hex(rpc.sender_account(transaction.sender()).await?.nonce),
        },
        None => match rpc.pool().fate(&hash) {
            Some(fate) => Status::Dropped { reason: fate.to_string() },
            None => Status::Unknown,
        },
    })
}
