//! Storage of `identity`, in Solidity layout.
//!
//! | slot | type                                               | meaning                                |
//! |------|----------------------------------------------------|----------------------------------------|
//! | 0    | Counts                                             | numbers given so far; kind of chain    |
//! | 1    | mapping(address => Standing)                       | what admission reads, one word         |
//! | 2    | mapping(address => Account)                        | binding of an account, or its successor |
//! | 3    | mapping(uint64 => Binding)                         | binding by number                      |
//! | 4    | mapping(uint64 => mapping(uint32 => address))      | accounts under a root, by place from 1 |
//! | 5    | mapping(uint32 => Authority)                       | authority by number                    |
//! | 6    | mapping(uint32 => string)                          | name of an authority                   |
//! | 7    | mapping(uint32 => uint32)                          | authority that an organisation is now  |
//! | 8    | mapping(uint32 => mapping(bytes32 => uint64))      | live binding by authority and subject  |
//! | 9    | mapping(address => mapping(address => Invitation)) | invitation by account and inviter      |

use super::standing::Standing;
use crate::storage::{Cell, Map, Stored, Text, pack, unpack};
use ding_primitives::{Address, B256, U256, address};

/// Where the module lives.
pub const ADDRESS: Address = address!("00000000000000000000000000000000000d0004");

/// Numbers given so far; kind of chain.
pub const COUNTS: Cell<Counts> = Cell::at(ADDRESS, 0);
/// What admission reads.
pub const STANDINGS: Map<Address, Standing> = Map::at(ADDRESS, 1);
/// Binding of an account, or its successor.
pub const ACCOUNTS: Map<Address, Account> = Map::at(ADDRESS, 2);
/// Bindings by number.
pub const BINDINGS: Map<u64, Binding> = Map::at(ADDRESS, 3);
/// Accounts under a root, by place from 1 on.
pub const PLACES: Map<u64, Map<u32, Address>> = Map::at(ADDRESS, 4);
/// Authorities by number.
pub const AUTHORITIES: Map<u32, Authority> = Map::at(ADDRESS, 5);
/// Names of authorities.
pub const NAMES: Map<u32, Text> = Map::at(ADDRESS, 6);
/// The authority that an organisation is now.
pub const AUTHORITY_OF: Map<u32, u32> = Map::at(ADDRESS, 7);
/// Live binding by authority and subject.
pub const LIVE: Map<u32, Map<B256, u64>> = Map::at(ADDRESS, 8);
/// Invitations by account and inviter.
pub const INVITATIONS: Map<Address, Map<Address, Invitation>> = Map::at(ADDRESS, 9);

/// Bits of a time in milliseconds: until the year 10889.
pub const TIME_BITS: usize = 48;

/// Numbers given so far. One word, low bits first: bindings (64) | authorities (32) | successions of
/// authorities (32) | whether accounts without standing are refused (8) | freezes (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bindings ever made.
    pub bindings: u64,
    /// Authorities ever appointed.
    pub authorities: u32,
    /// Authorities that a successor took over from.
    pub successions: u32,
    /// Whether accounts without standing are refused.
    pub bound: bool,
    /// Freezes ever ordered; while there was none, no account of an open chain is looked at.
    pub freezes: u64,
}

/// Whose an account is. One word, low bits first: binding (64) | place in it (32; 0 for the root) |
/// successor (160; zero unless it was replaced).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Number of the binding; never 0 once written.
    pub binding: u64,
    /// Place among the accounts under the root; 0 for the root, and for an account that left.
    pub place: u32,
    /// The account that replaced it.
    pub successor: Address,
}

/// A subject bound by an authority. First word, low bits first: root (160) | authority (32) | kind (8)
/// | level (8) | status (8) | accounts under the root (8). Then subject and name digest, a word each.
/// Last word: expiry (48) | time (48) | height (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// The account it stands on.
    pub root: Address,
    /// Who made it.
    pub authority: u32,
    /// Number of the kind.
    pub kind: u8,
    /// Number of the level.
    pub level: u8,
    /// Number of the status.
    pub status: u8,
    /// Accounts under the root.
    pub further: u8,
    /// Salted commitment to a person, or the code of an organisation.
    pub subject: B256,
    /// Digest of the name, or zero.
    pub name_digest: B256,
    /// When standing ends; 0 for no end.
    pub expiry_ms: u64,
    /// Time at which it was made.
    pub timestamp_ms: u64,
    /// Height at which it was made.
    pub height: u64,
}

