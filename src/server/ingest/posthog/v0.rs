//! PostHog's older capture protocol: `/i/v0/e`, `/e`, `/capture`, `/track`, `/engage` and `/batch`, each with and without a slash at
//! the end, by POST and GET.
//!
//! What concerns a request whole is refused whole, as PostHog does: 400 for what cannot be decoded, for no event at all and for an
//! event without a name or a distinct id or with a malformed id; 401 for tokens; 413 for more than 20 MiB, before or after
//! inflating, or [`MAX_EVENTS`] events. Everything else that is wrong with an event drops it alone, is counted, and is answered
//! with 200 like an event that is kept: an SDK would send it again for ever otherwise.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use uuid::Uuid;

use super::decode::{self, Hints};
use super::event::{Event, NoObject, Setting};
use super::request::{MAX_EVENTS, Message};
use super::time::{self, Clocks};
use super::{AT_ONCE, Arrived, Ingest, Intake, described, judge};
use crate::base::crypto;
use crate::model::event::RawValue;
use crate::model::outcome::Reason;
use crate::server::access::{Failure, json, project_token};
use crate::server::describe::Routes;

/// The paths (PostHog/posthog `rust/capture/src/router.rs`@bb3f43d).
const PATHS: [&str; 6] = ["/i/v0/e", "/e", "/capture", "/track", ENGAGE, "/batch"];

/// The path whose events need no name: they are all about who somebody is.
const ENGAGE: &str = "/engage";

/// The largest body, in bytes, and the largest layer of one (`rust/capture/tests/integration_wire_body_limits.rs`@1b73ada).
const MAX_BODY: usize = 20 * 1024 * 1024;

/// The routes.
pub(super) fn routes() -> Routes<Ingest> {
    let slashed = |path: &&str| [(*path).to_owned(), format!("{path}/")];
    let paths = PATHS.iter().flat_map(slashed);
    paths.fold(Routes::new(), |routes, path| {
        routes.route(&path, described::v0_by_get(), events).route(
            &path,
            described::v0_by_post(),
            events,
        )
    })
}

async fn events(State(ingest): State<Ingest>, request: Request) -> Response {
    take(&ingest, request)
        .await
        .unwrap_or_else(Failure::into_response)
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let Arrived {
        head,
        body,
        key,
        now,
    } = ingest.receive(request, MAX_BODY).await?;
    let query = head.uri.query().unwrap_or_default();
    let mut hints = Hints::new(query, &head.headers);
    let body = decode::json(query, &mut hints, body, &ingest.access.bodies, MAX_BODY)?;
    let sent = Message::read(body.bytes())?;
    let is_engage = head.uri.path().trim_end_matches('/').ends_with(ENGAGE);
    let (token, whole) = looked_over(&sent, is_engage)?;
    let key = match key {
        None => ingest.access.key_in_token(&head, &token).await?,
        key => key,
    };
    if key.is_none() {
        ingest.access.project_tokens.admit(&token)?;
    }
    if let Err((reason, failure)) = whole {
        let mut intake = Intake::new(&ingest.validator, key.as_ref(), now);
        intake.dropped(reason, sent.events.len() + sent.beyond);
        ingest.keep(intake.finish()).await?;
        return Err(failure);
    }
    let sent_at = sent.sent_at.as_ref().and_then(time::read);
    let clocks = Clocks {
        now,
        sent_at: sent_at.or_else(|| hints.sent_at.and_then(time::sent_at)),
    };
    let setting = Setting {
        ingest,
        has_key: key.is_some(),
        clocks,
    };
    // Events without an id or a time get another id each time they are sent, unless some of them may be kept already.
    let several = sent.events.len() > AT_ONCE;
    let digest = several.then(|| crypto::sha256(sent.span(body.bytes())));
    for (chunk, events) in sent.events.chunks(AT_ONCE).enumerate() {
        let append = {
            let mut intake = Intake::new(&ingest.validator, key.as_ref(), now);
            intake.expect(events.len());
            for (at, event) in events.iter().enumerate() {
                let Ok(Some(mut event)) = Event::read(event) else {
                    intake.dropped(Reason::Malformed, 1);
                    continue;
                };
                if is_engage {
                    event.name("$identify");
                }
                if let Some(digest) = &digest {
                    event.identify(placed_id(digest, chunk * AT_ONCE + at));
                }
                judge(&mut intake, event, &setting).ok();
            }
            intake.finish()
        };
        ingest.keep(append).await?;
    }
    Ok(if hints.is_beacon {
        StatusCode::NO_CONTENT.into_response()
    } else {
        json(StatusCode::OK, &json!({ "status": "Ok" }))
    })
}

