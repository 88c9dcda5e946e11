//! The life of a pilot as one table: which step, in which state, by whom, leading where.
//!
//! ```text
//! Recommended -> Reviewed -> PublicComment (7 days) -> Listed -> InProgress -> SelfAssessed -> Accepted
//!      |          |   |          |                      ^ |       |    ^           | |
//!      |          |   +-- entered from an old list -----+ |       v    |           | |
//!      +----------+--------------+-> Declined, Withdrawn  |     Adjusting <--------+ |
//!                                                         +---------+---> Removed <--+
//! ```
//!
//! A pilot that was listed before this ledger began is entered with its old list; whoever reviewed it
//! does not enter it.

use super::terms::{Party, vocabulary};

vocabulary! {
    /// Where a pilot stands.
    State {
        /// A region or department recommended it; goals are being written.
        Recommended = 1 "recommended" "已推荐";
        /// The supervisor reviewed it; its goals are fixed.
        Reviewed = 2 "reviewed" "已审核";
        /// It is open to comments of the public.
        PublicComment = 3 "public-comment" "公示中";
        /// It is on the list.
        Listed = 4 "listed" "已入选";
        /// It runs.
        InProgress = 5 "in-progress" "进行中";
        /// It runs, under an order to adjust.
        Adjusting = 6 "adjusting" "调整中";
        /// The entity ended it with an assessment of its own.
        SelfAssessed = 7 "self-assessed" "已自评";
        /// The supervisor accepted the result. Final.
        Accepted = 8 "accepted" "已验收";
        /// It was taken off the list. Final.
        Removed = 9 "removed" "已移出";
        /// The supervisor did not put it on the list. Final.
        Declined = 10 "declined" "未入选";
        /// The organisation that recommended it took it back. Final.
        Withdrawn = 11 "withdrawn" "已撤回";
    }
}

impl State {
    /// Whether no step leads out of it, and the pilot occupies neither its zone nor its field.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Accepted | Self::Removed | Self::Declined | Self::Withdrawn)
    }
}

