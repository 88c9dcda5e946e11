//! Services that are stopped, and senders that may not act.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

use super::*;
use crate::{
    admission::Refusal,
    block::{BlockError, Mode, Outcome, execute},
    mocks::{Wallet, successes},
    scene::{Chain, IProber, PROBER, code, deposit},
    simulate::{self, CallResult, Estimate, Overrides, Request},
};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::TxKind;
use alloy_sol_types::{SolCall, SolError as _};
use ding_modules::{
    calendar::Day,
    evidence::{abi::IEvidence::recordOfCall, state::ADDRESS as EVIDENCE},
    identity::{
        abi::IIdentity::{acceptCall, bindCall, inviteCall, revokeCall, rotateCall, suspendCall},
        standing::Refusal as Standing,
        state::ADDRESS as IDENTITY,
    },
    orders::{
        Action, TargetKind,
        abi::IOrders::{Draft, appealCall, approveCall, draftCall, ordersOfCall, withdrawCall},
        state::ADDRESS as ORDERS,
    },
    services::{
        Status,
        abi::IServices::{ServiceStopped, addContractsCall, declareCall, recordCall, refreshCall},
        state::ADDRESS as SERVICES,
    },
};
use ding_primitives::{B256, Recovered};
use serde_json::json;
use std::sync::Arc;

const NUMBER: &str = "11010826000000010016";
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// A contract that takes whatever balance it gets.
const VAULT: Address = Address::repeat_byte(0x77);
/// A contract that calls several others, one after the other, whatever comes of each.
const BATCH: Address = Address::repeat_byte(0x78);

fn digest(number: u8) -> B256 {
    B256::repeat_byte(number)
}

/// A supervised chain with a service of three addresses: a contract, a vault, the module `evidence`.
struct Stage {
    chain: Chain,
    chief: Wallet,
    deputy: Wallet,
    office: Wallet,
    alice: Wallet,
    bob: Wallet,
    /// A contract of no service.
    plain: Address,
    /// The contract of the service.
    shop: Address,
}

impl Stage {
    fn new(admission: &str) -> Self {
        let [mut chief, deputy, office, alice, bob] = [10, 11, 12, 1, 2].map(Wallet::new);
        let mut chain = Chain::new(&[&alice, &bob]);
        let members = json!({ "organisations": [
            { "name": "Administration", "roles": ["supervisor"], "accounts": [chief.address(), deputy.address()] },
            { "name": "Identity Office", "accounts": [office.address()] },
        ]});
        let identity =
            json!({ "admission": admission, "authorities": [{ "organisation": "Identity Office" }] });
        chain.spec.modules.insert("members".into(), members);
        chain.spec.modules.insert("identity".into(), identity);
        // The blocks are of November 2023; the next year has no table.
        let tables = json!({ "tables": [{ "year": 2023, "holidays": [] }] });
        chain.spec.modules.insert("calendar".into(), tables);
        let plain = chain.deploy(&mut chief, code(PROBER));
        let shop = chain.deploy(&mut chief, code(PROBER));
        chain.state.insert_code(VAULT, vec![0x00].into());
        Self { chain, chief, deputy, office, alice, bob, plain, shop }
    }

    /// With the service declared and recorded.
    fn recorded() -> Self {
        let mut stage = Self::new("open");
        let outcome = stage.declare();
        assert_eq!(successes(&outcome), [true]);
        let record = recordCall { id: digest(1), number: NUMBER.into() };
        let record = stage.chief.call(SERVICES, record.abi_encode());
        assert_eq!(successes(&stage.chain.block(&[record])), [true]);
        stage
    }

    fn declare(&mut self) -> Outcome {
        let goLive = Day::from_ms(self.chain.env().timestamp_ms).get();
        let contracts = vec![self.shop, VAULT, EVIDENCE];
        let provider = self.bob.address();
        let declare = declareCall { id: digest(1), provider, division: 11, goLive, contracts };
        let declare = self.chief.call(SERVICES, declare.abi_encode());
        self.chain.block(&[declare])
    }

    /// Drafted by one officer: the number of the order.
    fn drafted(&mut self, what: Draft) -> u64 {
        let year = Day::from_ms(self.chain.env().timestamp_ms).year();
        let draft = self.chief.call(ORDERS, draftCall { what }.abi_encode());
        assert_eq!(successes(&self.chain.block(&[draft])), [true]);
        let count = self.chain.view(ORDERS, ordersOfCall { year });
        u64::from(year) * 1_000_000 + u64::from(count)
    }

