//! Looking for numbers and names.

use super::{Listed, Page, Thing, cut, height, orders};
use crate::{
    query::{Ask, Query, QueryError, page},
    views::{
        b256,
        supervision::{names, pilot::code_text},
    },
};
use ding_modules::ids::FilingNumber;
use ding_primitives::limits;
use rusqlite::{OptionalExtension as _, params_from_iter, types::Value};

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its id in the index: where the next page starts.
    pub id: u64,
    /// What it is.
    pub thing: Thing,
    /// Its number there: of a service, an order and so on.
    pub number: u64,
    /// Its filing number, credit code or running number; empty if it has none.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Whether its number is exactly what was looked for.
    pub exact: bool,
}

/// A text to look for, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Needle {
    /// Three characters and more: a question to the trigram index.
    Long(String),
    /// One or two: a look through the trigrams that begin with them, or through the names.
    Short(String),
    /// A number that is nearly whole: numbers that begin with it.
    Number(String),
    /// Something that is nowhere.
    Nothing,
}

/// Characters from which on a number is looked for from its beginning: every filing number shares long
/// parts with its neighbours, which makes parts of that length slow to find elsewhere.
const WHOLE_NUMBER: usize = 15;
/// Digits that such a number has at least; codes have letters besides.
const WHOLE_NUMBER_DIGITS: usize = 10;

impl Needle {
    /// A text as somebody typed it.
    ///
    /// # Errors
    ///
    /// Empty or too long.
    pub(super) fn of(text: &str) -> Result<Self, QueryError> {
        let (max, chars) = (limits::SEARCH_TEXT_CHARS_MAX, text.chars().count());
        if chars > max {
            let why = format!("a text of {chars} characters to look for; at most {max} are allowed");
            return Err(QueryError::Invalid(why));
        }
        let folded = names::fold(text);
        if folded.is_empty() {
            return Err(QueryError::Invalid("nothing to look for: the text is empty".into()));
        }
        let number = exact_number(text);
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if number.len() >= WHOLE_NUMBER && digits >= WHOLE_NUMBER_DIGITS && number.is_ascii() {
            return Ok(Self::Number(number));
        }
        let long = |text: &str| text.chars().count() >= 3;
        Ok(match (long(&folded), number.is_ascii() && long(&number) && number != folded) {
            (true, true) => Self::Long(format!("{} OR {}", phrase(&folded), phrase(&number))),
            (true, false) => Self::Long(phrase(&folded)),
            (false, _) => Self::Short(folded),
        })
    }

    /// A needle that can be looked for: of one or two characters those trigrams that begin with them. If
    /// there are many, the text is common and a look through the names soon has a page of it.
    pub(super) fn resolve(&self, ask: &Ask<'_>) -> Result<Self, QueryError> {
        let Self::Short(text) = self else { return Ok(self.clone()) };
        let mut select = ask.sql.prepare_cached(
            "SELECT term FROM supervision_terms WHERE term >= ?1 AND term < ?1 || char(1114111) LIMIT ?2",
        )?;
        let max = limits::SEARCH_TERMS_MAX;
        let terms = select.query_map((text, max as i64 + 1), |row| row.get::<_, String>(0))?;
        let terms = terms.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(match terms.len() {
            0 => Self::Nothing,
            count if count > max => self.clone(),
            _ => Self::Long(terms.iter().map(|term| phrase(term)).collect::<Vec<_>>().join(" OR ")),
        })
    }

    /// The table to look in, as `f`, the condition on its row `f`, and the condition's values.
    pub(super) fn parts(&self) -> (&'static str, &'static str, Vec<Value>) {
        match self {
            Self::Long(phrase) => {
                ("supervision_search f", "f.supervision_search MATCH ?", vec![phrase.clone().into()])
            }
            Self::Short(text) => {
                let found = "(instr(f.name, ?) OR instr(f.number, ?) OR instr(f.other, ?))";
                ("supervision_names f", found, vec![text.clone().into(); 3])
            }
            Self::Number(number) => (
                "supervision_names f INDEXED BY supervision_names_by_number",
                "f.number <> '' AND f.number >= ? AND f.number < ? || char(1114111)",
                vec![number.clone().into(); 2],
            ),
            Self::Nothing => ("supervision_names f", "0", Vec::new()),
        }
    }
}

/// A phrase of FTS5: inside quotes only the quote itself means anything (SQLite FTS5 section 3.1).
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The number that a text is, as the index holds it: out of `京网信备…号`, without gaps, in capitals.
fn exact_number(text: &str) -> String {
    match FilingNumber::parse(text) {
        Ok(number) => number.as_str().into(),
        Err(_) => names::fold_number(text),
    }
}

impl Query {
    /// Things whose number, name or other name holds a text, in capitals and half width: those whose
    /// number is the text first, then services, providers and so on, the newest of each first. Without
    /// `things` all are looked through.
    ///
    /// # Errors
    ///
    /// See [`QueryError`]; [`QueryError::Invalid`] for a text that is empty or too long.
    pub fn search(&self, text: &str, things: &[Thing], wanted: Page) -> Result<Listed<Hit>, QueryError> {
        let needle = Needle::of(text)?;
        let number = exact_number(text);
        self.ask(|ask| {
            let height = height(ask)?;
            let limit = page(wanted.limit);
            let needle = needle.resolve(ask)?;
            let exact = exact(ask, &number, things)?;
            // A page that begins after one of them goes on with the next.
            let place = |after: u64| exact.iter().position(|id| *id == after.cast_signed());
            let seen = wanted.after.map_or(Some(0), |after| Some(place(after)?.saturating_add(1)));
            let seen = seen.unwrap_or(exact.len());
            let mut ids: Vec<i64> = exact.iter().skip(seen).copied().collect();
            let more = limit.saturating_add(1).saturating_sub(ids.len());
            others(ask, &needle, things, wanted.after, &exact, more, &mut ids)?;
            let mut hits = Vec::new();
            for id in ids {
                hits.extend(hit(ask, id, exact.contains(&id))?);
            }
            Ok(cut(hits, limit, height, |hit| hit.id))
        })
    }
}

