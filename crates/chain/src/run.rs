//! The one place where asynchronous state meets synchronous execution.
//!
//! Propose, verify, replay and simulate all come through [`run`] or [`look`]: there is one way to
//! execute (invariant A4). The synchronous code runs in a fiber; a read that is not in memory
//! suspends the fiber until the store answers (`docs/adr/0003-synchronous-evm-over-asynchronous-state.md`).

use commonware_runtime::Spawner;
use commonware_storage::Context;
use ding_execution::{
    Env,
    block::{BlockError, Mode, Outcome, execute_until},
    fiber::{self, Stack},
    hints,
};
use ding_primitives::{
    Account, Address, B256, Bytes, Recovered, Spec, U256,
    ports::{ReadError, ReadState},
};
use ding_state::{Branch, Executed};
use std::sync::Arc;

/// A block that ran: what came of it, and the state after it.
pub(crate) struct Ran<E: Context + Spawner> {
    /// Receipts, changes and what was skipped.
    pub(crate) outcome: Outcome,
    /// The state after the block, with its roots.
    pub(crate) state: Executed<E>,
}

/// Runs transactions over a branch, until `enough` says so, and computes the new roots.
///
/// Dropping the future throws everything away.
///
/// # Errors
///
/// [`BlockError::Invalid`] if a transaction may not stand in the block (`Mode::Verify`),
/// [`BlockError::Read`] if the state could not be read.
pub(crate) async fn run<E: Context + Spawner>(
    mut branch: Branch<E>,
    spec: &Spec,
    env: &Env,
    transactions: &[Arc<Recovered>],
    mode: Mode,
    mut enough: impl FnMut(&Outcome) -> bool + Send,
) -> Result<Ran<E>, BlockError> {
    let (mut accounts, mut slots) = (Vec::new(), Vec::new());
    for read in
        hints::block_reads(env.height).chain(transactions.iter().flat_map(|t| hints::reads(t, env.bound)))
    {
        match read {
            hints::Read::Account(address) => accounts.push(address),
            hints::Read::Slot(address, slot) => slots.push((address, slot)),
        }
    }
    branch.prefetch(accounts, slots).await?;
    let mut stack = Stack::default();
    let outcome = {
        let mut state = FiberState(&branch);
        fiber::run(&mut stack, move || execute_until(&mut state, spec, env, transactions, mode, &mut enough))
            .await
            .map_err(|_| BlockError::Read(ReadError::Cancelled))??
    };
    let state = branch.commit(&outcome.changes).await?;
    Ok(Ran { outcome, state })
}

/// Runs read-only work over a branch.
///
/// # Errors
///
/// [`ReadError::Cancelled`] if the work was dropped half-way.
pub(crate) async fn look<E: Context + Spawner, R: Send>(
    branch: &Branch<E>,
    work: impl FnOnce(&mut dyn ReadState) -> R + Send,
) -> Result<R, ReadError> {
    let mut stack = Stack::default();
    let mut state = FiberState(branch);
    fiber::run(&mut stack, move || work(&mut state)).await.map_err(|_| ReadError::Cancelled)
}

/// A branch as execution reads it, inside a fiber.
struct FiberState<'a, E: Context + Spawner>(&'a Branch<E>);

impl<E: Context + Spawner> ReadState for FiberState<'_, E> {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        fiber::block_on(self.0.account(address)).map_err(|_| ReadError::Cancelled)?
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        fiber::block_on(self.0.slot(address, slot)).map_err(|_| ReadError::Cancelled)?
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        fiber::block_on(self.0.code(hash)).map_err(|_| ReadError::Cancelled)?
    }
}
