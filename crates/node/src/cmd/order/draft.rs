//! `ding order draft` and `lift`: an order from words.

use super::{
    super::{
        desk::{Act, Desk, Done, Told},
        named,
    },
    bits, field, find,
};
use crate::{failure::Failure, text::say};
use ding_modules::{
    dispatch::decode_event,
    ids::FilingNumber,
    orders::{
        Action, Field, TargetKind,
        abi::IOrders::{self, OrderDrafted, draftCall},
        state::ADDRESS,
    },
    services::{self, abi::IServices::serviceOfCall},
};
use ding_primitives::{Address, B256};

/// An order to be written.
#[derive(Debug, clap::Args)]
pub(super) struct Draft {
    /// suspend, restore, freeze, release, inquire, rectify, disclose or lift.
    #[arg(value_parser = action)]
    action: Action,
    /// Whom it is against: an account (an address, or a name as --key takes it), or a service by its
    /// filing number, id (64 hexadecimal digits) or, for suspend and restore, one of its contracts.
    target: String,
    /// Legal basis: law and article. It is public; no personal data.
    #[arg(long)]
    basis: String,
    /// When it ends by itself: a day, or a length of time. May be given to suspend, freeze and disclose.
    #[arg(long, value_name = "DATE", value_parser = named::moment)]
    until: Option<named::Moment>,
    /// Working days to answer, from the day of approval. Required to inquire, rectify and disclose.
    #[arg(long, value_name = "N", value_parser = named::number::<u16>)]
    days: Option<u16>,
    /// Block from which on it has effect (suspend, restore); the next after approval without it.
    #[arg(long, value_name = "HEIGHT")]
    from_height: Option<u64>,
    /// Number of the order that it lifts. Required to restore, release and lift (`ding order lift` fills
    /// all of it in).
    #[arg(long, value_name = "ORDER", value_parser = named::number::<u64>)]
    lifts: Option<u64>,
    /// What is to be disclosed: name, document, mobile, address, face, accounts, history. Required to
    /// disclose.
    #[arg(long = "field", value_name = "FIELD", value_parser = field)]
    fields: Vec<Field>,
    /// The case: a file, or its SHA-256 digest. Required to disclose.
    #[arg(long, value_name = "FILE|DIGEST")]
    case: Option<String>,
    /// The document of the order: a file, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST")]
    document: Option<String>,
}

/// An order that lifts another.
#[derive(Debug, clap::Args)]
pub(super) struct Lift {
    /// Number of the order that is to be lifted.
    #[arg(value_parser = named::number::<u64>)]
    number: u64,
    /// Legal basis, or why the cause is gone.
    #[arg(long)]
    basis: String,
    /// The document of the order: a file, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST")]
    document: Option<String>,
}

/// An action by its name.
pub(super) fn action(text: &str) -> Result<Action, String> {
    Action::from_name(text).ok_or_else(|| format!("actions are {}", Action::ALL.map(Action::name).join(", ")))
}

impl Draft {
    /// Each action has flags that it needs and flags that it does not take, as the ledger has parts.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let action = self.action;
        let disclose = action == Action::Disclose;
        // Flag, whether it is there, whether it must be there, whether it may be there.
        let flags = [
            ("--from-height", self.from_height.is_some(), false, action.has_beginning()),
            ("--until", self.until.is_some(), false, action.has_end()),
            ("--days", self.days.is_some(), action.has_clock(), action.has_clock()),
            ("--lifts", self.lifts.is_some(), action.lifts(), action.lifts()),
            ("--field", !self.fields.is_empty(), disclose, disclose),
            ("--case", self.case.is_some(), disclose, true),
        ];
        let list = |flags: Vec<&str>| flags.join(", ");
        let missing: Vec<&str> =
            flags.iter().filter(|(_, is, must, _)| *must && !is).map(|(flag, ..)| *flag).collect();
        if !missing.is_empty() {
            return Err(Failure::Input(format!("an order to {action} needs {}", list(missing))));
        }
        let beyond: Vec<&str> =
            flags.iter().filter(|(_, is, _, may)| *is && !may).map(|(flag, ..)| *flag).collect();
        if !beyond.is_empty() {
            return Err(Failure::Input(format!("an order to {action} takes no {}", list(beyond))));
        }
        Ok(())
    }
}

