//! What waits, for people to look at: read without locks, so that looking changes nothing.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::frozen::{self, events_of, frozen_in, inflate};
use super::lines::{self, Line, LineFile};
use super::losses;
use super::{APPEND_WAIT, Ledger, LedgerEntry, QUEUE_FILE, READ_LIMIT, Spool, TAKEN_FILE};
use crate::base::fsx::{self, FsError, LockError};
use crate::config::Paths;
use crate::model::outcome::{Outcome, Reason};

/// What waits to be sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpoolState {
    /// How many events wait, frozen ones included.
    pub events: usize,
    /// How many bytes they take on disk.
    pub bytes: u64,
    /// How many batches are frozen, that is: tried or about to be.
    pub batches: usize,
    /// When the oldest was recorded.
    pub oldest: Option<Timestamp>,
    /// How many events were lost since the last freeze because they could be neither kept nor noted.
    pub lost: u64,
    /// How many events wait for other endpoints, or were left over from earlier grants.
    pub elsewhere: usize,
}

impl SpoolState {
    /// Counts what waits under the grant of `epoch`, and elsewhere; without a grant everything waits elsewhere.
    pub fn read(paths: &Paths, epoch: Option<u64>) -> Result<Self, FsError> {
        let mut state = match epoch {
            Some(epoch) => Self::of(&Spool::folder_of(paths, epoch))?,
            None => Self::default(),
        };
        for other in Spool::epochs(paths)? {
            if Some(other) != epoch {
                state.elsewhere += Self::of(&Spool::folder_of(paths, other))?.events;
            }
        }
        Ok(state)
    }

    fn of(folder: &Path) -> Result<Self, FsError> {
        let mut state = Self {
            lost: losses::read(folder),
            ..Self::default()
        };
        for line in lines::split(&unfrozen(folder)?) {
            state.events += 1;
            state.bytes += u64::try_from(line.len() + 1).unwrap_or(u64::MAX);
            state.oldest = earlier(state.oldest, Line::read(line).timestamp);
        }
        for batch in frozen_in(folder)? {
            let Some(bytes) = batch.bytes_if_there()? else {
                continue;
            };
            let events = events_of(&inflate(&bytes).unwrap_or_default());
            state.batches += 1;
            state.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            state.events += events.len();
            state.oldest = earlier(state.oldest, batch.oldest(&events));
        }
        Ok(state)
    }
}

/// The events that wait under the grant of `epoch`, exactly as they are spooled; lines that cannot be read are left out.
pub fn waiting_events(paths: &Paths, epoch: u64) -> Result<Vec<serde_json::Value>, FsError> {
    waiting_in(&Spool::folder_of(paths, epoch))
}

fn waiting_in(folder: &Path) -> Result<Vec<serde_json::Value>, FsError> {
    let mut waiting = Vec::new();
    for batch in frozen_in(folder)? {
        let bytes = batch.bytes_if_there()?.unwrap_or_default();
        let body = inflate(&bytes).unwrap_or_default();
        let mut body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if let Some(serde_json::Value::Array(events)) = body.get_mut("events") {
            waiting.append(events);
        }
    }
    let queue = unfrozen(folder)?;
    waiting.extend(lines::split(&queue).filter_map(|line| serde_json::from_slice(line).ok()));
    Ok(waiting)
}

/// The inflated body of a batch that still waits, under whichever grant; none when it does not wait or cannot be read.
pub fn frozen_body(paths: &Paths, batch: Uuid) -> Option<String> {
    let name = frozen::file_name(batch);
    let mut found = Spool::epochs(paths).ok()?.into_iter().filter_map(|epoch| {
        frozen::read_batch(&Spool::folder_of(paths, epoch).join(&name)).ok()?
    });
    String::from_utf8(inflate(&found.next()?).ok()?).ok()
}

/// The lines that are not frozen yet, oldest first, whether they are queued or a freeze has taken them.
pub(super) fn unfrozen(folder: &Path) -> Result<Vec<u8>, FsError> {
    let mut bytes = Vec::new();
    for name in [TAKEN_FILE, QUEUE_FILE] {
        let more = fsx::read_bounded(&folder.join(name), READ_LIMIT)?;
        bytes.append(&mut more.unwrap_or_default());
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Takes the spool of the grant of `epoch` away, and notes every event that waited in it as withdrawn, where the ledger stays. The
/// bytes of frozen batches, which may have been tried, go into the ledger.
///
/// It is moved aside first, and who appends at that moment is waited for: whoever comes later finds no spool, so each event is
/// either noted here or never taken.
pub fn note_withdrawn(paths: &Paths, epoch: u64, now: Timestamp) -> Result<(), LockError> {
    let folder = Spool::folder_of(paths, epoch);
    let aside = folder.with_extension("removed");
    fsx::remove(&aside)?;
    match std::fs::rename(&folder, &aside) {
        Ok(()) => {
            let queue = aside.join(QUEUE_FILE);
            let held = queue.exists().then(|| LineFile::open(&queue, APPEND_WAIT));
            let noted = note_in(paths, &aside, Reason::Withdrawn, now);
            drop(held);
            fsx::remove(&aside)?;
            noted.map(drop)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        // What cannot be moved may still be read.
        Err(_) => note_dropped(paths, epoch, Reason::Withdrawn, now).map(drop),
    }
}

/// As [`note_withdrawn`], for any reason; tells how many events there were.
pub(super) fn note_dropped(
    paths: &Paths,
    epoch: u64,
    reason: Reason,
    now: Timestamp,
) -> Result<usize, LockError> {
    note_in(paths, &Spool::folder_of(paths, epoch), reason, now)
}

fn note_in(
    paths: &Paths,
    folder: &Path,
    reason: Reason,
    now: Timestamp,
) -> Result<usize, LockError> {
    let outcome = Outcome::Dropped(reason);
    let entries: Vec<LedgerEntry> = waiting_in(folder)?
        .into_iter()
        .map(|event| {
            let line: Line = serde_json::from_value(event).unwrap_or_default();
            line.entry(now, outcome)
        })
        .collect();
    let ledger = Ledger::new(paths);
    ledger.note(now, &entries)?;
    for batch in frozen_in(folder)? {
        ledger.keep(now, &batch)?;
    }
    Ok(entries.len())
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