    /// Approved by another, not sent yet.
    fn approval(&mut self, number: u64) -> Arc<Recovered> {
        self.deputy.call(ORDERS, approveCall { number }.abi_encode())
    }

    /// Drafted and approved.
    fn ordered(&mut self, what: Draft) -> u64 {
        let number = self.drafted(what);
        let approve = self.approval(number);
        assert_eq!(successes(&self.chain.block(&[approve])), [true]);
        number
    }

    /// A recorded service that is suspended.
    fn suspended() -> (Self, u64) {
        let mut stage = Self::recorded();
        let number = stage.ordered(against_service(Action::Suspend));
        // What is asked without a transaction is asked in the last block.
        stage.chain.block(&[]);
        (stage, number)
    }

    fn count(&mut self, prober: Address) -> U256 {
        self.chain.view(prober, IProber::countCall {})
    }

    /// What a transaction of `alice` comes to, as gas used or as a revert.
    fn sent(&mut self, to: Address, input: impl SolCall) -> bool {
        let transaction = self.alice.call(to, input.abi_encode());
        successes(&self.chain.block(&[transaction])) == [true]
    }

    fn asked(&mut self, to: Address, input: impl SolCall) -> CallResult {
        let from = Some(self.alice.address());
        self.chain.ask(&Request {
            from,
            to: Some(to),
            input: input.abi_encode().into(),
            ..Request::default()
        })
    }

    /// The block with this transaction alone: why a proposer leaves it out; and that it spoils a block
    /// that has it.
    fn refused(&mut self, transaction: Arc<Recovered>) -> Refusal {
        let (sender, env) = (transaction.sender(), self.chain.env());
        let before = self.chain.account(sender);
        let list = [transaction];
        let spoilt = execute(&mut self.chain.state, &self.chain.spec, &env, &list, Mode::Verify);
        let built = self.chain.block(&list);
        let [(0, why)] = &built.skipped[..] else { panic!("{:?}", built.skipped) };
        assert_eq!(spoilt, Err(BlockError::Invalid { index: 0, reason: why.clone() }));
        assert_eq!((built.included.len(), built.gas_used), (0, 0), "it costs nothing");
        assert_eq!(self.chain.account(sender), before, "not even its nonce");
        assert!(!why.is_temporary());
        why.clone()
    }
}

fn against(action: Action, kind: TargetKind, target: B256) -> Draft {
    Draft {
        action: action.number(),
        targetKind: kind.number(),
        target,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: digest(0x55),
        basis: "Order No. 3 of the CAC, art. 15".into(),
    }
}

fn against_service(action: Action) -> Draft {
    against(action, TargetKind::Service, digest(1))
}

fn against_account(action: Action, account: Address) -> Draft {
    against(action, TargetKind::Account, account.into_word())
}

fn poke() -> Bytes {
    IProber::pokeCall {}.abi_encode().into()
}

fn stopped_as(number: &str, status: Status) -> Bytes {
    ServiceStopped { number: number.into(), status: status.number() }.abi_encode().into()
}

fn reverted(result: &CallResult) -> &Bytes {
    let CallResult::Reverted { output, .. } = result else { panic!("{result:?}") };
    output
}

/// Every way in which a transaction reaches a contract and writes there.
fn ways(stage: &Stage) -> Vec<(&'static str, Address, Vec<u8>)> {
    let (plain, to, input) = (stage.plain, stage.shop, poke());
    vec![
        ("direct", to, input.to_vec()),
        ("CALL", plain, IProber::forwardCall { to, input: input.clone() }.abi_encode()),
        ("DELEGATECALL", plain, IProber::forwardDelegateCall { to, input: input.clone() }.abi_encode()),
        ("CALLCODE", plain, IProber::forwardCodeCall { to, input }.abi_encode()),
    ]
}

/// Code that calls each with `poke` and keeps in slot i whether call i succeeded.
fn calls_of(each: &[Address]) -> Vec<u8> {
    let mut code = [&[0x63], &IProber::pokeCall::SELECTOR[..], &[0x5f, 0x52]].concat();
    for (place, to) in (0u8..).zip(each) {
        // CALL(gas, to, 0, 28, 4, 0, 0), then SSTORE(place, success)
        code.extend([0x5f, 0x5f, 0x60, 4, 0x60, 28, 0x5f, 0x73]);
        code.extend(to.as_slice());
        code.extend([0x5a, 0xf1, 0x60, place, 0x55]);
    }
    code.push(0x00);
    code
}

