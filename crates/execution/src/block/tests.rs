use super::*;
use crate::{
    genesis::{DEPLOYMENT_PROXY, DEPLOYMENT_PROXY_CODE, MODULE_CODE},
    mocks::{self, MemoryState, Wallet, env, successes},
    scene::{Chain, IProber, IToken, PROBER, TOKEN, code, deposit},
    simulate::{self, CallResult, Request},
};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Bytes, TxKind, b256};
use alloy_sol_types::{SolCall, SolError as _, SolEvent as _, SolValue as _};
use ding_modules::{
    evidence::{
        abi::IEvidence::{Deposited, ZeroDigest, countsCall, recordOfCall},
        state::{ADDRESS as EVIDENCE, COUNTS},
    },
    members::{abi::IMembers::organisationCountCall, state::ADDRESS as MEMBERS},
    stop::IModule::{DirectCallOnly, StaticCall, UnknownFunction, ValueNotAccepted},
};
use ding_primitives::{Account, U256, keccak256};

fn balance(chain: &Chain, wallet: &Wallet) -> U256 {
    chain.account(wallet.address()).balance
}

const ETHER: u64 = 1_000_000_000_000_000_000;

#[test]
fn genesis_sets_accounts_of_modules_history_and_endowments() {
    let alice = Wallet::new(1);
    let mut chain = Chain::new(&[&alice]);
    let outcome = chain.block(&[]);
    assert_eq!((outcome.gas_used, outcome.receipts.len()), (0, 0));
    assert_eq!(balance(&chain, &alice), U256::from(ETHER));
    for module in registry::MODULES {
        let account = chain.account(module.address());
        assert_eq!((account.nonce, account.code_hash), (1, keccak256(MODULE_CODE)), "{}", module.name());
    }
    assert_eq!(chain.account(HISTORY_STORAGE_ADDRESS).nonce, 1);
    // The hash of this code is the same on every chain that has the proxy.
    let proxy = b256!("2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989");
    assert_eq!((chain.account(DEPLOYMENT_PROXY).code_hash, keccak256(DEPLOYMENT_PROXY_CODE)), (proxy, proxy));
    let again = chain.block(&[]);
    assert_eq!(again.changes.slots.len(), 1, "a block without transactions writes its parent's hash");
    assert!(again.changes.accounts.is_empty() && again.changes.code.is_empty());
}

#[test]
fn a_genesis_section_that_no_module_takes_is_an_error() {
    let mut chain = Chain::new(&[]);
    chain.spec.modules.insert("astrology".into(), serde_json::Value::Null);
    let env = chain.env();
    let error = execute(&mut chain.state, &chain.spec, &env, &[], Mode::Build).unwrap_err();
    assert!(matches!(&error, BlockError::Genesis(text) if text.contains("astrology")), "{error}");
}

