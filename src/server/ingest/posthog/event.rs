//! One event of PostHog's as one of a catalog: its properties are the catalog's, and what it says about who and where becomes its
//! context. Properties that nobody knows stay where they are, for the validator to take out and count.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::value::RawValue as Json;
use uuid::Uuid;

use super::Ingest;
use super::sender;
use super::time::{self, Clocks, Said};
use crate::model::event::{RawEvent, RawMap, RawValue, member, time_ordered_id};

/// The properties that are context here: those that our own forwarder and the sink of `@decantr/telemetry` add.
const CONTEXT: [(&str, &str); 12] = [
    ("decantr_source", "source"),
    ("decantr_actor_type", "actorType"),
    ("decantr_environment", "environment"),
    ("decantr_install_id", "installId"),
    ("decantr_project_id", "projectId"),
    ("decantr_org_id", "orgId"),
    ("decantr_anonymous_id", "anonymousId"),
    ("decantr_session_id", "sessionId"),
    ("decantr_version", "decantrVersion"),
    ("registry_source", "registrySource"),
    ("service_name", "serviceName"),
    ("service_version", "serviceVersion"),
];

/// The members by which an event, or its properties, name a project.
pub(super) const TOKENS: [&str; 3] = ["api_key", "token", "$token"];

/// An event as it was sent.
#[derive(Debug, Default)]
pub(super) struct Event<'a>(RawMap<'a>);

/// An event for the validator.
#[derive(Debug, Default)]
pub(super) struct Mapped<'a> {
    /// The event.
    pub(super) event: RawEvent<'a>,
    /// When it happened by its sender's clock, if it says so.
    pub(super) said: Option<Timestamp>,
    /// The version of the catalog that it says it is of.
    pub(super) version: Option<RawValue<'a>>,
}

/// What all events of a request have in common.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// Where they arrive.
    pub(super) ingest: &'a Ingest,
    /// Whether they come with a key.
    pub(super) has_key: bool,
    /// When they came, and were sent.
    pub(super) clocks: Clocks,
}

impl<'a> Event<'a> {
    /// Reads an event; `None` when it cannot be read (too deep, too many values, a text that is none). That is for the validator
    /// to drop: what it says cannot be known.
    ///
    /// # Errors
    /// What it is when it is no object.
    pub(super) fn read(json: &'a Json) -> Result<Option<Self>, NoObject> {
        match serde_json::from_str(json.get()) {
            Ok(RawValue::Map(members)) => Ok(Some(Self(members))),
            Err(_) if json.get().trim_start().starts_with('{') => Ok(None),
            _ => Err(NoObject),
        }
    }

    /// A member.
    pub(super) fn get(&self, name: &str) -> Option<&RawValue<'a>> {
        member(&self.0, name)
    }

    /// Names an event that has no name.
    pub(super) fn name(&mut self, name: &'static str) {
        if self.get("event").is_none() {
            self.0.push(("event".into(), name.into()));
        }
    }

    /// Gives an event without an id one that is always the same.
    pub(super) fn identify(&mut self, id: Uuid) {
        if self.uuid().is_none() && self.get("timestamp").and_then(time::read).is_none() {
            self.0.push(("uuid".into(), id.to_string().into()));
        }
    }

    /// Its id; an empty text is none.
    pub(super) fn uuid(&self) -> Option<&RawValue<'a>> {
        self.get("uuid").filter(|id| **id != RawValue::from(""))
    }

    fn property(&self, name: &str) -> Option<&RawValue<'a>> {
        match self.get("properties") {
            Some(RawValue::Map(properties)) => member(properties, name),
            _ => None,
        }
    }

    /// The tokens it names: its own, else those of its properties.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &RawValue<'a>> {
        let has_own = TOKENS.iter().any(|name| self.get(name).is_some());
        TOKENS.iter().filter_map(move |name| {
            if has_own {
                self.get(name)
            } else {
                self.property(name)
            }
        })
    }

    /// Whose event it is.
    pub(super) fn distinct_id(&self) -> Option<String> {
        let said = self.get("distinct_id").or_else(|| self.get("$distinct_id"));
        let said = said.or_else(|| self.property("distinct_id"));
        said.and_then(sender::distinct_id)
    }

    /// The event as the validator reads it. What it says may be of any type.
    pub(super) fn into_raw(mut self, setting: &Setting<'a>) -> Mapped<'a> {
        let distinct_id = self.distinct_id();
        let mut said = Said {
            timestamp: self.get("timestamp").and_then(time::read),
            offset: self.get("offset").and_then(time::whole),
            is_exact: is_true(self.property("$ignore_sent_at")),
        };
        let options = self.get("options");
        if let Some(RawValue::Map(options)) = options {
            // Two versions of PostHog's server, two names.
            let names = ["disable_skew_adjustment", "disable_skew_correction"];
            said.is_exact |= names.iter().any(|name| is_true(member(options, name)));
        }
        let mut mapped = Mapped::default();
        mapped.event.is_object = true;
        mapped.event.name = self.take("event");
        mapped.event.id = self.take("uuid").filter(|id| *id != RawValue::from(""));
        let session = self.take("session_id");
        let properties = self.take("properties");
        mapped.event.unknown_members = self.unknown();
        let mut context = RawMap::new();
        mapped.event.properties = properties.map(|properties| match properties {
            RawValue::Map(all) => {
                let own = sort(
                    all,
                    &mut context,
                    &mut mapped.version,
                    setting,
                    mapped.event.name.as_ref(),
                );
                RawValue::Map(own)
            }
            other => other,
        });
        if let Some(session) = session {
            add(&mut context, "sessionId", session);
        }
        if let Some(distinct_id) = distinct_id {
            sender::put(&distinct_id, setting.has_key, &mut context);
        }
        let ingest = setting.ingest;
        if let Some(source) = ingest.first_source(mapped.event.name.as_ref()) {
            add(&mut context, "source", source.into());
        }
        add(
            &mut context,
            "environment",
            ingest.environment.as_str().into(),
        );
        mapped.event.context = Some(context.into());
        let happened = setting.clocks.happened(&said);
        mapped.event.timestamp = happened.map(|happened| happened.to_string().into());
        mapped.said = said.timestamp;
        if said.timestamp.is_none() && mapped.event.id.is_none() {
            // How long it waited is another number each time it is sent.
            let id = time_ordered_id(setting.clocks.now);
            mapped.event.id = Some(id.to_string().into());
        }
        mapped
    }

    /// Takes a member out, all of that name.
    fn take(&mut self, name: &str) -> Option<RawValue<'a>> {
        let mut taken = None;
        self.0.retain_mut(|(key, value)| {
            let is_it = key == name;
            if is_it {
                taken = Some(std::mem::replace(value, RawValue::Null));
            }
            !is_it
        });
        taken.filter(|value| *value != RawValue::Null)
    }

    /// How many members say nothing that is read here.
    fn unknown(&self) -> usize {
        const READ: [&str; 5] = [
            "distinct_id",
            "$distinct_id",
            "timestamp",
            "offset",
            "options",
        ];
        let is_read = |name: &str| READ.contains(&name) || TOKENS.contains(&name);
        self.0.iter().filter(|(name, _)| !is_read(name)).count()
    }
}

