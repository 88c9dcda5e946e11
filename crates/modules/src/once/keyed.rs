//! Keys of confidential numbers: HMAC-SM3 (RFC 2104 over GB/T 32905).
//!
//! A bare digest of an invoice number, an ID number or a phone number can be found by trying all of
//! them. Two parties that must meet in one register need the same value, so it is computed with a
//! key that they share off the ledger. This is for programs beside the ledger: the shared key never
//! enters a transaction.

use ding_primitives::B256;
use sm3::{Digest as _, Sm3};

/// Bytes of a block of SM3.
const BLOCK: usize = 64;

/// HMAC-SM3 of a normalised number under a shared key.
pub fn commitment(key: &[u8], number: &[u8]) -> B256 {
    let mut block = [0; BLOCK];
    let short: &[u8] = if key.len() > BLOCK { &Sm3::digest(key) } else { key };
    for (to, from) in block.iter_mut().zip(short) {
        *to = *from;
    }
    let inner = Sm3::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(number).finalize();
    let outer = Sm3::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    B256::from_slice(&outer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::b256;

    #[test]
    fn the_known_value_comes_out() {
        let want = b256!("bc66c2faf16250fd3e0cf83c90edc1cb513fa90febf80d55fd05180c5576c87a");
        assert_eq!(commitment(&[0x0b; 16], b"abc"), want);
    }

    #[test]
    fn a_key_longer_than_a_block_stands_for_its_digest() {
        let long = [0xaa; 131];
        let short: [u8; 32] = Sm3::digest(long).into();
        assert_eq!(commitment(&long, b"number"), commitment(&short, b"number"));
        assert_ne!(commitment(&long[..64], b"number"), commitment(&long[..65], b"number"));
    }
}
