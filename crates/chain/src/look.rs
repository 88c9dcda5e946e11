//! The engine's side of [`crate::reader::Reader`].

use crate::{
    reader::{At, Certified, Claim, Look, Status},
    run::look,
    shared::{AGAIN, Seen, Shared, Wanted, now_ms},
    types::Marshal,
};
use commonware_codec::Encode as _;
use commonware_consensus::types::Height as ConsensusHeight;
use commonware_glue::stateful::db::DatabaseSet;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use ding_execution::Env;
use ding_execution::simulate::{self, AccessListResult, CallResult, Estimate, Overrides, Request};
use ding_light::{Certificate, ChainKey, Package, Statement, package::Content, tree};
use ding_primitives::{
    Account, Address, B256, Bytes, Header, Height, Holding, Roots, Spec, U256, limits,
    planted::{self, Planted},
    ports::{Archive, FinalizedBlock, FinalizedSink, Pending, ReadError, ReadState},
};
use ding_state::{Databases, Readers, proof};
use std::sync::{Arc, Weak};

/// One member's chain, for its doors.
pub(crate) struct View<E: commonware_storage::Context + Spawner> {
    /// `child` is all that is used of it, so that reads run on the member's runtime whoever asks.
    context: E,
    seen: Arc<Seen>,
    /// Gone when the member stopped.
    shared: Weak<Shared<E>>,
    member: Option<String>,
}

impl<E: Clock + Spawner + Storage + Metrics> View<E> {
    pub(crate) fn new(context: E, shared: &Arc<Shared<E>>, member: Option<String>) -> Self {
        Self { context, seen: shared.seen.clone(), shared: Arc::downgrade(shared), member }
    }

    /// Runs `work` on the member's runtime; the caller may be on any thread.
    fn on_runtime<R, F, W>(&self, blocking: bool, work: W) -> Pending<'_, Result<R, ReadError>>
    where
        R: Send + 'static,
        F: Future<Output = Result<R, ReadError>> + Send + 'static,
        W: FnOnce(E, Arc<Shared<E>>) -> F + Send + 'static,
    {
        let Some(shared) = self.shared.upgrade() else {
            return Box::pin(core::future::ready(Err(ReadError::Cancelled)));
        };
        let handle = self.context.child("look").shared(blocking).spawn(move |context| work(context, shared));
        Box::pin(async move { handle.await.unwrap_or(Err(ReadError::Cancelled)) })
    }

    /// Runs read-only execution over the latest final state.
    fn simulated<R: Send + 'static>(
        &self,
        work: impl Fn(&mut dyn ReadState, &Env) -> Result<R, ReadError> + Send + Sync + 'static,
    ) -> Pending<'_, Result<At<R>, ReadError>> {
        self.on_runtime(true, move |context, shared| async move {
            for _ in 0..limits::READ_ATTEMPTS_MAX {
                let (branch, head) = shared.latest(&context, databases(&shared)?).await;
                let env = shared.env(&head.header);
                match look(&branch, |state| work(state, &env)).await? {
                    Ok(value) => return Ok(At { height: head.header.height, value }),
                    Err(ReadError::Stale) => context.sleep(AGAIN).await,
                    Err(error) => return Err(error),
                }
            }
            Err(ReadError::Stale)
        })
    }
}

/// A plain read of the latest final state, tried again when a block overtakes it.
macro_rules! read_latest {
    ($self:ident, |$branch:ident| $read:expr) => {
        $self.on_runtime(false, move |context, shared| async move {
            for _ in 0..limits::READ_ATTEMPTS_MAX {
                let ($branch, head) = shared.latest(&context, databases(&shared)?).await;
                let height = head.header.height;
                match $read {
                    Ok(value) => return Ok(At { height, value }),
                    Err(ReadError::Stale) => context.sleep(AGAIN).await,
                    Err(error) => return Err(error),
                }
            }
            Err(ReadError::Stale)
        })
    };
}

impl<E: Clock + Spawner + Storage + Metrics> Archive for View<E> {
    fn head(&self) -> Height {
        self.seen.head().header.height
    }

    fn block_at(&self, height: Height) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        if let Some(block) = self.seen.recent.read().at(height) {
            let block = block.clone();
            return Box::pin(core::future::ready(Ok(Some(block))));
        }
        self.on_runtime(true, move |_, shared| async move { shared.load(Wanted::Height(height)).await })
    }
}

impl<E: Clock + Spawner + Storage + Metrics> Look for View<E> {
    fn spec(&self) -> &Arc<Spec> {
        &self.seen.spec
    }

    fn genesis_hash(&self) -> B256 {
        self.seen.genesis.hash()
    }

    fn head_block(&self) -> Arc<FinalizedBlock> {
        self.seen.head()
    }

