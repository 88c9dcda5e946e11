//! What Ethereum tools ask.

pub(crate) mod block;
pub(crate) mod call;
pub(crate) mod criteria;
pub(crate) mod fee;
pub(crate) mod filter;
pub(crate) mod logs;
pub(crate) mod read;
pub(crate) mod receipt;
pub(crate) mod submit;
pub(crate) mod subscribe;
