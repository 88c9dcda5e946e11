//! A member's folder: `node.toml`, `genesis.json`, `keys/`, `chains/<name>/`.

use crate::failure::Failure;
use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_cryptography::{bls12381::primitives::group::Share, ed25519};
use ding_chain::genesis::{DealtMember, decode_share};
use ding_primitives::{Spec, limits};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    net::SocketAddr,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// The member's settings.
pub const SETTINGS: &str = "node.toml";
/// The genesis file.
pub const GENESIS: &str = "genesis.json";
/// The member's private keys.
pub const KEYS: &str = "keys";
/// The member's identity: an ed25519 private key in hex.
pub const IDENTITY: &str = "identity.hex";
/// The member's share of the chain key in hex.
pub const SHARE: &str = "share.hex";
/// Data of the chains.
pub const CHAINS: &str = "chains";

/// `node.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Name of this member in the genesis file.
    pub member: String,
    /// Address of the HTTP port: JSON-RPC, health, metrics.
    pub http: SocketAddr,
    /// Address on which the other members reach this one.
    pub p2p: SocketAddr,
    /// Whether this member keeps the read model (look-ups by hash, logs, evidence).
    #[serde(default = "yes")]
    pub read_model: bool,
    /// Threads that recover signatures and hash; 0 means one per core.
    #[serde(default)]
    pub threads: usize,
    /// Mebibytes of the stores kept in memory.
    #[serde(default = "default_cache")]
    pub cache_mib: usize,
    /// Where the other members are: name in the genesis file to `host:port`.
    #[serde(default)]
    pub peers: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the text of a settings file.
    ///
    /// # Errors
    ///
    /// Names the line and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// The text of the settings file.
    ///
    /// # Errors
    ///
    /// A setting that TOML cannot hold.
    pub fn to_text(&self) -> Result<String, Failure> {
        toml::to_string(self).map_err(Failure::failed)
    }
}

const fn yes() -> bool {
    true
}

const fn default_cache() -> usize {
    64
}

/// A member's folder, opened.
#[derive(Debug)]
pub struct Home {
    /// The folder.
    pub dir: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// The genesis file.
    pub spec: Spec,
    /// The member's key.
    pub identity: ed25519::PrivateKey,
    /// The member's share of the chain key.
    pub share: Share,
    /// Keeps a second process out of the folder.
    _lock: fs::File,
}

impl Home {
    /// Opens a member's folder and locks it.
    ///
    /// # Errors
    ///
    /// Names the file and what is wrong with it.
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        let settings_path = dir.join(SETTINGS);
        if !settings_path.exists() {
            return Err(Failure::Input(format!(
                "{} has no {SETTINGS}: not a member's folder. Make one with `ding init`",
                dir.display()
            )));
        }
        let text = read_bounded(&settings_path, limits::SETTINGS_BYTES_MAX)?;
        let text = String::from_utf8(text)
            .map_err(|_| Failure::Input(format!("{} is not UTF-8", settings_path.display())))?;
        let settings = Settings::parse(&text)
            .map_err(|e| Failure::Input(format!("{}: {e}", settings_path.display())))?;
        let spec = read_genesis(&dir.join(GENESIS))?;
        let identity = read_key(&dir.join(KEYS).join(IDENTITY))?;
        let identity = ed25519::PrivateKey::decode(bytes::Bytes::from(identity)).map_err(|_| {
            Failure::Input(format!("{KEYS}/{IDENTITY} is not an ed25519 private key of 32 bytes in hex"))
        })?;
        let share = decode_share(&read_key(&dir.join(KEYS).join(SHARE))?)
            .map_err(|e| Failure::Input(format!("{KEYS}/{SHARE}: {e}")))?;
        let lock = lock(dir)?;
        Ok(Self { dir: dir.to_path_buf(), settings, spec, identity, share, _lock: lock })
    }

    /// Folder of the chain's data.
    pub fn data(&self) -> PathBuf {
        self.dir.join(CHAINS).join(&self.spec.name)
    }

    /// Folder of the stores of the chain.
    pub fn store(&self) -> PathBuf {
        self.data().join("store")
    }

    /// File of the read model.
    pub fn read_model(&self) -> PathBuf {
        self.data().join("readmodel.sqlite")
    }
}

