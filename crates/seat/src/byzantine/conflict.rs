//! Votes for what it should vote for, and in the same view for something else, and for skipping it.

use super::{Culprit, Letter, Meddle, vote};
use crate::dice::Dice;
use commonware_codec::Encode as _;
use commonware_consensus::simplex::types::{Nullify, Vote};
use commonware_cryptography::sha256;
use commonware_runtime::IoBuf;
use ding_chain::{
    channels,
    types::{Digest, Scheme},
};

/// See the module.
#[derive(Default)]
pub(super) struct Conflict {
    /// The payload of an earlier vote: a block that exists.
    earlier: Option<Digest>,
}

impl Meddle for Conflict {
    fn change(&mut self, culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let mut letters = vec![letter.clone()];
        if letter.channel != channels::VOTES {
            return letters;
        }
        let other = match self.earlier {
            Some(earlier) if dice.chance(500) => earlier,
            _ => sha256::Digest(dice.bytes32()),
        };
        let (more, round) = match vote(&letter.message) {
            Some(Vote::Notarize(vote)) => {
                self.earlier = Some(vote.proposal.payload);
                (
                    vec![
                        culprit.notarize(&vote.proposal, other),
                        culprit.finalize(&vote.proposal, vote.proposal.payload),
                        culprit.finalize(&vote.proposal, other),
                    ],
                    Some(vote.proposal.round),
                )
            }
            Some(Vote::Finalize(vote)) => {
                (vec![culprit.finalize(&vote.proposal, other)], Some(vote.proposal.round))
            }
            _ => (Vec::new(), None),
        };
        letters.extend(more.into_iter().flatten().map(|message| letter.with(message)));
        if let Some(nullify) =
            round.and_then(|round| Nullify::<Scheme>::sign::<Digest>(&culprit.scheme, round))
        {
            let nullify: Vote<Scheme, Digest> = Vote::Nullify(nullify);
            letters.push(letter.with(IoBuf::from(nullify.encode())));
        }
        if dice.chance(500) {
            letters.reverse();
        }
        letters
    }
}
