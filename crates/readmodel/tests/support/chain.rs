//! Small chains of final blocks, equal for equal seeds, and an archive that can misbehave.

#![allow(dead_code, unreachable_pub, reason = "tests, unit tests and the example each use a part of this")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "for tests; numbers are small")]

use alloy_consensus::{SignableTransaction as _, TxEip1559};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Signature, TxKind};
use ding_modules::evidence::{
    events::{Attested, Deposited, DepositedAgain, OperationRepeated},
    state::ADDRESS as EVIDENCE,
};
use ding_primitives::{
    Address, B256, Bytes, DatabaseCommitment, Header, Height, Log, MemberKey, Receipt, Recovered, Roots,
    Sealed, Spec, Transaction, U256, keccak256, limits,
    ports::{Archive, FinalizedBlock, Pending, ReadError},
    spec::GENESIS_VERSION,
    transaction::recover,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

pub const CHAIN_ID: u64 = 1337;
/// The genesis file: supervisors, a province, a firm and a ministry; the first binds accounts.
pub fn spec() -> Arc<Spec> {
    let modules = serde_json::json!({
        "members": {"organisations": [
            {"name": "国家管理机构", "roles": ["supervisor"], "accounts": [account(1), account(2)]},
            {"name": "Beijing Administration", "roles": ["provincial"], "division": 11, "accounts": [account(3)]},
            {"name": "Harbour Chain Ltd", "code": "91110000MA00000077", "accounts": [account(4)]},
            {"name": "Ministry", "roles": ["competent"], "accounts": [account(5)]},
        ]},
        "identity": {"authorities": [{"organisation": "国家管理机构"}]},
    });
    Arc::new(Spec {
        version: GENESIS_VERSION,
        name: "rows".into(),
        chain_id: CHAIN_ID,
        timestamp_ms: 0,
        public_key: vec![0; 96].into(),
        sharing: Bytes::new(),
        validators: vec![],
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: Default::default(),
        modules: serde_json::from_value(modules).unwrap(),
    })
}

/// An account of [`spec`]: 1 and 2 supervise, 3 is of the province, 4 of the firm, 5 of the ministry.
pub fn account(number: u8) -> Address {
    Address::with_last_byte(0xa0 + number)
}

pub const GENESIS: B256 = B256::repeat_byte(0x9e);
/// Time of block 0.
pub const START_MS: u64 = 1_760_000_000_000;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    pub fn word(&mut self) -> B256 {
        let mut word = [0; 32];
        word.chunks_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.roll().to_be_bytes()));
        B256::new(word)
    }

    pub fn address(&mut self) -> Address {
        Address::from_slice(&self.word()[12..])
    }

    /// A transaction of a random sender: any `s` under a fixed `r` recovers to somebody.
    pub fn transaction(&mut self, to: TxKind, input: Bytes) -> Arc<Recovered> {
        let body = TxEip1559 {
            chain_id: CHAIN_ID,
            nonce: self.below(9),
            gas_limit: 90_000,
            to,
            input,
            ..Default::default()
        };
        // x coordinate of the generator of secp256k1 (SEC 2 section 2.4.1).
        let r = U256::from_be_bytes(alloy_primitives::hex!(
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        ));
        let s = U256::from_be_bytes(self.word().0) >> 2;
        let signed = body.into_signed(Signature::new(r, s, self.below(2) == 1));
        let raw = alloy_consensus::TxEnvelope::from(signed).encoded_2718();
        Arc::new(recover(Transaction::from_raw(raw.into()), CHAIN_ID).unwrap())
    }
}

/// Seals a block on top of another.
pub fn block(
    parent: Option<&FinalizedBlock>,
    salt: u64,
    transactions: Vec<Arc<Recovered>>,
    receipts: Vec<Receipt>,
) -> Arc<FinalizedBlock> {
    let height = parent.map_or(0, |parent| parent.header.height.next().get());
    block_at(parent, START_MS + height * 137, salt, transactions, receipts)
}

