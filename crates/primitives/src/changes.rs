//! What a block changes in the state: what execution returns and the store commits.

use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use std::collections::BTreeMap;

/// An account as the store keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Transactions sent (or, for a contract, contracts created).
    pub nonce: u64,
    /// Balance in the smallest unit. Development chains endow test accounts; others have none.
    pub balance: U256,
    /// Keccak-256 of the code; [`KECCAK256_EMPTY`] without code.
    pub code_hash: B256,
}

impl Account {
    /// An account that nobody used yet.
    pub const EMPTY: Self = Self { nonce: 0, balance: U256::ZERO, code_hash: KECCAK256_EMPTY };

    /// Whether the account counts as absent (EIP-161).
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// Whether code is stored for it.
    pub fn has_code(&self) -> bool {
        self.code_hash != KECCAK256_EMPTY
    }
}

impl Default for Account {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// Last value of everything a block wrote. Ordered, so that it can be hashed and replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Accounts written; `None` removes the account.
    pub accounts: BTreeMap<Address, Option<Account>>,
    /// Storage slots written; zero removes the slot.
    pub slots: BTreeMap<(Address, U256), U256>,
    /// Code stored, by its Keccak-256 hash. Code is never removed.
    pub code: BTreeMap<B256, Bytes>,
}
