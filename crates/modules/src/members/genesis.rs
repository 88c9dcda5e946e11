//! The section of the genesis file that names organisations.
//!
//! ```json
//! {"organisations": [{"name": "Harbour Notary Office", "code": "12330100MB0000027B",
//!   "roles": ["notary"], "accounts": ["0x…"], "validators": ["0x…"], "observers": []},
//!  {"name": "Zhejiang Administration", "roles": ["provincial"], "division": 33, "accounts": ["0x…"]}],
//!  "parameters": {"approval_permille": 750}}
//! ```
//!
//! Who votes is said by the genesis file itself (`validators`); the section says which
//! organisation runs them. A validator that no organisation claims belongs to none.

use super::{
    Role, organisations,
    state::{COUNT, OBSERVERS, PARAMETERS, Profile, SEATS, Seat, SeatKind, VALIDATORS},
    terms::{self, Parameter},
};
use crate::{Ctx, Stop, uscc};
use ding_primitives::{Address, B256, MemberKey, Spec, is_module_address, limits};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The section `modules.members` of a genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Organisations; the first has number 1.
    #[serde(default)]
    pub organisations: Vec<OrganisationEntry>,
    /// Parameters by name, where they differ from the usual values ([`terms::Parameter`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, u64>,
}

/// An organisation in the genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationEntry {
    /// What people call it. Names of organisations are public; people are never named here.
    pub name: String,
    /// Unified social credit code (GB 32100), if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it may do beyond the others.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// First two digits of the administrative division it is responsible for (GB/T 2260); a provincial
    /// administration names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<u8>,
    /// Accounts that act for it.
    #[serde(default)]
    pub accounts: Vec<Address>,
    /// Ed25519 keys of the validators it runs.
    #[serde(default)]
    pub validators: Vec<MemberKey>,
    /// Ed25519 keys of the observers it runs.
    #[serde(default)]
    pub observers: Vec<MemberKey>,
}

impl Section {
    /// Reads and checks the section of a genesis file; empty if there is none.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong and why.
    pub fn of(spec: &Spec) -> Result<Self, String> {
        let section = match spec.modules.get("members") {
            Some(section) => Self::deserialize(section).map_err(|error| error.to_string())?,
            None => Self::default(),
        };
        section.check(spec)?;
        Ok(section)
    }

    fn check(&self, spec: &Spec) -> Result<(), String> {
        let count = self.organisations.len();
        if count > limits::ORGANISATIONS_MAX {
            return Err(format!("{count} organisations, at most {} are allowed", limits::ORGANISATIONS_MAX));
        }
        let voting: BTreeSet<MemberKey> = spec.validators.iter().map(|validator| validator.key).collect();
        let mut once = Once::default();
        for organisation in &self.organisations {
            organisation
                .check(&voting, &mut once)
                .map_err(|reason| format!("organisation {:?}: {reason}", organisation.name))?;
        }
        for (name, value) in &self.parameters {
            check_parameter(name, *value)?;
        }
        if once.accounts.len() > limits::GENESIS_ACCOUNTS_MAX {
            return Err(format!("more than {} accounts", limits::GENESIS_ACCOUNTS_MAX));
        }
        let observers = once.keys.len() - once.keys.intersection(&voting).count();
        if observers > limits::OBSERVERS_MAX {
            return Err(format!("{observers} observers, at most {} are allowed", limits::OBSERVERS_MAX));
        }
        Ok(())
    }
}

fn check_parameter(name: &str, value: u64) -> Result<(), String> {
    let names = || Parameter::ALL.map(Parameter::name).join(", ");
    let which = Parameter::from_name(name)
        .ok_or_else(|| format!("there is no parameter {name:?}; the parameters are {}", names()))?;
    let (min, max) = which.range();
    if which.takes(value) { Ok(()) } else { Err(format!("{name} is {value}, outside {min} to {max}")) }
}

/// What may be named only once in a section.
#[derive(Default)]
struct Once {
    names: BTreeSet<String>,
    codes: BTreeSet<String>,
    accounts: BTreeSet<Address>,
    keys: BTreeSet<MemberKey>,
}

