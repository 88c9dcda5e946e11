//! Blocks, transactions, receipts, state, fees, identity.

use crate::world::{World, emitter};
use ding_execution::mocks::Wallet;
use ding_primitives::{Address, B256, Bytes, U256, keccak256};
use serde_json::{Value, json};
use std::sync::{Arc, atomic::Ordering};

const EMITTER: Address = Address::repeat_byte(0xee);

/// A world whose block 1 has a creation, a call that emits, and two older transfers.
async fn with_one_block() -> (World, Wallet) {
    let world = World::new().await;
    world.chain.insert_code(EMITTER, emitter());
    let mut wallet = Wallet::new(0);
    let creation = wallet.create(Bytes::from_static(&[0x5f, 0x5f, 0xf3]));
    let call = wallet.call(EMITTER, Bytes::from_static(b"hello"));
    let [legacy, listed] = wallet.older_transfers(Address::repeat_byte(9), 5);
    world.chain.seal(vec![creation, call, legacy, listed]);
    (world, wallet)
}

#[tokio::test]
async fn a_block_has_every_field_that_ethereum_tools_read() {
    let (world, _) = with_one_block().await;
    let block = world.get("eth_getBlockByNumber", json!(["0x1", false])).await;
    let want = world.chain.block(1);
    assert_eq!(block["hash"], json!(want.header.hash()));
    assert_eq!(block["parentHash"], json!(world.chain.block(0).header.hash()));
    assert_eq!(block["stateRoot"], json!(want.header.roots.state_root()));
    assert_eq!(block["miner"], json!(want.header.leader.address()));
    assert_eq!(block["timestamp"], json!(format!("{:#x}", want.header.timestamp_ms / 1000)));
    assert_eq!(block["timestampMs"], json!(format!("{:#x}", want.header.timestamp_ms)));
    for (field, value) in [
        ("difficulty", "0x0"),
        ("baseFeePerGas", "0x0"),
        ("nonce", "0x0000000000000000"),
        ("extraData", "0x"),
    ] {
        assert_eq!(block[field], json!(value), "{field}");
    }
    assert_eq!(block["transactions"].as_array().unwrap().len(), 4);
    // An independent reader, written for other nodes, accepts it whole.
    let parsed: alloy_rpc_types_eth::Block = serde_json::from_value(block.clone()).unwrap();
    assert_eq!(parsed.header.hash, want.header.hash());
    assert_eq!(parsed.transactions.hashes().count(), 4);
    let whole: alloy_rpc_types_eth::Block =
        serde_json::from_value(world.get("eth_getBlockByHash", json!([want.header.hash(), true])).await)
            .unwrap();
    assert_eq!(whole.transactions.as_transactions().unwrap().len(), 4);
    assert!(whole.header.logs_bloom.contains_input(alloy_primitives::BloomInput::Raw(EMITTER.as_slice())));
    assert_ne!(whole.header.logs_bloom, alloy_primitives::Bloom::ZERO);
}

#[tokio::test]
async fn every_name_of_the_latest_block_is_the_last_final_one() {
    let (world, _) = with_one_block().await;
    for name in ["latest", "safe", "finalized", "pending", "0x1"] {
        let block = world.get("eth_getBlockByNumber", json!([name, false])).await;
        assert_eq!(block["number"], json!("0x1"), "{name}");
        assert_eq!(world.get("eth_getBlockTransactionCountByNumber", json!([name])).await, json!("0x4"));
        assert_eq!(world.get("eth_getUncleCountByBlockNumber", json!([name])).await, json!("0x0"));
    }
    assert_eq!(world.get("eth_getBlockByNumber", json!(["earliest", true])).await["number"], json!("0x0"));
    assert_eq!(world.get("eth_blockNumber", json!([])).await, json!("0x1"));
    let hash = world.chain.block(1).header.hash();
    assert_eq!(world.get("eth_getBlockTransactionCountByHash", json!([hash])).await, json!("0x4"));
    assert_eq!(world.get("eth_getUncleCountByBlockHash", json!([hash])).await, json!("0x0"));
    for (method, params) in [
        ("eth_getBlockByNumber", json!(["0x9", false])),
        ("eth_getBlockByHash", json!([B256::ZERO, false])),
        ("eth_getBlockTransactionCountByNumber", json!(["0x9"])),
        ("eth_getBlockReceipts", json!(["0x9"])),
        ("eth_getTransactionByBlockNumberAndIndex", json!(["0x1", "0x4"])),
        ("eth_getUncleByBlockNumberAndIndex", json!(["0x1", "0x0"])),
        ("eth_getUncleByBlockHashAndIndex", json!([hash, "0x0"])),
    ] {
        assert_eq!(world.get(method, params).await, Value::Null, "{method}");
    }
}

