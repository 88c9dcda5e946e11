//! Files that are not what they should be, and folders that cannot be used.

use crate::{
    chain::{GENESIS, RandomChain, Shelf},
    support::{Folder, config, reached, until},
};
use ding_primitives::{B256, Height, ports::FinalizedSink as _};
use ding_readmodel::{Config, OpenError, QueryError, ReadModel, State};
use rusqlite::Connection;
use std::fs;

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_was() {
    let folder = Folder::new();
    let text = b"Dear diary, today I was nearly a database.".repeat(100);
    fs::write(folder.file(), &text).unwrap();
    let error = ReadModel::open(folder.file(), config()).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("left untouched"), "{error}");
    assert!(matches!(ReadModel::remove(folder.file()), Err(OpenError::Foreign { .. })));
    assert_eq!(fs::read(folder.file()).unwrap(), text);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_was() {
    let folder = Folder::new();
    Connection::open(folder.file())
        .unwrap()
        .execute_batch("CREATE TABLE accounts (x); INSERT INTO accounts VALUES (1)")
        .unwrap();
    let before = fs::read(folder.file()).unwrap();
    assert!(matches!(ReadModel::open(folder.file(), config()), Err(OpenError::Foreign { .. })));
    assert!(matches!(ReadModel::remove(folder.file()), Err(OpenError::Foreign { .. })));
    assert_eq!(fs::read(folder.file()).unwrap(), before);
}

#[test]
fn rows_of_another_chain_are_refused_with_both_hashes() {
    let folder = Folder::new();
    drop(folder.open());
    let other = B256::repeat_byte(0x0c);
    let error = ReadModel::open(folder.file(), Config { genesis_hash: other, ..config() }).unwrap_err();
    assert!(matches!(error, OpenError::OtherChain { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&GENESIS.to_string()) && text.contains(&other.to_string()), "{text}");
    drop(folder.open());
}

#[test]
fn a_second_writer_is_refused_while_the_first_lives() {
    let folder = Folder::new();
    let model = folder.open();
    assert!(matches!(ReadModel::open(folder.file(), config()), Err(OpenError::InUse { .. })));
    assert!(matches!(ReadModel::remove(folder.file()), Err(OpenError::InUse { .. })));
    drop(model);
    drop(folder.open());
}

#[test]
fn folders_that_cannot_be_used_are_named() {
    let folder = Folder::new();
    fs::write(folder.path().join("plain"), "x").unwrap();
    let error = ReadModel::open(folder.path().join("plain/readmodel.sqlite"), config()).unwrap_err();
    assert!(matches!(error, OpenError::Folder { .. }) && error.to_string().contains("plain"), "{error}");
    // Nobody, not even root, makes files there.
    let error = ReadModel::open("/proc/readmodel.sqlite", config()).unwrap_err();
    assert!(matches!(error, OpenError::Folder { .. }) && error.to_string().contains("/proc"), "{error}");
    fs::create_dir(folder.file()).unwrap();
    let error = ReadModel::open(folder.file(), config()).unwrap_err();
    assert!(matches!(error, OpenError::Folder { .. }), "{error}");
}

/// Overwrites everything but the header with noise.
fn damage(folder: &Folder) {
    let mut bytes = fs::read(folder.file()).unwrap();
    assert!(bytes.len() > 40_000);
    bytes.iter_mut().skip(100).enumerate().for_each(|(place, byte)| *byte = (place * 31 + 7) as u8);
    fs::write(folder.file(), bytes).unwrap();
}

#[test]
fn a_damaged_file_is_named_and_can_be_removed_and_derived_again() {
    let chain = RandomChain::of(61, 100);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 100);
    drop(model);
    damage(&folder);
    let error = ReadModel::open(folder.file(), config()).unwrap_err();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("ding readmodel rebuild"), "{error}");
    ReadModel::remove(folder.file()).unwrap();
    let model = folder.open();
    model.rebuild(&*Shelf::of(&chain.blocks), &mut |_, _| {}).unwrap();
    assert_eq!(model.status().height, Some(Height::new(100)));
}

#[test]
fn tables_changed_under_a_running_read_model_end_in_a_failed_state_and_nowhere_else() {
    let mut chain = RandomChain::of(62, 30);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 30);
    Connection::open(folder.file()).unwrap().execute_batch("DROP TABLE blocks_by_hash").unwrap();
    chain.grow();
    model.finalized(chain.head());
    let status = until(&model, |status| matches!(status.state, State::Failed(_)));
    let State::Failed(why) = &status.state else { panic!("{status:?}") };
    assert!(why.contains("ding readmodel rebuild"), "{why}");
    assert_eq!((status.height, status.head), (Some(Height::new(30)), Height::new(31)));
    // Consensus goes on, and what is still there answers.
    (0..1_000).for_each(|_| model.finalized(chain.head()));
    assert_eq!(model.query().blocks(None, 1).unwrap()[0].height, Height::new(30));
    let error = model.query().block_by_hash(&chain.blocks[30].header.hash()).unwrap_err();
    assert!(matches!(error, QueryError::Failed(_)) && error.to_string().contains("operator"), "{error}");
    model.stop();
    assert!(matches!(model.status().state, State::Failed(_)));
}

fn filter_of_one_address() -> ding_readmodel::LogFilter {
    ding_readmodel::LogFilter {
        from: Height::new(1),
        to: Height::new(30),
        addresses: vec![ding_primitives::Address::with_last_byte(1)],
        topics: vec![],
    }
}

#[test]
fn a_file_cut_anywhere_is_refused_or_failed_but_never_panics() {
    let chain = RandomChain::of(63, 60);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 60);
    drop(model);
    let whole = fs::read(folder.file()).unwrap();
    let mut refused = 0;
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        let cut_folder = Folder::new();
        fs::write(cut_folder.file(), &whole[..cut]).unwrap();
        match ReadModel::open(cut_folder.file(), config()) {
            Err(_) => refused += 1,
            Ok(model) => {
                model.start(Shelf::of(&chain.blocks)).unwrap();
                let end = until(&model, |status| {
                    status.height == Some(Height::new(60)) || matches!(status.state, State::Failed(_))
                });
                let _ = (
                    model.query().transactions(None, 1_000),
                    model.query().logs(&filter_of_one_address(), 10_000),
                );
                assert!(cut == 0 || end.height <= Some(Height::new(60)));
            }
        }
    }
    assert!(refused > 0);
}
