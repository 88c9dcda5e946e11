//! Who is who in a simulated world, beyond its members: administrations, a ministry, an identity
//! authority, providers and citizens, each an account that clients hold.

use ding_primitives::{Address, spec::Section};
use ding_seat::{dice::Dice, network::NOTARIES};
use serde_json::json;
use std::{collections::BTreeMap, ops::Range};

/// Accounts of the members' own organisations, which are notaries and vote.
pub const VOTERS: Range<usize> = 0..NOTARIES;
/// People of the national administration.
pub const OFFICERS: Range<usize> = 4..7;
/// People of the administration of Beijing.
pub const PROVINCE: Range<usize> = 7..9;
/// The competent department.
pub const MINISTRY: usize = 9;
/// Its number among the organisations.
pub const MINISTRY_ID: u32 = 7;
/// People of the identity authority.
pub const OFFICE: Range<usize> = 10..12;
/// People of a member organisation that files services.
pub const FIRM: Range<usize> = 12..14;
/// Code of that organisation.
pub const FIRM_CODE: &str = "91110000MA00000077";
/// An organisation outside the consortium, which carries pilots.
pub const CARRIER: usize = 14;
/// Its code.
pub const CARRIER_CODE: &str = "12330100MB0000027B";
/// Everybody else.
pub const CITIZENS: Range<usize> = 15..20;
/// All of them.
pub const ACCOUNTS: usize = CITIZENS.end;

const _: () = assert!(VOTERS.end <= OFFICERS.start);

/// Organisations beside the members, in their order.
pub fn organisations(accounts: &[Address]) -> Vec<Section> {
    let of = |range: Range<usize>| accounts.get(range).unwrap_or_default();
    vec![
        json!({ "name": "National Administration", "roles": ["supervisor"], "accounts": of(OFFICERS) }),
        json!({ "name": "Administration of Beijing", "roles": ["provincial"], "division": 11, "accounts": of(PROVINCE) }),
        json!({ "name": "Ministry", "roles": ["competent"], "accounts": of(MINISTRY..MINISTRY + 1) }),
        json!({ "name": "Identity Office", "accounts": of(OFFICE) }),
        json!({ "name": "Harbour Chain", "code": FIRM_CODE, "accounts": of(FIRM) }),
    ]
}

/// Sections of a genesis file: who may act is drawn.
pub fn sections(dice: &mut Dice) -> BTreeMap<String, Section> {
    let admission = if dice.chance(500) { "bound" } else { "open" };
    let identity = json!({ "admission": admission, "authorities": [{ "organisation": "Identity Office" }] });
    BTreeMap::from([("identity".to_owned(), identity)])
}
