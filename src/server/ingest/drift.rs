//! Adapter for clients of drift: `POST /v1/events` with `{events: [{type, timestamp, installationId, driftVersion, …}]}`.
//!
//! Such a client keeps its events in a queue on disk. Two retries follow any answer but a 2xx, always of the whole queue, and what is
//! left is sent with the next run, for ever. So no event can fail the others: one that is no good is dropped and counted, and the
//! answer is 200 all the same, however many there are (the field's own server refuses more than 100, and a queue that has grown
//! longer is then stuck). Only a body that is no such object is refused, with 400.
//!
//! Events have no id. Their own time and all they say make one, so what is sent again is stored once; an event without a time is
//! dropped, as it would count again each time. Two events that say the same at the same millisecond are one.
//!
//! An installation is known by a UUID, which becomes `install_<uuid>`. Ids of the decantr tools are UUIDs of version 8, made from a
//! secret, and nobody here could prove one: such a UUID, like anything that is none, becomes a keyed hash. `unknown`, which
//! clients say that have no id, is none. `driftVersion` becomes the service's version.

use std::borrow::Cow;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue as RawJson;
use uuid::Uuid;

use super::{Ingest, Intake};
use crate::model::event::{RawEvent, RawMap, RawValue, member};
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::{DRIFT_EVENTS_PATH, MAX_BODY_BYTES};
use crate::server::access::{Failure, json};
use crate::server::describe::{self, Content, Operation, Routes};

/// The members of an event that are about it; all others are its properties.
const ENVELOPE: [&str; 4] = ["type", TIMESTAMP, INSTALLATION, VERSION];

pub(super) const TIMESTAMP: &str = "timestamp";
pub(super) const INSTALLATION: &str = "installationId";
pub(super) const VERSION: &str = "driftVersion";

/// What clients say that have no id.
const UNKNOWN: &str = "unknown";

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueueReply {
    success: bool,
    /// How many events the request held. None of them need be sent again, whatever became of them.
    events_processed: usize,
    /// How many of them are stored by this request.
    accepted: usize,
    /// How many were stored before.
    duplicates: usize,
    /// How many are no good.
    dropped: usize,
}

impl QueueReply {
    /// Of so many events, of which the log was given those with an outcome.
    pub(super) fn of(events: usize, outcomes: &[Outcome]) -> Self {
        let count = |of: Outcome| outcomes.iter().filter(|outcome| **outcome == of).count();
        let (accepted, duplicates) = (count(Outcome::Accepted), count(Outcome::Duplicate));
        Self {
            success: true,
            events_processed: events,
            accepted,
            duplicates,
            dropped: events.saturating_sub(accepted + duplicates),
        }
    }
}

/// The route.
pub(super) fn routes() -> Routes<Ingest> {
    let operation = Operation::post("Takes the queue of a client of drift")
        .about("The answer is 200 whatever became of the events: none of them need be sent again.")
        .takes_events_of("drift")
        .body([Content::json(describe::queue())])
        .reply::<QueueReply>(200, "What became of the events.");
    Routes::new().route(DRIFT_EVENTS_PATH, operation, events)
}

async fn events(State(ingest): State<Ingest>, request: Request) -> Response {
    take(&ingest, request)
        .await
        .unwrap_or_else(Failure::into_response)
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let arrived = ingest.receive(request, MAX_BODY_BYTES).await?;
    let (count, append) = {
        let body = arrived.body.inflated(MAX_BODY_BYTES)?;
        let mut intake = Intake::new(&ingest.validator, arrived.key.as_ref(), arrived.now);
        let events = queue_in(&body)?;
        for event in &events {
            judge(&mut intake, &event_in(event.get(), ingest));
        }
        (events.len(), intake.finish())
    };
    drop(arrived);
    let outcomes = ingest.keep(append).await?;
    Ok(json(StatusCode::OK, &QueueReply::of(count, &outcomes)))
}

