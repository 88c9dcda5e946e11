//! What orders do to services and accounts, and how that is undone.

use super::{
    abi::IOrders::{NoSuchOrder, OrderLifted, TooManyFreezes, WrongOrderStatus},
    drafts,
    state::{FREEZES, Freezes, ORDERS, Order},
    tally,
    terms::{Action, Status, Step},
};
use crate::{
    Ctx, Stop,
    calendar::{self, Deadline},
    identity::{self, standing::NEVER_MS},
    services::{self, Suspension},
    storage::Cell,
};
use ding_primitives::Address;

pub(super) fn place(ctx: &mut Ctx<'_>, number: u64) -> Result<Cell<Order>, Stop> {
    ORDERS.cell(ctx, number)
}

pub(super) fn require(ctx: &mut Ctx<'_>, number: u64) -> Result<Order, Stop> {
    ORDERS.find(ctx, number)?.ok_or_else(|| Stop::revert(NoSuchOrder { number }))
}

/// The status to which a step leads now.
pub(super) fn step(ctx: &Ctx<'_>, number: u64, order: &Order, step: Step) -> Result<Status, Stop> {
    let status = order.status_at(ctx.timestamp_ms());
    let refused = || Stop::revert(WrongOrderStatus { number, status: status.number(), step: step.number() });
    step.next(order.action, status).ok_or_else(refused)
}

/// Last day to answer; `None` if nobody has to.
pub(super) fn due(ctx: &mut Ctx<'_>, order: &Order) -> Result<Option<Deadline>, Stop> {
    if order.working_days == 0 || order.decided_ms == 0 {
        return Ok(None);
    }
    calendar::after(ctx, drafts::day_of_approval(order), order.working_days).map(Some)
}

/// Whether the last day to answer is over.
pub(super) fn is_late(ctx: &mut Ctx<'_>, order: &Order) -> Result<bool, Stop> {
    Ok(due(ctx, order)?.is_some_and(|due| due.passed(ctx)))
}

/// An order was approved.
pub(super) fn begin(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    let Order { from_height, until_ms, target, .. } = *order;
    match order.action {
        Action::Suspend => {
            services::suspend(ctx, target, Suspension { reference: number, from_height, until_ms })
        }
        Action::Freeze => freeze(ctx, order.account(), number),
        _ => Ok(()),
    }
}

/// The order `by` lifts another one.
pub(super) fn lift(ctx: &mut Ctx<'_>, by: u64, from_height: u64, lifted: &Order) -> Result<(), Stop> {
    let Some(order) = ORDERS.find(ctx, by)? else { return Err(ctx.fault("R3 a lifting order exists")) };
    let number = order.refers_to;
    let status = step(ctx, number, lifted, Step::Undo)?;
    place(ctx, number)?.replace(ctx, lifted, &Order { status, ..*lifted })?;
    tally::count(ctx, lifted.action, |tally| &mut tally.lifted)?;
    ctx.emit(&OrderLifted { number, target: lifted.target, by, timestampMs: ctx.timestamp_ms() })?;
    end(ctx, number, from_height, lifted)
}

/// An order binds nobody any more, from a block on (0: the next one).
pub(super) fn end(ctx: &mut Ctx<'_>, number: u64, from_height: u64, order: &Order) -> Result<(), Stop> {
    match order.action {
        Action::Suspend if order.status_at(ctx.timestamp_ms()).is_live() => {
            let struck_off = services::status(ctx, order.target)? == Some(services::Status::Deregistered);
            if struck_off { Ok(()) } else { services::restore(ctx, order.target, number, from_height) }
        }
        Action::Freeze => thaw(ctx, order.account(), number),
        _ => Ok(()),
    }
}

/// Orders that freeze an account now.
pub(super) fn freezes(ctx: &mut Ctx<'_>, account: Address) -> Result<Vec<(u64, Order)>, Stop> {
    let now_ms = ctx.timestamp_ms();
    let mut live = Vec::new();
    for number in FREEZES.get(ctx, account)?.0 {
        if number == 0 {
            continue;
        }
        let order = require(ctx, number)?;
        if order.status_at(now_ms).is_live() {
            live.push((number, order));
        }
    }
    Ok(live)
}

fn freeze(ctx: &mut Ctx<'_>, account: Address, number: u64) -> Result<(), Stop> {
    let order = require(ctx, number)?;
    let mut live = freezes(ctx, account)?;
    live.push((number, order));
    keep(ctx, account, &live)
}

fn thaw(ctx: &mut Ctx<'_>, account: Address, number: u64) -> Result<(), Stop> {
    let mut live = freezes(ctx, account)?;
    live.retain(|(other, _)| *other != number);
    keep(ctx, account, &live)
}

/// Writes which orders freeze an account, and tells `identity` until when.
fn keep(ctx: &mut Ctx<'_>, account: Address, live: &[(u64, Order)]) -> Result<(), Stop> {
    let mut numbers = Freezes::default();
    let max = numbers.0.len();
    if live.len() > max {
        return Err(Stop::revert(TooManyFreezes { account, max: max as u64 }));
    }
    for (to, (number, _)) in numbers.0.iter_mut().zip(live) {
        *to = *number;
    }
    let cell = FREEZES.cell(ctx, account)?;
    let old = cell.get(ctx)?;
    cell.replace(ctx, &old, &numbers)?;
    identity::set_frozen(ctx, account, frozen_until(live))
}

/// Until when orders freeze an account together; 0 if none does.
pub(super) fn frozen_until(live: &[(u64, Order)]) -> u64 {
    let end = |order: &Order| if order.until_ms == 0 { NEVER_MS } else { order.until_ms };
    live.iter().map(|(_, order)| end(order)).max().unwrap_or_default()
}
