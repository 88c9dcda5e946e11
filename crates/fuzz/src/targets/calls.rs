//! Transactions into native modules, straight and through contracts that forward them in every way
//! the EVM knows, against small models of what the modules promise: all have one.
//!
//! An input is a story of moves over few accounts and few things, so that they meet each other.
//! Receipts, returned bytes, reverts and every later read are compared.
//!
//! The model of `orders` knows accounts that are bound to nobody: neither services nor disclosures. Those
//! of `filing`, `pilot` and `services` took the order of refusals and the names of events from the modules.

mod calendar;
mod consortium;
mod evidence;
mod filing;
mod identity;
mod members;
mod once;
mod orders;
mod pilot;
mod services;

use self::consortium::{organisation, seated};
use crate::{feed::Feed, samples};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::TxKind;
use alloy_sol_types::{SolError, SolEvent, SolInterface};
use core::fmt::Debug;
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
    simulate::{self, CallResult, Overrides, Request},
};
use ding_modules::{
    BlockInfo,
    members::{OrganisationEntry, Role},
    registry,
    stop::IModule::{DirectCallOnly, StaticCall, ValueNotAccepted},
};
use ding_primitives::{Account, Address, B256, Log, Recovered, Spec, U256};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock, Mutex},
};

/// Moves of one input.
const MOVES_MAX: usize = 16;
/// Transactions of one block.
const BLOCK_MAX: usize = 4;
/// Accounts that sign in any story.
const WALLETS_MAX: u64 = 9;

/// What a call gives: returned bytes and events, or the bytes it reverts with.
type Answer = Result<(Vec<u8>, Vec<Log>), Refusal>;

/// The bytes that a call reverts with.
type Refusal = Vec<u8>;

/// When something happens.
#[derive(Clone, Copy, Debug)]
struct Now {
    height: u64,
    timestamp_ms: u64,
}

/// A module once more: what its interface promises, over plain maps, written without a look at how the
/// module does it; and the calls that stories make of it.
trait Model: Clone {
    /// Its calls.
    type Call: SolInterface + Clone + Debug;

    /// Address of the module.
    const MODULE: Address;
    /// The second block of a story is this much later than the first.
    const LATER_MS: u64 = 0;
    /// Whether calls of kind 0 are first decided by vote ([`Model::decide`]).
    const DECIDES: bool = false;
    /// Accounts that send in its stories.
    const WALLETS: usize = 4;
    /// Gas of each call.
    const GAS: u64 = 1_000_000;

    /// The chain of its stories.
    fn spec() -> Spec {
        SPEC.clone()
    }
    /// What wallets sent in the second block, to whom, before any story; all of it succeeds.
    fn before() -> Vec<(usize, Address, Vec<u8>)> {
        Vec::new()
    }
    /// As genesis leaves it.
    fn new() -> Self;
    /// Whether a call may not write.
    fn reads(call: &Self::Call) -> bool;
    /// Answers a call. What a refused one changes is undone by who asks.
    fn answer(&mut self, caller: Address, call: &Self::Call, now: Now) -> Answer;
    /// A call of one of five kinds.
    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> Self::Call;
    /// A call that only reads.
    fn draw_read(&self, feed: &mut Feed<'_>, now: Now) -> Self::Call;
    /// The time of the next block, which would be at `now`.
    fn pause(&self, _feed: &mut Feed<'_>, now: Now) -> u64 {
        now.timestamp_ms
    }
    /// Transactions of wallets with `members` by which a call is decided, which all succeed.
    fn decide(&mut self, _call: &Self::Call, _now: Now) -> Vec<(usize, Vec<u8>)> {
        Vec::new()
    }
}

/// When what came before the stories of a model happens.
fn second_block<M: Model>() -> Now {
    Now { height: 2, timestamp_ms: mocks::env(2).timestamp_ms + M::LATER_MS }
}

/// An address that no module has and nobody signs for.
const NOBODY: Address = Address::repeat_byte(0x77);

fn refuse<T>(error: impl SolError) -> Result<T, Refusal> {
    Err(error.abi_encode())
}

/// An event as a receipt has it.
fn log(address: Address, event: &impl SolEvent) -> Log {
    Log {
        address,
        topics: event.encode_topics().iter().map(|word| word.0).collect(),
        data: event.encode_data().into(),
    }
}

/// How a call reaches the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Straight,
    StraightWithValue,
    Call,
    CallWithValue,
    Static,
    Delegate,
    CallCode,
    /// The contract calls and then reverts.
    CallAndRevert,
    /// The contract calls twice and answers as the second call.
    CallTwice,
    /// The contract calls and succeeds whatever came of it.
    CallAndForget,
}

