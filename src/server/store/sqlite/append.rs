//! One group commit: the rows of many requests, their dictionary entries and their rollups in one transaction.

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, TransactionBehavior, params};

use super::words::{Memory, Number, Table, Words};
use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, RegistrySource};
use crate::model::outcome::Outcome;
use crate::server::rollup::{Day, Deltas, IdentityKind, Seen, Tally};
use crate::server::store::{Append, Entry};

/// What the writer remembers of the dictionary tables.
#[derive(Debug, Default)]
pub(super) struct Memories {
    words: Memory,
    ids: Memory,
    /// SQLite's count of other connections' changes, as last seen.
    version: Option<i64>,
}

impl Memories {
    /// What was remembered may no longer be so.
    pub(super) fn forget(&mut self) {
        self.words.forget();
        self.ids.forget();
    }

    fn keep(&mut self) {
        self.words.keep();
        self.ids.keep();
    }

    fn undo(&mut self) {
        self.words.undo();
        self.ids.undo();
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
pub(super) fn commit<'a>(
    db: &mut Connection,
    memories: &mut Memories,
    group: impl Iterator<Item = &'a Append>,
) -> rusqlite::Result<Vec<Vec<Outcome>>> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    memories.notice_others(&change)?;
    let written =
        write(&change, memories, group).and_then(|outcomes| change.commit().map(|()| outcomes));
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
) -> rusqlite::Result<Vec<Vec<Outcome>>> {
    let mut rows = Rows {
        words: Words::of(Table::Words, db, &mut memories.words)?,
        ids: Words::of(Table::Ids, db, &mut memories.ids)?,
        find: db.prepare_cached("SELECT 1 FROM events WHERE catalog = ?1 AND id = ?2")?,
        insert: db.prepare_cached(INSERT_EVENT)?,
        deltas: Deltas::default(),
    };
    let outcomes = group
        .map(|append| rows.append(append))
        .collect::<rusqlite::Result<_>>()?;
    let Rows { deltas, .. } = rows;
    add_usage(db, &deltas)?;
    add_identity(db, &deltas)?;
    add_last(db, &deltas)?;
    add_outcomes(db, &deltas)?;
    Ok(outcomes)
}

const INSERT_EVENT: &str = "
    INSERT INTO events (
      id, catalog, name, happened_at, received_at, source, environment, actor,
      install, project, anonymous, user, org, session, claimed_actor,
      decantr_version, service_name, service_version, registry_source,
      sample_rate, failed, properties
    ) VALUES (
      ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22
    ) ON CONFLICT (catalog, id) DO NOTHING";

struct Rows<'m, 'db, 'a> {
    words: Words<'m, 'db, 'a>,
    ids: Words<'m, 'db, 'a>,
    find: CachedStatement<'db>,
    insert: CachedStatement<'db>,
    deltas: Deltas<Number>,
}

impl<'a> Rows<'_, '_, 'a> {
    fn append(&mut self, append: &'a Append) -> rusqlite::Result<Vec<Outcome>> {
        let day = Day::of(append.received_at);
        let received_at = append.received_at;
        let catalog = self.words.number(&append.catalog)?;
        let mut outcomes = Vec::with_capacity(append.entries.len());
        let mut accepted = 0;
        for entry in &append.entries {
            let is_new = self.insert(entry, catalog, received_at)?;
            accepted += u64::from(is_new);
            outcomes.push(if is_new {
                for strip in &entry.strips {
                    self.deltas.tally(day, catalog, Tally::Stripped(*strip), 1);
                }
                Outcome::Accepted
            } else {
                Outcome::Duplicate
            });
        }
        let duplicates = u64::try_from(outcomes.len()).unwrap_or_default() - accepted;
        let drops = append
            .drops
            .iter()
            .map(|(reason, count)| (Tally::Dropped(*reason), *count));
        let fates = [(Tally::Accepted, accepted), (Tally::Duplicate, duplicates)];
        for (tally, count) in fates.into_iter().chain(drops) {
            if count > 0 {
                self.deltas.tally(day, catalog, tally, count);
            }
        }
        Ok(outcomes)
    }

