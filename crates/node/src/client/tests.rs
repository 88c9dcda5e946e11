use super::*;
use crate::failure::Failure;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread,
};

/// A member made of canned answers: one connection for each list, an answer for each request.
/// Returns its address and, at the end, the bodies it got.
fn member(connections: Vec<Vec<(u16, String)>>) -> (String, thread::JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/rpc/harbour", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let mut bodies = Vec::new();
        for answers in connections {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            for (status, answer) in answers {
                let mut length = 0;
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                assert!(line.starts_with("POST /rpc/harbour HTTP/1.1"), "{line}");
                loop {
                    line.clear();
                    stream.read_line(&mut line).unwrap();
                    if line == "\r\n" {
                        break;
                    }
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                bodies.push(serde_json::from_slice(&body).unwrap());
                let head = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {}\r\n\r\n", answer.len());
                stream.get_mut().write_all((head + &answer).as_bytes()).unwrap();
            }
        }
        bodies
    });
    (url, served)
}

fn ask<T: DeserializeOwned>(status: u16, answer: &str) -> Result<T, CallError> {
    let (url, served) = member(vec![vec![(status, answer.to_owned())]]);
    let client = Client::new(&url).unwrap();
    let result = block_on(client.call("eth_blockNumber", [1])).unwrap();
    assert_eq!(
        served.join().unwrap(),
        [json!({"jsonrpc": "2.0", "id": 0, "method": "eth_blockNumber", "params": [1]})]
    );
    result
}

