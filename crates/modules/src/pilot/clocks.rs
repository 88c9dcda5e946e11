//! The clocks of a pilot: when each runs out.
//!
//! | clock                | starts                                         | length                      |
//! |----------------------|------------------------------------------------|-----------------------------|
//! | public comment       | day of publication                             | `comment_days` days         |
//! | adjustment reply     | day of the order, or of the refusal of a reply | working days of the order   |
//! | half-year assessment | day on which the pilot began                   | `assessment_months` for each so far, and one more |
//! | final assessment     | –                                              | the pilot's last day        |
//!
//! Only start and length are stored, so that a new table of working days moves what is still open.
//! Lengths are those of the parameters when the clock started.

use super::{
    abi::IPilot as api,
    duties::{self, Facts},
    hands,
    machine::State,
    state::{ADJUSTMENTS, Adjustment, PILOTS, PLANS, Pilot, Plan},
    terms::Clock,
};
use crate::{
    Ctx, Stop,
    calendar::{Day, Deadline},
    duties::Length,
};

/// End of the time for comments.
pub(super) fn comments(ctx: &mut Ctx<'_>, plan: &Plan) -> Result<Deadline, Stop> {
    Length::Days(plan.comment_days).last_day(ctx, Day::new(plan.published))
}

/// End of the time for the reply to an order.
pub(super) fn reply(ctx: &mut Ctx<'_>, order: &Adjustment) -> Result<Deadline, Stop> {
    Length::WorkingDays(order.working_days).last_day(ctx, Day::new(order.ordered))
}

/// End of the time for the next half-year assessment, or of the pilot if it ends before.
pub(super) fn interim(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot, plan: &Plan) -> Result<Deadline, Stop> {
    let facts = facts(ctx, id, pilot, plan)?;
    match duties::interim(&facts) {
        Some((_, start, length)) => length.last_day(ctx, start),
        None => Ok(end(plan)),
    }
}

/// End of the pilot.
pub(super) const fn end(plan: &Plan) -> Deadline {
    Deadline { day: Day::new(plan.end), provisional: false }
}

/// What the duties of a pilot follow from.
fn facts(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot, plan: &Plan) -> Result<Facts, Stop> {
    let state = hands::state_of(ctx, pilot)?;
    let order = (state == State::Adjusting).then(|| open_order(ctx, id, pilot)).transpose()?;
    let order = order.filter(|order| order.replied == 0);
    Ok(Facts {
        state,
        published: Day::new(plan.published),
        comment_days: plan.comment_days,
        objections: plan.open,
        start: Day::new(plan.start),
        assessment_months: plan.assessment_months,
        end: Day::new(plan.end),
        interims: pilot.interims,
        order: order.map(|order| (Day::new(order.ordered), order.working_days)),
        evaluated: pilot.evaluated,
        removal: pilot.removal,
    })
}

/// The order that an adjusting pilot is under.
pub(super) fn open_order(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot) -> Result<Adjustment, Stop> {
    let order = ADJUSTMENTS.map(ctx, id)?.find(ctx, pilot.adjustments.into())?;
    order.ok_or_else(|| ctx.fault("P1 a pilot is adjusting without an order"))
}

/// The clocks of a pilot that run now.
pub(super) fn clocks_of(ctx: &mut Ctx<'_>, call: api::clocksOfCall) -> Result<Vec<api::ClockRecord>, Stop> {
    let Some(pilot) = PILOTS.find(ctx, call.id)? else { return Ok(Vec::new()) };
    let plan = PLANS.get(ctx, call.id)?;
    let facts = facts(ctx, call.id, &pilot, &plan)?;
    let mut clocks: Vec<(Clock, Day, Length)> =
        duties::duties(&facts).into_iter().filter_map(|duty| duty.clock).collect();
    // Two duties may wait for one clock.
    clocks.dedup();
    let mut records = Vec::new();
    for (clock, start, length) in clocks {
        let deadline = length.last_day(ctx, start)?;
        records.push(api::ClockRecord {
            clock: clock.number(),
            lastDay: deadline.day.get(),
            provisional: deadline.provisional,
            passed: deadline.passed(ctx),
        });
    }
    Ok(records)
}
