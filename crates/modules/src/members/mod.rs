//! Members: the organisations of the consortium, the accounts that act for them, the nodes they run,
//! and what they decide together.
//!
//! Genesis names them ([`genesis`]). Each organisation has a number from 1 on, a name, perhaps a
//! unified social credit code, roles, perhaps a division of the country, accounts, and members of the
//! network: validators vote on blocks, observers follow. Other modules ask here ([`organisation_of`],
//! [`require_role`]); contracts ask through the interface.
//!
//! What changes for everybody is decided by vote ([`proposals`]): an organisation proposes a call of
//! a module, the organisations of the electorate vote, and when enough approve, the call is carried
//! out by whoever makes it ([`take_decision`]). Nothing is decided that would leave nobody to decide
//! ([`organisations`]).
//!
//! Who: an organisation of the electorate proposes, votes and carries out; who proposed withdraws; an
//! organisation adds and removes its own accounts; anyone reads. Genesis emits no events: the file
//! itself is the record.
//!
//! Invariants ([`Members::check`]):
//! - M1 an account is listed once, by the organisation it acts for, in the place it says.
//! - M2 a key has one seat, and stands in exactly the list of its kind.
//! - M3 an organisation counts as many validators and observers as seats name it.
//! - M4 exactly the organisations entitled to it have a vote.
//! - M5 a proposal is as its events say, and goes from open to decided to carried out or nowhere.
//! - M6 an organisation's vote is the last it cast.
//! - M7 a name and a code lead to the one organisation that has them.
//! - M8 accounts, roles and parameters are as the last event about them says.

pub mod abi;
mod check;
pub mod electorate;
pub mod events;
mod explain;
pub mod genesis;
mod organisations;
pub mod proposals;
pub mod state;
pub mod terms;
#[cfg(test)]
mod tests;

pub(crate) use self::proposals::not_decided_by_vote;
use self::{
    abi::IMembers::{self, *},
    state::{
        ACCOUNTS, BALLOTS, COUNT, NAMES, OBSERVERS, ORGANISATION_OF, PROFILES, PROPOSAL_COUNT, PROPOSALS,
        SEATS, SeatKind, VALIDATORS,
    },
};
pub use self::{
    genesis::{OrganisationEntry, Section},
    proposals::{parameter, take_decision},
    terms::{Electorate, Parameter, Role, Status},
};
use crate::{Ctx, Interface, Module, Stop, Violation, dispatch};
use ding_primitives::{
    Address, Bytes, Log, Spec, U256, limits,
    planted::{self, Planted},
};

/// The module.
pub struct Members;

impl Module for Members {
    fn name(&self) -> &'static str {
        "members"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IMembers", source: include_str!("abi.rs"), abi: IMembers::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IMembersCalls as C;
        match dispatch::decode::<C>(input)? {
            C::propose(call) => dispatch::write(ctx, call, proposals::propose),
            C::vote(call) => dispatch::write(ctx, call, proposals::vote),
            C::withdraw(call) => dispatch::write(ctx, call, proposals::withdraw),
            C::addOrganisation(call) => dispatch::write(ctx, call, organisations::add_organisation),
            C::setRoles(call) => dispatch::write(ctx, call, organisations::set_roles),
            C::addAccount(call) => dispatch::write(ctx, call, organisations::add_account),
            C::removeAccount(call) => dispatch::write(ctx, call, organisations::remove_account),
            C::setParameter(call) => dispatch::write(ctx, call, organisations::set_parameter),
            C::proposalCount(call) => dispatch::read(ctx, call, |ctx, _| PROPOSAL_COUNT.get(ctx)),
            C::proposal(call) => dispatch::read(ctx, call, |ctx, call| proposals::show(ctx, call.id)),
            C::proposals(call) => dispatch::read(ctx, call, proposals::page),
            C::tally(call) => dispatch::read(ctx, call, proposals::tally),
            C::voteOf(call) => dispatch::read(ctx, call, proposals::vote_of),
            C::electorate(call) => dispatch::read(ctx, call, electorate_of),
            C::rehearse(call) => dispatch::read(ctx, call, |ctx, call| {
                proposals::rehearse(ctx, call.target, &call.input).map(Electorate::number)
            }),
            C::parameter(call) => dispatch::read(ctx, call, |ctx, call| {
                let which = organisations::require_parameter(call.name)?;
                parameter(ctx, which)
            }),
            C::organisationCount(call) => dispatch::read(ctx, call, |ctx, _| COUNT.get(ctx)),
            C::organisation(call) => dispatch::read(ctx, call, organisation),
            C::organisationOf(call) => {
                dispatch::read(ctx, call, |ctx, call| organisation_of(ctx, call.account))
            }
            C::accountsOf(call) => dispatch::read(ctx, call, accounts_of),
            C::hasRole(call) => dispatch::read(ctx, call, has_role),
            C::organisationHasRole(call) => dispatch::read(ctx, call, organisation_has_role),
            C::validators(call) => dispatch::read(ctx, call, |ctx, _| VALIDATORS.page(ctx, 0, u64::MAX)),
            C::observers(call) => dispatch::read(ctx, call, |ctx, _| OBSERVERS.page(ctx, 0, u64::MAX)),
            C::isValidator(call) => dispatch::read(ctx, call, |ctx, call| {
                Ok(SEATS.get(ctx, call.key)?.kind == SeatKind::Validator)
            }),
            C::isObserver(call) => {
                dispatch::read(
                    ctx,
                    call,
                    |ctx, call| Ok(SEATS.get(ctx, call.key)?.kind == SeatKind::Observer),
                )
            }
            C::organisationOfKey(call) => {
                dispatch::read(ctx, call, |ctx, call| Ok(SEATS.get(ctx, call.key)?.organisation))
            }
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).map(explain::explain)
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        organisations::describe(input)
    }

    fn check_genesis(&self, spec: &Spec) -> Result<(), String> {
        Section::of(spec).map(|_| ())
    }

    fn genesis(&self, ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
        genesis::write(ctx, spec)
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use IMembersCalls as C;
        if let Ok(C::vote(call)) = dispatch::decode::<C>(input) {
            let proposal = PROPOSALS.slot_of(call.id);
            let mut slots =
                vec![ORGANISATION_OF.slot_of(caller), COUNT.slot(), BALLOTS.slot_of_both(call.id, 0)];
            slots.extend((0..4).map(|word| proposal.wrapping_add(U256::from(word))));
            return slots.into_iter().map(|slot| (state::ADDRESS, slot)).collect();
        }
        let slot = match dispatch::decode::<C>(input) {
            Ok(C::organisationOf(call)) => ORGANISATION_OF.slot_of(call.account),
            Ok(C::hasRole(call)) => ORGANISATION_OF.slot_of(call.account),
            Ok(C::organisationHasRole(call)) => PROFILES.slot_of(call.id),
            Ok(C::isValidator(call)) => SEATS.slot_of(call.key),
            Ok(C::isObserver(call)) => SEATS.slot_of(call.key),
            _ => return Vec::new(),
        };
        vec![(state::ADDRESS, slot)]
    }
}

