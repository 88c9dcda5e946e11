//! One simulated member, and what the harness sees of it.

use crate::{
    network::Network,
    workload::{accounts, signed},
};
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_sol_types::SolCall as _;
use commonware_glue::{
    simulate::{
        engine::{EngineDefinition, InitContext},
        processed::ProcessedHeight,
        reporter::MonitorReporter,
        tracker::FinalizationUpdate,
    },
    stateful::Mailbox,
};
use commonware_parallel::Sequential;
use commonware_runtime::{
    Clock as _, Handle, Quota, Spawner as _, Supervisor as _, buffer::paged::CacheRef, deterministic,
};
use commonware_utils::{NZU16, NZUsize, channel::mpsc};
use ding_chain::{
    Reader,
    application::Ledger,
    channels,
    engine::{self, Config, WrapReporter, max_message_size},
    genesis,
    types::PeerKey,
};
use ding_modules::evidence;
use ding_pool::{Pool, PoolLimits};
use ding_primitives::Account;
use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// Members of a simulated ledger, as the harness starts them.
#[derive(Clone, Debug)]
pub struct Members {
    /// Keys and genesis.
    pub network: Network,
    /// Pause between two transactions of one client.
    pub pause: Duration,
}

/// A running member.
#[derive(Clone, Debug)]
pub struct Member {
    /// What its doors would look through.
    pub reader: Reader,
}

impl ProcessedHeight for Member {
    async fn processed_height(&self) -> u64 {
        self.reader.head().header.height.get()
    }
}

/// Reports progress to the harness on the way to the ledger.
struct Monitor(mpsc::UnboundedSender<FinalizationUpdate<PeerKey>>);

type Inner = Mailbox<deterministic::Context, Ledger<deterministic::Context, Pool, Sequential>>;

impl WrapReporter<deterministic::Context, Pool, Sequential> for Monitor {
    type Reporter = MonitorReporter<PeerKey, Inner>;

    fn wrap(self, me: &PeerKey, inner: Inner) -> Self::Reporter {
        MonitorReporter::new(me.clone(), self.0, inner)
    }
}

impl EngineDefinition for Members {
    type PublicKey = PeerKey;
    type Engine = Handle<()>;
    type State = Member;

    fn participants(&self) -> Vec<PeerKey> {
        self.network.keys()
    }

    fn channels(&self) -> Vec<(u64, Quota)> {
        channels::quotas().to_vec()
    }

    fn max_message_size(&self) -> u32 {
        max_message_size(u32::try_from(self.network.spec.validators.len()).expect("few members"))
    }

    async fn init(&self, init: InitContext<'_, PeerKey>) -> (Handle<()>, Member) {
        let InitContext { context, index, public_key, oracle, channels, monitor, .. } = init;
        let Network { spec, dealt } = &self.network;
        let genesis = genesis::block::<deterministic::Context>(spec).expect("the genesis is sound");
        let share = dealt.members.get(index).expect("one share a member").share.clone();
        let scheme = genesis::signer(spec, &genesis.hash(), share).expect("the share fits");
        let pool = Pool::new(spec.clone(), PoolLimits::default());
        let client = context.child("client");
        let running = engine::start(
            context,
            Config {
                spec: spec.clone(),
                prefix: format!("member-{index}"),
                me: public_key.clone(),
                scheme,
                genesis,
                source: pool.clone(),
                strategy: Sequential,
                peers: oracle.manager(),
                blocker: oracle.control(public_key.clone()),
                cache: CacheRef::new(NZU16!(4096), NZUsize!(2048)),
            },
            channels.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for")),
            Monitor(monitor),
        )
        .await
        .expect("the member starts");
        let reader = running.reader.clone();
        let pause = self.pause;
        client.spawn(move |context| work(context, reader, pool, index, pause));
        (running.handle, Member { reader: running.reader })
    }

    fn start(engine: Handle<()>) -> Handle<()> {
        engine
    }
}

/// A client at a member's door: transfers and evidence from its own account, without an end.
async fn work(context: deterministic::Context, reader: Reader, pool: Pool, index: usize, pause: Duration) {
    let accounts = accounts();
    let key = accounts.get(index % accounts.len()).expect("in range").clone();
    let other = accounts.get((index + 1) % accounts.len()).expect("in range").address();
    let chain_id = reader.spec().chain_id;
    loop {
        context.sleep(pause).await;
        let Ok(at) = reader.account(key.address()).await else { continue };
        let account = at.value.unwrap_or(Account::EMPTY);
        let nonce = pool.next_nonce(key.address()).unwrap_or(account.nonce).max(account.nonce);
        let transaction = if nonce % 2 == 0 {
            signed(&key, chain_id, nonce, other, 1, Bytes::new())
        } else {
            let call = evidence::abi::IEvidence::depositCall {
                digest: keccak256(format!("document {index} {nonce}")),
                sm3: B256::ZERO,
                kind: 0,
                provenance: B256::ZERO,
                referenceId: B256::ZERO,
                operation: B256::ZERO,
            };
            signed(&key, chain_id, nonce, evidence::state::ADDRESS, 0, call.abi_encode().into())
        };
        let now_ms = context.current().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let _ = pool.submit(Arc::clone(&transaction), account, u64::try_from(now_ms).unwrap_or(u64::MAX));
    }
}
