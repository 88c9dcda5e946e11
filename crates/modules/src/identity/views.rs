//! What others read: through the interface, and from other modules.

use super::{
    abi::IIdentity::{self as abi, *},
    authorities::{require_authority, require_responsible, responsible},
    bindings::{accounts, require_binding, require_bound},
    state::{ACCOUNTS, AUTHORITY_OF, BINDINGS, COUNTS, INVITATIONS, LIVE, NAMES, STANDINGS},
    terms::Level,
};
use crate::{Ctx, Stop};
use ding_primitives::{Address, B256, limits};
use std::collections::BTreeSet;

/// Whom an account acts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Number of the binding.
    pub binding: u64,
    /// Number of the kind.
    pub kind: u8,
    /// Salted commitment to a person, or the code of an organisation, left-aligned ASCII.
    pub subject: B256,
    /// Digest of the name, or zero.
    pub name_digest: B256,
    /// The authority that answers for the binding now.
    pub responsible: u32,
}

/// Whom an account acts for, or acted for before it was revoked or replaced; `None` if nobody ever
/// bound it.
///
/// # Errors
///
/// Out of gas.
pub fn subject_of(ctx: &mut Ctx<'_>, account: Address) -> Result<Option<Subject>, Stop> {
    let Some(found) = ACCOUNTS.find(ctx, account)? else { return Ok(None) };
    let binding = BINDINGS.get(ctx, found.binding)?;
    Ok(Some(Subject {
        binding: found.binding,
        kind: binding.kind,
        subject: binding.subject,
        name_digest: binding.name_digest,
        responsible: responsible(ctx, binding.authority)?,
    }))
}

/// Whether two accounts are the same, or act for the same subject as far as the ledger shows: under
/// one binding, or with the same commitment or code. Steps that need two people refuse such a pair.
///
/// # Errors
///
/// Out of gas.
pub fn same_subject(ctx: &mut Ctx<'_>, first: Address, second: Address) -> Result<bool, Stop> {
    if first == second {
        return Ok(true);
    }
    let Some(one) = ACCOUNTS.find(ctx, first)? else { return Ok(false) };
    let Some(other) = ACCOUNTS.find(ctx, second)? else { return Ok(false) };
    if one.binding == other.binding {
        return Ok(true);
    }
    let (one, other) = (BINDINGS.get(ctx, one.binding)?, BINDINGS.get(ctx, other.binding)?);
    Ok((one.kind, one.subject) == (other.kind, other.subject))
}

/// Whether two accounts are the same, or had come under bindings of one subject before this time: what
/// [`same_subject`] must have said to a step that somebody took then. For [`crate::Module::check`].
///
/// # Errors
///
/// Out of gas.
pub fn were_same_subject(
    ctx: &mut Ctx<'_>,
    first: Address,
    second: Address,
    then_ms: u64,
) -> Result<bool, Stop> {
    if first == second {
        return Ok(true);
    }
    for account in [first, second] {
        if STANDINGS.get(ctx, account)?.since_ms >= then_ms {
            return Ok(false);
        }
    }
    same_subject(ctx, first, second)
}

/// Every account that stands under a binding. Reads all of them: for [`crate::Module::check`] only,
/// never in a call.
///
/// # Errors
///
/// Out of gas.
pub fn bound_accounts(ctx: &mut Ctx<'_>) -> Result<BTreeSet<Address>, Stop> {
    let mut all = BTreeSet::new();
    for id in 1..=COUNTS.get(ctx)?.bindings {
        let binding = BINDINGS.get(ctx, id)?;
        all.extend(accounts(ctx, id, &binding)?);
    }
    Ok(all)
}

/// How the subject of an account was checked; `None` if the account has no standing in this block.
///
/// # Errors
///
/// Out of gas.
pub fn level_of(ctx: &mut Ctx<'_>, account: Address) -> Result<Option<Level>, Stop> {
    let standing = STANDINGS.get(ctx, account)?;
    let in_force = standing.in_force(ctx.timestamp_ms());
    Ok(Level::from_number(standing.level).filter(|_| in_force))
}

