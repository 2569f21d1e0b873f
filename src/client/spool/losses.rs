//! A count of events that could be neither kept nor noted: in a file that is made while there is room and overwritten in place,
//! which a full disk allows (but for file systems that copy on every write).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::APPEND_WAIT;
use crate::base::fsx::{self, FsError, LockError, context};

/// The file, in a grant's folder.
const FILE: &str = "losses";

/// The digits of the largest count.
const DIGITS: usize = 20;

/// Makes the file in `folder`, with a count of 0, unless it is there.
pub(super) fn prepare(folder: &Path) -> Result<(), FsError> {
    let path = folder.join(FILE);
    if path.exists() {
        Ok(())
    } else {
        fsx::write_atomic(&path, text(0).as_bytes())
    }
}

/// The count; 0 where there is no file.
pub(super) fn read(folder: &Path) -> u64 {
    let bytes = fsx::read_bounded(&folder.join(FILE), 64)
        .ok()
        .flatten()
        .unwrap_or_default();
    number(&bytes)
}

/// Adds to the count. Best effort: this is the last resort.
pub(super) fn add(folder: &Path, events: usize) {
    let events = u64::try_from(events).unwrap_or(u64::MAX);
    drop(change(folder, |count| count.saturating_add(events)));
}

/// Takes `noted` events off the count, since the ledger has them now.
pub(super) fn settle(folder: &Path, noted: u64) -> Result<(), LockError> {
    change(folder, |count| count.saturating_sub(noted))
}

fn change(folder: &Path, by: impl FnOnce(u64) -> u64) -> Result<(), LockError> {
    let path = folder.join(FILE);
    let mut options = fsx::private_options();
    options.read(true).write(true);
    let mut file: File = fsx::open_locked(&options, &path, APPEND_WAIT)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .and_then(|_| file.seek(SeekFrom::Start(0)))
        .and_then(|_| file.write_all(text(by(number(&bytes))).as_bytes()))
        .map_err(context("write", &path))?;
    Ok(())
}

fn text(count: u64) -> String {
    format!("{count:0DIGITS$}\n")
}

fn number(bytes: &[u8]) -> u64 {
    std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_keeps_the_file_as_long_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), 3);
        assert_eq!(read(folder.path()), 0, "nothing is made after the fact");
        prepare(folder.path()).unwrap();
        let size = || folder.path().join(FILE).metadata().unwrap().len();
        let before = size();
        add(folder.path(), 3);
        add(folder.path(), 4);
        prepare(folder.path()).unwrap();
        assert_eq!((read(folder.path()), size()), (7, before));
        settle(folder.path(), 5).unwrap();
        assert_eq!(read(folder.path()), 2);
    }
}
