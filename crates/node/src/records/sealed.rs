//! Encryption of records and packages: the age format (age-encryption.org/v1), nothing else.

use crate::{failure::Failure, wallet::Secret};
use age::{
    secrecy::{ExposeSecret as _, SecretString},
    x25519,
};
use std::path::Path;
use zeroize::Zeroizing;

/// Cost of a passphrase (log2 of scrypt's N): about a second on a present machine, as age has it.
#[cfg(not(test))]
const WORK_FACTOR: u8 = 18;
#[cfg(test)]
const WORK_FACTOR: u8 = 4;
/// The most that a file may ask for: 4 GiB of memory would be 22.
const WORK_FACTOR_MAX: u8 = 20;

/// Bytes that are wiped from memory when they are dropped.
pub(crate) type SecretBytes = Zeroizing<Vec<u8>>;

/// Where sealed bytes go.
#[derive(Clone, Debug)]
pub(crate) struct Recipient(x25519::Recipient);

impl core::str::FromStr for Recipient {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.trim().parse().map(Self).map_err(|why: &str| {
            format!("{text:?} is no recipient ({why}); want age1 and 58 characters, as `ding identity disclosure-key` prints")
        })
    }
}

impl core::fmt::Display for Recipient {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl Recipient {
    /// Seals bytes so that the holder of the key alone opens them.
    pub(crate) fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
        age::encrypt(&self.0, bytes).map_err(|error| Failure::Failed(format!("cannot encrypt: {error}")))
    }
}

/// A key that opens what was sealed for its recipient.
#[derive(Clone)]
pub(crate) struct Key(x25519::Identity);

impl Key {
    pub(crate) fn random() -> Self {
        Self(x25519::Identity::generate())
    }

    pub(crate) fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// The key as text: `AGE-SECRET-KEY-1…`.
    pub(crate) fn text(&self) -> Secret {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// Reads a key in text, as `age-keygen` and [`Self::text`] write it: lines that begin with # are
    /// passed over.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let lines = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let key = lines.and_then(|line| line.parse().ok());
        key.map(Self).ok_or_else(|| {
            Failure::Input("there is no age key in it; want a line AGE-SECRET-KEY-1…, as `ding identity disclosure-key` writes".into())
        })
    }

    /// Opens sealed bytes. `what` names them in errors.
    pub(crate) fn open(&self, sealed: &[u8], what: &Path) -> Result<SecretBytes, Failure> {
        age::decrypt(&self.0, sealed).map(Zeroizing::new).map_err(|error| {
            let shown = what.display();
            Failure::Input(match error {
                age::DecryptError::NoMatchingKeys => {
                    format!("{shown} is sealed for somebody else: the key does not open it")
                }
                other => format!("{shown} cannot be opened: it is damaged or no age file ({other})"),
            })
        })
    }
}

/// Seals bytes under a passphrase.
pub(crate) fn seal_by_passphrase(passphrase: &Secret, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.as_str().to_owned()));
    recipient.set_work_factor(WORK_FACTOR);
    age::encrypt(&recipient, bytes).map_err(|error| Failure::Failed(format!("cannot encrypt: {error}")))
}

/// Opens bytes that were sealed under a passphrase.
pub(crate) fn open_by_passphrase(
    passphrase: &Secret,
    sealed: &[u8],
    what: &Path,
) -> Result<SecretBytes, Failure> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.as_str().to_owned()));
    identity.set_max_work_factor(WORK_FACTOR_MAX);
    age::decrypt(&identity, sealed).map(Zeroizing::new).map_err(|error| {
        let shown = what.display();
        Failure::Input(match error {
            age::DecryptError::NoMatchingKeys
            | age::DecryptError::DecryptionFailed
            | age::DecryptError::KeyDecryptionFailed => {
                format!("wrong passphrase for {shown}")
            }
            other => format!("{shown} cannot be opened: it is damaged ({other})"),
        })
    })
}
