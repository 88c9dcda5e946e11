//! The section of the genesis file that gives tables.
//!
//! ```json
//! {"tables": [{"year": 2027, "holidays": ["2027-01-01..2027-01-03", "2027-04-05"],
//!   "makeup": ["2027-02-20"]}]}
//! ```
//!
//! Every chain begins with the tables of 2025 and 2026 ([`super::terms`]); the section adds years or
//! says other things about these.

use super::{
    day::Day,
    state::{TABLES, Table, YEARS},
    table::{self, WorkingDays},
    terms,
};
use crate::{Ctx, Stop};
use ding_primitives::{Spec, U256, limits};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The section `modules.calendar` of a genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Tables of years.
    pub tables: Vec<TableEntry>,
}

/// The table of a year in the genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// The year.
    pub year: u32,
    /// Holidays: a date, or the first and the last of a stretch (`2027-01-01..2027-01-03`).
    pub holidays: Vec<String>,
    /// Make-up working days.
    #[serde(default)]
    pub makeup: Vec<String>,
}

impl Section {
    /// Reads and checks the section of a genesis file; empty if there is none.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong and why.
    pub fn of(spec: &Spec) -> Result<Self, String> {
        let section = match spec.modules.get("calendar") {
            Some(section) => Self::deserialize(section).map_err(|error| error.to_string())?,
            None => Self::default(),
        };
        section.tables()?;
        Ok(section)
    }

    /// Every table of the first block, by year.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong and why.
    pub fn tables(&self) -> Result<BTreeMap<u32, WorkingDays>, String> {
        let announced = terms::ANNOUNCED.iter().map(|announced| Ok((announced.year, announced.table()?)));
        let mut tables: BTreeMap<u32, WorkingDays> = announced.collect::<Result<_, String>>()?;
        let mut once = BTreeSet::new();
        for entry in &self.tables {
            let year = entry.year;
            let table = entry.table().map_err(|reason| format!("table of {year}: {reason}"))?;
            if !once.insert(year) {
                return Err(format!("two tables of {year}; keep one"));
            }
            tables.insert(year, table);
        }
        Ok(tables)
    }
}

impl TableEntry {
    fn table(&self) -> Result<WorkingDays, String> {
        let days = |list: &[String]| {
            let mut days = Vec::new();
            for text in list {
                let (first, last) = text.split_once("..").unwrap_or((text, text));
                let day = |text: &str| text.parse::<Day>().map_err(|error| error.to_string());
                days.extend(stretch(self.year, day(first)?, day(last)?)?);
            }
            Ok::<_, String>(days)
        };
        build(self.year, &days(&self.holidays)?, &days(&self.makeup)?)
    }
}

impl terms::Announced {
    fn table(&self) -> Result<WorkingDays, String> {
        let day = |(month, day): (u8, u8)| {
            Day::from_civil(self.year, month, day).ok_or_else(|| format!("no {}-{month}-{day}", self.year))
        };
        let mut holidays = Vec::new();
        for (first, last) in self.holidays {
            holidays.extend(stretch(self.year, day(*first)?, day(*last)?)?);
        }
        let mut makeup = Vec::new();
        for single in self.makeup {
            makeup.extend(stretch(self.year, day(*single)?, day(*single)?)?);
        }
        build(self.year, &holidays, &makeup)
    }
}

fn build(year: u32, holidays: &[u16], makeup: &[u16]) -> Result<WorkingDays, String> {
    WorkingDays::of(year, holidays, makeup).map_err(|error| error.to_string())
}

/// Days of the year from `first` to `last`.
fn stretch(year: u32, first: Day, last: Day) -> Result<Vec<u16>, String> {
    if first > last || first.year() != year || last.year() != year {
        return Err(format!("{first}..{last} is no stretch of days inside {year}"));
    }
    Ok((first.day_of_year()..=last.day_of_year()).collect())
}

/// Writes the tables into storage.
pub(super) fn write(ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
    let tables =
        Section::of(spec).and_then(|section| section.tables()).map_err(|reason| ctx.fault(reason))?;
    let mut years = U256::ZERO;
    for (year, days) in tables {
        table::first_day(year).map_err(|error| ctx.fault(error.to_string()))?;
        years |= year_bit(year);
        let table = Table { version: 1, effective: Day::default(), days, next: None };
        TABLES.cell(ctx, year)?.insert(ctx, &table)?;
    }
    YEARS.set(ctx, &years)
}

/// The bit of a year in [`YEARS`].
pub(super) fn year_bit(year: u32) -> U256 {
    let place = usize::try_from(year.saturating_sub(limits::CALENDAR_YEAR_MIN)).unwrap_or(usize::MAX);
    if place < 256 { U256::ONE << place } else { U256::ZERO }
}
