//! Sheets that people keep in office programs: CSV and XLSX, read with bounds and written so that
//! nothing in them is taken for a formula.
//!
//! Columns are found by their names, in Chinese or English, in any order. What is wrong with a cell is
//! collected with its row and column, so that one run names everything.

mod xlsx;

use self::xlsx::xlsx;
use super::words::{self, cut};
use crate::{failure::Failure, text::width};
use ding_modules::{calendar::Day, ids::text::half_width};
use ding_primitives::limits;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// Rows above the one with the names of the columns: titles and dates.
const TITLE_ROWS_MAX: usize = 16;
/// Problems that are printed; more are counted.
const PROBLEMS_SHOWN: usize = 50;
/// Narrowest and widest column of a sheet that is written, in narrow signs, and what is left free of it.
const WIDTH_MIN: usize = 8;
const WIDTH_MAX: usize = 60;
const WIDTH_MARGIN: u16 = 2;

/// A column that a sheet may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// What the program calls it.
    pub(crate) key: &'static str,
    /// What sheets call it; the first is the one that errors name.
    pub(crate) names: &'static [&'static str],
    /// Whether every row needs it.
    pub(crate) required: bool,
}

/// What is wrong with a cell, a row or the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Row as the office program counts it; 0: the whole sheet.
    pub(crate) row: usize,
    /// Column, by letter and name; empty: the whole row.
    pub(crate) column: String,
    /// What is wrong.
    pub(crate) what: String,
}

impl core::fmt::Display for Problem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.row > 0 {
            write!(f, "row {}, ", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, "column {}: ", self.column)?;
        }
        f.write_str(&self.what)
    }
}

/// All problems as one failure that names each.
pub(crate) fn refuse(path: &Path, rows: usize, problems: &[Problem]) -> Failure {
    let mut text = format!(
        "{}: {} of {rows} rows cannot be taken; nothing was sent",
        path.display(),
        problems.iter().map(|problem| problem.row).collect::<std::collections::BTreeSet<_>>().len()
    );
    for problem in problems.iter().take(PROBLEMS_SHOWN) {
        text.push_str(&format!("\n  {problem}"));
    }
    if let Some(more) = problems.len().checked_sub(PROBLEMS_SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("\n  and {more} more"));
    }
    Failure::Input(text)
}

/// A cell as read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Text(String),
    Bad(String),
}

/// A row as read: its number, and its cells by column.
type Raw = (usize, BTreeMap<usize, Cell>);

/// A sheet whose columns are known.
#[derive(Debug)]
pub(crate) struct Sheet {
    columns: &'static [Column],
    places: BTreeMap<&'static str, usize>,
    rows: Vec<Raw>,
    /// What is wrong so far.
    pub(crate) problems: Vec<Problem>,
}

/// What an import makes of a sheet before it asks the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The names of the columns, and the texts of all rows.
    pub texts: Vec<Vec<String>>,
    /// The calls that it would send.
    pub calls: Vec<Vec<u8>>,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

impl Taken {
    pub(super) fn new(sheet: &Sheet, calls: impl Iterator<Item = Vec<u8>>) -> Self {
        let problems = sheet.problems.iter().map(ToString::to_string).collect();
        Self { texts: sheet.texts(), calls: calls.collect(), problems }
    }
}

/// Sends what a sheet asks for; if somebody stops it (Ctrl-C), says how it goes on.
///
/// # Errors
///
/// What sending failed of, or that it was stopped.
pub(crate) async fn send(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let stop = async {
        // Where nobody can be heard, nobody stops it.
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    };
    until(stop, work).await
}

async fn until(
    stop: impl Future<Output = ()>,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::select! {
        done = work => done,
        () = stop => Err(Failure::Failed(
            "stopped; what was sent is on its way into blocks and stays. Start the same import again: it passes over what \
             is there, sends the rest, and says what comes next"
                .into(),
        )),
    }
}

/// A row of a sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    sheet: &'a Sheet,
    /// Its number, as the office program counts.
    pub(crate) number: usize,
    cells: &'a BTreeMap<usize, Cell>,
}

