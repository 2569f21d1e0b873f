//! A message as Markdown, for job summaries and tools that read it.

use std::fmt::Write as _;

use super::text::{clean, prose};
use super::{Message, SAMPLE, Section};

/// Renders `message`.
pub(super) fn render(message: &Message) -> String {
    let mut text = String::new();
    if message.is_sample {
        write!(text, "**{SAMPLE}**\n\n").ok();
    }
    let (headline, about) = (inline(&message.headline()), inline(&message.about));
    writeln!(text, "# {headline}\n\n{about}\n\n## Alerts\n").ok();
    if message.alerts.is_empty() {
        text.push_str("None.\n");
    }
    for alert in &message.alerts {
        writeln!(text, "- {}: {}", inline(&alert.level), inline(&alert.text)).ok();
    }
    for section in &message.sections {
        table(&mut text, section);
    }
    text
}

/// The first column to the left, numbers to the right.
fn table(text: &mut String, section: &Section) {
    let numbers = "---:|".repeat(section.columns.len().saturating_sub(1));
    let title = inline(&section.title);
    writeln!(
        text,
        "\n## {title}\n\n{}\n|---|{numbers}",
        row(&section.columns)
    )
    .ok();
    for cells in &section.rows {
        writeln!(text, "{}", row(cells)).ok();
    }
    if let Some(note) = &section.note {
        writeln!(text, "\n{}", inline(note)).ok();
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| inline(cell)).collect();
    format!("| {} |", cells.join(" | "))
}

/// A text in which Markdown reads nothing but code between pairs of backticks. In a table a bar ends even code.
fn inline(text: &str) -> String {
    let code = |part: &str| format!("`{}`", clean(part).replace('|', "\\|"));
    prose(text, escape, Some(code)).concat()
}

/// An underscore inside a word is no sign (GitHub Flavored Markdown, section 6.2).
fn escape(before: Option<char>, c: char, after: Option<char>) -> Option<String> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_sign = r"\*[]<>&|~#`".contains(c) || (c == '_' && !(is_word(before) && is_word(after)));
    is_sign.then(|| format!("\\{c}"))
}
