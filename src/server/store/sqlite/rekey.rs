//! Re-keying: when it is known better who somebody is, the retained counts move to where they belong, inside the transaction of
//! the change.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use super::rows::{self, standing_number};
use super::senders::{Ids, Who, possible_days, resolution};
use super::words::Number;
use crate::model::event::{Actor, Resolution};
use crate::server::rollup::{ActiveDays, Counted, UsageKey};
use crate::server::store::Rekeyed;

/// A sender and under whom its events count so far.
pub(super) struct Sender {
    pub(super) number: Number,
    pub(super) who: Who,
    source: String,
    pub(super) counted: Counted<Number>,
    owner_user: Number,
    pub(super) days: ActiveDays,
}

/// The question whose rows [`sender`] reads.
pub(super) const SENDERS: &str = "
    SELECT s.id, s.catalog, s.source, s.install, s.project, s.anonymous, s.user, s.org,
      s.install_link, s.project_link, source.text, s.actor, s.owner_user, s.owner_org, s.standing,
      s.last_day, s.days
    FROM senders AS s JOIN words AS source ON source.id = s.source";

/// A row of [`SENDERS`].
pub(super) fn sender(row: &Row<'_>) -> rusqlite::Result<Sender> {
    let mut ids = Ids::default();
    for (column, id) in (3..).zip(&mut ids) {
        *id = Some(row.get(column)?).filter(|number| *number != 0);
    }
    let source = row.get(2)?;
    Ok(Sender {
        number: row.get(0)?,
        who: Who {
            catalog: row.get(1)?,
            source,
            ids,
            links: [row.get(8)?, row.get(9)?],
        },
        source: row.get(10)?,
        counted: Counted {
            source,
            actor: row.get(11)?,
            org: Some(row.get(13)?).filter(|org| *org != 0),
            standing: rows::standing(row, 14)?,
        },
        owner_user: row.get(12)?,
        days: rows::days(row, 15)?,
    })
}

/// Attributes anew everything that was sent with one of these ids, or counts for one of them as its owner.
pub(super) fn rekey(db: &Connection, ids: &[Number]) -> rusqlite::Result<Rekeyed> {
    let mut senders = BTreeMap::new();
    let mut find = db.prepare_cached(&format!(
        "{SENDERS} WHERE s.id IN (
           SELECT id FROM senders WHERE install = ?1
           UNION SELECT id FROM senders WHERE project = ?1 AND project <> 0
           UNION SELECT id FROM senders WHERE anonymous = ?1 AND anonymous <> 0
           UNION SELECT id FROM senders WHERE owner_user = ?1 AND owner_user <> 0
           UNION SELECT id FROM senders WHERE owner_org = ?1 AND owner_org <> 0)"
    ))?;
    for id in ids {
        for found in find.query_map([id], sender)? {
            let found = found?;
            senders.insert(found.number, found);
        }
    }
    let mut moved = Moved::default();
    for sender in senders.values() {
        settle(db, sender, &mut moved)?;
    }
    moved.write(db)
}

/// Notes under whom a sender counts now, and what moves because of that.
pub(super) fn settle(db: &Connection, sender: &Sender, moved: &mut Moved) -> rusqlite::Result<()> {
    let Resolution {
        actor,
        owner,
        standing,
    } = resolution(db, &sender.source, &sender.who)?;
    let user = owner.user.unwrap_or_default();
    let counted = Counted {
        source: sender.who.source,
        actor: word_number(db, actor)?,
        org: owner.org,
        standing,
    };
    if (counted, user) == (sender.counted, sender.owner_user) {
        return Ok(());
    }
    db.prepare_cached(
        "UPDATE senders SET actor = ?2, owner_user = ?3, owner_org = ?4, standing = ?5 WHERE id = ?1",
    )?
    .execute(params![
        sender.number,
        counted.actor,
        user,
        counted.org.unwrap_or_default(),
        standing_number(standing),
    ])?;
    let mut retained = db.prepare_cached(
        "SELECT event, environment, events, weight, failures FROM sender_daily
         WHERE catalog = ?1 AND day = ?2 AND sender = ?3",
    )?;
    let catalog = sender.who.catalog;
    for day in possible_days(db, catalog, sender.days)? {
        let mut rows = retained.query((catalog, day.0, sender.number))?;
        while let Some(row) = rows.next()? {
            let from = UsageKey {
                day,
                catalog,
                event: row.get(0)?,
                environment: row.get(1)?,
                counted: sender.counted,
            };
            let counts = (row.get(2)?, row.get(3)?, row.get(4)?);
            moved.note(from, UsageKey { counted, ..from }, counts);
        }
    }
    Ok(())
}

fn word_number(db: &Connection, actor: Actor) -> rusqlite::Result<Number> {
    db.prepare_cached("INSERT INTO words (text) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([actor.as_str()])?;
    db.prepare_cached("SELECT id FROM words WHERE text = ?1")?
        .query_row([actor.as_str()], |row| row.get(0))
}

/// Events, weight, failures.
type Difference = (i64, f64, i64);

/// What moves, summed up before anything is written: senders share most of their rows.
#[derive(Default)]
pub(super) struct Moved {
    differences: BTreeMap<UsageKey<Number>, Difference>,
    events: i64,
}

impl Moved {
    /// Notes counts that belong to another row.
    pub(super) fn note(
        &mut self,
        from: UsageKey<Number>,
        to: UsageKey<Number>,
        counts: Difference,
    ) {
        let (events, weight, failures) = counts;
        self.events += events;
        for (key, sign) in [(from, -1_i32), (to, 1)] {
            let all = self.differences.entry(key).or_default();
            all.0 += i64::from(sign) * events;
            all.1 += f64::from(sign) * weight;
            all.2 += i64::from(sign) * failures;
        }
    }

    /// Changes the rows; those that come to nothing go.
    pub(super) fn write(self, db: &Connection) -> rusqlite::Result<Rekeyed> {
        let mut change = db.prepare_cached(
            "INSERT INTO usage_daily
               (catalog, day, event, source, environment, actor, org, standing, events, weight, failures)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT DO UPDATE SET
               events = events + excluded.events,
               weight = weight + excluded.weight,
               failures = failures + excluded.failures
             RETURNING events",
        )?;
        let mut remove = db.prepare_cached(
            "DELETE FROM usage_daily WHERE catalog = ?1 AND day = ?2 AND event = ?3 AND source = ?4
               AND environment = ?5 AND actor = ?6 AND org = ?7 AND standing = ?8",
        )?;
        for (key, (events, weight, failures)) in self.differences {
            let UsageKey {
                day,
                catalog,
                event,
                environment,
                counted,
            } = key;
            let (org, standing) = (
                counted.org.unwrap_or_default(),
                standing_number(counted.standing),
            );
            let (source, actor) = (counted.source, counted.actor);
            let left: i64 = change.query_row(
                params![
                    catalog,
                    day.0,
                    event,
                    source,
                    environment,
                    actor,
                    org,
                    standing,
                    events,
                    weight,
                    failures
                ],
                |row| row.get(0),
            )?;
            if left == 0 {
                remove.execute(params![
                    catalog,
                    day.0,
                    event,
                    source,
                    environment,
                    actor,
                    org,
                    standing
                ])?;
            }
        }
        Ok(Rekeyed {
            events: self.events.unsigned_abs(),
        })
    }
}
