//! What happens to a service, for native modules below and for the functions of the interface.
//!
//! A module below calls the public functions; they run as `services`, so that events bear its
//! address. Who may do what is the calling module's business.

use super::{
    Services,
    abi::IServices::*,
    guard,
    state::{
        ADDRESS, Clock, GUARD, HEIGHT_BITS, HOLDS, Head, Hold, SERVICE_OF, SERVICES, Service, Status,
        TIME_BITS,
    },
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    ids::{FilingNumber, Province},
    once::{self, Claim, Keep},
    registry,
};
use ding_primitives::{Address, B256, b256, is_module_address, limits};

/// Register of filing numbers in [`once`]: keccak256("ding.services.number").
pub const NUMBERS: B256 = b256!("cd567a412feebdbbeaaefdcc8e08071faca0eb7f06b0c65d776b766df5e7225a");

/// A reservation is confirmed in the same call; it needs some end.
const MOMENT_MS: u64 = 1_000;

/// A service as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// Its id; not used before.
    pub id: B256,
    /// Account of its provider.
    pub provider: Address,
    /// Two digits of the province; 0 if not known yet.
    pub division: u8,
    /// Day from which on it is provided.
    pub go_live: Day,
    /// How long there is time to file; `None` if no clock runs.
    pub clock: Option<Clock>,
    /// Addresses that are vouched for: see [`attach`].
    pub contracts: &'a [Address],
}

/// A suspension to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Number of the measure or order in the calling module; one service is suspended once by it.
    pub reference: u64,
    /// Block from which on; 0 means the next one, which is the earliest.
    pub from_height: u64,
    /// When it ends by itself, milliseconds since 1970-01-01T00:00:00Z; 0 if only by [`restore`].
    pub until_ms: u64,
}

/// Declares a service.
///
/// # Errors
///
/// Reverts with what the declaration lacks, `ServiceExists`, or as [`attach`].
pub fn declare(ctx: &mut Ctx<'_>, declaration: &Declaration<'_>) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| enter(ctx, declaration))
}

/// Sets or stops the clock of a declared service: none while a filing is under review.
///
/// # Errors
///
/// Reverts with `NoSuchService`, `ServiceEnded` or `AlreadyRecorded`.
pub fn set_clock(ctx: &mut Ctx<'_>, id: B256, clock: Option<Clock>) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| {
        let old = require_open(ctx, id)?;
        require_unrecorded(id, &old)?;
        wind(ctx, id, &old, clock).map(|_| ())
    })
}

/// Records a declared service under its number; its clock stops.
///
/// # Errors
///
/// Reverts with `NoSuchService`, `ServiceEnded`, `AlreadyRecorded` or `NumberTaken`.
pub fn record(ctx: &mut Ctx<'_>, id: B256, number: &FilingNumber) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| give_number(ctx, id, number))
}

/// Adds addresses to a service, from the next block on. What stops the service stops them too, so
/// the calling module lets nobody claim an address that is not its own: it asks a supervisor first.
/// Addresses that belong to it already are passed over; those of a service struck off move over.
///
/// # Errors
///
/// Reverts with `ContractTaken`, `NotAService`, `TooManyContracts`, `NoSuchService` or
/// `ServiceEnded`.
pub fn attach(ctx: &mut Ctx<'_>, id: B256, contracts: &[Address]) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| add(ctx, id, contracts))
}

/// Takes addresses out of a service that nothing stops or will stop.
///
/// # Errors
///
/// Reverts with `ContractNotOfService`, `StillStopped`, `TooManyContracts` or `NoSuchService`.
pub fn detach(ctx: &mut Ctx<'_>, id: B256, contracts: &[Address]) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| remove(ctx, id, contracts))
}

/// Suspends a service.
///
/// # Errors
///
/// Reverts with `EffectiveHeight`, `SuspensionTime`, `HoldExists`, `TooManyHolds`, `NoSuchService`
/// or `ServiceEnded`.
pub fn suspend(ctx: &mut Ctx<'_>, id: B256, suspension: Suspension) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| hold(ctx, id, suspension))
}

/// Lifts a suspension of the calling module, from a block on; 0 means the next one. Others stay.
///
/// # Errors
///
/// Reverts with `EffectiveHeight`, `NoSuchHold`, `NoSuchService` or `ServiceEnded`.
pub fn restore(ctx: &mut Ctx<'_>, id: B256, reference: u64, from_height: u64) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| lift(ctx, id, reference, from_height))
}

