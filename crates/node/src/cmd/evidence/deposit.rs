//! `ding evidence deposit`: read files, send their digests, wait until they are final.
//!
//! A digest that is recorded already is not sent again: its first deposit is what counts. All new
//! ones are sent before the first is waited for, so that many files take little longer than one.

use super::{
    Deposit, Subject, file,
    file::Digests,
    first_deposit, kind_name,
    ledger::{Ledger, Receipt, deposited},
    manifest::Manifest,
    stamp,
};
use crate::{
    client::Client,
    failure::Failure,
    text::{grouped, plural, say, say_json, table, time_json},
    wallet::{self, Accounts, PrivateKeySigner},
};
use alloy_sol_types::SolCall as _;
use ding_modules::evidence::abi::IEvidence::{Deposited, Record, depositBatchCall, depositCall};
use ding_primitives::{Address, B256, Bytes};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Files that are deposited one by one; more become a batch.
const SINGLE_FILES_MAX: usize = 64;

/// One digest to deposit.
struct Item {
    digest: B256,
    sm3: B256,
    /// The files it stands for, as people see them.
    names: Vec<String>,
    /// Call of the module.
    input: Bytes,
}

/// What became of one digest.
enum Outcome {
    /// This deposit is the first.
    First { transaction: B256, event: Deposited },
    /// Another one is; `transaction` deposited again, if anything was sent.
    Known { transaction: Option<B256>, record: Record },
    /// It did not come to a deposit.
    Failed(Failure),
}

pub(super) async fn run(args: &Deposit, client: Client, json: bool) -> Result<(), Failure> {
    let is_batch = args.batch || args.files.len() > SINGLE_FILES_MAX;
    check(args, is_batch)?;
    let ledger = Ledger::open(client).await?;
    let chain = &ledger.chain;
    let accounts = Accounts::new(&args.accounts);
    let signer =
        wallet::signer(args.key.as_deref(), &accounts, &args.passphrase, &chain.name, chain.development)?;
    let provenance = args.provenance.as_deref().map(provenance).transpose()?.unwrap_or_default();
    let operation = args.operation.as_deref().map(operation).transpose()?.unwrap_or_default();
    let files = file::all(&args.files)?;
    let manifest = if is_batch { Some(manifest(args, &ledger, &files)?) } else { None };
    let terms = Terms { args, provenance, operation };
    let items = match &manifest {
        Some((_, manifest)) => vec![terms.batch(manifest)?],
        None => terms.singly(&files),
    };
    let outcomes = deposit(&ledger, &signer, args, &items).await?;
    if let (Some((path, manifest)), Some(Outcome::First { transaction, .. })) = (&manifest, outcomes.first())
    {
        manifest.deposited_by(*transaction).write(path)?;
    }
    let report =
        Report { ledger: &ledger, account: signer.address(), files: &files, manifest: manifest.as_ref() };
    if json {
        report.say_json(&items, &outcomes)?;
    } else {
        report.say(&items, &outcomes)?;
    }
    let failure = outcomes.into_iter().find_map(|outcome| match outcome {
        Outcome::Failed(failure) => Some(failure),
        Outcome::First { .. } | Outcome::Known { .. } => None,
    });
    failure.map_or(Ok(()), Err)
}

/// Refuses arguments that do not go together, before anybody is asked for a passphrase.
fn check(args: &Deposit, is_batch: bool) -> Result<(), Failure> {
    if args.operation.is_some() && !is_batch && args.files.len() > 1 {
        return Err(Failure::Input(
            "an operation number stands for one deposit; deposit the files one by one, or together with --batch".into(),
        ));
    }
    if args.manifest.is_some() && !is_batch {
        return Err(Failure::Input("--manifest is for batches; add --batch".into()));
    }
    if args.kind.is_forensic() && args.provenance.is_none() {
        return Err(Failure::Input(format!(
            "files of kind {} are accepted only with the report on how they came about; name it with --provenance",
            args.kind.name()
        )));
    }
    Ok(())
}

/// The digest of the provenance report: given, or of the file.
fn provenance(text: &str) -> Result<B256, Failure> {
    let digest = match Subject::of(text) {
        Subject::Digest(digest) => digest,
        Subject::File(path) => file::one(&path)?.sha256,
    };
    if digest.is_zero() {
        return Err(Failure::Input("the provenance digest is all zero, which means none".into()));
    }
    Ok(digest)
}

/// An operation number: 32 bytes as they are, or the digest of other text.
pub(super) fn operation(text: &str) -> Result<B256, Failure> {
    if text.is_empty() {
        return Err(Failure::Input("the operation number is empty".into()));
    }
    let number = super::parse_word(text).unwrap_or_else(|_| B256::from_slice(&Sha256::digest(text)));
    if number.is_zero() {
        return Err(Failure::Input(
            "the operation number is all zero, which means none; take another".into(),
        ));
    }
    Ok(number)
}

