//! Calls that change nothing, run on the state after the latest final block.
//!
//! `pending` is that state too: what waits in the pool has not run. A limited number of calls runs
//! at once; further ones wait their turn.

use crate::{
    Rpc,
    error::RpcError,
    eth::read::StateAt,
    json::Hex,
    params::{Block, Params},
};
use alloy_eips::eip2930::AccessList;
use alloy_rpc_types_eth::TransactionRequest;
use ding_execution::simulate::{CallResult, Estimate, Request};
use ding_primitives::{Bytes, codes, limits};
use serde::{Serialize, de::IgnoredAny};
use std::collections::BTreeMap;
use tokio::sync::SemaphorePermit;

/// Reads `[transaction, block?, state overrides?, block overrides?]`.
async fn parse(rpc: &Rpc, mut params: Params<'_>) -> Result<(Request, StateAt), RpcError> {
    let transaction: TransactionRequest = params.need("transaction")?;
    let block: Option<Block> = params.maybe("block")?;
    for name in ["state overrides", "block overrides"] {
        let overrides: Option<BTreeMap<String, IgnoredAny>> = params.maybe(name)?;
        if overrides.is_some_and(|overrides| !overrides.is_empty()) {
            return Err(RpcError::new(
                codes::METHOD_NOT_SUPPORTED,
                format!(
                    "{name} are not offered; deploy to a development chain (`ding dev`) to try other states"
                ),
            ));
        }
    }
    params.end()?;
    Ok((request(rpc, transaction)?, StateAt::of(rpc, block).await?))
}

fn request(rpc: &Rpc, transaction: TransactionRequest) -> Result<Request, RpcError> {
    let want = rpc.reader().spec().chain_id;
    if let Some(got) = transaction.chain_id.filter(|got| *got != want) {
        return Err(RpcError::params(format!("chainId does not match node's (have={got}, want={want})")));
    }
    if transaction.blob_versioned_hashes.is_some_and(|hashes| !hashes.is_empty())
        || transaction.authorization_list.is_some_and(|list| !list.is_empty())
    {
        return Err(RpcError::params(
            "transaction type not valid in this context: use legacy, EIP-2930 or EIP-1559, without blobs or authorizations",
        ));
    }
    let input = transaction
        .input
        .try_into_unique_input()
        .map_err(|_| RpcError::params("`input` and `data` differ; send only `input`"))?
        .unwrap_or_default();
    let slots: usize =
        transaction.access_list.iter().flat_map(|list| &list.0).map(|item| item.storage_keys.len()).sum();
    if input.len() > limits::TRANSACTION_BYTES_MAX || slots > limits::TRANSACTION_BYTES_MAX / 32 {
        return Err(RpcError::params(format!(
            "call data of {} bytes and {slots} listed slots fit no transaction of at most {} bytes",
            input.len(),
            limits::TRANSACTION_BYTES_MAX
        )));
    }
    Ok(Request {
        from: transaction.from,
        to: transaction.to.and_then(|to| to.to().copied()),
        value: transaction.value.unwrap_or_default(),
        input,
        gas: transaction.gas,
        nonce: transaction.nonce,
        access_list: transaction.access_list.unwrap_or_default(),
    })
}

async fn turn(rpc: &Rpc) -> Result<SemaphorePermit<'_>, RpcError> {
    rpc.simulations().acquire().await.map_err(|error| RpcError::internal("waiting for a turn", error))
}

fn failed(result: CallResult) -> RpcError {
    match result {
        CallResult::Reverted { output, .. } => RpcError::reverted(output),
        CallResult::Halted { reason, .. } => RpcError::new(codes::INVALID_INPUT, reason),
        CallResult::Returned { .. } => RpcError::internal("running the call", "it returned and yet failed"),
    }
}

pub(crate) async fn call(rpc: &Rpc, params: Params<'_>) -> Result<Bytes, RpcError> {
    let (request, at) = parse(rpc, params).await?;
    let _turn = turn(rpc).await?;
    match at.accept(rpc.reader().call(request).await?)? {
        CallResult::Returned { output, .. } => Ok(output),
        other => Err(failed(other)),
    }
}

pub(crate) async fn estimate(rpc: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    let (request, at) = parse(rpc, params).await?;
    let allowance = request.gas.unwrap_or(limits::TRANSACTION_GAS_MAX).min(limits::TRANSACTION_GAS_MAX);
    let _turn = turn(rpc).await?;
    match at.accept(rpc.reader().estimate(request).await?)? {
        Estimate::Gas(gas) => Ok(Hex(gas)),
        // The text by which libraries know that more gas would help.
        Estimate::Fails(CallResult::Halted { reason, .. }) if reason == "out of gas" => {
            Err(RpcError::new(codes::INVALID_INPUT, format!("gas required exceeds allowance ({allowance})")))
        }
        Estimate::Fails(result) => Err(failed(result)),
    }
}

/// `eth_createAccessList`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Touched {
    access_list: AccessList,
    gas_used: Hex,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(crate) async fn access_list(rpc: &Rpc, params: Params<'_>) -> Result<Touched, RpcError> {
    let (request, at) = parse(rpc, params).await?;
    let _turn = turn(rpc).await?;
    let found = at.accept(rpc.reader().access_list(request).await?)?;
    let gas_used = Hex(found.result.gas_used());
    let error = (!found.result.is_returned()).then(|| failed(found.result).message.into_owned());
    Ok(Touched { access_list: found.access_list, gas_used, error })
}
