//! With a read model: old transactions by hash, logs by SQL.

use crate::{
    logs::{ONE, check_questions, with_logs},
    world::{Chain, World},
};
use ding_chain::reader::{Look as _, Reader};
use ding_execution::mocks::Wallet;
use ding_primitives::{B256, Bytes, Height, codes};
use ding_readmodel::{Config, ReadModel};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// A folder that is deleted with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-rpc-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn with_read_model(folder: &Folder) -> (World, Arc<ReadModel>) {
    with_rows_of(Chain::new(), folder).await
}

pub(crate) async fn with_rows_of(chain: Arc<Chain>, folder: &Folder) -> (World, Arc<ReadModel>) {
    let config = Config { genesis_hash: chain.genesis_hash(), spec: chain.spec().clone() };
    let rows = ReadModel::open(folder.0.join("rows.sqlite"), config).unwrap();
    let rows = Arc::new(rows);
    rows.start(Arc::new(Reader::new(chain.clone()))).unwrap();
    chain.subscribe(rows.clone());
    let query = rows.query();
    (World::with(chain, Some(query)).await, rows)
}

pub(crate) fn wait(rows: &ReadModel, height: u64) {
    assert!(rows.query().wait_for(Height::new(height), Duration::from_secs(20)), "{:?}", rows.status());
}

#[tokio::test]
async fn the_same_questions_have_the_same_answers_by_sql() {
    let folder = Folder::new("questions");
    let (world, rows) = with_read_model(&folder).await;
    with_logs(&world).await;
    // Far enough that short recent ranges are no short cut.
    for _ in 0..200 {
        world.chain.seal(Vec::new());
    }
    wait(&rows, 203);
    // `latest` has no logs now, which the questions expect, too.
    check_questions(&world).await;
    let status = world.get("ding_status", json!([])).await;
    assert_eq!(status["readModel"], json!({"height": "0xcb", "behind": "0x0"}));
}

#[tokio::test]
async fn transactions_that_are_no_longer_recent_are_found_by_hash() {
    let folder = Folder::new("old");
    let (world, rows) = with_read_model(&folder).await;
    with_logs(&world).await;
    world.chain.recent.store(1, std::sync::atomic::Ordering::SeqCst);
    wait(&rows, 3);
    let transaction = &world.chain.block(2).transactions[1];
    let receipt = world.get("eth_getTransactionReceipt", json!([transaction.hash()])).await;
    assert_eq!((&receipt["blockNumber"], &receipt["transactionIndex"]), (&json!("0x2"), &json!("0x1")));
    let found = world.get("eth_getTransactionByHash", json!([transaction.hash()])).await;
    assert_eq!(found["blockHash"], receipt["blockHash"]);
    let proof = world.get("ding_getProof", json!([{"transaction": transaction.hash()}])).await;
    assert_eq!(proof["header"]["number"], json!("0x2"));
}

#[tokio::test]
async fn logs_of_blocks_without_rows_yet_are_not_left_out() {
    let folder = Folder::new("behind");
    let (world, rows) = with_read_model(&folder).await;
    with_logs(&world).await;
    wait(&rows, 3);
    rows.stop();
    let mut carol = Wallet::new(2);
    for _ in 0..30 {
        world.chain.seal(vec![carol.call(ONE, Bytes::new())]);
    }
    let logs = world.get("eth_getLogs", json!([{"fromBlock": "0x0"}])).await;
    assert_eq!(logs.as_array().unwrap().len(), 33);
    let numbers: Vec<&Value> = logs.as_array().unwrap().iter().map(|log| &log["blockNumber"]).collect();
    assert_eq!((numbers[2], numbers[3], numbers[32]), (&json!("0x2"), &json!("0x4"), &json!("0x21")));
    let status = world.get("ding_status", json!([])).await;
    assert_eq!(status["readModel"]["behind"], json!("0x1e"));
}

#[tokio::test]
async fn transactions_neither_recent_nor_in_rows_yet_are_found_or_the_caller_hears_why_not() {
    let folder = Folder::new("gap");
    let (world, rows) = with_read_model(&folder).await;
    with_logs(&world).await;
    wait(&rows, 3);
    // As after a restart: rows end at block 3, memory begins with the newest block.
    rows.stop();
    world.chain.recent.store(1, std::sync::atomic::Ordering::SeqCst);
    let mut carol = Wallet::new(2);
    world.chain.seal(vec![carol.call(ONE, Bytes::new()), carol.call(ONE, Bytes::new())]);
    for _ in 0..60 {
        world.chain.seal(Vec::new());
    }
    let transaction = world.chain.block(4).transactions[1].hash();
    let receipt = world.get("eth_getTransactionReceipt", json!([transaction])).await;
    assert_eq!((&receipt["blockNumber"], &receipt["transactionIndex"]), (&json!("0x4"), &json!("0x1")));
    let unknown = B256::repeat_byte(7);
    assert_eq!(world.get("eth_getTransactionReceipt", json!([unknown])).await, Value::Null);
    for _ in 0..10 {
        world.chain.seal(Vec::new());
    }
    let refusal = world.refuse("eth_getTransactionReceipt", json!([transaction])).await;
    assert_eq!(refusal.code, i64::from(codes::RESOURCE_UNAVAILABLE.number));
    assert!(refusal.message.contains("70 blocks behind"), "{}", refusal.message);
    // Rows there are none of, then.
    let old = world.chain.block(2).transactions[0].hash();
    assert_eq!(world.get("eth_getTransactionReceipt", json!([old])).await["blockNumber"], json!("0x2"));
}
