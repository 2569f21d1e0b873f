//! What goes into an event log, and what comes out of it.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::base::ids::OpaqueId;
use crate::model::event::{Context, Event, Normalised, Resolution};
use crate::model::outcome::{Reason, Strip};
use crate::server::rollup::{DRIFT, Measured};

/// An admitted event, with everything about it that can be worked out before the writer has its turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The event; without its properties, which are only needed as below, but for those of drift.
    pub event: Event,
    /// What was taken out of it; counted only if the event is new.
    pub strips: Vec<Strip>,
    /// Its properties as compact JSON.
    pub(super) properties: String,
    /// Whether it reports a failure.
    pub(super) failed: bool,
    /// What the daily measures keep of them.
    pub(super) measured: Measured,
}

impl From<Normalised> for Entry {
    fn from(normalised: Normalised) -> Self {
        let Normalised {
            mut event,
            strips,
            kept,
        } = normalised;
        let (properties, failed) = (event.properties_json(), event.is_failure());
        let measured = Measured::of(&event.properties, kept);
        // Taken apart by the thread that made them, while they are at hand. drift's tables are made of them later.
        if *event.catalog != *DRIFT {
            event.properties = Vec::new();
        }
        Self {
            event,
            strips,
            properties,
            failed,
            measured,
        }
    }
}

impl Entry {
    /// About how much memory it holds while it waits, in bytes.
    fn weight(&self) -> usize {
        /// The ids, words and list cells of an event that is full of them.
        const FIXED: usize = 1024;
        FIXED + 3 * self.properties.len() + self.measured.weight()
    }
}

/// What one request adds to a log.
#[derive(Debug, Clone)]
pub struct Append {
    /// The catalog that the request was judged by; entries are of this catalog.
    pub catalog: Arc<str>,
    /// When the request came.
    pub received_at: Timestamp,
    /// The admitted events.
    pub entries: Vec<Entry>,
    /// Why the other events were dropped, with how many.
    pub drops: Vec<(Reason, u64)>,
    /// What the sender says it had to drop itself, with how many. It counts only if an entry is new: else the request is one that
    /// came before, and its losses were counted then.
    pub losses: Vec<(Reason, u64)>,
}

impl Append {
    /// About how much memory it holds while it waits, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.entries.iter().map(Entry::weight).sum()
    }
}

/// An event as it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its place in the order of arrival.
    pub sequence: i64,
    /// Its id, unique within its catalog.
    pub id: Uuid,
    /// Its catalog.
    pub catalog: String,
    /// Its name.
    pub name: String,
    /// Who and where.
    pub context: Context,
    /// Under whom it counts now.
    pub counted: Resolution<OpaqueId>,
    /// When it happened.
    pub timestamp: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Its properties, one compact JSON object.
    pub properties: String,
}
