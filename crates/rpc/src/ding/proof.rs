//! Proofs to take away: a package that a stranger checks offline with the chain's key alone.

use super::certificate::CertificateJson;
use crate::{
    Rpc,
    error::RpcError,
    eth::receipt,
    json::{Hex, SignedHeaderJson},
    params::{Params, Quantity, Slot},
};
use ding_chain::reader::Claim;
use ding_light::{Package, Statement, package::Content};
use ding_primitives::{Address, B256, Bytes, U256, codes, is_module_address};
use serde::{Deserialize, Serialize};

/// What a proof is asked for, as the one parameter of `ding_getProof`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Wanted {
    /// `{"account": "0x…"}`
    Account(Address),
    /// `{"slot": {"address": "0x…", "slot": "0x…"}}`
    Slot(SlotWanted),
    /// `{"log": {"transactionHash": "0x…", "logIndex": "0x…"}}`, as in a log of a receipt.
    Log(LogWanted),
    /// `{"transaction": "0x…"}`
    Transaction(B256),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotWanted {
    address: Address,
    slot: Slot,
}

/// Other members of a log as receipts show it may stand beside these two.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogWanted {
    transaction_hash: B256,
    log_index: Quantity,
}

/// `ding_getProof`: the package's bytes, and what is in them for those who only look.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    /// The file: write these bytes to `name.ding` and check it with `ding verify`.
    package: Bytes,
    chain: String,
    chain_key: Bytes,
    genesis_hash: B256,
    /// The block that the statement is about.
    header: SignedHeaderJson,
    /// Headers after it, up to the certified one; usually none.
    descendants: Vec<SignedHeaderJson>,
    certificate: CertificateJson,
    statements: Vec<StatementJson>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum StatementJson {
    Log {
        transaction_index: Hex,
        index_in_transaction: Hex,
        address: Address,
        topics: Vec<B256>,
        data: Bytes,
    },
    Transaction {
        transaction_index: Hex,
        hash: B256,
    },
    Account {
        address: Address,
        nonce: Hex,
        balance: U256,
        code_hash: B256,
    },
    Slot {
        address: Address,
        slot: U256,
        value: B256,
    },
}

pub(crate) async fn get(rpc: &Rpc, params: Params<'_>) -> Result<Answer, RpcError> {
    let wanted: Wanted = params.one(
        "what to prove: {\"account\": address}, {\"slot\": {address, slot}}, {\"log\": {transactionHash, logIndex}} \
         or {\"transaction\": hash}",
    )?;
    let claim = claim(rpc, wanted).await?;
    let package = rpc.reader().prove(claim).await?.ok_or_else(|| nothing(claim))?;
    answer(&package)
}

async fn claim(rpc: &Rpc, wanted: Wanted) -> Result<Claim, RpcError> {
    match wanted {
        Wanted::Account(address) => Ok(Claim::Account(address)),
        Wanted::Slot(SlotWanted { address, slot: Slot(slot) }) => Ok(Claim::Slot(address, slot)),
        Wanted::Transaction(hash) => {
            let found = find(rpc, hash).await?;
            Ok(Claim::Transaction { height: found.block.header.height, transaction: found.index })
        }
        Wanted::Log(LogWanted { transaction_hash, log_index: Quantity(number) }) => {
            let receipt::Found { block, index } = find(rpc, transaction_hash).await?;
            // Receipts number the logs of a block, packages those of a transaction.
            let receipts = &block.receipts;
            let before: usize = receipts.iter().take(index).map(|receipt| receipt.logs.len()).sum();
            let count = receipts.get(index).map_or(0, |receipt| receipt.logs.len());
            let log = usize::try_from(number).ok().and_then(|number| number.checked_sub(before));
            match log.filter(|log| *log < count) {
                Some(log) => Ok(Claim::Log { height: block.header.height, transaction: index, log }),
                None => Err(RpcError::new(
                    codes::RESOURCE_NOT_FOUND,
                    format!(
                        "transaction {transaction_hash} has no log with logIndex {number}; it has {count} of them, \
                         from {before} on"
                    ),
                )),
            }
        }
    }
}

async fn find(rpc: &Rpc, hash: B256) -> Result<receipt::Found, RpcError> {
    receipt::find(rpc, hash).await?.ok_or_else(|| {
        let hint = if rpc.query().is_none() {
            "; this member runs without a read model and finds only recent ones"
        } else {
            ""
        };
        RpcError::new(
            codes::RESOURCE_NOT_FOUND,
            format!("transaction {hash} is in no final block known here{hint}"),
        )
    })
}

fn nothing(claim: Claim) -> RpcError {
    let text = match claim {
        Claim::Account(address) => {
            format!(
                "nothing to prove: no account {address} exists, and absence is provable only in native modules"
            )
        }
        Claim::Slot(address, slot) if is_module_address(&address) => {
            format!("nothing to prove about slot {slot:#x} of {address} yet; try again after the next block")
        }
        Claim::Slot(address, slot) => format!(
            "nothing to prove: slot {slot:#x} of {address} holds nothing, and absence is provable only in native modules"
        ),
        Claim::Log { height, .. } | Claim::Transaction { height, .. } => {
            format!("block {height} is no longer kept here; ask another member")
        }
    };
    RpcError::new(codes::RESOURCE_NOT_FOUND, text)
}

fn answer(package: &Package) -> Result<Answer, RpcError> {
    let (first, rest) = package
        .headers()
        .split_first()
        .ok_or_else(|| RpcError::internal("building the proof", "a package without headers"))?;
    Ok(Answer {
        package: package.to_bytes().into(),
        chain: package.chain().to_owned(),
        chain_key: Bytes::copy_from_slice(package.chain_key().as_bytes()),
        genesis_hash: package.genesis_hash(),
        header: first.into(),
        descendants: rest.iter().map(SignedHeaderJson::from).collect(),
        certificate: package.certificate().into(),
        statements: package.statements().iter().map(StatementJson::from).collect(),
    })
}

impl From<&Statement> for StatementJson {
    fn from(statement: &Statement) -> Self {
        match statement {
            Statement::Log { transaction, log, receipt, .. } => {
                let found = usize::try_from(*log)
                    .ok()
                    .and_then(|log| receipt.logs.get(log))
                    .cloned()
                    .unwrap_or_default();
                Self::Log {
                    transaction_index: Hex((*transaction).into()),
                    index_in_transaction: Hex((*log).into()),
                    address: found.address,
                    topics: found.topics,
                    data: found.data,
                }
            }
            Statement::Transaction { index, content, .. } => Self::Transaction {
                transaction_index: Hex((*index).into()),
                hash: match content {
                    Content::Hash(hash) => *hash,
                    envelope @ Content::Envelope(_) => envelope.hash(),
                },
            },
            Statement::Account { address, account, .. } => Self::Account {
                address: *address,
                nonce: Hex(account.nonce),
                balance: account.balance,
                code_hash: account.code_hash,
            },
            Statement::Slot { address, slot, value, .. } => {
                Self::Slot { address: *address, slot: *slot, value: (*value).into() }
            }
        }
    }
}
