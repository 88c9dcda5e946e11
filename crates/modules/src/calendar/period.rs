//! Periods: when a number of working days, days or months ends.
//!
//! A period begins the day after the event and ends at 24:00 of its last day in Beijing (Civil
//! Code arts. 201 and 203). Which days are working days say the tables that are in effect today.
//! Where a needed year has none, Monday to Friday are taken and the answer is provisional: it is
//! computed anew when asked again after the table has come.

use super::{
    abi::ICalendar::PeriodTooLong,
    day::Day,
    state::{NEXT, TABLES, Table},
    table::WorkingDays,
    today,
};
use crate::{Ctx, Stop, storage::Stored as _};
use ding_primitives::{U256, limits};

/// The last day of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline {
    /// The day; the period ends at its end.
    pub day: Day,
    /// Whether a year without a table was counted as Monday to Friday.
    pub provisional: bool,
}

/// A number of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number.
    pub days: u32,
    /// Whether a year without a table was counted as Monday to Friday.
    pub provisional: bool,
}

impl Deadline {
    /// Whether the period is over in this block: its time is 24:00 of the last day or later.
    pub fn passed(&self, ctx: &Ctx<'_>) -> bool {
        ctx.timestamp_ms() >= self.day.end_ms()
    }

    /// Whether the period is over at this time whatever table may still come.
    pub fn is_over_for_certain(&self, now_ms: u64) -> bool {
        !self.provisional && now_ms >= self.day.end_ms()
    }
}

/// Gas of looking at one day.
const DAY_GAS: u64 = 5;

/// The tables in effect today, the last one at hand.
struct Tables<'c, 'a> {
    ctx: &'c mut Ctx<'a>,
    today: Day,
    year: u32,
    days: Option<WorkingDays>,
    provisional: bool,
}

impl<'c, 'a> Tables<'c, 'a> {
    fn new(ctx: &'c mut Ctx<'a>) -> Self {
        let today = today(ctx);
        Self { ctx, today, year: 0, days: None, provisional: false }
    }

    /// Whether the table of its year calls this day a working day; `None` without a table.
    fn ask(&mut self, day: Day) -> Result<Option<bool>, Stop> {
        self.ctx.charge(DAY_GAS)?;
        let year = day.year();
        if year != self.year {
            self.days = in_effect(self.ctx, year, self.today)?;
            self.year = year;
        }
        Ok(self.days.map(|days| days.contains(day.day_of_year())))
    }

    /// The same, or Monday to Friday without a table.
    fn works(&mut self, day: Day) -> Result<bool, Stop> {
        Ok(self.ask(day)?.unwrap_or_else(|| {
            self.provisional = true;
            !day.is_weekend()
        }))
    }

    /// This day if it is a working day, or else the next one: a period whose last day is a day of
    /// rest ends after the rest (Civil Code art. 203).
    fn or_next(mut self, mut day: Day) -> Result<Deadline, Stop> {
        while !self.works(day)? {
            day = day.plus(1).ok_or_else(Stop::overflow)?;
        }
        Ok(Deadline { day, provisional: self.provisional })
    }
}

/// The working days of a year by the table that is in effect on `today`.
fn in_effect(ctx: &mut Ctx<'_>, year: u32, today: Day) -> Result<Option<WorkingDays>, Stop> {
    let Some(table) = TABLES.find(ctx, year)? else { return Ok(None) };
    if table.next.is_some_and(|next| next <= today) {
        return Ok(Some(NEXT.get(ctx, year)?.days));
    }
    Ok((table.effective <= today).then_some(table.days))
}

/// Whether a day is a working day; `None` if its year has no table in effect today.
///
/// # Errors
///
/// Out of gas.
pub fn is_working_day(ctx: &mut Ctx<'_>, day: Day) -> Result<Option<bool>, Stop> {
    Tables::new(ctx).ask(day)
}

/// The last day of a period of working days: the `working_days`th working day after `start`, which
/// itself does not count. A period of none ends on `start`.
///
/// # Errors
///
/// Reverts beyond [`limits::PERIOD_DAYS_MAX`]; out of gas.
pub fn after(ctx: &mut Ctx<'_>, start: Day, working_days: u16) -> Result<Deadline, Stop> {
    walk(ctx, start, working_days, |day| day.plus(1))
}

