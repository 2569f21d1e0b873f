//! An event of ours as one of PostHog's: which properties it has there, and nothing else.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::base::ids::OpaqueId;
use crate::model::catalog::EventSpec;
use crate::model::event::{Context, Resolution};

/// A kept event, with what is needed to tell PostHog about it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Its id, which is its id there, too: sent twice, it counts once.
    pub id: Uuid,
    /// What its catalog says of it.
    pub spec: &'a EventSpec,
    /// The catalog's schema version.
    pub schema_version: &'a str,
    /// Who and where.
    pub context: &'a Context,
    /// Under whom it counts.
    pub counted: &'a Resolution<OpaqueId>,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its properties, one JSON object.
    pub properties: &'a str,
}

/// The names beside those of the catalog that an event may have in PostHog.
pub const ADDED: [&str; 15] = [
    "decantr_actor_type",
    "decantr_source",
    "decantr_install_id",
    "decantr_project_id",
    "decantr_org_id",
    "decantr_anonymous_id",
    "decantr_session_id",
    "decantr_schema_version",
    "decantr_environment",
    "decantr_version",
    "registry_source",
    "service_name",
    "service_version",
    "$groups",
    "$process_person_profile",
];

/// The event as `POST /batch/` takes it. Whom it is about is told as resolved and not as claimed.
pub fn event(kept: &Kept<'_>) -> Value {
    json!({
        "event": kept.spec.name,
        "uuid": kept.id,
        "distinct_id": distinct_id(kept),
        "timestamp": kept.timestamp,
        "properties": properties(kept),
    })
}

/// The properties that the catalog knows, then [`ADDED`]. Nothing is there under a name that the catalog has dropped since.
fn properties(kept: &Kept<'_>) -> Map<String, Value> {
    let own: Map<String, Value> = serde_json::from_str(kept.properties).unwrap_or_default();
    let mut all: Map<String, Value> = own
        .into_iter()
        .filter(|(name, _)| kept.spec.property(name).is_some())
        .collect();
    let context = kept.context;
    let id = |id: &Option<OpaqueId>| id.as_ref().map(|id| id.as_str().to_owned());
    let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    let known = |text: &str| Some(text.to_owned());
    let added = [
        ("decantr_actor_type", known(kept.counted.actor.as_str())),
        ("decantr_source", known(&context.source)),
        ("decantr_install_id", id(&context.install_id)),
        ("decantr_project_id", id(&context.project_id)),
        ("decantr_org_id", id(&kept.counted.owner.org)),
        ("decantr_anonymous_id", id(&context.anonymous_id)),
        ("decantr_session_id", id(&context.session_id)),
        ("decantr_schema_version", known(kept.schema_version)),
        ("decantr_environment", known(context.environment.as_str())),
        ("decantr_version", text(&context.decantr_version)),
        (
            "registry_source",
            context
                .registry_source
                .map(|source| source.as_str().to_owned()),
        ),
        ("service_name", text(&context.service_name)),
        ("service_version", text(&context.service_version)),
    ];
    for (name, value) in added {
        if let Some(value) = value {
            drop(all.insert(name.to_owned(), Value::String(value)));
        }
    }
    let groups: Map<String, Value> = [
        ("organization", id(&kept.counted.owner.org)),
        ("project", id(&context.project_id)),
    ]
    .into_iter()
    .filter_map(|(name, id)| Some((name.to_owned(), Value::String(id?))))
    .collect();
    if !groups.is_empty() {
        drop(all.insert("$groups".to_owned(), Value::Object(groups)));
    }
    drop(all.insert("$process_person_profile".to_owned(), Value::Bool(false)));
    all
}

/// Whose event it is to PostHog: the account, else the installation, the project, the anonymous visitor, else the program that sent
/// it. PostHog takes at most 200 characters and refuses words such as `guest`, which none of these is.
fn distinct_id(kept: &Kept<'_>) -> String {
    let context = kept.context;
    let ids = [
        &kept.counted.owner.user,
        &context.install_id,
        &context.project_id,
        &context.anonymous_id,
    ];
    let id = ids.into_iter().find_map(Option::as_ref);
    id.map_or_else(
        || {
            let service = context.service_name.as_deref().unwrap_or(&context.source);
            format!("service:{service}")
        },
        |id| id.as_str().to_owned(),
    )
}
