//! `credentials.json`: which origins have a key and where it lies; the key itself only where a person chose the file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::error::AuthError;
use crate::base::fsx::{self, FileLock};
use crate::base::secret::Secret;
use crate::config::Paths;

/// The version of the file's shape.
const VERSION: u32 = 1;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// How long to wait for another process that signs in or out; longer than the keyring may take under the lock.
pub(super) const WAIT: Duration = Duration::from_secs(20);

/// Where a key can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// The operating system's keyring.
    Keyring,
    /// `credentials.json` itself, readable by its owner only.
    File,
}

/// The file's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u32,
    accounts: Vec<Account>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// One origin's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    origin: String,
    store: StoreKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Written>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A key in a file: the one place where a secret is written as it is.
#[derive(Clone, PartialEq, Eq)]
struct Written(Secret);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(Secret::new(&text)))
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The file, read.
#[derive(Debug)]
pub struct Credentials {
    path: PathBuf,
    document: Document,
}

impl Credentials {
    /// Where it lies.
    pub fn path(paths: &Paths) -> PathBuf {
        paths.config_dir.join("credentials.json")
    }

    /// Reads it; a missing one knows no origin.
    ///
    /// # Errors
    /// When it is not the user's own, or not what decantr wrote. It is never repaired.
    pub fn load(paths: &Paths) -> Result<Self, AuthError> {
        let path = Self::path(paths);
        let document = match fsx::read_own(&path, LIMIT)? {
            Some(bytes) => parse(&path, &bytes)?,
            None => Document {
                schema_version: VERSION,
                accounts: Vec::new(),
                unknown: Map::new(),
            },
        };
        Ok(Self { path, document })
    }

    /// Where the key of `origin` lies, and the key if it is here.
    pub fn find(&self, origin: &str) -> Option<(StoreKind, Option<&Secret>)> {
        let account = self.document.accounts.iter().find(|a| a.origin == origin)?;
        Some((account.store, account.key.as_ref().map(|key| &key.0)))
    }

    /// The origins that have a key.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.document.accounts.iter().map(|a| a.origin.as_str())
    }
}

/// The file under its lock; every change happens inside one. The lock file is there only while somebody holds it.
#[derive(Debug)]
pub(super) struct Locked {
    pub(super) file: Credentials,
    _lock: FileLock,
}

impl Locked {
    /// Locks and reads it. The configuration folder must exist.
    pub(super) fn open(paths: &Paths) -> Result<Self, AuthError> {
        let path = Credentials::path(paths);
        let lock = FileLock::acquire_transient(&path.with_extension("lock"), WAIT)?;
        Ok(Self {
            file: Credentials::load(paths)?,
            _lock: lock,
        })
    }

    /// Notes that the key of `origin` lies in `store`; with `key` where that is this file.
    pub(super) fn put(
        &mut self,
        origin: &str,
        store: StoreKind,
        key: Option<&Secret>,
    ) -> Result<(), AuthError> {
        let key = key.map(|key| Written(key.clone()));
        let mut document = self.file.document.clone();
        match document.accounts.iter_mut().find(|a| a.origin == origin) {
            Some(account) => {
                account.store = store;
                account.key = key;
            }
            None => document.accounts.push(Account {
                origin: origin.to_owned(),
                store,
                key,
                unknown: Map::new(),
            }),
        }
        self.save(document)
    }

    /// Takes out what is noted about `origin`; a file that says nothing any more goes.
    pub(super) fn remove(&mut self, origin: &str) -> Result<(), AuthError> {
        let mut document = self.file.document.clone();
        document.accounts.retain(|account| account.origin != origin);
        if document.accounts.is_empty() && document.unknown.is_empty() {
            fsx::remove(&self.file.path)?;
            self.file.document = document;
            return Ok(());
        }
        self.save(document)
    }

    fn save(&mut self, document: Document) -> Result<(), AuthError> {
        let damaged = |error| damaged(&self.file.path, &error);
        let mut json = serde_json::to_vec_pretty(&document).map_err(damaged)?;
        json.push(b'\n');
        fsx::write_atomic(&self.file.path, &json)?;
        self.file.document = document;
        Ok(())
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Document, AuthError> {
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| damaged(path, &error))?;
    if document.schema_version > VERSION {
        let path = path.to_owned();
        return Err(AuthError::Later { path });
    }
    Ok(document)
}

/// What the parser says can quote the file, so only the place is kept.
fn damaged(path: &Path, error: &serde_json::Error) -> AuthError {
    AuthError::Damaged {
        path: path.to_owned(),
        line: error.line(),
        column: error.column(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://a.example";
    const B: &str = "https://b.example";

    fn machine() -> (tempfile::TempDir, Paths) {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths {
            config_dir: folder.path().to_owned(),
            state_dir: folder.path().join("state"),
            data_dir: folder.path().join("data"),
        };
        (folder, paths)
    }

    #[test]
    fn every_origin_has_its_own_key_and_only_the_file_holds_one() {
        let (folder, paths) = machine();
        let key = Secret::new("dcr_a");
        let mut locked = Locked::open(&paths).unwrap();
        locked.put(A, StoreKind::File, Some(&key)).unwrap();
        locked.put(B, StoreKind::Keyring, None).unwrap();
        drop(locked);
        let read = Credentials::load(&paths).unwrap();
        assert_eq!(read.find(A), Some((StoreKind::File, Some(&key))));
        assert_eq!(read.find(B), Some((StoreKind::Keyring, None)));
        assert_eq!(read.find("https://a.example:8443"), None);
        assert!(!format!("{read:?}").contains("dcr_a"));
        let mut locked = Locked::open(&paths).unwrap();
        locked.put(A, StoreKind::Keyring, None).unwrap();
        let text = std::fs::read_to_string(Credentials::path(&paths)).unwrap();
        assert!(!text.contains("dcr_a"), "{text}");
        locked.remove(A).unwrap();
        locked.remove(B).unwrap();
        drop(locked);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_decantr_does_not_know_stays() {
        let (_folder, paths) = machine();
        let text = r#"{"schemaVersion":1,"accounts":[{"origin":"https://a.example","store":"keyring","x":1}],"y":[2]}"#;
        fsx::write_atomic(&Credentials::path(&paths), text.as_bytes()).unwrap();
        let mut locked = Locked::open(&paths).unwrap();
        locked.put(B, StoreKind::Keyring, None).unwrap();
        locked.remove(B).unwrap();
        let written = std::fs::read(Credentials::path(&paths)).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_damaged_file_is_named_and_neither_shown_nor_changed() {
        let (_folder, paths) = machine();
        let path = Credentials::path(&paths);
        for text in [
            "",
            "dcr_secret",
            r#"{"schemaVersion":"dcr_secret","accounts":[]}"#,
            r#"{"schemaVersion":1,"accounts":"dcr_secret"}"#,
            r#"{"schemaVersion":1,"accounts":[{"origin":"a","store":"dcr_secret"}]}"#,
            r#"{"schemaVersion":2,"accounts":[]}"#,
        ] {
            fsx::write_atomic(&path, text.as_bytes()).unwrap();
            let error = Locked::open(&paths).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("credentials.json"), "{shown}");
            assert!(!shown.contains("dcr_secret"), "{shown}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, paths) = machine();
        let path = Credentials::path(&paths);
        fsx::write_atomic(&path, br#"{"schemaVersion":1,"accounts":[]}"#).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = Credentials::load(&paths).unwrap_err();
        assert!(matches!(error, AuthError::File(_)), "{error}");
    }
}
