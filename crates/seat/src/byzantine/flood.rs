//! Says everything several times, on its own channel and on others, as fast as it is let: the network
//! drops what is above a channel's rate, as each member does with what it receives. Valid transactions
//! that nobody asked for, the same ones again, the largest messages that a member may send, and
//! messages that say nothing.

use super::{Culprit, Junk, Letter, Meddle};
use crate::dice::Dice;
use bytes::Bytes;
use commonware_codec::Encode as _;
use commonware_runtime::IoBuf;
use ding_chain::{channels, gossip::Message};
use ding_primitives::{Height, limits};

/// Copies of what it would say anyway.
const COPIES: usize = 8;
/// Messages to the doors of the pools for each of its own, at most: at its usual pace more than the
/// channel's rate.
const MORE: u64 = 48;
/// Of a thousand of them, so many are as large as a message may be.
const LARGEST: u64 = 4;
/// Transactions remembered, to be told again.
const REMEMBERED: usize = 64;

/// See the module.
pub(super) struct Flood {
    junk: Junk,
    told: Vec<Bytes>,
}

impl Flood {
    pub(super) const fn new(junk: Junk) -> Self {
        Self { junk, told: Vec::new() }
    }

    /// A few valid transactions, half of them told before.
    fn transactions(&mut self, dice: &mut Dice) -> Vec<Bytes> {
        let count = dice.between(1, 4);
        (0..count)
            .map(|_| {
                if self.told.len() == REMEMBERED && dice.chance(500) {
                    return dice.pick(&self.told).clone();
                }
                let fresh = (self.junk)(dice);
                if self.told.len() < REMEMBERED {
                    self.told.push(fresh.clone());
                } else {
                    let place = dice.index(REMEMBERED);
                    if let Some(old) = self.told.get_mut(place) {
                        *old = fresh.clone();
                    }
                }
                fresh
            })
            .collect()
    }

    fn message(&mut self, dice: &mut Dice) -> Message {
        if dice.chance(LARGEST) {
            let count = limits::GOSSIP_BYTES_MAX / limits::TRANSACTION_BYTES_MAX;
            let byte = u8::try_from(dice.below(256)).unwrap_or_default();
            return Message::Transactions(vec![vec![byte; limits::TRANSACTION_BYTES_MAX].into(); count]);
        }
        match dice.below(10) {
            0 => {
                let count = dice.below(64);
                Message::Transactions((0..count).map(|_| Bytes::copy_from_slice(&dice.bytes32())).collect())
            }
            // A height that nobody has.
            1 => Message::Status(Height::new(u64::MAX)),
            _ => Message::Transactions(self.transactions(dice)),
        }
    }
}

impl Meddle for Flood {
    fn change(&mut self, _culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let mut letters = vec![letter.clone(); COPIES];
        for _ in 0..dice.below(MORE + 1) {
            let message = IoBuf::from(self.message(dice).encode());
            letters.push(Letter { channel: channels::GOSSIP, to: letter.to.clone(), message });
        }
        letters
    }
}
