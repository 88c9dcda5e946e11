//! The read model from outside: blocks in, answers out.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "for tests; numbers are small")]

#[path = "../support/chain.rs"]
mod chain;
mod evidence;
mod files;
mod follow;
mod logs;
mod rebuild;
mod rows;
#[path = "../support/story.rs"]
mod story;
mod supervision;
mod support;
