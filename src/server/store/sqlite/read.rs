//! What is asked of a store: raw events in order of arrival, and the sums of the daily tables.

use rusqlite::{Connection, Row, named_params};
use uuid::Uuid;

use super::rows::{self, borrowed, count, moment, some_id, text, word};
use super::{activity, customers, measures};
use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, Context, Environment, Owner, RegistrySource, Resolution};
use crate::server::rollup::{Counts, Day, Tally};
use crate::server::store::{
    DayRow, Days, Figures, FiguresQuery, OutcomeRow, StoredEvent, UsageQuery, UsageRow,
};

pub(super) fn usage(db: &Connection, query: &UsageQuery) -> rusqlite::Result<Vec<UsageRow>> {
    let mut statement = db.prepare(
        "SELECT e.text, s.text, n.text, a.text, u.standing, u.events, u.weight, u.failures FROM
           (SELECT event, source, environment, actor, standing,
              sum(events) AS events, sum(weight) AS weight, sum(failures) AS failures
            FROM usage_daily
            WHERE catalog = (SELECT id FROM words WHERE text = :catalog)
              AND day BETWEEN :from AND :to
              AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source))
              AND (:environment IS NULL
                   OR environment = (SELECT id FROM words WHERE text = :environment))
              AND (:org IS NULL OR org = (SELECT id FROM ids WHERE text = :org))
            GROUP BY event, source, environment, actor, standing) AS u
           JOIN words AS e ON e.id = u.event
           JOIN words AS s ON s.id = u.source
           JOIN words AS n ON n.id = u.environment
           JOIN words AS a ON a.id = u.actor
         ORDER BY 1, 2, 3, 4, 5",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":actor": query.actor.map(Actor::as_str),
            ":source": query.source,
            ":environment": query.environment.map(Environment::as_str),
            ":org": query.org.as_ref().map(OpaqueId::as_str),
        },
        |row| {
            Ok(UsageRow {
                event: row.get(0)?,
                source: row.get(1)?,
                environment: word(row, 2, Environment::parse)?,
                actor: word(row, 3, Actor::parse)?,
                standing: rows::standing(row, 4)?,
                counts: Counts {
                    events: count(row, 5)?,
                    weight: row.get(6)?,
                    failures: count(row, 7)?,
                },
            })
        },
    )?;
    rows.collect()
}

pub(super) fn daily(db: &Connection, query: &UsageQuery) -> rusqlite::Result<Vec<DayRow>> {
    let mut statement = db.prepare(
        "SELECT u.day, e.text, u.events, u.weight, u.failures, u.customers FROM
           (SELECT day, event, sum(events) AS events, sum(weight) AS weight, sum(failures) AS failures,
              sum(iif(actor = (SELECT id FROM words WHERE text = :customer), weight, 0.0)) AS customers
            FROM usage_daily
            WHERE catalog = (SELECT id FROM words WHERE text = :catalog)
              AND day BETWEEN :from AND :to
              AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source))
              AND (:environment IS NULL
                   OR environment = (SELECT id FROM words WHERE text = :environment))
              AND (:org IS NULL OR org = (SELECT id FROM ids WHERE text = :org))
            GROUP BY day, event) AS u
           JOIN words AS e ON e.id = u.event
         ORDER BY 1, 2",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":customer": Actor::Customer.as_str(),
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":actor": query.actor.map(Actor::as_str),
            ":source": query.source,
            ":environment": query.environment.map(Environment::as_str),
            ":org": query.org.as_ref().map(OpaqueId::as_str),
        },
        |row| {
            Ok(DayRow {
                day: Day(row.get(0)?),
                event: row.get(1)?,
                counts: Counts {
                    events: count(row, 2)?,
                    weight: row.get(3)?,
                    failures: count(row, 4)?,
                },
                customers: row.get(5)?,
            })
        },
    )?;
    rows.collect()
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
            tally: Tally::from_words(&outcome, &reason).ok_or_else(|| rows::unreadable(0))?,
            count: count(row, 2)?,
        })
    })?;
    rows.collect()
}

