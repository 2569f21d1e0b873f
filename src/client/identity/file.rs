//! The room's private JSON files: read whole and bounded, written in one step, never repaired.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::IdentityError;
use crate::base::fsx;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The version of the shape of the state folder's JSON files that this build writes and understands.
const SCHEMA_VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    schema_version: u32,
}

/// What `path` says; nothing where there is no such file.
pub(super) fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, IdentityError> {
    let Some(bytes) = fsx::read_bounded(path, LIMIT)? else {
        return Ok(None);
    };
    parse(path, &bytes).map(Some)
}

/// Reads `bytes`, the content of `path`, if this build understands its version. A later one may mean something else by the same
/// names, so writing it back would change what it says.
pub fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, IdentityError> {
    let read = |source| not_json(path, source);
    let Versioned { schema_version } = serde_json::from_slice(bytes).map_err(read)?;
    if schema_version != SCHEMA_VERSION {
        return Err(IdentityError::OtherVersion {
            path: path.to_owned(),
            found: schema_version,
        });
    }
    serde_json::from_slice(bytes).map_err(read)
}

/// Writes `value` to `path`.
pub(super) fn save(path: &Path, value: &impl Serialize) -> Result<(), IdentityError> {
    let mut json = serde_json::to_vec_pretty(value).map_err(|source| not_json(path, source))?;
    json.push(b'\n');
    Ok(fsx::write_atomic(path, &json)?)
}

fn not_json(path: &Path, source: serde_json::Error) -> IdentityError {
    IdentityError::NotJson {
        path: path.to_owned(),
        source,
    }
}
