//! JSON-RPC: bytes into the real dispatcher, in front of a small chain whose calls are really
//! executed and whose rows are really asked.

mod supervision;

use alloy_sol_types::SolCall as _;
use ding_chain::{Reader, reader::Look as _};
use ding_execution::mocks::Wallet;
use ding_modules::evidence::{self, abi::IEvidence};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{Address, B256, Recovered, codes, keccak256, limits, ports::Archive as _};
use ding_readmodel::{Config, Query, ReadModel};
use ding_rpc::{Caller, METHODS, Parts, Rpc, SUBSCRIPTION_METHODS, Subscriptions, mocks::Chain};
use serde_json::{Value, json};
use std::{
    future::Future,
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
};

/// Requests of one input, one a line.
const REQUESTS_MAX: usize = 8;
/// Turns that one request may give to others. The chain in memory never waits.
const TURNS_MAX: usize = 10_000;

/// A contract that emits a log: MSTORE(0, 0xdeadbeef); LOG2(28, 4, 1, CALLER).
const EMITTER: [u8; 16] =
    [0x63, 0xde, 0xad, 0xbe, 0xef, 0x5f, 0x52, 0x33, 0x60, 0x01, 0x60, 0x04, 0x60, 0x1c, 0xa2, 0x00];

static CHAIN: LazyLock<Arc<Chain>> = LazyLock::new(|| {
    let chain = Chain::of(supervision::sections());
    chain.seal(Vec::new());
    let emitter = Address::repeat_byte(0xee);
    chain.insert_code(emitter, EMITTER.to_vec());
    let (mut first, mut second) = (Wallet::new(0), Wallet::new(1));
    let deposit = IEvidence::depositCall {
        digest: keccak256("a file"),
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    chain.seal(vec![
        first.transfer(second.address(), 5),
        second.call(evidence::state::ADDRESS, deposit.abi_encode()),
        second.call(evidence::state::ADDRESS, deposit.abi_encode()),
        second.call(emitter, Vec::new()),
        first.create(vec![0x60, 7, 0x60, 5, 0x55, 0x60, 1, 0x5f, 0xf3]),
    ]);
    chain.seal(vec![second.call(emitter, vec![1]), first.call(evidence::state::ADDRESS, vec![1, 2, 3])]);
    supervision::play(&chain);
    chain
});

/// The rows of the chain, and who asks them. The file is nowhere once somebody reads it.
static ROWS: LazyLock<(ReadModel, Query)> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("ding-fuzz-{}", std::process::id()));
    let config = Config { genesis_hash: CHAIN.genesis_hash(), spec: CHAIN.spec().clone() };
    let rows = ReadModel::open(folder.join("rows.sqlite"), config).expect("rows can be written");
    let blocks: Vec<_> = (1..=CHAIN.head().get()).map(|height| CHAIN.block(height)).collect();
    rows.project(&blocks).expect("the blocks follow each other");
    let query = rows.query();
    query.block_by_hash(&B256::ZERO).expect("the rows answer");
    std::fs::remove_dir_all(folder).expect("the folder is ours");
    (rows, query)
});

/// What comes after an input, for those who subscribed to it.
static NEXT: LazyLock<Arc<Recovered>> = LazyLock::new(|| {
    let mut wallet = Wallet::new(1);
    wallet.nonce = 4;
    wallet.call(Address::repeat_byte(0xee), vec![2])
});

/// Runs to the end what never waits for anything but its turn.
fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..TURNS_MAX {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("a request is never answered")
}

fn check_one(answer: &Value) {
    assert_eq!(answer.get("jsonrpc"), Some(&json!("2.0")), "{answer}");
    assert!(answer.get("id").is_some(), "{answer}");
    let Some(error) = answer.get("error") else {
        assert!(answer.get("result").is_some(), "{answer}");
        return;
    };
    assert!(answer.get("result").is_none(), "{answer}");
    let code = error.get("code").and_then(Value::as_i64);
    assert!(code.is_some() && error.get("message").is_some_and(Value::is_string), "{answer}");
    assert_ne!(code, Some(codes::INTERNAL.number.into()), "the fault is ours: {answer}");
}