#[tokio::test]
async fn a_transaction_is_the_same_by_hash_and_by_place() {
    let (world, _) = with_one_block().await;
    let block = world.chain.block(1);
    for (index, want) in block.transactions.iter().enumerate() {
        let by_hash = world.get("eth_getTransactionByHash", json!([want.hash()])).await;
        let place = format!("{index:#x}");
        assert_eq!(
            world.get("eth_getTransactionByBlockNumberAndIndex", json!(["0x1", place])).await,
            by_hash
        );
        let params = json!([block.header.hash(), place]);
        assert_eq!(world.get("eth_getTransactionByBlockHashAndIndex", params).await, by_hash);
        assert_eq!(by_hash["from"], json!(want.sender()));
        assert_eq!(by_hash["type"], json!(format!("{:#x}", want.kind())));
        let parsed: alloy_rpc_types_eth::Transaction = serde_json::from_value(by_hash).unwrap();
        assert_eq!(*parsed.inner.tx_hash(), want.hash());
        assert_eq!((parsed.block_number, parsed.transaction_index), (Some(1), Some(index as u64)));
        let raw = world.get("eth_getRawTransactionByHash", json!([want.hash()])).await;
        assert_eq!(raw, json!(want.transaction().raw()));
    }
    assert_eq!(world.get("eth_getTransactionByHash", json!([B256::ZERO])).await, Value::Null);
}

#[tokio::test]
async fn a_receipt_tells_what_became_of_a_transaction() {
    let (world, wallet) = with_one_block().await;
    let block = world.chain.block(1);
    let all = world.get("eth_getBlockReceipts", json!(["latest"])).await;
    for (index, transaction) in block.transactions.iter().enumerate() {
        let receipt = world.get("eth_getTransactionReceipt", json!([transaction.hash()])).await;
        assert_eq!(all[index], receipt);
        assert_eq!(receipt["effectiveGasPrice"], json!("0x0"));
        let parsed: alloy_rpc_types_eth::TransactionReceipt = serde_json::from_value(receipt).unwrap();
        assert!(parsed.status());
        assert_eq!(parsed.gas_used, block.receipts[index].gas_used);
        assert_eq!(parsed.from, wallet.address());
        assert_eq!(parsed.transaction_index, Some(index as u64));
        assert_eq!(parsed.inner.cumulative_gas_used(), block.receipts[index].cumulative_gas_used);
    }
    assert_eq!(all[0]["contractAddress"], json!(wallet.address().create(0)));
    assert_eq!(all[0]["to"], Value::Null);
    assert_eq!(all[1]["contractAddress"], Value::Null);
    let log = &all[1]["logs"][0];
    assert_eq!(
        (&log["address"], &log["data"], &log["logIndex"]),
        (&json!(EMITTER), &json!("0xdeadbeef"), &json!("0x0"))
    );
    assert_eq!(log["topics"][1], json!(wallet.address().into_word()));
    assert_eq!(log["removed"], json!(false));
    assert_eq!(world.get("eth_getTransactionReceipt", json!([B256::ZERO])).await, Value::Null);
}

#[tokio::test]
async fn log_numbers_count_through_the_block() {
    let world = World::new().await;
    world.chain.insert_code(EMITTER, emitter());
    let mut wallet = Wallet::new(0);
    let calls: Vec<_> = (0..3).map(|_| wallet.call(EMITTER, Bytes::new())).collect();
    world.chain.seal(calls.clone());
    for (index, call) in calls.iter().enumerate() {
        let receipt = world.get("eth_getTransactionReceipt", json!([call.hash()])).await;
        assert_eq!(receipt["logs"][0]["logIndex"], json!(format!("{index:#x}")));
    }
}

