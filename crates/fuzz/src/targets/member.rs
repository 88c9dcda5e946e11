//! A real member among three silent ones, and bytes of theirs on every channel.
//!
//! What the engine decodes behind its own doors (the envelopes of requests and answers, say) is
//! reached only here. The member lives through many inputs, on a thread and in a time of its own,
//! and must live through all of them.

use super::peers;
use crate::{feed::Feed, samples};
use commonware_actor::{Feedback, Unreliable};
use commonware_codec::Encode as _;
use commonware_consensus::{marshal::resolver::handler::Key, types::Height};
use commonware_cryptography::{Signer as _, sha256};
use commonware_p2p::{
    BlockedSubscription, Blocker, CheckedSender, LimitedSender, PeerSetSubscription, PeerSetUpdate, Provider,
    Receiver, Recipients, TrackedPeers,
};
use commonware_parallel::Sequential;
use commonware_runtime::{
    Clock as _, IoBuf, IoBufs, Runner as _, Spawner as _, Supervisor as _, buffer::paged::CacheRef,
    deterministic,
};
use commonware_utils::{
    NZU16, NZUsize,
    channel::{mpsc, ring},
    ordered::Set,
};
use ding_chain::{
    ChainLimits,
    channels::{BACKFILL, CERTIFICATES, COUNT, RESOLVER, quotas},
    engine::{self, Config, Unwatched},
    genesis,
    types::{Digest, PeerKey},
};
use ding_pool::{Pool, PoolLimits};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc as outside,
    },
    thread,
    time::{Duration, SystemTime},
};

/// Messages of one input.
const MESSAGES_MAX: usize = 8;
/// Inputs that one member lives through.
const INPUTS_MAX: usize = 2_000;
/// Time that passes for the member with each input.
const STEP: Duration = Duration::from_millis(4);
/// Bytes of analysed pages.
const CACHE_PAGES: NonZeroUsize = NZUsize!(256);

/// What a member said first of each kind of request and answer: by channel, and the byte after the
/// number.
static SAID: Mutex<BTreeMap<(u64, u8), Vec<u8>>> = Mutex::new(BTreeMap::new());
/// Bytes of the number of a request or an answer.
const NUMBER_BYTES: usize = 8;

/// A way out, of this channel, that leads nowhere.
#[derive(Clone, Debug)]
struct Nowhere(u64);

struct Dropped(u64, Vec<PeerKey>);

impl LimitedSender for Nowhere {
    type PublicKey = PeerKey;
    type Checked<'a> = Dropped;

    fn check(&mut self, recipients: Recipients<PeerKey>) -> Result<Dropped, SystemTime> {
        let recipients = match recipients {
            Recipients::All => others(),
            Recipients::Some(list) => list,
            Recipients::One(one) => vec![one],
        };
        Ok(Dropped(self.0, recipients))
    }
}

impl CheckedSender for Dropped {
    type PublicKey = PeerKey;

    fn recipients(&self) -> Vec<PeerKey> {
        self.1.clone()
    }

    fn send(self, message: impl Into<IoBufs> + Send, _: bool) -> Unreliable<Feedback> {
        if matches!(self.0, RESOLVER | BACKFILL) {
            let message = message.into().coalesce();
            let bytes: &[u8] = message.as_ref();
            if let (Some(kind), Ok(mut said)) = (bytes.get(NUMBER_BYTES), SAID.lock()) {
                said.entry((self.0, *kind)).or_insert_with(|| bytes.to_vec());
            }
        }
        Unreliable::new(Feedback::Ok)
    }
}

/// What peers send.
#[derive(Debug)]
struct Inbox(mpsc::UnboundedReceiver<(PeerKey, IoBuf)>);

#[derive(Debug, thiserror::Error)]
#[error("the channel is closed")]
struct Closed;

impl Receiver for Inbox {
    type Error = Closed;
    type PublicKey = PeerKey;

    async fn recv(&mut self) -> Result<(PeerKey, IoBuf), Closed> {
        self.0.recv().await.ok_or(Closed)
    }

    fn capacity(&self) -> NonZeroUsize {
        NZUsize!(1024)
    }
}

/// Everybody is there, and nobody is ever shut out: the next input comes from the same peers. Who would
/// have been is counted.
#[derive(Clone, Debug)]
struct Everybody;

fn everybody() -> Set<PeerKey> {
    Set::from_iter_dedup(samples::DEALT.members.iter().map(|member| member.identity.public_key()))
}

fn others() -> Vec<PeerKey> {
    samples::DEALT.members.iter().skip(1).map(|member| member.identity.public_key()).collect()
}

impl Provider for Everybody {
    type PublicKey = PeerKey;

