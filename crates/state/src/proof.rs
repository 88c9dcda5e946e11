//! What a stranger can check: proofs of accounts and slots of the applied state.
//!
//! A proof is made under one read lock of its database, together with the root it leads to; the
//! caller finds the header with that root.

use crate::store::{Key, Readers, b256};
use commonware_runtime::Spawner;
use commonware_storage::{Context, mmr, qmdb};
use ding_light::{
    keys,
    state::{AccountProof, SlotProof},
};
use ding_primitives::{Account, Address, B256, U256, is_module_address, ports::ReadError};

/// A proof, what it proves, and the root of the database it leads to.
#[derive(Clone, Debug)]
pub struct Proved<P, V> {
    /// The proof.
    pub proof: P,
    /// What it proves.
    pub value: V,
    /// Canonical root of the database, as a header names it.
    pub root: B256,
}

/// Proves an account; `None` if there is none (absence of accounts cannot be proven).
///
/// # Errors
///
/// [`ReadError::Failed`] if the store is damaged.
pub async fn account<E: Context + Spawner>(
    readers: &Readers<E>,
    address: &Address,
) -> Result<Option<Proved<AccountProof, Account>>, ReadError> {
    let database = readers.0.read().await;
    let key = Key::new(keys::account_key(address));
    let Some(value) = database.get(&key).await.map_err(failed)? else { return Ok(None) };
    let proof = database.key_value_proof(key).await.map_err(failed)?;
    let bytes: &[u8] = value.as_ref();
    let value = bytes.first_chunk().map(keys::decode_account).unwrap_or_default();
    Ok(Some(Proved { proof: AccountProof::from_commonware(proof), value, root: b256(database.root()) }))
}

/// Proves a slot; of a native module also that it holds nothing. `None` for an empty slot of a
/// contract, whose absence cannot be proven.
///
/// # Errors
///
/// [`ReadError::Failed`] if the store is damaged.
pub async fn slot<E: Context + Spawner>(
    readers: &Readers<E>,
    address: &Address,
    slot: &U256,
) -> Result<Option<Proved<SlotProof, U256>>, ReadError> {
    let key = Key::new(keys::slot_key(address, slot));
    if is_module_address(address) {
        let database = readers.1.read().await;
        let root = b256(database.root());
        return Ok(Some(match database.get(&key).await.map_err(failed)? {
            Some(value) => {
                let proof = database.key_value_proof(key).await.map_err(failed)?;
                let value = U256::from_be_slice(value.as_ref());
                Proved { proof: SlotProof::from_commonware_module(proof), value, root }
            }
            None => {
                let proof = database.exclusion_proof(&key).await.map_err(failed)?;
                Proved { proof: SlotProof::from_commonware_module_absent(proof), value: U256::ZERO, root }
            }
        }));
    }
    let database = readers.2.read().await;
    let Some(value) = database.get(&key).await.map_err(failed)? else { return Ok(None) };
    let proof = database.key_value_proof(key).await.map_err(failed)?;
    let value = U256::from_be_slice(value.as_ref());
    Ok(Some(Proved { proof: SlotProof::from_commonware_contract(proof), value, root: b256(database.root()) }))
}

fn failed(error: qmdb::Error<mmr::Family>) -> ReadError {
    ReadError::Failed(error.to_string())
}
