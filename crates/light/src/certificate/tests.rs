use super::*;
use crate::mocks::Authority;
use commonware_consensus::{
    simplex::{
        scheme::bls12381_threshold::standard::Scheme,
        types::{Finalization, Finalize, Proposal},
    },
    types::{Epoch, Round, View},
};
use commonware_cryptography::{
    Hasher as _, Sha256, Signer as _,
    bls12381::{dkg::feldman_desmedt::deal, primitives::sharing::Mode},
    ed25519,
    sha256::Digest,
};
use commonware_parallel::Sequential;
use commonware_utils::{N3f1, non_empty, ordered::Set, test_rng};
use ding_primitives::{DatabaseCommitment, Height, MemberKey, Roots};

type Member = Scheme<ed25519::PublicKey, MinSig>;
type Engine = Finalization<Member, Digest>;

/// Four members of the chain with this genesis hash, and their joint key.
fn members(genesis_hash: &B256) -> (Vec<Member>, ChainKey) {
    let keys: Set<_> = (0..4)
        .map(|seed| ed25519::PrivateKey::from_seed(seed).public_key())
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let (output, shares) =
        deal::<MinSig, _, N3f1>(&mut test_rng(), Mode::NonZeroCounter, keys.clone()).unwrap();
    let sharing = output.public().clone();
    let key = ChainKey::from_bytes(&sharing.public().encode()).unwrap();
    let namespace = namespace::consensus(genesis_hash);
    let members = shares
        .into_iter()
        .map(|(_, share)| Member::signer(&namespace, keys.clone(), sharing.clone(), share).unwrap())
        .collect();
    (members, key)
}

/// What the engine makes of three votes.
fn finalize(members: &[Member], epoch: u64, view: u64, parent: u64, payload: B256) -> Engine {
    let proposal =
        Proposal::new(Round::new(Epoch::new(epoch), View::new(view)), View::new(parent), Digest(payload.0));
    let votes: Vec<_> =
        members[..3].iter().map(|member| Finalize::sign(member, proposal.clone()).unwrap()).collect();
    Finalization::from_finalizes(&members[0], non_empty![@votes.iter()], &Sequential).unwrap()
}

fn header(height: u64, parent: B256) -> Header {
    let commitment = DatabaseCommitment { root: B256::ZERO, ops_root: B256::ZERO, start: 0, end: 1 };
    Header {
        epoch: 0,
        view: height,
        parent_view: height.saturating_sub(1),
        leader: MemberKey(B256::ZERO),
        parent,
        height: Height::new(height),
        timestamp_ms: height,
        transactions_root: B256::ZERO,
        receipts_root: B256::ZERO,
        roots: Roots { accounts: commitment, modules: commitment, contracts: commitment },
        gas_used: 0,
        gas_limit: 1,
        transaction_count: 0,
    }
}

#[test]
fn a_certificate_is_what_the_consensus_engine_encodes_and_accepts() {
    let genesis = B256::repeat_byte(0x11);
    let (members, key) = members(&genesis);
    // Values of 1, 2, 3 and the most varint bytes.
    let cases = [
        (0, 1, 0),
        (127, 127, 126),
        (128, 128, 127),
        (16_383, 16_384, 16_383),
        (0, 3_000_000, 2_999_999),
        (u64::MAX, u64::MAX, u64::MAX),
    ];
    for (epoch, view, parent) in cases {
        let payload = B256::new(Sha256::hash(&[&view.to_be_bytes()]).0);
        let engine = finalize(&members, epoch, view, parent, payload);
        assert!(engine.verify(&mut test_rng(), &members[3], &Sequential));

        let bytes = engine.encode();
        let ours = Certificate::from_bytes(&bytes).unwrap();
        assert_eq!((ours.epoch, ours.view, ours.parent_view, ours.payload), (epoch, view, parent, payload));
        assert_eq!(ours.to_bytes(), bytes.to_vec());
        ours.verify(&key, &genesis).unwrap();

        let back = Engine::decode(Copying(ours.to_bytes().as_slice())).unwrap();
        assert_eq!(back, engine);
    }
    assert_eq!(finalize(&members, 0, 200, 199, B256::ZERO).encode().len(), 85);
}

#[test]
fn a_certificate_of_another_chain_is_refused() {
    let (genesis, other) = (B256::repeat_byte(0x11), B256::repeat_byte(0x12));
    let (ours, key) = members(&genesis);
    let certificate =
        Certificate::from_bytes(&finalize(&ours, 0, 5, 4, B256::repeat_byte(1)).encode()).unwrap();
    certificate.verify(&key, &genesis).unwrap();
    let error = certificate.verify(&key, &other).unwrap_err();
    assert!(matches!(error, CertificateError::WrongSignature { .. }), "{error}");
    assert!(error.to_string().contains(&key.to_string()));
    let stranger = Authority::new("stranger", genesis);
    assert!(matches!(
        certificate.verify(stranger.key(), &genesis),
        Err(CertificateError::WrongSignature { .. })
    ));
}

