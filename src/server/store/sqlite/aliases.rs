//! What is said about ids: aliases and configuration by the operator, links by the ids' owners.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Value as Json, json};

use super::accounts::{known, maybe_number, note, number};
use super::rekey::rekey;
use super::rows::{borrowed, id, moment, some_id};
use super::words::Number;
use crate::base::ids::OpaqueId;
use crate::model::event::Actor;
use crate::model::protocol::OrgName;
use crate::server::store::{
    AliasRow, By, Claimed, Classification, LinkRow, Linked, NewLink, Rekeyed,
};

const ALIASES: &str = "SELECT i.text, a.actor, o.text, u.text, a.set_at, a.set_by
    FROM aliases AS a JOIN ids AS i ON i.id = a.subject
      LEFT JOIN ids AS o ON o.id = a.org LEFT JOIN ids AS u ON u.id = a.user";

fn alias(row: &Row<'_>) -> rusqlite::Result<AliasRow> {
    Ok(AliasRow {
        id: id(row, 0)?,
        says: Classification {
            actor: borrowed(row, 1, Actor::parse)?,
            org: some_id(row, 2)?,
            user: some_id(row, 3)?,
        },
        by: By {
            at: moment(row, 4)?,
            who: row.get(5)?,
        },
    })
}

pub(super) fn aliases(db: &Connection) -> rusqlite::Result<Vec<AliasRow>> {
    let mut statement = db.prepare(&format!("{ALIASES} ORDER BY 1"))?;
    statement.query_map([], alias)?.collect()
}

pub(super) fn set_alias(
    db: &Connection,
    about: &OpaqueId,
    says: Option<&Classification>,
    by: &By,
) -> rusqlite::Result<(Option<AliasRow>, Rekeyed)> {
    let before = db
        .query_row(
            &format!("{ALIASES} WHERE i.text = ?1"),
            [about.as_str()],
            alias,
        )
        .optional()?;
    if before.as_ref().map(|row| &row.says) == says {
        return Ok((before, Rekeyed::default()));
    }
    let subject = number(db, about)?;
    if let Some(says) = says {
        db.execute(
            "INSERT INTO aliases (subject, actor, org, user, set_at, set_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET actor = excluded.actor, org = excluded.org,
               user = excluded.user, set_at = excluded.set_at, set_by = excluded.set_by",
            params![
                subject,
                says.actor.map(Actor::as_str),
                maybe_number(db, says.org.as_ref())?,
                maybe_number(db, says.user.as_ref())?,
                by.at.as_microsecond(),
                by.who,
            ],
        )?;
    } else {
        db.execute("DELETE FROM aliases WHERE subject = ?1", [subject])?;
    }
    let action = if says.is_some() {
        "alias.set"
    } else {
        "alias.remove"
    };
    let from = before.as_ref().map(|row| words(&row.says));
    note(
        db,
        by,
        action,
        about.as_str(),
        from.as_ref(),
        says.map(words).as_ref(),
    )?;
    Ok((before, rekey(db, &[subject])?))
}

fn words(says: &Classification) -> Json {
    json!({ "actor": says.actor, "org": says.org, "user": says.user })
}

pub(super) fn set_configured(
    db: &Connection,
    ids: &BTreeSet<OpaqueId>,
) -> rusqlite::Result<Rekeyed> {
    let mut wanted = BTreeSet::new();
    for id in ids {
        wanted.insert(number(db, id)?);
    }
    let there: BTreeSet<Number> = db
        .prepare("SELECT subject FROM configured")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in wanted.difference(&there) {
        db.execute("INSERT INTO configured (subject) VALUES (?1)", [id])?;
    }
    for id in there.difference(&wanted) {
        db.execute("DELETE FROM configured WHERE subject = ?1", [id])?;
    }
    let changed: Vec<Number> = wanted.symmetric_difference(&there).copied().collect();
    rekey(db, &changed)
}