/// Makes the manifest of a batch and writes it: once the root is on the ledger, the list behind it
/// must not be lost.
fn manifest(args: &Deposit, ledger: &Ledger, files: &[Digests]) -> Result<(PathBuf, Manifest), Failure> {
    let manifest = Manifest::new(&ledger.chain.name, ledger.chain.genesis_hash, files)?;
    let path = match (&args.manifest, files.first()) {
        (Some(path), _) => path.clone(),
        (None, Some(first)) => manifest.default_path(&first.path),
        (None, None) => return Err(Failure::Input("no file was given".into())),
    };
    let is_same =
        |known: &Manifest| known.root == manifest.root && known.genesis_hash == manifest.genesis_hash;
    // The same batch again: what is written there stays true.
    if let Some(known) = Manifest::read(&path).ok().filter(is_same) {
        return Ok((path, known));
    }
    // The default name holds the root; whatever has it lists the same files for another chain.
    if args.manifest.is_some() && path.exists() {
        let shown = path.display();
        return Err(Failure::Input(format!(
            "{shown} is there already and is another file; name another with --manifest"
        )));
    }
    manifest.write(&path)?;
    Ok((path, manifest))
}

/// What all deposits of one command have in common.
struct Terms<'a> {
    args: &'a Deposit,
    provenance: B256,
    operation: B256,
}

impl Terms<'_> {
    fn batch(&self, manifest: &Manifest) -> Result<Item, Failure> {
        let count = u32::try_from(manifest.files.len()).map_err(Failure::input)?;
        let call = depositBatchCall {
            root: manifest.root,
            count,
            kind: self.args.kind.number(),
            provenance: self.provenance,
            referenceId: self.args.reference.unwrap_or_default(),
            operation: self.operation,
        };
        let names = vec![plural(manifest.files.len(), "file")];
        Ok(Item { digest: manifest.root, sm3: B256::ZERO, names, input: call.abi_encode().into() })
    }

    /// One item for each content, in the order of the files.
    fn singly(&self, files: &[Digests]) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        let mut places = BTreeMap::new();
        for file in files {
            let name = file.path.display().to_string();
            let place = *places.entry(file.sha256).or_insert(items.len());
            match items.get_mut(place) {
                Some(item) => item.names.push(name),
                None => items.push(self.single(file, name)),
            }
        }
        items
    }

    fn single(&self, file: &Digests, name: String) -> Item {
        let call = depositCall {
            digest: file.sha256,
            sm3: file.sm3,
            kind: self.args.kind.number(),
            provenance: self.provenance,
            referenceId: self.args.reference.unwrap_or_default(),
            // `check` saw to it that there is one file if there is a number.
            operation: self.operation,
        };
        Item { digest: file.sha256, sm3: file.sm3, names: vec![name], input: call.abi_encode().into() }
    }
}

/// Sends what is new, then waits for everything. What fails does not keep the rest from being
/// finished.
async fn deposit(
    ledger: &Ledger,
    signer: &PrivateKeySigner,
    args: &Deposit,
    items: &[Item],
) -> Result<Vec<Outcome>, Failure> {
    let mut nonce = ledger.next_nonce(signer.address()).await?;
    let mut sent: Vec<Result<B256, Outcome>> = Vec::new();
    for item in items {
        sent.push(submit(ledger, signer, args, item, &mut nonce).await);
    }
    let mut outcomes = Vec::new();
    for (item, sent) in items.iter().zip(sent) {
        outcomes.push(match sent {
            Ok(hash) => {
                let patience = Duration::from_secs(args.timeout);
                finish(ledger, signer, item, hash, patience).await.unwrap_or_else(Outcome::Failed)
            }
            Err(outcome) => outcome,
        });
    }
    Ok(outcomes)
}

/// Sends one deposit; `Err` with the outcome if nothing needs to be sent, or nothing can.
async fn submit(
    ledger: &Ledger,
    signer: &PrivateKeySigner,
    args: &Deposit,
    item: &Item,
    nonce: &mut u64,
) -> Result<B256, Outcome> {
    let from = signer.address();
    let known = ledger.record(item.digest).await.map_err(Outcome::Failed)?;
    // Also tells in the module's words why a deposit would be refused.
    let gas = ledger.gas(from, &item.input).await.map_err(Outcome::Failed)?;
    match known {
        Some(record) if !args.again => Err(Outcome::Known { transaction: None, record }),
        _ => ledger.send(signer, nonce, &item.input, gas).await.map_err(Outcome::Failed),
    }
}

