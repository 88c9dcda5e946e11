//! JSON-RPC over one kept-open HTTP/1.1 connection.
//!
//! On `hyper`'s bare connection, without pool, redirects or TLS: each task of the generator owns
//! its connection, so that little of the machine is spent on asking.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{str::FromStr, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// Bytes of one answer. A block's receipts are the largest.
const ANSWER_BYTES_MAX: usize = 512 * 1024 * 1024;
/// An endpoint that does not answer within this time counts as failed.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Where an endpoint is, taken from `http://host:port/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Host name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    path: String,
}

/// Why a request gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Not an address this generator can speak to.
    #[error("{0:?} is no address of an endpoint; write http://host:port or http://host:port/path")]
    Address(String),
    /// No connection, or it broke.
    #[error("no answer from {endpoint}: {reason}")]
    Connection {
        /// Whom we asked.
        endpoint: String,
        /// What the network said.
        reason: String,
    },
    /// An answer that is not HTTP 200.
    #[error("HTTP status {0}")]
    Status(u16),
    /// Not JSON-RPC.
    #[error("the answer does not parse: {0}")]
    Malformed(String),
    /// The endpoint refused.
    #[error("{message}")]
    Rpc {
        /// JSON-RPC error number.
        code: i64,
        /// The endpoint's words.
        message: String,
    },
}

impl FromStr for Endpoint {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        let wrong = || ClientError::Address(text.into());
        let rest = text.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() => (host, port.parse().map_err(|_| wrong())?),
            _ => (authority, 80),
        };
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_name = !host.is_empty() && !host.contains([':', '@', '[', ']']);
        let host = bracketed.unwrap_or(host);
        if !is_name && bracketed.is_none_or(|host| host.parse::<std::net::Ipv6Addr>().is_err()) {
            return Err(wrong());
        }
        Ok(Self { host: host.into(), port, path: path.into() })
    }
}

impl core::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "http://{open}{}{close}:{}{}", self.host, self.port, self.path)
    }
}

/// One answer of a batch.
#[derive(Deserialize)]
pub(super) struct Answer<R> {
    pub(super) id: u64,
    #[serde(default = "Option::default")]
    pub(super) result: Option<R>,
    #[serde(default)]
    pub(super) error: Option<AnswerError>,
}

#[derive(Deserialize)]
pub(super) struct AnswerError {
    pub(super) code: i64,
    pub(super) message: String,
}

impl From<AnswerError> for ClientError {
    fn from(AnswerError { code, message }: AnswerError) -> Self {
        Self::Rpc { code, message }
    }
}

/// One connection to an endpoint, opened when it is needed.
pub(super) struct Client {
    endpoint: Endpoint,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    pub(super) const fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, connection: None }
    }

    fn failed(&self, reason: impl core::fmt::Display) -> ClientError {
        ClientError::Connection { endpoint: self.endpoint.to_string(), reason: reason.to_string() }
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        let address = (self.endpoint.host.as_str(), self.endpoint.port);
        let stream = TcpStream::connect(address).await.map_err(|error| self.failed(error))?;
        stream.set_nodelay(true).map_err(|error| self.failed(error))?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.failed(error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
        Ok(sender)
    }

    /// Sends a body and returns the answer's. A connection that broke is opened again by the next
    /// call.
    pub(super) async fn post(&mut self, body: Bytes) -> Result<Bytes, ClientError> {
        match timeout(ANSWER_TIMEOUT, self.exchange(body)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.failed(format!("none within {} s", ANSWER_TIMEOUT.as_secs()))),
        }
    }

    async fn exchange(&mut self, body: Bytes) -> Result<Bytes, ClientError> {
        // Taken, and put back only after a whole answer: a call that ends early leaves no half-read
        // connection behind.
        let mut open = self.connection.take();
        if let Some(connection) = &mut open
            && connection.ready().await.is_err()
        {
            open = None;
        }
        let mut connection = match open {
            Some(open) => open,
            None => self.connect().await?,
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.endpoint.path)
            .header(HOST, format!("{}:{}", self.endpoint.host, self.endpoint.port))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| self.failed(error))?;
        let answer = connection.send_request(request).await.map_err(|error| self.failed(error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| self.failed(error))?.to_bytes();
        self.connection = Some(connection);
        if status == 200 { Ok(body) } else { Err(ClientError::Status(status)) }
    }

    /// Calls one method.
    pub(super) async fn call<R: DeserializeOwned>(
        &mut self,
        method: &str,
        parameters: Value,
    ) -> Result<R, ClientError> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let body = self.post(request.to_string().into()).await?;
        // `null` is a result, too: the type says whether it may be one.
        let answer: Answer<Value> = parse(&body)?;
        match answer.error {
            Some(error) => Err(error.into()),
            None => serde_json::from_value(answer.result.unwrap_or(Value::Null))
                .map_err(|error| ClientError::Malformed(format!("{method}: {error}"))),
        }
    }

    /// Calls one method several times in one request; the answers come in the order of `parameters`.
    pub(super) async fn batch<R: DeserializeOwned>(
        &mut self,
        method: &str,
        parameters: Vec<Value>,
    ) -> Result<Vec<Result<R, ClientError>>, ClientError> {
        let count = parameters.len();
        let requests: Vec<Value> = parameters
            .into_iter()
            .enumerate()
            .map(|(id, params)| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .collect();
        let body = self.post(Value::Array(requests).to_string().into()).await?;
        let mut answers: Vec<Answer<R>> = parse(&body)?;
        answers.sort_unstable_by_key(|answer| answer.id);
        if answers.len() != count {
            return Err(ClientError::Malformed(format!("{} answers to {count} calls", answers.len())));
        }
        let missing = || ClientError::Malformed("neither result nor error".into());
        Ok(answers
            .into_iter()
            .map(|answer| match answer.error {
                Some(error) => Err(error.into()),
                None => answer.result.ok_or_else(missing),
            })
            .collect())
    }
}

/// Reads one answer or a list of answers.
pub(super) fn parse<'a, R: Deserialize<'a>>(body: &'a [u8]) -> Result<R, ClientError> {
    serde_json::from_slice(body).map_err(|error| {
        let head = String::from_utf8_lossy(body.get(..200).unwrap_or(body));
        ClientError::Malformed(format!("{error}; it begins with {head:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written_back() {
        for (text, host, port) in [
            ("http://127.0.0.1:8545/", "127.0.0.1", 8545),
            ("http://[::1]:80/rpc/harbour", "::1", 80),
            ("http://node-1:1/", "node-1", 1),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(
                (endpoint.host.as_str(), endpoint.port, endpoint.to_string().as_str()),
                (host, port, text)
            );
        }
        assert_eq!("http://localhost".parse::<Endpoint>().unwrap().port, 80);
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        for text in [
            "",
            "localhost:8545",
            "https://localhost",
            "http://",
            "http://:1",
            "http://host:port",
            "http://a@b:1",
            "http://[b]:1",
        ] {
            let error = text.parse::<Endpoint>().unwrap_err().to_string();
            assert!(error.contains("http://host:port"), "{text}: {error}");
        }
    }
}
