//! Executes a stopped member's chain again from genesis, and compares everything a header says.
//!
//! The blocks, receipts and certificates are read from the member's archive; the state grows anew
//! in files of its own, beside the member's.

use crate::{
    application::alarm,
    engine::archive_config,
    genesis,
    run::{Ran, run},
    stored::Lost,
    types::{Block, Digest, Finalization},
};
use commonware_glue::stateful::db::DatabaseSet as _;
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Metrics, Spawner, Storage, buffer::paged::CacheRef};
use commonware_storage::{
    archive::{Archive as _, Identifier, prunable},
    translator::EightCap,
};
use ding_execution::{
    Env,
    block::{BlockError, Mode},
};
use ding_light::{Certificate, ChainKey, tree};
use ding_modules::{BlockInfo, Violation, registry};
use ding_primitives::{
    B256, Height, Log, Recovered, Spec, is_module_address,
    ports::ReadError,
    transaction::{TransactionError, recover},
};
use ding_state::{
    Branch, Databases,
    archive::{ArchiveError, Extent, Receipts},
    store,
};
use std::sync::Arc;

/// Start of the names of the files in which the state grows anew.
pub const SCRATCH: &str = "replay";
/// Blocks between two writes of the new state to disk.
const DURABLE_EVERY: u64 = 256;

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Blocks executed.
    pub blocks: u64,
    /// Transactions executed.
    pub transactions: u64,
    /// Certificates checked under the chain key.
    pub certificates: u64,
    /// Latest blocks whose receipts are not archived yet: the member stopped in between, and executes
    /// them again when it starts.
    pub pending: u64,
    /// Transactions that a module's broken invariant undid; each is logged.
    pub faults: u64,
    /// Hash of the last block.
    pub head: B256,
    /// State root after the last block.
    pub state_root: B256,
}

