use super::*;
use crate::{
    mocks::{Wallet, env},
    scene::{Chain, IToken, TOKEN, code, deposit},
};
use alloy_sol_types::{SolCall as _, SolValue as _};
use ding_modules::evidence::state::ADDRESS as EVIDENCE;
use ding_primitives::{
    Account, Bytes,
    ports::{ReadError, ReadState},
};
use std::{collections::BTreeSet, sync::Arc};

/// Notes what is read.
struct Noting<'a>(&'a mut Chain, BTreeSet<Read>);

impl ReadState for Noting<'_> {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        self.1.insert(Read::Account(address));
        self.0.state.account(address)
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        self.1.insert(Read::Slot(address, slot));
        self.0.state.slot(address, slot)
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        self.0.state.code(hash)
    }
}

/// What a block of these reads without having been named.
fn surprises(chain: &mut Chain, transactions: &[Arc<Recovered>]) -> BTreeSet<Read> {
    let (env, spec) = (env(chain.height + 1), chain.spec.clone());
    let mut noting = Noting(chain, BTreeSet::new());
    crate::execute(&mut noting, &spec, &env, transactions, crate::Mode::Verify).unwrap();
    let mut seen = noting.1;
    for read in
        transactions.iter().flat_map(|transaction| reads(transaction, false)).chain(block_reads(env.height))
    {
        seen.remove(&read);
    }
    seen
}

#[test]
fn nothing_that_usual_transactions_read_is_a_surprise() {
    let mut alice = Wallet::new(1);
    let bob = Address::repeat_byte(0xb0);
    let mut chain = Chain::new(&[&alice]);
    let token = chain.deploy(&mut alice, [code(TOKEN), U256::from(1000).abi_encode()].concat());
    alice.gas = 300_000;
    let transfer = IToken::transferCall { to: bob, value: U256::ONE }.abi_encode();
    let transactions =
        [alice.transfer(bob, 1), alice.call(token, transfer), alice.call(EVIDENCE, deposit(1).abi_encode())];
    assert_eq!(surprises(&mut chain, &transactions), BTreeSet::new());
}

#[test]
fn cut_and_foreign_call_data_is_no_trouble() {
    let mut alice = Wallet::new(1);
    let to = Address::repeat_byte(7);
    let whole = [TRANSFER_FROM.as_slice(), &[1; 96]].concat();
    for selector in [TRANSFER, TRANSFER_FROM, APPROVE, [0; 4]] {
        for end in 0..whole.len() {
            let input = [&selector[..], &whole[4.min(end)..end]].concat();
            let named: Vec<_> = reads(&alice.call(to, input), false).collect();
            assert!((2..=5).contains(&named.len()));
        }
    }
}
