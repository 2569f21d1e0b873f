//! The validator, run by the client before anything is spooled and again by the server: raw event in, normalised event or a
//! named rejection out.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::context::{Context, RegistrySource};
use super::contexts::Contexts;
use super::identity::{client_id, content_id, time_ordered_id};
use super::raw::{RawContext, RawEvent, RawValue, member};
use super::reduce::narrow;
use super::{Event, Value, fit};
use crate::model::catalog::{Catalog, EventSpec, Kept, PropertySpec, PropertyType};
use crate::model::outcome::{Reason, Strip};

/// What cannot be read says nothing.
const UNREADABLE: &str =
    "an event is an object of readable JSON values, not too deep and not too many";

/// How far ahead of the clock a timestamp may lie.
const MAX_AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Normalises events against one catalog.
#[derive(Debug, Clone)]
pub struct Validator {
    catalog: Arc<Catalog>,
    /// One for each thread that normalises events at the same time; none where there is only one.
    copies: Arc<[Catalog]>,
    hmac_key: [u8; 32],
    retention: SignedDuration,
}

/// The circumstances under which an event is judged.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// The time of the judgement.
    pub now: Timestamp,
    /// Whether the sender proved an API key. Without one, `userId`, `orgId`, `actorType` and `sampleRate` are stripped.
    pub has_key: bool,
}

/// A normalised event and what was taken out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// The event.
    pub event: Event,
    /// One entry for each thing stripped or narrowed, in no particular order.
    pub strips: Vec<Strip>,
    /// What daily tables keep of its properties.
    pub kept: Arc<Kept>,
}

impl Normalised {
    /// Makes the id again out of the event as it was said to have happened. For adapters that correct the clock of a sender: sent
    /// again, an event is corrected by another difference, and is the same event all the same.
    pub fn identify_at(&mut self, said: Timestamp) {
        let event = &mut self.event;
        let corrected = std::mem::replace(&mut event.timestamp, said);
        event.id = Uuid::nil();
        event.id = content_id(event);
        event.timestamp = corrected;
    }
}

/// Why an event was dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Rejection {
    /// The reason that is counted.
    pub reason: Reason,
    /// What was expected, in the catalog's words; never what was sent.
    pub detail: Cow<'static, str>,
}

impl Validator {
    /// A validator for `catalog`. `hmac_key` replaces foreign identifiers; raw events older than `retention_days` are refused.
    pub fn new(catalog: Arc<Catalog>, hmac_key: [u8; 32], retention_days: u32) -> Self {
        let retention = SignedDuration::from_hours(i64::from(retention_days) * 24);
        Self {
            catalog,
            copies: Arc::default(),
            hmac_key,
            retention,
        }
    }

    /// For so many threads at once: each reads a copy of the catalog. Events share the catalog's texts, and threads that count the
    /// users of the same text wait for each other at every property of every event.
    #[must_use]
    pub fn for_threads(self, threads: usize) -> Self {
        let copies = (0..threads).map(|_| self.catalog.apart()).collect();
        Self { copies, ..self }
    }

    /// The copy of this thread.
    fn own(&self) -> &Catalog {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static THREAD: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        let at = THREAD.with(|thread| thread.checked_rem(self.copies.len()));
        at.and_then(|at| self.copies.get(at))
            .unwrap_or(&self.catalog)
    }

    /// The catalog it judges by.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Judges one event.
    ///
    /// # Errors
    /// The first rule it breaks: shape, name, source, pairing, key, required properties, then time and id. Every other fault is
    /// stripped and listed.
    pub fn normalise(
        &self,
        raw: &RawEvent<'_>,
        admission: Admission,
    ) -> Result<Normalised, Rejection> {
        self.normalise_among(raw, admission, &mut Contexts::default())
    }

