//! Adapter for decantr clients: `POST /v1/telemetry/events`, a batch or a single event.
//!
//! A request is taken or refused whole for what concerns it whole (size, shape, catalog, version, number of events); events of
//! a batch are read and judged one by one. More than [`MAX_BATCH_EVENTS`] events are refused with 422 and counted as dropped: the
//! sender still has them and can split the batch, whereas one result for each of half a million events would be an attack on
//! the server's memory.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Ingest, Intake, single};
use crate::base::crypto;
use crate::model::event::{RawEvent, RawValue, Rejection, Validator};
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::{
    BatchReply, EVENTS_PATH, EventResult, MAX_BATCH_EVENTS, MAX_BODY_BYTES, RawRequest, Reading,
    Receipt, ReceiptPayload, SingleReply,
};
use crate::server::access::{Failure, json};
use crate::server::describe::{self, Content, Operation, Routes};
use crate::server::store::{Append, Key};

/// The route.
pub(super) fn routes() -> Routes<Ingest> {
    let shapes = serde_json::json!({ "oneOf": [describe::batch(), describe::single()] });
    let operation = Operation::post("Takes events: a batch, or a single one")
        .about("A batch is answered 202 whatever became of its events, with one result for each, in order, and a signed receipt.")
        .takes_events_of("decantr")
        .body([Content::json(shapes)])
        .reply::<Reply>(202, "What became of the events.")
        .refuses(400, &["invalid_request"])
        .refuses_events();
    Routes::new().route(EVENTS_PATH, operation, events)
}

/// Either answer.
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "it is only described")]
enum Reply {
    Batch(BatchReply),
    Single(SingleReply),
}

/// Takes one request.
async fn events(State(ingest): State<Ingest>, request: Request) -> Response {
    take(&ingest, request)
        .await
        .unwrap_or_else(Failure::into_response)
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let arrived = ingest.receive(request, MAX_BODY_BYTES).await?;
    let now = arrived.now;
    let Judged { append, answer } = {
        let body = arrived.body.inflated(MAX_BODY_BYTES)?;
        judge(&ingest.validator, &body, now, arrived.key.as_ref())?
    };
    drop(arrived);
    let outcomes = ingest.keep(append).await?;
    Ok(answer.into_response(outcomes, ingest, now))
}

/// A request on its way: what goes into the log, and what is needed to answer once it is there.
struct Judged {
    append: Append,
    answer: Answer,
}

enum Answer {
    Batch {
        batch_id: Option<Uuid>,
        digest: String,
        /// The fate of each event; `None` is for the store to say.
        fates: Vec<(Option<Uuid>, Option<Reason>)>,
    },
    Single(Result<(), Rejection>),
    Refused(Failure),
}

fn judge(
    validator: &Validator,
    body: &[u8],
    now: Timestamp,
    key: Option<&Key>,
) -> Result<Judged, Failure> {
    // Checked once for all, so that no text of an event needs to be checked again.
    let text = std::str::from_utf8(body)
        .map_err(|_other_encoding| invalid("the body is not UTF-8".into()))?;
    let read = |reading| {
        let mut intake = Intake::new(validator, key, now);
        // No smaller event says anything.
        let most = MAX_BATCH_EVENTS.min(text.len() / 128);
        intake.expect(most);
        let mut fates = Vec::with_capacity(most);
        let request = RawRequest::read(text, reading, &mut |event| {
            fates.push(fate(&mut intake, &event));
        })?;
        Ok((request, intake, fates))
    };
    let (request, mut intake, fates) = read(Reading::Quick)
        .or_else(|_one_cannot_be_read| read(Reading::Careful))
        .map_err(|error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            let detail = "the body is not a JSON object of the documented shape";
            invalid(format!("{detail} (line {line}, column {column})").into())
        })?;
    let count = match (request.events, &request.event) {
        (Some(events), None) => events,
        (None, Some(_)) => 1,
        _ => {
            let detail = "the body has either `events` (a batch) or `event` (a single event)";
            return Err(Failure::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                detail,
            ));
        }
    };
    let answer = if let Err((reason, detail)) = fits(&request, validator, count) {
        intake = Intake::new(validator, key, now);
        intake.dropped(reason, count);
        Answer::Refused(Failure::refused(reason, detail))
    } else if let Some(event) = request.event {
        let event = RawEvent::parse(event.get());
        Answer::Single(intake.judge(&event).map(|_id| ()))
    } else {
        Answer::Batch {
            batch_id: request.batch_id,
            digest: crypto::hex(&crypto::sha256(body)),
            fates,
        }
    };
    intake.lost(losses(&request, key));
    Ok(Judged {
        append: intake.finish(),
        answer,
    })
}

