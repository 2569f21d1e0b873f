//! The store's files on disk: which they are, whether they have changed, and whether they are still there.
//!
//! Only their metadata is looked at. Opening and closing one of them beside SQLite would release the locks that SQLite's own
//! connections in this process hold on it.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::base::fsx::{self, FsError};
use crate::server::store::StoreError;

/// What the names of the files beside the store end with: the write-ahead log and its index.
const LOG: &str = "-wal";
const INDEX: &str = "-shm";

/// The regular file that `path` leads to, without symbolic links: the log and its index lie beside that one.
pub(super) fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let found = path.canonicalize().map_err(|error| missing(path, error))?;
    let meta = found.metadata().map_err(|error| missing(path, error))?;
    if meta.is_file() {
        Ok(found)
    } else {
        Err(StoreError::NotAFile {
            path: path.to_owned(),
        })
    }
}

/// As [`resolve`]; makes the file (0600) and its folder (0700) when they are missing.
pub(super) fn resolve_or_make(path: &Path) -> Result<PathBuf, StoreError> {
    match resolve(path) {
        Err(StoreError::Missing { .. }) => {}
        found => return found,
    }
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fsx::create_private_dir(folder)?;
    }
    fsx::private_options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(fsx::context("create", path))?;
    resolve(path)
}

fn missing(path: &Path, error: std::io::Error) -> StoreError {
    if error.kind() == ErrorKind::NotFound {
        StoreError::Missing {
            path: path.to_owned(),
        }
    } else {
        FsError::new("read", path, error).into()
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What changes when somebody writes to the store.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    main: (u64, Option<SystemTime>),
    log: Option<(u64, Option<SystemTime>)>,
    /// Whether the log has an index.
    pub(super) has_index: bool,
}

impl Stamp {
    /// Of the files as they are now.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let of = |meta: Metadata| (meta.len(), meta.modified().ok());
        Ok(Self {
            main: path
                .metadata()
                .map(of)
                .map_err(|error| missing(path, error))?,
            log: beside(path, LOG).metadata().ok().map(of),
            has_index: beside(path, INDEX).exists(),
        })
    }

    /// Whether there is a write-ahead log.
    pub(super) fn has_log(&self) -> bool {
        self.log.is_some()
    }
}

/// The files that were opened, to be compared with those that bear their names later.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    path: PathBuf,
    /// Device and number of each file.
    files: Vec<(PathBuf, Option<(u64, u64)>)>,
}

impl Opened {
    /// The files of the store that was just opened as `path`, which leads to `found`.
    pub(super) fn of(path: &Path, found: &Path) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(fsx::context("find", path))?;
        let names = [path.clone(), beside(found, LOG), beside(found, INDEX)];
        Ok(Self {
            path,
            files: names
                .map(|name| (identity(&name), name))
                .map(|(id, name)| (name, id))
                .into(),
        })
    }

    /// Checks that the names still lead to these files.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let same = |(name, id): &(PathBuf, Option<(u64, u64)>)| identity(name) == *id;
        if self.files.iter().all(same) {
            Ok(())
        } else {
            Err(StoreError::Replaced {
                path: self.path.clone(),
            })
        }
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let meta = path.metadata().ok()?;
    Some((meta.dev(), meta.ino()))
}
