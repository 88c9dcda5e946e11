//! Filing numbers: formed or given, reserved for a service by the first hand, confirmed by the second.
//!
//! A number is taken once: `once` keeps who holds it while the service is live, and the number keeps
//! leading to its service after that.

use super::{
    abi::IFiling::{BadNumber, CheckDigit, NoFreeNumber, NumberTaken, OtherNumber},
    clocks, providers,
    state::{Number, PROPOSALS, Proposal, Provider, SERVICE_OF_NUMBER, SUBJECT_NUMBERS},
};
use crate::{
    Ctx, Stop, calendar,
    ctx::gas,
    ids::FilingNumber,
    once::{self, Claim, Keep},
};
use ding_primitives::{B256, U256, b256, keccak256, limits};

/// The register of filing numbers in `once`: Keccak-256 of `ding.filing.number`.
pub const REGISTER: B256 = b256!("3c3682e27c1fcbd24e55791abbe61ee7b3dfce1b8353e111e3fd81c904e2e94e");

/// A number as records hold it.
pub(super) fn field(number: &FilingNumber) -> Number {
    Number::from_slice(number.as_str().as_bytes())
}

/// A recorded number as text; empty for none.
pub(super) fn text(number: Number) -> String {
    number.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

/// A number out of a text.
///
/// # Errors
///
/// Reverts with `BadNumber`.
pub(super) fn parse(text: &str) -> Result<FilingNumber, Stop> {
    FilingNumber::parse(text).map_err(|reason| {
        Stop::revert(BadNumber { number: text.chars().take(64).collect(), reason: reason.to_string() })
    })
}

/// Takes a number that the administration gives. `confirmed` says that the public list has it as it
/// is: how numbers are made up is inferred, so what speaks against one is asked about, not refused.
/// Answers with the number, and whether anything spoke against it.
///
/// # Errors
///
/// Reverts with `BadNumber`, `CheckDigit` or `NumberTaken`, or as `once` does.
pub(super) fn given(
    ctx: &mut Ctx<'_>,
    id: u64,
    provider_id: u32,
    text: &str,
    confirmed: bool,
) -> Result<(FilingNumber, bool), Stop> {
    let number = parse(text)?;
    give_up(ctx, id)?;
    let other = SERVICE_OF_NUMBER.get(ctx, number.to_word())?;
    if other != 0 {
        return Err(Stop::revert(NumberTaken { number: number.as_str().into(), service: other }));
    }
    let (_, provider) = providers::get(ctx, provider_id)?;
    require_province(&number, &provider)?;
    let wrong = number.check().err();
    let doubt = doubt(ctx, &number, provider_id)?;
    if !confirmed {
        if let Some(wrong) = wrong {
            let number = number.as_str().into();
            return Err(Stop::revert(CheckDigit { number, want: wrong.want.to_string() }));
        }
        if let Some(doubt) = doubt {
            let reason = format!("{doubt}; confirm it (--confirmed) if the public list has it so");
            return Err(Stop::revert(BadNumber { number: number.as_str().into(), reason }));
        }
    }
    reserve(ctx, id, &number)?;
    Ok((number, wrong.is_some() || doubt.is_some()))
}

/// The number is one of the province in which its provider is.
fn require_province(number: &FilingNumber, provider: &Provider) -> Result<(), Stop> {
    let (given, own) = (number.province().code(), provider.division / 10_000);
    if u32::from(given) == own {
        return Ok(());
    }
    let reason = format!("it is one of province {given}, the provider is in province {own}");
    Err(Stop::revert(BadNumber { number: number.as_str().into(), reason }))
}

/// What speaks against a given number although its form is right.
fn doubt(ctx: &mut Ctx<'_>, number: &FilingNumber, provider: u32) -> Result<Option<String>, Stop> {
    let (year, this) = (u32::from(number.year()), calendar::today(ctx).year());
    let first = clocks::IN_FORCE.year();
    if !(first..=this).contains(&year) {
        return Ok(Some(format!(
            "it is of the year {year}, services are filed since {first} and it is {this}"
        )));
    }
    let owner = SUBJECT_NUMBERS.get(ctx, number.filer())?;
    if owner != 0 && owner != provider {
        return Ok(Some(format!("its subject number {:08} is that of provider {owner}", number.filer())));
    }
    Ok(None)
}

/// Forms the next number of a provider. Asked again, the number that was formed for the service stays,
/// unless its year or province is over, or another service has it since.
///
/// # Errors
///
/// Reverts with `NoFreeNumber`, or as `once` does.
pub(super) fn form(ctx: &mut Ctx<'_>, id: u64, provider_id: u32) -> Result<FilingNumber, Stop> {
    let year = calendar::today(ctx).year();
    let (place, known) = providers::get(ctx, provider_id)?;
    if let Some(before) = PROPOSALS.find(ctx, id)?.filter(|proposal| !proposal.given) {
        let number = stored(ctx, before.number)?;
        let own = u32::from(number.province().code()) == known.division / 10_000;
        if own && u32::from(number.year()) == year && is_free(ctx, id, &number)? {
            reserve(ctx, id, &number)?;
            return Ok(number);
        }
    }
    give_up(ctx, id)?;
    let mut provider = with_subject_number(ctx, provider_id, known)?;
    let year = u16::try_from(year).map_err(|_| ctx.fault("a year beyond all filing numbers"))?;
    for _ in 0..limits::FILING_NUMBER_TRIES_MAX {
        provider.sequence = provider.sequence.saturating_add(1);
        let Ok(number) =
            FilingNumber::form(provider.division, year, provider.subject_number, provider.sequence)
        else {
            break;
        };
        if is_free(ctx, id, &number)? {
            place.replace(ctx, &known, &provider)?;
            reserve(ctx, id, &number)?;
            return Ok(number);
        }
    }
    Err(Stop::revert(NoFreeNumber { provider: provider_id }))
}

/// Whether no other service has a number, recorded or proposed.
fn is_free(ctx: &mut Ctx<'_>, id: u64, number: &FilingNumber) -> Result<bool, Stop> {
    Ok(SERVICE_OF_NUMBER.get(ctx, number.to_word())? == 0 && !is_proposed_elsewhere(ctx, id, number)?)
}

fn is_proposed_elsewhere(ctx: &mut Ctx<'_>, id: u64, number: &FilingNumber) -> Result<bool, Stop> {
    let own = super::service_key(ctx.chain_id(), id);
    let held = once::held(ctx, super::state::ADDRESS, REGISTER, number.to_word())?;
    Ok(held.is_some_and(|entry| entry.content != own))
}

/// A provider with a subject number of its own: eight digits that look random and tell nothing.
fn with_subject_number(ctx: &mut Ctx<'_>, id: u32, provider: Provider) -> Result<Provider, Stop> {
    if provider.subject_number != 0 {
        return Ok(provider);
    }
    ctx.charge(gas::keccak(36))?;
    let seed = keccak256([&id.to_be_bytes()[..], provider.identity.as_slice()].concat());
    let numbers = U256::from(FilingNumber::FILER_MAX);
    let first = u32::try_from(U256::from_be_bytes(seed.0) % numbers).unwrap_or(0);
    for step in 0..limits::FILING_NUMBER_TRIES_MAX {
        let step = u32::try_from(step).unwrap_or(u32::MAX);
        let subject_number = (first + step) % FilingNumber::FILER_MAX + 1;
        if SUBJECT_NUMBERS.get(ctx, subject_number)? == 0 {
            SUBJECT_NUMBERS.set(ctx, subject_number, &id)?;
            return Ok(Provider { subject_number, ..provider });
        }
    }
    Err(Stop::revert(NoFreeNumber { provider: id }))
}

/// Refuses a second hand that saw another number: the first may have proposed anew since.
///
/// # Errors
///
/// Reverts with `BadNumber` or `OtherNumber`.
pub(super) fn require_seen(id: u64, proposal: &Proposal, seen: &str) -> Result<(), Stop> {
    let (proposed, given) = (text(proposal.number), parse(seen)?);
    if given.as_str() == proposed {
        return Ok(());
    }
    Err(Stop::revert(OtherNumber { service: id, proposed, given: given.as_str().into() }))
}

/// Makes a proposed number the service's own. A provider without a subject number takes that of its
/// first given number.
///
/// # Errors
///
/// Reverts with `NumberTaken` or `BadNumber` if the reservation lapsed and another took the number, or
/// if since the proposal its subject number went to somebody else or the provider to another province.
pub(super) fn confirm(
    ctx: &mut Ctx<'_>,
    id: u64,
    provider_id: u32,
    proposal: &Proposal,
) -> Result<FilingNumber, Stop> {
    let number = stored(ctx, proposal.number)?;
    let (place, provider) = providers::get(ctx, provider_id)?;
    require_province(&number, &provider)?;
    let owner = SUBJECT_NUMBERS.get(ctx, number.filer())?;
    if owner != 0 && owner != provider_id && !proposal.confirmed {
        let reason = format!("its subject number went to provider {owner}; propose another number");
        return Err(Stop::revert(BadNumber { number: number.as_str().into(), reason }));
    }
    let mut new = provider;
    if owner == 0 && provider.subject_number == 0 {
        SUBJECT_NUMBERS.set(ctx, number.filer(), &provider_id)?;
        new.subject_number = number.filer();
    }
    if new.subject_number == number.filer() {
        new.sequence = new.sequence.max(number.service());
    }
    place.replace(ctx, &provider, &new)?;
    let word = number.to_word();
    let other = SERVICE_OF_NUMBER.get(ctx, word)?;
    if other != 0 {
        return Err(Stop::revert(NumberTaken { number: number.as_str().into(), service: other }));
    }
    reserve(ctx, id, &number)?;
    let claim = claim(ctx, id, &number);
    once::confirm(ctx, claim, Keep::UntilReleased)?;
    SERVICE_OF_NUMBER.set(ctx, word, &id)?;
    Ok(number)
}

/// Gives a proposed number up, if there is one.
///
/// # Errors
///
/// Out of gas.
pub(super) fn give_up(ctx: &mut Ctx<'_>, id: u64) -> Result<(), Stop> {
    let Some(proposal) = PROPOSALS.find(ctx, id)? else { return Ok(()) };
    let number = stored(ctx, proposal.number)?;
    let content = super::service_key(ctx.chain_id(), id);
    let held = once::held(ctx, super::state::ADDRESS, REGISTER, number.to_word())?;
    if held.is_some_and(|entry| entry.content == content) {
        once::release(ctx, REGISTER, number.to_word(), super::state::ADDRESS)?;
    }
    PROPOSALS.set(ctx, id, &Proposal::default())
}

/// Frees the number of a service that is struck off.
///
/// # Errors
///
/// A fault if `once` does not hold it.
pub(super) fn release(ctx: &mut Ctx<'_>, number: Number) -> Result<(), Stop> {
    let number = stored(ctx, number)?;
    once::release(ctx, REGISTER, number.to_word(), super::state::ADDRESS)
}

/// A number that storage holds.
pub(super) fn stored(ctx: &Ctx<'_>, number: Number) -> Result<FilingNumber, Stop> {
    FilingNumber::from_ascii(number.as_slice())
        .map_err(|error| ctx.fault(format!("a recorded number {number} is none: {error}")))
}

fn claim(ctx: &Ctx<'_>, id: u64, number: &FilingNumber) -> Claim {
    Claim {
        register: REGISTER,
        key: number.to_word(),
        content: super::service_key(ctx.chain_id(), id),
        holder: super::state::ADDRESS,
    }
}

fn reserve(ctx: &mut Ctx<'_>, id: u64, number: &FilingNumber) -> Result<(), Stop> {
    if is_proposed_elsewhere(ctx, id, number)? {
        let reason =
            "it is proposed for another service; give another, or wait for that one's decision".into();
        return Err(Stop::revert(BadNumber { number: number.as_str().into(), reason }));
    }
    let until = ctx.timestamp_ms().saturating_add(limits::FILING_RESERVATION_MS);
    let claim = claim(ctx, id, number);
    once::reserve(ctx, claim, until).map(|_| ())
}
