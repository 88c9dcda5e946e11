//! Answers, corrections and disclosures, and who looked at what.

use super::{
    abi::IOrders::*,
    effects, people,
    state::Order,
    tally,
    terms::{Action, Status, Step},
};
use crate::{Ctx, Stop};
use ding_primitives::B256;

pub(super) fn answer(ctx: &mut Ctx<'_>, number: u64, digest: B256) -> Result<bool, Stop> {
    let old = effects::require(ctx, number)?;
    require_action(number, &old, old.action != Action::Disclose)?;
    let status = effects::step(ctx, number, &old, Step::Answer)?;
    people::require_target(ctx, number, &old)?;
    let new = Order { status, answer: require_digest(digest)?, ..old };
    let late = book(ctx, number, &old, &new)?;
    let (account, timestamp_ms) = (ctx.caller(), ctx.timestamp_ms());
    ctx.emit(&OrderAnswered {
        number,
        target: old.target,
        account,
        digest,
        late,
        timestampMs: timestamp_ms,
    })?;
    Ok(late)
}

pub(super) fn deliver(ctx: &mut Ctx<'_>, call: deliverCall) -> Result<bool, Stop> {
    let deliverCall { number, fields, digest } = call;
    let old = effects::require(ctx, number)?;
    require_action(number, &old, old.action == Action::Disclose)?;
    let status = effects::step(ctx, number, &old, Step::Answer)?;
    people::require_identity_authority(ctx, number, &old)?;
    require_part(number, old.scope, fields)?;
    let delivered = old.delivered | fields;
    let new = Order { status, delivered, answer: require_digest(digest)?, ..old };
    let late = book(ctx, number, &old, &new)?;
    let (account, timestamp_ms) = (ctx.caller(), ctx.timestamp_ms());
    ctx.emit(&IdentityDelivered {
        number,
        target: old.target,
        account,
        fields,
        digest,
        late,
        timestampMs: timestamp_ms,
    })?;
    Ok(late)
}

/// Writes an answer and counts it; gives whether it is late.
fn book(ctx: &mut Ctx<'_>, number: u64, old: &Order, new: &Order) -> Result<bool, Stop> {
    effects::place(ctx, number)?.replace(ctx, old, new)?;
    let late = effects::is_late(ctx, old)?;
    tally::count(ctx, old.action, |tally| &mut tally.answered)?;
    if late {
        tally::count(ctx, old.action, |tally| &mut tally.late)?;
    }
    Ok(late)
}

pub(super) fn settle(ctx: &mut Ctx<'_>, call: settleCall) -> Result<(), Stop> {
    let settleCall { number, accepted, digest, finding } = call;
    let old = effects::require(ctx, number)?;
    let status = effects::step(ctx, number, &old, if accepted { Step::Accept } else { Step::Reject })?;
    if people::is_orphan(ctx, &old)? {
        people::require_national(ctx)?;
    } else {
        require_authority(ctx, number, &old)?;
    }
    if digest != old.answer {
        return Err(Stop::revert(AnswerReplaced { number, answer: old.answer, digest }));
    }
    effects::place(ctx, number)?.replace(ctx, &old, &Order { status, ..old })?;
    let (account, timestamp_ms) = (ctx.caller(), ctx.timestamp_ms());
    ctx.emit(&OrderSettled {
        number,
        target: old.target,
        account,
        accepted,
        digest,
        finding,
        timestampMs: timestamp_ms,
    })
}

pub(super) fn look(ctx: &mut Ctx<'_>, call: lookCall) -> Result<(), Stop> {
    let lookCall { number, fields, matches } = call;
    let order = effects::require(ctx, number)?;
    require_action(number, &order, order.action == Action::Disclose)?;
    let status = order.status_at(ctx.timestamp_ms());
    let status = match status {
        Status::Settled if order.is_over(ctx.timestamp_ms()) => Status::Expired,
        status => status,
    };
    if !status.is_open_to_looks() {
        let refused = WrongOrderStatus { number, status: status.number(), step: Step::Look.number() };
        return Err(Stop::revert(refused));
    }
    require_authority(ctx, number, &order)?;
    require_part(number, order.delivered, fields)?;
    let (account, timestamp_ms) = (ctx.caller(), ctx.timestamp_ms());
    ctx.emit(&IdentityLooked {
        number,
        target: order.target,
        account,
        fields,
        matches,
        timestampMs: timestamp_ms,
    })
}

/// The caller acts for the organisation that issued the order, which still supervises the target.
fn require_authority(ctx: &mut Ctx<'_>, number: u64, order: &Order) -> Result<(), Stop> {
    let organisation = people::require_scope(ctx, order)?;
    if organisation == order.authority {
        return Ok(());
    }
    Err(Stop::revert(NotTheAuthority { number, authority: order.authority, organisation }))
}

fn require_action(number: u64, order: &Order, fits: bool) -> Result<(), Stop> {
    if fits { Ok(()) } else { Err(Stop::revert(WrongAction { number, action: order.action.number() })) }
}

fn require_digest(digest: B256) -> Result<B256, Stop> {
    if digest.is_zero() { Err(Stop::revert(DigestRequired {})) } else { Ok(digest) }
}

/// Some fields, all of them allowed.
fn require_part(number: u64, allowed: u32, asked: u32) -> Result<(), Stop> {
    if asked != 0 && asked & !allowed == 0 {
        return Ok(());
    }
    Err(Stop::revert(BeyondScope { number, allowed, asked }))
}
