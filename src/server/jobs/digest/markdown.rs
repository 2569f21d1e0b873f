//! The digest as Markdown, for job summaries and chat tools that read it.

use std::fmt::Write as _;

use super::Digest;

/// Renders `digest`.
pub(super) fn render(digest: &Digest) -> String {
    let mut text = String::new();
    if digest.sample {
        text.push_str("**SAMPLE: these numbers are made up.**\n\n");
    }
    writeln!(text, "# Telemetry digest: {}\n", digest.status.as_str()).ok();
    writeln!(
        text,
        "Catalog {}, {} ({}{}). \"7 days\" ends with today; changes compare complete days.",
        digest.catalog,
        digest.generated_at.strftime("%Y-%m-%d %H:%M UTC"),
        digest.basis.as_str(),
        digest
            .environment
            .map(|only| format!(", {} only", only.as_str()))
            .unwrap_or_default(),
    )
    .ok();
    alerts(&mut text, digest);
    pulse(&mut text, digest);
    project_health(&mut text, digest);
    adoption(&mut text, digest);
    for (title, shares) in [("Sources", &digest.sources), ("Actors", &digest.actors)] {
        let rows = shares.iter().map(|share| {
            let part = rate(Some(share.share));
            vec![share.name.clone(), share.events.to_string(), part]
        });
        table(&mut text, title, &["", "events", "share"], rows);
    }
    let rows = digest.failures.iter().map(|failure| {
        vec![
            failure.name.clone(),
            failure.failures.to_string(),
            failure.events.to_string(),
            rate(Some(failure.failure_rate)),
        ]
    });
    table(
        &mut text,
        "Failures",
        &["event", "failures", "of", "rate"],
        rows,
    );
    text
}

fn alerts(text: &mut String, digest: &Digest) {
    text.push_str("\n## Alerts\n\n");
    if digest.alerts.is_empty() {
        text.push_str("None.\n");
    }
    for alert in &digest.alerts {
        writeln!(text, "- {}: {}", alert.level.as_str(), alert.message).ok();
    }
}

fn pulse(text: &mut String, digest: &Digest) {
    let pulse = &digest.pulse;
    let row = |name: &str, week: u64, change: Option<f64>, month: u64| {
        vec![
            name.to_owned(),
            week.to_string(),
            signed(change),
            month.to_string(),
        ]
    };
    let still = |name: &str, week: u64, month: u64| {
        vec![
            name.to_owned(),
            week.to_string(),
            String::new(),
            month.to_string(),
        ]
    };
    let single =
        |name: &str, value: String| vec![name.to_owned(), value, String::new(), String::new()];
    let rows = [
        row(
            "events",
            pulse.total_7d,
            pulse.total_change_rate,
            pulse.total_30d,
        ),
        row(
            "customer events",
            pulse.customer_7d,
            pulse.customer_change_rate,
            pulse.customer_30d,
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
        single("dropped events", pulse.dropped_7d.to_string()),
        single("duplicate events", pulse.duplicates_7d.to_string()),
        single("stripped parts", pulse.stripped_7d.to_string()),
    ];
    table(text, "Pulse", &["", "7 days", "change", "30 days"], rows);
}

fn project_health(text: &mut String, digest: &Digest) {
    let columns = ["", "7 days", "30 days", "customers, 30 days"];
    let rows = digest.project_health.iter().map(|step| {
        vec![
            step.step.to_owned(),
            step.last_7_days.to_string(),
            step.last_30_days.to_string(),
            step.customer_30_days.to_string(),
        ]
    });
    table(text, "Project health", &columns, rows);
    if !digest.project_health.is_empty() {
        writeln!(
            text,
            "\nActivation rate {}, CI failure rate {} (7 days).",
            rate(digest.activation_rate),
            rate(digest.ci_failure_rate)
        )
        .ok();
    }
}

fn adoption(text: &mut String, digest: &Digest) {
    let rows = digest.adoption.iter().map(|bucket| {
        vec![
            bucket.key.clone(),
            bucket.total.to_string(),
            bucket.current.to_string(),
            bucket.previous.to_string(),
            signed(bucket.change_rate),
        ]
    });
    let columns = ["bucket", "7 days", "7 complete days", "7 before", "change"];
    table(text, "Adoption", &columns, rows);
}

/// A section with a table: the first column to the left, numbers to the right; nothing at all without rows.
fn table(
    text: &mut String,
    title: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() {
        return;
    }
    writeln!(text, "\n## {title}\n").ok();
    writeln!(text, "| {} |", columns.join(" | ")).ok();
    writeln!(
        text,
        "|---|{}",
        "---:|".repeat(columns.len().saturating_sub(1))
    )
    .ok();
    for row in rows {
        writeln!(text, "| {} |", row.join(" | ")).ok();
    }
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or_else(|| "n/a".to_owned(), |rate| format!("{:.1} %", rate * 100.0))
}

fn signed(rate: Option<f64>) -> String {
    rate.map_or_else(
        || "n/a".to_owned(),
        |rate| format!("{:+.1} %", rate * 100.0),
    )
}
