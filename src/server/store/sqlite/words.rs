//! The dictionary: texts as small numbers. Kept in the store in the writer's own transactions, and remembered in memory.

use std::collections::{HashMap, VecDeque};

use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

/// The number of a text; 0 stands for none.
pub(super) type Number = i64;

/// The most texts remembered; senders choose ids, so memory must not follow. Past it, all are read again.
const REMEMBERED: usize = 100_000;

/// The numbers of one dictionary table that are known without asking.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<Box<str>, Number>,
    /// Those that the open transaction has added: not true until it commits.
    fresh: Vec<Box<str>>,
}

impl Memory {
    /// The open transaction was committed.
    pub(super) fn keep(&mut self) {
        self.fresh.clear();
    }

    /// The open transaction was undone: what it added does not exist.
    pub(super) fn undo(&mut self) {
        for text in self.fresh.drain(..) {
            self.known.remove(&text);
        }
    }

    /// Somebody else has changed the table.
    pub(super) fn forget(&mut self) {
        self.known.clear();
        self.fresh.clear();
    }
}

/// How many of the last texts are compared with before the memory is asked: rows of one request repeat theirs.
const RECENT: usize = 8;

/// One dictionary table inside a transaction, for texts that live for `'t`.
pub(super) struct Words<'m, 'db, 't> {
    memory: &'m mut Memory,
    recent: VecDeque<(&'t str, Number)>,
    find: CachedStatement<'db>,
    add: CachedStatement<'db>,
}

impl<'m, 'db, 't> Words<'m, 'db, 't> {
    /// The dictionary `table`, which is `words` or `ids`.
    pub(super) fn of(
        table: Table,
        db: &'db Connection,
        memory: &'m mut Memory,
    ) -> rusqlite::Result<Self> {
        let (find, add) = match table {
            Table::Words => (
                "SELECT id FROM words WHERE text = ?1",
                "INSERT INTO words (text) VALUES (?1) RETURNING id",
            ),
            Table::Ids => (
                "SELECT id FROM ids WHERE text = ?1",
                "INSERT INTO ids (text) VALUES (?1) RETURNING id",
            ),
        };
        if memory.known.len() > REMEMBERED {
            memory.forget();
        }
        Ok(Self {
            memory,
            recent: VecDeque::with_capacity(RECENT),
            find: db.prepare_cached(find)?,
            add: db.prepare_cached(add)?,
        })
    }

    /// The number of `text`, which gets one if it has none.
    pub(super) fn number(&mut self, text: &'t str) -> rusqlite::Result<Number> {
        match self.find(text)? {
            Some(number) => Ok(number),
            None => self.add(text),
        }
    }

    /// The number of `text`, if it has one.
    pub(super) fn find(&mut self, text: &'t str) -> rusqlite::Result<Option<Number>> {
        // Most are the catalog's own texts, or this program's: the same bytes at the same place.
        let is_it = |known: &str| std::ptr::eq(known, text) || known == text;
        if let Some((_, number)) = self.recent.iter().find(|(known, _)| is_it(known)) {
            return Ok(Some(*number));
        }
        let number = if let Some(number) = self.memory.known.get(text) {
            *number
        } else {
            let found = self.find.query_row([text], |row| row.get(0)).optional()?;
            let Some(number) = found else { return Ok(None) };
            self.memory.known.insert(text.into(), number);
            number
        };
        self.repeat(text, number);
        Ok(Some(number))
    }

    fn add(&mut self, text: &'t str) -> rusqlite::Result<Number> {
        self.memory.fresh.push(text.into());
        let number = self.add.query_row([text], |row| row.get(0))?;
        self.memory.known.insert(text.into(), number);
        self.repeat(text, number);
        Ok(number)
    }

    fn repeat(&mut self, text: &'t str, number: Number) {
        self.recent.truncate(RECENT - 1);
        self.recent.push_front((text, number));
    }

    /// The number of `text`, or 0 when there is none.
    pub(super) fn number_of(&mut self, text: Option<&'t str>) -> rusqlite::Result<Number> {
        text.map_or(Ok(0), |text| self.number(text))
    }
}

/// The dictionary tables.
#[derive(Debug, Clone, Copy)]
pub(super) enum Table {
    /// Names: of catalogs, events, sources, environments, actors.
    Words,
    /// Opaque identifiers.
    Ids,
}
