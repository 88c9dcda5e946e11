//! A harbour town for tests of supervised commands: an administration of three people, an identity
//! office, two organisations that run members, and people.

use super::harbour::{Folder, Harbour};
use crate::{failure::Failure, wallet::development_accounts};
use ding_modules::{
    evidence::Evidence,
    members::{OrganisationEntry, Role},
    mocks::Scene,
};
use ding_primitives::{Address, B256, MemberKey};
use serde_json::json;

/// Passphrase of records in tests.
pub(in crate::cmd) const PASSPHRASE: &str = "a long passphrase";

/// A test account.
pub(in crate::cmd) fn account(index: usize) -> Address {
    development_accounts()[index].address()
}

/// The same as text.
pub(in crate::cmd) fn name(index: usize) -> String {
    account(index).to_string()
}

/// The chain. Organisations: 1 Harbour Identity Office (test account 0), 2 National Administration
/// (4, 5 and 6), 3 Harbour Bank (3). The first and the third run two members each. The office is
/// identity authority 1.
pub(in crate::cmd) fn found() -> Harbour {
    found_for("open")
}

/// The same where only bound accounts and those of organisations act.
pub(in crate::cmd) fn found_bound() -> Harbour {
    found_for("bound")
}

fn found_for(admission: &str) -> Harbour {
    let organisation = |name: &str, roles: &[Role], accounts: &[usize], members: &[u8]| OrganisationEntry {
        name: name.into(),
        roles: roles.to_vec(),
        accounts: accounts.iter().map(|index| account(*index)).collect(),
        validators: members.iter().map(|number| MemberKey(B256::repeat_byte(*number))).collect(),
        ..OrganisationEntry::default()
    };
    let scene = Scene::new(&Evidence)
        .with_organisation(organisation("Harbour Identity Office", &[], &[0], &[1, 2]))
        .with_organisation(organisation("National Administration", &[Role::Supervisor], &[4, 5, 6], &[]))
        .with_organisation(organisation("Harbour Bank", &[], &[3], &[3, 4]))
        .with_section(
            "identity",
            json!({ "admission": admission, "authorities": [{ "organisation": "Harbour Identity Office" }] }),
        );
    Harbour::found_as(scene)
}

/// The flags that name the records of a folder and their passphrase.
pub(in crate::cmd) fn records(folder: &Folder) -> [String; 4] {
    [
        "--records".into(),
        folder.path("records"),
        "--records-passphrase-file".into(),
        folder.file("passphrase", PASSPHRASE),
    ]
}

/// The refusal, which names all of these.
pub(in crate::cmd) fn refused(result: Result<(), Failure>, want: &[&str]) -> Failure {
    let failure = result.expect_err("it was accepted");
    let text = failure.to_string();
    for want in want {
        assert!(text.contains(want), "{want:?} is missing in: {text}");
    }
    failure
}
