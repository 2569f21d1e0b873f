//! The ledger: what became of every event, the exact bytes of every request, and its receipt.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::frozen::{self, Frozen};
use super::lines::{self, LineFile};
use crate::base::fsx::{self, FsError, LockError, context};
use crate::config::Paths;
use crate::model::outcome::Outcome;
use crate::model::protocol::Receipt;

/// How long the ledger remembers.
const AGE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How large it may become, in bytes, before its oldest days go.
const LIMIT: u64 = 8 * 1024 * 1024;

/// The most that is read of one day.
const DAY_LIMIT: u64 = 2 * LIMIT;

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
    /// A request that left, or was to leave, and did not settle its batch: the same bytes will be sent again.
    Attempt {
        /// When this was noted.
        at: Timestamp,
        /// The batch.
        batch: Uuid,
        /// The server it was sent to.
        origin: String,
        /// The HTTP status of the answer, if one came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Why the batch is not settled.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
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
    /// How many lines could not be read; the rest of a day that is too large to be read counts as one.
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
        let name = frozen::file_name(batch);
        let days = self.days().ok()?;
        let mut kept = days
            .iter()
            .filter_map(|day| frozen::read_batch(&day.join(&name)).ok()?);
        String::from_utf8(frozen::inflate(&kept.next()?).ok()?).ok()
    }

    fn day(&self, now: Timestamp) -> Result<PathBuf, FsError> {
        let folder = self.root.join(name_of_day(now));
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
        // What has another name than a day is not ours.
        let mut days: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| name_of(path).parse::<Date>().is_ok())
            .collect();
        days.sort();
        Ok(days)
    }

    /// Reads all of it; a missing ledger is an empty one.
    pub fn read(&self) -> Result<LedgerText, FsError> {
        let mut text = LedgerText::default();
        for day in self.days()? {
            let start = fsx::read_start(&day.join("events.ndjson"), DAY_LIMIT)?;
            let (mut bytes, is_whole) = start.unwrap_or((Vec::new(), true));
            if !is_whole {
                let whole_lines = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
                bytes.truncate(whole_lines);
                text.unreadable += 1;
            }
            for line in lines::split(&bytes) {
                match serde_json::from_slice(line) {
                    Ok(entry) => text.entries.push(entry),
                    Err(_torn) => text.unreadable += 1,
                }
            }
        }
        Ok(text)
    }

    /// Removes the oldest days until the ledger is young and small enough, and notes which. Today's stays, however large.
    pub fn prune(&self, now: Timestamp) -> Result<(), LockError> {
        let days = self.days()?;
        let mut sizes: Vec<u64> = days.iter().map(|day| size_of(day)).collect();
        let today = name_of_day(now);
        let first_kept = name_of_day(now.saturating_sub(AGE).unwrap_or(now));
        for (at, day) in days.iter().enumerate() {
            let name = name_of(day);
            let is_small = sizes.iter().sum::<u64>() <= LIMIT;
            if name >= today || (name >= first_kept && is_small) {
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

fn name_of_day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn size_of(day: &Path) -> u64 {
    let files = std::fs::read_dir(day).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}
