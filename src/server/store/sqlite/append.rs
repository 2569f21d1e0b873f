//! One group commit: the rows of many requests, their dictionary entries and their rollups in one transaction.

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};

use super::inserts::{Inserts, Row};
use super::measures;
use super::news::News;
use super::rows::standing_number;
use super::senders::{self, Ids, Known, Senders, Who, is_same_sender};
use super::tallies;
use super::tombstones::Tombstones;
use super::words::{Memory, Number, Table, Words};
use crate::model::event::{Actor, Context, RegistrySource};
use crate::model::outcome::{Outcome, Reason};
use crate::server::rollup::{Day, Deltas, IdentityKind, Measures, Seen, Tally};
use crate::server::store::{Append, Entry};

/// What the writer remembers of the store.
#[derive(Debug)]
pub(super) struct Memories {
    words: Memory,
    ids: Memory,
    senders: senders::Memory,
    tombstones: Tombstones,
    /// SQLite's count of other connections' changes, as last seen.
    version: Option<i64>,
}

impl Memories {
    /// Nothing yet; `hmac_key` is the store's.
    pub(super) fn new(hmac_key: [u8; 32]) -> Self {
        Self {
            words: Memory::default(),
            ids: Memory::default(),
            senders: senders::Memory::default(),
            tombstones: Tombstones::new(hmac_key),
            version: None,
        }
    }

    /// What was remembered may no longer be so.
    pub(super) fn forget(&mut self) {
        self.words.forget();
        self.ids.forget();
        self.senders.forget();
        self.tombstones.forget();
    }

    fn keep(&mut self) {
        self.words.keep();
        self.ids.keep();
    }

    fn undo(&mut self) {
        self.words.undo();
        self.ids.undo();
        self.senders.forget();
    }

    /// Forgets everything when another connection has written since the last transaction.
    fn notice_others(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let version = db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.version.replace(version) != Some(version) {
            self.forget();
        }
        Ok(())
    }
}

/// Writes a group and tells what became of each request's entries. On an error nothing has been written.
///
/// `deferred` events that were told to come again since the last group are counted on the day and in the catalog of the first request.
pub(super) fn commit<'a>(
    db: &mut Connection,
    memories: &mut Memories,
    group: impl Iterator<Item = &'a Append>,
    deferred: u64,
) -> rusqlite::Result<Vec<Vec<Outcome>>> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    memories.notice_others(&change)?;
    let written = write(&change, memories, group, deferred)
        .and_then(|outcomes| change.commit().map(|()| outcomes));
    match &written {
        Ok(_) => memories.keep(),
        Err(_) => memories.undo(),
    }
    written
}

fn write<'a>(
    db: &Connection,
    memories: &mut Memories,
    group: impl Iterator<Item = &'a Append>,
    deferred: u64,
) -> rusqlite::Result<Vec<Vec<Outcome>>> {
    let mut group = group.peekable();
    let first = group.peek().copied().filter(|_| deferred > 0);
    let mut rows = Rows {
        words: Words::of(Table::Words, db, &mut memories.words)?,
        ids: Words::of(Table::Ids, db, &mut memories.ids)?,
        senders: Senders::of(db, &mut memories.senders)?,
        tombstones: &mut memories.tombstones,
        last: None,
        db,
        find: db.prepare_cached("SELECT 1 FROM events WHERE catalog = ?1 AND id = ?2")?,
        inserts: Inserts::of(db)?,
        outcomes: Vec::new(),
        deltas: Deltas::default(),
        measures: Measures::default(),
        news: News::default(),
    };
    let group: Vec<&Append> = group.collect();
    for append in &group {
        rows.append(append)?;
    }
    rows.flush()?;
    let mut rest = std::mem::take(&mut rows.outcomes).into_iter();
    let mut outcomes = Vec::with_capacity(group.len());
    for append in &group {
        let of_one: Vec<Outcome> = rest.by_ref().take(append.entries.len()).collect();
        let catalog = rows.words.number(&append.catalog)?;
        tallies::add(&mut rows.deltas, append, catalog, &of_one);
        outcomes.push(of_one);
    }
    if let Some(first) = first {
        let day = Day::of(first.received_at);
        let catalog = rows.words.number(&first.catalog)?;
        rows.deltas.tally(day, catalog, Tally::Deferred, deferred);
    }
    let Rows {
        deltas,
        measures,
        news,
        mut words,
        ..
    } = rows;
    measures::add(db, &mut words, &measures)?;
    add_usage(db, &deltas)?;
    news.add(db, &mut memories.senders)?;
    add_activity(db, &deltas)?;
    senders::add_days(db, &mut memories.senders, deltas.days())?;
    add_outcomes(db, &deltas)?;
    Ok(outcomes)
}

