//! What is wrong with a catalog: the rule it breaks, where, and what to do.

use std::fmt;
use std::sync::Arc;

use super::{EventSpec, PropertySpec};

/// One complaint about a catalog. It shows as `place: problem`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

/// Where in a catalog something is. It shows as `revision`, `thing.done` or `thing.done.kind`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A key of the catalog itself.
    Key(String),
    /// The event of this name.
    Event(Arc<str>),
    /// A property: the names of its event and its own.
    Property(Arc<str>, Arc<str>),
}

impl Place {
    pub(super) fn key(key: impl Into<String>) -> Self {
        Self::Key(key.into())
    }

    pub(super) fn event_of(event: &EventSpec) -> Self {
        Self::Event(Arc::clone(&event.name))
    }

    pub(super) fn property_of(event: &EventSpec, property: &PropertySpec) -> Self {
        Self::Property(Arc::clone(&event.name), Arc::clone(&property.name))
    }

    /// The event's name, unless the place is the catalog itself.
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::Key(_) => None,
            Self::Event(event) | Self::Property(event, _) => Some(event),
        }
    }

    /// The property's name, if the place is a property.
    pub fn property(&self) -> Option<&str> {
        match self {
            Self::Property(_, property) => Some(property),
            Self::Key(_) | Self::Event(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Event(event) => f.write_str(event),
            Self::Property(event, property) => write!(f, "{event}.{property}"),
        }
    }
}

/// The rules for catalogs. Those from [`Rule::OtherCatalog`] on compare a catalog with an older form of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A purpose, or what is never collected, is a sentence.
    NoSentence,
    /// Somebody answers for each event.
    NoOwner,
    /// Where there are buckets, each event counts in one.
    NoBucket,
    /// Each bucket has an event.
    UnusedBucket,
    /// Nothing outlives its date.
    Expired,
    /// Every `since` is a revision of the catalog and not before what holds the thing.
    UnknownSince,
    /// A dimension has few values.
    NotCounted,
    /// Source `cli` can express only what the catalog lists.
    OpenType,
    /// The names that a reducer gives are listed.
    UnlistedTier,
    /// The two are forms of one catalog.
    OtherCatalog,
    /// Growth raises the revision, and nothing lowers it.
    Revision,
    /// A `since` stays what it was.
    MovedSince,
    /// What is new has a new revision as its `since`.
    MissingSince,
    /// What exists gets no wider, except by values of an enum.
    Widened,
    /// A listed value stays listed.
    ShrunkenEnum,
    /// What was optional stays optional.
    NewlyRequired,
}

impl Rule {
    /// The rule's name for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSentence => "no-sentence",
            Self::NoOwner => "no-owner",
            Self::NoBucket => "no-bucket",
            Self::UnusedBucket => "unused-bucket",
            Self::Expired => "expired",
            Self::UnknownSince => "unknown-since",
            Self::NotCounted => "not-counted",
            Self::OpenType => "open-type",
            Self::UnlistedTier => "unlisted-tier",
            Self::OtherCatalog => "other-catalog",
            Self::Revision => "revision",
            Self::MovedSince => "moved-since",
            Self::MissingSince => "missing-since",
            Self::Widened => "widened",
            Self::ShrunkenEnum => "shrunken-enum",
            Self::NewlyRequired => "newly-required",
        }
    }
}
