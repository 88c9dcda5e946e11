//! The desk at which people take the steps of a module: who signs, what is asked before something is
//! lost, one transaction from the call to its final receipt, and many of them one behind the other.
//!
//! - D1 nothing is signed before the ledger said that it would take the call as it stands, and the door
//!   would take the transaction: its sender has standing, and its input no personal data.
//! - D2 what cannot be taken back is done after a yes only, on the terminal or by `--yes`.

use super::named;
use crate::{
    client::{self, CallError, Chain, Client, DEFAULT_URL},
    failure::Failure,
    text::{plural, say, say_json, table},
    wallet::{self, Accounts, DEFAULT_ACCOUNTS, PassphraseArgs, PrivateKeySigner},
};
use alloy_consensus::TxEip1559;
use alloy_primitives::U64;
use alloy_sol_types::SolCall;
use ding_modules::{
    identity::{self, abi::IIdentity::countsCall, standing},
    members, orders,
    orders::abi::IOrders::freezesOfCall,
    personal::{self, Finding},
};
use ding_primitives::{Address, B256, Bytes, Log, U256, codes, limits};
use hyper::StatusCode;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::PathBuf,
    time::{Duration, Instant},
};

/// A transaction whose nonce another one took is signed again this often.
const NONCE_ATTEMPTS: usize = 8;
/// First and longest pause between two questions for a receipt.
const RECEIPT_PAUSE: Duration = Duration::from_millis(20);
const RECEIPT_PAUSE_MAX: Duration = Duration::from_millis(500);
/// Transactions of one command that wait for a block at most; the pool takes more of one account.
const AHEAD_MAX: usize = 2_048;
/// Characters before a finding that are shown, so that people find the place in what they wrote.
const BEFORE_CHARS: usize = 12;
/// Heading under which `--help` shows what all these commands take.
pub(crate) const COMMON: &str = "Common options";

/// Who takes a step, and how.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Hand {
    /// JSON-RPC address of a member; add /rpc/<chain> for a chain other than its first.
    #[arg(long, value_name = "URL", env = "DING_RPC", default_value = DEFAULT_URL, global = true, help_heading = COMMON)]
    pub(crate) rpc: String,
    /// Who signs: an account, a key file, or the name of one; on development chains also notary,
    /// supervisor, supervisor-2, provincial, competent, provider, provider-2.
    #[arg(long, value_name = "ACCOUNT|FILE", global = true, help_heading = COMMON)]
    pub(crate) key: Option<String>,
    /// Folder of the key files.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ACCOUNTS, global = true, help_heading = COMMON)]
    pub(crate) accounts: PathBuf,
    /// File whose first line is the passphrase; without it DING_PASSPHRASE is taken, or you are asked.
    #[arg(long, value_name = "FILE", global = true, help_heading = COMMON)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Check everything and ask the ledger whether it would take it; send nothing.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) dry_run: bool,
    /// Do not ask before something that cannot be taken back.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) yes: bool,
    /// What looks like an identity card, mobile or bank card number in your texts is none: say so. Your
    /// word for it goes on the ledger with your signature.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) not_personal: bool,
    /// Wait so many seconds for a final receipt.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, global = true, help_heading = COMMON, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) timeout: u64,
}

/// A log as receipts and filters show it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogJson {
    address: Address,
    topics: Vec<B256>,
    data: Bytes,
    block_number: Option<U64>,
    block_timestamp: Option<U64>,
}

impl LogJson {
    /// The log itself.
    pub(crate) fn log(&self) -> Log {
        Log { address: self.address, topics: self.topics.clone(), data: self.data.clone() }
    }

    /// Height of its block; 0 if the member does not tell.
    pub(crate) fn height(&self) -> u64 {
        self.block_number.unwrap_or_default().to()
    }

    /// When its block was made, in seconds since 1970-01-01T00:00:00Z; 0 if the member does not tell.
    pub(crate) fn timestamp(&self) -> u64 {
        self.block_timestamp.unwrap_or_default().to()
    }
}

