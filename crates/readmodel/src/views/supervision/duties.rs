//! What somebody has to do: the rows behind the queue.
//!
//! A duty holds the clock that runs for it, as start and length, never a last day: which day that is
//! depends on the tables of working days in effect when somebody asks.

use super::{Rows, int};
use ding_modules::{calendar::Day, duties::Length};

/// Which module a duty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `filing`; the thing is a service, or a provider's item of it.
    Filing = 1,
    /// `orders`; the thing is an order.
    Order = 2,
    /// `pilot`; the thing is a pilot.
    Pilot = 3,
    /// `members`; the thing is a proposal.
    Proposal = 4,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Filing, Self::Order, Self::Pilot, Self::Proposal];

    /// The one with this number in the rows.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|source| *source as u8 == number)
    }
}

/// Who has a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The provider of a service.
    Provider,
    /// The provincial administration of the division.
    Provincial,
    /// An organisation with the role supervisor.
    Supervisor,
    /// The competent department of a pilot.
    Competent,
    /// The entity of a pilot.
    Entity,
    /// The organisation that recommended a pilot.
    Recommender,
    /// The target of an order.
    Target,
    /// The identity authority that bound an account.
    IdentityAuthority,
    /// Organisations that have a vote and did not use it.
    Voters,
    /// The organisation that issued an order.
    Issuer,
}

impl Party {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Provider,
        Self::Provincial,
        Self::Supervisor,
        Self::Competent,
        Self::Entity,
        Self::Recommender,
        Self::Target,
        Self::IdentityAuthority,
        Self::Voters,
        Self::Issuer,
    ];

    /// Its bit in the rows.
    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Provincial => "provincial",
            Self::Supervisor => "supervisor",
            Self::Competent => "competent",
            Self::Entity => "entity",
            Self::Recommender => "recommender",
            Self::Target => "target",
            Self::IdentityAuthority => "identity-authority",
            Self::Voters => "voters",
            Self::Issuer => "issuer",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.name() == name)
    }

    /// Those whose organisation a duty names.
    pub(crate) const NAMED: u16 = Self::Provider.bit()
        | Self::Competent.bit()
        | Self::Entity.bit()
        | Self::Recommender.bit()
        | Self::Target.bit()
        | Self::IdentityAuthority.bit()
        | Self::Issuer.bit();
}

/// A step of a proposal that is a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProposalStep {
    Vote = 1,
    Execute = 2,
}

/// The clock of a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Running {
    /// Its number in the module's vocabulary; not 0.
    pub(super) clock: u8,
    /// The day that started it.
    pub(super) start: Day,
    /// How long it runs.
    pub(super) length: Length,
}

/// A duty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Duty {
    pub(super) source: Source,
    pub(super) thing: u64,
    pub(super) slot: u8,
    pub(super) item: u64,
    pub(super) step: u8,
    /// Bits of [`Party`].
    pub(super) parties: u16,
    pub(super) organisation: u32,
    pub(super) division: u8,
    pub(super) since_ms: u64,
    /// When it falls away; 0: never.
    pub(super) until_ms: u64,
    pub(super) clock: Option<Running>,
    /// Whether the clock's end is when the duty begins.
    pub(super) begins: bool,
}

/// A length as the rows hold it.
pub(crate) const fn length_parts(length: Length) -> (u8, u16) {
    match length {
        Length::Fixed => (0, 0),
        Length::WorkingDays(days) => (1, days),
        Length::Days(days) => (2, days),
        Length::Months(months) => (3, months),
    }
}

/// A length out of the rows.
pub(crate) const fn length_of(unit: u8, length: u16) -> Length {
    match unit {
        1 => Length::WorkingDays(length),
        2 => Length::Days(length),
        3 => Length::Months(length),
        _ => Length::Fixed,
    }
}

/// Removes every duty of a thing.
pub(super) fn clear(rows: &Rows<'_>, source: Source, thing: u64) -> rusqlite::Result<()> {
    rows.run("DELETE FROM supervision_duties WHERE source = ?1 AND thing = ?2", (source as u8, int(thing)))
        .map(drop)
}

/// Enters a duty, in the place of the one before it.
pub(super) fn put(rows: &Rows<'_>, duty: &Duty) -> rusqlite::Result<()> {
    let running = duty.clock.unwrap_or(Running { clock: 0, start: Day::new(0), length: Length::Fixed });
    let (unit, length) = length_parts(running.length);
    rows.run(
        "INSERT OR REPLACE INTO supervision_duties (source, thing, slot, item, step, parties, organisation, \
         division, since_ms, until_ms, clock, begins, start, unit, length, timed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        rusqlite::params![
            duty.source as u8,
            int(duty.thing),
            duty.slot,
            int(duty.item),
            duty.step,
            duty.parties,
            duty.organisation,
            duty.division,
            int(duty.since_ms),
            int(duty.until_ms),
            running.clock,
            duty.begins,
            running.start.get(),
            unit,
            length,
            running.clock != 0 && !duty.begins,
        ],
    )
    .map(drop)
}
