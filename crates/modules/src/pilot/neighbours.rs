//! What `pilot` asks of the modules above it.

use crate::{
    Ctx, Stop, filing,
    identity::{self, Kind},
    ids::FilingNumber,
    members,
};
use ding_primitives::{Address, B256};

/// Whether two accounts are the same person's, as far as the ledger shows.
pub(super) fn same_subject(ctx: &mut Ctx<'_>, first: Address, second: Address) -> Result<bool, Stop> {
    identity::same_subject(ctx, first, second)
}

/// Code of the organisation that an account is bound to, or that it acts for as a member of the
/// consortium; zero if neither shows one.
pub(super) fn organisation_code(ctx: &mut Ctx<'_>, account: Address) -> Result<B256, Stop> {
    let bound = identity::subject_of(ctx, account)?;
    if let Some(subject) = bound.filter(|subject| subject.kind == Kind::Organisation.number()) {
        return Ok(subject.subject);
    }
    match members::organisation_of(ctx, account)? {
        0 => Ok(B256::ZERO),
        organisation => Ok(members::state::PROFILES.get(ctx, organisation)?.code),
    }
}

/// Whether a filing number, left-aligned ASCII, belongs to a service that is recorded and not
/// suspended.
pub(super) fn is_recorded(ctx: &mut Ctx<'_>, number: B256) -> Result<bool, Stop> {
    match FilingNumber::from_word(number) {
        Ok(number) => filing::is_recorded_number(ctx, &number),
        Err(_) => Ok(false),
    }
}
