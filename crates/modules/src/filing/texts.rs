//! Fields of forms: present or absent, short enough, normalised, known.

use super::{
    abi::IFiling::{
        ApprovalWording, ListSize, Missing, NotExpected, NotNormalised, TextTooLong, UnknownDivision,
        UnknownTerm,
    },
    terms,
};
use crate::{
    Ctx, Stop,
    ctx::gas,
    ids::{NameError, Province, check_name},
};
use ding_primitives::{B256, keccak256, limits};

/// A text that may be empty.
///
/// # Errors
///
/// Reverts with `TextTooLong` or `NotNormalised`.
pub(super) fn optional(field: &str, text: &str, bytes_max: usize) -> Result<(), Stop> {
    if text.len() > bytes_max {
        let bytes_ = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let max = u32::try_from(bytes_max).unwrap_or(u32::MAX);
        return Err(Stop::revert(TextTooLong { field: field.into(), bytes_, max }));
    }
    let odd = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\t');
    if text.trim() != text || text.chars().any(odd) {
        return Err(Stop::revert(NotNormalised { field: field.into() }));
    }
    Ok(())
}

/// A text that is needed.
///
/// # Errors
///
/// Reverts with `Missing`, `TextTooLong` or `NotNormalised`.
pub(super) fn needed(field: &str, text: &str, bytes_max: usize) -> Result<(), Stop> {
    if text.is_empty() {
        return Err(missing(field));
    }
    optional(field, text, bytes_max)
}

/// A long text that may be empty: reasons, opinion, description.
///
/// # Errors
///
/// As [`optional`].
pub(super) fn long(field: &str, text: &str) -> Result<(), Stop> {
    optional(field, text, limits::FILING_TEXT_BYTES_MAX)
}

/// A long text that is needed.
///
/// # Errors
///
/// As [`needed`].
pub(super) fn long_needed(field: &str, text: &str) -> Result<(), Stop> {
    needed(field, text, limits::FILING_TEXT_BYTES_MAX)
}

/// A name.
///
/// # Errors
///
/// Reverts with `Missing`, `TextTooLong` or `NotNormalised`.
pub(super) fn name(field: &str, name: &str) -> Result<(), Stop> {
    match check_name(name, limits::FILING_NAME_CHARS_MAX) {
        Ok(()) => Ok(()),
        Err(NameError::Empty) => Err(missing(field)),
        Err(NameError::Long { chars, max }) => {
            let (bytes_, max) =
                (u32::try_from(chars).unwrap_or(u32::MAX), u32::try_from(max).unwrap_or(u32::MAX));
            Err(Stop::revert(TextTooLong { field: field.into(), bytes_, max }))
        }
        Err(_) => Err(Stop::revert(NotNormalised { field: field.into() })),
    }
}

/// A text that does not present the filing as an approval.
///
/// # Errors
///
/// Reverts with `ApprovalWording`.
pub(super) fn modest(text: &str) -> Result<(), Stop> {
    match terms::approval_wording(text) {
        Some(phrase) => Err(Stop::revert(ApprovalWording { phrase: phrase.into() })),
        None => Ok(()),
    }
}

/// A digest or commitment that is needed.
///
/// # Errors
///
/// Reverts with `Missing`.
pub(super) fn digest(field: &str, digest: B256) -> Result<(), Stop> {
    if digest.is_zero() { Err(missing(field)) } else { Ok(()) }
}

/// A list with at least one entry and at most `max`.
///
/// # Errors
///
/// Reverts with `ListSize`.
pub(super) fn list(field: &str, len: usize, max: usize) -> Result<(), Stop> {
    if (1..=max).contains(&len) {
        return Ok(());
    }
    Err(list_size(field, len, max))
}

/// The error for a list of a wrong length.
pub(super) fn list_size(field: &str, len: usize, max: usize) -> Stop {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    Stop::revert(ListSize { field: field.into(), count: number(len), max: number(max) })
}

/// A division of a known province.
///
/// # Errors
///
/// Reverts with `UnknownDivision`.
pub(super) fn division(division: u32) -> Result<(), Stop> {
    match Province::of_division(division) {
        Some(_) => Ok(()),
        None => Err(Stop::revert(UnknownDivision { division })),
    }
}

/// The term with a number, or the error that names the vocabulary.
///
/// # Errors
///
/// Reverts with `UnknownTerm`.
pub(super) fn term<T>(vocabulary: &str, number: u8, find: impl FnOnce(u8) -> Option<T>) -> Result<T, Stop> {
    find(number)
        .ok_or_else(|| Stop::revert(UnknownTerm { vocabulary: vocabulary.into(), number: number.into() }))
}

/// Reason codes of a return: known, at least one, none twice.
///
/// # Errors
///
/// Reverts with `ListSize`, `UnknownTerm` or `NotExpected`.
pub(super) fn reasons(codes: &[u8]) -> Result<(), Stop> {
    list("codes", codes.len(), limits::FILING_REASONS_MAX)?;
    for (index, code) in codes.iter().enumerate() {
        term("reason", *code, terms::Reason::from_number)?;
        if codes.iter().take(index).any(|before| before == code) {
            return Err(Stop::revert(NotExpected { field: format!("code {code} twice") }));
        }
    }
    Ok(())
}

/// The error for a field that is needed and empty.
pub(super) fn missing(field: &str) -> Stop {
    Stop::revert(Missing { field: field.into() })
}

/// The error for a field that must be empty.
pub(super) fn unexpected(field: &str) -> Stop {
    Stop::revert(NotExpected { field: field.into() })
}

/// Keccak-256 of an encoding, paid for.
///
/// # Errors
///
/// Out of gas.
pub(super) fn hash(ctx: &mut Ctx<'_>, bytes: &[u8]) -> Result<B256, Stop> {
    ctx.charge(gas::keccak(bytes.len()))?;
    Ok(keccak256(bytes))
}
