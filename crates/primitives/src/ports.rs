//! The three seams of the house: what execution reads, what a proposer takes, who is told.

use crate::{
    block::Sealed,
    changes::Account,
    ids::Height,
    receipt::Receipt,
    transaction::{Recovered, Transaction},
};
use alloy_primitives::{Address, B256, Bytes, U256};
use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

/// Why a read of the state gave no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A newer block replaced the state that was being read; read again.
    #[error("the state moved on while it was read; try again")]
    Stale,
    /// The work was no longer wanted.
    #[error("the read was cancelled")]
    Cancelled,
    /// The store failed or holds something it never wrote. The node must stop.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// What execution reads: the state before the block.
///
/// Methods are synchronous; the asynchronous store is met one floor up.
pub trait ReadState: Send {
    /// The account at `address`, or `None` if nobody used it yet.
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError>;
    /// The word in `slot` of `address`; zero if never written.
    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError>;
    /// The code with this Keccak-256 hash. Asked only for hashes that an account names.
    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError>;
}

/// How much a proposer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Transactions.
    pub transactions: usize,
    /// Bytes in the body.
    pub bytes: usize,
    /// Sum of gas limits.
    pub gas: u64,
}

/// Where transactions wait until a proposer takes them, and where peers' transactions enter.
pub trait TransactionSource: Clone + Send + Sync + 'static {
    /// Transactions that can run next, in an order that respects each sender's nonces.
    ///
    /// `next` holds, for senders with transactions in blocks that are not final yet, the nonce
    /// that comes after them. Nothing is removed: removal follows finalization.
    fn choose(&self, budget: Budget, next: &BTreeMap<Address, u64>) -> Vec<Arc<Recovered>>;

    /// A waiting transaction by its hash, so that its sender need not be recovered again.
    fn find(&self, hash: &B256) -> Option<Arc<Recovered>>;

    /// Transactions that could run next, counted no further than `enough`.
    fn ready(&self, next: &BTreeMap<Address, u64>, enough: usize) -> usize;

    /// Resolves when a transaction was admitted after this call, or at once if one was admitted
    /// since the last call of this method returned.
    fn changed(&self) -> impl Future<Output = ()> + Send;

    /// Takes up to `bytes` of transactions that entered at this member's doors and were not
    /// offered to the other members yet (or not lately).
    fn outgoing(&self, bytes: usize, now_ms: u64) -> Vec<Transaction>;

    /// Offers a transaction that a peer sent. `account` is its sender's at the latest final block.
    fn admit_from_peer(&self, transaction: Arc<Recovered>, account: Account, now_ms: u64);

    /// A proposer could not run this transaction although it was next in line and there was room
    /// (its sender can no longer pay the value, say): it leaves, so that it is not tried for ever.
    fn unfit(&self, _hash: &B256, _why: &str) {}

    /// A block is final: its transactions leave, and each sender's nonce is the one after its last.
    fn finalized(&self, block: &FinalizedBlock);
}

/// A block that can never change, with all that is known of it.
#[derive(Debug)]
pub struct FinalizedBlock {
    /// The header and its hash.
    pub header: Sealed,
    /// Its transactions, in order.
    pub transactions: Vec<Arc<Recovered>>,
    /// Their receipts, in the same order.
    pub receipts: Vec<Receipt>,
    /// Bytes of the encoded block.
    pub size: usize,
}

/// Who is told of final blocks, in height order.
pub trait FinalizedSink: Send + Sync + 'static {
    /// Called once a block is final. Must return at once: a sink with slow work queues it, and
    /// reads from the archive what its queue could not hold.
    fn finalized(&self, block: &Arc<FinalizedBlock>);
}

/// A boxed future, for seams that must be objects.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Final blocks by height, for a sink that fell behind or starts over.
pub trait Archive: Send + Sync + 'static {
    /// The latest final height.
    fn head(&self) -> Height;

    /// The final block at `height`: `None` above the head, or below what this member keeps.
    ///
    /// # Errors
    ///
    /// [`ReadError::Failed`] if the archive is damaged.
    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>>;
}