struct Rows<'m, 'db, 'a> {
    words: Words<'m, 'db, 'a>,
    ids: Words<'m, 'db, 'a>,
    senders: Senders<'m, 'db>,
    tombstones: &'m mut Tombstones,
    /// The last event's catalog, context and sender: rows of one request mostly share theirs.
    last: Option<(Number, &'a Context, Known)>,
    db: &'db Connection,
    find: CachedStatement<'db>,
    /// Events that are told to be new or known only when they are written.
    inserts: Inserts<'db, 'a>,
    /// What became of the events so far; of those that are not written yet, that they are known.
    outcomes: Vec<Outcome>,
    deltas: Deltas<Number>,
    measures: Measures<'a, Number>,
    news: News<'a>,
}

/// Who an event is from.
enum From {
    Sender(Known),
    /// It is stored already: what it is sent with the second time is not kept.
    Stored,
    /// Somebody who asked to be forgotten.
    Forgotten,
}

impl<'a> Rows<'_, '_, 'a> {
    fn append(&mut self, append: &'a Append) -> rusqlite::Result<()> {
        let catalog = self.words.number(&append.catalog)?;
        for entry in &append.entries {
            let outcome = self.insert(entry, catalog, append.received_at)?;
            self.outcomes.push(outcome);
            if self.inserts.is_full() {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Takes the event in, to be inserted unless its id is known or one of its ids is to be forgotten. What is to be inserted is a
    /// duplicate until it has turned out to be new.
    fn insert(
        &mut self,
        entry: &'a Entry,
        catalog: Number,
        received_at: Timestamp,
    ) -> rusqlite::Result<Outcome> {
        let event = &entry.event;
        let context = &event.context;
        let sender = match self.sender(entry, catalog, received_at)? {
            From::Sender(sender) => sender,
            From::Stored => return Ok(Outcome::Duplicate),
            From::Forgotten => return Ok(Outcome::Dropped(Reason::Forgotten)),
        };
        self.last = Some((catalog, context, sender));
        let seen = Seen {
            at: event.timestamp,
            received_at,
            catalog,
            event: self.words.number(&event.name)?,
            environment: self.words.number(context.environment.as_str())?,
            sender: sender.number,
            counted: sender.counted,
            weight: context.sample_rate.map_or(1.0, f64::recip),
            failed: entry.failed,
        };
        let claimed_actor = context.actor_type.map(Actor::as_str);
        let registry_source = context.registry_source.map(RegistrySource::as_str);
        self.inserts.push(Row {
            place: self.outcomes.len(),
            entry,
            seen,
            claimed_actor: self.words.number_of(claimed_actor)?,
            registry_source: self.words.number_of(registry_source)?,
        });
        Ok(Outcome::Duplicate)
    }

    /// Inserts what was taken in; what is new is counted.
    fn flush(&mut self) -> rusqlite::Result<()> {
        let Self {
            inserts,
            outcomes,
            deltas,
            measures,
            news,
            ..
        } = self;
        inserts.flush(|row| {
            if let Some(outcome) = outcomes.get_mut(row.place) {
                *outcome = Outcome::Accepted;
            }
            deltas.see(&row.seen);
            measures.see(&row.seen, &row.entry.measured);
            news.see(row.entry, &row.seen);
            let day = Day::of(row.seen.received_at);
            for strip in &row.entry.strips {
                deltas.tally(day, row.seen.catalog, Tally::Stripped(*strip), 1);
            }
        })
    }

    /// Who the event is from. Nothing is made for an event that will not be kept.
    fn sender(
        &mut self,
        entry: &'a Entry,
        catalog: Number,
        received_at: Timestamp,
    ) -> rusqlite::Result<From> {
        let event = &entry.event;
        if let Some((of, context, known)) = self.last
            && of == catalog
            && is_same_sender(context, &event.context)
            && self.senders.has_no_links()?
        {
            return Ok(From::Sender(known));
        }
        let (mut ids, mut has_new, mut is_deleted) = (Ids::default(), false, false);
        for (kind, number) in IdentityKind::ALL.into_iter().zip(&mut ids) {
            if let Some(id) = kind.of(&event.context) {
                *number = self.ids.find(id.as_str())?;
                if number.is_none() && self.tombstones.has(self.db, id)? {
                    if kind != IdentityKind::User {
                        return Ok(From::Forgotten);
                    }
                    is_deleted = true;
                    continue;
                }
                has_new |= number.is_none();
            }
        }
        let who = |ids: Ids, links, source| Who {
            catalog,
            source,
            ids,
            links,
        };
        let source = self.words.number(&event.context.source)?;
        if !has_new {
            let links = self.senders.links(&ids, event.timestamp)?;
            if let Some(known) = self.senders.find(&who(ids, links, source))? {
                return Ok(From::Sender(known));
            }
        }
        self.flush()?;
        if self.find.exists(params![catalog, event.id.as_bytes()])? {
            return Ok(From::Stored);
        }
        for (kind, number) in IdentityKind::ALL.into_iter().zip(&mut ids) {
            if is_deleted && kind == IdentityKind::User {
                continue;
            }
            if let (Some(id), None) = (kind.of(&event.context), &number) {
                *number = Some(self.ids.number(id.as_str())?);
            }
        }
        let links = self.senders.links(&ids, event.timestamp)?;
        let day = Day::counted(event.timestamp, received_at);
        let words = &mut self.words;
        self.senders
            .add(
                &who(ids, links, source),
                &event.context.source,
                day,
                |actor| words.number(actor),
            )
            .map(From::Sender)
    }
}

fn add_usage(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO usage_daily
           (catalog, day, event, source, environment, actor, org, standing, events, weight, failures)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT DO UPDATE SET
           events = events + excluded.events,
           weight = weight + excluded.weight,
           failures = failures + excluded.failures",
    )?;
    for (key, counts) in deltas.usage() {
        add.execute(params![
            key.catalog,
            key.day.0,
            key.event,
            key.counted.source,
            key.environment,
            key.counted.actor,
            key.counted.org.unwrap_or_default(),
            standing_number(key.counted.standing),
            signed(counts.events),
            counts.weight,
            signed(counts.failures),
        ])?;
    }
    Ok(())
}

/// Adds to the activity of a sender on a day.
pub(super) const ADD_ACTIVITY: &str = "
    INSERT INTO sender_daily
      (catalog, day, sender, event, environment, events, weight, failures, last_seen)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT DO UPDATE SET
      events = events + excluded.events,
      weight = weight + excluded.weight,
      failures = failures + excluded.failures,
      last_seen = max(last_seen, excluded.last_seen)";

fn add_activity(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(ADD_ACTIVITY)?;
    for (key, activity) in deltas.activity() {
        add.execute(params![
            key.catalog,
            key.day.0,
            key.sender,
            key.event,
            key.environment,
            signed(activity.counts.events),
            activity.counts.weight,
            signed(activity.counts.failures),
            activity.last_seen.as_microsecond(),
        ])?;
    }
    Ok(())
}

fn add_outcomes(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO outcome_daily (catalog, day, outcome, reason, count)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET count = count + excluded.count",
    )?;
    for (day, catalog, tally, count) in deltas.outcomes() {
        let (outcome, reason) = tally.words();
        add.execute(params![catalog, day.0, outcome, reason, signed(count)])?;
    }
    Ok(())
}

/// SQLite's integers are signed; no count comes near their end.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
