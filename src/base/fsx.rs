//! Private files: atomic replacement, 0600 modes, advisory locks; every error names the path and the action.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::staged::Staged;

/// A file operation that failed, with what was tried on which path.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}", path.display())]
pub struct FsError {
    /// What was tried, as a verb: `read`, `write`, `lock`.
    pub action: &'static str,
    /// The file or folder it was tried on.
    pub path: PathBuf,
    /// The system's answer.
    #[source]
    pub source: io::Error,
}

impl FsError {
    /// An error about `action` on `path`.
    pub fn new(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the system said that there is no such file or folder.
    pub fn is_missing(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

/// Makes a closure for `map_err` that names `action` and `path`.
pub fn context<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> FsError + 'a {
    move |source| FsError::new(action, path, source)
}

/// Reads at most `limit` bytes of `path`; `None` when it does not exist.
///
/// # Errors
/// When it cannot be read, is not a regular file, or is larger than `limit` bytes.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    match read_start(path, limit)? {
        Some((_, false)) => {
            let error = io::Error::other(format!("larger than {limit} bytes"));
            Err(FsError::new("read", path, error))
        }
        Some((bytes, true)) => Ok(Some(bytes)),
        None => Ok(None),
    }
}

/// Reads the first `limit` bytes of `path` and tells whether that is all of it; `None` when it does not exist.
///
/// # Errors
/// When it cannot be read, or is not a regular file.
pub fn read_start(path: &Path, limit: u64) -> Result<Option<(Vec<u8>, bool)>, FsError> {
    let mut options = OpenOptions::new();
    let (file, meta) = match open_regular(never_blocking(options.read(true)), path) {
        Ok(opened) => opened,
        Err(error) if error.is_missing() => return Ok(None),
        Err(error) => return Err(error),
    };
    // With room for all of it the common case is one read.
    let expected = meta.len().min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).map_or(0, |size| size + 1));
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(context("read", path))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_whole = bytes.len() <= limit;
    bytes.truncate(limit);
    Ok(Some((bytes, is_whole)))
}

/// Reads a file that must be the current user's own and closed to everybody else, as [`read_bounded`] does.
///
/// A version-control checkout makes files that others may read (0644), so a file that came with a repository does not pass.
///
/// # Errors
/// Also when it belongs to somebody else, or its mode lets others read or write it.
pub fn read_own(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    #[cfg(unix)]
    if let Ok(meta) = path.metadata() {
        use std::os::unix::fs::MetadataExt as _;
        let is_open_to_others = meta.mode() & 0o077 > 0;
        let is_own = meta.uid() == rustix::process::geteuid().as_raw() && !is_open_to_others;
        if !is_own {
            let error = io::Error::other(
                "it belongs to somebody else or is open to others; if it is yours, chmod 600 it",
            );
            return Err(FsError::new("trust", path, error));
        }
    }
    read_bounded(path, limit)
}

/// Opens `path`, which somebody else may have put there: only a regular file will do. A pipe, a device or a folder could block
/// for ever or never end.
fn open_regular(options: &OpenOptions, path: &Path) -> Result<(File, Metadata), FsError> {
    let opened = options.open(path);
    let meta = match &opened {
        Ok(file) => file.metadata(),
        Err(_) => path.metadata(),
    };
    if meta.as_ref().is_ok_and(|meta| !meta.is_file()) {
        let error = io::Error::other("it is not a regular file; remove it");
        return Err(FsError::new("open", path, error));
    }
    let file = opened.map_err(context("open", path))?;
    Ok((file, meta.map_err(context("open", path))?))
}

/// The same options, but for pipes, whose opening does not wait for another process then.
fn never_blocking(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    options
}

/// What tells that a file was changed or replaced, without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(Option<(u64, u64, Option<std::time::SystemTime>, i64)>);

/// The stamp of the file at `path`; one that is missing or cannot be looked at has a stamp, too.
pub fn stamp(path: &Path) -> Stamp {
    let Ok(meta) = path.metadata() else {
        return Stamp(None);
    };
    #[cfg(unix)]
    let (inode, changed) = {
        use std::os::unix::fs::MetadataExt as _;
        (meta.ino(), meta.ctime() * 1_000_000_000 + meta.ctime_nsec())
    };
    #[cfg(not(unix))]
    let (inode, changed) = (0, 0);
    Stamp(Some((inode, meta.len(), meta.modified().ok(), changed)))
}

/// How the names of temporary files begin.
pub const TEMPORARY: &str = ".tmp-";

/// Replaces `path` by `bytes` in one step: a temporary file beside it, flushed to disk, then renamed; mode 0600.
///
/// A reader sees the old bytes or the new ones, never a mixture. A symbolic link at `path` is replaced, not followed.
///
/// # Errors
/// When the folder is missing or not writable, or the disk is full; `path` is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), FsError> {
    Staged::write(path, bytes)?.put()
}

/// Creates `path` and its parents, each new one with mode 0700.
pub fn create_private_dir(path: &Path) -> Result<(), FsError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(context("create", path))
}

