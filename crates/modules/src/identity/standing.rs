//! Standing: all that admission needs to know about an account, in one word.
//!
//! On an open chain only freezes count, and while nobody was ever frozen ([`any_frozen`], one word a
//! block) no account is looked at. Otherwise
//! execution reads [`slot`] of the sender and asks [`refusal`]; that is one slot a transaction. Where
//! [`Refusal::is_lifted_by_membership`] says so, it reads a second one, `members`'
//! `organisation_slot` of the sender: accounts that act for an organisation of the consortium have
//! standing whether or not an identity authority bound them, because they must be able to appoint
//! one. Once bound, an account that its authority suspended, revoked or replaced is refused for them
//! too: its key may be lost. Their organisation names another, itself or by vote. A freeze holds for
//! them too; accounts of supervisors cannot be frozen. [`admit`] puts the two together and leaves the
//! reading to the caller.
//!
//! An account that was invited may call `identity.accept` before it has standing, nothing else
//! ([`is_acceptance`]).

use super::{
    abi::IIdentity::acceptCall,
    state::{ADDRESS, COUNTS, Counts, STANDINGS},
    terms::Status,
};
use crate::{
    storage::{Stored, pack, unpack},
    words::moment,
};
use alloy_sol_types::SolCall as _;
use ding_primitives::{Address, U256};

/// A time that never comes: a freeze without end.
pub const NEVER_MS: u64 = (1 << 48) - 1;

/// Standing of an account. One word, low bits first: status (8) | status of the binding (8) | kind (8)
/// | level (8) | expiry (48) | frozen until (48) | root frozen until (48) | authority (32) | since (48).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Status of the account itself; for a root, of its binding.
    pub status: Status,
    /// Status of the binding, for an account under a root; [`Status::None`] for others.
    pub root_status: Status,
    /// Number of the kind of subject; 0 without a binding.
    pub kind: u8,
    /// Number of the level; 0 without a binding.
    pub level: u8,
    /// When standing ends, or an invitation; 0 for no end.
    pub expiry_ms: u64,
    /// Until when the account itself is frozen; 0 if it is not.
    pub frozen_until_ms: u64,
    /// Until when its root is frozen; 0 if it is not.
    pub root_frozen_until_ms: u64,
    /// The authority that made the binding; 0 without one.
    pub authority: u32,
    /// When the account came under its binding; 0 without one.
    pub since_ms: u64,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            status: Status::None,
            root_status: Status::None,
            kind: 0,
            level: 0,
            expiry_ms: 0,
            frozen_until_ms: 0,
            root_frozen_until_ms: 0,
            authority: 0,
            since_ms: 0,
        }
    }
}

impl Standing {
    /// Status of the account and of its binding together: the graver of the two.
    pub const fn joint_status(&self) -> Status {
        match (self.status, self.root_status) {
            (Status::Active, Status::None) => Status::Active,
            (Status::Active, root) => root,
            (Status::Suspended, Status::Revoked) => Status::Revoked,
            (own, _) => own,
        }
    }

    /// Until when the account is frozen, by itself or with its root; 0 if it never was.
    pub const fn frozen_until(&self) -> u64 {
        if self.frozen_until_ms > self.root_frozen_until_ms {
            self.frozen_until_ms
        } else {
            self.root_frozen_until_ms
        }
    }

    /// Whether the account has standing at this time.
    pub fn in_force(&self, now_ms: u64) -> bool {
        self.refusal(now_ms, true).is_none()
    }

    /// Why the account may not send a transaction at this time.
    pub fn refusal(&self, now_ms: u64, bound: bool) -> Option<Refusal> {
        let until_ms = self.frozen_until();
        if now_ms < until_ms {
            return Some(Refusal::Frozen { until_ms });
        }
        if !bound {
            return None;
        }
        let over = self.expiry_ms != 0 && now_ms >= self.expiry_ms;
        match self.joint_status() {
            Status::None => Some(Refusal::NotBound),
            Status::Invited if over => Some(Refusal::NotBound),
            Status::Invited => Some(Refusal::Invited { until_ms: self.expiry_ms }),
            Status::Suspended => Some(Refusal::Suspended),
            Status::Revoked => Some(Refusal::Revoked),
            Status::Replaced => Some(Refusal::Replaced),
            Status::Active if over => Some(Refusal::Expired { expiry_ms: self.expiry_ms }),
            Status::Active => None,
        }
    }
}

impl Stored for Standing {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[
            (U256::from(self.status.number()), 8),
            (U256::from(self.root_status.number()), 8),
            (U256::from(self.kind), 8),
            (U256::from(self.level), 8),
            (U256::from(self.expiry_ms), 48),
            (U256::from(self.frozen_until_ms), 48),
            (U256::from(self.root_frozen_until_ms), 48),
            (U256::from(self.authority), 32),
            (U256::from(self.since_ms), 48),
        ])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [status, root_status, kind, level, expiry, frozen, root_frozen, authority, since] =
            unpack(*word, [8, 8, 8, 8, 48, 48, 48, 32, 48])?;
        Some(Self {
            status: Status::from_number(status.to())?,
            root_status: Status::from_number(root_status.to())?,
            kind: kind.to(),
            level: level.to(),
            expiry_ms: expiry.to(),
            frozen_until_ms: frozen.to(),
            root_frozen_until_ms: root_frozen.to(),
            authority: authority.to(),
            since_ms: since.to(),
        })
    }
}

