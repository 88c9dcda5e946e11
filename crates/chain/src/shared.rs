//! What the parts of one member share: unfinished blocks, recent final ones, the archive of
//! receipts, who is to be told.

use crate::{
    bounds::ChainLimits,
    executed::{Executed, Next, Unfinished},
    met::Met,
    recent::Recent,
    types::{Block, Digest, Marshal},
};
use commonware_consensus::types::Height as ConsensusHeight;
use commonware_cryptography::sha256;
use commonware_runtime::{Clock, Spawner};
use commonware_storage::Context;
use commonware_utils::sync::{Mutex, RwLock};
use ding_execution::Env;
use ding_primitives::{
    B256, Header, Height, Holding, MemberKey, Recovered, Spec, Transaction, limits,
    planted::{self, Planted},
    ports::{FinalizedBlock, FinalizedSink, ReadError, TransactionSource},
    transaction::{TransactionError, recover},
};
use ding_state::{Branch, Databases, archive::Receipts};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

/// A peer as its own messages describe it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerState {
    /// Its latest final block.
    pub height: Height,
    /// When it said so, milliseconds since 1970.
    pub heard_ms: u64,
}

impl PeerState {
    /// Whether it was heard of lately.
    pub(crate) fn is_alive(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.heard_ms) <= limits::PEER_SILENT_MS
    }
}

/// What outlives the member's run: nothing in it holds a file open.
#[derive(Debug)]
pub struct Seen {
    pub(crate) spec: Arc<Spec>,
    pub(crate) genesis: Block,
    pub(crate) recent: RwLock<Recent>,
    pub(crate) sinks: RwLock<Sinks>,
    pub(crate) peers: Mutex<BTreeMap<MemberKey, PeerState>>,
}

/// Who is told of final blocks.
#[derive(Default)]
pub(crate) struct Sinks(pub Vec<Arc<dyn FinalizedSink>>);

impl core::fmt::Debug for Sinks {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Sinks").field(&self.0.len()).finish()
    }
}

impl Seen {
    /// Members heard of lately, this one included.
    pub(crate) fn connected(&self, now_ms: u64) -> usize {
        1 + self.peers.lock().values().filter(|p| p.is_alive(now_ms)).count()
    }

    /// Votes that a certificate takes: 2f + 1 of n = 3f + 1.
    pub(crate) fn quorum(&self) -> usize {
        let members = self.spec.validators.len();
        members - members.saturating_sub(1) / 3 + usize::from(planted::is(Planted::QuorumOffByOne))
    }

    /// The height that f + 1 of the others say they have reached: one of them is right.
    pub(crate) fn reported(&self, now_ms: u64) -> Height {
        let peers = self.peers.lock();
        let mut heights: Vec<Height> =
            peers.values().filter(|peer| peer.is_alive(now_ms)).map(|peer| peer.height).collect();
        heights.sort_unstable_by(|a, b| b.cmp(a));
        heights.get(self.spec.validators.len().saturating_sub(1) / 3).copied().unwrap_or(Height::GENESIS)
    }

    /// How much this member holds in memory for its doors.
    pub(crate) fn holdings(&self) -> Vec<Holding> {
        let mut holdings = self.recent.read().holdings().to_vec();
        holdings.push(Holding::new(
            "listeners to final blocks",
            self.sinks.read().0.len(),
            limits::SINKS_MAX,
        ));
        holdings.push(Holding::new("members heard of", self.peers.lock().len(), limits::MEMBERS_MAX));
        holdings
    }

    /// Notes what a member says of itself, and returns what it said before.
    pub(crate) fn hear(&self, member: MemberKey, state: PeerState) -> Option<PeerState> {
        let mut peers = self.peers.lock();
        // LIMIT: connections are with members only, so that this is never full.
        if peers.len() >= limits::MEMBERS_MAX && !peers.contains_key(&member) {
            return None;
        }
        peers.insert(member, state)
    }

    /// The latest final block.
    pub(crate) fn head(&self) -> Arc<FinalizedBlock> {
        let recent = self.recent.read();
        let head = recent.head().expect("recent blocks always hold the newest");
        head.clone()
    }
}

/// State of one member that its rooms share. Only the member's own tasks hold it, so that its files
/// close when they end.
pub struct Shared<E: Context + Spawner> {
    pub(crate) seen: Arc<Seen>,
    pub(crate) unfinished: Mutex<Unfinished>,
    met: Mutex<Met>,
    /// Whether accounts without standing are refused.
    bound: bool,
    /// Odd while a block is being applied and published: state and head are then of two heights.
    pub(crate) applying: AtomicU64,
    pub(crate) receipts: Receipts<E>,
    pub(crate) databases: OnceLock<Databases<E>>,
    pub(crate) marshal: OnceLock<Marshal>,
}

