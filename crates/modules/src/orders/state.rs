//! Storage of `orders`, in Solidity layout.
//!
//! | slot | type                                            | meaning                               |
//! |------|-------------------------------------------------|---------------------------------------|
//! | 0    | mapping(uint64 => Order)                        | order by number                       |
//! | 1    | mapping(uint64 => Appeal)                       | appeal by number of the order         |
//! | 2    | mapping(uint32 => uint32)                       | orders ever drafted by year           |
//! | 3    | mapping(uint32 => mapping(uint32 => Tally))     | what happened, by year and action     |
//! | 4    | mapping(address => Freezes)                     | orders that freeze an account         |

use super::terms::{Action, Appealed, Status, TargetKind};
use crate::storage::{Map, Stored, pack, unpack};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0009");

/// Order by number.
pub const ORDERS: Map<u64, Order> = Map::at(ADDRESS, 0);
/// Appeal by number of the order.
pub const APPEALS: Map<u64, Appeal> = Map::at(ADDRESS, 1);
/// Orders ever drafted, by year.
pub const DRAFTED: Map<u32, u32> = Map::at(ADDRESS, 2);
/// What happened, by year and number of the action.
pub const TALLIES: Map<u32, Map<u32, Tally>> = Map::at(ADDRESS, 3);
/// Orders that freeze an account.
pub const FREEZES: Map<Address, Freezes> = Map::at(ADDRESS, 4);

/// Bits of a time in milliseconds: enough until the year 10889.
pub const TIME_BITS: usize = 48;
const HEIGHT_BITS: usize = 40;

/// An order.
///
/// | word | low bits first                                                                         |
/// |------|----------------------------------------------------------------------------------------|
/// | 0    | issuer (160), status (8), action (8), kind of target (8), appeal (8), authority (32), working days (16) |
/// | 1    | second person (160), from (40), delivered fields (32)                                  |
/// | 2    | drafted in ms (48), decided in ms (48), until in ms (48), refers to (64), scope (32)   |
/// | 3    | target                                                                                 |
/// | 4    | digest of basis, case number and content                                               |
/// | 5    | digest of the last answer or delivery, or zero                                         |
/// | 6    | commitment to the subject, of a disclosure that was approved; or zero                  |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who drafted it.
    pub issuer: Address,
    /// How far it has come.
    pub status: Status,
    /// What it does.
    pub action: Action,
    /// What kind of target it has.
    pub kind: TargetKind,
    /// State of its appeal.
    pub appealed: Appealed,
    /// Organisation for which the issuer acted.
    pub authority: u32,
    /// Time to answer, from the day of approval; 0 if nobody has to.
    pub working_days: u16,
    /// Who approved or declined it; zero before.
    pub second: Address,
    /// Block from which on it has effect; before approval the one asked for, 0 for the next.
    pub from_height: u64,
    /// Fields that the identity authority delivered.
    pub delivered: u32,
    /// When it was drafted.
    pub drafted_ms: u64,
    /// When it was approved or declined; 0 before.
    pub decided_ms: u64,
    /// When it ends by itself; 0 if it does not.
    pub until_ms: u64,
    /// The order that it lifts; 0 if it lifts none.
    pub refers_to: u64,
    /// Fields that may be disclosed; 0 unless it is a disclosure.
    pub scope: u32,
    /// Id of a service, or an account.
    pub target: B256,
    /// Digest of what it says.
    pub matter: B256,
    /// Digest of the last answer or delivery.
    pub answer: B256,
    /// Commitment to the subject behind the target when a disclosure was approved.
    pub subject: B256,
}

/// An appeal. First word, low bits first: appellant (160) | filed in ms (48) | decided in ms (48).
/// Second word: who decided (160). Then the digests of grounds and reasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appeal {
    /// Who appealed.
    pub appellant: Address,
    /// When.
    pub filed_ms: u64,
    /// When it was decided; 0 before.
    pub decided_ms: u64,
    /// Who decided it.
    pub decider: Address,
    /// Digest of the grounds.
    pub grounds: B256,
    /// Digest of the reasons of the decision.
    pub reasons: B256,
}

/// How often what happened in a year. One word, low bits first, 32 bits each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Drafted.
    pub drafted: u32,
    /// Approved.
    pub approved: u32,
    /// Withdrawn or declined.
    pub dropped: u32,
    /// Lifted by a later order.
    pub lifted: u32,
    /// Answers and deliveries.
    pub answered: u32,
    /// Of those, after the last day.
    pub late: u32,
    /// Appeals.
    pub appealed: u32,
    /// Appeals that had success.
    pub granted: u32,
}

/// Numbers of the orders that freeze an account. One word, low bits first, 64 bits each; 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freezes(pub [u64; 4]);

