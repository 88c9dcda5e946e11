//! revm assembled for this ledger: fork, context, native modules as precompiles, and the phases
//! of one transaction.
//!
//! Nobody pays for gas: price and base fee are zero and nothing is deducted, reimbursed or
//! rewarded. Rules that refuse a transaction live in [`crate::admission`]; revm's own copies of
//! them are not asked a second time.

use crate::{
    admission::{self, Refusal},
    block::Env,
    guard::Guard,
    host::JournalHost,
    overlay::{Overlay, StoreError},
};
use ding_modules::{BlockInfo, Call, Fault, Stop, registry};
use ding_primitives::{
    Account, Address, B256, Bytes, U256, is_module_address, limits,
    planted::{self, Planted},
    ports::{ReadError, ReadState},
};
use revm::{
    Context, Journal, MainContext as _,
    context::{
        BlockEnv, CfgEnv, Evm, JournalTr as _, LocalContextTr as _, TxEnv,
        result::{
            ExecutionResult, FromStringError, HaltReason, InvalidHeader, InvalidTransaction, ResultGas,
        },
    },
    context_interface::{
        Cfg as _,
        cfg::GasParams,
        context::{ContextError, take_error},
        journaled_state::account::JournaledAccountTr as _,
    },
    handler::{
        EthFrame, EthPrecompiles, EvmTr as _, FrameResult, Handler, PrecompileProvider, execution,
        instructions::EthInstructions, post_execution,
    },
    interpreter::{
        CallInputs, CallScheme, FrameInput, Gas, GasTracker, InitialAndFloorGas, InstructionResult,
        InterpreterResult, SharedMemory, interpreter::EthInterpreter, interpreter_action::FrameInit,
    },
    primitives::{AddressSet, hardfork::SpecId},
};
use std::{marker::PhantomData, sync::LazyLock};

/// The newest fork that revm calls stable.
pub(crate) const FORK: SpecId = SpecId::OSAKA;

/// Prices of the fork.
pub(crate) static GAS: LazyLock<GasParams> = LazyLock::new(|| GasParams::new_spec(FORK));

/// Addresses whose first touch is not charged as cold: Ethereum's precompiles and the modules.
static WARM: LazyLock<AddressSet> = LazyLock::new(|| {
    let mut warm = EthPrecompiles::new(FORK).warm_addresses().clone();
    warm.extend(registry::MODULES.iter().map(|module| module.address()));
    warm
});

/// revm's context over our reads.
pub(crate) type Ctx<'s> = Context<BlockEnv, TxEnv, CfgEnv, Overlay<'s>, Journal<Overlay<'s>>, ()>;

/// revm, whole. One is built for a block and keeps its journal from the first transaction to the
/// last.
pub(crate) type Machine<'s> =
    Evm<Ctx<'s>, (), EthInstructions<EthInterpreter, Ctx<'s>>, Precompiles, EthFrame<EthInterpreter>>;

/// Builds the machine for a block over `state`.
pub(crate) fn assemble<'s>(state: &'s mut dyn ReadState, env: &Env, gas_cap: u64) -> Machine<'s> {
    let overlay = Overlay::new(state, env.height.get(), env.parent_hash);
    let mut cfg = CfgEnv::new_with_spec_and_gas_params(FORK, GAS.clone());
    cfg.chain_id = env.chain_id;
    cfg.tx_gas_limit_cap = Some(gas_cap);
    cfg.limit_contract_code_size = Some(limits::CODE_BYTES_MAX);
    cfg.limit_contract_initcode_size = Some(limits::INIT_CODE_BYTES_MAX);
    let block = BlockEnv {
        number: U256::from(env.height.get()),
        beneficiary: env.beneficiary,
        timestamp: U256::from(env.timestamp_ms / 1000),
        gas_limit: env.gas_limit,
        basefee: 0,
        // There is no randomness beacon; zero cannot be mistaken for one.
        prevrandao: Some(B256::ZERO),
        ..BlockEnv::default()
    };
    let ctx = Context::mainnet().with_db(overlay).with_cfg(cfg).with_block(block);
    Evm::new(ctx, EthInstructions::new_mainnet_with_spec(FORK), Precompiles::new(env))
}

