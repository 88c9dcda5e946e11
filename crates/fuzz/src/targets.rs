//! The table of targets.

mod calls;
mod door;
mod files;
mod member;
mod modules;
mod peers;
mod proofs;
mod register;
mod wire;

use crate::Target;
use ding_primitives::limits;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Every target.
pub static TARGETS: &[Target] = &[
    Target {
        name: "transaction",
        about: "signed envelopes: one encoding, a sender, static rules",
        run: wire::transaction,
        seeds: wire::transaction_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "body",
        about: "bodies of blocks",
        run: wire::body,
        seeds: wire::body_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 10_000,
    },
    Target {
        name: "header",
        about: "headers",
        run: wire::header,
        seeds: wire::header_seeds,
        bytes_max: KIB,
        memory_max: MIB,
        short: 10_000,
    },
    Target {
        name: "block",
        about: "blocks as members send them, as they are and with the header made to fit",
        run: wire::block,
        seeds: wire::block_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "receipts",
        about: "receipts, and the record of a block's receipts on disk",
        run: wire::receipts,
        seeds: wire::receipts_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 10_000,
    },
    Target {
        name: "certificate",
        about: "certificates: the light reader and the engine agree, and only the true one verifies",
        run: proofs::certificate,
        seeds: proofs::certificate_seeds,
        bytes_max: 256,
        memory_max: MIB,
        short: 3_000,
    },
    Target {
        name: "state_proof",
        about: "proofs of accounts and slots: what verifies is true",
        run: proofs::state,
        seeds: proofs::state_seeds,
        bytes_max: 8 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "tree_proof",
        about: "proofs of transactions and receipts: what verifies is true",
        run: proofs::tree,
        seeds: proofs::tree_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 10_000,
    },
    Target {
        name: "package",
        about: "proof packages with a repaired checksum: one encoding, and what verifies is true",
        run: proofs::package,
        seeds: proofs::package_seeds,
        bytes_max: 16 * KIB,
        memory_max: 8 * MIB,
        short: 1_500,
    },
    Target {
        name: "gossip",
        about: "the gossip channel, and what admission would do with its transactions",
        run: peers::gossip,
        seeds: peers::gossip_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 5_000,
    },
    Target {
        name: "votes",
        about: "the channel of votes",
        run: peers::votes,
        seeds: peers::votes_seeds,
        bytes_max: KIB,
        memory_max: MIB,
        short: 5_000,
    },
    Target {
        name: "certificates",
        about: "the channels of certificates and of requests for them",
        run: peers::certificates,
        seeds: peers::certificates_seeds,
        bytes_max: KIB,
        memory_max: MIB,
        short: 5_000,
    },
    Target {
        name: "backfill",
        about: "requests for blocks, and the answers with certificate and block",
        run: peers::backfill,
        seeds: peers::backfill_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "sync",
        about: "requests for state, and answers of the three databases",
        run: peers::sync,
        seeds: peers::sync_seeds,
        bytes_max: 8 * KIB,
        memory_max: 4 * MIB,
        short: 5_000,
    },
    Target {
        name: "member",
        about: "bytes of peers on every channel of a real member, which must live",
        run: member::run,
        seeds: member::seeds,
        bytes_max: 8 * KIB,
        memory_max: 64 * MIB,
        short: 2_000,
    },
    Target {
        name: "members_abi",
        about: "raw calls of the module members",
        run: modules::members,
        seeds: modules::members_seeds,
        bytes_max: KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "evidence_abi",
        about: "raw calls of the module evidence",
        run: modules::evidence,
        seeds: modules::evidence_seeds,
        bytes_max: 2 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "calendar_abi",
        about: "calls of the module calendar, raw and composed from its interface",
        run: modules::supervised::calendar,
        seeds: modules::supervised::calendar_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_500,
    },
    Target {
        name: "identity_abi",
        about: "calls of the module identity, raw and composed from its interface",
        run: modules::supervised::identity,
        seeds: modules::supervised::identity_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_000,
    },
    Target {
        name: "once_abi",
        about: "calls of the module once, raw and composed from its interface",
        run: modules::supervised::once,
        seeds: modules::supervised::once_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_500,
    },
    Target {
        name: "services_abi",
        about: "calls of the module services, raw and composed from its interface",
        run: modules::supervised::services,
        seeds: modules::supervised::services_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_000,
    },
    Target {
        name: "filing_abi",
        about: "calls of the module filing, raw and composed from its interface",
        run: modules::supervised::filing,
        seeds: modules::supervised::filing_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 600,
    },
    Target {
        name: "pilot_abi",
        about: "calls of the module pilot, raw and composed from its interface",
        run: modules::supervised::pilot,
        seeds: modules::supervised::pilot_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 600,
    },
    Target {
        name: "orders_abi",
        about: "calls of the module orders, raw and composed from its interface",
        run: modules::supervised::orders,
        seeds: modules::supervised::orders_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_000,
    },
    Target {
        name: "once_model",
        about: "stories of the once-only register, against a small model",
        run: register::run,
        seeds: register::seeds,
        bytes_max: 512,
        memory_max: 4 * MIB,
        short: 5_000,
    },
    Target {
        name: "module_calls",
        about: "transactions into modules, straight and through contracts, against a small model",
        run: calls::run,
        seeds: calls::seeds,
        bytes_max: 256,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "genesis",
        about: "genesis files, up to the keys that members vote with",
        run: files::genesis,
        seeds: files::genesis_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "share",
        about: "files with a member's share of the chain key",
        run: files::share,
        seeds: files::share_seeds,
        bytes_max: 64,
        memory_max: MIB,
        short: 2_000,
    },
    Target {
        name: "keystore",
        about: "key files, opened where a guess is cheap",
        run: files::keystore,
        seeds: files::keystore_seeds,
        bytes_max: 2 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "settings",
        about: "settings files",
        run: files::settings,
        seeds: files::settings_seeds,
        bytes_max: 2 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "rpc",
        about: "requests at the JSON-RPC door, one a line, answered by the real dispatcher",
        run: door::run,
        seeds: door::seeds,
        bytes_max: 4 * KIB,
        memory_max: 256 * MIB,
        short: 1_500,
    },
];

const _: () = assert!(64 * KIB <= limits::MESSAGE_BYTES_MAX);

/// Messages of state synchronization, for the fixed formats.
pub(crate) fn sync_samples() -> Vec<Vec<u8>> {
    peers::sync_seeds()
}

/// Envelopes of requests and answers as a member writes them, for the fixed formats.
pub(crate) fn envelopes() -> Vec<(String, Vec<u8>)> {
    member::envelopes()
}

/// The stories of the modules of the supervised part, for the fixed formats.
pub(crate) fn told() -> Vec<crate::stories::Told> {
    modules::supervised::told()
}

/// The highest block that the real member of the target `member` made final so far.
pub fn member_height() -> u64 {
    member::height()
}

/// Words that a target's inputs are made of, where they are text; for the engine's dictionary.
pub fn words(target: &Target) -> Vec<&'static str> {
    match target.name {
        "rpc" => door::words(),
        _ => Vec::new(),
    }
}

/// The target of this name.
pub fn by_name(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
