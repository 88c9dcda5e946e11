//! One member of a ledger on its machine.
//!
//! Read in this order: [`config`] (its folder), [`start`] (wires it from top to bottom and runs it),
//! [`offline`] (what is done with it while it does not run), [`failure`] (how any of it fails a command).
//!
//! The engine under all of this is generic over what it runs on, and is made concrete here and
//! nowhere above: that is most of what there is to compile, and the commands are not to wait for it.

pub mod config;
pub mod failure;
pub mod offline;
pub mod start;