/// Ethereum's precompiles and the native modules.
pub(crate) struct Precompiles {
    ethereum: EthPrecompiles,
    block: BlockInfo,
    pub(crate) guard: Guard,
    /// Why the running transaction cannot go on, if a module said so.
    broken: Option<Broken>,
}

/// What ends a transaction from inside a module, past the EVM's own ways.
#[derive(Debug)]
pub(crate) enum Broken {
    /// An invariant of the module does not hold.
    Fault(Fault),
    /// The store did not answer.
    Store(StoreError),
}

impl Precompiles {
    fn new(env: &Env) -> Self {
        let block = env.info();
        Self { ethereum: EthPrecompiles::new(FORK), block, guard: Guard::new(block, env.bound), broken: None }
    }

    /// The block as modules see it.
    pub(crate) const fn block(&self) -> BlockInfo {
        self.block
    }

    /// Runs a module in the frame that revm opened for it (value already moved, undone by the
    /// frame unless this succeeds).
    fn call_module(&mut self, ctx: &mut Ctx<'_>, inputs: &CallInputs) -> Result<InterpreterResult, String> {
        let input = inputs.input.as_bytes_local(&ctx.local);
        let call = Call {
            module: inputs.bytecode_address,
            caller: inputs.caller,
            origin: ctx.tx.caller,
            value: inputs.value.get(),
            input: &input,
            is_static: inputs.is_static,
            is_direct: matches!(inputs.scheme, CallScheme::Call | CallScheme::StaticCall),
        };
        let mut host = JournalHost::over(
            &mut ctx.journaled_state,
            &ctx.cfg.gas_params,
            self.block,
            inputs.gas_limit,
            inputs.is_static,
        );
        let result = registry::call(&mut host, &call);
        let (mut gas, failure) = (host.gas, host.failure);
        // First of all the store: a module may have swallowed the fault it was shown.
        if let Some(error) = failure {
            self.broken = Some(Broken::Store(error));
            return Err(String::from("the state could not be read"));
        }
        let (result, output) = match result {
            Ok(output) => (InstructionResult::Return, output),
            Err(Stop::Revert(data)) => (InstructionResult::Revert, data),
            Err(Stop::OutOfGas) => (InstructionResult::PrecompileOOG, Bytes::new()),
            Err(Stop::Fault(fault)) => {
                let text = fault.to_string();
                self.broken = Some(Broken::Fault(fault));
                return Err(text);
            }
        };
        if result == InstructionResult::PrecompileOOG {
            gas.spend_all();
        }
        Ok(InterpreterResult::new(result, output, gas))
    }
}

impl<'s> PrecompileProvider<Ctx<'s>> for Precompiles {
    type Output = InterpreterResult;

    fn set_spec(&mut self, _spec: SpecId) -> bool {
        false
    }

    fn run(&mut self, ctx: &mut Ctx<'s>, inputs: &CallInputs) -> Result<Option<InterpreterResult>, String> {
        let address = inputs.bytecode_address;
        let is_module = is_module_address(&address) && registry::by_address(address).is_some();
        let borrowed = matches!(inputs.scheme, CallScheme::DelegateCall | CallScheme::CallCode);
        let unasked = borrowed && planted::is(Planted::BorrowStopped);
        // Whoever cannot write may look: views of a stopped service stay readable. Where nothing runs,
        // nothing is stopped.
        let runs = is_module || !inputs.known_bytecode.1.is_empty();
        if runs && !inputs.is_static && !unasked {
            match self.guard.refuse_call(&mut ctx.journaled_state.database, address) {
                Ok(None) => {}
                Ok(Some(data)) => {
                    let gas = Gas::new(inputs.gas_limit);
                    return Ok(Some(InterpreterResult::new(InstructionResult::Revert, data, gas)));
                }
                Err(error) => {
                    self.broken = Some(Broken::Store(error));
                    return Err(String::from("the state could not be read"));
                }
            }
        }
        if is_module {
            return self.call_module(ctx, inputs).map(Some);
        }
        PrecompileProvider::<Ctx<'s>>::run(&mut self.ethereum, ctx, inputs)
    }

