//! The module `identity` once more: who checks whom, which accounts act for whom, which of them are
//! suspended, revoked, replaced or frozen, and who invited whom.
//!
//! What an account's standing is, how many live bindings an authority answers for, and whether a subject
//! is bound already: all of it is asked of the list of bindings each time.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod lives;
mod stories;

pub(in crate::targets) use lives::seeds;

use super::{
    Address, Answer, B256, Feed, Log, NOBODY, Now, Refusal, Via,
    consortium::{Decisions, Hand},
    digest, log, refuse, wallet,
};
use alloy_sol_types::SolCall as _;
use ding_modules::{
    identity::{
        abi::IIdentity::{self, IIdentityCalls as C, *},
        state::ADDRESS,
    },
    registry,
};
use ding_primitives::limits;
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const PERSON: u8 = 1;
const ORGANISATION: u8 = 2;
const ACTIVE: u8 = 1;
const SUSPENDED: u8 = 2;
const REVOKED: u8 = 3;
const REPLACED: u8 = 4;
const INVITED: u8 = 5;
/// Purposes of an invitation.
const ACT: u8 = 1;
const SUCCEED: u8 = 2;
/// The holder asked for it.
const REQUEST: u8 = 1;
/// Codes that stories name and that check.
const CODES: [&str; 2] = ["91110000MA00000077", "12330100MB0000027B"];

/// An organisation that checks who somebody is.
#[derive(Clone, Debug)]
struct Office {
    organisation: u32,
    name: String,
    from_ms: u64,
    /// When it was dismissed, and who took over.
    ended: Option<(u64, u32)>,
}

/// A binding.
#[derive(Clone, Debug)]
struct Tie {
    authority: u32,
    kind: u8,
    level: u8,
    subject: B256,
    name: B256,
    expiry_ms: u64,
    made: Now,
    /// The root first.
    accounts: Vec<Address>,
}

impl Tie {
    fn root(&self) -> Address {
        self.accounts.first().copied().unwrap_or_default()
    }
}

/// Where an account stands, or stood.
#[derive(Clone, Copy, Debug)]
struct Place {
    tie: u64,
    /// Of the account alone.
    status: u8,
    successor: Address,
    /// How it stood when it left its binding alone.
    left: Option<Left>,
}

/// What is said of an account that was replaced, or revoked alone.
#[derive(Clone, Copy, Debug)]
struct Left {
    level: u8,
    expiry_ms: u64,
    frozen_until_ms: u64,
}

#[derive(Clone, Copy, Debug)]
struct Offer {
    purpose: u8,
    until_ms: u64,
    tie: u64,
}

/// Everything that is known of anybody.
#[derive(Clone, Debug)]
pub(super) struct Model {
    offices: Vec<Office>,
    ties: Vec<Tie>,
    places: BTreeMap<Address, Place>,
    /// By who is invited, and who invites.
    offers: BTreeMap<(Address, Address), Offer>,
    /// When the last invitation of an account ends, or would have ended.
    invited: BTreeMap<Address, u64>,
    /// Until when supervisors froze an account, bound or not.
    frozen: BTreeMap<Address, u64>,
    /// About authorities.
    decisions: Decisions,
}

fn written(code: &str) -> B256 {
    B256::right_padding_from(code.as_bytes())
}

/// One of a list whose first has number 1.
fn nth<T>(list: &[T], id: u64) -> Option<&T> {
    list.get(usize::try_from(id).ok()?.checked_sub(1)?)
}

fn require_reason(reason: u8) -> Result<(), Refusal> {
    if (1..=9).contains(&reason) { Ok(()) } else { refuse(UnknownReason { reason }) }
}

fn require_level(level: u8) -> Result<(), Refusal> {
    if (1..=4).contains(&level) { Ok(()) } else { refuse(UnknownLevel { level }) }
}

/// A time that is not over and not too far off; 0 for none.
fn require_end(timeMs: u64, now: Now) -> Result<(), Refusal> {
    let (nowMs, maxMs) = (now.timestamp_ms, now.timestamp_ms + limits::IDENTITY_EXPIRY_MS_MAX);
    let fits = timeMs == 0 || (timeMs > nowMs && timeMs <= maxMs);
    if fits { Ok(()) } else { refuse(TimeNotAccepted { timeMs, nowMs, maxMs }) }
}

