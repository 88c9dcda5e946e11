//! The file: whose it is, how it is opened, and the tables that all views share.
//!
//! A file is ours if its SQLite header carries [`APPLICATION_ID`]; anything else is left alone. A
//! lock file beside it keeps a second writer out, another process included.

use ding_primitives::{B256, Spec, limits};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, ffi::ErrorCode};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Marks a file as a read model, at byte 68 of its header (SQLite file format 1.3.14): "ding".
const APPLICATION_ID: i32 = 0x6469_6e67;
/// Layout of the tables below. Files with another one are derived again.
pub(crate) const FILE_VERSION: i32 = 1;

pub(crate) const SCHEMA: &str = "
    -- The chain that the rows come from.
    CREATE TABLE chain (genesis_hash BLOB NOT NULL) STRICT;
    -- How far each view is: the next block, the hash of the last one, and how much came before.
    CREATE TABLE views (
        name         TEXT PRIMARY KEY,
        version      INTEGER NOT NULL,
        next         INTEGER NOT NULL,
        hash         BLOB    NOT NULL,
        transactions INTEGER NOT NULL,
        logs         INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// Why a read model could not be opened. The node can go on without one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another part of this one, writes it.
    #[error("read model {path} is in use by another process; stop it first")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not a read model of ding; it was left untouched: choose another path or move it away")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The rows of another chain.
    #[error(
        "read model {path} belongs to the chain with genesis hash {found}, this chain has {wanted}; \
         choose another path or delete the file"
    )]
    OtherChain {
        /// The file.
        path: PathBuf,
        /// Genesis hash in the file.
        found: B256,
        /// Genesis hash of this chain.
        wanted: B256,
    },
    /// The genesis file does not say what the first block holds.
    #[error("cannot fill read model {path} from the genesis file: {reason}; correct the file")]
    Genesis {
        /// The file of the rows.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file is damaged.
    #[error("read model {path} is damaged; `ding readmodel rebuild` derives it again from the chain")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        #[source]
        source: rusqlite::Error,
    },
    /// The folder or file cannot be used.
    #[error("cannot use {path}: {source}; check that its folder exists and is writable")]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// Anything else that SQLite refuses: no space, no permission.
    #[error("cannot open read model {path}: {source}; check free space and permissions")]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite answered.
        #[source]
        source: rusqlite::Error,
    },
}

/// Where the read model is and which chain it is for.
#[derive(Clone, Debug)]
pub struct Config {
    /// Hash of the chain's block 0. A file of another chain is refused.
    pub genesis_hash: B256,
    /// The genesis file: what holds before the first block, of which no event tells.
    pub spec: Arc<Spec>,
}

/// What a failed statement means for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It may pass: no space, a busy disk.
    Passing,
    /// The file holds something it should not.
    Damage,
}

impl Trouble {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OutOfMemory
                | ErrorCode::PermissionDenied
                | ErrorCode::OperationInterrupted,
            ) => Self::Passing,
            _ => Self::Damage,
        }
    }
}

/// Keeps other writers out for as long as it lives. The file stays: removing it would race.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    fn take(path: &Path) -> Result<Self, OpenError> {
        let lock = beside(path, "-lock");
        let folder = |source| OpenError::Folder { path: lock.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock).map_err(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.into() }),
            Err(TryLockError::Error(source)) => Err(OpenError::Folder { path: lock, source }),
        }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    Ours,
    Foreign,
}

fn look(path: &Path) -> Result<Found, OpenError> {
    let failed = |source| OpenError::Folder { path: path.into(), source };
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut header).map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(failed(error)),
    };
    if header.is_empty() {
        return Ok(Found::Nothing);
    }
    let ours =
        header.starts_with(b"SQLite format 3\0") && header.get(68..72) == Some(&APPLICATION_ID.to_be_bytes());
    Ok(if ours { Found::Ours } else { Found::Foreign })
}

/// Opens the file for writing, or makes it.
pub(crate) fn open(path: &Path, config: &Config) -> Result<(Connection, Lock), OpenError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { path: folder.into(), source })?;
    }
    let lock = Lock::take(path)?;
    let found = look(path)?;
    if found == Found::Foreign {
        return Err(OpenError::Foreign { path: path.into() });
    }
    let sort = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Damaged { path: path.into(), source }
        }
        _ => OpenError::Sql { path: path.into(), source },
    };
    let sql = connect(path, found).map_err(sort)?;
    let stored = prepare(&sql, config).map_err(sort)?;
    if stored != config.genesis_hash {
        return Err(OpenError::OtherChain { path: path.into(), found: stored, wanted: config.genesis_hash });
    }
    Ok((sql, lock))
}