const VIAS: [Via; 10] = [
    Via::Straight,
    Via::Call,
    Via::Static,
    Via::Delegate,
    Via::CallCode,
    Via::CallWithValue,
    Via::StraightWithValue,
    Via::CallAndRevert,
    Via::CallTwice,
    Via::CallAndForget,
];

impl Via {
    fn contract(self) -> Option<Address> {
        let number = match self {
            Self::Straight | Self::StraightWithValue => return None,
            Self::Call => 1,
            Self::CallWithValue => 2,
            Self::Static => 3,
            Self::Delegate => 4,
            Self::CallCode => 5,
            Self::CallAndRevert => 6,
            Self::CallTwice => 7,
            Self::CallAndForget => 8,
        };
        Some(Address::repeat_byte(0xf0 + number))
    }

    /// The contract's code: all call data on to the module, and what comes back, back.
    fn code(self, module: Address) -> Vec<u8> {
        // CALLDATACOPY(0, 0, size); then gas, module, [value], 0, size, 0, 0
        let value: &[u8] = match self {
            Self::CallWithValue => &[0x60, 1],
            Self::Static | Self::Delegate => &[],
            _ => &[0x5f],
        };
        let instruction = match self {
            Self::Static => 0xfa,
            Self::Delegate => 0xf4,
            Self::CallCode => 0xf2,
            _ => 0xf1,
        };
        let head = [0x36, 0x5f, 0x5f, 0x37];
        let call =
            [&[0x5f, 0x5f, 0x36, 0x5f], value, &[0x73], module.as_slice(), &[0x5a, instruction]].concat();
        let tail: Vec<u8> = match self {
            Self::CallAndRevert => vec![0x5f, 0x5f, 0xfd],
            Self::CallAndForget => vec![0x00],
            _ => {
                let calls = if self == Self::CallTwice { 2 * call.len() + 1 } else { call.len() };
                // RETURNDATACOPY(0, 0, size); success ? RETURN(0, size) : REVERT(0, size)
                let body = [0x3d, 0x5f, 0x5f, 0x3e, 0x3d, 0x5f, 0x82, 0x60, 0, 0x57, 0xfd, 0x5b, 0xf3];
                let landing = u8::try_from(head.len() + calls + 11).unwrap_or(u8::MAX);
                body.iter().enumerate().map(|(at, byte)| if at == 8 { landing } else { *byte }).collect()
            }
        };
        let again: Vec<u8> =
            if self == Self::CallTwice { [&[0x50], call.as_slice()].concat() } else { Vec::new() };
        [head.as_slice(), &call, &again, &tail].concat()
    }
}

fn wallet(number: usize) -> Address {
    SIGNERS.get(number).map(Wallet::address).unwrap_or_default()
}

/// Organisations of the stories, by number from 1 on; each runs a validator.
static ORGANISATIONS: LazyLock<Vec<OrganisationEntry>> = LazyLock::new(|| {
    let contract = |via: Via| via.contract().unwrap_or_default();
    let forgetful = vec![wallet(1), contract(Via::CallTwice), contract(Via::CallAndForget)];
    let first = vec![wallet(0), contract(Via::Call)];
    seated([
        organisation("First office", &[Role::Notary, Role::Supervisor], first),
        organisation("Second office", &[Role::Notary, Role::Court], forgetful),
        organisation("Bureau", &[Role::Supervisor], vec![wallet(2)]),
        // Nobody acts for it.
        organisation("Third office", &[], Vec::new()),
    ])
});

