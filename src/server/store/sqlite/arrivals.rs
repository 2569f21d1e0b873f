//! On which days senders' events came, by the server's clock: what they say about their own times proves nothing.

use std::collections::HashMap;

use rusqlite::Connection;

use super::rows;
use super::words::Number;
use crate::server::rollup::Day;

/// The most senders remembered; past it, all are asked about again.
const REMEMBERED: usize = 100_000;

/// The last day on which each of some senders' events came, as the store has it.
#[derive(Debug, Default)]
pub(super) struct Memory(HashMap<Number, Day>);

impl Memory {
    /// What was remembered may no longer be so.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// What a group of events adds.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    days: HashMap<Number, Day>,
    /// The last one noted: rows of one request mostly share their sender.
    last: Option<(Number, Day)>,
}

impl Arrivals {
    /// Notes that a new event of this sender came on this day.
    pub(super) fn note(&mut self, sender: Number, day: Day) {
        if self.last == Some((sender, day)) {
            return;
        }
        self.last = Some((sender, day));
        let last = self.days.entry(sender).or_insert(day);
        *last = day.max(*last);
    }

    /// Writes what is news.
    pub(super) fn add(&self, db: &Connection, memory: &mut Memory) -> rusqlite::Result<()> {
        if memory.0.len() > REMEMBERED {
            memory.forget();
        }
        let mut update = db.prepare_cached(
            "UPDATE senders SET
               arrivals = (iif(?2 - arrived < 63, arrivals << (?2 - arrived), 0) | 1) & 0x7fffffffffffffff,
               arrived = ?2
             WHERE id = ?1 AND arrived < ?2",
        )?;
        for (sender, day) in &self.days {
            if memory.0.get(sender).is_none_or(|known| known < day) {
                update.execute((sender, day.0))?;
                memory.0.insert(*sender, *day);
            }
        }
        Ok(())
    }
}

/// Gives the days of a sender to another one, too.
pub(super) fn merge(db: &Connection, from: Number, to: Number) -> rusqlite::Result<()> {
    let mut find = db.prepare_cached("SELECT arrived, arrivals FROM senders WHERE id = ?1")?;
    let mut days = |sender| find.query_row([sender], |row| rows::days(row, 0));
    let both = days(from)?.with(days(to)?);
    db.prepare_cached("UPDATE senders SET arrived = ?2, arrivals = ?3 WHERE id = ?1")?
        .execute((to, both.last.0, both.bits.cast_signed()))
        .map(drop)
}
