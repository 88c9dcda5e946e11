//! Header, body, and what a header commits to.
//!
//! The block hash is the SHA-256 of the encoded **header**. The header commits to the body
//! (`transactions_root`), to the receipts and to the state after the block, so that a light
//! client needs no body.

use crate::{
    codec,
    ids::{Height, MemberKey},
    limits,
    transaction::Transaction,
};
use alloy_primitives::B256;
use bytes::BufMut;
use commonware_codec::{Buf, Encode as _, EncodeSize, Error, FixedSize, Read, ReadExt as _, Write};
use commonware_cryptography::{Hasher as _, Sha256};

/// Version of the header layout.
pub const HEADER_VERSION: u8 = 1;

/// What a header says of one database of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseCommitment {
    /// Canonical root: what state proofs lead to.
    pub root: B256,
    /// Root of the log of operations: what state sync leads to.
    pub ops_root: B256,
    /// First operation a joining member needs.
    pub start: u64,
    /// Number of operations ever written.
    pub end: u64,
}

impl DatabaseCommitment {
    const SIZE: usize = 32 + 32 + 8 + 8;
}

/// The three databases of the state after a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Accounts by address.
    pub accounts: DatabaseCommitment,
    /// Slots of native modules; ordered, so that absence can be proven.
    pub modules: DatabaseCommitment,
    /// Slots of user contracts, and the words of their code.
    pub contracts: DatabaseCommitment,
}

impl Roots {
    /// One hash over the three canonical roots: SHA-256 of their concatenation in field order.
    pub fn state_root(&self) -> B256 {
        let Self { accounts, modules, contracts } = self;
        sha256(&[accounts.root.as_slice(), modules.root.as_slice(), contracts.root.as_slice()])
    }
}

/// Everything that members sign when they finalize a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Consensus epoch in which the block was proposed.
    pub epoch: u64,
    /// Consensus view in which the block was proposed.
    pub view: u64,
    /// View of the parent.
    pub parent_view: u64,
    /// Who proposed the block.
    pub leader: MemberKey,
    /// Hash of the parent header.
    pub parent: B256,
    /// Number of the block.
    pub height: Height,
    /// Milliseconds since 1970-01-01T00:00:00Z; later than the parent's.
    pub timestamp_ms: u64,
    /// Merkle root of the transaction hashes.
    pub transactions_root: B256,
    /// Merkle root of the receipts.
    pub receipts_root: B256,
    /// State after the block.
    pub roots: Roots,
    /// Gas the transactions used.
    pub gas_used: u64,
    /// Gas the transactions could use.
    pub gas_limit: u64,
    /// Number of transactions.
    pub transaction_count: u32,
}

impl Header {
    /// Hash of the block: SHA-256 of the encoded header.
    pub fn hash(&self) -> B256 {
        sha256(&[&self.encode()])
    }

    /// Seconds since 1970-01-01T00:00:00Z, rounded down: what the EVM sees.
    pub const fn timestamp_s(&self) -> u64 {
        self.timestamp_ms / 1000
    }
}

/// A header with its hash, computed once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    header: Header,
    hash: B256,
}

impl Sealed {
    /// Hashes the header.
    pub fn new(header: Header) -> Self {
        let hash = header.hash();
        Self { header, hash }
    }

    /// The hash of the block.
    pub const fn hash(&self) -> B256 {
        self.hash
    }
}

impl core::ops::Deref for Sealed {
    type Target = Header;

    fn deref(&self) -> &Header {
        &self.header
    }
}

/// The transactions of a block, in order, as signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Signed envelopes with their hashes.
    pub transactions: Vec<Transaction>,
}

/// Bytes a transaction takes in a body.
pub fn body_bytes(transaction: &Transaction) -> usize {
    codec::bytes_size(transaction.raw())
}

fn sha256(parts: &[&[u8]]) -> B256 {
    B256::from_slice(Sha256::hash(parts).as_ref())
}

/// Layout (80 bytes): root (32) | ops root (32) | start (8) | end (8).
impl Write for DatabaseCommitment {
    fn write(&self, buf: &mut impl BufMut) {
        buf.put_slice(self.root.as_slice());
        buf.put_slice(self.ops_root.as_slice());
        buf.put_u64(self.start);
        buf.put_u64(self.end);
    }
}