/// Strikes a service off, from a block on; 0 means the next one. Its number is free at once, its
/// addresses are refused until another service takes them over.
///
/// # Errors
///
/// Reverts with `EffectiveHeight`, `NoSuchService` or `ServiceEnded`.
pub fn deregister(ctx: &mut Ctx<'_>, id: B256, from_height: u64) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| end(ctx, id, from_height))
}

/// Computes the end of the clock again and drops suspensions that are over.
///
/// # Errors
///
/// Reverts with `NoSuchService`.
pub fn refresh(ctx: &mut Ctx<'_>, id: B256) -> Result<(), Stop> {
    ctx.enter(&Services, |ctx| renew(ctx, id))
}

/// A service; `None` if there is none with this id.
///
/// # Errors
///
/// Out of gas.
pub fn find(ctx: &mut Ctx<'_>, id: B256) -> Result<Option<Service>, Stop> {
    SERVICES.find(ctx, id)
}

/// Status of a service in this block; `None` if there is none with this id.
///
/// # Errors
///
/// Out of gas.
pub fn status(ctx: &mut Ctx<'_>, id: B256) -> Result<Option<Status>, Stop> {
    let Some(service) = find(ctx, id)? else { return Ok(None) };
    status_of(ctx, id, &service).map(Some)
}

/// The service that an address belongs to.
///
/// # Errors
///
/// Out of gas.
pub fn of_address(ctx: &mut Ctx<'_>, address: Address) -> Result<Option<B256>, Stop> {
    Ok(Some(SERVICE_OF.get(ctx, address)?).filter(|id| !id.is_zero()))
}

/// The service, not struck off, with a number.
///
/// # Errors
///
/// Out of gas.
pub fn of_number(ctx: &mut Ctx<'_>, number: &FilingNumber) -> Result<Option<B256>, Stop> {
    Ok(once::held(ctx, ADDRESS, NUMBERS, number.to_word())?.map(|entry| entry.content))
}

pub(super) fn status_of(ctx: &mut Ctx<'_>, id: B256, service: &Service) -> Result<Status, Stop> {
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let own = HOLDS.map(ctx, id)?;
    guard::status(service, |place| own.get(ctx, place), height, now_ms)
}

pub(super) fn text(number: Option<FilingNumber>) -> String {
    number.map(|number| number.as_str().into()).unwrap_or_default()
}

pub(super) fn require(ctx: &mut Ctx<'_>, id: B256) -> Result<Service, Stop> {
    SERVICES.find(ctx, id)?.ok_or_else(|| Stop::revert(NoSuchService { id }))
}

/// Whether the time to file is over, by the clock as it was wound and by the calendar of today. A
/// provisional end stops nothing.
fn is_overdue(ctx: &mut Ctx<'_>, head: &Head) -> Result<bool, Stop> {
    let Some(clock) = head.clock.filter(|_| guard::ran_out(head, ctx.timestamp_ms())) else {
        return Ok(false);
    };
    let due = calendar::after(ctx, clock.start, clock.working_days)?;
    Ok(due.is_over_for_certain(ctx.timestamp_ms()))
}

/// The service, which is not struck off yet.
fn require_open(ctx: &mut Ctx<'_>, id: B256) -> Result<Service, Stop> {
    let service = require(ctx, id)?;
    let ends = service.head.ends_height;
    if ends != 0 && ctx.height().get() >= ends {
        return Err(Stop::revert(ServiceEnded { id, fromHeight: ends }));
    }
    Ok(service)
}

/// The service, which nobody has struck off, from this block on or a later one.
pub(super) fn require_going_on(ctx: &mut Ctx<'_>, id: B256) -> Result<Service, Stop> {
    let service = require(ctx, id)?;
    match service.head.ends_height {
        0 => Ok(service),
        ends => Err(Stop::revert(ServiceEnded { id, fromHeight: ends })),
    }
}

fn require_unrecorded(id: B256, service: &Service) -> Result<(), Stop> {
    if service.head.status == Status::Declared {
        return Ok(());
    }
    Err(Stop::revert(AlreadyRecorded { id, number: text(service.number) }))
}

