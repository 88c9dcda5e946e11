use super::*;
use crate::{
    block::{Mode, execute},
    mocks::{MemoryState, Wallet, env, successes},
    scene::{Chain, IProber, IToken, PROBER, TOKEN, code, deposit},
};
use alloy_sol_types::{SolCall, SolError as _, SolValue as _};
use ding_modules::evidence::{
    abi::IEvidence::countsCall,
    state::{ADDRESS as EVIDENCE, COUNTS},
};
use ding_primitives::keccak256;

const RICH: u64 = 1;

fn request(to: Address, call: impl SolCall) -> Request {
    Request { to: Some(to), input: call.abi_encode().into(), ..Request::default() }
}

impl Chain {
    fn call(&mut self, request: &Request) -> CallResult {
        self.call_with(request, &Overrides::default())
    }

    fn call_with(&mut self, request: &Request, overrides: &Overrides) -> CallResult {
        let before = self.state.clone();
        let result = call(&mut self.state, &env(self.height), request, overrides).unwrap();
        assert_eq!((&self.state.accounts, &self.state.slots), (&before.accounts, &before.slots));
        result
    }

    fn estimate(&mut self, request: &Request) -> Estimate {
        estimate(&mut self.state, &env(self.height), request, &Overrides::default()).unwrap()
    }

    fn access_list(&mut self, request: &Request) -> AccessListResult {
        access_list(&mut self.state, &env(self.height), request, &Overrides::default()).unwrap()
    }
}

