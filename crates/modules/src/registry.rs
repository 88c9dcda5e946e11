//! The one ordered table of modules, and the entries by which execution runs them.

use crate::{
    Call, Ctx, Host, Module, Stop, Violation,
    calendar::Calendar,
    check::StateHost,
    ctx::{BlockInfo, gas},
    evidence::Evidence,
    filing::Filing,
    identity::Identity,
    members::Members,
    once::Once,
    orders::Orders,
    pilot::Pilot,
    services::Services,
    stop::IModule::{DirectCallOnly, NotActive, ValueNotAccepted},
};
use ding_primitives::{Address, Bytes, Log, Spec, U256, ports::ReadState};

/// Order is meaning: hooks run top to bottom, and a module may call those above it.
pub static MODULES: &[&dyn Module] =
    &[&Members, &Calendar, &Identity, &Once, &Evidence, &Services, &Filing, &Pilot, &Orders];

/// A genesis file that a module does not accept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenesisError {
    /// A section for a module that does not exist.
    #[error("genesis file: modules.{0}: there is no module of this name; the modules are {list}", list = names())]
    UnknownModule(String),
    /// A module refuses its section.
    #[error("genesis file: modules.{module}: {reason}")]
    Section {
        /// The module.
        module: &'static str,
        /// What is wrong.
        reason: String,
    },
}

fn names() -> String {
    MODULES.iter().map(|module| module.name()).collect::<Vec<_>>().join(", ")
}

/// Place of the module at this address in [`MODULES`].
pub(crate) fn place(address: &Address) -> Option<usize> {
    MODULES.iter().position(|module| module.address() == *address)
}

/// The module at this address.
pub fn by_address(address: Address) -> Option<&'static dyn Module> {
    MODULES.iter().copied().find(|module| module.address() == address)
}

/// The module of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Module> {
    MODULES.iter().copied().find(|module| module.name() == name)
}

/// Answers a call of a module.
///
/// The host keeps the changes only if this returns `Ok`.
///
/// # Errors
///
/// See [`Stop`]. An address without a module is a fault: only addresses that [`by_address`] knows
/// may be routed here.
pub fn call(host: &mut dyn Host, call: &Call<'_>) -> Result<Bytes, Stop> {
    match MODULES.iter().enumerate().find(|(_, module)| module.address() == call.module) {
        Some((place, module)) => run(host, *module, place, call),
        None => Err(Stop::fault("registry", format!("no module lives at {}", call.module))),
    }
}

/// Answers a call of a module that stands at `place`.
pub(crate) fn run(
    host: &mut dyn Host,
    module: &dyn Module,
    place: usize,
    call: &Call<'_>,
) -> Result<Bytes, Stop> {
    host.charge(gas::CALL.saturating_add(gas::bytes(call.input.len())))?;
    if !call.is_direct {
        return Err(Stop::revert(DirectCallOnly {}));
    }
    if !call.value.is_zero() {
        return Err(Stop::revert(ValueNotAccepted {}));
    }
    if !module.active(&host.block()) {
        return Err(Stop::revert(NotActive {}));
    }
    let mut ctx = Ctx::for_call(host, module.name(), place, call);
    module.call(&mut ctx, call.input).map_err(|stop| stop.within(module.name()))
}

/// Checks the modules' sections of a genesis file, without a chain.
///
/// # Errors
///
/// Names the module and the entry.
pub fn check_genesis(spec: &Spec) -> Result<(), GenesisError> {
    if let Some(name) = spec.modules.keys().find(|name| by_name(name).is_none()) {
        return Err(GenesisError::UnknownModule(name.clone()));
    }
    for module in MODULES {
        module
            .check_genesis(spec)
            .map_err(|reason| GenesisError::Section { module: module.name(), reason })?;
    }
    Ok(())
}

/// Writes the modules' sections of the genesis file into storage.
///
/// # Errors
///
/// A fault if [`check_genesis`] refuses the file.
pub fn genesis(host: &mut dyn Host, spec: &Spec) -> Result<(), Stop> {
    check_genesis(spec).map_err(|error| Stop::fault("registry", error.to_string()))?;
    each(host, |module, ctx| module.genesis(ctx, spec))
}

/// Runs what modules do before the transactions of a block.
///
/// # Errors
///
/// The first module's that stops.
pub fn begin_block(host: &mut dyn Host) -> Result<(), Stop> {
    each(host, |module, ctx| module.begin_block(ctx))
}

/// Runs what modules do after the transactions of a block.
///
/// # Errors
///
/// The first module's that stops.
pub fn end_block(host: &mut dyn Host) -> Result<(), Stop> {
    each(host, |module, ctx| module.end_block(ctx))
}

fn each(
    host: &mut dyn Host,
    mut run: impl FnMut(&dyn Module, &mut Ctx<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    for (place, module) in MODULES.iter().enumerate() {
        if !module.active(&host.block()) {
            continue;
        }
        let mut ctx = Ctx::for_hook(host, module.name(), place, module.address());
        run(*module, &mut ctx).map_err(|stop| stop.within(module.name()))?;
    }
    Ok(())
}

/// Compares each module's storage with its history: every log of the chain, in order (logs of
/// others are passed over). Never run in consensus.
///
/// # Errors
///
/// Names the first invariant that does not hold.
pub fn check(state: &mut dyn ReadState, block: BlockInfo, history: &[Log]) -> Result<(), Violation> {
    let mut host = StateHost::new(state, block);
    for (place, module) in MODULES.iter().enumerate() {
        check_one(&mut host, *module, place, history)?;
    }
    Ok(())
}

pub(crate) fn check_one(
    host: &mut dyn Host,
    module: &dyn Module,
    place: usize,
    history: &[Log],
) -> Result<(), Violation> {
    let own: Vec<Log> = history.iter().filter(|log| log.address == module.address()).cloned().collect();
    let mut ctx = Ctx::for_hook(host, module.name(), place, module.address());
    ctx.reading(|ctx| module.check(ctx, &own)).map_err(|violation| violation.within(module.name()))
}

/// Slots that a call of a module will probably read; empty for other addresses.
pub fn likely_reads(address: Address, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
    by_address(address).map(|module| module.likely_reads(caller, input)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