/// Writes a service and counts whether it could refuse a call.
fn store(ctx: &mut Ctx<'_>, id: B256, old: &Service, new: &Service) -> Result<(), Stop> {
    SERVICES.cell(ctx, id)?.replace(ctx, old, new)?;
    let (before, after) = (old.head.is_armed(), new.head.is_armed());
    if before == after {
        return Ok(());
    }
    let armed = GUARD.get(ctx)?;
    let armed = if after { armed.checked_add(1) } else { armed.checked_sub(1) };
    ctx.invariant("S4 the guard counts services", armed.is_some())?;
    GUARD.set(ctx, &armed.unwrap_or_default())
}

pub(super) fn enter(ctx: &mut Ctx<'_>, declaration: &Declaration<'_>) -> Result<(), Stop> {
    let Declaration { id, provider, division, go_live, clock, contracts } = *declaration;
    if id.is_zero() {
        return Err(Stop::revert(ZeroService {}));
    }
    if provider.is_zero() {
        return Err(Stop::revert(ZeroProvider {}));
    }
    if division != 0 && Province::from_code(division).is_none() {
        return Err(Stop::revert(UnknownDivision { division }));
    }
    let cell = SERVICES.cell(ctx, id)?;
    if let Some(known) = cell.find(ctx)? {
        let status = status_of(ctx, id, &known)?.number();
        return Err(Stop::revert(ServiceExists { id, status }));
    }
    let head = Head { division, go_live, ..Head::default() };
    let service = Service { head, number: None, provider, kept: is_module_address(&ctx.caller()) };
    cell.insert(ctx, &service)?;
    ctx.emit(&ServiceDeclared { id, provider, by: ctx.caller(), division, goLive: go_live.get() })?;
    if clock.is_some() {
        wind(ctx, id, &service, clock)?;
    }
    if contracts.is_empty() { Ok(()) } else { add(ctx, id, contracts) }
}

/// Sets the clock and computes its end.
fn wind(ctx: &mut Ctx<'_>, id: B256, old: &Service, clock: Option<Clock>) -> Result<Service, Stop> {
    let clock = clock.filter(|clock| clock.working_days > 0);
    let due = clock.map(|clock| calendar::after(ctx, clock.start, clock.working_days)).transpose()?;
    let due_ms = due.map_or(0, |due| due.day.end_ms());
    ctx.invariant("S4 a service holds the end of its clock", due_ms >> TIME_BITS == 0)?;
    let new = Service { head: Head { clock, due_ms, ..old.head }, ..*old };
    if new == *old {
        return Ok(new);
    }
    store(ctx, id, old, &new)?;
    ctx.emit(&ClockSet {
        id,
        startDay: clock.map_or(0, |clock| clock.start.get()),
        workingDays: clock.map_or(0, |clock| clock.working_days),
        dueMs: due_ms,
        provisional: due.is_some_and(|due| due.provisional),
    })?;
    Ok(new)
}

pub(super) fn give_number(ctx: &mut Ctx<'_>, id: B256, number: &FilingNumber) -> Result<(), Stop> {
    let old = require_going_on(ctx, id)?;
    require_unrecorded(id, &old)?;
    let (known, province) = (old.head.division, number.province().code());
    // The module that keeps a service knows where its provider is now.
    if !old.kept && known != 0 && known != province {
        return Err(Stop::revert(DivisionDiffers { id, division: known, ofNumber: province }));
    }
    if let Some(other) = of_number(ctx, number)? {
        return Err(Stop::revert(NumberTaken { number: number.as_str().into(), id: other }));
    }
    let claim = Claim { register: NUMBERS, key: number.to_word(), content: id, holder: old.provider };
    let moment = ctx.timestamp_ms().saturating_add(MOMENT_MS);
    once::reserve(ctx, claim, moment)?;
    once::confirm(ctx, claim, Keep::UntilReleased)?;
    let old = wind(ctx, id, &old, None)?;
    let head = Head { status: Status::Recorded, division: province, ..old.head };
    store(ctx, id, &old, &Service { head, number: Some(*number), ..old })?;
    ctx.emit(&ServiceRecorded { id, number: number.as_str().into(), division: province })
}