fn require_name(name: &str) -> Result<(), Refusal> {
    let hidden = |sign: char| sign.is_control() || sign == '\u{200b}';
    let count = name.chars().count();
    let fits = count > 0 && count <= limits::NAME_CHARS_MAX && name.trim() == name;
    if fits && !name.chars().any(hidden) {
        return Ok(());
    }
    let short = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    refuse(NameNotAccepted { characters: short(count), max: short(limits::NAME_CHARS_MAX) })
}

/// A person by a commitment, an organisation by its code.
fn require_subject(call: &bindCall) -> Result<B256, Refusal> {
    let bindCall { kind, subject, code, .. } = *call;
    if !(PERSON..=ORGANISATION).contains(&kind) {
        return refuse(UnknownSubjectKind { kind });
    }
    if subject.is_zero() == (kind == PERSON) {
        return refuse(SubjectNotAccepted { kind, subject });
    }
    let fits = if kind == PERSON { code.is_zero() } else { CODES.map(written).contains(&code) };
    match fits {
        true if kind == PERSON => Ok(subject),
        true => Ok(code),
        false => refuse(CodeNotAccepted { kind, code }),
    }
}

impl Model {
    fn office_count(&self) -> u32 {
        u32::try_from(self.offices.len()).unwrap_or(u32::MAX)
    }

    fn office(&self, authority: u32) -> Result<&Office, Refusal> {
        let found = nth(&self.offices, authority.into());
        found.map_or_else(|| refuse(NoSuchAuthority { authority, count: self.office_count() }), Ok)
    }

    fn tie(&self, binding: u64) -> Result<&Tie, Refusal> {
        let found = nth(&self.ties, binding);
        found.map_or_else(|| refuse(NoSuchBinding { binding, count: self.ties.len() as u64 }), Ok)
    }

    fn tie_mut(&mut self, binding: u64) -> Option<&mut Tie> {
        self.ties.get_mut(usize::try_from(binding).ok()?.checked_sub(1)?)
    }

    fn place(&self, account: Address) -> Result<Place, Refusal> {
        self.places.get(&account).copied().map_or_else(|| refuse(NotBound { account }), Ok)
    }

    fn set_status(&mut self, account: Address, status: u8) {
        if let Some(place) = self.places.get_mut(&account) {
            place.status = status;
        }
    }

    /// Who answers for a binding now.
    fn responsible(&self, tie: &Tie) -> u32 {
        self.heir(tie.authority)
    }

    /// Who answers now for what an authority bound.
    fn heir(&self, mut authority: u32) -> u32 {
        while let Some((_, next)) = nth(&self.offices, authority.into()).and_then(|office| office.ended)
            && next != 0
        {
            authority = next;
        }
        authority
    }

    /// Of a binding with all under it.
    fn tie_status(&self, tie: &Tie) -> u8 {
        self.places.get(&tie.root()).map_or(0, |place| place.status)
    }

    /// Numbers of the bindings that are not over.
    fn live(&self) -> impl Iterator<Item = (u64, &Tie)> {
        (1..).zip(&self.ties).filter(|(_, tie)| self.tie_status(tie) != REVOKED)
    }

    fn live_count(&self, authority: u32) -> u64 {
        self.live().filter(|(_, tie)| self.responsible(tie) == authority).count() as u64
    }

    /// The authority that an organisation is now; 0 if none.
    fn authority_of(&self, organisation: u32) -> u32 {
        let is = |office: &Office| office.organisation == organisation && office.ended.is_none();
        (1..).zip(&self.offices).find(|(_, office)| is(office)).map_or(0, |(id, _)| id)
    }

    fn require_authority(&self, account: Address, now: Now) -> Result<u32, Refusal> {
        let organisation = stories::organisation_of(account);
        let authority = if organisation == 0 { 0 } else { self.authority_of(organisation) };
        let Some(office) = nth(&self.offices, authority.into()) else {
            return refuse(NotAnAuthority { account, organisation });
        };
        let (fromMs, nowMs) = (office.from_ms, now.timestamp_ms);
        if nowMs < fromMs { refuse(AuthorityNotYet { authority, fromMs, nowMs }) } else { Ok(authority) }
    }

