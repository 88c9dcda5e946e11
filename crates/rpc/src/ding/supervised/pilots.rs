//! `ding_pilots`, `ding_pilot`.

use super::{
    ask::{self, Small, wanted},
    event,
    shape::{self, ascii, day, some, text},
};
use crate::{Rpc, error::RpcError, json::Hex, params::Params};
use ding_modules::pilot::{
    State,
    terms::{Class, CommentKind, Field, Kind, Outcome, Reason, Verdict, Zone},
};
use ding_readmodel::{CommentRow, EntityRow, EntryRow, IndicatorRow, Pilot, PilotFilter, PilotRow};
use serde_json::{Value, json};

wanted! {
    /// Which pilots are asked for.
    Filters { state: String, zone: String, field: String, class: String, text: String }
}

wanted! {
    /// Which pilot is asked for, and which page of its history.
    One { id: Small }
}

/// `ding_pilots`: pilots, newest first.
pub(crate) async fn list(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Filters = ask::filters(params)?;
    let page = wanted.page()?;
    let filter = PilotFilter {
        state: ask::term("state", wanted.state.as_deref(), State::ALL, State::name)?.map(State::number),
        zone: ask::term("zone", wanted.zone.as_deref(), Zone::ALL, Zone::name)?.map(Zone::number),
        field: ask::term("field", wanted.field.as_deref(), Field::ALL, Field::name)?.map(Field::number),
        class: ask::term("class", wanted.class.as_deref(), Class::ALL, Class::name)?.map(Class::number),
        text: wanted.text,
    };
    Ok(ask::listed(ask::rows(rpc, move |query| query.pilots(&filter, page)).await?, pilot))
}

/// `ding_pilot`: everything about one pilot.
pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: One = params.one("{\"id\": number of the pilot}")?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let Some(Small(id)) = wanted.id else {
        return Err(RpcError::params("id is missing: name the number of the pilot"));
    };
    let found = ask::rows(rpc, move |query| query.pilot(id, page, now_ms)).await?;
    ask::object(found.map(|found| ask::with_height(found, whole)), &format!("pilot {id}"))
}

fn pilot(row: &PilotRow) -> Value {
    json!({
        "id": row.id,
        "kind": shape::term(row.kind, Kind::from_number, Kind::name),
        "title": row.title,
        "entity": ascii(&row.entity),
        "entityName": text(&row.entity_name),
        "field": shape::term(row.field, Field::from_number, Field::name),
        "class": shape::term(row.class, Class::from_number, Class::name),
        "zone": shape::term(row.zone, Zone::from_number, Zone::name),
        "division": row.division,
        "recommender": some(row.recommender),
        "competent": some(row.competent),
        "state": shape::term(row.state, State::from_number, State::name),
        "changedMs": shape::ms(row.changed_ms),
        "recommendedOn": day(row.recommended_on),
        "publishedOn": day(row.published_on),
        "commentDays": some(row.comment_days),
        "comments": row.comments,
        "openObjections": row.objections,
        "listedOn": day(row.listed_on),
        "document": some(row.document),
        "startDay": day(row.start_day),
        "endDay": day(row.end_day),
        "assessments": row.interims,
        "verdict": shape::term(row.verdict, Verdict::from_number, Verdict::name),
        "removal": shape::term(row.removal, Reason::from_number, Reason::name),
        "chainId": if row.chain_id == 0 { Value::Null } else { json!(Hex(row.chain_id)) },
    })
}

fn whole(found: &Pilot) -> Value {
    let mut value = pilot(&found.pilot);
    // The pilot's own field "comments" is their number; the comments themselves stand beside it.
    if let Some(fields) = value.as_object_mut() {
        fields.insert("commentCount".into(), found.pilot.comments.into());
        fields.insert("entityDetails".into(), found.entity.as_ref().map_or(Value::Null, entity));
        fields.insert("description".into(), json!(found.description.as_ref().map(event::fields)));
        fields.insert("indicators".into(), found.indicators.iter().map(indicator).collect());
        fields.insert("entries".into(), found.entries.iter().map(entry).collect());
        fields.insert("comments".into(), found.comments.iter().map(comment).collect());
        fields.insert("filings".into(), found.filings.iter().map(ascii).collect());
        fields.insert("clocks".into(), found.duties.iter().map(shape::duty).collect());
        fields.insert("steps".into(), shape::history(&found.history));
    }
    value
}

fn entity(row: &EntityRow) -> Value {
    json!({
        "code": ascii(&row.code),
        "name": row.name,
        "account": shape::account(&row.account),
        "organisation": some(row.organisation),
        "division": row.division,
        "registeredOn": day(row.day),
    })
}

fn indicator(row: &IndicatorRow) -> Value {
    json!({
        "indicator": row.indicator,
        "name": row.name,
        "unit": row.unit,
        "decimals": row.decimals,
        "baseline": amount(row.baseline),
        "target": amount(row.target),
        "due": day(row.due),
        "revisions": row.revisions,
        "entries": row.entries,
        "lastDay": day(row.last_day),
        "value": row.value.map(amount),
    })
}

/// A value in units of its last decimal; as text, because not every reader of JSON takes 64 bits.
fn amount(value: i64) -> Value {
    value.to_string().into()
}

fn entry(row: &EntryRow) -> Value {
    json!({
        "indicator": row.indicator,
        "entry": row.entry,
        "day": day(row.day),
        "value": amount(row.value),
        "correction": row.corrects.is_some(),
        "refersTo": row.corrects.map_or(Value::Null, some),
        "chainId": Hex(row.chain_id),
        "sourceHeight": Hex(row.source_height),
        "source": shape::word(&row.source),
    })
}

fn comment(row: &CommentRow) -> Value {
    json!({
        "number": row.number,
        "kind": shape::term(row.kind, CommentKind::from_number, CommentKind::name),
        "outcome": shape::term(row.outcome, Outcome::from_number, Outcome::name),
        "account": row.account,
        "text": row.text,
        "day": day(row.day),
    })
}
