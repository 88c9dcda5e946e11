//! What a transaction costs the read model: CPU, file bytes, and the time of narrow questions.
//!
//! `cargo run --release -p ding-readmodel --example readmodel_speed [transactions] [logs per transaction]`
//!
//! ERC-20-like transactions of random senders and recipients are first derived from an archive
//! (as after a restart), then arrive live at 5,000 a second in blocks of 500.

#![allow(clippy::cast_possible_truncation, reason = "numbers are small")]

#[path = "../tests/support/chain.rs"]
mod chain;

use chain::{Dice, GENESIS, Shelf, block, erc20_transfer, receipt};
use ding_primitives::{
    Address, B256, Height, Receipt, Recovered, keccak256,
    ports::{FinalizedBlock, FinalizedSink as _},
};
use ding_readmodel::{Config, LogFilter, Query, ReadModel};
use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

const BLOCK_TRANSACTIONS: u64 = 500;
const LIVE_PER_SECOND: u64 = 5_000;
const LIVE_SECONDS: u64 = 6;
const TOKENS: u64 = 3;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("a number"));
    let transactions = arguments.next().unwrap_or(200_000);
    let logs = arguments.next().unwrap_or(1);
    println!("preparing {transactions} transactions with {logs} logs each");
    let mut blocks = chain_of(transactions + LIVE_PER_SECOND * LIVE_SECONDS, logs);
    let live = blocks.split_off((1 + transactions / BLOCK_TRANSACTIONS) as usize);
    let folder = std::env::temp_dir().join(format!("ding-readmodel-speed-{}", std::process::id()));
    let path = folder.join("readmodel.sqlite");

    let shelf = Shelf::of(&blocks);
    let model =
        ReadModel::open(&path, Config { genesis_hash: GENESIS, spec: chain::spec() }).expect("a new file");
    let query = model.query();
    let begin = Instant::now();
    model.start(shelf.clone()).expect("a thread");
    assert!(query.wait_for(blocks.last().expect("blocks").header.height, Duration::from_secs(3600)));
    let caught_up = cpu_us();
    report("catching up", transactions, caught_up, begin.elapsed());

    let begin = Instant::now();
    for (number, block) in (0u32..).zip(&live) {
        let due = begin + Duration::from_millis(1000 * BLOCK_TRANSACTIONS / LIVE_PER_SECOND) * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        shelf.push(block.clone());
        model.finalized(block);
    }
    assert!(query.wait_for(live.last().expect("blocks").header.height, Duration::from_secs(60)));
    report("live", live.len() as u64 * BLOCK_TRANSACTIONS, cpu_us() - caught_up, begin.elapsed());

    questions(&query, &blocks);
    drop(model);
    let all = transactions + live.len() as u64 * BLOCK_TRANSACTIONS;
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
    let bytes = fs::metadata(&path).expect("the file").len();
    println!("file: {} bytes, {} bytes a transaction", bytes, bytes / all);
    let mut tables = connection
        .prepare("SELECT name, SUM(pgsize), SUM(ncell), 100.0 * SUM(payload) / SUM(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC")
        .expect("dbstat");
    let mut rows = tables.query([]).expect("dbstat");
    while let Some(row) = rows.next().expect("a row") {
        let (name, size, cells, full): (String, i64, i64, f64) = (
            row.get(0).expect("name"),
            row.get(1).expect("size"),
            row.get(2).expect("cells"),
            row.get(3).expect("fill"),
        );
        println!(
            "  {name:<24} {:>6.1} bytes a transaction, {cells} cells, {full:.0} % payload",
            size as f64 / all as f64
        );
    }
    drop(rows);
    drop(tables);
    drop(connection);
    remove(&folder);
}

fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        println!("left behind {}: {error}", folder.display());
    }
}

/// CPU time of the projector's thread so far: first number of Linux' `schedstat`, nanoseconds.
fn cpu_us() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").expect("Linux");
    for task in tasks.flatten() {
        if fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "readmodel") {
            let text = fs::read_to_string(task.path().join("schedstat")).expect("schedstat");
            let ns: u64 = text.split(' ').next().expect("a number").parse().expect("a number");
            return ns / 1000;
        }
    }
    0
}

