//! The module `pilot` once more: which pilots there are, where each stands, who may move it, what it set
//! out to reach and what was reported of it, and which clocks run.
//!
//! Little is kept: a list of pilots, each with its goals, comments and orders. What an entity holds, who
//! has a zone, how many are listed under a document, which objections are open and which value a later day
//! is held against is asked of that list anew each time. Each step is a row of [`rule`]; [`Model::may`] asks
//! and [`Model::go`] takes it. Working days are those of the model of `calendar`.
//!
//! Stories begin with pilots in each state, with filed services, with two accounts of one person, and with
//! a table of working days that takes effect while they are told (`start.rs`).

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod course;
mod days;
mod draws;
mod goals;
mod listing;
mod lives;
mod reads;
mod sources;
mod start;
mod stories;
mod values;
mod words;

pub(in crate::targets) use stories::seeds;

use super::{
    Address, Answer, B256, BTreeMap, Feed, LazyLock, Log, Now, OrganisationEntry, Refusal, Role, Spec, Via,
    calendar,
    calendar::day_at,
    consortium::{self, Decisions, Hand, organisation, seated},
    filing, log, refuse, samples, second_block, wallet,
};
use alloy_sol_types::{SolCall as _, SolEvent, SolInterface as _, SolValue as _};
use ding_modules::pilot::{
    abi::IPilot::{IPilotCalls as C, *},
    state::ADDRESS,
};
use ding_primitives::{keccak256, limits};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Kinds of pilots.
const COMPREHENSIVE: u8 = 1;
const SPECIAL: u8 = 2;

/// Kinds of documents.
const SHORTLIST: u8 = 2;
const LIST: u8 = 3;
const CHANGE: u8 = 4;
const ACCEPTANCE: u8 = 5;

/// The kind of comment that must be answered, and the answer that it is right.
const OBJECTION: u8 = 2;
const UPHELD: u8 = 1;
/// The verdict that a pilot missed its goals.
const NOT_MET: u8 = 3;

/// States.
const RECOMMENDED: u8 = 1;
const REVIEWED: u8 = 2;
const COMMENTED: u8 = 3;
const LISTED: u8 = 4;
const RUNNING: u8 = 5;
const ADJUSTING: u8 = 6;
const ASSESSED: u8 = 7;
const ACCEPTED: u8 = 8;
const REMOVED: u8 = 9;
const DECLINED: u8 = 10;
const WITHDRAWN: u8 = 11;
/// A step that leaves a pilot where it is.
const STAYS: u8 = 0;

/// Steps, as errors number them.
mod step {
    pub(super) const PLAN: u8 = 1;
    pub(super) const DESCRIBE: u8 = 2;
    pub(super) const NAME_FILING: u8 = 3;
    pub(super) const REVIEW: u8 = 4;
    pub(super) const PUBLISH: u8 = 5;
    pub(super) const COMMENT: u8 = 6;
    pub(super) const ANSWER: u8 = 7;
    pub(super) const LIST: u8 = 8;
    pub(super) const DECLINE: u8 = 9;
    pub(super) const WITHDRAW: u8 = 10;
    pub(super) const ASSIGN: u8 = 11;
    pub(super) const START: u8 = 12;
    pub(super) const REPORT: u8 = 13;
    pub(super) const CORRECT: u8 = 14;
    pub(super) const ORDER: u8 = 15;
    pub(super) const REPLY: u8 = 16;
    pub(super) const REFUSE: u8 = 17;
    pub(super) const AGREE: u8 = 18;
    pub(super) const INTERIM: u8 = 19;
    pub(super) const FINAL: u8 = 20;
    pub(super) const EVALUATE: u8 = 21;
    pub(super) const ACCEPT: u8 = 22;
    pub(super) const PROPOSE_REMOVAL: u8 = 23;
    pub(super) const DROP_REMOVAL: u8 = 24;
    pub(super) const REMOVE: u8 = 25;
    pub(super) const ENTER: u8 = 26;
}

/// Who takes steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Supervisor,
    Competent,
    Recommender,
    Entity,
    Anyone,
}

/// A step: from which states it leads where, and who takes it.
struct Rule {
    from: &'static [u8],
    to: u8,
    by: &'static [By],
}

const OWNER: &[By] = &[By::Entity];
const NATIONAL: &[By] = &[By::Supervisor];
const WATCHERS: &[By] = &[By::Competent, By::Supervisor];
const APPLICANTS: &[By] = &[By::Entity, By::Recommender];

const fn row(from: &'static [u8], to: u8, by: &'static [By]) -> Rule {
    Rule { from, to, by }
}

