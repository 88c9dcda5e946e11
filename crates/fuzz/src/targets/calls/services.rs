//! The module `services` once more: which addresses belong to which service, which services are stopped
//! from when until when, and how long there is to file.
//!
//! What a service is at a moment is told from what was said of it: its suspensions one by one, its
//! clock, and the block from which on it is struck off. Whether a call of an address is refused is asked
//! anew each time. Working days are those of the model of `calendar`.
//!
//! Stories begin with services that `orders` suspended, with one that `filing` keeps, and with a table of
//! working days that takes effect while they are told (`start.rs`). Contracts that forward calls may
//! become part of a service: while it is stopped, so are they.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod start;
mod stories;

pub(in crate::targets) use stories::seeds;

use super::{
    Address, Answer, B256, Feed, Log, NOBODY, Now, Refusal, VIAS, Via, calendar, calendar::day_at,
    consortium::EXECUTION_MS, digest, log, refuse, wallet,
};
use alloy_sol_types::{SolCall as _, SolError as _, SolInterface as _};
use ding_modules::{
    evidence,
    members::{
        self,
        abi::IMembers::{Executed, NoVote, NotApproved, NotProposed},
    },
    once::{
        self,
        abi::IOnce::{Confirmed, Released, Reserved},
    },
    services::{
        abi::IServices::{self, IServicesCalls as C, *},
        state::ADDRESS,
    },
};
use ding_primitives::{keccak256, limits};
use std::collections::BTreeMap;

const DAY_MS: u64 = 86_400_000;
/// The time to file.
const WORKING_DAYS: u16 = 10;
/// A proposal takes votes for so long.
const VOTING_MS: u64 = 7 * DAY_MS;
/// A reservation of a number ends this much later, if it is not confirmed at once.
const MOMENT_MS: u64 = 1_000;
const SUPERVISOR: u8 = 1;
const DECLARED: u8 = 1;
const RECORDED: u8 = 2;
const SUSPENDED: u8 = 3;
const ENDED: u8 = 4;

/// A time to file that runs, and the moment of its end that was computed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    start: u32,
    days: u16,
    due_ms: u64,
}

#[derive(Clone, Debug)]
struct Service {
    provider: Address,
    division: u8,
    go_live: u32,
    number: String,
    /// A module declared it.
    kept: bool,
    clock: Option<Clock>,
    holds: Vec<Hold>,
    ends: u64,
}

/// Not lifted, and its time is not over.
const fn lasts(hold: &Hold, now: Now) -> bool {
    (hold.liftedHeight == 0 || now.height < hold.liftedHeight)
        && (hold.untilMs == 0 || now.timestamp_ms < hold.untilMs)
}

impl Service {
    fn is_held(&self, now: Now) -> bool {
        self.holds.iter().any(|hold| hold.fromHeight <= now.height && lasts(hold, now))
    }

    const fn is_over(&self, now: Now) -> bool {
        self.ends != 0 && self.ends <= now.height
    }

    fn status(&self, now: Now) -> u8 {
        if self.is_over(now) {
            ENDED
        } else if self.is_held(now) {
            SUSPENDED
        } else if self.number.is_empty() {
            DECLARED
        } else {
            RECORDED
        }
    }

    /// Whether it could refuse a call of an address, now or later.
    fn can_stop(&self) -> bool {
        self.ends != 0 || self.clock.is_some() || !self.holds.is_empty()
    }
}

/// A proposal to strike a service off.
#[derive(Clone, Copy, Debug)]
struct Motion {
    id: u64,
    ends_ms: u64,
    /// 0 while it is open.
    decided_ms: u64,
    done: bool,
}

impl Motion {
    const fn status(&self, now: Now) -> u8 {
        if self.done {
            5
        } else if self.decided_ms == 0 {
            if now.timestamp_ms < self.ends_ms { 1 } else { 6 }
        } else if now.timestamp_ms < self.decided_ms + EXECUTION_MS {
            2
        } else {
            7
        }
    }
}

/// Every service, and who belongs to it.
#[derive(Clone)]
pub(super) struct Model {
    services: BTreeMap<B256, Service>,
    contracts: BTreeMap<Address, B256>,
    /// By the service that is to be struck off.
    motions: BTreeMap<B256, Motion>,
    proposals: u64,
    days: calendar::Model,
    /// The block of the last call, and what stopped forwarding contracts when it began.
    height: u64,
    stopped: BTreeMap<Address, (String, u8)>,
}

