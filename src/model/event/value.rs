//! Fitting a raw value into a property's type: what does not fit does not exist.

use std::borrow::Cow;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::credential::is_credential;
use super::raw::RawValue;
use crate::model::catalog::{EnumValue, PropertyType, TOKEN_MAX};

/// What an unlisted value of an enum becomes.
pub const OTHER: &str = "other";

/// A value that some property type can express.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A `bool`.
    Bool(bool),
    /// An `int`.
    Int(i64),
    /// A `number`.
    Number(f64),
    /// An `enum` value of the catalog, shared with it.
    Name(Arc<str>),
    /// A `token`, `version`, `domain`, `path_template` or `hash`.
    Text(Box<str>),
    /// A `list`.
    List(Vec<Self>),
    /// A `map`, in the order sent.
    Map(Vec<(Box<str>, Self)>),
}

impl Value {
    /// The value as text, if it is an enum value or one of the text types.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Name(text) => Some(text),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Name(text) => serializer.serialize_str(text),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// A value that fits, and whether it was narrowed to `other` on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The value.
    pub value: Value,
    /// Whether what was sent is not listed.
    pub is_other: bool,
}

/// Fits `raw` into `kind`; `None` when the type cannot express it.
pub fn fit(raw: &RawValue<'_>, kind: &PropertyType) -> Option<Fitted> {
    let plain = |value| {
        Some(Fitted {
            value,
            is_other: false,
        })
    };
    match (kind, raw) {
        (PropertyType::Bool, RawValue::Bool(value)) => plain(Value::Bool(*value)),
        (PropertyType::Int { min, max, .. }, raw) => {
            let value = whole(raw)?;
            (min..=max)
                .contains(&&value)
                .then_some(Value::Int(value))
                .and_then(plain)
        }
        (PropertyType::Number { min, max, .. }, raw) => {
            let value = real(raw)?;
            (min..=max)
                .contains(&&value)
                .then_some(Value::Number(value))
                .and_then(plain)
        }
        (PropertyType::Enum { values }, RawValue::Text(text)) => Some(listed(text, values)),
        (PropertyType::Token { max }, RawValue::Text(text)) if is_name(text, *max) => {
            plain(Value::Text(text.as_ref().into()))
        }
        (PropertyType::Version, RawValue::Text(text)) => {
            let (text, is_other) = version(text)?;
            Some(Fitted {
                value: Value::Text(text.as_ref().into()),
                is_other,
            })
        }
        (PropertyType::Domain, RawValue::Text(text)) if is_domain(text) => {
            plain(Value::Text(text.as_ref().into()))
        }
        (PropertyType::PathTemplate { segments }, RawValue::Text(text)) => {
            plain(Value::Text(path_template(text, segments)?.into()))
        }
        (PropertyType::Hash { length }, RawValue::Text(text)) if is_hash(text, *length) => {
            plain(Value::Text(text.as_ref().into()))
        }
        (PropertyType::List { of, max }, RawValue::List(values)) if values.len() <= *max => {
            let fitted: Option<Vec<Fitted>> = values.iter().map(|value| fit(value, of)).collect();
            let fitted = fitted?;
            let is_other = fitted.iter().any(|value| value.is_other);
            let values = fitted.into_iter().map(|value| value.value).collect();
            Some(Fitted {
                value: Value::List(values),
                is_other,
            })
        }
        (PropertyType::Map { of, max }, RawValue::Map(entries)) if entries.len() <= *max => {
            let mut is_other = false;
            let mut fitted = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let value = fit(value, of)?;
                is_other |= value.is_other;
                let key = is_name(key, TOKEN_MAX).then(|| key.as_ref().into())?;
                fitted.push((key, value.value));
            }
            Some(Fitted {
                value: Value::Map(fitted),
                is_other,
            })
        }
        _ => None,
    }
}

fn listed(text: &str, values: &[EnumValue]) -> Fitted {
    match values.iter().find(|value| ***value == *text) {
        Some(value) => Fitted {
            value: Value::Name(Arc::clone(&value.text)),
            is_other: false,
        },
        None => Fitted {
            value: Value::Name(OTHER.into()),
            is_other: true,
        },
    }
}

/// A whole number; a finite fraction is rounded half away from zero.
fn whole(raw: &RawValue<'_>) -> Option<i64> {
    /// 2^53: up to here every whole `f64` is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match raw {
        RawValue::Int(value) => Some(*value),
        #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
        RawValue::Float(value) if value.abs() <= EXACT => Some(value.round() as i64),
        _ => None,
    }
}

fn real(raw: &RawValue<'_>) -> Option<f64> {
    match raw {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a measurement, not an identifier"
        )]
        RawValue::Int(value) => Some(*value as f64),
        RawValue::Float(value) if value.is_finite() => Some(*value),
        _ => None,
    }
}

/// Whether `text` is a token that may be kept: none with the shape of a key is.
fn is_name(text: &str, max: usize) -> bool {
    is_token(text, max) && !is_credential(text)
}

/// Whether `text` is `[a-z][a-z0-9_-]*` of at most `max` characters.
pub fn is_token(text: &str, max: usize) -> bool {
    text.len() <= max
        && text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
}

