//! Polling filters.

use crate::{
    logs::{ONE, places},
    world::{World, emitter},
};
use ding_chain::Reader;
use ding_execution::mocks::Wallet;
use ding_primitives::{B256, Bytes, Holding, codes, limits};
use ding_rpc::{Parts, Rpc, RpcLimits};
use serde_json::{Value, json};
use std::sync::{Arc, atomic::Ordering};

async fn changes(world: &World, id: &Value) -> Value {
    world.get("eth_getFilterChanges", json!([id])).await
}

#[tokio::test]
async fn a_log_filter_tells_each_new_log_once() {
    let world = World::new().await;
    world.chain.insert_code(ONE, emitter());
    let mut alice = Wallet::new(0);
    world.chain.seal(vec![alice.call(ONE, Bytes::new())]);
    let id = world.get("eth_newFilter", json!([{"fromBlock": "0x0", "address": ONE}])).await;
    let other = world.get("eth_newFilter", json!([{"topics": [B256::ZERO]}])).await;
    assert_ne!(id, other);
    assert_eq!(changes(&world, &id).await, json!([]));
    world.chain.seal(vec![alice.call(ONE, Bytes::new())]);
    world.chain.seal(vec![alice.call(ONE, Bytes::new())]);
    let told = changes(&world, &id).await;
    assert_eq!(places(&told), [("0x2".into(), "0x0".into()), ("0x3".into(), "0x0".into())]);
    assert_eq!(changes(&world, &id).await, json!([]));
    assert_eq!(changes(&world, &other).await, json!([]));
    let all = world.get("eth_getFilterLogs", json!([id])).await;
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(world.get("eth_uninstallFilter", json!([id])).await, json!(true));
    assert_eq!(world.get("eth_uninstallFilter", json!([id])).await, json!(false));
    // viem installs a filter again when it sees this number.
    world.refuse("eth_getFilterChanges", json!([id])).await.is(-32000, "filter not found");
    world.refuse("eth_newFilter", json!([{"blockHash": B256::ZERO}])).await.is(-32602, "use eth_getLogs");
}

#[tokio::test]
async fn a_block_filter_tells_every_block_hash_in_order_however_many() {
    let world = World::new().await;
    let id = world.get("eth_newBlockFilter", json!([])).await;
    assert_eq!(changes(&world, &id).await, json!([]));
    let count = limits::RPC_FILTER_BLOCKS_MAX + 2;
    let hashes: Vec<B256> = (0..count).map(|_| world.chain.seal(Vec::new()).header.hash()).collect();
    let split = usize::try_from(limits::RPC_FILTER_BLOCKS_MAX).unwrap();
    assert_eq!(changes(&world, &id).await, json!(hashes[..split]));
    assert_eq!(changes(&world, &id).await, json!(hashes[split..]));
    assert_eq!(changes(&world, &id).await, json!([]));
    world.refuse("eth_getFilterLogs", json!([id])).await.is(-32000, "this one is about blocks");
}

#[tokio::test]
async fn a_filter_that_nobody_asks_is_forgotten_and_their_number_is_bounded() {
    let world = World::new().await;
    let kept = world.get("eth_newBlockFilter", json!([])).await;
    for _ in 1..limits::RPC_FILTERS_MAX {
        world.rpc.call("eth_newBlockFilter", "[]").await.unwrap();
    }
    world.refuse("eth_newBlockFilter", json!([])).await.is(-32005, "filters are installed");
    world.now_ms.fetch_add(limits::RPC_FILTER_LIFETIME_MS, Ordering::SeqCst);
    changes(&world, &kept).await;
    world.now_ms.fetch_add(1, Ordering::SeqCst);
    world.get("eth_newBlockFilter", json!([])).await;
    changes(&world, &kept).await;
    world.now_ms.fetch_add(limits::RPC_FILTER_LIFETIME_MS + 1, Ordering::SeqCst);
    world.refuse("eth_getFilterChanges", json!([kept])).await.is(-32000, "filter not found");
}

#[tokio::test]
async fn a_door_with_small_bounds_keeps_them_and_refuses_filters_by_name() {
    let world = World::started().await;
    let now_ms = world.now_ms.clone();
    let parts = Parts {
        reader: Reader::new(world.chain.clone()),
        pool: world.pool.clone(),
        query: None,
        clock: Arc::new(move || now_ms.load(Ordering::SeqCst)),
        seed: B256::repeat_byte(8),
    };
    let rpc = Rpc::with_limits(parts, RpcLimits { accounts: 2, filters: 3, terms: 4, blooms: 2 });
    let three = json!([{"topics": [[B256::ZERO, B256::repeat_byte(1), B256::repeat_byte(2)]]}]).to_string();
    rpc.call("eth_newFilter", &three).await.unwrap();
    let refused = rpc.call("eth_newFilter", &three).await.unwrap_err();
    assert_eq!(refused.code, codes::LIMIT_EXCEEDED);
    assert!(refused.message.contains("hold 3 of 4"), "{}", refused.message);
    rpc.call("eth_newBlockFilter", "[]").await.unwrap();
    rpc.call("eth_newBlockFilter", "[]").await.unwrap();
    let refused = rpc.call("eth_newBlockFilter", "[]").await.unwrap_err();
    assert!(refused.message.starts_with("3 filters are installed"), "{}", refused.message);
    for _ in 0..5 {
        world.chain.seal(Vec::new());
    }
    for number in 0..5 {
        rpc.call("eth_getBlockByNumber", &json!([format!("0x{number:x}"), false]).to_string()).await.unwrap();
        for holding in rpc.all_holdings() {
            assert!(holding.is_within(), "{holding}");
        }
    }
    let full = |name| rpc.holdings().iter().any(|h: &Holding| h.name == name && h.held == h.limit);
    assert!(full("filters") && full("bloom filters of blocks"), "{:?}", rpc.holdings());
    // A filter that nobody asks for gives its room to the next.
    world.now_ms.fetch_add(limits::RPC_FILTER_LIFETIME_MS + 1, Ordering::SeqCst);
    rpc.call("eth_newFilter", &three).await.unwrap();
    assert!(rpc.metrics().contains("ding_held_max{chain=\"harbour\",of=\"filters\"} 3"));
}
