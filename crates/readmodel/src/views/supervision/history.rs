//! Which events tell of a thing. Their contents are in the view `logs`, under the same ordinal.

use super::{At, Rows, int};

/// A thing that has a history or a name. The order is that of search results, last one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A table of working days, by year.
    Table = 1,
    /// A campaign of inspection.
    Campaign = 2,
    /// A source document of pilots.
    Document = 3,
    /// A proposal of the consortium.
    Proposal = 4,
    /// An organisation of the consortium.
    Organisation = 5,
    /// An identity authority.
    Authority = 6,
    /// A supervisory order.
    Order = 7,
    /// An entity that carries pilots.
    Entity = 8,
    /// A pilot.
    Pilot = 9,
    /// A batch of published services.
    Batch = 10,
    /// A provider of services.
    Provider = 11,
    /// A filed service.
    Service = 12,
}

impl Thing {
    /// All of them, in the order of search results.
    pub const ALL: [Self; 12] = [
        Self::Service,
        Self::Provider,
        Self::Batch,
        Self::Pilot,
        Self::Entity,
        Self::Order,
        Self::Authority,
        Self::Organisation,
        Self::Proposal,
        Self::Document,
        Self::Campaign,
        Self::Table,
    ];

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Campaign => "campaign",
            Self::Document => "document",
            Self::Proposal => "proposal",
            Self::Organisation => "organisation",
            Self::Authority => "authority",
            Self::Order => "order",
            Self::Entity => "entity",
            Self::Pilot => "pilot",
            Self::Batch => "batch",
            Self::Provider => "provider",
            Self::Service => "service",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|thing| thing.name() == name)
    }

    /// The one with this number in the rows.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|thing| *thing as u64 == number)
    }
}

/// Enters the event in the history of a thing.
pub(super) fn tell(rows: &Rows<'_>, thing: Thing, id: u64, at: &At) -> rusqlite::Result<()> {
    rows.run(
        "INSERT OR IGNORE INTO supervision_history (thing, id, ordinal, tx, place, height, timestamp_ms) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            thing as u8,
            int(id),
            int(at.ordinal),
            int(at.tx),
            int(at.place),
            int(at.height),
            int(at.timestamp_ms),
        ),
    )
    .map(drop)
}