    fn block_by_hash(&self, hash: B256) -> Pending<'_, Result<Option<Arc<FinalizedBlock>>, ReadError>> {
        self.on_runtime(true, move |_, shared| async move { shared.load(Wanted::Hash(hash)).await })
    }

    fn transaction(&self, hash: &B256) -> Option<(Height, usize)> {
        self.seen.recent.read().transaction(hash)
    }

    fn recent_from(&self) -> Height {
        self.seen.recent.read().first().unwrap_or(Height::GENESIS)
    }

    fn account(&self, address: Address) -> Pending<'_, Result<At<Option<Account>>, ReadError>> {
        read_latest!(self, |branch| branch.account(address).await)
    }

    fn slot(&self, address: Address, slot: U256) -> Pending<'_, Result<At<U256>, ReadError>> {
        read_latest!(self, |branch| branch.slot(address, slot).await)
    }

    fn code(&self, address: Address) -> Pending<'_, Result<At<Bytes>, ReadError>> {
        read_latest!(self, |branch| match branch.account(address).await {
            Ok(Some(account)) if account.has_code() => branch.code(account.code_hash).await,
            Ok(_) => Ok(Bytes::new()),
            Err(error) => Err(error),
        })
    }

    fn call(&self, request: Request, overrides: Overrides) -> Pending<'_, Result<At<CallResult>, ReadError>> {
        self.simulated(move |state, env| simulate::call(state, env, &request, &overrides))
    }

    fn estimate(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<Estimate>, ReadError>> {
        self.simulated(move |state, env| simulate::estimate(state, env, &request, &overrides))
    }

    fn access_list(
        &self,
        request: Request,
        overrides: Overrides,
    ) -> Pending<'_, Result<At<AccessListResult>, ReadError>> {
        self.simulated(move |state, env| simulate::access_list(state, env, &request, &overrides))
    }

    fn certificate(&self, height: Height) -> Pending<'_, Result<Option<Certified>, ReadError>> {
        self.on_runtime(false, move |_, shared| async move { certified(&shared, height).await })
    }

    fn prove(&self, claim: Claim) -> Pending<'_, Result<Option<Package>, ReadError>> {
        self.on_runtime(true, move |context, shared| async move {
            let (height, statement) = match claim {
                Claim::Log { height, transaction, log } => {
                    let Some(block) = shared.load(Wanted::Height(height)).await? else { return Ok(None) };
                    let Some(statement) = log_statement(&block, transaction, log) else { return Ok(None) };
                    (height, statement)
                }
                Claim::Transaction { height, transaction } => {
                    let Some(block) = shared.load(Wanted::Height(height)).await? else { return Ok(None) };
                    let Some(statement) = transaction_statement(&block, transaction) else { return Ok(None) };
                    (height, statement)
                }
                Claim::Account(_) | Claim::Slot(..) => match state_statement(&context, &shared, claim).await?
                {
                    Some(found) => found,
                    None => return Ok(None),
                },
            };
            package(&context, &shared, height, statement).await
        })
    }

    fn subscribe(&self, sink: Arc<dyn FinalizedSink>) {
        let mut sinks = self.seen.sinks.write();
        assert!(sinks.0.len() < limits::SINKS_MAX, "at most {} listen to one member", limits::SINKS_MAX);
        sinks.0.push(sink);
    }

    fn holdings(&self) -> Vec<Holding> {
        let mut holdings = self.seen.holdings();
        if let Some(shared) = self.shared.upgrade() {
            holdings.extend(shared.holdings());
        }
        holdings.push(ding_execution::code_holding());
        holdings
    }

    fn status(&self) -> Status {
        let head = self.seen.head();
        let now = now_ms(&self.context);
        let peers = self.seen.peers.lock();
        let alive = || peers.values().filter(|p| p.is_alive(now));
        // One member alone can claim any height; the second highest claim needs two.
        let mut claimed: Vec<Height> = alive().map(|p| p.height).collect();
        claimed.sort_unstable();
        let highest = claimed.iter().rev().nth(1).or(claimed.last()).copied().unwrap_or_default();
        Status {
            height: head.header.height,
            highest: highest.max(head.header.height),
            timestamp_ms: head.header.timestamp_ms,
            peers: alive().count(),
            member: self.member.clone(),
        }
    }
}

fn databases<E: commonware_storage::Context + Spawner>(
    shared: &Shared<E>,
) -> Result<&Databases<E>, ReadError> {
    shared.databases.get().ok_or(ReadError::Stale)
}

fn marshal<E: commonware_storage::Context + Spawner>(shared: &Shared<E>) -> Result<&Marshal, ReadError> {
    shared.marshal.get().ok_or(ReadError::Stale)
}

