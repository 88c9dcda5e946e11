//! `ding bench`: how much load an Ethereum JSON-RPC endpoint carries, and how fast it answers.
//!
//! In order: [`load`] makes accounts and signs everything before the clock starts, [`contract`]
//! has the calls, [`drive`] sends and watches over connections of [`client`], [`process`] looks at
//! what local processes use, [`report`] turns all of it into numbers. The endpoint may be of any
//! make; nothing here depends on it being ours, except that `native` needs the evidence module.

pub mod client;
mod contract;
mod drive;
pub mod load;
mod process;
pub mod report;

use self::{
    client::{Client, ClientError, Endpoint},
    drive::{Course, Pace, number},
    load::{Account, Kind, Plan},
    report::{Facts, Receipts, Report},
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256, address};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// The evidence module.
const EVIDENCE: Address = address!("00000000000000000000000000000000000d0002");
/// Calls of one preparing request.
const PREPARE_BATCH: usize = 100;
/// Accounts that one minting transaction serves.
const MINT_ACCOUNTS: usize = 200;
/// Gas of a minting transaction and of a deployment.
const PREPARE_GAS: u64 = 8_000_000;
/// A preparing transaction without a receipt after this time is lost.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(60);
/// Gas of a transfer (EIP-2).
const TRANSFER_GAS: u64 = 21_000;
/// Transactions that a saturating run signs unless told otherwise.
const TRANSACTIONS: usize = 100_000;
/// Seconds of an open run unless told otherwise.
const OPEN_SECONDS: f64 = 20.0;

/// How to measure.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Endpoint; several spread the load, the first one is watched for receipts
    #[arg(long = "rpc", value_name = "URL", default_value = "http://127.0.0.1:8545")]
    pub rpc: Vec<Endpoint>,
    /// What each transaction does
    #[arg(long, value_enum, default_value_t = Kind::Erc20)]
    pub kind: Kind,
    /// Transactions per second to offer, whatever comes back; without it, as many as are answered
    #[arg(long, value_name = "N", value_parser = positive)]
    pub rate: Option<f64>,
    /// End sending after this time (with --rate: 20 s unless told otherwise)
    #[arg(long, value_name = "S", value_parser = positive)]
    pub seconds: Option<f64>,
    /// Transactions to sign when there is no rate
    #[arg(long, value_name = "N", default_value_t = TRANSACTIONS)]
    pub transactions: usize,
    /// Sending accounts
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub accounts: usize,
    /// Transactions of each account on their way when there is no rate
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub window: usize,
    /// Connections, spread over the endpoints [default: 8; with --rate: 32]
    #[arg(long, value_name = "N")]
    pub connections: Option<usize>,
    /// Most transactions of one request [default: 50; with --rate: 1]
    #[arg(long, value_name = "N")]
    pub batch: Option<usize>,
    /// Text that the accounts' keys follow from
    #[arg(long, value_name = "TEXT", default_value = "ding bench")]
    pub seed: String,
    /// Process to measure; without it, local processes that listen on the endpoints' ports
    #[arg(long = "pid", value_name = "PID")]
    pub pid: Vec<u32>,
    /// Ask for new blocks this often, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5)]
    pub poll: u64,
    /// Receipts to look at after the run
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub check: u64,
    /// Write the whole report to this file as JSON
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err(format!("{text:?} is no number above 0")),
    }
}

impl Options {
    /// Connections to open.
    pub fn connections(&self) -> usize {
        self.connections
            .unwrap_or(if self.rate.is_some() { 32 } else { 8 })
            .max(self.rpc.len())
            .min(self.accounts)
    }

    /// Most transactions of one request.
    pub fn batch(&self) -> usize {
        self.batch.unwrap_or(if self.rate.is_some() { 1 } else { 50 }).max(1)
    }

    /// Transactions to sign.
    fn count(&self) -> usize {
        match self.rate {
            // LIMIT: a number of transactions that a machine can hold is far below 2^53.
            #[expect(clippy::cast_possible_truncation, reason = "rounded and bounded below")]
            Some(rate) => (rate * self.seconds.unwrap_or(OPEN_SECONDS)).round().clamp(1.0, 1e9) as usize,
            None => self.transactions,
        }
    }
}

