//! A ledger of a few lines, against which the real one is held: nonces, balances, who deposited
//! what first, how far the counters are.

use super::Facts;
use crate::workload::{BATCH, Expect, holders};
use alloy_consensus::TxEnvelope;
use alloy_eips::eip2718::Decodable2718 as _;
use alloy_primitives::TxKind;
use alloy_sol_types::SolEvent as _;
use ding_modules::evidence::{abi::IEvidence, state::ADDRESS};
use ding_primitives::{Address, B256, Log, Receipt, Recovered, Spec, U256, ports::FinalizedBlock};
use ding_seat::network::ENDOWMENT;
use std::collections::BTreeMap;

/// What a client said of a transaction it signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// What must come of it.
    pub expect: Expect,
    /// A counter that goes up by one if it succeeds.
    pub counts: Option<Address>,
    /// Whose code it reaches, besides the contract it is sent to.
    pub reaches: [Option<Reach>; BATCH],
    /// Whether it succeeds whatever comes of what it reaches.
    pub goes_on: bool,
}

/// Code that a contract runs on behalf of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Where the code is.
    pub target: Address,
    /// The counter that it moves.
    pub counts: Address,
}

impl Told {
    /// What must come of a transaction of which nothing else is known.
    pub const fn of(expect: Expect, counts: Option<Address>) -> Self {
        Self { expect, counts, reaches: [None; BATCH], goes_on: false }
    }
}

/// An account at a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// First height at which this holds.
    pub height: u64,
    /// Next nonce.
    pub nonce: u64,
    /// Balance.
    pub balance: U256,
}

/// The model.
#[derive(Clone, Debug, Default)]
pub struct Model {
    chain_id: u64,
    height: u64,
    tip: Option<(B256, u64)>,
    accounts: BTreeMap<Address, Vec<Holding>>,
    places: BTreeMap<B256, (u64, usize)>,
    /// What stands in a block with this nonce of this account.
    nonces: BTreeMap<(Address, u64), B256>,
    told: BTreeMap<B256, Told>,
    deposits: BTreeMap<B256, (Address, u64)>,
    again: u64,
    attested: u64,
    counters: BTreeMap<Address, u64>,
    contracts: BTreeMap<Address, u64>,
    /// Who made a contract, and with which nonce.
    makers: BTreeMap<Address, (Address, u64)>,
    /// Whether a bad member spoils messages.
    spoils: bool,
    /// Whether a call of a stranger went to a contract, and may have counted.
    uncounted: bool,
    failed: u64,
    /// Transactions refused because a service is stopped.
    stopped: u64,
    facts: Facts,
}

impl Model {
    /// The ledger before its first block.
    pub fn new(spec: &Spec) -> Self {
        let holding = Holding { height: 0, nonce: 0, balance: U256::from(ENDOWMENT) };
        let accounts = holders().iter().map(|key| (key.address(), vec![holding])).collect();
        Self { chain_id: spec.chain_id, accounts, facts: Facts::new(spec), ..Self::default() }
    }

    /// The last block it has.
    pub const fn height(&self) -> u64 {
        self.height
    }

    /// A client signed this.
    pub fn told(&mut self, hash: B256, told: Told) {
        self.told.insert(hash, told);
    }

    /// Where a transaction stands.
    pub fn place(&self, hash: &B256) -> Option<(u64, usize)> {
        self.places.get(hash).copied()
    }

    /// What stands in a block with this nonce of this account.
    pub fn at_nonce(&self, sender: Address, nonce: u64) -> Option<B256> {
        self.nonces.get(&(sender, nonce)).copied()
    }

    /// Transactions that stand somewhere.
    pub fn transactions(&self) -> usize {
        self.places.len()
    }

    /// Transactions that stand somewhere and failed.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// One of the transactions that stand somewhere.
    pub fn any_place(&self, number: usize) -> Option<(B256, (u64, usize))> {
        self.places.iter().nth(number % self.places.len().max(1)).map(|(hash, place)| (*hash, *place))
    }

    /// An account after the block at `height`, if a client holds it.
    pub fn account(&self, address: &Address, height: u64) -> Option<Holding> {
        self.accounts.get(address)?.iter().rev().find(|holding| holding.height <= height).copied()
    }

    /// First deposits, later ones, attestations.
    pub fn counts(&self) -> (u64, u64, u64) {
        (self.deposits.len() as u64, self.again, self.attested)
    }

    /// One of the documents that were deposited.
    pub fn any_document(&self, number: usize) -> Option<B256> {
        self.deposits.keys().nth(number % self.deposits.len().max(1)).copied()
    }

