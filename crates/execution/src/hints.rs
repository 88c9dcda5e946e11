//! What a block and its transactions will surely or probably read, so that a store can fetch it in
//! one batch before anything runs.
//!
//! A guess: wrong or missing entries cost time, never correctness. Code is not named here: it
//! follows from the accounts, and what ran lately is kept analysed.

use crate::overlay::history_slot;
use alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
use alloy_primitives::{TxKind, keccak256};
use ding_modules::{
    identity::{self, standing},
    registry, services,
};
use ding_primitives::{Address, B256, Height, Recovered, U256, is_module_address};

/// One thing that will probably be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// An account.
    Account(Address),
    /// A storage slot.
    Slot(Address, U256),
}

/// What every block at this height reads, whatever it holds.
pub fn block_reads(height: Height) -> impl Iterator<Item = Read> {
    let slot =
        height.previous().map(|parent| Read::Slot(HISTORY_STORAGE_ADDRESS, history_slot(parent.get())));
    let guards = [
        Read::Slot(identity::state::ADDRESS, standing::counts_slot()),
        Read::Slot(services::state::ADDRESS, services::state::GUARD.slot()),
    ];
    [Read::Account(HISTORY_STORAGE_ADDRESS)].into_iter().chain(slot).chain(guards)
}

/// What one transaction reads: sender (on a bound chain with its standing), recipient, its access list,
/// the slots that the called module names, and the balances of an ERC-20 transfer where most tokens keep them.
pub fn reads(transaction: &Recovered, bound: bool) -> impl Iterator<Item = Read> {
    let sender = transaction.sender();
    let mut reads = vec![Read::Account(sender)];
    if bound {
        reads.push(Read::Slot(identity::state::ADDRESS, standing::slot(sender)));
    }
    match transaction.to() {
        TxKind::Create => reads.push(Read::Account(sender.create(transaction.nonce()))),
        TxKind::Call(to) => {
            if to != sender {
                reads.push(Read::Account(to));
            }
            if is_module_address(&to) {
                let slots = registry::likely_reads(to, sender, transaction.input());
                reads.extend(slots.into_iter().map(|(address, slot)| Read::Slot(address, slot)));
            } else {
                token_reads(&mut reads, to, sender, transaction.input());
            }
        }
    }
    for item in transaction.access_list().iter().flat_map(|list| list.iter()) {
        reads.push(Read::Account(item.address));
        reads.extend(item.storage_keys.iter().map(|key| Read::Slot(item.address, (*key).into())));
    }
    reads.into_iter()
}

/// `transfer(address,uint256)`.
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
/// `transferFrom(address,address,uint256)`.
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];
/// `approve(address,uint256)`.
const APPROVE: [u8; 4] = [0x09, 0x5e, 0xa7, 0xb3];

/// Slots of the three calls that change an ERC-20 token whose balances are its first mapping and
/// whose allowances are its second, as in the library that most tokens are made from.
fn token_reads(reads: &mut Vec<Read>, token: Address, sender: Address, input: &[u8]) {
    let Some((selector, arguments)) = input.split_first_chunk::<4>() else {
        return;
    };
    let word = |index: usize| arguments.as_chunks::<32>().0.get(index).map(B256::from);
    let mut push = |slot: B256| reads.push(Read::Slot(token, slot.into()));
    let (balances, allowances) = (B256::ZERO, B256::with_last_byte(1));
    match *selector {
        TRANSFER => {
            if let (Some(to), Some(_)) = (word(0), word(1)) {
                push(entry(sender.into_word(), balances));
                push(entry(to, balances));
            }
        }
        TRANSFER_FROM => {
            if let (Some(from), Some(to), Some(_)) = (word(0), word(1), word(2)) {
                push(entry(from, balances));
                push(entry(to, balances));
                push(entry(sender.into_word(), entry(from, allowances)));
            }
        }
        APPROVE => {
            if let (Some(spender), Some(_)) = (word(0), word(1)) {
                push(entry(spender, entry(sender.into_word(), allowances)));
            }
        }
        _ => {}
    }
}

/// Slot of `key` in the mapping at `slot` (Solidity storage layout).
fn entry(key: B256, slot: B256) -> B256 {
    let mut bytes = [0; 64];
    let (head, tail) = bytes.split_at_mut(32);
    head.copy_from_slice(key.as_slice());
    tail.copy_from_slice(slot.as_slice());
    keccak256(bytes)
}

#[cfg(test)]
mod tests;
