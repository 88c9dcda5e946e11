//! Transactions on their way in.

use crate::world::{Chain, World, outcome};
use alloy_primitives::{TxKind, hex};
use alloy_sol_types::SolCall as _;
use ding_execution::mocks::Wallet;
use ding_modules::identity::{abi::IIdentity, state::ADDRESS as IDENTITY};
use ding_primitives::{Address, B256, Bytes, U256, limits};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

const BOB: Address = Address::repeat_byte(0xb0);

#[tokio::test]
async fn a_transaction_goes_in_waits_and_gets_a_receipt() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    let transfer = alice.transfer(BOB, 7);
    assert_eq!(world.send(&transfer).await.unwrap(), json!(transfer.hash()));
    let waiting = world.get("eth_getTransactionByHash", json!([transfer.hash()])).await;
    assert_eq!((&waiting["blockHash"], &waiting["blockNumber"]), (&Value::Null, &Value::Null));
    assert_eq!(world.get("eth_getTransactionReceipt", json!([transfer.hash()])).await, Value::Null);
    assert_eq!(
        world.get("ding_getTransactionStatus", json!([transfer.hash()])).await["status"],
        json!("waiting")
    );
    world.seal();
    let receipt = world.get("eth_getTransactionReceipt", json!([transfer.hash()])).await;
    assert_eq!((&receipt["status"], &receipt["blockNumber"]), (&json!("0x1"), &json!("0x2")));
    assert_eq!(world.get("eth_getBalance", json!([BOB, "latest"])).await, json!("0x7"));
    let status = world.get("ding_getTransactionStatus", json!([transfer.hash()])).await;
    assert_eq!((&status["status"], &status["blockNumber"]), (&json!("final"), &json!("0x2")));
    let unknown = world.get("ding_getTransactionStatus", json!([B256::ZERO])).await;
    assert_eq!(unknown, json!({"status": "unknown"}));
}

#[tokio::test]
async fn the_pending_nonce_counts_what_waits_so_that_several_can_be_sent_in_a_row() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    let count = async |block: &str| {
        world.get("eth_getTransactionCount", json!([Wallet::new(0).address(), block])).await
    };
    for sent in 1..=3 {
        world.send(&alice.transfer(BOB, 1)).await.unwrap();
        assert_eq!(
            (count("pending").await, count("latest").await),
            (json!(format!("{sent:#x}")), json!("0x0"))
        );
    }
    alice.nonce = 7;
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
    assert_eq!(count("pending").await, json!("0x3"), "a gap does not count");
    let status = world.get("txpool_status", json!([])).await;
    assert_eq!(status, json!({"pending": "0x3", "queued": "0x1"}));
    let content = world.get("txpool_content", json!([])).await;
    let sender = alice.address().to_string();
    assert_eq!(content["pending"][&sender].as_object().unwrap().len(), 3);
    assert_eq!(content["queued"][&sender]["7"]["nonce"], json!("0x7"));
    let mine = world.get("txpool_contentFrom", json!([alice.address()])).await;
    assert_eq!(mine["pending"], content["pending"][&sender]);
    world.seal();
    assert_eq!((count("pending").await, count("latest").await), (json!("0x3"), json!("0x3")));
}

#[tokio::test]
async fn refusals_have_the_words_that_libraries_look_for() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    let first = alice.transfer(BOB, 1);
    world.send(&first).await.unwrap();
    world.send(&first).await.unwrap_err().is(-32000, "already known");
    alice.nonce = 0;
    world.send(&alice.transfer(BOB, 2)).await.unwrap_err().is(-32003, "replacement transaction underpriced");
    world.seal();
    world.send(&first).await.unwrap_err().is(-32003, "nonce too low");
    alice.nonce = limits::POOL_NONCE_AHEAD_MAX + 2;
    world.send(&alice.transfer(BOB, 1)).await.unwrap_err().is(-32003, "nonce too high");
    alice.nonce = 1;
    world
        .send(&alice.send(TxKind::Call(BOB), U256::MAX, Bytes::new(), Default::default()))
        .await
        .unwrap_err()
        .is(-32003, "insufficient funds");
    alice.nonce = 1;
    alice.gas = 20_000;
    world.send(&alice.transfer(BOB, 1)).await.unwrap_err().is(-32003, "intrinsic gas too low");
    alice.nonce = 1;
    alice.gas = limits::TRANSACTION_GAS_MAX + 1;
    world.send(&alice.transfer(BOB, 1)).await.unwrap_err().is(-32003, "gas limit too high");
    alice.nonce = 1;
    alice.gas = 10_000_000;
    let code = vec![0; limits::INIT_CODE_BYTES_MAX + 1];
    world.send(&alice.create(code)).await.unwrap_err().is(-32003, "max initcode size exceeded");
}

