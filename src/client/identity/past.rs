//! Ids that are used no more, remembered with their secrets so that their owner can have them forgotten, and for nothing else.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IdSecret, IdentityError, Link, file};
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::Paths;

/// The file, in the state folder.
pub const PAST_FILE: &str = "past-ids.json";

/// The most installations that are remembered: sixteen years of renewal. The oldest make room.
const MAX_INSTALLS: usize = 64;

/// The most projects that are remembered; counted apart, so that many projects push out no installation.
const MAX_PROJECTS: usize = 1024;

/// The ids, oldest first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Past {
    schema_version: u32,
    pub(super) ids: Vec<PastId>,
}

/// An id that was used once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PastId {
    /// The id.
    pub(super) id: OpaqueId,
    /// Its secret; ids of earlier tools have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) secret: Option<IdSecret>,
    /// Until when it was used.
    pub(super) until: Timestamp,
    /// The server that it was linked at, which knows it even if no event went there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) linked_at: Option<String>,
}

impl Default for Past {
    fn default() -> Self {
        Self {
            schema_version: 1,
            ids: Vec::new(),
        }
    }
}

impl Past {
    pub(super) fn load(paths: &Paths) -> Result<Self, IdentityError> {
        Ok(file::load(&path(paths))?.unwrap_or_default())
    }

    /// Remembers an id; one that is known keeps its place, and a secret that is known stays known.
    pub(super) fn add(&mut self, id: OpaqueId, secret: Option<IdSecret>, until: Timestamp) {
        match self.ids.iter_mut().find(|past| past.id == id) {
            Some(past) => past.secret = past.secret.take().or(secret),
            None => self.ids.push(PastId {
                id,
                secret,
                until,
                linked_at: None,
            }),
        }
        self.make_room(true, MAX_INSTALLS);
        self.make_room(false, MAX_PROJECTS);
    }

    /// Notes where the ids of `link` are linked.
    pub(super) fn note_link(&mut self, link: &Link) {
        let linked = |past: &&mut PastId| link.ids.contains(&past.id);
        for past in self.ids.iter_mut().filter(linked) {
            past.linked_at = Some(link.origin.clone());
        }
    }

    fn make_room(&mut self, installs: bool, most: usize) {
        let is_kind = |past: &PastId| is_install(&past.id) == installs;
        let count = self.ids.iter().filter(|past| is_kind(past)).count();
        let mut excess = count.saturating_sub(most);
        self.ids.retain(|past| {
            let goes = excess > 0 && is_kind(past);
            excess -= usize::from(goes);
            !goes
        });
    }

    /// Writes it; a file that nothing is left in goes.
    pub(super) fn save(&self, paths: &Paths, _locked: &Locked) -> Result<(), IdentityError> {
        let path = path(paths);
        if self.ids.is_empty() {
            return Ok(fsx::remove(&path)?);
        }
        file::save(&path, self)
    }
}

fn is_install(id: &OpaqueId) -> bool {
    matches!(id.prefix(), "inst" | "install")
}

fn path(paths: &Paths) -> PathBuf {
    paths.state_dir.join(PAST_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room_among_their_own_kind() {
        let mut past = Past::default();
        let add = |past: &mut Past, kind: &str, at: usize| {
            let id = OpaqueId::parse(&format!("{kind}_{at}")).unwrap();
            past.add(id, None, Timestamp::UNIX_EPOCH);
        };
        for at in 0..MAX_INSTALLS + 2 {
            add(&mut past, "install", at);
        }
        for at in 0..MAX_PROJECTS + 3 {
            add(&mut past, "project", at);
        }
        let ids: Vec<&str> = past.ids.iter().map(|past| past.id.as_str()).collect();
        assert_eq!(ids.len(), MAX_INSTALLS + MAX_PROJECTS);
        assert_eq!(ids.first(), Some(&"install_2"));
        assert_eq!(ids.get(MAX_INSTALLS), Some(&"project_3"));
    }

    #[test]
    fn a_known_secret_stays_known() {
        let secret = IdSecret::generate().unwrap();
        let id = secret.id("install").unwrap();
        let mut past = Past::default();
        past.add(id.clone(), Some(secret.clone()), Timestamp::UNIX_EPOCH);
        past.add(id, None, Timestamp::UNIX_EPOCH);
        assert_eq!(past.ids.len(), 1);
        assert_eq!(past.ids[0].secret, Some(secret));
    }
}
