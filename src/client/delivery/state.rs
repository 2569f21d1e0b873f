//! What past deliveries teach the next one: when to try again, and what came of the last.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::fsx;
use crate::client::consent::Locked;
use crate::client::error::ClientError;
use crate::client::spool::Spool;
use crate::config::Paths;

/// The file, in a grant's spool: each endpoint has its own pauses.
pub const DELIVERY_FILE: &str = "delivery.json";

/// The largest file that is read, in bytes.
const LIMIT: u64 = 64 * 1024;

/// The shortest time between two attempts in the background, and the first pause after a failure.
const INTERVAL: SignedDuration = SignedDuration::from_secs(60);

/// The longest pause that failures lead to.
const LONGEST_BACKOFF: SignedDuration = SignedDuration::from_hours(6);

/// The longest pause that a server can ask for. A later time is a clock that was set wrong.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// Who wants to send, which decides how much patience they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// The detached sender: at most once a minute, and not while it is backing off.
    Background,
    /// A build machine, which may be gone in a minute: not while it is backing off.
    BuildMachine,
    /// A person who asked for it: at once, unless the server asked for a pause.
    Person,
}

/// What came of the last deliveries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeliveryState {
    /// When a sender last tried.
    pub last_attempt: Option<Timestamp>,
    /// How many attempts have failed since the last success.
    pub failures: u32,
    /// Before this, no sender tries by itself.
    pub not_before: Option<Timestamp>,
    /// Whether the server asked for that pause.
    pub server_asked: bool,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// The last batch that was answered.
    pub last_receipt: Option<Sent>,
}

/// A batch that was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The batch.
    pub batch_id: Uuid,
    /// When, by this machine's clock.
    pub at: Timestamp,
    /// How many events it had.
    pub events: usize,
    /// How many bytes were sent.
    pub bytes: usize,
    /// The HTTP status of the answer.
    pub status: u16,
    /// How many events the server stored.
    pub accepted: usize,
    /// How many it had stored before.
    pub duplicates: usize,
    /// How many it dropped.
    pub dropped: usize,
    /// Whether the server refused the batch, so that its events are gone.
    #[serde(default)]
    pub refused: bool,
    /// The receipt: `verified`, or why not. It proves what was acknowledged, not what was kept.
    pub receipt: String,
}

impl DeliveryState {
    /// Reads what came of the deliveries under the grant of `epoch`; a missing file is a new one.
    ///
    /// # Errors
    /// When it cannot be read or understood. It may hold a pause that the server asked for, so nothing is sent then.
    pub fn load(paths: &Paths, epoch: u64) -> Result<Self, ClientError> {
        let path = file(paths, epoch);
        match fsx::read_bounded(&path, LIMIT)? {
            None => Ok(Self::default()),
            Some(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| ClientError::NotJson { path, source }),
        }
    }

    /// Writes it; `_locked` shows that consent stands.
    pub(super) fn save(
        &self,
        paths: &Paths,
        epoch: u64,
        _locked: &Locked,
    ) -> Result<(), ClientError> {
        let path = file(paths, epoch);
        let json = serde_json::to_vec_pretty(self);
        let json = json.map_err(|source| ClientError::NotJson {
            path: path.clone(),
            source,
        })?;
        Ok(fsx::write_atomic(&path, &json)?)
    }

    /// Until when `urgency` has to wait; `None` when it may try at `now`.
    pub fn pause(&self, urgency: Urgency, now: Timestamp) -> Option<Timestamp> {
        let ahead = |until: &Timestamp| {
            let wait = until.duration_since(now);
            wait > SignedDuration::ZERO && wait <= LONGEST_PAUSE
        };
        let backing_off = self
            .not_before
            .filter(|_| urgency != Urgency::Person || self.server_asked);
        let recent = self
            .last_attempt
            .filter(|_| urgency == Urgency::Background)
            .filter(|last| *last <= now)
            .and_then(|last| last.saturating_add(INTERVAL).ok());
        [backing_off, recent]
            .into_iter()
            .flatten()
            .filter(ahead)
            .max()
    }

    /// Takes in a failure; `random` in 0..=1 spreads the next attempts of many machines.
    pub(super) fn failed(
        &mut self,
        error: String,
        retry_after: Option<u64>,
        random: f64,
        now: Timestamp,
    ) {
        self.failures = self.failures.saturating_add(1);
        self.last_error = Some(error);
        self.server_asked = retry_after.is_some();
        let asked = retry_after
            .map(|seconds| SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)));
        let wait = backoff(self.failures, random)
            .max(asked.unwrap_or_default())
            .min(LONGEST_PAUSE);
        self.not_before = now.saturating_add(wait).ok();
    }

    /// Takes in a success.
    pub(super) fn succeeded(&mut self, sent: Sent) {
        self.failures = 0;
        self.not_before = None;
        self.server_asked = false;
        self.last_error = None;
        self.last_receipt = Some(sent);
    }
}

/// The pause after the given number of failures: doubling from a minute to six hours, the later half of it at random.
fn backoff(failures: u32, random: f64) -> SignedDuration {
    let doublings = failures.saturating_sub(1).min(16);
    let full = INTERVAL.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
    SignedDuration::try_from_secs_f64(full.as_secs_f64() * (0.5 + random / 2.0)).unwrap_or(full)
}

fn file(paths: &Paths, epoch: u64) -> PathBuf {
    Spool::folder_of(paths, epoch).join(DELIVERY_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn pauses_double_to_a_cap_and_are_spread() {
        let seconds = |failures, random| backoff(failures, random).as_secs();
        assert_eq!((seconds(1, 0.0), seconds(1, 1.0)), (30, 60));
        assert_eq!(seconds(2, 1.0), 120);
        assert_eq!(seconds(9, 1.0), 15360);
        assert_eq!(seconds(10, 1.0), 6 * 3600);
        assert_eq!(seconds(u32::MAX, 1.0), 6 * 3600);
    }

    #[test]
    fn who_wants_to_send_decides_how_long_they_wait() {
        let mut state = DeliveryState {
            last_attempt: Some(at(0)),
            ..DeliveryState::default()
        };
        assert_eq!(state.pause(Urgency::Background, at(59)), Some(at(60)));
        assert_eq!(state.pause(Urgency::Background, at(60)), None);
        assert_eq!(
            state.pause(Urgency::Background, at(-9)),
            None,
            "the clock went back"
        );
        assert_eq!(state.pause(Urgency::BuildMachine, at(1)), None);
        state.failed("no answer".to_owned(), None, 1.0, at(0));
        assert_eq!(state.pause(Urgency::BuildMachine, at(1)), Some(at(60)));
        assert_eq!(state.pause(Urgency::Person, at(1)), None);
        state.failed("busy".to_owned(), Some(7200), 1.0, at(0));
        assert_eq!(state.pause(Urgency::Person, at(1)), Some(at(7200)));
        state.failed("busy".to_owned(), Some(u64::MAX), 1.0, at(0));
        assert_eq!(state.pause(Urgency::Person, at(1)), Some(at(86400)));
        assert_eq!(
            state.pause(Urgency::Person, at(-90_000)),
            None,
            "a wrong clock"
        );
    }
}
