//! The normalised event: what is left of a raw event once a catalog has had its say. Nothing else is stored or sent.

mod actor;
mod context;
mod contexts;
mod credential;
mod example;
mod identity;
pub mod raw;
mod read;
mod reduce;
mod validate;
mod value;

use std::sync::Arc;

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap as _, SerializeStruct as _, Serializer};
use uuid::Uuid;

pub use actor::{Actor, Alias, Directory, Owner, Resolution, Sender, Standing, resolve};
pub use context::{CONTEXT_FIELDS, Context, Environment, RegistrySource};
pub use contexts::Contexts;
pub use example::{Filling, example_properties};
pub use identity::time_ordered_id;
pub use raw::{RawContext, RawEvent, RawMap, RawValue, member};
pub use read::opaque_id;
pub use reduce::{HASHED_BY_SENDER, reduce};
pub use validate::{Admission, Normalised, Rejection, Validator};
pub use value::{Fitted, OTHER, Value, fit, is_domain, is_token};

use crate::model::outcome::Outcome;

/// An event that its catalog allows, holding only values that its types can express.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Unique within its catalog.
    pub id: Uuid,
    /// The catalog's name.
    pub catalog: Arc<str>,
    /// The event's name, one of the catalog's.
    pub name: Arc<str>,
    /// Who and where.
    pub context: Arc<Context>,
    /// What, in the order in which the catalog declares it.
    pub properties: Vec<(Arc<str>, Value)>,
    /// When.
    pub timestamp: Timestamp,
}

impl Event {
    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties
            .iter()
            .find(|(key, _)| &**key == name)
            .map(|(_, value)| value)
    }

    /// Whether it reports that something went wrong: `success` or `valid` is false, or `status` is `error`, `timeout` or
    /// `denied`.
    ///
    /// `status: error` counts only where the event does not say `success` itself: a health report whose finding is an error
    /// has succeeded.
    pub fn is_failure(&self) -> bool {
        let said = ["success", "valid"]
            .iter()
            .find_map(|name| match self.property(name) {
                Some(Value::Bool(value)) => Some(*value),
                _ => None,
            });
        said.map_or_else(
            || {
                let status = self.property("status").and_then(Value::as_str);
                matches!(status, Some("error" | "timeout" | "denied"))
            },
            |good| !good,
        )
    }

    /// The properties as one compact JSON object.
    pub fn properties_json(&self) -> String {
        serde_json::to_string(&Properties(&self.properties)).unwrap_or_else(|_| "{}".to_owned())
    }
}

struct Properties<'a>(&'a [(Arc<str>, Value)]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(&**key, value)?;
        }
        map.end()
    }
}

/// The wire form: `{id, name, context, properties, timestamp}`.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut event = serializer.serialize_struct("Event", 5)?;
        event.serialize_field("id", &self.id)?;
        event.serialize_field("name", &self.name)?;
        event.serialize_field("context", &self.context)?;
        event.serialize_field("properties", &Properties(&self.properties))?;
        event.serialize_field("timestamp", &self.timestamp)?;
        event.end()
    }
}

/// Where a recorder puts events: a spool on a person's machine, a queue in a service.
pub trait Sink: Send + Sync {
    /// Takes one event without blocking on a network; tells what became of it.
    fn put(&self, event: &Event) -> Outcome;
}