#[test]
fn a_result_comes_back_in_the_type_asked_for() {
    assert_eq!(ask::<String>(200, r#"{"jsonrpc":"2.0","id":0,"result":"0x1f"}"#).unwrap(), "0x1f");
    assert_eq!(ask::<Option<String>>(200, r#"{"jsonrpc":"2.0","id":0,"result":null}"#).unwrap(), None);
}

#[test]
fn a_refusal_carries_number_text_and_what_the_revert_data_means() {
    use alloy_sol_types::SolError as _;
    let data = Bytes::from(ding_modules::evidence::abi::IEvidence::ZeroDigest {}.abi_encode());
    let reason = ding_modules::decode_revert(&data).unwrap();
    let answer = json!({"jsonrpc": "2.0", "id": 0, "error": {"code": 3, "message": "execution reverted", "data": data}});
    let error = ask::<String>(200, &answer.to_string()).unwrap_err();
    // Number and method would only stand in the way of what the module says.
    assert_eq!(error.to_string(), reason);
    assert!(matches!(Failure::from(error), Failure::Failed(_)));
    // A member that explains by itself is not repeated.
    let answer = json!({"id": 0, "error": {"code": 3, "message": format!("execution reverted: {reason}"), "data": data}});
    let error = ask::<String>(200, &answer.to_string()).unwrap_err().to_string();
    assert_eq!(error, reason);
    // A text without a word keeps them, too.
    let empty = Bytes::from(alloy_sol_types::Revert::from("").abi_encode());
    let answer = json!({"id": 0, "error": {"code": 3, "message": "execution reverted", "data": empty}});
    let error = ask::<String>(200, &answer.to_string()).unwrap_err().to_string();
    assert!(error.starts_with("execution reverted (JSON-RPC error 3"), "{error}");
    let error = ask::<String>(200, r#"{"id":0,"error":{"code":-32003,"message":" "}}"#).unwrap_err();
    assert!(error.to_string().contains("JSON-RPC error -32003"), "{error}");
    // What no module said keeps them.
    let error = ask::<String>(200, r#"{"id":0,"error":{"code":-32005,"message":"too many"}}"#).unwrap_err();
    assert_eq!(error.to_string(), "too many (JSON-RPC error -32005 to eth_blockNumber)");
    let error =
        ask::<String>(200, r#"{"id":0,"error":{"code":3,"message":"execution reverted"}}"#).unwrap_err();
    assert!(error.to_string().starts_with("execution reverted (JSON-RPC error 3"), "{error}");
}

#[test]
fn other_pages_are_named_with_their_status() {
    let error = ask::<String>(404, "<h1>not\nhere</h1>").unwrap_err().to_string();
    assert!(error.contains("HTTP 404 Not Found: <h1>not here</h1>"), "{error}");
    let refused = ask::<String>(503, r#"{"id":null,"error":{"code":-32005,"message":"busy"}}"#).unwrap_err();
    assert!(refused.says("busy"), "{refused}");
}

#[test]
fn answers_of_another_shape_or_to_another_call_are_refused() {
    for answer in ["[]", "not json", r#"{"id":7,"result":"0x1"}"#, r#"{"id":0,"result":[1]}"#, r#"{"id":0}"#]
    {
        let error = ask::<String>(200, answer).unwrap_err();
        assert!(matches!(error, CallError::Shape { .. }), "{answer}: {error}");
    }
    assert!(
        ask::<String>(200, r#"{"id":0,"error":{"code":-32601,"message":"?"}}"#)
            .unwrap_err()
            .is_unknown_method()
    );
}

#[test]
fn what_a_member_says_neither_steers_a_terminal_nor_fills_it() {
    let long = format!(r#"{{"id":0,"result":"\u001b[2J{}"}}"#, "x".repeat(100_000));
    let error = ask::<u64>(200, &long).unwrap_err().to_string();
    assert!(error.chars().count() < 4_000 && !error.contains(char::is_control), "{error}");
    let chain = json!({"name": "har\u{7}bour", "chainId": "0x1", "publicKey": "0x", "genesisHash": B256::ZERO,
        "members": [{"name": "\u{1b}[1mnotary", "key": B256::ZERO}], "faultsTolerated": 0, "development": false});
    let chain: Chain = ask(200, &json!({"id": 0, "result": chain}).to_string()).unwrap();
    assert_eq!((chain.name.as_str(), chain.members[0].name.as_str()), ("har bour", " [1mnotary"));
}

#[test]
fn nobody_listening_is_unreachable_and_says_how_to_start_a_ledger() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client::new(&format!("http://127.0.0.1:{port}")).unwrap();
    let error = block_on(client.call::<String>("eth_chainId", NO_PARAMS)).unwrap().unwrap_err();
    let Failure::Unreachable(text) = Failure::from(error) else { panic!("another failure") };
    assert!(text.contains("refused") && text.contains("ding demo") && text.contains("--rpc"), "{text}");
}

#[test]
fn a_connection_is_kept_and_opened_again_when_the_member_closed_it() {
    let answer = |id: u64| (200, json!({"id": id, "result": id}).to_string());
    let (url, served) = member(vec![vec![answer(0), answer(1)], vec![answer(2)]]);
    let client = Client::new(&url).unwrap();
    let results = block_on(async {
        let mut results = Vec::new();
        for _ in 0..3 {
            results.push(client.call::<u64>("eth_chainId", NO_PARAMS).await.unwrap());
        }
        results
    })
    .unwrap();
    assert_eq!(results, [0, 1, 2]);
    assert_eq!(served.join().unwrap().len(), 3);
}

#[test]
fn addresses_that_cannot_be_called_say_why() {
    let cases = [
        ("https://127.0.0.1:8545", "https"),
        ("ftp://host", "begin with http://"),
        ("http://user:pw@host", "passwords"),
        ("http://host:99999", "port"),
        ("http://", "not an address"),
        ("", "not an address"),
    ];
    for (url, want) in cases {
        let Err(Failure::Input(text)) = Client::new(url) else { panic!("{url} was accepted") };
        assert!(text.contains(want), "{url}: {text}");
    }
    let plain = Client::new("[::1]:8545/rpc/harbour").unwrap();
    assert_eq!((plain.host.as_str(), plain.port, plain.path.as_str()), ("::1", 8545, "/rpc/harbour"));
    let default = Client::new("http://localhost").unwrap();
    assert_eq!((default.host.as_str(), default.port, default.path.as_str()), ("localhost", 80, "/"));
}
