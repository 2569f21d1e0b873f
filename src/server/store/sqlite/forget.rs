//! Erasure: everything about ids goes in one transaction, and what is kept cannot name them.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::accounts::{known, note};
use super::drift;
use super::rows::{self, count, moment, unreadable};
use super::senders::possible_days;
use super::snapshots;
use super::tombstones::hash;
use super::words::Number;
use crate::base::ids::OpaqueId;
use crate::model::protocol::Forgotten;
use crate::server::rollup::IdentityKind;
use crate::server::store::By;

/// What stands in place of an erased id in the record of changes.
pub(super) const ERASED: &str = "(forgotten)";

/// The events of ids, found by a reader beforehand: there is no index that leads to them, and the writer has no time to search.
#[derive(Debug, Default)]
pub(super) struct Found {
    sequences: Vec<i64>,
    /// Everything up to here was searched.
    searched: i64,
}

/// Whether an id can be erased: those of installations, projects and anonymous visitors.
pub(super) fn is_erasable(id: &OpaqueId) -> bool {
    let kind = IdentityKind::of_prefix(id.prefix());
    matches!(
        kind,
        Some(IdentityKind::Install | IdentityKind::Project | IdentityKind::Anonymous)
    )
}

/// The senders with one of these ids.
fn senders(db: &Connection, ids: &BTreeSet<OpaqueId>) -> rusqlite::Result<BTreeSet<Number>> {
    let mut find = db.prepare_cached(
        "SELECT id FROM senders WHERE install = ?1
         UNION SELECT id FROM senders WHERE project = ?1 AND project <> 0
         UNION SELECT id FROM senders WHERE anonymous = ?1 AND anonymous <> 0",
    )?;
    let mut senders = BTreeSet::new();
    for id in ids {
        let Some(number) = known(db, id)? else {
            continue;
        };
        for sender in find.query_map([number], |row| row.get(0))? {
            senders.insert(sender?);
        }
    }
    Ok(senders)
}

