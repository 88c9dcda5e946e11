//! Who may wait: the rules a transaction meets on its way in.

use crate::book::Book;
use ding_execution::admission::{self, Refusal};
use ding_primitives::{Account, B256, Recovered, limits};
use std::sync::Arc;

/// A replacement offers at least this many per cent more than the transaction it replaces, as
/// Ethereum clients have it.
pub const REPLACEMENT_PERCENT: u128 = 10;

/// Through which door a transaction came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Submitted at this member: this member tells the others.
    Local,
    /// Told by another member.
    Peer,
}

/// How a transaction was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It waits.
    New,
    /// It waited already because another member told of it; from now on this member answers for
    /// it, too.
    Known,
    /// It waits in the place of this one, which offered less.
    Replaced(B256),
}

/// Why a transaction was not taken. Texts begin as Ethereum tools expect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The same transaction waits.
    #[error("already known")]
    AlreadyKnown,
    /// It cannot run, now or ever.
    #[error(transparent)]
    Invalid(#[from] Refusal),
    /// Too many transactions would have to come before it.
    #[error("nonce too high: transaction has {got}, the account is at {want} and at most {ahead} may wait ahead; send the ones between first", ahead = limits::POOL_NONCE_AHEAD_MAX)]
    NonceTooHigh {
        /// Nonce of the transaction.
        got: u64,
        /// Nonce of the account.
        want: u64,
    },
    /// Another transaction of this nonce waits and offers nearly as much, or more.
    #[error(
        "replacement transaction underpriced: it offers {offered}, want at least {wanted} to replace {waiting}"
    )]
    Underpriced {
        /// Price per gas that the newcomer offers.
        offered: u128,
        /// Lowest price per gas that would replace.
        wanted: u128,
        /// The transaction that waits.
        waiting: B256,
    },
    /// Everything that waits comes before this one.
    #[error(
        "txpool is full: {transactions} transactions ({bytes} bytes) wait before this one; try again in a few seconds"
    )]
    Full {
        /// Transactions waiting.
        transactions: usize,
        /// Their bytes.
        bytes: usize,
    },
    /// This sender has as many waiting as one sender may.
    #[error(
        "txpool is full for this sender: {waiting} of its transactions wait; send more when some of them have receipts"
    )]
    SenderFull {
        /// Transactions of the sender that wait.
        waiting: usize,
    },
}

impl Refused {
    /// Whether the same transaction may be taken later.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Invalid(refusal) => refusal.is_temporary(),
            Self::NonceTooHigh { .. } | Self::Full { .. } | Self::SenderFull { .. } => true,
            Self::AlreadyKnown | Self::Underpriced { .. } => false,
        }
    }
}

/// Lowest price that replaces a transaction which offers `price`: 10 % more, and more at all.
pub(crate) const fn replacement_price(price: u128) -> u128 {
    let more = (price / 100).saturating_mul(REPLACEMENT_PERCENT)
        + (price % 100).saturating_mul(REPLACEMENT_PERCENT).div_ceil(100);
    price.saturating_add(if more == 0 { 1 } else { more })
}

impl Book {
    /// Takes a transaction that met the static rules, or says why not.
    pub(crate) fn admit(
        &mut self,
        transaction: &Arc<Recovered>,
        account: Account,
        now_ms: u64,
        origin: Origin,
    ) -> Result<Admitted, Refused> {
        if self.contains(&transaction.hash()) {
            return self.meet_again(transaction, now_ms, origin);
        }
        let (sender, got) = (transaction.sender(), transaction.nonce());
        // A caller may have read the account just before the block that this pool knows of.
        let want = account.nonce.max(self.nonce(&sender).unwrap_or_default());
        admission::check_account(transaction, &Account { nonce: want, ..account })?;
        if got.saturating_sub(want) > limits::POOL_NONCE_AHEAD_MAX {
            return Err(Refused::NonceTooHigh { got, want });
        }
        self.settle(sender, want);
        let replaced = match self.waiting(&sender, got) {
            None => None,
            Some(waiting) => {
                let (offered, hash) = (transaction.offered_price(), waiting.hash());
                let wanted = replacement_price(waiting.transaction.offered_price());
                if offered < wanted {
                    return Err(Refused::Underpriced { offered, wanted, waiting: hash });
                }
                Some(hash)
            }
        };
        self.make_room(transaction, want)?;
        self.put(transaction, want, now_ms, origin);
        Ok(replaced.map_or(Admitted::New, Admitted::Replaced))
    }

    /// The same transaction came again.
    fn meet_again(
        &mut self,
        transaction: &Recovered,
        now_ms: u64,
        origin: Origin,
    ) -> Result<Admitted, Refused> {
        match origin {
            Origin::Peer => {
                self.heard(transaction, now_ms);
                Err(Refused::AlreadyKnown)
            }
            Origin::Local if self.answer_for(transaction, now_ms) => Ok(Admitted::Known),
            Origin::Local => Err(Refused::AlreadyKnown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_offers_a_tenth_more_rounded_up_and_always_more() {
        let cases = [
            (0, 1),
            (1, 2),
            (9, 10),
            (10, 11),
            (11, 13),
            (100, 110),
            (101, 112),
            (1_000_000_007, 1_100_000_008),
        ];
        for (price, want) in cases {
            assert_eq!(replacement_price(price), want, "for {price}");
        }
        assert_eq!(replacement_price(u128::MAX), u128::MAX);
    }
}
