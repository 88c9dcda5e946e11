//! Time and memory of one input.
//!
//! Memory is counted where it is asked for: a binary that makes [`Counting`] its allocator can say
//! how much one input held at once. Without it the count stays zero and only time is checked.

use crate::Target;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// An input that takes longer hangs.
pub const TIME_MAX: Duration = Duration::from_secs(1);

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