    /// Depositor and height of a document's first deposit.
    pub fn deposit(&self, digest: &B256) -> Option<(Address, u64)> {
        self.deposits.get(digest).copied()
    }

    /// How far each counter is, as far as that is known.
    pub const fn counters(&self) -> &BTreeMap<Address, u64> {
        &self.counters
    }

    /// From now on a bad member spoils messages. A transaction of which a bit is another may still be one:
    /// of a stranger, and nobody knows what it does.
    pub const fn spoils(&mut self) {
        self.spoils = true;
    }

    /// Contracts that were made, with the length of their code.
    pub const fn contracts(&self) -> &BTreeMap<Address, u64> {
        &self.contracts
    }

    /// Who made a contract, and with which nonce.
    pub fn maker(&self, contract: &Address) -> Option<(Address, u64)> {
        self.makers.get(contract).copied()
    }

    /// What events say of the supervised part.
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Transactions and inner calls that met a service that is stopped.
    pub const fn stopped(&self) -> u64 {
        self.stopped
    }

    /// Takes the next block, and says what is wrong with it.
    pub fn block(&mut self, block: &FinalizedBlock) -> Vec<String> {
        let mut wrong = Vec::new();
        let header = &block.header;
        self.height = header.height.get();
        if let Some((parent, time)) = self.tip {
            if header.parent != parent {
                wrong.push(format!("block {} does not follow the block before it", self.height));
            }
            if header.timestamp_ms <= time {
                wrong.push(format!("block {} is not later than the block before it", self.height));
            }
        }
        self.tip = Some((header.hash(), header.timestamp_ms));
        if block.transactions.len() != block.receipts.len() {
            wrong.push(format!(
                "block {} has {} transactions and {} receipts",
                self.height,
                block.transactions.len(),
                block.receipts.len()
            ));
        }
        for (index, (transaction, receipt)) in block.transactions.iter().zip(&block.receipts).enumerate() {
            if let Err(what) = self.transaction(index, transaction, receipt, header.timestamp_ms) {
                wrong.push(format!("transaction {} in block {}: {what}", transaction.hash(), self.height));
            }
        }
        // What a block decides has effect from the next one on.
        for receipt in &block.receipts {
            if let Err(what) = self.facts.receipt(&receipt.logs, header.timestamp_ms) {
                wrong.push(format!("block {}: {what}", self.height));
            }
        }
        wrong
    }

    fn transaction(
        &mut self,
        index: usize,
        transaction: &Recovered,
        receipt: &Receipt,
        now_ms: u64,
    ) -> Result<(), String> {
        let hash = transaction.hash();
        if let Some((height, place)) = self.places.insert(hash, (self.height, index)) {
            return Err(format!("stands in block {height} already, at {place}"));
        }
        self.check_envelope(transaction)?;
        let sender = transaction.sender();
        let to = transaction.to().to().copied();
        self.facts.may_send(&sender, to, transaction.input(), now_ms)?;
        let known = self.account(&sender, self.height);
        let before = match known {
            Some(known) => known,
            None if self.spoils => self.meet(sender, to),
            None => return Err(format!("{sender} is no client and cannot have signed it")),
        };
        if transaction.nonce() != before.nonce {
            return Err(format!("nonce {}, the account is at {}", transaction.nonce(), before.nonce));
        }
        let moved = if receipt.success { transaction.value() } else { U256::ZERO };
        let Some(balance) = before.balance.checked_sub(moved) else {
            return Err(format!("moves {moved} of {}", before.balance));
        };
        self.nonces.insert((sender, transaction.nonce()), hash);
        self.set(sender, before.nonce + 1, balance);
        if let TxKind::Call(to) = transaction.to()
            && let Some(holding) = self.account(&to, self.height)
        {
            self.set(to, holding.nonce, holding.balance + moved);
        }
        self.failed += u64::from(!receipt.success);
        if receipt.gas_used > transaction.gas_limit() || receipt.gas_used < 21_000 {
            return Err(format!("used {} gas of {}", receipt.gas_used, transaction.gas_limit()));
        }
        if !receipt.success && !receipt.logs.is_empty() {
            return Err("failed and has events".into());
        }
        let meets_stopped = to.is_some_and(|to| self.is_stopped(&to, now_ms));
        if meets_stopped && receipt.success {
            return Err(format!("succeeds and calls {to:?}, whose service is stopped"));
        }
        if let Some(told) = self.told.get(&hash).copied() {
            let mut inner_stopped = false;
            for reach in told.reaches.into_iter().flatten() {
                let stopped = self.is_stopped(&reach.target, now_ms);
                inner_stopped |= stopped;
                if receipt.success && !stopped {
                    self.count(reach.counts);
                }
            }
            let want = match told.expect {
                _ if meets_stopped || (inner_stopped && !told.goes_on) => Some(false),
                Expect::Success => Some(true),
                Expect::Failure => Some(false),
                Expect::Either => None,
            };
            self.stopped += u64::from(meets_stopped || inner_stopped);
            if want.is_some_and(|want| want != receipt.success) {
                return Err(format!(
                    "success is {}, its signer expects the contrary; to {:?}, {} bytes of input, {} gas of {}",
                    receipt.success,
                    transaction.to(),
                    transaction.input().len(),
                    receipt.gas_used,
                    transaction.gas_limit()
                ));
            }
            if let Some(counter) = told.counts.filter(|_| receipt.success) {
                self.count(counter);
            }
        }
        if transaction.to() == TxKind::Create && receipt.success && known.is_some() {
            let created = receipt.created.ok_or("made a contract and names none")?;
            if created != sender.create(transaction.nonce()) {
                return Err(format!("made {created}, not {}", sender.create(transaction.nonce())));
            }
            // Its code is what follows the nine bytes that return it.
            self.contracts.insert(created, transaction.input().len().saturating_sub(9) as u64);
            self.makers.insert(created, (sender, transaction.nonce()));
        }
        for log in &receipt.logs {
            self.log(log)?;
        }
        Ok(())
    }

