//! Opaque ids of this installation and of projects: minted by permit only, at the first record, renewed after a while, and gone
//! with consent.

mod file;
mod install;
mod known;
mod link;
mod past;
mod project;
mod rotate;
mod secret;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::base::crypto::CryptoError;
use crate::base::fsx::{self, FsError, LockError};
use crate::base::ids::OpaqueId;
use crate::client::consent::{ConsentError, Gate, Locked, Permit};
use crate::config::project::PROJECT_FILE;
use crate::config::{ConfigError, Paths};

pub use file::parse;
pub use install::{LIFETIME, SECRET_FILE, keep_install_id, remove_install_id};
pub use known::{Known, claims, claims_to, drop_past, is_current, shared_claims};
pub use link::{LINK_FILE, Link};
pub use past::PAST_FILE;
pub use project::PROJECTS_FILE;
pub use rotate::{Rotated, Then, renew, rotate};
pub use secret::{IdSecret, NotASecret};

/// How long minting waits for another process that mints or changes consent. Longer than an append does, since minting writes
/// files through to the disk; but it happens once.
const MINT_WAIT: Duration = Duration::from_secs(1);

/// Ids that could not be read or minted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// `config.json` cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The consent record cannot be used.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// A file of the state folder cannot be used.
    #[error(transparent)]
    File(#[from] FsError),
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] CryptoError),
    /// A file of the state folder is not what decantr wrote.
    #[error("cannot parse {}; correct or remove it", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// Another version of decantr wrote it.
    #[error("{} was written by another version of decantr (schemaVersion {found}); use that one, or remove the file", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
    },
    /// A value that should be an id is not one.
    #[error("{key} in {} is not an opaque id such as install_<uuid>; correct or remove it", path.display())]
    NotAnId {
        /// The file.
        path: PathBuf,
        /// The key.
        key: &'static str,
    },
    /// The secret of a certified id is gone, so nobody can prove that id any more.
    #[error(
        "the secret of {id} is not in the state folder any more, so nobody can prove that id; `decantr telemetry reset` makes a new one"
    )]
    SecretGone {
        /// The id.
        id: OpaqueId,
    },
    /// Consent was withdrawn meanwhile.
    #[error("consent was withdrawn")]
    Withdrawn,
}

impl IdentityError {
    /// Whether another process held the record for too long; nothing is wrong then.
    pub fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Consent(ConsentError::Lock(LockError::Busy { .. }))
        )
    }
}

/// The opaque ids of this machine. Absent means: not minted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ids {
    /// This installation's.
    pub install_id: Option<OpaqueId>,
    /// This project's.
    pub project_id: Option<OpaqueId>,
}

impl Ids {
    /// The ids that exist; `project` is the folder of the project that the command is about. Writes nothing.
    pub fn existing(gate: &Gate, project: Option<&Path>) -> Result<Self, IdentityError> {
        let install_id = match &gate.settings {
            Some(settings) => install::existing(settings)?,
            None => None,
        };
        let project_id = match committed(gate, project) {
            Some(id) => Some(id),
            None => match project {
                Some(folder) => project::Projects::load(&gate.paths)?
                    .at(folder)
                    .map(|project| project.id.clone()),
                None => None,
            },
        };
        Ok(Self {
            install_id,
            project_id,
        })
    }

    /// Only what a team committed: everything else is read again, or made, when minting.
    pub fn committed(gate: &Gate, project: Option<&Path>) -> Self {
        Self {
            install_id: None,
            project_id: committed(gate, project),
        }
    }

    /// What stands in the way of minting or renewing an id, seen without doing so.
    pub fn problem(gate: &Gate) -> Option<IdentityError> {
        let settings = gate.settings.as_ref()?;
        match install::existing(settings) {
            Ok(None) => install::check_secret(&gate.paths).err(),
            Ok(Some(_)) => install::check_time(settings)
                .and_then(|()| past::Past::load(&gate.paths).map(drop))
                .err(),
            Err(_) => None,
        }
    }

    /// Whether the ids have lasted long enough at `now`; known from the settings that are read anyway.
    pub fn are_due(gate: &Gate, now: Timestamp) -> bool {
        let settings = gate.settings.as_ref();
        settings.is_some_and(|settings| install::due(settings, now).is_some())
    }

    /// The ids with all-zero ones in place of those that are not minted yet; for showing, never for sending.
    #[must_use]
    pub fn or_placeholders(self, has_project: bool) -> Self {
        let zeros = |prefix| OpaqueId::parse(&format!("{prefix}_{}", uuid::Uuid::nil())).ok();
        Self {
            install_id: self.install_id.or_else(|| zeros("install")),
            project_id: self
                .project_id
                .or_else(|| zeros("project").filter(|_| has_project)),
        }
    }

    /// The ids, minted where they are missing. Processes that mint at once agree on the same ones.
    pub fn mint(
        self,
        paths: &Paths,
        permit: &Permit,
        project: Option<&Path>,
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        let is_whole =
            self.install_id.is_some() && (self.project_id.is_some() || project.is_none());
        if is_whole {
            return Ok(self);
        }
        let locked = Locked::upholding(paths, permit, now, MINT_WAIT)?;
        let locked = locked.ok_or(IdentityError::Withdrawn)?;
        // The person may have removed it; the lock shows that consent stands all the same.
        fsx::create_private_dir(&paths.state_dir)?;
        // Read again: another process may have renewed it, and ids of before and after must not meet in one event.
        let install_id = install::mint(paths, now, &locked)?;
        let project_id = match (self.project_id, project) {
            (Some(id), _) => Some(id),
            (None, Some(folder)) => project::Projects::mint(paths, folder, &locked)?,
            (None, None) => None,
        };
        Ok(Self {
            install_id: Some(install_id),
            project_id,
        })
    }
}

/// The id of the project at `folder`, for its repository: minted by permit if need be, the team's from then on. `write` puts it
/// there; only if that works is it the team's.
pub fn share<E: From<IdentityError>>(
    paths: &Paths,
    permit: &Permit,
    folder: &Path,
    now: Timestamp,
    write: impl FnOnce(&OpaqueId) -> Result<(), E>,
) -> Result<Option<OpaqueId>, E> {
    let locked = Locked::upholding(paths, permit, now, MINT_WAIT).map_err(IdentityError::from)?;
    let locked = locked.ok_or(IdentityError::Withdrawn)?;
    fsx::create_private_dir(&paths.state_dir).map_err(IdentityError::from)?;
    let id = project::Projects::mint(paths, folder, &locked)?;
    if let Some(id) = &id {
        write(id)?;
        project::Projects::mark_shared(paths, folder, &locked)?;
    }
    Ok(id)
}

/// The id that a team committed, in the project that the command is about, else in the working directory.
fn committed(gate: &Gate, project: Option<&Path>) -> Option<OpaqueId> {
    let projects = &gate.layers.projects;
    let found = match project.map(|folder| folder.join(PROJECT_FILE)) {
        Some(path) => projects.iter().find(|project| project.path == path),
        None => projects.last(),
    };
    found.and_then(|project| project.project_id.clone())
}