impl OrganisationEntry {
    fn role_bits(&self) -> u64 {
        self.roles.iter().fold(0, |bits, role| bits | role.bit())
    }

    fn check(&self, voting: &BTreeSet<MemberKey>, once: &mut Once) -> Result<(), String> {
        if !terms::name_fits(&self.name, limits::NAME_CHARS_MAX) {
            return Err(format!(
                "a name of {} characters, want 1 to {}, no control characters, no spaces at its ends",
                self.name.chars().count(),
                limits::NAME_CHARS_MAX
            ));
        }
        if !once.names.insert(self.name.clone()) {
            return Err("the name is taken by another organisation".into());
        }
        if let Some(code) = &self.code {
            uscc::check(code).map_err(|error| format!("code {code:?}: {error}"))?;
            if !once.codes.insert(code.clone()) {
                return Err(format!("code {code:?} is taken by another organisation"));
            }
        }
        let division = self.division.unwrap_or(0);
        if !terms::division_fits(division, self.role_bits()) || self.division == Some(0) {
            return Err(format!(
                "division {division}: a provincial administration names the first two digits of its \
                 division (GB/T 2260), like 33; others may leave it out"
            ));
        }
        for account in &self.accounts {
            if account.is_zero() || is_module_address(account) {
                return Err(format!("account {account} can sign nothing"));
            }
            if !once.accounts.insert(*account) {
                return Err(format!(
                    "account {account} is named twice; an account acts for one organisation"
                ));
            }
        }
        if let Some(key) = self.validators.iter().find(|key| !voting.contains(key)) {
            return Err(format!("validator {key} is not among the validators of the genesis file"));
        }
        if let Some(key) = self.observers.iter().find(|key| voting.contains(key)) {
            return Err(format!("observer {key} is a validator of the genesis file"));
        }
        match self.validators.iter().chain(&self.observers).find(|key| !once.keys.insert(**key)) {
            Some(key) => Err(format!("key {key} is named twice")),
            None => Ok(()),
        }
    }
}

/// Writes the section into storage.
pub(super) fn write(ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
    let section = Section::of(spec).map_err(|reason| ctx.fault(reason))?;
    let mut runs: BTreeMap<MemberKey, u32> = BTreeMap::new();
    let mut id = 0u32;
    for organisation in &section.organisations {
        id = id.checked_add(1).ok_or_else(Stop::overflow)?;
        write_organisation(ctx, id, organisation)?;
        runs.extend(organisation.validators.iter().map(|key| (*key, id)));
    }
    COUNT.set(ctx, &id)?;
    for (name, value) in &section.parameters {
        let parameter = Parameter::from_name(name).ok_or_else(|| ctx.fault("an unknown parameter"))?;
        PARAMETERS.set(ctx, parameter.word(), value)?;
    }
    for validator in &spec.validators {
        let organisation = runs.get(&validator.key).copied().unwrap_or(0);
        VALIDATORS.push(ctx, &validator.key.0)?;
        SEATS.set(ctx, validator.key.0, &Seat { organisation, kind: SeatKind::Validator })?;
    }
    Ok(())
}

fn write_organisation(ctx: &mut Ctx<'_>, id: u32, entry: &OrganisationEntry) -> Result<(), Stop> {
    let size = |list: &[MemberKey]| u32::try_from(list.len()).map_err(|_| Stop::overflow());
    let profile = Profile {
        roles: entry.role_bits(),
        division: entry.division.unwrap_or(0),
        validators: size(&entry.validators)?,
        observers: size(&entry.observers)?,
        code: entry.code.as_ref().map_or(B256::ZERO, |code| B256::right_padding_from(code.as_bytes())),
    };
    organisations::write(ctx, id, &entry.name, &profile)?;
    organisations::write_accounts(ctx, id, &entry.accounts)?;
    for key in &entry.observers {
        OBSERVERS.push(ctx, &key.0)?;
        SEATS.set(ctx, key.0, &Seat { organisation: id, kind: SeatKind::Observer })?;
    }
    Ok(())
}
