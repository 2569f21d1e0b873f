//! The digest as titled tables, which every form of it shows.

use super::Digest;
use crate::server::jobs::message::{Section, rate, signed};

/// The sections that have rows, in order.
pub(super) fn of(digest: &Digest) -> Vec<Section> {
    let mut sections = vec![
        pulse(digest),
        organisations(digest),
        identity(digest),
        project_health(digest),
        adoption(digest),
        events(digest),
    ];
    for (title, shares) in [("Sources", &digest.sources), ("Actors", &digest.actors)] {
        let rows = shares
            .iter()
            .map(|share| {
                vec![
                    share.name.clone(),
                    share.events.to_string(),
                    rate(Some(share.share)),
                ]
            })
            .collect();
        sections.push(Section::new(title, &["", "events", "share"], rows));
    }
    sections.push(failures(digest));
    sections.push(digest.snapshots.section());
    sections.retain(|section| !section.rows.is_empty());
    sections
}

fn pulse(digest: &Digest) -> Section {
    let pulse = &digest.pulse;
    let row = |name: &str, week: String, change: String, month: String| {
        vec![name.to_owned(), week, change, month]
    };
    let moving = |name, week: u64, change, month: u64| {
        row(name, week.to_string(), signed(change), month.to_string())
    };
    let still =
        |name, week: u64, month: u64| row(name, week.to_string(), String::new(), month.to_string());
    let single = |name, week| row(name, week, String::new(), String::new());
    let rows = vec![
        moving(
            "events",
            pulse.total_7d,
            pulse.total_change_rate,
            pulse.total_30d,
        ),
        moving(
            "customer events",
            pulse.customer_7d,
            pulse.customer_change_rate,
            pulse.customer_30d,
        ),
        still(
            "customer CLI events",
            pulse.customer_cli_7d,
            pulse.customer_cli_30d,
        ),
        still(
            "active installs",
            pulse.active_installs_7d,
            pulse.active_installs_30d,
        ),
        still(
            "active projects",
            pulse.active_projects_7d,
            pulse.active_projects_30d,
        ),
        still(
            "active organisations",
            pulse.active_orgs_7d,
            pulse.active_orgs_30d,
        ),
        single("failures", pulse.failures_7d.to_string()),
        single("failure rate", rate(pulse.failure_rate_7d)),
        single("outside production", rate(pulse.outside_production_7d)),
        single(
            "classification coverage",
            rate(pulse.classification_coverage_7d),
        ),
        single("dropped events", pulse.dropped_7d.to_string()),
        single("duplicate events", pulse.duplicates_7d.to_string()),
        single("stripped parts", pulse.stripped_7d.to_string()),
    ];
    Section::new("Pulse", &["", "7 days", "change", "30 days"], rows)
}

fn organisations(digest: &Digest) -> Section {
    let rows = digest
        .organisations
        .iter()
        .map(|org| {
            let counts = [org.events, org.active_installs, org.active_projects];
            let last = org
                .last_active
                .map_or_else(String::new, |day| day.to_string());
            std::iter::once(org.name().to_owned())
                .chain(counts.map(|count| count.to_string()))
                .chain([last])
                .collect()
        })
        .collect();
    let columns = [
        "organisation",
        "7 days",
        "installs",
        "projects",
        "last active",
    ];
    Section::new("Top customers", &columns, rows)
}

/// Who is who; nothing while no event has an id.
fn identity(digest: &Digest) -> Section {
    let identity = &digest.identity;
    let mut rows: Vec<Vec<String>> = [
        ("identity coverage", rate(identity.identity_coverage)),
        ("active identities", identity.active_identities.to_string()),
        ("candidate aliases", identity.candidate_aliases.to_string()),
    ]
    .map(|(name, value)| vec![name.to_owned(), value])
    .to_vec();
    if identity.active_identities == 0 && identity.events_with_ids == 0 {
        rows.clear();
    }
    Section::new("Identity", &["", "7 days"], rows)
}

fn project_health(digest: &Digest) -> Section {
    let rows = digest
        .project_health
        .iter()
        .map(|step| {
            let counts = [step.last_7_days, step.last_30_days, step.customer_30_days];
            std::iter::once(step.step.to_owned())
                .chain(counts.map(|count| count.to_string()))
                .collect()
        })
        .collect();
    let note = format!(
        "Activation rate {}, CI failure rate {} (7 days).",
        rate(digest.activation_rate),
        rate(digest.ci_failure_rate)
    );
    let columns = ["", "7 days", "30 days", "customers, 30 days"];
    Section::new("Project health", &columns, rows).noted(note)
}

fn adoption(digest: &Digest) -> Section {
    let rows = digest
        .adoption
        .iter()
        .map(|bucket| {
            let counts =
                [bucket.total, bucket.current, bucket.previous].map(|count| count.to_string());
            std::iter::once(bucket.key.clone())
                .chain(counts)
                .chain([signed(bucket.change_rate)])
                .collect()
        })
        .collect();
    let columns = ["bucket", "7 days", "7 complete days", "7 before", "change"];
    Section::new("Adoption", &columns, rows)
}

fn events(digest: &Digest) -> Section {
    let rows = digest
        .events
        .iter()
        .map(|event| {
            let counts = [event.events, event.customer_events].map(|count| count.to_string());
            std::iter::once(event.name.clone())
                .chain(counts)
                .chain([signed(event.change_rate)])
                .collect()
        })
        .collect();
    Section::new(
        "Top events",
        &["event", "7 days", "customers", "change"],
        rows,
    )
}

fn failures(digest: &Digest) -> Section {
    let rows = digest
        .failures
        .iter()
        .map(|failure| {
            vec![
                failure.name.clone(),
                failure.failures.to_string(),
                failure.events.to_string(),
                rate(Some(failure.failure_rate)),
            ]
        })
        .collect();
    Section::new("Failures", &["event", "failures", "of", "rate"], rows)
}
