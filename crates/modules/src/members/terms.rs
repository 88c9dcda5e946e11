//! The fixed vocabularies of `members`: roles of organisations and divisions of the country.

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
