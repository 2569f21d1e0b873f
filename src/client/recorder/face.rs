//! What programs of both kinds, a person's tool and a service, do with a recorder beside recording a single event.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use super::errors::{ErrorClass, ErrorMap};
use super::scope::Scope;
use super::service::{Books, Who};
use super::tracker::Tracker;
use super::{Kind, Recorded, Recorder};
use crate::base::ids::OpaqueId;
use crate::model::catalog::{Catalog, EventSpec, PropertyType};
use crate::model::event::{RawMap, RawValue};

impl Recorder {
    /// Records one event now that took `duration`, which its property for that says, if the catalog has one ([`EventSpec::duration`]).
    pub fn record_timing<'a>(
        &self,
        name: &'a str,
        duration: Duration,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        let properties = self.timed(name, duration, properties);
        self.record_for(&Who::default(), name, properties, self.chooses())
    }

    /// Begins a use of the feature `name`: records `NAME.invoke` now and `NAME.success` or `NAME.failure` when it ends, with how long
    /// it took, how it ended and what class of error it was, each as far as the catalog has it. See [`Scope`].
    pub fn scope(&self, name: &str) -> Scope<'_> {
        self.scope_with(name, [])
    }

    /// As [`Recorder::scope`], with properties of both events, for example whom it was for.
    pub fn scope_with(
        &self,
        name: &str,
        properties: impl IntoIterator<Item = (&'static str, RawValue<'static>)>,
    ) -> Scope<'_> {
        Scope::begin(self, Who::default(), name, properties)
    }

    /// A recorder that is bound to a user and a session.
    pub fn tracker(&self) -> Tracker<'_> {
        Tracker::new(self)
    }

    /// The same service's recorder, which tells errors apart by these rules. A tool's keeps those that everybody has.
    #[must_use]
    pub fn with_errors(mut self, errors: ErrorMap) -> Self {
        if let Kind::Service(service) = &mut self.kind {
            service.errors = errors;
        }
        self
    }

    /// Sends what was recorded so far, and waits for it at most `timeout`. Tells whether the server has settled all of it; it answers
    /// at once, with false, where the server cannot be reached, and with true where nothing waits or telemetry is off.
    ///
    /// It blocks the thread. In an async program it belongs into `spawn_blocking`.
    pub fn flush(&self, timeout: Duration) -> bool {
        match &self.kind {
            Kind::Off => true,
            Kind::Tool(tool) => tool.flush(timeout),
            Kind::Service(service) => service.flush(timeout),
        }
    }

    /// What became of a service's events so far. A tool's books are its ledger.
    pub fn books(&self) -> Books {
        match &self.kind {
            Kind::Service(service) => service.books(),
            _ => Books::default(),
        }
    }

    pub(super) fn class_of(&self, error: &(dyn Error + 'static)) -> ErrorClass {
        match &self.kind {
            Kind::Service(service) => service.errors.class_of(error),
            _ => ErrorMap::default().class_of(error),
        }
    }

    pub(super) fn chooses(&self) -> bool {
        match &self.kind {
            Kind::Service(service) => service.chooses(),
            _ => true,
        }
    }

    pub(super) fn id(&self, prefix: &str, text: &str) -> Option<OpaqueId> {
        match &self.kind {
            Kind::Service(service) => service.id(prefix, text),
            _ => None,
        }
    }

    pub(super) fn spec(&self, name: &str) -> Option<&EventSpec> {
        let catalog: &Catalog = match &self.kind {
            Kind::Off => return None,
            Kind::Tool(tool) => tool.catalog()?,
            Kind::Service(service) => service.catalog(),
        };
        catalog.event(name)
    }

    pub(super) fn record_for(
        &self,
        who: &Who,
        name: &str,
        properties: RawMap<'_>,
        is_chosen: bool,
    ) -> Recorded {
        if let Kind::Service(service) = &self.kind {
            return service.record_for(who, name, properties, is_chosen);
        }
        let properties: Vec<_> = properties.iter().map(|(k, v)| (&**k, v.clone())).collect();
        self.record(name, properties)
    }

    /// The properties, and how long it took, if the event has a place for that.
    pub(super) fn timed<'a>(
        &self,
        name: &str,
        duration: Duration,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> RawMap<'a> {
        let took = self.spec(name).and_then(|spec| timing(spec, duration));
        let took = took.map(|(key, value)| (Cow::Owned(key.into_owned()), value));
        let properties = properties.into_iter().map(|(k, v)| (k.into(), v));
        took.into_iter().chain(properties).collect()
    }
}

/// What `spec` calls a duration, and the duration in it; the longest that it can express where it is longer.
pub(super) fn timing(
    spec: &EventSpec,
    duration: Duration,
) -> Option<(Cow<'_, str>, RawValue<'static>)> {
    let property = spec.duration()?;
    let PropertyType::Int { min, max, .. } = property.kind else {
        return None;
    };
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Some((
        (&*property.name).into(),
        RawValue::Int(millis.min(max).max(min)),
    ))
}
