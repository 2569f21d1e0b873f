//! What this machine knows of its link to an account. The server decides; this is for people to see, and for ending it.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IdentityError, file};
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::Paths;
use crate::model::protocol::OrgName;

/// The file, in the state folder.
pub const LINK_FILE: &str = "link.json";

/// A link that was made. Ids are not renewed while it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    /// Always 1.
    pub schema_version: u32,
    /// The server's base address.
    pub server: String,
    /// Its scheme, host and port.
    pub origin: String,
    /// The organisation.
    pub org: OrgName,
    /// The account.
    pub user_id: OpaqueId,
    /// What the person calls this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// From when on.
    pub at: Timestamp,
    /// The ids that are linked, those of other projects among them.
    pub ids: Vec<OpaqueId>,
    /// Whether the server was asked, and nobody knows whether it made the link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unconfirmed: bool,
}

impl Link {
    /// The link that holds, if there is one.
    pub fn load(paths: &Paths) -> Result<Option<Self>, IdentityError> {
        file::load(&path(paths))
    }

    /// Also names what was linked at the same server before: ending the link ends all of it.
    pub fn add(&mut self, earlier: &Self) {
        let more = earlier.ids.iter().filter(|_| earlier.origin == self.origin);
        for id in more {
            if !self.ids.contains(id) {
                self.ids.push(id.clone());
            }
        }
    }

    /// Writes it; `_locked` shows that consent stands.
    pub fn save(&self, paths: &Paths, _locked: &Locked) -> Result<(), IdentityError> {
        file::save(&path(paths), self)
    }

    /// Forgets it here.
    pub fn remove(paths: &Paths, _locked: &Locked) -> Result<(), IdentityError> {
        Ok(fsx::remove(&path(paths))?)
    }
}

fn path(paths: &Paths) -> PathBuf {
    paths.state_dir.join(LINK_FILE)
}
