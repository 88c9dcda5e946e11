//! The folder of records.
//!
//! ```text
//! store.json                       version and recipient; anyone may see it
//! key.age                          the key to the records and to the index, under a passphrase
//! <index>.<subject>.age            one record, sealed for the recipient
//! erased.jsonl                     which commitments were erased, and when
//! lock                             keeps a second writer out
//! ```
//!
//! `index` is HMAC-SM3 of what a subject is known by, under a key that `key.age` holds: the same
//! subject is found again, and who has the folder alone cannot try numbers. `subject` is what the
//! ledger shows.

use super::{
    record::Record,
    sealed::{self, Key, Recipient},
};
use crate::{failure::Failure, wallet::Secret};
use ding_modules::identity::commitment;
use ding_primitives::{B256, limits};
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Folder of the records unless told otherwise.
pub(crate) const DEFAULT_RECORDS: &str = "ding-data/records";
/// Version of the folder.
pub(super) const STORE_VERSION: u32 = 1;
const STORE: &str = "store.json";
const KEY: &str = "key.age";
const ERASED: &str = "erased.jsonl";
const LOCK: &str = "lock";
/// Files that were not written to their end begin with this.
const HALF: &str = ".half-";
/// Digits of the index in the name of a file.
const INDEX_DIGITS: usize = 32;
/// Digits of a subject that are enough to name a record.
const PREFIX_MIN: usize = 4;
/// Bytes of the small files.
const SMALL_BYTES_MAX: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    version: u32,
    recipient: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    key: String,
    index: String,
}

impl Head {
    /// Reads what anyone may see of a folder.
    fn from_json(folder: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let shown = folder.display();
        let head: Self = serde_json::from_slice(bytes)
            .map_err(|error| Failure::Input(format!("{shown}/{STORE} is damaged: {error}")))?;
        if head.version != STORE_VERSION {
            let version = head.version;
            return Err(Failure::Input(format!(
                "{shown} was written by another release (records {version}, this one reads {STORE_VERSION})"
            )));
        }
        Ok(head)
    }
}

/// Reads the head of a folder of records and writes it again.
///
/// # Errors
///
/// It is damaged, or of another release.
pub(crate) fn head(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(&Head::from_json(Path::new("records"), bytes)?).map_err(Failure::failed)
}

impl Drop for Keys {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.key);
        zeroize::Zeroize::zeroize(&mut self.index);
    }
}

/// A record by the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    index: String,
    /// The subject as the ledger shows it.
    pub(crate) subject: B256,
}

impl Entry {
    pub(crate) fn name(&self) -> String {
        format!("{}.{}.age", self.index, hex::encode(self.subject))
    }

    /// The record that a file of this name holds.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let (index, rest) = name.strip_suffix(".age")?.split_once('.')?;
        let fits = index.len() == INDEX_DIGITS && index.bytes().all(|byte| byte.is_ascii_hexdigit());
        let subject = rest.parse().ok().filter(|_| rest.len() == 64)?;
        // Another spelling of a name is another file, which no record was written to.
        fits.then(|| Self { index: index.to_owned(), subject }).filter(|entry| entry.name() == name)
    }
}

/// An opened folder of records; no other process writes to it meanwhile.
pub(crate) struct Store {
    folder: PathBuf,
    key: Key,
    index: Zeroizing<Vec<u8>>,
    _lock: File,
}

impl core::fmt::Debug for Store {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::Failed(format!("cannot {verb} {}: {error}", path.display()))
}

impl Store {
    /// Whether the folder holds records.
    pub(crate) fn exists(folder: &Path) -> bool {
        folder.join(KEY).exists()
    }

