//! `consent.json`: what a person decided, per catalog and endpoint. It is never repaired, and what it does not know it refuses.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Grant, Key, Permit, Ready, Stored};
use crate::base::fsx::{self, FileLock, FsError, LockError};
use crate::base::staged::Staged;
use crate::config::Paths;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The version of the file's shape that this build writes and understands.
const SCHEMA_VERSION: u32 = 1;

/// A record that cannot be used; telemetry is off while it is so. The file was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// It could not be read or written.
    #[error(transparent)]
    File(#[from] FsError),
    /// Another process held it for too long.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// It is not JSON of the documented shape. A member that this build does not know could be a limit that it would not
    /// keep, so that is an error too.
    #[error("cannot parse {}; remove it to decide again", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// A newer decantr wrote it.
    #[error("{} was written by a newer decantr (schemaVersion {found}); use that one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
    },
    /// It says two things at once.
    #[error("{} contradicts itself ({what}); remove it to decide again", path.display())]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// How.
        what: &'static str,
    },
}

impl ConsentError {
    /// Whether the disk has no room left.
    pub fn is_full_disk(&self) -> bool {
        match self {
            Self::File(error) => error.source.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }
}

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase", deny_unknown_fields)]
pub enum Record {
    /// Yes.
    Granted(Grant),
    /// No. It survives every upgrade.
    Refused {
        /// When.
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    catalog: String,
    origin: String,
    consent: Record,
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentFile {
    schema_version: u32,
    /// Grows with every decision; whoever acts on an older one has been overtaken.
    epoch: u64,
    records: Vec<Entry>,
}

impl Default for ConsentFile {
    fn default() -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            epoch: 0,
            records: Vec::new(),
        }
    }
}

impl ConsentFile {
    /// Where it is.
    pub fn path(paths: &Paths) -> PathBuf {
        paths.config_dir.join("consent.json")
    }

    /// Reads it; a missing file is an empty one. Writes nothing.
    pub fn load(paths: &Paths) -> Result<Self, ConsentError> {
        let path = Self::path(paths);
        match fsx::read_own(&path, LIMIT)? {
            None => Ok(Self::default()),
            Some(bytes) => Self::parse(&bytes, &path),
        }
    }

    fn parse(bytes: &[u8], path: &Path) -> Result<Self, ConsentError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Version {
            schema_version: u32,
        }
        let not_json = |source| ConsentError::NotJson {
            path: path.to_owned(),
            source,
        };
        let Version { schema_version } = serde_json::from_slice(bytes).map_err(not_json)?;
        if schema_version > SCHEMA_VERSION {
            return Err(ConsentError::Newer {
                path: path.to_owned(),
                found: schema_version,
            });
        }
        let file: Self = serde_json::from_slice(bytes).map_err(not_json)?;
        match file.contradiction() {
            Some(what) => Err(ConsentError::Contradiction {
                path: path.to_owned(),
                what,
            }),
            None => Ok(file),
        }
    }

    fn contradiction(&self) -> Option<&'static str> {
        let twice = self.records.iter().enumerate().any(|(at, one)| {
            let mut rest = self.records.iter().skip(at + 1);
            rest.any(|other| one.catalog == other.catalog && one.origin == other.origin)
        });
        let ahead = self
            .grants()
            .any(|grant| grant.epoch == 0 || grant.epoch > self.epoch);
        let epochs_shared = self.grants().enumerate().any(|(at, one)| {
            let mut rest = self.grants().skip(at + 1);
            rest.any(|other| one.epoch == other.epoch)
        });
        if self.schema_version == 0 {
            Some("schemaVersion is 0")
        } else if twice {
            Some("two records about one catalog and endpoint")
        } else if ahead || epochs_shared {
            Some("a grant with an epoch that is not its own")
        } else {
            None
        }
    }

    /// The current epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Every grant in the file, whether it still holds or not.
    pub fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.records
            .iter()
            .filter_map(|entry| match &entry.consent {
                Record::Granted(grant) => Some(grant),
                Record::Refused { .. } => None,
            })
    }

    /// The servers that a grant is about, whether it still holds or not.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        let granted = |entry: &&Entry| matches!(entry.consent, Record::Granted(_));
        self.records
            .iter()
            .filter(granted)
            .map(|entry| &*entry.origin)
    }

    /// Whether somebody refused exactly then.
    pub fn is_refused_at(&self, then: Timestamp) -> bool {
        let refused = |entry: &Entry| matches!(entry.consent, Record::Refused { at } if at == then);
        self.records.iter().any(refused)
    }

    /// What was decided about `key`.
    pub fn stored(&self, key: &Key) -> Stored {
        let entry = self.records.iter().find(|entry| entry.is_about(key));
        match entry.map(|entry| &entry.consent) {
            None => Stored::Undecided,
            Some(Record::Granted(grant)) => Stored::Granted(grant.clone()),
            Some(Record::Refused { at }) => Stored::Refused { at: *at },
        }
    }

    /// Whether the grant behind `permit` still stands at `now`.
    pub fn upholds(&self, permit: &Permit, now: Timestamp) -> bool {
        match self.stored(permit.key()) {
            Stored::Granted(grant) => grant.epoch == permit.epoch() && !grant.is_over(now),
            _ => false,
        }
    }
}

