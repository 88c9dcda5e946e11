//! What must hold at the end of a run.

use crate::member::Member;
use commonware_glue::simulate::{property::Property, tracker::ProgressTracker};
use ding_chain::{reader::BlockId, types::PeerKey};
use ding_primitives::Height;
use std::{future::Future, pin::Pin};

/// All members hold the same blocks, receipts and state at every height that all have reached, and
/// the chain did work.
#[derive(Clone, Debug)]
pub struct SameChain {
    /// Heights every member must have reached.
    pub at_least: u64,
    /// Transactions the blocks must hold.
    pub transactions: usize,
}

impl Property<PeerKey, Member> for SameChain {
    fn name(&self) -> &str {
        "all members hold the same chain"
    }

    fn check<'a>(
        &'a self,
        _tracker: &'a ProgressTracker<PeerKey>,
        members: &'a [&'a Member],
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(async move {
            let lowest =
                members.iter().map(|m| m.reader.head().header.height.get()).min().unwrap_or_default();
            if lowest < self.at_least {
                return Err(format!("a member reached height {lowest} only, wanted {}", self.at_least));
            }
            let mut transactions = 0;
            for height in 1..=lowest {
                let mut first = None;
                for member in members {
                    let block = member.reader.block(BlockId::Height(Height::new(height))).await;
                    let block = block.map_err(|e| e.to_string())?.ok_or(format!("no block at {height}"))?;
                    let seen = (block.header.hash(), block.header.roots, block.receipts.clone());
                    match &first {
                        None => {
                            transactions += block.transactions.len();
                            first = Some(seen);
                        }
                        Some(first) if *first != seen => {
                            return Err(format!("members differ at height {height}"));
                        }
                        Some(_) => {}
                    }
                }
            }
            if transactions < self.transactions {
                return Err(format!(
                    "{transactions} transactions in {lowest} blocks, wanted {}",
                    self.transactions
                ));
            }
            Ok(())
        })
    }
}
