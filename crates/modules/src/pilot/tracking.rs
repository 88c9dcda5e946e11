//! From the list to the end: start, adjustments, assessments, acceptance, removal.

use super::{
    abi::IPilot as api,
    checks, clocks, goals,
    hands::{Taken, take},
    machine::Step,
    parameters, sources,
    state::{
        ADJUSTMENTS, Adjustment, EVALUATIONS, Evaluation, INDICATORS, PLANS, Parameters, Plan, REMOVALS,
        Removal,
    },
    terms::{Assessment, DocumentKind, Reason, Verdict},
};
use crate::{
    Ctx, Stop,
    calendar::{Day, Deadline},
};
use ding_primitives::{B256, limits};

/// Begins a listed pilot.
pub(super) fn start(ctx: &mut Ctx<'_>, call: api::startCall) -> Result<(), Stop> {
    let id = call.id;
    let mut taken = take(ctx, id, Step::Start)?;
    let Plan { listed, end, .. } = PLANS.get(ctx, id)?;
    checks::range("day of the start", taken.today, listed, end)?;
    if taken.pilot.chain_id == 0 {
        return Err(Stop::revert(api::NotDescribed { id }));
    }
    for number in goals::filings(ctx, id, taken.pilot.filings)? {
        goals::require_recorded(ctx, id, number)?;
    }
    let Parameters { report_days, assessment_months, .. } = parameters::current(ctx)?;
    taken.pilot.report_days = report_days;
    taken.save(ctx)?;
    let Taken { account, today, .. } = taken;
    let plan =
        taken.change_plan(ctx, |plan| (plan.start, plan.assessment_months) = (today, assessment_months))?;
    ctx.emit(&api::Started { id, endDay: plan.end, assessmentMonths: assessment_months, account, today })
}

/// Orders an adjustment.
pub(super) fn order_adjustment(ctx: &mut Ctx<'_>, call: api::orderAdjustmentCall) -> Result<u16, Stop> {
    let api::orderAdjustmentCall { id, workingDays, text } = call;
    let mut taken = take(ctx, id, Step::OrderAdjustment)?;
    checks::range("working days", workingDays, 1u16, limits::PILOT_REPLY_DAYS_MAX)?;
    checks::text("order", &text)?;
    let Taken { account, organisation, today, .. } = taken;
    let number = checks::more(taken.pilot.adjustments)?;
    (taken.pilot.adjustments, taken.pilot.evaluated) = (number, false);
    let order = checks::digest_of(ctx, &text)?;
    let adjustment =
        Adjustment { account, ordered: today, working_days: workingDays, order, ..Adjustment::default() };
    ADJUSTMENTS.map(ctx, id)?.cell(ctx, number.into())?.insert(ctx, &adjustment)?;
    taken.save(ctx)?;
    let Deadline { day, provisional } = clocks::reply(ctx, &adjustment)?;
    ctx.emit(&api::AdjustmentOrdered {
        id,
        number,
        organisation,
        workingDays,
        lastDay: day.get(),
        provisional,
        text,
        account,
        today,
    })?;
    Ok(number)
}

/// Replies to the open order.
pub(super) fn reply_adjustment(ctx: &mut Ctx<'_>, call: api::replyAdjustmentCall) -> Result<(), Stop> {
    let api::replyAdjustmentCall { id, text, report } = call;
    let taken = take(ctx, id, Step::ReplyAdjustment)?;
    checks::text("reply", &text)?;
    let Taken { account, today, .. } = taken;
    let order = clocks::open_order(ctx, id, &taken.pilot)?;
    let number = taken.pilot.adjustments;
    if order.replied != 0 {
        return Err(Stop::revert(api::RepliedBefore { id, number }));
    }
    let late = clocks::reply(ctx, &order)?.passed(ctx);
    let reply = checks::digest_of(ctx, &text)?;
    let replied = Adjustment { replied: today, late, reply, ..order };
    ADJUSTMENTS.map(ctx, id)?.cell(ctx, number.into())?.replace(ctx, &order, &replied)?;
    taken.save(ctx)?;
    ctx.emit(&api::AdjustmentReplied { id, number, late, text, report, account, today })
}

