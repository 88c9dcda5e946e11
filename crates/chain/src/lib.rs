//! One chain as one member runs it.
//!
//! Read in this order: [`types`] (the choices made once), [`genesis`] (block 0 and its keys),
//! [`bounds`] (how much of the chain is kept in memory), [`engine`] (the wiring), `application` (propose, check, finalize), `run` (where state meets
//! execution), `pace` (when a leader proposes), `gossip`, [`network`], and [`reader`], which is
//! all that the doors see.

pub mod application;
pub mod bounds;
pub mod channels;
pub mod engine;
mod executed;
pub mod genesis;
pub mod gossip;
mod hold;
mod look;
#[cfg(feature = "memo")]
pub mod memo;
mod met;
pub mod network;
mod pace;
pub mod reader;
mod recent;
pub mod replay;
mod run;
mod shared;
pub mod stored;
pub mod types;

pub use bounds::ChainLimits;
pub use reader::Reader;
