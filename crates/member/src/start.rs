//! Wires one member from top to bottom: folder, network, pool, chain, read model, doors.

use crate::{config::Home, failure::Failure};
use commonware_cryptography::Signer as _;
use commonware_p2p::{Address, Ingress};
use commonware_runtime::{
    Clock as _, Metrics as _, Runner as _, Spawner as _, Strategizer as _, Supervisor as _,
    buffer::paged::CacheRef, tokio as runtime,
};
use commonware_utils::{Hostname, NZU16, ordered::Map};
use ding_chain::{
    ChainLimits,
    engine::{self, Unwatched},
    genesis, network,
    types::peer_key,
};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{B256, Height, limits};
use ding_readmodel::{Config as ReadModelConfig, ReadModel};
use ding_rpc::{Parts, Rpc, transport};
use std::{
    io::IsTerminal as _,
    net::SocketAddr,
    num::NonZeroUsize,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// Layout of everything in a chain's store. Raised when an older one could not be read any more.
pub const STORE_VERSION: u32 = 3;
/// Start of the names of a chain's files in its store.
pub const STORE_PREFIX: &str = "chain";
/// Bytes of a page of the stores in memory.
const PAGE_BYTES: u16 = 4096;

/// A member that was told to stop has this long.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// How often the time of day is compared with the steady time.
const CLOCK_LOOK: Duration = Duration::from_millis(500);
/// What passes for one moment when both are read.
const CLOCK_MOMENT: Duration = Duration::from_millis(10);

/// A member's data folder must take this much more for it to go on.
const ROOM_BYTES: usize = 1024 * 1024;

/// How a member is run by its command.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Threads of the member's runtime.
    pub workers: usize,
    /// Threads that recover signatures; 1 when several members share a machine.
    pub parallelism: usize,
    /// Whether the member is ready only with block 1, which brings the genesis accounts.
    pub await_first_block: bool,
}

/// A member that is up.
#[derive(Clone, Debug)]
pub struct Up {
    /// Its name.
    pub name: String,
    /// Where its doors are.
    pub http: SocketAddr,
    /// Its latest final block when its doors opened.
    pub height: u64,
}

/// A member running on a thread of its own.
pub struct Member {
    data: PathBuf,
    thread: thread::JoinHandle<Result<(), Failure>>,
    up: watch::Receiver<Option<Up>>,
}

impl Member {
    /// Starts a member on its own thread and runtime; it runs until `stop` says so.
    pub fn spawn(home: Home, options: Options, stop: watch::Receiver<bool>) -> Self {
        let (ready, up) = watch::channel(None);
        let name = format!("ding-{}", home.settings.member);
        let data = home.data();
        let thread = thread::Builder::new().name(name).spawn(move || run(home, options, ready, stop));
        let thread = thread.unwrap_or_else(|error| {
            thread::spawn(move || Err(Failure::Failed(format!("no thread for a member: {error}"))))
        });
        Self { data, thread, up }
    }

    /// Waits until the member's doors are open.
    ///
    /// # Errors
    ///
    /// Why it did not start.
    pub async fn ready(&mut self) -> Result<Up, Failure> {
        match self.up.wait_for(Option::is_some).await {
            Ok(up) => Ok(up.clone().unwrap_or_else(|| unreachable!("waited for it"))),
            Err(_) => Err(Failure::Failed("a member ended before it was ready".into())),
        }
    }

