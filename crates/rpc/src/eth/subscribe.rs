//! Subscriptions: final blocks and their logs, told as they come.
//!
//! The chain tells the [`Feed`], which never waits. Each connection reads the feed at its own
//! pace; one that falls [`limits::SINK_QUEUE_MAX`] blocks behind is closed with a reason instead
//! of having blocks kept for it or left out.

use crate::{
    Rpc,
    error::RpcError,
    eth::{
        criteria::{Criteria, Held},
        logs,
    },
    json::{HeaderJson, log_json},
    lock,
    params::Params,
};
use ding_primitives::{
    U256, codes, limits,
    ports::{FinalizedBlock, FinalizedSink},
};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::sync::broadcast;

/// Hears of final blocks and passes them on to connections.
#[derive(Debug)]
pub(crate) struct Feed(broadcast::Sender<Arc<FinalizedBlock>>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(limits::SINK_QUEUE_MAX))
    }
}

impl FinalizedSink for Feed {
    fn finalized(&self, block: &Arc<FinalizedBlock>) {
        // Fails only if nobody listens.
        let _ = self.0.send(block.clone());
    }
}

impl Feed {
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<FinalizedBlock>> {
        self.0.subscribe()
    }

    pub(crate) fn receivers(&self) -> usize {
        self.0.receiver_count()
    }
}

/// The subscriptions of one connection.
#[derive(Debug, Default)]
pub struct Subscriptions(Mutex<BTreeMap<U256, Topic>>);

#[derive(Clone, Debug)]
struct Topic {
    kind: Kind,
    /// Blocks up to this one were there before the subscription.
    after: u64,
}

#[derive(Clone, Debug)]
enum Kind {
    NewHeads,
    Logs(Arc<Held>),
}

pub(crate) fn add(
    rpc: &Rpc,
    subscriptions: &Subscriptions,
    mut params: Params<'_>,
) -> Result<U256, RpcError> {
    let name: String = params.need("kind of subscription")?;
    let kind = match name.as_str() {
        "newHeads" => Kind::NewHeads,
        "logs" => {
            let filter: Criteria = params.maybe("filter")?.unwrap_or_default();
            Kind::Logs(rpc.hold(filter.check()?)?)
        }
        "newPendingTransactions" | "syncing" => {
            return Err(RpcError::new(
                codes::METHOD_NOT_SUPPORTED,
                format!(
                    "subscriptions to {name} are not offered; there are newHeads and logs, both of final blocks"
                ),
            ));
        }
        _ => {
            return Err(RpcError::params(
                "unknown kind of subscription; there are \"newHeads\" and \"logs\"",
            ));
        }
    };
    // Some libraries send an empty object after "newHeads".
    let _: Option<serde::de::IgnoredAny> = params.maybe("options")?;
    params.end()?;
    let mut topics = lock(&subscriptions.0);
    if topics.len() >= limits::RPC_SUBSCRIPTIONS_MAX {
        return Err(RpcError::new(
            codes::LIMIT_EXCEEDED,
            format!(
                "this connection has {} subscriptions; unsubscribe some first",
                limits::RPC_SUBSCRIPTIONS_MAX
            ),
        ));
    }
    let id = rpc.issue_id();
    topics.insert(id, Topic { kind, after: rpc.reader().head().header.height.get() });
    Ok(id)
}

pub(crate) fn remove(subscriptions: &Subscriptions, params: Params<'_>) -> Result<bool, RpcError> {
    let id: U256 = params.one("subscription id")?;
    match lock(&subscriptions.0).remove(&id) {
        Some(_) => Ok(true),
        None => Err(RpcError::new(codes::INVALID_INPUT, "subscription not found on this connection")),
    }
}

#[derive(Serialize)]
struct Notification<'a, T> {
    jsonrpc: &'static str,
    method: &'static str,
    params: NotificationParams<'a, T>,
}

#[derive(Serialize)]
struct NotificationParams<'a, T> {
    subscription: U256,
    result: &'a T,
}

fn notification(subscription: U256, result: &impl Serialize) -> Option<String> {
    let params = NotificationParams { subscription, result };
    serde_json::to_string(&Notification { jsonrpc: "2.0", method: "eth_subscription", params }).ok()
}

impl Subscriptions {
    /// Whether the connection subscribed to nothing.
    pub fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }

    /// What this connection is told of a block, one message at a time: a block can have many logs.
    pub fn tell<'a>(
        &self,
        rpc: &'a Rpc,
        block: &'a FinalizedBlock,
    ) -> impl Iterator<Item = String> + use<'a> {
        let height = block.header.height.get();
        let topics: Vec<(U256, Kind)> = lock(&self.0)
            .iter()
            .filter(|(_, topic)| height > topic.after)
            .map(|(id, topic)| (*id, topic.kind.clone()))
            .collect();
        topics.into_iter().flat_map(move |(id, kind)| {
            let messages: Box<dyn Iterator<Item = String> + Send + 'a> = match kind {
                Kind::NewHeads => {
                    Box::new(notification(id, &HeaderJson::new(block, rpc.bloom(block))).into_iter())
                }
                Kind::Logs(filter) => {
                    let mut matches: Vec<_> = logs::of_block(&filter, block).collect();
                    matches.reverse();
                    Box::new(core::iter::from_fn(move || {
                        let (transaction, number, log) = matches.pop()?;
                        notification(id, &log_json(block, transaction, number, log))
                    }))
                }
            };
            messages
        })
    }
}
