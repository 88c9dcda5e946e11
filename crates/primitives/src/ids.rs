//! Identifiers with one meaning each.

use alloy_primitives::{Address, B256, hex, keccak256};
use core::fmt;

/// Whether an address belongs to the range reserved for native modules,
/// `0x00000000000000000000000000000000000d0001` to `0x00000000000000000000000000000000000dffff`.
pub fn is_module_address(address: &Address) -> bool {
    let [head @ .., high, low] = address.0.0;
    let mut prefix = [0; 18];
    prefix[17] = 0x0d;
    head == prefix && (high, low) != (0, 0)
}

/// Number of a block; the genesis block is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Height(u64);

impl Height {
    /// The genesis block.
    pub const GENESIS: Self = Self(0);

    /// Wraps a block number.
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The block number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The height after this one; saturates at the end of the number range.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The height before this one, or `None` at genesis.
    pub const fn previous(self) -> Option<Self> {
        match self.0.checked_sub(1) {
            Some(value) => Some(Self(value)),
            None => None,
        }
    }
}

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Public ed25519 key (RFC 8032) by which members know each other, 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct MemberKey(pub B256);

impl MemberKey {
    /// The member in the shape of an Ethereum address, where a block's `miner` is asked for: the
    /// last 20 bytes of the key's Keccak-256 hash. Nobody holds a key for it.
    pub fn address(&self) -> Address {
        Address::from_word(keccak256(self.0))
    }
}

impl fmt::Display for MemberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_prefixed(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::address;

    #[test]
    fn the_range_of_modules_has_exact_ends() {
        assert!(!is_module_address(&address!("00000000000000000000000000000000000d0000")));
        assert!(is_module_address(&address!("00000000000000000000000000000000000d0001")));
        assert!(is_module_address(&address!("00000000000000000000000000000000000dffff")));
        assert!(!is_module_address(&address!("00000000000000000000000000000000000e0000")));
        assert!(!is_module_address(&address!("01000000000000000000000000000000000d0001")));
    }
}
