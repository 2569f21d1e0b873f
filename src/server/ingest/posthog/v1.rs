//! PostHog's newer capture protocol: `POST /i/v1/analytics/events`, and `/i/v1/general/events` as it was called first.
//!
//! Each event has a result under its `uuid`: `ok` when it is kept, also when it was kept before (sent again, it is the same event);
//! `drop` with why in `details`, which is PostHog's word for what PostHog drops, too, and our reason code for all else; `retry` when
//! the store could not keep it, though it kept others of the request: an SDK comes again with those. When it kept none, the answer
//! is 503 as everywhere. A request that is wrong as a whole is refused with `{error, error_description, error_uri}`: 400, 401, 413,
//! 415 are final, 408, 429 and 503 are not.

use std::collections::HashSet;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::event::{Event, NoObject, Setting};
use super::request::Message;
use super::time::{self, Clocks};
use super::v1_head::{Head, REQUEST_ID, request_id};
use super::{AT_ONCE, Arrived, Ingest, Intake, decode, described, judge, sender};
use crate::model::event::RawValue;
use crate::model::outcome::{Outcome, Reason};
use crate::server::access::{Failure, json as answer};
use crate::server::describe::Routes;

const PATHS: [&str; 2] = ["/i/v1/analytics/events", "/i/v1/general/events"];

/// The largest body, in bytes, as it is sent.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// The same, inflated.
const MAX_INFLATED: usize = 20 * 1024 * 1024;

/// The most events of a request: each has a result in the answer. SDKs send a hundred at once.
const MAX_EVENTS: usize = 10_000;

/// The longest name of an event, in bytes (PostHog/posthog `rust/capture/src/v1/analytics/constants.rs`@0229139).
const LONGEST_NAME: usize = 200;

/// Where what can be asked for is described.
const ERROR_URI: &str = "/openapi.json";

/// The routes.
pub(super) fn routes() -> Routes<Ingest> {
    PATHS.iter().fold(Routes::new(), |routes, path| {
        routes.route(path, described::v1(), events).route(
            &format!("{path}/"),
            described::v1(),
            events,
        )
    })
}

async fn events(State(ingest): State<Ingest>, request: Request) -> Response {
    let id = request_id(request.headers());
    let mut response = take(&ingest, request).await.unwrap_or_else(|failure| {
        failure.into_response_as(|code, detail| {
            json!({ "error": code, "error_description": detail, "error_uri": ERROR_URI })
        })
    });
    if let Some(Ok(id)) = id.map(|id| HeaderValue::try_from(id.to_string())) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let (head, body) = request.into_parts();
    let admitted = ingest.access.admit_events_with_token(&head).await;
    let admitted = admitted.and_then(|key| Head::read(&head.headers).map(|_| key));
    let Arrived {
        head,
        body,
        key,
        now,
    } = ingest.arrived(head, body, admitted, MAX_BODY).await?;
    let head = Head::read(&head.headers)?;
    if key.is_none() {
        ingest.access.project_tokens.admit(head.token)?;
    }
    let body = decode::inflated(head.is_deflate, body, &ingest.access.bodies, MAX_INFLATED)?;
    let sent = batch(body.bytes())?;
    if let Err((reason, failure)) = looked_over(&sent) {
        let mut intake = Intake::new(&ingest.validator, key.as_ref(), now);
        intake.dropped(reason, sent.events.len() + sent.beyond);
        ingest.keep(intake.finish()).await?;
        return Err(failure);
    }
    let setting = Setting {
        ingest,
        has_key: key.is_some(),
        clocks: Clocks {
            now,
            sent_at: Some(head.sent_at),
        },
    };
    let mut results = Results::default();
    for events in sent.events.chunks(AT_ONCE) {
        let (fates, append) = {
            let mut intake = Intake::new(&ingest.validator, key.as_ref(), now);
            intake.expect(events.len());
            let fates = events.iter().filter_map(|event| {
                let Ok(Some(event)) = Event::read(event) else {
                    // It cannot be said of which event this is the result.
                    intake.dropped(Reason::Malformed, 1);
                    return None;
                };
                Some((uuid(&event).ok()?, fate(&mut intake, event, &setting)))
            });
            let fates: Vec<(Uuid, Result<(), &'static str>)> = fates.collect();
            (fates, intake.finish())
        };
        let kept = match ingest.keep(append).await {
            Ok(outcomes) => Some(outcomes),
            Err(failure) if results.results.is_empty() => return Err(failure),
            Err(_later_than_others) => None,
        };
        results.add(fates, kept.as_deref());
    }
    Ok(results.into_response())
}

/// The batch in a body.
fn batch(body: &[u8]) -> Result<Message<'_>, Failure> {
    let sent = Message::read(body)?;
    let is_dated =
        matches!(&sent.created_at, Some(RawValue::Text(text)) if time::parse(text).is_some());
    if !sent.is_batch || !is_dated {
        let detail =
            "the body is an object with `created_at`, a time in RFC 3339 form, and a `batch`";
        return Err(Failure::bad("invalid_batch", detail));
    }
    Ok(sent)
}

