//! JSON shapes on the way out, as Ethereum tools read them.
//!
//! Everything is written straight from final blocks, without a tree of values in between.
//! Quantities are hexadecimal without leading zeros, data has two digits a byte (execution-apis).

use alloy_primitives::{B64, Bloom, BloomInput};
use ding_primitives::{Address, B256, Bytes, Header, Height, Log, Recovered, b256, ports::FinalizedBlock};
use serde::{Serialize, Serializer, ser::SerializeSeq as _};
use std::sync::Arc;

/// Keccak-256 of the empty list of uncles (EIP-3675).
const NO_UNCLES: B256 = b256!("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

/// A quantity: `"0x1f"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hex(pub(crate) u64);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#x}", self.0))
    }
}

impl From<usize> for Hex {
    fn from(value: usize) -> Self {
        Self(value as u64)
    }
}

impl From<Height> for Hex {
    fn from(height: Height) -> Self {
        Self(height.get())
    }
}

/// The bloom filter over logs (Yellow Paper section 4.3.1).
pub(crate) fn bloom<'a>(logs: impl Iterator<Item = &'a Log>) -> Bloom {
    let mut bloom = Bloom::ZERO;
    // Most logs of a block share their address and first topic with the one before.
    let (mut address, mut signature) = (None, None);
    for log in logs {
        if address != Some(log.address) {
            address = Some(log.address);
            bloom.accrue(BloomInput::Raw(log.address.as_slice()));
        }
        for (index, topic) in log.topics.iter().enumerate() {
            if index == 0 {
                if signature == Some(*topic) {
                    continue;
                }
                signature = Some(*topic);
            }
            bloom.accrue(BloomInput::Raw(topic.as_slice()));
        }
    }
    bloom
}

/// A header as `newHeads` sends it and blocks begin with it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeaderJson {
    number: Hex,
    hash: B256,
    parent_hash: B256,
    nonce: B64,
    mix_hash: B256,
    sha3_uncles: B256,
    logs_bloom: Bloom,
    transactions_root: B256,
    state_root: B256,
    receipts_root: B256,
    miner: Address,
    difficulty: Hex,
    total_difficulty: Hex,
    extra_data: Bytes,
    size: Hex,
    gas_limit: Hex,
    gas_used: Hex,
    timestamp: Hex,
    timestamp_ms: Hex,
    base_fee_per_gas: Hex,
}

impl HeaderJson {
    pub(crate) fn new(block: &FinalizedBlock, logs_bloom: Bloom) -> Self {
        let header = &block.header;
        Self {
            number: header.height.into(),
            hash: header.hash(),
            parent_hash: header.parent,
            nonce: B64::ZERO,
            mix_hash: B256::ZERO,
            sha3_uncles: NO_UNCLES,
            logs_bloom,
            transactions_root: header.transactions_root,
            state_root: header.roots.state_root(),
            receipts_root: header.receipts_root,
            miner: header.leader.address(),
            difficulty: Hex(0),
            total_difficulty: Hex(0),
            extra_data: Bytes::new(),
            size: block.size.into(),
            gas_limit: Hex(header.gas_limit),
            gas_used: Hex(header.gas_used),
            timestamp: Hex(header.timestamp_s()),
            timestamp_ms: Hex(header.timestamp_ms),
            base_fee_per_gas: Hex(0),
        }
    }
}

/// A block, with transaction hashes or whole transactions.
#[derive(Debug, Serialize)]
pub(crate) struct BlockJson {
    #[serde(flatten)]
    header: HeaderJson,
    uncles: [B256; 0],
    transactions: TransactionsJson,
}

impl BlockJson {
    pub(crate) fn new(block: Arc<FinalizedBlock>, logs_bloom: Bloom, whole: bool) -> Self {
        Self {
            header: HeaderJson::new(&block, logs_bloom),
            uncles: [],
            transactions: TransactionsJson { block, whole },
        }
    }
}

#[derive(Debug)]
struct TransactionsJson {
    block: Arc<FinalizedBlock>,
    whole: bool,
}

