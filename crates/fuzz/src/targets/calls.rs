//! Transactions into native modules, straight and through contracts that forward them in every way
//! the EVM knows, against a small model of what the module promises.
//!
//! An input is a story of moves over few accounts and few digests, so that deposits meet each
//! other. Receipts, returned bytes, reverts and every later read are compared.

mod model;

use self::model::{Answer, Model, Now, Write};
use crate::{feed::Feed, samples};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::TxKind;
use alloy_sol_types::{SolError as _, SolInterface as _};
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
    simulate::{self, CallResult, Overrides, Request},
};
use ding_modules::{
    BlockInfo,
    evidence::{
        abi::IEvidence::{self, *},
        state::ADDRESS,
    },
    registry,
    stop::IModule::{DirectCallOnly, StaticCall, ValueNotAccepted},
};
use ding_primitives::{Account, Address, B256, Log, Recovered, Spec, U256, limits};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex},
};

/// Moves of one input.
const MOVES_MAX: usize = 16;
/// Transactions of one block.
const BLOCK_MAX: usize = 4;
const WALLETS: usize = 4;

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
    fn code(self) -> Vec<u8> {
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
            [&[0x5f, 0x5f, 0x36, 0x5f], value, &[0x73], ADDRESS.as_slice(), &[0x5a, instruction]].concat();
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

static SPEC: LazyLock<Spec> = LazyLock::new(|| {
    let mut spec = samples::SPEC.clone();
    let account = |number: u64| Wallet::new(number).address();
    let organisations = serde_json::json!([
        { "name": "First office", "roles": ["notary"], "accounts": [account(0), Via::Call.contract()] },
        { "name": "Second office", "roles": ["notary", "court"],
          "accounts": [account(1), Via::CallTwice.contract(), Via::CallAndForget.contract()] },
        { "name": "Bureau", "roles": ["supervisor"], "accounts": [account(2)] },
    ]);
    spec.modules.insert("members".into(), serde_json::json!({ "organisations": organisations }));
    spec
});

fn organisations() -> impl Iterator<Item = (Address, (u32, bool))> {
    let account = |number: u64| Wallet::new(number).address();
    let contract = |via: Via| via.contract().unwrap_or_default();
    [
        (account(0), (1, true)),
        (contract(Via::Call), (1, true)),
        (account(1), (2, true)),
        (contract(Via::CallTwice), (2, true)),
        (contract(Via::CallAndForget), (2, true)),
        (account(2), (3, false)),
    ]
    .into_iter()
}

/// The state after a first block that only brings genesis, with the forwarding contracts in place.
static START: LazyLock<MemoryState> = LazyLock::new(|| {
    let mut state = MemoryState::default();
    let outcome = execute(&mut state, &SPEC, &mocks::env(1), &[], Mode::Verify).expect("genesis is executed");
    state.apply(&outcome.changes);
    for via in VIAS {
        let Some(address) = via.contract() else { continue };
        state.insert_code(address, via.code().into());
        let account = state.accounts.get(&address).copied().unwrap_or(Account::EMPTY);
        state.accounts.insert(address, Account { balance: U256::from(1_000), ..account });
    }
    state
});

static SIGNERS: LazyLock<Vec<Wallet>> = LazyLock::new(|| (0..WALLETS as u64).map(Wallet::new).collect());

/// Who, with which nonce, to whom, with what.
type Sent = (Address, u64, Address, U256, Vec<u8>);

/// Signed transactions that are remembered: mutated stories have most of their moves in common, and
/// a signature takes longer than a call.
const SIGNED_MAX: usize = 8_192;

static SIGNED: LazyLock<Mutex<BTreeMap<Sent, Arc<Recovered>>>> = LazyLock::new(Mutex::default);

fn signed(wallet: &mut Wallet, to: Address, value: U256, input: Vec<u8>) -> Arc<Recovered> {
    let sent = (wallet.address(), wallet.nonce, to, value, input);
    let mut known = SIGNED.lock().expect("signing does not panic");
    if let Some(transaction) = known.get(&sent) {
        wallet.nonce += 1;
        return transaction.clone();
    }
    if known.len() == SIGNED_MAX {
        known.clear();
    }
    let transaction = wallet.send(TxKind::Call(to), value, sent.4.clone().into(), AccessList::default());
    known.insert(sent, transaction.clone());
    transaction
}

/// One story.
struct Story {
    state: MemoryState,
    model: Model,
    wallets: Vec<Wallet>,
    height: u64,
    block: Vec<(Arc<Recovered>, Expected)>,
    history: Vec<Log>,
}

#[derive(Debug)]
struct Expected {
    success: bool,
    logs: Vec<Log>,
}

fn digest(number: u8) -> B256 {
    match number % 6 {
        0 => B256::ZERO,
        number => B256::repeat_byte(number),
    }
}

fn write(feed: &mut Feed<'_>, kind: u8) -> Write {
    let mut next = || digest(feed.byte());
    match kind {
        0..=2 => Write::Deposit(depositCall {
            digest: next(),
            sm3: next(),
            provenance: next(),
            referenceId: next(),
            operation: next(),
            kind: feed.byte() % 12,
        }),
        3 => Write::Batch(depositBatchCall {
            root: next(),
            provenance: next(),
            referenceId: next(),
            operation: next(),
            kind: feed.byte() % 12,
            count: feed
                .pick(&[0, 1, 2, 3, limits::EVIDENCE_BATCH_MAX, limits::EVIDENCE_BATCH_MAX + 1, u32::MAX])
                .unwrap_or_default(),
        }),
        _ => Write::Attest(attestCall { digest: next(), report: next(), opinion: feed.byte() % 5 }),
    }
}

fn read(feed: &mut Feed<'_>, wallets: &[Wallet]) -> IEvidenceCalls {
    use IEvidence::IEvidenceCalls as C;
    let kind = feed.byte() % 6;
    let first = digest(feed.byte());
    let second = feed.byte() % 5;
    match kind {
        0 => C::recordOf(recordOfCall { digest: first }),
        1 => C::recordOfSm3(recordOfSm3Call { sm3: first }),
        2 => C::attestationAt(attestationAtCall { digest: first, index: second.into() }),
        3 => C::attestationOf(attestationOfCall { digest: first, organisation: second.into() }),
        4 => {
            let depositor =
                wallets.get(usize::from(second)).map_or(Address::repeat_byte(0xf1), Wallet::address);
            C::operationOf(operationOfCall { depositor, operation: first })
        }
        _ => C::counts(countsCall {}),
    }
}

impl Story {
    fn env(&self) -> Env {
        mocks::env(self.height)
    }

    fn now(&self) -> Now {
        Now { height: self.height, timestamp_ms: self.env().timestamp_ms }
    }

    /// What the model says to a call that comes this way, and what remains of it.
    fn expect(&self, model: &mut Model, sender: Address, via: Via, call: &Write) -> Answer {
        let now = self.now();
        let caller = via.contract().unwrap_or(sender);
        match via {
            Via::Straight | Via::Call => model.write(caller, call, now),
            Via::StraightWithValue | Via::CallWithValue => Err(ValueNotAccepted {}.abi_encode()),
            Via::Static => Err(StaticCall {}.abi_encode()),
            Via::Delegate | Via::CallCode => Err(DirectCallOnly {}.abi_encode()),
            Via::CallAndRevert => Err(Vec::new()),
            Via::CallAndForget => {
                let logs = model.write(caller, call, now).map(|(_, logs)| logs).unwrap_or_default();
                Ok((Vec::new(), logs))
            }
            Via::CallTwice => {
                let before = model.clone();
                let first = model.write(caller, call, now).map(|(_, logs)| logs).unwrap_or_default();
                match model.write(caller, call, now) {
                    Ok((output, second)) => Ok((output, [first, second].concat())),
                    Err(data) => {
                        *model = before;
                        Err(data)
                    }
                }
            }
        }
    }

    fn send(&mut self, who: usize, via: Via, call: &Write) {
        let mut model = std::mem::take(&mut self.model);
        let sender = self.wallets.get(who).map(Wallet::address).unwrap_or_default();
        let expected = match self.expect(&mut model, sender, via, call) {
            Ok((_, logs)) => Expected { success: true, logs },
            Err(_) => Expected { success: false, logs: Vec::new() },
        };
        self.model = model;
        let to = via.contract().unwrap_or(ADDRESS);
        let value = U256::from(u8::from(via == Via::StraightWithValue));
        let Some(wallet) = self.wallets.get_mut(who) else { return };
        let transaction = signed(wallet, to, value, call.encoded());
        self.block.push((transaction, expected));
        if self.block.len() == BLOCK_MAX {
            self.close();
        }
    }

    /// Asks without sending; returned bytes and reverts are seen only here.
    fn ask(&mut self, who: usize, via: Via, call: &Write) {
        self.close();
        let sender = self.wallets.get(who).map(Wallet::address).unwrap_or_default();
        let mut model = self.model.clone();
        let want = self.expect(&mut model, sender, via, call);
        let value = U256::from(u8::from(via == Via::StraightWithValue));
        self.compare(sender, via.contract().unwrap_or(ADDRESS), value, call.encoded(), want);
    }

    fn compare(&mut self, from: Address, to: Address, value: U256, input: Vec<u8>, want: Answer) {
        let request = Request {
            from: Some(from),
            to: Some(to),
            value,
            input: input.into(),
            gas: Some(2_000_000),
            ..Request::default()
        };
        let env = self.env();
        let result = simulate::call(&mut self.state, &env, &request, &Overrides::default())
            .expect("a state in memory reads");
        let got = match result {
            CallResult::Returned { output, .. } => Ok(hex::encode(output)),
            CallResult::Reverted { output, .. } => Err(hex::encode(output)),
            CallResult::Halted { reason, .. } => panic!("halted: {reason}"),
        };
        let want = want.map(|(output, _)| hex::encode(output)).map_err(hex::encode);
        assert_eq!(got, want, "{request:?}");
    }

    /// Executes the block.
    fn close(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let (transactions, expected): (Vec<_>, Vec<_>) = std::mem::take(&mut self.block).into_iter().unzip();
        let env = self.env();
        let outcome = execute(&mut self.state, &SPEC, &env, &transactions, Mode::Verify)
            .expect("every transaction may stand in a block");
        assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
        for (receipt, expected) in outcome.receipts.iter().zip(&expected) {
            assert_eq!(receipt.success, expected.success, "{expected:?}");
            assert_eq!(receipt.logs, expected.logs);
        }
        self.state.apply(&outcome.changes);
        self.history.extend(outcome.receipts.into_iter().flat_map(|receipt| receipt.logs));
        self.height += 1;
    }
}

pub(super) fn run(input: &[u8]) {
    let mut feed = Feed::new(input);
    let model = Model::new(organisations());
    let mut story = Story {
        state: START.clone(),
        model,
        wallets: SIGNERS.clone(),
        height: 2,
        block: Vec::new(),
        history: Vec::new(),
    };
    for _ in 0..MOVES_MAX {
        if feed.is_empty() {
            break;
        }
        let kind = feed.byte() % 12;
        match kind {
            5 => story.close(),
            6 => {
                story.close();
                let call = read(&mut feed, &story.wallets);
                let want = story.model.read(&call);
                story.compare(Address::ZERO, ADDRESS, U256::ZERO, call.abi_encode(), want);
            }
            7..=11 => {
                let (who, via) = route(&mut feed);
                let call = write(&mut feed, kind - 7);
                story.ask(who, via, &call);
            }
            _ => {
                let (who, via) = route(&mut feed);
                let call = write(&mut feed, kind);
                story.send(who, via, &call);
            }
        }
    }
    story.close();
    let last = mocks::env(story.height - 1);
    let block =
        BlockInfo { height: last.height, timestamp_ms: last.timestamp_ms, chain_id: samples::CHAIN_ID };
    if let Err(violation) = registry::check(&mut story.state, block, &story.history) {
        panic!("{violation}");
    }
}

fn route(feed: &mut Feed<'_>) -> (usize, Via) {
    let who = usize::from(feed.byte()) % WALLETS;
    (who, feed.pick(&VIAS).unwrap_or(Via::Straight))
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let deposit = |who: u8, via: u8| vec![0, who, via, 1, 2, 3, 4, 5, 6];
    let attest = |who: u8, via: u8| vec![4, who, via, 1, 2, 1];
    let reads: Vec<u8> = (0..6).flat_map(|kind| [6, kind, 1, 1]).collect();
    let batch = vec![3, 3, 0, 2, 3, 0, 0, 0, 2];
    let ways = (0..10).flat_map(|via| [deposit(3, via), vec![7, 3, via, 1, 2, 3, 4, 5, 6]].concat());
    vec![
        [deposit(0, 0), deposit(0, 0), deposit(1, 0), reads.clone()].concat(),
        [deposit(0, 1), vec![5], attest(0, 0), attest(1, 8), attest(1, 9), attest(2, 0), reads.clone()]
            .concat(),
        [batch, attest(0, 0), attest(1, 0), reads].concat(),
        ways.collect(),
        [deposit(0, 7), deposit(1, 8), deposit(2, 9), vec![11, 1, 8, 1, 2, 1]].concat(),
    ]
}
