//! What the modules' events say of the supervised part, kept as plainly as it can be: who is who and
//! has which role (`people`), which services are stopped, who had a hand in which order (`decisions`),
//! filing (`filings`) and pilot (`pilots`), who holds what may happen once. Clients draw their next
//! step from it, and every block is held against it.
//!
//! Who may send and which calls are refused is held against what was known before the block: such
//! decisions have effect from the next one on. Who may take a step is held against what the events
//! before it say. Nothing here demands that a step succeeds: it says what must never have happened.

mod decisions;
mod filings;
mod people;
mod pilots;
#[cfg(test)]
mod tests;

pub use self::{decisions::Order, people::Bond};

use self::{decisions::Effect, filings::Filings, people::People, pilots::Pilots};
use alloy_sol_types::SolCall as _;
use ding_modules::{
    filing::{self, events::Taken, steps::Step},
    identity, members, once, orders, pilot, registry, services,
    services::abi::IServices,
};
use ding_primitives::{Address, B256, Bytes, Log, Spec};
use std::collections::BTreeMap;

/// A suspension of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    by: Address,
    reference: u64,
    from: u64,
    lifted: u64,
    until_ms: u64,
}

/// A service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Its number, if it was recorded.
    pub number: Option<String>,
    /// Block from which on it is struck off, 0 for none.
    pub ends: u64,
    /// Two digits of its province; 0 if that is not known.
    province: u32,
    /// Whether the filing register keeps it.
    kept: bool,
    due_ms: u64,
    holds: Vec<Hold>,
}

/// A key of a once-only register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    holder: Address,
    content: B256,
    /// End of the reservation, `None` once it is confirmed.
    until_ms: Option<u64>,
    for_ever: bool,
}

/// A proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Whom it would call.
    pub target: Address,
    /// With what.
    pub input: Bytes,
    /// Whether it can be voted on.
    pub open: bool,
    /// Whether it can be carried out.
    pub approved: bool,
    proposer: Address,
    organisation: u32,
}

/// What the events of one transaction say so far.
#[derive(Debug, Default)]
struct Deed {
    /// Proposals that were carried out: the module, the number, by whom.
    decisions: Vec<(Address, u64, Address)>,
    /// What decisions on orders do, and has not been done yet.
    effects: Vec<Effect>,
    /// Steps of filings, with the id of the service.
    taken: Vec<(B256, Taken)>,
    /// Measures against services.
    measures: Vec<(B256, u64)>,
}

impl Deed {
    /// What was done follows from a vote on a call of this module.
    fn decided(&self, module: Address, proposal: u64) -> Result<(), String> {
        if self.decisions.iter().any(|(target, id, _)| (*target, *id) == (module, proposal)) {
            return Ok(());
        }
        Err(format!("{module} does what proposal {proposal} is said to decide, and it was not carried out"))
    }
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    chain_id: u64,
    people: People,
    services: BTreeMap<B256, Service>,
    service_of: BTreeMap<Address, B256>,
    numbers: BTreeMap<String, B256>,
    filings: Filings,
    pilots: Pilots,
    orders: BTreeMap<u64, Order>,
    keys: BTreeMap<(Address, B256, B256), Key>,
    proposals: BTreeMap<u64, Proposal>,
    /// Bindings, services filed, batches, items of filings, pilots, documents.
    counts: Counts,
    /// Steps taken, by module.
    steps: BTreeMap<&'static str, u64>,
}

/// How many there are, for who draws a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bindings of identity.
    pub bindings: u64,
    /// Services in `filing`.
    pub filings: u64,
    /// Batches of `filing`.
    pub batches: u32,
    /// Pilots.
    pub pilots: u32,
    /// Source documents of `pilot`.
    pub documents: u32,
}

impl Facts {
    /// Before the first block.
    pub fn new(spec: &Spec) -> Self {
        Self { chain_id: spec.chain_id, people: People::new(spec), ..Self::default() }
    }

    /// Services by id.
    pub const fn services(&self) -> &BTreeMap<B256, Service> {
        &self.services
    }

    /// Number that was proposed last for a filing; empty if none was.
    pub fn proposed(&self, filing: u64) -> String {
        self.filings.proposed(filing).map(String::from).unwrap_or_default()
    }

