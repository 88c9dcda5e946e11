//! What is done with a stopped member's folder: its chain executed again from genesis, its rows derived
//! again from its blocks.

use crate::{config::Home, failure::Failure, start::STORE_PREFIX};
use commonware_runtime::{
    Runner as _, Strategizer as _, Supervisor as _, buffer::paged::CacheRef, tokio as runtime,
};
use commonware_utils::{NZU16, NZUsize};
pub use ding_chain::replay::Report;
use ding_chain::{
    genesis,
    replay::{SCRATCH, replay},
    stored::Stored,
};
use ding_primitives::Height;
use ding_readmodel::{Config, ReadModel};
use std::{fs, num::NonZeroUsize, path::Path, sync::Arc, thread};
use tokio::sync::oneshot;

/// Hears of a block that is done, and of the last one there is.
pub type Progress = Box<dyn FnMut(Height, Height) + Send>;

/// Executes the chain in a member's folder again and compares every root, receipt and certificate.
///
/// # Errors
///
/// [`Failure::Input`] without a chain, [`Failure::Refuted`] with the first thing that differs,
/// [`Failure::Failed`] if the folder cannot be used.
pub fn check(home: &Home, progress: Progress) -> Result<Report, Failure> {
    require_chain(home)?;
    let store = home.store();
    clear(&store)?;
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let config = runtime::Config::new().with_worker_threads(cores).with_storage_directory(&store);
    let spec = Arc::new(home.spec.clone());
    let outcome = runtime::Runner::new(config).start(|context| async move {
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(32 * 1024));
        let strategy = context.strategy(NonZeroUsize::new(cores).unwrap_or(NonZeroUsize::MIN));
        replay(context.child("replay"), spec, STORE_PREFIX, cache, strategy, progress).await
    });
    clear(&store)?;
    outcome.map_err(|error| Failure::Refuted(error.to_string()))
}

/// Drops every row of a member's read model and derives all again. Answers the last block.
///
/// # Errors
///
/// [`Failure::Input`] without a chain, [`Failure::Failed`] if the rows cannot be derived.
pub fn rebuild_rows(home: &Home, mut progress: Progress) -> Result<Height, Failure> {
    require_chain(home)?;
    let config = runtime::Config::new().with_worker_threads(2).with_storage_directory(home.store());
    let rows = home.read_model();
    let spec = Arc::new(home.spec.clone());
    runtime::Runner::new(config).start(|context| async move {
        let genesis_hash = genesis::block::<runtime::Context>(&spec).map_err(Failure::input)?.hash();
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(8 * 1024));
        let config = Config { genesis_hash, spec: spec.clone() };
        let archive = Stored::open(context.child("archive"), spec, STORE_PREFIX, &cache)
            .await
            .map_err(Failure::failed)?;
        let (done, result) = oneshot::channel();
        // SQL blocks, so it has a thread of its own and leaves the runtime to the archive.
        let thread = thread::spawn(move || {
            let rebuilt = ReadModel::remove(&rows)
                .and_then(|()| ReadModel::open(&rows, config))
                .map_err(Failure::failed)
                .and_then(|model| model.rebuild(&archive, &mut progress).map_err(Failure::failed));
            let _ = done.send(rebuilt);
        });
        let last = result.await.map_err(|_| Failure::Failed("the rebuild ended early".into()))?;
        let _ = thread.join();
        last
    })
}

fn require_chain(home: &Home) -> Result<(), Failure> {
    let store = home.store();
    if store.exists() {
        return Ok(());
    }
    Err(Failure::Input(format!("{} holds no chain yet; start the member first", store.display())))
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
