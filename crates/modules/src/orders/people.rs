//! Who is who: supervisors in their scope, different people, targets, identity authorities.

use super::{
    abi::IOrders::{NoSuchService, NotTheAuthority, NotTheIdentityAuthority, NotTheTarget, SamePerson},
    state::Order,
    terms::TargetKind,
};
use crate::{
    Ctx, Stop, filing, identity,
    members::{self, Role},
    services,
};
use ding_primitives::{
    Address,
    planted::{self, Planted},
};

/// The organisation for which the caller supervises the target: the national administration
/// everything, a provincial one services of its own division.
pub(super) fn require_scope(ctx: &mut Ctx<'_>, order: &Order) -> Result<u32, Stop> {
    let caller = ctx.caller();
    scope(ctx, order, caller)
}

/// The issuer still supervises the target, and for the organisation that issued the order: who left
/// meanwhile has no hand in it any more.
pub(super) fn require_issuer(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    let organisation = scope(ctx, order, order.issuer)?;
    if organisation == order.authority {
        return Ok(());
    }
    Err(Stop::revert(NotTheAuthority { number, authority: order.authority, organisation }))
}

/// Whether the organisation that issued an order supervises nothing any more: then the national
/// administration finishes what it began.
pub(super) fn is_orphan(ctx: &mut Ctx<'_>, order: &Order) -> Result<bool, Stop> {
    for role in [Role::Supervisor, Role::Provincial] {
        if members::has(ctx, order.authority, role)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn scope(ctx: &mut Ctx<'_>, order: &Order, account: Address) -> Result<u32, Stop> {
    let division = match order.kind {
        TargetKind::Account => 0,
        TargetKind::Service => division(ctx, order)?,
    };
    services::require_supervision(ctx, account, division)
}

/// The service that is the target.
pub(super) fn require_service(ctx: &mut Ctx<'_>, order: &Order) -> Result<services::Service, Stop> {
    let id = order.target;
    services::find(ctx, id)?.ok_or_else(|| Stop::revert(NoSuchService { id }))
}

/// The national administration.
pub(super) fn require_national(ctx: &mut Ctx<'_>) -> Result<u32, Stop> {
    members::require_role(ctx, ctx.caller(), Role::Supervisor)
}

/// Whether an account acts for a supervisor, national or provincial; gives the organisation.
pub(super) fn supervisor(ctx: &mut Ctx<'_>, account: Address) -> Result<Option<u32>, Stop> {
    for role in [Role::Supervisor, Role::Provincial] {
        match members::require_role(ctx, account, role) {
            Ok(organisation) => return Ok(Some(organisation)),
            Err(Stop::Revert(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

/// The caller is another person than this one: another account and, if both are bound, another
/// subject.
pub(super) fn require_other(ctx: &mut Ctx<'_>, number: u64, other: Address) -> Result<(), Stop> {
    let account = ctx.caller();
    if identity::same_subject(ctx, account, other)? && !planted::is(Planted::OneHand) {
        return Err(Stop::revert(SamePerson { number, account, other }));
    }
    Ok(())
}

/// The caller is the target: the account, the provider of the service, or somebody of the same
/// organisation or subject. Who provides a service of the filing register, that register knows: the
/// provider may have got another account since, or its first one.
pub(super) fn require_target(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    let account = ctx.caller();
    let target = match order.kind {
        TargetKind::Account => order.account(),
        TargetKind::Service => {
            let service = require_service(ctx, order)?;
            let filed = match &service.number {
                Some(filed) => filing::is_provider(ctx, order.target, filed, account)?,
                None => None,
            };
            match filed {
                Some(true) => return Ok(()),
                Some(false) => return Err(Stop::revert(NotTheTarget { number, account })),
                None => service.provider,
            }
        }
    };
    if is_colleague(ctx, account, target)? || identity::same_subject(ctx, account, target)? {
        return Ok(());
    }
    Err(Stop::revert(NotTheTarget { number, account }))
}

/// Whether an account acts for the organisation of the target. An organisation names its accounts
/// without asking them: one that is bound to somebody else speaks for that subject only.
fn is_colleague(ctx: &mut Ctx<'_>, account: Address, target: Address) -> Result<bool, Stop> {
    let organisation = members::organisation_of(ctx, account)?;
    if organisation == 0 || organisation != members::organisation_of(ctx, target)? {
        return Ok(false);
    }
    let Some(bound) = identity::subject_of(ctx, target)? else { return Ok(true) };
    let code = members::state::PROFILES.get(ctx, organisation)?.code;
    Ok(bound.kind == identity::Kind::Organisation.number() && bound.subject == code)
}

/// First two digits of the division of the service: where its provider is now, if `filing` keeps it.
fn division(ctx: &mut Ctx<'_>, order: &Order) -> Result<u8, Stop> {
    let service = require_service(ctx, order)?;
    let filed = match service.number.filter(|_| service.kept) {
        Some(number) => filing::division_of(ctx, order.target, &number)?,
        None => None,
    };
    Ok(filed.unwrap_or(service.head.division))
}

/// The caller acts for the identity authority that bound the target.
pub(super) fn require_identity_authority(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    match identity::require_authority_of(ctx, order.account()) {
        Ok(_) => Ok(()),
        Err(Stop::Revert(_)) => {
            let account = ctx.caller();
            Err(Stop::revert(NotTheIdentityAuthority { number, account }))
        }
        Err(other) => Err(other),
    }
}
