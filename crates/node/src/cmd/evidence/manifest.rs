//! What must be remembered of a batch: its files in order, and a file's way to the root.
//!
//! The ledger knows the root only. The manifest (`batch-….ding-batch.json`) is kept by the
//! depositor; a path file (`….ding.path.json`) goes out with a proof package, whose own bytes leave
//! no room for it.

use super::file::Digests;
use crate::failure::Failure;
use ding_modules::evidence::batch;
use ding_primitives::{B256, limits};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    ffi::OsString,
    fs::{self, File},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

/// Layout of both files.
pub(super) const VERSION: u32 = 1;
/// How the name of a manifest ends.
const MANIFEST_SUFFIX: &str = ".ding-batch.json";
/// What the name of a path file has after that of its package.
const PATH_SUFFIX: &str = ".path.json";
/// Bytes of a manifest: room for the largest batch, with long names.
const MANIFEST_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Bytes of a path file: a path has at most 32 digests.
const PATH_BYTES_MAX: u64 = 64 * 1024;
/// Entries of a folder that are looked at for manifests.
const FOLDER_ENTRIES_MAX: usize = 100_000;

/// The files of a batch, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::cmd) struct Manifest {
    version: u32,
    /// Name of the chain.
    pub(super) chain: String,
    /// Hash of its block 0.
    pub(super) genesis_hash: B256,
    /// Root of the Merkle tree, as deposited.
    pub(super) root: B256,
    /// Transaction that deposited it, once it was final.
    pub(super) transaction: Option<B256>,
    /// The files, in the order of the tree.
    pub(super) files: Vec<Item>,
}

/// One file of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    /// Its path when it was deposited; tells people which file is meant, nothing else.
    pub(super) name: String,
    /// Its size.
    pub(super) bytes: u64,
    /// Its SHA-256 digest.
    pub(super) sha256: B256,
    /// Its SM3 digest.
    pub(super) sm3: B256,
}

/// A file's way to the root of its batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cmd) struct PathFile {
    version: u32,
    /// SHA-256 digest of the file.
    pub(in crate::cmd) sha256: B256,
    /// Root of the batch.
    pub(in crate::cmd) root: B256,
    /// Files of the batch.
    pub(in crate::cmd) count: u32,
    /// The file's place, from 0.
    pub(in crate::cmd) index: u32,
    /// Siblings from the leaf up.
    pub(in crate::cmd) path: Vec<B256>,
}

impl Manifest {
    /// The manifest of these files, in this order.
    ///
    /// # Errors
    ///
    /// Fewer than two files, or more than a batch holds.
    pub(super) fn new(chain: &str, genesis_hash: B256, files: &[Digests]) -> Result<Self, Failure> {
        let digests: Vec<B256> = files.iter().map(|file| file.sha256).collect();
        let root = batch::root(&digests).filter(|_| digests.len() > 1).ok_or_else(|| {
            Failure::Input(format!(
                "{} files are no batch; give 2 to {}",
                digests.len(),
                limits::EVIDENCE_BATCH_MAX
            ))
        })?;
        let item = |file: &Digests| Item {
            name: file.path.to_string_lossy().into_owned(),
            bytes: file.bytes,
            sha256: file.sha256,
            sm3: file.sm3,
        };
        let (chain, files) = (chain.to_owned(), files.iter().map(item).collect());
        Ok(Self { version: VERSION, chain, genesis_hash, root, transaction: None, files })
    }

    /// The same list, with the transaction that put its root on the ledger.
    pub(super) fn deposited_by(&self, transaction: B256) -> Self {
        Self { transaction: Some(transaction), ..self.clone() }
    }

    /// Where the manifest of this batch goes if nobody says: beside its first file.
    pub(super) fn default_path(&self, first: &Path) -> PathBuf {
        let digits = self.root.to_string();
        first.with_file_name(format!("batch-{}{MANIFEST_SUFFIX}", digits.get(2..18).unwrap_or(&digits)))
    }

