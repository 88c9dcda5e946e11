//! Sends noise and spoiled messages on every channel.

use super::{Culprit, Letter, Meddle};
use crate::dice::Dice;
use commonware_runtime::IoBuf;
use ding_chain::channels;

/// See the module.
pub(super) struct Garbage;

impl Meddle for Garbage {
    fn change(&mut self, _culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let mut letters = vec![letter.clone()];
        if dice.chance(300) {
            let mut bytes = letter.message.as_ref().to_vec();
            match dice.below(3) {
                0 => bytes.truncate(dice.index(bytes.len() + 1)),
                1 => bytes.extend_from_slice(&dice.bytes32()),
                _ => {
                    let at = dice.index(bytes.len());
                    let bit = dice.below(8);
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << bit;
                    }
                }
            }
            letters.push(letter.with(IoBuf::from(bytes)));
        }
        if dice.chance(200) {
            let channel = dice.below(channels::COUNT as u64);
            let pieces = dice.below(64);
            let noise: Vec<u8> = (0..pieces).flat_map(|_| dice.bytes32()).collect();
            letters.push(Letter { channel, to: letter.to, message: IoBuf::from(noise) });
        }
        letters
    }
}