/// Why a run gave no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// The options do not fit each other.
    #[error("{0}")]
    Options(&'static str),
    /// The endpoint did not answer, or not as it should.
    #[error("{what}: {source}")]
    Endpoint {
        /// What we were at.
        what: &'static str,
        /// What came back.
        source: ClientError,
    },
    /// The endpoint asks for a price or the load for a balance, and the test account cannot pay.
    #[error(
        "the test account {account} has {balance}, {needed} are needed; measure a development chain, or one without fees with another --kind"
    )]
    NoFunds {
        /// The first account of the test mnemonic.
        account: Address,
        /// What it has.
        balance: U256,
        /// What would be needed.
        needed: U256,
    },
    /// A preparing transaction failed.
    #[error("{what} failed: {why}")]
    Prepare {
        /// What it was for.
        what: &'static str,
        /// What its receipt says.
        why: String,
    },
    /// The report could not be written.
    #[error("cannot write the report to {path}: {source}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

fn at(what: &'static str) -> impl Fn(ClientError) -> BenchError {
    move |source| BenchError::Endpoint { what, source }
}

/// Runs one measurement. Needs a tokio runtime with time and network; one thread is enough and
/// costs least.
///
/// # Errors
///
/// If the endpoint cannot be prepared or watched. Refused transactions are no error: they are
/// counted in the report.
pub async fn run(options: Options) -> Result<Report, BenchError> {
    let first = options.rpc.first().cloned().ok_or(BenchError::Options("name an endpoint with --rpc"))?;
    if options.accounts == 0 || options.window == 0 || options.count() == 0 {
        return Err(BenchError::Options("accounts, window and transactions must be above 0"));
    }
    if options.count() > u32::MAX as usize {
        return Err(BenchError::Options("more transactions than 32 bits can number; ask for a shorter run"));
    }
    let mut client = Client::new(first);
    let client_version: String =
        client.call("web3_clientVersion", json!([])).await.map_err(at("asking who is there"))?;
    let chain_id: String =
        client.call("eth_chainId", json!([])).await.map_err(at("asking for the chain id"))?;
    let chain_id = number(&chain_id).map_err(at("asking for the chain id"))?;

    let (plan, accounts) = prepare(&mut client, &options, chain_id).await?;
    let count = options.count();
    tracing::info!(count, "signing");
    // Not a task of its own: nothing else is to be done meanwhile.
    let signed = plan.sign_all(&accounts, count);

    let pids = if options.pid.is_empty() { process::listening(&options.rpc) } else { options.pid.clone() };
    let pace = match options.rate {
        Some(rate) => Pace::Open { rate },
        None => Pace::Closed { window: options.window },
    };
    let course = Course {
        endpoints: options.rpc.clone(),
        pace,
        accounts: options.accounts,
        connections: options.connections(),
        batch: options.batch(),
        seconds: options.seconds.unwrap_or(f64::from(u32::MAX)),
        poll: Duration::from_millis(options.poll.max(1)),
        pids: pids.clone(),
    };
    tracing::info!("sending");
    let log = drive::drive(course, signed).await.map_err(at("sending"))?;
    let numbers: Vec<u64> = log.blocks.iter().map(|block| block.number).collect();
    let receipts = check_receipts(&mut client, &numbers, options.check).await?;
    let report = Report::new(&options, &log, Facts { client_version, chain_id, pids, receipts });
    if let Some(path) = &options.output {
        let mut text = serde_json::to_vec_pretty(&report).unwrap_or_default();
        text.push(b'\n');
        std::fs::write(path, text).map_err(|source| BenchError::Write { path: path.clone(), source })?;
    }
    Ok(report)
}

