//! Projects' ids: made from secrets, kept in the user's own state, so that nothing is written into a repository by itself.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{IdSecret, IdentityError, file};
use crate::base::crypto;
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::Paths;

/// The file, in the state folder.
pub const PROJECTS_FILE: &str = "projects.json";

/// The most projects that are remembered; the oldest make room. Well below the largest file that is read.
const MAX_PROJECTS: usize = 2048;

/// The projects of this machine, by the SHA-256 of their canonical path: the file names no folder, and any path fits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Projects {
    schema_version: u32,
    projects: Vec<Project>,
}

/// One project.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Project {
    path_hash: String,
    /// Its id.
    pub(super) id: OpaqueId,
    /// What the id was made from; ids of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<IdSecret>,
    /// Whether it was written into the repository, and is the team's since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) shared: bool,
}

impl Default for Projects {
    fn default() -> Self {
        Self {
            schema_version: 1,
            projects: Vec::new(),
        }
    }
}

impl Projects {
    pub(super) fn load(paths: &Paths) -> Result<Self, IdentityError> {
        Ok(file::load(&path(paths))?.unwrap_or_default())
    }

    /// The project at `folder`, if it has an id.
    pub(super) fn at(&self, folder: &Path) -> Option<&Project> {
        let hash = hash(folder)?;
        self.projects
            .iter()
            .find(|project| project.path_hash == hash)
    }

    /// The project with this id.
    pub(super) fn with_id(&self, id: &OpaqueId) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == *id)
    }

    /// The id of the project at `folder`, made now unless another process just did; a folder that is not there has none.
    pub(super) fn mint(
        paths: &Paths,
        folder: &Path,
        _locked: &Locked,
    ) -> Result<Option<OpaqueId>, IdentityError> {
        let mut projects = Self::load(paths)?;
        if let Some(project) = projects.at(folder) {
            return Ok(Some(project.id.clone()));
        }
        let secret = IdSecret::generate()?;
        let (Ok(id), Some(path_hash)) = (secret.id("project"), hash(folder)) else {
            return Ok(None);
        };
        let excess = (projects.projects.len() + 1).saturating_sub(MAX_PROJECTS);
        projects.projects.drain(..excess);
        projects.projects.push(Project {
            path_hash,
            id: id.clone(),
            secret: Some(secret),
            shared: false,
        });
        projects.save(paths)?;
        Ok(Some(id))
    }

    /// Notes that the id of the project at `folder` is in its repository now.
    pub(super) fn mark_shared(
        paths: &Paths,
        folder: &Path,
        _locked: &Locked,
    ) -> Result<(), IdentityError> {
        let mut projects = Self::load(paths)?;
        let hash = hash(folder);
        let mut entries = projects.projects.iter_mut();
        if let Some(project) = entries.find(|project| Some(&project.path_hash) == hash.as_ref()) {
            project.shared = true;
            projects.save(paths)?;
        }
        Ok(())
    }

    /// The projects whose ids are this person's own.
    pub(super) fn own(&self) -> impl Iterator<Item = &Project> {
        self.projects.iter().filter(|project| !project.shared)
    }

    /// Drops this person's own ids; tells how many there were.
    pub(super) fn drop_own(paths: &Paths, _locked: &Locked) -> Result<usize, IdentityError> {
        let mut projects = Self::load(paths)?;
        let before = projects.projects.len();
        projects.projects.retain(|project| project.shared);
        let dropped = before - projects.projects.len();
        if projects.projects.is_empty() {
            fsx::remove(&path(paths))?;
        } else if dropped > 0 {
            projects.save(paths)?;
        }
        Ok(dropped)
    }

    fn save(&self, paths: &Paths) -> Result<(), IdentityError> {
        file::save(&path(paths), self)
    }
}

fn path(paths: &Paths) -> PathBuf {
    paths.state_dir.join(PROJECTS_FILE)
}

fn hash(folder: &Path) -> Option<String> {
    let path = folder.canonicalize().ok()?;
    Some(crypto::hex(&crypto::sha256(
        path.as_os_str().as_encoded_bytes(),
    )))
}
