//! JSON-RPC: the door for wallets, libraries and scripts.
//!
//! Read in this order: [`transport`] (one HTTP port: limits, HTTP, WebSocket), `parse` (bytes →
//! calls), [`dispatch`] (the table of methods; the service as one function), `params` and `json`
//! (shapes on the way in and out), `eth` (what Ethereum tools ask), `ding` (what only this ledger
//! has), [`error`] (numbers and texts of refusals).
//!
//! A door holds two handles: the pool to ask, the [`Reader`] to look (invariant A6). It answers
//! from final blocks only, so `latest`, `safe` and `finalized` are one block, and a receipt never
//! changes. JSON shapes live here and nowhere below (A7).

mod accounts;
pub mod budget;
mod ding;
pub mod dispatch;
pub mod error;
mod eth;
mod json;
mod metrics;
#[cfg(feature = "mocks")]
pub mod mocks;
mod params;
mod parse;
pub mod transport;

pub use dispatch::{Caller, METHODS, SUBSCRIPTION_METHODS, Spread};
pub use error::RpcError;
pub use eth::subscribe::Subscriptions;

use accounts::Accounts;
use alloy_primitives::Bloom;
use ding_chain::reader::{BlockId, Reader};
use ding_pool::Pool;
use ding_primitives::{B256, Height, Holding, U256, keccak256, limits, ports::FinalizedBlock};
use ding_readmodel::Query;
use eth::{criteria::Room, filter::Filters, subscribe::Feed};
use metrics::Counters;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::Semaphore;

/// Milliseconds since 1970-01-01T00:00:00Z, from whoever keeps the time.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What a door is made of.
pub struct Parts {
    /// To look.
    pub reader: Reader,
    /// To ask.
    pub pool: Pool,
    /// Look-ups in old blocks; a member may run without.
    pub query: Option<Query>,
    /// The time.
    pub clock: Clock,
    /// Makes ids of filters and subscriptions hard to guess. Anything random.
    pub seed: B256,
}

/// Bounds of what one service remembers. The default is what [`limits`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RpcLimits {
    /// Accounts remembered between two final blocks, and standings of accounts.
    pub accounts: usize,
    /// Filters installed.
    pub filters: usize,
    /// Addresses and topics of all filters and subscriptions together.
    pub terms: usize,
    /// Blocks whose bloom filters are remembered.
    pub blooms: usize,
}

impl Default for RpcLimits {
    fn default() -> Self {
        Self {
            accounts: limits::RPC_ACCOUNTS_MAX,
            filters: limits::RPC_FILTERS_MAX,
            terms: limits::RPC_TERMS_MAX,
            blooms: limits::RPC_BLOOMS_MAX,
        }
    }
}

/// The JSON-RPC service of one chain. Clones are the same service.
#[derive(Clone)]
pub struct Rpc(Arc<Inner>);

struct Inner {
    reader: Reader,
    pool: Pool,
    query: Option<Query>,
    clock: Clock,
    seed: B256,
    /// Whether accounts without standing are refused.
    is_bound: bool,
    issued: AtomicU64,
    accounts: Accounts,
    filters: Filters,
    room: Room,
    feed: Arc<Feed>,
    blooms: Mutex<BTreeMap<Height, Bloom>>,
    blooms_max: usize,
    simulations: Semaphore,
    counters: Counters,
}

impl core::fmt::Debug for Rpc {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Rpc").field(&self.0.reader).finish()
    }
}

