//! `Ctx`: all that a module may touch, and the [`Host`] behind it.
//!
//! Invariants: a module writes nothing in a read-only call; it touches no storage of a module
//! below it in the registry; whatever it does is paid through [`Host`].

use crate::{
    Module, registry,
    stop::{IModule, Stop},
};
use alloy_sol_types::SolEvent;
use ding_primitives::{Address, B256, Height, Log, U256, limits};

/// Prices of computation, in gas. Storage and logs are priced by the host, as the EVM does.
///
/// The yardstick is the EVM: what a contract would pay for the same work, rounded up.
pub mod gas {
    /// Finding the module, its context and the function.
    pub const CALL: u64 = 200;
    /// One word of input or output: copied once, decoded or encoded once.
    pub const WORD: u64 = 6;
    /// Slot of a map's entry: Keccak-256 of two words (Yellow Paper, appendix G: 30 + 6 a word).
    pub const MAP_ENTRY: u64 = 30 + 2 * 6;

    /// Bytes of input or output.
    pub const fn bytes(len: usize) -> u64 {
        WORD.saturating_mul((len as u64).div_ceil(32))
    }

    /// Keccak-256 of `len` bytes.
    pub const fn keccak(len: usize) -> u64 {
        (len as u64).div_ceil(32).saturating_mul(6).saturating_add(30)
    }
}

/// The block that a call runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its height.
    pub height: Height,
    /// Its header's time, milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
    /// Ethereum chain id (EIP-155).
    pub chain_id: u64,
}

/// What stands behind a [`Ctx`]: the journal of a transaction, or a map in tests.
///
/// The host meters `sload`, `sstore` and `emit` as the EVM does (EIP-2929, EIP-2200, 375 gas a log
/// and topic, 8 a byte) and answers [`Stop::OutOfGas`] at the end of the budget. It undoes all
/// changes of a call that does not end with `Ok`. If its own store fails it answers
/// [`Stop::Fault`] and keeps the real error aside for its owner.
pub trait Host {
    /// The block that the call runs in.
    fn block(&self) -> BlockInfo;
    /// The word in a slot; zero if never written.
    ///
    /// # Errors
    ///
    /// Out of gas, or a failing store.
    fn sload(&mut self, address: Address, slot: U256) -> Result<U256, Stop>;
    /// Writes a word into a slot.
    ///
    /// # Errors
    ///
    /// Out of gas, or a failing store.
    fn sstore(&mut self, address: Address, slot: U256, word: U256) -> Result<(), Stop>;
    /// Adds an event to the receipt.
    ///
    /// # Errors
    ///
    /// Out of gas.
    fn emit(&mut self, log: Log) -> Result<(), Stop>;
    /// Takes gas for computation.
    ///
    /// # Errors
    ///
    /// Out of gas.
    fn charge(&mut self, gas: u64) -> Result<(), Stop>;
}

/// One call of a module.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The module's address.
    pub module: Address,
    /// Who calls: an account, or the contract that runs.
    pub caller: Address,
    /// Who signed the transaction.
    pub origin: Address,
    /// Value sent along; modules accept none.
    pub value: U256,
    /// Selector and arguments.
    pub input: &'a [u8],
    /// Whether nothing may be written (STATICCALL, `eth_call` of a view).
    pub is_static: bool,
    /// False for DELEGATECALL and CALLCODE.
    pub is_direct: bool,
}

/// All that a module may touch.
pub struct Ctx<'a> {
    host: &'a mut dyn Host,
    block: BlockInfo,
    module: &'static str,
    address: Address,
    place: usize,
    caller: Address,
    origin: Address,
    is_static: bool,
    reading: bool,
}

impl<'a> Ctx<'a> {
    /// Context of a call from outside.
    pub(crate) fn for_call(
        host: &'a mut dyn Host,
        module: &'static str,
        place: usize,
        call: &Call<'_>,
    ) -> Self {
        let block = host.block();
        Self {
            host,
            block,
            module,
            address: call.module,
            place,
            caller: call.caller,
            origin: call.origin,
            is_static: call.is_static,
            reading: false,
        }
    }

    /// Context of genesis, of a hook or of a check: the module itself acts.
    pub(crate) fn for_hook(
        host: &'a mut dyn Host,
        module: &'static str,
        place: usize,
        address: Address,
    ) -> Self {
        let block = host.block();
        Self {
            host,
            block,
            module,
            address,
            place,
            caller: address,
            origin: Address::ZERO,
            is_static: false,
            reading: false,
        }
    }

    /// Who calls: an account, or the contract that runs. In a hook, the module itself.
    pub const fn caller(&self) -> Address {
        self.caller
    }

    /// Address of the running module.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Who signed the transaction; zero in a hook.
    pub const fn origin(&self) -> Address {
        self.origin
    }

    /// Height of this block.
    pub const fn height(&self) -> Height {
        self.block.height
    }

    /// Time of this block, milliseconds since 1970-01-01T00:00:00Z.
    pub const fn timestamp_ms(&self) -> u64 {
        self.block.timestamp_ms
    }

