//! `ding readmodel`: derive the read model again.

use crate::{config::Home, failure::Failure, start};
use clap::Subcommand;
use commonware_runtime::{Runner as _, Supervisor as _, buffer::paged::CacheRef, tokio as runtime};
use commonware_utils::{NZU16, NZUsize};
use ding_chain::{genesis, stored::Stored};
use ding_readmodel::{Config, ReadModel};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::oneshot;

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
    if !home.store().exists() {
        return Err(Failure::Input(format!(
            "{} holds no chain yet; start the member first",
            home.store().display()
        )));
    }
    let config = runtime::Config::new().with_worker_threads(2).with_storage_directory(home.store());
    let rows = home.read_model();
    let spec = Arc::new(home.spec);
    let last = runtime::Runner::new(config).start(|context| async move {
        let genesis_hash = genesis::block::<runtime::Context>(&spec).map_err(Failure::input)?.hash();
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(8 * 1024));
        let rows_spec = spec.clone();
        let archive = Stored::open(context.child("archive"), spec, start::STORE_PREFIX, &cache)
            .await
            .map_err(Failure::failed)?;
        let (done, result) = oneshot::channel();
        // SQL blocks, so it has a thread of its own and leaves the runtime to the archive.
        let thread = std::thread::spawn(move || {
            let bar = if json { ProgressBar::hidden() } else { ProgressBar::new(0) };
            if let Ok(style) = ProgressStyle::with_template("{bar:40} block {pos} of {len}, {eta} left") {
                bar.set_style(style);
            }
            let rebuilt = ReadModel::remove(&rows)
                .and_then(|()| ReadModel::open(&rows, Config { genesis_hash, spec: rows_spec }))
                .map_err(Failure::failed)
                .and_then(|model| {
                    model
                        .rebuild(&archive, &mut |height, head| {
                            bar.set_length(head.get());
                            bar.set_position(height.get());
                        })
                        .map_err(Failure::failed)
                });
            bar.finish_and_clear();
            let _ = done.send(rebuilt);
        });
        let last = result.await.map_err(|_| Failure::Failed("the rebuild ended early".into()))?;
        let _ = thread.join();
        last
    })?;
    if json {
        println!("{}", json!({ "height": last.get() }));
    } else {
        println!("Read model derived again up to block {last}.");
    }
    Ok(())
}
