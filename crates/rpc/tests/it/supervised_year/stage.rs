//! The stage of the year: a chain in memory with door, pool and read model, people who sign, a calendar
//! to move along, and a diary of the dates that the ledger computed.

use super::people::{self, Who};
use crate::readmodel::Folder;
use alloy_primitives::hex;
use alloy_sol_types::{SolCall, SolError, SolEvent};
use ding_chain::reader::{Look as _, Reader};
use ding_execution::mocks::Wallet;
use ding_modules::{
    calendar::{self, Day, abi::ICalendar},
    dispatch::decode_event,
    filing::{self, abi::IFiling},
    identity, members, orders, pilot, services,
};
use ding_pool::{Pool, PoolLimits};
use ding_primitives::{
    Address, B256, Bytes, Height, Receipt, Recovered, keccak256, limits,
    ports::{Archive as _, Budget, FinalizedBlock, FinalizedSink, TransactionSource as _},
};
use ding_readmodel::{Config, ReadModel};
use ding_rpc::{Parts, Rpc, RpcError, mocks::Chain};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// What somebody calls on the ledger.
#[derive(Clone)]
pub(crate) struct Deed {
    to: Address,
    input: Bytes,
}

impl Deed {
    pub(crate) fn new(to: Address, input: impl Into<Bytes>) -> Self {
        Self { to, input: input.into() }
    }
}

/// A call of a module.
macro_rules! modules {
    ($($name:ident => $address:expr;)*) => {$(
        pub(crate) fn $name(call: impl SolCall) -> Deed {
            Deed::new($address, call.abi_encode())
        }
    )*};
}

modules! {
    to_members => members::state::ADDRESS;
    to_calendar => calendar::state::ADDRESS;
    to_identity => identity::state::ADDRESS;
    to_services => services::state::ADDRESS;
    to_filing => filing::state::ADDRESS;
    to_pilot => pilot::state::ADDRESS;
    to_orders => orders::state::ADDRESS;
}

/// What a transaction did.
pub(crate) struct Done(Receipt);

impl Done {
    /// The one event of this kind.
    pub(crate) fn event<E: SolEvent>(&self) -> E {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{} of {}", events.len(), E::SIGNATURE);
        events.remove(0)
    }

    pub(crate) fn events<E: SolEvent>(&self) -> Vec<E> {
        self.0.logs.iter().filter_map(decode_event).collect()
    }

    pub(crate) const fn created(&self) -> Address {
        self.0.created.expect("a contract was created")
    }
}

struct PoolSink(Pool);

impl FinalizedSink for PoolSink {
    fn finalized(&self, block: &Arc<FinalizedBlock>) {
        self.0.finalized(block);
    }
}

pub(crate) struct Year {
    chain: Arc<Chain>,
    pool: Pool,
    rpc: Rpc,
    rows: Arc<ReadModel>,
    _folder: Folder,
    now_ms: Arc<AtomicU64>,
    wallets: BTreeMap<Who, Wallet>,
    /// Dates that the ledger computed or that steps were taken on, by the name that the guide uses.
    pub(crate) diary: BTreeMap<&'static str, Day>,
    /// What people were told when they were refused.
    pub(crate) heard: BTreeSet<String>,
}

/// The day of an ISO date.
pub(crate) fn day(date: &str) -> Day {
    date.parse().unwrap_or_else(|error| panic!("{date}: {error}"))
}

/// A digest of a document that stays off the ledger.
pub(crate) fn document(name: &str) -> B256 {
    keccak256(name.as_bytes())
}

impl Year {
    /// The chain on the morning of a day, after the block that carries genesis.
    pub(crate) fn begins(date: &str) -> Self {
        let chain = Chain::with(people::genesis);
        let folder = Folder::new("supervised-year");
        let config = Config { genesis_hash: chain.genesis_hash(), spec: chain.spec().clone() };
        let rows = Arc::new(ReadModel::open(folder.path().join("rows.sqlite"), config).unwrap());
        rows.start(Arc::new(Reader::new(chain.clone()))).unwrap();
        chain.subscribe(rows.clone());
        let pool = Pool::new(chain.spec().clone(), PoolLimits::default());
        chain.subscribe(Arc::new(PoolSink(pool.clone())));
        let now_ms = Arc::new(AtomicU64::new(0));
        let clock = now_ms.clone();
        let rpc = Rpc::new(Parts {
            reader: Reader::new(chain.clone()),
            pool: pool.clone(),
            query: Some(rows.query()),
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
            seed: B256::repeat_byte(7),
        });
        let (wallets, diary, heard) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        let mut year = Self { chain, pool, rpc, rows, _folder: folder, now_ms, wallets, diary, heard };
        year.go(date);
        year
    }

