//! Storage of `members` compared with itself and its history: invariants M1 to M8.

use super::{
    electorate::{entitled, holds, seat},
    events::{self, Decided, Event, Executed, OrganisationAdded, ParameterSet, Proposed, Voted},
    proposals::content,
    state::{
        ACCOUNTS, ADDRESS, BALLOTS, BY_CODE, BY_CONTENT, BY_NAME, COUNT, NAMES, OBSERVERS, ORGANISATION_OF,
        PARAMETERS, PROFILES, PROPOSAL_COUNT, PROPOSALS, Proposal, SEATS, SeatKind, VALIDATORS,
    },
    terms::{Electorate, Parameter, Role, Status, division_fits},
};
use crate::{Ctx, Violation};
use ding_primitives::{Address, B256, Log, keccak256, limits};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let count = COUNT.get(ctx)?;
    accounts(ctx, count)?;
    seats(ctx, count)?;
    for id in 1..=count {
        organisation(ctx, id)?;
    }
    let mut story = Story::default();
    for log in history {
        let event = events::decode(log);
        story
            .tell(event.ok_or_else(|| {
                broken("M5", format!("a log of the module is none of its events: {log:?}"))
            })?)?;
    }
    story.compare(ctx)
}

fn broken(invariant: &'static str, what: String) -> Violation {
    Violation { module: "", invariant, what }
}

fn accounts(ctx: &mut Ctx<'_>, count: u32) -> Result<(), Violation> {
    let mut owners: BTreeMap<Address, u32> = BTreeMap::new();
    for id in 1..=count {
        let listed = ACCOUNTS.list(ctx, id)?.page(ctx, 0, u64::MAX)?;
        for (place, account) in (0u64..).zip(listed) {
            let (of, twice) = (ORGANISATION_OF.get(ctx, account)?, owners.insert(account, id));
            let right = (of.organisation, of.place) == (id, place);
            Violation::unless("M1", right && twice.is_none(), || {
                format!(
                    "account {account} is listed by organisation {id} in place {place}, says {of:?}, listed before by {twice:?}"
                )
            })?;
        }
    }
    Ok(())
}

fn seats(ctx: &mut Ctx<'_>, count: u32) -> Result<(), Violation> {
    let mut seats: BTreeMap<B256, SeatKind> = BTreeMap::new();
    let mut runs: BTreeMap<(u32, bool), u32> = BTreeMap::new();
    for (list, kind) in [(VALIDATORS, SeatKind::Validator), (OBSERVERS, SeatKind::Observer)] {
        for key in list.page(ctx, 0, u64::MAX)? {
            let (seat, twice) = (SEATS.get(ctx, key)?, seats.insert(key, kind));
            Violation::unless(
                "M2",
                seat.kind == kind && seat.organisation <= count && twice.is_none(),
                || {
                    format!(
                        "key {key} is listed as {kind:?}, its seat is {seat:?}, listed before as {twice:?}"
                    )
                },
            )?;
            let counted = runs.entry((seat.organisation, kind == SeatKind::Validator)).or_default();
            *counted = counted.saturating_add(1);
        }
    }
    for id in 1..=count {
        let profile = PROFILES.get(ctx, id)?;
        let counted = [true, false].map(|votes| runs.get(&(id, votes)).copied().unwrap_or(0));
        Violation::unless("M3", [profile.validators, profile.observers] == counted, || {
            format!(
                "organisation {id} says {} validators and {} observers, seats say {counted:?}",
                profile.validators, profile.observers
            )
        })?;
    }
    Ok(())
}

fn organisation(ctx: &mut Ctx<'_>, id: u32) -> Result<(), Violation> {
    let profile = PROFILES.get(ctx, id)?;
    let fits = profile.roles & !Role::MASK == 0 && division_fits(profile.division, profile.roles);
    Violation::unless("M8", fits, || format!("organisation {id} has roles nobody can have: {profile:?}"))?;
    let accounts = ACCOUNTS.list(ctx, id)?.len(ctx)?;
    for electorate in Electorate::ALL {
        let (votes, should) = (holds(ctx, electorate, id)?, entitled(electorate, &profile, accounts));
        Violation::unless("M4", votes == should, || {
            format!(
                "organisation {id} with {accounts} accounts and {profile:?} votes among {electorate:?}: {votes}"
            )
        })?;
    }
    let name = NAMES.text(ctx, id)?.get(ctx, limits::NAME_BYTES_MAX)?;
    let by_name = BY_NAME.get(ctx, keccak256(&name))?;
    let by_code = if profile.code.is_zero() { id } else { BY_CODE.get(ctx, profile.code)? };
    Violation::unless("M7", by_name == id && by_code == id, || {
        format!("organisation {id}: its name {name:?} leads to {by_name}, its code to {by_code}")
    })
}