/// Accepts the reply or refuses it.
pub(super) fn settle_adjustment(ctx: &mut Ctx<'_>, call: api::settleAdjustmentCall) -> Result<(), Stop> {
    let api::settleAdjustmentCall { id, accepted, endDay, text } = call;
    let taken = take(ctx, id, if accepted { Step::AcceptReply } else { Step::RefuseReply })?;
    checks::text("finding", &text)?;
    let order = clocks::open_order(ctx, id, &taken.pilot)?;
    let number = taken.pilot.adjustments;
    if order.replied == 0 {
        return Err(Stop::revert(api::NotReplied { id, number }));
    }
    let place = ADJUSTMENTS.map(ctx, id)?.cell(ctx, number.into())?;
    let Taken { account, today, .. } = taken;
    if !accepted {
        checks::range("last day of the pilot, which a refusal leaves", endDay, 0u32, 0u32)?;
        let again = Adjustment { ordered: today, replied: 0, late: false, reply: B256::ZERO, ..order };
        place.replace(ctx, &order, &again)?;
        taken.save(ctx)?;
        let Deadline { day, provisional } = clocks::reply(ctx, &again)?;
        let (last_day, working_days) = (day.get(), order.working_days);
        return ctx.emit(&api::ReplyRefused {
            id,
            number,
            workingDays: working_days,
            lastDay: last_day,
            provisional,
            text,
            account,
            today,
        });
    }
    place.replace(ctx, &order, &Adjustment { settled: true, ..order })?;
    taken.save(ctx)?;
    if endDay != 0 {
        let last = today.saturating_add(parameters::current(ctx)?.duration_days.into());
        checks::range("last day of the pilot", endDay, today.saturating_add(1), last)?;
    }
    let plan = taken.change_plan(ctx, |plan| plan.end = if endDay == 0 { plan.end } else { endDay })?;
    ctx.emit(&api::ReplyAccepted { id, number, endDay: plan.end, text, account, today })
}

/// The entity assesses its pilot.
pub(super) fn assess(ctx: &mut Ctx<'_>, call: api::assessCall) -> Result<(), Stop> {
    let api::assessCall { id, kind, report, text } = call;
    let what = checks::known("kind of assessment", kind, Assessment::from_number(kind))?;
    let step = match what {
        Assessment::Interim => Step::AssessInterim,
        Assessment::Final => Step::AssessFinal,
    };
    let mut taken = take(ctx, id, step)?;
    checks::digest("assessment", report)?;
    checks::text("assessment", &text)?;
    let plan = PLANS.get(ctx, id)?;
    let late = match what {
        Assessment::Interim => {
            require_begun(&taken, &plan)?;
            let due = clocks::interim(ctx, id, &taken.pilot, &plan)?;
            taken.pilot.interims = checks::more(taken.pilot.interims)?;
            due.passed(ctx)
        }
        Assessment::Final => {
            require_values(ctx, &taken)?;
            clocks::end(&plan).passed(ctx)
        }
    };
    taken.save(ctx)?;
    let number = taken.pilot.interims;
    let Taken { account, today, .. } = taken;
    ctx.emit(&api::Assessed { id, kind, number, late, report, text, account, today })
}

/// A half-year is assessed once it began: not all of them on the first day.
fn require_begun(taken: &Taken, plan: &Plan) -> Result<(), Stop> {
    let months = plan.assessment_months.checked_mul(taken.pilot.interims);
    let begins = months.and_then(|months| Day::new(plan.start).plus_months(months));
    let begins = begins.ok_or_else(Stop::overflow)?.get();
    if taken.today >= begins {
        return Ok(());
    }
    checks::range("day of the half-year assessment", taken.today, begins, plan.end.max(begins))
}

/// A result can be judged only if every indicator has a value.
fn require_values(ctx: &mut Ctx<'_>, taken: &Taken) -> Result<(), Stop> {
    let indicators = INDICATORS.map(ctx, taken.id)?;
    for indicator in 0..taken.pilot.indicators {
        if indicators.get(ctx, indicator.into())?.entries == 0 {
            return Err(Stop::revert(api::NoValue { id: taken.id, indicator }));
        }
    }
    Ok(())
}