/// An identity authority. One word, low bits first: organisation (32) | from (48) | ended (48) |
/// successor (32) | live bindings (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Authority {
    /// Number of the organisation in `members`; never 0 once written.
    pub organisation: u32,
    /// When it may begin.
    pub from_ms: u64,
    /// When it was dismissed; 0 if it was not.
    pub ended_ms: u64,
    /// Who answers for its bindings since; 0 if nobody.
    pub successor: u32,
    /// Live bindings that it answers for.
    pub live: u64,
}

/// An invitation. One word, low bits first: purpose (8) | until (48) | binding (64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invitation {
    /// Number of the purpose; never 0 once written.
    pub purpose: u8,
    /// When it ends.
    pub until_ms: u64,
    /// The inviter's binding.
    pub binding: u64,
}

impl Stored for Counts {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[
            (U256::from(self.bindings), 64),
            (U256::from(self.authorities), 32),
            (U256::from(self.successions), 32),
            (U256::from(u8::from(self.bound)), 8),
            (U256::from(self.freezes), 64),
        ])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [bindings, authorities, successions, bound, freezes] = unpack(*word, [64, 32, 32, 8, 64])?;
        Some(Self {
            bindings: bindings.to(),
            authorities: authorities.to(),
            successions: successions.to(),
            bound: bool::from_words(&[bound])?,
            freezes: freezes.to(),
        })
    }
}

impl Stored for Account {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let successor = self.successor.into_word().into();
        [pack(&[(U256::from(self.binding), 64), (U256::from(self.place), 32), (successor, 160)])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [binding, place, successor] = unpack(*word, [64, 32, 160])?;
        let successor = Address::from_word(successor.into());
        Some(Self { binding: binding.to(), place: place.to(), successor })
    }
}

impl Stored for Binding {
    type Words = [U256; 4];

    fn to_words(&self) -> [U256; 4] {
        let first = pack(&[
            (self.root.into_word().into(), 160),
            (U256::from(self.authority), 32),
            (U256::from(self.kind), 8),
            (U256::from(self.level), 8),
            (U256::from(self.status), 8),
            (U256::from(self.further), 8),
        ]);
        let last = pack(&[
            (U256::from(self.expiry_ms), TIME_BITS),
            (U256::from(self.timestamp_ms), TIME_BITS),
            (U256::from(self.height), 64),
        ]);
        [first, self.subject.into(), self.name_digest.into(), last]
    }

    fn from_words([first, subject, name_digest, last]: &[U256; 4]) -> Option<Self> {
        let [root, authority, kind, level, status, further] = unpack(*first, [160, 32, 8, 8, 8, 8])?;
        let [expiry, time, height] = unpack(*last, [TIME_BITS, TIME_BITS, 64])?;
        Some(Self {
            root: Address::from_word(root.into()),
            authority: authority.to(),
            kind: kind.to(),
            level: level.to(),
            status: status.to(),
            further: further.to(),
            subject: (*subject).into(),
            name_digest: (*name_digest).into(),
            expiry_ms: expiry.to(),
            timestamp_ms: time.to(),
            height: height.to(),
        })
    }
}

impl Stored for Authority {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        [pack(&[
            (U256::from(self.organisation), 32),
            (U256::from(self.from_ms), TIME_BITS),
            (U256::from(self.ended_ms), TIME_BITS),
            (U256::from(self.successor), 32),
            (U256::from(self.live), 64),
        ])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [organisation, from, ended, successor, live] = unpack(*word, [32, TIME_BITS, TIME_BITS, 32, 64])?;
        Some(Self {
            organisation: organisation.to(),
            from_ms: from.to(),
            ended_ms: ended.to(),
            successor: successor.to(),
            live: live.to(),
        })
    }
}

impl Stored for Invitation {
    type Words = [U256; 1];

    fn to_words(&self) -> [U256; 1] {
        let Self { purpose, until_ms, binding } = self;
        [pack(&[(U256::from(*purpose), 8), (U256::from(*until_ms), TIME_BITS), (U256::from(*binding), 64)])]
    }

    fn from_words([word]: &[U256; 1]) -> Option<Self> {
        let [purpose, until, binding] = unpack(*word, [8, TIME_BITS, 64])?;
        Some(Self { purpose: purpose.to(), until_ms: until.to(), binding: binding.to() })
    }
}
