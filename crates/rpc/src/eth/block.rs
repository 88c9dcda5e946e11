//! Blocks. Every block served is final.

use crate::{
    Rpc,
    error::RpcError,
    json::{BlockJson, Hex, TransactionJson},
    params::{Block, Params, Quantity},
};
use alloy_eips::{BlockId, BlockNumberOrTag};
use ding_chain::reader;
use ding_primitives::{B256, Height, ports::FinalizedBlock};
use std::sync::Arc;

/// The block that is named, or `None` if it is not known. There is no pending block: `pending` is
/// the latest final one, and what waits is in `txpool_content`.
pub(crate) async fn find(rpc: &Rpc, Block(id): Block) -> Result<Option<Arc<FinalizedBlock>>, RpcError> {
    let id = match id {
        BlockId::Hash(hash) => reader::BlockId::Hash(hash.block_hash),
        BlockId::Number(BlockNumberOrTag::Number(number)) => reader::BlockId::Height(Height::new(number)),
        BlockId::Number(BlockNumberOrTag::Earliest) => reader::BlockId::Height(Height::GENESIS),
        BlockId::Number(_) => return Ok(Some(rpc.reader().head())),
    };
    rpc.block(id).await
}

async fn find_hash(rpc: &Rpc, hash: B256) -> Result<Option<Arc<FinalizedBlock>>, RpcError> {
    rpc.block(reader::BlockId::Hash(hash)).await
}

pub(crate) async fn number(rpc: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    params.none()?;
    Ok(rpc.reader().head().header.height.into())
}

fn shape(rpc: &Rpc, block: Option<Arc<FinalizedBlock>>, whole: bool) -> Option<BlockJson> {
    block.map(|block| {
        let bloom = rpc.bloom(&block);
        BlockJson::new(block, bloom, whole)
    })
}

pub(crate) async fn by_number(rpc: &Rpc, mut params: Params<'_>) -> Result<Option<BlockJson>, RpcError> {
    let block = params.need("block")?;
    let whole = params.maybe("whole transactions")?.unwrap_or(false);
    params.end()?;
    Ok(shape(rpc, find(rpc, block).await?, whole))
}

pub(crate) async fn by_hash(rpc: &Rpc, mut params: Params<'_>) -> Result<Option<BlockJson>, RpcError> {
    let hash = params.need("block hash")?;
    let whole = params.maybe("whole transactions")?.unwrap_or(false);
    params.end()?;
    Ok(shape(rpc, find_hash(rpc, hash).await?, whole))
}

fn count(block: Option<Arc<FinalizedBlock>>) -> Option<Hex> {
    block.map(|block| block.transactions.len().into())
}

pub(crate) async fn count_by_number(rpc: &Rpc, params: Params<'_>) -> Result<Option<Hex>, RpcError> {
    Ok(count(find(rpc, params.one("block")?).await?))
}

pub(crate) async fn count_by_hash(rpc: &Rpc, params: Params<'_>) -> Result<Option<Hex>, RpcError> {
    Ok(count(find_hash(rpc, params.one("block hash")?).await?))
}

fn pick(block: Option<Arc<FinalizedBlock>>, Quantity(index): Quantity) -> Option<TransactionJson> {
    let (block, index) = (block?, usize::try_from(index).ok()?);
    let transaction = block.transactions.get(index)?;
    Some(TransactionJson::final_in(&block.header, transaction, index))
}

pub(crate) async fn transaction_by_number(
    rpc: &Rpc,
    mut params: Params<'_>,
) -> Result<Option<TransactionJson>, RpcError> {
    let (block, index) = (params.need("block")?, params.need("index")?);
    params.end()?;
    Ok(pick(find(rpc, block).await?, index))
}

pub(crate) async fn transaction_by_hash(
    rpc: &Rpc,
    mut params: Params<'_>,
) -> Result<Option<TransactionJson>, RpcError> {
    let (hash, index) = (params.need("block hash")?, params.need("index")?);
    params.end()?;
    Ok(pick(find_hash(rpc, hash).await?, index))
}

pub(crate) async fn uncles_by_number(rpc: &Rpc, params: Params<'_>) -> Result<Option<Hex>, RpcError> {
    Ok(find(rpc, params.one("block")?).await?.map(|_| Hex(0)))
}

pub(crate) async fn uncles_by_hash(rpc: &Rpc, params: Params<'_>) -> Result<Option<Hex>, RpcError> {
    Ok(find_hash(rpc, params.one("block hash")?).await?.map(|_| Hex(0)))
}

pub(crate) async fn uncle_by_number(_: &Rpc, mut params: Params<'_>) -> Result<(), RpcError> {
    let (Block(_), Quantity(_)) = (params.need("block")?, params.need("index")?);
    params.end()
}

pub(crate) async fn uncle_by_hash(_: &Rpc, mut params: Params<'_>) -> Result<(), RpcError> {
    let (_, Quantity(_)) = (params.need::<B256>("block hash")?, params.need("index")?);
    params.end()
}
