//! Interesting inputs, checked in: one text file per target, one input in hexadecimal per line.
//!
//! `corpus/<target>.hex` holds inputs of every size out of those that together reach all code that a
//! long run reached, and every input that ever broke something, with a `#` line before it that says
//! what.

use crate::Target;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Characters of what [`pack`] collects in one file. The folder stays below 3 MB with forty targets.
const COLLECTED_MAX: usize = 64 * 1024;

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

/// The checked-in inputs of a target.
///
/// # Errors
///
/// The file is missing or cannot be read, or a line is no hexadecimal.
pub fn read(target: &Target) -> Result<Vec<Vec<u8>>, CorpusError> {
    let path = path(target);
    let text = fs::read_to_string(&path).map_err(|error| {
        let (path, name) = (path.display(), target.name);
        CorpusError(format!("{path}: {error}; `crates/fuzz/run --pack {name}` writes it"))
    })?;
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

/// Characters of an input in a file.
const fn line(input: &[u8]) -> usize {
    input.len() * 2 + 1
}

/// Inputs that take at most `room` characters in a file: the longest that fits, and short ones of
/// every size. Sizes between one power of two and the next get equal room, as long as they have
/// something to fill it with: the smallest alone would fill the file, and they are mostly what
/// decoders refuse after a few bytes.
fn choose(mut inputs: Vec<Vec<u8>>, mut room: usize) -> Vec<Vec<u8>> {
    inputs.sort_by(|a, b| (b.len(), b).cmp(&(a.len(), a)));
    inputs.dedup();
    // Longest first, so that the last of a size is its shortest.
    let mut sizes: BTreeMap<u32, (usize, Vec<Vec<u8>>)> = BTreeMap::new();
    let mut chosen = Vec::new();
    for input in inputs {
        let Some(size) = input.len().checked_ilog2() else { continue };
        let (used, rest) = sizes.entry(size).or_default();
        if chosen.is_empty() && line(&input) <= room {
            room -= line(&input);
            *used = line(&input);
            chosen.push(input);
        } else {
            rest.push(input);
        }
    }
    // The size that has the least so far gives its next one; one without another that fits is done.
    while let Some((&size, (used, rest))) = sizes.iter_mut().min_by_key(|(_, (used, _))| *used) {
        match rest.pop().filter(|input| line(input) <= room) {
            Some(input) => {
                room -= line(&input);
                *used += line(&input);
                chosen.push(input);
            }
            None => drop(sizes.remove(&size)),
        }
    }
    chosen.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    chosen
}

/// Replaces the collected part of a target's file by some of `inputs`, of every size. The part up to
/// the line `# collected` is written by people and stays.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn pack(target: &Target, inputs: Vec<Vec<u8>>) -> Result<usize, CorpusError> {
    const MARK: &str = "# collected";
    let path = path(target);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut text = match before.find(MARK) {
        Some(end) => before.get(..end).unwrap_or_default().to_owned(),
        None => before,
    };
    text.push_str(MARK);
    text.push('\n');
    let kept = choose(inputs, COLLECTED_MAX);
    for input in &kept {
        text.push_str(&hex::encode(input));
        text.push('\n');
    }
    fs::write(&path, text).map_err(|error| CorpusError(format!("{}: {error}", path.display())))?;
    Ok(kept.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(chosen: &[Vec<u8>]) -> Vec<usize> {
        chosen.iter().map(Vec::len).collect()
    }

    /// `count` different inputs of a length.
    fn many(count: u8, length: usize) -> Vec<Vec<u8>> {
        (0..count).map(|number| vec![number; length]).collect()
    }

    #[test]
    fn everything_is_kept_where_there_is_room_once_and_in_order() {
        let inputs = vec![vec![], vec![9; 300], vec![2], vec![1], vec![9; 300], vec![5; 40]];
        let chosen = choose(inputs, 1_000);
        assert_eq!(chosen, [vec![1], vec![2], vec![5; 40], vec![9; 300]]);
    }

    #[test]
    fn the_longest_is_kept_however_many_small_ones_there_are() {
        let inputs = [many(200, 10), many(1, 400)].concat();
        let chosen = choose(inputs, 1_000);
        assert_eq!(sizes(&chosen).last(), Some(&400));
        assert!(chosen.len() > 5, "the rest of the room goes to the small ones");
        assert!(chosen.iter().map(|input| line(input)).sum::<usize>() <= 1_000);
    }

    #[test]
    fn sizes_share_the_room_and_give_their_shortest() {
        let inputs = [many(200, 8), many(200, 9), many(50, 64), many(50, 100), many(9, 600)].concat();
        let room = 6_000;
        let chosen = choose(inputs, room);
        let of = |from: usize, to: usize| -> Vec<usize> {
            sizes(&chosen).into_iter().filter(|length| (from..to).contains(length)).collect()
        };
        let used = |list: &[usize]| list.iter().map(|length| length * 2 + 1).sum::<usize>();
        let (small, middle, large) = (of(8, 16), of(64, 128), of(512, 1024));
        assert_eq!(large.len(), 2, "a third of the room, with the one that did not fit half of it");
        assert!(used(&small) > room / 4 && used(&middle) > room / 4, "{small:?} {middle:?}");
        assert!(small.iter().all(|length| *length == 8) && middle.iter().all(|length| *length == 64));
    }

    #[test]
    fn one_that_is_larger_than_the_file_keeps_no_other_out() {
        let inputs = [many(1, 10_000), many(2, 100), many(3, 5)].concat();
        assert_eq!(sizes(&choose(inputs, 1_000)), [5, 5, 5, 100, 100]);
    }

    #[test]
    fn the_same_inputs_in_another_order_give_the_same_file() {
        let inputs = [many(60, 3), many(60, 30), many(60, 31), many(3, 500)].concat();
        let mut turned = inputs.clone();
        turned.reverse();
        assert_eq!(choose(inputs, 3_000), choose(turned, 3_000));
    }
}
