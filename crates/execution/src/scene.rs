//! A chain in memory, and the contracts that tests deploy on it.

use crate::{
    block::{Env, Mode, Outcome, execute},
    mocks::{self, MemoryState, Wallet, env, successes},
    simulate::{self, CallResult, Request},
};
use alloy_primitives::hex;
use alloy_sol_types::{SolCall, sol};
use ding_modules::evidence::abi::IEvidence::depositCall;
use ding_primitives::{Account, Address, B256, Recovered, Spec, keccak256};
use std::sync::Arc;

sol! {
    #[derive(Debug)]
    interface IToken {
        event Transfer(address indexed from, address indexed to, uint256 value);
        error InsufficientBalance(address owner, uint256 balance, uint256 needed);
        function transfer(address to, uint256 value) external returns (bool);
        function balanceOf(address) external view returns (uint256);
    }
    interface IProber {
        event Poked(address indexed by, uint256 count);
        error Refused(uint256 code);
        function count() external view returns (uint256);
        function poke() external;
        function forward(address to, bytes calldata input) external payable returns (bytes memory);
        function forwardStatic(address to, bytes calldata input) external view returns (bytes memory);
        function forwardDelegate(address to, bytes calldata input) external returns (bytes memory);
        function forwardCode(address to, bytes calldata input) external returns (bytes memory);
        function attempt(address to, bytes calldata input, uint256 gasLimit) external returns (bool ok, bytes memory out);
        function callAndRefuse(address to, bytes calldata input) external;
        function sizeOf(address account) external view returns (uint256);
        function hashOf(uint256 number) external view returns (bytes32);
        function pokeIfHash(uint256 number) external;
        function context() external view returns (uint256, uint256, uint256, uint256, uint256, address);
        function refuse(uint256 code) external pure;
        function spin() external;
        function invalid() external pure;
        function set(uint256 value) external;
        function mayfly(address heir) external payable returns (address);
        function hungry() external;
    }
}

pub(crate) fn code(hex: &str) -> Vec<u8> {
    hex::decode(hex.trim()).unwrap()
}

pub(crate) const TOKEN: &str = include_str!("../tests/contracts/Token.hex");
pub(crate) const PROBER: &str = include_str!("../tests/contracts/Prober.hex");

/// A chain in memory: every block is built and, from the same state, verified.
pub(crate) struct Chain {
    pub(crate) state: MemoryState,
    pub(crate) spec: Spec,
    pub(crate) height: u64,
    /// How much later than usual blocks are from now on, milliseconds.
    pub(crate) later_ms: u64,
}

impl Chain {
    pub(crate) fn new(endowed: &[&Wallet]) -> Self {
        let spec = mocks::spec(endowed.iter().map(|wallet| wallet.address()));
        Self { state: MemoryState::default(), spec, height: 0, later_ms: 0 }
    }

    /// The environment of the next block.
    pub(crate) fn env(&self) -> Env {
        self.env_at(self.height + 1)
    }

    fn env_at(&self, height: u64) -> Env {
        let env = env(height);
        let bound = ding_modules::identity::bound(&self.spec);
        Env { timestamp_ms: env.timestamp_ms + self.later_ms, bound, ..env }
    }

    /// Tries a call over the state of the last block.
    pub(crate) fn ask(&mut self, request: &Request) -> CallResult {
        let env = self.env_at(self.height);
        simulate::call(&mut self.state, &env, request, &Default::default()).unwrap()
    }

    pub(crate) fn block(&mut self, transactions: &[Arc<Recovered>]) -> Outcome {
        let env = self.env();
        let mut again = self.state.clone();
        let built = execute(&mut self.state, &self.spec, &env, transactions, Mode::Build).unwrap();
        assert_eq!((&self.state.accounts, &self.state.slots), (&again.accounts, &again.slots), "B4");
        let chosen: Vec<_> = built.included.iter().map(|index| transactions[*index].clone()).collect();
        let verified = execute(&mut again, &self.spec, &env, &chosen, Mode::Verify).unwrap();
        assert_eq!(verified.receipts, built.receipts);
        assert_eq!(verified.changes, built.changes);
        assert_eq!((verified.gas_used, &verified.faults), (built.gas_used, &built.faults));
        self.check(&built);
        self.state.apply(&built.changes);
        self.height += 1;
        built
    }

    /// Invariants of every outcome, and that changes say only what changes.
    fn check(&self, outcome: &Outcome) {
        assert_eq!(outcome.included.len(), outcome.receipts.len(), "B1");
        let mut sum = 0;
        for receipt in &outcome.receipts {
            sum += receipt.gas_used;
            assert_eq!(receipt.cumulative_gas_used, sum, "B2");
            assert!(receipt.success || receipt.logs.is_empty());
        }
        assert_eq!(outcome.gas_used, sum, "B2");
        assert!(sum <= self.env().gas_limit, "B2");
        for (address, account) in &outcome.changes.accounts {
            assert_ne!(self.state.accounts.get(address), account.as_ref(), "{address} did not change");
        }
        for (key, word) in &outcome.changes.slots {
            assert_ne!(
                self.state.slots.get(key).copied().unwrap_or_default(),
                *word,
                "{key:?} did not change"
            );
        }
        for (hash, code) in &outcome.changes.code {
            assert_eq!(*hash, keccak256(code));
        }
    }

    pub(crate) fn account(&self, address: Address) -> Account {
        self.state.accounts.get(&address).copied().unwrap_or_default()
    }

    /// Creates a contract in a block of its own.
    pub(crate) fn deploy(&mut self, wallet: &mut Wallet, code: Vec<u8>) -> Address {
        wallet.gas = 5_000_000;
        let outcome = self.block(&[wallet.create(code)]);
        assert_eq!(successes(&outcome), [true]);
        outcome.receipts[0].created.unwrap()
    }

    pub(crate) fn with_prober() -> (Self, Wallet, Address) {
        let mut wallet = Wallet::new(1);
        let mut chain = Self::new(&[&wallet]);
        let prober = chain.deploy(&mut wallet, code(PROBER));
        (chain, wallet, prober)
    }

    /// Calls a contract without a transaction and decodes what it returns.
    pub(crate) fn view<C: SolCall>(&mut self, to: Address, call: C) -> C::Return {
        let request = Request { to: Some(to), input: call.abi_encode().into(), ..Default::default() };
        match self.ask(&request) {
            CallResult::Returned { output, .. } => C::abi_decode_returns(&output).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) fn deposit(number: u8) -> depositCall {
    depositCall {
        digest: B256::repeat_byte(number),
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    }
}