/// The queue that a body holds, each event not looked at yet, so that one that cannot be read harms no other.
fn queue_in(body: &[u8]) -> Result<Vec<&RawJson>, Failure> {
    #[derive(serde::Deserialize)]
    struct Queue<'a> {
        #[serde(borrow)]
        events: Vec<&'a RawJson>,
    }
    let text = std::str::from_utf8(body).ok();
    // serde would take the members in order out of an array, too.
    let text = text.filter(|text| text.trim_start().starts_with('{'));
    let queue = text.and_then(|text| serde_json::from_str::<Queue<'_>>(text).ok());
    queue.map(|queue| queue.events).ok_or_else(|| {
        let detail = "the body is a JSON object with `events`, an array";
        Failure::bad("invalid_json", detail)
    })
}

fn judge<'a>(intake: &mut Intake<'a>, event: &RawEvent<'a>) {
    if event.is_object && event.timestamp.is_none() {
        intake.dropped(Reason::InvalidTimestamp, 1);
    } else {
        // A bad one is counted by the intake; its sender is told how many there were.
        intake.judge(event).ok();
    }
}

/// An event as the client says it. What cannot be read says nothing.
fn event_in<'a>(json: &'a str, ingest: &'a Ingest) -> RawEvent<'a> {
    let Ok(RawValue::Map(members)) = serde_json::from_str(json) else {
        return RawEvent::default();
    };
    let said = |name| member(&members, name).cloned();
    let (name, timestamp) = (said("type"), said(TIMESTAMP));
    let context = context(ingest, name.as_ref(), said(INSTALLATION), said(VERSION));
    let is_property = |name: &str| !ENVELOPE.contains(&name);
    let properties = members.into_iter().filter(|(name, _)| is_property(name));
    RawEvent {
        id: None,
        name,
        context: Some(context.into()),
        properties: Some(RawValue::Map(properties.collect())),
        timestamp,
        unknown_members: 0,
        is_object: true,
    }
}

/// Who and where, of what a client of drift can say.
pub(super) fn context<'a>(
    ingest: &'a Ingest,
    name: Option<&RawValue<'_>>,
    installation: Option<RawValue<'a>>,
    version: Option<RawValue<'a>>,
) -> RawMap<'a> {
    let mut context = RawMap::new();
    let mut add = |name, value| context.push((Cow::Borrowed(name), value));
    if let Some(source) = ingest.first_source(name) {
        add("source", RawValue::from(source));
    }
    add("environment", ingest.environment.as_str().into());
    if let Some(install) = installation.and_then(install_id) {
        add("installId", install);
    }
    if let Some(version) = version {
        add("serviceVersion", version);
    }
    context
}

/// The id of an installation. What is no UUID that anybody may have made is put so that the validator cannot but hash it.
fn install_id(said: RawValue<'_>) -> Option<RawValue<'_>> {
    let RawValue::Text(text) = said else {
        return Some(said);
    };
    let text = text.trim();
    if text.is_empty() || text == UNKNOWN {
        return None;
    }
    let id = match Uuid::parse_str(text) {
        Ok(uuid) if uuid.get_version_num() != 8 => format!("install_{uuid}"),
        Ok(uuid) => format!("drift:{uuid}"),
        Err(_no_uuid) => format!("drift:{text}"),
    };
    Some(id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Option<String> {
        install_id(text.into()).map(|id| match id {
            RawValue::Text(id) => id.into_owned(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn only_a_uuid_that_nobody_has_to_prove_is_an_id() {
        let uuid = "11111111-2222-4333-8444-555555555555";
        let own = format!("install_{uuid}");
        assert_eq!(id(uuid), Some(own.clone()));
        assert_eq!(id(&uuid.replace('-', "").to_uppercase()), Some(own.clone()));
        let certified = uuid.replace("-4", "-8");
        for claim in [
            &certified,
            &format!("install_{certified}"),
            &own,
            "me@example.com",
        ] {
            let id = id(claim).unwrap();
            assert!(crate::base::ids::OpaqueId::parse(&id).is_err(), "{id}");
        }
        assert_eq!((id(""), id(" "), id(UNKNOWN)), (None, None, None));
    }
}
