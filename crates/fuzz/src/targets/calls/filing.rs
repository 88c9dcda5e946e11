//! The module `filing` once more: who provides what, where its filing stands, who may move it, what
//! clocks run, which numbers are given, and what was inspected, ordered and fined.
//!
//! Services, objections, measures, assessments and campaigns stand in plain lists by their numbers, as the
//! interface shows them. Each step is a row of [`rule`]; [`Model::may`] and [`Model::go`] ask and take it.
//!
//! Accounts are bound to nobody here, and places are addresses at which nothing runs.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod drafts;
mod forms;
mod life;
mod lives;
mod numbers;
mod others;
mod people;
mod reads;
mod stories;
mod watch;

pub(in crate::targets) use lives::seeds;
pub(super) use numbers::taken_out;
pub(super) use people::{PROVINCES, folded, wrong};

use super::{
    Address, Answer, B256, BTreeMap, Feed, LazyLock, Log, NOBODY, Now, OrganisationEntry, Refusal, Role,
    Spec, U256, Via, calendar,
    calendar::day_at,
    consortium::{self, Decisions, Hand, organisation, seated},
    digest, log, refuse, samples, second_block, wallet,
};
use alloy_sol_types::{SolCall as _, SolEvent, SolInterface as _, SolValue as _};
use ding_modules::{
    filing::{
        abi::IFiling::{IFilingCalls as C, *},
        state::ADDRESS,
        terms::APPROVAL_WORDING,
    },
    once::{self, abi::IOnce},
    services::{self, abi::IServices},
};
use ding_primitives::{keccak256, limits};

/// Tracks.
const FILING: u8 = 1;
const CHANGE: u8 = 2;
const INSPECTION: u8 = 3;
const TERMINATION: u8 = 4;
const OBJECTION: u8 = 5;
const PENALTY: u8 = 6;
const ASSESSMENT: u8 = 7;
const CAMPAIGN: u8 = 8;

/// Who takes steps.
const PROVIDER: u8 = 1;
const PROVINCE: u8 = 2;
const SUPERVISOR: u8 = 3;
const ANYONE: u8 = 4;

/// A step that leaves the state as it is.
const STAYS: u8 = u8::MAX;
/// A step that leaves the clock of its track as it is.
const RUNS_ON: u8 = u8::MAX;

const BEFORE: &[u8] = &[1, 2, 3, 4];
const RECEIVED: &[u8] = &[2, 3];
const LIVE: &[u8] = &[5, 6, 7];
const UNENDED: &[u8] = &[1, 2, 3, 4, 5, 6, 7];
const ANY: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8, 9];

/// A step: what it moves from where to where, during which states of the filing, by whom, and the
/// clock that it starts (0: none runs then).
struct Rule {
    track: u8,
    from: &'static [u8],
    to: u8,
    during: &'static [u8],
    by: &'static [u8],
    clock: u8,
}

const OWNER: &[u8] = &[PROVIDER];
const NATIONAL: &[u8] = &[SUPERVISOR];
const OFFICES: &[u8] = &[PROVINCE, SUPERVISOR];

const fn row(
    track: u8,
    from: &'static [u8],
    to: u8,
    during: &'static [u8],
    by: &'static [u8],
    clock: u8,
) -> Rule {
    Rule { track, from, to, during, by, clock }
}