#[test]
fn value_moves_from_the_first_block_on_in_all_three_envelopes_and_nobody_pays_for_gas() {
    let (mut alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut chain = Chain::new(&[&alice]);
    let [legacy, listed] = alice.older_transfers(bob.address(), 10);
    let outcome = chain.block(&[legacy, listed, alice.transfer(bob.address(), 100)]);
    assert_eq!(successes(&outcome), [true; 3]);
    assert!(outcome.receipts.iter().all(|receipt| receipt.gas_used == 21_000));
    assert_eq!(balance(&chain, &alice), U256::from(ETHER - 120));
    assert_eq!(balance(&chain, &bob), U256::from(120));
    assert_eq!(chain.account(alice.address()).nonce, 3);
    assert_eq!(chain.account(Address::ZERO), Account::EMPTY, "the beneficiary gets nothing");
}

#[test]
fn accounts_that_end_as_they_began_are_no_change() {
    let (mut alice, mut bob) = (Wallet::new(1), Wallet::new(2));
    let mut chain = Chain::new(&[&alice]);
    chain.block(&[alice.transfer(bob.address(), 7)]);
    let outcome = chain.block(&[alice.transfer(Address::repeat_byte(8), 0), bob.transfer(bob.address(), 5)]);
    let changed: Vec<_> = outcome.changes.accounts.keys().copied().collect();
    let mut senders = vec![alice.address(), bob.address()];
    senders.sort();
    assert_eq!(changed, senders, "a transfer of nothing to nobody makes no account");
}

#[test]
fn a_token_keeps_balances_and_emits_its_event() {
    let (mut alice, bob) = (Wallet::new(1), Wallet::new(2));
    let mut chain = Chain::new(&[]);
    let token = chain.deploy(&mut alice, [code(TOKEN), U256::from(1000).abi_encode()].concat());
    assert_eq!(token, alice.address().create(0));
    let pay = |value: u64| IToken::transferCall { to: bob.address(), value: U256::from(value) }.abi_encode();
    let outcome = chain.block(&[alice.call(token, pay(300)), alice.call(token, pay(701))]);
    assert_eq!(successes(&outcome), [true, false]);
    let log = &outcome.receipts[0].logs[0];
    let event = IToken::Transfer::decode_raw_log(log.topics.clone(), &log.data).unwrap();
    assert_eq!(
        (log.address, event.from, event.to, event.value),
        (token, alice.address(), bob.address(), U256::from(300))
    );
    let held = chain.view(token, IToken::balanceOfCall(bob.address()));
    assert_eq!(held, U256::from(300));
    assert_eq!(chain.account(alice.address()).nonce, 3, "a failed transaction counts");
}

#[test]
fn a_transaction_may_use_a_contract_created_earlier_in_its_block() {
    let mut alice = Wallet::new(1);
    alice.gas = 5_000_000;
    let mut chain = Chain::new(&[]);
    let prober = alice.address().create(0);
    let poke = IProber::pokeCall {}.abi_encode();
    let outcome = chain.block(&[
        alice.create(code(PROBER)),
        alice.call(prober, poke.clone()),
        alice.call(prober, poke),
    ]);
    assert_eq!(successes(&outcome), [true; 3]);
    assert_eq!(chain.view(prober, IProber::countCall {}), U256::from(2));
    assert_eq!(outcome.changes.code.len(), 4, "history, proxy, modules' byte, prober");
}

#[test]
fn every_kind_of_failure_undoes_everything_but_the_nonce() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let calls = [
        IProber::refuseCall { code: U256::from(7) }.abi_encode(),
        IProber::invalidCall {}.abi_encode(),
        IProber::spinCall {}.abi_encode(),
        IProber::callAndRefuseCall { to: EVIDENCE, input: deposit(1).abi_encode().into() }.abi_encode(),
    ];
    alice.gas = 400_000;
    let transactions: Vec<_> = calls.into_iter().map(|input| alice.call(prober, input)).collect();
    let outcome = chain.block(&transactions);
    assert_eq!(successes(&outcome), [false; 4]);
    let gas: Vec<_> = outcome.receipts.iter().map(|receipt| receipt.gas_used).collect();
    assert!(gas[0] < 30_000, "a revert gives back what is left: {gas:?}");
    assert_eq!(gas[1..3], [400_000, 400_000], "a halt takes all");
    assert!(gas[3] < 400_000);
    assert_eq!(outcome.changes.accounts.keys().collect::<Vec<_>>(), [&alice.address()]);
    assert_eq!(outcome.changes.slots.len(), 1, "the parent's hash");
    assert_eq!(chain.view(EVIDENCE, countsCall {}).records, 0);
}

#[test]
fn a_slot_that_comes_back_to_its_value_is_no_change() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let set = |value: u64| IProber::setCall { value: U256::from(value) }.abi_encode();
    chain.block(&[alice.call(prober, set(5))]);
    let outcome =
        chain.block(&[alice.call(prober, set(6)), alice.call(prober, set(0)), alice.call(prober, set(5))]);
    assert_eq!(successes(&outcome), [true; 3]);
    assert!(outcome.changes.slots.keys().all(|(address, _)| *address != prober));
    let outcome = chain.block(&[alice.call(prober, set(0))]);
    assert_eq!(outcome.changes.slots.get(&(prober, U256::ZERO)), Some(&U256::ZERO), "zero removes");
    assert!(outcome.receipts[0].gas_used < 24_000, "clearing is refunded: {}", outcome.receipts[0].gas_used);
}

