//! A chain in memory, a door in front of it, and a client that speaks plain HTTP.

use ding_chain::reader::{At, Certified, Claim, Look, Reader, Status};
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
    simulate::{self, AccessListResult, CallResult, Estimate, Overrides, Request},
};
use ding_light::{Package, Statement, mocks::Authority, package::Content, tree};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{
    Account, Address, B256, Bytes, DatabaseCommitment, Header, Height, MemberKey, Recovered, Roots, Sealed,
    Spec, U256,
    ports::{
        Archive, Budget, FinalizedBlock, FinalizedSink, Pending, ReadError, ReadState as _,
        TransactionSource as _,
    },
    spec::Validator,
};
use ding_readmodel::Query;
use ding_rpc::{Parts, Rpc, transport};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    future::ready,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

pub(crate) const WALLETS: u64 = 8;

/// The chain behind the door.
pub(crate) struct Chain {
    spec: Arc<Spec>,
    authority: Authority,
    inner: Mutex<Inner>,
    pub(crate) account_reads: AtomicUsize,
    /// Blocks that become final between the moment a state is asked for and the moment it is read.
    pub(crate) overtaken_by: AtomicU64,
    /// Blocks below this one are not kept.
    pub(crate) kept_from: AtomicU64,
    pub(crate) highest: AtomicU64,
    /// Blocks whose transactions are found without a read model.
    pub(crate) recent: AtomicU64,
}