/// The steps that there are.
const fn rule(step: u8) -> Rule {
    match step {
        1 => row(FILING, &[0], 1, &[], OWNER, 1),
        2 => row(FILING, &[1], 2, &[], OWNER, 3),
        3 => row(FILING, &[0], 2, &[], NATIONAL, 3),
        4 => row(FILING, BEFORE, 9, &[], OWNER, 0),
        5 => row(FILING, RECEIVED, 4, &[], OFFICES, 4),
        6 => row(FILING, &[4], 2, &[], OWNER, 3),
        7 => row(FILING, &[2], 3, &[], &[PROVINCE], RUNS_ON),
        8 => row(FILING, RECEIVED, 5, &[], NATIONAL, 0),
        9 => row(FILING, &[5], 6, &[], OFFICES, 10),
        10 => row(FILING, &[5, 6], 7, &[], OFFICES, 0),
        11 => row(FILING, &[6, 7], 5, &[], OFFICES, 0),
        12 => row(FILING, LIVE, 8, &[], OFFICES, 0),
        13 => row(FILING, RECEIVED, STAYS, &[], NATIONAL, RUNS_ON),
        14 => row(FILING, LIVE, STAYS, &[], NATIONAL, RUNS_ON),
        20 => row(CHANGE, &[0], 11, LIVE, OWNER, 6),
        21 | 22 => row(CHANGE, &[11], 0, LIVE, OFFICES, 0),
        30 => row(INSPECTION, &[0], 21, LIVE, OFFICES, 9),
        31 => row(INSPECTION, &[21], 22, LIVE, OWNER, 0),
        32 => row(INSPECTION, &[22], 0, LIVE, OFFICES, 0),
        33 => row(INSPECTION, &[0, 21, 22], 23, UNENDED, OFFICES, 10),
        34 => row(INSPECTION, &[23], 24, UNENDED, OWNER, 0),
        35 => row(INSPECTION, &[24], 0, UNENDED, OFFICES, 0),
        36 => row(INSPECTION, &[24], 23, UNENDED, OFFICES, 10),
        40 => row(TERMINATION, &[0], 31, LIVE, OWNER, 11),
        41 => row(TERMINATION, &[31], 0, LIVE, OWNER, 0),
        50 => row(OBJECTION, &[0], 41, LIVE, &[ANYONE], 8),
        51 => row(OBJECTION, &[41], 42, ANY, NATIONAL, 0),
        52 => row(OBJECTION, &[41], 43, ANY, NATIONAL, 0),
        60 => row(PENALTY, &[0], 41, ANY, OFFICES, 0),
        61 => row(PENALTY, &[41], 51, ANY, OFFICES, 0),
        62 => row(PENALTY, &[41], 52, ANY, OFFICES, 0),
        63 => row(PENALTY, &[51], 53, ANY, OFFICES, 0),
        64 => row(PENALTY, &[0], 51, UNENDED, OFFICES, 0),
        70 => row(ASSESSMENT, &[0], 41, UNENDED, OWNER, 12),
        71 => row(ASSESSMENT, &[41], 61, ANY, OFFICES, 0),
        72 => row(ASSESSMENT, &[41], 62, ANY, OFFICES, 0),
        80 => row(CAMPAIGN, &[0], 41, &[], OFFICES, 0),
        _ => row(CAMPAIGN, &[41], 61, &[], OFFICES, 0),
    }
}

/// Code of the one organisation that provides something.
const COMPANY: &str = "91110000MA00000077";

/// Organisations of the stories, by number from 1 on.
static ORGANISATIONS: LazyLock<Vec<OrganisationEntry>> = LazyLock::new(|| {
    let contract = |via: Via| via.contract().unwrap_or_default();
    let company = vec![wallet(3), wallet(7), contract(Via::CallAndForget)];
    let province = |name: &str, division: u8, account: usize| OrganisationEntry {
        division: Some(division),
        ..organisation(name, &[Role::Provincial], vec![wallet(account)])
    };
    seated([
        organisation("Bureau", &[Role::Supervisor], vec![wallet(0), contract(Via::Call)]),
        organisation("Other bureau", &[Role::Supervisor], vec![wallet(1), contract(Via::CallTwice)]),
        province("Beijing", 11, 2),
        province("Zhejiang", 33, 6),
        OrganisationEntry { code: Some(COMPANY.into()), ..organisation("Company", &[], company) },
    ])
});

/// Number of the organisation that an account acts for; 0 if none.
fn organisation_of(account: Address) -> u32 {
    consortium::number_of(&ORGANISATIONS, account)
}

/// The code of an account's organisation, if it has one.
fn code_of(account: Address) -> Option<B256> {
    (organisation_of(account) == 5).then(|| people::word(COMPANY))
}

