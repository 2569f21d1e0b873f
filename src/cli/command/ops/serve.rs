//! `decantr ops serve`: runs the server until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

use super::{
    catalog, internal_ids, posthog, project_tokens, remote, retention, store_url, thresholds,
};
use crate::cli::args::{Forward, ServeArgs};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::runtime;
use crate::cli::signals::Signals;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::model::catalog::Catalog;
use crate::server::access::AccessSettings;
use crate::server::jobs::forward::Forwarder;
use crate::server::serve::{self, Listener, Served, Settings};
use crate::server::store;

/// Runs `decantr ops serve`.
///
/// # Errors
/// Exit code 2 for an address or a catalog that is none, 3 for a catalog file, ids, project tokens, a retention, thresholds or a host in the environment that are
/// none, 5 for a forwarder without a token, 6 when the store cannot be opened or the address cannot be had.
pub(super) fn run(host: &Host, args: &ServeArgs, ui: &mut Ui) -> Result<(), CommandError> {
    let listen = address("--listen", &args.listen)?;
    let metrics = args.metrics_listen.as_deref();
    let metrics = metrics
        .map(|text| address("--metrics-listen", text))
        .transpose()?;
    let capture = match args.forward {
        Some(Forward::Posthog) => Some(posthog::capture(&host.env)?),
        None => None,
    };
    let url = store_url(host, &args.store)?;
    let (main, others) = served(host, args)?;
    let settings = Settings {
        others,
        environment: args.environment,
        access: AccessSettings {
            event_rate: NonZeroU32::new(args.rate_limit),
            trusted_proxies: args.trusted_proxy.clone(),
            project_tokens: project_tokens::read(&host.env)?,
        },
        internal_ids: internal_ids::read(&host.env)?,
        thresholds: thresholds::read(&host.env)?,
        ..Settings::new(main)
    };
    start_log(args.log_json, ui.verbosity());
    runtime()?.block_on(async {
        let mut signals = Signals::register()?;
        // The address first: where it cannot be had, no store is made either.
        let listener = Listener::bind(listen).await.map_err(|error| remote(&error))?;
        let metrics = match metrics {
            Some(metrics) => Some(Listener::bind(metrics).await.map_err(|error| remote(&error))?),
            None => None,
        };
        let store = store::create(&url, &host.clock).await.map_err(|error| remote(&error))?;
        let catalogs: Vec<_> = settings.served().map(|served| Arc::clone(&served.catalog)).collect();
        let mut bound = listener.serving(settings, Arc::clone(&store), host.clock.clone());
        ui.line(&format!("listening on http://{}", bound.addr))?;
        if let Some(metrics) = metrics {
            ui.line(&format!("metrics on http://{}/metrics", metrics.addr()))?;
            bound = bound.with_metrics(metrics);
        }
        if let Some(capture) = capture {
            ui.status(&format!("forwarding to PostHog at {}", capture.target()));
            for catalog in &catalogs {
                let (store, catalog) = (Arc::clone(&store), Arc::clone(catalog));
                let forwarder = Forwarder::new(store, catalog, capture.clone(), host.clock.clone());
                bound = bound.with_forwarder(forwarder);
            }
        }
        ui.status(&format!("{}; store {url}; Ctrl-C stops", list(&catalogs)));
        for warning in retention::warnings(&host.env, &catalogs) {
            ui.warning(&warning);
        }
        if !bound.addr.ip().is_loopback() {
            ui.warning("this address can be reached from other machines; put a TLS proxy in front, clients send plain http to their own machine only");
        }
        bound.run(async move { signals.received().await }).await.map_err(|error| remote(&error))
    })
}

/// The catalogs to serve, the main one apart, each with how long its events are kept.
fn served(host: &Host, args: &ServeArgs) -> Result<(Served, Vec<Served>), CommandError> {
    let served = |catalog: Arc<Catalog>| {
        let retention_days = retention::days(&host.env, &catalog)?;
        Ok(Served {
            catalog,
            retention_days,
        })
    };
    let (main, others) = catalog::each_named(host, &args.catalog)?;
    let others: Result<_, CommandError> = others.into_iter().map(served).collect();
    Ok((served(main)?, others?))
}

/// The names of catalogs, as people read them.
fn list(catalogs: &[Arc<Catalog>]) -> String {
    let ids: Vec<&str> = catalogs.iter().map(|catalog| &*catalog.id).collect();
    match ids.as_slice() {
        [one] => format!("catalog {one}"),
        all => format!("catalogs {}", all.join(", ")),
    }
}

/// An address and port out of an option.
fn address(option: &str, text: &str) -> Result<SocketAddr, CommandError> {
    text.parse().map_err(|_not_an_address| {
        let message = format!("{option} {text} is not an address and port");
        CommandError::new(exit::USAGE, message)
            .hint("for example 127.0.0.1:7317, or [::1]:0 for any free port")
    })
}

/// Writes the server's log to stderr: warnings, with `-v` also what goes well and one line for each request, with `-vv` details.
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
    serve::log_panics();
}
