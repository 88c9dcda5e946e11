//! Calls that change nothing: `eth_call`, `eth_estimateGas`, `eth_createAccessList`.
//!
//! They go through the same phases as a transaction in a block ([`crate::block`]) with two
//! differences: the sender need not be able to send (no nonce, no signature, it may be a
//! contract), and what was changed is undone. Reads stay, so the runs of one estimate read the
//! state once.

use crate::{
    admission,
    block::Env,
    evm::{self, Machine, NoResult, Purpose},
};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::TxKind;
use ding_modules::{Stop, registry, stop::IModule::StaticCall};
use ding_primitives::{
    Account, Address, B256, Bytes, U256, limits,
    ports::{ReadError, ReadState},
};
use revm::{
    bytecode::Bytecode,
    context::{
        JournalTr as _, TxEnv,
        result::{ExecutionResult, HaltReason},
    },
    context_interface::journaled_state::account::JournaledAccountTr as _,
    handler::EthPrecompiles,
};
use std::collections::{BTreeMap, BTreeSet};

/// A call to try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Who calls; the zero address if left out.
    pub from: Option<Address>,
    /// Who is called; a contract is created if left out.
    pub to: Option<Address>,
    /// Balance sent along.
    pub value: U256,
    /// Call data or init code.
    pub input: Bytes,
    /// Gas limit; what a simulation may use at most if left out.
    pub gas: Option<u64>,
    /// Nonce the caller is taken to have; its own if left out.
    pub nonce: Option<u64>,
    /// Addresses and slots to be warm from the start (EIP-2930).
    pub access_list: AccessList,
}

/// Accounts to be taken as different from what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// By address.
    pub accounts: BTreeMap<Address, AccountOverride>,
}

/// How an account is to be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountOverride {
    /// Its balance.
    pub balance: Option<U256>,
    /// Its nonce.
    pub nonce: Option<u64>,
    /// Its code. A module's code never runs, so this does not replace a module.
    pub code: Option<Bytes>,
    /// All its slots: those not named are zero.
    pub slots: Option<BTreeMap<U256, U256>>,
    /// Some of its slots: those not named are as they are.
    pub slot_changes: BTreeMap<U256, U256>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// It returned; for a creation, `output` is the code that would be stored.
    Returned {
        /// What it returned.
        output: Bytes,
        /// Gas it used, refunds deducted.
        gas_used: u64,
    },
    /// It reverted.
    Reverted {
        /// Revert data: usually a Solidity error.
        output: Bytes,
        /// Gas it used.
        gas_used: u64,
    },
    /// It could not go on.
    Halted {
        /// Why, in words.
        reason: String,
        /// Gas it used.
        gas_used: u64,
    },
}

impl CallResult {
    /// Gas the call used.
    pub const fn gas_used(&self) -> u64 {
        match self {
            Self::Returned { gas_used, .. }
            | Self::Reverted { gas_used, .. }
            | Self::Halted { gas_used, .. } => *gas_used,
        }
    }

    /// Whether it returned.
    pub const fn is_returned(&self) -> bool {
        matches!(self, Self::Returned { .. })
    }
}

/// How much gas a transaction needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// A gas limit with which it succeeds: the least, or within 1.5 % of it.
    Gas(u64),
    /// It fails whatever the gas limit: a [`CallResult`] other than `Returned`.
    Fails(CallResult),
}

/// What a call touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessListResult {
    /// Addresses and slots worth naming in the transaction, ordered.
    pub access_list: AccessList,
    /// How the call ends with that list.
    pub result: CallResult,
}

/// Tries a call.
///
/// # Errors
///
/// The state could not be read.
pub fn call(
    state: &mut dyn ReadState,
    env: &Env,
    request: &Request,
    overrides: &Overrides,
) -> Result<CallResult, ReadError> {
    let gas = request.gas.unwrap_or(limits::CALL_GAS_MAX).min(limits::CALL_GAS_MAX);
    let mut simulation = Simulation::new(state, env, request, overrides, Purpose::View)?;
    let result = simulation.run(gas, &request.access_list)?.result;
    if simulation.is_stopped()? && may_have_written(&result) {
        // It is refused for what stops the service, not for being read-only.
        simulation.purpose = Purpose::Simulation;
        return Ok(simulation.run(gas, &request.access_list)?.result);
    }
    Ok(result)
}

