//! `ding identity disclose` and `check-disclosure`: who stands behind an account, on the order of a
//! supervisor, from the authority to the requester and nobody else.
//!
//! - O1 an authority hands over no more than the order asks for, to nobody but the recipient named, and
//!   puts the digest of the package on the ledger;
//! - O2 a requester shows nothing before the ledger says that it looked, and what it saw.

use super::{
    super::{
        desk::{Act, Desk, Done, Told},
        named, order,
    },
    Records,
    record::write_new,
};
use crate::{
    failure::Failure,
    records::{
        package::{About, Findings, Package},
        sealed::{Key, Recipient},
    },
    text::{say, say_json, table},
    wallet,
};
use alloy_sol_types::SolEvent as _;
use ding_modules::{
    dispatch::decode_event,
    identity::{
        abi::IIdentity::{accountsOfCall, subjectOfCall},
        state::ADDRESS,
    },
    orders::{
        self, Action, Field, Status,
        abi::IOrders::{IdentityDelivered, Order, deliverCall, lookCall},
    },
};
use ding_primitives::{Address, B256, U256};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What is handed over, and to whom.
#[derive(Debug, clap::Args)]
pub(super) struct Disclose {
    /// Number of the order.
    #[arg(long, value_name = "NUMBER", value_parser = named::number::<u64>)]
    order: u64,
    /// The requester (age1…), as it told you off the ledger.
    #[arg(long, value_name = "RECIPIENT")]
    to: Recipient,
    /// Hand over these fields only; all that the order names without it.
    #[arg(long = "field", value_name = "FIELD", value_parser = order::field)]
    fields: Vec<Field>,
    /// Where to write the package; order-NUMBER.age without it.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    records: Records,
}

/// What is opened.
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The package.
    #[arg(value_name = "FILE")]
    package: PathBuf,
    /// The key that opens it, as `ding identity disclosure-key` wrote it.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Show this field. That you look goes on the ledger first.
    #[arg(long = "show", value_name = "FIELD", value_parser = order::field)]
    show: Vec<Field>,
    /// Write the image of the face here.
    #[arg(long, value_name = "FILE")]
    face_to: Option<PathBuf>,
}

pub(super) fn make_key(file: &Path, json: bool) -> Result<(), Failure> {
    let key = Key::random();
    let recipient = key.recipient();
    let text = zeroize::Zeroizing::new(format!("# recipient: {recipient}\n{}\n", key.text().as_str()));
    write_new(file, text.as_bytes())?;
    if json {
        return say_json(&json!({ "file": file, "recipient": recipient.to_string() }));
    }
    say(&format!(
        "key file {}\nrecipient {recipient}\nKeep the file; give the recipient to the identity authority with your order.",
        file.display()
    ))
}

/// An order to disclose that may be answered or looked at.
async fn order_to_disclose(desk: &Desk, number: u64, allowed: &[Status]) -> Result<Order, Failure> {
    let order = order::find(desk, number).await?;
    if order.action != Action::Disclose.number() {
        let action = Action::from_number(order.action).map_or("unknown", Action::name);
        return Err(Failure::Input(format!("order {number} is one to {action}, not to disclose")));
    }
    match Status::from_number(order.status) {
        Some(status) if allowed.contains(&status) => Ok(order),
        status => {
            let name = status.map_or("unknown", Status::name);
            Err(Failure::Input(format!("order {number} is {name}: it allows no disclosure now")))
        }
    }
}