fn report(what: &str, transactions: u64, cpu_us: u64, wall: Duration) {
    println!(
        "{what}: {:.2} us of CPU a transaction, {:.0} transactions a second of wall time",
        cpu_us as f64 / transactions as f64,
        transactions as f64 / wall.as_secs_f64(),
    );
}

fn token(number: u64) -> Address {
    Address::with_last_byte(0xa0 + (number % TOKENS) as u8)
}

/// Block 0 and the rest. Two threads find the senders.
fn chain_of(transactions: u64, logs: u64) -> Vec<Arc<FinalizedBlock>> {
    let half = transactions / 2;
    let (mut all, rest) = std::thread::scope(|scope| {
        let rest = scope.spawn(|| transfers(2, transactions - half, logs));
        (transfers(1, half, logs), rest.join().expect("a thread"))
    });
    all.extend(rest);
    let mut blocks = vec![block(None, 0, vec![], vec![])];
    let mut all = all.into_iter().peekable();
    while all.peek().is_some() {
        let (transactions, receipts) = all.by_ref().take(BLOCK_TRANSACTIONS as usize).unzip();
        let next = block(blocks.last().map(|block| &**block), 0, transactions, receipts);
        blocks.push(next);
    }
    blocks
}

fn transfers(seed: u64, count: u64, logs: u64) -> Vec<(Arc<Recovered>, Receipt)> {
    let mut dice = Dice(seed);
    (0..count)
        .map(|number| {
            let token = token(number);
            let recipient = dice.address();
            let input =
                [&keccak256("transfer(address,uint256)")[..4], recipient.into_word().as_slice(), &[7; 32]]
                    .concat();
            let transaction = dice.transaction(token.into(), input.into());
            let from = transaction.sender();
            let logs = (0..logs).map(|log| match log {
                0 => erc20_transfer(token, from, recipient, 7_000_000),
                _ => erc20_transfer(token, dice.address(), dice.address(), log),
            });
            (transaction, receipt(logs.collect()))
        })
        .collect()
}

fn questions(query: &Query, blocks: &[Arc<FinalizedBlock>]) {
    let head = query.height();
    let transfer = keccak256("Transfer(address,address,uint256)");
    let some: Vec<_> = blocks.iter().filter(|block| !block.transactions.is_empty()).step_by(7).collect();
    time("transaction by hash", &some, |block| {
        let found = query.transaction(&block.transactions[3].hash()).expect("an answer");
        assert_eq!(found, Some((block.header.height, 3)));
        1
    });
    time("transaction that is not there", &some, |block| {
        assert_eq!(query.transaction(&keccak256(block.header.hash())).expect("an answer"), None);
        0
    });
    time("block by hash", &some, |block| {
        assert_eq!(query.block_by_hash(&block.header.hash()).expect("an answer"), Some(block.header.height));
        1
    });
    let logs = |from, to, addresses: Vec<Address>, topics: Vec<Vec<B256>>| {
        let filter = LogFilter { from, to, addresses, topics };
        query.logs(&filter, 20_000).expect("an answer").len()
    };
    time("logs of one recipient, whole chain", &some, |block| {
        let log = &block.receipts[5].logs[0];
        let found =
            logs(Height::GENESIS, head, vec![log.address], vec![vec![transfer], vec![], vec![log.topics[2]]]);
        assert_eq!(found, 1);
        found
    });
    time("logs of one sender, any contract, whole chain", &some, |block| {
        let log = &block.receipts[5].logs[0];
        logs(Height::GENESIS, head, vec![], vec![vec![], vec![log.topics[1]]])
    });
    time("logs of an address that has none, whole chain", &some, |block| {
        logs(Height::GENESIS, head, vec![Address::from_slice(&block.header.hash()[..20])], vec![])
    });
    time("logs of one token in one block", &some, |block| {
        logs(block.header.height, block.header.height, vec![token(1)], vec![vec![transfer]])
    });
}

fn time(what: &str, blocks: &[&Arc<FinalizedBlock>], mut question: impl FnMut(&FinalizedBlock) -> usize) {
    let mut took: Vec<_> = blocks
        .iter()
        .map(|block| {
            let begin = Instant::now();
            let rows = question(block);
            (begin.elapsed(), rows)
        })
        .collect();
    took.sort();
    let (half, rows) = took[took.len() / 2];
    println!("{what}: p50 {half:.1?}, max {:.1?}, {rows} rows", took[took.len() - 1].0);
}
