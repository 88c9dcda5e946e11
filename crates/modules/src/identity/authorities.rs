//! Identity authorities: who may bind accounts, and who answers for a binding when an authority is
//! dismissed.

use super::{
    abi::IIdentity::*,
    state::{AUTHORITIES, AUTHORITY_OF, Authority, BINDINGS, COUNTS, Counts, LIVE, NAMES, TIME_BITS},
    terms::Reason,
};
use crate::{Ctx, Stop, ids, members};
use alloy_sol_types::SolCall as _;
use ding_primitives::{B256, limits};

/// What can be told about an appointment without storage.
pub(super) fn check_appoint(call: &appointCall) -> Result<(), Stop> {
    if ids::check_name(&call.name, limits::NAME_CHARS_MAX).is_err() {
        let characters = u32::try_from(call.name.chars().count()).unwrap_or(u32::MAX);
        let max = u32::try_from(limits::NAME_CHARS_MAX).unwrap_or(u32::MAX);
        return Err(Stop::revert(NameNotAccepted { characters, max }));
    }
    if call.fromMs >> TIME_BITS != 0 {
        let max = (1 << TIME_BITS) - 1;
        return Err(Stop::revert(TimeNotAccepted { timeMs: call.fromMs, nowMs: 0, maxMs: max }));
    }
    Ok(())
}

/// What can be told about a dismissal without storage.
pub(super) fn check_dismiss(call: &dismissCall) -> Result<(), Stop> {
    let dismissCall { authority, successor, reason } = *call;
    if authority == successor {
        return Err(Stop::revert(SuccessorNotAccepted { authority, successor }));
    }
    require_reason(reason)
}

pub(super) fn require_reason(reason: u8) -> Result<(), Stop> {
    match Reason::from_number(reason) {
        Some(_) => Ok(()),
        None => Err(Stop::revert(UnknownReason { reason })),
    }
}

pub(super) fn appoint(ctx: &mut Ctx<'_>, call: appointCall) -> Result<u32, Stop> {
    check_appoint(&call)?;
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    require_appointable(ctx, &call)?;
    let appointCall { organisation, name, fromMs } = call;
    let authority = write(ctx, organisation, &name, fromMs)?;
    ctx.emit(&AuthorityAppointed { authority, organisation, name, fromMs, proposal })?;
    Ok(authority)
}

/// What storage says about an appointment.
pub(super) fn require_appointable(ctx: &mut Ctx<'_>, call: &appointCall) -> Result<(), Stop> {
    let (organisation, count) = (call.organisation, members::state::COUNT.get(ctx)?);
    if !(1..=count).contains(&organisation) {
        return Err(Stop::revert(NoSuchOrganisation { id: organisation, count }));
    }
    let authority = AUTHORITY_OF.get(ctx, organisation)?;
    if authority != 0 {
        return Err(Stop::revert(AlreadyAuthority { organisation, authority }));
    }
    require_room(&COUNTS.get(ctx)?)
}

fn require_room(counts: &Counts) -> Result<(), Stop> {
    let max = limits::IDENTITY_AUTHORITIES_MAX;
    if counts.authorities >= max { Err(Stop::revert(TooManyAuthorities { max })) } else { Ok(()) }
}

/// Writes a new authority, at genesis too.
pub(super) fn write(ctx: &mut Ctx<'_>, organisation: u32, name: &str, from_ms: u64) -> Result<u32, Stop> {
    let mut counts = COUNTS.get(ctx)?;
    require_room(&counts)?;
    counts.authorities += 1;
    let authority = counts.authorities;
    COUNTS.set(ctx, &counts)?;
    AUTHORITIES
        .cell(ctx, authority)?
        .insert(ctx, &Authority { organisation, from_ms, ..Authority::default() })?;
    NAMES.text(ctx, authority)?.insert(ctx, name)?;
    AUTHORITY_OF.set(ctx, organisation, &authority)?;
    Ok(authority)
}

pub(super) fn dismiss(ctx: &mut Ctx<'_>, call: dismissCall) -> Result<dismissReturn, Stop> {
    check_dismiss(&call)?;
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let (known, heir) = require_dismissible(ctx, &call)?;
    let dismissCall { authority, successor, reason } = call;
    let now = ctx.timestamp_ms();
    ctx.invariant("I1 times fit their bits", now >> TIME_BITS == 0 && now != 0)?;
    if let Some(heir) = heir {
        let live = heir.live.checked_add(known.live).ok_or_else(Stop::overflow)?;
        AUTHORITIES.cell(ctx, successor)?.replace(ctx, &heir, &Authority { live, ..heir })?;
        let mut counts = COUNTS.get(ctx)?;
        counts.successions = counts.successions.checked_add(1).ok_or_else(Stop::overflow)?;
        COUNTS.set(ctx, &counts)?;
    }
    let ended = Authority { ended_ms: now, successor, live: 0, ..known };
    AUTHORITIES.cell(ctx, authority)?.replace(ctx, &known, &ended)?;
    AUTHORITY_OF.set(ctx, known.organisation, &0)?;
    let live = known.live;
    ctx.emit(&AuthorityDismissed { authority, successor, reason, live, timestampMs: now, proposal })?;
    Ok(dismissReturn {})
}