/// Number of the organisation that an account acts for; 0 if none.
///
/// # Errors
///
/// Out of gas.
pub fn organisation_of(ctx: &mut Ctx<'_>, account: Address) -> Result<u32, Stop> {
    Ok(ORGANISATION_OF.get(ctx, account)?.organisation)
}

/// Number of the organisation that an account acts for, which must have the role.
///
/// # Errors
///
/// Reverts with `RoleRequired`; out of gas.
pub fn require_role(ctx: &mut Ctx<'_>, account: Address, role: Role) -> Result<u32, Stop> {
    let organisation = organisation_of(ctx, account)?;
    if has(ctx, organisation, role)? {
        return Ok(organisation);
    }
    Err(Stop::revert(RoleRequired { account, organisation, role: role.number() }))
}

/// First two digits of the administrative division that an organisation is responsible for; 0 if it
/// names none.
///
/// # Errors
///
/// Out of gas.
pub fn division_of(ctx: &mut Ctx<'_>, organisation: u32) -> Result<u8, Stop> {
    Ok(PROFILES.get(ctx, organisation)?.division)
}

/// Whether an organisation has a role; organisation 0, which is none, has not.
///
/// # Errors
///
/// Out of gas.
pub fn has(ctx: &mut Ctx<'_>, organisation: u32, role: Role) -> Result<bool, Stop> {
    let not_asked = planted::is(Planted::RoleNotAsked);
    Ok(organisation != 0 && (PROFILES.get(ctx, organisation)?.roles & role.bit() != 0 || not_asked))
}

fn organisation(ctx: &mut Ctx<'_>, call: organisationCall) -> Result<Organisation, Stop> {
    let id = require_organisation(ctx, call.id)?;
    let profile = PROFILES.get(ctx, id)?;
    let accounts = ACCOUNTS.list(ctx, id)?.len(ctx)?;
    let code = profile.code.iter().copied().take_while(|byte| *byte != 0).collect();
    Ok(Organisation {
        name: NAMES.text(ctx, id)?.get(ctx, limits::NAME_BYTES_MAX)?,
        code: String::from_utf8(code)
            .map_err(|_| ctx.fault(format!("code of organisation {id} is no text")))?,
        roles: profile.roles,
        division: profile.division,
        accounts: u32::try_from(accounts)
            .map_err(|_| ctx.fault("more accounts than an organisation can have"))?,
        validators: profile.validators,
        observers: profile.observers,
    })
}

fn accounts_of(ctx: &mut Ctx<'_>, call: accountsOfCall) -> Result<Vec<Address>, Stop> {
    let accountsOfCall { id, start, count } = call;
    require_page(count)?;
    let id = require_organisation(ctx, id)?;
    ACCOUNTS.list(ctx, id)?.page(ctx, start.into(), count.into())
}

/// Refuses a page with more entries than one answer holds.
fn require_page(count: u32) -> Result<(), Stop> {
    let max = limits::MODULE_PAGE_MAX;
    if count > max { Err(Stop::revert(PageTooLarge { count, max })) } else { Ok(()) }
}

fn electorate_of(ctx: &mut Ctx<'_>, call: electorateCall) -> Result<electorateReturn, Stop> {
    require_page(call.count)?;
    let who = Electorate::of(&call.target);
    let organisations = electorate::page(ctx, who, call.start, call.count)?;
    Ok(electorateReturn { electorate_: who.number(), organisations })
}

fn has_role(ctx: &mut Ctx<'_>, call: hasRoleCall) -> Result<bool, Stop> {
    let role = require_known(call.role)?;
    let organisation = organisation_of(ctx, call.account)?;
    has(ctx, organisation, role)
}

fn organisation_has_role(ctx: &mut Ctx<'_>, call: organisationHasRoleCall) -> Result<bool, Stop> {
    let role = require_known(call.role)?;
    let id = require_organisation(ctx, call.id)?;
    has(ctx, id, role)
}

fn require_organisation(ctx: &mut Ctx<'_>, id: u32) -> Result<u32, Stop> {
    let count = COUNT.get(ctx)?;
    if (1..=count).contains(&id) { Ok(id) } else { Err(Stop::revert(NoSuchOrganisation { id, count })) }
}

fn require_known(role: u8) -> Result<Role, Stop> {
    Role::from_number(role).ok_or_else(|| Stop::revert(UnknownRole { role }))
}
