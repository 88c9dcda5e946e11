//! The three authenticated databases, and what a header says of them.
//!
//! | database  | key (32 bytes, hashed)             | value                                     | absence provable |
//! |-----------|------------------------------------|-------------------------------------------|------------------|
//! | accounts  | account                            | 72 B: nonce, balance, code hash           | no               |
//! | modules   | slot of a native module            | 32 B word                                 | yes (ordered)    |
//! | contracts | slot of a contract, word of a code | 32 B word                                 | no               |
//!
//! Values have a fixed size because the state sync of the engine needs that; keys are hashed
//! because the index in memory takes the first eight bytes (`docs/adr/0002-state-layout.md`).

use commonware_cryptography::{Sha256, sha256::Digest};
use commonware_glue::stateful::db::{DatabaseSet, Reader, Shared};
use commonware_parallel::Sequential;
use commonware_runtime::{Spawner, buffer::paged::CacheRef};
use commonware_storage::{
    Context,
    journal::contiguous::fixed::Config as LogConfig,
    mmr::{self, Location, full::Config as TreeConfig},
    qmdb::{
        current::{FixedConfig, ordered, unordered},
        sync::Target,
    },
    translator::EightCap,
};
use commonware_utils::{NZU64, NZUsize, range::NonEmptyRange, sequence::FixedBytes};
use ding_primitives::{B256, DatabaseCommitment, Roots};
use std::num::{NonZeroU64, NonZeroUsize};

/// Bytes of one piece of the activity bitmap under a state root.
pub const BITMAP_CHUNK: usize = 64;
/// Bytes of an account's value.
pub const ACCOUNT_BYTES: usize = 72;
/// Bytes of a slot's value.
pub const SLOT_BYTES: usize = 32;

/// Hashed key.
pub type Key = FixedBytes<32>;
/// Accounts by address.
pub type Accounts<E> = unordered::fixed::Db<
    mmr::Family,
    E,
    Key,
    FixedBytes<ACCOUNT_BYTES>,
    Sha256,
    EightCap,
    BITMAP_CHUNK,
    Sequential,
>;
/// Slots of native modules; ordered, so that absence can be proven.
pub type Modules<E> = ordered::fixed::Db<
    mmr::Family,
    E,
    Key,
    FixedBytes<SLOT_BYTES>,
    Sha256,
    EightCap,
    BITMAP_CHUNK,
    Sequential,
>;
/// Slots of contracts, and the words of their code.
pub type Contracts<E> = unordered::fixed::Db<
    mmr::Family,
    E,
    Key,
    FixedBytes<SLOT_BYTES>,
    Sha256,
    EightCap,
    BITMAP_CHUNK,
    Sequential,
>;

/// The databases as the engine owns them.
pub type Databases<E> = (Shared<Accounts<E>>, Shared<Modules<E>>, Shared<Contracts<E>>);
/// The databases as everyone else sees them.
pub type Readers<E> = (Reader<Accounts<E>>, Reader<Modules<E>>, Reader<Contracts<E>>);
/// A branch that can still be written.
pub type Unmerkleized<E> = <Databases<E> as DatabaseSet<E>>::Unmerkleized;
/// A branch with its roots.
pub type Merkleized<E> = <Databases<E> as DatabaseSet<E>>::Merkleized;
/// What a joining member synchronizes to.
pub type SyncTargets =
    (Target<mmr::Family, Digest>, Target<mmr::Family, Digest>, Target<mmr::Family, Digest>);
/// How the databases are opened.
pub type Config = (DatabaseConfig, DatabaseConfig, DatabaseConfig);
type DatabaseConfig = FixedConfig<EightCap, Sequential>;

/// Operations in one file of a log. Small enough that pruning gives disk back.
const OPERATIONS_PER_BLOB: NonZeroU64 = NZU64!(1 << 16);
/// Tree nodes in one file.
const NODES_PER_BLOB: NonZeroU64 = NZU64!(1 << 18);
/// Bytes buffered before a write, per log.
const WRITE_BUFFER: NonZeroUsize = NZUsize!(1 << 18);
/// Bytes read at once while a log is replayed at start.
const REPLAY_BUFFER: NonZeroUsize = NZUsize!(1 << 18);

/// Where and how the databases of the chain named `prefix` are kept.
pub fn config(prefix: &str, cache: &CacheRef) -> Config {
    let one = |name: &str| FixedConfig {
        merkle_config: TreeConfig {
            journal_partition: format!("{prefix}-{name}-tree"),
            metadata_partition: format!("{prefix}-{name}-tree-meta"),
            items_per_blob: NODES_PER_BLOB,
            write_buffer: WRITE_BUFFER,
            replay_buffer: REPLAY_BUFFER,
            strategy: Sequential,
            page_cache: cache.clone(),
        },
        journal_config: LogConfig {
            partition: format!("{prefix}-{name}-log"),
            items_per_blob: OPERATIONS_PER_BLOB,
            page_cache: cache.clone(),
            write_buffer: WRITE_BUFFER,
            replay_buffer: REPLAY_BUFFER,
        },
        grafted_metadata_partition: format!("{prefix}-{name}-bitmap"),
        translator: EightCap,
        init_cache: Some(NZUsize!(1 << 12)),
        init_buffer: NZUsize!(1 << 20),
        init_concurrency: (),
    };
    (one("accounts"), one("modules"), one("contracts"))
}

/// What a header says of a branch.
pub fn commitments<E: Context + Spawner>((accounts, modules, contracts): &Merkleized<E>) -> Roots {
    macro_rules! commitment {
        ($branch:expr) => {
            DatabaseCommitment {
                root: b256($branch.root()),
                ops_root: b256($branch.ops_root()),
                start: $branch.sync_boundary().as_u64(),
                end: $branch.bounds().tip.size.as_u64(),
            }
        };
    }
    Roots {
        accounts: commitment!(accounts),
        modules: commitment!(modules),
        contracts: commitment!(contracts),
    }
}

/// What a header says of databases that hold nothing: the state of the genesis block.
pub fn empty_roots<E: Context + Spawner>() -> Roots {
    let (accounts, modules, contracts) = <Databases<E> as DatabaseSet<E>>::initial_sync_targets();
    let commitment = |target: Target<mmr::Family, Digest>| DatabaseCommitment {
        root: b256(target.root),
        ops_root: b256(target.root),
        start: target.range.start().as_u64(),
        end: target.range.end().as_u64(),
    };
    Roots { accounts: commitment(accounts), modules: commitment(modules), contracts: commitment(contracts) }
}

/// What a joining member synchronizes to, from a header.
///
/// A header read from bytes has a non-empty range of operations; see the codec of
/// [`DatabaseCommitment`].
pub fn sync_targets(roots: &Roots) -> SyncTargets {
    let target = |commitment: &DatabaseCommitment| {
        let start = Location::new(commitment.start);
        let end = Location::new(commitment.end.max(commitment.start.saturating_add(1)));
        let range = NonEmptyRange::new(start..end).expect("the end is above the start");
        Target::new(Digest(commitment.ops_root.0), range)
    };
    (target(&roots.accounts), target(&roots.modules), target(&roots.contracts))
}

pub(crate) fn b256(digest: Digest) -> B256 {
    B256::from_slice(digest.as_ref())
}