    /// Makes the folder, with a new key under the passphrase.
    ///
    /// # Errors
    ///
    /// It holds records already, or cannot be written.
    pub(crate) fn create(folder: &Path, passphrase: &Secret) -> Result<Self, Failure> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| cannot("make", folder, &error))?;
        let lock = lock(folder)?;
        if Self::exists(folder) {
            return Err(Failure::Input(format!(
                "{} holds records already; choose another folder",
                folder.display()
            )));
        }
        let key = Key::random();
        let mut index = Zeroizing::new(vec![0u8; 32]);
        rand::rng().fill_bytes(&mut index);
        let keys = Keys { key: key.text().to_string(), index: hex::encode(&index) };
        let text = Zeroizing::new(serde_json::to_vec(&keys).map_err(Failure::failed)?);
        let head = Head { version: STORE_VERSION, recipient: key.recipient().to_string() };
        let head = serde_json::to_vec(&head).map_err(Failure::failed)?;
        write(folder, STORE, &head)?;
        // The key last: a folder without it holds nothing.
        write(folder, KEY, &sealed::seal_by_passphrase(passphrase, &text)?)?;
        Ok(Self { folder: folder.to_owned(), key, index, _lock: lock })
    }

    /// Opens the folder.
    ///
    /// # Errors
    ///
    /// There is none, the passphrase is wrong, others may read it, it is damaged or in use.
    pub(crate) fn open(folder: &Path, passphrase: &Secret) -> Result<Self, Failure> {
        let shown = folder.display();
        if !Self::exists(folder) {
            return Err(Failure::Input(format!(
                "{shown} holds no records; `ding identity record init` makes a folder, --records names another"
            )));
        }
        let mode = fs::metadata(folder).map_err(|error| cannot("read", folder, &error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Failure::Input(format!(
                "{shown} has open permissions ({:04o}): others on this machine may see who was erased when; `chmod 700 {shown}` first",
                mode & 0o7777
            )));
        }
        let lock = lock(folder)?;
        let head = Head::from_json(folder, &read(&folder.join(STORE), SMALL_BYTES_MAX)?)?;
        let path = folder.join(KEY);
        let text = sealed::open_by_passphrase(passphrase, &read(&path, SMALL_BYTES_MAX)?, &path)?;
        let damaged = || Failure::Input(format!("{} is damaged: it holds no keys", path.display()));
        let keys: Keys = serde_json::from_slice(&text).map_err(|_| damaged())?;
        let (key, index) =
            (Key::read(&keys.key)?, Zeroizing::new(hex::decode(&keys.index).map_err(|_| damaged())?));
        if index.len() != 32 || key.recipient().to_string() != head.recipient {
            return Err(Failure::Input(format!(
                "{shown}: {KEY} and {STORE} do not belong together; restore both from one backup"
            )));
        }
        let store = Self { folder: folder.to_owned(), key, index, _lock: lock };
        store.sweep()?;
        Ok(store)
    }

    /// The recipient that other authorities seal records for.
    pub(crate) fn recipient(&self) -> Recipient {
        self.key.recipient()
    }

    /// The key, to open what was sealed for this store.
    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// Removes what a writer that was killed left behind.
    fn sweep(&self) -> Result<(), Failure> {
        for name in self.names()? {
            if name.starts_with(HALF) {
                wipe(&self.folder.join(&name))?;
            }
        }
        Ok(())
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        let cannot = |error: io::Error| cannot("read", &self.folder, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(cannot)? {
            names.extend(entry.map_err(cannot)?.file_name().into_string());
            if names.len() > limits::RECORDS_MAX {
                return Err(Failure::Failed(format!(
                    "{} has more than {} files; use another folder",
                    self.folder.display(),
                    limits::RECORDS_MAX
                )));
            }
        }
        names.sort();
        Ok(names)
    }

    /// Every record, by the names of files.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub(crate) fn list(&self) -> Result<Vec<Entry>, Failure> {
        Ok(self.names()?.iter().filter_map(|name| Entry::of(name)).collect())
    }

    fn index_of(&self, record: &Record) -> String {
        let word = commitment::keyed(&self.index, record.index_value().as_bytes());
        hex::encode(word).chars().take(INDEX_DIGITS).collect()
    }

    /// The record of the same subject, if there is one.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) fn same(&self, record: &Record) -> Result<Option<Record>, Failure> {
        let index = self.index_of(record);
        let known = self.list()?.into_iter().find(|entry| entry.index == index);
        known.map(|entry| self.get(&entry)).transpose()
    }

    /// The record that a person means by the beginning of its subject on the ledger.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub(crate) fn find(&self, prefix: &str) -> Result<Entry, Failure> {
        let digits = prefix.trim_start_matches("0x").to_lowercase();
        if digits.len() < PREFIX_MIN || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Failure::Input(format!(
                "{prefix:?} names no record; give the first digits of its subject (at least {PREFIX_MIN}), as `ding identity record list` shows"
            )));
        }
        let mut fitting =
            self.list()?.into_iter().filter(|entry| hex::encode(entry.subject).starts_with(&digits));
        match (fitting.next(), fitting.next()) {
            (Some(entry), None) => Ok(entry),
            (None, _) => {
                Err(Failure::Input(format!("no record here has a subject that begins with {digits}")))
            }
            (Some(_), Some(_)) => {
                Err(Failure::Input(format!("several records begin with {digits}; give more digits")))
            }
        }
    }

    /// Opens a record.
    ///
    /// # Errors
    ///
    /// It is damaged, or belongs under another name.
    pub(crate) fn get(&self, entry: &Entry) -> Result<Record, Failure> {
        let path = self.folder.join(entry.name());
        let text = self.key.open(&read(&path, limits::RECORD_BYTES_MAX)?, &path)?;
        let damaged = |why: &str| Failure::Input(format!("{} is damaged: {why}", path.display()));
        let record = Record::from_json(&text).map_err(|why| damaged(&why))?;
        if (self.index_of(&record), record.subject()) != (entry.index.clone(), entry.subject) {
            return Err(damaged("it holds the record of another subject"));
        }
        Ok(record)
    }

    /// Writes a record: a new one, or in place of the one of the same subject.
    ///
    /// # Errors
    ///
    /// There is another record of the subject, with another salt; or the disk refuses.
    pub(crate) fn put(&self, record: &Record) -> Result<Entry, Failure> {
        let entry = Entry { index: self.index_of(record), subject: record.subject() };
        let known = self.list()?.into_iter().find(|known| known.index == entry.index);
        if known.is_some_and(|known| known.subject != entry.subject) {
            return Err(Failure::Input(
                "there is a record of this subject with another salt; one subject has one salt as long as it is known".into(),
            ));
        }
        let text = Zeroizing::new(serde_json::to_vec(record).map_err(Failure::failed)?);
        let sealed = self.key.recipient().seal(&text)?;
        if sealed.len() as u64 > limits::RECORD_BYTES_MAX {
            return Err(Failure::Input(format!(
                "the record has {} bytes, more than the {} that are kept; take a smaller image",
                sealed.len(),
                limits::RECORD_BYTES_MAX
            )));
        }
        write(&self.folder, &entry.name(), &sealed)?;
        Ok(entry)
    }

    /// Erases a record and with it its salts. What it was called is noted, with the time.
    ///
    /// # Errors
    ///
    /// The disk refuses; then the record may still be there.
    pub(crate) fn erase(&self, entry: &Entry, now_ms: u64) -> Result<(), Failure> {
        wipe(&self.folder.join(entry.name()))?;
        sync(&self.folder)?;
        let path = self.folder.join(ERASED);
        let line = json!({ "subject": entry.subject, "erasedMs": now_ms }).to_string() + "\n";
        let mut file = File::options()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| cannot("write", &path, &error))?;
        let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
        written.map_err(|error| cannot("write", &path, &error))
    }
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<File, Failure> {
    let path = folder.join(LOCK);
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| cannot("open", &path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Failure::Failed(format!(
            "{} is in use by another ding process; try again when it is done",
            folder.display()
        ))),
        Err(fs::TryLockError::Error(error)) => Err(cannot("lock", &path, &error)),
    }
}