    fn require_responsible(&self, account: Address, binding: u64, now: Now) -> Result<(), Refusal> {
        let tie = self.tie(binding)?;
        let authority = self.require_authority(account, now)?;
        match self.responsible(tie) {
            responsible if responsible == authority => Ok(()),
            responsible => refuse(NotResponsible { binding, responsible, authority }),
        }
    }

    /// Of the account and its binding together.
    fn status(&self, account: Address) -> u8 {
        let Some(place) = self.places.get(&account) else {
            // An invitation that is over or taken back leaves its trace.
            return if self.invited.contains_key(&account) { INVITED } else { 0 };
        };
        let whole = self.tie(place.tie).map_or(0, |tie| self.tie_status(tie));
        place.status.max(whole)
    }

    /// Until when an account is frozen, by itself or with its root.
    fn frozen_until(&self, account: Address, now: Now) -> u64 {
        let own = self.frozen.get(&account).copied();
        let place = self.places.get(&account);
        let with_root = match place.and_then(|place| place.left) {
            Some(left) => Some(left.frozen_until_ms),
            None => {
                let tie = place.and_then(|place| self.tie(place.tie).ok());
                tie.and_then(|tie| self.frozen.get(&tie.root())).copied()
            }
        };
        let ends = [own, with_root].into_iter().flatten();
        ends.filter(|end| *end > now.timestamp_ms).max().unwrap_or(0)
    }

    fn in_force(&self, account: Address, now: Now) -> bool {
        let expiry = self.place(account).and_then(|place| self.tie(place.tie)).map_or(0, |tie| tie.expiry_ms);
        self.status(account) == ACTIVE
            && (expiry == 0 || now.timestamp_ms < expiry)
            && self.frozen_until(account, now) == 0
    }

    /// Whether an account may come under a binding.
    fn require_free(&self, account: Address) -> Result<(), Refusal> {
        if account.is_zero() || registry::by_address(account).is_some() {
            return refuse(AccountNotAccepted { account });
        }
        let Some(Place { tie: binding, .. }) = self.places.get(&account).copied() else {
            return Ok(());
        };
        match self.status(account) {
            status @ (REVOKED | REPLACED) => refuse(AccountRetired { account, binding, status }),
            status => refuse(AlreadyBound { account, binding, status }),
        }
    }

    /// Carries out what was decided.
    fn take(&mut self, account: Address, input: &[u8], now: Now) -> Result<(u64, Log), Refusal> {
        let organisation = stories::organisation_of(account);
        let has_vote = stories::VOTERS.contains(&organisation);
        let hand = Hand { account, organisation, has_vote, electorate: 2 };
        self.decisions.carry_out(ADDRESS, input, hand, now)
    }

    /// What can be said of an appointment whoever is there.
    fn check_appoint(call: &appointCall) -> Result<(), Refusal> {
        require_name(&call.name)?;
        let (timeMs, maxMs) = (call.fromMs, (1 << 48) - 1);
        if timeMs > maxMs { refuse(TimeNotAccepted { timeMs, nowMs: 0, maxMs }) } else { Ok(()) }
    }

    fn require_appointable(&self, organisation: u32) -> Result<(), Refusal> {
        let count = stories::COUNT;
        if !(1..=count).contains(&organisation) {
            return refuse(NoSuchOrganisation { id: organisation, count });
        }
        match self.authority_of(organisation) {
            0 => Ok(()),
            authority => refuse(AlreadyAuthority { organisation, authority }),
        }
    }

    fn appoint(&mut self, caller: Address, call: &appointCall, now: Now) -> Answer {
        Self::check_appoint(call)?;
        let (proposal, executed) = self.take(caller, &call.abi_encode(), now)?;
        self.require_appointable(call.organisation)?;
        let appointCall { organisation, name, fromMs } = call.clone();
        self.offices.push(Office { organisation, name: name.clone(), from_ms: fromMs, ended: None });
        let authority = self.office_count();
        let event = AuthorityAppointed { authority, organisation, name, fromMs, proposal };
        Ok((appointCall::abi_encode_returns(&authority), vec![executed, log(ADDRESS, &event)]))
    }

    /// What can be said of a dismissal whoever is there.
    fn check_dismiss(call: &dismissCall) -> Result<(), Refusal> {
        let dismissCall { authority, successor, reason } = *call;
        if successor == authority {
            return refuse(SuccessorNotAccepted { authority, successor });
        }
        require_reason(reason)
    }

