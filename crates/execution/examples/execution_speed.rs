//! What a transaction costs in `execute`, alone: `cargo run --release -p ding-execution --example execution_speed`.
//!
//! Blocks of 5,000 transactions between 100,000 accounts over a state in memory; signatures are
//! checked before the clock starts, roots are none of this crate's business. Every block is executed
//! on two chains in turn: an open one where nothing is supervised, and one where senders must be
//! bound and are, somebody is frozen, and the contracts that are called belong to a filed service.
//! One line a kind: microseconds a transaction, median and least of the blocks on the open chain,
//! and how much more the other one takes at the median. With the name of a kind as the argument
//! only that one runs, for a profiler.

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement takes the time and prints it"
)]
#![expect(clippy::unwrap_used, reason = "a tool for the command line")]

use alloy_primitives::{Address, B256, U256, keccak256, map::HashMap};
use alloy_sol_types::{SolCall as _, SolValue as _, sol};
use ding_execution::{Env, Mode, execute, mocks};
use ding_modules::{
    calendar::Day,
    evidence::{abi::IEvidence::depositCall, state::ADDRESS as EVIDENCE},
    identity::{abi::IIdentity::bindCall, state::ADDRESS as IDENTITY},
    orders::{
        Action, TargetKind,
        abi::IOrders::{Draft, approveCall, draftCall},
        state::ADDRESS as ORDERS,
    },
    services::{
        abi::IServices::{declareCall, recordCall},
        state::ADDRESS as SERVICES,
    },
};
use ding_primitives::{
    Account, Bytes, Changes, Recovered, Spec,
    ports::{ReadError, ReadState},
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

sol! {
    function transfer(address to, uint256 value) external returns (bool);
}

const ACCOUNTS: u64 = 100_000;
const SENDERS: u64 = 500;
const BLOCK: u64 = 5_000;
const ROUNDS: u64 = 21;
/// A recorded service of Beijing.
const NUMBER: &str = "11010826000000010016";

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

/// A chain that executes what the other one does.
struct World {
    state: Warm,
    spec: Spec,
    is_supervised: bool,
    height: u64,
}

impl World {
    fn block(&mut self, transactions: &[Arc<Recovered>]) -> (Duration, u64) {
        self.height += 1;
        let env = Env { bound: self.is_supervised, ..mocks::env(self.height) };
        let started = Instant::now();
        let outcome = execute(&mut self.state, &self.spec, &env, transactions, Mode::Verify).unwrap();
        let took = started.elapsed();
        assert!(outcome.receipts.iter().all(|receipt| receipt.success) && outcome.faults.is_empty());
        self.state.apply(outcome.changes);
        (took, outcome.gas_used)
    }

    /// Binds the senders, files a service of `contract`, freezes an account.
    fn supervise(
        &mut self,
        [office, chief, deputy]: &mut [mocks::Wallet; 3],
        senders: &[Address],
        contract: Address,
    ) {
        let zero = B256::ZERO;
        let day = Day::from_ms(mocks::env(self.height).timestamp_ms);
        for chunk in senders.chunks(20) {
            let bind = |account: &Address| {
                let (subject, account) = (keccak256(account), *account);
                let bind = bindCall {
                    account,
                    kind: 1,
                    subject,
                    level: 2,
                    expiryMs: 0,
                    code: zero,
                    nameDigest: zero,
                };
                office.call(IDENTITY, bind.abi_encode())
            };
            let bind: Vec<_> = chunk.iter().map(bind).collect();
            self.block(&bind);
        }
        let (id, provider) = (B256::repeat_byte(1), chief.address());
        let contracts = vec![contract, EVIDENCE];
        let declare = declareCall { id, provider, division: 11, goLive: day.get(), contracts };
        let record = recordCall { id, number: NUMBER.into() };
        let what = Draft {
            action: Action::Freeze.number(),
            targetKind: TargetKind::Account.number(),
            target: Address::repeat_byte(0x99).into_word(),
            fromHeight: 0,
            untilMs: 0,
            workingDays: 0,
            refersTo: 0,
            scope: 0,
            caseNumber: zero,
            content: B256::repeat_byte(2),
            basis: "Order No. 3 of the CAC, art. 15".into(),
        };
        let draft = draftCall { what };
        for call in [declare.abi_encode(), record.abi_encode()] {
            let call = chief.call(SERVICES, call);
            self.block(&[call]);
        }
        let draft = chief.call(ORDERS, draft.abi_encode());
        self.block(&[draft]);
        let number = u64::from(day.year()) * 1_000_000 + 1;
        let approve = deputy.call(ORDERS, approveCall { number }.abi_encode());
        self.block(&[approve]);
    }
}

fn main() {
    let only = std::env::args().nth(1);
    let hex = include_str!("../tests/contracts/Token.hex");
    let mut senders: Vec<_> = (0..SENDERS).map(|i| mocks::Wallet::new(1_000_000 + i)).collect();
    let mut people = [1, 2, 3].map(mocks::Wallet::new);
    people.iter_mut().for_each(|wallet| wallet.gas = 5_000_000);
    let addresses: Vec<Address> = senders.iter().map(|wallet| wallet.address()).collect();
    let mut spec = mocks::spec(addresses.iter().copied());
    let [office, chief, deputy] = people.each_ref().map(mocks::Wallet::address);
    let organisations = json!([
        { "name": "Identity Office", "accounts": [office] },
        { "name": "Administration", "roles": ["supervisor"], "accounts": [chief, deputy] },
    ]);
    spec.modules.insert("members".into(), json!({ "organisations": organisations }));
    let authorities = json!([{ "organisation": "Identity Office" }]);
    spec.modules.insert("identity".into(), json!({ "admission": "bound", "authorities": authorities }));
    let mut worlds = [false, true].map(|is_supervised| World {
        state: Warm::default(),
        spec: spec.clone(),
        is_supervised,
        height: 0,
    });
    let supply: U256 = U256::MAX >> 1;
    let code = [alloy_primitives::hex::decode(hex.trim()).unwrap(), supply.abi_encode()].concat();
    let create = people[0].create(code);
    let token = office.create(0);
    for world in &mut worlds {
        world.block(std::slice::from_ref(&create));
        for address in (0..ACCOUNTS).map(account).chain(addresses.iter().copied()) {
            let new = Account { balance: U256::ONE, ..Account::EMPTY };
            let known = world.state.accounts.entry(address).or_insert(new);
            known.balance |= U256::ONE;
            world.state.slots.insert((token, balance_slot(address)), U256::from(1_000_000));
        }
        if world.is_supervised {
            world.supervise(&mut people, &addresses, token);
        }
    }
    let mut sent = 0;
    for kind in ["transfer", "erc20", "evidence"] {
        if only.as_deref().is_some_and(|only| only != kind) {
            continue;
        }
        let mut times = [Vec::new(), Vec::new()];
        let mut gas = 0;
        for round in 0..ROUNDS {
            let transactions: Vec<Arc<Recovered>> = (0..BLOCK)
                .map(|i| {
                    sent += 1;
                    let to = account(u64::from(keccak256(u64::to_le_bytes(sent))[0]) * 390 + i);
                    let wallet = &mut senders[(i % SENDERS) as usize];
                    wallet.gas = 300_000;
                    match kind {
                        "transfer" => wallet.transfer(to, 1),
                        "erc20" => wallet.call(token, transferCall { to, value: U256::ONE }.abi_encode()),
                        _ => {
                            let digest = keccak256(u64::to_be_bytes(sent));
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
            // Whoever goes second finds the code paths warm, so they take turns.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for place in order {
                let (took, used) = worlds[place].block(&transactions);
                gas = used / BLOCK;
                // The first blocks pay for caches that stay.
                if round > 1 || only.is_some() {
                    times[place].push(took.as_secs_f64() * 1e6 / BLOCK as f64);
                }
            }
        }
        times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
        let [median, supervised] = times.each_ref().map(|times| times[times.len() / 2]);
        println!(
            "{kind:10} {median:6.2} us median {:6.2} us least {gas:8} gas; supervised {:+6.2} us",
            times[0][0],
            supervised - median
        );
    }
}
