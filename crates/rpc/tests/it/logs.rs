//! Logs without a read model: looked up block by block.

use crate::world::{World, emitter};
use ding_execution::mocks::Wallet;
use ding_primitives::{Address, B256, Bytes, U256, limits};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub(crate) const ONE: Address = Address::repeat_byte(0x11);
pub(crate) const TWO: Address = Address::repeat_byte(0x22);

/// Blocks 1 to 3: one log of `ONE`, then one of each, then none.
pub(crate) async fn with_logs(world: &World) {
    world.chain.insert_code(ONE, emitter());
    world.chain.insert_code(TWO, emitter());
    let (mut alice, mut bob) = (Wallet::new(0), Wallet::new(1));
    world.chain.seal(vec![alice.call(ONE, Bytes::new())]);
    world.chain.seal(vec![alice.call(ONE, Bytes::new()), bob.call(TWO, Bytes::new())]);
    world.chain.seal(vec![alice.transfer(ONE, 0)].into_iter().take(0).collect());
}

pub(crate) fn places(logs: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    logs.as_array().unwrap().iter().map(|log| (text(&log["blockNumber"]), text(&log["logIndex"]))).collect()
}

fn want(places: &[(u8, u8)]) -> Vec<(String, String)> {
    places.iter().map(|(block, log)| (format!("{block:#x}"), format!("{log:#x}"))).collect()
}

/// The same questions have the same answers with and without a read model.
pub(crate) async fn check_questions(world: &World) {
    let bob = Wallet::new(1).address().into_word();
    let signature = B256::from(U256::from(1));
    let hash = world.chain.block(2).header.hash();
    let all: &[(u8, u8)] = &[(1, 0), (2, 0), (2, 1)];
    let cases: &[(Value, &[(u8, u8)])] = &[
        (json!({"fromBlock": "0x0", "toBlock": "latest"}), all),
        (json!({"fromBlock": "earliest"}), all),
        (json!({"fromBlock": "0x1", "toBlock": "0x1"}), &[(1, 0)]),
        (json!({"fromBlock": "0x1", "toBlock": "0xffff"}), all),
        (json!({"fromBlock": "0x1", "address": TWO}), &[(2, 1)]),
        (json!({"fromBlock": "0x1", "address": [ONE, TWO]}), all),
        (json!({"fromBlock": "0x1", "topics": [signature]}), all),
        (json!({"fromBlock": "0x1", "topics": [bob]}), &[]),
        (json!({"fromBlock": "0x1", "topics": [null, bob]}), &[(2, 1)]),
        (json!({"fromBlock": "0x1", "topics": [null, null, null]}), &[]),
        (json!({"blockHash": hash}), &[(2, 0), (2, 1)]),
        (json!({}), &[]),
        (json!({"fromBlock": "0xffff"}), &[]),
    ];
    for (filter, places_wanted) in cases {
        let logs = world.get("eth_getLogs", json!([filter])).await;
        assert_eq!(places(&logs), want(places_wanted), "{filter}");
        let _: Vec<alloy_rpc_types_eth::Log> = serde_json::from_value(logs).unwrap();
    }
    world
        .refuse("eth_getLogs", json!([{"fromBlock": "0x2", "toBlock": "0x1"}]))
        .await
        .is(-32602, "is after toBlock 1");
    world.refuse("eth_getLogs", json!([{"blockHash": B256::ZERO}])).await.is(-32001, "header not found");
}

#[tokio::test]
async fn logs_are_found_by_block_address_and_topic() {
    let world = World::new().await;
    with_logs(&world).await;
    check_questions(&world).await;
}

#[tokio::test]
async fn a_log_is_the_same_as_in_its_receipt() {
    let world = World::new().await;
    with_logs(&world).await;
    let logs = world.get("eth_getLogs", json!([{"fromBlock": "0x2", "address": TWO}])).await;
    let hash = &logs[0]["transactionHash"];
    let receipt = world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(receipt["logs"], logs);
}

#[tokio::test]
async fn a_member_without_a_read_model_looks_through_a_bounded_number_of_blocks() {
    let world = World::new().await;
    for _ in 0..limits::RPC_LOG_BLOCKS_MAX {
        world.chain.seal(Vec::new());
    }
    world
        .refuse("eth_getLogs", json!([{"fromBlock": "0x0"}]))
        .await
        .is(-32005, "at most 1024 blocks at once, not 1025");
    assert_eq!(world.get("eth_getLogs", json!([{"fromBlock": "0x1"}])).await, json!([]));
    world.chain.kept_from.store(5, Ordering::SeqCst);
    world.refuse("eth_getLogs", json!([{"fromBlock": "0x1"}])).await.is(-32001, "block 1 is not kept here");
}
