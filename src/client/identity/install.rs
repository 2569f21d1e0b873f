//! The installation's id: made from a local secret, so that only its owner can prove it.

use std::path::{Path, PathBuf};

use super::IdentityError;
use crate::base::crypto;
use crate::base::fsx::{self, FsError};
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::file::INSTALL_ID;
use crate::config::{ConfigFile, Paths};

/// The file of the secret, in the state folder: 32 bytes in hex.
pub const SECRET_FILE: &str = "install-secret";

/// The id in `config.json`, whether decantr minted it or an earlier tool did.
pub(super) fn existing(settings: &ConfigFile) -> Result<Option<OpaqueId>, IdentityError> {
    let Some(text) = settings.text(INSTALL_ID)? else {
        return Ok(None);
    };
    OpaqueId::parse(&text)
        .ok()
        .filter(|id| matches!(id.prefix(), "inst" | "install"))
        .map(Some)
        .ok_or_else(|| IdentityError::NotAnId {
            path: settings.path().to_owned(),
            key: INSTALL_ID,
        })
}

/// The id, made now unless another process just did. The secret is written first: a crash in between leaves a secret whose id
/// the next record writes.
pub(super) fn mint(paths: &Paths, _locked: &Locked) -> Result<OpaqueId, IdentityError> {
    let mut settings = ConfigFile::load(&paths.config_file())?;
    if let Some(id) = existing(&settings)? {
        return Ok(id);
    }
    let path = paths.state_dir.join(SECRET_FILE);
    let secret = if let Some(secret) = read_secret(&path)? {
        secret
    } else {
        let secret = crypto::random_32()?;
        fsx::write_atomic(&path, crypto::hex(&secret).as_bytes())?;
        secret
    };
    let id = OpaqueId::certified("install", &secret).map_err(|_never| IdentityError::NotAnId {
        path: PathBuf::from(SECRET_FILE),
        key: INSTALL_ID,
    })?;
    settings.set(INSTALL_ID, id.as_str());
    settings.save()?;
    Ok(id)
}

/// Whether the secret, if there is one, can be used.
pub(super) fn check_secret(paths: &Paths) -> Result<(), IdentityError> {
    read_secret(&paths.state_dir.join(SECRET_FILE)).map(drop)
}

fn read_secret(path: &Path) -> Result<Option<[u8; 32]>, IdentityError> {
    let Some(bytes) = fsx::read_bounded(path, 1024)? else {
        return Ok(None);
    };
    let text = String::from_utf8_lossy(&bytes);
    let secret = crypto::unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
    if secret.is_none() {
        let error = std::io::Error::other("not 64 hexadecimal digits; remove it");
        return Err(FsError::new("use", path, error).into());
    }
    Ok(secret)
}
