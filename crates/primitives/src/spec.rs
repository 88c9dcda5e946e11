//! The genesis file: what all members of a chain agree on before its first block.
//!
//! The file is JSON. Its digest enters the genesis block's hash, so members with different files
//! never understand each other.

use crate::{ids::MemberKey, limits};
use alloy_primitives::{Address, B256, Bytes, U256};
use commonware_cryptography::{Hasher as _, Sha256};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Version of the genesis file's layout.
pub const GENESIS_VERSION: u32 = 1;

/// A module's own part of the genesis file.
pub type Section = serde_json::Value;

/// A member that votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// Name people use for the member.
    pub name: String,
    /// Its ed25519 key.
    pub key: MemberKey,
}

/// The genesis file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Layout of this file; [`GENESIS_VERSION`].
    pub version: u32,
    /// Name of the chain: lower-case letters, digits and hyphens.
    pub name: String,
    /// Ethereum chain id (EIP-155).
    pub chain_id: u64,
    /// Milliseconds since 1970-01-01T00:00:00Z; no block is older.
    pub timestamp_ms: u64,
    /// The chain's BLS12-381 public key (G2, compressed, 96 bytes). It never changes.
    pub public_key: Bytes,
    /// Public polynomial of the key's shares, with which members check each other's votes.
    pub sharing: Bytes,
    /// Members that vote, ordered by key.
    pub validators: Vec<Validator>,
    /// Gas of one block.
    #[serde(default = "default_gas_limit")]
    pub gas_limit: u64,
    /// Whether this is a development chain: well-known test accounts, nothing of value.
    #[serde(default)]
    pub development: bool,
    /// Balances that exist from the first block. Empty on chains that need no coin.
    #[serde(default)]
    pub endowments: BTreeMap<Address, U256>,
    /// Parts of the native modules, by module name.
    #[serde(default)]
    pub modules: BTreeMap<String, Section>,
}

fn default_gas_limit() -> u64 {
    limits::BLOCK_GAS_MAX
}

/// What is wrong with a genesis file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// Longer than the limit.
    #[error("genesis file has {0} bytes, more than the {max} allowed", max = limits::GENESIS_BYTES_MAX)]
    TooLarge(usize),
    /// Not JSON, or not of this layout.
    #[error("genesis file does not parse: {0}")]
    Json(#[from] serde_json::Error),
    /// A later layout.
    #[error(
        "genesis file has version {0}, this program reads version {GENESIS_VERSION}; use the release that wrote it"
    )]
    Version(u32),
    /// One field is not acceptable.
    #[error("genesis file: {field}: {reason}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

