//! `decantr ops digest`: the executive digest, on the terminal, as Markdown or as JSON.

use serde::Serialize;

use super::{catalog, remote, store_url, thresholds};
use crate::cli::args::{DigestArgs, ReportFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::local_runtime;
use crate::cli::ui::{BAD, DIM, GOOD, Ui, WATCH, table};
use crate::config::Host;
use crate::server::jobs::digest::{Digest, Status};
use crate::server::report::Level;
use crate::server::store::{self, StoreError};

/// The digest as JSON on stdout.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    /// Whether this was a dry run.
    dry_run: bool,
    /// Where it would be sent.
    destinations: [&'static str; 0],
    #[serde(flatten)]
    digest: &'a Digest,
}

/// Runs `decantr ops digest`. Reads the store, or makes a marked sample; sends nothing anywhere, since a digest has no other
/// destination than this output yet.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store or a threshold in the environment is none, 6 when it
/// cannot be read.
pub(super) fn run(host: &Host, args: &DigestArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let digest = if args.sample {
        Digest::sample(host.clock.now())
    } else {
        read(host, args)?
    };
    match if args.json {
        ReportFormat::Json
    } else {
        args.format
    } {
        ReportFormat::Json => ui.json(&Report {
            schema_version: 1,
            kind: "ops.digest",
            dry_run: args.dry_run,
            destinations: [],
            digest: &digest,
        })?,
        ReportFormat::Markdown => ui.data(&digest.to_markdown())?,
        ReportFormat::Table => print(&digest, ui)?,
    }
    if args.dry_run {
        let data = if args.sample {
            "made-up numbers"
        } else {
            "computed from real data"
        };
        ui.status(&format!(
            "dry run: {data}; no destination is configured, nothing was sent and nothing written"
        ));
    }
    Ok(())
}

fn read(host: &Host, args: &DigestArgs) -> Result<Digest, CommandError> {
    let url = store_url(host, &args.store)?;
    let catalog = catalog::named(host, &args.catalog)?;
    let thresholds = thresholds::read(&host.env)?;
    local_runtime()?.block_on(async {
        let store = store::open(&url).await.map_err(|error| match error {
            StoreError::Missing { .. } => CommandError::from_error(exit::CONFIG, &error)
                .hint("`decantr ops serve` makes a store; name another with --store, or see an example with --sample"),
            error => remote(&error),
        })?;
        Digest::read(&*store, &catalog, None, &thresholds, host.clock.now())
            .await
            .map_err(|error| remote(&error))
    })
}

fn print(digest: &Digest, ui: &mut Ui) -> Result<(), CommandError> {
    if digest.sample {
        let mark = ui.paint(WATCH, "SAMPLE: these numbers are made up.");
        ui.line(&mark)?;
    }
    let style = match digest.status {
        Status::Attention => BAD,
        Status::Watch => WATCH,
        Status::Healthy => GOOD,
    };
    let word = ui.paint(style, digest.status.as_str());
    ui.line(&format!("Telemetry digest: {word}"))?;
    let about = ui.paint(DIM, &digest.about());
    ui.line(&about)?;
    for alert in &digest.alerts {
        let style = match alert.level {
            Level::Critical => BAD,
            Level::Warning => WATCH,
            Level::Info => DIM,
        };
        let level = ui.paint(style, alert.level.as_str());
        ui.line(&format!("{level}: {}", alert.message))?;
    }
    for section in digest.sections() {
        ui.heading(section.title)?;
        let numbers: Vec<usize> = (1..section.columns.len()).collect();
        let mut rows = table(&section.columns, &numbers);
        rows.add_rows(&section.rows);
        ui.table(&mut rows)?;
        if let Some(note) = &section.note {
            ui.line(note)?;
        }
    }
    Ok(())
}