fn read(path: &Path, max: u64) -> Result<Vec<u8>, Failure> {
    let cannot = |error: io::Error| Failure::Input(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    let read = File::open(path).map_err(cannot)?.take(max + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if read as u64 > max {
        return Err(Failure::Input(format!("{} has more than {max} bytes", path.display())));
    }
    Ok(bytes)
}

/// Writes a file so that it is there whole or not at all (P3).
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let (half, whole) = (folder.join(format!("{HALF}{name}")), folder.join(name));
    let written = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&half)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&half, &whole));
    if let Err(error) = written {
        let _ = fs::remove_file(&half);
        return Err(cannot("write", &whole, &error));
    }
    sync(folder)
}

/// Makes renames and removals last.
fn sync(folder: &Path) -> Result<(), Failure> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| cannot("write", folder, &error))
}

/// Overwrites a file and removes it. What a disk keeps of overwritten blocks stays sealed; backups
/// are the authority's to erase.
fn wipe(path: &Path) -> Result<(), Failure> {
    let wiped = File::options().write(true).open(path).and_then(|mut file| {
        let size = file.metadata()?.size();
        let zeros = vec![0u8; 64 * 1024];
        let mut left = size;
        while left > 0 {
            let piece =
                zeros.get(..usize::try_from(left).unwrap_or(usize::MAX).min(zeros.len())).unwrap_or(&zeros);
            file.write_all(piece)?;
            left = left.saturating_sub(piece.len() as u64);
        }
        file.sync_all()
    });
    wiped.and_then(|()| fs::remove_file(path)).map_err(|error| cannot("erase", path, &error))
}
