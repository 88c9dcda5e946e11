//! Accounts of a binding: further ones under the root, successors, invitations.

use super::{
    abi::IIdentity::*,
    authorities::{require_reason, require_responsible},
    bindings::{Known, change_further, require_bound, require_free, require_in_force},
    standing::Standing,
    state::{ACCOUNTS, Account, BINDINGS, Binding, INVITATIONS, Invitation, PLACES, STANDINGS, TIME_BITS},
    terms::{Purpose, Reason, Status},
};
use crate::{Ctx, Stop};
use ding_primitives::{Address, limits};

pub(super) fn add_account(ctx: &mut Ctx<'_>, call: addAccountCall) -> Result<addAccountReturn, Stop> {
    let addAccountCall { root, account } = call;
    let known = require_bound(ctx, root)?;
    require_responsible(ctx, known.id(), known.binding.authority)?;
    join(ctx, &known, account)?;
    Ok(addAccountReturn {})
}

pub(super) fn rotate(ctx: &mut Ctx<'_>, call: rotateCall) -> Result<rotateReturn, Stop> {
    let rotateCall { account, successor, reason } = call;
    require_reason(reason)?;
    let known = require_bound(ctx, account)?;
    require_responsible(ctx, known.id(), known.binding.authority)?;
    replace(ctx, &known, successor, reason)?;
    Ok(rotateReturn {})
}

pub(super) fn invite(ctx: &mut Ctx<'_>, call: inviteCall) -> Result<u64, Stop> {
    let inviteCall { account, purpose } = call;
    let known_purpose =
        Purpose::from_number(purpose).ok_or_else(|| Stop::revert(UnknownPurpose { purpose }))?;
    let (inviter, now) = (ctx.caller(), ctx.timestamp_ms());
    if account == inviter {
        return Err(Stop::revert(SameAccount { account }));
    }
    let known = require_bound(ctx, inviter)?;
    require_in_force(ctx, inviter)?;
    if known_purpose == Purpose::Join {
        require_room(&known)?;
    }
    let before = require_free(ctx, account)?;
    let until_ms = now.saturating_add(limits::IDENTITY_INVITATION_MS);
    ctx.invariant("I1 times fit their bits", until_ms >> TIME_BITS == 0)?;
    let invitation = Invitation { purpose, until_ms, binding: known.id() };
    INVITATIONS.map(ctx, account)?.set(ctx, inviter, &invitation)?;
    // Of several invitations the last that ends says how long the account may accept.
    let expiry_ms = before.expiry_ms.max(until_ms);
    let invited = Standing { status: Status::Invited, expiry_ms, ..before };
    STANDINGS.cell(ctx, account)?.replace(ctx, &before, &invited)?;
    ctx.emit(&Invited { account, inviter, binding: known.id(), purpose, untilMs: until_ms })?;
    Ok(until_ms)
}

pub(super) fn withdraw_invitation(
    ctx: &mut Ctx<'_>,
    call: withdrawInvitationCall,
) -> Result<withdrawInvitationReturn, Stop> {
    let (account, inviter) = (call.account, ctx.caller());
    let cell = INVITATIONS.map(ctx, account)?.cell(ctx, inviter)?;
    if cell.find(ctx)?.is_none() {
        let now_ms = ctx.timestamp_ms();
        return Err(Stop::revert(NotInvited { account, inviter, untilMs: 0, nowMs: now_ms }));
    }
    cell.set(ctx, &Invitation::default())?;
    ctx.emit(&InvitationWithdrawn { account, inviter })?;
    Ok(withdrawInvitationReturn {})
}

pub(super) fn accept(ctx: &mut Ctx<'_>, call: acceptCall) -> Result<u64, Stop> {
    let (account, inviter, now) = (ctx.caller(), call.inviter, ctx.timestamp_ms());
    let cell = INVITATIONS.map(ctx, account)?.cell(ctx, inviter)?;
    let found = cell.get(ctx)?;
    let known = if now < found.until_ms { Some(require_bound(ctx, inviter)?) } else { None };
    let purpose = Purpose::from_number(found.purpose);
    let (Some(known), Some(purpose)) = (known, purpose) else {
        return Err(Stop::revert(NotInvited { account, inviter, untilMs: found.until_ms, nowMs: now }));
    };
    require_in_force(ctx, inviter)?;
    ctx.invariant("I6 an account keeps its binding", known.id() == found.binding)?;
    match purpose {
        Purpose::Join => join(ctx, &known, account)?,
        Purpose::Succeed => replace(ctx, &known, account, Reason::HolderRequest.number())?,
    }
    cell.set(ctx, &Invitation::default())?;
    Ok(known.id())
}

