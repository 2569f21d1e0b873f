//! The note in a log that outlives its grant, because a person asked for that when they refused, or because the grant has ended:
//! when that was, and the servers' keys by which its receipts can still be checked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::fsx;
use crate::client::ClientError;
use crate::client::consent::Locked;
use crate::client::delivery::pinned_keys;
use crate::client::spool::Ledger;
use crate::config::Paths;
use crate::model::protocol::KeyPage;

/// The file, in the ledger's folder.
const FILE: &str = "kept.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The note.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Kept {
    schema_version: u32,
    /// When the person refused, and asked for the log to be kept; or when the grant was found to have ended.
    pub at: Timestamp,
    /// Whether the grant has ended by itself.
    #[serde(default)]
    pub ended: bool,
    /// The keys that were pinned then, by origin.
    pub keys: BTreeMap<String, KeyPage>,
}

impl Kept {
    /// The note, if there is one.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn load(paths: &Paths) -> Result<Option<Self>, ClientError> {
        let path = path(paths);
        let Some(bytes) = fsx::read_bounded(&path, LIMIT)? else {
            return Ok(None);
        };
        let note = serde_json::from_slice(&bytes);
        note.map(Some)
            .map_err(|source| ClientError::NotJson { path, source })
    }

    /// Writes the note about the refusal of `at`, or the end of a grant found then, where there is a log; keys of an earlier note stay. What cannot be read is left
    /// out: the refusal is what counts.
    pub fn note(
        paths: &Paths,
        at: Timestamp,
        ended: bool,
        _locked: &Locked,
    ) -> Result<(), ClientError> {
        if !Ledger::root(paths).is_dir() {
            return Ok(());
        }
        let earlier = Self::load(paths).ok().flatten();
        let mut keys = earlier.map(|note| note.keys).unwrap_or_default();
        keys.extend(pinned_keys(paths).unwrap_or_default());
        let note = Self {
            schema_version: 1,
            at,
            ended,
            keys,
        };
        let path = path(paths);
        let json = serde_json::to_vec_pretty(&note);
        let json = json.map_err(|source| ClientError::NotJson {
            path: path.clone(),
            source,
        })?;
        Ok(fsx::write_atomic(&path, &json)?)
    }
}

fn path(paths: &Paths) -> PathBuf {
    Ledger::root(paths).join(FILE)
}
