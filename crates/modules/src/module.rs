//! What a native application is.

use crate::{BlockInfo, Ctx, Interface, Stop, Violation, dispatch};
use ding_primitives::{Address, Bytes, Log, Spec, U256};

/// A native application at a fixed address. Stateless: everything it knows is in storage.
///
/// A module calls and touches only modules above its line in [`crate::registry::MODULES`].
pub trait Module: Send + Sync + 'static {
    /// The noun by which people, the genesis file and the command line know it.
    fn name(&self) -> &'static str;

    /// Where it lives; inside the reserved range ([`crate::is_module_address`]).
    fn address(&self) -> Address;

    /// Its Solidity interface.
    fn interface(&self) -> Interface;

    /// Handles one call. Changes made through `ctx` are kept only if this returns `Ok`.
    ///
    /// # Errors
    ///
    /// See [`Stop`]: the caller's mistake, an empty budget, or a broken invariant.
    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop>;

    /// What one of this module's Solidity errors means, in a sentence with its numbers and what
    /// to do; `None` for bytes that are not an error of this module.
    fn explain(&self, revert: &[u8]) -> Option<String>;

    /// Looks at a call of this module that somebody proposes to decide by vote (`members.propose`):
    /// whether it names a function that is decided by vote, and could ever be carried out. Sees no
    /// storage. [`crate::dispatch::decode_exact`] finds the function. As long as a module says nothing
    /// else, each of its functions that writes may be proposed; one that takes no decision
    /// ([`crate::members::take_decision`]) is not bound by it.
    ///
    /// # Errors
    ///
    /// Reverts as the call itself would.
    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        dispatch::require_writing(&self.interface(), input)
    }

    /// Looks whether a proposed call could be carried out as things stand, before anybody votes: all that
    /// [`Module::check_proposal`] tells, and what storage says. A module that decides about its own
    /// storage refuses here what the call itself would, except for want of a decision.
    ///
    /// # Errors
    ///
    /// Reverts as the call itself would.
    fn rehearse(&self, _ctx: &mut Ctx<'_>, input: &[u8]) -> Result<(), Stop> {
        self.check_proposal(input)
    }

    /// What such a call would change, in a sentence; `None` if it cannot say. Shown at the doors,
    /// never part of consensus.
    fn describe(&self, _input: &[u8]) -> Option<String> {
        None
    }

    /// Whether calls are answered in this block. A module that arrives with a later fork says no
    /// before it.
    fn active(&self, _block: &BlockInfo) -> bool {
        true
    }

    /// Whether it is an application, which may belong to a filed service and be stopped with it. What
    /// the ledger and its supervision run on is none.
    fn is_application(&self) -> bool {
        false
    }

    /// Checks this module's section of a genesis file, without a chain.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong and why.
    fn check_genesis(&self, spec: &Spec) -> Result<(), String> {
        match spec.modules.get(self.name()) {
            None => Ok(()),
            Some(_) => Err("this module takes no section; remove it".into()),
        }
    }

    /// Writes this module's section of the genesis file into storage, before the first block.
    ///
    /// # Errors
    ///
    /// A section that [`Module::check_genesis`] refuses is a fault.
    fn genesis(&self, _ctx: &mut Ctx<'_>, _spec: &Spec) -> Result<(), Stop> {
        Ok(())
    }

    /// Runs before the transactions of each block.
    ///
    /// # Errors
    ///
    /// A hook has no caller to blame: what fails is a fault.
    fn begin_block(&self, _ctx: &mut Ctx<'_>) -> Result<(), Stop> {
        Ok(())
    }

    /// Runs after the transactions of each block.
    ///
    /// # Errors
    ///
    /// A hook has no caller to blame: what fails is a fault.
    fn end_block(&self, _ctx: &mut Ctx<'_>) -> Result<(), Stop> {
        Ok(())
    }

    /// Compares storage with the module's own history, every log it ever emitted in order. Run by
    /// the simulator and by `ding check` on a copy of the data; never in consensus.
    ///
    /// # Errors
    ///
    /// Names the broken invariant.
    fn check(&self, _ctx: &mut Ctx<'_>, _history: &[Log]) -> Result<(), Violation> {
        Ok(())
    }

    /// Slots that a call with this input will probably read, so that they can be fetched together
    /// before it runs. A guess: wrong or missing entries cost time, never correctness.
    fn likely_reads(&self, _caller: Address, _input: &[u8]) -> Vec<(Address, U256)> {
        Vec::new()
    }
}