pub(super) async fn disclose(desk: &Desk, args: &Disclose) -> Result<(), Failure> {
    let number = args.order;
    let order = order_to_disclose(desk, number, &[Status::InForce, Status::Answered]).await?;
    let account = Address::from_word(order.target);
    let wanted = if args.fields.is_empty() { order.scope } else { order::bits(&args.fields) };
    if wanted & !order.scope != 0 {
        return Err(Failure::Input(format!(
            "order {number} asks for {}; {} goes beyond it",
            Field::names(order.scope),
            Field::names(wanted & !order.scope)
        )));
    }
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("order-{number}.age")));
    if output.exists() {
        return Err(exists(number, &order, &output)?);
    }
    let store = args.records.open()?;
    let entry = store.list()?.into_iter().find(|entry| entry.subject == order.subject);
    let entry = entry.ok_or_else(|| {
        Failure::Failed(format!(
            "no record here is of the subject of order {number}, {}: it was erased, or is another authority's",
            order.subject
        ))
    })?;
    let record = store.get(&entry)?;
    let standing = super::show::standing(desk, account).await?;
    let accounts = match standing.binding {
        0 => vec![account],
        id => desk.ask(ADDRESS, &accountsOfCall { id }).await?,
    };
    let about = About {
        chain: desk.chain.name.clone(),
        genesis: desk.chain.genesis_hash,
        order: number,
        account,
        made_ms: named::now_ms(),
    };
    let (package, fields) = Package::new(&about, &record, wanted, accounts);
    if fields == 0 {
        return Err(Failure::Failed(format!("the record has none of {}", Field::names(wanted))));
    }
    let sealed = args.to.seal(&package.to_json()?)?;
    let digest = order::delivery(number, &order, &sealed);
    let signer = desk.signer()?;
    let act = Act::new(orders::state::ADDRESS, &deliverCall { number, fields, digest });
    // Door and ledger say whether they would take the delivery before anything is written.
    desk.require_standing(signer.address(), act.module, &act.input).await?;
    desk.gas(signer.address(), act.module, &act.input).await?;
    let names = Field::names(fields);
    desk.confirm(&format!(
        "{names} of the person behind {account} go to whoever has the key of {}",
        args.to
    ))?;
    if !desk.hand.dry_run {
        write_new(&output, &sealed)?;
    }
    let done =
        desk.take_as(&signer, &act).await.map_err(|failure| unrecorded(failure, number, &output, fields))?;
    let mut told = Told::default();
    told.put("order", number, number);
    told.put("account", account, account.to_string());
    told.put("fields", &names, names.as_str());
    if fields != wanted {
        let missing = Field::names(wanted & !fields);
        told.put("not known", &missing, missing.as_str());
    }
    told.put("package", output.display(), output.display().to_string());
    told.put("digest", digest, digest.to_string());
    if let Done::Taken(receipt) = &done
        && let Some(event) = receipt.logs().find_map(|log| decode_event::<IdentityDelivered>(&log))
    {
        told.put("late", if event.late { "yes" } else { "no" }, event.late);
    }
    desk.report(&done, told)
}

/// Why a package that is there already stops a new one.
fn exists(number: u64, order: &Order, output: &Path) -> Result<Failure, Failure> {
    let shown = output.display();
    let digest = order::delivery(number, order, &order::package_bytes(output)?);
    Ok(Failure::Input(if digest == order.answer {
        format!(
            "{shown} is the package that was put on record for order {number}; hand it over, or name another file with --output"
        )
    } else {
        format!(
            "{shown} is there already and not on record for order {number}; put it on record with `ding order deliver {number} \
             --package {shown} --field …`, or remove it"
        )
    }))
}

/// A package that is written and perhaps not on record.
fn unrecorded(failure: Failure, number: u64, output: &Path, fields: u32) -> Failure {
    let flags: Vec<String> = Field::ALL
        .into_iter()
        .filter(|field| fields & field.bit() != 0)
        .map(|field| format!("--field {field}"))
        .collect();
    let text = format!(
        "{failure}; the package is in {0}: look with `ding order show {number}` whether it is on record, if not: ding order \
         deliver {number} --package {0} {1}",
        output.display(),
        flags.join(" ")
    );
    match failure {
        Failure::Unreachable(_) => Failure::Unreachable(text),
        _ => Failure::Failed(text),
    }
}

pub(super) async fn check(desk: &Desk, args: &Check) -> Result<(), Failure> {
    let sealed = order::package_bytes(&args.package)?;
    let key = Key::read(&wallet::read_secret(&args.identity)?)?;
    let package = Package::from_json(&key.open(&sealed, &args.package)?)?;
    let number = package.order;
    if package.genesis != desk.chain.genesis_hash {
        return Err(Failure::Refuted(format!(
            "the package is of another chain, {}, with genesis {}",
            package.chain, package.genesis
        )));
    }
    let order =
        order_to_disclose(desk, number, &[Status::InForce, Status::Answered, Status::Settled]).await?;
    if !is_on_record(desk, number, &order, &sealed).await? {
        return Err(Failure::Refuted(format!(
            "{} is not what was put on record for order {number}: the digest on the ledger is {}",
            args.package.display(),
            order.answer
        )));
    }
    let account = Address::from_word(order.target);
    let subject = desk.ask(ADDRESS, &subjectOfCall { account }).await?;
    let found = package.check(&order.subject, &subject.nameDigest);
    let consistent = (package.account, package.subject) == (account, order.subject);
    let fits = consistent && found.fits() && package.fields() & !order.delivered == 0;
    let shown = order::bits(&args.show);
    if shown & !package.fields() != 0 {
        let missing = Field::names(shown & !package.fields());
        return Err(Failure::Input(format!(
            "the package has no {missing}; it has {}",
            Field::names(package.fields())
        )));
    }
    let mut looked = Value::Null;
    if shown != 0 {
        let act = Act::new(orders::state::ADDRESS, &lookCall { number, fields: shown, matches: fits });
        match desk.take(&act).await? {
            Done::Taken(receipt) => looked = json!(receipt.transaction_hash),
            Done::Rehearsed => {
                return say("The ledger would take it that you look. Nothing was sent or shown (--dry-run).");
            }
        }
    }
    report(desk, &Checked { args, package: &package, order: &order, found, fits, looked })?;
    if fits {
        return Ok(());
    }
    Err(Failure::Refuted(format!(
        "what order {number} disclosed does not fit the commitment on the ledger; put it on record with `ding order look {number} \
         --field … --mismatch`, and do not settle the order"
    )))
}