/// The steps that there are.
const fn rule(step: u8) -> Rule {
    match step {
        step::PLAN => row(&[RECOMMENDED, ADJUSTING], STAYS, APPLICANTS),
        step::DESCRIBE | step::NAME_FILING => row(&[1, 2, 3, 4, 5, 6], STAYS, APPLICANTS),
        step::REVIEW => row(&[RECOMMENDED], REVIEWED, NATIONAL),
        step::PUBLISH => row(&[REVIEWED], COMMENTED, NATIONAL),
        step::COMMENT => row(&[COMMENTED], STAYS, &[By::Anyone]),
        step::ANSWER => row(&[COMMENTED], STAYS, NATIONAL),
        step::LIST => row(&[COMMENTED], LISTED, NATIONAL),
        step::ENTER => row(&[REVIEWED], LISTED, NATIONAL),
        step::DECLINE => row(&[1, 2, 3], DECLINED, NATIONAL),
        step::WITHDRAW => row(&[1, 2, 3], WITHDRAWN, &[By::Recommender]),
        step::ASSIGN => row(&[1, 2, 3, 4, 5, 6, 7], STAYS, NATIONAL),
        step::START => row(&[LISTED], RUNNING, OWNER),
        step::REPORT | step::INTERIM => row(&[RUNNING, ADJUSTING], STAYS, OWNER),
        step::CORRECT => row(&[RUNNING, ADJUSTING, ASSESSED], STAYS, OWNER),
        step::ORDER => row(&[RUNNING, ASSESSED], ADJUSTING, WATCHERS),
        step::REPLY => row(&[ADJUSTING], STAYS, OWNER),
        step::REFUSE => row(&[ADJUSTING], STAYS, WATCHERS),
        step::AGREE => row(&[ADJUSTING], RUNNING, WATCHERS),
        step::FINAL => row(&[RUNNING], ASSESSED, OWNER),
        step::EVALUATE => row(&[ASSESSED], STAYS, &[By::Competent]),
        step::ACCEPT => row(&[ASSESSED], ACCEPTED, NATIONAL),
        step::PROPOSE_REMOVAL | step::DROP_REMOVAL => row(&[4, 5, 6, 7], STAYS, WATCHERS),
        _ => row(&[4, 5, 6, 7], REMOVED, NATIONAL),
    }
}

/// A goal, and the values of it in the order in which they came. What the goal shows of them is asked of
/// the values.
#[derive(Clone, Debug)]
struct Goal {
    about: Indicator,
    entries: Vec<Entry>,
}

impl Goal {
    /// Number of a day's last entry; 0 if it has none.
    fn last_of(&self, day: u32) -> usize {
        self.entries.iter().rposition(|entry| entry.day == day).map_or(0, |place| place + 1)
    }

    /// The last entry of the latest day.
    fn latest(&self) -> Option<&Entry> {
        self.entries.iter().max_by_key(|entry| entry.day)
    }
}

/// A pilot. Numbers of what it has in lists, and what follows from them, are filled in when it is shown.
#[derive(Clone, Debug)]
struct Pilot {
    record: Record,
    course: Course,
    /// Days after a day during which its value can be reported.
    report_days: u16,
    goals: Vec<Goal>,
    filings: Vec<B256>,
    comments: Vec<CommentRecord>,
    orders: Vec<Adjustment>,
    evaluation: Option<evaluationOfReturn>,
    removal: Option<removalOfReturn>,
}

impl Pilot {
    /// Whether it holds its field and its zone.
    const fn is_live(&self) -> bool {
        self.record.state < ACCEPTED
    }

    /// Whether it is on the list, and not yet at its end.
    const fn is_on_list(&self) -> bool {
        self.record.state >= LISTED && self.is_live()
    }

    /// Objections that were answered like this; 0 for those that were not.
    fn objections(&self, outcome: u8) -> u32 {
        let like = |comment: &&CommentRecord| comment.kind == OBJECTION && comment.outcome == outcome;
        narrow(self.comments.iter().filter(like).count())
    }
}

/// Every pilot, and what pilots refer to.
#[derive(Clone)]
pub(super) struct Model {
    pilots: Vec<Pilot>,
    documents: Vec<Document>,
    entities: BTreeMap<B256, Entity>,
    parameters: parametersReturn,
    decisions: Decisions,
    days: calendar::Model,
    /// Filing numbers of services that are recorded and not suspended.
    recorded: Vec<B256>,
    /// The call that is being answered.
    caller: Address,
    now: Now,
    logs: Vec<Log>,
}

/// A number of things, as the interface has it.
fn narrow<T: TryFrom<usize> + From<u8>>(count: usize) -> T {
    T::try_from(count).unwrap_or_else(|_| T::from(u8::MAX))
}

