//! Bytes of strangers against every decoder and every door.
//!
//! A [`Target`] is a plain function from bytes to nothing that panics when a property is broken:
//! what decodes is encoded back to the same bytes, what is proven is true, what a module answers is
//! what a small model answers, and nothing panics, takes a second, or takes more memory than the
//! target may.
//!
//! Read in this order: [`Target`], [`targets`] (one file per family), [`samples`] (valid things to
//! start from), [`stories`] (what modules keep), [`corpus`] (interesting inputs, checked in), [`mutate`] (the short run's own
//! mutations), [`measure`] (time and memory of one input).
//!
//! The same functions run twice: on a fixed number of inputs from a fixed seed in `cargo test`, and for
//! as long as one likes under libFuzzer, guided by coverage (`crates/fuzz/run`).

pub mod corpus;
pub mod feed;
pub mod formats;
pub mod measure;
pub mod mutate;
pub mod samples;
pub mod stories;
pub mod targets;

pub use targets::{TARGETS, by_name};

/// One door or decoder.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, as the command line and the corpus have it.
    pub name: &'static str,
    /// What is tried, in a few words.
    pub about: &'static str,
    /// Tries one input. Panics if a property is broken.
    pub run: fn(&[u8]),
    /// Valid inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Bytes of the longest input that is tried.
    pub bytes_max: usize,
    /// Bytes that one input may allocate at once, over what was allocated before.
    pub memory_max: usize,
    /// Mutated inputs of the short run: so many that it takes a second or two on a quiet core.
    pub short: u32,
}

impl core::fmt::Debug for Target {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Target").field(&self.name).finish()
    }
}
