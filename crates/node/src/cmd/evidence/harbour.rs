//! A chain for tests of commands: real modules over a map, a block for each transaction, one key
//! for all members, and the JSON-RPC methods that the commands call, over a real socket.

use crate::wallet;
use alloy_primitives::U64;
use ding_light::{
    Package, Statement,
    mocks::Authority,
    tree::{prove_receipt, receipts_root, transactions_root},
};
use ding_modules::{
    Call, Stop,
    evidence::{Evidence, state::ADDRESS},
    mocks::{NOTARY, Scene},
    personal, registry,
};
use ding_primitives::{
    Address, B256, Bytes, DatabaseCommitment, Header, Height, Log, MemberKey, Receipt, Roots, Transaction,
    U256, transaction::recover,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

/// Name of the chain.
pub(in crate::cmd) const NAME: &str = "harbour";
const GENESIS: B256 = B256::repeat_byte(0x77);
const CHAIN_ID: u64 = 1337;

/// How a member misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cmd) enum Fault {
    /// Not at all.
    #[default]
    None,
    /// Its proofs are signed with another key than the chain's.
    ForgesProofs,
    /// Its proofs are about the first log of the chain, whatever was asked for.
    ProvesOthers,
    /// The first transaction finds its nonce taken.
    NonceTaken,
    /// It has no read model.
    NoReadModel,
    /// Transactions do not arrive: nobody hears of them.
    LosesTransactions,
    /// Transactions arrive and are final, but whoever sent them hears nothing.
    LosesAnswers,
}

/// The chain behind the member.
pub(in crate::cmd) struct World {
    scene: Scene<'static>,
    blocks: Vec<Block>,
    nonces: BTreeMap<Address, u64>,
    authority: Authority,
    pub(in crate::cmd) fault: Fault,
    pub(in crate::cmd) is_development: bool,
}

struct Block {
    header: Header,
    transaction: B256,
    receipt: Receipt,
}

/// A member that answers.
#[derive(Clone)]
pub(in crate::cmd) struct Harbour {
    pub(in crate::cmd) url: String,
    world: Arc<Mutex<World>>,
}

type Refusal = (i64, String, Option<Bytes>);

impl Harbour {
    /// Founds the chain and lets its member answer until the process ends.
    pub(in crate::cmd) fn found() -> Self {
        Self::found_as(Scene::new(&Evidence).notaries(&[NOTARY]))
    }

    /// Founds the chain with other organisations and sections.
    pub(in crate::cmd) fn found_as(scene: Scene<'static>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World {
            scene,
            blocks: Vec::new(),
            nonces: BTreeMap::new(),
            authority: Authority::new(NAME, GENESIS),
            fault: Fault::None,
            is_development: true,
        }));
        let served = world.clone();
        thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.unwrap(), &served)));
        Self { url, world }
    }

    pub(in crate::cmd) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// The chain's key in hexadecimal.
    pub(in crate::cmd) fn key(&self) -> String {
        self.world().authority.key().to_string()
    }
}

fn serve(stream: TcpStream, world: &Mutex<World>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).unwrap() > 0 {
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        line.clear();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let call: Value = serde_json::from_slice(&body).unwrap();
        let answer = match world.lock().unwrap().answer(call["method"].as_str().unwrap(), &call["params"]) {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }),
            Err((code, message, data)) => {
                json!({ "jsonrpc": "2.0", "id": call["id"], "error": { "code": code, "message": message, "data": data } })
            }
        };
        let text = answer.to_string();
        write!(stream.get_mut(), "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{text}", text.len()).unwrap();
    }
}

fn param<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

impl World {
    /// Number of transactions ever run.
    pub(in crate::cmd) fn transactions(&self) -> usize {
        self.blocks.len()
    }

    /// Every log since genesis.
    pub(in crate::cmd) fn history(&self) -> Vec<Log> {
        self.scene.history().clone()
    }

    /// Checks the invariants of every module against everything that happened.
    pub(in crate::cmd) fn check(&mut self) {
        self.scene.check_all();
        self.scene.on(&Evidence);
    }

    /// Sends a call of the evidence module from any account, signature aside.
    pub(in crate::cmd) fn send(&mut self, caller: Address, input: &[u8]) -> Result<B256, Stop> {
        let hash = ding_primitives::keccak256([input, &self.blocks.len().to_be_bytes()].concat());
        self.run(caller, ADDRESS, input, hash)
    }