    /// Ethereum chain id (EIP-155).
    pub const fn chain_id(&self) -> u64 {
        self.block.chain_id
    }

    /// Emits an event of the running module.
    ///
    /// # Errors
    ///
    /// Reverts in a read-only call; out of gas.
    pub fn emit(&mut self, event: &impl SolEvent) -> Result<(), Stop> {
        self.emit_for(self.address, event)
    }

    /// Emits an event of a module above this one in the registry, whose function this one called.
    pub(crate) fn emit_for(&mut self, module: Address, event: &impl SolEvent) -> Result<(), Stop> {
        self.require_reach(module)?;
        self.require_writable("emitted an event")?;
        let topics: Vec<B256> = event.encode_topics().into_iter().map(|word| word.0).collect();
        let data = event.encode_data();
        if data.len() > limits::LOG_DATA_BYTES_MAX {
            let what = format!(
                "an event of {} bytes, more than the {} of a log",
                data.len(),
                limits::LOG_DATA_BYTES_MAX
            );
            return Err(self.fault(what));
        }
        self.host.emit(Log { address: module, topics, data: data.into() })
    }

    /// Takes gas for computation.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn charge(&mut self, gas: u64) -> Result<(), Stop> {
        self.host.charge(gas)
    }

    /// Asserts a numbered invariant, like `"E1 a record is never from the future"`.
    ///
    /// # Errors
    ///
    /// A fault that names the invariant if it does not hold.
    pub fn invariant(&self, invariant: &'static str, holds: bool) -> Result<(), Stop> {
        if holds { Ok(()) } else { Err(self.fault(format!("invariant broken: {invariant}"))) }
    }

    /// A fault of the running module.
    pub fn fault(&self, what: impl Into<String>) -> Stop {
        Stop::fault(self.module, what)
    }

    /// Refuses to go on where nothing may be written.
    pub(crate) fn require_writable(&self, deed: &str) -> Result<(), Stop> {
        if self.is_static {
            return Err(Stop::revert(IModule::StaticCall {}));
        }
        if self.reading {
            return Err(self.fault(format!("a function that only reads {deed}")));
        }
        Ok(())
    }

    /// Runs a function that only reads: whatever it tries to write is a fault.
    pub(crate) fn reading<R>(&mut self, run: impl FnOnce(&mut Self) -> R) -> R {
        let before = core::mem::replace(&mut self.reading, true);
        let result = run(self);
        self.reading = before;
        result
    }

    /// Runs a function of a module above in the registry as that module: what it emits bears its
    /// address, and the caller it sees is the module that runs now. An error must be passed on:
    /// what was written before it is undone only with the whole call.
    ///
    /// # Errors
    ///
    /// Those of the function; a fault if the module does not stand above.
    pub(crate) fn enter<R>(
        &mut self,
        module: &'static dyn Module,
        run: impl FnOnce(&mut Self) -> Result<R, Stop>,
    ) -> Result<R, Stop> {
        let address = module.address();
        let Some(place) = registry::place(&address).filter(|place| *place < self.place) else {
            return Err(
                self.fault(format!("called {}, which is not above it in the registry", module.name()))
            );
        };
        let before = (self.module, self.address, self.place, self.caller);
        (self.module, self.address, self.place, self.caller) = (module.name(), address, place, self.address);
        let result = run(self).map_err(|stop| stop.within(module.name()));
        (self.module, self.address, self.place, self.caller) = before;
        result
    }

    /// Asks any module of the registry, wherever it stands, and lets it read as itself; whatever it
    /// tries to write is a fault. For [`Module::rehearse`]: the one look down the registry.
    ///
    /// # Errors
    ///
    /// Those of the function; a fault if the module is not in the registry.
    pub(crate) fn consult<R>(
        &mut self,
        module: &'static dyn Module,
        run: impl FnOnce(&mut Self) -> Result<R, Stop>,
    ) -> Result<R, Stop> {
        let address = module.address();
        let Some(place) = registry::place(&address) else {
            return Err(self.fault(format!("asked {}, which is not in the registry", module.name())));
        };
        let before = (self.module, self.address, self.place, self.caller);
        (self.module, self.address, self.place, self.caller) = (module.name(), address, place, self.address);
        let result = self.reading(run).map_err(|stop| stop.within(module.name()));
        (self.module, self.address, self.place, self.caller) = before;
        result
    }

    pub(crate) fn sload(&mut self, address: Address, slot: U256) -> Result<U256, Stop> {
        self.require_reach(address)?;
        self.host.sload(address, slot)
    }

    pub(crate) fn sstore(&mut self, address: Address, slot: U256, word: U256) -> Result<(), Stop> {
        self.require_reach(address)?;
        self.require_writable("wrote a slot")?;
        self.host.sstore(address, slot, word)
    }

    /// A module reaches itself and the modules above it in the registry.
    fn require_reach(&self, address: Address) -> Result<(), Stop> {
        if address == self.address || registry::place(&address).is_some_and(|place| place <= self.place) {
            return Ok(());
        }
        Err(self.fault(format!("reached for storage of {address}, which is not above it in the registry")))
    }
}
