//! `telemetry explain --diff`: what the catalog has gained since a person agreed, with the values that it would have on this machine.

use serde::Serialize;
use serde_json::Value as Json;

use super::SCHEMA_VERSION;
use super::preview::Observed;
use crate::client::ClientError;
use crate::client::consent::{Effective, Gate, Grant};
use crate::client::recorder::Judge;
use crate::config::{Asked, Host, Standing};
use crate::model::catalog::{Catalog, ChangeKind, compare};
use crate::model::event::Event;

/// What `telemetry explain --diff` says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Always 1.
    pub schema_version: u32,
    /// `telemetry.explain.diff`.
    pub kind: &'static str,
    /// The catalog's name.
    pub catalog: String,
    /// Whether anything is sent here and now.
    pub effective: Effective,
    /// The revision that was agreed to; absent where nobody has agreed.
    pub agreed: Option<u32>,
    /// The catalog's revision.
    pub current: u32,
    /// What is new; empty when nothing is. None of it is sent before it is accepted.
    pub gained: Vec<Gained>,
    /// What to do about it, as a sentence.
    pub next: String,
}

/// One thing that a catalog has gained.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gained {
    /// What it is: `event`, `property`, `value`, `retention_days`, …
    pub kind: &'static str,
    /// The event it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The property it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// What is new, in words.
    pub text: String,
    /// The value that would be sent from this folder now, where that can be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub here: Option<Json>,
}

/// Tells what is new since the grant. `observed` is what commands would report here. Writes nothing.
///
/// # Errors
/// When there is no place for files.
pub fn diff(
    host: &Host,
    asked: &Asked<'_>,
    observed: &[Observed<'_>],
) -> Result<Diff, ClientError> {
    let gate = Gate::open(host, asked)?;
    let catalog = gate.catalog();
    let grant = gate.grant();
    let mut diff = Diff {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.explain.diff",
        catalog: gate.product.id().to_owned(),
        effective: gate.decision().effective(),
        agreed: grant.map(|grant| grant.revision),
        current: catalog.revision,
        gained: Vec::new(),
        next: String::new(),
    };
    let Some(grant) = grant else {
        let next = "nobody has agreed to anything here, so all of it would be new: `decantr telemetry explain` shows it";
        next.clone_into(&mut diff.next);
        return Ok(diff);
    };
    diff.next = match gate.product.standing(grant.revision, &grant.sha256) {
        Standing::Same => "nothing is new since you agreed".to_owned(),
        Standing::Changed => {
            "this catalog is not the one that you agreed to, and nothing is sent by it: \
             `decantr telemetry explain` shows all of it, `decantr telemetry enable` decides again"
                .to_owned()
        }
        Standing::Grown { current, .. } => {
            diff.gained = gained(&gate, &catalog, grant);
            let now_all = Grant {
                revision: current,
                ..grant.clone()
            };
            let source = gate.product.source();
            let judge = Judge::new(catalog.clone(), now_all, source, host.clock.clone());
            let events = would_say(&judge, observed);
            for gained in &mut diff.gained {
                gained.here = gained.here(&events);
            }
            format!(
                "none of this is sent unless you accept it: `decantr telemetry enable --accept {current}`"
            )
        }
    };
    Ok(diff)
}

/// What `catalog` has gained since `grant`, as far as its sources and buckets would let it leave.
pub(super) fn gained(gate: &Gate, catalog: &Catalog, grant: &Grant) -> Vec<Gained> {
    let agreed = catalog.at(grant.revision);
    let now_all = Grant {
        revision: catalog.revision,
        ..grant.clone()
    };
    let leaves = |event: &str| {
        catalog.event(event).is_some_and(|spec| {
            grant
                .sources
                .iter()
                .any(|source| now_all.covers(spec, source))
        })
    };
    let growth = compare(&agreed, catalog);
    let added = growth
        .added
        .into_iter()
        .filter(|change| change.place.event().is_none_or(leaves))
        .map(|change| Gained {
            kind: change.kind.as_str(),
            event: change.place.event().map(str::to_owned),
            property: change.place.property().map(str::to_owned),
            text: change.text,
            here: None,
        });
    let days = gate.catalog().retention_days;
    let retention = grant.retention_days.filter(|agreed| *agreed < days);
    let retention = retention.map(|agreed| Gained {
        kind: ChangeKind::Retention.as_str(),
        event: None,
        property: None,
        text: format!("raw events are kept {days} days, no longer {agreed}"),
        here: None,
    });
    retention.into_iter().chain(added).collect()
}

/// The events that commands would report if everything were accepted.
fn would_say(judge: &Judge, observed: &[Observed<'_>]) -> Vec<Event> {
    let judged = observed.iter().filter_map(|(name, properties)| {
        let properties = properties.iter();
        let raw = judge.raw(name, properties.map(|(key, value)| (&**key, value.clone())));
        judge.judge(&raw).ok()
    });
    judged.map(|judged| judged.event).collect()
}

impl Gained {
    /// Where it is: a key of the catalog, an event, or a property of one.
    pub fn place(&self) -> String {
        match (&self.event, &self.property) {
            (Some(event), Some(property)) => format!("{event}.{property}"),
            (Some(event), None) => event.clone(),
            (None, _) => self.kind.to_owned(),
        }
    }

    fn here(&self, events: &[Event]) -> Option<Json> {
        let (event, property) = (self.event.as_ref()?, self.property.as_ref()?);
        let event = events.iter().find(|said| *said.name == **event)?;
        serde_json::to_value(event.property(property)?).ok()
    }
}