    fn warm_addresses(&self) -> &AddressSet {
        &WARM
    }
}

/// Why a transaction has no result.
#[derive(Debug)]
pub(crate) enum NoResult {
    /// It may not run; nothing was changed.
    Refused(Refusal),
    /// A module found an invariant broken; everything it did is undone.
    Fault(Fault),
    /// The state could not be read; the block cannot be executed.
    Read(ReadError),
}

/// How the phases of a transaction differ between a block and a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Rules are checked, changes stay in the journal for the next transaction.
    Block,
    /// The sender need not be able to send, changes are undone, what was read stays.
    Simulation,
    /// As a simulation, and who calls a stopped service may look, though not write.
    View,
}

/// What revm calls between validation and result, as we do it.
pub(crate) struct Phases<'s> {
    initial: InitialAndFloorGas,
    purpose: Purpose,
    machine: PhantomData<fn(&'s ())>,
}

/// Runs the transaction in `tx` through all phases.
pub(crate) fn run(
    machine: &mut Machine<'_>,
    tx: TxEnv,
    initial: InitialAndFloorGas,
    purpose: Purpose,
) -> Result<ExecutionResult, NoResult> {
    machine.ctx.tx = tx;
    let mut phases = Phases { initial, purpose, machine: PhantomData };
    phases.run(machine).map_err(|error| match (machine.precompiles.broken.take(), error) {
        (Some(Broken::Store(error)), _) => NoResult::Read(error.0),
        (Some(Broken::Fault(fault)), _) => NoResult::Fault(fault),
        (None, PhaseError::Store(error)) => NoResult::Read(error.0),
        (None, PhaseError::Refused(refusal)) => NoResult::Refused(refusal),
        (None, PhaseError::Text(text)) => NoResult::Fault(Fault { module: "execution", what: text }),
    })
}

/// Error of the phases, in the shape revm's traits ask for.
#[derive(Debug)]
pub(crate) enum PhaseError {
    Refused(Refusal),
    Store(StoreError),
    Text(String),
}

impl From<InvalidTransaction> for PhaseError {
    fn from(error: InvalidTransaction) -> Self {
        Self::Text(format!("a rule outside admission refused the transaction: {error}"))
    }
}

impl From<InvalidHeader> for PhaseError {
    fn from(error: InvalidHeader) -> Self {
        Self::Text(format!("the block environment is incomplete: {error:?}"))
    }
}

impl From<StoreError> for PhaseError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ContextError<StoreError>> for PhaseError {
    fn from(error: ContextError<StoreError>) -> Self {
        match error {
            ContextError::Db(error) => Self::Store(error),
            ContextError::Custom(text) => Self::Text(text),
        }
    }
}

impl FromStringError for PhaseError {
    fn from_string(text: String) -> Self {
        Self::Text(text)
    }
}

impl<'s> Handler for Phases<'s> {
    type Evm = Machine<'s>;
    type Error = PhaseError;
    type HaltReason = HaltReason;

    fn validate_env(&self, _evm: &mut Machine<'s>) -> Result<(), PhaseError> {
        Ok(())
    }

    fn validate_initial_tx_gas(&self, _evm: &mut Machine<'s>) -> Result<InitialAndFloorGas, PhaseError> {
        Ok(self.initial)
    }

    /// Checks the sender's account and counts its nonce up; a creation counts it up later.
    fn validate_against_state_and_deduct_caller(
        &self,
        evm: &mut Machine<'s>,
        _initial: &mut InitialAndFloorGas,
    ) -> Result<(), PhaseError> {
        let Context { tx, journaled_state, .. } = &mut evm.ctx;
        if self.purpose == Purpose::Block {
            let to = tx.kind.to().copied();
            let guard = &mut evm.precompiles.guard;
            let refusal = guard.refuse_sender(&mut journaled_state.database, tx.caller, to, &tx.data)?;
            if let Some(refusal) = refusal {
                return Err(PhaseError::Refused(Refusal::Standing(refusal)));
            }
        }
        let mut sender = journaled_state.load_account_mut(tx.caller)?.data;
        if self.purpose == Purpose::Block {
            let info = &sender.account().info;
            let account = Account { nonce: info.nonce, balance: info.balance, code_hash: info.code_hash };
            admission::check_sender(tx.nonce, tx.value, &account).map_err(PhaseError::Refused)?;
            if tx.nonce > account.nonce {
                return Err(PhaseError::Refused(Refusal::NonceTooHigh { tx: tx.nonce, next: account.nonce }));
            }
        }
        if tx.kind.is_call() {
            sender.bump_nonce();
        }
        Ok(())
    }

