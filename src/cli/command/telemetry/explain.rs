//! `decantr telemetry explain`: everything that could be reported, in a form that can be shared.

use super::notice;
use crate::cli::args::{AnalyzeArgs, ExplainArgs, ReportFormat};
use crate::cli::command::analyze;
use crate::cli::error::CommandError;
use crate::cli::ui::{DIM, HEADING, Ui, table};
use crate::client::control::{self, EventView, Explanation, Gained, PropertyView};
use crate::config::{Asked, Host};

/// Runs `decantr telemetry explain`.
pub(super) fn run(
    host: &Host,
    asked: &Asked<'_>,
    args: &ExplainArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    if args.diff {
        return diff(host, asked, args, ui);
    }
    let product = super::reporting_as(asked, &args.sources)?;
    let asked = Asked {
        product: Some(&product),
        ..*asked
    };
    let explanation = control::explain(host, &asked, args.event.as_deref())?;
    match args.print.format() {
        ReportFormat::Json => return ui.json(&explanation),
        ReportFormat::Markdown => return ui.data(&notice::markdown(&explanation)),
        ReportFormat::Table => {}
    }
    head(&explanation, ui)?;
    for event in &explanation.events {
        print_event(event, args.event.is_some(), ui)?;
    }
    if args.event.is_some() {
        return Ok(());
    }
    ui.line("\n? marks what an event may lack. All values of a list: `decantr telemetry explain EVENT`, or --json.")?;
    context(&explanation, ui)?;
    ui.heading("Never collected")?;
    for sentence in &explanation.never_collected {
        ui.line(&format!("- {sentence}"))?;
    }
    ui.heading("How to say no")?;
    let mut controls = table(&["Control", "Effect"], &[]);
    for control in &explanation.controls {
        controls.add_row([control.control, control.effect]);
    }
    ui.table(&mut controls)
}

/// What is new since the person agreed.
fn diff(
    host: &Host,
    asked: &Asked<'_>,
    args: &ExplainArgs,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    // What the one command that reports would say in this folder.
    let observed = if asked.product().is_own() {
        Vec::from(analyze::observe(host, &AnalyzeArgs::here()))
    } else {
        Vec::new()
    };
    let diff = control::diff(host, asked, &observed)?;
    match args.print.format() {
        ReportFormat::Json => return ui.json(&diff),
        ReportFormat::Markdown => return ui.data(&notice::diff(&diff)),
        ReportFormat::Table => {}
    }
    let agreed = diff
        .agreed
        .map(|agreed| format!(", agreed to revision {agreed}"));
    ui.line(&format!(
        "Catalog {}, revision {}{}. Telemetry is {} here.",
        diff.catalog,
        diff.current,
        agreed.unwrap_or_default(),
        diff.effective.as_str()
    ))?;
    gained(&diff.gained, ui)?;
    ui.line(&diff.next)
}

/// A table of what is new.
pub(super) fn gained(gained: &[Gained], ui: &mut Ui) -> Result<(), CommandError> {
    if gained.is_empty() {
        return Ok(());
    }
    let mut rows = table(&["Where", "New", "Here"], &[]);
    for one in gained {
        let here = one.here.as_ref().map(ToString::to_string);
        rows.add_row([one.place(), one.text.clone(), here.unwrap_or_default()]);
    }
    ui.table(&mut rows)
}

fn head(explanation: &Explanation, ui: &mut Ui) -> Result<(), CommandError> {
    let count = explanation.events.len();
    let plural = if count == 1 { "event" } else { "events" };
    ui.line(&format!(
        "{count} {plural} that source {} could report (catalog {}, revision {}). Telemetry is {} here.",
        explanation.sources.join(" or "),
        explanation.catalog,
        explanation.revision,
        explanation.effective.as_str()
    ))?;
    let endpoint = explanation
        .endpoint
        .as_deref()
        .unwrap_or("not usable, see `decantr telemetry status`");
    ui.line(&format!(
        "Endpoint: {endpoint}. Raw events are kept for {} days, as the catalog asks.",
        explanation.retention_days
    ))?;
    for recipient in &explanation.recipients {
        ui.line(&format!("Recipient: {recipient}"))?;
    }
    Ok(())
}

/// How many values of a list are shown in the list of all events; one event alone shows them all.
const SHORT_LIST: usize = 8;

/// Every value that a property can have, in words; long lists only when `whole`.
fn allowed(property: &PropertyView, whole: bool) -> String {
    match property.values.len() {
        0 => property.allowed.clone(),
        count if whole || count <= SHORT_LIST => {
            format!("{}, else other", property.values.join(", "))
        }
        count => format!("one of {count} listed values, else other"),
    }
}

/// Prints one event with its properties.
fn print_event(event: &EventView, whole: bool, ui: &mut Ui) -> Result<(), CommandError> {
    let name = ui.paint(HEADING, &event.name);
    let class = format!("({}; {})", event.privacy, event.buckets.join(", "));
    let class = ui.paint(DIM, &class);
    ui.line(&format!("\n{name} {class}\n{}", event.purpose))?;
    let mut properties = table(&["Property", "Allowed", "Why"], &[]);
    for property in &event.properties {
        let mark = if property.required { "" } else { "?" };
        let name = format!("{}{mark}", property.name);
        properties.add_row([name.as_str(), &allowed(property, whole), &property.purpose]);
    }
    ui.table(&mut properties)
}

fn context(explanation: &Explanation, ui: &mut Ui) -> Result<(), CommandError> {
    ui.heading("With every event")?;
    let mut fields = table(&["Field", "Allowed", "Why"], &[]);
    for field in &explanation.context {
        fields.add_row([field.name, &field.allowed, field.purpose]);
    }
    ui.table(&mut fields)?;
    let id = |id: &Option<_>| {
        id.as_ref()
            .map_or_else(|| "none yet".to_owned(), ToString::to_string)
    };
    ui.line(&format!(
        "Install id: {}. Project id: {}.",
        id(&explanation.ids.install_id),
        id(&explanation.ids.project_id)
    ))
}
