//! What was stored before counts by properties' values were kept, counted once when a store is brought up to date.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::measures;
use super::rows::moment;
use super::words::{Memory, Number, Table, Words};
use crate::model::catalog::Catalog;
use crate::model::event::Value;
use crate::server::rollup::{Counts, Day, Measured, Measures, Occasion};

/// How many events are counted at a time.
const STRIDE: usize = 20_000;

/// One stored event.
struct Stored {
    sequence: i64,
    occasion: Occasion<Number>,
    counts: Counts,
    measured: Measured,
}

/// Counts all stored events of a catalog, as the catalog is now.
pub(super) fn measures(db: &Connection, catalog: &Catalog) -> rusqlite::Result<()> {
    let mut memory = Memory::default();
    let mut after = 0;
    loop {
        let events = stored(db, catalog, after)?;
        let Some(last) = events.last() else {
            return Ok(());
        };
        after = last.sequence;
        let mut measures = Measures::default();
        for event in &events {
            measures.count(event.occasion, event.counts, &event.measured);
        }
        let mut words = Words::of(Table::Words, db, &mut memory)?;
        measures::add(db, &mut words, &measures)?;
    }
}

/// The events of a catalog after one, in order. Without `NOT INDEXED` SQLite would find a catalog's events by the index of their ids,
/// and sort all of them each time.
pub(super) const NEXT: &str = "
    SELECT sequence, e.catalog, e.name, name.text, happened_at, received_at,
      1.0 / coalesce(sample_rate, 1.0), failed, properties
    FROM events AS e NOT INDEXED JOIN words AS name ON name.id = e.name
    WHERE e.catalog = (SELECT id FROM words WHERE text = ?1) AND sequence > ?2
    ORDER BY sequence";

/// The next events after this one; names that the catalog no longer has are left out.
fn stored(db: &Connection, catalog: &Catalog, after: i64) -> rusqlite::Result<Vec<Stored>> {
    let mut statement = db.prepare_cached(NEXT)?;
    let mut rows = statement.query((&*catalog.id, after))?;
    let mut events = Vec::new();
    while events.len() < STRIDE {
        let Some(row) = rows.next()? else { break };
        events.extend(read(row, catalog)?);
    }
    Ok(events)
}

fn read(row: &Row<'_>, catalog: &Catalog) -> rusqlite::Result<Option<Stored>> {
    let name: String = row.get(3)?;
    let Some(spec) = catalog.event(&name) else {
        return Ok(None);
    };
    let properties: String = row.get(8)?;
    let properties: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&properties).unwrap_or_default();
    let properties = properties.into_iter();
    let properties: Vec<(Arc<str>, Value)> = properties
        .filter_map(|(name, value)| Some((name.into(), plain(value)?)))
        .collect();
    Ok(Some(Stored {
        sequence: row.get(0)?,
        occasion: Occasion {
            catalog: row.get(1)?,
            day: Day::counted(moment(row, 4)?, moment(row, 5)?),
            event: row.get(2)?,
        },
        counts: Counts {
            events: 1,
            weight: row.get(6)?,
            failures: u64::from(row.get::<_, bool>(7)?),
        },
        measured: Measured::of(&properties, Arc::clone(&spec.kept)),
    }))
}

/// A value by which one can count, or that can be added up.
fn plain(value: serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Bool(value) => Some(Value::Bool(value)),
        serde_json::Value::String(text) => Some(Value::Text(text.into())),
        serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
        _ => None,
    }
}
