//! What killed writes leave in a folder, and its removal.

use std::io;
use std::path::Path;

use crate::base::fsx::{self, FsError};

/// Removes the temporary files in `folder` of writes that were killed; tells whether there were any. No write may be under way.
pub fn remove_temporary(folder: &Path) -> Result<bool, FsError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(FsError::new("list", folder, error)),
    };
    let mut found = false;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.starts_with(fsx::TEMPORARY)) {
            fsx::remove(&path)?;
            found = true;
        }
    }
    Ok(found)
}
