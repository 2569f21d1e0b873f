//! `decantr ops health`: whether the baseline snapshots are fresh; posted when they are not.

use super::delivery::{self, Delivery};
use super::desk::{Desk, Opening, failed};
use super::{catalog, show, source};
use crate::cli::args::{HealthArgs, MemoFormat, ReportFormat};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::server::jobs::health::{Freshness, Health};

/// Runs `decantr ops health`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store, 5 when a key or a webhook does not let it in, 6 when something else fails, and with
/// `--exit-code` 1 unless everything is fresh.
pub(super) fn run(host: &Host, args: &HealthArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.delivery.env_file)?;
    let delivery = Delivery::of(&host.env, &args.delivery, delivery::HEALTH, ui)?;
    let health = read(host, args, ui)?;
    let message = health.message();
    let is_fresh = health.status == Freshness::Success;
    let is_due = !is_fresh || args.always || delivery.always();
    let format = MemoFormat::from(args.print.format());
    if args.print.format() == ReportFormat::Json {
        ui.json(&serde_json::json!({
            "schemaVersion": 1,
            "kind": "ops.health",
            "dry_run": args.delivery.dry_run,
            "destinations": delivery.described(&message, is_due),
            "health": health,
        }))?;
    } else {
        show::report(&message, format, ui)?;
    }
    let why_not = (!is_due).then_some("everything is fresh; --always posts it all the same");
    delivery.deliver(host, &message, format, why_not, ui)?;
    if is_fresh {
        return Ok(());
    }
    let message = format!("snapshots are not fresh: {}", health.status.as_str());
    let about = match &args.source.catalog.catalog {
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

fn read(host: &Host, args: &HealthArgs, ui: &mut Ui) -> Result<Health, CommandError> {
    let catalog = catalog::named(host, &args.source.catalog)?;
    if let Some(server) = source::server(host, &args.source, ui)? {
        let health = runtime()?.block_on(server.health(&catalog.id));
        return health.map_err(|error| source::refused(&error));
    }
    let now = host.clock.now();
    Desk::at(host, &args.source.store, Opening::Read, async |desk| {
        let health = Health::read(desk.store.snapshots(), &catalog.id, now).await;
        health.map_err(|error| failed(&error))
    })
}
