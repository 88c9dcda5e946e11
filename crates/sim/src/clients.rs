//! Clients at the members' doors: they sign, send, ask, and hold every answer against the judge's
//! model.

use crate::{
    cast::CARRIER,
    judge::{Judge, Taken, Told},
    plan::PAID_WITHIN_MS,
    supervised,
    workload::{COUNTER, Order, TELLER, accounts, proxy},
};
use alloy_primitives::keccak256;
use alloy_signer_local::PrivateKeySigner;
use commonware_cryptography::{Hasher as _, Sha256};
use commonware_macros::select;
use commonware_runtime::{Clock as _, deterministic};
use ding_chain::reader::{BlockId, Claim};
use ding_light::package::{Package, Proven, Verified};
use ding_primitives::{Address, B256, Height, codes, limits, ports::ReadError};
use ding_seat::{
    Witness as _,
    dice::Dice,
    events::{BEGIN, Events},
    member::{Door, PATIENCE, Up},
};
use std::{collections::BTreeMap, time::Duration};

/// Flipped bits with which each proof is tried again.
const FLIPS: usize = 8;
/// Steps of the supervised part that are taken at once, by as many people.
const STEPS: usize = 3;
/// Bytes of the checksum at the end of a package.
const CHECKSUM: usize = 32;

/// The clients of a world.
#[derive(Clone)]
pub struct Clients {
    /// Where to knock.
    pub doors: Vec<Door>,
    /// Who compares.
    pub judge: Judge,
    /// Where it is written down.
    pub events: Events,
    /// The chain's id.
    pub chain_id: u64,
}

/// A payment that was taken is looked for this long before it is sent anew, milliseconds.
const PATIENT_MS: u64 = 8_000;
/// How often one looks, milliseconds.
const LOOK_MS: u64 = 250;
/// What a payment offers: more than anything that could wait in its place.
const PAYMENT_PRICE: u128 = 1_000;
/// Gas that one transaction may have, and more than the largest input costs.
const AMPLE_GAS: u64 = 16_000_000;

/// One stretch of work.
struct Shift {
    clients: Clients,
    context: deterministic::Context,
    dice: Dice,
    keys: Vec<PrivateKeySigner>,
    nonces: BTreeMap<Address, u64>,
    sent: u64,
    taken: u64,
    proofs: u64,
    refused: BTreeMap<String, u64>,
}

impl Clients {
    /// Sends `count` transactions within about `span_ms`.
    pub async fn burst(self, context: deterministic::Context, dice: Dice, count: u64, span_ms: u64) {
        let events = self.events.clone();
        let mut shift = self.shift(context, dice);
        for _ in 0..count {
            let pause = shift.dice.below(2 * span_ms / count.max(1) + 1);
            shift.context.sleep(Duration::from_millis(pause)).await;
            shift.once().await;
        }
        let refused: Vec<String> =
            shift.refused.iter().map(|(why, count)| format!("{count} \u{d7} {why}")).collect();
        let refused = if refused.is_empty() { String::new() } else { format!(": {}", refused.join(", ")) };
        let Shift { sent, taken, proofs, .. } = shift;
        events.tell(None, format!("clients sent {sent}, {taken} were taken, {proofs} proofs{refused}"));
    }

    /// Pays through the door of one member until a payment is final, while nothing is wrong with
    /// anybody: by an account that acts for an organisation and has standing.
    pub async fn pay(self, context: deterministic::Context, dice: Dice, index: usize) {
        let (events, judge) = (self.events.clone(), self.judge.clone());
        let mut shift = self.shift(context, dice);
        let begin = events.now_ms();
        let mut round = index;
        loop {
            let outcome = shift.payment(index, round).await;
            let took = events.now_ms() - begin;
            match outcome {
                Payment::Final(hash) => {
                    events.tell(Some(index), format!("payment {hash} through it is final after {took} ms"));
                    return;
                }
                Payment::NobodyMay => {
                    events.tell(Some(index), "nobody is left who certainly may pay through it");
                    return;
                }
                Payment::Not(why) if took > PAID_WITHIN_MS => {
                    judge.blame(Some(index), format!("no payment through it was final in 30 s; {why}"));
                    return;
                }
                Payment::Not(_) => {}
            }
            round += shift.clients.doors.len();
            shift.context.sleep(Duration::from_millis(LOOK_MS)).await;
        }
    }

