//! A state in memory, a genesis file, and accounts that sign: for tests of this crate and of those
//! above it.

use alloy_consensus::{TxEip1559, TxEip2930, TxEnvelope, TxLegacy};
use alloy_eips::{eip2718::Encodable2718 as _, eip2930::AccessList};
use alloy_primitives::TxKind;
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use ding_primitives::{
    Account, Address, B256, Bytes, Changes, Height, MemberKey, Recovered, Spec, Transaction, U256, keccak256,
    limits,
    ports::{ReadError, ReadState},
    spec::{GENESIS_VERSION, Validator},
    transaction::recover,
};
use std::{collections::BTreeMap, sync::Arc};

use crate::block::{Env, Outcome};

/// Chain id of everything in here.
pub const CHAIN_ID: u64 = 1337;

/// A state in ordered maps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryState {
    /// Accounts.
    pub accounts: BTreeMap<Address, Account>,
    /// Slots that are not zero.
    pub slots: BTreeMap<(Address, U256), U256>,
    /// Code by hash.
    pub code: BTreeMap<B256, Bytes>,
    /// Reads so far.
    pub reads: usize,
    /// The read with this number, counted from zero, and all after it fail.
    pub fails_at: Option<usize>,
}

impl MemoryState {
    /// Makes a block's changes.
    pub fn apply(&mut self, changes: &Changes) {
        for (address, account) in &changes.accounts {
            match account {
                Some(account) => self.accounts.insert(*address, *account),
                None => self.accounts.remove(address),
            };
        }
        for (key, word) in &changes.slots {
            if word.is_zero() {
                self.slots.remove(key);
            } else {
                self.slots.insert(*key, *word);
            }
        }
        self.code.extend(changes.code.iter().map(|(hash, code)| (*hash, code.clone())));
    }

    /// Puts a contract with this runtime code in place.
    pub fn insert_code(&mut self, address: Address, code: Bytes) {
        let code_hash = keccak256(&code);
        self.code.insert(code_hash, code);
        self.accounts.insert(address, Account { nonce: 1, code_hash, ..Account::EMPTY });
    }

    fn count(&mut self) -> Result<(), ReadError> {
        let number = self.reads;
        self.reads = number.saturating_add(1);
        match self.fails_at {
            Some(at) if number >= at => Err(ReadError::Failed(format!("read {number} fails"))),
            _ => Ok(()),
        }
    }
}

impl ReadState for MemoryState {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        self.count()?;
        Ok(self.accounts.get(&address).copied())
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        self.count()?;
        Ok(self.slots.get(&(address, slot)).copied().unwrap_or_default())
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        self.count()?;
        self.code.get(&hash).cloned().ok_or_else(|| ReadError::Failed(format!("no code with hash {hash}")))
    }
}

/// A genesis file that endows these accounts with one ether each.
pub fn spec(endowed: impl IntoIterator<Item = Address>) -> Spec {
    Spec {
        version: GENESIS_VERSION,
        name: "mock".into(),
        chain_id: CHAIN_ID,
        timestamp_ms: 1,
        public_key: Bytes::from(vec![0; 96]),
        sharing: Bytes::new(),
        validators: vec![Validator { name: "one".into(), key: MemberKey(B256::repeat_byte(1)) }],
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: endowed.into_iter().map(|address| (address, U256::from(10u64.pow(18)))).collect(),
        modules: BTreeMap::new(),
    }
}

/// The environment of the block at `height`.
pub fn env(height: u64) -> Env {
    Env {
        chain_id: CHAIN_ID,
        height: Height::new(height),
        timestamp_ms: 1_700_000_000_000_u64.saturating_add(height.saturating_mul(1_234)),
        parent_hash: keccak256(height.saturating_sub(1).to_be_bytes()),
        beneficiary: Address::ZERO,
        gas_limit: limits::BLOCK_GAS_MAX,
        bound: false,
    }
}

/// An account that signs transactions and counts its nonce.
#[derive(Clone, Debug)]
pub struct Wallet {
    signer: PrivateKeySigner,
    /// Nonce of its next transaction.
    pub nonce: u64,
    /// Gas limit of its next transactions.
    pub gas: u64,
}

impl Wallet {
    /// The account number `number`; the same number is the same account.
    ///
    /// # Panics
    ///
    /// If a hash is no private key, which none of the first numbers is.
    pub fn new(number: u64) -> Self {
        let key = keccak256(number.to_be_bytes());
        let signer = PrivateKeySigner::from_bytes(&key).expect("a hash below the order of the curve");
        Self { signer, nonce: 0, gas: 1_000_000 }
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        self.signer.address()
    }

    /// A transfer of balance.
    pub fn transfer(&mut self, to: Address, value: u64) -> Arc<Recovered> {
        self.send(TxKind::Call(to), U256::from(value), Bytes::new(), AccessList::default())
    }

    /// A call.
    pub fn call(&mut self, to: Address, input: impl Into<Bytes>) -> Arc<Recovered> {
        self.send(TxKind::Call(to), U256::ZERO, input.into(), AccessList::default())
    }

    /// A creation.
    pub fn create(&mut self, code: impl Into<Bytes>) -> Arc<Recovered> {
        self.send(TxKind::Create, U256::ZERO, code.into(), AccessList::default())
    }

    /// Any EIP-1559 transaction.
    pub fn send(&mut self, to: TxKind, value: U256, input: Bytes, access_list: AccessList) -> Arc<Recovered> {
        let transaction = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.next_nonce(),
            gas_limit: self.gas,
            max_fee_per_gas: 7,
            max_priority_fee_per_gas: 7,
            to,
            value,
            access_list,
            input,
        };
        self.sign(transaction)
    }

    /// The same transfer in the two older envelopes: legacy and EIP-2930.
    pub fn older_transfers(&mut self, to: Address, value: u64) -> [Arc<Recovered>; 2] {
        let (to, value) = (TxKind::Call(to), U256::from(value));
        let legacy = TxLegacy {
            chain_id: Some(CHAIN_ID),
            nonce: self.next_nonce(),
            gas_price: 7,
            gas_limit: self.gas,
            to,
            value,
            input: Bytes::new(),
        };
        let listed = TxEip2930 {
            chain_id: CHAIN_ID,
            nonce: self.next_nonce(),
            gas_price: 7,
            gas_limit: self.gas,
            to,
            value,
            access_list: AccessList::default(),
            input: Bytes::new(),
        };
        [self.sign(legacy), self.sign(listed)]
    }

    fn next_nonce(&mut self) -> u64 {
        let nonce = self.nonce;
        self.nonce = nonce.wrapping_add(1);
        nonce
    }

    fn sign<T>(&self, transaction: T) -> Arc<Recovered>
    where
        T: alloy_consensus::SignableTransaction<alloy_primitives::Signature>,
        TxEnvelope: From<alloy_consensus::Signed<T>>,
    {
        let signature =
            self.signer.sign_hash_sync(&transaction.signature_hash()).expect("a key in memory signs");
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        let raw = Transaction::from_raw(envelope.encoded_2718().into());
        Arc::new(recover(raw, CHAIN_ID).expect("what we signed is recovered"))
    }
}

/// Transactions of a block with their receipts' success, for short assertions.
pub fn successes(outcome: &Outcome) -> Vec<bool> {
    outcome.receipts.iter().map(|receipt| receipt.success).collect()
}
