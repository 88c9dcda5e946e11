//! The projector follows the chain, whatever is lost, late or wrong.

use crate::{
    chain::{RandomChain, Shelf},
    support::{Folder, LONG, dump, reached, stalled, until},
};
use ding_primitives::{B256, Height, limits, ports::FinalizedSink as _};
use ding_readmodel::State;
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

#[test]
fn blocks_that_the_queue_cannot_hold_are_read_from_the_archive() {
    let chain = RandomChain::of(11, 3 * limits::SINK_QUEUE_MAX);
    let folder = Folder::new();
    let model = folder.open();
    // Nobody empties the queue yet.
    chain.blocks.iter().for_each(|block| model.finalized(block));
    assert_eq!(model.status().head, chain.head().header.height);
    let shelf = Shelf::of(&chain.blocks);
    model.start(shelf).unwrap();
    reached(&model, chain.head().header.height.get());
}

#[test]
fn a_block_that_was_never_pushed_is_found_in_the_archive() {
    let chain = RandomChain::of(12, 40);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks[..11]);
    model.start(shelf.clone()).unwrap();
    reached(&model, 10);
    for block in &chain.blocks[11..] {
        shelf.push(block.clone());
        if block.header.height.get() % 3 == 0 {
            model.finalized(block);
        }
    }
    model.finalized(chain.head());
    model.finalized(&chain.blocks[5]);
    reached(&model, 40);
}

#[test]
fn pushing_never_waits_even_when_the_archive_never_answers() {
    let mut chain = RandomChain::of(13, 10);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks);
    shelf.silent.store(true, Ordering::SeqCst);
    model.start(shelf.clone()).unwrap();
    let begin = Instant::now();
    for _ in 0..1_000 {
        model.finalized(chain.head());
    }
    assert!(begin.elapsed() < Duration::from_secs(1));
    // Nor does stopping.
    model.stop();
    assert_eq!(model.status().state, State::Stopped);
    shelf.silent.store(false, Ordering::SeqCst);
    chain.grow();
    shelf.push(chain.head().clone());
    model.start(shelf).unwrap();
    reached(&model, 11);
}

#[test]
fn a_missing_block_is_named_and_work_goes_on_once_it_is_there() {
    let chain = RandomChain::of(14, 50);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks);
    shelf.missing.lock().unwrap().extend([0, 17]);
    model.start(shelf.clone()).unwrap();
    let why = stalled(&model);
    assert!(why.contains("no block 17") && why.contains("50"), "{why}");
    assert!(!model.query().wait_for(Height::new(50), LONG), "nobody waits for a stalled read model");
    shelf.missing.lock().unwrap().clear();
    reached_in_the_end(&model, 50);
}

#[test]
fn a_failing_archive_is_asked_again() {
    let chain = RandomChain::of(15, 50);
    let folder = Folder::new();
    let model = folder.open();
    let shelf = Shelf::of(&chain.blocks);
    shelf.failures.store(2, Ordering::SeqCst);
    model.start(shelf).unwrap();
    let why = stalled(&model);
    assert!(why.contains("the store failed"), "{why}");
    reached_in_the_end(&model, 50);
}

fn reached_in_the_end(model: &ding_readmodel::ReadModel, height: u64) {
    let status = until(model, |status| status.height == Some(Height::new(height)));
    assert_eq!(status.state, State::Following);
}

#[test]
fn rows_above_the_head_are_dropped_and_derived_again() {
    let chain = RandomChain::of(16, 60);
    let (folder, fresh) = (Folder::new(), Folder::new());
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 60);
    drop(model);
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks[..41])).unwrap();
    until(&model, |status| status.height == Some(Height::new(40)));
    drop(model);
    let model = fresh.open();
    model.start(Shelf::of(&chain.blocks[..41])).unwrap();
    reached(&model, 40);
    drop(model);
    assert!(dump(&folder.file()) == dump(&fresh.file()));
}

