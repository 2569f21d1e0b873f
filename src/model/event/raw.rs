//! An event as it arrives: borrowed from the request's bytes, of any shape, not yet trusted.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};

/// Any JSON value, with its texts borrowed where they have no escapes.
#[derive(Debug, Clone, PartialEq)]
pub enum RawValue<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 signed bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Self>),
    /// An object; a repeated key appears as often as it was sent.
    Map(RawMap<'a>),
}

/// The members of an object, in the order sent.
pub type RawMap<'a> = Vec<(Cow<'a, str>, RawValue<'a>)>;

/// An event of the decantr protocol before validation. Absent members are `None`; unknown members are counted, not kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RawEvent<'a> {
    /// The client's id, if it sent one.
    pub id: Option<RawValue<'a>>,
    /// The event's name.
    pub name: Option<RawValue<'a>>,
    /// Who and where: source, versions, opaque ids.
    pub context: Option<RawContext<'a>>,
    /// What: the event's own properties.
    pub properties: Option<RawValue<'a>>,
    /// When, as RFC 3339.
    pub timestamp: Option<RawValue<'a>>,
    /// How many other members there were.
    pub unknown_members: usize,
    /// Whether the value was an object at all.
    pub is_object: bool,
}

/// Who and where, before it is looked into.
#[derive(Debug, Clone, PartialEq)]
pub enum RawContext<'a> {
    /// A value, mostly an object.
    Value(RawValue<'a>),
    /// JSON as it was written. Events of one request mostly have the same, which then needs to be read once.
    Written(&'a str),
}

impl<'a> RawContext<'a> {
    /// The value; none when what was written cannot be read: nested too deeply, too many values, a number or a text that is none.
    pub(super) fn read(&self) -> Option<Cow<'_, RawValue<'a>>> {
        match self {
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Written(json) => serde_json::from_str(json).ok().map(Cow::Owned),
        }
    }
}

impl<'a> From<RawMap<'a>> for RawContext<'a> {
    fn from(map: RawMap<'a>) -> Self {
        Self::Value(RawValue::Map(map))
    }
}

/// The value of the last member called `name`; `null` counts as absent.
pub fn member<'m, 'a>(
    map: &'m [(Cow<'a, str>, RawValue<'a>)],
    name: &str,
) -> Option<&'m RawValue<'a>> {
    map.iter()
        .rev()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
        .filter(|value| **value != RawValue::Null)
}

/// The most values in one event beside its context, and in that, counted at every depth; an event that holds more is not read. The
/// largest event of a catalog has a few dozen.
pub const MAX_NODES: usize = 4_096;

impl<'a> RawEvent<'a> {
    /// Reads one event. What cannot be read (nested too deeply, too many values, a number or a text that is none) is an event
    /// that says nothing, just as any value that is no object.
    pub fn parse(json: &'a str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}

/// Out of JSON only: the context is kept as it is written.
impl<'de: 'a, 'a> Deserialize<'de> for RawEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut left = MAX_NODES;
        deserializer.deserialize_any(EventVisitor(&mut left))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut left = MAX_NODES;
        Node::inner(&mut left).deserialize(deserializer)
    }
}

/// Sorts the members of an object into their places; holds how many more values there may be.
struct EventVisitor<'n>(&'n mut usize);

impl<'de> Visitor<'de> for EventVisitor<'_> {
    type Value = RawEvent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut event = RawEvent {
            is_object: true,
            ..RawEvent::default()
        };
        while let Some(Key(key)) = map.next_key()? {
            if key == "context" {
                let written: &serde_json::value::RawValue = map.next_value()?;
                let json = written.get();
                event.context = (json != "null").then_some(RawContext::Written(json));
                continue;
            }
            let value = map.next_value_seed(Node {
                left: self.0,
                is_outer: true,
            })?;
            let place = match &*key {
                "id" => &mut event.id,
                "name" => &mut event.name,
                "properties" => &mut event.properties,
                "timestamp" => &mut event.timestamp,
                _ => {
                    event.unknown_members += 1;
                    continue;
                }
            };
            *place = (!matches!(value, RawValue::Null)).then_some(value);
        }
        Ok(event)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(RawEvent::default())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(RawEvent::default())
    }
}