    /// The first frame, as revm makes it; a view of a stopped service cannot write.
    fn first_frame_input(
        &mut self,
        evm: &mut Machine<'s>,
        gas: &mut GasTracker,
    ) -> Result<Option<FrameInit>, PhaseError> {
        let Evm { ctx, precompiles, .. } = evm;
        let mut memory = SharedMemory::new_with_buffer(ctx.local.shared_memory_buffer().clone());
        memory.set_memory_limit(ctx.cfg.memory_limit());
        let Some(mut frame_input) = execution::create_init_frame(ctx, gas)? else { return Ok(None) };
        if self.purpose == Purpose::View
            && let FrameInput::Call(inputs) = &mut frame_input
            && inputs.value.get().is_zero()
        {
            let refused =
                precompiles.guard.refuse_call(&mut ctx.journaled_state.database, inputs.bytecode_address)?;
            inputs.is_static = refused.is_some();
        }
        Ok(Some(FrameInit { depth: 0, memory, frame_input }))
    }

    fn reimburse_caller(&self, _evm: &mut Machine<'s>, _result: &mut FrameResult) -> Result<(), PhaseError> {
        Ok(())
    }

    fn reward_beneficiary(
        &self,
        _evm: &mut Machine<'s>,
        _result: &mut FrameResult,
    ) -> Result<(), PhaseError> {
        Ok(())
    }

    fn execution_result(
        &mut self,
        evm: &mut Machine<'s>,
        result: FrameResult,
        gas: ResultGas,
    ) -> Result<ExecutionResult, PhaseError> {
        take_error::<PhaseError, _>(&mut evm.ctx.error)?;
        let result = post_execution::output(&mut evm.ctx, result, gas);
        match self.purpose {
            Purpose::Block => evm.ctx.journaled_state.commit_tx(),
            // The journal stays open; `simulate` looks at it and then discards it.
            Purpose::Simulation | Purpose::View => {}
        }
        evm.ctx.local.clear();
        evm.frame_stack().clear();
        Ok(result)
    }
}

/// Runs `work` as a module hook: outside any transaction, with its own gas, its changes kept only
/// if it succeeds.
///
/// Logs of hooks stand in no receipt and are dropped.
pub(crate) fn run_hook(
    machine: &mut Machine<'_>,
    gas: &mut u64,
    work: impl FnOnce(&mut JournalHost<'_, '_>) -> Result<(), Stop>,
) -> Result<Result<(), Stop>, ReadError> {
    let block = machine.precompiles.block();
    let checkpoint = machine.ctx.journaled_state.checkpoint();
    let mut host = JournalHost::new(&mut machine.ctx, block, *gas, false);
    let result = work(&mut host);
    let (left, failure) = (host.gas.remaining(), host.failure.take());
    if let Some(error) = failure {
        return Err(error.0);
    }
    *gas = left;
    let journal = &mut machine.ctx.journaled_state;
    match &result {
        Ok(()) => journal.checkpoint_commit(),
        Err(_) => journal.checkpoint_revert(checkpoint),
    }
    journal.commit_tx();
    Ok(result)
}

/// Counts the nonce of `sender` up after its transaction was undone by a fault.
pub(crate) fn keep_nonce_of_faulted(machine: &mut Machine<'_>, sender: Address) -> Result<(), ReadError> {
    let journal = &mut machine.ctx.journaled_state;
    journal.load_account_mut(sender).map_err(|error| error.0)?.data.bump_nonce();
    journal.commit_tx();
    Ok(())
}
