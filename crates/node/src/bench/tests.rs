//! The generator against a small chain that speaks just enough JSON-RPC, over real sockets.

use super::*;
use ding_primitives::{Transaction, transaction::recover};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::sleep,
};

const CHAIN_ID: u64 = 1337;

/// What the chain does differently from one that just works.
#[derive(Clone, Copy, Default)]
struct Manners {
    base_fee: u64,
    has_evidence: bool,
    /// Every so many submissions are refused once as "txpool is full".
    full_every: Option<usize>,
    /// This nonce of any account is refused for good.
    refuses_nonce: Option<u64>,
    /// A connection ends after so many requests.
    hangs_up_after: Option<usize>,
    /// Every transaction is reverted.
    reverts: bool,
}

#[derive(Default)]
struct Chain {
    manners: Manners,
    waiting: Vec<(B256, Address)>,
    blocks: Vec<Vec<B256>>,
    known: BTreeMap<B256, u64>,
    next_nonce: BTreeMap<Address, u64>,
    on_their_way: BTreeMap<Address, usize>,
    most_on_their_way: usize,
    out_of_order: usize,
    submissions: usize,
    refused_once: Vec<B256>,
}

impl Chain {
    fn submit(&mut self, raw: &str) -> Result<Value, &'static str> {
        let raw: Bytes = raw.parse().map_err(|_| "no hexadecimal")?;
        let found = recover(Transaction::from_raw(raw), CHAIN_ID).map_err(|_| "no transaction")?;
        let (hash, sender) = (found.hash(), found.sender());
        if self.known.contains_key(&hash) {
            return Err("already known");
        }
        self.submissions += 1;
        let full = self.manners.full_every.is_some_and(|every| self.submissions.is_multiple_of(every));
        if full && !self.refused_once.contains(&hash) {
            self.refused_once.push(hash);
            return Err("txpool is full: 65536 transactions wait");
        }
        if self.manners.refuses_nonce == Some(found.nonce()) {
            return Err("insufficient funds: has 17, needs 0x99");
        }
        let next = self.next_nonce.entry(sender).or_default();
        self.out_of_order += usize::from(found.nonce() != *next);
        *next = (*next).max(found.nonce() + 1);
        let on_their_way = self.on_their_way.entry(sender).or_default();
        *on_their_way += 1;
        self.most_on_their_way = self.most_on_their_way.max(*on_their_way);
        self.known.insert(hash, u64::MAX);
        self.waiting.push((hash, sender));
        Ok(json!(hash))
    }

    fn mine(&mut self) {
        let block = core::mem::take(&mut self.waiting);
        if block.is_empty() {
            return;
        }
        for (hash, sender) in &block {
            self.known.insert(*hash, self.blocks.len() as u64);
            *self.on_their_way.get_mut(sender).unwrap() -= 1;
        }
        self.blocks.push(block.into_iter().map(|(hash, _)| hash).collect());
    }

    fn receipt(&self) -> Value {
        json!({ "status": if self.manners.reverts { "0x0" } else { "0x1" } })
    }

    fn answer(&mut self, method: &str, params: &Value) -> Result<Value, &'static str> {
        let height = self.blocks.len() as u64 - 1;
        let block = |text: &str| number(text).unwrap_or(height);
        let first = params[0].as_str().unwrap_or_default();
        Ok(match method {
            "web3_clientVersion" => json!("little/1"),
            "eth_chainId" => json!(format!("0x{CHAIN_ID:x}")),
            "eth_blockNumber" => json!(format!("0x{height:x}")),
            "eth_getTransactionCount" | "eth_getBalance" => json!("0x0"),
            "eth_estimateGas" => json!("0xc350"),
            "eth_getCode" => json!("0x"),
            "eth_call" if self.manners.has_evidence => json!(Bytes::from(vec![0; 96])),
            "eth_call" => json!("0x"),
            "eth_getBlockByNumber" => match self.blocks.get(usize::try_from(block(first)).unwrap()) {
                None => Value::Null,
                Some(hashes) => {
                    json!({ "transactions": hashes, "baseFeePerGas": format!("0x{:x}", self.manners.base_fee) })
                }
            },
            "eth_getBlockReceipts" => {
                self.blocks[usize::try_from(block(first)).unwrap()].iter().map(|_| self.receipt()).collect()
            }
            "eth_getTransactionReceipt" => match self.known.get(&first.parse::<B256>().unwrap()) {
                Some(height) if *height != u64::MAX => self.receipt(),
                _ => Value::Null,
            },
            "eth_sendRawTransaction" => return self.submit(first),
            _ => return Err("the method does not exist"),
        })
    }

    fn reply(&mut self, request: &Value) -> Value {
        let answer = self.answer(request["method"].as_str().unwrap(), &request["params"]);
        match answer {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }),
            Err(message) => {
                json!({ "jsonrpc": "2.0", "id": request["id"], "error": { "code": -32000, "message": message } })
            }
        }
    }
}

