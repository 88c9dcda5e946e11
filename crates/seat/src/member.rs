//! One member: the real chain, pool, execution, state, read model and RPC, on a machine of its own.

use crate::{
    Witness,
    dice::Dice,
    disk::{Crash, Disk},
    events::Events,
    machine::{Life, Machine, Watch},
    network::Network,
    wire::{Post, Sender},
};
use commonware_p2p::simulated::{self, Oracle};
use commonware_parallel::Sequential;
use commonware_runtime::{
    Clock as _, Handle, Spawner as _, Supervisor as _, buffer::paged::CacheRef, deterministic,
};
use commonware_utils::{NZU16, NZUsize, sync::Mutex};
use ding_chain::{
    ChainLimits, Reader, channels,
    engine::{self, Config, Unwatched},
    genesis,
    reader::BlockId,
    replay::Report,
    types::PeerKey,
};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{
    B256, Height, Holding, limits,
    ports::{FinalizedBlock, FinalizedSink, Pending},
};
use ding_readmodel::{Config as RowsConfig, ReadModel};
use ding_rpc::{Parts, Rpc, RpcError, RpcLimits};
use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

/// The simulated network's handle.
pub type Net = Oracle<PeerKey, deterministic::Context>;

/// Transactions that wait at one member. Small, so that pools do fill up.
const POOL_TRANSACTIONS: usize = 32;
/// Transactions of one sender that wait.
const POOL_SENDER_TRANSACTIONS: usize = 16;

/// The pool's bounds here.
pub fn pool_limits() -> PoolLimits {
    PoolLimits {
        transactions: POOL_TRANSACTIONS,
        sender_transactions: POOL_SENDER_TRANSACTIONS,
        idle_senders: 4,
        ..PoolLimits::default()
    }
}

/// The bounds of a member's memory of the chain. Small, so that blocks do get forgotten, and run again
/// when they become final all the same; and not the same everywhere, so that one member forgets what
/// another remembers.
pub fn chain_limits(index: usize) -> ChainLimits {
    ChainLimits {
        executed_blocks: 1 + index % 3,
        recent_blocks: 8,
        recent_bytes: 16 * 1024,
        met_transactions: 4,
        ..ChainLimits::default()
    }
}

/// Pages of its stores that a member keeps in memory. So few that state, blocks and receipts are read from
/// the disk again and again, where reads fail and bits flip.
const CACHE_PAGES: NonZeroUsize = NZUsize!(8);

/// The bounds of what its door remembers.
pub fn rpc_limits() -> RpcLimits {
    RpcLimits { accounts: 4, filters: 4, terms: 3, blooms: 2 }
}

/// What is seen of a member that runs.
#[derive(Clone)]
pub struct Up {
    /// To look.
    pub reader: Reader,
    /// Where transactions wait.
    pub pool: Pool,
    /// The door; see [`Up::call`].
    rpc: Rpc,
    /// Rows.
    pub rows: Arc<ReadModel>,
    /// Which start this is, from 1.
    pub start: u32,
    disk: Arc<Disk>,
    life: Arc<Life>,
}

impl Up {
    /// Whether it still runs, and nothing was ever wrong with its disk in this start, nor is with what is
    /// on it: then it has every answer.
    pub fn is_sound(&self) -> bool {
        self.is_on() && self.disk.is_sound()
    }

    /// Whether it still runs.
    pub fn is_on(&self) -> bool {
        self.life.is_on()
    }

    /// Calls a method of its door.
    pub fn call<'a>(&'a self, method: &'a str, params: &'a str) -> Pending<'a, Result<String, RpcError>> {
        Box::pin(self.rpc.call(method, params))
    }

    /// How much it holds in memory of each thing that grows, and how much it may.
    pub fn holdings(&self) -> Vec<Holding> {
        self.rpc.all_holdings()
    }
}

/// Where clients knock: the member that runs, if it does.
#[derive(Clone, Default)]
pub struct Door(Arc<Mutex<Option<Up>>>);

impl Door {
    /// The member, if it runs.
    pub fn up(&self) -> Option<Up> {
        self.0.lock().clone()
    }
}

