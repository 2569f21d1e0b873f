//! `telemetry enable`: show everything first, then write the grant. Nothing is minted and nothing is sent here.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::explain::{context, event_views, recipients};
use super::reset::WAIT;
use super::view::{Enabled, Offer};
use super::{ControlError, EndpointView, SCHEMA_VERSION};
use crate::base::fsx;
use crate::base::ids::OpaqueId;
use crate::base::staged::Staged;
use crate::client::ClientError;
use crate::client::consent::{
    Actor, ConsentFile, Gate, Grant, Key, Locked, Ready, Scope, Stored, decide,
};
use crate::client::identity::{self, Ids};
use crate::client::spool::{Spool, note_withdrawn, validator_of};
use crate::config::file::TELEMETRY_ENDPOINT;
use crate::config::project::{PROJECT_FILE, Project};
use crate::config::{Asked, ConfigFile, Endpoint, Host, Paths, Product, Source, Standing};
use crate::model::catalog::{Catalog, EventSpec};
use crate::model::event::{Admission, Event, Filling, RawEvent, RawMap, example_properties};
use crate::model::protocol::Batch;

/// The terms of a grant that a person can choose.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where it holds.
    pub scopes: Vec<Scope>,
    /// The buckets whose events may be sent; empty means all events.
    pub only: Vec<String>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Whether this person's project id is written into the working directory's project file.
    pub share_project: bool,
}

impl Default for Terms {
    /// On this machine, but not where it builds; without an end.
    fn default() -> Self {
        Self {
            scopes: vec![Scope::Local],
            only: Vec::new(),
            until: None,
            share_project: false,
        }
    }
}

/// An offer that can be accepted: show `offer`, ask, then commit.
#[derive(Debug)]
pub struct EnablePlan {
    /// What the person is shown.
    pub offer: Offer,
    paths: Paths,
    key: Key,
    grant: Grant,
}

/// Prepares what a person is shown before they agree. Writes nothing, mints nothing.
///
/// # Errors
/// When settings or the consent record are unreadable or invalid: what cannot be read cannot be agreed to.
pub fn plan_enable(
    host: &Host,
    asked: &Asked<'_>,
    terms: Terms,
) -> Result<EnablePlan, ClientError> {
    let gate = Gate::open(host, asked)?;
    let settings = ConfigFile::load(&gate.paths.config_file())?;
    let endpoint = Endpoint::resolve(asked.endpoint, &host.env, &settings)?;
    ConsentFile::load(&gate.paths)?;
    let catalog = gate.catalog();
    check_buckets(&catalog, &terms.only)?;
    let sources = gate.product.sources();
    let now = host.clock.now();
    let shares_project = terms.share_project;
    let grant = hypothetical(&gate, terms, now);
    let stored = Stored::Granted(grant.clone());
    let then = decide(&gate.layers, &stored, now, |_| Standing::Same);
    let covered = |event: &&EventSpec| {
        grant
            .sources
            .iter()
            .any(|source| grant.covers(event, source))
    };
    let mut events = event_views(&catalog, sources, None);
    events.retain(|view| catalog.event(&view.name).as_ref().is_some_and(covered));
    let offer = Offer {
        schema_version: SCHEMA_VERSION,
        kind: "telemetry.enable.plan",
        endpoint: EndpointView::from(&endpoint),
        catalog: catalog.id.as_ref().to_owned(),
        revision: catalog.revision,
        sha256: grant.sha256.clone(),
        scopes: grant.scopes.clone(),
        sources: grant.sources.clone(),
        only: grant.only.clone(),
        until: grant.until,
        retention_days: catalog.retention_days,
        recipients: recipients(&endpoint.origin),
        gained: None,
        context: context(sources),
        events,
        sample: sample(&catalog, &grant, now),
        shares_project_in: shares_project.then_some(PROJECT_FILE),
        still_off: then
            .reason()
            .map(|verdict| verdict.says.clone().into_owned()),
    };
    Ok(EnablePlan {
        offer,
        key: gate.key_of(&endpoint.origin),
        paths: gate.paths,
        grant,
    })
}

