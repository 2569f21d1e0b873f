//! Events on their way: the queue, frozen batches, and the ledger of what became of each.
//!
//! A spool belongs to one grant: `spool/<epoch>/queue.ndjson`, one event a line. Its folder is made when consent is given and
//! removed when it is withdrawn; an append never makes it, so no late writer can revive it.

mod expire;
mod folders;
mod freeze;
mod frozen;
mod ledger;
mod lines;
mod losses;
mod state;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::base::clock::Clock;
use crate::base::fsx::LockError;
use crate::client::consent::{ConsentError, Locked, Permit};
use crate::config::Paths;
use crate::model::catalog::Catalog;
use crate::model::event::{Event, Sink, Validator};
use crate::model::outcome::{Outcome, Reason};

pub use freeze::{Encoded, FreezeError, would_leave};
pub use frozen::{Frozen, FrozenEvent, events_of, inflate};
pub use ledger::{Ledger, LedgerEntry, LedgerText};
pub use state::{SpoolState, frozen_body, note_withdrawn, waiting_events};

use lines::{Line, LineFile};

/// The most bytes that wait on disk, queue and frozen batches together.
pub const SPOOL_LIMIT: u64 = 256 * 1024;

/// The most that is read of a file that should respect [`SPOOL_LIMIT`], but that others can write to.
const READ_LIMIT: u64 = 64 * SPOOL_LIMIT;

/// The longest that an event waits.
pub const SPOOL_AGE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The queue's file in a grant's folder.
const QUEUE_FILE: &str = "queue.ndjson";

/// The name under which a freeze takes the queue away.
const TAKEN_FILE: &str = "taken.ndjson";

/// How long an append waits for another process; then the event is dropped, since the command does not wait.
const APPEND_WAIT: Duration = Duration::from_millis(100);

/// The spool of one grant.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
    ledger: Ledger,
    paths: Paths,
    permit: Permit,
    clock: Clock,
}

impl Spool {
    /// The spool of the grant behind `permit`. Touches nothing.
    pub fn new(paths: &Paths, permit: &Permit, clock: &Clock) -> Self {
        Self {
            folder: Self::folder_of(paths, permit.epoch()),
            ledger: Ledger::new(paths),
            paths: paths.clone(),
            permit: permit.clone(),
            clock: clock.clone(),
        }
    }

    /// The ledger beside it.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Whether nothing waits; cheap.
    pub fn is_empty(&self) -> bool {
        let has_lines = |path: PathBuf| path.metadata().is_ok_and(|meta| meta.len() > 0);
        !has_lines(self.queue())
            && !has_lines(self.folder.join(TAKEN_FILE))
            && self.frozen().is_ok_and(|batches| batches.is_empty())
    }

    fn queue(&self) -> PathBuf {
        self.folder.join(QUEUE_FILE)
    }

    /// Notes what became of an event; where that is impossible too, it is counted as lost.
    pub fn note(&self, name: Option<&str>, outcome: Outcome) {
        let now = self.clock.now();
        self.note_all(now, &[LedgerEntry::event(now, None, name, outcome, None)]);
    }

    fn note_all(&self, now: Timestamp, entries: &[LedgerEntry]) {
        let mut noted = self.ledger.note(now, entries);
        if matches!(&noted, Err(LockError::File(error)) if error.is_missing())
            && self.restore().is_ok()
        {
            noted = self.ledger.note(now, entries);
        }
        if noted.is_err() {
            losses::add(&self.folder, entries.len());
        }
    }

    /// Moves the count of lost events into the ledger, now that it can be written again.
    fn note_losses(&self, now: Timestamp) -> Result<(), LockError> {
        let events = losses::read(&self.folder);
        if events > 0 {
            self.ledger
                .note(now, &[LedgerEntry::Lost { at: now, events }])?;
            losses::settle(&self.folder, events)?;
        }
        Ok(())
    }

