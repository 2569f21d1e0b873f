//! `decantr ops tail`: the events of a store as they come.

use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::desk::failed;
use super::store_url;
use crate::base::ids::OpaqueId;
use crate::cli::args::{TailArgs, TailFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::signals::Signals;
use crate::cli::ui::{DIM, HEADING, Ui};
use crate::config::Host;
use crate::model::event::{Actor, Context};
use crate::server::store::{self, StoredEvent};

/// How often it is looked whether there is something new.
const PAUSE: Duration = Duration::from_millis(300);

/// How many events are read at once.
const BATCH: usize = 500;

/// An event as one line of JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    sequence: i64,
    received_at: Timestamp,
    catalog: &'a str,
    id: Uuid,
    name: &'a str,
    timestamp: Timestamp,
    context: &'a Context,
    properties: &'a RawValue,
    counted: Counted<'a>,
}

/// Under whom it counts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted<'a> {
    actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a OpaqueId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a OpaqueId>,
}

/// Runs `decantr ops tail`.
///
/// # Errors
/// Exit code 3 when there is no store, 6 when it cannot be read.
pub(super) fn run(host: &Host, args: &TailArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let url = store_url(host, &args.store)?;
    runtime()?.block_on(async {
        let mut signals = Signals::register()?;
        let store = store::open(&url).await.map_err(|error| failed(&error))?;
        let last = usize::try_from(args.last).unwrap_or(usize::MAX);
        let after = store.before_last(last).await;
        let mut after = after.map_err(|error| failed(&error))?;
        loop {
            let events = store.events(after, BATCH).await;
            let events = events.map_err(|error| failed(&error))?;
            for event in &events {
                after = event.sequence;
                if is_wanted(event, args) {
                    ui.line(&shown(event, args.format(), ui)?)?;
                }
            }
            if events.len() == BATCH {
                continue;
            }
            if args.once {
                return Ok(());
            }
            tokio::select! {
                () = signals.received() => return Ok(()),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    })
}

fn is_wanted(event: &StoredEvent, args: &TailArgs) -> bool {
    let is = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|w| w == word);
    is(&args.catalog, &event.catalog) && is(&args.event, &event.name)
}

fn shown(event: &StoredEvent, format: TailFormat, ui: &Ui) -> Result<String, CommandError> {
    match format {
        TailFormat::Text => Ok(text(event, ui)),
        TailFormat::Ndjson => ndjson(event),
    }
}

/// When, of which catalog, what, from where, whose, with what.
fn text(event: &StoredEvent, ui: &Ui) -> String {
    let context = &event.context;
    let ids = [
        &event.counted.owner.user,
        &context.install_id,
        &context.project_id,
        &context.anonymous_id,
        &context.session_id,
        &event.counted.owner.org,
    ];
    let id = ids.into_iter().find_map(Option::as_ref);
    let at = event.timestamp.strftime("%Y-%m-%d %H:%M:%S%.3f");
    let plain = Style::new();
    let parts = [
        (DIM, at.to_string()),
        (plain, event.catalog.clone()),
        (HEADING, event.name.clone()),
        (plain, context.source.to_string()),
        (plain, event.counted.actor.as_str().to_owned()),
        (DIM, id.map_or("-", OpaqueId::as_str).to_owned()),
        (plain, event.properties.clone()),
    ];
    let parts: Vec<String> = parts
        .iter()
        .map(|(style, part)| ui.paint(*style, part))
        .collect();
    parts.join("  ")
}

fn ndjson(event: &StoredEvent) -> Result<String, CommandError> {
    let properties: &RawValue = serde_json::from_str(&event.properties).map_err(|_damaged| {
        let message = format!("event {} is damaged in the store", event.sequence);
        CommandError::new(exit::REMOTE, message)
    })?;
    let owner = &event.counted.owner;
    let line = Line {
        sequence: event.sequence,
        received_at: event.received_at,
        catalog: &event.catalog,
        id: event.id,
        name: &event.name,
        timestamp: event.timestamp,
        context: &event.context,
        properties,
        counted: Counted {
            actor: event.counted.actor,
            user_id: owner.user.as_ref(),
            org_id: owner.org.as_ref(),
        },
    };
    serde_json::to_string(&line).map_err(|error| CommandError::new(exit::BUG, error.to_string()))
}
