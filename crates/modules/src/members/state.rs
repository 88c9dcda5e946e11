//! Storage of `members`, in Solidity layout.
//!
//! | slot | type                          | meaning                                              |
//! |------|-------------------------------|------------------------------------------------------|
//! | 0    | uint32                        | organisations; they are numbered from 1              |
//! | 1    | mapping(uint32 => Profile)    | roles and code by number                             |
//! | 2    | mapping(uint32 => string)     | name by number                                       |
//! | 3    | mapping(address => Membership) | organisation an account acts for; the zero word: none |
//! | 4    | mapping(uint32 => address\[\])  | accounts by organisation                             |
//! | 5    | bytes32\[\]                     | keys of validators, ascending                        |
//! | 6    | bytes32\[\]                     | keys of observers                                    |
//! | 7    | mapping(bytes32 => Seat)      | what a member's key stands for; the zero word: nothing |
//! | 8    | mapping(bytes32 => uint32)    | organisation by keccak256 of its name                |
//! | 9    | mapping(bytes32 => uint32)    | organisation by code                                 |
//! | 10   | mapping(uint32 => uint256)    | who votes: bit (n - 1) % 256 of entry electorate * 256 + (n - 1) / 256 for organisation n |
//! | 11   | mapping(bytes32 => uint64)    | parameter by name; zero: the usual value             |
//! | 12   | uint64                        | proposals; they are numbered from 1                  |
//! | 13   | mapping(uint64 => Proposal)   | proposal by number                                   |
//! | 14   | mapping(bytes32 => uint64)    | latest proposal by keccak256(target, keccak256(input)) |
//! | 15   | mapping(uint64 => mapping(uint32 => Ballots)) | votes by proposal and (n - 1) / 256  |

use super::terms::Status;
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
/// The organisation an account acts for.
pub const ORGANISATION_OF: Map<Address, Membership> = Map::at(ADDRESS, 3);
/// Accounts by organisation.
pub const ACCOUNTS: Map<u32, List<Address>> = Map::at(ADDRESS, 4);
/// Keys of validators, ascending.
pub const VALIDATORS: List<B256> = List::at(ADDRESS, 5);
/// Keys of observers, in the order of genesis.
pub const OBSERVERS: List<B256> = List::at(ADDRESS, 6);
/// What a member's key stands for.
pub const SEATS: Map<B256, Seat> = Map::at(ADDRESS, 7);
/// Organisation by Keccak-256 of its name.
pub const BY_NAME: Map<B256, u32> = Map::at(ADDRESS, 8);
/// Organisation by unified social credit code, left-aligned ASCII.
pub const BY_CODE: Map<B256, u32> = Map::at(ADDRESS, 9);
/// Organisations that vote, a bit each.
pub const ELECTORATES: Map<u32, U256> = Map::at(ADDRESS, 10);
/// Parameter by name; zero stands for the usual value.
pub const PARAMETERS: Map<B256, u64> = Map::at(ADDRESS, 11);
/// Number of proposals.
pub const PROPOSAL_COUNT: Cell<u64> = Cell::at(ADDRESS, 12);
/// Proposal by number.
pub const PROPOSALS: Map<u64, Proposal> = Map::at(ADDRESS, 13);
/// Latest proposal of a call.
pub const BY_CONTENT: Map<B256, u64> = Map::at(ADDRESS, 14);
/// Votes by proposal, 256 organisations an entry.
pub const BALLOTS: Map<u64, Map<u32, Ballots>> = Map::at(ADDRESS, 15);

/// The slot that says for which organisation an account acts; absent if for none.
pub fn organisation_slot(account: Address) -> U256 {
    ORGANISATION_OF.slot_of(account)
}

/// For which organisation an account acts. One word, low bits first: organisation (32) | place in
/// the list of its accounts (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Number of the organisation; 0 if none.
    pub organisation: u32,
    /// Place in [`ACCOUNTS`], from 0 on.
    pub place: u64,
}

/// A proposal. First word, low bits first: target (160) | end of the vote in ms (48) | organisation
/// (32) | status (8). Second: proposer (160) | not before, in ms (48) | decided, in ms (48). Third:
/// digest of the input. Fourth: digest of the title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The module that carries it out.
    pub target: Address,
    /// Votes are taken until this time.
    pub ends_ms: u64,
    /// Who proposed.
    pub organisation: u32,
    /// Where it stood when it was last written.
    pub status: Status,
    /// The account that proposed.
    pub proposer: Address,
    /// It may be carried out from this time on.
    pub not_before_ms: u64,
    /// When it was approved or rejected; 0 before.
    pub decided_ms: u64,
    /// Keccak-256 of the input.
    pub digest: B256,
    /// Keccak-256 of the title.
    pub title: B256,
}

/// Votes of 256 organisations, a bit each. An organisation that voted is in one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ballots {
    /// Those who approve.
    pub approve: U256,
    /// Those who reject.
    pub reject: U256,
}

impl Stored for Membership {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[(U256::from(self.organisation), 32), (U256::from(self.place), 64)])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [organisation, place] = unpack(*word, [32, 64])?;
        Some(Self { organisation: organisation.to(), place: place.to() })
    }
}

impl Stored for Proposal {
    type Words = [U256; 4];

    fn to_words(&self) -> [U256; 4] {
        let address = |address: Address| (address.into_word().into(), 160);
        let time = |ms: u64| (U256::from(ms), TIME_BITS);
        let first = pack(&[
            address(self.target),
            time(self.ends_ms),
            (U256::from(self.organisation), 32),
            (U256::from(self.status.number()), 8),
        ]);
        let second = pack(&[address(self.proposer), time(self.not_before_ms), time(self.decided_ms)]);
        [first, second, self.digest.into(), self.title.into()]
    }

    fn from_words([first, second, digest, title]: &[U256; 4]) -> Option<Self> {
        let [target, ends, organisation, status] = unpack(*first, [160, TIME_BITS, 32, 8])?;
        let [proposer, not_before, decided] = unpack(*second, [160, TIME_BITS, TIME_BITS])?;
        Some(Self {
            target: Address::from_word(target.into()),
            ends_ms: ends.to(),
            organisation: organisation.to(),
            status: Status::from_number(status.to())?,
            proposer: Address::from_word(proposer.into()),
            not_before_ms: not_before.to(),
            decided_ms: decided.to(),
            digest: (*digest).into(),
            title: (*title).into(),
        })
    }
}

/// Bits of a time in ms: until the year 10889.
pub const TIME_BITS: usize = 48;

impl Stored for Ballots {
    type Words = [U256; 2];

    fn to_words(&self) -> [U256; 2] {
        [self.approve, self.reject]
    }

    fn from_words([approve, reject]: &[U256; 2]) -> Option<Self> {
        (*approve & *reject).is_zero().then_some(Self { approve: *approve, reject: *reject })
    }
}

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
