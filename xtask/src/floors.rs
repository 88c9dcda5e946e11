//! `floors`: imports point down.
//!
//! Compares `floors.toml` with the manifests, as `cargo metadata` reads them. Checked for each crate
//! of the workspace, over what it ships (tests and build scripts are free):
//!
//! - it has a row, and no row is left of a crate that is gone;
//! - each import of a crate of the workspace points to a lower floor, and its row names it (A1);
//! - each third-party crate is known, and named only in its rooms (A2, A3: this keeps sockets, SQL,
//!   clocks and entropy out of the lower floors);
//! - below the doors only the listed files speak of serde (A7).
//!
//! What a crate does with the standard library is checked by clippy (`lints/`).

mod source;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path, process::Command};

/// The table, in the folder of the workspace.
const TABLE: &str = "floors.toml";
/// Start of the package names of our libraries; the table leaves it out.
const PREFIX: &str = "ding-";
/// A room that means everybody.
const EVERYBODY: &str = "*";
/// The lowest floor on which JSON shapes are at home (A7).
const DOORS: u8 = 5;

/// `floors.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Table {
    /// Our crates, by name without prefix.
    crates: BTreeMap<String, Row>,
    /// Third-party crates, and which of ours may name them.
    third_party: BTreeMap<String, Vec<String>>,
    /// Files below the doors that may speak of serde, by crate.
    serde: BTreeMap<String, Vec<String>>,
}

/// Where one of our crates lives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    floor: u8,
    may: Vec<String>,
}

/// One of our crates as its manifest has it: name without prefix, shipped dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    name: String,
    imports: Vec<Import>,
}

/// A dependency on a crate of this workspace, or on one of others.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Import {
    Ours(String),
    ThirdParty(String),
}

/// Runs the chore and says what it checked, or every finding.
pub(crate) fn run(root: &Path) -> Result<String, String> {
    let path = root.join(TABLE);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let table: Table = toml::from_str(&text).map_err(|error| format!("{TABLE}: {error}"))?;
    let manifests = metadata(root)?;
    let packages = packages(&manifests)?;
    let mut findings = check(&table, &packages);
    findings.extend(source::check(&table, root)?);
    if findings.is_empty() {
        let imports: usize = packages.iter().map(|package| package.imports.len()).sum();
        return Ok(format!("{} crates, {imports} imports: all as {TABLE} has them", packages.len()));
    }
    Err(format!("{}\n{} findings against {TABLE}", findings.join("\n"), findings.len()))
}

/// What is wrong with the imports, in order of crates; each with what to do.
fn check(table: &Table, packages: &[Package]) -> Vec<String> {
    let mut findings = check_table(table, packages);
    for package in packages {
        let name = &package.name;
        let Some(row) = table.crates.get(name) else {
            findings.push(format!(
                "{name} has no row; add [crates.{name}] with its floor and what it may import"
            ));
            continue;
        };
        for import in &package.imports {
            findings.extend(match import {
                Import::Ours(other) => check_ours(table, name, row, other),
                Import::ThirdParty(other) => check_third_party(table, name, other),
            });
        }
    }
    findings
}

/// The table itself: it names only crates that exist.
fn check_table(table: &Table, packages: &[Package]) -> Vec<String> {
    let known = |name: &String| packages.iter().any(|package| package.name == *name);
    let mut findings = Vec::new();
    for (name, row) in &table.crates {
        if !known(name) {
            findings.push(format!("[crates.{name}] has no crate any more; remove the row"));
        }
        for other in row.may.iter().filter(|other| !table.crates.contains_key(*other)) {
            findings.push(format!("[crates.{name}] may import {other}, which has no row; correct the name"));
        }
    }
    for (name, rooms) in &table.third_party {
        for room in rooms.iter().filter(|room| *room != EVERYBODY && !table.crates.contains_key(*room)) {
            findings.push(format!(
                "[third-party] {name} names the room {room}, which has no row; correct the name"
            ));
        }
    }
    for name in table.serde.keys().filter(|name| !table.crates.contains_key(*name)) {
        findings.push(format!("[serde] names {name}, which has no row; correct the name"));
    }
    findings
}

/// An import of one of our own crates.
fn check_ours(table: &Table, name: &str, row: &Row, other: &String) -> Option<String> {
    // A crate without a row is a finding of its own.
    let below = table.crates.get(other)?.floor;
    let floor = row.floor;
    if below > floor {
        return Some(format!(
            "{name} (floor {floor}) imports {other} (floor {below}): imports point down; move what both need \
             to a lower floor, or let {other} hand it in"
        ));
    }
    if below == floor {
        return Some(format!(
            "{name} imports {other}, its neighbour on floor {floor}: neighbours do not know each other; move what \
             both need to a lower floor"
        ));
    }
    if !row.may.contains(other) {
        return Some(format!(
            "{name} imports {other}, which its row does not name; ask a crate it may import, or add {other} to \
             [crates.{name}] with a word on why"
        ));
    }
    None
}

/// An import of a crate of others.
fn check_third_party(table: &Table, name: &str, other: &str) -> Option<String> {
    let Some(rooms) = table.third_party.get(other) else {
        return Some(format!(
            "{name} imports {other}, which [third-party] does not know; add it with its rooms, and say in the commit \
             why it is needed, its licence and its keeper"
        ));
    };
    if rooms.iter().any(|room| room == EVERYBODY || room == name) {
        return None;
    }
    Some(format!(
        "{name} imports {other}, whose rooms are {}; go through one of them, or add the room to [third-party] with a \
         word on why",
        rooms.join(", ")
    ))
}

/// The part of `cargo metadata` that is read here.
#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Manifest>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// Nothing for what is shipped, else `dev` or `build`.
    kind: Option<String>,
}

/// Asks cargo for the manifests of the workspace; needs no network.
fn metadata(root: &Path) -> Result<Vec<u8>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Our crates, by name, each with what it ships; an import that is named twice counts once.
fn packages(metadata: &[u8]) -> Result<Vec<Package>, String> {
    let metadata: Metadata =
        serde_json::from_slice(metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    let ours: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let short = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let mut packages: Vec<Package> = metadata
        .packages
        .iter()
        .map(|package| {
            let mut names: Vec<&str> = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind.is_none())
                .map(|dependency| dependency.name.as_str())
                .collect();
            names.sort_unstable();
            names.dedup();
            let import = |name: &str| match ours.contains(&name) {
                true => Import::Ours(short(name)),
                false => Import::ThirdParty(name.to_owned()),
            };
            Package { name: short(&package.name), imports: names.into_iter().map(import).collect() }
        })
        .collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}
