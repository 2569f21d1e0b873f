//! The parameters that questions to the server have in common, as they are described.

use serde_json::json;

use super::ask::DAYS;
use crate::model::event::{Actor, Environment};
use crate::server::describe::Parameter;

pub(super) fn days() -> Parameter {
    let about = "How many days it is about, today included; 7 unless said.";
    Parameter::query("days", about, json!({ "enum": DAYS }))
}

pub(super) fn limit(most: usize) -> Parameter {
    let about = "The most rows.";
    Parameter::query(
        "limit",
        about,
        json!({ "type": "integer", "minimum": 1, "maximum": most }),
    )
}

pub(super) fn catalog() -> Parameter {
    let about = "Which catalog; the server's main one unless said.";
    Parameter::query(
        "catalog",
        about,
        json!({ "$ref": "#/components/schemas/CatalogId" }),
    )
}

pub(super) fn actor() -> Parameter {
    let words: Vec<_> = Actor::ALL.iter().map(|actor| actor.as_str()).collect();
    Parameter::query("actor", "Only events of these.", json!({ "enum": words }))
}

pub(super) fn environment() -> Parameter {
    let words: Vec<_> = Environment::ALL.iter().map(|one| one.as_str()).collect();
    Parameter::query(
        "environment",
        "Only events from there.",
        json!({ "enum": words }),
    )
}

pub(super) fn source() -> Parameter {
    let about = "Only events of this source of the catalog.";
    Parameter::query("source", about, json!({ "type": "string" }))
}

pub(super) fn org() -> Parameter {
    let about = "Only events of the organisation with this short name.";
    Parameter::query("org", about, json!({ "type": "string" }))
}
