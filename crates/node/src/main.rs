//! `ding`: a supervised consortium ledger in one binary.
//!
//! [`cli`] names the commands, `cmd/` has one file for each, [`start`] wires a member from top to
//! bottom.

mod bench;
mod cli;
mod client;
mod cmd;
mod config;
mod failure;
mod start;
mod text;
mod wallet;

use clap::Parser as _;
use std::process::ExitCode;

/// A block allocates and frees on several threads; the system's allocator spent a tenth of the
/// time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Members allocate in small pieces all over: with huge pages the kernel clears 2 MiB for each
    // (-11 % CPU and -30 % memory for four members at saturation). Kernels without them refuse.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let cli = cli::Cli::parse();
    let json = cli.json;
    match cmd::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(json);
            failure.exit_code()
        }
    }
}
