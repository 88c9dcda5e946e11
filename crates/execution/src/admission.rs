//! Rules that a transaction meets before it runs. The pool asks them at the door, the block asks
//! them again; both get the same answer for the same account.
//!
//! Chain id and signature were settled when the sender was recovered
//! ([`ding_primitives::transaction::recover`]). The texts begin as Ethereum tools expect, so that
//! wallets and libraries recognise them.

use crate::evm::GAS;
use alloy_primitives::TxKind;
use ding_modules::{identity::standing, personal};
use ding_primitives::{Account, Address, Recovered, Spec, U256, limits};
use revm::interpreter::InitialAndFloorGas;

/// Why a transaction may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The account has already sent a transaction with this nonce.
    #[error("nonce too low: next nonce {next}, tx nonce {tx}")]
    NonceTooLow {
        /// Nonce of the transaction.
        tx: u64,
        /// Nonce the account expects.
        next: u64,
    },
    /// Earlier transactions of the account are missing.
    #[error("nonce too high: next nonce {next}, tx nonce {tx}; send the {} before it", missing(.next, .tx))]
    NonceTooHigh {
        /// Nonce of the transaction.
        tx: u64,
        /// Nonce the account expects.
        next: u64,
    },
    /// No account can count further (EIP-2681).
    #[error("nonce has max value: {nonce} cannot be used (EIP-2681)", nonce = u64::MAX)]
    NonceMax,
    /// The value sent along exceeds the balance.
    #[error(
        "insufficient funds for gas * price + value: balance {balance}, value {value}; gas is free here, lower the value"
    )]
    InsufficientFunds {
        /// Balance of the sender.
        balance: U256,
        /// Value of the transaction.
        value: U256,
    },
    /// The sender is a contract (EIP-3607).
    #[error("sender not an eoa: a contract's code is stored at the sender's address (EIP-3607)")]
    SenderHasCode,
    /// The gas limit does not even cover what the envelope costs.
    #[error("intrinsic gas too low: gas {gas}, minimum needed {minimum}")]
    IntrinsicGas {
        /// Gas limit of the transaction.
        gas: u64,
        /// Gas needed before the first instruction.
        minimum: u64,
    },
    /// The gas limit does not cover the floor for call data (EIP-7623).
    #[error(
        "insufficient gas for floor data gas cost: gas {gas}, minimum needed {minimum} (EIP-7623); intrinsic gas too low"
    )]
    FloorGas {
        /// Gas limit of the transaction.
        gas: u64,
        /// Gas needed for the call data.
        minimum: u64,
    },
    /// More gas than one transaction may use (EIP-7825).
    #[error("transaction gas limit too high: {gas} exceeds the cap of {max} (EIP-7825); split the work")]
    TransactionGas {
        /// Gas limit of the transaction.
        gas: u64,
        /// Gas allowed.
        max: u64,
    },
    /// More gas than a block of this chain has.
    #[error("exceeds block gas limit: transaction gas {gas}, block gas {max}")]
    BlockGas {
        /// Gas limit of the transaction.
        gas: u64,
        /// Gas of a block.
        max: u64,
    },
    /// More gas than is left in the block that is being made.
    #[error("exceeds block gas limit: transaction gas {gas}, {left} left in this block; it fits a later one")]
    BlockFull {
        /// Gas limit of the transaction.
        gas: u64,
        /// Gas that earlier transactions left.
        left: u64,
    },
    /// The sender may not act on this chain now.
    #[error("{name}: {0}", name = .0.name())]
    Standing(#[from] standing::Refusal),
    /// The input holds what looks like personal data.
    #[error("personal data: {0}")]
    Personal(personal::Finding),
    /// Init code over the limit (EIP-3860).
    #[error("max initcode size exceeded: code size {size}, limit {max} (EIP-3860)")]
    InitCode {
        /// Bytes of init code.
        size: usize,
        /// Bytes allowed.
        max: usize,
    },
}