#[test]
fn a_suspended_service_is_refused_direct_and_through_contracts_and_its_number_is_told() {
    let mut running = Stage::recorded();
    for (way, to, input) in ways(&running) {
        let transaction = running.alice.call(to, input);
        assert_eq!(successes(&running.chain.block(&[transaction])), [true], "{way}");
    }
    let (mut stage, _) = Stage::suspended();
    let want = stopped_as(NUMBER, Status::Suspended);
    for (way, to, input) in ways(&stage) {
        let request = Request { to: Some(to), input: input.clone().into(), ..Request::default() };
        assert_eq!(reverted(&stage.chain.ask(&request)), &want, "{way}");
        let env = stage.chain.env();
        let estimate = simulate::estimate(&mut stage.chain.state, &env, &request, &Overrides::default());
        assert!(
            matches!(&estimate, Ok(Estimate::Fails(CallResult::Reverted { output, .. })) if *output == want),
            "{way}: {estimate:?}"
        );
        let transaction = stage.alice.call(to, input);
        let outcome = stage.chain.block(&[transaction]);
        assert_eq!(successes(&outcome), [false], "{way}");
        assert!(outcome.receipts[0].gas_used < 40_000, "a revert gives back what is left");
        assert_eq!(outcome.changes.slots.len(), 1, "{way}: the parent's hash");
    }
    assert_eq!((stage.count(stage.shop), stage.count(stage.plain)), (U256::ZERO, U256::ZERO));
    let sentence = ding_modules::decode_revert(&want).unwrap();
    assert!(sentence.contains(NUMBER) && sentence.contains("suspended"), "{sentence}");
}

#[test]
fn a_refused_call_costs_what_its_envelope_costs() {
    let (mut stage, _) = Stage::suspended();
    let transaction = stage.alice.call(stage.shop, poke());
    let outcome = stage.chain.block(&[transaction]);
    // 21,000 and four bytes that are not zero, or the floor for them (EIP-7623).
    assert_eq!(outcome.receipts[0].gas_used, 21_160);
    assert_eq!(stage.chain.account(stage.alice.address()).nonce, 1, "it counts as any that reverts");
}

#[test]
fn a_batch_goes_on_past_the_services_that_are_stopped() {
    let (mut stage, _) = Stage::suspended();
    let (plain, shop) = (stage.plain, stage.shop);
    let code = calls_of(&[plain, shop, plain, VAULT, plain]);
    stage.chain.state.insert_code(BATCH, code.into());
    let transaction = stage.alice.call(BATCH, Bytes::new());
    assert_eq!(successes(&stage.chain.block(&[transaction])), [true]);
    let took = |stage: &Stage, at: u64| stage.chain.state.slots.contains_key(&(BATCH, U256::from(at)));
    assert_eq!([0, 1, 2, 3, 4].map(|at| took(&stage, at)), [true, false, true, false, true]);
    assert_eq!((stage.count(plain), stage.count(shop)), (U256::from(3), U256::ZERO));
}

#[test]
fn a_constructor_reaches_no_stopped_service() {
    let (mut stage, _) = Stage::suspended();
    let (plain, shop) = (stage.plain, stage.shop);
    let transaction = stage.alice.create(calls_of(&[plain, shop]));
    let outcome = stage.chain.block(&[transaction]);
    assert_eq!(successes(&outcome), [true]);
    let created = outcome.receipts[0].created.unwrap();
    let took = [0, 1].map(|at| stage.chain.state.slots.contains_key(&(created, U256::from(at))));
    assert_eq!(took, [true, false]);
    assert_eq!((stage.count(plain), stage.count(shop)), (U256::from(1), U256::ZERO));
}

