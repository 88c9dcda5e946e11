//! What a block reads and writes before it is final: a branch over the finalized store and the
//! blocks between.

use crate::store::{ACCOUNT_BYTES, Databases, Key, Merkleized, SLOT_BYTES, Unmerkleized};
use commonware_glue::stateful::db::{DatabaseSet, Unmerkleized as _};
use commonware_runtime::Spawner;
use commonware_storage::{Context, mmr, qmdb};
use commonware_utils::sequence::FixedBytes;
use ding_light::keys;
use ding_primitives::{
    Account, Address, B256, Bytes, Changes, U256, is_module_address, limits,
    planted::{self, Planted},
    ports::ReadError,
};
use std::collections::HashMap;

/// Words of the longest code: its length, then its bytes.
#[expect(clippy::cast_possible_truncation, reason = "the longest code has under a thousand words")]
const CODE_WORDS_MAX: u32 = (4 + limits::CODE_BYTES_MAX).div_ceil(SLOT_BYTES) as u32;
/// Words of code fetched before its length is known.
const CODE_WORDS_FIRST: u32 = 96;

/// One state that can be read, and written once.
pub struct Branch<E: Context + Spawner> {
    batches: Unmerkleized<E>,
    /// Values fetched ahead. Only looked up by key, never walked.
    fetched_accounts: HashMap<Address, Option<Account>>,
    fetched_slots: HashMap<(Address, U256), U256>,
}

/// A branch with its roots, ready to be kept or thrown away.
pub type Executed<E> = Merkleized<E>;

impl<E: Context + Spawner> core::fmt::Debug for Branch<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Branch").finish_non_exhaustive()
    }
}

impl<E: Context + Spawner> Branch<E> {
    /// A branch over what the engine handed out.
    pub fn new(batches: Unmerkleized<E>) -> Self {
        Self { batches, fetched_accounts: HashMap::new(), fetched_slots: HashMap::new() }
    }

    /// A branch over the latest final state, for reading.
    pub async fn latest(databases: &Databases<E>) -> Self {
        Self::new(<Databases<E> as DatabaseSet<E>>::new_batches(databases).await)
    }

    /// Fetches many accounts and slots at once, so that later reads find them in memory.
    ///
    /// # Errors
    ///
    /// As [`Self::account`].
    pub async fn prefetch(
        &mut self,
        accounts: impl IntoIterator<Item = Address>,
        slots: impl IntoIterator<Item = (Address, U256)>,
    ) -> Result<(), ReadError> {
        let mut wanted: Vec<(Key, Address)> =
            accounts.into_iter().map(|a| (FixedBytes::new(keys::account_key(&a)), a)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let refs: Vec<&Key> = wanted.iter().map(|(key, _)| key).collect();
        let found = self.batches.0.get_many(&refs).await.map_err(read_error)?;
        for ((_, address), value) in wanted.iter().zip(found) {
            self.fetched_accounts.insert(*address, value.map(|v| decode_account(&v)));
        }
        let (mut of_modules, mut of_contracts) = (Vec::new(), Vec::new());
        for (address, slot) in slots {
            let key = Key::new(keys::slot_key(&address, &slot));
            let list = if is_module_address(&address) { &mut of_modules } else { &mut of_contracts };
            list.push((key, (address, slot)));
        }
        macro_rules! fetch {
            ($database:expr, $wanted:expr) => {
                if !$wanted.is_empty() {
                    $wanted.sort_unstable();
                    $wanted.dedup();
                    let refs: Vec<&Key> = $wanted.iter().map(|(key, _)| key).collect();
                    let found = $database.get_many(&refs).await.map_err(read_error)?;
                    for ((_, place), value) in $wanted.iter().zip(found) {
                        self.fetched_slots.insert(*place, value.map_or(U256::ZERO, word));
                    }
                }
            };
        }
        fetch!(self.batches.1, of_modules);
        fetch!(self.batches.2, of_contracts);
        Ok(())
    }

    /// Reads an account; `None` if nobody used it yet.
    ///
    /// # Errors
    ///
    /// [`ReadError::Stale`] if the store moved on from the state of this branch;
    /// [`ReadError::Failed`] if it is damaged.
    pub async fn account(&self, address: Address) -> Result<Option<Account>, ReadError> {
        if let Some(account) = self.fetched_accounts.get(&address) {
            return Ok(*account);
        }
        let key = FixedBytes::new(keys::account_key(&address));
        let value = found(self.batches.0.get(&key).await)?;
        Ok(value.map(|v| decode_account(&v)))
    }

    /// Reads a slot; zero if never written. Errors as [`Self::account`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn slot(&self, address: Address, slot: U256) -> Result<U256, ReadError> {
        if let Some(value) = self.fetched_slots.get(&(address, slot)) {
            return Ok(*value);
        }
        let key = Key::new(keys::slot_key(&address, &slot));
        let value = if is_module_address(&address) {
            found(self.batches.1.get(&key).await)?
        } else {
            found(self.batches.2.get(&key).await)?
        };
        Ok(value.map_or(U256::ZERO, word))
    }

