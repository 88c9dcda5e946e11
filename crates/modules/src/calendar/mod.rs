//! Calendar: working days in Beijing time, and when legal periods end.
//!
//! Working days are not Monday to Friday: each year the State Council announces holidays and the
//! Saturdays and Sundays on which people work instead. The ledger keeps a table a year ([`table`]);
//! those of 2025 and 2026 come with genesis. Other modules keep the day on which a period began and
//! its length, and ask when it ends ([`after`], [`before`], [`after_days`], [`after_months`]): so a
//! new or corrected table changes what is still open. A period that runs into a year without a table
//! is counted Monday to Friday and marked provisional.
//!
//! Who: the supervisors decide on tables and corrections ([`crate::members::proposals`]), whoever has a vote
//! among them loads what was decided; anyone reads. Genesis emits no events.
//!
//! Invariants ([`Calendar::check`]):
//! - K1 a year is listed in [`state::YEARS`] if and only if it has a table.
//! - K2 a table has working days of its year only; one that waits takes effect after the other.
//! - K3 the latest table of a year is the one of its last event, and versions count its events.

pub mod abi;
mod check;
pub mod day;
pub mod events;
pub mod genesis;
mod load;
pub mod period;
pub mod state;
pub mod table;
pub mod terms;
#[cfg(test)]
mod tests;

use self::{
    abi::ICalendar::{self, *},
    state::{NEXT, TABLES, YEARS},
    table::{Contradiction, WorkingDays},
};
pub use self::{
    day::Day,
    genesis::{Section, TableEntry},
    period::{Deadline, Span, after, after_days, after_months, before, is_working_day, working_days_between},
};
use crate::{Ctx, Interface, Module, Stop, Violation, dispatch};
use ding_primitives::{Address, Bytes, Log, Spec, U256, limits};

/// The module.
pub struct Calendar;

const INTERFACE: Interface =
    Interface { name: "ICalendar", source: include_str!("abi.rs"), abi: ICalendar::abi::contract };

impl Module for Calendar {
    fn name(&self) -> &'static str {
        "calendar"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        INTERFACE
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use ICalendarCalls as C;
        match dispatch::decode::<C>(input)? {
            C::loadTable(call) => dispatch::write(ctx, call, load::load),
            C::today(call) => dispatch::read(ctx, call, |ctx, _| Ok(today(ctx).get())),
            C::dayOf(call) => dispatch::read(ctx, call, |_, call| day_of(&call)),
            C::dateOf(call) => dispatch::read(ctx, call, |_, call| Ok(date_of(Day::new(call.day)))),
            C::isWorkingDay(call) => dispatch::read(ctx, call, |ctx, call| {
                let day = Day::new(call.day);
                let known = is_working_day(ctx, day)?;
                let working = known.unwrap_or_else(|| !day.is_weekend());
                Ok(isWorkingDayReturn { known: known.is_some(), working })
            }),
            C::deadline(call) => dispatch::read(ctx, call, |ctx, call| {
                let Deadline { day, provisional } = after(ctx, Day::new(call.start), call.workingDays)?;
                Ok(deadlineReturn { day: day.get(), provisional })
            }),
            C::noticeDay(call) => dispatch::read(ctx, call, |ctx, call| {
                let Deadline { day, provisional } = before(ctx, Day::new(call.planned), call.workingDays)?;
                Ok(noticeDayReturn { day: day.get(), provisional })
            }),
            C::deadlineInDays(call) => dispatch::read(ctx, call, |ctx, call| {
                let Deadline { day, provisional } = after_days(ctx, Day::new(call.start), call.calendarDays)?;
                Ok(deadlineInDaysReturn { day: day.get(), provisional })
            }),
            C::deadlineInMonths(call) => dispatch::read(ctx, call, |ctx, call| {
                let Deadline { day, provisional } = after_months(ctx, Day::new(call.start), call.months)?;
                Ok(deadlineInMonthsReturn { day: day.get(), provisional })
            }),
            C::workingDaysBetween(call) => dispatch::read(ctx, call, |ctx, call| {
                let (from, to) = (Day::new(call.from), Day::new(call.to));
                let Span { days, provisional } = working_days_between(ctx, from, to)?;
                Ok(workingDaysBetweenReturn { workingDays: days, provisional })
            }),
            C::tableYears(call) => dispatch::read(ctx, call, |ctx, _| table_years(ctx)),
            C::table(call) => dispatch::read(ctx, call, |ctx, call| table_of(ctx, call.year.into())),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        use ICalendarErrors as E;
        Some(match dispatch::decode_error(revert)? {
            E::YearOutOfRange(YearOutOfRange { year, .. }) => {
                Contradiction::Year { year: year.into() }.to_string()
            }
            E::NoSuchDay(NoSuchDay { year, day, last }) => {
                Contradiction::NoSuchDay { year: year.into(), day, last }.to_string()
            }
            E::NotAscending(NotAscending { previous, day }) => {
                Contradiction::NotAscending { previous, day }.to_string()
            }
            E::BothLists(BothLists { day }) => Contradiction::BothLists { day }.to_string(),
            E::MakeupOnWorkingDay(MakeupOnWorkingDay { day, weekday }) => {
                Contradiction::MakeupOnWorkingDay { day, weekday }.to_string()
            }
            E::EffectiveTooLate(EffectiveTooLate { effectiveDay, lastDay }) => format!(
                "the table would take effect on {}, after the last day of its year, {}; name an earlier day",
                Day::new(effectiveDay),
                Day::new(lastDay)
            ),
            E::ZeroSource(_) => "the digest of the notice is all zero; name the SHA-256 of its file".into(),
            E::PeriodTooLong(PeriodTooLong { length, max }) => {
                format!("a period of {length} days; the ledger computes at most {max}")
            }
            E::NoSuchDate(NoSuchDate { year, month, dayOfMonth }) => {
                format!("there is no date {year}-{month:02}-{dayOfMonth:02}; dates count from 1970-01-01")
            }
        })
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        load::check(input)
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        load::describe(input)
    }

