//! What a pilot sets out to reach, where it runs, and which filed services it uses.

use super::{
    abi::IPilot as api,
    checks,
    hands::{Taken, take, today},
    machine::{State, Step},
    neighbours,
    state::{FILINGS, INDICATORS, Indicator, PLANS},
    terms::forbidden_word,
};
use crate::{Ctx, Stop, ctx::gas, ids::FilingNumber};
use alloy_sol_types::SolValue as _;
use ding_primitives::{B256, keccak256, limits};

/// Adds an indicator.
pub(super) fn add_indicator(ctx: &mut Ctx<'_>, call: api::addIndicatorCall) -> Result<u16, Stop> {
    let api::addIndicatorCall { id, name, unit, decimals, baseline, target, due } = call;
    let mut taken = take(ctx, id, Step::Plan)?;
    checks::line("name of the indicator", &name, limits::PILOT_TITLE_CHARS_MAX)?;
    checks::line("unit", &unit, limits::PILOT_UNIT_BYTES_MAX)?;
    checks::count("bytes of the unit", unit.len(), limits::PILOT_UNIT_BYTES_MAX)?;
    for text in [&name, &unit] {
        if let Some(word) = forbidden_word(text) {
            return Err(Stop::revert(api::ForbiddenWord { word: word.into(), text: text.clone() }));
        }
    }
    checks::range("decimals", decimals, 0u8, limits::PILOT_DECIMALS_MAX)?;
    require_goal(ctx, id, baseline, target, due)?;
    let indicator = taken.pilot.indicators;
    let number = checks::more(indicator)?;
    checks::range("number of indicators", number, 1u16, limits::PILOT_INDICATORS_MAX)?;
    taken.pilot.indicators = number;
    let record = Indicator {
        name: checks::digest_of(ctx, &name)?,
        unit: B256::right_padding_from(unit.as_bytes()),
        decimals,
        baseline,
        target,
        due,
        ..Indicator::default()
    };
    INDICATORS.map(ctx, id)?.cell(ctx, indicator.into())?.insert(ctx, &record)?;
    taken.save(ctx)?;
    let account = taken.account;
    ctx.emit(&api::IndicatorAdded { id, indicator, decimals, baseline, target, due, name, unit, account })?;
    Ok(indicator)
}

/// Changes target and day of an indicator.
pub(super) fn change_indicator(ctx: &mut Ctx<'_>, call: api::changeIndicatorCall) -> Result<(), Stop> {
    let api::changeIndicatorCall { id, indicator, target, due, reason } = call;
    let taken = take(ctx, id, Step::Plan)?;
    checks::text("reason", &reason)?;
    let place = INDICATORS.map(ctx, id)?.cell(ctx, indicator.into())?;
    let count = taken.pilot.indicators;
    let known =
        place.find(ctx)?.ok_or_else(|| Stop::revert(api::NoSuchIndicator { id, indicator, count }))?;
    require_goal(ctx, id, known.baseline, target, due)?;
    let revision = checks::more(known.revisions)?;
    place.replace(ctx, &known, &Indicator { target, due, revisions: revision, ..known })?;
    ctx.emit(&api::IndicatorChanged {
        id,
        indicator,
        revision,
        targetBefore: known.target,
        target,
        dueBefore: known.due,
        due,
        reason,
        account: taken.account,
    })
}

/// The target differs from the baseline, and is to be reached within the pilot's time.
fn require_goal(ctx: &mut Ctx<'_>, id: u32, baseline: i64, target: i64, due: u32) -> Result<(), Stop> {
    if target == baseline {
        return Err(Stop::revert(api::NoGoal { baseline }));
    }
    let end = PLANS.get(ctx, id)?.end;
    checks::range("day of the target", due, today(ctx), end)
}