    /// Inserts the event unless its id is known; a new one is counted.
    fn insert(
        &mut self,
        entry: &'a Entry,
        catalog: Number,
        received_at: Timestamp,
    ) -> rusqlite::Result<bool> {
        let event = &entry.event;
        let context = &event.context;
        let Some(ids) = self.ids(entry, catalog)? else {
            return Ok(false);
        };
        let seen = self.seen(entry, catalog, ids, received_at)?;
        let [install, project, anonymous, user, org] = ids.map(Option::unwrap_or_default);
        let claimed_actor = context.actor_type.map(Actor::as_str);
        let registry_source = context.registry_source.map(RegistrySource::as_str);
        let changed = self.insert.execute(params![
            event.id.as_bytes(),
            catalog,
            seen.event,
            event.timestamp.as_microsecond(),
            received_at.as_microsecond(),
            seen.source,
            seen.environment,
            seen.actor,
            install,
            project,
            anonymous,
            user,
            org,
            context.session_id.as_ref().map(OpaqueId::as_str),
            self.words.number_of(claimed_actor)?,
            context.decantr_version,
            context.service_name,
            context.service_version,
            self.words.number_of(registry_source)?,
            context.sample_rate,
            seen.failed,
            entry.properties,
        ])?;
        let is_new = changed > 0;
        if is_new {
            self.deltas.see(&seen);
        }
        Ok(is_new)
    }

    /// The numbers of the event's ids, in the order of [`IdentityKind::ALL`]; `None` when an id would need a new number although
    /// the event is stored already: what it is sent with the second time is not kept.
    fn ids(&mut self, entry: &'a Entry, catalog: Number) -> rusqlite::Result<Option<Ids>> {
        let context = &entry.event.context;
        let (mut ids, mut has_new) = (Ids::default(), false);
        for (kind, number) in IdentityKind::ALL.into_iter().zip(&mut ids) {
            if let Some(id) = kind.of(context) {
                *number = self.ids.find(id.as_str())?;
                has_new |= number.is_none();
            }
        }
        if !has_new {
            return Ok(Some(ids));
        }
        if self
            .find
            .exists(params![catalog, entry.event.id.as_bytes()])?
        {
            return Ok(None);
        }
        for (kind, number) in IdentityKind::ALL.into_iter().zip(&mut ids) {
            if let (Some(id), None) = (kind.of(context), &number) {
                *number = Some(self.ids.number(id.as_str())?);
            }
        }
        Ok(Some(ids))
    }

    fn seen(
        &mut self,
        entry: &'a Entry,
        catalog: Number,
        ids: Ids,
        received_at: Timestamp,
    ) -> rusqlite::Result<Seen<Number>> {
        let context = &entry.event.context;
        Ok(Seen {
            at: entry.event.timestamp,
            received_at,
            catalog,
            event: self.words.number(&entry.event.name)?,
            source: self.words.number(&context.source)?,
            environment: self.words.number(context.environment.as_str())?,
            actor: self.words.number(entry.actor.as_str())?,
            ids,
            weight: context.sample_rate.map_or(1.0, f64::recip),
            failed: entry.event.is_failure(),
        })
    }
}

/// The numbers of an event's ids.
type Ids = [Option<Number>; IdentityKind::ALL.len()];

fn add_usage(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO usage_daily
           (catalog, day, event, source, environment, actor, org, events, weight, failures)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
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
            key.source,
            key.environment,
            key.actor,
            key.org.unwrap_or_default(),
            signed(counts.events),
            counts.weight,
            signed(counts.failures),
        ])?;
    }
    Ok(())
}

fn add_identity(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO identity_daily
           (catalog, day, kind, id, event, source, actor, org, project, events, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT DO UPDATE SET
           events = events + excluded.events,
           last_seen = max(last_seen, excluded.last_seen)",
    )?;
    for (key, activity) in deltas.identity() {
        add.execute(params![
            key.catalog,
            key.day.0,
            key.kind.number(),
            key.id,
            key.event,
            key.source,
            key.actor,
            key.org.unwrap_or_default(),
            key.project.unwrap_or_default(),
            signed(activity.events),
            activity.last_seen.as_microsecond(),
        ])?;
    }
    Ok(())
}

/// Touches a row only if its day is later than the one kept: most are not.
fn add_last(db: &Connection, deltas: &Deltas<Number>) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO identity_last (catalog, kind, id, source, actor, last_day)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET last_day = excluded.last_day
           WHERE excluded.last_day > last_day",
    )?;
    for (key, day) in deltas.last() {
        let kind = key.kind.number();
        add.execute(params![
            key.catalog,
            kind,
            key.id,
            key.source,
            key.actor,
            day.0
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
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
