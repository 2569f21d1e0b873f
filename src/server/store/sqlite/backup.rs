//! A copy of the whole store, as of one moment, while a server may be writing to it.

use std::fs;
use std::path::Path;

use super::connect;
use crate::base::fsx::{self, FsError};
use crate::server::store::StoreError;

/// Copies the store at `path` to a new file at `to`, which is there whole or not at all.
pub(super) fn backup(path: &Path, to: &Path) -> Result<(), StoreError> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let create = |error| FsError::new("create a file in", folder, error);
    let copy = tempfile::Builder::new()
        .prefix(fsx::TEMPORARY)
        .tempfile_in(folder)
        .map_err(create)?;
    let target = copy.path().to_string_lossy().into_owned();
    connect::read(path, |db| {
        // Into an empty file: a copy that was begun before is begun again.
        copy.as_file()
            .set_len(0)
            .map_err(fsx::context("write", to))?;
        db.execute("VACUUM INTO ?1", [&target])
            .map(drop)
            .map_err(connect::failed("copy", path))
    })?;
    copy.as_file()
        .sync_all()
        .map_err(fsx::context("write", to))?;
    copy.persist_noclobber(to)
        .map_err(|error| FsError::new("create", to, error.error))?;
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(fsx::context("write", to))?;
    Ok(())
}
