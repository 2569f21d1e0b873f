//! `decantr ops weekly-report`: the weekly memo, on the terminal, as a page, as JSON, and to a webhook.

use serde::Serialize;
use serde_json::Value;

use super::delivery::{self, Delivery};
use super::desk::{Desk, Opening, failed};
use super::{catalog, posthog, show, thresholds};
use crate::cli::args::{MemoFormat, WeeklyArgs, WeeklySource};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::server::jobs::weekly::Weekly;

/// The report as JSON on stdout.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    kind: &'static str,
    /// Whether this was a dry run.
    dry_run: bool,
    /// Where it is sent, or would be.
    destinations: Vec<Value>,
    #[serde(flatten)]
    weekly: &'a Weekly,
}

/// Runs `decantr ops weekly-report`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store or a variable is wrong, 5 when PostHog or a webhook does not
/// let it in, 6 when the store, PostHog or the webhook fails.
pub(super) fn run(host: &Host, args: &WeeklyArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.delivery.env_file)?;
    let delivery = Delivery::of(&host.env, &args.delivery, delivery::WEEKLY, ui)?;
    let weekly = if args.sample {
        Weekly::sample(host.clock.now())
    } else {
        read(host, args)?
    };
    let message = weekly.message();
    let is_due = !args.sample || args.always || delivery.always();
    let format = args.print.format();
    match format {
        MemoFormat::Json => ui.json(&Report {
            schema_version: 1,
            kind: "ops.weekly-report",
            dry_run: args.delivery.dry_run,
            destinations: delivery.described(&message, is_due),
            weekly: &weekly,
        })?,
        format => show::report(&message, format, ui)?,
    }
    let why_not = (!is_due).then_some("the numbers are made up; --always posts them all the same");
    delivery.deliver(host, &message, format, why_not, ui)
}

fn read(host: &Host, args: &WeeklyArgs) -> Result<Weekly, CommandError> {
    let catalog = catalog::named(host, &args.catalog)?;
    let thresholds = thresholds::read(&host.env)?;
    let now = host.clock.now();
    if args.from == WeeklySource::Posthog {
        if args.store.store.is_some() {
            let message = "--from posthog reads no store; leave --store away";
            return Err(CommandError::new(exit::USAGE, message));
        }
        let client = posthog::client(host, posthog::settings(&host.env)?)?.read_only();
        let weekly = Weekly::from_posthog(&client, &catalog, &thresholds, now);
        return runtime()?
            .block_on(weekly)
            .map_err(|error| posthog::failed(&error));
    }
    Desk::at(host, &args.store, Opening::Read, async |desk| {
        let weekly = Weekly::read(&*desk.store, &catalog, &thresholds, now).await;
        weekly.map_err(|error| failed(&error))
    })
}