#[test]
fn rows_of_another_history_are_dropped_and_derived_again() {
    let (mine, theirs) = (RandomChain::of(17, 60), RandomChain::of(18, 70));
    let (folder, fresh) = (Folder::new(), Folder::new());
    let model = folder.open();
    model.start(Shelf::of(&mine.blocks)).unwrap();
    reached(&model, 60);
    drop(model);
    for folder in [&folder, &fresh] {
        let model = folder.open();
        model.start(Shelf::of(&theirs.blocks)).unwrap();
        until(&model, |status| status.height == Some(Height::new(70)));
        let found = model.query().block_by_hash(&theirs.blocks[60].header.hash()).unwrap();
        assert_eq!(found, Some(Height::new(60)));
        assert_eq!(model.query().block_by_hash(&mine.blocks[60].header.hash()).unwrap(), None);
    }
    assert!(dump(&folder.file()) == dump(&fresh.file()));
}

#[test]
fn a_block_that_does_not_follow_is_never_written() {
    let (chain, other) = (RandomChain::of(19, 20), RandomChain::of(20, 30));
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 20);
    model.finalized(&other.blocks[21]);
    let why = stalled(&model);
    assert!(why.contains("block 21 does not follow"), "{why}");
    assert_eq!(model.query().block_by_hash(&other.blocks[21].header.hash()).unwrap(), None);
    assert_eq!(model.query().height(), Height::new(20));
}

#[test]
fn transactions_and_blocks_are_found_by_hash_and_listed_newest_first() {
    let chain = RandomChain::of(21, 150);
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&chain.blocks)).unwrap();
    reached(&model, 150);
    let query = model.query();
    let mut all = Vec::new();
    for block in &chain.blocks {
        assert_eq!(query.block_by_hash(&block.header.hash()).unwrap(), Some(block.header.height));
        for (index, (transaction, receipt)) in block.transactions.iter().zip(&block.receipts).enumerate() {
            assert_eq!(query.transaction(&transaction.hash()).unwrap(), Some((block.header.height, index)));
            all.push((block, index, transaction, receipt));
        }
    }
    assert_eq!(query.transaction(&B256::repeat_byte(1)).unwrap(), None);
    assert_eq!(query.block_by_hash(&B256::repeat_byte(1)).unwrap(), None);
    assert_eq!(query.block_by_hash(&crate::chain::GENESIS).unwrap(), Some(Height::GENESIS));

    let mut before = None;
    let mut listed = Vec::new();
    while let Some(last) = {
        listed.extend(query.transactions(before, 17).unwrap());
        listed.last()
    } {
        if before == Some(last.ordinal) {
            break;
        }
        before = Some(last.ordinal);
    }
    assert_eq!(listed.len(), all.len());
    for (row, (block, index, transaction, receipt)) in listed.iter().rev().zip(&all) {
        assert_eq!((row.height, row.index, row.hash), (block.header.height, *index, transaction.hash()));
        assert_eq!((row.sender, row.recipient), (transaction.sender(), transaction.to().to().copied()));
        assert_eq!(
            (row.success, row.created, row.gas_used),
            (receipt.success, receipt.created, receipt.gas_used)
        );
        assert_eq!(row.timestamp_ms, block.header.timestamp_ms);
        let selector = transaction.input().get(..4).filter(|_| transaction.to().is_call());
        assert_eq!(row.selector.as_ref().map(|selector| &selector[..]), selector);
    }

    let rows = query.blocks(Some(Height::new(100)), 20).unwrap();
    let heights: Vec<_> = rows.iter().map(|row| row.height.get()).collect();
    assert_eq!(heights, (80..100).rev().collect::<Vec<_>>());
    for row in rows {
        let block = &chain.blocks[row.height.get() as usize];
        assert_eq!(
            (row.hash, row.leader, row.size),
            (block.header.hash(), block.header.leader, block.size as u64)
        );
        assert_eq!(row.transactions, block.transactions.len() as u64);
        assert_eq!(row.logs, block.receipts.iter().map(|receipt| receipt.logs.len() as u64).sum::<u64>());
    }
    assert_eq!(query.blocks(None, usize::MAX).unwrap().len(), 151);
}
