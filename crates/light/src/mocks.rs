//! A chain key whose secret is known: for tests of this crate and of those above it.
//!
//! Signs alone what members sign jointly; whoever verifies cannot tell the difference.

use crate::certificate::{Certificate, ChainKey, SIGNATURE_BYTES, finalize_namespace};
use commonware_codec::Encode as _;
use commonware_cryptography::bls12381::primitives::{
    group::{Private, Scalar},
    ops,
    variant::MinSig,
};
use ding_primitives::{B256, Header};

/// All members of a chain in one.
#[derive(Clone, Debug)]
pub struct Authority {
    secret: Private,
    key: ChainKey,
    genesis_hash: B256,
}

impl Authority {
    /// The authority of the chain with this genesis hash; equal seeds have equal keys.
    ///
    /// # Panics
    ///
    /// Never: the generator times a hash is a point of the group.
    pub fn new(seed: &str, genesis_hash: B256) -> Self {
        let secret = Private::new(Scalar::map(b"ding/1/mocks", seed.as_bytes()));
        let point = ops::compute_public::<MinSig>(&secret).encode();
        let key = ChainKey::from_bytes(&point).expect("the generator times a scalar is in the group");
        Self { secret, key, genesis_hash }
    }

    /// The chain's public key.
    pub const fn key(&self) -> &ChainKey {
        &self.key
    }

    /// The genesis hash that enters every signature.
    pub const fn genesis_hash(&self) -> B256 {
        self.genesis_hash
    }

    /// The certificate of a block, as if the members had finalized it.
    pub fn certify(&self, header: &Header) -> Certificate {
        let mut certificate = Certificate {
            epoch: header.epoch,
            view: header.view,
            parent_view: header.parent_view,
            payload: header.hash(),
            signature: [0; SIGNATURE_BYTES],
        };
        let namespace = finalize_namespace(&self.genesis_hash);
        let signature = ops::sign_message::<MinSig>(&self.secret, &namespace, &certificate.message());
        certificate.signature.copy_from_slice(&signature.encode());
        certificate
    }
}
