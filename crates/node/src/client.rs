//! A JSON-RPC client over plain HTTP/1.1, for commands that ask a running member.
//!
//! One connection, kept open between calls and opened again when the member closed it. Every wait
//! and every answer is bounded, and every way to fail says what to do.

use crate::failure::Failure;
use alloy_primitives::U64;
use ding_primitives::{B256, Bytes, codes, limits};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::{CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use std::{
    fmt,
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::{net::TcpStream, sync::Mutex, time::timeout};

/// Where a member listens unless told otherwise.
pub(crate) const DEFAULT_URL: &str = "http://127.0.0.1:8545";

/// The parameters of a call that takes none.
pub(crate) const NO_PARAMS: [(); 0] = [];

/// A connection that takes longer is given up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An answer that takes longer is given up.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How the message of a reverted execution begins.
const REVERTED: &str = "execution reverted";
/// Characters shown of a page that is no JSON-RPC answer.
const SHOWN_CHARS: usize = 200;
/// Characters shown of an error that a member tells.
const MESSAGE_CHARS: usize = 2_000;

/// Which member to ask.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Endpoint {
    /// JSON-RPC address of a member; add /rpc/<chain> for a chain other than its first.
    #[arg(long, value_name = "URL", env = "DING_RPC", default_value = DEFAULT_URL)]
    pub(crate) rpc: String,
}

/// Who a chain is, as `ding_chain` tells.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Chain {
    /// Its name.
    #[serde(deserialize_with = "told")]
    pub(crate) name: String,
    /// Its Ethereum chain id.
    pub(crate) chain_id: U64,
    /// Its public key, 96 bytes.
    pub(crate) public_key: Bytes,
    /// Hash of block 0.
    pub(crate) genesis_hash: B256,
    /// Those who vote.
    pub(crate) members: Vec<Member>,
    /// How many of them may fail in any way.
    pub(crate) faults_tolerated: u64,
    /// Whether its test accounts sign.
    pub(crate) development: bool,
}

/// One of those who vote.
#[derive(Clone, Debug, serde::Deserialize)]
pub(crate) struct Member {
    /// What people call it.
    #[serde(deserialize_with = "told")]
    pub(crate) name: String,
    /// Its ed25519 key.
    pub(crate) key: B256,
}

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CallError {
    /// Nobody listens there, or the connection broke.
    #[error(
        "cannot reach {url}: {reason}; start a ledger with `ding demo` or `ding dev`, or name a member with --rpc URL"
    )]
    Unreachable {
        /// Whom we called.
        url: String,
        /// What the system said.
        reason: String,
    },
    /// The answer is no JSON-RPC.
    #[error("{url} answered HTTP {status}: {text}; is this the JSON-RPC address of a member?")]
    Status {
        /// Whom we called.
        url: String,
        /// Status of the answer.
        status: StatusCode,
        /// Start of its body.
        text: String,
    },
    /// The result has another shape than asked for.
    #[error("{url} answered {method} with something else than expected: {reason}")]
    Shape {
        /// Whom we called.
        url: String,
        /// What was called.
        method: String,
        /// What does not fit.
        reason: String,
    },
    /// The member refused.
    #[error("{0}")]
    Refused(Refused),
}

/// A JSON-RPC error object.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// What was called.
    pub(crate) method: String,
    /// JSON-RPC error number.
    pub(crate) code: i64,
    /// What the member said.
    pub(crate) message: String,
    /// Revert data, if an execution was reverted.
    pub(crate) data: Option<Bytes>,
}

impl fmt::Display for Refused {
    /// Where a module or the door says why, number and method would only stand in the way of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, code, message, data } = self;
        let says_something = |text: &&str| !text.trim().is_empty();
        if *code == i64::from(codes::TRANSACTION_REJECTED.number) && says_something(&message.as_str()) {
            return f.write_str(message);
        }
        if *code == i64::from(codes::EXECUTION_REVERTED.number) {
            let spelled = message.strip_prefix(REVERTED).and_then(|rest| rest.strip_prefix(": "));
            let reason = data.as_ref().and_then(|data| ding_modules::decode_revert(data));
            // A contract may revert with an empty text.
            if let Some(reason) = reason.as_deref().or(spelled).filter(says_something) {
                return f.write_str(reason);
            }
        }
        write!(f, "{message} (JSON-RPC error {code} to {method})")
    }
}

