//! A member's computer: the deterministic runtime with a clock that may be wrong, a disk that may
//! fail, and a power switch.
//!
//! The real node ends when any of its tasks panics. So does a machine: the first panic switches it
//! off, and from then on none of its tasks runs, as if the process were gone.

use crate::disk::{Disk, Mount, OpenFile};
use commonware_runtime::{
    BlobVersion, Clock, Error, Handle, Metrics, Name, Spawner, Storage, Supervisor, deterministic, signal,
    telemetry::metrics,
};
use commonware_utils::sync::Mutex;
use governor::clock::{Clock as GovernorClock, ReasonablyRealtime};
use rand::{TryCryptoRng, TryRng};
use std::{
    any::Any,
    cell::RefCell,
    convert::Infallible,
    future::Future,
    ops::RangeInclusive,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

thread_local! {
    /// Where the latest panic of this thread was.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Lets panics of members pass in silence, noting where they were. Once for the process.
pub fn quiet_panics() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        PLACE.with_borrow_mut(|last| *last = place);
        if !INSIDE.with_borrow(|inside| *inside) {
            loud(info);
        }
    }));
}

thread_local! {
    /// Whether a member's task is running on this thread.
    static INSIDE: RefCell<bool> = const { RefCell::new(false) };
}

/// A clock that may be wrong.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Wrong>);

#[derive(Clone, Copy, Debug, Default)]
struct Wrong {
    since: Option<SystemTime>,
    ahead_ms: i64,
    drift_ppm: i64,
}

impl Watch {
    /// From `now` on it is `ahead_ms` ahead and gains `drift_ppm` millionths.
    pub fn set(&self, now: SystemTime, ahead_ms: i64, drift_ppm: i64) {
        *self.0.lock() = Wrong { since: Some(now), ahead_ms, drift_ppm };
    }

    /// What it shows when it really is `now`.
    pub fn show(&self, now: SystemTime) -> SystemTime {
        let wrong = *self.0.lock();
        let Some(since) = wrong.since else { return now };
        let elapsed = now.duration_since(since).unwrap_or_default().as_millis();
        let elapsed = i64::try_from(elapsed).unwrap_or(i64::MAX);
        let ahead = wrong.ahead_ms.saturating_add(elapsed.saturating_mul(wrong.drift_ppm) / 1_000_000);
        let by = Duration::from_millis(ahead.unsigned_abs());
        if ahead < 0 { now.checked_sub(by).unwrap_or(now) } else { now + by }
    }
}

/// The life of one start of a member.
#[derive(Debug, Default)]
pub struct Life {
    off: AtomicBool,
    panic: Mutex<Option<String>>,
}

impl Life {
    /// Whether it runs.
    pub fn is_on(&self) -> bool {
        !self.off.load(Ordering::Acquire)
    }

    /// Cuts the power.
    pub fn switch_off(&self) {
        self.off.store(true, Ordering::Release);
    }

    /// What it died of, if it panicked.
    pub fn panic(&self) -> Option<String> {
        self.panic.lock().clone()
    }

    fn die(&self, payload: &(dyn Any + Send)) {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without words".into());
        let place = PLACE.with_borrow(Clone::clone);
        // The registry's path says nothing; the crate and file do.
        let place = place
            .rsplit_once("/src/index.crates.io-")
            .map_or(place.as_str(), |(_, rest)| rest.split_once('/').map_or(rest, |(_, file)| file));
        let mut panic = self.panic.lock();
        if panic.is_none() {
            *panic = Some(format!("{text} ({place})"));
        }
        self.switch_off();
    }
}

/// What a member's tasks run on. Implements the runtime's traits, so the member does not notice.
pub struct Machine {
    inner: deterministic::Context,
    body: Arc<Body>,
}

struct Body {
    life: Arc<Life>,
    watch: Arc<Watch>,
    mount: Mount,
}

impl Machine {
    /// Switches a machine on.
    pub fn start(inner: deterministic::Context, watch: Arc<Watch>, disk: &Arc<Disk>) -> (Self, Arc<Life>) {
        let life = Arc::new(Life::default());
        let body = Body { life: life.clone(), watch, mount: disk.mount() };
        (Self { inner, body: Arc::new(body) }, life)
    }

    fn with(&self, inner: deterministic::Context) -> Self {
        Self { inner, body: self.body.clone() }
    }
}

/// A task of a machine: not polled any more once the machine is off.
struct Mortal<F> {
    life: Arc<Life>,
    task: Pin<Box<F>>,
}

impl<F: Future> Future for Mortal<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if !self.life.is_on() {
            return Poll::Pending;
        }
        let before = INSIDE.replace(true);
        let polled = catch_unwind(AssertUnwindSafe(|| self.task.as_mut().poll(context)));
        INSIDE.set(before);
        match polled {
            Ok(polled) => polled,
            Err(payload) => {
                self.life.die(&*payload);
                Poll::Pending
            }
        }
    }
}

impl Supervisor for Machine {
    fn name(&self) -> Name {
        self.inner.name()
    }

    fn child(&self, label: &'static str) -> Self {
        self.with(self.inner.child(label))
    }

    fn with_attribute(self, key: &'static str, value: impl core::fmt::Display) -> Self {
        Self { inner: self.inner.with_attribute(key, value), body: self.body }
    }
}

impl Spawner for Machine {
    fn shared(self, blocking: bool) -> Self {
        Self { inner: self.inner.shared(blocking), body: self.body }
    }

    fn dedicated(self) -> Self {
        Self { inner: self.inner.dedicated(), body: self.body }
    }

    fn spawn<F, Fut, T>(self, f: F) -> Handle<T>
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let Self { inner, body } = self;
        inner.spawn(move |inner| {
            let life = body.life.clone();
            Mortal { life, task: Box::pin(f(Self { inner, body })) }
        })
    }

    async fn stop(self, value: i32, timeout: Option<Duration>) -> Result<(), Error> {
        self.inner.stop(value, timeout).await
    }

    fn stopped(&self) -> signal::Signal {
        self.inner.stopped()
    }
}

impl Metrics for Machine {
    fn register<N: Into<String>, H: Into<String>, M: metrics::Metric>(
        &self,
        name: N,
        help: H,
        metric: M,
    ) -> metrics::Registered<M> {
        self.inner.register(name, help, metric)
    }

    fn encode(&self) -> String {
        self.inner.encode()
    }
}

impl GovernorClock for Machine {
    type Instant = SystemTime;

    fn now(&self) -> SystemTime {
        self.current()
    }
}

impl ReasonablyRealtime for Machine {}

impl Clock for Machine {
    fn current(&self) -> SystemTime {
        self.body.watch.show(self.inner.current())
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.inner.sleep(duration)
    }

    /// Waits for as long as the clock says it is until then, as the real runtime does.
    fn sleep_until(&self, deadline: SystemTime) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.inner.sleep(deadline.duration_since(self.current()).unwrap_or_default())
    }
}

impl TryRng for Machine {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.inner.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.inner.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.inner.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Machine {}

impl Storage for Machine {
    type Blob = OpenFile;

    async fn open_versioned(
        &self,
        partition: &str,
        name: &[u8],
        versions: RangeInclusive<BlobVersion>,
    ) -> Result<(OpenFile, u64, BlobVersion), Error> {
        self.body.mount.open_versioned(partition, name, versions).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.body.mount.remove(partition, name).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.body.mount.scan(partition).await
    }
}
