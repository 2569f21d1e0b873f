//! Who was active: how many, which of them nobody has said anything about, and on whose account.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};

use super::marks::Marks;
use super::rows::{self, count, id, moment, some_id, word};
use super::words::Number;
use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, Environment, Standing};
use crate::server::rollup::{Day, IdentityKind};
use crate::server::store::{
    Active, ActiveQuery, ActivityQuery, Attributed, Candidate, IdentityDays, IdentityFigures,
    OrgActivity, UsageQuery,
};

/// The ids of a sender as it counts, in the order of [`IdentityKind::ALL`]; 0 for none.
type Ids = [Number; IdentityKind::ALL.len()];

fn ids(row: &Row<'_>) -> rusqlite::Result<Ids> {
    Ok([
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
    ])
}

/// The id that stands for a sender: its account, else its installation, else its project, else its anonymous visitor.
fn foremost([install, project, anonymous, user, _org]: Ids) -> Number {
    let known = [user, install, project, anonymous];
    known.into_iter().find(|id| *id != 0).unwrap_or_default()
}

pub(super) fn active(db: &Connection, query: &ActiveQuery) -> rusqlite::Result<Active> {
    let mut statement = db.prepare(
        "SELECT install, project, anonymous, owner_user, owner_org,
           actor = (SELECT id FROM words WHERE text = :customer) FROM senders
         WHERE catalog = (SELECT id FROM words WHERE text = :catalog) AND last_day >= :since
           AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
           AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source))
           AND (:org IS NULL OR owner_org = (SELECT id FROM ids WHERE text = :org))",
    )?;
    let mut rows = statement.query(named_params! {
        ":customer": Actor::Customer.as_str(),
        ":catalog": query.catalog,
        ":since": query.since.0,
        ":actor": query.actor.map(Actor::as_str),
        ":source": query.source,
        ":org": query.org.as_ref().map(OpaqueId::as_str),
    })?;
    let mut seen: [Marks; IdentityKind::ALL.len()] = Default::default();
    let mut customers = Marks::default();
    while let Some(row) = rows.next()? {
        let ids = ids(row)?;
        for (id, seen) in ids.into_iter().zip(&mut seen) {
            seen.insert(id);
        }
        if row.get::<_, Option<bool>>(5)? == Some(true) {
            customers.insert(foremost(ids));
        }
    }
    let [installs, projects, anonymous, users, orgs] = seen.map(|seen| seen.count());
    Ok(Active {
        installs,
        projects,
        anonymous,
        users,
        orgs,
        customers: customers.count(),
    })
}

/// The ids that somebody has said something about.
fn decided(db: &Connection) -> rusqlite::Result<Marks> {
    let mut decided = Marks::default();
    let mut statement = db.prepare(
        "SELECT subject FROM aliases UNION SELECT subject FROM configured
         UNION SELECT subject FROM links WHERE until_at IS NULL
         UNION SELECT id FROM users UNION SELECT id FROM orgs",
    )?;
    for id in statement.query_map([], |row| row.get(0))? {
        decided.insert(id?);
    }
    Ok(decided)
}

pub(super) fn identity(
    db: &Connection,
    catalog: &str,
    asked: IdentityDays,
) -> rusqlite::Result<IdentityFigures> {
    let (with_ids, decided_weight) = db.query_row(
        "SELECT coalesce(sum(weight), 0.0), coalesce(sum(iif(standing = 2, weight, 0.0)), 0.0)
         FROM usage_daily WHERE catalog = (SELECT id FROM words WHERE text = ?1)
           AND day BETWEEN ?2 AND ?3 AND standing <> 0",
        (catalog, asked.current.from.0, asked.current.to.0),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let decided = decided(db)?;
    let mut statement = db.prepare(
        "SELECT install, project, anonymous, owner_user, owner_org, last_day, days, standing FROM senders
         WHERE catalog = (SELECT id FROM words WHERE text = ?1) AND last_day >= ?2 AND standing <> 0",
    )?;
    let mut rows = statement.query((catalog, asked.previous.from.0))?;
    let mut active = Marks::default();
    let mut candidates =
        [asked.window, asked.current, asked.previous].map(|days| (days, Marks::default()));
    while let Some(row) = rows.next()? {
        let days = rows::days(row, 5)?;
        let ids = ids(row)?;
        if days.has(asked.window.from, asked.window.to) {
            active.extend(ids);
        }
        if rows::standing(row, 7)? != Standing::Undecided {
            continue;
        }
        for (of, found) in &mut candidates {
            if days.has(of.from, of.to) {
                found.extend(ids.into_iter().filter(|id| !decided.contains(*id)));
            }
        }
    }
    let [window, current, previous] = candidates.map(|(_, found)| found.count());
    Ok(IdentityFigures {
        with_ids,
        decided: decided_weight,
        active: active.count(),
        candidates: window,
        current_candidates: current,
        previous_candidates: previous,
    })
}

/// What was seen of a candidate.
#[derive(Clone, Copy)]
struct Sight {
    events: u64,
    last_seen: i64,
}

pub(super) fn candidates(
    db: &Connection,
    query: &ActivityQuery,
) -> rusqlite::Result<Vec<Candidate>> {
    let decided = decided(db)?;
    let mut statement = db.prepare(
        "SELECT s.install, s.project, s.anonymous, s.owner_user, s.owner_org, sum(d.events), max(d.last_seen)
         FROM sender_daily AS d JOIN senders AS s ON s.id = d.sender
         WHERE d.catalog = (SELECT id FROM words WHERE text = :catalog) AND d.day BETWEEN :from AND :to
           AND s.standing = 1
           AND (:actor IS NULL OR s.actor = (SELECT id FROM words WHERE text = :actor))
           AND (:source IS NULL OR s.source = (SELECT id FROM words WHERE text = :source))
           AND (:org IS NULL OR s.owner_org = (SELECT id FROM ids WHERE text = :org))
         GROUP BY d.sender",
    )?;
    let mut rows = statement.query(named_params! {
        ":catalog": query.catalog,
        ":from": query.days.from.0,
        ":to": query.days.to.0,
        ":actor": query.actor.map(Actor::as_str),
        ":source": query.source,
        ":org": query.org.as_ref().map(OpaqueId::as_str),
    })?;
    let mut seen: HashMap<(IdentityKind, Number), Sight> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (events, last_seen) = (count(row, 5)?, row.get(6)?);
        for (kind, id) in IdentityKind::ALL.into_iter().zip(ids(row)?) {
            if id == 0 || decided.contains(id) {
                continue;
            }
            let sight = seen.entry((kind, id)).or_insert(Sight {
                events: 0,
                last_seen,
            });
            sight.events += events;
            sight.last_seen = sight.last_seen.max(last_seen);
        }
    }
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_by_key(|((kind, id), sight)| (std::cmp::Reverse(sight.events), *kind, *id));
    seen.truncate(query.limit);
    let mut name = db.prepare("SELECT text FROM ids WHERE id = ?1")?;
    seen.into_iter()
        .map(|((kind, number), sight)| {
            Ok(Candidate {
                id: name.query_row([number], |row| id(row, 0))?,
                kind,
                events: sight.events,
                last_seen: Timestamp::from_microsecond(sight.last_seen)
                    .map_err(|_out_of_range| rows::unreadable(6))?,
            })
        })
        .collect()
}

