//! `ding identity record`: the authority's records. Personal data is shown only when asked for.

use super::{
    super::{
        desk::{Desk, Hand},
        named,
    },
    Records, bind,
    person::PersonData,
};
use crate::{
    client::block_on,
    failure::Failure,
    records::{Identity, Record, sealed::Recipient, store},
    text::{plural, say, say_json, table},
};
use clap::Subcommand;
use ding_modules::identity::{
    abi::IIdentity::{bindingCall, countsCall, liveBindingCall},
    state::ADDRESS,
};
use ding_primitives::limits;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What is done with records.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// Make a folder for records, encrypted under a passphrase.
    Init {
        #[command(flatten)]
        records: Records,
    },
    /// Write the record of a person before any account is bound.
    Add {
        #[command(flatten)]
        records: Records,
        #[command(flatten)]
        data: PersonData,
    },
    /// Show a record: bindings, and personal data if you ask for it.
    Show {
        #[command(flatten)]
        records: Records,
        /// The first digits of its subject.
        subject: String,
        /// Show the personal data, too.
        #[arg(long)]
        personal: bool,
    },
    /// Show which records there are. No personal data.
    List {
        #[command(flatten)]
        records: Records,
        /// Only those with a binding that was prepared and never seen on the ledger.
        #[arg(long)]
        pending: bool,
    },
    /// Erase a record with its salt, for good: the commitment on the ledger says nothing then.
    Delete {
        #[command(flatten)]
        records: Records,
        /// The first digits of its subject.
        subject: String,
        /// Erase it although a binding of it is live.
        #[arg(long)]
        live: bool,
        /// Do not ask the ledger whether a binding is live.
        #[arg(long, requires = "live")]
        offline: bool,
    },
    /// Write a record into a file for somebody else: sealed, or in the clear for the person itself.
    Export {
        #[command(flatten)]
        records: Records,
        /// The first digits of its subject.
        subject: String,
        /// For whom, with the salts: the recipient of a successor's records (age1…).
        #[arg(long, value_name = "RECIPIENT", required_unless_present = "plain", conflicts_with = "plain")]
        to: Option<Recipient>,
        /// In the clear, without the salts, for the person itself.
        #[arg(long)]
        plain: bool,
        /// Where to write it; must not exist.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Take over records that another authority sealed for these records.
    Import {
        #[command(flatten)]
        records: Records,
        /// Sealed records.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
}

/// A record of this subject: with the salts of the one that is known, if there is one, since a subject
/// keeps its salt as long as it is known.
pub(super) fn with_known_salts(
    records: &crate::records::Store,
    identity: Identity,
) -> Result<Record, Failure> {
    let new = Record::new(identity, named::now_ms());
    match records.same(&new)? {
        Some(mut known) => {
            known.identity = new.identity.clone();
            Ok(known)
        }
        None => Ok(new),
    }
}

pub(super) fn run(what: What, hand: Hand, json: bool) -> Result<(), Failure> {
    match what {
        What::Init { records } => {
            let recipient = records.create()?.recipient().to_string();
            if json {
                return say_json(&json!({ "records": records.records, "recipient": recipient }));
            }
            say(&format!(
                "Records go to {}, sealed for {recipient}.\nKeep the folder and the passphrase: without them nobody stands \
                 behind a commitment any more.",
                records.records.display()
            ))
        }
        What::Add { records, data } => {
            let person = data.read()?;
            let store = records.open()?;
            let record = with_known_salts(&store, Identity::Person(person))?;
            let known = store.same(&record)?.is_some();
            let subject = store.put(&record)?.subject;
            if json {
                return say_json(&json!({ "subject": subject, "known": known }));
            }
            let said =
                if known { "The record was there and is up to date." } else { "The record is written." };
            say(&format!(
                "{said}\n  subject  {subject}\nBind an account: ding identity bind person ACCOUNT --level LEVEL --record {}",
                short(&subject.to_string())
            ))
        }
        What::Show { records, subject, personal } => {
            let store = records.open()?;
            let entry = store.find(&subject)?;
            show(&store.get(&entry)?, personal, json)
        }
        What::List { records, pending } => list(&records, pending, json),
        What::Delete { records, subject, live, offline } => {
            block_on(delete(&records, &subject, (live, offline), hand, json))?
        }
        What::Export { records, subject, to, output, .. } => {
            export(&records, &subject, to.as_ref(), &output, json)
        }
        What::Import { records, files } => import(&records, &files, json),
    }
}

fn short(subject: &str) -> &str {
    subject.get(..14).unwrap_or(subject)
}

fn show(record: &Record, personal: bool, json: bool) -> Result<(), Failure> {
    let subject = record.subject();
    if json {
        let bindings = serde_json::to_value(&record.bindings).map_err(Failure::failed)?;
        let mut value = json!({
            "subject": subject, "kind": record.kind().name(), "madeMs": record.made_ms, "bindings": bindings,
        });
        if personal {
            value["identity"] = serde_json::to_value(&record.identity).map_err(Failure::failed)?;
        }
        return say_json(&value);
    }
    let mut rows = vec![
        ("subject", subject.to_string()),
        ("kind", record.kind().name().to_owned()),
        ("made", named::time(record.made_ms, "")),
    ];
    for known in &record.bindings {
        let number = if known.number == 0 {
            "prepared, not seen on the ledger".into()
        } else {
            format!("binding {}", known.number)
        };
        rows.push((
            "bound",
            format!(
                "{}\n{number}, authority {}, chain of genesis {}",
                known.account, known.authority, known.genesis
            ),
        ));
    }
    match &record.identity {
        Identity::Organisation(organisation) => {
            rows.push(("name", organisation.name.clone()));
            rows.push(("code", organisation.code.clone()));
        }
        Identity::Person(_) if !personal => rows.push(("person", "not shown; add --personal".into())),
        Identity::Person(person) => {
            rows.push(("name", person.name.clone()));
            rows.push(("document", format!("{} {}", person.document.kind, person.document.number)));
            rows.extend(person.mobile.clone().map(|mobile| ("mobile", mobile)));
            rows.extend(person.address.clone().map(|address| ("address", address)));
            rows.extend(
                person.face.as_ref().map(|face| ("face", format!("an image of {} bytes", face.len() / 2))),
            );
        }
    }
    say(&table(&rows))
}

fn list(records: &Records, pending: bool, json: bool) -> Result<(), Failure> {
    let store = records.open()?;
    let mut shown = Vec::new();
    for entry in store.list()? {
        let record = store.get(&entry)?;
        if !pending || record.is_pending() {
            shown.push((entry.subject, record.kind(), record.bindings.len(), record.is_pending()));
        }
    }
    if json {
        let items = shown.iter().map(|(subject, kind, bindings, pending)| {
            json!({ "subject": subject, "kind": kind.name(), "bindings": bindings, "pending": pending })
        });
        let items: Vec<Value> = items.collect();
        return say_json(&json!({ "recipient": store.recipient().to_string(), "items": items }));
    }
    let mut lines = vec![format!(
        "{} in {}, sealed for {}",
        plural(shown.len(), "record"),
        records.records.display(),
        store.recipient()
    )];
    for (subject, kind, bindings, pending) in &shown {
        let note = if *pending { ", one prepared and not seen on the ledger" } else { "" };
        lines.push(format!(
            "  {}  {:<12}  {}{note}",
            short(&subject.to_string()),
            kind.name(),
            plural(*bindings, "binding")
        ));
    }
    say(&lines.join("\n"))
}

async fn delete(
    records: &Records,
    subject: &str,
    (live, offline): (bool, bool),
    hand: Hand,
    json: bool,
) -> Result<(), Failure> {
    let store = records.open()?;
    let entry = store.find(subject)?;
    let mut record = store.get(&entry)?;
    let what = format!(
        "the record {} is erased with its salt, for good: nobody can say then who stands behind that subject",
        entry.subject
    );
    if offline {
        if !hand.yes {
            return Err(Failure::Input(format!("{what}; add --yes if that is meant")));
        }
    } else {
        let desk = Desk::open(hand, json).await?;
        bind::settle(&desk, &mut record).await?;
        if !live {
            require_over(&desk, &record).await?;
        }
        desk.confirm(&what)?;
        if desk.hand.dry_run {
            return say("The record would be erased. Nothing was done (--dry-run).");
        }
    }
    store.erase(&entry, named::now_ms())?;
    if json {
        return say_json(&json!({ "erased": entry.subject }));
    }
    say(&format!(
        "erased {}\nThe ledger keeps the commitment, which nobody can open. Erase backups of the folder, too.",
        entry.subject
    ))
}

/// Refuses to erase a record while a binding of it is not revoked.
async fn require_over(desk: &Desk, record: &Record) -> Result<(), Failure> {
    for known in &record.bindings {
        if known.genesis != desk.chain.genesis_hash {
            return Err(Failure::Input(format!(
                "the record has a binding on another chain (genesis {}); ask a member of that chain (--rpc URL) that it is revoked, \
                 then add --live",
                known.genesis
            )));
        }
    }
    // Whatever the record remembers: what counts is what the ledger has of the subject.
    let subject = record.subject();
    for authority in 1..=desk.ask(ADDRESS, &countsCall {}).await?.authorities {
        let live = desk.ask(ADDRESS, &liveBindingCall { authority, subject }).await?;
        if live != 0 {
            let root = desk.ask(ADDRESS, &bindingCall { id: live }).await?.root;
            return Err(Failure::Input(format!(
                "binding {live} of it is live; revoke it first (`ding identity revoke {root} --reason …`), or add --live to erase \
                 the record all the same"
            )));
        }
    }
    Ok(())
}

fn export(
    records: &Records,
    subject: &str,
    to: Option<&Recipient>,
    output: &Path,
    json: bool,
) -> Result<(), Failure> {
    let store = records.open()?;
    let record = store.get(&store.find(subject)?)?;
    let bytes = match to {
        Some(recipient) => {
            let text = Zeroizing::new(serde_json::to_vec(&record).map_err(Failure::failed)?);
            Zeroizing::new(recipient.seal(&text)?)
        }
        None => {
            let copy =
                json!({ "identity": record.identity, "madeMs": record.made_ms, "bindings": record.bindings });
            Zeroizing::new(serde_json::to_vec_pretty(&copy).map_err(Failure::failed)?)
        }
    };
    write_new(output, &bytes)?;
    if json {
        return say_json(&json!({ "subject": record.subject(), "file": output, "sealed": to.is_some() }));
    }
    let how = if to.is_some() { "sealed, with its salts" } else { "in the clear, without salts" };
    say(&format!("record {} is in {}, {how}", record.subject(), output.display()))
}

/// Writes a file that must not exist and that nobody else may read.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::Input(format!("{} is there already; name another file", path.display())));
    }
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::Input(format!("{} is no name of a file", path.display())))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(Failure::Input(format!("{} is no folder", folder.display())));
    }
    store::write(folder, name, bytes)
}

