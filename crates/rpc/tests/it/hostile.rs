//! Bad input, too much of it, and too slow.

use crate::world::World;
use ding_primitives::limits;
use ding_rpc::transport::{BindError, bind};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

async fn code(world: &World, body: &[u8]) -> (u16, i64, String) {
    let (status, text) = world.post("/", body).await;
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["id"], Value::Null);
    let message = answer["error"]["message"].as_str().unwrap().to_owned();
    (status, answer["error"]["code"].as_i64().unwrap(), message)
}

#[tokio::test]
async fn text_that_is_no_request_gets_the_standard_errors() {
    let world = World::new().await;
    for (body, want) in [
        ("{\"jsonrpc\": \"2.0\", \"method\": \"foobar, \"params\": \"bar\", \"baz]", -32700),
        ("", -32700),
        ("[", -32700),
        ("[]", -32600),
        ("1", -32600),
        ("{\"jsonrpc\": \"2.0\", \"method\": 1, \"params\": \"bar\"}", -32600),
        ("{\"method\": \"eth_chainId\"}", -32600),
    ] {
        let (status, got, _) = code(&world, body.as_bytes()).await;
        assert_eq!((status, got), (200, want), "{body}");
    }
    assert_eq!(code(&world, b"\xff\xfe").await.1, -32700);
    // The batch examples of the standard.
    let (_, text) = world.post("/", b"[1,2,3]").await;
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(answers.len() == 3 && answers.iter().all(|answer| answer["error"]["code"] == json!(-32600)));
    let (_, text) = world.post("/", br#"[{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","id":"a","method":"eth_chainId"}]"#).await;
    assert_eq!(text, r#"[{"jsonrpc":"2.0","id":"a","result":"0x539"}]"#);
    let (status, text) = world.post("/", br#"{"jsonrpc":"2.0","method":"eth_chainId"}"#).await;
    assert_eq!((status, text.as_str()), (204, ""), "nothing answers a notification");
}

#[tokio::test]
async fn deep_and_long_requests_are_refused() {
    let world = World::new().await;
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let (_, got, message) = code(&world, deep.as_bytes()).await;
    assert_eq!(got, -32600);
    assert!(message.contains("inside each other"));
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
    let batch = |count| format!("[{}]", vec![call; count].join(","));
    let (_, got, message) = code(&world, batch(limits::RPC_BATCH_MAX + 1).as_bytes()).await;
    assert_eq!(got, -32005);
    assert!(message.contains("more than 1000 calls"));
    let (status, text) = world.post("/", batch(limits::RPC_BATCH_MAX).as_bytes()).await;
    assert_eq!(
        (status, serde_json::from_str::<Vec<Value>>(&text).unwrap().len()),
        (200, limits::RPC_BATCH_MAX)
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_its_length_is_told() {
    let world = World::new().await;
    let body = vec![b' '; limits::RPC_REQUEST_BYTES_MAX + 1];
    let (status, got, message) = code(&world, &body).await;
    assert_eq!((status, got), (413, -32600));
    assert!(message.contains("send less at once"));
    let mut chunked =
        b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..6 {
        chunked.extend(format!("{:x}\r\n", 1 << 20).bytes());
        chunked.extend(vec![b' '; 1 << 20]);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(world.raw(&chunked).await.0, 413);
    let fits = [br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#.to_vec(), vec![b' '; 1 << 20]].concat();
    assert_eq!(world.post("/", &fits).await.0, 200);
}

#[tokio::test]
async fn an_answer_over_the_limit_becomes_an_error_and_a_batch_keeps_its_shape() {
    let world = World::new().await;
    let mut wallet = ding_execution::mocks::Wallet::new(0);
    wallet.gas = 16_000_000;
    let data = vec![1u8; 100_000];
    let blocks: Vec<_> = (0..2)
        .map(|_| {
            let calls: Vec<_> = (0..19)
                .map(|_| wallet.call(ding_primitives::Address::repeat_byte(9), data.clone()))
                .collect();
            world.chain.seal(calls)
        })
        .collect();
    assert_eq!(blocks.len(), 2);
    // Each answer has about 3.8 MB of hexadecimal digits.
    let call =
        json!({"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["latest", true]});
    let (status, text) = world.post("/", json!(vec![call; 10]).to_string().as_bytes()).await;
    assert_eq!(status, 200);
    assert!(text.len() <= limits::RPC_RESPONSE_BYTES_MAX + 10_000, "{}", text.len());
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    let full = answers.iter().filter(|answer| answer.get("result").is_some()).count();
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.get("error")).collect();
    assert_eq!((answers.len(), full + refused.len()), (10, 10));
    assert!(full >= 5 && !refused.is_empty());
    assert!(refused.iter().all(|error| error["code"] == json!(-32005)));
}

#[tokio::test]
async fn slow_clients_are_dropped_and_others_are_served_meanwhile() {
    let world = World::new().await;
    let mut slow = TcpStream::connect(world.address).await.unwrap();
    slow.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"json").await.unwrap();
    assert_eq!(world.get("eth_chainId", json!([])).await, json!("0x539"));
    let mut answer = String::new();
    let patience = Duration::from_millis(limits::RPC_READ_TIMEOUT_MS + 5_000);
    timeout(patience, slow.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("did not arrive within 15000 ms"));
}

#[tokio::test]
async fn connections_beyond_the_limit_are_turned_away_and_places_are_free_again() {
    let world = World::new().await;
    let mut open = Vec::new();
    for _ in 0..limits::RPC_CONNECTIONS_MAX {
        open.push(TcpStream::connect(world.address).await.unwrap());
    }
    let mut extra = TcpStream::connect(world.address).await.unwrap();
    let mut answer = String::new();
    let _ = timeout(Duration::from_secs(5), extra.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    open.truncate(10);
    // The server hears of closed connections in its own time.
    for _ in 0..100 {
        let body = br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#;
        let mut again = TcpStream::connect(world.address).await.unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = again.write_all(&[request.as_bytes(), body].concat()).await;
        let mut answer = String::new();
        let _ = again.read_to_string(&mut answer).await;
        if answer.starts_with("HTTP/1.1 200 ") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no place became free");
}

#[tokio::test]
async fn pages_of_any_origin_may_ask() {
    let world = World::new().await;
    let preflight = b"OPTIONS / HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: https://wallet.example\r\naccess-control-request-method: POST\r\naccess-control-request-headers: content-type,x-thing\r\naccess-control-request-private-network: true\r\n\r\n";
    let (status, head, _) = world.raw(preflight).await;
    assert_eq!(status, 204);
    for line in [
        "access-control-allow-origin: *",
        "access-control-allow-headers: content-type,x-thing",
        "access-control-allow-private-network: true",
    ] {
        assert!(head.contains(line), "{line} in {head}");
    }
    let (_, head, _) =
        world.raw(b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n[]").await;
    assert!(head.contains("access-control-allow-origin: *"));
}

#[tokio::test]
async fn each_path_answers_what_it_is_for() {
    let world = World::new().await;
    let get = async |path: &str| {
        world.raw(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).await
    };
    for path in ["/", "/rpc/harbour"] {
        let (status, _, text) = get(path).await;
        assert_eq!(status, 200);
        assert!(
            text.contains("chain \"harbour\", chain id 1337, block 0") && text.contains("curl"),
            "{text}"
        );
    }
    let (status, _, text) = get("/health").await;
    let health: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (status, &health["status"], &health["chains"][0]["name"]),
        (200, &json!("ok"), &json!("harbour"))
    );
    world.chain.highest.store(9, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(get("/health").await.0, 503);
    let (status, _, text) = get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        text.contains("ding_engine_up 1\n") && text.contains("ding_rpc_calls_total{chain=\"harbour\"} 0"),
        "{text}"
    );
    let (status, _, text) = get("/rpc/port").await;
    assert_eq!(status, 404);
    assert!(text.contains("there are: harbour"));
    assert_eq!(get("/nowhere").await.0, 404);
    let (status, text) =
        world.post("/rpc/harbour", br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#).await;
    assert_eq!((status, text.as_str()), (200, r#"{"jsonrpc":"2.0","id":1,"result":"0x539"}"#));
    assert_eq!(
        world.raw(b"PUT / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.0,
        405
    );
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let world = World::new().await;
    let error = bind(world.address).await.unwrap_err();
    assert!(matches!(error, BindError::InUse(address) if address == world.address));
    assert!(error.to_string().contains("is in use by another program"), "{error}");
    let error = bind("192.0.2.1:1".parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, BindError::NotHere(_) | BindError::Denied(_)), "{error}");
}

#[tokio::test]
async fn the_door_closes_at_once_when_nobody_is_in_it() {
    let mut world = World::new().await;
    world.get("eth_chainId", json!([])).await;
    let idle = TcpStream::connect(world.address).await.unwrap();
    timeout(Duration::from_millis(limits::RPC_SHUTDOWN_MS - 500), world.stop()).await.unwrap();
    drop(idle);
    assert!(TcpStream::connect(world.address).await.is_err());
}
