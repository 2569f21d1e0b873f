//! Serving: binds, serves until told to stop, then finishes what it has begun.

mod connections;
mod metrics;
mod patience;
mod schedule;

use std::collections::BTreeSet;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;

use crate::base::clock::Clock;
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::Validator;
use crate::server::access::{Access, AccessSettings};
use crate::server::api::{self, Api};
use crate::server::ingest::Ingest;
use crate::server::jobs::forward::Forwarder;
use crate::server::report::Thresholds;
use crate::server::store::{Store, StoreError};
use metrics::Metrics;
use schedule::Schedule;

/// How long requests that have begun may take to end once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// How many connections may ask for metrics at once.
const METRICS_CONNECTIONS: usize = 8;

/// How long the store may take to write what is queued and tidy up.
const CLOSE: Duration = Duration::from_secs(10);

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The catalog that events are judged by.
    pub catalog: Arc<Catalog>,
    /// How old an event may be, in days; older ones are purged at the start and then daily, by one of the servers on a store.
    pub retention_days: u32,
    /// How often who may ask.
    pub access: AccessSettings,
    /// The ids whose events are internal because the operator's configuration says so.
    pub internal_ids: BTreeSet<OpaqueId>,
    /// Where the alerts of reports begin to apply.
    pub thresholds: Thresholds,
}

impl Settings {
    /// For this catalog, with its own retention; everything else as when nothing is said.
    pub fn new(catalog: Arc<Catalog>) -> Self {
        Self {
            retention_days: catalog.retention_days,
            catalog,
            access: AccessSettings::default(),
            internal_ids: BTreeSet::new(),
            thresholds: Thresholds::default(),
        }
    }
}

/// A server that cannot start, or did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken, not ours, or needs rights.
    #[error("cannot listen on {addr}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The store did not close well. What was acknowledged is stored all the same.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store took too long to close.
    #[error("the store did not close within {} s", CLOSE.as_secs())]
    CloseTimeout,
}

/// An address that was taken; from here on connections wait to be served.
#[derive(Debug)]
pub struct Listener {
    addr: SocketAddr,
    socket: TcpListener,
}

impl Listener {
    /// Takes `addr`; port 0 takes any free one.
    pub async fn bind(addr: SocketAddr) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Bind { addr, source };
        let socket = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = socket.local_addr().map_err(failed)?;
        Ok(Self { addr, socket })
    }

    /// The address, with the port that was taken.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A server on this address. The address comes first, so that no store is made where there can be no server.
    pub fn serving(self, settings: Settings, store: Arc<dyn Store>, clock: Clock) -> Bound {
        let schedule = Schedule::new(
            Arc::clone(&store),
            Arc::clone(&settings.catalog),
            settings.retention_days,
            settings.thresholds,
            clock.clone(),
        );
        let metrics = Metrics {
            store: Arc::clone(&store),
            catalog: Arc::clone(&settings.catalog.id),
            clock: clock.clone(),
        };
        let access = Arc::new(Access::new(settings.access, Arc::clone(&store)));
        let hmac_key = store.secrets().hmac_key;
        let validator = Validator::new(settings.catalog, hmac_key, settings.retention_days);
        let validator = Arc::new(validator);
        let ingest = Ingest::new(
            Arc::clone(&validator),
            Arc::clone(&access),
            Arc::clone(&store),
            clock.clone(),
        );
        let api = Api {
            access: Arc::clone(&access),
            store: Arc::clone(&store),
            validator,
            thresholds: settings.thresholds,
            clock,
        };
        Bound {
            addr: self.addr,
            listener: self.socket,
            router: api::with_fallbacks(ingest.routes().merge(api.routes())),
            store,
            access,
            internal_ids: settings.internal_ids,
            schedule,
            connections: connections::default_limit(),
            forwarder: None,
            metrics,
            metrics_socket: None,
        }
    }
}

/// A server that has its address.
pub struct Bound {
    /// The address, with the port that was taken.
    pub addr: SocketAddr,
    listener: TcpListener,
    router: Router,
    store: Arc<dyn Store>,
    access: Arc<Access>,
    internal_ids: BTreeSet<OpaqueId>,
    schedule: Schedule,
    connections: usize,
    forwarder: Option<Forwarder>,
    metrics: Metrics,
    metrics_socket: Option<TcpListener>,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound")
            .field("addr", &self.addr)
            .field("connections", &self.connections)
            .finish_non_exhaustive()
    }
}

impl Bound {
    /// Serves at most so many connections at once; further ones wait until one ends. Without this: 1,024, or half of the files
    /// that the process may have open.
    #[must_use]
    pub fn with_connections(self, connections: usize) -> Self {
        Self {
            connections,
            ..self
        }
    }

    /// Also copies events elsewhere.
    #[must_use]
    pub fn with_forwarder(self, forwarder: Forwarder) -> Self {
        Self {
            forwarder: Some(forwarder),
            ..self
        }
    }

    /// Also answers `GET /metrics`, there and nowhere else.
    #[must_use]
    pub fn with_metrics(self, listener: Listener) -> Self {
        Self {
            metrics_socket: Some(listener.socket),
            ..self
        }
    }

    /// Serves until `shutdown` is done, then takes no more connections, finishes the requests that have begun (for at most
    /// 5 s), writes what is queued and closes the store.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let Self { addr, store, .. } = self;
        // Connections wait meanwhile: no event is to be counted by the configuration of yesterday.
        let rekeyed = match store.identities().set_configured(&self.internal_ids).await {
            Ok(rekeyed) => rekeyed,
            Err(error) => {
                store.close().await.ok();
                return Err(error.into());
            }
        };
        tracing::info!(%addr, events_moved = rekeyed.events, "listening");
        let lease = self.schedule.lease();
        let scheduled = tokio::spawn(self.schedule.run());
        let forwarder = self.forwarder.as_ref().map(Forwarder::holder);
        let forwarding = self
            .forwarder
            .map(|forwarder| tokio::spawn(forwarder.run()));
        let catalog = Arc::clone(&self.metrics.catalog);
        let metrics = self.metrics_socket.map(|socket| {
            let router = self.metrics.router();
            let serving = connections::serve(socket, router, METRICS_CONNECTIONS, pending());
            tokio::spawn(serving)
        });
        let access = self.access;
        let tidying = tokio::spawn(async move { access.tidy().await });
        connections::serve(self.listener, self.router, self.connections, shutdown).await;
        // It ends between two strides, each of which is a transaction of its own.
        scheduled.abort();
        tidying.abort();
        // A batch that is cut off is sent again, and counts once there.
        for task in [forwarding, metrics].into_iter().flatten() {
            task.abort();
        }
        lease.release(&*store).await;
        if let Some(holder) = forwarder {
            Forwarder::release(&*store, &catalog, holder).await;
        }
        let closed = tokio::time::timeout(CLOSE, store.close()).await;
        tracing::info!(%addr, "stopped");
        closed.map_err(|_elapsed| ServeError::CloseTimeout)??;
        Ok(())
    }
}
