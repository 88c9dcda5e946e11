//! Invariants looked at from outside: what `ding check` and the simulator run.

use crate::{BlockInfo, Host, Stop};
use core::fmt;
use ding_primitives::{Address, Log, U256, ports::ReadState};

/// A numbered invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The module.
    pub module: &'static str,
    /// Number of the invariant in the module's documentation, like `E1`.
    pub invariant: &'static str,
    /// What was found.
    pub what: String,
}

impl Violation {
    /// `Ok` if the invariant holds; `what` describes the finding if not.
    ///
    /// # Errors
    ///
    /// The violation.
    pub fn unless(invariant: &'static str, holds: bool, what: impl FnOnce() -> String) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self { module: "", invariant, what: what() }) }
    }

    pub(crate) const fn within(mut self, module: &'static str) -> Self {
        self.module = module;
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "module {}: invariant {} does not hold: {}", self.module, self.invariant, self.what)
    }
}

impl std::error::Error for Violation {}

/// A read that stopped while an invariant was looked at.
impl From<Stop> for Violation {
    fn from(stop: Stop) -> Self {
        Self { module: "", invariant: "storage is readable", what: stop.to_string() }
    }
}

/// A [`Host`] that only reads, over any state, without counting gas.
pub struct StateHost<'a> {
    state: &'a mut dyn ReadState,
    block: BlockInfo,
}

impl<'a> StateHost<'a> {
    /// Reads `state` as of the end of `block`.
    pub fn new(state: &'a mut dyn ReadState, block: BlockInfo) -> Self {
        Self { state, block }
    }
}

impl Host for StateHost<'_> {
    fn block(&self) -> BlockInfo {
        self.block
    }

    fn sload(&mut self, address: Address, slot: U256) -> Result<U256, Stop> {
        self.state.slot(address, slot).map_err(|error| Stop::fault("store", error.to_string()))
    }

    fn sstore(&mut self, address: Address, slot: U256, _: U256) -> Result<(), Stop> {
        Err(Stop::fault(
            "store",
            format!("slot {slot} of {address} was written where only reading is possible"),
        ))
    }

    fn emit(&mut self, log: Log) -> Result<(), Stop> {
        Err(Stop::fault("store", format!("{} emitted an event where only reading is possible", log.address)))
    }

    fn charge(&mut self, _: u64) -> Result<(), Stop> {
        Ok(())
    }
}
