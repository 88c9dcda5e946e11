//! Members: the organisations of the consortium, the accounts that act for them, and the nodes
//! they run.
//!
//! Genesis names them ([`genesis`]). Each organisation has a number from 1 on, a name, perhaps a
//! unified social credit code, roles, accounts, and members of the network: validators vote,
//! observers follow. Other modules ask here ([`organisation_of`], [`require_role`]); contracts ask
//! through the interface.
//!
//! Who: anyone reads; nobody writes after genesis. Genesis emits no events: the file itself is
//! the record.
//!
//! Invariants ([`Members::check`]):
//! - M1 an account is listed by exactly the organisation it acts for.
//! - M2 a key has one seat, and stands in exactly the list of its kind.
//! - M3 an organisation counts as many validators and observers as seats name it.

pub mod abi;
pub mod genesis;
pub mod state;
pub mod terms;
#[cfg(test)]
mod tests;

use self::{
    abi::IMembers::{self, *},
    state::{ACCOUNTS, COUNT, NAMES, OBSERVERS, ORGANISATION_OF, PROFILES, SEATS, SeatKind, VALIDATORS},
};
pub use self::{
    genesis::{OrganisationEntry, Section},
    terms::Role,
};
use crate::{Ctx, Interface, Module, Stop, Violation, dispatch};
use ding_primitives::{Address, B256, Bytes, Log, Spec, U256, limits};
use std::collections::BTreeMap;

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
        use IMembersErrors as E;
        Some(match dispatch::decode_error(revert)? {
            E::NoSuchOrganisation(NoSuchOrganisation { id, count }) => {
                format!("there is no organisation {id}; they are numbered 1 to {count}")
            }
            E::UnknownRole(UnknownRole { role }) => format!("there is no role {role}; roles are {}", roles()),
            E::PageTooLarge(PageTooLarge { count, max }) => {
                format!("{count} entries asked for, one answer holds {max}; ask in pages")
            }
            E::RoleRequired(RoleRequired { account, organisation, role }) => {
                let role = Role::from_number(role)
                    .map_or_else(|| format!("number {role}"), |role| role.name().into());
                match organisation {
                    0 => format!("account {account} acts for no organisation; the role {role} is required"),
                    _ => format!(
                        "account {account} acts for organisation {organisation}, which does not have the role {role}"
                    ),
                }
            }
        })
    }

    fn check_genesis(&self, spec: &Spec) -> Result<(), String> {
        Section::of(spec).map(|_| ())
    }

    fn genesis(&self, ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
        genesis::write(ctx, spec)
    }

    fn check(&self, ctx: &mut Ctx<'_>, _history: &[Log]) -> Result<(), Violation> {
        check(ctx)
    }

    fn likely_reads(&self, _caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use IMembersCalls as C;
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
    ORGANISATION_OF.get(ctx, account)
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
    Ok(organisation != 0 && PROFILES.get(ctx, organisation)?.roles & role.bit() != 0)
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
    if count > limits::MODULE_PAGE_MAX {
        return Err(Stop::revert(PageTooLarge { count, max: limits::MODULE_PAGE_MAX }));
    }
    let id = require_organisation(ctx, id)?;
    ACCOUNTS.list(ctx, id)?.page(ctx, start.into(), count.into())
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

fn roles() -> String {
    Role::ALL.map(|role| format!("{} {}", role.number(), role.name())).join(", ")
}

fn check(ctx: &mut Ctx<'_>) -> Result<(), Violation> {
    let count = COUNT.get(ctx)?;
    let mut owners: BTreeMap<Address, u32> = BTreeMap::new();
    for id in 1..=count {
        for account in ACCOUNTS.list(ctx, id)?.page(ctx, 0, u64::MAX)? {
            let (of, twice) = (organisation_of(ctx, account)?, owners.insert(account, id));
            Violation::unless("M1", of == id && twice.is_none(), || {
                format!(
                    "account {account} is listed by organisation {id}, acts for {of}, listed before by {twice:?}"
                )
            })?;
        }
    }
    let mut seats: BTreeMap<B256, SeatKind> = BTreeMap::new();
    let mut runs: BTreeMap<(u32, bool), u32> = BTreeMap::new();
    for (list, kind) in [(VALIDATORS, SeatKind::Validator), (OBSERVERS, SeatKind::Observer)] {
        for key in list.page(ctx, 0, u64::MAX)? {
            let (seat, twice) = (SEATS.get(ctx, key)?, seats.insert(key, kind));
            Violation::unless(
                "M2",
                seat.kind == kind && seat.organisation <= count && twice.is_none(),
                || {
                    format!(
                        "key {key} is listed as {kind:?}, its seat is {seat:?}, listed before as {twice:?}"
                    )
                },
            )?;
            let counted = runs.entry((seat.organisation, kind == SeatKind::Validator)).or_default();
            *counted = counted.saturating_add(1);
        }
    }
    for id in 1..=count {
        let profile = PROFILES.get(ctx, id)?;
        let counted = [true, false].map(|votes| runs.get(&(id, votes)).copied().unwrap_or(0));
        Violation::unless("M3", [profile.validators, profile.observers] == counted, || {
            format!(
                "organisation {id} says {} validators and {} observers, seats say {counted:?}",
                profile.validators, profile.observers
            )
        })?;
    }
    Ok(())
}
