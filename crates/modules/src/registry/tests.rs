use super::*;
use crate::{
    evidence,
    mocks::{NOTARY, STRANGER, Scene, spec},
    stop::IModule::{MalformedArguments, StaticCall, UnknownFunction},
};
use alloy_json_abi::StateMutability;
use alloy_primitives::FixedBytes;
use alloy_sol_types::SolCall as _;
use ding_primitives::{B256, is_module_address};

/// `deposit` of `evidence`: six words as arguments.
const DEPOSIT: [u8; 4] = evidence::abi::IEvidence::depositCall::SELECTOR;

/// Selectors of a module's functions, and whether each only reads.
fn functions(module: &dyn Module) -> Vec<([u8; 4], bool)> {
    let abi = (module.interface().abi)();
    abi.functions().map(|f| (f.selector().0, f.state_mutability == StateMutability::View)).collect()
}

/// Selectors of every module, this module's as often as to make up about three quarters.
fn selectors(module: &dyn Module) -> Vec<[u8; 4]> {
    let all: Vec<_> = MODULES.iter().flat_map(|module| functions(*module)).collect();
    let own = functions(module);
    let repeated = own.iter().cycle().take(own.len() * (all.len() * 3).div_ceil(own.len()));
    repeated.chain(&all).map(|(selector, _)| *selector).collect()
}

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap() % bound
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next().to_be_bytes()[0]).collect()
    }

    /// A word that means something often enough: small numbers, a few digests, accounts, disorder.
    fn word(&mut self) -> [u8; 32] {
        match self.below(8) {
            0 => [0; 32],
            1..=3 => U256::from(self.below(12)).to_be_bytes(),
            4 | 5 => B256::repeat_byte(u8::try_from(1 + self.below(4)).unwrap()).0,
            6 => NOTARY.into_word().0,
            _ => self.bytes(32).try_into().unwrap(),
        }
    }

    fn input(&mut self, selectors: &[[u8; 4]]) -> Vec<u8> {
        if self.below(4) == 0 {
            let len = self.below(300);
            return self.bytes(len);
        }
        let mut input = selectors[self.below(selectors.len())].to_vec();
        for _ in 0..self.below(9) {
            input.extend(self.word());
        }
        if self.below(8) == 0 {
            let len = self.below(40);
            input.extend(self.bytes(len));
        }
        input
    }
}

#[test]
fn any_bytes_end_in_an_answer_or_a_revert_and_break_no_invariant() {
    let mut disorder = Disorder(20_261_122);
    for module in MODULES {
        let selectors = selectors(*module);
        let mut scene = Scene::new(*module).notaries(&[NOTARY]);
        let (mut answers, mut reverts) = (0, 0);
        for turn in 0..30_000 {
            let input = disorder.input(&selectors);
            let caller = [NOTARY, STRANGER][disorder.below(2)];
            let call = Call { is_static: disorder.below(4) == 0, ..scene.direct(caller, &input) };
            match scene.send(call) {
                Ok(_) => answers += 1,
                Err(Stop::Revert(data)) => {
                    reverts += 1;
                    assert!(crate::decode_revert(&data).is_some(), "no sentence for {data}");
                }
                Err(stop) => panic!("{stop} after {}", ding_primitives::Bytes::from(input)),
            }
            crate::likely_reads(module.address(), caller, &input);
            if turn % 97 == 0 {
                scene.next_block();
            }
        }
        assert!(answers > 300 && reverts > 300, "{}: {answers} answers, {reverts} reverts", module.name());
        scene.check();
    }
}

#[test]
fn a_short_budget_ends_every_call_without_a_trace() {
    let mut disorder = Disorder(7);
    for module in MODULES {
        let selectors = selectors(*module);
        let mut scene = Scene::new(*module).notaries(&[NOTARY]);
        for _ in 0..3_000 {
            let gas = u64::try_from(disorder.below(60_000)).unwrap();
            scene = scene.with_gas(gas);
            let input = disorder.input(&selectors);
            let before: Vec<_> = scene.host_mut().slots().collect();
            match scene.send(scene.direct(NOTARY, &input)) {
                Ok(_) => {}
                Err(Stop::Fault(fault)) => panic!("{fault}"),
                Err(_) => assert!(before.iter().copied().eq(scene.host_mut().slots())),
            }
        }
        scene.check();
    }
}

