//! Sends again what it said long ago, and votes as if the chain were in another epoch.

use super::{Culprit, Letter, Meddle, vote};
use crate::dice::Dice;
use commonware_consensus::{
    simplex::types::{Proposal, Vote},
    types::{Epoch, Round},
};
use ding_chain::channels;

/// Messages remembered.
const REMEMBERED: usize = 512;

/// See the module.
#[derive(Default)]
pub(super) struct Replay {
    said: Vec<Letter>,
}

impl Meddle for Replay {
    fn change(&mut self, culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let mut letters = vec![letter.clone()];
        if self.said.len() < REMEMBERED {
            self.said.push(letter.clone());
        } else if dice.chance(100) {
            let place = dice.index(REMEMBERED);
            if let Some(old) = self.said.get_mut(place) {
                *old = letter.clone();
            }
        }
        for _ in 0..dice.below(4) {
            letters.push(dice.pick(&self.said).clone());
        }
        if letter.channel == channels::VOTES
            && let Some(Vote::Notarize(vote)) = vote(&letter.message)
        {
            let round = Round::new(Epoch::new(dice.between(1, 3)), vote.proposal.round.view());
            let proposal = Proposal::new(round, vote.proposal.parent, vote.proposal.payload);
            letters.extend(culprit.notarize(&proposal, proposal.payload).map(|message| letter.with(message)));
        }
        letters
    }
}
