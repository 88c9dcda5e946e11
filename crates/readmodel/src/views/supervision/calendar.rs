//! Events of `calendar`: tables of working days.

use super::{
    At, Rows,
    history::{Thing, tell},
    int,
};
use ding_modules::calendar::events::TableLoaded;
use ding_primitives::B256;

/// A table as the rows hold it.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) year: u32,
    pub(super) version: u32,
    pub(super) effective: u32,
    pub(super) working: u16,
    pub(super) holidays: Vec<u16>,
    pub(super) makeup: Vec<u16>,
    pub(super) source: B256,
    pub(super) replaces: u32,
    pub(super) proposal: u64,
}

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &TableLoaded, at: &At) -> rusqlite::Result<()> {
    tell(rows, Thing::Table, event.year.into(), at)?;
    write(
        rows,
        &Loaded {
            year: event.year.into(),
            version: event.version,
            effective: event.effectiveDay,
            working: event.workingDays,
            holidays: event.holidays.clone(),
            makeup: event.makeupDays.clone(),
            source: event.source,
            replaces: event.replaces,
            proposal: event.proposal,
        },
    )
}

/// Writes a table.
pub(super) fn write(rows: &Rows<'_>, table: &Loaded) -> rusqlite::Result<()> {
    let bytes = |days: &[u16]| days.iter().flat_map(|day| day.to_be_bytes()).collect::<Vec<u8>>();
    rows.run(
        "INSERT OR REPLACE INTO supervision_calendar (year, version, effective, working, holidays, makeup, \
         source, replaces, proposal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            table.year,
            table.version,
            table.effective,
            table.working,
            bytes(&table.holidays),
            bytes(&table.makeup),
            table.source.as_slice(),
            table.replaces,
            int(table.proposal),
        ),
    )
    .map(drop)
}
