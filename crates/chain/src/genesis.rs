//! Block 0, and the keys a chain starts with.

use crate::types::{Block, PeerKey, Scheme, peer_key};
use commonware_codec::{Decode as _, DecodeExt as _, Encode as _};
use commonware_cryptography::{
    Signer as _,
    bls12381::{
        dkg::feldman_desmedt::deal,
        primitives::{
            group::Share,
            sharing::{Mode, ModeVersion, Sharing},
            variant::MinSig,
        },
    },
    ed25519,
};
use commonware_runtime::Spawner;
use commonware_storage::Context;
use commonware_utils::{N3f1, NZU32, ordered::Set};
use ding_primitives::{
    B256, Body, Bytes, Header, Height, MemberKey, Spec, limits, namespace,
    spec::{SpecError, Validator},
};
use ding_state::store;
use rand_core::CryptoRng;

/// What a genesis file cannot be used for, or a member's keys do not fit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenesisError {
    /// The file itself is wrong.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A validator's key is not an ed25519 key.
    #[error("genesis file: validators: {name}: the key is not an ed25519 public key")]
    ValidatorKey {
        /// Name of the validator.
        name: String,
    },
    /// The polynomial does not decode or is for another number of members.
    #[error("genesis file: sharing: {0}")]
    Sharing(String),
    /// The chain key is not the polynomial's.
    #[error("genesis file: public_key is not the key of its sharing; the file was altered")]
    PublicKey,
    /// The member's share is not of this chain.
    #[error("the share of the chain key does not fit this genesis file; use the keys that were made with it")]
    Share,
    /// The dealer failed.
    #[error("dealing the chain key failed: {0}")]
    Deal(String),
}

/// Keys of one new member, as the trusted dealer hands them out.
#[derive(Debug)]
pub struct DealtMember {
    /// Its name.
    pub name: String,
    /// Its ed25519 private key.
    pub identity: ed25519::PrivateKey,
    /// Its share of the chain key.
    pub share: Share,
}

/// A dealt chain key: its public parts and each member's private ones.
#[derive(Debug)]
pub struct Dealt {
    /// The chain's public key, 96 bytes.
    pub public_key: Bytes,
    /// Public polynomial.
    pub sharing: Bytes,
    /// Validators, ordered by key.
    pub validators: Vec<Validator>,
    /// Private keys, in the same order.
    pub members: Vec<DealtMember>,
}

/// Makes the keys of a chain in one place: whoever runs this sees every private key once. Fit for
/// development and for a ceremony on one machine that everybody watches.
///
/// # Errors
///
/// If `names` is empty or longer than [`limits::MEMBERS_MAX`].
pub fn deal_trusted(rng: &mut impl CryptoRng, names: &[String]) -> Result<Dealt, GenesisError> {
    if names.is_empty() || names.len() > limits::MEMBERS_MAX {
        return Err(GenesisError::Deal(format!(
            "{} members, want 1 to {}",
            names.len(),
            limits::MEMBERS_MAX
        )));
    }
    let mut identities: Vec<(PeerKey, ed25519::PrivateKey)> = names
        .iter()
        .map(|_| {
            let key = <ed25519::PrivateKey as commonware_math::algebra::Random>::random(&mut *rng);
            (key.public_key(), key)
        })
        .collect();
    identities.sort_by(|a, b| a.0.cmp(&b.0));
    let players: Set<PeerKey> = Set::from_iter_dedup(identities.iter().map(|(public, _)| public.clone()));
    let (output, shares) = deal::<MinSig, _, N3f1>(&mut *rng, Mode::NonZeroCounter, players)
        .map_err(|error| GenesisError::Deal(format!("{error:?}")))?;
    let mut dealt = Dealt {
        public_key: Bytes(output.public().public().encode()),
        sharing: Bytes(output.public().encode()),
        validators: Vec::new(),
        members: Vec::new(),
    };
    for ((public, identity), name) in identities.into_iter().zip(names) {
        let share = shares
            .get_value(&public)
            .cloned()
            .ok_or_else(|| GenesisError::Deal("a member got no share".into()))?;
        dealt
            .validators
            .push(Validator { name: name.clone(), key: MemberKey(B256::from_slice(&public.encode())) });
        dealt.members.push(DealtMember { name: name.clone(), identity, share });
    }
    Ok(dealt)
}