impl Serialize for TransactionsJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let transactions = &self.block.transactions;
        let mut seq = serializer.serialize_seq(Some(transactions.len()))?;
        for (index, transaction) in transactions.iter().enumerate() {
            if self.whole {
                seq.serialize_element(&TransactionJson::final_in(&self.block.header, transaction, index))?;
            } else {
                seq.serialize_element(&transaction.hash())?;
            }
        }
        seq.end()
    }
}

/// Where a transaction stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    block_hash: B256,
    height: Height,
    index: usize,
    timestamp_s: u64,
}

/// A transaction, final or waiting. The shape is the one of `alloy`, since its fields depend on
/// the kind of envelope.
#[derive(Clone, Debug)]
pub(crate) struct TransactionJson {
    transaction: Arc<Recovered>,
    place: Option<Place>,
}

impl TransactionJson {
    pub(crate) const fn waiting(transaction: Arc<Recovered>) -> Self {
        Self { transaction, place: None }
    }

    pub(crate) fn final_in(
        header: &ding_primitives::Sealed,
        transaction: &Arc<Recovered>,
        index: usize,
    ) -> Self {
        let place = Place {
            block_hash: header.hash(),
            height: header.height,
            index,
            timestamp_s: header.timestamp_s(),
        };
        Self { transaction: transaction.clone(), place: Some(place) }
    }
}

impl Serialize for TransactionJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = alloy_consensus::transaction::Recovered::new_unchecked(
            self.transaction.envelope().clone(),
            self.transaction.sender(),
        );
        alloy_rpc_types_eth::Transaction {
            inner,
            block_hash: self.place.map(|place| place.block_hash),
            block_number: self.place.map(|place| place.height.get()),
            transaction_index: self.place.map(|place| place.index as u64),
            // Nobody pays for gas, whatever the envelope offers.
            effective_gas_price: Some(0),
            block_timestamp: self.place.map(|place| place.timestamp_s),
        }
        .serialize(serializer)
    }
}

/// A log with its place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogJson<'a> {
    pub(crate) address: Address,
    pub(crate) topics: &'a [B256],
    pub(crate) data: &'a Bytes,
    pub(crate) block_number: Hex,
    pub(crate) block_hash: B256,
    pub(crate) block_timestamp: Hex,
    pub(crate) transaction_hash: B256,
    pub(crate) transaction_index: Hex,
    pub(crate) log_index: Hex,
    /// Final blocks are never taken back.
    pub(crate) removed: bool,
}

/// A receipt, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct ReceiptJson {
    block: Arc<FinalizedBlock>,
    index: usize,
    first_log: usize,
}

impl ReceiptJson {
    /// The receipt of the transaction at `index`, if there is one.
    pub(crate) fn new(block: Arc<FinalizedBlock>, index: usize) -> Option<Self> {
        let first_log = block.receipts.get(..index)?.iter().map(|receipt| receipt.logs.len()).sum();
        (index < block.receipts.len() && index < block.transactions.len()).then_some(Self {
            block,
            index,
            first_log,
        })
    }

    /// All receipts of a block.
    pub(crate) fn all(block: &Arc<FinalizedBlock>) -> impl Iterator<Item = Self> {
        let mut next_log = 0;
        block.receipts.iter().enumerate().map(move |(index, receipt)| {
            let first_log = next_log;
            next_log += receipt.logs.len();
            Self { block: block.clone(), index, first_log }
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptFields<'a> {
    transaction_hash: B256,
    transaction_index: Hex,
    block_hash: B256,
    block_number: Hex,
    from: Address,
    to: Option<Address>,
    cumulative_gas_used: Hex,
    gas_used: Hex,
    contract_address: Option<Address>,
    logs: LogsJson<'a>,
    logs_bloom: Bloom,
    #[serde(rename = "type")]
    kind: Hex,
    status: Hex,
    effective_gas_price: Hex,
}

struct LogsJson<'a>(&'a ReceiptJson);

impl Serialize for LogsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(ReceiptJson { block, index, first_log }) = self;
        let logs = block.receipts.get(*index).map_or(&[][..], |receipt| receipt.logs.as_slice());
        serializer.collect_seq(
            logs.iter().enumerate().map(|(offset, log)| log_json(block, *index, first_log + offset, log)),
        )
    }
}