    fn require_dismissible(&self, call: &dismissCall, now: Now) -> Result<(), Refusal> {
        let dismissCall { authority, successor, .. } = *call;
        if let Some((endedMs, _)) = self.office(authority)?.ended {
            return refuse(AlreadyDismissed { authority, endedMs });
        }
        if successor == 0 {
            let live = self.live_count(authority);
            return if live > 0 { refuse(BindingsLive { authority, live }) } else { Ok(()) };
        }
        let next = self.office(successor)?;
        let serves = next.ended.is_none() && next.from_ms <= now.timestamp_ms;
        if serves { Ok(()) } else { refuse(SuccessorNotAccepted { authority, successor }) }
    }

    fn dismiss(&mut self, caller: Address, call: &dismissCall, now: Now) -> Answer {
        Self::check_dismiss(call)?;
        let (proposal, executed) = self.take(caller, &call.abi_encode(), now)?;
        self.require_dismissible(call, now)?;
        let dismissCall { authority, successor, reason } = *call;
        let (live, timestampMs) = (self.live_count(authority), now.timestamp_ms);
        let place = usize::try_from(authority).unwrap_or(usize::MAX).wrapping_sub(1);
        if let Some(office) = self.offices.get_mut(place) {
            office.ended = Some((timestampMs, successor));
        }
        let event = AuthorityDismissed { authority, successor, reason, live, timestampMs, proposal };
        Ok((Vec::new(), vec![executed, log(ADDRESS, &event)]))
    }

    fn bind(&mut self, by: Address, call: &bindCall, now: Now) -> Answer {
        let subject = require_subject(call)?;
        let bindCall { account, kind, level, expiryMs, nameDigest, .. } = *call;
        require_level(level)?;
        require_end(expiryMs, now)?;
        let authority = self.require_authority(by, now)?;
        self.require_free(account)?;
        self.require_unbound(authority, subject)?;
        self.ties.push(Tie {
            authority,
            kind,
            level,
            subject,
            name: nameDigest,
            expiry_ms: expiryMs,
            made: now,
            accounts: vec![account],
        });
        let binding = self.ties.len() as u64;
        self.settle(account, binding, ACTIVE);
        let (height, timestampMs) = (now.height, now.timestamp_ms);
        let event = Bound {
            binding,
            account,
            authority,
            kind,
            level,
            subject,
            nameDigest,
            expiryMs,
            by,
            height,
            timestampMs,
        };
        Ok((bindCall::abi_encode_returns(&binding), vec![log(ADDRESS, &event)]))
    }

    /// The live binding of a subject that an authority made, and its root.
    fn known(&self, authority: u32, subject: B256) -> Option<(u64, Address)> {
        let mut live = self.live().filter(|(_, tie)| (tie.authority, tie.subject) == (authority, subject));
        live.next().map(|(id, tie)| (id, tie.root()))
    }

    /// Whatever an authority answers for, a subject is bound once; what it bound itself is told first.
    fn require_unbound(&self, own: u32, subject: B256) -> Result<(), Refusal> {
        for authority in [own].into_iter().chain(1..=self.office_count()) {
            if self.heir(authority) == own
                && let Some((binding, root)) = self.known(authority, subject)
            {
                return refuse(SubjectBound { subject, authority, binding, root });
            }
        }
        Ok(())
    }

    fn settle(&mut self, account: Address, tie: u64, status: u8) {
        let place = Place { tie, status, successor: Address::ZERO, left: None };
        self.places.insert(account, place);
    }

    fn renew(&mut self, by: Address, call: &renewCall, now: Now) -> Answer {
        let renewCall { binding, level, expiryMs } = *call;
        require_level(level)?;
        require_end(expiryMs, now)?;
        self.require_responsible(by, binding, now)?;
        let tie = self.tie(binding)?;
        let (account, status) = (tie.root(), self.tie_status(tie));
        if status == REVOKED {
            return refuse(WrongStatus { account, status });
        }
        if let Some(tie) = self.tie_mut(binding) {
            (tie.level, tie.expiry_ms) = (level, expiryMs);
        }
        Ok((Vec::new(), vec![log(ADDRESS, &Renewed { binding, level, expiryMs, by })]))
    }

