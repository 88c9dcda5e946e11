//! The door over real sockets, in front of a small chain in memory whose blocks are really
//! executed.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod calls;
mod ding;
mod filters;
mod hostile;
mod logs;
mod readmodel;
mod reads;
mod sockets;
mod speed;
mod submit;
mod supervised;
mod world;
