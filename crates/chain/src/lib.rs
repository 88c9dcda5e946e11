//! One chain as one member runs it.
pub mod reader;
