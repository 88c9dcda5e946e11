//! The working days of one year, made of its holidays and make-up working days.

use super::day::{Day, days_of_year};
use ding_primitives::limits;

/// Working days of one year: bit d - 1 is set if day d of the year, from 1 on, is a working day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays(pub(super) [u64; 6]);

/// Why the lists of a table make no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The ledger keeps no tables of this year.
    #[error("year {year} is outside {min} to {max}; check the year", min = limits::CALENDAR_YEAR_MIN, max = limits::CALENDAR_YEAR_MAX)]
    Year {
        /// The year.
        year: u32,
    },
    /// The year has no such day.
    #[error("day {day} is not in year {year}, which has days 1 to {last}; count from 1 January")]
    NoSuchDay {
        /// The year.
        year: u32,
        /// The day of the year.
        day: u16,
        /// Its last day.
        last: u16,
    },
    /// The days of a list do not ascend.
    #[error("day {day} follows day {previous}; name each day once, in ascending order")]
    NotAscending {
        /// The day before it in the list.
        previous: u16,
        /// The day.
        day: u16,
    },
    /// A day is a holiday and a make-up working day.
    #[error("day {day} is a holiday and a make-up working day; remove it from one of the lists")]
    BothLists {
        /// The day of the year.
        day: u16,
    },
    /// A make-up working day is a Monday to Friday, when people work anyway.
    #[error("make-up day {day} is a {name}, a working day anyway; only a Saturday or Sunday makes up", name = weekday_name(*.weekday))]
    MakeupOnWorkingDay {
        /// The day of the year.
        day: u16,
        /// 1 Monday to 5 Friday.
        weekday: u8,
    },
}

impl WorkingDays {
    /// The working days of a year: Monday to Friday without the holidays, and the make-up days.
    /// Lists hold days of the year, counted from 1, in ascending order.
    ///
    /// # Errors
    ///
    /// Lists that contradict themselves or each other.
    pub fn of(year: u32, holidays: &[u16], makeup: &[u16]) -> Result<Self, Contradiction> {
        let first = first_day(year)?;
        ascending(year, holidays)?;
        ascending(year, makeup)?;
        let mut days = Self::default();
        for (number, day) in (1..=days_of_year(year)).zip(first.get()..).map(|(n, day)| (n, Day::new(day))) {
            let (off, extra) =
                (holidays.binary_search(&number).is_ok(), makeup.binary_search(&number).is_ok());
            match (off, extra, day.is_weekend()) {
                (true, true, _) => return Err(Contradiction::BothLists { day: number }),
                (_, true, false) => {
                    return Err(Contradiction::MakeupOnWorkingDay { day: number, weekday: day.weekday() });
                }
                (false, true, true) | (false, false, false) => days.set(number),
                (true, false, _) | (false, false, true) => {}
            }
        }
        Ok(days)
    }

    /// Whether this day of the year, from 1 on, is a working day.
    pub fn contains(&self, day_of_year: u16) -> bool {
        let index = usize::from(day_of_year.saturating_sub(1));
        self.0.get(index / 64).is_some_and(|limb| limb >> (index % 64) & 1 == 1)
    }

    /// Number of working days.
    pub fn count(&self) -> u16 {
        self.0.iter().map(|limb| limb.count_ones()).sum::<u32>().try_into().unwrap_or(u16::MAX)
    }

    fn set(&mut self, day_of_year: u16) {
        let index = usize::from(day_of_year.saturating_sub(1));
        if let Some(limb) = self.0.get_mut(index / 64) {
            *limb |= 1 << (index % 64);
        }
    }
}

/// 1 January of a year that may have a table.
///
/// # Errors
///
/// Other years.
pub fn first_day(year: u32) -> Result<Day, Contradiction> {
    let years = limits::CALENDAR_YEAR_MIN..=limits::CALENDAR_YEAR_MAX;
    Day::from_civil(year, 1, 1).filter(|_| years.contains(&year)).ok_or(Contradiction::Year { year })
}

fn ascending(year: u32, list: &[u16]) -> Result<(), Contradiction> {
    let (mut previous, last) = (0, days_of_year(year));
    for day in list.iter().copied() {
        if day == 0 || day > last {
            return Err(Contradiction::NoSuchDay { year, day, last });
        }
        if day <= previous {
            return Err(Contradiction::NotAscending { previous, day });
        }
        previous = day;
    }
    Ok(())
}

pub(super) const fn weekday_name(weekday: u8) -> &'static str {
    match weekday {
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        6 => "Saturday",
        _ => "Sunday",
    }
}
