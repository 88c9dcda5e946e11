//! Legal clocks outside of a call: when a period ends that an event began.
//!
//! A module keeps when a clock started and how long it runs; which day that gives depends on the
//! tables of working days that are in effect when somebody asks. Inside a call `calendar` answers;
//! whoever keeps rows of events ([`Tables`], fed with the genesis file and the calendar's events)
//! gets the same answer here, without a ledger: so a new table moves what is still open in both.

use crate::{
    Ctx, Stop,
    calendar::{self, Day, Deadline, Section, events::TableLoaded, table::WorkingDays},
};
use ding_primitives::{Spec, limits};
use std::collections::BTreeMap;

/// How long a clock runs after the day that started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// That many working days.
    WorkingDays(u16),
    /// That many days; a last day of rest gives way to the next working day.
    Days(u16),
    /// That many months; the same.
    Months(u16),
    /// The starting day is the last day.
    Fixed,
}

impl Length {
    /// The last day of the clock that started on `start`, by the calendar of the ledger.
    ///
    /// # Errors
    ///
    /// Those of the calendar.
    pub fn last_day(self, ctx: &mut Ctx<'_>, start: Day) -> Result<Deadline, Stop> {
        match self {
            Self::WorkingDays(days) => calendar::after(ctx, start, days),
            Self::Days(days) => calendar::after_days(ctx, start, days.into()),
            Self::Months(months) => {
                let last = start.plus_months(months).ok_or_else(Stop::overflow)?;
                // The rest after the matching day is what a period of no days from it adds.
                calendar::after_days(ctx, last, 0)
            }
            Self::Fixed => Ok(Deadline { day: start, provisional: false }),
        }
    }
}

/// Tables of working days as the genesis file and the calendar's events give them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    years: BTreeMap<u32, Vec<Table>>,
}

/// A table of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Table {
    version: u32,
    effective: Day,
    days: WorkingDays,
}

impl Tables {
    /// The tables of the first block.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the genesis file.
    pub fn of(spec: &Spec) -> Result<Self, String> {
        let tables = Section::of(spec)?.tables()?;
        let first = |(year, days)| (year, vec![Table { version: 1, effective: Day::default(), days }]);
        Ok(Self { years: tables.into_iter().map(first).collect() })
    }

    /// Adds the table of an event; events come in the order of the ledger. A table that contradicts
    /// itself, which the ledger never emits, is passed over.
    pub fn load(&mut self, event: &TableLoaded) {
        let year = event.year.into();
        let Ok(days) = WorkingDays::of(year, &event.holidays, &event.makeupDays) else { return };
        let tables = self.years.entry(year).or_default();
        if event.replaces != 0 {
            tables.retain(|table| table.version < event.replaces);
        }
        tables.push(Table { version: event.version, effective: Day::new(event.effectiveDay), days });
    }

    /// Whether a day is a working day by what is in effect on `today`; `None` without a table.
    pub fn is_working_day(&self, today: Day, day: Day) -> Option<bool> {
        let tables = self.years.get(&day.year())?;
        let table = tables.iter().rev().find(|table| table.effective <= today)?;
        Some(table.days.contains(day.day_of_year()))
    }

    /// The last day of a clock by what is in effect on `today`; `None` beyond what the ledger computes
    /// ([`limits::PERIOD_DAYS_MAX`]).
    pub fn last_day(&self, today: Day, start: Day, length: Length) -> Option<Deadline> {
        let mut provisional = false;
        let mut works = |day: Day| {
            self.is_working_day(today, day).unwrap_or_else(|| {
                provisional = true;
                !day.is_weekend()
            })
        };
        let mut day = start;
        match length {
            Length::Fixed => {}
            Length::WorkingDays(days) => {
                let mut left = Some(days).filter(|days| u32::from(*days) <= limits::PERIOD_DAYS_MAX)?;
                while left > 0 {
                    day = day.plus(1)?;
                    left -= u16::from(works(day));
                }
            }
            Length::Days(_) | Length::Months(_) => {
                day = match length {
                    Length::Months(months) => day.plus_months(months)?,
                    Length::Days(days) if u32::from(days) <= limits::PERIOD_DAYS_MAX => {
                        day.plus(days.into())?
                    }
                    _ => return None,
                };
                while !works(day) {
                    day = day.plus(1)?;
                }
            }
        }
        Some(Deadline { day, provisional })
    }
}

#[cfg(test)]
mod tests;