/// Number of the organisation that an account acts for in genesis; 0 if none.
fn organisation_of(account: Address) -> u32 {
    consortium::number_of(&ORGANISATIONS, account)
}

static SPEC: LazyLock<Spec> = LazyLock::new(|| {
    let mut spec = consortium::run_by(&ORGANISATIONS, samples::SPEC.clone());
    spec.modules.insert("calendar".into(), calendar::section());
    spec
});

/// Where the stories of one model begin.
#[derive(Debug)]
struct Start {
    spec: Spec,
    state: MemoryState,
    wallets: Vec<Wallet>,
    height: u64,
    history: Vec<Log>,
}

impl Start {
    /// The state after a first block that only brings genesis and one of what went before, with contracts
    /// in place that forward to the module.
    fn of<M: Model>() -> (Address, Self) {
        let spec = M::spec();
        let mut start = Self {
            state: MemoryState::default(),
            wallets: SIGNERS.iter().take(M::WALLETS).cloned().collect(),
            height: 1,
            history: Vec::new(),
            spec,
        };
        for wallet in &mut start.wallets {
            wallet.gas = M::GAS;
        }
        start.block(&mocks::env(1), &[]);
        let wallets = &mut start.wallets;
        let sent = M::before()
            .into_iter()
            .filter_map(|(who, to, input)| Some(signed(wallets.get_mut(who)?, to, U256::ZERO, input)));
        let sent: Vec<_> = sent.collect();
        if !sent.is_empty() {
            let Now { timestamp_ms, .. } = second_block::<M>();
            start.block(&Env { timestamp_ms, ..mocks::env(2) }, &sent);
        }
        for via in VIAS {
            let Some(address) = via.contract() else { continue };
            start.state.insert_code(address, via.code(M::MODULE).into());
            let account = start.state.accounts.get(&address).copied().unwrap_or(Account::EMPTY);
            start.state.accounts.insert(address, Account { balance: U256::from(1_000), ..account });
        }
        (M::MODULE, start)
    }

    fn block(&mut self, env: &Env, sent: &[Arc<Recovered>]) {
        let outcome =
            execute(&mut self.state, &self.spec, env, sent, Mode::Verify).expect("this may stand in a block");
        assert!(outcome.receipts.iter().all(|receipt| receipt.success), "{:?}", outcome.receipts);
        self.state.apply(&outcome.changes);
        self.history.extend(outcome.receipts.into_iter().flat_map(|receipt| receipt.logs));
        self.height += 1;
    }
}

static START: LazyLock<BTreeMap<Address, Start>> = LazyLock::new(|| {
    BTreeMap::from([
        Start::of::<evidence::Model>(),
        Start::of::<once::Model>(),
        Start::of::<members::Model>(),
        Start::of::<calendar::Model>(),
        Start::of::<orders::Model>(),
        Start::of::<filing::Model>(),
        Start::of::<services::Model>(),
        Start::of::<identity::Model>(),
        Start::of::<pilot::Model>(),
    ])
});

static SIGNERS: LazyLock<Vec<Wallet>> = LazyLock::new(|| (0..WALLETS_MAX).map(Wallet::new).collect());

/// Who, with which nonce and gas, to whom, with what.
type Sent = (Address, u64, u64, Address, U256, Vec<u8>);

/// Signed transactions that are remembered: mutated stories have most of their moves in common, and
/// a signature takes longer than a call.
const SIGNED_MAX: usize = 32_768;

static SIGNED: LazyLock<Mutex<BTreeMap<Sent, Arc<Recovered>>>> = LazyLock::new(Mutex::default);

