//! The table of a year in a file: what people transcribe from the notice of the State Council.
//!
//! CSV with the columns `date` and `kind` (日期, 类型), a day or a stretch in each row:
//!
//! ```text
//! date,kind
//! 2027-01-01..2027-01-03,holiday
//! 2027-02-20,makeup
//! ```
//!
//! (a day as every sheet takes it: 2027-01-01, 2027/1/1, 20270101 or 2027年1月1日), or JSON, as in a genesis file: `{"year": 2027, "holidays": ["2027-01-01..2027-01-03"], "makeup": []}`.

use crate::{cmd::words, failure::Failure};
use ding_modules::calendar::{Day, table::WorkingDays};
use ding_primitives::limits;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

/// A table that does not contradict itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cmd) struct Table {
    pub(in crate::cmd) year: u16,
    /// Days of the year from 1 on, ascending.
    pub(in crate::cmd) holidays: Vec<u16>,
    pub(in crate::cmd) makeup: Vec<u16>,
}

/// What a day of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Holiday,
    Makeup,
}

/// A day or stretch, and where it stands.
struct Entry {
    place: String,
    kind: Kind,
    days: String,
}

impl Entry {
    /// First and last day.
    fn ends(&self) -> Result<(Day, Day), String> {
        let Self { place, days, .. } = self;
        let (first, last) = days.split_once("..").unwrap_or((days, days));
        let day = |text: &str| words::day(text).map_err(|error| format!("{place}: {error}"));
        Ok((day(first)?, day(last)?))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    year: u16,
    holidays: Vec<String>,
    #[serde(default)]
    makeup: Vec<String>,
}

impl Kind {
    fn read(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "holiday" | "rest" | "放假" | "节假日" | "休" => Some(Self::Holiday),
            "makeup" | "make-up" | "work" | "调休上班" | "上班" | "补班" | "班" => {
                Some(Self::Makeup)
            }
            _ => None,
        }
    }
}

/// Reads a table. `year` is the one that a person named, if so.
///
/// # Errors
///
/// Names the row and what is wrong with it.
pub(super) fn read(path: &Path, year: Option<u16>) -> Result<Table, Failure> {
    let shown = path.display();
    let size = fs::metadata(path).map_err(|e| Failure::Input(format!("cannot read {shown}: {e}")))?.len();
    if size > limits::CALENDAR_FILE_BYTES_MAX {
        return Err(Failure::Input(format!(
            "{shown} has {size} bytes, more than the {} of a table",
            limits::CALENDAR_FILE_BYTES_MAX
        )));
    }
    let text = fs::read_to_string(path).map_err(|e| Failure::Input(format!("cannot read {shown}: {e}")))?;
    parse(&text, year).map_err(|why| Failure::Input(format!("{shown}: {why}")))
}

/// Reads a table from its text.
///
/// # Errors
///
/// Names the row and what is wrong with it.
pub(in crate::cmd) fn parse(text: &str, year: Option<u16>) -> Result<Table, String> {
    let text = text.trim_start_matches('\u{feff}');
    let (told, entries) =
        if text.trim_start().starts_with('{') { from_json(text)? } else { (None, from_csv(text)?) };
    let first = entries.first().map(|entry| entry.ends()).transpose()?;
    let year = match (year, told) {
        (Some(wanted), Some(told)) if wanted != told => {
            return Err(format!("it is the table of {told}, not of {wanted}"));
        }
        (wanted, told) => wanted.or(told).or_else(|| u16::try_from(first?.0.year()).ok()),
    };
    let year = year.ok_or("it has no rows; name the year of an empty table with --year")?;
    table(year, &entries)
}

fn from_json(text: &str) -> Result<(Option<u16>, Vec<Entry>), String> {
    let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let list = |name: &'static str, kind, days: Vec<String>| {
        days.into_iter().enumerate().map(move |(index, days)| Entry {
            place: format!("{name}[{index}]"),
            kind,
            days,
        })
    };
    let entries =
        list("holidays", Kind::Holiday, json.holidays).chain(list("makeup", Kind::Makeup, json.makeup));
    Ok((Some(json.year), entries.collect()))
}

