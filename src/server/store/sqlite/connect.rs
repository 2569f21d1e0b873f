//! Connections: how the file is made, and how it is opened for writing and for reading.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::base::fsx::{self, FsError};
use crate::server::store::StoreError;

/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(5);

/// For `map_err`: SQLite's answer with what was tried on which store.
pub(super) fn failed<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl Fn(rusqlite::Error) -> StoreError + 'a {
    move |error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::NotAStore {
            path: path.to_owned(),
        },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged {
            path: path.to_owned(),
            what: "its pages do not fit together",
        },
        _ => StoreError::Sqlite {
            action,
            path: path.to_owned(),
            source: Arc::new(error),
        },
    }
}

/// Makes the file (0600) and its folder (0700) when they are missing, and opens it for writing.
///
/// `synchronous=FULL` makes every commit reach the disk before it returns. The write-ahead log is folded into the file every
/// 64 MiB, and the page cache holds 32 MiB. What is deleted is overwritten, so that it is gone from the file, too.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fsx::create_private_dir(folder)?;
    }
    fsx::private_options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(fsx::context("create", path))?;
    let sql = failed("open", path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(absolute(path)?, flags).map_err(&sql)?;
    db.busy_timeout(BUSY).map_err(&sql)?;
    db.execute_batch(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -32768;
         PRAGMA wal_autocheckpoint = 8192;
         PRAGMA journal_size_limit = 134217728;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;",
    )
    .map_err(&sql)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(db)
}

/// Reads the store without changing any file, whether or not a server is writing to it.
///
/// With a write-ahead log present somebody is writing, or was: SQLite's own locking then gives a consistent view. Without one,
/// nobody is; opening normally would leave a log and an index file behind (or fail in a folder that is not ours to write), so
/// the file is read as immutable. That is safe only as long as nobody starts writing, and every writer makes a log first: if
/// one has appeared, or the file has changed, by the time the reading is done, it is done again, the normal way.
pub(super) fn read<T>(
    path: &Path,
    mut reading: impl FnMut(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let before = stamp(path)?;
    if !has_log(path) {
        let result = connection(path, true).and_then(|db| reading(&db));
        if !has_log(path) && stamp(path)? == before {
            return result;
        }
    }
    connection(path, false).and_then(|db| reading(&db))
}

fn connection(path: &Path, immutable: bool) -> Result<Connection, StoreError> {
    let sql = failed("open", path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let address = format!(
        "file:{}{}",
        escaped(&absolute(path)?),
        if immutable { "?immutable=1" } else { "" }
    );
    let db = Connection::open_with_flags(address, flags).map_err(&sql)?;
    db.busy_timeout(BUSY).map_err(&sql)?;
    Ok(db)
}

/// Absolute, so that no path can be mistaken for one of SQLite's special names.
fn absolute(path: &Path) -> Result<PathBuf, FsError> {
    std::path::absolute(path).map_err(fsx::context("find", path))
}

/// The path as the path of a `file:` address; everything but the plainest characters is escaped.
fn escaped(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            text.push(char::from(*byte));
        } else {
            write!(text, "%{byte:02X}").ok();
        }
    }
    text
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

/// What changes when somebody writes to the file.
fn stamp(path: &Path) -> Result<(u64, Option<SystemTime>), StoreError> {
    let meta = match path.metadata() {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::Missing {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(FsError::new("read", path, error).into()),
    };
    Ok((meta.len(), meta.modified().ok()))
}