/// The authority that the caller acts for, which must answer for the account's binding: it alone can
/// disclose whom the account acts for.
///
/// # Errors
///
/// Reverts with `NotBound`, `NotAnAuthority`, `AuthorityNotYet` or `NotResponsible`; out of gas.
pub fn require_authority_of(ctx: &mut Ctx<'_>, account: Address) -> Result<u32, Stop> {
    let known = require_bound(ctx, account)?;
    require_responsible(ctx, known.id(), known.binding.authority)
}

pub(super) fn standing_of(ctx: &mut Ctx<'_>, call: standingOfCall) -> Result<AccountStanding, Stop> {
    let standing = STANDINGS.get(ctx, call.account)?;
    let account = ACCOUNTS.get(ctx, call.account)?;
    let root = if account.binding == 0 { Address::ZERO } else { BINDINGS.get(ctx, account.binding)?.root };
    let (now, frozen) = (ctx.timestamp_ms(), standing.frozen_until());
    Ok(AccountStanding {
        status: standing.joint_status().number(),
        kind: standing.kind,
        level: standing.level,
        expiryMs: standing.expiry_ms,
        frozenUntilMs: if now < frozen { frozen } else { 0 },
        inForce: standing.in_force(now),
        binding: account.binding,
        root,
        successor: account.successor,
    })
}

pub(super) fn is_bound(ctx: &mut Ctx<'_>, call: isBoundCall) -> Result<bool, Stop> {
    Ok(level_of(ctx, call.account)?.is_some_and(|level| level.number() >= call.minLevel))
}

pub(super) fn subject(ctx: &mut Ctx<'_>, call: subjectOfCall) -> Result<subjectOfReturn, Stop> {
    let found = subject_of(ctx, call.account)?;
    let (kind, subject, digest, responsible) = found.map_or((0, B256::ZERO, B256::ZERO, 0), |found| {
        (found.kind, found.subject, found.name_digest, found.responsible)
    });
    Ok(subjectOfReturn { kind, subject, nameDigest: digest, responsible })
}

pub(super) fn binding(ctx: &mut Ctx<'_>, call: bindingCall) -> Result<abi::Binding, Stop> {
    let found = require_binding(ctx, call.id)?;
    Ok(abi::Binding {
        root: found.root,
        authority: found.authority,
        responsible: responsible(ctx, found.authority)?,
        kind: found.kind,
        level: found.level,
        status: found.status,
        accounts: u32::from(found.further) + 1,
        subject: found.subject,
        nameDigest: found.name_digest,
        expiryMs: found.expiry_ms,
        height: found.height,
        timestampMs: found.timestamp_ms,
    })
}

pub(super) fn accounts_of(ctx: &mut Ctx<'_>, call: accountsOfCall) -> Result<Vec<Address>, Stop> {
    let found = require_binding(ctx, call.id)?;
    accounts(ctx, call.id, &found)
}

pub(super) fn live_binding(ctx: &mut Ctx<'_>, call: liveBindingCall) -> Result<u64, Stop> {
    LIVE.map(ctx, call.authority)?.get(ctx, call.subject)
}

pub(super) fn invitation(ctx: &mut Ctx<'_>, call: invitationCall) -> Result<invitationReturn, Stop> {
    let found = INVITATIONS.map(ctx, call.account)?.get(ctx, call.inviter)?;
    Ok(invitationReturn { purpose: found.purpose, untilMs: found.until_ms, binding: found.binding })
}

pub(super) fn authority(ctx: &mut Ctx<'_>, call: authorityCall) -> Result<abi::Authority, Stop> {
    let found = require_authority(ctx, call.id)?;
    Ok(abi::Authority {
        organisation: found.organisation,
        name: NAMES.text(ctx, call.id)?.get(ctx, limits::NAME_BYTES_MAX)?,
        fromMs: found.from_ms,
        endedMs: found.ended_ms,
        successor: found.successor,
        live: found.live,
    })
}

pub(super) fn authority_of(ctx: &mut Ctx<'_>, call: authorityOfCall) -> Result<u32, Stop> {
    AUTHORITY_OF.get(ctx, call.organisation)
}

pub(super) fn counts(ctx: &mut Ctx<'_>, _: countsCall) -> Result<countsReturn, Stop> {
    let found = COUNTS.get(ctx)?;
    Ok(countsReturn { authorities: found.authorities, bindings: found.bindings, bound: found.bound })
}