/// A log of a final block; `number` counts the logs of the block from 0.
pub(crate) fn log_json<'a>(
    block: &FinalizedBlock,
    transaction: usize,
    number: usize,
    log: &'a Log,
) -> LogJson<'a> {
    LogJson {
        address: log.address,
        topics: &log.topics,
        data: &log.data,
        block_number: block.header.height.into(),
        block_hash: block.header.hash(),
        block_timestamp: Hex(block.header.timestamp_s()),
        transaction_hash: block
            .transactions
            .get(transaction)
            .map(|transaction| transaction.hash())
            .unwrap_or_default(),
        transaction_index: transaction.into(),
        log_index: number.into(),
        removed: false,
    }
}

impl Serialize for ReceiptJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { block, index, .. } = self;
        let (Some(transaction), Some(receipt)) = (block.transactions.get(*index), block.receipts.get(*index))
        else {
            return serializer.serialize_none();
        };
        ReceiptFields {
            transaction_hash: transaction.hash(),
            transaction_index: (*index).into(),
            block_hash: block.header.hash(),
            block_number: block.header.height.into(),
            from: transaction.sender(),
            to: transaction.to().to().copied(),
            cumulative_gas_used: Hex(receipt.cumulative_gas_used),
            gas_used: Hex(receipt.gas_used),
            contract_address: receipt.created,
            logs: LogsJson(self),
            logs_bloom: bloom(receipt.logs.iter()),
            kind: Hex(transaction.kind().into()),
            status: Hex(receipt.success.into()),
            effective_gas_price: Hex(0),
        }
        .serialize(serializer)
    }
}

/// A database's commitment in a header.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommitmentJson {
    root: B256,
    ops_root: B256,
    start: Hex,
    end: Hex,
}

impl From<&ding_primitives::DatabaseCommitment> for CommitmentJson {
    fn from(commitment: &ding_primitives::DatabaseCommitment) -> Self {
        let ding_primitives::DatabaseCommitment { root, ops_root, start, end } = *commitment;
        Self { root, ops_root, start: Hex(start), end: Hex(end) }
    }
}

/// A header with everything that is signed, for those who check proofs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedHeaderJson {
    hash: B256,
    encoded: Bytes,
    epoch: Hex,
    view: Hex,
    parent_view: Hex,
    leader: B256,
    parent_hash: B256,
    number: Hex,
    timestamp_ms: Hex,
    transactions_root: B256,
    receipts_root: B256,
    state_root: B256,
    accounts: CommitmentJson,
    modules: CommitmentJson,
    contracts: CommitmentJson,
    gas_used: Hex,
    gas_limit: Hex,
    transaction_count: Hex,
}

impl From<&Header> for SignedHeaderJson {
    fn from(header: &Header) -> Self {
        use commonware_codec::Encode as _;
        Self {
            hash: header.hash(),
            encoded: header.encode().to_vec().into(),
            epoch: Hex(header.epoch),
            view: Hex(header.view),
            parent_view: Hex(header.parent_view),
            leader: header.leader.0,
            parent_hash: header.parent,
            number: header.height.into(),
            timestamp_ms: Hex(header.timestamp_ms),
            transactions_root: header.transactions_root,
            receipts_root: header.receipts_root,
            state_root: header.roots.state_root(),
            accounts: (&header.roots.accounts).into(),
            modules: (&header.roots.modules).into(),
            contracts: (&header.roots.contracts).into(),
            gas_used: Hex(header.gas_used),
            gas_limit: Hex(header.gas_limit),
            transaction_count: Hex(header.transaction_count.into()),
        }
    }
}
