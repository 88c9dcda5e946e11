//! Loading and correcting tables, by decision of the supervisors.
//!
//! A table takes effect on a day. Until then the one before it stays in use, so that nobody's
//! deadline moves without notice; at most one table of a year waits at a time, and a newer one takes
//! the place of one that waits.

use super::{
    abi::ICalendar::*,
    day::{Day, days_of_year},
    genesis::year_bit,
    state::{NEXT, TABLES, Table, YEARS},
    table::{Contradiction, WorkingDays, first_day},
    today,
};
use crate::{Ctx, Stop, dispatch, members};
use alloy_sol_types::SolCall as _;
use ding_primitives::limits;

/// Looks at a table that somebody proposes.
pub(super) fn check(input: &[u8]) -> Result<(), Stop> {
    match dispatch::decode_exact::<ICalendarCalls>(input)? {
        ICalendarCalls::loadTable(call) => working_days(&call).map(|_| ()),
        _ => dispatch::require_writing(&super::INTERFACE, input),
    }
}

/// What a call that is decided by vote would change, in a sentence.
pub(super) fn describe(input: &[u8]) -> Option<String> {
    let ICalendarCalls::loadTable(call) = dispatch::decode_exact::<ICalendarCalls>(input).ok()? else {
        return None;
    };
    let days = working_days(&call).ok()?;
    let loadTableCall { year, holidays, makeupDays, effectiveDay, source } = call;
    let from = match effectiveDay {
        0 => "the day of loading".to_owned(),
        day => Day::new(day).to_string(),
    };
    Some(format!(
        "load the table of {year} with {} holidays, {} make-up days and {} working days, in effect from {from} on \
         (notice {source})",
        holidays.len(),
        makeupDays.len(),
        days.count()
    ))
}

pub(super) fn load(ctx: &mut Ctx<'_>, call: loadTableCall) -> Result<u32, Stop> {
    let days = working_days(&call)?;
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let loadTableCall { year, holidays, makeupDays, effectiveDay, source } = call;
    let effective = Day::new(effectiveDay).max(today(ctx));
    let Placed { version, replaces } = place(ctx, year.into(), effective, days)?;
    ctx.emit(&TableLoaded {
        year,
        version,
        effectiveDay: effective.get(),
        workingDays: days.count(),
        holidays,
        makeupDays,
        source,
        replaces,
        proposal,
    })?;
    Ok(version)
}

/// Where a table went.
struct Placed {
    /// Its version.
    version: u32,
    /// Versions from this one on were to take effect later and never will; 0 if there were none.
    replaces: u32,
}

fn place(ctx: &mut Ctx<'_>, year: u32, effective: Day, days: WorkingDays) -> Result<Placed, Stop> {
    let now = today(ctx);
    let cell = TABLES.cell(ctx, year)?;
    let Some(known) = cell.find(ctx)? else {
        let years = YEARS.get(ctx)?;
        YEARS.set(ctx, &(years | year_bit(year)))?;
        cell.insert(ctx, &Table { version: 1, effective, days, next: None })?;
        return Ok(Placed { version: 1, replaces: 0 });
    };
    let waiting = if known.next.is_some() { Some(NEXT.get(ctx, year)?) } else { None };
    let after = waiting.as_ref().unwrap_or(&known).version;
    let version = after.checked_add(1).ok_or_else(Stop::overflow)?;
    // What is in use today, and what waits.
    let (current, waiting) = match waiting {
        Some(next) if next.effective <= now => (next, None),
        waiting => (known, waiting),
    };
    let table = Table { version, effective, days, next: None };
    if effective <= now || effective <= current.effective {
        // At once, or before the only one there is would have begun.
        cell.replace(ctx, &known, &table)?;
        let unused = Some(current).filter(|current| current.effective > now).or(waiting);
        return Ok(Placed { version, replaces: unused.map_or(0, |table| table.version) });
    }
    cell.replace(ctx, &known, &Table { next: Some(effective), ..current })?;
    NEXT.set(ctx, year, &table)?;
    Ok(Placed { version, replaces: waiting.map_or(0, |table| table.version) })
}

fn working_days(call: &loadTableCall) -> Result<WorkingDays, Stop> {
    let year = call.year;
    if call.source.is_zero() {
        return Err(Stop::revert(ZeroSource {}));
    }
    let days = WorkingDays::of(year.into(), &call.holidays, &call.makeupDays)
        .map_err(|contradiction| refused(year, contradiction))?;
    let first = first_day(year.into()).map_err(|contradiction| refused(year, contradiction))?;
    let last = first.plus(u32::from(days_of_year(year.into())) - 1).unwrap_or(first);
    if Day::new(call.effectiveDay) > last {
        return Err(Stop::revert(EffectiveTooLate { effectiveDay: call.effectiveDay, lastDay: last.get() }));
    }
    Ok(days)
}

fn refused(year: u16, contradiction: Contradiction) -> Stop {
    match contradiction {
        Contradiction::Year { .. } => {
            let bound = |year: u32| u16::try_from(year).unwrap_or(u16::MAX);
            let (min, max) = (bound(limits::CALENDAR_YEAR_MIN), bound(limits::CALENDAR_YEAR_MAX));
            Stop::revert(YearOutOfRange { year, min, max })
        }
        Contradiction::NoSuchDay { day, last, .. } => Stop::revert(NoSuchDay { year, day, last }),
        Contradiction::NotAscending { previous, day } => Stop::revert(NotAscending { previous, day }),
        Contradiction::BothLists { day } => Stop::revert(BothLists { day }),
        Contradiction::MakeupOnWorkingDay { day, weekday } => {
            Stop::revert(MakeupOnWorkingDay { day, weekday })
        }
    }
}

#[cfg(test)]
mod tests;
