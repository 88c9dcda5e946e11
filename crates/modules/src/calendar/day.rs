//! A day in Beijing time, and the civil calendar over it.

use core::{fmt, str::FromStr};

/// Beijing time is UTC+8 all year round (since 1991).
pub const BEIJING_OFFSET_MS: u64 = 8 * 60 * 60 * 1_000;
/// Milliseconds of a day.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// A day in Beijing time: the number of days since 1970-01-01. The day with number n lasts from
/// `n * 86_400_000 - 8 h` on, in milliseconds since 1970-01-01T00:00:00Z, for 24 hours.
///
/// ```
/// use ding_modules::calendar::Day;
///
/// let day = Day::from_civil(2026, 2, 28).unwrap();
/// assert_eq!(day.to_string(), "2026-02-28");
/// assert_eq!(Day::from_ms(day.end_ms()), day.plus(1).unwrap());
/// assert_eq!((day.weekday(), day.day_of_year()), (6, 59));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u32);

/// Why a text is no day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no day; write it as 2026-02-28")]
pub struct DayError(String);

impl Day {
    /// The day with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The day in Beijing at this time, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn from_ms(timestamp_ms: u64) -> Self {
        let number = timestamp_ms.saturating_add(BEIJING_OFFSET_MS) / DAY_MS;
        Self(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// First millisecond of the day; zero for the first day, which began before 1970 in UTC.
    pub fn start_ms(self) -> u64 {
        u64::from(self.0).saturating_mul(DAY_MS).saturating_sub(BEIJING_OFFSET_MS)
    }

    /// 24:00 of the day in Beijing: the first millisecond that no longer belongs to it.
    pub fn end_ms(self) -> u64 {
        u64::from(self.0).saturating_add(1).saturating_mul(DAY_MS).saturating_sub(BEIJING_OFFSET_MS)
    }

    /// The day of this date of the civil (proleptic Gregorian) calendar, from 1970 on; `None` if
    /// there is no such date.
    pub fn from_civil(year: u32, month: u8, day: u8) -> Option<Self> {
        if year < 1970 || !(1..=12).contains(&month) || day == 0 || day > days_of_month(year, month) {
            return None;
        }
        // Years begin in March here, so that the leap day is the last of its year.
        let (year, month, day) = (u64::from(year), u64::from(month), u64::from(day));
        let year = if month <= 2 { year - 1 } else { year };
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let number = 365 * year + year / 4 - year / 100 + year / 400 + of_year;
        number.checked_sub(DAYS_TO_1970).and_then(|number| u32::try_from(number).ok()).map(Self)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    pub fn civil(self) -> (u32, u8, u8) {
        let number = u64::from(self.0) + DAYS_TO_1970;
        let (era, of_era) = (number / DAYS_OF_ERA, number % DAYS_OF_ERA);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        (small(year), small(month), small(day))
    }

    /// The year.
    pub fn year(self) -> u32 {
        self.civil().0
    }

    /// Place in the year, from 1 on.
    pub fn day_of_year(self) -> u16 {
        let first = Self::from_civil(self.year(), 1, 1).unwrap_or(self);
        small(u64::from(self.0.saturating_sub(first.0)) + 1)
    }

    /// Day of the week: 1 Monday to 7 Sunday (ISO 8601).
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        small((u64::from(self.0) + 3) % 7 + 1)
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        self.weekday() >= 6
    }

    /// This many days later; `None` beyond the range of numbers.
    pub fn plus(self, days: u32) -> Option<Self> {
        self.0.checked_add(days).map(Self)
    }

    /// This many days earlier; `None` before 1970-01-01.
    pub fn minus(self, days: u32) -> Option<Self> {
        self.0.checked_sub(days).map(Self)
    }

    /// The matching day this many months later, or the last of that month if it has none (Civil
    /// Code art. 202); `None` beyond the range of numbers.
    pub fn plus_months(self, months: u16) -> Option<Self> {
        let (year, month, day) = self.civil();
        let index = u64::from(year) * 12 + u64::from(month) - 1 + u64::from(months);
        let year = u32::try_from(index / 12).ok()?;
        let month = small(index % 12 + 1);
        Self::from_civil(year, month, day.min(days_of_month(year, month)))
    }
}

/// Days of 400 years.
const DAYS_OF_ERA: u64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const DAYS_TO_1970: u64 = 719_468;

/// Whether the year has 366 days.
pub const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

/// Days of a year.
pub const fn days_of_year(year: u32) -> u16 {
    if is_leap(year) { 366 } else { 365 }
}

/// Days of a month (1 to 12).
pub const fn days_of_month(year: u32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A number of which the caller knows that it fits.
fn small<T: TryFrom<u64> + Default>(number: u64) -> T {
    T::try_from(number).unwrap_or_default()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let error = || DayError(text.chars().take(32).collect());
        let digits = |range: core::ops::Range<usize>| {
            let part = text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
            part.parse::<u32>().ok()
        };
        if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
            return Err(error());
        }
        let parts = (digits(0..4), digits(5..7), digits(8..10));
        let (Some(year), Some(month), Some(day)) = parts else { return Err(error()) };
        Self::from_civil(year, small(month.into()), small(day.into())).ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks the calendar a day at a time, by the lengths of months only.
    #[test]
    fn every_day_of_three_centuries_agrees_with_a_walk_through_the_months() {
        let (mut year, mut month, mut of_month, mut weekday, mut of_year) = (1970, 1, 1, 4, 1);
        for number in 0..110_000 {
            let day = Day::new(number);
            assert_eq!(day.civil(), (year, month, of_month), "{number}");
            assert_eq!(Day::from_civil(year, month, of_month), Some(day));
            assert_eq!((day.weekday(), day.day_of_year()), (weekday, of_year), "{day}");
            assert_eq!(day.to_string().parse(), Ok(day));
            weekday = weekday % 7 + 1;
            of_month += 1;
            of_year += 1;
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            if of_month > lengths[usize::from(month) - 1] {
                (of_month, month) = (1, month + 1);
            }
            if month > 12 {
                (month, of_year, year) = (1, 1, year + 1);
            }
        }
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_in_beijing() {
        // 2026-02-09T16:00:00Z, which is midnight in Beijing, by `date -d`.
        let midnight = 1_770_652_800_000;
        let day = Day::from_civil(2026, 2, 10).unwrap();
        assert_eq!((day.start_ms(), Day::from_ms(midnight)), (midnight, day));
        assert_eq!(Day::from_ms(midnight - 1), day.minus(1).unwrap());
        assert_eq!(day.end_ms(), midnight + DAY_MS);
        assert_eq!(Day::from_ms(day.end_ms() - 1), day);
        assert_eq!((Day::new(0).start_ms(), Day::from_ms(0)), (0, Day::new(0)));
        assert_eq!(Day::from_ms(u64::MAX), Day::new(u32::MAX));
    }

    #[test]
    fn dates_that_do_not_exist_are_no_days() {
        for (year, month, day) in [
            (2025, 2, 29),
            (2100, 2, 29),
            (2026, 4, 31),
            (2026, 13, 1),
            (2026, 0, 1),
            (2026, 1, 0),
            (1969, 12, 31),
        ] {
            assert_eq!(Day::from_civil(year, month, day), None);
        }
        for text in ["2025-02-29", "2026-1-01", "2026/01/01", "+026-01-01", "", "2026-01-01 ", "二〇二六年"]
        {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(Day::from_civil(2024, 2, 29).unwrap().day_of_year(), 60);
        assert_eq!(Day::from_civil(u32::MAX, 1, 1), None);
    }

    #[test]
    fn months_end_on_the_matching_day_or_the_last_of_the_month() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (start, months, end) in [
            ("2025-01-31", 1, "2025-02-28"),
            ("2023-12-31", 2, "2024-02-29"),
            ("2025-11-30", 3, "2026-02-28"),
            ("2025-08-31", 6, "2026-02-28"),
            ("2026-02-28", 12, "2027-02-28"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-05-15", 0, "2026-05-15"),
        ] {
            assert_eq!(day(start).plus_months(months), Some(day(end)), "{start} + {months}");
        }
    }
}
