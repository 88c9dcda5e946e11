//! Services: which contracts and native modules belong to which filed service, and which services
//! are stopped.
//!
//! A blockchain information service has an id, a provider, addresses of contracts and application
//! modules, and, once it is recorded, a filing number. A service that was not filed in time, is
//! suspended or struck off is stopped at consensus: calls of its addresses that may write are
//! refused, direct, from another contract, by DELEGATECALL or in a batch ([`guard`]). What can be
//! read stays readable and provable.
//!
//! Native modules below (`filing`, `orders`) move services by the functions of [`life`]. Where no
//! `filing` does it, a supervisor declares and records services and says which addresses belong to
//! them; nobody else may, or a stranger could have another's contract stopped by claiming it. One
//! account alone stops nothing at once: suspensions come from modules that ask for two people, striking
//! off by vote is proposed by one account and carried out by another, and a service declared late has the full time to file from the day on which it is declared.
//!
//! Suspensions are counted one by one, each with its own beginning, end and lifting: a service runs
//! again when none is in force. They take effect in the next block at the earliest.
//!
//! Deadlines are kept as a day and a number of working days. The moment computed from them lies
//! beside them for [`guard`], which counts again by the present calendar before it stops a service for
//! it; [`life::refresh`] computes the moment anew. A provisional deadline stops nothing.
//!
//! Who: supervisors declare, record and, by vote, strike off; modules below do all of it; anyone reads
//! and refreshes.
//!
//! Invariants ([`Services::check`]):
//! - S1 an address belongs to one service at most, and a service counts its addresses.
//! - S2 a filing number stands for one service that is not struck off, and [`once`] says which.
//! - S3 a service goes from declared to recorded, and what is struck off stays so.
//! - S4 [`state::GUARD`] is the number of services that could refuse a call.
//! - S5 suspensions that are not over are those that the events tell.

pub mod abi;
mod check;
pub mod events;
pub mod guard;
pub mod life;
pub mod state;
#[cfg(test)]
mod tests;

use self::{
    abi::IServices::{self, *},
    state::{ADDRESS, GUARD, HOLDS, SERVICE_OF, SERVICES},
};
pub use self::{
    guard::Stopped,
    life::{
        Declaration, Suspension, attach, declare, deregister, detach, find, of_address, of_number, record,
        refresh, restore, set_clock, status, suspend,
    },
    state::{Clock, Service, Status},
};
use crate::{
    Ctx, Interface, Module, Stop, Violation,
    calendar::{self, Day},
    dispatch,
    ids::{FilingNumber, Province},
    members::{self, Members, Role},
};
use alloy_sol_types::SolCall as _;
use ding_primitives::{Address, B256, Bytes, Log, U256, limits};

/// The module.
pub struct Services;

/// Working days in which a service is to be filed (Order No. 3, art. 11).
pub const FILING_WORKING_DAYS: u16 = 10;

