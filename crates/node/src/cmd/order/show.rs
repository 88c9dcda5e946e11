//! `ding order show`, `list`, `report` and `freezes`: orders as anyone may read them.

use super::{
    super::{desk::Desk, named},
    draft, find, status,
};
use crate::{
    failure::Failure,
    text::{plural, say, say_json, table},
};
use alloy_sol_types::SolEvent as _;
use ding_modules::{
    calendar::{self, Day, abi::ICalendar::todayCall},
    dispatch::decode_event,
    filing::{self, abi::IFiling::serviceCall as registeredCall},
    orders::{
        Action, Field, Status, TargetKind,
        abi::IOrders::{
            IdentityLooked, Order, OrderDrafted, Tally, appealOfCall, freezesOfCall, orderCall, ordersOfCall,
            tallyCall,
        },
        state::ADDRESS,
        terms::Appealed,
    },
    services::{
        self,
        abi::IServices::{serviceCall, serviceOfCall},
    },
};
use ding_primitives::{Address, B256, U256};
use serde_json::{Value, json};

/// Years before the present one in which orders against a target are looked for.
const YEARS_BACK: u32 = 9;
/// The first order of a year has this many times the year, and one more, as its number.
const NUMBERS: u64 = 1_000_000;

/// Which orders.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Of this year; the present one without it, and with --target also those before.
    #[arg(long, value_parser = named::number::<u32>)]
    year: Option<u32>,
    /// Only those in this state: drafted, in-force, answered, settled, withdrawn, declined, lifted, revoked, expired.
    #[arg(long, value_parser = state)]
    state: Option<Status>,
    /// Only those with this action.
    #[arg(long, value_parser = draft::action)]
    action: Option<Action>,
    /// Only those against this: an account, or a service by its filing number, id (64 hexadecimal digits),
    /// number in the register, or one of its contracts.
    #[arg(long, alias = "against", value_name = "ACCOUNT|SERVICE")]
    target: Option<String>,
    /// Only those whose answer is overdue.
    #[arg(long)]
    overdue: bool,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
}

fn state(text: &str) -> Result<Status, String> {
    Status::from_name(text).ok_or_else(|| format!("states are {}", Status::ALL.map(Status::name).join(", ")))
}

fn action(number: u8) -> &'static str {
    Action::from_number(number).map_or("an unknown action", Action::name)
}

/// The target as people know it.
async fn target(desk: &Desk, order: &Order) -> Result<String, Failure> {
    if order.targetKind == TargetKind::Account.number() {
        return Ok(format!("account {}", Address::from_word(order.target)));
    }
    let service = desk.ask(services::state::ADDRESS, &serviceCall { id: order.target }).await?;
    Ok(match service.number.as_str() {
        "" => format!("service {}", order.target),
        number => format!("service {number} ({})", order.target),
    })
}

/// What an order does, in a sentence.
pub(super) async fn sentence(desk: &Desk, order: &Order) -> Result<String, Failure> {
    let mut text = format!("{} {}", action(order.action), target(desk, order).await?);
    if order.untilMs != 0 {
        text.push_str(&format!(" until {}", named::time(order.untilMs, "")));
    }
    if order.refersTo != 0 {
        text.push_str(&format!(", lifting order {}", order.refersTo));
    }
    if order.scope != 0 {
        text.push_str(&format!(": {}", Field::names(order.scope)));
    }
    if order.workingDays != 0 {
        text.push_str(&format!(", within {}", plural(order.workingDays.into(), "working day")));
    }
    Ok(text)
}

/// The draft as it was written, if the member keeps the log.
async fn written(desk: &Desk, number: u64) -> Result<Option<OrderDrafted>, Failure> {
    let topics = [OrderDrafted::SIGNATURE_HASH, B256::from(U256::from(number))];
    match desk.logs(ADDRESS, &topics).await {
        Ok(logs) => Ok(logs.iter().find_map(decode_event)),
        Err(Failure::Unreachable(why)) => Err(Failure::Unreachable(why)),
        Err(_) => Ok(None),
    }
}

