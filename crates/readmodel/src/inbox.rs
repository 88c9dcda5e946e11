//! Where consensus leaves final blocks, and what everyone may know of the projector.
//!
//! Leaving a block takes a short lock and nothing else. The queue is bounded; what does not fit is
//! remembered as a height only, and read from the archive later.

use crate::lock;
use ding_primitives::{Height, Holding, limits, ports::FinalizedBlock};
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

/// What the projector is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Not started yet.
    Waiting,
    /// Writes rows as blocks become final, or catches up.
    Following,
    /// Cannot go on now and tries again: no space, no archive. Rows up to the height are good.
    Stalled(String),
    /// Cannot go on; the text says what to do.
    Failed(String),
    /// Stopped.
    Stopped,
}

/// How the read model is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The last block whose rows are all there.
    pub height: Option<Height>,
    /// The last final block it heard of.
    pub head: Height,
    /// What it is doing.
    pub state: State,
}

/// The queue and the status, shared by consensus, the projector and those who ask.
#[derive(Debug)]
pub(crate) struct Inbox {
    inner: Mutex<Inner>,
    /// For the projector: something arrived.
    arrived: Condvar,
    /// For those who wait for a height: rows were written.
    written: Condvar,
}

#[derive(Debug)]
struct Inner {
    blocks: VecDeque<Arc<FinalizedBlock>>,
    /// Whether blocks are kept or only their heights.
    open: bool,
    stop: bool,
    /// Highest final block heard of from consensus or the archive.
    newest: u64,
    /// The block whose rows come next.
    next: u64,
    /// Someone waits for the rows of this block.
    wanted: u64,
    state: State,
}

/// Why the projector wakes up.
#[derive(Debug)]
pub(crate) enum Wake {
    /// The next block.
    Block(Arc<FinalizedBlock>),
    /// Blocks up to this height were final before; they are in the archive.
    Gap(u64),
    /// The time came, or someone waits for what is pending.
    Due,
    /// The end.
    Stop,
}

impl Inbox {
    pub(crate) fn new(next: u64) -> Self {
        Self {
            inner: Mutex::new(Inner {
                blocks: VecDeque::new(),
                open: true,
                stop: false,
                newest: 0,
                next,
                wanted: 0,
                state: State::Waiting,
            }),
            arrived: Condvar::new(),
            written: Condvar::new(),
        }
    }

    /// Leaves a block, or only its height if the queue is full.
    pub(crate) fn push(&self, block: &Arc<FinalizedBlock>) {
        let mut inner = lock(&self.inner);
        inner.newest = inner.newest.max(block.header.height.get());
        if inner.open && inner.blocks.len() < limits::SINK_QUEUE_MAX {
            inner.blocks.push_back(block.clone());
        }
        self.arrived.notify_one();
    }

    /// Notes how far the chain is.
    pub(crate) fn note_head(&self, head: Height) {
        let mut inner = lock(&self.inner);
        inner.newest = inner.newest.max(head.get());
    }

    /// Waits for the block at `next`. `pending` is the first block taken but not written yet.
    pub(crate) fn wait(&self, next: u64, pending: Option<u64>, until: Instant) -> Wake {
        let mut inner = lock(&self.inner);
        loop {
            if inner.stop {
                return Wake::Stop;
            }
            while inner.blocks.front().is_some_and(|block| block.header.height.get() < next) {
                inner.blocks.pop_front();
            }
            if let Some(block) = inner.blocks.pop_front() {
                let height = block.header.height.get();
                if height == next {
                    return Wake::Block(block);
                }
                inner.blocks.push_front(block);
                return Wake::Gap(height.saturating_sub(1));
            }
            if inner.newest >= next && inner.newest > 0 {
                return Wake::Gap(inner.newest);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || pending.is_some_and(|pending| inner.wanted >= pending) {
                return Wake::Due;
            }
            inner = self.arrived.wait_timeout(inner, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }

    /// Sleeps through a pause; `false` if it is time to stop.
    pub(crate) fn pause(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        let mut inner = lock(&self.inner);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if inner.stop || left.is_zero() {
                return !inner.stop;
            }
            inner = self.arrived.wait_timeout(inner, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }

    /// Whether blocks are kept from now on, or only their heights.
    pub(crate) fn set_open(&self, open: bool) {
        let mut inner = lock(&self.inner);
        inner.open = open;
        if !open {
            inner.blocks.clear();
        }
    }

    /// Says how far the rows are.
    pub(crate) fn set_next(&self, next: u64) {
        lock(&self.inner).next = next;
        self.written.notify_all();
    }

    /// Says what the projector is doing; answers whether that is news.
    pub(crate) fn set_state(&self, state: State) -> bool {
        let mut inner = lock(&self.inner);
        let news = inner.state != state;
        inner.state = state;
        self.written.notify_all();
        news
    }

    /// Forgets that it was stopped.
    pub(crate) fn restart(&self) {
        let mut inner = lock(&self.inner);
        inner.stop = false;
        inner.state = State::Waiting;
    }

    /// Asks the projector to stop.
    pub(crate) fn stop(&self) {
        lock(&self.inner).stop = true;
        self.arrived.notify_all();
    }

    /// How many blocks wait here.
    pub(crate) fn holding(&self) -> Holding {
        Holding::new("blocks before the read model", lock(&self.inner).blocks.len(), limits::SINK_QUEUE_MAX)
    }

    pub(crate) fn status(&self) -> Status {
        let inner = lock(&self.inner);
        Status {
            height: inner.next.checked_sub(1).map(Height::new),
            head: Height::new(inner.newest.max(inner.next.saturating_sub(1))),
            state: inner.state.clone(),
        }
    }

    /// Waits until the rows of `height` are there. `false`: not in time, or not now.
    pub(crate) fn wait_for(&self, height: Height, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        let mut inner = lock(&self.inner);
        if inner.next <= height.get() {
            inner.wanted = inner.wanted.max(height.get());
            self.arrived.notify_one();
        }
        loop {
            if inner.next > height.get() {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || !matches!(inner.state, State::Waiting | State::Following) {
                return false;
            }
            inner = self.written.wait_timeout(inner, left).unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }
}
