//! Three contracts in bytes: one that a service runs on, and two that reach it on their own.

use ding_primitives::Address;

/// Init code that puts runtime code in place.
fn deploy(runtime: &[u8]) -> Vec<u8> {
    let len = u8::try_from(runtime.len()).expect("a short contract");
    // CODECOPY(0, 10, len); RETURN(0, len)
    [&[0x60, len, 0x60, 0x0a, 0x5f, 0x39, 0x60, len, 0x5f, 0xf3], runtime].concat()
}

/// Counts calls without input; answers the count to calls with input.
pub(crate) fn counter() -> Vec<u8> {
    deploy(&[
        // if CALLDATASIZE == 0 goto 13
        0x36, 0x15, 0x60, 0x0d, 0x57, // RETURN(SLOAD(0))
        0x5f, 0x54, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, // 13: SSTORE(0, SLOAD(0) + 1)
        0x5b, 0x5f, 0x54, 0x60, 0x01, 0x01, 0x5f, 0x55, 0x00,
    ])
}

/// Calls another contract and fails as it fails.
pub(crate) fn caller(target: Address) -> Vec<u8> {
    // CALL(GAS, target, 0, 0, 0, 0, 0); RETURNDATACOPY(0, 0, RETURNDATASIZE)
    let head = [&[0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x73], target.as_slice(), &[0x5a, 0xf1]].concat();
    deploy(&[head.as_slice(), &ending(head.len())].concat())
}

/// Runs another contract's code on its own storage and fails as it fails.
pub(crate) fn borrower(target: Address) -> Vec<u8> {
    // DELEGATECALL(GAS, target, 0, 0, 0, 0)
    let head = [&[0x5f, 0x5f, 0x5f, 0x5f, 0x73], target.as_slice(), &[0x5a, 0xf4]].concat();
    deploy(&[head.as_slice(), &ending(head.len())].concat())
}

fn ending(start: usize) -> [u8; 15] {
    let failed = u8::try_from(start + 11).expect("a short contract");
    [
        // RETURNDATACOPY(0, 0, RETURNDATASIZE); if it failed goto failed
        0x3d, 0x5f, 0x5f, 0x3e, 0x15, 0x60, failed, 0x57, // RETURN(0, RETURNDATASIZE)
        0x3d, 0x5f, 0xf3, // failed: REVERT(0, RETURNDATASIZE)
        0x5b, 0x3d, 0x5f, 0xfd,
    ]
}
