//! What a stranger checks: certificates, proofs, packages. Beyond decoding, each target asks that
//! nothing untrue about the samples' block is ever proven.

use super::wire::canonical;
use crate::{feed::Feed, samples};
use commonware_codec::{Decode as _, Encode as _};
use commonware_cryptography::{Hasher as _, Sha256};
use ding_chain::types::Finalization;
use ding_light::{
    Certificate, Package, Proven,
    state::{AccountProof, SlotProof},
    tree::{self, ReceiptProof, TransactionProof},
};
use ding_primitives::{Account, Address, B256, U256, keccak256};
use std::sync::LazyLock;

pub(super) fn certificate(input: &[u8]) {
    let light = Certificate::from_bytes(input);
    let engine = Finalization::decode_cfg(bytes::Bytes::copy_from_slice(input), &());
    if let Ok(engine) = &engine {
        assert_eq!(engine.encode().as_ref(), input, "the engine has two encodings");
        let light = light.as_ref().expect("what the engine reads, a light reader reads");
        assert_eq!(light.payload.0, engine.proposal.payload.0);
        assert_eq!(light.view, engine.proposal.round.view().get());
        assert_eq!(light.epoch, engine.proposal.round.epoch().get());
    }
    let Ok(light) = light else { return };
    assert_eq!(light.to_bytes(), input, "one certificate has two encodings");
    // A pairing takes a millisecond, and the namespace binds the rest.
    if light.payload == samples::CERTIFICATE.payload
        && light.verify(&samples::CHAIN_KEY, &samples::GENESIS.hash()).is_ok()
    {
        assert_eq!(light, *samples::CERTIFICATE, "a certificate that the members did not sign");
    }
}

pub(super) fn certificate_seeds() -> Vec<Vec<u8>> {
    vec![samples::CERTIFICATE.to_bytes()]
}

const ACCOUNT: u8 = 0;
const SLOT: u8 = 1;

/// Input: kind, whose, how far the claim is off the truth, the proof.
pub(super) fn state(input: &[u8]) {
    let mut feed = Feed::new(input);
    let (kind, whose, off) = (feed.byte() % 2, usize::from(feed.byte()), feed.byte());
    let bytes = feed.rest();
    let roots = &samples::PROOFS.roots;
    if kind == ACCOUNT {
        let Ok(proof) = AccountProof::from_bytes(bytes) else { return };
        assert_eq!(proof.to_bytes(), bytes, "one proof has two encodings");
        let known = samples::state().accounts.iter().nth(whose);
        let (address, truth) = known.map_or((Address::repeat_byte(0xaa), None), |(a, t)| (*a, Some(*t)));
        let told = truth.unwrap_or(Account::EMPTY);
        let claim = Account { nonce: told.nonce.wrapping_add(off.into()), ..told };
        if proof.verify(&address, &claim, roots).is_ok() {
            assert_eq!(Some(claim), truth, "an account that is not so was proven");
        }
        return;
    }
    let Ok(proof) = SlotProof::from_bytes(bytes) else { return };
    assert_eq!(proof.to_bytes(), bytes, "one proof has two encodings");
    let (address, slot) = samples::PROOFS
        .slots
        .get(whose)
        .map_or((Address::repeat_byte(0xaa), U256::from(whose)), |(address, slot, ..)| (*address, *slot));
    let truth = samples::state().slots.get(&(address, slot)).copied().unwrap_or_default();
    let claim = truth.wrapping_add(U256::from(off));
    let claim = if off == u8::MAX { U256::ZERO } else { claim };
    if proof.verify(&address, &slot, &claim, roots).is_ok() {
        assert_eq!(claim, truth, "a slot that is not so was proven");
    }
}

pub(super) fn state_seeds() -> Vec<Vec<u8>> {
    let head = |kind: u8, whose: usize| vec![kind, u8::try_from(whose).unwrap_or(u8::MAX), 0];
    let accounts = samples::PROOFS.accounts.iter().take(3).map(|(address, _, proof)| {
        let whose = samples::state().accounts.keys().position(|known| known == address).unwrap_or(0);
        [head(ACCOUNT, whose), proof.to_bytes()].concat()
    });
    let slots = samples::PROOFS.slots.iter().enumerate();
    accounts.chain(slots.map(|(whose, (.., proof))| [head(SLOT, whose), proof.to_bytes()].concat())).collect()
}

static HASHES: LazyLock<Vec<B256>> =
    LazyLock::new(|| samples::transactions().iter().map(|transaction| transaction.hash()).collect());

const TRANSACTION: u8 = 0;
const RECEIPT: u8 = 1;

