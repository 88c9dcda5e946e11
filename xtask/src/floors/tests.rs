//! Made-up houses, sound and broken.

use super::*;

const HOUSE: &str = r#"
[crates.top]
floor = 2
may = ["left", "base"]
[crates.left]
floor = 1
may = ["base"]
[crates.right]
floor = 1
may = []
[crates.base]
floor = 0
may = []
[third-party]
common = ["*"]
sql = ["right"]
[serde]
base = ["genesis.rs"]
"#;

fn table(text: &str) -> Table {
    toml::from_str(text).unwrap()
}

/// `cargo metadata` of crates given as `name: dependency dependency[dev] …`.
fn manifests(crates: &[&str]) -> Vec<Package> {
    let crates: Vec<serde_json::Value> = crates
        .iter()
        .map(|line| {
            let (name, dependencies) = line.split_once(':').unwrap();
            let dependencies: Vec<_> = dependencies
                .split_whitespace()
                .map(|word| {
                    let (name, kind) = word.split_once('[').unwrap_or((word, ""));
                    let kind = kind.strip_suffix(']');
                    serde_json::json!({ "name": name, "kind": kind, "req": "*", "optional": false })
                })
                .collect();
            serde_json::json!({ "name": name, "dependencies": dependencies })
        })
        .collect();
    packages(&serde_json::to_vec(&serde_json::json!({ "packages": crates })).unwrap()).unwrap()
}

/// The findings in a house whose crates import this.
fn findings(crates: &[&str]) -> Vec<String> {
    check(&table(HOUSE), &manifests(crates))
}

/// The one finding, which must hold each of the words.
fn finds(crates: &[&str], words: &[&str]) {
    let findings = findings(crates);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    for word in words {
        assert!(findings[0].contains(word), "{word:?} is missing in {:?}", findings[0]);
    }
}

const SOUND: [&str; 4] = [
    "top: ding-left ding-base common",
    "ding-left: ding-base common",
    "ding-right: sql common",
    "ding-base: common",
];

/// The sound house with one crate replaced.
fn with(line: &str) -> Vec<&str> {
    let name = line.split_once(':').unwrap().0;
    SOUND.iter().map(|old| if old.starts_with(&format!("{name}:")) { line } else { old }).collect()
}

#[test]
fn a_house_as_drawn_has_no_findings() {
    assert_eq!(findings(&SOUND), Vec::<String>::new());
}

#[test]
fn an_import_that_points_up_is_found() {
    finds(&with("ding-base: top"), &["base (floor 0) imports top (floor 2)", "imports point down", "move"]);
}

#[test]
fn an_import_of_a_neighbour_is_found() {
    finds(&with("ding-left: ding-right"), &["left imports right", "neighbour on floor 1", "move"]);
}

#[test]
fn an_import_down_that_the_row_does_not_name_is_found() {
    finds(&with("ding-right: ding-base"), &["right imports base", "add base to [crates.right]"]);
}

#[test]
fn a_third_party_crate_outside_its_room_is_found() {
    finds(&with("ding-base: sql"), &["base imports sql", "rooms are right"]);
}

#[test]
fn a_third_party_crate_that_nobody_vouched_for_is_found() {
    finds(&with("ding-left: leftpad"), &["left imports leftpad", "add it with its rooms", "licence"]);
}

#[test]
fn what_only_tests_and_build_scripts_import_is_free() {
    assert_eq!(findings(&with("ding-base: top[dev] leftpad[dev] sql[build]")), Vec::<String>::new());
}

#[test]
fn an_import_is_found_once_however_often_it_is_named() {
    finds(&with("ding-base: sql sql sql[dev]"), &["base imports sql"]);
}

#[test]
fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
    let mut crates = SOUND.to_vec();
    crates.push("ding-new: ding-base");
    finds(&crates, &["new has no row", "[crates.new]"]);
    let crates: Vec<&str> = SOUND.into_iter().filter(|line| !line.starts_with("ding-right")).collect();
    finds(&crates, &["[crates.right] has no crate any more", "remove the row"]);
}

#[test]
fn names_that_lead_nowhere_are_found_in_every_part_of_the_table() {
    let text = HOUSE.replace(r#"may = ["base"]"#, r#"may = ["base", "cellar"]"#);
    let text = text.replace(r#"sql = ["right"]"#, r#"sql = ["right", "attic"]"#);
    let text = text.replace("[serde]", "[serde]\nshed = []");
    let findings = check(&table(&text), &manifests(&SOUND));
    for (finding, word) in findings.iter().zip(["may import cellar", "the room attic", "names shed"]) {
        assert!(finding.contains(word), "{findings:#?}");
    }
    assert_eq!(findings.len(), 3, "{findings:#?}");
}

#[test]
fn a_table_with_a_word_it_does_not_have_is_refused() {
    let error = toml::from_str::<Table>(&HOUSE.replace("floor = 2", "floor = 2\nlift = true")).unwrap_err();
    assert!(error.to_string().contains("lift"), "{error}");
}

#[test]
fn serde_below_the_doors_is_found_in_code_but_not_in_comments_or_tests() {
    assert_eq!(source::first("use std::fmt;\nuse serde::Serialize;\n"), Some((2, "serde")));
    assert_eq!(source::first("#[derive(Debug, Deserialize)]\n"), Some((1, "Deserialize")));
    assert_eq!(source::first("// serde is for the doors\n/// Serialize\nfn f() {}\n"), None);
    assert_eq!(source::first("fn f() {}\n#[cfg(test)]\nmod tests {\n    use serde_json::json;\n}\n"), None);
}

#[test]
fn a_file_that_speaks_of_serde_is_found_unless_it_is_listed_or_holds_tests() {
    let root = std::env::temp_dir().join(format!("ding-floors-{}", std::process::id()));
    let src = root.join("crates/base/src");
    fs::create_dir_all(src.join("inner")).unwrap();
    let shape = "#[derive(serde::Serialize)]\nstruct Shape;\n";
    for file in ["genesis.rs", "shape.rs", "inner/tests.rs"] {
        fs::write(src.join(file), shape).unwrap();
    }
    let found = source::check(&table(HOUSE), &root).unwrap();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with("base/src/shape.rs:1 says serde") && found[0].contains("at the door"),
        "{found:#?}"
    );
    fs::remove_file(src.join("genesis.rs")).unwrap();
    let found = source::check(&table(HOUSE), &root).unwrap();
    assert!(
        found.iter().any(|finding| finding.contains("genesis.rs of base, which is not there")),
        "{found:#?}"
    );
    fs::remove_dir_all(&root).unwrap();
}

#[test]
fn this_workspace_stands_as_its_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let told = run(root).unwrap();
    assert!(told.contains("all as floors.toml has them"), "{told}");
}