/// A final receipt.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) transaction_hash: B256,
    pub(crate) block_number: U64,
    status: U64,
    logs: Vec<LogJson>,
}

impl Receipt {
    /// What it tells, in order.
    pub(crate) fn logs(&self) -> impl Iterator<Item = Log> {
        self.logs.iter().map(LogJson::log)
    }
}

/// Where a transaction is on its way (`ding_getTransactionStatus`).
#[derive(Debug, Deserialize)]
struct Fate {
    #[serde(deserialize_with = "client::told")]
    status: String,
    #[serde(default, deserialize_with = "client::maybe_told")]
    reason: Option<String>,
}

/// Reads an answer to the method as a desk does, and shows what it says to people.
///
/// # Errors
///
/// The answer is none to this call, or has another shape.
pub(super) fn read(
    client: &Client,
    method: &str,
    status: StatusCode,
    bytes: &[u8],
) -> Result<String, CallError> {
    const ID: u64 = 0;
    Ok(match method {
        "ding_chain" => {
            let chain: Chain = client.read(method, ID, status, bytes)?;
            chain.members.into_iter().fold(chain.name, |text, member| text + &member.name)
        }
        "eth_getLogs" => {
            let logs: Vec<LogJson> = client.read(method, ID, status, bytes)?;
            logs.iter()
                .map(|log| format!("{} {} {}", log.height(), log.timestamp(), log.log().data))
                .collect()
        }
        "eth_getTransactionReceipt" => {
            let receipt: Option<Receipt> = client.read(method, ID, status, bytes)?;
            receipt.iter().flat_map(Receipt::logs).map(|log| log.address.to_string()).collect()
        }
        "ding_getTransactionStatus" => {
            let Fate { status, reason } = client.read(method, ID, status, bytes)?;
            status + &reason.unwrap_or_default()
        }
        "eth_call" => client.read::<Bytes>(method, ID, status, bytes)?.to_string(),
        "eth_getStorageAt" => client.read::<U256>(method, ID, status, bytes)?.to_string(),
        "eth_sendRawTransaction" => client.read::<B256>(method, ID, status, bytes)?.to_string(),
        _ => client.read::<U64>(method, ID, status, bytes)?.to_string(),
    })
}

/// A step to take.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// The module.
    pub(crate) module: Address,
    /// The call.
    pub(crate) input: Bytes,
    /// What is lost or cannot be taken back, as a sentence; asked before.
    pub(crate) lost: Option<String>,
}

impl Act {
    /// A call of a module.
    pub(crate) fn new(module: Address, call: &impl SolCall) -> Self {
        Self { module, input: call.abi_encode().into(), lost: None }
    }

    /// With something that cannot be taken back.
    pub(crate) fn losing(self, what: impl Into<String>) -> Self {
        Self { lost: Some(what.into()), ..self }
    }
}

/// One of many transactions.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What people call it: a row of a file.
    pub(crate) name: String,
    /// The module.
    pub(crate) module: Address,
    /// The call.
    pub(crate) input: Bytes,
    /// Its gas limit.
    pub(crate) gas: u64,
}

/// What became of a step.
#[derive(Debug)]
pub(crate) enum Done {
    /// It is final.
    Taken(Receipt),
    /// It was a dry run, and the ledger would take it.
    Rehearsed,
}

/// A member that is asked, and the hand that signs.
#[derive(Debug)]
pub(crate) struct Desk {
    client: Client,
    pub(crate) chain: Chain,
    pub(crate) hand: Hand,
    pub(crate) json: bool,
}

impl Desk {
    /// Asks who the chain is.
    ///
    /// # Errors
    ///
    /// The member does not answer, or is of another kind of ledger.
    pub(crate) async fn open(hand: Hand, json: bool) -> Result<Self, Failure> {
        let client = Client::new(&hand.rpc)?;
        let chain = client.chain().await?;
        Ok(Self { client, chain, hand, json })
    }

