//! Keeps some of what it should say to itself: blocks, votes, answers, transactions; from all, or
//! from one.

use super::{Culprit, Letter, Meddle};
use crate::dice::Dice;
use ding_chain::channels;

/// See the module.
pub(super) struct Withhold {
    silent: Vec<u64>,
    /// Whether one member still hears it, of all.
    one_hears: bool,
}

impl Withhold {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let mut silent: Vec<u64> = (0..channels::COUNT as u64).filter(|_| dice.chance(400)).collect();
        if silent.is_empty() {
            silent.push(channels::BLOCKS);
        }
        Self { silent, one_hears: dice.chance(400) }
    }
}

impl Meddle for Withhold {
    fn change(&mut self, _culprit: &Culprit, _dice: &mut Dice, mut letter: Letter) -> Vec<Letter> {
        if self.silent.contains(&letter.channel) {
            letter.to.truncate(usize::from(self.one_hears));
        }
        if letter.to.is_empty() { Vec::new() } else { vec![letter] }
    }
}
