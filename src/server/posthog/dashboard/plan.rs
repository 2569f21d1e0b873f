//! The plan: what is to be made, changed, removed or left alone. Nothing here talks to anybody.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Options;
use super::diff::{Difference, differences};
use super::kind::id_of;
use super::layout;
use super::live::{Live, Orphan};
use crate::server::posthog::error::PostHogError;
use crate::server::posthog::spec::{Item, Spec};

/// The parts, in the order in which they are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The dashboard itself.
    Dashboard,
    /// Its insights.
    Insights,
    /// Where their tiles are.
    Layout,
    /// The cohorts.
    Cohorts,
    /// The alerts.
    Alerts,
}

impl Part {
    /// What one object of it is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::Insights => "insight",
            Self::Layout => "layout",
            Self::Cohorts => "cohort",
            Self::Alerts => "alert",
        }
    }
}

/// What is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// Some of its fields are set.
    Update,
    /// It is removed, as PostHog removes: it can be restored there.
    Delete,
}

/// One object that is not as it is to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Of which part.
    pub part: Part,
    /// Its key in the mark; of an alert, that of its insight.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// PostHog's id of it, where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is different.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// What else it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A part that is not looked at or not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skip {
    /// Which.
    pub part: Part,
    /// The scope that the key lacks, where that is why.
    pub scope: Option<String>,
    /// Why.
    pub reason: String,
}

