//! One file per command.

pub mod bench;
pub mod calendar;
pub mod check;
pub mod demo;
mod desk;
pub mod dev;
pub mod evidence;
pub mod export_abi;
pub mod filing;
pub mod identity;
pub mod init;
pub mod keys;
mod lists;
mod named;
pub mod node;
pub mod order;
pub mod outside;
pub mod pilot;
#[cfg(test)]
mod port;
pub mod readmodel;
mod sheet;
pub mod status;
pub mod verify;
pub mod vote;
mod words;

pub(crate) use desk::COMMON;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
};

/// Runs a command.
///
/// # Errors
///
/// What the command failed of.
pub fn run(cli: Cli) -> Result<(), Failure> {
    let json = cli.json;
    match cli.command {
        Command::Dev(args) => dev::run(args, json),
        Command::Demo(args) => demo::run(args, json),
        Command::Init(args) => init::run(args, json),
        Command::Node(args) => node::run(args, json),
        Command::Keys(args) => keys::run(args, json),
        Command::Evidence(args) => evidence::run(args, json),
        Command::Filing(args) => filing::run(args, json),
        Command::Pilot(args) => pilot::run(args, json),
        Command::Verify(args) => verify::run(args, json),
        Command::Calendar(args) => calendar::run(args, json),
        Command::Identity(args) => identity::run(args, json),
        Command::Order(args) => order::run(args, json),
        Command::Vote(args) => vote::run(args, json),
        Command::Status(args) => status::run(args, json),
        Command::ExportAbi(args) => export_abi::run(args, json),
        Command::Readmodel(args) => readmodel::run(args, json),
        Command::Check(args) => check::run(args, json),
        Command::Bench(args) => bench::run(args, json),
    }
}