/// Whether a read-only call could have ended this way because it wrote: a module says so, a contract
/// halts, and one that called it knows no reason.
fn may_have_written(result: &CallResult) -> bool {
    match result {
        CallResult::Returned { .. } => false,
        CallResult::Reverted { output, .. } => {
            output.is_empty() || Stop::Revert(output.clone()) == Stop::revert(StaticCall {})
        }
        CallResult::Halted { .. } => true,
    }
}

/// Finds the least gas limit, within 1.5 %, with which a transaction succeeds.
///
/// Once with all gas there may be, then with exactly what that spent; if that is not enough, the
/// search goes on as geth's does: a stipend more and 64/63 of it (EIP-150), then by halves.
///
/// # Errors
///
/// The state could not be read.
pub fn estimate(
    state: &mut dyn ReadState,
    env: &Env,
    request: &Request,
    overrides: &Overrides,
) -> Result<Estimate, ReadError> {
    let most = limits::TRANSACTION_GAS_MAX.min(env.gas_limit);
    let mut high = request.gas.filter(|gas| *gas >= PLAIN_TRANSFER_GAS).map_or(most, |gas| gas.min(most));
    let mut simulation = Simulation::new(state, env, request, overrides, Purpose::Simulation)?;
    if simulation.is_plain_transfer()? && simulation.succeeds(PLAIN_TRANSFER_GAS)?.is_some() {
        return Ok(Estimate::Gas(PLAIN_TRANSFER_GAS));
    }
    let run = simulation.run(high, &request.access_list)?;
    if !run.result.is_returned() {
        return Ok(Estimate::Fails(run.result));
    }
    // What it spent before the refund is the least it can do with, and usually enough.
    let spent = run.result.gas_used().saturating_add(run.refunded);
    let mut low = spent.saturating_sub(1);
    let mut next = spent;
    for _ in 0..limits::SIMULATION_RUNS_MAX {
        match simulation.succeeds(next)? {
            Some(()) => high = next,
            None => low = next,
        }
        let gap = high.saturating_sub(low);
        if gap <= 1 || gap.saturating_mul(1000) < high.saturating_mul(15) {
            break;
        }
        // Then with a stipend on top and all of it over 63/64; then by halves, growing from below
        // first, because most need little more than they use.
        let likely = spent.saturating_add(CALL_STIPEND).saturating_mul(64) / 63;
        next = if low == spent && likely < high {
            likely
        } else {
            (low.saturating_add(high) / 2).min(low.saturating_mul(2))
        };
    }
    Ok(Estimate::Gas(high))
}

/// Finds what a call touches, so that it can be named in the transaction (EIP-2930).
///
/// Naming an address or slot changes what gas is left where, and with it perhaps what is touched:
/// the call is repeated with its own list until the list stays the same.
///
/// # Errors
///
/// The state could not be read.
pub fn access_list(
    state: &mut dyn ReadState,
    env: &Env,
    request: &Request,
    overrides: &Overrides,
) -> Result<AccessListResult, ReadError> {
    let gas = request.gas.unwrap_or(limits::TRANSACTION_GAS_MAX).min(limits::TRANSACTION_GAS_MAX);
    let mut simulation = Simulation::new(state, env, request, overrides, Purpose::Simulation)?;
    let mut list = ordered(request.access_list.clone());
    let mut run = simulation.run(gas, &list)?;
    for _ in 0..limits::SIMULATION_RUNS_MAX {
        if run.touched == list {
            break;
        }
        list = run.touched;
        run = simulation.run(gas, &list)?;
    }
    Ok(AccessListResult { access_list: list, result: run.result })
}

/// Gas of a transfer without data.
const PLAIN_TRANSFER_GAS: u64 = 21_000;
/// Gas handed to a contract that receives value (Yellow Paper, appendix G).
const CALL_STIPEND: u64 = 2_300;

/// One request, tried as often as needed over one journal.
struct Simulation<'s, 'r> {
    machine: Machine<'s>,
    request: &'r Request,
    from: Address,
    /// The address that is called or would be created.
    target: Address,
    purpose: Purpose,
}

struct Run {
    result: CallResult,
    refunded: u64,
    touched: AccessList,
}