#[test]
fn slots_are_cold_again_and_refunds_start_over_in_each_transaction() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let set = |value: u64| IProber::setCall { value: U256::from(value) }.abi_encode();
    chain.block(&[alice.call(prober, set(1))]);
    let alone = chain.block(&[alice.call(prober, set(2))]).receipts[0].gas_used;
    let outcome =
        chain.block(&[alice.call(prober, set(3)), alice.call(prober, set(4)), alice.call(prober, set(5))]);
    assert!(outcome.receipts.iter().all(|receipt| receipt.gas_used == alone), "{:?}", outcome.receipts);
}

#[test]
fn nonces_go_up_one_by_one() {
    let (mut alice, mut bob) = (Wallet::new(1), Wallet::new(2));
    let mut chain = Chain::new(&[&alice, &bob]);
    let to = Address::repeat_byte(9);
    let [a0, a1, a2] = core::array::from_fn(|_| alice.transfer(to, 1));
    let b0 = bob.transfer(to, 1);
    let outcome = chain.block(&[a0.clone(), a2.clone(), a0.clone(), b0, a1]);
    assert_eq!(outcome.included, [0, 3, 4]);
    assert_eq!(
        outcome.skipped,
        [(1, Refusal::NonceTooHigh { tx: 2, next: 1 }), (2, Refusal::NonceTooLow { tx: 0, next: 1 })]
    );
    for (transactions, want) in [
        (vec![a2, a0], BlockError::Invalid { index: 1, reason: Refusal::NonceTooLow { tx: 0, next: 3 } }),
        (
            vec![alice.transfer(to, 1)],
            BlockError::Invalid { index: 0, reason: Refusal::NonceTooHigh { tx: 3, next: 2 } },
        ),
    ] {
        let env = chain.env();
        let error = execute(&mut chain.state, &chain.spec, &env, &transactions, Mode::Verify).unwrap_err();
        assert_eq!(error, want);
    }
}

#[test]
fn without_balance_there_is_no_value_to_send() {
    let (mut alice, mut poor) = (Wallet::new(1), Wallet::new(2));
    let mut chain = Chain::new(&[&alice]);
    let to = Address::repeat_byte(9);
    let outcome = chain.block(&[poor.transfer(to, 1)]);
    let refusal = Refusal::InsufficientFunds { balance: U256::ZERO, value: U256::ONE };
    assert_eq!(outcome.skipped, [(0, refusal)]);
    poor.nonce = 0;
    // Balance that arrives in the same block counts.
    let outcome =
        chain.block(&[alice.transfer(poor.address(), 1), poor.transfer(to, 1), poor.transfer(to, 0)]);
    assert_eq!(successes(&outcome), [true; 3]);
}

#[test]
fn the_block_ends_where_its_gas_ends() {
    let wallets: Vec<_> = (1..=4).map(Wallet::new).collect();
    let mut chain = Chain::new(&wallets.iter().collect::<Vec<_>>());
    let to = Address::repeat_byte(9);
    let gas = [50_000, 60_000, 40_000, 21_000];
    let transactions: Vec<_> = wallets
        .into_iter()
        .zip(gas)
        .map(|(mut wallet, gas)| {
            wallet.gas = gas;
            wallet.transfer(to, 1)
        })
        .collect();
    let env = Env { gas_limit: 80_000, ..chain.env() };
    let outcome = execute(&mut chain.state, &chain.spec, &env, &transactions, Mode::Build).unwrap();
    // 50 000 fit, 21 000 are used; 59 000 are left: 60 000 do not fit, 40 000 do; and so on.
    assert_eq!((outcome.included, outcome.gas_used), (vec![0, 2, 3], 63_000));
    assert_eq!(outcome.skipped, [(1, Refusal::BlockFull { gas: 60_000, left: 59_000 })]);
    let error = execute(&mut chain.state, &chain.spec, &env, &transactions, Mode::Verify).unwrap_err();
    assert!(matches!(error, BlockError::Invalid { index: 1, reason: Refusal::BlockFull { .. } }), "{error}");
}

