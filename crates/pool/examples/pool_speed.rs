//! Microseconds per transaction for a stay in a well-filled pool: admission, choice for a block,
//! removal after finality; from 1,000 senders with 60 transactions each and from 60,000 with one.
//!
//! `cargo run --release -p ding-pool --example speed`

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement takes the time and prints it"
)]

use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Bytes, TxKind, U256, keccak256};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{
    Account, Address, B256, DatabaseCommitment, Header, Height, MemberKey, Recovered, Roots, Sealed, Spec,
    Transaction, limits,
    ports::{Budget, FinalizedBlock, TransactionSource as _},
    transaction::recover,
};
use std::{
    collections::BTreeMap,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

const CHAIN_ID: u64 = 1337;
const WAITING: usize = 60_000;
const BLOCK: usize = 2_500;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{WAITING} waiting, blocks of {BLOCK}, two blocks in flight; µs per transaction\n");
    println!(
        "{:>8} {:>8} {:>8} {:>8} {:>10} {:>8} {:>12}",
        "senders", "admit", "choose", "finalize", "sum", "offer", "ready (call)"
    );
    for senders in [1_000, WAITING] {
        let transactions = sign(senders)?;
        for _ in 0..3 {
            measure(senders, &transactions)?;
        }
    }
    Ok(())
}

/// Fills the pool, then makes blocks until it is empty.
fn measure(senders: usize, transactions: &[Arc<Recovered>]) -> Result<(), Box<dyn Error>> {
    let pool = Pool::new(spec(), PoolLimits::default());
    let account = Account { balance: U256::from(1), ..Account::EMPTY };
    let budget = Budget { transactions: BLOCK, bytes: limits::BODY_BYTES_MAX, gas: limits::BLOCK_GAS_MAX };

    let begin = Instant::now();
    for (time, transaction) in transactions.iter().enumerate() {
        pool.submit(transaction.clone(), account, time as u64 / 10)?;
    }
    let admit = begin.elapsed();

    let begin = Instant::now();
    let mut offered = 0;
    loop {
        match pool.outgoing(limits::GOSSIP_BYTES_MAX, 6_000).len() {
            0 => break,
            some => offered += some,
        }
    }
    let offer = begin.elapsed();

    let (mut choose, mut finalize, mut ready) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut in_flight: Vec<Vec<Arc<Recovered>>> = Vec::new();
    let (mut blocks, mut left) = (0u32, 0);
    while left < transactions.len() {
        let next: BTreeMap<Address, u64> =
            in_flight.iter().flatten().map(|tx| (tx.sender(), tx.nonce() + 1)).collect();
        let begin = Instant::now();
        pool.ready(&next, 1_000);
        ready += begin.elapsed();
        let begin = Instant::now();
        let chosen = pool.choose(budget, &next);
        choose += begin.elapsed();
        blocks += 1;
        let empty = chosen.is_empty();
        in_flight.push(chosen);
        if in_flight.len() > 2 || empty {
            let block = final_block(in_flight.remove(0));
            left += block.transactions.len();
            let begin = Instant::now();
            pool.finalized(&block);
            finalize += begin.elapsed();
        }
    }
    let count = transactions.len() as f64;
    let per = |time: Duration| time.as_secs_f64() * 1e6 / count;
    println!(
        "{senders:>8} {:>8.2} {:>8.2} {:>8.2} {:>10.2} {:>8.2} {:>12.1}",
        per(admit),
        per(choose),
        per(finalize),
        per(admit + choose + finalize),
        offer.as_secs_f64() * 1e6 / offered as f64,
        ready.as_secs_f64() * 1e6 / f64::from(blocks),
    );
    Ok(())
}

/// Transfers of `WAITING / senders` nonces from each sender, arriving nonce by nonce.
fn sign(senders: usize) -> Result<Vec<Arc<Recovered>>, Box<dyn Error>> {
    let keys: Vec<PrivateKeySigner> = (0..senders as u64)
        .map(|number| PrivateKeySigner::from_bytes(&keccak256(number.to_be_bytes())))
        .collect::<Result<_, _>>()?;
    let mut transactions = Vec::with_capacity(WAITING);
    for nonce in 0..(WAITING / senders) as u64 {
        for key in &keys {
            let tx = TxLegacy {
                chain_id: Some(CHAIN_ID),
                nonce,
                gas_price: 0,
                gas_limit: 100_000,
                to: TxKind::Call(Address::repeat_byte(9)),
                value: U256::ZERO,
                input: Bytes::from(vec![1; 68]),
            };
            let signature = key.sign_hash_sync(&tx.signature_hash())?;
            let raw = tx.into_signed(signature).encoded_2718();
            transactions.push(Arc::new(recover(Transaction::from_raw(raw.into()), CHAIN_ID)?));
        }
    }
    Ok(transactions)
}

fn spec() -> Arc<Spec> {
    Arc::new(Spec {
        version: ding_primitives::spec::GENESIS_VERSION,
        name: "speed".into(),
        chain_id: CHAIN_ID,
        timestamp_ms: 1,
        public_key: Bytes::new(),
        sharing: Bytes::new(),
        validators: vec![],
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: BTreeMap::new(),
        modules: BTreeMap::new(),
    })
}

fn final_block(transactions: Vec<Arc<Recovered>>) -> FinalizedBlock {
    let none = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    let header = Header {
        epoch: 0,
        view: 1,
        parent_view: 0,
        leader: MemberKey(B256::ZERO),
        parent: B256::ZERO,
        height: Height::new(1),
        timestamp_ms: 1,
        transactions_root: B256::ZERO,
        receipts_root: B256::ZERO,
        roots: Roots { accounts: none, modules: none, contracts: none },
        gas_used: 0,
        gas_limit: limits::BLOCK_GAS_MAX,
        transaction_count: 0,
    };
    FinalizedBlock { header: Sealed::new(header), transactions, receipts: vec![], size: 0 }
}
