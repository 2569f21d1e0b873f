//! Product activation: from the first command to a healthy project, by event names of the decantr catalog.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Warning, ratio};
use crate::model::catalog::Catalog;

/// The events that activation is counted by, in the order of a product's life.
pub(super) const LIFECYCLE: [&str; 11] = [
    "decantr.analyze.completed",
    "decantr.new.completed",
    "decantr.init.completed",
    "decantr.refresh.completed",
    "decantr.check.completed",
    "health.report.generated",
    "decantr.health.healthy",
    "health.ci.failed",
    "health.finding.prompt_requested",
    "studio.started",
    "studio.health_refreshed",
];

/// The warning that there are no health reports.
pub(super) const NO_REPORTS: &str = "no_health_reports";

/// Product activation in the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Activation {
    /// Projects analyzed (`decantr.analyze.completed`).
    pub analyze_completed: u64,
    /// Projects made (`decantr.new.completed`).
    pub new_completed: u64,
    /// Projects set up (`decantr.init.completed`).
    pub init_completed: u64,
    /// Projects brought up to date (`decantr.refresh.completed`).
    pub refresh_completed: u64,
    /// Projects checked (`decantr.check.completed`).
    pub check_completed: u64,
    /// Health reports (`health.report.generated`).
    pub health_reports: u64,
    /// Projects found healthy (`decantr.health.healthy`).
    pub healthy_milestones: u64,
    /// Health checks that failed a build (`health.ci.failed`).
    pub ci_failures: u64,
    /// Requests for help with a finding (`health.finding.prompt_requested`).
    pub remediation_prompts: u64,
    /// Studio starts (`studio.started`).
    pub studio_starts: u64,
    /// Health refreshed in the studio (`studio.health_refreshed`).
    pub studio_refreshes: u64,
    /// Healthy milestones by health reports; null when there are none.
    pub activation_rate: Option<f64>,
    /// Failed builds by health reports; null when there are none.
    pub ci_failure_rate: Option<f64>,
    /// What the numbers give cause to look at: no reports, reports without a healthy project, failed builds.
    pub warnings: Vec<Warning>,
}

impl Activation {
    /// Counts by name; `None` when the catalog has none of the events.
    pub(super) fn of(catalog: &Catalog, count: impl Fn(&str) -> u64) -> Option<Self> {
        LIFECYCLE
            .iter()
            .find(|name| catalog.event(name).is_some())?;
        let [
            analyze_completed,
            new_completed,
            init_completed,
            refresh_completed,
            check_completed,
            health_reports,
            healthy_milestones,
            ci_failures,
            remediation_prompts,
            studio_starts,
            studio_refreshes,
        ] = LIFECYCLE.map(count);
        Some(Self {
            analyze_completed,
            new_completed,
            init_completed,
            refresh_completed,
            check_completed,
            health_reports,
            healthy_milestones,
            ci_failures,
            remediation_prompts,
            studio_starts,
            studio_refreshes,
            activation_rate: ratio(healthy_milestones, health_reports),
            ci_failure_rate: ratio(ci_failures, health_reports),
            warnings: warnings(health_reports, healthy_milestones, ci_failures),
        })
    }

    /// The counts under the names that people read, in the order of a product's life.
    pub fn steps(&self) -> [(&'static str, u64); 11] {
        [
            ("analyze", self.analyze_completed),
            ("new", self.new_completed),
            ("init", self.init_completed),
            ("refresh", self.refresh_completed),
            ("check", self.check_completed),
            ("health reports", self.health_reports),
            ("healthy milestones", self.healthy_milestones),
            ("CI failures", self.ci_failures),
            ("remediation prompts", self.remediation_prompts),
            ("studio starts", self.studio_starts),
            ("studio refreshes", self.studio_refreshes),
        ]
    }
}

fn warnings(reports: u64, healthy: u64, ci_failures: u64) -> Vec<Warning> {
    let no_reports = || Warning::new(NO_REPORTS, "No project's health was reported.");
    let none_healthy = || {
        let message = format!("{reports} health reports, and no project was found healthy.");
        Warning::new("no_healthy_project", message)
    };
    let failed = || {
        let message = format!("{ci_failures} builds failed their health check.");
        Warning::new("ci_failures", message)
    };
    [
        (reports == 0).then(no_reports),
        (reports > 0 && healthy == 0).then(none_healthy),
        (ci_failures > 0).then(failed),
    ]
    .into_iter()
    .flatten()
    .collect()
}
