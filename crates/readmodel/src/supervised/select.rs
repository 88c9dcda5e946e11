//! Lists of records under conditions, newest first, cut into pages; and texts to look for.

use super::{Listed, Page, cut, height, int, record::Record, search::Needle};
use crate::{
    query::{Ask, QueryError, page},
    views::supervision::{history::Thing, names},
};
use rusqlite::{OptionalExtension as _, params_from_iter, types::Value};

/// Conditions on the rows of a list, with their values.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// Adds a condition with one `?`, if there is a value for it.
    pub(super) fn and(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.push(condition, [value.into()]);
        }
    }

    /// Adds a condition with as many `?` as values.
    pub(super) fn push(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND (");
        self.text.push_str(condition);
        self.text.push(')');
        self.values.extend(values);
    }

    /// The conditions, to stand behind another one, and their values.
    pub(super) fn parts(&self) -> (&str, &[Value]) {
        (&self.text, &self.values)
    }
}

/// Where a list comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// Tables after `FROM`, the first one with an alias.
    pub(super) tables: &'static str,
    /// The number that orders them.
    pub(super) id: &'static str,
    /// What they are in the index of names, if a text can be looked for.
    pub(super) thing: Option<Thing>,
}

/// Rows of a source under conditions, newest first.
pub(super) fn list<T: Record>(
    ask: &Ask<'_>,
    source: Source,
    conditions: &Conditions,
    text: Option<&Needle>,
    wanted: Page,
    id: impl Fn(&T) -> u64,
) -> Result<Listed<T>, QueryError> {
    let height = height(ask)?;
    let limit = page(wanted.limit);
    let Source { tables, id: key, thing } = source;
    let columns = T::COLUMNS;
    let (more, rest) = conditions.parts();
    let before = int(wanted.after.unwrap_or(u64::MAX));
    let mut values = Vec::new();
    let statement = match text.zip(thing) {
        None => {
            values.push(before);
            format!("SELECT {columns} FROM {tables} WHERE {key} < ?{more} ORDER BY {key} DESC LIMIT ?")
        }
        Some((needle, thing)) => {
            let first = names::id_of(thing, 0);
            let after = wanted
                .after
                .map_or(names::id_of(thing, u64::MAX).saturating_add(1), |after| names::id_of(thing, after));
            let (from, found, needles) = needle.parts();
            values.extend([Value::Integer(first), Value::Integer(first), Value::Integer(after)]);
            values.extend(needles);
            format!(
                "SELECT {columns} FROM {from} f CROSS JOIN {tables} ON {key} = f.rowid - ? \
                 WHERE f.rowid >= ? AND f.rowid < ? AND {found}{more} ORDER BY f.rowid DESC LIMIT ?"
            )
        }
    };
    values.extend(rest.iter().cloned());
    values.push(Value::Integer(limit as i64 + 1));
    let mut select = ask.sql.prepare_cached(&statement)?;
    let rows = select.query_map(params_from_iter(values), T::read)?.collect::<rusqlite::Result<Vec<T>>>()?;
    Ok(cut(rows, limit, height, id))
}

/// Every row that a question, whose columns are the record's, finds.
pub(super) fn all<T: Record>(
    ask: &Ask<'_>,
    from: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, QueryError> {
    let mut select = ask.sql.prepare_cached(&format!("SELECT {} FROM {from}", T::COLUMNS))?;
    Ok(select.query_map(params_from_iter(values), T::read)?.collect::<rusqlite::Result<_>>()?)
}

/// The first row that a question finds.
pub(super) fn one<T: Record>(
    ask: &Ask<'_>,
    from: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<T>, QueryError> {
    let mut select = ask.sql.prepare_cached(&format!("SELECT {} FROM {from}", T::COLUMNS))?;
    Ok(select.query_row(params_from_iter(values), T::read).optional()?)
}
