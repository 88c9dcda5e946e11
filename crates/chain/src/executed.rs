//! What is remembered of blocks between running and finalizing them.

use crate::bounds::ChainLimits;
use ding_primitives::{
    Address, B256, Height, Holding, Receipt, Recovered,
    planted::{self, Planted},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A block that ran here and may become final.
#[derive(Clone, Debug)]
pub(crate) struct Executed {
    /// Hash of its parent.
    pub(crate) parent: B256,
    /// The view it was proposed in.
    pub(crate) view: u64,
    /// Its time, milliseconds since 1970.
    pub(crate) timestamp_ms: u64,
    /// Its transactions with their senders.
    pub(crate) transactions: Vec<Arc<Recovered>>,
    /// Their receipts.
    pub(crate) receipts: Vec<Receipt>,
}

impl Executed {
    /// About what it takes in memory: its transactions, and what its logs add.
    fn bytes(&self) -> usize {
        let transactions = self.transactions.iter().map(|transaction| transaction.size());
        let logs = self.receipts.iter().flat_map(|receipt| &receipt.logs);
        let logs = logs.map(|log| log.data.len().saturating_add(32 * log.topics.len()));
        transactions.chain(logs).fold(0, usize::saturating_add)
    }
}

/// The nonces that follow the transactions of unfinished blocks.
#[derive(Debug, Default)]
pub(crate) struct Next {
    /// By sender; whoever is missing is where the final state has it.
    pub(crate) nonces: BTreeMap<Address, u64>,
    /// Whether all unfinished blocks below the tip were looked at.
    pub(crate) complete: bool,
}

/// Blocks above the final one that ran here, by height and hash. What falls to or below the final
/// height is forgotten.
///
/// While nothing becomes final, every view may add one, so their number and bytes are bounded. When
/// there is no room, the first to go are those that the newest block does not stand on, oldest view
/// first: leaders build on the newest, so these hardly become final any more. If all that is left is
/// one branch, its lowest goes: what a leader wants to know of a branch, it reads from its tip down.
/// The block that was just added stays in any case.
///
/// Nothing depends on a block being here. One that became final and is not is executed again from
/// the state of its parent, which then is the final one (`application`); a leader that does not know
/// the whole branch it builds on proposes what may turn out to be on it already, and leaves it out.
#[derive(Debug)]
pub(crate) struct Unfinished {
    limits: ChainLimits,
    blocks: BTreeMap<(Height, B256), (Arc<Executed>, usize)>,
    bytes: usize,
}

impl Unfinished {
    pub(crate) fn new(limits: ChainLimits) -> Self {
        Self { limits, blocks: BTreeMap::new(), bytes: 0 }
    }

    /// Remembers a block that ran, and forgets others if there is no room.
    pub(crate) fn insert(&mut self, height: Height, hash: B256, executed: Arc<Executed>) {
        let bytes = executed.bytes();
        if let Some((_, before)) = self.blocks.insert((height, hash), (executed, bytes)) {
            self.bytes = self.bytes.saturating_sub(before);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        while self.blocks.len() > self.limits.executed_blocks || self.bytes > self.limits.executed_bytes {
            let kept = planted::is(Planted::KeepUnfinished);
            let Some(least) = self.least_wanted((height, hash)).filter(|_| !kept) else { break };
            self.remove(&least);
        }
    }

    /// The block that is forgotten first, which is never `added`.
    fn least_wanted(&self, added: (Height, B256)) -> Option<(Height, B256)> {
        let newest = self.blocks.iter().max_by_key(|(place, (executed, _))| (executed.view, **place));
        let (place, _) = newest?;
        let branch: BTreeSet<(Height, B256)> = self.down_from(*place).map(|(place, _)| place).collect();
        let others = self.blocks.iter().filter(|(place, _)| **place != added && !branch.contains(*place));
        let oldest = others.min_by_key(|(place, (executed, _))| (executed.view, **place));
        let lowest = || branch.iter().find(|place| **place != added);
        oldest.map(|(place, _)| place).or_else(lowest).copied()
    }

    /// The remembered part of the branch that ends here, from its tip down.
    fn down_from(&self, tip: (Height, B256)) -> impl Iterator<Item = ((Height, B256), &Arc<Executed>)> {
        let mut at = Some(tip);
        core::iter::from_fn(move || {
            let place = at?;
            let (executed, _) = self.blocks.get(&place)?;
            at = place.0.previous().map(|below| (below, executed.parent));
            Some((place, executed))
        })
    }

    fn remove(&mut self, place: &(Height, B256)) {
        if let Some((_, bytes)) = self.blocks.remove(place) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// A remembered block.
    pub(crate) fn get(&self, height: Height, hash: B256) -> Option<&Arc<Executed>> {
        self.blocks.get(&(height, hash)).map(|(executed, _)| executed)
    }

    /// A remembered block of unknown height.
    pub(crate) fn find(&self, hash: B256) -> Option<(Height, &Executed)> {
        let (place, (executed, _)) = self.blocks.iter().find(|((_, h), _)| *h == hash)?;
        Some((place.0, executed))
    }

    /// Forgets everything up to a height that is final.
    pub(crate) fn finalize(&mut self, height: Height) {
        if planted::is(Planted::KeepUnfinished) {
            return;
        }
        while let Some(entry) = self.blocks.first_entry().filter(|entry| entry.key().0 <= height) {
            let (_, bytes) = entry.remove();
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    /// The nonces that follow the transactions of the blocks from `tip` down to, not including, the
    /// block at height `last`, which is final.
    pub(crate) fn next_nonces(&self, last: Height, height: Height, tip: B256) -> Next {
        let mut next = Next { complete: height <= last, ..Next::default() };
        for ((height, _), executed) in self.down_from((height, tip)) {
            for transaction in &executed.transactions {
                let after = transaction.nonce().saturating_add(1);
                let known = next.nonces.entry(transaction.sender()).or_insert(after);
                *known = (*known).max(after);
            }
            next.complete = height.previous().is_none_or(|below| below <= last);
        }
        next
    }

    /// How much it holds.
    pub(crate) fn holdings(&self) -> [Holding; 2] {
        // One block alone may be larger than the bound of all.
        let largest = self.blocks.values().map(|(_, bytes)| *bytes).max().unwrap_or_default();
        let bytes = self.bytes.saturating_sub(largest);
        [
            Holding::new("blocks not final", self.blocks.len(), self.limits.executed_blocks.max(1)),
            Holding::new("bytes of blocks not final beside the largest", bytes, self.limits.executed_bytes),
        ]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use alloy_consensus::{SignableTransaction as _, TxLegacy};
    use alloy_eips::eip2718::Encodable2718 as _;
    use alloy_primitives::Signature;
    use ding_primitives::{Bytes, Log, Transaction, U256, transaction::recover};

    /// A transaction of some account: what is signed and by whom does not matter here.
    pub(crate) fn transaction(nonce: u64) -> Arc<Recovered> {
        let tx = TxLegacy {
            chain_id: Some(1),
            nonce,
            gas_price: 0,
            gas_limit: 21_000,
            to: Address::repeat_byte(9).into(),
            value: U256::ZERO,
            input: Bytes::new(),
        };
        let raw = Bytes::from(tx.into_signed(Signature::test_signature()).encoded_2718());
        Arc::new(recover(Transaction::from_raw(raw), 1).unwrap())
    }

    fn hash(number: u8) -> B256 {
        B256::repeat_byte(number)
    }

    /// A block of `view` on the block with hash number `parent`.
    fn block(parent: u8, view: u64) -> Arc<Executed> {
        Arc::new(Executed {
            parent: hash(parent),
            view,
            timestamp_ms: view,
            transactions: Vec::new(),
            receipts: Vec::new(),
        })
    }

    fn unfinished(blocks: usize) -> Unfinished {
        Unfinished::new(ChainLimits { executed_blocks: blocks, ..ChainLimits::default() })
    }

    fn has(unfinished: &Unfinished, height: u64, number: u8) -> bool {
        unfinished.get(Height::new(height), hash(number)).is_some()
    }

    fn within(unfinished: &Unfinished) -> bool {
        unfinished.holdings().iter().all(Holding::is_within)
    }

    #[test]
    fn blocks_of_many_views_at_one_height_stay_within_their_number_and_the_newest_are_kept() {
        let mut unfinished = unfinished(4);
        for view in 1..=100 {
            unfinished.insert(Height::new(5), hash(view), block(0, u64::from(view)));
            assert!(within(&unfinished), "{:?}", unfinished.holdings());
        }
        assert!((97..=100).all(|view| has(&unfinished, 5, view)));
        assert!(!has(&unfinished, 5, 96));
    }

    #[test]
    fn abandoned_blocks_go_before_those_that_the_newest_stands_on() {
        let mut unfinished = unfinished(3);
        unfinished.insert(Height::new(5), hash(1), block(0, 1));
        unfinished.insert(Height::new(5), hash(2), block(0, 2));
        unfinished.insert(Height::new(6), hash(3), block(1, 3));
        unfinished.insert(Height::new(7), hash(4), block(3, 4));
        assert!(!has(&unfinished, 5, 2), "nothing stands on it, though its view is later than its sibling's");
        assert!(has(&unfinished, 5, 1) && has(&unfinished, 6, 3) && has(&unfinished, 7, 4));
    }

    #[test]
    fn of_one_long_branch_the_lowest_goes_and_its_tip_stays() {
        let mut unfinished = unfinished(3);
        for number in 1..=6 {
            unfinished.insert(
                Height::new(u64::from(number)),
                hash(number),
                block(number - 1, u64::from(number)),
            );
        }
        assert!((1..=3).all(|number| !has(&unfinished, u64::from(number), number)));
        assert!((4..=6).all(|number| has(&unfinished, u64::from(number), number)));
    }

    #[test]
    fn a_block_that_was_just_added_stays_even_if_it_is_of_the_oldest_view() {
        let mut unfinished = unfinished(2);
        unfinished.insert(Height::new(6), hash(2), block(1, 8));
        unfinished.insert(Height::new(7), hash(3), block(2, 9));
        unfinished.insert(Height::new(5), hash(1), block(0, 1));
        assert!(has(&unfinished, 5, 1) && has(&unfinished, 7, 3));
        let mut none =
            Unfinished::new(ChainLimits { executed_blocks: 0, executed_bytes: 0, ..ChainLimits::default() });
        none.insert(Height::new(5), hash(1), block(0, 1));
        none.insert(Height::new(6), hash(2), block(1, 2));
        assert!(has(&none, 6, 2) && !has(&none, 5, 1), "one is kept whatever the bounds");
    }

    #[test]
    fn blocks_with_many_logs_stay_within_their_bytes() {
        let log = Log { address: Address::ZERO, topics: Vec::new(), data: Bytes::from(vec![0; 1_000]) };
        let receipt = Receipt {
            success: true,
            gas_used: 21_000,
            cumulative_gas_used: 21_000,
            created: None,
            logs: vec![log],
        };
        let full = |view| Executed { receipts: vec![receipt.clone()], ..Executed::clone(&block(0, view)) };
        let mut unfinished = Unfinished::new(ChainLimits { executed_bytes: 3_500, ..ChainLimits::default() });
        for view in 1..=20u8 {
            unfinished.insert(Height::new(5), hash(view), Arc::new(full(u64::from(view))));
            assert!(unfinished.bytes <= 3_500, "{} bytes", unfinished.bytes);
        }
        assert!((18..=20).all(|view| has(&unfinished, 5, view)) && !has(&unfinished, 5, 17));
        unfinished.insert(Height::new(5), hash(20), Arc::new(full(20)));
        assert_eq!(unfinished.bytes, 3_000, "one that runs again counts once");
        unfinished.finalize(Height::new(5));
        assert_eq!((unfinished.bytes, unfinished.blocks.len()), (0, 0));
    }

    #[test]
    fn what_a_final_block_leaves_behind_is_above_it() {
        let mut unfinished = unfinished(9);
        unfinished.insert(Height::new(5), hash(1), block(0, 1));
        unfinished.insert(Height::new(5), hash(2), block(0, 2));
        unfinished.insert(Height::new(6), hash(3), block(2, 3));
        unfinished.finalize(Height::new(5));
        assert!(!has(&unfinished, 5, 1) && !has(&unfinished, 5, 2) && has(&unfinished, 6, 3));
    }

    #[test]
    fn the_next_nonces_of_a_branch_say_whether_all_of_it_was_known() {
        let with = |parent, view, nonces: core::ops::Range<u64>| {
            let transactions = nonces.map(transaction).collect();
            Arc::new(Executed { transactions, ..Executed::clone(&block(parent, view)) })
        };
        let mut unfinished = unfinished(2);
        let last = Height::new(4);
        assert!(unfinished.next_nonces(last, last, hash(0)).complete, "nothing is above the final block");
        unfinished.insert(Height::new(5), hash(1), with(0, 1, 0..2));
        unfinished.insert(Height::new(6), hash(2), with(1, 2, 2..3));
        let after = |next: &Next, nonce| next.nonces.get(&transaction(nonce).sender()).copied();
        let next = unfinished.next_nonces(last, Height::new(6), hash(2));
        assert_eq!([0, 1, 2].map(|nonce| after(&next, nonce)), [Some(1), Some(2), Some(3)]);
        assert!(next.complete);
        unfinished.insert(Height::new(7), hash(3), with(2, 3, 0..0));
        let next = unfinished.next_nonces(last, Height::new(7), hash(3));
        assert_eq!(
            [0, 1, 2].map(|nonce| after(&next, nonce)),
            [None, None, Some(3)],
            "block 5 was forgotten"
        );
        assert!(!next.complete);
        let next = unfinished.next_nonces(last, Height::new(8), hash(9));
        assert!(next.nonces.is_empty() && !next.complete, "a tip that never ran here");
    }
}