    /// As [`Validator::normalise`], for one of many events that this validator judges under the same circumstances.
    ///
    /// # Errors
    /// As there.
    pub fn normalise_among<'a>(
        &self,
        raw: &RawEvent<'a>,
        admission: Admission,
        contexts: &mut Contexts<'a>,
    ) -> Result<Normalised, Rejection> {
        if !raw.is_object {
            return refuse(Reason::Malformed, UNREADABLE);
        }
        let mut strips = vec![Strip::UnknownMember; raw.unknown_members];
        let catalog = self.own();
        let spec = spec_of(raw, catalog)?;
        let context = self.context(raw, spec, admission, contexts, &mut strips)?;
        let properties = map_of(raw.properties.as_ref(), "properties is an object")?;
        let properties = self.properties(properties, spec, &context, &mut strips)?;
        let sent_at = self.sent_at(raw, admission.now)?;
        let mut event = Event {
            id: Uuid::nil(),
            catalog: Arc::clone(&catalog.id),
            name: Arc::clone(&spec.name),
            context,
            properties,
            timestamp: sent_at.unwrap_or(admission.now),
        };
        event.id = match (&raw.id, sent_at) {
            (Some(id), _) => client_id(id)?,
            (None, Some(_)) => content_id(&event),
            (None, None) => time_ordered_id(admission.now),
        };
        Ok(Normalised {
            event,
            strips,
            kept: Arc::clone(&spec.kept),
        })
    }

    fn context<'a>(
        &self,
        raw: &RawEvent<'a>,
        spec: &EventSpec,
        admission: Admission,
        contexts: &mut Contexts<'a>,
        strips: &mut Vec<Strip>,
    ) -> Result<Arc<Context>, Rejection> {
        let needs_key = !spec.public_ingest && !admission.has_key;
        if let Some((context, stripped)) = contexts.last(raw.context.as_ref())
            && spec.allows(&context.source)
            && !needs_key
        {
            strips.extend(stripped);
            return Ok(Arc::clone(context));
        }
        let read = raw.context.as_ref().map(RawContext::read);
        let Some(read) = read.map_or(Some(None), |read| read.map(Some)) else {
            return refuse(Reason::Malformed, UNREADABLE);
        };
        let read = map_of(read.as_deref(), "context is an object")?;
        let source = source_of(read, self.own(), spec)?;
        if needs_key {
            let detail = "this event is accepted only with an API key";
            return refuse(Reason::NotPublic, detail);
        }
        let before = strips.len();
        let context = Context::read(read, source, admission.has_key, &self.hmac_key, strips);
        let context = Arc::new(context);
        let stripped = strips.get(before..).unwrap_or_default();
        contexts.keep(raw.context.as_ref(), &context, stripped);
        Ok(context)
    }

    fn properties(
        &self,
        raw: &[(Cow<'_, str>, RawValue<'_>)],
        spec: &EventSpec,
        context: &Context,
        strips: &mut Vec<Strip>,
    ) -> Result<Vec<(Arc<str>, Value)>, Rejection> {
        let source = &*context.source;
        let mut kept = Vec::with_capacity(raw.len().min(spec.properties.len()));
        for (property, sent) in spec.properties.iter().zip(sent(raw, spec, source, strips)) {
            if !property.allows(source) {
                continue;
            }
            match sent.filter(|value| **value != RawValue::Null) {
                None if property.required => {
                    let detail = format!("the required property {} is absent", property.name);
                    return refuse(Reason::MissingRequired, detail);
                }
                None => {}
                Some(value) => {
                    let narrowed = narrow(value, property, &self.hmac_key, strips);
                    if let Some(fitted) = fit(&narrowed, &property.kind) {
                        if fitted.is_other {
                            strips.push(Strip::Other);
                        }
                        kept.push((Arc::clone(&property.name), fitted.value));
                    } else if let Some(value) = unfit(property, strips)? {
                        kept.push((Arc::clone(&property.name), value));
                    }
                }
            }
        }
        if spec.properties.iter().any(|property| property.public_only)
            && !is_public(spec, context, &kept)
        {
            let before = kept.len();
            let public_only = |name: &str| spec.property(name).is_some_and(|p| p.public_only);
            kept.retain(|(name, _)| !public_only(name));
            strips.extend(std::iter::repeat_n(Strip::NotVisible, before - kept.len()));
        }
        Ok(kept)
    }

    fn sent_at(&self, raw: &RawEvent<'_>, now: Timestamp) -> Result<Option<Timestamp>, Rejection> {
        let sent_at = match &raw.timestamp {
            None => return Ok(None),
            Some(RawValue::Text(text)) => text.parse::<Timestamp>().ok(),
            Some(_) => None,
        };
        let Some(sent_at) = sent_at else {
            return refuse(
                Reason::InvalidTimestamp,
                "timestamp is a time in RFC 3339 form",
            );
        };
        let age = now.duration_since(sent_at);
        if age > self.retention {
            return refuse(Reason::TooOld, "the event is older than events are kept");
        }
        if age < -MAX_AHEAD {
            return refuse(Reason::TooNew, "the event lies more than 24 hours ahead");
        }
        Ok(Some(sent_at))
    }
}

