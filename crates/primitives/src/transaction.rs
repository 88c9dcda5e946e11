//! Signed transactions: ordinary Ethereum envelopes (EIP-2718), and the sender found in them.
//!
//! Bytes become a [`Transaction`] (bounded, hashed, not yet believed) and then, once, a
//! [`Recovered`] one: decoded, of a kind we run, with its sender. [`recover`] is the only place
//! that looks at a signature, so that new kinds of signature have one room to enter.

use crate::{
    limits,
    planted::{self, Planted},
};
use alloy_consensus::{
    EthereumTxEnvelope, Transaction as _, TxEip4844Variant, TxType, transaction::SignerRecoverable as _,
};
use alloy_eips::{eip2718::Decodable2718 as _, eip2930::AccessList};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256};

/// A decoded envelope of any kind that Ethereum knows.
pub type Envelope = EthereumTxEnvelope<TxEip4844Variant>;

/// Signed bytes and their Keccak-256 hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    raw: Bytes,
    hash: B256,
}

impl Transaction {
    /// Hashes signed bytes. Nothing else is checked here.
    pub fn from_raw(raw: Bytes) -> Self {
        let hash = keccak256(&raw);
        Self { raw, hash }
    }

    /// The signed envelope as sent.
    pub const fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Keccak-256 of the signed envelope: the transaction's id.
    pub const fn hash(&self) -> B256 {
        self.hash
    }
}

/// A transaction whose bytes decode and whose sender is known.
#[derive(Clone, Debug)]
pub struct Recovered {
    transaction: Transaction,
    envelope: Envelope,
    sender: Address,
}

/// Why bytes are no transaction of this ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransactionError {
    /// Longer than the limit.
    #[error("transaction has {size} bytes, more than the {max} allowed; send less data")]
    TooLarge {
        /// Bytes given.
        size: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not an envelope.
    #[error("not a signed transaction (EIP-2718): {0}")]
    Malformed(String),
    /// An envelope of a kind that this ledger does not run.
    #[error("transaction type {0} is not run here; use legacy, EIP-2930 or EIP-1559")]
    UnsupportedType(u8),
    /// Not bound to a chain (EIP-155).
    #[error("transaction names no chain id (EIP-155); sign it for chain {0}")]
    Unprotected(u64),
    /// Bound to another chain.
    #[error("transaction is for chain {got}, this chain is {want}; sign it again for {want}")]
    WrongChain {
        /// Chain id in the transaction.
        got: u64,
        /// Chain id of this chain.
        want: u64,
    },
    /// The signature has no public key, or is the malleable twin of one that has (EIP-2).
    #[error("invalid or malleable signature (EIP-2); sign the transaction again")]
    BadSignature,
}

impl TransactionError {
    /// Whether these bytes can never become valid on this chain.
    pub const fn is_permanent(&self) -> bool {
        true
    }
}

/// Decodes signed bytes and finds their sender, for the chain `chain_id`.
///
/// # Errors
///
/// Names what is wrong; see [`TransactionError`].
pub fn recover(transaction: Transaction, chain_id: u64) -> Result<Recovered, TransactionError> {
    let size = transaction.raw.len();
    if size > limits::TRANSACTION_BYTES_MAX && !planted::is(Planted::AnySize) {
        return Err(TransactionError::TooLarge { size, max: limits::TRANSACTION_BYTES_MAX });
    }
    let mut rest: &[u8] = &transaction.raw;
    let envelope =
        Envelope::decode_2718(&mut rest).map_err(|error| TransactionError::Malformed(error.to_string()))?;
    if !rest.is_empty() {
        return Err(TransactionError::Malformed(format!("{} bytes after its end", rest.len())));
    }
    match envelope.tx_type() {
        TxType::Legacy | TxType::Eip2930 | TxType::Eip1559 => {}
        other => return Err(TransactionError::UnsupportedType(other as u8)),
    }
    match envelope.chain_id() {
        None => return Err(TransactionError::Unprotected(chain_id)),
        Some(got) if got != chain_id && !planted::is(Planted::AnyChain) => {
            return Err(TransactionError::WrongChain { got, want: chain_id });
        }
        Some(_) => {}
    }
    let sender = if planted::is(Planted::WrongSigner) {
        envelope.signature().recover_address_from_prehash(&transaction.hash).ok()
    } else if planted::is(Planted::TakeTwin) {
        envelope.recover_signer_unchecked().ok()
    } else {
        signer(&transaction.hash, &envelope)
    };
    let sender = sender.ok_or(TransactionError::BadSignature)?;
    Ok(Recovered { transaction, envelope, sender })
}

#[cfg(not(feature = "memo"))]
fn signer(_hash: &B256, envelope: &Envelope) -> Option<Address> {
    envelope.recover_signer().ok()
}

/// Who signed, of what this thread found out before.
#[cfg(feature = "memo")]
fn signer(hash: &B256, envelope: &Envelope) -> Option<Address> {
    use std::{cell::RefCell, collections::BTreeMap};

    /// Signatures before a thread begins anew.
    const KEPT: usize = 1 << 16;
    thread_local! {
        static KNOWN: RefCell<BTreeMap<B256, Option<Address>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= KEPT {
            known.clear();
        }
        *known.entry(*hash).or_insert_with(|| envelope.recover_signer().ok())
    })
}

impl Recovered {
    /// The signed bytes with their hash.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Keccak-256 of the signed envelope.
    pub const fn hash(&self) -> B256 {
        self.transaction.hash
    }

    /// Who signed.
    pub const fn sender(&self) -> Address {
        self.sender
    }

    /// The decoded envelope.
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Envelope type: 0 legacy, 1 EIP-2930, 2 EIP-1559.
    pub fn kind(&self) -> u8 {
        self.envelope.tx_type() as u8
    }

    /// Sequence number of the sender.
    pub fn nonce(&self) -> u64 {
        self.envelope.nonce()
    }

    /// Gas the transaction may use.
    pub fn gas_limit(&self) -> u64 {
        self.envelope.gas_limit()
    }

    /// Recipient, or creation of a contract.
    pub fn to(&self) -> TxKind {
        self.envelope.kind()
    }

    /// Balance sent along.
    pub fn value(&self) -> U256 {
        self.envelope.value()
    }

    /// Call data or init code.
    pub fn input(&self) -> &Bytes {
        self.envelope.input()
    }

    /// Access list (EIP-2930), if the kind has one.
    pub fn access_list(&self) -> Option<&AccessList> {
        self.envelope.access_list()
    }

    /// Gas price or highest fee the sender offers. Nobody pays it; a higher one replaces a waiting
    /// transaction of the same nonce, as wallets expect.
    pub fn offered_price(&self) -> u128 {
        self.envelope.max_fee_per_gas()
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        self.envelope.signature()
    }

    /// Bytes of the signed envelope.
    pub fn size(&self) -> usize {
        self.transaction.raw.len()
    }
}

impl PartialEq for Recovered {
    fn eq(&self, other: &Self) -> bool {
        self.transaction == other.transaction
    }
}

impl Eq for Recovered {}

#[cfg(test)]
mod tests;
