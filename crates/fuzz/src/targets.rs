//! The table of targets.

mod calls;
mod door;
mod files;
mod member;
mod modules;
mod peers;
mod proofs;
mod sheet;
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
        about: "calls of the module members, raw and composed from its interface, and its decisions",
        run: modules::supervised::members,
        seeds: modules::supervised::members_seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 1_500,
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
        about: "transactions into the once-only register, straight and through contracts, against a small model",
        run: calls::once,
        seeds: calls::once_seeds,
        bytes_max: 256,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "module_calls",
        about: "transactions into evidence, straight and through contracts, against a small model",
        run: calls::evidence,
        seeds: calls::evidence_seeds,
        bytes_max: 256,
        memory_max: 32 * MIB,
        short: 1_500,
    },
    Target {
        name: "members_model",
        about: "proposals, votes and what they decide, straight and through contracts, against a small model",
        run: calls::members,
        seeds: calls::members_seeds,
        bytes_max: 512,
        memory_max: 32 * MIB,
        short: 1_500,
    },
    Target {
        name: "calendar_model",
        about: "tables of working days and the ends of periods, straight and through contracts, against a small model",
        run: calls::calendar,
        seeds: calls::calendar_seeds,
        bytes_max: 512,
        memory_max: 32 * MIB,
        short: 1_500,
    },
    Target {
        name: "orders_model",
        about: "orders by two hands, freezes, answers and appeals, straight and through contracts, against a small model",
        run: calls::orders,
        seeds: calls::orders_seeds,
        bytes_max: 512,
        memory_max: 32 * MIB,
        short: 1_500,
    },
    Target {
        name: "identity_model",
        about: "bindings, standing and successors, straight and through contracts, against a small model",
        run: calls::identity,
        seeds: calls::identity_seeds,
        bytes_max: 2 * KIB,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "services_model",
        about: "services, their contracts and what stops them, straight and through contracts, against a small model",
        run: calls::services,
        seeds: calls::services_seeds,
        bytes_max: 2 * KIB,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "filing_model",
        about: "filings with their numbers, changes, measures and fines, straight and through contracts, against a small model",
        run: calls::filing,
        seeds: calls::filing_seeds,
        bytes_max: 2 * KIB,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "pilot_model",
        about: "pilots from a recommendation to the end, their values and clocks, straight and through contracts, against a small model",
        run: calls::pilot,
        seeds: calls::pilot_seeds,
        bytes_max: 2 * KIB,
        memory_max: 32 * MIB,
        short: 1_000,
    },
    Target {
        name: "genesis",
        about: "genesis files, up to the keys that members vote with and the first block",
        run: files::genesis,
        seeds: files::genesis_seeds,
        bytes_max: 4 * KIB,
        memory_max: 8 * MIB,
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
        name: "sheet",
        about: "sheets of filings and pilots, CSV and XLSX with its container repaired",
        run: sheet::run,
        seeds: sheet::seeds,
        bytes_max: 16 * KIB,
        memory_max: 16 * MIB,
        short: 2_000,
    },
    Target {
        name: "calendar",
        about: "tables of working days, CSV and JSON",
        run: files::calendar,
        seeds: files::calendar_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "founding",
        about: "organisations that found a ledger, up to the first block",
        run: files::founding,
        seeds: files::founding_seeds,
        bytes_max: 4 * KIB,
        memory_max: 8 * MIB,
        short: 2_000,
    },
    Target {
        name: "batch",
        about: "lists of batches, and ways to their roots",
        run: files::batch,
        seeds: files::batch_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "person",
        about: "people as somebody fills them in: errors do not quote them",
        run: files::person,
        seeds: files::person_seeds,
        bytes_max: 2 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "records",
        about: "records of an identity authority, opened: errors do not quote them",
        run: files::records,
        seeds: files::records_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "disclosure",
        about: "disclosures of other authorities, sealed and opened",
        run: files::disclosure,
        seeds: files::disclosure_seeds,
        bytes_max: 4 * KIB,
        memory_max: 4 * MIB,
        short: 3_000,
    },
    Target {
        name: "answers",
        about: "answers of members as the commands read them: none steers a terminal",
        run: files::answers,
        seeds: files::answers_seeds,
        bytes_max: 8 * KIB,
        memory_max: 4 * MIB,
        short: 5_000,
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

/// How often the real member of the target `member` would have shut a peer out so far, and what a peer
/// sends that does nothing wrong.
pub fn member_bans() -> (u64, Vec<Vec<u8>>) {
    (member::bans(), member::honest())
}

/// Words that a target's inputs are made of, where they are text; for the engine's dictionary.
pub fn words(target: &Target) -> Vec<&'static str> {
    match target.name {
        "rpc" => door::words(),
        "genesis" => files::genesis_words(),
        "sheet" => sheet::words(),
        _ => Vec::new(),
    }
}

/// The target of this name.
pub fn by_name(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
