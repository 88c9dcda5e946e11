//! What the modules' events say of the supervised part, kept as plainly as it can be: who has
//! standing, which services are stopped, who had a hand in which order, who holds what may happen
//! once. Clients draw their next step from it, and every block is held against it.
//!
//! A block is held against what was known before it: decisions have effect from the next one on.

use alloy_sol_types::SolCall as _;
use ding_modules::{
    filing, identity, identity::abi::IIdentity, members, once, orders, orders::abi::IOrders, pilot, registry,
    services,
};
use ding_primitives::{Address, B256, Bytes, Log, Spec};
use std::collections::{BTreeMap, BTreeSet};

/// What an account is to its identity authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It may accept.
    Invited(Address),
    /// It acts.
    Active,
    /// Suspended by itself or with its binding.
    Suspended,
    /// Revoked or replaced.
    Retired,
}

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
    due_ms: u64,
    holds: Vec<Hold>,
}

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who drafted it.
    pub issuer: Address,
    /// Who approved it.
    pub second: Option<Address>,
    /// What it does.
    pub action: u8,
    /// Kind of its target.
    pub kind: u8,
    /// Against whom.
    pub target: B256,
    /// The last answer or delivery; zero if there was none.
    pub answer: B256,
    /// Withdrawn, declined, lifted or revoked.
    pub over: bool,
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
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    bound: bool,
    organised: BTreeSet<Address>,
    bonds: BTreeMap<Address, Bond>,
    frozen: BTreeMap<Address, u64>,
    services: BTreeMap<B256, Service>,
    service_of: BTreeMap<Address, B256>,
    numbers: BTreeMap<String, B256>,
    /// Number proposed last for a filing.
    proposed: BTreeMap<u64, String>,
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
        let organisations = members::Section::of(spec).map(|section| section.organisations);
        let accounts = organisations.unwrap_or_default().into_iter().flat_map(|each| each.accounts);
        Self { bound: identity::bound(spec), organised: accounts.collect(), ..Self::default() }
    }

    /// Services by id.
    pub const fn services(&self) -> &BTreeMap<B256, Service> {
        &self.services
    }

    /// Number that was proposed last for a filing; empty if none was.
    pub fn proposed(&self, filing: u64) -> String {
        self.proposed.get(&filing).cloned().unwrap_or_default()
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
        self.bonds.get(account).copied()
    }

    /// Whether an account acts for an organisation.
    pub fn is_organised(&self, account: &Address) -> bool {
        self.organised.contains(account)
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
        let calls = |module: Address, selector: [u8; 4]| to == Some(module) && input.starts_with(&selector);
        let answers = [IOrders::answerCall::SELECTOR, IOrders::appealCall::SELECTOR];
        if let Some(until_ms) = self.frozen.get(sender).filter(|until_ms| now_ms < **until_ms) {
            if !answers.into_iter().any(|selector| calls(orders::state::ADDRESS, selector)) {
                return Err(format!("{sender} is frozen until {until_ms}"));
            }
            return Ok(());
        }
        if !self.bound || self.organised.contains(sender) {
            return Ok(());
        }
        match self.bonds.get(sender) {
            Some(Bond::Active) => Ok(()),
            Some(Bond::Invited(_)) if calls(identity::state::ADDRESS, IIdentity::acceptCall::SELECTOR) => {
                Ok(())
            }
            None => Err(format!("{sender} was never bound")),
            Some(bond) => Err(format!("{sender} may not send: {bond:?}")),
        }
    }

    /// Takes the events of one transaction of a block at `now_ms`, and says what cannot be.
    pub fn receipt(&mut self, logs: &[Log], now_ms: u64) -> Result<(), String> {
        let mut decided = false;
        let mut effects = Vec::new();
        for log in logs {
            let Some(module) = registry::by_address(log.address) else { continue };
            *self.steps.entry(module.name()).or_default() += 1;
            let strange = || format!("an event of {} that cannot be read: {:?}", module.name(), log.topics);
            match log.address {
                members::state::ADDRESS => self.vote(members::events::decode(log).ok_or_else(strange)?)?,
                identity::state::ADDRESS => {
                    let event = identity::events::decode(log).ok_or_else(strange)?;
                    if let identity::events::Event::FrozenSet(frozen) = &event {
                        effects.push(format!("{} is frozen", frozen.account));
                    }
                    self.identity(event);
                }
                once::state::ADDRESS => {
                    self.once(once::events::decode(log).ok_or_else(strange)?, now_ms)?;
                }
                services::state::ADDRESS => {
                    let event = services::events::decode(log).ok_or_else(strange)?;
                    use services::events::Event as E;
                    match &event {
                        E::Suspended(e) if e.by == orders::state::ADDRESS => {
                            effects.push(format!("service {} is suspended", e.id));
                        }
                        E::Restored(e) if e.by == orders::state::ADDRESS => {
                            effects.push(format!("service {} is restored", e.id));
                        }
                        _ => {}
                    }
                    self.service(event)?;
                }
                orders::state::ADDRESS => {
                    let event = orders::events::decode(log).ok_or_else(strange)?;
                    use orders::events::Event as E;
                    decided |= matches!(event, E::Approved(_) | E::AppealDecided(_));
                    self.order(event)?;
                }
                filing::state::ADDRESS => {
                    self.filing(filing::events::decode(log).ok_or_else(strange)?)?;
                }
                pilot::state::ADDRESS => self.pilot(&pilot::events::decode(log).ok_or_else(strange)?),
                _ => {}
            }
        }
        match effects.first() {
            Some(effect) if !decided => Err(format!("{effect} by order, and no second person decided")),
            _ => Ok(()),
        }
    }

    fn identity(&mut self, event: identity::events::Event) {
        use identity::events::Event as E;
        match event {
            E::Bound(e) => {
                self.counts.bindings = self.counts.bindings.max(e.binding);
                self.bonds.insert(e.account, Bond::Active);
            }
            E::AccountAdded(e) => {
                self.bonds.insert(e.account, Bond::Active);
            }
            E::Rotated(e) => {
                self.bonds.insert(e.account, Bond::Retired);
                self.bonds.insert(e.successor, Bond::Active);
            }
            E::Suspended(e) => {
                self.bonds.insert(e.account, Bond::Suspended);
            }
            E::Restored(e) => {
                self.bonds.insert(e.account, Bond::Active);
            }
            E::Revoked(e) => {
                self.bonds.insert(e.account, Bond::Retired);
            }
            E::Invited(e) => {
                self.bonds.entry(e.account).or_insert(Bond::Invited(e.inviter));
            }
            E::FrozenSet(e) => {
                self.frozen.insert(e.account, e.untilMs);
            }
            _ => {}
        }
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

    fn service(&mut self, event: services::events::Event) -> Result<(), String> {
        use services::events::Event as E;
        match event {
            E::Declared(e) => {
                if self.services.insert(e.id, Service::default()).is_some() {
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
                if let Some(before) = service.number.replace(e.number.clone()) {
                    return Err(format!("service {} is recorded twice: {before}, {}", e.id, e.number));
                }
                service.due_ms = 0;
                if let Some(other) = self.numbers.insert(e.number.clone(), e.id) {
                    return Err(format!("number {} stands for {other} and {}", e.number, e.id));
                }
            }
            E::Suspended(e) => {
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
                let mut holds = self.known(e.id)?.holds.iter_mut();
                let own = holds.rfind(|hold| (hold.by, hold.reference) == (e.by, e.referenceId));
                match own.filter(|hold| hold.lifted == 0) {
                    Some(hold) => hold.lifted = e.fromHeight,
                    None => return Err(format!("service {} is restored and was not suspended", e.id)),
                }
            }
            E::Deregistered(e) => {
                let service = self.known(e.id)?;
                service.ends = e.fromHeight;
                if let Some(number) = service.number.clone() {
                    self.numbers.remove(&number);
                }
            }
        }
        Ok(())
    }

    fn known(&mut self, id: B256) -> Result<&mut Service, String> {
        self.services.get_mut(&id).ok_or_else(|| format!("service {id} was never declared"))
    }

    fn order(&mut self, event: orders::events::Event) -> Result<(), String> {
        use orders::events::Event as E;
        match event {
            E::Drafted(e) => {
                let order = Order {
                    issuer: e.issuer,
                    second: None,
                    action: e.order.action,
                    kind: e.order.targetKind,
                    target: e.target,
                    answer: B256::ZERO,
                    over: false,
                };
                if self.orders.insert(e.number, order).is_some() {
                    return Err(format!("order {} is drafted twice", e.number));
                }
            }
            E::Approved(e) => {
                let order = self.other_hand(e.number, e.approver, "approved")?;
                if order.second.replace(e.approver).is_some() || order.over {
                    return Err(format!("order {} is approved and was not a draft", e.number));
                }
            }
            E::Declined(e) => self.other_hand(e.number, e.account, "declined")?.over = true,
            E::Withdrawn(e) => self.drafted(e.number)?.over = true,
            E::Lifted(e) => self.drafted(e.number)?.over = true,
            E::Answered(e) => self.drafted(e.number)?.answer = e.digest,
            E::Delivered(e) => self.drafted(e.number)?.answer = e.digest,
            E::Settled(e) => {
                let last = self.drafted(e.number)?.answer;
                if e.digest != last {
                    return Err(format!(
                        "order {} is settled by {}, its answer is {last}",
                        e.number, e.digest
                    ));
                }
            }
            E::AppealDecided(e) => {
                let order = self.other_hand(e.number, e.account, "decided on appeal")?;
                if order.second == Some(e.account) {
                    return Err(format!("appeal against order {} decided by its approver", e.number));
                }
                order.over |= e.revoked;
            }
            _ => {}
        }
        Ok(())
    }

    fn drafted(&mut self, number: u64) -> Result<&mut Order, String> {
        self.orders.get_mut(&number).ok_or_else(|| format!("order {number} was never drafted"))
    }

    /// Every order is two-handed.
    fn other_hand(&mut self, number: u64, account: Address, what: &str) -> Result<&mut Order, String> {
        let order = self.drafted(number)?;
        if order.issuer == account {
            return Err(format!("order {number} is drafted and {what} by one account, {account}"));
        }
        Ok(order)
    }

    fn filing(&mut self, event: filing::events::Event) -> Result<(), String> {
        use filing::events::Event as E;
        let (what, first, second) = match event {
            E::Declared(e) => {
                self.counts.filings = self.counts.filings.max(e.service);
                return Ok(());
            }
            E::Published(e) => {
                self.counts.batches = self.counts.batches.max(e.batch);
                return Ok(());
            }
            E::RecordProposed(e) => {
                self.proposed.insert(e.service, e.number);
                return Ok(());
            }
            E::Recorded(e) => {
                let proposed = self.proposed(e.service);
                if proposed != e.number {
                    return Err(format!(
                        "filing {} is recorded under {}, proposed was {proposed}",
                        e.service, e.number
                    ));
                }
                ("record", e.first, e.second)
            }
            E::FineImposed(e) => ("fine", e.first, e.second),
            _ => return Ok(()),
        };
        if first == second { Err(format!("a {what} with one hand, {first}")) } else { Ok(()) }
    }

    fn pilot(&mut self, event: &pilot::events::Event) {
        use pilot::events::Event as E;
        match event {
            E::Recommended(e) => self.counts.pilots = self.counts.pilots.max(e.id),
            E::DocumentRecorded(e) => self.counts.documents = self.counts.documents.max(e.document),
            _ => {}
        }
    }

    fn vote(&mut self, event: members::events::Event) -> Result<(), String> {
        use members::events::Event as E;
        match event {
            E::Proposed(e) => {
                let proposal = Proposal { target: e.target, input: e.input, open: true, approved: false };
                self.proposals.insert(e.id, proposal);
            }
            E::Decided(e) => {
                if let Some(proposal) = self.proposals.get_mut(&e.id) {
                    (proposal.open, proposal.approved) = (false, e.approved);
                }
            }
            E::Withdrawn(e) => {
                if let Some(proposal) = self.proposals.get_mut(&e.id) {
                    (proposal.open, proposal.approved) = (false, false);
                }
            }
            E::Executed(e) => match self.proposals.get_mut(&e.id) {
                Some(proposal) if proposal.approved => proposal.approved = false,
                _ => return Err(format!("proposal {} is carried out and was not approved", e.id)),
            },
            _ => {}
        }
        Ok(())
    }
}
