//! The state machine of `filing`: one table of every step, who takes it, from which states to which,
//! and the clock it starts.
//!
//! A service moves on four tracks at once: its filing, a reported change, inspection and correction,
//! and the notice of its end. Objections, measures, assessments and campaigns are items with a track
//! of their own. State 0 begins each track.
//!
//! Whoever takes a step and whoever checks a history ask the same question: [`Step::allows`].

use super::terms::{Clock, terms};
use core::fmt;

terms! {
    /// What a step moves.
    Track (8) {
        /// The filing of a service.
        Filing = 1, "filing";
        /// A reported change.
        Change = 2, "change";
        /// Inspection and correction.
        Inspection = 3, "inspection";
        /// Notice of the end of a service.
        Termination = 4, "termination";
        /// An objection.
        Objection = 5, "objection";
        /// A measure.
        Penalty = 6, "penalty";
        /// A security assessment.
        Assessment = 7, "assessment";
        /// A campaign of inspection.
        Campaign = 8, "campaign";
    }
}

terms! {
    /// State on a track. The system's own screens show 1 as not reviewed, 2 and 3 as under review, 4
    /// as not passed, 5 and beyond as passed.
    #[derive(Default)]
    State (24) {
        /// Every track begins here: nothing is filed, reported, asked for or announced.
        #[default]
        None = 0, "none";
        /// Declared, not filed; its clock may run.
        Draft = 1, "draft";
        /// Filed; a decision is due.
        Submitted = 2, "submitted";
        /// Passed on by the provincial administration; the same decision is due.
        Forwarded = 3, "forwarded";
        /// Sent back with reasons.
        Returned = 4, "returned";
        /// Recorded under a number.
        Recorded = 5, "recorded";
        /// Recorded and warned.
        Warned = 6, "warned";
        /// Recorded and suspended.
        Suspended = 7, "suspended";
        /// Struck off.
        Deregistered = 8, "deregistered";
        /// Taken back before it was recorded.
        Withdrawn = 9, "withdrawn";
        /// A change is reported and not decided.
        ChangePending = 11, "change-pending";
        /// Information is asked for.
        InspectionDue = 21, "inspection-due";
        /// The provider answered.
        Answered = 22, "answered";
        /// Ordered to correct.
        Rectifying = 23, "rectifying";
        /// The provider says it corrected.
        Rectified = 24, "rectified";
        /// The end is announced.
        Notified = 31, "termination-notified";
        /// An objection, an assessment or a fine awaits a decision, or a campaign runs.
        Open = 41, "open";
        /// An objection was upheld.
        Upheld = 42, "upheld";
        /// An objection was dismissed.
        Dismissed = 43, "dismissed";
        /// A measure stands.
        Imposed = 51, "imposed";
        /// A proposed fine was given up.
        Dropped = 52, "dropped";
        /// A fine was paid.
        Settled = 53, "settled";
        /// An assessment was passed, or a campaign closed.
        Done = 61, "done";
        /// An assessment was refused.
        Refused = 62, "refused";
    }
}

impl State {
    /// Whether a filing in this state is under a live number.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Recorded | Self::Warned | Self::Suspended)
    }

    /// Whether a filing in this state has ended: none of its clocks runs any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Deregistered | Self::Withdrawn)
    }
}

terms! {
    /// Who takes a step.
    Actor (4) {
        /// The provider of the service.
        Provider = 1, "provider";
        /// The provincial administration of the provider's division.
        Provincial = 2, "provincial";
        /// The national administration.
        Supervisor = 3, "supervisor";
        /// Any account.
        Anyone = 4, "anyone";
    }
}

