//! A door in front of a chain in memory, and a client that speaks plain HTTP.

use ding_chain::reader::{Look as _, Reader};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{
    B256, Recovered,
    ports::{Budget, FinalizedBlock, FinalizedSink, TransactionSource as _},
};
use ding_readmodel::Query;
use ding_rpc::{Parts, Rpc, transport};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
};

pub(crate) use ding_rpc::mocks::Chain;

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
        let pool = Pool::new(chain.spec().clone(), PoolLimits::default());
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
