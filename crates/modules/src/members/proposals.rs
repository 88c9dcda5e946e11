//! Proposals and votes: how the consortium decides, and how modules learn of it.
//!
//! ```text
//! open ── enough approve ──> approved ── carried out ──> carried out
//!  │ │ └─ enough reject ───> rejected      └─ not in time ─> lapsed
//!  │ └─── time is over ────> ended
//!  └───── taken back ──────> withdrawn
//! ```
//!
//! A proposal names a module and the whole input of a call. Once it is approved, anybody with a vote
//! makes that very call; the module asks [`take_decision`] whether it was decided. A proposal is
//! decided as soon as the outstanding votes cannot change the outcome, over the organisations that
//! have a vote at that moment; what is open when the time is over has not found enough support.

use super::{
    Members,
    abi::IMembers::{self, *},
    electorate::{self, Tally},
    organisations,
    state::{ADDRESS, BALLOTS, BY_CONTENT, PARAMETERS, PROPOSAL_COUNT, PROPOSALS, Proposal, TIME_BITS},
    terms::{Electorate, Parameter, Status, name_fits},
};
use crate::{Ctx, Module as _, Stop, ctx::gas, registry};
use alloy_primitives::FixedBytes;
use ding_primitives::{Address, B256, keccak256, limits};

/// The value of a parameter.
///
/// # Errors
///
/// Out of gas.
pub fn parameter(ctx: &mut Ctx<'_>, parameter: Parameter) -> Result<u64, Stop> {
    let value = PARAMETERS.get(ctx, parameter.word())?;
    Ok(if value == 0 { parameter.usual() } else { value })
}

/// Takes the decision on the running call: there must be an approved proposal of exactly this input
/// (as `abi_encode` of the call gives it) whose time has come, and the caller must have a vote. The
/// proposal counts as carried out from here on. Gives its number.
///
/// # Errors
///
/// Reverts with `NotProposed`, `NotApproved`, `NotYet` or `NoVote`; out of gas.
pub fn take_decision(ctx: &mut Ctx<'_>, input: &[u8]) -> Result<u64, Stop> {
    let target = ctx.address();
    let digest = hash(ctx, input)?;
    let id = latest(ctx, target, digest)?;
    if id == 0 {
        return Err(Stop::revert(NotProposed { target, digest }));
    }
    let found = PROPOSALS.get(ctx, id)?;
    let status = status(ctx, &found)?;
    if status != Status::Approved {
        return Err(Stop::revert(NotApproved { id, status: status.number() }));
    }
    let (now, not_before) = (ctx.timestamp_ms(), found.not_before_ms);
    if now < not_before {
        return Err(Stop::revert(NotYet { id, notBeforeMs: not_before, nowMs: now }));
    }
    let organisation = electorate::require_vote(ctx, Electorate::of(&target))?;
    ctx.invariant(
        "M5 a decision is of its module and input",
        (found.target, found.digest) == (target, digest),
    )?;
    let executed = Proposal { status: Status::Executed, ..found };
    PROPOSALS.cell(ctx, id)?.replace(ctx, &found, &executed)?;
    let account = ctx.caller();
    ctx.emit_for(ADDRESS, &Executed { id, target, organisation, account, timestampMs: now })?;
    Ok(id)
}

pub(super) fn propose(ctx: &mut Ctx<'_>, call: proposeCall) -> Result<u64, Stop> {
    let proposeCall { target, input, notBeforeMs, title } = call;
    let who = rehearse(ctx, target, &input)?;
    let organisation = electorate::require_vote(ctx, who)?;
    if !name_fits(&title, limits::PROPOSAL_TITLE_CHARS_MAX) {
        let (characters, max) = (title.chars().count(), limits::PROPOSAL_TITLE_CHARS_MAX);
        return Err(Stop::revert(TitleNotAccepted { characters: size(characters), max: size(max) }));
    }
    let now = ctx.timestamp_ms();
    let latest_ms = now.saturating_add(limits::PROPOSAL_AHEAD_MS_MAX);
    if notBeforeMs > latest_ms {
        return Err(Stop::revert(NotBeforeTooLate { notBeforeMs, latestMs: latest_ms }));
    }
    let digest = hash(ctx, &input)?;
    let before = latest(ctx, target, digest)?;
    if before != 0 {
        let known = PROPOSALS.get(ctx, before)?;
        if matches!(status(ctx, &known)?, Status::Open | Status::Approved) {
            return Err(Stop::revert(AlreadyProposed { id: before }));
        }
    }
    let ends_ms = now.saturating_add(parameter(ctx, Parameter::VotingMs)?);
    ctx.invariant("M5 a proposal holds its times", latest_ms.max(ends_ms) >> TIME_BITS == 0)?;
    let id = PROPOSAL_COUNT.get(ctx)?.checked_add(1).ok_or_else(Stop::overflow)?;
    let proposer = ctx.caller();
    let proposal = Proposal {
        target,
        ends_ms,
        organisation,
        status: Status::Open,
        proposer,
        not_before_ms: notBeforeMs,
        decided_ms: 0,
        digest,
        title: hash(ctx, title.as_bytes())?,
    };
    PROPOSAL_COUNT.set(ctx, &id)?;
    PROPOSALS.cell(ctx, id)?.insert(ctx, &proposal)?;
    BY_CONTENT.set(ctx, content(target, digest), &id)?;
    ctx.emit(&Proposed { id, target, organisation, proposer, notBeforeMs, endsMs: ends_ms, input, title })?;
    Ok(id)
}

