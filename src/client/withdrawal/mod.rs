//! What goes when consent goes: the traces of a grant that was withdrawn or has ended, each removed or named.

mod expire;
mod kept;
mod temporary;

use std::io;
use std::path::Path;

use crate::base::error::chain;
use crate::base::fsx::{self, FsError};
use crate::client::ClientError;
use crate::client::consent::Locked;
use crate::client::delivery::PINS_FILE;
use crate::client::identity::{self, LINK_FILE, PAST_FILE, PROJECTS_FILE, SECRET_FILE};
use crate::client::spool::{Ledger, Spool};
use crate::config::Paths;

pub use expire::{Ended, expire};
pub use kept::Kept;
pub use temporary::remove_temporary;

/// What was removed, and what could not be.
#[derive(Debug, Default)]
pub struct Removal {
    /// What is gone.
    pub removed: Vec<String>,
    /// What is still there, and why.
    pub residue: Vec<String>,
}

impl Removal {
    /// Removes the spools of all grants and what waited in them.
    pub fn spools(&mut self, paths: &Paths) {
        self.take(
            "the spool and what waited in it",
            remove(&Spool::root(paths)),
        );
    }

    /// Removes the ledger.
    pub fn ledger(&mut self, paths: &Paths) {
        self.take(
            "the ledger and the bytes it kept",
            remove(&Ledger::root(paths)),
        );
    }

    /// Removes ids, their secrets, and what is known under them; also what killed writes left. `_locked` shows that nobody
    /// makes new ones meanwhile.
    pub fn ids(&mut self, paths: &Paths, _locked: &Locked) {
        let linked = elsewhere(&paths.config_file());
        let removed = identity::remove_install_id(paths).map_err(ClientError::from);
        let removed = removed
            .and_then(|was_there| Ok(linked.filter(|_| was_there).map_or(Ok(was_there), Err)?));
        self.take("the installation's id", removed);
        for folder in [&paths.config_dir, &paths.state_dir] {
            self.take("what an interrupted write left", remove_temporary(folder));
        }
        for (what, name) in [
            ("the installation's secret", SECRET_FILE),
            ("the projects' ids", PROJECTS_FILE),
            ("the ids that were used before", PAST_FILE),
            ("the note about the link", LINK_FILE),
            ("the servers' pinned keys", PINS_FILE),
        ] {
            self.take(what, remove(&paths.state_dir.join(name)));
        }
        // The folder goes only if nothing is left in it; somebody else's files stay.
        let _not_empty_or_missing = std::fs::remove_dir(&paths.state_dir);
    }

    fn take<E: std::error::Error>(&mut self, what: &str, result: Result<bool, E>) {
        match result {
            Ok(true) => self.removed.push(what.to_owned()),
            Ok(false) => {}
            Err(error) => self.residue.push(format!("{what}: {}", chain(&error))),
        }
    }
}

/// Removes a file or folder and tells whether there was one.
///
/// It is moved aside first: a writer that still knows the old name finds nothing there, and cannot make it again.
///
/// # Errors
/// Also when it was a link, which is gone, to something that stays.
fn remove(path: &Path) -> Result<bool, FsError> {
    let aside = path.with_extension("removed");
    let was_left = aside.symlink_metadata().is_ok();
    let linked = elsewhere(path).or_else(|| elsewhere(&aside));
    fsx::remove(&aside)?;
    match std::fs::rename(path, &aside) {
        Ok(()) => fsx::remove(&aside)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound && linked.is_none() => {
            return Ok(was_left);
        }
        // A state folder that cannot be written to may still let go of what is inside.
        Err(_) => fsx::remove(path)?,
    }
    linked.map_or(Ok(true), Err)
}

/// Why what `path` stands for stays where it is: it is a link, and none is followed for removing.
fn elsewhere(path: &Path) -> Option<FsError> {
    let target = path.is_symlink().then(|| path.canonicalize().ok())??;
    let error = io::Error::other(format!(
        "{} was a link to it, and only that is gone",
        path.display()
    ));
    Some(FsError::new("remove", &target, error))
}
