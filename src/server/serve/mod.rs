//! Listening: binds, serves until told to stop, then finishes what it has begun.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::base::clock::Clock;
use crate::model::catalog::Catalog;
use crate::server::api;
use crate::server::ingest::Ingest;
use crate::server::store::{Store, StoreError};

/// How long requests that have begun may take to end once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// How long the store may take to write what is queued and tidy up.
const CLOSE: Duration = Duration::from_secs(10);

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The catalog that events are judged by.
    pub catalog: Arc<Catalog>,
    /// How old an event may be, in days.
    pub retention_days: u32,
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
    /// The listener broke.
    #[error("cannot go on listening on {addr}")]
    Listen {
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

/// The server.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Takes the address; from here on connections wait to be served.
    pub async fn bind(
        settings: Settings,
        store: Arc<dyn Store>,
        clock: Clock,
    ) -> Result<Bound, ServeError> {
        let failed = |source| ServeError::Bind {
            addr: settings.listen,
            source,
        };
        let listener = TcpListener::bind(settings.listen).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let ingest = Ingest::new(
            settings.catalog,
            settings.retention_days,
            Arc::clone(&store),
            clock,
        );
        let router = ingest.routes().merge(api::routes(Arc::clone(&store)));
        Ok(Bound {
            addr,
            listener,
            router: api::with_fallbacks(router),
            store,
        })
    }
}

/// A server that has its address.
pub struct Bound {
    /// The address, with the port that was taken.
    pub addr: SocketAddr,
    listener: TcpListener,
    router: Router,
    store: Arc<dyn Store>,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

impl Bound {
    /// Serves until `shutdown` is done, then takes no more connections, finishes the requests that have begun (for at most
    /// 5 s), writes what is queued and closes the store.
    pub async fn run(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let Self {
            addr,
            listener,
            router,
            store,
        } = self;
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "cannot send small packets at once");
            }
        });
        let (stopping, stopped) = oneshot::channel();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.await;
            stopping.send(()).ok();
        });
        tracing::info!(%addr, "listening");
        let overtime = async move {
            // An error means that the server ended by itself; there is nothing to wait for then.
            if stopped.await.is_ok() {
                tokio::time::sleep(DRAIN).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let served = tokio::select! {
            served = serving => served,
            () = overtime => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        };
        let closed = tokio::time::timeout(CLOSE, store.close()).await;
        tracing::info!(%addr, "stopped");
        served.map_err(|source| ServeError::Listen { addr, source })?;
        closed.map_err(|_elapsed| ServeError::CloseTimeout)??;
        Ok(())
    }
}
