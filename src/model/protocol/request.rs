//! Request bodies as a server reads them: the batch form has `events`, the single form `event`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Losses, MAX_BATCH_EVENTS};
use crate::model::event::RawEvent;

/// What a request says beside its events.
#[derive(Debug, Default)]
pub struct RawRequest<'a> {
    /// The catalog's schema version.
    pub schema_version: Option<String>,
    /// The catalog's name; absent means the route's own.
    pub catalog: Option<String>,
    /// The client's name for this batch.
    pub batch_id: Option<Uuid>,
    /// How many events the batch has.
    pub events: Option<usize>,
    /// The event of the single form.
    pub event: Option<&'a RawValue>,
    /// What the sender itself had to drop before this batch.
    pub losses: Option<Losses>,
}

/// How the events of a batch are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Each by itself, so that one that cannot be read harms no other: it says nothing.
    Careful,
    /// All in one go, which is less work: one that cannot be read is an error.
    Quick,
}

impl<'a> RawRequest<'a> {
    /// Reads a request; `take` gets the first [`MAX_BATCH_EVENTS`] events of a batch, one after the other.
    ///
    /// # Errors
    /// When it is no JSON object of the documented shape. What `take` got means nothing then.
    pub fn read(
        json: &'a str,
        reading: Reading,
        take: &mut dyn FnMut(RawEvent<'a>),
    ) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let request = deserializer.deserialize_map(Members { reading, take })?;
        deserializer.end()?;
        Ok(request)
    }
}

/// Sorts the members of a request into their places.
struct Members<'t, 'a> {
    reading: Reading,
    take: &'t mut dyn FnMut(RawEvent<'a>),
}

impl<'a> Visitor<'a> for Members<'_, 'a> {
    type Value = RawRequest<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut request = RawRequest::default();
        let mut had = HashSet::new();
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match &*name {
                "schemaVersion" => request.schema_version = map.next_value()?,
                "catalog" => request.catalog = map.next_value()?,
                "batchId" => request.batch_id = map.next_value()?,
                "events" => request.events = map.next_value_seed(&mut self)?,
                "event" => request.event = map.next_value()?,
                "losses" => request.losses = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            if !had.insert(name) {
                return Err(A::Error::custom("a member appears twice"));
            }
        }
        Ok(request)
    }
}

/// The events; how many there are.
impl<'a> DeserializeSeed<'a> for &mut Members<'_, 'a> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'a> Visitor<'a> for &mut Members<'_, 'a> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut count = 0;
        while count < MAX_BATCH_EVENTS {
            let event = match self.reading {
                Reading::Quick => seq.next_element()?,
                Reading::Careful => {
                    let written: Option<&RawValue> = seq.next_element()?;
                    written.map(|event| RawEvent::parse(event.get()))
                }
            };
            let Some(event) = event else {
                return Ok(Some(count));
            };
            (self.take)(event);
            count += 1;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok(Some(count))
    }
}

/// The events of a batch. Only the first `MOST` are kept, so that a body of nothing but commas stays small in memory.
#[derive(Debug, Default)]
pub struct RawEvents<'a, const MOST: usize = MAX_BATCH_EVENTS> {
    /// The first ones.
    pub kept: Vec<&'a RawValue>,
    /// How many more there were.
    pub beyond: usize,
}

impl<'de: 'a, 'a, const MOST: usize> Deserialize<'de> for RawEvents<'a, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EventsVisitor<const MOST: usize>;
        impl<'de, const MOST: usize> Visitor<'de> for EventsVisitor<MOST> {
            type Value = RawEvents<'de, MOST>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of events")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut events = RawEvents::default();
                while events.kept.len() < MOST {
                    match seq.next_element()? {
                        Some(event) => events.kept.push(event),
                        None => return Ok(events),
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    events.beyond += 1;
                }
                Ok(events)
            }
        }
        deserializer.deserialize_seq(EventsVisitor::<MOST>)
    }
}
