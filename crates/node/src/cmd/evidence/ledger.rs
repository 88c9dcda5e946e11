//! The evidence module of a running chain: questions, transactions, receipts, proofs.

use crate::{
    client::{self, CallError, Chain, Client},
    failure::Failure,
    wallet::{self, PrivateKeySigner},
};
use alloy_consensus::TxEip1559;
use alloy_primitives::U64;
use alloy_sol_types::{SolCall, SolEvent as _};
use ding_light::{ChainKey, Package, Verified};
use ding_modules::evidence::{
    abi::IEvidence::{self, Deposited, DepositedAgain, Record},
    events::{self, Event},
    state,
};
use ding_primitives::{Address, B256, Bytes, Log, limits};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A transaction whose nonce another one took is signed again this often.
const NONCE_ATTEMPTS: usize = 8;
/// First and longest pause between two questions for a receipt.
const RECEIPT_PAUSE: Duration = Duration::from_millis(20);
const RECEIPT_PAUSE_MAX: Duration = Duration::from_millis(500);

/// The evidence module of one chain.
#[derive(Debug)]
pub(super) struct Ledger {
    client: Client,
    pub(super) chain: Chain,
}

/// A log as receipts and filters show it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogJson {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
    pub(super) transaction_hash: B256,
    pub(super) log_index: U64,
}

impl LogJson {
    /// The event of the module that it holds.
    pub(super) fn event(&self) -> Option<Event> {
        events::decode(&Log { address: self.address, topics: self.topics.clone(), data: self.data.clone() })
    }
}

/// A final receipt.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receipt {
    pub(super) transaction_hash: B256,
    status: U64,
    logs: Vec<LogJson>,
}

impl Receipt {
    pub(super) fn is_success(&self) -> bool {
        !self.status.is_zero()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = Event> {
        self.logs.iter().filter_map(LogJson::event)
    }
}

/// Where a transaction is on its way (`ding_getTransactionStatus`).
#[derive(Debug, Deserialize)]
struct Fate {
    status: String,
    #[serde(default, deserialize_with = "client::maybe_told")]
    reason: Option<String>,
}

impl Ledger {
    /// Asks who the chain is.
    pub(super) async fn open(client: Client) -> Result<Self, Failure> {
        let chain = client.chain().await?;
        Ok(Self { client, chain })
    }

    /// Calls a function of the module after the latest final block.
    pub(super) async fn ask<C: SolCall>(
        &self,
        from: Option<Address>,
        call: &C,
    ) -> Result<C::Return, Failure> {
        self.ask_at(from, state::ADDRESS, call).await
    }

    /// Calls a function of any module.
    pub(super) async fn ask_at<C: SolCall>(
        &self,
        from: Option<Address>,
        module: Address,
        call: &C,
    ) -> Result<C::Return, Failure> {
        let request = request(from, module, &call.abi_encode());
        let output: Bytes = self.client.call("eth_call", (request, "latest")).await?;
        C::abi_decode_returns_validate(&output).map_err(|error| {
            Failure::Failed(format!(
                "{} answered {} with something else than expected: {error}",
                self.client.url(),
                C::SIGNATURE
            ))
        })
    }

    /// The record of a digest; `None` if it was never deposited.
    pub(super) async fn record(&self, digest: B256) -> Result<Option<Record>, Failure> {
        let record = self.ask(None, &IEvidence::recordOfCall { digest }).await?;
        Ok(Some(record).filter(|record| record.count > 0))
    }

    /// The latest final height.
    pub(super) async fn height(&self) -> Result<u64, Failure> {
        let height: U64 = self.client.call("eth_blockNumber", crate::client::NO_PARAMS).await?;
        Ok(height.to())
    }

    /// The gas that a call of the module is given: what it needs now, and a quarter on top, since
    /// others may change what it meets.
    pub(super) async fn gas(&self, from: Address, input: &[u8]) -> Result<u64, Failure> {
        let needed: U64 =
            self.client.call("eth_estimateGas", [request(Some(from), state::ADDRESS, input)]).await?;
        let needed: u64 = needed.to();
        Ok(needed.saturating_add(needed / 4).min(limits::TRANSACTION_GAS_MAX))
    }

    /// The nonce after everything of this account that waits.
    pub(super) async fn next_nonce(&self, account: Address) -> Result<u64, Failure> {
        let nonce: U64 = self.client.call("eth_getTransactionCount", (account, "pending")).await?;
        Ok(nonce.to())
    }

