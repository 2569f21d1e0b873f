//! From the endpoint to a stored event: whether the server is up, knows the catalog, refuses what it must, and keeps and shows one event
//! from every source.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Finding;
use super::ask::{Server, Verb, unanswered};
use super::ids::Ids;
use crate::base::ids::OpaqueId;
use crate::model::catalog::{Catalog, EventSpec};
use crate::model::event::{Actor, Filling, RawValue, example_properties};
use crate::model::outcome::Reason;
use crate::model::protocol::{
    ATTRIBUTION_PATH, BatchReply, EVENTS_PATH, HEALTH_PATH, KEY_PATH, KeyPage, READY_PATH,
};

/// A schema version that no catalog has.
const NO_VERSION: &str = "0.0.0";

/// A row of the attribution.
#[derive(Deserialize)]
struct Row {
    project: Option<OpaqueId>,
    source: String,
}

/// The attribution.
#[derive(Deserialize)]
struct Rows {
    rows: Vec<Row>,
}

/// Health, readiness and the key page.
pub(super) async fn endpoint(server: &Server) -> Finding {
    const CHECK: &str = "endpoint";
    let todo = "start `decantr ops serve`, or name the server with --api-url";
    for path in [HEALTH_PATH, READY_PATH] {
        match server.get(path, None).await {
            Ok(reply) if reply.status == 200 => {}
            Ok(reply) => return Finding::failed(CHECK, format!("{path} {}", reply.what()), todo),
            Err(why) => return Finding::failed(CHECK, why, todo),
        }
    }
    match key_page(server).await {
        Ok(_) => Finding::passed(CHECK, "healthy, ready, and it shows its key for receipts"),
        Err(why) => Finding::failed(
            CHECK,
            format!("{KEY_PATH}: {why}"),
            "this is no decantr server, or it is older than receipts are",
        ),
    }
}

async fn key_page(server: &Server) -> Result<KeyPage, String> {
    let page: KeyPage = server.get(KEY_PATH, None).await?.read()?;
    let is_sound = page.public_bytes().is_some();
    is_sound
        .then_some(page)
        .ok_or_else(|| "the key does not fit its id".to_owned())
}

/// Every schema version is taken, and a version that does not exist is not.
pub(super) async fn catalog(server: &Server, catalog: &Catalog) -> Finding {
    const CHECK: &str = "catalog";
    let todo = "run the same version of decantr on both sides, or name the server's catalog";
    for version in &catalog.accepts {
        match send(server, &batch(catalog, version, &[])).await {
            Ok(reply) if reply.status == 202 => {}
            Ok(reply) => {
                let found = format!("schema {version} of {}: {}", catalog.id, reply.what());
                return Finding::failed(CHECK, found, todo);
            }
            Err(why) => return unanswered(CHECK, why),
        }
    }
    match send(server, &batch(catalog, NO_VERSION, &[])).await {
        Ok(reply) if reply.code() == Reason::UnsupportedVersion.code() => {
            let versions = catalog.accepts.join(", ");
            Finding::passed(
                CHECK,
                format!("{}, schema {versions}, and no other", catalog.id),
            )
        }
        Ok(reply) => {
            let found = format!("schema {NO_VERSION} does not exist, but {}", reply.what());
            Finding::failed(CHECK, found, todo)
        }
        Err(why) => unanswered(CHECK, why),
    }
}

/// An event of a source that may not send it is dropped.
pub(super) async fn forged_pair(server: &Server, catalog: &Catalog, now: Timestamp) -> Finding {
    const CHECK: &str = "pairs";
    let mut pairs = catalog
        .sources
        .iter()
        .flat_map(|source| catalog.events.iter().map(move |event| (source, event)));
    let Some((source, event)) = pairs.find(|(source, event)| !event.allows(source)) else {
        return Finding::passed(CHECK, "every source may send every event");
    };
    let forged = example(event, source, None, now);
    let sent = send(server, &batch(catalog, &catalog.schema_version, &[forged])).await;
    let expected = Reason::SourceMismatch;
    match sent.and_then(|reply| reply.read::<BatchReply>()) {
        Ok(reply) => match reply.results.first() {
            Some(result) if result.reason == Some(expected) => Finding::passed(
                CHECK,
                format!(
                    "{} from {source} was dropped as {}",
                    event.name,
                    expected.code()
                ),
            ),
            result => {
                let outcome = result.map_or("unanswered", |result| &*result.outcome);
                let found = format!("{} from {source} was {outcome}", event.name);
                let todo =
                    "the server's catalog lets it through: run the same version on both sides";
                Finding::failed(CHECK, found, todo)
            }
        },
        Err(why) => unanswered(CHECK, why),
    }
}

