//! Changes of the schema: each runs once, in order, and is remembered with its checksum; a store from elsewhere is refused.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::backfill;
use super::connect::failed;
use crate::base::crypto;
use crate::model::catalog::Catalog;
use crate::server::store::StoreError;

/// Marks a file as ours in its header (`application_id`): the letters "dctr".
const APPLICATION_ID: i64 = 0x6463_7472;

/// The change after which what is stored already is counted.
const MEASURES: &str = "0005_measures";

/// The changes, in order. A released one is never edited: its checksum is in people's stores.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_events_and_rollups",
        include_str!("migrations/0001_events_and_rollups.sql"),
    ),
    (
        "0002_senders_words",
        include_str!("migrations/0002_senders_words.sql"),
    ),
    (
        "0003_accounts_and_senders",
        include_str!("migrations/0003_accounts_and_senders.sql"),
    ),
    (
        "0004_snapshots_and_leases",
        include_str!("migrations/0004_snapshots_and_leases.sql"),
    ),
    (MEASURES, include_str!("migrations/0005_measures.sql")),
    ("0006_cursors", include_str!("migrations/0006_cursors.sql")),
    ("0007_drift", include_str!("migrations/0007_drift.sql")),
];

/// Brings the store up to date, in one transaction.
///
/// # Errors
/// When it is not ours, newer, changed, or cannot be written; it is then as it was.
pub(super) fn bring_up_to_date(
    db: &mut Connection,
    path: &Path,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = failed("bring up to date", path);
    let change = db
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(&sql)?;
    let done = match state(&change, path)? {
        State::Empty => {
            change
                .execute_batch(
                    "CREATE TABLE migrations (
                       number INTEGER PRIMARY KEY,
                       name TEXT NOT NULL,
                       sha256 TEXT NOT NULL,
                       applied_at INTEGER NOT NULL
                     )",
                )
                .map_err(&sql)?;
            change
                .pragma_update(None, "application_id", APPLICATION_ID)
                .map_err(&sql)?;
            0
        }
        State::Applied(count) => count,
    };
    for (number, (name, text)) in (1_i64..).zip(MIGRATIONS).skip(done) {
        change.execute_batch(text).map_err(&sql)?;
        if *name == MEASURES {
            backfill::measures(&change, &Catalog::decantr()).map_err(&sql)?;
        }
        change
            .execute(
                "INSERT INTO migrations (number, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)",
                (number, name, checksum(text), now.as_microsecond()),
            )
            .map_err(&sql)?;
    }
    change.commit().map_err(&sql)
}

/// Checks that bringing the store up to date would not be refused: it is ours, or an empty database, and not too new.
pub(super) fn require_ours(db: &Connection, path: &Path) -> Result<(), StoreError> {
    state(db, path).map(|_any| ())
}

/// Checks that the store is ours and exactly as new as this version.
pub(super) fn require_current(db: &Connection, path: &Path) -> Result<(), StoreError> {
    match state(db, path)? {
        State::Applied(count) if count == MIGRATIONS.len() => Ok(()),
        State::Applied(_) => Err(StoreError::Older {
            path: path.to_owned(),
        }),
        State::Empty => Err(StoreError::NotAStore {
            path: path.to_owned(),
        }),
    }
}

enum State {
    /// A database without any table.
    Empty,
    /// Ours, with this many of the changes known here.
    Applied(usize),
}

fn state(db: &Connection, path: &Path) -> Result<State, StoreError> {
    let sql = failed("read", path);
    let application: i64 = db
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(&sql)?;
    if application != APPLICATION_ID {
        let tables: i64 = db
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(&sql)?;
        return if tables == 0 && application == 0 {
            Ok(State::Empty)
        } else {
            Err(StoreError::NotAStore {
                path: path.to_owned(),
            })
        };
    }
    let applied: Vec<(String, String)> = db
        .prepare("SELECT name, sha256 FROM migrations ORDER BY number")
        .and_then(|mut rows| {
            rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(&sql)?;
    if applied.len() > MIGRATIONS.len() {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found: applied.len(),
            known: MIGRATIONS.len(),
        });
    }
    for ((name, sha256), (known, text)) in applied.iter().zip(MIGRATIONS) {
        if name != known || *sha256 != checksum(text) {
            return Err(StoreError::Changed {
                path: path.to_owned(),
                name: name.clone(),
            });
        }
    }
    Ok(State::Applied(applied.len()))
}

fn checksum(text: &str) -> String {
    crypto::hex(&crypto::sha256(text.as_bytes()))
}
