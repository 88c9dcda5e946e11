//! A stage for modules: organisations, blocks and calls over a map. No EVM, no store.
//!
//! Gas of storage and logs is metered as the EVM does (EIP-2929, EIP-2200), so that costs seen here
//! are close to those on a chain, without the 21 000 of a transaction and its data.

use crate::{
    BlockInfo, Call, Ctx, Host, Module, Stop, check,
    members::{self, Role},
    registry::{self, MODULES},
};
use alloy_sol_types::{SolCall, SolError};
use ding_primitives::{Address, B256, Bytes, Height, Log, Spec, U256, address, limits, spec};
use std::collections::{BTreeMap, BTreeSet};

/// Account of a notary's office, once [`Scene::notaries`] or [`Scene::organisation`] says so.
pub const NOTARY: Address = address!("00000000000000000000000000000000000000a1");
/// Account of a second office.
pub const REGISTRAR: Address = address!("00000000000000000000000000000000000000a2");
/// An account of no organisation.
pub const STRANGER: Address = address!("00000000000000000000000000000000000000b1");
/// Another account of no organisation.
pub const OTHER: Address = address!("00000000000000000000000000000000000000b2");

/// A digest that differs from those of other numbers.
pub const fn digest(number: u8) -> B256 {
    B256::repeat_byte(number)
}

/// What a call that reverts with `error` gives.
pub fn revert<R>(error: impl SolError) -> Result<R, Stop> {
    Err(Stop::revert(error))
}

/// A [`Host`] over a map.
#[derive(Clone, Debug)]
pub struct MapHost {
    block: BlockInfo,
    slots: BTreeMap<(Address, U256), U256>,
    before: BTreeMap<(Address, U256), U256>,
    warm: BTreeSet<(Address, U256)>,
    logs: Vec<Log>,
    gas_left: u64,
}

impl MapHost {
    /// Empty storage and a budget without end.
    pub const fn new(block: BlockInfo) -> Self {
        Self {
            block,
            slots: BTreeMap::new(),
            before: BTreeMap::new(),
            warm: BTreeSet::new(),
            logs: Vec::new(),
            gas_left: u64::MAX,
        }
    }

    /// Slots that are not zero, in order.
    pub fn slots(&self) -> impl Iterator<Item = ((Address, U256), U256)> {
        self.slots.iter().map(|(place, word)| (*place, *word))
    }

    /// Writes a slot behind the modules' backs.
    pub fn put(&mut self, address: Address, slot: U256, word: U256) {
        if word.is_zero() {
            self.slots.remove(&(address, slot));
        } else {
            self.slots.insert((address, slot), word);
        }
    }

    /// Starts a transaction: everything is cold, no logs, this much gas.
    fn begin(&mut self, gas: u64) {
        self.before = self.slots.clone();
        self.warm.clear();
        self.logs.clear();
        self.gas_left = gas;
    }

    fn heat(&mut self, place: (Address, U256), cold: u64, warm: u64) -> u64 {
        if self.warm.insert(place) { cold } else { warm }
    }
}

fn word_at(slots: &BTreeMap<(Address, U256), U256>, place: (Address, U256)) -> U256 {
    slots.get(&place).copied().unwrap_or_default()
}

impl Host for MapHost {
    fn block(&self) -> BlockInfo {
        self.block
    }

    fn sload(&mut self, address: Address, slot: U256) -> Result<U256, Stop> {
        let gas = self.heat((address, slot), 2_100, 100);
        self.charge(gas)?;
        Ok(word_at(&self.slots, (address, slot)))
    }

    fn sstore(&mut self, address: Address, slot: U256, word: U256) -> Result<(), Stop> {
        let place = (address, slot);
        let (original, current) = (word_at(&self.before, place), word_at(&self.slots, place));
        let base = match (current == word, original == current, original.is_zero()) {
            (true, _, _) | (_, false, _) => 100,
            (_, _, true) => 20_000,
            _ => 2_900,
        };
        let gas = base + self.heat(place, 2_100, 0);
        self.charge(gas)?;
        self.put(address, slot, word);
        Ok(())
    }

    fn emit(&mut self, log: Log) -> Result<(), Stop> {
        let gas = 375 + 375 * log.topics.len() as u64 + 8 * log.data.len() as u64;
        self.charge(gas)?;
        self.logs.push(log);
        Ok(())
    }

