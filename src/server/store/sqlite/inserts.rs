//! The rows of the event log on their way in: inserted many at a time, which is much cheaper than one by one.

use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

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
    waiting: Vec<Row<'a>>,
    /// The last sequence number that was given, whether or not its row is still there.
    last: i64,
    many: CachedStatement<'db>,
    one: CachedStatement<'db>,
    inserted: CachedStatement<'db>,
}

const COLUMNS: [&str; 17] = [
    "sequence",
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

fn insert(rows: usize) -> String {
    let row = format!("(?{})", ", ?".repeat(COLUMNS.len() - 1));
    format!(
        "INSERT INTO events ({}) VALUES {row}{} ON CONFLICT (catalog, id) DO NOTHING",
        COLUMNS.join(", "),
        format!(", {row}").repeat(rows - 1)
    )
}

impl<'db, 'a> Inserts<'db, 'a> {
    pub(super) fn of(db: &'db Connection) -> rusqlite::Result<Self> {
        // What `AUTOINCREMENT` keeps: numbers that are given here are noted there, too.
        let last = db
            .prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'events'")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(Self {
            waiting: Vec::with_capacity(MANY),
            last: last.unwrap_or_default(),
            many: db.prepare_cached(&insert(MANY))?,
            one: db.prepare_cached(&insert(1))?,
            inserted: db.prepare_cached(
                "SELECT sequence FROM events WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence",
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
            let first = self.last + 1;
            let inserted = insert_all(&mut self.many, &mut self.last, rows)?;
            if inserted == rows.len() {
                rows.iter().for_each(&mut is_new);
                continue;
            }
            let mut new = self.inserted.query([first, self.last])?;
            while let Some(row) = new.next()? {
                let at = usize::try_from(row.get::<_, i64>(0)? - first).unwrap_or(usize::MAX);
                rows.get(at).into_iter().for_each(&mut is_new);
            }
        }
        for row in rest {
            if insert_all(&mut self.one, &mut self.last, std::slice::from_ref(row))? == 1 {
                is_new(row);
            }
        }
        self.waiting.clear();
        Ok(())
    }
}

/// Runs a statement for as many rows as it takes, which get the numbers after `last`; tells how many were inserted.
fn insert_all(
    statement: &mut CachedStatement<'_>,
    last: &mut i64,
    rows: &[Row<'_>],
) -> rusqlite::Result<usize> {
    let mut at = 0;
    for row in rows {
        *last += 1;
        bind(statement, &mut at, *last, row)?;
    }
    statement.raw_execute()
}

/// Binds a row's values to the parameters after `at`, in the order of [`COLUMNS`].
fn bind(
    statement: &mut CachedStatement<'_>,
    at: &mut usize,
    sequence: i64,
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
        sequence,
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