    async fn peer_set(&mut self, _: u64) -> Option<TrackedPeers<PeerKey>> {
        Some(TrackedPeers::primary(everybody()))
    }

    async fn subscribe(&mut self) -> PeerSetSubscription<PeerKey> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let all = TrackedPeers::primary(everybody());
        let _ = sender.send(PeerSetUpdate { index: 0, latest: all.clone(), all });
        // The subscription stays open.
        static SENDERS: Mutex<Vec<mpsc::UnboundedSender<PeerSetUpdate<PeerKey>>>> = Mutex::new(Vec::new());
        if let Ok(mut senders) = SENDERS.lock() {
            senders.retain(|sender| !sender.is_closed());
            senders.push(sender);
        }
        receiver
    }
}

impl Blocker for Everybody {
    type PublicKey = PeerKey;

    fn block(&mut self, _: PeerKey) -> Feedback {
        BANS.fetch_add(1, Ordering::SeqCst);
        Feedback::Ok
    }

    fn blocked(&mut self) -> BlockedSubscription<PeerKey> {
        let (_, receiver) = ring::channel(NZUsize!(1));
        receiver
    }
}

/// The highest block that any of the members made final.
static HEIGHT: AtomicU64 = AtomicU64::new(0);

/// The highest block that bytes of peers made final: the samples' block, if they arrive at all.
pub(super) fn height() -> u64 {
    HEIGHT.load(Ordering::SeqCst)
}

/// How often any of the members would have shut a peer out.
static BANS: AtomicU64 = AtomicU64::new(0);

/// How often the member would have shut a peer out so far.
pub(super) fn bans() -> u64 {
    BANS.load(Ordering::SeqCst)
}

type Inputs = outside::Receiver<Vec<u8>>;

/// One member's life. Answers whether there may be another.
async fn live(context: deterministic::Context, inputs: &Inputs, done: &outside::SyncSender<()>) -> bool {
    let me = samples::DEALT.members.first().expect("there are members");
    let spec = Arc::new(samples::SPEC.clone());
    let pool = Pool::new(spec.clone(), PoolLimits::default());
    let mut ways = Vec::new();
    let mut channels = Vec::new();
    for (channel, _) in quotas() {
        let (sender, receiver) = mpsc::unbounded_channel();
        ways.push(sender);
        channels.push((Nowhere(channel), Inbox(receiver)));
    }
    let running = engine::start(
        context.child("member"),
        Config {
            spec,
            prefix: "member".into(),
            me: me.identity.public_key(),
            scheme: genesis::signer(&samples::SPEC, &samples::GENESIS.hash(), me.share.clone())
                .expect("the share fits"),
            genesis: samples::GENESIS.clone(),
            source: pool,
            strategy: Sequential,
            peers: Everybody,
            blocker: Everybody,
            cache: CacheRef::new(NZU16!(4096), CACHE_PAGES),
            limits: ChainLimits::default(),
        },
        channels.try_into().unwrap_or_else(|_| unreachable!("as many as there are channels")),
        Unwatched,
    )
    .await
    .expect("a new member starts");
    let ended = Arc::new(AtomicBool::new(false));
    let watch = ended.clone();
    let handle = running.handle;
    context.child("watch").spawn(move |_| async move {
        let _ = handle.await;
        watch.store(true, Ordering::SeqCst);
    });
    let peers = others();
    for _ in 0..INPUTS_MAX {
        // Blocks the thread, and so the member's time, until there is something to try.
        let Ok(input) = inputs.recv() else { return false };
        let mut feed = Feed::new(&input);
        for _ in 0..MESSAGES_MAX {
            if feed.is_empty() {
                break;
            }
            let way = feed.pick(&(0..COUNT).collect::<Vec<_>>()).unwrap_or_default();
            let from = peers.get(usize::from(feed.byte()) % peers.len()).cloned();
            let bytes = IoBuf::from(feed.string().to_vec());
            if let (Some(way), Some(from)) = (ways.get(way), from) {
                let _ = way.send((from, bytes));
            }
        }
        context.sleep(STEP).await;
        assert!(!ended.load(Ordering::SeqCst), "bytes of a peer ended the member");
        HEIGHT.fetch_max(running.reader.status().height.get(), Ordering::SeqCst);
        if done.send(()).is_err() {
            return false;
        }
    }
    true
}

type Way = (outside::Sender<Vec<u8>>, outside::Receiver<()>);

static MEMBER: LazyLock<Mutex<Way>> = LazyLock::new(|| {
    let (sender, inputs) = outside::channel::<Vec<u8>>();
    let (done, answers) = outside::sync_channel(1);
    thread::spawn(move || {
        while deterministic::Runner::default().start(|context| {
            let (inputs, done) = (&inputs, &done);
            async move { live(context, inputs, done).await }
        }) {}
    });
    Mutex::new((sender, answers))
});