#[test]
fn value_sent_to_a_stopped_service_comes_back() {
    let (mut stage, _) = Stage::suspended();
    let before = stage.chain.account(stage.alice.address()).balance;
    let forward = IProber::forwardCall { to: VAULT, input: Bytes::new() }.abi_encode();
    let transactions = [
        stage.alice.transfer(VAULT, 5),
        stage.alice.send(TxKind::Call(stage.plain), U256::from(7), forward.into(), AccessList::default()),
    ];
    assert_eq!(successes(&stage.chain.block(&transactions)), [false; 2]);
    assert_eq!(stage.chain.account(stage.alice.address()).balance, before);
    assert_eq!(stage.chain.account(VAULT).balance, U256::ZERO);
    let request = Request {
        from: Some(stage.alice.address()),
        to: Some(VAULT),
        value: U256::from(1),
        ..Request::default()
    };
    assert_eq!(reverted(&stage.chain.ask(&request)), &stopped_as(NUMBER, Status::Suspended));
}

#[test]
fn what_a_stopped_service_recorded_stays_readable() {
    let mut stage = Stage::recorded();
    let (plain, shop, record) = (stage.plain, stage.shop, recordOfCall { digest: digest(9) });
    assert!(stage.sent(shop, IProber::pokeCall {}) && stage.sent(EVIDENCE, deposit(9)));
    stage.ordered(against_service(Action::Suspend));
    stage.chain.block(&[]);
    assert_eq!(stage.count(shop), U256::from(1));
    assert_eq!(stage.chain.view(EVIDENCE, record.clone()).depositor, stage.alice.address());
    // A contract looks with STATICCALL, in a transaction too.
    let look = IProber::forwardStaticCall { to: shop, input: IProber::countCall {}.abi_encode().into() };
    assert_eq!(U256::from_be_slice(&stage.chain.view(plain, look.clone())), U256::from(1));
    assert!(stage.sent(plain, look));
    let look = IProber::forwardStaticCall { to: EVIDENCE, input: record.abi_encode().into() };
    assert!(stage.sent(plain, look));
    // Code that looks around is no call.
    assert!(stage.chain.view(plain, IProber::sizeOfCall { account: shop }) > U256::ZERO);
}

#[test]
fn whoever_asks_a_stopped_service_to_write_hears_what_stops_it_and_a_view_keeps_its_own_words() {
    let (mut stage, _) = Stage::suspended();
    let (plain, shop, want) = (stage.plain, stage.shop, stopped_as(NUMBER, Status::Suspended));
    // A write that halts, one in a call further down, a module, and a creation inside.
    assert_eq!(reverted(&stage.asked(shop, IProber::pokeCall {})), &want);
    assert_eq!(reverted(&stage.asked(shop, IProber::forwardCall { to: plain, input: poke() })), &want);
    assert_eq!(reverted(&stage.asked(EVIDENCE, deposit(1))), &want);
    let heir = stage.alice.address();
    assert_eq!(reverted(&stage.asked(shop, IProber::mayflyCall { heir })), &want);
    // Reading and failing for a reason of its own are told as ever.
    let own = IProber::Refused { code: U256::from(7) }.abi_encode();
    assert_eq!(reverted(&stage.asked(shop, IProber::refuseCall { code: U256::from(7) })), &own);
    assert!(stage.asked(shop, IProber::countCall {}).is_returned());
}

#[test]
fn a_stopped_module_is_refused_like_a_contract() {
    let (mut stage, number) = Stage::suspended();
    assert!(!stage.sent(EVIDENCE, deposit(1)));
    let through = IProber::forwardCall { to: EVIDENCE, input: deposit(1).abi_encode().into() };
    assert_eq!(reverted(&stage.asked(stage.plain, through)), &stopped_as(NUMBER, Status::Suspended));
    // Modules that the ledger runs on are no part of a service.
    let id = digest(1);
    let restore = Draft { refersTo: number, ..against_service(Action::Restore) };
    stage.ordered(restore);
    let add = stage.chief.call(SERVICES, addContractsCall { id, contracts: vec![ORDERS] }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[add])), [false]);
    assert!(stage.sent(EVIDENCE, deposit(1)));
}

#[test]
fn the_block_in_which_a_service_is_suspended_still_lets_every_call_through() {
    let mut stage = Stage::recorded();
    let number = stage.drafted(against_service(Action::Suspend));
    let (id, shop) = (digest(1), stage.shop);
    let transactions = [
        stage.alice.call(shop, poke()),
        stage.approval(number),
        stage.alice.call(shop, poke()),
        // Touches the slots that the guard reads.
        stage.bob.call(SERVICES, refreshCall { id }.abi_encode()),
        stage.bob.call(shop, poke()),
    ];
    assert_eq!(successes(&stage.chain.block(&transactions)), [true; 5]);
    assert_eq!(stage.count(shop), U256::from(3));
    let transactions = [
        stage.alice.call(shop, poke()),
        stage.bob.call(SERVICES, refreshCall { id }.abi_encode()),
        stage.bob.call(shop, poke()),
    ];
    assert_eq!(successes(&stage.chain.block(&transactions)), [false, true, false]);
}

