//! The forwarder: copies the event log to PostHog, in order, from where it was the last time.
//!
//! It never blocks ingest: it reads what was committed, and keeps its place in the store after PostHog has answered. An event that
//! is sent twice (a crash between the answer and the place) has the same id and counts once there. It begins with the oldest event
//! that is kept.

mod send;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::base::clock::Clock;
use crate::base::crypto;
use crate::base::error;
use crate::model::catalog::Catalog;
use crate::server::posthog::capture::Capture;
use crate::server::posthog::mapping::{self, Kept};
use crate::server::store::{Cursor, POSTHOG, Store, StoreError, StoredEvent};
use send::Trouble;

/// The cursor's name. A server of another catalog than ours has a place of its own: it passes over what this one sends.
fn cursor_name(catalog: &str) -> String {
    match catalog {
        OWN => POSTHOG.to_owned(),
        other => format!("{POSTHOG}:{other}"),
    }
}

/// The lease's name.
fn lease_name(catalog: &str) -> String {
    format!("forward-{POSTHOG}:{catalog}")
}

/// The catalog whose cursor has the plain name.
const OWN: &str = "decantr";

/// How long a lease holds; a batch takes less.
const LEASE: SignedDuration = SignedDuration::from_mins(3);

/// How many events are sent at once.
const BATCH: usize = 200;

/// How often it is looked whether there is something new.
const IDLE: Duration = Duration::from_secs(5);

/// How often it is looked whether the server that forwards is gone.
const STANDBY: Duration = Duration::from_secs(20);

/// The first wait after a failure; it doubles with every further one.
const BACKOFF: Duration = Duration::from_secs(1);

/// The longest wait after a failure, unless PostHog asks for more.
const LONGEST: Duration = Duration::from_mins(5);

/// The longest that PostHog may ask to wait.
const PATIENCE: Duration = Duration::from_hours(1);

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// So many events were dealt with, and there may be more.
    Moved(usize),
    /// There is nothing to send.
    Idle,
    /// Another server on the store forwards.
    Standby,
    /// It failed; try again after this time.
    Failed(Duration),
}

/// The forwarder of one process.
#[derive(Debug)]
pub struct Forwarder {
    store: Reach,
    catalog: Arc<Catalog>,
    capture: Capture,
    clock: Clock,
    holder: Uuid,
    /// Until when the lease holds.
    leased: Option<Timestamp>,
}

/// A store in a type that can be shown.
struct Reach(Arc<dyn Store>);

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store(..)")
    }
}

/// A forwarder's place among those of a store.
#[derive(Debug, Clone)]
pub struct Place {
    lease: String,
    holder: Uuid,
}

impl Place {
    /// Gives the lease back, so that another server need not wait for its end.
    pub async fn release(&self, store: &dyn Store) {
        if let Err(error) = store.snapshots().release(&self.lease, self.holder).await {
            tracing::debug!(%error, "the lease of the forwarder stays until its end");
        }
    }
}

impl Forwarder {
    /// Copies what is in `store` and in `catalog`.
    pub fn new(
        store: Arc<dyn Store>,
        catalog: Arc<Catalog>,
        capture: Capture,
        clock: Clock,
    ) -> Self {
        Self {
            store: Reach(store),
            catalog,
            capture,
            clock,
            holder: Uuid::new_v4(),
            leased: None,
        }
    }

    /// Where it stands among the forwarders of the store.
    pub fn place(&self) -> Place {
        Place {
            lease: lease_name(&self.catalog.id),
            holder: self.holder,
        }
    }

