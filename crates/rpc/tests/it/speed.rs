//! What a call costs beside the work it asks for. Bounds are generous: they catch a wrong
//! complexity, not a slow machine.

use crate::world::World;
use ding_execution::mocks::Wallet;
use ding_primitives::{Address, transaction::recover};
use ding_rpc::Caller;
use serde_json::json;
use std::time::Instant;

/// Best of a few rounds, in microseconds for each of `count`.
async fn best(count: usize, mut round: impl AsyncFnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        round().await;
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / count as f64);
    }
    best
}

#[tokio::test]
async fn a_raw_transaction_costs_little_beside_its_signature() {
    const COUNT: usize = 400;
    let world = World::started().await;
    let mut wallet = Wallet::new(0);
    let all: Vec<_> = (0..COUNT * 5).map(|_| wallet.transfer(Address::repeat_byte(1), 1)).collect();
    let mut rounds = all.chunks(COUNT);
    let bodies = |chunk: &[std::sync::Arc<ding_primitives::Recovered>]| -> Vec<String> {
        let body = |raw| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [raw]})
                .to_string()
        };
        chunk.iter().map(|transaction| body(transaction.transaction().raw())).collect()
    };
    let mut rounds = rounds.by_ref().map(bodies).collect::<Vec<_>>().into_iter();
    let whole = best(COUNT, async || {
        for body in rounds.next().unwrap() {
            let answer = world.rpc.handle(body.as_bytes(), Caller::default()).await.unwrap();
            assert!(answer.as_slice().starts_with(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x"));
        }
    })
    .await;
    let signature = best(COUNT, async || {
        for transaction in &all[..COUNT] {
            recover(transaction.transaction().clone(), 1337).unwrap();
        }
    })
    .await;
    println!("eth_sendRawTransaction {whole:.1} us, of it recovery {signature:.1} us");
    assert!(whole - signature < 60.0, "{whole:.1} us, of it recovery {signature:.1} us");
}

#[tokio::test]
async fn a_receipt_and_a_small_question_cost_microseconds() {
    const COUNT: usize = 2_000;
    let world = World::new().await;
    let mut wallet = Wallet::new(0);
    let transfers: Vec<_> = (0..500).map(|_| wallet.transfer(Address::repeat_byte(1), 1)).collect();
    world.chain.seal(transfers.clone());
    let ask = |method: &str, params| {
        json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
    };
    for (body, bound) in [
        (ask("eth_getTransactionReceipt", json!([transfers[400].hash()])), 100.0),
        (ask("eth_chainId", json!([])), 30.0),
        (ask("eth_getTransactionCount", json!([wallet.address(), "pending"])), 50.0),
    ] {
        let cost = best(COUNT, async || {
            for _ in 0..COUNT {
                world.rpc.handle(body.as_bytes(), Caller::default()).await.unwrap();
            }
        })
        .await;
        println!("{cost:.2} us: {body}");
        assert!(cost < bound, "{cost:.1} us: {body}");
    }
}
