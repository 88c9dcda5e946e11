//! Interfaces as others see them: JSON ABI, Solidity text, texts of reverts.

use crate::{Module, registry::MODULES, stop};
use alloy_json_abi::JsonAbi;
use alloy_sol_types::{Panic, Revert, SolError as _};
use ding_primitives::{Address, limits};
use std::collections::BTreeMap;

/// The Solidity interface of a module.
#[derive(Clone, Copy, Debug)]
pub struct Interface {
    /// Name of the Solidity interface: `I` and the module's name.
    pub name: &'static str,
    /// Rust source whose `sol!` holds the interface: Solidity with its NatSpec.
    pub source: &'static str,
    /// The same as data.
    pub abi: fn() -> JsonAbi,
}

/// Name of the interface that holds the frame's errors.
pub const FRAME: Interface =
    Interface { name: "IModule", source: include_str!("stop.rs"), abi: stop::IModule::abi::contract };

/// JSON ABI of each module by module name. The frame's errors are part of each.
pub fn abi_json() -> BTreeMap<&'static str, serde_json::Value> {
    MODULES.iter().map(|module| (module.name(), json(*module))).collect()
}

fn json(module: &dyn Module) -> serde_json::Value {
    let mut abi = (module.interface().abi)();
    abi.errors.append(&mut (FRAME.abi)().errors);
    serde_json::to_value(abi).unwrap_or_default()
}

/// Solidity text of a module's interface by the module's name, or of the frame's errors by the
/// name `module`; `None` for other names.
pub fn solidity(name: &str) -> Option<String> {
    if name == "module" {
        return text(&FRAME, None);
    }
    let module = crate::registry::by_name(name)?;
    text(&module.interface(), Some(module))
}

/// Solidity files of all interfaces: file name and text.
pub fn solidity_files() -> BTreeMap<String, String> {
    let names = MODULES.iter().map(|module| (module.interface().name, module.name()));
    names
        .chain([(FRAME.name, "module")])
        .filter_map(|(interface, name)| Some((format!("{interface}.sol"), solidity(name)?)))
        .collect()
}

fn text(interface: &Interface, module: Option<&dyn Module>) -> Option<String> {
    let mut out = String::from(
        "// SPDX-License-Identifier: Apache-2.0\n// Written by `cargo xtask interfaces`. Do not edit.\npragma solidity ^0.8.4;\n\n",
    );
    for line in block(interface.source, interface.name)? {
        out.push_str(line);
        out.push('\n');
    }
    if let Some(module) = module {
        let name = interface.name;
        let constant = module.name().to_uppercase();
        let address = module.address().to_checksum(None);
        out.push_str(&format!("\n// The module, at its address on every chain.\n{name} constant {constant} = {name}({address});\n"));
    }
    Some(out)
}

/// The lines of `interface <name> { … }` in Rust source, its documentation first, unindented and
/// without Rust attributes.
fn block<'a>(source: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let lines: Vec<&str> = source.lines().collect();
    let head = format!("interface {name} {{");
    let start = lines.iter().position(|line| line.trim() == head)?;
    let indent = lines.get(start)?.find("interface")?;
    let close = format!("{}}}", " ".repeat(indent));
    let end = start + lines.get(start..)?.iter().position(|line| *line == close)?;
    let above = lines.get(..start)?.iter().rev();
    let documentation =
        above.take_while(|line| line.trim().starts_with("///") || line.trim().starts_with("#[")).count();
    let body = lines.get(start - documentation..=end)?;
    Some(
        body.iter()
            .filter(|line| !line.trim().starts_with("#["))
            .map(|line| line.get(indent..).unwrap_or_default())
            .collect(),
    )
}

/// What revert data means, in a sentence: an error of the frame or of any module, Solidity's
/// `Error(string)` and `Panic(uint256)`; `None` for anything else.
///
/// Text that a contract chose is cut at [`limits::REVERT_TEXT_CHARS_MAX`] characters and shown
/// without control characters.
pub fn decode_revert(revert: &[u8]) -> Option<String> {
    if let Ok(error) = Revert::abi_decode_validate(revert) {
        let shown = error.reason.chars().map(|c| if c.is_control() { ' ' } else { c });
        return Some(shown.take(limits::REVERT_TEXT_CHARS_MAX).collect());
    }
    if let Ok(panic) = Panic::abi_decode_validate(revert) {
        return Some(panic.to_string());
    }
    stop::explain(revert).or_else(|| MODULES.iter().find_map(|module| module.explain(revert)))
}

/// What a call that is decided by vote would change, in a sentence; `None` if its module cannot say.
pub fn describe_call(target: Address, input: &[u8]) -> Option<String> {
    crate::registry::by_address(target)?.describe(input)
}

#[cfg(test)]
mod tests;