pub(super) fn links(db: &Connection) -> rusqlite::Result<Vec<LinkRow>> {
    let mut statement = db.prepare(
        "SELECT i.text, o.text, orgs.slug, u.text, l.label, l.from_at FROM links AS l
           JOIN ids AS i ON i.id = l.subject JOIN ids AS u ON u.id = l.user
           JOIN ids AS o ON o.id = l.org JOIN orgs ON orgs.id = l.org
         WHERE l.until_at IS NULL ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(LinkRow {
            id: id(row, 0)?,
            org: OrgName {
                id: id(row, 1)?,
                slug: row.get(2)?,
            },
            user: id(row, 3)?,
            label: row.get(4)?,
            from: moment(row, 5)?,
        })
    })?;
    rows.collect()
}

/// A link that holds.
struct Open {
    link: Number,
    org: Number,
    user: Number,
    label: Option<String>,
}

fn open(db: &Connection, subject: Number) -> rusqlite::Result<Option<Open>> {
    db.prepare_cached(
        "SELECT id, org, user, label FROM links WHERE subject = ?1 AND until_at IS NULL",
    )?
    .query_row([subject], |row| {
        Ok(Open {
            link: row.get(0)?,
            org: row.get(1)?,
            user: row.get(2)?,
            label: row.get(3)?,
        })
    })
    .optional()
}

/// Links ids. Events that are stored already stay as they are: a link is for what comes from its time on.
pub(super) fn link(db: &Connection, new: &NewLink, by: &By) -> rusqlite::Result<Linked> {
    let (org, user) = (number(db, &new.org)?, number(db, &new.user)?);
    let mut subjects = Vec::new();
    for claimed in &new.ids {
        let subject = number(db, &claimed.id)?;
        let held = open(db, subject)?;
        if !claimed.is_proven && held.is_some_and(|held| held.user != user) {
            return Ok(Linked::Taken(claimed.id.clone()));
        }
        subjects.push((&claimed.id, subject));
    }
    let mut changed = Vec::new();
    for (id, subject) in subjects {
        // Asked again: a request can name an id twice.
        let held = open(db, subject)?;
        let is_same = held
            .as_ref()
            .is_some_and(|held| held.org == org && held.user == user && held.label == new.label);
        if is_same {
            continue;
        }
        if let Some(held) = held {
            end(db, held.link, new.from)?;
        }
        let from = free_from(db, subject)?.map_or(new.from, |end| end.max(new.from));
        db.execute(
            "INSERT INTO links (subject, org, user, label, from_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![subject, org, user, new.label, from.as_microsecond()],
        )?;
        let after = json!({ "org": new.org, "user": new.user, "label": new.label, "from": from });
        note(db, by, "link", id.as_str(), None, Some(&after))?;
        changed.push(id.clone());
    }
    Ok(Linked::Done(changed))
}

/// When the last link of an id ended: a new one does not reach back into it, whatever its owner's clock says.
fn free_from(db: &Connection, subject: Number) -> rusqlite::Result<Option<Timestamp>> {
    let end: Option<i64> = db.query_row(
        "SELECT max(until_at) FROM links WHERE subject = ?1",
        [subject],
        |row| row.get(0),
    )?;
    Ok(end.and_then(|end| Timestamp::from_microsecond(end).ok()))
}

/// Ends a link, which then never lasts less than no time.
fn end(db: &Connection, link: Number, until: Timestamp) -> rusqlite::Result<()> {
    db.execute(
        "UPDATE links SET until_at = max(from_at, ?2) WHERE id = ?1",
        (link, until.as_microsecond()),
    )
    .map(drop)
}

pub(super) fn unlink(
    db: &Connection,
    ids: &[Claimed],
    user: &OpaqueId,
    until: Timestamp,
    by: &By,
) -> rusqlite::Result<Vec<OpaqueId>> {
    let user = known(db, user)?;
    let mut ended = Vec::new();
    for claimed in ids {
        let Some(subject) = known(db, &claimed.id)? else {
            continue;
        };
        let Some(held) = open(db, subject)? else {
            continue;
        };
        if claimed.is_proven || Some(held.user) == user {
            end(db, held.link, until)?;
            let after = json!({ "until": until });
            note(db, by, "unlink", claimed.id.as_str(), None, Some(&after))?;
            ended.push(claimed.id.clone());
        }
    }
    Ok(ended)
}