pub(super) fn add(ctx: &mut Ctx<'_>, id: B256, contracts: &[Address]) -> Result<(), Stop> {
    require_list(contracts)?;
    let old = require_going_on(ctx, id)?;
    let mut count = u64::from(old.head.contracts);
    for address in contracts {
        require_application(*address)?;
        let cell = SERVICE_OF.cell(ctx, *address)?;
        let formerly = cell.get(ctx)?;
        if formerly == id {
            continue;
        }
        if !formerly.is_zero() {
            take_over(ctx, *address, formerly)?;
        }
        cell.set(ctx, &id)?;
        count = count.saturating_add(1);
        ctx.emit(&ContractAdded { id, contractAddress: *address, formerly })?;
    }
    let max = u64::from(limits::SERVICE_CONTRACTS_MAX);
    let fits = u16::try_from(count).ok().filter(|_| count <= max);
    let contracts = fits.ok_or_else(|| Stop::revert(TooManyContracts { contracts: count, max }))?;
    store(ctx, id, &old, &Service { head: Head { contracts, ..old.head }, ..old })
}

/// Takes an address away from a service that is struck off by the next block.
fn take_over(ctx: &mut Ctx<'_>, address: Address, formerly: B256) -> Result<(), Stop> {
    let old = require(ctx, formerly)?;
    let ends = old.head.ends_height;
    if ends == 0 || ctx.height().get().saturating_add(1) < ends {
        return Err(Stop::revert(ContractTaken { contractAddress: address, id: formerly }));
    }
    uncount(ctx, formerly, &old, 1)
}

fn uncount(ctx: &mut Ctx<'_>, id: B256, old: &Service, by: u16) -> Result<(), Stop> {
    let contracts = old.head.contracts.checked_sub(by);
    ctx.invariant("S1 a service counts its addresses", contracts.is_some())?;
    let head = Head { contracts: contracts.unwrap_or_default(), ..old.head };
    store(ctx, id, old, &Service { head, ..*old })
}

pub(super) fn remove(ctx: &mut Ctx<'_>, id: B256, contracts: &[Address]) -> Result<(), Stop> {
    require_list(contracts)?;
    let service = require_open(ctx, id)?;
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let held = load(ctx, id, &service.head)?.iter().any(|hold| !hold.is_over(height, now_ms));
    if held || is_overdue(ctx, &service.head)? || service.head.ends_height != 0 {
        let status = status_of(ctx, id, &service)?.number();
        return Err(Stop::revert(StillStopped { id, status }));
    }
    let mut count = 0;
    for address in contracts {
        let cell = SERVICE_OF.cell(ctx, *address)?;
        let belongs = cell.get(ctx)?;
        if belongs != id {
            let refused = ContractNotOfService { contractAddress: *address, id, belongsTo: belongs };
            return Err(Stop::revert(refused));
        }
        cell.clear(ctx)?;
        count += 1;
        ctx.emit(&ContractRemoved { id, contractAddress: *address })?;
    }
    uncount(ctx, id, &service, count)
}

fn require_list(contracts: &[Address]) -> Result<(), Stop> {
    let (given, max) = (contracts.len() as u64, u64::from(limits::SERVICE_CONTRACTS_CALL_MAX));
    if (1..=max).contains(&given) {
        return Ok(());
    }
    Err(Stop::revert(TooManyContracts { contracts: given, max }))
}

/// Contracts and application modules; not what the ledger and its supervision run on.
fn require_application(address: Address) -> Result<(), Stop> {
    let low = address.as_slice().iter().take(18).all(|byte| *byte == 0);
    let allowed = if is_module_address(&address) {
        registry::by_address(address).is_some_and(|module| module.is_application())
    } else {
        !low
    };
    if allowed { Ok(()) } else { Err(Stop::revert(NotAService { contractAddress: address })) }
}

fn load(ctx: &mut Ctx<'_>, id: B256, head: &Head) -> Result<Vec<Hold>, Stop> {
    let own = HOLDS.map(ctx, id)?;
    (0..head.holds.into()).map(|place| own.get(ctx, place)).collect()
}

/// Writes the suspensions that are not over, and clears the places behind them.
fn keep(ctx: &mut Ctx<'_>, id: B256, service: &Service, before: &[Hold], holds: &[Hold]) -> Result<(), Stop> {
    let own = HOLDS.map(ctx, id)?;
    for (place, old) in (0u32..).zip(before) {
        let cell = own.cell(ctx, place)?;
        match holds.get(place as usize) {
            Some(new) => cell.replace(ctx, old, new)?,
            None => cell.clear(ctx)?,
        }
    }
    for (place, new) in (0u32..).zip(holds).skip(before.len()) {
        own.cell(ctx, place)?.insert(ctx, new)?;
    }
    let count = u8::try_from(holds.len()).map_err(|_| Stop::overflow())?;
    store(ctx, id, service, &Service { head: Head { holds: count, ..service.head }, ..*service })
}

