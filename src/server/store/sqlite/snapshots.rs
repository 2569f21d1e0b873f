//! Stored reports and leases, in SQLite.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Row, TransactionBehavior, params};
use uuid::Uuid;

use super::Sqlite;
use super::rows::{borrowed, count, moment};
use crate::model::event::Actor;
use crate::server::rollup::Day;
use crate::server::store::{DayCount, Snapshot, Snapshots, StoreError};

fn keep(db: &Connection, snapshots: &[Snapshot]) -> rusqlite::Result<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO snapshots (catalog, day, days, actor, source, made_at, usage, attribution)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET made_at = excluded.made_at, usage = excluded.usage,
           attribution = excluded.attribution",
    )?;
    for snapshot in snapshots {
        put.execute(params![
            snapshot.catalog,
            snapshot.day.0,
            snapshot.days,
            snapshot.actor.map_or("", Actor::as_str),
            snapshot.source.as_deref().unwrap_or_default(),
            snapshot.made_at.as_microsecond(),
            snapshot.usage,
            snapshot.attribution,
        ])?;
    }
    Ok(())
}

fn snapshot(row: &Row<'_>) -> rusqlite::Result<Snapshot> {
    let source: String = row.get(4)?;
    let actor = |word: &str| match word {
        "" => Some(None),
        word => Actor::parse(word).map(Some),
    };
    Ok(Snapshot {
        catalog: row.get(0)?,
        day: Day(row.get(1)?),
        days: row.get(2)?,
        actor: borrowed(row, 3, actor)?.flatten(),
        source: Some(source).filter(|source| !source.is_empty()),
        made_at: moment(row, 5)?,
        usage: row.get(6)?,
        attribution: row.get(7)?,
    })
}

fn latest(db: &Connection, catalog: &str) -> rusqlite::Result<Vec<Snapshot>> {
    let mut statement = db.prepare(
        "SELECT catalog, max(day), days, actor, source, made_at, usage, attribution FROM snapshots
         WHERE catalog = ?1 GROUP BY days, actor, source ORDER BY days, actor, source",
    )?;
    statement.query_map([catalog], snapshot)?.collect()
}

fn lease(
    db: &Connection,
    name: &str,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> rusqlite::Result<bool> {
    // One that holds for more than twice as long as this one was taken by a clock that was ahead: nobody waits for its end.
    db.execute(
        "INSERT INTO leases (name, holder, until_at) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
           WHERE holder = excluded.holder OR until_at <= ?4 OR until_at - ?4 > 2 * (?3 - ?4)",
        params![
            name,
            holder.as_bytes(),
            until.as_microsecond(),
            now.as_microsecond()
        ],
    )
    .map(|changed| changed > 0)
}

fn purgeable(db: &Connection, catalog: &str, before: Day) -> rusqlite::Result<Vec<DayCount>> {
    let mut statement = db.prepare(
        "SELECT day, sum(events) FROM sender_daily
         WHERE catalog = (SELECT id FROM words WHERE text = ?1) AND day < ?2
         GROUP BY day ORDER BY day",
    )?;
    let rows = statement.query_map((catalog, before.0), |row| {
        Ok(DayCount {
            day: Day(row.get(0)?),
            events: count(row, 1)?,
        })
    })?;
    rows.collect()
}

impl Sqlite {
    /// Runs something that changes neither the dictionary nor who is who, in a transaction of its own.
    pub(super) async fn note<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let working = move |db: &mut Connection| {
            let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&change)?;
            change.commit()?;
            Ok(done)
        };
        self.writer()?.run(action, working).await
    }
}

#[async_trait]
impl Snapshots for Sqlite {
    async fn keep_snapshots(&self, snapshots: &[Snapshot]) -> Result<(), StoreError> {
        let snapshots = snapshots.to_vec();
        self.note("keep reports in", move |db| keep(db, &snapshots))
            .await
    }

    async fn latest_snapshots(&self, catalog: &str) -> Result<Vec<Snapshot>, StoreError> {
        let catalog = catalog.to_owned();
        self.read(move |db| latest(db, &catalog)).await
    }

    async fn lease(
        &self,
        name: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.note("take a lease in", move |db| {
            lease(db, &name, holder, now, until)
        })
        .await
    }

    async fn release(&self, name: &str, holder: Uuid) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.note("give back a lease in", move |db| {
            let delete = "DELETE FROM leases WHERE name = ?1 AND holder = ?2";
            db.execute(delete, params![name, holder.as_bytes()])
                .map(drop)
        })
        .await
    }

    async fn purgeable(&self, catalog: &str, before: Day) -> Result<Vec<DayCount>, StoreError> {
        let catalog = catalog.to_owned();
        self.read(move |db| purgeable(db, &catalog, before)).await
    }
}
