//! Public error codes: JSON-RPC number, name, one-line remedy.
//!
//! Numbers follow JSON-RPC 2.0 section 5.1 and EIP-1474.

/// A public error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// JSON-RPC error number.
    pub number: i32,
    /// Stable name, for scripts.
    pub name: &'static str,
    /// What the caller can do.
    pub remedy: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $id:ident = $number:literal, $name:literal, $remedy:literal;)*) => {
        $($(#[$doc])* pub const $id: Code = Code { number: $number, name: $name, remedy: $remedy };)*
        /// Every public code.
        pub const ALL: &[Code] = &[$($id),*];
    };
}

codes! {
    /// The bytes are not JSON.
    PARSE = -32700, "parse_error", "send valid JSON";
    /// The JSON is not a request.
    INVALID_REQUEST = -32600, "invalid_request", "send a JSON-RPC 2.0 request object";
    /// No such method.
    METHOD_NOT_FOUND = -32601, "method_not_found", "see docs for the methods this node serves";
    /// A parameter is missing or malformed.
    INVALID_PARAMS = -32602, "invalid_params", "correct the named parameter";
    /// Something failed inside the node.
    INTERNAL = -32603, "internal_error", "try again; the operator finds the cause in the node's log";
    /// The input is well-formed but not acceptable.
    INVALID_INPUT = -32000, "invalid_input", "correct the input";
    /// What was asked for is not there, or no longer.
    RESOURCE_NOT_FOUND = -32001, "resource_not_found", "ask for a block this node keeps";
    /// It is there but cannot be used now.
    RESOURCE_UNAVAILABLE = -32002, "resource_unavailable", "try again later";
    /// The transaction was refused.
    TRANSACTION_REJECTED = -32003, "transaction_rejected", "correct the transaction and send it again";
    /// The node does not offer this.
    METHOD_NOT_SUPPORTED = -32004, "method_not_supported", "ask a node that offers it";
    /// A limit of the node was reached.
    LIMIT_EXCEEDED = -32005, "limit_exceeded", "ask for less at once";
    /// The execution was reverted by a contract or module.
    EXECUTION_REVERTED = 3, "execution_reverted", "read the revert data in error.data";
}
