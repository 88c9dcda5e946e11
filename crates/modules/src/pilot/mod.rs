//! Pilots: the national pilots of blockchain applications, from recommendation to acceptance.
//!
//! A region or department recommends a pilot of a registered entity: a comprehensive one for one of
//! fifteen zones, or a special one in one of sixteen fields ([`terms`]). Its goals are indicators with
//! unit, baseline, target and day; after the review they change only under an adjustment order. The
//! public comments for seven days; then another supervisor puts it on the list (a pilot listed before
//! this ledger began is entered with its old list instead). The entity begins,
//! reports values, assesses; the competent department follows, orders adjustments, evaluates; the
//! supervisor accepts the result or takes the pilot off the list. Which step is taken in which state by
//! whom is one table ([`machine`]).
//!
//! No falsification of results: each value names the height of the pilot's chain at which it can be
//! recomputed, and is never overwritten; a late or corrected value is a new entry that refers to the one
//! before ([`entries`]). No speculation: nothing here has a field for what something sells for, and no
//! indicator may speak of it. Figures of the programme are kept per source document ([`sources`]).
//!
//! Two people: who reviewed does not list, who evaluated does not accept, who proposed a removal does
//! not remove.
//!
//! Who: see [`machine`] for pilots; supervisors record documents; supervisors, provincial
//! administrations (in their division) and competent departments register entities and recommend;
//! parameters are set by a decision of the supervisors; anyone reads.
//!
//! Invariants ([`Pilot::check`]):
//! - P1 a pilot changes its state only by a step of the table, and stands where its events say.
//! - P2 an entity holds exactly its live pilots in each field, each recommended and listed with all
//!   others named; a zone has at most one live comprehensive pilot.
//! - P3 entries are numbered without gap and never change; a correction refers to the day's last entry;
//!   no entry has source height 0 or a day in its future; the last entry of each day is known.
//! - P4 a pilot is listed after the time for comments, without an open or upheld objection, or entered
//!   from a list older than the ledger; the list has room for it.
//! - P5 review and listing, evaluation and acceptance, proposal and removal are by different accounts.
//! - P6 an account acts for at most one entity, which names it.
//! - P7 goals, filing numbers, comments and orders are as the events tell.
//! - P8 [`state::COUNTS`] and [`state::PARAMETERS`] are as the events tell.

pub mod abi;
mod application;
mod check;
mod checks;
mod clocks;
pub mod duties;
pub mod entries;
pub mod events;
mod explain;
mod goals;
mod hands;
pub mod machine;
mod neighbours;
mod parameters;
pub mod sources;
pub mod state;
pub mod terms;
#[cfg(test)]
mod tests;
mod tracking;
mod views;

use self::{
    abi::IPilot::{self, IPilotCalls as C},
    state::{
        COUNTS, Counts, ENTITY_OF, FIRST_DAY, INDICATORS, LAST_ENTRY, OF_ZONE, PARAMETERS, PILOTS, PLANS,
        Parameters,
    },
};
pub use self::{
    machine::{State, Step},
    terms::{Clock, Field, Kind, Zone},
};
use crate::{Ctx, Interface, Module, Stop, Violation, calendar::Day, dispatch};
use alloy_sol_types::SolCall;
use ding_primitives::{Address, Bytes, Log, Spec, U256};

/// The module.
pub struct Pilot;

