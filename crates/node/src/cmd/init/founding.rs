//! Who founds a ledger: its organisations with roles and accounts, and who may act on it.
//!
//! An organisation without an account could neither vote nor act, and nobody could ever give it one.
//! So each gets a key of its own where none was named, written like the members' other keys.

use crate::{config, failure::Failure, wallet::PrivateKeySigner};
use clap::ValueEnum;
use ding_modules::{
    identity::{Admission, AuthorityEntry},
    members::{OrganisationEntry, Role},
    uscc,
};
use ding_primitives::limits;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Characters of a unified social credit code.
const CODE_CHARS: usize = 18;

/// Who founds a ledger.
#[derive(Clone, Debug, Default)]
pub struct Founding {
    /// Organisations; the first runs the first member, and so on, further ones run none. Members
    /// without one get one of their own.
    pub organisations: Vec<OrganisationEntry>,
    /// Identity authorities, by the names of organisations.
    pub authorities: Vec<AuthorityEntry>,
    /// Whether accounts without standing are refused.
    pub admission: Admission,
    /// Whether an organisation without an account gets a new key.
    pub keys: bool,
}

/// What `ding init` takes about who founds.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct FoundingArgs {
    /// An organisation: its name, then roles (supervisor, notary, court, provincial, competent), unified
    /// social credit code, division and accounts, separated by commas. The first runs the first member,
    /// and so on; further ones run none. One without an account gets a new key.
    #[arg(long = "organisation", value_name = "NAME,ROLE,…", value_parser = organisation)]
    organisations: Vec<OrganisationEntry>,
    /// The organisations from a file: a JSON list as in the section members of a genesis file.
    #[arg(long = "organisations", value_name = "FILE", conflicts_with = "organisations")]
    file: Option<PathBuf>,
    /// An identity authority from the first block on, by the name of its organisation.
    #[arg(long = "authority", value_name = "ORGANISATION")]
    authorities: Vec<String>,
    /// Who may act: bound refuses accounts without standing, open is for development. Bound with
    /// --production, open otherwise.
    #[arg(long)]
    admission: Option<AdmissionArg>,
}

/// Who may act on a chain, as the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AdmissionArg {
    /// Accounts with standing, and those of organisations.
    Bound,
    /// Every account that is not frozen.
    Open,
}

impl From<AdmissionArg> for Admission {
    fn from(arg: AdmissionArg) -> Self {
        match arg {
            AdmissionArg::Bound => Self::Bound,
            AdmissionArg::Open => Self::Open,
        }
    }
}

impl FoundingArgs {
    /// What they mean.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or says what only `ding init` can say.
    pub fn read(self, is_production: bool) -> Result<Founding, Failure> {
        let organisations = match &self.file {
            Some(path) => from_file(path)?,
            None => self.organisations,
        };
        let named = |organisation| AuthorityEntry { organisation, name: String::new() };
        let usual = if is_production { Admission::Bound } else { Admission::Open };
        Ok(Founding {
            organisations,
            authorities: self.authorities.into_iter().map(named).collect(),
            admission: self.admission.map_or(usual, Admission::from),
            keys: true,
        })
    }
}

fn from_file(path: &Path) -> Result<Vec<OrganisationEntry>, Failure> {
    let shown = path.display();
    let size = fs::metadata(path).map_err(|e| Failure::Input(format!("cannot read {shown}: {e}")))?.len();
    if size > limits::GENESIS_BYTES_MAX as u64 {
        return Err(Failure::Input(format!("{shown} has {size} bytes, more than a genesis file may have")));
    }
    let text = fs::read(path).map_err(|e| Failure::Input(format!("cannot read {shown}: {e}")))?;
    from_json(&text).map_err(|why| Failure::Input(format!("{shown}: {why}")))
}

/// Reads a list of organisations.
///
/// # Errors
///
/// Says what is wrong with it.
pub(crate) fn from_json(text: &[u8]) -> Result<Vec<OrganisationEntry>, String> {
    let list: Vec<OrganisationEntry> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let runs = |entry: &&OrganisationEntry| !entry.validators.is_empty() || !entry.observers.is_empty();
    if let Some(entry) = list.iter().find(runs) {
        return Err(format!(
            "organisation {:?} names members; their keys are made here, so leave validators and observers out",
            entry.name
        ));
    }
    Ok(list)
}

