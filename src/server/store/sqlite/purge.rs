//! The end of raw data, in small transactions between which the writer takes events.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::drift;
use super::forget::UNUSED;
use super::snapshots;
use super::writer::Writer;
use crate::server::rollup::{DRIFT, Day};
use crate::server::store::{Purged, StoreError};

/// How many rows are looked at in one transaction.
const STRIDE: i64 = 20_000;

const ACTION: &str = "purge";

/// What is purged.
#[derive(Clone, Copy)]
pub(super) struct Old {
    pub(super) catalog: i64,
    pub(super) before: Day,
}

/// Removes the identity rows and raw events of all days before `before`, then the senders and identifiers nothing refers to.
///
/// In this order, whatever comes meanwhile: an event whose sender is gone is one that nobody can attribute or erase any more.
pub(super) async fn purge(
    writer: &Writer,
    catalog: &str,
    before: Day,
) -> Result<Purged, StoreError> {
    let name = catalog.to_owned();
    let wanted = name.clone();
    let find = "SELECT id FROM words WHERE text = ?1";
    let catalog = writer
        .run(ACTION, move |db| {
            db.query_row(find, [wanted], |row| row.get(0)).optional()
        })
        .await?;
    let Some(catalog) = catalog else {
        return Ok(Purged::default());
    };
    let old = Old { catalog, before };
    let mut purged = Purged::default();
    loop {
        let gone = writer.run(ACTION, move |db| days(db, old)).await?;
        purged.identity_rows += gone;
        if gone == 0 {
            break;
        }
    }
    if name == DRIFT {
        purged.identity_rows += crowds(writer, old).await?;
    }
    loop {
        let gone = writer.run(ACTION, move |db| words(db, old)).await?;
        purged.value_rows += gone;
        if gone == 0 {
            break;
        }
    }
    let before = before.0;
    writer
        .run(ACTION, move |db| db.execute(OLD_SNAPSHOTS, (name, before)))
        .await?;
    let mut after = 0;
    while let Some((last, gone)) = writer.run(ACTION, move |db| events(db, old, after)).await? {
        after = last;
        purged.events += gone;
    }
    let mut after = 0;
    while let Some((last, gone)) = writer
        .run_on_dictionary(ACTION, move |db| senders(db, old, after))
        .await?
    {
        after = last;
        purged.identity_rows += gone;
    }
    writer
        .run_on_dictionary(ACTION, move |db| links(db, old.before))
        .await?;
    let mut after = 0;
    while let Some((last, gone)) = writer
        .run_on_dictionary(ACTION, move |db| unused_ids(db, after))
        .await?
    {
        after = last;
        purged.ids += gone;
    }
    writer.run(ACTION, |db| snapshots::unname(db)).await?;
    Ok(purged)
}

/// Removes the reports that can name somebody, or hold a word of a sender, of a day that is not kept. The newest of each question
/// stays until its own day goes: while days are fewer than a report covers, it was made of the days that are kept.
const OLD_SNAPSHOTS: &str = "
    DELETE FROM snapshots AS old WHERE catalog = ?1 AND (day < ?2 OR day - days + 1 < ?2 AND EXISTS (
      SELECT 1 FROM snapshots AS new
      WHERE new.catalog = old.catalog AND new.days = old.days AND new.actor = old.actor AND new.source = old.source
        AND new.day > old.day))";

/// The last row looked at and how many are gone; `None` at the end.
pub(super) type Stride = Option<(i64, u64)>;

/// Removes old events between two of them. Without `NOT INDEXED` SQLite would go through all events of the catalog by the index of
/// their ids each time.
pub(super) const OLD_EVENTS: &str = "
    DELETE FROM events NOT INDEXED
    WHERE sequence > ?1 AND sequence <= ?2 AND catalog = ?3 AND min(happened_at, received_at) < ?4";

