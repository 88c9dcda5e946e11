//! What the consortium decides about itself: organisations, roles, accounts and parameters.
//!
//! Each change is looked at twice by the same function: when it is proposed and when it is carried
//! out. It is refused if it would leave nobody to decide.

use super::{
    abi::IMembers::*,
    electorate::{entitled, is_own, refresh, require_decidable, require_two_hands},
    organisation_of,
    proposals::{not_decided_by_vote, parameter, size, take_decision},
    require_organisation,
    state::{
        ACCOUNTS, ADDRESS, BY_CODE, BY_NAME, COUNT, Membership, NAMES, ORGANISATION_OF, PARAMETERS, PROFILES,
        Profile,
    },
    terms::{Electorate, Parameter, Role, division_fits, name_fits},
};
use crate::{Ctx, Stop, ctx::gas, dispatch, uscc};
use alloy_sol_types::SolCall as _;
use ding_primitives::{Address, B256, is_module_address, keccak256, limits};

/// Looks whether a proposed call of this module could be carried out as things stand.
pub(super) fn rehearse(ctx: &mut Ctx<'_>, input: &[u8]) -> Result<(), Stop> {
    use IMembersCalls as C;
    match dispatch::decode_exact::<C>(input)? {
        C::addOrganisation(call) => check_addition(ctx, &call).map(|_| ()),
        C::setRoles(call) => check_roles(ctx, &call).map(|_| ()),
        C::addAccount(call) => check_new_account(ctx, &call),
        C::removeAccount(call) => check_removal(ctx, &call, false).map(|_| ()),
        C::setParameter(call) => check_parameter(&call).map(|_| ()),
        _ => Err(not_decided_by_vote(ADDRESS, input)),
    }
}

pub(super) fn add_organisation(ctx: &mut Ctx<'_>, call: addOrganisationCall) -> Result<u32, Stop> {
    let profile = check_addition(ctx, &call)?;
    let proposal = take_decision(ctx, &call.abi_encode())?;
    let addOrganisationCall { name, code, division, roles } = call;
    let id = COUNT.get(ctx)?.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNT.set(ctx, &id)?;
    write(ctx, id, &name, &profile)?;
    ctx.emit(&OrganisationAdded { id, name, code, division, roles, proposal })?;
    Ok(id)
}

/// Writes an organisation without accounts.
pub(super) fn write(ctx: &mut Ctx<'_>, id: u32, name: &str, profile: &Profile) -> Result<(), Stop> {
    PROFILES.cell(ctx, id)?.insert(ctx, profile)?;
    NAMES.text(ctx, id)?.insert(ctx, name)?;
    ctx.charge(gas::keccak(name.len()))?;
    BY_NAME.set(ctx, keccak256(name), &id)?;
    if !profile.code.is_zero() {
        BY_CODE.set(ctx, profile.code, &id)?;
    }
    Ok(())
}

fn check_addition(ctx: &mut Ctx<'_>, call: &addOrganisationCall) -> Result<Profile, Stop> {
    let addOrganisationCall { name, code, division, roles } = call;
    let max = u32::try_from(limits::ORGANISATIONS_MAX).map_err(|_| Stop::overflow())?;
    if COUNT.get(ctx)? >= max {
        return Err(Stop::revert(TooManyOrganisations { max }));
    }
    if !name_fits(name, limits::NAME_CHARS_MAX) {
        let (characters, max) = (size(name.chars().count()), size(limits::NAME_CHARS_MAX));
        return Err(Stop::revert(NameNotAccepted { characters, max }));
    }
    ctx.charge(gas::keccak(name.len()))?;
    let organisation = BY_NAME.get(ctx, keccak256(name))?;
    if organisation != 0 {
        return Err(Stop::revert(NameTaken { organisation }));
    }
    let code = if code.is_empty() { B256::ZERO } else { check_code(ctx, code)? };
    require_roles(*roles, *division)?;
    Ok(Profile { roles: *roles, division: *division, code, ..Profile::default() })
}

