//! Storage of `filing`, in Solidity layout: fields of a word from the low end.
//!
//! | slot | type                                             | meaning                                  |
//! |------|--------------------------------------------------|------------------------------------------|
//! | 0    | Counts                                           | how many there are of each kind          |
//! | 1    | uint32                                           | day of the last batch                    |
//! | 2    | mapping(uint32 => Provider)                      | providers                                |
//! | 3    | mapping(address => uint32)                       | provider by account                      |
//! | 4    | mapping(bytes32 => uint32)                       | provider by credit code                  |
//! | 5    | mapping(uint32 => uint32)                        | provider by subject number               |
//! | 6    | mapping(uint64 => Service)                       | services                                 |
//! | 7    | mapping(bytes32 => uint64)                       | service by filing number, for ever       |
//! | 8    | mapping(uint64 => mapping(uint32 => Place))      | places on this chain, by service         |
//! | 9    | mapping(uint64 => Proposal)                      | numbers that await a second hand         |
//! | 10   | mapping(uint32 => Batch)                         | published batches                        |
//! | 11   | mapping(uint64 => Change)                        | reported change of a service             |
//! | 12   | mapping(uint64 => Inspection)                    | inspection and correction of a service   |
//! | 13   | mapping(uint64 => Termination)                   | announced end of a service               |
//! | 14   | mapping(uint64 => Objection)                     | objections                               |
//! | 15   | mapping(uint64 => mapping(address => uint64))    | open objection by service and account    |
//! | 16   | mapping(uint64 => Penalty)                       | measures                                 |
//! | 17   | mapping(uint64 => Assessment)                    | security assessments                     |
//! | 18   | mapping(uint32 => Campaign)                      | campaigns of inspection                  |
//! | 19   | mapping(uint32 => Article\[2\])                    | penalty table: now and next              |
//! | 20   | mapping(uint32 => Period)                        | working days of clocks: now and next     |
//! | 21   | mapping(uint64 => uint64)                        | measure that suspends a service          |
//! | 22   | mapping(uint64 => uint64)                        | warning that stands against a service    |
//!
//! The first word of each record is never zero.

use super::{
    steps::State,
    terms::{Clock, Measure},
};
use crate::storage::{Cell, Map, Stored, pack, unpack};
use alloy_primitives::FixedBytes;
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0007");

/// How many there are of each kind.
pub const COUNTS: Cell<Counts> = Cell::at(ADDRESS, 0);
/// Day of the last batch.
pub const LAST_BATCH_DAY: Cell<u32> = Cell::at(ADDRESS, 1);
/// Providers by number.
pub const PROVIDERS: Map<u32, Provider> = Map::at(ADDRESS, 2);
/// Provider by the account in charge.
pub const PROVIDER_OF: Map<Address, u32> = Map::at(ADDRESS, 3);
/// Provider by credit code, left-aligned ASCII.
pub const PROVIDER_OF_CODE: Map<B256, u32> = Map::at(ADDRESS, 4);
/// Provider by subject number.
pub const SUBJECT_NUMBERS: Map<u32, u32> = Map::at(ADDRESS, 5);
/// Services by number.
pub const SERVICES: Map<u64, Service> = Map::at(ADDRESS, 6);
/// Service by filing number, left-aligned ASCII. Stays after deregistration.
pub const SERVICE_OF_NUMBER: Map<B256, u64> = Map::at(ADDRESS, 7);
/// Places of a service on this chain.
pub const PLACES: Map<u64, Map<u32, Place>> = Map::at(ADDRESS, 8);
/// Numbers that await a second hand, by service.
pub const PROPOSALS: Map<u64, Proposal> = Map::at(ADDRESS, 9);
/// Published batches.
pub const BATCHES: Map<u32, Batch> = Map::at(ADDRESS, 10);
/// The reported change of a service.
pub const CHANGES: Map<u64, Change> = Map::at(ADDRESS, 11);
/// Inspection and correction of a service.
pub const INSPECTIONS: Map<u64, Inspection> = Map::at(ADDRESS, 12);
/// The announced end of a service.
pub const TERMINATIONS: Map<u64, Termination> = Map::at(ADDRESS, 13);
/// Objections.
pub const OBJECTIONS: Map<u64, Objection> = Map::at(ADDRESS, 14);
/// Open objection by service and account; 0 if none.
pub const OPEN_OBJECTIONS: Map<u64, Map<Address, u64>> = Map::at(ADDRESS, 15);
/// Measures.
pub const PENALTIES: Map<u64, Penalty> = Map::at(ADDRESS, 16);
/// Security assessments.
pub const ASSESSMENTS: Map<u64, Assessment> = Map::at(ADDRESS, 17);
/// Campaigns of inspection.
pub const CAMPAIGNS: Map<u32, Campaign> = Map::at(ADDRESS, 18);
/// Penalty table by article.
pub const ARTICLES: Map<u32, Articles> = Map::at(ADDRESS, 19);
/// Working days by clock.
pub const PERIODS: Map<u32, Period> = Map::at(ADDRESS, 20);
/// The measure by which a service is suspended; its reference in `services`.
pub const SUSPENSIONS: Map<u64, u64> = Map::at(ADDRESS, 21);
/// The warning that stands against a service; 0 if none.
pub const WARNINGS: Map<u64, u64> = Map::at(ADDRESS, 22);

