//! A yes on its way into the record: written to the disk, and not yet in its place.

use super::{ConsentError, ConsentFile};
use crate::base::staged::Staged;

/// A yes that needs no more room on the disk. Dropped it leaves nothing behind.
#[derive(Debug)]
#[must_use = "it is no yes yet"]
pub struct Ready {
    file: ConsentFile,
    staged: Staged,
}

impl Ready {
    /// The record as it will be, which `staged` holds.
    pub(super) fn new(file: ConsentFile, staged: Staged) -> Self {
        Self { file, staged }
    }

    /// The epoch that begins with it.
    pub fn epoch(&self) -> u64 {
        self.file.epoch()
    }

    /// Puts it in its place; gives the record as it is then.
    pub(super) fn put(self) -> Result<ConsentFile, ConsentError> {
        self.staged.put()?;
        Ok(self.file)
    }
}
