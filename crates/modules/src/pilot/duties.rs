//! What whom must do next with a pilot, and by when: the module's clocks and the read model's queue
//! ask the same function.
//!
//! | what                    | from the events                                                        |
//! |-------------------------|------------------------------------------------------------------------|
//! | `state`                 | every step ([`super::machine`])                                        |
//! | `published`, `comment_days` | `Published`: today, commentDays                                    |
//! | `objections`            | `Commented` of kind objection and without `Answered`                   |
//! | `start`, `assessment_months` | `Started`: today, assessmentMonths                                |
//! | `end`                   | `Recommended`: endDay; `ReplyAccepted`: endDay                         |
//! | `interims`              | number of `Assessed` of kind interim                                   |
//! | `order`                 | `AdjustmentOrdered`, `ReplyRefused`: today, workingDays; `AdjustmentReplied` ends it |
//! | `evaluated`             | `Evaluated`; `AdjustmentOrdered` ends it                               |
//! | `removal`               | `RemovalProposed`; `RemovalDropped` ends it                            |

use super::{
    machine::{State, Step},
    terms::{Clock, Party},
};
use crate::{calendar::Day, duties::Length};

/// What the duties of a pilot follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Where it stands.
    pub state: State,
    /// First day of comments.
    pub published: Day,
    /// Days of comment.
    pub comment_days: u16,
    /// Objections without an answer.
    pub objections: u32,
    /// Day on which it began.
    pub start: Day,
    /// Months from one assessment to the next.
    pub assessment_months: u16,
    /// Its last day.
    pub end: Day,
    /// Half-year assessments so far.
    pub interims: u16,
    /// Start and working days of the order that waits for a reply.
    pub order: Option<(Day, u16)>,
    /// Whether the present result was evaluated.
    pub evaluated: bool,
    /// Whether its removal is proposed.
    pub removal: bool,
}

/// Something that somebody must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The step.
    pub step: Step,
    /// Who may take it.
    pub by: &'static [Party],
    /// The clock that runs for it, with its start and length; `None` if the law sets no time.
    pub clock: Option<(Clock, Day, Length)>,
}

/// The duties of a pilot. For the listing the clock says when the public's time is over, and the
/// duty begins. The clock of the final assessment runs on while an order is open, though the step
/// waits until the order is settled.
pub fn duties(facts: &Facts) -> Vec<Duty> {
    let duty = |step: Step, clock| Duty { step, by: step.rule().map_or(&[], |rule| rule.by), clock };
    let mut duties = match facts.state {
        State::Recommended => vec![duty(Step::Review, None)],
        State::Reviewed => vec![duty(Step::Publish, None)],
        State::PublicComment => {
            let clock = Some((Clock::PublicComment, facts.published, Length::Days(facts.comment_days)));
            let answer = (facts.objections > 0).then(|| duty(Step::Answer, clock));
            answer.into_iter().chain([duty(Step::List, clock)]).collect()
        }
        State::Listed => vec![duty(Step::Start, None)],
        State::InProgress => running(facts).map(|(step, clock)| duty(step, Some(clock))).collect(),
        State::Adjusting => {
            let reply = match facts.order {
                Some((start, days)) => {
                    let clock = (Clock::AdjustmentReply, start, Length::WorkingDays(days));
                    duty(Step::ReplyAdjustment, Some(clock))
                }
                None => duty(Step::AcceptReply, None),
            };
            let others = running(facts).map(|(step, clock)| duty(step, Some(clock)));
            core::iter::once(reply).chain(others).collect()
        }
        State::SelfAssessed if facts.evaluated => vec![duty(Step::Accept, None)],
        State::SelfAssessed => vec![duty(Step::Evaluate, None)],
        State::Accepted | State::Removed | State::Declined | State::Withdrawn => Vec::new(),
    };
    if facts.removal && !facts.state.is_final() {
        duties.push(duty(Step::Remove, None));
    }
    duties
}

/// The assessments of a pilot that runs.
fn running(facts: &Facts) -> impl Iterator<Item = (Step, (Clock, Day, Length))> {
    let end = (Step::AssessFinal, (Clock::FinalAssessment, facts.end, Length::Fixed));
    interim(facts).map(|clock| (Step::AssessInterim, clock)).into_iter().chain([end])
}

/// The clock of the next half-year assessment; `None` if the pilot ends before it.
pub fn interim(facts: &Facts) -> Option<(Clock, Day, Length)> {
    let months = facts.assessment_months.checked_mul(facts.interims.checked_add(1)?)?;
    facts.start.plus_months(months).filter(|day| *day < facts.end)?;
    Some((Clock::InterimAssessment, facts.start, Length::Months(months)))
}
