//! Bounded reading of the project's text files: regular files only, UTF-8, without their byte order mark.

use std::io;
use std::path::Path;

use crate::base::fsx::{FsError, context, read_bounded};

/// The largest source file, manifest or configuration that is read, in bytes.
pub(super) const MAX_SOURCE: u64 = 1024 * 1024;

/// Reads at most `limit` bytes of the regular file `path` as text; `None` when there is nothing at `path`.
///
/// # Errors
/// When it is no regular file, larger than `limit`, not UTF-8, or the system refuses.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<String>, FsError> {
    let Some(bytes) = read_bytes(path, limit)? else {
        return Ok(None);
    };
    String::from_utf8(bytes)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        .map_err(context("read", path))
        .map(|text| Some(without_bom(text)))
}

/// Reads at most `limit` bytes of the regular file `path`; `None` when there is nothing at `path`.
///
/// Anything but a regular file is refused before it is opened: opening a pipe would wait for its other end.
///
/// # Errors
/// When it is no regular file, larger than `limit`, or the system refuses.
pub(super) fn read_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, FsError> {
    read_bounded(path, limit)
}

/// Reads `path` as [`read`] does and takes every trouble as absence, where absence is an answer.
pub(super) fn read_quietly(path: &Path, limit: u64) -> Option<String> {
    read(path, limit).ok().flatten()
}

fn without_bom(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
