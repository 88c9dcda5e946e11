//! From a draft to an order: one person writes, another approves or declines.

use super::{
    abi::IOrders::{self, *},
    effects, people,
    state::{DRAFTED, Order, TIME_BITS},
    tally,
    terms::{Action, Appealed, Field, Status, Step, TargetKind},
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    ctx::gas,
    identity,
    members::{self, Role},
};
use ding_primitives::{Address, B256, keccak256, limits};

/// Orders of one year that numbers hold.
const NUMBERS: u64 = 1_000_000;

/// Digest of what an order says.
pub(super) fn matter(what: &IOrders::Draft) -> B256 {
    let basis = keccak256(what.basis.as_bytes());
    keccak256([basis, what.caseNumber, what.content].map(|word| word.0).concat())
}

pub(super) fn draft(ctx: &mut Ctx<'_>, what: IOrders::Draft) -> Result<u64, Stop> {
    let mut order = read(ctx, &what)?;
    order.authority = people::require_scope(ctx, &order)?;
    require_target(ctx, &order)?;
    if order.action.lifts() {
        require_to_lift(ctx, &order)?;
    }
    let number = next_number(ctx)?;
    effects::place(ctx, number)?.insert(ctx, &order)?;
    tally::count(ctx, order.action, |tally| &mut tally.drafted)?;
    ctx.emit(&OrderDrafted {
        number,
        target: order.target,
        authority: order.authority,
        issuer: order.issuer,
        timestampMs: order.drafted_ms,
        order: what,
    })?;
    Ok(number)
}

/// The order that a draft describes, with everything checked that needs no other storage.
fn read(ctx: &mut Ctx<'_>, what: &IOrders::Draft) -> Result<Order, Stop> {
    let action = Action::from_number(what.action);
    let action = action.ok_or_else(|| Stop::revert(UnknownAction { action: what.action }))?;
    let kind = TargetKind::from_number(what.targetKind).filter(|kind| action.takes(*kind));
    let wrong = || {
        Stop::revert(WrongTarget { action: what.action, targetKind: what.targetKind, target: what.target })
    };
    let kind = kind.ok_or_else(wrong)?;
    let padded = what.target.iter().take(12).all(|byte| *byte == 0);
    if what.target.is_zero() || (kind == TargetKind::Account && !padded) {
        return Err(wrong());
    }
    require_parts(action, what)?;
    let now_ms = ctx.timestamp_ms();
    require_numbers(action, what, now_ms)?;
    ctx.charge(gas::keccak(what.basis.len()).saturating_add(gas::keccak(96)))?;
    Ok(Order {
        issuer: ctx.caller(),
        status: Status::Drafted,
        action,
        kind,
        appealed: Appealed::Not,
        authority: 0,
        working_days: what.workingDays,
        second: Address::ZERO,
        from_height: what.fromHeight,
        delivered: 0,
        drafted_ms: now_ms,
        decided_ms: 0,
        until_ms: what.untilMs,
        refers_to: what.refersTo,
        scope: what.scope,
        target: what.target,
        matter: matter(what),
        answer: B256::ZERO,
        subject: B256::ZERO,
    })
}

/// Each action has parts that it needs and parts that it does not take.
fn require_parts(action: Action, what: &IOrders::Draft) -> Result<(), Stop> {
    let disclose = action == Action::Disclose;
    // Name, whether it is there, whether it must be there, whether it may be there.
    let parts = [
        ("fromHeight", what.fromHeight != 0, false, action.has_beginning()),
        ("untilMs", what.untilMs != 0, false, action.has_end()),
        ("workingDays", what.workingDays != 0, action.has_clock(), action.has_clock()),
        ("refersTo", what.refersTo != 0, action.lifts(), action.lifts()),
        ("scope", what.scope != 0, disclose, disclose),
        ("caseNumber", !what.caseNumber.is_zero(), disclose, true),
    ];
    for (part, present, required, allowed) in parts {
        if required && !present {
            return Err(Stop::revert(PartRequired { action: action.number(), part: part.into() }));
        }
        if present && !allowed {
            return Err(Stop::revert(PartNotTaken { action: action.number(), part: part.into() }));
        }
    }
    Ok(())
}

fn require_numbers(action: Action, what: &IOrders::Draft, now_ms: u64) -> Result<(), Stop> {
    let (length, max) = (what.basis.len() as u64, limits::ORDER_BASIS_BYTES_MAX as u64);
    if !(1..=max).contains(&length) || what.basis.trim().is_empty() {
        return Err(Stop::revert(BasisLength { length, max }));
    }
    if action.has_clock() && what.workingDays > limits::ORDER_WORKING_DAYS_MAX {
        let max = limits::ORDER_WORKING_DAYS_MAX;
        return Err(Stop::revert(WorkingDays { workingDays: what.workingDays, max }));
    }
    if what.untilMs != 0 {
        require_end(what.untilMs, now_ms)?;
    }
    if what.scope & !Field::EVERY != 0 {
        return Err(Stop::revert(UnknownFields { scope: what.scope, known: Field::EVERY }));
    }
    Ok(())
}

fn require_end(until_ms: u64, now_ms: u64) -> Result<(), Stop> {
    if until_ms > now_ms && until_ms >> TIME_BITS == 0 {
        return Ok(());
    }
    Err(Stop::revert(OrderEnd { untilMs: until_ms, nowMs: now_ms }))
}

