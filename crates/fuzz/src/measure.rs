//! Time and memory of one input.
//!
//! Memory is counted where it is asked for: a binary that makes [`Counting`] its allocator can say
//! how much one input held at once. Without it the count stays zero and only time is checked.

use crate::Target;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{self, Write as _},
    process::abort,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// An input that takes longer hangs.
pub const TIME_MAX: Duration = Duration::from_secs(1);

/// An input that takes longer never ends, on any machine: [`Watch::end`] ends the process then.
pub const ENDLESS: Duration = Duration::from_secs(20);

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
#[derive(Debug)]
pub struct Counting;

fn grow(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed).wrapping_add(bytes);
    PEAK.fetch_max(held, Ordering::Relaxed);
}

fn shrink(bytes: usize) {
    HELD.fetch_sub(bytes, Ordering::Relaxed);
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; it only counts and passes on")]
// SAFETY: every call is passed on to the system's allocator unchanged, which upholds the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: `pointer` came from `System` with this layout, as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grow(size);
        shrink(layout.size());
        // SAFETY: `pointer` came from `System` with this layout, as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// What one input took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Time.
    pub time: Duration,
    /// Bytes held at once, over what was held before.
    pub memory: usize,
}

/// Tries one input and checks what it took. An input that took too long is tried once more before
/// it is called a hang: a busy machine may put any process to sleep for a while.
///
/// # Panics
///
/// If a property is broken, or a limit.
pub fn run(target: &Target, input: &[u8]) -> Cost {
    let first = once(target, input);
    if first.time <= TIME_MAX {
        return first;
    }
    let again = once(target, input);
    let time = again.time;
    assert!(time <= TIME_MAX, "{}: {} bytes of input took {time:?}", target.name, input.len());
    again
}

fn once(target: &Target, input: &[u8]) -> Cost {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let start = Instant::now();
    (target.run)(input);
    let time = start.elapsed();
    let memory = PEAK.load(Ordering::Relaxed).saturating_sub(before);
    assert!(
        memory <= target.memory_max,
        "{}: {} bytes of input held {memory} bytes of memory, more than {}",
        target.name,
        input.len(),
        target.memory_max
    );
    Cost { time, memory }
}

/// Looks at the clock from another thread, because who is caught in an endless loop cannot.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Mutex<Option<Trial>>>);

/// What is tried now.
#[derive(Debug)]
struct Trial {
    target: &'static str,
    input: Vec<u8>,
    since: Instant,
}

impl Watch {
    /// A watch that calls `overdue` with the target's name and the input, once, if one is tried for
    /// longer than `patience`. It ends when every copy of it is gone.
    ///
    /// # Panics
    ///
    /// If the system gives no thread.
    pub fn new(patience: Duration, overdue: impl FnOnce(&str, &[u8]) + Send + 'static) -> Self {
        let watch = Self::default();
        let seen = Arc::downgrade(&watch.0);
        let look = move || {
            while let Some(current) = seen.upgrade() {
                let late = lock(&current).take_if(|trial| trial.since.elapsed() > patience);
                if let Some(Trial { target, input, .. }) = late {
                    return overdue(target, &input);
                }
                drop(current);
                thread::sleep(patience / 20);
            }
        };
        thread::Builder::new().name("watch".into()).spawn(look).expect("the system gives a thread");
        watch
    }

    /// The watch of a test: says which input takes longer than [`ENDLESS`], and ends the process.
    pub fn end() -> Self {
        Self::new(ENDLESS, |target, input| {
            let line = format!("{target}: no end after {ENDLESS:?} with the input {}\n", hex::encode(input));
            // Past the harness, which keeps what tests print until they end.
            let _ = io::stderr().write_all(line.as_bytes());
            abort()
        })
    }

    /// Runs something that tries this input, under the watch.
    pub fn during<T>(&self, target: &Target, input: &[u8], run: impl FnOnce() -> T) -> T {
        let trial = Trial { target: target.name, input: input.to_vec(), since: Instant::now() };
        *lock(&self.0) = Some(trial);
        let over = Over(self);
        let result = run();
        drop(over);
        result
    }
}

/// The end of a trial, however it ends.
struct Over<'a>(&'a Watch);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        *lock(&self.0.0) = None;
    }
}

/// Locks; whoever panicked while it was locked left one whole value or the other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::mpsc::{RecvTimeoutError, channel},
    };

    const PATIENCE: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(60);

    fn target() -> &'static Target {
        crate::by_name("header").unwrap()
    }

    #[test]
    fn a_watch_names_the_input_that_does_not_end() {
        let (tell, heard) = channel();
        let watch = Watch::new(PATIENCE, move |target, input| {
            tell.send((target.to_owned(), input.to_vec())).unwrap();
        });
        let said = watch.during(target(), &[7, 8], || heard.recv_timeout(LONG).unwrap());
        assert_eq!(said, ("header".to_owned(), vec![7, 8]));
    }

    #[test]
    fn a_watch_forgets_inputs_that_end_even_in_a_panic_and_ends_itself() {
        let (tell, heard) = channel::<()>();
        let watch = Watch::new(LONG, move |_, _| tell.send(()).unwrap());
        watch.during(target(), &[1], || assert!(lock(&watch.0).is_some()));
        assert!(lock(&watch.0).is_none());
        let panicked = catch_unwind(AssertUnwindSafe(|| watch.during(target(), &[2], || panic!("broken"))));
        assert!(panicked.is_err() && lock(&watch.0).is_none());
        drop(watch);
        assert_eq!(heard.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected), "its thread ended");
    }
}
