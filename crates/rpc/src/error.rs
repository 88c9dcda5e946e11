//! What went wrong, in the numbers and words that Ethereum tools know.
//!
//! Numbers come from [`ding_primitives::codes`] (JSON-RPC 2.0, EIP-1474). Libraries recognise some
//! refusals by their text, so those texts are part of the interface: ethers v6 looks for "nonce …
//! too low", "insufficient funds", "replacement transaction … underpriced" and "only
//! replay-protected"; viem for "nonce too high", "already known", "intrinsic gas too low",
//! "transaction type not valid" and "execution reverted"; web3.py for code 3 with revert data.

use ding_primitives::{
    Bytes, Height,
    codes::{self, Code},
    limits,
    ports::ReadError,
    transaction::TransactionError,
};
use ding_readmodel::QueryError;
use std::{borrow::Cow, io};

/// A JSON-RPC error object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// Number, name and remedy.
    pub code: Code,
    /// What happened, with numbers, and what to do.
    pub message: Cow<'static, str>,
    /// Revert data, if an execution was reverted.
    pub data: Option<Bytes>,
}

impl core::fmt::Display for RpcError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.message, self.code.number)
    }
}

impl core::error::Error for RpcError {}

impl RpcError {
    /// An error with a code and a text.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    pub(crate) fn params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(codes::INVALID_PARAMS, message)
    }

    /// The caller learns that it was us; the operator learns what it was.
    pub(crate) fn internal(what: &str, error: impl core::fmt::Display) -> Self {
        tracing::error!(%error, "rpc: {what} failed");
        Self::new(
            codes::INTERNAL,
            format!("{what} failed inside the node; its operator finds the cause in the log"),
        )
    }

    /// An execution ended with revert data.
    pub(crate) fn reverted(data: Bytes) -> Self {
        let message = match ding_modules::decode_revert(&data) {
            Some(reason) => format!("execution reverted: {reason}").into(),
            None => Cow::Borrowed("execution reverted"),
        };
        Self { code: codes::EXECUTION_REVERTED, message, data: Some(data) }
    }

    /// The state after a block that is not the latest.
    pub(crate) fn state_not_kept(asked: Height, latest: Height) -> Self {
        if asked > latest {
            return Self::unknown_block(&format!("block {asked}"), latest);
        }
        Self::new(
            codes::RESOURCE_NOT_FOUND,
            format!(
                "historical state of block {asked} is not available: this node keeps the state after its latest \
                 final block, now {latest}; ask for \"latest\""
            ),
        )
    }

    pub(crate) fn unknown_block(which: &str, latest: Height) -> Self {
        Self::new(
            codes::RESOURCE_NOT_FOUND,
            format!("header not found: {which} is not known here; the latest final block is {latest}"),
        )
    }

    pub(crate) fn answer_too_large() -> Self {
        Self::new(
            codes::LIMIT_EXCEEDED,
            format!(
                "the answer is larger than {} bytes; ask for less at once",
                limits::RPC_RESPONSE_BYTES_MAX
            ),
        )
    }

    pub(crate) const fn busy() -> Self {
        Self {
            code: codes::LIMIT_EXCEEDED,
            message: Cow::Borrowed(
                "the node holds as many requests and answers as it may; try again in a moment",
            ),
            data: None,
        }
    }

    /// Writes the error object.
    pub(crate) fn write(&self, out: &mut impl io::Write) -> io::Result<()> {
        write!(out, "{{\"code\":{},\"message\":", self.code.number)?;
        serde_json::to_writer(&mut *out, &self.message)?;
        if let Some(data) = &self.data {
            out.write_all(b",\"data\":")?;
            serde_json::to_writer(&mut *out, data)?;
        }
        out.write_all(b"}")
    }
}

impl From<ReadError> for RpcError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Stale => Self::new(
                codes::RESOURCE_UNAVAILABLE,
                "blocks kept arriving while the state was read; try again",
            ),
            ReadError::Cancelled => Self::new(
                codes::RESOURCE_UNAVAILABLE,
                "the read was given up, probably because the node stops; try again",
            ),
            ReadError::Failed(cause) => Self::internal("reading the store", cause),
        }
    }
}

impl From<TransactionError> for RpcError {
    fn from(error: TransactionError) -> Self {
        let message = match &error {
            TransactionError::UnsupportedType(_) => {
                format!("transaction type not valid in this context: {error}")
            }
            TransactionError::Unprotected(_) => {
                format!("only replay-protected (EIP-155) transactions allowed over RPC: {error}")
            }
            TransactionError::WrongChain { .. } => format!("invalid chain id for signer: {error}"),
            other => other.to_string(),
        };
        Self::new(codes::INVALID_INPUT, message)
    }
}

impl From<QueryError> for RpcError {
    fn from(error: QueryError) -> Self {
        let code = match &error {
            QueryError::TooMany { limit } => {
                // Tools that split a range by themselves look for this text.
                let message = format!("query returned more than {limit} results: {error}");
                return Self::new(codes::LIMIT_EXCEEDED, message);
            }
            QueryError::TooLarge { .. } | QueryError::TooSlow { .. } => codes::LIMIT_EXCEEDED,
            QueryError::Busy { .. } | QueryError::Behind { .. } | QueryError::Rebuilding => {
                codes::RESOURCE_UNAVAILABLE
            }
            QueryError::Invalid(_) => codes::INVALID_PARAMS,
            _ => return Self::internal("asking the read model", error),
        };
        Self::new(code, error.to_string())
    }
}

impl From<ding_execution::admission::Refusal> for RpcError {
    fn from(refusal: ding_execution::admission::Refusal) -> Self {
        Self::new(codes::TRANSACTION_REJECTED, refusal.to_string())
    }
}
