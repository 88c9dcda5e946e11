//! Lets synchronous code wait for asynchronous reads without blocking a thread.
//!
//! [`run`] executes a closure on a stack of its own and is a future; wherever the closure calls
//! [`block_on`], the stack is set aside and the future is pending until the read is done. The
//! executor that polls it may be any, also a deterministic one with a single thread.
//!
//! revm's own `asyncdb` is not used: it remembers the running fiber in a thread-local that is set
//! only when a fiber starts, so two fibers that take turns on one thread read each other's stack,
//! and a fiber that moves to another thread finds none. Here the thread-local is set for exactly
//! as long as a fiber runs, on the thread it runs on.
//!
//! LIMIT: what the closure keeps on its stack across [`block_on`] may move to another thread with
//! it. It must not be tied to a thread: no lock guards, no entered tracing spans, nothing borrowed
//! from a thread-local. What is reference-counted without atomics (revm keeps an `Rc`) is fine as
//! long as every clone stays on this one stack.
#![expect(unsafe_code, reason = "stack switching; every block states why it holds")]

use corosensei::{Coroutine, CoroutineResult, Yielder, stack::DefaultStack};
use ding_primitives::{limits, ports::ReadError};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    ptr::{self, NonNull},
    task::{Context, Poll, Waker},
};

/// Why a fiber gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cancelled {
    /// The future was dropped before the closure ended. Once told, every later [`block_on`] of
    /// the same fiber says so again, and the closure should return.
    #[error("the work was dropped before it ended")]
    Dropped,
    /// [`block_on`] was called by code that does not run inside [`run`].
    #[error("block_on was called outside a fiber")]
    NotOnFiber,
    /// The system has no memory for another stack.
    #[error("no memory for a fiber stack of {size} bytes", size = limits::FIBER_STACK_BYTES)]
    NoStack,
}

impl From<Cancelled> for ReadError {
    fn from(cancelled: Cancelled) -> Self {
        match cancelled {
            Cancelled::Dropped => Self::Cancelled,
            Cancelled::NotOnFiber | Cancelled::NoStack => Self::Failed(cancelled.to_string()),
        }
    }
}

/// Memory for the stack of one fiber at a time; made on first use and then kept.
#[derive(Default)]
pub struct Stack(Option<DefaultStack>);

impl Stack {
    /// No memory yet.
    pub const fn new() -> Self {
        Self(None)
    }
}

impl core::fmt::Debug for Stack {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Stack").field(&self.0.is_some()).finish()
    }
}

/// Runs `f` on a fiber whose stack lies in `stack`, so that it may call [`block_on`].
///
/// Dropping the future ends `f`: its current and later [`block_on`] return
/// [`Cancelled::Dropped`], and `f` runs to its end inside the drop.
///
/// # Errors
///
/// [`Cancelled::NoStack`] if there is no memory for the stack.
///
/// # Panics
///
/// A panic of `f` goes on in whoever polls the future.
pub async fn run<R: Send>(stack: &mut Stack, f: impl FnOnce() -> R + Send) -> Result<R, Cancelled> {
    let memory = match stack.0.take() {
        Some(memory) => memory,
        None => DefaultStack::new(limits::FIBER_STACK_BYTES).map_err(|_| Cancelled::NoStack)?,
    };
    Ok(Fiber::new(stack, memory, f).await)
}

/// Waits for `future` from inside [`run`], setting the fiber's stack aside while it is pending.
///
/// # Errors
///
/// [`Cancelled::Dropped`] if nobody waits for the fiber any more, [`Cancelled::NotOnFiber`]
/// outside [`run`].
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Cancelled> {
    let link = NonNull::new(current().cast_mut()).ok_or(Cancelled::NotOnFiber)?;
    // SAFETY: `current` is non-null only while a fiber's `resume` is on this thread's call chain,
    // and then points to that fiber's `Link`: a box that lives until the fiber is dropped, which
    // ends this code first. All access is through shared references.
    let link = unsafe { link.as_ref() };
    let mut future = pin!(future);
    loop {
        if link.cancelled.get() {
            return Err(Cancelled::Dropped);
        }
        // A clone of our own, because the poll that lent the last one ends when we are set aside.
        let waker = link.waker.borrow().clone();
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Ok(value);
        }
        let Some(yielder) = link.yielder.get() else {
            return Err(Cancelled::NotOnFiber);
        };
        // SAFETY: the yielder lies at the base of the fiber's stack, on which this code runs, and
        // was stored by the fiber's first instruction.
        unsafe { yielder.as_ref() }.suspend(());
        // From here on we may be on another thread: only `link` is used, never `CURRENT`.
    }
}

