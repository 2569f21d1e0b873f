//! `decantr ops catalog diff`: what somebody who agreed to one form of a catalog would newly send by another.

use serde::Serialize;

use super::named::by_name;
use super::view::{ChangeView, FindingView, Form};
use crate::cli::args::CatalogDiffArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::model::catalog::{Change, compare};

/// The result as JSON on stdout.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema_version: u32,
    kind: &'static str,
    old: Form<'a>,
    new: Form<'a>,
    added: Vec<ChangeView<'a>>,
    removed: Vec<ChangeView<'a>>,
    violations: Vec<FindingView<'a>>,
}

/// Runs `decantr ops catalog diff`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when a file cannot be read or is no catalog.
pub(super) fn run(host: &Host, args: &CatalogDiffArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let (old, new) = (by_name(host, &args.old)?, by_name(host, &args.new)?);
    let growth = compare(&old, &new);
    if args.format.is_json() {
        return ui.json(&Report {
            schema_version: 1,
            kind: "ops.catalog.diff",
            old: Form::of(&old),
            new: Form::of(&new),
            added: growth.added.iter().map(ChangeView::of).collect(),
            removed: growth.removed.iter().map(ChangeView::of).collect(),
            violations: growth.violations.iter().map(FindingView::of).collect(),
        });
    }
    ui.line(&format!(
        "{}, revision {} to {}, revision {}",
        old.id, old.revision, new.id, new.revision
    ))?;
    changes("Newly sent, by whom or for how long", &growth.added, ui)?;
    changes("No longer", &growth.removed, ui)?;
    if !growth.violations.is_empty() {
        ui.warning(&format!(
            "a consent to the old form would not survive this; `decantr ops catalog check {} --against {}` says why",
            args.new, args.old
        ));
    }
    Ok(())
}

fn changes(title: &str, changes: &[Change], ui: &mut Ui) -> Result<(), CommandError> {
    ui.heading(title)?;
    if changes.is_empty() {
        return ui.line("nothing");
    }
    let mut rows = table(&["Where", "What"], &[]);
    for change in changes {
        rows.add_row([&change.place.to_string(), &change.text]);
    }
    ui.table(&mut rows)
}
