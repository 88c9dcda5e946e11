//! Typed slots in Solidity layout, so that slot proofs, `eth_getStorageAt` and contracts compiled
//! against the same declarations agree.
//!
//! | here                | Solidity                                     | where                            |
//! |---------------------|----------------------------------------------|----------------------------------|
//! | [`Cell<T>`]         | `T x`                                        | slots p, p + 1, …                |
//! | [`Map<K, T>`]       | `mapping(K => T)`                            | keccak256(key . p), …            |
//! | [`Map<K, Map<…>>`]  | `mapping(K => mapping(…))`                   | the same, again                  |
//! | [`List<T>`]         | `T[]` of whole words (address, bytes32, …)   | length in p, keccak256(p) + i    |
//! | [`Text`]            | `string`                                     | p, if longer than 31: keccak256(p) |
//!
//! A module declares them as constants in its `state.rs`; slots are counted from 0 as Solidity
//! does, one declaration after the other. Reading a word that its type can never have written is a
//! fault.

mod text;
mod word;

pub use self::{
    text::Text,
    word::{Element, Key, Stored, pack, unpack},
};
use crate::{Ctx, Stop, ctx::gas};
use core::marker::PhantomData;
use ding_primitives::{Address, U256, keccak256};

/// A value at a fixed place.
pub struct Cell<T> {
    address: Address,
    slot: U256,
    value: PhantomData<fn() -> T>,
}

/// Values, or further maps, by key.
pub struct Map<K, V> {
    address: Address,
    slot: U256,
    kinds: PhantomData<fn(K) -> V>,
}

/// A growing list of whole words.
pub struct List<T> {
    address: Address,
    slot: U256,
    value: PhantomData<fn() -> T>,
}

impl<T> Cell<T> {
    /// The value declared in this slot of the module at `address`.
    pub const fn at(address: Address, slot: u64) -> Self {
        Self { address, slot: word(slot), value: PhantomData }
    }

    /// First slot of the value.
    pub const fn slot(&self) -> U256 {
        self.slot
    }
}

impl<T: Stored> Cell<T> {
    /// The value; one that was never written is all zero.
    ///
    /// # Errors
    ///
    /// Out of gas; a fault if the slots hold what the type never wrote.
    pub fn get(&self, ctx: &mut Ctx<'_>) -> Result<T, Stop> {
        let mut words = T::Words::default();
        for (index, to) in words.as_mut().iter_mut().enumerate() {
            *to = ctx.sload(self.address, offset(self.slot, index))?;
        }
        self.decode(ctx, &words)
    }

    /// The value, or `None` if its first word is zero: for values whose first word never is. Costs
    /// one read where nothing was written.
    ///
    /// # Errors
    ///
    /// As [`Cell::get`].
    pub fn find(&self, ctx: &mut Ctx<'_>) -> Result<Option<T>, Stop> {
        let first = ctx.sload(self.address, self.slot)?;
        if first.is_zero() {
            return Ok(None);
        }
        let mut words = T::Words::default();
        for (index, to) in words.as_mut().iter_mut().enumerate() {
            *to = if index == 0 { first } else { ctx.sload(self.address, offset(self.slot, index))? };
        }
        self.decode(ctx, &words).map(Some)
    }

    /// Writes all words of the value.
    ///
    /// # Errors
    ///
    /// Out of gas; reverts in a read-only call.
    pub fn set(&self, ctx: &mut Ctx<'_>, value: &T) -> Result<(), Stop> {
        for (index, to) in value.to_words().as_ref().iter().enumerate() {
            ctx.sstore(self.address, offset(self.slot, index), *to)?;
        }
        Ok(())
    }

    /// Writes the words in which `new` differs from `old`, which the slots hold now.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`].
    pub fn replace(&self, ctx: &mut Ctx<'_>, old: &T, new: &T) -> Result<(), Stop> {
        self.write_changed(ctx, old.to_words().as_ref(), new)
    }

    /// Writes the words of `new` that are not zero, where nothing was written before.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`].
    pub fn insert(&self, ctx: &mut Ctx<'_>, new: &T) -> Result<(), Stop> {
        self.write_changed(ctx, T::Words::default().as_ref(), new)
    }

    /// Writes zero into all words of the value: what never was written.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`].
    pub fn clear(&self, ctx: &mut Ctx<'_>) -> Result<(), Stop> {
        for (index, _) in T::Words::default().as_ref().iter().enumerate() {
            ctx.sstore(self.address, offset(self.slot, index), U256::ZERO)?;
        }
        Ok(())
    }

    fn write_changed(&self, ctx: &mut Ctx<'_>, old: &[U256], new: &T) -> Result<(), Stop> {
        for (index, (old, new)) in old.iter().zip(new.to_words().as_ref()).enumerate() {
            if old != new {
                ctx.sstore(self.address, offset(self.slot, index), *new)?;
            }
        }
        Ok(())
    }

    fn decode(&self, ctx: &Ctx<'_>, words: &T::Words) -> Result<T, Stop> {
        T::from_words(words).ok_or_else(|| {
            ctx.fault(format!(
                "slot {:#x} of {} holds {:x?}, which was never written",
                self.slot,
                self.address,
                words.as_ref()
            ))
        })
    }
}

impl<K: Key, V> Map<K, V> {
    /// The mapping declared in this slot of the module at `address`.
    pub const fn at(address: Address, slot: u64) -> Self {
        Self { address, slot: word(slot), kinds: PhantomData }
    }

    /// First slot of the entry under `key`, whether or not something is there.
    pub fn slot_of(&self, key: K) -> U256 {
        let mut bytes = [0; 64];
        let (head, tail) = bytes.split_at_mut(32);
        head.copy_from_slice(key.to_word().as_slice());
        tail.copy_from_slice(&self.slot.to_be_bytes::<32>());
        keccak256(bytes).into()
    }