    /// Appends a line, to folders that are made again if they are gone.
    fn append_somehow(&self, line: &[u8]) -> Result<(), Reason> {
        let mut result = self.append(line);
        if matches!(&result, Err(LockError::File(error)) if error.is_missing()) {
            self.restore()?;
            result = self.append(line);
        }
        match result {
            Ok(None) => Ok(()),
            Ok(Some(reason)) => Err(reason),
            Err(LockError::Busy { .. }) => Err(Reason::SpoolBusy),
            Err(LockError::File(_)) => Err(Reason::SpoolUnwritable),
        }
    }

    /// Appends a line; tells why not where there is no room and nothing that could make room.
    fn append(&self, line: &[u8]) -> Result<Option<Reason>, LockError> {
        let path = self.queue();
        let queue = LineFile::open(&path, APPEND_WAIT)?;
        let needed = u64::try_from(line.len()).unwrap_or(u64::MAX) + 2;
        let len = queue.len();
        // Batches are frozen only when none wait, and are small, so up to half the limit there is room without looking at
        // them; but a freeze that cannot end leaves behind as much as it took.
        if len + needed > SPOOL_LIMIT / 2 || self.folder.join(TAKEN_FILE).exists() {
            let room = SPOOL_LIMIT.saturating_sub(freeze::taken_bytes(&self.folder)?);
            if needed > room {
                return Ok(Some(Reason::SpoolFull));
            }
            if len + needed > room {
                self.append_in_full(queue, line, room)?;
                return Ok(None);
            }
        }
        queue.append(line)?;
        Ok(None)
    }

    /// Drops the oldest events until `line` fits, with an eighth of the room to spare so that the next ones need not do the
    /// same. What is dropped is in the ledger, or counted where that cannot be written, before it is gone.
    fn append_in_full(&self, queue: LineFile, line: &[u8], room: u64) -> Result<(), LockError> {
        let now = self.clock.now();
        let bytes = queue.read()?;
        let target = usize::try_from(room - room / 8)
            .unwrap_or(usize::MAX)
            .saturating_sub(line.len() + 2);
        let mut excess = bytes.len().saturating_sub(target);
        let mut dropped = Vec::new();
        let mut kept = Vec::with_capacity(bytes.len());
        for old in lines::split(&bytes) {
            if excess > 0 {
                excess = excess.saturating_sub(old.len() + 1);
                let reason = Outcome::Dropped(Reason::SpoolFull);
                dropped.push(Line::read(old).entry(now, reason));
            } else {
                kept.extend_from_slice(old);
                kept.push(b'\n');
            }
        }
        kept.extend_from_slice(line);
        kept.push(b'\n');
        self.note_all(now, &dropped);
        Ok(queue.replace(&kept)?)
    }

    /// Makes the folders again if only they are gone, not the grant; the error is why not.
    fn restore(&self) -> Result<(), Reason> {
        let now = self.clock.now();
        match Locked::upholding(&self.paths, &self.permit, now, APPEND_WAIT) {
            Ok(Some(locked)) => Self::create(&self.paths, self.permit.epoch(), &locked)
                .map_err(|_unwritable| Reason::SpoolUnwritable),
            Ok(None) => Err(Reason::Withdrawn),
            Err(ConsentError::Lock(LockError::Busy { .. })) => Err(Reason::SpoolBusy),
            Err(_unreadable) => Err(Reason::SpoolUnwritable),
        }
    }
}

/// The judge of everything that is spooled or sent, by a catalog or a part of it.
///
/// Its key would hash foreign ids, of which a person's machine sends none.
pub fn validator_of(catalog: Arc<Catalog>) -> Validator {
    let retention = catalog.retention_days;
    Validator::new(catalog, [0; 32], retention)
}

impl Sink for Spool {
    fn put(&self, event: &Event) -> Outcome {
        let Ok(line) = serde_json::to_vec(event) else {
            return Outcome::Dropped(Reason::SpoolUnwritable);
        };
        let reason = match self.append_somehow(&line) {
            Ok(()) => return Outcome::Accepted,
            Err(Reason::Withdrawn) => return Outcome::Dropped(Reason::Withdrawn),
            Err(reason) => reason,
        };
        self.note(Some(&event.name), Outcome::Dropped(reason));
        Outcome::Dropped(reason)
    }
}
