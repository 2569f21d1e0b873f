//! A long-running service's recorder: a bounded queue in memory, a thread that sends, and no failure that reaches the service.
//!
//! It is on only if its operator says `TELEMETRY_ENABLED=true`; a person's consent has no part in it, since what it reports is its
//! own work. Events are judged by the catalog before they are queued, so nothing else can leave.
//!
//! ```
//! use std::time::Duration;
//! use decantr::client::recorder::{ErrorClass, ErrorMap, Question, Recorder};
//! use decantr::config::{Env, ServiceConfig};
//! use decantr::model::catalog::Catalog;
//!
//! #[derive(Debug)]
//! struct NoSuchPreset;
//! impl std::fmt::Display for NoSuchPreset {
//!     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("no such preset") }
//! }
//! impl std::error::Error for NoSuchPreset {}
//!
//! fn roll(preset: &str) -> Result<u32, NoSuchPreset> {
//!     if preset == "open" { Ok(7) } else { Err(NoSuchPreset) }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A real service takes `Env::from_process()`, in which the operator says these, and its own catalog
//! // (`Catalog::parse`).
//! let env = Env::from_pairs([
//!     ("TELEMETRY_ENABLED", "true"),
//!     ("TELEMETRY_HASH_SALT", "a long and random secret"),
//!     ("DECANTR_TELEMETRY_ENDPOINT", "http://127.0.0.1:9"),
//!     ("DECANTR_TELEMETRY_INGEST_KEY", "dcr_example"),
//! ]);
//! let catalog = Catalog::embedded("race-bot").ok_or("no such catalog")?;
//! let config = ServiceConfig::new(catalog).service("seed-bot", "1.4.2")?;
//!
//! // A variable that cannot be meant is an error that names it. Who wants to run in any case does without telemetry.
//! let own = ErrorMap::default()
//!     .with(|error| error.is::<NoSuchPreset>().then_some(ErrorClass::Invalid));
//! let recorder = config
//!     .with_env(&env)
//!     .map_or_else(|_| Recorder::off(), Recorder::service)
//!     .with_errors(own);
//!
//! // `invoke`, then `success` or `failure` with duration, status and error type. The guild leaves as a salted hash only.
//! for preset in ["open", "lost"] {
//!     let guild = 317_465_478_312_886_273_u64;
//!     let scope = recorder.scope_with(
//!         "discord.generator",
//!         [("provider", "smz3".into()), ("guild_hash", guild.into())],
//!     );
//!     let rolled = scope.finish(roll(preset));
//!     assert_eq!(rolled.is_ok(), preset == "open");
//! }
//!
//! // An HTTP status says what class of error it is; a 404 is the caller's mistake only if the caller asked for something.
//! let scope = recorder.scope("racetime.seed.generate");
//! scope.failed(ErrorClass::of_status(504, Question::Own));
//! assert_eq!(ErrorClass::of_status(404, Question::Own), ErrorClass::Unexpected);
//! assert_eq!(ErrorClass::of_status(404, Question::Users), ErrorClass::Invalid);
//!
//! // Bound to a user and a session: ids of a form that is not opaque leave as salted hashes.
//! let tracker = recorder.tracker().user("me@example.com").session(41);
//! tracker.record_timing("api.auth.login.success", Duration::from_millis(80), [("status", "ok".into())]);
//!
//! let books = recorder.books();
//! assert_eq!((books.queued, books.dropped, books.stripped), (6, vec![], vec![]));
//! assert!(!recorder.flush(Duration::from_secs(5)), "nobody listens there");
//! # Ok(())
//! # }
//! ```

mod batch;
mod books;
mod chronicle;
mod hash;
mod judge;
mod pace;
mod sample;
#[cfg(test)]
mod tests;
mod wire;
mod worker;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Sender, error::TrySendError};
use tracing::subscriber::NoSubscriber;

use self::books::{Counts, add};
use self::hash::Salt;
use self::sample::Sampler;
use self::wire::{HttpWire, Wire};
use self::worker::{Given, Order, Worker};
use super::errors::ErrorMap;
use super::{Kind, Recorded, Recorder};
use crate::base::ids::OpaqueId;
use crate::config::ServiceConfig;
use crate::model::catalog::Catalog;
use crate::model::event::{Event, RawMap, RawValue, Validator};
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::MAX_BATCH_EVENTS;