#[test]
fn a_module_is_called_by_a_transaction_like_a_contract() {
    let mut alice = Wallet::new(1);
    let mut chain = Chain::new(&[&alice]);
    let outcome = chain.block(&[
        alice.call(EVIDENCE, deposit(1).abi_encode()),
        alice.call(EVIDENCE, deposit(0).abi_encode()),
        alice.call(EVIDENCE, vec![1, 2, 3, 4]),
        alice.send(TxKind::Call(EVIDENCE), U256::ONE, deposit(2).abi_encode().into(), AccessList::default()),
    ]);
    assert_eq!(successes(&outcome), [true, false, false, false]);
    let log = &outcome.receipts[0].logs[0];
    let event = Deposited::decode_raw_log(log.topics.clone(), &log.data).unwrap();
    assert_eq!((log.address, event.depositor, event.height), (EVIDENCE, alice.address(), 1));
    assert_eq!(event.timestampMs, env(1).timestamp_ms);
    let record = chain.view(EVIDENCE, recordOfCall { digest: B256::repeat_byte(1) });
    assert_eq!((record.depositor, record.height, record.count), (alice.address(), 1, 1));
    assert_eq!(chain.account(EVIDENCE).balance, U256::ZERO, "refused value goes back");
}

#[test]
fn a_contract_calls_a_module_and_is_its_caller() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let forward = |to, input: Vec<u8>| IProber::forwardCall { to, input: input.into() }.abi_encode();
    let outcome = chain.block(&[alice.call(prober, forward(EVIDENCE, deposit(3).abi_encode()))]);
    assert_eq!(successes(&outcome), [true]);
    let record = chain.view(EVIDENCE, recordOfCall { digest: B256::repeat_byte(3) });
    assert_eq!(record.depositor, prober);
    let count = chain.view(
        prober,
        IProber::forwardStaticCall { to: MEMBERS, input: organisationCountCall {}.abi_encode().into() },
    );
    assert_eq!(u32::abi_decode(&count).unwrap(), 0);
    // What Solidity checks before it calls through an interface.
    assert_eq!(chain.view(prober, IProber::sizeOfCall { account: EVIDENCE }), U256::ONE);
}

/// How a call through the prober reverts.
fn revert_of(chain: &mut Chain, prober: Address, call: impl SolCall) -> Bytes {
    let request = Request { to: Some(prober), input: call.abi_encode().into(), ..Default::default() };
    let env = env(chain.height);
    match simulate::call(&mut chain.state, &env, &request, &Default::default()).unwrap() {
        CallResult::Reverted { output, .. } => output,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_errors_of_a_module_reach_the_contract_as_revert_data() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let write: Bytes = deposit(4).abi_encode().into();
    let zero: Bytes = deposit(0).abi_encode().into();
    let unknown: Bytes = vec![1, 2, 3, 4].into();
    let to = EVIDENCE;
    let cases = [
        (revert_of(&mut chain, prober, IProber::forwardCall { to, input: zero }), ZeroDigest {}.abi_encode()),
        (
            revert_of(&mut chain, prober, IProber::forwardCall { to, input: unknown }),
            UnknownFunction { selector: [1, 2, 3, 4].into() }.abi_encode(),
        ),
        (
            revert_of(&mut chain, prober, IProber::forwardStaticCall { to, input: write.clone() }),
            StaticCall {}.abi_encode(),
        ),
        (
            revert_of(&mut chain, prober, IProber::forwardDelegateCall { to, input: write.clone() }),
            DirectCallOnly {}.abi_encode(),
        ),
        (
            revert_of(&mut chain, prober, IProber::forwardCodeCall { to, input: write.clone() }),
            DirectCallOnly {}.abi_encode(),
        ),
    ];
    for (index, (got, want)) in cases.into_iter().enumerate() {
        assert_eq!(got, Bytes::from(want), "case {index}");
    }
    let forward = IProber::forwardCall { to, input: write }.abi_encode();
    let with_value = Request {
        from: Some(alice.address()),
        to: Some(prober),
        value: U256::from(5),
        input: forward.clone().into(),
        ..Default::default()
    };
    let env = env(chain.height);
    let result = simulate::call(&mut chain.state, &env, &with_value, &Default::default()).unwrap();
    let want = Bytes::from(ValueNotAccepted {}.abi_encode());
    assert!(matches!(result, CallResult::Reverted { output, .. } if output == want));
    let with_value = alice.send(TxKind::Call(prober), U256::from(5), forward.into(), AccessList::default());
    assert_eq!(successes(&chain.block(&[with_value])), [false]);
    assert_eq!(chain.view(EVIDENCE, countsCall {}).records, 0);
}

#[test]
fn what_a_module_did_is_undone_with_the_call_that_did_it() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    // The inner call writes and runs out of gas half-way; the outer goes on.
    let attempt = |gas: u64| {
        let input = deposit(5).abi_encode().into();
        IProber::attemptCall { to: EVIDENCE, input, gasLimit: U256::from(gas) }.abi_encode()
    };
    let outcome = chain.block(&[alice.call(prober, attempt(28_000))]);
    assert_eq!(successes(&outcome), [true]);
    assert!(outcome.receipts[0].logs.is_empty());
    assert!(outcome.receipts[0].gas_used > 21_000 + 28_000, "an empty budget is kept");
    assert!(outcome.changes.slots.keys().all(|(address, _)| *address != EVIDENCE));
    assert_eq!(chain.view(prober, IProber::countCall {}), U256::ONE);
    let outcome = chain.block(&[alice.call(prober, attempt(900_000))]);
    assert_eq!(outcome.receipts[0].logs.len(), 1);
    assert_eq!(chain.view(EVIDENCE, countsCall {}).records, 1);
}

