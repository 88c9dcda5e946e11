//! When a leader proposes: as soon as there is work, in batches under load, and a heartbeat when
//! there is none. And when a member votes: not before the block's time has come on its own clock.
//!
//! This stands *around* the stateful application. Waiting inside it would hold back the
//! finalization of the block before. And clocks differ, while what the application says of a block
//! has to be the same everywhere: a block that a quorum voted for and that some members then do not
//! certify can neither be finalized nor be skipped, and the chain stands still for good.

use crate::{
    shared::{Shared, now_ms},
    types::Round4,
};
use commonware_consensus::{
    Automaton, CertifiableAutomaton, Handoff, marshal::core::DigestFallback, types::Round,
};
use commonware_cryptography::sha256::Digest;
use commonware_macros::select;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_utils::channel::oneshot;
use ding_primitives::{
    B256, Header, limits,
    planted::{self, Planted},
    ports::TransactionSource,
};
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
    let next = shared.next_nonces(height, parent).nonces;
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

/// Waits until a block from a slightly fast clock is due on this member's, and does not vote for one
/// from a clock that is wrong: a quorum of members with sound clocks decides in the end.
async fn in_time(context: &impl Clock, header: &Header) -> bool {
    if planted::is(Planted::TrustClock) {
        return true;
    }
    let ahead = header.timestamp_ms.saturating_sub(now_ms(context));
    if ahead > limits::CLOCK_AHEAD_MS_MAX {
        tracing::warn!(
            height = %header.height, view = header.view, leader = %header.leader, ahead_ms = ahead,
            "no vote for a block that is ahead of this member's clock"
        );
        return false;
    }
    context.sleep(Duration::from_millis(ahead)).await;
    true
}

impl<E, A, T> Automaton for Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
    A: Automaton<Context = Round4, Digest = Digest>,
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
        let (mut sender, receiver) = oneshot::channel();
        let verdict = self.inner.verify(round, digest).await;
        let Some(marshal) = self.shared.marshal.get() else { return verdict };
        let block = marshal.subscribe_by_digest(digest, DigestFallback::Wait);
        self.context.child("clocked").spawn(move |context| async move {
            let vote = async {
                let (Ok(valid), Ok(block)) = (verdict.await, block.await) else { return None };
                Some(valid && in_time(&context, block.inner().header()).await)
            };
            select! {
                vote = vote => {
                    if let Some(vote) = vote {
                        let _ = sender.send(vote);
                    }
                },
                _ = sender.closed() => {}, // the view ended
            }
        });
        receiver
    }
}

impl<E, A, T> CertifiableAutomaton for Paced<E, A, T>
where
    E: Clock + Spawner + Storage + Metrics,
    A: CertifiableAutomaton<Context = Round4, Digest = Digest>,
    T: TransactionSource,
{
    async fn prepare(&mut self, round: Round4) -> oneshot::Receiver<Handoff<A::Digest>> {
        self.inner.prepare(round).await
    }

    async fn certify(&mut self, round: Round, digest: A::Digest) -> oneshot::Receiver<bool> {
        self.inner.certify(round, digest).await
    }
}
