//! Once: what may happen only once, among all who share the ledger.
//!
//! An invoice is financed once, a certificate claimed once, a filing number given once. A key (the
//! normalised number's digest) in a register is reserved for a holder with an end, then confirmed:
//! until it is released, or for ever. Two parties that race get one winner, and the loser is told by
//! name who that is. The same question again (same holder, same content) gets the same answer and
//! changes nothing, so it can be repeated after a lost answer; other content under a held key is
//! refused.
//!
//! A register belongs to whoever calls: a contract, an account, or a native module below in the
//! registry, which calls [`reserve`], [`confirm`], [`release`], [`transfer`] and [`held`] instead of
//! the interface. The owner decides who may take or release a key; this module keeps the rest. A
//! reservation falls free by itself when its time is over.
//!
//! Keys of confidential or personal numbers are keyed commitments that the parties compute off the
//! ledger with a shared key ([`crate::identity::commitment::keyed`], HMAC-SM3): the same at every party, and not to be
//! found by trying all numbers.
//!
//! Who: anybody, in registers of its own; anyone reads.
//!
//! Invariants ([`Once::check`]):
//! - O1 a key has one holder at a time: it is taken only while it is free.
//! - O2 storage holds what the events say, and nothing after a release.
//! - O3 a key kept for ever stays.
//! - O4 only a reservation is confirmed, by its holder and for its content.

pub mod abi;
mod check;
pub mod events;
pub mod state;
#[cfg(test)]
mod tests;

pub use self::state::{Entry, State};
use self::{
    abi::IOnce::{self, *},
    state::{ADDRESS, ENTRIES, entry_slot},
};
use crate::{
    Ctx, Interface, Module, Stop, Violation, dispatch, members, registry,
    storage::Cell,
    words::{moment, span, word},
};
use ding_primitives::{Address, B256, Bytes, Log, U256, limits};

/// The module.
pub struct Once;

/// A key of a register that belongs to the module that runs, and for whom and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Name of the register: the digest of a constant text.
    pub register: B256,
    /// Digest of the normalised number.
    pub key: B256,
    /// Digest of what the key is taken for.
    pub content: B256,
    /// Who holds it.
    pub holder: Address,
}

/// What a question to the register was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the call changed something; false if it repeated an earlier one.
    pub fresh: bool,
    /// What is there now.
    pub entry: Entry,
}

/// How long a confirmed key is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until the owner of the register releases it.
    UntilReleased,
    /// For ever.
    ForEver,
}

impl Keep {
    const fn state(self) -> State {
        match self {
            Self::UntilReleased => State::Confirmed,
            Self::ForEver => State::Kept,
        }
    }
}

impl Module for Once {
    fn name(&self) -> &'static str {
        "once"
    }

    fn address(&self) -> Address {
        ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IOnce", source: include_str!("abi.rs"), abi: IOnce::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IOnceCalls as C;
        match dispatch::decode::<C>(input)? {
            C::reserve(call) => dispatch::write(ctx, call, |ctx, call| {
                let reserveCall { register, key, content, holder, untilMs } = call;
                let answer = take(ctx, Claim { register, key, content, holder }, untilMs)?;
                Ok(reserveReturn { fresh: answer.fresh, entry: shown(Some(answer.entry)) })
            }),
            C::confirm(call) => dispatch::write(ctx, call, |ctx, call| {
                let confirmCall { register, key, content, holder, forEver } = call;
                let keep = if forEver { Keep::ForEver } else { Keep::UntilReleased };
                let answer = make_last(ctx, Claim { register, key, content, holder }, keep)?;
                Ok(confirmReturn { fresh: answer.fresh, entry: shown(Some(answer.entry)) })
            }),
            C::release(call) => dispatch::write(ctx, call, |ctx, call| {
                free(ctx, call.register, call.key, call.holder)?;
                Ok(releaseReturn {})
            }),
            C::transfer(call) => dispatch::write(ctx, call, |ctx, call| {
                pass_on(ctx, call)?;
                Ok(transferReturn {})
            }),
            C::entryOf(call) => dispatch::read(ctx, call, |ctx, call| {
                let entryOfCall { owner, register, key } = call;
                Ok(shown(held(ctx, owner, register, key)?))
            }),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).map(explain)
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        Err(members::not_decided_by_vote(ADDRESS, input))
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use IOnceCalls as C;
        let (owner, register, key) = match dispatch::decode::<C>(input) {
            Ok(C::reserve(call)) => (caller, call.register, call.key),
            Ok(C::confirm(call)) => (caller, call.register, call.key),
            Ok(C::release(call)) => (caller, call.register, call.key),
            Ok(C::transfer(call)) => (caller, call.register, call.key),
            Ok(C::entryOf(call)) => (call.owner, call.register, call.key),
            Err(_) => return Vec::new(),
        };
        let slot = entry_slot(owner, register, key);
        vec![(ADDRESS, slot), (ADDRESS, slot.wrapping_add(U256::ONE))]
    }
}

