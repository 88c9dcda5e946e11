//! Fees: there are none. Gas meters work, nobody pays, and every answer says the same.

use crate::{
    Rpc,
    error::RpcError,
    json::Hex,
    params::{Block, Params, Quantity},
};
use ding_chain::reader::BlockId;
use ding_primitives::{Height, limits};
use serde::Serialize;

pub(crate) async fn gas_price(_: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    params.none()?;
    Ok(Hex(0))
}

pub(crate) async fn priority_fee(_: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    params.none()?;
    Ok(Hex(0))
}

/// `eth_feeHistory`: how full blocks were, at no price.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    oldest_block: Hex,
    /// One more than there are blocks: the last is the next block's.
    base_fee_per_gas: Vec<Hex>,
    gas_used_ratio: Vec<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reward: Option<Vec<Vec<Hex>>>,
}

/// Percentiles of one question, as other nodes limit them.
const PERCENTILES_MAX: usize = 100;

pub(crate) async fn history(rpc: &Rpc, mut params: Params<'_>) -> Result<History, RpcError> {
    let Quantity(count) = params.need("number of blocks")?;
    let newest: Block = params.need("newest block")?;
    let percentiles: Vec<f64> = params.maybe("reward percentiles")?.unwrap_or_default();
    params.end()?;
    let ordered = percentiles.iter().zip(percentiles.iter().skip(1)).all(|(a, b)| a <= b);
    if percentiles.len() > PERCENTILES_MAX
        || !ordered
        || percentiles.iter().any(|p| !(0.0..=100.0).contains(p))
    {
        return Err(RpcError::params(format!(
            "invalid reward percentiles: want at most {PERCENTILES_MAX} ascending numbers from 0 to 100"
        )));
    }
    let latest = rpc.reader().head().header.height;
    let newest = super::block::find(rpc, newest)
        .await?
        .ok_or_else(|| RpcError::unknown_block("the newest block asked for", latest))?;
    let last = newest.header.height.get();
    let count = count.min(limits::RPC_FEE_HISTORY_MAX).min(last + 1);
    let first = last + 1 - count;
    let mut oldest = first;
    let mut gas_used_ratio = Vec::new();
    for number in first..=last {
        match rpc.reader().block(BlockId::Height(Height::new(number))).await? {
            #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
            Some(block) => {
                gas_used_ratio.push(block.header.gas_used as f64 / block.header.gas_limit.max(1) as f64);
            }
            // Older than this member keeps: the answer begins later.
            None => {
                gas_used_ratio.clear();
                oldest = number + 1;
            }
        }
        crate::dispatch::yield_now().await;
    }
    let blocks = gas_used_ratio.len();
    Ok(History {
        oldest_block: Hex(if blocks == 0 { last } else { oldest }),
        base_fee_per_gas: vec![Hex(0); blocks + 1],
        gas_used_ratio,
        reward: (!percentiles.is_empty()).then(|| vec![vec![Hex(0); percentiles.len()]; blocks]),
    })
}
