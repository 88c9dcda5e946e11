//! The table of methods, and the way of one request through it.
//!
//! [`Rpc::handle`] is the whole service as one function from bytes to bytes: HTTP, WebSocket and
//! the simulator call it alike. It needs no runtime of its own; where a door can spread work over
//! threads it says so in its [`Caller`].

use crate::{
    Rpc,
    budget::{Budget, Buffer, Full},
    ding::{
        certificate, chain, proof,
        supervised::{consortium, filings, orders, pilots, queue, search},
    },
    error::RpcError,
    eth::{block, call, fee, filter, logs, read, receipt, submit, subscribe},
    params::Params,
    parse::{self, Body, Incoming},
};
use ding_primitives::{codes, limits, ports::Pending};
use serde::Serialize;
use std::{future::poll_fn, sync::Arc, task::Poll};

/// Runs a piece of work beside the caller, usually on another thread.
pub type Spread = fn(Pending<'static, ()>);

/// What a door knows of whoever asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller<'a> {
    /// The connection's subscriptions, where there is a connection to notify.
    pub subscriptions: Option<&'a subscribe::Subscriptions>,
    /// The budget that answers come from.
    pub budget: Option<&'a Arc<Budget>>,
    /// How to spread work over threads.
    pub spread: Option<Spread>,
}

/// Calls of a batch that are answered before other work gets a turn.
const TURN: usize = 16;

macro_rules! methods {
    ($($name:literal => $handler:path),* $(,)?) => {
        /// Every method served over HTTP and WebSocket.
        pub const METHODS: &[&str] = &[$($name),*];

        async fn route(rpc: &Rpc, name: &str, params: Params<'_>, out: &mut Buffer) -> Result<(), RpcError> {
            match name {
                $($name => write(out, &$handler(rpc, params).await?),)*
                _ => Err(unknown(name)),
            }
        }
    };
}

methods! {
    "web3_clientVersion" => chain::client_version,
    "web3_sha3" => chain::sha3,
    "net_version" => chain::network_version,
    "net_listening" => chain::listening,
    "net_peerCount" => chain::peer_count,
    "rpc_modules" => chain::modules,
    "eth_chainId" => chain::chain_id,
    "eth_syncing" => chain::syncing,
    "eth_accounts" => chain::accounts,
    "eth_mining" => chain::mining,
    "eth_blockNumber" => block::number,
    "eth_gasPrice" => fee::gas_price,
    "eth_maxPriorityFeePerGas" => fee::priority_fee,
    "eth_feeHistory" => fee::history,
    "eth_getBalance" => read::balance,
    "eth_getCode" => read::code,
    "eth_getStorageAt" => read::storage,
    "eth_getTransactionCount" => read::transaction_count,
    "eth_call" => call::call,
    "eth_estimateGas" => call::estimate,
    "eth_createAccessList" => call::access_list,
    "eth_sendRawTransaction" => submit::send_raw,
    "eth_getTransactionByHash" => receipt::transaction,
    "eth_getRawTransactionByHash" => receipt::raw_transaction,
    "eth_getTransactionReceipt" => receipt::receipt,
    "eth_getBlockReceipts" => receipt::of_block,
    "eth_getBlockByNumber" => block::by_number,
    "eth_getBlockByHash" => block::by_hash,
    "eth_getBlockTransactionCountByNumber" => block::count_by_number,
    "eth_getBlockTransactionCountByHash" => block::count_by_hash,
    "eth_getTransactionByBlockNumberAndIndex" => block::transaction_by_number,
    "eth_getTransactionByBlockHashAndIndex" => block::transaction_by_hash,
    "eth_getUncleCountByBlockNumber" => block::uncles_by_number,
    "eth_getUncleCountByBlockHash" => block::uncles_by_hash,
    "eth_getUncleByBlockNumberAndIndex" => block::uncle_by_number,
    "eth_getUncleByBlockHashAndIndex" => block::uncle_by_hash,
    "eth_getLogs" => logs::get,
    "eth_newFilter" => filter::new_logs,
    "eth_newBlockFilter" => filter::new_blocks,
    "eth_getFilterChanges" => filter::changes,
    "eth_getFilterLogs" => filter::all_logs,
    "eth_uninstallFilter" => filter::uninstall,
    "txpool_status" => submit::pool_status,
    "txpool_content" => submit::pool_content,
    "txpool_contentFrom" => submit::pool_content_from,
    "ding_chain" => chain::describe,
    "ding_status" => chain::status,
    "ding_getCertificate" => certificate::get,
    "ding_getProof" => proof::get,
    "ding_getTransactionStatus" => receipt::status,
    "ding_filings" => filings::list,
    "ding_filing" => filings::get,
    "ding_provider" => filings::provider_of,
    "ding_batches" => filings::batches,
    "ding_batch" => filings::batch,
    "ding_pilots" => pilots::list,
    "ding_pilot" => pilots::get,
    "ding_orders" => orders::list,
    "ding_order" => orders::get,
    "ding_orderReport" => orders::report,
    "ding_organisations" => consortium::organisations,
    "ding_proposals" => consortium::proposals,
    "ding_proposal" => consortium::get_proposal,
    "ding_authorities" => consortium::authorities,
    "ding_standings" => consortium::standings,
    "ding_calendar" => consortium::calendar,
    "ding_once" => consortium::keys,
    "ding_queue" => queue::queue,
    "ding_search" => search::search,
}

