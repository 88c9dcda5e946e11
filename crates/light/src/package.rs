//! What a person takes away: a file (`*.ding`) that proves statements of a chain offline.
//!
//! Inside: who the chain is (name, genesis hash, public key), headers from the block in question
//! to a finalized one, the certificate of that one, and statements about the block in question.
//! With the chain's key from a source the reader trusts ("pinned") nothing else is needed. Without
//! it the key in the file is used, and the result says so: then the file proves only what *some*
//! chain with that key says.
//!
//! P1: any change of any byte makes a file that is refused. Facts are bound by the certificate;
//! the checksum at the end covers the rest (the name, which is a label for people and never
//! proven) and tells damage from forgery. Who makes the checksum anew gains only the label, or a
//! statement that is as true: another log of the same receipt, another slot in the same gap.
//!
//! P2: one set of facts has one encoding. A file that decodes but would be written otherwise is
//! refused.

use crate::{
    certificate::{Certificate, CertificateError, ChainKey, KeyError, TrailError, check_trail},
    state::{AccountProof, ProofError, SlotProof},
    tree::{ReceiptProof, TransactionProof},
};
use ding_primitives::{
    Account, Address, B256, Bytes, Header, Height, Log, Receipt, U256, keccak256, limits,
    spec::check_chain_name,
};

mod format;

pub use format::PACKAGE_VERSION;

/// A proof package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    chain: String,
    genesis_hash: B256,
    chain_key: ChainKey,
    headers: Vec<Header>,
    certificate: Certificate,
    statements: Vec<Statement>,
}

/// One statement about the first header's block, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A transaction of the block emitted a log.
    Log {
        /// Position of the transaction in the block.
        transaction: u32,
        /// Position of the log in the receipt.
        log: u32,
        /// What became of the transaction.
        receipt: Receipt,
        /// That this is its receipt.
        proof: ReceiptProof,
    },
    /// The block has a transaction.
    Transaction {
        /// Position of the transaction in the block.
        index: u32,
        /// The transaction.
        content: Content,
        /// That it is there.
        proof: TransactionProof,
    },
    /// The state after the block holds an account.
    Account {
        /// Its address.
        address: Address,
        /// The account.
        account: Account,
        /// That it is held.
        proof: AccountProof,
    },
    /// A slot has a value in the state after the block; zero means that it holds nothing.
    Slot {
        /// Whose slot it is.
        address: Address,
        /// The slot.
        slot: U256,
        /// Its value.
        value: U256,
        /// That it has this value.
        proof: SlotProof,
    },
}

/// How much of a transaction a package shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Its hash only.
    Hash(B256),
    /// The signed envelope (EIP-2718).
    Envelope(Bytes),
}

impl Content {
    /// Keccak-256 of the signed envelope.
    pub fn hash(&self) -> B256 {
        match self {
            Self::Hash(hash) => *hash,
            Self::Envelope(raw) => keccak256(raw),
        }
    }
}

/// What a verified package proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the package calls the chain. A label, not proven by the key.
    pub chain: String,
    /// Hash of the chain's genesis block.
    pub genesis_hash: B256,
    /// The chain's public key.
    pub chain_key: ChainKey,
    /// Whether the reader brought that key. If not, it was taken from the package.
    pub pinned: bool,
    /// The block that every statement is about.
    pub block: Block,
    /// The block that the members signed: the same one or a descendant.
    pub certified: Block,
    /// What is proven about the block, in the package's order.
    pub statements: Vec<Proven>,
}

/// A block, by what people ask first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub height: Height,
    /// Its hash.
    pub hash: B256,
    /// Its time, in milliseconds since 1970-01-01T00:00:00Z.
    pub timestamp_ms: u64,
}

/// A statement that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proven {
    /// A transaction of the block emitted this log.
    Log {
        /// Position of the transaction in the block.
        transaction: u32,
        /// Position of the log in the transaction's receipt.
        index: u32,
        /// Emitter, topics and data.
        log: Log,
    },
    /// The block has this transaction.
    Transaction {
        /// Position of the transaction in the block.
        index: u32,
        /// Keccak-256 of the signed envelope.
        hash: B256,
        /// The signed envelope, if the package shows it.
        raw: Option<Bytes>,
    },
    /// The state after the block holds this account.
    Account {
        /// Its address.
        address: Address,
        /// The account.
        account: Account,
    },
    /// The state after the block has this value in a slot.
    Slot {
        /// Whose slot it is.
        address: Address,
        /// The slot.
        slot: U256,
        /// Its value, not zero.
        value: U256,
    },
    /// The state after the block has nothing in this slot of a native module.
    Absent {
        /// Whose slot it is.
        address: Address,
        /// The slot.
        slot: U256,
    },
}

