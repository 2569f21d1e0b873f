//! The types a property can have; there are no others, and none of them is free text.

use std::ops::Deref;
use std::sync::Arc;

/// The unit of durations.
const MILLISECONDS: &str = "ms";

/// The longest token, in characters.
pub const TOKEN_MAX: usize = 32;

/// A value of an enum, which reads as its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumValue {
    /// The value as on the wire.
    pub text: Arc<str>,
    /// The catalog revision that introduced it.
    pub since: u32,
}

impl Deref for EnumValue {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for EnumValue {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A value of the first revision.
impl From<&str> for EnumValue {
    fn from(text: &str) -> Self {
        Self {
            text: text.into(),
            since: 1,
        }
    }
}

/// What values a property can have.
#[derive(Debug, Clone, PartialEq)]
pub enum PropertyType {
    /// `true` or `false`.
    Bool,
    /// A whole number in `min..=max`; a fraction is rounded.
    Int {
        /// The smallest value.
        min: i64,
        /// The largest value.
        max: i64,
        /// What is counted, for example `ms`.
        unit: String,
    },
    /// A finite number in `min..=max`.
    Number {
        /// The smallest value.
        min: f64,
        /// The largest value.
        max: f64,
        /// What is measured.
        unit: String,
    },
    /// One of a list; anything else becomes `other`.
    Enum {
        /// The list, without `other`.
        values: Vec<EnumValue>,
    },
    /// `[a-z][a-z0-9_-]*`.
    Token {
        /// The longest, at most [`TOKEN_MAX`] characters.
        max: usize,
    },
    /// One to three whole numbers joined by dots, with a pre-release tag from a fixed list of words.
    Version,
    /// A lower-case DNS name of at least two labels; never an IP address.
    Domain,
    /// A path whose unlisted segments become `:x`.
    PathTemplate {
        /// The segments that are kept.
        segments: Vec<Arc<str>>,
    },
    /// Lower-case hexadecimal of exactly this many characters.
    Hash {
        /// The length in characters.
        length: usize,
    },
    /// At most `max` values of one type.
    List {
        /// The type of each value.
        of: Box<Self>,
        /// The largest number of values.
        max: usize,
    },
    /// At most `max` values of one type under token keys.
    Map {
        /// The type of each value.
        of: Box<Self>,
        /// The largest number of entries.
        max: usize,
    },
}

impl PropertyType {
    /// Whether it can express only the catalog's own values, numbers and versions.
    ///
    /// Source `cli`, a person's machine, may use no other type.
    pub fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::Bool | Self::Int { .. } | Self::Number { .. } | Self::Enum { .. } | Self::Version
        )
    }

    /// Whether it is a number of milliseconds.
    pub fn is_duration(&self) -> bool {
        matches!(self, Self::Int { unit, .. } | Self::Number { unit, .. } if unit == MILLISECONDS)
    }

    /// The type's name in catalog files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int { .. } => "int",
            Self::Number { .. } => "number",
            Self::Enum { .. } => "enum",
            Self::Token { .. } => "token",
            Self::Version => "version",
            Self::Domain => "domain",
            Self::PathTemplate { .. } => "path_template",
            Self::Hash { .. } => "hash",
            Self::List { .. } => "list",
            Self::Map { .. } => "map",
        }
    }

    /// What this type could express at `revision`: without the values that came later.
    pub(super) fn at(&self, revision: u32) -> Self {
        match self {
            Self::Enum { values } => Self::Enum {
                values: values
                    .iter()
                    .filter(|value| value.since <= revision)
                    .cloned()
                    .collect(),
            },
            Self::List { of, max } => Self::List {
                of: Box::new(of.at(revision)),
                max: *max,
            },
            Self::Map { of, max } => Self::Map {
                of: Box::new(of.at(revision)),
                max: *max,
            },
            other => other.clone(),
        }
    }

    /// The type with all its limits in one canonical line; equal signatures express equal values.
    pub fn signature(&self) -> String {
        match self {
            Self::Bool | Self::Version | Self::Domain => self.name().to_owned(),
            Self::Int { min, max, unit } => format!("int {min}..{max} {unit}"),
            Self::Number { min, max, unit } => format!("number {min}..{max} {unit}"),
            Self::Enum { values } => format!("enum {}", sorted(values)),
            Self::Token { max } => format!("token {max}"),
            Self::PathTemplate { segments } => format!("path_template {}", sorted(segments)),
            Self::Hash { length } => format!("hash {length}"),
            Self::List { of, max } => format!("list {max} of ({})", of.signature()),
            Self::Map { of, max } => format!("map {max} of ({})", of.signature()),
        }
    }
}

fn sorted(values: &[impl Deref<Target = str>]) -> String {
    let mut values: Vec<&str> = values.iter().map(Deref::deref).collect();
    values.sort_unstable();
    values.join("|")
}

/// How a raw value is narrowed. The raw value exists only on the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reduce {
    /// An address to its host name.
    UrlToDomain,
    /// An address to its path, with unlisted segments masked.
    UrlToPathTemplate,
    /// A browser's user agent to its family name.
    UserAgentToFamily,
    /// A text to a token: lower case, spaces and dots to `_`; `other` when nothing fits.
    TextToToken,
    /// An identifier, a text or a whole number, to its keyed hash; `hmac-` and a hash that the sender made, to that hash.
    IdToHmac,
    /// A number to the name of its tier: `lt_10`, `lt_100`, … or `gte_1000`.
    NumberToTier {
        /// The upper bounds, ascending.
        tiers: Vec<i64>,
    },
}

impl Reduce {
    /// The reducer's name in catalog files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UrlToDomain => "url_to_domain",
            Self::UrlToPathTemplate => "url_to_path_template",
            Self::UserAgentToFamily => "user_agent_to_family",
            Self::TextToToken => "text_to_token",
            Self::IdToHmac => "id_to_hmac",
            Self::NumberToTier { .. } => "number_to_tier",
        }
    }

    /// Whether its results can be of `kind`.
    pub fn fits(&self, kind: &PropertyType) -> bool {
        match self {
            Self::UrlToDomain => matches!(kind, PropertyType::Domain),
            Self::UrlToPathTemplate => matches!(kind, PropertyType::PathTemplate { .. }),
            Self::UserAgentToFamily => matches!(kind, PropertyType::Enum { .. }),
            Self::TextToToken => {
                matches!(kind, PropertyType::Token { .. } | PropertyType::Enum { .. })
            }
            Self::IdToHmac => matches!(kind, PropertyType::Hash { .. }),
            Self::NumberToTier { .. } => matches!(kind, PropertyType::Enum { .. }),
        }
    }
}