/// Ids of things with exactly this number.
fn exact(ask: &Ask<'_>, number: &str, things: &[Thing]) -> Result<Vec<i64>, QueryError> {
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = ask.sql.prepare_cached(
        "SELECT id FROM supervision_names WHERE number = ?1 AND number <> '' ORDER BY id DESC LIMIT ?2",
    )?;
    let max = limits::SEARCH_EXACT_MAX as i64;
    let ids = select.query_map((number, max), |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    Ok(ids.into_iter().filter(|id| wanted(*id, things)).collect())
}

fn wanted(id: i64, things: &[Thing]) -> bool {
    names::thing_of(id).is_some_and(|(thing, _)| things.is_empty() || things.contains(&thing))
}

/// Ids of the others that hold the text, up to `limit` of them, kind by kind.
fn others(
    ask: &Ask<'_>,
    needle: &Needle,
    things: &[Thing],
    after: Option<u64>,
    exact: &[i64],
    mut limit: usize,
    ids: &mut Vec<i64>,
) -> Result<(), QueryError> {
    let (from, found, needles) = needle.parts();
    let statement = format!(
        "SELECT f.rowid FROM {from} WHERE f.rowid >= ? AND f.rowid < ? AND {found} ORDER BY f.rowid DESC LIMIT ?"
    );
    let mut select = ask.sql.prepare_cached(&statement)?;
    // Things with that very number came before.
    let after = after.filter(|after| !exact.contains(&after.cast_signed())).map(u64::cast_signed);
    for thing in Thing::ALL.into_iter().filter(|thing| things.is_empty() || things.contains(thing)) {
        ask.check()?;
        let first = names::id_of(thing, 0);
        let end = names::id_of(thing, u64::MAX).saturating_add(1);
        let end = after.map_or(end, |after| after.min(end));
        if limit == 0 || end <= first {
            continue;
        }
        let mut values = vec![Value::Integer(first), Value::Integer(end)];
        values.extend(needles.iter().cloned());
        values.push(Value::Integer((limit + exact.len()) as i64));
        let rows = select.query_map(params_from_iter(values), |row| row.get::<_, i64>(0))?;
        for id in rows {
            let id = id?;
            if limit > 0 && !exact.contains(&id) {
                ids.push(id);
                limit -= 1;
            }
        }
    }
    Ok(())
}

/// A found thing as it is written, not as it is folded.
fn hit(ask: &Ask<'_>, id: i64, exact: bool) -> Result<Option<Hit>, QueryError> {
    let Some((thing, number)) = names::thing_of(id) else { return Ok(None) };
    let hit = id.cast_unsigned();
    let statement = match thing {
        Thing::Service => "SELECT number, name FROM supervision_services WHERE id = ?1",
        Thing::Provider => "SELECT uscc, name FROM supervision_providers WHERE id = ?1",
        Thing::Pilot => "SELECT CAST(id AS TEXT), title FROM supervision_pilots WHERE id = ?1",
        Thing::Entity => {
            return entity(ask, number, |code, name| Hit { id: hit, thing, number, code, name, exact });
        }
        Thing::Order => "SELECT CAST(id AS TEXT), basis FROM supervision_orders WHERE id = ?1",
        Thing::Authority => "SELECT '', name FROM supervision_authorities WHERE id = ?1",
        Thing::Organisation => "SELECT code, name FROM supervision_organisations WHERE id = ?1",
        Thing::Proposal => "SELECT CAST(id AS TEXT), title FROM supervision_proposals WHERE id = ?1",
        // These are known by what the index holds.
        Thing::Document | Thing::Campaign | Thing::Batch | Thing::Table => {
            "SELECT number, rtrim(name, char(9220)) FROM supervision_names WHERE id = ?2 AND ?1 >= 0"
        }
    };
    let mut select = ask.sql.prepare_cached(statement)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let found = if statement.contains("?2") {
        select.query_row((number.cast_signed(), id), read)
    } else {
        select.query_row([number.cast_signed()], read)
    };
    let Some((code, mut name)) = found.optional()? else { return Ok(None) };
    if thing == Thing::Order {
        // What was looked for stands in the legal basis; what is ordered says which order it is.
        name = orders::called(ask, number)?.map(|called| format!("{called} ({name})")).unwrap_or(name);
    }
    Ok(Some(Hit { id: hit, thing, number, code, name, exact }))
}

/// An entity; its code is kept as a word.
fn entity(
    ask: &Ask<'_>,
    number: u64,
    hit: impl FnOnce(String, String) -> Hit,
) -> Result<Option<Hit>, QueryError> {
    let mut select = ask.sql.prepare_cached("SELECT code, name FROM supervision_entities WHERE id = ?1")?;
    let found = select.query_row([number.cast_signed()], |row| Ok((b256(row, 0)?, row.get(1)?)));
    Ok(found.optional()?.map(|(code, name)| hit(code_text(&code), name)))
}