terms! {
    /// A step.
    Step (39) {
        /// Declare a service.
        Declare = 1, "declare";
        /// Submit a declared service.
        Submit = 2, "submit";
        /// Enter a filing of the earlier register.
        Import = 3, "import";
        /// Take a filing back.
        Withdraw = 4, "withdraw";
        /// Send a filing back with reasons.
        Return = 5, "return";
        /// Submit a returned filing again.
        Resubmit = 6, "resubmit";
        /// Pass a filing on.
        Forward = 7, "forward";
        /// Record with a number, second hand.
        Record = 8, "record";
        /// Warn.
        Warn = 9, "warn";
        /// Suspend.
        Suspend = 10, "suspend";
        /// Lift a warning or suspension.
        Restore = 11, "restore";
        /// Strike off.
        Deregister = 12, "deregister";
        /// First hand of a record; moves nothing.
        ProposeRecord = 13, "propose-record";
        /// Publish in a batch; moves nothing, starts the clock for objections.
        Publish = 14, "publish";
        /// Report a change.
        ReportChange = 20, "report-change";
        /// Accept a change.
        AcceptChange = 21, "accept-change";
        /// Send a change back.
        ReturnChange = 22, "return-change";
        /// Ask for information.
        Inspect = 30, "inspect";
        /// Answer.
        Answer = 31, "answer";
        /// Close an inspection.
        Pass = 32, "pass";
        /// Order to correct.
        Rectify = 33, "rectify";
        /// Report the correction.
        ReportRectified = 34, "report-rectified";
        /// Accept the correction.
        AcceptRectified = 35, "accept-rectified";
        /// Refuse the correction and order it again.
        RefuseRectified = 36, "refuse-rectified";
        /// Announce the end.
        NotifyTermination = 40, "notify-termination";
        /// Take the announcement back.
        CancelTermination = 41, "cancel-termination";
        /// Object.
        Object = 50, "object";
        /// Uphold an objection.
        Uphold = 51, "uphold";
        /// Dismiss an objection.
        Dismiss = 52, "dismiss";
        /// Propose a fine, first hand.
        ProposeFine = 60, "propose-fine";
        /// Impose a fine, second hand.
        ImposeFine = 61, "impose-fine";
        /// Give a proposed fine up.
        DropFine = 62, "drop-fine";
        /// Book a fine as paid.
        SettleFine = 63, "settle-fine";
        /// Enter an order, warning or suspension in the register of measures.
        EnterMeasure = 64, "enter-measure";
        /// Report an assessment.
        ReportAssessment = 70, "report-assessment";
        /// Find an assessment sufficient.
        PassAssessment = 71, "pass-assessment";
        /// Find an assessment insufficient.
        RefuseAssessment = 72, "refuse-assessment";
        /// Open a campaign of inspection.
        OpenCampaign = 80, "open-campaign";
        /// Close a campaign of inspection.
        CloseCampaign = 81, "close-campaign";
    }
}

/// What a step does to its track's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// No clock runs after it.
    Stops,
    /// The clock that runs goes on.
    Keeps,
    /// This clock starts. [`Clock::File`] is [`Clock::MakeUp`] for services older than the Provisions.
    Starts(Clock),
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What the step moves.
    pub track: Track,
    /// States it starts from.
    pub from: &'static [State],
    /// State it leads to; `None`: the state stays.
    pub to: Option<State>,
    /// Who may take it.
    pub by: &'static [Actor],
    /// States of the filing while which it may be taken; empty where the filing is what moves, or no
    /// filing is concerned.
    pub during: &'static [State],
    /// What becomes of the clock.
    pub timing: Timing,
}

const PROVIDER: &[Actor] = &[Actor::Provider];
const PROVINCIAL: &[Actor] = &[Actor::Provincial];
const SUPERVISOR: &[Actor] = &[Actor::Supervisor];
const AUTHORITY: &[Actor] = &[Actor::Provincial, Actor::Supervisor];
const ANYONE: &[Actor] = &[Actor::Anyone];

const NEW: &[State] = &[State::None];
const OPEN: &[State] = &[State::Open];
const RECEIVED: &[State] = &[State::Submitted, State::Forwarded];
const LIVE: &[State] = &[State::Recorded, State::Warned, State::Suspended];
const PUNISHED: &[State] = &[State::Warned, State::Suspended];
const BEFORE: &[State] = &[State::Draft, State::Submitted, State::Forwarded, State::Returned];
const UNENDED: &[State] = &[
    State::Draft,
    State::Submitted,
    State::Forwarded,
    State::Returned,
    State::Recorded,
    State::Warned,
    State::Suspended,
];
const ANY: &[State] = &[
    State::Draft,
    State::Submitted,
    State::Forwarded,
    State::Returned,
    State::Recorded,
    State::Warned,
    State::Suspended,
    State::Deregistered,
    State::Withdrawn,
];

