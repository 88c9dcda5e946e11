//! What `pilot` asks of the modules above it.

use crate::{Ctx, Stop};
use ding_primitives::{Address, B256};

pub(super) fn same_subject(_: &mut Ctx<'_>, a: Address, b: Address) -> Result<bool, Stop> {
    Ok(a == b)
}

pub(super) fn organisation_code(_: &mut Ctx<'_>, _: Address) -> Result<B256, Stop> {
    Ok(B256::ZERO)
}

pub(super) fn is_recorded(_: &mut Ctx<'_>, _: B256) -> Result<bool, Stop> {
    Ok(false)
}
