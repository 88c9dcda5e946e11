//! A small chain in memory whose blocks are really executed: for tests of this crate and of those
//! above it.

use ding_chain::reader::{At, Certified, Claim, Look, Status};
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
    simulate::{self, AccessListResult, CallResult, Estimate, Overrides, Request},
};
use ding_light::{Package, Statement, mocks::Authority, package::Content, tree};
use ding_modules::{BlockInfo, Violation, identity, registry};
use ding_primitives::{
    Account, Address, B256, Bytes, DatabaseCommitment, Header, Height, Holding, MemberKey, Recovered, Roots,
    Sealed, Spec, U256, limits,
    ports::{Archive, FinalizedBlock, FinalizedSink, Pending, ReadError, ReadState as _},
    spec::{Section, Validator},
};
use std::{
    collections::BTreeMap,
    future::ready,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

/// Wallets that genesis endows.
pub const WALLETS: u64 = 8;

/// The chain behind the door.
#[derive(Debug)]
pub struct Chain {
    spec: Arc<Spec>,
    /// Whether accounts without standing are refused, as genesis says.
    bound: bool,
    authority: Authority,
    inner: Mutex<Inner>,
    /// Accounts read so far.
    pub account_reads: AtomicUsize,
    /// Blocks that become final between the moment a state is asked for and the moment it is read.
    pub overtaken_by: AtomicU64,
    /// Blocks below this one are not kept.
    pub kept_from: AtomicU64,
    /// Height that the others are said to be at.
    pub highest: AtomicU64,
    /// Blocks whose transactions are found without a read model.
    pub recent: AtomicU64,
}

#[derive(Clone)]
struct Inner {
    state: MemoryState,
    blocks: Vec<Arc<FinalizedBlock>>,
    places: BTreeMap<B256, (Height, usize)>,
    sinks: Vec<Arc<dyn FinalizedSink>>,
}

impl core::fmt::Debug for Inner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Inner").field("blocks", &self.blocks.len()).finish_non_exhaustive()
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn commitment(byte: u8) -> DatabaseCommitment {
    DatabaseCommitment {
        root: B256::repeat_byte(byte),
        ops_root: B256::repeat_byte(byte + 1),
        start: 0,
        end: 9,
    }
}

impl Chain {
    /// A chain with four members and a genesis block.
    ///
    /// # Panics
    ///
    /// Never; like every function here it panics only where a test is wrong.
    pub fn new() -> Arc<Self> {
        Self::with(|_| {})
    }

    /// The same with these sections of modules in its genesis file.
    ///
    /// # Panics
    ///
    /// If a module does not accept its section.
    pub fn of(modules: BTreeMap<String, Section>) -> Arc<Self> {
        Self::with(|spec| spec.modules = modules)
    }

    /// The same with another genesis file.
    ///
    /// # Panics
    ///
    /// If a module does not accept its section of the file.
    pub fn with(change: impl FnOnce(&mut Spec)) -> Arc<Self> {
        let genesis_hash = B256::repeat_byte(0x67);
        let authority = Authority::new("door", genesis_hash);
        let member =
            |byte: u8| Validator { name: format!("member-{byte}"), key: MemberKey(B256::repeat_byte(byte)) };
        let mut spec = Spec {
            name: "harbour".into(),
            public_key: Bytes::copy_from_slice(authority.key().as_bytes()),
            validators: (1..=4).map(member).collect(),
            ..mocks::spec((0..WALLETS).map(|number| Wallet::new(number).address()))
        };
        change(&mut spec);
        registry::check_genesis(&spec).expect("the modules take their sections");
        let bound = identity::bound(&spec);
        let chain = Self {
            spec: Arc::new(spec),
            bound,
            authority,
            inner: Mutex::new(Inner {
                state: MemoryState::default(),
                blocks: Vec::new(),
                places: BTreeMap::new(),
                sinks: Vec::new(),
            }),
            account_reads: AtomicUsize::new(0),
            overtaken_by: AtomicU64::new(0),
            kept_from: AtomicU64::new(0),
            highest: AtomicU64::new(0),
            recent: AtomicU64::new(u64::MAX),
        };
        let genesis = chain.header(&chain.env(0, mocks::env(0).timestamp_ms), B256::ZERO, &[], &[], 0);
        chain.inner().blocks.push(Arc::new(FinalizedBlock {
            header: genesis,
            transactions: Vec::new(),
            receipts: Vec::new(),
            size: 600,
        }));
        Arc::new(chain)
    }

    fn header(
        &self,
        env: &Env,
        parent: B256,
        transactions: &[Arc<Recovered>],
        receipts: &[ding_primitives::Receipt],
        gas_used: u64,
    ) -> Sealed {
        let hashes: Vec<B256> = transactions.iter().map(|transaction| transaction.hash()).collect();
        let height = env.height.get();
        Sealed::new(Header {
            epoch: 0,
            view: height,
            parent_view: height.saturating_sub(1),
            leader: self.spec.validators[place(height % 4)].key,
            parent,
            height: Height::new(height),
            timestamp_ms: env.timestamp_ms,
            transactions_root: tree::transactions_root(&hashes),
            receipts_root: tree::receipts_root(receipts),
            roots: Roots { accounts: commitment(1), modules: commitment(3), contracts: commitment(5) },
            gas_used,
            gas_limit: self.spec.gas_limit,
            transaction_count: number(transactions.len()),
        })
    }

    fn env(&self, height: u64, timestamp_ms: u64) -> Env {
        Env { timestamp_ms, bound: self.bound, ..mocks::env(height) }
    }

    /// The same chain, to be gone on with apart from this one: blocks and state, no listeners.
    pub fn copy(&self) -> Arc<Self> {
        let count = |number: &AtomicU64| AtomicU64::new(number.load(Ordering::SeqCst));
        let inner = Inner { sinks: Vec::new(), ..self.inner().clone() };
        Arc::new(Self {
            spec: self.spec.clone(),
            bound: self.bound,
            authority: self.authority.clone(),
            inner: Mutex::new(inner),
            account_reads: AtomicUsize::new(0),
            overtaken_by: count(&self.overtaken_by),
            kept_from: count(&self.kept_from),
            highest: count(&self.highest),
            recent: count(&self.recent),
        })
    }

    /// The block at a height that there is.
    pub fn block(&self, height: u64) -> Arc<FinalizedBlock> {
        self.inner().blocks[place(height)].clone()
    }

    /// Holds the modules' state against all that they ever said: each module's own check.
    ///
    /// # Errors
    ///
    /// The first invariant that does not hold.
    pub fn check_modules(&self) -> Result<(), Violation> {
        let mut inner = self.inner();
        let Inner { state, blocks, .. } = &mut *inner;
        let head = &blocks.last().expect("a chain has a genesis block").header;
        let block =
            BlockInfo { height: head.height, timestamp_ms: head.timestamp_ms, chain_id: self.spec.chain_id };
        let receipts = blocks.iter().flat_map(|block| &block.receipts);
        let history: Vec<_> = receipts.flat_map(|receipt| receipt.logs.iter().cloned()).collect();
        registry::check(state, block, &history)
    }

    /// Puts a contract in place.
    pub fn insert_code(&self, address: Address, code: impl Into<Bytes>) {
        self.inner().state.insert_code(address, code.into());
    }

    /// Executes and finalizes a block of these transactions.
    pub fn seal(&self, transactions: Vec<Arc<Recovered>>) -> Arc<FinalizedBlock> {
        let height = self.head().next().get();
        self.seal_at(mocks::env(height).timestamp_ms, transactions)
    }

    /// The same at a time of the caller's choice, milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Panics
    ///
    /// If a transaction may not stand in the block.
    pub fn seal_at(&self, timestamp_ms: u64, transactions: Vec<Arc<Recovered>>) -> Arc<FinalizedBlock> {
        let (block, sinks) = {
            let mut inner = self.inner();
            let parent = inner.blocks.last().expect("a chain has a genesis block").header.clone();
            let env = self.env(parent.height.get() + 1, timestamp_ms);
            let outcome = execute(&mut inner.state, &self.spec, &env, &transactions, Mode::Verify)
                .expect("the transactions may stand in a block");
            inner.state.apply(&outcome.changes);
            let header = self.header(&env, parent.hash(), &transactions, &outcome.receipts, outcome.gas_used);
            for (index, transaction) in transactions.iter().enumerate() {
                inner.places.insert(transaction.hash(), (header.height, index));
            }
            let size = 600 + transactions.iter().map(|transaction| transaction.size()).sum::<usize>();
            let block = Arc::new(FinalizedBlock { header, transactions, receipts: outcome.receipts, size });
            inner.blocks.push(block.clone());
            (block, inner.sinks.clone())
        };
        for sink in sinks {
            sink.finalized(&block);
        }
        block
    }

    fn at<T>(
        &self,
        value: impl FnOnce(&mut MemoryState, &Env) -> Result<T, ReadError>,
    ) -> Result<At<T>, ReadError> {
        for _ in 0..self.overtaken_by.load(Ordering::SeqCst) {
            self.seal(Vec::new());
        }
        let mut inner = self.inner();
        let head = inner.blocks.last().expect("a chain has a genesis block").header.clone();
        let (height, env) = (head.height, self.env(head.height.get(), head.timestamp_ms));
        let value = value(&mut inner.state, &env)?;
        Ok(At { height, value })
    }
}

fn done<'a, T: Send + 'a>(value: T) -> Pending<'a, T> {
    Box::pin(ready(value))
}