impl Proven {
    /// Stable name of the kind, for scripts.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Log { .. } => "log",
            Self::Transaction { .. } => "transaction",
            Self::Account { .. } => "account",
            Self::Slot { .. } => "slot",
            Self::Absent { .. } => "absence",
        }
    }
}

/// Why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Longer than the limit.
    #[error("the package has {0} bytes, more than the {max} allowed", max = limits::PACKAGE_BYTES_MAX)]
    TooLarge(usize),
    /// Another kind of file.
    #[error("not a proof package: it does not begin with \"ding\"")]
    NotAPackage,
    /// A later layout.
    #[error(
        "the package has version {0}, this program reads version {PACKAGE_VERSION}; use the release that wrote it"
    )]
    Version(u8),
    /// The last 32 bytes are not the SHA-256 of what is before them.
    #[error("the package is damaged: its checksum does not match; get the file again")]
    Checksum,
    /// The fields do not decode.
    #[error("the package does not decode: {0}")]
    Malformed(String),
    /// The fields decode, but are written in another than the one way (P2).
    #[error("the package is not in canonical form: it was not written by this software")]
    NotCanonical,
    /// The chain's name breaks a rule.
    #[error("{0}")]
    Name(String),
    /// No statement, or too many.
    #[error("the package has {0} statements, want 1 to {max}", max = limits::PACKAGE_STATEMENTS_MAX)]
    Statements(usize),
    /// The key in the package is none.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The package is of another chain than the reader asked for.
    #[error(
        "the package is of the chain with the key {found}, not of the one with the key {expected} that you gave"
    )]
    OtherChain {
        /// Key the reader brought.
        expected: Box<ChainKey>,
        /// Key in the package.
        found: Box<ChainKey>,
    },
    /// The headers do not lead to the certificate.
    #[error("{0}: the package was altered")]
    Trail(#[from] TrailError),
    /// The members did not sign this.
    #[error(
        "the certificate does not verify under the chain key {key}: the package was altered or is from another chain"
    )]
    NotSigned {
        /// Key it was checked with.
        key: Box<ChainKey>,
    },
    /// The certificate is none.
    #[error("{0}: the package was altered")]
    Certificate(CertificateError),
    /// A statement does not follow from the block.
    #[error("statement {position} is not proven: {cause}")]
    Statement {
        /// Position in the package, from 1.
        position: usize,
        /// What does not hold.
        cause: StatementError,
    },
}

/// Why a statement is not proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// The receipt is not the one in the block.
    #[error("block {block} has another receipt at position {index} than the package shows")]
    Receipt {
        /// The block.
        block: B256,
        /// Position stated.
        index: u32,
    },
    /// The receipt has no such log.
    #[error("the receipt has {count} logs, none at position {log}")]
    NoSuchLog {
        /// Position stated, from 0.
        log: u32,
        /// Logs of the receipt.
        count: usize,
    },
    /// The transaction is not the one in the block.
    #[error("block {block} does not have the transaction {hash} at position {index}")]
    Transaction {
        /// The block.
        block: B256,
        /// Position stated.
        index: u32,
        /// Hash stated.
        hash: B256,
    },
    /// The state is another.
    #[error("{0}")]
    State(#[from] ProofError),
}

impl Package {
    /// Puts a package together. Its shape is checked here; whether it proves anything is found
    /// out by [`Self::verify`].
    ///
    /// `headers` begin with the block that the statements are about and end with the one that
    /// the certificate names.
    ///
    /// # Errors
    ///
    /// A name, a count or a size that no package may have.
    pub fn new(
        chain: &str,
        genesis_hash: B256,
        chain_key: ChainKey,
        headers: Vec<Header>,
        certificate: Certificate,
        statements: Vec<Statement>,
    ) -> Result<Self, Reason> {
        let package = Self { chain: chain.into(), genesis_hash, chain_key, headers, certificate, statements };
        package.check_shape()?;
        let size = package.size();
        if size > limits::PACKAGE_BYTES_MAX {
            return Err(Reason::TooLarge(size));
        }
        Ok(package)
    }