/// Starts a chain with a block every 5 ms; returns it and its address.
async fn chain(manners: Manners) -> (Arc<Mutex<Chain>>, Endpoint) {
    let chain = Arc::new(Mutex::new(Chain { manners, blocks: vec![vec![]], ..Chain::default() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let miner = chain.clone();
    tokio::spawn(async move {
        loop {
            sleep(Duration::from_millis(5)).await;
            miner.lock().unwrap().mine();
        }
    });
    let door = chain.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, door.clone(), manners.hangs_up_after.unwrap_or(usize::MAX)));
        }
    });
    (chain, endpoint)
}

async fn serve(mut stream: TcpStream, chain: Arc<Mutex<Chain>>, requests: usize) {
    let mut bytes = Vec::new();
    for _ in 0..requests {
        let (start, end) = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                let end = at + 4 + length.trim().parse::<usize>().unwrap();
                if bytes.len() >= end {
                    break (at + 4, end);
                }
            }
            if !matches!(stream.read_buf(&mut bytes).await, Ok(1..)) {
                return;
            }
        };
        let request: Value = serde_json::from_slice(&bytes[start..end]).unwrap();
        bytes.drain(..end);
        let answer = {
            let mut chain = chain.lock().unwrap();
            match &request {
                Value::Array(batch) => batch.iter().map(|request| chain.reply(request)).collect(),
                one => chain.reply(one),
            }
        };
        let body = answer.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
    }
}

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

fn options(endpoint: &Endpoint, more: &str) -> Options {
    use clap::Parser as _;
    let address = endpoint.to_string();
    let line = ["bench", "--rpc", &address, "--poll", "1"].into_iter().chain(more.split_ascii_whitespace());
    Line::try_parse_from(line).unwrap().options
}

const NATIVE: Manners = Manners {
    base_fee: 0,
    has_evidence: true,
    full_every: None,
    refuses_nonce: None,
    hangs_up_after: None,
    reverts: false,
};

#[tokio::test]
async fn saturation_answers_everything_in_order_and_within_each_accounts_window() {
    let (chain, endpoint) = chain(NATIVE).await;
    let report =
        run(options(&endpoint, "--kind native --transactions 600 --accounts 10 --window 3")).await.unwrap();
    assert_eq!((report.sent, report.answered), (600, 600));
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    assert!(report.sustained_per_second > 100.0 && report.latency_ms.p50 > 0.0, "{report}");
    assert_eq!(report.receipts, Receipts { checked: 600, failed: 0 });
    let chain = chain.lock().unwrap();
    assert_eq!((chain.most_on_their_way, chain.out_of_order), (3, 0));
}

#[tokio::test]
async fn the_token_is_deployed_and_every_account_gets_some_before_the_clock_starts() {
    let (chain, endpoint) = chain(NATIVE).await;
    let report = run(options(&endpoint, "--transactions 90 --accounts 30 --window 3")).await.unwrap();
    assert_eq!((report.kind, report.answered), (Kind::Erc20, 90));
    let chain = chain.lock().unwrap();
    assert_eq!(chain.known.len(), 92, "a creation and a minting besides");
}

#[tokio::test]
async fn an_open_loop_keeps_its_rate_whatever_comes_back() {
    let (chain, endpoint) = chain(NATIVE).await;
    let begin = Instant::now();
    let report = run(options(&endpoint, "--kind native --rate 400 --seconds 1 --accounts 20")).await.unwrap();
    assert_eq!((report.pace, report.sent, report.answered), ("open", 400, 400));
    assert!(begin.elapsed() >= Duration::from_millis(990));
    assert!(report.latency_ms.p50 < 500.0, "{report}");
    assert_eq!(chain.lock().unwrap().out_of_order, 0);
}

