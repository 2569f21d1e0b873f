//! What has waited too long, in the spools of all grants: noted and taken out, also where nobody sends any more.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::frozen::{events_of, frozen_in, inflate};
use super::lines::{self, Line, LineFile};
use super::state::note_dropped;
use super::{Ledger, LedgerEntry, QUEUE_FILE, READ_LIMIT, SPOOL_AGE, Spool, TAKEN_FILE};
use crate::base::fsx::{self, FileLock, FsError, LockError};
use crate::config::Paths;
use crate::model::outcome::{Outcome, Reason};

/// The lock of the one sender of a grant, in its folder.
const SENDER_LOCK: &str = "sender.lock";

/// How long expiring waits for a command that appends.
const QUEUE_WAIT: Duration = Duration::from_millis(100);

const EXPIRED: Outcome = Outcome::Dropped(Reason::SpoolExpired);

/// Whether an event of then has waited longer than it may.
pub(super) fn is_too_old(then: Timestamp, now: Timestamp) -> bool {
    now.duration_since(then) > SPOOL_AGE
}

impl Spool {
    /// The lock that makes its holder the one sender of this grant.
    pub fn lock_for_sending(&self, wait: Duration) -> Result<FileLock, LockError> {
        FileLock::acquire(&self.folder.join(SENDER_LOCK), wait)
    }

    /// The same for the grant of `epoch`, whichever it is.
    pub fn lock_epoch(paths: &Paths, epoch: u64, wait: Duration) -> Result<FileLock, LockError> {
        FileLock::acquire(&Self::folder_of(paths, epoch).join(SENDER_LOCK), wait)
    }

    /// Drops everything that waits under the grant of `epoch`, because its owner asked to be forgotten; tells how many events.
    /// The caller holds the lock of its one sender. What is appended meanwhile waits for the queue's lock, and stays.
    pub fn forget_waiting(paths: &Paths, epoch: u64, now: Timestamp) -> Result<usize, LockError> {
        let folder = Self::folder_of(paths, epoch);
        let queue = LineFile::open(&folder.join(QUEUE_FILE), QUEUE_WAIT)?;
        fsx::create_private_dir(&Ledger::root(paths))?;
        let dropped = note_dropped(paths, epoch, Reason::Forgotten, now)?;
        queue.replace(b"")?;
        fsx::remove(&folder.join(TAKEN_FILE))?;
        Ok(dropped)
    }

    /// Drops what has waited too long, here and in the spools of all other grants. Only this grant's one sender may call it;
    /// a spool that another sender is at work on is left to that one.
    ///
    /// # Errors
    /// When this grant's spool cannot be cleared; nothing is sent then. Another grant's is tried again next time.
    pub fn expire(&self) -> Result<(), LockError> {
        let now = self.clock.now();
        for epoch in Self::epochs(&self.paths)? {
            if epoch != self.permit.epoch() {
                drop(expire_other(&self.paths, epoch, &self.ledger, now));
            }
        }
        expire_in(&self.folder, &self.ledger, now)
    }
}

fn expire_other(
    paths: &Paths,
    epoch: u64,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<(), LockError> {
    let folder = Spool::folder_of(paths, epoch);
    let _lock = FileLock::acquire(&folder.join(SENDER_LOCK), Duration::ZERO)?;
    expire_in(&folder, ledger, now)
}

fn expire_in(folder: &Path, ledger: &Ledger, now: Timestamp) -> Result<(), LockError> {
    for batch in frozen_in(folder)? {
        let Some(bytes) = batch.bytes_if_there()? else {
            continue;
        };
        let events = events_of(&inflate(&bytes).unwrap_or_default());
        if !batch.oldest(&events).is_some_and(|at| is_too_old(at, now)) {
            continue;
        }
        let mut entries: Vec<LedgerEntry> = events
            .iter()
            .map(|event| {
                let name = Some(event.name.as_str());
                LedgerEntry::event(now, Some(event.id), name, EXPIRED, Some(batch.id))
            })
            .collect();
        if entries.is_empty() {
            entries.push(LedgerEntry::event(now, None, None, EXPIRED, Some(batch.id)));
        }
        ledger.note(now, &entries)?;
        // It may have been tried, so what may have left is kept.
        ledger.keep(now, &batch)?;
    }
    let taken = folder.join(TAKEN_FILE);
    if let Some((kept, dropped)) = sifted(&taken, now)? {
        ledger.note(now, &dropped)?;
        fsx::write_atomic(&taken, &kept)?;
    }
    // Looked at first without the lock, which commands wait for.
    let queue = folder.join(QUEUE_FILE);
    if sifted(&queue, now)?.is_some() {
        let locked = LineFile::open(&queue, QUEUE_WAIT)?;
        if let Some((kept, dropped)) = sifted(&queue, now)? {
            ledger.note(now, &dropped)?;
            locked.replace(&kept)?;
        }
    }
    Ok(())
}

/// The lines that may go on waiting, and the entries about the others.
type Sifted = (Vec<u8>, Vec<LedgerEntry>);

/// Sifts a file of lines; nothing where all of them may go on waiting. Lines without a time are for the freeze to judge.
fn sifted(path: &Path, now: Timestamp) -> Result<Option<Sifted>, FsError> {
    let bytes = fsx::read_bounded(path, READ_LIMIT)?.unwrap_or_default();
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    for line in lines::split(&bytes) {
        let read = Line::read(line);
        if read.timestamp.is_some_and(|at| is_too_old(at, now)) {
            dropped.push(read.entry(now, EXPIRED));
        } else {
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    Ok((!dropped.is_empty()).then_some((kept, dropped)))
}
