//! What events of drift add to the tables of that system, purely: daily numbers, pattern signatures, decisions.
//!
//! Everything here but [`DriftDeltas::crowd`] and [`DriftDeltas::installs`] is without identities, and kept for good.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::Day;
use crate::model::event::{Event, Value};

/// The catalog of drift.
pub const DRIFT: &str = "drift";

/// The metric that counts different installations.
pub const UNIQUE_INSTALLATIONS: &str = "unique_installations";

/// What is counted by day. Its text is the metric's name: `events:<type>`, `language:<language>`, `category:<category>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric<'a> {
    /// Events of a type.
    Events(&'a str),
    /// Pattern signatures of a language.
    Language(&'a str),
    /// Pattern signatures of a category.
    Category(&'a str),
}

impl fmt::Display for Metric<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Events(of) => write!(f, "events:{of}"),
            Self::Language(of) => write!(f, "language:{of}"),
            Self::Category(of) => write!(f, "category:{of}"),
        }
    }
}

/// How sure the tool was: low below 0.5, high from 0.8 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Below 0.5.
    Low,
    /// From 0.5 to below 0.8.
    Medium,
    /// From 0.8 on.
    High,
}

impl Confidence {
    /// The bucket of a share.
    pub fn of(share: f64) -> Self {
        if share < 0.5 {
            Self::Low
        } else if share < 0.8 {
            Self::Medium
        } else {
            Self::High
        }
    }

    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Sightings of one pattern, summed up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sightings<'a> {
    /// The kind of pattern, as the first sighting says.
    pub category: &'a str,
    /// How it was found, as the first sighting that tells says.
    pub detection_method: Option<&'a str>,
    /// In which language, as the first sighting that tells says.
    pub language: Option<&'a str>,
    /// When the first of them was.
    pub first_seen: Timestamp,
    /// When the last of them was.
    pub last_seen: Timestamp,
    /// How many.
    pub count: u64,
    /// The sum of confidences.
    pub confidence: f64,
    /// The sum of locations.
    pub locations: f64,
    /// The sum of outliers.
    pub outliers: f64,
}

/// Decisions of one kind, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decisions {
    /// How many.
    pub count: u64,
    /// How many tell how long they took.
    pub timed: u64,
    /// How long these took, in hours.
    pub hours: i64,
}

/// What decisions are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decided<'a> {
    /// The kind of pattern.
    pub category: &'a str,
    /// What was decided.
    pub action: &'a str,
    /// How sure the tool was.
    pub confidence: Confidence,
}

/// What a group of new events adds. `N` is how a store numbers senders.
#[derive(Debug)]
pub struct DriftDeltas<'a, N> {
    /// Numbers by day and metric.
    pub stats: BTreeMap<(Day, Metric<'a>), u64>,
    /// Who was active on a day, by the text of the installation's id.
    pub installs: BTreeSet<(Day, &'a str)>,
    /// Languages and categories by day and sender, so that one can tell how many installations stand behind a number.
    pub crowd: BTreeMap<(Day, N, Metric<'a>), u64>,
    /// Sightings by the pattern's hash.
    pub signatures: BTreeMap<&'a str, Sightings<'a>>,
    /// Decisions.
    pub decisions: BTreeMap<Decided<'a>, Decisions>,
}

impl<N> Default for DriftDeltas<'_, N> {
    fn default() -> Self {
        Self {
            stats: BTreeMap::new(),
            installs: BTreeSet::new(),
            crowd: BTreeMap::new(),
            signatures: BTreeMap::new(),
            decisions: BTreeMap::new(),
        }
    }
}

impl<'a, N: Copy + Ord> DriftDeltas<'a, N> {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.stats.is_empty()
    }

    /// Counts an event that is new to the store.
    pub fn see(&mut self, event: &'a Event, received_at: Timestamp, sender: N) {
        let at = event.timestamp.min(received_at);
        let day = Day::counted(event.timestamp, received_at);
        *self
            .stats
            .entry((day, Metric::Events(&event.name)))
            .or_default() += 1;
        if let Some(install) = &event.context.install_id {
            self.installs.insert((day, install.as_str()));
        }
        match &*event.name {
            "pattern_signature" => {
                let word = |name| event.property(name).and_then(Value::as_str);
                let metrics = [
                    word("language").map(Metric::Language),
                    word("category").map(Metric::Category),
                ];
                for metric in metrics.into_iter().flatten() {
                    *self.stats.entry((day, metric)).or_default() += 1;
                    *self.crowd.entry((day, sender, metric)).or_default() += 1;
                }
                self.sight(event, at);
            }
            "user_action" => self.decide(event),
            _ => {}
        }
    }

    fn sight(&mut self, event: &'a Event, at: Timestamp) {
        let word = |name| event.property(name).and_then(Value::as_str);
        let (Some(hash), Some(category)) = (word("signatureHash"), word("category")) else {
            return;
        };
        let all = self.signatures.entry(hash).or_insert(Sightings {
            category,
            detection_method: None,
            language: None,
            first_seen: at,
            last_seen: at,
            count: 0,
            confidence: 0.0,
            locations: 0.0,
            outliers: 0.0,
        });
        all.detection_method = all.detection_method.or_else(|| word("detectionMethod"));
        all.language = all.language.or_else(|| word("language"));
        all.first_seen = all.first_seen.min(at);
        all.last_seen = all.last_seen.max(at);
        all.count += 1;
        all.confidence += number(event, "confidence").unwrap_or_default();
        all.locations += number(event, "locationCount").unwrap_or_default();
        all.outliers += number(event, "outlierCount").unwrap_or_default();
    }

    fn decide(&mut self, event: &'a Event) {
        let word = |name| event.property(name).and_then(Value::as_str);
        let (Some(category), Some(action), Some(share)) = (
            word("category"),
            word("action"),
            number(event, "confidenceAtAction"),
        ) else {
            return;
        };
        let decided = Decided {
            category,
            action,
            confidence: Confidence::of(share),
        };
        let all = self.decisions.entry(decided).or_default();
        all.count += 1;
        if let Some(Value::Int(hours)) = event.property("hoursSinceDiscovery") {
            all.timed += 1;
            all.hours = all.hours.saturating_add(*hours);
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "whole numbers of these properties are far below 2^53"
)]
fn number(event: &Event, name: &str) -> Option<f64> {
    match event.property(name)? {
        Value::Int(value) => Some(*value as f64),
        Value::Number(value) => Some(*value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_in_the_bucket_that_begins_with_it() {
        let bucket = |share| Confidence::of(share).as_str();
        assert_eq!((bucket(0.0), bucket(0.49)), ("low", "low"));
        assert_eq!((bucket(0.5), bucket(0.79)), ("medium", "medium"));
        assert_eq!((bucket(0.8), bucket(1.0)), ("high", "high"));
    }
}
