//! What stands before the first transaction of the first block.
//!
//! Endowments; the history contract (EIP-2935); the deterministic-deployment proxy that Ethereum
//! tools expect at its usual address; an account for every module, whose one byte of code lets
//! Solidity's existence check pass (the code never runs: modules answer first) and whose nonce
//! keeps it from counting as empty (EIP-161); and the modules' own sections.

use crate::evm::{self, Machine};
use alloy_eips::eip2935::{HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE};
use alloy_primitives::bytes;
use ding_modules::{Stop, registry};
use ding_primitives::{Address, Bytes, Spec, address, ports::ReadError};
use revm::{
    bytecode::Bytecode, context::JournalTr as _,
    context_interface::journaled_state::account::JournaledAccountTr as _,
};

/// Code of a module's account: INVALID (EIP-141).
pub(crate) const MODULE_CODE: Bytes = Bytes::from_static(&[0xfe]);

/// Where tools deploy contracts whose address must not depend on the sender.
pub(crate) const DEPLOYMENT_PROXY: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

/// Runtime code of the proxy: CREATE2 with the first word of the input as salt and the rest as
/// init code.
pub(crate) const DEPLOYMENT_PROXY_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

/// Why the first block cannot be executed.
pub(crate) enum GenesisError {
    /// A module does not accept its section.
    Module(Stop),
    /// The state could not be read.
    Read(ReadError),
}

/// Puts everything in place that the first block finds.
pub(crate) fn apply(machine: &mut Machine<'_>, spec: &Spec) -> Result<(), GenesisError> {
    let contracts =
        [(HISTORY_STORAGE_ADDRESS, HISTORY_STORAGE_CODE.clone()), (DEPLOYMENT_PROXY, DEPLOYMENT_PROXY_CODE)];
    let modules = registry::MODULES.iter().map(|module| (module.address(), MODULE_CODE));
    for (address, code) in contracts.into_iter().chain(modules) {
        let mut account =
            machine.ctx.journaled_state.load_account_mut(address).map_err(|e| GenesisError::Read(e.0))?.data;
        account.set_nonce(1);
        account.set_code_and_hash_slow(Bytecode::new_legacy(code));
    }
    for (address, balance) in &spec.endowments {
        let mut account =
            machine.ctx.journaled_state.load_account_mut(*address).map_err(|e| GenesisError::Read(e.0))?.data;
        account.set_balance(*balance);
    }
    machine.ctx.journaled_state.commit_tx();
    let mut gas = u64::MAX;
    evm::run_hook(machine, &mut gas, |host| registry::genesis(host, spec))
        .map_err(GenesisError::Read)?
        .map_err(GenesisError::Module)
}