/// A filing number: 20 ASCII characters.
pub type Number = FixedBytes<20>;

/// A value inside a packed word.
trait Field: Sized {
    fn to_bits(&self) -> U256;
    fn from_bits(bits: U256) -> Option<Self>;
}

macro_rules! plain_fields {
    ($($number:ty),*) => {$(
        impl Field for $number {
            fn to_bits(&self) -> U256 {
                U256::from(*self)
            }

            fn from_bits(bits: U256) -> Option<Self> {
                Self::try_from(bits).ok()
            }
        }
    )*};
}

plain_fields!(u8, u16, u32, u64);

impl Field for bool {
    fn to_bits(&self) -> U256 {
        U256::from(u8::from(*self))
    }

    fn from_bits(bits: U256) -> Option<Self> {
        (bits <= U256::ONE).then(|| !bits.is_zero())
    }
}

impl Field for Address {
    fn to_bits(&self) -> U256 {
        self.into_word().into()
    }

    fn from_bits(bits: U256) -> Option<Self> {
        Some(Self::from_word(bits.into()))
    }
}

impl Field for B256 {
    fn to_bits(&self) -> U256 {
        (*self).into()
    }

    fn from_bits(bits: U256) -> Option<Self> {
        Some(bits.into())
    }
}

impl Field for Number {
    fn to_bits(&self) -> U256 {
        U256::from_be_slice(self.as_slice())
    }

    fn from_bits(bits: U256) -> Option<Self> {
        Some(Self::from_slice(&bits.to_be_bytes::<32>()[12..]))
    }
}

impl Field for State {
    fn to_bits(&self) -> U256 {
        U256::from(self.number())
    }

    fn from_bits(bits: U256) -> Option<Self> {
        u8::try_from(bits).ok().and_then(Self::from_number)
    }
}

impl Field for Option<Clock> {
    fn to_bits(&self) -> U256 {
        U256::from(self.map_or(0, Clock::number))
    }

    fn from_bits(bits: U256) -> Option<Self> {
        match u8::try_from(bits).ok()? {
            0 => Some(None),
            number => Clock::from_number(number).map(Some),
        }
    }
}

impl Field for Option<Measure> {
    fn to_bits(&self) -> U256 {
        U256::from(self.map_or(0, Measure::number))
    }

    fn from_bits(bits: U256) -> Option<Self> {
        match u8::try_from(bits).ok()? {
            0 => Some(None),
            number => Measure::from_number(number).map(Some),
        }
    }
}

/// A record of packed words: each group in braces is a word, each field with its bits, the first
/// lowest.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident [$words:literal] { $({ $($(#[$fdoc:meta])* $field:ident: $type:ty = $bits:literal,)* })* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($($(#[$fdoc])* pub $field: $type,)*)* }

        impl Stored for $name {
            type Words = [U256; $words];

            fn to_words(&self) -> [U256; $words] {
                [$(pack(&[$((self.$field.to_bits(), $bits)),*])),*]
            }

            fn from_words(words: &[U256; $words]) -> Option<Self> {
                let mut words = words.iter();
                $(
                    let [$($field),*] = unpack(*words.next()?, [$($bits),*])?;
                    $(let $field = Field::from_bits($field)?;)*
                )*
                Some(Self { $($($field),*),* })
            }
        }
    };
}

