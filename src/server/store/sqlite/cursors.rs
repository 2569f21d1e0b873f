//! Places of copies, in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

use super::Sqlite;
use super::rows::{count, moment};
use crate::server::store::{Cursor, Cursors, StoreError, Waiting};

fn all(db: &Connection) -> rusqlite::Result<Vec<Cursor>> {
    let mut statement = db.prepare(
        "SELECT name, target, sequence, forwarded, refused, passed, started_at, succeeded_at, failures, error
         FROM cursors ORDER BY name",
    )?;
    statement.query_map([], cursor)?.collect()
}

fn cursor(row: &Row<'_>) -> rusqlite::Result<Cursor> {
    let succeeded_at: Option<i64> = row.get(7)?;
    Ok(Cursor {
        name: row.get(0)?,
        target: row.get(1)?,
        sequence: row.get(2)?,
        forwarded: count(row, 3)?,
        refused: count(row, 4)?,
        passed: count(row, 5)?,
        started_at: moment(row, 6)?,
        succeeded_at: succeeded_at.map(|_there| moment(row, 7)).transpose()?,
        failures: row.get(8)?,
        error: row.get(9)?,
    })
}

/// A count as SQLite keeps numbers.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn set(db: &Connection, cursor: &Cursor) -> rusqlite::Result<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO cursors (name, target, sequence, forwarded, refused, passed, started_at, succeeded_at, failures, error)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET target = excluded.target, sequence = excluded.sequence,
           forwarded = excluded.forwarded, refused = excluded.refused, passed = excluded.passed,
           succeeded_at = excluded.succeeded_at, failures = excluded.failures, error = excluded.error
         WHERE excluded.sequence >= cursors.sequence",
    )?;
    put.execute(params![
        cursor.name,
        cursor.target,
        cursor.sequence,
        number(cursor.forwarded),
        number(cursor.refused),
        number(cursor.passed),
        cursor.started_at.as_microsecond(),
        cursor.succeeded_at.map(jiff::Timestamp::as_microsecond),
        cursor.failures,
        cursor.error,
    ])
    .map(drop)
}

fn waiting(db: &Connection, after: i64) -> rusqlite::Result<Waiting> {
    db.query_row(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM events WHERE sequence > ?1 LIMIT ?2)),
           (SELECT received_at FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT 1)",
        (after, number(Waiting::MOST)),
        |row| {
            let since: Option<i64> = row.get(1)?;
            Ok(Waiting {
                events: count(row, 0)?,
                since: since.map(|_there| moment(row, 1)).transpose()?,
            })
        },
    )
}

#[async_trait]
impl Cursors for Sqlite {
    async fn cursors(&self) -> Result<Vec<Cursor>, StoreError> {
        self.read(all).await
    }

    async fn set_cursor(&self, cursor: &Cursor) -> Result<(), StoreError> {
        let cursor = cursor.clone();
        self.note("keep the place of a copy in", move |db| set(db, &cursor))
            .await
    }

    async fn waiting(&self, after: i64) -> Result<Waiting, StoreError> {
        self.read(move |db| waiting(db, after)).await
    }
}