    /// Reads a manifest and checks that its files have its root.
    ///
    /// # Errors
    ///
    /// Says why it is none.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        Self::from_json(path, &read_bounded(path, MANIFEST_BYTES_MAX)?)
    }

    /// The same of what was read. `path` is for errors.
    ///
    /// # Errors
    ///
    /// Says why it is none.
    pub(in crate::cmd) fn from_json(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let manifest: Self = parse(path, bytes, "list of a batch")?;
        let shown = path.display();
        require_version(path, manifest.version)?;
        if batch::root(&manifest.digests()) != Some(manifest.root) {
            let root = manifest.root;
            return Err(Failure::Input(format!(
                "the files listed in {shown} do not have its root {root}: the list was altered"
            )));
        }
        Ok(manifest)
    }

    /// Writes the manifest in place of an older one.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        write_json(path, self)
    }

    /// The way of a file to the root; `None` if the file is not of this batch.
    pub(super) fn path_of(&self, sha256: &B256) -> Option<PathFile> {
        let index = u32::try_from(self.files.iter().position(|item| item.sha256 == *sha256)?).ok()?;
        let digests = self.digests();
        let path = batch::path(&digests, index)?;
        let count = u32::try_from(digests.len()).ok()?;
        Some(PathFile { version: VERSION, sha256: *sha256, root: self.root, count, index, path })
    }

    /// Whether each file of the list has a way to the root.
    pub(in crate::cmd) fn all_lead(&self) -> bool {
        let size = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.iter().all(|item| {
            self.path_of(&item.sha256).is_some_and(|path| path.leads(&item.sha256, &self.root, size))
        })
    }

    fn digests(&self) -> Vec<B256> {
        self.files.iter().map(|item| item.sha256).collect()
    }

    /// The manifests in the folder of a file that list this digest.
    pub(super) fn beside(file: &Path, sha256: &B256) -> Vec<(PathBuf, Self)> {
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let names = entries.take(FOLDER_ENTRIES_MAX).filter_map(|entry| Some(entry.ok()?.path()));
        let mut paths: Vec<PathBuf> =
            names.filter(|path| path.to_string_lossy().ends_with(MANIFEST_SUFFIX)).collect();
        paths.sort();
        let read = paths.into_iter().filter_map(|path| Some((path.clone(), Self::read(&path).ok()?)));
        read.filter(|(_, manifest)| manifest.files.iter().any(|item| item.sha256 == *sha256)).collect()
    }
}

impl PathFile {
    /// Where the path file of a package lies.
    pub(in crate::cmd) fn beside(package: &Path) -> PathBuf {
        let mut name: OsString = package.as_os_str().to_owned();
        name.push(PATH_SUFFIX);
        name.into()
    }

    /// Reads a path file.
    ///
    /// # Errors
    ///
    /// Says why it is none.
    pub(in crate::cmd) fn read(path: &Path) -> Result<Self, Failure> {
        Self::from_json(path, &read_bounded(path, PATH_BYTES_MAX)?)
    }

    /// The same of what was read. `path` is for errors.
    ///
    /// # Errors
    ///
    /// Says why it is none.
    pub(in crate::cmd) fn from_json(path: &Path, bytes: &[u8]) -> Result<Self, Failure> {
        let file: Self = parse(path, bytes, "path to the root of a batch")?;
        require_version(path, file.version)?;
        Ok(file)
    }

    /// Writes the path file in place of an older one.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        write_json(path, self)
    }

    /// Whether the file with this digest stands in the batch with this root and size.
    pub(in crate::cmd) fn leads(&self, sha256: &B256, root: &B256, count: u32) -> bool {
        batch::verify(root, count, self.index, sha256, &self.path)
    }
}

fn require_version(path: &Path, version: u32) -> Result<(), Failure> {
    if version != VERSION {
        return Err(Failure::Input(format!(
            "{} has version {version}, this program reads version {VERSION}; use the release that wrote it",
            path.display()
        )));
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8], what: &str) -> Result<T, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::Input(format!("{} is no {what}: {error}", path.display())))
}

/// Reads a file of at most so many bytes.
pub(in crate::cmd) fn read_bounded(path: &Path, bytes_max: u64) -> Result<Vec<u8>, Failure> {
    let cannot = |error: std::io::Error| Failure::Input(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    File::open(path).map_err(cannot)?.take(bytes_max + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::Input(format!("{} has more than {bytes_max} bytes", path.display())));
    }
    Ok(bytes)
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    write_whole(path, &to_json(value)?)
}

/// The bytes of a file of either kind.
pub(in crate::cmd) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(Failure::failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Writes a file so that it is there whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| Failure::Failed(format!("cannot write {}: {error}", path.display()));
    let name = path.file_name().ok_or_else(|| Failure::Input(format!("{} names no file", path.display())))?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(hidden);
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(cannot)
}
