//! What the doors look through: final blocks, the state after the last one, proofs.
//!
//! A [`Reader`] forgets the runtime behind it, so that the doors are ordinary code. It never
//! writes (invariant A5).

use ding_execution::simulate::{AccessListResult, CallResult, Estimate, Overrides, Request};
use ding_light::package::Package;
use ding_primitives::{
    Account, Address, B256, Bytes, Header, Height, Holding, Spec, U256,
    ports::{Archive, FinalizedBlock, FinalizedSink, Pending, ReadError},
};
use std::sync::Arc;

/// A value with the height of the final block it was read after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The latest final block when the value was read.
    pub height: Height,
    /// What was read.
    pub value: T,
}

/// Names a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockId {
    /// By number.
    Height(Height),
    /// By header hash.
    Hash(B256),
}

/// What a proof is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An account after the latest final block.
    Account(Address),
    /// A slot after the latest final block; of a native module also its absence.
    Slot(Address, U256),
    /// One event of one transaction.
    Log {
        /// Block of the transaction.
        height: Height,
        /// Its place in the block, from 0.
        transaction: usize,
        /// Place of the event among the transaction's, from 0.
        log: usize,
    },
    /// That a transaction stands in a block.
    Transaction {
        /// Block of the transaction.
        height: Height,
        /// Its place in the block, from 0.
        transaction: usize,
    },
}

/// A certificate and the headers it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// From the height asked for up to the block that the certificate names; usually just one.
    pub headers: Vec<Header>,
    /// The finalization certificate of the last header.
    pub certificate: Bytes,
}

/// How a member is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Latest final block here.
    pub height: Height,
    /// Latest final block known to exist.
    pub highest: Height,
    /// Time of the latest final block here, milliseconds since 1970.
    pub timestamp_ms: u64,
    /// Other members connected.
    pub peers: usize,
    /// Name of this member, or `None` if it only observes.
    pub member: Option<String>,
}

impl Status {
    /// `(current, highest)` while this member catches up by more than one block.
    pub fn syncing(&self) -> Option<(Height, Height)> {
        (self.highest.get() > self.height.get().saturating_add(1)).then_some((self.height, self.highest))
    }
}

/// The chain as one member sees it. Implemented by the engine, and by small chains in tests.
pub trait Look: Archive {
    /// The genesis file.
    fn spec(&self) -> &Arc<Spec>;
    /// Hash of block 0.
    fn genesis_hash(&self) -> B256;
    /// The latest final block; block 0 on a new chain.
    fn head_block(&self) -> Arc<FinalizedBlock>;
    /// A final block by its hash.
    fn block_by_hash(&self, hash: B256) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>>;
    /// Where a transaction stands, if its block is among the recent ones.
    fn transaction(&self, hash: &B256) -> Option<(Height, usize)>;
    /// The first of the recent blocks: from it on `transaction` knows all.
    fn recent_from(&self) -> Height;
    /// Reads an account.
    fn account(&self, address: Address) -> Pending<'_, Result<At<Option<Account>>, ReadError>>;
    /// Reads a slot.
    fn slot(&self, address: Address, slot: U256) -> Pending<'_, Result<At<U256>, ReadError>>;
    /// Reads the code of an account; empty without code.
    fn code(&self, address: Address) -> Pending<'_, Result<At<Bytes>, ReadError>>;
    /// Runs a call without keeping its changes.
    fn call(&self, request: Request, overrides: Overrides) -> Pending<'_, Result<At<CallResult>, ReadError>>;
    /// Finds the gas a call needs.
    fn estimate(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<Estimate>, ReadError>>;
    /// Finds what a call touches.
    fn access_list(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<AccessListResult>, ReadError>>;
    /// The certificate that covers the block at `height`.
    fn certificate(&self, height: Height) -> Pending<'_, Result<Option<Certified>, ReadError>>;
    /// A package that proves `claim`; `None` if there is nothing to prove.
    fn prove(&self, claim: Claim) -> Pending<'_, Result<Option<Package>, ReadError>>;
    /// Tells `sink` of every later final block.
    fn subscribe(&self, sink: Arc<dyn FinalizedSink>);
    /// How much the chain holds in memory, and how much it may.
    fn holdings(&self) -> Vec<Holding>;
    /// How this member is doing.
    fn status(&self) -> Status;
}

/// Read-only handle to a chain, for the doors. Cheap to clone.
#[derive(Clone)]
pub struct Reader(Arc<dyn Look>);

impl core::fmt::Debug for Reader {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Reader").field(&self.0.spec().name).finish()
    }
}

impl Reader {
    /// Wraps an engine's view.
    pub fn new(look: Arc<dyn Look>) -> Self {
        Self(look)
    }

