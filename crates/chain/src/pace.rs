//! When a leader proposes: as soon as there is work, in batches under load, and a heartbeat when
//! there is none.
//!
//! This stands *around* the stateful application. Waiting inside it would hold back the
//! finalization of the block before.

use crate::{
    shared::{Shared, now_ms},
    types::Round4,
};
use commonware_consensus::{Automaton, CertifiableAutomaton, Handoff, types::Round};
use commonware_macros::select;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_utils::channel::oneshot;
use ding_primitives::{B256, limits, ports::TransactionSource};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

/// A leader that found work waits this long after the last block for more of it...
const WINDOW: Duration = Duration::from_millis(limits::BATCH_WINDOW_MS);
/// ...and this long if much is coming in.
const BUSY_WINDOW: Duration = Duration::from_millis(limits::BATCH_BUSY_WINDOW_MS);

/// Pause between two looks at how much waits.
const LOOK: Duration = Duration::from_millis(4);
/// Pause between two looks at who is connected.
const CONNECTING: Duration = Duration::from_millis(10);

/// Holds `propose` back until a block is worth its cost.
pub(crate) struct Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
{
    context: Arc<E>,
    inner: A,
    shared: Arc<Shared<E>>,
    source: T,
}

impl<E, A: Clone, T: Clone> Clone for Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
{
    fn clone(&self) -> Self {
        Self {
            context: self.context.clone(),
            inner: self.inner.clone(),
            shared: self.shared.clone(),
            source: self.source.clone(),
        }
    }
}

impl<E, A, T> Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
{
    /// Paces `inner` by what waits in `source`.
    pub(crate) fn new(context: E, inner: A, shared: Arc<Shared<E>>, source: T) -> Self {
        Self { context: Arc::new(context), inner, shared, source }
    }
}

/// Resolves when the member should propose on `parent`.
async fn worth_it<E, T>(context: &E, shared: &Shared<E>, source: &T, parent: B256)
where
    E: Clock + Spawner + Storage + Metrics,
    T: TransactionSource,
{
    let (height, timestamp_ms) = shared.place_of(parent);
    let last = SystemTime::UNIX_EPOCH + Duration::from_millis(timestamp_ms);
    let heartbeat = last + Duration::from_millis(limits::HEARTBEAT_MS);
    // What nobody hears is said in vain: at start the others are still connecting.
    while shared.connected(now_ms(context)) < shared.quorum() {
        context.sleep(CONNECTING).await;
    }
    // The first block carries the genesis state: nothing works before it.
    if height.get() == 0 {
        return;
    }
    let next = shared.next_nonces(height, parent);
    loop {
        let ready = source.ready(&next, limits::BATCH_ENOUGH);
        let now = context.current();
        let window = last + if ready < limits::BATCH_BUSY { WINDOW } else { BUSY_WINDOW };
        if ready >= limits::BATCH_ENOUGH || now >= heartbeat || (ready > 0 && now >= window) {
            return;
        }
        if ready > 0 {
            // Counting what waits is not free, so not on each arrival.
            context.sleep_until(window.min(now + LOOK)).await;
        } else {
            select! {
                _ = context.sleep_until(heartbeat) => {},
                _ = source.changed() => {},
            }
        }
    }
}

impl<E, A, T> Automaton for Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
    A: Automaton<Context = Round4>,
    T: TransactionSource,
{
    type Context = Round4;
    type Digest = A::Digest;

    async fn propose(&mut self, round: Round4) -> oneshot::Receiver<A::Digest> {
        let (mut sender, receiver) = oneshot::channel();
        let (mut inner, shared, source) = (self.inner.clone(), self.shared.clone(), self.source.clone());
        let parent = B256::from(round.parent.1.0);
        self.context.child("paced").spawn(move |context| async move {
            select! {
                _ = worth_it(&context, &shared, &source, parent) => {},
                _ = sender.closed() => return, // the view ended
            }
            let proposal = inner.propose(round).await;
            select! {
                digest = proposal => {
                    if let Ok(digest) = digest {
                        let _ = sender.send(digest);
                    }
                },
                _ = sender.closed() => {},
            }
        });
        receiver
    }

    async fn verify(&mut self, round: Round4, digest: A::Digest) -> oneshot::Receiver<bool> {
        self.inner.verify(round, digest).await
    }
}

impl<E, A, T> CertifiableAutomaton for Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
    A: CertifiableAutomaton<Context = Round4>,
    T: TransactionSource,
{
    async fn prepare(&mut self, round: Round4) -> oneshot::Receiver<Handoff<A::Digest>> {
        self.inner.prepare(round).await
    }

    async fn certify(&mut self, round: Round, digest: A::Digest) -> oneshot::Receiver<bool> {
        self.inner.certify(round, digest).await
    }
}
