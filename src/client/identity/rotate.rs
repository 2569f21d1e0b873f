//! New ids for old: the old ones are remembered for being forgotten, and never used again.

use jiff::Timestamp;

use super::past::Past;
use super::project::Projects;
use super::{IdentityError, Link, MINT_WAIT, install};
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::consent::{Locked, Permit};
use crate::config::{ConfigFile, Paths};

/// What becomes of the installation's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// A new one is made at once.
    Mint,
    /// None is made before the next record.
    Wait,
}

/// What a rotation did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The id that was in use.
    pub old: Option<OpaqueId>,
    /// The id that is in use now.
    pub new: Option<OpaqueId>,
    /// How many project ids were dropped.
    pub projects: usize,
}

impl Rotated {
    /// Whether there was any id.
    pub fn had_ids(&self) -> bool {
        self.old.is_some() || self.projects > 0
    }
}

/// Puts the ids of this machine aside. What a crash leaves behind is made good by doing it again: the old ids are remembered
/// before anything else changes.
///
/// A team's id in a repository stays. Without any id nothing happens.
pub fn rotate(
    paths: &Paths,
    then: Then,
    now: Timestamp,
    locked: &Locked,
) -> Result<Rotated, IdentityError> {
    let mut settings = ConfigFile::load(&paths.config_file())?;
    let secret = install::read_secret(paths)?;
    let projects = Projects::load(paths)?;
    let mut past = Past::load(paths)?;
    let derived = secret.as_ref().map(install::id_of).transpose()?;
    let old = install::existing(&settings)?.or_else(|| derived.clone());
    let mut rotated = Rotated {
        projects: projects.own().count(),
        old,
        new: None,
    };
    if !rotated.had_ids() {
        return Ok(rotated);
    }
    // The person may have removed it.
    fsx::create_private_dir(&paths.state_dir)?;
    // They differ when the configuration was put back from a copy: both may have been used.
    for id in rotated.old.iter().chain(&derived) {
        let secret = secret.clone().filter(|secret| secret.proves(id));
        past.add(id.clone(), secret, now);
    }
    for project in projects.own() {
        past.add(project.id.clone(), project.secret.clone(), now);
    }
    if let Ok(Some(link)) = Link::load(paths) {
        past.note_link(&link);
    }
    past.save(paths, locked)?;
    Projects::drop_own(paths, locked)?;
    match then {
        Then::Mint => {
            let id = install::id_of(&install::new_secret(paths)?)?;
            install::put(&mut settings, &id, Some(now));
            settings.save()?;
            rotated.new = Some(id);
        }
        Then::Wait => {
            install::remove_install_id(paths)?;
            fsx::remove(&install::secret_file(paths))?;
        }
    }
    Ok(rotated)
}

/// Renews ids that have lasted long enough, if the grant behind `permit` still stands. Another process may have been
/// faster: the ids that were read before are used no more either way.
pub fn renew(paths: &Paths, permit: &Permit, now: Timestamp) -> Result<(), IdentityError> {
    let Some(locked) = Locked::upholding(paths, permit, now, MINT_WAIT)? else {
        return Err(IdentityError::Withdrawn);
    };
    let mut settings = ConfigFile::load(&paths.config_file())?;
    match install::due(&settings, now) {
        Some(install::Due::Renewal) => rotate(paths, Then::Mint, now, &locked).map(drop),
        Some(install::Due::Date) => install::date(&mut settings, now),
        None => Ok(()),
    }
}