/// Methods that need a WebSocket.
pub const SUBSCRIPTION_METHODS: &[&str] = &["eth_subscribe", "eth_unsubscribe"];

/// Methods of other nodes that this one will not offer, and what to do instead.
const DECLINED: &[(&str, &str)] = &[
    ("eth_sendTransaction", "this node holds no keys; sign in the wallet and use eth_sendRawTransaction"),
    ("eth_signTransaction", "this node holds no keys; sign in the wallet"),
    ("eth_sign", "this node holds no keys; sign in the wallet"),
    ("personal_sign", "this node holds no keys; sign in the wallet"),
    ("eth_coinbase", "blocks pay nobody; the proposer stands in `miner` of each block"),
    ("eth_newPendingTransactionFilter", "only final transactions are announced; use eth_newBlockFilter"),
    ("eth_getProof", "state here is no Merkle-Patricia tree; use ding_getProof"),
    ("eth_blobBaseFee", "blob transactions are not run here"),
];

fn unknown(name: &str) -> RpcError {
    if let Some((_, instead)) = DECLINED.iter().find(|(declined, _)| *declined == name) {
        return RpcError::new(
            codes::METHOD_NOT_SUPPORTED,
            format!("the method {name} is not offered: {instead}"),
        );
    }
    let shown: String = name.chars().take(64).collect();
    RpcError::new(
        codes::METHOD_NOT_FOUND,
        format!("the method {shown} does not exist/is not available; rpc_modules lists what there is"),
    )
}

/// Writes a result; a buffer that is full is left as it was.
fn write(out: &mut Buffer, value: &impl Serialize) -> Result<(), RpcError> {
    let start = out.len();
    serde_json::to_writer(&mut *out, value).map_err(|error| {
        let full = out.full();
        out.truncate(start);
        match full {
            Some(Full::Buffer) => RpcError::answer_too_large(),
            Some(Full::Budget) => RpcError::busy(),
            None => RpcError::internal("writing the answer", error),
        }
    })
}

impl Rpc {
    /// Answers one request body: a call or a batch. `None` if it holds only notifications.
    ///
    /// Cancellation: dropping the future between two calls of a batch leaves the rest undone; a
    /// call is never half done.
    pub async fn handle(&self, body: &[u8], caller: Caller<'_>) -> Option<Buffer> {
        let mut out = Buffer::new(limits::RPC_RESPONSE_BYTES_MAX, caller.budget.cloned());
        match parse::body(body) {
            Err(error) => {
                self.counters().refused();
                write_error(&mut out, "null", &error);
                Some(out)
            }
            Ok(Body::One(incoming)) => self.answer(&incoming, caller, None, &mut out).await.then_some(out),
            Ok(Body::Batch(items)) => self.answer_all(&items, caller, &mut out).await.then_some(out),
        }
    }

