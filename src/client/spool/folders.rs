//! The folders of all grants' spools: made when consent is given, handed on when it is given again, cleared when nobody's.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Ledger, Spool, losses, note_withdrawn};
use crate::base::fsx::{self, FsError};
use crate::client::consent::Locked;
use crate::config::Paths;

impl Spool {
    /// The folder of all grants' spools.
    pub fn root(paths: &Paths) -> PathBuf {
        paths.state_dir.join("spool")
    }

    /// The folder of the grant of `epoch`.
    pub fn folder_of(paths: &Paths, epoch: u64) -> PathBuf {
        Self::root(paths).join(epoch.to_string())
    }

    /// The epochs that have a folder, in order. A folder with another name is nobody's spool; nor is one with a number that no
    /// person's decisions can reach, after which there might be no further one.
    pub fn epochs(paths: &Paths) -> Result<Vec<u64>, FsError> {
        let root = Self::root(paths);
        let entries = match std::fs::read_dir(&root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FsError::new("list", &root, error)),
        };
        let mut epochs: Vec<u64> = entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
            .map(u64::from)
            .collect();
        epochs.sort_unstable();
        Ok(epochs)
    }

    /// Clears the way for a new grant, and tells the largest epoch that has or had a folder: the new one must be beyond it.
    ///
    /// A folder that no grant in the record owns is left over from a record that was removed by hand. Its events were meant
    /// for who knows whom; they are noted as withdrawn and go.
    pub fn clear_leftovers(paths: &Paths, locked: &Locked, now: Timestamp) -> Result<u64, FsError> {
        let owned: Vec<u64> = locked.file().grants().map(|grant| grant.epoch).collect();
        let epochs = Self::epochs(paths)?;
        for &epoch in &epochs {
            if !owned.contains(&epoch) {
                fsx::create_private_dir(&Ledger::root(paths))?;
                // What cannot be noted goes all the same: it may not be sent any more.
                drop(note_withdrawn(paths, epoch, now));
                drop(fsx::remove(&Self::folder_of(paths, epoch)));
            }
        }
        Ok(epochs.last().copied().unwrap_or(0))
    }

    /// Makes the folders of a grant; `_locked` shows that nobody can withdraw it meanwhile.
    pub fn create(paths: &Paths, epoch: u64, _locked: &Locked) -> Result<(), FsError> {
        fsx::create_private_dir(&Ledger::root(paths))?;
        let folder = Self::folder_of(paths, epoch);
        fsx::create_private_dir(&folder)?;
        losses::prepare(&folder)
    }

    /// Hands what an `earlier` grant for the same catalog and endpoint had not sent yet to the one that takes its place, if
    /// it still stood; else deletes it.
    pub fn succeed(
        paths: &Paths,
        earlier: u64,
        still_stood: bool,
        epoch: u64,
    ) -> Result<(), FsError> {
        let old = Self::folder_of(paths, earlier);
        if !still_stood {
            return fsx::remove(&old);
        }
        match std::fs::rename(&old, Self::folder_of(paths, epoch)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(FsError::new("move", &old, error))
            }
            _ => Ok(()),
        }
    }

    /// The folder of this grant.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
