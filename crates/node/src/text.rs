//! What commands say: times, sizes, tables and JSON, on standard output; how far long work is.

use crate::failure::Failure;
use ding_member::offline::Progress;
use ding_primitives::Height;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// Beijing time is eight hours ahead of UTC, all year.
const BEIJING_AHEAD_MS: u64 = 8 * 60 * 60 * 1000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// The radicals of Chinese, with which wide signs begin in Unicode (UAX 11, good enough for columns).
const FIRST_WIDE: char = '\u{2e80}';

/// Prints text and ends the line.
///
/// # Errors
///
/// Standard output does not take it. A reader that left (`ding … | head`) is no failure: the
/// process ends.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let text = &printable(text);
    if cfg!(test) {
        // The test harness keeps what is printed this way.
        println!("{text}");
        return Ok(());
    }
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        other => other.map_err(|error| Failure::Failed(format!("cannot write to standard output: {error}"))),
    }
}

/// The text without control characters other than ends of lines: what came over the network must
/// not steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Prints a JSON value, indented, heights and times as numbers. Errors as [`say`].
pub(crate) fn say_json(value: &Value) -> Result<(), Failure> {
    let mut value = value.clone();
    plain_numbers(&mut value);
    say(&serde_json::to_string_pretty(&value).map_err(Failure::failed)?)
}

/// Members tell heights and times in hexadecimal, as Ethereum does; what these commands print has them
/// as JSON numbers everywhere.
fn plain_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain_numbers),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let is_counted = name == "height" || name.ends_with("Height") || name.ends_with("Ms");
                let digits = field.as_str().filter(|_| is_counted).and_then(|text| text.strip_prefix("0x"));
                match digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
                    Some(number) => *field = number.into(),
                    None => plain_numbers(field),
                }
            }
        }
        _ => {}
    }
}

/// Places that a text takes on a terminal: Chinese signs and full-width ones take two.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|sign| if sign < FIRST_WIDE { 1 } else { 2 }).sum()
}

/// The text, and blanks behind it up to so many places on a terminal.
pub(crate) fn padded(text: &str, places: usize) -> String {
    format!("{text}{}", " ".repeat(places.saturating_sub(width(text))))
}

/// Lines of `name  value`, the values below each other.
pub(crate) fn table(rows: &[(&str, String)]) -> String {
    let places = rows.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let lines = rows.iter().flat_map(|(name, value)| {
        let names = std::iter::once(*name).chain(std::iter::repeat(""));
        let line = |(name, line)| format!("  {}  {line}", padded(name, places));
        names.zip(value.lines()).map(line).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `2026-10-03 14:05:09.123`, of milliseconds since 1970-01-01T00:00:00Z.
pub(crate) fn utc(timestamp_ms: u64) -> String {
    let (days, in_day) = (timestamp_ms / DAY_MS, timestamp_ms % DAY_MS);
    let (year, month, day) = date(days);
    let (s, ms) = (in_day / 1000, in_day % 1000);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// The same on the clocks of Beijing (UTC+8).
pub(crate) fn beijing(timestamp_ms: u64) -> String {
    utc(timestamp_ms.saturating_add(BEIJING_AHEAD_MS))
}

/// Both, for people.
pub(crate) fn both_times(timestamp_ms: u64) -> String {
    format!("{} Beijing time ({} UTC)", beijing(timestamp_ms), utc(timestamp_ms))
}

/// The time in every form, for scripts.
pub(crate) fn time_json(timestamp_ms: u64) -> Value {
    json!({
        "ms": timestamp_ms,
        "utc": format!("{}Z", utc(timestamp_ms).replace(' ', "T")),
        "beijing": format!("{}+08:00", beijing(timestamp_ms).replace(' ', "T")),
    })
}

/// `1 234 567` bytes and the like.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A bar for work that goes through the blocks of a chain, and what moves it; scripts see none.
pub(crate) fn blocks(json: bool) -> (ProgressBar, Progress) {
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} block {pos} of {len}, {eta} left") {
        bar.set_style(style);
    }
    let shown = bar.clone();
    let progress = move |height: Height, last: Height| {
        shown.set_length(last.get());
        shown.set_position(height.get());
    };
    (bar, Box::new(progress))
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count as u64), if count == 1 { "" } else { "s" })
}

/// The proleptic Gregorian date of a day counted from 1970-01-01, by eras of 400 years
/// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
const fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + if month <= 2 { 1 } else { 0 }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        // `date -u -d @<seconds>` for each.
        let cases = [
            (0, "1970-01-01 00:00:00.000"),
            (951_782_399_999, "2000-02-28 23:59:59.999"),
            (951_782_400_000, "2000-02-29 00:00:00.000"),
            (1_709_164_800_000, "2024-02-29 00:00:00.000"),
            (1_735_689_599_001, "2024-12-31 23:59:59.001"),
            (4_107_542_400_000, "2100-03-01 00:00:00.000"),
        ];
        for (ms, want) in cases {
            assert_eq!(utc(ms), want);
        }
        assert_eq!(beijing(951_782_399_999), "2000-02-29 07:59:59.999");
        assert_eq!(time_json(0)["beijing"], "1970-01-01T08:00:00.000+08:00");
    }

    #[test]
    fn every_day_of_eight_hundred_years_follows_the_one_before() {
        let leap = |y: u64| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..292_194 {
            assert_eq!(date(days), (year, month, day));
            let length = match month {
                2 => 28 + u64::from(leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
    }

    #[test]
    fn nothing_that_is_printed_steers_a_terminal() {
        assert_eq!(printable("a\n\u{1b}[2Jb\r\u{9b}c"), "a\n\u{fffd}[2Jb\u{fffd}\u{fffd}c");
    }

    #[test]
    fn heights_and_times_of_answers_are_numbers_whoever_told_them() {
        let mut value = json!({
            "height": "0x1f", "next": "0x1f", "steps": [{ "timestampMs": "0x10", "fromHeight": null, "hash": "0x10" }],
            "untilMs": 5, "toHeight": "0xzz",
        });
        plain_numbers(&mut value);
        let want = json!({
            "height": 31, "next": "0x1f", "steps": [{ "timestampMs": 16, "fromHeight": null, "hash": "0x10" }],
            "untilMs": 5, "toHeight": "0xzz",
        });
        assert_eq!(value, want);
    }

    #[test]
    fn values_of_a_table_stand_below_each_other() {
        assert_eq!(table(&[("a", "1".into()), ("long", "2\n3".into())]), "  a     1\n  long  2\n        3");
        // Chinese signs are twice as wide.
        let rows = [("days", "251".into()), ("rest (放假)", "none".into())];
        assert_eq!(table(&rows), "  days         251\n  rest (放假)  none");
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(grouped(999), "999");
        assert_eq!((plural(1, "file"), plural(1_000, "file")), ("1 file".into(), "1 000 files".into()));
    }
}