fn signed(wallet: &mut Wallet, to: Address, value: U256, input: Vec<u8>) -> Arc<Recovered> {
    let sent = (wallet.address(), wallet.nonce, wallet.gas, to, value, input);
    let mut known = SIGNED.lock().expect("signing does not panic");
    if let Some(transaction) = known.get(&sent) {
        wallet.nonce += 1;
        return transaction.clone();
    }
    if known.len() == SIGNED_MAX {
        known.clear();
    }
    let transaction = wallet.send(TxKind::Call(to), value, sent.5.clone().into(), AccessList::default());
    known.insert(sent, transaction.clone());
    transaction
}

/// One story.
struct Story<M> {
    spec: &'static Spec,
    state: MemoryState,
    model: M,
    wallets: Vec<Wallet>,
    height: u64,
    later_ms: u64,
    block: Vec<(Arc<Recovered>, Expected)>,
    history: Vec<Log>,
    played: Played,
}

/// What a story came to.
#[derive(Debug, Default)]
struct Played {
    /// Functions that took a call.
    taken: BTreeSet<[u8; 4]>,
    /// Functions that refused one, with the error.
    refused: BTreeSet<([u8; 4], [u8; 4])>,
    /// Bytes behind its last move.
    left: usize,
}

impl Played {
    /// Notes how a call went. Who forgets says that it was taken whatever came of it.
    fn note(&mut self, via: Via, function: [u8; 4], answer: &Answer) {
        match answer {
            Ok(_) => self.taken.extend((via != Via::CallAndForget).then_some(function)),
            Err(data) => self.refused.extend(data.first_chunk().map(|error| (function, *error))),
        }
    }
}

#[derive(Debug)]
struct Expected {
    success: bool,
    /// `None` for what others see to.
    logs: Option<Vec<Log>>,
}

impl<M: Model> Story<M> {
    fn new() -> Self {
        let start = START.get(&M::MODULE).expect("each model has a start");
        Self {
            spec: &start.spec,
            state: start.state.clone(),
            model: M::new(),
            wallets: start.wallets.clone(),
            height: start.height,
            later_ms: M::LATER_MS,
            block: Vec::new(),
            history: start.history.clone(),
            played: Played::default(),
        }
    }

    fn env(&self, height: u64) -> Env {
        let env = mocks::env(height);
        Env { timestamp_ms: env.timestamp_ms + self.later_ms, ..env }
    }

    fn now(&self) -> Now {
        Now { height: self.height, timestamp_ms: self.env(self.height).timestamp_ms }
    }

    /// What the model says to a call that comes this way. If that is a refusal, the model is left in the
    /// middle of it.
    fn expect(model: &mut M, sender: Address, via: Via, call: &M::Call, now: Now) -> Answer {
        let caller = via.contract().unwrap_or(sender);
        match via {
            Via::Straight | Via::Call => model.answer(caller, call, now),
            Via::StraightWithValue | Via::CallWithValue => Err(ValueNotAccepted {}.abi_encode()),
            Via::Static if M::reads(call) => model.answer(caller, call, now),
            Via::Static => Err(StaticCall {}.abi_encode()),
            Via::Delegate | Via::CallCode => Err(DirectCallOnly {}.abi_encode()),
            Via::CallAndRevert => Err(Vec::new()),
            Via::CallAndForget => Ok((Vec::new(), Self::attempt(model, caller, call, now))),
            Via::CallTwice => {
                let first = Self::attempt(model, caller, call, now);
                let (output, second) = model.answer(caller, call, now)?;
                Ok((output, [first, second].concat()))
            }
        }
    }

    /// Events of a call whose refusal is passed over.
    fn attempt(model: &mut M, caller: Address, call: &M::Call, now: Now) -> Vec<Log> {
        let before = model.clone();
        match model.answer(caller, call, now) {
            Ok((_, logs)) => logs,
            Err(_) => {
                *model = before;
                Vec::new()
            }
        }
    }

