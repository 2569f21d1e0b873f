//! The cohorts: who has got somewhere, who shows interest, who uses the registry a lot.

use serde_json::{Value, json};

use super::{Item, item};
use crate::model::catalog::Catalog;

/// How far back a cohort looks, in days.
const DAYS: u32 = 30;

pub(super) fn all(catalog: &Catalog) -> Vec<Item> {
    let arrived = [
        "api_key.created",
        "registry.item.resolved",
        "execution_pack.compiled",
        "decantr.health.healthy",
    ];
    let interested = catalog.events.iter().filter(|event| {
        event
            .buckets
            .iter()
            .any(|bucket| &**bucket == "commercial_intent")
    });
    vec![
        cohort(
            "activated-users",
            "Decantr: activated users",
            "Who made an API key, resolved a registry item, compiled a pack or has a healthy project, in 30 days.",
            arrived.iter().map(|event| did(event)).collect(),
        ),
        cohort(
            "commercial-intent-users",
            "Decantr: commercial-intent users",
            "Who did anything in 30 days that suggests an interest in a paid plan.",
            interested.map(|event| did(&event.name)).collect(),
        ),
        cohort(
            "content-power-users",
            "Decantr: content power users",
            "Who searched the registry 5 times, opened content 5 times or resolved 10 items, in 30 days.",
            vec![
                did_often("registry_web.search_performed", 5),
                did_often("registry_web.content_opened", 5),
                did_often("registry.item.resolved", 10),
            ],
        ),
    ]
}

/// Everybody for whom one of the conditions holds.
fn cohort(key: &'static str, name: &str, about: &str, any_of: Vec<Value>) -> Item {
    let groups: Vec<Value> = any_of
        .into_iter()
        .map(|leaf| json!({ "type": "AND", "values": [leaf] }))
        .collect();
    item(
        "cohort",
        key,
        name,
        about,
        [
            ("is_static", json!(false)),
            (
                "filters",
                json!({ "properties": { "type": "OR", "values": groups } }),
            ),
        ],
    )
}

fn did(event: &str) -> Value {
    json!({
        "type": "behavioral", "key": event, "event_type": "events", "value": "performed_event",
        "time_value": DAYS, "time_interval": "day", "negation": false,
    })
}

fn did_often(event: &str, times: u32) -> Value {
    json!({
        "type": "behavioral", "key": event, "event_type": "events", "value": "performed_event_multiple",
        "operator": "gte", "operator_value": times,
        "time_value": DAYS, "time_interval": "day", "negation": false,
    })
}