/// The grant that these terms would be, with the catalog and sources at hand; it is no grant before it is written.
pub(super) fn hypothetical(gate: &Gate, terms: Terms, now: Timestamp) -> Grant {
    let catalog = gate.catalog();
    let sources = gate.product.sources().iter();
    Grant {
        revision: catalog.revision,
        sha256: catalog.wire_digest().to_owned(),
        scopes: terms.scopes,
        sources: sources.map(ToString::to_string).collect(),
        only: terms.only,
        retention_days: Some(catalog.retention_days),
        until: terms.until,
        at: now,
        actor: Actor::Terminal,
        epoch: 0,
    }
}

impl EnablePlan {
    /// Writes the grant: exactly what was offered; an endpoint named by a flag becomes the configured one. Nothing is minted
    /// and nothing is sent.
    ///
    /// # Errors
    /// When the record or its folders cannot be written.
    pub fn commit(
        mut self,
        host: &Host,
        asked: &Asked<'_>,
        actor: Actor,
    ) -> Result<Enabled, ClientError> {
        self.grant.actor = actor;
        self.grant.at = host.clock.now();
        fsx::create_private_dir(&self.paths.config_dir)?;
        let mut locked = Locked::open(&self.paths, WAIT)?;
        let used = Spool::clear_leftovers(&self.paths, &locked, self.grant.at)?;
        let ready = locked.ready(&self.key, self.grant.clone(), used)?;
        self.settle(&mut locked, ready)?;
        drop(locked);
        // What the next command will see, which does not have this one's flags.
        let gate = Gate::open(
            host,
            &Asked {
                endpoint: None,
                ..*asked
            },
        )?;
        let decision = gate.decision();
        let elsewhere = gate
            .endpoint
            .as_ref()
            .filter(|used| used.origin != self.offer.endpoint.origin);
        let why = elsewhere.map_or_else(
            || decision.why().to_owned(),
            |used| format!("{} names another endpoint, {}", used.key, used.origin),
        );
        let overridden = elsewhere.is_some() || !decision.effective().is_on();
        let shared_project_id = if overridden || self.offer.shares_project_in.is_none() {
            None
        } else {
            share_project(host, &gate)?
        };
        Ok(Enabled {
            schema_version: SCHEMA_VERSION,
            kind: "telemetry.enable",
            overridden,
            shared_project_id,
            revision: self.offer.revision,
            offer: self.offer,
            effective: decision.effective(),
            by: decision.reason().map(|verdict| verdict.layer),
            why,
        })
    }
}

impl EnablePlan {
    /// Writes the yes that is `ready`, after everything that it needs. A yes that cannot be carried out is none, and on a full
    /// disk it could not be taken back: so nothing that needs room comes after it.
    fn settle(&self, locked: &mut Locked, ready: Ready) -> Result<(), ClientError> {
        let settings = self.settings()?;
        let epoch = ready.epoch();
        let earlier = match locked.file().stored(&self.key) {
            Stored::Granted(earlier) => Some(earlier),
            _ => None,
        };
        let written = self
            .make_room(locked, earlier.as_ref(), epoch)
            .and_then(|()| Ok(settings.map_or(Ok(()), Staged::put)?))
            .and_then(|()| Ok(locked.grant(ready)?));
        if written.is_err() {
            let still_stands = earlier.as_ref().is_some_and(|e| self.succeeds(e));
            let earlier = earlier.map_or(epoch, |earlier| earlier.epoch);
            drop(Spool::succeed(&self.paths, epoch, still_stands, earlier));
        }
        written
    }

    /// Whether what waits under an `earlier` grant may be sent under this one: not under narrower terms.
    fn succeeds(&self, earlier: &Grant) -> bool {
        !earlier.is_over(self.grant.at) && self.grant.is_as_wide_as(earlier)
    }

    /// Makes room for the events of the grant of `epoch`.
    fn make_room(
        &self,
        locked: &Locked,
        earlier: Option<&Grant>,
        epoch: u64,
    ) -> Result<(), ClientError> {
        if let Some(earlier) = earlier {
            let still_stands = self.succeeds(earlier);
            if !still_stands {
                // What cannot be noted goes all the same: it may not be sent any more.
                drop(note_withdrawn(&self.paths, earlier.epoch, self.grant.at));
            }
            Spool::succeed(&self.paths, earlier.epoch, still_stands, epoch)?;
        }
        Ok(Spool::create(&self.paths, epoch, locked)?)
    }

