//! Fates: why a transaction that a member took is in no block.

use super::{Judge, Taken};
use alloy_consensus::{Transaction as _, TxEnvelope};
use alloy_eips::eip2718::Decodable2718 as _;
use ding_pool::Fate;
use ding_primitives::{Address, B256, Bytes, limits};

/// The clock of a member may be as wrong as this, either way, milliseconds.
const CLOCK_MS: u64 = 3_600_000;

/// What a client signed, without any of the ledger's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Signed {
    sender: Address,
    nonce: u64,
    price: u128,
}

fn signed(raw: &[u8]) -> Option<Signed> {
    let envelope = TxEnvelope::decode_2718(&mut &*raw).ok()?;
    let sender = envelope.signature().recover_address_from_prehash(&envelope.signature_hash()).ok()?;
    Some(Signed { sender, nonce: envelope.nonce(), price: envelope.max_fee_per_gas() })
}

impl Judge {
    /// A client sent this.
    pub fn sent(&self, hash: B256, raw: &[u8]) {
        self.0.state.lock().sent.entry(hash).or_insert_with(|| Bytes::copy_from_slice(raw));
    }

    fn signed(&self, hash: &B256) -> Option<Signed> {
        let raw = self.0.state.lock().sent.get(hash).cloned()?;
        signed(&raw)
    }

    /// Whether what a member says of a transaction that it took can be.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn check_fate(&self, hash: &B256, taken: &Taken, fate: &Fate, now_ms: u64) -> Result<(), String> {
        let Some(mine) = self.signed(hash) else { return Err("nobody sent it".into()) };
        match fate {
            Fate::Replaced(other) => match self.signed(other).filter(|_| other != hash) {
                Some(rival) if (rival.sender, rival.nonce) != (mine.sender, mine.nonce) => {
                    Err(format!("{rival:?} is no rival of {mine:?}"))
                }
                Some(rival) if rival.price <= mine.price => {
                    Err(format!("{rival:?} offers no more than {mine:?}"))
                }
                Some(_) => Ok(()),
                None => Err("nobody sent that one".into()),
            },
            Fate::Overtaken => match self.with(|model| model.at_nonce(mine.sender, mine.nonce)) {
                Some(rival) if rival != *hash => Ok(()),
                rival => Err(format!("{rival:?} stands in a block with the nonce of {mine:?}")),
            },
            // What is first in line does not leave for a newcomer, and it never moves back.
            Fate::Evicted => {
                let head = taken.head;
                match self.with(|model| model.account(&mine.sender, head)) {
                    Some(account) if account.nonce == mine.nonce => {
                        Err(format!("{mine:?} was the next of its account already after block {head}"))
                    }
                    _ => Ok(()),
                }
            }
            Fate::Expired => {
                let waited = now_ms.saturating_sub(taken.at_ms) + 2 * CLOCK_MS;
                if waited < limits::POOL_LIFETIME_MS {
                    return Err(format!("taken at {} ms, it is {now_ms} ms", taken.at_ms));
                }
                Ok(())
            }
            Fate::Unfit(why) if why.trim().is_empty() => Err("no reason is given".into()),
            Fate::Unfit(_) => Ok(()),
            _ => Err("a fate that nobody knows here".into()),
        }
    }
}
