//! `decantr ops serve`: runs the server until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;

use tracing_subscriber::EnvFilter;

use super::{internal_ids, remote, retention, store_url, thresholds};
use crate::cli::args::ServeArgs;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::signals::Signals;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::model::catalog::Catalog;
use crate::server::access::AccessSettings;
use crate::server::serve::{Listener, Settings};
use crate::server::store;

/// Runs `decantr ops serve`.
///
/// # Errors
/// Exit code 2 for an address that is none, 3 for ids, a retention or thresholds in the environment that are none, 6 when the store cannot be opened or the address cannot be had.
pub(super) fn run(host: &Host, args: &ServeArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let listen: SocketAddr = args.listen.parse().map_err(|_not_an_address| {
        CommandError::new(
            exit::USAGE,
            format!("--listen {} is not an address and port", args.listen),
        )
        .hint("for example 127.0.0.1:7317, or [::1]:0 for any free port")
    })?;
    let url = store_url(host, &args.store)?;
    let catalog = Catalog::decantr();
    let settings = Settings {
        retention_days: retention::days(&host.env, &catalog)?,
        access: AccessSettings {
            event_rate: NonZeroU32::new(args.rate_limit),
            trusted_proxies: args.trusted_proxy.clone(),
        },
        internal_ids: internal_ids::read(&host.env)?,
        thresholds: thresholds::read(&host.env)?,
        ..Settings::new(catalog)
    };
    start_log(args.log_json, ui.verbosity());
    runtime()?.block_on(async {
        let mut signals = Signals::register()?;
        // The address first: where it cannot be had, no store is made either.
        let listener = Listener::bind(listen).await.map_err(|error| remote(&error))?;
        let store = store::create(&url, &host.clock).await.map_err(|error| remote(&error))?;
        let bound = listener.serving(settings, store, host.clock.clone());
        ui.line(&format!("listening on http://{}", bound.addr))?;
        ui.status(&format!("store {url}; Ctrl-C stops"));
        if !bound.addr.ip().is_loopback() {
            ui.warning("this address can be reached from other machines; put a TLS proxy in front, clients send plain http to their own machine only");
        }
        bound.run(async move { signals.received().await }).await.map_err(|error| remote(&error))
    })
}

/// Writes the server's log to stderr: warnings, with `-v` also what goes well, with `-vv` details.
fn start_log(json: bool, verbosity: u8) {
    let level = match verbosity {
        0 => "decantr=warn",
        1 => "decantr=info",
        _ => "decantr=debug",
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .with_writer(io::stderr);
    // A second subscriber in one process is refused, which changes nothing: the first goes on.
    if json {
        drop(log.json().try_init());
    } else {
        drop(log.try_init());
    }
}
