//! `ding check`: execute a stopped member's chain again from genesis.

use crate::{
    config::{Home, SETTINGS},
    failure::Failure,
    start,
    text::blocks,
};
use ding_member::offline::{Report, check};
use ding_modules::registry;
use serde_json::json;
use std::path::PathBuf;

/// Execute a stopped member's chain again from genesis and compare every root.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding check --dir net/member-1\n  ding check --dir ding-data/demo/member-1 --json\n\nCompares state roots, receipts roots, gas and archived receipts of every block, verifies every\ncertificate under the chain key, and checks the invariants of the native modules."
)]
pub struct Args {
    /// The member's folder; the member must be stopped.
    #[arg(long, default_value = "./ding-data")]
    pub dir: PathBuf,
}

/// Runs the command.
///
/// # Errors
///
/// The first thing that differs, with exit code 3.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    start::log("warn");
    if !args.dir.join(SETTINGS).exists() {
        return Err(Failure::Input(format!(
            "{} is no member's folder: it has no {SETTINGS}. Name the folder of one member, which must be stopped, like \
             --dir net/member-1 or --dir ding-data/demo/member-1",
            args.dir.display()
        )));
    }
    let home = Home::open(&args.dir)?;
    let (bar, progress) = blocks(json);
    let outcome = check(&home, progress);
    bar.finish_and_clear();
    let Report { blocks, transactions, certificates, pending, faults, head, state_root } = outcome?;
    if json {
        println!(
            "{}",
            json!({ "blocks": blocks, "transactions": transactions, "certificates": certificates, "pending": pending, "faults": faults, "head": head, "stateRoot": state_root })
        );
        return Ok(());
    }
    println!(
        "{blocks} blocks with {transactions} transactions executed again: every root, receipt and gas figure agrees."
    );
    println!("{certificates} certificates verify under the chain key.");
    if pending > 0 {
        println!(
            "The receipts of the last {pending} are not archived yet: the member writes them when it starts."
        );
    }
    if faults > 0 {
        println!(
            "{faults} transactions were undone because a module's invariant was broken; the log names them."
        );
    }
    let modules: Vec<&str> = registry::MODULES.iter().map(|module| module.name()).collect();
    println!("The invariants of the modules hold: {}.", modules.join(", "));
    println!("head {head}, state {state_root}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_members_is_told_how_to_name_one() {
        let dir = std::env::temp_dir().join(format!("ding-check-none-{}", std::process::id()));
        let failure = run(Args { dir: dir.clone() }, true).unwrap_err();
        let text = failure.to_string();
        assert!(matches!(failure, Failure::Input(_)));
        for want in [dir.to_str().unwrap(), "no member's folder", "--dir net/member-1", "stopped"] {
            assert!(text.contains(want), "{want}: {text}");
        }
    }
}