    fn send(&mut self, who: usize, via: Via, call: &M::Call) {
        let (before, now) = (self.model.clone(), self.now());
        let answer = Self::expect(&mut self.model, wallet(who), via, call, now);
        self.played.note(via, call.selector(), &answer);
        let expected = match answer {
            Ok((_, logs)) => Expected { success: true, logs: Some(logs) },
            Err(_) => {
                self.model = before;
                Expected { success: false, logs: Some(Vec::new()) }
            }
        };
        let to = via.contract().unwrap_or(M::MODULE);
        let value = U256::from(u8::from(via == Via::StraightWithValue));
        self.push(who, to, value, call.abi_encode(), expected);
    }

    /// Has a call decided by those who vote.
    fn decide(&mut self, call: &M::Call) {
        self.close();
        for (who, input) in self.model.decide(call, self.now()) {
            let expected = Expected { success: true, logs: None };
            self.push(who, members::Model::MODULE, U256::ZERO, input, expected);
        }
    }

    fn push(&mut self, who: usize, to: Address, value: U256, input: Vec<u8>, expected: Expected) {
        let Some(wallet) = self.wallets.get_mut(who) else { return };
        let transaction = signed(wallet, to, value, input);
        self.block.push((transaction, expected));
        if self.block.len() == BLOCK_MAX {
            self.close();
        }
    }

    /// Asks without sending; returned bytes and reverts are seen only here.
    fn ask(&mut self, sender: Address, via: Via, call: &M::Call) {
        self.close();
        let mut model = self.model.clone();
        let want = Self::expect(&mut model, sender, via, call, self.now());
        let request = Request {
            from: Some(sender),
            to: Some(via.contract().unwrap_or(M::MODULE)),
            value: U256::from(u8::from(via == Via::StraightWithValue)),
            input: call.abi_encode().into(),
            gas: Some(2 * M::GAS),
            ..Request::default()
        };
        let env = self.env(self.height);
        let result = simulate::call(&mut self.state, &env, &request, &Overrides::default())
            .expect("a state in memory reads");
        let got = match result {
            CallResult::Returned { output, .. } => Ok(hex::encode(output)),
            CallResult::Reverted { output, .. } => Err(hex::encode(output)),
            CallResult::Halted { reason, .. } => panic!("halted: {reason}"),
        };
        self.played.note(via, call.selector(), &want);
        let want = want.map(|(output, _)| hex::encode(output)).map_err(hex::encode);
        assert_eq!(got, want, "{sender} {via:?} {call:?}");
    }

    /// Executes the block.
    fn close(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let (transactions, expected): (Vec<_>, Vec<_>) = std::mem::take(&mut self.block).into_iter().unzip();
        let env = self.env(self.height);
        let outcome = execute(&mut self.state, self.spec, &env, &transactions, Mode::Verify)
            .expect("every transaction may stand in a block");
        assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
        for (receipt, expected) in outcome.receipts.iter().zip(&expected) {
            assert_eq!(receipt.success, expected.success, "{expected:?}");
            if let Some(logs) = &expected.logs {
                assert_eq!(&receipt.logs, logs);
            }
        }
        self.state.apply(&outcome.changes);
        self.history.extend(outcome.receipts.into_iter().flat_map(|receipt| receipt.logs));
        self.height += 1;
    }
}