struct Inner {
    state: MemoryState,
    blocks: Vec<Arc<FinalizedBlock>>,
    places: BTreeMap<B256, (Height, usize)>,
    sinks: Vec<Arc<dyn FinalizedSink>>,
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
    pub(crate) fn new() -> Arc<Self> {
        let genesis_hash = B256::repeat_byte(0x67);
        let authority = Authority::new("door", genesis_hash);
        let member =
            |byte: u8| Validator { name: format!("member-{byte}"), key: MemberKey(B256::repeat_byte(byte)) };
        let spec = Spec {
            name: "harbour".into(),
            public_key: Bytes::copy_from_slice(authority.key().as_bytes()),
            validators: (1..=4).map(member).collect(),
            ..mocks::spec((0..WALLETS).map(|number| Wallet::new(number).address()))
        };
        let chain = Self {
            spec: Arc::new(spec),
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
        let genesis = chain.header(0, B256::ZERO, &[], &[], 0);
        chain.inner.lock().unwrap().blocks.push(Arc::new(FinalizedBlock {
            header: genesis,
            transactions: Vec::new(),
            receipts: Vec::new(),
            size: 600,
        }));
        Arc::new(chain)
    }

    fn header(
        &self,
        height: u64,
        parent: B256,
        transactions: &[Arc<Recovered>],
        receipts: &[ding_primitives::Receipt],
        gas_used: u64,
    ) -> Sealed {
        let hashes: Vec<B256> = transactions.iter().map(|transaction| transaction.hash()).collect();
        Sealed::new(Header {
            epoch: 0,
            view: height,
            parent_view: height.saturating_sub(1),
            leader: self.spec.validators[usize::try_from(height % 4).unwrap()].key,
            parent,
            height: Height::new(height),
            timestamp_ms: mocks::env(height).timestamp_ms,
            transactions_root: tree::transactions_root(&hashes),
            receipts_root: tree::receipts_root(receipts),
            roots: Roots { accounts: commitment(1), modules: commitment(3), contracts: commitment(5) },
            gas_used,
            gas_limit: self.spec.gas_limit,
            transaction_count: u32::try_from(transactions.len()).unwrap(),
        })
    }

    fn env(height: u64) -> Env {
        mocks::env(height)
    }

    pub(crate) fn block(&self, height: u64) -> Arc<FinalizedBlock> {
        self.inner.lock().unwrap().blocks[usize::try_from(height).unwrap()].clone()
    }

    pub(crate) fn insert_code(&self, address: Address, code: impl Into<Bytes>) {
        self.inner.lock().unwrap().state.insert_code(address, code.into());
    }

    /// Executes and finalizes a block of these transactions.
    pub(crate) fn seal(&self, transactions: Vec<Arc<Recovered>>) -> Arc<FinalizedBlock> {
        let (block, sinks) = {
            let mut inner = self.inner.lock().unwrap();
            let parent = inner.blocks.last().unwrap().header.clone();
            let height = parent.height.get() + 1;
            let env = Self::env(height);
            let outcome = execute(&mut inner.state, &self.spec, &env, &transactions, Mode::Verify).unwrap();
            inner.state.apply(&outcome.changes);
            let header =
                self.header(height, parent.hash(), &transactions, &outcome.receipts, outcome.gas_used);
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
        let mut inner = self.inner.lock().unwrap();
        let height = inner.blocks.last().unwrap().header.height;
        let value = value(&mut inner.state, &Self::env(height.get()))?;
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
        let inner = self.inner.lock().unwrap();
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
        self.inner.lock().unwrap().blocks.last().unwrap().clone()
    }

    fn block_by_hash(&self, hash: B256) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        let inner = self.inner.lock().unwrap();
        done(Ok(inner.blocks.iter().find(|block| block.header.hash() == hash).cloned()))
    }

    fn transaction(&self, hash: &B256) -> Option<(Height, usize)> {
        let inner = self.inner.lock().unwrap();
        let oldest = inner.blocks.len() as u64 - inner.blocks.len().min(self.recent_blocks()) as u64;
        inner.places.get(hash).copied().filter(|(height, _)| height.get() >= oldest)
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
        let inner = self.inner.lock().unwrap();
        let found = inner.blocks.get(usize::try_from(height.get()).unwrap()).filter(|_| height.get() > 0);
        done(Ok(found.map(|block| Certified {
            headers: vec![Header::clone(&block.header)],
            certificate: self.authority.certify(&block.header).to_bytes().into(),
        })))
    }

    fn prove(&self, claim: Claim) -> Pending<'_, Result<Option<Package>, ReadError>> {
        let (height, statement) = match claim {
            Claim::Log { height, transaction, log } => {
                let block = self.block(height.get());
                let statement = Statement::Log {
                    transaction: u32::try_from(transaction).unwrap(),
                    log: u32::try_from(log).unwrap(),
                    proof: tree::prove_receipt(&block.receipts, transaction).unwrap(),
                    receipt: block.receipts[transaction].clone(),
                };
                (height, statement)
            }
            Claim::Transaction { height, transaction } => {
                let block = self.block(height.get());
                let hashes: Vec<B256> = block.transactions.iter().map(|t| t.hash()).collect();
                let statement = Statement::Transaction {
                    index: u32::try_from(transaction).unwrap(),
                    content: Content::Envelope(block.transactions[transaction].transaction().raw().clone()),
                    proof: tree::prove_transaction(&hashes, transaction).unwrap(),
                };
                (height, statement)
            }
            // State proofs need the store.
            Claim::Account(_) | Claim::Slot(..) => return done(Ok(None)),
        };
        let header = Header::clone(&self.block(height.get()).header);
        let certificate = self.authority.certify(&header);
        let key = self.authority.key().clone();
        let package = Package::new(
            &self.spec.name,
            self.genesis_hash(),
            key,
            vec![header],
            certificate,
            vec![statement],
        )
        .unwrap();
        done(Ok(Some(package)))
    }

    fn subscribe(&self, sink: Arc<dyn FinalizedSink>) {
        self.inner.lock().unwrap().sinks.push(sink);
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
    fn recent_blocks(&self) -> usize {
        usize::try_from(self.recent.load(Ordering::SeqCst)).unwrap()
    }
}

/// A chain with a served door.
pub(crate) struct World {
    pub(crate) chain: Arc<Chain>,
    pub(crate) pool: Pool,
    pub(crate) rpc: Rpc,
    pub(crate) address: SocketAddr,
    pub(crate) now_ms: Arc<AtomicU64>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<std::io::Result<()>>>,
}

struct PoolSink(Pool);

impl FinalizedSink for PoolSink {
    fn finalized(&self, block: &Arc<FinalizedBlock>) {
        self.0.finalized(block);
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Chain::new(), None).await
    }

