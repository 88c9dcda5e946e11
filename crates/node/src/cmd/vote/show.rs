//! `ding vote list`, `show` and `organisations`: proposals with what they would change, and votes.

use super::super::{desk::Desk, named};
use crate::{
    failure::Failure,
    text::{plural, say, say_json, table},
};
use alloy_sol_types::SolEvent as _;
use ding_modules::{
    describe_call,
    dispatch::decode_event,
    members::{
        Electorate, Role, Status,
        abi::IMembers::{
            Proposal, Proposed, electorateCall, organisationCountCall, proposalCall, proposalCountCall,
            proposalsCall, tallyCall, voteOfCall,
        },
        state::ADDRESS,
    },
};
use ding_primitives::{B256, Bytes, U256, keccak256};
use serde_json::{Value, json};

/// Entries of one answer of the module.
const PAGE: u32 = 256;

/// A proposal and its text.
pub(super) struct Found {
    pub(super) proposal: Proposal,
    /// Title and input, if the member has the log.
    text: Option<Proposed>,
}

impl Found {
    /// What it would change.
    pub(super) fn change(&self) -> String {
        match &self.text {
            None => "not known here: the member keeps no read model; ask another with --rpc URL".into(),
            Some(text) => change(self.proposal.target, &text.input),
        }
    }

    fn title(&self) -> &str {
        self.text.as_ref().map_or("(no title known here)", |text| text.title.as_str())
    }

    pub(super) fn status(&self) -> Status {
        Status::from_number(self.proposal.status).unwrap_or(Status::Open)
    }

    /// The call that it decides on, compared with what the ledger holds.
    pub(super) fn input(&self) -> Result<Bytes, Failure> {
        let id = self.proposal.id;
        let text = self.text.as_ref().ok_or_else(|| {
            Failure::Failed(format!(
                "this member does not keep the text of proposal {id}; ask one with a read model (--rpc URL), or carry it out \
                 with the command that made it"
            ))
        })?;
        Ok(text.input.clone())
    }
}

/// What a call would change, in a sentence.
pub(super) fn change(target: ding_primitives::Address, input: &Bytes) -> String {
    describe_call(target, input)
        .unwrap_or_else(|| format!("call {} with {input}", named::module_name(target)))
}

/// A proposal by its number.
///
/// # Errors
///
/// There is none.
pub(super) async fn find(desk: &Desk, id: u64) -> Result<Found, Failure> {
    let proposal = desk.ask(ADDRESS, &proposalCall { id }).await?;
    with_text(desk, proposal).await
}

async fn with_text(desk: &Desk, proposal: Proposal) -> Result<Found, Failure> {
    let topics = [Proposed::SIGNATURE_HASH, B256::from(U256::from(proposal.id))];
    // Without the log the votes can be told all the same.
    let logs = match desk.logs(ADDRESS, &topics).await {
        Err(Failure::Unreachable(why)) => return Err(Failure::Unreachable(why)),
        other => other.unwrap_or_default(),
    };
    let fits = |text: &Proposed| {
        (keccak256(&text.input), keccak256(text.title.as_bytes())) == (proposal.digest, proposal.titleDigest)
    };
    let text = logs.iter().filter_map(decode_event::<Proposed>).find(fits);
    Ok(Found { proposal, text })
}

pub(super) async fn list(desk: &Desk, state: Option<Status>, limit: usize) -> Result<(), Failure> {
    let count = desk.ask(ADDRESS, &proposalCountCall {}).await?;
    let (mut shown, mut last) = (Vec::new(), count);
    // The newest first.
    'pages: while last > 0 {
        let start = last.saturating_sub(u64::from(PAGE) - 1).max(1);
        let size = u32::try_from(last - start + 1).unwrap_or(PAGE);
        for proposal in desk.ask(ADDRESS, &proposalsCall { start, count: size }).await?.into_iter().rev() {
            if state.is_some_and(|state| state.number() != proposal.status) {
                continue;
            }
            shown.push(with_text(desk, proposal).await?);
            if shown.len() >= limit {
                break 'pages;
            }
        }
        last = start - 1;
    }
    if desk.json {
        let items: Vec<Value> = shown.iter().map(found_json).collect();
        return say_json(&json!({ "chain": desk.chain.name, "count": count, "items": items }));
    }
    if shown.is_empty() {
        return say(&format!("{} has no such proposals ({count} ever)", desk.chain.name));
    }
    let lines: Vec<String> = shown
        .iter()
        .map(|found| {
            let Proposal { id, target, organisation, .. } = &found.proposal;
            let (status, module) = (found.status().name(), named::module_name(*target));
            format!("  {id:>4}  {status:<12}  {module:<9}  by organisation {organisation}  {}", found.title())
        })
        .collect();
    say(&format!(
        "{} of {count} on {}\n{}",
        plural(shown.len(), "proposal"),
        desk.chain.name,
        lines.join("\n")
    ))
}

