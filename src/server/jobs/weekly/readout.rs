//! What the signals of a week say, in a table and in sentences.

use serde::Serialize;

use crate::server::report::{Bucket, Usage};

/// The signals, by the keys of buckets, and their names for people.
const SIGNALS: [(&str, &str); 7] = [
    ("activation", "activation"),
    ("registry_discovery", "discovery"),
    ("commercial_intent", "commercial intent"),
    ("identity_hygiene", "identity hygiene"),
    ("billing_intent", "billing intent"),
    ("private_registry_readiness", "private-registry readiness"),
    ("content_pipeline", "content pipeline"),
];

/// One signal of the week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The bucket's key.
    pub key: String,
    /// Its name for people.
    pub name: &'static str,
    /// Its events of the window, today included.
    pub total: u64,
    /// Its events of the complete week.
    pub current: u64,
    /// Its events of the week before.
    pub previous: u64,
    /// The change between the two; null when there were none before.
    pub change_rate: Option<f64>,
    /// What it says.
    pub sentence: String,
}

/// The signals that the catalog has.
pub(super) fn of(week: &Usage) -> Vec<Reading> {
    let readings = SIGNALS.iter().filter_map(|(key, name)| {
        let bucket = week.buckets.iter().find(|bucket| bucket.key == *key)?;
        Some(Reading {
            key: bucket.key.clone(),
            name,
            total: bucket.total,
            current: bucket.current,
            previous: bucket.previous,
            change_rate: bucket.change_rate,
            sentence: sentence(name, bucket, week),
        })
    });
    readings.collect()
}

fn sentence(name: &str, bucket: &Bucket, week: &Usage) -> String {
    let moved = match (bucket.current, bucket.previous) {
        (0, 0) => "is silent in both weeks".to_owned(),
        (current, 0) => format!("appears: {current} after none"),
        (0, previous) => format!("has stopped: none after {previous}"),
        (current, previous) if current > previous => format!("grows: {current} after {previous}"),
        (current, previous) if current < previous => format!("falls: {current} after {previous}"),
        (current, _) => format!("stays at {current}"),
    };
    let mut first = name.chars();
    let head = first.next().map(char::to_uppercase).into_iter().flatten();
    let name: String = head.chain(first).collect();
    let activation = week
        .activation
        .as_ref()
        .filter(|_| bucket.key == "activation");
    let healthy = activation.map_or_else(String::new, |activation| {
        format!(
            "; {} of {} health reports found a healthy project",
            activation.healthy_milestones, activation.health_reports
        )
    });
    format!("{name} {moved}{healthy}.")
}