#[tokio::test]
async fn state_is_that_after_the_latest_block_and_no_other() {
    let (world, wallet) = with_one_block().await;
    let address = wallet.address();
    let hash = world.chain.block(1).header.hash();
    let balance = json!(format!("{:#x}", 10u64.pow(18) - 10));
    for block in [
        json!("latest"),
        json!("pending"),
        json!("0x1"),
        json!(hash),
        json!({"blockHash": hash}),
        Value::Null,
    ] {
        assert_eq!(world.get("eth_getBalance", json!([address, block])).await, balance, "{block}");
    }
    assert_eq!(world.get("eth_getBalance", json!([address])).await, balance);
    assert_eq!(world.get("eth_getTransactionCount", json!([address, "latest"])).await, json!("0x4"));
    assert_eq!(world.get("eth_getCode", json!([EMITTER, "latest"])).await, json!(Bytes::from(emitter())));
    assert_eq!(world.get("eth_getCode", json!([address, "latest"])).await, json!("0x"));
    for slot in [json!("0x0"), json!(B256::ZERO), json!("0x00")] {
        assert_eq!(world.get("eth_getStorageAt", json!([EMITTER, slot, "latest"])).await, json!(B256::ZERO));
    }
    for (method, mut params) in [
        ("eth_getBalance", vec![json!(address)]),
        ("eth_getCode", vec![json!(address)]),
        ("eth_getTransactionCount", vec![json!(address)]),
        ("eth_getStorageAt", vec![json!(address), json!("0x0")]),
        ("eth_call", vec![json!({"to": address})]),
        ("eth_estimateGas", vec![json!({"to": address})]),
        ("eth_createAccessList", vec![json!({"to": address})]),
    ] {
        params.push(json!("0x0"));
        world.refuse(method, json!(params)).await.is(-32001, "historical state of block 0 is not available");
        *params.last_mut().unwrap() = json!("earliest");
        world.refuse(method, json!(params)).await.is(-32001, "ask for \"latest\"");
        *params.last_mut().unwrap() = json!("0x2");
        world
            .refuse(method, json!(params))
            .await
            .is(-32001, "block 2 is not known here; the latest final block is 1");
        *params.last_mut().unwrap() = json!(B256::ZERO);
        world.refuse(method, json!(params)).await.is(-32001, "header not found");
    }
}

#[tokio::test]
async fn a_value_of_another_block_is_never_passed_off_as_the_one_asked_for() {
    let (world, wallet) = with_one_block().await;
    world.chain.overtaken_by.store(1, Ordering::SeqCst);
    let params = json!([wallet.address(), "0x1"]);
    world.refuse("eth_getBalance", params).await.is(-32001, "historical state of block 1 is not available");
    assert_eq!(world.get("eth_getTransactionCount", json!([wallet.address(), "latest"])).await, json!("0x4"));
}

#[tokio::test]
async fn fees_are_nothing_everywhere() {
    let (world, _) = with_one_block().await;
    assert_eq!(world.get("eth_gasPrice", json!([])).await, json!("0x0"));
    assert_eq!(world.get("eth_maxPriorityFeePerGas", json!([])).await, json!("0x0"));
    let history = world.get("eth_feeHistory", json!(["0x5", "latest", [10.0, 50]])).await;
    let parsed: alloy_rpc_types_eth::FeeHistory = serde_json::from_value(history.clone()).unwrap();
    assert_eq!((parsed.oldest_block, parsed.gas_used_ratio.len()), (0, 2));
    assert_eq!(parsed.base_fee_per_gas, vec![0; 3]);
    assert_eq!(parsed.reward, Some(vec![vec![0, 0]; 2]));
    assert!(parsed.gas_used_ratio[1] > 0.0);
    assert_eq!(world.get("eth_feeHistory", json!([0, "latest"])).await["gasUsedRatio"], json!([]));
    world.refuse("eth_feeHistory", json!(["0x1", "latest", [50, 10]])).await.is(-32602, "ascending");
    world.refuse("eth_feeHistory", json!(["0x1", "0x9"])).await.is(-32001, "header not found");
}