impl Entry {
    fn is_about(&self, key: &Key) -> bool {
        self.catalog == key.catalog && self.origin == key.origin
    }
}

/// The record under its lock. Every change of consent, and every write that must not outlive it, happens inside one.
///
/// The lock file is there only while somebody holds it.
#[derive(Debug)]
pub struct Locked {
    file: ConsentFile,
    path: PathBuf,
    _lock: FileLock,
}

impl Locked {
    /// Locks and reads the record, waiting at most `wait`. The configuration folder must exist.
    pub fn open(paths: &Paths, wait: Duration) -> Result<Self, ConsentError> {
        let path = ConsentFile::path(paths);
        let lock = FileLock::acquire_transient(&path.with_extension("lock"), wait)?;
        let file = ConsentFile::load(paths)?;
        Ok(Self {
            file,
            path,
            _lock: lock,
        })
    }

    /// The lock, if the grant behind `permit` still stands; while it is held nobody can withdraw it.
    pub fn upholding(
        paths: &Paths,
        permit: &Permit,
        now: Timestamp,
        wait: Duration,
    ) -> Result<Option<Self>, ConsentError> {
        match Self::open(paths, wait) {
            Ok(locked) => Ok(Some(locked).filter(|locked| locked.file.upholds(permit, now))),
            // No configuration folder: no grant.
            Err(ConsentError::Lock(LockError::File(error))) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The record as it is.
    pub fn file(&self) -> &ConsentFile {
        &self.file
    }

    /// Makes a yes about `key` ready to be written: a new epoch begins with it. That is beyond the record's own and beyond
    /// `used`, the largest that other files still know: a record that was removed by hand does not bring an epoch back.
    pub fn ready(&self, key: &Key, mut grant: Grant, used: u64) -> Result<Ready, ConsentError> {
        let mut file = self.file.clone();
        file.epoch = file.epoch.max(used).saturating_add(1);
        grant.epoch = file.epoch;
        file.put(key, Record::Granted(grant));
        let staged = self.stage(&file)?;
        Ok(Ready::new(file, staged))
    }

    /// Takes the decision about `key` away: it is undecided again, in a new epoch.
    pub fn end(&mut self, key: &Key) -> Result<(), ConsentError> {
        let mut file = self.file.clone();
        file.epoch = file.epoch.saturating_add(1);
        file.records.retain(|entry| !entry.is_about(key));
        self.save(file)
    }

    /// Writes a yes that is ready; this needs no room on the disk.
    pub fn grant(&mut self, ready: Ready) -> Result<(), ConsentError> {
        self.file = ready.put()?;
        Ok(())
    }

    /// Writes a no about every grant and about `key`: a new epoch begins.
    pub fn refuse(&mut self, key: &Key, at: Timestamp) -> Result<(), ConsentError> {
        let mut file = self.file.clone();
        file.epoch = file.epoch.saturating_add(1);
        for entry in &mut file.records {
            if matches!(entry.consent, Record::Granted(_)) {
                entry.consent = Record::Refused { at };
            }
        }
        file.put(key, Record::Refused { at });
        self.save(file)
    }

    fn save(&mut self, file: ConsentFile) -> Result<(), ConsentError> {
        self.stage(&file)?.put()?;
        self.file = file;
        Ok(())
    }

    fn stage(&self, file: &ConsentFile) -> Result<Staged, ConsentError> {
        let mut json = serde_json::to_vec_pretty(file).map_err(|source| ConsentError::NotJson {
            path: self.path.clone(),
            source,
        })?;
        json.push(b'\n');
        Ok(Staged::write(&self.path, &json)?)
    }
}

impl ConsentFile {
    fn put(&mut self, key: &Key, consent: Record) {
        match self.records.iter_mut().find(|entry| entry.is_about(key)) {
            Some(entry) => entry.consent = consent,
            None => self.records.push(Entry {
                catalog: key.catalog.clone(),
                origin: key.origin.clone(),
                consent,
            }),
        }
    }
}
