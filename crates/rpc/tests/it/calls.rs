//! Calls that change nothing.

use crate::world::{World, emitter, reverter};
use alloy_sol_types::{Panic, PanicKind, Revert, SolCall as _, SolError as _};
use ding_execution::mocks::Wallet;
use ding_modules::evidence::{
    abi::IEvidence::{ZeroDigest, countsCall, depositCall},
    state::ADDRESS as EVIDENCE,
};
use ding_primitives::{Address, B256, Bytes, limits};
use serde_json::{Value, json};

const CONTRACT: Address = Address::repeat_byte(0xcc);

fn deposit(digest: B256) -> Bytes {
    depositCall {
        digest,
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    }
    .abi_encode()
    .into()
}

#[tokio::test]
async fn a_call_returns_what_the_module_returns() {
    let world = World::started().await;
    let call = json!({"to": EVIDENCE, "data": Bytes::from(countsCall {}.abi_encode())});
    let want = Bytes::from(vec![0; 96]);
    for block in ["latest", "pending", "0x1"] {
        assert_eq!(world.get("eth_call", json!([call, block])).await, json!(want));
    }
    assert_eq!(world.get("eth_call", json!([call])).await, json!(want));
    let other_name =
        json!({"to": EVIDENCE, "input": Bytes::from(countsCall {}.abi_encode()), "chainId": "0x539"});
    assert_eq!(world.get("eth_call", json!([other_name, "latest", {}])).await, json!(want));
}

#[tokio::test]
async fn a_revert_carries_its_data_and_its_reason() {
    let world = World::started().await;
    let cases: [(Vec<u8>, &str); 4] = [
        (Revert::from("too early").abi_encode(), "execution reverted: too early"),
        (Panic::from(PanicKind::UnderOverflow).abi_encode(), "execution reverted: "),
        (vec![1, 2, 3, 4, 5], "execution reverted"),
        (Vec::new(), "execution reverted"),
    ];
    for (data, message) in cases {
        world.chain.insert_code(CONTRACT, reverter(&data));
        for method in ["eth_call", "eth_estimateGas"] {
            let refusal = world.refuse(method, json!([{"to": CONTRACT}, "latest"])).await;
            refusal.is(3, message);
            assert_eq!(refusal.data, Some(Bytes::from(data.clone()).to_string()), "{method}");
        }
    }
    let refusal = world.refuse("eth_call", json!([{"to": EVIDENCE, "data": deposit(B256::ZERO)}])).await;
    refusal.is(3, "execution reverted: the digest is all zero");
    assert_eq!(refusal.data, Some(Bytes::from(ZeroDigest {}.abi_encode()).to_string()));
}

#[tokio::test]
async fn an_estimate_is_enough_gas_and_not_much_more() {
    let world = World::started().await;
    let mut wallet = Wallet::new(0);
    assert_eq!(world.get("eth_estimateGas", json!([{"to": Address::repeat_byte(9)}])).await, json!("0x5208"));
    let input = deposit(B256::repeat_byte(5));
    let call = json!({"from": wallet.address(), "to": EVIDENCE, "data": input});
    let estimate = world.get("eth_estimateGas", json!([call, "pending"])).await;
    wallet.gas = u64::from_str_radix(estimate.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    let block = world.chain.seal(vec![wallet.call(EVIDENCE, input)]);
    assert!(block.receipts[0].success);
    assert!(
        wallet.gas < block.receipts[0].gas_used * 13 / 10,
        "{} for {}",
        wallet.gas,
        block.receipts[0].gas_used
    );
}

#[tokio::test]
async fn what_cannot_run_says_why() {
    let world = World::started().await;
    // JUMPDEST; PUSH0; JUMP
    world.chain.insert_code(CONTRACT, vec![0x5b, 0x5f, 0x56]);
    let call = json!([{"to": CONTRACT, "gas": "0x186a0"}]);
    world.refuse("eth_call", call.clone()).await.is(-32000, "out of gas");
    world.refuse("eth_estimateGas", call).await.is(-32000, "gas required exceeds allowance (100000)");
    let poor = json!([{"from": Address::repeat_byte(1), "to": CONTRACT, "value": "0x1"}]);
    world.refuse("eth_call", poor.clone()).await.is(-32000, "insufficient funds");
    world.refuse("eth_estimateGas", poor).await.is(-32000, "insufficient funds");
    world
        .refuse("eth_call", json!([{"to": CONTRACT, "chainId": "0x1"}]))
        .await
        .is(-32602, "have=1, want=1337");
    let both = json!([{"to": CONTRACT, "data": "0x01", "input": "0x02"}]);
    world.refuse("eth_call", both).await.is(-32602, "`input` and `data` differ");
    let long = json!([{"to": CONTRACT, "data": Bytes::from(vec![1; limits::TRANSACTION_BYTES_MAX + 1])}]);
    world.refuse("eth_call", long).await.is(-32602, "fit no transaction");
    let zero = format!("0x{:064x}", 0);
    let both = json!([{"to": CONTRACT}, "latest", {CONTRACT.to_string(): {"state": {&zero: &zero}, "stateDiff": {&zero: &zero}}}]);
    world.refuse("eth_call", both).await.is(-32602, "`state` or `stateDiff`, not both");
    let block = json!([{"to": CONTRACT}, "latest", {}, {"number": "0x1"}]);
    world.refuse("eth_call", block).await.is(-32004, "block overrides are not offered");
    let authorized = json!([{"to": CONTRACT, "authorizationList": [{"chainId": "0x1", "address": CONTRACT, "nonce": "0x0", "yParity": "0x0", "r": "0x1", "s": "0x1"}]}]);
    world.refuse("eth_call", authorized).await.is(-32602, "transaction type not valid");
}

#[tokio::test]
async fn a_call_takes_an_account_for_what_the_caller_says_it_is() {
    let world = World::started().await;
    // PUSH0; SLOAD; PUSH0; MSTORE; PUSH1 32; PUSH0; RETURN
    let code = "0x5f545f5260205ff3";
    let (slot, seven) = (format!("0x{:064x}", 0), format!("0x{:064x}", 7));
    let account = json!({"code": code, "stateDiff": {&slot: &seven}});
    let answer =
        world.get("eth_call", json!([{"to": CONTRACT}, "latest", {CONTRACT.to_string(): account}])).await;
    assert_eq!(answer, json!(seven));
    assert_eq!(
        world.get("eth_call", json!([{"to": CONTRACT}, "latest"])).await,
        json!("0x"),
        "nothing was kept"
    );
}

#[tokio::test]
async fn an_access_list_names_what_a_call_touches() {
    let world = World::started().await;
    // SLOAD(0); POP; STOP
    world.chain.insert_code(CONTRACT, vec![0x5f, 0x54, 0x50, 0x00]);
    let found = world.get("eth_createAccessList", json!([{"to": CONTRACT}, "latest"])).await;
    assert_eq!(found["accessList"], json!([{"address": CONTRACT, "storageKeys": [B256::ZERO]}]));
    assert!(found["gasUsed"].as_str().unwrap().starts_with("0x"));
    assert_eq!(found.get("error"), None);
    world.chain.insert_code(CONTRACT, reverter(&Revert::from("no").abi_encode()));
    let found = world.get("eth_createAccessList", json!([{"to": CONTRACT}])).await;
    assert_eq!(found["error"], json!("execution reverted: no"));
    let _: Value = found;
    world.chain.insert_code(CONTRACT, emitter());
    assert_eq!(world.get("eth_call", json!([{"to": CONTRACT}])).await, json!("0x"));
}
