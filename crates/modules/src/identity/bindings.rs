//! Bindings: a subject, the authority that checked it, and the root account; their steps, and the
//! freeze that orders put on an account.

use super::{
    abi::IIdentity::*,
    authorities::{acting, count_live, require_reason, require_responsible, require_unbound, responsible},
    standing::{NEVER_MS, Standing},
    state::{ACCOUNTS, ADDRESS, Account, BINDINGS, Binding, COUNTS, LIVE, PLACES, STANDINGS, TIME_BITS},
    terms::{Kind, Level, Status},
};
use crate::{
    Ctx, Stop,
    ctx::gas,
    members::{self, Role},
    uscc,
};
use ding_primitives::{Address, B256, is_module_address, limits};

/// An account that stands, or stood, under a binding.
pub(super) struct Known {
    pub(super) address: Address,
    pub(super) account: Account,
    pub(super) standing: Standing,
    pub(super) binding: Binding,
}

impl Known {
    /// Number of the binding.
    pub(super) const fn id(&self) -> u64 {
        self.account.binding
    }

    pub(super) fn is_root(&self) -> bool {
        self.binding.root == self.address
    }

    /// Refuses an account whose status, or whose binding's, is not one of these.
    pub(super) fn require_status(&self, allowed: &[Status]) -> Result<(), Stop> {
        let joint = self.standing.joint_status();
        // A binding that is suspended leaves the steps of the accounts under it free.
        let own = if joint == Status::Suspended { self.standing.status } else { joint };
        if allowed.contains(&own) {
            return Ok(());
        }
        Err(Stop::revert(WrongStatus { account: self.address, status: joint.number() }))
    }
}

/// The account with its binding.
pub(super) fn require_bound(ctx: &mut Ctx<'_>, address: Address) -> Result<Known, Stop> {
    let Some(account) = ACCOUNTS.find(ctx, address)? else {
        return Err(Stop::revert(NotBound { account: address }));
    };
    let binding = BINDINGS.get(ctx, account.binding)?;
    let standing = STANDINGS.get(ctx, address)?;
    Ok(Known { address, account, standing, binding })
}

/// Refuses an account that can sign nothing, or that stands or stood under a binding. Gives its
/// standing so far: an invitation, a freeze, or nothing.
pub(super) fn require_free(ctx: &mut Ctx<'_>, account: Address) -> Result<Standing, Stop> {
    require_signer(account)?;
    let standing = STANDINGS.get(ctx, account)?;
    let Some(found) = ACCOUNTS.find(ctx, account)? else { return Ok(standing) };
    let (binding, status) = (found.binding, standing.joint_status());
    Err(match status {
        Status::Revoked | Status::Replaced => {
            Stop::revert(AccountRetired { account, binding, status: status.number() })
        }
        _ => Stop::revert(AlreadyBound { account, binding, status: status.number() }),
    })
}

fn require_signer(account: Address) -> Result<(), Stop> {
    if account.is_zero() || is_module_address(&account) {
        return Err(Stop::revert(AccountNotAccepted { account }));
    }
    Ok(())
}

/// Accounts under a binding, the root first.
pub(super) fn accounts(ctx: &mut Ctx<'_>, id: u64, binding: &Binding) -> Result<Vec<Address>, Stop> {
    let mut accounts = vec![binding.root];
    accounts.extend(further(ctx, id, binding)?);
    Ok(accounts)
}

/// Accounts under the root.
fn further(ctx: &mut Ctx<'_>, id: u64, binding: &Binding) -> Result<Vec<Address>, Stop> {
    let mut accounts = Vec::new();
    let places = PLACES.map(ctx, id)?;
    for place in 1..=u32::from(binding.further) {
        accounts.push(places.get(ctx, place)?);
    }
    Ok(accounts)
}

/// Changes the standing of each account.
pub(super) fn change(
    ctx: &mut Ctx<'_>,
    accounts: &[Address],
    change: impl Fn(&mut Standing),
) -> Result<(), Stop> {
    for account in accounts {
        let cell = STANDINGS.cell(ctx, *account)?;
        let before = cell.get(ctx)?;
        let mut after = before;
        change(&mut after);
        cell.replace(ctx, &before, &after)?;
    }
    Ok(())
}

