//! Projects' ids: kept in the user's own state, so that nothing is written into a repository.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::IdentityError;
use crate::base::crypto;
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::Paths;

/// The file, in the state folder.
pub const PROJECTS_FILE: &str = "projects.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The most projects that are remembered; the oldest make room. Well below [`LIMIT`].
const MAX_PROJECTS: usize = 4096;

/// The projects of this machine, by the SHA-256 of their canonical path: the file names no folder, and any path fits.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Projects {
    schema_version: u32,
    projects: Vec<Project>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Project {
    path_hash: String,
    id: OpaqueId,
}

impl Projects {
    pub(super) fn load(paths: &Paths) -> Result<Self, IdentityError> {
        let path = file(paths);
        match fsx::read_bounded(&path, LIMIT)? {
            None => Ok(Self {
                schema_version: 1,
                projects: Vec::new(),
            }),
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| IdentityError::NotJson { path, source }),
        }
    }

    /// The id of the project at `folder`, if it has one.
    pub(super) fn id_of(&self, folder: &Path) -> Option<OpaqueId> {
        let hash = hash(folder)?;
        let mut projects = self.projects.iter();
        projects
            .find(|project| project.path_hash == hash)
            .map(|project| project.id.clone())
    }

    /// The id of the project at `folder`, made now unless another process just did; a folder that is not there has none.
    pub(super) fn mint(
        paths: &Paths,
        folder: &Path,
        _locked: &Locked,
    ) -> Result<Option<OpaqueId>, IdentityError> {
        let mut projects = Self::load(paths)?;
        if let Some(id) = projects.id_of(folder) {
            return Ok(Some(id));
        }
        let id = OpaqueId::parse(&format!("project_{}", Uuid::new_v4())).ok();
        let (Some(id), Some(path_hash)) = (id, hash(folder)) else {
            return Ok(None);
        };
        let excess = (projects.projects.len() + 1).saturating_sub(MAX_PROJECTS);
        projects.projects.drain(..excess);
        projects.projects.push(Project {
            path_hash,
            id: id.clone(),
        });
        let path = file(paths);
        let json =
            serde_json::to_vec_pretty(&projects).map_err(|source| IdentityError::NotJson {
                path: path.clone(),
                source,
            })?;
        fsx::write_atomic(&path, &json)?;
        Ok(Some(id))
    }
}

fn file(paths: &Paths) -> PathBuf {
    paths.state_dir.join(PROJECTS_FILE)
}

fn hash(folder: &Path) -> Option<String> {
    let path = folder.canonicalize().ok()?;
    Some(crypto::hex(&crypto::sha256(
        path.as_os_str().as_encoded_bytes(),
    )))
}
