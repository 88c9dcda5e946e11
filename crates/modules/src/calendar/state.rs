//! Storage of `calendar`, in Solidity layout.
//!
//! | slot | type                    | meaning                                                     |
//! |------|-------------------------|-------------------------------------------------------------|
//! | 0    | uint256                 | bit y is set if year 2000 + y has a table                   |
//! | 1    | mapping(uint32 => Table) | table by year                                              |
//! | 2    | mapping(uint32 => Table) | the correction that follows it, if `next` of the first says so |

use super::{day::Day, table::WorkingDays};
use crate::storage::{Cell, Map, Stored, pack, unpack};
use ding_primitives::{Address, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0003");

/// Years that have a table: bit y for year 2000 + y.
pub const YEARS: Cell<U256> = Cell::at(ADDRESS, 0);
/// Table by year.
pub const TABLES: Map<u32, Table> = Map::at(ADDRESS, 1);
/// The correction that follows the table in [`TABLES`].
pub const NEXT: Map<u32, Table> = Map::at(ADDRESS, 2);

/// The table of a year. First word, low bits first: version (32) | first day of effect (32) |
/// working days 1 to 192, a bit each. Second word: working days 193 to 366 in 192 bits | first day
/// of effect of the correction that follows (32; zero if none does).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// From 1 on; each correction is one more.
    pub version: u32,
    /// Computations use the table from this day on.
    pub effective: Day,
    /// The working days.
    pub days: WorkingDays,
    /// From this day on computations use the table in [`NEXT`]; `None` if there is none.
    pub next: Option<Day>,
}

impl Stored for Table {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let Self { version, effective, days: WorkingDays([a, b, c, d, e, f]), next } = *self;
        let half = |limbs: [u64; 3]| (pack(&limbs.map(|limb| (U256::from(limb), 64))), 192);
        let next = next.map_or(0, Day::get);
        [
            pack(&[(U256::from(version), 32), (U256::from(effective.get()), 32), half([a, b, c])]),
            pack(&[half([d, e, f]), (U256::from(next), 32)]),
        ]
    }

    fn from_words([first, second]: &[U256; 2]) -> Option<Self> {
        let [version, effective, a, b, c] = unpack(*first, [32, 32, 64, 64, 64])?;
        let [d, e, f, next] = unpack(*second, [64, 64, 64, 32])?;
        let next = Some(Day::new(next.to())).filter(|day| day.get() != 0);
        let days = WorkingDays([a, b, c, d, e, f].map(|limb| limb.to()));
        Some(Self { version: version.to(), effective: Day::new(effective.to()), days, next })
    }
}
