//! The bytes of a package.
//!
//! | field         | bytes                                                              |
//! |---------------|--------------------------------------------------------------------|
//! | magic         | 4: "ding"                                                          |
//! | version       | 1                                                                  |
//! | chain name    | length (1), then as many                                           |
//! | genesis hash  | 32                                                                 |
//! | chain key     | 96                                                                 |
//! | headers       | count (1), then 429 each                                           |
//! | certificate   | 83 to 110                                                          |
//! | statements    | count (1), then each: kind (1) and its fields                      |
//! | checksum      | 32: SHA-256 of everything before                                   |
//!
//! | kind          | fields                                                             |
//! |---------------|--------------------------------------------------------------------|
//! | 1 log         | transaction (varint), log (varint), receipt, path                  |
//! | 2 transaction | index (varint), 0 and hash (32) or 1 and envelope (varint length), path |
//! | 3 account     | address (20), account (72), proof                                  |
//! | 4 slot        | address (20), slot (32), value (32), proof                         |

use super::{Content, Package, Reason, Statement};
use crate::{
    certificate::{CHAIN_KEY_BYTES, Certificate, ChainKey},
    keys,
    state::{AccountProof, SlotProof},
    tree::{ReceiptProof, TransactionProof},
};
use bytes::BufMut;
use commonware_codec::{Buf, Copying, EncodeSize, Error, FixedSize as _, ReadExt as _, Write, varint::UInt};
use commonware_cryptography::{Hasher as _, Sha256};
use ding_primitives::{Address, B256, Bytes, Header, Receipt, U256, limits};

/// Version of the layout.
pub const PACKAGE_VERSION: u8 = 1;

const MAGIC: &[u8; 4] = b"ding";
const CHECKSUM_BYTES: usize = 32;

const LOG: u8 = 1;
const TRANSACTION: u8 = 2;
const ACCOUNT: u8 = 3;
const SLOT: u8 = 4;

const HASH_ONLY: u8 = 0;
const ENVELOPE: u8 = 1;

impl Package {
    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        bytes.put_slice(MAGIC);
        bytes.put_u8(PACKAGE_VERSION);
        put_count(self.chain.len(), &mut bytes);
        bytes.put_slice(self.chain.as_bytes());
        bytes.put_slice(self.genesis_hash.as_slice());
        bytes.put_slice(self.chain_key.as_bytes());
        put_count(self.headers.len(), &mut bytes);
        for header in &self.headers {
            header.write(&mut bytes);
        }
        self.certificate.write(&mut bytes);
        put_count(self.statements.len(), &mut bytes);
        for statement in &self.statements {
            statement.write(&mut bytes);
        }
        let checksum = checksum(&bytes);
        bytes.put_slice(&checksum);
        bytes
    }

    /// Bytes the file has.
    pub fn size(&self) -> usize {
        MAGIC.len()
            + 1
            + 1
            + self.chain.len()
            + 32
            + CHAIN_KEY_BYTES
            + 1
            + self.headers.len() * Header::SIZE
            + self.certificate.encode_size()
            + 1
            + self.statements.iter().map(EncodeSize::encode_size).sum::<usize>()
            + CHECKSUM_BYTES
    }

    /// Reads a file: exactly one package, in its one form (P2). Nothing is proven yet.
    ///
    /// # Errors
    ///
    /// Says why the bytes are no package.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Reason> {
        if bytes.len() > limits::PACKAGE_BYTES_MAX {
            return Err(Reason::TooLarge(bytes.len()));
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(Reason::NotAPackage)?;
        let version = *rest.first().ok_or(Reason::Checksum)?;
        if version != PACKAGE_VERSION {
            return Err(Reason::Version(version));
        }
        let (content, found) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(Reason::Checksum)?;
        if checksum(content) != *found {
            return Err(Reason::Checksum);
        }
        let fields = content.get(MAGIC.len() + 1..).ok_or(Reason::Checksum)?;
        let package = read_fields(&mut Copying(fields))?;
        package.check_shape()?;
        if package.to_bytes() != bytes {
            return Err(Reason::NotCanonical);
        }
        Ok(package)
    }
}

fn read_fields(buf: &mut impl Buf) -> Result<Package, Reason> {
    let malformed = |error: Error| Reason::Malformed(error.to_string());
    let name = read_short(buf).map_err(malformed)?;
    let chain =
        String::from_utf8(name).map_err(|_| Reason::Malformed("the chain's name is not text".into()))?;
    let genesis_hash = read_b256(buf).map_err(malformed)?;
    let chain_key = ChainKey::from_bytes(&<[u8; CHAIN_KEY_BYTES]>::read(buf).map_err(malformed)?)?;
    let headers = read_some(buf, limits::PROOF_HEADERS_MAX, |buf| Header::read(buf)).map_err(malformed)?;
    let certificate = Certificate::read(buf).map_err(malformed)?;
    let statements = read_some(buf, limits::PACKAGE_STATEMENTS_MAX, read_statement).map_err(malformed)?;
    if buf.has_remaining() {
        return Err(malformed(Error::ExtraData(buf.remaining())));
    }
    Ok(Package { chain, genesis_hash, chain_key, headers, certificate, statements })
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    Sha256::hash(&[bytes]).0
}

