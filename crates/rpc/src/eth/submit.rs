//! Transactions on their way in, and those that wait.
//!
//! The sender is recovered on the thread that serves the request. A batch is recovered in chunks
//! before its calls run in order, so that a long one neither holds a thread for long nor uses only
//! one.

use crate::{
    Rpc, Spread,
    dispatch::yield_now,
    error::RpcError,
    json::{Hex, TransactionJson},
    params::Params,
    parse::Incoming,
};
use ding_execution::admission;
use ding_pool::{Content, Refused};
use ding_primitives::{Address, B256, Bytes, Recovered, Transaction, codes, limits, transaction::recover};
use futures::channel::oneshot;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use std::sync::Arc;

const METHOD: &str = "eth_sendRawTransaction";

/// A transaction whose sender was recovered before its call ran.
pub(crate) type Ahead = Result<Arc<Recovered>, RpcError>;

pub(crate) async fn send_raw(rpc: &Rpc, params: Params<'_>) -> Result<B256, RpcError> {
    let raw: Bytes = params.one("signed transaction")?;
    admit(rpc, recover_one(raw, rpc.reader().spec().chain_id)?).await
}

pub(crate) async fn admit_ahead(rpc: &Rpc, ahead: Ahead) -> Result<B256, RpcError> {
    admit(rpc, ahead?).await
}

fn recover_one(raw: Bytes, chain_id: u64) -> Ahead {
    Ok(Arc::new(recover(Transaction::from_raw(raw), chain_id)?))
}

async fn admit(rpc: &Rpc, transaction: Arc<Recovered>) -> Result<B256, RpcError> {
    let hash = transaction.hash();
    if let Some(refusal) = rpc.standing_refusal(&transaction).await? {
        return Err(admission::Refusal::Standing(refusal).into());
    }
    let account = rpc.sender_account(transaction.sender()).await?;
    rpc.pool().submit(transaction, account, rpc.now_ms())?;
    Ok(hash)
}

impl From<Refused> for RpcError {
    fn from(refused: Refused) -> Self {
        let code = match &refused {
            Refused::AlreadyKnown => codes::INVALID_INPUT,
            Refused::Full { .. } | Refused::SenderFull { .. } => codes::LIMIT_EXCEEDED,
            _ => codes::TRANSACTION_REJECTED,
        };
        Self::new(code, refused.to_string())
    }
}

/// Recovers the senders of a batch's raw transactions. The answer has one place for each call of
/// the batch, or is empty if there is nothing worth doing ahead.
pub(crate) async fn recover_ahead(
    rpc: &Rpc,
    items: &[Incoming<'_>],
    spread: Option<Spread>,
) -> Vec<Option<Ahead>> {
    let chain_id = rpc.reader().spec().chain_id;
    let raw: Vec<(usize, Bytes)> = items
        .iter()
        .enumerate()
        .filter_map(|(index, incoming)| {
            let (_, params) = incoming.call.as_ref().ok().filter(|(method, _)| method == METHOD)?;
            // What does not parse is refused when its call runs.
            Some((index, Params::new(*params).ok()?.one("signed transaction").ok()?))
        })
        .collect();
    if raw.len() < 2 {
        return Vec::new();
    }
    let mut ahead: Vec<Option<Ahead>> = items.iter().map(|_| None).collect();
    let mut keep = |done: Vec<(usize, Ahead)>| {
        for (index, result) in done {
            if let Some(place) = ahead.get_mut(index) {
                *place = Some(result);
            }
        }
    };
    let work = move |chunk: Vec<(usize, Bytes)>| -> Vec<(usize, Ahead)> {
        chunk.into_iter().map(|(index, raw)| (index, recover_one(raw, chain_id))).collect()
    };
    let mut elsewhere = Vec::new();
    let mut chunks = raw.chunks(limits::RPC_RECOVER_CHUNK).peekable();
    while let Some(chunk) = chunks.next() {
        let chunk = chunk.to_vec();
        match spread.filter(|_| chunks.peek().is_some()) {
            Some(spread) => {
                let (done, result) = oneshot::channel();
                spread(Box::pin(async move {
                    // Nobody listens any more if the request was dropped.
                    let _ = done.send(work(chunk));
                }));
                elsewhere.push(result);
            }
            None => {
                keep(work(chunk));
                yield_now().await;
            }
        }
    }
    for result in elsewhere {
        // What was not recovered ahead is recovered when its call runs.
        keep(result.await.unwrap_or_default());
    }
    ahead
}

#[derive(Debug, Serialize)]
pub(crate) struct PoolStatus {
    pending: Hex,
    queued: Hex,
}

pub(crate) async fn pool_status(rpc: &Rpc, params: Params<'_>) -> Result<PoolStatus, RpcError> {
    params.none()?;
    let status = rpc.pool().status();
    Ok(PoolStatus { pending: status.pending.into(), queued: status.queued.into() })
}

/// `{sender: {nonce: transaction}}` of what can run and of what waits for a lower nonce.
#[derive(Debug, Serialize)]
pub(crate) struct PoolContent {
    pending: BySender,
    queued: BySender,
}

#[derive(Debug)]
struct BySender(Vec<(Address, ByNonce)>);

#[derive(Debug)]
struct ByNonce(Vec<Arc<Recovered>>);

impl Serialize for BySender {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (sender, transactions) in &self.0 {
            map.serialize_entry(&sender.to_string(), transactions)?;
        }
        map.end()
    }
}

impl Serialize for ByNonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for transaction in &self.0 {
            map.serialize_entry(
                &transaction.nonce().to_string(),
                &TransactionJson::waiting(transaction.clone()),
            )?;
        }
        map.end()
    }
}

pub(crate) async fn pool_content(rpc: &Rpc, params: Params<'_>) -> Result<PoolContent, RpcError> {
    params.none()?;
    let (mut pending, mut queued) = (Vec::new(), Vec::new());
    for Content { sender, pending: can_run, queued: waits } in rpc.pool().content() {
        if !can_run.is_empty() {
            pending.push((sender, ByNonce(can_run)));
        }
        if !waits.is_empty() {
            queued.push((sender, ByNonce(waits)));
        }
    }
    Ok(PoolContent { pending: BySender(pending), queued: BySender(queued) })
}

#[derive(Debug, Serialize)]
pub(crate) struct SenderContent {
    pending: ByNonce,
    queued: ByNonce,
}

pub(crate) async fn pool_content_from(rpc: &Rpc, params: Params<'_>) -> Result<SenderContent, RpcError> {
    let Content { pending, queued, .. } = rpc.pool().content_of(params.one("address")?);
    Ok(SenderContent { pending: ByNonce(pending), queued: ByNonce(queued) })
}
