//! Accounts that sign: key files, passphrases, and the well-known accounts of development chains.
//!
//! - W1 a secret never stands on the command line, and is wiped from memory after use;
//! - W2 a file with a secret is readable by its owner only, and one that is not is refused by name;
//! - W3 the accounts of the test mnemonic sign on development chains only.

pub mod keystore;

use crate::failure::Failure;
use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_signer::SignerSync as _;
use alloy_signer_local::MnemonicBuilder;
use ding_primitives::{Address, B256, Bytes};
use std::{
    fs::{self, File, Metadata},
    io::{self, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::LazyLock,
};
use zeroize::Zeroizing;

pub(crate) use alloy_signer_local::PrivateKeySigner;

/// Folder of key files unless told otherwise.
pub(crate) const DEFAULT_ACCOUNTS: &str = "ding-data/accounts";
/// The mnemonic of anvil, Hardhat and every development chain. Everybody knows it.
pub(crate) const DEVELOPMENT_MNEMONIC: &str = "test test test test test test test test test test test junk";
/// Accounts of that mnemonic which development chains endow.
pub(crate) const DEVELOPMENT_ACCOUNTS: u32 = 10;

/// Test accounts of the first member organisations.
pub(crate) const MEMBER_ACCOUNTS: usize = 4;
/// What test accounts stand for on development chains: names that `--key` takes there, and the place
/// of each account. Two people of the supervisor, since some decisions need two.
pub(crate) const DEVELOPMENT_PARTS: [(&str, usize); 7] = [
    ("notary", 0),
    ("supervisor", 4),
    ("supervisor-2", 5),
    ("provincial", 6),
    ("competent", 7),
    ("provider", 8),
    ("provider-2", 9),
];

/// Environment variable with the passphrase of key files.
const PASSPHRASE_ENV: &str = "DING_PASSPHRASE";
/// Characters a new passphrase has at least.
const PASSPHRASE_CHARS_MIN: usize = 8;
/// Bytes of a passphrase, and of a private key or mnemonic in a file.
const SECRET_BYTES_MAX: u64 = 4 * 1024;
/// Entries of a folder of key files.
const ACCOUNTS_MAX: usize = 10_000;
/// Who may read a file with a secret: its owner.
const SECRET_FILE_MODE: u32 = 0o600;
const SECRET_FOLDER_MODE: u32 = 0o700;

/// Text that is wiped from memory when it is dropped.
pub(crate) type Secret = Zeroizing<String>;

/// Where the passphrase comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct PassphraseArgs {
    /// File whose first line is the passphrase; without it DING_PASSPHRASE is taken, or you are asked.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

impl PassphraseArgs {
    /// The passphrase of an existing key file.
    ///
    /// # Errors
    ///
    /// It cannot be had.
    pub(crate) fn existing(&self, what: &str) -> Result<Secret, Failure> {
        match self.given()? {
            Some(given) => Ok(given),
            None => ask(&format!("Passphrase of {what}: ")),
        }
    }

    /// The passphrase of a new key file, asked for twice.
    ///
    /// # Errors
    ///
    /// It cannot be had, is too short, or was not repeated.
    pub(crate) fn new_one(&self) -> Result<Secret, Failure> {
        let passphrase = match self.given()? {
            Some(given) => given,
            None => {
                let first = ask("New passphrase: ")?;
                require_length(&first)?;
                if *first != *ask("The same again: ")? {
                    return Err(Failure::Input("the two passphrases differ; nothing was written".into()));
                }
                first
            }
        };
        require_length(&passphrase)?;
        Ok(passphrase)
    }

    fn given(&self) -> Result<Option<Secret>, Failure> {
        if let Some(path) = &self.passphrase_file {
            let text = read_secret(path)?;
            return Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())));
        }
        match std::env::var(PASSPHRASE_ENV) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(Failure::Input(format!("{PASSPHRASE_ENV} is not text in UTF-8")))
            }
        }
    }
}

fn require_length(passphrase: &Secret) -> Result<(), Failure> {
    let chars = passphrase.chars().count();
    if chars < PASSPHRASE_CHARS_MIN {
        return Err(Failure::Input(format!(
            "the passphrase has {chars} characters, fewer than the {PASSPHRASE_CHARS_MIN} a new key file needs; take a longer one"
        )));
    }
    Ok(())
}

/// Asks on the terminal, without echo.
fn ask(question: &str) -> Result<Secret, Failure> {
    rpassword::prompt_password(question).map(Zeroizing::new).map_err(|error| {
        Failure::Input(format!(
            "there is no terminal to ask for it ({error}); give --passphrase-file FILE or set {PASSPHRASE_ENV}"
        ))
    })
}

/// A secret on standard input: typed without echo, or from a pipe.
///
/// # Errors
///
/// It cannot be read or is too long.
pub(crate) fn secret_from_stdin(question: &str) -> Result<Secret, Failure> {
    if io::stdin().is_terminal() {
        return ask(question);
    }
    read_bounded(io::stdin().lock(), "standard input")
}