/// The entry with this number, counted from 1.
fn nth<T>(list: &[T], number: u32) -> Option<&T> {
    list.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

fn nth_mut<T>(list: &mut [T], number: u32) -> Option<&mut T> {
    list.get_mut(usize::try_from(number).ok()?.checked_sub(1)?)
}

fn digest_of(text: &str) -> B256 {
    keccak256(text.as_bytes())
}

impl Model {
    fn emit(&mut self, event: &impl SolEvent) {
        self.logs.push(log(ADDRESS, event));
    }

    fn today(&self) -> u32 {
        day_at(self.now.timestamp_ms)
    }

    /// Who calls, and today, as most events have it.
    fn here(&self) -> (Address, u32) {
        (self.caller, self.today())
    }

    fn pilot(&self, id: u32) -> Result<&Pilot, Refusal> {
        let count = narrow(self.pilots.len());
        nth(&self.pilots, id).map_or_else(|| refuse(NoSuchPilot { id, count }), Ok)
    }

    fn change(&mut self, id: u32, change: impl FnOnce(&mut Pilot)) {
        nth_mut(&mut self.pilots, id).map(change);
    }

    fn is_party(&self, pilot: &Pilot, by: By) -> bool {
        let organisation = start::organisation_of(self.caller);
        match by {
            By::Supervisor => start::supervises(organisation),
            By::Competent => organisation != 0 && organisation == pilot.record.competent,
            By::Recommender => organisation != 0 && organisation == pilot.record.recommender,
            By::Entity => self.entity_of(self.caller) == pilot.record.entity,
            By::Anyone => true,
        }
    }

    /// The pilot, if the caller may take a step of it now.
    fn may(&self, id: u32, step: u8) -> Result<&Pilot, Refusal> {
        let pilot = self.pilot(id)?;
        let rule = rule(step);
        if !rule.by.iter().any(|by| self.is_party(pilot, *by)) {
            let (account, organisation) = (self.caller, start::organisation_of(self.caller));
            return refuse(NotEntitled { account, organisation, id, step });
        }
        let state = pilot.record.state;
        if rule.from.contains(&state) { Ok(pilot) } else { refuse(WrongState { id, state, step }) }
    }

    /// Takes a step, and what comes with it.
    fn go(&mut self, id: u32, step: u8, change: impl FnOnce(&mut Pilot)) {
        self.change(id, |pilot| {
            let to = rule(step).to;
            if to != STAYS {
                pilot.record.state = to;
            }
            change(pilot);
        });
    }

    /// The one who took the earlier step does not take this one.
    fn require_other_hand(&self, id: u32, before: Address, step: u8) -> Result<(), Refusal> {
        let account = self.caller;
        if account == before || start::are_one_person(account, before) {
            return refuse(SamePerson { account, before, id, step });
        }
        Ok(())
    }

    /// Answers a call that may write.
    fn write(&mut self, call: &C) -> Result<Vec<u8>, Refusal> {
        match call {
            C::recordDocument(call) => return self.record_document(call),
            C::registerEntity(call) => return self.register_entity(call),
            C::recommend(call) => return self.recommend(call),
            C::addIndicator(call) => return self.add_indicator(call),
            C::comment(call) => return self.comment(call),
            C::report(call) => return self.report(call),
            C::correct(call) => return self.correct(call),
            C::orderAdjustment(call) => return self.order_adjustment(call),
            C::changeEntity(call) => self.change_entity(call)?,
            C::changeIndicator(call) => self.change_indicator(call)?,
            C::describe(call) => self.describe(call)?,
            C::nameFiling(call) => self.name_filing(call)?,
            C::dropFiling(call) => self.drop_filing(call)?,
            C::review(call) => self.review(call)?,
            C::assignCompetent(call) => self.assign_competent(call)?,
            C::publish(call) => self.publish(call)?,
            C::answer(call) => self.answer_comments(call)?,
            C::list(call) => self.list(call)?,
            C::enter(call) => self.enter(call)?,
            C::decline(call) => self.decline(call)?,
            C::withdraw(call) => self.withdraw(call)?,
            C::start(call) => self.start(call)?,
            C::replyAdjustment(call) => self.reply_adjustment(call)?,
            C::settleAdjustment(call) => self.settle_adjustment(call)?,
            C::assess(call) => self.assess(call)?,
            C::evaluate(call) => self.evaluate(call)?,
            C::accept(call) => self.accept(call)?,
            C::proposeRemoval(call) => self.propose_removal(call)?,
            C::dropRemoval(call) => self.drop_removal(call)?,
            C::remove(call) => self.remove(call)?,
            C::setParameters(call) => self.set_parameters(call)?,
            read => return Ok(self.read(read)),
        }
        Ok(Vec::new())
    }
}