    /// Reads the code with this hash, which an account must name. Errors as [`Self::account`];
    /// missing or cut code is [`ReadError::Failed`].
    #[expect(clippy::missing_errors_doc, reason = "named above")]
    pub async fn code(&self, hash: B256) -> Result<Bytes, ReadError> {
        let mut bytes = Vec::new();
        self.code_words(hash, 0..CODE_WORDS_FIRST, &mut bytes).await?;
        let damaged = |what: &str| ReadError::Failed(format!("code {hash}: {what}"));
        let length = bytes.first_chunk::<4>().map(|head| u32::from_be_bytes(*head) as usize);
        let length = length.ok_or_else(|| damaged("not in the store"))?;
        let words = u32::try_from(length.saturating_add(4).div_ceil(SLOT_BYTES))
            .ok()
            .filter(|w| *w <= CODE_WORDS_MAX);
        let words = words.ok_or_else(|| damaged("longer than any code may be"))?;
        if words > CODE_WORDS_FIRST {
            self.code_words(hash, CODE_WORDS_FIRST..words, &mut bytes).await?;
        }
        let code = bytes.get(4..4 + length).ok_or_else(|| damaged("some words are missing"))?;
        Ok(Bytes::copy_from_slice(code))
    }

    async fn code_words(
        &self,
        hash: B256,
        range: core::ops::Range<u32>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), ReadError> {
        let wanted: Vec<Key> = range.map(|index| Key::new(keys::code_key(&hash, index))).collect();
        let refs: Vec<&Key> = wanted.iter().collect();
        for word in self.batches.2.get_many(&refs).await.map_err(read_error)? {
            match word {
                Some(word) => bytes.extend_from_slice(word.as_ref()),
                None => break,
            }
        }
        Ok(())
    }

    /// Writes what a block changed and computes the new roots.
    ///
    /// # Errors
    ///
    /// As [`Self::account`].
    pub async fn commit(self, changes: &Changes) -> Result<Executed<E>, ReadError> {
        let (mut accounts, mut modules, mut contracts) = self.batches;
        for (address, account) in &changes.accounts {
            let key = FixedBytes::new(keys::account_key(address));
            accounts = accounts.write(key, account.map(|a| FixedBytes::new(keys::encode_account(&a))));
        }
        for ((address, slot), value) in &changes.slots {
            let key = Key::new(keys::slot_key(address, slot));
            let value = (!value.is_zero()).then(|| FixedBytes::new(value.to_be_bytes::<32>()));
            if is_module_address(address) {
                modules = modules.write(key, value);
            } else {
                contracts = contracts.write(key, value);
            }
        }
        for (hash, code) in &changes.code {
            for (index, word) in (0..).zip(code_words(code)) {
                contracts =
                    contracts.write(Key::new(keys::code_key(hash, index)), Some(FixedBytes::new(word)));
            }
        }
        Ok((
            accounts.merkleize().await.map_err(read_error)?,
            modules.merkleize().await.map_err(read_error)?,
            contracts.merkleize().await.map_err(read_error)?,
        ))
    }
}

/// The length of a code and its bytes, in words, the last one filled up with zeros.
fn code_words(code: &[u8]) -> Vec<[u8; SLOT_BYTES]> {
    let mut bytes = u32::try_from(code.len()).unwrap_or(u32::MAX).to_be_bytes().to_vec();
    bytes.extend_from_slice(code);
    bytes
        .chunks(SLOT_BYTES)
        .map(|chunk| {
            let mut word = [0; SLOT_BYTES];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            word
        })
        .collect()
}

fn decode_account(value: &FixedBytes<ACCOUNT_BYTES>) -> Account {
    let bytes: &[u8] = value.as_ref();
    keys::decode_account(bytes.first_chunk().unwrap_or(&[0; ACCOUNT_BYTES]))
}

fn word(value: FixedBytes<SLOT_BYTES>) -> U256 {
    U256::from_be_slice(value.as_ref())
}

/// What one read found.
fn found<T>(read: Result<Option<T>, qmdb::Error<mmr::Family>>) -> Result<Option<T>, ReadError> {
    match read.map_err(read_error) {
        Err(ReadError::Failed(_)) if planted::is(Planted::ErrorIsEmpty) => Ok(None),
        read => read,
    }
}

fn read_error(error: qmdb::Error<mmr::Family>) -> ReadError {
    match error {
        qmdb::Error::StaleRead => ReadError::Stale,
        other => ReadError::Failed(other.to_string()),
    }
}
