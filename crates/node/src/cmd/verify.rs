//! `ding verify`: checks a proof package, with nothing but the package, the chain's key and perhaps
//! the file in question.
//!
//! Exit code 0 means that everything holds. What does not hold is refuted (3) with its reason; what
//! cannot be read at all is wrong input (2).

use super::evidence::{
    file::{self, Digests},
    kind_name,
    manifest::{PathFile, read_bounded},
};
use crate::{
    failure::Failure,
    text::{both_times, grouped, say, say_json, table, time_json},
};
use ding_light::{ChainKey, Package, Proven, Reason, Verified, package::Block};
use ding_modules::evidence::{
    Opinion,
    events::{self, Event},
    state,
};
use ding_primitives::{B256, limits};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Check a proof package without any network.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding verify report.pdf.ding                                      what does this prove?\n  ding verify report.pdf.ding report.pdf                           is it about this very file?\n  ding verify report.pdf.ding report.pdf --chain-key 0x8a1f…       is it of the chain I trust?\n  ding verify report.pdf.ding --chain-key net/genesis.json --json  the same for scripts\n\nExit code 0: everything holds. 3: it does not, and the reason is told. 2: unreadable input."
)]
pub(crate) struct Args {
    /// The proof package (*.ding).
    package: PathBuf,
    /// The file that the package should be about.
    file: Option<PathBuf>,
    /// The chain's public key from a source that you trust: 192 hexadecimal digits, a file with
    /// them, or the chain's genesis file. Without it the package's own key is used, and the answer
    /// says so.
    #[arg(long, value_name = "HEX|FILE")]
    chain_key: Option<String>,
    /// The file's path to the root of its batch; PACKAGE.path.json if absent.
    #[arg(long, value_name = "FILE", requires = "file")]
    path: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// What does not hold, or cannot be read.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    let checked = check(&args)?;
    if json { say_json(&checked.json()) } else { say(&checked.text()) }
}

/// A package that holds.
#[derive(Debug)]
struct Checked {
    package: PathBuf,
    bytes: usize,
    verified: Verified,
    file: Option<CheckedFile>,
}

/// A file that the package is about.
#[derive(Debug)]
struct CheckedFile {
    digests: Digests,
    /// Position of the statement about it, from 0.
    statement: usize,
    about: About,
}

/// What a statement says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// It was deposited.
    Deposited,
    /// It is one of a batch that was deposited.
    InBatch { index: u32, count: u32 },
    /// It was attested.
    Attested,
    /// It was not deposited up to the block.
    Absent,
}

fn check(args: &Args) -> Result<Checked, Failure> {
    let shown = args.package.display();
    let bytes = read_bounded(&args.package, limits::PACKAGE_BYTES_MAX as u64)?;
    let key = args.chain_key.as_deref().map(chain_key).transpose()?;
    let refuse = |reason: Reason| match reason {
        Reason::NotAPackage | Reason::Version(_) | Reason::TooLarge(_) => {
            Failure::Input(format!("{shown}: {reason}"))
        }
        reason => Failure::Refuted(format!("{shown} does not hold: {reason}")),
    };
    let package = Package::from_bytes(&bytes).map_err(refuse)?;
    let verified = package.verify(key.as_ref()).map_err(refuse)?;
    let file = match &args.file {
        Some(path) => Some(check_file(args, &verified, file::one(path)?)?),
        None => None,
    };
    Ok(Checked { package: args.package.clone(), bytes: bytes.len(), verified, file })
}

/// The chain's key: digits, or a file with digits, bytes, or a genesis file.
fn chain_key(text: &str) -> Result<ChainKey, Failure> {
    let path = Path::new(text);
    if !path.is_file() {
        return text.parse().map_err(|error| {
            Failure::Input(format!("--chain-key {text:.20}: {error}, and there is no such file"))
        });
    }
    let named = |error: &dyn core::fmt::Display| Failure::Input(format!("--chain-key {text}: {error}"));
    let bytes = read_bounded(path, limits::GENESIS_BYTES_MAX as u64)?;
    if let Ok(key) = ChainKey::from_bytes(&bytes) {
        return Ok(key);
    }
    let content = core::str::from_utf8(&bytes).map_err(|error| named(&error))?;
    if !content.trim_start().starts_with('{') {
        return content.parse().map_err(|error| named(&error));
    }
    let value: Value = serde_json::from_str(content).map_err(|error| named(&error))?;
    let key = value.get("public_key").or_else(|| value.get("publicKey")).and_then(Value::as_str);
    key.ok_or_else(|| named(&"no public_key in it"))?.parse().map_err(|error| named(&error))
}