fn returned<C: SolCall>(result: CallResult) -> C::Return {
    match result {
        CallResult::Returned { output, .. } => C::abi_decode_returns(&output).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_caller_without_balance_nonce_or_key_may_call() {
    let (mut chain, _, prober) = Chain::with_prober();
    for from in [None, Some(Address::repeat_byte(5)), Some(prober), Some(EVIDENCE)] {
        let request = Request { from, ..request(prober, IProber::contextCall {}) };
        let seen = returned::<IProber::contextCall>(chain.call(&request));
        assert_eq!(seen._5, from.unwrap_or_default());
    }
}

#[test]
fn a_call_to_a_module_changes_nothing() {
    let (mut chain, ..) = Chain::with_prober();
    let (first, record) = {
        let result = returned::<ding_modules::evidence::abi::IEvidence::depositCall>(
            chain.call(&request(EVIDENCE, deposit(1))),
        );
        (result.first, result.record)
    };
    assert!(first && record.height == chain.height);
    assert_eq!(returned::<countsCall>(chain.call(&request(EVIDENCE, countsCall {}))).records, 0);
}

#[test]
fn value_needs_a_balance_and_the_answer_says_so() {
    let (mut chain, alice, prober) = Chain::with_prober();
    let call = IProber::forwardCall { to: Address::repeat_byte(8), input: Bytes::new() };
    let poor = Request { value: U256::from(3), ..request(prober, call) };
    let CallResult::Halted { reason, gas_used: 0 } = chain.call(&poor) else { panic!() };
    assert!(reason.starts_with("insufficient funds for gas * price + value"), "{reason}");
    assert!(matches!(chain.estimate(&poor), Estimate::Fails(CallResult::Halted { .. })));
    assert!(chain.call(&Request { from: Some(alice.address()), ..poor }).is_returned());
}

#[test]
fn halts_have_reasons_and_reverts_have_data() {
    let (mut chain, _, prober) = Chain::with_prober();
    let reverted = chain.call(&request(prober, IProber::refuseCall { code: U256::from(9) }));
    let want = IProber::Refused { code: U256::from(9) }.abi_encode();
    assert!(
        matches!(&reverted, CallResult::Reverted { output, gas_used } if *output == want && *gas_used > 21_000)
    );
    let reason = |result| match result {
        CallResult::Halted { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        reason(chain.call(&request(prober, IProber::invalidCall {}))),
        "invalid opcode: INVALID (0xfe)"
    );
    let spin = Request { gas: Some(100_000), ..request(prober, IProber::spinCall {}) };
    assert_eq!(reason(chain.call(&spin)), "out of gas");
    let short = Request { gas: Some(20_000), ..spin };
    assert!(reason(chain.call(&short)).starts_with("intrinsic gas too low: gas 20000"));
    let run = |chain: &mut Chain, code: &[u8]| {
        reason(chain.call(&Request { input: code.to_vec().into(), ..Request::default() }))
    };
    assert_eq!(run(&mut chain, &[0x0c]), "invalid opcode");
    assert_eq!(run(&mut chain, &[0x5f, 0x56]), "invalid jump destination");
    assert_eq!(run(&mut chain, &[0x01]), "stack underflow");
    assert!(run(&mut chain, &[0x60, 0xef, 0x5f, 0x53, 0x60, 1, 0x5f, 0xf3]).contains("EIP-3541"));
    assert!(run(&mut chain, &[0x61, 0x60, 0x01, 0x5f, 0xf3]).contains("EIP-170"));
    let large = Request { input: vec![0; limits::INIT_CODE_BYTES_MAX + 1].into(), ..Request::default() };
    assert!(reason(chain.call(&large)).starts_with("max initcode size exceeded"));
}

#[test]
fn a_fault_is_told_and_changes_nothing() {
    let (mut chain, ..) = Chain::with_prober();
    chain.state.slots.insert((EVIDENCE, COUNTS.slot()), U256::MAX);
    let CallResult::Halted { reason, .. } = chain.call(&request(EVIDENCE, deposit(1))) else { panic!() };
    assert!(reason.contains("evidence"), "{reason}");
}

#[test]
fn a_creation_returns_the_code_that_would_be_stored() {
    let mut chain = Chain::new(&[]);
    chain.block(&[]);
    let result = chain.call(&Request { input: code(PROBER).into(), ..Request::default() });
    let CallResult::Returned { output, .. } = result else { panic!("{result:?}") };
    let (stored, _, _) = {
        let (chain, alice, prober) = Chain::with_prober();
        (chain.state.code[&chain.account(prober).code_hash].clone(), alice, prober)
    };
    assert_eq!(output, stored);
}

#[test]
fn overrides_are_taken_as_if_they_had_always_been_so() {
    let (mut chain, _, prober) = Chain::with_prober();
    let (someone, token) = (Address::repeat_byte(5), Address::repeat_byte(6));
    let mut overrides = Overrides::default();
    let count = |value: u64| BTreeMap::from([(U256::ZERO, U256::from(value))]);
    let entry = |account: AccountOverride, address: Address| (address, account);
    overrides.accounts.extend([
        entry(AccountOverride { slot_changes: count(41), ..AccountOverride::default() }, prober),
        entry(
            AccountOverride { balance: Some(U256::from(10)), nonce: Some(7), ..AccountOverride::default() },
            someone,
        ),
        entry(
            AccountOverride {
                code: Some(chain.state.code[&chain.account(prober).code_hash].clone()),
                ..AccountOverride::default()
            },
            token,
        ),
    ]);
    let read = request(prober, IProber::countCall {});
    assert_eq!(returned::<IProber::countCall>(chain.call_with(&read, &overrides)), U256::from(41));
    assert_eq!(returned::<IProber::countCall>(chain.call(&read)), U256::ZERO);
    let elsewhere = request(token, IProber::countCall {});
    assert_eq!(returned::<IProber::countCall>(chain.call_with(&elsewhere, &overrides)), U256::ZERO);
    let pay = Request { from: Some(someone), to: Some(token), value: U256::from(10), ..Request::default() };
    assert!(
        matches!(chain.call_with(&pay, &overrides), CallResult::Reverted { .. }),
        "no receive function, but funds"
    );
}

#[test]
fn replacing_all_slots_hides_those_of_the_state() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    chain.block(&[alice.call(prober, IProber::pokeCall {}.abi_encode())]);
    let mut overrides = Overrides::default();
    let empty = AccountOverride { slots: Some(BTreeMap::new()), ..AccountOverride::default() };
    overrides.accounts.insert(prober, empty);
    let read = request(prober, IProber::countCall {});
    assert_eq!(returned::<IProber::countCall>(chain.call(&read)), U256::ONE);
    assert_eq!(returned::<IProber::countCall>(chain.call_with(&read, &overrides)), U256::ZERO);
}

/// The estimate is enough, and 2 % less than it is not (a search stops within 1.5 %).
fn check_estimate(chain: &mut Chain, wallet: &mut Wallet, request: &Request) -> u64 {
    let request = Request { from: Some(wallet.address()), ..request.clone() };
    let Estimate::Gas(gas) = chain.estimate(&request) else { panic!("{:?}", chain.estimate(&request)) };
    for (gas, want) in [(gas, true), (gas - gas / 50, false)] {
        let mut wallet = wallet.clone();
        wallet.gas = gas;
        let to = request.to.map_or(TxKind::Create, TxKind::Call);
        let transaction = wallet.send(to, request.value, request.input.clone(), AccessList::default());
        let env = chain.env();
        let outcome = execute(&mut chain.state, &chain.spec, &env, &[transaction], Mode::Build).unwrap();
        let ok = successes(&outcome) == [true];
        assert_eq!(ok, want, "with {gas} gas: {outcome:?}");
    }
    gas
}

#[test]
fn estimates_are_enough_and_close() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let plain = Request { to: Some(Address::repeat_byte(9)), value: U256::ONE, ..Request::default() };
    assert_eq!(check_estimate(&mut chain, &mut alice, &plain), 21_000);
    let create =
        Request { input: [code(TOKEN), U256::from(RICH).abi_encode()].concat().into(), ..Request::default() };
    assert!(check_estimate(&mut chain, &mut alice, &create) > 300_000);
    check_estimate(&mut chain, &mut alice, &request(prober, IProber::pokeCall {}));
    check_estimate(&mut chain, &mut alice, &request(EVIDENCE, deposit(1)));
    // Refunds are needed before they come back.
    chain.block(&[alice.call(prober, IProber::pokeCall {}.abi_encode())]);
    check_estimate(&mut chain, &mut alice, &request(prober, IProber::setCall { value: U256::ZERO }));
    // Inner calls get 63/64 of what is left.
    let hungry = request(prober, IProber::hungryCall {});
    assert!(check_estimate(&mut chain, &mut alice, &hungry) > 300_000);
    let forward = IProber::forwardCall { to: prober, input: IProber::hungryCall {}.abi_encode().into() };
    assert!(check_estimate(&mut chain, &mut alice, &request(prober, forward)) > 300_000);
    // The floor for call data.
    let data =
        Request { to: Some(Address::repeat_byte(9)), input: vec![1; 1000].into(), ..Request::default() };
    assert_eq!(check_estimate(&mut chain, &mut alice, &data), 21_000 + 40_000);
}

#[test]
fn what_fails_at_any_price_has_no_estimate() {
    let (mut chain, _, prober) = Chain::with_prober();
    let refuse = request(prober, IProber::refuseCall { code: U256::from(1) });
    assert!(matches!(chain.estimate(&refuse), Estimate::Fails(CallResult::Reverted { .. })));
    let spin = request(prober, IProber::spinCall {});
    let Estimate::Fails(CallResult::Halted { reason, gas_used }) = chain.estimate(&spin) else { panic!() };
    assert_eq!((reason.as_str(), gas_used), ("out of gas", limits::TRANSACTION_GAS_MAX));
    let capped = Request { gas: Some(30_000), ..request(prober, IProber::pokeCall {}) };
    assert!(matches!(chain.estimate(&capped), Estimate::Fails(CallResult::Halted { .. })));
}

#[test]
fn the_runs_of_an_estimate_read_the_state_once() {
    let (mut chain, alice, prober) = Chain::with_prober();
    let request = Request { from: Some(alice.address()), ..request(prober, IProber::hungryCall {}) };
    chain.state.reads = 0;
    chain.call(&request);
    let once = chain.state.reads;
    chain.state.reads = 0;
    assert!(matches!(chain.estimate(&request), Estimate::Gas(_)));
    assert!(chain.state.reads <= once + 1, "{} reads, {once} for one run", chain.state.reads);
}

#[test]
fn an_access_list_names_what_is_touched_and_saves_what_it_should() {
    let (mut chain, mut alice, prober) = Chain::with_prober();
    let token = chain.deploy(&mut alice, [code(TOKEN), U256::from(1000).abi_encode()].concat());
    let owner = alice.address();
    let view = IToken::balanceOfCall(owner).abi_encode();
    let call = IProber::forwardCall { to: token, input: view.into() };
    let request = Request { from: Some(owner), ..request(prober, call) };
    let listed = chain.access_list(&request);
    let mut key = [0; 64];
    key[12..32].copy_from_slice(owner.as_slice());
    assert_eq!(listed.access_list.0, [AccessListItem { address: token, storage_keys: vec![keccak256(key)] }]);
    let gas = listed.result.gas_used();
    assert_eq!(chain.call(&Request { access_list: listed.access_list, ..request.clone() }).gas_used(), gas);
    // 2 600 and 2 100 of cold access become 100 each; the list costs 2 400 and 1 900.
    assert_eq!(chain.call(&request).gas_used() + 4_300 - 4_500, gas);
    let deposit = chain.access_list(&self::request(EVIDENCE, deposit(1)));
    assert!(deposit.result.is_returned());
    let [item] = &deposit.access_list.0[..] else { panic!("{deposit:?}") };
    assert!(item.address == EVIDENCE && item.storage_keys.contains(&COUNTS.slot().into()));
    let failing = chain.access_list(&self::request(prober, IProber::refuseCall { code: U256::ONE }));
    assert!(matches!(failing.result, CallResult::Reverted { .. }));
}

#[test]
fn a_failing_store_is_an_error() {
    let (mut chain, _, prober) = Chain::with_prober();
    let request =
        request(prober, IProber::forwardCall { to: EVIDENCE, input: deposit(1).abi_encode().into() });
    chain.state.reads = 0;
    chain.call(&request);
    let reads = chain.state.reads;
    for at in 0..reads {
        let fresh = || MemoryState { reads: 0, fails_at: Some(at), ..chain.state.clone() };
        let env = env(chain.height);
        let none = Overrides::default();
        let want = ReadError::Failed(format!("read {at} fails"));
        assert_eq!(call(&mut fresh(), &env, &request, &none), Err(want.clone()));
        assert_eq!(estimate(&mut fresh(), &env, &request, &none), Err(want.clone()));
        assert_eq!(access_list(&mut fresh(), &env, &request, &none), Err(want));
    }
}
