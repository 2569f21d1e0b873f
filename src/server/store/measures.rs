//! What can be asked of the counts by properties' values, of sums and of durations, and what comes back.
//!
//! They are kept for everybody together: without source, environment, actor and organisation. Values that are words of senders
//! (tokens, hashes, domains, paths) are kept as long as raw events; values that are words of the catalog, and versions, for good.
//! A dimension of an event has at most [`MOST_VALUES`](crate::server::rollup::MOST_VALUES) values a day; further ones count as
//! `other`. In a store that is older than these counts they begin with the raw events that it still had when it was brought up to date.

use super::Days;
use crate::server::rollup::{Counts, Day, Sketch};

/// Which events are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureQuery {
    /// The catalog.
    pub catalog: String,
    /// The days under which the events count.
    pub days: Days,
    /// Only events of these names; of all names when there are none.
    pub events: Vec<String>,
    /// Whether each day is told apart; otherwise all days are summed up.
    pub by_day: bool,
}

/// The events of one day and name.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// The event's name.
    pub event: String,
    /// How many.
    pub counts: Counts,
    /// Those whose resolved actor is `customer`, each as many times as its sample rate says.
    pub customers: f64,
}

/// The events that have one value.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureRow {
    /// The day, if days are told apart.
    pub day: Option<Day>,
    /// The event's name.
    pub event: String,
    /// The value: `true` or `false`, or the text.
    pub value: String,
    /// How many.
    pub counts: Counts,
    /// The last of the days.
    pub last_day: Day,
}

/// A sum over the events that have one value.
#[derive(Debug, Clone, PartialEq)]
pub struct SumRow {
    /// The day, if days are told apart.
    pub day: Option<Day>,
    /// The event's name.
    pub event: String,
    /// The value, if a dimension was asked for.
    pub value: Option<String>,
    /// The name of the property that is summed up.
    pub measure: String,
    /// The events that have such a number.
    pub counts: Counts,
    /// The numbers added up in their property's unit, each as many times as its event's sample rate says. By `counts.weight` it is
    /// the mean.
    pub sum: f64,
}

/// The durations of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct DurationRow {
    /// The day, if days are told apart.
    pub day: Option<Day>,
    /// The event's name.
    pub event: String,
    /// The name of the property that is the duration.
    pub measure: String,
    /// Its values, in milliseconds.
    pub sketch: Sketch,
}
