//! The chain's key and the certificates made with it.
//!
//! A certificate is one BLS12-381 threshold signature of the members over a block's hash
//! (signature in G1, key in G2). Its bytes are those of the consensus engine's
//! `simplex::types::Finalization` with the `bls12381_threshold::standard` scheme, so that what
//! members store and send is what a stranger checks. The key never changes while members do.

use alloy_primitives::hex;
use bytes::BufMut;
use commonware_codec::{
    Buf, Copying, DecodeExt as _, Encode as _, EncodeSize, Error, FixedSize as _, Read, ReadExt as _, Write,
    varint::UInt,
};
use commonware_cryptography::bls12381::primitives::{
    ops,
    variant::{MinSig, Variant},
};
use core::{fmt, str::FromStr};
use ding_primitives::{
    B256, Header, limits, namespace,
    planted::{self, Planted},
};

type Public = <MinSig as Variant>::Public;
type Signature = <MinSig as Variant>::Signature;

/// Bytes of a chain's key.
pub const CHAIN_KEY_BYTES: usize = 96;
/// Bytes of a certificate's signature.
pub const SIGNATURE_BYTES: usize = 48;
/// Bytes of the longest certificate.
pub const CERTIFICATE_BYTES_MAX: usize = 3 * 10 + 32 + SIGNATURE_BYTES;

const _: () = assert!(Public::SIZE == CHAIN_KEY_BYTES && Signature::SIZE == SIGNATURE_BYTES);

/// What consensus appends to its namespace when members finalize a block.
const FINALIZE: &[u8] = b"_FINALIZE";

/// A chain's public key: a point of the group G2 of BLS12-381, compressed, 96 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ChainKey {
    bytes: [u8; CHAIN_KEY_BYTES],
    point: Public,
}

/// Why bytes or text are no chain key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not hexadecimal digits.
    #[error("the chain key is not hexadecimal ({0}); want 0x and 192 digits")]
    NotHex(String),
    /// Another length.
    #[error("the chain key has {0} bytes, want {CHAIN_KEY_BYTES}")]
    Length(usize),
    /// Not a usable point of the group.
    #[error("the chain key is not a point of BLS12-381 G2 ({0}); copy it again from a member you trust")]
    NotAPoint(String),
}

impl ChainKey {
    /// Reads and checks a key: 96 bytes, on the curve, in the group, not the point at infinity.
    ///
    /// # Errors
    ///
    /// Names which of these fails.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; CHAIN_KEY_BYTES] = bytes.try_into().map_err(|_| KeyError::Length(bytes.len()))?;
        let point = Public::decode(Copying(bytes.as_slice()))
            .map_err(|error| KeyError::NotAPoint(error.to_string()))?;
        Ok(Self { bytes, point })
    }

    /// The compressed point.
    pub const fn as_bytes(&self) -> &[u8; CHAIN_KEY_BYTES] {
        &self.bytes
    }
}

impl fmt::Display for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_prefixed(self.bytes))
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChainKey({self})")
    }
}

/// Hexadecimal digits, with or without 0x.
impl FromStr for ChainKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = hex::decode(text.trim()).map_err(|error| KeyError::NotHex(error.to_string()))?;
        Self::from_bytes(&bytes)
    }
}

/// The members' joint signature under a final block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Consensus epoch of the vote.
    pub epoch: u64,
    /// Consensus view of the vote.
    pub view: u64,
    /// View of the parent block.
    pub parent_view: u64,
    /// Hash of the final block.
    pub payload: B256,
    /// Signature: a point of G1, compressed. Whether it is one is found out by [`Self::verify`].
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Why a certificate proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// The bytes are no certificate.
    #[error("the certificate does not decode: {0}")]
    Malformed(String),
    /// The signature is no point of the curve's group.
    #[error("the certificate's signature is not a point of BLS12-381 G1 ({0})")]
    NotAPoint(String),
    /// The signature is of another key, chain or block.
    #[error(
        "the certificate of block {payload} does not verify under the chain key {key} and genesis {genesis}: \
         it was altered or is from another chain"
    )]
    WrongSignature {
        /// Block the certificate names.
        payload: B256,
        /// Key it was checked with.
        key: Box<ChainKey>,
        /// Genesis hash it was checked with.
        genesis: B256,
    },
}

