//! `ding identity bind`: the record first, then the transaction.
//!
//! - B1 nothing is written before the ledger said that it would take the binding;
//! - B2 the record, with its salt, is on the disk before the transaction is sent: a commitment on the
//!   ledger whose salt nobody has would be a person whom nobody can find again;
//! - B3 a command that was interrupted is run again: it finds the record, asks the ledger, and sends
//!   only what is not there. What is there and says something else is refused, and nothing is written.

use super::{
    super::{
        desk::{Act, Desk, Done, Told},
        named,
    },
    Records, level,
    person::PersonData,
    record as files, show,
};
use crate::{
    failure::Failure,
    records::{Binding, Identity, Organisation, Record, Store},
    text::say,
};
use alloy_sol_types::SolCall as _;
use clap::Subcommand;
use ding_modules::{
    dispatch::decode_event,
    identity::{
        Kind, Level,
        abi::IIdentity::{
            Binding as OnLedger, Bound, authorityOfCall, bindCall, bindingCall, liveBindingCall,
        },
        state::ADDRESS,
    },
    members::{self, abi::IMembers::organisationOfCall},
};
use ding_primitives::{Address, B256, Bytes};

/// A length of time that was said twice ends at the same time, give or take this.
const SAME_MS: u64 = 60_000;

/// Whom an account is bound to.
#[derive(Debug, Subcommand)]
pub(super) enum Bind {
    /// A natural person, whom the ledger knows by a salted commitment only.
    Person {
        #[command(flatten)]
        terms: Terms,
        #[command(flatten)]
        data: PersonData,
        /// Take this record instead: the first digits of its subject.
        #[arg(long, value_name = "SUBJECT", conflicts_with_all = ["data", "face", "guardian_consent"])]
        record: Option<String>,
    },
    /// An organisation, by its unified social credit code.
    Organisation {
        #[command(flatten)]
        terms: Terms,
        /// Unified social credit code (GB 32100).
        #[arg(long, value_name = "USCC")]
        code: String,
        /// Its name; the ledger keeps a digest of it.
        #[arg(long)]
        name: String,
        /// Keep no record of it. It cannot be disclosed then.
        #[arg(long)]
        no_record: bool,
    },
}

/// How an account is bound.
#[derive(Debug, clap::Args)]
pub(super) struct Terms {
    /// The account, by its address or a name as --key takes it: the root of the binding.
    #[arg(value_parser = named::who)]
    account: named::Who,
    /// How the subject was checked: mobile, document, document-and-face, in-person.
    #[arg(long, value_parser = level)]
    level: Level,
    /// When standing ends: a day, or a length of time; no end without it.
    #[arg(long, value_name = "DATE", value_parser = named::moment)]
    until: Option<named::Moment>,
    #[command(flatten)]
    records: Records,
}

/// A subject and where its record goes, both checked.
pub(super) struct Prepared {
    store: Option<Store>,
    record: Record,
}

impl Bind {
    const fn terms(&self) -> &Terms {
        match self {
            Self::Person { terms, .. } | Self::Organisation { terms, .. } => terms,
        }
    }

    /// Reads and checks what is known of the subject, and opens the records.
    pub(super) fn prepare(&self) -> Result<Prepared, Failure> {
        let records = &self.terms().records;
        match self {
            Self::Person { record: Some(prefix), .. } => {
                let store = records.open()?;
                let record = store.get(&store.find(prefix)?)?;
                if record.kind() != Kind::Person {
                    return Err(Failure::Input(format!("the record {prefix} is of an organisation")));
                }
                Ok(Prepared { store: Some(store), record })
            }
            Self::Person { data, record: None, .. } => {
                let person = data.read()?;
                let store = records.open()?;
                let record = files::with_known_salts(&store, Identity::Person(person))?;
                Ok(Prepared { store: Some(store), record })
            }
            Self::Organisation { code, name, no_record, .. } => {
                let identity = Identity::Organisation(Organisation::new(name, code)?);
                if *no_record {
                    return Ok(Prepared { store: None, record: Record::new(identity, named::now_ms()) });
                }
                let store = records.open()?;
                let record = files::with_known_salts(&store, identity)?;
                Ok(Prepared { store: Some(store), record })
            }
        }
    }
}

