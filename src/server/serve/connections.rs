//! Connections: bounded in number, in the size of heads and in the time that heads and answers take, and ended in order when the server stops.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::DRAIN;
use super::patience::Patient;
use crate::server::access::Peer;

/// How long a connection may take to send the head of its next request; also how long it may be idle.
const HEADERS: Duration = Duration::from_secs(10);

/// The largest head of a request, in bytes, about; also how much of a body is read at once. All connections together can make
/// the server hold no more than 64 MiB that way.
const HEAD: usize = 64 * 1024;

/// How long a stopping server waits for the last bytes of an answer to leave.
const LAST_BYTES: Duration = Duration::from_millis(200);

/// The most connections at once, unless the system allows fewer open files.
const CONNECTIONS: usize = 1_024;

/// How many connections are served at once: the other half of the files that may be open is for the store and its readers.
pub(super) fn default_limit() -> usize {
    let files = getrlimit(Resource::Nofile).current;
    files
        .and_then(|files| usize::try_from(files / 2).ok())
        .map_or(CONNECTIONS, |half| half.clamp(1, CONNECTIONS))
}

/// Room for connections.
#[derive(Debug)]
pub(super) struct Room {
    free: Arc<Semaphore>,
    limit: usize,
    open: AtomicUsize,
}

impl Room {
    /// Room for at most `limit`, and for one at least.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        let limit = limit.max(1);
        Arc::new(Self {
            free: Arc::new(Semaphore::new(limit)),
            limit,
            open: AtomicUsize::new(0),
        })
    }

    /// How many connections are open, and may be.
    pub(super) fn taken(&self) -> (usize, usize) {
        (self.open.load(Ordering::Relaxed), self.limit)
    }
}

/// The room of one connection, until it is dropped.
struct Seat {
    room: Arc<Room>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves `router` on as many connections at once as there is `room` for until `shutdown` is done. Then connections without a request under way
/// end at once, the others when their request has its answer, all of them within [`DRAIN`].
pub(super) async fn serve(
    mut listener: TcpListener,
    router: Router,
    room: Arc<Room>,
    shutdown: impl Future<Output = ()>,
) {
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&mut listener, &room) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, peer, seat)) = accepted else {
            break;
        };
        let serving = converse(stream, peer, router.clone(), stopping.clone());
        connections.spawn(async move {
            serving.await;
            drop(seat);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    stop.send_replace(true);
    let ending = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, ending).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    connections.shutdown().await;
}

/// The next connection, taken when there is room for it; until then it waits where the system keeps it. Errors of the system are
/// waited out.
async fn accept(listener: &mut TcpListener, room: &Arc<Room>) -> Option<(TcpStream, Peer, Seat)> {
    let permit = Arc::clone(&room.free).acquire_owned().await.ok()?;
    let (stream, peer) = axum::serve::Listener::accept(listener).await;
    room.open.fetch_add(1, Ordering::Relaxed);
    let seat = Seat {
        room: Arc::clone(room),
        _permit: permit,
    };
    Some((stream, Peer(peer.ip()), seat))
}

/// Serves one connection to its end.
async fn converse(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot send small packets at once");
    }
    let (busy, mut is_busy) = watch::channel(false);
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        busy.send_replace(true);
        let answering = router.call(request);
        let busy = &busy;
        async move {
            let answer = answering.await;
            busy.send_replace(false);
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(Patient::new(stream)), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        _ = stopping.wait_for(|stopping| *stopping) => None,
    };
    if let Some(ended) = ended {
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended badly");
        }
        return;
    }
    connection.as_mut().graceful_shutdown();
    let quiet = tokio::select! {
        _ = &mut connection => false,
        _ = is_busy.wait_for(|busy| !busy) => true,
    };
    if quiet {
        tokio::time::timeout(LAST_BYTES, connection).await.ok();
    }
}
