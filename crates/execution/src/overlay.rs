//! Reads of a block through [`ReadState`], and what the block changed in the end.
//!
//! revm's journal lives as long as the block and holds every account and slot that was touched,
//! so each is read from the state once. This file remembers what was read, and [`Overlay::changes`]
//! compares it with what the journal holds after the last transaction: a value that comes back to
//! where it was is no change.

use crate::codes;
use alloy_eips::eip2935::{HISTORY_SERVE_WINDOW, HISTORY_STORAGE_ADDRESS};
use alloy_primitives::{
    KECCAK256_EMPTY,
    map::{AddressMap, HashMap},
};
use ding_primitives::{
    Account, Address, B256, Bytes, Changes, U256, keccak256,
    ports::{ReadError, ReadState},
};
use revm::{
    Database,
    bytecode::Bytecode,
    database_interface::DBErrorMarker,
    state::{AccountInfo, EvmState},
};
use std::collections::BTreeMap;

/// A failed read, as revm carries it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub(crate) struct StoreError(#[from] pub(crate) ReadError);

impl DBErrorMarker for StoreError {}

/// The state before the block, and what was read of it.
pub(crate) struct Overlay<'s> {
    state: &'s mut dyn ReadState,
    height: u64,
    parent_hash: B256,
    accounts: AddressMap<Option<Account>>,
    slots: HashMap<(Address, U256), U256>,
    hashes: HashMap<u64, B256>,
    /// Slots that genesis wrote, in the first block only.
    genesis: HashMap<(Address, U256), U256>,
}

impl<'s> Overlay<'s> {
    /// Nothing read yet, for the block at `height`.
    pub(crate) fn new(state: &'s mut dyn ReadState, height: u64, parent_hash: B256) -> Self {
        Self {
            state,
            height,
            parent_hash,
            accounts: AddressMap::default(),
            slots: HashMap::default(),
            hashes: HashMap::default(),
            genesis: HashMap::default(),
        }
    }

    /// Takes what genesis wrote, as the journal holds it now, as standing before the first block.
    pub(crate) fn begin_from(&mut self, genesis: &EvmState) {
        for (address, account) in genesis {
            let written = account.storage.iter().map(|(slot, word)| ((*address, *slot), word.present_value));
            self.genesis.extend(written);
        }
    }

    /// What `after`, the journal's accounts at the end, changed of what was read.
    pub(crate) fn changes(&self, after: &EvmState) -> Changes {
        let mut accounts = Vec::new();
        let mut slots = Vec::new();
        let mut code = BTreeMap::new();
        for (address, account) in after {
            let before = self.accounts.get(address).copied().flatten();
            // Destroyed in the transaction that created it (EIP-6780) and not touched since:
            // revm clears it on the next touch. It never had slots in the state.
            let destroyed = account.is_selfdestructed_locally();
            let now = (!destroyed && !account.info.is_empty()).then_some(Account {
                nonce: account.info.nonce,
                balance: account.info.balance,
                code_hash: account.info.code_hash,
            });
            if now != before {
                accounts.push((*address, now));
            }
            if let (Some(now), Some(bytecode)) = (now, &account.info.code) {
                let known = before.map_or(KECCAK256_EMPTY, |before| before.code_hash);
                if now.has_code() && now.code_hash != known {
                    code.insert(now.code_hash, bytecode.original_bytes());
                    codes::keep(now.code_hash, bytecode.clone());
                }
            }
            if destroyed {
                continue;
            }
            for (slot, word) in &account.storage {
                let key = (*address, *slot);
                if self.slots.get(&key).copied().unwrap_or_default() != word.present_value {
                    slots.push((key, word.present_value));
                }
            }
        }
        Changes { accounts: accounts.into_iter().collect(), slots: slots.into_iter().collect(), code }
    }

    /// A word of the state before the block, whatever the block did since. The first block begins
    /// with genesis.
    pub(crate) fn before(&mut self, address: Address, slot: U256) -> Result<U256, StoreError> {
        if let Some(word) = self.genesis.get(&(address, slot)) {
            return Ok(*word);
        }
        match self.slots.get(&(address, slot)) {
            Some(word) => Ok(*word),
            None => self.storage(address, slot),
        }
    }

    fn load_code(&mut self, hash: B256) -> Result<Bytecode, ReadError> {
        if let Some(code) = codes::find(&hash) {
            return Ok(code);
        }
        let bytes: Bytes = self.state.code(hash)?;
        // The cache outlives this block and serves other chains: only what carries its name enters.
        let got = keccak256(&bytes);
        if got != hash {
            return Err(ReadError::Failed(format!(
                "{} bytes of code under hash {hash} have hash {got}",
                bytes.len()
            )));
        }
        let code = Bytecode::new_legacy(bytes);
        codes::keep(hash, code.clone());
        Ok(code)
    }
}

/// The slot in which the hash of the block at `height` is kept (EIP-2935).
pub(crate) fn history_slot(height: u64) -> U256 {
    U256::from(height % HISTORY_SERVE_WINDOW as u64)
}

impl Database for Overlay<'_> {
    type Error = StoreError;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, StoreError> {
        let account = self.state.account(address)?;
        self.accounts.insert(address, account);
        Ok(account.map(|account| AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            account_id: None,
            // `None` makes revm ask for the code when it needs it; the default would be "no code".
            code: if account.has_code() { None } else { Some(Bytecode::default()) },
        }))
    }

    fn code_by_hash(&mut self, hash: B256) -> Result<Bytecode, StoreError> {
        Ok(self.load_code(hash)?)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, StoreError> {
        let word = self.state.slot(address, slot)?;
        self.slots.insert((address, slot), word);
        Ok(word)
    }

    /// Hash of an ancestor; revm asks only for the last 256. The parent's is written by this
    /// block, older ones were written by theirs.
    fn block_hash(&mut self, number: u64) -> Result<B256, StoreError> {
        if number.checked_add(1) == Some(self.height) {
            return Ok(self.parent_hash);
        }
        if let Some(hash) = self.hashes.get(&number) {
            return Ok(*hash);
        }
        let hash = B256::from(self.state.slot(HISTORY_STORAGE_ADDRESS, history_slot(number))?);
        self.hashes.insert(number, hash);
        Ok(hash)
    }
}