/// Looks at the receipts of blocks spread evenly over the run until `enough` were seen.
async fn check_receipts(client: &mut Client, blocks: &[u64], enough: u64) -> Result<Receipts, BenchError> {
    #[derive(Deserialize)]
    struct Status {
        status: String,
    }
    let mut receipts = Receipts::default();
    // A step of about 0.618 of the blocks visits them spread out, each once.
    let count = blocks.len();
    let mut step = (count * 618 / 1000).max(1);
    while count > 1 && gcd(step, count) != 1 {
        step += 1;
    }
    for visit in 0..count {
        if receipts.checked >= enough {
            break;
        }
        let Some(block) = blocks.get(visit * step % count) else { break };
        let found: Vec<Status> = client
            .call("eth_getBlockReceipts", json!([format!("0x{block:x}")]))
            .await
            .map_err(at("checking receipts"))?;
        receipts.checked += found.len() as u64;
        receipts.failed += found.iter().filter(|receipt| receipt.status != "0x1").count() as u64;
    }
    Ok(receipts)
}

const fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Brings accounts and contracts in place, and finds price and gas.
async fn prepare(
    client: &mut Client,
    options: &Options,
    chain_id: u64,
) -> Result<(Plan, Vec<Account>), BenchError> {
    let gas_price = price(client).await?;
    let mut accounts = load::accounts(&options.seed, options.accounts);
    read_nonces(client, &mut accounts).await?;
    let mut plan =
        Plan { kind: options.kind, chain_id, gas_price, gas_limit: PREPARE_GAS, contract: EVIDENCE };
    if gas_price > 0 || options.kind == Kind::Transfer {
        fund(client, options, plan, &accounts).await?;
    }
    if options.kind == Kind::Erc20 {
        plan.contract = deploy(client, plan, &mut accounts).await?;
    }
    if options.kind == Kind::Native {
        let code: Bytes = client
            .call("eth_getCode", json!([EVIDENCE, "latest"]))
            .await
            .map_err(at("looking for the evidence module"))?;
        let answer: Result<Bytes, ClientError> =
            client.call("eth_call", json!([{ "to": EVIDENCE, "data": contract::counts() }, "latest"])).await;
        if code.is_empty() && !answer.is_ok_and(|answer| answer.len() == 96) {
            let why = format!("nothing answers at {EVIDENCE}; is this endpoint a ding?");
            return Err(BenchError::Prepare { what: "finding the evidence module", why });
        }
    }
    plan.gas_limit = gas_limit(client, &plan, &accounts).await?;
    Ok((plan, accounts))
}

/// What the endpoint charges for gas: nothing, or well above its base fee.
async fn price(client: &mut Client) -> Result<u128, BenchError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Head {
        base_fee_per_gas: Option<String>,
    }
    let head: Head = client
        .call("eth_getBlockByNumber", json!(["latest", false]))
        .await
        .map_err(at("asking for the base fee"))?;
    let base_fee =
        head.base_fee_per_gas.as_deref().map_or(Ok(0), number).map_err(at("asking for the base fee"))?;
    // Full blocks raise the base fee by an eighth each (EIP-1559); 100 times lasts for 39 of them.
    Ok(u128::from(base_fee) * 100)
}

async fn read_nonces(client: &mut Client, accounts: &mut [Account]) -> Result<(), BenchError> {
    let what = "reading nonces";
    for part in accounts.chunks_mut(PREPARE_BATCH) {
        let questions = part.iter().map(|account| json!([account.address, "pending"])).collect();
        let nonces: Vec<Result<String, ClientError>> =
            client.batch("eth_getTransactionCount", questions).await.map_err(at(what))?;
        for (account, nonce) in part.iter_mut().zip(nonces) {
            account.nonce = nonce.and_then(|nonce| number(&nonce)).map_err(at(what))?;
        }
    }
    Ok(())
}

