//! What a transaction costs in `execute`, alone: `cargo run --release -p ding-execution --example speed`.
//!
//! Blocks of 5,000 transactions between 100,000 accounts over a state in memory; signatures are
//! checked before the clock starts, roots are none of this crate's business. One line a kind:
//! microseconds a transaction, median and least of nine blocks. With the name of a kind as the
//! argument only that one runs, for a profiler.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement takes the time and prints it"
)]
#![expect(clippy::unwrap_used, reason = "a tool for the command line")]

use alloy_primitives::{Address, B256, U256, keccak256, map::HashMap};
use alloy_sol_types::{SolCall as _, SolValue as _, sol};
use ding_execution::{Mode, execute, mocks};
use ding_modules::evidence::{abi::IEvidence::depositCall, state::ADDRESS as EVIDENCE};
use ding_primitives::{
    Account, Bytes, Changes, Recovered,
    ports::{ReadError, ReadState},
};
use std::{sync::Arc, time::Instant};

sol! {
    function transfer(address to, uint256 value) external returns (bool);
}

const ACCOUNTS: u64 = 100_000;
const SENDERS: u64 = 500;
const BLOCK: u64 = 5_000;
const ROUNDS: u64 = 9;

/// A state with the cost of a hash map: what a warm store is.
#[derive(Default)]
struct Warm {
    accounts: HashMap<Address, Account>,
    slots: HashMap<(Address, U256), U256>,
    code: HashMap<B256, Bytes>,
}

impl ReadState for Warm {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        Ok(self.accounts.get(&address).copied())
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        Ok(self.slots.get(&(address, slot)).copied().unwrap_or_default())
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        self.code.get(&hash).cloned().ok_or_else(|| ReadError::Failed(hash.to_string()))
    }
}

impl Warm {
    fn apply(&mut self, changes: Changes) {
        for (address, account) in changes.accounts {
            self.accounts.insert(address, account.unwrap_or_default());
        }
        self.slots.extend(changes.slots);
        self.code.extend(changes.code);
    }
}

fn account(number: u64) -> Address {
    Address::from_word(keccak256((number % ACCOUNTS).to_le_bytes()))
}

fn balance_slot(address: Address) -> U256 {
    keccak256((address, U256::ZERO).abi_encode()).into()
}

fn main() {
    let only = std::env::args().nth(1);
    let hex = include_str!("../tests/contracts/Token.hex");
    let mut senders: Vec<_> = (0..SENDERS).map(|i| mocks::Wallet::new(1_000_000 + i)).collect();
    let mut deployer = mocks::Wallet::new(1);
    deployer.gas = 5_000_000;
    let mut state = Warm::default();
    let spec = mocks::spec(senders.iter().map(|wallet| wallet.address()));
    let supply: U256 = U256::MAX >> 1;
    let code = [alloy_primitives::hex::decode(hex.trim()).unwrap(), supply.abi_encode()].concat();
    let outcome = execute(&mut state, &spec, &mocks::env(1), &[deployer.create(code)], Mode::Verify).unwrap();
    let token = outcome.receipts[0].created.unwrap();
    state.apply(outcome.changes);
    for address in (0..ACCOUNTS).map(account).chain(senders.iter().map(|wallet| wallet.address())) {
        let known = state.accounts.entry(address).or_insert(Account { balance: U256::ONE, ..Account::EMPTY });
        known.balance |= U256::ONE;
        state.slots.insert((token, balance_slot(address)), U256::from(1_000_000));
    }
    let mut height = 1;
    for kind in ["transfer", "erc20", "evidence"] {
        if only.as_deref().is_some_and(|only| only != kind) {
            continue;
        }
        let mut times = Vec::new();
        let mut gas = 0;
        for round in 0..ROUNDS {
            height += 1;
            let transactions: Vec<Arc<Recovered>> = (0..BLOCK)
                .map(|i| {
                    let number = height * BLOCK + i;
                    let to = account(keccak256(number.to_le_bytes())[0] as u64 * 390 + i);
                    let wallet = &mut senders[(i % SENDERS) as usize];
                    wallet.gas = 300_000;
                    match kind {
                        "transfer" => wallet.transfer(to, 1),
                        "erc20" => wallet.call(token, transferCall { to, value: U256::ONE }.abi_encode()),
                        _ => {
                            let digest = keccak256(number.to_be_bytes());
                            let (zero, kind) = (B256::ZERO, 0);
                            let call = depositCall {
                                digest,
                                sm3: zero,
                                kind,
                                provenance: zero,
                                referenceId: zero,
                                operation: zero,
                            };
                            wallet.call(EVIDENCE, call.abi_encode())
                        }
                    }
                })
                .collect();
            let started = Instant::now();
            let outcome =
                execute(&mut state, &spec, &mocks::env(height), &transactions, Mode::Verify).unwrap();
            let took = started.elapsed();
            assert!(outcome.receipts.iter().all(|receipt| receipt.success) && outcome.faults.is_empty());
            gas = outcome.gas_used / BLOCK;
            state.apply(outcome.changes);
            // The first block pays for caches that stay.
            if round > 0 || only.is_some() {
                times.push(took.as_secs_f64() * 1e6 / BLOCK as f64);
            }
        }
        times.sort_by(f64::total_cmp);
        println!("{kind:10} {:6.2} us median {:6.2} us least {gas:8} gas", times[times.len() / 2], times[0]);
    }
}