    /// Signs and sends a call of the module. `nonce` moves on; if another program used it
    /// meanwhile, the next one is taken.
    pub(super) async fn send(
        &self,
        signer: &PrivateKeySigner,
        nonce: &mut u64,
        input: &Bytes,
        gas_limit: u64,
    ) -> Result<B256, Failure> {
        let mut attempt = 1;
        loop {
            let transaction = TxEip1559 {
                chain_id: self.chain.chain_id.to(),
                nonce: *nonce,
                gas_limit,
                to: state::ADDRESS.into(),
                input: input.clone(),
                ..TxEip1559::default()
            };
            let (hash, raw) = wallet::sign(signer, transaction)?;
            let sent = match self.client.call::<B256>("eth_sendRawTransaction", [raw]).await {
                // Known by its hash: it arrived before, whatever became of the answer.
                Err(error) if error.says("already known") => Ok(hash),
                other => other,
            };
            match sent {
                Ok(_) => {
                    *nonce = nonce.saturating_add(1);
                    return Ok(hash);
                }
                Err(error) if attempt < NONCE_ATTEMPTS && is_nonce_taken(&error) => {
                    attempt += 1;
                    *nonce = self.next_nonce(signer.address()).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for the final receipt.
    pub(super) async fn receipt(&self, hash: B256, patience: Duration) -> Result<Receipt, Failure> {
        let (start, mut pause) = (Instant::now(), RECEIPT_PAUSE);
        loop {
            let receipt: Option<Receipt> = self.client.call("eth_getTransactionReceipt", [hash]).await?;
            if let Some(receipt) = receipt {
                return Ok(receipt);
            }
            if pause >= RECEIPT_PAUSE_MAX {
                self.require_hope(hash).await?;
            }
            if start.elapsed() >= patience {
                return Err(Failure::Failed(format!(
                    "transaction {hash} is not final after {} s; it may still be: look with `ding evidence show`, and \
                     with `ding status` whether the chain moves",
                    patience.as_secs()
                )));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RECEIPT_PAUSE_MAX);
        }
    }

    /// Fails if the member says that the transaction left its pool without a block.
    async fn require_hope(&self, hash: B256) -> Result<(), Failure> {
        match self.client.call::<Fate>("ding_getTransactionStatus", [hash]).await {
            Ok(Fate { status, reason }) if status == "dropped" => Err(Failure::Failed(format!(
                "transaction {hash} was dropped: {}; deposit again",
                reason.unwrap_or_else(|| "no reason is given".into())
            ))),
            Ok(_) | Err(CallError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The log of the first deposit of a digest, which its record says is in the block at `height`.
    pub(super) async fn first_deposit(&self, digest: B256, height: u64) -> Result<LogJson, Failure> {
        let receipts: Option<Vec<Receipt>> =
            self.client.call("eth_getBlockReceipts", [U64::from(height)]).await?;
        let receipts = receipts.ok_or_else(|| {
            Failure::Failed(format!(
                "{} no longer keeps block {height}, where {digest} was deposited; ask another member",
                self.client.url()
            ))
        })?;
        let is_it =
            |log: &LogJson| matches!(log.event(), Some(Event::Deposited(event)) if event.digest == digest);
        receipts.into_iter().flat_map(|receipt| receipt.logs).find(is_it).ok_or_else(|| {
            Failure::Failed(format!(
                "block {height} has no deposit of {digest}, although the record says so; ask another member"
            ))
        })
    }

    /// Deposits of a digest after the first. Needs the read model of the member.
    pub(super) async fn later_deposits(
        &self,
        digest: B256,
        from: u64,
    ) -> Result<Vec<(B256, DepositedAgain)>, CallError> {
        let filter = json!({
            "address": state::ADDRESS,
            "fromBlock": U64::from(from),
            "topics": [DepositedAgain::SIGNATURE_HASH, digest],
        });
        let logs: Vec<LogJson> = self.client.call("eth_getLogs", [filter]).await?;
        let again = logs.iter().filter_map(|log| match log.event() {
            Some(Event::DepositedAgain(event)) => Some((log.transaction_hash, event)),
            _ => None,
        });
        Ok(again.collect())
    }

    /// A proof package, as the member made it, and what it proves, checked here.
    pub(super) async fn proof(&self, wanted: Value) -> Result<(Package, Verified), Failure> {
        #[derive(Deserialize)]
        struct Answer {
            package: Bytes,
        }

        let Answer { package } = self.client.call("ding_getProof", [wanted]).await?;
        let wrong = |why: &dyn core::fmt::Display| {
            Failure::Refuted(format!(
                "{} gave a proof that does not hold: {why}; nothing was written",
                self.client.url()
            ))
        };
        let key = ChainKey::from_bytes(&self.chain.public_key).map_err(|error| wrong(&error))?;
        let package = Package::from_bytes(&package).map_err(|error| wrong(&error))?;
        let verified = package.verify(Some(&key)).map_err(|error| wrong(&error))?;
        if verified.genesis_hash != self.chain.genesis_hash {
            return Err(wrong(&format!("it is of the chain with genesis {}", verified.genesis_hash)));
        }
        Ok((package, verified))
    }
}

/// The first deposit that a receipt tells of.
pub(super) fn deposited(receipt: &Receipt, digest: B256) -> Option<Deposited> {
    receipt.events().find_map(|event| match event {
        Event::Deposited(event) if event.digest == digest => Some(event),
        _ => None,
    })
}

fn request(from: Option<Address>, to: Address, input: &[u8]) -> Value {
    let input = Bytes::copy_from_slice(input);
    match from {
        Some(from) => json!({ "from": from, "to": to, "data": input }),
        None => json!({ "to": to, "data": input }),
    }
}

/// Whether another transaction of the account has this nonce already.
fn is_nonce_taken(error: &CallError) -> bool {
    error.says("nonce too low") || error.says("replacement transaction underpriced")
}