impl Archive for Chain {
    fn head(&self) -> Height {
        self.head_block().header.height
    }

    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        let kept = height.get() >= self.kept_from.load(Ordering::SeqCst);
        let inner = self.inner();
        let block =
            usize::try_from(height.get()).ok().and_then(|height| inner.blocks.get(height)).filter(|_| kept);
        done(Ok(block.cloned()))
    }
}

impl Look for Chain {
    fn spec(&self) -> &Arc<Spec> {
        &self.spec
    }

    fn genesis_hash(&self) -> B256 {
        self.authority.genesis_hash()
    }

    fn head_block(&self) -> Arc<FinalizedBlock> {
        self.inner().blocks.last().expect("a chain has a genesis block").clone()
    }

    fn block_by_hash(&self, hash: B256) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        let inner = self.inner();
        done(Ok(inner.blocks.iter().find(|block| block.header.hash() == hash).cloned()))
    }

    fn transaction(&self, hash: &B256) -> Option<(Height, usize)> {
        let from = self.recent_from();
        self.inner().places.get(hash).copied().filter(|(height, _)| *height >= from)
    }

    fn recent_from(&self) -> Height {
        let blocks = self.inner().blocks.len();
        Height::new(blocks as u64 - blocks.min(self.recent_blocks()) as u64)
    }

    fn account(&self, address: Address) -> Pending<'_, Result<At<Option<Account>>, ReadError>> {
        self.account_reads.fetch_add(1, Ordering::SeqCst);
        done(self.at(|state, _| state.account(address)))
    }

    fn slot(&self, address: Address, slot: U256) -> Pending<'_, Result<At<U256>, ReadError>> {
        done(self.at(|state, _| state.slot(address, slot)))
    }

    fn code(&self, address: Address) -> Pending<'_, Result<At<Bytes>, ReadError>> {
        done(self.at(|state, _| match state.account(address)? {
            Some(account) if account.has_code() => state.code(account.code_hash),
            _ => Ok(Bytes::new()),
        }))
    }

    fn call(&self, request: Request, overrides: Overrides) -> Pending<'_, Result<At<CallResult>, ReadError>> {
        done(self.at(|state, env| simulate::call(state, env, &request, &overrides)))
    }

    fn estimate(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<Estimate>, ReadError>> {
        done(self.at(|state, env| simulate::estimate(state, env, &request, &overrides)))
    }

    fn access_list(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<AccessListResult>, ReadError>> {
        done(self.at(|state, env| simulate::access_list(state, env, &request, &overrides)))
    }

    fn certificate(&self, height: Height) -> Pending<'_, Result<Option<Certified>, ReadError>> {
        let inner = self.inner();
        let found = inner.blocks.get(place(height.get())).filter(|_| height.get() > 0);
        done(Ok(found.map(|block| Certified {
            headers: vec![Header::clone(&block.header)],
            certificate: self.authority.certify(&block.header).to_bytes().into(),
        })))
    }

    fn prove(&self, claim: Claim) -> Pending<'_, Result<Option<Package>, ReadError>> {
        done(Ok(self.proven(claim)))
    }

    fn subscribe(&self, sink: Arc<dyn FinalizedSink>) {
        self.inner().sinks.push(sink);
    }

    fn holdings(&self) -> Vec<Holding> {
        vec![Holding::new("listeners to final blocks", self.inner().sinks.len(), limits::SINKS_MAX)]
    }

    fn status(&self) -> Status {
        let head = self.head_block();
        Status {
            height: head.header.height,
            highest: Height::new(self.highest.load(Ordering::SeqCst).max(head.header.height.get())),
            timestamp_ms: head.header.timestamp_ms,
            peers: 3,
            member: Some("member-1".into()),
        }
    }
}

