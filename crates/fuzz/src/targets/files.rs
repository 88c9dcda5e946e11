//! Files that people bring: genesis, settings, keys.

use crate::samples;
use commonware_codec::Encode as _;
use commonware_runtime::deterministic;
use ding_chain::genesis::{self, decode_share};
use ding_modules::registry;
use ding_node::{config::Settings, keystore};
use ding_primitives::Spec;

pub(super) fn genesis(input: &[u8]) {
    let Ok(spec) = Spec::from_json(input) else { return };
    let back = Spec::from_json(spec.to_json().as_bytes()).expect("what was written is read");
    assert_eq!(back, spec);
    assert_eq!(back.digest(), spec.digest());
    let _ = registry::check_genesis(&spec);
    let Ok(block) = genesis::block::<deterministic::Context>(&spec) else { return };
    assert_eq!(block.header().transactions_root, spec.digest());
    let _ = genesis::verifier(&spec, &block.hash());
}

pub(super) fn genesis_seeds() -> Vec<Vec<u8>> {
    let whole = samples::SPEC.clone();
    let bare = Spec {
        validators: whole.validators.iter().take(1).cloned().collect(),
        sharing: ding_primitives::Bytes::new(),
        endowments: Default::default(),
        modules: Default::default(),
        ..whole.clone()
    };
    vec![whole.to_json().into_bytes(), bare.to_json().into_bytes()]
}

pub(super) fn share(input: &[u8]) {
    let Ok(share) = decode_share(input) else { return };
    assert_eq!(hex::encode(share.encode()), hex::encode(input), "one share has two encodings");
    assert!(
        samples::DEALT.members.iter().any(|member| member.share == share)
            || genesis::signer(&samples::SPEC, &samples::GENESIS.hash(), share).is_err(),
        "a share that was not dealt signs"
    );
}

pub(super) fn share_seeds() -> Vec<Vec<u8>> {
    samples::DEALT.members.iter().map(|member| member.share.encode().to_vec()).collect()
}

/// What one guess may cost here.
const GUESS_BYTES_MAX: u64 = 64 * 1024;
const GUESS_ROUNDS_MAX: u64 = 64;

pub(super) fn keystore(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let Ok(file) = keystore::parse(text) else { return };
    let (bytes, rounds) = file.cost();
    assert!(bytes <= 1 << 30 && rounds <= 10_000_000, "a guess costs {bytes} bytes and {rounds} rounds");
    if bytes > GUESS_BYTES_MAX || rounds > GUESS_ROUNDS_MAX {
        return;
    }
    if let Ok(address) = file.open_with("testpassword") {
        assert!(file.address().is_none_or(|told| told == address), "a file opens as another account");
    }
}

pub(super) fn keystore_seeds() -> Vec<Vec<u8>> {
    // Written by eth-keyfile 0.9 with the cheapest costs, the passphrase "testpassword", and the
    // private key of the examples of the Web3 Secret Storage Definition.
    [
        r#"{"address": "008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b", "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "88e45dc5f03db1496dd6e747abbb078a"}, "ciphertext": "361890b48c5dfb2d3f3bd4298c52ab050bdff5471a8c6da1bf802d2d886d95b5", "kdf": "pbkdf2", "kdfparams": {"c": 1, "dklen": 32, "prf": "hmac-sha256", "salt": "c3a170189356dc56112c91476dd3da45"}, "mac": "4518c83e14d6bdfd92deb85ffccddff3fbe77e0499d3f0be62d9600c837bd401"}, "id": "64262ffe-b8b2-4f2e-b331-45ac45546e76", "version": 3}"#,
        r#"{"address": "008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b", "crypto": {"cipher": "aes-128-ctr", "cipherparams": {"iv": "9e19a630f3ef3ee2710dcb518be24796"}, "ciphertext": "a5f983627632794ca47ac653a2ae0ad8aa0a226dacb74cea780a8a2bc4940089", "kdf": "scrypt", "kdfparams": {"dklen": 32, "n": 2, "r": 8, "p": 1, "salt": "cce329af8f174ec7db1f809005e1fb17"}, "mac": "1206ade12bb8bb554008cd2d9f2d6a02d9220f9d72e4e352c0070b173a3412cd"}, "id": "6de5b899-549a-4d11-81e0-c9ca86cdaa02", "version": 3}"#,
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

pub(super) fn settings(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else { return };
    let Ok(settings) = Settings::parse(text) else { return };
    let text = settings.to_text().expect("what was read can be written");
    assert_eq!(Settings::parse(&text).as_ref(), Ok(&settings), "what was written is another setting");
}

pub(super) fn settings_seeds() -> Vec<Vec<u8>> {
    [
        "member = \"member-1\"\nhttp = \"127.0.0.1:8545\"\np2p = \"0.0.0.0:9000\"\n",
        "member = \"m\"\nhttp = \"[::1]:1\"\np2p = \"1.2.3.4:5\"\nread_model = false\nthreads = 3\n\
         cache_mib = 9\n\n[peers]\nmember-1 = \"host.example:9000\"\n\"member 2\" = '10.0.0.1:9'\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