impl Order {
    /// The account, if the target is one.
    pub fn account(&self) -> Address {
        Address::from_word(self.target)
    }

    /// Status at this time: an order whose time is over is expired.
    pub const fn status_at(&self, now_ms: u64) -> Status {
        if self.status.is_live() && self.is_over(now_ms) {
            return Status::Expired;
        }
        self.status
    }

    /// Whether the time that the order names is over, settled or not.
    pub const fn is_over(&self, now_ms: u64) -> bool {
        self.until_ms != 0 && now_ms >= self.until_ms
    }
}

impl Stored for Order {
    type Words = [U256; 7];

    fn to_words(&self) -> [U256; 7] {
        let first = pack(&[
            (self.issuer.into_word().into(), 160),
            (U256::from(self.status.number()), 8),
            (U256::from(self.action.number()), 8),
            (U256::from(self.kind.number()), 8),
            (U256::from(self.appealed.number()), 8),
            (U256::from(self.authority), 32),
            (U256::from(self.working_days), 16),
        ]);
        let second = pack(&[
            (self.second.into_word().into(), 160),
            (U256::from(self.from_height), HEIGHT_BITS),
            (U256::from(self.delivered), 32),
        ]);
        let third = pack(&[
            (U256::from(self.drafted_ms), TIME_BITS),
            (U256::from(self.decided_ms), TIME_BITS),
            (U256::from(self.until_ms), TIME_BITS),
            (U256::from(self.refers_to), 64),
            (U256::from(self.scope), 32),
        ]);
        let [target, matter, answer, subject] = [self.target, self.matter, self.answer, self.subject];
        [first, second, third, target.into(), matter.into(), answer.into(), subject.into()]
    }

    fn from_words([first, second, third, target, matter, answer, subject]: &[U256; 7]) -> Option<Self> {
        let [issuer, status, action, kind, appealed, authority, days] =
            unpack(*first, [160, 8, 8, 8, 8, 32, 16])?;
        let [other, from, delivered] = unpack(*second, [160, HEIGHT_BITS, 32])?;
        let [drafted, decided, until, refers, scope] =
            unpack(*third, [TIME_BITS, TIME_BITS, TIME_BITS, 64, 32])?;
        Some(Self {
            issuer: Address::from_word(issuer.into()),
            status: Status::from_number(status.to()).filter(|status| *status != Status::Expired)?,
            action: Action::from_number(action.to())?,
            kind: TargetKind::from_number(kind.to())?,
            appealed: Appealed::from_number(appealed.to())?,
            authority: authority.to(),
            working_days: days.to(),
            second: Address::from_word(other.into()),
            from_height: from.to(),
            delivered: delivered.to(),
            drafted_ms: drafted.to(),
            decided_ms: decided.to(),
            until_ms: until.to(),
            refers_to: refers.to(),
            scope: scope.to(),
            target: (*target).into(),
            matter: (*matter).into(),
            answer: (*answer).into(),
            subject: (*subject).into(),
        })
    }
}

impl Stored for Appeal {
    type Words = [U256; 4];

    fn to_words(&self) -> [U256; 4] {
        let first = pack(&[
            (self.appellant.into_word().into(), 160),
            (U256::from(self.filed_ms), TIME_BITS),
            (U256::from(self.decided_ms), TIME_BITS),
        ]);
        [first, self.decider.into_word().into(), self.grounds.into(), self.reasons.into()]
    }

    fn from_words([first, decider, grounds, reasons]: &[U256; 4]) -> Option<Self> {
        let [appellant, filed, decided] = unpack(*first, [160, TIME_BITS, TIME_BITS])?;
        let [decider] = unpack(*decider, [160])?;
        Some(Self {
            appellant: Address::from_word(appellant.into()),
            filed_ms: filed.to(),
            decided_ms: decided.to(),
            decider: Address::from_word(decider.into()),
            grounds: (*grounds).into(),
            reasons: (*reasons).into(),
        })
    }
}

impl Stored for Tally {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let Self { drafted, approved, dropped, lifted, answered, late, appealed, granted } = *self;
        let numbers = [drafted, approved, dropped, lifted, answered, late, appealed, granted];
        [pack(&numbers.map(|number| (U256::from(number), 32)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let numbers = unpack(*word, [32; 8])?.map(|number| number.to::<u32>());
        let [drafted, approved, dropped, lifted, answered, late, appealed, granted] = numbers;
        Some(Self { drafted, approved, dropped, lifted, answered, late, appealed, granted })
    }
}

impl Stored for Freezes {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&self.0.map(|number| (U256::from(number), 64)))]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        Some(Self(unpack(*word, [64; 4])?.map(|number| number.to())))
    }
}