impl Chain {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no thread died with the chain in hand")
    }

    /// State proofs need the store: they are answered as if there was nothing to prove.
    fn proven(&self, claim: Claim) -> Option<Package> {
        let (height, statement) = match claim {
            Claim::Log { height, transaction, log } => {
                let block = self.inner().blocks.get(place(height.get()))?.clone();
                let statement = Statement::Log {
                    transaction: number(transaction),
                    log: number(log),
                    proof: tree::prove_receipt(&block.receipts, transaction)?,
                    receipt: block.receipts.get(transaction)?.clone(),
                };
                (height, statement)
            }
            Claim::Transaction { height, transaction } => {
                let block = self.inner().blocks.get(place(height.get()))?.clone();
                let hashes: Vec<B256> = block.transactions.iter().map(|t| t.hash()).collect();
                let statement = Statement::Transaction {
                    index: number(transaction),
                    content: Content::Envelope(
                        block.transactions.get(transaction)?.transaction().raw().clone(),
                    ),
                    proof: tree::prove_transaction(&hashes, transaction)?,
                };
                (height, statement)
            }
            Claim::Account(_) | Claim::Slot(..) => return None,
        };
        let header = Header::clone(&self.block(height.get()).header);
        let certificate = self.authority.certify(&header);
        let (name, key) = (&self.spec.name, self.authority.key().clone());
        Package::new(name, self.genesis_hash(), key, vec![header], certificate, vec![statement]).ok()
    }

    fn recent_blocks(&self) -> usize {
        place(self.recent.load(Ordering::SeqCst))
    }
}