/// Input: kind, place stated, what is stated to be there, the proof.
pub(super) fn tree(input: &[u8]) {
    let mut feed = Feed::new(input);
    let (kind, place, what) = (feed.byte() % 2, u32::from(feed.byte()), usize::from(feed.byte()));
    let bytes = feed.rest();
    let at = usize::try_from(place).unwrap_or(usize::MAX);
    let header = &*samples::HEADER;
    if kind == TRANSACTION {
        let Some(proof) = canonical::<TransactionProof>(bytes, &()) else { return };
        let hash = HASHES.get(what).copied().unwrap_or(B256::repeat_byte(1));
        if proof.verify(&header.transactions_root, place, &hash) {
            assert_eq!(HASHES.get(at), Some(&hash), "a transaction that is not there was proven");
        }
        return;
    }
    let Some(proof) = canonical::<ReceiptProof>(bytes, &()) else { return };
    static RECEIPTS: LazyLock<Vec<ding_primitives::Receipt>> = LazyLock::new(samples::receipts);
    let Some(receipt) = RECEIPTS.get(what) else { return };
    if proof.verify(&header.receipts_root, place, receipt) {
        assert_eq!(RECEIPTS.get(at), Some(receipt), "a receipt that is not there was proven");
    }
}

pub(super) fn tree_seeds() -> Vec<Vec<u8>> {
    let receipts = samples::receipts();
    let seed = |kind: u8, index: usize, proof: bytes::Bytes| {
        let place = u8::try_from(index).unwrap_or(u8::MAX);
        [vec![kind, place, place], proof.to_vec()].concat()
    };
    (0..receipts.len())
        .flat_map(|index| {
            let transaction =
                tree::prove_transaction(&HASHES, index).map(|p| seed(TRANSACTION, index, p.encode()));
            let receipt = tree::prove_receipt(&receipts, index).map(|p| seed(RECEIPT, index, p.encode()));
            [transaction, receipt]
        })
        .flatten()
        .collect()
}

/// Whether what a package proves is so.
fn is_true(proven: &Proven) -> bool {
    static RECEIPTS: LazyLock<Vec<ding_primitives::Receipt>> = LazyLock::new(samples::receipts);
    let at = |index: &u32| usize::try_from(*index).unwrap_or(usize::MAX);
    match proven {
        Proven::Log { transaction, index, log } => {
            RECEIPTS.get(at(transaction)).and_then(|receipt| receipt.logs.get(at(index))) == Some(log)
        }
        Proven::Transaction { index, hash, raw } => {
            HASHES.get(at(index)) == Some(hash) && raw.as_ref().is_none_or(|raw| keccak256(raw) == *hash)
        }
        Proven::Account { address, account } => samples::state().accounts.get(address) == Some(account),
        Proven::Slot { address, slot, value } => {
            !value.is_zero() && samples::state().slots.get(&(*address, *slot)) == Some(value)
        }
        Proven::Absent { address, slot } => !samples::state().slots.contains_key(&(*address, *slot)),
        _ => false,
    }
}

/// Input: a package without the checksum that a careful forger would put there.
pub(super) fn package(input: &[u8]) {
    let _ = Package::from_bytes(input);
    let bytes = [input, &Sha256::hash(&[input]).0].concat();
    let Ok(package) = Package::from_bytes(&bytes) else { return };
    assert_eq!(package.to_bytes(), bytes, "one package has two encodings");
    assert_eq!(package.size(), bytes.len());
    let Ok(verified) = package.verify(Some(&samples::CHAIN_KEY)) else { return };
    assert!(verified.pinned);
    assert_eq!(verified.genesis_hash, samples::GENESIS.hash());
    assert_eq!(verified.block.hash, samples::HEADER.hash(), "a block that the members did not sign");
    assert!(verified.statements.iter().all(is_true), "an untrue statement was proven: {verified:?}");
}

pub(super) fn package_seeds() -> Vec<Vec<u8>> {
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len().saturating_sub(32));
        bytes
    };
    let whole = &*samples::PACKAGE;
    let one = |statement: &ding_light::Statement| {
        let (headers, certificate) = (whole.headers().to_vec(), whole.certificate().clone());
        let key = samples::CHAIN_KEY.clone();
        Package::new("samples", whole.genesis_hash(), key, headers, certificate, vec![statement.clone()])
            .expect("fewer statements than a whole package")
    };
    let parts = whole.statements().iter().map(|statement| cut(one(statement).to_bytes()));
    parts.chain([cut(whole.to_bytes())]).collect()
}
