//! What clients of a simulated ledger do: signed transactions from a few accounts.

use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Address, Bytes, TxKind, U256, keccak256};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use ding_primitives::{Recovered, Transaction, transaction::recover};
use std::sync::Arc;

/// Accounts that clients hold.
pub const ACCOUNTS: usize = 8;

/// The clients' keys, always the same.
pub fn accounts() -> Vec<PrivateKeySigner> {
    (0..ACCOUNTS)
        .filter_map(|index| PrivateKeySigner::from_bytes(&keccak256(format!("client {index}"))).ok())
        .collect()
}

/// A signed call, with its sender.
///
/// # Panics
///
/// If the bytes just signed do not decode: that would be a fault of this program.
pub fn signed(
    key: &PrivateKeySigner,
    chain_id: u64,
    nonce: u64,
    to: Address,
    value: u64,
    input: Bytes,
) -> Arc<Recovered> {
    let transaction = TxEip1559 {
        chain_id,
        nonce,
        gas_limit: 2_000_000,
        max_fee_per_gas: 0,
        max_priority_fee_per_gas: 0,
        to: TxKind::Call(to),
        value: U256::from(value),
        access_list: Default::default(),
        input,
    };
    let signature = key.sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
    let raw = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
    let recovered = recover(Transaction::from_raw(raw.into()), chain_id);
    Arc::new(recovered.expect("what was just signed decodes"))
}