/// Looks at the events after `after`. An event goes with the day under which it counts.
fn events(db: &mut Connection, old: Old, after: i64) -> rusqlite::Result<Stride> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last: Option<i64> = change.query_row(
        "SELECT max(sequence) FROM
           (SELECT sequence FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT ?2)",
        (after, STRIDE),
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let gone = change.execute(
        OLD_EVENTS,
        (
            after,
            last,
            old.catalog,
            old.before.start().as_microsecond(),
        ),
    )?;
    change.commit()?;
    Ok(Some((last, count(gone))))
}

/// Removes some of the old days' activity.
fn days(db: &mut Connection, old: Old) -> rusqlite::Result<u64> {
    db.execute(
        "DELETE FROM sender_daily WHERE (catalog, day, sender, event, environment) IN (
           SELECT catalog, day, sender, event, environment FROM sender_daily
           WHERE catalog = ?1 AND day < ?2 LIMIT ?3)",
        (old.catalog, old.before.0, STRIDE),
    )
    .map(count)
}

/// Removes what drift keeps of the old days' senders.
async fn crowds(writer: &Writer, old: Old) -> Result<u64, StoreError> {
    let mut all = 0;
    loop {
        let purge = writer.run(ACTION, move |db| drift::purge(db, old.before, STRIDE));
        match purge.await? {
            0 => return Ok(all),
            gone => all += count(gone),
        }
    }
}

/// Removes some of the old counts by values that are words of senders; all others stay, and are not searched.
pub(super) const OLD_WORDS: &str = "
    DELETE FROM measure_daily WHERE (catalog, day, event, dimension, measure, value) IN (
      SELECT catalog, day, event, dimension, measure, value FROM measure_daily INDEXED BY measure_daily_open
      WHERE is_open AND catalog = ?1 AND day < ?2 LIMIT ?3)";

/// Removes some of the old days' counts by values that are words of senders.
fn words(db: &mut Connection, old: Old) -> rusqlite::Result<u64> {
    db.execute(OLD_WORDS, (old.catalog, old.before.0, STRIDE))
        .map(count)
}

/// Looks at the senders after `after`. One with an old event that came while events were being removed stays until the next time,
/// with its event: its activity came with it.
pub(super) fn senders(db: &mut Connection, old: Old, after: i64) -> rusqlite::Result<Stride> {
    let last: Option<i64> = db.query_row(
        "SELECT max(id) FROM (SELECT id FROM senders WHERE id > ?1 ORDER BY id LIMIT ?2)",
        (after, STRIDE),
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let gone = db.execute(
        "DELETE FROM senders WHERE id > ?1 AND id <= ?2 AND catalog = ?3 AND last_day < ?4
           AND id NOT IN (SELECT sender FROM sender_daily WHERE catalog = ?3 AND day < ?4)",
        (after, last, old.catalog, old.before.0),
    )?;
    Ok(Some((last, count(gone))))
}

/// Removes links that ended before the oldest day of any catalog and that no sender has any more.
fn links(db: &mut Connection, before: Day) -> rusqlite::Result<u64> {
    let oldest: Option<i32> = db.query_row(
        "SELECT min((SELECT min(day) FROM sender_daily WHERE catalog = words.id)) FROM words",
        [],
        |row| row.get(0),
    )?;
    let before = oldest.map_or(before, |oldest| before.min(Day(oldest)));
    db.execute(
        "DELETE FROM links WHERE until_at < ?1 AND id NOT IN (
           SELECT install_link FROM senders UNION SELECT project_link FROM senders)",
        [before.start().as_microsecond()],
    )
    .map(count)
}

/// Looks at the identifiers after `after`.
fn unused_ids(db: &mut Connection, after: i64) -> rusqlite::Result<Stride> {
    let last: Option<i64> = db.query_row(
        "SELECT max(id) FROM (SELECT id FROM ids WHERE id > ?1 ORDER BY id LIMIT ?2)",
        (after, STRIDE),
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let unused = format!("DELETE FROM ids WHERE id > ?1 AND id <= ?2 AND {UNUSED}");
    let gone = db.execute(&unused, (after, last))?;
    Ok(Some((last, count(gone))))
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