impl<'s, 'r> Simulation<'s, 'r> {
    fn new(
        state: &'s mut dyn ReadState,
        env: &Env,
        request: &'r Request,
        overrides: &Overrides,
        purpose: Purpose,
    ) -> Result<Self, ReadError> {
        let mut machine = evm::assemble(state, env, u64::MAX);
        let from = request.from.unwrap_or_default();
        for (address, account) in &overrides.accounts {
            take_as(&mut machine, *address, account)?;
        }
        if let Some(nonce) = request.nonce {
            take_as(
                &mut machine,
                from,
                &AccountOverride { nonce: Some(nonce), ..AccountOverride::default() },
            )?;
        }
        let mut simulation = Self { machine, request, from, target: from, purpose };
        simulation.target = match request.to {
            Some(to) => to,
            None => from.create(simulation.account(from)?.nonce),
        };
        Ok(simulation)
    }

    /// Whether the service of what is called is stopped.
    fn is_stopped(&mut self) -> Result<bool, ReadError> {
        let Machine { ctx, precompiles, .. } = &mut self.machine;
        let state = &mut ctx.journaled_state.database;
        Ok(precompiles.guard.refuse_call(state, self.target).map_err(|error| error.0)?.is_some())
    }

    fn account(&mut self, address: Address) -> Result<Account, ReadError> {
        let info =
            &self.machine.ctx.journaled_state.load_account(address).map_err(|error| error.0)?.data.info;
        Ok(Account { nonce: info.nonce, balance: info.balance, code_hash: info.code_hash })
    }

    /// Whether nothing but balance can move.
    fn is_plain_transfer(&mut self) -> Result<bool, ReadError> {
        let Request { to: Some(to), input, access_list, .. } = self.request else {
            return Ok(false);
        };
        let runs_nothing = input.is_empty() && access_list.is_empty() && registry::by_address(*to).is_none();
        Ok(runs_nothing && !self.account(*to)?.has_code())
    }

    fn succeeds(&mut self, gas: u64) -> Result<Option<()>, ReadError> {
        let run = self.run(gas, &self.request.access_list)?;
        Ok(run.result.is_returned().then_some(()))
    }

    fn run(&mut self, gas: u64, list: &AccessList) -> Result<Run, ReadError> {
        let halted = |reason: String, gas_used| Run {
            result: CallResult::Halted { reason, gas_used },
            refunded: 0,
            touched: ordered(list.clone()),
        };
        let (from, value) = (self.from, self.request.value);
        let sender = self.account(from)?;
        if sender.balance < value {
            let refusal = admission::Refusal::InsufficientFunds { balance: sender.balance, value };
            return Ok(halted(refusal.to_string(), 0));
        }
        let slots: usize = list.iter().map(|item| item.storage_keys.len()).sum();
        let is_create = self.request.to.is_none();
        let initial = match admission::check_gas(
            gas,
            &self.request.input,
            is_create,
            list.len() as u64,
            slots as u64,
        ) {
            Ok(initial) => initial,
            Err(refusal) => return Ok(halted(refusal.to_string(), 0)),
        };
        let tx = TxEnv {
            tx_type: u8::from(!list.is_empty()),
            caller: from,
            gas_limit: gas,
            gas_price: 0,
            kind: self.request.to.map_or(TxKind::Create, TxKind::Call),
            value,
            data: self.request.input.clone(),
            nonce: sender.nonce,
            chain_id: None,
            access_list: list.clone(),
            ..TxEnv::default()
        };
        let run = match evm::run(&mut self.machine, tx, initial, self.purpose) {
            Ok(result) => {
                let refunded = result.gas().final_refunded();
                Run { result: CallResult::from(result), refunded, touched: self.touched() }
            }
            Err(NoResult::Read(error)) => return Err(error),
            Err(NoResult::Refused(refusal)) => halted(refusal.to_string(), 0),
            Err(NoResult::Fault(fault)) => {
                halted(format!("fault of a native module, nothing was changed: {fault}"), gas)
            }
        };
        self.machine.ctx.journaled_state.discard_tx();
        Ok(run)
    }

