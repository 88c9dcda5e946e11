//! What `pilot` asks of the modules above it.

use crate::{Ctx, Stop, filing, ids::FilingNumber};
use ding_primitives::{Address, B256};

pub(super) fn same_subject(_: &mut Ctx<'_>, a: Address, b: Address) -> Result<bool, Stop> {
    Ok(a == b)
}

pub(super) fn organisation_code(_: &mut Ctx<'_>, _: Address) -> Result<B256, Stop> {
    Ok(B256::ZERO)
}

/// Whether a filing number, left-aligned ASCII, belongs to a service that is recorded and not
/// suspended.
pub(super) fn is_recorded(ctx: &mut Ctx<'_>, number: B256) -> Result<bool, Stop> {
    match FilingNumber::from_word(number) {
        Ok(number) => filing::is_recorded_number(ctx, &number),
        Err(_) => Ok(false),
    }
}
