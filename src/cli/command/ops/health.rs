//! `decantr ops health`: whether the baseline snapshots are fresh.

use super::catalog;
use super::desk::{Desk, Opening, failed};
use crate::cli::args::HealthArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::{BAD, GOOD, Ui, WATCH, table};
use crate::config::Host;
use crate::server::jobs::health::{Check, Freshness, Health};
use crate::server::jobs::snapshot::whose;

/// Runs `decantr ops health`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store, 6 when it fails, and with `--exit-code` 1 unless everything is fresh.
pub(super) fn run(host: &Host, args: &HealthArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let catalog = catalog::named(host, &args.catalog)?;
    let now = host.clock.now();
    let health = Desk::at(host, &args.at.store, Opening::Read, async |desk| {
        let health = Health::read(desk.store.snapshots(), &catalog.id, now).await;
        health.map_err(|error| failed(&error))
    })?;
    if args.at.format.is_json() {
        ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.health",
            "health": health,
        }))?;
    } else {
        show(&health, ui)?;
    }
    if health.status == Freshness::Success {
        return Ok(());
    }
    let message = format!("snapshots are not fresh: {}", health.status.as_str());
    let about = match &args.catalog.catalog {
        Some(name) => format!(" --catalog {name}"),
        None => String::new(),
    };
    let hint = format!(
        "`decantr ops snapshot{about}` makes them now; `decantr ops serve{about}` makes them every hour"
    );
    if args.exit_code {
        return Err(CommandError::new(exit::CHECK_FAILED, message).hint(hint));
    }
    ui.warning(&format!("{message}; {hint}"));
    Ok(())
}

fn show(health: &Health, ui: &mut Ui) -> Result<(), CommandError> {
    let word = paint(health.status, ui);
    ui.line(&format!("Snapshots of {}: {word}", health.catalog))?;
    let mut rows = table(&["days", "whose", "made on", "age", ""], &[0]);
    for check in &health.checks {
        rows.add_row([
            check.days.to_string(),
            whose(check.actor).to_owned(),
            check
                .date
                .map_or_else(|| "never".to_owned(), |date| date.to_string()),
            age(check),
            paint(check.status, ui),
        ]);
    }
    ui.table(&mut rows)
}

fn age(check: &Check) -> String {
    match check.age_days {
        None => String::new(),
        Some(..=0) => "today".to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
    }
}

fn paint(status: Freshness, ui: &Ui) -> String {
    let style = match status {
        Freshness::Success => GOOD,
        Freshness::Warning => WATCH,
        Freshness::Error => BAD,
    };
    ui.paint(style, status.as_str())
}
