//! What arguments must be, whoever sends them.

use super::abi::IPilot as api;
use crate::{
    Ctx, Stop,
    ctx::gas,
    ids::text::{NameError, check_name},
};
use ding_primitives::{B256, keccak256, limits};

/// A name or title: one line of 1 to `max` characters.
pub(super) fn line(what: &str, text: &str, max: usize) -> Result<(), Stop> {
    match check_name(text, max) {
        Ok(()) => Ok(()),
        Err(NameError::Empty | NameError::Long { .. }) => Err(size(what, text, max)),
        Err(_) => Err(Stop::revert(api::TextForm { what: what.into() })),
    }
}

/// A text of 1 to [`limits::PILOT_TEXT_CHARS_MAX`] characters, perhaps in lines.
pub(super) fn text(what: &str, text: &str) -> Result<(), Stop> {
    let max = limits::PILOT_TEXT_CHARS_MAX;
    if text.trim().is_empty() || text.chars().count() > max {
        return Err(size(what, text, max));
    }
    if text.chars().any(|sign| sign.is_control() && sign != '\n') {
        return Err(Stop::revert(api::TextForm { what: what.into() }));
    }
    Ok(())
}

fn size(what: &str, text: &str, max: usize) -> Stop {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Stop::revert(api::TextSize { what: what.into(), chars: number(text.chars().count()), max: number(max) })
}

/// Keccak-256 of a text.
pub(super) fn digest_of(ctx: &mut Ctx<'_>, text: &str) -> Result<B256, Stop> {
    ctx.charge(gas::keccak(text.len()))?;
    Ok(keccak256(text.as_bytes()))
}

/// A digest that may not be missing.
pub(super) fn digest(what: &str, digest: B256) -> Result<(), Stop> {
    if digest.is_zero() { Err(Stop::revert(api::ZeroDigest { what: what.into() })) } else { Ok(()) }
}

/// A number between two others, themselves included.
pub(super) fn range(
    what: &str,
    value: impl Into<u64>,
    min: impl Into<u64>,
    max: impl Into<u64>,
) -> Result<(), Stop> {
    let (value, min, max) = (value.into(), min.into(), max.into());
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Stop::revert(api::OutOfRange { what: what.into(), value, min, max }))
}

/// A list of at most `max` elements.
pub(super) fn count(what: &str, count: usize, max: usize) -> Result<(), Stop> {
    if count <= max {
        return Ok(());
    }
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Err(Stop::revert(api::TooMany { what: what.into(), count: number(count), max: number(max) }))
}

/// A term of a vocabulary.
pub(super) fn known<T>(what: &str, number: u8, term: Option<T>) -> Result<T, Stop> {
    term.ok_or_else(|| Stop::revert(api::UnknownTerm { what: what.into(), number }))
}

/// One more, or the end of the number's range.
pub(super) fn more<T: TryFrom<u64> + Into<u64>>(number: T) -> Result<T, Stop> {
    number.into().checked_add(1).and_then(|next| T::try_from(next).ok()).ok_or_else(Stop::overflow)
}