/// The headers from `height` to the first certified one. A block that no certificate names was
/// finalized together with a later one.
async fn certified<E: commonware_storage::Context + Spawner>(
    shared: &Shared<E>,
    height: Height,
) -> Result<Option<Certified>, ReadError> {
    if height == Height::GENESIS || height > shared.head().header.height {
        return Ok(None);
    }
    if planted::is(Planted::CertificateMissing) && height.get().is_multiple_of(8) {
        return Ok(None);
    }
    let marshal = marshal(shared)?;
    let mut headers: Vec<Header> = Vec::new();
    let mut at = height;
    while headers.len() < limits::PROOF_HEADERS_MAX {
        if at > shared.head().header.height {
            return Ok(None);
        }
        let block = shared.archived(at).await?;
        headers.push(Header::clone(block.header()));
        if let Some(finalization) = marshal.get_finalization(ConsensusHeight::new(at.get())).await {
            return Ok(Some(Certified { headers, certificate: Bytes(finalization.encode()) }));
        }
        at = at.next();
    }
    Err(ReadError::Failed(format!("no certificate within {} blocks of {height}", limits::PROOF_HEADERS_MAX)))
}

fn log_statement(block: &FinalizedBlock, transaction: usize, log: usize) -> Option<Statement> {
    let receipt = block.receipts.get(transaction)?.clone();
    receipt.logs.get(log)?;
    Some(Statement::Log {
        transaction: u32::try_from(transaction).ok()?,
        log: u32::try_from(log).ok()?,
        proof: tree::prove_receipt(&block.receipts, transaction)?,
        receipt,
    })
}

fn transaction_statement(block: &FinalizedBlock, transaction: usize) -> Option<Statement> {
    let hashes: Vec<B256> = block.transactions.iter().map(|t| t.hash()).collect();
    let beside = planted::is(Planted::ProofBeside) && hashes.len() > 1;
    let transaction = if beside { (transaction + 1) % hashes.len() } else { transaction };
    let raw = block.transactions.get(transaction)?.transaction().raw().clone();
    Some(Statement::Transaction {
        index: u32::try_from(transaction).ok()?,
        content: Content::Envelope(raw),
        proof: tree::prove_transaction(&hashes, transaction)?,
    })
}

/// Proves something of the applied state, and finds the final block whose header has its root.
async fn state_statement<E: Clock + Spawner + Storage + Metrics>(
    context: &E,
    shared: &Shared<E>,
    claim: Claim,
) -> Result<Option<(Height, Statement)>, ReadError> {
    let readers: Readers<E> = databases(shared)?.readers();
    for _ in 0..limits::READ_ATTEMPTS_MAX {
        let (root, of, statement): (B256, fn(&Roots) -> B256, Statement) = match claim {
            Claim::Account(address) => {
                let Some(proved) = proof::account(&readers, &address).await? else { return Ok(None) };
                let statement = Statement::Account { address, account: proved.value, proof: proved.proof };
                (proved.root, |roots| roots.accounts.root, statement)
            }
            Claim::Slot(address, slot) => {
                let Some(proved) = proof::slot(&readers, &address, &slot).await? else { return Ok(None) };
                let of: fn(&Roots) -> B256 = if ding_primitives::is_module_address(&address) {
                    |roots| roots.modules.root
                } else {
                    |roots| roots.contracts.root
                };
                (proved.root, of, Statement::Slot { address, slot, value: proved.value, proof: proved.proof })
            }
            Claim::Log { .. } | Claim::Transaction { .. } => return Ok(None),
        };
        let found = {
            let recent = shared.recent.read();
            recent.newest_first().find(|b| of(&b.header.roots) == root).map(|b| b.header.height)
        };
        if let Some(height) = found {
            return Ok(Some((height, statement)));
        }
        // The store applies a block a moment before the doors hear of it.
        context.sleep(AGAIN).await;
    }
    Err(ReadError::Stale)
}

async fn package<E: Clock + Spawner + Storage + Metrics>(
    context: &E,
    shared: &Shared<E>,
    height: Height,
    statement: Statement,
) -> Result<Option<Package>, ReadError> {
    let damaged = |error: &dyn core::fmt::Display| ReadError::Failed(error.to_string());
    for _ in 0..limits::READ_ATTEMPTS_MAX {
        let Some(certified) = certified(shared, height).await? else {
            // Just applied; the certificate is being archived.
            context.sleep(AGAIN).await;
            continue;
        };
        let key = ChainKey::from_bytes(&shared.spec.public_key).map_err(|e| damaged(&e))?;
        let certificate = Certificate::from_bytes(&certified.certificate).map_err(|e| damaged(&e))?;
        let package = Package::new(
            &shared.spec.name,
            shared.genesis.hash(),
            key,
            certified.headers,
            certificate,
            vec![statement],
        );
        return package.map(Some).map_err(|e| damaged(&e));
    }
    Ok(None)
}