/// Looks whether a call could be decided by vote and carried out as things stand, and says who
/// decides.
pub(super) fn rehearse(ctx: &mut Ctx<'_>, target: Address, input: &[u8]) -> Result<Electorate, Stop> {
    if input.len() > limits::PROPOSAL_INPUT_BYTES_MAX {
        let max = size(limits::PROPOSAL_INPUT_BYTES_MAX);
        return Err(Stop::revert(InputTooLong { length: size(input.len()), max }));
    }
    if target == Members.address() {
        organisations::rehearse(ctx, input)?;
    } else {
        let module = registry::by_address(target).ok_or_else(|| not_decided_by_vote(target, input))?;
        ctx.consult(module, |ctx| module.rehearse(ctx, input))?;
    }
    Ok(Electorate::of(&target))
}

/// The refusal of a proposal of a function that is not decided by vote.
pub(crate) fn not_decided_by_vote(target: Address, input: &[u8]) -> Stop {
    let mut selector = [0; 4];
    for (to, from) in selector.iter_mut().zip(input) {
        *to = *from;
    }
    Stop::revert(NotDecidedByVote { target, selector: FixedBytes(selector) })
}

pub(super) fn vote(ctx: &mut Ctx<'_>, call: voteCall) -> Result<u8, Stop> {
    let voteCall { id, approve } = call;
    let known = require_open(ctx, id)?;
    let who = Electorate::of(&known.target);
    let organisation = electorate::require_vote(ctx, who)?;
    let (entry, place) = electorate::seat(organisation);
    let cell = BALLOTS.map(ctx, id)?.cell(ctx, entry)?;
    let before = cell.get(ctx)?;
    let mut after = before;
    after.approve.set_bit(place, approve);
    after.reject.set_bit(place, !approve);
    cell.replace(ctx, &before, &after)?;
    let tally = electorate::count(ctx, who, id)?;
    let Tally { approvals, rejections, electorate } = tally;
    let account = ctx.caller();
    ctx.emit(&Voted { id, organisation, account, approve, approvals, rejections, electorate })?;
    decide(ctx, id, &known, &tally).map(Status::number)
}

/// Writes down what the votes decide, if they do.
fn decide(ctx: &mut Ctx<'_>, id: u64, known: &Proposal, tally: &Tally) -> Result<Status, Stop> {
    let participation = parameter(ctx, Parameter::ParticipationPermille)?;
    let approval = parameter(ctx, Parameter::ApprovalPermille)?;
    let Some(approved) = tally.outcome(participation, approval) else { return Ok(Status::Open) };
    let status = if approved { Status::Approved } else { Status::Rejected };
    let decided_ms = ctx.timestamp_ms();
    PROPOSALS.cell(ctx, id)?.replace(ctx, known, &Proposal { status, decided_ms, ..*known })?;
    let Tally { approvals, rejections, electorate } = *tally;
    ctx.emit(&Decided { id, approved, approvals, rejections, electorate, timestampMs: decided_ms })?;
    Ok(status)
}

