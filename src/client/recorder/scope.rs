//! One use of a feature, from its beginning to how it ended, whatever way the program takes out of it.

use std::borrow::Cow;
use std::error::Error;
use std::time::Instant;

use super::Recorder;
use super::errors::{self, ErrorClass};
use super::service::Who;
use crate::model::catalog::EventSpec;
use crate::model::event::{RawMap, RawValue};

/// How the name of a beginning ends.
const INVOKE: &str = "invoke";

/// How the name of a good ending ends.
const SUCCESS: &str = "success";

/// How the name of a bad ending ends.
const FAILURE: &str = "failure";

/// A use of a feature that has begun. It ends by [`success`](Self::success), [`failure`](Self::failure), [`failed`](Self::failed),
/// [`finish`](Self::finish) or [`cancel`](Self::cancel). One that is dropped before (by `?`, by a panic, by a task that is cancelled)
/// ends as an unexpected failure: what was begun and did not come to its end has failed for whoever waited.
///
/// Events that the catalog does not have are left out; a catalog may have only the endings.
#[derive(Debug)]
#[must_use = "a scope that is dropped at once is a failure"]
pub struct Scope<'r> {
    recorder: &'r Recorder,
    who: Who,
    name: String,
    properties: RawMap<'static>,
    began: Instant,
    /// Whether its events are kept: sampling chooses them together.
    is_chosen: bool,
    is_open: bool,
}

impl<'r> Scope<'r> {
    pub(super) fn begin(
        recorder: &'r Recorder,
        who: Who,
        name: &str,
        properties: impl IntoIterator<Item = (&'static str, RawValue<'static>)>,
    ) -> Self {
        let properties = properties
            .into_iter()
            .map(|(key, value)| (key.into(), value));
        let scope = Self {
            recorder,
            who,
            name: name.to_owned(),
            properties: properties.collect(),
            began: Instant::now(),
            is_chosen: recorder.chooses(),
            is_open: true,
        };
        scope.invoke();
        scope
    }

    /// Adds a property of the ending, for example what was found out meanwhile. The last of two of the same name counts.
    pub fn set(&mut self, key: &'static str, value: impl Into<RawValue<'static>>) {
        self.properties.push((Cow::Borrowed(key), value.into()));
    }

    /// It has worked.
    pub fn success(mut self) {
        self.end(None);
    }

    /// It has failed with this error, whose class is told by the recorder's [`ErrorMap`](super::ErrorMap); its text goes nowhere.
    pub fn failure(mut self, error: &(dyn Error + 'static)) {
        let class = self.recorder.class_of(error);
        self.end(Some(class));
    }

    /// It has failed, and the program knows what class of error it was.
    pub fn failed(mut self, class: ErrorClass) {
        self.end(Some(class));
    }

    /// It has ended as `result` says, which is given back.
    pub fn finish<T, E: Error + 'static>(self, result: Result<T, E>) -> Result<T, E> {
        match &result {
            Ok(_) => self.success(),
            Err(error) => self.failure(error),
        }
        result
    }

    /// It was called off, which is neither good nor bad: no ending is recorded.
    pub fn cancel(mut self) {
        self.is_open = false;
    }

    fn invoke(&self) {
        let names = [INVOKE, SUCCESS, FAILURE].map(|action| self.event(action));
        let known: Vec<&EventSpec> = names.iter().filter_map(|n| self.recorder.spec(n)).collect();
        let [invoke, ..] = &names;
        let Some(spec) = self.recorder.spec(invoke) else {
            // A name that nothing is known of is dropped and counted once, so that somebody notices.
            if known.is_empty() {
                self.record(invoke, Vec::new());
            }
            return;
        };
        let is_of_an_ending = |key: &str| {
            spec.property(key).is_none() && known.iter().any(|s| s.property(key).is_some())
        };
        let mut properties = self.properties.clone();
        properties.retain(|(key, _)| !is_of_an_ending(key));
        let needs_status = spec
            .property("status")
            .is_some_and(|status| status.required);
        if needs_status {
            properties.push(("status".into(), "ok".into()));
        }
        self.record(invoke, properties);
    }

    fn end(&mut self, class: Option<ErrorClass>) {
        self.is_open = false;
        let name = self.event(if class.is_none() { SUCCESS } else { FAILURE });
        let Some(spec) = self.recorder.spec(&name) else {
            return;
        };
        let mut properties: RawMap<'_> = Vec::new();
        let said = errors::said_of(spec, class);
        properties.extend(said.map(|(key, word)| (Cow::Borrowed(key), word)));
        properties.extend(super::face::timing(spec, self.began.elapsed()));
        properties.extend(std::mem::take(&mut self.properties));
        self.record(&name, properties);
    }

    fn event(&self, action: &str) -> String {
        format!("{}.{action}", self.name)
    }

    fn record(&self, name: &str, properties: RawMap<'_>) {
        let recorder = self.recorder;
        recorder.record_for(&self.who, name, properties, self.is_chosen);
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        if self.is_open {
            self.end(Some(ErrorClass::Unexpected));
        }
    }
}