pub(super) async fn draft(desk: &Desk, args: &Draft) -> Result<(), Failure> {
    let action = args.action;
    let (kind, target) = target(desk, action, &args.target).await?;
    let what = IOrders::Draft {
        action: action.number(),
        targetKind: kind.number(),
        target,
        fromHeight: args.from_height.unwrap_or_default(),
        untilMs: args.until.map_or(0, named::Moment::end_ms),
        workingDays: args.days.unwrap_or_default(),
        refersTo: args.lifts.unwrap_or_default(),
        scope: bits(&args.fields),
        caseNumber: named::digest_or_none(args.case.as_deref())?,
        content: named::digest_or_none(args.document.as_deref())?,
        basis: args.basis.clone(),
    };
    send(desk, what).await
}

pub(super) async fn lift(desk: &Desk, args: &Lift) -> Result<(), Failure> {
    let order = find(desk, args.number).await?;
    let known = Action::from_number(order.action);
    let lifting = known.and_then(Action::lifted_by).ok_or_else(|| {
        let name = known.map_or("of an unknown kind", Action::name);
        Failure::Input(format!("order {} is one to {name}: it lifts another and binds nobody", args.number))
    })?;
    let what = IOrders::Draft {
        action: lifting.number(),
        targetKind: order.targetKind,
        target: order.target,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: args.number,
        scope: 0,
        caseNumber: B256::ZERO,
        content: named::digest_or_none(args.document.as_deref())?,
        basis: args.basis.clone(),
    };
    send(desk, what).await
}

async fn send(desk: &Desk, what: IOrders::Draft) -> Result<(), Failure> {
    let done = desk.take(&Act::new(ADDRESS, &draftCall { what })).await?;
    let mut told = Told::default();
    let mut number = None;
    if let Done::Taken(receipt) = &done
        && let Some(event) = receipt.logs().find_map(|log| decode_event::<OrderDrafted>(&log))
    {
        number = Some(event.number);
        told.put("order", event.number, event.number);
        told.put("state", "drafted: no effect yet", "drafted");
        told.put(
            "by",
            format!("{} for organisation {}", event.issuer, event.authority),
            event.issuer.to_string(),
        );
    }
    desk.report(&done, told)?;
    match number.filter(|_| !desk.json) {
        Some(number) => say(&format!("Another person approves it: ding order approve {number}")),
        None => Ok(()),
    }
}

/// Whom a person means.
pub(super) async fn target(desk: &Desk, action: Action, text: &str) -> Result<(TargetKind, B256), Failure> {
    if let Ok(address) = text.parse::<Address>() {
        let account = named::account(text).map_err(Failure::Input)?;
        if action.takes(TargetKind::Account) {
            return Ok((TargetKind::Account, account.into_word()));
        }
        let call = serviceOfCall { contractAddress: address };
        let id = desk.ask(services::state::ADDRESS, &call).await?;
        return found(id, || format!("{address} belongs to no service; an order to {action} is against one"));
    }
    if named::word(text).is_err() && FilingNumber::parse(text).is_err() {
        let account = named::Who::Name(text.to_owned()).of(desk).ok();
        let account = account.filter(|_| action.takes(TargetKind::Account)).ok_or_else(|| {
            Failure::Input(format!(
                "{text:?} is no account, no id of a service (64 hexadecimal digits) and no filing number"
            ))
        })?;
        return Ok((TargetKind::Account, account.into_word()));
    }
    Ok((TargetKind::Service, named::service(desk, text).await?))
}

fn found(id: B256, why: impl FnOnce() -> String) -> Result<(TargetKind, B256), Failure> {
    if id.is_zero() { Err(Failure::Input(why())) } else { Ok((TargetKind::Service, id)) }
}
