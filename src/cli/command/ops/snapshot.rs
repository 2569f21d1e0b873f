//! `decantr ops snapshot`: computes the baseline reports and keeps them.

use super::delivery;
use super::desk::{Desk, Opening, failed};
use super::{catalog, thresholds};
use crate::cli::args::SnapshotArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::server::jobs::snapshot::{self, Taken, whose};
use crate::server::report::Level;

/// Runs `decantr ops snapshot`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store or a threshold in the environment is none, 6 when it fails.
pub(super) fn run(host: &Host, args: &SnapshotArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.env_file)?;
    let opening = if args.dry_run {
        Opening::Read
    } else {
        Opening::Change
    };
    let catalog = catalog::named(host, &args.catalog)?;
    let thresholds = thresholds::read(&host.env)?;
    let now = host.clock.now();
    let taken = Desk::at(host, &args.at.store, opening, async |desk| {
        let taken = snapshot::compute(&*desk.store, &catalog, &thresholds, now).await;
        let taken = taken.map_err(|error| failed(&error))?;
        if !args.dry_run {
            let kept = snapshot::keep(&*desk.store, &taken).await;
            kept.map_err(|error| failed(&error))?;
        }
        Ok(taken)
    })?;
    if args.at.format.is_json() {
        ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.snapshot",
            "dryRun": args.dry_run,
            "snapshots": taken,
        }))?;
    } else {
        show(&taken, ui)?;
    }
    ui.status(if args.dry_run {
        "dry run: computed from real data; nothing was kept"
    } else {
        "kept as the reports of today"
    });
    Ok(())
}

fn show(taken: &[Taken], ui: &mut Ui) -> Result<(), CommandError> {
    let columns = [
        "days",
        "whose",
        "events",
        "customers",
        "failures",
        "alerts",
        "attribution",
    ];
    let mut rows = table(&columns, &[0, 2, 3, 4, 5, 6]);
    for Taken { usage, attribution } in taken {
        let pressing = usage
            .alerts
            .iter()
            .filter(|alert| alert.level != Level::Info);
        rows.add_row([
            usage.days.to_string(),
            whose(usage.actor).to_owned(),
            usage.summary.total_events.to_string(),
            usage.summary.customer_events.to_string(),
            usage.summary.failures.to_string(),
            pressing.count().to_string(),
            format!("{} rows", attribution.len()),
        ]);
    }
    ui.table(&mut rows)
}
