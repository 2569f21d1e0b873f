//! `decantr ops digest`: the executive digest, on the terminal, as Markdown or as JSON.

use serde::Serialize;

use super::{remote, show, store_url, thresholds};
use crate::cli::args::{DigestArgs, ReportFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::local_runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::model::catalog::Catalog;
use crate::server::jobs::digest::Digest;
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
/// Exit code 3 when there is no store or a threshold in the environment is none, 6 when it cannot be read.
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
        ReportFormat::Markdown => ui.data(&digest.message().to_markdown())?,
        ReportFormat::Table => show::message(&digest.message(), ui)?,
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
    let thresholds = thresholds::read(&host.env)?;
    local_runtime()?.block_on(async {
        let store = store::open(&url).await.map_err(|error| match error {
            StoreError::Missing { .. } => CommandError::from_error(exit::CONFIG, &error)
                .hint("`decantr ops serve` makes a store; name another with --store, or see an example with --sample"),
            error => remote(&error),
        })?;
        let catalog = Catalog::decantr();
        Digest::read(&*store, &catalog, None, &thresholds, host.clock.now())
            .await
            .map_err(|error| remote(&error))
    })
}