impl Module for Services {
    fn name(&self) -> &'static str {
        "services"
    }

    fn address(&self) -> Address {
        ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IServices", source: include_str!("abi.rs"), abi: IServices::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IServicesCalls as C;
        match dispatch::decode::<C>(input)? {
            C::declare(call) => dispatch::write(ctx, call, declare_directly),
            C::record(call) => dispatch::write(ctx, call, record_directly),
            C::addContracts(call) => dispatch::write(ctx, call, |ctx, call| {
                require_open_to_supervisors(ctx, call.id)?;
                life::add(ctx, call.id, &call.contracts)?;
                Ok(addContractsReturn {})
            }),
            C::removeContracts(call) => dispatch::write(ctx, call, |ctx, call| {
                require_open_to_supervisors(ctx, call.id)?;
                life::remove(ctx, call.id, &call.contracts)?;
                Ok(removeContractsReturn {})
            }),
            C::deregister(call) => dispatch::write(ctx, call, deregister_by_vote),
            C::refresh(call) => dispatch::write(ctx, call, |ctx, call| {
                life::renew(ctx, call.id)?;
                Ok(refreshReturn {})
            }),
            C::service(call) => dispatch::read(ctx, call, |ctx, call| shown(ctx, call.id)),
            C::serviceOf(call) => {
                dispatch::read(ctx, call, |ctx, call| SERVICE_OF.get(ctx, call.contractAddress))
            }
            C::serviceOfNumber(call) => dispatch::read(ctx, call, |ctx, call| {
                Ok(of_number(ctx, &parse(&call.number)?)?.unwrap_or_default())
            }),
            C::verdict(call) => dispatch::read(ctx, call, verdict),
            C::holds(call) => dispatch::read(ctx, call, holds),
            C::dueDay(call) => dispatch::read(ctx, call, due_day),
            C::armed(call) => dispatch::read(ctx, call, |ctx, _| GUARD.get(ctx)),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).and_then(|error| explain(error, revert))
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        match dispatch::decode_exact::<IServicesCalls>(input)? {
            IServicesCalls::deregister(_) => Ok(()),
            _ => Err(members::not_decided_by_vote(ADDRESS, input)),
        }
    }

    fn rehearse(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<(), Stop> {
        self.check_proposal(input)?;
        match dispatch::decode_exact::<IServicesCalls>(input)? {
            IServicesCalls::deregister(call) => require_deregisterable(ctx, call.id),
            _ => Ok(()),
        }
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        let call = dispatch::decode_exact::<IServicesCalls>(input).ok()?;
        let IServicesCalls::deregister(deregisterCall { id }) = call else { return None };
        Some(format!("strike service {id} off"))
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, _caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        use IServicesCalls as C;
        let id = match dispatch::decode::<C>(input) {
            Ok(C::declare(call)) => call.id,
            Ok(C::record(call)) => call.id,
            Ok(C::addContracts(call)) => call.id,
            Ok(C::removeContracts(call)) => call.id,
            Ok(C::deregister(call)) => call.id,
            Ok(C::refresh(call)) => call.id,
            Ok(C::service(call)) => call.id,
            Ok(C::serviceOf(call)) => {
                return vec![(ADDRESS, SERVICE_OF.slot_of(call.contractAddress))];
            }
            _ => return Vec::new(),
        };
        let slot = SERVICES.slot_of(id);
        (0..3u64).map(|word| (ADDRESS, slot.wrapping_add(U256::from(word)))).collect()
    }
}

fn declare_directly(ctx: &mut Ctx<'_>, call: declareCall) -> Result<declareReturn, Stop> {
    let declareCall { id, provider, division, goLive: live, contracts } = call;
    if Province::from_code(division).is_none() {
        return Err(Stop::revert(UnknownDivision { division }));
    }
    require_supervision(ctx, ctx.caller(), division)?;
    let today = calendar::today(ctx);
    let latest = today.get().saturating_add(limits::SERVICE_GO_LIVE_DAYS_MAX);
    if live > latest {
        return Err(Stop::revert(GoLiveDay { goLive: live, latest }));
    }
    let go_live = Day::new(live);
    let clock = Some(Clock { start: go_live.max(today), working_days: FILING_WORKING_DAYS });
    life::enter(ctx, &Declaration { id, provider, division, go_live, clock, contracts: &contracts })?;
    Ok(declareReturn {})
}

fn record_directly(ctx: &mut Ctx<'_>, call: recordCall) -> Result<recordReturn, Stop> {
    require_open_to_supervisors(ctx, call.id)?;
    life::give_number(ctx, call.id, &parse(&call.number)?)?;
    Ok(recordReturn {})
}

fn deregister_by_vote(ctx: &mut Ctx<'_>, call: deregisterCall) -> Result<deregisterReturn, Stop> {
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let account = ctx.caller();
    if members::state::PROPOSALS.get(ctx, proposal)?.proposer == account {
        return Err(Stop::revert(SecondPersonNeeded { proposal, account }));
    }
    require_deregisterable(ctx, call.id)?;
    life::end(ctx, call.id, 0)?;
    Ok(deregisterReturn {})
}

/// The service is one that the supervisors may strike off, and nobody has.
fn require_deregisterable(ctx: &mut Ctx<'_>, id: B256) -> Result<(), Stop> {
    require_unkept(ctx, id)?;
    life::require_going_on(ctx, id).map(|_| ())
}

/// The caller supervises the service, which exists and which no module keeps.
fn require_open_to_supervisors(ctx: &mut Ctx<'_>, id: B256) -> Result<(), Stop> {
    let division = life::require(ctx, id)?.head.division;
    require_supervision(ctx, ctx.caller(), division)?;
    require_unkept(ctx, id)
}

