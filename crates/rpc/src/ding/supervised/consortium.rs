//! `ding_organisations`, `ding_proposals`, `ding_proposal`, `ding_authorities`, `ding_standings`,
//! `ding_calendar`, `ding_once`.

use super::{
    ask::{self, Small, wanted},
    shape::{self, day, ms, some, text},
};
use crate::{
    Rpc,
    error::RpcError,
    json::Hex,
    params::{Params, Quantity},
};
use ding_modules::{
    calendar::Day,
    describe_call, identity,
    members::{
        Role,
        terms::{Electorate, Status},
    },
    once, registry,
};
use ding_primitives::{Address, B256, Bytes, codes};
use ding_readmodel::{
    AuthorityRow, OnceFilter, OnceRow, OrganisationRow, Proposal, ProposalRow, StandingFilter, StandingRow,
    TableRow,
};
use serde::Deserialize;
use serde_json::{Value, json};

wanted! {
    /// A page of a list without filters.
    Any {}
}

wanted! {
    /// Which proposals are asked for.
    Proposals { state: String }
}

wanted! {
    /// Which proposal is asked for, and which page of its history.
    One { id: Quantity }
}

wanted! {
    /// Which standings are asked for.
    Standings { account: Address, authority: Small, status: String }
}

wanted! {
    /// Which keys are asked for.
    Keys { owner: Address, register: B256, key: B256, holder: Address }
}

/// The year of a table.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: Small,
}

/// `ding_organisations`: organisations, by number.
pub(crate) async fn organisations(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let page = ask::filters::<Any>(params)?.page()?;
    Ok(ask::listed(ask::rows(rpc, move |query| query.organisations(page)).await?, organisation))
}

/// `ding_authorities`: identity authorities, by number.
pub(crate) async fn authorities(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let page = ask::filters::<Any>(params)?.page()?;
    Ok(ask::listed(ask::rows(rpc, move |query| query.authorities(page)).await?, authority))
}

/// `ding_standings`: where accounts stand; not what they are bound to.
pub(crate) async fn standings(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    use identity::terms::Status as Standing;
    let wanted: Standings = ask::filters(params)?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let filter = StandingFilter {
        account: wanted.account,
        authority: wanted.authority.map(|Small(number)| number),
        status: ask::term("status", wanted.status.as_deref(), Standing::ALL, Standing::name)?
            .map(Standing::number),
    };
    let rows = ask::rows(rpc, move |query| query.standings(&filter, page)).await?;
    Ok(ask::listed(rows, |row| standing(row, now_ms)))
}

/// `ding_proposals`: proposals, newest first.
pub(crate) async fn proposals(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Proposals = ask::filters(params)?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let status = ask::term("state", wanted.state.as_deref(), &Status::ALL, Status::name)?;
    let rows = ask::rows(rpc, move |query| query.proposals(status, page, now_ms)).await?;
    Ok(ask::listed(rows, |row| proposal(row, now_ms)))
}

/// `ding_proposal`: what a proposal would change, and its votes.
pub(crate) async fn get_proposal(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: One = params.one("{\"id\": number of the proposal}")?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let Some(Quantity(id)) = wanted.id else {
        return Err(RpcError::params("id is missing: name the number of the proposal"));
    };
    let found = ask::rows(rpc, move |query| query.proposal(id, page, now_ms)).await?;
    let shown = found.map(|found| ask::with_height(found, |found| whole(found, now_ms)));
    ask::object(shown, &format!("proposal {id}"))
}

/// `ding_calendar`: the working days of a year.
pub(crate) async fn calendar(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let Year { year: Small(year) } = params.one("{\"year\": year}")?;
    let today = Day::from_ms(ask::now_ms(rpc));
    let rows = ask::rows(rpc, move |query| query.calendar(year)).await?;
    if rows.rows.is_empty() {
        return Err(RpcError::new(
            codes::RESOURCE_NOT_FOUND,
            format!("not found: there is no table of {year}; deadlines that run into it are provisional"),
        ));
    }
    // Newest version first: a later one may have taken the place of one that was still to come.
    let mut replaced = u32::MAX;
    let mut in_effect = None;
    let mut tables = Vec::new();
    for row in &rows.rows {
        let counts = row.version < replaced;
        if counts && in_effect.is_none() && row.effective <= today {
            in_effect = Some(row.version);
        }
        tables.push(table(row, counts));
        if counts && row.replaces != 0 {
            replaced = row.replaces;
        }
    }
    Ok(json!({
        "year": year,
        "inEffect": in_effect,
        "tables": tables,
        "height": Hex::from(rows.height),
    }))
}

/// `ding_once`: who holds which key of the once-only register.
pub(crate) async fn keys(rpc: &Rpc, params: Params<'_>) -> Result<Value, RpcError> {
    let wanted: Keys = ask::filters(params)?;
    let (page, now_ms) = (wanted.page()?, ask::now_ms(rpc));
    let filter =
        OnceFilter { owner: wanted.owner, register: wanted.register, key: wanted.key, holder: wanted.holder };
    let rows = ask::rows(rpc, move |query| query.once(&filter, page)).await?;
    Ok(ask::listed(rows, |row| key(row, now_ms)))
}

