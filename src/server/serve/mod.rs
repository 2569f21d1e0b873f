//! Serving: binds, serves until told to stop, then finishes what it has begun.

mod connections;
mod metrics;
mod patience;
mod process;
mod schedule;
mod watch;

use std::collections::BTreeSet;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use crate::base::clock::Clock;
use crate::base::ids::OpaqueId;
use crate::model::catalog::Catalog;
use crate::model::event::{Environment, Validator};
use crate::server::access::{Access, AccessSettings, Catalogs, Meter};
use crate::server::api::{self, Api};
use crate::server::ingest;
use crate::server::jobs::forward::{Forwarder, Place};
use crate::server::report::Thresholds;
use crate::server::store::{Store, StoreError};
use connections::Room;
use metrics::Metrics;
use schedule::{Lease, Schedule};

pub use watch::log_panics;

/// How long requests that have begun may take to end once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// How many connections may ask for metrics at once.
const METRICS_CONNECTIONS: usize = 8;

/// How long the store may take to write what is queued and tidy up.
const CLOSE: Duration = Duration::from_secs(10);

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The catalog that is meant where a request names none.
    pub main: Served,
    /// The other catalogs that events are taken of, each with another id.
    pub others: Vec<Served>,
    /// Where the programs of clients run that cannot say it themselves.
    pub environment: Environment,
    /// How often who may ask.
    pub access: AccessSettings,
    /// The ids whose events are internal because the operator's configuration says so.
    pub internal_ids: BTreeSet<OpaqueId>,
    /// Where the alerts of reports begin to apply.
    pub thresholds: Thresholds,
}

/// A catalog that events are judged by.
#[derive(Debug, Clone)]
pub struct Served {
    /// The catalog.
    pub catalog: Arc<Catalog>,
    /// How old an event may be, in days; older ones are purged at the start and then daily, by one of the servers on a store.
    pub retention_days: u32,
}

impl From<Arc<Catalog>> for Served {
    /// With the catalog's own retention.
    fn from(catalog: Arc<Catalog>) -> Self {
        Self {
            retention_days: catalog.retention_days,
            catalog,
        }
    }
}

impl Settings {
    /// All catalogs, the main one first.
    pub fn served(&self) -> impl Iterator<Item = &Served> {
        std::iter::once(&self.main).chain(&self.others)
    }

    /// For this catalog, with its own retention; everything else as when nothing is said.
    pub fn new(main: impl Into<Served>) -> Self {
        Self {
            main: main.into(),
            others: Vec::new(),
            environment: Environment::Production,
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
        let schedule = |served: &Served| {
            let (store, catalog) = (Arc::clone(&store), Arc::clone(&served.catalog));
            let (days, thresholds) = (served.retention_days, settings.thresholds);
            Schedule::new(store, catalog, days, thresholds, clock.clone())
        };
        let schedules = settings.served().map(schedule).collect();
        let ids = settings
            .served()
            .map(|served| Arc::clone(&served.catalog.id));
        let ids = ids.collect();
        let access = Arc::new(Access::new(settings.access, Arc::clone(&store)));
        let hmac_key = store.secrets().hmac_key;
        let threads = Handle::try_current().map_or(0, |runtime| runtime.metrics().num_workers());
        let validator = |served: Served| {
            Validator::new(served.catalog, hmac_key, served.retention_days).for_threads(threads)
        };
        let others = settings.others.into_iter().map(validator);
        let catalogs = Catalogs::new(validator(settings.main), others);
        let ingest = ingest::routes(&catalogs, &access, &store, &clock, settings.environment);
        let meter = Arc::<Meter>::default();
        let caught = |router| watch::caught(router, &meter);
        let api = Api {
            access: Arc::clone(&access),
            store: Arc::clone(&store),
            catalogs: catalogs.clone(),
            thresholds: settings.thresholds,
            clock: clock.clone(),
        };
        let routes = ingest.around(caught).open_to_browsers();
        let routes = routes.merge(api.routes().around(caught));
        let clients = routes.clients();
        let answering = api::router(routes, &catalogs);
        Bound {
            addr: self.addr,
            listener: self.socket,
            router: watch::observed(answering, Arc::clone(&meter), clients),
            store,
            access,
            internal_ids: settings.internal_ids,
            schedules,
            connections: connections::default_limit(),
            forwarders: Vec::new(),
            counted: Counted {
                catalogs: ids,
                clock,
                meter,
            },
            metrics_socket: None,
        }
    }
}

/// What metrics are about.
struct Counted {
    catalogs: Vec<Arc<str>>,
    clock: Clock,
    meter: Arc<Meter>,
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
    schedules: Vec<Schedule>,
    connections: usize,
    forwarders: Vec<Forwarder>,
    counted: Counted,
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
    pub fn with_forwarder(mut self, forwarder: Forwarder) -> Self {
        self.forwarders.push(forwarder);
        self
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
        let leases: Vec<Lease> = self.schedules.iter().map(Schedule::lease).collect();
        let schedules = self.schedules.into_iter();
        let keeping: Vec<_> = schedules.map(|one| tokio::spawn(one.run())).collect();
        let places: Vec<Place> = self.forwarders.iter().map(Forwarder::place).collect();
        let forwarders = self.forwarders.into_iter();
        let forwarding: Vec<_> = forwarders.map(|one| tokio::spawn(one.run())).collect();
        let room = Room::new(self.connections);
        let metrics = self.metrics_socket.map(|socket| {
            let metrics = Metrics {
                store: Arc::clone(&store),
                catalogs: self.counted.catalogs,
                clock: self.counted.clock,
                meter: self.counted.meter,
                access: Arc::clone(&self.access),
                room: Arc::clone(&room),
            };
            let few = Room::new(METRICS_CONNECTIONS);
            let serving = connections::serve(socket, metrics.router(), few, pending());
            tokio::spawn(serving)
        });
        let access = self.access;
        let tidying = tokio::spawn(async move { access.tidy().await });
        connections::serve(self.listener, self.router, room, shutdown).await;
        // It ends between two strides, each of which is a transaction of its own.
        tidying.abort();
        // A batch that is cut off is sent again, and counts once there.
        for task in keeping.into_iter().chain(forwarding).chain(metrics) {
            task.abort();
        }
        for lease in leases {
            lease.release(&*store).await;
        }
        for place in places {
            place.release(&*store).await;
        }
        let closed = tokio::time::timeout(CLOSE, store.close()).await;
        tracing::info!(%addr, "stopped");
        closed.map_err(|_elapsed| ServeError::CloseTimeout)??;
        Ok(())
    }
}
