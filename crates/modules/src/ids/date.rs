//! A calendar date of any year: enough for birthdays, which [`Day`] does not reach before 1970.
//! Periods and working days are counted by [`crate::calendar`].

use crate::calendar::Day;
use core::fmt;

/// A date of the Gregorian calendar. Always one that exists; ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The date; `None` if there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// Year, month from 1, day from 1.
    pub const fn civil(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Full years from this date to a later one; 0 if the other is earlier. Who is born on
    /// 29 February completes a year on 1 March of a common year.
    pub const fn years_until(self, later: Self) -> u16 {
        let complete =
            (later.month, later.day).0 > self.month || (later.month == self.month && later.day >= self.day);
        later.year.saturating_sub(self.year).saturating_sub(if complete { 0 } else { 1 })
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        let (year, month, day) = day.civil();
        Self { year: u16::try_from(year).unwrap_or(u16::MAX), month, day }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