fn import(records: &Records, files: &[PathBuf], json: bool) -> Result<(), Failure> {
    let store = records.open()?;
    // All are read before one is written.
    let mut taken = Vec::new();
    for path in files {
        let size = fs::metadata(path)
            .map_err(|e| Failure::Input(format!("cannot read {}: {e}", path.display())))?
            .len();
        if size > limits::RECORD_BYTES_MAX {
            return Err(Failure::Input(format!(
                "{} has {size} bytes, no record has as many",
                path.display()
            )));
        }
        let sealed =
            fs::read(path).map_err(|e| Failure::Input(format!("cannot read {}: {e}", path.display())))?;
        let text = store.key().open(&sealed, path)?;
        let record =
            Record::from_json(&text).map_err(|why| Failure::Input(format!("{}: {why}", path.display())))?;
        if let Some(known) = store.same(&record)?
            && known.subject() != record.subject()
        {
            return Err(Failure::Input(format!(
                "{} is of a subject that has a record with another salt here, {}; both bindings stand, keep the file beside it",
                path.display(),
                known.subject()
            )));
        }
        taken.push(record);
    }
    for record in &taken {
        store.put(record)?;
    }
    let subjects: Vec<String> = taken.iter().map(|record| record.subject().to_string()).collect();
    if json {
        return say_json(&json!({ "imported": subjects }));
    }
    say(&format!("{} taken over\n  {}", plural(taken.len(), "record"), subjects.join("\n  ")))
}