    /// Orders by number.
    pub const fn orders(&self) -> &BTreeMap<u64, Order> {
        &self.orders
    }

    /// Proposals by number.
    pub const fn proposals(&self) -> &BTreeMap<u64, Proposal> {
        &self.proposals
    }

    /// What an account is.
    pub fn bond(&self, account: &Address) -> Option<Bond> {
        self.people.bond(*account)
    }

    /// The organisation that an account acts for; 0 if none.
    pub fn organisation_of(&self, account: &Address) -> u32 {
        self.people.organisation_of(*account)
    }

    /// Whether an address belongs to a service.
    pub fn is_attached(&self, contract: &Address) -> bool {
        self.service_of.contains_key(contract)
    }

    /// How many there are.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Events by module.
    pub const fn steps(&self) -> &BTreeMap<&'static str, u64> {
        &self.steps
    }

    /// Whether calls of this address that may write are refused in a block.
    pub fn is_stopped(&self, callee: &Address, height: u64, now_ms: u64) -> bool {
        let Some(service) = self.service_of.get(callee).and_then(|id| self.services.get(id)) else {
            return false;
        };
        let held = service.holds.iter().any(|hold| {
            height >= hold.from
                && (hold.lifted == 0 || height < hold.lifted)
                && (hold.until_ms == 0 || now_ms < hold.until_ms)
        });
        let ended = service.ends != 0 && height >= service.ends;
        held || ended || (service.due_ms != 0 && now_ms >= service.due_ms)
    }

    /// Whether a transaction may stand in a block; why not, as far as that is certain.
    pub fn may_send(
        &self,
        sender: &Address,
        to: Option<Address>,
        input: &[u8],
        now_ms: u64,
    ) -> Result<(), String> {
        self.people.may_send(*sender, to, input, now_ms)
    }

    /// Takes the events of one transaction of a block at `now_ms`, and says what cannot be.
    pub fn receipt(&mut self, logs: &[Log], now_ms: u64) -> Result<(), String> {
        let mut deed = Deed::default();
        for log in logs {
            let Some(module) = registry::by_address(log.address) else { continue };
            *self.steps.entry(module.name()).or_default() += 1;
            let strange = || format!("an event of {} that cannot be read: {:?}", module.name(), log.topics);
            match log.address {
                members::state::ADDRESS => {
                    let event = members::events::decode(log).ok_or_else(strange)?;
                    self.people.members(&event, &deed)?;
                    self.vote(event, &mut deed)?;
                }
                identity::state::ADDRESS => {
                    let event = identity::events::decode(log).ok_or_else(strange)?;
                    self.identity(&event, &mut deed)?;
                }
                once::state::ADDRESS => {
                    self.once(once::events::decode(log).ok_or_else(strange)?, now_ms)?;
                }
                services::state::ADDRESS => {
                    self.service(services::events::decode(log).ok_or_else(strange)?, &mut deed)?;
                }
                orders::state::ADDRESS => {
                    let event = orders::events::decode(log).ok_or_else(strange)?;
                    self.order(&event, now_ms, &mut deed)?;
                }
                filing::state::ADDRESS => {
                    self.filing(filing::events::decode(log).ok_or_else(strange)?, &mut deed)?;
                }
                pilot::state::ADDRESS => {
                    self.pilot(&pilot::events::decode(log).ok_or_else(strange)?, &deed)?;
                }
                _ => {}
            }
        }
        deed.nothing_lacks()?;
        self.numbers_agree()
    }

    fn identity(&mut self, event: &identity::events::Event, deed: &mut Deed) -> Result<(), String> {
        use identity::events::Event as E;
        match event {
            E::Bound(e) => self.counts.bindings = self.counts.bindings.max(e.binding),
            E::FrozenSet(e) => {
                deed.follows(&format!("{} is frozen or released", e.account), |effect| match effect {
                    Effect::Freezes(account, end_ms) => *account == e.account && e.untilMs >= *end_ms,
                    Effect::Releases(account) => *account == e.account,
                    Effect::Suspends(..) | Effect::Restores(..) => false,
                })?
            }
            _ => {}
        }
        self.people.identity(event, deed)
    }

    fn once(&mut self, event: once::events::Event, now_ms: u64) -> Result<(), String> {
        use once::events::Event as E;
        match event {
            E::Reserved(e) => {
                let key =
                    Key { holder: e.holder, content: e.content, until_ms: Some(e.untilMs), for_ever: false };
                if let Some(before) = self.keys.insert((e.owner, e.register, e.key), key) {
                    return Err(format!("key {} has two winners: {} and {}", e.key, before.holder, e.holder));
                }
            }
            E::Lapsed(e) => {
                let before = self.keys.remove(&(e.owner, e.register, e.key));
                let over = before.and_then(|key| key.until_ms).is_some_and(|until_ms| until_ms <= now_ms);
                if !over {
                    return Err(format!("key {} lapsed before its time: {before:?}", e.key));
                }
            }
            E::Confirmed(e) => {
                let Some(key) = self.keys.get_mut(&(e.owner, e.register, e.key)) else {
                    return Err(format!("key {} is confirmed and was never reserved", e.key));
                };
                let in_time = key.until_ms.is_some_and(|until_ms| now_ms < until_ms);
                if (key.holder, key.content, in_time) != (e.holder, e.content, true) {
                    return Err(format!("key {} is confirmed for {}: {key:?}", e.key, e.holder));
                }
                (key.until_ms, key.for_ever) = (None, e.forEver);
            }
            E::Released(e) => {
                let before = self.keys.remove(&(e.owner, e.register, e.key));
                if before.is_none_or(|key| key.for_ever || key.holder != e.holder) {
                    return Err(format!("key {} is released by {}: {before:?}", e.key, e.holder));
                }
            }
            E::Transferred(e) => {
                let key = self.keys.get_mut(&(e.owner, e.register, e.key));
                match key.filter(|key| key.holder == e.from) {
                    Some(key) => key.holder = e.to,
                    None => return Err(format!("key {} is passed on by {}, not its holder", e.key, e.from)),
                }
            }
        }
        Ok(())
    }

    fn service(&mut self, event: services::events::Event, deed: &mut Deed) -> Result<(), String> {
        use services::events::Event as E;
        match event {
            E::Declared(e) => {
                let (kept, province) = (e.by == filing::state::ADDRESS, e.division.into());
                let entitled = if kept {
                    deed.stepped(e.id, &[Step::Declare, Step::Import])
                } else {
                    self.people.supervises(e.by, province)
                };
                if !entitled {
                    return Err(format!("service {} of province {province} is declared by {}", e.id, e.by));
                }
                let service = Service { province, kept, ..Service::default() };
                if self.services.insert(e.id, service).is_some() {
                    return Err(format!("service {} is declared twice", e.id));
                }
            }
            // A provisional end stops nothing.
            E::ClockSet(e) => self.known(e.id)?.due_ms = if e.provisional { 0 } else { e.dueMs },
            E::ContractAdded(e) => {
                self.service_of.insert(e.contractAddress, e.id);
            }
            E::ContractRemoved(e) => {
                self.service_of.remove(&e.contractAddress);
            }
            E::Recorded(e) => {
                let service = self.known(e.id)?;
                if service.kept && !deed.stepped(e.id, &[Step::Record]) {
                    return Err(format!("service {} is recorded past the filing register", e.id));
                }
                if service.ends != 0 {
                    return Err(format!("service {} is recorded after it was struck off", e.id));
                }
                service.province = e.division.into();
                if let Some(before) = service.number.replace(e.number.clone()) {
                    return Err(format!("service {} is recorded twice: {before}, {}", e.id, e.number));
                }
                service.due_ms = 0;
                if let Some(other) = self.numbers.insert(e.number.clone(), e.id) {
                    return Err(format!("number {} stands for {other} and {}", e.number, e.id));
                }
            }
            E::Suspended(e) => {
                let what = format!("service {} is suspended", e.id);
                if e.by == orders::state::ADDRESS {
                    deed.follows(&what, |effect| *effect == Effect::Suspends(e.id, e.referenceId))?;
                } else if e.by != filing::state::ADDRESS
                    || !deed.stepped(e.id, &[Step::Suspend])
                    || !deed.measures.contains(&(e.id, e.referenceId))
                {
                    return Err(format!("{what} by {}, without the measure {}", e.by, e.referenceId));
                }
                let hold = Hold {
                    by: e.by,
                    reference: e.referenceId,
                    from: e.fromHeight,
                    lifted: 0,
                    until_ms: e.untilMs,
                };
                self.known(e.id)?.holds.push(hold);
            }
            E::Restored(e) => {
                let what = format!("service {} is restored", e.id);
                if e.by == orders::state::ADDRESS {
                    deed.follows(&what, |effect| *effect == Effect::Restores(e.id, e.referenceId))?;
                } else if e.by != filing::state::ADDRESS || !deed.stepped(e.id, &[Step::Restore]) {
                    return Err(format!("{what} by {}, without that step", e.by));
                }
                let mut holds = self.known(e.id)?.holds.iter_mut();
                let own = holds.rfind(|hold| (hold.by, hold.reference) == (e.by, e.referenceId));
                match own.filter(|hold| hold.lifted == 0) {
                    Some(hold) => hold.lifted = e.fromHeight,
                    None => return Err(format!("service {} is restored and was not suspended", e.id)),
                }
            }
            E::Deregistered(e) => {
                let kept = self.known(e.id)?.kept;
                let entitled = if kept {
                    deed.stepped(e.id, &[Step::Deregister, Step::Withdraw])
                } else {
                    self.voted_off(e.id, deed)
                };
                if !entitled {
                    return Err(format!("service {} is struck off, and no two people decided that", e.id));
                }
                let service = self.known(e.id)?;
                service.ends = e.fromHeight;
                if let Some(number) = service.number.clone() {
                    self.numbers.remove(&number);
                }
            }
        }
        Ok(())
    }

    /// A vote struck the service off, carried out by another account than the one that proposed it.
    fn voted_off(&self, id: B256, deed: &Deed) -> bool {
        let input = IServices::deregisterCall { id }.abi_encode();
        deed.decisions.iter().any(|(target, number, account)| {
            let proposal = self.proposals.get(number).filter(|_| *target == services::state::ADDRESS);
            proposal.is_some_and(|proposal| proposal.input == input && proposal.proposer != *account)
        })
    }

    fn known(&mut self, id: B256) -> Result<&mut Service, String> {
        self.services.get_mut(&id).ok_or_else(|| format!("service {id} was never declared"))
    }

    fn vote(&mut self, event: members::events::Event, deed: &mut Deed) -> Result<(), String> {
        use members::events::Event as E;
        match event {
            E::Proposed(e) => {
                self.people.votes(e.proposer, e.organisation, e.target)?;
                let proposal = Proposal {
                    target: e.target,
                    input: e.input,
                    open: true,
                    approved: false,
                    proposer: e.proposer,
                    organisation: e.organisation,
                };
                self.proposals.insert(e.id, proposal);
            }
            E::Voted(e) => {
                let target = self.proposed_call(e.id)?.target;
                self.people.votes(e.account, e.organisation, target)?;
            }
            E::Decided(e) => {
                let proposal = self.proposed_call(e.id)?;
                (proposal.open, proposal.approved) = (false, e.approved);
            }
            E::Withdrawn(e) => {
                let own = self.people.organisation_of(e.account);
                let proposal = self.proposed_call(e.id)?;
                if own == 0 || own != proposal.organisation {
                    return Err(format!("proposal {} is withdrawn by {}: {proposal:?}", e.id, e.account));
                }
                (proposal.open, proposal.approved) = (false, false);
            }
            E::Executed(e) => {
                self.people.votes(e.account, e.organisation, e.target)?;
                let proposal = self.proposed_call(e.id)?;
                if !proposal.approved || proposal.target != e.target {
                    return Err(format!("proposal {} is carried out and was not approved", e.id));
                }
                proposal.approved = false;
                deed.decisions.push((e.target, e.id, e.account));
            }
            _ => {}
        }
        Ok(())
    }

    fn proposed_call(&mut self, id: u64) -> Result<&mut Proposal, String> {
        self.proposals.get_mut(&id).ok_or_else(|| format!("proposal {id} was never made"))
    }
}
