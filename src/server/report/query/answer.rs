//! What a named query answers: a table with named columns.

use serde::Serialize;
use serde::ser::Serializer;

use super::{Ask, Named, Period};
use crate::model::catalog::Catalog;
use crate::server::report::{Span, ratio};
use crate::server::store::Days;

/// The answer to a named query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The query's name.
    pub query: &'static str,
    /// The catalog it is about.
    pub catalog: String,
    /// How many days it covers.
    pub days: u32,
    /// What is told apart, if anything.
    pub period: Option<Period>,
    /// The first and the last day.
    #[serde(flatten)]
    pub span: Span,
    /// The names of the columns.
    pub columns: Vec<Column>,
    /// The rows, as wide as `columns`.
    pub rows: Vec<Vec<Field>>,
}

/// A column; as JSON its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Whether it holds numbers.
    pub is_number: bool,
}

/// What stands in a row under a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// A word, or a date in the form `2026-11-20`.
    Text(String),
    /// A count.
    Count(u64),
    /// A measurement, in the unit that the column's name ends with.
    Amount(f64),
    /// A share, from 0 to 1.
    Rate(f64),
    /// Nothing: there is no such word, or no such number.
    Absent,
}

impl Field {
    /// The share of `part` in `whole`, of counts as they are shown.
    pub(super) fn rate(part: u64, whole: u64) -> Self {
        ratio(part, whole).map_or(Self::Absent, Self::Rate)
    }

    /// The field as programs read it: a word as it is, a number in digits, nothing for nothing.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Amount(number) | Self::Rate(number) => number.to_string(),
            Self::Absent => String::new(),
        }
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Amount(number) | Self::Rate(number) => serializer.serialize_f64(*number),
            Self::Absent => serializer.serialize_none(),
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl Answer {
    /// An answer without rows.
    pub(super) fn empty(catalog: &Catalog, ask: Ask, days: Days) -> Self {
        let first = ask.period.map(|period| {
            word(match period {
                Period::Daily => "day",
                Period::Weekly => "week",
            })
        });
        Self {
            query: ask.query.as_str(),
            catalog: (*catalog.id).to_owned(),
            days: ask.days,
            period: ask.period,
            span: days.into(),
            columns: first.into_iter().chain(columns(ask.query)).collect(),
            rows: Vec::new(),
        }
    }
}

const fn word(name: &'static str) -> Column {
    Column {
        name,
        is_number: false,
    }
}

const fn number(name: &'static str) -> Column {
    Column {
        name,
        is_number: true,
    }
}

/// The columns of a query's table, in the order of its fields.
fn columns(query: Named) -> Vec<Column> {
    let (words, numbers): (&[&str], &[&str]) = match query {
        Named::EventsPerDay => (&["event"], &["events"]),
        Named::CompletionRate => (&[], &["started", "completed", "completion_rate"]),
        Named::SessionDuration => (&[], &["ended", "average_seconds"]),
        Named::TokensByScenario => (
            &["scenario"],
            &["answers", "input_tokens", "output_tokens", "total_tokens"],
        ),
        Named::InvitationFunnel => (
            &[],
            &[
                "created",
                "claimed",
                "started",
                "completed",
                "claim_rate",
                "completion_rate",
            ],
        ),
        Named::FeatureUsage => (&["surface", "feature", "action"], &["events"]),
        Named::SuccessRate => (
            &["surface", "feature", "provider"],
            &["successes", "failures", "success_rate"],
        ),
        Named::P95 => (&["surface", "feature"], &["measured", "p95_ms"]),
        Named::ActiveGroups => (&[], &["groups"]),
        Named::TopFeatures => (&["surface", "feature"], &["uses", "share"]),
        Named::UsageSummary => (
            &[],
            &[
                "events",
                "features",
                "successes",
                "failures",
                "success_rate",
                "groups",
            ],
        ),
    };
    let words = words.iter().map(|name| word(name));
    words
        .chain(numbers.iter().map(|name| number(name)))
        .collect()
}