/// Who looked at what was disclosed, if the member keeps the logs.
pub(super) async fn looks(desk: &Desk, number: u64) -> Result<Vec<IdentityLooked>, Failure> {
    let topics = [IdentityLooked::SIGNATURE_HASH, B256::from(U256::from(number))];
    match desk.logs(ADDRESS, &topics).await {
        Ok(logs) => Ok(logs.iter().filter_map(decode_event).collect()),
        Err(Failure::Unreachable(why)) => Err(Failure::Unreachable(why)),
        Err(_) => Ok(Vec::new()),
    }
}

fn look_line(look: &IdentityLooked) -> String {
    let fits = if look.matches { "" } else { ", which do not fit the ledger" };
    format!("{}: {}{fits}, {}", look.account, Field::names(look.fields), named::time(look.timestampMs, ""))
}

fn look_json(look: &IdentityLooked) -> Value {
    json!({
        "account": look.account, "fields": Field::names(look.fields), "matches": look.matches,
        "timestampMs": look.timestampMs,
    })
}

pub(super) async fn show(desk: &Desk, number: u64) -> Result<(), Failure> {
    let order = find(desk, number).await?;
    let appeal = desk.ask(ADDRESS, &appealOfCall { number }).await?;
    let written = written(desk, number).await?;
    let looks = looks(desk, number).await?;
    let basis = written.as_ref().map(|event| event.order.basis.clone());
    if desk.json {
        let mut value = order_json(number, &order);
        value["chain"] = desk.chain.name.clone().into();
        value["basis"] = json!(basis);
        value["caseNumber"] = json!(written.as_ref().map(|event| event.order.caseNumber));
        value["content"] = json!(written.as_ref().map(|event| event.order.content));
        value["looks"] = looks.iter().map(look_json).collect();
        if appeal.state != 0 {
            value["appeal"] = json!({
                "state": appealed(appeal.state), "appellant": appeal.appellant, "filedMs": appeal.filedMs,
                "grounds": appeal.grounds, "decider": appeal.decider, "decidedMs": appeal.decidedMs, "reasons": appeal.reasons,
            });
        }
        return say_json(&value);
    }
    let authority = named::organisation(desk, order.authority).await?.name;
    let mut rows = vec![
        ("order to", sentence(desk, &order).await?),
        ("legal basis", basis.unwrap_or_else(|| "not kept by this member: ask one with a read model".into())),
        (
            "state",
            if order.overdue {
                format!("{}, overdue", status(order.status))
            } else {
                status(order.status).into()
            },
        ),
        ("authority", format!("{authority} (organisation {})", order.authority)),
        ("drafted", format!("by {}\n{}", order.issuer, named::time(order.draftedMs, ""))),
    ];
    if order.decidedMs != 0 {
        rows.push(("second hand", format!("{}\n{}", order.second, named::time(order.decidedMs, ""))));
    }
    if order.fromHeight != 0 && order.decidedMs != 0 {
        rows.push(("in effect from", format!("block {}", order.fromHeight)));
    }
    if order.dueDay != 0 {
        rows.push(("answer due", named::day_text(order.dueDay, order.provisional)));
    }
    let (case, document) = written
        .as_ref()
        .map_or((B256::ZERO, B256::ZERO), |event| (event.order.caseNumber, event.order.content));
    for (name, word) in [
        ("case digest", case),
        ("document digest", document),
        ("subject", order.subject),
        ("answer digest", order.answer),
    ] {
        if !word.is_zero() {
            rows.push((name, word.to_string()));
        }
    }
    if order.delivered != 0 {
        rows.push(("delivered", Field::names(order.delivered)));
        let looked: Vec<String> = looks.iter().map(look_line).collect();
        rows.push(("looked at", if looked.is_empty() { "by nobody".into() } else { looked.join("\n") }));
    }
    if appeal.state != 0 {
        let filed = named::time(appeal.filedMs, "");
        let mut text = format!(
            "{}\nby {}, {filed}\ngrounds {}",
            appealed(appeal.state),
            appeal.appellant,
            appeal.grounds
        );
        if appeal.decidedMs != 0 {
            let decided = named::time(appeal.decidedMs, "");
            text.push_str(&format!("\ndecided by {}, {decided}\nreasons {}", appeal.decider, appeal.reasons));
        }
        rows.push(("appeal", text));
    }
    say(&format!("order {number} on {}\n{}", desk.chain.name, table(&rows)))
}

