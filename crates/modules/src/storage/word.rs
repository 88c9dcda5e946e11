//! Values as storage words, and words as keys.

use ding_primitives::{Address, B256, Height, U256};

/// A value of a fixed number of storage words.
///
/// The value whose words are all zero is the one that was never written.
pub trait Stored: Sized {
    /// `[U256; N]`.
    type Words: AsRef<[U256]> + AsMut<[U256]> + Default;

    /// The words, in slot order.
    fn to_words(&self) -> Self::Words;

    /// The value, or `None` if [`Stored::to_words`] never gives these words.
    fn from_words(words: &Self::Words) -> Option<Self>;
}

/// A value that fills a word of its own in a Solidity array (more than 16 bytes).
pub trait Element: Stored {}

/// A key of a map: padded to a word as Solidity's `abi.encode` does.
pub trait Key {
    /// The padded key.
    fn to_word(&self) -> B256;
}

/// Packs fields into a word, the first in the lowest bits, as Solidity does. A field wider than
/// its bits loses the rest: whoever builds a record checks its ranges.
pub fn pack(fields: &[(U256, usize)]) -> U256 {
    let mut word = U256::ZERO;
    let mut shift = 0;
    for (value, bits) in fields {
        word |= (*value & mask(*bits)) << shift;
        shift += bits;
    }
    word
}

/// Takes a packed word apart; `None` if bits beyond the fields are set.
pub fn unpack<const N: usize>(word: U256, widths: [usize; N]) -> Option<[U256; N]> {
    let mut rest = word;
    let fields = widths.map(|bits| {
        let value = rest & mask(bits);
        rest >>= bits;
        value
    });
    rest.is_zero().then_some(fields)
}

fn mask(bits: usize) -> U256 {
    if bits >= 256 { U256::MAX } else { (U256::ONE << bits) - U256::ONE }
}

impl Key for B256 {
    fn to_word(&self) -> B256 {
        *self
    }
}

impl Key for Address {
    fn to_word(&self) -> B256 {
        self.into_word()
    }
}

impl Key for u32 {
    fn to_word(&self) -> B256 {
        U256::from(*self).into()
    }
}

impl Key for u64 {
    fn to_word(&self) -> B256 {
        U256::from(*self).into()
    }
}

impl Key for Height {
    fn to_word(&self) -> B256 {
        self.get().to_word()
    }
}

impl Stored for U256 {
    type Words = [Self; 1];

    fn to_words(&self) -> [Self; 1] {
        [*self]
    }

    fn from_words([word]: &[Self; 1]) -> Option<Self> {
        Some(*word)
    }
}

impl Stored for B256 {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [(*self).into()]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        Some((*word).into())
    }
}

impl Stored for Address {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [self.into_word().into()]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        unpack(*word, [160]).map(|[address]| Self::from_word(address.into()))
    }
}

impl Stored for bool {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [U256::from(u8::from(*self))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        match u8::try_from(*word) {
            Ok(0) => Some(false),
            Ok(1) => Some(true),
            _ => None,
        }
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Stored for $number {
            type Words = [U256; 1];

            fn to_words(&self) -> [U256; 1] {
                [U256::from(*self)]
            }

            fn from_words([word]: &[U256; 1]) -> Option<Self> {
                Self::try_from(*word).ok()
            }
        })*
    };
}

numbers!(u8, u32, u64);

impl Element for U256 {}
impl Element for B256 {}
impl Element for Address {}
