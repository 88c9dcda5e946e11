use super::*;
use crate::{
    block::{BlockError, Mode, execute},
    scene::{Chain, IProber, deposit},
};
use alloy_sol_types::SolCall as _;
use ding_modules::evidence::state::ADDRESS as EVIDENCE;
use ding_primitives::{Account, Address, B256, Bytes, Recovered, U256, ports::ReadState};
use futures::{FutureExt as _, executor::block_on as drive, future::join_all, task::noop_waker};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// Pending `times` times, waking itself each time.
struct Turns(usize);

impl Future for Turns {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

fn sum_of_reads(from: usize, count: usize) -> Result<usize, Cancelled> {
    let mut sum = 0;
    for i in from..from + count {
        sum += block_on(async move {
            Turns(i % 4).await;
            i
        })?;
    }
    Ok(sum)
}

#[test]
fn synchronous_code_waits_for_futures_and_its_future_is_send() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let mut stack = Stack::new();
    for _ in 0..3 {
        assert_eq!(drive(is_send(run(&mut stack, || sum_of_reads(0, 100)))), Ok(Ok(4950)));
    }
    assert!(stack.0.is_some(), "the stack is kept for the next run");
}

#[test]
fn fibers_that_take_turns_on_one_thread_do_not_meet() {
    let mut stacks: Vec<Stack> = (0..8).map(|_| Stack::new()).collect();
    let all = stacks.iter_mut().enumerate().map(|(i, stack)| run(stack, move || sum_of_reads(i * 1000, 200)));
    let sums = drive(join_all(all));
    for (i, sum) in sums.into_iter().enumerate() {
        assert_eq!(sum, Ok(Ok((i * 1000..i * 1000 + 200).sum())));
    }
}

#[test]
fn a_fiber_moves_between_threads() {
    let mut stack = Stack::new();
    let threads = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = threads.clone();
    let mut future = Box::pin(run(&mut stack, move || {
        let mut sum = 0;
        for i in 0..20 {
            sum += block_on(async {
                Turns(1).await;
                i
            })?;
            seen.lock().unwrap().push(std::thread::current().id());
        }
        Ok::<_, Cancelled>(sum)
    }));
    let mut polls = 0;
    let result = loop {
        // Every poll on a thread of its own.
        let polled = std::thread::scope(|scope| {
            scope.spawn(|| future.poll_unpin(&mut Context::from_waker(&noop_waker()))).join().unwrap()
        });
        polls += 1;
        if let Poll::Ready(result) = polled {
            break result;
        }
    };
    assert_eq!((result, polls), (Ok(Ok(190)), 21));
    let threads = threads.lock().unwrap();
    assert!(threads.windows(2).all(|pair| pair[0] != pair[1]), "it really moved");
}

#[test]
fn a_fiber_inside_a_read_of_another_fiber_is_its_own() {
    let mut outer = Stack::new();
    let result = drive(run(&mut outer, || {
        block_on(async {
            let mut inner = Stack::new();
            let first = run(&mut inner, || sum_of_reads(0, 10)).await;
            Turns(2).await;
            first
        })
        .and_then(|inner| Ok((inner??, sum_of_reads(0, 20)?)))
    }));
    assert_eq!(result, Ok(Ok((45, 190))));
}

#[test]
fn dropping_the_future_ends_the_closure_with_an_error() {
    let ended = Arc::new(AtomicBool::new(false));
    let seen = ended.clone();
    let mut stack = Stack::new();
    {
        let mut future = Box::pin(run(&mut stack, move || {
            let first = block_on(std::future::pending::<()>());
            let second = block_on(async {});
            seen.store(
                (first, second) == (Err(Cancelled::Dropped), Err(Cancelled::Dropped)),
                Ordering::SeqCst,
            );
        }));
        assert!(future.poll_unpin(&mut Context::from_waker(&noop_waker())).is_pending());
        assert!(!ended.load(Ordering::SeqCst));
    }
    assert!(ended.load(Ordering::SeqCst));
    assert_eq!(drive(run(&mut stack, || sum_of_reads(0, 10))), Ok(Ok(45)), "the stack is usable again");
}

