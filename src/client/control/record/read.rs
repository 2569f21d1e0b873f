//! Reading what a script gives: `key=value` words by the catalog's types, or JSON.

use std::borrow::Cow;

use crate::model::catalog::{EventSpec, PropertyType, Reduce};
use crate::model::event::raw::member;
use crate::model::event::{RawMap, RawValue};

/// An event as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Given<'a> {
    name: Cow<'a, str>,
    properties: RawMap<'a>,
}

/// What was given is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAnEvent {
    /// Not JSON, or not of the documented shape.
    #[error(
        "the JSON is no event: {0}; an event is an object such as {{\"name\": \"…\", \"properties\": {{…}}}}"
    )]
    Json(String),
    /// A word that is not `key=value`.
    #[error("-p {word} is not of the form KEY=VALUE")]
    NoPair {
        /// The word.
        word: String,
    },
    /// The event has no property for a duration.
    #[error(
        "{event} has no property that is a duration in milliseconds, so --duration-ms cannot be recorded with it"
    )]
    NoDuration {
        /// The event.
        event: String,
    },
}

impl<'a> Given<'a> {
    /// An event without properties.
    pub fn new(name: &'a str) -> Self {
        Self {
            name: name.into(),
            properties: Vec::new(),
        }
    }

    /// The event's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its properties, in the order given.
    pub fn properties(&self) -> &RawMap<'a> {
        &self.properties
    }

    /// The event's name and properties, for who only looks.
    pub fn into_parts(self) -> (Cow<'a, str>, RawMap<'a>) {
        (self.name, self.properties)
    }

    /// Reads one event or an array of them; `name` is that of events that have none of their own.
    ///
    /// # Errors
    /// When it is not JSON, or not of that shape.
    pub fn from_json(json: &'a str, name: Option<&'a str>) -> Result<Vec<Self>, NotAnEvent> {
        let value: RawValue<'a> =
            serde_json::from_str(json).map_err(|error| NotAnEvent::Json(error.to_string()))?;
        match value {
            RawValue::List(events) => events
                .into_iter()
                .map(|event| Self::from_value(event, name))
                .collect(),
            event => Ok(vec![Self::from_value(event, name)?]),
        }
    }

    fn from_value(value: RawValue<'a>, name: Option<&'a str>) -> Result<Self, NotAnEvent> {
        let wrong = |what: &str| Err(NotAnEvent::Json(what.to_owned()));
        let RawValue::Map(members) = value else {
            return wrong("it is not an object");
        };
        if let Some((key, _)) = members
            .iter()
            .find(|(key, _)| key != "name" && key != "properties")
        {
            return wrong(&format!("it has a member {key}, which no event has here"));
        }
        let name = match (member(&members, "name"), name) {
            (Some(RawValue::Text(name)), _) => name.clone(),
            (None, Some(name)) => name.into(),
            (Some(_), _) => return wrong("its name is not a text"),
            (None, None) => return wrong("it has no name"),
        };
        let properties = match member(&members, "properties") {
            None => Vec::new(),
            Some(RawValue::Map(properties)) => properties.clone(),
            Some(_) => return wrong("its properties are not an object"),
        };
        Ok(Self { name, properties })
    }

    /// Adds `key=value` words, read by the types that `spec` gives them; a list is given element by element. What was given
    /// already stays. Without `spec` nobody knows the types, and every value is a text.
    ///
    /// # Errors
    /// When a word has no `=`.
    pub fn add_words(
        &mut self,
        words: &'a [String],
        spec: Option<&EventSpec>,
    ) -> Result<(), NotAnEvent> {
        let given = self.properties.len();
        for word in words {
            let Some((key, text)) = word.split_once('=') else {
                return Err(NotAnEvent::NoPair { word: word.clone() });
            };
            let property = spec.and_then(|spec| spec.property(key));
            let (known, added) = self.properties.split_at_mut(given);
            if known.iter().any(|(name, _)| name == key) {
                continue;
            }
            match property.map(|property| (&property.kind, &property.reduce)) {
                Some((PropertyType::List { of, .. }, _)) => {
                    let value = typed(text, of, None);
                    match added.iter_mut().find(|(name, _)| name == key) {
                        Some((_, RawValue::List(values))) => values.push(value),
                        _ => self.add(key, RawValue::List(vec![value])),
                    }
                }
                Some((kind, reduce)) => self.add(key, typed(text, kind, reduce.as_ref())),
                None => self.add(key, text.into()),
            }
        }
        Ok(())
    }

    /// Adds how long it took, unless that was given already.
    ///
    /// # Errors
    /// When the event has no property for it.
    pub fn add_duration(&mut self, ms: i64, spec: Option<&'a EventSpec>) -> Result<(), NotAnEvent> {
        // An event that nobody knows is refused for that.
        let Some(spec) = spec else { return Ok(()) };
        let property = spec.duration().ok_or_else(|| NotAnEvent::NoDuration {
            event: (*spec.name).to_owned(),
        })?;
        if !self
            .properties
            .iter()
            .any(|(name, _)| **name == *property.name)
        {
            self.add(&property.name, RawValue::Int(ms));
        }
        Ok(())
    }

    fn add(&mut self, key: &'a str, value: RawValue<'a>) {
        self.properties.push((key.into(), value));
    }
}

/// A word as a value of this type; one that is none stays a text, which the check refuses.
fn typed<'a>(text: &'a str, kind: &PropertyType, reduce: Option<&Reduce>) -> RawValue<'a> {
    let whole = || text.parse().ok().map(RawValue::Int);
    let real = || {
        text.parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .map(RawValue::Float)
    };
    let value = match (reduce, kind) {
        (Some(Reduce::NumberToTier { .. }), _)
        | (_, PropertyType::Int { .. } | PropertyType::Number { .. }) => whole().or_else(real),
        (_, PropertyType::Bool) => text.parse().ok().map(RawValue::Bool),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}
