//! What events of a catalog look like on the wire, as JSON schemas that follow from the catalog.

use serde_json::{Map, Value, json};

use crate::model::catalog::{Catalog, EventSpec, PropertySpec, PropertyType, Reduce};
use crate::model::event::{Actor, Environment};
use crate::model::protocol::MAX_BATCH_EVENTS;

/// Where the schema of an event is, whatever its catalog.
const EVENT: &str = "#/components/schemas/Event";

/// An event of any catalog that is served.
fn event() -> Value {
    json!({ "$ref": EVENT })
}

/// The body with a batch of events.
pub fn batch() -> Value {
    json!({
        "type": "object",
        "title": "Batch",
        "required": ["schemaVersion", "events"],
        "properties": {
            "schemaVersion": { "$ref": "#/components/schemas/SchemaVersion" },
            "catalog": { "$ref": "#/components/schemas/CatalogId" },
            "batchId": { "type": "string", "format": "uuid" },
            "events": { "type": "array", "items": event(), "maxItems": MAX_BATCH_EVENTS },
            "losses": {
                "type": "object",
                "description": "What the sender itself had to drop before, by reason.",
                "additionalProperties": { "type": "integer", "minimum": 0 },
            },
        },
    })
}

/// The body with one event.
pub fn single() -> Value {
    json!({
        "type": "object",
        "title": "Single",
        "required": ["schemaVersion", "event"],
        "properties": {
            "schemaVersion": { "$ref": "#/components/schemas/SchemaVersion" },
            "catalog": { "$ref": "#/components/schemas/CatalogId" },
            "event": event(),
        },
    })
}

/// One of the events of a catalog.
pub(super) fn events_of(catalog: &Catalog) -> Value {
    let events: Vec<Value> = catalog.events.iter().map(of).collect();
    json!({ "anyOf": events })
}

fn of(spec: &EventSpec) -> Value {
    let of_type = |property: &PropertySpec| {
        let mut schema = match property.reduce {
            Some(Reduce::NumberToTier { .. }) => json!({ "type": ["number", "string"] }),
            Some(Reduce::IdToHmac) => json!({ "type": ["string", "integer"] }),
            _ => of_kind(&property.kind),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), json!(property.purpose));
        }
        (property.name.to_string(), schema)
    };
    let properties: Map<String, Value> = spec.properties.iter().map(of_type).collect();
    let required = spec.properties.iter().filter(|property| property.required);
    let required: Vec<&str> = required.map(|property| &*property.name).collect();
    json!({
        "type": "object",
        "title": &*spec.name,
        "description": spec.purpose,
        "required": ["name", "context", "properties"],
        "properties": {
            "id": { "type": "string", "format": "uuid" },
            "name": { "const": &*spec.name },
            "context": context(spec),
            "properties": { "type": "object", "properties": properties, "required": required },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    })
}

/// The context, of which unknown members are taken out and counted.
fn context(spec: &EventSpec) -> Value {
    let words = |all: Vec<&'static str>| json!({ "type": "string", "enum": all });
    let text = json!({ "type": "string" });
    let sources: Vec<&str> = spec.sources.iter().map(|source| &**source).collect();
    json!({
        "type": "object",
        "required": ["source"],
        "properties": {
            "source": { "type": "string", "enum": sources },
            "environment": words(Environment::ALL.iter().map(|one| one.as_str()).collect()),
            "actorType": words(Actor::ALL.iter().map(|one| one.as_str()).collect()),
            "serviceName": text,
            "serviceVersion": text,
            "decantrVersion": text,
            "registrySource": text,
            "anonymousId": text,
            "installId": text,
            "projectId": text,
            "sessionId": text,
            "userId": text,
            "orgId": text,
            "sampleRate": { "type": "number", "minimum": 0, "maximum": 1 },
        },
    })
}

fn of_kind(kind: &PropertyType) -> Value {
    match kind {
        PropertyType::Bool => json!({ "type": "boolean" }),
        PropertyType::Int { min, max, .. } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        PropertyType::Number { min, max, .. } => {
            json!({ "type": "number", "minimum": min, "maximum": max })
        }
        PropertyType::Enum { values } => {
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            // Anything else becomes `other`.
            json!({ "anyOf": [{ "enum": values }, { "type": "string" }] })
        }
        PropertyType::List { of, max } => {
            json!({ "type": "array", "items": of_kind(of), "maxItems": max })
        }
        PropertyType::Map { of, max } => {
            json!({ "type": "object", "additionalProperties": of_kind(of), "maxProperties": max })
        }
        _ => json!({ "type": "string" }),
    }
}
