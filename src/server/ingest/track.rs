//! Adapter for products that track one event a request: `POST /v1/track` with `{name, properties?, sessionId?, userId?, timestamp?}`.
//!
//! The answer is 202, or 422 with the reason. Whose event it is, only a sender with a key says: `userId` of anybody else is taken out
//! and counted, as everywhere. Where it comes from follows from the event: the first source that may send it. A session is a
//! number or a text of the product's own, and is kept as a keyed hash.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};

use super::{Ingest, Intake, single};
use crate::model::event::{RawEvent, RawMap, RawValue, member};
use crate::model::protocol::{MAX_BODY_BYTES, SingleReply, TRACK_PATH};
use crate::server::access::Failure;
use crate::server::describe::{self, Content, Operation, Routes};

/// What a request may say. The name is bounded by the catalog, which holds it or not.
const MEMBERS: [&str; 5] = ["name", "properties", "sessionId", "userId", "timestamp"];

/// The route.
pub(super) fn routes() -> Routes<Ingest> {
    let operation = Operation::post("Takes one event that a product tracks")
        .takes_events_of("track")
        .body([Content::json(describe::tracked())])
        .reply::<SingleReply>(202, "The event is stored.")
        .refuses_events();
    Routes::new().route(TRACK_PATH, operation, track)
}

async fn track(State(ingest): State<Ingest>, request: Request) -> Response {
    take(&ingest, request)
        .await
        .unwrap_or_else(Failure::into_response)
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let arrived = ingest.receive(request, MAX_BODY_BYTES).await?;
    let (judged, append) = {
        let body = arrived.body.inflated(MAX_BODY_BYTES)?;
        let mut intake = Intake::new(&ingest.validator, arrived.key.as_ref(), arrived.now);
        let judged = intake.judge(&event_in(&body, ingest)?);
        (judged, intake.finish())
    };
    drop(arrived);
    let outcomes = ingest.keep(append).await?;
    single(judged.map(drop), &outcomes)
}

/// The event that a body holds.
fn event_in<'a>(body: &'a [u8], ingest: &'a Ingest) -> Result<RawEvent<'a>, Failure> {
    let Ok(RawValue::Map(members)) = serde_json::from_slice(body) else {
        let detail = "the body is a JSON object with a name, and properties, sessionId and timestamp where there are any";
        return Err(Failure::bad("invalid_json", detail));
    };
    let unknown = members
        .iter()
        .filter(|(name, _)| !MEMBERS.contains(&&**name));
    let unknown_members = unknown.count();
    let said = |name| member(&members, name).cloned();
    let name = said("name");
    let mut context = RawMap::new();
    let mut add = |name, value| context.push((Cow::Borrowed(name), value));
    if let Some(source) = ingest.first_source(name.as_ref()) {
        add("source", RawValue::from(source));
    }
    add("environment", ingest.environment.as_str().into());
    if let Some(session) = said("sessionId") {
        add("sessionId", as_text(session));
    }
    if let Some(user) = said("userId") {
        add("userId", as_text(user));
    }
    Ok(RawEvent {
        id: None,
        name,
        context: Some(context.into()),
        properties: said("properties"),
        timestamp: said("timestamp"),
        unknown_members,
        is_object: true,
    })
}

/// Products number their rows; ids are texts.
fn as_text(id: RawValue<'_>) -> RawValue<'_> {
    match id {
        RawValue::Int(number) => number.to_string().into(),
        id => id,
    }
}
