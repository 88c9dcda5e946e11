//! A7 in the sources: below the doors only the listed files speak of serde.

use super::{DOORS, PREFIX, Table};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What gives a JSON shape away, in code or in a derive.
const WORDS: [&str; 3] = ["serde", "Serialize", "Deserialize"];

/// What is wrong with the sources of the crates below the doors.
pub(super) fn check(table: &Table, root: &Path) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    for (name, row) in &table.crates {
        let folder = root.join("crates").join(name.strip_prefix(PREFIX).unwrap_or(name)).join("src");
        if row.floor >= DOORS || !folder.exists() {
            continue;
        }
        let allowed: &[String] = table.serde.get(name).map_or(&[], Vec::as_slice);
        for file in allowed.iter().filter(|file| !folder.join(file).exists()) {
            findings.push(format!("[serde] names {file} of {name}, which is not there; remove it"));
        }
        for (file, text) in files(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
            if allowed.contains(&file) || is_test(&file) {
                continue;
            }
            if let Some((line, word)) = first(&text) {
                findings.push(format!(
                    "{name}/src/{file}:{line} says {word}: JSON shapes are written at the door; write the shape in rpc \
                     or ding, or add the file to [serde] with a word on why"
                ));
            }
        }
    }
    Ok(findings)
}

/// Whether a source file holds tests only.
fn is_test(file: &str) -> bool {
    file == "tests.rs"
        || file.ends_with("/tests.rs")
        || file.starts_with("tests/")
        || file.contains("/tests/")
}

/// The first line of code that speaks of serde, before the tests of the file, from 1 on.
pub(super) fn first(text: &str) -> Option<(usize, &'static str)> {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[cfg(test)]") {
            return None;
        }
        if line.starts_with("//") {
            continue;
        }
        if let Some(word) = WORDS.iter().find(|word| line.contains(**word)) {
            return Some((index + 1, word));
        }
    }
    None
}

/// Every source file below a folder: its path from there, and its text, in order.
fn files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}