/// One seat of the ledger.
pub struct Member {
    /// Its number, from 0.
    pub index: usize,
    /// Its disk.
    pub disk: Arc<Disk>,
    /// Its clock.
    pub watch: Arc<Watch>,
    /// Its way out.
    pub post: Arc<Post>,
    /// Where clients find it.
    pub door: Door,
    /// How often it was started.
    pub starts: u32,
    folder: PathBuf,
    rows: Option<Arc<ReadModel>>,
    wiped: u32,
    running: Option<Running>,
}

struct Running {
    life: Arc<Life>,
    handle: Handle<()>,
    ended: Arc<Mutex<Option<String>>>,
}

/// Hears final blocks for the judge and the rows.
struct Ear {
    index: usize,
    life: Arc<Life>,
    disk: Arc<Disk>,
    judge: Arc<dyn Witness>,
    rows: Arc<ReadModel>,
    /// The height it was told of last, 0 before the first.
    told: AtomicU64,
}

impl FinalizedSink for Ear {
    fn finalized(&self, block: &Arc<FinalizedBlock>) {
        if self.life.is_on() {
            let height = block.header.height.get();
            let before = self.told.swap(height, Ordering::Relaxed);
            if before > 0 && height != before + 1 {
                self.judge.blame(Some(self.index), format!("told of block {height} after block {before}"));
            }
            self.judge.hears(self.index, block);
            self.project(block);
        }
    }
}

impl Ear {
    /// Writes the rows of a block if it is their turn.
    fn project(&self, block: &Arc<FinalizedBlock>) {
        if self.next() == block.header.height.get()
            && let Err(error) = self.rows.project(core::slice::from_ref(block))
        {
            self.judge.blame(Some(self.index), format!("rows of block {}: {error}", block.header.height));
        }
    }

    fn next(&self) -> u64 {
        self.rows.status().height.map_or(1, |height| height.get() + 1).max(1)
    }

    /// Brings rows and judge to the head of a member that just started.
    async fn catch_up(&self, reader: &Reader) {
        let mut height = self.next();
        while height <= reader.head().header.height.get() {
            match reader.block(BlockId::Height(Height::new(height))).await {
                Ok(Some(block)) => {
                    self.judge.hears(self.index, &block);
                    self.project(&block);
                }
                Ok(None) => {
                    self.judge.blame(Some(self.index), format!("no block {height} in its archive"));
                    return;
                }
                Err(error) => {
                    // Else it stops by itself, and what it says is checked then.
                    if self.life.is_on() && self.disk.is_sound() {
                        self.judge
                            .blame(Some(self.index), format!("no block {height} for its rows: {error}"));
                    }
                    return;
                }
            }
            height = self.next().max(height + 1);
        }
    }
}

impl Member {
    /// A member that was never started.
    pub fn new(
        context: &deterministic::Context,
        index: usize,
        dice: &Dice,
        folder: &std::path::Path,
    ) -> Self {
        let member = format!("member-{index}");
        let clock = context.child("disk").with_attribute("member", index);
        let post = context.child("post").with_attribute("member", index);
        let watch = Arc::<Watch>::default();
        Self {
            index,
            disk: Arc::new(Disk::new(clock, dice.fork(&format!("disk of {member}")))),
            watch: watch.clone(),
            post: Arc::new(Post::new(post, watch, dice.fork(&format!("post of {member}")))),
            door: Door::default(),
            starts: 0,
            folder: folder.to_owned(),
            rows: None,
            wiped: 0,
            running: None,
        }
    }

    /// Whether it was started and not stopped.
    pub const fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// What it died of, if it died by itself.
    pub fn death(&self) -> Option<String> {
        let running = self.running.as_ref()?;
        running.life.panic().or_else(|| running.ended.lock().clone())
    }

