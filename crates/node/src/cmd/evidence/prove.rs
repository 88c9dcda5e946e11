//! `ding evidence prove`: a package that a stranger checks offline, checked here before it is
//! written.

use super::{
    Prove, Subject, file,
    ledger::Ledger,
    manifest::{Manifest, PathFile, write_whole},
};
use crate::{
    client::Client,
    failure::Failure,
    text::{both_times, grouped, say, say_json, table, time_json},
};
use ding_light::{Package, Proven, Verified};
use ding_modules::evidence::{
    abi::IEvidence::Record,
    events::{self, Event},
    state,
};
use ding_primitives::{B256, U256};
use serde_json::json;
use std::{
    ffi::OsString,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

/// What the name of a package ends with.
const SUFFIX: &str = ".ding";
/// What every package begins with.
const MAGIC: &[u8] = b"ding";

/// What is proven of a digest.
struct Found {
    /// The digest on the ledger: the file's, or the root of its batch.
    digest: B256,
    record: Record,
    /// The file's way to the root, if it was deposited in a batch.
    path: Option<PathFile>,
}

pub(super) async fn run(args: &Prove, client: Client, json: bool) -> Result<(), Failure> {
    let (digest, path) = match Subject::of(&args.subject) {
        Subject::Digest(digest) => (digest, None),
        Subject::File(path) => (file::one(&path)?.sha256, Some(path)),
    };
    let output = match (&args.output, &path) {
        (Some(output), _) => output.clone(),
        (None, Some(path)) => with_suffix(path),
        (None, None) => PathBuf::from(format!("{digest}{SUFFIX}")),
    };
    require_replaceable(&output)?;
    let ledger = Ledger::open(client).await?;
    let (package, verified, found) = if args.absent {
        let (package, verified) = absence(&ledger, digest).await?;
        (package, verified, None)
    } else {
        let found = find(&ledger, args, digest, path.as_deref()).await?;
        let (package, verified) = deposit(&ledger, &found).await?;
        (package, verified, Some(found))
    };
    let bytes = package.to_bytes();
    let companion = found.as_ref().and_then(|found| found.path.as_ref());
    let companion_path = companion.map(|_| PathFile::beside(&output));
    // The way to the root comes first: a package alone would not prove the file.
    if let (Some(companion), Some(path)) = (companion, &companion_path) {
        companion.write(path)?;
    }
    write_whole(&output, &bytes)?;
    if json {
        return say_json(&json!({
            "package": output,
            "path": companion_path,
            "bytes": bytes.len(),
            "sha256": digest,
            "digest": found.as_ref().map_or(digest, |found| found.digest),
            "deposited": found.is_some(),
            "depositor": found.as_ref().map(|found| found.record.depositor),
            "chain": verified.chain,
            "chainKey": verified.chain_key.to_string(),
            "genesisHash": verified.genesis_hash,
            "block": { "height": verified.block.height.get(), "hash": verified.block.hash, "time": time_json(verified.block.timestamp_ms) },
        }));
    }
    let Verified { chain, chain_key, block, .. } = &verified;
    let what = match &found {
        Some(found) => format!("{} deposited by {}", found.digest, found.record.depositor),
        None => format!("{digest} was never deposited by itself up to this block (a batch may hold it)"),
    };
    let mut rows = vec![
        ("proves", what),
        ("chain", chain.clone()),
        ("block", format!("{} at {}", block.height, both_times(block.timestamp_ms))),
        ("chain key", chain_key.to_string()),
    ];
    if let Some(path) = &companion_path {
        rows.push(("in a batch", format!("hand out {} together with the package", path.display())));
    }
    let check = match &path {
        Some(path) => format!("ding verify {} {}", output.display(), path.display()),
        None => format!("ding verify {}", output.display()),
    };
    let size = grouped(bytes.len() as u64);
    say(&format!(
        "{} ({size} bytes)\n{}\nChecked here. Anyone checks it offline: {check} --chain-key KEY",
        output.display(),
        table(&rows)
    ))
}

/// Finds where the digest was deposited: by itself, or in a batch whose manifest is known.
async fn find(ledger: &Ledger, args: &Prove, digest: B256, path: Option<&Path>) -> Result<Found, Failure> {
    if let Some(list) = &args.manifest {
        let manifest = Manifest::read(list)?;
        return match in_batch(ledger, &manifest, digest).await? {
            Some(found) => Ok(found),
            None => Err(Failure::Failed(format!(
                "the batch {} listed in {} was never deposited on {}",
                manifest.root,
                list.display(),
                ledger.chain.name
            ))),
        };
    }
    if let Some(record) = ledger.record(digest).await? {
        return Ok(Found { digest, record, path: None });
    }
    let manifests = path.map(|path| Manifest::beside(path, &digest)).unwrap_or_default();
    for (_, manifest) in &manifests {
        if let Some(found) = in_batch(ledger, manifest, digest).await? {
            return Ok(found);
        }
    }
    let hint = match manifests.first() {
        Some((list, _)) => format!("; neither was the batch listed in {}", list.display()),
        None => "; if it was in a batch, name the list of its files with --manifest".into(),
    };
    Err(Failure::Failed(format!(
        "{digest} was never deposited on {} up to block {}{hint}; `ding evidence deposit` does, and --absent proves that nobody did",
        ledger.chain.name,
        ledger.height().await?
    )))
}

/// The deposit of a batch that holds the digest; `None` if the batch is not on the ledger.
async fn in_batch(ledger: &Ledger, manifest: &Manifest, digest: B256) -> Result<Option<Found>, Failure> {
    let path = manifest.path_of(&digest).ok_or_else(|| {
        Failure::Input(format!(
            "{digest} is not among the {} files of the batch {}",
            manifest.files.len(),
            manifest.root
        ))
    })?;
    let Some(record) = ledger.record(manifest.root).await? else { return Ok(None) };
    if !path.leads(&digest, &manifest.root, record.count) {
        let (root, count) = (manifest.root, record.count);
        return Err(Failure::Failed(format!(
            "batch {root} was deposited with {count} files, but its list has {}",
            path.count
        )));
    }
    Ok(Some(Found { digest: manifest.root, record, path: Some(path) }))
}

/// A package with the event of the first deposit.
async fn deposit(ledger: &Ledger, found: &Found) -> Result<(Package, Verified), Failure> {
    let log = ledger.first_deposit(found.digest, found.record.height).await?;
    let wanted = json!({ "log": { "transactionHash": log.transaction_hash, "logIndex": log.log_index } });
    let (package, verified) = ledger.proof(wanted).await?;
    let says = verified.statements.iter().any(|statement| {
        let Proven::Log { log, .. } = statement else { return false };
        matches!(events::decode(log), Some(Event::Deposited(event)) if event.digest == found.digest)
    });
    if !says {
        return Err(Failure::Refuted(format!(
            "the member's proof is not about the deposit of {}; nothing was written",
            found.digest
        )));
    }
    Ok((package, verified))
}

/// A package that shows the record's place to be empty.
async fn absence(ledger: &Ledger, digest: B256) -> Result<(Package, Verified), Failure> {
    if let Some(record) = ledger.record(digest).await? {
        return Err(Failure::Failed(format!("{digest} was deposited:\n{}", super::first_deposit(&record))));
    }
    let wanted: U256 = state::record_slot(digest);
    let (package, verified) =
        ledger.proof(json!({ "slot": { "address": state::ADDRESS, "slot": wanted } })).await?;
    let says = verified.statements.iter().any(
        |statement| matches!(statement, Proven::Absent { address, slot } if *address == state::ADDRESS && *slot == wanted),
    );
    if !says {
        return Err(Failure::Refuted(format!(
            "the member's proof is not about the absence of {digest}; nothing was written"
        )));
    }
    Ok((package, verified))
}

fn with_suffix(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(SUFFIX);
    name.into()
}

/// A package may replace an older one, never another file: `-o report.pdf` would destroy evidence.
fn require_replaceable(output: &Path) -> Result<(), Failure> {
    let Ok(metadata) = fs::metadata(output) else { return Ok(()) };
    let mut start = [0; MAGIC.len()];
    let is_package = metadata.is_file()
        && (metadata.len() == 0
            || File::open(output)
                .and_then(|mut file| file.read_exact(&mut start))
                .is_ok_and(|()| start == MAGIC));
    if !is_package {
        return Err(Failure::Input(format!(
            "{} is there already and is no proof package; name another file with -o",
            output.display()
        )));
    }
    Ok(())
}