/// Sign and first two digits of the provinces that stories know.
const PROVINCES: [(char, u8); 4] = [('京', 11), ('津', 12), ('浙', 33), ('粤', 44)];

/// The twenty characters of a filing number that a text spells: gaps, width, case and the words around
/// it do not matter; a wrong check is nobody's business here.
fn number_of(text: &str) -> Result<String, Refusal> {
    // Of a long text the error shows the beginning.
    let shown = || text.chars().take(limits::NAME_CHARS_MAX).collect();
    let refused = || NotAFilingNumber { text: shown() }.abi_encode();
    let plain: String = text.chars().filter(|sign| !" -".contains(*sign)).collect();
    let (sign, rest) = match plain.split_once("网信备") {
        Some((sign, rest)) => (Some(sign), rest.strip_suffix('号').unwrap_or(rest)),
        None => (None, plain.as_str()),
    };
    let number = rest.to_ascii_uppercase();
    let body = number.strip_suffix('X').unwrap_or(&number);
    let digits = number.len() == 20 && body.len() >= 19 && body.chars().all(|sign| sign.is_ascii_digit());
    let province = PROVINCES.into_iter().find(|(_, code)| number.starts_with(&code.to_string()));
    match (digits, province, sign) {
        (true, Some(_), None) => Ok(number),
        (true, Some((known, _)), Some(sign)) if sign == known.to_string() => Ok(number),
        _ => Err(refused()),
    }
}

fn division_of(number: &str) -> u8 {
    number.get(..2).and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// What the organisation of an account supervises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Everything,
    Division(u8),
    Nothing,
}

/// Number of the organisation that an account acts for in these stories, and its scope.
fn office(account: Address) -> (u32, Scope) {
    let organisation = start::place_of(account);
    let scope = match organisation {
        1 | 3 => Scope::Everything,
        2 => Scope::Division(33),
        5 => Scope::Division(11),
        _ => Scope::Nothing,
    };
    (organisation, scope)
}

fn require_supervision(account: Address, division: u8) -> Result<(), Refusal> {
    match office(account) {
        (organisation, Scope::Nothing) => refuse(RoleRequired { account, organisation, role: SUPERVISOR }),
        (organisation, Scope::Division(own)) if own != division => {
            refuse(OutOfDivision { organisation, own, division })
        }
        _ => Ok(()),
    }
}

/// Whether an address is one of the low ones, and no module that is an application.
fn runs_the_ledger(address: Address) -> bool {
    address.iter().take(17).all(|byte| *byte == 0) && address != evidence::state::ADDRESS
}

impl Model {
    fn service(&self, id: B256) -> Result<&Service, Refusal> {
        self.services.get(&id).map_or_else(|| refuse(NoSuchService { id }), Ok)
    }

    fn change(&mut self, id: B256, change: impl FnOnce(&mut Service)) {
        self.services.get_mut(&id).map(change);
    }

    /// A service that is not struck off, nor will be.
    fn going_on(&self, id: B256) -> Result<&Service, Refusal> {
        let service = self.service(id)?;
        match service.ends {
            0 => Ok(service),
            fromHeight => refuse(ServiceEnded { id, fromHeight }),
        }
    }

    /// A service of which no module takes care.
    fn own(&self, id: B256) -> Result<&Service, Refusal> {
        let service = self.service(id)?;
        if service.kept { refuse(KeptByModule { id }) } else { Ok(service) }
    }

    /// The same, which the account supervises.
    fn supervised(&self, by: Address, id: B256) -> Result<&Service, Refusal> {
        require_supervision(by, self.service(id)?.division)?;
        self.own(id)
    }

    fn size(&self, id: B256) -> usize {
        self.contracts.values().filter(|owner| **owner == id).count()
    }

    fn of_number(&self, number: &str) -> Option<B256> {
        let holds = |service: &Service| service.number == number && service.ends == 0;
        self.services.iter().find(|(_, service)| holds(service)).map(|(id, _)| *id)
    }

