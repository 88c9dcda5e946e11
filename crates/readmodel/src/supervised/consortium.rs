//! The consortium: organisations, proposals and votes; identity authorities and standings; tables of
//! working days; the once-only register.

use super::{
    DutyRow, Found, HistoryRow, Listed, Page, Source, Thing, cut, height, history, int, queue,
    select::{self, Conditions},
};
use crate::query::{Query, QueryError, page};
use ding_modules::{calendar::Day, members::terms::Status as ProposalStatus};
use ding_primitives::{Address, B256, limits};
use rusqlite::types::Value;

record! {
    /// An organisation of the consortium.
    OrganisationRow {
        /// Its number.
        id: u32 = "o.id",
        /// What it is called.
        name: String = "o.name",
        /// Unified social credit code; empty if it gave none.
        code: String = "o.code",
        /// First two digits of the division it is responsible for; 0 if none.
        division: u8 = "o.division",
        /// Bits of its roles.
        roles: u64 = "o.roles",
        /// Validators it runs.
        validators: u32 = "o.validators",
        /// Observers it runs.
        observers: u32 = "o.observers",
        /// Accounts that act for it.
        accounts: u32 = "(SELECT COUNT(*) FROM supervision_accounts WHERE organisation = o.id)",
        /// Proposal that decided its last change; 0 for genesis.
        proposal: u64 = "o.proposal",
    }
}

record! {
    /// Something that the consortium agrees on.
    ParameterRow {
        /// Its name.
        name: String = "p.name",
        /// Its value.
        value: u64 = "p.value",
        /// Proposal that decided it; 0 for genesis.
        proposal: u64 = "p.proposal",
    }
}

record! {
    /// A proposal.
    ProposalRow {
        /// Its number.
        id: u64 = "p.id",
        /// The module that would be called.
        target: Address = "p.target",
        /// Who decides: 1 supervisors, 2 organisations that run a validator.
        electorate: u8 = "p.electorate",
        /// Organisation that proposed it.
        organisation: u32 = "p.organisation",
        /// Account that proposed it.
        proposer: Address = "p.proposer",
        /// No earlier than this it can be carried out.
        not_before_ms: u64 = "p.not_before_ms",
        /// When the vote ends.
        ends_ms: u64 = "p.ends_ms",
        /// What it is called.
        title: String = "p.title",
        /// Where it stands as far as steps say; see [`Self::status_at`].
        status: u8 = "p.status",
        /// Votes for it.
        approvals: u32 = "p.approvals",
        /// Votes against it.
        rejections: u32 = "p.rejections",
        /// Size of the electorate at the last vote; 0 before the first.
        voters: u32 = "p.voters",
        /// When it was decided or withdrawn; 0 before.
        decided_ms: u64 = "p.decided_ms",
        /// When it was carried out; 0 before.
        executed_ms: u64 = "p.executed_ms",
        /// How long an approved one may be carried out.
        execution_ms: u64 = "coalesce((SELECT value FROM supervision_parameters WHERE name = 'execution_ms'), 0)",
        /// Input of the call.
        input: Vec<u8> = "p.input",
    }
}

record! {
    /// A vote.
    VoteRow {
        /// Organisation that voted.
        organisation: u32 = "v.organisation",
        /// Account that voted for it.
        account: Address = "v.account",
        /// Whether it approves.
        approve: bool = "v.approve",
    }
}

record! {
    /// An identity authority.
    AuthorityRow {
        /// Its number.
        id: u32 = "a.id",
        /// Its organisation.
        organisation: u32 = "a.organisation",
        /// What it is called.
        name: String = "a.name",
        /// Since when it acts; 0 for genesis.
        from_ms: u64 = "a.from_ms",
        /// When it was dismissed; 0 if it acts.
        dismissed_ms: u64 = "a.dismissed_ms",
        /// Authority that answers for its bindings then; 0 if none.
        successor: u32 = "a.successor",
        /// Bindings it made.
        bindings: u32 = "(SELECT COUNT(*) FROM supervision_bindings WHERE authority = a.id)",
        /// Proposal that appointed or dismissed it; 0 for genesis.
        proposal: u64 = "a.proposal",
    }
}

