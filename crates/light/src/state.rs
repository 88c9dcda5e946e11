//! Proofs that a block's state holds an account or a slot, or does not hold a slot.
//!
//! They are proofs of the authenticated databases that members keep (`qmdb::current`, fixed-size
//! values, Merkle mountain range over SHA-256): the write of the value is in the log of
//! operations, and the bitmap of operations says that it was not overwritten since. The state
//! floor makes them with `from_commonware`; everyone else sees bytes and the words of the ledger.
//!
//! Absence is provable for slots of native modules only: their database is ordered, and the proof
//! shows two neighbours with nothing between them. Accounts and slots of contracts live in
//! unordered databases, where only presence can be shown.
//!
//! S1: a slot is proven in the database it lives in. A contract's slot is never among the
//! modules' slots, so "absent there" would be true and mean nothing.

use crate::keys;
use bytes::BufMut;
use commonware_codec::{
    Buf, Copying, DecodeExt as _, Encode as _, EncodeSize, Error, Read, ReadExt as _, Write,
};
use commonware_cryptography::{Sha256, sha256::Digest};
use commonware_storage::{
    mmr::Family,
    qmdb::{
        any::{
            unordered::{Update, fixed::Operation},
            value::FixedEncoding,
        },
        current::{
            ordered::proof::constant::{ExclusionProof, KeyValueProof as OrderedProof},
            unordered::proof::constant::KeyValueProof as UnorderedProof,
        },
    },
};
use commonware_utils::sequence::FixedBytes;
use ding_primitives::{
    Account, Address, B256, Roots, U256,
    ids::is_module_address,
    limits,
    planted::{self, Planted},
};

/// Bytes of one piece of the bitmap that says which operations still count.
pub const BITMAP_CHUNK_BYTES: usize = 64;

type Key = FixedBytes<{ keys::KEY_BYTES }>;
type AccountValue = FixedBytes<{ keys::ACCOUNT_BYTES }>;
type Word = FixedBytes<{ keys::WORD_BYTES }>;

/// Proof of the store that an unordered database holds a key.
pub type HeldUnordered = UnorderedProof<Family, Digest, BITMAP_CHUNK_BYTES>;
/// Proof of the store that an ordered database holds a key.
pub type HeldOrdered = OrderedProof<Family, Key, Digest, BITMAP_CHUNK_BYTES>;
/// Proof of the store that an ordered database does not hold a key.
pub type AbsentOrdered = ExclusionProof<Family, Key, FixedEncoding<Word>, Digest, BITMAP_CHUNK_BYTES>;

/// Why a proof of the state proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The bytes are no proof.
    #[error("the state proof does not decode: {0}")]
    Malformed(String),
    /// The proof does not lead from the value to the root.
    #[error("the proof does not lead from the {what} of {address} to the {database} root {root}")]
    Mismatch {
        /// "account" or "slot".
        what: &'static str,
        /// Whose account or slot it is.
        address: Address,
        /// Database whose root was expected.
        database: &'static str,
        /// Root that the header names.
        root: B256,
    },
    /// The proof speaks about a database in which such a slot never is (S1).
    #[error("slots of {address} live in the {want} database, the proof is about another one")]
    OtherDatabase {
        /// Whose slot it is.
        address: Address,
        /// Database the slot lives in.
        want: &'static str,
    },
    /// The proof shows the slot with a value, or without, and the statement says the opposite.
    #[error("the proof is of {proven} slot, but the value stated is {value:#x}")]
    OtherPresence {
        /// "a held" or "an absent".
        proven: &'static str,
        /// Value stated.
        value: U256,
    },
}

/// Proof that the state holds an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProof(HeldUnordered);

impl AccountProof {
    /// Wraps what the accounts database made.
    pub const fn from_commonware(proof: HeldUnordered) -> Self {
        Self(proof)
    }

    /// Reads exactly one proof.
    ///
    /// # Errors
    ///
    /// [`ProofError::Malformed`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        Self::decode(Copying(bytes)).map_err(|error| ProofError::Malformed(error.to_string()))
    }

    /// The bytes of the proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode().to_vec()
    }

    /// Checks that the state with these roots holds this account at `address`.
    ///
    /// # Errors
    ///
    /// [`ProofError::Mismatch`] otherwise.
    pub fn verify(&self, address: &Address, account: &Account, roots: &Roots) -> Result<(), ProofError> {
        let key = Key::new(keys::account_key(address));
        let value = AccountValue::new(keys::encode_account(account));
        if verify_unordered(&self.0, key, value, &roots.accounts.root) {
            return Ok(());
        }
        Err(ProofError::Mismatch {
            what: "account",
            address: *address,
            database: ACCOUNTS,
            root: roots.accounts.root,
        })
    }
}

/// Proof of the value of a slot, or of its absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotProof {
    /// A native module's slot holds a value.
    Module(Box<HeldOrdered>),
    /// A native module's slot holds nothing: its value is zero.
    ModuleAbsent(Box<AbsentOrdered>),
    /// A contract's slot holds a value.
    Contract(Box<HeldUnordered>),
}