/// A provider.
#[derive(Clone, Debug)]
struct Provider {
    account: Address,
    organisation: u32,
    subject: Subject,
    /// Its code, or its commitment.
    who: B256,
    services: u32,
    /// Digits 9 to 16 of its numbers; 0 before the first.
    subject_number: u32,
    sequence: u16,
}

/// A number that awaits its second hand.
#[derive(Clone, Debug)]
struct Proposed {
    number: String,
    account: Address,
    /// Whether something spoke against it.
    confirmed: bool,
    /// Whether somebody gave it, and the ledger did not form it.
    given: bool,
}

/// A clock, the day it started, and how long it runs.
type Runs = (u8, u32, u16);

/// A service.
#[derive(Clone, Debug)]
struct Service {
    provider: u32,
    form: Form,
    /// State on each of the four tracks of a service.
    states: BTreeMap<u8, u8>,
    clocks: BTreeMap<u8, Runs>,
    flags: u8,
    recorded_on: u32,
    batch: u32,
    materials: u16,
    number: String,
    proposed: Option<Proposed>,
    /// Digest of the form of a reported change.
    pending: B256,
    campaign: u32,
    planned: u32,
    /// The objection window, from the day of publication.
    published: Option<Runs>,
    /// Places on this chain, and whether each is bound.
    places: Vec<(Address, bool)>,
    /// Whether a time to correct passed in vain.
    missed: bool,
    /// The measures under which it is warned and suspended; 0 if it is not.
    warning: u64,
    suspension: u64,
    outer: Outer,
}

/// A service as `services` knows it.
#[derive(Clone, Debug, Default)]
struct Outer {
    /// The account that held it first.
    holder: Address,
    /// Start and working days of the time to file.
    clock: Option<(u32, u16)>,
    due_ms: u64,
    ends: u64,
    /// Suspensions: measure, first height, height of the end (0: none).
    holds: Vec<(u64, u64, u64)>,
}

/// Everything that was filed.
#[derive(Clone)]
pub(super) struct Model {
    providers: Vec<Provider>,
    services: Vec<Service>,
    batches: Vec<BatchRecord>,
    objections: Vec<ObjectionRecord>,
    penalties: Vec<PenaltyRecord>,
    assessments: Vec<AssessmentRecord>,
    campaigns: Vec<CampaignRecord>,
    articles: BTreeMap<u8, Vec<ArticleRecord>>,
    periods: BTreeMap<u8, Vec<(u32, u16)>>,
    /// Numbers given, with their service.
    numbers: BTreeMap<String, u64>,
    /// Numbers kept for a service until a time, or for as long as it lives (0).
    kept: BTreeMap<String, (u64, u64)>,
    /// Digits 9 to 16 of numbers, with the provider that has them.
    subject_numbers: BTreeMap<u32, u32>,
    /// Addresses that belong to services.
    belongs: BTreeMap<Address, u64>,
    decisions: Decisions,
    days: calendar::Model,
    /// The call that is being answered.
    caller: Address,
    now: Now,
    logs: Vec<Log>,
}

