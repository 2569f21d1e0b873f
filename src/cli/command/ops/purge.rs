//! `decantr ops purge`: removes raw events, and the ids in them, that are older than they may be.

use super::desk::{Desk, Opening, failed};
use super::retention;
use super::{catalog, delivery};
use crate::cli::args::PurgeArgs;
use crate::cli::error::CommandError;
use crate::cli::ui::{Ui, table};
use crate::config::Host;
use crate::server::rollup::Day;
use crate::server::store::{DayCount, Purged};

/// Runs `decantr ops purge`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store or `TELEMETRY_RETENTION_DAYS` is no number of days, 6 when the store fails.
pub(super) fn run(host: &Host, args: &PurgeArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.env_file)?;
    let catalog = catalog::named(host, &args.catalog)?;
    let keep_days = match args.keep_days {
        Some(days) => days,
        None => retention::days(&host.env, &catalog)?,
    };
    let back = i32::try_from(keep_days).unwrap_or(i32::MAX);
    let before = Day::of(host.clock.now()).plus(back.saturating_neg());
    let opening = if args.dry_run {
        Opening::Read
    } else {
        Opening::Change
    };
    let (days, purged) = Desk::at(host, &args.at.store, opening, async |desk| {
        let days = desk.store.snapshots().purgeable(&catalog.id, before).await;
        let days = days.map_err(|error| failed(&error))?;
        if args.dry_run {
            return Ok((days, None));
        }
        let purged = desk.store.purge(&catalog.id, before).await;
        Ok((days, Some(purged.map_err(|error| failed(&error))?)))
    })?;
    if args.at.format.is_json() {
        let days = days
            .iter()
            .map(|day| serde_json::json!({ "date": day.day.date(), "events": day.events }));
        return ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.purge",
            "dryRun": args.dry_run,
            "catalog": &*catalog.id,
            "keepDays": keep_days,
            "before": before.date(),
            "days": days.collect::<Vec<_>>(),
            "removed": purged.map(|purged| serde_json::json!({
                "events": purged.events,
                "identityRows": purged.identity_rows,
                "ids": purged.ids,
                "valueRows": purged.value_rows,
            })),
        }));
    }
    ui.line(&format!(
        "Catalog {}: raw events are kept for {keep_days} days, so those before {} go.",
        catalog.id,
        before.date()
    ))?;
    show(&days, purged, ui)
}

fn show(days: &[DayCount], purged: Option<Purged>, ui: &mut Ui) -> Result<(), CommandError> {
    if !days.is_empty() {
        let mut rows = table(&["day", "events"], &[1]);
        for day in days {
            rows.add_row([day.day.date().to_string(), day.events.to_string()]);
        }
        ui.table(&mut rows)?;
    }
    let total: u64 = days.iter().map(|day| day.events).sum();
    match purged {
        None => ui.status(&format!(
            "dry run: {total} events would go, with their ids and counts by words of senders; all other counts would stay; nothing was removed"
        )),
        Some(purged) => ui.line(&format!(
            "removed {} events, {} rows about activity, {} ids, {} counts by words of senders; all other counts stay",
            purged.events, purged.identity_rows, purged.ids, purged.value_rows
        ))?,
    }
    Ok(())
}