/// Seals a block of this time on top of another.
pub fn block_at(
    parent: Option<&FinalizedBlock>,
    timestamp_ms: u64,
    salt: u64,
    transactions: Vec<Arc<Recovered>>,
    receipts: Vec<Receipt>,
) -> Arc<FinalizedBlock> {
    let height = parent.map_or(Height::GENESIS, |parent| parent.header.height.next());
    let commitment = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    let header = Header {
        epoch: 0,
        view: height.get(),
        parent_view: height.get().saturating_sub(1),
        leader: MemberKey(B256::with_last_byte(u8::try_from(height.get() % 4).unwrap())),
        parent: parent.map_or(B256::ZERO, |parent| parent.header.hash()),
        height,
        timestamp_ms,
        transactions_root: B256::from(U256::from(salt)),
        receipts_root: B256::ZERO,
        roots: Roots { accounts: commitment, modules: commitment, contracts: commitment },
        gas_used: receipts.iter().map(|receipt| receipt.gas_used).sum(),
        gas_limit: 500_000_000,
        transaction_count: u32::try_from(transactions.len()).unwrap(),
    };
    let size = 400 + transactions.iter().map(|transaction| transaction.size()).sum::<usize>();
    Arc::new(FinalizedBlock { header: Sealed::new(header), transactions, receipts, size })
}

pub fn receipt(logs: Vec<Log>) -> Receipt {
    Receipt { success: true, gas_used: 51_000, cumulative_gas_used: 51_000, created: None, logs }
}

pub fn event(event: &impl alloy_sol_types::SolEvent) -> Log {
    let data = event.encode_log_data();
    Log { address: EVIDENCE, topics: data.topics().to_vec(), data: data.data.clone() }
}

pub fn erc20_transfer(token: Address, from: Address, to: Address, value: u64) -> Log {
    Log {
        address: token,
        topics: vec![keccak256("Transfer(address,address,uint256)"), from.into_word(), to.into_word()],
        data: B256::from(U256::from(value)).0.into(),
    }
}

/// A chain whose logs come from few addresses and topics, so that filters meet them.
#[derive(Debug)]
pub struct RandomChain {
    pub dice: Dice,
    pub blocks: Vec<Arc<FinalizedBlock>>,
    deposits: Vec<(B256, Address, u64, u64)>,
    /// Logs of transactions that come one a block, besides the random ones.
    pub script: std::collections::VecDeque<Vec<Log>>,
}

impl RandomChain {
    pub fn new(seed: u64) -> Self {
        Self {
            dice: Dice(seed),
            blocks: vec![block(None, seed, vec![], vec![])],
            deposits: Vec::new(),
            script: Default::default(),
        }
    }

    pub fn of(seed: u64, blocks: usize) -> Self {
        let mut chain = Self::new(seed);
        (0..blocks).for_each(|_| chain.grow());
        chain
    }

    pub fn head(&self) -> &Arc<FinalizedBlock> {
        self.blocks.last().unwrap()
    }

    /// Adds a block, often empty or small, now and then full of logs.
    pub fn grow(&mut self) {
        let count = match self.dice.below(8) {
            0 | 1 => 0,
            7 => 30,
            _ => self.dice.below(5),
        };
        let (mut transactions, mut receipts): (Vec<_>, Vec<_>) =
            (0..count).map(|_| self.transaction()).unzip();
        if let Some(logs) = self.script.pop_front() {
            transactions.push(self.dice.transaction(TxKind::Call(EVIDENCE), Bytes::new()));
            receipts.push(receipt(logs));
        }
        let salt = self.dice.roll();
        self.blocks.push(block(Some(self.head()), salt, transactions, receipts));
    }

    pub fn some_address(&mut self) -> Address {
        match self.dice.below(10) {
            0 => EVIDENCE,
            other => Address::with_last_byte(u8::try_from(other).unwrap()),
        }
    }

    pub fn some_topic(&mut self) -> B256 {
        B256::from(U256::from(self.dice.below(6)))
    }

    fn transaction(&mut self) -> (Arc<Recovered>, Receipt) {
        let creates = self.dice.below(10) == 0;
        let to = if creates { TxKind::Create } else { TxKind::Call(self.some_address()) };
        let bytes = self.dice.below(9) as usize;
        let input = Bytes::copy_from_slice(&self.dice.word()[..bytes]);
        let transaction = self.dice.transaction(to, input);
        let success = self.dice.below(7) > 0;
        let logs = if success { self.logs() } else { vec![] };
        let created = (creates && success).then(|| self.dice.address());
        (transaction, Receipt { success, created, ..receipt(logs) })
    }