record! {
    /// How many there are of each kind; they are numbered from 1.
    Counts [1] {
        {
            /// Providers.
            providers: u32 = 32,
            /// Services.
            services: u64 = 40,
            /// Objections.
            objections: u64 = 40,
            /// Measures.
            penalties: u64 = 40,
            /// Assessments.
            assessments: u64 = 40,
            /// Campaigns.
            campaigns: u32 = 32,
            /// Batches.
            batches: u32 = 32,
        }
    }
}

record! {
    /// A provider.
    Provider [5] {
        {
            /// The account in charge; zero if it has none yet.
            account: Address = 160,
            /// Organisation of `members` whose accounts act for it too; 0 if none.
            organisation: u32 = 32,
            /// Number of its nature; never zero.
            nature: u8 = 8,
            /// Number of its kind of identity document.
            id_type: u8 = 8,
            /// Bits of its kinds.
            kinds: u8 = 8,
            /// Highest service sequence of its filing numbers.
            sequence: u16 = 16,
        }
        {
            /// Six-digit division.
            division: u32 = 32,
            /// Services it ever filed.
            services: u32 = 32,
            /// Subject number of its filing numbers; 0 before the first.
            subject_number: u32 = 32,
        }
        {
            /// Credit code of an organisation, left-aligned ASCII; commitment of an individual.
            identity: B256 = 256,
        }
        {
            /// Commitment to the person in charge.
            person: B256 = 256,
        }
        {
            /// Digest of everything declared.
            content: B256 = 256,
        }
    }
}

record! {
    /// A service. One word says how it stands.
    Service [3] {
        {
            /// State of the filing; never none.
            status: State = 8,
            /// State of a reported change.
            change: State = 8,
            /// State of inspection and correction.
            inspection: State = 8,
            /// State of the notice of its end.
            termination: State = 8,
            /// Who provides it.
            provider: u32 = 32,
            /// Batch it was published in; 0 if none.
            batch: u32 = 32,
            /// Clock of the filing.
            clock: Option<Clock> = 8,
            /// Day on which that clock started.
            clock_start: u32 = 32,
            /// Working days it runs.
            clock_days: u16 = 16,
            /// Bits, see [`Service::LATE`] and its neighbours.
            flags: u8 = 8,
            /// Day from which it is provided.
            go_live: u32 = 32,
            /// Attachments that are there.
            materials: u16 = 16,
            /// Places on this chain.
            places: u8 = 8,
            /// Number of its category.
            category: u8 = 8,
            /// Number of its form.
            form: u8 = 8,
        }
        {
            /// Its filing number; zero before it is recorded.
            number: Number = 160,
            /// Day on which it was recorded.
            recorded_on: u32 = 32,
            /// Where the servers stand; 0 abroad.
            server_division: u32 = 32,
        }
        {
            /// Digest of the form.
            content: B256 = 256,
        }
    }
}

impl Service {
    /// Flag: filed late.
    pub const LATE: u8 = 1;
    /// Flag: entered from the earlier register.
    pub const IMPORTED: u8 = 2;
    /// Flag: its number has a wrong check digit, another provider's subject number or an impossible
    /// year, and was confirmed.
    pub const CONFIRMED: u8 = 4;
    /// Flag: it has a site, so that a record needs the ICP filing.
    pub const SITE: u8 = 8;
}

record! {
    /// A place on this chain.
    Place [1] {
        {
            /// Contract or module.
            address: Address = 160,
            /// Whether `services` binds it to the service already.
            bound: bool = 8,
        }
    }
}

record! {
    /// A number that awaits a second hand.
    Proposal [2] {
        {
            /// First hand.
            account: Address = 160,
            /// Whether something spoke against the number and it was confirmed.
            confirmed: bool = 8,
            /// Whether the number was given, not formed.
            given: bool = 8,
        }
        {
            /// The number.
            number: Number = 160,
        }
    }
}

record! {
    /// A published batch.
    Batch [3] {
        {
            /// Day of publication.
            day: u32 = 32,
            /// Services; never zero.
            count: u32 = 32,
            /// Working days for objections.
            days: u16 = 16,
        }
        {
            /// Keccak-256 over the numbers.
            list: B256 = 256,
        }
        {
            /// SHA-256 of the published list.
            document: B256 = 256,
        }
    }
}

