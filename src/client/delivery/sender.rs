//! One delivery: freeze what waits, send batch after batch while consent stands, and write down what came of each.

use std::time::Duration;

use tokio::time::Instant;

use super::answer::{self, EventFate, Meaning};
use super::receipts;
use super::state::{DeliveryState, Sent, Urgency};
use super::wire::Wire;
use crate::base::clock::Clock;
use crate::base::crypto;
use crate::base::fsx::{self, FileLock, LockError};
use crate::base::http::{Http, Request};
use crate::client::consent::{ConsentFile, Gate, Locked, Permit};
use crate::client::error::ClientError;
use crate::client::spool::{self, Frozen, FrozenEvent, LedgerEntry, Spool};
use crate::config::{Endpoint, Host, Paths};
use crate::model::outcome::{Outcome, Reason};
use crate::model::protocol::{EVENTS_PATH, Receipt};

/// How long the notes of a delivery wait for another process that changes consent.
const NOTE_WAIT: Duration = Duration::from_secs(2);

/// Sends what one grant's spool holds.
#[derive(Debug)]
pub struct Sender {
    pub(super) paths: Paths,
    pub(super) endpoint: Endpoint,
    permit: Permit,
    spool: Spool,
    clock: Clock,
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
    /// The server could not be reached, or did not answer as it should. What waits is kept.
    Failed(String),
    /// A local file stands in the way. What waits is kept.
    Local(ClientError),
}

