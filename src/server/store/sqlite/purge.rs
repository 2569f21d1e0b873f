//! The end of raw data, in small transactions between which the writer takes events.

use rusqlite::{Connection, TransactionBehavior};

use super::writer::Writer;
use crate::server::rollup::Day;
use crate::server::store::{Purged, StoreError};

/// How many events are looked at in one transaction.
const STRIDE: i64 = 20_000;

const ACTION: &str = "purge";

/// Removes the raw events and identity rows of all days before `before`, then the identifiers nothing refers to.
pub(super) async fn purge(
    writer: &Writer,
    catalog: &str,
    before: Day,
) -> Result<Purged, StoreError> {
    let catalog: i64 = {
        let name = catalog.to_owned();
        let find = "SELECT coalesce((SELECT id FROM words WHERE text = ?1), 0)";
        writer
            .run(ACTION, move |db| {
                db.query_row(find, [name], |row| row.get(0))
            })
            .await?
    };
    let cutoff = before.start().as_microsecond();
    let mut purged = Purged::default();
    let mut after = 0;
    while let Some((last, gone)) = writer
        .run(ACTION, move |db| stride(db, catalog, cutoff, after))
        .await?
    {
        after = last;
        purged.events += gone;
    }
    for old in [
        "DELETE FROM identity_daily WHERE catalog = ?1 AND day < ?2",
        "DELETE FROM identity_last WHERE catalog = ?1 AND last_day < ?2",
    ] {
        purged.identity_rows += writer
            .run(ACTION, move |db| db.execute(old, (catalog, before.0)))
            .await
            .map(count)?;
    }
    purged.ids = writer
        .run(ACTION, |db| db.execute(UNUSED_IDS, []))
        .await
        .map(count)?;
    Ok(purged)
}

/// Every id of a stored event is in an identity row of its day, so those tables decide.
const UNUSED_IDS: &str = "
    DELETE FROM ids WHERE id NOT IN (
      SELECT id FROM identity_daily
      UNION SELECT org FROM identity_daily
      UNION SELECT project FROM identity_daily
      UNION SELECT org FROM usage_daily
    )";

/// Looks at the events after `after`; tells the last one looked at and how many are gone, or `None` at the end.
fn stride(
    db: &mut Connection,
    catalog: i64,
    cutoff: i64,
    after: i64,
) -> rusqlite::Result<Option<(i64, u64)>> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last: Option<i64> = change.query_row(
        "SELECT max(sequence) FROM
           (SELECT sequence FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)",
        (after, STRIDE),
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let gone = change.execute(
        "DELETE FROM events
         WHERE sequence > ?1 AND sequence <= ?2 AND catalog = ?3 AND happened_at < ?4",
        (after, last, catalog, cutoff),
    )?;
    change.commit()?;
    Ok(Some((last, count(gone))))
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