impl Certificate {
    /// Reads exactly one certificate, as the consensus engine encodes it.
    ///
    /// # Errors
    ///
    /// [`CertificateError::Malformed`] for any other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        Self::decode(Copying(bytes)).map_err(|error| CertificateError::Malformed(error.to_string()))
    }

    /// The bytes of the certificate, as the consensus engine encodes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode().to_vec()
    }

    /// Checks that the members of the chain with this key and this genesis hash finalized the
    /// block with the hash `payload`.
    ///
    /// # Errors
    ///
    /// [`CertificateError::NotAPoint`] or [`CertificateError::WrongSignature`].
    pub fn verify(&self, chain_key: &ChainKey, genesis_hash: &B256) -> Result<(), CertificateError> {
        let signature = Signature::decode(Copying(self.signature.as_slice()))
            .map_err(|error| CertificateError::NotAPoint(error.to_string()))?;
        let message = self.message();
        if planted::is(Planted::SkipSignature) {
            return Ok(());
        }
        ops::verify_message::<MinSig>(
            &chain_key.point,
            &finalize_namespace(genesis_hash),
            &message,
            &signature,
        )
        .map_err(|_| CertificateError::WrongSignature {
            payload: self.payload,
            key: Box::new(chain_key.clone()),
            genesis: *genesis_hash,
        })
    }

    /// What members sign: the certificate without the signature.
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut message = Vec::new();
        self.write_proposal(&mut message);
        message
    }

    fn write_proposal(&self, buf: &mut impl BufMut) {
        UInt(self.epoch).write(buf);
        UInt(self.view).write(buf);
        UInt(self.parent_view).write(buf);
        buf.put_slice(self.payload.as_slice());
    }
}

/// Namespace under which members of the chain with this genesis hash finalize.
pub(crate) fn finalize_namespace(genesis_hash: &B256) -> Vec<u8> {
    let mut bytes = namespace::consensus(genesis_hash);
    bytes.extend_from_slice(FINALIZE);
    bytes
}

/// Layout: epoch, view, parent view (varints) | payload (32) | signature (48).
impl Write for Certificate {
    fn write(&self, buf: &mut impl BufMut) {
        self.write_proposal(buf);
        buf.put_slice(&self.signature);
    }
}

impl EncodeSize for Certificate {
    fn encode_size(&self) -> usize {
        [self.epoch, self.view, self.parent_view].map(|n| UInt(n).encode_size()).iter().sum::<usize>()
            + 32
            + SIGNATURE_BYTES
    }
}

impl Read for Certificate {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        Ok(Self {
            epoch: UInt::read(buf)?.into(),
            view: UInt::read(buf)?.into(),
            parent_view: UInt::read(buf)?.into(),
            payload: B256::from(<[u8; 32]>::read(buf)?),
            signature: <[u8; SIGNATURE_BYTES]>::read(buf)?,
        })
    }
}

/// Why headers do not lead from a block to its certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrailError {
    /// No header, or too many.
    #[error("{0} headers, want 1 to {max}", max = limits::PROOF_HEADERS_MAX)]
    Count(usize),
    /// A header is not the parent of the one after it.
    #[error("header {position} names the parent {named}, but the header before it has the hash {hash}")]
    Broken {
        /// Position of the later header, from 0.
        position: usize,
        /// Parent it names.
        named: B256,
        /// Hash of the header before it.
        hash: B256,
    },
    /// The last header is not the certified one.
    #[error("the last header has the hash {hash}, the certificate is of block {payload}")]
    NotCertified {
        /// Hash of the last header.
        hash: B256,
        /// Block the certificate names.
        payload: B256,
    },
}

/// Checks that `headers` lead from their first, parent by parent, to the block that the
/// certificate names, and returns the hash of the first. The certificate itself is not checked.
///
/// # Errors
///
/// Names the link that does not hold.
pub fn check_trail(headers: &[Header], certificate: &Certificate) -> Result<B256, TrailError> {
    if headers.is_empty() || headers.len() > limits::PROOF_HEADERS_MAX {
        return Err(TrailError::Count(headers.len()));
    }
    let hashes: Vec<B256> = headers.iter().map(Header::hash).collect();
    for (position, (header, hash)) in headers.iter().skip(1).zip(&hashes).enumerate() {
        if header.parent != *hash {
            return Err(TrailError::Broken { position: position + 1, named: header.parent, hash: *hash });
        }
    }
    match (hashes.first(), hashes.last()) {
        (Some(first), Some(last)) if *last == certificate.payload => Ok(*first),
        (_, last) => Err(TrailError::NotCertified {
            hash: last.copied().unwrap_or_default(),
            payload: certificate.payload,
        }),
    }
}

#[cfg(test)]
mod tests;
