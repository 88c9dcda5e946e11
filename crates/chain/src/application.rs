//! Answers consensus: propose a block, check a block, take note of a final block.

use crate::{
    executed::{Executed, Next},
    run::{Ran, run},
    shared::{Shared, now_ms},
    types::{Block, Round4, Scheme, member_key, transactions_root},
};
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_glue::stateful::{Application, Finality, Input, Proposed, db::DatabaseSet};
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Spawner};
use commonware_storage::Context;
use ding_execution::{
    admission::Refusal,
    block::{BlockError, FaultReport, Mode, Outcome},
};
use ding_light::tree;
use ding_primitives::{
    B256, Body, Header, Height, Recovered, limits,
    planted::{self, Planted},
    ports::{Budget, FinalizedBlock, ReadError, TransactionSource},
};
use ding_state::{Branch, Databases, store};
use futures::StreamExt as _;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

/// A leader takes no further transaction once execution has taken this long: the others need as
/// much again before the view ends.
const BUILD_TIME: Duration = Duration::from_millis(limits::BUILD_MS_MAX);
/// A single transaction that takes this long cannot stand in any block.
const LEADER_TIMEOUT: Duration = Duration::from_millis(limits::LEADER_TIMEOUT_MS);

/// The ledger as the consensus engine sees it.
pub struct Ledger<E: Context + Spawner, T, S> {
    shared: Arc<Shared<E>>,
    source: T,
    strategy: S,
}

impl<E: Context + Spawner, T: Clone, S: Clone> Clone for Ledger<E, T, S> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), source: self.source.clone(), strategy: self.strategy.clone() }
    }
}

/// What came of a block that is final, from before its state is applied until after.
#[derive(Debug)]
pub struct Captured(Arc<Executed>);

/// Why a block may not stand.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("gas limit {got}, this chain has {want}")]
    GasLimit { got: u64, want: u64 },
    #[error("time {got} ms is not after the parent's {parent} ms")]
    Past { got: u64, parent: u64 },
    #[error("a transaction does not decode: {0}")]
    Transaction(#[from] ding_primitives::transaction::TransactionError),
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error("{what} {got} of the header is not the {want} of its execution")]
    Differs { what: &'static str, got: String, want: String },
}

impl Refused {
    /// Whether nothing is said about the block: the state moved on while it ran.
    const fn is_ours(&self) -> bool {
        matches!(self, Self::Block(BlockError::Read(ReadError::Stale | ReadError::Cancelled)))
    }
}

impl<E: Context + Spawner + Clock, T: TransactionSource, S: Strategy> Ledger<E, T, S> {
    /// A ledger that takes transactions from `source`.
    pub fn new(shared: Arc<Shared<E>>, source: T, strategy: S) -> Self {
        Self { shared, source, strategy }
    }

    async fn build(
        &self,
        context: &E,
        round: Round4,
        parent: Block,
        batches: <Databases<E> as DatabaseSet<E>>::Unmerkleized,
    ) -> Result<(Block, store::Merkleized<E>), Refused> {
        let spec = &self.shared.spec;
        let (parent_height, parent_hash) = (parent.header().height, parent.hash());
        let Next { nonces: next, complete } = self.shared.next_nonces(parent_height, parent_hash);
        let budget = Budget {
            transactions: limits::BLOCK_TRANSACTIONS_MAX,
            // The length prefix of the body counts too.
            bytes: limits::BODY_BYTES_MAX - 16,
            gas: spec.gas_limit,
        };
        let chosen = self.source.choose(budget, &next);
        let mut header = Header {
            epoch: round.round.epoch().get(),
            view: round.round.view().get(),
            parent_view: round.parent.0.get(),
            leader: member_key(&round.leader),
            parent: parent_hash,
            height: parent_height.next(),
            timestamp_ms: now_ms(context).max(parent.header().timestamp_ms.saturating_add(1)),
            transactions_root: B256::ZERO,
            receipts_root: B256::ZERO,
            roots: parent.header().roots,
            gas_used: 0,
            gas_limit: spec.gas_limit,
            transaction_count: 0,
        };
        let env = self.shared.env(&header);
        let begun = context.current();
        // Asked in between, because nothing of this runs on once the view has ended.
        let enough = |outcome: &Outcome| {
            let taken = context.current().duration_since(begun).unwrap_or_default();
            if let (true, &[only]) = (taken >= LEADER_TIMEOUT, &outcome.included[..])
                && let Some(transaction) = chosen.get(only)
            {
                let why = format!("its execution took {} ms, longer than a view lasts", taken.as_millis());
                self.source.unfit(&transaction.hash(), &why);
            }
            taken >= BUILD_TIME
        };
        let Ran { outcome, state } =
            run(Branch::new(batches), spec, &env, &chosen, Mode::Build, enough).await?;
        for (index, why) in &outcome.skipped {
            let Some(transaction) = chosen.get(*index) else { continue };
            tracing::debug!(height = %header.height, hash = %transaction.hash(), %why, "left out of the block");
            if is_unfit(why, complete) {
                self.source.unfit(&transaction.hash(), &why.to_string());
            }
        }
        let transactions: Vec<Arc<Recovered>> =
            outcome.included.iter().filter_map(|index| chosen.get(*index).cloned()).collect();
        let body = Body { transactions: transactions.iter().map(|t| t.transaction().clone()).collect() };
        header.transactions_root = transactions_root(&body);
        header.receipts_root = tree::receipts_root(&outcome.receipts);
        header.roots = store::commitments::<E>(&state);
        header.gas_used = outcome.gas_used;
        header.transaction_count = u32::try_from(transactions.len()).unwrap_or(u32::MAX);
        let timestamp_ms = header.timestamp_ms;
        let block = Block::new(header, body).expect("the header was made for this body and a member's key");
        alarm(&outcome.faults, block.header().height);
        self.shared.remember(
            &block,
            Arc::new(Executed {
                parent: parent_hash,
                view: block.header().view,
                timestamp_ms,
                transactions,
                receipts: outcome.receipts,
            }),
        );
        Ok((block, state))
    }