impl Step {
    /// The table.
    pub const fn rule(self) -> Rule {
        use Timing::{Keeps, Starts, Stops};
        match self {
            Self::Declare => filing(NEW, State::Draft, PROVIDER, Starts(Clock::File)),
            Self::Submit => filing(&[State::Draft], State::Submitted, PROVIDER, Starts(Clock::Decide)),
            Self::Import => filing(NEW, State::Submitted, SUPERVISOR, Starts(Clock::Decide)),
            Self::Withdraw => filing(BEFORE, State::Withdrawn, PROVIDER, Stops),
            Self::Return => filing(RECEIVED, State::Returned, AUTHORITY, Starts(Clock::Supplement)),
            Self::Resubmit => filing(&[State::Returned], State::Submitted, PROVIDER, Starts(Clock::Decide)),
            Self::Forward => filing(&[State::Submitted], State::Forwarded, PROVINCIAL, Keeps),
            Self::ProposeRecord => Rule { to: None, ..filing(RECEIVED, State::None, SUPERVISOR, Keeps) },
            Self::Record => filing(RECEIVED, State::Recorded, SUPERVISOR, Stops),
            Self::Publish => Rule { to: None, ..filing(LIVE, State::None, SUPERVISOR, Keeps) },
            Self::Warn => filing(&[State::Recorded], State::Warned, AUTHORITY, Starts(Clock::Correct)),
            Self::Suspend => filing(&[State::Recorded, State::Warned], State::Suspended, AUTHORITY, Stops),
            Self::Restore => filing(PUNISHED, State::Recorded, AUTHORITY, Stops),
            Self::Deregister => filing(LIVE, State::Deregistered, AUTHORITY, Stops),
            Self::ReportChange => {
                change(NEW, State::ChangePending, PROVIDER, LIVE, Starts(Clock::DecideChange))
            }
            Self::AcceptChange => change(&[State::ChangePending], State::None, AUTHORITY, LIVE, Stops),
            Self::ReturnChange => change(&[State::ChangePending], State::None, AUTHORITY, LIVE, Stops),
            Self::Inspect => inspection(NEW, State::InspectionDue, AUTHORITY, LIVE, Starts(Clock::Answer)),
            Self::Answer => inspection(&[State::InspectionDue], State::Answered, PROVIDER, LIVE, Stops),
            Self::Pass => inspection(&[State::Answered], State::None, AUTHORITY, LIVE, Stops),
            Self::Rectify => {
                let from = &[State::None, State::InspectionDue, State::Answered];
                inspection(from, State::Rectifying, AUTHORITY, UNENDED, Starts(Clock::Correct))
            }
            Self::ReportRectified => {
                inspection(&[State::Rectifying], State::Rectified, PROVIDER, UNENDED, Stops)
            }
            Self::AcceptRectified => inspection(&[State::Rectified], State::None, AUTHORITY, UNENDED, Stops),
            Self::RefuseRectified => {
                let from = &[State::Rectified];
                inspection(from, State::Rectifying, AUTHORITY, UNENDED, Starts(Clock::Correct))
            }
            Self::NotifyTermination => {
                let track = Track::Termination;
                item(track, NEW, State::Notified, PROVIDER, LIVE, Starts(Clock::Terminate))
            }
            Self::CancelTermination => {
                item(Track::Termination, &[State::Notified], State::None, PROVIDER, LIVE, Stops)
            }
            Self::Object => {
                item(Track::Objection, NEW, State::Open, ANYONE, LIVE, Starts(Clock::DecideObjection))
            }
            Self::Uphold => item(Track::Objection, OPEN, State::Upheld, SUPERVISOR, ANY, Stops),
            Self::Dismiss => item(Track::Objection, OPEN, State::Dismissed, SUPERVISOR, ANY, Stops),
            Self::ProposeFine => item(Track::Penalty, NEW, State::Open, AUTHORITY, ANY, Stops),
            Self::ImposeFine => item(Track::Penalty, OPEN, State::Imposed, AUTHORITY, ANY, Stops),
            Self::DropFine => item(Track::Penalty, OPEN, State::Dropped, AUTHORITY, ANY, Stops),
            Self::SettleFine => {
                item(Track::Penalty, &[State::Imposed], State::Settled, AUTHORITY, ANY, Stops)
            }
            Self::EnterMeasure => item(Track::Penalty, NEW, State::Imposed, AUTHORITY, UNENDED, Stops),
            Self::ReportAssessment => {
                let track = Track::Assessment;
                item(track, NEW, State::Open, PROVIDER, UNENDED, Starts(Clock::DecideAssessment))
            }
            Self::PassAssessment => item(Track::Assessment, OPEN, State::Done, AUTHORITY, ANY, Stops),
            Self::RefuseAssessment => item(Track::Assessment, OPEN, State::Refused, AUTHORITY, ANY, Stops),
            Self::OpenCampaign => item(Track::Campaign, NEW, State::Open, AUTHORITY, &[], Stops),
            Self::CloseCampaign => item(Track::Campaign, OPEN, State::Done, AUTHORITY, &[], Stops),
        }
    }