fn check_code(ctx: &mut Ctx<'_>, code: &str) -> Result<B256, Stop> {
    uscc::check(code).map_err(|_| Stop::revert(CodeNotAccepted { code: code.chars().take(32).collect() }))?;
    let word = B256::right_padding_from(code.as_bytes());
    match BY_CODE.get(ctx, word)? {
        0 => Ok(word),
        organisation => Err(Stop::revert(CodeTaken { organisation })),
    }
}

fn require_roles(roles: u64, division: u8) -> Result<(), Stop> {
    let unknown = roles & !Role::MASK;
    if unknown != 0 {
        let role = u8::try_from(unknown.trailing_zeros()).map_err(|_| Stop::overflow())?;
        return Err(Stop::revert(UnknownRole { role }));
    }
    if division_fits(division, roles) {
        return Ok(());
    }
    Err(Stop::revert(DivisionNotAccepted { division, roles }))
}

pub(super) fn set_roles(ctx: &mut Ctx<'_>, call: setRolesCall) -> Result<setRolesReturn, Stop> {
    let (before, after) = check_roles(ctx, &call)?;
    let proposal = take_decision(ctx, &call.abi_encode())?;
    let setRolesCall { id, roles, division } = call;
    PROFILES.cell(ctx, id)?.replace(ctx, &before, &after)?;
    refresh(ctx, id)?;
    ctx.emit(&RolesSet {
        id,
        rolesBefore: before.roles,
        roles,
        divisionBefore: before.division,
        division,
        proposal,
    })?;
    Ok(setRolesReturn {})
}

/// The profile before and after.
fn check_roles(ctx: &mut Ctx<'_>, call: &setRolesCall) -> Result<(Profile, Profile), Stop> {
    let id = require_organisation(ctx, call.id)?;
    require_roles(call.roles, call.division)?;
    let before = PROFILES.get(ctx, id)?;
    let after = Profile { roles: call.roles, division: call.division, ..before };
    let accounts = ACCOUNTS.list(ctx, id)?.len(ctx)?;
    require_decidable(ctx, id, &after, accounts)?;
    require_two_hands(ctx, id, &before, accounts, &after, accounts)?;
    Ok((before, after))
}

pub(super) fn add_account(ctx: &mut Ctx<'_>, call: addAccountCall) -> Result<addAccountReturn, Stop> {
    check_new_account(ctx, &call)?;
    let by = ctx.caller();
    let own = is_own(ctx, call.id, by)?;
    let proposal = if own { 0 } else { take_decision(ctx, &call.abi_encode())? };
    let addAccountCall { id, account } = call;
    let list = ACCOUNTS.list(ctx, id)?;
    let place = list.len(ctx)?;
    list.push(ctx, &account)?;
    ORGANISATION_OF.set(ctx, account, &Membership { organisation: id, place })?;
    if place == 0 {
        refresh(ctx, id)?;
    }
    ctx.emit(&AccountAdded { id, account, by, proposal })?;
    Ok(addAccountReturn {})
}

fn check_new_account(ctx: &mut Ctx<'_>, call: &addAccountCall) -> Result<(), Stop> {
    let organisation = require_organisation(ctx, call.id)?;
    let account = call.account;
    if account.is_zero() || is_module_address(&account) {
        return Err(Stop::revert(AccountCannotSign { account }));
    }
    let taken = organisation_of(ctx, account)?;
    if taken != 0 {
        return Err(Stop::revert(AccountTaken { account, organisation: taken }));
    }
    let max = limits::ORGANISATION_ACCOUNTS_MAX;
    if ACCOUNTS.list(ctx, organisation)?.len(ctx)? >= max {
        return Err(Stop::revert(TooManyAccounts { organisation, max }));
    }
    Ok(())
}

pub(super) fn remove_account(
    ctx: &mut Ctx<'_>,
    call: removeAccountCall,
) -> Result<removeAccountReturn, Stop> {
    let by = ctx.caller();
    let own = is_own(ctx, call.id, by)?;
    let membership = check_removal(ctx, &call, own)?;
    let proposal = if own { 0 } else { take_decision(ctx, &call.abi_encode())? };
    let removeAccountCall { id, account } = call;
    let list = ACCOUNTS.list(ctx, id)?;
    if let Some(moved) = list.swap_remove(ctx, membership.place)? {
        ORGANISATION_OF.set(ctx, moved, &membership)?;
    }
    ORGANISATION_OF.cell(ctx, account)?.clear(ctx)?;
    if list.len(ctx)? == 0 {
        refresh(ctx, id)?;
    }
    ctx.emit(&AccountRemoved { id, account, by, proposal })?;
    Ok(removeAccountReturn {})
}