    fn run(&mut self, caller: Address, module: Address, input: &[u8], hash: B256) -> Result<B256, Stop> {
        let call = Call { module, ..self.scene.direct(caller, input) };
        let result = self.scene.send(call);
        let receipt = Receipt {
            success: result.is_ok(),
            gas_used: 100_000,
            cumulative_gas_used: 100_000,
            created: None,
            logs: self.scene.logs().to_vec(),
        };
        let commitment = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
        let block = self.scene.block();
        let view = block.height.get() + 10;
        let header = Header {
            epoch: 0,
            view,
            parent_view: view - 1,
            leader: MemberKey(B256::repeat_byte(1)),
            parent: self.blocks.last().map_or(GENESIS, |block| block.header.hash()),
            height: block.height,
            timestamp_ms: block.timestamp_ms,
            transactions_root: transactions_root(&[hash]),
            receipts_root: receipts_root(core::slice::from_ref(&receipt)),
            roots: Roots { accounts: commitment, modules: commitment, contracts: commitment },
            gas_used: 100_000,
            gas_limit: 500_000_000,
            transaction_count: 1,
        };
        self.blocks.push(Block { header, transaction: hash, receipt });
        self.scene.next_block();
        result.map(|_| hash)
    }

    fn answer(&mut self, method: &str, params: &Value) -> Result<Value, Refusal> {
        match method {
            "ding_chain" => Ok(json!({
                "name": NAME, "chainId": U64::from(CHAIN_ID), "publicKey": self.authority.key().to_string(),
                "genesisHash": GENESIS, "members": [], "faultsTolerated": 0, "development": self.is_development,
                "version": "ding/harbour",
            })),
            "eth_getStorageAt" => {
                let (address, slot): (Address, U256) = (param(&params[0]), param(&params[1]));
                let word = self.scene.host_mut().slots().find(|(place, _)| *place == (address, slot));
                Ok(json!(B256::from(word.map_or(U256::ZERO, |(_, word)| word))))
            }
            "ding_orderReport" => {
                use ding_modules::{dispatch::decode_event, orders::abi::IOrders::IdentityLooked};
                let looks = self.scene.history().iter().filter_map(decode_event::<IdentityLooked>).count();
                Ok(
                    json!({ "items": [{ "action": "disclose", "looked": looks }], "next": null, "height": "0x1" }),
                )
            }
            "eth_blockNumber" => Ok(json!(U64::from(self.blocks.len()))),
            "eth_getTransactionCount" => Ok(json!(U64::from(self.nonce(&param(&params[0]))))),
            "eth_call" => self.call(&params[0], true),
            "eth_estimateGas" => self.call(&params[0], false).map(|_| json!("0x30d40")),
            "eth_sendRawTransaction" => self.submit(param(&params[0])),
            "eth_getTransactionReceipt" => {
                let hash: B256 = param(&params[0]);
                Ok(self
                    .blocks
                    .iter()
                    .find(|block| block.transaction == hash)
                    .map_or(Value::Null, Block::receipt_json))
            }
            "eth_getBlockReceipts" => {
                let height: U64 = param(&params[0]);
                Ok(self.at(height.to()).map_or(Value::Null, |block| json!([block.receipt_json()])))
            }
            "eth_getLogs" if self.fault == Fault::NoReadModel => {
                Err((-32002, "no read model here".into(), None))
            }
            "eth_getLogs" => {
                let topics: Vec<Value> = param(&params[0]["topics"]);
                let address: Address = param(&params[0]["address"]);
                // A place of the filter is a topic, or a list of which one must be there.
                let fits = |(wanted, topic): (&Value, &Value)| {
                    wanted.as_array().map_or(wanted == topic, |list| list.contains(topic))
                };
                let wanted = |log: &&Value| {
                    let there: Vec<Value> = param(&log["topics"]);
                    there.len() >= topics.len()
                        && topics.iter().zip(&there).all(fits)
                        && param::<Address>(&log["address"]) == address
                };
                let logs: Vec<Value> = self.blocks.iter().flat_map(Block::logs_json).collect();
                Ok(logs.iter().filter(wanted).cloned().collect())
            }
            "ding_getProof" => self.prove(&params[0]),
            other => Err((-32601, format!("no method {other}"), None)),
        }
    }

    fn at(&self, height: u64) -> Option<&Block> {
        self.blocks.iter().find(|block| block.header.height == Height::new(height))
    }

    fn nonce(&self, account: &Address) -> u64 {
        self.nonces.get(account).copied().unwrap_or_default()
    }

