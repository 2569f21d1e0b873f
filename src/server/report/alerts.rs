//! Alerts: what in a usage report needs attention, by rules with adjustable thresholds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::activation::NO_REPORTS;
use super::code::{self, Code};
use super::identity::IDENTITY_DAYS;
use super::{Bucket, Usage};
use crate::model::outcome::Reason;

/// How much attention.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Now.
    Critical,
    /// Soon.
    Warning,
    /// Good to know.
    Info,
}

impl Level {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// How much.
    pub level: Level,
    /// A fixed code.
    #[serde(deserialize_with = "code::read")]
    pub code: Code,
    /// A sentence with the numbers.
    pub message: String,
}

/// Something in one part of a report that is worth a look; unlike an alert it has no say in whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// A fixed code.
    #[serde(deserialize_with = "code::read")]
    pub code: Code,
    /// A sentence with the numbers.
    pub message: String,
}

impl Warning {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Where the rules begin to apply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Failures of the window, from which on they are a warning.
    pub failures: u64,
    /// Failure rate of the window, from which on it is a warning.
    pub failure_rate: f64,
    /// Failure rate of the window, from which on it is critical where it is an alert at all.
    pub critical_failure_rate: f64,
    /// Decline of customer events between complete periods, from which on it is a warning.
    pub customer_drop_rate: f64,
    /// Drop rate, or strip rate, above which it is a warning.
    pub loss_rate: f64,
    /// Identity coverage, below which it is a warning.
    pub identity_coverage: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            failures: 3,
            failure_rate: 0.05,
            critical_failure_rate: 0.10,
            customer_drop_rate: 0.25,
            loss_rate: 0.01,
            identity_coverage: 0.95,
        }
    }
}

impl Thresholds {
    /// Every alert that `usage` gives cause for, worst first.
    pub(super) fn alerts(&self, usage: &Usage) -> Vec<Alert> {
        let mut alerts: Vec<Alert> = [
            silence(usage),
            self.failing(usage),
            self.customers(usage),
            self.drops(usage),
            self.strips(usage),
            overflow(usage),
            self.coverage(usage),
            candidates(usage),
            strangers(usage),
        ]
        .into_iter()
        .flatten()
        .chain(health(usage))
        .chain(usage.buckets.iter().filter_map(rising))
        .collect();
        alerts.sort_by_key(|alert| alert.level);
        alerts
    }

    fn failing(&self, usage: &Usage) -> Option<Alert> {
        let failures = usage.summary.failures;
        let rate = usage.summary.failure_rate?;
        let level = self.failure_level(failures, rate)?;
        let message = format!(
            "Failures reported: {failures} ({} of events).",
            percent(rate)
        );
        Some(alert(level, "failures", message))
    }

    fn failure_level(&self, failures: u64, rate: f64) -> Option<Level> {
        let is_alert = failures > 0 && (failures >= self.failures || rate >= self.failure_rate);
        is_alert.then_some(if rate >= self.critical_failure_rate {
            Level::Critical
        } else {
            Level::Warning
        })
    }

    fn customers(&self, usage: &Usage) -> Option<Alert> {
        let change = usage.summary.customer_change_rate?;
        (change <= -self.customer_drop_rate).then(|| {
            let (from, to) = (
                usage.summary.previous_customer_events,
                usage.summary.current_customer_events,
            );
            let message = format!(
                "Customer events fell by {} from one period of {} complete days to the next ({from} to {to}).",
                percent(-change),
                usage.days
            );
            alert(Level::Warning, "customer_drop", message)
        })
    }

    fn drops(&self, usage: &Usage) -> Option<Alert> {
        let rate = usage.intake.drop_rate?;
        (rate > self.loss_rate).then(|| {
            let reason = usage.intake.drops.first().map_or("", |drop| drop.reason);
            let message = format!(
                "{} of the events received were dropped, most of them as {reason}.",
                percent(rate)
            );
            alert(Level::Warning, "dropped_events", message)
        })
    }

    fn coverage(&self, usage: &Usage) -> Option<Alert> {
        let coverage = usage.identity.identity_coverage?;
        (usage.is_of_everybody() && coverage < self.identity_coverage).then(|| {
            let message = format!(
                "Identity coverage is {} ({} of {} events with ids); `decantr ops alias candidates` lists who is not known.",
                percent(coverage),
                usage.identity.decided_events,
                usage.identity.events_with_ids
            );
            alert(Level::Warning, "identity_coverage", message)
        })
    }

    fn strips(&self, usage: &Usage) -> Option<Alert> {
        let rate = usage.intake.strip_rate?;
        (rate > self.loss_rate).then(|| {
            let cause = usage.intake.strips.first().map_or("", |strip| strip.reason);
            let message = format!(
                "{} parts were taken out of {} stored events, most of them as {cause}.",
                usage.intake.stripped, usage.intake.accepted
            );
            alert(Level::Warning, "stripped_properties", message)
        })
    }
}

