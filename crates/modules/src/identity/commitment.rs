//! Commitments to what must not stand on the ledger.
//!
//! - [`commit`]: a salted digest of a person's data. The authority keeps salt and value off the
//!   ledger; destroying the salt erases the person, and the ledger still verifies.
//! - [`keyed`]: the same value at every party that knows the key, for once-only checks of confidential
//!   keys (the same invoice at two banks).
//! - [`disclosure`]: the digest that an authority puts on record when it hands identity data to the
//!   requester of an order.
//!
//! A bare hash of a number is no commitment: there are few enough resident and mobile numbers to try
//! them all.
//!
//! Nobody sends salt or value to a chain: who holds them checks with [`opens`] outside of it.

use ding_primitives::B256;
use sm3::{Digest as _, Sm3};

/// Fewest bytes of a salt that cannot be tried through.
pub const SALT_BYTES_MIN: usize = 16;

/// Salted commitment: `sm3(u32be len(salt) || salt || u32be len(value) || value)`. The lengths keep
/// bytes from moving between the fields. `value` is in its normal form
/// ([`crate::ids::normalise`]); the salt is at least [`SALT_BYTES_MIN`] random bytes, one for each
/// subject and authority.
pub fn commit(salt: &[u8], value: &[u8]) -> B256 {
    fields(&[salt, value])
}

/// Whether salt and value open a commitment.
pub fn opens(commitment: &B256, salt: &[u8], value: &[u8]) -> bool {
    commit(salt, value) == *commitment
}

/// HMAC-SM3 (RFC 2104 over GB/T 32905): the same for everybody who has the key.
pub fn keyed(key: &[u8], value: &[u8]) -> B256 {
    const BLOCK: usize = 64;
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        let digest = Sm3::digest(key);
        block.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    } else {
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    }
    let pass = |pad: u8, message: &[u8]| {
        Sm3::new().chain_update(block.map(|byte| byte ^ pad)).chain_update(message).finalize()
    };
    B256::from_slice(&pass(0x5c, &pass(0x36, value)))
}

/// Digest of a disclosure: which order it answers, about which subject, and the sealed bytes as they
/// were handed over: `sm3` of the three, each with its length before it. The authority puts it on
/// record; the requester computes it from what arrived, opens the bytes, and checks with [`opens`]
/// that they are about this subject.
pub fn disclosure(order: &B256, subject: &B256, sealed: &[u8]) -> B256 {
    fields(&[order.as_slice(), subject.as_slice(), sealed])
}

fn fields(fields: &[&[u8]]) -> B256 {
    let mut hasher = Sm3::new();
    for field in fields {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(field);
    }
    B256::from_slice(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::b256;

    #[test]
    fn a_commitment_is_that_of_the_reference() {
        let salt: Vec<u8> = (0..16).collect();
        let want = b256!("8e237ae76f431f4af330b8412a326a5fc7d57440cb39dedbc27fd9904ea13fb1");
        assert_eq!(commit(&salt, b"11010519491231002X"), want);
        assert!(opens(&want, &salt, b"11010519491231002X"));
        assert!(!opens(&want, &salt, b"110105194912310021"));
        assert!(!opens(&want, &salt[1..], b"11010519491231002X"));
    }

    #[test]
    fn bytes_that_move_between_the_fields_change_the_commitment() {
        assert_ne!(commit(b"ab", b"c"), commit(b"a", b"bc"));
        assert_ne!(commit(b"", b"abc"), commit(b"abc", b""));
    }

    #[test]
    fn a_keyed_commitment_is_that_of_the_reference() {
        let want = b256!("bc66c2faf16250fd3e0cf83c90edc1cb513fa90febf80d55fd05180c5576c87a");
        assert_eq!(keyed(&[0x0b; 16], b"abc"), want);
        // A key longer than a block is hashed first (RFC 2104).
        assert_eq!(keyed(&[7; 65], b"abc"), keyed(&Sm3::digest([7; 65]), b"abc"));
        assert_ne!(keyed(&[7; 64], b"abc"), keyed(&Sm3::digest([7; 64]), b"abc"));
    }

    #[test]
    fn a_disclosure_is_of_one_order_subject_and_package() {
        let [first, second, third] = [1, 2, 3].map(B256::repeat_byte);
        let digest = disclosure(&first, &second, b"sealed");
        let others = [
            disclosure(&third, &second, b"sealed"),
            disclosure(&first, &third, b"sealed"),
            disclosure(&second, &first, b"sealed"),
            disclosure(&first, &second, b"sealed "),
            disclosure(&first, &second, b""),
        ];
        assert!(others.iter().all(|other| *other != digest));
    }
}