vocabulary! {
    /// What can be done with a pilot.
    Step {
        /// Write its goals: add or change an indicator.
        Plan = 1 "plan" "制定目标";
        /// Say on which chain and nodes it runs.
        Describe = 2 "describe" "填报基础信息";
        /// Name or drop the filing number of a service it uses.
        NameFiling = 3 "name-filing" "登记备案编号";
        /// Review it favourably.
        Review = 4 "review" "审核";
        /// Open it to comments of the public.
        Publish = 5 "publish" "公示";
        /// Comment on it.
        Comment = 6 "comment" "提出意见";
        /// Answer comments.
        Answer = 7 "answer" "答复意见";
        /// Put it on the list.
        List = 8 "list" "入选";
        /// Not put it on the list.
        Decline = 9 "decline" "不予入选";
        /// Take the recommendation back.
        Withdraw = 10 "withdraw" "撤回推荐";
        /// Assign its competent department.
        Assign = 11 "assign" "确定主管监管部门";
        /// Begin.
        Start = 12 "start" "启动";
        /// Report the value of an indicator.
        Report = 13 "report" "填报";
        /// Correct a value by a new entry.
        Correct = 14 "correct" "更正";
        /// Order an adjustment.
        OrderAdjustment = 15 "order-adjustment" "责令调整";
        /// Reply to the order.
        ReplyAdjustment = 16 "reply-adjustment" "答复调整";
        /// Refuse the reply: the order stands, with a new clock.
        RefuseReply = 17 "refuse-reply" "退回答复";
        /// Accept the reply: the pilot goes on.
        AcceptReply = 18 "accept-reply" "认可答复";
        /// Half-year assessment of its own.
        AssessInterim = 19 "assess-interim" "半年评估";
        /// Final assessment of its own.
        AssessFinal = 20 "assess-final" "终期评估";
        /// Evaluate the result.
        Evaluate = 21 "evaluate" "评价";
        /// Accept the result.
        Accept = 22 "accept" "验收";
        /// Propose to take it off the list.
        ProposeRemoval = 23 "propose-removal" "提请移出";
        /// Drop that proposal.
        DropRemoval = 24 "drop-removal" "撤销提请";
        /// Take it off the list.
        Remove = 25 "remove" "移出";
        /// Enter it as listed before this ledger began.
        Enter = 26 "enter" "补录";
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The step.
    pub step: Step,
    /// The states in which it is taken.
    pub from: &'static [State],
    /// The state it leads to; `None` if the pilot stays where it is.
    pub to: Option<State>,
    /// Who takes it.
    pub by: &'static [Party],
}

use self::State::{
    Accepted, Adjusting, Declined, InProgress, Listed, PublicComment, Recommended, Removed, Reviewed,
    SelfAssessed, Withdrawn,
};
use Party::{Anyone, Competent, Entity, Recommender, Supervisor};

const BEFORE_THE_LIST: &[State] = &[Recommended, Reviewed, PublicComment];
const ON_THE_LIST: &[State] = &[Listed, InProgress, Adjusting, SelfAssessed];
const RUNNING: &[State] = &[InProgress, Adjusting];
const LIVE: &[State] = &[Recommended, Reviewed, PublicComment, Listed, InProgress, Adjusting, SelfAssessed];
const BEFORE_THE_END: &[State] = &[Recommended, Reviewed, PublicComment, Listed, InProgress, Adjusting];
const WATCHERS: &[Party] = &[Competent, Supervisor];
const APPLICANTS: &[Party] = &[Entity, Recommender];

/// The table. Every step has one row.
pub const RULES: &[Rule] = &[
    row(Step::Plan, &[Recommended, Adjusting], None, APPLICANTS),
    row(Step::Describe, BEFORE_THE_END, None, APPLICANTS),
    row(Step::NameFiling, BEFORE_THE_END, None, APPLICANTS),
    row(Step::Review, &[Recommended], Some(Reviewed), &[Supervisor]),
    row(Step::Publish, &[Reviewed], Some(PublicComment), &[Supervisor]),
    row(Step::Comment, &[PublicComment], None, &[Anyone]),
    row(Step::Answer, &[PublicComment], None, &[Supervisor]),
    row(Step::List, &[PublicComment], Some(Listed), &[Supervisor]),
    row(Step::Enter, &[Reviewed], Some(Listed), &[Supervisor]),
    row(Step::Decline, BEFORE_THE_LIST, Some(Declined), &[Supervisor]),
    row(Step::Withdraw, BEFORE_THE_LIST, Some(Withdrawn), &[Recommender]),
    row(Step::Assign, LIVE, None, &[Supervisor]),
    row(Step::Start, &[Listed], Some(InProgress), &[Entity]),
    row(Step::Report, RUNNING, None, &[Entity]),
    row(Step::Correct, &[InProgress, Adjusting, SelfAssessed], None, &[Entity]),
    row(Step::OrderAdjustment, &[InProgress, SelfAssessed], Some(Adjusting), WATCHERS),
    row(Step::ReplyAdjustment, &[Adjusting], None, &[Entity]),
    row(Step::RefuseReply, &[Adjusting], None, WATCHERS),
    row(Step::AcceptReply, &[Adjusting], Some(InProgress), WATCHERS),
    row(Step::AssessInterim, RUNNING, None, &[Entity]),
    row(Step::AssessFinal, &[InProgress], Some(SelfAssessed), &[Entity]),
    row(Step::Evaluate, &[SelfAssessed], None, &[Competent]),
    row(Step::Accept, &[SelfAssessed], Some(Accepted), &[Supervisor]),
    row(Step::ProposeRemoval, ON_THE_LIST, None, WATCHERS),
    row(Step::DropRemoval, ON_THE_LIST, None, WATCHERS),
    row(Step::Remove, ON_THE_LIST, Some(Removed), &[Supervisor]),
];

const fn row(step: Step, from: &'static [State], to: Option<State>, by: &'static [Party]) -> Rule {
    Rule { step, from, to, by }
}

impl Step {
    /// Its row of the table.
    pub fn rule(self) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.step == self)
    }

    /// The state that this step leads to; `None` if it is not taken in this state.
    pub fn next(self, state: State) -> Option<State> {
        let rule = self.rule().filter(|rule| rule.from.contains(&state))?;
        Some(rule.to.unwrap_or(state))
    }

    /// The states in which it is taken, for sentences.
    pub fn states(self) -> String {
        let states = self.rule().map_or(&[][..], |rule| rule.from);
        states.iter().map(|state| state.name()).collect::<Vec<_>>().join(", ")
    }

    /// Who takes it, for sentences.
    pub fn parties(self) -> String {
        let parties = self.rule().map_or(&[][..], |rule| rule.by);
        parties.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_one_row_with_somebody_who_takes_it_somewhere() {
        for step in Step::ALL {
            assert_eq!(RULES.iter().filter(|rule| rule.step == *step).count(), 1, "{step}");
            assert!(step.rule().is_some_and(|rule| !rule.from.is_empty() && !rule.by.is_empty()), "{step}");
        }
    }

    #[test]
    fn no_step_leads_out_of_a_final_state_and_one_leads_out_of_every_other() {
        for state in State::ALL {
            let leaves = Step::ALL.iter().any(|step| step.next(*state).is_some_and(|next| next != *state));
            assert_eq!(leaves, !state.is_final(), "{state}");
            if state.is_final() {
                assert!(Step::ALL.iter().all(|step| step.next(*state).is_none()), "{state}");
            }
        }
    }

    #[test]
    fn the_moves_are_exactly_those_of_the_picture() {
        let mut moves: Vec<(State, State)> = Vec::new();
        for state in State::ALL {
            for step in Step::ALL {
                moves.extend(step.next(*state).filter(|next| next != state).map(|next| (*state, next)));
            }
        }
        moves.sort_unstable();
        moves.dedup();
        let mut want = vec![
            (Recommended, Reviewed),
            (Reviewed, PublicComment),
            (Reviewed, Listed),
            (PublicComment, Listed),
            (Listed, InProgress),
            (InProgress, Adjusting),
            (InProgress, SelfAssessed),
            (Adjusting, InProgress),
            (SelfAssessed, Adjusting),
            (SelfAssessed, Accepted),
        ];
        want.extend(BEFORE_THE_LIST.iter().flat_map(|from| [(*from, Declined), (*from, Withdrawn)]));
        want.extend(ON_THE_LIST.iter().map(|from| (*from, Removed)));
        want.sort_unstable();
        assert_eq!(moves, want);
    }

    #[test]
    fn a_pilot_comes_on_the_list_through_public_comment_or_as_entered_from_an_old_list() {
        for state in State::ALL.iter().filter(|state| !matches!(state, PublicComment | Listed)) {
            let ways: Vec<_> = Step::ALL.iter().filter(|step| step.next(*state) == Some(Listed)).collect();
            assert_eq!(ways, if *state == Reviewed { vec![&Step::Enter] } else { vec![] }, "{state}");
        }
    }
}