    /// Copies for ever. What goes wrong is logged, kept with the place, and tried again.
    pub async fn run(mut self) {
        loop {
            let pause = match self.step().await {
                Ok(Step::Moved(_)) => continue,
                Ok(Step::Idle) => IDLE,
                Ok(Step::Standby) => STANDBY,
                Ok(Step::Failed(pause)) => pause,
                Err(error) => {
                    tracing::error!(
                        error = error::chain(&error),
                        "cannot forward; it is tried again"
                    );
                    IDLE
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Sends one batch, if the lease is given and something waits.
    pub async fn step(&mut self) -> Result<Step, StoreError> {
        if !self.has_lease().await? {
            return Ok(Step::Standby);
        }
        let mut cursor = self.cursor().await?;
        let events = self.store.0.events(cursor.sequence, BATCH).await?;
        let Some(last) = events.last().map(|event| event.sequence) else {
            return self.idle(cursor).await;
        };
        let mapped = self.mapped(&events);
        let now = self.clock.now();
        let sent = send::all(&self.capture, &mapped, now).await;
        cursor.forwarded += sent.taken;
        cursor.refused += sent.refused;
        // Events pass in order, so those before a trouble are done.
        let until = if sent.trouble.is_none() {
            Some(last)
        } else {
            sent.until
        };
        if let Some(until) = until {
            let through = |sequence: i64| sequence <= until;
            let read = events
                .iter()
                .filter(|event| through(event.sequence))
                .count();
            let ours = mapped
                .iter()
                .filter(|(sequence, _)| through(*sequence))
                .count();
            cursor.passed += u64::try_from(read.saturating_sub(ours)).unwrap_or(u64::MAX);
            cursor.sequence = until;
            cursor.failures = 0;
            cursor.error = None;
        }
        if sent.taken > 0 {
            cursor.succeeded_at = Some(self.clock.now());
        }
        if let Some(trouble) = sent.trouble {
            return self.failed(cursor, &trouble).await;
        }
        self.store.0.cursors().set_cursor(&cursor).await?;
        Ok(Step::Moved(events.len()))
    }

    /// Nothing waits. What failed before is over, when what waited was purged or erased.
    async fn idle(&self, cursor: Cursor) -> Result<Step, StoreError> {
        if cursor.failures > 0 {
            let cursor = Cursor {
                failures: 0,
                error: None,
                ..cursor
            };
            self.store.0.cursors().set_cursor(&cursor).await?;
        }
        Ok(Step::Idle)
    }

    async fn failed(&self, mut cursor: Cursor, trouble: &Trouble) -> Result<Step, StoreError> {
        cursor.failures = cursor.failures.saturating_add(1);
        cursor.error = Some(trouble.why.clone());
        tracing::warn!(
            failures = cursor.failures,
            error = trouble.why,
            "PostHog did not take events; they wait"
        );
        let pause = pause(cursor.failures, trouble.pause);
        self.store.0.cursors().set_cursor(&cursor).await?;
        Ok(Step::Failed(pause))
    }

    /// Takes the lease, or renews it when a third of it is over.
    async fn has_lease(&mut self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        // One that holds for longer than any was taken by a clock that has been set back since.
        let is_young =
            |until: Timestamp| (LEASE * 2 / 3..=LEASE).contains(&until.duration_since(now));
        if self.leased.is_some_and(is_young) {
            return Ok(true);
        }
        let until = now + LEASE;
        let given = self
            .store
            .0
            .snapshots()
            .lease(&lease_name(&self.catalog.id), self.holder, now, until)
            .await?;
        self.leased = given.then_some(until);
        Ok(given)
    }

    /// The place; kept before anything is sent, so that whoever asks to be forgotten is told of the copies.
    async fn cursor(&self) -> Result<Cursor, StoreError> {
        let cursors = self.store.0.cursors();
        let known = cursors.cursors().await?;
        let (name, target) = (cursor_name(&self.catalog.id), self.capture.target());
        if let Some(cursor) = known.into_iter().find(|cursor| cursor.name == name) {
            if cursor.target == target {
                return Ok(cursor);
            }
            tracing::warn!(
                from = cursor.target,
                to = target,
                "events go to another host now, from the same place on"
            );
            let cursor = Cursor {
                target: target.to_owned(),
                ..cursor
            };
            cursors.set_cursor(&cursor).await?;
            return Ok(cursor);
        }
        let cursor = Cursor::new(&name, target, self.clock.now());
        cursors.set_cursor(&cursor).await?;
        Ok(cursor)
    }

    /// The events as PostHog takes them, each with its sequence number; those that are not in the catalog are left out.
    fn mapped(&self, events: &[StoredEvent]) -> Vec<(i64, Value)> {
        let map = |event: &StoredEvent| {
            let spec = self.catalog.event(&event.name);
            let spec = spec.filter(|_| *event.catalog == *self.catalog.id)?;
            let kept = Kept {
                id: event.id,
                spec,
                schema_version: &self.catalog.schema_version,
                context: &event.context,
                counted: &event.counted,
                timestamp: event.timestamp,
                properties: &event.properties,
            };
            Some((event.sequence, mapping::event(&kept)))
        };
        events.iter().filter_map(map).collect()
    }
}

/// How long to wait after so many failures in a row: longer each time, never in step with others, and at least as long as PostHog
/// asks.
fn pause(failures: u32, asked_for: Option<u64>) -> Duration {
    let asked_for = Duration::from_secs(asked_for.unwrap_or(0)).min(PATIENCE);
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1).min(16));
    let longest = BACKOFF.saturating_mul(doubled).min(LONGEST);
    let chance = crypto::random_32().map_or(255, |bytes| bytes[0]);
    (longest / 2 + longest / 2 * u32::from(chance) / 255).max(asked_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_honour_what_is_asked() {
        for (failures, least, most) in [(1, 500, 1_000), (4, 4_000, 8_000), (40, 150_000, 300_000)]
        {
            let waited = pause(failures, None).as_millis();
            assert!((least..=most).contains(&waited), "{failures}: {waited}");
        }
        assert_eq!(pause(1, Some(90)), Duration::from_secs(90));
        assert_eq!(pause(1, Some(999_999)), PATIENCE);
        let waited = pause(4, Some(0)).as_millis();
        assert!(waited >= 4_000, "asked at once again: {waited}");
    }
}
