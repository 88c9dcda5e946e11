//! Fields of packed words.

use ding_primitives::{Address, U256};

pub(super) fn n(value: impl Into<u64>) -> U256 {
    U256::from(value.into())
}

pub(super) fn account(account: Address) -> (U256, usize) {
    (account.into_word().into(), 160)
}

pub(super) fn address(word: U256) -> Address {
    Address::from_word(word.into())
}

pub(super) fn signed(value: i64) -> U256 {
    U256::from(value.cast_unsigned())
}

pub(super) fn to_signed(word: U256) -> i64 {
    word.to::<u64>().cast_signed()
}