/// The pre-release words a version may carry; any other would be a place to spell something.
const PRE_RELEASES: [&str; 12] = [
    "alpha",
    "beta",
    "canary",
    "dev",
    "experimental",
    "insiders",
    "next",
    "nightly",
    "pre",
    "preview",
    "rc",
    "snapshot",
];

/// A version of one to three whole numbers (at most six digits each; four would be an IP address), with an optional
/// pre-release word and number. Any other suffix is cut off, which the flag tells.
fn version(text: &str) -> Option<(Cow<'_, str>, bool)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let core_len = text
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let (core, suffix) = text.split_at_checked(core_len)?;
    let numbers: Vec<&str> = core.split('.').collect();
    let is_number = |n: &&str| (1..=6).contains(&n.len());
    if numbers.len() > 3 || !numbers.iter().all(is_number) {
        return None;
    }
    let Some(tag) = suffix.strip_prefix('-') else {
        return Some((core.into(), !suffix.is_empty()));
    };
    let mut parts = tag.split('.');
    let known = parts
        .next()
        .is_some_and(|word| PRE_RELEASES.contains(&word));
    let number = parts
        .next()
        .is_none_or(|n| is_number(&n) && n.bytes().all(|b| b.is_ascii_digit()));
    let whole = known && number && parts.next().is_none();
    Some(if whole {
        (text.into(), false)
    } else {
        (core.into(), true)
    })
}

/// The longest DNS name, in characters (RFC 1035, section 2.3.4).
const DOMAIN_MAX: usize = 253;

/// Whether `text` is a lower-case DNS name of two labels or more whose last label is alphabetic, so never an IP address.
pub fn is_domain(text: &str) -> bool {
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let last_ok = last.len() >= 2
        && (last.starts_with("xn--") || last.bytes().all(|b| b.is_ascii_lowercase()));
    text.len() <= DOMAIN_MAX && text.contains('.') && last_ok && text.split('.').all(label_ok)
}

/// The most segments of a path that are kept; deeper ones are cut off.
const PATH_DEPTH: usize = 8;

/// A path with every segment that is not listed masked as `:x`; `None` when it has no leading slash.
fn path_template(text: &str, segments: &[Arc<str>]) -> Option<String> {
    let path = text.strip_prefix('/')?;
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let (path, _) = path.split_at_checked(end)?;
    let masked: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .take(PATH_DEPTH)
        .map(|segment| {
            segments
                .iter()
                .find(|known| &***known == segment)
                .map_or(":x", |known| &**known)
        })
        .collect();
    Some(format!("/{}", masked.join("/")))
}

pub(super) fn is_hash(text: &str, length: usize) -> bool {
    text.len() == length
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str, kind: &PropertyType) -> Option<String> {
        fit(&RawValue::from(value), kind).and_then(|f| f.value.as_str().map(str::to_owned))
    }

    #[test]
    fn versions_spell_nothing_but_versions() {
        for good in ["1", "3.8.1", "13.3.2-canary.13", "2.0.0-rc"] {
            assert_eq!(text(good, &PropertyType::Version).as_deref(), Some(good));
        }
        assert_eq!(
            text("1.2.3-secret.name", &PropertyType::Version).as_deref(),
            Some("1.2.3")
        );
        assert_eq!(
            text("1.2.3+build", &PropertyType::Version).as_deref(),
            Some("1.2.3")
        );
        assert_eq!(
            text("v20.1.0", &PropertyType::Version).as_deref(),
            Some("20.1.0")
        );
        for bad in ["", "192.168.1.1", "1..2", "latest", "1234567", ".1", "é1"] {
            assert_eq!(text(bad, &PropertyType::Version), None, "{bad}");
        }
    }

    #[test]
    fn domains_are_names_and_not_addresses() {
        for good in ["example.com", "a-b.example.co", "xn--bcher-kva.example"] {
            assert!(is_domain(good), "{good}");
        }
        for bad in [
            "localhost",
            "10.0.0.1",
            "Example.com",
            "a..b",
            "-a.com",
            "a b.com",
            "me@x.com",
        ] {
            assert!(!is_domain(bad), "{bad}");
        }
    }

    #[test]
    fn paths_keep_listed_segments_only() {
        let kind = PropertyType::PathTemplate {
            segments: vec!["docs".into(), "api".into()],
        };
        assert_eq!(
            text("/docs/secret-name/api?token=1", &kind).as_deref(),
            Some("/docs/:x/api")
        );
        assert_eq!(text("/", &kind).as_deref(), Some("/"));
        assert_eq!(text("docs", &kind), None);
    }

    #[test]
    fn numbers_keep_their_range() {
        let kind = PropertyType::Int {
            min: 0,
            max: 10,
            unit: "x".into(),
        };
        let int = |raw: RawValue<'_>| fit(&raw, &kind).map(|f| f.value);
        assert_eq!(int(RawValue::Int(10)), Some(Value::Int(10)));
        assert_eq!(int(RawValue::Float(2.5)), Some(Value::Int(3)));
        for bad in [
            RawValue::Int(11),
            RawValue::Float(f64::NAN),
            RawValue::Float(1e300),
            "5".into(),
        ] {
            assert_eq!(int(bad.clone()), None, "{bad:?}");
        }
    }
}