    fn shift(self, context: deterministic::Context, dice: Dice) -> Shift {
        Shift {
            clients: self,
            context,
            dice,
            keys: accounts(),
            nonces: BTreeMap::new(),
            sent: 0,
            taken: 0,
            proofs: 0,
            refused: BTreeMap::new(),
        }
    }
}

/// What came of a payment.
enum Payment {
    /// It is in a block.
    Final(B256),
    /// No account is known that may send.
    NobodyMay,
    /// Not yet, and why.
    Not(String),
}

/// An answer that is no answer.
enum No {
    /// Nobody answered.
    Silence,
    /// What was said, and whether it says nothing of the transaction: its sender has no standing with
    /// this member, or the member itself has trouble.
    Refusal { text: String, aside: bool },
}

/// A body of an answer within a client's patience.
pub(crate) async fn patiently<T>(
    context: &deterministic::Context,
    work: impl Future<Output = T>,
) -> Option<T> {
    let work = std::pin::pin!(work);
    select! {
        done = work => Some(done),
        _ = context.sleep(PATIENCE) => None,
    }
}

impl Shift {
    /// A member that is up.
    fn any_up(&mut self) -> Option<(usize, Up)> {
        let start = self.dice.index(self.clients.doors.len());
        let doors = self.clients.doors.iter().enumerate();
        let mut up: Vec<_> = doors.filter_map(|(index, door)| Some((index, door.up()?))).collect();
        if up.is_empty() {
            return None;
        }
        let chosen = start % up.len();
        Some(up.swap_remove(chosen))
    }

    async fn once(&mut self) {
        match self.dice.below(20) {
            0..=2 => self.read().await,
            3 => self.rubbish().await,
            4..=11 => {
                for _ in 0..STEPS {
                    self.supervise().await;
                }
            }
            _ => self.write().await,
        }
    }

    /// The next nonce of an account as this client knows it, else as a member says.
    async fn nonce(&mut self, address: Address) -> Option<u64> {
        if let Some(nonce) = self.nonces.get(&address) {
            return Some(*nonce);
        }
        let (_, up) = self.any_up()?;
        let params = format!("[\"{address}\",\"pending\"]");
        let answer = patiently(&self.context, up.call("eth_getTransactionCount", &params)).await?;
        let nonce = number(&answer.ok()?)?;
        self.nonces.insert(address, nonce);
        Some(nonce)
    }

    /// A step of the supervised part, at one door or at two at once.
    async fn supervise(&mut self) {
        let addresses: Vec<Address> = self.keys.iter().map(PrivateKeySigner::address).collect();
        let begin_ms = u64::try_from(BEGIN.as_millis()).unwrap_or_default();
        let now_ms = begin_ms + self.clients.events.now_ms();
        let dice = &mut self.dice;
        let step = self.clients.judge.with(|model| supervised::draw(dice, model, &addresses, now_ms));
        let Some(key) = self.keys.get(step.who).cloned() else { return };
        let Some(nonce) = self.nonce(key.address()).await else { return };
        let raw = step.order.sign(&key, self.clients.chain_id, nonce, 0);
        let first = self.dice.index(self.clients.doors.len());
        let mut taken = self.send(first, &raw, step.told).await;
        if self.dice.chance(200) {
            let second = (first + 1) % self.clients.doors.len();
            taken |= self.send(second, &raw, step.told).await;
        }
        if taken {
            self.nonces.insert(key.address(), nonce + 1);
        } else {
            self.nonces.remove(&key.address());
        }
    }

