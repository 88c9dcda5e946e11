//! The native applications of the ledger and the frame they run in.
//!
//! Read in this order: [`module`] (what a module is), [`ctx`] (all it may touch), [`stop`] (how a
//! call ends), [`storage`] (typed slots in Solidity layout), [`dispatch`] (from bytes to a
//! function), [`registry`] (the one ordered table, and the entries that execution uses), then a
//! module: [`evidence`] in full, or [`members`], which others ask.
//!
//! Everything here is pure and synchronous: no clock, entropy, input/output or hash-ordered map.
//! The world is reached through [`ctx::Host`], which execution implements over its journal and
//! [`mocks`] over a map.
//!
//! # How to add a module, in five steps
//!
//! 1. Copy `evidence/`, rename it; write the `//!` paragraph and the invariants first.
//! 2. `abi.rs`: functions, events, errors, with NatSpec. `cargo xtask interfaces` writes the
//!    Solidity file from it.
//! 3. `state.rs`: the slot table, then the typed cells. It is the only file that names a slot.
//! 4. `mod.rs`: one function per ABI function, one sentence per ABI error. Both `match`es are
//!    exhaustive: a function without code or an error without a sentence does not compile.
//! 5. One line in [`registry::MODULES`]. Address, genesis, hooks, export of the interface, texts
//!    of reverts and checks follow from it. A module may call and touch those above its line.
//!
//! The same in small, as a program: a bell that counts its strokes.
//!
//! ```
//! use ding_modules::{Ctx, Interface, Module, Stop, Violation, dispatch, mocks::{Scene, STRANGER}};
//! use ding_modules::storage::Cell;
//! use ding_primitives::{Address, Bytes, Log, address};
//!
//! // abi.rs
//! alloy_sol_types::sol! {
//!     #[sol(abi)]
//!     interface IBell {
//!         function strike() external returns (uint64 strokes);
//!         event Struck(address indexed by, uint64 strokes);
//!         error Cracked(uint64 strokes);
//!     }
//! }
//! use IBell::{Cracked, IBellCalls, IBellErrors, Struck, strikeCall};
//!
//! // state.rs
//! const ADDRESS: Address = address!("00000000000000000000000000000000000dfffe");
//! const STROKES: Cell<u64> = Cell::at(ADDRESS, 0); // slot 0: uint64
//!
//! // mod.rs. Invariant B1: STROKES equals the number of `Struck` events.
//! struct Bell;
//!
//! impl Module for Bell {
//!     fn name(&self) -> &'static str { "bell" }
//!     fn address(&self) -> Address { ADDRESS }
//!     fn interface(&self) -> Interface {
//!         Interface { name: "IBell", source: "interface IBell { ... }", abi: IBell::abi::contract }
//!     }
//!     fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
//!         match dispatch::decode::<IBellCalls>(input)? {
//!             IBellCalls::strike(call) => dispatch::write(ctx, call, strike),
//!         }
//!     }
//!     fn explain(&self, revert: &[u8]) -> Option<String> {
//!         Some(match dispatch::decode_error(revert)? {
//!             IBellErrors::Cracked(e) => format!("the bell cracked after {} strokes", e.strokes),
//!         })
//!     }
//!     fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
//!         let struck = dispatch::decode_events::<Struck>(history);
//!         let strokes = STROKES.get(ctx)?;
//!         Violation::unless("B1", strokes == struck.len() as u64, || format!("{strokes} strokes"))
//!     }
//! }
//!
//! fn strike(ctx: &mut Ctx<'_>, _: strikeCall) -> Result<u64, Stop> {
//!     let strokes = STROKES.get(ctx)?.checked_add(1).ok_or_else(Stop::overflow)?;
//!     if strokes > 2 {
//!         return Err(Stop::revert(Cracked { strokes: 2 }));
//!     }
//!     STROKES.set(ctx, &strokes)?;
//!     ctx.emit(&Struck { by: ctx.caller(), strokes })?;
//!     Ok(strokes)
//! }
//!
//! // tests.rs
//! let mut scene = Scene::new(&Bell);
//! assert_eq!(scene.call(STRANGER, strikeCall {}), Ok(1));
//! assert_eq!(scene.call(STRANGER, strikeCall {}), Ok(2));
//! assert_eq!(scene.call(STRANGER, strikeCall {}), Err(Stop::revert(Cracked { strokes: 2 })));
//! scene.check();
//! ```

pub mod calendar;
pub mod check;
pub mod ctx;
pub mod dispatch;
pub mod duties;
pub mod evidence;
pub mod filing;
pub mod identity;
pub mod ids;
pub mod interface;
pub mod members;
#[cfg(any(test, feature = "mocks"))]
pub mod mocks;
pub mod module;
pub mod once;
pub mod orders;
pub mod personal;
pub mod pilot;
pub mod registry;
pub mod services;
pub mod stop;
pub mod storage;
pub mod uscc;
mod words;

pub use check::Violation;
pub use ctx::{BlockInfo, Call, Ctx, Host};
pub use ding_primitives::is_module_address;
pub use interface::{Interface, abi_json, decode_revert, describe_call, solidity};
pub use module::Module;
pub use registry::{begin_block, by_address, call, check_genesis, end_block, genesis, likely_reads};
pub use stop::{Fault, Stop};
