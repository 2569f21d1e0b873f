//! An event as it arrives: borrowed from the request's bytes, of any shape, not yet trusted.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

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
    pub context: Option<RawValue<'a>>,
    /// What: the event's own properties.
    pub properties: Option<RawValue<'a>>,
    /// When, as RFC 3339.
    pub timestamp: Option<RawValue<'a>>,
    /// How many other members there were.
    pub unknown_members: usize,
    /// Whether the value was an object at all.
    pub is_object: bool,
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

impl<'a> RawEvent<'a> {
    /// Sorts the members of an object into their places; any other value is an event that says nothing.
    pub fn from_value(value: RawValue<'a>) -> Self {
        let RawValue::Map(members) = value else {
            return Self::default();
        };
        let mut event = Self {
            is_object: true,
            ..Self::default()
        };
        for (name, value) in members {
            let place = match &*name {
                "id" => &mut event.id,
                "name" => &mut event.name,
                "context" => &mut event.context,
                "properties" => &mut event.properties,
                "timestamp" => &mut event.timestamp,
                _ => {
                    event.unknown_members += 1;
                    continue;
                }
            };
            *place = Some(value).filter(|value| *value != RawValue::Null);
        }
        event
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawEvent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawValue::deserialize(deserializer).map(Self::from_value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
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

    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond 63 bits only the magnitude matters"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(RawValue::Float(value as f64), RawValue::Int))
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
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(RawValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Room for what most events have, so that reading them does not move them about.
        let mut members = Vec::with_capacity(8);
        while let Some(Key(key)) = map.next_key()? {
            members.push((key, map.next_value()?));
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
    f64 => |value| RawValue::Float(value),
    &'a str => |value| RawValue::Text(Cow::Borrowed(value)),
    String => |value| RawValue::Text(Cow::Owned(value)),
}
