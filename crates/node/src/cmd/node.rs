//! `ding node`: one member as its own process.

use crate::{
    config::Home,
    failure::Failure,
    start::{self, Member, Options},
};
use serde_json::json;
use std::{path::PathBuf, thread, time::Duration};
use tokio::sync::watch;

/// Run one member from its folder.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding node --dir net/member-1\n  DING_LOG=debug ding node --dir net/member-1"
)]
pub struct Args {
    /// The member's folder, as `ding init` wrote it.
    #[arg(long, default_value = "./ding-data")]
    pub dir: PathBuf,
}

/// Runs until told to stop.
///
/// # Errors
///
/// Why the member did not start, or stopped.
pub fn run(args: Args, json: bool) -> Result<(), Failure> {
    start::log("info");
    let home = Home::open(&args.dir)?;
    let cores = thread::available_parallelism().map_or(1, |n| n.get());
    let parallelism = if home.settings.threads == 0 { cores } else { home.settings.threads };
    run_one(home, Options { workers: cores, parallelism, await_first_block: false }, |up| {
        if json {
            println!(
                "{}",
                json!({ "member": up.name, "http": format!("http://{}", up.http), "height": up.height })
            );
        } else {
            println!(
                "{} at height {}, JSON-RPC at http://{}  (Ctrl-C stops it)",
                up.name, up.height, up.http
            );
        }
    })
}

/// Runs one member until told to stop, and calls `ready` when its doors are open.
///
/// # Errors
///
/// Why the member did not start, or stopped.
pub fn run_one(home: Home, options: Options, ready: impl FnOnce(&start::Up)) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let mut member = Member::spawn(home, options, stopped);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::failed)?;
    runtime.block_on(async {
        tokio::select! {
            up = member.ready() => match up {
                Ok(up) => ready(&up),
                Err(_) => return, // join tells why
            },
            () = start::until_told(&stop) => return,
        }
        tokio::select! {
            () = start::until_told(&stop) => {},
            () = ended(&member) => {},
        }
    });
    member.join()
}

async fn ended(member: &Member) {
    while !member.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
