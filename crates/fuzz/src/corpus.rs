//! Interesting inputs, checked in: one text file per target, one input in hexadecimal per line.
//!
//! `corpus/<target>.hex` holds the smallest inputs that together reach all code that a long run
//! reached, and every input that ever broke something, with a `#` line before it that says what.

use crate::Target;
use std::{fs, io, path::PathBuf};

/// Bytes of one file that [`pack`] writes.
const FILE_BYTES_MAX: usize = 24 * 1024;

/// A corpus file that cannot be used.
#[derive(Debug)]
pub struct CorpusError(String);

impl core::fmt::Display for CorpusError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CorpusError {}

/// Where a target's file is.
pub fn path(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(format!("{}.hex", target.name))
}

/// The checked-in inputs of a target; none if there is no file.
///
/// # Errors
///
/// The file cannot be read, or a line is no hexadecimal.
pub fn read(target: &Target) -> Result<Vec<Vec<u8>>, CorpusError> {
    let path = path(target);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CorpusError(format!("{}: {error}", path.display()))),
    };
    let mut inputs = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let input = hex::decode(line)
            .map_err(|error| CorpusError(format!("{}:{}: {error}", path.display(), number + 1)))?;
        inputs.push(input);
    }
    Ok(inputs)
}

/// Replaces the collected part of a target's file by the smallest of `inputs` that fit it. The part
/// up to the line `# collected` is written by people and stays.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn pack(target: &Target, mut inputs: Vec<Vec<u8>>) -> Result<usize, CorpusError> {
    const MARK: &str = "# collected";
    let path = path(target);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut text = match before.find(MARK) {
        Some(end) => before.get(..end).unwrap_or_default().to_owned(),
        None => before,
    };
    text.push_str(MARK);
    text.push('\n');
    inputs.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    inputs.dedup();
    let mut kept = 0;
    for input in inputs.iter().filter(|input| !input.is_empty()) {
        if text.len() + input.len() * 2 >= FILE_BYTES_MAX {
            break;
        }
        text.push_str(&hex::encode(input));
        text.push('\n');
        kept += 1;
    }
    fs::write(&path, text).map_err(|error| CorpusError(format!("{}: {error}", path.display())))?;
    Ok(kept)
}