/// A secret in a file.
///
/// # Errors
///
/// The file cannot be read, others may read it too, or it is too long.
pub(crate) fn read_secret(path: &Path) -> Result<Secret, Failure> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| Failure::Input(format!("cannot read {shown}: {error}")))?;
    let metadata =
        file.metadata().map_err(|error| Failure::Input(format!("cannot read {shown}: {error}")))?;
    require_private(path, &metadata)?;
    read_bounded(file, &shown.to_string())
}

fn read_bounded(source: impl io::Read, name: &str) -> Result<Secret, Failure> {
    let mut text = Zeroizing::new(String::new());
    source
        .take(SECRET_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::Input(format!("cannot read {name}: {error}")))?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(Failure::Input(format!(
            "{name} has more than {SECRET_BYTES_MAX} bytes, that is no secret"
        )));
    }
    Ok(text)
}

/// Refuses a regular file that others than its owner may read or write (W2). Pipes are the
/// business of whoever made them.
fn require_private(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let mode = metadata.permissions().mode();
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(Failure::Input(format!(
            "{} has open permissions ({:04o}): others on this machine may read the secret in it; `chmod 600 {0}` first",
            path.display(),
            mode & 0o7777
        )));
    }
    Ok(())
}

/// One key file of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Whose key it holds, if the file tells.
    pub(crate) address: Option<Address>,
    /// Why it cannot be used, if so.
    pub(crate) problem: Option<String>,
}

/// A folder of key files (Ethereum keystore version 3).
#[derive(Clone, Debug)]
pub(crate) struct Accounts {
    folder: PathBuf,
}

impl Accounts {
    /// The folder, which need not exist yet.
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Every key file, by name. Other files are passed over.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub(crate) fn list(&self) -> Result<Vec<Entry>, Failure> {
        let cannot =
            |error: io::Error| Failure::Input(format!("cannot read {}: {error}", self.folder.display()));
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(cannot)?,
        };
        let mut paths = Vec::new();
        for entry in entries {
            let entry = entry.map_err(cannot)?;
            if entry.file_type().map_err(cannot)?.is_file()
                && !entry.file_name().as_encoded_bytes().starts_with(b".")
            {
                paths.push(entry.path());
            }
            if paths.len() > ACCOUNTS_MAX {
                let shown = self.folder.display();
                return Err(Failure::Input(format!(
                    "{shown} has more than {ACCOUNTS_MAX} files; use another folder"
                )));
            }
        }
        paths.sort();
        Ok(paths.into_iter().filter_map(entry).collect())
    }

    /// Writes the key into a new file, encrypted, and returns where.
    ///
    /// # Errors
    ///
    /// The folder has the account already, or the file cannot be written.
    pub(crate) fn add(&self, signer: &PrivateKeySigner, passphrase: &Secret) -> Result<PathBuf, Failure> {
        let address = signer.address();
        if let Some(known) = self.list()?.into_iter().find(|entry| entry.address == Some(address)) {
            let path = known.path.display();
            return Err(Failure::Input(format!(
                "{address} is there already: {path}; remove that file first to change its passphrase"
            )));
        }
        let path = self.folder.join(format!("{address:?}.json"));
        let cannot = |error: io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(SECRET_FOLDER_MODE).create(&self.folder).map_err(cannot)?;
        let text = keystore::encrypt(signer, passphrase)?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(SECRET_FILE_MODE)
            .open(&path)
            .map_err(cannot)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| File::open(&self.folder)?.sync_all()) {
            // Half a key file is none.
            let _ = fs::remove_file(&path);
            return Err(cannot(error));
        }
        Ok(path)
    }

    /// The key file that `name` means: a path, an account, or the name of a file in the folder.
    fn find(&self, name: &str) -> Result<PathBuf, Failure> {
        if let Ok(address) = name.parse::<Address>() {
            let known = self.list()?.into_iter().find(|entry| entry.address == Some(address));
            return known.map(|entry| entry.path).ok_or_else(|| {
                let folder = self.folder.display();
                Failure::Input(format!(
                    "no key file in {folder} is of account {address}; see `ding keys list --dir {folder}`"
                ))
            });
        }
        let inside = self.folder.join(name);
        [PathBuf::from(name), inside.clone(), inside.with_added_extension("json")]
            .into_iter()
            .find(|path| path.is_file())
            .ok_or_else(|| {
                let folder = self.folder.display();
                Failure::Input(format!(
                    "{name:?} is no account (0x and 40 digits), no key file, and no name of one in {folder}"
                ))
            })
    }

    /// Whose key the file has that `name` means; `None` if there is none, or it does not tell.
    pub(crate) fn address_of(&self, name: &str) -> Option<Address> {
        keystore::read(&self.find(name).ok()?).ok()?.address()
    }

    /// Opens the key file that `name` means: a path, an account, or the name of a file in the folder.
    ///
    /// # Errors
    ///
    /// There is none, it is damaged or open to others, or the passphrase is wrong.
    pub(crate) fn open(&self, name: &str, passphrase: &PassphraseArgs) -> Result<PrivateKeySigner, Failure> {
        open(&self.find(name)?, passphrase)
    }
}

