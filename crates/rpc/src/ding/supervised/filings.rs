//! `ding_filings`, `ding_filing`, `ding_provider`, `ding_batches`, `ding_batch`.

use super::{
    ask::{self, Small, wanted},
    event,
    shape::{self, day, some, text},
};
use crate::{Rpc, error::RpcError, json::Hex, params::Params};
use ding_modules::{
    filing::{
        State, Step, Track,
        terms::{Category, Clock, Kind, Measure, Nature, ServiceForm},
    },
    ids::Province,
};
use ding_primitives::Log;
use ding_readmodel::{
    Batch, BatchRow, Filing, FilingFilter, ItemRow, Listing, Page, ProviderRow, ServiceKey, ServiceRow,
};
use serde_json::{Value, json};

wanted! {
    /// Which services are asked for.
    Filters { state: String, provider: Small, division: Small, batch: Small, kind: String, text: String }
}

wanted! {
    /// Which service is asked for, and which page of its history.
    One { number: String, service: crate::params::Quantity }
}

wanted! {
    /// A page of a list without filters.
    Any {}
}

wanted! {
    /// Which batch or provider is asked for, and which page of its list.
    Numbered { number: Small, id: Small }
}

/// `ding_filings`: services, newest first.
pub(crate) async fn list(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Filters = ask::filters(params)?;
    let page = wanted.page()?;
    let number = |small: Option<Small>| small.map(|Small(number)| number);
    let is_division = |division: u32| match division {
        ..100 => u8::try_from(division).is_ok_and(|code| Province::from_code(code).is_some()),
        _ => (100_000..1_000_000).contains(&division) && Province::of_division(division).is_some(),
    };
    if let Some(Small(division)) = wanted.division.filter(|Small(division)| !is_division(*division)) {
        return Err(RpcError::params(format!(
            "division is {division}; give two digits for a province, like 33, or six, like 330106 (GB/T 2260)"
        )));
    }
    let filter = FilingFilter {
        state: ask::term("state", wanted.state.as_deref(), &State::ALL, State::name)?.map(State::number),
        category: ask::term("kind", wanted.kind.as_deref(), &Category::ALL, Category::name)?
            .map(Category::number),
        provider: number(wanted.provider),
        division: number(wanted.division),
        batch: number(wanted.batch),
        text: wanted.text,
    };
    Ok(ask::listed(ask::rows(rpc, move |query| query.filings(&filter, page)).await?, service))
}

/// `ding_filing`: everything about one service.
pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: One = params.one("{\"number\": filing number} or {\"service\": number in the register}")?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let (key, what) = match (wanted.number, wanted.service) {
        (Some(number), None) => {
            let shown: String = number.chars().take(64).collect();
            (ServiceKey::Number(number), format!("service with filing number {shown}"))
        }
        (None, Some(service)) => (ServiceKey::Id(service.0), format!("service {}", service.0)),
        _ => {
            return Err(RpcError::params(
                "name either number, the filing number, or service, its number in the register",
            ));
        }
    };
    let found = ask::rows(rpc, move |query| query.filing(&key, page, now_ms)).await?;
    ask::object(found.map(|found| ask::with_height(found, filing)), &what)
}

/// `ding_provider`: a provider and its services.
pub(crate) async fn provider_of(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Numbered = params.one("{\"id\": number of the provider}")?;
    let page = wanted.page()?;
    let Some(Small(id)) = wanted.id.or(wanted.number) else {
        return Err(RpcError::params("id is missing: name the provider's number in the register"));
    };
    let filter = FilingFilter { provider: Some(id), ..FilingFilter::default() };
    let (found, services) =
        ask::rows(rpc, move |query| Ok((query.provider(id)?, query.filings(&filter, page)?))).await?;
    let shown = found.map(|found| {
        let (mut value, height) = ask::with_height(found, provider);
        if let Some(fields) = value.as_object_mut() {
            let items: Vec<Value> = services.rows.iter().map(service).collect();
            fields.insert("list".into(), json!({"items": items, "next": services.next.map(Hex)}));
        }
        (value, height)
    });
    ask::object(shown, &format!("provider {id}"))
}

/// `ding_batches`: batches, newest first.
pub(crate) async fn batches(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let page = ask::filters::<Any>(params)?.page()?;
    Ok(ask::listed(ask::rows(rpc, move |query| query.batches(page)).await?, batch_row))
}

/// `ding_batch`: the public list of a batch, in its order.
pub(crate) async fn batch(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Numbered = params.one("{\"number\": number of the batch}")?;
    let page: Page = wanted.page()?;
    let Some(Small(number)) = wanted.number.or(wanted.id) else {
        return Err(RpcError::params("number is missing: name the number of the batch"));
    };
    let found = ask::rows(rpc, move |query| query.batch(number, page)).await?;
    let shown = found.map(|Batch { batch, list }| {
        let mut value = batch_row(&batch);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("items".into(), list.rows.iter().map(listing).collect());
            fields.insert("next".into(), json!(list.next.map(Hex)));
        }
        (value, list.height)
    });
    ask::object(shown, &format!("batch {number}"))
}