#[test]
fn a_vote_of_another_kind_is_no_certificate() {
    // The same proposal, notarized and not finalized: same key, other namespace.
    let genesis = B256::repeat_byte(0x11);
    let (members, key) = members(&genesis);
    let proposal = Proposal::new(Round::new(Epoch::new(0), View::new(2)), View::new(1), Digest([7; 32]));
    let votes: Vec<_> = members[..3]
        .iter()
        .map(|member| commonware_consensus::simplex::types::Notarize::sign(member, proposal.clone()).unwrap())
        .collect();
    let notarization = commonware_consensus::simplex::types::Notarization::from_notarizes(
        &members[0],
        non_empty![@votes.iter()],
        &Sequential,
    )
    .unwrap();
    let certificate = Certificate::from_bytes(&notarization.encode()).unwrap();
    assert!(matches!(certificate.verify(&key, &genesis), Err(CertificateError::WrongSignature { .. })));
}

#[test]
fn any_flipped_bit_of_a_certificate_is_refused() {
    let authority = Authority::new("a", B256::repeat_byte(2));
    let bytes = authority.certify(&header(300, B256::ZERO)).to_bytes();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[index] ^= 1 << bit;
            let refused = Certificate::from_bytes(&flipped)
                .and_then(|certificate| certificate.verify(authority.key(), &authority.genesis_hash()));
            assert!(refused.is_err(), "byte {index} bit {bit}");
        }
    }
}

#[test]
fn cut_extended_and_long_written_certificates_are_refused() {
    let authority = Authority::new("a", B256::ZERO);
    let bytes = authority.certify(&header(1, B256::ZERO)).to_bytes();
    assert_eq!(bytes.len(), 83);
    for end in 0..bytes.len() {
        assert!(Certificate::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
    }
    assert!(Certificate::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    // Epoch 0 written in two bytes.
    assert!(Certificate::from_bytes(&[&[0x80, 0], &bytes[1..]].concat()).is_err());
    // A number over 64 bits.
    assert!(Certificate::from_bytes(&[&[0xff; 9][..], &[2], &bytes[1..]].concat()).is_err());
}

#[test]
fn the_point_at_infinity_is_neither_a_key_nor_a_signature() {
    let mut key = [0; CHAIN_KEY_BYTES];
    key[0] = 0xc0;
    assert!(matches!(ChainKey::from_bytes(&key), Err(KeyError::NotAPoint(_))));
    let authority = Authority::new("a", B256::ZERO);
    let mut certificate = authority.certify(&header(1, B256::ZERO));
    certificate.signature = [0; SIGNATURE_BYTES];
    certificate.signature[0] = 0xc0;
    assert!(matches!(certificate.verify(authority.key(), &B256::ZERO), Err(CertificateError::NotAPoint(_))));
}

#[test]
fn a_key_survives_text_and_bad_text_is_named() {
    let key = Authority::new("a", B256::ZERO).key().clone();
    let text = key.to_string();
    assert_eq!(text.len(), 2 + 192);
    assert_eq!(text.parse::<ChainKey>().unwrap(), key);
    assert_eq!(text[2..].to_uppercase().parse::<ChainKey>().unwrap(), key);
    assert!(matches!("0xzz".parse::<ChainKey>(), Err(KeyError::NotHex(_))));
    assert!(matches!(text[..192].parse::<ChainKey>(), Err(KeyError::Length(95))));
    assert!(matches!(format!("0x{}", "01".repeat(96)).parse::<ChainKey>(), Err(KeyError::NotAPoint(_))));
}

#[test]
fn a_trail_leads_from_the_first_header_to_the_certified_one() {
    let authority = Authority::new("a", B256::ZERO);
    let first = header(1, B256::ZERO);
    let second = header(2, first.hash());
    let third = header(3, second.hash());
    let certificate = authority.certify(&third);
    let trail = [first.clone(), second.clone(), third.clone()];
    assert_eq!(check_trail(&trail, &certificate), Ok(first.hash()));
    assert_eq!(check_trail(std::slice::from_ref(&third), &certificate), Ok(third.hash()));
    assert!(matches!(
        check_trail(&[first.clone(), third], &certificate),
        Err(TrailError::Broken { position: 1, .. })
    ));
    assert!(matches!(check_trail(&[first, second], &certificate), Err(TrailError::NotCertified { .. })));
    assert_eq!(check_trail(&[], &certificate), Err(TrailError::Count(0)));
}

#[test]
fn a_trail_over_the_limit_is_refused() {
    let authority = Authority::new("a", B256::ZERO);
    let mut headers = vec![header(0, B256::ZERO)];
    for height in 1..=limits::PROOF_HEADERS_MAX as u64 {
        let parent = headers.last().map(Header::hash).unwrap();
        headers.push(header(height, parent));
    }
    let certificate = authority.certify(headers.last().unwrap());
    assert_eq!(check_trail(&headers, &certificate), Err(TrailError::Count(limits::PROOF_HEADERS_MAX + 1)));
    assert!(check_trail(&headers[1..], &certificate).is_ok());
}