#[tokio::test]
async fn on_a_bound_chain_an_account_without_standing_is_refused_at_the_door_by_name_until_it_is_bound() {
    let (mut office, mut alice) = (Wallet::new(0), Wallet::new(1));
    let modules = json!({
        "members": {"organisations": [{"name": "Identity Office", "accounts": [office.address()]}]},
        "identity": {"admission": "bound", "authorities": [{"organisation": "Identity Office"}]},
    });
    let world = World::with(Chain::of(serde_json::from_value(modules).unwrap()), None).await;
    world.chain.seal(Vec::new());
    let refused = world.send(&alice.transfer(BOB, 1)).await.unwrap_err();
    refused.is(-32003, "account_not_bound: this account is bound to nobody");
    let status = world.get("txpool_status", json!([])).await;
    assert_eq!(status, json!({"pending": "0x0", "queued": "0x0"}), "it cost nothing and waits nowhere");
    let bind = IIdentity::bindCall {
        account: alice.address(),
        kind: 1,
        subject: B256::repeat_byte(0x41),
        level: 2,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    world.send(&office.call(IDENTITY, bind.abi_encode())).await.unwrap();
    world.seal();
    alice.nonce = 0;
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
    world.seal();
    assert_eq!(world.get("eth_getBalance", json!([BOB, "latest"])).await, json!("0x1"));
}

#[tokio::test]
async fn personal_data_is_refused_at_the_door_with_its_place_and_the_word_that_lifts_a_false_alarm() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    let mut send =
        |input: Vec<u8>| alice.send(TxKind::Call(BOB), U256::ZERO, input.into(), Default::default());
    let number = b"tel 13812345678.".to_vec();
    let refused = world.send(&send(number.clone())).await.unwrap_err();
    refused.is(-32003, "byte 4 of the input begins a mobile number");
    assert!(!refused.message.contains("13812345678"), "{refused:?}");
    let word = refused.message.rsplit("the word ").next().unwrap().split(' ').next().unwrap().to_owned();
    let waived = [number, hex::decode(word).unwrap()].concat();
    alice.nonce = 0;
    let sent = alice.send(TxKind::Call(BOB), U256::ZERO, waived.into(), Default::default());
    world.send(&sent).await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_no_transaction_of_this_chain_are_refused_by_name() {
    let world = World::started().await;
    let good = Wallet::new(0).older_transfers(BOB, 1)[0].transaction().raw().clone();
    // The example of EIP-155, for chain 1.
    let foreign = "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
    let cut = Bytes::from(good.slice(..good.len() - 1).to_vec());
    let send = async |raw: Value| world.refuse("eth_sendRawTransaction", json!([raw])).await;
    send(json!(foreign)).await.is(-32000, "is for chain 1, this chain is 1337");
    send(json!(cut)).await.is(-32000, "not a signed transaction");
    send(json!("0x")).await.is(-32000, "not a signed transaction");
    send(json!("0xc0ffee")).await.is(-32000, "not a signed transaction");
    send(json!("0x03c0")).await.is(-32000, "transaction");
    send(json!("0xzz")).await.is(-32602, "invalid argument 1 (signed transaction)");
    send(json!("0x123")).await.is(-32602, "invalid argument 1 (signed transaction)");
    send(json!(Bytes::from(vec![1; limits::TRANSACTION_BYTES_MAX + 1])))
        .await
        .is(-32000, "more than the 131072 allowed");
    send(json!(malleable_twin(&good))).await.is(-32000, "invalid or malleable signature");
    send(json!(unprotected()))
        .await
        .is(-32000, "only replay-protected (EIP-155) transactions allowed over RPC");
}

/// The other signature of the same message: `n - s`, other parity (EIP-2).
fn malleable_twin(raw: &Bytes) -> Bytes {
    let text = hex::encode(raw);
    let n =
        U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16).unwrap();
    // A legacy transaction of chain 1337 ends with v = 0x0a95 or 0x0a96, r and s.
    let v = if text.contains("820a95a0") { "820a95a0" } else { "820a96a0" };
    let (head, tail) = text.split_once(v).unwrap();
    let (r, s) = tail.split_at(64);
    let s = U256::from_str_radix(s.strip_prefix("a0").unwrap(), 16).unwrap();
    let other = if v == "820a95a0" { "820a96a0" } else { "820a95a0" };
    hex::decode(format!("{head}{other}{r}a0{:064x}", n - s)).unwrap().into()
}

