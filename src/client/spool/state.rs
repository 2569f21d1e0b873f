//! What waits, for people to look at: read without locks, so that looking changes nothing.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::freeze::{events_of, frozen_in, inflate};
use super::lines::{self, Line};
use super::losses;
use super::{Ledger, LedgerEntry, QUEUE_FILE, READ_LIMIT, TAKEN_FILE, folder};
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
    /// When the oldest was recorded (for frozen ones: frozen).
    pub oldest: Option<Timestamp>,
    /// How many events were lost since the last freeze because they could be neither kept nor noted.
    pub lost: u64,
}

impl SpoolState {
    /// Counts what waits under the grant of `epoch`.
    pub fn read(paths: &Paths, epoch: u64) -> Result<Self, FsError> {
        let folder = folder(paths, epoch);
        let mut state = Self {
            lost: losses::read(&folder),
            ..Self::default()
        };
        for line in lines::split(&unfrozen(&folder)?) {
            state.events += 1;
            state.bytes += u64::try_from(line.len() + 1).unwrap_or(u64::MAX);
            state.oldest = earlier(state.oldest, Line::read(line).timestamp);
        }
        for batch in frozen_in(&folder)? {
            let bytes = batch.bytes()?;
            state.batches += 1;
            state.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            state.events += inflate(&bytes).map_or(0, |body| events_of(&body).len());
            state.oldest = earlier(state.oldest, batch.frozen_at());
        }
        Ok(state)
    }
}

/// The events that wait under the grant of `epoch`, exactly as they are spooled; lines that cannot be read are left out.
pub fn waiting_events(paths: &Paths, epoch: u64) -> Result<Vec<serde_json::Value>, FsError> {
    let folder = folder(paths, epoch);
    let mut waiting = Vec::new();
    for batch in frozen_in(&folder)? {
        let body = inflate(&batch.bytes()?).unwrap_or_default();
        let mut body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if let Some(serde_json::Value::Array(events)) = body.get_mut("events") {
            waiting.append(events);
        }
    }
    let queue = unfrozen(&folder)?;
    waiting.extend(lines::split(&queue).filter_map(|line| serde_json::from_slice(line).ok()));
    Ok(waiting)
}

/// The lines that are not frozen yet, oldest first, whether they are queued or a freeze has taken them.
fn unfrozen(folder: &Path) -> Result<Vec<u8>, FsError> {
    let mut bytes = Vec::new();
    for name in [TAKEN_FILE, QUEUE_FILE] {
        let more = fsx::read_bounded(&folder.join(name), READ_LIMIT)?;
        bytes.append(&mut more.unwrap_or_default());
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Notes every event that waits under the grant of `epoch` as withdrawn, before its spool goes and the ledger stays.
pub fn note_withdrawn(paths: &Paths, epoch: u64, now: Timestamp) -> Result<(), LockError> {
    let withdrawn = Outcome::Dropped(Reason::Withdrawn);
    let entries: Vec<LedgerEntry> = waiting_events(paths, epoch)?
        .into_iter()
        .map(|event| {
            let line: Line = serde_json::from_value(event).unwrap_or_default();
            line.entry(now, withdrawn)
        })
        .collect();
    Ledger::new(paths).note(now, &entries)
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