pub use books::Books;

/// How long a recorder that is dropped waits for what it has not sent.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// How many callers of flush can wait at once; further ones hear that nothing is settled.
const MOST_ORDERS: usize = 64;

/// The part of a recorder that is a service's.
#[derive(Debug)]
pub(super) struct Service {
    config: ServiceConfig,
    validator: Validator,
    salt: Salt,
    sampler: Sampler,
    pub(super) errors: ErrorMap,
    counts: Arc<Counts>,
    queue: Sender<Event>,
    /// Told when a batch is full.
    full: Arc<Notify>,
    /// How many events make it worth to send at once.
    worthwhile: usize,
    orders: Sender<Order>,
}

/// On whose behalf an event is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) user: Option<OpaqueId>,
    pub(super) session: Option<OpaqueId>,
}

impl Recorder {
    /// A recorder for a long-running service, as `config` says. It starts one thread, which needs nothing of the caller: no runtime,
    /// no signal handler. Where telemetry is off, or the thread cannot start (which is logged), it is one that does nothing.
    ///
    /// Recording puts an event into a bounded queue and never waits: when the queue is full, the event is dropped and counted. The
    /// thread sends batches of at most 100, gzip, each with its id and the ids of its events frozen, so that a resend is counted
    /// once; it honours `Retry-After`, backs off up to five minutes, and drops a batch that the server refuses (4xx). Losses are
    /// counted ([`Recorder::books`]), logged by `tracing` at most once an interval, and told to the server beside the next batch.
    ///
    /// **Sampling.** At a rate below 1 each event is kept with that probability and says so; a server counts it as the inverse. The
    /// events of one [`scope`](Recorder::scope) are kept or passed over together: so each invocation that is counted has its ending,
    /// and a success rate is that of whole scopes. Which ones are kept does not depend on how they end, so rates stay right; their
    /// error shrinks with the number of scopes kept.
    ///
    /// **Ending.** [`Recorder::flush`] before the end sends what waits. Dropping the recorder does so too, and waits at most
    /// [`SHUTDOWN_LIMIT`]; less where the server cannot be reached. A process that ends without dropping it, or is killed, loses what
    /// waits in memory. The thread never keeps a process alive. After a fork without exec the child has no thread: it drops events
    /// when its queue is full.
    ///
    /// **Panics.** One while sending is caught and counted; the service does not notice. A program built with `panic = "abort"` ends
    /// at any panic.
    pub fn service(config: ServiceConfig) -> Self {
        let is_built_in = cfg!(feature = "telemetry");
        if !config.enabled || !is_built_in {
            return Self::off();
        }
        let Ok(server) = config.server() else {
            return Self::off();
        };
        let wire = HttpWire::new(&server, config.ingest_key.clone());
        let start = |run: Box<dyn FnOnce() + Send>| {
            let thread = thread::Builder::new().name("decantr-telemetry".to_owned());
            thread.spawn(run).map(drop)
        };
        match Service::start(config, Box::new(wire), start) {
            Ok(service) => Self {
                kind: Kind::Service(Box::new(service)),
            },
            Err(error) => {
                tracing::warn!(%error, "telemetry is off: its thread cannot start");
                Self::off()
            }
        }
    }
}

