//! Rows as types: a record names, for each of its fields, the SQL that it comes from.

use ding_modules::calendar::Day;
use ding_primitives::{Address, B256};
use rusqlite::Row;

/// A type that one column holds.
pub(super) trait Column: Sized {
    /// Reads it.
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self>;
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
                row.get(column)
            }
        }
    )*};
}

plain!(u8, u16, u32, i64, bool, String, Vec<u8>);

impl Column for u64 {
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        crate::views::number(row, column)
    }
}

impl Column for Address {
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        crate::views::address(row, column)
    }
}

impl Column for B256 {
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        crate::views::b256(row, column)
    }
}

impl Column for Day {
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        row.get(column).map(Self::new)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        if row.get_ref(column)? == rusqlite::types::ValueRef::Null {
            return Ok(None);
        }
        T::read(row, column).map(Some)
    }
}

/// A type that one row holds.
pub(super) trait Record: Sized {
    /// What to select.
    const COLUMNS: &'static str;
    /// Reads it.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// Defines a record: public fields, each with the SQL expression that it comes from.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $sql:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl $crate::supervised::record::Record for $name {
            const COLUMNS: &'static str = concat!($($sql, ", ",)* "0");

            fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                let mut columns = 0usize..;
                let mut next = || columns.next().unwrap_or_default();
                Ok(Self { $($field: $crate::supervised::record::Column::read(row, next())?,)* })
            }
        }
    };
}