    /// A stranger, and what its call to a contract may change.
    fn meet(&mut self, stranger: Address, to: Option<Address>) -> Holding {
        let holding = Holding { height: self.height, nonce: 0, balance: U256::ZERO };
        self.accounts.insert(stranger, vec![holding]);
        if to.is_some_and(|to| self.contracts.contains_key(&to)) {
            self.uncounted = true;
            self.counters.clear();
        }
        holding
    }

    fn count(&mut self, counter: Address) {
        if !self.uncounted {
            *self.counters.entry(counter).or_default() += 1;
        }
    }

    fn is_stopped(&self, callee: &Address, now_ms: u64) -> bool {
        self.facts.is_stopped(callee, self.height, now_ms)
    }

    /// The bytes, looked at without any of the ledger's code.
    fn check_envelope(&self, transaction: &Recovered) -> Result<(), String> {
        let raw = transaction.transaction().raw();
        let envelope = TxEnvelope::decode_2718(&mut raw.as_ref()).map_err(|error| error.to_string())?;
        let signer = envelope.signature().recover_address_from_prehash(&envelope.signature_hash());
        if envelope.signature().normalize_s().is_some() {
            return Err("the signature is a malleable twin".into());
        }
        match signer {
            Ok(signer) if signer == transaction.sender() => {}
            Ok(signer) => return Err(format!("is booked on {}, {signer} signed it", transaction.sender())),
            Err(error) => return Err(format!("nobody signed it: {error}")),
        }
        let chain_id = alloy_consensus::Transaction::chain_id(&envelope);
        if chain_id != Some(self.chain_id) {
            return Err(format!("is for chain {chain_id:?}"));
        }
        Ok(())
    }

    fn set(&mut self, address: Address, nonce: u64, balance: U256) {
        let Some(holdings) = self.accounts.get_mut(&address) else { return };
        let holding = Holding { height: self.height, nonce, balance };
        match holdings.last_mut() {
            Some(last) if last.height == self.height => *last = holding,
            _ => holdings.push(holding),
        }
    }

    fn log(&mut self, log: &Log) -> Result<(), String> {
        if log.address != ADDRESS {
            return Ok(());
        }
        let (topic, digest) = match log.topics.as_slice() {
            [topic, digest, ..] => (*topic, *digest),
            _ => return Err("an event of evidence without a digest".into()),
        };
        match topic {
            IEvidence::Deposited::SIGNATURE_HASH => {
                let depositor = log.topics.get(2).map(|word| Address::from_word(*word)).unwrap_or_default();
                if let Some((_, height)) = self.deposits.insert(digest, (depositor, self.height)) {
                    return Err(format!(
                        "document {digest} is first a second time, it was in block {height}"
                    ));
                }
            }
            IEvidence::DepositedAgain::SIGNATURE_HASH => {
                if !self.deposits.contains_key(&digest) {
                    return Err(format!("document {digest} is deposited again and never was before"));
                }
                self.again += 1;
            }
            IEvidence::Attested::SIGNATURE_HASH => {
                if !self.deposits.contains_key(&digest) {
                    return Err(format!("document {digest} is attested and was never deposited"));
                }
                self.attested += 1;
            }
            _ => {}
        }
        Ok(())
    }
}
