//! Raw calls of native modules: whatever the input, no fault, no change where none may be, and the
//! invariants afterwards.

mod compose;
pub(super) mod supervised;

use crate::feed::Feed;
use alloy_sol_types::SolCall as _;
use ding_modules::{
    Call, Module, Stop, decode_revert,
    evidence::{Evidence, abi::IEvidence},
    likely_reads,
    members::Role,
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, digest},
};
use ding_primitives::{Address, B256, Bytes, U256};
use std::sync::LazyLock;

const CALLERS: [Address; 5] = [NOTARY, REGISTRAR, STRANGER, OTHER, Address::ZERO];
/// Calls of one input.
const CALLS_MAX: usize = 16;

/// Where every input begins.
static SCENE: LazyLock<Scene<'static>> = LazyLock::new(|| {
    Scene::new(&Evidence).organisation("Harbour Notary Office", &[Role::Notary], &[NOTARY]).organisation(
        "Bureau",
        &[Role::Court, Role::Supervisor],
        &[REGISTRAR],
    )
});

/// Input: calls of caller, flags, gas, and length and bytes of the call data.
pub(super) fn evidence(input: &[u8]) {
    let mut feed = Feed::new(input);
    let mut scene = SCENE.clone();
    for _ in 0..CALLS_MAX {
        if feed.is_empty() {
            break;
        }
        let caller = feed.pick(&CALLERS).unwrap_or_default();
        let flags = feed.byte();
        let gas = if flags & 8 == 0 { 1_000_000 } else { u64::from(feed.short()) * 4 };
        let data = feed.string();
        if flags & 16 != 0 {
            scene.next_block();
        }
        (scene, _) = send(scene, &Evidence, caller, flags, gas, data);
    }
    scene.check();
}

/// Makes one call and holds against it what holds of every call. Flags: 1 read-only, 2 borrowed code,
/// 4 with value, 8 with the gas given, which may not be enough.
/// Gives the scene back, and what the call returned if it was taken.
fn send<'m>(
    scene: Scene<'m>,
    module: &dyn Module,
    caller: Address,
    flags: u8,
    gas: u64,
    data: &[u8],
) -> (Scene<'m>, Option<Bytes>) {
    let _ = likely_reads(module.address(), caller, data);
    let mut scene = scene.with_gas(gas);
    let before: Vec<_> = scene.host_mut().slots().collect();
    let call = Call {
        is_static: flags & 1 != 0,
        is_direct: flags & 2 == 0,
        value: U256::from(flags >> 2 & 1),
        ..scene.direct(caller, data)
    };
    let result = scene.send(call);
    let taken = result.as_ref().ok().cloned();
    if result.is_err() || call.is_static {
        assert!(scene.host_mut().slots().eq(before), "a call that may change nothing changed a slot");
        assert!(scene.logs().is_empty(), "a call that may change nothing emitted an event");
    }
    match result {
        Ok(output) => assert!(output.len().is_multiple_of(32) && call.is_direct && call.value.is_zero()),
        Err(Stop::Revert(data)) => {
            assert!(decode_revert(&data).is_some(), "an error without a sentence: {data}");
        }
        Err(Stop::OutOfGas) => assert!(flags & 8 != 0, "a call needs more than {gas} gas"),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
    assert!(scene.gas_used() <= gas);
    (scene, taken)
}

/// One call as [`evidence`] reads it.
fn encoded(caller: u8, flags: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[caller, flags], length.as_slice(), data].concat()
}

pub(super) fn evidence_seeds() -> Vec<Vec<u8>> {
    use IEvidence::*;
    let (file, none) = (digest(1), B256::ZERO);
    let deposit = depositCall {
        digest: file,
        sm3: digest(2),
        kind: 6,
        provenance: digest(3),
        referenceId: digest(4),
        operation: digest(5),
    };
    let batch = depositBatchCall {
        root: digest(6),
        count: 3,
        kind: 0,
        provenance: none,
        referenceId: none,
        operation: none,
    };
    let attest = attestCall { digest: file, opinion: 1, report: digest(7) };
    let writes = [deposit.abi_encode(), batch.abi_encode(), attest.abi_encode()];
    let reads = [
        recordOfCall { digest: file }.abi_encode(),
        recordOfSm3Call { sm3: digest(2) }.abi_encode(),
        attestationAtCall { digest: file, index: 0 }.abi_encode(),
        attestationOfCall { digest: file, organisation: 1 }.abi_encode(),
        operationOfCall { depositor: STRANGER, operation: digest(5) }.abi_encode(),
        countsCall {}.abi_encode(),
    ];
    let [deposit, batch, attest] = &writes;
    let story =
        [encoded(2, 0, deposit), encoded(3, 16, deposit), encoded(0, 0, attest), encoded(2, 0, batch)];
    let alone = writes.iter().map(|data| encoded(0, 0, data));
    let asked = reads.iter().map(|data| [story.concat(), encoded(1, 1, data)].concat());
    alone.chain(asked).collect()
}
