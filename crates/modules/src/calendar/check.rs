//! Storage of `calendar` compared with itself and its history: invariants K1 to K3.

use super::{
    events::{self, TableLoaded},
    genesis::year_bit,
    state::{NEXT, TABLES, Table, YEARS},
    table::{WorkingDays, first_day},
};
use crate::{Ctx, Violation};
use ding_primitives::{Log, limits};
use std::collections::BTreeMap;

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let years = YEARS.get(ctx)?;
    let mut stored: BTreeMap<u32, Table> = BTreeMap::new();
    for year in limits::CALENDAR_YEAR_MIN..=limits::CALENDAR_YEAR_MAX {
        let (listed, table) = (!(years & year_bit(year)).is_zero(), TABLES.find(ctx, year)?);
        Violation::unless("K1", listed == table.is_some(), || {
            format!("year {year} is listed: {listed}; its table is {table:?}")
        })?;
        let Some(table) = table else { continue };
        well_formed(year, &table)?;
        let mut latest = table;
        if let Some(from) = table.next {
            latest = NEXT.get(ctx, year)?;
            well_formed(year, &latest)?;
            let follows =
                latest.effective == from && from > table.effective && latest.version > table.version;
            Violation::unless("K2", follows && latest.next.is_none(), || {
                format!("{year}: {latest:?} does not follow {table:?}")
            })?;
        }
        stored.insert(year, latest);
    }
    compare(&stored, history)
}

fn well_formed(year: u32, table: &Table) -> Result<(), Violation> {
    let last = super::day::days_of_year(year);
    let beyond = (last + 1..=384).find(|day| table.days.contains(*day));
    Violation::unless("K2", beyond.is_none() && first_day(year).is_ok() && table.version > 0, || {
        format!("{year} has {last} days and a table with working day {beyond:?}: {table:?}")
    })
}

/// Versions ascend by one from the first table on; one that came with genesis has version 1 and no
/// event.
fn compare(stored: &BTreeMap<u32, Table>, history: &[Log]) -> Result<(), Violation> {
    let mut last: BTreeMap<u16, TableLoaded> = BTreeMap::new();
    for log in history {
        let event = events::decode(log);
        Violation::unless("K3", event.is_some(), || {
            format!("a log of the module is none of its events: {log:?}")
        })?;
        let Some(event) = event else { continue };
        let before = last.get(&event.year).map(|before| before.version);
        let follows = before
            .map_or(matches!(event.version, 1 | 2), |before| before.checked_add(1) == Some(event.version));
        Violation::unless("K3", follows, || format!("{event:?} follows version {before:?}"))?;
        last.insert(event.year, event);
    }
    for (year, table) in stored {
        let event = u16::try_from(*year).ok().and_then(|year| last.remove(&year));
        let right = event.as_ref().map_or(table.version == 1, |event| {
            let days = WorkingDays::of(*year, &event.holidays, &event.makeupDays).ok();
            (event.version, event.effectiveDay) == (table.version, table.effective.get())
                && days == Some(table.days)
                && event.workingDays == table.days.count()
        });
        Violation::unless("K3", right, || format!("{year}: {table:?} is not as loaded by {event:?}"))?;
    }
    Violation::unless("K3", last.is_empty(), || format!("tables were loaded and are not there: {last:?}"))
}