/// Finds the statement about the file.
fn check_file(args: &Args, verified: &Verified, digests: Digests) -> Result<CheckedFile, Failure> {
    let mut other = Vec::new();
    for (statement, proven) in verified.statements.iter().enumerate() {
        let about = match proven {
            Proven::Log { log, .. } => match events::decode(log) {
                Some(event) => check_event(args, &digests, &event, &mut other)?,
                None => None,
            },
            Proven::Slot { address, slot, .. } | Proven::Absent { address, slot }
                if *address == state::ADDRESS && *slot == state::record_slot(digests.sha256) =>
            {
                Some(if matches!(proven, Proven::Absent { .. }) { About::Absent } else { About::Deposited })
            }
            _ => None,
        };
        if let Some(about) = about {
            return Ok(CheckedFile { digests, statement, about });
        }
    }
    let (package, file, sha256) = (args.package.display(), digests.path.display(), digests.sha256);
    Err(Failure::Refuted(if other.is_empty() {
        format!("{package} holds, but it proves nothing about {file} (SHA-256 {sha256})")
    } else {
        format!(
            "{file} is not the file that {package} is about: its SHA-256 is {sha256}, the package proves {}",
            other.join(", ")
        )
    }))
}

/// What an event says of the file; its digest goes to `other` if it is about another file.
fn check_event(
    args: &Args,
    digests: &Digests,
    event: &Event,
    other: &mut Vec<String>,
) -> Result<Option<About>, Failure> {
    let (digest, sm3, count) = match event {
        Event::Deposited(event) => (event.digest, event.sm3, event.count),
        Event::DepositedAgain(event) => (event.digest, event.sm3, event.count),
        Event::OperationRepeated(event) => (event.digest, B256::ZERO, 1),
        Event::Attested(event) => (event.digest, B256::ZERO, 1),
    };
    if count > 1 {
        return check_batch(args, digests, digest, count, other);
    }
    if digest != digests.sha256 {
        other.push(digest.to_string());
        return Ok(None);
    }
    if !sm3.is_zero() && sm3 != digests.sm3 {
        return Err(Failure::Refuted(format!(
            "{} has the SHA-256 {digest} that was deposited, but its SM3 is {}, and {sm3} was deposited with it",
            digests.path.display(),
            digests.sm3
        )));
    }
    Ok(Some(if matches!(event, Event::Attested(_)) { About::Attested } else { About::Deposited }))
}

/// Walks from the file to the root of a batch.
fn check_batch(
    args: &Args,
    digests: &Digests,
    root: B256,
    count: u32,
    other: &mut Vec<String>,
) -> Result<Option<About>, Failure> {
    let path = args.path.clone().unwrap_or_else(|| PathFile::beside(&args.package));
    if args.path.is_none() && !path.exists() {
        return Err(Failure::Input(format!(
            "{} proves the root of a batch of {count} files; whether {} is one of them says the file {}, which is not \
             there: get it from whoever gave you the package, or name it with --path",
            args.package.display(),
            digests.path.display(),
            path.display()
        )));
    }
    let way = PathFile::read(&path)?;
    if way.root != root {
        other.push(format!("the batch {root}"));
        return Ok(None);
    }
    if way.sha256 != digests.sha256 {
        other.push(format!("{} in the batch {root}", way.sha256));
        return Ok(None);
    }
    if !way.leads(&digests.sha256, &root, count) {
        return Err(Failure::Refuted(format!(
            "the path in {} does not lead from {} to the root {root} of {count} files: it was altered",
            path.display(),
            digests.path.display()
        )));
    }
    Ok(Some(About::InBatch { index: way.index, count }))
}