    fn check_genesis(&self, spec: &Spec) -> Result<(), String> {
        Section::of(spec).map(|_| ())
    }

    fn genesis(&self, ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
        genesis::write(ctx, spec)
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, _caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use ICalendarCalls as C;
        let day = match dispatch::decode::<C>(input) {
            Ok(C::isWorkingDay(call)) => call.day,
            Ok(C::deadline(call)) => call.start,
            Ok(C::noticeDay(call)) => call.planned,
            Ok(C::deadlineInDays(call)) => call.start,
            _ => return Vec::new(),
        };
        let table = TABLES.slot_of(Day::new(day).year());
        vec![(state::ADDRESS, table), (state::ADDRESS, table.wrapping_add(U256::ONE))]
    }
}

/// The day of this block.
pub fn today(ctx: &Ctx<'_>) -> Day {
    Day::from_ms(ctx.timestamp_ms())
}

fn day_of(call: &dayOfCall) -> Result<u32, Stop> {
    let dayOfCall { year, month, dayOfMonth } = *call;
    let day = Day::from_civil(year.into(), month, dayOfMonth);
    day.map(Day::get).ok_or_else(|| Stop::revert(NoSuchDate { year, month, dayOfMonth }))
}

fn date_of(day: Day) -> dateOfReturn {
    let (year, month, day_of_month) = day.civil();
    dateOfReturn { year, month, dayOfMonth: day_of_month, weekday: day.weekday() }
}

fn table_years(ctx: &mut Ctx<'_>) -> Result<Vec<u16>, Stop> {
    let bits = YEARS.get(ctx)?;
    let min = u16::try_from(limits::CALENDAR_YEAR_MIN).map_err(|_| Stop::overflow())?;
    Ok((min..).zip(0..256).filter(|(_, place)| bits.bit(*place)).map(|(year, _)| year).collect())
}

fn table_of(ctx: &mut Ctx<'_>, year: u32) -> Result<tableReturn, Stop> {
    let Some(current) = TABLES.find(ctx, year)? else {
        return Ok(tableReturn {
            current: shown(&state::Table::default()),
            next: shown(&state::Table::default()),
        });
    };
    let next = if current.next.is_some() { NEXT.get(ctx, year)? } else { state::Table::default() };
    if current.next.is_some_and(|day| day <= today(ctx)) {
        return Ok(tableReturn { current: shown(&next), next: shown(&state::Table::default()) });
    }
    Ok(tableReturn { current: shown(&current), next: shown(&next) })
}

fn shown(table: &state::Table) -> ICalendar::Table {
    let state::Table { version, effective, days, .. } = table;
    let WorkingDays([a, b, c, d, e, f]) = *days;
    ICalendar::Table {
        version: *version,
        effectiveDay: effective.get(),
        workingDays: days.count(),
        bits: [U256::from_limbs([a, b, c, d]), U256::from_limbs([e, f, 0, 0])],
    }
}