/// A legacy transaction with v = 27: signed for every chain.
fn unprotected() -> Bytes {
    let fields = hex::decode("8001825208943535353535353535353535353535353535353535018025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83").unwrap();
    let mut fields = fields;
    let v = fields.len() - 67;
    assert_eq!(fields[v], 0x25);
    fields[v] = 27;
    [&[0xf8, u8::try_from(fields.len()).unwrap()], fields.as_slice()].concat().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_transactions_is_admitted_in_order_with_each_answer_in_its_place() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    let mut calls = Vec::new();
    let mut hashes = Vec::new();
    for id in 0..100 {
        let transfer = alice.transfer(BOB, 1);
        let raw = json!(transfer.transaction().raw());
        hashes.push(transfer.hash());
        let params = if id == 40 { json!(["0xc0ffee"]) } else { json!([raw]) };
        calls.push(json!({"jsonrpc": "2.0", "id": id, "method": "eth_sendRawTransaction", "params": params}));
    }
    let count = json!({"jsonrpc": "2.0", "id": "n", "method": "eth_getTransactionCount", "params": [alice.address(), "pending"]});
    calls.insert(30, count);
    let (status, text) = world.post("/", json!(calls).to_string().as_bytes()).await;
    assert_eq!(status, 200);
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(answers.len(), 101);
    assert_eq!(answers[30]["id"], json!("n"));
    assert_eq!(answers[30]["result"], json!("0x1e"), "calls of a batch see those before them");
    for (index, answer) in answers.iter().enumerate().filter(|(index, _)| *index != 30) {
        let id = if index > 30 { index - 1 } else { index };
        assert_eq!(answer["id"], json!(id));
        match id {
            40 => outcome(answer).unwrap_err().is(-32000, "not a signed transaction"),
            _ => assert_eq!(outcome(answer).unwrap(), json!(hashes[id])),
        }
    }
    assert_eq!(world.pool.status().pending, 40);
    assert_eq!(world.chain.account_reads.load(Ordering::SeqCst), 2, "the sender's account is read once");
}

#[tokio::test]
async fn an_endowed_account_can_send_the_transaction_that_makes_the_first_block() {
    let world = World::new().await;
    let mut alice = Wallet::new(0);
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
    world.send(&Wallet::new(99).transfer(BOB, 1)).await.unwrap_err().is(-32003, "insufficient funds");
    let block = world.seal();
    assert_eq!((block.header.height.get(), block.receipts[0].success), (1, true));
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
}

#[tokio::test]
async fn an_account_is_read_again_after_the_next_block() {
    let world = World::started().await;
    let mut alice = Wallet::new(0);
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
    world.send(&alice.transfer(BOB, 1)).await.unwrap();
    assert_eq!(world.chain.account_reads.load(Ordering::SeqCst), 1);
    world.seal();
    alice.nonce = 0;
    world.send(&alice.transfer(BOB, 9)).await.unwrap_err().is(-32003, "nonce too low");
    assert_eq!(world.chain.account_reads.load(Ordering::SeqCst), 2);
}
