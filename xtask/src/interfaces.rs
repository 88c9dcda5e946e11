//! `interfaces`: Solidity files of the native modules, written from the modules themselves.
//!
//! With `--check` nothing is written: the chore fails if a checked-in file differs, is missing, or
//! belongs to no module.

use clap::Args;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// How to run the chore.
#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a checked-in file differs from what would be written.
    #[arg(long)]
    check: bool,
}

/// Where the files lie, from the folder of the workspace.
const FOLDER: &str = "contracts/interfaces";

/// Runs the chore and says what it did, or why it failed.
pub(crate) fn run(root: &Path, options: &Options) -> Result<String, String> {
    let folder = root.join(FOLDER);
    let want = ding_modules::interface::solidity_files();
    let differing = differing(&folder, &want).map_err(|error| format!("{}: {error}", folder.display()))?;
    if options.check {
        return match differing.as_slice() {
            [] => Ok(format!("{} interfaces in {FOLDER} are up to date", want.len())),
            names => Err(format!(
                "{FOLDER}: {} differ from the modules; run `cargo xtask interfaces`",
                names.join(", ")
            )),
        };
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in &differing {
        let path: PathBuf = folder.join(name);
        let done = match want.get(name) {
            Some(text) => fs::write(&path, text),
            None => fs::remove_file(&path),
        };
        done.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(format!("{} interfaces in {FOLDER}, {} changed", want.len(), differing.len()))
}

/// Names of files that are missing, differ, or should not be there.
fn differing(folder: &Path, want: &BTreeMap<String, String>) -> io::Result<Vec<String>> {
    let mut found = BTreeMap::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if path.extension().is_some_and(|extension| extension == "sol") {
                    found.insert(name, fs::read_to_string(&path)?);
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut names: Vec<String> =
        want.keys().filter(|name| found.get(*name) != want.get(*name)).cloned().collect();
    names.extend(found.into_keys().filter(|name| !want.contains_key(name)));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_a_changed_and_a_foreign_file_are_noticed_and_put_right() {
        let root = std::env::temp_dir().join(format!("ding-xtask-{}", std::process::id()));
        let folder = root.join(FOLDER);
        let check = Options { check: true };
        assert!(run(&root, &check).unwrap_err().contains("IEvidence.sol"));
        run(&root, &Options { check: false }).unwrap();
        run(&root, &check).unwrap();
        fs::write(folder.join("IMembers.sol"), "contract IMembers {}").unwrap();
        fs::write(folder.join("IOld.sol"), "contract IOld {}").unwrap();
        let error = run(&root, &check).unwrap_err();
        assert!(error.contains("IMembers.sol, IOld.sol"), "{error}");
        run(&root, &Options { check: false }).unwrap();
        run(&root, &check).unwrap();
        fs::remove_dir_all(&root).unwrap();
    }
}