/// Why the batches stop here.
enum Stop {
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
        let permit = gate.permit()?;
        Some(Self {
            paths: gate.paths.clone(),
            endpoint: gate.endpoint.clone()?,
            spool: Spool::new(&gate.paths, &permit, &host.clock),
            permit,
            clock: host.clock.clone(),
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
        let lock = FileLock::acquire(&self.spool.folder().join("sender.lock"), patience);
        let _lock = match lock {
            Ok(lock) => lock,
            Err(LockError::Busy { .. }) => return Ok(End::Busy),
            // No folder: nothing was ever recorded, or consent is gone.
            Err(LockError::File(error)) if error.is_missing() => return Ok(End::Done),
            Err(error) => return Err(error.into()),
        };
        let mut state = DeliveryState::load(&self.paths);
        if let Some(until) = state.pause(urgency, now) {
            return Ok(End::NotYet { until });
        }
        if self.spool.is_empty() {
            return Ok(End::Done);
        }
        state.last_attempt = Some(now);
        if !self.save(&state)? {
            return self.withdrawn();
        }
        let stop = self.send_all(&mut state, batches);
        let end = match stop {
            Ok(()) | Err(Stop::TimeUp) => End::Done,
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
            state.save(&self.paths, locked)?;
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

    fn send_all(&self, state: &mut DeliveryState, batches: &mut Vec<Sent>) -> Result<(), Stop> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(fsx::context("start a sender in", self.spool.folder()))?;
        let result = runtime.block_on(async {
            let deadline = Instant::now() + self.limit;
            let http = Http::new_for(&self.endpoint.url, self.limit)?;
            self.send_batches(&Wire { http, deadline }, state, batches)
                .await
        });
        // Name resolution may still hang in a thread of its own; nobody waits for it.
        runtime.shutdown_background();
        result
    }

    async fn send_batches(
        &self,
        wire: &Wire,
        state: &mut DeliveryState,
        batches: &mut Vec<Sent>,
    ) -> Result<(), Stop> {
        let validator = spool::validator();
        loop {
            let mut waiting = self.spool.frozen()?;
            if waiting.is_empty() {
                self.spool.freeze(&validator)?;
                waiting = self.spool.frozen()?;
            }
            if waiting.is_empty() {
                return Ok(());
            }
            for batch in waiting {
                if Instant::now() >= wire.deadline {
                    return Err(Stop::TimeUp);
                }
                if let Some(sent) = self.send(wire, &batch).await? {
                    state.succeeded(sent.clone());
                    batches.push(sent);
                }
            }
        }
    }

    /// Sends one batch; `None` when it was too old to be sent.
    async fn send(&self, wire: &Wire, batch: &Frozen) -> Result<Option<Sent>, Stop> {
        let bytes = batch.bytes()?;
        // A batch that cannot be inflated was damaged on disk; its bytes are kept, and its events cannot be named.
        let body = spool::inflate(&bytes).unwrap_or_default();
        let events = spool::events_of(&body);
        if events.is_empty() || batch.is_expired(self.clock.now()) {
            let reason = if events.is_empty() {
                Reason::SpoolTorn
            } else {
                Reason::SpoolExpired
            };
            self.finish(batch, &events, &Fates::All(reason), None)?;
            return Ok(None);
        }
        let now = self.clock.now();
        if !ConsentFile::load(&self.paths)?.upholds(&self.permit, now) {
            return Err(Stop::Withdrawn);
        }
        let headers = vec![
            ("content-type", "application/json".to_owned()),
            ("content-encoding", "gzip".to_owned()),
        ];
        let request = Request {
            headers,
            body: Some(bytes.clone()),
        };
        let url = self.endpoint.at(EVENTS_PATH);
        let answer = wire.within(wire.http.post(&url, request)).await;
        let answer = answer.map_err(|error| self.later(&error, None))?;
        let mut sent = Sent {
            batch_id: batch.id,
            at: self.clock.now(),
            events: events.len(),
            bytes: bytes.len(),
            status: answer.status,
            accepted: 0,
            duplicates: 0,
            dropped: events.len(),
            receipt: "none, since the batch was refused".to_owned(),
        };
        match answer::read(&answer, &events) {
            Meaning::Later { error, retry_after } => Err(self.later(&error, retry_after)),
            Meaning::Refused => {
                self.finish(
                    batch,
                    &events,
                    &Fates::All(Reason::Refused),
                    Some((&sent, &body, None)),
                )?;
                Ok(Some(sent))
            }
            Meaning::Acknowledged { results, receipt } => {
                let count = |word| results.iter().filter(|fate| fate.outcome == word).count();
                sent.accepted = count("accepted");
                sent.duplicates = count("duplicate");
                sent.dropped = count("dropped");
                sent.receipt =
                    match receipts::check(self, wire, receipt.as_ref(), &body, &sent).await {
                        Ok(()) => "verified".to_owned(),
                        Err(why) => format!("not verified: {why}"),
                    };
                let kept = Some((&sent, &*body, receipt));
                self.finish(batch, &events, &Fates::Each(&results), kept)?;
                Ok(Some(sent))
            }
        }
    }

    fn later(&self, error: &str, retry_after: Option<u64>) -> Stop {
        Stop::Later {
            error: format!("{} {error}", self.endpoint.origin),
            retry_after,
        }
    }

    /// Writes what became of a batch into the ledger, and only then takes it out of the spool.
    fn finish(
        &self,
        batch: &Frozen,
        events: &[FrozenEvent],
        fates: &Fates<'_>,
        answered: Option<(&Sent, &[u8], Option<Receipt>)>,
    ) -> Result<(), Stop> {
        let now = self.clock.now();
        let mut entries: Vec<LedgerEntry> = match fates {
            Fates::All(reason) if events.is_empty() => {
                let outcome = Outcome::Dropped(*reason);
                vec![LedgerEntry::event(now, None, None, outcome, Some(batch.id))]
            }
            Fates::All(reason) => events
                .iter()
                .map(|event| {
                    let outcome = Outcome::Dropped(*reason);
                    let name = Some(event.name.as_str());
                    LedgerEntry::event(now, Some(event.id), name, outcome, Some(batch.id))
                })
                .collect(),
            Fates::Each(fates) => events
                .iter()
                .zip(*fates)
                .map(|(event, fate)| LedgerEntry::Event {
                    at: now,
                    id: Some(event.id),
                    name: Some(event.name.clone()),
                    outcome: fate.outcome.clone(),
                    reason: fate.reason.clone(),
                    batch: Some(batch.id),
                })
                .collect(),
        };
        if let Some((sent, body, receipt)) = answered {
            entries.push(LedgerEntry::Batch {
                at: now,
                batch: batch.id,
                origin: self.endpoint.origin.clone(),
                events: sent.events,
                bytes: sent.bytes,
                digest: crypto::hex(&crypto::sha256(body)),
                status: sent.status,
                receipt,
                verification: sent.receipt.clone(),
            });
        }
        self.spool.ledger().note(now, &entries)?;
        Ok(self.spool.ledger().keep(now, batch)?)
    }
}

/// What became of a batch's events.
enum Fates<'a> {
    All(Reason),
    Each(&'a [EventFate]),
}

/// A number in 0..1 for spreading attempts; without randomness they are not spread.
fn random() -> f64 {
    crypto::random_32().map_or(1.0, |[byte, ..]| f64::from(byte) / 256.0)
}
