//! Connections: how the file is opened for writing and for reading.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::files::{self, Stamp};
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

/// Opens the file for writing.
///
/// `synchronous=FULL` makes every commit reach the disk before it returns. The write-ahead log is folded into the file every
/// 64 MiB, and the page cache holds 32 MiB. What is deleted is overwritten, so that it is gone from the file, too.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let sql = failed("open", path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(&sql)?;
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

/// Folds the log of changes into the file and empties it; tells whether nobody was in the way.
pub(super) fn fold(db: &mut Connection) -> rusqlite::Result<bool> {
    db.busy_timeout(Duration::ZERO)?;
    let is_busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    db.busy_timeout(BUSY)?;
    is_busy.map(|is_busy: bool| !is_busy)
}

/// How a file is opened for reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// There is no log, so nobody is writing: the file as it stands, without locks. Opened normally, it would get a log and an
    /// index beside it (or, in a folder that is not ours to write, not be opened).
    Still,
    /// A log and its index are there: somebody is writing, or was and crashed. SQLite tells by its locks. In the first case it
    /// reads beside the writer; in the second it makes an index of its own in memory, and keeps writers from folding the log
    /// while it reads.
    Beside,
    /// A log without its index: nobody is writing, since every writer has an index; a crash, a copy. The index is made in
    /// memory, without locks.
    Alone,
    /// As SQLite does it, which may write an index.
    Plain,
}

impl Way {
    fn for_files(files: &Stamp) -> Self {
        match (files.has_log(), files.has_index) {
            (false, _) => Self::Still,
            (true, true) => Self::Beside,
            (true, false) => Self::Alone,
        }
    }

    /// The parameters of the address.
    fn parameters(self) -> &'static str {
        match self {
            Self::Still => "?immutable=1",
            Self::Beside => "?readonly_shm=1",
            Self::Alone => "?vfs=unix-none",
            Self::Plain => "",
        }
    }

    /// Whether what was read in this way holds, given that the files were `before` and are `after`.
    ///
    /// Reading without locks is safe only as long as nobody starts writing, and every writer makes a log and an index first.
    fn holds<T>(
        self,
        result: &Result<T, StoreError>,
        before: &Stamp,
        after: &Result<Stamp, StoreError>,
    ) -> bool {
        match self {
            Self::Still | Self::Alone => after.as_ref().is_ok_and(|after| after == before),
            Self::Beside => !is_refusal(result),
            Self::Plain => true,
        }
    }
}

/// Whether SQLite could not take part in the locking of others, or the log went away meanwhile.
fn is_refusal<T>(result: &Result<T, StoreError>) -> bool {
    use ErrorCode::{CannotOpen, DatabaseBusy, FileLockingProtocolFailed, ReadOnly};
    let Err(StoreError::Sqlite { source, .. }) = result else {
        return false;
    };
    let code = source.sqlite_error_code();
    code.is_some_and(|code| {
        [
            ReadOnly,
            CannotOpen,
            DatabaseBusy,
            FileLockingProtocolFailed,
        ]
        .contains(&code)
    })
}

/// Reads the store without changing any file, whether or not a server is writing to it, and after a server has crashed.
///
/// Only if all that fails because somebody comes and goes, or locks in a way that needs it, it is read the plain way.
pub(super) fn read<T>(
    path: &Path,
    mut reading: impl FnMut(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    /// More than one, since a server can end, or begin, while its store is being read.
    const ATTEMPTS: usize = 3;
    let path = files::resolve(path)?;
    for _ in 0..ATTEMPTS {
        let before = Stamp::of(&path)?;
        let way = Way::for_files(&before);
        let result = connection(&path, way).and_then(|db| reading(&db));
        if way.holds(&result, &before, &Stamp::of(&path)) {
            return result;
        }
    }
    connection(&path, Way::Plain).and_then(|db| reading(&db))
}

fn connection(path: &Path, way: Way) -> Result<Connection, StoreError> {
    let sql = failed("open", path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let address = format!("file:{}{}", escaped(path), way.parameters());
    let db = Connection::open_with_flags(address, flags).map_err(&sql)?;
    db.busy_timeout(BUSY).map_err(&sql)?;
    if way == Way::Alone {
        // Where nothing is locked, this keeps the index in memory; and nothing may be folded when the connection closes.
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")
            .map_err(&sql)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
            .map_err(&sql)?;
    }
    Ok(db)
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