impl Sheet {
    /// Reads a sheet: XLSX by its content, everything else as CSV in UTF-8.
    ///
    /// # Errors
    ///
    /// The file cannot be read, is larger than allowed, is no sheet, or has none of the columns.
    pub(crate) fn read(path: &Path, name: Option<&str>, columns: &'static [Column]) -> Result<Self, Failure> {
        let shown = path.display();
        let cannot = |error: io::Error| Failure::Input(format!("cannot read {shown}: {error}"));
        let mut bytes = Vec::new();
        File::open(path)
            .map_err(cannot)?
            .take(limits::SHEET_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(cannot)?;
        if bytes.len() as u64 > limits::SHEET_BYTES_MAX {
            return Err(Failure::Input(format!(
                "{shown} has more than {} bytes; split it",
                limits::SHEET_BYTES_MAX
            )));
        }
        Self::from_bytes(path, bytes, name, columns)
    }

    /// The same of what was read. `path` is for errors.
    ///
    /// # Errors
    ///
    /// It is no sheet, or has none of the columns.
    pub(crate) fn from_bytes(
        path: &Path,
        bytes: Vec<u8>,
        name: Option<&str>,
        columns: &'static [Column],
    ) -> Result<Self, Failure> {
        let shown = path.display();
        let raw = if bytes.starts_with(b"PK\x03\x04") {
            xlsx(bytes, name)
        } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            Err("it is of the old format XLS, or locked with a password; save it as XLSX or CSV without one"
                .into())
        } else if name.is_some() {
            Err("a CSV file has no sheets; leave --sheet out".into())
        } else {
            csv(&bytes)
        };
        let raw = raw.map_err(|why| Failure::Input(format!("cannot read {shown}: {why}")))?;
        Self::with_columns(raw, columns).map_err(|why| Failure::Input(format!("{shown}: {why}")))
    }

