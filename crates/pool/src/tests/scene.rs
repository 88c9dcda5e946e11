//! A pool with signed transactions of numbered senders, and blocks that become final.

use super::*;
use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Bytes, TxKind, U256};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use ding_primitives::{DatabaseCommitment, Header, Height, MemberKey, Roots, Sealed, transaction::recover};
use std::sync::OnceLock;

pub(super) const CHAIN_ID: u64 = 1337;

fn signer(sender: u8) -> PrivateKeySigner {
    PrivateKeySigner::from_bytes(&B256::repeat_byte(sender + 1)).unwrap()
}

/// Senders that scenes and models may use.
const SENDERS: u8 = 20;

pub(super) fn address(sender: u8) -> Address {
    static ADDRESSES: OnceLock<Vec<Address>> = OnceLock::new();
    ADDRESSES.get_or_init(|| (0..SENDERS).map(|sender| signer(sender).address()).collect())
        [usize::from(sender)]
}

/// An account that can pay `balance`.
pub(super) fn account(balance: u64) -> Account {
    Account { balance: U256::from(balance), ..Account::EMPTY }
}

/// A transaction to be signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tx {
    pub(super) sender: u8,
    pub(super) nonce: u64,
    pub(super) price: u128,
    pub(super) gas: u64,
    pub(super) value: u64,
    pub(super) data: usize,
    /// Input in place of `data` bytes of it.
    pub(super) text: &'static str,
}

impl Tx {
    pub(super) fn new(sender: u8, nonce: u64) -> Self {
        Self { sender, nonce, price: 7, gas: 21_000, value: 0, data: 0, text: "" }
    }

    pub(super) fn price(self, price: u128) -> Self {
        Self { price, ..self }
    }

    pub(super) fn gas(self, gas: u64) -> Self {
        Self { gas, ..self }
    }

    pub(super) fn value(self, value: u64) -> Self {
        Self { value, ..self }
    }

    pub(super) fn data(self, data: usize) -> Self {
        Self { data, gas: 21_000 + 40 * data as u64, ..self }
    }

    pub(super) fn text(self, text: &'static str) -> Self {
        Self { text, gas: 21_000 + 40 * text.len() as u64, ..self }
    }

    pub(super) fn sign(self) -> Arc<Recovered> {
        let tx = TxLegacy {
            chain_id: Some(CHAIN_ID),
            nonce: self.nonce,
            gas_price: self.price,
            gas_limit: self.gas,
            to: TxKind::Call(Address::repeat_byte(9)),
            value: U256::from(self.value),
            input: if self.text.is_empty() {
                Bytes::from(vec![1; self.data])
            } else {
                Bytes::from_static(self.text.as_bytes())
            },
        };
        let signature = signer(self.sender).sign_hash_sync(&tx.signature_hash()).unwrap();
        let raw = tx.into_signed(signature).encoded_2718();
        Arc::new(recover(Transaction::from_raw(raw.into()), CHAIN_ID).unwrap())
    }
}

pub(super) fn spec() -> Arc<Spec> {
    Arc::new(Spec {
        version: ding_primitives::spec::GENESIS_VERSION,
        name: "harbour".into(),
        chain_id: CHAIN_ID,
        timestamp_ms: 1,
        public_key: Bytes::new(),
        sharing: Bytes::new(),
        validators: vec![],
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: BTreeMap::new(),
        modules: BTreeMap::new(),
    })
}

pub(super) fn final_block(transactions: Vec<Arc<Recovered>>, timestamp_ms: u64) -> FinalizedBlock {
    let none = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    let header = Header {
        epoch: 0,
        view: 1,
        parent_view: 0,
        leader: MemberKey(B256::ZERO),
        parent: B256::ZERO,
        height: Height::new(1),
        timestamp_ms,
        transactions_root: B256::ZERO,
        receipts_root: B256::ZERO,
        roots: Roots { accounts: none, modules: none, contracts: none },
        gas_used: 0,
        gas_limit: limits::BLOCK_GAS_MAX,
        transaction_count: transactions.len().try_into().unwrap(),
    };
    FinalizedBlock { header: Sealed::new(header), transactions, receipts: vec![], size: 0 }
}

/// A pool and the world around it. Every step checks the book's invariants.
pub(super) struct Scene {
    pub(super) pool: Pool,
    pub(super) now_ms: u64,
    pub(super) nonces: BTreeMap<u8, u64>,
    pub(super) next: BTreeMap<Address, u64>,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(PoolLimits::default())
    }

    pub(super) fn with(limits: PoolLimits) -> Self {
        Self { pool: Pool::new(spec(), limits), now_ms: 0, nonces: BTreeMap::new(), next: BTreeMap::new() }
    }

    fn account(&self, sender: u8) -> Account {
        Account { nonce: self.nonces.get(&sender).copied().unwrap_or_default(), ..account(1_000) }
    }

    pub(super) fn submit(&mut self, tx: Tx) -> Result<Admitted, Refused> {
        let result = self.pool.submit(tx.sign(), self.account(tx.sender), self.now_ms);
        self.check();
        result
    }

    pub(super) fn tell(&mut self, tx: Tx) {
        self.pool.admit_from_peer(tx.sign(), self.account(tx.sender), self.now_ms);
        self.check();
    }

    fn check(&self) {
        self.pool.shared.book.lock().check();
    }

    pub(super) fn get(&self, sender: u8, nonce: u64) -> Arc<Recovered> {
        let content = self.pool.content_of(address(sender));
        content.pending.into_iter().chain(content.queued).find(|tx| tx.nonce() == nonce).unwrap()
    }

    fn names<'a>(all: impl IntoIterator<Item = &'a Arc<Recovered>>) -> Vec<(u8, u64)> {
        let number = |tx: &Recovered| (0..SENDERS).find(|sender| address(*sender) == tx.sender()).unwrap();
        all.into_iter().map(|tx| (number(tx), tx.nonce())).collect()
    }

    pub(super) fn choose_within(&self, budget: Budget) -> Vec<(u8, u64)> {
        Self::names(&self.pool.choose(budget, &self.next))
    }

    pub(super) fn choose(&self, transactions: usize) -> Vec<(u8, u64)> {
        self.choose_within(Budget { transactions, bytes: limits::BODY_BYTES_MAX, gas: limits::BLOCK_GAS_MAX })
    }

    pub(super) fn finalize(&mut self, transactions: Vec<Arc<Recovered>>) {
        for (sender, nonce) in Self::names(&transactions) {
            self.nonces.insert(sender, nonce + 1);
        }
        self.pool.finalized(&final_block(transactions, self.now_ms));
        self.check();
    }

    pub(super) fn finalize_chosen(&mut self, transactions: usize) {
        let budget = Budget { transactions, bytes: limits::BODY_BYTES_MAX, gas: limits::BLOCK_GAS_MAX };
        self.finalize(self.pool.choose(budget, &self.next));
    }

    pub(super) fn offers(&self) -> Vec<(u8, u64)> {
        let offered = self.pool.outgoing(limits::GOSSIP_BYTES_MAX, self.now_ms);
        let found: Vec<_> = offered.iter().map(|tx| self.pool.find(&tx.hash()).unwrap()).collect();
        Self::names(&found)
    }

    pub(super) fn full(&self) -> Refused {
        let status = self.pool.status();
        Refused::Full { transactions: status.pending + status.queued, bytes: status.bytes }
    }
}