/// Refuses an account that is no root, or whose binding has no room.
fn require_room(root: &Known) -> Result<(), Stop> {
    if !root.is_root() {
        return Err(Stop::revert(NotTheRoot { account: root.address, root: root.binding.root }));
    }
    let max = limits::IDENTITY_ACCOUNTS_MAX;
    if u32::from(root.binding.further) + 1 >= max {
        return Err(Stop::revert(TooManyAccounts { binding: root.id(), max }));
    }
    Ok(())
}

/// Puts an account under a root.
fn join(ctx: &mut Ctx<'_>, root: &Known, account: Address) -> Result<(), Stop> {
    require_room(root)?;
    root.require_status(&[Status::Active, Status::Suspended])?;
    let before = require_free(ctx, account)?;
    let (id, by) = (root.id(), ctx.caller());
    let further = root.binding.further.checked_add(1).ok_or_else(Stop::overflow)?;
    BINDINGS.cell(ctx, id)?.replace(ctx, &root.binding, &Binding { further, ..root.binding })?;
    PLACES.map(ctx, id)?.set(ctx, further.into(), &account)?;
    ACCOUNTS.set(ctx, account, &Account { binding: id, place: further.into(), ..Account::default() })?;
    let standing = Standing {
        status: Status::Active,
        root_status: root.standing.status,
        frozen_until_ms: before.frozen_until_ms,
        root_frozen_until_ms: root.standing.frozen_until_ms,
        since_ms: ctx.timestamp_ms(),
        ..root.standing
    };
    STANDINGS.cell(ctx, account)?.replace(ctx, &before, &standing)?;
    ctx.emit(&AccountAdded { binding: id, account, by })
}

/// Puts a successor into an account's place. Orders freeze accounts by name, so one that is frozen, or
/// under a frozen root, is replaced only when they have ended: the successor would escape them, or
/// outlive them. A freeze of the successor is its own, and goes with it.
fn replace(ctx: &mut Ctx<'_>, known: &Known, successor: Address, reason: u8) -> Result<(), Stop> {
    let (account, id, by) = (known.address, known.id(), ctx.caller());
    if account == successor {
        return Err(Stop::revert(SameAccount { account }));
    }
    known.require_status(&[Status::Active, Status::Suspended])?;
    let until_ms = known.standing.frozen_until();
    if ctx.timestamp_ms() < until_ms {
        return Err(Stop::revert(AccountFrozen { account, untilMs: until_ms }));
    }
    let before = require_free(ctx, successor)?;
    let place = known.account.place;
    ACCOUNTS.set(ctx, account, &Account { binding: id, place: 0, successor })?;
    ACCOUNTS.set(ctx, successor, &Account { binding: id, place, ..Account::default() })?;
    let frozen_until_ms = before.frozen_until_ms;
    let after = Standing { frozen_until_ms, since_ms: ctx.timestamp_ms(), ..known.standing };
    STANDINGS.cell(ctx, successor)?.replace(ctx, &before, &after)?;
    let left = Standing { status: Status::Replaced, ..known.standing };
    STANDINGS.cell(ctx, account)?.replace(ctx, &known.standing, &left)?;
    if known.is_root() {
        let binding = Binding { root: successor, ..known.binding };
        BINDINGS.cell(ctx, id)?.replace(ctx, &known.binding, &binding)?;
        if frozen_until_ms != known.standing.frozen_until_ms {
            change_further(ctx, id, &binding, |standing| standing.root_frozen_until_ms = frozen_until_ms)?;
        }
    } else {
        PLACES.map(ctx, id)?.set(ctx, place, &successor)?;
    }
    ctx.emit(&Rotated { binding: id, account, successor, reason, by })
}