    /// Refuses an account that is no root, or whose binding is full.
    fn require_room(&self, account: Address, binding: u64) -> Result<(), Refusal> {
        let (tie, max) = (self.tie(binding)?, limits::IDENTITY_ACCOUNTS_MAX);
        if tie.root() != account {
            return refuse(NotTheRoot { account, root: tie.root() });
        }
        let full = tie.accounts.len() as u64 >= u64::from(max);
        if full { refuse(TooManyAccounts { binding, max }) } else { Ok(()) }
    }

    /// Refuses an account that has none of these statuses. While its binding is suspended, its own counts.
    fn require_status(&self, account: Address, allowed: &[u8]) -> Result<(), Refusal> {
        let status = self.status(account);
        let own = if status == SUSPENDED { self.place(account)?.status } else { status };
        if allowed.contains(&own) { Ok(()) } else { refuse(WrongStatus { account, status }) }
    }

    /// Puts an account under a root.
    fn join(&mut self, root: Address, account: Address, by: Address) -> Result<Log, Refusal> {
        let binding = self.place(root)?.tie;
        self.require_room(root, binding)?;
        self.require_status(root, &[ACTIVE, SUSPENDED])?;
        self.require_free(account)?;
        if let Some(tie) = self.tie_mut(binding) {
            tie.accounts.push(account);
        }
        self.settle(account, binding, ACTIVE);
        Ok(log(ADDRESS, &AccountAdded { binding, account, by }))
    }

    fn add_account(&mut self, by: Address, call: &addAccountCall, now: Now) -> Answer {
        let addAccountCall { root, account } = *call;
        self.require_responsible(by, self.place(root)?.tie, now)?;
        Ok((Vec::new(), vec![self.join(root, account, by)?]))
    }

    /// An account has no place under its binding any more.
    fn leave(&mut self, account: Address, status: u8, successor: Address) -> Result<(), Refusal> {
        let tie = self.place(account)?.tie;
        let Tie { level, expiry_ms, .. } = *self.tie(tie)?;
        let root = self.tie(tie)?.root();
        let frozen = if root == account { None } else { self.frozen.get(&root) };
        let left = Left { level, expiry_ms, frozen_until_ms: frozen.copied().unwrap_or(0) };
        self.places.insert(account, Place { tie, status, successor, left: Some(left) });
        Ok(())
    }

    /// Puts an account into the place of another, with all that holds for it.
    fn replace(
        &mut self,
        account: Address,
        successor: Address,
        reason: u8,
        by: Address,
        now: Now,
    ) -> Result<Log, Refusal> {
        if account == successor {
            return refuse(SameAccount { account });
        }
        self.require_status(account, &[ACTIVE, SUSPENDED])?;
        match self.frozen_until(account, now) {
            0 => {}
            untilMs => return refuse(AccountFrozen { account, untilMs }),
        }
        self.require_free(successor)?;
        let Place { tie: binding, status, .. } = self.place(account)?;
        self.leave(account, REPLACED, successor)?;
        if let Some(tie) = self.tie_mut(binding)
            && let Some(place) = tie.accounts.iter_mut().find(|one| **one == account)
        {
            *place = successor;
        }
        self.settle(successor, binding, status);
        Ok(log(ADDRESS, &Rotated { binding, account, successor, reason, by }))
    }

    fn rotate(&mut self, by: Address, call: &rotateCall, now: Now) -> Answer {
        let rotateCall { account, successor, reason } = *call;
        require_reason(reason)?;
        self.require_responsible(by, self.place(account)?.tie, now)?;
        Ok((Vec::new(), vec![self.replace(account, successor, reason, by, now)?]))
    }

    /// A step of an account, by whoever may take it: its binding, and whether it is the root.
    fn step(
        &self,
        by: Address,
        account: Address,
        reason: u8,
        from: &[u8],
        now: Now,
    ) -> Result<(u64, bool), Refusal> {
        require_reason(reason)?;
        let binding = self.place(account)?.tie;
        let root = self.tie(binding)?.root();
        let revokes = from.len() == 2;
        if revokes && by == root && account != root {
            self.require_in_force(by, now)?;
        } else {
            self.require_responsible(by, binding, now)?;
        }
        self.require_status(account, from)?;
        Ok((binding, root == account))
    }

