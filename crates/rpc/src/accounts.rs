//! Accounts of senders after the latest final block, remembered until the next one.
//!
//! A client that sends many transactions in a row would have its account read from the store for
//! each of them.

use crate::{Rpc, error::RpcError, lock};
use alloy_primitives::map::AddressMap;
use ding_primitives::{Account, Address, Height, limits};
use std::sync::Mutex;

/// The remembered accounts, all of one height.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    height: Height,
    accounts: AddressMap<Account>,
}

impl Rpc {
    /// The account after the latest final block; the empty one if nobody used it yet.
    pub(crate) async fn sender_account(&self, address: Address) -> Result<Account, RpcError> {
        let head = self.reader().head().header.height;
        let known = {
            let known = lock(&self.accounts().0);
            (known.height >= head).then(|| known.accounts.get(&address).copied()).flatten()
        };
        if let Some(account) = known {
            return Ok(account);
        }
        let at = self.reader().account(address).await?;
        let account = at.value.unwrap_or_else(|| self.unused_account(address, at.height));
        self.accounts().remember(at.height, address, account);
        Ok(account)
    }
}

impl Rpc {
    /// An account that the state does not hold. What genesis endows enters the state with block 1,
    /// which a first transaction may have to bring about.
    fn unused_account(&self, address: Address, height: Height) -> Account {
        let endowed = self.reader().spec().endowments.get(&address).filter(|_| height == Height::GENESIS);
        Account { balance: endowed.copied().unwrap_or_default(), ..Account::EMPTY }
    }
}

impl Accounts {
    fn remember(&self, height: Height, address: Address, account: Account) {
        let mut known = lock(&self.0);
        if height > known.height || known.accounts.len() >= limits::RPC_ACCOUNTS_MAX {
            known.accounts.clear();
            known.height = known.height.max(height);
        }
        if height == known.height {
            known.accounts.insert(address, account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(accounts: &Accounts, byte: u8) -> Option<u64> {
        lock(&accounts.0).accounts.get(&Address::repeat_byte(byte)).map(|account| account.nonce)
    }

    #[test]
    fn accounts_of_an_older_block_are_forgotten_and_never_come_back() {
        let accounts = Accounts::default();
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
        let accounts = Accounts::default();
        for number in 0..limits::RPC_ACCOUNTS_MAX as u64 * 2 {
            let word = ding_primitives::B256::from(ding_primitives::U256::from(number));
            accounts.remember(Height::new(1), Address::from_word(word), Account::EMPTY);
            assert!(lock(&accounts.0).accounts.len() <= limits::RPC_ACCOUNTS_MAX);
        }
    }
}