    fn logs(&mut self) -> Vec<Log> {
        let count = if self.dice.below(20) == 0 { 70 } else { self.dice.below(4) };
        (0..count)
            .map(|_| {
                if self.dice.below(4) == 0 {
                    return self.evidence();
                }
                let topics = (0..self.dice.below(5)).map(|_| self.some_topic()).collect();
                let data = vec![7; self.dice.below(100) as usize];
                Log { address: self.some_address(), topics, data: data.into() }
            })
            .collect()
    }

    /// Something that the module evidence tells of in the next block.
    pub fn evidence(&mut self) -> Log {
        let height = self.head().header.height.next().get();
        let timestamp = START_MS + height * 137;
        let depositor = Address::with_last_byte(0xd0 + u8::try_from(self.dice.below(4)).unwrap());
        let known = match self.deposits.len() as u64 {
            0 => None,
            len => Some(self.deposits[self.dice.below(len) as usize]),
        };
        match (self.dice.below(6), known) {
            (0, Some((digest, ..))) => event(&Attested {
                digest,
                organisation: self.dice.below(5) as u32,
                account: self.dice.address(),
                opinion: 1 + self.dice.below(3) as u8,
                report: self.dice.word(),
                height,
                timestampMs: timestamp,
            }),
            (1, Some((digest, ..))) => {
                event(&OperationRepeated { digest, depositor, operation: self.dice.word(), first: true })
            }
            (2, Some((digest, first, first_height, first_timestamp))) => event(&DepositedAgain {
                digest,
                depositor,
                operation: B256::ZERO,
                sm3: self.dice.word(),
                kind: 1,
                count: 1,
                provenance: B256::ZERO,
                referenceId: self.dice.word(),
                height,
                timestampMs: timestamp,
                firstDepositor: first,
                firstHeight: first_height,
                firstTimestampMs: first_timestamp,
            }),
            _ => {
                let digest = self.dice.word();
                self.deposits.push((digest, depositor, height, timestamp));
                event(&Deposited {
                    digest,
                    depositor,
                    operation: self.dice.word(),
                    sm3: if self.dice.below(2) == 0 { B256::ZERO } else { self.dice.word() },
                    kind: 2,
                    count: 1 + self.dice.below(3) as u32,
                    provenance: self.dice.word(),
                    referenceId: B256::ZERO,
                    height,
                    timestampMs: timestamp,
                })
            }
        }
    }
}

/// An archive over a list of blocks; block `n` is at height `n`.
#[derive(Debug, Default)]
pub struct Shelf {
    pub blocks: Mutex<Vec<Arc<FinalizedBlock>>>,
    /// Heights it does not keep.
    pub missing: Mutex<BTreeSet<u64>>,
    /// Reads that fail before one succeeds.
    pub failures: AtomicU64,
    /// Reads so far.
    pub reads: AtomicU64,
    /// Whether reads never resolve.
    pub silent: std::sync::atomic::AtomicBool,
}

impl Shelf {
    pub fn of(blocks: &[Arc<FinalizedBlock>]) -> Arc<Self> {
        Arc::new(Self { blocks: Mutex::new(blocks.to_vec()), ..Self::default() })
    }

    pub fn push(&self, block: Arc<FinalizedBlock>) {
        self.blocks.lock().unwrap().push(block);
    }
}

impl Archive for Shelf {
    fn head(&self) -> Height {
        Height::new(self.blocks.lock().unwrap().len() as u64 - 1)
    }

    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        if self.silent.load(Ordering::SeqCst) {
            return Box::pin(std::future::pending());
        }
        self.reads.fetch_add(1, Ordering::SeqCst);
        let failed = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok();
        let kept = !self.missing.lock().unwrap().contains(&height.get());
        let block = self.blocks.lock().unwrap().get(height.get() as usize).filter(|_| kept).cloned();
        Box::pin(async move { if failed { Err(ReadError::Failed("disk".into())) } else { Ok(block) } })
    }
}
