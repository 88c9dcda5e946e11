//! The guide beside the test: its table of dates is the diary of the year, every date in it is one of
//! this year's, and every refusal that it quotes was really said.

use super::PLAYED;
use std::collections::{BTreeMap, BTreeSet};

const GUIDE: &str = include_str!("../../../../../docs/guide/supervised-year.md");
/// How a quotation begins and ends.
const QUOTED: &str = "```text\n";
const END: &str = "```\n";

/// What the guide quotes.
fn quotations() -> Vec<String> {
    let words = |quoted: &str| quoted.split_whitespace().collect::<Vec<_>>().join(" ");
    GUIDE.split(QUOTED).skip(1).map(|rest| words(rest.split_once(END).unwrap().0)).collect()
}

/// What the guide says itself.
fn prose() -> String {
    let mut parts = GUIDE.split(QUOTED);
    let first = parts.next().unwrap();
    core::iter::once(first).chain(parts.map(|rest| rest.split_once(END).unwrap().1)).collect()
}

/// Whatever looks like an ISO date, wherever it stands.
fn dates(text: &str) -> BTreeSet<&str> {
    let is_date = |date: &str| {
        date.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    };
    (0..text.len()).filter_map(|start| text.get(start..start + 10)).filter(|date| is_date(date)).collect()
}

#[test]
fn the_table_of_dates_in_the_guide_is_the_diary_of_the_year() {
    let rows: Vec<Vec<&str>> = GUIDE
        .lines()
        .filter(|line| line.starts_with("| 20"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.is_sorted_by_key(|row| row[1]), "the table goes from day to day");
    let told: BTreeMap<&str, String> = rows.iter().map(|row| (row[2], row[1].to_owned())).collect();
    assert_eq!(told.len(), rows.len(), "no row comes twice");
    let kept: BTreeMap<&str, String> =
        PLAYED.diary.iter().map(|(what, day)| (*what, day.to_string())).collect();
    assert_eq!(told, kept);
}

#[test]
fn every_date_in_the_guide_is_one_of_the_year() {
    let kept: BTreeSet<String> = PLAYED.diary.values().map(ToString::to_string).collect();
    let prose = prose();
    let told = dates(&prose);
    let unknown: Vec<_> = told.iter().filter(|date| !kept.contains(**date)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(told.len() > 50, "{} dates", told.len());
    assert_eq!(dates("from 2026-01-05, 26-01-05 and 2026-1-05年"), BTreeSet::from(["2026-01-05"]));
}

#[test]
fn every_refusal_that_the_guide_quotes_was_heard() {
    let quotations = quotations();
    assert!(quotations.len() >= 15, "{} quotations", quotations.len());
    for quoted in quotations {
        assert!(PLAYED.heard.contains(&quoted), "{quoted:?}: not heard");
    }
}
