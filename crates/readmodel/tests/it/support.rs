//! A folder for one test, and looks into the file from outside.

use crate::chain::{GENESIS, spec};
use ding_primitives::Height;
use ding_readmodel::{Config, ReadModel, State, Status};
use rusqlite::{Connection, types::Value};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

pub(crate) fn config() -> Config {
    Config { genesis_hash: GENESIS, spec: spec() }
}

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A folder that goes away with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("ding-readmodel-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("readmodel.sqlite")
    }

    pub(crate) fn open(&self) -> ReadModel {
        ReadModel::open(self.file(), config()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn reached(model: &ReadModel, height: u64) {
    assert!(model.query().wait_for(Height::new(height), LONG), "{:?}", model.status());
    assert_eq!(model.status().height, Some(Height::new(height)));
}

pub(crate) fn until(model: &ReadModel, wanted: impl Fn(&Status) -> bool) -> Status {
    let begin = Instant::now();
    loop {
        let status = model.status();
        if wanted(&status) {
            return status;
        }
        assert!(begin.elapsed() < LONG, "{status:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn stalled(model: &ReadModel) -> String {
    match until(model, |status| matches!(status.state, State::Stalled(_))).state {
        State::Stalled(why) => why,
        other => panic!("{other:?}"),
    }
}

/// Every row of every table.
pub(crate) fn dump(file: &Path) -> Vec<(String, Vec<Vec<Value>>)> {
    let sql = Connection::open(file).unwrap();
    // How the search index lies in its own tables depends on when it was written; what it finds does not.
    let check = "INSERT INTO supervision_search (supervision_search, rank) VALUES ('integrity-check', 1)";
    sql.execute_batch(check).expect("the search index holds what the names say");
    let mut names = sql
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') \
         AND name NOT LIKE 'sqlite%' ORDER BY 1",
        )
        .unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names.into_iter().map(|name| (name.clone(), rows(&sql, &name))).collect()
}

fn rows(sql: &Connection, table: &str) -> Vec<Vec<Value>> {
    let mut select = sql.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}
