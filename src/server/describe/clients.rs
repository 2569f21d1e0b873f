//! What the bodies of clients look like that have words of their own. Servers take them loosely: what is wrong with an event drops it
//! alone.

use serde_json::{Value, json};

/// The body with one event that a product tracks.
pub fn tracked() -> Value {
    json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": { "type": "string" },
            "properties": { "type": "object" },
            "sessionId": { "type": ["string", "integer"] },
            "userId": { "type": ["string", "integer"] },
            "timestamp": { "type": "string", "format": "date-time" },
        },
    })
}

/// The queue of a client of drift.
pub fn queue() -> Value {
    json!({
        "type": "object",
        "required": ["events"],
        "properties": {
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["type", "timestamp"],
                    "properties": {
                        "type": { "type": "string" },
                        "timestamp": { "type": "string", "format": "date-time" },
                        "installationId": { "type": "string" },
                        "driftVersion": { "type": "string" },
                    },
                },
            },
        },
    })
}

/// Results of drift's benchmarks.
pub fn feedback() -> Value {
    let number = || json!({ "type": "number" });
    let text = || json!({ "type": "string" });
    let result = json!({
        "type": "object",
        "properties": {
            "benchmark": text(),
            "tool": text(),
            "score": number(),
            "perception": number(),
            "understanding": number(),
            "application": number(),
            "durationMs": number(),
            "filesScanned": number(),
            "timestamp": { "type": "string", "format": "date-time" },
            "installationId": text(),
            "driftVersion": text(),
        },
    });
    let results = json!({ "type": "array", "items": result });
    json!({ "anyOf": [
        result,
        results,
        { "type": "object", "required": ["results"], "properties": { "results": results } },
    ] })
}

/// Events of one of PostHog's SDKs.
pub fn captured() -> Value {
    let text = || json!({ "type": "string" });
    let event = json!({
        "type": "object",
        "required": ["event", "distinct_id"],
        "properties": {
            "event": text(),
            "distinct_id": text(),
            "uuid": { "type": "string", "format": "uuid" },
            "timestamp": { "type": "string", "format": "date-time" },
            "properties": { "type": "object" },
            "api_key": text(),
        },
    });
    json!({ "anyOf": [
        event,
        { "type": "array", "items": event },
        {
            "type": "object",
            "required": ["api_key", "batch"],
            "properties": {
                "api_key": text(),
                "batch": { "type": "array", "items": event },
                "sent_at": { "type": "string", "format": "date-time" },
                "historical_migration": { "type": "boolean" },
            },
        },
    ] })
}

/// The same by the newer protocol.
pub fn captured_by_v1() -> Value {
    let time = || json!({ "type": "string", "format": "date-time" });
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["created_at", "batch"],
        "properties": {
            "created_at": time(),
            "historical_migration": { "type": "boolean" },
            "batch": { "type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["event", "uuid", "distinct_id", "timestamp"],
                "properties": {
                    "event": text(),
                    "uuid": { "type": "string", "format": "uuid" },
                    "distinct_id": text(),
                    "timestamp": time(),
                    "session_id": text(),
                    "options": { "type": "object" },
                    "properties": { "type": "object" },
                },
            } },
        },
    })
}
