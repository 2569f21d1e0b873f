//! Freezing: the queue becomes batches whose bytes and ids never change again, so that a resend is the same request.

use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::expire::is_too_old;
use super::frozen::{Frozen, file_name, frozen_in};
use super::lines::{self, Line, LineFile};
use super::{READ_LIMIT, Spool, TAKEN_FILE};
use crate::base::fsx::{self, FsError, LockError};
use crate::model::catalog::Catalog;
use crate::model::event::{Admission, Event, RawEvent, Validator, time_ordered_id};
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::{Batch, MAX_BATCH_EVENTS};

/// How long a freeze waits for commands that append.
const FREEZE_WAIT: Duration = Duration::from_secs(2);

/// Why nothing was frozen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FreezeError {
    /// The spool could not be locked, read or written.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A batch could not be written down.
    #[error("cannot write batch {id}")]
    Encode {
        /// The batch.
        id: Uuid,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl From<FsError> for FreezeError {
    fn from(error: FsError) -> Self {
        Self::Lock(error.into())
    }
}

/// How many bytes wait in `folder` besides the queue: frozen batches, and a queue that a freeze has taken.
pub(super) fn taken_bytes(folder: &Path) -> Result<u64, FsError> {
    let taken = folder.join(TAKEN_FILE);
    let batches = frozen_in(folder)?.into_iter().map(|batch| batch.path);
    Ok(batches
        .chain([taken])
        .filter_map(|path| path.metadata().ok())
        .map(|meta| meta.len())
        .sum())
}

impl Spool {
    /// The batches that wait to be sent, oldest first.
    pub fn frozen(&self) -> Result<Vec<Frozen>, FsError> {
        frozen_in(&self.folder)
    }

    /// Turns the queue into batches. Only the one sender may call it; commands go on appending meanwhile, to a new queue.
    pub fn freeze(&self, validator: &Validator) -> Result<(), FreezeError> {
        self.note_losses(self.clock.now())?;
        // What a sender that died had taken comes first.
        self.freeze_taken(validator)?;
        let queue = self.queue();
        if queue.metadata().is_ok_and(|meta| meta.len() > 0) {
            LineFile::open(&queue, FREEZE_WAIT)?.rename(&self.folder.join(TAKEN_FILE))?;
            self.freeze_taken(validator)?;
        }
        Ok(())
    }

    /// Every line is judged again by the catalog, so what leaves has passed it in this process.
    ///
    /// The lines go last: a crash before that leaves events both frozen and taken, and a server counts them once.
    fn freeze_taken(&self, validator: &Validator) -> Result<(), FreezeError> {
        let path = self.folder.join(TAKEN_FILE);
        let Some(bytes) = fsx::read_bounded(&path, READ_LIMIT)? else {
            return Ok(());
        };
        let now = self.clock.now();
        let mut events = Vec::new();
        let mut dropped = Vec::new();
        for line in lines::split(&bytes) {
            match judge(line, validator, now) {
                Ok(event) => events.push(event),
                Err(reason) => dropped.push(Line::read(line).entry(now, Outcome::Dropped(reason))),
            }
        }
        // What cannot be noted is not dropped: then everything stays.
        self.ledger.note(now, &dropped)?;
        let mut at = now;
        for chunk in batches_of(&events) {
            self.write_batch(validator, chunk, time_ordered_id(at))?;
            // Ids sort by the millisecond, and batches by their ids.
            at = at
                .saturating_add(SignedDuration::from_millis(1))
                .unwrap_or(at);
        }
        Ok(fsx::remove(&path)?)
    }

    fn write_batch(
        &self,
        validator: &Validator,
        events: &[Event],
        id: Uuid,
    ) -> Result<(), FreezeError> {
        let encoded = Encoded::of(validator.catalog(), events, id);
        let encoded = encoded.map_err(|source| FreezeError::Encode { id, source })?;
        let path = self.folder.join(file_name(id));
        Ok(fsx::write_atomic(&path, &encoded.bytes)?)
    }
}

/// A batch as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The JSON, whose SHA-256 is the digest in the receipt.
    pub body: Vec<u8>,
    /// The same with gzip: the bytes of the request.
    pub bytes: Vec<u8>,
}

impl Encoded {
    /// The batch `id` of these events, which are of `catalog`.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn of(catalog: &Catalog, events: &[Event], id: Uuid) -> io::Result<Self> {
        let batch = Batch {
            schema_version: &catalog.schema_version,
            catalog: &catalog.id,
            batch_id: id,
            events,
        };
        let body = serde_json::to_vec(&batch)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&body)?;
        let bytes = gzip.finish()?;
        Ok(Self { body, bytes })
    }
}

/// What would leave if the spool of `permit` were sent now: the batches that are frozen already, to the byte, and the queue as
/// batches of new ids. Writes nothing.
///
/// # Errors
/// When the spool cannot be read.
pub fn would_leave(spool: &Spool, validator: &Validator) -> Result<Vec<Encoded>, FreezeError> {
    let mut leaving = Vec::new();
    for batch in frozen_in(&spool.folder)? {
        let Some(bytes) = batch.bytes_if_there()? else {
            continue;
        };
        let body = super::inflate(&bytes).unwrap_or_default();
        if batch.is_sound(&body, validator) {
            leaving.push(Encoded { body, bytes });
        }
    }
    let now = spool.clock.now();
    let lines = super::state::unfrozen(&spool.folder)?;
    let events: Vec<Event> = lines::split(&lines)
        .filter_map(|line| judge(line, validator, now).ok())
        .collect();
    for chunk in batches_of(&events) {
        let id = time_ordered_id(now);
        let encoded = Encoded::of(validator.catalog(), chunk, id);
        leaving.push(encoded.map_err(|source| FreezeError::Encode { id, source })?);
    }
    Ok(leaving)
}

/// The events by batches. Where the installation's id changes, a batch ends: none tells which new id follows which old one.
fn batches_of(events: &[Event]) -> impl Iterator<Item = &[Event]> {
    events
        .chunk_by(|one, next| one.context.install_id == next.context.install_id)
        .flat_map(|run| run.chunks(MAX_BATCH_EVENTS))
}

fn judge(line: &[u8], validator: &Validator, now: Timestamp) -> Result<Event, Reason> {
    let raw: RawEvent<'_> = serde_json::from_slice(line).map_err(|_cut| Reason::SpoolTorn)?;
    let admission = Admission {
        now,
        has_key: false,
    };
    let event = validator
        .normalise(&raw, admission)
        .map_err(|rejection| rejection.reason)?
        .event;
    if is_too_old(event.timestamp, now) {
        return Err(Reason::SpoolExpired);
    }
    Ok(event)
}