    /// Finds the row with the names, and the place of each column.
    fn with_columns(raw: Vec<Raw>, columns: &'static [Column]) -> Result<Self, String> {
        let find = |text: &str| {
            columns.iter().find(|column| column.names.iter().any(|name| plain(name) == plain(text)))
        };
        let known = |cells: &BTreeMap<usize, Cell>| {
            cells.values().filter(|cell| matches!(cell, Cell::Text(text) if find(text).is_some())).count()
        };
        let needed = columns.iter().filter(|column| column.required).count().min(2);
        let header = raw.iter().take(TITLE_ROWS_MAX).position(|(_, cells)| known(cells) >= needed.max(1));
        let required = || {
            let names =
                columns.iter().filter(|column| column.required).filter_map(|column| column.names.first());
            names.copied().collect::<Vec<_>>().join(", ")
        };
        let Some(header) = header else {
            return Err(format!("no row names the columns; a sheet needs at least {}", required()));
        };
        let mut rows = raw.into_iter().skip(header);
        let names = rows.next().map(|(_, cells)| cells).unwrap_or_default();
        let mut places = BTreeMap::new();
        for (place, cell) in &names {
            let text = match cell {
                Cell::Text(text) if plain(text).is_empty() => continue,
                Cell::Text(text) => text,
                Cell::Bad(why) => return Err(format!("column {}: {why}", letters(*place))),
            };
            if IGNORED.iter().any(|name| plain(name) == plain(text)) {
                continue;
            }
            let column = find(text).ok_or_else(|| {
                let all =
                    columns.iter().filter_map(|column| column.names.first()).copied().collect::<Vec<_>>();
                format!("column {} {text:?} is not known; known are {}", letters(*place), all.join(", "))
            })?;
            if let Some(first) = places.insert(column.key, *place) {
                let (first, second) = (letters(first), letters(*place));
                return Err(format!("columns {first} and {second} are both {:?}", text));
            }
        }
        let missing = columns.iter().filter(|column| column.required && !places.contains_key(column.key));
        let missing: Vec<&str> = missing.filter_map(|column| column.names.first()).copied().collect();
        if !missing.is_empty() {
            return Err(format!("the columns {} are missing", missing.join(", ")));
        }
        let is_empty = |cell: &Cell| matches!(cell, Cell::Text(text) if text.trim().is_empty());
        let rows: Vec<Raw> = rows.filter(|(_, cells)| !cells.values().all(is_empty)).collect();
        if rows.is_empty() {
            return Err("there is no row below the names of the columns".into());
        }
        // What stands outside the columns would be lost: most often the rest of a text with a comma.
        let is_named = |place: &usize| names.get(place).is_some_and(|cell| !is_empty(cell));
        let outside = rows.iter().filter_map(|(row, cells)| {
            let (place, cell) = cells.iter().find(|(place, cell)| !is_named(place) && !is_empty(cell))?;
            let shown = match cell {
                Cell::Text(text) => format!("{:?}", cut(text.trim())),
                Cell::Bad(why) => why.clone(),
            };
            Some(Problem {
                row: *row,
                column: letters(*place),
                what: format!(
                    "{shown} stands in a column without a name; take it out, and in a CSV file put a text with \
                     commas in quotation marks"
                ),
            })
        });
        let problems = outside.collect();
        Ok(Self { columns, places, rows, problems })
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The texts of all columns and rows, below the first name of each column, as a sheet that is written
    /// would have them. What cannot be read is empty.
    pub(crate) fn texts(&self) -> Vec<Vec<String>> {
        let names = self.columns.iter().filter_map(|column| column.names.first());
        let names = names.map(|name| (*name).to_owned()).collect();
        let rows = self.rows.iter().map(|(number, cells)| {
            let row = Row { sheet: self, number: *number, cells };
            self.columns.iter().map(|column| row.text(column.key).unwrap_or_default().to_owned()).collect()
        });
        core::iter::once(names).chain(rows).collect()
    }

    /// Makes something of every row; what is wrong is collected.
    pub(crate) fn each<T>(
        &mut self,
        mut make: impl FnMut(Row<'_>, &mut Vec<Problem>) -> Option<T>,
    ) -> Vec<T> {
        let mut problems = core::mem::take(&mut self.problems);
        let mut made = Vec::new();
        for (number, cells) in &self.rows {
            made.extend(make(Row { sheet: self, number: *number, cells }, &mut problems));
        }
        self.problems = problems;
        made
    }
}

impl Row<'_> {
    /// Letter and name of a column.
    pub(crate) fn column(&self, key: &str) -> String {
        let name = self
            .sheet
            .columns
            .iter()
            .find(|column| column.key == key)
            .and_then(|column| column.names.first());
        let place = self.sheet.places.get(key).map(|place| letters(*place));
        [place.as_deref(), name.copied()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// A problem with a cell.
    pub(crate) fn problem(&self, key: &str, what: impl Into<String>) -> Problem {
        Problem { row: self.number, column: self.column(key), what: what.into() }
    }

    /// Text of a cell, spaces at its ends removed; empty if there is none. A formula guard of an
    /// export is taken off.
    ///
    /// # Errors
    ///
    /// The cell cannot be read.
    pub(crate) fn text(&self, key: &str) -> Result<&str, String> {
        let cell = self.sheet.places.get(key).and_then(|place| self.cells.get(place));
        match cell {
            None => Ok(""),
            Some(Cell::Text(text)) => {
                let text = text.trim();
                Ok(text.strip_prefix('\'').filter(|rest| is_formula(rest)).map_or(text, str::trim))
            }
            Some(Cell::Bad(why)) => Err(why.clone()),
        }
    }

    /// What a cell stands for; `None` if it is empty or wrong, which is collected.
    pub(crate) fn take<T>(
        &self,
        key: &str,
        problems: &mut Vec<Problem>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let parsed = match self.text(key) {
            Ok("") => return None,
            Ok(text) => parse(text),
            Err(why) => Err(why),
        };
        parsed.map_err(|what| problems.push(self.problem(key, what))).ok()
    }

    /// The same of a cell that may not be empty.
    pub(crate) fn need<T>(
        &self,
        key: &str,
        problems: &mut Vec<Problem>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.text(key) == Ok("") {
            problems.push(self.problem(key, "the cell is empty"));
            return None;
        }
        self.take(key, problems, parse)
    }
}

/// Columns that lists have and nobody needs.
const IGNORED: [&str; 7] = ["序号", "编号序", "no", "#", "备注", "remarks", "note"];

/// A name of a column for comparison: half width, lower case, without spaces and remarks in brackets.
fn plain(text: &str) -> String {
    let folded: String = text.chars().map(half_width).collect::<String>().to_lowercase();
    let bare = folded.split('(').next().unwrap_or_default();
    bare.chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '_' | '-' | '*' | '.' | '\u{feff}' | ':'))
        .collect()
}

/// A, B, … Z, AA: column 0 is A.
fn letters(column: usize) -> String {
    let mut left = column.saturating_add(1);
    let mut text = Vec::new();
    while left > 0 {
        left -= 1;
        text.push(b'A'.saturating_add(u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    text.iter().rev().map(|byte| char::from(*byte)).collect()
}

fn too_many_rows() -> String {
    format!("it has more than {} rows; split it", limits::SHEET_ROWS_MAX)
}

fn too_many_columns(row: usize) -> String {
    format!("row {row} has more than {} columns", limits::SHEET_COLUMNS_MAX)
}

fn csv(bytes: &[u8]) -> Result<Vec<Raw>, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is in UTF-16; save it as \"CSV UTF-8\"".into());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = core::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not in UTF-8 (GBK perhaps); save it as \"CSV UTF-8\"")
    })?;
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = [b',', b'\t', b';'].into_iter().max_by_key(|sign| {
        // The first of equals wins: `max_by_key` takes the last.
        let count = first.bytes().filter(|byte| byte == sign).count();
        (count, *sign == b',')
    });
    // A quotation mark that nobody closes swallows the row behind the last one.
    let source = text.as_bytes().chain(LAST_ROW.as_bytes());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter.unwrap_or(b','))
        .from_reader(source);
    let (mut rows, mut number) = (Vec::new(), 0usize);
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let start = record.position().map_or(0, csv::Position::byte);
        number += 1 + usize::try_from(start).map_or(0, |start| empty_lines(text, start));
        if record.iter().eq([LAST_ROW.trim()]) {
            return Ok(rows);
        }
        if record.iter().next_back().is_some_and(|cell| cell.ends_with(LAST_ROW)) {
            let place = letters(record.len().saturating_sub(1));
            return Err(format!(
                "row {number}, column {place}: a quotation mark stands before the text and none behind it; close it, or \
                 write the mark twice inside quotation marks if it belongs to the text"
            ));
        }
        if index >= limits::SHEET_ROWS_MAX + TITLE_ROWS_MAX {
            return Err(too_many_rows());
        }
        if record.len() > limits::SHEET_COLUMNS_MAX {
            return Err(too_many_columns(number));
        }
        let cells = record.iter().enumerate().map(|(place, text)| (place, Cell::Text(text.to_owned())));
        rows.push((number, cells.collect()));
    }
    Ok(rows)
}

