//! What is asked of a store: raw events in order of arrival, and the sums of the daily tables.

use jiff::Timestamp;
use rusqlite::types::FromSqlError;
use rusqlite::{Connection, Row, named_params};
use uuid::Uuid;

use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, Context, Environment, RegistrySource};
use crate::server::rollup::{Counts, IdentityKind, Tally};
use crate::server::store::{
    Active, ActiveQuery, Days, Figures, FiguresQuery, OutcomeRow, StoredEvent, UsageQuery, UsageRow,
};

pub(super) fn usage(db: &Connection, query: &UsageQuery) -> rusqlite::Result<Vec<UsageRow>> {
    let mut statement = db.prepare(
        "SELECT e.text, s.text, n.text, a.text, u.events, u.weight, u.failures FROM
           (SELECT event, source, environment, actor,
              sum(events) AS events, sum(weight) AS weight, sum(failures) AS failures
            FROM usage_daily
            WHERE catalog = (SELECT id FROM words WHERE text = :catalog)
              AND day BETWEEN :from AND :to
              AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source))
              AND (:environment IS NULL
                   OR environment = (SELECT id FROM words WHERE text = :environment))
            GROUP BY event, source, environment, actor) AS u
           JOIN words AS e ON e.id = u.event
           JOIN words AS s ON s.id = u.source
           JOIN words AS n ON n.id = u.environment
           JOIN words AS a ON a.id = u.actor
         ORDER BY 1, 2, 3, 4",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":actor": query.actor.map(Actor::as_str),
            ":source": query.source,
            ":environment": query.environment.map(Environment::as_str),
        },
        |row| {
            Ok(UsageRow {
                event: row.get(0)?,
                source: row.get(1)?,
                environment: word(row, 2, Environment::parse)?,
                actor: word(row, 3, Actor::parse)?,
                counts: Counts {
                    events: row.get::<_, i64>(4)?.unsigned_abs(),
                    weight: row.get(5)?,
                    failures: row.get::<_, i64>(6)?.unsigned_abs(),
                },
            })
        },
    )?;
    rows.collect()
}

pub(super) fn active(db: &Connection, query: &ActiveQuery) -> rusqlite::Result<Active> {
    let mut statement = db.prepare(
        "SELECT count(*) FROM
           (SELECT DISTINCT id FROM identity_last
            WHERE catalog = (SELECT id FROM words WHERE text = :catalog)
              AND kind = :kind AND last_day >= :since
              AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source)))",
    )?;
    let mut count = |kind: IdentityKind| {
        statement.query_row(
            named_params! {
                ":catalog": query.catalog,
                ":kind": kind.number(),
                ":since": query.since.0,
                ":actor": query.actor.map(Actor::as_str),
                ":source": query.source,
            },
            |row| row.get(0).map(i64::unsigned_abs),
        )
    };
    Ok(Active {
        installs: count(IdentityKind::Install)?,
        projects: count(IdentityKind::Project)?,
        anonymous: count(IdentityKind::Anonymous)?,
        users: count(IdentityKind::User)?,
        orgs: count(IdentityKind::Org)?,
    })
}

pub(super) fn outcomes(
    db: &Connection,
    catalog: &str,
    days: Days,
) -> rusqlite::Result<Vec<OutcomeRow>> {
    let mut statement = db.prepare(
        "SELECT outcome, reason, sum(count) FROM outcome_daily
         WHERE catalog = (SELECT id FROM words WHERE text = ?1) AND day BETWEEN ?2 AND ?3
         GROUP BY outcome, reason ORDER BY outcome, reason",
    )?;
    let rows = statement.query_map((catalog, days.from.0, days.to.0), |row| {
        let (outcome, reason): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(OutcomeRow {
            tally: Tally::from_words(&outcome, &reason).ok_or_else(|| unreadable(0))?,
            count: row.get::<_, i64>(2)?.unsigned_abs(),
        })
    })?;
    rows.collect()
}

pub(super) fn figures(db: &Connection, query: &FiguresQuery) -> rusqlite::Result<Figures> {
    Ok(Figures {
        window: usage(db, &query.window)?,
        current: usage(db, &query.on(query.current))?,
        previous: usage(db, &query.on(query.previous))?,
        active: active(db, &query.active())?,
        outcomes: outcomes(db, &query.window.catalog, query.window.days)?,
    })
}

pub(super) fn events(
    db: &Connection,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<StoredEvent>> {
    let mut statement = db.prepare(
        "SELECT sequence, e.id, catalog.text, name.text, happened_at, received_at, properties,
           source.text, environment.text, actor.text, claimed.text, e.service_name,
           e.service_version, e.decantr_version, registry.text,
           anonymous.text, install.text, project.text, session, user.text, org.text, sample_rate
         FROM events AS e
           LEFT JOIN words AS catalog ON catalog.id = e.catalog
           LEFT JOIN words AS name ON name.id = e.name
           LEFT JOIN words AS source ON source.id = e.source
           LEFT JOIN words AS environment ON environment.id = e.environment
           LEFT JOIN words AS actor ON actor.id = e.actor
           LEFT JOIN words AS claimed ON claimed.id = e.claimed_actor
           LEFT JOIN words AS registry ON registry.id = e.registry_source
           LEFT JOIN ids AS anonymous ON anonymous.id = e.anonymous
           LEFT JOIN ids AS install ON install.id = e.install
           LEFT JOIN ids AS project ON project.id = e.project
           LEFT JOIN ids AS user ON user.id = e.user
           LEFT JOIN ids AS org ON org.id = e.org
         WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((after, limit), stored)?;
    rows.collect()
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let source: String = row.get(7)?;
    Ok(StoredEvent {
        sequence: row.get(0)?,
        id: Uuid::from_bytes(row.get(1)?),
        catalog: row.get(2)?,
        name: row.get(3)?,
        context: Context {
            actor_type: maybe(row, 10, Actor::parse)?,
            service_name: text(row, 11)?,
            service_version: text(row, 12)?,
            decantr_version: text(row, 13)?,
            registry_source: maybe(row, 14, RegistrySource::parse)?,
            anonymous_id: id(row, 15)?,
            install_id: id(row, 16)?,
            project_id: id(row, 17)?,
            session_id: id(row, 18)?,
            user_id: id(row, 19)?,
            org_id: id(row, 20)?,
            sample_rate: row.get(21)?,
            ..Context::new(source.into(), word(row, 8, Environment::parse)?)
        },
        actor: word(row, 9, Actor::parse)?,
        timestamp: time(row, 4)?,
        received_at: time(row, 5)?,
        properties: row.get(6)?,
    })
}

fn unreadable(column: usize) -> rusqlite::Error {
    let kind = rusqlite::types::Type::Text;
    rusqlite::Error::FromSqlConversionFailure(column, kind, Box::new(FromSqlError::InvalidType))
}

fn borrowed<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else {
        return Ok(None);
    };
    read(text).map(Some).ok_or_else(|| unreadable(column))
}

fn maybe<T>(
    row: &Row<'_>,
    column: usize,
    parse: fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    borrowed(row, column, parse)
}

fn word<T>(row: &Row<'_>, column: usize, parse: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    borrowed(row, column, parse)?.ok_or_else(|| unreadable(column))
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Box<str>>> {
    borrowed(row, column, |text| Some(text.into()))
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<OpaqueId>> {
    borrowed(row, column, |text| OpaqueId::parse(text).ok())
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|_out_of_range| unreadable(column))
}