/// Opens one key file.
fn open(path: &Path, passphrase: &PassphraseArgs) -> Result<PrivateKeySigner, Failure> {
    let metadata = path
        .metadata()
        .map_err(|error| Failure::Input(format!("cannot read {}: {error}", path.display())))?;
    require_private(path, &metadata)?;
    let file = keystore::read(path)?;
    let passphrase = passphrase.existing(&path.display().to_string())?;
    file.decrypt(path, &passphrase)
}

/// What is in a file of the folder; `None` if it is no key file at all.
fn entry(path: PathBuf) -> Option<Entry> {
    let is_named_so = path.extension().is_some_and(|extension| extension == "json");
    match keystore::read(&path) {
        Ok(file) => {
            let open = path.metadata().ok().and_then(|metadata| require_private(&path, &metadata).err());
            Some(Entry { address: file.address(), problem: open.map(|failure| failure.to_string()), path })
        }
        Err(failure) if is_named_so => {
            Some(Entry { path, address: None, problem: Some(failure.to_string()) })
        }
        Err(_) => None,
    }
}

/// A private key in hexadecimal (64 digits, with or without 0x), or the account at `index` of a
/// mnemonic (BIP-39 words, path m/44'/60'/0'/0/index).
///
/// # Errors
///
/// The text is neither.
pub(crate) fn read_key(text: &Secret, index: u32) -> Result<PrivateKeySigner, Failure> {
    let text = text.trim();
    if text.starts_with('{') {
        return Err(Failure::Input("this is a key file already; copy it into the folder as it is".into()));
    }
    if text.split_whitespace().count() > 1 {
        let words = Zeroizing::new(text.split_whitespace().collect::<Vec<_>>().join(" "));
        return MnemonicBuilder::try_from_phrase_nth(words.as_str(), index).map_err(|error| {
            Failure::Input(format!("the words are no BIP-39 mnemonic in English: {error}"))
        });
    }
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes = Zeroizing::new(hex::decode(digits).map_err(|_| Failure::Input(WANT_KEY.into()))?);
    let word =
        Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Failure::Input(WANT_KEY.into()))?);
    PrivateKeySigner::from_slice(word.as_slice()).map_err(|_| {
        Failure::Input("the number is no private key: zero, or not below the order of secp256k1".into())
    })
}

const WANT_KEY: &str = "want a private key of 64 hexadecimal digits, or the words of a mnemonic";

/// The accounts that every development chain endows, in order.
pub(crate) fn development_accounts() -> &'static [PrivateKeySigner] {
    static ACCOUNTS: LazyLock<Vec<PrivateKeySigner>> = LazyLock::new(|| {
        // The mnemonic is a constant; a test derives all of its accounts.
        (0..DEVELOPMENT_ACCOUNTS)
            .filter_map(|index| MnemonicBuilder::try_from_phrase_nth(DEVELOPMENT_MNEMONIC, index).ok())
            .collect()
    });
    &ACCOUNTS
}

/// The test account that stands for a part ([`DEVELOPMENT_PARTS`]).
pub(crate) fn development_part(name: &str) -> Option<Address> {
    let (_, index) = DEVELOPMENT_PARTS.iter().find(|(part, _)| *part == name)?;
    development_accounts().get(*index).map(PrivateKeySigner::address)
}

/// Who signs: `key` names an account or a key file. On development chains a test account may be
/// named, by address or part, and the first one signs if nobody is.
///
/// # Errors
///
/// Nobody was named on a chain that is not for development, or the key file does not open.
pub(crate) fn signer(
    key: Option<&str>,
    accounts: &Accounts,
    passphrase: &PassphraseArgs,
    chain: &str,
    is_development: bool,
) -> Result<PrivateKeySigner, Failure> {
    if is_development {
        let named = key.map(|name| development_part(name).or_else(|| name.parse().ok()));
        let known = development_accounts().iter().find(|account| match named {
            None => true,
            Some(address) => Some(account.address()) == address,
        });
        if let Some(account) = known {
            return Ok(account.clone());
        }
    }
    let name = key.ok_or_else(|| {
        Failure::Input(format!(
            "{chain} is not a development chain, so no test account signs here; say who does with --key ACCOUNT \
             (`ding keys list` shows yours, `ding keys new` makes one)"
        ))
    })?;
    accounts.open(name, passphrase)
}

/// Signs a transaction; returns its hash and the bytes to send.
///
/// # Errors
///
/// The key cannot sign.
pub(crate) fn sign(signer: &PrivateKeySigner, transaction: TxEip1559) -> Result<(B256, Bytes), Failure> {
    let signature = signer
        .sign_hash_sync(&transaction.signature_hash())
        .map_err(|error| Failure::Failed(format!("{} cannot sign: {error}", signer.address())))?;
    let envelope = TxEnvelope::Eip1559(transaction.into_signed(signature));
    Ok((*envelope.tx_hash(), envelope.encoded_2718().into()))
}

#[cfg(test)]
mod tests;