    /// Whether a block may stand after its parent, and the state after it. Every member finds the
    /// same: certification depends on it, so nothing here may ask this member's clock.
    async fn check(
        &self,
        block: &Block,
        parent_timestamp_ms: u64,
        batches: <Databases<E> as DatabaseSet<E>>::Unmerkleized,
    ) -> Result<(store::Merkleized<E>, Arc<Executed>), Refused> {
        let (header, spec) = (block.header(), &self.shared.spec);
        if header.gas_limit != spec.gas_limit {
            return Err(Refused::GasLimit { got: header.gas_limit, want: spec.gas_limit });
        }
        if header.timestamp_ms <= parent_timestamp_ms {
            return Err(Refused::Past { got: header.timestamp_ms, parent: parent_timestamp_ms });
        }
        let transactions = self.shared.senders(block.transactions(), &self.source, &self.strategy)?;
        let env = self.shared.env(header);
        let Ran { outcome, state } =
            run(Branch::new(batches), spec, &env, &transactions, Mode::Verify, |_| false).await?;
        let differs = |what, got: &dyn core::fmt::Debug, want: &dyn core::fmt::Debug| {
            Err(Refused::Differs { what, got: format!("{got:?}"), want: format!("{want:?}") })
        };
        if header.gas_used != outcome.gas_used {
            return differs("gas used", &header.gas_used, &outcome.gas_used);
        }
        let receipts_root = tree::receipts_root(&outcome.receipts);
        if header.receipts_root != receipts_root {
            return differs("receipts root", &header.receipts_root, &receipts_root);
        }
        let roots = store::commitments::<E>(&state);
        if header.roots != roots && !planted::is(Planted::SkipRootCheck) {
            return differs("state", &header.roots, &roots);
        }
        alarm(&outcome.faults, header.height);
        let executed = Arc::new(Executed {
            parent: header.parent,
            view: header.view,
            timestamp_ms: header.timestamp_ms,
            transactions,
            receipts: outcome.receipts,
        });
        Ok((state, executed))
    }

    /// What came of a block that ran here, became final, and was forgotten in between: it runs again,
    /// on the state of its parent.
    async fn again(&self, block: &Block) -> Arc<Executed> {
        let header = block.header();
        tracing::info!(height = %header.height, view = header.view, "a final block was forgotten before, and runs again");
        let databases = self.shared.databases.get().expect("nothing is forgotten before the member runs");
        let batches = <Databases<E> as DatabaseSet<E>>::new_batches(databases).await;
        match self.check(block, 0, batches).await {
            Ok((_, executed)) => executed,
            Err(refused) => {
                stop_if_broken(&refused);
                panic!("final block {} ran here once and is refused now: {refused}", header.height);
            }
        }
    }
}

/// Whether a transaction that a leader could not run has to leave the pool. A nonce that is too low
/// is no reason as long as not all of the branch is known: the transaction may stand in a block of it,
/// and that block may not become final.
const fn is_unfit(why: &Refusal, complete: bool) -> bool {
    match why {
        Refusal::NonceTooLow { .. } => complete,
        _ => !why.is_temporary(),
    }
}

/// Target under which it is logged that a module's invariant is broken, or that a leader's block may not
/// stand here, by its form or by what its execution gives: one of the two members is not what it should be.
pub const ALARM: &str = "ding_chain::alarm";

/// A broken invariant of a module undid its transaction; the operator has to hear of it.
pub(crate) fn alarm(faults: &[FaultReport], height: Height) {
    for fault in faults {
        tracing::error!(target: ALARM, %height, ?fault, "a module's invariant is broken");
    }
}

