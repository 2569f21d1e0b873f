//! `decantr ops catalog check`: whether a catalog is good, and keeps what its older form promised.

use jiff::tz::TimeZone;
use serde::Serialize;

use super::named::by_name;
use super::view::{FindingView, Form};
use crate::cli::args::CatalogCheckArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{GOOD, Ui, table};
use crate::config::Host;
use crate::model::catalog::{Catalog, Finding, compare, lint};

/// The result as JSON on stdout.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema_version: u32,
    kind: &'static str,
    ok: bool,
    catalog: Form<'a>,
    against: Option<Form<'a>>,
    findings: Vec<FindingView<'a>>,
}

/// Runs `decantr ops catalog check`.
///
/// # Errors
/// Exit code 1 when there are findings, 2 when there is no such catalog, 3 when a file cannot be read or is no catalog.
pub(super) fn run(host: &Host, args: &CatalogCheckArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let catalog = by_name(host, &args.catalog)?;
    let against = args.against.as_deref();
    let against = against.map(|name| by_name(host, name)).transpose()?;
    let today = host.clock.now().to_zoned(TimeZone::UTC).date();
    let mut findings = lint(&catalog, today);
    if let Some(old) = &against {
        findings.extend(compare(old, &catalog).violations);
    }
    findings.sort_by_cached_key(|finding| (finding.place.to_string(), finding.rule));
    if args.format.is_json() {
        ui.json(&Report {
            schema_version: 1,
            kind: "ops.catalog.check",
            ok: findings.is_empty(),
            catalog: Form::of(&catalog),
            against: against.as_deref().map(Form::of),
            findings: findings.iter().map(FindingView::of).collect(),
        })?;
    } else {
        print(&catalog, &findings, ui)?;
    }
    if findings.is_empty() {
        return Ok(());
    }
    let plural = if findings.len() == 1 {
        "finding"
    } else {
        "findings"
    };
    let message = format!("the catalog {} has {} {plural}", catalog.id, findings.len());
    Err(CommandError::new(exit::CHECK_FAILED, message))
}

fn print(catalog: &Catalog, findings: &[Finding], ui: &mut Ui) -> Result<(), CommandError> {
    if findings.is_empty() {
        let good = ui.paint(GOOD, "good");
        let count = catalog.events.len();
        let plural = if count == 1 { "event" } else { "events" };
        return ui.line(&format!(
            "{}, revision {}: {good}, {count} {plural}",
            catalog.id, catalog.revision
        ));
    }
    let mut rows = table(&["Where", "What is wrong", "What to do"], &[]);
    for finding in findings {
        rows.add_row([
            &finding.place.to_string(),
            &finding.problem,
            &finding.remedy,
        ]);
    }
    ui.table(&mut rows)
}