/// Name and version of this program, as `web3_clientVersion` tells them.
pub fn client_version() -> String {
    format!("ding/v{}/{}-{}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}

impl Rpc {
    /// Opens the door: from now on it hears of final blocks.
    pub fn new(parts: Parts) -> Self {
        Self::with_limits(parts, RpcLimits::default())
    }

    /// As [`Self::new`], with bounds of its own.
    pub fn with_limits(parts: Parts, bounds: RpcLimits) -> Self {
        let Parts { reader, pool, query, clock, seed } = parts;
        let feed = Arc::new(Feed::default());
        let is_bound = ding_modules::identity::bound(reader.spec());
        reader.subscribe(feed.clone());
        Self(Arc::new(Inner {
            reader,
            pool,
            query,
            clock,
            seed,
            is_bound,
            issued: AtomicU64::new(0),
            accounts: Accounts::new(bounds.accounts),
            filters: Filters::new(bounds.filters),
            room: Room::new(bounds.terms),
            feed,
            blooms: Mutex::default(),
            blooms_max: bounds.blooms,
            simulations: Semaphore::new(limits::RPC_SIMULATIONS_MAX),
            counters: Counters::default(),
        }))
    }

    /// Name of the chain.
    pub fn chain_name(&self) -> &str {
        &self.reader().spec().name
    }

    /// What the service did so far, in the text format of Prometheus.
    pub fn metrics(&self) -> String {
        let mut text = self.0.counters.text(self.chain_name(), self.0.feed.receivers());
        metrics::holdings(&mut text, self.chain_name(), &self.all_holdings());
        text
    }

    /// How much the service holds in memory of each thing that grows, and how much it may.
    pub fn holdings(&self) -> Vec<Holding> {
        let free = self.0.simulations.available_permits();
        vec![
            self.0.accounts.holding(),
            self.0.filters.holding(),
            self.0.room.holding(),
            Holding::new("bloom filters of blocks", lock(&self.0.blooms).len(), self.0.blooms_max),
            Holding::new("connections with subscriptions", self.0.feed.receivers(), limits::RPC_SOCKETS_MAX),
            Holding::new(
                "simulated calls",
                limits::RPC_SIMULATIONS_MAX.saturating_sub(free),
                limits::RPC_SIMULATIONS_MAX,
            ),
        ]
    }

    /// The same of everything behind the door, too: chain, pool, read model.
    pub fn all_holdings(&self) -> Vec<Holding> {
        let mut all = self.reader().holdings();
        all.extend(self.pool().holdings());
        all.extend(self.query().into_iter().flat_map(Query::holdings));
        all.extend(self.holdings());
        all
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.0.reader
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.0.pool
    }

    pub(crate) fn query(&self) -> Option<&Query> {
        self.0.query.as_ref()
    }

    pub(crate) fn is_bound(&self) -> bool {
        self.0.is_bound
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn filters(&self) -> &Filters {
        &self.0.filters
    }

    pub(crate) fn room(&self) -> &Room {
        &self.0.room
    }

    pub(crate) fn feed(&self) -> &Arc<Feed> {
        &self.0.feed
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    pub(crate) fn simulations(&self) -> &Semaphore {
        &self.0.simulations
    }

    pub(crate) fn now_ms(&self) -> u64 {
        (self.0.clock)()
    }

    /// A new id for a filter or subscription: 16 bytes that nobody guesses.
    pub(crate) fn issue_id(&self) -> U256 {
        let number = self.0.issued.fetch_add(1, Ordering::Relaxed);
        let hash = keccak256([self.0.seed.as_slice(), &number.to_be_bytes()].concat());
        U256::from_be_slice(hash.split_at(16).0)
    }

    /// The bloom filter over all logs of a block; computed once for recent blocks.
    pub(crate) fn bloom(&self, block: &FinalizedBlock) -> Bloom {
        let height = block.header.height;
        if let Some(bloom) = lock(&self.0.blooms).get(&height) {
            return *bloom;
        }
        let bloom = json::bloom(block.receipts.iter().flat_map(|receipt| &receipt.logs));
        let mut blooms = lock(&self.0.blooms);
        blooms.insert(height, bloom);
        if blooms.len() > self.0.blooms_max {
            blooms.pop_first();
        }
        bloom
    }

    /// A final block by height or hash, however old.
    pub(crate) async fn block(&self, id: BlockId) -> Result<Option<Arc<FinalizedBlock>>, RpcError> {
        if let Some(block) = self.reader().block(id).await? {
            return Ok(Some(block));
        }
        let BlockId::Hash(hash) = id else { return Ok(None) };
        let Some(height) = self.ask(move |query| query.block_by_hash(&hash)).await?.flatten() else {
            return Ok(None);
        };
        Ok(self.reader().block(BlockId::Height(height)).await?.filter(|block| block.header.hash() == hash))
    }

    /// Asks the read model, away from the threads that serve requests. `None` without one.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Query) -> Result<T, ding_readmodel::QueryError> + Send + 'static,
    ) -> Result<Option<T>, RpcError> {
        let Some(query) = self.query().cloned() else { return Ok(None) };
        let answer = match tokio::runtime::Handle::try_current() {
            Ok(handle) => handle
                .spawn_blocking(move || question(&query))
                .await
                .map_err(|error| RpcError::internal("asking the read model", error))?,
            Err(_) => question(&query),
        };
        answer.map(Some).map_err(RpcError::from)
    }
}

/// Locks, whatever happened to the thread that held the lock before: each value behind these locks
/// is whole between any two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
