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
    orders::{
        Action, Field, Status, TargetKind,
        abi::IOrders::{
            Order, OrderDrafted, appealOfCall, freezesOfCall, orderCall, ordersOfCall, tallyCall,
        },
        state::ADDRESS,
        terms::Appealed,
    },
    services::{self, abi::IServices::serviceCall},
};
use ding_primitives::{Address, B256, U256};
use serde_json::{Value, json};

/// The first order of a year has this many times the year, and one more, as its number.
const NUMBERS: u64 = 1_000_000;

/// Which orders.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Of this year; the present one without it.
    #[arg(long)]
    year: Option<u32>,
    /// Only those in this state: drafted, in-force, answered, settled, withdrawn, declined, lifted, revoked, expired.
    #[arg(long, value_parser = state)]
    state: Option<Status>,
    /// Only those with this action.
    #[arg(long, value_parser = draft::action)]
    action: Option<Action>,
    /// Only those against this account.
    #[arg(long, value_name = "ACCOUNT", value_parser = named::account)]
    against: Option<Address>,
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

pub(super) async fn show(desk: &Desk, number: u64) -> Result<(), Failure> {
    let order = find(desk, number).await?;
    let appeal = desk.ask(ADDRESS, &appealOfCall { number }).await?;
    let written = written(desk, number).await?;
    let basis = written.as_ref().map(|event| event.order.basis.clone());
    if desk.json {
        let mut value = order_json(number, &order);
        value["chain"] = desk.chain.name.clone().into();
        value["basis"] = json!(basis);
        value["caseNumber"] = json!(written.as_ref().map(|event| event.order.caseNumber));
        value["content"] = json!(written.as_ref().map(|event| event.order.content));
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
    for (name, word) in [("subject", order.subject), ("answer digest", order.answer)] {
        if !word.is_zero() {
            rows.push((name, word.to_string()));
        }
    }
    if order.delivered != 0 {
        rows.push(("delivered", Field::names(order.delivered)));
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

pub(super) async fn list(desk: &Desk, args: &List) -> Result<(), Failure> {
    let year = match args.year {
        Some(year) => year,
        None => Day::new(desk.ask(calendar::state::ADDRESS, &todayCall {}).await?).year(),
    };
    let count = desk.ask(ADDRESS, &ordersOfCall { year }).await?;
    let first = u64::from(year).saturating_mul(NUMBERS);
    let mut shown = Vec::new();
    for place in (1..=u64::from(count)).rev() {
        let number = first.saturating_add(place);
        let order = desk.ask(ADDRESS, &orderCall { number }).await?;
        let fits = args.state.is_none_or(|state| state.number() == order.status)
            && args.action.is_none_or(|action| action.number() == order.action)
            && args.against.is_none_or(|account| account.into_word() == order.target)
            && (!args.overdue || order.overdue);
        if fits {
            shown.push((number, order));
        }
        if shown.len() >= args.limit.into() {
            break;
        }
    }
    if desk.json {
        let items: Vec<Value> = shown.iter().map(|(number, order)| order_json(*number, order)).collect();
        return say_json(&json!({ "chain": desk.chain.name, "year": year, "count": count, "items": items }));
    }
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

pub(super) async fn report(desk: &Desk, year: u32) -> Result<(), Failure> {
    let mut counted = Vec::new();
    for action in Action::ALL {
        counted.push((action, desk.ask(ADDRESS, &tallyCall { year, action: action.number() }).await?));
    }
    if desk.json {
        let actions = counted.iter().map(|(action, tally)| {
            json!({
                "action": action.name(), "drafted": tally.drafted, "approved": tally.approved, "dropped": tally.dropped,
                "lifted": tally.lifted, "answered": tally.answered, "late": tally.late, "appealed": tally.appealed,
                "granted": tally.granted,
            })
        });
        let actions: Vec<Value> = actions.collect();
        return say_json(&json!({ "chain": desk.chain.name, "year": year, "actions": actions }));
    }
    let head =
        ["action", "drafted", "approved", "dropped", "lifted", "answered", "late", "appealed", "granted"];
    let line = |cells: &[String]| cells.iter().map(|cell| format!("{cell:>9}")).collect::<String>();
    let mut lines = vec![line(&head.map(str::to_owned))];
    for (action, t) in &counted {
        let numbers = [t.drafted, t.approved, t.dropped, t.lifted, t.answered, t.late, t.appealed, t.granted];
        let cells: Vec<String> = std::iter::once(action.name().to_owned())
            .chain(numbers.map(|number| number.to_string()))
            .collect();
        lines.push(line(&cells));
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