impl Checked {
    fn text(&self) -> String {
        let Verified { chain, genesis_hash, chain_key, pinned, block, certified, statements } =
            &self.verified;
        let mut rows = Vec::new();
        if let Some(CheckedFile { digests, about, .. }) = &self.file {
            let file = digests.path.display();
            let says = match about {
                About::Deposited => format!("{file} is the file that was deposited"),
                About::InBatch { index, count } => {
                    format!("{file} is file {} of the {count} that were deposited", index + 1)
                }
                About::Attested => format!("{file} is the file that was attested"),
                About::Absent => {
                    format!("{file} was never deposited by itself up to this block (a batch may hold it)")
                }
            };
            let bytes = grouped(digests.bytes);
            rows.push((
                "file",
                format!("{says}\n{bytes} bytes, SHA-256 {}\nSM3 {}", digests.sha256, digests.sm3),
            ));
        }
        rows.extend(statements.iter().map(|proven| ("proven", describe(proven))));
        rows.push(("time", both_times(block.timestamp_ms)));
        rows.push(("block", format!("{} {}", block.height, block.hash)));
        if certified.hash != block.hash {
            rows.push((
                "signed with",
                format!("block {} {}, a descendant", certified.height, certified.hash),
            ));
        }
        rows.push(("chain", format!("{chain} (as the package calls it), genesis {genesis_hash}")));
        rows.push(("chain key", chain_key.to_string()));
        let shown = self.package.display();
        if *pinned {
            let head = format!("{shown} holds: the members of the chain with the key you gave signed it.");
            return format!("{head}\n{}", table(&rows));
        }
        let head = format!("{shown} holds, if the chain key below is the right one.");
        let advice = format!(
            "The key was taken from the package: so far this is what some chain with that key says.\n\
             Compare it with the key from a member you trust (`ding status` shows it), then pin it:\n  \
             ding verify {shown} --chain-key {chain_key}"
        );
        format!("{head}\n{}\n{advice}", table(&rows))
    }

    fn json(&self) -> Value {
        let Verified { chain, genesis_hash, chain_key, pinned, block, certified, statements } =
            &self.verified;
        let file = self.file.as_ref().map(|CheckedFile { digests, statement, about }| {
            let (about, index, count) = match about {
                About::Deposited => ("deposited", None, None),
                About::InBatch { index, count } => ("inBatch", Some(index), Some(count)),
                About::Attested => ("attested", None, None),
                About::Absent => ("absent", None, None),
            };
            json!({
                "file": digests.path,
                "bytes": digests.bytes,
                "sha256": digests.sha256,
                "sm3": digests.sm3,
                "about": about,
                "index": index,
                "count": count,
                "statement": statement,
            })
        });
        json!({
            "verified": true,
            "package": self.package,
            "bytes": self.bytes,
            "chain": { "name": chain, "key": chain_key.to_string(), "pinned": pinned, "genesisHash": genesis_hash },
            "block": block_json(block),
            "certified": block_json(certified),
            "statements": statements.iter().map(statement_json).collect::<Vec<_>>(),
            "file": file,
        })
    }
}

fn block_json(block: &Block) -> Value {
    json!({ "height": block.height.get(), "hash": block.hash, "time": time_json(block.timestamp_ms) })
}

/// A statement in plain words.
fn describe(proven: &Proven) -> String {
    match proven {
        Proven::Log { transaction, index, log } => match events::decode(log) {
            Some(event) => describe_event(&event),
            None => {
                let topics: Vec<String> = log.topics.iter().map(B256::to_string).collect();
                format!(
                    "transaction {transaction} of the block emitted, as log {index}, from {}\ntopics {}\ndata {}",
                    log.address,
                    topics.join("\n       "),
                    log.data
                )
            }
        },
        Proven::Transaction { index, hash, raw } => {
            let size =
                raw.as_ref().map(|raw| format!(", {} bytes, in the package", grouped(raw.len() as u64)));
            format!("transaction {index} of the block is {hash}{}", size.unwrap_or_default())
        }
        Proven::Account { address, account } => format!(
            "account {address} has nonce {}, balance {} and code {}",
            account.nonce, account.balance, account.code_hash
        ),
        Proven::Slot { address, slot, value } => format!("slot {slot:#x} of {address} is {value:#x}"),
        Proven::Absent { address, slot } => format!("slot {slot:#x} of {address} holds nothing"),
        other => format!("a statement of kind {}", other.kind()),
    }
}

