//! The tables of drift: written in the transaction of their events, read as they stand.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Sqlite;
use super::append::signed;
use super::rows::{count, unreadable};
use super::words::Number;
use crate::server::rollup::{Day, DriftDeltas, Sightings, UNIQUE_INSTALLATIONS};
use crate::server::store::{
    ActionAggregate, DailyStat, Days, DriftEvent, DriftTables, PatternSignature, StoreError,
};

#[async_trait]
impl DriftTables for Sqlite {
    async fn daily_stats(&self, days: Days) -> Result<Vec<DailyStat>, StoreError> {
        self.read(move |db| daily_stats(db, days)).await
    }

    async fn pattern_signatures(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PatternSignature>, StoreError> {
        let after = after.to_owned();
        self.read(move |db| pattern_signatures(db, &after, limit))
            .await
    }

    async fn action_aggregates(&self) -> Result<Vec<ActionAggregate>, StoreError> {
        self.read(action_aggregates).await
    }

    async fn drift_events(&self, after: i64, limit: usize) -> Result<Vec<DriftEvent>, StoreError> {
        self.read(move |db| events(db, after, limit)).await
    }
}

/// Adds what a group of events adds. The group's activity must not be in `sender_daily` yet: who is in there has been counted.
pub(super) fn add(
    db: &Connection,
    catalog: Number,
    deltas: &DriftDeltas<'_, Number>,
) -> rusqlite::Result<()> {
    add_stats(db, catalog, deltas)?;
    let mut crowd = db.prepare_cached(
        "INSERT INTO drift_daily (day, sender, metric, events) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET events = events + excluded.events",
    )?;
    for ((day, sender, metric), events) in &deltas.crowd {
        crowd.execute((day.0, sender, metric.to_string(), signed(*events)))?;
    }
    for (hash, sightings) in &deltas.signatures {
        add_sightings(db, hash, sightings)?;
    }
    add_decisions(db, deltas)
}

/// The daily numbers. An installation counts on a day if none of its senders was active on it before.
fn add_stats(
    db: &Connection,
    catalog: Number,
    deltas: &DriftDeltas<'_, Number>,
) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO daily_stats (date, metric, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (date, metric) DO UPDATE SET value = value + excluded.value",
    )?;
    for ((day, metric), events) in &deltas.stats {
        add.execute((date(*day), metric.to_string(), signed(*events)))?;
    }
    let mut find = db.prepare_cached(
        "SELECT 1 FROM ids JOIN senders AS s ON s.install = ids.id AND s.catalog = ?1
           JOIN sender_daily AS d ON d.catalog = ?1 AND d.day = ?2 AND d.sender = s.id
         WHERE ids.text = ?3",
    )?;
    for (day, install) in &deltas.installs {
        if !find.exists((catalog, day.0, install))? {
            add.execute((date(*day), UNIQUE_INSTALLATIONS, 1))?;
        }
    }
    Ok(())
}

/// Averages are kept as such, with the count beside them; so each grows with the next one's difference to it.
fn add_sightings(db: &Connection, hash: &str, new: &Sightings<'_>) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO pattern_signatures (
           signature_hash, category, detection_method, language, first_seen, last_seen, occurrence_count,
           avg_confidence, avg_location_count, avg_outlier_count
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 / ?7, ?9 / ?7, ?10 / ?7)
         ON CONFLICT (signature_hash) DO UPDATE SET
           detection_method = coalesce(detection_method, excluded.detection_method),
           language = coalesce(language, excluded.language),
           first_seen = min(first_seen, excluded.first_seen),
           last_seen = max(last_seen, excluded.last_seen),
           occurrence_count = occurrence_count + ?7,
           avg_confidence = avg_confidence + (?8 - ?7 * avg_confidence) / (occurrence_count + ?7),
           avg_location_count = avg_location_count + (?9 - ?7 * avg_location_count) / (occurrence_count + ?7),
           avg_outlier_count = avg_outlier_count + (?10 - ?7 * avg_outlier_count) / (occurrence_count + ?7)",
    )?
    .execute(params![
        hash,
        new.category,
        new.detection_method,
        new.language,
        second(new.first_seen),
        second(new.last_seen),
        signed(new.count),
        new.confidence,
        new.locations,
        new.outliers,
    ])
    .map(drop)
}

fn add_decisions(db: &Connection, deltas: &DriftDeltas<'_, Number>) -> rusqlite::Result<()> {
    let mut hours = db.prepare_cached(
        "INSERT INTO action_hours (category, action, confidence_bucket, timed, hours)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET timed = timed + excluded.timed, hours = hours + excluded.hours
         RETURNING CAST(hours AS REAL) / nullif(timed, 0)",
    )?;
    let mut add = db.prepare_cached(
        "INSERT INTO action_aggregates (category, action, confidence_bucket, count, avg_hours_to_decision)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (category, action, confidence_bucket) DO UPDATE SET
           count = count + excluded.count, avg_hours_to_decision = excluded.avg_hours_to_decision",
    )?;
    for (of, new) in &deltas.decisions {
        let bucket = of.confidence.as_str();
        let kept = params![of.category, of.action, bucket, signed(new.timed), new.hours];
        let average: Option<f64> = hours.query_row(kept, |row| row.get(0))?;
        add.execute(params![
            of.category,
            of.action,
            bucket,
            signed(new.count),
            average
        ])?;
    }
    Ok(())
}

