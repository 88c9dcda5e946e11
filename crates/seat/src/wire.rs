//! What happens to a member's messages between it and the simulated network: some go twice, some
//! late (and so out of order), and a member that is up to no good has them changed on the way.
//!
//! Loss, delay and cut links are the simulated network's own.

use crate::{
    byzantine::{Evil, Letter},
    dice::Dice,
    machine::Watch,
};
use commonware_actor::{Feedback, Unreliable};
use commonware_p2p::{CheckedSender, LimitedSender, Recipients, Sender as _, simulated};
use commonware_runtime::{Clock as _, IoBufs, Spawner as _, Supervisor as _, deterministic};
use commonware_utils::sync::Mutex;
use ding_chain::types::PeerKey;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// The simulated network's sender.
pub type Plain = simulated::Sender<PeerKey, deterministic::Context>;

/// How bad a member's way out is. Rates are per thousand messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mess {
    /// Messages that arrive twice.
    pub twice: u64,
    /// Messages that are overtaken by later ones.
    pub late: u64,
    /// How late at most, milliseconds.
    pub late_ms: u64,
}

/// A member's post office. It outlives the member's crashes.
pub struct Post {
    context: deterministic::Context,
    watch: Arc<Watch>,
    state: Mutex<State>,
}

struct State {
    mess: Mess,
    dice: Dice,
    evil: Option<Evil>,
    /// The way out on each channel, of the member's latest start.
    ways: BTreeMap<u64, Plain>,
}

impl core::fmt::Debug for Post {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Post").field("mess", &self.state.lock().mess).finish_non_exhaustive()
    }
}

impl Post {
    /// A post office in order.
    pub fn new(context: deterministic::Context, watch: Arc<Watch>, dice: Dice) -> Self {
        let state = State { mess: Mess::default(), dice, evil: None, ways: BTreeMap::new() };
        Self { context, watch, state: Mutex::new(state) }
    }

    /// From now on messages fare like this.
    pub fn set_mess(&self, mess: Mess) {
        self.state.lock().mess = mess;
    }

    /// From now on messages are changed like this.
    pub fn set_evil(&self, evil: Option<Evil>) {
        self.state.lock().evil = evil;
    }

    /// What the member's clock will show when the network takes its next message.
    ///
    /// The network's limits go by the true time, the member waits by its own clock: told the true
    /// time, a member whose clock is ahead would ask again at once, for ever.
    fn not_before(&self, at: SystemTime) -> SystemTime {
        let now = self.context.current();
        self.watch.show(now) + at.duration_since(now).unwrap_or_default()
    }

    /// Whether messages are touched at all.
    fn meddles(&self) -> bool {
        let state = self.state.lock();
        state.evil.is_some() || state.mess != Mess::default()
    }

    /// A message leaves, now or later, once or twice.
    fn send(&self, letter: Letter, priority: bool) {
        let Letter { channel, to, message } = letter;
        let (wire, copies, delays) = {
            let state = &mut *self.state.lock();
            let Some(wire) = state.ways.get(&channel).cloned() else { return };
            let copies = if state.dice.chance(state.mess.twice) { 2 } else { 1 };
            let mut delay = || {
                let late = state.dice.chance(state.mess.late);
                if late { state.dice.between(1, state.mess.late_ms.max(1)) } else { 0 }
            };
            (wire, copies, [delay(), delay()])
        };
        for delay in delays.into_iter().take(copies) {
            let (mut wire, to, message) = (wire.clone(), to.clone(), message.clone());
            if delay == 0 {
                wire.send(Recipients::Some(to), message, priority);
                continue;
            }
            self.context.child("late").spawn(move |context| async move {
                context.sleep(Duration::from_millis(delay)).await;
                wire.send(Recipients::Some(to), message, priority);
            });
        }
    }
}

/// A member's way to its peers on one channel.
#[derive(Clone, Debug)]
pub struct Sender {
    plain: Plain,
    channel: u64,
    post: Arc<Post>,
}

impl Sender {
    /// Sends through a post office.
    pub fn new(plain: Plain, channel: u64, post: Arc<Post>) -> Self {
        post.state.lock().ways.insert(channel, plain.clone());
        Self { plain, channel, post }
    }
}

impl LimitedSender for Sender {
    type PublicKey = PeerKey;
    type Checked<'a> = Checked<'a>;

    fn check(&mut self, recipients: Recipients<PeerKey>) -> Result<Checked<'_>, SystemTime> {
        let Self { plain, channel, post } = self;
        let plain = plain.check(recipients).map_err(|at| post.not_before(at))?;
        Ok(Checked { plain, channel: *channel, post })
    }
}

/// A message that may leave.
pub struct Checked<'a> {
    plain: <Plain as LimitedSender>::Checked<'a>,
    channel: u64,
    post: &'a Arc<Post>,
}

impl CheckedSender for Checked<'_> {
    type PublicKey = PeerKey;

    fn recipients(&self) -> Vec<PeerKey> {
        self.plain.recipients()
    }

    fn send(self, message: impl Into<IoBufs> + Send, priority: bool) -> Unreliable<Feedback> {
        if !self.post.meddles() {
            return self.plain.send(message, priority);
        }
        let letter =
            Letter { channel: self.channel, to: self.plain.recipients(), message: message.into().coalesce() };
        let evil = self.post.state.lock().evil.clone();
        let letters = match evil {
            Some(evil) => evil.change(letter),
            None => vec![letter],
        };
        for letter in letters {
            self.post.send(letter, priority);
        }
        Unreliable::new(Feedback::Ok)
    }
}