fn alert(level: Level, code: &'static str, message: impl Into<String>) -> Alert {
    Alert {
        level,
        code,
        message: message.into(),
    }
}

/// A queue was full: the server's own, whose senders try again, or that of a service, whose events are gone.
fn overflow(usage: &Usage) -> Option<Alert> {
    let deferred = usage.intake.deferred;
    let server = (deferred > 0).then(|| format!(
        "The server had too much to do: events were told to come again {deferred} times; look at its disk and its log."
    ));
    let reason = Reason::QueueOverflow.code();
    let lost = usage.intake.drops.iter().find(|drop| drop.reason == reason);
    let services = lost.map(|lost| {
        format!(
            "Services dropped {} events because their queues were full; look at why they could not send, or raise TELEMETRY_QUEUE_SIZE.",
            lost.count
        )
    });
    let message = [server, services].into_iter().flatten();
    let message: Vec<String> = message.collect();
    (!message.is_empty()).then(|| alert(Level::Warning, reason, message.join(" ")))
}

fn silence(usage: &Usage) -> Option<Alert> {
    (usage.summary.total_events == 0).then(|| {
        let message = format!("No events in the last {} days.", usage.days);
        alert(Level::Critical, "no_events", message)
    })
}

fn candidates(usage: &Usage) -> Option<Alert> {
    let candidates = usage.identity.candidate_aliases;
    (usage.is_of_everybody() && candidates > 0).then(|| {
        let message = format!(
            "{candidates} of {} active identities are candidates for an alias.",
            usage.identity.active_identities
        );
        alert(Level::Info, "candidate_aliases", message)
    })
}

/// Candidates that grow faster than customers do; asked only of reports whose days are those of the candidates.
fn strangers(usage: &Usage) -> Option<Alert> {
    let (now, before) = (
        usage.identity.current_candidate_aliases,
        usage.identity.previous_candidate_aliases,
    );
    let customers = usage.summary.customer_change_rate?;
    let growth = super::ratio(now.checked_sub(before)?, before)?;
    let is_same = usage.is_of_everybody() && usage.days == IDENTITY_DAYS;
    (is_same && growth > 0.0 && growth > customers).then(|| {
        let message = format!(
            "Candidate aliases grow faster than customer events ({before} to {now}): classify internal traffic first, then ask customer teams to link."
        );
        alert(Level::Warning, "candidate_growth", message)
    })
}

/// What health reports give cause for. That there are none is no alert: not everybody checks health.
fn health(usage: &Usage) -> Vec<Alert> {
    let activation = usage.activation.iter();
    let warnings = activation.flat_map(|activation| &activation.warnings);
    warnings
        .filter(|warning| warning.code != NO_REPORTS)
        .map(|warning| alert(Level::Warning, warning.code, &*warning.message))
        .collect()
}

/// Signals of interest: buckets that appear, rise, or have anything in them at all.
fn rising(bucket: &Bucket) -> Option<Alert> {
    let (current, previous) = (bucket.current, bucket.previous);
    let (code, message) = match bucket.key.as_str() {
        "activation" if previous == 0 && current > 0 => (
            "activation_appears",
            format!("Activation appears: {current} events after none."),
        ),
        "commercial_intent" if current > previous => (
            "commercial_intent_rising",
            format!("Commercial intent is rising: {current} events after {previous}."),
        ),
        "billing_intent" if current > previous => (
            "billing_intent_rising",
            format!("Billing intent is rising: {current} events after {previous}."),
        ),
        "identity_hygiene" if bucket.total > 0 => (
            "identity_links",
            format!("Links between identities and accounts: {}.", bucket.total),
        ),
        "private_registry_readiness" if bucket.total > 0 => (
            "private_registry_signals",
            format!(
                "{} signals of interest in private registries.",
                bucket.total
            ),
        ),
        _ => return None,
    };
    Some(alert(Level::Info, code, message))
}

/// A rate as people read it.
fn percent(rate: f64) -> String {
    format!("{:.1} %", rate * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_critical_only_where_they_are_an_alert_at_all() {
        let usual = Thresholds::default();
        assert_eq!(usual.failure_level(0, 0.0), None);
        assert_eq!(usual.failure_level(2, 0.04), None);
        assert_eq!(usual.failure_level(3, 0.04), Some(Level::Warning));
        assert_eq!(usual.failure_level(1, 0.05), Some(Level::Warning));
        assert_eq!(usual.failure_level(1, 0.1), Some(Level::Critical));
        let patient = Thresholds {
            failures: 1_000,
            failure_rate: 0.2,
            ..usual
        };
        assert_eq!(patient.failure_level(15, 0.15), None);
        assert_eq!(patient.failure_level(1_000, 0.01), Some(Level::Warning));
        assert_eq!(patient.failure_level(20, 0.2), Some(Level::Critical));
    }
}