    fn entry(&self, ctx: &mut Ctx<'_>, key: K) -> Result<U256, Stop> {
        ctx.charge(gas::MAP_ENTRY)?;
        Ok(self.slot_of(key))
    }
}

impl<K: Key, T: Stored> Map<K, T> {
    /// The place of the entry under `key`.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn cell(&self, ctx: &mut Ctx<'_>, key: K) -> Result<Cell<T>, Stop> {
        Ok(Cell { address: self.address, slot: self.entry(ctx, key)?, value: PhantomData })
    }

    /// The value under `key`; one that was never written is all zero.
    ///
    /// # Errors
    ///
    /// As [`Cell::get`].
    pub fn get(&self, ctx: &mut Ctx<'_>, key: K) -> Result<T, Stop> {
        self.cell(ctx, key)?.get(ctx)
    }

    /// The value under `key`, or `None` if its first word is zero.
    ///
    /// # Errors
    ///
    /// As [`Cell::get`].
    pub fn find(&self, ctx: &mut Ctx<'_>, key: K) -> Result<Option<T>, Stop> {
        self.cell(ctx, key)?.find(ctx)
    }

    /// Writes all words of the value under `key`.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`].
    pub fn set(&self, ctx: &mut Ctx<'_>, key: K, value: &T) -> Result<(), Stop> {
        self.cell(ctx, key)?.set(ctx, value)
    }
}

impl<K: Key, K2: Key, V> Map<K, Map<K2, V>> {
    /// The map under `key`.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn map(&self, ctx: &mut Ctx<'_>, key: K) -> Result<Map<K2, V>, Stop> {
        Ok(Map { address: self.address, slot: self.entry(ctx, key)?, kinds: PhantomData })
    }

    /// First slot of the entry under two keys, whether or not something is there.
    pub fn slot_of_both(&self, key: K, inner: K2) -> U256 {
        Map::<K2, V> { address: self.address, slot: self.slot_of(key), kinds: PhantomData }.slot_of(inner)
    }
}

impl<K: Key, T> Map<K, List<T>> {
    /// The list under `key`.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn list(&self, ctx: &mut Ctx<'_>, key: K) -> Result<List<T>, Stop> {
        Ok(List { address: self.address, slot: self.entry(ctx, key)?, value: PhantomData })
    }
}

impl<K: Key> Map<K, Text> {
    /// The text under `key`.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn text(&self, ctx: &mut Ctx<'_>, key: K) -> Result<Text, Stop> {
        Ok(Text::new(self.address, self.entry(ctx, key)?))
    }
}

impl<T> List<T> {
    /// The array declared in this slot of the module at `address`.
    pub const fn at(address: Address, slot: u64) -> Self {
        Self { address, slot: word(slot), value: PhantomData }
    }

    const fn length(&self) -> Cell<u64> {
        Cell { address: self.address, slot: self.slot, value: PhantomData }
    }
}

impl<T: Element> List<T> {
    /// Number of elements.
    ///
    /// # Errors
    ///
    /// As [`Cell::get`].
    pub fn len(&self, ctx: &mut Ctx<'_>) -> Result<u64, Stop> {
        self.length().get(ctx)
    }

    /// Adds an element at the end.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`].
    pub fn push(&self, ctx: &mut Ctx<'_>, element: &T) -> Result<(), Stop> {
        let length = self.length().get(ctx)?;
        self.element(ctx, length)?.set(ctx, element)?;
        self.length().set(ctx, &length.checked_add(1).ok_or_else(Stop::overflow)?)
    }

    /// Up to `count` elements from `start` on; fewer at the end of the list.
    ///
    /// # Errors
    ///
    /// As [`Cell::get`].
    pub fn page(&self, ctx: &mut Ctx<'_>, start: u64, count: u64) -> Result<Vec<T>, Stop> {
        let end = self.len(ctx)?.min(start.saturating_add(count));
        let mut elements = Vec::new();
        for index in start..end {
            elements.push(self.element(ctx, index)?.get(ctx)?);
        }
        Ok(elements)
    }

    /// Takes the element at `index` away; the last one moves into its place and is returned, unless
    /// it was itself the last.
    ///
    /// # Errors
    ///
    /// As [`Cell::set`]; a fault if there is no such element.
    pub fn swap_remove(&self, ctx: &mut Ctx<'_>, index: u64) -> Result<Option<T>, Stop> {
        let length = self.length().get(ctx)?;
        let Some(last) = length.checked_sub(1).filter(|last| index <= *last) else {
            return Err(ctx.fault(format!("element {index} of a list of {length} was to be removed")));
        };
        let place = self.element(ctx, last)?;
        let moved = if index == last { None } else { Some(place.get(ctx)?) };
        if let Some(moved) = &moved {
            self.element(ctx, index)?.set(ctx, moved)?;
        }
        place.clear(ctx)?;
        self.length().set(ctx, &last)?;
        Ok(moved)
    }

    fn element(&self, ctx: &mut Ctx<'_>, index: u64) -> Result<Cell<T>, Stop> {
        ctx.charge(gas::keccak(32))?;
        let slot = data_slot(self.slot).wrapping_add(U256::from(index));
        Ok(Cell { address: self.address, slot, value: PhantomData })
    }
}

const fn word(slot: u64) -> U256 {
    U256::from_limbs([slot, 0, 0, 0])
}

fn offset(slot: U256, index: usize) -> U256 {
    slot.wrapping_add(U256::from(index))
}

/// Where the data of an array or long string at `slot` begins.
fn data_slot(slot: U256) -> U256 {
    keccak256(slot.to_be_bytes::<32>()).into()
}

#[cfg(test)]
mod tests;