#[tokio::test]
async fn the_node_says_who_it_is() {
    let (world, _) = with_one_block().await;
    assert!(world.get("web3_clientVersion", json!([])).await.as_str().unwrap().starts_with("ding/v"));
    assert_eq!(world.get("web3_sha3", json!(["0x68656c6c6f"])).await, json!(keccak256("hello")));
    assert_eq!(world.get("net_version", json!([])).await, json!("1337"));
    assert_eq!(world.get("net_listening", Value::Null).await, json!(true));
    assert_eq!(world.get("net_peerCount", json!([])).await, json!("0x3"));
    assert_eq!(world.get("eth_chainId", json!([])).await, json!("0x539"));
    assert_eq!(world.get("eth_accounts", json!([])).await, json!([]));
    assert_eq!(world.get("eth_syncing", json!([])).await, json!(false));
    let modules = world.get("rpc_modules", json!([])).await;
    for family in ["eth", "net", "web3", "txpool", "ding", "rpc"] {
        assert_eq!(modules[family], json!("1.0"));
    }
    world.chain.highest.store(9, Ordering::SeqCst);
    let syncing = world.get("eth_syncing", json!([])).await;
    assert_eq!((&syncing["currentBlock"], &syncing["highestBlock"]), (&json!("0x1"), &json!("0x9")));
}

#[tokio::test]
async fn other_methods_are_refused_with_what_to_do_instead() {
    let world = World::new().await;
    world.refuse("eth_nonsense", json!([])).await.is(-32601, "does not exist/is not available");
    world.refuse("eth_sendTransaction", json!([{}])).await.is(-32004, "use eth_sendRawTransaction");
    world.refuse("eth_getProof", json!([])).await.is(-32004, "ding_getProof");
    world.refuse("eth_newPendingTransactionFilter", json!([])).await.is(-32004, "eth_newBlockFilter");
    world.refuse("eth_subscribe", json!(["newHeads"])).await.is(-32004, "WebSocket");
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let world = World::new().await;
    let address = Address::ZERO;
    for (method, params, text) in [
        ("eth_getBalance", json!([]), "missing value for required argument 1 (address)"),
        ("eth_getBalance", json!(["0x12"]), "invalid argument 1 (address)"),
        ("eth_getBalance", json!([address, "soon"]), "invalid argument 2 (block): not a block"),
        ("eth_getBalance", json!([address, "latest", 1]), "too many arguments, want at most 2"),
        ("eth_getBalance", json!({"address": address}), "must be an array"),
        ("eth_blockNumber", json!([1]), "too many arguments, want at most 0"),
        ("eth_getBlockByNumber", json!(["latest", "yes"]), "invalid argument 2 (whole transactions)"),
        ("eth_getStorageAt", json!([address, "0xzz"]), "invalid argument 2 (slot)"),
        ("eth_getTransactionReceipt", json!(["0x1234"]), "invalid argument 1 (transaction hash)"),
        ("eth_getLogs", json!(["latest"]), "invalid argument 1 (filter)"),
        ("eth_getStorageAt", json!([address, format!("{:#x}1", U256::MAX)]), "invalid argument 2 (slot)"),
    ] {
        world.refuse(method, params).await.is(-32602, text);
    }
}

#[tokio::test]
async fn every_method_of_the_table_answers_something_of_its_own() {
    let world = World::new().await;
    for method in ding_rpc::METHODS {
        if let Err(refusal) = world.ask(method, json!([])).await {
            assert_ne!(refusal.code, -32601, "{method}");
            assert_ne!(refusal.code, -32603, "{method}");
        }
    }
    let unique: std::collections::BTreeSet<_> = ding_rpc::METHODS.iter().collect();
    assert_eq!(unique.len(), ding_rpc::METHODS.len());
}

#[tokio::test]
async fn the_table_answers_without_sockets() {
    let (world, wallet) = with_one_block().await;
    let count =
        world.rpc.call("eth_getTransactionCount", &json!([wallet.address(), "pending"]).to_string()).await;
    assert_eq!(count.unwrap(), "\"0x4\"");
    let error = world.rpc.call("eth_getBalance", "[]").await.unwrap_err();
    assert_eq!(error.code.number, -32602);
    let _: Arc<_> = world.chain.block(1);
}
