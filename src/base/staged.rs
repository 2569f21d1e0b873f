//! A private file that is written whole beside its place, and put there in a step of its own, which needs no room on the disk.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::fsx::{FsError, TEMPORARY, context};

/// A file that is ready to be put in place; dropped before that it leaves nothing behind.
#[derive(Debug)]
#[must_use = "it is not in its place yet"]
pub struct Staged {
    file: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Writes `bytes`, which are to be at `path`, to a temporary file in the same folder, flushed to disk; mode 0600.
    ///
    /// # Errors
    /// When the folder is missing or not writable, or the disk is full.
    pub fn write(path: &Path, bytes: &[u8]) -> Result<Self, FsError> {
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempfile_in(folder_of(path))
            .map_err(context("write", path))?;
        file.write_all(bytes).map_err(context("write", path))?;
        file.as_file().sync_all().map_err(context("write", path))?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Puts it in its place, in one step. A symbolic link there is replaced, not followed.
    ///
    /// # Errors
    /// When the folder is not writable any more; what was at the place is then as it was.
    pub fn put(self) -> Result<(), FsError> {
        self.file
            .persist(&self.path)
            .map_err(|error| FsError::new("replace", &self.path, error.error))?;
        // Makes the rename durable; a file system that cannot is as durable as it gets.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            drop(folder.sync_all());
        }
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes_before_it_is_put_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "old").unwrap();
        let names = || folder.path().read_dir().unwrap().count();
        drop(Staged::write(&path, b"dropped").unwrap());
        assert_eq!((std::fs::read(&path).unwrap(), names()), (b"old".into(), 1));
        let staged = Staged::write(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        staged.put().unwrap();
        assert_eq!((std::fs::read(&path).unwrap(), names()), (b"new".into(), 1));
    }
}
