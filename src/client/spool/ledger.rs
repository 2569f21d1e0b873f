//! The ledger: what became of every event, the exact bytes of every request, and its receipt.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::freeze::{self, Frozen};
use super::lines::{self, LineFile};
use crate::base::fsx::{self, FsError, LockError, context};
use crate::config::Paths;
use crate::model::outcome::Outcome;
use crate::model::protocol::Receipt;

/// How long the ledger remembers.
const AGE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How large it may become, in bytes, before its oldest days go.
const LIMIT: u64 = 8 * 1024 * 1024;

/// How long a note waits for another one.
const NOTE_WAIT: Duration = Duration::from_millis(100);

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum LedgerEntry {
    /// Where an event ended.
    Event {
        /// When this was noted.
        at: Timestamp,
        /// The event; absent when its line was unreadable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// `accepted`, `duplicate` or `dropped`.
        outcome: String,
        /// Why it was dropped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The batch it was in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch: Option<Uuid>,
    },
    /// A batch that was answered. Its exact bytes are kept beside the ledger.
    Batch {
        /// When this was noted.
        at: Timestamp,
        /// The batch.
        batch: Uuid,
        /// The server it was sent to.
        origin: String,
        /// How many events it had.
        events: usize,
        /// How many bytes were sent.
        bytes: usize,
        /// SHA-256 of the inflated body, in hex, as in the receipt.
        digest: String,
        /// The HTTP status of the answer.
        status: u16,
        /// The receipt, as it came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<Receipt>,
        /// `verified`, or why not.
        verification: String,
    },
    /// Events that could be neither kept nor noted when they were recorded, for example on a full disk.
    Lost {
        /// When this was noted.
        at: Timestamp,
        /// How many.
        events: u64,
    },
    /// Older parts of the ledger were removed to keep it small.
    Pruned {
        /// When.
        at: Timestamp,
        /// The day that was removed.
        day: String,
    },
}

impl LedgerEntry {
    /// The entry about one event.
    pub fn event(
        at: Timestamp,
        id: Option<Uuid>,
        name: Option<&str>,
        outcome: Outcome,
        batch: Option<Uuid>,
    ) -> Self {
        Self::Event {
            at,
            id,
            name: name.map(str::to_owned),
            outcome: outcome.as_str().to_owned(),
            reason: outcome.reason().map(|reason| reason.code().to_owned()),
            batch,
        }
    }
}

/// `state/ledger`: a folder for each day, with its lines and the bytes that were sent.
///
/// Nothing here makes the ledger's own folder: that happens when consent is given.
#[derive(Debug, Clone)]
pub struct Ledger {
    root: PathBuf,
}

/// The ledger read back.
#[derive(Debug, Default)]
pub struct LedgerText {
    /// The entries, oldest first.
    pub entries: Vec<LedgerEntry>,
    /// How many lines could not be read.
    pub unreadable: usize,
}

impl Ledger {
    /// The ledger of this machine. Touches nothing.
    pub fn new(paths: &Paths) -> Self {
        Self {
            root: Self::root(paths),
        }
    }

    /// Its folder.
    pub fn root(paths: &Paths) -> PathBuf {
        paths.state_dir.join("ledger")
    }

    /// Adds `entries` in one write.
    pub fn note(&self, now: Timestamp, entries: &[LedgerEntry]) -> Result<(), LockError> {
        if entries.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = entries
            .iter()
            .filter_map(|entry| serde_json::to_string(entry).ok())
            .collect();
        let path = self.day(now)?.join("events.ndjson");
        Ok(LineFile::open(&path, NOTE_WAIT)?.append(lines.join("\n").as_bytes())?)
    }

    /// Takes a batch that is done out of the spool and keeps its bytes.
    pub fn keep(&self, now: Timestamp, batch: &Frozen) -> Result<(), FsError> {
        let name = batch.path.file_name().unwrap_or_default();
        let kept = self.day(now)?.join(name);
        std::fs::rename(&batch.path, kept).map_err(context("move", &batch.path))
    }

    /// The body of a batch that was sent, inflated, exactly as the receipt's digest covers it; none when it is not kept (any
    /// more) or cannot be read.
    pub fn body(&self, batch: Uuid) -> Option<String> {
        let name = freeze::file_name(batch);
        let days = self.days().ok()?;
        let bytes = days
            .iter()
            .find_map(|day| std::fs::read(day.join(&name)).ok())?;
        String::from_utf8(freeze::inflate(&bytes).ok()?).ok()
    }

    fn day(&self, now: Timestamp) -> Result<PathBuf, FsError> {
        let folder = self.root.join(now.strftime("%Y-%m-%d").to_string());
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            // A new day is the time to forget old ones.
            Ok(()) => drop(self.prune(now)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FsError::new("create", &folder, error)),
        }
        Ok(folder)
    }

    fn days(&self) -> Result<Vec<PathBuf>, FsError> {
        let entries = match std::fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(FsError::new("list", &self.root, error)),
        };
        let mut days: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        days.sort();
        Ok(days)
    }

    /// Reads all of it; a missing ledger is an empty one.
    pub fn read(&self) -> Result<LedgerText, FsError> {
        let mut text = LedgerText::default();
        for day in self.days()? {
            let bytes = fsx::read_bounded(&day.join("events.ndjson"), 2 * LIMIT)?;
            for line in lines::split(&bytes.unwrap_or_default()) {
                match serde_json::from_slice(line) {
                    Ok(entry) => text.entries.push(entry),
                    Err(_torn) => text.unreadable += 1,
                }
            }
        }
        Ok(text)
    }

    /// Removes the oldest days until the ledger is young and small enough, and notes which.
    pub fn prune(&self, now: Timestamp) -> Result<(), LockError> {
        let days = self.days()?;
        let mut sizes: Vec<u64> = days.iter().map(|day| size_of(day)).collect();
        let first_kept = now.saturating_sub(AGE).unwrap_or(now);
        let first_kept = first_kept.strftime("%Y-%m-%d").to_string();
        for (at, day) in days.iter().enumerate() {
            let name = day
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name >= first_kept && sizes.iter().sum::<u64>() <= LIMIT {
                break;
            }
            fsx::remove(day)?;
            if let Some(size) = sizes.get_mut(at) {
                *size = 0;
            }
            self.note(now, &[LedgerEntry::Pruned { at: now, day: name }])?;
        }
        Ok(())
    }
}

fn size_of(day: &Path) -> u64 {
    let files = std::fs::read_dir(day).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}