impl<E: Context + Spawner> core::fmt::Debug for Shared<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shared").field("chain", &self.spec.name).finish_non_exhaustive()
    }
}

impl<E: Context + Spawner> core::ops::Deref for Shared<E> {
    type Target = Seen;

    fn deref(&self) -> &Seen {
        &self.seen
    }
}

impl<E: Context + Spawner> Shared<E> {
    pub(crate) fn new(spec: Arc<Spec>, genesis: Block, receipts: Receipts<E>, limits: ChainLimits) -> Self {
        let first = Arc::new(FinalizedBlock {
            header: genesis.header().clone(),
            transactions: Vec::new(),
            receipts: Vec::new(),
            size: genesis.size(),
        });
        Self {
            bound: ding_modules::identity::bound(&spec),
            seen: Arc::new(Seen {
                spec,
                genesis,
                recent: RwLock::new(Recent::new(first, limits)),
                sinks: RwLock::default(),
                peers: Mutex::default(),
            }),
            unfinished: Mutex::new(Unfinished::new(limits)),
            met: Mutex::new(Met::new(limits)),
            applying: AtomicU64::new(0),
            receipts,
            databases: OnceLock::new(),
            marshal: OnceLock::new(),
        }
    }

    /// Height and time of a block that is final or ran here; of the latest final one if it is
    /// neither (a parent that this member has yet to fetch).
    pub(crate) fn place_of(&self, hash: B256) -> (Height, u64) {
        if let Some((height, executed)) = self.unfinished.lock().find(hash) {
            return (height, executed.timestamp_ms);
        }
        let recent = self.recent.read();
        let block = recent.by_hash(&hash).or_else(|| recent.head());
        block.map_or((Height::GENESIS, 0), |b| (b.header.height, b.header.timestamp_ms))
    }

    /// Time of a block that is final and recent or ran here.
    pub(crate) fn time_of(&self, hash: B256) -> Option<u64> {
        if let Some((_, executed)) = self.unfinished.lock().find(hash) {
            return Some(executed.timestamp_ms);
        }
        self.recent.read().by_hash(&hash).map(|block| block.header.timestamp_ms)
    }

    /// The nonces that follow the transactions between the final block and `tip`.
    pub(crate) fn next_nonces(&self, height: Height, tip: B256) -> Next {
        let last = self.head().header.height;
        self.unfinished.lock().next_nonces(last, height, tip)
    }

    pub(crate) fn remember(&self, block: &Block, executed: Arc<Executed>) {
        self.unfinished.lock().insert(block.header().height, block.hash(), executed);
    }

    /// How much this member holds in memory of unfinished blocks.
    pub(crate) fn holdings(&self) -> Vec<Holding> {
        let unfinished = self.unfinished.lock().holdings();
        unfinished.into_iter().chain(self.met.lock().holdings()).collect()
    }

    /// Tells everyone of a block that became final.
    pub(crate) fn publish(&self, block: &Arc<FinalizedBlock>, source: &impl TransactionSource) {
        self.recent.write().push(block.clone());
        source.finalized(block);
        {
            let mut met = self.met.lock();
            for transaction in &block.transactions {
                met.forget(&transaction.hash());
            }
        }
        for sink in &self.sinks.read().0 {
            sink.finalized(block);
            if planted::is(Planted::ApplyTwice) {
                sink.finalized(block);
            }
        }
    }

    /// A final block with its receipts, from memory or the archive.
    pub(crate) async fn load(&self, wanted: Wanted) -> Result<Option<Arc<FinalizedBlock>>, ReadError> {
        let (head, known) = {
            let recent = self.recent.read();
            let known = match wanted {
                Wanted::Height(height) => recent.at(height),
                Wanted::Hash(hash) => recent.by_hash(&hash),
            };
            (recent.head().map_or(Height::GENESIS, |b| b.header.height), known.cloned())
        };
        if known.is_some() {
            return Ok(known);
        }
        if matches!(wanted, Wanted::Height(height) if height > head) {
            return Ok(None);
        }
        // A block that is known but not final is nobody's business.
        self.load_archived(wanted).await.map(|found| found.filter(|block| block.header.height <= head))
    }