impl Module for Pilot {
    fn name(&self) -> &'static str {
        "pilot"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IPilot", source: include_str!("abi.rs"), abi: IPilot::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        match dispatch::decode::<C>(input)? {
            C::recordDocument(call) => dispatch::write(ctx, call, sources::record_document),
            C::registerEntity(call) => dispatch::write(ctx, call, sources::register_entity),
            C::changeEntity(call) => dispatch::write(ctx, call, done(sources::change_entity)),
            C::recommend(call) => dispatch::write(ctx, call, application::recommend),
            C::addIndicator(call) => dispatch::write(ctx, call, goals::add_indicator),
            C::changeIndicator(call) => dispatch::write(ctx, call, done(goals::change_indicator)),
            C::describe(call) => dispatch::write(ctx, call, done(goals::describe)),
            C::nameFiling(call) => dispatch::write(ctx, call, done(goals::name_filing)),
            C::dropFiling(call) => dispatch::write(ctx, call, done(goals::drop_filing)),
            C::review(call) => dispatch::write(ctx, call, done(application::review)),
            C::assignCompetent(call) => dispatch::write(ctx, call, done(application::assign_competent)),
            C::publish(call) => dispatch::write(ctx, call, done(application::publish)),
            C::comment(call) => dispatch::write(ctx, call, application::comment),
            C::answer(call) => dispatch::write(ctx, call, done(application::answer)),
            C::list(call) => dispatch::write(ctx, call, done(application::list)),
            C::enter(call) => dispatch::write(ctx, call, done(application::enter)),
            C::decline(call) => dispatch::write(ctx, call, done(application::decline)),
            C::withdraw(call) => dispatch::write(ctx, call, done(application::withdraw)),
            C::start(call) => dispatch::write(ctx, call, done(tracking::start)),
            C::report(call) => dispatch::write(ctx, call, entries::report),
            C::correct(call) => dispatch::write(ctx, call, entries::correct),
            C::orderAdjustment(call) => dispatch::write(ctx, call, tracking::order_adjustment),
            C::replyAdjustment(call) => dispatch::write(ctx, call, done(tracking::reply_adjustment)),
            C::settleAdjustment(call) => dispatch::write(ctx, call, done(tracking::settle_adjustment)),
            C::assess(call) => dispatch::write(ctx, call, done(tracking::assess)),
            C::evaluate(call) => dispatch::write(ctx, call, done(tracking::evaluate)),
            C::accept(call) => dispatch::write(ctx, call, done(tracking::accept)),
            C::proposeRemoval(call) => dispatch::write(ctx, call, done(tracking::propose_removal)),
            C::dropRemoval(call) => dispatch::write(ctx, call, done(tracking::drop_removal)),
            C::remove(call) => dispatch::write(ctx, call, done(tracking::remove)),
            C::setParameters(call) => dispatch::write(ctx, call, done(parameters::set)),
            C::pilotOf(call) => dispatch::read(ctx, call, views::pilot_of),
            C::clocksOf(call) => dispatch::read(ctx, call, clocks::clocks_of),
            C::entityOf(call) => dispatch::read(ctx, call, views::entity_of),
            C::entityOfAccount(call) => {
                dispatch::read(ctx, call, |ctx, call| ENTITY_OF.get(ctx, call.account))
            }
            C::livePilots(call) => dispatch::read(ctx, call, views::live_pilots),
            C::pilotOfZone(call) => dispatch::read(ctx, call, |ctx, call| OF_ZONE.get(ctx, call.zone.into())),
            C::documentOf(call) => dispatch::read(ctx, call, views::document_of),
            C::indicatorOf(call) => dispatch::read(ctx, call, views::indicator_of),
            C::entryOf(call) => dispatch::read(ctx, call, views::entry_of),
            C::entryOfDay(call) => dispatch::read(ctx, call, views::entry_of_day),
            C::filingsOf(call) => dispatch::read(ctx, call, views::filings_of),
            C::commentOf(call) => dispatch::read(ctx, call, views::comment_of),
            C::adjustmentOf(call) => dispatch::read(ctx, call, views::adjustment_of),
            C::evaluationOf(call) => dispatch::read(ctx, call, views::evaluation_of),
            C::removalOf(call) => dispatch::read(ctx, call, views::removal_of),
            C::counts(call) => dispatch::read(ctx, call, |ctx, _| {
                let Counts { pilots, documents, entities } = COUNTS.get(ctx)?;
                Ok(IPilot::countsReturn { pilots, documents, entities })
            }),
            C::parameters(call) => dispatch::read(ctx, call, |ctx, _| {
                let Parameters { comment_days, report_days, duration_days, assessment_months } =
                    parameters::current(ctx)?;
                Ok(IPilot::parametersReturn {
                    commentDays: comment_days,
                    reportDays: report_days,
                    durationDays: duration_days,
                    assessmentMonths: assessment_months,
                })
            }),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).and_then(|error| explain::explain(error, revert))
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        parameters::check_proposal(input)
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        parameters::describe(input)
    }

    fn genesis(&self, ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
        FIRST_DAY.set(ctx, &Day::from_ms(spec.timestamp_ms).get())
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        likely_reads(caller, input).into_iter().map(|slot| (state::ADDRESS, slot)).collect()
    }
}

/// A function without an answer, as the interface has it.
fn done<C: SolCall<Return: From<()>>>(
    function: impl FnOnce(&mut Ctx<'_>, C) -> Result<(), Stop>,
) -> impl FnOnce(&mut Ctx<'_>, C) -> Result<C::Return, Stop> {
    |ctx, call| function(ctx, call).map(C::Return::from)
}

fn likely_reads(caller: Address, input: &[u8]) -> Vec<U256> {
    let pilot = |id: u32| {
        let first = PILOTS.slot_of(id);
        vec![ENTITY_OF.slot_of(caller), first, first.wrapping_add(U256::ONE)]
    };
    let entry = |id: u32, indicator: u16, day: u32| {
        let goal = INDICATORS.slot_of_both(id, indicator.into());
        let days = PLANS.slot_of(id).wrapping_add(U256::ONE);
        let mut slots = pilot(id);
        let last = LAST_ENTRY.under(id).slot_of_both(indicator.into(), day);
        slots.extend([PARAMETERS.slot(), days, last]);
        slots.extend((0..4u8).map(|word| goal.wrapping_add(U256::from(word))));
        slots
    };
    match dispatch::decode::<C>(input) {
        Ok(C::report(call)) => entry(call.id, call.indicator, call.day),
        Ok(C::correct(call)) => entry(call.id, call.indicator, call.day),
        Ok(C::comment(call)) => pilot(call.id),
        Ok(C::assess(call)) => pilot(call.id),
        Ok(C::pilotOf(call)) => vec![PILOTS.slot_of(call.id), PLANS.slot_of(call.id)],
        _ => Vec::new(),
    }
}
