//! Wires one member of one chain; the only file that names each consensus actor.
//!
//! Order of start: resolvers, archives, the synchronization plan, marshal, the stateful ledger,
//! gossip, and last the voting engine, which owns the root context: when it ends, everything ends.

use crate::{
    application::Ledger,
    bounds::ChainLimits,
    channels,
    gossip::Gossip,
    hold,
    look::View,
    pace::Paced,
    reader::Reader,
    shared::{Shared, Wanted},
    stored::Lost,
    types::{Block, PeerKey, Scheme},
};
use commonware_broadcast::buffered;
use commonware_consensus::{
    Reporter,
    marshal::{
        self, Update,
        core::Actor as MarshalActor,
        resolver::p2p as block_resolver,
        standard::{Deferred, Standard},
    },
    simplex::{
        self,
        config::{ForwardPolicy, SkipPolicy},
        elector::RoundRobin,
    },
    types::{Epoch, FixedEpocher, ViewDelta},
};
use commonware_cryptography::{Digested, Digestible as _, Sha256, certificate::ConstantProvider};
use commonware_glue::stateful::{
    Config as StatefulConfig, Mailbox as StatefulMailbox, Stateful, SyncPlan,
    db::{SyncEngineConfig, p2p as state_resolver},
};
use commonware_p2p::{Blocker, Provider as PeerProvider, Receiver, Sender};
use commonware_parallel::{Sequential, Strategy};
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage, buffer::paged::CacheRef};
use commonware_storage::{
    archive::{Archive as _, prunable},
    mmr,
    translator::EightCap,
};
use commonware_utils::{NZDuration, NZU64, NZUsize};
use ding_primitives::{Height, Spec, limits, ports::TransactionSource};
use ding_state::{
    archive::{ArchiveError, Extent, Receipts},
    store::{self, Accounts, Contracts, Modules},
};
use rand_core::CryptoRng;
use std::{
    num::{NonZeroU64, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

/// Bytes of the buffers around files.
const BUFFER: NonZeroUsize = NZUsize!(1 << 16);
/// Messages waiting for one actor.
const MAILBOX: NonZeroUsize = NZUsize!(limits::ACTOR_MESSAGES_MAX);
/// Operations of one answer of state synchronization.
const SYNC_BATCH: NonZeroU64 = NZU64!(1024);
/// Largest operation of the state databases, bytes.
const OPERATION_BYTES_MAX: usize = 32 + 72 + 32 + 16;
/// Views kept behind the final one.
const VIEW_RETENTION: ViewDelta = ViewDelta::new(64);
/// A request to a peer is given up after this long.
const FETCH_TIMEOUT: Duration = Duration::from_secs(2);
/// A failed request is repeated after this long.
const FETCH_RETRY: Duration = Duration::from_millis(100);

const fn millis(value: u64) -> Duration {
    Duration::from_millis(value)
}

/// Everything one member needs to run one chain.
pub struct Config<T, S, M, B> {
    /// The genesis file.
    pub spec: Arc<Spec>,
    /// Start of the names of its files.
    pub prefix: String,
    /// Its own key.
    pub me: PeerKey,
    /// Its voting key, or a verifier for an observer.
    pub scheme: Scheme,
    /// Block 0.
    pub genesis: Block,
    /// Where transactions wait.
    pub source: T,
    /// How work is spread over cores.
    pub strategy: S,
    /// Who is connected.
    pub peers: M,
    /// How to shut out a peer that breaks the protocol.
    pub blocker: B,
    /// Pages of the stores in memory; may be shared by chains.
    pub cache: CacheRef,
    /// How much of the chain is kept in memory.
    pub limits: ChainLimits,
}

/// A running member.
pub struct Running {
    /// Ends when the member stops; aborting it stops the member.
    pub handle: Handle<()>,
    /// What the doors look through.
    pub reader: Reader,
}

/// Wraps the reporter that marshal delivers final blocks to, for tests that watch progress.
pub trait WrapReporter<E, T, S>: Send + 'static
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    T: TransactionSource,
    S: Strategy,
{
    /// The wrapped reporter.
    type Reporter: Reporter<Activity = Update<Block>>;
    /// Wraps.
    fn wrap(self, me: &PeerKey, inner: StatefulMailbox<E, Ledger<E, T, S>>) -> Self::Reporter;
}

/// Leaves the reporter as it is.
#[derive(Clone, Copy, Debug)]
pub struct Unwatched;

impl<E, T, S> WrapReporter<E, T, S> for Unwatched
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    T: TransactionSource,
    S: Strategy,
{
    type Reporter = StatefulMailbox<E, Ledger<E, T, S>>;

    fn wrap(self, _me: &PeerKey, inner: StatefulMailbox<E, Ledger<E, T, S>>) -> Self::Reporter {
        inner
    }
}

/// Bytes of the largest message of any channel for a chain of `members`.
pub fn max_message_size(members: u32) -> u32 {
    let engine = commonware_p2p::max_message_size(&[
        simplex::max_payload_size::<Scheme, crate::types::Digest>(members),
        marshal::max_payload_size::<Standard<Block>, Scheme>(members, &()),
        state_resolver::max_payload_size::<mmr::Family, crate::types::Digest>(
            SYNC_BATCH,
            OPERATION_BYTES_MAX,
        ),
    ]);
    let ours = u32::try_from(limits::MESSAGE_BYTES_MAX).unwrap_or(u32::MAX);
    assert!(engine <= ours, "a message of the engine has {engine} bytes, the limit is {ours}");
    ours
}

/// Layout of the archives of blocks and certificates.
pub(crate) fn archive_config(prefix: &str, name: &str, cache: &CacheRef) -> prunable::Config<EightCap, ()> {
    prunable::Config {
        translator: EightCap,
        metadata_partition: format!("{prefix}-{name}-meta"),
        key_partition: format!("{prefix}-{name}-key"),
        key_page_cache: cache.clone(),
        value_partition: format!("{prefix}-{name}-value"),
        compression: None,
        // Blocks and certificates bound themselves.
        codec_config: (),
        items_per_section: NZU64!(4096),
        key_write_buffer: BUFFER,
        value_write_buffer: BUFFER,
        replay_buffer: BUFFER,
    }
}

/// Why a member did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Receipts cannot be opened.
    #[error(transparent)]
    Receipts(#[from] ArchiveError),
    /// An archive cannot be opened.
    #[error("archive of {0}: {1}")]
    Archive(&'static str, commonware_storage::archive::Error),
    /// The archives have a hole.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The last block cannot be read back.
    #[error("the last block of the archive cannot be read: {0}")]
    Head(#[from] ding_primitives::ports::ReadError),
}

/// Starts a member over nine channels, in the order of [`channels`].
///
/// # Errors
///
/// If its files cannot be opened or are damaged.
pub async fn start<E, T, S, Tx, Rx, M, B, W>(
    context: E,
    config: Config<T, S, M, B>,
    channels: [(Tx, Rx); channels::COUNT],
    wrap: W,
) -> Result<Running, StartError>
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    T: TransactionSource,
    S: Strategy,
    Tx: Sender<PublicKey = PeerKey>,
    Rx: Receiver<PublicKey = PeerKey>,
    M: PeerProvider<PublicKey = PeerKey> + Clone,
    B: Blocker<PublicKey = PeerKey> + Clone,
    W: WrapReporter<E, T, S>,
{
    let Config { spec, prefix, me, scheme, genesis, source, strategy, peers, blocker, cache, limits: bounds } =
        config;
    let [
        votes,
        certificates,
        resolver,
        backfill,
        blocks,
        sync_accounts,
        sync_modules,
        sync_contracts,
        gossip,
    ] = channels;

    let receipts = Receipts::open(context.child("receipts"), &prefix, &cache).await?;
    let shared = Arc::new(Shared::new(spec.clone(), genesis.clone(), receipts, bounds));

    let block_fetcher = block_resolver::init(
        context.child("block_resolver"),
        block_resolver::Config {
            public_key: me.clone(),
            peer_provider: peers.clone(),
            blocker: blocker.clone(),
            mailbox_size: MAILBOX,
            fetch_timeout: NZDuration!(FETCH_TIMEOUT),
            fetch_retry_delay: FETCH_RETRY,
            priority_requests: false,
            priority_responses: false,
        },
        backfill,
    );
    let (broadcaster, buffer) = buffered::Engine::new(
        context.child("broadcast"),
        buffered::Config {
            public_key: me.clone(),
            mailbox_size: MAILBOX,
            deque_size: limits::BROADCAST_BLOCKS_MAX,
            priority: false,
            codec_config: (),
            peer_provider: peers.clone(),
            strategy: Sequential,
        },
    );
    broadcaster.start(blocks);

    let finalizations = prunable::Archive::init(
        context.child("finalizations"),
        archive_config(&prefix, "finalizations", &cache),
    )
    .await
    .map_err(|error| StartError::Archive("certificates", error))?;
    let archive = prunable::Archive::init(context.child("blocks"), archive_config(&prefix, "blocks", &cache))
        .await
        .map_err(|error| StartError::Archive("blocks", error))?;
    Lost::check(Extent::of(archive.ranges()), shared.receipts.extent().await?)?;

    let plan = SyncPlan::init(context.child("plan"), prefix.clone()).await;
    let epocher = FixedEpocher::new(NZU64!(u64::MAX));
    let (marshal_actor, marshal, floor) = MarshalActor::<_, Standard<Block>, _, _, _, _, _>::init(
        context.child("marshal"),
        finalizations,
        archive,
        marshal::Config {
            provider: ConstantProvider::new(scheme.clone()),
            epocher: epocher.clone(),
            start: plan.marshal_start(Digested::precomputed(genesis.clone(), genesis.digest())),
            partition_prefix: format!("{prefix}-marshal"),
            mailbox_size: MAILBOX,
            view_retention: VIEW_RETENTION,
            prunable_items_per_section: NZU64!(256),
            page_cache: cache.clone(),
            replay_buffer: BUFFER,
            key_write_buffer: BUFFER,
            value_write_buffer: BUFFER,
            block_codec_config: (),
            max_repair: NZUsize!(limits::REPAIR_BLOCKS_MAX),
            max_pending_acks: NZUsize!(limits::UNACKNOWLEDGED_BLOCKS_MAX),
            strategy: Sequential,
        },
    )
    .await;

    macro_rules! state_sync {
        ($name:literal, $database:ty, $channel:expr) => {{
            let (actor, resolver) = state_resolver::Actor::<_, PeerKey, _, _, mmr::Family, $database>::new(
                context.child($name),
                state_resolver::Config {
                    peer_provider: peers.clone(),
                    blocker: blocker.clone(),
                    database: None,
                    mailbox_size: MAILBOX,
                    me: Some(me.clone()),
                    fetch_timeout: NZDuration!(FETCH_TIMEOUT),
                    fetch_retry_delay: FETCH_RETRY,
                    max_serve_ops: SYNC_BATCH,
                    priority_requests: false,
                    priority_responses: false,
                },
            );
            // The actor ends with its context.
            drop(actor.start($channel));
            resolver
        }};
    }
    let resolvers = (
        state_sync!("sync_accounts", Accounts<E>, sync_accounts),
        state_sync!("sync_modules", Modules<E>, sync_modules),
        state_sync!("sync_contracts", Contracts<E>, sync_contracts),
    );

    let ledger = Ledger::new(shared.clone(), source.clone(), strategy.clone());
    let (stateful, stateful_mailbox) = Stateful::new(
        context.child("stateful"),
        StatefulConfig {
            application: ledger,
            db_config: store::config(&prefix, &cache),
            provider: (),
            marshal: (marshal.clone(), floor),
            mailbox_size: MAILBOX,
            plan,
            resolvers,
            sync_config: SyncEngineConfig {
                fetch_batch_size: SYNC_BATCH,
                apply_batch_size: NZU64!(4096),
                max_outstanding_requests: NZUsize!(limits::SYNC_REQUESTS_MAX),
            },
            // Every block and every operation is kept: each member can serve the whole chain.
            prune_config: None,
            strategy: Sequential,
        },
    );
    let deferred =
        Deferred::new(context.child("deferred"), stateful_mailbox.clone(), marshal.clone(), epocher);
    marshal_actor.start(wrap.wrap(&me, stateful_mailbox.clone()), buffer, block_fetcher);
    stateful.start();

    let _ = shared.marshal.set(marshal.clone());
    let _ = shared.databases.set(stateful_mailbox.subscribe_databases().await);
    if let Some(processed) = marshal.get_processed().await {
        let height = Height::new(processed.height().get());
        if height > shared.head().header.height {
            // Above the in-memory head, so ask the archive with the head out of the way.
            if let Some(block) = shared.load_archived(Wanted::Height(height)).await? {
                shared.recent.write().push(block);
            }
        }
    }

    let member =
        spec.validators.iter().find(|v| v.key == crate::types::member_key(&me)).map(|v| v.name.clone());
    let reader = Reader::new(Arc::new(View::new(context.child("view"), &shared, member)));
    Gossip { shared: shared.clone(), source: source.clone(), strategy, blocker: blocker.clone() }
        .start(&context, gossip.0, gossip.1);

    let votes = (hold::until_caught_up(&context, &shared, votes.0), votes.1);
    let paced = Paced::new(context.child("pace"), deferred.clone(), shared, source);
    // The engine runs on the root context: aborting its handle ends every actor above.
    let engine = simplex::Engine::new(
        context,
        simplex::Config {
            scheme,
            elector: RoundRobin::<Sha256>::default(),
            blocker,
            automaton: paced,
            relay: deferred.clone(),
            reporter: deferred,
            strategy: Sequential,
            partition: format!("{prefix}-simplex"),
            mailbox_size: MAILBOX,
            epoch: Epoch::zero(),
            floor: simplex::config::Floor::Genesis(genesis.digest()),
            replay_buffer: BUFFER,
            write_buffer: BUFFER,
            page_cache: cache,
            leader_timeout: millis(limits::LEADER_TIMEOUT_MS),
            certification_timeout: millis(limits::CERTIFICATION_TIMEOUT_MS),
            timeout_retry: millis(limits::TIMEOUT_RETRY_MS),
            view_retention: VIEW_RETENTION,
            skip: SkipPolicy::Enabled {
                timeout: millis(limits::SKIP_TIMEOUT_MS),
                budget: simplex::SkipBudget::Participants,
            },
            fetch_timeout: NZDuration!(FETCH_TIMEOUT),
            fetch_retry_delay: FETCH_RETRY,
            // Who missed a block fetches it; sending it again to slow voters only slows them more.
            forward: ForwardPolicy::Disabled,
            track_historical_votes: false,
        },
    );
    let handle = engine.start(votes, certificates, resolver);
    Ok(Running { handle, reader })
}