/// A number as events and lists have it.
fn number_of(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The entry with this number, counted from 1.
fn nth<T>(list: &[T], number: u64) -> Option<&T> {
    usize::try_from(number).ok().and_then(|number| list.get(number.checked_sub(1)?))
}

fn nth_mut<T>(list: &mut [T], number: u64) -> Option<&mut T> {
    usize::try_from(number).ok().and_then(|number| list.get_mut(number.checked_sub(1)?))
}

/// Changes the entry with this number, if there is one.
fn alter<T>(list: &mut [T], number: u64, change: impl FnOnce(&mut T)) {
    nth_mut(list, number).map(change);
}

impl Model {
    fn emit(&mut self, event: &impl SolEvent) {
        self.logs.push(log(ADDRESS, event));
    }

    fn today(&self) -> u32 {
        day_at(self.now.timestamp_ms)
    }

    /// The last of so many working days after a day.
    fn due(&self, (_, start, days): Runs) -> (u32, bool) {
        self.days.after(self.today(), start, days.into())
    }

    fn is_over(&self, clock: Runs) -> bool {
        self.today() > self.due(clock).0
    }

    fn service(&self, id: u64) -> Result<&Service, Refusal> {
        let count = number_of(self.services.len());
        nth(&self.services, id).map_or_else(|| refuse(NoSuchService { service: id, count }), Ok)
    }

    fn change(&mut self, id: u64, change: impl FnOnce(&mut Service)) {
        alter(&mut self.services, id, change);
    }

    fn provider(&self, id: u32) -> Result<&Provider, Refusal> {
        let count = u32::try_from(self.providers.len()).unwrap_or(u32::MAX);
        nth(&self.providers, id.into()).map_or_else(|| refuse(NoSuchProvider { provider: id, count }), Ok)
    }

    /// Whether an account, or one of its organisation, acts for a provider.
    fn acts_for(&self, id: u32, account: Address) -> bool {
        let organisation = organisation_of(account);
        self.provider(id).is_ok_and(|provider| {
            account == provider.account && !account.is_zero()
                || organisation != 0 && organisation == provider.organisation
        })
    }

    /// Whether the caller acts for a provider.
    fn require_provider(&self, id: u32) -> Result<(), Refusal> {
        self.provider(id)?;
        if self.acts_for(id, self.caller) {
            return Ok(());
        }
        refuse(NotTheProvider { provider: id, account: self.caller })
    }

    /// As whom the caller takes a step that concerns a provider, or nobody.
    fn actor(&self, step: u8, provider: Option<u32>) -> Result<u8, Refusal> {
        let by = rule(step).by;
        if by.contains(&ANYONE) {
            return Ok(ANYONE);
        }
        if by.contains(&PROVIDER) {
            self.require_provider(provider.unwrap_or_default())?;
            return Ok(PROVIDER);
        }
        let (account, organisation) = (self.caller, organisation_of(self.caller));
        let actor = match organisation {
            1 | 2 if by.contains(&SUPERVISOR) => SUPERVISOR,
            3 | 4 if by.contains(&PROVINCE) => PROVINCE,
            _ => return refuse(NotAllowed { step, account, organisation }),
        };
        let Some(id) = provider else { return Ok(actor) };
        // Nobody decides on filings of its own.
        let Provider { account: own, subject, .. } = self.provider(id)?;
        if self.acts_for(id, account) || organisation_of(*own) == organisation {
            return refuse(NotAllowed { step, account, organisation });
        }
        let (own, division) = (if organisation == 3 { 11 } else { 33 }, subject.division);
        if actor == PROVINCE && division / 10_000 != u32::from(own) {
            return refuse(OutsideDivision { organisation, own, division });
        }
        Ok(actor)
    }

    /// State of what a step moves.
    fn state(&self, id: u64, track: u8, item: u64) -> u8 {
        let found = match track {
            OBJECTION => nth(&self.objections, item).map(|entry| entry.state),
            PENALTY => nth(&self.penalties, item).map(|entry| entry.state),
            ASSESSMENT => nth(&self.assessments, item).map(|entry| entry.state),
            CAMPAIGN => nth(&self.campaigns, item).map(|entry| entry.state),
            _ => nth(&self.services, id).and_then(|service| service.states.get(&track).copied()),
        };
        found.unwrap_or(0)
    }

    /// As whom the caller takes a step of a service.
    fn open(&self, id: u64, step: u8) -> Result<u8, Refusal> {
        let provider = self.service(id)?.provider;
        self.actor(step, Some(provider))
    }

    /// Whether the states are those from which a step is taken.
    fn stands(&self, id: u64, step: u8, item: u64) -> Result<(), Refusal> {
        let rule = rule(step);
        let status = self.state(id, FILING, 0);
        if !rule.during.is_empty() && !rule.during.contains(&status) {
            return refuse(WrongServiceStatus { service: id, status, step });
        }
        let state = self.state(id, rule.track, item);
        if !rule.from.contains(&state) {
            return refuse(WrongState { service: id, track: rule.track, state, step });
        }
        Ok(())
    }

    fn set_state(&mut self, id: u64, track: u8, item: u64, to: u8) {
        match track {
            OBJECTION => alter(&mut self.objections, item, |entry| entry.state = to),
            PENALTY => alter(&mut self.penalties, item, |entry| entry.state = to),
            ASSESSMENT => alter(&mut self.assessments, item, |entry| entry.state = to),
            CAMPAIGN => alter(&mut self.campaigns, item, |entry| entry.state = to),
            _ => self.change(id, |service| {
                service.states.insert(track, to);
            }),
        }
    }

    /// Takes a step: the clock that it starts begins and runs as given, or today for its usual time.
    fn go(&mut self, id: u64, step: u8, item: u64, actor: u8, runs: Option<Runs>) -> Result<(), Refusal> {
        self.stands(id, step, item)?;
        let (rule, today) = (rule(step), self.today());
        let from = self.state(id, rule.track, item);
        let to = if rule.to == STAYS { from } else { rule.to };
        self.set_state(id, rule.track, item, to);
        let clock = match rule.clock {
            RUNS_ON => self.service(id)?.clocks.get(&rule.track).copied(),
            0 => None,
            clock => Some(runs.unwrap_or_else(|| (clock, today, self.period(clock)))),
        };
        if rule.track <= TERMINATION {
            self.change(id, |service| {
                service.clocks.remove(&rule.track);
                service.clocks.extend(clock.map(|clock| (rule.track, clock)));
            });
        }
        let (clock, clockStart, clockDays) = clock.unwrap_or_default();
        let (track, account, day) = (rule.track, self.caller, today);
        let organisation = organisation_of(account);
        self.emit(&Stepped {
            service: id,
            track,
            step,
            item,
            from,
            to,
            actor,
            account,
            organisation,
            day,
            clock,
            clockStart,
            clockDays,
        });
        Ok(())
    }

    /// Answers a call that may write.
    fn write(&mut self, call: &C) -> Result<Vec<u8>, Refusal> {
        match call {
            C::registerProvider(call) => self.register(call),
            C::changeProvider(call) => self.change_provider(call),
            C::setAccount(call) => self.set_account(call),
            C::draft(call) => self.draft_service(call),
            C::submit(call) => self.submit(call),
            C::file(call) => self.file(call),
            C::withdraw(call) => self.withdraw(call),
            C::returnFiling(call) => self.return_filing(call),
            C::resubmit(call) => self.resubmit(call),
            C::forward(call) => self.forward(call),
            C::proposeRecord(call) => self.propose_record(call),
            C::record(call) => self.record(call),
            C::importFiling(call) => self.import(call),
            C::publishBatch(call) => self.publish(call),
            C::object(call) => self.object(call),
            C::decideObjection(call) => self.decide_objection(call),
            C::reportChange(call) => self.report_change(call),
            C::acceptChange(call) => self.accept_change(call),
            C::returnChange(call) => self.return_change(call),
            C::notifyTermination(call) => self.notify(call),
            C::cancelTermination(call) => self.cancel(call),
            C::deregister(call) => self.deregister(call),
            C::openCampaign(call) => self.open_campaign(call),
            C::inspect(call) => self.inspect(call),
            C::answerInspection(call) => self.answer_inspection(call),
            C::passInspection(call) => self.pass_inspection(call),
            C::closeCampaign(call) => self.close_campaign(call),
            C::rectify(call) => self.rectify(call),
            C::reportRectified(call) => self.report_rectified(call),
            C::decideRectified(call) => self.decide_rectified(call),
            C::warn(call) => self.warn(call),
            C::suspend(call) => self.suspend(call),
            C::restore(call) => self.restore(call),
            C::proposeFine(call) => self.propose_fine(call),
            C::imposeFine(call) => self.impose_fine(call.penalty),
            C::dropFine(call) => self.drop_fine(call),
            C::settleFine(call) => self.settle_fine(call),
            C::reportAssessment(call) => self.report_assessment(call),
            C::decideAssessment(call) => self.decide_assessment(call),
            C::setArticle(call) => self.set_article(call),
            C::setPeriod(call) => self.set_period(call),
            read => self.read(read),
        }
    }
}