fn from_csv(text: &str) -> Result<Vec<Entry>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column =
        |names: &[&str]| header.iter().position(|name| names.contains(&name.to_lowercase().as_str()));
    let (Some(date), Some(kind)) = (column(&["date", "日期"]), column(&["kind", "类型"])) else {
        return Err("the first row names the columns: want date,kind (日期,类型)".into());
    };
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let row = record.position().map_or(0, csv::Position::line);
        let place = format!("row {row}");
        let named = record.get(kind).unwrap_or_default();
        let kind = Kind::read(named).ok_or_else(|| {
            format!("{place}, column kind: {named:?}; want holiday (放假) or makeup (调休上班)")
        })?;
        entries.push(Entry { place, kind, days: record.get(date).unwrap_or_default().to_owned() });
    }
    Ok(entries)
}

fn table(year: u16, entries: &[Entry]) -> Result<Table, String> {
    let mut seen: BTreeMap<u16, (&Entry, Day)> = BTreeMap::new();
    for entry in entries {
        let (place, (first, last)) = (&entry.place, entry.ends()?);
        for end in [first, last] {
            if end.year() != u32::from(year) {
                return Err(format!("{place}: {end} is not in {year}; a table has the days of one year"));
            }
        }
        if last < first {
            return Err(format!("{place}: {last} is before {first}; write the earlier day first"));
        }
        for day in (first.get()..=last.get()).map(Day::new) {
            if let Some((other, _)) = seen.insert(day.day_of_year(), (entry, day)) {
                return Err(format!("{place}: {day} stands in {} already", other.place));
            }
            if entry.kind == Kind::Makeup && !day.is_weekend() {
                return Err(format!(
                    "{place}: {day} is a Monday to Friday, when people work anyway; no make-up day"
                ));
            }
        }
    }
    let of =
        |kind| seen.iter().filter(move |(_, (entry, _))| entry.kind == kind).map(|(day, _)| *day).collect();
    let table = Table { year, holidays: of(Kind::Holiday), makeup: of(Kind::Makeup) };
    WorkingDays::of(year.into(), &table.holidays, &table.makeup).map_err(|error| error.to_string())?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str = "date,kind\n2027-01-01..2027-01-03,holiday\n2027-02-20, makeup\n";

    #[test]
    fn a_table_reads_the_same_from_csv_and_json_in_both_languages() {
        let want = Table { year: 2027, holidays: vec![1, 2, 3], makeup: vec![51] };
        assert_eq!(parse(CSV, None).unwrap(), want);
        assert_eq!(
            parse("\u{feff}日期,类型\r\n2027-01-01..2027-01-03,放假\r\n2027-02-20,补班\r\n", None).unwrap(),
            want
        );
        // Days as a spreadsheet writes them.
        let sheet = "date,kind\n2027/1/1..2027/01/03,holiday\n2027年2月20日,makeup\n";
        assert_eq!(parse(sheet, None).unwrap(), want);
        let json =
            r#"{"year":2027,"holidays":["2027-01-01","2027-01-02..2027-01-03"],"makeup":["2027-02-20"]}"#;
        assert_eq!(parse(json, Some(2027)).unwrap(), want);
        assert_eq!(
            parse("kind,date\n", Some(2027)).unwrap(),
            Table { year: 2027, holidays: vec![], makeup: vec![] }
        );
    }

    #[test]
    fn a_table_that_contradicts_itself_is_refused_with_its_row() {
        let cases = [
            (
                "date,kind\n2027-01-01,holiday\n2027-01-01,holiday\n",
                "row 3: 2027-01-01 stands in row 2 already",
            ),
            ("date,kind\n2027-01-02,holiday\n2027-01-02,makeup\n", "row 3: 2027-01-02 stands in row 2"),
            ("date,kind\n2027-01-04,makeup\n", "row 2: 2027-01-04 is a Monday to Friday"),
            ("date,kind\n2027-01-01,party\n", "row 2, column kind: \"party\""),
            ("date,kind\n2027-13-01,holiday\n", "row 2: \"2027-13-01\" is no day"),
            ("date,kind\n2027-12-31..2028-01-02,holiday\n", "row 2: 2028-01-02 is not in 2027"),
            ("date,kind\n2027-01-03..2027-01-01,holiday\n", "row 2: 2027-01-01 is before 2027-01-03"),
            ("date;kind\n", "names the columns"),
            ("date,kind\n", "--year"),
            ("{\"year\":2027,\"holidays\":[],\"days\":[]}", "unknown field `days`"),
            ("{\"year\":1999,\"holidays\":[]}", "year 1999 is outside"),
        ];
        for (text, want) in cases {
            let error = parse(text, None).unwrap_err();
            assert!(error.contains(want), "{text}: {error}");
        }
        assert!(parse(CSV, Some(2028)).unwrap_err().contains("is not in 2028"));
    }
}
