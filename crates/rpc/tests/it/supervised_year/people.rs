//! Who takes part, and the genesis file of their chain.

use ding_execution::mocks::Wallet;
use ding_primitives::{Address, Spec};
use serde_json::json;

/// An account that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who(pub(crate) u64);

impl Who {
    pub(crate) fn address(self) -> Address {
        Wallet::new(self.0).address()
    }

    /// The account of the provider with this place in the word lists.
    pub(crate) const fn firm(place: usize) -> Self {
        Self(1_000 + place as u64)
    }

    /// The account of the pilot unit with this place.
    pub(crate) const fn unit(place: usize) -> Self {
        Self(5_000 + place as u64)
    }
}

/// Three people of the national administration, and another account of the first of them.
pub(crate) const FIRST: Who = Who(101);
pub(crate) const SECOND: Who = Who(102);
pub(crate) const THIRD: Who = Who(103);
pub(crate) const FIRST_AGAIN: Who = Who(104);
/// One person of each provincial administration.
pub(crate) const BEIJING: Who = Who(111);
pub(crate) const SHANGHAI: Who = Who(131);
pub(crate) const ZHEJIANG: Who = Who(133);
pub(crate) const GUANGDONG: Who = Who(144);
/// Competent departments.
pub(crate) const INDUSTRY: Who = Who(151);
pub(crate) const FINANCE: Who = Who(152);
/// Identity authorities.
pub(crate) const OFFICE: Who = Who(161);
pub(crate) const OTHER_OFFICE: Who = Who(162);
/// Two people of the public, and an account that nobody bound.
pub(crate) const CITIZEN: Who = Who(171);
pub(crate) const NEIGHBOUR: Who = Who(172);
pub(crate) const STRANGER: Who = Who(179);

/// Numbers of organisations, in the order of genesis.
pub(crate) const OF_INDUSTRY: u32 = 6;
pub(crate) const OF_FINANCE: u32 = 7;
pub(crate) const OF_OTHER_OFFICE: u32 = 9;

/// The provincial administration of a division, where it is a member.
pub(crate) const fn province(division: u32) -> Option<Who> {
    match division / 10_000 {
        11 => Some(BEIJING),
        31 => Some(SHANGHAI),
        33 => Some(ZHEJIANG),
        44 => Some(GUANGDONG),
        _ => None,
    }
}

/// A chain whose members are the administrations: nobody acts on it whom no authority bound.
pub(crate) fn genesis(spec: &mut Spec) {
    let accounts = |people: &[Who]| people.iter().map(|who| who.address()).collect::<Vec<_>>();
    let key = |place: usize| [spec.validators[place].key];
    let province = |name: &str, division: u8, who: Who| json!({"name": name, "roles": ["provincial"], "division": division, "accounts": accounts(&[who])});
    let members = json!({"organisations": [
        {"name": "National administration", "code": "11100000MB0000019L", "roles": ["supervisor"],
         "accounts": accounts(&[FIRST, SECOND, THIRD, FIRST_AGAIN]), "validators": key(0)},
        {"name": "Administration of Beijing", "roles": ["provincial"], "division": 11,
         "accounts": accounts(&[BEIJING]), "validators": key(1)},
        province("Administration of Shanghai", 31, SHANGHAI),
        province("Administration of Zhejiang", 33, ZHEJIANG),
        province("Administration of Guangdong", 44, GUANGDONG),
        {"name": "Department of industry", "roles": ["competent"], "accounts": accounts(&[INDUSTRY]),
         "validators": key(2)},
        {"name": "Department of finance", "roles": ["competent"], "accounts": accounts(&[FINANCE])},
        {"name": "Identity office", "accounts": accounts(&[OFFICE]), "validators": key(3)},
        {"name": "Other identity office", "accounts": accounts(&[OTHER_OFFICE])},
    ]});
    let identity = json!({"admission": "bound", "authorities": [{"organisation": "Identity office"}]});
    spec.name = "supervised-year".into();
    spec.modules = [("members".to_owned(), members), ("identity".to_owned(), identity)].into();
}
