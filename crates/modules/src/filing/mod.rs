//! Filing: the life of a blockchain information service under Order No. 3 of the Cyberspace
//! Administration of China (区块链信息服务备案).
//!
//! A provider registers, declares its services and files them; the administration records a service
//! under a number or sends the filing back with reasons, publishes what it recorded in batches, hears
//! objections, takes changes in, inspects, orders corrections, warns, suspends, fines, and strikes off
//! what ends. Each step may be taken by one role, from certain states, and starts or stops a legal
//! clock: [`steps`] holds all of it in one table, [`clocks`] the clocks, [`terms`] the vocabularies
//! and the penalty table.
//!
//! | file            | what                                                                  |
//! |-----------------|-----------------------------------------------------------------------|
//! | [`providers`]   | who files                                                             |
//! | [`forms`]       | the form of a service, attachments, places                            |
//! | [`filings`]     | declare, submit, withdraw, return, forward, record, import            |
//! | [`numbers`]     | filing numbers                                                        |
//! | [`publishing`]  | batches and objections                                                |
//! | [`changes`]     | changes and the end                                                   |
//! | [`supervision`] | inspection, correction, security assessment                           |
//! | [`penalties`]   | measures                                                              |
//! | [`table`]       | penalty table and lengths of clocks, by decision                      |
//!
//! Who: any account registers a provider and objects; the provider's account, or one of its
//! organisation, takes the provider's steps; organisations with the role supervisor take those of the
//! administration, provincial ones within their division. A record and a fine take two people.
//!
//! On the ledger are ids, digests, states, days and parties. Texts travel in events. Nothing about a
//! person is there in clear: an individual's document and every person in charge are salted
//! commitments, and an individual's form has no name.
//!
//! A filing is a record of what the filer declared. It is no approval and no endorsement; wording
//! that says so is refused.
//!
//! Invariants ([`Filing::check`]):
//! - F1 a service has at most one live number, and a number leads to the one service it was given to.
//! - F2 `once` holds the number of a live service for it, and of no other.
//! - F3 every step is in the table: its track, states, status and role; it begins where the last ended.
//! - F4 storage holds the states, counts and contents that the events say.
//! - F5 records and fines have two different hands: those that took the steps.
//! - F6 the clocks in storage are those that the last steps started.
//! - F7 a service is published once, and a batch's list digest is that of its numbers.
//! - F8 a fine lies in the range that its article had that day, under a breach that it punishes.
//! - F9 no objection is later than its window, no end sooner than its notice.

pub mod abi;
mod changes;
mod check;
pub mod clocks;
pub mod events;
mod explain;
mod filings;
mod forms;
mod hands;
pub mod numbers;
mod penalties;
mod providers;
mod publishing;
pub mod state;
pub mod steps;
mod supervision;
mod table;
pub mod terms;
#[cfg(test)]
mod tests;
mod texts;
mod views;

use self::abi::IFiling;
pub use self::{
    forms::public_texts,
    steps::{Actor, State, Step, Track},
};
use crate::{
    Ctx, Interface, Module, Stop, Violation, ctx::gas, dispatch, identity, ids::FilingNumber, members,
};
use ding_primitives::{Address, B256, Bytes, Log, U256, keccak256};

/// The module.
pub struct Filing;