/// The competent department evaluates the result.
pub(super) fn evaluate(ctx: &mut Ctx<'_>, call: api::evaluateCall) -> Result<(), Stop> {
    let api::evaluateCall { id, verdict, report, text } = call;
    let mut taken = take(ctx, id, Step::Evaluate)?;
    checks::known("verdict", verdict, Verdict::from_number(verdict))?;
    checks::digest("evaluation", report)?;
    checks::text("evaluation", &text)?;
    if taken.pilot.evaluated {
        return Err(Stop::revert(api::EvaluatedBefore { id }));
    }
    let Taken { account, organisation, today, .. } = taken;
    taken.pilot.evaluated = true;
    EVALUATIONS.set(ctx, id, &Evaluation { account, verdict, day: today, report })?;
    taken.save(ctx)?;
    ctx.emit(&api::Evaluated { id, verdict, organisation, report, text, account, today })
}

/// The supervisor accepts the result.
pub(super) fn accept(ctx: &mut Ctx<'_>, call: api::acceptCall) -> Result<(), Stop> {
    let api::acceptCall { id, document } = call;
    let taken = take(ctx, id, Step::Accept)?;
    if !taken.pilot.evaluated {
        return Err(Stop::revert(api::NotEvaluated { id }));
    }
    if taken.pilot.removal {
        let account = REMOVALS.get(ctx, id)?.account;
        return Err(Stop::revert(api::RemovalPending { id, account }));
    }
    let evaluation = EVALUATIONS.get(ctx, id)?;
    if evaluation.verdict == Verdict::NotMet.number() {
        return Err(Stop::revert(api::GoalsNotMet { id }));
    }
    taken.require_other_hand(ctx, evaluation.account, Step::Evaluate)?;
    sources::document_or_none(ctx, document, DocumentKind::Acceptance)?;
    taken.save(ctx)?;
    taken.change_plan(ctx, |plan| plan.result = document)?;
    ctx.emit(&api::Accepted { id, document, account: taken.account, today: taken.today })
}

/// Proposes to take a pilot off the list.
pub(super) fn propose_removal(ctx: &mut Ctx<'_>, call: api::proposeRemovalCall) -> Result<(), Stop> {
    let api::proposeRemovalCall { id, reason, text } = call;
    let mut taken = take(ctx, id, Step::ProposeRemoval)?;
    checks::known("reason", reason, Reason::from_number(reason))?;
    checks::text("reason", &text)?;
    if taken.pilot.removal {
        let account = REMOVALS.get(ctx, id)?.account;
        return Err(Stop::revert(api::RemovalPending { id, account }));
    }
    let Taken { account, organisation, today, .. } = taken;
    taken.pilot.removal = true;
    let digest = checks::digest_of(ctx, &text)?;
    REMOVALS.set(ctx, id, &Removal { account, reason, day: today, text: digest })?;
    taken.save(ctx)?;
    ctx.emit(&api::RemovalProposed { id, reason, organisation, text, account, today })
}

/// Drops the proposal.
pub(super) fn drop_removal(ctx: &mut Ctx<'_>, call: api::dropRemovalCall) -> Result<(), Stop> {
    let api::dropRemovalCall { id, text } = call;
    let mut taken = take(ctx, id, Step::DropRemoval)?;
    checks::text("reason", &text)?;
    proposed(ctx, &taken)?;
    taken.pilot.removal = false;
    REMOVALS.set(ctx, id, &Removal::default())?;
    taken.save(ctx)?;
    ctx.emit(&api::RemovalDropped { id, text, account: taken.account, today: taken.today })
}

/// Takes a pilot off the list, as somebody else proposed.
pub(super) fn remove(ctx: &mut Ctx<'_>, call: api::removeCall) -> Result<(), Stop> {
    let api::removeCall { id, document } = call;
    let taken = take(ctx, id, Step::Remove)?;
    let proposal = proposed(ctx, &taken)?;
    taken.require_other_hand(ctx, proposal.account, Step::ProposeRemoval)?;
    sources::document_or_none(ctx, document, DocumentKind::Change)?;
    taken.save(ctx)?;
    taken.change_plan(ctx, |plan| plan.result = document)?;
    let Taken { account, today, .. } = taken;
    ctx.emit(&api::Removed { id, document, reason: proposal.reason, account, today })
}

fn proposed(ctx: &mut Ctx<'_>, taken: &Taken) -> Result<Removal, Stop> {
    if taken.pilot.removal {
        return REMOVALS.get(ctx, taken.id);
    }
    Err(Stop::revert(api::NoRemoval { id: taken.id }))
}