    async fn write(&mut self) {
        let key = self.dice.pick(&self.keys).clone();
        let Some(nonce) = self.nonce(key.address()).await else { return };
        let price = u128::from(self.dice.between(0, 3));
        let (order, counts) = self.order(&key);
        let raw = order.sign(&key, self.clients.chain_id, nonce, price);
        let told = Told::of(order.expect, counts);
        match self.dice.below(20) {
            // The same to everyone.
            0 | 1 => {
                for index in 0..self.clients.doors.len() {
                    self.send(index, &raw, told).await;
                }
            }
            // Two of one nonce at two doors at once: one of them wins, for everybody.
            2 | 3 => {
                let other = Order::transfer(self.other(), self.dice.between(1, 9));
                let rival = other.sign(&key, self.clients.chain_id, nonce, price);
                let first = self.dice.index(self.clients.doors.len());
                let second = (first + 1) % self.clients.doors.len();
                self.send(first, &raw, told).await;
                self.send(second, &rival, Told::of(other.expect, None)).await;
            }
            // One that offers more, in its place.
            4 => {
                let index = self.dice.index(self.clients.doors.len());
                self.send(index, &raw, told).await;
                let other = Order::transfer(self.other(), self.dice.between(1, 9));
                let more = other.sign(&key, self.clients.chain_id, nonce, price + 10);
                self.send(index, &more, Told::of(other.expect, None)).await;
            }
            // The next one first.
            5 => {
                let other = Order::transfer(self.other(), 1);
                let next = other.sign(&key, self.clients.chain_id, nonce + 1, price);
                let index = self.dice.index(self.clients.doors.len());
                self.send(index, &next, Told::of(other.expect, None)).await;
                if self.send(index, &raw, told).await {
                    self.nonces.insert(key.address(), nonce + 2);
                }
                return;
            }
            // A run of several at once.
            6 => {
                let index = self.dice.index(self.clients.doors.len());
                self.send(index, &raw, told).await;
                let run = self.dice.between(2, 60);
                for ahead in 1..run {
                    let order = Order::transfer(self.other(), 1);
                    let raw = order.sign(&key, self.clients.chain_id, nonce + ahead, price);
                    self.send(index, &raw, Told::of(order.expect, None)).await;
                }
                self.nonces.remove(&key.address());
                return;
            }
            _ => {
                let index = self.dice.index(self.clients.doors.len());
                if !self.send(index, &raw, told).await {
                    self.nonces.remove(&key.address());
                    return;
                }
            }
        }
        self.nonces.insert(key.address(), nonce + 1);
    }

    fn other(&mut self) -> Address {
        self.dice.pick(&self.keys).address()
    }

    /// Something to ask of the ledger, and the counter that it moves.
    fn order(&mut self, key: &PrivateKeySigner) -> (Order, Option<Address>) {
        let (counters, proxies, tellers) = self.clients.judge.with(|model| {
            let of_length = |length: usize| {
                let contracts = model.contracts().iter();
                let fitting = contracts.filter(move |(_, code)| **code == length as u64);
                fitting.map(|(address, _)| *address).collect::<Vec<_>>()
            };
            (of_length(COUNTER.len()), of_length(proxy().len()), of_length(TELLER.len()))
        });
        let number = self.dice.index(1 << 20);
        let document = self.clients.judge.with(|model| model.any_document(number));
        let fresh = B256::from(self.dice.bytes32());
        match self.dice.below(14) {
            0..=2 => (Order::transfer(self.other(), self.dice.between(0, 50)), None),
            3..=4 => (Order::deposit(fresh), None),
            5 => (Order::deposit(document.unwrap_or(fresh)), None),
            6 => (Order::batch(fresh), None),
            7 => (Order::attest(document.unwrap_or(fresh), 1 + (key.address()[0] % 2)), None),
            8 if proxies.len() < 2 => (Order::create(&proxy()), None),
            8 if !proxies.is_empty() && self.dice.chance(800) => {
                let undo = self.dice.chance(600);
                (Order::deposit_through(*self.dice.pick(&proxies), fresh, undo), None)
            }
            8 if tellers.is_empty() => (Order::create(TELLER), None),
            9 if !tellers.is_empty() => (Order::tell(*self.dice.pick(&tellers)), None),
            _ if counters.len() < 3 => (Order::create(COUNTER), None),
            10 => (Order::count_and_revert(*self.dice.pick(&counters)), None),
            11 => (Order::count_out_of_gas(*self.dice.pick(&counters)), None),
            _ => {
                let counter = *self.dice.pick(&counters);
                (Order::count(counter), Some(counter))
            }
        }
    }

    /// Sends signed bytes to a door; whether they were taken.
    async fn send(&mut self, index: usize, raw: &[u8], told: Told) -> bool {
        self.offer(index, raw, told).await.is_ok()
    }