    /// Starts it; it is up some time after.
    ///
    /// # Panics
    ///
    /// If the simulated network is gone, or rows cannot be written here at all.
    pub fn start<'a>(
        &'a mut self,
        context: &'a deterministic::Context,
        net: &'a Net,
        network: &'a Network,
        judge: &'a Arc<dyn Witness>,
        events: &'a Events,
    ) -> Pending<'a, ()> {
        // Boxed, as everything here that runs a chain, so that it is compiled with this crate.
        Box::pin(self.begin(context, net, network, judge, events))
    }

    async fn begin(
        &mut self,
        context: &deterministic::Context,
        net: &Net,
        network: &Network,
        judge: &Arc<dyn Witness>,
        events: &Events,
    ) {
        assert!(self.running.is_none(), "a member is started once");
        // A new process knows no code yet.
        ding_execution::forget_code();
        self.starts += 1;
        let (index, start) = (self.index, self.starts);
        let me = network.keys.get(index).expect("one key a member").clone();
        let mut ways = Vec::new();
        for (channel, quota) in channels::quotas() {
            let control = net.control(me.clone());
            let (plain, receiver) = control.register(channel, quota).await.expect("the network runs");
            ways.push((Sender::new(plain, channel, self.post.clone()), receiver));
        }
        let ways: [(Sender, simulated::Receiver<PeerKey>); channels::COUNT] =
            ways.try_into().unwrap_or_else(|_| unreachable!("as many as the table has"));

        let rows = match &self.rows {
            Some(rows) => rows.clone(),
            None => {
                let path = self.folder.join(format!("member-{index}-{}.sqlite", self.wiped));
                let config = RowsConfig { genesis_hash: network.genesis_hash(), spec: network.spec.clone() };
                let rows = ReadModel::open(path, config).expect("the folder for rows can be written");
                self.rows.insert(Arc::new(rows)).clone()
            }
        };
        let context = context.child("member").with_attribute("index", index).with_attribute("start", start);
        let (machine, life) = Machine::start(context, self.watch.clone(), &self.disk);
        let ended = Arc::new(Mutex::new(None));
        let parts = Start {
            index,
            start,
            me: me.clone(),
            network: network.clone(),
            net: net.clone(),
            ways,
            door: self.door.clone(),
            rows,
            judge: judge.clone(),
            events: events.clone(),
            disk: self.disk.clone(),
            life: life.clone(),
        };
        let outcome = ended.clone();
        let handle = machine.spawn(move |machine| async move {
            let end = parts.run(machine).await;
            *outcome.lock() = Some(end);
        });
        self.running = Some(Running { life, handle, ended });
        events.tell(Some(index), format!("starts ({start})"));
    }

    /// Cuts its power; what it did not sync fares as `crash` says.
    pub fn crash<'a>(&'a mut self, net: &'a Net, network: &'a Network, crash: Crash) -> Pending<'a, ()> {
        Box::pin(self.end(net, network, crash))
    }

    async fn end(&mut self, net: &Net, network: &Network, crash: Crash) {
        let Some(running) = self.running.take() else { return };
        running.life.switch_off();
        *self.door.0.lock() = None;
        self.disk.crash(crash);
        running.handle.abort();
        let _ = running.handle.await;
        // Who restarts has forgotten whom it shut out.
        let blocked = net.blocked().await.unwrap_or_default();
        if let Some(me) = network.keys.get(self.index) {
            for (from, to) in blocked.into_iter().filter(|(from, _)| from == me) {
                let _ = net.unblock(from, to).await;
            }
        }
    }

    /// Executes the whole archive again from the genesis, with the member stopped. Says what was
    /// executed: all blocks up to the `head` that the member told of, and perhaps some that it had
    /// archived and not told of yet.
    ///
    /// # Errors
    ///
    /// The first thing that differs.
    pub fn replay<'a>(
        &'a mut self,
        context: &'a deterministic::Context,
        net: &'a Net,
        network: &'a Network,
        head: Height,
    ) -> Pending<'a, Result<Report, String>> {
        Box::pin(self.again(context, net, network, head))
    }

    async fn again(
        &mut self,
        context: &deterministic::Context,
        net: &Net,
        network: &Network,
        head: Height,
    ) -> Result<Report, String> {
        self.crash(net, network, Crash::Kept).await;
        let (machine, life) = Machine::start(context.child("replay"), self.watch.clone(), &self.disk);
        let (spec, prefix) = (network.spec.clone(), format!("member-{}", self.index));
        let mut handle = machine.spawn(move |machine| async move {
            let cache = CacheRef::new(NZU16!(4096), CACHE_PAGES);
            ding_chain::replay::replay(machine, spec, &prefix, cache, Sequential, |_, _| {}).await
        });
        let replayed = loop {
            let replayed = commonware_macros::select! {
                replayed = &mut handle => Some(replayed),
                _ = context.sleep(Duration::from_secs(1)) => None,
            };
            match (replayed, life.panic()) {
                (Some(replayed), _) => break replayed.map_err(|error| error.to_string())?,
                (None, Some(panic)) => return Err(panic),
                (None, None) => {}
            }
        };
        let report = replayed.map_err(|error| error.to_string())?;
        let Some(untold) = report.blocks.checked_sub(head.get()) else {
            return Err(format!("it ends at block {}, its head was {head}", report.blocks));
        };
        // The head was told of, and its receipts may have been on their way to the disk.
        if report.pending > untold + 1 {
            return Err(format!("{} blocks up to {} have no receipts", report.pending, report.blocks));
        }
        if report.faults > 0 {
            return Err(format!("{} transactions broke a module's invariant", report.faults));
        }
        Ok(report)
    }

    /// A new disk: nothing of the old one is left, rows included.
    pub fn wipe(&mut self) {
        self.disk.wipe();
        self.rows = None;
        self.wiped += 1;
    }
}