#[tokio::test]
async fn a_full_pool_is_asked_again_and_counted() {
    let (_, endpoint) = chain(Manners { full_every: Some(10), ..NATIVE }).await;
    let report = run(options(&endpoint, "--kind native --transactions 100 --accounts 10")).await.unwrap();
    assert_eq!(report.answered, 100);
    let (text, count) = report.errors.first_key_value().unwrap();
    assert_eq!(text, "txpool is full: … transactions wait");
    assert!(*count >= 5, "{count}");
}

#[tokio::test]
async fn an_account_ends_with_a_refusal_for_good_and_the_others_go_on() {
    let (_, endpoint) = chain(Manners { refuses_nonce: Some(5), ..NATIVE }).await;
    let more = "--kind native --transactions 100 --accounts 10 --window 1 --batch 1";
    let report = run(options(&endpoint, more)).await.unwrap();
    assert_eq!(report.answered, 50, "nonces 0 to 4");
    assert_eq!(report.errors, BTreeMap::from([("insufficient funds: has …, needs …".into(), 10)]));
}

#[tokio::test]
async fn connections_that_break_lose_nothing() {
    let (_, endpoint) = chain(Manners { hangs_up_after: Some(4), ..NATIVE }).await;
    let more = "--kind native --transactions 200 --accounts 20 --batch 5";
    let report = run(options(&endpoint, more)).await.unwrap();
    assert_eq!(report.answered, 200, "{report}");
}

#[tokio::test]
async fn reverted_transactions_do_not_pass_as_done() {
    let (_, endpoint) = chain(NATIVE).await;
    let all =
        run(options(&endpoint, "--kind native --transactions 40 --accounts 4 --check 1000")).await.unwrap();
    assert_eq!(all.receipts.failed, 0);
    let (_, endpoint) = chain(Manners { reverts: true, ..NATIVE }).await;
    let none =
        run(options(&endpoint, "--kind native --transactions 40 --accounts 4 --check 1000")).await.unwrap();
    assert_eq!(none.receipts, Receipts { checked: 40, failed: 40 });
    let error = run(options(&endpoint, "--transactions 40 --accounts 4")).await.unwrap_err();
    assert!(error.to_string().contains("deploying the token failed"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_measured_is_said_before_anything_is_sent() {
    let cases = [
        (Manners { base_fee: 7, ..NATIVE }, "--kind native", "are needed"),
        (NATIVE, "--kind transfer", "are needed"),
        (Manners { has_evidence: false, ..NATIVE }, "--kind native", "is this endpoint a ding?"),
        (NATIVE, "--accounts 0", "above 0"),
        (NATIVE, "--transactions 0", "above 0"),
    ];
    for (manners, more, want) in cases {
        let (chain, endpoint) = chain(manners).await;
        let error = run(options(&endpoint, more)).await.unwrap_err().to_string();
        assert!(error.contains(want), "{more}: {error}");
        assert_eq!(chain.lock().unwrap().submissions, 0);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}").parse().unwrap();
    let error = run(options(&nobody, "")).await.unwrap_err().to_string();
    assert!(error.contains("no answer from"), "{error}");
}

#[tokio::test]
async fn the_report_is_written_as_json_and_names_every_number_of_the_table() {
    let (_, endpoint) = chain(NATIVE).await;
    let path = std::env::temp_dir().join(format!("bench-{}.json", std::process::id()));
    let more = format!("--kind native --transactions 60 --accounts 6 --output {}", path.display());
    let report = run(options(&endpoint, &more)).await.unwrap();
    let written: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(written["answered"], 60);
    assert_eq!(written["latency_ms"]["p50"], json!(report.latency_ms.p50));
    assert_eq!(written["processes"][0]["pid"], std::process::id(), "found by its listening port");
    let table = report.to_string();
    for name in ["endpoint", "load", "sustained", "latency", "blocks", "receipts", "generator", "errors"] {
        assert!(table.lines().any(|line| line.starts_with(name)), "{name} is missing:\n{table}");
    }
}
