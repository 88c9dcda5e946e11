//! The bytes of every format are those checked in.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use ding_fuzz::{
    formats::{self, Format},
    stories,
};
use ding_primitives::keccak256;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// Bytes of a line of a fixture.
const LINE: usize = 48;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn text(bytes: &[u8]) -> String {
    bytes.chunks(LINE).map(|line| format!("{}\n", hex::encode(line))).collect()
}

fn file(name: &str) -> PathBuf {
    folder().join(format!("{name}.hex"))
}

fn entry(format: &Format) -> Value {
    json!({
        "constant": format.constant,
        "version": format.version,
        "bytes": format.bytes.len(),
        "keccak256": keccak256(&format.bytes),
    })
}

fn index() -> BTreeMap<String, Value> {
    let text = fs::read_to_string(folder().join("index.json")).unwrap_or_else(|_| "{}".into());
    serde_json::from_str(&text).unwrap()
}

/// What keeps a changed format from being written: its version is that of the old bytes.
fn not_raised(recorded: &BTreeMap<String, Value>, formats: &[Format]) -> Vec<String> {
    let changed = formats.iter().filter_map(|format| {
        let before = recorded.get(&format.name)?;
        let same_version = before["version"] == json!(format.version);
        (same_version && *before != entry(format))
            .then(|| format!("{} changed, and {} is still {}", format.name, format.constant, format.version))
    });
    let gone = recorded.keys().filter(|name| formats.iter().all(|format| format.name != **name));
    changed.chain(gone.map(|name| format!("{name} is gone; delete its file and line by hand"))).collect()
}

fn write(formats: &[Format]) {
    let refused = not_raised(&index(), formats);
    assert!(refused.is_empty(), "raise the version with the format:\n{}", refused.join("\n"));
    fs::create_dir_all(folder()).unwrap();
    for format in formats {
        fs::write(file(&format.name), text(&format.bytes)).unwrap();
    }
    let entries: BTreeMap<&str, Value> = formats.iter().map(|f| (f.name.as_str(), entry(f))).collect();
    fs::write(folder().join("index.json"), serde_json::to_string_pretty(&entries).unwrap() + "\n").unwrap();
}

#[test]
fn every_format_has_the_bytes_that_are_checked_in() {
    let regenerate = std::env::var_os("DING_REGENERATE").is_some();
    if regenerate {
        stories::renew().unwrap();
    }
    let formats = formats::all();
    let names: BTreeSet<&str> = formats.iter().map(|format| format.name.as_str()).collect();
    assert_eq!(names.len(), formats.len(), "two formats have one name");
    if regenerate {
        write(&formats);
    }
    let recorded = index();
    let mut changed = Vec::new();
    for format in &formats {
        let Some(before) = recorded.get(&format.name) else {
            panic!("{} is new: DING_REGENERATE=1 cargo test -p ding-fuzz --test formats", format.name)
        };
        let (now, found) = (text(&format.bytes), fs::read_to_string(file(&format.name)).unwrap());
        if now != found {
            let same = now.lines().zip(found.lines()).take_while(|(now, found)| now == found).count();
            let Format { name, constant, version, .. } = format;
            changed.push(format!("{name}, from line {} on: raise {constant} (now {version})", same + 1));
        } else {
            assert_eq!(&entry(format), before, "{}", format.name);
        }
    }
    assert!(
        changed.is_empty(),
        "these formats changed:\n{}\nIf that is meant: raise the constants and run \
         DING_REGENERATE=1 cargo test -p ding-fuzz --test formats",
        changed.join("\n")
    );
    assert_eq!(recorded.len(), formats.len(), "fixtures of formats that are gone");
    let files = fs::read_dir(folder())
        .unwrap()
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "hex"));
    assert_eq!(files.count(), formats.len(), "files of formats that are gone");
}

#[test]
fn a_changed_format_is_written_only_under_a_raised_version() {
    let format = |version, byte| Format { name: "x".into(), constant: "X", version, bytes: vec![byte] };
    let recorded = BTreeMap::from([("x".to_owned(), entry(&format(1, 0)))]);
    assert!(not_raised(&recorded, &[format(1, 0)]).is_empty());
    assert!(not_raised(&recorded, &[format(2, 7)]).is_empty());
    assert_eq!(not_raised(&recorded, &[format(1, 7)]), ["x changed, and X is still 1"]);
    assert!(not_raised(&recorded, &[])[0].contains("gone"));
}