    fn suspend(&mut self, by: Address, call: &suspendCall, now: Now) -> Answer {
        let suspendCall { account, reason } = *call;
        let (binding, whole) = self.step(by, account, reason, &[ACTIVE], now)?;
        self.set_status(account, SUSPENDED);
        Ok((Vec::new(), vec![log(ADDRESS, &Suspended { binding, account, whole, reason, by })]))
    }

    fn restore(&mut self, by: Address, call: &restoreCall, now: Now) -> Answer {
        let restoreCall { account, reason } = *call;
        let (binding, whole) = self.step(by, account, reason, &[SUSPENDED], now)?;
        self.set_status(account, ACTIVE);
        Ok((Vec::new(), vec![log(ADDRESS, &Restored { binding, account, whole, reason, by })]))
    }

    fn revoke(&mut self, by: Address, call: &revokeCall, now: Now) -> Answer {
        let revokeCall { account, reason } = *call;
        let (binding, whole) = self.step(by, account, reason, &[ACTIVE, SUSPENDED], now)?;
        if whole {
            self.set_status(account, REVOKED);
        } else {
            self.leave(account, REVOKED, Address::ZERO)?;
            if let Some(tie) = self.tie_mut(binding) {
                // The last one takes its place.
                let place = tie.accounts.iter().position(|one| *one == account);
                place.map(|place| tie.accounts.swap_remove(place));
            }
        }
        Ok((Vec::new(), vec![log(ADDRESS, &Revoked { binding, account, whole, reason, by })]))
    }

    fn require_in_force(&self, account: Address, now: Now) -> Result<(), Refusal> {
        if self.in_force(account, now) {
            return Ok(());
        }
        refuse(NotInForce { account, status: self.status(account) })
    }

    fn invite(&mut self, inviter: Address, call: &inviteCall, now: Now) -> Answer {
        let inviteCall { account, purpose } = *call;
        if !(ACT..=SUCCEED).contains(&purpose) {
            return refuse(UnknownPurpose { purpose });
        }
        if account == inviter {
            return refuse(SameAccount { account });
        }
        let binding = self.place(inviter)?.tie;
        self.require_in_force(inviter, now)?;
        if purpose == ACT {
            self.require_room(inviter, binding)?;
        }
        self.require_free(account)?;
        let untilMs = now.timestamp_ms + limits::IDENTITY_INVITATION_MS;
        self.offers.insert((account, inviter), Offer { purpose, until_ms: untilMs, tie: binding });
        // Time goes forward: the last one ends last.
        self.invited.insert(account, untilMs);
        let event = Invited { account, inviter, binding, purpose, untilMs };
        Ok((inviteCall::abi_encode_returns(&untilMs), vec![log(ADDRESS, &event)]))
    }

    fn withdraw_invitation(&mut self, inviter: Address, account: Address, now: Now) -> Answer {
        if self.offers.remove(&(account, inviter)).is_none() {
            return refuse(NotInvited { account, inviter, untilMs: 0, nowMs: now.timestamp_ms });
        }
        Ok((Vec::new(), vec![log(ADDRESS, &InvitationWithdrawn { account, inviter })]))
    }

    fn accept(&mut self, account: Address, inviter: Address, now: Now) -> Answer {
        let (offer, nowMs) = (self.offers.remove(&(account, inviter)), now.timestamp_ms);
        let untilMs = offer.map_or(0, |offer| offer.until_ms);
        let Some(Offer { purpose, tie: binding, .. }) = offer.filter(|_| nowMs < untilMs) else {
            return refuse(NotInvited { account, inviter, untilMs, nowMs });
        };
        self.require_in_force(inviter, now)?;
        let event = match purpose {
            ACT => self.join(inviter, account, account)?,
            _ => self.replace(inviter, account, REQUEST, account, now)?,
        };
        Ok((acceptCall::abi_encode_returns(&binding), vec![event]))
    }

    fn standing(&self, account: Address, now: Now) -> AccountStanding {
        let place = self.places.get(&account);
        let tie = place.and_then(|place| self.tie(place.tie).ok());
        let (level, expiryMs) = match (place.and_then(|place| place.left), tie) {
            (Some(left), _) => (left.level, left.expiry_ms),
            (None, Some(tie)) => (tie.level, tie.expiry_ms),
            (None, None) => (0, self.invited.get(&account).copied().unwrap_or(0)),
        };
        AccountStanding {
            status: self.status(account),
            kind: tie.map_or(0, |tie| tie.kind),
            level,
            expiryMs,
            frozenUntilMs: self.frozen_until(account, now),
            inForce: self.in_force(account, now),
            binding: place.map_or(0, |place| place.tie),
            root: tie.map_or(Address::ZERO, Tie::root),
            successor: place.map_or(Address::ZERO, |place| place.successor),
        }
    }