fn appealed(number: u8) -> &'static str {
    Appealed::from_number(number).map_or("unknown", Appealed::name)
}

fn order_json(number: u64, order: &Order) -> Value {
    let kind = TargetKind::from_number(order.targetKind).map_or("unknown", TargetKind::name);
    let target = if order.targetKind == TargetKind::Account.number() {
        json!(Address::from_word(order.target))
    } else {
        json!(order.target)
    };
    let due = (order.dueDay != 0).then(|| Day::new(order.dueDay).to_string());
    json!({
        "number": number, "action": action(order.action), "status": status(order.status), "targetKind": kind,
        "target": target, "authority": order.authority, "issuer": order.issuer, "second": order.second,
        "draftedMs": order.draftedMs, "decidedMs": order.decidedMs, "fromHeight": order.fromHeight,
        "untilMs": order.untilMs, "workingDays": order.workingDays, "dueDay": due, "provisional": order.provisional,
        "overdue": order.overdue, "refersTo": order.refersTo, "scope": Field::names(order.scope),
        "delivered": Field::names(order.delivered), "answer": order.answer, "subject": order.subject,
    })
}

/// Orders that a list shows, the newest first; and how many there are in its years.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) orders: Vec<(u64, Order)>,
    years: (u32, u32),
    count: u64,
}

/// Whom a list is about, in the words that orders have for it: an address may be an account and a
/// contract of a service.
async fn targets(desk: &Desk, text: &str) -> Result<Vec<B256>, Failure> {
    if let Ok(id) = text.parse::<u64>() {
        let number = desk.ask(filing::state::ADDRESS, &registeredCall { id }).await?.number;
        if number.is_empty() {
            return Err(Failure::Input(format!(
                "service {id} has no filing number yet; name it by its id (64 hexadecimal digits)"
            )));
        }
        return Ok(vec![draft::target(desk, Action::Inquire, &number).await?.1]);
    }
    let Ok(address) = text.parse::<Address>() else {
        return Ok(vec![draft::target(desk, Action::Inquire, text).await?.1]);
    };
    let account = named::account(text).map_err(Failure::Input)?;
    let service = desk.ask(services::state::ADDRESS, &serviceOfCall { contractAddress: address }).await?;
    Ok([account.into_word(), service].into_iter().filter(|word| !word.is_zero()).collect())
}

/// Looks for the orders of a list.
pub(super) async fn find_all(desk: &Desk, args: &List) -> Result<Listed, Failure> {
    let targets = match &args.target {
        Some(text) => Some(targets(desk, text).await?),
        None => None,
    };
    let last = match args.year {
        Some(year) => year,
        None => Day::new(desk.ask(calendar::state::ADDRESS, &todayCall {}).await?).year(),
    };
    let back = if args.year.is_none() && targets.is_some() { YEARS_BACK } else { 0 };
    let mut found = Listed { orders: Vec::new(), years: (last.saturating_sub(back), last), count: 0 };
    for year in (found.years.0..=last).rev() {
        let count = desk.ask(ADDRESS, &ordersOfCall { year }).await?;
        found.count = found.count.saturating_add(count.into());
        let first = u64::from(year).saturating_mul(NUMBERS);
        for place in (1..=u64::from(count)).rev() {
            if found.orders.len() >= args.limit.into() {
                break;
            }
            let number = first.saturating_add(place);
            let order = desk.ask(ADDRESS, &orderCall { number }).await?;
            let fits = args.state.is_none_or(|state| state.number() == order.status)
                && args.action.is_none_or(|action| action.number() == order.action)
                && targets.as_ref().is_none_or(|targets| targets.contains(&order.target))
                && (!args.overdue || order.overdue);
            if fits {
                found.orders.push((number, order));
            }
        }
    }
    Ok(found)
}

