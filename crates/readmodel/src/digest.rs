//! What a file holds, in a few words: whether two members have the same rows, and if not, in which
//! table they differ.

use crate::writer::Writer;
use ding_primitives::{B256, Height, keccak256};
use rusqlite::{Connection, types::ValueRef};

/// Bytes of rows that are hashed at once.
const HASHED_BYTES: usize = 64 * 1024;

/// What a read model holds up to a height. Equal for all who have the rows of the same blocks,
/// however they came by them (A8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The last block with rows; the genesis block if there are none yet.
    pub height: Height,
    /// Every table, by name.
    pub tables: Vec<TableDigest>,
}

/// What one table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDigest {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// Keccak-256 chain over its rows, in the order of their key.
    pub hash: B256,
}

impl Digest {
    /// The rows of a table; 0 if there is no such table.
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().find(|found| found.name == table).map_or(0, |found| found.rows)
    }

    /// Hash over everything.
    pub fn hash(&self) -> B256 {
        let mut bytes = self.height.get().to_be_bytes().to_vec();
        for table in &self.tables {
            bytes.extend_from_slice(table.name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(&table.rows.to_be_bytes());
            bytes.extend_from_slice(table.hash.as_slice());
        }
        keccak256(bytes)
    }

    /// The first table in which two differ.
    pub fn differs<'a>(&'a self, other: &'a Self) -> Option<&'a str> {
        let pairs = self.tables.iter().zip(&other.tables);
        let first = pairs.into_iter().find(|(mine, theirs)| mine != theirs);
        first.map(|(mine, _)| mine.name.as_str())
    }
}

/// Reads every row there is.
pub(crate) fn digest(writer: &Writer) -> rusqlite::Result<Digest> {
    writer.in_transaction(|sql| {
        // The search index lies in tables of its own, in a way that depends on when it was written; what
        // it finds does not, and that is what the table of its terms says.
        let mut select = sql.prepare(
            "SELECT t.name, t.type = 'virtual' FROM pragma_table_list t JOIN sqlite_schema s ON s.name = t.name \
             WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%' \
             AND (t.type = 'table' OR (t.type = 'virtual' AND s.sql LIKE '%USING fts5vocab%')) ORDER BY 1",
        )?;
        let names = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))?;
        let names = names.collect::<rusqlite::Result<Vec<_>>>()?;
        let tables = names.into_iter().map(|(name, is_virtual)| table(sql, name, is_virtual));
        let height = Height::new(writer.next().saturating_sub(1));
        Ok(Digest { height, tables: tables.collect::<rusqlite::Result<_>>()? })
    })
}

fn table(sql: &Connection, name: String, is_virtual: bool) -> rusqlite::Result<TableDigest> {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut keys = sql.prepare_cached("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
    let keys = keys.query_map([&name], |row| row.get::<_, String>(0))?;
    let keys = keys.map(|key| key.map(|key| quoted(&key))).collect::<rusqlite::Result<Vec<_>>>()?;
    let order = match (keys.is_empty(), is_virtual) {
        (false, _) => keys.join(", "),
        // One row a term.
        (true, true) => "1".into(),
        (true, false) => "rowid".into(),
    };
    let mut select = sql.prepare(&format!("SELECT * FROM {} ORDER BY {order}", quoted(&name)))?;
    let columns = select.column_count();
    let mut found = select.query([])?;
    let (mut rows, mut hash, mut bytes) = (0, B256::ZERO, Vec::new());
    while let Some(row) = found.next()? {
        rows += 1;
        for column in 0..columns {
            enter(&mut bytes, row.get_ref(column)?);
        }
        if bytes.len() >= HASHED_BYTES {
            hash = keccak256([hash.as_slice(), &bytes].concat());
            bytes.clear();
        }
    }
    let hash = keccak256([hash.as_slice(), &bytes].concat());
    Ok(TableDigest { name, rows, hash })
}

/// A value, so that no two lists of values give the same bytes.
fn enter(bytes: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut sized = |kind: u8, content: &[u8]| {
        bytes.push(kind);
        bytes.extend_from_slice(&(content.len() as u64).to_be_bytes());
        bytes.extend_from_slice(content);
    };
    match value {
        ValueRef::Null => sized(0, &[]),
        ValueRef::Integer(number) => sized(1, &number.to_be_bytes()),
        ValueRef::Real(number) => sized(2, &number.to_be_bytes()),
        ValueRef::Text(text) => sized(3, text),
        ValueRef::Blob(blob) => sized(4, blob),
    }
}
