//! `forget.json`: what servers were asked to forget. While a request is under way it holds the ids with their secrets, since
//! nothing else does any more; once it was granted, only the ticket.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::client::ClientError;
use crate::client::consent::Locked;
use crate::client::identity;
use crate::client::withdrawal::remove_temporary;
use crate::config::Paths;
use crate::model::protocol::{Claim, KeyPage};

/// The file, in the state folder.
pub(in crate::client::control) const FORGET_FILE: &str = "forget.json";

/// The largest file that is read, in bytes: all ids that are remembered, for dozens of servers.
const LIMIT: u64 = 32 * 1024 * 1024;

/// The most tickets that are kept; the oldest make room.
const MAX_TICKETS: usize = 64;

/// The whole file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::client::control) struct Requests {
    schema_version: u32,
    /// What no server has granted yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::client::control) pending: Vec<Pending>,
    /// What was granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::client::control) done: Vec<Granted>,
}

/// A request that is under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::client::control) struct Pending {
    /// The server's base address.
    pub(in crate::client::control) server: String,
    /// Since when.
    pub(in crate::client::control) since: Timestamp,
    /// The ids, with their secrets.
    pub(in crate::client::control) ids: Vec<Claim>,
    /// The server's pinned key, which outlives the file of pins here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::client::control) key: Option<KeyPage>,
    /// Why the last attempt came to nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::client::control) error: Option<String>,
}

/// A request that was granted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::client::control) struct Granted {
    /// The server's base address.
    pub(in crate::client::control) server: String,
    /// By which it can be asked for.
    pub(in crate::client::control) ticket: Uuid,
    /// When, by the server's clock.
    pub(in crate::client::control) at: Timestamp,
    /// The server's pinned key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::client::control) key: Option<KeyPage>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            schema_version: 1,
            pending: Vec::new(),
            done: Vec::new(),
        }
    }
}

impl Requests {
    pub(in crate::client::control) fn load(paths: &Paths) -> Result<Self, ClientError> {
        let path = path(paths);
        match fsx::read_bounded(&path, LIMIT)? {
            None => Ok(Self::default()),
            Some(bytes) => Ok(identity::parse(&path, &bytes)?),
        }
    }

    /// Writes it; a file that nothing is left in goes. So does what a write that was killed left in the folder: it may hold the
    /// secrets of ids that are to be forgotten. Everybody who writes there holds the same lock.
    pub(in crate::client::control) fn save(
        &self,
        paths: &Paths,
        _locked: &Locked,
    ) -> Result<(), ClientError> {
        let path = path(paths);
        remove_temporary(&paths.state_dir)?;
        if self.is_empty() {
            return Ok(fsx::remove(&path)?);
        }
        let json = serde_json::to_vec_pretty(self).map_err(|source| ClientError::NotJson {
            path: path.clone(),
            source,
        })?;
        fsx::create_private_dir(&paths.state_dir)?;
        Ok(fsx::write_atomic(&path, &json)?)
    }

    /// Whether nothing was ever asked.
    pub(in crate::client::control) fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.done.is_empty()
    }

    /// Adds what `server` is to forget, to what it was asked before.
    pub(super) fn ask(
        &mut self,
        server: String,
        ids: &[Claim],
        key: Option<KeyPage>,
        now: Timestamp,
    ) {
        let earlier = self.pending.iter_mut().find(|ask| ask.server == server);
        match earlier {
            Some(ask) => {
                let new = ids.iter().filter(|claim| !ask.ids.contains(claim));
                let new: Vec<Claim> = new.cloned().collect();
                ask.ids.extend(new);
                ask.key = ask.key.take().or(key);
            }
            None => self.pending.push(Pending {
                server,
                since: now,
                ids: ids.to_vec(),
                key,
                error: None,
            }),
        }
    }

    /// Notes that `server` has forgotten `ids`.
    pub(super) fn grant(&mut self, granted: Granted, ids: &[OpaqueId]) {
        if let Some(ask) = self.of(&granted.server) {
            ask.ids.retain(|claim| !ids.contains(&claim.id));
            ask.error = None;
        }
        self.pending.retain(|ask| !ask.ids.is_empty());
        self.done.retain(|done| done.ticket != granted.ticket);
        self.done.push(granted);
        let excess = self.done.len().saturating_sub(MAX_TICKETS);
        self.done.drain(..excess);
    }

    /// The request to `server` that is under way.
    pub(super) fn of(&mut self, server: &str) -> Option<&mut Pending> {
        self.pending.iter_mut().find(|ask| ask.server == server)
    }
}

fn path(paths: &Paths) -> PathBuf {
    paths.state_dir.join(FORGET_FILE)
}
