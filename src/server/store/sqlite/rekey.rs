//! Re-keying: when it is known better who somebody is, the retained counts move to where they belong, inside the transaction of
//! the change.

use rusqlite::{Connection, Row, params};

use super::rows::{self, word};
use super::senders::{Ids, Who, resolution};
use super::words::Number;
use crate::model::event::{Actor, Resolution};
use crate::server::store::Rekeyed;

/// A sender and under whom its events count so far.
struct Sender {
    number: Number,
    who: Who,
    source: String,
    counted: (Actor, Number, Number, i64),
}

const SENDERS: &str = "
    SELECT s.id, s.catalog, s.source, s.install, s.project, s.anonymous, s.user, s.org,
      s.install_link, s.project_link, source.text, actor.text, s.owner_user, s.owner_org, s.standing
    FROM senders AS s
      JOIN words AS source ON source.id = s.source
      JOIN words AS actor ON actor.id = s.actor";

fn sender(row: &Row<'_>) -> rusqlite::Result<Sender> {
    let mut ids = Ids::default();
    for (column, id) in (3..).zip(&mut ids) {
        *id = Some(row.get(column)?).filter(|number| *number != 0);
    }
    Ok(Sender {
        number: row.get(0)?,
        who: Who {
            catalog: row.get(1)?,
            source: row.get(2)?,
            ids,
            links: [row.get(8)?, row.get(9)?],
        },
        source: row.get(10)?,
        counted: (
            word(row, 11, Actor::parse)?,
            row.get(12)?,
            row.get(13)?,
            row.get(14)?,
        ),
    })
}

/// Attributes anew everything that was sent with one of these ids, or counts for one of them as its owner.
pub(super) fn rekey(db: &Connection, ids: &[Number]) -> rusqlite::Result<Rekeyed> {
    let mut senders = Vec::new();
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
            senders.push(found?);
        }
    }
    let mut rekeyed = Rekeyed::default();
    for sender in senders {
        rekeyed.events += settle(db, &sender)?;
    }
    Ok(rekeyed)
}

/// Moves the counts of one sender; tells how many events that are.
fn settle(db: &Connection, sender: &Sender) -> rusqlite::Result<u64> {
    let Resolution {
        actor,
        owner,
        standing,
    } = resolution(db, &sender.source, &sender.who)?;
    let counted = (
        actor,
        owner.user.unwrap_or_default(),
        owner.org.unwrap_or_default(),
        rows::standing_number(standing),
    );
    if counted == sender.counted {
        return Ok(0);
    }
    let (_, user, org, standing) = counted;
    db.prepare_cached("INSERT INTO words (text) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([actor.as_str()])?;
    // Taken away under the old key, then added under the new one.
    db.prepare_cached(&format!(
        "WITH RECURSIVE {RETAINED}
         UPDATE usage_daily SET
           events = usage_daily.events - moved.events,
           weight = usage_daily.weight - moved.weight,
           failures = usage_daily.failures - moved.failures
         FROM moved, senders AS s
         WHERE s.id = ?1 AND usage_daily.catalog = s.catalog AND usage_daily.day = moved.day
           AND usage_daily.event = moved.event AND usage_daily.source = s.source
           AND usage_daily.environment = moved.environment AND usage_daily.actor = s.actor
           AND usage_daily.org = s.owner_org AND usage_daily.standing = s.standing"
    ))?
    .execute([sender.number])?;
    db.prepare_cached(
        "UPDATE senders SET actor = (SELECT id FROM words WHERE text = ?2),
           owner_user = ?3, owner_org = ?4, standing = ?5 WHERE id = ?1",
    )?
    .execute(params![sender.number, actor.as_str(), user, org, standing])?;
    db.prepare_cached(&format!(
        "WITH RECURSIVE {RETAINED}
         INSERT INTO usage_daily
           (catalog, day, event, source, environment, actor, org, standing, events, weight, failures)
         SELECT s.catalog, moved.day, moved.event, s.source, moved.environment, s.actor, s.owner_org,
           s.standing, moved.events, moved.weight, moved.failures
         FROM moved CROSS JOIN senders AS s ON s.id = ?1 WHERE true
         ON CONFLICT DO UPDATE SET
           events = events + excluded.events,
           weight = weight + excluded.weight,
           failures = failures + excluded.failures"
    ))?
    .execute([sender.number])?;
    db.prepare_cached(&format!(
        "WITH RECURSIVE {RETAINED} SELECT coalesce(sum(events), 0) FROM moved"
    ))?
    .query_row([sender.number], |row| rows::count(row, 0))
}

/// The retained counts of sender `?1`, looked up day by day, since the table is in the order of days.
const RETAINED: &str = "
    days (day) AS (
      SELECT min(day) FROM sender_daily WHERE catalog = (SELECT catalog FROM senders WHERE id = ?1)
      UNION ALL SELECT day + 1 FROM days WHERE day < (SELECT last_day FROM senders WHERE id = ?1)
    ),
    moved AS MATERIALIZED (
      SELECT d.day, d.event, d.environment, d.events, d.weight, d.failures
      FROM days CROSS JOIN sender_daily AS d
        ON d.catalog = (SELECT catalog FROM senders WHERE id = ?1) AND d.day = days.day AND d.sender = ?1
    )";

/// Removes the counts that have come to nothing.
pub(super) fn sweep(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM usage_daily WHERE events = 0
           AND day >= (SELECT min(day) FROM sender_daily AS d WHERE d.catalog = usage_daily.catalog)",
        [],
    )
    .map(drop)
}