/// A service as lists show it.
fn service(row: &ServiceRow) -> Value {
    json!({
        "service": row.id,
        "key": row.key,
        "number": text(&row.number),
        "name": row.name,
        "provider": row.provider,
        "providerName": text(&row.provider_name),
        "division": row.division,
        "category": shape::term(row.category, Category::from_number, Category::name),
        "form": shape::term(row.form, ServiceForm::from_number, ServiceForm::name),
        "field": text(&row.field),
        "site": text(&row.site),
        "serverDivision": some(row.server_division),
        "goLive": day(row.go_live),
        "state": shape::filing_state(row.state),
        "step": shape::term(row.step, Step::from_number, Step::name),
        "day": day(row.day),
        "clock": shape::term(row.clock, Clock::from_number, Clock::name),
        "change": shape::filing_state(row.change),
        "inspection": shape::filing_state(row.inspection),
        "termination": shape::filing_state(row.termination),
        "proposed": text(&row.proposed),
        "firstHand": row.first_hand,
        "recordedOn": day(row.recorded_on),
        "batch": some(row.batch),
        "late": row.flags & 1 != 0,
        "imported": row.flags & 2 != 0,
        "numberConfirmed": row.flags & 4 != 0,
        "stoppedByOrder": row.stopped_by,
    })
}

fn kinds(bits: u8) -> Vec<&'static str> {
    Kind::ALL.into_iter().filter(|kind| bits & kind.number() != 0).map(Kind::name).collect()
}

fn provider(row: &ProviderRow) -> Value {
    json!({
        "provider": row.id,
        "account": shape::account(&row.account),
        "organisation": some(row.organisation),
        "nature": shape::term(row.nature, Nature::from_number, Nature::name),
        "kinds": kinds(row.kinds),
        "division": row.division,
        "uscc": text(&row.uscc),
        "name": text(&row.name),
        "services": row.services,
    })
}

fn filing(found: &Filing) -> Value {
    let mut value = service(&found.service);
    let of_track = |track: Track| {
        let items = found.items.iter().filter(|(row, _)| row.track == track.number());
        items.map(|(row, log)| item(row, log.as_ref())).collect::<Vec<_>>()
    };
    let (until, provisional) = shape::deadline(found.objections_until);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("providerDetails".into(), found.provider.as_ref().map_or(Value::Null, provider));
        // The event that declares it holds the whole form.
        let form = found.form.as_ref().map(event::fields);
        fields.insert(
            "declared".into(),
            form.and_then(|fields| fields.get("form").cloned()).unwrap_or_default(),
        );
        fields.insert("clocks".into(), found.duties.iter().map(shape::duty).collect());
        fields.insert(
            "objectionsUntil".into(),
            if until.is_null() { until } else { json!({"day": until, "provisional": provisional}) },
        );
        for (name, track) in [
            ("changes", Track::Change),
            ("inspections", Track::Inspection),
            ("notices", Track::Termination),
            ("objections", Track::Objection),
            ("penalties", Track::Penalty),
            ("assessments", Track::Assessment),
        ] {
            fields.insert(name.into(), of_track(track).into());
        }
        fields.insert("steps".into(), shape::history(&found.history));
    }
    value
}

fn item(row: &ItemRow, log: Option<&Log>) -> Value {
    json!({
        "id": row.item,
        "state": shape::filing_state(row.state),
        "step": shape::term(row.step, Step::from_number, Step::name),
        "day": day(row.day),
        "openedMs": shape::ms(row.opened_ms),
        "measure": shape::term(row.measure, Measure::from_number, Measure::name),
        "amountFen": some(row.amount_fen),
        "content": log.map(event::fields),
    })
}

fn batch_row(row: &BatchRow) -> Value {
    json!({
        "number": row.id,
        "day": day(row.day),
        "workingDays": row.working_days,
        "services": row.services,
        "list": row.list,
        "document": shape::word(&row.document),
    })
}

fn listing(row: &Listing) -> Value {
    json!({
        "place": row.place,
        "service": row.service,
        "number": row.number,
        "name": row.name,
        "provider": text(&row.provider),
        "uscc": text(&row.uscc),
        "nature": shape::term(row.nature, Nature::from_number, Nature::name),
        "kinds": kinds(row.kinds),
        "division": row.division,
        "category": shape::term(row.category, Category::from_number, Category::name),
        "form": shape::term(row.form, ServiceForm::from_number, ServiceForm::name),
        "site": text(&row.site),
        "state": shape::filing_state(row.state),
    })
}
