//! `decantr ops weekly-report`: the weekly memo, on the terminal, as a page, as JSON, and to a webhook.

use super::delivery::{self, Delivery};
use super::desk::{Desk, Opening, failed};
use super::{catalog, memo, posthog, thresholds};
use crate::cli::args::{WeeklyArgs, WeeklySource};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::server::jobs::weekly::Weekly;

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
    memo::give(
        host,
        (&weekly, &message),
        (&delivery, args.always),
        args.print.format(),
        ui,
    )
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