/// Changes the standing of each account under the root.
pub(super) fn change_further(
    ctx: &mut Ctx<'_>,
    id: u64,
    binding: &Binding,
    change: impl Fn(&mut Standing),
) -> Result<(), Stop> {
    let accounts = further(ctx, id, binding)?;
    self::change(ctx, &accounts, change)
}

pub(super) fn bind(ctx: &mut Ctx<'_>, call: bindCall) -> Result<u64, Stop> {
    let subject = require_subject(ctx, &call)?;
    let bindCall { account, kind, level, expiryMs, nameDigest, .. } = call;
    require_level(level)?;
    require_expiry(ctx, expiryMs)?;
    let authority = acting(ctx)?;
    let before = require_free(ctx, account)?;
    require_unbound(ctx, authority, subject)?;
    let (timestamp_ms, height) = (ctx.timestamp_ms(), ctx.height().get());
    ctx.invariant("I1 times fit their bits", timestamp_ms >> TIME_BITS == 0)?;
    let mut counts = COUNTS.get(ctx)?;
    counts.bindings = counts.bindings.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.set(ctx, &counts)?;
    let id = counts.bindings;
    let binding = Binding {
        root: account,
        authority,
        kind,
        level,
        status: Status::Active.number(),
        further: 0,
        subject,
        name_digest: nameDigest,
        expiry_ms: expiryMs,
        timestamp_ms,
        height,
    };
    BINDINGS.cell(ctx, id)?.insert(ctx, &binding)?;
    ACCOUNTS.set(ctx, account, &Account { binding: id, ..Account::default() })?;
    let frozen_until_ms = before.frozen_until_ms;
    let standing = Standing { frozen_until_ms, ..of_root(&binding) };
    STANDINGS.cell(ctx, account)?.replace(ctx, &before, &standing)?;
    LIVE.map(ctx, authority)?.set(ctx, subject, &id)?;
    count_live(ctx, authority, true)?;
    let by = ctx.caller();
    ctx.emit(&Bound {
        binding: id,
        account,
        authority,
        kind,
        level,
        subject,
        nameDigest,
        expiryMs,
        by,
        height,
        timestampMs: timestamp_ms,
    })?;
    Ok(id)
}

/// Standing of the root of a live binding, not frozen.
pub(super) fn of_root(binding: &Binding) -> Standing {
    Standing {
        status: Status::from_number(binding.status).unwrap_or(Status::None),
        kind: binding.kind,
        level: binding.level,
        expiry_ms: binding.expiry_ms,
        authority: binding.authority,
        since_ms: binding.timestamp_ms,
        ..Standing::default()
    }
}

/// Whom a call binds to: the commitment of a person, or the code of an organisation.
fn require_subject(ctx: &mut Ctx<'_>, call: &bindCall) -> Result<B256, Stop> {
    let bindCall { kind, subject, code, .. } = *call;
    match Kind::from_number(kind) {
        None => Err(Stop::revert(UnknownSubjectKind { kind })),
        Some(Kind::Person) if subject.is_zero() => Err(Stop::revert(SubjectNotAccepted { kind, subject })),
        Some(Kind::Person) if !code.is_zero() => Err(Stop::revert(CodeNotAccepted { kind, code })),
        Some(Kind::Person) => Ok(subject),
        Some(Kind::Organisation) if !subject.is_zero() => {
            Err(Stop::revert(SubjectNotAccepted { kind, subject }))
        }
        Some(Kind::Organisation) => {
            // Two sums over 17 and 8 characters.
            ctx.charge(4 * gas::keccak(32))?;
            let text = code.as_slice().split(|byte| *byte == 0).next().unwrap_or_default();
            let fits = core::str::from_utf8(text).is_ok_and(|text| uscc::check(text).is_ok());
            if fits && B256::right_padding_from(text) == code {
                Ok(code)
            } else {
                Err(Stop::revert(CodeNotAccepted { kind, code }))
            }
        }
    }
}

fn require_level(level: u8) -> Result<(), Stop> {
    match Level::from_number(level) {
        Some(_) => Ok(()),
        None => Err(Stop::revert(UnknownLevel { level })),
    }
}

