//! The room's private JSON files: read whole and bounded, written in one step, never repaired.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::IdentityError;
use crate::base::fsx;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// What `path` says; nothing where there is no such file.
pub(super) fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, IdentityError> {
    let Some(bytes) = fsx::read_bounded(path, LIMIT)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|source| not_json(path, source))
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