/// Takes a free key for a while, in a register of the module that runs.
///
/// # Errors
///
/// Reverts with `HeldByOther`, `OtherContent`, `ReservationTime` or what a claim lacks.
pub fn reserve(ctx: &mut Ctx<'_>, claim: Claim, until_ms: u64) -> Result<Answer, Stop> {
    ctx.enter(&Once, |ctx| take(ctx, claim, until_ms))
}

/// Makes a reservation in a register of the module that runs last.
///
/// # Errors
///
/// Reverts with `NotHeld`, `HeldByOther`, `OtherContent` or `OtherManner`.
pub fn confirm(ctx: &mut Ctx<'_>, claim: Claim, keep: Keep) -> Result<Answer, Stop> {
    ctx.enter(&Once, |ctx| make_last(ctx, claim, keep))
}

/// Frees a key in a register of the module that runs.
///
/// # Errors
///
/// Reverts with `NotHeld`, `HeldByOther` or `KeptForEver`.
pub fn release(ctx: &mut Ctx<'_>, register: B256, key: B256, holder: Address) -> Result<(), Stop> {
    ctx.enter(&Once, |ctx| free(ctx, register, key, holder))
}

/// Passes a key of a register of the module that runs on to another holder.
///
/// # Errors
///
/// Reverts with `NotHeld`, `HeldByOther` or `ZeroHolder`.
pub fn transfer(
    ctx: &mut Ctx<'_>,
    register: B256,
    key: B256,
    from: Address,
    to: Address,
) -> Result<(), Stop> {
    ctx.enter(&Once, |ctx| pass_on(ctx, transferCall { register, key, from, to }))
}

/// Who holds a key of an owner's register now; `None` if it is free.
///
/// # Errors
///
/// Out of gas.
pub fn held(ctx: &mut Ctx<'_>, owner: Address, register: B256, key: B256) -> Result<Option<Entry>, Stop> {
    Ok(look(ctx, owner, register, key)?.1.filter(|entry| entry.holds(ctx.timestamp_ms())))
}

/// The place of a key, and what lies there, be its time over or not.
fn look(
    ctx: &mut Ctx<'_>,
    owner: Address,
    register: B256,
    key: B256,
) -> Result<(Cell<Entry>, Option<Entry>), Stop> {
    let cell = ENTRIES.map(ctx, owner)?.map(ctx, register)?.cell(ctx, key)?;
    let found = cell.find(ctx)?;
    Ok((cell, found))
}

fn take(ctx: &mut Ctx<'_>, claim: Claim, until_ms: u64) -> Result<Answer, Stop> {
    let Claim { register, key, content, holder } = require_whole(claim)?;
    let (owner, now_ms) = (ctx.caller(), ctx.timestamp_ms());
    let (cell, found) = look(ctx, owner, register, key)?;
    if let Some(entry) = found.filter(|entry| entry.holds(now_ms)) {
        require_same(&claim, &entry)?;
        return Ok(Answer { fresh: false, entry });
    }
    let longest_ms = limits::ONCE_RESERVATION_MS_MAX;
    let fits = until_ms > now_ms && until_ms - now_ms <= longest_ms && until_ms >> Entry::TIME_BITS == 0;
    if !fits {
        return Err(Stop::revert(ReservationTime {
            untilMs: until_ms,
            nowMs: now_ms,
            longestMs: longest_ms,
        }));
    }
    let entry = Entry { holder, until_ms, height: height(ctx)?, state: State::Reserved, content };
    match found {
        None => cell.insert(ctx, &entry)?,
        Some(lapsed) => {
            cell.replace(ctx, &lapsed, &entry)?;
            let Entry { holder, until_ms, .. } = lapsed;
            ctx.emit(&Lapsed { owner, register, key, holder, untilMs: until_ms, nowMs: now_ms })?;
        }
    }
    let height = entry.height;
    ctx.emit(&Reserved { owner, register, key, content, holder, untilMs: until_ms, height })?;
    Ok(Answer { fresh: true, entry })
}

fn make_last(ctx: &mut Ctx<'_>, claim: Claim, keep: Keep) -> Result<Answer, Stop> {
    let Claim { register, key, content, holder } = require_whole(claim)?;
    let owner = ctx.caller();
    let (cell, entry) = require_held(ctx, owner, register, key)?;
    require_same(&claim, &entry)?;
    let state = keep.state();
    if entry.state == state {
        return Ok(Answer { fresh: false, entry });
    }
    if entry.state != State::Reserved {
        return Err(Stop::revert(OtherManner { register, key, forEver: entry.state == State::Kept }));
    }
    let confirmed = Entry { until_ms: 0, height: height(ctx)?, state, ..entry };
    cell.replace(ctx, &entry, &confirmed)?;
    let (for_ever, height) = (keep == Keep::ForEver, confirmed.height);
    ctx.emit(&Confirmed { owner, register, key, content, holder, forEver: for_ever, height })?;
    Ok(Answer { fresh: true, entry: confirmed })
}