fn require_expiry(ctx: &Ctx<'_>, expiry_ms: u64) -> Result<(), Stop> {
    let now = ctx.timestamp_ms();
    let max = now.saturating_add(limits::IDENTITY_EXPIRY_MS_MAX);
    if expiry_ms == 0 || (now + 1..=max).contains(&expiry_ms) {
        return Ok(());
    }
    Err(Stop::revert(TimeNotAccepted { timeMs: expiry_ms, nowMs: now, maxMs: max }))
}

pub(super) fn require_binding(ctx: &mut Ctx<'_>, id: u64) -> Result<Binding, Stop> {
    match BINDINGS.find(ctx, id)? {
        Some(found) => Ok(found),
        None => Err(Stop::revert(NoSuchBinding { binding: id, count: COUNTS.get(ctx)?.bindings })),
    }
}

pub(super) fn renew(ctx: &mut Ctx<'_>, call: renewCall) -> Result<renewReturn, Stop> {
    let renewCall { binding: id, level, expiryMs } = call;
    require_level(level)?;
    require_expiry(ctx, expiryMs)?;
    let known = require_binding(ctx, id)?;
    require_responsible(ctx, id, known.authority)?;
    if known.status == Status::Revoked.number() {
        return Err(Stop::revert(WrongStatus { account: known.root, status: known.status }));
    }
    let renewed = Binding { level, expiry_ms: expiryMs, ..known };
    BINDINGS.cell(ctx, id)?.replace(ctx, &known, &renewed)?;
    let accounts = accounts(ctx, id, &known)?;
    change(ctx, &accounts, |standing| {
        standing.level = level;
        standing.expiry_ms = expiryMs;
    })?;
    let by = ctx.caller();
    ctx.emit(&Renewed { binding: id, level, expiryMs, by })?;
    Ok(renewReturn {})
}

pub(super) fn suspend(ctx: &mut Ctx<'_>, call: suspendCall) -> Result<suspendReturn, Stop> {
    let suspendCall { account, reason } = call;
    require_reason(reason)?;
    let known = require_bound(ctx, account)?;
    let (binding, whole, by) = (known.id(), known.is_root(), ctx.caller());
    require_responsible(ctx, binding, known.binding.authority)?;
    known.require_status(&[Status::Active])?;
    set_status(ctx, &known, Status::Suspended)?;
    ctx.emit(&Suspended { binding, account, whole, reason, by })?;
    Ok(suspendReturn {})
}

pub(super) fn restore(ctx: &mut Ctx<'_>, call: restoreCall) -> Result<restoreReturn, Stop> {
    let restoreCall { account, reason } = call;
    require_reason(reason)?;
    let known = require_bound(ctx, account)?;
    let (binding, whole, by) = (known.id(), known.is_root(), ctx.caller());
    require_responsible(ctx, binding, known.binding.authority)?;
    known.require_status(&[Status::Suspended])?;
    set_status(ctx, &known, Status::Active)?;
    ctx.emit(&Restored { binding, account, whole, reason, by })?;
    Ok(restoreReturn {})
}

pub(super) fn revoke(ctx: &mut Ctx<'_>, call: revokeCall) -> Result<revokeReturn, Stop> {
    let revokeCall { account, reason } = call;
    require_reason(reason)?;
    let known = require_bound(ctx, account)?;
    let (id, whole, by) = (known.id(), known.is_root(), ctx.caller());
    if whole || by != known.binding.root {
        require_responsible(ctx, id, known.binding.authority)?;
    } else {
        require_in_force(ctx, by)?;
    }
    known.require_status(&[Status::Active, Status::Suspended])?;
    set_status(ctx, &known, Status::Revoked)?;
    if whole {
        let Binding { authority, subject, .. } = known.binding;
        LIVE.map(ctx, authority)?.set(ctx, subject, &0)?;
        let answers = responsible(ctx, authority)?;
        count_live(ctx, answers, false)?;
    } else {
        leave(ctx, &known)?;
    }
    ctx.emit(&Revoked { binding: id, account, whole, reason, by })?;
    Ok(revokeReturn {})
}