/// One event from each source is stored, acknowledged, and found again.
pub(super) async fn all(
    server: &Server,
    catalog: &Catalog,
    ids: &Ids,
    now: Timestamp,
) -> Vec<Finding> {
    let mut events = Vec::new();
    let mut lanes = Vec::new();
    for source in &catalog.sources {
        if let Some(event) = catalog.events_of(source).find(|event| event.public_ingest) {
            events.push(example(event, source, Some(ids), now));
            lanes.push(&**source);
        }
    }
    let kept = kept(server, catalog, &events, &lanes).await;
    let found = found(server, &lanes, &ids.project).await;
    vec![kept, found]
}

async fn kept(server: &Server, catalog: &Catalog, events: &[Value], lanes: &[&str]) -> Finding {
    const CHECK: &str = "lanes";
    let body = batch(catalog, &catalog.schema_version, events);
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    let sent = send(server, &body).await;
    let reply: BatchReply = match sent.and_then(|reply| reply.read()) {
        Ok(reply) => reply,
        Err(why) => return unanswered(CHECK, why),
    };
    let lost: Vec<String> = lanes
        .iter()
        .zip(&reply.results)
        .filter(|(_, result)| result.outcome != "accepted")
        .map(|(lane, result)| match result.reason {
            Some(reason) => format!("{lane} {}", reason.code()),
            None => format!("{lane} {}", result.outcome),
        })
        .collect();
    if !lost.is_empty() || reply.results.len() != lanes.len() {
        let found = format!("not stored: {}", lost.join(", "));
        let todo =
            "run the same version of decantr on both sides; `decantr ops digest` shows reasons";
        return Finding::failed(CHECK, found, todo);
    }
    let receipt = match key_page(server).await {
        Ok(page) => reply
            .receipt
            .verify(&page, &bytes)
            .map_err(|error| error.to_string()),
        Err(why) => Err(why),
    };
    match receipt {
        Ok(_) => {
            let found = format!("stored from {}; receipt verified", lanes.join(", "));
            Finding::passed(CHECK, found)
        }
        Err(why) => Finding::failed(
            CHECK,
            format!("stored, but the receipt does not hold: {why}"),
            "something between here and the server changes requests or answers: look at the proxy",
        ),
    }
}

async fn found(server: &Server, lanes: &[&str], project: &OpaqueId) -> Finding {
    const CHECK: &str = "found";
    // What a pipeline sends is the pipeline's, whoever is behind it.
    let mut rows = Vec::new();
    for actor in [Actor::Internal, Actor::OfficialPipeline] {
        let path = format!(
            "{ATTRIBUTION_PATH}?days=1&limit=1000&actor={}",
            actor.as_str()
        );
        let asked = server.get(&path, server.admin.as_ref()).await;
        match asked.and_then(|reply| reply.read::<Rows>()) {
            Ok(more) => rows.extend(more.rows),
            Err(why) => return unanswered(CHECK, why),
        }
    }
    let is_missing = |lane: &&&str| {
        let mut own = rows
            .iter()
            .filter(|row| row.project.as_ref() == Some(project));
        own.all(|row| row.source != ***lane)
    };
    let missing: Vec<&str> = lanes.iter().filter(is_missing).copied().collect();
    if missing.is_empty() {
        let found = format!(
            "all {} in the attribution, none as a customer's",
            lanes.len()
        );
        return Finding::passed(CHECK, found);
    }
    Finding::failed(
        CHECK,
        format!("stored, but not found again: {}", missing.join(", ")),
        "more than 1000 internal projects may be active today; otherwise look at the server's log",
    )
}

async fn send(server: &Server, body: &Value) -> Result<super::ask::Reply, String> {
    server.ask(Verb::Post, EVENTS_PATH, None, Some(body)).await
}

fn batch(catalog: &Catalog, version: &str, events: &[Value]) -> Value {
    json!({
        "schemaVersion": version,
        "catalog": &*catalog.id,
        "batchId": Uuid::now_v7(),
        "events": events,
    })
}

/// An event that says no more than it must.
fn example(spec: &EventSpec, source: &str, ids: Option<&Ids>, now: Timestamp) -> Value {
    let mut context = json!({ "source": source, "environment": "test" });
    if let (Some(ids), Some(context)) = (ids, context.as_object_mut()) {
        context.insert("installId".to_owned(), json!(ids.install));
        context.insert("projectId".to_owned(), json!(ids.project));
    }
    json!({
        "id": Uuid::now_v7(),
        "name": &*spec.name,
        "context": context,
        "properties": as_json(&example_properties(spec, source, Filling::Required)),
        "timestamp": now,
    })
}

fn as_json(value: &RawValue<'_>) -> Value {
    match value {
        RawValue::Null => Value::Null,
        RawValue::Bool(value) => json!(value),
        RawValue::Int(value) => json!(value),
        RawValue::Float(value) => json!(value),
        RawValue::Text(text) => json!(text),
        RawValue::List(values) => values.iter().map(as_json).collect(),
        RawValue::Map(members) => {
            let members = members.iter();
            members
                .map(|(key, value)| (key.to_string(), as_json(value)))
                .collect()
        }
    }
}
