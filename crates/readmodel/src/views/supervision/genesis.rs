//! What the first block holds without an event: organisations, parameters, tables of working days and
//! identity authorities of the genesis file.

use super::{
    Rows,
    calendar::{self, Loaded},
    history::Thing,
    int,
    names::{self, Names},
};
use ding_modules::{
    calendar::{Day, Section as CalendarSection, day::days_of_year},
    identity::Section as IdentitySection,
    members::{Section as MembersSection, terms::Parameter},
};
use ding_primitives::{Address, B256, Spec};

/// The parts of a genesis file that rows come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Genesis {
    /// Ethereum chain id.
    pub(crate) chain_id: u64,
    organisations: Vec<Organisation>,
    parameters: Vec<(&'static str, u64)>,
    authorities: Vec<(u32, String)>,
    tables: Vec<Loaded>,
}

#[derive(Clone, Debug)]
struct Organisation {
    name: String,
    code: String,
    division: u8,
    roles: u64,
    validators: usize,
    observers: usize,
    accounts: Vec<Address>,
}

impl Genesis {
    /// Reads a genesis file.
    ///
    /// # Errors
    ///
    /// Says which section is wrong and why.
    pub(crate) fn of(spec: &Spec) -> Result<Self, String> {
        let section = |name: &'static str| move |reason: String| format!("section {name}: {reason}");
        let members = MembersSection::of(spec).map_err(section("members"))?;
        let identity = IdentitySection::of(spec).map_err(section("identity"))?;
        let tables =
            CalendarSection::of(spec).and_then(|section| section.tables()).map_err(section("calendar"))?;
        let number = |name: &String| {
            let place = members.organisations.iter().position(|known| known.name == *name);
            place.and_then(|place| u32::try_from(place.saturating_add(1)).ok()).unwrap_or(0)
        };
        let authorities = identity.authorities.iter().map(|entry| {
            let name = if entry.name.is_empty() { &entry.organisation } else { &entry.name };
            (number(&entry.organisation), name.clone())
        });
        let value = |parameter: Parameter| members.parameters.get(parameter.name()).copied();
        Ok(Self {
            chain_id: spec.chain_id,
            authorities: authorities.collect(),
            parameters: Parameter::ALL
                .into_iter()
                .map(|parameter| (parameter.name(), value(parameter).unwrap_or(parameter.usual())))
                .collect(),
            tables: tables.into_iter().map(|(year, days)| table(year, &|day| days.contains(day))).collect(),
            organisations: members
                .organisations
                .iter()
                .map(|entry| Organisation {
                    name: entry.name.clone(),
                    code: entry.code.clone().unwrap_or_default(),
                    division: entry.division.unwrap_or(0),
                    roles: entry.roles.iter().fold(0, |bits, role| bits | role.bit()),
                    validators: entry.validators.len(),
                    observers: entry.observers.len(),
                    accounts: entry.accounts.clone(),
                })
                .collect(),
        })
    }

    pub(super) fn write(&self, rows: &Rows<'_>) -> rusqlite::Result<()> {
        for (id, organisation) in (1u32..).zip(&self.organisations) {
            rows.run(
                "INSERT INTO supervision_organisations (id, name, code, division, roles, validators, observers, \
                 proposal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                (
                    id,
                    &organisation.name,
                    &organisation.code,
                    organisation.division,
                    int(organisation.roles),
                    int(organisation.validators as u64),
                    int(organisation.observers as u64),
                ),
            )?;
            for account in &organisation.accounts {
                rows.run(
                    "INSERT OR REPLACE INTO supervision_accounts (account, organisation) VALUES (?1, ?2)",
                    (account.as_slice(), id),
                )?;
            }
            let names = Names { number: &organisation.code, name: &organisation.name, other: "" };
            names::put(rows, Thing::Organisation, id.into(), names)?;
        }
        for (name, value) in &self.parameters {
            rows.run(
                "INSERT INTO supervision_parameters (name, value, proposal) VALUES (?1, ?2, 0)",
                (name, int(*value)),
            )?;
        }
        for (id, (organisation, name)) in (1u32..).zip(&self.authorities) {
            rows.run(
                "INSERT INTO supervision_authorities (id, organisation, name, from_ms, dismissed_ms, successor, \
                 proposal) VALUES (?1, ?2, ?3, 0, 0, 0, 0)",
                (id, organisation, name),
            )?;
            names::put(rows, Thing::Authority, id.into(), Names { name, ..Names::default() })?;
        }
        self.tables.iter().try_for_each(|table| calendar::write(rows, table))
    }
}

/// A table of the genesis file as its exceptions from Monday to Friday.
fn table(year: u32, works: &dyn Fn(u16) -> bool) -> Loaded {
    let (mut holidays, mut makeup) = (Vec::new(), Vec::new());
    let first = Day::from_civil(year, 1, 1).unwrap_or_default();
    let mut working = 0;
    for number in 1..=days_of_year(year) {
        let weekend = first.plus(u32::from(number - 1)).is_some_and(Day::is_weekend);
        match (works(number), weekend) {
            (true, true) => makeup.push(number),
            (false, false) => holidays.push(number),
            _ => {}
        }
        working += u16::from(works(number));
    }
    Loaded {
        year,
        version: 1,
        effective: 0,
        working,
        holidays,
        makeup,
        source: B256::ZERO,
        replaces: 0,
        proposal: 0,
    }
}
