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
use alloy_primitives::map::B256Map;
use alloy_rpc_types_eth::{TransactionRequest, state::StateOverride};
use ding_execution::simulate::{AccountOverride, CallResult, Estimate, Overrides, Request};
use ding_primitives::{B256, Bytes, U256, codes, limits};
use serde::{Serialize, de::IgnoredAny};
use std::collections::BTreeMap;
use tokio::sync::SemaphorePermit;

/// Reads `[transaction, block?, state overrides?, block overrides?]`.
async fn parse(rpc: &Rpc, mut params: Params<'_>) -> Result<(Request, Overrides, StateAt), RpcError> {
    let transaction: TransactionRequest = params.need("transaction")?;
    let block: Option<Block> = params.maybe("block")?;
    let state: Option<StateOverride> = params.maybe("state overrides")?;
    let of_block: Option<BTreeMap<String, IgnoredAny>> = params.maybe("block overrides")?;
    if of_block.is_some_and(|overrides| !overrides.is_empty()) {
        return Err(RpcError::new(
            codes::METHOD_NOT_SUPPORTED,
            "block overrides are not offered; leave the fourth parameter out",
        ));
    }
    params.end()?;
    let overrides = overrides(state.unwrap_or_default())?;
    Ok((request(rpc, transaction)?, overrides, StateAt::of(rpc, block).await?))
}

/// The size of a request bounds how much can be overridden.
fn overrides(state: StateOverride) -> Result<Overrides, RpcError> {
    let mut accounts = BTreeMap::new();
    for (address, account) in state {
        if account.move_precompile_to.is_some() {
            return Err(RpcError::params(format!(
                "state overrides of {address}: movePrecompileTo is not offered"
            )));
        }
        if account.state.is_some() && account.state_diff.is_some() {
            return Err(RpcError::params(format!(
                "state overrides of {address}: give `state` or `stateDiff`, not both"
            )));
        }
        let words = |slots: B256Map<B256>| -> BTreeMap<U256, U256> {
            slots.into_iter().map(|(slot, value)| (slot.into(), value.into())).collect()
        };
        accounts.insert(
            address,
            AccountOverride {
                balance: account.balance,
                nonce: account.nonce,
                code: account.code,
                slots: account.state.map(words),
                slot_changes: account.state_diff.map(words).unwrap_or_default(),
            },
        );
    }
    Ok(Overrides { accounts })
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
    let (request, overrides, at) = parse(rpc, params).await?;
    let _turn = turn(rpc).await?;
    match at.accept(rpc.reader().call(request, overrides).await?)? {
        CallResult::Returned { output, .. } => Ok(output),
        other => Err(failed(other)),
    }
}

pub(crate) async fn estimate(rpc: &Rpc, params: Params<'_>) -> Result<Hex, RpcError> {
    let (request, overrides, at) = parse(rpc, params).await?;
    let allowance = request.gas.unwrap_or(limits::TRANSACTION_GAS_MAX).min(limits::TRANSACTION_GAS_MAX);
    let _turn = turn(rpc).await?;
    match at.accept(rpc.reader().estimate(request, overrides).await?)? {
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
    let (request, overrides, at) = parse(rpc, params).await?;
    let _turn = turn(rpc).await?;
    let found = at.accept(rpc.reader().access_list(request, overrides).await?)?;
    let gas_used = Hex(found.result.gas_used());
    let error = (!found.result.is_returned()).then(|| failed(found.result).message.into_owned());
    Ok(Touched { access_list: found.access_list, gas_used, error })
}
