//! The end of raw data, in small transactions between which the writer takes events.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::writer::Writer;
use crate::server::rollup::{Day, IdentityKind};
use crate::server::store::{Purged, StoreError};

/// How many rows are looked at in one transaction.
const STRIDE: i64 = 20_000;

const ACTION: &str = "purge";

/// What is purged.
#[derive(Clone, Copy)]
struct Old {
    catalog: i64,
    before: Day,
}

/// Removes the raw events and identity rows of all days before `before`, then the identifiers nothing refers to.
pub(super) async fn purge(
    writer: &Writer,
    catalog: &str,
    before: Day,
) -> Result<Purged, StoreError> {
    let name = catalog.to_owned();
    let find = "SELECT id FROM words WHERE text = ?1";
    let catalog = writer
        .run(ACTION, move |db| {
            db.query_row(find, [name], |row| row.get(0)).optional()
        })
        .await?;
    let Some(catalog) = catalog else {
        return Ok(Purged::default());
    };
    let old = Old { catalog, before };
    let mut purged = Purged::default();
    let mut after = 0;
    while let Some((last, gone)) = writer.run(ACTION, move |db| events(db, old, after)).await? {
        after = last;
        purged.events += gone;
    }
    loop {
        let gone = writer.run(ACTION, move |db| days(db, old)).await?;
        purged.identity_rows += gone;
        if gone == 0 {
            break;
        }
    }
    for kind in IdentityKind::ALL {
        let mut after = 0;
        while let Some((last, gone)) = writer
            .run(ACTION, move |db| last_days(db, old, kind, after))
            .await?
        {
            after = last;
            purged.identity_rows += gone;
        }
    }
    let mut after = 0;
    while let Some((last, gone)) = writer
        .run_on_dictionary(ACTION, move |db| unused_ids(db, after))
        .await?
    {
        after = last;
        purged.ids += gone;
    }
    Ok(purged)
}

/// The last row looked at and how many are gone; `None` at the end.
type Stride = Option<(i64, u64)>;

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
        "DELETE FROM events
         WHERE sequence > ?1 AND sequence <= ?2 AND catalog = ?3
           AND min(happened_at, received_at) < ?4",
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
        "DELETE FROM identity_daily
         WHERE (catalog, day, kind, id, event, source, actor, org, project) IN (
           SELECT catalog, day, kind, id, event, source, actor, org, project FROM identity_daily
           WHERE catalog = ?1 AND day < ?2 LIMIT ?3)",
        (old.catalog, old.before.0, STRIDE),
    )
    .map(count)
}

/// Looks at the identities of a kind after `after`.
fn last_days(
    db: &mut Connection,
    old: Old,
    kind: IdentityKind,
    after: i64,
) -> rusqlite::Result<Stride> {
    let kind = kind.number();
    let last: Option<i64> = db.query_row(
        "SELECT max(id) FROM
           (SELECT id FROM identity_last WHERE catalog = ?1 AND kind = ?2 AND id > ?3
            ORDER BY id LIMIT ?4)",
        params![old.catalog, kind, after, STRIDE],
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let gone = db.execute(
        "DELETE FROM identity_last
         WHERE catalog = ?1 AND kind = ?2 AND id > ?3 AND id <= ?4 AND last_day < ?5",
        params![old.catalog, kind, after, last, old.before.0],
    )?;
    Ok(Some((last, count(gone))))
}

/// Looks at the identifiers after `after`.
///
/// Every id of a stored event is in `identity_last`, whose row stays as long as one of the id's days does; organisations are in
/// `usage_daily` for good, and so is every catalog.
fn unused_ids(db: &mut Connection, after: i64) -> rusqlite::Result<Stride> {
    let last: Option<i64> = db.query_row(
        "SELECT max(id) FROM (SELECT id FROM ids WHERE id > ?1 ORDER BY id LIMIT ?2)",
        (after, STRIDE),
        |row| row.get(0),
    )?;
    let Some(last) = last else { return Ok(None) };
    let gone = db.execute(
        "DELETE FROM ids WHERE id > ?1 AND id <= ?2
           AND NOT EXISTS (
             SELECT 1 FROM identity_last AS active
             WHERE active.catalog IN (SELECT DISTINCT catalog FROM usage_daily)
               AND active.kind IN (1, 2, 3, 4, 5) AND active.id = ids.id)
           AND id NOT IN (SELECT org FROM usage_daily WHERE org <> 0)",
        (after, last),
    )?;
    Ok(Some((last, count(gone))))
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