/// The authority that an account acts for.
pub(super) async fn authority_of(desk: &Desk, account: Address) -> Result<u32, Failure> {
    let organisation = desk.ask(members::state::ADDRESS, &organisationOfCall { account }).await?;
    let authority = match organisation {
        0 => 0,
        organisation => desk.ask(ADDRESS, &authorityOfCall { organisation }).await?,
    };
    if authority == 0 {
        return Err(Failure::Input(format!(
            "{account} acts for no identity authority of {}; name another with --key (`ding identity authorities`)",
            desk.chain.name
        )));
    }
    Ok(authority)
}

/// The number of the live binding of a subject that the account stands under; `None` if it does not.
async fn on_ledger(
    desk: &Desk,
    authority: u32,
    subject: B256,
    account: Address,
) -> Result<Option<u64>, Failure> {
    let live = desk.ask(ADDRESS, &liveBindingCall { authority, subject }).await?;
    let standing = show::standing(desk, account).await?;
    Ok(Some(live).filter(|live| *live != 0 && *live == standing.binding))
}

pub(super) async fn bind(desk: &Desk, bind: &Bind, prepared: Prepared) -> Result<(), Failure> {
    let Prepared { store, mut record } = prepared;
    let terms = bind.terms();
    let account = terms.account.of(desk)?;
    let signer = desk.signer()?;
    let authority = authority_of(desk, signer.address()).await?;
    let (genesis, subject) = (desk.chain.genesis_hash, record.subject());
    settle(desk, &mut record).await?;
    let ours =
        |known: &&Binding| (known.genesis, known.authority, known.account) == (genesis, authority, account);
    let known = record.bindings.iter().find(ours).cloned();
    if let (Some(known), Some(live)) = (known, on_ledger(desk, authority, subject, account).await?) {
        let found = desk.ask(ADDRESS, &bindingCall { id: live }).await?;
        require_same(&record, (account, terms), (live, &found), &known)?;
        // The transaction of an earlier run arrived (B3).
        if let Some(store) = &store {
            store.put(&record)?;
        }
        let mut told = told(&record, account, terms.level, live);
        told.put("until", named::time(found.expiryMs, "no end"), found.expiryMs);
        told.fields.insert("recovered".into(), true.into());
        return already(desk, told);
    }
    let expiry_ms = terms.until.map_or(0, named::Moment::end_ms);
    let call = bindCall {
        account,
        kind: record.kind().number(),
        subject: if record.kind() == Kind::Person { subject } else { B256::ZERO },
        level: terms.level.number(),
        expiryMs: expiry_ms,
        code: if record.kind() == Kind::Organisation { subject } else { B256::ZERO },
        nameDigest: record.name_digest(),
    };
    let act = Act { module: ADDRESS, input: Bytes::from(call.abi_encode()), lost: None };
    desk.require_standing(signer.address(), ADDRESS, &act.input).await?;
    desk.gas(signer.address(), ADDRESS, &act.input).await?; // B1
    record.bindings.push(Binding {
        genesis,
        authority,
        account,
        number: 0,
        level: terms.level.number(),
        expiry_ms,
        prepared_ms: named::now_ms(),
    });
    if let Some(store) = store.as_ref().filter(|_| !desk.hand.dry_run) {
        store.put(&record)?; // B2
    }
    let done = match desk.take_as(&signer, &act).await {
        Ok(done) => done,
        Err(failure) => return Err(interrupted(failure, store.is_some())),
    };
    let mut number = 0;
    if let Done::Taken(receipt) = &done {
        let event = receipt.logs().find_map(|log| decode_event::<Bound>(&log));
        number = event.map_or(0, |event| event.binding);
        if let Some(last) = record.bindings.last_mut() {
            last.number = number;
        }
        if let Some(store) = &store {
            store.put(&record)?;
        }
    }
    desk.report(&done, told(&record, account, terms.level, number))
}