async fn finish(
    ledger: &Ledger,
    signer: &PrivateKeySigner,
    item: &Item,
    hash: B256,
    patience: Duration,
) -> Result<Outcome, Failure> {
    let receipt: Receipt = ledger.receipt(hash, patience).await?;
    if !receipt.is_success() {
        // The same call again says why.
        let why = ledger.gas(signer.address(), &item.input).await.err();
        let why = why
            .map_or_else(|| "it would be accepted now; deposit again".into(), |failure| failure.to_string());
        return Err(Failure::Failed(format!("transaction {hash} is final, but was undone: {why}")));
    }
    if let Some(event) = deposited(&receipt, item.digest) {
        return Ok(Outcome::First { transaction: receipt.transaction_hash, event });
    }
    let record = ledger.record(item.digest).await?.ok_or_else(|| {
        Failure::Failed(format!(
            "transaction {hash} is final, but {} is not recorded; ask another member",
            item.digest
        ))
    })?;
    Ok(Outcome::Known { transaction: Some(hash), record })
}

/// What is said at the end.
struct Report<'a> {
    ledger: &'a Ledger,
    account: Address,
    files: &'a [Digests],
    manifest: Option<&'a (PathBuf, Manifest)>,
}

impl Report<'_> {
    fn say(&self, items: &[Item], outcomes: &[Outcome]) -> Result<(), Failure> {
        for (item, outcome) in items.iter().zip(outcomes) {
            let mut rows = match self.manifest {
                Some((path, _)) => {
                    vec![("root", item.digest.to_string()), ("list of files", path.display().to_string())]
                }
                None => vec![("SHA-256", item.digest.to_string()), ("SM3", item.sm3.to_string())],
            };
            match outcome {
                Outcome::First { transaction, event } => {
                    rows.push(("deposited", stamp(&event.depositor, event.height, event.timestampMs)));
                    rows.push(("transaction", transaction.to_string()));
                }
                Outcome::Known { transaction, record } => {
                    rows.push(("deposited before", first_deposit(record)));
                    let again = transaction.map(|hash| ("again in", hash.to_string()));
                    rows.extend(again);
                }
                Outcome::Failed(failure) => rows.push(("not deposited", failure.to_string())),
            }
            say(&format!("{}\n{}", item.names.join(", "), table(&rows)))?;
        }
        let is_done = outcomes.iter().any(|outcome| !matches!(outcome, Outcome::Failed(_)));
        if let Some(file) = self.files.first().filter(|_| is_done) {
            let bytes = self.files.iter().fold(0u64, |sum, file| sum.saturating_add(file.bytes));
            let (count, chain) = (plural(self.files.len(), "file"), &self.ledger.chain.name);
            let path = file.path.display();
            say(&format!(
                "{count}, {} bytes, on {chain}. A proof to take away: ding evidence prove {path}",
                grouped(bytes)
            ))?;
        }
        Ok(())
    }

    fn say_json(&self, items: &[Item], outcomes: &[Outcome]) -> Result<(), Failure> {
        let deposits: Vec<Value> =
            items.iter().zip(outcomes).map(|(item, outcome)| self.deposit_json(item, outcome)).collect();
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| json!({ "file": file.path, "bytes": file.bytes, "sha256": file.sha256, "sm3": file.sm3 }))
            .collect();
        say_json(&json!({
            "chain": self.ledger.chain.name,
            "genesisHash": self.ledger.chain.genesis_hash,
            "account": self.account,
            "manifest": self.manifest.map(|(path, _)| path),
            "files": files,
            "deposits": deposits,
        }))
    }

    fn deposit_json(&self, item: &Item, outcome: &Outcome) -> Value {
        let (result, transaction, first, error) = match outcome {
            Outcome::First { transaction, event } => {
                let first =
                    first_json(&event.depositor, event.height, event.timestampMs, event.kind, event.count);
                ("deposited", Some(*transaction), Some(first), None)
            }
            Outcome::Known { transaction, record } => {
                let first = first_json(
                    &record.depositor,
                    record.height,
                    record.timestampMs,
                    record.kind,
                    record.count,
                );
                ("known", *transaction, Some(first), None)
            }
            Outcome::Failed(failure) => ("failed", None, None, Some(failure.to_string())),
        };
        json!({ "digest": item.digest, "result": result, "transaction": transaction, "first": first, "error": error })
    }
}

/// A first deposit, for scripts.
pub(super) fn first_json(depositor: &Address, height: u64, timestamp_ms: u64, kind: u8, count: u32) -> Value {
    json!({
        "depositor": depositor,
        "height": height,
        "time": time_json(timestamp_ms),
        "kind": kind_name(kind),
        "count": count,
    })
}
