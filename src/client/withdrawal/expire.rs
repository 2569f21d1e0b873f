//! The end of a grant that was given for a time: undecided again, for good, and said once.

use std::time::Duration;

use jiff::Timestamp;

use super::{Kept, Removal, remove};
use crate::client::ClientError;
use crate::client::consent::{Gate, Layer, Locked, Stored};
use crate::client::spool::{Spool, note_withdrawn};
use crate::config::Host;

/// How long it waits for another process that changes consent; the next command can do it as well.
const WAIT: Duration = Duration::from_millis(100);

/// A grant that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When it ended.
    pub at: Timestamp,
    /// Whether the ids went with it: no other grant stands.
    pub is_last: bool,
    /// What should be gone and is not.
    pub residue: Vec<String>,
}

impl Ended {
    /// The one line that a person hears about it.
    pub fn notice(&self) -> String {
        let mut text = format!(
            "telemetry: what you agreed to ended on {}; nothing is recorded or sent any more{}. \
             `decantr telemetry enable` agrees again",
            self.at.strftime("%Y-%m-%d"),
            if self.is_last {
                ", and its ids are removed"
            } else {
                ""
            }
        );
        if !self.residue.is_empty() {
            text = format!(
                "{text}. This could not be removed: {}; `decantr telemetry disable` tries again",
                self.residue.join("; ")
            );
        }
        text
    }
}

/// Makes a grant that has ended undecided again: its record goes, so that no clock brings it back, its spool and, where no other
/// grant stands, the ids. The log of what was sent stays. Does nothing where the grant has not ended, or another layer says no
/// before it.
///
/// # Errors
/// When the record cannot be read or written, or another process holds it.
pub fn expire(gate: &Gate, host: &Host) -> Result<Option<Ended>, ClientError> {
    let Stored::Granted(grant) = &gate.stored else {
        return Ok(None);
    };
    let now = host.clock.now();
    let (Some(until), Some(key)) = (grant.until, gate.key()) else {
        return Ok(None);
    };
    if until > now || !gate.decision().is_denied_only_by(Layer::Record) {
        return Ok(None);
    }
    let paths = &gate.paths;
    let mut locked = Locked::open(paths, WAIT)?;
    if locked.file().stored(&key) != gate.stored {
        return Ok(None);
    }
    locked.end(&key)?;
    // What cannot be noted goes all the same: it may not be sent any more.
    drop(note_withdrawn(paths, grant.epoch, now));
    let mut removal = Removal::default();
    removal.take(
        "the spool and what waited in it",
        remove(&Spool::folder_of(paths, grant.epoch)),
    );
    let is_last = locked.file().grants().all(|other| other.is_over(now));
    if is_last {
        // Before the pins go.
        drop(Kept::note(paths, now, true, &locked));
        removal.spools(paths);
        removal.ids(paths, &locked);
    }
    Ok(Some(Ended {
        at: until,
        is_last,
        residue: removal.residue,
    }))
}
