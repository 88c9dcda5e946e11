//! The read model from outside: blocks in, answers out.

#[path = "../support/chain.rs"]
mod chain;
mod evidence;
mod files;
mod follow;
mod logs;
mod rebuild;
mod support;