/// Something in the place of an event that is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoObject;

/// Sorts properties: what says who and where goes into the context, what belongs to the protocol goes, the rest stays. What the
/// event's catalog has under the same name is a property.
fn sort<'a>(
    all: RawMap<'a>,
    context: &mut RawMap<'a>,
    version: &mut Option<RawValue<'a>>,
    setting: &Setting<'_>,
    name: Option<&RawValue<'_>>,
) -> RawMap<'a> {
    let spec = match name {
        Some(RawValue::Text(name)) => setting.ingest.validator.catalog().event(name),
        _ => None,
    };
    let mut own = RawMap::new();
    let mut further = RawMap::new();
    for (name, value) in all {
        if spec.is_some_and(|spec| spec.property(&name).is_some()) {
            own.push((name, value));
            continue;
        }
        let field = CONTEXT.iter().find(|(property, _)| *property == name);
        match (&*name, value) {
            (_, value) if field.is_some() => {
                if let Some((_, field)) = field.filter(|_| value != RawValue::Null) {
                    say(context, field, value);
                }
            }
            ("decantr_schema_version", value) => {
                *version = Some(value).filter(|v| *v != RawValue::Null);
            }
            ("$session_id", value) => further.push(("sessionId".into(), value)),
            ("$groups", RawValue::Map(groups)) => {
                let unknown = groups.len();
                let known = groups.into_iter().filter_map(|(group, key)| match &*group {
                    "project" => Some(("projectId".into(), key)),
                    "organization" => Some(("orgId".into(), key)),
                    _ => None,
                });
                let before = further.len();
                further.extend(known);
                if further.len() - before < unknown {
                    own.push((name, RawValue::Null));
                }
            }
            ("distinct_id" | "$ignore_sent_at" | "token" | "api_key" | "$token", _) => {}
            (_, value) => own.push((name, value)),
        }
    }
    for (field, value) in further {
        add(context, &field, value);
    }
    own
}

/// Says something about who and where; the last word counts. So a context has each field once, and is looked through in no time.
fn say<'a>(context: &mut RawMap<'a>, field: &'static str, value: RawValue<'a>) {
    match context.iter_mut().find(|(said, _)| said == field) {
        Some((_, said)) => *said = value,
        None => context.push((Cow::Borrowed(field), value)),
    }
}

/// Says something about who and where that is not said yet.
fn add<'a>(context: &mut RawMap<'a>, field: &str, value: RawValue<'a>) {
    // Null first: it is never said, and would be looked for in all of the context each time that it is sent.
    if value != RawValue::Null && member(context, field).is_none() {
        context.push((field.to_owned().into(), value));
    }
}

/// Whether a switch is on, in the ways in which SDKs write that.
fn is_true(value: Option<&RawValue<'_>>) -> bool {
    match value {
        Some(RawValue::Bool(is_on)) => *is_on,
        Some(RawValue::Text(text)) => text.trim().eq_ignore_ascii_case("true"),
        Some(RawValue::Int(number)) => *number != 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_that_is_said_again_and_again_stays_short() {
        let mut context = RawMap::new();
        for number in 0..100 {
            say(&mut context, "source", RawValue::Int(number));
            add(&mut context, "sessionId", RawValue::Null);
        }
        assert_eq!(context, [("source".into(), RawValue::Int(99))]);
    }
}
