//! `decantr ops catalog show`: a whole catalog, as documentation of what a program may report.

use super::named::{by_name, named};
use super::view::CatalogView;
use crate::cli::args::{CatalogOption, CatalogShowArgs};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{DIM, HEADING, Ui, pairs, table};
use crate::config::Host;
use crate::model::catalog::{Catalog, EventSpec, PropertySpec, PropertyType, Reduce};

/// Runs `decantr ops catalog show`.
///
/// # Errors
/// Exit code 2 when there is no such catalog or it has no such event, 3 when a file cannot be read or is no catalog.
pub(super) fn run(host: &Host, args: &CatalogShowArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let catalog = match &args.catalog {
        Some(name) => by_name(host, name)?,
        None => named(host, &CatalogOption::default())?,
    };
    let events: Vec<&EventSpec> = match &args.event {
        None => catalog.events.iter().collect(),
        Some(name) => vec![catalog.event(name).ok_or_else(|| {
            let message = format!("the catalog {} has no event {name}", catalog.id);
            CommandError::new(exit::USAGE, message)
                .hint("`decantr ops catalog show` with the catalog alone lists its events")
        })?],
    };
    if args.format.is_json() {
        return ui.json(&CatalogView::of(&catalog, &events));
    }
    if args.event.is_none() {
        head(&catalog, ui)?;
    }
    for event in events {
        print_event(event, ui)?;
    }
    ui.line("\n? marks what an event may lack.")?;
    if args.event.is_some() {
        return Ok(());
    }
    ui.heading("Never collected")?;
    for sentence in &catalog.never_collected {
        ui.line(&format!("- {sentence}"))?;
    }
    Ok(())
}

fn head(catalog: &Catalog, ui: &mut Ui) -> Result<(), CommandError> {
    let rows = [
        (
            "Catalog",
            format!("{}, revision {}", catalog.id, catalog.revision),
        ),
        (
            "Schema",
            format!(
                "{} is sent, {} taken",
                catalog.schema_version,
                catalog.accepts.join(" and ")
            ),
        ),
        ("Sources", catalog.sources.join(", ")),
        ("Kept for", format!("{} days", catalog.retention_days)),
        ("Digest", catalog.wire_digest().to_owned()),
    ];
    ui.table(&mut pairs(&rows))?;
    if catalog.buckets.is_empty() {
        return Ok(());
    }
    ui.heading("Buckets")?;
    let mut buckets = table(&["Bucket", "What it shows"], &[]);
    for bucket in &catalog.buckets {
        buckets.add_row([&*bucket.key, &bucket.purpose]);
    }
    ui.table(&mut buckets)
}

fn print_event(event: &EventSpec, ui: &mut Ui) -> Result<(), CommandError> {
    let name = ui.paint(HEADING, &event.name);
    ui.line(&format!("\n{name}\n{}", event.purpose))?;
    let about = ui.paint(DIM, &about(event));
    ui.line(&about)?;
    if event.properties.is_empty() {
        return Ok(());
    }
    let mut rows = table(&["Property", "Allowed", "Since", "Why"], &[2]);
    for property in &event.properties {
        let mark = if property.required { "" } else { "?" };
        rows.add_row([
            format!("{}{mark}", property.name),
            allowed(property),
            property.since.to_string(),
            property.purpose.clone(),
        ]);
    }
    ui.table(&mut rows)
}

/// Who sends it, who answers for it, and what is counted.
fn about(event: &EventSpec) -> String {
    let key = if event.public_ingest {
        "without a key"
    } else {
        "with an API key"
    };
    let mut parts = vec![
        format!("from {}, {key}", event.sources.join(", ")),
        event.privacy.as_str().to_owned(),
    ];
    let mut list = |what: &str, names: &[_]| {
        if !names.is_empty() {
            parts.push(format!("{what} {}", names.join(", ")));
        }
    };
    list("in", &event.buckets);
    list("counted by", &event.dimensions);
    list("summed", &event.sums);
    parts.push(format!("since {}", event.since));
    if let Some(date) = event.expires {
        parts.push(format!("until {date}"));
    }
    if !event.owner.is_empty() {
        parts.push(format!("owner {}", event.owner));
    }
    parts.join("; ")
}

/// What it can hold, and under which conditions.
fn allowed(property: &PropertySpec) -> String {
    let mut parts = vec![property.kind.in_words()];
    if let PropertyType::Enum { values } = &property.kind {
        let later = values.iter().filter(|value| value.since > property.since);
        parts.extend(later.map(|value| format!("{} since {}", value.text, value.since)));
    }
    if let Some(reduce) = &property.reduce {
        parts.push(match reduce {
            Reduce::NumberToTier { tiers } => format!("made from a number by {tiers:?}"),
            other => format!("made by {}", other.name()),
        });
    }
    if !property.sources.is_empty() {
        parts.push(format!("from {} only", property.sources.join(", ")));
    }
    if property.public_only {
        parts.push("only for public content".to_owned());
    }
    parts.join("; ")
}
