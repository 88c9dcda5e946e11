//! Events of `members`: organisations, their accounts, parameters, proposals and votes.

use super::{
    At, Rows,
    duties::{self, Duty, Party, ProposalStep, Running, Source},
    history::{Thing, tell},
    int,
    names::{self, Names},
};
use ding_modules::{
    calendar::Day,
    duties::Length,
    members::{
        events::{Event, Proposed},
        terms::{Electorate, Parameter, Status},
    },
};
use rusqlite::params;

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<()> {
    match event {
        Event::Proposed(e) => proposed(rows, e, at),
        Event::Voted(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_votes (proposal, organisation, account, approve) \
                 VALUES (?1, ?2, ?3, ?4)",
                (int(e.id), e.organisation, e.account.as_slice(), e.approve),
            )?;
            tally(rows, e.id, (e.approvals, e.rejections, e.electorate))?;
            tell(rows, Thing::Proposal, e.id, at)
        }
        Event::Decided(e) => {
            tally(rows, e.id, (e.approvals, e.rejections, e.electorate))?;
            let status = if e.approved { Status::Approved } else { Status::Rejected };
            moved(rows, e.id, status, "decided_ms", e.timestampMs)?;
            tell(rows, Thing::Proposal, e.id, at)?;
            if e.approved { carry_out(rows, e.id) } else { Ok(()) }
        }
        Event::Withdrawn(e) => {
            moved(rows, e.id, Status::Withdrawn, "decided_ms", at.timestamp_ms)?;
            tell(rows, Thing::Proposal, e.id, at)
        }
        Event::Executed(e) => {
            moved(rows, e.id, Status::Executed, "executed_ms", e.timestampMs)?;
            tell(rows, Thing::Proposal, e.id, at)
        }
        Event::OrganisationAdded(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_organisations (id, name, code, division, roles, validators, \
                 observers, proposal) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6)",
                (e.id, &e.name, &e.code, e.division, int(e.roles), int(e.proposal)),
            )?;
            let names = Names { number: &e.code, name: &e.name, other: "" };
            names::put(rows, Thing::Organisation, e.id.into(), names)?;
            tell(rows, Thing::Organisation, e.id.into(), at)
        }
        Event::RolesSet(e) => {
            rows.run(
                "UPDATE supervision_organisations SET roles = ?2, division = ?3, proposal = ?4 WHERE id = ?1",
                (e.id, int(e.roles), e.division, int(e.proposal)),
            )?;
            tell(rows, Thing::Organisation, e.id.into(), at)
        }
        Event::AccountAdded(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_accounts (account, organisation) VALUES (?1, ?2)",
                (e.account.as_slice(), e.id),
            )?;
            tell(rows, Thing::Organisation, e.id.into(), at)
        }
        Event::AccountRemoved(e) => {
            rows.run(
                "DELETE FROM supervision_accounts WHERE account = ?1 AND organisation = ?2",
                (e.account.as_slice(), e.id),
            )?;
            tell(rows, Thing::Organisation, e.id.into(), at)
        }
        Event::ParameterSet(e) => {
            let Some(parameter) = Parameter::from_word(e.name) else { return Ok(()) };
            rows.run(
                "INSERT OR REPLACE INTO supervision_parameters (name, value, proposal) VALUES (?1, ?2, ?3)",
                (parameter.name(), int(e.value), int(e.proposal)),
            )?;
            if parameter != Parameter::ExecutionMs {
                return Ok(());
            }
            let approved = rows.all(
                "SELECT id FROM supervision_proposals WHERE status = ?1",
                [Status::Approved.number()],
                |row| super::super::number(row, 0),
            )?;
            approved.into_iter().try_for_each(|id| carry_out(rows, id))
        }
    }
}

fn proposed(rows: &Rows<'_>, event: &Proposed, at: &At) -> rusqlite::Result<()> {
    let electorate = Electorate::of(&event.target);
    rows.run(
        "INSERT OR REPLACE INTO supervision_proposals (id, target, electorate, organisation, proposer, \
         not_before_ms, ends_ms, title, status, approvals, rejections, voters, decided_ms, executed_ms, input) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 0, 0, 0, 0, ?10)",
        params![
            int(event.id),
            event.target.as_slice(),
            electorate.number(),
            event.organisation,
            event.proposer.as_slice(),
            int(event.notBeforeMs),
            int(event.endsMs),
            event.title,
            Status::Open.number(),
            &event.input[..],
        ],
    )?;
    tell(rows, Thing::Proposal, event.id, at)?;
    let id = event.id.to_string();
    names::put(rows, Thing::Proposal, event.id, Names { number: &id, name: &event.title, other: "" })?;
    let clock = Running { clock: 1, start: Day::from_ms(event.endsMs), length: Length::Fixed };
    let duty = duty(event.id, ProposalStep::Vote, at.timestamp_ms);
    duties::put(rows, &Duty { until_ms: event.endsMs, clock: Some(clock), ..duty })
}

const fn duty(id: u64, step: ProposalStep, since_ms: u64) -> Duty {
    Duty {
        source: Source::Proposal,
        thing: id,
        slot: step as u8,
        item: 0,
        step: step as u8,
        parties: Party::Voters.bit(),
        organisation: 0,
        division: 0,
        since_ms,
        until_ms: 0,
        clock: None,
        begins: false,
    }
}

/// An approved proposal waits to be carried out, as long as a parameter says now.
fn carry_out(rows: &Rows<'_>, id: u64) -> rusqlite::Result<()> {
    let times = rows.find(
        "SELECT decided_ms, (SELECT value FROM supervision_parameters WHERE name = ?2) \
         FROM supervision_proposals WHERE id = ?1",
        (int(id), Parameter::ExecutionMs.name()),
        |row| Ok((super::super::number(row, 0)?, super::super::number(row, 1)?)),
    )?;
    let Some((decided_ms, execution_ms)) = times else { return Ok(()) };
    let until_ms = decided_ms.saturating_add(execution_ms);
    let clock = Running { clock: 2, start: Day::from_ms(until_ms), length: Length::Fixed };
    duties::put(rows, &Duty { until_ms, clock: Some(clock), ..duty(id, ProposalStep::Execute, decided_ms) })
}

fn tally(rows: &Rows<'_>, id: u64, (approvals, rejections, voters): (u32, u32, u32)) -> rusqlite::Result<()> {
    rows.run(
        "UPDATE supervision_proposals SET approvals = ?2, rejections = ?3, voters = ?4 WHERE id = ?1",
        (int(id), approvals, rejections, voters),
    )
    .map(drop)
}

fn moved(rows: &Rows<'_>, id: u64, status: Status, column: &str, at_ms: u64) -> rusqlite::Result<()> {
    let statement = match column {
        "executed_ms" => "UPDATE supervision_proposals SET status = ?2, executed_ms = ?3 WHERE id = ?1",
        _ => "UPDATE supervision_proposals SET status = ?2, decided_ms = ?3 WHERE id = ?1",
    };
    rows.run(statement, (int(id), status.number(), int(at_ms)))?;
    duties::clear(rows, Source::Proposal, id)
}
