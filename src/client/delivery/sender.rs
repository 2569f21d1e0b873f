//! One delivery: freeze what waits, send batch after batch while consent stands, and write down what came of each.

use std::cell::OnceCell;
use std::time::Duration;

use tokio::time::Instant;

use super::state::{DeliveryState, Sent, Urgency};
use super::wire::Wire;
use crate::base::clock::Clock;
use crate::base::crypto;
use crate::base::fsx::{self, LockError};
use crate::base::http::Http;
use crate::client::consent::{ConsentFile, Gate, Locked, Permit};
use crate::client::error::ClientError;
use crate::client::spool::{self, Spool};
use crate::config::{Endpoint, Host, Paths, Product};
use crate::model::event::Validator;

/// How long the notes of a delivery wait for another process that changes consent.
const NOTE_WAIT: Duration = Duration::from_secs(2);

/// Sends what one grant's spool holds.
#[derive(Debug)]
pub struct Sender {
    pub(super) paths: Paths,
    pub(super) endpoint: Endpoint,
    permit: Permit,
    product: Product,
    pub(super) spool: Spool,
    pub(super) clock: Clock,
    limit: Duration,
}

/// What a delivery came to.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// The batches that were answered for good.
    pub batches: Vec<Sent>,
}

/// How a delivery ended.
#[derive(Debug)]
pub enum End {
    /// Nothing waits any more.
    Done,
    /// Another sender is at work.
    Busy,
    /// It is too early to try again.
    NotYet {
        /// Until when.
        until: jiff::Timestamp,
    },
    /// Consent was withdrawn or has ended; what waited is deleted.
    Withdrawn,
    /// The time for this delivery ran out before everything had left. What waits is kept.
    TimeUp,
    /// The server could not be reached, or did not answer as it should. What waits is kept.
    Failed(String),
    /// A local file stands in the way. What waits is kept.
    Local(ClientError),
}

/// Why the batches stop here.
pub(super) enum Stop {
    Withdrawn,
    TimeUp,
    Later {
        error: String,
        retry_after: Option<u64>,
    },
    Local(ClientError),
}

impl<E: Into<ClientError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Local(error.into())
    }
}

impl Sender {
    /// A sender for the decision in `gate`; none while the answer is no. It takes at most `limit`.
    pub fn new(gate: &Gate, host: &Host, limit: Duration) -> Option<Self> {
        Self::on_clock(gate, &host.clock, limit)
    }

    /// As [`Sender::new`], of a machine of which only the clock is at hand.
    pub fn on_clock(gate: &Gate, clock: &Clock, limit: Duration) -> Option<Self> {
        let permit = gate.permit()?;
        Some(Self {
            paths: gate.paths.clone(),
            endpoint: gate.endpoint.clone()?,
            spool: Spool::new(&gate.paths, &permit, clock),
            permit,
            product: gate.product.clone(),
            clock: clock.clone(),
            limit,
        })
    }

    /// Sends, and waits for it. Builds its own single-threaded runtime, so it must not be called inside another.
    pub fn run(&self, urgency: Urgency) -> Report {
        let mut batches = Vec::new();
        let end = self.run_inner(urgency, &mut batches);
        let end = end.unwrap_or_else(End::Local);
        Report { end, batches }
    }

    fn run_inner(&self, urgency: Urgency, batches: &mut Vec<Sent>) -> Result<End, ClientError> {
        let now = self.clock.now();
        // Whoever asked for it wants to know that everything has left, also what another sender has in hand.
        let patience = if urgency == Urgency::Person {
            self.limit
        } else {
            Duration::ZERO
        };
        let _lock = match self.spool.lock_for_sending(patience) {
            Ok(lock) => lock,
            Err(LockError::Busy { .. }) => return Ok(End::Busy),
            // No folder: nothing was ever recorded, or consent is gone.
            Err(LockError::File(error)) if error.is_missing() => return Ok(End::Done),
            Err(error) => return Err(error.into()),
        };
        let mut state = DeliveryState::load(&self.paths, self.permit.epoch())?;
        match self.spool.expire() {
            Err(_) if self.upholding()?.is_none() => return self.withdrawn(),
            expired => expired?,
        }
        if self.spool.is_empty() {
            return Ok(End::Done);
        }
        if let Some(until) = state.pause(urgency, now) {
            return Ok(End::NotYet { until });
        }
        state.last_attempt = Some(now);
        if !self.save(&state)? {
            return self.withdrawn();
        }
        let stop = self.send_all(&mut state, batches);
        let end = match stop {
            Ok(()) => End::Done,
            Err(Stop::TimeUp) => End::TimeUp,
            Err(Stop::Withdrawn) => return self.withdrawn(),
            // What disable removes under our hands is not a fault of the disk.
            Err(Stop::Local(_)) if self.upholding()?.is_none() => return self.withdrawn(),
            Err(Stop::Local(error)) => End::Local(error),
            Err(Stop::Later { error, retry_after }) => {
                state.failed(error.clone(), retry_after, random(), self.clock.now());
                End::Failed(error)
            }
        };
        if !self.save(&state)? {
            return self.withdrawn();
        }
        self.spool.ledger().prune(self.clock.now())?;
        Ok(end)
    }

    fn withdrawn(&self) -> Result<End, ClientError> {
        fsx::remove(self.spool.folder())?;
        Ok(End::Withdrawn)
    }

    /// Writes the state if consent stands, which it tells.
    fn save(&self, state: &DeliveryState) -> Result<bool, ClientError> {
        let locked = self.upholding()?;
        if let Some(locked) = &locked {
            state.save(&self.paths, self.permit.epoch(), locked)?;
        }
        Ok(locked.is_some())
    }

    pub(super) fn upholding(&self) -> Result<Option<Locked>, ClientError> {
        let now = self.clock.now();
        Ok(Locked::upholding(
            &self.paths,
            &self.permit,
            now,
            NOTE_WAIT,
        )?)
    }

    /// The judge of what leaves.
    pub(super) fn validator(&self) -> Validator {
        spool::validator_of(self.product.catalog())
    }

    /// Whether consent stands at this moment: asked before every request.
    pub(super) fn is_upheld(&self) -> Result<bool, ClientError> {
        let now = self.clock.now();
        Ok(ConsentFile::load(&self.paths)?.upholds(&self.permit, now))
    }

    fn send_all(&self, state: &mut DeliveryState, batches: &mut Vec<Sent>) -> Result<(), Stop> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(fsx::context("start a sender in", self.spool.folder()))?;
        let result = runtime.block_on(async {
            let deadline = Instant::now() + self.limit;
            let http = Http::new_for(&self.endpoint.url, self.limit)?;
            let wire = Wire {
                http,
                deadline,
                key_page: OnceCell::new(),
            };
            self.send_batches(&wire, state, batches).await
        });
        // Name resolution may still hang in a thread of its own; nobody waits for it.
        runtime.shutdown_background();
        result
    }
}

/// A number in 0..1 for spreading attempts; without randomness they are not spread.
fn random() -> f64 {
    crypto::random_32().map_or(1.0, |[byte, ..]| f64::from(byte) / 256.0)
}