/// Counts are bounded by names in `limits.rs` that fit a byte; [`Package::new`] checks them.
fn put_count(count: usize, buf: &mut impl BufMut) {
    debug_assert!(count <= usize::from(u8::MAX));
    buf.put_u8(u8::try_from(count).unwrap_or(u8::MAX));
}

fn read_short(buf: &mut impl Buf) -> Result<Vec<u8>, Error> {
    read_some(buf, limits::NAME_CHARS_MAX, |buf| u8::read(buf))
}

/// Reads a count of one byte and as many items, growing with what is really there.
fn read_some<B: Buf, T>(
    buf: &mut B,
    max: usize,
    mut read: impl FnMut(&mut B) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let count = usize::from(u8::read(buf)?);
    if count == 0 || count > max {
        return Err(Error::InvalidLength(count));
    }
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(read(buf)?);
    }
    Ok(items)
}

fn read_b256(buf: &mut impl Buf) -> Result<B256, Error> {
    Ok(B256::from(<[u8; 32]>::read(buf)?))
}

fn read_u256(buf: &mut impl Buf) -> Result<U256, Error> {
    Ok(U256::from_be_bytes(<[u8; 32]>::read(buf)?))
}

fn read_address(buf: &mut impl Buf) -> Result<Address, Error> {
    Ok(Address::from(<[u8; 20]>::read(buf)?))
}

fn read_index(buf: &mut impl Buf) -> Result<u32, Error> {
    Ok(UInt::<u32>::read(buf)?.into())
}

impl Write for Statement {
    fn write(&self, buf: &mut impl BufMut) {
        match self {
            Self::Log { transaction, log, receipt, proof } => {
                buf.put_u8(LOG);
                UInt(*transaction).write(buf);
                UInt(*log).write(buf);
                receipt.write(buf);
                proof.write(buf);
            }
            Self::Transaction { index, content, proof } => {
                buf.put_u8(TRANSACTION);
                UInt(*index).write(buf);
                content.write(buf);
                proof.write(buf);
            }
            Self::Account { address, account, proof } => {
                buf.put_u8(ACCOUNT);
                buf.put_slice(address.as_slice());
                buf.put_slice(&keys::encode_account(account));
                proof.write(buf);
            }
            Self::Slot { address, slot, value, proof } => {
                buf.put_u8(SLOT);
                buf.put_slice(address.as_slice());
                buf.put_slice(&keys::encode_word(slot));
                buf.put_slice(&keys::encode_word(value));
                proof.write(buf);
            }
        }
    }
}

impl EncodeSize for Statement {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Log { transaction, log, receipt, proof } => {
                UInt(*transaction).encode_size()
                    + UInt(*log).encode_size()
                    + receipt.encode_size()
                    + proof.encode_size()
            }
            Self::Transaction { index, content, proof } => {
                UInt(*index).encode_size() + content.encode_size() + proof.encode_size()
            }
            Self::Account { proof, .. } => 20 + keys::ACCOUNT_BYTES + proof.encode_size(),
            Self::Slot { proof, .. } => 20 + 2 * keys::WORD_BYTES + proof.encode_size(),
        }
    }
}

fn read_statement(buf: &mut impl Buf) -> Result<Statement, Error> {
    match u8::read(buf)? {
        LOG => Ok(Statement::Log {
            transaction: read_index(buf)?,
            log: read_index(buf)?,
            receipt: Receipt::read(buf)?,
            proof: ReceiptProof::read(buf)?,
        }),
        TRANSACTION => Ok(Statement::Transaction {
            index: read_index(buf)?,
            content: read_content(buf)?,
            proof: TransactionProof::read(buf)?,
        }),
        ACCOUNT => Ok(Statement::Account {
            address: read_address(buf)?,
            account: keys::decode_account(&<[u8; keys::ACCOUNT_BYTES]>::read(buf)?),
            proof: AccountProof::read(buf)?,
        }),
        SLOT => Ok(Statement::Slot {
            address: read_address(buf)?,
            slot: read_u256(buf)?,
            value: read_u256(buf)?,
            proof: SlotProof::read(buf)?,
        }),
        kind => Err(Error::InvalidEnum(kind)),
    }
}

impl Write for Content {
    fn write(&self, buf: &mut impl BufMut) {
        match self {
            Self::Hash(hash) => {
                buf.put_u8(HASH_ONLY);
                buf.put_slice(hash.as_slice());
            }
            Self::Envelope(raw) => {
                buf.put_u8(ENVELOPE);
                UInt(raw.len() as u64).write(buf);
                buf.put_slice(raw);
            }
        }
    }
}

impl EncodeSize for Content {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Hash(_) => 32,
            Self::Envelope(raw) => UInt(raw.len() as u64).encode_size() + raw.len(),
        }
    }
}

fn read_content(buf: &mut impl Buf) -> Result<Content, Error> {
    match u8::read(buf)? {
        HASH_ONLY => Ok(Content::Hash(read_b256(buf)?)),
        ENVELOPE => {
            let max = limits::TRANSACTION_BYTES_MAX;
            let len: u64 = UInt::read(buf)?.into();
            let len = usize::try_from(len).ok().filter(|len| *len <= max).ok_or(Error::InvalidLength(max))?;
            if buf.remaining() < len {
                return Err(Error::EndOfBuffer);
            }
            Ok(Content::Envelope(Bytes(buf.copy_to_bytes(len))))
        }
        kind => Err(Error::InvalidEnum(kind)),
    }
}