pub(super) fn withdraw(ctx: &mut Ctx<'_>, call: withdrawCall) -> Result<withdrawReturn, Stop> {
    let id = call.id;
    let known = require_open(ctx, id)?;
    let account = ctx.caller();
    if !electorate::is_own(ctx, known.organisation, account)? {
        return Err(Stop::revert(NotTheProposer { id, organisation: known.organisation }));
    }
    PROPOSALS.cell(ctx, id)?.replace(ctx, &known, &Proposal { status: Status::Withdrawn, ..known })?;
    ctx.emit(&Withdrawn { id, account })?;
    Ok(withdrawReturn {})
}

fn require_open(ctx: &mut Ctx<'_>, id: u64) -> Result<Proposal, Stop> {
    let known = require(ctx, id)?;
    match status(ctx, &known)? {
        Status::Open => Ok(known),
        status => Err(Stop::revert(NotOpen { id, status: status.number() })),
    }
}

fn require(ctx: &mut Ctx<'_>, id: u64) -> Result<Proposal, Stop> {
    let known = if id == 0 { None } else { PROPOSALS.find(ctx, id)? };
    match known {
        Some(known) => Ok(known),
        None => Err(Stop::revert(NoSuchProposal { id, count: PROPOSAL_COUNT.get(ctx)? })),
    }
}

/// Where a proposal stands now.
pub(super) fn status(ctx: &mut Ctx<'_>, known: &Proposal) -> Result<Status, Stop> {
    let now = ctx.timestamp_ms();
    Ok(match known.status {
        Status::Open if now >= known.ends_ms => Status::Ended,
        Status::Approved => {
            let from = known.decided_ms.max(known.not_before_ms);
            let until = from.saturating_add(parameter(ctx, Parameter::ExecutionMs)?);
            if now >= until { Status::Lapsed } else { Status::Approved }
        }
        status => status,
    })
}

pub(super) fn show(ctx: &mut Ctx<'_>, id: u64) -> Result<IMembers::Proposal, Stop> {
    let known = require(ctx, id)?;
    Ok(IMembers::Proposal {
        id,
        target: known.target,
        organisation: known.organisation,
        proposer: known.proposer,
        status: status(ctx, &known)?.number(),
        notBeforeMs: known.not_before_ms,
        endsMs: known.ends_ms,
        decidedMs: known.decided_ms,
        digest: known.digest,
        titleDigest: known.title,
    })
}

pub(super) fn page(ctx: &mut Ctx<'_>, call: proposalsCall) -> Result<Vec<IMembers::Proposal>, Stop> {
    let proposalsCall { start, count } = call;
    super::require_page(count)?;
    let start = start.max(1);
    let last = PROPOSAL_COUNT.get(ctx)?.min(start.saturating_add(count.into()).saturating_sub(1));
    let mut found = Vec::new();
    for id in start..=last {
        found.push(show(ctx, id)?);
    }
    Ok(found)
}

pub(super) fn tally(ctx: &mut Ctx<'_>, call: tallyCall) -> Result<tallyReturn, Stop> {
    let known = require(ctx, call.id)?;
    let Tally { approvals, rejections, electorate } =
        electorate::count(ctx, Electorate::of(&known.target), call.id)?;
    Ok(tallyReturn { approvals, rejections, electorate_: electorate })
}

pub(super) fn vote_of(ctx: &mut Ctx<'_>, call: voteOfCall) -> Result<u8, Stop> {
    require(ctx, call.id)?;
    let organisation = super::require_organisation(ctx, call.organisation_)?;
    let (entry, place) = electorate::seat(organisation);
    let ballots = BALLOTS.map(ctx, call.id)?.get(ctx, entry)?;
    Ok(u8::from(ballots.approve.bit(place)) + 2 * u8::from(ballots.reject.bit(place)))
}

fn latest(ctx: &mut Ctx<'_>, target: Address, digest: B256) -> Result<u64, Stop> {
    ctx.charge(gas::keccak(64))?;
    BY_CONTENT.get(ctx, content(target, digest))
}

/// What a proposal is known by: Keccak-256 of its target, padded to a word, and its input's digest.
pub(super) fn content(target: Address, digest: B256) -> B256 {
    keccak256([target.into_word().0, digest.0].concat())
}

fn hash(ctx: &mut Ctx<'_>, bytes: &[u8]) -> Result<B256, Stop> {
    ctx.charge(gas::keccak(bytes.len()))?;
    Ok(keccak256(bytes))
}

/// A length as the interface has it.
pub(super) fn size(length: usize) -> alloy_primitives::U256 {
    alloy_primitives::U256::from(length)
}

#[cfg(test)]
mod tests;
