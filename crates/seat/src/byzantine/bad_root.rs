//! Proposes blocks whose header says something else than their execution gives: another state,
//! other receipts, other gas, another time.

use super::{Culprit, Letter, Meddle, vote};
use crate::dice::Dice;
use commonware_codec::Encode as _;
use commonware_consensus::simplex::types::Vote;
use commonware_cryptography::Digestible as _;
use commonware_runtime::IoBuf;
use ding_chain::{
    channels,
    types::{Block, Digest},
};
use ding_primitives::{B256, Body, Header};
use std::collections::BTreeMap;

/// See the module.
#[derive(Default)]
pub(super) struct BadRoot {
    /// Digest of each block that was changed, and of what it became.
    changed: BTreeMap<[u8; 32], Digest>,
    /// A vote for a block that has yet to leave: votes are faster.
    held: Option<Letter>,
}

fn spoil(block: &Block, dice: &mut Dice) -> Option<Block> {
    let mut header = Header::clone(block.header());
    let noise = B256::from(dice.bytes32());
    match dice.below(8) {
        0 => header.roots.accounts.root = noise,
        1 => header.roots.modules.root = noise,
        2 => header.roots.contracts.root = noise,
        3 => header.receipts_root = noise,
        4 => header.gas_used += 1,
        5 => header.timestamp_ms += 3_600_000,
        6 => header.timestamp_ms = 1,
        _ => header.gas_limit += 1,
    }
    Block::new(header, Body { transactions: block.transactions().to_vec() }).ok()
}

impl BadRoot {
    fn vote(&self, culprit: &Culprit, letter: Letter) -> Letter {
        let changed = |payload: &Digest| self.changed.get(&payload.0).copied();
        let bad =
            match vote(&letter.message) {
                Some(Vote::Notarize(vote)) => changed(&vote.proposal.payload)
                    .and_then(|payload| culprit.notarize(&vote.proposal, payload)),
                Some(Vote::Finalize(vote)) => changed(&vote.proposal.payload)
                    .and_then(|payload| culprit.finalize(&vote.proposal, payload)),
                _ => None,
            };
        match bad {
            Some(bad) => letter.with(bad),
            None => letter,
        }
    }
}

impl Meddle for BadRoot {
    fn change(&mut self, culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        if letter.channel == channels::BLOCKS
            && let Some(block) = culprit.own_block(&letter.message)
            && let Some(bad) = spoil(&block, dice)
        {
            self.changed.insert(block.digest().0, bad.digest());
            let held = self.held.take().map(|held| self.vote(culprit, held));
            return [letter.with(IoBuf::from(bad.encode()))].into_iter().chain(held).collect();
        }
        if letter.channel == channels::VOTES {
            let early = culprit.own_vote(&letter.message);
            if early.is_some_and(|payload| !self.changed.contains_key(&payload)) {
                self.held = Some(letter);
                return Vec::new();
            }
            return vec![self.vote(culprit, letter)];
        }
        vec![letter]
    }
}