    fn check_shape(&self) -> Result<(), Reason> {
        check_chain_name(&self.chain).map_err(|error| Reason::Name(error.to_string()))?;
        if self.headers.is_empty() || self.headers.len() > limits::PROOF_HEADERS_MAX {
            return Err(TrailError::Count(self.headers.len()).into());
        }
        if self.statements.is_empty() || self.statements.len() > limits::PACKAGE_STATEMENTS_MAX {
            return Err(Reason::Statements(self.statements.len()));
        }
        Ok(())
    }

    /// Checks everything, and says what is proven. `expected_key` is the chain's key from a source
    /// that the reader trusts; without it, the package's own key is used and the result says so.
    ///
    /// # Errors
    ///
    /// The first thing that does not hold.
    pub fn verify(&self, expected_key: Option<&ChainKey>) -> Result<Verified, Reason> {
        self.check_shape()?;
        if let Some(expected) = expected_key.filter(|expected| **expected != self.chain_key) {
            return Err(Reason::OtherChain {
                expected: Box::new(expected.clone()),
                found: Box::new(self.chain_key.clone()),
            });
        }
        let hash = check_trail(&self.headers, &self.certificate)?;
        let (Some(target), Some(last)) = (self.headers.first(), self.headers.last()) else {
            return Err(TrailError::Count(0).into());
        };
        // Cheap checks come first; the signature takes most of the time.
        let statements = self
            .statements
            .iter()
            .enumerate()
            .map(|(index, statement)| {
                statement
                    .verify(target, hash)
                    .map_err(|cause| Reason::Statement { position: index + 1, cause })
            })
            .collect::<Result<_, _>>()?;
        self.certificate.verify(&self.chain_key, &self.genesis_hash).map_err(|error| match error {
            CertificateError::WrongSignature { key, .. } => Reason::NotSigned { key },
            other => Reason::Certificate(other),
        })?;
        let block =
            |header: &Header, hash| Block { height: header.height, hash, timestamp_ms: header.timestamp_ms };
        Ok(Verified {
            chain: self.chain.clone(),
            genesis_hash: self.genesis_hash,
            chain_key: self.chain_key.clone(),
            pinned: expected_key.is_some(),
            block: block(target, hash),
            certified: block(last, self.certificate.payload),
            statements,
        })
    }

    /// What the package calls the chain. A label, not proven by the key.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// Hash of the chain's genesis block.
    pub const fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    /// The chain's public key, as the package gives it.
    pub const fn chain_key(&self) -> &ChainKey {
        &self.chain_key
    }

    /// Headers from the block in question to the certified one.
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The certificate of the last header.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What the package states, proven or not.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl Statement {
    /// Checks the statement against the header of its block.
    fn verify(&self, header: &Header, hash: B256) -> Result<Proven, StatementError> {
        match self {
            Self::Log { transaction, log, receipt, proof } => {
                if !proof.verify(&header.receipts_root, *transaction, receipt) {
                    return Err(StatementError::Receipt { block: hash, index: *transaction });
                }
                let held = usize::try_from(*log).ok().and_then(|index| receipt.logs.get(index));
                let held = held.ok_or(StatementError::NoSuchLog { log: *log, count: receipt.logs.len() })?;
                Ok(Proven::Log { transaction: *transaction, index: *log, log: held.clone() })
            }
            Self::Transaction { index, content, proof } => {
                let transaction = content.hash();
                if !proof.verify(&header.transactions_root, *index, &transaction) {
                    return Err(StatementError::Transaction {
                        block: hash,
                        index: *index,
                        hash: transaction,
                    });
                }
                let raw = match content {
                    Content::Hash(_) => None,
                    Content::Envelope(raw) => Some(raw.clone()),
                };
                Ok(Proven::Transaction { index: *index, hash: transaction, raw })
            }
            Self::Account { address, account, proof } => {
                proof.verify(address, account, &header.roots)?;
                Ok(Proven::Account { address: *address, account: *account })
            }
            Self::Slot { address, slot, value, proof } => {
                proof.verify(address, slot, value, &header.roots)?;
                Ok(if value.is_zero() {
                    Proven::Absent { address: *address, slot: *slot }
                } else {
                    Proven::Slot { address: *address, slot: *slot, value: *value }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests;
