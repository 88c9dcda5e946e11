//! Transactions that were admitted and wait for a block.
//!
//! In the order of a transaction's stay: `admit` (who may wait), `queue` (its place among its
//! sender's), `evict` (who leaves when the pool is full), `spread` (telling the other members),
//! `choose` (what goes into the next block), `book` (the indexes, and what finality removes),
//! `fate` (why something left without a block).
//!
//! No clock, no timer, no task: time comes with each call, so that a run under a seed repeats
//! exactly. One short lock guards everything.
//!
//! # Nothing is lost while one member that holds it lives
//!
//! A transaction leaves the pool in five ways only: a final block holds it, or a [`Fate`] with a
//! name. Until then
//!
//! - a **validator** that holds it proposes it itself when its turn to lead comes, whether or not
//!   any other member ever heard of it ([`Pool`]'s `choose` passes over nothing that can run,
//!   oldest first, so it also is among the first sooner or later);
//! - a member that took it **at its own doors** offers it to the others at once and again and
//!   again while it waits, so a lost message costs seconds;
//! - a member that **only heard** of it stays silent at first, since whoever told it does the
//!   repeating. If it still waits after 48 seconds in which this pool was told of it by nobody,
//!   this member offers it too. That covers the one case left: the holder alive is an observer,
//!   which never leads, and the member that answered for the transaction is gone.
//!
//! Waiting lies in memory: a member that is killed forgets what it held. The promise to a client
//! is the receipt, not the hash that `eth_sendRawTransaction` returns.

mod admit;
mod book;
mod choose;
mod evict;
mod fate;
mod queue;
mod spread;

pub use admit::{Admitted, Origin, REPLACEMENT_PERCENT, Refused};
pub use fate::{Counters, Fate};

use crate::book::Book;
use commonware_utils::sync::{Mutex, Notify};
use ding_execution::admission;
use ding_primitives::{
    Account, Address, B256, Holding, Recovered, Spec, Transaction, limits,
    planted::{self, Planted},
    ports::{Budget, FinalizedBlock, TransactionSource},
};
use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Bounds of one pool. The default is what [`limits`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Transactions waiting.
    pub transactions: usize,
    /// Bytes of their envelopes. Memory is about twice this, plus 1 KB for each transaction.
    pub bytes: usize,
    /// Transactions of one sender.
    pub sender_transactions: usize,
    /// Senders without waiting transactions whose nonces are remembered.
    pub idle_senders: usize,
    /// Transactions that left without a block and whose reason is remembered.
    pub fates: usize,
    /// How long a transaction may wait, in milliseconds.
    pub lifetime_ms: u64,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self {
            transactions: limits::POOL_TRANSACTIONS_MAX,
            bytes: limits::POOL_BYTES_MAX,
            sender_transactions: limits::POOL_SENDER_TRANSACTIONS_MAX,
            idle_senders: limits::POOL_IDLE_SENDERS_MAX,
            fates: limits::POOL_FATES_MAX,
            lifetime_ms: limits::POOL_LIFETIME_MS,
        }
    }
}

/// How full the pool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Transactions that can run now, one after the other.
    pub pending: usize,
    /// Transactions that wait for one with a lower nonce.
    pub queued: usize,
    /// Bytes of all of them.
    pub bytes: usize,
}

/// What one sender has waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Who signed.
    pub sender: Address,
    /// What can run now, in order.
    pub pending: Vec<Arc<Recovered>>,
    /// What waits for a lower nonce, in order.
    pub queued: Vec<Arc<Recovered>>,
}

struct Shared {
    spec: Arc<Spec>,
    book: Mutex<Book>,
    /// Admissions so far, readable without the lock.
    version: AtomicU64,
    admitted: Notify,
}

/// The pool of one chain. Clones are the same pool, but each has its own view of what is new
/// ([`TransactionSource::changed`]), which begins when the clone is made: a task that waits keeps
/// one clone for as long as it waits.
pub struct Pool {
    shared: Arc<Shared>,
    /// Version at which `changed` last returned.
    seen: AtomicU64,
}

impl Clone for Pool {
    fn clone(&self) -> Self {
        let seen = AtomicU64::new(self.shared.version.load(Ordering::Acquire));
        Self { shared: self.shared.clone(), seen }
    }
}

impl core::fmt::Debug for Pool {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Pool").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl Pool {
    /// An empty pool for the chain of this genesis file.
    pub fn new(spec: Arc<Spec>, limits: PoolLimits) -> Self {
        let shared = Shared {
            spec,
            book: Mutex::new(Book::new(limits)),
            version: AtomicU64::new(0),
            admitted: Notify::new(),
        };
        Self { shared: Arc::new(shared), seen: AtomicU64::new(0) }
    }

    /// Takes a transaction at this member's doors; this member then tells the others.
    ///
    /// `account` is the sender's at the latest final block.
    ///
    /// # Errors
    ///
    /// Says what is wrong and whether it may be tried again; see [`Refused`].
    pub fn submit(
        &self,
        transaction: Arc<Recovered>,
        account: Account,
        now_ms: u64,
    ) -> Result<Admitted, Refused> {
        self.admit(&transaction, account, now_ms, Origin::Local)
    }

