//! What may be there for a moment because another command is at work, and is residue only when it stays: temporary files, and the
//! detached sender. So it is looked at twice, before the other checks and after them.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::process::{Running, senders};
use super::state::{entries, is_there};
use super::view::{Check, Level};
use crate::base::fsx;
use crate::client::consent::{ConsentFile, Gate};
use crate::client::spool::{Ledger, Spool};
use crate::config::Paths;

const LEFTOVERS: (&str, &str) = (
    "leftovers",
    "no command that was killed has left a file behind",
);
const SENDERS: (&str, &str) = ("senders", "no sender runs without your consent");

/// How the names end under which a refusal puts things before it removes them.
const ASIDE: &str = "removed";

/// One look.
#[derive(Debug)]
pub(super) struct Passing {
    files: Result<Vec<PathBuf>, String>,
    senders: Result<Vec<Running>, String>,
}

impl Passing {
    /// Looks.
    pub(super) fn look(gate: &Gate) -> Self {
        Self {
            files: files(&gate.paths),
            senders: senders(&gate.paths),
        }
    }

    /// The checks of what was there at this look and still is at a `later` one.
    pub(super) fn checks(self, later: Self, gate: &Gate, now: Timestamp) -> [Check; 2] {
        // One that another terminal started, for a grant that something says no to only here, is no residue.
        let record = ConsentFile::load(&gate.paths);
        let may_send = record.is_ok_and(|record| record.grants().any(|grant| !grant.is_over(now)));
        [
            leftovers(self.files, later.files),
            senders_left(self.senders, later.senders, may_send),
        ]
    }
}

fn leftovers(first: Result<Vec<PathBuf>, String>, later: Result<Vec<PathBuf>, String>) -> Check {
    let (name, what) = LEFTOVERS;
    match (first, later) {
        (Ok(first), Ok(later)) => {
            let stayed = later.into_iter().filter(|path| first.contains(path));
            let residue = stayed.map(|path| path.display().to_string()).collect();
            let details = "looked for in the folders of settings, state, spool and log";
            Check::found(name, what, Level::Observed, details, residue)
        }
        (Err(why), _) | (_, Err(why)) => Check::not_checked(name, what, why),
    }
}

fn senders_left(
    first: Result<Vec<Running>, String>,
    later: Result<Vec<Running>, String>,
    may_send: bool,
) -> Check {
    let (name, what) = SENDERS;
    match (first, later) {
        (Ok(_), Ok(later)) if may_send => {
            let details = format!("{} at work, as you agreed", later.len());
            Check::found(name, what, Level::Observed, details, Vec::new())
        }
        (Ok(first), Ok(later)) => {
            let stayed = later.iter().filter(|running| first.contains(running));
            let residue = stayed.map(|running| {
                format!(
                    "process {}, for which there is no consent; it ends by itself within 10 s",
                    running.id
                )
            });
            let details = "looked for among this user's processes that work in these folders";
            Check::found(name, what, Level::Observed, details, residue.collect())
        }
        (Err(why), _) | (_, Err(why)) => Check::not_checked(name, what, why),
    }
}

/// Files that are made to be renamed or removed at once.
fn files(paths: &Paths) -> Result<Vec<PathBuf>, String> {
    let mut folders = vec![paths.config_dir.clone(), paths.state_dir.clone()];
    for root in [Spool::root(paths), Ledger::root(paths)] {
        folders.extend(entries(&root)?.into_iter().filter(|path| path.is_dir()));
        folders.push(root);
    }
    let mut found = Vec::new();
    for folder in folders {
        let is_aside = |path: &Path| {
            folder == paths.state_dir && path.extension().is_some_and(|ending| ending == ASIDE)
        };
        let left = entries(&folder)?;
        found.extend(left.into_iter().filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(fsx::TEMPORARY) || is_aside(path)
        }));
    }
    let lock = ConsentFile::path(paths).with_extension("lock");
    if is_there(&lock) && !is_held(&lock) {
        found.push(lock);
    }
    Ok(found)
}

/// Whether somebody holds the lock `path`. What cannot be opened is nobody's to hold.
fn is_held(path: &Path) -> bool {
    use std::fs::{File, TryLockError};
    let file = File::open(path);
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
