//! What the operating dashboard consists of: insights, cohorts and alerts, derived from the catalog.
//!
//! Which events a trend shows comes from the catalog's buckets and sources, so that a new event appears by itself; only the steps
//! of funnels are named one by one.

mod cohorts;
mod insights;
mod queries;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::model::catalog::Catalog;

/// Everything that is to be there.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The dashboard.
    pub dashboard: Item,
    /// Its insights, in the order of their tiles.
    pub insights: Vec<Item>,
    /// The cohorts.
    pub cohorts: Vec<Item>,
    /// The alerts.
    pub alerts: Vec<Alert>,
}

/// One object that carries a mark in its description.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it is called in its mark, for ever; a new key is a new object.
    pub key: &'static str,
    /// The fields that are ours, with their values; all others are the operator's.
    pub fields: Map<String, Value>,
}

impl Item {
    /// Its name in PostHog.
    pub fn name(&self) -> &str {
        self.fields
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or(self.key)
    }
}

/// One alert. PostHog gives alerts no description, so it is known by its insight and its exact name.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The key of the insight that it watches.
    pub insight: &'static str,
    /// The fields that are ours, with their values. Whether it is enabled and who hears of it is the operator's.
    pub fields: Map<String, Value>,
}

impl Alert {
    /// Its name in PostHog.
    pub fn name(&self) -> &str {
        let name = self.fields.get("name").and_then(Value::as_str);
        name.unwrap_or(self.insight)
    }
}

impl Spec {
    /// The operating dashboard of `catalog`.
    pub fn of(catalog: &Catalog) -> Self {
        Self {
            dashboard: item(
                "dashboard",
                "operating",
                "Decantr operating dashboard",
                "How decantr is found, used, kept healthy and asked for, day by day. Kept by `decantr ops dashboard`.",
                [],
            ),
            insights: insights::all(catalog),
            cohorts: cohorts::all(catalog),
            alerts: alerts(),
        }
    }
}

/// The line by which an object is known again, whatever it is called: `decantr:insight:activation-funnel`.
pub(super) fn mark(kind: &str, key: &str) -> String {
    format!("decantr:{kind}:{key}")
}

fn item<const N: usize>(
    kind: &str,
    key: &'static str,
    name: &str,
    about: &str,
    more: [(&str, Value); N],
) -> Item {
    let description = format!("{about}\n\n{}", mark(kind, key));
    let own = [("name", json!(name)), ("description", json!(description))];
    let fields = own.into_iter().chain(more);
    Item {
        key,
        fields: fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

/// The alerts, each on the first series of its insight, which counts everything that the insight shows.
fn alerts() -> Vec<Alert> {
    vec![
        alert(
            "failure-signals",
            "Decantr: failures",
            "absolute_value",
            ("absolute", 2.0),
        ),
        alert(
            "commercial-intent",
            "Decantr: commercial intent rises",
            "relative_increase",
            ("percentage", 0.25),
        ),
        alert(
            "identity-hygiene",
            "Decantr: identities linked",
            "absolute_value",
            ("absolute", 0.0),
        ),
        alert(
            "private-registry-readiness",
            "Decantr: private-registry interest",
            "absolute_value",
            ("absolute", 0.0),
        ),
    ]
}

/// An alert that is raised above `upper`, looked at once a day.
fn alert(insight: &'static str, name: &str, condition: &str, (kind, upper): (&str, f64)) -> Alert {
    let fields = [
        ("name", json!(name)),
        ("condition", json!({ "type": condition })),
        (
            "threshold",
            json!({ "configuration": { "type": kind, "bounds": { "upper": upper } } }),
        ),
        (
            "config",
            json!({ "type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": false }),
        ),
        ("calculation_interval", json!("daily")),
    ];
    Alert {
        insight,
        fields: fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}
