//! `telemetry record`: an event from a script, checked before it is recorded, so that whoever wrote the script learns what is wrong.

mod check;
mod read;

use std::borrow::Cow;

use serde::Serialize;

use super::SCHEMA_VERSION;
use super::error::ControlError;
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::client::recorder::{Recorded, Recorder};
use crate::config::{Asked, Host};
use crate::model::event::RawValue;
use crate::model::outcome::{Outcome, Reason};

pub use read::{Given, NotAnEvent};

/// What `telemetry record` did.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedEvents {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.record`.
    pub kind: &'static str,
    /// Whether telemetry is on; where it is not, nothing was recorded and nothing else is known.
    pub permitted: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Each event with what became of it.
    pub events: Vec<RecordedEvent>,
    /// What is odd: values that became `other`, events that could not be kept.
    pub warnings: Vec<String>,
    /// What `DECANTR_TELEMETRY=log` shows on stderr.
    #[serde(skip)]
    pub shown: Vec<String>,
    /// One line about consent, once.
    #[serde(skip)]
    pub notice: Option<String>,
}

/// One event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedEvent {
    /// Its name.
    pub name: String,
    /// `accepted` or `dropped`.
    pub outcome: &'static str,
    /// Why it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// Records `given` under the source that `asked` names: all of them or, where one is refused, none. While telemetry is off nothing
/// is checked and nothing is touched. Hands over to the sender.
///
/// # Errors
/// When the catalog does not allow what was given. With `strict` also when telemetry is off or what was agreed to does not cover
/// an event, when it could not be kept, and for values that would become `other`.
pub fn record(
    host: &Host,
    asked: &Asked<'_>,
    given: &[Given<'_>],
    strict: bool,
) -> Result<RecordedEvents, ClientError> {
    let gate = Gate::open(host, asked)?;
    let effective = gate.decision().effective();
    if strict && !effective.is_on() {
        return Err(ControlError::Off {
            why: gate.decision().why().to_owned(),
            consequence: "nothing was recorded; without --strict this is no failure",
        }
        .into());
    }
    let mut done = RecordedEvents {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.record",
        permitted: effective.is_on(),
        why: (!effective.is_on()).then(|| gate.decision().why().to_owned()),
        events: Vec::new(),
        warnings: Vec::new(),
        shown: Vec::new(),
        notice: None,
    };
    if effective.is_on() || gate.shows() {
        done.warnings = check::all(&gate, given, strict)?;
    }
    let names: Vec<&str> = given.iter().map(Given::name).collect();
    let recorder = Recorder::open(host, asked, &names);
    done.notice = recorder.notice();
    for one in given {
        let properties = one.properties().iter().map(borrowed);
        match recorder.record(one.name(), properties) {
            Recorded::Nothing => {}
            Recorded::Shown(line) => done.shown.push(line),
            Recorded::Done(outcome) => done.note(one.name(), outcome, strict)?,
        }
    }
    recorder.hand_off();
    Ok(done)
}

fn borrowed<'a>((key, value): &'a (Cow<'_, str>, RawValue<'a>)) -> (&'a str, RawValue<'a>) {
    (key, value.clone())
}

impl RecordedEvents {
    fn note(&mut self, name: &str, outcome: Outcome, strict: bool) -> Result<(), ClientError> {
        let reason = outcome.reason();
        match reason {
            Some(reason) if strict => {
                return Err(ControlError::NotRecorded {
                    name: name.to_owned(),
                    reason,
                }
                .into());
            }
            // What is not covered is a choice, not a fault.
            None | Some(Reason::NotCovered | Reason::Withdrawn) => {}
            Some(reason) => self
                .warnings
                .push(format!("{name} could not be kept: {reason}")),
        }
        self.events.push(RecordedEvent {
            name: name.to_owned(),
            outcome: outcome.as_str(),
            reason: reason.map(Reason::code),
        });
        Ok(())
    }
}