fn organisation(row: &OrganisationRow) -> Value {
    let roles = Role::ALL.into_iter().filter(|role| row.roles & role.bit() != 0).map(Role::name);
    json!({
        "id": row.id,
        "name": row.name,
        "code": text(&row.code),
        "roles": roles.collect::<Vec<_>>(),
        "division": some(row.division),
        "validators": row.validators,
        "observers": row.observers,
        "accounts": row.accounts,
        "proposal": some(row.proposal),
    })
}

fn authority(row: &AuthorityRow) -> Value {
    json!({
        "id": row.id,
        "name": row.name,
        "organisation": row.organisation,
        "acts": row.dismissed_ms == 0,
        "fromMs": ms(row.from_ms),
        "dismissedMs": ms(row.dismissed_ms),
        "successor": some(row.successor),
        "bindings": row.bindings,
        "proposal": some(row.proposal),
    })
}

fn standing(row: &StandingRow, now_ms: u64) -> Value {
    use identity::terms::{Kind, Level, Reason, Status as Standing};
    let active = Standing::Active.number();
    let expired = row.expiry_ms != 0 && now_ms >= row.expiry_ms;
    let frozen = now_ms < row.frozen_ms;
    json!({
        "account": row.account,
        "status": shape::term(row.status, Standing::from_number, Standing::name),
        "bindingStatus": shape::term(row.binding_status, Standing::from_number, Standing::name),
        "inForce": row.status == active && row.binding_status == active && !expired && !frozen,
        "binding": some(row.binding),
        "root": row.root,
        "authority": some(row.authority),
        "kind": shape::term(row.kind, Kind::from_number, Kind::name),
        "level": shape::term(row.level, Level::from_number, Level::name),
        "expiryMs": ms(row.expiry_ms),
        "expired": expired,
        "reason": shape::term(row.reason, Reason::from_number, Reason::name),
        "successor": row.successor,
        "frozenUntilMs": if frozen { ms(row.frozen_ms) } else { Value::Null },
        "changedMs": ms(row.changed_ms),
    })
}

fn proposal(row: &ProposalRow, now_ms: u64) -> Value {
    let approved = row.status == Status::Approved.number();
    json!({
        "id": row.id,
        "title": row.title,
        "state": row.status_at(now_ms).map(Status::name),
        "module": registry::by_address(row.target).map(|module| module.name()),
        "target": row.target,
        "changes": describe_call(row.target, &row.input),
        "decidedBy": Electorate::name(row.electorate),
        "organisation": row.organisation,
        "proposer": row.proposer,
        "notBeforeMs": ms(row.not_before_ms),
        "endsMs": ms(row.ends_ms),
        "approvals": row.approvals,
        "rejections": row.rejections,
        "electorate": some(row.voters),
        "decidedMs": ms(row.decided_ms),
        "lapsesMs": if approved { ms(row.lapses_ms()) } else { Value::Null },
        "executedMs": ms(row.executed_ms),
    })
}

fn whole(found: &Proposal, now_ms: u64) -> Value {
    let mut value = proposal(&found.proposal, now_ms);
    if let Some(fields) = value.as_object_mut() {
        let vote = |vote: &ding_readmodel::VoteRow| json!({"organisation": vote.organisation, "account": vote.account, "approve": vote.approve});
        let parameters = found.parameters.iter().map(|row| (row.name.clone(), row.value.into()));
        fields.insert("input".into(), json!(Bytes::copy_from_slice(&found.proposal.input)));
        fields.insert("votes".into(), found.votes.iter().map(vote).collect());
        fields.insert("parameters".into(), Value::Object(parameters.collect()));
        fields.insert("clocks".into(), found.duties.iter().map(shape::duty).collect());
        fields.insert("steps".into(), shape::history(&found.history));
    }
    value
}

fn table(row: &TableRow, counts: bool) -> Value {
    let first = Day::from_civil(row.year, 1, 1);
    let dates = |bytes: &[u8]| {
        let dates = TableRow::days(bytes)
            .into_iter()
            .filter_map(|number| Some(first?.plus(u32::from(number).checked_sub(1)?)?.to_string()));
        dates.collect::<Vec<_>>()
    };
    json!({
        "version": row.version,
        "effective": day(row.effective),
        "replaced": !counts,
        "workingDays": row.working,
        "holidays": dates(&row.holidays),
        "makeup": dates(&row.makeup),
        "source": shape::word(&row.source),
        "proposal": some(row.proposal),
    })
}

fn key(row: &OnceRow, now_ms: u64) -> Value {
    let reserved = row.state == once::State::Reserved.number();
    let lapsed = reserved && now_ms >= row.until_ms;
    let state = once::State::from_number(row.state).filter(|_| !lapsed);
    json!({
        "owner": row.owner,
        "register": row.register,
        "key": row.key,
        "content": row.content,
        "holder": row.holder,
        "state": state.map_or("free", once::State::name),
        "untilMs": ms(row.until_ms),
        "height": Hex(row.height),
    })
}