pub(super) async fn list(desk: &Desk, args: &List) -> Result<(), Failure> {
    let Listed { orders: shown, years: (from, to), count } = find_all(desk, args).await?;
    if desk.json {
        let items: Vec<Value> = shown.iter().map(|(number, order)| order_json(*number, order)).collect();
        return say_json(&json!({ "chain": desk.chain.name, "year": to, "count": count, "items": items }));
    }
    let year = if from == to { to.to_string() } else { format!("{from} to {to}") };
    if shown.is_empty() {
        return say(&format!("{} has no such orders of {year} ({count} drafted)", desk.chain.name));
    }
    let mut lines = Vec::new();
    for (number, order) in &shown {
        let late = if order.overdue { ", overdue" } else { "" };
        lines.push(format!(
            "  {number}  {:<9}{late}  {}",
            status(order.status),
            sentence(desk, order).await?
        ));
    }
    say(&format!(
        "{} of {count} of {year} on {}\n{}",
        plural(shown.len(), "order"),
        desk.chain.name,
        lines.join("\n")
    ))
}

/// What a year's report says of one action.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) action: Action,
    tally: Tally,
    /// Looks at disclosed data; `None` if the member keeps no read model.
    pub(super) looked: Option<u64>,
}

/// The report of a year, by action.
pub(super) async fn count(desk: &Desk, year: u32) -> Result<Vec<Counted>, Failure> {
    // The ledger counts orders; looks are told by events only, which a read model keeps.
    let looks: Option<Value> = match desk.query("ding_orderReport", json!({ "year": year })).await {
        Err(Failure::Unreachable(why)) => return Err(Failure::Unreachable(why)),
        other => other.ok(),
    };
    let looked = |action: Action| {
        let items = looks.as_ref()?.get("items")?.as_array()?;
        let item = items.iter().find(|item| item.get("action").is_some_and(|name| name == action.name()));
        Some(item.and_then(|item| item.get("looked")?.as_u64()).unwrap_or_default())
    };
    let mut counted = Vec::new();
    for action in Action::ALL {
        let tally = desk.ask(ADDRESS, &tallyCall { year, action: action.number() }).await?;
        counted.push(Counted { action, tally, looked: looked(action) });
    }
    Ok(counted)
}

pub(super) async fn report(desk: &Desk, year: u32) -> Result<(), Failure> {
    let counted = count(desk, year).await?;
    if desk.json {
        let actions = counted.iter().map(|Counted { action, tally, looked }| {
            json!({
                "action": action.name(), "drafted": tally.drafted, "approved": tally.approved, "dropped": tally.dropped,
                "lifted": tally.lifted, "answered": tally.answered, "late": tally.late, "appealed": tally.appealed,
                "granted": tally.granted, "looked": looked,
            })
        });
        let actions: Vec<Value> = actions.collect();
        return say_json(&json!({ "chain": desk.chain.name, "year": year, "actions": actions }));
    }
    let head = [
        "action", "drafted", "approved", "dropped", "lifted", "answered", "late", "appealed", "granted",
        "looks",
    ];
    let line = |cells: &[String]| cells.iter().map(|cell| format!("{cell:>9}")).collect::<String>();
    let mut lines = vec![line(&head.map(str::to_owned))];
    for Counted { action, tally: t, looked } in &counted {
        let numbers = [t.drafted, t.approved, t.dropped, t.lifted, t.answered, t.late, t.appealed, t.granted];
        let looked = looked.map_or_else(|| "?".to_owned(), |looked| looked.to_string());
        let cells: Vec<String> = std::iter::once(action.name().to_owned())
            .chain(numbers.map(|number| number.to_string()))
            .chain([looked])
            .collect();
        lines.push(line(&cells));
    }
    if counted.iter().any(|counted| counted.looked.is_none()) {
        lines.push("This member keeps no read model: looks are not known here.".into());
    }
    say(&format!("orders of {year} on {}\n{}", desk.chain.name, lines.join("\n")))
}

pub(super) async fn freezes(desk: &Desk, account: Address) -> Result<(), Failure> {
    let numbers = desk.ask(ADDRESS, &freezesOfCall { account }).await?;
    if desk.json {
        return say_json(&json!({ "chain": desk.chain.name, "account": account, "orders": numbers }));
    }
    if numbers.is_empty() {
        return say(&format!("no order freezes {account} on {}", desk.chain.name));
    }
    let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    say(&format!("{account} is frozen on {} by order {}", desk.chain.name, list.join(", ")))
}
