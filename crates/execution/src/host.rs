//! What stands behind a module's `Ctx`: the journal, with the gas of the EVM.
//!
//! Prices are those of the opcodes (EIP-2929, EIP-2200, EIP-3529), refunds included. A failing
//! store is told apart from everything else: the module sees a fault, [`JournalHost::failure`]
//! keeps the cause, and whatever the module then answers, the block is not executed.

use crate::{
    evm::Ctx as EvmContext,
    overlay::{Overlay, StoreError},
};
use ding_modules::{BlockInfo, Host, Stop};
use ding_primitives::{
    Address, Log, U256,
    planted::{self, Planted},
};
use revm::{
    Journal,
    context::JournalTr as _,
    context_interface::{cfg::GasParams, journaled_state::JournalLoadError},
    interpreter::Gas,
    primitives::{Log as EvmLog, LogData},
};

/// Gas of a log without topics and data (Yellow Paper, appendix G).
const LOG_GAS: u64 = 375;

/// A module's view of the journal during one call or hook.
pub(crate) struct JournalHost<'h, 's> {
    journal: &'h mut Journal<Overlay<'s>>,
    params: &'h GasParams,
    block: BlockInfo,
    is_static: bool,
    /// What is left, and what is refunded.
    pub(crate) gas: Gas,
    /// Why the store did not answer, if it did not.
    pub(crate) failure: Option<StoreError>,
}

impl<'h, 's> JournalHost<'h, 's> {
    /// A host over the journal of `ctx` with `gas` to spend.
    pub(crate) const fn new(
        ctx: &'h mut EvmContext<'s>,
        block: BlockInfo,
        gas: u64,
        is_static: bool,
    ) -> Self {
        Self::over(&mut ctx.journaled_state, &ctx.cfg.gas_params, block, gas, is_static)
    }

    /// The same over parts of a context whose other parts are borrowed.
    pub(crate) const fn over(
        journal: &'h mut Journal<Overlay<'s>>,
        params: &'h GasParams,
        block: BlockInfo,
        gas: u64,
        is_static: bool,
    ) -> Self {
        Self { journal, params, block, is_static, gas: Gas::new(gas), failure: None }
    }

    fn spend(&mut self, gas: u64) -> Result<(), Stop> {
        if self.gas.record_regular_cost(gas) { Ok(()) } else { Err(Stop::OutOfGas) }
    }

    /// A load that did not happen: too cold for the gas that is left, or a failing store.
    fn not_loaded(&mut self, error: JournalLoadError<StoreError>) -> Stop {
        match error {
            JournalLoadError::ColdLoadSkipped => Stop::OutOfGas,
            JournalLoadError::DBError(error) => {
                let stop = Stop::fault("execution", format!("the state could not be read: {error}"));
                self.failure = Some(error);
                stop
            }
        }
    }

    fn require_writable(&self) -> Result<(), Stop> {
        if self.is_static {
            return Err(Stop::fault("execution", "a module wrote during a static call"));
        }
        Ok(())
    }
}

impl Host for JournalHost<'_, '_> {
    fn block(&self) -> BlockInfo {
        self.block
    }

    fn sload(&mut self, address: Address, slot: U256) -> Result<U256, Stop> {
        self.spend(self.params.warm_storage_read_cost())?;
        let cold = self.params.cold_storage_additional_cost();
        let skip_cold = self.gas.remaining() < cold;
        let load = self.journal.inner.sload(&mut self.journal.database, address, slot, skip_cold);
        let load = load.map_err(|error| self.not_loaded(error))?;
        if load.is_cold {
            self.spend(cold)?;
        }
        Ok(load.data)
    }

    fn sstore(&mut self, address: Address, slot: U256, word: U256) -> Result<(), Stop> {
        self.require_writable()?;
        // EIP-2200: no write from what a plain transfer hands over.
        if self.gas.remaining() <= self.params.call_stipend() {
            return Err(Stop::OutOfGas);
        }
        self.spend(self.params.sstore_static_gas())?;
        let skip_cold = self.gas.remaining() < self.params.cold_storage_cost();
        let load = self.journal.inner.sstore(&mut self.journal.database, address, slot, word, skip_cold);
        if planted::is(Planted::DropUndo) {
            self.journal.inner.journal.pop();
        }
        let load = load.map_err(|error| self.not_loaded(error))?;
        self.spend(self.params.sstore_dynamic_gas(true, &load.data, load.is_cold))?;
        self.gas.record_refund(self.params.sstore_refund(true, &load.data));
        Ok(())
    }

    fn emit(&mut self, log: Log) -> Result<(), Stop> {
        self.require_writable()?;
        let Log { address, topics, data } = log;
        let count = u8::try_from(topics.len()).ok().filter(|count| *count <= 4);
        let count = count.ok_or_else(|| {
            Stop::fault("execution", format!("a log with {} topics, at most 4", topics.len()))
        })?;
        self.spend(self.params.log_cost(count, data.len() as u64).saturating_add(LOG_GAS))?;
        self.journal.log(EvmLog { address, data: LogData::new_unchecked(topics, data) });
        Ok(())
    }

    fn charge(&mut self, gas: u64) -> Result<(), Stop> {
        self.spend(gas)
    }
}

#[cfg(test)]
mod tests;
