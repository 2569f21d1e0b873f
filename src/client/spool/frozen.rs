//! Frozen batches: files whose names are their ids and whose bytes are the request. They lie on a disk that others can write
//! to, so they are judged once more before they leave.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::GzDecoder;
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use crate::base::fsx::{self, FsError, context};
use crate::model::event::{Admission, Event, Validator};
use crate::model::protocol::{Batch, MAX_BODY_BYTES, RawRequest, Reading};

/// How the name of a frozen batch ends, after its id.
const ENDING: &str = ".json.gz";

/// The name of a batch's file.
pub(super) fn file_name(id: Uuid) -> String {
    format!("{id}{ENDING}")
}

/// A frozen batch: a file whose name is its id and whose bytes are the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// The batch's id, a UUIDv7.
    pub id: Uuid,
    /// The file.
    pub path: PathBuf,
}

/// An event of a frozen batch, as far as the ledger needs it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FrozenEvent {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it happened.
    pub timestamp: Option<Timestamp>,
}

impl Frozen {
    /// The exact bytes of the request: gzip.
    pub fn bytes(&self) -> Result<Vec<u8>, FsError> {
        let missing = || FsError::new("read", &self.path, io::ErrorKind::NotFound.into());
        read_batch(&self.path)?.ok_or_else(missing)
    }

    /// The bytes, or nothing when a sender has taken the batch away meanwhile.
    pub(super) fn bytes_if_there(&self) -> Result<Option<Vec<u8>>, FsError> {
        read_batch(&self.path)
    }

    /// When it was frozen, which is part of its id.
    pub fn frozen_at(&self) -> Option<Timestamp> {
        let (seconds, nanos) = self.id.get_timestamp()?.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
    }

    /// When the oldest of `events` happened; where none tells, when the batch was frozen.
    pub(super) fn oldest(&self, events: &[FrozenEvent]) -> Option<Timestamp> {
        let times = events.iter().filter_map(|event| event.timestamp);
        times.min().or_else(|| self.frozen_at())
    }

    /// Whether `body` is to the byte what a freeze writes under this id: events that `validator` would let through as they
    /// are, and nothing else.
    pub fn is_sound(&self, body: &[u8], validator: &Validator) -> bool {
        self.written_again(body, validator)
            .is_some_and(|again| again == body)
    }

    fn written_again(&self, body: &[u8], validator: &Validator) -> Option<Vec<u8>> {
        let mut raw = Vec::new();
        let body = std::str::from_utf8(body).ok()?;
        let take = &mut |event| raw.push(event);
        let request = RawRequest::read(body, Reading::Quick, take).ok()?;
        let catalog = validator.catalog();
        let schema_version = request.schema_version.filter(|v| catalog.accepts(v))?;
        // Judged as of its own time: what has become too old is another matter.
        let now = events_of(body.as_bytes())
            .into_iter()
            .filter_map(|e| e.timestamp);
        let admission = Admission {
            now: now.max()?,
            has_key: false,
        };
        request.events?;
        let events: Option<Vec<Event>> = raw
            .iter()
            .map(|raw| Some(validator.normalise(raw, admission).ok()?.event))
            .collect();
        let batch = Batch {
            schema_version: &schema_version,
            catalog: &catalog.id,
            batch_id: self.id,
            events: &events?,
        };
        serde_json::to_vec(&batch).ok()
    }
}

/// The bytes of a batch's file, wherever it lies now; none where there is no such file.
pub(super) fn read_batch(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    fsx::read_bounded(path, u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX))
}

/// The inflated body of a request.
///
/// # Errors
/// When it is not gzip, is larger than any request may be, or is more than one compressed body without a file's name or any
/// other addition.
pub fn inflate(bytes: &[u8]) -> Result<Vec<u8>, io::Error> {
    let mut gzip = GzDecoder::new(bytes);
    let mut body = Vec::new();
    let limit = u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX);
    gzip.by_ref().take(limit + 1).read_to_end(&mut body)?;
    let is_plain = gzip.header().is_some_and(|header| {
        let named = header.filename().or(header.comment()).or(header.extra());
        named.is_none() && header.mtime() == 0
    });
    if body.len() > MAX_BODY_BYTES || !is_plain || !gzip.into_inner().is_empty() {
        return Err(io::Error::other("not the bytes of one request"));
    }
    Ok(body)
}

/// The events of an inflated body, in order.
pub fn events_of(body: &[u8]) -> Vec<FrozenEvent> {
    #[derive(Deserialize, Default)]
    struct Body {
        events: Vec<FrozenEvent>,
    }
    serde_json::from_slice::<Body>(body)
        .unwrap_or_default()
        .events
}

/// The frozen batches in `folder`, oldest first; a missing folder has none.
pub(super) fn frozen_in(folder: &Path) -> Result<Vec<Frozen>, FsError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(FsError::new("list", folder, error)),
    };
    let mut frozen = Vec::new();
    for entry in entries {
        let path = entry.map_err(context("list", folder))?.path();
        let name = path.file_name().and_then(OsStr::to_str);
        let id = name.and_then(|name| name.strip_suffix(ENDING));
        if let Some(id) = id.and_then(|id| Uuid::parse_str(id).ok()) {
            frozen.push(Frozen { id, path });
        }
    }
    frozen.sort_by_key(|batch| batch.id);
    Ok(frozen)
}
