//! What the supervised part says before a transaction and before each frame of it: whether the
//! sender may act, and whether the service that is called runs.
//!
//! Both are read as they were at the end of the parent block, past the journal and without gas: what
//! an order or an authority decides in a block holds from the next one on, and for every transaction
//! of a block alike. So answers are kept for the block. What genesis says counts as the state
//! before block 1.

use crate::overlay::{Overlay, StoreError};
use alloy_primitives::map::AddressMap;
use ding_modules::{
    BlockInfo,
    identity::{self, standing},
    members, orders,
    services::{
        self,
        guard::{Stopped, verdict},
    },
};
use ding_primitives::{Address, Bytes, U256};

/// The rules of one block.
#[derive(Debug)]
pub(crate) struct Guard {
    block: BlockInfo,
    /// Whether accounts without standing are refused.
    bound: bool,
    /// Whether senders are looked at: on an open chain only once somebody was frozen. `None` until
    /// somebody asked.
    watched: Option<bool>,
    /// Whether any service could be stopped at all; `None` until somebody asked.
    armed: Option<bool>,
    callees: AddressMap<Option<Stopped>>,
    /// Standings by sender.
    senders: AddressMap<U256>,
}

impl Guard {
    pub(crate) fn new(block: BlockInfo, bound: bool) -> Self {
        Self {
            block,
            bound,
            watched: bound.then_some(true),
            armed: None,
            callees: AddressMap::default(),
            senders: AddressMap::default(),
        }
    }

    /// What the frame reverts with, if the service of `callee` is stopped.
    pub(crate) fn refuse_call(
        &mut self,
        state: &mut Overlay<'_>,
        callee: Address,
    ) -> Result<Option<Bytes>, StoreError> {
        let armed = match self.armed {
            Some(armed) => armed,
            None => {
                let word = state.before(services::state::ADDRESS, services::state::GUARD.slot())?;
                *self.armed.insert(!word.is_zero())
            }
        };
        if !armed {
            return Ok(None);
        }
        let stopped = match self.callees.get(&callee) {
            Some(stopped) => *stopped,
            None => {
                let read = |module, slot| state.before(module, slot);
                let BlockInfo { height, timestamp_ms, .. } = self.block;
                let stopped = verdict(read, callee, height.get(), timestamp_ms)?;
                self.callees.insert(callee, stopped);
                stopped
            }
        };
        Ok(stopped.map(|stopped| stopped.revert_data()))
    }

    /// Why the sender may not send this transaction, if so.
    pub(crate) fn refuse_sender(
        &mut self,
        state: &mut Overlay<'_>,
        sender: Address,
        to: Option<Address>,
        input: &[u8],
    ) -> Result<Option<standing::Refusal>, StoreError> {
        let watched = match self.watched {
            Some(watched) => watched,
            None => {
                let word = state.before(identity::state::ADDRESS, standing::counts_slot())?;
                *self.watched.insert(standing::any_frozen(word))
            }
        };
        if !watched {
            return Ok(None);
        }
        let word = match self.senders.get(&sender) {
            Some(word) => *word,
            None => {
                let word = state.before(identity::state::ADDRESS, standing::slot(sender))?;
                self.senders.insert(sender, word);
                word
            }
        };
        refuse_sender(word, self.block.timestamp_ms, self.bound, to, input, || {
            state.before(members::state::ADDRESS, members::state::organisation_slot(sender))
        })
    }
}

/// Why a sender whose standing is `word` may not send a transaction, if so. The doors ask the same.
/// `organisation` reads the sender's organisation; it is asked only where its answer matters.
///
/// # Errors
///
/// That of the read.
pub fn refuse_sender<E>(
    word: U256,
    now_ms: u64,
    bound: bool,
    to: Option<Address>,
    input: &[u8],
    organisation: impl FnOnce() -> Result<U256, E>,
) -> Result<Option<standing::Refusal>, E> {
    let refusal = standing::admit(word, now_ms, bound, to, input, organisation)?;
    let frozen = matches!(refusal, Some(standing::Refusal::Frozen { .. }));
    // A frozen account answers orders and appeals against them, and does nothing else.
    let open = frozen && to.is_some_and(|to| orders::is_open_to_frozen(to, input));
    Ok(refusal.filter(|_| !open))
}

#[cfg(test)]
mod tests;