impl SlotProof {
    /// Wraps what the modules database made for a slot it holds.
    pub fn from_commonware_module(proof: HeldOrdered) -> Self {
        Self::Module(Box::new(proof))
    }

    /// Wraps what the modules database made for a slot it does not hold.
    pub fn from_commonware_module_absent(proof: AbsentOrdered) -> Self {
        Self::ModuleAbsent(Box::new(proof))
    }

    /// Wraps what the contracts database made for a slot it holds.
    pub fn from_commonware_contract(proof: HeldUnordered) -> Self {
        Self::Contract(Box::new(proof))
    }

    /// Reads exactly one proof.
    ///
    /// # Errors
    ///
    /// [`ProofError::Malformed`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        Self::decode(Copying(bytes)).map_err(|error| ProofError::Malformed(error.to_string()))
    }

    /// The bytes of the proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode().to_vec()
    }

    /// Checks that in the state with these roots `slot` of `address` has this value. Zero means
    /// absent: the store removes a slot that is set to zero.
    ///
    /// # Errors
    ///
    /// Names what does not fit; see [`ProofError`].
    pub fn verify(
        &self,
        address: &Address,
        slot: &U256,
        value: &U256,
        roots: &Roots,
    ) -> Result<(), ProofError> {
        let of_module = is_module_address(address);
        if of_module == matches!(self, Self::Contract(_)) {
            let want = if of_module { MODULES } else { CONTRACTS };
            return Err(ProofError::OtherDatabase { address: *address, want });
        }
        let absent = matches!(self, Self::ModuleAbsent(_));
        if absent != value.is_zero() {
            let proven = if absent { "an absent" } else { "a held" };
            return Err(ProofError::OtherPresence { proven, value: *value });
        }
        let key = Key::new(keys::slot_key(address, slot));
        let word = Word::new(keys::encode_word(value));
        let (holds, database, root) = match self {
            Self::Module(proof) => {
                let root = roots.modules.root;
                (proof.verify::<Sha256, FixedEncoding<Word>>(key, word, &Digest(root.0)), MODULES, root)
            }
            Self::ModuleAbsent(proof) => {
                let root = roots.modules.root;
                (proof.verify::<Sha256>(&key, &Digest(root.0)), MODULES, root)
            }
            Self::Contract(proof) => {
                let root = roots.contracts.root;
                (verify_unordered(proof, key, word, &root), CONTRACTS, root)
            }
        };
        if holds {
            return Ok(());
        }
        Err(ProofError::Mismatch { what: "slot", address: *address, database, root })
    }
}

const ACCOUNTS: &str = "accounts";
const MODULES: &str = "modules";
const CONTRACTS: &str = "contracts";

fn verify_unordered<const N: usize>(
    proof: &HeldUnordered,
    key: Key,
    value: FixedBytes<N>,
    root: &B256,
) -> bool {
    if planted::is(Planted::StaleProof) {
        return true;
    }
    let operation: Operation<Family, Key, FixedBytes<N>> = Operation::Update(Update(key, value));
    proof.verify::<Sha256, _>(operation, &Digest(root.0))
}

/// Layout: that of the store's proof.
impl Write for AccountProof {
    fn write(&self, buf: &mut impl BufMut) {
        self.0.write(buf);
    }
}

impl EncodeSize for AccountProof {
    fn encode_size(&self) -> usize {
        self.0.encode_size()
    }
}

impl Read for AccountProof {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        HeldUnordered::read_cfg(buf, &limits::STATE_PROOF_DIGESTS_MAX).map(Self)
    }
}

const MODULE: u8 = 0;
const MODULE_ABSENT: u8 = 1;
const CONTRACT: u8 = 2;

/// Layout: kind (1: 0 module, 1 module and absent, 2 contract) | the store's proof.
impl Write for SlotProof {
    fn write(&self, buf: &mut impl BufMut) {
        match self {
            Self::Module(proof) => {
                buf.put_u8(MODULE);
                proof.write(buf);
            }
            Self::ModuleAbsent(proof) => {
                buf.put_u8(MODULE_ABSENT);
                proof.write(buf);
            }
            Self::Contract(proof) => {
                buf.put_u8(CONTRACT);
                proof.write(buf);
            }
        }
    }
}

impl EncodeSize for SlotProof {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Module(proof) => proof.encode_size(),
            Self::ModuleAbsent(proof) => proof.encode_size(),
            Self::Contract(proof) => proof.encode_size(),
        }
    }
}

impl Read for SlotProof {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let digests = limits::STATE_PROOF_DIGESTS_MAX;
        match u8::read(buf)? {
            MODULE => HeldOrdered::read_cfg(buf, &(digests, ())).map(Self::from_commonware_module),
            MODULE_ABSENT => {
                AbsentOrdered::read_cfg(buf, &(digests, (), ())).map(Self::from_commonware_module_absent)
            }
            CONTRACT => HeldUnordered::read_cfg(buf, &digests).map(Self::from_commonware_contract),
            kind => Err(Error::InvalidEnum(kind)),
        }
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
pub(crate) mod tests;
