//! The end of an account: what it sent stays and counts, and nothing says any more whose it was.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::accounts::{known, note};
use super::append::ADD_ACTIVITY;
use super::forget::{ERASED, drop_unused};
use super::rekey::{self, Moved, SENDERS, Sender, sender};
use super::senders::{Ids, Who, possible_days};
use super::tombstones::hash;
use super::words::Number;
use super::{arrivals, drift, snapshots};
use crate::base::ids::OpaqueId;
use crate::server::rollup::{IdentityKind, UsageKey};
use crate::server::store::{By, Deleted};

/// How the hash of a foreign id begins.
const HASHED: &str = "user_hmac-";

/// The events of a user, found by a reader beforehand: there is no index that leads to them.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that the user sent: sequence and sender.
    sent: Vec<(i64, Number)>,
    /// Those that name the user in a property.
    naming: Vec<i64>,
    /// Everything up to here was searched.
    searched: i64,
}

/// The hash under which properties may name the user.
fn hash_of(user: &OpaqueId) -> Option<&str> {
    user.as_str().strip_prefix(HASHED)
}

/// Searches the events for those of the user.
pub(super) fn search(db: &Connection, user: &OpaqueId) -> rusqlite::Result<Found> {
    // A read transaction: an event that comes between the questions is of neither, and is found as a late one.
    let db = db.unchecked_transaction()?;
    let mut senders = BTreeSet::new();
    if let Some(number) = known(&db, user)? {
        let mut all = db.prepare("SELECT id FROM senders WHERE user = ?1")?;
        for sender in all.query_map([number], |row| row.get::<_, Number>(0))? {
            senders.insert(sender?);
        }
    }
    let searched = db.query_row("SELECT coalesce(max(sequence), 0) FROM events", [], |row| {
        row.get(0)
    })?;
    let mut found = Found {
        searched,
        ..Found::default()
    };
    let hash = hash_of(user);
    if senders.is_empty() && hash.is_none() {
        return Ok(found);
    }
    let mut all = db.prepare(
        "SELECT sequence, sender, ?2 IS NOT NULL AND instr(properties, ?2) FROM events WHERE sequence <= ?1",
    )?;
    let mut rows = all.query(params![searched, hash])?;
    while let Some(row) = rows.next()? {
        let (sequence, sender) = (row.get(0)?, row.get(1)?);
        if senders.contains(&sender) {
            found.sent.push((sequence, sender));
        }
        if row.get(2)? {
            found.naming.push(sequence);
        }
    }
    Ok(found)
}

/// Ends the account. `found` is what [`search`] found for the same user.
pub(super) fn delete(
    db: &Connection,
    hmac_key: &[u8; 32],
    user: &OpaqueId,
    found: &Found,
    by: &By,
) -> rusqlite::Result<Deleted> {
    let mut deleted = Deleted::default();
    db.execute(
        "INSERT INTO tombstones (hash, ticket) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![hash(hmac_key, user), [0_u8; 16]],
    )?;
    unname(db, user, found)?;
    if let Some(number) = known(db, user)? {
        let mut moved = Moved::default();
        for sender in senders(db, number)? {
            deleted.events += events_of(db, &sender)?;
            clear(db, sender, found, &mut moved)?;
        }
        deleted.rekeyed = moved.write(db)?;
        disown(db, number, by, &mut deleted)?;
        drop_unused(db, &BTreeSet::from([number]))?;
    }
    snapshots::unname(db)?;
    note(db, by, "user.delete", ERASED, None, None)?;
    Ok(deleted)
}

/// Takes the user out of properties and out of the record of changes.
fn unname(db: &Connection, user: &OpaqueId, found: &Found) -> rusqlite::Result<()> {
    if let Some(hash) = hash_of(user) {
        let nobody = "0".repeat(hash.len());
        let mut one = db.prepare(
            "UPDATE events SET properties = replace(properties, ?2, ?3) WHERE sequence = ?1",
        )?;
        for sequence in &found.naming {
            one.execute(params![sequence, hash, nobody])?;
        }
        db.execute(
            "UPDATE events SET properties = replace(properties, ?2, ?3)
             WHERE sequence > ?1 AND instr(properties, ?2)",
            params![found.searched, hash, nobody],
        )?;
    }
    db.execute(
        "UPDATE audit SET subject = iif(subject = ?1, ?2, subject),
           before = replace(before, '\"' || ?1 || '\"', 'null'),
           after = replace(after, '\"' || ?1 || '\"', 'null')
         WHERE subject = ?1 OR instr(before, ?1) OR instr(after, ?1)",
        (user.as_str(), ERASED),
    )
    .map(drop)
}

/// What the user sent, as they said themselves.
fn senders(db: &Connection, user: Number) -> rusqlite::Result<Vec<Sender>> {
    let mut all = db.prepare(&format!("{SENDERS} WHERE s.user = ?1"))?;
    all.query_map([user], sender)?.collect()
}

fn events_of(db: &Connection, sender: &Sender) -> rusqlite::Result<u64> {
    let mut daily = db.prepare_cached(
        "SELECT coalesce(sum(events), 0) FROM sender_daily WHERE catalog = ?1 AND day = ?2 AND sender = ?3",
    )?;
    let catalog = sender.who.catalog;
    let mut all = 0;
    for day in possible_days(db, catalog, sender.days)? {
        let events: i64 = daily.query_row((catalog, day.0, sender.number), |row| row.get(0))?;
        all += events.unsigned_abs();
    }
    Ok(all)
}