/// Gives each account what it needs, from the test account.
async fn fund(
    client: &mut Client,
    options: &Options,
    plan: Plan,
    accounts: &[Account],
) -> Result<(), BenchError> {
    let what = "funding accounts";
    let broken = || BenchError::Prepare { what, why: "the test key does not parse".into() };
    let mut payer = load::test_account().ok_or_else(broken)?;
    read_nonces(client, std::slice::from_mut(&mut payer)).await?;
    let each = options.count().div_ceil(accounts.len());
    let gas = U256::from(100_000) * U256::from(each) + U256::from(4 * PREPARE_GAS);
    let amount = gas * U256::from(plan.gas_price) + U256::from(each);
    let needed =
        (amount + U256::from(TRANSFER_GAS) * U256::from(plan.gas_price)) * U256::from(accounts.len());
    let balance: U256 =
        client.call("eth_getBalance", json!([payer.address, "latest"])).await.map_err(at(what))?;
    if balance < needed {
        return Err(BenchError::NoFunds { account: payer.address, balance, needed });
    }
    let plan = Plan { gas_limit: TRANSFER_GAS, ..plan };
    for part in accounts.chunks(PREPARE_BATCH) {
        let signed: Vec<_> = part
            .iter()
            .map(|account| plan.sign_next(&mut payer, TxKind::Call(account.address), amount, Bytes::new()))
            .collect();
        settle(client, what, signed).await?;
    }
    Ok(())
}

/// Deploys the token and gives every account some.
async fn deploy(client: &mut Client, plan: Plan, accounts: &mut [Account]) -> Result<Address, BenchError> {
    let what = "deploying the token";
    let broken = |why: String| BenchError::Prepare { what, why };
    let code = contract::token_code().map_err(|error| broken(error.to_string()))?;
    let addresses: Vec<Address> = accounts.iter().map(|account| account.address).collect();
    let issuer = accounts.first_mut().ok_or(BenchError::Options("accounts must be above 0"))?;
    let token = issuer.address.create(issuer.nonce);
    let creation = Plan { gas_limit: PREPARE_GAS / 4, ..plan };
    settle(client, what, vec![creation.sign_next(issuer, TxKind::Create, U256::ZERO, code)]).await?;
    let each = U256::from(1) << 128;
    let mints = addresses.chunks(MINT_ACCOUNTS).map(|part| contract::mint(part, each));
    let signed: Vec<_> =
        mints.map(|data| plan.sign_next(issuer, TxKind::Call(token), U256::ZERO, data)).collect();
    settle(client, "minting", signed).await?;
    Ok(token)
}

/// What one transaction of the load needs, with a tenth to spare.
async fn gas_limit(client: &mut Client, plan: &Plan, accounts: &[Account]) -> Result<u64, BenchError> {
    if plan.kind == Kind::Transfer {
        return Ok(TRANSFER_GAS);
    }
    let what = "estimating gas";
    let (to, value, data) = plan.action(accounts, 0);
    let from = accounts.first().map(|account| account.address);
    // A recipient that holds nothing yet costs most; the load's own all hold something.
    let data = if plan.kind == Kind::Erc20 { contract::transfer(Address::repeat_byte(0xee)) } else { data };
    let request = json!([{ "from": from, "to": to, "value": value, "data": data }]);
    let gas: String = client.call("eth_estimateGas", request).await.map_err(at(what))?;
    Ok(number(&gas).map_err(at(what))? * 11 / 10)
}

/// Sends preparing transactions and waits for their receipts.
async fn settle(
    client: &mut Client,
    what: &'static str,
    signed: Vec<load::Signed>,
) -> Result<(), BenchError> {
    let hashes: Vec<B256> = signed.iter().map(|signed| signed.hash).collect();
    let raw = signed.into_iter().map(|signed| json!([Bytes::from(signed.raw)])).collect();
    for answer in client.batch::<B256>("eth_sendRawTransaction", raw).await.map_err(at(what))? {
        answer.map_err(at(what))?;
    }
    let end = Instant::now() + PREPARE_TIMEOUT;
    for hash in hashes {
        loop {
            let receipt: Value =
                client.call("eth_getTransactionReceipt", json!([hash])).await.map_err(at(what))?;
            match receipt.get("status").and_then(Value::as_str) {
                Some("0x1") => break,
                Some(_) => {
                    return Err(BenchError::Prepare {
                        what,
                        why: format!("transaction {hash} was reverted"),
                    });
                }
                None if Instant::now() > end => {
                    let why = format!("no receipt of {hash} within {} s", PREPARE_TIMEOUT.as_secs());
                    return Err(BenchError::Prepare { what, why });
                }
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
