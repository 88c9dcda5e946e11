//! What an authority knows of a subject, and what it bound for it.

use crate::failure::Failure;
use ding_modules::{
    identity::commitment,
    ids::{self, Date, ResidentId},
    uscc,
};
use ding_primitives::{Address, B256, limits};
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};
use zeroize::Zeroize as _;

/// Version of records in files.
pub(crate) const RECORD_VERSION: u32 = 1;
/// Random bytes of a salt.
const SALT_BYTES: usize = 32;
/// The document of a resident.
pub(crate) const RESIDENT_ID: &str = "resident-id";
/// Kinds of documents, beside the resident identity card: a passport, a travel permit of residents
/// of Hong Kong, Macao and Taiwan, a permanent residence card of foreigners.
const OTHER_DOCUMENTS: [&str; 3] = ["passport", "travel-permit", "permanent-residence"];

/// A subject with everything about it. The salts are here and nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    version: u32,
    pub(crate) identity: Identity,
    /// Salt of the commitment to a person's document; empty for an organisation.
    pub(crate) salt: String,
    /// Salt of the commitment to a person's name; empty for an organisation.
    pub(crate) name_salt: String,
    /// When it was made, milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) made_ms: u64,
    pub(crate) bindings: Vec<Binding>,
}

/// Who it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Identity {
    /// A natural person.
    Person(Person),
    /// An organisation.
    Organisation(Organisation),
}

/// A natural person, as somebody fills it in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    /// Name as in the document.
    pub(crate) name: String,
    pub(crate) document: Document,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mobile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    /// Image of the face, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) face: Option<String>,
    /// SHA-256 of the guardian's consent, for a minor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) guardian_consent: Option<B256>,
}

/// An identity document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    #[serde(rename = "type", default = "resident_id")]
    pub(crate) kind: String,
    pub(crate) number: String,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    /// Its name.
    pub(crate) name: String,
    /// Unified social credit code.
    pub(crate) code: String,
}

/// A binding that the authority made, or is about to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Binding {
    /// Hash of block 0 of the chain.
    pub(crate) genesis: B256,
    /// Number of the authority there.
    pub(crate) authority: u32,
    /// The root.
    pub(crate) account: Address,
    /// Its number on the ledger; 0 as long as nobody saw it there.
    pub(crate) number: u64,
    pub(crate) level: u8,
    pub(crate) expiry_ms: u64,
    /// When the record was written, before the transaction was sent.
    pub(crate) prepared_ms: u64,
}

fn resident_id() -> String {
    RESIDENT_ID.into()
}

impl core::fmt::Debug for Record {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Record").field("bindings", &self.bindings).finish_non_exhaustive()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.name.zeroize();
        self.document.number.zeroize();
        for text in [&mut self.mobile, &mut self.address, &mut self.face] {
            text.zeroize();
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.salt.zeroize();
        self.name_salt.zeroize();
    }
}

