//! A recorder that is bound to a user and a session: everything recorded through it carries them.

use std::fmt::Display;
use std::time::Duration;

use super::scope::Scope;
use super::service::Who;
use super::{Recorded, Recorder};
use crate::model::event::{RawMap, RawValue};

/// Records for a user in a session. Cheap: make one for each request.
///
/// Ids that leave are opaque. One of the form `user_ID` or `sess_ID` (letters, digits and `-`) is taken as opaque and sent as it is; any
/// other, a number or an e-mail address, is hashed with `TELEMETRY_HASH_SALT` before it is put anywhere, and left out where there is no
/// salt. A user counts only with an ingest key; without one the id does not leave either.
///
/// On a tool's recorder it adds nothing: who a person is, is not for a program to say.
#[derive(Debug, Clone)]
pub struct Tracker<'r> {
    recorder: &'r Recorder,
    who: Who,
}

impl<'r> Tracker<'r> {
    pub(super) fn new(recorder: &'r Recorder) -> Self {
        Self {
            recorder,
            who: Who::default(),
        }
    }

    /// Binds it to a user.
    #[must_use]
    pub fn user(mut self, id: impl Display) -> Self {
        self.who.user = self.recorder.id("user", &id.to_string());
        self
    }

    /// Binds it to a session.
    #[must_use]
    pub fn session(mut self, id: impl Display) -> Self {
        self.who.session = self.recorder.id("sess", &id.to_string());
        self
    }

    /// As [`Recorder::record`].
    pub fn record<'a>(
        &'a self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        self.put(
            name,
            properties.into_iter().map(|(k, v)| (k.into(), v)).collect(),
        )
    }

    /// As [`Recorder::record_timing`].
    pub fn record_timing<'a>(
        &'a self,
        name: &'a str,
        duration: Duration,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        self.put(name, self.recorder.timed(name, duration, properties))
    }

    /// As [`Recorder::scope`].
    pub fn scope(&self, name: &str) -> Scope<'r> {
        self.scope_with(name, [])
    }

    /// As [`Recorder::scope_with`].
    pub fn scope_with(
        &self,
        name: &str,
        properties: impl IntoIterator<Item = (&'static str, RawValue<'static>)>,
    ) -> Scope<'r> {
        Scope::begin(self.recorder, self.who.clone(), name, properties)
    }

    fn put<'a>(&'a self, name: &'a str, properties: RawMap<'a>) -> Recorded {
        let is_chosen = self.recorder.chooses();
        self.recorder
            .record_for(&self.who, name, properties, is_chosen)
    }
}
