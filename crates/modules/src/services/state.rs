//! Storage of `services`, in Solidity layout.
//!
//! | slot | type                                         | meaning                                        |
//! |------|----------------------------------------------|------------------------------------------------|
//! | 0    | uint64                                       | services that could refuse a call              |
//! | 1    | mapping(address => bytes32)                  | service by contract; zero: none                |
//! | 2    | mapping(bytes32 => Service)                  | service by id                                  |
//! | 3    | mapping(bytes32 => mapping(uint32 => Hold))  | suspensions by service and place               |
//!
//! The first word of a service is never zero and says everything that a call needs to know, unless
//! it is suspended: see [`super::guard`].

use crate::{
    calendar::Day,
    ids::FilingNumber,
    storage::{Cell, Map, Stored, pack, unpack},
};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0006");

/// Number of services that could refuse a call.
pub const GUARD: Cell<u64> = Cell::at(ADDRESS, 0);
/// Service by the address of a contract or module.
pub const SERVICE_OF: Map<Address, B256> = Map::at(ADDRESS, 1);
/// Service by id.
pub const SERVICES: Map<B256, Service> = Map::at(ADDRESS, 2);
/// Suspensions by service and place, from 0 on.
pub const HOLDS: Map<B256, Map<u32, Hold>> = Map::at(ADDRESS, 3);

/// Bits of a time in milliseconds: enough until the year 10889.
pub const TIME_BITS: usize = 48;
/// Bits of a height.
pub const HEIGHT_BITS: usize = 40;

/// How far a filing has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Known, not recorded. A clock may run.
    #[default]
    Declared,
    /// Recorded under a number.
    Recorded,
    /// Suspended. Never stored: suspensions are kept by themselves.
    Suspended,
    /// Struck off. Never stored: the block from which on is.
    Deregistered,
}

impl Status {
    /// Every status, in the order of numbers.
    pub const ALL: [Self; 4] = [Self::Declared, Self::Recorded, Self::Suspended, Self::Deregistered];

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Declared => 1,
            Self::Recorded => 2,
            Self::Suspended => 3,
            Self::Deregistered => 4,
        }
    }

    /// What people and the command line call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Recorded => "recorded",
            Self::Suspended => "suspended",
            Self::Deregistered => "deregistered",
        }
    }

    /// The status with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }
}

/// How long there is time to file: this many working days from a day on, which does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The day from which on the days are counted.
    pub start: Day,
    /// Number of working days.
    pub working_days: u16,
}

/// What a call needs to know of a service, and some more: the first word, low bits first.
/// status (8) | suspensions (8) | due in ms (48) | end (40) | contracts (16) | division (8) | live
/// from (32) | start of the clock (32) | its working days (16).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Declared or recorded.
    pub status: Status,
    /// Number of entries in [`HOLDS`].
    pub holds: u8,
    /// When the time to file is over, by the calendar as it was when last asked; zero: no clock.
    pub due_ms: u64,
    /// Block from which on it is struck off; zero: not.
    pub ends_height: u64,
    /// Addresses that belong to it.
    pub contracts: u16,
    /// Code of the province, two digits; zero: not known.
    pub division: u8,
    /// Day from which on it is provided.
    pub go_live: Day,
    /// The clock, of no working days if none runs.
    pub clock: Option<Clock>,
}

/// A service. First word: [`Head`]. Second word: filing number, 20 characters in the high end, or
/// zero. Third word, low bits first: account of the provider (160) | kept by a module (1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// What a call needs to know.
    pub head: Head,
    /// Its number, once it is recorded.
    pub number: Option<FilingNumber>,
    /// Account of the provider.
    pub provider: Address,
    /// Whether a module declared it, which alone records it and says what belongs to it.
    pub kept: bool,
}

/// A suspension. One word, low bits first: from (40) | lifted from (40; zero: not) | until in ms
/// (48; zero: until lifted) | reference (64) | last four digits of the module's address (32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// Block from which on it stops the service.
    pub from_height: u64,
    /// Block from which on it no longer does; zero if it was not lifted.
    pub lifted_height: u64,
    /// When it ends by itself; zero if it does not.
    pub until_ms: u64,
    /// Number of the measure or order in the module that suspended.
    pub reference: u64,
    /// The module that suspended.
    pub by: Address,
}

