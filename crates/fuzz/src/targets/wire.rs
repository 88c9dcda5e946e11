//! What travels and is kept: transactions, bodies, headers, blocks, receipts.

use crate::samples;
use alloy_eips::eip2718::Encodable2718 as _;
use commonware_codec::{Codec, Decode as _, Encode as _};
use ding_chain::types::{Block, transactions_root};
use ding_execution::{admission, hints};
use ding_primitives::{
    B256, Body, Bytes, Header, Receipt, Recovered, Transaction, limits,
    transaction::{TransactionError, recover},
};

/// Decodes; what decodes has exactly one encoding, and says its size.
pub(super) fn canonical<T: Codec>(input: &[u8], config: &T::Cfg) -> Option<T> {
    let value = T::decode_cfg(bytes::Bytes::copy_from_slice(input), config).ok()?;
    let back = value.encode();
    assert_eq!(hex::encode(&back), hex::encode(input), "one value has two encodings");
    assert_eq!(value.encode_size(), input.len());
    Some(value)
}

/// Looks at signed bytes as a door does.
pub(super) fn look(raw: &[u8]) -> Option<Recovered> {
    let transaction = Transaction::from_raw(Bytes::copy_from_slice(raw));
    let recovered = match recover(transaction.clone(), samples::CHAIN_ID) {
        // Signed for another chain is as good for what is asked here.
        Err(TransactionError::WrongChain { got, .. }) => recover(transaction, got),
        other => other,
    };
    recovered.ok()
}

pub(super) fn transaction(input: &[u8]) {
    let Some(recovered) = look(input) else { return };
    assert_eq!(
        hex::encode(recovered.envelope().encoded_2718()),
        hex::encode(input),
        "one transaction has two encodings, so two hashes"
    );
    assert_eq!(recovered.envelope().tx_hash(), &recovered.hash());
    assert!(recovered.kind() <= 2);
    let _ = admission::check_static(&recovered, &samples::SPEC);
    let _ = hints::reads(&recovered, true).count();
}

pub(super) fn transaction_seeds() -> Vec<Vec<u8>> {
    samples::transactions().iter().map(|transaction| transaction.transaction().raw().to_vec()).collect()
}

pub(super) fn body(input: &[u8]) {
    let Some(body) = canonical::<Body>(input, &()) else { return };
    assert!(body.transactions.len() <= limits::BLOCK_TRANSACTIONS_MAX);
    assert!(body.transactions.iter().all(|t| t.raw().len() <= limits::TRANSACTION_BYTES_MAX));
}

pub(super) fn body_seeds() -> Vec<Vec<u8>> {
    [Body::default(), samples::body()].iter().map(|body| body.encode().to_vec()).collect()
}

pub(super) fn header(input: &[u8]) {
    let Some(header) = canonical::<Header>(input, &()) else { return };
    let _ = ding_state::store::sync_targets(&header.roots);
    let (height, hash) = (header.height, header.hash());
    let other = Header { height: height.next(), ..header };
    assert!(other.height == height || other.hash() != hash, "two headers have one hash");
}

pub(super) fn header_seeds() -> Vec<Vec<u8>> {
    vec![samples::HEADER.encode().to_vec()]
}

pub(super) fn block(input: &[u8]) {
    use commonware_codec::FixedSize as _;
    if let Some(block) = canonical::<Block>(input, &()) {
        assert_eq!(block.size(), input.len());
    }
    // The root of the body guards all bytes; with a fitting root the rest is reached.
    let Some((head, tail)) = input.split_at_checked(Header::SIZE) else { return };
    let (Some(header), Ok(body)) =
        (canonical::<Header>(head, &()), Body::decode_cfg(bytes::Bytes::copy_from_slice(tail), &()))
    else {
        return;
    };
    let count = u32::try_from(body.transactions.len()).unwrap_or(u32::MAX);
    let header = Header { transactions_root: transactions_root(&body), transaction_count: count, ..header };
    let Ok(block) = Block::new(header.clone(), body) else {
        assert!(ding_chain::types::peer_key(&header.leader).is_none(), "only the leader can be wrong now");
        return;
    };
    let bytes = block.encode();
    let back = canonical::<Block>(&bytes, &());
    assert!(back.is_some_and(|back| back == block && back.hash() == header.hash()));
}

pub(super) fn block_seeds() -> Vec<Vec<u8>> {
    vec![samples::block().encode().to_vec()]
}

pub(super) fn receipts(input: &[u8]) {
    if let Some(receipt) = canonical::<Receipt>(input, &()) {
        assert!(receipt.logs.iter().all(|log| log.topics.len() <= 4));
        let root = ding_light::tree::receipts_root(std::slice::from_ref(&receipt));
        assert_ne!(root, B256::ZERO);
    }
    // As the archive of receipts is configured.
    let _ = canonical::<Vec<Receipt>>(input, &((0..=limits::RECEIPTS_PER_BLOCK_MAX).into(), ()));
}

pub(super) fn receipts_seeds() -> Vec<Vec<u8>> {
    let receipts = samples::receipts();
    let record = receipts.encode().to_vec();
    receipts.iter().map(|receipt| receipt.encode().to_vec()).chain([record]).collect()
}