#[test]
fn a_module_pays_for_storage_and_logs_what_a_contract_would() {
    let mut alice = Wallet::new(1);
    let mut chain = Chain::new(&[]);
    let first = chain.block(&[alice.call(EVIDENCE, deposit(1).abi_encode())]).receipts[0].gas_used;
    let second = chain.block(&[alice.call(EVIDENCE, deposit(2).abi_encode())]).receipts[0].gas_used;
    // New counter, then one that is there: 20 000 against 2 900.
    assert_eq!(first - second, 17_100);
    let again = chain.block(&[alice.call(EVIDENCE, deposit(2).abi_encode())]).receipts[0].gas_used;
    assert!(again < second - 10_000, "a repeat writes no new record: {again} after {second}");
    // An access list makes the counter's slot warm: 2 000 of cold access saved, 1 900 + 2 400 paid.
    let item = AccessListItem { address: EVIDENCE, storage_keys: vec![COUNTS.slot().into()] };
    let listed = alice.send(
        TxKind::Call(EVIDENCE),
        U256::ZERO,
        deposit(3).abi_encode().into(),
        AccessList(vec![item]),
    );
    let listed = chain.block(&[listed]).receipts[0].gas_used;
    assert_eq!(listed, second + 2_400 + 1_900 - 2_000);
}

#[test]
fn a_fault_undoes_the_transaction_is_reported_and_the_chain_goes_on() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    // A word that the module can never have written.
    chain.state.slots.insert((EVIDENCE, COUNTS.slot()), U256::MAX);
    alice.gas = 300_000;
    let forward = IProber::attemptCall {
        to: EVIDENCE,
        input: deposit(7).abi_encode().into(),
        gasLimit: U256::from(200_000),
    };
    let nonce = alice.nonce;
    let outcome = chain.block(&[
        alice.call(prober, IProber::pokeCall {}.abi_encode()),
        alice.call(EVIDENCE, deposit(6).abi_encode()),
        alice.call(prober, forward.abi_encode()),
        alice.call(prober, IProber::pokeCall {}.abi_encode()),
    ]);
    assert_eq!(successes(&outcome), [true, false, false, true]);
    assert_eq!(outcome.receipts[1].gas_used, 300_000);
    assert_eq!(outcome.receipts[2].gas_used, 300_000, "a contract cannot catch a fault");
    let places: Vec<_> = outcome.faults.iter().map(|fault| (fault.place, fault.module)).collect();
    assert_eq!(places, [(Place::Transaction(1), "evidence"), (Place::Transaction(2), "evidence")]);
    assert_eq!(chain.account(alice.address()).nonce, nonce + 4, "B3");
    assert_eq!(chain.view(prober, IProber::countCall {}), U256::from(2), "the attempt's own count is undone");
    assert_eq!(chain.state.slots[&(EVIDENCE, COUNTS.slot())], U256::MAX);
}