/// The target is one against which this action can be taken.
fn require_target(ctx: &mut Ctx<'_>, order: &Order) -> Result<(), Stop> {
    let account = order.account();
    match order.action {
        Action::Freeze => match people::supervisor(ctx, account)? {
            Some(organisation) => Err(Stop::revert(ProtectedAccount { account, organisation })),
            None => Ok(()),
        },
        Action::Disclose => match identity::subject_of(ctx, account)? {
            Some(_) => Ok(()),
            None => Err(Stop::revert(NotBound { account })),
        },
        _ => Ok(()),
    }
}

/// The order that this one lifts: of a fitting action, against the same target, in force; issued by
/// the same organisation unless the national administration lifts it.
fn require_to_lift(ctx: &mut Ctx<'_>, order: &Order) -> Result<Order, Stop> {
    let number = order.refers_to;
    let lifted = effects::require(ctx, number)?;
    let fits = lifted.action.lifted_by() == Some(order.action)
        && (lifted.kind, lifted.target) == (order.kind, order.target);
    let status = lifted.status_at(ctx.timestamp_ms());
    if !fits || Step::Undo.next(lifted.action, status).is_none() {
        let refused = NotToLift { number, action: lifted.action.number(), status: status.number() };
        return Err(Stop::revert(refused));
    }
    let own = order.authority == lifted.authority;
    if own || members::has(ctx, order.authority, Role::Supervisor)? {
        return Ok(lifted);
    }
    Err(Stop::revert(NotTheAuthority { number, authority: lifted.authority, organisation: order.authority }))
}

fn next_number(ctx: &mut Ctx<'_>) -> Result<u64, Stop> {
    let year = calendar::today(ctx).year();
    let cell = DRAFTED.cell(ctx, year)?;
    let drafted = cell.get(ctx)?;
    let next = drafted.checked_add(1).filter(|next| u64::from(*next) < NUMBERS);
    let next = next.ok_or_else(|| Stop::revert(TooManyOrders { year, max: drafted }))?;
    cell.replace(ctx, &drafted, &next)?;
    Ok(u64::from(year).saturating_mul(NUMBERS).saturating_add(next.into()))
}

pub(super) fn approve(ctx: &mut Ctx<'_>, number: u64) -> Result<u64, Stop> {
    let old = effects::require(ctx, number)?;
    let status = effects::step(ctx, number, &old, Step::Approve)?;
    require_second(ctx, number, &old)?;
    people::require_issuer(ctx, number, &old)?;
    let now_ms = ctx.timestamp_ms();
    let lifetime = limits::ORDER_DRAFT_MS_MAX;
    if now_ms - old.drafted_ms.min(now_ms) > lifetime {
        let refused = DraftTooOld { number, draftedMs: old.drafted_ms, lifetimeMs: lifetime };
        return Err(Stop::revert(refused));
    }
    if old.until_ms != 0 {
        require_end(old.until_ms, now_ms)?;
    }
    require_target(ctx, &old)?;
    let from_height = old.from_height.max(ctx.height().get().saturating_add(1));
    let subject = match old.action {
        Action::Disclose => {
            identity::subject_of(ctx, old.account())?.map_or(B256::ZERO, |found| found.subject)
        }
        _ => B256::ZERO,
    };
    let second = ctx.caller();
    let new = Order { status, second, from_height, decided_ms: now_ms, subject, ..old };
    effects::place(ctx, number)?.replace(ctx, &old, &new)?;
    tally::count(ctx, new.action, |tally| &mut tally.approved)?;
    let due = effects::due(ctx, &new)?;
    ctx.emit(&OrderApproved {
        number,
        target: new.target,
        approver: second,
        fromHeight: from_height,
        dueDay: due.map_or(0, |due| due.day.get()),
        provisional: due.is_some_and(|due| due.provisional),
        subject,
        timestampMs: now_ms,
    })?;
    if new.action.lifts() {
        // What is lifted must still be in force, and the issuing organisation still be one that may.
        let lifted = require_to_lift(ctx, &new)?;
        effects::lift(ctx, number, from_height, &lifted)?;
    } else {
        effects::begin(ctx, number, &new)?;
    }
    Ok(from_height)
}

/// The caller supervises the target, and is another person than the issuer.
fn require_second(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    people::require_scope(ctx, order)?;
    people::require_other(ctx, number, order.issuer)
}

pub(super) fn decline(ctx: &mut Ctx<'_>, number: u64, reasons: B256) -> Result<(), Stop> {
    let old = effects::require(ctx, number)?;
    let status = effects::step(ctx, number, &old, Step::Decline)?;
    require_second(ctx, number, &old)?;
    let (account, now_ms) = (ctx.caller(), ctx.timestamp_ms());
    let new = Order { status, second: account, decided_ms: now_ms, ..old };
    effects::place(ctx, number)?.replace(ctx, &old, &new)?;
    tally::count(ctx, new.action, |tally| &mut tally.dropped)?;
    ctx.emit(&OrderDeclined { number, target: old.target, account, reasons, timestampMs: now_ms })
}

pub(super) fn withdraw(ctx: &mut Ctx<'_>, number: u64) -> Result<(), Stop> {
    let old = effects::require(ctx, number)?;
    let status = effects::step(ctx, number, &old, Step::Withdraw)?;
    if ctx.caller() != old.issuer {
        return Err(Stop::revert(NotTheIssuer { number, issuer: old.issuer }));
    }
    effects::place(ctx, number)?.replace(ctx, &old, &Order { status, ..old })?;
    tally::count(ctx, old.action, |tally| &mut tally.dropped)?;
    ctx.emit(&OrderWithdrawn { number, target: old.target, timestampMs: ctx.timestamp_ms() })
}

/// The day on which an order was approved.
pub(super) fn day_of_approval(order: &Order) -> Day {
    Day::from_ms(order.decided_ms)
}
