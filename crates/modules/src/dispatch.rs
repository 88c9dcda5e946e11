//! From bytes to a function and back.

use crate::{
    Ctx, Interface, Stop,
    ctx::gas,
    stop::IModule::{MalformedArguments, UnknownFunction},
};
use alloy_json_abi::{Function, StateMutability};
use alloy_primitives::FixedBytes;
use alloy_sol_types::{SolCall, SolError, SolEvent, SolInterface};
use ding_primitives::{Bytes, Log};

/// Finds the function that the input names and decodes its arguments, as strictly as Solidity
/// does: an argument outside its type is refused, bytes after the arguments are not.
///
/// # Errors
///
/// Reverts with `UnknownFunction` or `MalformedArguments`.
pub fn decode<C: SolInterface>(input: &[u8]) -> Result<C, Stop> {
    let mut selector = [0; 4];
    for (to, from) in selector.iter_mut().zip(input) {
        *to = *from;
    }
    if input.len() < 4 || !C::valid_selector(selector) {
        return Err(Stop::revert(UnknownFunction { selector: FixedBytes(selector) }));
    }
    C::abi_decode_validate(input)
        .map_err(|_| Stop::revert(MalformedArguments { selector: FixedBytes(selector) }))
}

/// Finds the function that the input names, which must be encoded exactly as the ABI says: what is
/// decided by vote is compared byte by byte when it is carried out.
///
/// # Errors
///
/// Reverts with `UnknownFunction` or `MalformedArguments`.
pub fn decode_exact<C: SolInterface>(input: &[u8]) -> Result<C, Stop> {
    let call = decode::<C>(input)?;
    if call.abi_encode() == input {
        return Ok(call);
    }
    Err(Stop::revert(MalformedArguments { selector: FixedBytes(call.selector()) }))
}

/// Whether the input names a function of the interface that writes.
///
/// # Errors
///
/// Reverts with `UnknownFunction`.
pub fn require_writing(interface: &Interface, input: &[u8]) -> Result<(), Stop> {
    let mut selector = [0; 4];
    for (to, from) in selector.iter_mut().zip(input) {
        *to = *from;
    }
    let writes = |function: &Function| {
        function.selector() == selector
            && !matches!(function.state_mutability, StateMutability::View | StateMutability::Pure)
    };
    if input.len() >= 4 && (interface.abi)().functions().any(writes) {
        return Ok(());
    }
    Err(Stop::revert(UnknownFunction { selector: FixedBytes(selector) }))
}

/// Runs a function that only reads and encodes what it returns.
///
/// # Errors
///
/// Those of the function; a fault if it tries to write.
pub fn read<C: SolCall>(
    ctx: &mut Ctx<'_>,
    call: C,
    function: impl FnOnce(&mut Ctx<'_>, C) -> Result<C::Return, Stop>,
) -> Result<Bytes, Stop> {
    let returned = ctx.reading(|ctx| function(ctx, call))?;
    encode::<C>(ctx, &returned)
}

/// Runs a function that writes and encodes what it returns.
///
/// # Errors
///
/// Those of the function; reverts in a read-only call.
pub fn write<C: SolCall>(
    ctx: &mut Ctx<'_>,
    call: C,
    function: impl FnOnce(&mut Ctx<'_>, C) -> Result<C::Return, Stop>,
) -> Result<Bytes, Stop> {
    ctx.require_writable("called one that writes")?;
    let returned = function(ctx, call)?;
    encode::<C>(ctx, &returned)
}

fn encode<C: SolCall>(ctx: &mut Ctx<'_>, returned: &C::Return) -> Result<Bytes, Stop> {
    let bytes = C::abi_encode_returns(returned);
    ctx.charge(gas::bytes(bytes.len()))?;
    Ok(bytes.into())
}

/// The error of an interface that these bytes encode, or `None`.
pub fn decode_error<E: SolInterface>(revert: &[u8]) -> Option<E> {
    E::abi_decode_validate(revert).ok()
}

/// Whether these bytes are the given error.
pub fn is_error<E: SolError>(revert: &[u8]) -> bool {
    E::abi_decode_validate(revert).is_ok()
}

/// The events of one kind in a history, in order.
pub fn decode_events<E: SolEvent>(history: &[Log]) -> Vec<E> {
    history.iter().filter_map(decode_event).collect()
}

/// The event of one kind that a log holds, or `None`. Says nothing about who emitted it.
pub fn decode_event<E: SolEvent>(log: &Log) -> Option<E> {
    E::decode_raw_log_validate(log.topics.iter().copied(), &log.data).ok()
}