record! {
    /// A reported change.
    Change [2] {
        {
            /// Day of the change.
            changed_on: u32 = 32,
            /// Day it was reported.
            start: u32 = 32,
            /// Working days to decide.
            days: u16 = 16,
        }
        {
            /// Digest of the form as reported.
            content: B256 = 256,
        }
    }
}

record! {
    /// Inspection or correction under way.
    Inspection [1] {
        {
            /// Campaign; 0 for an order to correct.
            campaign: u32 = 32,
            /// The clock.
            clock: Option<Clock> = 8,
            /// Day on which it started.
            start: u32 = 32,
            /// Working days it runs.
            days: u16 = 16,
            /// Whether the last time limit of an order to correct passed without a report.
            missed: bool = 8,
        }
    }
}

record! {
    /// An announced end.
    Termination [2] {
        {
            /// Planned last day.
            planned: u32 = 32,
            /// Day of the announcement.
            notified: u32 = 32,
        }
        {
            /// Digest of the arrangements.
            arrangements: B256 = 256,
        }
    }
}

record! {
    /// An objection.
    Objection [2] {
        {
            /// Who objected.
            account: Address = 160,
            /// Its state.
            state: State = 8,
            /// Day of the objection.
            day: u32 = 32,
            /// Service concerned.
            service: u64 = 40,
            /// Working days to decide.
            days: u16 = 16,
        }
        {
            /// Digest of the evidence.
            evidence: B256 = 256,
        }
    }
}

record! {
    /// A measure.
    Penalty [3] {
        {
            /// First hand.
            account: Address = 160,
            /// Its state.
            state: State = 8,
            /// The measure.
            measure: Option<Measure> = 8,
            /// Article of the penalty table.
            article: u8 = 8,
            /// Number of the breached duty.
            breach: u8 = 8,
            /// Number of the ground of a fine.
            ground: u8 = 8,
            /// Day of the measure or of its proposal.
            day: u32 = 32,
        }
        {
            /// Second hand of a fine.
            second: Address = 160,
            /// Service concerned.
            service: u64 = 40,
            /// Amount of a fine.
            amount_fen: u64 = 56,
        }
        {
            /// Digest of the notice.
            notice: B256 = 256,
        }
    }
}

record! {
    /// A security assessment.
    Assessment [2] {
        {
            /// Its state.
            state: State = 8,
            /// Service concerned.
            service: u64 = 40,
            /// Day of the report.
            day: u32 = 32,
            /// Day on which the new function is to go live.
            go_live: u32 = 32,
            /// Working days to decide.
            days: u16 = 16,
        }
        {
            /// Digest of the assessment.
            report: B256 = 256,
        }
    }
}

record! {
    /// A campaign of inspection.
    Campaign [1] {
        {
            /// Its state.
            state: State = 8,
            /// Who opened it.
            organisation: u32 = 32,
            /// Day it was opened.
            day: u32 = 32,
            /// Working days to answer.
            days: u16 = 16,
            /// Services inspected.
            services: u32 = 32,
            /// Inspections neither closed nor turned into orders.
            open: u32 = 32,
        }
    }
}

record! {
    /// What an article provides, now and from a later day on.
    Articles [2] {
        {
            /// Day from which this holds; 0: nothing was set.
            from: u32 = 32,
            /// Least fine.
            min_fen: u64 = 56,
            /// Highest fine.
            max_fen: u64 = 56,
            /// Duties.
            breaches: u32 = 32,
            /// Measures.
            measures: u8 = 8,
        }
        {
            /// Day from which the next holds; 0: none is set.
            next_from: u32 = 32,
            /// Least fine.
            next_min_fen: u64 = 56,
            /// Highest fine.
            next_max_fen: u64 = 56,
            /// Duties.
            next_breaches: u32 = 32,
            /// Measures.
            next_measures: u8 = 8,
        }
    }
}

record! {
    /// Working days of a clock, now and from a later day on.
    Period [1] {
        {
            /// Working days; 0: nothing was set.
            days: u16 = 16,
            /// Working days from the next day on.
            next_days: u16 = 16,
            /// That day; 0: none is set.
            next_from: u32 = 32,
        }
    }
}
