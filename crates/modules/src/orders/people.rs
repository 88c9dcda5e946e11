//! Who is who: supervisors in their scope, different people, targets, identity authorities.

use super::{
    abi::IOrders::{NoSuchService, NotTheIdentityAuthority, NotTheTarget, SamePerson},
    state::Order,
    terms::TargetKind,
};
use crate::{
    Ctx, Stop, identity,
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
    let division = match order.kind {
        TargetKind::Account => 0,
        TargetKind::Service => require_service(ctx, order)?.head.division,
    };
    services::require_supervision(ctx, ctx.caller(), division)
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
/// organisation or subject.
pub(super) fn require_target(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    let target = match order.kind {
        TargetKind::Account => order.account(),
        TargetKind::Service => require_service(ctx, order)?.provider,
    };
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    let colleague = organisation != 0 && organisation == members::organisation_of(ctx, target)?;
    if colleague || identity::same_subject(ctx, account, target)? {
        return Ok(());
    }
    Err(Stop::revert(NotTheTarget { number, account }))
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
