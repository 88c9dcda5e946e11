//! `ding readmodel`: derive the read model again.

use crate::{config::Home, failure::Failure, start, text::blocks};
use clap::Subcommand;
use ding_member::offline::rebuild_rows;
use serde_json::json;
use std::path::PathBuf;

/// Maintain the read model.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Drop every row and derive all again from the member's blocks. The member must be stopped.
    #[command(after_help = "Examples:\n  ding readmodel rebuild --dir net/member-1")]
    Rebuild {
        /// The member's folder.
        #[arg(long, default_value = "./ding-data")]
        dir: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
///
/// Why the rows could not be derived.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    let Action::Rebuild { dir } = args.action;
    start::log("warn");
    let home = Home::open(&dir)?;
    let (bar, progress) = blocks(json);
    let last = rebuild_rows(&home, progress);
    bar.finish_and_clear();
    let last = last?;
    if json {
        println!("{}", json!({ "height": last.get() }));
    } else {
        println!("Read model derived again up to block {last}.");
    }
    Ok(())
}