/// The service, with a pool and a copy of the chain of its own.
fn open() -> (Arc<Chain>, Pool, Rpc) {
    let chain = CHAIN.copy();
    let pool = Pool::new(chain.spec().clone(), PoolLimits::default());
    let rpc = Rpc::new(Parts {
        reader: Reader::new(chain.clone()),
        pool: pool.clone(),
        query: Some(ROWS.1.clone()),
        clock: Arc::new(|| 1_700_000_100_000),
        seed: B256::repeat_byte(7),
    });
    (chain, pool, rpc)
}

pub(super) fn run(input: &[u8]) {
    let (chain, pool, rpc) = open();
    let subscriptions = Subscriptions::default();
    let caller = Caller { subscriptions: Some(&subscriptions), ..Caller::default() };
    for request in input.split(|byte| *byte == b'\n').take(REQUESTS_MAX) {
        let Some(answer) = finish(rpc.handle(request, caller)) else { continue };
        let answer = answer.into_vec();
        assert!(answer.len() <= limits::RPC_RESPONSE_BYTES_MAX + 64 * 1024);
        let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
        match &answer {
            Value::Array(list) => {
                assert!((1..=limits::RPC_BATCH_MAX).contains(&list.len()));
                list.iter().for_each(check_one);
            }
            one => check_one(one),
        }
    }
    if !subscriptions.is_empty() {
        let block = chain.seal(vec![NEXT.clone()]);
        let logs: usize = block.receipts.iter().map(|receipt| receipt.logs.len()).sum();
        let told: Vec<String> = subscriptions.tell(&rpc, &block).collect();
        assert!(told.len() <= limits::RPC_SUBSCRIPTIONS_MAX * logs.max(1));
        for message in told {
            let message: Value = serde_json::from_str(&message).expect("a message is JSON");
            assert_eq!(message.get("method"), Some(&json!("eth_subscription")), "{message}");
            assert!(message.pointer("/params/result").is_some_and(Value::is_object), "{message}");
        }
    }
    assert!(pool.status().pending + pool.status().queued <= limits::RPC_BATCH_MAX * REQUESTS_MAX);
    let _ = rpc.metrics();
}

/// Words that requests are made of, for the engine's dictionary.
pub(super) fn words() -> Vec<&'static str> {
    let common = [
        "\"latest\"",
        "\"earliest\"",
        "\"pending\"",
        "\"safe\"",
        "\"finalized\"",
        "\"0x0\"",
        "\"0x1\"",
        "\"0x2\"",
        "\"fromBlock\":",
        "\"toBlock\":",
        "\"blockHash\":",
        "\"blockNumber\":",
        "\"address\":",
        "\"topics\":",
        "\"from\":",
        "\"to\":",
        "\"data\":",
        "\"input\":",
        "\"value\":",
        "\"gas\":",
        "\"nonce\":",
        "\"code\":",
        "\"stateDiff\":",
        "\"state\":",
        "\"balance\":",
        "\"accessList\":",
        "\"storageKeys\":",
        "\"params\":[",
        "\"jsonrpc\":\"2.0\"",
        "\"id\":1",
        "null",
        "true",
        "false",
        "[",
        "]",
        "{",
        "}",
        ",",
        "[]",
    ];
    let kinds = ["\"newHeads\"", "\"logs\""];
    let methods = METHODS.iter().chain(SUBSCRIPTION_METHODS).copied();
    methods.chain(common).chain(kinds).chain(supervision::WORDS.iter().copied()).collect()
}

