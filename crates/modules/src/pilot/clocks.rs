//! The clocks of a pilot: when each runs out.
//!
//! | clock               | starts                        | length                                  |
//! |---------------------|-------------------------------|-----------------------------------------|
//! | public comment      | day of publication            | `comment_days` calendar days            |
//! | adjustment reply    | day of the order, or of the refusal of a reply | working days of the order |
//! | half-year assessment | day on which the pilot began | `assessment_months` for each one so far, and one more |
//! | final assessment    | –                             | the pilot's last day                    |
//!
//! Only start and length are stored, so that a new table of working days moves what is still open.

use super::{
    abi::IPilot as api,
    hands,
    machine::State,
    parameters,
    state::{ADJUSTMENTS, Adjustment, PILOTS, PLANS, Pilot, Plan},
    terms::Clock,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day, Deadline},
};

/// End of the time for comments.
pub(super) fn comments(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<Deadline, Stop> {
    calendar::after_days(ctx, Day::new(plan.published), plan.comment_days.into())
}

/// End of the time for the reply to an order.
pub(super) fn reply(ctx: &mut Ctx<'_>, order: &Adjustment) -> Result<Deadline, Stop> {
    calendar::after(ctx, Day::new(order.ordered), order.working_days)
}

/// End of the time for the next half-year assessment; `None` if the pilot ends before it.
pub(super) fn interim(ctx: &mut Ctx<'_>, plan: &Plan, interims: u16) -> Result<Option<Deadline>, Stop> {
    let start = Day::new(plan.start);
    let months = parameters::current(ctx)?.assessment_months.saturating_mul(interims.saturating_add(1));
    match start.plus_months(months) {
        // The rest after the matching day is what a period of no days from it adds.
        Some(day) if day < Day::new(plan.end) => calendar::after_days(ctx, day, 0).map(Some),
        _ => Ok(None),
    }
}

/// End of the pilot.
pub(super) const fn end(plan: &Plan) -> Deadline {
    Deadline { day: Day::new(plan.end), provisional: false }
}

/// The clocks of a pilot that run now.
pub(super) fn running(ctx: &mut Ctx<'_>, id: u32) -> Result<Vec<(Clock, Deadline)>, Stop> {
    let Some(pilot) = PILOTS.find(ctx, id)? else { return Ok(Vec::new()) };
    let plan = PLANS.get(ctx, id)?;
    let mut clocks = Vec::new();
    let state = hands::state_of(ctx, &pilot)?;
    match state {
        State::PublicComment => clocks.push((Clock::PublicComment, comments(ctx, &plan)?)),
        State::InProgress | State::Adjusting => {
            let order = (state == State::Adjusting).then(|| open_order(ctx, id, &pilot)).transpose()?;
            if let Some(order) = order.filter(|order| order.replied == 0) {
                clocks.push((Clock::AdjustmentReply, reply(ctx, &order)?));
            }
            let due = interim(ctx, &plan, pilot.interims)?;
            clocks.extend(due.map(|due| (Clock::InterimAssessment, due)));
            clocks.push((Clock::FinalAssessment, end(&plan)));
        }
        _ => {}
    }
    Ok(clocks)
}

/// The order that an adjusting pilot is under.
pub(super) fn open_order(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot) -> Result<Adjustment, Stop> {
    let order = ADJUSTMENTS.map(ctx, id)?.find(ctx, pilot.adjustments.into())?;
    order.ok_or_else(|| ctx.fault("P1 a pilot is adjusting without an order"))
}

/// The same for the interface.
pub(super) fn clocks_of(ctx: &mut Ctx<'_>, call: api::clocksOfCall) -> Result<Vec<api::ClockRecord>, Stop> {
    let clocks = running(ctx, call.id)?;
    Ok(clocks
        .into_iter()
        .map(|(clock, deadline)| api::ClockRecord {
            clock: clock.number(),
            lastDay: deadline.day.get(),
            provisional: deadline.provisional,
            passed: deadline.passed(ctx),
        })
        .collect())
}