fn found_json(found: &Found) -> Value {
    let Proposal { id, target, organisation, proposer, notBeforeMs, endsMs, decidedMs, digest, .. } =
        &found.proposal;
    json!({
        "id": id, "status": found.status().name(), "target": target, "module": named::module_name(*target),
        "title": found.text.as_ref().map(|text| &text.title),
        "change": found.text.as_ref().map(|_| found.change()),
        "input": found.text.as_ref().map(|text| &text.input),
        "organisation": organisation, "proposer": proposer, "notBeforeMs": notBeforeMs, "endsMs": endsMs,
        "decidedMs": decidedMs, "digest": digest,
        "electorate": Electorate::of(target).number(),
    })
}

/// What each organisation that has a vote said.
async fn votes(desk: &Desk, proposal: &Proposal) -> Result<Vec<(u32, String, u8)>, Failure> {
    let (mut votes, mut start) = (Vec::new(), 1u32);
    loop {
        let call = electorateCall { target: proposal.target, start, count: PAGE };
        let page = desk.ask(ADDRESS, &call).await?.organisations;
        for id in &page {
            let call = voteOfCall { id: proposal.id, organisation_: *id };
            let said = desk.ask(ADDRESS, &call).await?;
            votes.push((*id, named::organisation(desk, *id).await?.name, said));
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => start = last.saturating_add(1),
            _ => return Ok(votes),
        }
    }
}

pub(super) async fn show(desk: &Desk, id: u64) -> Result<(), Failure> {
    let found = find(desk, id).await?;
    let tally = desk.ask(ADDRESS, &tallyCall { id }).await?;
    let votes = votes(desk, &found.proposal).await?;
    let said = |vote: u8| match vote {
        1 => "approves",
        2 => "rejects",
        _ => "has not voted",
    };
    if desk.json {
        let mut value = found_json(&found);
        value["chain"] = desk.chain.name.clone().into();
        value["approvals"] = tally.approvals.into();
        value["rejections"] = tally.rejections.into();
        value["electorateSize"] = tally.electorate_.into();
        let votes = votes.iter().map(|(id, name, vote)| {
            let vote = match vote {
                1 => "approve".into(),
                2 => "reject".into(),
                _ => Value::Null,
            };
            json!({ "organisation": id, "name": name, "vote": vote })
        });
        value["votes"] = votes.collect();
        return say_json(&value);
    }
    let proposal = &found.proposal;
    let proposer = named::organisation(desk, proposal.organisation).await?.name;
    let who = Electorate::name(Electorate::of(&proposal.target).number());
    let rows = [
        ("title", found.title().to_owned()),
        ("would change", found.change()),
        ("state", found.status().name().to_owned()),
        (
            "proposed by",
            format!("{proposer} (organisation {}), account {}", proposal.organisation, proposal.proposer),
        ),
        ("decided by", who.to_owned()),
        ("votes", format!("{} for, {} against, of {}", tally.approvals, tally.rejections, tally.electorate_)),
        (
            "",
            votes
                .iter()
                .map(|(_, name, vote)| format!("{name} {}", said(*vote)))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        ("takes votes until", named::time(proposal.endsMs, "")),
        ("decided", named::time(proposal.decidedMs, "not yet")),
        ("carried out from", named::time(proposal.notBeforeMs, "its approval on")),
    ];
    say(&format!("proposal {id} on {}\n{}", desk.chain.name, table(&rows)))
}

pub(super) async fn organisations(desk: &Desk) -> Result<(), Failure> {
    let count = desk.ask(ADDRESS, &organisationCountCall {}).await?;
    let mut all = Vec::new();
    for id in 1..=count {
        all.push((id, named::organisation(desk, id).await?));
    }
    if desk.json {
        let items = all.iter().map(|(id, known)| {
            let roles: Vec<&str> = roles(known.roles).map(Role::name).collect();
            json!({
                "id": id, "name": known.name, "code": known.code, "roles": roles, "division": known.division,
                "accounts": known.accounts, "validators": known.validators, "observers": known.observers,
            })
        });
        return say_json(&json!({ "chain": desk.chain.name, "items": items.collect::<Vec<_>>() }));
    }
    let lines: Vec<String> = all
        .iter()
        .map(|(id, known)| {
            let roles = Role::names(known.roles);
            let (accounts, validators) =
                (plural(known.accounts as usize, "account"), plural(known.validators as usize, "validator"));
            format!("  {id:>4}  {}  roles: {roles}; {accounts}, {validators}", known.name)
        })
        .collect();
    say(&format!("{} on {}\n{}", plural(all.len(), "organisation"), desk.chain.name, lines.join("\n")))
}

fn roles(bits: u64) -> impl Iterator<Item = Role> {
    Role::ALL.into_iter().filter(move |role| bits & role.bit() != 0)
}