#[test]
fn a_failing_store_is_an_error_wherever_it_fails_and_never_a_receipt() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let forward = IProber::attemptCall {
        to: EVIDENCE,
        input: deposit(7).abi_encode().into(),
        gasLimit: U256::from(500_000),
    };
    let transactions = [
        alice.call(EVIDENCE, deposit(6).abi_encode()),
        alice.call(prober, forward.abi_encode()),
        alice.call(prober, IProber::hashOfCall { number: U256::ZERO }.abi_encode()),
    ];
    let env = chain.env();
    chain.state.reads = 0;
    let whole = execute(&mut chain.state, &chain.spec, &env, &transactions, Mode::Verify).unwrap();
    assert_eq!(successes(&whole), [true; 3]);
    let reads = chain.state.reads;
    assert!(reads >= 8, "{reads} reads");
    for at in 0..reads {
        let mut state = MemoryState { reads: 0, fails_at: Some(at), ..chain.state.clone() };
        for mode in [Mode::Build, Mode::Verify] {
            state.reads = 0;
            let error = execute(&mut state, &chain.spec, &env, &transactions, mode).unwrap_err();
            assert_eq!(error, BlockError::Read(ReadError::Failed(format!("read {at} fails"))));
        }
    }
}

#[test]
fn code_that_does_not_carry_its_hash_is_a_failing_store() {
    let mut alice = Wallet::new(1);
    let mut chain = Chain::new(&[]);
    chain.block(&[]);
    let address = Address::repeat_byte(0x77);
    chain.state.insert_code(address, vec![0x60, 0x01, 0x60, 0x77].into());
    for code in chain.state.code.values_mut().filter(|code| code.len() == 4) {
        *code = vec![0x60, 0x02, 0x60, 0x77].into();
    }
    let env = chain.env();
    let error = execute(&mut chain.state, &chain.spec, &env, &[alice.call(address, vec![])], Mode::Build)
        .unwrap_err();
    assert!(matches!(error, BlockError::Read(ReadError::Failed(_))), "{error}");
}

#[test]
fn blockhash_knows_the_ancestors_of_the_last_256_blocks() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    for _ in 0..300 {
        chain.block(&[]);
    }
    // The height at which `view` runs: the next block's would be one higher.
    let now = chain.height;
    let mut hash = |number: u64| chain.view(prober, IProber::hashOfCall { number: U256::from(number) });
    for number in [now - 1, now - 2, now - 100, now - 256] {
        assert_eq!(hash(number), env(number + 1).parent_hash, "block {number} at {now}");
    }
    for number in [now - 257, now, now + 1, 0] {
        assert_eq!(hash(number), B256::ZERO, "block {number} at {now}");
    }
    // The same in a transaction: the contract is given the number and pokes only if it gets a hash.
    let outcome =
        chain.block(&[alice.call(prober, IProber::pokeIfHashCall { number: U256::from(now) }.abi_encode())]);
    assert_eq!(outcome.receipts[0].logs.len(), 1);
}

#[test]
fn the_history_contract_answers_for_older_blocks() {
    let (mut chain, ..) = Chain::with_prober();
    for _ in 0..3 {
        chain.block(&[]);
    }
    let request = Request {
        to: Some(HISTORY_STORAGE_ADDRESS),
        input: U256::ONE.abi_encode().into(),
        ..Default::default()
    };
    let env_now = env(chain.height);
    let result = simulate::call(&mut chain.state, &env_now, &request, &Default::default()).unwrap();
    let want =
        CallResult::Returned { output: env(2).parent_hash.to_vec().into(), gas_used: result.gas_used() };
    assert_eq!(result, want);
}