/// What storage says about a dismissal: the authority, and who takes over its bindings.
pub(super) fn require_dismissible(
    ctx: &mut Ctx<'_>,
    call: &dismissCall,
) -> Result<(Authority, Option<Authority>), Stop> {
    let dismissCall { authority, successor, .. } = *call;
    let known = require_authority(ctx, authority)?;
    if known.ended_ms != 0 {
        return Err(Stop::revert(AlreadyDismissed { authority, endedMs: known.ended_ms }));
    }
    if successor == 0 {
        return match known.live {
            0 => Ok((known, None)),
            live => Err(Stop::revert(BindingsLive { authority, live })),
        };
    }
    let heir = require_authority(ctx, successor)?;
    if heir.ended_ms != 0 || heir.from_ms > ctx.timestamp_ms() {
        return Err(Stop::revert(SuccessorNotAccepted { authority, successor }));
    }
    Ok((known, Some(heir)))
}

/// The authority with this number.
pub(super) fn require_authority(ctx: &mut Ctx<'_>, authority: u32) -> Result<Authority, Stop> {
    match AUTHORITIES.find(ctx, authority)? {
        Some(found) => Ok(found),
        None => Err(Stop::revert(NoSuchAuthority { authority, count: COUNTS.get(ctx)?.authorities })),
    }
}

/// The authority that the caller acts for, if it may begin.
pub(super) fn acting(ctx: &mut Ctx<'_>) -> Result<u32, Stop> {
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    let authority = if organisation == 0 { 0 } else { AUTHORITY_OF.get(ctx, organisation)? };
    if authority == 0 {
        return Err(Stop::revert(NotAnAuthority { account, organisation }));
    }
    let (from, now) = (AUTHORITIES.get(ctx, authority)?.from_ms, ctx.timestamp_ms());
    if now < from {
        return Err(Stop::revert(AuthorityNotYet { authority, fromMs: from, nowMs: now }));
    }
    Ok(authority)
}

/// Who answers now for what this authority bound: itself, or its successor, or the successor's.
pub(super) fn responsible(ctx: &mut Ctx<'_>, authority: u32) -> Result<u32, Stop> {
    let mut answers = authority;
    for _ in 0..limits::IDENTITY_AUTHORITIES_MAX {
        match AUTHORITIES.get(ctx, answers)?.successor {
            0 => return Ok(answers),
            successor => answers = successor,
        }
    }
    Err(ctx.fault(format!("invariant broken: I5 successors of authority {authority} go in a circle")))
}

/// The caller's authority, which must answer for the binding.
pub(super) fn require_responsible(ctx: &mut Ctx<'_>, binding: u64, authority: u32) -> Result<u32, Stop> {
    let own = acting(ctx)?;
    let responsible = responsible(ctx, authority)?;
    if own == responsible {
        return Ok(own);
    }
    Err(Stop::revert(NotResponsible { binding, responsible, authority: own }))
}

/// Refuses a subject that the authority, or one it took over from, has bound.
pub(super) fn require_unbound(ctx: &mut Ctx<'_>, authority: u32, subject: B256) -> Result<(), Stop> {
    require_unbound_by(ctx, authority, subject)?;
    let counts = COUNTS.get(ctx)?;
    if counts.successions == 0 {
        return Ok(());
    }
    for earlier in 1..=counts.authorities {
        if earlier != authority && responsible(ctx, earlier)? == authority {
            require_unbound_by(ctx, earlier, subject)?;
        }
    }
    Ok(())
}

fn require_unbound_by(ctx: &mut Ctx<'_>, authority: u32, subject: B256) -> Result<(), Stop> {
    match LIVE.map(ctx, authority)?.get(ctx, subject)? {
        0 => Ok(()),
        binding => {
            let root = BINDINGS.get(ctx, binding)?.root;
            Err(Stop::revert(SubjectBound { subject, authority, binding, root }))
        }
    }
}

/// Adds to, or takes from, the live bindings that an authority answers for.
pub(super) fn count_live(ctx: &mut Ctx<'_>, authority: u32, more: bool) -> Result<(), Stop> {
    let cell = AUTHORITIES.cell(ctx, authority)?;
    let known = cell.get(ctx)?;
    let live = if more { known.live.checked_add(1) } else { known.live.checked_sub(1) };
    let Some(live) = live else {
        return Err(ctx.fault(format!(
            "invariant broken: I4 authority {authority} answers for {} bindings",
            known.live
        )));
    };
    cell.replace(ctx, &known, &Authority { live, ..known })
}
