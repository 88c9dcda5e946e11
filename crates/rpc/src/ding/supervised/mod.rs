//! `ding_*` questions about the supervised part, answered from the read model.
//!
//! Read in this order: `ask` (parameters of lists, cursors, who to ask), `shape` (values on the way
//! out), `event` (events by their ABI), then one file for what belongs together. Every list takes one
//! object, refuses fields it does not know by name, and answers `items`, `next` and `height`. What is
//! overdue is said as of the latest final block.

mod ask;
pub(crate) mod consortium;
mod event;
pub(crate) mod filings;
pub(crate) mod orders;
pub(crate) mod pilots;
pub(crate) mod queue;
pub(crate) mod search;
mod shape;
