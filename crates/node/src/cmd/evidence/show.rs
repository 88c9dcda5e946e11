//! `ding evidence show`: what the ledger knows of a file or digest.

use super::{
    Show, Subject, deposit::first_json, file, file::Digests, first_deposit, kind_name, ledger::Ledger,
    manifest::Manifest, stamp,
};
use crate::{
    client::Client,
    failure::Failure,
    text::{plural, say, say_json, table, time_json},
};
use ding_modules::{
    evidence::{
        Opinion,
        abi::IEvidence::{Attestation, DepositedAgain, Record, attestationAtCall, recordOfSm3Call},
    },
    members::{abi::IMembers::organisationCall, state::ADDRESS as MEMBERS},
};
use ding_primitives::B256;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Attestations and later deposits that are shown.
const SHOWN_MAX: u32 = 100;

/// Everything there is to show.
struct Found {
    digest: B256,
    record: Record,
    attestations: Vec<Attestation>,
    /// Names of the organisations that attested.
    organisations: BTreeMap<u32, String>,
    /// Later deposits, or why they cannot be told.
    again: Result<Vec<(B256, DepositedAgain)>, String>,
}

pub(super) async fn run(args: &Show, client: Client, json: bool) -> Result<(), Failure> {
    let (digest, file) = match Subject::of(&args.subject) {
        Subject::Digest(digest) => (digest, None),
        Subject::File(path) => {
            let file = file::one(&path)?;
            (file.sha256, Some(file))
        }
    };
    let ledger = Ledger::open(client).await?;
    let mut found = look(&ledger, digest).await?;
    if let (None, Some(file)) = (&found, &file) {
        for (_, manifest) in Manifest::beside(&file.path, &digest) {
            found = look(&ledger, manifest.root).await?;
            if found.is_some() {
                break;
            }
        }
    }
    let Some(found) = found else {
        let (name, height) = (&ledger.chain.name, ledger.height().await?);
        return Err(Failure::Failed(format!(
            "{digest} was never deposited by itself on {name} up to block {height}; a file of a batch is found by the \
             batch's root, or by the list of its files beside it"
        )));
    };
    if json {
        say_json(&found_json(&ledger, &found, file.as_ref()))
    } else {
        say(&found_text(&ledger, &found, file.as_ref()))
    }
}

/// Finds a SHA-256 digest, the root of a batch, or an SM3 digest.
async fn look(ledger: &Ledger, digest: B256) -> Result<Option<Found>, Failure> {
    let (digest, record) = match ledger.record(digest).await? {
        Some(record) => (digest, record),
        None => {
            let by_sm3 = ledger.ask(None, &recordOfSm3Call { sm3: digest }).await?;
            if by_sm3.record.count == 0 {
                return Ok(None);
            }
            (by_sm3.digest, by_sm3.record)
        }
    };
    let mut attestations = Vec::new();
    let mut organisations = BTreeMap::new();
    for index in 0..record.attestations.min(SHOWN_MAX) {
        let attestation = ledger.ask(None, &attestationAtCall { digest, index }).await?;
        let id = attestation.organisation;
        if let std::collections::btree_map::Entry::Vacant(entry) = organisations.entry(id) {
            entry.insert(ledger.ask_at(None, MEMBERS, &organisationCall { id }).await?.name);
        }
        attestations.push(attestation);
    }
    let again = ledger.later_deposits(digest, record.height).await.map_err(|error| error.to_string());
    Ok(Some(Found { digest, record, attestations, organisations, again }))
}