/// What a module declared, that module records and ends, by its own rules and hands: a number given
/// past the filing register would be one hand's, and stand in the way of the record.
fn require_unkept(ctx: &mut Ctx<'_>, id: B256) -> Result<(), Stop> {
    if life::require(ctx, id)?.kept { Err(Stop::revert(KeptByModule { id })) } else { Ok(()) }
}

/// The organisation for which an account supervises what belongs to a division (0: to none that is
/// known): the national administration everything, a provincial one what is in its own division.
///
/// # Errors
///
/// Reverts with `RoleRequired` or `OutOfDivision`; out of gas.
pub fn require_supervision(ctx: &mut Ctx<'_>, account: Address, division: u8) -> Result<u32, Stop> {
    let refused = match members::require_role(ctx, account, Role::Supervisor) {
        Err(refused @ Stop::Revert(_)) => refused,
        other => return other,
    };
    let organisation = match members::require_role(ctx, account, Role::Provincial) {
        Err(Stop::Revert(_)) => return Err(refused),
        other => other?,
    };
    let own = members::division_of(ctx, organisation)?;
    if division != 0 && own == division {
        return Ok(organisation);
    }
    Err(Stop::revert(OutOfDivision { organisation, own, division }))
}

fn parse(text: &str) -> Result<FilingNumber, Stop> {
    FilingNumber::parse(text).map_err(|_| {
        let text = text.chars().take(limits::NAME_CHARS_MAX).collect();
        Stop::revert(NotAFilingNumber { text })
    })
}

fn shown(ctx: &mut Ctx<'_>, id: B256) -> Result<IServices::Service, Stop> {
    let Some(service) = SERVICES.find(ctx, id)? else {
        return Ok(IServices::Service::from((0, String::new(), Address::ZERO, 0, 0, 0, 0, 0)));
    };
    let status = life::status_of(ctx, id, &service)?;
    let Service { head, number, provider, .. } = service;
    Ok(IServices::Service {
        status: status.number(),
        number: life::text(number),
        provider,
        division: head.division,
        contracts: head.contracts,
        goLive: head.go_live.get(),
        dueMs: head.due_ms,
        endsHeight: head.ends_height,
    })
}

fn verdict(ctx: &mut Ctx<'_>, call: verdictCall) -> Result<verdictReturn, Stop> {
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let answer =
        guard::verdict(|module, slot| ctx.sload(module, slot), call.contractAddress, height, now_ms)?;
    Ok(verdictReturn {
        stopped: answer.is_some(),
        number: life::text(answer.and_then(|answer| answer.number)),
        status: answer.map_or(0, |answer| answer.status.number()),
    })
}

fn holds(ctx: &mut Ctx<'_>, call: holdsCall) -> Result<Vec<Hold>, Stop> {
    let service = life::require(ctx, call.id)?;
    let own = HOLDS.map(ctx, call.id)?;
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let mut holds = Vec::new();
    for place in 0..service.head.holds.into() {
        let hold = own.get(ctx, place)?;
        if !hold.is_over(height, now_ms) {
            let state::Hold { from_height, lifted_height, until_ms, reference, by } = hold;
            holds.push(Hold {
                by,
                referenceId: reference,
                fromHeight: from_height,
                liftedHeight: lifted_height,
                untilMs: until_ms,
            });
        }
    }
    Ok(holds)
}

fn due_day(ctx: &mut Ctx<'_>, call: dueDayCall) -> Result<dueDayReturn, Stop> {
    let Some(clock) = life::require(ctx, call.id)?.head.clock else {
        return Ok(dueDayReturn { runs: false, day: 0, provisional: false, overdue: false });
    };
    let due = calendar::after(ctx, clock.start, clock.working_days)?;
    Ok(dueDayReturn {
        runs: true,
        day: due.day.get(),
        provisional: due.provisional,
        overdue: due.is_over_for_certain(ctx.timestamp_ms()),
    })
}

