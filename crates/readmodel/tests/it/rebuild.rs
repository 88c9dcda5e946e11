//! Rows are a function of the final blocks, whatever way they came.

use crate::{
    chain::{RandomChain, Shelf},
    story::Story,
    support::{Folder, config, dump, reached},
};
use ding_primitives::{Height, ports::FinalizedSink as _};
use ding_readmodel::{ReadModel, RebuildError};
use rusqlite::Connection;

#[test]
fn rows_are_the_same_block_by_block_caught_up_restarted_and_rebuilt() {
    for seed in 1..4 {
        let mut chain = RandomChain::new(seed);
        chain.script = Story::whole().logs().into();
        assert!(chain.script.len() > 30, "the story is long enough");
        (0..120).for_each(|_| chain.grow());
        assert!(chain.script.is_empty(), "the whole story is in the blocks");
        let head = chain.head().header.height.get();

        let (single, restarted, caught_up) = (Folder::new(), Folder::new(), Folder::new());
        let model = single.open();
        let shelf = Shelf::of(&chain.blocks[..1]);
        model.start(shelf.clone()).unwrap();
        for block in &chain.blocks[1..] {
            shelf.push(block.clone());
            model.finalized(block);
            reached(&model, block.header.height.get());
        }
        drop(model);

        for end in [2, 3, 40, 41, 97, chain.blocks.len()] {
            let model = restarted.open();
            model.start(Shelf::of(&chain.blocks[..end])).unwrap();
            reached(&model, end as u64 - 1);
        }

        let model = caught_up.open();
        model.start(Shelf::of(&chain.blocks)).unwrap();
        reached(&model, head);
        drop(model);

        let wanted = dump(&caught_up.file());
        let filled = wanted.iter().filter(|(_, rows)| !rows.is_empty()).count();
        assert_eq!(filled, wanted.len(), "every table has rows");
        assert!(dump(&single.file()) == wanted, "block by block, seed {seed}");
        assert!(dump(&restarted.file()) == wanted, "restarted, seed {seed}");

        let model = restarted.open();
        let mut heard = Vec::new();
        let last = model.rebuild(&*Shelf::of(&chain.blocks), &mut |at, head| heard.push((at, head))).unwrap();
        assert_eq!((last, model.status().height), (Height::new(head), Some(Height::new(head))));
        assert_eq!(heard.last(), Some(&(Height::new(head), Height::new(head))));
        drop(model);
        assert!(dump(&restarted.file()) == wanted, "rebuilt, seed {seed}");

        let digest = |folder: &Folder| folder.open().digest().unwrap();
        let whole = digest(&caught_up);
        assert_eq!((whole.height, whole.rows("blocks")), (Height::new(head), chain.blocks.len() as u64));
        assert!(whole.tables.iter().all(|table| table.rows > 0), "{whole:?}");
        assert_eq!(digest(&single), whole, "however the rows came, seed {seed}");
        assert_eq!(digest(&restarted).hash(), whole.hash());
    }
}

#[test]
fn a_digest_names_the_table_in_which_a_value_or_a_row_differs() {
    let mut chain = RandomChain::new(1);
    chain.script = Story::whole().logs().into();
    (0..120).for_each(|_| chain.grow());
    let folder = Folder::new();
    let model = folder.open();
    model.project(&chain.blocks).unwrap();
    let before = model.digest().unwrap();
    drop(model);
    let changes = [
        ("transactions", "UPDATE transactions SET gas_used = gas_used + 1 WHERE ordinal = 3"),
        (
            "supervision_history",
            "DELETE FROM supervision_history WHERE ordinal = (SELECT max(ordinal) FROM supervision_history)",
        ),
        ("supervision_services", "UPDATE supervision_services SET number = name, name = number WHERE id = 1"),
    ];
    let mut last = before;
    for (table, change) in changes {
        Connection::open(folder.file()).unwrap().execute_batch(change).unwrap();
        let now = folder.open().digest().unwrap();
        assert_eq!(now.differs(&last), Some(table), "{change}");
        assert_ne!(now.hash(), last.hash());
        last = now;
    }
}