#[test]
fn a_future_that_never_ran_drops_what_it_holds() {
    let held = Arc::new(());
    let also = held.clone();
    let mut stack = Stack::new();
    drop(run(&mut stack, move || drop(also)));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn a_panic_reaches_the_one_who_polls() {
    let drops = Arc::new(AtomicUsize::new(0));
    struct OnDrop(Arc<AtomicUsize>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let held = OnDrop(drops.clone());
    let mut stack = Stack::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        drive(run(&mut stack, move || {
            let _held = held;
            let _ = block_on(Turns(1));
            panic!("broken");
        }))
    }));
    assert!(result.is_err());
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    assert_eq!(block_on(async {}), Err(Cancelled::NotOnFiber), "the thread is clean again");
    assert_eq!(drive(run(&mut stack, || sum_of_reads(0, 10))), Ok(Ok(45)));
}

#[test]
fn outside_a_fiber_there_is_nothing_to_wait_on() {
    assert_eq!(block_on(async { 1 }), Err(Cancelled::NotOnFiber));
}

/// A state whose every read is pending once or twice.
struct Slow(crate::mocks::MemoryState, usize);

impl Slow {
    fn wait(&mut self) -> Result<(), ReadError> {
        self.1 += 1;
        Ok(block_on(Turns(1 + self.1 % 2))?)
    }
}

impl ReadState for Slow {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        self.wait()?;
        self.0.account(address)
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        self.wait()?;
        self.0.slot(address, slot)
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        self.wait()?;
        self.0.code(hash)
    }
}

fn busy_block() -> (Chain, Vec<Arc<Recovered>>) {
    let (chain, mut alice, prober) = Chain::with_prober();
    let forward = IProber::forwardCall { to: EVIDENCE, input: deposit(1).abi_encode().into() }.abi_encode();
    let transactions = vec![
        alice.call(EVIDENCE, deposit(2).abi_encode()),
        alice.call(prober, forward),
        alice.transfer(Address::repeat_byte(3), 5),
        alice.call(prober, IProber::spinCall {}.abi_encode()),
    ];
    (chain, transactions)
}

#[test]
fn a_block_over_a_slow_state_has_the_same_outcome_on_any_thread() {
    let (mut chain, transactions) = busy_block();
    let env = chain.env();
    let want = execute(&mut chain.state, &chain.spec, &env, &transactions, Mode::Verify).unwrap();
    let mut stack = Stack::new();
    let mut state = Slow(chain.state.clone(), 0);
    let mut future =
        Box::pin(run(&mut stack, || execute(&mut state, &chain.spec, &env, &transactions, Mode::Verify)));
    let mut polls = 0;
    let got = loop {
        polls += 1;
        let polled = std::thread::scope(|scope| {
            scope.spawn(|| future.poll_unpin(&mut Context::from_waker(&noop_waker()))).join().unwrap()
        });
        if let Poll::Ready(got) = polled {
            break got;
        }
    };
    assert_eq!(got, Ok(Ok(want)));
    assert!(polls > 10, "it really waited");
}

#[test]
fn blocks_over_slow_states_run_side_by_side() {
    let (chain, transactions) = busy_block();
    let (env, spec) = (chain.env(), &chain.spec);
    let want = execute(&mut chain.state.clone(), spec, &env, &transactions, Mode::Verify).unwrap();
    let mut stacks: Vec<Stack> = (0..4).map(|_| Stack::new()).collect();
    let all = stacks.iter_mut().enumerate().map(|(index, stack)| {
        let mut state = Slow(chain.state.clone(), index);
        let (env, transactions) = (&env, &transactions);
        run(stack, move || execute(&mut state, spec, env, transactions, Mode::Verify))
    });
    for got in drive(join_all(all)) {
        assert_eq!(got.unwrap().as_ref(), Ok(&want));
    }
}

#[test]
fn a_block_that_nobody_waits_for_ends_as_cancelled() {
    let (chain, transactions) = busy_block();
    let (env, spec) = (chain.env(), &chain.spec);
    for polls in 1.. {
        let mut stack = Stack::new();
        let mut state = Slow(chain.state.clone(), 0);
        let mut result = None;
        let ended = {
            let mut future = Box::pin(run(&mut stack, || {
                result = Some(execute(&mut state, spec, &env, &transactions, Mode::Verify));
            }));
            (0..polls).any(|_| future.poll_unpin(&mut Context::from_waker(&noop_waker())).is_ready())
        };
        if ended {
            assert!(polls > 10, "it really waited");
            break;
        }
        assert_eq!(result, Some(Err(BlockError::Read(ReadError::Cancelled))), "after {polls} polls");
    }
}