/// Searches the events for those of the ids.
pub(super) fn search(db: &Connection, ids: &BTreeSet<OpaqueId>) -> rusqlite::Result<Found> {
    // A read transaction: an event that comes between the questions is of neither, and is found as a late one.
    let db = db.unchecked_transaction()?;
    let senders = senders(&db, ids)?;
    let searched = db.query_row("SELECT coalesce(max(sequence), 0) FROM events", [], |row| {
        row.get(0)
    })?;
    let mut found = Found {
        sequences: Vec::new(),
        searched,
    };
    if senders.is_empty() {
        return Ok(found);
    }
    let mut all = db.prepare("SELECT sequence, sender FROM events WHERE sequence <= ?1")?;
    let mut rows = all.query([searched])?;
    while let Some(row) = rows.next()? {
        if senders.contains(&row.get(1)?) {
            found.sequences.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Erases the ids. `found` is what [`search`] found for the same ids.
pub(super) fn forget(
    db: &Connection,
    hmac_key: &[u8; 32],
    ids: &BTreeSet<OpaqueId>,
    beyond: &[String],
    found: &Found,
    by: &By,
) -> rusqlite::Result<Forgotten> {
    let senders = senders(db, ids)?;
    let mut forgotten = Forgotten {
        ticket: Uuid::new_v4(),
        at: by.at,
        ids: u64::try_from(ids.len()).unwrap_or(u64::MAX),
        events: events(db, &senders, found)?,
        activity: 0,
        links: 0,
        beyond: beyond.to_vec(),
    };
    let mut orphans = BTreeSet::new();
    for sender in senders {
        forgotten.activity += activity(db, sender, &mut orphans)?;
    }
    for id in ids {
        forgotten.links += one(db, hmac_key, id, &forgotten)?;
    }
    drop_unused(db, &orphans)?;
    snapshots::unname(db)?;
    db.execute(
        "INSERT INTO erasures (ticket, at, ids, events, activity, links, beyond)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            forgotten.ticket.as_bytes(),
            forgotten.at.as_microsecond(),
            signed(forgotten.ids),
            signed(forgotten.events),
            signed(forgotten.activity),
            signed(forgotten.links),
            serde_json::json!(beyond).to_string(),
        ],
    )?;
    note(db, by, "forget", &forgotten.ticket.to_string(), None, None)?;
    Ok(forgotten)
}

fn events(db: &Connection, senders: &BTreeSet<Number>, found: &Found) -> rusqlite::Result<u64> {
    let mut gone = 0;
    let mut delete = db.prepare_cached("DELETE FROM events WHERE sequence = ?1")?;
    for sequence in &found.sequences {
        gone += delete.execute([sequence])?;
    }
    let mut late = db.prepare_cached("DELETE FROM events WHERE sequence > ?1 AND sender = ?2")?;
    for sender in senders {
        gone += late.execute((found.searched, sender))?;
    }
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

/// Removes a sender and its activity; notes the ids that may be of no use any more.
fn activity(
    db: &Connection,
    sender: Number,
    orphans: &mut BTreeSet<Number>,
) -> rusqlite::Result<u64> {
    let (catalog, days, ids) = db
        .prepare_cached(
            "DELETE FROM senders WHERE id = ?1
             RETURNING catalog, last_day, days, install, project, anonymous, owner_user, owner_org",
        )?
        .query_row([sender], |row| {
            let ids: [Number; 5] = [
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?,
            ];
            Ok((row.get(0)?, rows::days(row, 1)?, ids))
        })?;
    let mut delete = db.prepare_cached(
        "DELETE FROM sender_daily WHERE catalog = ?1 AND day = ?2 AND sender = ?3",
    )?;
    let mut gone = 0;
    for day in possible_days(db, catalog, days)? {
        gone += delete.execute((catalog, day.0, sender))?;
        drift::forget(db, day, sender)?;
    }
    orphans.extend(ids.into_iter().filter(|id| *id != 0));
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

/// Removes what is said about an id, and its name; tells how many aliases and links there were.
fn one(
    db: &Connection,
    hmac_key: &[u8; 32],
    id: &OpaqueId,
    forgotten: &Forgotten,
) -> rusqlite::Result<u64> {
    db.execute(
        "INSERT INTO tombstones (hash, ticket) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![hash(hmac_key, id), forgotten.ticket.as_bytes()],
    )?;
    // What its owner called it says who that is. Nothing but the subject of an entry can be an id of a kind that is erased.
    db.execute(
        "UPDATE audit SET subject = ?2, after = json_remove(after, '$.label') WHERE subject = ?1",
        (id.as_str(), ERASED),
    )?;
    let Some(number) = known(db, id)? else {
        return Ok(0);
    };
    let aliases = db.execute("DELETE FROM aliases WHERE subject = ?1", [number])?;
    let links = db.execute("DELETE FROM links WHERE subject = ?1", [number])?;
    db.execute("DELETE FROM configured WHERE subject = ?1", [number])?;
    db.execute("DELETE FROM ids WHERE id = ?1", [number])?;
    Ok(u64::try_from(aliases + links).unwrap_or(u64::MAX))
}

/// Removes the names of those of the ids that nothing refers to any more; at once, since much of that is asked of whole tables.
pub(super) fn drop_unused(db: &Connection, ids: &BTreeSet<Number>) -> rusqlite::Result<()> {
    db.execute(
        &format!("DELETE FROM ids WHERE id IN (SELECT value FROM json_each(?1)) AND {UNUSED}"),
        [serde_json::json!(ids).to_string()],
    )
    .map(drop)
}

/// Whether nothing refers to the row of `ids`.
///
/// Every id of a stored event is in `senders`; organisations are in `usage_daily` for good.
pub(super) const UNUSED: &str = "
    NOT EXISTS (SELECT 1 FROM senders WHERE install = ids.id)
    AND NOT EXISTS (SELECT 1 FROM senders WHERE project = ids.id AND project <> 0)
    AND NOT EXISTS (SELECT 1 FROM senders WHERE anonymous = ids.id AND anonymous <> 0)
    AND NOT EXISTS (SELECT 1 FROM senders WHERE owner_user = ids.id AND owner_user <> 0)
    AND NOT EXISTS (SELECT 1 FROM senders WHERE owner_org = ids.id AND owner_org <> 0)
    AND NOT EXISTS (SELECT 1 FROM usage_daily WHERE org = ids.id AND org <> 0)
    AND id NOT IN (SELECT id FROM orgs) AND id NOT IN (SELECT id FROM users)
    AND id NOT IN (SELECT subject FROM aliases UNION SELECT org FROM aliases UNION SELECT user FROM aliases)
    AND id NOT IN (SELECT subject FROM links UNION SELECT org FROM links UNION SELECT user FROM links)
    AND id NOT IN (SELECT org FROM keys UNION SELECT user FROM keys)
    AND id NOT IN (SELECT subject FROM configured)";

pub(super) fn forgotten(db: &Connection, ticket: Uuid) -> rusqlite::Result<Option<Forgotten>> {
    db.query_row(
        "SELECT at, ids, events, activity, links, beyond FROM erasures WHERE ticket = ?1",
        [ticket.as_bytes()],
        |row| {
            let beyond: String = row.get(5)?;
            Ok(Forgotten {
                ticket,
                at: moment(row, 0)?,
                ids: count(row, 1)?,
                events: count(row, 2)?,
                activity: count(row, 3)?,
                links: count(row, 4)?,
                beyond: serde_json::from_str(&beyond).map_err(|_not_json| unreadable(5))?,
            })
        },
    )
    .optional()
}

/// SQLite's integers are signed; no count comes near their end.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
