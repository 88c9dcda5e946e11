//! What other members send, channel by channel, decoded as the engine is configured.

use super::wire::{canonical, look};
use crate::samples;
use commonware_codec::{DecodeExt as _, Encode as _, ReadExt as _};
use commonware_consensus::{
    marshal::resolver::handler::Key,
    simplex::types::{Certificate, Vote},
    types::{Height, Round, View},
};
use commonware_cryptography::certificate::Verifier as _;
use commonware_runtime::deterministic;
use commonware_storage::{
    mmr::{self, Location, Proof},
    qmdb::sync::{Request, Response},
};
use commonware_utils::{NZU64, sequence::FixedBytes};
use ding_chain::{
    gossip::Message,
    types::{Block, Digest, Finalization, Scheme},
};
use ding_execution::admission;
use ding_primitives::limits;
use ding_state::store::{Accounts, Contracts, Key as StateKey, Modules};

pub(super) fn gossip(input: &[u8]) {
    let Some(message) = canonical::<Message>(input, &()) else { return };
    if let Message::Transactions(list) = message {
        assert!(list.len() <= limits::GOSSIP_TRANSACTIONS_MAX);
        for raw in list {
            assert!(raw.len() <= limits::TRANSACTION_BYTES_MAX);
            if let Some(recovered) = look(&raw) {
                let _ = admission::check_static(&recovered, &samples::SPEC);
            }
        }
    }
}

pub(super) fn gossip_seeds() -> Vec<Vec<u8>> {
    let raw = |count: usize| {
        samples::transactions().iter().take(count).map(|t| t.transaction().raw().0.clone()).collect()
    };
    [
        Message::Status(ding_primitives::Height::new(77)),
        Message::Transactions(Vec::new()),
        Message::Transactions(raw(1)),
        Message::Transactions(raw(4)),
    ]
    .iter()
    .map(|message| message.encode().to_vec())
    .collect()
}

pub(super) fn votes(input: &[u8]) {
    let _ = canonical::<Vote<Scheme, Digest>>(input, &());
}

pub(super) fn votes_seeds() -> Vec<Vec<u8>> {
    samples::votes().iter().map(|vote| vote.encode().to_vec()).collect()
}

pub(super) fn certificates(input: &[u8]) {
    let config = samples::SCHEMES.first().map(|scheme| scheme.certificate_codec_config());
    let _ = canonical::<Certificate<Scheme, Digest>>(input, &config.unwrap_or_default());
}

pub(super) fn certificates_seeds() -> Vec<Vec<u8>> {
    samples::certificates().iter().map(|certificate| certificate.encode().to_vec()).collect()
}

pub(super) fn backfill(input: &[u8]) {
    let _ = canonical::<Key<Digest>>(input, &());
    // An answer: a certificate, then the block.
    let mut rest = bytes::Bytes::copy_from_slice(input);
    let Ok(finalization) = Finalization::read(&mut rest) else { return };
    if let Ok(block) = Block::decode(rest.clone()) {
        let joined = [finalization.encode(), block.encode()].concat();
        assert_eq!(hex::encode(joined), hex::encode(input), "one answer has two encodings");
    }
}

pub(super) fn backfill_seeds() -> Vec<Vec<u8>> {
    let round = Round::new(commonware_consensus::types::Epoch::zero(), View::new(9));
    let keys = [
        Key::Block(commonware_cryptography::sha256::Digest([7; 32])),
        Key::Finalized { height: Height::new(300) },
        Key::Notarized { round },
    ];
    let answer = [samples::FINALIZATION.encode(), samples::block().encode()].concat();
    keys.iter().map(|key: &Key<Digest>| key.encode().to_vec()).chain([answer]).collect()
}

/// Operations that one request of ours asks for.
const BATCH: usize = 1024;

type Context = deterministic::Context;
type Of<Db> = <Db as commonware_storage::qmdb::sync::Database>::Op;

pub(super) fn sync(input: &[u8]) {
    let _ = canonical::<Request<mmr::Family>>(input, &());
    let Some((database, rest)) = input.split_first() else { return };
    match database % 3 {
        0 => drop(canonical::<Response<mmr::Family, Of<Accounts<Context>>, Digest>>(rest, &(BATCH, ()))),
        1 => drop(canonical::<Response<mmr::Family, Of<Modules<Context>>, Digest>>(rest, &(BATCH, ()))),
        _ => drop(canonical::<Response<mmr::Family, Of<Contracts<Context>>, Digest>>(rest, &(BATCH, ()))),
    }
}

pub(super) fn sync_seeds() -> Vec<Vec<u8>> {
    use commonware_storage::qmdb::any::{
        ordered,
        unordered::{self, Update},
    };
    let size = Location::new(40);
    let requests: [Request<mmr::Family>; 2] = [
        Request::Operations { size, start: Location::new(3), max_ops: NZU64!(16) },
        Request::Boundary { size, start: Location::new(3) },
    ];
    let digest = commonware_cryptography::sha256::Digest([9; 32]);
    let proof = Proof { leaves: size, inactive_peaks: 1, digests: vec![digest; 6] };
    let key = StateKey::new([5; 32]);
    let account: Of<Accounts<Context>> =
        unordered::fixed::Operation::Update(Update(key.clone(), FixedBytes::new([6; 72])));
    let gone: Of<Contracts<Context>> = unordered::fixed::Operation::Delete(key.clone());
    let word: Of<Contracts<Context>> =
        unordered::fixed::Operation::Update(Update(key.clone(), FixedBytes::new([6; 32])));
    let slot: Of<Modules<Context>> = ordered::fixed::Operation::Update(ordered::Update {
        key: key.clone(),
        value: FixedBytes::new([6; 32]),
        next_key: key,
    });
    let accounts = Response::Operations { proof: proof.clone(), operations: vec![account; 2] };
    let modules: Response<mmr::Family, _, _> =
        Response::Boundary { proof: proof.clone(), op: slot, pinned_nodes: vec![digest; 3] };
    let contracts = Response::Operations { proof, operations: vec![word, gone] };
    let answers = [accounts.encode(), modules.encode(), contracts.encode()];
    let answers = (0u8..).zip(answers).map(|(number, bytes)| [vec![number], bytes.to_vec()].concat());
    requests.iter().map(|request| request.encode().to_vec()).chain(answers).collect()
}