/// The block from which on a change takes effect.
fn effective(ctx: &Ctx<'_>, from_height: u64) -> Result<u64, Stop> {
    let earliest = ctx.height().get().saturating_add(1);
    let latest = (1 << HEIGHT_BITS) - 1;
    let from = if from_height == 0 { earliest } else { from_height };
    if (earliest..=latest).contains(&from) {
        return Ok(from);
    }
    Err(Stop::revert(EffectiveHeight { fromHeight: from, earliest, latest }))
}

fn hold(ctx: &mut Ctx<'_>, id: B256, suspension: Suspension) -> Result<(), Stop> {
    let service = require_open(ctx, id)?;
    let Suspension { reference, until_ms, .. } = suspension;
    let from_height = effective(ctx, suspension.from_height)?;
    let (by, height, now_ms) = (ctx.caller(), ctx.height().get(), ctx.timestamp_ms());
    if until_ms != 0 && (until_ms <= now_ms || until_ms >> TIME_BITS != 0) {
        let latest = (1 << TIME_BITS) - 1;
        return Err(Stop::revert(SuspensionTime { untilMs: until_ms, nowMs: now_ms, latestMs: latest }));
    }
    let before = load(ctx, id, &service.head)?;
    let mut holds: Vec<Hold> = before.iter().filter(|h| !h.is_over(height, now_ms)).copied().collect();
    if holds.iter().any(|hold| hold.is(by, reference)) {
        return Err(Stop::revert(HoldExists { id, by, referenceId: reference }));
    }
    let (count, max) = (holds.len() as u64, u64::from(limits::SERVICE_HOLDS_MAX));
    if count >= max {
        return Err(Stop::revert(TooManyHolds { id, holds: count, max }));
    }
    holds.push(Hold { from_height, lifted_height: 0, until_ms, reference, by });
    keep(ctx, id, &service, &before, &holds)?;
    ctx.emit(&ServiceSuspended { id, by, referenceId: reference, fromHeight: from_height, untilMs: until_ms })
}

fn lift(ctx: &mut Ctx<'_>, id: B256, reference: u64, from_height: u64) -> Result<(), Stop> {
    let service = require_open(ctx, id)?;
    let from = effective(ctx, from_height)?;
    let (by, height, now_ms) = (ctx.caller(), ctx.height().get(), ctx.timestamp_ms());
    let before = load(ctx, id, &service.head)?;
    let mut holds: Vec<Hold> = before.iter().filter(|h| !h.is_over(height, now_ms)).copied().collect();
    let own = holds.iter_mut().find(|hold| hold.is(by, reference) && hold.lifted_height == 0);
    let own = own.ok_or_else(|| Stop::revert(NoSuchHold { id, by, referenceId: reference }))?;
    own.lifted_height = from;
    holds.retain(|hold| !hold.is_over(height, now_ms));
    keep(ctx, id, &service, &before, &holds)?;
    ctx.emit(&ServiceRestored { id, by, referenceId: reference, fromHeight: from })
}

pub(super) fn end(ctx: &mut Ctx<'_>, id: B256, from_height: u64) -> Result<(), Stop> {
    let old = require_going_on(ctx, id)?;
    let from = effective(ctx, from_height)?;
    if let Some(number) = old.number {
        once::release(ctx, NUMBERS, number.to_word(), old.provider)?;
    }
    let head = Head { ends_height: from, ..old.head };
    store(ctx, id, &old, &Service { head, ..old })?;
    ctx.emit(&ServiceDeregistered { id, fromHeight: from })
}

pub(super) fn renew(ctx: &mut Ctx<'_>, id: B256) -> Result<(), Stop> {
    let service = require(ctx, id)?;
    let service = wind(ctx, id, &service, service.head.clock)?;
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let before = load(ctx, id, &service.head)?;
    let holds: Vec<Hold> = before.iter().filter(|h| !h.is_over(height, now_ms)).copied().collect();
    keep(ctx, id, &service, &before, &holds)
}