    /// The settings in which the endpoint that a flag named is the configured one; none where no flag did.
    fn settings(&self) -> Result<Option<Staged>, ClientError> {
        if self.offer.endpoint.source != Source::Flag {
            return Ok(None);
        }
        let mut settings = ConfigFile::load(&self.paths.config_file())?;
        settings.set(TELEMETRY_ENDPOINT, &self.offer.endpoint.url);
        Ok(Some(settings.stage()?))
    }
}

/// Writes this person's id of the working directory's project into the project's file, for everybody who has it. An id that is
/// there already stays: it is the team's.
fn share_project(host: &Host, gate: &Gate) -> Result<Option<OpaqueId>, ClientError> {
    let folder = &host.cwd;
    let committed = Ids::committed(gate, Some(folder)).project_id;
    match (committed, gate.permit()) {
        (None, Some(permit)) => {
            identity::share(&gate.paths, &permit, folder, host.clock.now(), |id| {
                Ok(Project::write_id(folder, id)?)
            })
        }
        (committed, _) => Ok(committed),
    }
}

/// Refuses buckets that the catalog does not have.
fn check_buckets(catalog: &Catalog, only: &[String]) -> Result<(), ClientError> {
    let is_known = |name: &String| catalog.buckets.iter().any(|bucket| *bucket.key == **name);
    match only.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => Err(ControlError::NoBucket {
            name: name.clone(),
            known: catalog
                .buckets
                .iter()
                .map(|bucket| (*bucket.key).to_owned())
                .collect(),
        }
        .into()),
    }
}

/// A request as it would be sent, about the first event that the grant covers, with all-zero ids.
fn sample(catalog: &Arc<Catalog>, grant: &Grant, now: Timestamp) -> Json {
    let sources = grant.sources.iter();
    let event = sources
        .flat_map(|source| catalog.events_of(source).map(move |spec| (spec, source)))
        .find(|(spec, source)| grant.covers(spec, source))
        .and_then(|(spec, source)| sample_event(catalog, spec, source, now));
    let events: Vec<Event> = event.into_iter().collect();
    let batch = Batch {
        schema_version: &catalog.schema_version,
        catalog: &catalog.id,
        batch_id: Uuid::nil(),
        events: &events,
    };
    serde_json::to_value(&batch).unwrap_or_default()
}

/// An event of `product` that a program on a person's machine can record.
pub(super) fn example(product: &Product, now: Timestamp) -> Option<Event> {
    let (catalog, source) = (product.catalog(), product.source());
    let mut events = catalog.events_of(source).filter(|spec| spec.public_ingest);
    events.find_map(|spec| sample_event(&catalog, spec, source, now))
}

fn sample_event(
    catalog: &Arc<Catalog>,
    spec: &EventSpec,
    source: &str,
    now: Timestamp,
) -> Option<Event> {
    let context: RawMap<'_> = vec![
        ("source".into(), source.into()),
        ("environment".into(), "production".into()),
        ("decantrVersion".into(), env!("CARGO_PKG_VERSION").into()),
    ];
    let raw = RawEvent {
        id: Some(Uuid::nil().to_string().into()),
        name: Some((*spec.name).into()),
        context: Some(context.into()),
        properties: Some(example_properties(spec, source, Filling::Whole)),
        is_object: true,
        ..RawEvent::default()
    };
    let admission = Admission {
        now: now.round(jiff::Unit::Second).unwrap_or(now),
        // Whether the server wants a key is not the question here.
        has_key: true,
    };
    let mut event = validator_of(Arc::clone(catalog))
        .normalise(&raw, admission)
        .ok()?
        .event;
    let ids = Ids::default().or_placeholders(true);
    let context = Arc::make_mut(&mut event.context);
    context.install_id = ids.install_id;
    context.project_id = ids.project_id;
    Some(event)
}