#[test]
fn value_and_borrowed_identity_are_refused_and_unknown_functions_named() {
    let input = DEPOSIT;
    for module in MODULES {
        let mut scene = Scene::new(*module);
        let call = scene.direct(STRANGER, &input);
        let with_value = Call { value: U256::ONE, ..call };
        assert_eq!(scene.send(with_value), Err(Stop::revert(ValueNotAccepted {})));
        assert_eq!(scene.send(Call { is_direct: false, ..call }), Err(Stop::revert(DirectCallOnly {})));
        for (input, selector) in
            [(&b""[..], [0; 4]), (b"\x01", [1, 0, 0, 0]), (b"\x01\x02\x03\x04\x05", [1, 2, 3, 4])]
        {
            let unknown = UnknownFunction { selector: FixedBytes(selector) };
            assert_eq!(scene.send(scene.direct(STRANGER, input)), Err(Stop::revert(unknown)));
        }
    }
}

#[test]
fn arguments_outside_their_type_are_refused() {
    let mut scene = Scene::new(&evidence::Evidence);
    let selector = DEPOSIT;
    let malformed = || Err(Stop::revert(MalformedArguments { selector: FixedBytes(selector) }));
    let arguments =
        |kind: U256| [&selector[..], &[7; 32], &[0; 32], &kind.to_be_bytes::<32>(), &[0; 96]].concat();
    let good = arguments(U256::ZERO);
    assert_eq!(scene.send(scene.direct(STRANGER, &good[..good.len() - 1])), malformed());
    assert_eq!(scene.send(scene.direct(STRANGER, &arguments(U256::from(256)))), malformed());
    assert!(scene.send(scene.direct(STRANGER, &[good, vec![1, 2, 3]].concat())).is_ok());
}

#[test]
fn functions_that_write_are_refused_in_a_static_call_and_others_are_not() {
    for module in MODULES {
        let mut scene = Scene::new(*module).notaries(&[NOTARY]);
        let mut refused = 0;
        for (selector, only_reads) in functions(*module) {
            let input = [&selector[..], &[0; 320]].concat();
            let answer = scene.ask(NOTARY, &input);
            let is_static_call = answer == Err(Stop::revert(StaticCall {}));
            let malformed =
                answer == Err(Stop::revert(MalformedArguments { selector: FixedBytes(selector) }));
            assert!(!only_reads || !is_static_call, "{} {selector:x?}", module.name());
            assert!(only_reads || is_static_call || malformed, "{} {selector:x?}", module.name());
            refused += usize::from(is_static_call);
        }
        let writes = functions(*module).iter().filter(|(_, only_reads)| !only_reads).count();
        assert!(refused > 0 || writes == 0, "{}: no function got as far", module.name());
    }
}

#[test]
fn a_call_of_an_address_without_a_module_is_a_fault() {
    let mut scene = Scene::new(&evidence::Evidence);
    let stray = Call { module: STRANGER, ..scene.direct(STRANGER, &[]) };
    assert!(matches!(call(scene.host_mut(), &stray), Err(Stop::Fault(_))));
    assert!(by_address(STRANGER).is_none());
}

#[test]
fn every_module_has_its_own_name_and_a_place_in_the_reserved_range() {
    for (index, module) in MODULES.iter().enumerate() {
        assert!(is_module_address(&module.address()), "{}", module.name());
        assert_eq!(by_address(module.address()).map(Module::name), Some(module.name()));
        assert_eq!(by_name(module.name()).map(Module::address), Some(module.address()));
        assert_eq!(place(&module.address()), Some(index));
        assert_eq!(module.interface().name.to_lowercase(), format!("i{}", module.name()));
    }
}

#[test]
fn sections_without_a_module_and_for_modules_that_take_none_are_refused() {
    for (name, want) in [("evidense", "the modules are members, "), ("evidence", "takes no section")] {
        let mut spec = spec();
        spec.modules.insert(name.into(), serde_json::json!({}));
        let error = check_genesis(&spec).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
}

#[test]
fn a_fault_is_reported_under_the_module_it_surfaced_in() {
    let mut scene = Scene::new(&evidence::Evidence);
    let slot = evidence::state::COUNTS.slot();
    scene.host_mut().put(evidence::state::ADDRESS, slot, U256::MAX);
    let counts = evidence::abi::IEvidence::countsCall::SELECTOR;
    let Err(Stop::Fault(fault)) = scene.ask(STRANGER, &counts) else { panic!("no fault") };
    assert_eq!(fault.module, "evidence");
    assert!(fault.to_string().contains("never written"), "{fault}");
}