/// What a request is refused for whole, and the reason for which its events are counted as dropped.
type Whole = Result<(), (Reason, Failure)>;

/// The token of a request, and whether its events can be judged one by one. That of a batch counts more than those of its events;
/// without one, theirs are one and the same.
///
/// # Errors
/// 400 without an event, 401 without a token or with several.
fn looked_over(sent: &Message<'_>, is_engage: bool) -> Result<(String, Whole), Failure> {
    if sent.events.is_empty() {
        return Err(Failure::bad("empty_batch", "the request holds no event"));
    }
    let mut tokens = sent
        .token
        .iter()
        .map(token)
        .collect::<Result<Vec<_>, _>>()?;
    let mut whole = Ok(());
    if sent.beyond > 0 {
        let detail = format!("a request has at most {MAX_EVENTS} events; split it");
        let failure = Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_events", detail);
        whole = Err((Reason::TooMany, failure));
    }
    for event in &sent.events {
        let event = match Event::read(event) {
            Ok(Some(event)) => event,
            Ok(None) => continue,
            Err(NoObject) => {
                whole = whole.and(malformed("invalid_event", "an event is an object"));
                continue;
            }
        };
        if sent.token.is_none() {
            for own in event.tokens() {
                let own = token(own)?;
                if tokens.last().is_some_and(|known| *known != own) {
                    let detail = "the events name several project tokens";
                    return Err(unauthorized("mixed_tokens", detail));
                }
                tokens = vec![own];
            }
        }
        whole = whole.and(complete(&event, is_engage));
    }
    let token = tokens.pop();
    let missing = || {
        unauthorized(
            "missing_token",
            "the events name no project token (api_key)",
        )
    };
    Ok((token.ok_or_else(missing)?, whole))
}

/// Whether an event has what PostHog needs of each.
fn complete(event: &Event<'_>, is_engage: bool) -> Whole {
    let is_named = match event.get("event") {
        Some(RawValue::Text(name)) => !name.is_empty(),
        Some(_) => false,
        None => is_engage,
    };
    if !is_named {
        return malformed("missing_event", "each event has a name, under `event`");
    }
    if event.distinct_id().is_none() {
        return malformed("missing_distinct_id", "each event has a `distinct_id`");
    }
    match event.uuid() {
        None => Ok(()),
        Some(RawValue::Text(id)) if Uuid::parse_str(id).is_ok() => Ok(()),
        Some(_) => malformed("invalid_uuid", "the `uuid` of an event is a UUID"),
    }
}

fn malformed(code: &'static str, detail: &'static str) -> Whole {
    Err((Reason::Malformed, Failure::bad(code, detail)))
}

fn token(value: &RawValue<'_>) -> Result<String, Failure> {
    match value {
        RawValue::Text(text) => project_token(text).map(str::to_owned),
        _ => Err(unauthorized("invalid_token", "a project token is a text")),
    }
}

fn unauthorized(code: &'static str, detail: &'static str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, code, detail)
}

/// The id of the event at a place among these events.
fn placed_id(digest: &[u8; 32], place: usize) -> Uuid {
    let bytes = [digest.as_slice(), &place.to_le_bytes()].concat();
    let hash = crypto::sha256(&bytes);
    let mut id = [0; 16];
    id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    Uuid::new_v8(id)
}
