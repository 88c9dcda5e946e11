//! What one member found out about votes, the others of its process know.
//!
//! Four simulated members in one process each put together and verify the same threshold signature
//! for every step of every view: two thirds of a simulation's time. With the feature `memo` (only
//! `ding-sim --features memo` asks for it) [`Memo`] stands in the scheme's place. It knows the votes
//! that were made with it, so that a quorum of them needs no verification, and the certificates that
//! were made of them or verified; everything else goes to the scheme. The valid threshold signature
//! for a message is unique and no random number is drawn on the way, so a run comes to the same hash
//! with the feature and without it.
//!
//! A thread has its own memory, of bounded size. Nothing of this is compiled into a member.

use crate::types::{PeerKey, Threshold};
use bytes::Bytes;
use commonware_codec::{Encode as _, Read};
use commonware_consensus::simplex::types::Subject;
use commonware_cryptography::{
    Digest,
    bls12381::primitives::{group::Share, sharing::Sharing, variant::MinSig},
    certificate::{
        AssemblyError, Attestation, Membership, Scheme, Subject as _, Verification, Verifier,
        optimistic_assemble,
    },
};
use commonware_parallel::Strategy;
use commonware_utils::{Participant, iter::NonEmpty, ordered::Quorum as _, ordered::Set};
use rand_core::CryptoRng;
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap, HashSet},
};

/// Entries of each kind before a thread begins anew.
const KEPT: usize = 1 << 16;

type Certificate = <Threshold as Verifier>::Certificate;

/// A chain, what was voted on, and how.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Matter {
    chain: Bytes,
    kind: u8,
    message: Bytes,
}

#[derive(Default)]
struct Known {
    /// Votes made here.
    votes: HashSet<(Matter, Participant, Bytes)>,
    certificates: HashMap<Matter, Certificate>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// The scheme of a chain, with a memory that the members of a thread share.
#[derive(Clone, Debug)]
pub struct Memo {
    scheme: Threshold,
    /// The chain's namespace and key.
    chain: Bytes,
}

impl Memo {
    /// As [`Threshold::signer`].
    pub fn signer(
        namespace: &[u8],
        participants: Set<PeerKey>,
        sharing: Sharing<MinSig>,
        share: Share,
    ) -> Option<Self> {
        Threshold::signer(namespace, participants, sharing, share).map(|scheme| Self::new(namespace, scheme))
    }

    /// As [`Threshold::verifier`].
    pub fn verifier(namespace: &[u8], participants: Set<PeerKey>, sharing: Sharing<MinSig>) -> Self {
        Self::new(namespace, Threshold::verifier(namespace, participants, sharing))
    }

    fn new(namespace: &[u8], scheme: Threshold) -> Self {
        let chain = [namespace, scheme.identity().encode().as_ref()].concat();
        Self { chain: chain.into(), scheme }
    }

    fn matter<D: Digest>(&self, subject: &Subject<'_, D>) -> Matter {
        let kind = match subject {
            Subject::Notarize { .. } => 0,
            Subject::Nullify { .. } => 1,
            Subject::Finalize { .. } => 2,
        };
        Matter { chain: self.chain.clone(), kind, message: subject.message() }
    }

    /// Whether each of these votes was made here, and they are enough for a certificate.
    fn suffice(&self, matter: &Matter, votes: &[Attestation<Self>]) -> bool {
        let quorum = self.participants().quorum::<<Self as Verifier>::Faults>();
        let voters: BTreeSet<Participant> = votes.iter().map(|vote| vote.signer).collect();
        let made_here = |vote: &Attestation<Self>| {
            let vote = (matter.clone(), vote.signer, vote.signature.encode());
            KNOWN.with_borrow(|known| known.votes.contains(&vote))
        };
        voters.len() == votes.len() && voters.len() >= quorum as usize && votes.iter().all(made_here)
    }

    fn certificate(matter: &Matter) -> Option<Certificate> {
        KNOWN.with_borrow(|known| known.certificates.get(matter).cloned())
    }

    fn learn(matter: Matter, certificate: &Certificate) {
        KNOWN.with_borrow_mut(|known| {
            if known.certificates.len() >= KEPT {
                known.certificates.clear();
            }
            known.certificates.insert(matter, certificate.clone());
        });
    }
}

fn inner(vote: Attestation<Memo>) -> Attestation<Threshold> {
    Attestation { signer: vote.signer, signature: vote.signature }
}

fn outer(vote: Attestation<Threshold>) -> Attestation<Memo> {
    Attestation { signer: vote.signer, signature: vote.signature }
}

impl Verifier for Memo {
    type Subject<'a, D: Digest> = Subject<'a, D>;
    type Faults = <Threshold as Verifier>::Faults;
    type PublicKey = PeerKey;
    type Certificate = Certificate;

