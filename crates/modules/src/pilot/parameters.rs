//! What the programme leaves open, set by a decision of the supervisors.

use super::{
    abi::IPilot::{self as api, IPilotCalls as C},
    checks,
    state::{PARAMETERS, Parameters},
};
use crate::{
    Ctx, Stop, dispatch,
    members::{self, proposals},
};
use alloy_sol_types::SolCall as _;
use ding_primitives::limits;

/// What the supervisors set, or the defaults.
pub(super) fn current(ctx: &mut Ctx<'_>) -> Result<Parameters, Stop> {
    Ok(PARAMETERS.find(ctx)?.unwrap_or(Parameters::DEFAULT))
}

/// Sets parameters.
pub(super) fn set(ctx: &mut Ctx<'_>, call: api::setParametersCall) -> Result<(), Stop> {
    let parameters = checked(&call)?;
    let decision = members::take_decision(ctx, &call.abi_encode())?;
    PARAMETERS.set(ctx, &parameters)?;
    let api::setParametersCall { commentDays, reportDays, durationDays, assessmentMonths } = call;
    ctx.emit(&api::ParametersSet { commentDays, reportDays, durationDays, assessmentMonths, decision })
}

/// Looks at a call that somebody proposes.
pub(super) fn check_proposal(input: &[u8]) -> Result<(), Stop> {
    match dispatch::decode_exact::<C>(input)? {
        C::setParameters(call) => checked(&call).map(|_| ()),
        _ => Err(proposals::not_decided_by_vote(super::state::ADDRESS, input)),
    }
}

/// What such a call would change.
pub(super) fn describe(input: &[u8]) -> Option<String> {
    let C::setParameters(call) = dispatch::decode_exact::<C>(input).ok()? else { return None };
    let Parameters { comment_days, report_days, duration_days, assessment_months } = checked(&call).ok()?;
    Some(format!(
        "give the public {comment_days} days for comments on a pilot, entities {report_days} days after a day to \
         report its values, pilots at most {duration_days} days, and ask for an assessment every \
         {assessment_months} months"
    ))
}

fn checked(call: &api::setParametersCall) -> Result<Parameters, Stop> {
    let api::setParametersCall { commentDays, reportDays, durationDays, assessmentMonths } = *call;
    checks::range("days of comment", commentDays, 1u16, limits::PILOT_COMMENT_DAYS_MAX)?;
    checks::range("days to report", reportDays, 0u16, limits::PILOT_REPORT_DAYS_MAX)?;
    let (least, most) = (limits::PILOT_DURATION_DAYS_MIN, limits::PILOT_DURATION_DAYS_MAX);
    checks::range("days of a pilot", durationDays, least, most)?;
    checks::range("months between assessments", assessmentMonths, 1u16, limits::PILOT_ASSESSMENT_MONTHS_MAX)?;
    Ok(Parameters {
        comment_days: commentDays,
        report_days: reportDays,
        duration_days: durationDays,
        assessment_months: assessmentMonths,
    })
}