/// What a replay stopped at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Files cannot be opened.
    #[error("the archive cannot be read: {0}")]
    Archive(#[from] commonware_storage::archive::Error),
    /// Receipts cannot be read.
    #[error(transparent)]
    Receipts(#[from] ArchiveError),
    /// The genesis file is not usable.
    #[error(transparent)]
    Genesis(#[from] genesis::GenesisError),
    /// The archive has a hole.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// A header does not follow the one before.
    #[error("block {height} names the parent {got}, the block before it is {want}")]
    Parent {
        /// Its height.
        height: Height,
        /// Parent it names.
        got: B256,
        /// Parent it has.
        want: B256,
    },
    /// A transaction does not decode.
    #[error("block {0}: {1}")]
    Transaction(Height, #[source] TransactionError),
    /// Execution failed.
    #[error("block {0}: {1}")]
    Execution(Height, #[source] BlockError),
    /// The result differs from the header or the archive.
    #[error("block {height}: {what} is {got}, execution gives {want}")]
    Differs {
        /// Its height.
        height: Height,
        /// What differs.
        what: &'static str,
        /// On record.
        got: String,
        /// Computed.
        want: String,
    },
    /// A certificate does not verify.
    #[error("the certificate of block {0} does not verify: {1}")]
    Certificate(Height, String),
    /// A module's storage disagrees with its history.
    #[error("after the last block: {0:?}")]
    Module(Violation),
    /// The new state could not be kept.
    #[error("the replayed state cannot be written: {0}")]
    State(#[from] ReadError),
}

/// Executes the archive of the chain kept under `prefix` again. `progress` hears of each block with
/// the last height.
///
/// # Errors
///
/// The first thing that differs.
pub async fn replay<E, S>(
    context: E,
    spec: Arc<Spec>,
    prefix: &str,
    cache: CacheRef,
    strategy: S,
    mut progress: impl FnMut(Height, Height) + Send,
) -> Result<Report, ReplayError>
where
    E: Clock + Spawner + Storage + Metrics,
    S: Strategy,
{
    let blocks: prunable::Archive<EightCap, E, Digest, Block> =
        prunable::Archive::init(context.child("blocks"), archive_config(prefix, "blocks", &cache)).await?;
    let certificates: prunable::Archive<EightCap, E, Digest, Finalization> = prunable::Archive::init(
        context.child("certificates"),
        archive_config(prefix, "finalizations", &cache),
    )
    .await?;
    let receipts = Receipts::open(context.child("receipts"), prefix, &cache).await?;
    let databases: Databases<E> =
        Databases::<E>::init(context.child("state"), store::config(SCRATCH, &cache), None).await;
    let first = genesis::block::<E>(&spec)?;
    let genesis_hash = first.hash();
    let key = ChainKey::from_bytes(&spec.public_key)
        .map_err(|error| ReplayError::Certificate(Height::GENESIS, error.to_string()))?;
    let extent = Extent::of(blocks.ranges());
    // A block is archived a moment before its receipts are.
    let with_receipts = receipts.extent().await?;
    Lost::check(extent, with_receipts)?;
    let last = extent.whole;
    let bound = ding_modules::identity::bound(&spec);
    let mut report = Report {
        blocks: 0,
        transactions: 0,
        certificates: 0,
        pending: 0,
        faults: 0,
        head: genesis_hash,
        state_root: first.header().roots.state_root(),
    };
    let mut history: Vec<Log> = Vec::new();
    let mut timestamp_ms = first.header().timestamp_ms;
    let mut height = Height::GENESIS;
    while height < last {
        height = height.next();
        let block = blocks.get(Identifier::Index(height.get())).await?.ok_or(Lost::Block { height, last })?;
        let header = block.header().clone();
        if header.parent != report.head {
            return Err(ReplayError::Parent { height, got: header.parent, want: report.head });
        }
        if let Some(finalization) = certificates.get(Identifier::Index(height.get())).await? {
            check_certificate(&finalization, &block, &key, &genesis_hash)
                .map_err(|reason| ReplayError::Certificate(height, reason))?;
            report.certificates += 1;
        }
        let transactions: Vec<Arc<Recovered>> = strategy
            .try_map_collect_vec(block.transactions(), |t| recover(t.clone(), spec.chain_id).map(Arc::new))
            .map_err(|error| ReplayError::Transaction(height, error))?;
        let env = Env {
            chain_id: spec.chain_id,
            height,
            timestamp_ms: header.timestamp_ms,
            parent_hash: header.parent,
            beneficiary: header.leader.address(),
            gas_limit: header.gas_limit,
            bound,
        };
        let Ran { outcome, state } =
            run(Branch::latest(&databases).await, &spec, &env, &transactions, Mode::Verify, |_| false)
                .await
                .map_err(|error| ReplayError::Execution(height, error))?;
        same(height, "state", &header.roots, &store::commitments::<E>(&state))?;
        same(height, "receipts root", &header.receipts_root, &tree::receipts_root(&outcome.receipts))?;
        same(height, "gas used", &header.gas_used, &outcome.gas_used)?;
        alarm(&outcome.faults, height);
        report.faults += outcome.faults.len() as u64;
        let kept = match receipts.at(height).await? {
            Some(kept) => kept,
            None if height <= with_receipts.last => {
                return Err(Lost::Receipts { height, last: with_receipts.last }.into());
            }
            None => {
                report.pending += 1;
                outcome.receipts.clone()
            }
        };
        if kept != outcome.receipts {
            let (got, want) = (
                format!("{} receipts", kept.len()),
                format!("{} receipts, or others", outcome.receipts.len()),
            );
            return Err(ReplayError::Differs { height, what: "the archive of receipts", got, want });
        }
        let logs = outcome.receipts.into_iter().flat_map(|receipt| receipt.logs);
        history.extend(logs.filter(|log| is_module_address(&log.address)));
        databases.apply(state).await;
        if height.get().is_multiple_of(DURABLE_EVERY) || height == last {
            databases.finalize().await.durable().await;
        }
        report.blocks += 1;
        report.transactions += transactions.len() as u64;
        report.head = header.hash();
        report.state_root = header.roots.state_root();
        timestamp_ms = header.timestamp_ms;
        progress(height, last);
    }
    if last > Height::GENESIS {
        let info = BlockInfo { height: last, timestamp_ms, chain_id: spec.chain_id };
        let branch = Branch::latest(&databases).await;
        crate::run::look(&branch, |state| registry::check(state, info, &history))
            .await?
            .map_err(ReplayError::Module)?;
    }
    Ok(report)
}

fn check_certificate(
    finalization: &Finalization,
    block: &Block,
    key: &ChainKey,
    genesis_hash: &B256,
) -> Result<(), String> {
    use commonware_codec::Encode as _;
    let certificate = Certificate::from_bytes(&finalization.encode()).map_err(|error| error.to_string())?;
    if certificate.payload != block.hash() {
        return Err(format!("it names block {}, not {}", certificate.payload, block.hash()));
    }
    certificate.verify(key, genesis_hash).map_err(|error| error.to_string())
}

fn same<T: PartialEq + core::fmt::Debug>(
    height: Height,
    what: &'static str,
    got: &T,
    want: &T,
) -> Result<(), ReplayError> {
    if got == want {
        return Ok(());
    }
    Err(ReplayError::Differs { height, what, got: format!("{got:?}"), want: format!("{want:?}") })
}