#[test]
fn contracts_see_the_block_and_a_price_of_zero() {
    let (mut chain, _, prober) = Chain::with_prober();
    chain.block(&[]);
    let seen = chain.view(prober, IProber::contextCall {});
    let env = env(2);
    assert_eq!(seen._0, U256::from(2));
    assert_eq!(seen._1, U256::from(env.timestamp_ms / 1000));
    assert_eq!(seen._2, U256::from(mocks::CHAIN_ID));
    assert_eq!((seen._3, seen._4, seen._5), (U256::ZERO, U256::ZERO, Address::ZERO));
}

#[test]
fn a_contract_destroyed_in_the_transaction_that_created_it_leaves_nothing() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let heir = Address::repeat_byte(0xee);
    let input = IProber::mayflyCall { heir }.abi_encode();
    let mayfly = prober.create(1);
    let outcome = chain.block(&[
        alice.send(TxKind::Call(prober), U256::from(9), input.into(), AccessList::default()),
        // The address is a plain one again.
        alice.transfer(mayfly, 4),
    ]);
    assert_eq!(successes(&outcome), [true, true]);
    assert_eq!(chain.account(heir).balance, U256::from(9));
    assert_eq!(chain.account(mayfly), Account { balance: U256::from(4), ..Account::EMPTY });
    assert!(outcome.changes.slots.keys().all(|(address, _)| *address != mayfly));
    assert!(outcome.changes.code.is_empty());
    let alone = chain.block(&[alice.call(prober, IProber::mayflyCall { heir }.abi_encode())]);
    assert!(!alone.changes.accounts.contains_key(&prober.create(2)));
}

#[test]
fn the_deployment_proxy_creates_where_tools_expect() {
    let mut alice = Wallet::new(1);
    alice.gas = 5_000_000;
    let mut chain = Chain::new(&[]);
    let salt = B256::repeat_byte(3);
    let input = [salt.to_vec(), code(PROBER)].concat();
    assert_eq!(successes(&chain.block(&[alice.call(DEPLOYMENT_PROXY, input)])), [true]);
    let address = DEPLOYMENT_PROXY.create2_from_code(salt, code(PROBER));
    assert!(chain.account(address).has_code());
}

#[test]
fn a_creation_that_reverts_creates_nothing() {
    let mut alice = Wallet::new(1);
    let mut chain = Chain::new(&[]);
    // PUSH0 PUSH0 REVERT
    let outcome = chain.block(&[alice.create(vec![0x5f, 0x5f, 0xfd]), alice.create(vec![])]);
    assert_eq!(successes(&outcome), [false, true]);
    assert_eq!(outcome.receipts[0].created, None);
    assert_eq!(outcome.receipts[1].created, Some(alice.address().create(1)));
    assert_eq!(chain.account(alice.address()).nonce, 2);
}

#[test]
fn a_contract_can_not_be_a_sender() {
    let mut alice = Wallet::new(1);
    let mut chain = Chain::new(&[]);
    chain.block(&[]);
    chain.state.insert_code(alice.address(), vec![0].into());
    alice.nonce = 1;
    assert_eq!(chain.block(&[alice.transfer(Address::ZERO, 0)]).skipped, [(0, Refusal::SenderHasCode)]);
}

#[test]
fn the_same_inputs_give_the_same_outcome_whatever_was_tried_before() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let mut wallets: Vec<_> = (10..40).map(Wallet::new).collect();
    let mut transactions = vec![alice.transfer(Address::repeat_byte(1), 1)];
    for (index, wallet) in (0..).zip(&mut wallets) {
        wallet.gas = 400_000;
        transactions.push(wallet.call(EVIDENCE, deposit(index).abi_encode()));
        transactions.push(wallet.transfer(Address::repeat_byte(2), 1));
        transactions.push(wallet.call(prober, IProber::pokeCall {}.abi_encode()));
        wallet.nonce += 1;
        transactions.push(wallet.call(prober, IProber::pokeCall {}.abi_encode()));
    }
    let outcome = chain.block(&transactions);
    // No wallet has a balance, so each transfer is refused and what follows has a gap.
    assert_eq!(outcome.included.len(), 1 + 30);
    assert_eq!(outcome.skipped.len(), 90);
}
