//! Types of properties in the TOML form of a catalog: their limits, and the values of an enum with their ages.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::file::{Problem, problem, shared};
use super::property::PropertyFile;
use super::{EnumValue, PropertyType, TOKEN_MAX};

/// How old something may be that a property lists.
#[derive(Clone, Copy)]
pub(super) struct Age {
    /// The revision that introduced the property: its values are as old, or younger.
    pub since: u32,
    /// The catalog's revision: nothing is younger.
    pub revision: u32,
    /// Whether the values are written for several properties, some of which are younger than some of the values.
    pub is_shared: bool,
}

/// A value of an enum: its text, or `{ value = "…", since = 2 }`.
#[derive(Clone)]
pub(super) struct ValueFile {
    value: String,
    since: Option<u32>,
}

impl<'de> Deserialize<'de> for ValueFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = ValueFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or { value = \"…\", since = 2 }")
            }

            fn visit_str<E>(self, text: &str) -> Result<ValueFile, E> {
                Ok(ValueFile {
                    value: text.to_owned(),
                    since: None,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ValueFile, A::Error> {
                /// A value that is younger than its property.
                #[derive(serde::Deserialize)]
                #[serde(deny_unknown_fields)]
                struct Later {
                    value: String,
                    since: u32,
                }
                let later = Later::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ValueFile {
                    value: later.value,
                    since: Some(later.since),
                })
            }
        }

        deserializer.deserialize_any(Values)
    }
}

/// The type that `file` describes.
pub(super) fn property_type(
    place: &str,
    file: &PropertyFile,
    age: Age,
) -> Result<PropertyType, Problem> {
    let kind = file
        .kind
        .as_deref()
        .ok_or_else(|| problem(place, "needs `type`"))?;
    Ok(match kind {
        "bool" => PropertyType::Bool,
        "int" => {
            let (min, max) = bounds(place, file, 0, whole)?;
            let unit = unit(place, file)?;
            PropertyType::Int { min, max, unit }
        }
        "number" => {
            let (min, max) = bounds(place, file, 0.0, float)?;
            let unit = unit(place, file)?;
            PropertyType::Number { min, max, unit }
        }
        "enum" => PropertyType::Enum {
            values: values(place, file.values.as_deref(), age)?,
        },
        "token" => match count(place, file)? {
            max if max <= TOKEN_MAX => PropertyType::Token { max },
            _ => {
                return Err(problem(
                    place,
                    format!("a token has at most {TOKEN_MAX} characters"),
                ));
            }
        },
        "version" => PropertyType::Version,
        "domain" => PropertyType::Domain,
        "path_template" => PropertyType::PathTemplate {
            segments: words(place, "segments", file.segments.as_deref())?,
        },
        "hash" => PropertyType::Hash {
            length: file
                .length
                .ok_or_else(|| problem(place, "a hash needs `length`"))?,
        },
        "list" => PropertyType::List {
            of: inner(place, file, age)?,
            max: count(place, file)?,
        },
        "map" => PropertyType::Map {
            of: inner(place, file, age)?,
            max: count(place, file)?,
        },
        other => return Err(problem(place, format!("no type {other}"))),
    })
}

fn inner(place: &str, file: &PropertyFile, age: Age) -> Result<Box<PropertyType>, Problem> {
    let of = file
        .of
        .as_ref()
        .ok_or_else(|| problem(place, "needs `of`"))?;
    property_type(place, of, age).map(Box::new)
}

/// The values of an enum. One without a `since` is as old as its property.
fn values(place: &str, listed: Option<&[ValueFile]>, age: Age) -> Result<Vec<EnumValue>, Problem> {
    let listed = not_empty(place, "values", listed)?;
    check_words(place, "value", listed.iter().map(|value| &*value.value))?;
    let mut values = Vec::with_capacity(listed.len());
    for ValueFile { value, since } in listed {
        let since = match *since {
            Some(since) if since > age.revision => {
                let text = format!("value {value} is younger than the catalog; raise `revision`");
                return Err(problem(place, text));
            }
            Some(since) if since < age.since && !age.is_shared => {
                let text = format!("value {value} is older than its property");
                return Err(problem(place, text));
            }
            Some(since) => since.max(age.since),
            None => age.since,
        };
        values.push(EnumValue {
            text: value.as_str().into(),
            since,
        });
    }
    if values.iter().all(|value| value.since > age.since) {
        return Err(problem(place, "needs a value that is as old as it"));
    }
    Ok(values)
}

fn words(place: &str, what: &str, listed: Option<&[String]>) -> Result<Vec<Arc<str>>, Problem> {
    let listed = not_empty(place, what, listed)?;
    check_words(place, "segment", listed.iter().map(String::as_str))?;
    Ok(shared(listed))
}

fn not_empty<'a, T>(place: &str, what: &str, listed: Option<&'a [T]>) -> Result<&'a [T], Problem> {
    listed
        .filter(|listed| !listed.is_empty())
        .ok_or_else(|| problem(place, format!("needs `{what}`, a list that is not empty")))
}

/// Refuses a word that is listed twice, and one that would let two different lists look the same in a signature.
fn check_words<'a>(
    place: &str,
    what: &str,
    words: impl Iterator<Item = &'a str>,
) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for word in words {
        if word.is_empty() || word.contains(|c: char| c.is_control() || c == '|') {
            let text = format!("{what} {word:?} is empty, or has a control character or a `|`");
            return Err(problem(place, text));
        }
        if !seen.insert(word) {
            return Err(problem(place, format!("{what} {word} is listed twice")));
        }
    }
    Ok(())
}

fn unit(place: &str, file: &PropertyFile) -> Result<String, Problem> {
    let unit = file.unit.clone();
    let unit = unit.ok_or_else(|| problem(place, "a number needs `unit`"))?;
    check_words(place, "unit", [unit.as_str()].into_iter())?;
    Ok(unit)
}

fn count(place: &str, file: &PropertyFile) -> Result<usize, Problem> {
    let max = file.max.as_ref().and_then(toml::Value::as_integer);
    max.and_then(|max| usize::try_from(max).ok())
        .filter(|max| *max > 0)
        .ok_or_else(|| problem(place, "needs `max`, a whole number above 0"))
}

/// The bounds of a number; the lower one is 0 where the file has none.
fn bounds<T: PartialOrd>(
    place: &str,
    file: &PropertyFile,
    zero: T,
    read: fn(&toml::Value) -> Option<T>,
) -> Result<(T, T), Problem> {
    let refuse = |what: &str| {
        let kind = file.kind.as_deref().unwrap_or_default();
        problem(place, format!("its {what} is no {kind}"))
    };
    let min = match &file.min {
        Some(min) => read(min).ok_or_else(|| refuse("`min`"))?,
        None => zero,
    };
    let max = file
        .max
        .as_ref()
        .ok_or_else(|| problem(place, "a number needs `max`"))?;
    let max = read(max).ok_or_else(|| refuse("`max`"))?;
    if min > max {
        return Err(problem(place, "its `min` is above its `max`"));
    }
    Ok((min, max))
}

fn whole(value: &toml::Value) -> Option<i64> {
    value.as_integer()
}

fn float(value: &toml::Value) -> Option<f64> {
    match value {
        toml::Value::Float(float) => Some(*float).filter(|float| float.is_finite()),
        #[expect(
            clippy::cast_precision_loss,
            reason = "catalog bounds are far below 2^53"
        )]
        toml::Value::Integer(int) => Some(*int as f64),
        _ => None,
    }
}