/// The same for whoever has no [`Ctx`]: `read` gives the word in a slot of the calendar, `today` says
/// which tables are in effect. `None` where [`after`] stops.
///
/// # Errors
///
/// Those of `read`.
pub fn after_by<E>(
    mut read: impl FnMut(U256) -> Result<U256, E>,
    today: Day,
    start: Day,
    working_days: u16,
) -> Result<Option<Deadline>, E> {
    if u32::from(working_days) > limits::PERIOD_DAYS_MAX {
        return Ok(None);
    }
    let (mut year, mut days, mut provisional) = (0, None, false);
    let (mut day, mut left) = (start, working_days);
    while left > 0 {
        let Some(next) = day.plus(1) else { return Ok(None) };
        day = next;
        if day.year() != year {
            year = day.year();
            days = in_effect_by(&mut read, year, today)?;
        }
        let works = days.map(|days: WorkingDays| days.contains(day.day_of_year()));
        provisional |= works.is_none();
        left -= u16::from(works.unwrap_or(!day.is_weekend()));
    }
    Ok(Some(Deadline { day, provisional }))
}

fn in_effect_by<E>(
    read: &mut impl FnMut(U256) -> Result<U256, E>,
    year: u32,
    today: Day,
) -> Result<Option<WorkingDays>, E> {
    let mut table = |slot: U256| Ok(Table::from_words(&[read(slot)?, read(slot.wrapping_add(U256::ONE))?]));
    let Some(known) = table(TABLES.slot_of(year))?.filter(|known| known.version != 0) else {
        return Ok(None);
    };
    if known.next.is_some_and(|next| next <= today) {
        return Ok(table(NEXT.slot_of(year))?.map(|next| next.days));
    }
    Ok((known.effective <= today).then_some(known.days))
}

/// The latest day on which a notice due `working_days` working days before `planned` is in time:
/// that many working days back from `planned`, which itself does not count.
///
/// # Errors
///
/// As [`after`].
pub fn before(ctx: &mut Ctx<'_>, planned: Day, working_days: u16) -> Result<Deadline, Stop> {
    walk(ctx, planned, working_days, |day| day.minus(1))
}

fn walk(
    ctx: &mut Ctx<'_>,
    from: Day,
    working_days: u16,
    step: impl Fn(Day) -> Option<Day>,
) -> Result<Deadline, Stop> {
    require_length(working_days.into())?;
    let mut tables = Tables::new(ctx);
    let (mut day, mut left) = (from, working_days);
    while left > 0 {
        day = step(day).ok_or_else(Stop::overflow)?;
        left -= u16::from(tables.works(day)?);
    }
    Ok(Deadline { day, provisional: tables.provisional })
}

/// The last day of a period of calendar days after `start`; if that is a day of rest, the first
/// working day after it.
///
/// # Errors
///
/// As [`after`].
pub fn after_days(ctx: &mut Ctx<'_>, start: Day, days: u32) -> Result<Deadline, Stop> {
    require_length(days)?;
    let last = start.plus(days).ok_or_else(Stop::overflow)?;
    Tables::new(ctx).or_next(last)
}

/// The last day of a period of months: the day that matches `start`, or the last of a month that
/// has no such day (Civil Code art. 202); if that is a day of rest, the first working day after it.
///
/// # Errors
///
/// As [`after`].
pub fn after_months(ctx: &mut Ctx<'_>, start: Day, months: u16) -> Result<Deadline, Stop> {
    require_length(u32::from(months).saturating_mul(31))?;
    let last = start.plus_months(months).ok_or_else(Stop::overflow)?;
    Tables::new(ctx).or_next(last)
}

/// Number of working days after `from`, up to and including `to`; none if `to` is not later.
///
/// # Errors
///
/// As [`after`].
pub fn working_days_between(ctx: &mut Ctx<'_>, from: Day, to: Day) -> Result<Span, Stop> {
    require_length(to.get().saturating_sub(from.get()))?;
    let mut tables = Tables::new(ctx);
    let (mut day, mut days) = (from, 0);
    while day < to {
        day = day.plus(1).ok_or_else(Stop::overflow)?;
        days += u32::from(tables.works(day)?);
    }
    Ok(Span { days, provisional: tables.provisional })
}

fn require_length(days: u32) -> Result<(), Stop> {
    let max = limits::PERIOD_DAYS_MAX;
    if days > max { Err(Stop::revert(PeriodTooLong { length: days, max })) } else { Ok(()) }
}
