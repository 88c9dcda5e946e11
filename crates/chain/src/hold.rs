//! A member whose disk is new does not vote before it knows where the others are.
//!
//! A member remembers on its disk what it voted for. One that lost it, and comes back with the same
//! keys on an empty disk, would begin at the genesis and sign in rounds in which it signed before.
//! To the others that is a member that says two things: they shut it out. So its votes stay here
//! until it has caught up with what f + 1 others say, one of which tells the truth. Where everyone
//! is at the genesis that is at once.
//!
//! If nothing moves any more while it waits, the others may need its vote to go on: then the risk is
//! taken.

use crate::shared::{Shared, now_ms};
use commonware_actor::{Feedback, Unreliable};
use commonware_p2p::{CheckedSender, LimitedSender, Recipients, Sender};
use commonware_runtime::{Clock, IoBufs, Metrics, Spawner, Storage};
use ding_primitives::{Height, limits};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

/// Pause between two looks at where everyone is.
const LOOK: Duration = Duration::from_millis(50);
/// Looks without a new block after which votes leave all the same.
const LOOKS_MAX: u64 = limits::HOLD_MS / 50;

/// The way out of votes; closed until the member knows where the others are.
#[derive(Clone, Debug)]
pub(crate) struct Held<S> {
    inner: S,
    open: Arc<AtomicBool>,
}

/// Holds votes back if this member's store is new. Ends with its context.
pub(crate) fn until_caught_up<E, S>(context: &E, shared: &Arc<Shared<E>>, inner: S) -> Held<S>
where
    E: Clock + Spawner + Storage + Metrics,
    S: Sender,
{
    let known = shared.head().header.height > Height::GENESIS;
    let open = Arc::new(AtomicBool::new(known));
    if !known {
        let (shared, open) = (shared.clone(), open.clone());
        context.child("hold").spawn(move |context| async move {
            wait(&context, &shared).await;
            open.store(true, Ordering::Release);
        });
    }
    Held { inner, open }
}

async fn wait<E: Clock + Spawner + Storage + Metrics>(context: &E, shared: &Shared<E>) {
    let (mut last, mut looks) = (Height::GENESIS, 0);
    loop {
        context.sleep(LOOK).await;
        let now = now_ms(context);
        if shared.connected(now) < shared.quorum() {
            continue;
        }
        let (head, others) = (shared.head().header.height, shared.reported(now));
        if head >= others {
            if head > Height::GENESIS {
                tracing::info!(height = %head, "caught up on a new disk, voting from here on");
            }
            return;
        }
        if looks == 0 {
            tracing::info!(height = %others, "the disk is new and the others are further: not voting yet");
        }
        looks = if head > last { 1 } else { looks + 1 };
        last = head;
        if looks > LOOKS_MAX {
            tracing::warn!(height = %head, %others, "nothing moves, voting before having caught up");
            return;
        }
    }
}

impl<S: Sender> LimitedSender for Held<S> {
    type PublicKey = S::PublicKey;
    type Checked<'a> = Checked<S::Checked<'a>>;

    fn check(&mut self, recipients: Recipients<S::PublicKey>) -> Result<Self::Checked<'_>, SystemTime> {
        let open = self.open.load(Ordering::Acquire);
        Ok(Checked { inner: self.inner.check(recipients)?, open })
    }
}

/// A vote that leaves or does not.
pub(crate) struct Checked<C> {
    inner: C,
    open: bool,
}

impl<C: CheckedSender> CheckedSender for Checked<C> {
    type PublicKey = C::PublicKey;

    fn recipients(&self) -> Vec<C::PublicKey> {
        self.inner.recipients()
    }

    fn send(self, message: impl Into<IoBufs> + Send, priority: bool) -> Unreliable<Feedback> {
        if self.open { self.inner.send(message, priority) } else { Unreliable::new(Feedback::Ok) }
    }
}