/// Refuses an account without standing in this block.
pub(super) fn require_in_force(ctx: &mut Ctx<'_>, account: Address) -> Result<(), Stop> {
    let standing = STANDINGS.get(ctx, account)?;
    if standing.in_force(ctx.timestamp_ms()) {
        return Ok(());
    }
    Err(Stop::revert(NotInForce { account, status: standing.joint_status().number() }))
}

/// Gives an account a status; a root with its binding and the accounts under it.
fn set_status(ctx: &mut Ctx<'_>, known: &Known, status: Status) -> Result<(), Stop> {
    let cell = STANDINGS.cell(ctx, known.address)?;
    cell.replace(ctx, &known.standing, &Standing { status, ..known.standing })?;
    if !known.is_root() {
        return Ok(());
    }
    let binding = Binding { status: status.number(), ..known.binding };
    BINDINGS.cell(ctx, known.id())?.replace(ctx, &known.binding, &binding)?;
    change_further(ctx, known.id(), &binding, |standing| standing.root_status = status)
}

/// Takes an account out of the places under its root; the last one moves into its place.
fn leave(ctx: &mut Ctx<'_>, known: &Known) -> Result<(), Stop> {
    let (id, place, last) = (known.id(), known.account.place, known.binding.further);
    let Some(further) = last.checked_sub(1).filter(|_| place != 0) else {
        return Err(
            ctx.fault(format!("invariant broken: I1 account {} has no place to leave", known.address))
        );
    };
    let places = PLACES.map(ctx, id)?;
    let moved = places.get(ctx, last.into())?;
    places.set(ctx, last.into(), &Address::ZERO)?;
    if u32::from(last) != place {
        places.set(ctx, place, &moved)?;
        let cell = ACCOUNTS.cell(ctx, moved)?;
        let before = cell.get(ctx)?;
        cell.replace(ctx, &before, &Account { place, ..before })?;
    }
    ACCOUNTS.set(ctx, known.address, &Account { place: 0, ..known.account })?;
    let binding = BINDINGS.cell(ctx, id)?;
    binding.replace(ctx, &known.binding, &Binding { further, ..known.binding })
}

/// Freezes an account until a time, or releases it (0); for the module `orders` only. A root is frozen
/// and released with the accounts under it, which may be frozen by themselves besides. Any account can
/// be frozen, bound or not, except those of supervisors; one that was frozen when it came to act for a
/// supervisor stays so until its orders end, and can be frozen no longer than that.
///
/// # Errors
///
/// Reverts with `AccountNotAccepted`, `SupervisorNotFrozen` or `TimeNotAccepted`; out of gas.
pub fn set_frozen(ctx: &mut Ctx<'_>, account: Address, until_ms: u64) -> Result<(), Stop> {
    require_signer(account)?;
    let (until_ms, now) = (until_ms.min(NEVER_MS), ctx.timestamp_ms());
    if until_ms != 0 {
        let organisation = members::organisation_of(ctx, account)?;
        let longer = until_ms > STANDINGS.get(ctx, account)?.frozen_until_ms;
        if longer && organisation != 0 && members::has(ctx, organisation, Role::Supervisor)? {
            return Err(Stop::revert(SupervisorNotFrozen { account, organisation }));
        }
        if until_ms <= now {
            return Err(Stop::revert(TimeNotAccepted { timeMs: until_ms, nowMs: now, maxMs: NEVER_MS }));
        }
        let mut counts = COUNTS.get(ctx)?;
        counts.freezes = counts.freezes.saturating_add(1);
        COUNTS.set(ctx, &counts)?;
    }
    let found = ACCOUNTS.find(ctx, account)?.unwrap_or_default();
    let binding = if found.binding == 0 { Binding::default() } else { BINDINGS.get(ctx, found.binding)? };
    let is_root = binding.root == account;
    // Who left a binding is no longer released with its root.
    let alone = !is_root && found.place == 0;
    change(ctx, &[account], |standing| {
        standing.frozen_until_ms = until_ms;
        if alone && until_ms == 0 {
            standing.root_frozen_until_ms = 0;
        }
    })?;
    if is_root {
        change_further(ctx, found.binding, &binding, |standing| standing.root_frozen_until_ms = until_ms)?;
    }
    ctx.emit_for(ADDRESS, &FrozenSet { account, untilMs: until_ms })
}