/// Removes some of the rows with identities of the days before `before`.
pub(super) fn purge(db: &Connection, before: Day, limit: i64) -> rusqlite::Result<usize> {
    db.execute(
        "DELETE FROM drift_daily WHERE (day, sender, metric) IN (
           SELECT day, sender, metric FROM drift_daily WHERE day < ?1 LIMIT ?2)",
        (before.0, limit),
    )
}

/// Removes what a sender did on a day.
pub(super) fn forget(db: &Connection, day: Day, sender: Number) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM drift_daily WHERE day = ?1 AND sender = ?2")?
        .execute((day.0, sender))
        .map(drop)
}

/// Gives what a sender did on a day to another one.
pub(super) fn merge(db: &Connection, day: Day, from: Number, to: Number) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO drift_daily (day, sender, metric, events)
         SELECT day, ?3, metric, events FROM drift_daily WHERE day = ?1 AND sender = ?2
         ON CONFLICT DO UPDATE SET events = events + excluded.events",
    )?
    .execute((day.0, from, to))?;
    forget(db, day, from)
}

fn daily_stats(db: &Connection, days: Days) -> rusqlite::Result<Vec<DailyStat>> {
    let mut statement = db.prepare(
        "SELECT date, metric, value FROM daily_stats WHERE date BETWEEN ?1 AND ?2 ORDER BY date, metric",
    )?;
    let rows = statement.query_map((date(days.from), date(days.to)), |row| {
        let date: String = row.get(0)?;
        let at = time(&format!("{date} 00:00:00")).ok_or_else(|| unreadable(0))?;
        Ok(DailyStat {
            day: Day::of(at),
            metric: row.get(1)?,
            value: count(row, 2)?,
        })
    })?;
    rows.collect()
}

fn pattern_signatures(
    db: &Connection,
    after: &str,
    limit: usize,
) -> rusqlite::Result<Vec<PatternSignature>> {
    let mut statement = db.prepare(
        "SELECT signature_hash, category, detection_method, language, first_seen, last_seen, occurrence_count,
           avg_confidence, avg_location_count, avg_outlier_count
         FROM pattern_signatures WHERE signature_hash > ?1 ORDER BY signature_hash LIMIT ?2",
    )?;
    let rows = statement.query_map((after, most(limit)), |row| {
        Ok(PatternSignature {
            signature_hash: row.get(0)?,
            category: row.get(1)?,
            detection_method: row.get(2)?,
            language: row.get(3)?,
            first_seen: moment(row, 4)?,
            last_seen: moment(row, 5)?,
            occurrence_count: count(row, 6)?,
            avg_confidence: row.get(7)?,
            avg_location_count: row.get(8)?,
            avg_outlier_count: row.get(9)?,
        })
    })?;
    rows.collect()
}

fn action_aggregates(db: &Connection) -> rusqlite::Result<Vec<ActionAggregate>> {
    let mut statement = db.prepare(
        "SELECT category, action, confidence_bucket, count, avg_hours_to_decision
         FROM action_aggregates ORDER BY category, action, confidence_bucket",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(ActionAggregate {
            category: row.get(0)?,
            action: row.get(1)?,
            confidence_bucket: row.get(2)?,
            count: count(row, 3)?,
            avg_hours_to_decision: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn events(db: &Connection, after: i64, limit: usize) -> rusqlite::Result<Vec<DriftEvent>> {
    let mut statement = db.prepare(
        "SELECT id, type, timestamp, installation_id, drift_version, payload, created_at
         FROM drift_events WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map((after, most(limit)), |row| {
        Ok(DriftEvent {
            id: row.get(0)?,
            kind: row.get(1)?,
            timestamp: row.get(2)?,
            installation_id: row.get(3)?,
            drift_version: row.get(4)?,
            payload: row.get(5)?,
            created_at: row.get(6)?,
        })
    })?;
    rows.collect()
}

/// The number of the catalog, if it is known.
pub(super) fn catalog(db: &Connection, name: &str) -> rusqlite::Result<Option<Number>> {
    db.query_row("SELECT id FROM words WHERE text = ?1", [name], |row| {
        row.get(0)
    })
    .optional()
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn date(day: Day) -> String {
    day.date().to_string()
}

/// As `datetime()` writes it.
fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    time(&text).ok_or_else(|| unreadable(column))
}

fn time(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}
