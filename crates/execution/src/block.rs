//! One block: what stands before it, begin hooks, transactions, end hooks → [`Outcome`].
//!
//! [`execute`] is the only way blocks change the state: proposing, verifying and replaying go
//! through it and differ in [`Mode`] alone. Given the same state, environment and transactions it
//! gives the same outcome everywhere.
//!
//! Invariants:
//! - B1 `included`, `receipts` and the transactions of the block have the same length and order.
//! - B2 `gas_used` is the sum of the receipts' gas and at most the block's gas limit; hooks and
//!   what stands before the first transaction use none of it.
//! - B3 a transaction that faulted changes its sender's nonce and nothing else.
//! - B4 an error leaves nothing behind: the state is only read.

use crate::{
    admission::Refusal,
    evm::{self, Machine},
    genesis::{self, GenesisError},
    overlay::history_slot,
    transaction::{self, NotDone},
};
use alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
use ding_modules::{BlockInfo, Stop, registry};
use ding_primitives::{
    Address, B256, Changes, Height, Receipt, Recovered, Spec, limits,
    planted::{self, Planted},
    ports::{ReadError, ReadState},
};
use revm::context::JournalTr as _;
use std::sync::Arc;

/// What a block says of itself to what runs in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Env {
    /// Ethereum chain id (EIP-155).
    pub chain_id: u64,
    /// Height of the block; the first that is executed is 1.
    pub height: Height,
    /// Time of its header, milliseconds since 1970-01-01T00:00:00Z. Contracts see whole seconds.
    pub timestamp_ms: u64,
    /// Hash of the block before it.
    pub parent_hash: B256,
    /// What `block.coinbase` answers.
    pub beneficiary: Address,
    /// Gas of the block.
    pub gas_limit: u64,
    /// Whether accounts without standing are refused (`ding_modules::identity::bound`).
    pub bound: bool,
}

impl Env {
    pub(crate) const fn info(&self) -> BlockInfo {
        BlockInfo { height: self.height, timestamp_ms: self.timestamp_ms, chain_id: self.chain_id }
    }
}

/// What to do with a transaction that may not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Leave it out: a proposer tries what waits.
    Build,
    /// Refuse the block: it claims that all its transactions may run.
    Verify,
}

/// What a block does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Indices of the transactions that stand in the block, in order.
    pub included: Vec<usize>,
    /// Their receipts, in the same order.
    pub receipts: Vec<Receipt>,
    /// What changes in the state.
    pub changes: Changes,
    /// Gas the transactions used.
    pub gas_used: u64,
    /// Transactions left out ([`Mode::Build`]), by index, and why.
    pub skipped: Vec<(usize, Refusal)>,
    /// Broken invariants, for the log and the alarm. They are part of what every member computes.
    pub faults: Vec<FaultReport>,
}

/// A broken invariant of a module, found while a block was executed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: module {module}: {what}")]
pub struct FaultReport {
    /// Where in the block.
    pub place: Place,
    /// The module.
    pub module: &'static str,
    /// What was found.
    pub what: String,
}

/// A part of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What modules do before the transactions.
    BeginHooks,
    /// The transaction that stands at this place in the block.
    Transaction(usize),
    /// What modules do after the transactions.
    EndHooks,
}

impl core::fmt::Display for Place {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::BeginHooks => f.write_str("begin hooks"),
            Self::Transaction(index) => write!(f, "transaction {index}"),
            Self::EndHooks => f.write_str("end hooks"),
        }
    }
}

/// Why a block has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// A transaction may not stand in the block ([`Mode::Verify`]).
    #[error("transaction {index} may not stand in the block: {reason}")]
    Invalid {
        /// Its index.
        index: usize,
        /// The rule it breaks.
        #[source]
        reason: Refusal,
    },
    /// A module does not accept its section of the genesis file.
    #[error("the genesis file cannot be applied: {0}")]
    Genesis(String),
    /// The state could not be read.
    #[error("the state could not be read")]
    Read(#[from] ReadError),
}

/// Executes a block over the state before it.
///
/// # Errors
///
/// See [`BlockError`]. Nothing was changed.
pub fn execute(
    state: &mut dyn ReadState,
    spec: &Spec,
    env: &Env,
    transactions: &[Arc<Recovered>],
    mode: Mode,
) -> Result<Outcome, BlockError> {
    execute_until(state, spec, env, transactions, mode, &mut |_| false)
}

