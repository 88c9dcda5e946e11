//! The fixed vocabularies of `members`: roles, divisions, electorates, parameters, states of proposals.

use ding_primitives::{Address, B256, address};
use serde::{Deserialize, Serialize};

/// What an organisation may do beyond the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Supervises the chain: the national administration.
    Supervisor,
    /// Attests evidence.
    Notary,
    /// Weighs evidence.
    Court,
    /// Administration of the province whose division the organisation names.
    Provincial,
    /// Competent industry department, or unit that recommends pilots.
    Competent,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Supervisor, Self::Notary, Self::Court, Self::Provincial, Self::Competent];

    /// Bits that [`Role::bit`] gives.
    pub const MASK: u64 = 0b11_1110;

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Supervisor => 1,
            Self::Notary => 2,
            Self::Court => 3,
            Self::Provincial => 4,
            Self::Competent => 5,
        }
    }

    /// The role with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.number() == number)
    }

    /// What people call it; as in the genesis file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::Notary => "notary",
            Self::Court => "court",
            Self::Provincial => "provincial",
            Self::Competent => "competent",
        }
    }

    /// Its bit in the roles of an organisation.
    pub const fn bit(self) -> u64 {
        1 << self.number()
    }

    /// Names of the roles whose bits are set, or `none`.
    pub fn names(roles: u64) -> String {
        let names: Vec<_> =
            Self::ALL.into_iter().filter(|role| roles & role.bit() != 0).map(Self::name).collect();
        if names.is_empty() { "none".into() } else { names.join(", ") }
    }
}

/// First two digits of the administrative divisions of the country (GB/T 2260), ascending.
pub const DIVISIONS: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82,
];

/// Whether an organisation may name this division: a known one, or none (0) unless it is a
/// provincial administration.
pub fn division_fits(division: u8, roles: u64) -> bool {
    if division == 0 { roles & Role::Provincial.bit() == 0 } else { DIVISIONS.contains(&division) }
}

/// Who decides on a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Electorate {
    /// Organisations with the role supervisor.
    Supervisors,
    /// Organisations that run at least one validator.
    Validators,
}

/// Modules whose calls the supervisors decide on: `calendar`, `services`, `filing`, `pilot`, `orders`.
pub const SUPERVISED: [Address; 5] = [
    address!("00000000000000000000000000000000000d0003"),
    address!("00000000000000000000000000000000000d0006"),
    address!("00000000000000000000000000000000000d0007"),
    address!("00000000000000000000000000000000000d0008"),
    address!("00000000000000000000000000000000000d0009"),
];

impl Electorate {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Supervisors, Self::Validators];

    /// Who decides on calls of this module.
    pub fn of(target: &Address) -> Self {
        if SUPERVISED.contains(target) { Self::Supervisors } else { Self::Validators }
    }

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Supervisors => 1,
            Self::Validators => 2,
        }
    }

    /// Who they are, in words.
    pub fn name(number: u8) -> &'static str {
        match number {
            1 => "organisations with the role supervisor",
            2 => "organisations that run a validator",
            _ => "nobody",
        }
    }
}

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Takes votes.
    Open,
    /// Waits to be carried out.
    Approved,
    /// Voted down.
    Rejected,
    /// Taken back by who proposed it.
    Withdrawn,
    /// Carried out.
    Executed,
    /// Its time to vote ended without a decision. Never stored: it follows from the time.
    Ended,
    /// Approved and not carried out in time. Never stored: it follows from the time.
    Lapsed,
}

impl Status {
    /// Every status, in the order of numbers.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Approved,
        Self::Rejected,
        Self::Withdrawn,
        Self::Executed,
        Self::Ended,
        Self::Lapsed,
    ];

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Open => 1,
            Self::Approved => 2,
            Self::Rejected => 3,
            Self::Withdrawn => 4,
            Self::Executed => 5,
            Self::Ended => 6,
            Self::Lapsed => 7,
        }
    }

    /// The status with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.number() == number)
    }

    /// What people and the command line call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Executed => "carried out",
            Self::Ended => "ended without a decision",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A number that the consortium agrees on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parameter {
    /// Share of the electorate that has to vote, in thousandths.
    ParticipationPermille,
    /// Share of the electorate that has to approve, in thousandths.
    ApprovalPermille,
    /// How long a proposal takes votes.
    VotingMs,
    /// How long an approved proposal may be carried out.
    ExecutionMs,
}

const HOUR_MS: u64 = 60 * 60 * 1_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 4] =
        [Self::ParticipationPermille, Self::ApprovalPermille, Self::VotingMs, Self::ExecutionMs];

    /// Its name in the interface and in the genesis file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ParticipationPermille => "participation_permille",
            Self::ApprovalPermille => "approval_permille",
            Self::VotingMs => "voting_ms",
            Self::ExecutionMs => "execution_ms",
        }
    }

    /// Its name as a word: ASCII from the left.
    pub fn word(self) -> B256 {
        B256::right_padding_from(self.name().as_bytes())
    }

    /// The parameter with this name.
    pub fn from_word(word: B256) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.word() == word)
    }

    /// The parameter with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name() == name)
    }

    /// Its value where nobody set it.
    pub const fn usual(self) -> u64 {
        match self {
            Self::ParticipationPermille => 500,
            Self::ApprovalPermille => 667,
            Self::VotingMs => 7 * DAY_MS,
            Self::ExecutionMs => 30 * DAY_MS,
        }
    }

    /// Smallest and largest value. An electorate can always reach a share of at most 1000; approval by
    /// half or less could decide a thing and its opposite.
    pub const fn range(self) -> (u64, u64) {
        match self {
            Self::ParticipationPermille => (1, 1_000),
            Self::ApprovalPermille => (501, 1_000),
            Self::VotingMs => (HOUR_MS, 90 * DAY_MS),
            Self::ExecutionMs => (DAY_MS, 365 * DAY_MS),
        }
    }

    /// Whether the value is in range.
    pub fn takes(self, value: u64) -> bool {
        let (min, max) = self.range();
        (min..=max).contains(&value)
    }
}

/// Whether an organisation may have this name: some characters but not too many, none of them a
/// control character, no spaces at its ends.
pub fn name_fits(name: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&name.chars().count())
        && !name.chars().any(char::is_control)
        && name.trim() == name
}
