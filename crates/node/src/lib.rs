//! `ding`: a supervised consortium ledger in one binary.
//!
//! `cli` names the commands, `cmd` has one file for each; the member that some of them run is in
//! [`ding_member`]. What is public here is for tests that start a member in their own process, and for those
//! that try its files on strange bytes.

mod bench;
mod cli;
mod client;
mod cmd;
mod records;
mod text;
mod wallet;

pub use ding_member::{config, failure, start};

pub use cmd::init::{
    AdmissionArg, Founded, FoundedOrganisation, Founding, FoundingArgs, Plan, found, write_network,
};
pub use cmd::outside;
pub use wallet::keystore;

use clap::Parser as _;
use std::process::ExitCode;

/// Runs the command that this process was started with.
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are answers, not errors.
        Err(error) if error.use_stderr() && std::env::args_os().any(|word| word == "--json") => {
            let failure = cli::misused(&error);
            failure.print(true);
            return failure.exit_code();
        }
        Err(error) => error.exit(),
    };
    let json = cli.json;
    match cmd::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(json);
            failure.exit_code()
        }
    }
}
