//! Whether anything left, or waits to leave, that the catalog does not allow: everything is judged again, and must come out as it
//! is, to the byte.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::evidence::{Evidence, Trouble};
use super::view::{Check, Level};
use crate::client::ClientError;
use crate::client::consent::{Gate, Grant};
use crate::client::spool::{Frozen, Spool, validator_of, waiting_events};
use crate::config::Standing;
use crate::model::event::{Admission, Event, RawEvent, Validator};

const CATALOG: (&str, &str) = (
    "catalog",
    "nothing left, and nothing waits, that the catalog does not allow or your consent does not cover",
);

/// The check. What cannot be read is added to `problems`.
pub(super) fn check(gate: &Gate, evidence: &Evidence, problems: &mut Vec<String>) -> Check {
    let (name, what) = CATALOG;
    let catalog = gate.catalog();
    let judge = Judge {
        agreed: gate.grant().map(|grant| {
            let agreed = validator_of(Arc::new(catalog.at(grant.revision)));
            (grant.clone(), agreed)
        }),
        validator: validator_of(catalog),
    };
    let is_known = |text: &[u8]| is_known(gate, text);
    let mut residue = Vec::new();
    let (mut events, mut unknown) = (0, 0);
    for (batch, body) in &evidence.bodies {
        // Bytes that cannot be read are named by other checks.
        let Ok(text) = &body.text else { continue };
        let found = judge.body(*batch, text);
        if !found.residue.is_empty() && !is_known(text) {
            unknown += 1;
            continue;
        }
        events += found.events;
        residue.extend(found.residue);
    }
    let bodies = evidence.bodies.len();
    let waiting = match waiting(gate) {
        Ok(waiting) => waiting,
        Err(Trouble(why)) => {
            problems.push(why.clone());
            return Check::not_checked(name, what, why);
        }
    };
    for line in &waiting {
        match judge.line(line, "an event that waits") {
            Some(_) if !is_known(line.as_bytes()) => unknown += 1,
            found => residue.extend(found),
        }
    }
    if residue.is_empty() && unknown > 0 {
        let why = format!(
            "{unknown} batches or events are of a time when the catalog may have been another one, which is not here any more"
        );
        return Check::not_checked(name, what, why);
    }
    let details = format!(
        "{events} events in {bodies} batches and {} events that wait were judged again by revision {} of the catalog",
        waiting.len(),
        judge.validator.catalog().revision
    );
    Check::found(name, what, Level::Observed, details, residue)
}

/// Whether the catalog is known by which `text`, a batch or an event, was recorded: this program's own is held to what was released,
/// any other can be another one than it was, and is known since somebody agreed to just this one.
fn is_known(gate: &Gate, text: &[u8]) -> bool {
    let product = &gate.product;
    let agreed = gate
        .grant()
        .filter(|grant| product.standing(grant.revision, &grant.sha256) != Standing::Changed);
    let times = || match serde_json::from_slice(text) {
        Ok(Times { events, timestamp }) => {
            let times = events.into_iter().filter_map(|event| event.timestamp);
            times.chain(timestamp).min()
        }
        Err(_) => None,
    };
    product.is_own() || agreed.is_some_and(|grant| times().is_none_or(|first| first >= grant.at))
}

/// The events that wait, as they are spooled; those in frozen batches are among them once more.
fn waiting(gate: &Gate) -> Result<Vec<String>, Trouble> {
    let mut lines = Vec::new();
    for epoch in Spool::epochs(&gate.paths).map_err(ClientError::from)? {
        let waiting = waiting_events(&gate.paths, epoch).map_err(ClientError::from)?;
        lines.extend(waiting.iter().map(ToString::to_string));
    }
    Ok(lines)
}

struct Judge {
    validator: Validator,
    /// The grant that stands, and the judge by what it was given for.
    agreed: Option<(Grant, Validator)>,
}

/// What one body came to.
struct Found {
    events: usize,
    residue: Vec<String>,
}

impl Judge {
    fn body(&self, batch: Uuid, text: &[u8]) -> Found {
        let frozen = Frozen {
            id: batch,
            path: PathBuf::new(),
        };
        if !frozen.is_sound(text, &self.validator) {
            let why = format!("batch {batch}: its bytes are not what the catalog allows");
            return Found {
                events: 0,
                residue: vec![why],
            };
        }
        let body: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
        let events = body.get("events").and_then(|events| events.as_array());
        let events = events.map(Vec::as_slice).unwrap_or_default();
        let residue = events.iter().filter_map(|event| {
            let line = event.to_string();
            self.line(&line, &format!("batch {batch}: an event"))
        });
        Found {
            events: events.len(),
            residue: residue.collect(),
        }
    }

    /// What is wrong with an event; `which` one, for the message.
    fn line(&self, line: &str, which: &str) -> Option<String> {
        let raw = RawEvent::parse(line);
        // Judged as of its own time: what has become too old is another matter.
        let at = serde_json::from_str(line)
            .ok()
            .and_then(|At { timestamp }| timestamp);
        let admission = Admission {
            now: at.unwrap_or_default(),
            has_key: false,
        };
        // What an earlier grant was for is not known any more.
        let agreed = self.agreed.as_ref();
        let agreed = agreed.filter(|(grant, _)| admission.now >= grant.at);
        let validator = agreed.map_or(&self.validator, |(_, validator)| validator);
        match validator.normalise(&raw, admission) {
            Err(rejection) => Some(format!("{which} is refused: {}", rejection.reason.code())),
            Ok(normalised) => {
                let grant = agreed.map(|(grant, _)| grant);
                self.event(&normalised.event, line, which, grant)
            }
        }
    }

    fn event(
        &self,
        event: &Event,
        line: &str,
        which: &str,
        grant: Option<&Grant>,
    ) -> Option<String> {
        let (id, name) = (event.id, &event.name);
        if serde_json::to_string(event).is_ok_and(|again| again != line) {
            return Some(format!(
                "{which} ({name}, {id}) says more than the catalog allows, or than you agreed to"
            ));
        }
        let spec = self.validator.catalog().event(name)?;
        let grant = grant.filter(|grant| !grant.covers(spec, &event.context.source))?;
        Some(format!(
            "{which} ({name}, {id}) is not covered by what you agreed to (revision {})",
            grant.revision
        ))
    }
}

/// The times in a batch, or in an event.
#[derive(serde::Deserialize)]
struct Times {
    #[serde(default)]
    events: Vec<At>,
    timestamp: Option<Timestamp>,
}

#[derive(serde::Deserialize)]
struct At {
    timestamp: Option<Timestamp>,
}