    /// Sends signed bytes to a door; why they were not taken.
    async fn offer(&mut self, index: usize, raw: &[u8], told: Told) -> Result<B256, String> {
        let hash = keccak256(raw);
        self.clients.judge.with(|model| model.told(hash, told));
        self.clients.judge.sent(hash, raw);
        let Some(up) = self.clients.doors.get(index).and_then(Door::up) else {
            return Err("it is down".into());
        };
        self.sent += 1;
        let head = up.reader.head().header.height.get();
        match self.ask(&up, raw).await {
            Ok(answer) => {
                if answer.trim_matches('"') != hash.to_string() {
                    self.clients.judge.blame(Some(index), format!("took {hash} and answered {answer}"));
                }
                self.taken += 1;
                let at_ms = self.clients.events.now_ms();
                self.clients.judge.taken(hash, Taken { member: index, start: up.start, at_ms, head });
                Ok(hash)
            }
            Err(No::Refusal { text, .. }) => {
                let why = text.split([':', ';', '(']).next().unwrap_or_default().trim().to_owned();
                if why.is_empty() {
                    self.clients.judge.blame(Some(index), "refused a transaction without a word".into());
                }
                *self.refused.entry(why).or_default() += 1;
                Err(format!("it refused the last: {text}"))
            }
            Err(No::Silence) => {
                *self.refused.entry("no answer".into()).or_default() += 1;
                Err("it did not answer".into())
            }
        }
    }

    /// Asks a member to take bytes as a transaction.
    async fn ask(&self, up: &Up, raw: &[u8]) -> Result<String, No> {
        let params = format!("[\"{}\"]", alloy_primitives::hex::encode_prefixed(raw));
        match patiently(&self.context, up.call("eth_sendRawTransaction", &params)).await {
            None => Err(No::Silence),
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => {
                let text = error.to_string();
                let of_its_own = [codes::INTERNAL, codes::RESOURCE_UNAVAILABLE].contains(&error.code);
                let aside = text.starts_with("account_") || of_its_own;
                Err(No::Refusal { text, aside })
            }
        }
    }

    /// Those who act for an organisation and may send, as far as events say.
    fn in_standing(&self) -> Vec<PrivateKeySigner> {
        let begin_ms = u64::try_from(BEGIN.as_millis()).unwrap_or_default();
        let now_ms = begin_ms + self.clients.events.now_ms();
        let organised = self.keys.iter().take(CARRIER);
        self.clients.judge.with(|model| {
            let may =
                |key: &&PrivateKeySigner| model.facts().may_send(&key.address(), None, &[], now_ms).is_ok();
            organised.filter(may).cloned().collect()
        })
    }

    /// Pays once through the door of a member, and waits for the payment to be final.
    async fn payment(&mut self, index: usize, round: usize) -> Payment {
        let judge = self.clients.judge.clone();
        let payers = self.in_standing();
        let Some(key) = payers.get(round % payers.len().max(1)).cloned() else { return Payment::NobodyMay };
        let address = key.address();
        let Some(up) = self.clients.doors.get(index).and_then(Door::up) else {
            return Payment::Not("it is down".into());
        };
        let params = format!("[\"{address}\",\"pending\"]");
        let answer = patiently(&self.context, up.call("eth_getTransactionCount", &params)).await;
        let pending = match answer {
            Some(Ok(answer)) => number(&answer).unwrap_or_default(),
            other => return Payment::Not(format!("it answers {other:?} for the nonce of {address}")),
        };
        let at = || judge.with(|model| model.account(&address, model.height())).map_or(0, |at| at.nonce);
        let nonce = pending.max(at());
        let order = Order::transfer(self.other(), 1);
        let raw = order.sign(&key, self.clients.chain_id, nonce, PAYMENT_PRICE);
        let hash = match self.offer(index, &raw, Told::of(order.expect, None)).await {
            Ok(hash) => hash,
            Err(why) => return Payment::Not(why),
        };
        let until = self.clients.events.now_ms() + PATIENT_MS;
        while self.clients.events.now_ms() < until {
            self.context.sleep(Duration::from_millis(LOOK_MS)).await;
            if judge.with(|model| model.place(&hash)).is_some() {
                return Payment::Final(hash);
            }
            if at() > nonce {
                return Payment::Not(format!("another transaction of {address} took the place of the last"));
            }
            if let Some(fate) = up.pool.fate(&hash) {
                return Payment::Not(format!("it took the last, {hash}: {fate}"));
            }
        }
        Payment::Not(format!("it took the last, {hash}, and that waits"))
    }

