//! Adapter for results of drift's benchmarks: `POST /v1/feedback`.
//!
//! The body is one result, an array of results, or an object with `results` (or `corpora`, as the field's benchmark writes its
//! reports), whose `tool`, `timestamp`, `installationId` and `driftVersion` hold for each result that does not say its own:
//!
//! ```json
//! { "benchmark": "demo-backend", "tool": "drift", "score": 62.8, "perception": 50, "understanding": 65, "application": 75,
//!   "durationMs": 1900, "filesScanned": 120, "parse_time_ms": 240.5, "napi_calls": 31,
//!   "timestamp": "2026-11-20T04:00:00Z", "installationId": "<uuid>", "driftVersion": "0.9.1" }
//! ```
//!
//! Only `benchmark` is needed. Also taken are `corpus`, `suite` and `name` for it, `overallScore` for `score`,
//! `levels.perception.score` (and so on) for the parts of the score, `duration` for `durationMs`, and the camel-case forms of the two
//! names with underscores. Every result becomes an event `benchmark_feedback`; the answer is that of `POST /v1/events`. A result with
//! its time is stored once, however often it is sent; one without counts each time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::value::RawValue as RawJson;

use super::drift::{INSTALLATION, QueueReply, TIMESTAMP, VERSION, context};
use super::{Ingest, Intake};
use crate::model::event::{RawEvent, RawMap, RawValue, member};
use crate::model::protocol::{FEEDBACK_PATH, MAX_BODY_BYTES};
use crate::server::access::{Failure, json};
use crate::server::describe::{self, Content, Operation, Routes};

/// The event that a result becomes.
const NAME: &str = "benchmark_feedback";

/// Where an object has several results.
const LISTS: [&str; 2] = ["results", "corpora"];

/// What an object with several results can say for all of them.
const COMMON: [&str; 4] = [TOOL, TIMESTAMP, INSTALLATION, VERSION];

const TOOL: &str = "tool";

/// Other names of properties.
const ALSO: [(&str, &str); 7] = [
    ("corpus", "benchmark"),
    ("suite", "benchmark"),
    ("name", "benchmark"),
    ("overallScore", "score"),
    ("duration", "durationMs"),
    ("parseTimeMs", "parse_time_ms"),
    ("napiCalls", "napi_calls"),
];

/// The parts of a score, each of which can also stand as `levels.<part>.score`.
const PARTS: [&str; 3] = ["perception", "understanding", "application"];

/// The route.
pub(super) fn routes() -> Routes<Ingest> {
    let operation = Operation::post("Takes results of drift's benchmarks")
        .takes_events_of("feedback")
        .body([Content::json(describe::feedback())])
        .reply::<QueueReply>(200, "What became of the results.");
    Routes::new().route(FEEDBACK_PATH, operation, feedback)
}

async fn feedback(State(ingest): State<Ingest>, request: Request) -> Response {
    take(&ingest, request)
        .await
        .unwrap_or_else(Failure::into_response)
}

async fn take(ingest: &Ingest, request: Request) -> Result<Response, Failure> {
    let arrived = ingest.receive(request, MAX_BODY_BYTES).await?;
    let (count, append) = {
        let body = arrived.body.inflated(MAX_BODY_BYTES)?;
        let mut intake = Intake::new(&ingest.validator, arrived.key.as_ref(), arrived.now);
        let Report { common, results } = report_in(&body)?;
        for result in &results {
            intake.judge(&event_in(result, &common, ingest)).ok();
        }
        (results.len(), intake.finish())
    };
    drop(arrived);
    let outcomes = ingest.keep(append).await?;
    Ok(json(StatusCode::OK, &QueueReply::of(count, &outcomes)))
}

/// Results, none of which is looked at yet, and what holds for all of them.
struct Report<'a> {
    common: RawMap<'a>,
    results: Vec<&'a str>,
}

fn report_in(body: &[u8]) -> Result<Report<'_>, Failure> {
    let text = std::str::from_utf8(body).ok();
    text.and_then(read).ok_or_else(|| {
        let detail = "the body is a JSON object with a result, or with `results`, an array; or such an array itself";
        Failure::bad("invalid_json", detail)
    })
}

fn read(text: &str) -> Option<Report<'_>> {
    if text.trim_start().starts_with('[') {
        return Some(Report {
            common: RawMap::new(),
            results: list(text)?,
        });
    }
    let mut members: BTreeMap<Cow<'_, str>, &RawJson> = serde_json::from_str(text).ok()?;
    let Some(several) = LISTS.iter().find_map(|name| members.remove(*name)) else {
        return Some(Report {
            common: RawMap::new(),
            results: vec![text],
        });
    };
    let said = |name| {
        Some((
            Cow::Borrowed(name),
            serde_json::from_str(members.get(name)?.get()).ok()?,
        ))
    };
    Some(Report {
        common: COMMON.into_iter().filter_map(said).collect(),
        results: list(several.get())?,
    })
}

fn list(text: &str) -> Option<Vec<&str>> {
    let list: Vec<&RawJson> = serde_json::from_str(text).ok()?;
    Some(list.into_iter().map(RawJson::get).collect())
}

/// The event about a result. What cannot be read says nothing.
fn event_in<'a>(json: &'a str, common: &RawMap<'a>, ingest: &'a Ingest) -> RawEvent<'a> {
    let Ok(RawValue::Map(members)) = serde_json::from_str(json) else {
        return RawEvent::default();
    };
    let said = |name| {
        member(&members, name)
            .or_else(|| member(common, name))
            .cloned()
    };
    let name = RawValue::from(NAME);
    let context = context(ingest, Some(&name), said(INSTALLATION), said(VERSION));
    let (timestamp, tool) = (said(TIMESTAMP), said(TOOL));
    RawEvent {
        id: None,
        name: Some(name),
        context: Some(context.into()),
        properties: Some(RawValue::Map(properties(members, tool))),
        timestamp,
        unknown_members: 0,
        is_object: true,
    }
}

fn properties<'a>(members: RawMap<'a>, tool: Option<RawValue<'a>>) -> RawMap<'a> {
    let parts = parts(&members);
    let others = members
        .into_iter()
        .filter(|(name, _)| !COMMON.contains(&&**name) && *name != "levels");
    let mut properties = RawMap::new();
    let also = |name: &str| ALSO.iter().find(|(also, _)| *also == name);
    for (name, value) in others {
        match also(&name) {
            // The first of several names counts.
            Some((_, own)) if member(&properties, own).is_some() => {}
            Some((_, own)) => properties.push((Cow::Borrowed(*own), value)),
            None => properties.push((name, value)),
        }
    }
    let tool = tool.map(|tool| (Cow::Borrowed(TOOL), tool));
    properties.extend(parts.into_iter().chain(tool));
    properties
}

/// The parts of the score that stand below `levels`.
fn parts<'a>(members: &RawMap<'a>) -> RawMap<'a> {
    let Some(RawValue::Map(levels)) = member(members, "levels") else {
        return RawMap::new();
    };
    let part = |name| match member(levels, name)? {
        RawValue::Map(level) => Some((Cow::Borrowed(name), member(level, "score")?.clone())),
        _ => None,
    };
    PARTS.into_iter().filter_map(part).collect()
}