record! {
    /// Where an account stands; not what it is bound to.
    StandingRow {
        /// In the order in which accounts were first heard of.
        id: u64 = "s.id",
        /// The account.
        account: Address = "s.account",
        /// Its binding; 0 if it was never bound.
        binding: u64 = "s.binding",
        /// Root of the binding; `None` if it was never bound.
        root: Option<Address> = "b.root",
        /// Authority of the binding; 0 if it was never bound.
        authority: u32 = "coalesce(b.authority, 0)",
        /// Person or organisation; 0 if it was never bound.
        kind: u8 = "coalesce(b.kind, 0)",
        /// How the subject was checked; 0 if it was never bound.
        level: u8 = "coalesce(b.level, 0)",
        /// When the binding expires; 0 if it does not.
        expiry_ms: u64 = "coalesce(b.expiry_ms, 0)",
        /// Status of the account itself.
        status: u8 = "s.status",
        /// Status of its binding.
        binding_status: u8 = "coalesce(b.status, 0)",
        /// Reason of the last change; 0 if none was given.
        reason: u8 = "s.reason",
        /// Account that replaced it.
        successor: Option<Address> = "s.successor",
        /// Until when it is frozen, by itself or with its root; 0 if it is not.
        frozen_ms: u64 = "max(s.frozen_ms, coalesce((SELECT r.frozen_ms FROM supervision_standings r WHERE r.account = b.root), 0))",
        /// When it last changed.
        changed_ms: u64 = "s.changed_ms",
    }
}

record! {
    /// A table of working days as it was loaded.
    TableRow {
        /// The year.
        year: u32 = "c.year",
        /// 1 for the first table of the year, one more for each correction.
        version: u32 = "c.version",
        /// Day from which it is used; day 0: from the first block.
        effective: Day = "c.effective",
        /// Number of working days.
        working: u16 = "c.working",
        /// Days of rest that are no Saturday or Sunday, or as the table lists them; two bytes each.
        holidays: Vec<u8> = "c.holidays",
        /// Saturdays and Sundays on which people work; two bytes each.
        makeup: Vec<u8> = "c.makeup",
        /// Digest of the notice; zero for genesis.
        source: B256 = "c.source",
        /// Versions from this one on never took effect; 0: none.
        replaces: u32 = "c.replaces",
        /// Proposal that decided it; 0 for genesis.
        proposal: u64 = "c.proposal",
    }
}

record! {
    /// A key of the once-only register.
    OnceRow {
        /// In the order in which keys were first taken.
        id: u64 = "n.id",
        /// Whose register.
        owner: Address = "n.owner",
        /// Which register.
        register: B256 = "n.register",
        /// The key.
        key: B256 = "n.key",
        /// Digest of what it was taken for.
        content: B256 = "n.content",
        /// Who holds it.
        holder: Address = "n.holder",
        /// 0 free, 1 reserved, 2 confirmed, 3 kept for ever.
        state: u8 = "n.state",
        /// When a reservation ends; 0 for others.
        until_ms: u64 = "n.until_ms",
        /// Block in which it got this state.
        height: u64 = "n.height",
    }
}

/// A proposal with its votes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The proposal.
    pub proposal: ProposalRow,
    /// Its votes, by organisation.
    pub votes: Vec<VoteRow>,
    /// Parameters that decide, as they are now.
    pub parameters: Vec<ParameterRow>,
    /// What has to be done about it.
    pub duties: Vec<DutyRow>,
    /// What happened, newest first.
    pub history: Listed<HistoryRow>,
}

/// Which standings a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StandingFilter {
    /// The account.
    pub account: Option<Address>,
    /// Bindings of this authority.
    pub authority: Option<u32>,
    /// Status of the account itself.
    pub status: Option<u8>,
}

/// Which keys a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnceFilter {
    /// Whose register.
    pub owner: Option<Address>,
    /// Which register.
    pub register: Option<B256>,
    /// The key.
    pub key: Option<B256>,
    /// Who holds it.
    pub holder: Option<Address>,
}

impl ProposalRow {
    /// Where it stands at a time: votes and approvals end by themselves.
    pub fn status_at(&self, now_ms: u64) -> Option<ProposalStatus> {
        Some(match ProposalStatus::from_number(self.status)? {
            ProposalStatus::Open if now_ms >= self.ends_ms => ProposalStatus::Ended,
            ProposalStatus::Approved if now_ms >= self.lapses_ms() => ProposalStatus::Lapsed,
            status => status,
        })
    }

    /// When an approved one lapses.
    pub const fn lapses_ms(&self) -> u64 {
        self.decided_ms.saturating_add(self.execution_ms)
    }
}

impl TableRow {
    /// Days of the year, out of [`Self::holidays`] or [`Self::makeup`].
    pub fn days(bytes: &[u8]) -> Vec<u16> {
        queue::days(bytes)
    }
}