    fn verify_certificate<R: CryptoRng, D: Digest>(
        &self,
        rng: &mut R,
        subject: Subject<'_, D>,
        certificate: &Certificate,
        strategy: &impl Strategy,
    ) -> bool {
        let matter = self.matter(&subject);
        if Self::certificate(&matter).as_ref() == Some(certificate) {
            return true;
        }
        let valid = self.scheme.verify_certificate::<R, D>(rng, subject, certificate, strategy);
        if valid {
            Self::learn(matter, certificate);
        }
        valid
    }

    fn verify_certificates<'a, R, D, I>(
        &self,
        rng: &mut R,
        certificates: NonEmpty<I>,
        strategy: &impl Strategy,
    ) -> bool
    where
        R: CryptoRng,
        D: Digest,
        I: Iterator<Item = (Subject<'a, D>, &'a Certificate)>,
    {
        self.scheme.verify_certificates::<R, D, I>(rng, certificates, strategy)
    }

    fn is_batchable() -> bool {
        Threshold::is_batchable()
    }

    fn max_certificate_size(participants: u32) -> usize {
        Threshold::max_certificate_size(participants)
    }

    fn certificate_codec_config(&self) -> <Certificate as Read>::Cfg {
        self.scheme.certificate_codec_config()
    }

    fn certificate_codec_config_unbounded() -> <Certificate as Read>::Cfg {
        Threshold::certificate_codec_config_unbounded()
    }
}

impl Scheme for Memo {
    type Signature = <Threshold as Scheme>::Signature;

    fn me(&self) -> Option<Membership> {
        self.scheme.me()
    }

    fn participants(&self) -> &Set<PeerKey> {
        self.scheme.participants()
    }

    fn sign<D: Digest>(&self, subject: Subject<'_, D>) -> Option<Attestation<Self>> {
        let vote = self.scheme.sign(subject)?;
        let made = (self.matter(&subject), vote.signer, vote.signature.encode());
        KNOWN.with_borrow_mut(|known| {
            if known.votes.len() >= KEPT {
                known.votes.clear();
            }
            known.votes.insert(made);
        });
        Some(outer(vote))
    }

    fn verify_attestation<R: CryptoRng, D: Digest>(
        &self,
        rng: &mut R,
        subject: Subject<'_, D>,
        attestation: &Attestation<Self>,
        strategy: &impl Strategy,
    ) -> bool {
        self.scheme.verify_attestation::<R, D>(rng, subject, &inner(attestation.clone()), strategy)
    }

    fn verify_attestations<R, D, I>(
        &self,
        rng: &mut R,
        subject: Subject<'_, D>,
        attestations: I,
        strategy: &impl Strategy,
    ) -> Verification<Self>
    where
        R: CryptoRng,
        D: Digest,
        I: IntoIterator<Item = Attestation<Self>>,
        I::IntoIter: Send,
    {
        let votes = attestations.into_iter().map(inner);
        let found = self.scheme.verify_attestations::<R, D, _>(rng, subject, votes, strategy);
        Verification::new(found.verified.into_iter().map(outer).collect(), found.invalid)
    }

    fn optimistic_assemble<'a, R, D, I, J>(
        &self,
        rng: &mut R,
        subject: Subject<'_, D>,
        pending: I,
        verified: J,
        strategy: &impl Strategy,
    ) -> Result<Certificate, Verification<Self>>
    where
        R: CryptoRng,
        D: Digest,
        I: IntoIterator<Item = Attestation<Self>>,
        I::IntoIter: ExactSizeIterator + Send,
        J: IntoIterator<Item = &'a Attestation<Self>>,
        J::IntoIter: Send,
    {
        let pending: Vec<Attestation<Self>> = pending.into_iter().collect();
        let verified: Vec<Attestation<Self>> = verified.into_iter().cloned().collect();
        let matter = self.matter(&subject);
        let votes = [pending.as_slice(), verified.as_slice()].concat();
        if self.suffice(&matter, &votes) {
            if let Some(certificate) = Self::certificate(&matter) {
                return Ok(certificate);
            }
            if let Some(votes) = NonEmpty::try_new(votes.into_iter())
                && let Ok(certificate) = self.assemble(votes, strategy)
            {
                Self::learn(matter, &certificate);
                return Ok(certificate);
            }
        }
        optimistic_assemble::<Self, R, D, _, _>(self, rng, subject, pending, &verified, strategy)
    }

    fn assemble<I>(
        &self,
        attestations: NonEmpty<I>,
        strategy: &impl Strategy,
    ) -> Result<Certificate, AssemblyError>
    where
        I: Iterator<Item = Attestation<Self>> + Send,
    {
        let mut votes = attestations.into_iter().map(inner);
        let none = AssemblyError::InsufficientAttestations(1, 0);
        let first = votes.next().ok_or(none)?;
        self.scheme.assemble(NonEmpty::new(first, votes), strategy)
    }

    fn is_attributable() -> bool {
        Threshold::is_attributable()
    }
}
