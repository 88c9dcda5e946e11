//! Tests that docs/TESTING.md names as proofs: each of them is there.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// Tables whose words in code type are tests, and the section of each.
const SECTIONS: [&str; 2] = ["## Issues we do not have", "## Rules of the supervised part"];
/// Folders with tests.
const SOURCES: [&str; 4] = ["crates", "xtask", "lints", "tests"];

/// What users of other ledgers reported, of all that concerns what there is here: each is in a row.
const REPORTED: [&str; 56] = [
    "FISCO-BCOS#4417",
    "#5034",
    "Iroha#5126",
    "Iroha#3166",
    "besu#7642",
    "#6613",
    "#6732",
    "#8307",
    "FISCO-BCOS#4123",
    "FISCO-BCOS#2211",
    "fabric#5076",
    "#4438",
    "#4545",
    "#4154",
    "SmartBFT-Go/fabric#279",
    "arc-node |",
    "ChainMaker v2.3.0",
    "v2.3.2; tempo#1020",
    "ChainMaker v2.3.2 |",
    "ChainMaker v2.3.3 |",
    "FISCO-BCOS#3671",
    "tempo#527",
    "arc-node#25",
    "Tempo, Arc",
    "FISCO-BCOS#3876",
    "deleted: ChainMaker v2.3.7",
    "fabric#3238",
    "#4875",
    "#5174",
    "real one: ChainMaker v2.3.7",
    "ChainMaker v2.3.8",
    "power loss: ChainMaker v2.3.2",
    "tempo#1012",
    "constantinople",
    "tempo-apps#471",
    "FISCO-BCOS#3600",
    "#3544",
    "#3617",
    "besu#10499",
    "splice#5825",
    "WeBASE-Web#536",
    "WeCross#627",
    "fabric-samples#1256",
    "#1259",
    "; arc-node;",
    "; Fabric",
    "FISCO-BCOS#3472",
    "#1860",
    "blockscout#7300",
    "blockchain-explorer#511",
    "#512",
    "besu#5757",
    "Iroha#5330",
    "slow subscriber",
    "Memory grows",
    "File handles leak",
];

/// A row of a table: its first cell, and the tests that it names.
fn rows(text: &str, section: &str) -> Vec<(String, Vec<String>)> {
    let behind = text.split_once(section).map_or("", |(_, behind)| behind);
    let part = behind.split("\n## ").next().unwrap_or_default();
    let cells = part.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    cells.map(|(first, rest)| (first.to_owned(), tests(rest))).collect()
}

/// Words in code type that read like the name of a test: at least three words.
fn tests(cell: &str) -> Vec<String> {
    let spans = cell.split('`').skip(1).step_by(2);
    let is_name = |span: &&str| {
        span.matches('_').count() >= 2
            && span.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
    };
    spans.filter(is_name).map(str::to_owned).collect()
}

/// Names of the functions in a source file that a test attribute, or Python's unittest, runs. Where a
/// macro writes the tests (`fn $name`), those are its `key => name,`.
fn functions(text: &str, python: bool, into: &mut BTreeSet<String>) {
    let mut marked = python;
    let by_macro = text.contains("fn $");
    for line in text.lines().map(str::trim_start) {
        if by_macro && let Some((_, name)) = line.strip_suffix(',').and_then(|line| line.split_once(" => ")) {
            into.insert(name.to_owned());
        }
        let rust = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
        let code = if python { line.strip_prefix("def ") } else { rust };
        if let Some((name, _)) = code.and_then(|code| code.split_once('(')).filter(|_| marked) {
            into.insert(name.to_owned());
        }
        let attribute = line.starts_with("#[") || line.starts_with("///");
        marked = python || (line.starts_with("#[") && line.contains("test")) || (marked && attribute);
    }
}

fn every_test(root: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<PathBuf> = SOURCES.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            match extension.as_str() {
                _ if path.is_dir() && path.ends_with("target") => {}
                _ if path.is_dir() => waiting.push(path),
                "rs" | "py" => functions(&fs::read_to_string(&path)?, extension == "py", &mut found),
                _ => {}
            }
        }
    }
    Ok(found)
}

#[test]
fn every_test_that_the_documentation_names_is_there() {
    let root = crate::root();
    let text = fs::read_to_string(root.join("docs/TESTING.md")).unwrap();
    let there = every_test(&root).unwrap();
    for section in SECTIONS {
        let rows = rows(&text, section);
        assert!(rows.len() > 20, "{section} has lost its table: {} rows", rows.len());
        for (row, tests) in rows {
            for test in tests {
                assert!(there.contains(&test), "{section}, row {row:?}: there is no test {test}");
            }
        }
    }
}

#[test]
fn every_rule_of_the_supervised_part_has_a_test() {
    let text = fs::read_to_string(crate::root().join("docs/TESTING.md")).unwrap();
    let rows = rows(&text, SECTIONS[1]);
    for (row, tests) in rows.iter().filter(|(row, _)| row != "Rule" && !row.starts_with("---")) {
        assert!(!tests.is_empty(), "{row:?} names no test");
    }
    // What the tables of the domain reference have: articles, refusals and traps by number.
    let articles =
        (5..=18).chain([23]).filter(|article| *article != 11).map(|article| format!("art. {article} "));
    let parts = ["art. 11(1) ", "art. 11(2) ", "art. 11(3) ", "arts. 19 to 22"].map(str::to_owned);
    let traps = [1].into_iter().chain(6..=15).map(|trap| format!("trap {trap}: "));
    for start in articles.chain(parts).chain(traps) {
        assert!(rows.iter().any(|(row, _)| row.starts_with(&start)), "no row begins with {start:?}");
    }
}

#[test]
fn every_issue_of_other_ledgers_that_concerns_this_one_has_a_row() {
    let text = fs::read_to_string(crate::root().join("docs/TESTING.md")).unwrap();
    let rows = rows(&text, SECTIONS[0]);
    for reported in REPORTED {
        let there = rows.iter().any(|(row, _)| format!("{row} |").contains(reported));
        assert!(there, "no row names {reported:?}");
    }
}

#[test]
fn a_name_counts_only_where_something_runs_it() {
    let mut found = BTreeSet::new();
    let source = "#[test]\nfn it_is_one() {\n}\nfn it_is_none() {}\n#[tokio::test]\n/// Why.\nasync fn it_is_another() {}\n";
    functions(source, false, &mut found);
    functions(
        "macro_rules! m { () => { #[test] fn $x() } }\nm! {\n    a => it_is_of_a_macro,\n}\n",
        false,
        &mut found,
    );
    functions("class T:\n    def test_it_is_python(self):\n", true, &mut found);
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["it_is_another", "it_is_of_a_macro", "it_is_one", "test_it_is_python"]
    );
    assert_eq!(tests("`a_b_c`, `A_b_c`, `a_b`; `d_e_f`: see `x/a_b_c`"), ["a_b_c", "d_e_f"]);
}
