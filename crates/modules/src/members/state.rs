//! Storage of `members`, in Solidity layout.
//!
//! | slot | type                          | meaning                                              |
//! |------|-------------------------------|------------------------------------------------------|
//! | 0    | uint32                        | organisations; they are numbered from 1              |
//! | 1    | mapping(uint32 => Profile)    | roles and code by number                             |
//! | 2    | mapping(uint32 => string)     | name by number                                       |
//! | 3    | mapping(address => uint32)    | number of the organisation an account acts for       |
//! | 4    | mapping(uint32 => address\[\])  | accounts by organisation                             |
//! | 5    | bytes32\[\]                     | keys of validators, ascending                        |
//! | 6    | bytes32\[\]                     | keys of observers                                    |
//! | 7    | mapping(bytes32 => Seat)      | what a member's key stands for; the zero word: nothing |

use crate::storage::{Cell, List, Map, Stored, Text, pack, unpack};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0001");

/// Number of organisations.
pub const COUNT: Cell<u32> = Cell::at(ADDRESS, 0);
/// Roles and code by number.
pub const PROFILES: Map<u32, Profile> = Map::at(ADDRESS, 1);
/// Name by number.
pub const NAMES: Map<u32, Text> = Map::at(ADDRESS, 2);
/// Number of the organisation an account acts for; 0 if none.
pub const ORGANISATION_OF: Map<Address, u32> = Map::at(ADDRESS, 3);
/// Accounts by organisation.
pub const ACCOUNTS: Map<u32, List<Address>> = Map::at(ADDRESS, 4);
/// Keys of validators, ascending.
pub const VALIDATORS: List<B256> = List::at(ADDRESS, 5);
/// Keys of observers, in the order of genesis.
pub const OBSERVERS: List<B256> = List::at(ADDRESS, 6);
/// What a member's key stands for.
pub const SEATS: Map<B256, Seat> = Map::at(ADDRESS, 7);

/// An organisation without its name. First word, low bits first: roles (64) | validators (32) |
/// observers (32) | division (8). Second word: unified social credit code, left-aligned ASCII, or zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Bit r is set for role r.
    pub roles: u64,
    /// Members it runs that vote.
    pub validators: u32,
    /// Members it runs that follow.
    pub observers: u32,
    /// First two digits of the administrative division it is responsible for; 0 if none.
    pub division: u8,
    /// Unified social credit code, left-aligned ASCII; zero if none.
    pub code: B256,
}

impl Stored for Profile {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        let Self { roles, validators, observers, division, code } = *self;
        let first = pack(&[
            (U256::from(roles), 64),
            (U256::from(validators), 32),
            (U256::from(observers), 32),
            (U256::from(division), 8),
        ]);
        [first, code.into()]
    }

    fn from_words([first, code]: &[U256; 2]) -> Option<Self> {
        let [roles, validators, observers, division] = unpack(*first, [64, 32, 32, 8])?;
        Some(Self {
            roles: roles.to(),
            validators: validators.to(),
            observers: observers.to(),
            division: division.to(),
            code: (*code).into(),
        })
    }
}

/// What a member's key stands for. One word, low bits first: organisation (32) | kind (8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seat {
    /// Who runs the member; 0 if genesis names nobody.
    pub organisation: u32,
    /// Whether it votes.
    pub kind: SeatKind,
}

/// Whether a member votes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeatKind {
    /// No member has this key.
    #[default]
    None,
    /// It votes.
    Validator,
    /// It follows.
    Observer,
}

impl Stored for Seat {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let kind: u8 = match self.kind {
            SeatKind::None => 0,
            SeatKind::Validator => 1,
            SeatKind::Observer => 2,
        };
        [pack(&[(U256::from(self.organisation), 32), (U256::from(kind), 8)])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [organisation, kind] = unpack(*word, [32, 8])?;
        let kind = match kind.to::<u8>() {
            0 if organisation.is_zero() => SeatKind::None,
            1 => SeatKind::Validator,
            2 => SeatKind::Observer,
            _ => return None,
        };
        Some(Self { organisation: organisation.to(), kind })
    }
}
