//! Shows one block of a view to some members and its twin to the others, and votes for both.

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
use ding_primitives::{Body, Header};
use std::collections::BTreeMap;

/// See the module.
#[derive(Default)]
pub(super) struct Equivocate {
    /// Digest of each block that has a twin, and the twin's.
    twins: BTreeMap<[u8; 32], Digest>,
    /// A vote for a block that has yet to leave: votes are faster.
    held: Option<Letter>,
}

/// The same block a millisecond later. Where no transaction asks for the time it is as good.
pub(super) fn twin(block: &Block) -> Option<Block> {
    let mut header = Header::clone(block.header());
    header.timestamp_ms += 1;
    Block::new(header, Body { transactions: block.transactions().to_vec() }).ok()
}

/// The message to some, the other to the others.
fn split(letter: &Letter, other: IoBuf) -> [Letter; 2] {
    let Letter { channel, to, message } = letter;
    let (some, others) = to.split_at(to.len() / 2);
    [
        Letter { channel: *channel, to: some.to_vec(), message: message.clone() },
        Letter { channel: *channel, to: others.to_vec(), message: other },
    ]
}

impl Equivocate {
    fn vote(&self, culprit: &Culprit, letter: Letter) -> Vec<Letter> {
        let twin = |payload: &Digest| self.twins.get(&payload.0).copied();
        let other = match vote(&letter.message) {
            Some(Vote::Notarize(vote)) => {
                twin(&vote.proposal.payload).and_then(|payload| culprit.notarize(&vote.proposal, payload))
            }
            Some(Vote::Finalize(vote)) => {
                twin(&vote.proposal.payload).and_then(|payload| culprit.finalize(&vote.proposal, payload))
            }
            _ => None,
        };
        match other {
            Some(other) => split(&letter, other).into(),
            None => vec![letter],
        }
    }
}

impl Meddle for Equivocate {
    fn change(&mut self, culprit: &Culprit, _dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        if letter.channel == channels::BLOCKS
            && let Some(block) = culprit.own_block(&letter.message)
            && let Some(twin) = twin(&block)
        {
            self.twins.insert(block.digest().0, twin.digest());
            let held = self.held.take().map(|held| self.vote(culprit, held));
            let blocks = split(&letter, IoBuf::from(twin.encode()));
            return blocks.into_iter().chain(held.into_iter().flatten()).collect();
        }
        if letter.channel == channels::VOTES {
            let early = culprit.own_vote(&letter.message);
            if early.is_some_and(|payload| !self.twins.contains_key(&payload)) {
                self.held = Some(letter);
                return Vec::new();
            }
            return self.vote(culprit, letter);
        }
        vec![letter]
    }
}