/// Whether a package was put on record for an order: as the latest delivery, or an earlier one.
async fn is_on_record(desk: &Desk, number: u64, order: &Order, sealed: &[u8]) -> Result<bool, Failure> {
    let digest = order::delivery(number, order, sealed);
    if digest == order.answer {
        return Ok(true);
    }
    let topics = [IdentityDelivered::SIGNATURE_HASH, B256::from(U256::from(number))];
    let logs = desk.logs(orders::state::ADDRESS, &topics).await?;
    Ok(logs.iter().filter_map(decode_event::<IdentityDelivered>).any(|event| event.digest == digest))
}

/// What came out.
struct Checked<'a> {
    args: &'a Check,
    package: &'a Package,
    order: &'a Order,
    found: Findings,
    fits: bool,
    looked: Value,
}

fn report(desk: &Desk, checked: &Checked<'_>) -> Result<(), Failure> {
    let Checked { args, package, order, found, fits, looked } = checked;
    if let (Some(path), Some(face)) = (&args.face_to, &package.face)
        && args.show.contains(&Field::Face)
    {
        let image =
            hex::decode(face).map_err(|_| Failure::Refuted("the image in the package is damaged".into()))?;
        write_new(path, &image)?;
    }
    let personal = personal(package, &args.show);
    let fields = Field::names(package.fields());
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "order": package.order, "account": package.account, "subject": order.subject,
            "fields": fields, "documentFits": found.document, "nameFits": found.name, "fits": fits,
            "digestOnRecord": true, "look": looked, "shown": personal,
        }));
    }
    let word = |verdict: Option<bool>, what: &str| match verdict {
        Some(true) => format!("fits the commitment on the ledger ({what})"),
        Some(false) => format!("DOES NOT FIT the commitment on the ledger ({what})"),
        None => "not in the package: nothing to compare".into(),
    };
    let mut rows = vec![
        ("order", package.order.to_string()),
        ("account", package.account.to_string()),
        ("package", "is what was put on record".to_owned()),
        ("has", fields),
        ("document", word(found.document, &short(&order.subject))),
        ("name", word(found.name, "name digest")),
    ];
    if let Some(hash) = looked.as_str() {
        rows.push(("look on record", hash.to_owned()));
    }
    let shown: Vec<(String, String)> = personal
        .iter()
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (format!("disclosed {name}"), text)
        })
        .collect();
    rows.extend(shown.iter().map(|(name, text)| (name.as_str(), text.clone())));
    say(&table(&rows))
}

fn short(subject: &B256) -> String {
    subject.to_string().chars().take(14).collect::<String>() + "…"
}

/// The fields that somebody asked to see.
fn personal(package: &Package, show: &[Field]) -> Map<String, Value> {
    let mut shown = Map::new();
    for field in show {
        let value = match field {
            Field::Name => package.name.as_ref().map(|name| json!(name.text)),
            Field::Document => package
                .document
                .as_ref()
                .map(|proven| json!({ "type": proven.document.kind, "number": proven.document.number })),
            Field::Mobile => package.mobile.as_ref().map(|mobile| json!(mobile)),
            Field::Address => package.address.as_ref().map(|address| json!(address)),
            Field::Face => {
                package.face.as_ref().map(|face| json!(format!("an image of {} bytes", face.len() / 2)))
            }
            Field::Accounts => package.accounts.as_ref().map(|accounts| json!(accounts)),
            Field::History => package.history.as_ref().map(|history| json!(history)),
        };
        shown.insert(field.name().to_owned(), value.unwrap_or_default());
    }
    shown
}