/// Reads a text of the other side that people are shown.
///
/// # Errors
///
/// It is no text.
pub(crate) fn told<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(shown(&String::deserialize(deserializer)?, MESSAGE_CHARS))
}

/// The same where there may be none.
///
/// # Errors
///
/// It is no text.
pub(crate) fn maybe_told<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.map(|text| shown(&text, MESSAGE_CHARS)))
}

/// Text of the other side on one line, cut, and unable to steer a terminal.
fn shown(text: &str, chars_max: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(chars_max).collect()
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Unreachable { .. } => Self::Unreachable(error.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// Asks one member.
#[derive(Debug)]
pub(crate) struct Client {
    url: String,
    host: String,
    port: u16,
    authority: String,
    path: String,
    connection: Mutex<Option<SendRequest<Full<hyper::body::Bytes>>>>,
    calls: AtomicU64,
}

impl Client {
    /// Reads the address; connects with the first call.
    ///
    /// # Errors
    ///
    /// [`Failure::Input`] if the address is none that this client can call.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            Failure::Input(format!("{url:?} is not an address to call: {why}; want {DEFAULT_URL}"))
        };
        let text = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let uri: Uri = text.parse().map_err(|error| refuse(&format!("{error}")))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return Err(refuse(
                    "https is not spoken here; call a member of your own over http://, or through a tunnel",
                ));
            }
            _ => return Err(refuse("it must begin with http://")),
        }
        let authority = uri.authority().ok_or_else(|| refuse("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(refuse("user names and passwords are not sent"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err(refuse("it names no host"));
        }
        let has_port = authority.as_str().len() > authority.host().len();
        let port = match authority.port_u16() {
            Some(port) => port,
            None if has_port => return Err(refuse("its port is not a number from 1 to 65535")),
            None => 80,
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self {
            host: host.to_owned(),
            port,
            authority: authority.to_string(),
            path: path.to_owned(),
            url: text,
            connection: Mutex::default(),
            calls: AtomicU64::default(),
        })
    }

    /// The address as called.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Who the chain is.
    ///
    /// # Errors
    ///
    /// The member does not answer, or is of another kind of ledger.
    pub(crate) async fn chain(&self) -> Result<Chain, Failure> {
        self.call("ding_chain", NO_PARAMS).await.map_err(|error| {
            if error.is_unknown_method() {
                let url = &self.url;
                return Failure::Failed(format!("{url} is an Ethereum node of another kind: it has no method ding_chain; name a member of a ding ledger with --rpc URL"));
            }
            error.into()
        })
    }

    /// Calls a method; `params` serializes as the array of its parameters.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: impl Serialize,
    ) -> Result<T, CallError> {
        #[derive(Serialize)]
        struct Call<'a, P> {
            jsonrpc: &'a str,
            id: u64,
            method: &'a str,
            params: P,
        }

        let shape =
            |reason: String| CallError::Shape { url: self.url.clone(), method: method.into(), reason };
        let id = self.calls.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::to_vec(&Call { jsonrpc: "2.0", id, method, params })
            .map_err(|error| shape(format!("cannot write the call: {error}")))?;
        let (status, bytes) = match timeout(ANSWER_TIMEOUT, self.post(body.into())).await {
            Ok(answer) => answer?,
            Err(_) => {
                *self.connection.lock().await = None;
                return Err(
                    self.unreachable(format!("no answer to {method} within {} s", ANSWER_TIMEOUT.as_secs()))
                );
            }
        };
        self.read(method, id, status, &bytes)
    }

    /// Sends one request and takes the whole answer.
    async fn post(&self, body: hyper::body::Bytes) -> Result<(StatusCode, hyper::body::Bytes), CallError> {
        let mut kept = self.connection.lock().await;
        loop {
            let (mut connection, is_fresh) = match kept.take() {
                Some(connection) => (connection, false),
                None => (self.connect().await?, true),
            };
            let answer = match connection.ready().await {
                Ok(()) => connection.send_request(self.request(body.clone())?).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => {
                    let answer = self.take(answer).await?;
                    *kept = Some(connection);
                    return Ok(answer);
                }
                Err(error) if is_fresh => return Err(self.unreachable(error)),
                // The member closed the kept connection meanwhile. A call that was sent twice does
                // no harm: a transaction is known by its hash.
                Err(_) => {}
            }
        }
    }

    async fn connect(&self) -> Result<SendRequest<Full<hyper::body::Bytes>>, CallError> {
        let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect((self.host.as_str(), self.port)))
            .await
            .map_err(|_| self.unreachable(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs())))?
            .map_err(|error| self.unreachable(error))?;
        // Small requests must not wait for each other's acknowledgements.
        let _ = stream.set_nodelay(true);
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.unreachable(error))?;
        // It ends when the sender is dropped or the member closes; senders see its errors.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    fn request(&self, body: hyper::body::Bytes) -> Result<Request<Full<hyper::body::Bytes>>, CallError> {
        Request::post(&self.path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| self.unreachable(error))
    }

    async fn take(
        &self,
        answer: hyper::Response<Incoming>,
    ) -> Result<(StatusCode, hyper::body::Bytes), CallError> {
        let status = answer.status();
        // The member's limit is for results; its envelope comes on top.
        let body = Limited::new(answer.into_body(), limits::RPC_RESPONSE_BYTES_MAX + 1024);
        let bytes = body.collect().await.map_err(|error| self.unreachable(error))?.to_bytes();
        Ok((status, bytes))
    }

    /// Reads the answer to a call.
    pub(crate) fn read<T: DeserializeOwned>(
        &self,
        method: &str,
        id: u64,
        status: StatusCode,
        bytes: &[u8],
    ) -> Result<T, CallError> {
        #[derive(serde::Deserialize)]
        struct Answer<'a> {
            id: Option<u64>,
            #[serde(borrow)]
            result: Option<&'a RawValue>,
            error: Option<ErrorObject>,
        }

        #[derive(serde::Deserialize)]
        struct ErrorObject {
            code: i64,
            message: String,
            #[serde(default)]
            data: serde_json::Value,
        }

        // Errors of serde quote what they read.
        let shape = |reason: String| CallError::Shape {
            url: self.url.clone(),
            method: method.into(),
            reason: shown(&reason, MESSAGE_CHARS),
        };
        let answer: Answer<'_> = match serde_json::from_slice(bytes) {
            Ok(answer) => answer,
            Err(_) if !status.is_success() => {
                let text = shown(&String::from_utf8_lossy(bytes), SHOWN_CHARS);
                return Err(CallError::Status { url: self.url.clone(), status, text });
            }
            Err(error) => return Err(shape(format!("no JSON-RPC answer ({error})"))),
        };
        if let Some(ErrorObject { code, message, data }) = answer.error {
            let data = data.as_str().and_then(|text| text.parse().ok());
            let message = shown(&message, MESSAGE_CHARS);
            return Err(CallError::Refused(Refused { method: method.into(), code, message, data }));
        }
        if answer.id != Some(id) {
            return Err(shape("the answer is to another call".into()));
        }
        // An absent result and `null` are the same.
        let result = answer.result.map_or("null", RawValue::get);
        serde_json::from_str(result).map_err(|error| shape(error.to_string()))
    }

    fn unreachable(&self, reason: impl core::fmt::Display) -> CallError {
        CallError::Unreachable { url: self.url.clone(), reason: reason.to_string() }
    }
}

impl CallError {
    /// Whether the other side does not know the method: it is no member of this kind of ledger.
    pub(crate) fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Refused(refused) if refused.code == i64::from(codes::METHOD_NOT_FOUND.number))
    }

    /// Whether the member refused with a text that contains this.
    pub(crate) fn says(&self, text: &str) -> bool {
        matches!(self, Self::Refused(refused) if refused.message.contains(text))
    }
}

/// Runs a future to its end on this thread.
///
/// # Errors
///
/// [`Failure::Failed`] if the system gives no event loop.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("cannot start an event loop: {error}")))?;
    Ok(runtime.block_on(future))
}

#[cfg(test)]
mod tests;
