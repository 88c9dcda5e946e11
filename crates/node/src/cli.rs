//! The command line: every command, with examples.

use crate::{cmd, failure::Failure};
use clap::{Parser, Subcommand};

/// A supervised consortium ledger in one binary.
#[derive(Debug, Parser)]
#[command(name = "ding", version, about, long_about = None, propagate_version = true, max_term_width = 100,
    after_help = "Examples:\n  ding demo                          four members in one process, ready in seconds\n  ding dev                           one member, for contract developers\n  ding evidence deposit report.pdf   put a file's digest on the ledger\n  ding verify report.pdf.ding        check a proof, offline")]
pub struct Cli {
    /// Answer in JSON, for scripts.
    #[arg(long, global = true, help_heading = cmd::COMMON)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run one member: the chain a contract developer starts.
    Dev(cmd::dev::Args),
    /// Run a ledger of four members in this process.
    Demo(cmd::demo::Args),
    /// Write genesis, keys and one folder per member of a new ledger.
    Init(cmd::init::Args),
    /// Run one member from its folder.
    Node(cmd::node::Args),
    /// Make, list and import account keys (Ethereum keystore version 3).
    Keys(cmd::keys::Args),
    /// Deposit, prove and look up evidence.
    Evidence(cmd::evidence::Args),
    /// File blockchain information services, and everything that follows (Order No. 3).
    Filing(cmd::filing::Args),
    /// Recommend, list, follow and judge pilots of blockchain applications.
    Pilot(cmd::pilot::Args),
    /// Check a proof package without any network.
    Verify(cmd::verify::Args),
    /// Working days and deadlines, and the tables of years.
    Calendar(cmd::calendar::Args),
    /// Bind accounts to checked people and organisations; records and disclosures.
    Identity(cmd::identity::Args),
    /// Supervisory orders: draft, approve, answer, appeal, decide, lift, report.
    Order(cmd::order::Args),
    /// Propose, vote, and carry out what was approved.
    Vote(cmd::vote::Args),
    /// Show how a member is doing.
    Status(cmd::status::Args),
    /// Print the ABIs of the native modules.
    ExportAbi(cmd::export_abi::Args),
    /// Maintain the read model.
    Readmodel(cmd::readmodel::Args),
    /// Execute a stopped member's chain again from genesis and compare every root.
    Check(cmd::check::Args),
    /// Measure an Ethereum JSON-RPC endpoint under load.
    Bench(cmd::bench::Args),
}

/// What is wrong with a command line, without colours and the usage below it, for scripts.
pub(crate) fn misused(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let told = text.split("\n\nUsage:").next().unwrap_or_default();
    let told = told.split("\n\nFor more information").next().unwrap_or_default();
    let told = told.trim().trim_start_matches("error: ");
    Failure::Input(told.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod guides;