    /// What no ledger should take, from somebody whom nothing else stands in the way of. It is refused
    /// for what is wrong with it.
    async fn rubbish(&mut self) {
        let Some((index, up)) = self.any_up() else { return };
        if self.dice.chance(250) {
            return self.again(index, &up).await;
        }
        let senders = self.in_standing();
        if senders.is_empty() {
            return;
        }
        let key = self.dice.pick(&senders).clone();
        let Some(nonce) = self.nonce(key.address()).await else { return };
        let (chain_id, plain) = (self.clients.chain_id, Order::transfer(self.other(), 1));
        // Asked for before the sender is looked at, all but the last.
        let (raw, what, want) = match self.dice.below(5) {
            0 => {
                let input = vec![1; limits::TRANSACTION_BYTES_MAX].into();
                let order = Order { input, gas: AMPLE_GAS, ..plain };
                (order.sign(&key, chain_id, nonce, 0), "an oversized transaction", "more than the")
            }
            1 => (self.dice.bytes32().to_vec(), "32 bytes of noise", "not a signed transaction"),
            2 => {
                let raw = plain.sign(&key, chain_id + 1, nonce, 0);
                (raw, "a transaction of another chain", "invalid chain id for signer")
            }
            3 => {
                let raw = plain.sign_twin(&key, chain_id, nonce);
                (raw, "a malleable twin", "invalid or malleable signature")
            }
            _ => {
                let order = Order { gas: 20_000, ..plain };
                let raw = order.sign(&key, chain_id, nonce, 0);
                (raw, "a transaction without the gas to begin", "intrinsic gas too low")
            }
        };
        match self.ask(&up, &raw).await {
            Ok(answer) => self.clients.judge.blame(Some(index), format!("took {what} as {answer}")),
            Err(No::Refusal { text, aside: false }) if !text.contains(want) => {
                self.clients.judge.blame(Some(index), format!("refused {what} and says: {text}"));
            }
            Err(_) => {}
        }
    }

    /// Sends a transaction that is final once more, to a member that has its block.
    async fn again(&mut self, index: usize, up: &Up) {
        let judge = self.clients.judge.clone();
        let drawn = self.dice.index(1 << 20);
        let Some((hash, (height, place))) = judge.with(|model| model.any_place(drawn)) else { return };
        let has_it = up.reader.head().header.height.get() >= height;
        let Some(block) = judge.block(height).filter(|_| has_it) else { return };
        let Some(transaction) = block.transactions.get(place) else { return };
        match self.ask(up, transaction.transaction().raw()).await {
            Ok(_) => judge.blame(Some(index), format!("took {hash}, which is in block {height}, again")),
            Err(No::Refusal { text, aside: false }) if !text.contains("nonce too low") => {
                judge.blame(Some(index), format!("refused {hash} of block {height}, sent again: {text}"));
            }
            Err(_) => {}
        }
    }

