//! The one call that commands make: consent before anything is built, validation before anything is kept, and no failure ever
//! reaches the caller.

use crate::config::{Asked, Host};
use crate::model::event::RawValue;
use crate::model::outcome::Outcome;

/// Records events, if the person agreed to it; otherwise does nothing.
#[derive(Debug)]
pub struct Recorder {}

/// What became of an event that was recorded.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    /// Nothing was recorded: it is not permitted.
    Nothing,
    /// `DECANTR_TELEMETRY=log`: the JSON line to show on stderr; nothing was recorded.
    Shown(String),
    /// It was judged and, if accepted, spooled.
    Done(Outcome),
}

impl Recorder {
    /// A recorder for source `cli`. Never fails: whatever is wrong makes it one that does nothing.
    pub fn open(_host: &Host, _asked: &Asked<'_>) -> Self {
        todo!()
    }

    /// A recorder that does nothing.
    pub fn off() -> Self {
        Self {}
    }

    /// One line for stderr when the catalog has grown since the person agreed; once per revision.
    pub fn notice(&self) -> Option<String> {
        todo!()
    }

    /// Records one event now.
    pub fn record(&self, _name: &str, _properties: &[(&str, RawValue<'_>)]) -> Recorded {
        todo!()
    }

    /// Sends what is spooled if that is due: by a detached process, on a build machine at once and bounded. Call it last.
    pub fn hand_off(self, _host: &Host) {
        todo!()
    }
}