#[test]
fn the_block_in_which_a_suspension_is_lifted_refuses_every_call_alike() {
    let (mut stage, number) = Stage::suspended();
    let shop = stage.shop;
    let restore = stage.drafted(Draft { refersTo: number, ..against_service(Action::Restore) });
    let transactions =
        [stage.alice.call(shop, poke()), stage.approval(restore), stage.alice.call(shop, poke())];
    assert_eq!(successes(&stage.chain.block(&transactions)), [false, true, false]);
    for (way, to, input) in ways(&stage) {
        let transaction = stage.alice.call(to, input);
        assert_eq!(successes(&stage.chain.block(&[transaction])), [true], "{way}");
    }
    // CALL and direct count in the contract, the two others in the caller.
    assert_eq!((stage.count(shop), stage.count(stage.plain)), (U256::from(2), U256::from(2)));
}

#[test]
fn a_service_that_is_bound_to_an_address_in_a_block_is_asked_about_from_the_next_on() {
    let (mut stage, _) = Stage::suspended();
    let plain = stage.plain;
    let add = addContractsCall { id: digest(1), contracts: vec![plain] };
    let transactions = [
        stage.alice.call(plain, poke()),
        stage.chief.call(SERVICES, add.abi_encode()),
        stage.alice.call(plain, poke()),
    ];
    assert_eq!(successes(&stage.chain.block(&transactions)), [true; 3]);
    assert!(!stage.sent(plain, IProber::pokeCall {}));
}

#[test]
fn a_service_whose_time_to_file_is_over_is_refused_without_a_number_until_it_is_recorded() {
    let mut stage = Stage::new("open");
    assert_eq!(successes(&stage.declare()), [true]);
    let shop = stage.shop;
    assert!(stage.sent(shop, IProber::pokeCall {}));
    stage.chain.later_ms += 9 * DAY_MS;
    assert!(stage.sent(shop, IProber::pokeCall {}), "ten working days are not over");
    stage.chain.later_ms += 20 * DAY_MS;
    assert!(!stage.sent(shop, IProber::pokeCall {}));
    assert_eq!(reverted(&stage.asked(shop, IProber::pokeCall {})), &stopped_as("", Status::Declared));
    let record = recordCall { id: digest(1), number: NUMBER.into() };
    let transactions = [stage.chief.call(SERVICES, record.abi_encode()), stage.alice.call(shop, poke())];
    assert_eq!(successes(&stage.chain.block(&transactions)), [true, false]);
    assert!(stage.sent(shop, IProber::pokeCall {}));
}

#[test]
fn a_service_whose_time_to_file_ends_in_a_year_without_a_table_is_not_stopped_for_it() {
    let mut stage = Stage::new("open");
    // The end of December.
    stage.chain.later_ms += 40 * DAY_MS;
    assert_eq!(successes(&stage.declare()), [true]);
    stage.chain.later_ms += 40 * DAY_MS;
    let shop = stage.shop;
    assert!(stage.sent(shop, IProber::pokeCall {}), "its end is provisional");
}

#[test]
fn a_state_that_does_not_answer_the_guard_is_no_refusal() {
    let (mut stage, _) = Stage::suspended();
    let env = stage.chain.env();
    let list =
        [stage.alice.call(stage.plain, IProber::forwardCall { to: stage.shop, input: poke() }.abi_encode())];
    let mut counted = stage.chain.state.clone();
    counted.reads = 0;
    execute(&mut counted, &stage.chain.spec, &env, &list, Mode::Verify).unwrap();
    for at in 0..counted.reads {
        let mut state = stage.chain.state.clone();
        (state.reads, state.fails_at) = (0, Some(at));
        let result = execute(&mut state, &stage.chain.spec, &env, &list, Mode::Verify);
        assert!(matches!(result, Err(BlockError::Read(_))), "read {at} of {}: {result:?}", counted.reads);
    }
}