/// A filter of logs for a subscription, which has no range of blocks.
fn logs_from(address: Address) -> Value {
    json!({ "address": address, "topics": [B256::left_padding_from(&[1])] })
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let head = CHAIN.block(2);
    let (block, emitter) = (head.header.hash(), Address::repeat_byte(0xee));
    let (account, other) = (Wallet::new(0).address(), Wallet::new(1).address());
    let hash = head.transactions.first().map(|t| t.hash()).unwrap_or_default();
    let deposit = head.transactions.get(1).map(|t| t.hash()).unwrap_or_default();
    let mut next = Wallet::new(1);
    next.nonce = 4;
    let raw = next.transfer(account, 1).transaction().raw().clone();
    let call = json!({ "from": account, "to": emitter, "data": "0x0102", "gas": "0xfffff", "value": "0x0" });
    let create = json!({ "from": account, "input": "0x600760055560015ff3" });
    let record = IEvidence::recordOfCall { digest: keccak256("a file") }.abi_encode();
    let module = json!({ "to": evidence::state::ADDRESS, "input": format!("0x{}", hex::encode(record)) });
    let overrides = json!({ emitter.to_string(): { "code": "0x5f5ffd", "balance": "0x1", "nonce": "0x1",
        "stateDiff": { B256::ZERO.to_string(): B256::repeat_byte(1) } } });
    let logs = json!({ "fromBlock": "0x1", "toBlock": "latest", "address": [emitter], "topics": [null, [B256::ZERO]] });
    let params = |method: &str| match method {
        "web3_sha3" => json!(["0x68656c6c6f"]),
        "eth_feeHistory" => json!(["0x2", "latest", [10, 50.5]]),
        "eth_getBalance" | "eth_getCode" | "eth_getTransactionCount" => json!([emitter, "latest"]),
        "eth_getStorageAt" => json!([evidence::state::ADDRESS, "0x0", { "blockHash": block }]),
        "eth_call" => json!([call, "latest", overrides]),
        "eth_estimateGas" => json!([create]),
        "eth_createAccessList" => json!([module, "latest"]),
        "eth_sendRawTransaction" => json!([raw]),
        "eth_getTransactionByHash"
        | "eth_getRawTransactionByHash"
        | "eth_getTransactionReceipt"
        | "ding_getTransactionStatus" => json!([hash]),
        "eth_getBlockReceipts" => json!([{ "blockNumber": "0x2" }]),
        "eth_getBlockByNumber" => json!(["0x2", true]),
        "eth_getBlockByHash" => json!([block, true]),
        "eth_getTransactionByBlockNumberAndIndex" | "eth_getUncleByBlockNumberAndIndex" => {
            json!(["0x2", "0x1"])
        }
        "eth_getTransactionByBlockHashAndIndex" | "eth_getUncleByBlockHashAndIndex" => json!([block, "0x0"]),
        "eth_getBlockTransactionCountByHash" | "eth_getUncleCountByBlockHash" => json!([block]),
        "eth_getBlockTransactionCountByNumber" | "eth_getUncleCountByBlockNumber" => json!(["latest"]),
        "eth_getLogs" | "eth_newFilter" => json!([logs]),
        "txpool_contentFrom" => json!([other]),
        "ding_getCertificate" => json!(["0x2"]),
        "ding_getProof" => json!([{ "log": { "transactionHash": deposit, "logIndex": "0x0" } }]),
        _ => json!([]),
    };
    let one = |method: &str| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params(method) });
    let singles = METHODS.iter().map(|method| one(method).to_string().into_bytes());
    let filter_story = ["eth_newFilter", "eth_newBlockFilter", "eth_sendRawTransaction", "txpool_content"]
        .map(|method| one(method).to_string())
        .join("\n");
    let batch = json!([one("eth_chainId"), one("eth_sendRawTransaction"), one("eth_call"), 7]).to_string();
    let ask = |(method, wanted): (&str, Value)| {
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": [wanted] }).to_string().into_bytes()
    };
    let questions: Vec<Vec<u8>> = supervision::questions().into_iter().map(ask).collect();
    let (_, _, rpc) = open();
    for question in &questions {
        let answer = finish(rpc.handle(question, Caller::default())).expect("a call is answered").into_vec();
        let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
        let items = answer.pointer("/result/items").and_then(Value::as_array);
        let finds = answer.get("result").is_some() && items.is_none_or(|items| !items.is_empty());
        assert!(finds, "{} finds nothing: {answer}", String::from_utf8_lossy(question));
    }
    let subscribe =
        |kind: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": kind });
    let subscriptions = [
        subscribe(json!(["newHeads"])),
        subscribe(json!(["logs", logs_from(emitter)])),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_unsubscribe", "params": ["0x1"] }),
    ]
    .map(|call| call.to_string())
    .join("\n");
    singles
        .chain(questions)
        .chain([subscriptions.into_bytes(), filter_story.into_bytes(), batch.into_bytes()])
        .collect()
}