/// What a member needs to come up.
struct Start {
    index: usize,
    start: u32,
    me: PeerKey,
    network: Network,
    net: Net,
    ways: [(Sender, simulated::Receiver<PeerKey>); channels::COUNT],
    door: Door,
    rows: Arc<ReadModel>,
    judge: Arc<dyn Witness>,
    events: Events,
    disk: Arc<Disk>,
    life: Arc<Life>,
}

impl Start {
    /// Runs it to its end; says what that was.
    async fn run(self, machine: Machine) -> String {
        let Self { index, start, me, network, net, ways, door, rows, judge, events, disk, life } = self;
        let scheme = network.scheme(index);
        let Network { spec, .. } = network;
        let genesis = genesis::block::<Machine>(&spec).expect("the genesis is sound");
        let pool = Pool::new(spec.clone(), pool_limits());
        let clock = Arc::new(machine.child("clock"));
        let running = engine::start(
            machine.child("chain"),
            Config {
                spec,
                prefix: format!("member-{index}"),
                me: me.clone(),
                scheme,
                genesis,
                source: pool.clone(),
                strategy: Sequential,
                peers: net.manager(),
                blocker: net.control(me),
                cache: CacheRef::new(NZU16!(4096), CACHE_PAGES),
                limits: chain_limits(index),
            },
            ways,
            Unwatched,
        )
        .await;
        let running = match running {
            Ok(running) => running,
            Err(error) => return format!("did not start: {error}"),
        };
        let reader = running.reader.clone();
        let told = AtomicU64::new(0);
        let (ears, eyes) = (life.clone(), disk.clone());
        let ear = Arc::new(Ear { index, life: ears, disk: eyes, judge, rows: rows.clone(), told });
        reader.subscribe(ear.clone());
        ear.catch_up(&reader).await;
        let rpc = Rpc::with_limits(
            Parts {
                reader: reader.clone(),
                pool: pool.clone(),
                query: Some(rows.query()),
                clock: Arc::new(move || {
                    let since = clock.current().duration_since(UNIX_EPOCH).unwrap_or_default();
                    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
                }),
                seed: B256::repeat_byte(u8::try_from(index).unwrap_or_default()),
            },
            rpc_limits(),
        );
        events.tell(Some(index), format!("is up at block {}", reader.head().header.height));
        *door.0.lock() = Some(Up { reader, pool, rpc, rows, start, disk, life });
        match running.handle.await {
            Ok(()) => "its engine ended".into(),
            Err(error) => format!("its engine ended: {error}"),
        }
    }
}

/// How long a client waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(5);

const _: () = assert!(POOL_TRANSACTIONS <= limits::POOL_TRANSACTIONS_MAX);
