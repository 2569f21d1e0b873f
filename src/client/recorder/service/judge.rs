//! From what a service says to an event that may leave: hashed, judged by the catalog, and with its place and its rate.

use super::hash::Salt;
use super::{Service, Who};
use crate::base::ids::OpaqueId;
use crate::model::catalog::EventSpec;
use crate::model::event::{Admission, Event, RawEvent, RawMap, RawValue};
use crate::model::outcome::Reason;

impl Service {
    /// The event, if the catalog allows it: with its context, its identifiers hashed, and nothing that the catalog does not have.
    pub(super) fn event<'a>(
        &'a self,
        who: &'a Who,
        name: &'a str,
        properties: RawMap<'a>,
    ) -> Result<Event, Reason> {
        let spec = self.config.catalog.event(name);
        let spec = spec.ok_or(Reason::UnknownEvent)?;
        let properties = properties
            .into_iter()
            .filter_map(|(key, value)| match spec.property(&key) {
                Some(property) => Some((key, self.salt.value(property, value)?)),
                None => Some((key, value)),
            })
            .collect();
        let raw = RawEvent {
            name: Some(name.into()),
            context: Some(self.context(spec, who)?.into()),
            properties: Some(RawValue::Map(properties)),
            is_object: true,
            ..RawEvent::default()
        };
        let now = self.config.clock.now();
        let admission = Admission {
            // Finer than a millisecond tells nobody anything about usage.
            now: now.round(jiff::Unit::Millisecond).unwrap_or(now),
            has_key: self.config.ingest_key.is_some(),
        };
        let normalised = self.validator.normalise(&raw, admission);
        let normalised = normalised.map_err(|rejection| rejection.reason)?;
        for strip in normalised.strips {
            self.counts.strip(strip);
        }
        let mut event = normalised.event;
        for (key, value) in &mut event.properties {
            if let Some(property) = spec.property(key) {
                Salt::outgoing(property, value);
            }
        }
        Ok(event)
    }

    fn context<'a>(&'a self, spec: &'a EventSpec, who: &'a Who) -> Result<RawMap<'a>, Reason> {
        let source: &str = match (&self.config.source, &*spec.sources) {
            (Some(source), _) => source,
            (None, [only]) => only,
            _ => return Err(Reason::MissingSource),
        };
        let mut context: RawMap<'a> = Vec::with_capacity(8);
        let mut say = |key: &'static str, text: Option<&'a str>| {
            context.extend(text.map(|text| (key.into(), RawValue::from(text))));
        };
        say("source", Some(source));
        say("environment", Some(self.config.environment.as_str()));
        let service = self.config.service.as_ref();
        say("serviceName", service.map(|(name, _)| &**name));
        say("serviceVersion", service.map(|(_, version)| &**version));
        say("userId", who.user.as_ref().map(OpaqueId::as_str));
        say("sessionId", who.session.as_ref().map(OpaqueId::as_str));
        let rate = self.config.sample_rate;
        if rate < 1.0 && self.config.ingest_key.is_some() {
            context.push(("sampleRate".into(), RawValue::Float(rate)));
        }
        Ok(context)
    }
}
