//! Accounts of senders and their standing after the latest final block, remembered until the next one.
//!
//! A client that sends many transactions in a row would have its account read from the store for
//! each of them.

use crate::{Rpc, error::RpcError, lock};
use alloy_primitives::map::AddressMap;
use ding_execution::guard::refuse_sender;
use ding_modules::{
    identity::{self, standing},
    members,
};
use ding_primitives::{Account, Address, Height, Holding, Recovered, U256};
use std::sync::Mutex;

/// The remembered accounts, all of one height.
#[derive(Debug)]
pub(crate) struct Accounts {
    max: usize,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    height: Height,
    accounts: AddressMap<Account>,
    /// Whether anybody was ever frozen.
    any_frozen: Option<bool>,
    standings: AddressMap<Words>,
}

/// What admission reads of a sender.
#[derive(Clone, Copy, Debug)]
struct Words {
    standing: U256,
    organisation: U256,
}

impl Rpc {
    /// The account after the latest final block; the empty one if nobody used it yet.
    pub(crate) async fn sender_account(&self, address: Address) -> Result<Account, RpcError> {
        let head = self.reader().head().header.height;
        let known = self.accounts().at(head, |known| known.accounts.get(&address).copied());
        if let Some(account) = known {
            return Ok(account);
        }
        let at = self.reader().account(address).await?;
        let account = at.value.unwrap_or_else(|| self.unused_account(address, at.height));
        self.accounts().update(at.height, |known| _ = known.accounts.insert(address, account));
        Ok(account)
    }
}

impl Rpc {
    /// Why the sender of a transaction may not act now, if so: the rules that its block will apply.
    ///
    /// Before block 1 the state holds nothing of what genesis says, so nobody is refused here yet.
    pub(crate) async fn standing_refusal(
        &self,
        transaction: &Recovered,
    ) -> Result<Option<standing::Refusal>, RpcError> {
        let height = self.reader().head().header.height;
        let is_bound = self.is_bound();
        if height == Height::GENESIS || !(is_bound || self.any_frozen(height).await?) {
            return Ok(None);
        }
        let words = self.words(height, transaction.sender()).await?;
        let organisation = || Ok::<_, RpcError>(words.organisation);
        let (to, input) = (transaction.to().to().copied(), transaction.input());
        refuse_sender(words.standing, self.now_ms(), is_bound, to, input, organisation)
    }

    async fn any_frozen(&self, height: Height) -> Result<bool, RpcError> {
        let known = self.accounts().at(height, |known| known.any_frozen);
        if let Some(known) = known {
            return Ok(known);
        }
        let at = self.reader().slot(identity::state::ADDRESS, standing::counts_slot()).await?;
        let any_frozen = standing::any_frozen(at.value);
        self.accounts().update(at.height, |known| known.any_frozen = Some(any_frozen));
        Ok(any_frozen)
    }

    async fn words(&self, height: Height, sender: Address) -> Result<Words, RpcError> {
        let known = self.accounts().at(height, |known| known.standings.get(&sender).copied());
        if let Some(words) = known {
            return Ok(words);
        }
        let standing = self.reader().slot(identity::state::ADDRESS, standing::slot(sender)).await?;
        let slot = members::state::organisation_slot(sender);
        let organisation = self.reader().slot(members::state::ADDRESS, slot).await?;
        let words = Words { standing: standing.value, organisation: organisation.value };
        // If a block came between the two, the newer one is asked again for both.
        if standing.height == organisation.height {
            self.accounts().update(standing.height, |known| _ = known.standings.insert(sender, words));
        }
        Ok(words)
    }

    /// An account that the state does not hold. What genesis endows enters the state with block 1,
    /// which a first transaction may have to bring about.
    fn unused_account(&self, address: Address, height: Height) -> Account {
        let endowed = self.reader().spec().endowments.get(&address).filter(|_| height == Height::GENESIS);
        Account { balance: endowed.copied().unwrap_or_default(), ..Account::EMPTY }
    }
}

impl Accounts {
    /// Remembers at most `max` accounts, and the standing of as many.
    pub(crate) fn new(max: usize) -> Self {
        Self { max, known: Mutex::default() }
    }

    /// How much it holds.
    pub(crate) fn holding(&self) -> Holding {
        let known = lock(&self.known);
        Holding::new("accounts of senders", known.accounts.len().max(known.standings.len()), self.max.max(1))
    }

    /// What is known of this height or a later one.
    fn at<T>(&self, height: Height, look: impl FnOnce(&Known) -> Option<T>) -> Option<T> {
        let known = lock(&self.known);
        (known.height >= height).then(|| look(&known)).flatten()
    }

    /// Remembers something of a height, unless a later one is known.
    fn update(&self, height: Height, remember: impl FnOnce(&mut Known)) {
        let mut known = lock(&self.known);
        let entries = known.accounts.len().max(known.standings.len());
        if height > known.height || entries >= self.max {
            *known = Known { height: known.height.max(height), ..Known::default() };
        }
        if height == known.height {
            remember(&mut known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Accounts {
        fn remember(&self, height: Height, address: Address, account: Account) {
            self.update(height, |known| _ = known.accounts.insert(address, account));
        }
    }

    fn get(accounts: &Accounts, byte: u8) -> Option<u64> {
        lock(&accounts.known).accounts.get(&Address::repeat_byte(byte)).map(|account| account.nonce)
    }

    #[test]
    fn accounts_of_an_older_block_are_forgotten_and_never_come_back() {
        let accounts = Accounts::new(8);
        let with = |nonce| Account { nonce, ..Account::EMPTY };
        accounts.remember(Height::new(5), Address::repeat_byte(1), with(1));
        accounts.remember(Height::new(5), Address::repeat_byte(2), with(2));
        assert_eq!((get(&accounts, 1), get(&accounts, 2)), (Some(1), Some(2)));
        accounts.remember(Height::new(6), Address::repeat_byte(1), with(3));
        accounts.remember(Height::new(5), Address::repeat_byte(2), with(2));
        assert_eq!((get(&accounts, 1), get(&accounts, 2)), (Some(3), None));
    }

    #[test]
    fn memory_is_bounded() {
        let accounts = Accounts::new(100);
        for number in 0..250u64 {
            let word = ding_primitives::B256::from(ding_primitives::U256::from(number));
            accounts.remember(Height::new(1), Address::from_word(word), Account::EMPTY);
            assert!(accounts.holding().is_within(), "{}", accounts.holding());
            assert!(lock(&accounts.known).accounts.len() <= 100);
        }
    }
}
