//! WebSocket: calls and subscriptions, read by a client of its own.

use crate::{
    logs::ONE,
    world::{World, emitter, outcome},
};
use ding_execution::mocks::Wallet;
use ding_primitives::{Bytes, limits};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

struct Client(WebSocketStream<TcpStream>);

impl Client {
    async fn new(world: &World) -> Self {
        let stream = TcpStream::connect(world.address).await.unwrap();
        Self(client_async(format!("ws://{}/rpc/harbour", world.address), stream).await.unwrap().0)
    }

    async fn next(&mut self) -> Message {
        timeout(Duration::from_secs(10), self.0.next()).await.expect("nothing came").unwrap().unwrap()
    }

    async fn value(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn send(&mut self, method: &str, params: Value) {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.0.send(Message::text(call.to_string())).await.unwrap();
    }

    async fn ask(&mut self, method: &str, params: Value) -> Result<Value, crate::world::Refusal> {
        self.send(method, params).await;
        outcome(&self.value().await)
    }

    async fn told(&mut self, id: &Value) -> Value {
        let notification = self.value().await;
        assert_eq!(notification["method"], json!("eth_subscription"), "{notification}");
        assert_eq!(&notification["params"]["subscription"], id);
        notification["params"]["result"].clone()
    }

    /// Reads to the end; the reason the server gave.
    async fn reason(&mut self) -> (u16, String) {
        loop {
            match timeout(Duration::from_secs(30), self.0.next()).await.expect("the server keeps silent") {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn calls_and_batches_are_answered() {
    let world = World::new().await;
    let mut client = Client::new(&world).await;
    assert_eq!(client.ask("eth_chainId", json!([])).await.unwrap(), json!("0x539"));
    client.ask("eth_nonsense", json!([])).await.unwrap_err().is(-32601, "does not exist");
    client.0.send(Message::text(r#"[{"jsonrpc":"2.0","id":7,"method":"net_version"},5]"#)).await.unwrap();
    let answers = client.value().await;
    assert_eq!((&answers[0]["result"], &answers[1]["error"]["code"]), (&json!("1337"), &json!(-32600)));
    client.0.send(Message::text("{")).await.unwrap();
    assert_eq!(client.value().await["error"]["code"], json!(-32700));
    client.0.send(Message::binary(&br#"{"jsonrpc":"2.0","id":8,"method":"net_version"}"#[..])).await.unwrap();
    assert_eq!(client.value().await["id"], json!(8));
}

#[tokio::test]
async fn new_heads_are_told_in_order_from_the_subscription_on() {
    let world = World::new().await;
    world.chain.seal(Vec::new());
    let mut client = Client::new(&world).await;
    let id = client.ask("eth_subscribe", json!(["newHeads"])).await.unwrap();
    for height in 2..=5 {
        let block = world.chain.seal(Vec::new());
        let head = client.told(&id).await;
        assert_eq!(
            (&head["number"], &head["hash"]),
            (&json!(format!("{height:#x}")), &json!(block.header.hash()))
        );
        let _: alloy_rpc_types_eth::Header = serde_json::from_value(head).unwrap();
    }
    assert_eq!(client.ask("eth_unsubscribe", json!([id])).await.unwrap(), json!(true));
    world.chain.seal(Vec::new());
    // The next thing heard is the answer, not the block.
    client.ask("eth_unsubscribe", json!([id])).await.unwrap_err().is(-32000, "subscription not found");
}

#[tokio::test]
async fn logs_are_told_as_their_filter_asks() {
    let world = World::new().await;
    world.chain.insert_code(ONE, emitter());
    let mut alice = Wallet::new(0);
    let mut client = Client::new(&world).await;
    let all = client.ask("eth_subscribe", json!(["logs", {"address": ONE}])).await.unwrap();
    client.ask("eth_subscribe", json!(["logs", {"topics": [format!("0x{:064x}", 2)]}])).await.unwrap();
    world.chain.seal(vec![alice.call(ONE, Bytes::new()), alice.call(ONE, Bytes::new())]);
    world.chain.seal(vec![alice.call(ONE, Bytes::new())]);
    for (block, log) in [("0x1", "0x0"), ("0x1", "0x1"), ("0x2", "0x0")] {
        let told = client.told(&all).await;
        assert_eq!((&told["blockNumber"], &told["logIndex"]), (&json!(block), &json!(log)));
    }
    client
        .ask("eth_subscribe", json!(["newPendingTransactions"]))
        .await
        .unwrap_err()
        .is(-32004, "newHeads and logs");
    client.ask("eth_subscribe", json!(["weather"])).await.unwrap_err().is(-32602, "unknown kind");
}

#[tokio::test]
async fn subscriptions_are_counted_and_belong_to_their_connection() {
    let world = World::new().await;
    let (mut client, mut other) = (Client::new(&world).await, Client::new(&world).await);
    let mut last = Value::Null;
    for _ in 0..limits::RPC_SUBSCRIPTIONS_MAX {
        last = client.ask("eth_subscribe", json!(["newHeads"])).await.unwrap();
    }
    client.ask("eth_subscribe", json!(["newHeads"])).await.unwrap_err().is(-32005, "unsubscribe some first");
    other.ask("eth_unsubscribe", json!([last])).await.unwrap_err().is(-32000, "not found on this connection");
}

#[tokio::test]
async fn a_subscriber_that_reads_too_slowly_is_closed_with_the_reason() {
    let world = World::new().await;
    world.chain.insert_code(ONE, emitter());
    let mut alice = Wallet::new(0);
    let mut client = Client::new(&world).await;
    for _ in 0..limits::RPC_SUBSCRIPTIONS_MAX {
        client.ask("eth_subscribe", json!(["logs", {}])).await.unwrap();
    }
    // Some 40 MB of notifications: more than sockets hold.
    for _ in 0..limits::SINK_QUEUE_MAX * 3 {
        let calls = (0..10).map(|_| alice.call(ONE, Bytes::new())).collect();
        world.chain.seal(calls);
        tokio::task::yield_now().await;
    }
    let (code, reason) = client.reason().await;
    assert_eq!(code, 1013);
    assert!(reason.starts_with("too slow: ") && reason.ends_with("64 are kept; reconnect"), "{reason}");
    assert!(world.rpc.metrics().contains("ding_rpc_slow_subscribers_total{chain=\"harbour\"} 1"));
    assert_eq!(Client::new(&world).await.ask("eth_chainId", json!([])).await.unwrap(), json!("0x539"));
}

#[tokio::test]
async fn a_large_answer_comes_whole() {
    let world = World::new().await;
    let mut wallet = Wallet::new(0);
    wallet.gas = 16_000_000;
    let calls = (0..15).map(|_| wallet.call(ONE, vec![1u8; 100_000])).collect();
    let block = world.chain.seal(calls);
    let mut client = Client::new(&world).await;
    let told = client.ask("eth_getBlockByNumber", json!(["latest", true])).await.unwrap();
    assert_eq!(told["transactions"].as_array().unwrap().len(), 15);
    assert_eq!(told["transactions"][14]["input"], json!(block.transactions[14].input()));
    assert_eq!(told, world.get("eth_getBlockByNumber", json!(["latest", true])).await);
}

#[tokio::test]
async fn a_wrong_handshake_is_refused_and_the_number_of_sockets_is_bounded() {
    let world = World::new().await;
    let (status, _, text) = world
        .raw(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 8\r\n\r\n")
        .await;
    assert_eq!(status, 400);
    assert!(text.contains("no WebSocket handshake"), "{text}");
    let mut open = Vec::new();
    for _ in 0..limits::RPC_SOCKETS_MAX {
        open.push(Client::new(&world).await);
    }
    let stream = TcpStream::connect(world.address).await.unwrap();
    let refused = client_async(format!("ws://{}/", world.address), stream).await.unwrap_err();
    assert!(refused.to_string().contains("503"), "{refused}");
    assert_eq!(open[0].ask("eth_chainId", json!([])).await.unwrap(), json!("0x539"));
    assert_eq!(world.get("eth_chainId", json!([])).await, json!("0x539"));
}

#[tokio::test]
async fn a_message_over_the_limit_closes_the_connection() {
    let world = World::new().await;
    let mut client = Client::new(&world).await;
    let _ = client.0.send(Message::text(" ".repeat(limits::RPC_SOCKET_MESSAGE_BYTES_MAX + 1))).await;
    let mut ended = false;
    for _ in 0..10 {
        match timeout(Duration::from_secs(10), client.0.next()).await.unwrap() {
            Some(Ok(Message::Close(Some(frame)))) => {
                assert_eq!(u16::from(frame.code), 1009);
                ended = true;
                break;
            }
            None | Some(Err(_)) => {
                ended = true;
                break;
            }
            Some(Ok(_)) => {}
        }
    }
    assert!(ended);
}

#[tokio::test]
async fn connections_are_told_when_the_node_stops() {
    let mut world = World::new().await;
    let mut client = Client::new(&world).await;
    client.ask("eth_subscribe", json!(["newHeads"])).await.unwrap();
    let (_, (code, reason)) = tokio::join!(world.stop(), client.reason());
    assert_eq!((code, reason.as_str()), (1001, "the node stops"));
}