    fn call(&mut self, request: &Value, is_static: bool) -> Result<Value, Refusal> {
        let caller = request.get("from").map(param).unwrap_or_default();
        let (module, input): (Address, Bytes) = (param(&request["to"]), param(&request["data"]));
        let call = Call {
            module,
            caller,
            origin: caller,
            value: U256::ZERO,
            input: &input,
            is_static,
            is_direct: true,
        };
        let mut copy = self.scene.host_mut().clone();
        match registry::call(&mut copy, &call) {
            Ok(output) => Ok(json!(output)),
            Err(Stop::Revert(data)) => Err((3, "execution reverted".into(), Some(data))),
            Err(other) => Err((-32603, format!("{other:?}"), None)),
        }
    }

    fn submit(&mut self, raw: Bytes) -> Result<Value, Refusal> {
        let transaction = recover(Transaction::from_raw(raw), CHAIN_ID)
            .map_err(|error| (-32000, error.to_string(), None))?;
        let (sender, nonce) = (transaction.sender(), self.nonce(&transaction.sender()));
        if self.fault == Fault::NonceTaken {
            self.fault = Fault::None;
            self.nonces.insert(sender, nonce + 3);
        }
        let nonce = self.nonce(&sender);
        if transaction.nonce() != nonce {
            return Err((
                -32003,
                format!("nonce too low: next nonce {nonce}, tx nonce {}", transaction.nonce()),
                None,
            ));
        }
        // As the door of a member does.
        if let Some(finding) = personal::find(transaction.input()) {
            return Err((-32003, format!("personal data: {finding}"), None));
        }
        let lost = || (-32000, "the connection broke".to_owned(), None);
        if self.fault == Fault::LosesTransactions {
            return Err(lost());
        }
        let module = *transaction.to().to().unwrap();
        self.nonces.insert(sender, nonce + 1);
        let input = transaction.input().clone();
        // A transaction that is undone stands in its block all the same.
        let _ = self.run(sender, module, &input, transaction.hash());
        if self.fault == Fault::LosesAnswers { Err(lost()) } else { Ok(json!(transaction.hash())) }
    }

    fn prove(&self, wanted: &Value) -> Result<Value, Refusal> {
        let hash: B256 = param(&wanted["log"]["transactionHash"]);
        let index: U64 = param(&wanted["log"]["logIndex"]);
        let found = match self.fault {
            Fault::ProvesOthers => self.blocks.first(),
            _ => self.blocks.iter().find(|block| block.transaction == hash),
        };
        let block = found.ok_or((-32001, "no such transaction".to_owned(), None))?;
        let statement = Statement::Log {
            transaction: 0,
            log: index.to(),
            receipt: block.receipt.clone(),
            proof: prove_receipt(core::slice::from_ref(&block.receipt), 0).unwrap(),
        };
        let signer = match self.fault {
            Fault::ForgesProofs => Authority::new("pirates", GENESIS),
            _ => self.authority.clone(),
        };
        let certificate = signer.certify(&block.header);
        let headers = vec![block.header.clone()];
        let key = self.authority.key().clone();
        let package = Package::new(NAME, GENESIS, key, headers, certificate, vec![statement]).unwrap();
        Ok(json!({ "package": Bytes::from(package.to_bytes()) }))
    }
}

impl Block {
    fn logs_json(&self) -> Vec<Value> {
        let each = self.receipt.logs.iter().enumerate().map(|(index, Log { address, topics, data })| {
            json!({
                "address": address, "topics": topics, "data": data, "transactionHash": self.transaction,
                "logIndex": U64::from(index), "blockNumber": U64::from(self.header.height.get()),
            })
        });
        each.collect()
    }

    fn receipt_json(&self) -> Value {
        json!({
            "transactionHash": self.transaction,
            "blockNumber": U64::from(self.header.height.get()),
            "status": U64::from(u64::from(self.receipt.success)),
            "logs": self.logs_json(),
        })
    }
}

/// A folder with files, removed at the end.
pub(in crate::cmd) struct Folder(PathBuf);

impl Folder {
    pub(in crate::cmd) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(in crate::cmd) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file that only its owner may read, and returns its path.
    pub(in crate::cmd) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    pub(in crate::cmd) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The first test account.
pub(in crate::cmd) fn first_account() -> Address {
    wallet::development_accounts()[0].address()
}

/// Whether anything is there.
pub(in crate::cmd) fn exists(path: &str) -> bool {
    Path::new(path).exists()
}
