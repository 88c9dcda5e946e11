//! `ding check`: execute a stopped member's chain again from genesis.

use crate::{config::Home, failure::Failure, start};
use commonware_runtime::{
    Runner as _, Strategizer as _, Supervisor as _, buffer::paged::CacheRef, tokio as runtime,
};
use commonware_utils::{NZU16, NZUsize};
use ding_chain::replay::{Report, SCRATCH, replay};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

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
    let home = Home::open(&args.dir)?;
    let store = home.store();
    if !store.exists() {
        return Err(Failure::Input(format!(
            "{} holds no chain yet; start the member first",
            store.display()
        )));
    }
    clear(&store)?;
    let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
    if let Ok(style) = ProgressStyle::with_template("{bar:40} block {pos} of {len}, {eta} left") {
        bar.set_style(style);
    }
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let config = runtime::Config::new().with_worker_threads(cores).with_storage_directory(&store);
    let spec = Arc::new(home.spec);
    let shown = bar.clone();
    let outcome = runtime::Runner::new(config).start(|context| async move {
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(32 * 1024));
        let strategy = context.strategy(NonZeroUsize::new(cores).unwrap_or(NonZeroUsize::MIN));
        replay(context.child("replay"), spec, start::STORE_PREFIX, cache, strategy, |height, last| {
            shown.set_length(last.get());
            shown.set_position(height.get());
        })
        .await
    });
    bar.finish_and_clear();
    clear(&store)?;
    let Report { blocks, transactions, certificates, head, state_root } =
        outcome.map_err(|error| Failure::Refuted(error.to_string()))?;
    if json {
        println!(
            "{}",
            json!({ "blocks": blocks, "transactions": transactions, "certificates": certificates, "head": head, "stateRoot": state_root })
        );
        return Ok(());
    }
    println!(
        "{blocks} blocks with {transactions} transactions executed again: every root, receipt and gas figure agrees."
    );
    println!("{certificates} certificates verify under the chain key.");
    println!("head {head}, state {state_root}");
    Ok(())
}

/// Removes what an earlier replay left.
fn clear(store: &Path) -> Result<(), Failure> {
    let io = |error: std::io::Error| Failure::Failed(format!("{}: {error}", store.display()));
    for entry in fs::read_dir(store).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let ours =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{SCRATCH}-")));
        if ours {
            fs::remove_dir_all(&path).map_err(io)?;
        }
    }
    Ok(())
}