impl Spec {
    /// Reads and checks a genesis file.
    ///
    /// # Errors
    ///
    /// Names the field and what is wrong with it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SpecError> {
        if bytes.len() > limits::GENESIS_BYTES_MAX {
            return Err(SpecError::TooLarge(bytes.len()));
        }
        let spec: Self = serde_json::from_slice(bytes)?;
        spec.check()?;
        Ok(spec)
    }

    /// The file's text, indented, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// SHA-256 of the compact JSON form: equal for equal content, however it was indented.
    pub fn digest(&self) -> B256 {
        let compact = serde_json::to_vec(self).unwrap_or_default();
        B256::from_slice(Sha256::hash(&[&compact]).as_ref())
    }

    /// Checks every rule that can be checked without the cryptography of the chain.
    ///
    /// # Errors
    ///
    /// Names the field and what is wrong with it.
    pub fn check(&self) -> Result<(), SpecError> {
        if self.version != GENESIS_VERSION {
            return Err(SpecError::Version(self.version));
        }
        check_chain_name(&self.name)?;
        let field = |field, reason: String| Err(SpecError::Field { field, reason });
        // EIP-2294 bounds chain ids so that v = 2 * id + 36 fits 64 bits.
        if self.chain_id == 0 || self.chain_id > (u64::MAX - 36) / 2 {
            return field("chain_id", format!("{} is outside 1..={}", self.chain_id, (u64::MAX - 36) / 2));
        }
        if self.public_key.len() != 96 {
            return field("public_key", format!("{} bytes, want 96", self.public_key.len()));
        }
        let count = self.validators.len();
        if count == 0 || count > limits::MEMBERS_MAX {
            return field("validators", format!("{count} members, want 1 to {}", limits::MEMBERS_MAX));
        }
        if !self.validators.iter().zip(self.validators.iter().skip(1)).all(|(a, b)| a.key < b.key) {
            return field("validators", "must be ordered by key, each key once".into());
        }
        let names: BTreeSet<_> = self.validators.iter().map(|v| v.name.as_str()).collect();
        if names.len() != count {
            return field("validators", "two members have the same name".into());
        }
        for name in names {
            let chars = name.chars().count();
            if chars == 0 || chars > limits::NAME_CHARS_MAX {
                return field(
                    "validators",
                    format!("a name of {chars} characters, want 1 to {}", limits::NAME_CHARS_MAX),
                );
            }
        }
        if self.gas_limit < limits::TRANSACTION_GAS_MAX || self.gas_limit > limits::BLOCK_GAS_MAX {
            return field(
                "gas_limit",
                format!(
                    "{} is outside {}..={}",
                    self.gas_limit,
                    limits::TRANSACTION_GAS_MAX,
                    limits::BLOCK_GAS_MAX
                ),
            );
        }
        if self.endowments.len() > limits::GENESIS_ACCOUNTS_MAX {
            return field("endowments", format!("more than {} accounts", limits::GENESIS_ACCOUNTS_MAX));
        }
        Ok(())
    }
}

/// Checks a chain's name: 1 to 64 lower-case letters, digits and inner hyphens, so that it can
/// stand in a path and in an address.
///
/// # Errors
///
/// Names the rule that is broken.
pub fn check_chain_name(name: &str) -> Result<(), SpecError> {
    let ok = (1..=limits::NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-');
    if ok {
        return Ok(());
    }
    Err(SpecError::Field {
        field: "name",
        reason: format!(
            "{name:?} is not 1 to {} lower-case letters, digits and inner hyphens",
            limits::NAME_CHARS_MAX
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        Spec {
            version: GENESIS_VERSION,
            name: "harbour".into(),
            chain_id: 1337,
            timestamp_ms: 1,
            public_key: Bytes::from(vec![0; 96]),
            sharing: Bytes::new(),
            validators: vec![
                Validator { name: "a".into(), key: MemberKey(B256::repeat_byte(1)) },
                Validator { name: "b".into(), key: MemberKey(B256::repeat_byte(2)) },
            ],
            gas_limit: limits::BLOCK_GAS_MAX,
            development: true,
            endowments: BTreeMap::from([(Address::repeat_byte(1), U256::from(5))]),
            modules: BTreeMap::new(),
        }
    }

    #[test]
    fn a_genesis_file_survives_reading_and_keeps_its_digest() {
        let spec = spec();
        let back = Spec::from_json(spec.to_json().as_bytes()).unwrap();
        assert_eq!(back, spec);
        assert_eq!(back.digest(), spec.digest());
    }

    #[test]
    fn every_broken_rule_is_named() {
        type Break = fn(&mut Spec);
        let cases: [(Break, &str); 7] = [
            (|s| s.version = 2, "version 2"),
            (|s| s.name = "Harbour".into(), "name"),
            (|s| s.chain_id = 0, "chain_id"),
            (|s| s.public_key = Bytes::new(), "public_key"),
            (|s| s.validators.reverse(), "ordered by key"),
            (|s| s.validators[1].name = "a".into(), "same name"),
            (|s| s.gas_limit = 1, "gas_limit"),
        ];
        for (change, want) in cases {
            let mut broken = spec();
            change(&mut broken);
            let error = Spec::from_json(broken.to_json().as_bytes()).unwrap_err().to_string();
            assert!(error.contains(want), "{error}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let text = spec().to_json().replacen("\"name\"", "\"colour\": 1, \"name\"", 1);
        assert!(Spec::from_json(text.as_bytes()).unwrap_err().to_string().contains("colour"));
    }
}