fn free(ctx: &mut Ctx<'_>, register: B256, key: B256, holder: Address) -> Result<(), Stop> {
    let owner = ctx.caller();
    let (cell, entry) = require_held(ctx, owner, register, key)?;
    require_holder(register, key, holder, &entry)?;
    if entry.state == State::Kept {
        return Err(Stop::revert(KeptForEver { register, key, holder }));
    }
    cell.clear(ctx)?;
    ctx.emit(&Released { owner, register, key, holder })
}

fn pass_on(ctx: &mut Ctx<'_>, transferCall { register, key, from, to }: transferCall) -> Result<(), Stop> {
    if to.is_zero() {
        return Err(Stop::revert(ZeroHolder {}));
    }
    let owner = ctx.caller();
    let (cell, entry) = require_held(ctx, owner, register, key)?;
    require_holder(register, key, from, &entry)?;
    cell.replace(ctx, &entry, &Entry { holder: to, ..entry })?;
    ctx.emit(&Transferred { owner, register, key, from, to })
}

fn require_whole(claim: Claim) -> Result<Claim, Stop> {
    if claim.key.is_zero() {
        return Err(Stop::revert(ZeroKey {}));
    }
    if claim.content.is_zero() {
        return Err(Stop::revert(ZeroContent {}));
    }
    if claim.holder.is_zero() {
        return Err(Stop::revert(ZeroHolder {}));
    }
    Ok(claim)
}

fn require_held(
    ctx: &mut Ctx<'_>,
    owner: Address,
    register: B256,
    key: B256,
) -> Result<(Cell<Entry>, Entry), Stop> {
    let (cell, found) = look(ctx, owner, register, key)?;
    let held = found.filter(|entry| entry.holds(ctx.timestamp_ms()));
    Ok((cell, held.ok_or_else(|| Stop::revert(NotHeld { register, key }))?))
}

fn require_holder(register: B256, key: B256, holder: Address, entry: &Entry) -> Result<(), Stop> {
    if entry.holder == holder {
        return Ok(());
    }
    let Entry { holder, until_ms, state, .. } = *entry;
    Err(Stop::revert(HeldByOther { register, key, holder, state: state.number(), untilMs: until_ms }))
}

fn require_same(claim: &Claim, entry: &Entry) -> Result<(), Stop> {
    let Claim { register, key, content, holder } = *claim;
    require_holder(register, key, holder, entry)?;
    if entry.content == content {
        return Ok(());
    }
    Err(Stop::revert(OtherContent { register, key, holder, recorded: entry.content, given: content }))
}

/// The height, which must fit its bits.
fn height(ctx: &Ctx<'_>) -> Result<u64, Stop> {
    let height = ctx.height().get();
    ctx.invariant("O2 an entry holds the block's height", height >> Entry::HEIGHT_BITS == 0)?;
    Ok(height)
}

fn shown(entry: Option<Entry>) -> abi::IOnce::Entry {
    let none = abi::IOnce::Entry::from((0, Address::ZERO, 0, 0, B256::ZERO));
    entry.map_or(none, |entry| {
        let Entry { holder, until_ms, height, state, content } = entry;
        abi::IOnce::Entry { state: state.number(), holder, untilMs: until_ms, height, content }
    })
}

/// A module by its name, others by their address.
fn named(holder: Address) -> String {
    registry::by_address(holder)
        .map_or_else(|| holder.to_string(), |module| format!("the module {}", module.name()))
}

fn explain(error: IOnceErrors) -> String {
    use IOnceErrors as E;
    match error {
        E::ZeroKey(_) => "the key is all zero; send the digest of the normalised number".into(),
        E::ZeroContent(_) => "the content is all zero; send the digest of what the key is taken for".into(),
        E::ZeroHolder(_) => "the holder is the zero address; name the account that holds the key".into(),
        E::ReservationTime(e) => format!(
            "a reservation until {}, it is {}; choose an end after that and at most {} ahead",
            moment(e.untilMs),
            moment(e.nowMs),
            span(e.longestMs)
        ),
        E::HeldByOther(e) => {
            let state = State::from_number(e.state).map_or("held", State::name);
            let until = if e.untilMs == 0 { String::new() } else { format!(" until {}", moment(e.untilMs)) };
            format!(
                "{} is {state} by {}{until} (register {}); take another, or wait until it is free",
                word(&e.key),
                named(e.holder),
                word(&e.register)
            )
        }
        E::OtherContent(e) => format!(
            "{} is taken already, by {} and for something else; what is taken once keeps its content (register {}, content {}, given {})",
            word(&e.key),
            named(e.holder),
            word(&e.register),
            e.recorded,
            e.given
        ),
        E::NotHeld(e) => format!(
            "{} is free: never taken, released, or its reservation is over; reserve it first (register {})",
            word(&e.key),
            word(&e.register)
        ),
        E::OtherManner(e) => {
            let how = if e.forEver { "for ever" } else { "until it is released" };
            format!("{} is already confirmed {how} (register {})", word(&e.key), word(&e.register))
        }
        E::KeptForEver(e) => format!(
            "{} is held by {} for ever and cannot be released (register {})",
            word(&e.key),
            named(e.holder),
            word(&e.register)
        ),
    }
}