#[test]
fn a_running_read_model_is_not_rebuilt_and_goes_on() {
    let chain = RandomChain::of(5, 20);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks);
    model.start(shelf.clone()).unwrap();
    assert!(model.start(shelf.clone()).is_err());
    assert!(matches!(model.rebuild(&*shelf, &mut |_, _| {}), Err(RebuildError::Running)));
    reached(&model, 20);
    model.stop();
    assert_eq!(model.rebuild(&*shelf, &mut |_, _| {}).unwrap(), Height::new(20));
    model.start(shelf).unwrap();
    reached(&model, 20);
}

#[test]
fn a_rebuild_without_a_needed_block_names_it_and_leaves_a_good_beginning() {
    let chain = RandomChain::of(6, 60);
    let folder = Folder::new();
    let shelf = Shelf::of(&chain.blocks);
    shelf.missing.lock().unwrap().insert(33);
    let error = folder.open().rebuild(&*shelf, &mut |_, _| {}).unwrap_err().to_string();
    assert!(error.contains("33") && error.contains("60"), "{error}");
    shelf.missing.lock().unwrap().clear();
    let model = folder.open();
    model.start(shelf).unwrap();
    reached(&model, 60);
}

#[test]
fn a_view_of_another_version_is_derived_again_and_the_others_are_kept() {
    let chain = RandomChain::of(7, 80);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 80);
    drop(model);
    let wanted = dump(&folder.file());

    let sql = Connection::open(folder.file()).unwrap();
    sql.execute_batch(
        "UPDATE views SET version = 999 WHERE name = 'logs'; ALTER TABLE logs DROP COLUMN data;
         CREATE TABLE logs_of_another_release (x); DELETE FROM logs_by_term;",
    )
    .unwrap();
    drop(sql);

    let model = folder.open();
    assert_eq!(model.status().height, None, "no block has all its rows");
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 80);
    drop(model);
    assert!(dump(&folder.file()) == wanted);
}

#[test]
fn a_file_of_another_layout_is_derived_again() {
    let chain = RandomChain::of(8, 30);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 30);
    drop(model);
    let wanted = dump(&folder.file());
    Connection::open(folder.file())
        .unwrap()
        .execute_batch("PRAGMA user_version = 77; DROP TABLE views;")
        .unwrap();
    let model = ReadModel::open(folder.file(), config()).unwrap();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 30);
    drop(model);
    assert!(dump(&folder.file()) == wanted);
}

#[test]
fn what_a_killed_process_leaves_behind_is_a_good_beginning() {
    let chain = RandomChain::of(9, 90);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks[..1]);
    model.start(shelf.clone()).unwrap();
    let mut images = Vec::new();
    for block in &chain.blocks[1..] {
        shelf.push(block.clone());
        model.finalized(block);
        reached(&model, block.header.height.get());
        if block.header.height.get() % 30 == 0 {
            // The file and its write-ahead log as they lie there, and the log cut in the middle.
            let bytes = |suffix: &str| std::fs::read(format!("{}{suffix}", folder.file().display())).unwrap();
            let (file, log) = (bytes(""), bytes("-wal"));
            assert!(!log.is_empty());
            images.push((file.clone(), log[..log.len() * 2 / 3].to_vec()));
            images.push((file, log));
        }
    }
    drop(model);
    let wanted = dump(&folder.file());
    for (file, log) in images {
        let killed = Folder::new();
        std::fs::write(killed.file(), file).unwrap();
        std::fs::write(format!("{}-wal", killed.file().display()), log).unwrap();
        let model = killed.open();
        model.start(Shelf::of(&chain.blocks)).unwrap();
        reached(&model, 90);
        drop(model);
        assert!(dump(&killed.file()) == wanted);
    }
}