impl Person {
    /// Checks and normalises what somebody filled in. `today` is the day in Beijing.
    ///
    /// # Errors
    ///
    /// Names the field and what is wrong with it, never its content.
    pub(crate) fn check(&mut self, today: Date) -> Result<(), Failure> {
        let of = |field: &str, why: &dyn core::fmt::Display| Failure::Input(format!("{field}: {why}"));
        ids::check_name(&self.name, limits::NAME_CHARS_MAX).map_err(|error| of("name", &error))?;
        if self.document.kind == RESIDENT_ID {
            let id = ResidentId::parse(&self.document.number, today)
                .map_err(|error| of("document number", &error))?;
            self.document.number = id.as_str().to_owned();
            if id.is_minor(today) && self.guardian_consent.is_none() {
                return Err(Failure::Input(format!(
                    "the person is {} years old, a minor: name the guardian's consent with --guardian-consent FILE",
                    id.age(today)
                )));
            }
        } else if OTHER_DOCUMENTS.contains(&self.document.kind.as_str()) {
            let number = ids::normalise(&self.document.number).filter(|number| {
                (5..=32).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
            self.document.number =
                number.ok_or_else(|| of("document number", &"want 5 to 32 letters and digits"))?;
        } else {
            let known = OTHER_DOCUMENTS.join(", ");
            return Err(of("document type", &format!("want {RESIDENT_ID}, {known}")));
        }
        if let Some(mobile) = &mut self.mobile {
            let digits = ids::normalise(mobile).unwrap_or_default();
            let digits = ids::contact::without_country(digits.trim_start_matches('+').as_bytes());
            if !ids::contact::is_mobile(digits) {
                return Err(of(
                    "mobile",
                    &"no mobile number of the mainland: 11 digits that begin with 13 to 19",
                ));
            }
            *mobile = String::from_utf8_lossy(digits).into_owned();
        }
        let address = self.address.as_ref().map_or(0, |text| text.chars().count());
        if address > limits::RECORD_ADDRESS_CHARS_MAX {
            let max = limits::RECORD_ADDRESS_CHARS_MAX;
            return Err(of("address", &format!("{address} characters, at most {max} are kept")));
        }
        Ok(())
    }

    /// What is committed to: the number of a resident identity card as it is, of another document with
    /// its kind before it.
    pub(crate) fn value(&self) -> String {
        let Document { kind, number } = &self.document;
        if kind == RESIDENT_ID { number.clone() } else { format!("{kind}:{number}") }
    }
}

impl Organisation {
    /// Checks and normalises.
    ///
    /// # Errors
    ///
    /// Says what is wrong.
    pub(crate) fn new(name: &str, code: &str) -> Result<Self, Failure> {
        ids::check_name(name, limits::NAME_CHARS_MAX)
            .map_err(|error| Failure::Input(format!("name: {error}")))?;
        let code = uscc::parse(code).map_err(|error| Failure::Input(format!("code: {error}")))?;
        Ok(Self { name: name.to_owned(), code })
    }
}

/// The digest of an organisation's name on the ledger: SM3 of its normal form.
pub(crate) fn name_digest(name: &str) -> B256 {
    B256::from_slice(&Sm3::digest(ids::normalise_name(name).unwrap_or_default()))
}

/// The commitment to a name, with a salt of its own.
pub(crate) fn name_commitment(salt: &[u8], name: &str) -> B256 {
    commitment::commit(salt, ids::normalise_name(name).unwrap_or_default().as_bytes())
}

fn salt() -> String {
    let mut bytes = [0u8; SALT_BYTES];
    rand::rng().fill_bytes(&mut bytes);
    let text = hex::encode(bytes);
    bytes.zeroize();
    text
}

impl Record {
    /// A new record, with fresh salts.
    pub(crate) fn new(identity: Identity, made_ms: u64) -> Self {
        let (salt, name_salt) = match identity {
            Identity::Person(_) => (salt(), salt()),
            Identity::Organisation(_) => (String::new(), String::new()),
        };
        Self { version: RECORD_VERSION, identity, salt, name_salt, made_ms, bindings: Vec::new() }
    }

    /// Reads a record.
    ///
    /// # Errors
    ///
    /// It is none, or of another version.
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        // Errors of serde may quote what they read, which is personal.
        let record: Self = serde_json::from_slice(bytes)
            .map_err(|error| format!("no record (line {}, column {})", error.line(), error.column()))?;
        if record.version != RECORD_VERSION {
            return Err(format!(
                "a record of version {}, this program reads {RECORD_VERSION}",
                record.version
            ));
        }
        let salts =
            [&record.salt, &record.name_salt].map(|salt| hex::decode(salt).map_or(0, |salt| salt.len()));
        let want = if matches!(record.identity, Identity::Person(_)) { SALT_BYTES } else { 0 };
        if salts != [want; 2] {
            return Err("a record with a salt of another length".into());
        }
        // The subject of an organisation is its code.
        if matches!(&record.identity, Identity::Organisation(known) if uscc::check(&known.code).is_err()) {
            return Err("a record of an organisation with a code that is none".into());
        }
        Ok(record)
    }

    /// The kind, as the ledger knows it.
    pub(crate) const fn kind(&self) -> ding_modules::identity::Kind {
        match self.identity {
            Identity::Person(_) => ding_modules::identity::Kind::Person,
            Identity::Organisation(_) => ding_modules::identity::Kind::Organisation,
        }
    }

    /// What a subject is known by in the store, before the key of the index.
    pub(crate) fn index_value(&self) -> String {
        match &self.identity {
            Identity::Person(person) => format!("person:{}", person.value()),
            Identity::Organisation(organisation) => format!("organisation:{}", organisation.code),
        }
    }

    /// The subject as the ledger shows it: the commitment to a person's document, or a code.
    pub(crate) fn subject(&self) -> B256 {
        match &self.identity {
            Identity::Person(person) => commitment::commit(&bytes(&self.salt), person.value().as_bytes()),
            Identity::Organisation(organisation) => B256::right_padding_from(organisation.code.as_bytes()),
        }
    }

    /// The digest of the name as the ledger shows it.
    pub(crate) fn name_digest(&self) -> B256 {
        match &self.identity {
            Identity::Person(person) => name_commitment(&bytes(&self.name_salt), &person.name),
            Identity::Organisation(organisation) => name_digest(&organisation.name),
        }
    }

    /// Whether a binding was prepared and never seen on the ledger.
    pub(crate) fn is_pending(&self) -> bool {
        self.bindings.iter().any(|binding| binding.number == 0)
    }
}

/// Bytes of a salt.
pub(crate) fn bytes(salt: &str) -> zeroize::Zeroizing<Vec<u8>> {
    zeroize::Zeroizing::new(hex::decode(salt).unwrap_or_default())
}