/// The validators of a genesis file as consensus orders them.
///
/// # Errors
///
/// If a key is not an ed25519 key.
pub fn participants(spec: &Spec) -> Result<Set<PeerKey>, GenesisError> {
    let keys: Result<Vec<PeerKey>, GenesisError> = spec
        .validators
        .iter()
        .map(|v| peer_key(&v.key).ok_or_else(|| GenesisError::ValidatorKey { name: v.name.clone() }))
        .collect();
    Ok(Set::from_iter_dedup(keys?))
}

fn sharing(spec: &Spec) -> Result<Sharing<MinSig>, GenesisError> {
    let members =
        u32::try_from(limits::MEMBERS_MAX).ok().and_then(core::num::NonZeroU32::new).unwrap_or(NZU32!(1));
    let sharing = Sharing::<MinSig>::decode_cfg(spec.sharing.0.clone(), &(members, ModeVersion::v0()))
        .map_err(|error| GenesisError::Sharing(error.to_string()))?;
    if sharing.total().get() as usize != spec.validators.len() {
        return Err(GenesisError::Sharing(format!(
            "for {} members, the file lists {}",
            sharing.total(),
            spec.validators.len()
        )));
    }
    if Bytes(sharing.public().encode()) != spec.public_key {
        return Err(GenesisError::PublicKey);
    }
    Ok(sharing)
}

/// The voting key of a member: its share under the chain's namespace.
///
/// # Errors
///
/// If the genesis file is not sound or the share is not of this chain.
pub fn signer(spec: &Spec, genesis_hash: &B256, share: Share) -> Result<Scheme, GenesisError> {
    let sharing = sharing(spec)?;
    let expected = sharing.partial_public(share.index).map_err(|_| GenesisError::Share)?;
    if share.public::<MinSig>() != expected {
        return Err(GenesisError::Share);
    }
    Scheme::signer(&namespace::consensus(genesis_hash), participants(spec)?, sharing, share)
        .ok_or(GenesisError::Share)
}

/// Checks votes and certificates without being able to vote.
///
/// # Errors
///
/// If the genesis file is not sound.
pub fn verifier(spec: &Spec, genesis_hash: &B256) -> Result<Scheme, GenesisError> {
    Ok(Scheme::verifier(&namespace::consensus(genesis_hash), participants(spec)?, sharing(spec)?))
}

/// Reads a share from its file's bytes.
///
/// # Errors
///
/// [`GenesisError::Share`] if the bytes are none.
pub fn decode_share(bytes: &[u8]) -> Result<Share, GenesisError> {
    Share::decode(bytes::Bytes::copy_from_slice(bytes)).map_err(|_| GenesisError::Share)
}

/// Block 0: an empty state, the digest of the genesis file, no transactions.
///
/// Accounts and modules of the genesis file enter the state with block 1, so that their content is
/// executed like everything else.
///
/// # Errors
///
/// If the genesis file names no usable leader.
pub fn block<E: Context + Spawner>(spec: &Spec) -> Result<Block, GenesisError> {
    let leader = spec.validators.first().map(|v| v.key).ok_or(GenesisError::Deal("no validators".into()))?;
    let header = Header {
        epoch: 0,
        view: 0,
        parent_view: 0,
        leader,
        parent: B256::ZERO,
        height: Height::GENESIS,
        timestamp_ms: spec.timestamp_ms,
        transactions_root: spec.digest(),
        receipts_root: B256::ZERO,
        roots: store::empty_roots::<E>(),
        gas_used: 0,
        gas_limit: spec.gas_limit,
        transaction_count: 0,
    };
    Block::new(header, Body::default()).map_err(|_| GenesisError::ValidatorKey {
        name: spec.validators.first().map(|v| v.name.clone()).unwrap_or_default(),
    })
}