    /// Last day to file, and whether that is provisional, as the calendar is at this moment.
    fn due(&self, clock: Clock, now: Now) -> (u32, bool) {
        self.days.after(day_at(now.timestamp_ms), clock.start, clock.days.into())
    }

    /// Whether the time to file is over, by the moment written down and by the calendar.
    fn is_late(&self, service: &Service, now: Now) -> bool {
        service.clock.is_some_and(|clock| {
            let (day, provisional) = self.due(clock, now);
            let (nowMs, end) = (now.timestamp_ms, midnight(day + 1));
            nowMs >= clock.due_ms && nowMs >= end && !provisional
        })
    }

    /// Why calls of an address are refused, if they are.
    fn verdict(&self, address: Address, now: Now) -> Option<(String, u8)> {
        let service = self.services.get(self.contracts.get(&address)?)?;
        let status = match service.status(now) {
            stopped @ (SUSPENDED | ENDED) => stopped,
            _ if self.is_late(service, now) => DECLARED,
            _ => return None,
        };
        Some((service.number.clone(), status))
    }

    /// Sets a clock, or computes its end anew, or stops it; says so if that changes anything.
    fn wind(&mut self, id: B256, clock: Option<(u32, u16)>, now: Now) -> Option<Log> {
        let (startDay, workingDays) = clock.unwrap_or_default();
        let mut event = ClockSet { id, startDay, workingDays, dueMs: 0, provisional: false };
        let mut new = clock.map(|(start, days)| Clock { start, days, due_ms: 0 });
        if let Some(clock) = &mut new {
            let (day, provisional) = self.due(*clock, now);
            clock.due_ms = midnight(day + 1);
            (event.dueMs, event.provisional) = (clock.due_ms, provisional);
        }
        let service = self.services.get_mut(&id)?;
        if service.clock == new {
            return None;
        }
        service.clock = new;
        Some(log(ADDRESS, &event))
    }

    fn declare(&mut self, by: Address, call: &declareCall, now: Now) -> Answer {
        let declareCall { id, provider, division, goLive, contracts } = call.clone();
        if !PROVINCES.iter().any(|(_, code)| *code == division) {
            return refuse(UnknownDivision { division });
        }
        require_supervision(by, division)?;
        let today = day_at(now.timestamp_ms);
        let latest = today + limits::SERVICE_GO_LIVE_DAYS_MAX;
        if goLive > latest {
            return refuse(GoLiveDay { goLive, latest });
        }
        if id.is_zero() {
            return refuse(ZeroService {});
        }
        if provider.is_zero() {
            return refuse(ZeroProvider {});
        }
        if let Some(known) = self.services.get(&id) {
            let status = known.status(now);
            return refuse(ServiceExists { id, status });
        }
        let service = Service {
            provider,
            division,
            go_live: goLive,
            number: String::new(),
            kept: false,
            clock: None,
            holds: Vec::new(),
            ends: 0,
        };
        self.services.insert(id, service);
        let declared = ServiceDeclared { id, provider, by, division, goLive };
        let mut logs = vec![log(ADDRESS, &declared)];
        logs.extend(self.wind(id, Some((goLive.max(today), WORKING_DAYS)), now));
        if !contracts.is_empty() {
            logs.extend(self.attach(id, &contracts)?);
        }
        Ok((Vec::new(), logs))
    }

    /// A list of one address or more, but not too many.
    fn require_list(contracts: &[Address]) -> Result<(), Refusal> {
        let (count, max) = (contracts.len() as u64, u64::from(limits::SERVICE_CONTRACTS_CALL_MAX));
        let fits = (1..=max).contains(&count);
        if fits { Ok(()) } else { refuse(TooManyContracts { contracts: count, max }) }
    }

    fn attach(&mut self, id: B256, contracts: &[Address]) -> Result<Vec<Log>, Refusal> {
        Self::require_list(contracts)?;
        self.going_on(id)?;
        let mut logs = Vec::new();
        for contractAddress in contracts.iter().copied() {
            if runs_the_ledger(contractAddress) {
                return refuse(NotAService { contractAddress });
            }
            let formerly = self.contracts.get(&contractAddress).copied().unwrap_or_default();
            if formerly == id {
                continue;
            }
            if self.services.get(&formerly).is_some_and(|other| other.ends == 0) {
                return refuse(ContractTaken { contractAddress, id: formerly });
            }
            self.contracts.insert(contractAddress, id);
            logs.push(log(ADDRESS, &ContractAdded { id, contractAddress, formerly }));
        }
        let (contracts, max) = (self.size(id) as u64, u64::from(limits::SERVICE_CONTRACTS_MAX));
        if contracts > max {
            return refuse(TooManyContracts { contracts, max });
        }
        Ok(logs)
    }