pub(super) fn figures(db: &Connection, query: &FiguresQuery) -> rusqlite::Result<Figures> {
    Ok(Figures {
        window: usage(db, &query.window)?,
        daily: daily(db, &query.window)?,
        current: usage(db, &query.on(query.current))?,
        previous: usage(db, &query.on(query.previous))?,
        active: activity::active(db, &query.active())?,
        outcomes: outcomes(db, &query.window.catalog, query.window.days)?,
        identity: activity::identity(db, &query.window.catalog, query.identity)?,
        organisations: activity::organisations(db, &query.customers())?,
        customers: query
            .customers
            .map(|limit| customers::customers(db, &query.customers(), limit))
            .transpose()?,
        values: measures::several(db, &query.measures(), &query.values.dimensions)?,
    })
}

pub(super) fn events(
    db: &Connection,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<StoredEvent>> {
    let mut statement = db.prepare(
        "SELECT sequence, e.id, catalog.text, name.text, happened_at, received_at, properties,
           source.text, environment.text, claimed.text, e.service_name,
           e.service_version, e.decantr_version, registry.text,
           anonymous.text, install.text, project.text, session, user.text, org.text, sample_rate,
           actor.text, owner_user.text, owner_org.text, s.standing
         FROM events AS e
           JOIN senders AS s ON s.id = e.sender
           LEFT JOIN words AS catalog ON catalog.id = e.catalog
           LEFT JOIN words AS name ON name.id = e.name
           LEFT JOIN words AS source ON source.id = s.source
           LEFT JOIN words AS environment ON environment.id = e.environment
           LEFT JOIN words AS actor ON actor.id = s.actor
           LEFT JOIN words AS claimed ON claimed.id = e.claimed_actor
           LEFT JOIN words AS registry ON registry.id = e.registry_source
           LEFT JOIN ids AS anonymous ON anonymous.id = s.anonymous
           LEFT JOIN ids AS install ON install.id = s.install
           LEFT JOIN ids AS project ON project.id = s.project
           LEFT JOIN ids AS user ON user.id = s.user
           LEFT JOIN ids AS org ON org.id = s.org
           LEFT JOIN ids AS owner_user ON owner_user.id = s.owner_user
           LEFT JOIN ids AS owner_org ON owner_org.id = s.owner_org
         WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((after, limit), stored)?;
    rows.collect()
}

pub(super) fn before_last(db: &Connection, events: usize) -> rusqlite::Result<i64> {
    let events = i64::try_from(events).unwrap_or(i64::MAX);
    db.query_row(
        "SELECT coalesce((SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1 OFFSET ?1), 0)",
        [events],
        |row| row.get(0),
    )
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let source: String = row.get(7)?;
    Ok(StoredEvent {
        sequence: row.get(0)?,
        id: Uuid::from_bytes(row.get(1)?),
        catalog: row.get(2)?,
        name: row.get(3)?,
        context: Context {
            actor_type: borrowed(row, 9, Actor::parse)?,
            service_name: text(row, 10)?,
            service_version: text(row, 11)?,
            decantr_version: text(row, 12)?,
            registry_source: borrowed(row, 13, RegistrySource::parse)?,
            anonymous_id: some_id(row, 14)?,
            install_id: some_id(row, 15)?,
            project_id: some_id(row, 16)?,
            session_id: some_id(row, 17)?,
            user_id: some_id(row, 18)?,
            org_id: some_id(row, 19)?,
            sample_rate: row.get(20)?,
            ..Context::new(source.into(), word(row, 8, Environment::parse)?)
        },
        counted: Resolution {
            actor: word(row, 21, Actor::parse)?,
            owner: Owner {
                user: some_id(row, 22)?,
                org: some_id(row, 23)?,
            },
            standing: rows::standing(row, 24)?,
        },
        timestamp: moment(row, 4)?,
        received_at: moment(row, 5)?,
        properties: row.get(6)?,
    })
}