/// What is kept of a property whose value does not fit its type.
fn unfit(property: &PropertySpec, strips: &mut Vec<Strip>) -> Result<Option<Value>, Rejection> {
    if !property.required {
        strips.push(Strip::InvalidValue);
        return Ok(None);
    }
    let other = match property.kind {
        PropertyType::Enum { .. } => Some(Value::Name(super::OTHER.into())),
        PropertyType::Token { .. } => Some(Value::Text(super::OTHER.into())),
        _ => None,
    };
    if other.is_some() {
        strips.push(Strip::Other);
        return Ok(other);
    }
    let kind = property.kind.signature();
    let detail = format!(
        "the required property {} is not of type {kind}",
        property.name
    );
    refuse(Reason::InvalidRequired, detail)
}

fn spec_of<'c>(raw: &RawEvent<'_>, catalog: &'c Catalog) -> Result<&'c EventSpec, Rejection> {
    let Some(RawValue::Text(name)) = &raw.name else {
        return refuse(Reason::Malformed, "an event has a name, which is a string");
    };
    catalog.event(name).map_or_else(
        || {
            refuse(
                Reason::UnknownEvent,
                "the catalog has no event of this name",
            )
        },
        Ok,
    )
}

fn source_of(
    context: &[(Cow<'_, str>, RawValue<'_>)],
    catalog: &Catalog,
    spec: &EventSpec,
) -> Result<Arc<str>, Rejection> {
    let Some(RawValue::Text(source)) = member(context, "source") else {
        return refuse(
            Reason::MissingSource,
            "context.source names the sending program",
        );
    };
    let Some(source) = catalog.source(source) else {
        return refuse(
            Reason::UnknownSource,
            "the catalog has no source of this name",
        );
    };
    if !spec.allows(source) {
        return refuse(
            Reason::SourceMismatch,
            "this source may not send this event",
        );
    }
    Ok(Arc::clone(source))
}

fn refuse<T>(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Result<T, Rejection> {
    Err(Rejection {
        reason,
        detail: detail.into(),
    })
}

/// What was last sent of each of an event's properties, in their order; what it does not have, or not from this source, is noted.
fn sent<'m, 'a>(
    raw: &'m [(Cow<'a, str>, RawValue<'a>)],
    spec: &EventSpec,
    source: &str,
    strips: &mut Vec<Strip>,
) -> Vec<Option<&'m RawValue<'a>>> {
    let mut sent = vec![None; spec.properties.len()];
    let mut next = 0;
    for (name, value) in raw {
        // Most clients send properties in the catalog's order: the next one is looked at first.
        let properties = spec.properties.iter().enumerate();
        let mut properties = properties.clone().skip(next).chain(properties.take(next));
        let Some((at, property)) = properties.find(|(_, property)| *property.name == **name) else {
            strips.push(Strip::UnknownProperty);
            continue;
        };
        if !property.allows(source) && *value != RawValue::Null {
            strips.push(Strip::PropertySource);
        }
        if let Some(place) = sent.get_mut(at) {
            *place = Some(value);
        }
        next = at + 1;
    }
    sent
}

/// The members of an object; absent counts as empty.
fn map_of<'m, 'a>(
    value: Option<&'m RawValue<'a>>,
    detail: &'static str,
) -> Result<&'m [(Cow<'a, str>, RawValue<'a>)], Rejection> {
    match value {
        None => Ok(&[]),
        Some(RawValue::Map(map)) => Ok(map),
        Some(_) => refuse(Reason::Malformed, detail),
    }
}

/// Whether an event's content is public: every indicator that it declares or that its context gives is present and says so, and
/// there is at least one.
fn is_public(spec: &EventSpec, context: &Context, kept: &[(Arc<str>, Value)]) -> bool {
    const INDICATORS: [&str; 3] = ["visibility", "registrySource", "contentSource"];
    let mut said = INDICATORS
        .iter()
        .filter(|name| spec.property(name).is_some())
        .map(|name| {
            let value = kept
                .iter()
                .find(|(key, _)| &**key == *name)
                .map(|(_, value)| value);
            matches!(value.and_then(Value::as_str), Some("public" | "official"))
        })
        .chain(
            context
                .registry_source
                .map(|source| source == RegistrySource::Official),
        )
        .peekable();
    said.peek().is_some() && said.all(|public| public)
}
