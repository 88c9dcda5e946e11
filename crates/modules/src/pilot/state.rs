//! Storage of `pilot`, in Solidity layout.
//!
//! | slot | type                                                            | meaning                            |
//! |------|-----------------------------------------------------------------|------------------------------------|
//! | 0    | Counts                                                          | pilots, documents, entities ever   |
//! | 1    | Parameters                                                      | what the supervisors set; zero: defaults |
//! | 2    | mapping(uint32 => Pilot)                                        | pilot by number                    |
//! | 3    | mapping(uint32 => Plan)                                         | its title, days and documents      |
//! | 4    | mapping(bytes32 => Entity)                                      | entity by code                     |
//! | 5    | mapping(address => bytes32)                                     | entity by account                  |
//! | 6    | mapping(bytes32 => mapping(uint32 => Held))                     | live pilots by entity and field    |
//! | 7    | mapping(uint32 => uint32)                                       | live comprehensive pilot by zone   |
//! | 8    | mapping(uint32 => Document)                                     | source document by number          |
//! | 9    | mapping(uint32 => mapping(uint32 => Indicator))                 | by pilot and number                |
//! | 10   | mapping(uint32 => mapping(uint32 => mapping(uint32 => Entry)))  | by pilot, indicator and number     |
//! | 11   | mapping(uint32 => mapping(uint32 => mapping(uint32 => uint32))) | last entry by pilot, indicator, day |
//! | 12   | mapping(uint32 => mapping(uint32 => bytes32))                   | filing numbers by pilot and place  |
//! | 13   | mapping(uint32 => mapping(uint32 => Comment))                   | by pilot and number                |
//! | 14   | mapping(uint32 => mapping(address => uint32))                   | comments by pilot and account      |
//! | 15   | mapping(uint32 => mapping(uint32 => Adjustment))                | by pilot and number                |
//! | 16   | mapping(uint32 => Evaluation)                                   | last evaluation by pilot           |
//! | 17   | mapping(uint32 => Removal)                                      | proposal of removal by pilot       |
//! | 18   | uint32                                                          | first day of this ledger           |
//!
//! The first word of a pilot is never zero and holds its kind and state, so one slot proves where a
//! pilot stands, or, being absent, that there is none ([`pilot_slot`]).

mod doings;
mod records;
mod words;

pub use self::{
    doings::{Adjustment, Comment, Entry, Evaluation, Indicator, Removal},
    records::{Counts, Document, Entity, Held, Parameters, Pilot, Plan},
};
use crate::storage::{Cell, Map};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0008");

/// Pilots, documents and entities ever.
pub const COUNTS: Cell<Counts> = Cell::at(ADDRESS, 0);
/// What the supervisors set; the zero word stands for [`Parameters::DEFAULT`].
pub const PARAMETERS: Cell<Parameters> = Cell::at(ADDRESS, 1);
/// Pilots by number.
pub const PILOTS: Map<u32, Pilot> = Map::at(ADDRESS, 2);
/// Title, days and documents by number of the pilot.
pub const PLANS: Map<u32, Plan> = Map::at(ADDRESS, 3);
/// Entities by unified social credit code, left-aligned ASCII.
pub const ENTITIES: Map<B256, Entity> = Map::at(ADDRESS, 4);
/// Entity by the account that acts for it.
pub const ENTITY_OF: Map<Address, B256> = Map::at(ADDRESS, 5);
/// Live pilots by entity and field; field 0 for comprehensive ones.
pub const HELD: Map<B256, Map<u32, Held>> = Map::at(ADDRESS, 6);
/// Live comprehensive pilot by zone.
pub const OF_ZONE: Map<u32, u32> = Map::at(ADDRESS, 7);
/// Source documents by number.
pub const DOCUMENTS: Map<u32, Document> = Map::at(ADDRESS, 8);
/// Indicators by pilot and number, from 0 on.
pub const INDICATORS: Map<u32, Map<u32, Indicator>> = Map::at(ADDRESS, 9);
/// Entries by pilot, indicator and number, from 1 on.
pub const ENTRIES: Map<u32, Map<u32, Map<u32, Entry>>> = Map::at(ADDRESS, 10);
/// Number of the last entry by pilot, indicator and day.
pub const LAST_ENTRY: Map<u32, Map<u32, Map<u32, u32>>> = Map::at(ADDRESS, 11);
/// Filing numbers by pilot and place, from 0 on.
pub const FILINGS: Map<u32, Map<u32, B256>> = Map::at(ADDRESS, 12);
/// Comments by pilot and number, from 1 on.
pub const COMMENTS: Map<u32, Map<u32, Comment>> = Map::at(ADDRESS, 13);
/// Number of comments by pilot and account.
pub const COMMENTS_OF: Map<u32, Map<Address, u32>> = Map::at(ADDRESS, 14);
/// Adjustment orders by pilot and number, from 1 on.
pub const ADJUSTMENTS: Map<u32, Map<u32, Adjustment>> = Map::at(ADDRESS, 15);
/// Last evaluation by pilot.
pub const EVALUATIONS: Map<u32, Evaluation> = Map::at(ADDRESS, 16);
/// Proposal of removal by pilot.
pub const REMOVALS: Map<u32, Removal> = Map::at(ADDRESS, 17);

/// Day of the genesis block.
pub const FIRST_DAY: Cell<u32> = Cell::at(ADDRESS, 18);

/// The slot that holds where a pilot stands ([`Pilot`], first word); absent if there is none.
pub fn pilot_slot(id: u32) -> U256 {
    PILOTS.slot_of(id)
}