impl Skip {
    pub(super) fn of(part: Part, error: &PostHogError) -> Self {
        Self {
            part,
            scope: error.missing_scope().map(str::to_owned),
            reason: error.to_string(),
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Plan {
    /// What is changed.
    pub changes: Vec<Change>,
    /// What carries our mark, is not to be there, and stays, since nobody asked for its removal.
    pub left_alone: Vec<Change>,
    /// What is not looked at.
    pub skipped: Vec<Skip>,
}

impl Plan {
    /// Whether everything that was looked at is as it is to be.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many objects are made, changed and removed.
    pub fn counts(&self) -> [usize; 3] {
        [Action::Create, Action::Update, Action::Delete].map(|action| {
            self.changes
                .iter()
                .filter(|change| change.action == action)
                .count()
        })
    }
}

/// The id of the dashboard as insights list it.
pub(super) fn dashboard_id(live: &Live) -> Option<u64> {
    live.dashboard.as_ref()?.get("id")?.as_u64()
}

/// The dashboards on which an insight is.
pub(super) fn dashboards_of(insight: &Value) -> Vec<u64> {
    let listed = insight.get("dashboards").and_then(Value::as_array);
    listed.map_or_else(Vec::new, |ids| {
        ids.iter().filter_map(Value::as_u64).collect()
    })
}

pub(super) fn plan(spec: &Spec, live: &Live, options: Options) -> Plan {
    let mut changes = Vec::new();
    if !live.is_skipped(Part::Dashboard) {
        changes.extend(change(
            Part::Dashboard,
            &spec.dashboard,
            live.dashboard.as_ref(),
        ));
    }
    if !live.is_skipped(Part::Insights) {
        let insights = spec.insights.iter();
        changes.extend(insights.filter_map(|item| insight(item, live)));
    }
    changes.extend(tiles(spec, live, options, &changes));
    if !live.is_skipped(Part::Cohorts) {
        let cohorts = spec.cohorts.iter();
        changes.extend(
            cohorts.filter_map(|item| change(Part::Cohorts, item, live.cohorts.get(item.key))),
        );
    }
    if !live.is_skipped(Part::Alerts) {
        changes.extend(alerts(spec, live));
    }
    let orphans = live.orphans.iter();
    let orphans = orphans
        .filter(|orphan| !live.is_skipped(orphan.kind.part))
        .map(|orphan| removal(orphan, live));
    let mut left_alone = Vec::new();
    if options.prune {
        changes.extend(orphans);
    } else {
        left_alone.extend(orphans);
    }
    Plan {
        changes,
        left_alone,
        skipped: live.skipped.clone(),
    }
}

fn made(part: Part, key: &str, name: &str) -> Change {
    Change {
        part,
        key: key.to_owned(),
        name: name.to_owned(),
        action: Action::Create,
        id: None,
        differences: Vec::new(),
        note: None,
    }
}

fn change(part: Part, item: &Item, live: Option<&Value>) -> Option<Change> {
    let Some(live) = live else {
        return Some(made(part, item.key, item.name()));
    };
    updated(
        made(part, item.key, item.name()),
        &item.fields,
        live,
        Vec::new(),
    )
}

/// `change` as an update of a live object, if anything is different.
fn updated(
    change: Change,
    fields: &Map<String, Value>,
    live: &Value,
    more: Vec<Difference>,
) -> Option<Change> {
    let mut differences = differences(fields, live);
    differences.extend(more);
    (!differences.is_empty()).then(|| Change {
        action: Action::Update,
        id: id_of(live),
        differences,
        ..change
    })
}

/// An insight, which is also to be on the dashboard, whatever other dashboards it is on.
fn insight(item: &Item, live: &Live) -> Option<Change> {
    let fresh = made(Part::Insights, item.key, item.name());
    let Some(insight) = live.insights.get(item.key) else {
        return Some(fresh);
    };
    let mut more = Vec::new();
    let on = dashboards_of(insight);
    // Without the dashboard it will get an id that is not known yet.
    let dashboard = dashboard_id(live);
    let is_missing =
        dashboard.is_none_or(|id| !on.contains(&id)) && !live.is_skipped(Part::Dashboard);
    if is_missing {
        let id = dashboard.map_or_else(|| json!("the new dashboard"), |id| json!(id));
        let to = on.iter().map(|id| json!(id)).chain([id]);
        more.push(Difference {
            path: "dashboards".to_owned(),
            from: json!(on),
            to: to.collect(),
        });
    }
    updated(fresh, &item.fields, insight, more)
}

/// The places of tiles: of those that are there and elsewhere, and of those that come with new insights.
fn tiles(spec: &Spec, live: &Live, options: Options, changes: &[Change]) -> Option<Change> {
    let needed = [Part::Dashboard, Part::Insights, Part::Layout];
    if needed.into_iter().any(|part| live.is_skipped(part)) {
        return None;
    }
    let moves = live
        .dashboard
        .as_ref()
        .map(|dashboard| layout::moves(spec, live, dashboard, options));
    let moves = moves.unwrap_or_default();
    let comes = |change: &&Change| {
        let is_attached = change
            .differences
            .iter()
            .any(|difference| difference.path == "dashboards");
        change.part == Part::Insights && (change.action == Action::Create || is_attached)
    };
    let new = changes.iter().filter(comes).count();
    (!moves.is_empty() || new > 0).then(|| Change {
        action: Action::Update,
        differences: moves.into_iter().map(|one| one.difference).collect(),
        note: (new > 0).then(|| format!("{new} new tiles get their places")),
        ..made(Part::Layout, spec.dashboard.key, "places of tiles")
    })
}

fn alerts(spec: &Spec, live: &Live) -> Vec<Change> {
    let change = |alert: &super::super::spec::Alert| {
        let fresh = made(Part::Alerts, alert.insight, alert.name());
        let insight = live.insights.get(alert.insight).and_then(id_of);
        let found = insight.and_then(|id| live.alerts_named(&id, alert.name()).next().cloned());
        match found {
            None => Some(fresh),
            Some(found) => updated(fresh, &alert.fields, &found, Vec::new()),
        }
    };
    spec.alerts.iter().filter_map(change).collect()
}

fn removal(orphan: &Orphan, live: &Live) -> Change {
    let name = orphan.object.get("name").and_then(Value::as_str);
    let id = id_of(&orphan.object);
    // PostHog removes the alerts of a removed insight for good.
    let alerts = id.as_deref().map_or(0, |id| live.alerts_of(id).count());
    Change {
        action: Action::Delete,
        id,
        note: (orphan.kind.part == Part::Insights && alerts > 0)
            .then(|| format!("its {alerts} alerts go with it, for good")),
        ..made(orphan.kind.part, &orphan.key, name.unwrap_or(&orphan.key))
    }
}
