//! Chores of the workspace: `cargo xtask <chore>`.

use clap::{Parser, Subcommand};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

mod floors;
mod interfaces;
#[cfg(test)]
mod proofs;

/// Chores of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Compare the imports of every crate with floors.toml.
    Floors,
    /// Write the Solidity interfaces of the native modules into contracts/interfaces.
    Interfaces(interfaces::Options),
}

fn main() -> ExitCode {
    let root = root();
    let result = match Cli::parse().chore {
        Chore::Floors => floors::run(&root),
        Chore::Interfaces(options) => interfaces::run(&root, &options),
    };
    match result {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