    fn admit(
        &self,
        transaction: &Arc<Recovered>,
        account: Account,
        now_ms: u64,
        origin: Origin,
    ) -> Result<Admitted, Refused> {
        admission::check_static(transaction, &self.shared.spec)?;
        let (admitted, version) = {
            let mut book = self.shared.book.lock();
            let admitted = book.admit(transaction, account, now_ms, origin)?;
            if planted::is(Planted::EvictNewcomers) {
                book.remove(transaction.sender(), transaction.nonce(), Fate::Evicted);
            }
            (admitted, book.version())
        };
        if admitted != Admitted::Known {
            self.shared.version.fetch_max(version, Ordering::AcqRel);
            self.shared.admitted.notify_waiters();
        }
        Ok(admitted)
    }

    /// The nonce after the transactions of `sender` that can run one after the other, or `None` if
    /// none can.
    pub fn next_nonce(&self, sender: Address) -> Option<u64> {
        let book = self.shared.book.lock();
        let queue = book.senders.get(&sender).filter(|queue| queue.run() > 0)?;
        queue.nonce().checked_add(queue.run() as u64)
    }

    /// A waiting transaction by its hash.
    pub fn find(&self, hash: &B256) -> Option<Arc<Recovered>> {
        self.shared.book.lock().by_hash.get(hash).cloned()
    }

    /// Why a transaction left without having been in a block: of the latest [`PoolLimits::fates`],
    /// since the node started.
    pub fn fate(&self, hash: &B256) -> Option<Fate> {
        self.shared.book.lock().fates.of(hash)
    }

    /// How full the pool is.
    pub fn status(&self) -> Status {
        let book = self.shared.book.lock();
        Status { pending: book.pending, queued: book.by_hash.len() - book.pending, bytes: book.bytes }
    }

    /// How much the pool holds in memory of each thing that grows, and how much it may.
    pub fn holdings(&self) -> Vec<Holding> {
        self.shared.book.lock().holdings().to_vec()
    }

    /// How many transactions left, by reason.
    pub fn counters(&self) -> Counters {
        self.shared.book.lock().fates.counters()
    }

    /// Everything that waits, by sender in the order of addresses. Copies one pointer for each
    /// waiting transaction.
    pub fn content(&self) -> impl Iterator<Item = Content> + use<> {
        let book = self.shared.book.lock();
        let mut senders: Vec<Address> =
            book.senders.iter().filter(|(_, queue)| !queue.is_empty()).map(|(sender, _)| *sender).collect();
        senders.sort_unstable();
        senders.iter().map(|sender| content(&book, *sender)).collect::<Vec<_>>().into_iter()
    }

    /// What one sender has waiting.
    pub fn content_of(&self, sender: Address) -> Content {
        content(&self.shared.book.lock(), sender)
    }
}

fn content(book: &Book, sender: Address) -> Content {
    let queue = book.senders.get(&sender);
    let all = || queue.into_iter().flat_map(|queue| queue.iter()).map(|waiting| waiting.transaction.clone());
    let run = queue.map_or(0, |queue| queue.run());
    Content { sender, pending: all().take(run).collect(), queued: all().skip(run).collect() }
}

impl TransactionSource for Pool {
    fn choose(&self, budget: Budget, next: &BTreeMap<Address, u64>) -> Vec<Arc<Recovered>> {
        let chosen = self.shared.book.lock().choose(budget, next);
        if planted::is(Planted::LosePoolEntry)
            && let Some(last) = chosen.last().filter(|_| !next.is_empty())
        {
            self.shared.book.lock().lose(last);
        }
        chosen
    }

    fn find(&self, hash: &B256) -> Option<Arc<Recovered>> {
        Self::find(self, hash)
    }

    fn ready(&self, next: &BTreeMap<Address, u64>, enough: usize) -> usize {
        self.shared.book.lock().ready(next, enough)
    }

    /// Cancellation safe: what a dropped call would have returned for is returned for by the next.
    async fn changed(&self) {
        let mut admitted = pin!(self.shared.admitted.notified());
        // Registered before the look at the version, so that no admission falls between.
        admitted.as_mut().enable();
        if self.shared.version.load(Ordering::Acquire) == self.seen.load(Ordering::Acquire) {
            admitted.await;
        }
        self.seen.fetch_max(self.shared.version.load(Ordering::Acquire), Ordering::AcqRel);
    }

    fn outgoing(&self, bytes: usize, now_ms: u64) -> Vec<Transaction> {
        self.shared.book.lock().outgoing(bytes, now_ms)
    }

    fn admit_from_peer(&self, transaction: Arc<Recovered>, account: Account, now_ms: u64) {
        if let Err(reason) = self.admit(&transaction, account, now_ms, Origin::Peer) {
            tracing::debug!(hash = %transaction.hash(), %reason, "a peer's transaction was not taken");
        }
    }

    fn unfit(&self, hash: &B256, why: &str) {
        let mut book = self.shared.book.lock();
        if let Some(found) = book.by_hash.get(hash) {
            let (sender, nonce) = (found.sender(), found.nonce());
            book.remove(sender, nonce, Fate::Unfit(why.into()));
        }
    }

    fn finalized(&self, block: &FinalizedBlock) {
        self.shared.book.lock().finalized(block);
    }
}

#[cfg(test)]
mod tests;