    fn add(&mut self, by: Address, call: &addContractsCall) -> Answer {
        self.supervised(by, call.id)?;
        Ok((Vec::new(), self.attach(call.id, &call.contracts)?))
    }

    fn remove(&mut self, by: Address, call: &removeContractsCall, now: Now) -> Answer {
        let id = call.id;
        let service = self.supervised(by, id)?;
        Self::require_list(&call.contracts)?;
        if service.is_over(now) {
            return refuse(ServiceEnded { id, fromHeight: service.ends });
        }
        let held = service.holds.iter().any(|hold| lasts(hold, now));
        if held || self.is_late(service, now) || service.ends != 0 {
            return refuse(StillStopped { id, status: service.status(now) });
        }
        let mut logs = Vec::new();
        for contractAddress in call.contracts.iter().copied() {
            let belongsTo = self.contracts.get(&contractAddress).copied().unwrap_or_default();
            if belongsTo != id {
                return refuse(ContractNotOfService { contractAddress, id, belongsTo });
            }
            self.contracts.remove(&contractAddress);
            logs.push(log(ADDRESS, &ContractRemoved { id, contractAddress }));
        }
        Ok((Vec::new(), logs))
    }

    fn record(&mut self, by: Address, call: &recordCall, now: Now) -> Answer {
        let id = call.id;
        let Service { division, provider, .. } = *self.supervised(by, id)?;
        let number = number_of(&call.number)?;
        let known = &self.going_on(id)?.number;
        if !known.is_empty() {
            return refuse(AlreadyRecorded { id, number: known.clone() });
        }
        let ofNumber = division_of(&number);
        if ofNumber != division {
            return refuse(DivisionDiffers { id, division, ofNumber });
        }
        if let Some(id) = self.of_number(&number) {
            return refuse(NumberTaken { number, id });
        }
        let (owner, register) = (ADDRESS, keccak256("ding.services.number"));
        let (key, content, holder) = (B256::right_padding_from(number.as_bytes()), id, provider);
        let (height, untilMs) = (now.height, now.timestamp_ms + MOMENT_MS);
        let mut logs = vec![
            log(once::state::ADDRESS, &Reserved { owner, register, key, content, holder, untilMs, height }),
            log(
                once::state::ADDRESS,
                &Confirmed { owner, register, key, content, holder, forEver: false, height },
            ),
        ];
        logs.extend(self.wind(id, None, now));
        logs.push(log(ADDRESS, &ServiceRecorded { id, number: number.clone(), division }));
        self.change(id, |service| service.number = number);
        Ok((Vec::new(), logs))
    }

    /// The second person carries out what was decided.
    fn deregister(&mut self, account: Address, id: B256, now: Now) -> Answer {
        let mut logs = vec![self.carry_out(account, id, now)?];
        self.own(id)?;
        let Service { number, provider, .. } = self.going_on(id)?.clone();
        if !number.is_empty() {
            let key = B256::right_padding_from(number.as_bytes());
            let register = keccak256("ding.services.number");
            let released = Released { owner: ADDRESS, register, key, holder: provider };
            logs.push(log(once::state::ADDRESS, &released));
        }
        let fromHeight = now.height + 1;
        self.change(id, |service| service.ends = fromHeight);
        logs.push(log(ADDRESS, &ServiceDeregistered { id, fromHeight }));
        Ok((Vec::new(), logs))
    }

    fn carry_out(&mut self, account: Address, id: B256, now: Now) -> Result<Log, Refusal> {
        let target = ADDRESS;
        let input = C::deregister(deregisterCall { id }).abi_encode();
        let Some(motion) = self.motions.get_mut(&id) else {
            return refuse(NotProposed { target, digest: keccak256(&input) });
        };
        let (proposal, status, timestampMs) = (motion.id, motion.status(now), now.timestamp_ms);
        if status != 2 {
            return refuse(NotApproved { id: proposal, status });
        }
        let organisation = match office(account) {
            (organisation, Scope::Everything) => organisation,
            (organisation, _) => return refuse(NoVote { account, organisation, electorate: 1 }),
        };
        if account == wallet(start::PROPOSER) {
            return refuse(SecondPersonNeeded { proposal, account });
        }
        motion.done = true;
        let event = Executed { id: proposal, target, organisation, account, timestampMs };
        Ok(log(members::state::ADDRESS, &event))
    }

