//! The types chosen once: scheme, hash, block, databases.

use bytes::BufMut;
use commonware_codec::{Buf, Encode as _, EncodeSize, Error as CodecError, Read, ReadExt as _, Write};
use commonware_consensus::{
    Block as ConsensusBlock, BoundedBlock, CertifiableBlock, Heightable,
    marshal::{self, standard::Standard},
    simplex::{self, types::Context},
    types::{Epoch, Height as ConsensusHeight, Round, View},
};
use commonware_cryptography::{Digestible, bls12381::primitives::variant::MinSig, ed25519, sha256};
use ding_light::tree;
use ding_primitives::{B256, Body, Header, Height, MemberKey, Sealed, Transaction, limits};
use std::sync::Arc;

/// Block hash as consensus sees it.
pub type Digest = sha256::Digest;
/// Key by which members authenticate each other.
pub type PeerKey = ed25519::PublicKey;
/// Threshold certificates: 48-byte signatures under one 96-byte key for the chain's whole life.
pub type Threshold = simplex::scheme::bls12381_threshold::standard::Scheme<PeerKey, MinSig>;
/// How members vote and check votes.
#[cfg(not(feature = "memo"))]
pub type Scheme = Threshold;
/// How members vote and check votes.
#[cfg(feature = "memo")]
pub type Scheme = crate::memo::Memo;
/// What consensus knows of a proposal.
pub type Round4 = Context<Digest, PeerKey>;
/// A finalization certificate.
pub type Finalization = simplex::types::Finalization<Scheme, Digest>;
/// Handle to the archive and delivery of blocks.
pub type Marshal = marshal::core::Mailbox<Scheme, Standard<Block>>;

/// A header with its body, as members send and keep it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Block(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    header: Sealed,
    body: Body,
    leader: PeerKey,
    size: usize,
}

/// Why a header and a body make no block.
#[derive(Debug, thiserror::Error)]
pub enum BlockShapeError {
    /// The leader is not an ed25519 key.
    #[error("leader {0} is not an ed25519 key")]
    Leader(MemberKey),
    /// The body is not the one the header commits to.
    #[error("body does not match the header's transactions root")]
    Body,
}

impl Block {
    /// Joins a header and the body it commits to.
    ///
    /// # Errors
    ///
    /// If the leader's key is none, or the body is another one.
    pub fn new(header: Header, body: Body) -> Result<Self, BlockShapeError> {
        let leader = peer_key(&header.leader).ok_or(BlockShapeError::Leader(header.leader))?;
        let count = u32::try_from(body.transactions.len()).map_err(|_| BlockShapeError::Body)?;
        if header.height != Height::GENESIS
            && (count != header.transaction_count || transactions_root(&body) != header.transactions_root)
        {
            return Err(BlockShapeError::Body);
        }
        let size = header.encode_size() + body.encode_size();
        Ok(Self(Arc::new(Inner { header: Sealed::new(header), body, leader, size })))
    }

    /// The header.
    pub fn header(&self) -> &Sealed {
        &self.0.header
    }

    /// Hash of the block.
    pub fn hash(&self) -> B256 {
        self.0.header.hash()
    }

    /// The transactions, in order.
    pub fn transactions(&self) -> &[Transaction] {
        &self.0.body.transactions
    }

    /// Bytes of the encoded block.
    pub fn size(&self) -> usize {
        self.0.size
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash()
    }
}

impl Eq for Block {}

/// Merkle root of the hashes of a body's transactions.
pub fn transactions_root(body: &Body) -> B256 {
    let hashes: Vec<B256> = body.transactions.iter().map(Transaction::hash).collect();
    tree::transactions_root(&hashes)
}

/// Layout: header (fixed) | body.
impl Write for Block {
    fn write(&self, buf: &mut impl BufMut) {
        Header::write(&self.0.header, buf);
        self.0.body.write(buf);
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        self.0.size
    }
}

impl Read for Block {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        let header = Header::read(buf)?;
        let body = Body::read(buf)?;
        Self::new(header, body)
            .map_err(|_| CodecError::Invalid("Block", "body or leader does not match the header"))
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        sha256::Digest(self.hash().0)
    }
}

impl Heightable for Block {
    fn height(&self) -> ConsensusHeight {
        ConsensusHeight::new(self.0.header.height.get())
    }
}

impl ConsensusBlock for Block {
    fn parent(&self) -> Digest {
        sha256::Digest(self.0.header.parent.0)
    }
}

impl CertifiableBlock for Block {
    type Context = Round4;

    fn context(&self) -> Round4 {
        let header = &self.0.header;
        Context {
            round: Round::new(Epoch::new(header.epoch), View::new(header.view)),
            leader: self.0.leader.clone(),
            parent: (View::new(header.parent_view), sha256::Digest(header.parent.0)),
        }
    }
}

impl BoundedBlock for Block {
    fn max_encode_size((): &()) -> usize {
        limits::BLOCK_BYTES_MAX
    }
}

/// The peer key behind a member key; `None` if the bytes are no ed25519 point.
pub fn peer_key(key: &MemberKey) -> Option<PeerKey> {
    use commonware_codec::DecodeExt as _;
    PeerKey::decode(bytes::Bytes::copy_from_slice(key.0.as_slice())).ok()
}

/// The member key of a peer.
pub fn member_key(key: &PeerKey) -> MemberKey {
    MemberKey(B256::from_slice(&key.encode()))
}