    /// Asks something whose answer is known.
    async fn read(&mut self) {
        let Some((index, up)) = self.any_up() else { return };
        let judge = self.clients.judge.clone();
        let number_drawn = self.dice.index(1 << 20);
        match self.dice.below(4) {
            0 => {
                let address = self.other();
                let at = match patiently(&self.context, up.reader.account(address)).await {
                    Some(Ok(at)) => at,
                    Some(Err(ReadError::Failed(why))) => {
                        judge.unanswered(index, &up, &format!("reads no account {address}: {why}"));
                        return;
                    }
                    _ => return,
                };
                let (nonce, balance) = at.value.map_or_else(Default::default, |a| (a.nonce, a.balance));
                let want = judge.with(|model| {
                    let height = at.height.get();
                    (height > 0 && height <= model.height())
                        .then(|| model.account(&address, height))
                        .flatten()
                });
                if let Some(want) = want.filter(|want| (want.nonce, want.balance) != (nonce, balance)) {
                    let height = at.height;
                    judge.blame(
                        Some(index),
                        format!(
                            "account {address} after block {height}: nonce {nonce}, balance {balance}; want {} and {}",
                            want.nonce, want.balance
                        ),
                    );
                }
            }
            1 => {
                let Some((hash, (height, _))) = judge.with(|model| model.any_place(number_drawn)) else {
                    return;
                };
                let params = format!("[\"{hash}\"]");
                let asked = up.call("eth_getTransactionReceipt", &params);
                let answer = match patiently(&self.context, asked).await {
                    Some(Ok(answer)) => answer,
                    Some(Err(error)) => {
                        judge.unanswered(index, &up, &format!("shows no receipt of {hash}: {error}"));
                        return;
                    }
                    None => return,
                };
                let answer: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
                let shown = answer.get("blockNumber").and_then(|value| value.as_str()).and_then(number);
                let named = answer.get("transactionHash").and_then(|value| value.as_str());
                if named.is_some_and(|named| named != hash.to_string()) {
                    judge.blame(Some(index), format!("the receipt of {hash} is that of {named:?}"));
                }
                let known = up.reader.head().header.height.get() >= height;
                if shown.is_some_and(|shown| shown != height) {
                    judge.blame(
                        Some(index),
                        format!("{hash} is in block {height}, its receipt says {shown:?}"),
                    );
                } else if shown.is_none() && known {
                    judge.blame(
                        Some(index),
                        format!("{hash} is in block {height}, there is no receipt of it"),
                    );
                }
            }
            2 => self.proof(index, &up, number_drawn).await,
            _ => {
                let head = up.reader.head().header.height.get();
                let height = Height::new(1 + number_drawn as u64 % head.max(1));
                match patiently(&self.context, up.reader.block(BlockId::Height(height))).await {
                    Some(Ok(Some(block))) => judge.hears(index, &block),
                    Some(Ok(None)) if head > 0 => {
                        judge.unanswered(index, &up, &format!("has no block {height}, its head is {head}"));
                    }
                    Some(Err(ReadError::Failed(why))) => {
                        judge.unanswered(index, &up, &format!("shows no block {height}: {why}"));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Asks for a proof and checks it as a stranger would, who has only the chain's key.
    async fn proof(&mut self, index: usize, up: &Up, number_drawn: usize) {
        let judge = self.clients.judge.clone();
        let account = self.other();
        let Some(claim) = judge.any_claim(number_drawn, account) else { return };
        let head = up.reader.head().header.height;
        let package = match patiently(&self.context, up.reader.prove(claim)).await {
            Some(Ok(Some(package))) => package,
            Some(Err(ReadError::Failed(why))) => {
                judge.unanswered(index, up, &format!("proves no {claim:?}: {why}"));
                return;
            }
            Some(Ok(None)) if judge.is_provable(&claim, head) => {
                judge.unanswered(index, up, &format!("has nothing to prove {claim:?} with, at block {head}"));
                return;
            }
            _ => return,
        };
        self.proofs += 1;
        let bytes = package.to_bytes();
        for _ in 0..FLIPS {
            let (at, bit) = (self.dice.index(bytes.len().saturating_sub(CHECKSUM)), self.dice.below(8));
            let flipped = Package::from_bytes(&forged(&bytes, at, 1 << bit));
            let taken = flipped.and_then(|flipped| flipped.verify(Some(judge.chain_key())));
            // The chain's name is a label and proves nothing.
            let Some(taken) = taken.ok().filter(|taken| taken.chain == package.chain()) else { continue };
            if !judge.is_another_log(&claim, &taken) && !self.is_another_absence(up, claim, &taken).await {
                judge.blame(
                    Some(index),
                    format!("its proof of {claim:?} also verifies with bit {bit} of byte {at} flipped"),
                );
            }
        }
        judge.proves(index, &claim, &package);
    }

    /// Whether an altered proof shows that another slot of a module holds nothing, which is as true as
    /// what was asked for: such a proof shows two neighbours, and every slot between them is absent.
    /// The member is asked for that slot, too, and must not prove at the same block that it holds something.
    async fn is_another_absence(&self, up: &Up, asked: Claim, verified: &Verified) -> bool {
        let [Proven::Absent { address, slot }] = verified.statements.as_slice() else { return false };
        let other = Claim::Slot(*address, *slot);
        if other == asked {
            return false;
        }
        let Some(Ok(Some(package))) = patiently(&self.context, up.reader.prove(other)).await else {
            return true;
        };
        package
            .verify(Some(self.clients.judge.chain_key()))
            .is_ok_and(|again| again.block != verified.block || again.statements == verified.statements)
    }
}

/// A number as JSON-RPC writes it, with or without quotes.
pub fn number(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim_matches('"').strip_prefix("0x")?, 16).ok()
}

/// A package with a byte changed, and the checksum that a careful forger would put there.
fn forged(bytes: &[u8], at: usize, mask: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= mask;
    }
    if let Some((content, checksum)) = bytes.split_last_chunk_mut::<CHECKSUM>() {
        *checksum = Sha256::hash(&[content]).0;
    }
    bytes
}