fn missing(next: &u64, tx: &u64) -> u64 {
    tx.saturating_sub(*next)
}

impl Refusal {
    /// Whether the same transaction may run in a later block without anything being changed in it.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::NonceTooHigh { .. } | Self::InsufficientFunds { .. } | Self::BlockFull { .. })
    }
}

/// Checks what can be checked without the state, at the doors and in the pool. A block is not held
/// to the last rule, that no personal data enters a transaction: it is a guess, though a good one.
///
/// # Errors
///
/// Names the rule, with both numbers.
pub fn check_static(transaction: &Recovered, spec: &Spec) -> Result<(), Refusal> {
    check_envelope(transaction, spec.gas_limit)?;
    match personal::find(transaction.input()) {
        Some(finding) => Err(Refusal::Personal(finding)),
        None => Ok(()),
    }
}

/// As [`check_static`], and the gas that the envelope itself costs.
pub(crate) fn check_envelope(transaction: &Recovered, block_gas: u64) -> Result<InitialAndFloorGas, Refusal> {
    let gas = transaction.gas_limit();
    if gas > limits::TRANSACTION_GAS_MAX {
        return Err(Refusal::TransactionGas { gas, max: limits::TRANSACTION_GAS_MAX });
    }
    if gas > block_gas {
        return Err(Refusal::BlockGas { gas, max: block_gas });
    }
    if transaction.nonce() == u64::MAX {
        return Err(Refusal::NonceMax);
    }
    let is_create = matches!(transaction.to(), TxKind::Create);
    let (accounts, slots) = transaction.access_list().map_or((0, 0), |list| {
        let slots: usize = list.iter().map(|item| item.storage_keys.len()).sum();
        (list.len() as u64, slots as u64)
    });
    check_gas(gas, transaction.input(), is_create, accounts, slots)
}

/// Checks the gas limit against what the parts of an envelope cost before the first instruction,
/// and the size of init code.
pub(crate) fn check_gas(
    gas: u64,
    input: &[u8],
    is_create: bool,
    accounts: u64,
    slots: u64,
) -> Result<InitialAndFloorGas, Refusal> {
    if is_create && input.len() > limits::INIT_CODE_BYTES_MAX {
        return Err(Refusal::InitCode { size: input.len(), max: limits::INIT_CODE_BYTES_MAX });
    }
    let initial = GAS.initial_tx_gas(input, is_create, accounts, slots, 0, None);
    if gas < initial.initial_regular_gas() {
        return Err(Refusal::IntrinsicGas { gas, minimum: initial.initial_regular_gas() });
    }
    if gas < initial.floor_gas() {
        return Err(Refusal::FloorGas { gas, minimum: initial.floor_gas() });
    }
    Ok(initial)
}

/// Checks the transaction against its sender's account. A nonce ahead of the account is no
/// refusal here: the pool keeps such transactions until those before them have come.
///
/// # Errors
///
/// Names the rule, with both numbers.
pub fn check_account(transaction: &Recovered, account: &Account) -> Result<(), Refusal> {
    check_sender(transaction.nonce(), transaction.value(), account)
}

pub(crate) fn check_sender(nonce: u64, value: U256, account: &Account) -> Result<(), Refusal> {
    if account.has_code() {
        return Err(Refusal::SenderHasCode);
    }
    if nonce < account.nonce {
        return Err(Refusal::NonceTooLow { tx: nonce, next: account.nonce });
    }
    if account.balance < value {
        return Err(Refusal::InsufficientFunds { balance: account.balance, value });
    }
    Ok(())
}

/// Address of the contract that a creation makes: the last 20 bytes of the Keccak-256 of the RLP
/// of sender and nonce (Yellow Paper section 7).
pub fn created_address(sender: Address, nonce: u64) -> Address {
    sender.create(nonce)
}

#[cfg(test)]
mod tests;
