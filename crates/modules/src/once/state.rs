//! Storage of `once`, in Solidity layout.
//!
//! | slot | type                                                                  | meaning              |
//! |------|-----------------------------------------------------------------------|----------------------|
//! | 0    | mapping(address => mapping(bytes32 => mapping(bytes32 => Entry)))     | by owner, register, key |
//!
//! The first word of a held key is never zero, so one slot proves who holds a key, or, being absent,
//! that it is free ([`entry_slot`]).

use crate::storage::{Map, Stored, pack, unpack};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0005");

/// Entries by owner, register and key.
pub const ENTRIES: Map<Address, Map<B256, Map<B256, Entry>>> = Map::at(ADDRESS, 0);

/// The slot that holds who has a key, and how; absent if it was never taken or was released.
pub fn entry_slot(owner: Address, register: B256, key: B256) -> U256 {
    ENTRIES.under(owner).slot_of_both(register, key)
}

/// How a key is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Until a time, unless it is confirmed before.
    Reserved,
    /// Until it is released.
    Confirmed,
    /// For ever.
    Kept,
}

impl State {
    /// Every state, in the order of numbers.
    pub const ALL: [Self; 3] = [Self::Reserved, Self::Confirmed, Self::Kept];

    /// Its number in the interface; 0 means free.
    pub const fn number(self) -> u8 {
        match self {
            Self::Reserved => 1,
            Self::Confirmed => 2,
            Self::Kept => 3,
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Confirmed => "confirmed",
            Self::Kept => "kept for ever",
        }
    }

    /// The state with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.number() == number)
    }
}

/// A held key. First word, low bits first: holder (160) | end of the reservation in ms (48; zero
/// unless reserved) | height (40) | state (8). Second word: content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who holds the key.
    pub holder: Address,
    /// When a reservation ends, milliseconds since 1970-01-01T00:00:00Z; zero unless reserved.
    pub until_ms: u64,
    /// Block in which it got this state.
    pub height: u64,
    /// How it is held.
    pub state: State,
    /// Digest of what the key was taken for.
    pub content: B256,
}

impl Entry {
    /// Bits of a time in milliseconds: enough until the year 10889.
    pub const TIME_BITS: usize = 48;
    /// Bits of a height.
    pub const HEIGHT_BITS: usize = 40;

    /// Whether the key is still held at this time.
    pub const fn holds(&self, now_ms: u64) -> bool {
        match self.state {
            State::Reserved => now_ms < self.until_ms,
            State::Confirmed | State::Kept => true,
        }
    }
}

impl Stored for Entry {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let first = pack(&[
            (self.holder.into_word().into(), 160),
            (U256::from(self.until_ms), Self::TIME_BITS),
            (U256::from(self.height), Self::HEIGHT_BITS),
            (U256::from(self.state.number()), 8),
        ]);
        [first, self.content.into()]
    }

    fn from_words([first, content]: &[U256; 2]) -> Option<Self> {
        let [holder, until, height, state] = unpack(*first, [160, Self::TIME_BITS, Self::HEIGHT_BITS, 8])?;
        Some(Self {
            holder: Address::from_word(holder.into()),
            until_ms: until.to(),
            height: height.to(),
            state: State::from_number(state.to())?,
            content: (*content).into(),
        })
    }
}