    fn charge(&mut self, gas: u64) -> Result<(), Stop> {
        let left = self.gas_left.checked_sub(gas);
        self.gas_left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Stop::OutOfGas)
    }
}

/// A call that was taken, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Time of its block.
    pub timestamp_ms: u64,
    /// Whom it called.
    pub module: Address,
    /// Who sent it.
    pub caller: Address,
    /// Function and arguments.
    pub input: Bytes,
}

/// A story about one module: who calls what in which block, and what came of it.
#[derive(Clone)]
pub struct Scene<'m> {
    module: &'m dyn Module,
    place: usize,
    spec: Spec,
    host: MapHost,
    history: Vec<Log>,
    sent: Vec<Sent>,
    gas_limit: u64,
    gas_used: u64,
}

impl<'m> Scene<'m> {
    /// A chain at height 1 without organisations.
    pub fn new(module: &'m dyn Module) -> Self {
        let block = BlockInfo { height: Height::new(1), timestamp_ms: 1_700_000_000_000, chain_id: 1337 };
        let place = registry::place(&module.address()).unwrap_or(MODULES.len());
        let host = MapHost::new(block);
        let gas_limit = limits::TRANSACTION_GAS_MAX;
        let (history, sent) = (Vec::new(), Vec::new());
        let mut scene = Self { module, place, spec: spec(), host, history, sent, gas_limit, gas_used: 0 };
        scene.genesis();
        scene
    }

    /// Adds an organisation to genesis.
    #[must_use]
    pub fn organisation(self, name: &str, roles: &[Role], accounts: &[Address]) -> Self {
        self.with_organisation(members::OrganisationEntry {
            name: name.into(),
            roles: roles.to_vec(),
            accounts: accounts.to_vec(),
            ..members::OrganisationEntry::default()
        })
    }

    /// Adds an organisation to genesis that says more about itself.
    #[must_use]
    pub fn with_organisation(mut self, entry: members::OrganisationEntry) -> Self {
        let mut section = members::Section::of(&self.spec).expect("only this function wrote the section");
        section.organisations.push(entry);
        let section = serde_json::to_value(section).expect("a section is JSON");
        self.spec.modules.insert("members".into(), section);
        self.genesis();
        self
    }

    /// Adds a notary's office for each account.
    #[must_use]
    pub fn notaries(self, accounts: &[Address]) -> Self {
        accounts.iter().fold(self, |scene, account| {
            scene.organisation(&format!("Office {account}"), &[Role::Notary], &[*account])
        })
    }

    /// Puts a section into the genesis file.
    #[must_use]
    pub fn with_section(mut self, module: &str, section: spec::Section) -> Self {
        self.spec.modules.insert(module.into(), section);
        self.genesis();
        self
    }

    /// Goes to this time, in milliseconds since 1970-01-01T00:00:00Z, before anything happened.
    #[must_use]
    pub const fn at_time(mut self, timestamp_ms: u64) -> Self {
        self.host.block.timestamp_ms = timestamp_ms;
        self
    }

    /// Goes to this height before anything happened.
    #[must_use]
    pub fn at_height(mut self, height: u64) -> Self {
        self.host.block.height = Height::new(height);
        self
    }

    /// Gives calls from now on this much gas.
    #[must_use]
    pub const fn with_gas(mut self, gas: u64) -> Self {
        self.gas_limit = gas;
        self
    }

    fn genesis(&mut self) {
        assert!(self.history.is_empty(), "genesis comes before the first call");
        self.host.slots.clear();
        self.host.begin(u64::MAX);
        registry::genesis(&mut self.host, &self.spec).expect("the scene's genesis is accepted");
    }

    /// Goes on with another module on the same chain.
    pub fn on(&mut self, module: &'m dyn Module) -> &mut Self {
        self.place = registry::place(&module.address()).unwrap_or(MODULES.len());
        self.module = module;
        self
    }

    /// Checks the invariants of every module against everything that happened.
    ///
    /// # Panics
    ///
    /// If one does not hold.
    pub fn check_all(&mut self) {
        for module in MODULES {
            self.on(*module).check();
        }
    }

