//! `telemetry explain`: everything that can be sent, in the catalog's own words. Shareable: it names no path, no repository
//! and no secret of this machine.

use std::sync::Arc;

use super::SCHEMA_VERSION;
use super::view::{ControlView, EventView, Explanation, FieldView, PropertyView};
use crate::client::ClientError;
use crate::client::consent::Gate;
use crate::client::identity::Ids;
use crate::config::{Asked, Host};
use crate::model::catalog::{Catalog, EventSpec, PropertySpec, PropertyType};

/// What goes with every event of these sources.
pub(super) fn context(sources: &[Arc<str>]) -> Vec<FieldView> {
    let field = |name, allowed: &'static str, purpose| FieldView {
        name,
        allowed: allowed.into(),
        purpose,
    };
    vec![
        field(
            "id",
            "a random UUID with the time in it",
            "To count an event once, even if it arrives twice.",
        ),
        field("timestamp", "a time to the millisecond", "To count by day."),
        FieldView {
            name: "source",
            allowed: sources.join(" or ").into(),
            purpose: "To tell programs apart.",
        },
        field("environment", "production", "To tell real use from tests."),
        field(
            "decantrVersion",
            "this program's version",
            "To see which versions are in use.",
        ),
        field(
            "installId",
            "install_<uuid>, from a random secret that stays on this machine",
            "To count installations instead of runs; made at the first event, another one after 90 days unless you link it, removed by disable.",
        ),
        field(
            "projectId",
            "project_<uuid>, from another such secret, or the one that your team committed",
            "To count projects instead of runs; only for commands that are about a project.",
        ),
    ]
}

/// The ways to turn telemetry off. Each can only subtract; the first that says no is the reason in `status`.
const CONTROLS: [ControlView; 8] = [
    ControlView {
        control: "a build without the cargo feature `telemetry`",
        effect: "cannot record or send anything",
    },
    ControlView {
        control: "telemetry = \"deny\" in /etc/decantr/policy.toml",
        effect: "off for everybody on this machine; an unreadable policy counts as deny",
    },
    ControlView {
        control: "DO_NOT_TRACK=1",
        effect: "off; any value but nothing, 0 and false",
    },
    ControlView {
        control: "DECANTR_TELEMETRY=off",
        effect: "off; `log` shows events on stderr instead of sending them; `on` is ignored",
    },
    ControlView {
        control: "--no-telemetry",
        effect: "off for one command",
    },
    ControlView {
        control: "\"telemetry\": false in a project's .decantr/project.json",
        effect: "off in that project; true only invites",
    },
    ControlView {
        control: "a build machine (CI and its like)",
        effect: "off, unless you agreed for build machines too",
    },
    ControlView {
        control: "decantr telemetry disable",
        effect: "off for you, for good; removes ids, unsent events and the ledger. It is off until you enable it",
    },
];

/// Explains what can be sent: every event of source `cli`, or the one called `event`. Writes nothing.
///
/// # Errors
/// When there is no such event, or no place for files.
pub fn explain(
    host: &Host,
    asked: &Asked<'_>,
    event: Option<&str>,
) -> Result<Explanation, ClientError> {
    let gate = Gate::open(host, asked)?;
    let catalog = gate.catalog();
    let sources = gate.product.sources();
    let events = event_views(&catalog, sources, event);
    if let Some(name) = event.filter(|_| events.is_empty()) {
        return Err(ClientError::UnknownEvent {
            name: name.to_owned(),
            sources: sources.join(", "),
        });
    }
    let project = asked.project.map(|path| host.cwd.join(path));
    let ids = Ids::existing(&gate, Some(project.as_ref().unwrap_or(&host.cwd)));
    let effective = gate.decision().effective();
    let origin = gate.endpoint.map(|endpoint| endpoint.origin);
    Ok(Explanation {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.explain",
        catalog: catalog.id.as_ref().to_owned(),
        catalog_version: catalog.schema_version.clone(),
        revision: catalog.revision,
        sha256: catalog.wire_digest().to_owned(),
        sources: sources.iter().map(ToString::to_string).collect(),
        effective,
        recipients: recipients(origin.as_deref().unwrap_or("the endpoint")),
        endpoint: origin,
        retention_days: catalog.retention_days,
        context: context(sources),
        events,
        never_collected: catalog.never_collected.clone(),
        controls: Vec::from(CONTROLS),
        // Ids that cannot be read are `status`'s concern; here they are simply not shown.
        ids: ids.unwrap_or_default(),
    })
}

/// Who receives what is sent, as far as this side can know.
pub(super) fn recipients(origin: &str) -> Vec<String> {
    vec![
        format!("whoever operates {origin}; like every server, it sees the network address of a request"),
        "whoever that operator forwards to, for example an analytics service: this program cannot know or check it".to_owned(),
    ]
}

/// The events that these sources can send, or the one called `only`.
pub(super) fn event_views(
    catalog: &Catalog,
    sources: &[Arc<str>],
    only: Option<&str>,
) -> Vec<EventView> {
    let events = catalog.events.iter();
    events
        .filter(|spec| sources.iter().any(|source| spec.allows(source)))
        .filter(|spec| only.is_none_or(|only| *spec.name == *only))
        .map(|spec| event_view(spec, sources))
        .collect()
}

fn event_view(spec: &EventSpec, sources: &[Arc<str>]) -> EventView {
    let is_sent = |property: &&PropertySpec| sources.iter().any(|source| property.allows(source));
    EventView {
        name: spec.name.as_ref().to_owned(),
        purpose: spec.purpose.clone(),
        privacy: spec.privacy.as_str(),
        buckets: spec
            .buckets
            .iter()
            .map(|key| key.as_ref().to_owned())
            .collect(),
        since: spec.since,
        properties: spec
            .properties
            .iter()
            .filter(is_sent)
            .map(property_view)
            .collect(),
    }
}

fn property_view(spec: &PropertySpec) -> PropertyView {
    let values = match &spec.kind {
        PropertyType::Enum { values } => values.iter().map(|v| v.as_ref().to_owned()).collect(),
        _ => Vec::new(),
    };
    PropertyView {
        name: spec.name.as_ref().to_owned(),
        kind: spec.kind.name(),
        allowed: allowed(&spec.kind),
        values,
        required: spec.required,
        since: spec.since,
        purpose: spec.purpose.clone(),
    }
}

fn allowed(kind: &PropertyType) -> String {
    match kind {
        // They are listed beside it.
        PropertyType::Enum { .. } => {
            "one of the listed values; any other is sent as `other`".to_owned()
        }
        other => other.in_words(),
    }
}
