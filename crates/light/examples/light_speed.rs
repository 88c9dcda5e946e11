//! How large a proof package is, and how long a reader needs for it.
//!
//! `cargo run --release -p ding-light --example speed`

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement takes the time and prints it"
)]

use ding_light::{Package, Statement, mocks::Authority, tree};
use ding_primitives::{
    Address, B256, Bytes, DatabaseCommitment, Header, Height, Log, MemberKey, Receipt, Roots, address,
    keccak256,
};
use std::time::{Duration, Instant};

const EVIDENCE: Address = address!("00000000000000000000000000000000000d0002");
const GENESIS: B256 = B256::repeat_byte(7);
const ROUNDS: u32 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("transactions  headers     bytes   prove ms   read+verify ms (mean, worst of {ROUNDS})");
    for (transactions, headers) in [(1, 1), (5_000, 1), (5_000, 4), (16_384, 1)] {
        let receipts: Vec<_> = (0..transactions).map(receipt).collect();
        let started = Instant::now();
        let authority = Authority::new("speed", GENESIS);
        let package = package(&authority, &receipts, headers)?;
        let proving = started.elapsed();
        let bytes = package.to_bytes();
        let (mut total, mut worst) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            let started = Instant::now();
            Package::from_bytes(&bytes)?.verify(Some(authority.key()))?;
            let spent = started.elapsed();
            total += spent;
            worst = worst.max(spent);
        }
        println!(
            "{transactions:>12} {headers:>8} {:>9} {:>10.3} {:>10.3} {:>8.3}",
            bytes.len(),
            proving.as_secs_f64() * 1e3,
            (total / ROUNDS).as_secs_f64() * 1e3,
            worst.as_secs_f64() * 1e3,
        );
    }
    Ok(())
}

/// A deposit: four topics and ten words, more than the evidence module emits.
fn receipt(index: u64) -> Receipt {
    Receipt {
        success: true,
        gas_used: 90_000,
        cumulative_gas_used: 90_000 * (index + 1),
        created: None,
        logs: vec![Log {
            address: EVIDENCE,
            topics: vec![keccak256("Deposited"), keccak256(index.to_be_bytes()), B256::ZERO, B256::ZERO],
            data: Bytes::from(vec![5; 320]),
        }],
    }
}

fn package(
    authority: &Authority,
    receipts: &[Receipt],
    headers: usize,
) -> Result<Package, Box<dyn std::error::Error>> {
    let index = receipts.len() / 2;
    let root = tree::receipts_root(receipts);
    let mut trail = vec![header(1, GENESIS, root)];
    while trail.len() < headers {
        let parent = trail.last().map_or(GENESIS, Header::hash);
        trail.push(header(trail.len() as u64 + 1, parent, tree::receipts_root(&[])));
    }
    let certified = trail.last().ok_or("no header")?;
    let certificate = authority.certify(certified);
    let statement = Statement::Log {
        transaction: u32::try_from(index)?,
        log: 0,
        receipt: receipts.get(index).ok_or("no receipt")?.clone(),
        proof: tree::prove_receipt(receipts, index).ok_or("no receipt")?,
    };
    Ok(Package::new("speed", GENESIS, authority.key().clone(), trail, certificate, vec![statement])?)
}

fn header(height: u64, parent: B256, receipts_root: B256) -> Header {
    let commitment = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    Header {
        epoch: 0,
        view: height + 1_000,
        parent_view: height + 999,
        leader: MemberKey(B256::ZERO),
        parent,
        height: Height::new(height),
        timestamp_ms: 1_790_000_000_000 + height,
        transactions_root: B256::ZERO,
        receipts_root,
        roots: Roots { accounts: commitment, modules: commitment, contracts: commitment },
        gas_used: 90_000,
        gas_limit: 1_000_000_000,
        transaction_count: 1,
    }
}