    /// Ends this block and begins the next, a second later.
    pub fn next_block(&mut self) {
        self.next_block_at(self.host.block.timestamp_ms + 1_000);
    }

    /// Ends this block and begins the next at this time.
    pub fn next_block_at(&mut self, timestamp_ms: u64) {
        assert!(timestamp_ms >= self.host.block.timestamp_ms, "blocks do not go back in time");
        self.hook(|module, ctx| module.end_block(ctx));
        self.host.block.height = self.host.block.height.next();
        self.host.block.timestamp_ms = timestamp_ms;
        self.hook(|module, ctx| module.begin_block(ctx));
    }

    /// Ends this block and begins the next, this much later.
    pub fn later(&mut self, milliseconds: u64) {
        self.next_block_at(self.host.block.timestamp_ms + milliseconds);
    }

    /// Runs a function that modules use among themselves as if this module ran it, and keeps what it
    /// changes.
    pub fn within<R>(&mut self, run: impl FnOnce(&mut Ctx<'_>) -> R) -> R {
        self.host.begin(self.gas_limit);
        let address = self.module.address();
        let mut ctx = Ctx::for_hook(&mut self.host, self.module.name(), self.place, address);
        let result = run(&mut ctx);
        self.history.extend(self.host.logs.iter().cloned());
        result
    }

    /// Runs something over the storage in a transaction of its own, and undoes it if it stops.
    #[cfg(test)]
    pub(crate) fn undoing<R>(
        &mut self,
        run: impl FnOnce(&mut MapHost) -> Result<R, Stop>,
    ) -> Result<R, Stop> {
        self.host.begin(self.gas_limit);
        let result = run(&mut self.host);
        if result.is_ok() {
            self.history.extend(self.host.logs.iter().cloned());
        } else {
            self.host.slots = self.host.before.clone();
            self.host.logs.clear();
        }
        result
    }

    fn hook(&mut self, run: impl FnOnce(&dyn Module, &mut Ctx<'_>) -> Result<(), Stop>) {
        self.host.begin(limits::HOOK_GAS_MAX);
        let address = self.module.address();
        let mut ctx = Ctx::for_hook(&mut self.host, self.module.name(), self.place, address);
        run(self.module, &mut ctx).expect("hooks do not stop");
        self.history.extend(self.host.logs.iter().cloned());
    }

    /// `caller` sends a transaction that calls a function.
    ///
    /// # Errors
    ///
    /// Why it stopped; nothing changed then.
    pub fn call<C: SolCall>(&mut self, caller: Address, call: C) -> Result<C::Return, Stop> {
        let output = self.send(self.direct(caller, &call.abi_encode()))?;
        Ok(C::abi_decode_returns_validate(&output).expect("what a module returns fits its ABI"))
    }

    /// `caller` sends a transaction that calls a function of another module, by its address.
    ///
    /// # Errors
    ///
    /// Why it stopped; nothing changed then.
    pub fn call_of<C: SolCall>(
        &mut self,
        module: Address,
        caller: Address,
        call: C,
    ) -> Result<C::Return, Stop> {
        let input = call.abi_encode();
        let output = self.send(Call { module, ..self.direct(caller, &input) })?;
        Ok(C::abi_decode_returns_validate(&output).expect("what a module returns fits its ABI"))
    }

    /// Has the accounts propose and approve a call of a module, so that it can be carried out: the
    /// first one proposes, all vote until it is approved. Gives the number of the proposal.
    ///
    /// # Panics
    ///
    /// If it is not approved.
    pub fn approve<C: SolCall>(&mut self, module: Address, voters: &[Address], call: &C) -> u64 {
        use members::{
            Status,
            abi::IMembers::{proposeCall, voteCall},
        };
        let input = call.abi_encode().into();
        let proposal = proposeCall { target: module, input, notBeforeMs: 0, title: "a proposal".into() };
        let proposer = *voters.first().expect("somebody proposes");
        let id = self.call_of(members::state::ADDRESS, proposer, proposal).expect("the proposal is accepted");
        for voter in voters {
            let vote = voteCall { id, approve: true };
            let status = self.call_of(members::state::ADDRESS, *voter, vote).expect("the vote is accepted");
            if status == Status::Approved.number() {
                return id;
            }
        }
        panic!("{} votes do not approve proposal {id}", voters.len());
    }

    /// `caller` reads through a function, read-only.
    ///
    /// # Panics
    ///
    /// If the call stops.
    pub fn read<C: SolCall>(&mut self, caller: Address, call: C) -> C::Return {
        let output = self.ask(caller, &call.abi_encode()).expect("the read does not stop");
        C::abi_decode_returns_validate(&output).expect("what a module returns fits its ABI")
    }

    /// Calls with raw input, read-only.
    ///
    /// # Errors
    ///
    /// Why it stopped.
    pub fn ask(&mut self, caller: Address, input: &[u8]) -> Result<Bytes, Stop> {
        self.send(Call { is_static: true, ..self.direct(caller, input) })
    }

    /// A call of the module as an ordinary transaction makes it.
    pub fn direct<'a>(&self, caller: Address, input: &'a [u8]) -> Call<'a> {
        let module = self.module.address();
        Call { module, caller, origin: caller, value: U256::ZERO, input, is_static: false, is_direct: true }
    }

