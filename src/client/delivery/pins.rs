//! Servers' public keys, pinned at the first receipt: a server that later signs with another key is noticed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::fsx;
use crate::client::consent::Locked;
use crate::client::error::ClientError;
use crate::config::Paths;
use crate::model::protocol::KeyPage;

/// The file, in the state folder.
pub const PINS_FILE: &str = "pins.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The pinned key of `origin`, if there is one.
///
/// # Errors
/// When the file cannot be read or understood; it is not changed then.
pub(super) fn pinned(paths: &Paths, origin: &str) -> Result<Option<KeyPage>, ClientError> {
    Ok(load(paths)?.remove(origin))
}

/// Every pinned key, by origin.
///
/// # Errors
/// When the file cannot be read or understood.
pub fn pinned_keys(paths: &Paths) -> Result<BTreeMap<String, KeyPage>, ClientError> {
    load(paths)
}

/// Pins `page` for `origin`; a key that is pinned already stays. `_locked` shows that consent stands.
pub(super) fn pin(
    paths: &Paths,
    origin: &str,
    page: &KeyPage,
    _locked: &Locked,
) -> Result<(), ClientError> {
    let mut pins = load(paths)?;
    pins.entry(origin.to_owned())
        .or_insert_with(|| page.clone());
    let path = file(paths);
    let json = serde_json::to_vec_pretty(&pins);
    let json = json.map_err(|source| ClientError::NotJson {
        path: path.clone(),
        source,
    })?;
    Ok(fsx::write_atomic(&path, &json)?)
}

fn load(paths: &Paths) -> Result<BTreeMap<String, KeyPage>, ClientError> {
    let path = file(paths);
    match fsx::read_bounded(&path, LIMIT)? {
        None => Ok(BTreeMap::new()),
        Some(bytes) => {
            serde_json::from_slice(&bytes).map_err(|source| ClientError::NotJson { path, source })
        }
    }
}

fn file(paths: &Paths) -> PathBuf {
    paths.state_dir.join(PINS_FILE)
}
