//! Organisations, users, keys, and the record of every change of who is who.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};
use serde_json::json;

use super::rows::{flag, id, moment, some_id, unreadable};
use super::words::Number;
use crate::base::ids::OpaqueId;
use crate::model::protocol::{OrgName, Scope};
use crate::server::store::{Added, AuditEntry, By, Flags, Key, Org, User};

/// The number of an id, which gets one if it has none.
pub(super) fn number(db: &Connection, id: &OpaqueId) -> rusqlite::Result<Number> {
    db.prepare_cached("INSERT INTO ids (text) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([id.as_str()])?;
    db.prepare_cached("SELECT id FROM ids WHERE text = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
}

/// The number of an id, if it has one.
pub(super) fn known(db: &Connection, id: &OpaqueId) -> rusqlite::Result<Option<Number>> {
    db.prepare_cached("SELECT id FROM ids WHERE text = ?1")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()
}

/// As [`number`]; 0 for none.
pub(super) fn maybe_number(db: &Connection, id: Option<&OpaqueId>) -> rusqlite::Result<Number> {
    id.map_or(Ok(0), |id| number(db, id))
}

/// Notes a change.
pub(super) fn note(
    db: &Connection,
    by: &By,
    action: &str,
    subject: &str,
    before: Option<&serde_json::Value>,
    after: Option<&serde_json::Value>,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO audit (at, who, action, subject, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        by.at.as_microsecond(),
        by.who,
        action,
        subject,
        before.map(ToString::to_string),
        after.map(ToString::to_string),
    ])
    .map(drop)
}

pub(super) fn audit(db: &Connection, limit: usize) -> rusqlite::Result<Vec<AuditEntry>> {
    let mut statement = db.prepare(
        "SELECT sequence, at, who, action, subject, before, after FROM audit
         ORDER BY sequence DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok(AuditEntry {
            sequence: row.get(0)?,
            by: By {
                at: moment(row, 1)?,
                who: row.get(2)?,
            },
            action: row.get(3)?,
            subject: row.get(4)?,
            from: row.get(5)?,
            to: row.get(6)?,
        })
    })?;
    rows.collect()
}

const ORGS: &str = "SELECT i.text, o.slug, o.is_internal, o.is_test, o.created_at
    FROM orgs AS o JOIN ids AS i ON i.id = o.id";

fn org(row: &Row<'_>) -> rusqlite::Result<Org> {
    Ok(Org {
        name: OrgName {
            id: id(row, 0)?,
            slug: row.get(1)?,
        },
        flags: Flags {
            is_internal: flag(row, 2)?,
            is_test: flag(row, 3)?,
        },
        created_at: moment(row, 4)?,
    })
}

pub(super) fn orgs(db: &Connection) -> rusqlite::Result<Vec<Org>> {
    let mut statement = db.prepare(&format!("{ORGS} ORDER BY o.slug"))?;
    statement.query_map([], org)?.collect()
}

pub(super) fn add_org(db: &Connection, name: &OrgName, by: &By) -> rusqlite::Result<Added<Org>> {
    let number = number(db, &name.id)?;
    let there = db
        .query_row(
            &format!("{ORGS} WHERE o.slug = ?1 OR o.id = ?2 ORDER BY o.slug = ?1 DESC LIMIT 1"),
            params![name.slug, number],
            org,
        )
        .optional()?;
    if let Some(there) = there {
        return Ok(Added::Exists(there));
    }
    db.execute(
        "INSERT INTO orgs (id, slug, is_internal, is_test, created_at) VALUES (?1, ?2, 0, 0, ?3)",
        params![number, name.slug, by.at.as_microsecond()],
    )?;
    note(
        db,
        by,
        "org.add",
        &name.slug,
        None,
        Some(&json!({ "id": name.id })),
    )?;
    Ok(Added::New(Org {
        name: name.clone(),
        flags: Flags::default(),
        created_at: by.at,
    }))
}

pub(super) fn users(db: &Connection) -> rusqlite::Result<Vec<User>> {
    let mut statement = db.prepare(
        "SELECT i.text, u.is_internal, u.is_test, u.created_at
         FROM users AS u JOIN ids AS i ON i.id = u.id ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(User {
            id: id(row, 0)?,
            flags: Flags {
                is_internal: flag(row, 1)?,
                is_test: flag(row, 2)?,
            },
            created_at: moment(row, 3)?,
        })
    })?;
    rows.collect()
}

/// Makes a user known; tells whether it was not.
pub(super) fn know_user(db: &Connection, user: Number, at: Timestamp) -> rusqlite::Result<bool> {
    db.execute(
        "INSERT INTO users (id, is_internal, is_test, created_at) VALUES (?1, 0, 0, ?2)
         ON CONFLICT DO NOTHING",
        (user, at.as_microsecond()),
    )
    .map(|changed| changed > 0)
}

