//! What goes to the requester of a disclosure: the fields that the order names, with the salts that
//! show that they are what the ledger has a commitment to.

use super::record::{self, Binding, Document, Identity, Record};
use crate::failure::Failure;
use ding_modules::{identity::commitment, ids, orders::Field};
use ding_primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize as _;

/// Version of packages.
pub(super) const PACKAGE_VERSION: u32 = 1;

/// A disclosure, before it is sealed. Fields that were not asked for are not in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Package {
    version: u32,
    pub(crate) chain: String,
    /// Hash of block 0 of the chain.
    pub(crate) genesis: B256,
    /// Number of the order that it answers.
    pub(crate) order: u64,
    pub(crate) account: Address,
    /// The subject as the ledger shows it.
    pub(crate) subject: B256,
    pub(crate) made_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<Proven>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mobile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) face: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accounts: Option<Vec<Address>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) history: Option<Vec<Binding>>,
}

/// A name and its salt; an organisation's has none.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Name {
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
}

/// A document and the salt of the commitment to it; an organisation's code has none.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proven {
    pub(crate) document: Document,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
}

impl Drop for Package {
    fn drop(&mut self) {
        for text in [&mut self.mobile, &mut self.address, &mut self.face] {
            text.zeroize();
        }
        if let Some(name) = &mut self.name {
            name.text.zeroize();
        }
        if let Some(proven) = &mut self.document {
            proven.document.number.zeroize();
        }
    }
}

/// What a package is about.
#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) chain: String,
    pub(crate) genesis: B256,
    pub(crate) order: u64,
    pub(crate) account: Address,
    pub(crate) made_ms: u64,
}

/// What the commitments say of a package. `None`: the package has nothing to hold against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Findings {
    pub(crate) document: Option<bool>,
    pub(crate) name: Option<bool>,
}

impl Findings {
    /// Whether nothing contradicts the ledger.
    pub(crate) fn fits(self) -> bool {
        self.document != Some(false) && self.name != Some(false)
    }
}

impl Package {
    /// The package with these fields of a record. Gives the fields, too, which it really has: an
    /// authority may not know all.
    pub(crate) fn new(about: &About, record: &Record, fields: u32, accounts: Vec<Address>) -> (Self, u32) {
        let wants = |field: Field| fields & field.bit() != 0;
        let mut package = Self {
            version: PACKAGE_VERSION,
            chain: about.chain.clone(),
            genesis: about.genesis,
            order: about.order,
            account: about.account,
            subject: record.subject(),
            made_ms: about.made_ms,
            name: None,
            document: None,
            mobile: None,
            address: None,
            face: None,
            accounts: wants(Field::Accounts).then_some(accounts),
            history: wants(Field::History).then(|| record.bindings.clone()),
        };
        match &record.identity {
            Identity::Person(person) => {
                package.name = wants(Field::Name)
                    .then(|| Name { text: person.name.clone(), salt: Some(record.name_salt.clone()) });
                package.document = wants(Field::Document)
                    .then(|| Proven { document: person.document.clone(), salt: Some(record.salt.clone()) });
                package.mobile = person.mobile.clone().filter(|_| wants(Field::Mobile));
                package.address = person.address.clone().filter(|_| wants(Field::Address));
                package.face = person.face.clone().filter(|_| wants(Field::Face));
            }
            Identity::Organisation(organisation) => {
                package.name =
                    wants(Field::Name).then(|| Name { text: organisation.name.clone(), salt: None });
                let code = || Document { kind: "uscc".into(), number: organisation.code.clone() };
                package.document = wants(Field::Document).then(|| Proven { document: code(), salt: None });
            }
        }
        let has = package.fields();
        (package, has)
    }

    /// Bits of the fields that it has.
    pub(crate) fn fields(&self) -> u32 {
        let all = [
            (Field::Name, self.name.is_some()),
            (Field::Document, self.document.is_some()),
            (Field::Mobile, self.mobile.is_some()),
            (Field::Address, self.address.is_some()),
            (Field::Face, self.face.is_some()),
            (Field::Accounts, self.accounts.is_some()),
            (Field::History, self.history.is_some()),
        ];
        all.iter().filter(|(_, has)| *has).fold(0, |bits, (field, _)| bits | field.bit())
    }

    pub(crate) fn to_json(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, Failure> {
        serde_json::to_vec(self).map(zeroize::Zeroizing::new).map_err(Failure::failed)
    }

    /// Reads what was sealed.
    ///
    /// # Errors
    ///
    /// It is no package. Errors do not quote it: it is personal.
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, Failure> {
        let package: Self = serde_json::from_slice(bytes).map_err(|error| {
            Failure::Input(format!(
                "what was sealed is no disclosure (line {}, column {})",
                error.line(),
                error.column()
            ))
        })?;
        if package.version != PACKAGE_VERSION {
            return Err(Failure::Input(format!(
                "the disclosure is of version {}, this program reads {PACKAGE_VERSION}",
                package.version
            )));
        }
        Ok(package)
    }

    /// Holds it against the subject and the digest of the name on the ledger.
    pub(crate) fn check(&self, subject: &B256, name_digest: &B256) -> Findings {
        let document = self.document.as_ref().map(|proven| {
            let Document { kind, number } = &proven.document;
            match &proven.salt {
                Some(salt) => {
                    let value =
                        if kind == record::RESIDENT_ID { number.clone() } else { format!("{kind}:{number}") };
                    let normal = ids::normalise(number).as_ref() == Some(number);
                    normal && commitment::opens(subject, &record::bytes(salt), value.as_bytes())
                }
                None => number.len() <= 32 && B256::right_padding_from(number.as_bytes()) == *subject,
            }
        });
        let name = self.name.as_ref().map(|name| match &name.salt {
            Some(salt) => record::name_commitment(&record::bytes(salt), &name.text) == *name_digest,
            None => record::name_digest(&name.text) == *name_digest,
        });
        Findings { document, name }
    }
}
