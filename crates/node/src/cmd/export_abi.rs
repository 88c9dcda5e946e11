//! `ding export-abi`: the interfaces of the native modules, for tools and contracts.

use crate::{
    failure::Failure,
    text::{say, say_json},
};
use ding_modules::{interface, registry};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Print the ABIs of the native modules.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding export-abi                              every module: address and JSON ABI\n  ding export-abi evidence > evidence.json     one JSON ABI, as ethers, viem and cast take it\n  ding export-abi evidence --solidity          the interface to import in a contract\n  ding export-abi --solidity --out contracts   all interfaces as files"
)]
pub(crate) struct Args {
    /// Name of a module; all of them without it.
    module: Option<String>,
    /// Solidity interfaces instead of JSON.
    #[arg(long)]
    solidity: bool,
    /// Write one file for each module into this folder instead of printing.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
///
/// There is no such module, or the files cannot be written.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    if let Some(name) = &args.module
        && registry::by_name(name).is_none()
    {
        let names: Vec<&str> = registry::MODULES.iter().map(|module| module.name()).collect();
        return Err(Failure::Input(format!(
            "there is no module {name:?}; the modules are {}",
            names.join(", ")
        )));
    }
    match (&args.out, &args.module) {
        (Some(folder), module) => write(folder, &files(module.as_deref(), args.solidity)?, json),
        (None, Some(name)) if args.solidity => {
            let text = solidity(name)?;
            if json { say_json(&json!({ "name": name, "solidity": text })) } else { say(text.trim_end()) }
        }
        // Several files do not make one: each begins with its licence and compiler version.
        (None, None) if args.solidity && !json => {
            Err(Failure::Input("name one module, or a folder for the files of all with --out DIR".into()))
        }
        (None, None) if args.solidity => say_json(&json!(interface::solidity_files())),
        (None, Some(name)) if json => say_json(&described(name)?),
        (None, Some(name)) => say_json(&abi(name)?),
        (None, None) => {
            let all = registry::MODULES.iter().map(|module| described(module.name()));
            say_json(&Value::Array(all.collect::<Result<_, _>>()?))
        }
    }
}

fn abi(name: &str) -> Result<Value, Failure> {
    interface::abi_json().remove(name).ok_or_else(|| Failure::Failed(format!("module {name} has no ABI")))
}

fn solidity(name: &str) -> Result<String, Failure> {
    interface::solidity(name)
        .ok_or_else(|| Failure::Failed(format!("module {name} has no Solidity interface")))
}

/// A module with what a caller needs to know.
fn described(name: &str) -> Result<Value, Failure> {
    let address = registry::by_name(name).map(|module| module.address());
    Ok(json!({ "name": name, "address": address, "abi": abi(name)? }))
}

/// Names and contents of the files of one module, or of all.
fn files(module: Option<&str>, solidity: bool) -> Result<BTreeMap<String, String>, Failure> {
    let is_wanted = |name: &str| module.is_none_or(|wanted| wanted == name);
    let wanted = registry::MODULES.iter().filter(|module| is_wanted(module.name()));
    if solidity && module.is_none() {
        return Ok(interface::solidity_files());
    }
    wanted
        .map(|module| {
            let name = module.interface().name;
            if solidity {
                return Ok((format!("{name}.sol"), self::solidity(module.name())?));
            }
            let text = serde_json::to_string_pretty(&abi(module.name())?).map_err(Failure::failed)?;
            Ok((format!("{name}.json"), text + "\n"))
        })
        .collect()
}

fn write(folder: &Path, files: &BTreeMap<String, String>, json: bool) -> Result<(), Failure> {
    let cannot = |path: &Path, error: std::io::Error| {
        Failure::Failed(format!("cannot write {}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| cannot(&path, error))?;
        written.push(path);
    }
    if json {
        return say_json(&json!({ "files": written }));
    }
    let lines: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    say(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(module: Option<&str>, solidity: bool, out: Option<&Path>) -> Args {
        Args { module: module.map(str::to_owned), solidity, out: out.map(Path::to_owned) }
    }

    #[test]
    fn every_module_has_an_abi_with_its_functions_and_a_solidity_file() {
        for module in registry::MODULES {
            let abi = abi(module.name()).unwrap();
            assert!(abi.as_array().unwrap().iter().any(|entry| entry["type"] == "function"));
            let files = files(Some(module.name()), true).unwrap();
            let (name, text) = files.first_key_value().unwrap();
            assert_eq!((files.len(), name), (1, &format!("{}.sol", module.interface().name)));
            assert!(text.contains(&format!("interface {} {{", module.interface().name)));
            assert!(text.contains(&module.address().to_checksum(None)));
        }
    }

    #[test]
    fn files_are_written_into_the_folder() {
        let folder = std::env::temp_dir().join(format!("ding-abi-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        run(args(None, false, Some(&folder)), true).unwrap();
        run(args(Some("evidence"), true, Some(&folder)), false).unwrap();
        let text = fs::read_to_string(folder.join("IEvidence.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), abi("evidence").unwrap());
        assert!(folder.join("IMembers.json").is_file() && folder.join("IEvidence.sol").is_file());
        assert!(!folder.join("IMembers.sol").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn an_unknown_module_is_refused_with_the_names_of_those_there_are() {
        let Err(Failure::Input(text)) = run(args(Some("evidense"), false, None), false) else {
            panic!("accepted")
        };
        assert!(
            text.contains("\"evidense\"") && text.contains("evidence") && text.contains("members"),
            "{text}"
        );
        assert!(matches!(run(args(None, true, None), false), Err(Failure::Input(_))));
    }
}
