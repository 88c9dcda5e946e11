//! XLSX files of others.
//!
//! - X1 what a file may cost is counted before anything is made of it: what it unpacks to, how many texts
//!   it announces, and how often a long part of it would be copied.
//! - X2 a file that the reader of cells stumbles over is refused like any other that is damaged.

use super::{Cell, Raw, TITLE_ROWS_MAX, too_many_columns, too_many_rows};
use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use ding_primitives::limits;
use quick_xml::events::{BytesStart, Event};
use std::{
    cell::Cell as Flag,
    collections::BTreeMap,
    io::{self, BufReader, Cursor, Read, Seek},
    panic::{self, AssertUnwindSafe},
    sync::Once,
};
use zip::ZipArchive;

/// A number above this has lost digits in an office program (they keep 15).
const EXACT_MAX: f64 = 1e15;
/// Elements of which the reader of cells keeps a copy of its own, with what they refer to.
const COPIED: [&str; 5] = ["sheet", "xf", "font", "fill", "border"];
/// Bytes that such a copy takes, beside the texts that it refers to.
const COPY_BYTES: u64 = 1024;
/// Texts that a file may announce: one for each cell that a sheet may have.
const TEXTS_MAX: u64 = (limits::SHEET_ROWS_MAX * limits::SHEET_COLUMNS_MAX) as u64;

fn no_sheet(error: impl core::fmt::Display) -> String {
    format!("it is no XLSX file: {error}")
}

fn too_much() -> String {
    format!("it unpacks to more than {} bytes; split it", limits::SHEET_UNPACKED_BYTES_MAX)
}

/// Reads the cells of a sheet of this name, or of the first one.
pub(super) fn xlsx(bytes: Vec<u8>, name: Option<&str>) -> Result<Vec<Raw>, String> {
    contained(|| {
        require_small(&bytes)?;
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(no_sheet)?;
        let names = book.sheet_names();
        let chosen = match name {
            Some(name) => names.iter().find(|known| *known == name),
            None => names.first(),
        };
        let chosen = chosen.cloned().ok_or_else(|| match name {
            Some(name) => format!("it has no sheet {name:?}; its sheets are {}", names.join(", ")),
            None => "it has no sheet".into(),
        })?;
        cells(&mut book, &chosen)
    })
}

thread_local! {
    /// Whether a panic of this thread is an answer and nothing to tell people of.
    static CONTAINED: Flag<bool> = const { Flag::new(false) };
}

/// Makes an error of a panic (X2). The reader of cells counts without looking for the end of numbers: a
/// cell in column ZZZZZZZZ panics where sums are checked.
fn contained<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                loud(info);
            }
        }));
    });
    let before = CONTAINED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(read));
    CONTAINED.set(before);
    done.unwrap_or_else(|_| {
        Err("it is damaged: it names cells that no sheet has; open it in an office program, save it there, or \
             save it as CSV"
            .into())
    })
}

/// Refuses an archive that would fill the memory, whatever it says of itself (X1).
fn require_small(bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(no_sheet)?;
    let mut left = limits::SHEET_UNPACKED_BYTES_MAX;
    let mut sizes = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(no_sheet)?;
        let read = io::copy(&mut part.take(left.saturating_add(1)), &mut io::sink())
            .map_err(|error| format!("it is damaged: {error}"))?;
        left = left.checked_sub(read).ok_or_else(too_much)?;
        sizes.push(read);
    }
    let mut cost = Cost::default();
    for (index, size) in sizes.into_iter().enumerate() {
        let part = archive.by_index(index).map_err(no_sheet)?;
        let name = part.name().map(|name| name.to_lowercase()).unwrap_or_default();
        let texts = cost.count(&name, BufReader::new(part))?;
        if texts > TEXTS_MAX.min(size) {
            return Err(format!(
                "it announces {texts} texts, more than it has or than the {TEXTS_MAX} of a sheet; open it in an office \
                 program and save it there, or save it as CSV"
            ));
        }
    }
    cost.check()
}

/// What the reader of cells would make of a file.
#[derive(Debug, Default)]
struct Cost {
    /// Elements of [`COPIED`].
    copies: u64,
    /// Bytes of the longest tag whose texts they refer to.
    longest: u64,
}