    /// What the run that just ended touched and the next would find cold.
    fn touched(&self) -> AccessList {
        let journal = &self.machine.ctx.journaled_state.inner;
        let ethereum = EthPrecompiles::new(evm::FORK);
        let beneficiary = self.machine.ctx.block.beneficiary;
        let mut items = BTreeMap::new();
        for (address, account) in &journal.state {
            if account.transaction_id != journal.transaction_id {
                continue;
            }
            let slots: BTreeSet<B256> = account
                .storage
                .iter()
                .filter(|(_, slot)| slot.transaction_id == journal.transaction_id)
                .map(|(slot, _)| B256::from(*slot))
                .collect();
            let is_warm = *address == self.from
                || *address == self.target
                || *address == beneficiary
                || ethereum.contains(address)
                || registry::by_address(*address).is_some();
            if !slots.is_empty() || !is_warm {
                items.insert(*address, slots);
            }
        }
        to_list(items)
    }
}

/// Writes an override into the journal, as if it had always been so.
fn take_as(machine: &mut Machine<'_>, address: Address, account: &AccountOverride) -> Result<(), ReadError> {
    let journal = &mut machine.ctx.journaled_state;
    let mut entry = journal.load_account_mut(address).map_err(|error| error.0)?.data;
    if let Some(balance) = account.balance {
        entry.set_balance(balance);
    }
    if let Some(nonce) = account.nonce {
        entry.set_nonce(nonce);
    }
    if let Some(code) = &account.code {
        entry.set_code_and_hash_slow(Bytecode::new_legacy(code.clone()));
    }
    if account.slots.is_some()
        && let Some(entry) = journal.inner.state.get_mut(&address)
    {
        // An account that counts as created has no slots in the state.
        entry.storage.clear();
        entry.mark_created();
    }
    for (slot, word) in account.slots.iter().flatten().chain(&account.slot_changes) {
        journal.sstore(address, *slot, *word).map_err(|error| error.0)?;
    }
    journal.commit_tx();
    Ok(())
}

fn ordered(list: AccessList) -> AccessList {
    let mut items: BTreeMap<Address, BTreeSet<B256>> = BTreeMap::new();
    for item in list.0 {
        items.entry(item.address).or_default().extend(item.storage_keys);
    }
    to_list(items)
}

fn to_list(items: BTreeMap<Address, BTreeSet<B256>>) -> AccessList {
    let item = |(address, slots): (_, BTreeSet<_>)| AccessListItem {
        address,
        storage_keys: slots.into_iter().collect(),
    };
    AccessList(items.into_iter().map(item).collect())
}

impl From<ExecutionResult> for CallResult {
    fn from(result: ExecutionResult) -> Self {
        let gas_used = result.tx_gas_used();
        match result {
            ExecutionResult::Success { output, .. } => {
                Self::Returned { output: output.into_data(), gas_used }
            }
            ExecutionResult::Revert { output, .. } => Self::Reverted { output, gas_used },
            ExecutionResult::Halt { reason, .. } => Self::Halted { reason: explain(&reason), gas_used },
        }
    }
}

/// Why the EVM stopped, in the words that Ethereum clients use.
fn explain(reason: &HaltReason) -> String {
    let text = match reason {
        HaltReason::OutOfGas(_) => "out of gas",
        HaltReason::OpcodeNotFound => "invalid opcode",
        HaltReason::InvalidFEOpcode => "invalid opcode: INVALID (0xfe)",
        HaltReason::InvalidJump => "invalid jump destination",
        HaltReason::NotActivated => "invalid opcode: not part of this fork",
        HaltReason::StackUnderflow => "stack underflow",
        HaltReason::StackOverflow => "stack limit reached: 1024 words",
        HaltReason::OutOfOffset => "return data out of bounds",
        HaltReason::CreateCollision => "contract address collision",
        HaltReason::NonceOverflow => "nonce overflow",
        HaltReason::CreateContractSizeLimit => "max code size exceeded: 24576 bytes (EIP-170)",
        HaltReason::CreateContractStartingWithEF => "invalid code: must not begin with 0xef (EIP-3541)",
        HaltReason::CreateInitCodeSizeLimit => "max initcode size exceeded: 49152 bytes (EIP-3860)",
        HaltReason::OverflowPayment => "balance overflow",
        HaltReason::StateChangeDuringStaticCall | HaltReason::CallNotAllowedInsideStatic => {
            "write protection: a static call may not change anything"
        }
        HaltReason::OutOfFunds => "insufficient balance for transfer",
        HaltReason::CallTooDeep => "max call depth exceeded: 1024",
        HaltReason::PrecompileError => "precompile refused its input",
        HaltReason::PrecompileErrorWithContext(text) => {
            return format!("precompile refused its input: {text}");
        }
    };
    text.into()
}

#[cfg(test)]
mod tests;
