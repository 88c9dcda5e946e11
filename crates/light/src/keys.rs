//! Under which keys and in which bytes the state is stored.
//!
//! Keys are SHA-256 hashes of a tag and the fields (one compression, in hardware on most machines): the store's index looks at their first
//! eight bytes, so they must be spread evenly, and accounts, slots and code must never collide.

use commonware_cryptography::{Hasher as _, Sha256};
use ding_primitives::{Account, Address, B256, U256};

/// Bytes of every key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a stored account.
pub const ACCOUNT_BYTES: usize = 8 + 32 + 32;
/// Bytes of a stored slot or word of code.
pub const WORD_BYTES: usize = 32;

const ACCOUNT_TAG: u8 = 1;
const SLOT_TAG: u8 = 2;
const CODE_TAG: u8 = 3;

/// Key of an account: SHA-256 of 0x01 | address (20).
pub fn account_key(address: &Address) -> [u8; KEY_BYTES] {
    let mut fields = [0; 21];
    fields[0] = ACCOUNT_TAG;
    fields[1..].copy_from_slice(address.as_slice());
    Sha256::hash(&[&fields]).0
}

/// Key of a storage slot: SHA-256 of 0x02 | address (20) | slot (32, big-endian).
pub fn slot_key(address: &Address, slot: &U256) -> [u8; KEY_BYTES] {
    let mut fields = [0; 53];
    fields[0] = SLOT_TAG;
    fields[1..21].copy_from_slice(address.as_slice());
    fields[21..].copy_from_slice(&slot.to_be_bytes::<32>());
    Sha256::hash(&[&fields]).0
}

/// Key of one piece of code: SHA-256 of 0x03 | code hash (32) | index (4, big-endian).
pub fn code_key(code_hash: &B256, index: u32) -> [u8; KEY_BYTES] {
    let mut fields = [0; 37];
    fields[0] = CODE_TAG;
    fields[1..33].copy_from_slice(code_hash.as_slice());
    fields[33..].copy_from_slice(&index.to_be_bytes());
    Sha256::hash(&[&fields]).0
}

/// An account as stored: nonce (8, big-endian) | balance (32, big-endian) | code hash (32).
pub fn encode_account(account: &Account) -> [u8; ACCOUNT_BYTES] {
    let mut bytes = [0; ACCOUNT_BYTES];
    bytes[..8].copy_from_slice(&account.nonce.to_be_bytes());
    bytes[8..40].copy_from_slice(&account.balance.to_be_bytes::<32>());
    bytes[40..].copy_from_slice(account.code_hash.as_slice());
    bytes
}

/// The account in stored bytes. Every 72 bytes are an account.
pub fn decode_account(bytes: &[u8; ACCOUNT_BYTES]) -> Account {
    let (nonce, rest) = bytes.split_at(8);
    let (balance, code_hash) = rest.split_at(32);
    let mut number = [0; 8];
    number.copy_from_slice(nonce);
    Account {
        nonce: u64::from_be_bytes(number),
        balance: U256::from_be_slice(balance),
        code_hash: B256::from_slice(code_hash),
    }
}

/// A slot's value as stored: 32 bytes, big-endian.
pub fn encode_word(word: &U256) -> [u8; WORD_BYTES] {
    word.to_be_bytes()
}

/// The slot's value in stored bytes.
pub fn decode_word(bytes: &[u8; WORD_BYTES]) -> U256 {
    U256::from_be_bytes(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_things_never_meet() {
        let a = Address::repeat_byte(1);
        let b = Address::repeat_byte(2);
        let hash = B256::repeat_byte(1);
        let one = U256::from(1);
        let keys = [
            account_key(&a),
            account_key(&b),
            slot_key(&a, &U256::ZERO),
            slot_key(&a, &one),
            slot_key(&b, &U256::ZERO),
            code_key(&hash, 0),
            code_key(&hash, 1),
            code_key(&B256::repeat_byte(2), 0),
        ];
        for (i, left) in keys.iter().enumerate() {
            for right in &keys[i + 1..] {
                assert_ne!(left, right);
            }
        }
    }

    #[test]
    fn keys_are_the_hash_of_tag_and_fields() {
        let address = Address::repeat_byte(0xab);
        let slot = U256::from(0x0102);
        let by_hand = [&[2u8][..], address.as_slice(), &[0; 30], &[1, 2]].concat();
        assert_eq!(slot_key(&address, &slot), Sha256::hash(&[&by_hand]).0);
        let by_hand = [&[3u8][..], &[7; 32], &[0, 0, 1, 0]].concat();
        assert_eq!(code_key(&B256::repeat_byte(7), 256), Sha256::hash(&[&by_hand]).0);
    }

    #[test]
    fn an_account_survives_its_stored_bytes() {
        let account = Account {
            nonce: 0x0102_0304_0506_0708,
            balance: U256::MAX - U256::from(3),
            code_hash: B256::repeat_byte(9),
        };
        let bytes = encode_account(&account);
        assert_eq!(bytes[..8], [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(decode_account(&bytes), account);
        let word = U256::from(0xfeed);
        assert_eq!(decode_word(&encode_word(&word)), word);
        assert_eq!(encode_word(&word)[30..], [0xfe, 0xed]);
    }
}