/// One value on its way in, out of a common stock of values.
struct Node<'n> {
    /// How many more there may be.
    left: &'n mut usize,
    /// Whether it is a member of the event itself: such objects get room for what most events have, so that reading them does
    /// not move them about. Deeper ones do not: an event can hold thousands of those.
    is_outer: bool,
}

impl<'n> Node<'n> {
    fn inner(left: &'n mut usize) -> Self {
        Self {
            left,
            is_outer: false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = RawValue<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let left = self.left.checked_sub(1);
        *self.left = left.ok_or_else(|| D::Error::custom("an event holds too many values"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = RawValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(RawValue::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(whole(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(RawValue::Float(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(RawValue::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(Node::inner(self.left))? {
            values.push(value);
        }
        Ok(RawValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = RawMap::new();
        while let Some(Key(key)) = map.next_key()? {
            if self.is_outer && members.is_empty() {
                members.reserve_exact(8);
            }
            members.push((key, map.next_value_seed(Node::inner(self.left))?));
        }
        Ok(RawValue::Map(members))
    }
}

/// An object key, borrowed where it can be (plain `Cow` would always copy).
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object key")
            }
            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(value)))
            }
            fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(value.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "beyond 63 bits only the magnitude matters"
)]
fn whole<'a>(value: u64) -> RawValue<'a> {
    i64::try_from(value).map_or(RawValue::Float(value as f64), RawValue::Int)
}

macro_rules! from {
    ($($kind:ty => |$value:ident| $make:expr),+ $(,)?) => {
        $(impl<'a> From<$kind> for RawValue<'a> {
            fn from($value: $kind) -> Self { $make }
        })+
    };
}

from! {
    bool => |value| RawValue::Bool(value),
    i64 => |value| RawValue::Int(value),
    u32 => |value| RawValue::Int(value.into()),
    u64 => |value| whole(value),
    f64 => |value| RawValue::Float(value),
    &'a str => |value| RawValue::Text(Cow::Borrowed(value)),
    String => |value| RawValue::Text(Cow::Owned(value)),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(values: usize) -> String {
        format!(r#"{{"properties":{{"a":[{}0]}}}}"#, "0,".repeat(values - 1))
    }

    #[test]
    fn an_event_of_too_many_values_says_nothing() {
        // The object `properties` and the list `a` count, too.
        assert!(RawEvent::parse(&holding(MAX_NODES - 2)).is_object);
        assert!(!RawEvent::parse(&holding(MAX_NODES - 1)).is_object);
    }

    #[test]
    fn inner_objects_take_no_room_before_they_have_members() {
        let event = RawEvent::parse(r#"{"properties":{"a":{},"b":{"c":1}},"x":1,"x":2,"id":null}"#);
        assert_eq!((event.unknown_members, &event.id), (2, &None));
        let Some(RawValue::Map(members)) = &event.properties else {
            panic!("{event:?}")
        };
        assert_eq!(members.capacity(), 8);
        let Some(RawValue::Map(inner)) = member(members, "a") else {
            panic!("{members:?}")
        };
        assert_eq!(inner.capacity(), 0);
    }

    #[test]
    fn what_cannot_be_read_is_no_object() {
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(500), "]".repeat(500));
        for json in [
            "7",
            "[]",
            "null",
            "\"x\"",
            "{",
            r#"{"a":"\ud800"}"#,
            r#"{"a":1e999}"#,
            &deep,
        ] {
            assert_eq!(RawEvent::parse(json), RawEvent::default(), "{json:.40}");
        }
    }
}