/// Takes the user out of a sender: it goes into the one that is the same but for the user, if there is one.
fn clear(
    db: &Connection,
    mut sender: Sender,
    found: &Found,
    moved: &mut Moved,
) -> rusqlite::Result<()> {
    let kinds = IdentityKind::ALL.into_iter().zip(sender.who.ids);
    let others = kinds.map(|(kind, id)| id.filter(|_| kind != IdentityKind::User));
    let mut ids = Ids::default();
    ids.iter_mut().zip(others).for_each(|(to, id)| *to = id);
    let bare = Who { ids, ..sender.who };
    if let Some(twin) = twin(db, &bare)? {
        return merge(db, &sender, &twin, found, moved);
    }
    db.execute("UPDATE senders SET user = 0 WHERE id = ?1", [sender.number])?;
    sender.who = bare;
    rekey::settle(db, &sender, moved)
}

fn twin(db: &Connection, who: &Who) -> rusqlite::Result<Option<Sender>> {
    let mut find = db.prepare_cached(&format!(
        "{SENDERS} WHERE s.install = ?1 AND s.project = ?2 AND s.anonymous = ?3 AND s.user = ?4 AND s.org = ?5
           AND s.catalog = ?6 AND s.source = ?7 AND s.install_link = ?8 AND s.project_link = ?9"
    ))?;
    let mut rows = find.query_map(who.columns(), sender)?;
    rows.next().transpose()
}

/// Gives everything of a sender to another one.
fn merge(
    db: &Connection,
    from: &Sender,
    to: &Sender,
    found: &Found,
    moved: &mut Moved,
) -> rusqlite::Result<()> {
    let mut one = db.prepare_cached("UPDATE events SET sender = ?2 WHERE sequence = ?1")?;
    for (sequence, _) in found.sent.iter().filter(|(_, of)| *of == from.number) {
        one.execute((sequence, to.number))?;
    }
    db.execute(
        "UPDATE events SET sender = ?3 WHERE sequence > ?1 AND sender = ?2",
        (found.searched, from.number, to.number),
    )?;
    let catalog = from.who.catalog;
    let mut retained = db.prepare_cached(
        "DELETE FROM sender_daily WHERE catalog = ?1 AND day = ?2 AND sender = ?3
         RETURNING event, environment, events, weight, failures, last_seen",
    )?;
    let mut add = db.prepare_cached(ADD_ACTIVITY)?;
    for day in possible_days(db, catalog, from.days)? {
        drift::merge(db, day, from.number, to.number)?;
        let mut rows = retained.query((catalog, day.0, from.number))?;
        while let Some(row) = rows.next()? {
            let (event, environment): (Number, Number) = (row.get(0)?, row.get(1)?);
            let counts: (i64, f64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
            let last_seen: i64 = row.get(5)?;
            add.execute(params![
                catalog,
                day.0,
                to.number,
                event,
                environment,
                counts.0,
                counts.1,
                counts.2,
                last_seen
            ])?;
            let key = |counted| UsageKey {
                day,
                catalog,
                event,
                environment,
                counted,
            };
            if from.counted != to.counted {
                moved.note(key(from.counted), key(to.counted), counts);
            }
        }
    }
    let days = to.days.with(from.days);
    db.execute(
        "UPDATE senders SET last_day = ?2, days = ?3 WHERE id = ?1",
        (to.number, days.last.0, days.bits.cast_signed()),
    )?;
    arrivals::merge(db, from.number, to.number)?;
    db.execute("DELETE FROM senders WHERE id = ?1", [from.number])
        .map(drop)
}

/// Ends what the account owns: its keys go, its links end, and aliases name it no more.
fn disown(db: &Connection, user: Number, by: &By, deleted: &mut Deleted) -> rusqlite::Result<()> {
    let mut subjects: BTreeSet<Number> = BTreeSet::from([user]);
    let mut said = db.prepare(
        "SELECT subject FROM aliases WHERE user = ?1 UNION SELECT subject FROM links WHERE user = ?1",
    )?;
    for subject in said.query_map([user], |row| row.get(0))? {
        subjects.insert(subject?);
    }
    let count = |changed: usize| u64::try_from(changed).unwrap_or(u64::MAX);
    deleted.aliases = count(db.execute("UPDATE aliases SET user = 0 WHERE user = ?1", [user])?);
    db.execute(
        "DELETE FROM aliases WHERE user = 0 AND org = 0 AND actor IS NULL",
        [],
    )?;
    deleted.links = count(db.execute(
        "UPDATE links SET user = 0, label = NULL, until_at = coalesce(until_at, max(from_at, ?2)) WHERE user = ?1",
        (user, by.at.as_microsecond()),
    )?);
    deleted.keys = count(db.execute("DELETE FROM keys WHERE user = ?1", [user])?);
    db.execute("DELETE FROM users WHERE id = ?1", [user])?;
    db.execute("DELETE FROM configured WHERE subject = ?1", [user])?;
    let subjects: Vec<Number> = subjects.into_iter().collect();
    deleted.rekeyed.events += rekey::rekey(db, &subjects)?.events;
    Ok(())
}
