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
}

/// The same block a millisecond later. Where no transaction asks for the time it is as good.
pub(super) fn twin(block: &Block) -> Option<Block> {
    let mut header = Header::clone(block.header());
    header.timestamp_ms += 1;
    Block::new(header, Body { transactions: block.transactions().to_vec() }).ok()
}

impl Meddle for Equivocate {
    fn change(&mut self, culprit: &Culprit, _dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let Letter { channel, to, message } = &letter;
        let (some, others) = to.split_at(to.len() / 2);
        let split = |other: IoBuf| {
            vec![
                Letter { channel: *channel, to: some.to_vec(), message: message.clone() },
                Letter { channel: *channel, to: others.to_vec(), message: other },
            ]
        };
        if *channel == channels::BLOCKS
            && let Some(block) = culprit.own_block(message)
            && let Some(twin) = twin(&block)
        {
            self.twins.insert(block.digest().0, twin.digest());
            return split(IoBuf::from(twin.encode()));
        }
        if *channel == channels::VOTES {
            let other = match vote(message) {
                Some(Vote::Notarize(vote)) => self
                    .twins
                    .get(&vote.proposal.payload.0)
                    .and_then(|twin| culprit.notarize(&vote.proposal, *twin)),
                Some(Vote::Finalize(vote)) => self
                    .twins
                    .get(&vote.proposal.payload.0)
                    .and_then(|twin| culprit.finalize(&vote.proposal, *twin)),
                _ => None,
            };
            if let Some(other) = other {
                return split(other);
            }
        }
        vec![letter]
    }
}