impl Read for DatabaseCommitment {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let root = codec::read_b256(buf)?;
        let ops_root = codec::read_b256(buf)?;
        let (start, end) = (u64::read(buf)?, u64::read(buf)?);
        if start >= end {
            return Err(Error::Invalid("DatabaseCommitment", "empty range of operations"));
        }
        Ok(Self { root, ops_root, start, end })
    }
}

/// Layout: version (1) | epoch, view, parent view (8 each) | leader (32) | parent (32) | height (8)
/// | timestamp ms (8) | transactions root (32) | receipts root (32) | accounts, modules,
/// contracts (80 each) | gas used (8) | gas limit (8) | transaction count (4). Big-endian, fixed size.
impl Write for Header {
    fn write(&self, buf: &mut impl BufMut) {
        buf.put_u8(HEADER_VERSION);
        buf.put_u64(self.epoch);
        buf.put_u64(self.view);
        buf.put_u64(self.parent_view);
        buf.put_slice(self.leader.0.as_slice());
        buf.put_slice(self.parent.as_slice());
        buf.put_u64(self.height.get());
        buf.put_u64(self.timestamp_ms);
        buf.put_slice(self.transactions_root.as_slice());
        buf.put_slice(self.receipts_root.as_slice());
        let Roots { accounts, modules, contracts } = &self.roots;
        for database in [accounts, modules, contracts] {
            database.write(buf);
        }
        buf.put_u64(self.gas_used);
        buf.put_u64(self.gas_limit);
        buf.put_u32(self.transaction_count);
    }
}

impl FixedSize for Header {
    const SIZE: usize = 1 + 3 * 8 + 32 + 32 + 8 + 8 + 32 + 32 + 3 * DatabaseCommitment::SIZE + 8 + 8 + 4;
}

const _: () = assert!(Header::SIZE <= limits::HEADER_BYTES_MAX);

impl Read for Header {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let version = u8::read(buf)?;
        if version != HEADER_VERSION {
            return Err(Error::Invalid("Header", "unknown version"));
        }
        Ok(Self {
            epoch: u64::read(buf)?,
            view: u64::read(buf)?,
            parent_view: u64::read(buf)?,
            leader: MemberKey(codec::read_b256(buf)?),
            parent: codec::read_b256(buf)?,
            height: Height::new(u64::read(buf)?),
            timestamp_ms: u64::read(buf)?,
            transactions_root: codec::read_b256(buf)?,
            receipts_root: codec::read_b256(buf)?,
            roots: Roots {
                accounts: DatabaseCommitment::read(buf)?,
                modules: DatabaseCommitment::read(buf)?,
                contracts: DatabaseCommitment::read(buf)?,
            },
            gas_used: u64::read(buf)?,
            gas_limit: u64::read(buf)?,
            transaction_count: u32::read(buf)?,
        })
    }
}

/// Layout: count (varint) | for each: length (varint) | signed envelope (EIP-2718).
impl Write for Body {
    fn write(&self, buf: &mut impl BufMut) {
        commonware_codec::varint::UInt(self.transactions.len() as u64).write(buf);
        for transaction in &self.transactions {
            codec::write_bytes(transaction.raw(), buf);
        }
    }
}

impl EncodeSize for Body {
    fn encode_size(&self) -> usize {
        commonware_codec::varint::UInt(self.transactions.len() as u64).encode_size()
            + self.transactions.iter().map(body_bytes).sum::<usize>()
    }
}

impl Read for Body {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let count = codec::read_varint(buf)?;
        if count > limits::BLOCK_TRANSACTIONS_MAX as u64 {
            return Err(Error::InvalidLength(limits::BLOCK_TRANSACTIONS_MAX));
        }
        let mut transactions = Vec::new();
        let mut bytes = 0usize;
        for _ in 0..count {
            let raw = codec::read_bytes(buf, limits::TRANSACTION_BYTES_MAX)?;
            bytes = bytes.saturating_add(codec::bytes_size(&raw));
            if bytes > limits::BODY_BYTES_MAX {
                return Err(Error::InvalidLength(limits::BODY_BYTES_MAX));
            }
            transactions.push(Transaction::from_raw(raw));
        }
        Ok(Self { transactions })
    }
}

#[cfg(test)]
mod tests;