/// Says where a pilot runs.
pub(super) fn describe(ctx: &mut Ctx<'_>, call: api::describeCall) -> Result<(), Stop> {
    let api::describeCall { id, chainId, software, version, nodes, peers } = call;
    let mut taken = take(ctx, id, Step::Describe)?;
    checks::range("chain id", chainId, 1u64, u64::MAX)?;
    let running = taken.pilot.state == State::InProgress.number();
    if running && chainId != taken.pilot.chain_id {
        return Err(Stop::revert(api::ChainFixed { id, chainId: taken.pilot.chain_id }));
    }
    checks::line("software", &software, limits::NAME_CHARS_MAX)?;
    checks::line("version", &version, limits::NAME_CHARS_MAX)?;
    checks::count("nodes", nodes.len(), limits::PILOT_NODES_MAX)?;
    checks::count("peers", peers.len(), limits::PILOT_PEERS_MAX)?;
    let facts =
        (chainId, software.clone(), version.clone(), nodes.clone(), peers.clone()).abi_encode_params();
    ctx.charge(gas::keccak(facts.len()))?;
    let digest = keccak256(&facts);
    taken.pilot.chain_id = chainId;
    taken.save(ctx)?;
    taken.change_plan(ctx, |plan| plan.facts = digest)?;
    let account = taken.account;
    ctx.emit(&api::Described { id, chainId, software, version, nodes, peers, digest, account })
}

/// Names the filing number of a service that the pilot uses.
pub(super) fn name_filing(ctx: &mut Ctx<'_>, call: api::nameFilingCall) -> Result<(), Stop> {
    let api::nameFilingCall { id, number } = call;
    let mut taken = take(ctx, id, Step::NameFiling)?;
    let number = filing_number(number)?;
    if named(ctx, &taken)?.contains(&number) {
        return Err(Stop::revert(api::FilingNamedBefore { id, number }));
    }
    require_recorded(ctx, id, number)?;
    let count = checks::more(taken.pilot.filings)?;
    checks::range("number of filing numbers", count, 1u16, limits::PILOT_FILINGS_MAX)?;
    FILINGS.map(ctx, id)?.set(ctx, taken.pilot.filings.into(), &number)?;
    taken.pilot.filings = count;
    taken.save(ctx)?;
    ctx.emit(&api::FilingNamed { id, number, account: taken.account })
}

/// Takes a named filing number off; the last one takes its place.
pub(super) fn drop_filing(ctx: &mut Ctx<'_>, call: api::dropFilingCall) -> Result<(), Stop> {
    let api::dropFilingCall { id, number } = call;
    let mut taken = take(ctx, id, Step::NameFiling)?;
    let number = filing_number(number)?;
    let numbers = named(ctx, &taken)?;
    let place = (0u32..).zip(&numbers).find(|(_, own)| **own == number).map(|(place, _)| place);
    let (Some(place), [.., moved]) = (place, numbers.as_slice()) else {
        return Err(Stop::revert(api::FilingNotNamed { id, number }));
    };
    let filings = FILINGS.map(ctx, id)?;
    taken.pilot.filings = taken.pilot.filings.checked_sub(1).ok_or_else(Stop::overflow)?;
    filings.set(ctx, place, moved)?;
    filings.set(ctx, taken.pilot.filings.into(), &B256::ZERO)?;
    taken.save(ctx)?;
    ctx.emit(&api::FilingDropped { id, number, account: taken.account })
}

fn filing_number(text: String) -> Result<B256, Stop> {
    match FilingNumber::parse(&text) {
        Ok(number) => Ok(number.to_word()),
        Err(_) => Err(Stop::revert(api::FilingNumberInvalid {
            number: text.chars().take(limits::ID_TEXT_BYTES_MAX).collect(),
        })),
    }
}

/// The filing register has a live record of the number.
pub(super) fn require_recorded(ctx: &mut Ctx<'_>, id: u32, number: B256) -> Result<(), Stop> {
    if neighbours::is_recorded(ctx, number)? {
        return Ok(());
    }
    Err(Stop::revert(api::FilingNotRecorded { id, number }))
}

fn named(ctx: &mut Ctx<'_>, taken: &Taken) -> Result<Vec<B256>, Stop> {
    filings(ctx, taken.id, taken.before.filings)
}

/// The first `count` filing numbers that a pilot names.
pub(super) fn filings(ctx: &mut Ctx<'_>, id: u32, count: u16) -> Result<Vec<B256>, Stop> {
    let places = FILINGS.map(ctx, id)?;
    let mut numbers = Vec::new();
    for place in 0..count.into() {
        numbers.push(places.get(ctx, place)?);
    }
    Ok(numbers)
}