    /// A final block with its receipts, from the archive. Who asks for a height knows that it is final.
    pub(crate) async fn load_archived(
        &self,
        wanted: Wanted,
    ) -> Result<Option<Arc<FinalizedBlock>>, ReadError> {
        let block = match wanted {
            Wanted::Height(height) => Some(self.archived(height).await?),
            Wanted::Hash(hash) if hash == self.genesis.hash() => Some(self.genesis.clone()),
            Wanted::Hash(hash) => match self.marshal.get() {
                Some(marshal) => marshal.get_block(&digest(hash)).await.map(|b| b.inner().clone()),
                None => None,
            },
        };
        let Some(block) = block else { return Ok(None) };
        let height = block.header().height;
        if matches!(wanted, Wanted::Hash(_))
            && (height > self.head().header.height || self.archived(height).await?.hash() != block.hash())
        {
            return Ok(None);
        }
        let receipts = match height {
            Height::GENESIS => Vec::new(),
            _ => {
                let found = self.receipts.at(height).await.map_err(|e| ReadError::Failed(e.to_string()))?;
                found.ok_or_else(|| {
                    ReadError::Failed(format!("no receipts of block {height} in the archive"))
                })?
            }
        };
        let transactions = block
            .transactions()
            .iter()
            .map(|transaction| recover(transaction.clone(), self.spec.chain_id).map(Arc::new))
            .collect::<Result<Vec<_>, TransactionError>>()
            .map_err(|error| ReadError::Failed(format!("block {height}: {error}")))?;
        Ok(Some(Arc::new(FinalizedBlock {
            header: block.header().clone(),
            transactions,
            receipts,
            size: block.size(),
        })))
    }

    /// A final block without its receipts.
    pub(crate) async fn archived(&self, height: Height) -> Result<Block, ReadError> {
        if height == Height::GENESIS {
            return Ok(self.genesis.clone());
        }
        let marshal = self.marshal.get().ok_or(ReadError::Stale)?;
        let block = marshal.get_block(ConsensusHeight::new(height.get())).await;
        let lost = || ReadError::Failed(format!("block {height} is final and not in the archive"));
        block.map(|block| block.inner().clone()).ok_or_else(lost)
    }

    /// Whether a transaction is in a recent final block.
    pub(crate) fn is_recent(&self, hash: &B256) -> bool {
        self.recent.read().transaction(hash).is_some()
    }

    /// A transaction whose sender is known, in the pool or from an unfinished block.
    pub(crate) fn known(&self, hash: &B256, source: &impl TransactionSource) -> Option<Arc<Recovered>> {
        source.find(hash).or_else(|| self.met.lock().get(hash))
    }

    /// The transactions of a block with their senders: where they are known, else from their
    /// signatures.
    pub(crate) fn senders(
        &self,
        transactions: &[Transaction],
        source: &impl TransactionSource,
        strategy: &impl commonware_parallel::Strategy,
    ) -> Result<Vec<Arc<Recovered>>, TransactionError> {
        let chain_id = self.spec.chain_id;
        let known: Vec<Option<Arc<Recovered>>> =
            transactions.iter().map(|t| self.known(&t.hash(), source)).collect();
        let missing = known.iter().filter(|k| k.is_none()).count();
        if missing == 0 {
            return Ok(known.into_iter().flatten().collect());
        }
        tracing::debug!(missing, of = transactions.len(), "a block was faster than gossip");
        let find = |(known, transaction): (Option<Arc<Recovered>>, &Transaction)| match known {
            Some(known) => Ok(known),
            None => {
                let recovered = Arc::new(recover(transaction.clone(), chain_id)?);
                self.met.lock().keep(recovered.clone());
                Ok(recovered)
            }
        };
        let pairs = known.into_iter().zip(transactions);
        if missing < PARALLEL_FROM {
            pairs.map(find).collect()
        } else {
            strategy.try_map_collect_vec(pairs, find)
        }
    }

    /// A branch over the latest final state, and the block it is the state of.
    pub(crate) async fn latest(
        &self,
        clock: &impl Clock,
        databases: &Databases<E>,
    ) -> (Branch<E>, Arc<FinalizedBlock>) {
        loop {
            let before = self.applying.load(Ordering::Acquire);
            if before.is_multiple_of(2) {
                let branch = Branch::latest(databases).await;
                let head = self.head();
                if self.applying.load(Ordering::Acquire) == before {
                    return (branch, head);
                }
            }
            clock.sleep(AGAIN).await;
        }
    }

    /// What the transactions of a block see of it.
    pub(crate) fn env(&self, header: &Header) -> Env {
        Env {
            chain_id: self.spec.chain_id,
            height: header.height,
            timestamp_ms: header.timestamp_ms,
            parent_hash: header.parent,
            beneficiary: header.leader.address(),
            gas_limit: header.gas_limit,
            bound: self.bound,
        }
    }
}

/// Fewer signatures than this are not worth waking other threads for.
pub(crate) const PARALLEL_FROM: usize = 8;
/// Pause before a read that a block overtook is tried again.
pub(crate) const AGAIN: Duration = Duration::from_millis(2);

/// Names a block to load.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Height(Height),
    Hash(B256),
}

pub(crate) fn digest(hash: B256) -> Digest {
    sha256::Digest(hash.0)
}

/// Milliseconds since 1970 on a member's clock.
pub(crate) fn now_ms(clock: &impl Clock) -> u64 {
    let since = clock.current().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