#[test]
fn a_frozen_sender_is_refused_at_consensus_from_the_next_block_on() {
    let mut stage = Stage::new("open");
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let number = stage.drafted(against_account(Action::Freeze, alice));
    let transactions = [stage.alice.transfer(bob, 1), stage.approval(number), stage.alice.transfer(bob, 1)];
    assert_eq!(successes(&stage.chain.block(&transactions)), [true; 3], "that block knows nothing of it");
    let transfer = stage.alice.transfer(bob, 1);
    let why = stage.refused(transfer.clone());
    assert!(matches!(why, Refusal::Standing(Standing::Frozen { .. })), "{why}");
    assert!(why.to_string().starts_with("account_frozen: "), "{why}");
    // Others of the block are not held up.
    let outcome = stage.chain.block(&[transfer, stage.bob.transfer(alice, 3)]);
    assert_eq!((outcome.included.as_slice(), outcome.skipped.len()), (&[1][..], 1));
    // It appeals, and does nothing else of orders.
    stage.alice.nonce = 2;
    let withdraw = stage.alice.call(ORDERS, withdrawCall { number }.abi_encode());
    assert!(matches!(stage.refused(withdraw), Refusal::Standing(Standing::Frozen { .. })));
    stage.alice.nonce = 2;
    let appeal = stage.alice.call(ORDERS, appealCall { number, grounds: digest(1) }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[appeal])), [true]);
    let release = Draft { refersTo: number, ..against_account(Action::Release, alice) };
    stage.ordered(release);
    let transfer = stage.alice.transfer(bob, 1);
    assert_eq!(successes(&stage.chain.block(&[transfer])), [true]);
}

#[test]
fn a_frozen_account_does_not_act_through_the_order_modules_selector_elsewhere() {
    let mut stage = Stage::new("open");
    let alice = stage.alice.address();
    let number = stage.ordered(against_account(Action::Freeze, alice));
    let appeal = appealCall { number, grounds: digest(1) }.abi_encode();
    let elsewhere = stage.alice.call(stage.plain, appeal.clone());
    assert!(matches!(stage.refused(elsewhere), Refusal::Standing(Standing::Frozen { .. })));
    stage.alice.nonce = 0;
    let create = stage.alice.create(appeal);
    assert!(matches!(stage.refused(create), Refusal::Standing(Standing::Frozen { .. })));
}

fn bind(account: Address, expiryMs: u64) -> Vec<u8> {
    bindCall {
        account,
        kind: 1,
        subject: digest(account[0]),
        level: 2,
        expiryMs,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    }
    .abi_encode()
}

/// Why a transfer of this wallet is refused, by name; it may be sent again.
fn refusal(stage: &mut Stage, of: impl Fn(&mut Stage) -> &mut Wallet) -> &'static str {
    let transfer = of(stage).transfer(Address::repeat_byte(8), 0);
    of(stage).nonce -= 1;
    match stage.refused(transfer) {
        Refusal::Standing(standing) => standing.name(),
        other => panic!("{other}"),
    }
}

#[test]
fn on_a_bound_chain_an_account_acts_from_the_block_after_it_was_bound() {
    let mut stage = Stage::new("bound");
    let alice = stage.alice.address();
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_not_bound");
    let bind = stage.office.call(IDENTITY, bind(alice, 0));
    let outcome = stage.chain.block(&[bind, stage.alice.transfer(alice, 0)]);
    assert_eq!(successes(&outcome), [true]);
    assert_eq!(outcome.skipped.len(), 1, "bound in this block, it acts in the next");
    stage.alice.nonce = 0;
    let transfer = stage.alice.transfer(alice, 0);
    assert_eq!(successes(&stage.chain.block(&[transfer])), [true]);
    let suspend = stage.office.call(IDENTITY, suspendCall { account: alice, reason: 6 }.abi_encode());
    let outcome = stage.chain.block(&[suspend, stage.alice.transfer(alice, 0)]);
    assert_eq!(successes(&outcome), [true; 2], "suspended in this block, it stops in the next");
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_suspended");
    let revoke = stage.office.call(IDENTITY, revokeCall { account: alice, reason: 6 }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[revoke])), [true]);
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_revoked");
}

