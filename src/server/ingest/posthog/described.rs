//! What is said about PostHog's protocols in the document about all routes.

use serde_json::{Value, json};

use crate::server::describe::{self, Content, Operation, Parameter};

/// What it is for.
const SUMMARY: &str = "Takes events of PostHog's SDKs (capture protocol v0)";

/// By `GET`, with the events in the query.
pub(super) fn v0_by_get() -> Operation {
    v0(Operation::get(SUMMARY))
}

/// By `POST`.
pub(super) fn v0_by_post() -> Operation {
    v0(Operation::post(SUMMARY)).body(bodies())
}

fn v0(operation: Operation) -> Operation {
    let text = || json!({ "type": "string" });
    operation
        .about("One event, an array of events, or an object with `batch`. An event that the catalog does not hold is answered as one that is kept.")
        .takes_events_of("posthog_v0")
        .parameter(Parameter::query("data", "The body, for a request without one.", text()))
        .parameter(Parameter::query("compression", "Told by the first bytes; `lz64` is refused.", text()))
        .parameter(Parameter::query("_", "When it was sent, in milliseconds since 1970.", text()))
        .parameter(Parameter::query("beacon", "Answers 204.", text()))
        .reply_with(200, "They are taken.", [Content::json(json!({
            "type": "object",
            "required": ["status"],
            "properties": { "status": { "const": "Ok" } },
        }))])
        .reply_with(204, "They are taken.", [])
        .refuses(400, &[
                "empty_batch",
                "empty_body",
                "incomplete_body",
                "invalid_base64",
                "invalid_body",
                "invalid_event",
                "invalid_form",
                "invalid_gzip",
                "invalid_json",
                "invalid_uuid",
                "missing_distinct_id",
                "missing_event",
                "unsupported_compression",
            ])
        .refuses(401, &["missing_token", "mixed_tokens", "invalid_token"])
        .refuses(408, &["body_timeout"])
        .refuses(413, &["body_too_large", "too_many_events"])
}

fn bodies() -> [Content; 3] {
    let text = || json!({ "type": "string", "description": "The JSON, plain or as base64." });
    let form = json!({ "type": "object", "required": ["data"], "properties": { "data": text() } });
    [
        Content::json(describe::captured()),
        Content::of("application/x-www-form-urlencoded", form),
        Content::of("text/plain", text()),
    ]
}

/// The newer protocol.
pub(super) fn v1() -> Operation {
    let header =
        |name, schema| Parameter::header(name, "Needed by the protocol.", schema).required();
    let text = || json!({ "type": "string", "minLength": 1 });
    Operation::post("Takes events of PostHog's SDKs (capture protocol v1)")
        .about("`Authorization: Bearer` holds the project token, or an API key. Each event has a result under its `uuid`.")
        .takes_events_of("posthog_v1")
        .parameter(header("posthog-sdk-info", text()))
        .parameter(header("posthog-attempt", json!({ "type": "integer", "minimum": 1 })))
        .parameter(header("posthog-request-id", json!({ "type": "string", "format": "uuid" })))
        .parameter(header("posthog-request-timestamp", json!({ "type": "string", "format": "date-time" })))
        .body([Content::json(describe::captured_by_v1())])
        .reply_with(200, "What became of each event.", [Content::json(results())])
        .refuses(400, &[
            "duplicate_event_uuid",
            "empty_batch",
            "invalid_batch",
            "invalid_deflate",
            "invalid_event_uuid",
            "invalid_header_value",
            "missing_event_uuid",
            "missing_required_headers",
        ])
        .refuses(401, &["invalid_api_token", "invalid_token"])
        .refuses(413, &["payload_too_large"])
        .refuses(415, &["unsupported_content_type", "unsupported_encoding"])
        .refuses_as_posthog_does()
}

fn results() -> Value {
    json!({
        "type": "object",
        "required": ["results"],
        "properties": { "results": { "type": "object", "additionalProperties": {
            "type": "object",
            "required": ["result"],
            "properties": {
                "result": { "enum": ["ok", "drop", "retry"] },
                "details": { "type": "string" },
            },
        } } },
    })
}