    /// The account that signs, its key opened.
    pub(crate) fn signer(&self) -> Result<PrivateKeySigner, Failure> {
        let passphrase = PassphraseArgs { passphrase_file: self.hand.passphrase_file.clone() };
        let accounts = Accounts::new(&self.hand.accounts);
        let Chain { name, development, .. } = &self.chain;
        wallet::signer(self.hand.key.as_deref(), &accounts, &passphrase, name, *development)
    }

    /// Calls a view of a module after the latest final block.
    pub(crate) async fn ask<C: SolCall>(&self, module: Address, call: &C) -> Result<C::Return, Failure> {
        let request = request(None, module, &call.abi_encode());
        let output: Bytes = self.client.call("eth_call", (request, "latest")).await?;
        C::abi_decode_returns_validate(&output).map_err(|error| {
            let (url, signature) = (self.client.url(), C::SIGNATURE);
            Failure::Failed(format!("{url} answered {signature} with something else than expected: {error}"))
        })
    }

    /// Calls a method of the member.
    pub(crate) async fn query<T: DeserializeOwned>(&self, method: &str, filter: Value) -> Result<T, Failure> {
        self.client.call(method, [filter]).await.map_err(|error| {
            if error.is_unknown_method() {
                let url = self.client.url();
                return Failure::Failed(format!(
                    "{url} does not know {method}: it is of another release, or keeps no read model; ask another member with --rpc URL"
                ));
            }
            error.into()
        })
    }

    /// Logs of a module, from the first block on. The member cuts no answer: if there are too many
    /// for one, the blocks are halved.
    pub(crate) async fn logs(&self, module: Address, topics: &[B256]) -> Result<Vec<Log>, Failure> {
        self.logs_where(module, json!(topics)).await
    }

    /// The same with a filter of topics as Ethereum writes it: a place may hold a list, of which one
    /// must be there.
    pub(crate) async fn logs_where(&self, module: Address, topics: Value) -> Result<Vec<Log>, Failure> {
        Ok(self.dated_logs(module, topics).await?.iter().map(LogJson::log).collect())
    }