fn describe_event(event: &Event) -> String {
    let what = |digest: &B256, count: u32| match count {
        0 | 1 => format!("the file with SHA-256 {digest}"),
        count => format!("the batch of {count} files with root {digest}"),
    };
    let more = |sm3: &B256, provenance: &B256, reference: &B256| {
        let words = [("SM3", sm3), ("provenance", provenance), ("reference", reference)];
        let words =
            words.iter().filter(|(_, word)| !word.is_zero()).map(|(name, word)| format!("\n{name} {word}"));
        words.collect::<String>()
    };
    match event {
        Event::Deposited(e) => format!(
            "{}\nwas deposited for the first time by {}\nkind {}{}",
            what(&e.digest, e.count),
            e.depositor,
            kind_name(e.kind),
            more(&e.sm3, &e.provenance, &e.referenceId)
        ),
        Event::DepositedAgain(e) => format!(
            "{}\nwas deposited again by {}; the first was {} in block {}, {}\nkind {}{}",
            what(&e.digest, e.count),
            e.depositor,
            e.firstDepositor,
            e.firstHeight,
            both_times(e.firstTimestampMs),
            kind_name(e.kind),
            more(&e.sm3, &e.provenance, &e.referenceId)
        ),
        Event::OperationRepeated(e) => {
            format!("{} repeated its deposit {} of {}", e.depositor, e.operation, what(&e.digest, 1))
        }
        Event::Attested(e) => {
            let opinion = Opinion::from_number(e.opinion).map_or("of unknown opinion", Opinion::name);
            format!(
                "organisation {} attested {}: {opinion}\nby {}, report {}",
                e.organisation, e.digest, e.account, e.report
            )
        }
    }
}

fn statement_json(proven: &Proven) -> Value {
    let mut value = match proven {
        Proven::Log { transaction, index, log } => json!({
            "transactionIndex": transaction,
            "indexInTransaction": index,
            "address": log.address,
            "topics": log.topics,
            "data": log.data,
            "evidence": events::decode(log).as_ref().map(event_json),
        }),
        Proven::Transaction { index, hash, raw } => {
            json!({ "transactionIndex": index, "hash": hash, "raw": raw })
        }
        Proven::Account { address, account } => json!({
            "address": address,
            "nonce": account.nonce,
            "balance": account.balance,
            "codeHash": account.code_hash,
        }),
        Proven::Slot { address, slot, value } => json!({ "address": address, "slot": slot, "value": value }),
        Proven::Absent { address, slot } => json!({ "address": address, "slot": slot }),
        _ => json!({}),
    };
    value["kind"] = proven.kind().into();
    value["says"] = describe(proven).into();
    value
}

fn event_json(event: &Event) -> Value {
    match event {
        Event::Deposited(e) => json!({
            "event": "Deposited", "digest": e.digest, "depositor": e.depositor, "operation": e.operation,
            "sm3": e.sm3, "kind": kind_name(e.kind), "count": e.count, "provenance": e.provenance,
            "referenceId": e.referenceId, "height": e.height, "time": time_json(e.timestampMs),
        }),
        Event::DepositedAgain(e) => json!({
            "event": "DepositedAgain", "digest": e.digest, "depositor": e.depositor, "operation": e.operation,
            "sm3": e.sm3, "kind": kind_name(e.kind), "count": e.count, "provenance": e.provenance,
            "referenceId": e.referenceId, "height": e.height, "time": time_json(e.timestampMs),
            "first": { "depositor": e.firstDepositor, "height": e.firstHeight, "time": time_json(e.firstTimestampMs) },
        }),
        Event::OperationRepeated(e) => json!({
            "event": "OperationRepeated", "digest": e.digest, "depositor": e.depositor, "operation": e.operation,
            "first": e.first,
        }),
        Event::Attested(e) => json!({
            "event": "Attested", "digest": e.digest, "organisation": e.organisation, "account": e.account,
            "opinion": Opinion::from_number(e.opinion).map(Opinion::name), "report": e.report, "height": e.height,
            "time": time_json(e.timestampMs),
        }),
    }
}

#[cfg(test)]
mod tests;