/// What the events seen so far imply about storage.
#[derive(Default)]
struct Story {
    proposals: Vec<Proposal>,
    latest: BTreeMap<B256, u64>,
    votes: BTreeMap<(u64, u32), bool>,
    /// Decisions carried out whose change was not told yet.
    pending: BTreeSet<u64>,
    accounts: BTreeMap<Address, u32>,
    roles: BTreeMap<u32, (u64, u8)>,
    parameters: BTreeMap<B256, u64>,
}

impl Story {
    fn tell(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Proposed(event) => self.proposed(&event),
            Event::Voted(event) => self.voted(&event),
            Event::Decided(event) => self.decided(&event),
            Event::Withdrawn(event) => self.turn(event.id, Status::Open, Status::Withdrawn).map(|_| ()),
            Event::Executed(event) => self.executed(&event),
            Event::OrganisationAdded(event) => self.added(&event),
            Event::RolesSet(event) => {
                self.roles.insert(event.id, (event.roles, event.division));
                self.carried_out(event.proposal)
            }
            Event::AccountAdded(event) => {
                self.accounts.insert(event.account, event.id);
                self.own_or_carried_out(event.proposal)
            }
            Event::AccountRemoved(event) => {
                self.accounts.insert(event.account, 0);
                self.own_or_carried_out(event.proposal)
            }
            Event::ParameterSet(event) => self.parameter(&event),
        }
    }

    fn proposed(&mut self, event: &Proposed) -> Result<(), Violation> {
        let digest = keccak256(&event.input);
        let next = self.proposals.len() as u64 + 1;
        Violation::unless("M5", event.id == next, || format!("proposal {} follows {}", event.id, next - 1))?;
        self.latest.insert(content(event.target, digest), event.id);
        self.proposals.push(Proposal {
            target: event.target,
            ends_ms: event.endsMs,
            organisation: event.organisation,
            status: Status::Open,
            proposer: event.proposer,
            not_before_ms: event.notBeforeMs,
            decided_ms: 0,
            digest,
            title: keccak256(&event.title),
        });
        Ok(())
    }

    fn find(&mut self, id: u64) -> Result<&mut Proposal, Violation> {
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let known = place.and_then(|place| self.proposals.get_mut(place));
        known.ok_or_else(|| broken("M5", format!("an event names proposal {id}, which nobody made")))
    }

    fn turn(&mut self, id: u64, from: Status, to: Status) -> Result<&mut Proposal, Violation> {
        let known = self.find(id)?;
        let status = known.status;
        Violation::unless("M5", status == from, || format!("proposal {id} goes from {status:?} to {to:?}"))?;
        known.status = to;
        Ok(known)
    }

    fn voted(&mut self, event: &Voted) -> Result<(), Violation> {
        self.turn(event.id, Status::Open, Status::Open)?;
        self.votes.insert((event.id, event.organisation), event.approve);
        Violation::unless("M6", event.approvals + event.rejections <= event.electorate, || {
            format!("more votes than voters: {event:?}")
        })
    }

    fn decided(&mut self, event: &Decided) -> Result<(), Violation> {
        let to = if event.approved { Status::Approved } else { Status::Rejected };
        let known = self.turn(event.id, Status::Open, to)?;
        known.decided_ms = event.timestampMs;
        let majority = u64::from(event.approvals) * 2 > u64::from(event.electorate);
        let in_time = event.timestampMs < known.ends_ms;
        Violation::unless("M5", in_time && majority >= event.approved, || {
            format!("a decision too late or without a majority: {event:?}")
        })
    }

    fn executed(&mut self, event: &Executed) -> Result<(), Violation> {
        let known = self.turn(event.id, Status::Approved, Status::Executed)?;
        let when = known.not_before_ms.max(known.decided_ms);
        let right = known.target == event.target && event.timestampMs >= when;
        Violation::unless("M5", right, || format!("carried out elsewhere or too early: {event:?}"))?;
        if event.target == ADDRESS {
            self.pending.insert(event.id);
        }
        Ok(())
    }

    /// A change by decision of the proposal.
    fn carried_out(&mut self, proposal: u64) -> Result<(), Violation> {
        Violation::unless("M5", self.pending.remove(&proposal), || {
            format!("a change refers to proposal {proposal}, which was not carried out for it")
        })
    }

    /// A change of accounts: by decision of the proposal, or (0) an organisation's own.
    fn own_or_carried_out(&mut self, proposal: u64) -> Result<(), Violation> {
        if proposal == 0 { Ok(()) } else { self.carried_out(proposal) }
    }

    fn added(&mut self, event: &OrganisationAdded) -> Result<(), Violation> {
        self.roles.insert(event.id, (event.roles, event.division));
        self.carried_out(event.proposal)
    }

    fn parameter(&mut self, event: &ParameterSet) -> Result<(), Violation> {
        let known = Parameter::from_word(event.name).filter(|parameter| parameter.takes(event.value));
        Violation::unless("M8", known.is_some(), || format!("a parameter out of range: {event:?}"))?;
        self.parameters.insert(event.name, event.value);
        self.carried_out(event.proposal)
    }

    fn compare(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        self.compare_proposals(ctx)?;
        self.compare_votes(ctx)?;
        Violation::unless("M5", self.pending.is_empty(), || {
            format!("proposals {:?} were carried out and changed nothing", self.pending)
        })?;
        for (account, want) in &self.accounts {
            let found = ORGANISATION_OF.get(ctx, *account)?.organisation;
            Violation::unless("M8", found == *want, || {
                format!("account {account} acts for {found}, events say {want}")
            })?;
        }
        for (id, want) in &self.roles {
            let found = PROFILES.get(ctx, *id)?;
            Violation::unless("M8", (found.roles, found.division) == *want, || {
                format!("organisation {id} is {found:?}, events say roles and division {want:?}")
            })?;
        }
        for (name, want) in &self.parameters {
            let found = PARAMETERS.get(ctx, *name)?;
            Violation::unless("M8", found == *want, || {
                format!("parameter {name} is {found}, events say {want}")
            })?;
        }
        Ok(())
    }

    fn compare_proposals(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let count = PROPOSAL_COUNT.get(ctx)?;
        Violation::unless("M5", count == self.proposals.len() as u64, || {
            format!("{count} proposals, events made {}", self.proposals.len())
        })?;
        for (id, want) in (1u64..).zip(&self.proposals) {
            let found = PROPOSALS.find(ctx, id)?;
            Violation::unless("M5", found == Some(*want), || {
                format!("proposal {id} is {found:?}, events say {want:?}")
            })?;
        }
        for (content, want) in &self.latest {
            let found = BY_CONTENT.get(ctx, *content)?;
            Violation::unless("M5", found == *want, || {
                format!("a call leads to proposal {found}, events say {want}")
            })?;
        }
        Ok(())
    }

    fn compare_votes(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        for ((id, organisation), approve) in &self.votes {
            let (entry, place) = seat(*organisation);
            let given = BALLOTS.map(ctx, *id)?.get(ctx, entry)?;
            let found = (given.approve.bit(place), given.reject.bit(place));
            Violation::unless("M6", found == (*approve, !*approve), || {
                format!("organisation {organisation} on proposal {id}: {found:?}, its last vote is {approve}")
            })?;
        }
        let mut counted = 0;
        for id in 1..=self.proposals.len() as u64 {
            for entry in 0..4 {
                let given = BALLOTS.map(ctx, id)?.get(ctx, entry)?;
                counted += given.approve.count_ones() + given.reject.count_ones();
            }
        }
        Violation::unless("M6", counted == self.votes.len(), || {
            format!("{counted} votes in storage, {} in events", self.votes.len())
        })
    }
}