    /// The same with their blocks.
    pub(crate) async fn dated_logs(&self, module: Address, topics: Value) -> Result<Vec<LogJson>, Failure> {
        let head: U64 = self.client.call("eth_blockNumber", crate::client::NO_PARAMS).await?;
        let mut ranges = vec![(0u64, head.to::<u64>())];
        let mut found = Vec::new();
        while let Some((from, to)) = ranges.pop() {
            let filter = json!({
                "address": module, "fromBlock": U64::from(from), "toBlock": U64::from(to), "topics": topics,
            });
            match self.client.call::<Vec<LogJson>>("eth_getLogs", [filter]).await {
                Ok(logs) => found.extend(logs),
                Err(CallError::Refused(refused))
                    if from < to && refused.code == i64::from(codes::LIMIT_EXCEEDED.number) =>
                {
                    let middle = from.midpoint(to);
                    // The earlier half is taken first, so that logs stay in order.
                    ranges.push((middle.saturating_add(1), to));
                    ranges.push((from, middle));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(found)
    }

    /// The gas for a call: what it needs now, and a quarter on top, since others may change what it
    /// meets. The sender's standing is asked apart, since it is the same for many calls
    /// ([`Self::require_standing`]).
    ///
    /// # Errors
    ///
    /// The input holds what looks like personal data; or the ledger would not take the call, in the
    /// module's words.
    pub(crate) async fn gas(&self, from: Address, module: Address, input: &[u8]) -> Result<u64, Failure> {
        let input = self.public(input)?;
        let needed: U64 = self.client.call("eth_estimateGas", [request(Some(from), module, &input)]).await?;
        let needed: u64 = needed.to();
        Ok(needed.saturating_add(needed / 4).min(limits::TRANSACTION_GAS_MAX))
    }

    /// What the door asks of a sender before it takes a transaction: an estimate of gas does not.
    ///
    /// # Errors
    ///
    /// The account may not send this now, by the name of the reason.
    pub(crate) async fn require_standing(
        &self,
        from: Address,
        module: Address,
        input: &[u8],
    ) -> Result<(), Failure> {
        let word = self.slot(identity::state::ADDRESS, standing::slot(from)).await?;
        let organisation = members::state::organisation_slot(from);
        let organisation = self.slot(members::state::ADDRESS, organisation).await?;
        let is_bound = self.ask(identity::state::ADDRESS, &countsCall {}).await?.bound;
        let now = named::now_ms();
        let refusal =
            standing::admit(word, now, is_bound, Some(module), input, || Ok::<_, Failure>(organisation))?;
        let is_frozen = matches!(refusal, Some(standing::Refusal::Frozen { .. }));
        // A frozen account still answers orders and appeals against them.
        let open = is_frozen && orders::is_open_to_frozen(module, input);
        let Some(refusal) = refusal.filter(|_| !open) else { return Ok(()) };
        let mut text = format!("{}: {refusal}", refusal.name());
        if is_frozen {
            // By a root's freeze, or by one of the account's own.
            let call = freezesOfCall { account: from };
            let numbers: Vec<String> =
                self.ask(orders::state::ADDRESS, &call).await?.iter().map(ToString::to_string).collect();
            if !numbers.is_empty() {
                text.push_str(&format!(" (order {}; `ding order appeal`)", numbers.join(", ")));
            }
        }
        Err(Failure::Failed(text))
    }

    async fn slot(&self, address: Address, slot: U256) -> Result<U256, Failure> {
        Ok(self.client.call("eth_getStorageAt", (address, slot, "latest")).await?)
    }

    /// The input as it is sent: with a waiver behind it for each number that is no personal data, if
    /// whoever signs says so.
    fn public<'a>(&self, input: &'a [u8]) -> Result<Cow<'a, [u8]>, Failure> {
        let mut input = Cow::Borrowed(input);
        for _ in 0..=limits::PERSONAL_WAIVERS_MAX {
            let Some(finding) = personal::find(&input) else { return Ok(input) };
            if !self.hand.not_personal {
                return Err(Failure::Input(format!(
                    "personal data: {}; personal data never go on the ledger: take it out, or add --not-personal if \
                     it is none",
                    place(&input, &finding)
                )));
            }
            input.to_mut().extend_from_slice(finding.waiver().as_slice());
        }
        Err(Failure::Input(format!(
            "more than {} numbers in this look like personal data, and no more can be waived at once; write fewer \
             of them into one text",
            limits::PERSONAL_WAIVERS_MAX
        )))
    }

    /// Asks before something that cannot be taken back (D2).
    pub(crate) fn confirm(&self, what: &str) -> Result<(), Failure> {
        if self.hand.yes || self.hand.dry_run {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Failure::Input(format!("{what}; add --yes if that is meant")));
        }
        let mut answer = String::new();
        let asked = write!(io::stderr(), "{what}. Go on? [y/N] ").and_then(|()| io::stderr().flush());
        asked.and_then(|()| io::stdin().lock().read_line(&mut answer)).map_err(Failure::failed)?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" | "是" => Ok(()),
            _ => Err(Failure::Input("nothing was sent".into())),
        }
    }

    /// Takes a step and waits until it is final.
    ///
    /// # Errors
    ///
    /// The ledger does not take it, in the module's words; or nobody said yes.
    pub(crate) async fn take(&self, act: &Act) -> Result<Done, Failure> {
        self.take_as(&self.signer()?, act).await
    }

    /// As [`Self::take`], with a key that was opened before.
    ///
    /// # Errors
    ///
    /// As [`Self::take`].
    pub(crate) async fn take_as(&self, signer: &PrivateKeySigner, act: &Act) -> Result<Done, Failure> {
        self.require_standing(signer.address(), act.module, &act.input).await?;
        let gas = self.gas(signer.address(), act.module, &act.input).await?;
        if self.hand.dry_run {
            return Ok(Done::Rehearsed);
        }
        if let Some(lost) = &act.lost {
            self.confirm(lost)?;
        }
        let mut nonce = self.next_nonce(signer.address()).await?;
        let job = Job { name: String::new(), module: act.module, input: act.input.clone(), gas };
        let hash = self.send(signer, &mut nonce, &job).await?;
        self.receipt(signer, &job, hash).await.map(Done::Taken)
    }

    /// Sends many transactions one behind the other, each with its own nonce, and waits for all of
    /// them. `each` is told of every final one. The first failure stops what was not sent yet; what
    /// was sent before is waited for.
    ///
    /// # Errors
    ///
    /// Names the job that failed, and how many are final.
    pub(crate) async fn take_all(
        &self,
        signer: &PrivateKeySigner,
        jobs: &[Job],
        mut each: impl FnMut(&Job, &Receipt),
    ) -> Result<(), Failure> {
        let bar = self.bar(jobs.len(), "final");
        let mut nonce = self.next_nonce(signer.address()).await?;
        let mut sent = std::collections::VecDeque::new();
        let (mut failure, mut last) = (None::<(String, Failure)>, 0usize);
        let mut waiting = jobs.iter();
        loop {
            while failure.is_none() && sent.len() < AHEAD_MAX {
                let Some(job) = waiting.next() else { break };
                match self.send(signer, &mut nonce, job).await {
                    Ok(hash) => sent.push_back((job, hash)),
                    Err(error) => failure = Some((job.name.clone(), error)),
                }
            }
            let Some((job, hash)) = sent.pop_front() else { break };
            match self.receipt(signer, job, hash).await {
                Ok(receipt) => {
                    last = last.saturating_add(1);
                    bar.inc(1);
                    each(job, &receipt);
                }
                Err(error) => {
                    failure.get_or_insert((job.name.clone(), error));
                }
            }
        }
        bar.finish_and_clear();
        match failure {
            None => Ok(()),
            Some((name, error)) => {
                let (done, of) = (plural(last, "row"), jobs.len());
                let text = format!("{name}: {error}; {done} of {of} are final, start again to go on");
                Err(match error {
                    Failure::Unreachable(_) => Failure::Unreachable(text),
                    _ => Failure::Failed(text),
                })
            }
        }
    }

    /// A bar on the terminal; none for scripts.
    pub(crate) fn bar(&self, len: usize, what: &str) -> ProgressBar {
        let bar = if self.json { ProgressBar::hidden() } else { ProgressBar::new(len as u64) };
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos} of {len} {msg}, {rate}, {eta} left") {
            bar.set_style(style.with_key("rate", rate));
        }
        bar.with_message(what.to_owned())
    }

    /// The nonce after everything of this account that waits.
    async fn next_nonce(&self, account: Address) -> Result<u64, Failure> {
        let nonce: U64 = self.client.call("eth_getTransactionCount", (account, "pending")).await?;
        Ok(nonce.to())
    }

    /// Signs and sends. `nonce` moves on; if another program used it meanwhile, the next is taken.
    async fn send(&self, signer: &PrivateKeySigner, nonce: &mut u64, job: &Job) -> Result<B256, Failure> {
        let input = Bytes::from(self.public(&job.input)?.into_owned());
        let mut attempt = 1;
        loop {
            let transaction = TxEip1559 {
                chain_id: self.chain.chain_id.to(),
                nonce: *nonce,
                gas_limit: job.gas,
                to: job.module.into(),
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

    /// Waits for the final receipt of a transaction that did what it should.
    async fn receipt(&self, signer: &PrivateKeySigner, job: &Job, hash: B256) -> Result<Receipt, Failure> {
        let patience = Duration::from_secs(self.hand.timeout);
        let (start, mut pause) = (Instant::now(), RECEIPT_PAUSE);
        let receipt = loop {
            let receipt: Option<Receipt> = self.client.call("eth_getTransactionReceipt", [hash]).await?;
            if let Some(receipt) = receipt {
                break receipt;
            }
            if pause >= RECEIPT_PAUSE_MAX {
                self.require_hope(hash).await?;
            }
            if start.elapsed() >= patience {
                return Err(Failure::Failed(format!(
                    "transaction {hash} is not final after {} s; it may still be: look with `ding status` whether the \
                     chain moves, and at the filing or pilot itself before you send it again",
                    patience.as_secs()
                )));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RECEIPT_PAUSE_MAX);
        };
        if !receipt.status.is_zero() {
            return Ok(receipt);
        }
        // The same call again says why.
        let why = self.gas(signer.address(), job.module, &job.input).await.err();
        let why = why.map_or_else(|| "it would be taken now; send it again".into(), |why| why.to_string());
        Err(Failure::Failed(format!("transaction {hash} is final, but was undone: {why}")))
    }

    /// Fails if the member says that the transaction left its pool without a block.
    async fn require_hope(&self, hash: B256) -> Result<(), Failure> {
        match self.client.call::<Fate>("ding_getTransactionStatus", [hash]).await {
            Ok(Fate { status, reason }) if status == "dropped" => Err(Failure::Failed(format!(
                "transaction {hash} was dropped: {}; send it again",
                reason.unwrap_or_else(|| "no reason is given".into())
            ))),
            Ok(_) | Err(CallError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Says what became of a step: `told` are rows for people and fields for scripts.
    pub(crate) fn report(&self, done: &Done, told: Told) -> Result<(), Failure> {
        let Done::Taken(receipt) = done else {
            return if self.json {
                say_json(&json!({ "chain": self.chain.name, "dryRun": true, "wouldBeTaken": true }))
            } else {
                say("The ledger would take it. Nothing was sent (--dry-run).")
            };
        };
        let block: u64 = receipt.block_number.to();
        if self.json {
            let mut value = Value::Object(told.fields);
            value["chain"] = self.chain.name.clone().into();
            value["transaction"] = json!(receipt.transaction_hash);
            value["block"] = block.into();
            return say_json(&value);
        }
        let mut rows: Vec<(&str, String)> =
            told.rows.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        rows.push(("final", format!("in block {block} of {}", self.chain.name)));
        rows.push(("transaction", receipt.transaction_hash.to_string()));
        say(&table(&rows))
    }
}

/// What a step led to.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// For people.
    pub(crate) rows: Vec<(String, String)>,
    /// For scripts.
    pub(crate) fields: serde_json::Map<String, Value>,
}

impl Told {
    /// The same thing for both.
    pub(crate) fn put(&mut self, name: &str, text: impl core::fmt::Display, value: impl Into<Value>) {
        self.rows.push((name.to_owned(), text.to_string()));
        let mut words = name.split(' ');
        let first = words.next().unwrap_or_default().to_owned();
        let key = words.fold(first, |key, word| {
            let mut letters = word.chars();
            let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
            key + &capital.into_iter().chain(letters).collect::<String>()
        });
        self.fields.insert(key, value.into());
    }
}

/// Rows a second, whole ones.
fn rate(state: &ProgressState, out: &mut dyn core::fmt::Write) {
    // A bar is for people: a rate that cannot be written is none.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

/// Where in what a person wrote a number stands that looks like personal data: the signs before it,
/// never the number, and no digits.
fn place(input: &[u8], finding: &Finding) -> String {
    const WORD: usize = 32;
    const SELECTOR: usize = 4;
    let kind = finding.kind;
    let head = input.get(..finding.offset).unwrap_or_default();
    let text = head.iter().rposition(|byte| *byte < b' ').map_or(0, |place| place.saturating_add(1));
    // The length of a text stands at the end of a word of its own.
    let in_word = text.saturating_sub(SELECTOR) % WORD;
    let text = if in_word > WORD - SELECTOR { text.saturating_add(WORD - in_word) } else { text };
    let before = String::from_utf8_lossy(head.get(text..).unwrap_or_default());
    let signs: Vec<char> = before.chars().filter(|sign| !sign.is_control()).collect();
    let shown = signs.get(signs.len().saturating_sub(BEFORE_CHARS)..).unwrap_or_default().iter();
    let shown: String = shown.map(|sign| if sign.is_numeric() { '·' } else { *sign }).collect();
    match shown.trim() {
        "" => format!("a text begins with what looks like a {kind}"),
        shown => format!("what stands behind {shown:?} looks like a {kind}"),
    }
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