impl Query {
    /// Organisations, by number.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn organisations(&self, wanted: Page) -> Result<Listed<OrganisationRow>, QueryError> {
        self.ask(|ask| {
            let limit = page(wanted.limit);
            let rows = select::all(
                ask,
                "supervision_organisations o WHERE o.id > ? ORDER BY o.id LIMIT ?",
                [int(wanted.after.unwrap_or(0)), Value::Integer(limit as i64 + 1)],
            )?;
            Ok(cut(rows, limit, height(ask)?, |row: &OrganisationRow| row.id.into()))
        })
    }

    /// Identity authorities, by number.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn authorities(&self, wanted: Page) -> Result<Listed<AuthorityRow>, QueryError> {
        self.ask(|ask| {
            let limit = page(wanted.limit);
            let rows = select::all(
                ask,
                "supervision_authorities a WHERE a.id > ? ORDER BY a.id LIMIT ?",
                [int(wanted.after.unwrap_or(0)), Value::Integer(limit as i64 + 1)],
            )?;
            Ok(cut(rows, limit, height(ask)?, |row: &AuthorityRow| row.id.into()))
        })
    }

    /// Standings, those heard of last first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn standings(
        &self,
        filter: &StandingFilter,
        wanted: Page,
    ) -> Result<Listed<StandingRow>, QueryError> {
        let mut conditions = Conditions::default();
        conditions.and("s.account = ?", filter.account.map(|account| account.to_vec()));
        conditions.and("b.authority = ?", filter.authority);
        conditions.and("s.status = ?", filter.status);
        let tables = "supervision_standings s LEFT JOIN supervision_bindings b ON b.id = s.binding";
        let source = select::Source { tables, id: "s.id", thing: None };
        self.ask(|ask| select::list(ask, source, &conditions, None, wanted, |row: &StandingRow| row.id))
    }

    /// Proposals, newest first, as they stand at `now_ms`.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn proposals(
        &self,
        status: Option<ProposalStatus>,
        wanted: Page,
        now_ms: u64,
    ) -> Result<Listed<ProposalRow>, QueryError> {
        use ProposalStatus::{Approved, Ended, Lapsed, Open};
        let lapses = "p.decided_ms + (SELECT value FROM supervision_parameters WHERE name = 'execution_ms')";
        let mut conditions = Conditions::default();
        let kept = match status {
            Some(Ended) => Some(Open),
            Some(Lapsed) => Some(Approved),
            status => status,
        };
        conditions.and("p.status = ?", kept.map(ProposalStatus::number));
        match status {
            Some(Open) => conditions.push("p.ends_ms > ?", [int(now_ms)]),
            Some(Ended) => conditions.push("p.ends_ms <= ?", [int(now_ms)]),
            Some(Approved) => conditions.push(&format!("{lapses} > ?"), [int(now_ms)]),
            Some(Lapsed) => conditions.push(&format!("{lapses} <= ?"), [int(now_ms)]),
            _ => {}
        }
        let source = select::Source { tables: "supervision_proposals p", id: "p.id", thing: None };
        self.ask(|ask| select::list(ask, source, &conditions, None, wanted, |row: &ProposalRow| row.id))
    }

    /// A proposal with its votes; `wanted` is the page of its history.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn proposal(
        &self,
        id: u64,
        wanted: Page,
        now_ms: u64,
    ) -> Result<Option<Found<Proposal>>, QueryError> {
        self.ask(|ask| {
            let found = select::one(ask, "supervision_proposals p WHERE p.id = ?", [int(id)])?;
            let Some(proposal) = found else { return Ok(None) };
            let votes = "supervision_votes v WHERE v.proposal = ? ORDER BY v.organisation LIMIT ?";
            let value = Proposal {
                proposal,
                votes: select::all(ask, votes, [int(id), Value::Integer(limits::ORGANISATIONS_MAX as i64)])?,
                parameters: select::all(ask, "supervision_parameters p ORDER BY p.name", [])?,
                duties: queue::of_thing(ask, Source::Proposal, id, now_ms)?,
                history: history(ask, Thing::Proposal, id, wanted)?,
            };
            Ok(Some(Found { value, height: height(ask)? }))
        })
    }

    /// Tables of working days of a year, newest version first; empty for a year without one.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn calendar(&self, year: u32) -> Result<Listed<TableRow>, QueryError> {
        self.ask(|ask| {
            let rows = select::all(
                ask,
                "supervision_calendar c WHERE c.year = ? ORDER BY c.version DESC LIMIT ?",
                [Value::from(year), Value::Integer(limits::READMODEL_PAGE_MAX as i64)],
            )?;
            Ok(Listed { rows, next: None, height: height(ask)? })
        })
    }

    /// Keys of the once-only register, those taken first last.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn once(&self, filter: &OnceFilter, wanted: Page) -> Result<Listed<OnceRow>, QueryError> {
        let mut conditions = Conditions::default();
        conditions.and("n.key = ?", filter.key.map(|key| key.to_vec()));
        conditions.and("n.register = ?", filter.register.map(|register| register.to_vec()));
        conditions.and("n.owner = ?", filter.owner.map(|owner| owner.to_vec()));
        conditions.and("n.holder = ?", filter.holder.map(|holder| holder.to_vec()));
        let source = select::Source { tables: "supervision_once n", id: "n.id", thing: None };
        self.ask(|ask| select::list(ask, source, &conditions, None, wanted, |row: &OnceRow| row.id))
    }
}