impl Cost {
    /// Counts the elements of a part, and answers how many texts it announces. What is no XML is refused
    /// by the reader of cells, if it is needed.
    fn count(&mut self, name: &str, part: impl io::BufRead) -> Result<u64, String> {
        let is_referred_to = name.ends_with(".rels") || name.ends_with("styles.xml");
        let mut xml = quick_xml::Reader::from_reader(part);
        // As the reader of cells has it.
        let config = xml.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        let mut buffer = Vec::new();
        let mut texts = 0;
        loop {
            buffer.clear();
            let tag = match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
                Ok(Event::Eof) | Err(_) => return Ok(texts),
                Ok(_) => continue,
            };
            let local = tag.local_name();
            if COPIED.contains(&local.as_ref()) {
                self.copies = self.copies.saturating_add(1);
            }
            if is_referred_to {
                self.longest = self.longest.max(tag.len() as u64);
            }
            if local.as_ref() == "sst" {
                texts = texts.max(announced(&tag)?);
            }
        }
    }

    fn check(&self) -> Result<(), String> {
        let copies = self.copies.saturating_mul(self.longest.saturating_add(COPY_BYTES));
        if copies > limits::SHEET_UNPACKED_BYTES_MAX {
            return Err(format!(
                "its {} sheets and formats take more than {} bytes; copy the cells into a new file, or save it as CSV",
                self.copies,
                limits::SHEET_UNPACKED_BYTES_MAX
            ));
        }
        Ok(())
    }
}

/// The texts that a table announces: the reader of cells makes room for them at once.
fn announced(table: &BytesStart<'_>) -> Result<u64, String> {
    let mut most = 0;
    for attribute in table.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| format!("it is damaged: {error}"))?;
        if attribute.key.as_ref() == "uniqueCount" {
            // What is no number, or too large for one, is no promise to keep.
            most = attribute.value.trim().parse().unwrap_or(u64::MAX).max(most);
        }
    }
    Ok(most)
}

fn cells<R: Read + Seek>(book: &mut Xlsx<R>, sheet: &str) -> Result<Vec<Raw>, String> {
    let damaged = |error: XlsxError| format!("sheet {sheet:?} is damaged: {error}");
    let mut reader = book.worksheet_cells_reader(sheet).map_err(damaged)?;
    let mut rows: BTreeMap<usize, BTreeMap<usize, Cell>> = BTreeMap::new();
    let mut left = limits::SHEET_UNPACKED_BYTES_MAX;
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = found.pos;
        let unsolved = || {
            let what = "the cell holds a formula that nobody computed; open the sheet in an office program and save it \
                        there, or write the value itself";
            found.formula.as_ref().map(|_| Cell::Bad(what.into()))
        };
        let Some(cell) = cell(&found.value).or_else(unsolved) else { continue };
        let number = row as usize + 1;
        if column as usize >= limits::SHEET_COLUMNS_MAX {
            return Err(too_many_columns(number));
        }
        if let Cell::Text(text) = &cell {
            // A shared text counts as often as it is used.
            left = left.checked_sub(text.len() as u64).ok_or_else(|| {
                format!("its cells hold more than {} bytes; split it", limits::SHEET_UNPACKED_BYTES_MAX)
            })?;
        }
        rows.entry(number).or_default().insert(column as usize, cell);
        if rows.len() > limits::SHEET_ROWS_MAX + TITLE_ROWS_MAX {
            return Err(too_many_rows());
        }
    }
    Ok(rows.into_iter().collect())
}

/// What a cell shows; of a formula its last result. `None` if it is empty.
fn cell(value: &DataRef<'_>) -> Option<Cell> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) if number.abs() >= EXACT_MAX => Cell::Bad(
            "the cell holds a number of more than 15 digits, of which office programs lose the last; format the column as text and enter it again".into(),
        ),
        // A whole number prints without a point.
        DataRef::Float(number) => Cell::Text(number.to_string()),
        DataRef::Bool(is) => Cell::Text((if *is { "yes" } else { "no" }).into()),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cell::Text(format!("{year:04}-{month:02}-{day:02}"))
        }
        DataRef::DateTimeIso(text) => Cell::Text(text.split('T').next().unwrap_or_default().to_owned()),
        DataRef::DateTime(_) | DataRef::DurationIso(_) => Cell::Bad("the cell holds a duration".into()),
        DataRef::Error(error) => Cell::Bad(format!("the cell holds the error {error}")),
    })
}