impl Module for Filing {
    fn name(&self) -> &'static str {
        "filing"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IFiling", source: include_str!("abi.rs"), abi: IFiling::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use self::IFiling::{IFilingCalls as C, *};
        use dispatch::{read, write};
        match dispatch::decode::<C>(input)? {
            C::registerProvider(call) => write(ctx, call, providers::register),
            C::changeProvider(call) => write(ctx, call, done(providers::change, changeProviderReturn {})),
            C::setAccount(call) => write(ctx, call, done(providers::set_account, setAccountReturn {})),
            C::draft(call) => write(ctx, call, filings::draft),
            C::submit(call) => write(ctx, call, done(filings::submit, submitReturn {})),
            C::file(call) => write(ctx, call, filings::file),
            C::withdraw(call) => write(ctx, call, done(filings::withdraw, withdrawReturn {})),
            C::returnFiling(call) => write(ctx, call, done(filings::send_back, returnFilingReturn {})),
            C::resubmit(call) => write(ctx, call, done(filings::resubmit, resubmitReturn {})),
            C::forward(call) => write(ctx, call, done(filings::forward, forwardReturn {})),
            C::proposeRecord(call) => write(ctx, call, filings::propose_record),
            C::record(call) => write(ctx, call, done(filings::record, recordReturn {})),
            C::importFiling(call) => write(ctx, call, filings::import),
            C::publishBatch(call) => write(ctx, call, done(publishing::publish, publishBatchReturn {})),
            C::object(call) => write(ctx, call, publishing::object),
            C::decideObjection(call) => write(ctx, call, done(publishing::decide, decideObjectionReturn {})),
            C::reportChange(call) => write(ctx, call, done(changes::report, reportChangeReturn {})),
            C::acceptChange(call) => write(ctx, call, done(changes::accept, acceptChangeReturn {})),
            C::returnChange(call) => write(ctx, call, done(changes::send_back, returnChangeReturn {})),
            C::notifyTermination(call) => {
                write(ctx, call, done(changes::notify_end, notifyTerminationReturn {}))
            }
            C::cancelTermination(call) => {
                write(ctx, call, done(changes::cancel_end, cancelTerminationReturn {}))
            }
            C::deregister(call) => write(ctx, call, done(changes::deregister, deregisterReturn {})),
            C::openCampaign(call) => write(ctx, call, supervision::open_campaign),
            C::inspect(call) => write(ctx, call, done(supervision::inspect, inspectReturn {})),
            C::answerInspection(call) => {
                write(ctx, call, done(supervision::answer, answerInspectionReturn {}))
            }
            C::passInspection(call) => write(ctx, call, done(supervision::pass, passInspectionReturn {})),
            C::closeCampaign(call) => {
                write(ctx, call, done(supervision::close_campaign, closeCampaignReturn {}))
            }
            C::rectify(call) => write(ctx, call, supervision::rectify),
            C::reportRectified(call) => {
                write(ctx, call, done(supervision::report_rectified, reportRectifiedReturn {}))
            }
            C::decideRectified(call) => {
                write(ctx, call, done(supervision::decide_rectified, decideRectifiedReturn {}))
            }
            C::warn(call) => write(ctx, call, penalties::warn),
            C::suspend(call) => write(ctx, call, penalties::suspend),
            C::restore(call) => write(ctx, call, done(penalties::restore, restoreReturn {})),
            C::proposeFine(call) => write(ctx, call, penalties::propose_fine),
            C::imposeFine(call) => write(ctx, call, done(penalties::impose, imposeFineReturn {})),
            C::dropFine(call) => write(ctx, call, done(penalties::drop_fine, dropFineReturn {})),
            C::settleFine(call) => write(ctx, call, done(penalties::settle, settleFineReturn {})),
            C::reportAssessment(call) => write(ctx, call, supervision::report_assessment),
            C::decideAssessment(call) => {
                write(ctx, call, done(supervision::decide_assessment, decideAssessmentReturn {}))
            }
            C::setArticle(call) => write(ctx, call, done(table::set_article, setArticleReturn {})),
            C::setPeriod(call) => write(ctx, call, done(table::set_period, setPeriodReturn {})),
            C::provider(call) => read(ctx, call, |ctx, call| views::provider(ctx, call.id)),
            C::providerOf(call) => read(ctx, call, |ctx, call| state::PROVIDER_OF.get(ctx, call.account)),
            C::providerOfCode(call) => read(ctx, call, |ctx, call| views::provider_of_code(ctx, &call.uscc)),
            C::service(call) => read(ctx, call, |ctx, call| views::service(ctx, call.id)),
            C::serviceOfNumber(call) => {
                read(ctx, call, |ctx, call| views::service_of_number(ctx, &call.number))
            }
            C::isRecorded(call) => read(ctx, call, |ctx, call| is_recorded(ctx, &call.number)),
            C::proposal(call) => read(ctx, call, |ctx, call| views::proposal(ctx, call.service)),
            C::placesOf(call) => read(ctx, call, |ctx, call| views::places_of(ctx, call.service)),
            C::clocksOf(call) => read(ctx, call, |ctx, call| {
                let (_, service) = filings::get(ctx, call.service)?;
                clocks::of(ctx, call.service, &service)
            }),
            C::batch(call) => read(ctx, call, |ctx, call| views::batch(ctx, call.number)),
            C::objection(call) => read(ctx, call, |ctx, call| views::objection(ctx, call.id)),
            C::penalty(call) => read(ctx, call, |ctx, call| views::penalty(ctx, call.id)),
            C::assessment(call) => read(ctx, call, |ctx, call| views::assessment(ctx, call.id)),
            C::campaign(call) => read(ctx, call, |ctx, call| views::campaign(ctx, call.id)),
            C::article(call) => read(ctx, call, |ctx, call| views::article(ctx, call.number)),
            C::period(call) => read(ctx, call, |ctx, call| views::period(ctx, call.clock)),
            C::counts(call) => read(ctx, call, |ctx, _| views::counts(ctx)),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).map(explain::explain)
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        table::check_proposal(input)
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        table::describe(input)
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        likely_reads(caller, input)
    }
}

