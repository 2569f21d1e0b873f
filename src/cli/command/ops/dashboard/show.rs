//! The plan as people read it: lines with signs on the terminal, a list in Markdown.

use std::fmt::Write as _;

use serde_json::Value;

use super::Report;
use crate::cli::error::CommandError;
use crate::cli::ui::markdown::plain;
use crate::cli::ui::{BAD, DIM, GOOD, Ui, WATCH};
use crate::server::posthog::dashboard::{Action, Change, Difference, Done, Plan};

/// How much of a value is shown, in characters; JSON output has all of it.
const MAX_VALUE: usize = 100;

/// Where it is and what is to be done, in one line.
fn headline(report: &Report) -> String {
    let place = match &report.project {
        Some(project) => format!("{}, project {}", project.host, project.environment_id),
        None => "an empty project".to_owned(),
    };
    if report.plan.is_empty() {
        return format!("Dashboard in {place}: nothing to do");
    }
    let [create, update, delete] = report.plan.counts();
    format!("Dashboard in {place}: {create} to create, {update} to update, {delete} to delete")
}

fn sign(action: Action) -> char {
    match action {
        Action::Create => '+',
        Action::Update => '~',
        Action::Delete => '-',
    }
}

fn difference(difference: &Difference) -> String {
    let Difference { path, from, to } = difference;
    format!("{path}: {} -> {}", short(from), short(to))
}

/// A value in one line.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "nothing".to_owned(),
        value => value.to_string(),
    };
    if text.chars().count() <= MAX_VALUE {
        return text;
    }
    let start: String = text.chars().take(MAX_VALUE).collect();
    format!("{start}…")
}

/// What is said below a change.
fn details(change: &Change) -> Vec<String> {
    let differences = change.differences.iter().map(difference);
    differences.chain(change.note.clone()).collect()
}

fn label(change: &Change) -> String {
    format!("{} {}", change.part.noun(), change.name)
}

fn left_alone(change: &Change) -> String {
    let id = change.id.as_deref().unwrap_or("?");
    let mark = format!("decantr:{}:{}", change.part.noun(), change.key);
    format!(
        "left alone: {} (id {id}, {mark}); --prune removes it",
        label(change)
    )
}

fn skips(report: &Report) -> impl Iterator<Item = String> {
    report
        .skipped
        .iter()
        .map(|skip| format!("skipped: {}s: {}", skip.part.noun(), skip.reason))
}

/// What was written, counted.
fn outcome(done: &[Done]) -> String {
    let count = |action| done.iter().filter(|done| done.action == action).count();
    format!(
        "done: {} created, {} updated, {} deleted",
        count(Action::Create),
        count(Action::Update),
        count(Action::Delete)
    )
}

fn changes(plan: &Plan, ui: &mut Ui) -> Result<(), CommandError> {
    for change in &plan.changes {
        let style = match change.action {
            Action::Create => GOOD,
            Action::Update => WATCH,
            Action::Delete => BAD,
        };
        let sign = ui.paint(style, &sign(change.action).to_string());
        ui.line(&format!("{sign} {}", label(change)))?;
        for detail in details(change) {
            let detail = ui.paint(DIM, &detail);
            ui.line(&format!("    {detail}"))?;
        }
    }
    Ok(())
}

/// For the terminal.
pub(super) fn terminal(report: &Report, ui: &mut Ui) -> Result<(), CommandError> {
    ui.line(&headline(report))?;
    changes(&report.plan, ui)?;
    for change in &report.plan.left_alone {
        ui.line(&left_alone(change))?;
    }
    for skip in skips(report) {
        ui.line(&skip)?;
    }
    if let Some(done) = &report.done {
        ui.line(&outcome(done))?;
    }
    if let Some(remaining) = report.remaining.as_ref().filter(|plan| !plan.is_empty()) {
        ui.line("still different:")?;
        changes(remaining, ui)?;
    }
    Ok(())
}

/// For a page or a message.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n", headline(report));
    list(&mut text, &report.plan);
    let more = report.plan.left_alone.iter().map(left_alone);
    for line in more.chain(skips(report)) {
        writeln!(text, "\n{}", plain(&line)).ok();
    }
    if let Some(done) = &report.done {
        writeln!(text, "\n{}", outcome(done)).ok();
    }
    if let Some(remaining) = report.remaining.as_ref().filter(|plan| !plan.is_empty()) {
        text.push_str("\n## Still different\n");
        list(&mut text, remaining);
    }
    text
}

fn list(text: &mut String, plan: &Plan) {
    for change in &plan.changes {
        let what = match change.action {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        };
        writeln!(text, "\n- **{what}** {}", plain(&label(change))).ok();
        for detail in details(change) {
            writeln!(text, "  - {}", plain(&detail)).ok();
        }
    }
}