    /// Sends any call in a transaction of its own.
    ///
    /// # Errors
    ///
    /// Why it stopped; nothing changed then.
    pub fn send(&mut self, call: Call<'_>) -> Result<Bytes, Stop> {
        self.host.begin(self.gas_limit);
        let result = match registry::place(&call.module) {
            Some(_) if call.module != self.module.address() => registry::call(&mut self.host, &call),
            _ => registry::run(&mut self.host, self.module, self.place, &call),
        };
        self.gas_used = self.gas_limit - self.host.gas_left;
        if result.is_ok() {
            self.history.extend(self.host.logs.iter().cloned());
            if !call.is_static {
                let timestamp_ms = self.host.block.timestamp_ms;
                let Call { module, caller, input, .. } = call;
                self.sent.push(Sent { timestamp_ms, module, caller, input: Bytes::copy_from_slice(input) });
            }
        } else {
            self.host.slots = self.host.before.clone();
            self.host.logs.clear();
        }
        result
    }

    /// Checks the module's invariants against everything that happened.
    ///
    /// # Panics
    ///
    /// If one does not hold.
    pub fn check(&mut self) {
        if let Err(violation) = self.violation() {
            panic!("{violation}");
        }
    }

    /// Checks the module's invariants against everything that happened.
    ///
    /// # Errors
    ///
    /// The first that does not hold.
    pub fn violation(&mut self) -> Result<(), check::Violation> {
        let mut copy = self.host.clone();
        copy.begin(u64::MAX);
        registry::check_one(&mut copy, self.module, self.place, &self.history)
    }

    /// Logs of the last call; empty if it stopped.
    pub fn logs(&self) -> &[Log] {
        &self.host.logs
    }

    /// Every log since genesis.
    pub const fn history(&self) -> &Vec<Log> {
        &self.history
    }

    /// Every call since genesis that was taken and could change something.
    pub const fn sent(&self) -> &Vec<Sent> {
        &self.sent
    }

    /// The sections of the genesis file, by module.
    pub const fn sections(&self) -> &BTreeMap<String, spec::Section> {
        &self.spec.modules
    }

    /// Every log since genesis, to be tampered with.
    pub const fn history_mut(&mut self) -> &mut Vec<Log> {
        &mut self.history
    }

    /// Gas of the last call.
    pub const fn gas_used(&self) -> u64 {
        self.gas_used
    }

    /// The block that calls run in.
    pub const fn block(&self) -> BlockInfo {
        self.host.block
    }

    /// The storage, to be tampered with.
    pub const fn host_mut(&mut self) -> &mut MapHost {
        &mut self.host
    }
}

/// A genesis file with four validators and no sections.
pub fn spec() -> Spec {
    let validator = |n: u8| spec::Validator {
        name: format!("member-{n}"),
        key: ding_primitives::MemberKey(B256::repeat_byte(n)),
    };
    Spec {
        version: spec::GENESIS_VERSION,
        name: "scene".into(),
        chain_id: 1337,
        timestamp_ms: 1_700_000_000_000,
        public_key: Bytes::from(vec![0; 96]),
        sharing: Bytes::new(),
        validators: (1..=4).map(validator).collect(),
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: BTreeMap::new(),
        modules: BTreeMap::new(),
    }
}
