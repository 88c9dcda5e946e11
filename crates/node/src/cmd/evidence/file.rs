//! Digests of files: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905) in one pass, whatever the size.

use crate::failure::Failure;
use ding_primitives::B256;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;
use std::{
    fs::{File, Metadata},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// Bytes read at once.
const CHUNK_BYTES: usize = 1024 * 1024;
/// Reading more than this shows how far it is.
const PROGRESS_BYTES: u64 = 256 * 1024 * 1024;

/// A file by its digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cmd) struct Digests {
    pub(in crate::cmd) path: PathBuf,
    pub(in crate::cmd) bytes: u64,
    pub(in crate::cmd) sha256: B256,
    pub(in crate::cmd) sm3: B256,
}

/// Reads one file. Errors as [`all`].
pub(in crate::cmd) fn one(path: &Path) -> Result<Digests, Failure> {
    let mut found = all(std::slice::from_ref(&path.to_path_buf()))?;
    found.pop().ok_or_else(|| Failure::Input("no file was given".into()))
}

/// Reads files, in order.
///
/// # Errors
///
/// Names the file that is missing, no regular file, empty, or changed while it was read.
pub(in crate::cmd) fn all(paths: &[PathBuf]) -> Result<Vec<Digests>, Failure> {
    let sizes = paths.iter().map(|path| check(path)).collect::<Result<Vec<_>, _>>()?;
    let total = sizes.iter().fold(0u64, |sum, size| sum.saturating_add(*size));
    let progress = ProgressBar::with_draw_target(Some(total), target(total));
    if let Ok(style) =
        ProgressStyle::with_template("{wide_msg} {bytes}/{total_bytes} [{bar:30}] {bytes_per_sec} {eta}")
    {
        progress.set_style(style);
    }
    let mut buffer = vec![0; CHUNK_BYTES];
    let found = paths.iter().map(|path| {
        progress.set_message(path.display().to_string());
        digest(path, &mut buffer, &progress)
    });
    let found = found.collect();
    progress.finish_and_clear();
    found
}

/// The bar appears on a terminal only.
fn target(total: u64) -> ProgressDrawTarget {
    if total > PROGRESS_BYTES { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// Refuses what cannot be evidence, before anything is read; returns the size.
fn check(path: &Path) -> Result<u64, Failure> {
    let metadata = path.metadata().map_err(|error| cannot(path, &error))?;
    require_content(path, &metadata)?;
    Ok(metadata.len())
}

fn require_content(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let shown = path.display();
    if metadata.is_dir() {
        return Err(Failure::Input(format!(
            "{shown} is a folder; give the files in it, for example {shown}/*"
        )));
    }
    if !metadata.is_file() {
        return Err(Failure::Input(format!(
            "{shown} is no regular file, so its content does not stay; save it first"
        )));
    }
    if metadata.len() == 0 {
        return Err(Failure::Input(format!(
            "{shown} is empty: everybody has that file, so it is evidence of nothing"
        )));
    }
    Ok(())
}

fn digest(path: &Path, buffer: &mut [u8], progress: &ProgressBar) -> Result<Digests, Failure> {
    let mut file = File::open(path).map_err(|error| cannot(path, &error))?;
    let before = file.metadata().map_err(|error| cannot(path, &error))?;
    require_content(path, &before)?;
    let (mut sha256, mut sm3, mut bytes) = (Sha256::new(), Sm3::new(), 0u64);
    loop {
        let read = match file.read(buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(cannot(path, &error)),
        };
        let Some(part) = buffer.get(..read) else { break };
        sha256.update(part);
        sm3.update(part);
        bytes = bytes.saturating_add(read as u64);
        progress.inc(read as u64);
    }
    let after = file.metadata().map_err(|error| cannot(path, &error))?;
    if bytes != after.len() || before.modified().ok() != after.modified().ok() {
        return Err(Failure::Input(format!(
            "{} changed while it was read; deposit it when it is complete",
            path.display()
        )));
    }
    let [sha256, sm3] = [sha256.finalize().as_slice(), sm3.finalize().as_slice()].map(B256::from_slice);
    Ok(Digests { path: path.to_owned(), bytes, sha256, sm3 })
}

fn cannot(path: &Path, error: &io::Error) -> Failure {
    Failure::Input(format!("cannot read {}: {error}", path.display()))
}