    /// Goes to nine in the morning of a day, Beijing time.
    pub(crate) fn go(&mut self, date: &str) {
        self.go_at(date, 9, 0);
    }

    /// Goes to a time of a day, Beijing time, and makes a block there.
    pub(crate) fn go_at(&mut self, date: &str, hour: u64, minute: u64) {
        let then = day(date).start_ms() + (hour * 60 + minute) * 60_000;
        let now = self.now_ms.swap(then, Ordering::SeqCst);
        assert!(then > now, "{date} {hour}:{minute} is not later than it is");
        self.seal();
    }

    pub(crate) fn today(&self) -> Day {
        Day::from_ms(self.now_ms.load(Ordering::SeqCst))
    }

    /// Writes a date into the diary; what is there already must be the same.
    pub(crate) fn note(&mut self, key: &'static str, day: impl Into<u32>) {
        let day = Day::new(day.into());
        let before = self.diary.insert(key, day).unwrap_or(day);
        assert_eq!(before, day, "{key} in the diary");
    }

    /// The same of today.
    pub(crate) fn note_today(&mut self, key: &'static str) {
        self.note(key, self.today().get());
    }

    /// A block of what waits in the pool, a second later.
    fn seal(&mut self) -> Arc<FinalizedBlock> {
        let now = self.now_ms.fetch_add(1_000, Ordering::SeqCst) + 1_000;
        let budget = Budget {
            transactions: limits::BLOCK_TRANSACTIONS_MAX,
            bytes: limits::BODY_BYTES_MAX,
            gas: limits::BLOCK_GAS_MAX,
        };
        let chosen = self.pool.choose(budget, &BTreeMap::new());
        self.chain.seal_at(now, chosen)
    }

    fn wallet(&mut self, who: Who) -> &mut Wallet {
        self.wallets.entry(who).or_insert_with(|| {
            let mut wallet = Wallet::new(who.0);
            wallet.gas = limits::TRANSACTION_GAS_MAX;
            wallet
        })
    }

    fn ask(&self, method: &str, params: &Value) -> Result<Value, RpcError> {
        block_on(self.rpc.call(method, &params.to_string())).map(|text| serde_json::from_str(&text).unwrap())
    }

    /// What a question about the supervised part answers, once the rows are as far as the chain.
    pub(crate) fn get(&self, method: &str, wanted: &Value) -> Value {
        let query = self.rows.query();
        assert!(query.wait_for(self.height(), Duration::from_secs(60)), "{:?}", self.rows.status());
        self.ask(method, &json!([wanted])).unwrap_or_else(|refusal| panic!("{method} {wanted}: {refusal}"))
    }

    /// All items of a list, page by page.
    pub(crate) fn items(&self, method: &str, wanted: &Value) -> Vec<Value> {
        let (mut items, mut wanted) = (Vec::new(), wanted.clone());
        wanted["limit"] = json!(100);
        loop {
            let mut page = self.get(method, &wanted);
            items.append(page["items"].as_array_mut().unwrap());
            wanted["after"] = page["next"].take();
            if wanted["after"].is_null() {
                return items;
            }
        }
    }

    fn send(&self, transaction: &Recovered) -> Result<(), RpcError> {
        self.ask("eth_sendRawTransaction", &json!([transaction.transaction().raw()])).map(|_| ())
    }

    /// Somebody does something, and it is done in the next block.
    pub(crate) fn act(&mut self, who: Who, deed: Deed) -> Done {
        let done = self.all(vec![(who, deed)]);
        done.into_iter().next().expect("one transaction, one receipt")
    }

    /// Several people do several things, one after the other, in as few blocks as hold them. What one
    /// account does is done in the order given.
    pub(crate) fn all(&mut self, deeds: Vec<(Who, Deed)>) -> Vec<Done> {
        let mut hashes = Vec::new();
        for (who, deed) in deeds {
            let transaction = self.wallet(who).call(deed.to, deed.input);
            hashes.push((who, transaction.hash()));
            self.send(&transaction).unwrap_or_else(|refusal| panic!("{who:?} is refused: {refusal}"));
        }
        let mut receipts = BTreeMap::new();
        while receipts.len() < hashes.len() {
            let block = self.seal();
            assert!(!block.transactions.is_empty(), "the pool holds transactions back");
            let hashes = block.transactions.iter().map(|transaction| transaction.hash());
            receipts.extend(hashes.zip(block.receipts.iter().cloned()));
        }
        let mut take = |(who, hash): &(Who, B256)| {
            let receipt = receipts.remove(hash).expect("the block holds what was sent");
            assert!(receipt.success, "{who:?}: {}", self.why(hash));
            Done(receipt)
        };
        hashes.iter().map(&mut take).collect()
    }

