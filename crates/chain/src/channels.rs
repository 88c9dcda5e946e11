//! Every peer-to-peer channel of a chain in one table: id, rate, purpose.

use commonware_runtime::Quota;
use commonware_utils::NZU32;

/// Votes of consensus.
pub const VOTES: u64 = 0;
/// Certificates of consensus.
pub const CERTIFICATES: u64 = 1;
/// Requests for missing certificates.
pub const RESOLVER: u64 = 2;
/// Requests for missing blocks.
pub const BACKFILL: u64 = 3;
/// New blocks.
pub const BLOCKS: u64 = 4;
/// State of the accounts database, for joining members.
pub const SYNC_ACCOUNTS: u64 = 5;
/// State of the modules database.
pub const SYNC_MODULES: u64 = 6;
/// State of the contracts database.
pub const SYNC_CONTRACTS: u64 = 7;
/// Transactions, and how far each member is.
pub const GOSSIP: u64 = 8;

/// Number of channels.
pub const COUNT: usize = 9;

/// Messages per second and peer on each channel, by id. A mailbox of this size is allocated for
/// each peer when the network starts.
pub fn quotas() -> [(u64, Quota); COUNT] {
    [
        (VOTES, Quota::per_second(NZU32!(256))),
        (CERTIFICATES, Quota::per_second(NZU32!(256))),
        (RESOLVER, Quota::per_second(NZU32!(128))),
        (BACKFILL, Quota::per_second(NZU32!(128))),
        (BLOCKS, Quota::per_second(NZU32!(256))),
        (SYNC_ACCOUNTS, Quota::per_second(NZU32!(128))),
        (SYNC_MODULES, Quota::per_second(NZU32!(128))),
        (SYNC_CONTRACTS, Quota::per_second(NZU32!(128))),
        (GOSSIP, Quota::per_second(NZU32!(512))),
    ]
}