fn play<M: Model>(input: &[u8]) -> Played {
    let mut feed = Feed::new(input);
    let mut story = Story::<M>::new();
    for _ in 0..MOVES_MAX {
        if feed.is_empty() {
            break;
        }
        let kind = feed.byte() % 12;
        match kind {
            5 => {
                story.close();
                let now = story.now();
                let then = story.model.pause(&mut feed, now);
                story.later_ms += then.saturating_sub(now.timestamp_ms);
            }
            6 => {
                story.close();
                let call = story.model.draw_read(&mut feed, story.now());
                story.ask(Address::ZERO, Via::Straight, &call);
            }
            7..=11 => {
                let (who, via) = route::<M>(&mut feed);
                let call = story.model.draw(&mut feed, kind - 7, story.now());
                story.ask(wallet(who), via, &call);
            }
            _ => {
                let (who, via) = route::<M>(&mut feed);
                let call = story.model.draw(&mut feed, kind, story.now());
                if kind == 0 && M::DECIDES {
                    story.decide(&call);
                }
                story.send(who, via, &call);
            }
        }
    }
    story.played.left = feed.rest().len();
    story.close();
    let last = story.env(story.height - 1);
    let block =
        BlockInfo { height: last.height, timestamp_ms: last.timestamp_ms, chain_id: samples::CHAIN_ID };
    if let Err(violation) = registry::check(&mut story.state, block, &story.history) {
        panic!("{violation}");
    }
    story.played
}

fn route<M: Model>(feed: &mut Feed<'_>) -> (usize, Via) {
    let who = usize::from(feed.byte()) % M::WALLETS;
    (who, feed.pick(&VIAS).unwrap_or(Via::Straight))
}

/// Few words, and zero.
fn digest(number: u8) -> B256 {
    match number % 6 {
        0 => B256::ZERO,
        number => B256::repeat_byte(number),
    }
}

pub(super) fn evidence(input: &[u8]) {
    let _ = play::<evidence::Model>(input);
}

pub(super) fn once(input: &[u8]) {
    let _ = play::<once::Model>(input);
}

pub(super) fn members(input: &[u8]) {
    let _ = play::<members::Model>(input);
}

pub(super) fn calendar(input: &[u8]) {
    let _ = play::<calendar::Model>(input);
}

pub(super) fn orders(input: &[u8]) {
    let _ = play::<orders::Model>(input);
}

pub(super) fn identity(input: &[u8]) {
    let _ = play::<identity::Model>(input);
}

pub(super) fn services(input: &[u8]) {
    let _ = play::<services::Model>(input);
}

pub(super) fn filing(input: &[u8]) {
    let _ = play::<filing::Model>(input);
}

pub(super) fn pilot(input: &[u8]) {
    let _ = play::<pilot::Model>(input);
}

pub(super) use self::{
    calendar::seeds as calendar_seeds, evidence::seeds as evidence_seeds, filing::seeds as filing_seeds,
    identity::seeds as identity_seeds, members::seeds as members_seeds, once::seeds as once_seeds,
    orders::seeds as orders_seeds, pilot::seeds as pilot_seeds, services::seeds as services_seeds,
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Stories that only meet refusals try little of a module.
    #[test]
    fn stories_have_every_function_of_a_model_taken() {
        fn stories<M: Model>(seeds: Vec<Vec<u8>>, left_out: &[&str]) {
            let taken: BTreeSet<[u8; 4]> = seeds.iter().flat_map(|seed| play::<M>(seed).taken).collect();
            let module = registry::by_address(M::MODULE).unwrap();
            for function in (module.interface().abi)().functions() {
                let (name, known) = (function.name.as_str(), taken.contains(&function.selector().0));
                assert!(known || left_out.contains(&name), "{} {name}", module.name());
            }
        }
        let keys = ["validators", "observers", "isValidator", "isObserver", "organisationOfKey"];
        stories::<evidence::Model>(evidence_seeds(), &[]);
        stories::<once::Model>(once_seeds(), &[]);
        stories::<members::Model>(members_seeds(), &keys);
        stories::<calendar::Model>(calendar_seeds(), &[]);
        stories::<orders::Model>(orders_seeds(), &["deliver", "look"]);
        stories::<filing::Model>(filing_seeds(), &[]);
        stories::<services::Model>(services_seeds(), &[]);
        stories::<identity::Model>(identity_seeds(), &[]);
        stories::<pilot::Model>(pilot_seeds(), &[]);
    }
}
