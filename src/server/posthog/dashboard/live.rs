//! What is there: the objects that carry our marks, read with GET requests only.

use std::collections::BTreeMap;

use serde_json::Value;

use super::DashboardError;
use super::diff::strip_computed;
use super::kind::{ALERT, COHORT, DASHBOARD, INSIGHT, Kind, id_of};
use super::plan::{Part, Skip};
use crate::server::posthog::error::PostHogError;
use crate::server::posthog::rest::Client;
use crate::server::posthog::spec::{Spec, mark};

/// Something with a mark of ours that is not to be there.
#[derive(Debug, Clone)]
pub(super) struct Orphan {
    pub(super) kind: Kind,
    pub(super) key: String,
    pub(super) object: Value,
}

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// The dashboard, with its tiles.
    pub(super) dashboard: Option<Value>,
    /// Insights by key.
    pub(super) insights: BTreeMap<String, Value>,
    /// Cohorts by key, without what PostHog computes.
    pub(super) cohorts: BTreeMap<String, Value>,
    /// Every alert of the project.
    pub(super) alerts: Vec<Value>,
    pub(super) orphans: Vec<Orphan>,
    /// What could not be read for want of a scope.
    pub(super) skipped: Vec<Skip>,
}

impl Live {
    pub(super) async fn read(client: &Client, spec: &Spec) -> Result<Self, DashboardError> {
        let mut live = Self::default();
        let mut ambiguous = Vec::new();
        let dashboards = live.list(client, DASHBOARD).await?;
        let (found, orphans) = sort(DASHBOARD, dashboards, &[spec.dashboard.key], &mut ambiguous);
        live.orphans.extend(orphans);
        if let Some(id) = found.into_values().next().as_ref().and_then(id_of) {
            live.dashboard = Some(DASHBOARD.get(client, &id).await?);
        }
        let insights = live.list(client, INSIGHT).await?;
        let keys: Vec<&str> = spec.insights.iter().map(|item| item.key).collect();
        let (found, orphans) = sort(INSIGHT, insights, &keys, &mut ambiguous);
        live.orphans.extend(orphans);
        for (key, listed) in found {
            drop(live.insights.insert(key, whole(client, listed).await?));
        }
        let cohorts = live.list(client, COHORT).await?;
        let keys: Vec<&str> = spec.cohorts.iter().map(|item| item.key).collect();
        let (found, orphans) = sort(COHORT, cohorts, &keys, &mut ambiguous);
        live.orphans.extend(orphans);
        live.cohorts = found;
        live.cohorts.values_mut().for_each(strip_computed);
        live.read_alerts(client, spec, &mut ambiguous).await?;
        if ambiguous.is_empty() {
            Ok(live)
        } else {
            Err(DashboardError::Ambiguous { objects: ambiguous })
        }
    }

    async fn read_alerts(
        &mut self,
        client: &Client,
        spec: &Spec,
        ambiguous: &mut Vec<String>,
    ) -> Result<(), PostHogError> {
        if self.is_skipped(Part::Insights) {
            self.skipped.push(Skip {
                part: Part::Alerts,
                scope: None,
                reason: "alerts are found by their insights, which cannot be read".to_owned(),
            });
            return Ok(());
        }
        self.alerts = self.list(client, ALERT).await?;
        for alert in &spec.alerts {
            let Some(insight) = self.insights.get(alert.insight).and_then(id_of) else {
                continue;
            };
            let ids: Vec<String> = self
                .alerts_named(&insight, alert.name())
                .filter_map(id_of)
                .collect();
            if ids.len() > 1 {
                ambiguous.push(format!("alert {:?} (ids {})", alert.name(), ids.join(", ")));
            }
        }
        Ok(())
    }

    /// The objects of a kind; none, and a note of it, when a scope is missing.
    async fn list(&mut self, client: &Client, kind: Kind) -> Result<Vec<Value>, PostHogError> {
        match kind.list(client).await {
            Err(error) if error.missing_scope().is_some() => {
                self.skipped.push(Skip::of(kind.part, &error));
                Ok(Vec::new())
            }
            listed => listed,
        }
    }

    /// The alerts of an insight.
    pub(super) fn alerts_of<'a>(&'a self, insight: &'a str) -> impl Iterator<Item = &'a Value> {
        // PostHog shows the insight as an object, or as its id.
        let insight_of = |alert: &Value| match alert.get("insight") {
            Some(Value::Number(id)) => Some(id.to_string()),
            Some(object) => id_of(object),
            None => None,
        };
        let alerts = self.alerts.iter();
        alerts.filter(move |alert| insight_of(alert).as_deref() == Some(insight))
    }

    /// The alerts of an insight with exactly this name.
    pub(super) fn alerts_named<'a>(
        &'a self,
        insight: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Value> {
        self.alerts_of(insight)
            .filter(move |alert| alert.get("name").and_then(Value::as_str) == Some(name))
    }

    pub(super) fn is_skipped(&self, part: Part) -> bool {
        self.skipped.iter().any(|skip| skip.part == part)
    }
}

/// What is listed for an insight may lack what we compare; then the insight itself is read.
async fn whole(client: &Client, listed: Value) -> Result<Value, PostHogError> {
    let has = |field: &str| listed.get(field).is_some_and(|value| !value.is_null());
    match id_of(&listed) {
        Some(id) if !(has("query") && has("dashboards") && has("saved")) => {
            INSIGHT.get(client, &id).await
        }
        _ => Ok(listed),
    }
}

/// The objects with marks of ours: those with these keys, and the others.
fn sort(
    kind: Kind,
    objects: Vec<Value>,
    keys: &[&str],
    ambiguous: &mut Vec<String>,
) -> (BTreeMap<String, Value>, Vec<Orphan>) {
    let mut marked: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for object in objects {
        if let Some(key) = key_of(kind, &object) {
            marked.entry(key).or_default().push(object);
        }
    }
    let (mut found, mut orphans) = (BTreeMap::new(), Vec::new());
    for (key, mut objects) in marked {
        if !keys.contains(&key.as_str()) {
            let orphan = |object| Orphan {
                kind,
                key: key.clone(),
                object,
            };
            orphans.extend(objects.into_iter().map(orphan));
        } else if objects.len() > 1 {
            let ids: Vec<String> = objects.iter().filter_map(id_of).collect();
            ambiguous.push(format!(
                "{} (ids {})",
                mark(kind.noun, &key),
                ids.join(", ")
            ));
        } else if let Some(object) = objects.pop() {
            drop(found.insert(key, object));
        }
    }
    (found, orphans)
}

/// The key in the mark that stands on a line of its own in the description.
pub(super) fn key_of(kind: Kind, object: &Value) -> Option<String> {
    let description = object.get("description")?.as_str()?;
    let prefix = mark(kind.noun, "");
    let is_key = |key: &&str| {
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !key.is_empty() && key.bytes().all(is_plain)
    };
    description
        .lines()
        .filter_map(|line| line.trim().strip_prefix(prefix.as_str()))
        .find(is_key)
        .map(str::to_owned)
}
