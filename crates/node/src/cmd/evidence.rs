//! `ding evidence`: put digests of files on the ledger, look them up, take proofs away.
//!
//! [`file`] reads files, [`manifest`] remembers the files of a batch, [`ledger`] talks to a member;
//! one file for each command.

mod deposit;
pub(super) mod file;
#[cfg(test)]
pub(super) mod harbour;
mod ledger;
pub(super) mod manifest;
mod prove;
mod show;
#[cfg(test)]
pub(super) mod town;

use crate::{
    client::{Client, Endpoint, block_on},
    failure::Failure,
    text::both_times,
    wallet::{DEFAULT_ACCOUNTS, PassphraseArgs},
};
use clap::Subcommand;
use ding_modules::evidence::{Kind, abi::IEvidence::Record};
use ding_primitives::{Address, B256};
use std::path::PathBuf;

/// Deposit, prove and look up evidence.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding evidence deposit report.pdf                 record that you have this file now\n  ding evidence deposit --batch photos/*.jpg       the same for many files, by one Merkle root\n  ding evidence prove report.pdf                   write report.pdf.ding, a proof to take away\n  ding evidence prove photos/7.jpg                 a file of a batch: finds the manifest beside it\n  ding evidence prove other.pdf --absent           prove that nobody deposited this file\n  ding evidence show report.pdf                    who deposited it first, when, who attested\n  ding verify report.pdf.ding report.pdf           check the proof, offline"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Record the digests of files; the files themselves stay here.
    Deposit(Deposit),
    /// Write a proof package that anyone can check offline.
    Prove(Prove),
    /// Show what the ledger knows of a file or digest.
    Show(Show),
}

#[derive(Debug, clap::Args)]
struct Deposit {
    /// Files to deposit.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Who signs: an account, a key file, or the name of one. Development chains sign with their
    /// first test account if this is absent.
    #[arg(long, value_name = "ACCOUNT|FILE")]
    key: Option<String>,
    /// Folder of the key files.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ACCOUNTS)]
    accounts: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// What kind of files these are, by name or number.
    #[arg(long, value_name = "KIND", default_value = "document", value_parser = parse_kind, long_help = kinds())]
    kind: Kind,
    /// The report on how the files came about, or its SHA-256 digest. Kinds captured by forensic
    /// custody are refused without.
    #[arg(long, value_name = "FILE|DIGEST")]
    provenance: Option<String>,
    /// What you refer to: a random number or a digest of 32 bytes in hexadecimal, never a name.
    #[arg(long, value_name = "HEX64", value_parser = parse_word)]
    reference: Option<B256>,
    /// Your own number of this deposit: sent again it changes nothing, with other content it is
    /// refused. 64 hexadecimal digits are taken as they are, of other text the SHA-256.
    #[arg(long, value_name = "ID")]
    operation: Option<String>,
    /// Deposit all files together, by the root of their Merkle tree. More than 64 files always are.
    #[arg(long)]
    batch: bool,
    /// Where to write the list of the files of a batch; beside the first file if absent.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Deposit again what is recorded already. The first deposit stays what it is.
    #[arg(long)]
    again: bool,
    /// Wait so many seconds for the final receipt.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

#[derive(Debug, clap::Args)]
struct Prove {
    /// The file, or its SHA-256 digest.
    #[arg(value_name = "FILE|DIGEST")]
    subject: String,
    #[command(flatten)]
    endpoint: Endpoint,
    /// Where to write the package; FILE.ding if absent.
    #[arg(short, long, value_name = "PACKAGE")]
    output: Option<PathBuf>,
    /// The list of the files of the batch that the file was deposited with; looked for beside the
    /// file if absent.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Prove that nobody deposited this file by itself up to the latest final block. Batches may
    /// hold it all the same: the ledger knows their roots only.
    #[arg(long, conflicts_with = "manifest")]
    absent: bool,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// The file, its SHA-256 digest, its SM3 digest, or the root of a batch.
    #[arg(value_name = "FILE|DIGEST")]
    subject: String,
    #[command(flatten)]
    endpoint: Endpoint,
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    match args.what {
        What::Deposit(args) => {
            let client = Client::new(&args.endpoint.rpc)?;
            block_on(deposit::run(&args, client, json))?
        }
        What::Prove(args) => {
            let client = Client::new(&args.endpoint.rpc)?;
            block_on(prove::run(&args, client, json))?
        }
        What::Show(args) => {
            let client = Client::new(&args.endpoint.rpc)?;
            block_on(show::run(&args, client, json))?
        }
    }
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    let by_number = || text.parse().ok().and_then(Kind::from_number);
    Kind::from_name(text).or_else(by_number).ok_or_else(kinds)
}

fn kinds() -> String {
    let list = Kind::ALL.map(|kind| format!("{} {}", kind.number(), kind.name()));
    format!("kinds are: {}", list.join(", "))
}

/// 32 bytes in hexadecimal, with or without 0x.
fn parse_word(text: &str) -> Result<B256, String> {
    text.parse().map_err(|_| {
        format!("want 64 hexadecimal digits, not {} characters of other text", text.chars().count())
    })
}

/// What the subject of a command is: a digest, or the path of a file.
enum Subject {
    Digest(B256),
    File(PathBuf),
}

impl Subject {
    fn of(text: &str) -> Self {
        let path = PathBuf::from(text);
        // A file of this name is what a person means, whatever it looks like.
        match parse_word(text) {
            Ok(digest) if !path.exists() => Self::Digest(digest),
            _ => Self::File(path),
        }
    }
}

/// Who deposited first and when, in a sentence.
fn first_deposit(record: &Record) -> String {
    let Record { depositor, height, timestampMs, .. } = record;
    stamp(depositor, *height, *timestampMs)
}

fn stamp(who: &Address, height: u64, timestamp_ms: u64) -> String {
    format!("by {who}\nin block {height}\nat {}", both_times(timestamp_ms))
}

/// The name of a kind of file.
pub(super) fn kind_name(kind: u8) -> String {
    Kind::from_number(kind).map_or_else(|| format!("kind {kind}"), |kind| kind.name().to_owned())
}

#[cfg(test)]
mod tests;
