//! `decantr ops digest`: the executive digest, on the terminal, as a page, as JSON, and to a webhook.

use super::delivery::{self, Delivery};
use super::{catalog, memo, remote, source, store_url, thresholds};
use crate::cli::args::DigestArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::ui::Ui;
use crate::cli::{local_runtime, runtime};
use crate::config::Host;
use crate::server::jobs::digest::Digest;
use crate::server::report::Forwarding;
use crate::server::store::{self, StoreError};

/// Runs `decantr ops digest`.
///
/// # Errors
/// Exit code 2 when there is no such catalog, 3 when there is no store or a variable is wrong, 5 when a key or a webhook does not let
/// it in, 6 when the store, the server or the webhook fails.
pub(super) fn run(host: &Host, args: &DigestArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let host = &delivery::host(host, &args.delivery.env_file)?;
    let delivery = Delivery::of(&host.env, &args.delivery, delivery::DIGEST, ui)?;
    let digest = if args.sample {
        Digest::sample(host.clock.now())
    } else {
        read(host, args, ui)?
    };
    let message = digest.message();
    memo::give(
        host,
        (&digest, &message),
        (&delivery, args.always),
        args.print.format(),
        ui,
    )
}

fn read(host: &Host, args: &DigestArgs, ui: &mut Ui) -> Result<Digest, CommandError> {
    let catalog = catalog::named(host, &args.source.catalog)?;
    if let Some(server) = source::server(host, &args.source, ui)? {
        let reports = runtime()?.block_on(server.reports(&catalog.id));
        return Ok(Digest::of(
            &reports.map_err(|error| source::refused(&error))?,
        ));
    }
    let url = store_url(host, &args.source.store)?;
    let thresholds = thresholds::read(&host.env)?;
    local_runtime()?.block_on(async {
        let store = store::open(&url).await.map_err(|error| match error {
            StoreError::Missing { .. } => CommandError::from_error(exit::CONFIG, &error)
                .hint("`decantr ops serve` makes a store; name another with --store, or see an example with --sample"),
            error => remote(&error),
        })?;
        let now = host.clock.now();
        let digest = Digest::read(&*store, &catalog, None, &thresholds, now).await;
        let forwarding = Forwarding::read(store.cursors(), now).await;
        let forwarding = forwarding.map_err(|error| remote(&error))?;
        let digest = digest.map_err(|error| remote(&error))?;
        Ok(digest.also(forwarding.iter().filter_map(Forwarding::alert)))
    })
}
