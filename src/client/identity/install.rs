//! The installation's id: made from a local secret, so that only its owner can prove it, and renewed after a while.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::{IdSecret, IdentityError, Link};
use crate::base::fsx::{self, FsError};
use crate::base::ids::OpaqueId;
use crate::client::consent::Locked;
use crate::config::file::{INSTALL_ID, INSTALL_ID_AT};
use crate::config::{ConfigError, ConfigFile, Paths};

/// The file of the secret, in the state folder: 32 bytes in hex.
pub const SECRET_FILE: &str = "install-secret";

/// How long an id lasts, unless it is linked: long enough to count a quarter's installations, no longer.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);

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

/// When the id was made. Ids of earlier tools and linked ones have no such time.
fn made_at(settings: &ConfigFile) -> Result<Option<Timestamp>, ConfigError> {
    let Some(text) = settings.text(INSTALL_ID_AT)? else {
        return Ok(None);
    };
    text.parse()
        .map(Some)
        .map_err(|_not_a_time| ConfigError::WrongValue {
            path: settings.path().to_owned(),
            key: INSTALL_ID_AT,
            expected: "an RFC 3339 time",
        })
}

/// What is wrong with the time at which the id was made.
pub(super) fn check_time(settings: &ConfigFile) -> Result<(), IdentityError> {
    Ok(made_at(settings).map(drop)?)
}

/// How far ahead the time of an id may lie before it counts as wrong: clocks are not that exact.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What its age asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// It has lasted long enough.
    Renewal,
    /// Its time lies ahead, since a clock was wrong: counted from now, so that it does not last for years.
    Date,
}

/// What is due at `now`. Without a time that can be read the id lasts.
pub(super) fn due(settings: &ConfigFile, now: Timestamp) -> Option<Due> {
    let age = now.duration_since(made_at(settings).ok().flatten()?);
    if age >= LIFETIME {
        Some(Due::Renewal)
    } else {
        (age < -AHEAD).then_some(Due::Date)
    }
}

/// Counts the age of the id from `now`.
pub(super) fn date(settings: &mut ConfigFile, now: Timestamp) -> Result<(), IdentityError> {
    if let Some(id) = existing(settings)? {
        put(settings, &id, Some(now));
        settings.save()?;
    }
    Ok(())
}

/// The id, made now unless another process just did. The secret is written first: a crash in between leaves a secret whose id
/// the next record writes.
pub(super) fn mint(
    paths: &Paths,
    now: Timestamp,
    _locked: &Locked,
) -> Result<OpaqueId, IdentityError> {
    let mut settings = ConfigFile::load(&paths.config_file())?;
    if let Some(id) = existing(&settings)? {
        return Ok(id);
    }
    let secret = match read_secret(paths)? {
        Some(secret) => secret,
        None => new_secret(paths)?,
    };
    let id = id_of(&secret)?;
    // The id of a configuration that was lost may be linked. A link that cannot be read counts as one.
    let link = Link::load(paths);
    let is_free = link.is_ok_and(|link| link.is_none_or(|link| !link.ids.contains(&id)));
    put(&mut settings, &id, is_free.then_some(now));
    settings.save()?;
    Ok(id)
}

/// Writes a new secret over the old one.
pub(super) fn new_secret(paths: &Paths) -> Result<IdSecret, IdentityError> {
    let secret = IdSecret::generate()?;
    fsx::write_atomic(&secret_file(paths), secret.to_hex().as_bytes())?;
    Ok(secret)
}

/// The id that `secret` makes.
pub(super) fn id_of(secret: &IdSecret) -> Result<OpaqueId, IdentityError> {
    secret
        .id("install")
        .map_err(|_never| IdentityError::NotAnId {
            path: PathBuf::from(SECRET_FILE),
            key: INSTALL_ID,
        })
}

/// Puts the id into the settings; with the time at which it was made, unless it is to last.
pub(super) fn put(settings: &mut ConfigFile, id: &OpaqueId, made: Option<Timestamp>) {
    settings.set(INSTALL_ID, id.as_str());
    match made {
        Some(made) => {
            let made = made.round(jiff::Unit::Second).unwrap_or(made);
            settings.set(INSTALL_ID_AT, &made.to_string());
        }
        None => drop(settings.remove(INSTALL_ID_AT)),
    }
}

/// Lets the id last: it is linked now.
pub fn keep_install_id(paths: &Paths, _locked: &Locked) -> Result<(), ConfigError> {
    let mut settings = ConfigFile::load(&paths.config_file())?;
    if settings.remove(INSTALL_ID_AT) {
        settings.save()?;
    }
    Ok(())
}

/// Takes the id out of `config.json`, and the file away if nothing else is in it; tells whether there was one.
pub fn remove_install_id(paths: &Paths) -> Result<bool, ConfigError> {
    let path = paths.config_file();
    let mut settings = ConfigFile::load(&path)?;
    let had_time = settings.remove(INSTALL_ID_AT);
    if !settings.remove(INSTALL_ID) && !had_time {
        return Ok(false);
    }
    if settings.is_empty() {
        fsx::remove(&path)?;
    } else {
        settings.save()?;
    }
    Ok(true)
}

/// Whether the secret, if there is one, can be used.
pub(super) fn check_secret(paths: &Paths) -> Result<(), IdentityError> {
    read_secret(paths).map(drop)
}

pub(super) fn secret_file(paths: &Paths) -> PathBuf {
    paths.state_dir.join(SECRET_FILE)
}

pub(super) fn read_secret(paths: &Paths) -> Result<Option<IdSecret>, IdentityError> {
    let path = secret_file(paths);
    let Some(bytes) = fsx::read_bounded(&path, 1024)? else {
        return Ok(None);
    };
    IdSecret::parse(&String::from_utf8_lossy(&bytes))
        .map(Some)
        .map_err(|_damaged| unusable(&path).into())
}

fn unusable(path: &Path) -> FsError {
    let error = std::io::Error::other("not 64 hexadecimal digits; remove it");
    FsError::new("use", path, error)
}