    /// Creates a contract.
    pub(crate) fn create(&mut self, who: Who, code: Vec<u8>) -> (Address, u64) {
        let nonce = self.wallet(who).nonce;
        let transaction = self.wallet(who).create(code);
        self.send(&transaction).unwrap();
        let receipt = self.seal().receipts[0].clone();
        assert!(receipt.success);
        (Done(receipt).created(), nonce)
    }

    /// Why a transaction failed, in words.
    fn why(&self, hash: &B256) -> String {
        let transaction = self.ask("eth_getTransactionByHash", &json!([hash])).unwrap();
        let request =
            json!({"from": transaction["from"], "to": transaction["to"], "input": transaction["input"]});
        match self.ask("eth_estimateGas", &json!([request])) {
            Ok(gas) => format!("failed, though it would be done now with gas {gas}"),
            Err(refusal) => refusal.to_string(),
        }
    }

    /// Somebody tries something that the ledger does not allow: the transaction stands in a block and
    /// fails, and the door says why.
    pub(crate) fn refused<E: SolError>(&mut self, who: Who, deed: Deed) -> E {
        let transaction = self.wallet(who).call(deed.to, deed.input.clone());
        self.send(&transaction).unwrap_or_else(|refusal| panic!("{who:?} is refused: {refusal}"));
        let receipt = self.seal().receipts[0].clone();
        assert!(!receipt.success, "{who:?} was to be refused with {}", E::SIGNATURE);
        assert!(receipt.logs.is_empty(), "a refused step leaves no event");
        let request = json!({"from": who.address(), "to": deed.to, "input": deed.input});
        let refusal = self.ask("eth_estimateGas", &json!([request])).expect_err("still refused");
        self.heard.insert(refusal.message.trim_start_matches("execution reverted: ").into());
        let data = refusal.data.clone().unwrap_or_default();
        E::abi_decode_validate(&data)
            .unwrap_or_else(|_| panic!("{refusal} ({}) instead of {}", hex::encode(&data), E::SIGNATURE))
    }

    /// Somebody is refused at the door, before it costs anything, with these words.
    pub(crate) fn turned_away(&mut self, who: Who, deed: Deed, words: &str) {
        let transaction = self.wallet(who).call(deed.to, deed.input);
        let refusal = self.send(&transaction).expect_err(words);
        assert!(refusal.message.contains(words), "{refusal}");
        self.heard.insert(refusal.message.into());
        self.wallet(who).nonce -= 1;
    }

    /// What a contract answers to somebody who only looks.
    pub(crate) fn look(&self, deed: &Deed) -> Bytes {
        let request = json!({"to": deed.to, "input": deed.input});
        let answer = self.ask("eth_call", &json!([request, "latest"])).unwrap();
        serde_json::from_value(answer).unwrap()
    }

    /// What a view of a module answers.
    pub(crate) fn view<C: SolCall>(&self, module: fn(C) -> Deed, call: C) -> C::Return {
        C::abi_decode_returns_validate(&self.look(&module(call))).unwrap()
    }

    pub(crate) fn service(&self, id: u64) -> IFiling::ServiceRecord {
        self.view(to_filing, IFiling::serviceCall { id })
    }

    /// The last day of a clock that runs for a service: day, whether provisional, whether over.
    pub(crate) fn clock(&self, service: u64, clock: filing::terms::Clock) -> (u32, bool, bool) {
        let clocks = self.view(to_filing, IFiling::clocksOfCall { service });
        let found = clocks.iter().find(|found| found.clock == clock.number());
        let found =
            found.unwrap_or_else(|| panic!("service {service}: clock {clock} does not run: {clocks:?}"));
        (found.dueDay, found.provisional, found.overdue)
    }

    /// The last day of a period of working days that begins after a day.
    pub(crate) fn deadline(&self, start: Day, days: u16) -> u32 {
        let call = ICalendar::deadlineCall { start: start.get(), workingDays: days };
        let answer = self.view(to_calendar, call);
        assert!(!answer.provisional);
        answer.day
    }

    /// The end of a chapter: every module's own check over the whole history.
    pub(crate) fn chapter_ends(&self) {
        self.chain.check_modules().unwrap();
    }

    pub(crate) fn height(&self) -> Height {
        self.chain.head()
    }

    /// Transactions of all blocks.
    pub(crate) fn transactions(&self) -> usize {
        (0..=self.height().get()).map(|height| self.chain.block(height).transactions.len()).sum()
    }

    /// Whether a text stands anywhere in what was sent or said.
    pub(crate) fn says(&self, text: &str) -> bool {
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        let blocks = (0..=self.height().get()).map(|height| self.chain.block(height));
        blocks.into_iter().any(|block| {
            block.transactions.iter().any(|transaction| holds(transaction.input()))
                || block.receipts.iter().flat_map(|receipt| &receipt.logs).any(|log| holds(&log.data))
        })
    }
}