/// Sets the flags of a known user or organisation and tells the number of its id; `None` when it is not known.
pub(super) fn set_flags(
    db: &Connection,
    of: &OpaqueId,
    flags: Flags,
    by: &By,
) -> rusqlite::Result<Option<Number>> {
    let Some(number) = known(db, of)? else {
        return Ok(None);
    };
    let (table, action) = if of.prefix() == "org" {
        ("orgs", "org.flag")
    } else {
        ("users", "user.flag")
    };
    let before = db
        .query_row(
            &format!("SELECT is_internal, is_test FROM {table} WHERE id = ?1"),
            [number],
            |row| {
                Ok(Flags {
                    is_internal: flag(row, 0)?,
                    is_test: flag(row, 1)?,
                })
            },
        )
        .optional()?;
    let Some(before) = before else {
        return Ok(None);
    };
    db.execute(
        &format!("UPDATE {table} SET is_internal = ?2, is_test = ?3 WHERE id = ?1"),
        (number, flags.is_internal, flags.is_test),
    )?;
    note(
        db,
        by,
        action,
        of.as_str(),
        Some(&json!(before)),
        Some(&json!(flags)),
    )?;
    Ok(Some(number))
}

const KEYS: &str =
    "SELECT k.id, k.hash, k.scopes, o.text, orgs.slug, u.text, k.label, k.created_at, k.revoked_at
    FROM keys AS k JOIN ids AS u ON u.id = k.user
      LEFT JOIN ids AS o ON o.id = k.org LEFT JOIN orgs ON orgs.id = k.org";

fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    let scopes: String = row.get(2)?;
    let scopes: Option<Vec<Scope>> = scopes
        .split_ascii_whitespace()
        .map(|word| Scope::ALL.into_iter().find(|scope| scope.as_str() == word))
        .collect();
    let org = match (some_id(row, 3)?, row.get(4)?) {
        (Some(id), Some(slug)) => Some(OrgName { id, slug }),
        _ => None,
    };
    let revoked_at: Option<i64> = row.get(8)?;
    Ok(Key {
        id: row.get(0)?,
        hash: row.get(1)?,
        scopes: scopes.ok_or_else(|| unreadable(2))?,
        org,
        user: id(row, 5)?,
        label: row.get(6)?,
        created_at: moment(row, 7)?,
        revoked_at: revoked_at.map(|_| moment(row, 8)).transpose()?,
    })
}

pub(super) fn keys(db: &Connection) -> rusqlite::Result<Vec<Key>> {
    let mut statement = db.prepare(&format!("{KEYS} ORDER BY k.sequence"))?;
    statement.query_map([], key)?.collect()
}

pub(super) fn key_of(db: &Connection, id: &str) -> rusqlite::Result<Option<Key>> {
    db.query_row(&format!("{KEYS} WHERE k.id = ?1"), [id], key)
        .optional()
}

/// Adds a key; tells the number of its user if that was not known.
pub(super) fn add_key(db: &Connection, key: &Key, by: &By) -> rusqlite::Result<Option<Number>> {
    let user = number(db, &key.user)?;
    let is_new = know_user(db, user, by.at)?;
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    db.execute(
        "INSERT INTO keys (id, hash, scopes, org, user, label, created_at, revoked_at)
         VALUES (:id, :hash, :scopes, :org, :user, :label, :created_at, :revoked_at)",
        named_params! {
            ":id": key.id,
            ":hash": key.hash,
            ":scopes": scopes.join(" "),
            ":org": maybe_number(db, key.org.as_ref().map(|org| &org.id))?,
            ":user": user,
            ":label": key.label,
            ":created_at": key.created_at.as_microsecond(),
            ":revoked_at": key.revoked_at.map(Timestamp::as_microsecond),
        },
    )?;
    let after = json!({
        "scopes": key.scopes,
        "org": key.org.as_ref().map(|org| &org.slug),
        "user": key.user,
        "label": key.label,
    });
    note(db, by, "key.create", &key.id, None, Some(&after))?;
    Ok(Some(user).filter(|_| is_new))
}

pub(super) fn revoke_key(db: &Connection, id: &str, by: &By) -> rusqlite::Result<Option<Key>> {
    let changed = db.execute(
        "UPDATE keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
        (id, by.at.as_microsecond()),
    )?;
    if changed > 0 {
        let after = json!({ "revokedAt": by.at });
        note(db, by, "key.revoke", id, None, Some(&after))?;
    }
    key_of(db, id)
}