/// A row that no sheet holds: what is read behind everything else.
const LAST_ROW: &str = "\n\u{1}\u{1}";

/// Lines without anything before the row that begins at this byte: rows to an office program, and to the
/// reader none.
fn empty_lines(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    // The end of the row before may stand in two signs.
    let cut = text.get(..start).is_some_and(|before| before.ends_with('\r'));
    let rest = if cut { rest.strip_prefix('\n').unwrap_or(rest) } else { rest };
    let end = rest.find(|sign| !matches!(sign, '\r' | '\n')).unwrap_or(rest.len());
    let ends = rest.get(..end).unwrap_or_default();
    ends.replace("\r\n", "\n").len()
}

/// A day in a cell, as [`words::day`]; of a number by which office programs count days it says which one
/// is meant.
///
/// # Errors
///
/// There is no such day, or it is written otherwise.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    let read = words::day(text);
    let counted = words::fold(text).parse::<u32>().ok().filter(|days| OFFICE_DAYS.contains(days));
    match (read, counted.and_then(|days| days.checked_sub(OFFICE_EPOCH))) {
        (Err(_), Some(days)) => Err(format!(
            "{text:?} is the number by which an office program counts the day {}; format the column as a date, or write \
             the day out",
            Day::new(days)
        )),
        (read, _) => read,
    }
}

/// Days before 1970-01-01 as office programs count them (day 0 is 1899-12-30), and the numbers that can
/// be meant so: 1982 to 2091.
const OFFICE_EPOCH: u32 = 25_569;
const OFFICE_DAYS: core::ops::Range<u32> = 30_000..70_000;

/// Whether an office program would take a cell for a formula.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

/// A table as CSV in UTF-8 with a byte order mark, which office programs need to read Chinese. A cell
/// that would be taken for a formula begins with an apostrophe.
///
/// # Errors
///
/// The text cannot be made.
pub(crate) fn to_csv(rows: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        let guarded = row.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(guarded).map_err(Failure::failed)?;
    }
    writer.into_inner().map_err(|error| Failure::Failed(error.to_string()))
}

/// The same as XLSX: every cell is text, which no office program takes for a formula.
///
/// # Errors
///
/// The sheet cannot be made.
pub(crate) fn to_xlsx(name: &str, rows: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // Nothing about who and when: the same batch gives the same file.
    let created = rust_xlsxwriter::ExcelDateTime::from_ymd(2019, 1, 10).map_err(Failure::failed)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&created));
    let sheet = book.add_worksheet().set_name(name).map_err(Failure::failed)?;
    for (row, cells) in (0u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells) {
            sheet.write_string(row, column, cell).map_err(Failure::failed)?;
        }
    }
    for column in 0..rows.first().map_or(0, Vec::len) {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let wide = cells.map(|cell| width(cell)).max().unwrap_or(0).clamp(WIDTH_MIN, WIDTH_MAX);
        let (column, wide) = (u16::try_from(column), u16::try_from(wide));
        let (column, wide) = (column.map_err(Failure::failed)?, wide.map_err(Failure::failed)?);
        sheet.set_column_width(column, wide.saturating_add(WIDTH_MARGIN)).map_err(Failure::failed)?;
    }
    book.save_to_buffer().map_err(Failure::failed)
}

#[cfg(test)]
mod tests;
