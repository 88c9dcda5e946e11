//! Log filters, against a search that looks at every log of every block.

use crate::{
    chain::{Dice, RandomChain, Shelf, block, erc20_transfer, receipt},
    support::{Folder, reached},
};
use alloy_primitives::TxKind;
use ding_primitives::{Address, B256, Bytes, Height, Log, limits, ports::FinalizedBlock};
use ding_readmodel::{LogFilter, LogRow, QueryError, ReadModel};
use std::sync::Arc;

/// `eth_getLogs`, slowly: the block range, then address and topics of each log.
fn slowly(blocks: &[Arc<FinalizedBlock>], filter: &LogFilter) -> Vec<LogRow> {
    let mut found = Vec::new();
    for block in blocks.iter().filter(|block| (filter.from..=filter.to).contains(&block.header.height)) {
        let mut log_index = 0;
        for (transaction_index, receipt) in block.receipts.iter().enumerate() {
            for log in &receipt.logs {
                if wanted(filter, log) {
                    found.push(LogRow {
                        address: log.address,
                        topics: log.topics.clone(),
                        data: log.data.clone(),
                        height: block.header.height,
                        block_hash: block.header.hash(),
                        timestamp_ms: block.header.timestamp_ms,
                        transaction_hash: block.transactions[transaction_index].hash(),
                        transaction_index,
                        log_index,
                    });
                }
                log_index += 1;
            }
        }
    }
    found
}

fn wanted(filter: &LogFilter, log: &Log) -> bool {
    if !filter.addresses.is_empty() && !filter.addresses.contains(&log.address) {
        return false;
    }
    if filter.topics.len() > log.topics.len() {
        return false;
    }
    (0..filter.topics.len()).all(|i| filter.topics[i].is_empty() || filter.topics[i].contains(&log.topics[i]))
}

fn opened(folder: &Folder, blocks: &[Arc<FinalizedBlock>]) -> ReadModel {
    let model = folder.open();
    model.start(Shelf::of(blocks)).unwrap();
    reached(&model, blocks.len() as u64 - 1);
    model
}

fn everything(blocks: &[Arc<FinalizedBlock>]) -> LogFilter {
    let to = Height::new(blocks.len() as u64 - 1);
    LogFilter { from: Height::GENESIS, to, addresses: vec![], topics: vec![] }
}

#[test]
fn any_filter_finds_what_a_look_at_every_log_finds() {
    for seed in 31..34 {
        let mut chain = RandomChain::of(seed, 200);
        let folder = Folder::new();
        let model = opened(&folder, &chain.blocks);
        let query = model.query();
        let (mut hits, mut total) = (0, 0);
        for round in 0..400 {
            let (a, b) = (chain.dice.below(201), chain.dice.below(201));
            let filter = LogFilter {
                from: Height::new(a.min(b)),
                to: Height::new(a.max(b)),
                addresses: (0..chain.dice.below(4)).map(|_| chain.some_address()).collect(),
                topics: (0..chain.dice.below(5))
                    .map(|_| (0..chain.dice.below(3)).map(|_| chain.some_topic()).collect())
                    .collect(),
            };
            let want = slowly(&chain.blocks, &filter);
            assert_eq!(
                query.logs(&filter, usize::MAX).unwrap(),
                want,
                "seed {seed} round {round} {filter:?}"
            );
            hits += usize::from(!want.is_empty());
            total += want.len();
        }
        assert!(hits > 100 && total > 1_000, "the filters ask for something: {hits} {total}");
    }
}

#[test]
fn filters_reach_across_segments_of_the_look_up_table() {
    // 140,000 logs: three segments of 65,536.
    let mut dice = Dice(40);
    let (rare, common) = (Address::repeat_byte(0xee), Address::repeat_byte(0xcc));
    let mut blocks = vec![block(None, 0, vec![], vec![])];
    for height in 1..=140u64 {
        let mut logs: Vec<_> =
            (0..1_000).map(|value| erc20_transfer(common, dice.address(), dice.address(), value)).collect();
        if height % 35 == 1 {
            logs[500] = erc20_transfer(rare, Address::repeat_byte(1), Address::repeat_byte(2), height);
        }
        let transaction = dice.transaction(TxKind::Call(common), Bytes::new());
        let next = block(blocks.last().map(|block| &**block), 0, vec![transaction], vec![receipt(logs)]);
        blocks.push(next);
    }
    let folder = Folder::new();
    let model = opened(&folder, &blocks);
    let query = model.query();
    let check = |filter: LogFilter, count: usize| {
        let found = query.logs(&filter, usize::MAX).unwrap();
        assert_eq!(found, slowly(&blocks, &filter));
        assert_eq!(found.len(), count);
    };
    let all = everything(&blocks);
    check(LogFilter { addresses: vec![rare], ..all.clone() }, 4);
    check(
        LogFilter { topics: vec![vec![], vec![], vec![Address::repeat_byte(2).into_word()]], ..all.clone() },
        4,
    );
    check(LogFilter { addresses: vec![rare], from: Height::new(2), to: Height::new(71), ..all.clone() }, 2);
    for height in [1, 66, 131, 140] {
        let log = blocks[height].receipts[0].logs[777].clone();
        check(
            LogFilter {
                addresses: vec![common],
                topics: log.topics.into_iter().map(|t| vec![t]).collect(),
                ..all.clone()
            },
            1,
        );
    }
    check(LogFilter { addresses: vec![common], from: Height::new(65), to: Height::new(67), ..all }, 3_000);
}

