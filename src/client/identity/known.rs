//! The ids that a server can be asked about: those that this machine can prove, and those that nobody can.

use std::collections::BTreeSet;
use std::path::Path;

use super::past::Past;
use super::project::Projects;
use super::{IdSecret, IdentityError, Ids, install};
use crate::base::ids::OpaqueId;
use crate::client::consent::{Gate, Locked};
use crate::config::{ConfigFile, Paths};
use crate::model::protocol::Claim;

/// Everything this machine is or was known by. A team's committed ids are not among it.
#[derive(Debug, Default)]
pub struct Known {
    /// With their secrets.
    pub proven: Vec<Claim>,
    /// Without: only the operator can speak for these.
    pub foreign: Vec<OpaqueId>,
    /// Whether any of them is in use.
    pub is_in_use: bool,
    /// The servers that past ones were linked at.
    pub linked_at: BTreeSet<String>,
}

impl Known {
    /// Current and past ids. Writes nothing.
    pub fn read(paths: &Paths) -> Result<Self, IdentityError> {
        let settings = ConfigFile::load(&paths.config_file())?;
        let secret = install::read_secret(paths)?;
        let projects = Projects::load(paths)?;
        let past = Past::load(paths)?;
        let current = install::existing(&settings)?;
        let derived = secret.as_ref().map(install::id_of).transpose()?;
        let mut found: Vec<(OpaqueId, Option<IdSecret>)> = Vec::new();
        let mut add = |id: &OpaqueId, secret: Option<&IdSecret>| {
            let secret = secret.filter(|secret| secret.proves(id)).cloned();
            match found.iter_mut().find(|(known, _)| known == id) {
                Some((_, known)) => *known = known.take().or(secret),
                None => found.push((id.clone(), secret)),
            }
        };
        for id in current.iter().chain(&derived) {
            add(id, secret.as_ref());
        }
        for project in projects.own() {
            add(&project.id, project.secret.as_ref());
        }
        for past in &past.ids {
            add(&past.id, past.secret.as_ref());
        }
        let mut known = Self {
            is_in_use: current.or(derived).is_some() || projects.own().next().is_some(),
            linked_at: past
                .ids
                .iter()
                .filter_map(|p| p.linked_at.clone())
                .collect(),
            ..Self::default()
        };
        for (id, secret) in found {
            match secret {
                Some(secret) => known.proven.push(secret.claim(id)),
                None => known.foreign.push(id),
            }
        }
        Ok(known)
    }
}

/// Takes `ids` out of the past: they are remembered elsewhere, or forgotten.
pub fn drop_past(paths: &Paths, ids: &[OpaqueId], locked: &Locked) -> Result<(), IdentityError> {
    let mut past = Past::load(paths)?;
    let before = past.ids.len();
    past.ids.retain(|past| !ids.contains(&past.id));
    if past.ids.len() < before {
        past.save(paths, locked)?;
    }
    Ok(())
}

/// The claim to the id of this installation, and to that of the project at `folder` if it has one: what a link is about.
///
/// A committed project id is claimed only by who shared it.
///
/// # Errors
/// When the secret of the installation's id is gone: nobody can link that id any more.
pub fn claims(gate: &Gate, folder: &Path) -> Result<Vec<Claim>, IdentityError> {
    let ids = Ids::existing(gate, Some(folder))?;
    let secret = install::read_secret(&gate.paths)?;
    let mut claims = Vec::new();
    if let Some(id) = ids.install_id {
        claims.push(match secret.filter(|secret| secret.proves(&id)) {
            Some(secret) => secret.claim(id),
            None if id.is_certified() => return Err(IdentityError::SecretGone { id }),
            None => Claim { id, secret: None },
        });
    }
    claims.extend(project_claim(&gate.paths, ids.project_id, folder)?);
    Ok(claims)
}

/// As [`claims`], but for what stays when new ids are taken: the claim to a committed project id, by who shared it.
pub fn shared_claims(gate: &Gate, folder: &Path) -> Result<Vec<Claim>, IdentityError> {
    let id = Ids::committed(gate, Some(folder)).project_id;
    let claim = project_claim(&gate.paths, id, folder)?;
    Ok(claim.into_iter().collect())
}

fn project_claim(
    paths: &Paths,
    id: Option<OpaqueId>,
    folder: &Path,
) -> Result<Option<Claim>, IdentityError> {
    let projects = Projects::load(paths)?;
    let Some(id) = id else { return Ok(None) };
    let is_own = projects
        .at(folder)
        .is_some_and(|project| project.id == id && !project.shared);
    let secret = projects
        .with_id(&id)
        .and_then(|project| project.secret.as_ref())
        .filter(|secret| secret.proves(&id));
    Ok(match secret {
        Some(secret) => Some(secret.claim(id)),
        // An id of an earlier version: nobody can prove it, so the first one to link it has it.
        None if is_own && !id.is_certified() => Some(Claim { id, secret: None }),
        None => None,
    })
}

/// The claims to `ids` with the secrets that are known, for ending a link.
pub fn claims_to(paths: &Paths, ids: &[OpaqueId]) -> Result<Vec<Claim>, IdentityError> {
    let known = Known::read(paths)?;
    let projects = Projects::load(paths)?;
    let claim = |id: &OpaqueId| {
        let proven = known.proven.iter().find(|claim| claim.id == *id).cloned();
        let shared = || {
            let project = projects.with_id(id)?;
            Some(project.secret.as_ref()?.claim(id.clone()))
        };
        proven.or_else(shared).unwrap_or_else(|| Claim {
            id: id.clone(),
            secret: None,
        })
    };
    Ok(ids.iter().map(claim).collect())
}

/// Whether `ids` still has the installation's id of now, under `locked`.
pub fn is_current(
    paths: &Paths,
    ids: &[OpaqueId],
    _locked: &Locked,
) -> Result<bool, IdentityError> {
    let settings = ConfigFile::load(&paths.config_file())?;
    Ok(install::existing(&settings)?.is_some_and(|id| ids.contains(&id)))
}