    /// Whether the step leads from one state to another, taken by this actor while the filing is in
    /// this status.
    pub fn allows(self, from: State, to: State, by: Actor, status: State) -> bool {
        let rule = self.rule();
        rule.from.contains(&from)
            && rule.to.unwrap_or(from) == to
            && rule.by.contains(&by)
            && (rule.during.is_empty() || rule.during.contains(&status))
    }
}

const fn filing(from: &'static [State], to: State, by: &'static [Actor], timing: Timing) -> Rule {
    item(Track::Filing, from, to, by, &[], timing)
}

const fn change(
    from: &'static [State],
    to: State,
    by: &'static [Actor],
    during: &'static [State],
    timing: Timing,
) -> Rule {
    item(Track::Change, from, to, by, during, timing)
}

const fn inspection(
    from: &'static [State],
    to: State,
    by: &'static [Actor],
    during: &'static [State],
    timing: Timing,
) -> Rule {
    item(Track::Inspection, from, to, by, during, timing)
}

const fn item(
    track: Track,
    from: &'static [State],
    to: State,
    by: &'static [Actor],
    during: &'static [State],
    timing: Timing,
) -> Rule {
    Rule { track, from, to: Some(to), by, during, timing }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_state_but_the_first_is_reached_and_every_open_one_is_left() {
        for track in Track::ALL {
            let rules = || Step::ALL.map(Step::rule).into_iter().filter(move |rule| rule.track == track);
            let mut reached = BTreeSet::from([State::None]);
            for _ in 0..Step::ALL.len() {
                let next = rules().filter(|rule| rule.from.iter().any(|from| reached.contains(from)));
                reached.extend(next.filter_map(|rule| rule.to).collect::<Vec<_>>());
            }
            for rule in rules() {
                assert!(rule.from.iter().all(|from| reached.contains(from)), "{track}: {rule:?}");
            }
            let ends = [
                State::Deregistered,
                State::Withdrawn,
                State::Upheld,
                State::Dismissed,
                State::Imposed,
                State::Dropped,
                State::Settled,
                State::Done,
                State::Refused,
            ];
            for state in reached {
                let left = rules().any(|rule| rule.from.contains(&state) && rule.to.is_some());
                assert!(left || ends.contains(&state), "{track}: no way out of {state}");
            }
        }
    }

    #[test]
    fn nothing_leaves_an_ended_filing_and_a_provider_never_decides() {
        for step in Step::ALL {
            let rule = step.rule();
            if rule.track == Track::Filing {
                assert!(!rule.from.iter().any(|state| state.is_final()), "{step}");
            }
            let decides = rule.to.is_some_and(|to| {
                matches!(
                    to,
                    State::Recorded | State::Upheld | State::Dismissed | State::Imposed | State::Deregistered
                )
            });
            assert!(!decides || !rule.by.iter().any(|by| matches!(by, Actor::Provider | Actor::Anyone)));
        }
    }

    #[test]
    fn a_step_is_allowed_only_as_its_row_says() {
        use {Actor as A, State as S};
        assert!(Step::Record.allows(S::Forwarded, S::Recorded, A::Supervisor, S::Forwarded));
        assert!(!Step::Record.allows(S::Returned, S::Recorded, A::Supervisor, S::Returned));
        assert!(!Step::Record.allows(S::Submitted, S::Recorded, A::Provincial, S::Submitted));
        assert!(!Step::Record.allows(S::Submitted, S::Warned, A::Supervisor, S::Submitted));
        assert!(Step::ReportChange.allows(S::None, S::ChangePending, A::Provider, S::Warned));
        assert!(!Step::ReportChange.allows(S::None, S::ChangePending, A::Provider, S::Submitted));
        assert!(Step::ProposeRecord.allows(S::Submitted, S::Submitted, A::Supervisor, S::Submitted));
    }
}