/// Writes a member's folder.
///
/// # Errors
///
/// If it exists already or the disk refuses.
pub fn write_home(dir: &Path, settings: &Settings, spec: &Spec, keys: &DealtMember) -> Result<(), Failure> {
    if dir.join(SETTINGS).exists() {
        return Err(Failure::Input(format!(
            "{} holds a member already; choose another folder",
            dir.display()
        )));
    }
    let io = |e: std::io::Error| Failure::Failed(format!("{}: {e}", dir.display()));
    fs::create_dir_all(dir.join(KEYS)).map_err(io)?;
    fs::set_permissions(dir.join(KEYS), fs::Permissions::from_mode(0o700)).map_err(io)?;
    write_secret(&dir.join(KEYS).join(IDENTITY), &hex::encode(keys.identity.encode()))?;
    write_secret(&dir.join(KEYS).join(SHARE), &hex::encode(keys.share.encode()))?;
    fs::write(dir.join(GENESIS), spec.to_json()).map_err(io)?;
    fs::write(dir.join(SETTINGS), settings.to_text()?).map_err(io)
}

/// The account of the organisation that runs the member: a private key in hex.
pub const ACCOUNT: &str = "account.hex";

/// Writes the key of an organisation's account into a folder, beside a member's keys if it has some.
///
/// # Errors
///
/// There is one already, or the disk refuses.
pub fn write_account_key(dir: &Path, key: &str) -> Result<PathBuf, Failure> {
    let keys = dir.join(KEYS);
    let io = |e: std::io::Error| Failure::Failed(format!("{}: {e}", keys.display()));
    fs::create_dir_all(&keys).map_err(io)?;
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).map_err(io)?;
    let path = keys.join(ACCOUNT);
    write_secret(&path, key)?;
    Ok(path)
}

/// Reads and checks a genesis file.
///
/// # Errors
///
/// Names the field that is wrong.
pub fn read_genesis(path: &Path) -> Result<Spec, Failure> {
    let bytes = read_bounded(path, limits::GENESIS_BYTES_MAX)?;
    Spec::from_json(&bytes).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))
}

fn read_bounded(path: &Path, max: usize) -> Result<Vec<u8>, Failure> {
    let size = fs::metadata(path).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))?.len();
    if size > max as u64 {
        return Err(Failure::Input(format!(
            "{} has {size} bytes, more than the {max} allowed",
            path.display()
        )));
    }
    fs::read(path).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))
}

fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))?;
    writeln!(file, "{text}").map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))
}

/// Reads a private key that nobody else may read.
fn read_key(path: &Path) -> Result<Vec<u8>, Failure> {
    let metadata = fs::metadata(path).map_err(|e| Failure::Input(format!("{}: {e}", path.display())))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Failure::Input(format!(
            "{} can be read by others (mode {mode:o}); make it yours alone: chmod 600 {}",
            path.display(),
            path.display()
        )));
    }
    let text = read_bounded(path, limits::KEY_FILE_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&text);
    hex::decode(text.trim()).map_err(|e| Failure::Input(format!("{}: not hex: {e}", path.display())))
}

/// Takes the folder for this process. The lock ends with the process, however it ends.
fn lock(dir: &Path) -> Result<fs::File, Failure> {
    let path = dir.join("lock");
    let file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| Failure::Failed(format!("{}: {e}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(Failure::Failed(format!(
            "{} is in use by another ding process; stop that one first",
            dir.display()
        ))),
        Err(fs::TryLockError::Error(e)) => Err(Failure::Failed(format!("{}: {e}", path.display()))),
    }
}
