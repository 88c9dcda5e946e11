//! The state of accounts after the latest final block.
//!
//! Only that state is kept. A question about another block is refused, never answered with the
//! wrong block's value.

use crate::{
    Rpc,
    error::RpcError,
    json::Hex,
    params::{Block, Params, Slot},
};
use alloy_eips::{BlockId, BlockNumberOrTag};
use ding_chain::reader::{self, At};
use ding_primitives::{Address, B256, Bytes, Height, U256};

/// Which state a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateAt {
    /// After the latest final block, whichever that is.
    Latest,
    /// The same, and what waits in the pool.
    Pending,
    /// After this block.
    Exactly(Height),
}

impl StateAt {
    /// Finds out which state is asked for, and refuses early what is not kept.
    pub(crate) async fn of(rpc: &Rpc, block: Option<Block>) -> Result<Self, RpcError> {
        let height = match block.unwrap_or(Block::LATEST).0 {
            BlockId::Number(BlockNumberOrTag::Pending) => return Ok(Self::Pending),
            BlockId::Number(BlockNumberOrTag::Earliest) => Height::GENESIS,
            BlockId::Number(BlockNumberOrTag::Number(number)) => Height::new(number),
            BlockId::Number(_) => return Ok(Self::Latest),
            BlockId::Hash(hash) => {
                let hash = hash.block_hash;
                let latest = rpc.reader().head().header.height;
                let block = rpc.block(reader::BlockId::Hash(hash)).await?;
                block.ok_or_else(|| RpcError::unknown_block(&format!("block {hash}"), latest))?.header.height
            }
        };
        let latest = rpc.reader().head().header.height;
        if height != latest {
            return Err(RpcError::state_not_kept(height, latest));
        }
        Ok(Self::Exactly(height))
    }

    /// Takes the value if it was read where it was asked for.
    pub(crate) fn accept<T>(self, at: At<T>) -> Result<T, RpcError> {
        match self {
            Self::Exactly(asked) if asked != at.height => Err(RpcError::state_not_kept(asked, at.height)),
            _ => Ok(at.value),
        }
    }
}

pub(crate) async fn balance(rpc: &Rpc, mut params: Params<'_>) -> Result<U256, RpcError> {
    let address: Address = params.need("address")?;
    let at = StateAt::of(rpc, params.maybe("block")?).await?;
    params.end()?;
    let account = at.accept(rpc.reader().account(address).await?)?;
    Ok(account.unwrap_or_default().balance)
}

pub(crate) async fn code(rpc: &Rpc, mut params: Params<'_>) -> Result<Bytes, RpcError> {
    let address: Address = params.need("address")?;
    let at = StateAt::of(rpc, params.maybe("block")?).await?;
    params.end()?;
    at.accept(rpc.reader().code(address).await?)
}

pub(crate) async fn storage(rpc: &Rpc, mut params: Params<'_>) -> Result<B256, RpcError> {
    let address: Address = params.need("address")?;
    let Slot(slot) = params.need("slot")?;
    let at = StateAt::of(rpc, params.maybe("block")?).await?;
    params.end()?;
    Ok(at.accept(rpc.reader().slot(address, slot).await?)?.into())
}

pub(crate) async fn transaction_count(rpc: &Rpc, mut params: Params<'_>) -> Result<Hex, RpcError> {
    let address: Address = params.need("address")?;
    let at = StateAt::of(rpc, params.maybe("block")?).await?;
    params.end()?;
    // The pool is asked first: a transaction that leaves it in between is in the account already.
    let waiting = if at == StateAt::Pending { rpc.pool().next_nonce(address) } else { None };
    let account = at.accept(rpc.reader().account(address).await?)?;
    Ok(Hex(account.unwrap_or_default().nonce.max(waiting.unwrap_or_default())))
}
