//! Why a call stopped. Three causes, three treatments.

use alloy_sol_types::{Panic, PanicKind, SolError};
use core::fmt;
use ding_primitives::Bytes;

pub use self::abi::IModule;

/// Solidity errors of the frame, which every module may answer with.
pub mod abi {
    alloy_sol_types::sol! {
        /// @title Errors that every native module may answer with.
        #[derive(Debug, PartialEq, Eq)]
        #[sol(abi)]
        interface IModule {
            /// @notice A function that writes was called where nothing may be written (STATICCALL).
            error StaticCall();
            /// @notice Native modules accept no value.
            error ValueNotAccepted();
            /// @notice Native modules answer CALL and STATICCALL, not DELEGATECALL or CALLCODE.
            error DirectCallOnly();
            /// @notice The module has no function with this selector.
            error UnknownFunction(bytes4 selector);
            /// @notice The arguments are not the ABI encoding that the function takes.
            error MalformedArguments(bytes4 selector);
            /// @notice The module does not answer yet at this height.
            error NotActive();
        }
    }
}

/// Why a call stopped. Three causes, three treatments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The caller's mistake: a Solidity error, shown to them; changes undone.
    Revert(Bytes),
    /// The budget ended: changes undone, gas kept.
    OutOfGas,
    /// Ours: an invariant is broken. The transaction is undone the same way on every member,
    /// logged at `error`, counted and alarmed; the chain goes on.
    Fault(Fault),
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("module {module}: {what}")]
pub struct Fault {
    /// The module it happened in.
    pub module: &'static str,
    /// What was found, in words for the operator.
    pub what: String,
}

impl Stop {
    /// The caller made this mistake.
    pub fn revert(error: impl SolError) -> Self {
        Self::Revert(error.abi_encode().into())
    }

    /// A number left its range: `Panic(0x11)`, as Solidity answers it.
    pub fn overflow() -> Self {
        Self::revert(Panic::from(PanicKind::UnderOverflow))
    }

    /// An invariant of `module` is broken.
    pub fn fault(module: &'static str, what: impl Into<String>) -> Self {
        Self::Fault(Fault { module, what: what.into() })
    }

    /// Names the module in whose call a fault surfaced, keeping where it came from.
    pub(crate) fn within(self, module: &'static str) -> Self {
        match self {
            Self::Fault(fault) if fault.module != module => {
                Self::Fault(Fault { module, what: format!("{}: {}", fault.module, fault.what) })
            }
            other => other,
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revert(data) => match crate::decode_revert(data) {
                Some(text) => write!(f, "reverted: {text}"),
                None => write!(f, "reverted: {data}"),
            },
            Self::OutOfGas => f.write_str("out of gas"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Stop {}

/// What one of the frame's errors means.
pub(crate) fn explain(revert: &[u8]) -> Option<String> {
    use IModule::IModuleErrors as E;
    Some(match crate::dispatch::decode_error(revert)? {
        E::StaticCall(_) => {
            "the function writes and was called read-only (STATICCALL); send a transaction or use CALL".into()
        }
        E::ValueNotAccepted(_) => "native modules accept no value; call with value 0".into(),
        E::DirectCallOnly(_) => {
            "native modules answer CALL and STATICCALL only; do not use DELEGATECALL or CALLCODE".into()
        }
        E::UnknownFunction(e) => {
            format!("no function with selector {}; check the interface and its version", e.selector)
        }
        E::MalformedArguments(e) => {
            format!(
                "the arguments do not fit the function with selector {}; encode them by its ABI",
                e.selector
            )
        }
        E::NotActive(_) => "the module does not answer yet at this height".into(),
    })
}
