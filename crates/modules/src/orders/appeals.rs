//! Appeals: the target asks for another supervisor's decision.

use super::{
    abi::IOrders::*,
    drafts, effects, people,
    state::{APPEALS, Appeal, Order},
    tally,
    terms::{Appealed, Status, Step},
};
use crate::{Ctx, Stop, calendar};
use ding_primitives::B256;

/// Days in which an order can be appealed against (Administrative Reconsideration Law art. 20).
pub const APPEAL_DAYS: u32 = 60;
/// Days in which an appeal is to be decided (the same, art. 62).
pub const DECISION_DAYS: u32 = 60;

pub(super) fn appeal(ctx: &mut Ctx<'_>, number: u64, grounds: B256) -> Result<(), Stop> {
    let old = effects::require(ctx, number)?;
    people::require_target(ctx, number, &old)?;
    if grounds.is_zero() {
        return Err(Stop::revert(DigestRequired {}));
    }
    if old.appealed != Appealed::Not {
        return Err(Stop::revert(AppealedBefore { number, appeal: old.appealed.number() }));
    }
    let status = old.status_at(ctx.timestamp_ms());
    if Step::Revoke.next(old.action, status).is_none() {
        let refused = WrongOrderStatus { number, status: status.number(), step: Step::Appeal.number() };
        return Err(Stop::revert(refused));
    }
    let last = calendar::after_days(ctx, drafts::day_of_approval(&old), APPEAL_DAYS)?;
    let today = calendar::today(ctx);
    if last.passed(ctx) {
        let refused = AppealTooLate { number, lastDay: last.day.get(), today: today.get() };
        return Err(Stop::revert(refused));
    }
    let (account, now_ms) = (ctx.caller(), ctx.timestamp_ms());
    effects::place(ctx, number)?.replace(ctx, &old, &Order { appealed: Appealed::Open, ..old })?;
    let filed = Appeal { appellant: account, filed_ms: now_ms, grounds, ..Appeal::default() };
    APPEALS.cell(ctx, number)?.insert(ctx, &filed)?;
    tally::count(ctx, old.action, |tally| &mut tally.appealed)?;
    let due = calendar::after_days(ctx, today, DECISION_DAYS)?;
    let (target, due_day) = (old.target, due.day.get());
    ctx.emit(&AppealFiled { number, target, account, grounds, dueDay: due_day, timestampMs: now_ms })
}

pub(super) fn decide(ctx: &mut Ctx<'_>, call: decideAppealCall) -> Result<(), Stop> {
    let decideAppealCall { number, revoke, reasons } = call;
    let old = effects::require(ctx, number)?;
    people::require_national(ctx)?;
    for other in [old.issuer, old.second] {
        people::require_other(ctx, number, other)?;
    }
    if old.appealed != Appealed::Open {
        return Err(Stop::revert(NoOpenAppeal { number, appeal: old.appealed.number() }));
    }
    let cell = APPEALS.cell(ctx, number)?;
    let filed = cell.get(ctx)?;
    // Who supervises may be the target of an inquiry or a correction: it does not decide for itself.
    people::require_other(ctx, number, filed.appellant)?;
    if reasons.is_zero() {
        return Err(Stop::revert(DigestRequired {}));
    }
    // What was lifted or has expired meanwhile needs no revocation; the decision stands all the same.
    let status = old.status_at(ctx.timestamp_ms());
    let revoked = if revoke { Step::Revoke.next(old.action, status) } else { None };
    let appealed = if revoke { Appealed::Granted } else { Appealed::Upheld };
    let new = Order { appealed, status: revoked.unwrap_or(old.status), ..old };
    effects::place(ctx, number)?.replace(ctx, &old, &new)?;
    let (account, now_ms) = (ctx.caller(), ctx.timestamp_ms());
    cell.replace(ctx, &filed, &Appeal { decider: account, decided_ms: now_ms, reasons, ..filed })?;
    if revoke {
        tally::count(ctx, old.action, |tally| &mut tally.granted)?;
    }
    ctx.emit(&AppealDecided {
        number,
        target: old.target,
        account,
        revoked: revoke,
        reasons,
        timestampMs: now_ms,
    })?;
    if revoked == Some(Status::Revoked) { effects::end(ctx, number, 0, &old) } else { Ok(()) }
}
