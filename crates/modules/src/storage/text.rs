//! A short text in the layout of Solidity's `string`.

use super::data_slot;
use crate::{Ctx, Stop, ctx::gas};
use ding_primitives::{Address, U256};

/// A text in the layout of Solidity's `string`: up to 31 bytes share the slot with twice their
/// number; longer ones lie in `keccak256(slot)` and on, the slot holds twice their number plus one.
pub struct Text {
    address: Address,
    slot: U256,
}

impl Text {
    /// The string declared in this slot of the module at `address`.
    pub const fn at(address: Address, slot: u64) -> Self {
        Self { address, slot: U256::from_limbs([slot, 0, 0, 0]) }
    }

    pub(super) const fn new(address: Address, slot: U256) -> Self {
        Self { address, slot }
    }

    /// The text. `bytes_max` is the bound under which it was written.
    ///
    /// # Errors
    ///
    /// Out of gas; a fault if the slots hold no text of at most `bytes_max` bytes.
    pub fn get(&self, ctx: &mut Ctx<'_>, bytes_max: usize) -> Result<String, Stop> {
        let head = ctx.sload(self.address, self.slot)?;
        let bytes = if head.bit(0) { self.long(ctx, head, bytes_max)? } else { self.short(ctx, head)? };
        String::from_utf8(bytes).map_err(|_| self.damaged(ctx, head))
    }

    fn short(&self, ctx: &Ctx<'_>, head: U256) -> Result<Vec<u8>, Stop> {
        let bytes = head.to_be_bytes::<32>();
        let (text, length) = bytes.split_at(31);
        let length = length.first().map_or(0, |twice| usize::from(*twice) / 2);
        match text.split_at_checked(length) {
            Some((text, rest)) if rest.iter().all(|byte| *byte == 0) => Ok(text.to_vec()),
            _ => Err(self.damaged(ctx, head)),
        }
    }

    fn long(&self, ctx: &mut Ctx<'_>, head: U256, bytes_max: usize) -> Result<Vec<u8>, Stop> {
        let length = usize::try_from(head >> 1).ok().filter(|length| (32..=bytes_max).contains(length));
        let length = length.ok_or_else(|| self.damaged(ctx, head))?;
        ctx.charge(gas::keccak(32))?;
        let data = data_slot(self.slot);
        let mut bytes = Vec::new();
        for index in 0..length.div_ceil(32) {
            let word = ctx.sload(self.address, data.wrapping_add(U256::from(index)))?;
            bytes.extend_from_slice(&word.to_be_bytes::<32>());
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Writes a text where none was written before.
    ///
    /// # Errors
    ///
    /// Out of gas; reverts in a read-only call.
    pub fn insert(&self, ctx: &mut Ctx<'_>, text: &str) -> Result<(), Stop> {
        let bytes = text.as_bytes();
        if bytes.len() < 32 {
            let head = left_aligned(bytes) | U256::from(bytes.len() * 2);
            return ctx.sstore(self.address, self.slot, head);
        }
        ctx.sstore(self.address, self.slot, U256::from(bytes.len() * 2 + 1))?;
        ctx.charge(gas::keccak(32))?;
        let data = data_slot(self.slot);
        for (index, chunk) in bytes.chunks(32).enumerate() {
            ctx.sstore(self.address, data.wrapping_add(U256::from(index)), left_aligned(chunk))?;
        }
        Ok(())
    }

    fn damaged(&self, ctx: &Ctx<'_>, head: U256) -> Stop {
        ctx.fault(format!("slot {:#x} of {} holds {head:#x}, which begins no text", self.slot, self.address))
    }
}

/// At most 32 bytes as the high end of a word.
fn left_aligned(bytes: &[u8]) -> U256 {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    U256::from_be_bytes(word)
}
