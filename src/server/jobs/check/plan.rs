//! What a check would try, for a dry run.

use jiff::Timestamp;

use super::{Checked, Finding, Settings, Verdict, posthog};
use crate::base::secret::Secret;
use crate::model::catalog::Catalog;

/// Everything that [`run`](super::run) would try, with what it lacks for that. Nothing is sent.
pub fn plan(settings: &Settings, catalog: &Catalog, now: Timestamp) -> Checked {
    let needs = |key: Option<&Secret>, variable: &str| {
        let how = if key.is_some() {
            "with the key in"
        } else {
            "not without"
        };
        format!("{how} {variable}")
    };
    let admin = needs(settings.admin.as_ref(), "DECANTR_ADMIN_KEY");
    let link = needs(settings.link.as_ref(), "DECANTR_API_KEY");
    let snapshot = match (&settings.snapshot, &settings.admin) {
        (None, Some(_)) => admin.clone(),
        (key, _) => needs(key.as_ref(), "DECANTR_TELEMETRY_SNAPSHOT_TOKEN"),
    };
    let posthog = if settings.posthog.is_some() {
        "with the key in POSTHOG_PERSONAL_API_KEY"
    } else {
        "not without POSTHOG_PERSONAL_API_KEY"
    };
    let facts = Facts {
        admin,
        link,
        snapshot,
        posthog,
    };
    let findings = facts.lines(catalog).map(|(check, found)| Finding {
        check,
        verdict: Verdict::NotChecked,
        found,
        todo: None,
    });
    Checked::of(settings, catalog, now, findings.to_vec())
}

/// With which keys what is asked.
struct Facts {
    admin: String,
    link: String,
    snapshot: String,
    posthog: &'static str,
}

impl Facts {
    /// Each check with what it would do.
    fn lines(&self, catalog: &Catalog) -> [(&'static str, String); 12] {
        let lanes: Vec<&str> = catalog.sources.iter().map(|source| &**source).collect();
        let versions = catalog.accepts.join(", ");
        [
            ("endpoint", "health, readiness and the key page".to_owned()),
            (
                "catalog",
                format!("an empty batch of schema {versions}, and one that must be refused"),
            ),
            (
                "pairs",
                "an event from a source that may not send it, which must be dropped".to_owned(),
            ),
            (
                "lanes",
                format!(
                    "an event from each of {}, under ids made for this",
                    lanes.join(", ")
                ),
            ),
            (
                "found",
                format!(
                    "the ids marked internal, their events in the attribution ({})",
                    self.admin
                ),
            ),
            (
                "link",
                format!("the ids linked and unlinked again ({})", self.link),
            ),
            ("cleanup", "the ids forgotten, by their proofs".to_owned()),
            (
                "snapshots",
                format!("whether all were made today ({})", self.snapshot),
            ),
            (
                "payloads",
                format!(
                    "digest and health in every form of message ({})",
                    self.snapshot
                ),
            ),
            (
                "coverage",
                format!(
                    "identity coverage of the last 7 complete days ({})",
                    self.admin
                ),
            ),
            (
                posthog::CHECK,
                format!("the events that confirm a rollout ({})", self.posthog),
            ),
            (
                "billing_flags",
                "the billing flags in this environment".to_owned(),
            ),
        ]
    }
}