/// Executes a block, and takes no further transaction once `enough` says so: a proposer has only
/// so much time. It is asked after each transaction.
///
/// # Errors
///
/// See [`BlockError`]. Nothing was changed.
pub fn execute_until(
    state: &mut dyn ReadState,
    spec: &Spec,
    env: &Env,
    transactions: &[Arc<Recovered>],
    mode: Mode,
    enough: &mut dyn FnMut(&Outcome) -> bool,
) -> Result<Outcome, BlockError> {
    let mut machine = evm::assemble(state, env, limits::TRANSACTION_GAS_MAX);
    let mut outcome = Outcome::default();
    open(&mut machine, spec, env)?;
    let mut hook_gas = limits::HOOK_GAS_MAX;
    let begun = evm::run_hook(&mut machine, &mut hook_gas, |host| registry::begin_block(host))?;
    report(&mut outcome, Place::BeginHooks, begun);
    for (index, transaction) in transactions.iter().enumerate() {
        run_transaction(&mut machine, env, &mut outcome, index, transaction, mode)?;
        if enough(&outcome) {
            break;
        }
    }
    let ended = evm::run_hook(&mut machine, &mut hook_gas, |host| registry::end_block(host))?;
    report(&mut outcome, Place::EndHooks, ended);
    let journal = &machine.ctx.journaled_state;
    outcome.changes = journal.database.changes(&journal.inner.state);
    Ok(outcome)
}

/// What stands before the first transaction: genesis in the first block, the parent's hash in
/// each (EIP-2935).
fn open(machine: &mut Machine<'_>, spec: &Spec, env: &Env) -> Result<(), BlockError> {
    if env.height == Height::GENESIS.next() {
        genesis::apply(machine, spec).map_err(|error| match error {
            GenesisError::Module(stop) => BlockError::Genesis(stop.to_string()),
            GenesisError::Read(error) => BlockError::Read(error),
        })?;
        let journal = &mut machine.ctx.journaled_state;
        journal.database.begin_from(&journal.inner.state);
    }
    if let Some(parent) = env.height.previous() {
        let journal = &mut machine.ctx.journaled_state;
        journal.load_account(HISTORY_STORAGE_ADDRESS).map_err(|error| error.0)?;
        journal
            .sstore(HISTORY_STORAGE_ADDRESS, history_slot(parent.get()), env.parent_hash.into())
            .map_err(|error| error.0)?;
        journal.commit_tx();
    }
    Ok(())
}

fn run_transaction(
    machine: &mut Machine<'_>,
    env: &Env,
    outcome: &mut Outcome,
    index: usize,
    transaction: &Recovered,
    mode: Mode,
) -> Result<(), BlockError> {
    let gas_left = env.gas_limit.saturating_sub(outcome.gas_used);
    let done = match transaction::run(machine, transaction, env.gas_limit, gas_left) {
        Ok(done) => done,
        Err(NotDone::Read(error)) => return Err(BlockError::Read(error)),
        Err(NotDone::Refused(reason)) if mode == Mode::Verify => {
            return Err(BlockError::Invalid { index, reason });
        }
        Err(NotDone::Refused(reason)) => {
            outcome.skipped.push((index, reason));
            return Ok(());
        }
    };
    outcome.gas_used = outcome.gas_used.saturating_add(done.gas_used);
    if let Some(fault) = done.fault {
        let place = Place::Transaction(outcome.included.len());
        outcome.faults.push(FaultReport { place, module: fault.module, what: fault.what });
    }
    let mut logs = done.logs;
    if planted::is(Planted::HashOrder) {
        #[allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "this is the fault")]
        let map: std::collections::HashMap<usize, _> = logs.drain(..).enumerate().collect();
        #[allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "this is the fault")]
        logs.extend(map.into_values());
    }
    outcome.included.push(index);
    outcome.receipts.push(Receipt {
        success: done.success,
        gas_used: done.gas_used,
        cumulative_gas_used: outcome.gas_used,
        created: done.created,
        logs,
    });
    Ok(())
}

/// A hook has no caller to blame, so whatever stops it is a fault.
fn report(outcome: &mut Outcome, place: Place, result: Result<(), Stop>) {
    let (module, what) = match result {
        Ok(()) => return,
        Err(Stop::Fault(fault)) => (fault.module, fault.what),
        Err(stop) => ("registry", stop.to_string()),
    };
    outcome.faults.push(FaultReport { place, module, what });
}

#[cfg(test)]
mod tests;
