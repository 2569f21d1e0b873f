//! What new events add beside the counts that every catalog has: on which days they came, and the tables of drift.

use rusqlite::Connection;

use super::arrivals::Arrivals;
use super::words::Number;
use super::{drift, senders};
use crate::server::rollup::{DRIFT, Day, DriftDeltas, Seen};
use crate::server::store::Entry;

/// Of a group of events, all of which are new to the store.
#[derive(Debug, Default)]
pub(super) struct News<'a> {
    arrivals: Arrivals,
    /// The catalog's number, once there is an event of it.
    drift: Option<(Number, DriftDeltas<'a, Number>)>,
}

impl<'a> News<'a> {
    /// Notes an event.
    pub(super) fn see(&mut self, entry: &'a Entry, seen: &Seen<Number>) {
        self.arrivals.note(seen.sender, Day::of(seen.received_at));
        if *entry.event.catalog == *DRIFT {
            let (_, deltas) = self
                .drift
                .get_or_insert_with(|| (seen.catalog, DriftDeltas::default()));
            deltas.see(&entry.event, seen.received_at, seen.sender);
        }
    }

    /// Writes it, before the group's activity is written.
    pub(super) fn add(
        &self,
        db: &Connection,
        memory: &mut senders::Memory,
    ) -> rusqlite::Result<()> {
        if let Some((catalog, deltas)) = &self.drift {
            drift::add(db, *catalog, deltas)?;
        }
        self.arrivals.add(db, &mut memory.arrivals)
    }
}