impl Service {
    fn start(
        config: ServiceConfig,
        wire: Box<dyn Wire>,
        start: impl FnOnce(Box<dyn FnOnce() + Send>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let has_key = config.ingest_key.is_some();
        if config.sample_rate < 1.0 && !has_key {
            tracing::warn!(
                "TELEMETRY_SAMPLE_RATE counts only with an ingest key: without one, the server counts what is sent and no more"
            );
        }
        let salt = Salt::new(config.hash_salt.clone());
        let key = salt.key();
        let key = key.ok_or_else(|| io::Error::other("there are no random numbers"))?;
        let (queue, events) = mpsc::channel(config.queue_size);
        let (orders, received) = mpsc::channel(MOST_ORDERS);
        let (full, counts) = (Arc::new(Notify::new()), Arc::new(Counts::default()));
        let worker = Worker::new(Given {
            events,
            orders: received,
            full: Arc::clone(&full),
            counts: Arc::clone(&counts),
            wire,
            catalog: Arc::clone(&config.catalog),
            clock: config.clock.clone(),
            flush_interval: config.flush_interval,
            warn_interval: config.warn_interval,
            has_key,
        });
        // The thread's log is where the service's is, also where that is not the whole process's.
        let log = tracing::dispatcher::get_default(Clone::clone);
        start(Box::new(move || {
            if log.is::<NoSubscriber>() {
                worker.drive();
            } else {
                tracing::dispatcher::with_default(&log, || worker.drive());
            }
        }))?;
        Ok(Self {
            validator: Validator::new(
                Arc::clone(&config.catalog),
                key,
                config.catalog.retention_days,
            ),
            salt,
            sampler: Sampler::new(config.sample_rate),
            errors: ErrorMap::default(),
            counts,
            queue,
            full,
            worthwhile: MAX_BATCH_EVENTS.min(config.queue_size),
            orders,
            config,
        })
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.config.catalog
    }

    /// Whether the next event, or the next events that belong together, are kept.
    pub(super) fn chooses(&self) -> bool {
        self.sampler.chooses()
    }

    /// Who is meant by an id, as it may leave.
    pub(super) fn id(&self, prefix: &str, text: &str) -> Option<OpaqueId> {
        self.salt.id(prefix, text)
    }

    /// Records an event of nobody in particular, if sampling chooses it.
    pub(super) fn record<'a>(
        &self,
        name: &'a str,
        properties: impl IntoIterator<Item = (&'a str, RawValue<'a>)>,
    ) -> Recorded {
        let properties = properties.into_iter().map(|(k, v)| (k.into(), v)).collect();
        self.record_for(&Who::default(), name, properties, self.chooses())
    }

    /// Records an event, if it is `chosen`.
    pub(super) fn record_for<'a>(
        &self,
        who: &'a Who,
        name: &'a str,
        properties: RawMap<'a>,
        chosen: bool,
    ) -> Recorded {
        if !chosen {
            add(&self.counts.passed_over, 1);
            return Recorded::Nothing;
        }
        let outcome = match self.event(who, name, properties) {
            Ok(event) => self.put(event),
            Err(reason) => Outcome::Dropped(reason),
        };
        if let Outcome::Dropped(reason) = outcome {
            self.counts.lose(reason, 1);
        }
        Recorded::Done(outcome)
    }

    /// Puts an event into the queue, without waiting for anything.
    fn put(&self, event: Event) -> Outcome {
        match self.queue.try_send(event) {
            Ok(()) => {
                add(&self.counts.queued, 1);
                if self.queue.max_capacity() - self.queue.capacity() >= self.worthwhile {
                    self.full.notify_one();
                }
                Outcome::Accepted
            }
            Err(TrySendError::Full(_)) => Outcome::Dropped(Reason::QueueOverflow),
            Err(TrySendError::Closed(_)) => Outcome::Dropped(Reason::Undelivered),
        }
    }

    /// Sends what waits, and waits for it at most `timeout`. Tells whether all of it is settled.
    pub(super) fn flush(&self, timeout: Duration) -> bool {
        self.order(Order::Flush, timeout)
    }

    fn order(
        &self,
        order: impl FnOnce(std::sync::mpsc::SyncSender<bool>) -> Order,
        timeout: Duration,
    ) -> bool {
        let (answer, answered) = sync_channel(1);
        let is_heard = self.orders.try_send(order(answer)).is_ok();
        is_heard && answered.recv_timeout(timeout).unwrap_or(false)
    }

    /// A copy of the counts.
    pub(super) fn books(&self) -> Books {
        self.counts.copy()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let waits = self.queue.max_capacity() - self.queue.capacity();
        let is_settled = self.order(Order::Stop, SHUTDOWN_LIMIT);
        if !is_settled {
            tracing::debug!(waits, "telemetry ended before all of it was sent");
        }
    }
}