#[test]
fn standing_ends_with_its_expiry_and_goes_over_to_a_successor() {
    let mut stage = Stage::new("bound");
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let expiry = stage.chain.env().timestamp_ms + 10 * DAY_MS;
    let bind = stage.office.call(IDENTITY, bind(alice, expiry));
    assert_eq!(successes(&stage.chain.block(&[bind])), [true]);
    stage.chain.later_ms += 11 * DAY_MS;
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_expired");
    stage.chain.later_ms -= 11 * DAY_MS;
    let rotate = rotateCall { account: alice, successor: bob, reason: 2 };
    let rotate = stage.office.call(IDENTITY, rotate.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[rotate])), [true]);
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_replaced");
    let transfer = stage.bob.transfer(alice, 0);
    assert_eq!(successes(&stage.chain.block(&[transfer])), [true]);
}

#[test]
fn an_invited_account_accepts_and_does_nothing_else() {
    let mut stage = Stage::new("bound");
    let (alice, bob) = (stage.alice.address(), stage.bob.address());
    let bind = stage.office.call(IDENTITY, bind(alice, 0));
    assert_eq!(successes(&stage.chain.block(&[bind])), [true]);
    let invite = stage.alice.call(IDENTITY, inviteCall { account: bob, purpose: 1 }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[invite])), [true]);
    assert_eq!(refusal(&mut stage, |stage| &mut stage.bob), "account_invited");
    let accept = acceptCall { inviter: alice }.abi_encode();
    let elsewhere = stage.bob.call(stage.plain, accept.clone());
    assert!(matches!(stage.refused(elsewhere), Refusal::Standing(Standing::Invited { .. })));
    stage.bob.nonce = 0;
    let accept = stage.bob.call(IDENTITY, accept);
    assert_eq!(successes(&stage.chain.block(&[accept])), [true]);
    let transfer = stage.bob.transfer(alice, 0);
    assert_eq!(successes(&stage.chain.block(&[transfer])), [true]);
}

#[test]
fn accounts_of_organisations_act_on_a_bound_chain_from_its_first_block_on() {
    let [mut chief, deputy] = [10, 11].map(Wallet::new);
    let mut chain = Chain::new(&[]);
    let organisation = json!({ "name": "Bureau", "roles": ["supervisor"], "accounts": [chief.address()] });
    chain.spec.modules.insert("members".into(), json!({ "organisations": [organisation] }));
    chain.spec.modules.insert("identity".into(), json!({ "admission": "bound" }));
    let mut stranger = deputy;
    let outcome = chain.block(&[chief.transfer(chief.address(), 0), stranger.transfer(chief.address(), 0)]);
    assert_eq!((successes(&outcome), outcome.skipped.len()), (vec![true], 1));
    let outcome = chain.block(&[chief.transfer(chief.address(), 0)]);
    assert_eq!(successes(&outcome), [true]);
}

#[test]
fn a_frozen_account_of_an_organisation_is_refused_on_a_bound_chain_too() {
    let mut stage = Stage::new("bound");
    let office = stage.office.address();
    let number = stage.ordered(against_account(Action::Freeze, office));
    assert_eq!(refusal(&mut stage, |stage| &mut stage.office), "account_frozen");
    let appeal = stage.office.call(ORDERS, appealCall { number, grounds: digest(1) }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[appeal])), [true]);
}

#[test]
fn on_an_open_chain_standing_does_not_matter() {
    let mut stage = Stage::new("open");
    let alice = stage.alice.address();
    let bind = stage.office.call(IDENTITY, bind(alice, 0));
    let revoke = stage.office.call(IDENTITY, revokeCall { account: alice, reason: 6 }.abi_encode());
    assert_eq!(successes(&stage.chain.block(&[bind, revoke])), [true; 2]);
    let transactions = [stage.alice.transfer(alice, 0), stage.bob.transfer(alice, 0)];
    assert_eq!(successes(&stage.chain.block(&transactions)), [true; 2]);
}

#[test]
fn a_word_of_standing_that_cannot_be_read_refuses_its_account() {
    let mut stage = Stage::new("bound");
    let alice = stage.alice.address();
    stage.chain.state.slots.insert((IDENTITY, standing::slot(alice)), U256::MAX);
    assert_eq!(refusal(&mut stage, |stage| &mut stage.alice), "account_unreadable");
}

#[test]
fn whoever_only_asks_needs_no_standing() {
    let mut stage = Stage::new("bound");
    let plain = stage.plain;
    assert!(stage.asked(plain, IProber::pokeCall {}).is_returned());
}