fn found_text(ledger: &Ledger, found: &Found, file: Option<&Digests>) -> String {
    let Found { digest, record, attestations, organisations, again } = found;
    let kind = kind_name(record.kind);
    let mut rows = vec![
        (if record.count > 1 { "root" } else { "SHA-256" }, digest.to_string()),
        ("first deposit", first_deposit(record)),
        ("kind", if record.count > 1 { format!("{kind}, a batch of {} files", record.count) } else { kind }),
    ];
    for (name, word) in
        [("SM3", record.sm3), ("provenance", record.provenance), ("reference", record.referenceId)]
    {
        if !word.is_zero() {
            rows.push((name, word.to_string()));
        }
    }
    if let Some(warning) = file.and_then(|file| sm3_warning(record, file)) {
        rows.push(("attention", warning));
    }
    for attestation in attestations {
        let Attestation { organisation, account, height, timestampMs, opinion, report } = attestation;
        let who = organisations.get(organisation).map_or("", String::as_str);
        let opinion = opinion_name(*opinion);
        rows.push((
            "attestation",
            format!(
                "{opinion}, says {who} (organisation {organisation}), report {report}\n{}",
                stamp(account, *height, *timestampMs)
            ),
        ));
    }
    if record.attestations as usize > attestations.len() {
        rows.push((
            "",
            format!("and {} more attestations", record.attestations as usize - attestations.len()),
        ));
    }
    match again {
        Ok(later) if later.is_empty() => {}
        Ok(later) => {
            rows.push(("later deposits", plural(later.len(), "deposit")));
            for (transaction, event) in later.iter().take(SHOWN_MAX as usize) {
                rows.push((
                    "",
                    format!(
                        "transaction {transaction}\n{}",
                        stamp(&event.depositor, event.height, event.timestampMs)
                    ),
                ));
            }
        }
        Err(why) => rows.push(("later deposits", format!("cannot be told: {why}"))),
    }
    let name = file.map_or_else(|| digest.to_string(), |file| file.path.display().to_string());
    format!("{name} on {}\n{}", ledger.chain.name, table(&rows))
}

fn found_json(ledger: &Ledger, found: &Found, file: Option<&Digests>) -> Value {
    let Found { digest, record, attestations, organisations, again } = found;
    let attestations: Vec<Value> = attestations
        .iter()
        .map(|attestation| {
            let Attestation { organisation, account, height, timestampMs, opinion, report } = attestation;
            json!({
                "organisation": organisation,
                "name": organisations.get(organisation),
                "account": account,
                "height": height,
                "time": time_json(*timestampMs),
                "opinion": opinion_name(*opinion),
                "report": report,
            })
        })
        .collect();
    let later = again.as_ref().ok().map(|later| {
        let each = later.iter().map(|(transaction, event)| {
            json!({
                "transaction": transaction,
                "depositor": event.depositor,
                "height": event.height,
                "time": time_json(event.timestampMs),
                "operation": event.operation,
                "referenceId": event.referenceId,
            })
        });
        each.collect::<Vec<_>>()
    });
    json!({
        "chain": ledger.chain.name,
        "genesisHash": ledger.chain.genesis_hash,
        "digest": digest,
        "first": first_json(&record.depositor, record.height, record.timestampMs, record.kind, record.count),
        "sm3": record.sm3,
        "provenance": record.provenance,
        "referenceId": record.referenceId,
        "attestationCount": record.attestations,
        "attestations": attestations,
        "laterDeposits": later,
        "laterDepositsError": again.as_ref().err(),
        "file": file.map(|file| json!({
            "file": file.path,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "sm3": file.sm3,
            "sm3Differs": sm3_warning(record, file).is_some(),
        })),
    })
}

/// The ledger never saw the file: whoever deposited it may have given a wrong SM3 digest.
fn sm3_warning(record: &Record, file: &Digests) -> Option<String> {
    let differs = record.count == 1 && !record.sm3.is_zero() && record.sm3 != file.sm3;
    differs.then(|| format!("the file's SM3 digest is {}, another than the one recorded", file.sm3))
}

fn opinion_name(opinion: u8) -> String {
    Opinion::from_number(opinion)
        .map_or_else(|| format!("opinion {opinion}"), |opinion| opinion.name().to_owned())
}
