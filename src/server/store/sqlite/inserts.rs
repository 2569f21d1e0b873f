//! The rows of the event log on their way in: inserted many at a time, which is much cheaper than one by one.

use rusqlite::{CachedStatement, Connection, OptionalExtension as _};
use uuid::Uuid;

use super::words::Number;
use crate::base::ids::OpaqueId;
use crate::server::rollup::Seen;
use crate::server::store::Entry;

/// How many rows one statement inserts. More gain little, and make a group whose senders are new wait for nothing.
const MANY: usize = 32;

/// An event that is to be inserted.
pub(super) struct Row<'a> {
    /// Its place among the group's events.
    pub(super) place: usize,
    pub(super) entry: &'a Entry,
    pub(super) seen: Seen<Number>,
    pub(super) claimed_actor: Number,
    pub(super) registry_source: Number,
}

/// Rows that wait to be inserted, inside a transaction.
pub(super) struct Inserts<'db, 'a> {
    db: &'db Connection,
    waiting: Vec<Row<'a>>,
    /// No row that is still to be inserted gets this sequence number or a lower one.
    last: i64,
    many: CachedStatement<'db>,
    one: CachedStatement<'db>,
    after: CachedStatement<'db>,
}

const COLUMNS: [&str; 16] = [
    "id",
    "catalog",
    "name",
    "happened_at",
    "received_at",
    "environment",
    "sender",
    "session",
    "claimed_actor",
    "decantr_version",
    "service_name",
    "service_version",
    "registry_source",
    "sample_rate",
    "failed",
    "properties",
];

/// A failure ends the whole transaction anyway: with `OR FAIL`, and numbers that SQLite gives itself, it need not be able to undo
/// a statement alone, for which it would copy every page first.
fn insert(rows: usize) -> String {
    let row = format!("(?{})", ", ?".repeat(COLUMNS.len() - 1));
    format!(
        "INSERT OR FAIL INTO events ({}) VALUES {row}{} ON CONFLICT (catalog, id) DO NOTHING",
        COLUMNS.join(", "),
        format!(", {row}").repeat(rows - 1)
    )
}

impl<'db, 'a> Inserts<'db, 'a> {
    pub(super) fn of(db: &'db Connection) -> rusqlite::Result<Self> {
        let last = db
            .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(Self {
            db,
            waiting: Vec::with_capacity(MANY),
            last: last.unwrap_or_default(),
            many: db.prepare_cached(&insert(MANY))?,
            one: db.prepare_cached(&insert(1))?,
            after: db.prepare_cached(
                "SELECT catalog, id FROM events WHERE sequence > ?1 ORDER BY sequence",
            )?,
        })
    }

    /// Takes a row in.
    pub(super) fn push(&mut self, row: Row<'a>) {
        self.waiting.push(row);
    }

    /// Whether it is time to insert what was taken in.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MANY
    }

    /// Inserts what was taken in, in this order; `is_new` is told the rows whose ids were not known.
    pub(super) fn flush(&mut self, mut is_new: impl FnMut(&Row<'a>)) -> rusqlite::Result<()> {
        let (chunks, rest) = self.waiting.as_chunks::<MANY>();
        for rows in chunks {
            let inserted = insert_all(&mut self.many, rows)?;
            if inserted == rows.len() {
                rows.iter().for_each(&mut is_new);
            } else {
                // Those that were inserted have their numbers in the order of the rows.
                let mut inserted = self.after.query([self.last])?;
                let mut next = place(inserted.next()?)?;
                for row in rows {
                    if next == Some((row.seen.catalog, row.entry.event.id)) {
                        is_new(row);
                        next = place(inserted.next()?)?;
                    }
                }
            }
            if inserted > 0 {
                self.last = self.db.last_insert_rowid();
            }
        }
        for row in rest {
            if insert_all(&mut self.one, std::slice::from_ref(row))? == 1 {
                self.last = self.db.last_insert_rowid();
                is_new(row);
            }
        }
        self.waiting.clear();
        Ok(())
    }
}

/// What makes an event one of its kind.
fn place(row: Option<&rusqlite::Row<'_>>) -> rusqlite::Result<Option<(Number, Uuid)>> {
    row.map(|row| Ok((row.get(0)?, Uuid::from_bytes(row.get(1)?))))
        .transpose()
}

/// Runs a statement for as many rows as it takes; tells how many were inserted.
fn insert_all(statement: &mut CachedStatement<'_>, rows: &[Row<'_>]) -> rusqlite::Result<usize> {
    let mut at = 0;
    for row in rows {
        bind(statement, &mut at, row)?;
    }
    statement.raw_execute()
}

/// Binds a row's values to the parameters after `at`, in the order of [`COLUMNS`].
fn bind(
    statement: &mut CachedStatement<'_>,
    at: &mut usize,
    row: &Row<'_>,
) -> rusqlite::Result<()> {
    macro_rules! bind {
        ($($value:expr),+ $(,)?) => {
            $(
                *at += 1;
                statement.raw_bind_parameter(*at, $value)?;
            )+
        };
    }
    let Row { entry, seen, .. } = row;
    let context = &entry.event.context;
    bind![
        entry.event.id.as_bytes(),
        seen.catalog,
        seen.event,
        seen.at.as_microsecond(),
        seen.received_at.as_microsecond(),
        seen.environment,
        seen.sender,
        context.session_id.as_ref().map(OpaqueId::as_str),
        row.claimed_actor,
        context.decantr_version.as_deref(),
        context.service_name.as_deref(),
        context.service_version.as_deref(),
        row.registry_source,
        context.sample_rate,
        seen.failed,
        &entry.properties,
    ];
    Ok(())
}