thread_local! {
    /// The fiber that runs on this thread at this moment, or null.
    static CURRENT: Cell<*const Link> = const { Cell::new(ptr::null()) };
}

/// Reads the thread-local. Never inlined: its address must be computed anew after each suspension,
/// since the thread may have changed.
#[inline(never)]
fn current() -> *const Link {
    CURRENT.get()
}

/// What a fiber and the future around it tell each other.
struct Link {
    waker: RefCell<Waker>,
    yielder: Cell<Option<NonNull<Yielder<(), ()>>>>,
    cancelled: Cell<bool>,
}

/// Marks a fiber as running on this thread, until dropped.
struct Running(*const Link);

impl Running {
    fn enter(link: &Link) -> Self {
        Self(CURRENT.replace(link))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// A closure on its own stack, as a future.
struct Fiber<'a, R> {
    coroutine: Option<Coroutine<(), (), R, DefaultStack>>,
    link: Box<Link>,
    /// Where the stack goes back to.
    stack: &'a mut Stack,
}

// SAFETY: a suspended fiber owns everything on its stack: the closure (`Send`), what `block_on`
// was given, and what the closure made since, under the condition in this file's header. The
// `Link` is reached only through the fiber and from the stack itself, never by two threads at once,
// because polling and dropping need the fiber exclusively.
unsafe impl<R: Send> Send for Fiber<'_, R> {}

impl<'a, R> Fiber<'a, R> {
    fn new<F: FnOnce() -> R + Send + 'a>(stack: &'a mut Stack, memory: DefaultStack, f: F) -> Self {
        let link = Box::new(Link {
            waker: RefCell::new(Waker::noop().clone()),
            yielder: Cell::new(None),
            cancelled: Cell::new(false),
        });
        let body = move |yielder: &Yielder<(), ()>, ()| {
            if let Some(link) = NonNull::new(current().cast_mut()) {
                // SAFETY: as in `block_on`; the first resume just entered this fiber's link.
                unsafe { link.as_ref() }.yielder.set(Some(NonNull::from(yielder)));
            }
            f()
        };
        // SAFETY: what `body` borrows lives for 'a, and the coroutine is driven to its end or
        // dropped before the `Fiber<'a>` is; if the fiber is leaked, the borrows stay borrowed.
        let coroutine = unsafe { Coroutine::with_stack_unchecked(memory, body) };
        Self { coroutine: Some(coroutine), link, stack }
    }

    /// Lets the closure go on. Its result, if it ended.
    fn resume(&mut self) -> Option<R> {
        let coroutine = self.coroutine.as_mut()?;
        let result = {
            let _running = Running::enter(&self.link);
            coroutine.resume(())
        };
        match result {
            CoroutineResult::Yield(()) => None,
            CoroutineResult::Return(value) => {
                self.stack.0 = self.coroutine.take().map(Coroutine::into_stack);
                Some(value)
            }
        }
    }
}

impl<R> Future for Fiber<'_, R> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R> {
        let this = self.get_mut();
        this.link.waker.borrow_mut().clone_from(cx.waker());
        this.resume().map_or(Poll::Pending, Poll::Ready)
    }
}

impl<R> Drop for Fiber<'_, R> {
    fn drop(&mut self) {
        self.link.cancelled.set(true);
        let started = self.coroutine.as_ref().is_some_and(|c| c.started() && !c.done());
        if started {
            // `block_on` never suspends once cancelled, so one resume runs the closure to its end.
            // A panic in it has nobody to go to; the stack is unwound either way.
            let ended = catch_unwind(AssertUnwindSafe(|| self.resume().is_some()));
            debug_assert!(ended.unwrap_or(true), "a cancelled fiber suspended again");
        }
    }
}

#[cfg(test)]
mod tests;