    /// The genesis file.
    pub fn spec(&self) -> &Arc<Spec> {
        self.0.spec()
    }

    /// Hash of block 0.
    pub fn genesis_hash(&self) -> B256 {
        self.0.genesis_hash()
    }

    /// The chain's BLS12-381 public key, 96 bytes.
    pub fn chain_key(&self) -> Bytes {
        self.0.spec().public_key.clone()
    }

    /// The latest final block; block 0 on a new chain.
    pub fn head(&self) -> Arc<FinalizedBlock> {
        self.0.head_block()
    }

    /// A final block: `None` above the head, below what this member keeps, or for an unknown hash.
    ///
    /// # Errors
    ///
    /// [`ReadError::Failed`] if the archive is damaged.
    pub async fn block(&self, id: BlockId) -> Result<Option<Arc<FinalizedBlock>>, ReadError> {
        match id {
            BlockId::Height(height) => self.0.block_at(height).await,
            BlockId::Hash(hash) => self.0.block_by_hash(hash).await,
        }
    }

    /// Where a transaction stands, if its block is among the recent ones. Ask the read model for
    /// older ones.
    pub fn transaction(&self, hash: &B256) -> Option<(Height, usize)> {
        self.0.transaction(hash)
    }

    /// The first of the recent blocks: from it on [`Reader::transaction`] knows all.
    pub fn recent_from(&self) -> Height {
        self.0.recent_from()
    }

    /// Reads an account after the latest final block.
    ///
    /// # Errors
    ///
    /// [`ReadError::Stale`] if blocks kept overtaking the read; [`ReadError::Failed`] if the store
    /// is damaged.
    pub async fn account(&self, address: Address) -> Result<At<Option<Account>>, ReadError> {
        self.0.account(address).await
    }

    /// Reads a slot after the latest final block. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn slot(&self, address: Address, slot: U256) -> Result<At<U256>, ReadError> {
        self.0.slot(address, slot).await
    }

    /// Reads the code of an account. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn code(&self, address: Address) -> Result<At<Bytes>, ReadError> {
        self.0.code(address).await
    }

    /// Runs a call without keeping its changes. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn call(&self, request: Request, overrides: Overrides) -> Result<At<CallResult>, ReadError> {
        self.0.call(request, overrides).await
    }

    /// Finds the gas a call needs. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn estimate(&self, request: Request, overrides: Overrides) -> Result<At<Estimate>, ReadError> {
        self.0.estimate(request, overrides).await
    }

    /// Finds what a call touches. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn access_list(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Result<At<AccessListResult>, ReadError> {
        self.0.access_list(request, overrides).await
    }

    /// The certificate that covers the block at `height`; `None` above the head.
    ///
    /// # Errors
    ///
    /// [`ReadError::Failed`] if the archive is damaged.
    pub async fn certificate(&self, height: Height) -> Result<Option<Certified>, ReadError> {
        self.0.certificate(height).await
    }

    /// A package that proves `claim` to a stranger; `None` if there is nothing to prove.
    /// Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn prove(&self, claim: Claim) -> Result<Option<Package>, ReadError> {
        self.0.prove(claim).await
    }

    /// How much the chain holds in memory of each thing that grows, and how much it may.
    pub fn holdings(&self) -> Vec<Holding> {
        self.0.holdings()
    }

    /// Tells `sink` of every later final block, in height order.
    ///
    /// # Panics
    ///
    /// If more than [`ding_primitives::limits::SINKS_MAX`] listen: they are made at the start of a member.
    pub fn subscribe(&self, sink: Arc<dyn FinalizedSink>) {
        self.0.subscribe(sink);
    }

    /// How this member is doing.
    pub fn status(&self) -> Status {
        self.0.status()
    }
}

impl Archive for Reader {
    fn head(&self) -> Height {
        self.0.head()
    }

    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        self.0.block_at(height)
    }
}
