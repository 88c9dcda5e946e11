//! What only this ledger has.

use crate::{
    logs::{ONE, TWO, with_logs},
    world::World,
};
use ding_chain::reader::Look as _;
use ding_light::{Certificate, ChainKey, Package, Proven};
use ding_primitives::{B256, Bytes, U256, address};
use serde_json::{Value, json};

fn bytes(value: &Value) -> Bytes {
    serde_json::from_value(value.clone()).unwrap()
}

#[tokio::test]
async fn the_chain_introduces_itself() {
    let world = World::new().await;
    let chain = world.get("ding_chain", json!([])).await;
    assert_eq!(
        (&chain["name"], &chain["chainId"], &chain["development"]),
        (&json!("harbour"), &json!("0x539"), &json!(true))
    );
    assert_eq!(chain["genesisHash"], json!(world.chain.genesis_hash()));
    assert_eq!(bytes(&chain["publicKey"]).len(), 96);
    assert_eq!(chain["members"].as_array().unwrap().len(), 4);
    assert_eq!(chain["members"][0]["name"], json!("member-1"));
    assert_eq!(chain["faultsTolerated"], json!(1));
    let status = world.get("ding_status", json!([])).await;
    assert_eq!(
        (&status["height"], &status["syncing"], &status["readModel"]),
        (&json!("0x0"), &json!(false), &Value::Null)
    );
    assert_eq!((&status["member"], &status["peers"]), (&json!("member-1"), &json!("0x3")));
    assert_eq!(status["pool"], json!({"pending": "0x0", "queued": "0x0", "bytes": "0x0"}));
}

#[tokio::test]
async fn a_certificate_verifies_under_the_chain_key() {
    let world = World::new().await;
    with_logs(&world).await;
    let answer = world.get("ding_getCertificate", json!(["0x2"])).await;
    let certificate = Certificate::from_bytes(&bytes(&answer["certificate"]["encoded"])).unwrap();
    let key = ChainKey::from_bytes(&bytes(&answer["chainKey"])).unwrap();
    certificate.verify(&key, &world.chain.genesis_hash()).unwrap();
    assert_eq!(json!(certificate.payload), answer["hash"]);
    assert_eq!(answer["headers"][0]["hash"], answer["hash"]);
    assert_eq!(answer["headers"][0]["number"], json!("0x2"));
    world.refuse("ding_getCertificate", json!(["0x0"])).await.is(-32001, "block 0 has no certificate");
    world.refuse("ding_getCertificate", json!(["0x9"])).await.is(-32001, "header not found");
}

#[tokio::test]
async fn a_proof_of_a_log_verifies_offline_and_shows_that_log() {
    let world = World::new().await;
    with_logs(&world).await;
    let logs = world.get("eth_getLogs", json!([{"fromBlock": "0x2", "toBlock": "0x2"}])).await;
    let key = ChainKey::from_bytes(&world.chain.spec().public_key).unwrap();
    for (log, emitter) in logs.as_array().unwrap().iter().zip([ONE, TWO]) {
        let answer = world.get("ding_getProof", json!([{"log": log}])).await;
        let package = Package::from_bytes(&bytes(&answer["package"])).unwrap();
        let verified = package.verify(Some(&key)).unwrap();
        assert!(matches!(&verified.statements[..], [Proven::Log { log, .. }] if log.address == emitter));
        assert_eq!(answer["header"]["hash"], log["blockHash"]);
        assert_eq!(answer["statements"][0]["kind"], json!("log"));
        assert_eq!(answer["statements"][0]["address"], json!(emitter));
    }
    let hash = &logs[0]["transactionHash"];
    let wanted = json!([{"log": {"transactionHash": hash, "logIndex": "0x1"}}]);
    world
        .refuse("ding_getProof", wanted)
        .await
        .is(-32001, "has no log with logIndex 1; it has 1 of them, from 0 on");
}

#[tokio::test]
async fn a_proof_of_a_transaction_holds_its_bytes() {
    let world = World::new().await;
    with_logs(&world).await;
    let transaction = &world.chain.block(2).transactions[1];
    let answer = world.get("ding_getProof", json!([{"transaction": transaction.hash()}])).await;
    let package = Package::from_bytes(&bytes(&answer["package"])).unwrap();
    let verified = package.verify(None).unwrap();
    let raw = transaction.transaction().raw();
    assert!(
        matches!(&verified.statements[..], [Proven::Transaction { index: 1, raw: Some(found), .. }] if found == raw)
    );
    let nowhere = world.refuse("ding_getProof", json!([{"transaction": B256::ZERO}])).await;
    nowhere.is(-32001, "in no final block known here; this member runs without a read model");
}

#[tokio::test]
async fn what_cannot_be_proven_is_refused_with_the_reason() {
    let world = World::new().await;
    let module = address!("00000000000000000000000000000000000d0001");
    let prove = async |wanted: Value| world.refuse("ding_getProof", json!([wanted])).await;
    prove(json!({"account": ONE})).await.is(-32001, "absence is provable only in native modules");
    prove(json!({"slot": {"address": ONE, "slot": "0x5"}})).await.is(-32001, "slot 0x5");
    prove(json!({"slot": {"address": module, "slot": U256::from(5)}}))
        .await
        .is(-32001, "nothing to prove about slot");
    prove(json!({"balance": ONE})).await.is(-32602, "what to prove");
    prove(json!({"account": ONE, "slot": {"address": ONE, "slot": "0x5"}})).await.is(-32602, "what to prove");
    prove(json!("account")).await.is(-32602, "what to prove");
}