    /// Whether the member ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits until the member ended.
    ///
    /// # Errors
    ///
    /// Why it ended, if not because it was told to.
    pub fn join(self) -> Result<(), Failure> {
        let patience = Instant::now() + STOP_PATIENCE;
        while !self.thread.is_finished() {
            if Instant::now() > patience {
                return Err(Failure::Failed(format!(
                    "a member did not stop within {} s and is ended now; nothing final is lost",
                    STOP_PATIENCE.as_secs()
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        let ended = self.thread.join().unwrap_or_else(|_| {
            Err(Failure::Failed("a member stopped on a broken invariant; the log names it".into()))
        });
        match ended {
            Err(Failure::Failed(reason)) if disk_is_full(&self.data) => Err(Failure::Failed(format!(
                "the disk of {} is full; make room and start the member again: nothing final is lost ({reason})",
                self.data.display()
            ))),
            ended => ended,
        }
    }
}

/// Whether the file system of a folder takes no more. The engine's own words for a write that
/// failed do not always say why.
fn disk_is_full(folder: &Path) -> bool {
    let probe = folder.join("room");
    let written = std::fs::write(&probe, vec![0; ROOM_BYTES]);
    let _ = std::fs::remove_file(&probe);
    let full = [std::io::ErrorKind::StorageFull, std::io::ErrorKind::QuotaExceeded];
    written.is_err_and(|error| full.contains(&error.kind()))
}

fn run(
    home: Home,
    options: Options,
    ready: watch::Sender<Option<Up>>,
    stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let data = home.data();
    std::fs::create_dir_all(&data).map_err(|e| Failure::Failed(format!("{}: {e}", data.display())))?;
    check_chain(&home)?;
    let config = runtime::Config::new()
        .with_worker_threads(options.workers.max(1))
        .with_storage_directory(home.store())
        .with_tcp_nodelay(Some(true))
        .with_connect_timeout(Duration::from_millis(limits::PEER_CONNECT_MS_MAX))
        .with_read_write_timeout(Duration::from_millis(limits::PEER_MESSAGE_MS_MAX));
    let run = |context| async {
        tokio::select! {
            ended = member(context, &home, options, &ready, stop.clone()) => ended.map(|()| None),
            back = clock_set_back() => Ok(Some(back)),
        }
    };
    match runtime::Runner::new(config).start(run)? {
        None => Ok(()),
        Some(back) => Err(start_again(back)),
    }
}

/// Replaces this process by a new one of the same command. Returns only if that fails.
fn start_again(back: Duration) -> Failure {
    let ms = u64::try_from(back.as_millis()).unwrap_or(u64::MAX);
    tracing::warn!(ms, "the clock of this machine was set back; the process starts again");
    let error = match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    };
    Failure::Failed(format!(
        "the clock of this machine was set back by {ms} ms and the process could not start itself again ({error}); start it: nothing final is lost"
    ))
}

/// Resolves when this machine's clock is set back, with how far.
///
/// The engine's deadlines are times of day: each of them, down to when a peer may be dialled again,
/// would wait as much longer as the clock went back. Set forward, they only come early. Only a new
/// process is free of them, and it costs about a second.
async fn clock_set_back() -> Duration {
    let (mut wall, mut steady) = both_clocks();
    loop {
        tokio::time::sleep(CLOCK_LOOK).await;
        let (wall_now, steady_now) = both_clocks();
        let expected = wall + steady_now.saturating_duration_since(steady);
        match expected.duration_since(wall_now) {
            Ok(back) if back > Duration::from_millis(limits::CLOCK_BACK_MS_MAX) => return back,
            _ => (wall, steady) = (wall_now, steady_now),
        }
    }
}

/// The time of day and the steady time of one moment.
fn both_clocks() -> (SystemTime, Instant) {
    loop {
        let (before, wall, after) = (Instant::now(), SystemTime::now(), Instant::now());
        // A process that is halted between the two would take the halt for a step.
        if after.saturating_duration_since(before) < CLOCK_MOMENT {
            return (wall, after);
        }
    }
}

/// A data folder belongs to one genesis and one layout of the store; others are refused before
/// anything is opened.
fn check_chain(home: &Home) -> Result<(), Failure> {
    let path = home.data().join("genesis-digest");
    let digest = home.spec.digest().to_string();
    let found = match std::fs::read_to_string(&path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            // The runtime leaves its own `.hold` even where a start was refused.
            let data =
                |entry: std::io::Result<std::fs::DirEntry>| entry.is_ok_and(|e| e.file_name() != ".hold");
            if home.store().read_dir().is_ok_and(|mut entries| entries.any(data)) {
                return Err(Failure::Input(format!(
                    "{} has data but no genesis-digest; it was not written by this program",
                    home.data().display()
                )));
            }
            return Ok(());
        }
        Err(error) => return Err(Failure::Failed(format!("{}: {error}", path.display()))),
    };
    let mut lines = found.lines();
    let theirs = lines.next().unwrap_or_default();
    if theirs != digest {
        return Err(Failure::Input(format!(
            "{} holds a chain of another genesis (digest {theirs}, this genesis.json has {digest}); use the matching genesis.json or another folder",
            home.data().display(),
        )));
    }
    let layout = lines.next().unwrap_or("store 0");
    if layout != format!("store {STORE_VERSION}") {
        return Err(Failure::Input(format!(
            "{} was written by another release ({layout}, this one reads store {STORE_VERSION}); use that release",
            home.data().display(),
        )));
    }
    Ok(())
}

/// Marks the data folder as this genesis's. Called once the member's keys are known to fit it.
fn mark_chain(home: &Home) -> Result<(), Failure> {
    let path = home.data().join("genesis-digest");
    if path.exists() {
        return Ok(());
    }
    let text = format!("{}\nstore {STORE_VERSION}\n", home.spec.digest());
    std::fs::write(&path, text).map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))
}

/// The network listens later and cannot say politely that it may not.
fn check_peer_port(address: SocketAddr) -> Result<(), Failure> {
    match std::net::TcpListener::bind(address) {
        Ok(_free) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(Failure::Failed(format!(
            "the peer-to-peer port {} is in use by another program; stop it, or set another `p2p` in node.toml and tell the other members",
            address.port()
        ))),
        Err(error) => Err(Failure::Failed(format!(
            "the peer-to-peer address {address} cannot be used: {error}; set another `p2p` in node.toml"
        ))),
    }
}

async fn member(
    context: runtime::Context,
    home: &Home,
    options: Options,
    ready: &watch::Sender<Option<Up>>,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let spec = Arc::new(home.spec.clone());
    let settings = home.settings.clone();
    // A taken port is found before the member joins the others.
    let listener = transport::bind(settings.http).await.map_err(Failure::failed)?;
    let genesis = genesis::block::<runtime::Context>(&spec).map_err(Failure::input)?;
    let genesis_hash = genesis.hash();
    let scheme = genesis::signer(&spec, &genesis_hash, home.share.clone()).map_err(Failure::input)?;
    let me = home.identity.public_key();
    let known = spec.validators.iter().find(|v| peer_key(&v.key).as_ref() == Some(&me));
    if known.is_none_or(|v| v.name != settings.member) {
        return Err(Failure::Input(format!(
            "the key in keys/{} is not that of {} in genesis.json",
            crate::config::IDENTITY,
            settings.member
        )));
    }

    let members = addresses(home)?;
    check_peer_port(settings.p2p)?;
    mark_chain(home)?;
    let network = network::prepare(
        context.child("network"),
        home.identity.clone(),
        &genesis_hash,
        settings.p2p,
        members,
    );
    let (channels, oracle, start_network) = network.split();
    let pool = Pool::new(spec.clone(), PoolLimits::default());
    let pages = settings.cache_mib.max(1).saturating_mul(1024 * 1024) / usize::from(PAGE_BYTES);
    let parallelism = NonZeroUsize::new(options.parallelism).unwrap_or(NonZeroUsize::MIN);
    // Before the chain: a member that was killed may need the others to come up again.
    let _network = start_network();
    let starting = engine::start(
        context.child("chain"),
        engine::Config {
            spec: spec.clone(),
            prefix: STORE_PREFIX.into(),
            me,
            scheme,
            genesis,
            source: pool.clone(),
            strategy: context.strategy(parallelism),
            peers: oracle.clone(),
            blocker: oracle,
            cache: CacheRef::new(NZU16!(PAGE_BYTES), NonZeroUsize::new(pages).unwrap_or(NonZeroUsize::MIN)),
            limits: ChainLimits::default(),
        },
        channels,
        Unwatched,
    );
    let running = tokio::select! {
        running = starting => running.map_err(Failure::failed)?,
        _ = stop.wait_for(|stop| *stop) => return Ok(()),
    };
    let reader = running.reader.clone();

    let read_model = if settings.read_model { open_read_model(&home.read_model(), &reader) } else { None };
    let query = read_model.as_ref().map(|model| model.query());
    let rpc = Rpc::new(Parts {
        reader: reader.clone(),
        pool,
        query,
        clock: Arc::new(now_ms),
        seed: B256::from(rand::random::<[u8; 32]>()),
    });
    let metrics = context.child("metrics");
    let mut stopping = stop.clone();
    let doors = context.child("doors").spawn({
        let rpc = rpc.clone();
        move |_| {
            transport::serve(
                listener,
                transport::RouterParts { chains: vec![rpc], metrics: Arc::new(move || metrics.encode()) },
                async move {
                    let _ = stopping.wait_for(|stop| *stop).await;
                },
            )
        }
    });
    while options.await_first_block && reader.head().header.height == Height::GENESIS && !*stop.borrow() {
        context.sleep(Duration::from_millis(5)).await;
    }
    let height = reader.head().header.height.get();
    ready.send_replace(Some(Up { name: settings.member.clone(), http: settings.http, height }));

    let ended = tokio::select! {
        _ = stop.wait_for(|stop| *stop) => None,
        ended = running.handle => Some(ended),
    };
    let _ = tokio::time::timeout(Duration::from_secs(2), doors).await;
    drop(read_model);
    match ended {
        None => Ok(()),
        Some(_) => Err(Failure::Failed(format!(
            "{} stopped; the log says why. Start it again: nothing final is lost",
            settings.member
        ))),
    }
}

/// The read model is a convenience: when its file cannot be used the member runs without, and
/// says so.
fn open_read_model(path: &Path, reader: &ding_chain::Reader) -> Option<Arc<ReadModel>> {
    let model = match ReadModel::open(
        path,
        ReadModelConfig { genesis_hash: reader.genesis_hash(), spec: reader.spec().clone() },
    ) {
        Ok(model) => Arc::new(model),
        Err(error) => {
            tracing::error!(%error, "running without a read model");
            return None;
        }
    };
    reader.subscribe(model.clone());
    if let Err(error) = model.start(Arc::new(reader.clone())) {
        tracing::error!(%error, "running without a read model");
        return None;
    }
    Some(model)
}

fn addresses(home: &Home) -> Result<Map<ding_chain::types::PeerKey, Address>, Failure> {
    let mut list = Vec::new();
    for validator in &home.spec.validators {
        let key = peer_key(&validator.key).ok_or_else(|| {
            Failure::Input(format!("genesis.json: the key of {} is not an ed25519 key", validator.name))
        })?;
        let place = home.settings.peers.get(&validator.name).ok_or_else(|| {
            Failure::Input(format!(
                "node.toml: [peers] has no address for {}; add \"{}\" = \"host:port\"",
                validator.name, validator.name
            ))
        })?;
        list.push((key, address(place)?));
    }
    for name in home.settings.peers.keys() {
        if !home.spec.validators.iter().any(|v| v.name == *name) {
            return Err(Failure::Input(format!(
                "node.toml: [peers] names {name}, which is no member of this chain"
            )));
        }
    }
    Ok(Map::from_iter_dedup(list))
}

/// `host:port` as an address: numbers as they are, names looked up whenever they are dialled.
fn address(place: &str) -> Result<Address, Failure> {
    if let Ok(socket) = place.parse::<SocketAddr>() {
        return Ok(Address::Symmetric(socket));
    }
    let wrong =
        |reason: &str| Failure::Input(format!("node.toml: peer address {place:?}: {reason}; want host:port"));
    let (host, port) = place.rsplit_once(':').ok_or_else(|| wrong("no port"))?;
    let port: u16 = port.parse().map_err(|_| wrong("the port is no number up to 65535"))?;
    let host = Hostname::new(host).map_err(|e| wrong(&e.to_string()))?;
    // Connections are accepted by key, so where a named host connects from does not matter.
    let egress = SocketAddr::from(([0, 0, 0, 0], port));
    Ok(Address::Asymmetric { ingress: Ingress::Dns { host, port }, egress })
}

/// Milliseconds since 1970 on this machine's clock.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Prepares the log: standard error, level from `DING_LOG` or `level`.
pub fn log(level: &str) {
    // Opening a new store is news to the engine, not to an operator.
    let ours = format!("{level},commonware_storage=error");
    let filter = tracing_subscriber::EnvFilter::try_from_env("DING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(ours));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
}

/// Resolves on Ctrl-C or a request to end (SIGTERM), and tells the members.
pub async fn until_told(stop: &watch::Sender<bool>) {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {},
        () = terminate => {},
    }
    stop.send_replace(true);
}