/// The binding on the ledger is the one that the command asks for: its level, its end and its name.
fn require_same(
    record: &Record,
    (account, Terms { level, until, .. }): (Address, &Terms),
    (number, found): (u64, &OnLedger),
    known: &Binding,
) -> Result<(), Failure> {
    let end = named::time(found.expiryMs, "no end");
    let there = Level::from_number(found.level).map_or("unknown", Level::name);
    let refuse = |what: String, advice: String| {
        Err(Failure::Failed(format!(
            "{account} is bound already, by binding {number} (level {there}, until: {end}), and {what}; nothing was \
             sent or written: {advice}"
        )))
    };
    let renew = format!("change level and end with `ding identity renew {number}`");
    if found.level != level.number() {
        return refuse(format!("you ask for level {level}"), renew);
    }
    let asked = until.map_or(0, named::Moment::end_ms);
    let fits = match until {
        // The command said a length of time before, which began then.
        Some(named::Moment::After(_)) => {
            let later = named::now_ms().saturating_sub(known.prepared_ms);
            known.expiry_ms == found.expiryMs
                && asked.saturating_sub(later).abs_diff(known.expiry_ms) <= SAME_MS
        }
        _ => asked == found.expiryMs,
    };
    if !fits {
        return refuse(format!("you ask for the end: {}", named::time(asked, "none")), renew);
    }
    if found.nameDigest != record.name_digest() {
        return refuse(
            "the name that you give is not the name that was bound".into(),
            format!("correct the name, or revoke binding {number} and bind anew if it was wrong there"),
        );
    }
    Ok(())
}

/// Whoever was interrupted learns what to do.
fn interrupted(failure: Failure, has_record: bool) -> Failure {
    if !has_record {
        return failure;
    }
    let text = format!(
        "{failure}; the record is kept with its salt, and the same command goes on from there (`ding identity record delete` \
         erases it instead)"
    );
    match failure {
        Failure::Unreachable(_) => Failure::Unreachable(text),
        Failure::Input(_) => Failure::Input(text),
        _ => Failure::Failed(text),
    }
}

/// Looks what became of bindings on this chain that were prepared and never seen: those that the ledger
/// has get their number, the others are forgotten.
pub(super) async fn settle(desk: &Desk, record: &mut Record) -> Result<bool, Failure> {
    let (genesis, subject) = (desk.chain.genesis_hash, record.subject());
    let mut settled = Vec::new();
    let mut changed = false;
    for mut known in record.bindings.clone() {
        if known.number == 0 && known.genesis == genesis {
            changed = true;
            match on_ledger(desk, known.authority, subject, known.account).await? {
                Some(number) => known.number = number,
                None => continue,
            }
        }
        settled.push(known);
    }
    record.bindings = settled;
    Ok(changed)
}

fn told(record: &Record, account: Address, level: Level, number: u64) -> Told {
    let mut told = Told::default();
    told.put("account", account, account.to_string());
    told.put("binding", number, number);
    told.put("kind", record.kind(), record.kind().name());
    told.put("level", level, level.name());
    let subject = show::subject(record.kind().number(), &record.subject());
    told.put("subject", &subject, subject.as_str());
    told
}

fn already(desk: &Desk, told: Told) -> Result<(), Failure> {
    if desk.json {
        let mut value = serde_json::Value::Object(told.fields);
        value["chain"] = desk.chain.name.clone().into();
        return crate::text::say_json(&value);
    }
    let rows: Vec<(&str, String)> =
        told.rows.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    say(&format!("The binding is on the ledger already; nothing was sent.\n{}", crate::text::table(&rows)))
}
