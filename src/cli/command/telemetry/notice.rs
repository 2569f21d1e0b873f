//! A privacy notice in Markdown, made from what `telemetry explain` says: for a README, a website or a questionnaire.

use crate::client::control::{Diff, EventView, Explanation, PropertyView};

/// The notice about everything in `explanation`; about one event where that is all it has. It says nothing about this machine.
pub(super) fn markdown(explanation: &Explanation) -> String {
    let mut lines = Vec::new();
    head(explanation, &mut lines);
    let text = "## What is reported\n\n\
                Values are limited to those in the tables; there is no free text. Anything outside a list is reported as `other`.\n";
    lines.push(text.to_owned());
    for event in &explanation.events {
        report(event, &mut lines);
    }
    lines.push("### With every event\n".to_owned());
    lines.push("| Field | Allowed | Why |\n|---|---|---|".to_owned());
    for field in &explanation.context {
        lines.push(row(&[
            &code(field.name),
            &plain(&field.allowed),
            &plain(field.purpose),
        ]));
    }
    if !explanation.never_collected.is_empty() {
        lines.push("\n## What is never collected\n".to_owned());
    }
    for sentence in &explanation.never_collected {
        lines.push(format!("- {}", plain(sentence)));
    }
    tail(explanation, &mut lines);
    lines.join("\n") + "\n"
}

/// What is new since somebody agreed, as a list.
pub(super) fn diff(diff: &Diff) -> String {
    let mut lines = vec![format!(
        "# What is new in the telemetry of {}\n",
        plain(&diff.catalog)
    )];
    for gained in &diff.gained {
        let here = gained.here.as_ref();
        let here = here.map(|value| format!(" (here {})", code(&value.to_string())));
        lines.push(format!(
            "- {}: {}{}",
            code(&gained.place()),
            plain(&gained.text),
            here.unwrap_or_default()
        ));
    }
    lines.push(format!("\n{}", diff.next));
    lines.join("\n") + "\n"
}

fn head(explanation: &Explanation, lines: &mut Vec<String>) {
    let product = plain(&explanation.catalog);
    let sources: Vec<String> = explanation.sources.iter().map(|name| code(name)).collect();
    let receives = match &explanation.endpoint {
        Some(endpoint) => format!("Reports go to {}.", code(endpoint)),
        None => "Reports go to the endpoint that you agree to.".to_owned(),
    };
    lines.push(format!("# Telemetry of {product}\n"));
    lines.push(
        "Nothing is recorded, stored or sent before you say yes, and you can say no at any time.\n"
            .to_owned(),
    );
    lines.push(format!(
        "This notice is about what source {} can report by catalog {product}, revision {} (SHA-256 `{}`).\n",
        sources.join(" and "),
        explanation.revision,
        explanation.sha256
    ));
    lines.push("## Who receives it, and for how long\n".to_owned());
    lines.push(format!("{receives} Recipients:\n"));
    for recipient in &explanation.recipients {
        lines.push(format!("- {}", plain(recipient)));
    }
    lines.push(format!(
        "\nRaw events are kept for {} days, then removed with their ids; daily counts without ids stay. An operator can set another \
         time.\n",
        explanation.retention_days
    ));
}

fn report(event: &EventView, lines: &mut Vec<String>) {
    lines.push(format!("### {}\n", code(&event.name)));
    lines.push(format!(
        "{} Class: {}.\n",
        plain(&event.purpose),
        event.privacy.replace('_', " ")
    ));
    if event.properties.is_empty() {
        lines.push("It has no properties.\n".to_owned());
        return;
    }
    lines.push("| Property | Allowed | Why |\n|---|---|---|".to_owned());
    for property in &event.properties {
        let mark = if property.required { "" } else { " (optional)" };
        let name = format!("{}{mark}", code(&property.name));
        lines.push(row(&[&name, &allowed(property), &plain(&property.purpose)]));
    }
    lines.push(String::new());
}

fn allowed(property: &PropertyView) -> String {
    if property.values.is_empty() {
        return plain(&property.allowed);
    }
    let values: Vec<String> = property.values.iter().map(|value| code(value)).collect();
    format!("{}, `other`", values.join(", "))
}

fn tail(explanation: &Explanation, lines: &mut Vec<String>) {
    lines.push("\n## How to say no\n".to_owned());
    lines.push("| Control | Effect |\n|---|---|".to_owned());
    for control in &explanation.controls {
        lines.push(row(&[&code(control.control), control.effect]));
    }
    lines.push("\n## How to check this\n".to_owned());
    let which = match explanation.catalog.as_str() {
        "decantr" => String::new(),
        other => format!(" --catalog {other}"),
    };
    for (command, what) in [
        (
            "explain",
            "prints what this notice says, from the program itself",
        ),
        ("preview", "shows the exact bytes that would leave"),
        (
            "log --bytes",
            "shows every byte that left, with the server's signed receipt",
        ),
        (
            "verify",
            "checks on this machine that off is off, or that what left is what the receipts say",
        ),
        (
            "forget",
            "has the server erase what was sent, and gives a ticket to check it by",
        ),
        (
            "disable",
            "says no and removes every trace from this machine",
        ),
    ] {
        lines.push(format!("- `decantr telemetry {command}{which}` {what}."));
    }
}

fn row(cells: &[&str]) -> String {
    format!("| {} |", cells.join(" | "))
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// Words of a catalog's author as plain text: nothing in them is markup.
fn plain(text: &str) -> String {
    let is_markup = |c: char| {
        matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~'
        )
    };
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_markup(c) {
            safe.push('\\');
        }
        safe.push(if c.is_control() { ' ' } else { c });
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authors_words_are_no_markup() {
        assert_eq!(
            plain("a <b> [c](d) *e*\nf"),
            "a \\<b\\> \\[c\\](d) \\*e\\* f"
        );
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
    }
}