fn invalid(detail: Cow<'static, str>) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "invalid_json", detail)
}

/// Whether a request of `count` events can be judged event by event.
fn fits(
    request: &RawRequest<'_>,
    validator: &Validator,
    count: usize,
) -> Result<(), (Reason, String)> {
    let catalog = validator.catalog();
    if request
        .catalog
        .as_deref()
        .is_some_and(|id| *id != *catalog.id)
    {
        let detail = format!("this route takes events of the catalog {}", catalog.id);
        return Err((Reason::UnknownCatalog, detail));
    }
    let version = request.schema_version.as_deref();
    if !version.is_some_and(|version| catalog.accepts(version)) {
        let detail = format!("schemaVersion is one of {}", catalog.accepts.join(", "));
        return Err((Reason::UnsupportedVersion, detail));
    }
    if count > MAX_BATCH_EVENTS {
        let detail = format!("a batch has at most {MAX_BATCH_EVENTS} events; split it");
        return Err((Reason::TooMany, detail));
    }
    Ok(())
}

/// What the sender of a batch says it dropped itself. Only one with a key is believed: everybody could alarm the operator else.
fn losses(request: &RawRequest<'_>, key: Option<&Key>) -> Vec<(Reason, u64)> {
    let said = request.losses.as_ref().filter(|_| key.is_some());
    said.map(|losses| losses.iter().collect())
        .unwrap_or_default()
}

fn fate<'a>(intake: &mut Intake<'a>, event: &RawEvent<'a>) -> (Option<Uuid>, Option<Reason>) {
    match intake.judge(event) {
        Ok(id) => (Some(id), None),
        Err(rejection) => (sent_id(event), Some(rejection.reason)),
    }
}

/// The id that a dropped event was sent with, so that its sender can tell which one it was.
fn sent_id(event: &RawEvent<'_>) -> Option<Uuid> {
    match &event.id {
        Some(RawValue::Text(id)) => Uuid::parse_str(id).ok(),
        _ => None,
    }
}

impl Answer {
    /// The answer, now that the store has said what became of the entries.
    fn into_response(self, stored: Vec<Outcome>, ingest: &Ingest, now: Timestamp) -> Response {
        match self {
            Self::Refused(failure) => failure.into_response(),
            Self::Single(judged) => single(judged, &stored).unwrap_or_else(Failure::into_response),
            Self::Batch {
                batch_id,
                digest,
                fates,
            } => {
                let mut stored = stored.into_iter();
                let results: Vec<EventResult> = fates
                    .into_iter()
                    .map(|(id, dropped)| {
                        let outcome = dropped
                            .map(Outcome::Dropped)
                            .or_else(|| stored.next())
                            .unwrap_or(Outcome::Accepted);
                        EventResult {
                            id,
                            outcome: outcome.as_str().into(),
                            reason: outcome.reason(),
                        }
                    })
                    .collect();
                let count = |outcome: &str| {
                    let count = results.iter().filter(|r| r.outcome == outcome).count();
                    u32::try_from(count).unwrap_or(u32::MAX)
                };
                let payload = ReceiptPayload {
                    batch_id,
                    digest,
                    accepted: count("accepted"),
                    duplicates: count("duplicate"),
                    dropped: count("dropped"),
                    received_at: now,
                };
                let reply = BatchReply {
                    accepted: true,
                    receipt: Receipt::sign(&payload, &ingest.store.secrets().signing_key),
                    results,
                };
                json(StatusCode::ACCEPTED, &reply)
            }
        }
    }
}