pub(super) fn run(input: &[u8]) {
    let member = MEMBER.lock().expect("no input ended the member");
    member.0.send(input.to_vec()).expect("the member lives");
    member.1.recv().expect("the member lived through the input");
}

fn message(channel: u64, from: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[u8::try_from(channel).unwrap_or(u8::MAX), from], length.as_slice(), bytes].concat()
}

/// A request or an answer of the engine: number (8), tag (1), the rest.
fn asked(number: u64, tag: u8, bytes: &[u8]) -> Vec<u8> {
    [number.to_be_bytes().as_slice(), &[tag], bytes].concat()
}

/// What a peer sends that does nothing wrong: block 1 and then its certificate, transactions, and
/// requests for state.
pub(super) fn honest() -> Vec<Vec<u8>> {
    use ding_chain::channels::*;
    // A member that gets both has a final block. The other way round it would ask for the block, and
    // nobody answers.
    let block = super::wire::block_seeds().concat();
    let certificate = peers::certificates_seeds().pop().unwrap_or_default();
    let mut inputs = vec![[message(BLOCKS, 0, &block), message(CERTIFICATES, 0, &certificate)].concat()];
    inputs.extend(peers::gossip_seeds().iter().map(|gossip| message(GOSSIP, 0, gossip)));
    inputs
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    use ding_chain::channels::*;
    let mut seeds: Vec<Vec<u8>> = honest().into_iter().take(1).collect();
    for vote in peers::votes_seeds() {
        seeds.push(message(VOTES, 0, &vote));
    }
    for certificate in peers::certificates_seeds() {
        seeds.push(message(CERTIFICATES, 1, &certificate));
        let length = u8::try_from(certificate.len()).unwrap_or(u8::MAX);
        seeds.push(message(RESOLVER, 2, &asked(0, 1, &[&[length], certificate.as_slice()].concat())));
    }
    seeds.push(message(RESOLVER, 0, &asked(7, 0, &[0, 0, 0, 0, 0, 0, 0, 3])));
    for key in peers::backfill_seeds().into_iter().take(3) {
        seeds.push(message(BACKFILL, 0, &asked(9, 0, &key)));
    }
    for block in super::wire::block_seeds() {
        seeds.push(message(BLOCKS, 1, &block));
    }
    for request in peers::sync_seeds() {
        for channel in [SYNC_ACCOUNTS, SYNC_MODULES, SYNC_CONTRACTS] {
            seeds.push(message(channel, 2, &asked(11, 0, &request)));
        }
    }
    for gossip in peers::gossip_seeds() {
        seeds.push(message(GOSSIP, 0, &gossip));
    }
    seeds.push(message(RESOLVER, 1, &asked(3, 2, &[])));
    let all: Vec<u8> = seeds.iter().rev().take(MESSAGES_MAX).flatten().copied().collect();
    seeds.push(all);
    seeds
}

/// Envelopes of requests and answers as a member writes them: it hears of a block that it does not have
/// and asks for it; then it has it and is asked. Their numbers are zero here: a member counts for
/// itself.
pub(super) fn envelopes() -> Vec<(String, Vec<u8>)> {
    let pass = |inputs: usize| (0..inputs).for_each(|_| run(&[]));
    let certificate = peers::certificates_seeds().pop().unwrap_or_default();
    run(&message(CERTIFICATES, 0, &certificate));
    pass(100);
    seeds().iter().take(1).for_each(|both| run(both));
    pass(500);
    // The block that it has, and one that nobody has.
    let keys: [Key<Digest>; 2] =
        [Key::Block(sha256::Digest(samples::HEADER.hash().0)), Key::Finalized { height: Height::new(77) }];
    for key in keys {
        run(&message(BACKFILL, 0, &asked(9, 0, &key.encode())));
        pass(20);
    }
    run(&message(RESOLVER, 0, &asked(7, 0, &samples::HEADER.view.to_be_bytes())));
    pass(100);
    let said = SAID.lock().map(|said| said.clone()).unwrap_or_default();
    let named = said.into_iter().map(|((channel, kind), mut bytes)| {
        bytes.iter_mut().take(NUMBER_BYTES).for_each(|byte| *byte = 0);
        let channel = if channel == RESOLVER { "certificates" } else { "blocks" };
        let kind = ["request", "answer", "refusal"].get(usize::from(kind)).unwrap_or(&"other");
        (format!("{channel}-{kind}"), bytes)
    });
    named.collect()
}