/// An organisation from one argument. The parts after the name are told apart by their form.
pub(crate) fn organisation(text: &str) -> Result<OrganisationEntry, String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    let record = reader.records().next().ok_or("want NAME,ROLE,…")?.map_err(|error| error.to_string())?;
    let mut parts = record.iter();
    let name = parts.next().filter(|name| !name.is_empty()).ok_or("an organisation begins with its name")?;
    let mut entry = OrganisationEntry { name: name.to_owned(), ..OrganisationEntry::default() };
    for part in parts {
        let role = Role::ALL.into_iter().find(|role| role.name() == part);
        if let Some(role) = role {
            entry.roles.push(role);
        } else if part.starts_with("0x") {
            entry.accounts.push(super::super::named::account(part).map_err(|why| format!("{part}: {why}"))?);
        } else if part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            entry.division = part.parse().ok();
        } else if part.chars().count() == CODE_CHARS {
            entry.code = Some(uscc::parse(part).map_err(|error| format!("code {part}: {error}"))?);
        } else {
            let roles = Role::ALL.map(Role::name).join(", ");
            return Err(format!(
                "{part:?} is no role ({roles}), no unified social credit code (18 characters), no division (two digits) and \
                 no account (0x…)"
            ));
        }
    }
    Ok(entry)
}

/// A key that was made for an organisation.
#[derive(Debug)]
pub(super) struct MadeKey {
    /// Place of the organisation, from 0 on.
    pub(super) place: usize,
    signer: PrivateKeySigner,
}

/// Gives a key to each organisation without an account.
pub(super) fn make_keys(organisations: &mut [OrganisationEntry]) -> Vec<MadeKey> {
    let mut made = Vec::new();
    for (place, entry) in organisations.iter_mut().enumerate().filter(|(_, entry)| entry.accounts.is_empty())
    {
        let signer = PrivateKeySigner::random();
        entry.accounts.push(signer.address());
        made.push(MadeKey { place, signer });
    }
    made
}

impl MadeKey {
    /// The account.
    #[cfg(test)]
    const fn address(&self) -> ding_primitives::Address {
        self.signer.address()
    }

    /// Writes the key: beside the keys of its member, or into a folder of the organisation's own.
    pub(super) fn write(&self, dir: &Path, member: Option<&str>) -> Result<PathBuf, Failure> {
        let folder = match member {
            Some(member) => dir.join(member),
            None => dir.join(format!("organisation-{}", self.place + 1)),
        };
        config::write_account_key(&folder, &hex::encode(self.signer.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::Address;

    #[test]
    fn an_organisation_is_told_in_one_argument_in_any_order() {
        let account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        let text = format!("\"Harbour, Notary\",notary,12330100MB0000027B,33,provincial,{account}");
        let entry = organisation(&text).unwrap();
        assert_eq!((entry.name.as_str(), entry.division), ("Harbour, Notary", Some(33)));
        assert_eq!(entry.roles, [Role::Notary, Role::Provincial]);
        assert_eq!(entry.code.as_deref(), Some("12330100MB0000027B"));
        assert_eq!(entry.accounts, [account.parse::<Address>().unwrap()]);
        assert_eq!(organisation("Port").unwrap().roles, []);
    }

    #[test]
    fn a_part_that_means_nothing_is_named() {
        for (text, want) in [
            ("", "NAME"),
            (",notary", "begins with its name"),
            ("Port,pilot", "\"pilot\" is no role"),
            ("Port,12330100MB0000027C", "12330100MB0000027C"),
            ("Port,0x12", "0x12"),
            ("Port,0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267", "EIP-55"),
        ] {
            let error = organisation(text).unwrap_err();
            assert!(error.contains(want), "{text}: {error}");
        }
    }

    #[test]
    fn only_organisations_without_an_account_get_a_key() {
        let with = organisation("A,0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266").unwrap();
        let mut list = [with.clone(), organisation("B").unwrap()];
        let made = make_keys(&mut list);
        assert_eq!((made.len(), made[0].place, list[0].accounts.len()), (1, 1, 1));
        assert_eq!(list[1].accounts, [made[0].address()]);
        assert_eq!(list[0], with);
    }
}