    /// Calls one method with its parameters as a JSON array: what the simulator and other code in
    /// the same process use. Returns the result as JSON.
    ///
    /// # Errors
    ///
    /// What a client would get as `error`.
    pub async fn call(&self, method: &str, params: &str) -> Result<String, RpcError> {
        let raw = serde_json::from_str(params)
            .map_err(|error| RpcError::new(codes::PARSE, format!("parameters are not JSON: {error}")))?;
        let mut out = Buffer::new(limits::RPC_RESPONSE_BYTES_MAX, None);
        self.run(method, Params::new(Some(raw))?, Caller::default(), &mut out).await?;
        String::from_utf8(out.into_vec()).map_err(|error| RpcError::internal("writing the answer", error))
    }

    async fn run(
        &self,
        method: &str,
        params: Params<'_>,
        caller: Caller<'_>,
        out: &mut Buffer,
    ) -> Result<(), RpcError> {
        match (method, caller.subscriptions) {
            ("eth_subscribe", Some(subscriptions)) => {
                write(out, &subscribe::add(self, subscriptions, params)?)
            }
            ("eth_unsubscribe", Some(subscriptions)) => {
                write(out, &subscribe::remove(subscriptions, params)?)
            }
            ("eth_subscribe" | "eth_unsubscribe", None) => Err(RpcError::new(
                codes::METHOD_NOT_SUPPORTED,
                "notifications not supported over HTTP; connect to the same address with WebSocket (ws://…)",
            )),
            _ => route(self, method, params, out).await,
        }
    }

    /// Answers one call. Returns whether anything was written: nothing answers a notification.
    async fn answer(
        &self,
        incoming: &Incoming<'_>,
        caller: Caller<'_>,
        ahead: Option<submit::Ahead>,
        out: &mut Buffer,
    ) -> bool {
        let start = out.len();
        let id = incoming.id.map_or("null", |id| id.get());
        out.push_small(b"{\"jsonrpc\":\"2.0\",\"id\":");
        out.push_small(id.as_bytes());
        out.push_small(b",\"result\":");
        let result = match (&incoming.call, ahead) {
            (Err(error), _) => Err(error.clone()),
            (Ok(_), Some(ahead)) => match submit::admit_ahead(self, ahead).await {
                Ok(hash) => write(out, &hash),
                Err(error) => Err(error),
            },
            (Ok((method, params)), None) => match Params::new(*params) {
                Ok(params) => self.run(method, params, caller, out).await,
                Err(error) => Err(error),
            },
        };
        self.counters().called(result.is_ok());
        match result {
            _ if incoming.id.is_none() => out.truncate(start),
            Ok(()) => out.push_small(b"}"),
            Err(error) => {
                out.truncate(start);
                write_error(out, id, &error);
            }
        }
        incoming.id.is_some()
    }

    /// Answers a batch in its order. Senders of raw transactions are recovered first, spread over
    /// threads where the door allows it.
    async fn answer_all(&self, items: &[Incoming<'_>], caller: Caller<'_>, out: &mut Buffer) -> bool {
        let mut ahead = submit::recover_ahead(self, items, caller.spread).await;
        let mut written = false;
        out.push_small(b"[");
        for (index, incoming) in items.iter().enumerate() {
            let start = out.len();
            if written {
                out.push_small(b",");
            }
            let prepared = ahead.get_mut(index).and_then(Option::take);
            if self.answer(incoming, caller, prepared, out).await {
                written = true;
            } else {
                out.truncate(start);
            }
            if index % TURN == TURN - 1 {
                yield_now().await;
            }
        }
        out.push_small(b"]");
        written
    }
}

fn write_error(out: &mut Buffer, id: &str, error: &RpcError) {
    let mut text = Vec::new();
    // Writing to a vector cannot fail.
    let _ = error.write(&mut text);
    out.push_small(b"{\"jsonrpc\":\"2.0\",\"id\":");
    out.push_small(id.as_bytes());
    out.push_small(b",\"error\":");
    out.push_small(&text);
    out.push_small(b"}");
}

/// The answer to a request that never became a call.
pub(crate) fn refusal(error: &RpcError) -> Vec<u8> {
    let mut out = Buffer::new(usize::MAX, None);
    write_error(&mut out, "null", error);
    out.into_vec()
}

/// Lets other tasks run, on any executor.
pub(crate) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