/// Where the account stands in the list of its organisation.
fn check_removal(ctx: &mut Ctx<'_>, call: &removeAccountCall, own: bool) -> Result<Membership, Stop> {
    let organisation = require_organisation(ctx, call.id)?;
    let account = call.account;
    let membership = ORGANISATION_OF.get(ctx, account)?;
    if membership.organisation != organisation {
        let actual = membership.organisation;
        return Err(Stop::revert(NotItsAccount { organisation, account, actual }));
    }
    let accounts = ACCOUNTS.list(ctx, organisation)?.len(ctx)?;
    let profile = PROFILES.get(ctx, organisation)?;
    let votes = Electorate::ALL.into_iter().any(|electorate| entitled(electorate, &profile, accounts));
    if accounts <= 1 && (own || votes) {
        return Err(Stop::revert(LastAccount { organisation, account }));
    }
    require_two_hands(ctx, organisation, &profile, accounts, &profile, accounts.saturating_sub(1))?;
    Ok(membership)
}

pub(super) fn set_parameter(ctx: &mut Ctx<'_>, call: setParameterCall) -> Result<setParameterReturn, Stop> {
    let which = check_parameter(&call)?;
    let proposal = take_decision(ctx, &call.abi_encode())?;
    let setParameterCall { name, value } = call;
    let before = parameter(ctx, which)?;
    PARAMETERS.set(ctx, name, &value)?;
    ctx.emit(&ParameterSet { name, before, value, proposal })?;
    Ok(setParameterReturn {})
}

fn check_parameter(call: &setParameterCall) -> Result<Parameter, Stop> {
    let setParameterCall { name, value } = *call;
    let which = require_parameter(name)?;
    if which.takes(value) {
        return Ok(which);
    }
    let (min, max) = which.range();
    Err(Stop::revert(ParameterOutOfRange { name, value, min, max }))
}

pub(super) fn require_parameter(name: B256) -> Result<Parameter, Stop> {
    Parameter::from_word(name).ok_or_else(|| Stop::revert(UnknownParameter { name }))
}

/// What a call that is decided by vote would change, in a sentence.
pub(super) fn describe(input: &[u8]) -> Option<String> {
    use IMembersCalls as C;
    Some(match dispatch::decode_exact::<C>(input).ok()? {
        C::addOrganisation(addOrganisationCall { name, code, division, roles }) => {
            let code = if code.is_empty() { "no code".into() } else { format!("code {code}") };
            format!(
                "add the organisation {name:?} ({code}, division {division}, roles: {})",
                Role::names(roles)
            )
        }
        C::setRoles(setRolesCall { id, roles, division }) => {
            format!(
                "give organisation {id} exactly these roles: {} (division {division})",
                Role::names(roles)
            )
        }
        C::addAccount(addAccountCall { id, account }) => {
            format!("let the account {account} act for organisation {id}")
        }
        C::removeAccount(removeAccountCall { id, account }) => {
            format!("let the account {account} act for organisation {id} no more")
        }
        C::setParameter(setParameterCall { name, value }) => {
            format!("set the parameter {} to {value}", Parameter::from_word(name)?.name())
        }
        _ => return None,
    })
}

/// Adds accounts in genesis.
pub(super) fn write_accounts(ctx: &mut Ctx<'_>, id: u32, accounts: &[Address]) -> Result<(), Stop> {
    let list = ACCOUNTS.list(ctx, id)?;
    for (place, account) in (0u64..).zip(accounts) {
        list.push(ctx, account)?;
        ORGANISATION_OF.set(ctx, *account, &Membership { organisation: id, place })?;
    }
    refresh(ctx, id)
}

#[cfg(test)]
mod tests;
