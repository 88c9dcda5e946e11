//! Filters that clients ask again and again, for those without a WebSocket.
//!
//! A filter remembers only how far it was asked; what is new is looked up then. So a filter costs
//! nothing while nobody asks, and nothing is lost between two questions.

use crate::{
    Rpc,
    error::RpcError,
    eth::{
        criteria::{Blocks, Criteria, Held},
        logs::{self, Found},
    },
    lock,
    params::Params,
};
use ding_chain::reader::BlockId;
use ding_primitives::{B256, Height, Holding, U256, codes, limits};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Blocks looked through in one step, so that a filter with many logs gets on in parts.
const STEP: u64 = 256;

/// The filters installed.
#[derive(Debug)]
pub(crate) struct Filters {
    max: usize,
    installed: Mutex<BTreeMap<U256, Installed>>,
}

#[derive(Clone, Debug)]
struct Installed {
    kind: Kind,
    /// The first block not reported yet.
    next: u64,
    asked_ms: u64,
}

#[derive(Clone, Debug)]
enum Kind {
    Logs(Arc<Held>),
    Blocks,
}

impl Filters {
    /// Room for `max` filters.
    pub(crate) fn new(max: usize) -> Self {
        Self { max, installed: Mutex::default() }
    }

    /// How much it holds.
    pub(crate) fn holding(&self) -> Holding {
        Holding::new("filters", lock(&self.installed).len(), self.max)
    }

    /// Removes those that nobody asked for in a long time.
    pub(crate) fn sweep(&self, now_ms: u64) {
        lock(&self.installed).retain(|_, filter| !filter.is_forgotten(now_ms));
    }

    fn install(&self, id: U256, kind: Kind, next: u64, now_ms: u64) -> Result<U256, RpcError> {
        self.sweep(now_ms);
        let mut filters = lock(&self.installed);
        if filters.len() >= self.max {
            return Err(RpcError::new(
                codes::LIMIT_EXCEEDED,
                format!("{} filters are installed; uninstall some or try again later", self.max),
            ));
        }
        filters.insert(id, Installed { kind, next, asked_ms: now_ms });
        Ok(id)
    }

    fn ask(&self, id: U256, now_ms: u64) -> Result<Installed, RpcError> {
        let mut filters = lock(&self.installed);
        let filter =
            filters.get_mut(&id).filter(|filter| !filter.is_forgotten(now_ms)).ok_or_else(not_found)?;
        filter.asked_ms = now_ms;
        Ok(filter.clone())
    }

    fn advance(&self, id: U256, next: u64) {
        if let Some(filter) = lock(&self.installed).get_mut(&id) {
            filter.next = filter.next.max(next);
        }
    }
}

impl Installed {
    const fn is_forgotten(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.asked_ms) > limits::RPC_FILTER_LIFETIME_MS
    }
}

/// The number tells libraries (viem) to install the filter again.
fn not_found() -> RpcError {
    let minutes = limits::RPC_FILTER_LIFETIME_MS / 60_000;
    RpcError::new(
        codes::INVALID_INPUT,
        format!("filter not found: it was uninstalled, or not asked for {minutes} minutes; install it again"),
    )
}

pub(crate) async fn new_logs(rpc: &Rpc, params: Params<'_>) -> Result<U256, RpcError> {
    let filter: Criteria = params.one("filter")?;
    let filter = filter.check()?;
    let latest = rpc.reader().head().header.height;
    if matches!(filter.blocks, Blocks::Exactly(_)) {
        return Err(RpcError::params("a filter follows new blocks; use eth_getLogs for one blockHash"));
    }
    filter.range(latest)?;
    rpc.filters().install(rpc.issue_id(), Kind::Logs(rpc.hold(filter)?), latest.get() + 1, rpc.now_ms())
}

pub(crate) async fn new_blocks(rpc: &Rpc, params: Params<'_>) -> Result<U256, RpcError> {
    params.none()?;
    let latest = rpc.reader().head().header.height;
    rpc.filters().install(rpc.issue_id(), Kind::Blocks, latest.get() + 1, rpc.now_ms())
}

/// What is new since the last question.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Changes {
    Blocks(Vec<B256>),
    Logs(Vec<Found>),
}

pub(crate) async fn changes(rpc: &Rpc, params: Params<'_>) -> Result<Changes, RpcError> {
    let id = params.one("filter id")?;
    let Installed { kind, next, .. } = rpc.filters().ask(id, rpc.now_ms())?;
    let latest = rpc.reader().head().header.height;
    match kind {
        Kind::Blocks => {
            let last = latest.get().min(next.saturating_add(limits::RPC_FILTER_BLOCKS_MAX - 1));
            let mut hashes = Vec::new();
            for number in next..=last {
                if let Some(block) = rpc.reader().block(BlockId::Height(Height::new(number))).await? {
                    hashes.push(block.header.hash());
                }
            }
            rpc.filters().advance(id, last + 1);
            Ok(Changes::Blocks(hashes))
        }
        Kind::Logs(filter) => new_matches(rpc, id, &filter, next, latest).await.map(Changes::Logs),
    }
}

/// The matching logs of blocks from `next` on. What one answer cannot hold, the next one does.
async fn new_matches(
    rpc: &Rpc,
    id: U256,
    filter: &Criteria,
    next: u64,
    latest: Height,
) -> Result<Vec<Found>, RpcError> {
    let Some((from, to)) = filter.range_after(next, latest) else {
        rpc.filters().advance(id, latest.get() + 1);
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let (mut at, mut step) = (from, STEP);
    while at <= to {
        let last = to.min(at.saturating_add(step - 1));
        match logs::select(rpc, filter, at, last).await {
            Ok(more) if found.is_empty() || found.len() + more.len() <= limits::RPC_LOGS_MAX => {
                found.extend(more);
                at = last + 1;
            }
            Ok(_) => break,
            Err(error) if error.code == codes::LIMIT_EXCEEDED && !found.is_empty() => break,
            Err(error) if error.code == codes::LIMIT_EXCEEDED && last > at => step = (step / 4).max(1),
            Err(mut error) => {
                if error.code == codes::LIMIT_EXCEEDED {
                    // One block alone is too much: the filter says so once and goes on after it.
                    rpc.filters().advance(id, at + 1);
                    error.message =
                        format!("block {at}: {}; the filter goes on after this block", error.message).into();
                }
                return Err(error);
            }
        }
    }
    rpc.filters().advance(id, at);
    Ok(found)
}

pub(crate) async fn all_logs(rpc: &Rpc, params: Params<'_>) -> Result<Vec<Found>, RpcError> {
    let id = params.one("filter id")?;
    match rpc.filters().ask(id, rpc.now_ms())?.kind {
        Kind::Logs(filter) => logs::select_all(rpc, &filter).await,
        Kind::Blocks => Err(RpcError::new(
            codes::INVALID_INPUT,
            "filter not found: this one is about blocks; ask it with eth_getFilterChanges",
        )),
    }
}

pub(crate) async fn uninstall(rpc: &Rpc, params: Params<'_>) -> Result<bool, RpcError> {
    let id: U256 = params.one("filter id")?;
    Ok(lock(&rpc.filters().installed).remove(&id).is_some())
}