    fn refresh(&mut self, id: B256, now: Now) -> Answer {
        let clock = self.service(id)?.clock.map(|clock| (clock.start, clock.days));
        let logs = self.wind(id, clock, now).into_iter().collect();
        self.change(id, |service| service.holds.retain(|hold| lasts(hold, now)));
        Ok((Vec::new(), logs))
    }

    /// Another module suspends a service, which has a time and a block to begin and to end.
    fn suspend(&mut self, id: B256, hold: Hold) {
        self.change(id, |service| service.holds.push(hold));
    }

    fn shown(&self, id: B256, now: Now) -> IServices::Service {
        let Some(known) = self.services.get(&id) else {
            return IServices::Service {
                status: 0,
                number: String::new(),
                provider: Address::ZERO,
                division: 0,
                contracts: 0,
                goLive: 0,
                dueMs: 0,
                endsHeight: 0,
            };
        };
        IServices::Service {
            status: known.status(now),
            number: known.number.clone(),
            provider: known.provider,
            division: known.division,
            contracts: u16::try_from(self.size(id)).unwrap_or(u16::MAX),
            goLive: known.go_live,
            dueMs: known.clock.map_or(0, |clock| clock.due_ms),
            endsHeight: known.ends,
        }
    }

    fn read(&self, call: &C, now: Now) -> Result<Vec<u8>, Refusal> {
        Ok(match call {
            C::service(call) => serviceCall::abi_encode_returns(&self.shown(call.id, now)),
            C::serviceOf(call) => {
                let id = self.contracts.get(&call.contractAddress).copied();
                serviceOfCall::abi_encode_returns(&id.unwrap_or_default())
            }
            C::serviceOfNumber(call) => {
                let id = self.of_number(&number_of(&call.number)?);
                serviceOfNumberCall::abi_encode_returns(&id.unwrap_or_default())
            }
            C::verdict(call) => {
                let verdict = self.verdict(call.contractAddress, now);
                let stopped = verdict.is_some();
                let (number, status) = verdict.unwrap_or_default();
                verdictCall::abi_encode_returns(&verdictReturn { stopped, number, status })
            }
            C::holds(call) => {
                let all = &self.service(call.id)?.holds;
                let live: Vec<Hold> = all.iter().filter(|hold| lasts(hold, now)).cloned().collect();
                holdsCall::abi_encode_returns(&live)
            }
            C::dueDay(call) => dueDayCall::abi_encode_returns(&self.due_day(call.id, now)?),
            C::armed(_) => {
                let armed = |id: B256, service: &Service| service.can_stop() && self.size(id) > 0;
                let count = self.services.iter().filter(|(id, service)| armed(**id, service)).count();
                armedCall::abi_encode_returns(&(count as u64))
            }
            _ => Vec::new(),
        })
    }

    fn due_day(&self, id: B256, now: Now) -> Result<dueDayReturn, Refusal> {
        let Some(clock) = self.service(id)?.clock else {
            return Ok(dueDayReturn { runs: false, day: 0, provisional: false, overdue: false });
        };
        let (day, provisional) = self.due(clock, now);
        let overdue = !provisional && now.timestamp_ms >= midnight(day + 1);
        Ok(dueDayReturn { runs: true, day, provisional, overdue })
    }

    /// Looks which forwarding contracts are stopped in a new block.
    fn begin(&mut self, now: Now) {
        if self.height != now.height {
            self.height = now.height;
            let all = VIAS.into_iter().filter_map(Via::contract);
            let stopped = all.filter_map(|contract| Some((contract, self.verdict(contract, now)?)));
            self.stopped = stopped.collect();
        }
    }
}

/// When a day begins in Beijing.
fn midnight(day: u32) -> u64 {
    u64::from(day) * DAY_MS - 8 * 3_600_000
}