/// What an error means; one of `members` is explained there.
fn explain(error: IServicesErrors, revert: &[u8]) -> Option<String> {
    use IServicesErrors as E;
    let name = |status| Status::from_number(status).map_or("unknown", Status::name);
    Some(match error {
        E::ServiceStopped(e) => {
            let which = if e.number.is_empty() { "without a number".into() } else { e.number };
            let why = match Status::from_number(e.status) {
                Some(Status::Suspended) => "is suspended; ask its provider, who may appeal",
                Some(Status::Deregistered) => "was struck off",
                _ => "was not filed in time; its provider has to file it",
            };
            format!("the service {which} {why}; what it recorded can still be read")
        }
        E::ZeroService(_) => "the id of a service is all zero; choose another".into(),
        E::ZeroProvider(_) => "the provider is the zero address; name its account".into(),
        E::NoSuchService(e) => format!("there is no service {}; declare it first", e.id),
        E::KeptByModule(e) => format!(
            "service {} is kept by a module (filing, where it was filed there); take the step there",
            e.id
        ),
        E::ServiceExists(e) => format!("service {} exists and is {}", e.id, name(e.status)),
        E::ServiceEnded(e) => {
            format!("service {} is struck off from block {} on; declare a new one", e.id, e.fromHeight)
        }
        E::AlreadyRecorded(e) => format!("service {} is recorded under {}", e.id, e.number),
        E::NotAFilingNumber(e) => {
            format!("{:?} is no filing number: 19 digits and a digit or X, of a known province", e.text)
        }
        E::NumberTaken(e) => format!("filing number {} belongs to service {}", e.number, e.id),
        E::UnknownDivision(e) => {
            format!("there is no division {}; send the first two digits of GB/T 2260", e.division)
        }
        E::DivisionDiffers(e) => format!(
            "service {} is of province {}, the number of province {}; one of them is wrong",
            e.id, e.division, e.ofNumber
        ),
        E::OutOfDivision(e) => format!(
            "organisation {} supervises division {:02}, this {}; ask the national administration",
            e.organisation,
            e.own,
            if e.division == 0 {
                "belongs to none".into()
            } else {
                format!("is one of division {:02}", e.division)
            }
        ),
        E::GoLiveDay(e) => {
            let [day, last] = [e.goLive, e.latest].map(Day::new);
            format!("the service would go live on {day}; {last} is the last day allowed")
        }
        E::ContractTaken(e) => {
            format!("{} belongs to service {}; take it out there first", e.contractAddress, e.id)
        }
        E::ContractNotOfService(e) => format!(
            "{} does not belong to service {} but to {} (zero: to none)",
            e.contractAddress, e.id, e.belongsTo
        ),
        E::NotAService(e) => format!(
            "{} is no contract and no application module: the ledger runs on it; leave it out",
            e.contractAddress
        ),
        E::TooManyContracts(e) if e.contracts == 0 => "name at least one address".into(),
        E::TooManyContracts(e) => format!(
            "{} addresses, at most {} of one service and {} in one call",
            e.contracts,
            e.max,
            limits::SERVICE_CONTRACTS_CALL_MAX
        ),
        E::EffectiveHeight(e) => format!(
            "a change from block {} on; it takes effect from block {} to {} (0: the next one)",
            e.fromHeight, e.earliest, e.latest
        ),
        E::SuspensionTime(e) => format!(
            "a suspension until {}, it is {} now; choose an end before {}, or 0 for none",
            moment(e.untilMs),
            moment(e.nowMs),
            moment(e.latestMs)
        ),
        E::HoldExists(e) => {
            format!("service {} is suspended under number {} of {} already", e.id, e.referenceId, e.by)
        }
        E::NoSuchHold(e) => format!(
            "no suspension of service {} under number {} of {} is left to lift",
            e.id, e.referenceId, e.by
        ),
        E::TooManyHolds(e) => {
            format!("service {} has {} suspensions, at most {}; lift one first", e.id, e.holds, e.max)
        }
        E::SecondPersonNeeded(e) => format!(
            "{} made proposal {} itself; another account of a supervisor has to carry it out",
            e.account, e.proposal
        ),
        E::StillStopped(e) => format!(
            "service {} is {} or will be stopped; its addresses stay until that is lifted",
            e.id,
            name(e.status)
        ),
        E::RoleRequired(_) => return Members.explain(revert),
    })
}

/// A time in milliseconds as people in Beijing say it.
fn moment(ms: u64) -> String {
    let day = Day::from_ms(ms);
    let minutes = ms.saturating_sub(day.start_ms()) / 60_000;
    format!("{day} {:02}:{:02} (Beijing time)", minutes / 60, minutes % 60)
}