    /// A world after its first block, which sets up accounts and modules.
    pub(crate) async fn started() -> Self {
        let world = Self::new().await;
        world.chain.seal(Vec::new());
        world
    }

    pub(crate) async fn with(chain: Arc<Chain>, query: Option<Query>) -> Self {
        let pool = Pool::new(chain.spec.clone(), PoolLimits::default());
        chain.subscribe(Arc::new(PoolSink(pool.clone())));
        let now_ms = Arc::new(AtomicU64::new(1_700_000_000_000));
        let clock = now_ms.clone();
        let rpc = Rpc::new(Parts {
            reader: Reader::new(chain.clone()),
            pool: pool.clone(),
            query,
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
            seed: B256::repeat_byte(7),
        });
        let listener = transport::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let parts = transport::RouterParts {
            chains: vec![rpc.clone()],
            metrics: Arc::new(|| "ding_engine_up 1".into()),
        };
        let server = tokio::spawn(transport::serve(listener, parts, async move {
            let _ = stopped.await;
        }));
        Self { chain, pool, rpc, address, now_ms, stop: Some(stop), server: Some(server) }
    }

    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        self.server.take().unwrap().await.unwrap().unwrap();
    }

    /// A block of what waits in the pool.
    pub(crate) fn seal(&self) -> Arc<FinalizedBlock> {
        let budget = Budget { transactions: 10_000, bytes: 1 << 21, gas: 1 << 40 };
        self.chain.seal(self.pool.choose(budget, &BTreeMap::new()))
    }

    /// Calls a method over HTTP.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Result<Value, Refusal> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let (status, answer) = self.post("/", body.as_bytes()).await;
        assert_eq!(status, 200, "{answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(1)));
        outcome(&answer)
    }

    pub(crate) async fn get(&self, method: &str, params: Value) -> Value {
        self.ask(method, params).await.unwrap()
    }

    pub(crate) async fn refuse(&self, method: &str, params: Value) -> Refusal {
        self.ask(method, params).await.unwrap_err()
    }

    pub(crate) async fn send(&self, transaction: &Recovered) -> Result<Value, Refusal> {
        self.ask("eth_sendRawTransaction", json!([transaction.transaction().raw()])).await
    }

    pub(crate) async fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let (status, _, text) = self.raw(&[head.as_bytes(), body].concat()).await;
        (status, text)
    }

    /// Sends bytes as they are; returns status, head and body of the answer.
    pub(crate) async fn raw(&self, request: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }
}

/// An error as a client sees it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Option<String>,
}

impl Refusal {
    /// Checks number and text.
    pub(crate) fn is(&self, code: i64, text: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.message.contains(text), "{text:?} is not in {self:?}");
    }
}

/// Result or error of an answer.
pub(crate) fn outcome(answer: &Value) -> Result<Value, Refusal> {
    if let Some(error) = answer.get("error") {
        assert!(answer.get("result").is_none(), "{answer}");
        return Err(Refusal {
            code: error["code"].as_i64().unwrap(),
            message: error["message"].as_str().unwrap().to_owned(),
            data: error.get("data").map(|data| data.as_str().unwrap().to_owned()),
        });
    }
    Ok(answer.get("result").unwrap().clone())
}

/// A contract that emits one log with the topics `0x…01` and its caller, and four bytes of data.
pub(crate) fn emitter() -> Vec<u8> {
    // MSTORE(0, 0xdeadbeef); LOG2(28, 4, 1, CALLER)
    vec![0x63, 0xde, 0xad, 0xbe, 0xef, 0x5f, 0x52, 0x33, 0x60, 0x01, 0x60, 0x04, 0x60, 0x1c, 0xa2, 0x00]
}

/// A contract that reverts with these bytes.
pub(crate) fn reverter(data: &[u8]) -> Vec<u8> {
    // CODECOPY(0, 14, len); REVERT(0, len)
    let len = u16::try_from(data.len()).unwrap().to_be_bytes();
    let code = [0x61, len[0], len[1], 0x60, 14, 0x5f, 0x39, 0x61, len[0], len[1], 0x5f, 0xfd, 0, 0];
    [&code, data].concat()
}