/// Why a transaction of an account is refused before it costs anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No identity authority ever bound the account.
    #[error(
        "this account is bound to nobody; let an identity authority bind it before it acts on this chain"
    )]
    NotBound,
    /// The account is invited and may accept first.
    #[error(
        "this account is invited until {} and not bound yet; accept the invitation first (identity.accept)",
        moment(*until_ms)
    )]
    Invited {
        /// When the invitation ends.
        until_ms: u64,
    },
    /// The authority suspended the account or its binding.
    #[error("this account is suspended; ask the identity authority that bound it")]
    Suspended,
    /// The authority revoked the account or its binding.
    #[error("this account is revoked for good; let the identity authority bind a new one")]
    Revoked,
    /// Another account took this one's place.
    #[error("this account was replaced by a successor; send with the successor")]
    Replaced,
    /// The check of the subject is too old.
    #[error(
        "standing of this account ended at {}; let the identity authority renew it",
        moment(*expiry_ms)
    )]
    Expired {
        /// When it ended.
        expiry_ms: u64,
    },
    /// An order of a supervisor holds the account.
    #[error(
        "this account is frozen by an order of a supervisor{}; orders.freezesOf names it, it can be appealed against",
        until(*until_ms)
    )]
    Frozen {
        /// Until when; [`NEVER_MS`] without end.
        until_ms: u64,
    },
    /// The word in the slot is none that this module writes.
    #[error("the standing of this account cannot be read; the operator should run `ding check`")]
    Unreadable,
}

fn until(until_ms: u64) -> String {
    if until_ms >= NEVER_MS { String::new() } else { format!(" until {}", moment(until_ms)) }
}

impl Refusal {
    /// Stable name, for scripts and error data.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotBound => "account_not_bound",
            Self::Invited { .. } => "account_invited",
            Self::Suspended => "account_suspended",
            Self::Revoked => "account_revoked",
            Self::Replaced => "account_replaced",
            Self::Expired { .. } => "account_expired",
            Self::Frozen { .. } => "account_frozen",
            Self::Unreadable => "account_unreadable",
        }
    }

    /// Whether an account that acts for an organisation of the consortium may send all the same: it
    /// needs no binding, so that it can appoint who binds, but does not act against what an authority
    /// decided about its binding.
    pub const fn is_lifted_by_membership(&self) -> bool {
        matches!(self, Self::NotBound | Self::Invited { .. } | Self::Expired { .. })
    }
}

/// The slot of `identity` that [`any_frozen`] is about.
pub fn counts_slot() -> U256 {
    COUNTS.slot()
}

/// Whether any account was ever frozen, from the word in [`counts_slot`]. One that cannot be read
/// counts as yes: each account's own word is looked at then.
pub fn any_frozen(word: U256) -> bool {
    Counts::from_words(&[word]).is_none_or(|counts| counts.freezes != 0)
}

/// The slot of `identity` that holds an account's [`Standing`].
pub fn slot(account: Address) -> U256 {
    STANDINGS.slot_of(account)
}

/// Why an account whose standing is this word may not send a transaction at this time; `bound` says
/// whether the chain refuses accounts without standing ([`super::bound`]).
pub fn refusal(word: U256, now_ms: u64, bound: bool) -> Option<Refusal> {
    if word.is_zero() {
        return bound.then_some(Refusal::NotBound);
    }
    match Standing::from_words(&[word]) {
        Some(standing) => standing.refusal(now_ms, bound),
        None => Some(Refusal::Unreadable),
    }
}

/// Whether a transaction is the one that an invited account may send.
pub fn is_acceptance(to: Option<Address>, input: &[u8]) -> bool {
    to == Some(ADDRESS) && input.starts_with(&acceptCall::SELECTOR)
}

/// All rules of admission together: `None` if the transaction may run. `organisation` reads `members`'
/// `organisation_slot` of the sender; it is asked only where its answer matters.
///
/// # Errors
///
/// That of the read.
pub fn admit<E>(
    word: U256,
    now_ms: u64,
    bound: bool,
    to: Option<Address>,
    input: &[u8],
    organisation: impl FnOnce() -> Result<U256, E>,
) -> Result<Option<Refusal>, E> {
    let Some(refusal) = refusal(word, now_ms, bound) else { return Ok(None) };
    if matches!(refusal, Refusal::Invited { .. }) && is_acceptance(to, input) {
        return Ok(None);
    }
    if refusal.is_lifted_by_membership() && !organisation()?.is_zero() {
        return Ok(None);
    }
    Ok(Some(refusal))
}
