//! `ding_orders`, `ding_order`, `ding_orderReport`.

use super::{
    ask::{self, Small, wanted},
    shape::{self, ms, some},
};
use crate::{
    Rpc,
    error::RpcError,
    json::Hex,
    params::{Params, Quantity},
};
use ding_modules::orders::{Action, Field, Status, TargetKind, terms::Appealed};
use ding_primitives::{Address, B256};
use ding_readmodel::{Order, OrderFilter, OrderRow, TallyRow};
use serde::{Deserialize, de};
use serde_json::{Value, json};

/// The target of an order: an account, the key of a service, or a service's number in the register.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Word(B256),
    Service(u64),
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const WANT: &str = "not a target: give an account (20 bytes), the key of a service (32 bytes), or the \
                            number of a service in the register";
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Number(u64),
            Text(String),
        }
        match Shape::deserialize(deserializer).map_err(|_| de::Error::custom(WANT))? {
            Shape::Number(service) => Ok(Self::Service(service)),
            Shape::Text(text) if text.len() == 42 => {
                let account: Address = text.parse().map_err(|_| de::Error::custom(WANT))?;
                Ok(Self::Word(account.into_word()))
            }
            Shape::Text(text) => text.parse().map(Self::Word).map_err(|_| de::Error::custom(WANT)),
        }
    }
}

wanted! {
    /// Which orders are asked for.
    Filters { state: String, target: Target, action: String, year: Small }
}

wanted! {
    /// Which order is asked for, and which page of its history.
    One { number: Quantity }
}

/// The year of a report.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: Small,
}

/// `ding_orders`: orders, newest first.
pub(crate) async fn list(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Filters = ask::filters(params)?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let (target, service) = match wanted.target {
        None => (None, None),
        Some(Target::Word(word)) => (Some(word), None),
        Some(Target::Service(id)) => (None, Some(id)),
    };
    let filter = OrderFilter {
        status: ask::term("state", wanted.state.as_deref(), &Status::ALL, Status::name)?,
        action: ask::term("action", wanted.action.as_deref(), &Action::ALL, Action::name)?
            .map(Action::number),
        year: wanted.year.map(|Small(year)| year),
        target,
        service,
    };
    let rows = ask::rows(rpc, move |query| query.orders(&filter, page, now_ms)).await?;
    Ok(ask::listed(rows, |row| order(row, now_ms)))
}

/// `ding_order`: everything about one order.
pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: One = params.one("{\"number\": number of the order}")?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let Some(Quantity(number)) = wanted.number else {
        return Err(RpcError::params("number is missing: name the number of the order, like 2026000001"));
    };
    let found = ask::rows(rpc, move |query| query.order(number, page, now_ms)).await?;
    ask::object(
        found.map(|found| ask::with_height(found, |found| whole(found, now_ms))),
        &format!("order {number}"),
    )
}

/// `ding_orderReport`: what happened to orders in a year, by action.
pub(crate) async fn report(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let Year { year: Small(year) } = params.one("{\"year\": year}")?;
    let rows = ask::rows(rpc, move |query| query.order_report(year)).await?;
    let mut value = ask::listed(rows, tally);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("year".into(), year.into());
    }
    Ok(value)
}

fn fields(bits: u32) -> Vec<&'static str> {
    Field::ALL.into_iter().filter(|field| bits & field.bit() != 0).map(Field::name).collect()
}

fn order(row: &OrderRow, now_ms: u64) -> Value {
    let is_account = row.target_kind == TargetKind::Account.number();
    json!({
        "number": row.id,
        "action": shape::term(row.action, Action::from_number, Action::name),
        "targetKind": shape::term(row.target_kind, TargetKind::from_number, TargetKind::name),
        "target": if is_account { json!(Address::from_word(row.target)) } else { json!(row.target) },
        "service": row.service,
        "authority": row.authority,
        "issuer": row.issuer,
        "second": row.second,
        "state": shape::term(row.status_at(now_ms), Status::from_number, Status::name),
        "draftedMs": ms(row.drafted_ms),
        "decidedMs": ms(row.decided_ms),
        "fromHeight": if row.from_height == 0 { Value::Null } else { json!(Hex(row.from_height)) },
        "untilMs": ms(row.until_ms),
        "workingDays": some(row.working_days),
        "refersTo": some(row.refers_to),
        "liftedBy": some(row.lifted_by),
        "scope": fields(row.scope),
        "delivered": fields(row.delivered),
        "answeredMs": ms(row.answered_ms),
        "late": row.late,
        "appeal": shape::term(row.appeal, Appealed::from_number, Appealed::name),
        "basis": row.basis,
    })
}

fn whole(found: &Order, now_ms: u64) -> Value {
    let mut value = order(&found.order, now_ms);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("clocks".into(), found.duties.iter().map(shape::duty).collect());
        fields.insert("steps".into(), shape::history(&found.history));
    }
    value
}

fn tally(row: &TallyRow) -> Value {
    json!({
        "action": shape::term(row.action, Action::from_number, Action::name),
        "drafted": row.drafted,
        "approved": row.approved,
        "dropped": row.dropped,
        "lifted": row.lifted,
        "answered": row.answered,
        "late": row.late,
        "appealed": row.appealed,
        "granted": row.granted,
        "looked": row.looked,
    })
}