/// The store failed under a block: sign nothing more.
fn stop_if_broken(refused: &Refused) {
    if let Refused::Block(BlockError::Read(ReadError::Failed(reason))) = refused {
        panic!("the state of this member is damaged, stopping before it signs: {reason}");
    }
}

impl<E, T, S> Application<E> for Ledger<E, T, S>
where
    E: Context + Spawner + Clock,
    T: TransactionSource,
    S: Strategy,
{
    type SigningScheme = Scheme;
    type Context = Round4;
    type Block = Block;
    type Databases = Databases<E>;
    type Captured = Captured;
    type Provider = ();
    type Input = ();

    fn sync_targets(block: &Block) -> store::SyncTargets {
        store::sync_targets(&block.header().roots)
    }

    async fn genesis(&mut self) -> Block {
        self.shared.genesis.clone()
    }

    async fn propose(
        &mut self,
        (context, round): (E, Round4),
        ancestry: impl Ancestry<Block>,
        batches: <Databases<E> as DatabaseSet<E>>::Unmerkleized,
        _input: Input<(), ()>,
    ) -> Option<Proposed<Self, E>> {
        let mut ancestry = Box::pin(ancestry);
        let parent = ancestry.next().await?.inner().clone();
        match self.build(&context, round, parent, batches).await {
            Ok((block, merkleized)) => Some(Proposed { block, merkleized }),
            Err(refused) => {
                stop_if_broken(&refused);
                tracing::warn!(%refused, "no block was built");
                None
            }
        }
    }

    async fn process(
        &mut self,
        _context: (E, Round4),
        ancestry: impl Ancestry<Block>,
        batches: <Databases<E> as DatabaseSet<E>>::Unmerkleized,
        finality: Finality,
    ) -> Option<store::Merkleized<E>> {
        let mut ancestry = Box::pin(ancestry);
        let block = ancestry.next().await?.inner().clone();
        // Of a final block a quorum has checked the time; its parent may be out of reach here.
        let parent_timestamp_ms = match (finality, self.shared.time_of(block.header().parent)) {
            (Finality::Finalized, _) => 0,
            (Finality::Candidate, Some(timestamp_ms)) => timestamp_ms,
            (Finality::Candidate, None) => ancestry.next().await?.inner().header().timestamp_ms,
        };
        match self.check(&block, parent_timestamp_ms, batches).await {
            Ok((state, executed)) => {
                self.shared.remember(&block, executed);
                Some(state)
            }
            Err(refused) => {
                stop_if_broken(&refused);
                let Header { height, view, leader, .. } = &**block.header();
                if refused.is_ours() {
                    tracing::debug!(%height, view, %leader, %refused, "gave up on a block");
                } else {
                    tracing::error!(target: ALARM, %height, view, %leader, %refused, "refused a block");
                }
                None
            }
        }
    }

    async fn capture(
        &mut self,
        _context: (E, Round4),
        block: &Block,
        _state: &store::Merkleized<E>,
        _readers: <Databases<E> as DatabaseSet<E>>::Readers,
    ) -> Captured {
        let known = self.shared.unfinished.lock().get(block.header().height, block.hash()).cloned();
        // Before the state moves on: a block that has to run again needs its parent's.
        let executed = match known {
            Some(executed) => executed,
            None => self.again(block).await,
        };
        self.shared.applying.fetch_add(1, Ordering::AcqRel);
        Captured(executed)
    }

    async fn finalized(
        &mut self,
        _context: (E, Round4),
        block: &Block,
        Captured(executed): Captured,
        _readers: <Databases<E> as DatabaseSet<E>>::Readers,
    ) {
        let (height, hash) = (block.header().height, block.hash());
        self.shared.unfinished.lock().finalize(height);
        let executed = Arc::unwrap_or_clone(executed);
        let finalized = Arc::new(FinalizedBlock {
            header: block.header().clone(),
            transactions: executed.transactions,
            receipts: executed.receipts,
            size: block.size(),
        });
        // Finality is the quorum's, and the block itself is durable already: the doors may tell.
        self.shared.publish(&finalized, &self.source);
        self.shared.applying.fetch_add(1, Ordering::AcqRel);
        if let Err(error) = self.shared.receipts.keep(height, hash, &finalized.receipts).await {
            panic!("receipts of block {height} cannot be kept, stopping: {error}");
        }
        tracing::debug!(%height, %hash, transactions = finalized.transactions.len(), gas = block.header().gas_used, "final");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leader_that_does_not_know_its_whole_branch_drops_nothing_for_a_nonce_it_may_have_used() {
        let low = Refusal::NonceTooLow { tx: 3, next: 4 };
        assert!(is_unfit(&low, true), "on a branch that is known, nobody can run it any more");
        assert!(!is_unfit(&low, false));
        for complete in [true, false] {
            assert!(!is_unfit(&Refusal::NonceTooHigh { tx: 5, next: 4 }, complete));
            assert!(is_unfit(&Refusal::SenderHasCode, complete));
        }
    }
}