/// Options for opening files that only their owner may read: new ones get mode 0600. A pipe in their place does not block.
pub fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    never_blocking(&mut options);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Removes `path` (file or whole folder); one that does not exist is fine.
pub fn remove(path: &Path) -> Result<(), FsError> {
    let result = match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FsError::new("remove", path, error))
        }
        _ => Ok(()),
    }
}

/// An exclusive advisory lock, held until dropped.
#[derive(Debug)]
#[must_use = "the lock is released when this is dropped"]
pub struct FileLock {
    _file: File,
    /// The lock file, if it goes when the lock is released.
    transient: Option<PathBuf>,
}

impl Drop for FileLock {
    /// A transient lock file is removed while it is still locked; who waits for it finds out by its inode.
    fn drop(&mut self) {
        if let Some(path) = &self.transient {
            drop(remove(path));
        }
    }
}

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// The lock file could not be made or locked.
    #[error(transparent)]
    File(#[from] FsError),
    /// Another process held it for as long as we were willing to wait.
    #[error("{} is in use by another process", path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
}

impl FileLock {
    /// Locks `path` (made when missing, mode 0600; its folder must exist), waiting at most `wait`. The lock file stays.
    pub fn acquire(path: &Path, wait: Duration) -> Result<Self, LockError> {
        let file = open_locked(private_options().create(true).append(true), path, wait)?;
        Ok(Self {
            _file: file,
            transient: None,
        })
    }

    /// As [`FileLock::acquire`], but the lock file exists only as long as somebody holds it.
    pub fn acquire_transient(path: &Path, wait: Duration) -> Result<Self, LockError> {
        let mut lock = Self::acquire(path, wait)?;
        // Elsewhere a waiting process cannot tell that its lock file was removed, so there it stays.
        lock.transient = cfg!(unix).then(|| path.to_owned());
        Ok(lock)
    }
}

/// Opens `path`, a regular file, and locks it exclusively, waiting at most `wait` in all.
///
/// What is locked is the file that `path` names at that moment: when it was replaced or removed while waiting, it is opened
/// again (which fails when `options` do not create it).
pub fn open_locked(options: &OpenOptions, path: &Path, wait: Duration) -> Result<File, LockError> {
    let start = Instant::now();
    loop {
        let (file, _) = open_regular(options, path)?;
        lock_within(&file, path, wait.saturating_sub(start.elapsed()))?;
        if is_at(&file, path) {
            return Ok(file);
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |meta: &Metadata| (meta.dev(), meta.ino());
    matches!((file.metadata(), path.metadata()), (Ok(file), Ok(path)) if id(&file) == id(&path))
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

/// Locks `file` exclusively, waiting at most `wait`; released by `File::unlock` or when `file` closes.
///
/// Waiting is polling at 1 ms: an advisory lock has no timeout of its own.
pub fn lock_within(file: &File, path: &Path, wait: Duration) -> Result<(), LockError> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Busy {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => {
                return Err(FsError::new("lock", path, error).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_files_privately() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(read_bounded(&path, 10).unwrap().unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_missing_file_is_none_and_a_large_one_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert!(read_bounded(&path, 3).unwrap().is_none());
        std::fs::write(&path, b"four").unwrap();
        let error = read_bounded(&path, 3).unwrap_err();
        assert!(error.to_string().starts_with("cannot read "), "{error}");
    }

    #[test]
    fn the_start_of_a_large_file_can_be_had() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"four").unwrap();
        let start = |limit| read_start(&path, limit).unwrap().unwrap();
        assert_eq!(start(3), (b"fou".to_vec(), false));
        assert_eq!(start(4), (b"four".to_vec(), true));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_and_never_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let [pipe, sub] = ["pipe", "folder"].map(|name| folder.path().join(name));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        std::fs::create_dir(&sub).unwrap();
        for path in [&*pipe, &sub, Path::new("/dev/zero")] {
            let read = read_bounded(path, 10).unwrap_err();
            let mut options = private_options();
            options.read(true).append(true).create(true);
            let locks = [
                FileLock::acquire(path, Duration::ZERO).map(drop),
                open_locked(&options, path, Duration::ZERO).map(drop),
            ];
            let errors = locks.map(|lock| match lock.unwrap_err() {
                LockError::File(error) => error,
                busy @ LockError::Busy { .. } => panic!("{busy}"),
            });
            for error in errors.iter().chain([&read]) {
                assert!(error.source.to_string().contains("regular"), "{error:?}");
            }
        }
    }

    #[test]
    fn a_lock_excludes_and_is_released_by_drop() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = FileLock::acquire(&path, Duration::ZERO).unwrap();
        assert!(matches!(
            FileLock::acquire(&path, Duration::from_millis(3)),
            Err(LockError::Busy { .. })
        ));
        drop(held);
        assert!(FileLock::acquire(&path, Duration::ZERO).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_transient_lock_file_goes_and_still_excludes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let inside = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let held = FileLock::acquire_transient(&path, Duration::from_mins(1));
                        let held = held.unwrap();
                        let others = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        assert_eq!(others, 0);
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
        assert!(!path.exists());
    }
}
