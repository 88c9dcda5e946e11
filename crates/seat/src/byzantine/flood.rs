//! Says everything several times, on its own channel and on others, as fast as it is let.

use super::{Culprit, Letter, Meddle};
use crate::dice::Dice;
use commonware_codec::Encode as _;
use commonware_runtime::IoBuf;
use ding_chain::{channels, gossip::Message};
use ding_primitives::Height;

/// See the module.
pub(super) struct Flood;

impl Meddle for Flood {
    fn change(&mut self, _culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter> {
        let mut letters = vec![letter.clone(); 4];
        // Valid messages that say nothing, and a height that nobody has.
        let rubbish: Vec<bytes::Bytes> =
            (0..dice.below(64)).map(|_| bytes::Bytes::copy_from_slice(&dice.bytes32())).collect();
        let to = letter.to;
        for message in [Message::Transactions(rubbish), Message::Status(Height::new(u64::MAX))] {
            let message = IoBuf::from(message.encode());
            letters.push(Letter { channel: channels::GOSSIP, to: to.clone(), message });
        }
        letters
    }
}