impl Head {
    const WIDTHS: [usize; 9] = [8, 8, TIME_BITS, HEIGHT_BITS, 16, 8, 32, 32, 16];

    /// Whether the service could refuse a call, now or later.
    pub const fn is_armed(&self) -> bool {
        self.contracts > 0 && (self.holds > 0 || self.ends_height > 0 || self.due_ms > 0)
    }

    /// The word.
    pub fn to_word(&self) -> U256 {
        let clock = self.clock.unwrap_or(Clock { start: Day::default(), working_days: 0 });
        let fields: [u64; 9] = [
            self.status.number().into(),
            self.holds.into(),
            self.due_ms,
            self.ends_height,
            self.contracts.into(),
            self.division.into(),
            self.go_live.get().into(),
            clock.start.get().into(),
            clock.working_days.into(),
        ];
        let mut parts = fields.map(|field| (U256::from(field), 0));
        parts.iter_mut().zip(Self::WIDTHS).for_each(|((_, bits), width)| *bits = width);
        pack(&parts)
    }

    /// The head in a word that [`Head::to_word`] gave.
    pub fn from_word(word: U256) -> Option<Self> {
        let [status, holds, due, ends, contracts, division, live, start, days] = unpack(word, Self::WIDTHS)?;
        let (start, working_days) = (Day::new(start.to()), days.to());
        Some(Self {
            status: Status::from_number(status.to()).filter(|status| *status <= Status::Recorded)?,
            holds: holds.to(),
            due_ms: due.to(),
            ends_height: ends.to(),
            contracts: contracts.to(),
            division: division.to(),
            go_live: Day::new(live.to()),
            clock: (working_days > 0).then_some(Clock { start, working_days }),
        })
    }
}

impl Stored for Service {
    type Words = [U256; 3];

    fn to_words(&self) -> [U256; 3] {
        let number = self.number.map(|number| number.to_word()).unwrap_or_default();
        let provider: U256 = self.provider.into_word().into();
        [self.head.to_word(), number.into(), pack(&[(provider, 160), (U256::from(self.kept), 1)])]
    }

    fn from_words([head, number, provider]: &[U256; 3]) -> Option<Self> {
        let number = match B256::from(*number) {
            B256::ZERO => None,
            word => Some(FilingNumber::from_word(word).ok()?),
        };
        let [provider, kept] = unpack(*provider, [160, 1])?;
        let head = if head.is_zero() { Head::default() } else { Head::from_word(*head)? };
        let kept = !kept.is_zero();
        Some(Self { head, number, provider: Address::from_word(provider.into()), kept })
    }
}

impl Hold {
    /// Whether it is the suspension of this module under this reference.
    pub fn is(&self, by: Address, reference: u64) -> bool {
        self.by == by && self.reference == reference
    }

    /// Whether it stops the service in this block.
    pub const fn is_in_force(&self, height: u64, now_ms: u64) -> bool {
        height >= self.from_height
            && (self.lifted_height == 0 || height < self.lifted_height)
            && (self.until_ms == 0 || now_ms < self.until_ms)
    }

    /// Whether it will not stop the service any more, in this block or later.
    pub const fn is_over(&self, height: u64, now_ms: u64) -> bool {
        (self.lifted_height != 0 && (height >= self.lifted_height || self.lifted_height <= self.from_height))
            || (self.until_ms != 0 && now_ms >= self.until_ms)
    }
}

/// Bits of a module's address that differ between modules.
const MODULE_BITS: usize = 32;

impl Stored for Hold {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[
            (U256::from(self.from_height), HEIGHT_BITS),
            (U256::from(self.lifted_height), HEIGHT_BITS),
            (U256::from(self.until_ms), TIME_BITS),
            (U256::from(self.reference), 64),
            (self.by.into_word().into(), MODULE_BITS),
        ])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [from, lifted, until, reference, by] =
            unpack(*word, [HEIGHT_BITS, HEIGHT_BITS, TIME_BITS, 64, MODULE_BITS])?;
        Some(Self {
            from_height: from.to(),
            lifted_height: lifted.to(),
            until_ms: until.to(),
            reference: reference.to(),
            by: Address::from_word(by.into()),
        })
    }
}
