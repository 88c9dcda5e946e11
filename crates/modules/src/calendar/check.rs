//! Storage of `calendar` compared with itself and its history.

use super::{
    genesis::year_bit,
    state::{NEXT, TABLES, Table, YEARS},
    table::first_day,
};
use crate::{Ctx, Violation};
use ding_primitives::{Log, limits};

pub(super) fn check(ctx: &mut Ctx<'_>, _history: &[Log]) -> Result<(), Violation> {
    let years = YEARS.get(ctx)?;
    for year in limits::CALENDAR_YEAR_MIN..=limits::CALENDAR_YEAR_MAX {
        let (listed, table) = (!(years & year_bit(year)).is_zero(), TABLES.find(ctx, year)?);
        Violation::unless("K1", listed == table.is_some(), || {
            format!("year {year} is listed: {listed}; its table is {table:?}")
        })?;
        let Some(table) = table else { continue };
        well_formed(year, &table)?;
        if table.next.is_some() {
            well_formed(year, &NEXT.get(ctx, year)?)?;
        }
    }
    Ok(())
}

fn well_formed(year: u32, table: &Table) -> Result<(), Violation> {
    let last = super::day::days_of_year(year);
    let beyond = (last + 1..=384).find(|day| table.days.contains(*day));
    Violation::unless("K2", beyond.is_none() && first_day(year).is_ok() && table.version > 0, || {
        format!("{year} has {last} days and a table with working day {beyond:?}: {table:?}")
    })
}
