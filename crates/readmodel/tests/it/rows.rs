//! Rows as the release with this version of their view left them.
//!
//! `fixtures/rows-VIEW.txt` has every row of a view's tables after one chain, with the keys of its
//! look-up tables. A row or key that is made otherwise under the same version would stand beside those
//! of an older release, and nobody would derive them again: raise the version of the view, then
//! `DING_REGENERATE=1 cargo test -p ding-readmodel rows`. While version and chain stay, that refuses.

use crate::{
    chain::{RandomChain, Shelf, block, receipt},
    story::Story,
    support::{Folder, dump, reached},
};
use alloy_primitives::TxKind;
use ding_modules::filing::state::ADDRESS;
use ding_primitives::{B256, Bytes, Log, keccak256};
use rusqlite::types::Value;
use std::{fs, path::PathBuf};

/// A few blocks of anything, deposits, then the whole story, a transaction a block.
fn chain() -> RandomChain {
    let mut chain = RandomChain::of(1, 5);
    for _ in 0..3 {
        let logs = (0..8).map(|_| chain.evidence()).collect();
        tell(&mut chain, logs);
    }
    Story::whole().logs().into_iter().for_each(|logs| tell(&mut chain, logs));
    chain
}

fn tell(chain: &mut RandomChain, logs: Vec<Log>) {
    let transaction = chain.dice.transaction(TxKind::Call(ADDRESS), Bytes::new());
    let salt = chain.dice.roll();
    chain.blocks.push(block(Some(chain.head()), salt, vec![transaction], vec![receipt(logs)]));
}

fn path(view: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/rows-{view}.txt"))
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Blob(bytes) => format!("x{}", alloy_primitives::hex::encode(bytes)),
    }
}

/// The tables of a view, and those that SQLite keeps for it.
fn text(view: &str, version: u64, of: B256, tables: &[(String, Vec<Vec<Value>>)]) -> String {
    let mut text = format!("version {version}\nchain {of}\n");
    let own =
        |name: &str| name.strip_prefix(view).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    for (name, rows) in tables.iter().filter(|(name, _)| own(name)) {
        text.push_str(&format!("table {name}\n"));
        for row in rows {
            let row: Vec<String> = row.iter().map(show).collect();
            text.push_str(&format!("{}\n", row.join(" ")));
        }
    }
    text
}

/// Whether rows may be written over these: they are of another version, or of another chain.
fn is_old(found: &str, now: &str) -> bool {
    found.lines().take(2).ne(now.lines().take(2))
}

#[test]
fn rows_of_every_view_are_those_of_its_version() {
    let chain = chain();
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, chain.head().header.height.get());
    drop(model);
    let tables = dump(&folder.file());
    // The logs of a block are not in its header here.
    let logs: Vec<u8> =
        chain.blocks.iter().flat_map(|block| format!("{:?}", block.receipts).into_bytes()).collect();
    let of = keccak256([chain.head().header.hash().as_slice(), keccak256(logs).as_slice()].concat());
    let empty: Vec<&str> =
        tables.iter().filter(|(_, rows)| rows.is_empty()).map(|(name, _)| &**name).collect();
    assert!(empty.is_empty(), "tables without a row to fix: {empty:?}");
    let views: Vec<_> = ding_readmodel::layout().into_iter().filter(|layout| layout.name != "file").collect();
    assert_eq!(views.len(), 5, "a view more: its rows are fixed here too");
    for view in views {
        let (path, now) = (path(view.name), text(view.name, view.version, of, &tables));
        let found = fs::read_to_string(&path).unwrap_or_default();
        if std::env::var_os("DING_REGENERATE").is_some() && is_old(&found, &now) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, now).unwrap();
            continue;
        }
        let first = found.lines().zip(now.lines()).enumerate().find(|(_, (old, new))| old != new);
        assert!(
            found == now,
            "{} is not what {} of version {} makes now, from here on: {first:#?}. If that is meant: raise \
             the version, then DING_REGENERATE=1 cargo test -p ding-readmodel rows",
            path.display(),
            view.name,
            view.version
        );
    }
}

#[test]
fn rows_are_written_anew_only_for_another_version_or_chain() {
    let [one, other] = [B256::repeat_byte(1), B256::repeat_byte(2)];
    let rows = |number| vec![("logs".to_owned(), vec![vec![Value::Integer(number)]])];
    let found = text("logs", 1, one, &rows(7));
    assert!(is_old("", &found));
    assert!(!is_old(&found, &text("logs", 1, one, &rows(8))));
    assert!(is_old(&found, &text("logs", 2, one, &rows(8))));
    assert!(is_old(&found, &text("logs", 1, other, &rows(8))));
    let foreign = vec![("logsheet".to_owned(), vec![vec![Value::Null]])];
    assert_eq!(text("logs", 1, one, &foreign).lines().count(), 2, "only tables of the view");
}