#[test]
fn more_logs_than_the_limit_are_refused_with_the_limit() {
    let chain = RandomChain::of(41, 120);
    let folder = Folder::new();
    let model = opened(&folder, &chain.blocks);
    let all = everything(&chain.blocks);
    let count = slowly(&chain.blocks, &all).len();
    assert_eq!(model.query().logs(&all, count).unwrap().len(), count);
    let error = model.query().logs(&all, count - 1).unwrap_err();
    assert!(matches!(error, QueryError::TooMany { limit } if limit == count - 1));
    assert!(error.to_string().contains(&format!("more than {} logs", count - 1)), "{error}");
    assert!(error.to_string().contains("fewer blocks"), "{error}");
    assert!(
        model
            .query()
            .logs(&LogFilter { addresses: vec![Address::repeat_byte(9)], ..all }, 0)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_answer_of_too_many_bytes_is_refused() {
    let mut dice = Dice(42);
    let mut blocks = vec![block(None, 0, vec![], vec![])];
    for _ in 0..10 {
        let data = Bytes::from(vec![1; 1 << 20]);
        let logs = vec![Log { address: Address::ZERO, topics: vec![], data }];
        let transaction = dice.transaction(TxKind::Create, Bytes::new());
        let next = block(blocks.last().map(|block| &**block), 0, vec![transaction], vec![receipt(logs)]);
        blocks.push(next);
    }
    let folder = Folder::new();
    let model = opened(&folder, &blocks);
    let all = everything(&blocks);
    let error = model.query().logs(&all, 20).unwrap_err();
    assert!(matches!(error, QueryError::TooLarge { max: limits::READMODEL_ANSWER_BYTES_MAX }), "{error}");
    assert_eq!(model.query().logs(&LogFilter { to: Height::new(8), ..all }, 20).unwrap().len(), 8);
}

#[test]
fn questions_beyond_the_rows_and_without_sense_are_refused_by_name() {
    let chain = RandomChain::of(43, 20);
    let folder = Folder::new();
    let model = opened(&folder, &chain.blocks);
    let all = everything(&chain.blocks);
    let refused = |filter: &LogFilter| model.query().logs(filter, 10_000).unwrap_err();

    let behind = refused(&LogFilter { to: Height::new(21), ..all.clone() });
    let (height, wanted) = (Height::new(20), Height::new(21));
    assert!(
        matches!(behind, QueryError::Behind { height: h, wanted: w } if (h, w) == (height, wanted)),
        "{behind}"
    );

    let backwards = refused(&LogFilter { from: Height::new(9), to: Height::new(8), ..all.clone() });
    assert!(backwards.to_string().contains("block 9 is after block 8"), "{backwards}");

    let deep = refused(&LogFilter { topics: vec![vec![]; 5], ..all.clone() });
    assert!(deep.to_string().contains("5 positions"), "{deep}");

    let addresses = vec![Address::ZERO; limits::RPC_FILTER_TERMS_MAX + 1];
    let wide = refused(&LogFilter { addresses, ..all.clone() });
    assert!(wide.to_string().contains("1001"), "{wide}");
    let topics = vec![vec![], vec![B256::ZERO; limits::RPC_FILTER_TERMS_MAX + 1]];
    assert!(refused(&LogFilter { topics, ..all }).to_string().contains("1001"));
}

#[test]
fn a_chain_without_blocks_answers_with_nothing() {
    let folder = Folder::new();
    let model = folder.open();
    let genesis = LogFilter { from: Height::GENESIS, to: Height::GENESIS, addresses: vec![], topics: vec![] };
    assert!(model.query().logs(&genesis, 10).unwrap().is_empty());
    assert!(model.query().wait_for(Height::GENESIS, std::time::Duration::ZERO));
    assert_eq!(model.query().height(), Height::GENESIS);
    assert_eq!(model.query().transaction(&B256::ZERO).unwrap(), None);
    assert!(model.query().transactions(None, 10).unwrap().is_empty());
    assert!(model.query().evidence_latest(None, 10).unwrap().is_empty());
    assert_eq!(model.query().evidence(&B256::ZERO).unwrap(), None);
}

#[test]
fn many_threads_ask_at_once_and_all_get_answers() {
    let chain = RandomChain::of(44, 100);
    let folder = Folder::new();
    let model = opened(&folder, &chain.blocks);
    let all = everything(&chain.blocks);
    let want = slowly(&chain.blocks, &all);
    std::thread::scope(|scope| {
        for _ in 0..limits::READMODEL_READERS_MAX * 3 {
            scope.spawn(|| {
                (0..10).for_each(|_| assert_eq!(model.query().logs(&all, usize::MAX).unwrap(), want))
            });
        }
    });
}