/// Removes a read model, damaged or not, and what SQLite keeps beside it.
pub(crate) fn remove(path: &Path) -> Result<(), OpenError> {
    let _lock = match look(path)? {
        Found::Foreign => return Err(OpenError::Foreign { path: path.into() }),
        Found::Nothing => return Ok(()),
        Found::Ours => Lock::take(path)?,
    };
    for path in [beside(path, "-wal"), beside(path, "-shm"), path.into()] {
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::Folder { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}

fn connect(path: &Path, found: Found) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A path that starts like a URI would be read as one.
    let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
    let sql = Connection::open_with_flags(path, flags)?;
    sql.busy_timeout(std::time::Duration::from_millis(limits::READMODEL_READER_WAIT_MS))?;
    if found == Found::Nothing {
        // Written before the journal becomes a write-ahead log, so that the header shows it.
        sql.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    sql.pragma_update(None, "journal_mode", "wal")?;
    sql.pragma_update(None, "synchronous", "normal")?;
    sql.pragma_update(None, "cache_size", -limits::READMODEL_WRITER_CACHE_KIB)?;
    sql.pragma_update(None, "temp_store", "memory")?;
    sql.pragma_update(None, "trusted_schema", false)?;
    sql.pragma_update(None, "wal_autocheckpoint", limits::READMODEL_LOG_PAGES)?;
    sql.pragma_update(None, "journal_size_limit", limits::READMODEL_LOG_PAGES * 4096)?;
    sql.set_prepared_statement_cache_capacity(limits::READMODEL_STATEMENTS_MAX);
    Ok(sql)
}

/// Makes the shared tables where they are missing or of another release; answers whose file it is.
fn prepare(sql: &Connection, config: &Config) -> rusqlite::Result<B256> {
    let version: i32 = sql.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != FILE_VERSION {
        if version != 0 {
            tracing::warn!(
                found = version,
                want = FILE_VERSION,
                "readmodel.open: other layout, derived again"
            );
        }
        sql.execute_batch("BEGIN IMMEDIATE")?;
        let made = make(sql, config);
        sql.execute_batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        made?;
    }
    let stored =
        sql.query_row("SELECT genesis_hash FROM chain", [], |row| row.get::<_, [u8; 32]>(0)).optional()?;
    Ok(stored.map_or(B256::ZERO, B256::new))
}

fn make(sql: &Connection, config: &Config) -> rusqlite::Result<()> {
    drop_tables(sql, |_| true)?;
    sql.execute_batch(SCHEMA)?;
    sql.execute("INSERT INTO chain (genesis_hash) VALUES (?1)", [config.genesis_hash.as_slice()])?;
    sql.pragma_update(None, "user_version", FILE_VERSION)
}

/// Drops the tables whose names are chosen. The names come from the file's own schema. A virtual table
/// takes those that it keeps its rows in along, so it goes first.
pub(crate) fn drop_tables(sql: &Connection, chosen: impl Fn(&str) -> bool) -> rusqlite::Result<()> {
    let mut select = sql.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC, rowid",
    )?;
    let names = select.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for name in names.iter().filter(|name| chosen(name)) {
        sql.execute_batch(&format!("DROP TABLE IF EXISTS \"{}\"", name.replace('"', "\"\"")))?;
    }
    Ok(())
}

/// Opens a connection that only reads.
pub(crate) fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
    let sql = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    sql.busy_timeout(std::time::Duration::from_millis(limits::READMODEL_READER_WAIT_MS))?;
    sql.pragma_update(None, "query_only", true)?;
    sql.pragma_update(None, "cache_size", -limits::READMODEL_READER_CACHE_KIB)?;
    sql.pragma_update(None, "temp_store", "memory")?;
    sql.pragma_update(None, "trusted_schema", false)?;
    sql.set_prepared_statement_cache_capacity(limits::READMODEL_STATEMENTS_MAX);
    Ok(sql)
}
