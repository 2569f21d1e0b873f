//! The digest as Markdown, for job summaries and chat tools that read it.

use std::fmt::Write as _;

use super::{Digest, Section};

/// Renders `digest`.
pub(super) fn render(digest: &Digest) -> String {
    let mut text = String::new();
    if digest.sample {
        text.push_str("**SAMPLE: these numbers are made up.**\n\n");
    }
    writeln!(
        text,
        "# Telemetry digest: {}\n\n{}\n\n## Alerts\n",
        digest.status.as_str(),
        digest.about()
    )
    .ok();
    if digest.alerts.is_empty() {
        text.push_str("None.\n");
    }
    for alert in &digest.alerts {
        writeln!(text, "- {}: {}", alert.level.as_str(), alert.message).ok();
    }
    for section in digest.sections() {
        table(&mut text, &section);
    }
    text
}

/// The first column to the left, numbers to the right.
fn table(text: &mut String, section: &Section) {
    let numbers = "---:|".repeat(section.columns.len().saturating_sub(1));
    writeln!(
        text,
        "\n## {}\n\n| {} |\n|---|{numbers}",
        section.title,
        section.columns.join(" | ")
    )
    .ok();
    for row in &section.rows {
        writeln!(text, "| {} |", row.join(" | ")).ok();
    }
    if let Some(note) = &section.note {
        writeln!(text, "\n{note}").ok();
    }
}