/// A function without an answer as the dispatcher takes it.
fn done<C, R>(
    run: impl FnOnce(&mut Ctx<'_>, C) -> Result<(), Stop>,
    returned: R,
) -> impl FnOnce(&mut Ctx<'_>, C) -> Result<R, Stop> {
    move |ctx, call| run(ctx, call).map(|()| returned)
}

/// The id under which `services` knows a service of this register: the same on every chain that hears
/// of it, and no other register's.
pub fn service_key(chain_id: u64, service: u64) -> B256 {
    let mut bytes = [0; 20 + 8 + 8];
    let parts = [state::ADDRESS.as_slice(), &chain_id.to_be_bytes(), &service.to_be_bytes()].concat();
    bytes.copy_from_slice(&parts);
    keccak256(bytes)
}

/// Whether a filing number belongs to a service that is recorded and not suspended.
///
/// # Errors
///
/// Reverts with `BadNumber` if the text is no filing number.
pub fn is_recorded(ctx: &mut Ctx<'_>, number: &str) -> Result<bool, Stop> {
    let number = numbers::parse(number)?;
    views::is_recorded(ctx, &number)
}

/// The same of a number that was read already.
///
/// # Errors
///
/// Out of gas.
pub fn is_recorded_number(ctx: &mut Ctx<'_>, number: &FilingNumber) -> Result<bool, Stop> {
    views::is_recorded(ctx, number)
}

/// Whether an account acts for the provider of the service `key` that this register recorded under a
/// number; `None` if it recorded no such service.
///
/// # Errors
///
/// Out of gas.
pub fn is_provider(
    ctx: &mut Ctx<'_>,
    key: B256,
    number: &FilingNumber,
    account: Address,
) -> Result<Option<bool>, Stop> {
    let id = state::SERVICE_OF_NUMBER.get(ctx, number.to_word())?;
    ctx.charge(gas::keccak(36))?;
    if id == 0 || service_key(ctx.chain_id(), id) != key {
        return Ok(None);
    }
    let service = state::SERVICES.get(ctx, id)?;
    let provider = state::PROVIDERS.get(ctx, service.provider)?;
    let organisation = members::organisation_of(ctx, account)?;
    let same = !provider.account.is_zero() && identity::same_subject(ctx, account, provider.account)?;
    Ok(Some(same || providers::acts_for(&provider, account, organisation)))
}

/// First two digits of the division in which the provider of the service `key` is now, which this
/// register recorded under a number; `None` if it recorded no such service. A provider may have moved
/// since its record, and then another province supervises it.
///
/// # Errors
///
/// Out of gas.
pub fn division_of(ctx: &mut Ctx<'_>, key: B256, number: &FilingNumber) -> Result<Option<u8>, Stop> {
    let id = state::SERVICE_OF_NUMBER.get(ctx, number.to_word())?;
    ctx.charge(gas::keccak(36))?;
    if id == 0 || service_key(ctx.chain_id(), id) != key {
        return Ok(None);
    }
    let provider = state::SERVICES.get(ctx, id)?.provider;
    let division = state::PROVIDERS.get(ctx, provider)?.division;
    Ok(u8::try_from(division / 10_000).ok())
}

fn likely_reads(caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
    use self::IFiling::IFilingCalls as C;
    use crate::members::state::{self as members, ORGANISATION_OF};
    let service = |id: u64| state::SERVICES.slot_of(id);
    let own = match dispatch::decode::<C>(input) {
        Ok(C::draft(call)) => vec![state::COUNTS.slot(), state::PROVIDERS.slot_of(call.provider)],
        Ok(C::file(call)) => vec![state::COUNTS.slot(), state::PROVIDERS.slot_of(call.provider)],
        Ok(C::submit(call)) => vec![service(call.service)],
        Ok(C::resubmit(call)) => vec![service(call.service)],
        Ok(C::forward(call)) => vec![service(call.service)],
        Ok(C::proposeRecord(call)) => vec![service(call.service), state::PROPOSALS.slot_of(call.service)],
        Ok(C::record(call)) => {
            let each = call.services.iter().take(ding_primitives::limits::FILING_STEP_MAX);
            each.flat_map(|id| [service(*id), state::PROPOSALS.slot_of(*id)]).collect()
        }
        Ok(C::publishBatch(call)) => {
            let each = call.services.iter().take(ding_primitives::limits::FILING_BATCH_MAX);
            each.map(|id| service(*id)).collect()
        }
        Ok(C::importFiling(_)) => vec![state::COUNTS.slot()],
        Ok(C::reportChange(call)) => vec![service(call.service), state::CHANGES.slot_of(call.service)],
        Ok(C::service(call)) => vec![service(call.id)],
        Ok(C::provider(call)) => vec![state::PROVIDERS.slot_of(call.id)],
        _ => return Vec::new(),
    };
    let own = own.into_iter().map(|slot| (state::ADDRESS, slot));
    own.chain([(members::ADDRESS, ORGANISATION_OF.slot_of(caller))]).collect()
}