/// Whether each event of a batch can have a result.
fn looked_over(sent: &Message<'_>) -> Result<(), (Reason, Failure)> {
    let malformed = |code, detail: &'static str| (Reason::Malformed, Failure::bad(code, detail));
    if sent.events.is_empty() {
        return Err(malformed("empty_batch", "the batch holds no event"));
    }
    if sent.events.len() + sent.beyond > MAX_EVENTS {
        let detail = format!("a batch has at most {MAX_EVENTS} events; split it");
        let failure = Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail);
        return Err((Reason::TooMany, failure));
    }
    let mut seen = HashSet::with_capacity(sent.events.len());
    for event in &sent.events {
        let event = match Event::read(event) {
            Ok(Some(event)) => event,
            Ok(None) => continue,
            Err(NoObject) => return Err(malformed("invalid_batch", "an event is an object")),
        };
        let id = uuid(&event).map_err(|code| malformed(code, "each event has a `uuid`"))?;
        if !seen.insert(id) {
            let detail = "two events of the batch have one `uuid`";
            return Err(malformed("duplicate_event_uuid", detail));
        }
    }
    Ok(())
}

/// The id of an event, by which it has its result.
fn uuid(event: &Event<'_>) -> Result<Uuid, &'static str> {
    match event.uuid() {
        None => Err("missing_event_uuid"),
        Some(RawValue::Text(text)) => Uuid::parse_str(text).map_err(|_other| "invalid_event_uuid"),
        Some(_) => Err("invalid_event_uuid"),
    }
}

/// Judges an event; `Err` is why it is dropped.
fn fate<'a>(
    intake: &mut Intake<'a>,
    event: Event<'a>,
    setting: &Setting<'a>,
) -> Result<(), &'static str> {
    if let Err(details) = complete(&event) {
        let reason = match details {
            // No catalog has such a name.
            "event_name_too_long" => Reason::UnknownEvent,
            "invalid_event_timestamp" => Reason::InvalidTimestamp,
            _ => Reason::Malformed,
        };
        intake.dropped(reason, 1);
        return Err(details);
    }
    let judged = judge(intake, event, setting);
    judged.map(drop).map_err(Reason::code)
}

/// Whether an event has what PostHog needs of each (`rust/capture/src/v1/analytics/process.rs`@01cfdef).
fn complete(event: &Event<'_>) -> Result<(), &'static str> {
    match event.get("event") {
        Some(RawValue::Text(name)) if name.len() > LONGEST_NAME => {
            return Err("event_name_too_long");
        }
        Some(RawValue::Text(name)) if !name.is_empty() => {}
        _ => return Err("missing_event_name"),
    }
    match event.get("distinct_id") {
        Some(RawValue::Text(id)) if id.trim().is_empty() => return Err("missing_distinct_id"),
        Some(RawValue::Text(id)) if id.trim().len() > sender::LONGEST => {
            return Err("distinct_id_too_large");
        }
        Some(RawValue::Text(id)) if !sender::is_nobody(id) => {}
        Some(_) => return Err("malformed_distinct_id"),
        None => return Err("missing_distinct_id"),
    }
    if event.get("timestamp").and_then(time::read).is_none() {
        return Err("invalid_event_timestamp");
    }
    if !matches!(event.get("properties"), None | Some(RawValue::Map(_))) {
        return Err("malformed_event_properties");
    }
    if !matches!(event.get("options"), None | Some(RawValue::Map(_))) {
        return Err("invalid_options");
    }
    Ok(())
}

/// The results so far.
#[derive(Debug, Default)]
struct Results {
    results: Map<String, Value>,
    is_retry: bool,
}

impl Results {
    /// Adds those of some events: `kept` is what became of the ones that were not dropped; without it they were not kept.
    fn add(&mut self, fates: Vec<(Uuid, Result<(), &'static str>)>, kept: Option<&[Outcome]>) {
        let mut outcomes = kept.unwrap_or_default().iter();
        for (id, fate) in fates {
            let result = match fate {
                Err(details) => json!({ "result": "drop", "details": details }),
                Ok(()) if kept.is_none() => {
                    self.is_retry = true;
                    json!({ "result": "retry", "details": "not_persisted" })
                }
                Ok(()) => match outcomes.next().and_then(|outcome| outcome.reason()) {
                    Some(reason) => json!({ "result": "drop", "details": reason.code() }),
                    None => json!({ "result": "ok" }),
                },
            };
            self.results.insert(id.to_string(), result);
        }
    }

    fn into_response(self) -> Response {
        let mut response = answer(StatusCode::OK, &json!({ "results": self.results }));
        if self.is_retry {
            response.headers_mut().insert(RETRY_AFTER, 1.into());
        }
        response
    }
}