pub(super) fn attribution(
    db: &Connection,
    query: &ActivityQuery,
) -> rusqlite::Result<Vec<Attributed>> {
    let mut statement = db.prepare(
        "SELECT o.text, orgs.slug, p.text, source.text, actor.text, g.events, g.last_seen FROM
           (SELECT s.owner_org AS org, s.project, s.source, s.actor, CAST(round(sum(d.weight)) AS INTEGER) AS events,
              max(d.last_seen) AS last_seen
            FROM sender_daily AS d JOIN senders AS s ON s.id = d.sender
            WHERE d.catalog = (SELECT id FROM words WHERE text = :catalog) AND d.day BETWEEN :from AND :to
              AND (:actor IS NULL OR s.actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR s.source = (SELECT id FROM words WHERE text = :source))
              AND (:org IS NULL OR s.owner_org = (SELECT id FROM ids WHERE text = :org))
            GROUP BY 1, 2, 3, 4) AS g
           LEFT JOIN ids AS o ON o.id = g.org LEFT JOIN orgs ON orgs.id = g.org
           LEFT JOIN ids AS p ON p.id = g.project
           JOIN words AS source ON source.id = g.source JOIN words AS actor ON actor.id = g.actor
         ORDER BY g.events DESC, o.text, p.text, source.text, actor.text LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":actor": query.actor.map(Actor::as_str),
            ":source": query.source,
            ":org": query.org.as_ref().map(OpaqueId::as_str),
            ":limit": i64::try_from(query.limit).unwrap_or(i64::MAX),
        },
        |row| {
            Ok(Attributed {
                org: some_id(row, 0)?,
                org_slug: row.get(1)?,
                project: some_id(row, 2)?,
                source: row.get(3)?,
                actor: word(row, 4, Actor::parse)?,
                events: count(row, 5)?,
                last_seen: moment(row, 6)?,
            })
        },
    )?;
    rows.collect()
}

/// The most organisations in a report.
const TOP_ORGS: i64 = 10;

/// The organisations with the most events in a window that ends today. Their identities are counted whatever environment they
/// were active in.
pub(super) fn organisations(
    db: &Connection,
    query: &UsageQuery,
) -> rusqlite::Result<Vec<OrgActivity>> {
    let mut statement = db.prepare(
        "SELECT o.text, orgs.slug, g.weight,
           count(DISTINCT nullif(s.install, 0)), count(DISTINCT nullif(s.project, 0)),
           count(DISTINCT nullif(s.owner_user, 0)), max(s.last_day)
         FROM
           (SELECT catalog, org, sum(weight) AS weight FROM usage_daily
            WHERE catalog = (SELECT id FROM words WHERE text = :catalog) AND org <> 0
              AND day BETWEEN :from AND :to
              AND (:actor IS NULL OR actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR source = (SELECT id FROM words WHERE text = :source))
              AND (:environment IS NULL
                   OR environment = (SELECT id FROM words WHERE text = :environment))
              AND (:org IS NULL OR org = (SELECT id FROM ids WHERE text = :org))
            GROUP BY org ORDER BY 3 DESC, 2 LIMIT :limit) AS g
           JOIN ids AS o ON o.id = g.org LEFT JOIN orgs ON orgs.id = g.org
           LEFT JOIN senders AS s ON s.owner_org = g.org AND s.owner_org <> 0
             AND s.catalog = g.catalog AND s.last_day >= :from
             AND (:actor IS NULL OR s.actor = (SELECT id FROM words WHERE text = :actor))
             AND (:source IS NULL OR s.source = (SELECT id FROM words WHERE text = :source))
         GROUP BY g.org ORDER BY round(g.weight) DESC, o.text",
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
            ":limit": TOP_ORGS,
        },
        |row| {
            Ok(OrgActivity {
                id: id(row, 0)?,
                slug: row.get(1)?,
                weight: row.get(2)?,
                installs: count(row, 3)?,
                projects: count(row, 4)?,
                users: count(row, 5)?,
                last_day: row.get::<_, Option<i32>>(6)?.map(Day),
            })
        },
    )?;
    rows.collect()
}
