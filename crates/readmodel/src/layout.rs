//! What is in the file, for those who watch that it does not change unnoticed.

use crate::{file, views::VIEWS};

/// Tables that change together, under one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// "file", or the name of a view.
    pub name: &'static str,
    /// Rows of another version are derived again.
    pub version: u64,
    /// The tables in SQL.
    pub schema: &'static str,
}

/// Everything a file holds.
pub fn layout() -> Vec<Layout> {
    let file =
        Layout { name: "file", version: file::FILE_VERSION.unsigned_abs().into(), schema: file::SCHEMA };
    let view = |view: &&'static dyn crate::views::View| Layout {
        name: view.name(),
        version: view.version().into(),
        schema: view.schema(),
    };
    core::iter::once(file).chain(VIEWS.iter().map(view)).collect()
}
