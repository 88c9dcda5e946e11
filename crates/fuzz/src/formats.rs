//! The fixed formats: bytes of the samples in every form that travels or is kept, every slot that the
//! [`stories`] write, and the version under which each is known.
//!
//! `fixtures/` holds them as text; `fixtures/index.json` lists name, version and digest of each.
//! `tests/formats.rs` compares. A change of bytes is a change of format: raise the version named
//! here, then write the files again with `DING_REGENERATE=1 cargo test -p ding-fuzz --test formats`.
//! While the version stays the same, that refuses.

use crate::{samples, stories, targets};
use alloy_primitives::U256;
use commonware_codec::Encode as _;
use commonware_consensus::{
    marshal::resolver::handler::Key,
    types::{Epoch, Height as ConsensusHeight, Round, View},
};
use ding_chain::{gossip::Message, types::Digest};
use ding_light::{keys, package::PACKAGE_VERSION};
use ding_modules::evidence;
use ding_node::start::STORE_VERSION;
use ding_primitives::{
    Account, Address, B256, Height, block::HEADER_VERSION, keccak256, namespace, namespace::PROTOCOL_VERSION,
    spec::GENESIS_VERSION,
};

/// A form in which something travels or is kept.
#[derive(Clone, Debug)]
pub struct Format {
    /// Name, and file name without its ending.
    pub name: String,
    /// Constant to raise with a change.
    pub constant: &'static str,
    /// What it is now.
    pub version: u64,
    /// The bytes of the samples.
    pub bytes: Vec<u8>,
}

struct List(Vec<Format>);

impl List {
    fn add(
        &mut self,
        name: impl Into<String>,
        constant: &'static str,
        version: impl Into<u64>,
        bytes: impl AsRef<[u8]>,
    ) {
        let (name, version, bytes) = (name.into(), version.into(), bytes.as_ref().to_vec());
        self.0.push(Format { name, constant, version, bytes });
    }

    /// What members send each other, and sign.
    fn wire(&mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>) {
        self.add(name, "namespace::PROTOCOL_VERSION", PROTOCOL_VERSION, bytes);
    }

    /// What a member keeps.
    fn store(&mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>) {
        self.add(name, "start::STORE_VERSION", STORE_VERSION, bytes);
    }
}

/// Every format, in order of name.
pub fn all() -> Vec<Format> {
    let mut list = List(Vec::new());
    for (number, transaction) in samples::transactions().iter().enumerate() {
        list.wire(format!("transaction-{number}"), transaction.transaction().raw());
    }
    for (number, receipt) in samples::receipts().iter().enumerate() {
        list.wire(format!("receipt-{number}"), receipt.encode());
    }
    list.wire("body", samples::body().encode());
    list.wire("block", samples::block().encode());
    list.wire("certificate", samples::CERTIFICATE.to_bytes());
    list.wire("namespace-consensus", namespace::consensus(&B256::repeat_byte(1)));
    list.wire("namespace-peer-to-peer", namespace::peer_to_peer(&B256::repeat_byte(1)));
    let raw = samples::transactions().iter().take(2).map(|t| t.transaction().raw().0.clone()).collect();
    list.wire("gossip-transactions", Message::Transactions(raw).encode());
    list.wire("gossip-status", Message::Status(Height::new(77)).encode());
    for (name, vote) in ["notarize", "nullify", "finalize"].into_iter().zip(samples::votes()) {
        list.wire(format!("vote-{name}"), vote.encode());
    }
    let kinds = ["notarization", "nullification", "finalization"];
    for (name, certificate) in kinds.into_iter().zip(samples::certificates()) {
        list.wire(format!("certificate-{name}"), certificate.encode());
    }
    let keys_of_blocks: [(&str, Key<Digest>); 3] = [
        ("block", Key::Block(commonware_cryptography::sha256::Digest([7; 32]))),
        ("finalized", Key::Finalized { height: ConsensusHeight::new(300) }),
        ("notarized", Key::Notarized { round: Round::new(Epoch::zero(), View::new(9)) }),
    ];
    for (name, key) in keys_of_blocks {
        list.wire(format!("backfill-{name}"), key.encode());
    }
    let answer = [samples::FINALIZATION.encode(), samples::block().encode()].concat();
    list.wire("backfill-answer", answer);
    for (number, message) in targets::sync_samples().into_iter().enumerate() {
        list.wire(format!("sync-{number}"), message);
    }
    for (name, envelope) in targets::envelopes() {
        list.wire(format!("envelope-{name}"), envelope);
    }
    list.add("header", "block::HEADER_VERSION", HEADER_VERSION, samples::HEADER.encode());
    list.add("header-hash", "block::HEADER_VERSION", HEADER_VERSION, samples::HEADER.hash());
    list.add("genesis", "spec::GENESIS_VERSION", GENESIS_VERSION, samples::SPEC.to_json());
    list.add("genesis-digest", "spec::GENESIS_VERSION", GENESIS_VERSION, samples::SPEC.digest());
    list.add("genesis-block", "block::HEADER_VERSION", HEADER_VERSION, samples::GENESIS.encode());
    list.add("package", "package::PACKAGE_VERSION", PACKAGE_VERSION, samples::PACKAGE.to_bytes());
    for (number, (.., proof)) in samples::PROOFS.accounts.iter().take(2).enumerate() {
        list.add(
            format!("proof-account-{number}"),
            "package::PACKAGE_VERSION",
            PACKAGE_VERSION,
            proof.to_bytes(),
        );
    }
    for (number, (.., proof)) in samples::PROOFS.slots.iter().enumerate() {
        list.add(
            format!("proof-slot-{number}"),
            "package::PACKAGE_VERSION",
            PACKAGE_VERSION,
            proof.to_bytes(),
        );
    }
    let (address, slot) = (Address::repeat_byte(0xab), U256::from(0x0102));
    let account = Account { nonce: 7, balance: U256::from(10u64.pow(18)), code_hash: keccak256("code") };
    list.store("account-key", keys::account_key(&address));
    list.store("account-value", keys::encode_account(&account));
    list.store("slot-key", keys::slot_key(&address, &slot));
    list.store("slot-value", keys::encode_word(&slot));
    list.store("code-key", keys::code_key(&keccak256("code"), 256));
    list.store("receipts-record", samples::receipts().encode());
    list.store("state-root", samples::PROOFS.roots.state_root());
    let written = stories::written().unwrap_or_else(|error| panic!("{error}"));
    for (module, slots) in written {
        list.store(format!("storage-{module}"), slots);
    }
    list.store("evidence-record-slot", evidence::state::record_slot(keccak256("a file")).to_be_bytes::<32>());
    for layout in ding_readmodel::layout() {
        let name = format!("readmodel-{}", layout.name);
        list.add(name, "readmodel: FILE_VERSION, or version() of the view", layout.version, layout.schema);
    }
    list.0.sort_by(|a, b| a.name.cmp(&b.name));
    list.0
}
