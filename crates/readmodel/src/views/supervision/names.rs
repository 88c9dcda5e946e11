//! What can be searched for: numbers and names, folded so that a search finds whatever was written.
//!
//! Folding is that of the ledger ([`ding_modules::ids`]): full width to half width, composed, small
//! letters to capitals; in numbers without what people put between the digits. Control characters
//! become spaces, so that no text ends early in SQLite. The index is FTS5 with trigrams over the
//! table `supervision_names`: three characters and more are found wherever they stand; one and two,
//! which have no trigram, by a bounded look through that table.

use super::{Rows, history::Thing, int};
use ding_modules::ids;
use rusqlite::OptionalExtension as _;

/// Bits of the number of a thing in an id.
const NUMBER_BITS: u32 = 48;

/// The id of a thing in the index.
pub(crate) const fn id_of(thing: Thing, number: u64) -> i64 {
    int((thing as u64) << NUMBER_BITS | (number & ((1 << NUMBER_BITS) - 1)))
}

/// The thing and its number behind an id of the index.
pub(crate) fn thing_of(id: i64) -> Option<(Thing, u64)> {
    let id = id.cast_unsigned();
    Some((Thing::from_number(id >> NUMBER_BITS)?, id & ((1 << NUMBER_BITS) - 1)))
}

/// Folded form of a name.
pub(crate) fn fold(text: &str) -> String {
    let calm: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    ids::text::normalise_name(&calm).unwrap_or_else(|| calm.to_ascii_uppercase())
}

/// Folded form of a number; empty if the text is none.
pub(crate) fn fold_number(text: &str) -> String {
    let calm: String = text.chars().filter(|sign| !sign.is_control()).collect();
    ids::text::normalise(&calm).unwrap_or_default()
}

/// What a thing is found by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names<'a> {
    /// Its number or code.
    pub(super) number: &'a str,
    /// What it is called.
    pub(super) name: &'a str,
    /// What else it is found by.
    pub(super) other: &'a str,
}

/// Enters a thing, or changes what it is found by.
pub(super) fn put(rows: &Rows<'_>, thing: Thing, number: u64, names: Names<'_>) -> rusqlite::Result<()> {
    let id = id_of(thing, number);
    let new = [fold_number(names.number), fold(names.name), fold(names.other)];
    let old = rows
        .sql
        .prepare_cached("SELECT number, name, other FROM supervision_names WHERE id = ?1")?
        .query_row([id], |row| Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?]))
        .optional()?;
    if old.as_ref() == Some(&new) {
        return Ok(());
    }
    if let Some([number, name, other]) = old {
        rows.run(
            "INSERT INTO supervision_search (supervision_search, rowid, number, name, other) \
             VALUES ('delete', ?1, ?2, ?3, ?4)",
            (id, number, name, other),
        )?;
    }
    let [number, name, other] = &new;
    rows.run(
        "INSERT OR REPLACE INTO supervision_names (id, number, name, other) VALUES (?1, ?2, ?3, ?4)",
        (id, number, name, other),
    )?;
    rows.run(
        "INSERT INTO supervision_search (rowid, number, name, other) VALUES (?1, ?2, ?3, ?4)",
        (id, number, name, other),
    )
    .map(drop)
}