    fn subject(&self, account: Address) -> subjectOfReturn {
        let tie = self.place(account).and_then(|place| self.tie(place.tie));
        tie.map_or(
            subjectOfReturn { kind: 0, subject: B256::ZERO, nameDigest: B256::ZERO, responsible: 0 },
            |tie| subjectOfReturn {
                kind: tie.kind,
                subject: tie.subject,
                nameDigest: tie.name,
                responsible: self.responsible(tie),
            },
        )
    }

    fn shown(&self, tie: &Tie) -> IIdentity::Binding {
        IIdentity::Binding {
            root: tie.root(),
            authority: tie.authority,
            responsible: self.responsible(tie),
            kind: tie.kind,
            level: tie.level,
            status: self.tie_status(tie),
            accounts: u32::try_from(tie.accounts.len()).unwrap_or(u32::MAX),
            subject: tie.subject,
            nameDigest: tie.name,
            expiryMs: tie.expiry_ms,
            height: tie.made.height,
            timestampMs: tie.made.timestamp_ms,
        }
    }

    fn is_same(&self, first: Address, second: Address) -> bool {
        let [one, other] = [first, second].map(|account| self.subject(account));
        first == second || (one.kind != 0 && (one.kind, one.subject) == (other.kind, other.subject))
    }

    fn read(&self, call: &C, now: Now) -> Answer {
        let level_of = |account: Address| {
            if self.in_force(account, now) { self.standing(account, now).level } else { 0 }
        };
        let bytes = match *call {
            C::standingOf(standingOfCall { account }) => {
                standingOfCall::abi_encode_returns(&self.standing(account, now))
            }
            C::levelOf(levelOfCall { account }) => levelOfCall::abi_encode_returns(&level_of(account)),
            C::isBound(isBoundCall { account, minLevel }) => isBoundCall::abi_encode_returns(
                &(self.in_force(account, now) && level_of(account) >= minLevel),
            ),
            C::subjectOf(subjectOfCall { account }) => {
                subjectOfCall::abi_encode_returns(&self.subject(account))
            }
            C::isSameSubject(isSameSubjectCall { first, second }) => {
                isSameSubjectCall::abi_encode_returns(&self.is_same(first, second))
            }
            C::binding(bindingCall { id }) => bindingCall::abi_encode_returns(&self.shown(self.tie(id)?)),
            C::accountsOf(accountsOfCall { id }) => {
                accountsOfCall::abi_encode_returns(&self.tie(id)?.accounts)
            }
            C::liveBinding(liveBindingCall { authority, subject }) => {
                let id = self.known(authority, subject).map_or(0, |(id, _)| id);
                liveBindingCall::abi_encode_returns(&id)
            }
            C::invitation(invitationCall { account, inviter }) => {
                let offer = self.offers.get(&(account, inviter)).copied();
                let none = Offer { purpose: 0, until_ms: 0, tie: 0 };
                let Offer { purpose, until_ms: untilMs, tie: binding } = offer.unwrap_or(none);
                invitationCall::abi_encode_returns(&invitationReturn { purpose, untilMs, binding })
            }
            C::authority(authorityCall { id }) => {
                let office = self.office(id)?;
                let (endedMs, successor) = office.ended.unwrap_or_default();
                authorityCall::abi_encode_returns(&IIdentity::Authority {
                    organisation: office.organisation,
                    name: office.name.clone(),
                    fromMs: office.from_ms,
                    endedMs,
                    successor,
                    live: self.live_count(id),
                })
            }
            C::authorityOf(authorityOfCall { organisation }) => {
                authorityOfCall::abi_encode_returns(&self.authority_of(organisation))
            }
            C::counts(_) => {
                let (authorities, bindings) = (self.office_count(), self.ties.len() as u64);
                countsCall::abi_encode_returns(&countsReturn { authorities, bindings, bound: false })
            }
            _ => Vec::new(),
        };
        Ok((bytes, Vec::new()))
    }
}
